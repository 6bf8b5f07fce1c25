"""`lossmark autograde` and `lossmark regrade`: a class is graded once, as by nbgrader, whoever is killed."""

from __future__ import annotations

import csv
import json
import math
import os
import random
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from classes import (
    ANSWER,
    FOR_POSITIVES,
    LATE,
    RIGHT,
    TOY,
    WRONG,
    InlinePool,
    autograded,
    empty_gradebook,
    files,
    gradebook,
    hand_in,
    result,
    scores,
    tables,
    write_toy,
)
from courses import NAME, copy_course, drop_figures, index_of, keep_variants, run, submit
from helpers import graded_cell, reduced_to
from lossmark import cli
from lossmark.batch import dispatch, worker
from lossmark.batch.autograde import ClassGrader, changes, survey
from lossmark.batch.dispatch import MAX_LOSSES, grade_all
from lossmark.batch.parcel import Parcel
from lossmark.batch.turns import FIRST_TURN_S
from lossmark.batch.worker import Order, Outcome
from lossmark.boundary.deadlines import MOST_TIMES_LOADED
from lossmark.commands import autograde as class_commands
from lossmark.course import Course
from lossmark.errors import NotGraded
from lossmark.execution.malformed import ASK
from lossmark.gradebook import database, patience
from lossmark.gradebook.folders import ClassFolders
from lossmark.gradebook.handed_in import UnusableName, why_unreadable
from lossmark.gradebook.records import GradeWriter
from lossmark.gradebook.results_file import SavedResult
from lossmark.grading.pipeline import Grader
from lossmark.provenance import RESULTS_FILE
from lossmark.quality.roster import solution, with_variants
from lossmark.release import Release
from lossmark.results import PASSED, CellResult, CheckResult, GradedNotebook
from lossmark.sandbox.limits import Isolation, Limits
from lossmark.scratch import PREFIX
from running import SLOW, Running

# One class, graded by nbgrader and by us.

MORE_CELLS = [
    graded_cell("manual", "in_code", "### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION", points=2),
    graded_cell("manual", "a_task", "Do something, in cells of your own.", points=3),
]
MORE_CELLS[0].cell_type = "code"
MORE_CELLS[0].update(outputs=[], execution_count=None)
MORE_CELLS[1].metadata.nbgrader.update(task=True, grade=False, solution=False, locked=True)
STAMPS = {"solved": "2026-03-01 09:00:00 UTC", "misconceived": "2026-03-01 12:00:00 UTC"}


@dataclass(frozen=True)
class TwoCourses:
    """The same class twice, and what was printed when it was graded."""

    by_nbgrader: Course
    ours: Course
    printed: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def graded_twice(tmp_path_factory: pytest.TempPathFactory) -> TwoCourses:
    folder = tmp_path_factory.mktemp("courses")
    course = copy_course(folder / "ours", settings=LATE)
    keep_variants(course, "svm_loss_forgot_delta")
    drop_figures(course)
    source = course.root / "source" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    notebook.cells += MORE_CELLS
    nbformat.write(notebook, source)
    (source.parent / "data.csv").write_text("1,2")
    with Grader(course, NAME) as grader:
        assignment, (forgot,) = grader.assignment, grader.graders.misconceptions
    solved = solution(assignment)
    solved.cells[index_of(solved, "margin_choice")].source = "It is scaled by the weights."
    for student, handed_in in {
        "solved": solved,
        "misconceived": with_variants(assignment, forgot),
        "untouched": assignment.released,
    }.items():
        submit(course, student, handed_in)
        if student in STAMPS:
            (course.root / "submitted" / student / NAME / "timestamp.txt").write_text(STAMPS[student])
    shutil.copytree(course.root, folder / "by_nbgrader")
    by_nbgrader = Course(folder / "by_nbgrader")
    for each in (course, by_nbgrader):
        if each is by_nbgrader:
            generated = run("nbgrader", "generate_assignment", NAME, cwd=each.root)
            assert generated.returncode == 0, generated.stderr
        with gradebook_of(each) as opened:
            opened.update_or_create_assignment(NAME, duedate="2026-03-01 11:00:00 UTC")
    done = run("nbgrader", "autograde", NAME, cwd=by_nbgrader.root)
    assert done.returncode == 0, done.stderr
    return TwoCourses(by_nbgrader, course, run("lossmark", "autograde", NAME, "--jobs", "2", cwd=course.root))


@contextmanager
def gradebook_of(course: Course) -> Iterator[Gradebook]:
    with database.tools_on_path(), gradebook(course) as opened:
        yield opened


def recorded(course: Course) -> dict[str, Any]:
    """Read what the gradebook says of each student's submission, and of the cells."""
    with gradebook(course) as opened:
        assignment = opened.find_assignment(NAME)
        (notebook,) = assignment.notebooks
        found: dict[str, Any] = {"duedate": assignment.duedate, "max_score": assignment.max_score}
        for kind in ("grade_cells", "solution_cells", "task_cells", "source_cells"):
            cells = [cell.to_dict() for cell in getattr(notebook, kind)]
            found[kind] = {cell["name"]: {k: v for k, v in cell.items() if k != "id"} for cell in cells}
        for submission in assignment.submissions:
            (notebook,) = submission.notebooks
            found[submission.student.id] = {
                "time": (submission.timestamp, submission.total_seconds_late),
                "score": (submission.score, submission.max_score, submission.needs_manual_grade),
                "penalty": notebook.late_submission_penalty,
                "grades": {
                    g.name: (g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade, g.max_score)
                    for g in notebook.grades
                },
                "comments": {c.name: (c.auto_comment, c.manual_comment) for c in notebook.comments},
            }
    return found


