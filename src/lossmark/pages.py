"""The pages that a person opens: what a student wrote in Markdown is shown, and nothing of it runs.

``nbgrader_config.py`` puts these into the place of nbconvert's own, for formgrader's pages and for feedback.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from typing import Any

import nh3
from bs4 import BeautifulSoup
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

MAX_MARKDOWN = 50_000
"""Characters of a cell that are rendered; a longer one is shown as it is written."""
MAX_NESTING, MAX_FORMULAS = 100, 200
"""Marks that open something, one after the other, and formulas that begin: more of them take too long to render."""
MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7/"
"""Where nbconvert's pages take MathJax from; it interprets its settings by itself, hence ``unsafe-eval``."""

_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")
_RELATIVE = re.compile(r"(?![/\\])[\w./ %-]+")
_NESTED = re.compile(rf"(?:[>\[(*_`~{{<#-][ \t]?){{{MAX_NESTING},}}")
_CLASSES = {tag: {"class"} for tag in ("span", "div", "code", "pre")}
_ATTRIBUTES = {tag: nh3.ALLOWED_ATTRIBUTES.get(tag, set()) | _CLASSES.get(tag, set()) for tag in nh3.ALLOWED_TAGS} | {
    f"h{level}": {"id"} for level in range(1, 7)
}


@pass_context
def markdown_to_html(context: Context, source: str) -> str:
    """Render Markdown as nbconvert does, and take out what a browser would run, fetch, or paint over the page.

    A filter of nbconvert's templates; the result is sanitised after rendering, as only then it is known what is markup.

    Parameters
    ----------
    context : Context
        The template's; its cell may bring attachments.
    source : str
        The Markdown.

    Returns
    -------
    str
    """
    return safe_html(source, dict(context.get("cell", {}).get("attachments", {})))


def safe_html(source: str, attachments: dict[str, dict[str, str]]) -> str:
    """Render Markdown to HTML that is harmless.

    Parameters
    ----------
    source : str
        The Markdown.
    attachments : dict
        Pictures by name, each by kind, encoded.

    Returns
    -------
    str
    """
    is_endless = len(source) > MAX_MARKDOWN or source.count("\\begin{") > MAX_FORMULAS
    if is_endless or _NESTED.search(source):
        return _as_written(source)
    renderer = IPythonRenderer(escape=False, attachments=attachments)
    try:
        rendered = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:  # an attachment that is missing, or whatever else stops the renderer
        return _as_written(source)
    clean = nh3.clean(
        rendered,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer nofollow",
    )
    return _without_brackets(clean)


def _as_written(source: str) -> str:
    return _without_brackets(f"<pre>{escape(source)}</pre>")


def _without_brackets(page: str) -> str:
    """Write brackets in another way: nbconvert looks for links among them once more, in quadratic time."""
    return page.replace("[", "&#91;")


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src":  # a picture that must be fetched tells who looks at it when
        return value if _PICTURE.fullmatch(value) or _RELATIVE.fullmatch(value) else None
    if name in ("href", "cite") and not re.match(r"(?:https?://|mailto:|#)", value):
        return None
    return value


def digest(script: str) -> str:
    """Return by what a content policy knows a script.

    Parameters
    ----------
    script : str
        As it stands in the page.

    Returns
    -------
    str
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


class FeedbackExporter(HTMLExporter):
    """nbgrader's feedback page with a policy: the page's own scripts run, and no others."""

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Make the page."""
        page, made = super().from_notebook_node(nb, resources, **kw)
        policy = f'<meta http-equiv="Content-Security-Policy" content="{self._policy(made)}"/>'
        return page.replace("<head>", f"<head>\n{policy}", 1), made

    def _policy(self, resources: dict[str, Any]) -> str:
        """What a page may do; the scripts of one without any cells are its own, and known by their digests."""
        bare = BeautifulSoup(self.template.render(nb=new_notebook(), resources=resources), "html.parser")
        scripts = [script.string or "" for script in bare.find_all("script", src=False)]
        own = " ".join(map(digest, scripts))
        return (
            f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data: {MATHJAX}; "
            f"script-src {own} 'unsafe-eval' {MATHJAX}; base-uri 'none'; form-action 'none'"
        )
