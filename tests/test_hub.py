"""A course on a real JupyterHub, from release to feedback, as its people do it: with a browser."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from browsers import PATIENCE_MS
from courses import NAME, ROOT, copy_course, index_of, open_gradebook
from hubs import NEIGHBOUR, STUDENT, TA, Hub, needs_hub, running_hub
from lossmark.course import Course
from lossmark.quality.roster import with_variants
from lossmark.quality.scorecard import versions_of

pytestmark = [pytest.mark.sandbox, pytest.mark.course, needs_hub]
IMAGES = ROOT / "docs" / "images" if os.environ.get("LOSSMARK_IMAGES") else None
SLIP = "delta_hard_coded"
"""What the student gets wrong in `svm_loss`; the visible tests do not notice."""
POINTS = {"L_i": 3, "L_i_vectorized": 3, "svm_loss": 5, "squared_hinge_loss": 3, "svm_answers": 6}
MARKS = (2.5, 1)
"""What the TA gives for the written answers."""
TOTAL = sum(POINTS.values()) - 1 + sum(MARKS)
expect.set_options(timeout=PATIENCE_MS)


NOTES = """
import os
import pathlib
import tempfile
handle, name = tempfile.mkstemp(prefix=f"{by}-{os.getuid()}-", dir="{folder}")
os.close(handle)
"""
"""Leaves a file that says as whom it was run."""


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the files of the course and of accounts note as whom they were executed."""
    folder = tmp_path_factory.mktemp("hub") / "state" / "executed"  # where accounts can see it
    folder.mkdir(parents=True)
    folder.chmod(0o1777)
    return folder


def notes(by: str, folder: Path) -> str:
    return NOTES.replace("{by}", by).replace("{folder}", str(folder))


def executed_as(folder: Path, by: str) -> set[int]:
    """The accounts as which a file was executed."""
    return {int(path.name.split("-")[1]) for path in folder.glob(f"{by}-*")}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, executed: Path) -> Iterator[Hub]:
    course = copy_course(tmp_path_factory.mktemp("course"), settings=notes("settings", executed))
    (course.root / "graders" / "__init__.py").write_text(notes("graders", executed))
    with running_hub(executed.parent, course.root) as hub:
        yield hub


@pytest.fixture(scope="module")
def answered() -> NotebookNode:
    """The notebook as the student leaves it."""
    course = Course(ROOT)
    variants = versions_of(course, NAME)
    return with_variants(course.assignment(NAME), next(v for v in variants if (v.cell, v.name) == ("svm_loss", SLIP)))


def take(page: Page, name: str) -> None:
    """Keep a picture for the documentation, where one is asked for."""
    if IMAGES:
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        shot.quantize(128, dither=Image.Dither.NONE).save(IMAGES / f"hub-{name}.png", optimize=True)


@pytest.mark.timeout(900)
def test_a_course_from_release_to_feedback(hub: Hub, browser: Browser, answered: NotebookNode, executed: Path) -> None:
    leave_behind(hub, executed)
    with hub.step("the TA comes in"):
        ta = hub.come_in(browser, TA)
    with hub.step("the TA releases"):
        release(hub, ta)
    with hub.step("the student comes in"):
        student = hub.come_in(browser, STUDENT)
    with hub.step("the student fetches"):
        fetch(student)
    with hub.step("the student writes, runs and validates"):
        work(hub, student, answered)
    with hub.step("the student has the hidden checks run"):
        check(hub, student)
    with hub.step("the student cannot read the course"):
        look_around(hub, student)
    with hub.step("the student submits"):
        submit(student)
    with hub.step("the TA collects"):
        collect(hub, ta)
    with hub.step("the TA autogrades"):
        autograde(hub, ta)
    with hub.step("the TA marks"):
        mark(hub, ta)
    with hub.step("the TA returns feedback"):
        give_back(hub, ta)
    with hub.step("the student reads feedback"):
        read(hub, student)
    with hub.step("nothing of an account has run as another"):
        ta_id, student_id = (hub.home(name).stat().st_uid for name in (TA, STUDENT))
        assert executed_as(executed, "settings") == {ta_id}
        assert executed_as(executed, "graders") == {ta_id}
        assert executed_as(executed, "home") == {student_id}
    print(f"{sum(hub.seconds.values()):.0f} s: {hub.seconds}")


def leave_behind(hub: Hub, executed: Path) -> None:
    """Put what a hub, a server and Python might execute where a student can: their home."""
    home, owner = hub.home(STUDENT), hub.home(STUDENT).stat().st_uid
    names = ("jupyterhub_config.py", "jupyter_config.py", "nbgrader_config.py", "sitecustomize.py", "password_file.py")
    for file in [home / name for name in names] + [home / ".jupyter" / name for name in names]:
        file.parent.mkdir(exist_ok=True)
        file.write_text(notes("home", executed))
        for path in (file.parent, file):
            os.chown(path, owner, owner)


