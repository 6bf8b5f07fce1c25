"""A class to test with: a small assignment, what its students hand in, what of it is recorded, and who grades it."""

from __future__ import annotations

import atexit
import functools
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from courses import ROOT, index_of
from helpers import graded_cell, write_course
from lossmark.course import Course
from lossmark.execution.notebook import lay_out, read_notebook
from lossmark.gradebook.database import tools_on_path
from lossmark.gradebook.records import GradeWriter
from lossmark.provenance import digests
from lossmark.quality.roster import solution
from lossmark.results import PASSED, CellResult, CheckResult, GradedNotebook

TOY = "toy"
RIGHT = "def double(x):\n    return 2 * x"
FOR_POSITIVES = "def double(x):\n    return 2 * abs(x)"
WRONG = "def double(x):\n    return 3 * x"
ANSWER = "Because one is added to itself."
CELLS = [
    graded_cell("solution", "double", "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
    graded_cell("tests", "double_tests", "assert double(0) == 0", points=3),
    graded_cell("manual", "why", "Why is that so?", points=2),
]
CHECKS = '''
    from lossmark import assert_close, check


    class TestDouble:
        cell = "double_tests"

        @check(points=1)
        def test_positive(self, submission):
            """A positive number"""
            assert_close(submission.double(2.0), 4.0, tolerance=1e-12)

        @check(points=2)
        def test_negative(self, submission):
            """A negative number"""
            assert_close(submission.double(-2.0), -4.0, tolerance=1e-12)
'''
CHECK_OF_TRIPLE = '''

    class TestTriple:
        cell = "triple_tests"

        @check(points=1)
        def test_positive(self, submission):
            """A positive number"""
            assert_close(submission.triple(2.0), 6.0, tolerance=1e-12)
'''
"""To be put behind the checks, where a course has a second function."""
REFERENCE_OF_BOTH = "def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n"
GRADERS = {"test_toy": CHECKS, "reference": "def double(x):\n    return 2 * x\n"}
LATE = """
from nbgrader.plugins import BasePlugin

class HalfAPointAnHour(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late / 7200

c.AssignLatePenalties.plugin_class = HalfAPointAnHour
"""
"""A plugin for late submissions, as settings."""

P = ParamSpec("P")
T = TypeVar("T")


def write_toy(
    folder: Path,
    settings: str = "",
    cells: Sequence[NotebookNode] = CELLS,
    graders: Mapping[str, str] = GRADERS,
) -> Course:
    """Write a course of one small assignment, with this course's settings and more of them at the end."""
    write_course(folder, list(cells), graders)
    text = (ROOT / "nbgrader_config.py").read_text()
    (folder / "nbgrader_config.py").write_text(f"{text}\n{settings}\n")
    shutil.copy(empty_gradebook(), folder / "gradebook.db")
    return Course(folder)


@functools.cache
def empty_gradebook() -> Path:
    """Make a gradebook once; that takes nbgrader a second."""
    folder = Path(tempfile.mkdtemp(prefix="gradebook-"))
    atexit.register(shutil.rmtree, folder)
    with tools_on_path():
        Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "losses").close()
    return folder / "gradebook.db"


def notebook(course: Course, double: str = RIGHT, answer: str = ANSWER) -> str:
    """Write what a student hands in."""
    handed_in = solution(course.assignment(TOY))
    handed_in.cells[index_of(handed_in, "double")].source = double
    handed_in.cells[index_of(handed_in, "why")].source = answer
    text: str = nbformat.writes(handed_in)
    return text


def hand_in(course: Course, student: str, double: str = RIGHT, answer: str = ANSWER) -> Path:
    """Hand in a notebook, and return the folder that it lies in."""
    folder = course.root / "submitted" / student / TOY
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{TOY}.ipynb").write_text(notebook(course, double, answer))
    return folder


def result(course: Course, points: float = 3.0, answer: str = ANSWER) -> GradedNotebook:
    """Make up the result of grading a submission."""
    assignment = course.assignment(TOY)
    check = CheckResult("test_positive", "A positive number", points, 3.0, PASSED)
    sheet = lay_out(read_notebook(notebook(course, answer=answer)), assignment)
    return GradedNotebook(TOY, (CellResult("double_tests", (check,)),), ("why",), (), sheet.notebook, 0.1)


def autograded(course: Course, student: str) -> Path:
    """Return where a student's result lies."""
    return course.root / "autograded" / student / TOY


def scores(course: Course, name: str = TOY, cell: str = "double_tests") -> dict[str, float | None]:
    """Read the automatic scores of a cell; fails where a student has it twice."""
    query = """
        SELECT submitted_assignment.student_id, grade.auto_score FROM grade
        JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
        JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
        JOIN assignment ON submitted_assignment.assignment_id = assignment.id
        JOIN base_cell ON grade.cell_id = base_cell.id
        WHERE assignment.name = ? AND base_cell.name = ?
    """
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        rows = connection.execute(query, (name, cell)).fetchall()
    assert len(rows) == len(dict(rows)), rows
    return dict(rows)


def tables(course: Course) -> dict[str, list[Any]]:
    """Read all of a gradebook."""
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=str) for (name,) in names}


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """Return when each file and folder below one was changed, and its permissions."""
    found = {path: path.lstat() for path in folder.rglob("*") if not path.name.startswith("gradebook.db")}
    return {str(path.relative_to(folder)): (status.st_mtime_ns, status.st_mode) for path, status in found.items()}


@contextmanager
def gradebook(course: Course) -> Iterator[Gradebook]:
    """Open a gradebook as formgrader does."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "losses") as opened:
        yield opened


class InlineExecutor(Executor):
    """Does what is submitted at once, in this process."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class InlinePool:
    """One worker, which is this process: it keeps its sandbox from one test to the next."""

    failures: tuple[type[BaseException], ...] = ()
    blames_orders = True
    capacity = 1

    def start(self) -> Executor:
        return InlineExecutor()

    def stop(self, executor: Executor) -> None:
        executor.shutdown()


def record(course: Course, *students: str, points: float = 3.0, answer: str = ANSWER) -> None:
    """Hand in for students, and put a made-up result into the gradebook and into ``autograded/``."""
    for student in students:
        hand_in(course, student, answer=answer)
    with GradeWriter(course, TOY) as writer:
        writer.prepare()
        for student in students:
            content = (course.root / "submitted" / student / TOY / f"{TOY}.ipynb").read_bytes()
            writer.write(student, result(course, points, answer), digests(course, TOY, content))


def mark(course: Course, student: str, score: float, comment: str | None = None, cell: str = "why") -> None:
    """Mark an answer as formgrader does."""
    with gradebook(course) as opened:
        grade = opened.find_grade(cell, TOY, TOY, student)
        grade.manual_score, grade.needs_manual_grade = score, False
        if comment is not None:
            opened.find_comment(cell, TOY, TOY, student).manual_comment = comment
        opened.db.commit()
