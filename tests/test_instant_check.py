"""The instant check: its queue, and the service on a real hub."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat import NotebookNode
from playwright.sync_api import Browser, Page, expect

from axe import violations
from browsers import PATIENCE_MS
from courses import NAME, ROOT, copy_course, index_of
from hubs import NEIGHBOUR, STUDENT, TA, Hub, needs_hub, running_hub
from lossmark.checks import Shows
from lossmark.course import Course
from lossmark.instant.app import page_templates
from lossmark.instant.checking import UNTOUCHED, to_be_shown
from lossmark.instant.ledger import DONE, FAILED, MAX_TRIES, UNUSABLE, Allowance, Ledger, Refused
from lossmark.instant.settings import MESSAGES, InstantCheck
from lossmark.quality.roster import solution
from lossmark.results import CellResult, CheckResult, GradedNotebook

PER_DAY = 3
SETTINGS = f"""
c.InstantCheck.shows = "messages"
c.InstantCheck.per_day = {PER_DAY}
c.InstantCheck.jobs = 1
c.InstantCheck.timeout_s = 120
"""
TWO, FIVE = Allowance(checks=2, failures=3), Allowance(checks=5, failures=3)
SLOW = "import time; time.sleep(12)\n"
"""Within it, a busy machine shows two pages and has a signal sent."""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        yield ledger


def taken(ledger: Ledger) -> str:
    found = ledger.take()
    assert found is not None
    return f"{found[0].student} {found[0].assignment}"


def test_students_take_turns(ledger: Ledger) -> None:
    for student, assignments in (("a", "xyz"), ("b", "x"), ("c", "xy")):
        for assignment in assignments:
            ledger.add(student, assignment, b"", FIVE)
    order = []
    for _ in range(6):
        order.append(taken(ledger))
        ledger.end(ledger.latest(*order[-1].split()).key, DONE, {})
    assert order == ["a x", "b x", "c x", "a y", "c y", "a z"]


def test_who_was_served_longest_ago_comes_first(ledger: Ledger) -> None:
    ledger.add("a", "x", b"", FIVE)
    assert taken(ledger) == "a x"
    ledger.end(ledger.latest("a", "x").key, DONE, {})
    ledger.add("a", "y", b"", FIVE)
    ledger.add("b", "x", b"", FIVE)
    assert taken(ledger) == "b x"


def test_no_student_has_two_running(ledger: Ledger) -> None:
    first, second = ledger.add("a", "x", b"", FIVE), ledger.add("a", "y", b"", FIVE)
    assert (ledger.position(first.key), ledger.position(second.key)) == (1, 2)
    assert taken(ledger) == "a x"
    assert ledger.take() is None
    neighbour = ledger.add("b", "x", b"", FIVE)
    assert (ledger.position(neighbour.key), ledger.position(second.key), ledger.position(first.key)) == (1, 2, None)
    assert taken(ledger) == "b x"


def test_the_limit_is_of_a_day_an_assignment_and_a_student(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    for left in (1, 0):
        ledger.end(ledger.add("a", "x", b"", TWO).key, DONE, {})
        assert ledger.left("a", "x", TWO) == left
    with pytest.raises(Refused, match="left today"):
        ledger.add("a", "x", b"", TWO)
    assert (ledger.left("a", "y", TWO), ledger.left("b", "x", TWO)) == (2, 2)
    monkeypatch.setattr(time, "strftime", lambda form: "tomorrow")
    assert ledger.left("a", "x", TWO) == 2


@pytest.mark.parametrize("state", [FAILED, UNUSABLE])
def test_what_was_not_checked_does_not_count(ledger: Ledger, state: str) -> None:
    ledger.end(ledger.add("a", "x", b"", Allowance(1, 3)).key, state, {"reason": "..."})
    assert ledger.left("a", "x", Allowance(1, 3)) == 1


ORDERS = {
    "failures first": [FAILED] * 9,
    "results first": [DONE] * 9,
    "by turns": [FAILED, DONE] * 5,
    "failures last": [DONE, FAILED, FAILED, FAILED, DONE, FAILED],
    "what is not a notebook beside them": [FAILED, UNUSABLE, FAILED, UNUSABLE, FAILED, UNUSABLE, FAILED, DONE],
}


@pytest.mark.parametrize("order", ORDERS)
def test_student_who_makes_our_side_fail_gets_no_more_than_so_many_checks(
    ledger: Ledger, order: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ended: list[str] = []
    for state in ORDERS[order]:
        try:
            key = ledger.add("a", "x", b"", TWO).key
        except Refused:
            break
        ledger.fail(key, "a disk\nis full") if state == FAILED else ledger.end(key, state, {"reason": "..."})
        ended.append(state)
    assert ended.count(DONE) <= TWO.checks
    assert ended.count(FAILED) <= TWO.failures
    assert len(ended) < len(ORDERS[order])
    assert ledger.left("a", "x", TWO) == TWO.checks - ended.count(DONE)  # a fault of ours takes none of them
    assert [record.message for record in caplog.records] == [
        f"x of a was not checked; failures today: {number + 1}; a disk is full" for number in range(ended.count(FAILED))
    ]
    assert (ledger.refusal("a", "y", TWO), ledger.refusal("b", "x", TWO)) == ("", "")
    more = Allowance(TWO.checks + 1, TWO.failures + 1)  # the instructor's word, after the fault is mended
    assert ledger.refusal("a", "x", more) == ""
    monkeypatch.setattr(time, "strftime", lambda form: "tomorrow")
    assert ledger.refusal("a", "x", TWO) == ""


def test_what_was_left_comes_last_and_is_no_fault(ledger: Ledger) -> None:
    key = ledger.add("a", "x", b"", FIVE).key
    for _ in range(3 * MAX_TRIES):
        assert taken(ledger) == "a x"
        ledger.leave(key)
    for student in "bc":
        ledger.add(student, "x", b"", FIVE)
    ledger.add("a", "y", b"", FIVE)
    places = [ledger.position(ledger.latest(*one).key) for one in (("b", "x"), ("c", "x"), ("a", "y"), ("a", "x"))]
    assert places == [1, 2, 3, 4]
    order = [taken(ledger), taken(ledger), taken(ledger)]
    assert (order, ledger.take(), ledger.keeps_waiting()) == (["b x", "c x", "a y"], None, False)
    ledger.end(ledger.latest("a", "y").key, DONE, {})
    assert (ledger.keeps_waiting(), taken(ledger)) == (False, "a x")


def test_one_at_a_time_of_an_assignment(ledger: Ledger) -> None:
    ledger.add("a", "x", b"", FIVE)
    with pytest.raises(Refused, match="not ended"):
        ledger.add("a", "x", b"", FIVE)


def test_what_ran_when_the_service_was_killed_runs_again_but_not_for_ever(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    key = ledger.add("a", "x", b"the notebook", FIVE).key
    for _ in range(MAX_TRIES):
        check, notebook = ledger.take()
        assert (check.key, notebook) == (key, b"the notebook")
        ledger = Ledger(tmp_path / "ledger.sqlite")  # the one before is not closed, as if it were killed
    assert ledger.take() is None
    assert ledger.find(key, "a").state == FAILED


def test_nobody_finds_a_neighbours_check(ledger: Ledger) -> None:
    key = ledger.add("a", "x", b"", FIVE).key
    assert ledger.find(key, "a") is not None
    assert ledger.find(key, "b") is None


def test_no_notebook_is_kept(ledger: Ledger, tmp_path: Path) -> None:
    key = ledger.add("a", "x", b"what a student wrote", FIVE).key
    ledger.end(key, DONE, {})
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as database:
        assert database.execute("SELECT notebook FROM checks").fetchall() == [(None,)]


def graded() -> GradedNotebook:
    checks = (
        CheckResult(
            "test_a", "<b>A title", 0.0, 1.0, "failed", "<script>got</script> 3", "a_slip", "; the right answer"
        ),
    )
    cells = (CellResult("f_tests", checks), CellResult("short_answers_tests", checks))
    return GradedNotebook(
        "x", cells, (), ("<i>remark", "a fault"), nbformat.v4.new_notebook(), 0.1, for_student=("<i>remark",)
    )


def test_it_shows_what_the_instructor_allows() -> None:
    shown = json.dumps(to_be_shown(graded(), InstantCheck(without=["*_answers_tests"]), Shows.EXPECTED))
    assert "A title" in shown
    assert not [secret for secret in ("got", "a_slip", "short_answers", "test_a") if secret in shown]
    for shows, expected in ((Shows.EXPECTED, True), (Shows.MESSAGE, False)):
        shown = json.dumps(to_be_shown(graded(), InstantCheck(shows=MESSAGES), shows))
        assert ("got" in shown, "the right answer" in shown) == (True, expected)


def test_it_says_what_was_unusual_and_that_nothing_was_written() -> None:
    assert to_be_shown(graded(), InstantCheck(), Shows.EXPECTED)["remarks"] == ["<i>remark"]
    blank = replace(graded(), is_untouched=True)
    assert to_be_shown(blank, InstantCheck(), Shows.EXPECTED)["remarks"] == ["<i>remark", UNTOUCHED]


def test_it_is_off_unless_the_instructor_turns_it_on() -> None:
    assert InstantCheck.of(Course(ROOT)).enabled is False


def test_pages_escape(ledger: Ledger) -> None:
    key = ledger.add("a", "<x>", b"", FIVE).key
    ledger.end(key, DONE, to_be_shown(graded(), InstantCheck(shows=MESSAGES), Shows.EXPECTED))
    values = {"prefix": "/", "hub_prefix": "/", "passed": (0, 1), "left": 1, "position": None}
    page = page_templates().get_template("check.html").render(check=ledger.find(key, "a"), **values)
    assert "&lt;script&gt;got" in page
    assert not re.search(r"<(b|i|x)>|<script>", page)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    course = copy_course(tmp_path_factory.mktemp("course"), settings=SETTINGS)
    with running_hub(tmp_path_factory.mktemp("hub"), course.root) as hub:
        yield hub


def save(hub: Hub, student: str, content: NotebookNode | str | None = None) -> Path:
    """Put a notebook where the student would save it; the right solution, if nothing else is given."""
    notebook = content if content is not None else solution(Course(ROOT).assignment(NAME))
    file = hub.home(student) / NAME / f"{NAME}.ipynb"
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    file.write_text(notebook if isinstance(notebook, str) else nbformat.writes(notebook))
    owner = hub.home(student).stat().st_uid
    for path in (file.parent, file):
        os.chown(path, owner, owner)
    return file


def slow() -> NotebookNode:
    notebook = solution(Course(ROOT).assignment(NAME))
    cell = notebook.cells[index_of(notebook, "L_i")]
    cell.source = SLOW + cell.source
    return notebook


def ask(page: Page, **form: str) -> int:
    """Ask for a check with the student's own cookies and token."""
    token = page.locator("input[name=_xsrf]").first.get_attribute("value")
    address = re.sub(r"/services/check/.*", "/services/check/checks", page.url)
    return page.request.post(address, form={"_xsrf": token, "assignment": NAME, **form}, max_redirects=0).status