def assignments_page(hub: Hub, ta: Page) -> Locator:
    """Open formgrader's first page, and return the assignment's row."""
    ta.goto(f"{hub.address}/user/{TA}/formgrader/manage_assignments")
    return ta.get_by_role("row").filter(has=ta.get_by_role("link", name=NAME, exact=True))


def press(ta: Page, row: Locator, button: str) -> str:
    """Press one of formgrader's buttons, wait for the answer, and close it."""
    row.locator(f".glyphicon-{button}").click()
    answer = ta.locator(".modal-dialog")
    expect(answer).to_be_visible()
    text = answer.inner_text()
    answer.get_by_role("button", name="OK").click()
    expect(ta.locator(".modal-backdrop")).to_have_count(0)
    return text


def release(hub: Hub, ta: Page) -> None:
    row = assignments_page(hub, ta)
    assert "Successfully created" in press(ta, row, "education")
    assert "Successfully released" in press(ta, row, "cloud-upload")
    expect(row).to_contain_text("released")
    take(ta, "release")


def assignment_list(student: Page) -> None:
    student.get_by_role("menuitem", name="Nbgrader").click()
    student.get_by_role("menuitem", name="Assignment List").click()


def fetch(student: Page) -> None:
    assignment_list(student)
    student.locator("#released_assignments_list").get_by_role("button", name="Fetch").click()
    expect(student.locator("#fetched_assignments_list")).to_contain_text(NAME)
    take(student, "fetch")


def work(hub: Hub, student: Page, answered: NotebookNode) -> None:
    """Write the answers, as JupyterLab would; run all of it there; press the button."""
    path = hub.home(STUDENT) / NAME / f"{NAME}.ipynb"
    fetched = nbformat.read(path, as_version=4)
    for cell in answered.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            fetched.cells[index_of(fetched, cell.metadata.nbgrader.grade_id)].source = cell.source
    status = student.evaluate(
        """async ([address, content]) => {
            const token = document.cookie.match(/_xsrf=([^;]*)/)[1];
            const headers = {"Content-Type": "application/json", "X-XSRFToken": token};
            const body = JSON.stringify({type: "notebook", format: "json", content});
            return (await fetch(address, {method: "PUT", headers, body})).status
        }""",
        [f"/user/{STUDENT}/api/contents/{NAME}/{NAME}.ipynb", fetched],
    )
    assert status == 200
    student.goto(f"{hub.address}/user/{STUDENT}/lab/tree/{NAME}/{NAME}.ipynb?reset")  # and no other tab
    kernel = student.locator(".jp-NotebookPanel .jp-Notebook-ExecutionIndicator")
    expect(kernel).to_have_attribute("data-status", "idle")
    student.locator(".jp-NotebookPanel .jp-Cell").first.click()  # the menus are about this notebook from now on
    student.get_by_role("menuitem", name="Run", exact=True).click()
    student.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    last = student.locator(".jp-CodeCell .jp-InputPrompt").last
    expect(last).to_have_text(re.compile(r"\[\d+\]:"))
    expect(kernel).to_have_attribute("data-status", "idle")
    take(student, "notebook")
    student.locator(".validate-button").click()
    expect(student.locator(".jp-Dialog")).to_contain_text("Success")
    take(student, "validate")
    student.locator(".jp-Dialog").get_by_role("button", name="OK").click()


def check(hub: Hub, student: Page) -> None:
    """The instant check notices what the visible tests do not."""
    page = student.context.new_page()
    page.goto(f"{hub.address}/services/check/")
    page.get_by_role("button", name=f"Check {NAME}").click()
    expect(page.locator("main")).to_contain_text("19 of 20 checks pass")
    lost = page.get_by_role("listitem").filter(has_text="failed")
    expect(lost).to_have_text(re.compile(r"failed\s+A margin delta other than 1 is respected\s*$"))
    lost.scroll_into_view_if_needed()
    take(page, "check")
    page.close()


def look_around(hub: Hub, student: Page) -> None:
    """Try to read, in a terminal of the student's, what is somebody else's; what is the student's own is read."""
    own = hub.home(STUDENT) / NAME / f"{NAME}.ipynb"
    others = [
        hub.course / "source" / NAME / f"{NAME}.ipynb",
        hub.course / "graders" / NAME / "reference.py",
        hub.course / "gradebook.db",
        hub.state / "private" / "jupyterhub.sqlite",
        ROOT / "source" / NAME / f"{NAME}.ipynb",
        ROOT / "graders" / NAME / "reference.py",
    ]
    assert all(path.exists() for path in [own, *others])
    folders = [hub.home(TA), hub.home(NEIGHBOUR), hub.course, hub.state / "exchange" / "losses" / "inbound"]
    commands = [f"cat {path} >/dev/null" for path in [own, *others]] + [f"ls {folder} >/dev/null" for folder in folders]
    commands.append(f"mv {hub.state}/exchange/losses {hub.state}/exchange/mine")
    script = (
        "; ".join(f"({command}) 2>/dev/null && echo did-{i}." for i, command in enumerate(commands)) + "; echo end."
    )
    (hub.home(STUDENT) / "look.sh").write_text(script)
    assert set(re.findall(r"did-(\d+)", in_terminal(hub, student, "sh look.sh"))) == {"0"}


