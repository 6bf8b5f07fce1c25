"""The common part of pages for people: students' Markdown is shown, and nothing of it runs.

``nbgrader_config.py`` puts the filter into the place of nbconvert's own for formgrader; our own pages use the rest.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from importlib import resources
from typing import Any

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from latex2mathml.converter import convert
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.token import STANDARD_TYPES

from lossmark.terminal import as_read

MAX_CELL, MAX_PAGE = 50_000, 300_000
"""Characters of a cell, and of all cells of a page, that are rendered or coloured; the rest is shown as written."""
MAX_NESTING, MAX_FORMULAS = 100, 200
"""Marks that open something, one after the other, and formulas that begin: more of them take too long to render."""
MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7/"
"""Where nbconvert's pages take MathJax from; it interprets its settings by itself, hence ``unsafe-eval``."""
MAX_FORMULA = 1_000
"""Characters of a formula that is set; a longer one is shown as it is written."""

_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")
_RELATIVE = re.compile(r"(?![/\\])[\w./ %-]+")
_NESTED = re.compile(rf"(?:[>\[(*_`~{{<][ \t]?|-[ \t]){{{MAX_NESTING},}}")
"""A dash opens a list if there is a space behind it; a row of them is a line across, or under the head of a table."""
_MATH_ML = """
math mrow mi mn mo mtext ms mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts mprescripts
none mtable mtr mtd mstyle mpadded mphantom menclose merror
"""
_MATH_LOOKS = """
display displaystyle scriptlevel mathvariant stretchy symmetric fence separator form accent accentunder movablelimits
largeop columnalign columnlines rowlines notation
"""
_MATH_LENGTHS = "linethickness width height depth voffset lspace rspace minsize maxsize rowspacing columnspacing"
_SAME_AS = {"{aligned}": "{split}", "{gathered}": "{matrix}"}
"""Environments that the converter does not know, and their appearance."""
_FORMULAS_BEGIN = ("\\begin{", "\\\\[", "\\\\(")
"""After each of them, all of the text is searched for the formula's end."""
_ROOM = "lossmark_room"
WIDE_FORMULA = 45
"""Characters of a formula from which on a phone may be too narrow for it."""
_SCROLLED = '<div class="scroll" tabindex="0">{}</div>'
_CLASSES = {tag: {"class"} for tag in ("span", "code", "pre")} | {"div": {"class", "tabindex"}}
_ATTRIBUTES = {tag: nh3.ALLOWED_ATTRIBUTES.get(tag, set()) | _CLASSES.get(tag, set()) for tag in nh3.ALLOWED_TAGS}
_OF_CODE = {"highlight", "scroll", *STANDARD_TYPES.values()}
"""Classes that stay: those of Pygments' tokens, which colour code, and of scrolling; no others of a page."""
_LENGTHS = {*_MATH_LENGTHS.split()}
_LENGTH = re.compile(r"\s*([+-]?\d{0,4}(?:\.\d{1,6})?)\s*(em|ex|px|pt|cm|mm|in|pc|mu)?\s*")
_IN_EM = {"em": 1, "ex": 0.5, "px": 1 / 16, "pt": 1 / 12, "pc": 1, "cm": 2.4, "mm": 0.24, "in": 6, "mu": 1 / 18}
_NAMED_LENGTHS = {"thin", "medium", "thick", "negativethinmathspace"}
_IMAGES = {"img", "table", "td", "th", "col", "colgroup", "hr"}
"""Their sizes are HTML's own, and mean no more than the place that they take."""
_SMALLEST_EM, _LARGEST_EM = -0.25, 20.0
"""Spaces in formulas: a negative thin one, and those as wide as a column of text."""
_FITTED = {"img": {"style": "max-width:100%;height:auto"}}
"""Pictures are never wider than their place, even on pages of others: a wide one is seen whole."""
_CONTAINER = '<div style="contain:layout paint;isolation:isolate;unicode-bidi:isolate;overflow:auto">{}</div>\n'
"""Container that no student's text can leave, by painting, layout or direction."""
_ATTRIBUTES |= {tag: {*_MATH_LOOKS.split(), *_MATH_LENGTHS.split()} for tag in _MATH_ML.split()}