@pytest.mark.sandbox
@pytest.mark.course
def test_gradebook_is_that_of_nbgrader(graded_twice: TwoCourses) -> None:
    assert graded_twice.printed.returncode == 0, graded_twice.printed.stderr
    assert graded_twice.printed.stdout.startswith(f"{NAME}: 3 graded; ")
    ours = recorded(graded_twice.ours)
    assert ours == recorded(graded_twice.by_nbgrader)
    assert ours["misconceived"]["penalty"] == 0.5
    assert ours["solved"]["grades"]["a_task"][0] is None
    assert {student: ours[student]["score"][0] for student in ("solved", "misconceived", "untouched")} == {
        "solved": 20.0,
        "misconceived": 17.5,
        "untouched": 0.0,
    }


@pytest.mark.sandbox
@pytest.mark.course
def test_results_are_those_of_nbgrader_and_of_lossmark_grade(graded_twice: TwoCourses) -> None:
    with Grader(graded_twice.ours, NAME) as grader:
        for student in ("solved", "misconceived", "untouched"):
            courses = (graded_twice.ours, graded_twice.by_nbgrader)
            ours, theirs = (each.root / "autograded" / student / NAME for each in courses)
            modes = {path.name: path.stat().st_mode for path in ours.iterdir()}
            assert modes == {path.name: path.stat().st_mode for path in theirs.iterdir()}
            submitted = graded_twice.ours.root / "submitted" / student / NAME / f"{NAME}.ipynb"
            alone = grader.grade(submitted.read_bytes()).to_dict()
            kept, by_nbgrader = (json.loads((folder / RESULTS_FILE).read_text()) for folder in (ours, theirs))
            for results in (alone, kept, by_nbgrader):
                del results["seconds"]
            assert kept == by_nbgrader
            assert reduced_to(alone, kept) == alone
            notebooks = [nbformat.read(folder / f"{NAME}.ipynb", as_version=4) for folder in (ours, theirs)]
            assert notebooks[0].cells == notebooks[1].cells


@pytest.mark.sandbox
@pytest.mark.course
@pytest.mark.filterwarnings("ignore:Object of type .* not in session")  # nbgrader's way of adding
def test_nbgraders_tools_go_on_from_there(graded_twice: TwoCourses) -> None:
    root = graded_twice.ours.root
    feedback = run("nbgrader", "generate_feedback", NAME, cwd=root)
    assert feedback.returncode == 0, feedback.stderr
    assert "The margin delta is missing" in (root / "feedback" / "misconceived" / NAME / f"{NAME}.html").read_text()
    assert run("nbgrader", "export", "--to=grades.csv", cwd=root).returncode == 0
    with (root / "grades.csv").open() as file:
        assert {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)} == {
            "solved": 20.0,
            "misconceived": 17.0,
            "untouched": 0.0,
        }
    api = NbGraderAPI(config=Config(CourseDirectory={"root": str(root), "course_id": "losses"}))
    shown = api.get_submission(NAME, "solved")
    assert (shown["autograded"], shown["score"], shown["needs_manual_grade"]) == (True, 20.0, True)


@pytest.mark.sandbox
@pytest.mark.course
def test_what_nbgrader_has_graded_with_our_settings_is_not_graded_again(
    graded_twice: TwoCourses, lossmark: Lossmark
) -> None:
    for course in (graded_twice.by_nbgrader, graded_twice.ours):
        done = lossmark("autograde", NAME, course=course)
        assert (done.status, done.graded) == (0, [])
        assert "0 graded, 3 unchanged since they were graded" in done.out


# The commands, in this process, with one worker that is this process.


@dataclass(frozen=True)
class Done:
    """What a command has done."""

    status: int
    out: str
    err: str
    graded: list[str]
    """Whose submission a worker was given."""


Lossmark = Callable[..., Done]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_toy(tmp_path)