def state_of(hub: Hub, student: str) -> list[tuple[str, int]]:
    """What the ledger holds of a student: states and tries."""
    with closing(sqlite3.connect(hub.home(TA) / "instant-check.sqlite", timeout=10)) as database:
        query = "SELECT state, tries FROM checks WHERE student = ? ORDER BY asked"
        return database.execute(query, (student,)).fetchall()


def wait_until(condition, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "that takes too long"
        time.sleep(0.05)


@needs_hub
@pytest.mark.sandbox
@pytest.mark.course
@pytest.mark.timeout(900)
def test_on_a_hub(hub: Hub, browser: Browser) -> None:
    check = f"{hub.address}/services/check/"
    save(hub, STUDENT)
    student, neighbour = hub.come_in(browser, STUDENT), hub.come_in(browser, NEIGHBOUR)
    strangers_get_nothing(browser, check)
    with hub.step("a check"):
        key = a_check(student, check)
    others_get_nothing(hub, student, neighbour, check, key)
    files_are_read_as_the_student(hub, neighbour, check)
    with hub.step("killed and started again"):
        killed_in_mid_work(hub, student, neighbour, check)
    the_limit_holds(student, check)
    assert not (hub.course / "gradebook.db").exists()
    print(hub.seconds)


def strangers_get_nothing(browser: Browser, check: str) -> None:
    context = browser.new_context()
    for forged in (False, True):
        if forged:
            cookie = {"name": "service-check", "value": "2|1:0|10:1700000000|13:service-check|8:Zm9yZ2Vk|0" * 2}
            context.add_cookies([{**cookie, "url": check}])
        for page in ("", "checks/abc", "nothing"):
            answer = context.request.get(f"{check}{page}", max_redirects=0)
            assert (answer.status, "/hub/api/oauth2/authorize" in answer.headers.get("location", "")) == (302, True)
        answer = context.request.post(f"{check}checks", form={"assignment": NAME}, max_redirects=0)
        assert answer.status == 403
        assert context.request.get(check).url.startswith(f"{check.removesuffix('/services/check/')}/hub/login")
    context.close()


def a_check(student: Page, check: str) -> str:
    """The student presses the button, waits, and reads."""
    student.goto(check)
    expect(student.locator("main")).to_contain_text(f"{PER_DAY} of {PER_DAY} checks left today")
    assert axe_in_both_schemes(student) == []
    student.get_by_role("button", name=f"Check {NAME}").press("Enter")
    expect(student.locator("main")).to_contain_text("20 of 20 checks pass", timeout=PATIENCE_MS)
    expect(student.locator("main")).to_contain_text(f"{PER_DAY - 1} left today")
    expect(student.locator("main")).not_to_contain_text("svm_answers")
    assert axe_in_both_schemes(student) == []
    answer = student.request.get(student.url)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    return student.url.rsplit("/", 1)[1]


def axe_in_both_schemes(page: Page) -> list[str]:
    found = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        found += violations(page)
    return found


def others_get_nothing(hub: Hub, student: Page, neighbour: Page, check: str, key: str) -> None:
    neighbour.goto(check)
    expect(neighbour.locator("main")).to_contain_text("no notebook of an assignment in your folder")
    assert student.request.get(f"{check}checks/{key}").status == 200
    for stolen in (key, "abc", f"abc%2f..%2f{key}", "%2e%2e%2fchecks"):
        assert neighbour.request.get(f"{check}checks/{stolen}").status == 404
    for path in ("static/..%2fapp.py", "static/%2fetc%2fpasswd", "static/"):
        assert neighbour.request.get(f"{check}{path}").status in (403, 404)

    student.goto(check)
    before = state_of(hub, STUDENT)
    for name in (
        "",
        "nothing",
        "..",
        f"../{NAME}",
        f"{NAME}/..",
        f"../../user/{NEIGHBOUR}/{NAME}",
        "graders",
    ):
        assert ask(student, assignment=name) == 404
    for token in ("", "forged"):
        assert ask(student, _xsrf=token) == 403
    assert ask(student, more="x" * 20_000) >= 400
    elsewhere = student.context.new_page()
    form = f'<form method=post action="{check}checks"><input name=assignment value={NAME}></form>'
    script = "<script>document.forms[0].submit()</script>"
    elsewhere.route("http://elsewhere.test/", lambda route: route.fulfill(body=form + script, content_type="text/html"))
    with elsewhere.expect_response(f"{check}checks") as answered:
        elsewhere.goto("http://elsewhere.test/")
    assert answered.value.status == 403
    elsewhere.close()
    assert state_of(hub, STUDENT) == before


def files_are_read_as_the_student(hub: Hub, neighbour: Page, check: str) -> None:
    """Where a student's notebook is something else, no more is read than the student's account could."""
    file = save(hub, NEIGHBOUR)
    neighbour.goto(check)
    neighbour.get_by_role("button", name="Check").wait_for()
    for target in (hub.course / "source" / NAME / f"{NAME}.ipynb", hub.home(STUDENT) / NAME / f"{NAME}.ipynb"):
        file.unlink()
        file.symlink_to(target)
        assert ask(neighbour) == 409, target
    save(hub, NEIGHBOUR, json.dumps({"cells": [], "x": "x" * 6_000_000}))
    assert ask(neighbour) == 409
    assert state_of(hub, NEIGHBOUR) == []
    save(hub, NEIGHBOUR, "no notebook")
    assert ask(neighbour) == 303
    wait_until(lambda: state_of(hub, NEIGHBOUR) == [(UNUSABLE, 1)])


def killed_in_mid_work(hub: Hub, student: Page, neighbour: Page, check: str) -> None:
    """A check that runs and one that waits outlive the service."""
    save(hub, STUDENT, slow())
    save(hub, NEIGHBOUR)
    (service,) = services(hub)
    assert service.uids().real == hub.home(TA).stat().st_uid
    for page in (student, neighbour):
        page.goto(check)
    for page in (student, neighbour):
        page.get_by_role("button", name="Check").click()
    expect(neighbour.locator("main")).to_contain_text("place 1 in the queue")
    wait_until(lambda: state_of(hub, STUDENT)[-1] == ("running", 1))
    student.wait_for_load_state("load")
    below = service.children(recursive=True)
    service.kill()
    psutil.wait_procs([service, *below], timeout=60)
    assert not any(process.is_running() for process in below)
    assert [states[-1] for states in (state_of(hub, STUDENT), state_of(hub, NEIGHBOUR))] == [
        ("running", 1),
        ("waiting", 0),
    ]
    for page in (student, neighbour):
        expect(page.locator("main")).to_contain_text("20 of 20 checks pass", timeout=PATIENCE_MS)
    assert [states[-1] for states in (state_of(hub, STUDENT), state_of(hub, NEIGHBOUR))] == [(DONE, 2), (DONE, 1)]


def services(hub: Hub) -> list[psutil.Process]:
    """The processes of this hub's service."""
    found = []
    for process in psutil.process_iter():
        try:
            if "lossmark.instant" in process.cmdline() and str(hub.state) in process.environ().get(
                "LOSSMARK_LEDGER", ""
            ):
                found.append(process)
        except psutil.Error:
            continue
    return [process for process in found if process.parent() not in found]


def the_limit_holds(student: Page, check: str) -> None:
    student.goto(check)
    student.get_by_role("button", name="Check").click()
    expect(student.locator("main")).to_contain_text("0 left today", timeout=PATIENCE_MS)
    student.goto(check)
    expect(student.get_by_role("button", name="Check")).to_be_disabled()
    assert ask(student) == 409
