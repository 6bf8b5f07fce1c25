"""Pages with hostile content in a real browser, which must run none of it and ask nobody for anything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urljoin

import nbformat
import pytest
import requests
from nbconvert import HTMLExporter
from nbgrader.api import Gradebook
from playwright.sync_api import Browser

from browsers import PATIENCE_MS, needs_chromium, watched
from courses import BIN, NAME, ROOT, copy_course, drop_figures, run, submit
from lossmark.course import Course
from lossmark.quality.roster import Attack, read_attacks
from ports import free_port

pytestmark = [pytest.mark.sandbox, pytest.mark.course, needs_chromium]

ATTACKS = [attack for attack in read_attacks(ROOT / "tests" / "attacks") if attack.family == "people"]
COVERED = """() => [...document.querySelectorAll('header .score strong, .earned td')].filter(place => {
    const {x, y, width, height} = place.getBoundingClientRect();
    const seen = document.elementsFromPoint(x + width / 2, y + height / 2);
    return y < innerHeight && !(seen[0] && seen[0].closest('header'));
}).map(place => place.textContent)"""
"""Finds what was earned, where something else of the page lies over it."""

MISREAD = r"""() => [...document.body.textContent.matchAll(
    /[\u202a-\u202e\u2066-\u2069]|(?:[\u00ad\u200b-\u200d]*[\p{Mn}\p{Me}]){5}/gu
)].map(found => escape(found[0]))"""
"""Finds what turns the direction of text, and marks piled up on a letter."""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course whose class has attacked whoever opens its pages; graded, with feedback."""
    course = copy_course(tmp_path_factory.mktemp("browser"))
    drop_figures(course)
    for attack in ATTACKS:
        submit(course, attack.name, attack.notebook(course.assignment(NAME)))
    for command in (["lossmark", "autograde", NAME], ["nbgrader", "generate_feedback", NAME]):
        done = run(*command, cwd=course.root)
        assert done.returncode == 0, done.stderr
    return course


@pytest.fixture(scope="module")
def formgrader(graded: Course) -> Iterator[str]:
    with serving(graded) as address:
        yield address


