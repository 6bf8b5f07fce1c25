"""The course in nbgrader's hands: its commands, formgrader's button, the gradebook and the feedback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from traitlets.config import Config

from courses import BIN, NAME, ROOT, copy_course, index_of, open_gradebook, recorded_scores, run, submit
from helpers import reduced_to
from lossmark.course import Course
from lossmark.grading.pipeline import Grader
from lossmark.nbgrader import GradeNotebook
from lossmark.provenance import RESULTS_FILE
from lossmark.quality.roster import Attack, solution, with_variants

pytestmark = [pytest.mark.sandbox, pytest.mark.course]

SCORES = {"solved": 20.0, "untouched": 0.0, "misconceived": 17.5, "attacking": 0.0, "untested": 20.0, "scripted": 20.0}
SETTINGS = "c.Lossmark.call_timeout_s = 2.0; c.Lossmark.cell_timeout_s = 5.0"
SCRIPT = "<script>alert('by a student')</script>"
TOKEN = "a-token-for-this-test"


def submissions(grader: Grader) -> dict[str, NotebookNode]:
    assignment = grader.assignment
    forgot = next(v for v in grader.graders.misconceptions if (v.cell, v.name) == ("svm_loss", "forgot_delta"))
    untested, scripted = solution(assignment), solution(assignment)
    del untested.cells[index_of(untested, "svm_loss_tests")]
    cell = scripted.cells[index_of(scripted, "L_i")]
    cell.source = cell.source.replace('"""Hinge loss', f'"""{SCRIPT} Hinge loss')
    scripted.cells[index_of(scripted, "margin_choice")].source = f"My answer {SCRIPT}"
    scripted.cells += [new_markdown_cell(SCRIPT), new_code_cell(f'print("{SCRIPT}")\nraise ValueError("{SCRIPT}")')]
    return {
        "solved": solution(assignment),
        "untouched": assignment.released,
        "misconceived": with_variants(assignment, forgot),
        "attacking": Attack.read(ROOT / "tests" / "attacks" / "score" / "replaced_builtins.py").notebook(assignment),
        "untested": untested,
        "scripted": scripted,
    }


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    """Grade as `lossmark grade` does, in a course that nbgrader knows nothing of."""
    with Grader(copy_course(tmp_path_factory.mktemp("untouched"), settings=SETTINGS), NAME) as grader:
        yield grader


@pytest.fixture(scope="module")
def autograded(
    grader: Grader, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Course, subprocess.CompletedProcess[str]]:
    """Autograde a class, one of whose files is broken, with nbgrader's own commands."""
    course = copy_course(tmp_path_factory.mktemp("course"), settings=SETTINGS)
    assert run("nbgrader", "generate_assignment", NAME, cwd=course.root).returncode == 0
    for student, notebook in submissions(grader).items():
        submit(course, student, notebook)
    submit(course, "broken", '{"cells": [')
    return course, run("nbgrader", "autograde", NAME, cwd=course.root)


@pytest.fixture
def course(autograded: tuple[Course, Any], tmp_path: Path) -> Course:
    """A copy of the graded course, to change."""
    shutil.copytree(autograded[0].root, tmp_path / "course")
    return Course(tmp_path / "course")