def in_terminal(hub: Hub, student: Page, command: str) -> str:
    """Run a command in a terminal of JupyterLab's, and return what it shows up to `end.`."""
    text: str = student.evaluate(
        """async ([base, command]) => {
            const token = document.cookie.match(/_xsrf=([^;]*)/)[1];
            const made = await fetch(base + "api/terminals", {method: "POST", headers: {"X-XSRFToken": token}});
            const name = (await made.json()).name;
            const socket = new WebSocket(base.replace("http", "ws") + "terminals/websocket/" + name);
            return new Promise(resolve => {
                let text = "";
                socket.onopen = () => socket.send(JSON.stringify(["stdin", command + "\\r"]));
                socket.onmessage = message => {
                    const [kind, part] = JSON.parse(message.data);
                    text += kind === "stdout" ? part : "";
                    if (text.includes("end.")) { socket.close(); resolve(text); }
                };
            });
        }""",
        [f"{hub.address}/user/{STUDENT}/", command],
    )
    return text


def submit(student: Page) -> None:
    assignment_list(student)
    student.locator("#fetched_assignments_list").get_by_role("button", name="Submit").click()
    expect(student.locator("#submitted_assignments_list")).to_contain_text(NAME)
    take(student, "submit")


def collect(hub: Hub, ta: Page) -> None:
    row = assignments_page(hub, ta)
    assert "Successfully collected" in press(ta, row, "cloud-download")


def autograde(hub: Hub, ta: Page) -> None:
    ta.goto(f"{hub.address}/user/{TA}/formgrader/manage_submissions/{NAME}")
    row = ta.get_by_role("row").filter(has_text=STUDENT)
    assert "Successfully autograded" in press(ta, row, "flash")
    expect(row).to_contain_text("needs manual grading")
    expect(row).to_contain_text("19 / 26")
    take(ta, "autograde")
    with open_gradebook(Course(hub.course)) as gradebook:
        grades = gradebook.find_submission_notebook(NAME, NAME, STUDENT).grades
        found = {grade.name: grade.auto_score for grade in grades if grade.cell.cell_type == "code"}
    assert found == {f"{name}_tests": points for name, points in POINTS.items()} | {"svm_loss_tests": 4}


def mark(hub: Hub, ta: Page) -> None:
    ta.goto(f"{hub.address}/user/{TA}/formgrader/gradebook/{NAME}/{NAME}")
    ta.get_by_role("link", name="Submission #1").click()
    answers = ta.locator(".nbgrader_cell").filter(has_text="Student's answer").filter(has=ta.locator("input.score"))
    expect(answers).to_have_count(len(MARKS))
    for answer, points in zip(answers.all(), MARKS, strict=True):
        expect(answer.locator("input.extra-credit")).to_have_attribute("placeholder", "0")  # the page has come to life
        with ta.expect_response(lambda response: "/api/grade/" in response.url and response.request.method == "PUT"):
            answer.locator("input.score").fill(str(points))
            answer.locator("input.score").press("Tab")
    answers.first.scroll_into_view_if_needed()
    take(ta, "mark")
    ta.goto(f"{hub.address}/user/{TA}/formgrader/manage_submissions/{NAME}")
    row = ta.get_by_role("row").filter(has_text=STUDENT)
    expect(row).to_contain_text(f"{TOTAL} / 26")


def give_back(hub: Hub, ta: Page) -> None:
    row = ta.get_by_role("row").filter(has_text=STUDENT)
    assert "Successfully generated feedback" in press(ta, row, "comment")
    assert "Successfully released feedback" in press(ta, row, "envelope")


def read(hub: Hub, student: Page) -> None:
    submitted = student.locator("#submitted_assignments_list")
    submitted.get_by_role("button", name="Fetch Feedback").click()
    expect(submitted).to_contain_text("view feedback")
    take(student, "feedback-list")
    (file,) = (hub.home(STUDENT) / NAME / "feedback").rglob("*.html")
    student.goto(f"{hub.address}/user/{STUDENT}/files/{file.relative_to(hub.home(STUDENT))}")
    expect(student.locator("body")).to_contain_text(f"Score: {TOTAL} of 26 points")
    lost = student.locator("table.lossmark").filter(has_text="4 of 5 points").locator(".lossmark-lost")
    expect(lost).to_have_count(1)
    expect(lost).to_contain_text("Likely mistake (delta hard coded)")
    lost.scroll_into_view_if_needed()
    take(student, "feedback")