@contextmanager
def serving(course: Course, *more: str) -> Iterator[str]:
    """Start a Jupyter server with formgrader, and give its address."""
    port = free_port()
    options = [f"--port={port}", "--ServerApp.port_retries=0", "--ServerApp.token=", "--ServerApp.password="]
    options += ["--no-browser", "--allow-root", *more]
    server = subprocess.Popen(
        [BIN / "jupyter", "server", "--ip=127.0.0.1", *options, f"--ServerApp.root_dir={course.root}"],
        cwd=course.root,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/api", server)
        yield f"http://127.0.0.1:{port}/formgrader"
    finally:
        server.terminate()
        server.wait(timeout=60)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers; the test's own time limit bounds it."""
    while server.poll() is None:
        with suppress(requests.ConnectionError):
            get(address)
            return
        time.sleep(0.2)
    raise AssertionError(f"the server at {address} has ended")


def get(address: str) -> requests.Response:
    with requests.Session() as session:
        return session.get(address, timeout=PATIENCE_MS / 1000)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_feedback_runs_nothing(attack: Attack, graded: Course, browser: Browser) -> None:
    with watched(browser) as (page, seen):
        page.goto((graded.root / "feedback" / attack.name / NAME / f"{NAME}.html").as_uri())
        assert page.get_by_text("Score:").first.is_visible()
        covered, misread = page.evaluate(COVERED), page.evaluate(MISREAD)
    assert seen == []
    assert covered == []
    assert misread == []


def test_formgrader_runs_nothing(graded: Course, browser: Browser, formgrader: str) -> None:
    """It shows the mark scheme under each answer, and nothing of it reaches feedback."""
    schemes = graded.mark_schemes(NAME)
    assert set(schemes) == set(graded.assignment(NAME).manual)
    for page_file in (graded.root / "feedback").rglob("*.html"):
        assert not [scheme for scheme in schemes.values() if scheme.splitlines()[0] in page_file.read_text()]
    with watched(browser) as (page, seen):
        page.on("console", lambda line: seen.extend([line.text] * line.text.startswith("Executing inline")))
        page.goto(f"{formgrader}/gradebook/{NAME}/{NAME}")
        page.wait_for_selector("text=Submission #")
        links = page.locator("tbody a").evaluate_all("links => links.map(link => link.href)")
        pages = [link for link in dict.fromkeys(links) if "/submissions/" in link]
        assert len(pages) == len(ATTACKS)
        for link in pages:
            page.goto(link)
            page.wait_for_selector("input.score")
            assert page.locator("input.score").first.is_visible()
            assert page.locator("blockquote", has_text="Mark scheme").count() == len(schemes)
            assert page.evaluate("window.hasRun !== true"), link
            assert page.evaluate(MISREAD) == [], link
    assert seen == []


def test_the_policy_of_formgrader_holds_alone(graded: Course, browser: Browser, tmp_path: Path) -> None:
    """With Markdown as nbconvert renders it, what a student wrote reaches the page; the policy still stops it."""
    course = Course(shutil.copytree(graded.root, tmp_path / "course", symlinks=True))
    config, notebook = course.root / "nbgrader_config.py", f"{NAME}/{NAME}.ipynb"
    config.write_text(re.sub(r"c\.HTMLExporter\.filters = \{[^}]*\}", "", config.read_text()))
    autograded = course.root / "autograded" / "hostile-markdown" / notebook
    shown = nbformat.read(autograded, as_version=4)
    answer = next(cell for cell in shown.cells if cell.cell_type == "markdown" and "nbgrader" in cell.metadata)
    answer.source = "<script>lossmark()</script><img src=x onerror=lossmark()>"
    nbformat.write(shown, autograded)
    (autograded.parent / "page.html").write_text("<script>lossmark()</script>")
    without = "--ServerApp.jpserver_extensions={'lossmark.formgrader': False}"
    for options, expected in (([], []), ([without], ["a script has run"])):
        with serving(course, *options) as address, watched(browser) as (page, seen):
            page.goto(f"{address}/gradebook/{NAME}/{NAME}")
            page.wait_for_selector("text=Submission #")
            link = page.locator("a.name-shown", has_text="hostile-markdown").get_attribute("href")
            for place in (f"{link}/", "page.html"):
                page.goto(urljoin(page.url, place))
                assert ["a script has run"] * bool(page.evaluate("window.hasRun === true")) == expected
        assert seen == expected


def test_no_page_of_formgrader_takes_a_script_from_its_address(graded: Course, formgrader: str) -> None:
    for place in ("manage_students/x", f"gradebook/{NAME}/x", "manage_submissions/x"):
        assert get(f"{formgrader}/{place}").status_code == 200
        assert get(f"{formgrader}/{place}%22;lossmark();%22").status_code == 404
    page, data = get(f"{formgrader}/manage_students"), get(f"{formgrader}/api/students")
    assert "script-src 'self' 'unsafe-hashes'" in page.headers["Content-Security-Policy"]
    assert data.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")


def test_formgrader_refuses_a_submission_whose_page_takes_too_much_and_goes_on(graded: Course, formgrader: str) -> None:
    student = ATTACKS[0].name
    with Gradebook(f"sqlite:///{graded.root}/gradebook.db") as gradebook:
        page = f"{formgrader}/submissions/{gradebook.find_submission_notebook(NAME, NAME, student).id}/"
    file = graded.root / "autograded" / student / NAME / f"{NAME}.ipynb"
    before = file.read_text()
    try:
        file.write_text('{"cells": ["\U0001f600' + 300_000_000 * "x" + '"]}')
        refused = get(page)
    finally:
        file.write_text(before)
    assert (refused.status_code, get(page).status_code) == (413, 200)
    assert "its page takes more than 896 MiB of memory" in refused.text


def test_the_policy_of_feedback_holds_alone(graded: Course, browser: Browser) -> None:
    """With scripts put into the page behind all other walls, the policy still stops them; without it, they run."""
    file = graded.root / "feedback" / ATTACKS[0].name / NAME / f"{NAME}.html"
    hostile = file.read_text().replace("</body>", "<script>lossmark()</script><img src=x onerror=lossmark()></body>")
    bare = re.sub(r'<meta[^>]*http-equiv="Content-Security-Policy"[^>]*>', "", hostile)
    assert bare != hostile
    for text, expected in ((hostile, []), (bare, ["a script has run"])):
        file.with_name("hostile.html").write_text(text)
        with watched(browser) as (page, seen):
            page.goto(file.with_name("hostile.html").as_uri())
        assert seen == expected


def test_the_browser_notices_where_there_are_no_walls(tmp_path: Path, graded: Course, browser: Browser) -> None:
    for attack, sign in (("hostile-markdown", "a script has run"), ("spying-links", "asked for http://192.0.2.1")):
        notebook = next(one for one in ATTACKS if one.name == attack).notebook(graded.assignment(NAME))
        (tmp_path / "page.html").write_text(HTMLExporter(template_name="classic").from_notebook_node(notebook)[0])
        with watched(browser) as (page, seen):
            page.goto((tmp_path / "page.html").as_uri())
        assert any(one.startswith(sign) for one in seen), seen
    assert nbformat.validate(notebook) is None