@pass_context
def markdown_to_html(context: Context, source: str) -> str:
    """Render Markdown as nbconvert does, and remove everything that a browser would run, fetch, or paint over the page.

    A filter of nbconvert's templates; the result is sanitised after rendering, because only then the markup is known.

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
    if not _room_of(context).admits(source):
        return _as_written(source)
    return safe_html(source, dict(context.get("cell", {}).get("attachments", {})))


@pass_context
def code_to_html(context: Context, source: str, **options: Any) -> str:
    """Colour code as nbconvert does, as far as a page has room for it.

    A filter of nbconvert's templates: a coloured page is many times as long as the code, and takes as long to make.

    Parameters
    ----------
    context : Context
        The template's.
    source : str
        The code.
    **options
        As nbconvert passes them; the language is Python.

    Returns
    -------
    str
    """
    if not _room_of(context).admits(source):
        return f'<div class="highlight">{_as_written(source)}</div>'
    return str(Highlight2HTML(pygments_lexer="ipython3")(source))


class Room:
    """Remaining space for rendering a page's cells."""

    def __init__(self) -> None:
        self._left = MAX_PAGE

    def admits(self, source: str) -> bool:
        """Subtract a cell's text from the remaining space, and return whether there was room for it.

        Parameters
        ----------
        source : str
            The cell's text.

        Returns
        -------
        bool
        """
        if len(source) > min(MAX_CELL, self._left):
            return False
        self._left -= len(source)
        return True


def _room_of(context: Context) -> Room:
    """Return the room of the page that a template makes; nbconvert has resources for each page."""
    room = context.get("resources", {}).setdefault(_ROOM, Room())
    assert isinstance(room, Room)
    return room


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
    is_endless = len(source) > MAX_CELL or sum(map(source.count, _FORMULAS_BEGIN)) > MAX_FORMULAS
    if is_endless or _NESTED.search(source):
        return _as_written(source)
    renderer = _Renderer(escape=False, exclude_anchor_links=True, attachments=attachments)
    try:
        rendered = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:  # an attachment that is missing, or whatever else stops the renderer
        return _as_written(source)
    clean = nh3.clean(
        rendered.replace("<table>", '<div class="scroll" tabindex="0"><table>').replace("</table>", "</table></div>"),
        tags=nh3.ALLOWED_TAGS | set(_MATH_ML.split()),
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values=_FITTED,
    )
    return _CONTAINER.format(_without_brackets(as_read(clean, is_prose=True)))


class _Renderer(IPythonRenderer):
    """Sets formulas as MathML, which a browser shows without any program; others are shown as written."""

    def block_math(self, body: str) -> str:
        formula = _formula(body, "block") or super().block_math(body)
        return _SCROLLED.format(formula) if len(body) > WIDE_FORMULA else formula

    def inline_math(self, body: str) -> str:
        return _formula(body, "inline") or super().inline_math(body)

    def latex_environment(self, name: str, body: str) -> str:
        formula = _formula(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")
        return _SCROLLED.format(formula or super().latex_environment(name, body))


def _formula(source: str, display: str) -> str:
    if len(source) > MAX_FORMULA:
        return ""
    for environment, same in _SAME_AS.items():
        source = source.replace(environment, same)
    try:
        return str(convert(source, display=display))
    except Exception:  # whatever stops the converter: it is not made for all that a student may write
        return ""


def _as_written(source: str) -> str:
    return _CONTAINER.format(_without_brackets(f"<pre>{escape(as_read(source, is_prose=True))}</pre>"))


def _without_brackets(page: str) -> str:
    """Write brackets in another way: nbconvert looks for links among them once more, in quadratic time."""
    return page.replace("[", "&#91;")


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src":  # a picture that must be fetched tells who looks at it when
        return value if _PICTURE.fullmatch(value) or _RELATIVE.fullmatch(value) else None
    if name == "class":
        return " ".join(one for one in value.split() if one in _OF_CODE or one.startswith("language-")) or None
    if name in _LENGTHS and tag not in _IMAGES:
        return value if _is_small(tag, name, value) else None
    if name in ("href", "cite") and not re.match(r"(?:https?://|mailto:|#)", value):
        return None
    return value


def _is_small(tag: str, name: str, value: str) -> bool:
    """Whether a length in a formula is one of typesetting; none that takes space away, or shifts, is."""
    if tag == "mpadded":
        return False
    if value in _NAMED_LENGTHS:
        return True
    found = _LENGTH.fullmatch(value)
    if found is None or found[1] in ("", "+", "-"):
        return False
    return _SMALLEST_EM <= float(found[1]) * _IN_EM[found[2] or "em"] <= _LARGEST_EM


def asset(name: str) -> str:
    """Read a style sheet or script of our pages.

    Parameters
    ----------
    name : str
        Name of the file in ``templates``.

    Returns
    -------
    str
    """
    return (resources.files("lossmark") / "templates" / name).read_text(encoding="utf-8").strip()


def digest(text: str) -> str:
    """Return a content policy's digest of a script or a style sheet.

    Parameters
    ----------
    text : str
        As in the page.

    Returns
    -------
    str
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
