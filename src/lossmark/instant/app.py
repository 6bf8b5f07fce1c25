"""The pages of the instant check, behind the hub's login."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated
from tornado.web import Application, HTTPError, RequestHandler, StaticFileHandler, authenticated

from lossmark.course import Course
from lossmark.instant.checking import Checking
from lossmark.instant.contents import Contents, Unreadable
from lossmark.instant.ledger import Check, Ledger, Refused
from lossmark.instant.settings import InstantCheck
from lossmark.results import PASSED
from lossmark.terminal import as_read

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
MAX_REQUEST_BYTES = 10_000
"""A request is a name and two tokens."""


@dataclass(frozen=True)
class Service:
    """The data that all pages share.

    Attributes
    ----------
    root : Path
        The course's folder.
    contents : Contents
        The client of students' servers.
    prefix : str
        The path of the service.
    ledger : Ledger
        The requests of all students.
    checking : Checking
        Runs the requests.
    """

    root: Path
    contents: Contents
    prefix: str
    ledger: Ledger
    checking: Checking

    def application(self) -> Application:
        """Return the web application."""
        pages = {"service": self}
        return Application(
            [
                (self.prefix, _Assignments, pages),
                (f"{self.prefix}checks", _NewCheck, pages),
                (f"{self.prefix}checks/([A-Za-z0-9_-]+)", _OneCheck, pages),
                (f"{self.prefix}oauth_callback", HubOAuthCallbackHandler),
                (f"{self.prefix}static/(.*)", _Static, {"path": str(HERE / "static")}),
            ],
            default_handler_class=_Nothing,
            default_handler_args=pages,
            cookie_secret=secrets.token_bytes(32),  # after a restart the hub logs in again, unnoticed
            xsrf_cookies=True,
            templates=page_templates(),
            hub_prefix=os.environ.get("JUPYTERHUB_BASE_URL", "/"),
        )


def page_templates() -> Environment:
    """Return the templates of the pages, which escape all values."""
    templates = Environment(loader=PackageLoader("lossmark.instant"), autoescape=True, undefined=StrictUndefined)
    templates.filters["read"] = as_read
    return templates


class _Page(HubOAuthenticated, RequestHandler):  # type: ignore[misc]
    """A page for one student: the one logged in at the hub."""

    def initialize(self, service: Service) -> None:
        self.service = service
        self.course = Course(service.root)  # read again: the instructor may have changed a setting
        self.settings_of_course = InstantCheck.of(self.course)

    def set_default_headers(self) -> None:
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    @property
    def student(self) -> str:
        user = self.current_user
        if user.get("kind") != "user":
            raise HTTPError(403, "only people have notebooks")
        return str(user["name"])

    @property
    def token(self) -> str:
        """Token for the student's own server; the hub has given it to this browser's session."""
        return str(self.hub_auth.get_token(self))

    @property
    def is_offered(self) -> bool:
        """Whether there is an instant check, and something that it can check: tests in a notebook can be read by it."""
        return self.settings_of_course.enabled and bool(self.course.assignments)

    def require_offer(self) -> None:
        if not self.is_offered:
            raise HTTPError(404, "this course has no instant check")

    def show(self, template: str, **values: Any) -> None:
        common = {
            "prefix": self.service.prefix,
            "hub_prefix": self.settings["hub_prefix"],
            "settings": self.settings_of_course,
        }
        self.finish(self.settings["templates"].get_template(template).render(**common, **values))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Describe the error in a few words; the log has the rest."""
        texts = {
            403: "You are not logged in, or this request did not come from a page of this service.",
            404: "There is no such page.",
            405: "There is no such page.",
        }
        self.show("message.html", message=texts.get(status_code, "That has not worked, through a fault of ours."))


class _Nothing(_Page):
    @authenticated
    def get(self) -> None:
        raise HTTPError(404)


class _Assignments(_Page):
    """The assignments that the student has a notebook of."""

    @authenticated
    async def get(self) -> None:
        if not self.is_offered:
            self.show("message.html", message="This course does not offer the instant check.")
            return
        names, trouble = self.course.assignments, ""
        try:
            found = await self.service.contents.find(self.student, self.token, names)
        except Unreadable as error:
            found, trouble = [False] * len(names), str(error)
        self.show_list([name for name, is_there in zip(names, found, strict=True) if is_there], trouble)

    def show_list(self, names: list[str], trouble: str) -> None:
        ledger, allowance = self.service.ledger, self.settings_of_course.allowance
        rows = [
            {
                "name": name,
                "left": ledger.left(self.student, name, allowance),
                "refusal": ledger.refusal(self.student, name, allowance),
                "latest": ledger.latest(self.student, name),
            }
            for name in names
        ]
        self.show("assignments.html", rows=rows, trouble=trouble, xsrf=self.xsrf_token.decode())


class _NewCheck(_Page):
    """Takes on a check; tornado has compared the tokens by then, so that it was the student who asked."""

    @authenticated
    async def post(self) -> None:
        self.require_offer()
        name = self.get_body_argument("assignment", "")
        if name not in self.course.assignments:
            raise HTTPError(404, "there is no such assignment, or none that has graders")
        allowance = self.settings_of_course.allowance
        try:
            self.service.ledger.require(self.student, name, allowance)  # before anything is read
            max_bytes = self.settings_of_course.max_bytes
            notebook = await self.service.contents.read(self.student, self.token, name, max_bytes)
            check = self.service.ledger.add(self.student, name, notebook, allowance)
        except (Refused, Unreadable) as error:
            self.set_status(409)
            self.show("message.html", message=str(error))
            return
        self.service.checking.go_on()
        self.redirect(f"{self.service.prefix}checks/{check.key}", status=303)


class _OneCheck(_Page):
    """A check of the student's: its place in the queue, or its result."""

    @authenticated
    async def get(self, key: str) -> None:
        self.require_offer()
        check = self.service.ledger.find(key, self.student)
        if check is None:
            raise HTTPError(404)
        self.show(
            "check.html",
            check=check,
            position=self.service.ledger.position(key),
            left=self.service.ledger.left(self.student, check.assignment, self.settings_of_course.allowance),
            passed=_passed(check),
            xsrf=self.xsrf_token.decode(),
        )


class _Static(StaticFileHandler):
    def set_default_headers(self) -> None:
        for name, value in _HEADERS.items():
            self.set_header(name, value)


def _passed(check: Check) -> tuple[int, int]:
    """How many checks have passed, of how many."""
    cells = (check.result or {}).get("cells", [])
    outcomes = [one["outcome"] for cell in cells for one in cell["checks"]]
    return outcomes.count(PASSED), len(outcomes)