def results(course: Course, student: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((course.root / "autograded" / student / NAME / RESULTS_FILE).read_text())
    return content


def submitted(course: Course, student: str) -> bytes:
    return (course.root / "submitted" / student / NAME / f"{NAME}.ipynb").read_bytes()


@pytest.mark.parametrize("student", SCORES)
def test_gradebook_holds_the_scores_of_lossmark_grade(
    student: str, autograded: tuple[Course, Any], grader: Grader
) -> None:
    course, _ = autograded
    graded = grader.grade(submitted(course, student)).to_dict()
    recorded = recorded_scores(course, student)
    assert recorded == {cell["grade_id"]: cell["score"] for cell in graded["cells"]}
    assert sum(score for score in recorded.values() if score is not None) == graded["score"] == SCORES[student]
    kept = results(course, student)
    assert reduced_to(graded, {**kept, "seconds": graded["seconds"]}) == graded
    assert kept["digests"].keys() == {"submission", "assignment", "graders", "engine"}


def test_written_answers_wait_for_a_person(autograded: tuple[Course, Any]) -> None:
    course, _ = autograded
    with open_gradebook(course) as gradebook:
        waiting = {}
        for student in ("solved", "untouched"):
            grades = gradebook.find_submission_notebook(NAME, NAME, student).grades
            waiting[student] = {grade.name for grade in grades if grade.needs_manual_grade}
    assert waiting == {"solved": {"margin_choice", "hinge_vs_squared"}, "untouched": set()}


def test_broken_file_is_reported_while_the_others_are_graded(autograded: tuple[Course, Any]) -> None:
    course, done = autograded
    assert done.returncode != 0
    assert f"There was an error processing assignment '{NAME}' for student 'broken'" in done.stderr
    for student in SCORES:
        assert f"for student '{student}'" not in done.stderr
    assert not (course.root / "autograded" / "broken" / NAME).exists()
    assert set(recorded_scores(course, "broken").values()) == {None}


def test_odd_file_is_remarked_in_the_log(autograded: tuple[Course, Any]) -> None:
    _, done = autograded
    assert "untested, hinge_loss: the cell `svm_loss_tests` was missing and has been put back" in done.stderr


def test_submissions_are_left_as_they_are(autograded: tuple[Course, Any], grader: Grader) -> None:
    course, _ = autograded
    for student, notebook in submissions(grader).items():
        cells = [cell["source"] for cell in json.loads(submitted(course, student))["cells"]]
        assert ["".join(source) for source in cells] == [cell.source for cell in notebook.cells]


def test_feedback_shows_the_table_and_runs_nothing(autograded: tuple[Course, Any]) -> None:
    course, _ = autograded
    done = run("nbgrader", "generate_feedback", NAME, cwd=course.root)
    assert done.returncode == 0, done.stderr
    pages = {student: (course.root / "feedback" / student / NAME / f"{NAME}.html").read_text() for student in SCORES}
    titles = [check["title"] for cell in results(course, "solved")["cells"] for check in cell["checks"]]
    assert all(title in page for title in titles for page in pages.values())
    assert "The margin delta is missing" in pages["misconceived"]
    assert pages["scripted"].count("&lt;script&gt;") >= 3
    for page in pages.values():
        assert SCRIPT not in page
        assert "<script>alert" not in page
        assert "lossmark.grade" not in page
        assert "BEGIN HIDDEN TESTS" not in page


def test_feedback_is_made_again_of_what_was_marked_since(autograded: tuple[Course, Any]) -> None:
    course, _ = autograded
    page = course.root / "feedback" / "solved" / NAME / f"{NAME}.html"
    for comment in ("Well said.", "Nearly."):
        with open_gradebook(course) as gradebook:
            gradebook.find_comment("margin_choice", NAME, NAME, "solved").manual_comment = comment
            gradebook.db.commit()
        done = run("nbgrader", "generate_feedback", NAME, "--student", "solved", cwd=course.root)
        assert done.returncode == 0, done.stderr
        assert comment in page.read_text()


def test_regrade_keeps_what_a_person_gave(course: Course) -> None:
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade("margin_choice", NAME, NAME, "misconceived")
        grade.manual_score, grade.needs_manual_grade = 2.5, False
        gradebook.find_grade("svm_loss_tests", NAME, NAME, "misconceived").extra_credit = 0.5
        gradebook.find_comment("margin_choice", NAME, NAME, "misconceived").manual_comment = "Well said."
        gradebook.db.commit()
    done = run("nbgrader", "autograde", NAME, "--student", "misconceived", "--force", cwd=course.root)
    assert done.returncode == 0, done.stderr
    with open_gradebook(course) as gradebook:
        assert gradebook.find_grade("margin_choice", NAME, NAME, "misconceived").manual_score == 2.5
        assert gradebook.find_comment("margin_choice", NAME, NAME, "misconceived").comment == "Well said."
        assert gradebook.find_submission(NAME, "misconceived").score == 17.5 + 2.5 + 0.5


def test_fault_of_a_grader_is_reported_and_no_zero(course: Course, grader: Grader) -> None:
    submit(course, "late", solution(grader.assignment))
    file = course.root / "graders" / NAME / "reference.py"
    with file.open("a") as reference:
        reference.write("\n\ndef svm_loss(scores, y, delta=1.0):\n    return {}['not there']\n")
    done = run("nbgrader", "autograde", NAME, "--student", "late", cwd=course.root)
    assert done.returncode != 0
    assert "failed by itself: KeyError: 'not there'" in done.stderr
    assert "There was an error processing assignment 'hinge_loss' for student 'late'" in done.stderr
    assert set(recorded_scores(course, "late").values()) == {None}
    assert not (course.root / "autograded" / "late" / NAME).exists()


def test_missing_sandbox_is_reported_and_no_zero(course: Course, grader: Grader, tmp_path: Path) -> None:
    submit(course, "late", solution(grader.assignment))
    done = run(BIN / "nbgrader", "autograde", NAME, "--student", "late", cwd=course.root, PATH=str(tmp_path))
    assert done.returncode != 0
    assert "bubblewrap is not installed" in done.stderr
    assert set(recorded_scores(course, "late").values()) == {None}


SERVER = """
import sys
from jupyter_server.serverapp import ServerApp

app = ServerApp.instance()
app.initialize(["--allow-root", "--no-browser", "--ip=127.0.0.1", "--port=0", f"--ServerApp.root_dir={sys.argv[1]}"])
app.io_loop.add_callback(lambda: print(app.port, flush=True))  # it comes after the one that begins to listen
app.start()
"""


@contextmanager
def jupyter_server(root: Path, scratch: Path) -> Iterator[str]:
    """Start Jupyter with nbgrader's extensions in a course, and return its address."""
    variables = {
        **os.environ,
        "JUPYTER_TOKEN": TOKEN,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        **{f"JUPYTER_{kind}_DIR": str(scratch / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")},
    }
    log = scratch / "server.log"
    with (
        log.open("wb") as stderr,
        subprocess.Popen(
            [BIN / "python", "-c", SERVER, root],
            cwd=root,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            port = process.stdout.readline().strip()
            assert port, log.read_text()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def call(address: str, path: str, method: str = "GET") -> Any:
    headers = {"Authorization": f"token {TOKEN}"}
    with urllib.request.urlopen(urllib.request.Request(address + path, method=method, headers=headers)) as reply:
        return json.loads(reply.read())


def test_link_is_not_followed(tmp_path: Path) -> None:
    course = copy_course(tmp_path)
    submit(course, "linked", "{}")
    file = course.root / "submitted" / "linked" / NAME / f"{NAME}.ipynb"
    file.unlink()
    file.symlink_to(course.root / "source" / NAME / f"{NAME}.ipynb")
    ids = {"student": "linked", "assignment": NAME, "notebook": NAME}
    resources = {"metadata": {"path": str(course.root / "autograded" / "linked" / NAME)}, "nbgrader": ids}
    with pytest.raises(OSError, match="it is a symbolic link"):
        GradeNotebook(config=Config(CourseDirectory={"root": str(course.root)})).preprocess(new_notebook(), resources)


def test_button_of_formgrader_grades_the_same(course: Course, tmp_path: Path) -> None:
    for student in ("misconceived", "attacking"):
        shutil.rmtree(course.root / "autograded" / student)
    with open_gradebook(course) as gradebook:
        for student in ("misconceived", "attacking"):
            gradebook.remove_submission(NAME, student)
    with jupyter_server(course.root, tmp_path) as address:
        for student in ("misconceived", "attacking"):
            answer = call(address, f"/formgrader/api/submission/{NAME}/{student}/autograde", "POST")
            assert answer["success"], answer
            shown = call(address, f"/formgrader/api/submission/{NAME}/{student}")
            assert (shown["score"], shown["max_score"]) == (SCORES[student], 26.0)
        broken = call(address, f"/formgrader/api/submission/{NAME}/broken/autograde", "POST")
        assert not broken["success"]
        assert "it is not a notebook: not whole JSON: it is cut off, at line 1" in broken["log"]
    assert sum(filter(None, recorded_scores(course, "misconceived").values())) == 17.5
    assert results(course, "misconceived")["score"] == 17.5