@pytest.fixture
def lossmark(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Lossmark:
    """Run a command in the toy course, or in another one."""
    graded: list[str] = []
    grade = worker.grade

    def note(parcel: Parcel, order: Order) -> Outcome:
        graded.append(order.student)
        return grade(parcel, order)

    monkeypatch.setattr(worker, "grade", note)
    monkeypatch.setattr(class_commands, "_pool", lambda *arguments: InlinePool())

    def command(*words: str, course: Course | None = None) -> Done:
        folder = (course or request.getfixturevalue("course")).root
        graded.clear()
        status = cli.main([*words, "--course", str(folder)])
        printed = capsys.readouterr()
        return Done(status, printed.out, printed.err, list(graded))

    return command


@pytest.fixture
def without_kernel(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every submission have three points, whatever is in it."""
    graded = result(course)
    monkeypatch.setattr(worker, "grade", lambda parcel, order: Outcome(graded))


@pytest.fixture(autouse=True, scope="module")
def _let_go() -> Iterator[None]:
    yield
    worker.let_go()


@pytest.mark.sandbox
def test_class_is_graded_and_summed_up(course: Course, lossmark: Lossmark) -> None:
    hand_in(course, "alice")
    hand_in(course, "bob", FOR_POSITIVES)
    hand_in(course, "张伟 von Öz", WRONG)
    hand_in(course, "dave", "raise SystemExit", "YOUR ANSWER HERE")
    done = lossmark("autograde", TOY)
    assert done.status == 0
    assert done.out.startswith("toy: 4 graded; ")
    assert done.out.endswith(" per second\n")
    assert "grading toy: 4 of 4" in done.err
    assert scores(course) == {"alice": 3.0, "bob": 1.0, "张伟 von Öz": 0.0, "dave": 0.0}
    results = json.loads((autograded(course, "bob") / RESULTS_FILE).read_text())
    assert (results["score"], results["status"]) == (1.0, "graded")


@pytest.mark.usefixtures("without_kernel")
def test_second_run_grades_nothing_and_changes_no_file(course: Course, lossmark: Lossmark) -> None:
    for student in ("alice", "bob"):
        hand_in(course, student)
    assert lossmark("autograde", TOY).graded == ["alice", "bob"]
    before = files(course.root), tables(course)
    again = lossmark("autograde", TOY)
    assert (again.status, again.graded) == (0, [])
    assert again.out.startswith("toy: 0 graded, 2 unchanged since they were graded; ")
    assert (files(course.root), tables(course)) == before


def change_check(course: Course) -> None:
    file = course.root / "graders" / TOY / "test_toy.py"
    file.write_text(file.read_text().replace("-2.0", "-3.0").replace("-4.0", "-6.0"))


def change_source(course: Course) -> None:
    file = course.root / "source" / TOY / f"{TOY}.ipynb"
    file.write_text(file.read_text().replace("Why is that so?", "Why is that?"))


def change_settings(course: Course) -> None:
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write("c.Lossmark.seed = 5\n")


@pytest.mark.usefixtures("without_kernel")
def test_what_has_changed_is_graded_again_and_nothing_else(course: Course, lossmark: Lossmark) -> None:
    everyone = ["alice", "bob", "carol"]
    for student in everyone:
        hand_in(course, student)
    assert lossmark("autograde", TOY).graded == everyone
    hand_in(course, "bob", WRONG)
    hand_in(course, "dave")
    assert lossmark("autograde", TOY).graded == ["bob", "dave"]
    everyone.append("dave")
    (hand_in(course, "carol") / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")
    assert lossmark("autograde", TOY).graded == ["carol"]
    for change in (change_check, change_source, change_settings):
        change(course)
        assert lossmark("autograde", TOY).graded == everyone, change.__name__
    (course.root / "README.md").write_text("Something else.")
    (course.root / "source" / "other").mkdir()
    (course.root / "source" / "other" / "other.ipynb").write_text("{}")
    (hand_in(course, "alice") / "notes.txt").write_text("of no moment")
    assert lossmark("autograde", TOY).graded == []
    shutil.rmtree(autograded(course, "alice"))
    with gradebook(course) as opened:
        opened.remove_submission(TOY, "carol")
    results = autograded(course, "dave") / RESULTS_FILE
    results.chmod(0o644)
    results.write_text(results.read_text()[:100])
    assert lossmark("autograde", TOY).graded == ["alice", "carol", "dave"]
    shutil.copy(empty_gradebook(), course.root / "gradebook.db")
    assert lossmark("autograde", TOY).graded == everyone
    assert scores(course) == dict.fromkeys(everyone, 3.0)


@pytest.mark.usefixtures("without_kernel")
def test_force_and_student_choose_what_is_graded(course: Course, lossmark: Lossmark) -> None:
    for student in ("alice", "bob", "carol"):
        hand_in(course, student)
    assert lossmark("autograde", TOY, "--student", "bob").graded == ["bob"]
    done = lossmark("autograde", TOY, "--student", "carol", "--student", "bob", "--student", "carol")
    assert (done.status, done.graded) == (0, ["carol"])
    assert done.out.startswith("toy: 1 graded, 1 unchanged")
    done = lossmark("autograde", TOY, "--student", "bob", "--student", "nobody", "--force")
    assert (done.status, done.graded) == (1, ["bob"])
    assert done.err.endswith("lossmark: nobody was not graded: nothing was submitted\n")
    assert "nobody" not in {row[0] for row in tables(course)["student"]}
    assert lossmark("autograde", TOY, "--force").graded == ["alice", "bob", "carol"]
    assert scores(course) == {"alice": 3.0, "bob": 3.0, "carol": 3.0}


@pytest.mark.parametrize(("jobs", "submissions", "expected"), [(1, 9, 1), (2, 9, 2), (8, 3, 3), (3, 0, 1)])
def test_no_more_workers_are_started_than_there_is_work_for(jobs: int, submissions: int, expected: int) -> None:
    options = cli._parser().parse_args(["autograde", TOY, "--jobs", str(jobs)])
    pool = class_commands._pool(options, Course(Path()), submissions)
    assert isinstance(pool, class_commands.LocalPool)
    assert pool.jobs == expected


@pytest.mark.sandbox
def test_time_and_memory_can_be_given(course: Course, lossmark: Lossmark) -> None:
    endless = f"import time\nstarted = time.monotonic()\n{RIGHT.replace('return', 'time.sleep(60 * (x == 2)); return')}"
    greedy = RIGHT.replace("return", "bytearray(2**28); return")
    hand_in(course, "endless", endless)
    hand_in(course, "greedy", greedy)
    assert lossmark("autograde", TOY, "--timeout", "2", "--memory", "128").status == 0
    assert scores(course) == {"endless": 2.0, "greedy": 0.0} or scores(course) == {"endless": 0.0, "greedy": 0.0}
    outcomes = {
        student: [check["outcome"] for check in cells[0]["checks"]]
        for student in ("endless", "greedy")
        for cells in [json.loads((autograded(course, student) / RESULTS_FILE).read_text())["cells"]]
    }
    assert outcomes["endless"][0] == "timeout"
    assert outcomes["greedy"] == ["raised", "raised"]
    assert lossmark("autograde", TOY, "--student", "greedy", "--force").status == 0
    assert scores(course)["greedy"] == 3.0


@pytest.mark.sandbox
def test_regrade_shows_whose_score_changes_by_which_check_and_then_writes(course: Course, lossmark: Lossmark) -> None:
    hand_in(course, "alice")
    hand_in(course, "[bold]bob", FOR_POSITIVES)
    assert lossmark("autograde", TOY).status == 0
    with gradebook(course) as opened:
        opened.find_grade("why", TOY, TOY, "[bold]bob").manual_score = 1.5
        opened.find_grade("double_tests", TOY, TOY, "[bold]bob").extra_credit = 0.5
        opened.find_comment("why", TOY, TOY, "[bold]bob").manual_comment = "Well said."
        opened.db.commit()
    file = course.root / "graders" / TOY / "test_toy.py"
    file.write_text(file.read_text().replace("submission.double(-2.0)", "-abs(submission.double(-2.0))"))
    hand_in(course, "new")
    before = files(course.root), tables(course)

    shown = lossmark("regrade", TOY, "--diff")
    assert (shown.status, sorted(shown.graded)) == (0, ["[bold]bob", "alice", "new"])
    assert (files(course.root), tables(course)) == before
    rows = [[word.strip() for word in line.split("│")[1:-1]] for line in shown.out.splitlines() if "│" in line]
    assert rows == [
        ["[bold]bob", "1", "3", "double_tests: test_negative 0 -> 2"],
        ["new", "not graded", "3", ""],
    ]
    assert "alice" not in shown.out
    assert "toy: 2 of 3 results would change." in shown.out
    assert shown.out.endswith("Nothing was written. To write it: lossmark regrade toy --apply\n")

    written = lossmark("regrade", TOY, "--apply")
    assert written.status == 0
    assert "toy: 2 of 3 results changed.\n" in written.out
    assert scores(course) == {"alice": 3.0, "[bold]bob": 3.0, "new": 3.0}
    with gradebook(course) as opened:
        assert opened.find_submission(TOY, "[bold]bob").score == 3.0 + 0.5 + 1.5
        assert opened.find_comment("why", TOY, TOY, "[bold]bob").comment == "Well said."
    assert "toy: 0 of 3 results would change.\n" in lossmark("regrade", TOY, "--diff").out
    assert lossmark("autograde", TOY).graded == []
    assert lossmark("autograde", TOY, "--force").status == 0
    with gradebook(course) as opened:
        assert opened.find_submission(TOY, "[bold]bob").score == 3.0 + 0.5 + 1.5


def test_change_is_told_of_each_check_that_gives_other_points() -> None:
    before = {"test_same": 0.5, "test_better": 0.0, "test_gone": 1.0}
    after = {"test_same": 0.5, "test_better": 1.0, "test_new": 0.25}
    then, now = (
        CellResult("f_tests", tuple(CheckResult(name, "Title", given, 1.0, PASSED) for name, given in points.items()))
        for points in (before, after)
    )
    graded = GradedNotebook("toy", (now,), (), (), new_notebook(), 0.0)
    earlier = SavedResult(then.score, then.max_score, 0.0, {"f_tests": then.score}, (then,), (), {})
    assert changes(earlier, graded) == [
        "f_tests: test_better 0 -> 1",
        "f_tests: test_gone 1 -> none",
        "f_tests: test_new none -> 0.25",
    ]
    assert changes(None, graded)[0] == "f_tests: test_same none -> 0.5"


@pytest.mark.usefixtures("without_kernel")
def test_regrade_before_anything_was_graded_makes_no_gradebook(course: Course, lossmark: Lossmark) -> None:
    (course.root / "gradebook.db").unlink()
    hand_in(course, "alice")
    before = files(course.root)
    shown = lossmark("regrade", TOY, "--diff")
    assert "toy: 1 of 1 results would change." in shown.out
    assert files(course.root) == before
    assert not (course.root / "gradebook.db").exists()


# What cannot be graded.


@pytest.mark.parametrize("words", [("autograde",), ("regrade", "--diff"), ("regrade", "--apply")])
@pytest.mark.parametrize(
    ("assignment", "complaint"),
    [(TOY, "nobody has submitted toy: there is no folder"), ("unknown", "there is no assignment 'unknown'")],
)
def test_empty_class_and_unknown_assignment_are_wrong_usage(
    words: tuple[str, ...], assignment: str, complaint: str, course: Course, lossmark: Lossmark
) -> None:
    (course.root / "submitted" / ".ipynb_checkpoints" / TOY).mkdir(parents=True)
    before = tables(course)
    done = lossmark(*words, assignment)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"lossmark: {complaint}")
    assert done.err.count("\n") == 1
    assert tables(course) == before


def test_name_that_is_no_text_is_told_before_anything_is_graded(course: Course) -> None:
    student = os.fsdecode(b"\xff\xfe")
    hand_in(course, student)
    hand_in(course, "alice")
    with GradeWriter(course, TOY) as writer:
        found = survey(writer, {})
    assert found.due.keys() == {"alice"}
    assert found.unreadable[student].endswith("cannot be read: the name is not text; rename the folder")


@pytest.mark.sandbox
def test_fault_of_ours_is_no_zero(course: Course, lossmark: Lossmark) -> None:
    hand_in(course, "alice", FOR_POSITIVES)
    hand_in(course, "bob")
    assert lossmark("autograde", TOY).status == 0
    file = course.root / "graders" / TOY / "test_toy.py"
    file.write_text(file.read_text().replace("submission.double(-2.0)", "{4.0: -4.0}[submission.double(-2.0)]"))
    done = lossmark("autograde", TOY)
    assert done.status == 1
    assert done.out.startswith("toy: 1 graded, 1 not graded; ")
    assert "lossmark: bob was not graded: " in done.err
    assert "test_negative failed by itself: KeyError: -4.0" in done.err
    assert scores(course) == {"alice": 3.0, "bob": 3.0}


@pytest.mark.parametrize(
    ("others", "error", "words"),
    [
        ([], FileNotFoundError(2, "No such file"), f"No such file; {ASK}"),
        (["toy.txt"], FileNotFoundError(2, "No such file"), f"No such file; {ASK}"),
        (["b.ipynb"], FileNotFoundError(2, "No such file"), "No such file; if it is 'b.ipynb', rename that"),
        (["c.IPYNB", "b.ipynb"], FileNotFoundError(2, "None"), "None; if it is 'b.ipynb' or 'c.IPYNB', rename that"),
        ([], PermissionError(13, "Permission denied"), "Permission denied; let this account read it"),
        (["b.ipynb"], OSError(22, "it is not a file"), f"it is not a file; {ASK}"),
        ([], UnusableName("the name is not text"), "the name is not text; rename the folder"),
    ],
)  # fmt: skip
def test_file_that_cannot_be_read_is_told_with_what_to_do(
    others: list[str], error: OSError | UnusableName, words: str, tmp_path: Path
) -> None:
    for name in others:
        (tmp_path / name).touch()
    assert why_unreadable(tmp_path / "toy.ipynb", error) == f"{tmp_path / 'toy.ipynb'} cannot be read: {words}"


@pytest.mark.usefixtures("without_kernel")
def test_file_that_is_gone_when_its_turn_comes_hinders_nobody(course: Course) -> None:
    for student in ("alice", "bob"):
        hand_in(course, student)
    with GradeWriter(course, TOY) as writer:
        writer.prepare()
        due = writer.folders.submitted()
        (course.root / "submitted" / "alice" / TOY / f"{TOY}.ipynb").unlink()
        run = list(ClassGrader(course, TOY, Limits(), Isolation.NONE).run(writer, due, InlinePool()))
    reasons = {one.student: one.reason for one in run}
    assert "toy.ipynb cannot be read: No such file or directory" in reasons.pop("alice")
    assert reasons == {"bob": ""}


UNWRITABLE: dict[str, Exception] = {
    "bob": OSError(28, "No space left on device"),
    "dave": NotGraded("the gradebook has other cells"),
    "erin": KeyError("of a plugin"),
}


@pytest.mark.usefixtures("without_kernel")
def test_result_that_cannot_be_written_hinders_nobody(
    course: Course, lossmark: Lossmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    for student in ("alice", "carol", *UNWRITABLE):
        hand_in(course, student)
    lay_ready = ClassFolders.lay_ready

    def lay_ready_but_some(folders: ClassFolders, student: str, *arguments: Any) -> Path:
        if student in UNWRITABLE:
            raise UNWRITABLE[student]
        return lay_ready(folders, student, *arguments)

    monkeypatch.setattr(ClassFolders, "lay_ready", lay_ready_but_some)
    done = lossmark("autograde", TOY)
    assert done.status == 1
    assert "bob was not graded: the result cannot be written: No space left on device; make space there" in done.err
    assert "dave was not graded: the result cannot be written: the gradebook has other cells" in done.err
    assert "erin was not graded: the result cannot be written: KeyError: 'of a plugin'" in done.err
    assert scores(course) == {"alice": 3.0, "carol": 3.0}


@pytest.mark.usefixtures("without_kernel")
def test_locked_gradebook_is_told_in_one_line(
    course: Course, lossmark: Lossmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE_S", 0.1)
    hand_in(course, "alice")
    with gradebook(course) as other:
        other.add_student("somebody")
        other.db.connection().exec_driver_sql("BEGIN EXCLUSIVE")
        done = lossmark("autograde", TOY)
        other.db.rollback()
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(
        f"lossmark: the gradebook {course.root}/gradebook.db cannot be used: database is locked; "
    )
    assert done.err.count("\n") == 1
    assert scores(course) == {}
    assert lossmark("autograde", TOY).status == 0
    assert scores(course) == {"alice": 3.0}


@pytest.mark.usefixtures("without_kernel")
def test_second_run_at_the_same_time_is_refused(course: Course, lossmark: Lossmark) -> None:
    hand_in(course, "alice")
    with GradeWriter(course, TOY) as first:
        first.prepare()
        for words in (("autograde",), ("regrade", "--apply")):
            done = lossmark(*words, TOY)
            assert (done.status, done.err) == (
                1,
                "lossmark: another process is grading toy at the moment; let it end first\n",
            )
        assert lossmark("regrade", TOY, "--diff").status == 0
    assert lossmark("autograde", TOY).status == 0


# Workers that are killed.

PARCEL = Parcel("toy", (), Release(new_notebook(), new_notebook(), new_notebook()), "digest")


@dataclass
class FakePool:
    """Workers that do one thing at a time, when they are waited for; some orders end them, as does bad luck.

    Attributes
    ----------
    guilty : set of str
        Students whose submission ends the worker, and with it the executor.
    hanging : set of str
        Students whose submission a worker never gives back.
    slow : set of str
        Students whose submission takes longer than any turn.
    misfortunes : list of bool
        Whether the executor breaks, each time that something is waited for.
    """

    guilty: set[str] = field(default_factory=set)
    misfortunes: list[bool] = field(default_factory=list)
    capacity: int = 4
    blames_orders: bool = True
    failures: tuple[type[BaseException], ...] = (BrokenExecutor,)
    executors: list[FakeExecutor] = field(default_factory=list)
    hanging: set[str] = field(default_factory=set)
    slow: set[str] = field(default_factory=set)
    turns: list[tuple[str, float]] = field(default_factory=list)

    def start(self) -> Executor:
        assert all(executor.is_stopped for executor in self.executors)
        self.executors.append(FakeExecutor())
        return self.executors[-1]

    def stop(self, executor: Executor) -> None:
        executor.shutdown()

    def work(self) -> None:
        """Do one thing."""
        executor = self.executors[-1]
        assert len(executor.waiting) <= self.capacity
        future, order = executor.waiting[0]
        if self.misfortunes.pop() if self.misfortunes else order.student in self.guilty:
            executor.fail()
        elif order.student not in self.hanging:
            executor.waiting.pop(0)
            self.turns.append((order.student, order.limits.turn_s))
            is_left = order.student in self.slow and order.limits.turn_s < math.inf
            future.set_result(Outcome(None, "" if is_left else "graded", is_left=is_left))


class FakeExecutor(Executor):
    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Order]] = []
        self.students: list[str] = []
        self.is_broken = self.is_stopped = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self.is_broken:
            raise BrokenExecutor
        assert fn is worker.grade
        assert not self.is_stopped
        future: Future[Any] = Future()
        self.waiting.append((future, args[1]))
        self.students.append(args[1].student)
        return future

    def fail(self) -> None:
        self.is_broken = True
        for future, _ in self.waiting:
            future.set_exception(BrokenExecutor())
        self.waiting.clear()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.is_stopped = True


@pytest.fixture
def grade_with(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[dict[str, str], int]]:
    """Grade students with a pool, and return what was said of each, and how many orders were taken too early."""

    def grade(pool: FakePool, students: list[str]) -> tuple[dict[str, str], int]:
        wait, taken, said, most = dispatch.wait, 0, dict[str, str](), 0

        def orders() -> Iterator[Order]:
            nonlocal taken
            for student in students:
                taken += 1
                yield Order(student, b"", Limits())

        def work_and_wait(futures: Any, timeout_s: float | None, until: str) -> Any:
            assert (timeout_s is None) is not pool.blames_orders
            pool.work()
            return wait(futures, 0, until)

        with monkeypatch.context() as patch:
            patch.setattr(dispatch, "wait", work_and_wait)
            for order, outcome in grade_all(PARCEL, orders(), pool):
                assert order.student not in said
                said[order.student] = outcome.reason
                most = max(most, taken - len(said))
        assert all(executor.is_stopped for executor in pool.executors)
        return said, most

    return grade


KILLED = f"the worker that graded it was killed or hung {MAX_LOSSES} times"
CLASS = [f"student-{number}" for number in range(12)]


def test_no_more_orders_are_taken_than_workers_need(grade_with: Callable[..., Any]) -> None:
    pool = FakePool()
    said, most = grade_with(pool, CLASS)
    assert said == dict.fromkeys(CLASS, "graded")
    assert (most, len(pool.executors)) == (pool.capacity - 1, 1)


def test_submission_that_ends_its_worker_is_found_and_the_others_are_graded(grade_with: Callable[..., Any]) -> None:
    guilty = {"student-0", "student-7", "student-8"}
    pool = FakePool(guilty)
    said, most = grade_with(pool, CLASS)
    assert said == {student: KILLED if student in guilty else "graded" for student in CLASS}
    assert most < 2 * pool.capacity
    assert len(pool.executors) <= 1 + len(guilty) * (1 + MAX_LOSSES)


@pytest.mark.parametrize("slow", [{0, 1, 2, 3, 4}, {4}, {7, 11}, {10, 11}, set(range(12)), set()])
def test_others_do_not_wait_for_a_submission_that_takes_long(grade_with: Callable[..., Any], slow: set[int]) -> None:
    pool = FakePool(slow={CLASS[number] for number in slow})
    said, most = grade_with(pool, CLASS)
    assert said == dict.fromkeys(CLASS, "graded")
    assert list(said)[: len(CLASS) - len(slow)] == [student for student in CLASS if student not in pool.slow]
    assert most <= pool.capacity + len(slow)
    lengths = [turn for _, turn in pool.turns if turn < math.inf]
    assert len(pool.turns) == len(CLASS) + len(slow)
    assert (min(lengths), len(lengths)) == (FIRST_TURN_S, len(CLASS))


def test_submission_that_is_alone_has_all_of_its_time_at_once(grade_with: Callable[..., Any]) -> None:
    pool = FakePool(slow={"student-0"})
    said, _ = grade_with(pool, CLASS[:1])
    assert said == {"student-0": "graded"}
    assert pool.turns == [("student-0", math.inf)]


def test_submission_that_is_left_and_then_ends_its_worker_is_found(grade_with: Callable[..., Any]) -> None:
    pool = FakePool(slow={"student-2", "student-5"}, guilty={"student-9"})
    said, _ = grade_with(pool, CLASS)
    assert said == {student: KILLED if student == "student-9" else "graded" for student in CLASS}


def test_worker_that_hangs_is_ended_and_the_others_are_graded(grade_with: Callable[..., Any]) -> None:
    pool = FakePool(hanging={"student-3", "student-11"})
    said, _ = grade_with(pool, CLASS)
    assert said == {student: KILLED if student in pool.hanging else "graded" for student in CLASS}


def test_worker_may_be_silent_for_longer_than_it_can_take() -> None:
    assert 800 < dispatch.longest_s([Order("alice", b"", Limits())]) <= 3600
    short = Limits(notebook_timeout_s=1.0, cell_timeout_s=1.0, call_timeout_s=1.0)
    assert 300 < dispatch.longest_s([Order("alice", b"", short)]) < 600


@pytest.mark.parametrize("time", ["notebook_timeout_s", "cell_timeout_s", "call_timeout_s"])
def test_worker_may_be_silent_for_as_long_as_the_longest_order_at_work(time: str) -> None:
    short = Limits(notebook_timeout_s=1.0, cell_timeout_s=1.0, call_timeout_s=1.0)
    orders = [Order("alice", b"", short), Order("bob", b"", replace(short, **{time: 1000.0}))]
    allowed = 1000 if time == "notebook_timeout_s" else MOST_TIMES_LOADED * 1000
    assert dispatch.longest_s(orders) == dispatch.longest_s(orders[::-1])
    assert 2 * allowed < dispatch.longest_s(orders) < 4 * allowed


def test_workers_killed_by_others_blame_nobody(grade_with: Callable[..., Any]) -> None:
    pool = FakePool(misfortunes=[False, False, True, True, False, True, False, False, True])
    said, _ = grade_with(pool, CLASS)
    assert said == dict.fromkeys(CLASS, "graded")
    assert len(pool.executors) == 5


def test_pool_that_blames_no_orders_tries_them_all_again(grade_with: Callable[..., Any]) -> None:
    pool = FakePool(misfortunes=[True] * 5, blames_orders=False)
    said, most = grade_with(pool, CLASS)
    assert said == dict.fromkeys(CLASS, "graded")
    assert most <= 2 * pool.capacity


def test_lost_orders_are_given_out_again_in_the_same_order(grade_with: Callable[..., Any]) -> None:
    """Which order a lost worker was at is told from its place."""
    pool = FakePool(misfortunes=[True] * 3, blames_orders=False)
    grade_with(pool, CLASS)
    assert [executor.students[:4] for executor in pool.executors] == [CLASS[:4]] * 4


@pytest.mark.parametrize("seed", range(30))
def test_each_order_comes_back_once_whatever_happens(seed: int, grade_with: Callable[..., Any]) -> None:
    dice = random.Random(seed)
    guilty = set(dice.sample(CLASS, dice.randrange(4)))
    pool = FakePool(guilty, [dice.random() < 0.2 for _ in range(dice.randrange(20))], dice.randrange(1, 6))
    said, _ = grade_with(pool, dice.sample(CLASS, len(CLASS)))
    assert said.keys() == set(CLASS)
    assert {student for student in CLASS if said[student] == "graded"} >= set(CLASS) - guilty - {
        student for student in CLASS if said[student] == KILLED
    }


def test_executor_that_breaks_between_two_orders_costs_nothing() -> None:
    """A worker is killed while the writer writes: the next order cannot be submitted."""
    pool = FakePool(capacity=1)

    class Idle(FakeExecutor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            future = super().submit(fn, *args, **kwargs)
            future.set_result(Outcome(None, "graded"))
            return future

    def start() -> Executor:
        pool.executors.append(Idle())
        return pool.executors[-1]

    pool.start = start  # type: ignore[method-assign]
    said = []
    for order, _ in grade_all(PARCEL, (Order(student, b"", Limits()) for student in CLASS), pool):
        said.append(order.student)
        pool.executors[-1].is_broken = len(said) in (1, 5, 11)
    assert said == CLASS
    assert len(pool.executors) == 4


def test_stopping_early_stops_the_workers() -> None:
    pool = InlinePool()
    stopped = []
    pool.stop = stopped.append  # type: ignore[method-assign]
    grading = grade_all(PARCEL, (Order(student, b"", Limits()) for student in CLASS), pool)
    next(grading)
    grading.close()
    assert len(stopped) == 1


# The command as a process of its own, which is killed, as are those that it starts.


@pytest.fixture
def slow_class(course: Course) -> dict[str, float]:
    """Six submissions, and the scores that they deserve."""
    deserved = {}
    for number in range(6):
        is_right = number % 3 != 1
        hand_in(course, f"student-{number}", SLOW if is_right else SLOW.replace("2 *", "3 *"), ANSWER)
        deserved[f"student-{number}"] = 3.0 if is_right else 0.0
    return deserved


@pytest.mark.sandbox
@pytest.mark.course
def test_killed_driver_is_resumed_by_the_same_command(
    course: Course, slow_class: dict[str, float], temporary: Path
) -> None:
    killed = Running(course, temporary, "--jobs", "1")
    killed.wait_for("grading toy: 2 of 6")
    with killed.all_ending():
        killed.process.kill()
    killed.end()
    graded_before = scores(course)
    assert 2 <= len(graded_before) < 6
    assert graded_before.items() <= slow_class.items()
    before = {student: files(autograded(course, student)) for student in graded_before}

    resumed = Running(course, temporary, "--jobs", "1")
    status, out, err = resumed.end()
    assert status == 0, err
    assert "unchanged since they were graded" in out
    assert scores(course) == slow_class
    assert len(tables(course)["submitted_assignment"]) == 6
    kept = [student for student in before if files(autograded(course, student)) == before[student]]
    assert len(before) - len(kept) <= 1  # one may have been in the gradebook and not yet in its folder
    assert list(temporary.glob(f"*{PREFIX}*")) == []
    assert not [name for name in files(course.root) if Path(name).name.startswith(".")]


@pytest.mark.sandbox
@pytest.mark.course
def test_killed_worker_costs_nothing(course: Course, slow_class: dict[str, float], temporary: Path) -> None:
    running = Running(course, temporary, "--jobs", "2")
    running.wait_for("grading toy: 1 of 6")
    with running.all_ending():
        running.workers()[0].kill()
        status, out, err = running.end()
    assert status == 0, err
    assert out.startswith("toy: 6 graded; ")
    assert scores(course) == slow_class
    assert "Traceback" not in err
    assert list(temporary.glob(f"*{PREFIX}*")) == []


@pytest.mark.sandbox
@pytest.mark.course
def test_interrupt_ends_all_at_once_and_the_same_command_goes_on(
    course: Course, slow_class: dict[str, float], temporary: Path, lossmark: Lossmark
) -> None:
    running = Running(course, temporary, "--jobs", "1")
    running.wait_for("grading toy: 1 of 6")
    with running.all_ending():
        os.killpg(running.process.pid, signal.SIGINT)
        status, out, err = running.end()
    assert (status, out) == (1, "")
    graded = scores(course)
    assert graded.items() <= slow_class.items()
    last = err.splitlines()[-1]
    assert last == f"lossmark: stopped with {len(graded)} graded, {6 - len(graded)} left; the same command goes on"
    assert "Traceback" not in err
    assert list(temporary.glob(f"*{PREFIX}*")) == []
    assert sorted(lossmark("autograde", TOY).graded) == sorted(slow_class.keys() - graded.keys())
    assert scores(course) == slow_class


@pytest.mark.course
def test_killed_kernel_costs_no_point(course: Course, tmp_path: Path, temporary: Path) -> None:
    """Without a sandbox, so that the submissions can say when it is time to kill them."""
    started, go = temporary / "started", temporary / "go"
    for pipe in (started, go):
        os.mkfifo(pipe)
    meet = f"import os, pathlib\npathlib.Path({str(started)!r}).write_text(str(os.getpid()))\nopen({str(go)!r}).read()"
    hand_in(course, "in a cell", f"{meet}\n{RIGHT}")
    in_call = "\n        ".join(meet.splitlines())
    hand_in(course, "in a check", RIGHT.replace("    return", f"    if x == 2.0:\n        {in_call}\n    return"))
    running = Running(course, temporary, "--jobs", "1", "--isolation", "none")
    for _ in range(2):
        os.kill(int(started.read_text()), signal.SIGKILL)
        started.read_text()
        go.write_text("on")
    status, _, err = running.end()
    assert status == 0, err
    assert scores(course) == {"in a cell": 3.0, "in a check": 3.0}


@pytest.mark.sandbox
def test_kernel_that_ends_itself_ends_itself_again_and_loses_its_points(course: Course, lossmark: Lossmark) -> None:
    hand_in(course, "in a cell", f"import os\n{RIGHT}\nos._exit(1)")
    ends = "    if x == 2.0:\n        import os; os._exit(1)\n    return"
    hand_in(course, "in a check", RIGHT.replace("    return", ends))
    assert lossmark("autograde", TOY).status == 0
    assert scores(course) == {"in a cell": 0.0, "in a check": 2.0}
