"""formgrader's pages with mark schemes and a content policy: a server extension, on wherever Lossmark is installed.

It precedes nbgrader's own handlers. Students' text is sanitised when a page is made (`pages`); if something
still gets through, the browser does not run it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bs4 import BeautifulSoup
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.server_extensions.formgrader import apihandlers, handlers
from nbgrader.server_extensions.formgrader.base import BaseHandler
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from tornado.web import HTTPError, StaticFileHandler

from lossmark.course import Course, grade_id_of
from lossmark.errors import UsageError
from lossmark.grading.overdue import bounded_reading
from lossmark.pages import MATHJAX, digest
from lossmark.terminal import as_read

NOTHING = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""The policy of data and submitted files, which are not pages."""
_UNSAFE = re.compile(r'["<>\\\x00-\x1f]')
"""Characters that nbgrader would write from an address into its scripts."""
_CONSTANT = re.compile(
    r'onclick="([^"{]+)"|<script(?![^>]*src=)[^>]*>((?:(?!\{\{|\{%|</script>).)+)</script>', re.DOTALL
)
"""A script of a template that is the same on each page."""


class _Guarded:
    """A handler of nbgrader's with a policy."""

    def prepare(self: Any, *args: Any, **kwargs: Any) -> Any:
        """Refuse characters that would end a name in a script, and do nothing if formgrader is off."""
        if _UNSAFE.search(unquote(self.request.path)) or "nbgrader_formgrader" not in self.settings:
            raise HTTPError(404)
        self.set_header("Content-Security-Policy", NOTHING)
        self.set_header("X-Content-Type-Options", "nosniff")
        return super().prepare(*args, **kwargs)  # type: ignore[misc]


class _GuardedPage(_Guarded):
    """A page: scripts in its head are nbgrader's own, later ones may be a student's."""

    def write(self: Any, chunk: Any) -> None:
        """Send the page under its policy."""
        if isinstance(chunk, str):
            self.set_header("Content-Security-Policy", page_policy(chunk))
        super().write(chunk)  # type: ignore[misc]


class _TooLarge(Exception):
    """A page of a submission exceeds a limit."""


class _SubmissionPage(_GuardedPage):
    """A submission, with the mark scheme under each answer that a person marks."""

    def get(self: Any, submission_id: str) -> Any:
        """Show the submission, unless it takes too much of the server."""
        try:
            with bounded_reading(_TooLarge, "this submission is not shown: its page takes"):
                return super().get(submission_id)  # type: ignore[misc]
        except _TooLarge as error:
            raise HTTPError(413, str(error)) from None

    @property
    def exporter(self: Any) -> Any:
        """nbgrader's, which is one for all pages."""
        exporter = super().exporter  # type: ignore[misc]
        if not any(isinstance(preprocessor, _MarkSchemes) for preprocessor in exporter._preprocessors):
            exporter.register_preprocessor(_MarkSchemes(self.settings["nbgrader_formgrader"]), enabled=True)
        return exporter


class _MarkSchemes:
    """Puts mark schemes into a notebook that is about to be shown; the file is left alone, and so is feedback.

    Code is shown as it runs, even if it contains characters that turn the direction of text.
    """

    def __init__(self, formgrader: FormgradeExtension) -> None:
        self._formgrader = formgrader

    def __call__(self, notebook: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        shown = [_as_run(cell) for cell in notebook.cells]
        notebook = NotebookNode({**notebook, "cells": shown})
        try:
            schemes = Course(Path(self._formgrader.coursedir.root)).mark_schemes(resources["assignment_id"])
        except UsageError:  # a course of nbgrader's alone
            return notebook, resources
        cells = []
        for cell in notebook.cells:
            scheme = schemes.get(grade_id_of(cell))
            cells += [cell] if scheme is None else [cell, _scheme_cell(scheme)]
        return NotebookNode({**notebook, "cells": cells}), resources


def _as_run(cell: NotebookNode) -> NotebookNode:
    return cell if cell.cell_type == "markdown" else NotebookNode({**cell, "source": as_read(cell.source)})


def _scheme_cell(scheme: str) -> NotebookNode:
    lines = ["**Mark scheme**", "", *scheme.splitlines()]
    cell: NotebookNode = new_markdown_cell("\n".join(f"> {line}".rstrip() for line in lines))
    return cell


def page_policy(page: str) -> str:
    """Return the content policy of a formgrader page.

    Parameters
    ----------
    page : str
        The page.

    Returns
    -------
    str
        The value of the header ``Content-Security-Policy``.
    """
    head = BeautifulSoup(page.partition("</head>")[0], "html.parser")
    scripts = [script.string or "" for script in head.find_all("script", src=False)]
    own = " ".join(map(digest, dict.fromkeys([*scripts, *_CONSTANTS])))
    return (
        f"default-src 'none'; script-src 'self' 'unsafe-hashes' {own} 'unsafe-eval' {MATHJAX}; "
        f"style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data: {MATHJAX}; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


def _constants() -> list[str]:
    """Find the constant scripts and click handlers of nbgrader's templates."""
    folder = Path(handlers.template_path)
    templates = [path for path in sorted(folder.rglob("*")) if path.suffix in (".tpl", ".j2")]
    return [
        click or script for path in templates for click, script in _CONSTANT.findall(path.read_text(encoding="utf-8"))
    ]


_CONSTANTS = _constants()


def _guard(rule: tuple[Any, ...], base: type) -> tuple[Any, ...]:
    """Put a policy before the handler of a rule."""
    pattern, handler, *options = rule
    return (pattern, type(handler.__name__, (base, handler), {}), *options)


def guarded_rules() -> list[tuple[Any, ...]]:
    """Return nbgrader's rules for formgrader, each handler with its policy; those of its own files are as they were.

    Returns
    -------
    list of tuple
        As Tornado takes them.
    """
    pages = [
        _guard(rule, _base_for(rule[1])) if issubclass(rule[1], BaseHandler) else rule
        for rule in handlers.default_handlers
    ]
    return pages + [_guard(rule, _Guarded) for rule in apihandlers.default_handlers]


def _base_for(handler: type) -> type:
    if issubclass(handler, StaticFileHandler):
        return _Guarded
    return _SubmissionPage if handler is handlers.SubmissionHandler else _GuardedPage


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Precede nbgrader's rules: of those that match, Tornado takes the one that was added first."""
    base = server.web_app.settings["base_url"]
    rules = [(url_path_join(base, pattern), *rest) for pattern, *rest in guarded_rules()]
    server.web_app.add_handlers(".*$", rules)  # type: ignore[no-untyped-call]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]
