"""formgrader's pages with a content policy: a Jupyter server extension, on wherever Lossmark is installed.

It stands before nbgrader's own handlers. What students wrote is sanitised when a page is made (`pages`); where
something gets through all the same, the browser runs nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bs4 import BeautifulSoup
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from nbgrader.server_extensions.formgrader import apihandlers, handlers
from nbgrader.server_extensions.formgrader.base import BaseHandler
from tornado.web import HTTPError, StaticFileHandler

from lossmark.pages import MATHJAX, digest

NOTHING = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""The policy of what is no page: data, and files that students handed in."""
_UNSAFE = re.compile(r'["<>\\\x00-\x1f]')
"""What nbgrader would write from an address into its scripts."""
_ON_CLICK = re.compile(r'onclick="([^"{]+)"')


class _Guarded:
    """A handler of nbgrader's with a policy."""

    def prepare(self: Any, *args: Any, **kwargs: Any) -> Any:
        """Refuse what would end a name in a script, and do nothing where formgrader is off."""
        if _UNSAFE.search(unquote(self.request.path)) or "nbgrader_formgrader" not in self.settings:
            raise HTTPError(404)
        self.set_header("Content-Security-Policy", NOTHING)
        self.set_header("X-Content-Type-Options", "nosniff")
        return super().prepare(*args, **kwargs)  # type: ignore[misc]


class _GuardedPage(_Guarded):
    """A page: scripts in its head are nbgrader's own, whatever comes later may be a student's."""

    def write(self: Any, chunk: Any) -> None:
        """Send the page under its policy."""
        if isinstance(chunk, str):
            self.set_header("Content-Security-Policy", page_policy(chunk))
        super().write(chunk)  # type: ignore[misc]


def page_policy(page: str) -> str:
    """Return what a page of formgrader may do.

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
    own = " ".join(map(digest, [*scripts, *_ON_CLICKS]))
    return (
        f"default-src 'none'; script-src 'self' 'unsafe-hashes' {own} 'unsafe-eval' {MATHJAX}; "
        f"style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data: {MATHJAX}; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


def _on_clicks() -> Iterable[str]:
    """Find what nbgrader's templates have run by a click."""
    folder = Path(handlers.template_path)
    templates = [path for path in sorted(folder.rglob("*")) if path.suffix in (".tpl", ".j2")]
    return dict.fromkeys(found for path in templates for found in _ON_CLICK.findall(path.read_text()))


_ON_CLICKS = tuple(_on_clicks())


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
        _guard(rule, _Guarded if issubclass(rule[1], StaticFileHandler) else _GuardedPage)
        if issubclass(rule[1], BaseHandler)
        else rule
        for rule in handlers.default_handlers
    ]
    return pages + [_guard(rule, _Guarded) for rule in apihandlers.default_handlers]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Stand before nbgrader: of rules that match, Tornado takes the one that was added first."""
    base = server.web_app.settings["base_url"]
    rules = [(url_path_join(base, pattern), *rest) for pattern, *rest in guarded_rules()]
    server.web_app.add_handlers(".*$", rules)  # type: ignore[no-untyped-call]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]
