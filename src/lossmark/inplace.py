"""``lossmark.grade("svm_loss_tests")``: the checks of a cell, run in the instructor's own notebook."""

from __future__ import annotations

from pathlib import Path

from IPython import get_ipython
from IPython.display import display

from lossmark.boundary.submission import Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.course import Course
from lossmark.errors import UsageError
from lossmark.grading.graders import Graders
from lossmark.grading.report import as_html, as_text
from lossmark.results import CellResult


class ChecksFailed(AssertionError):
    """The instructor's own solution lost points."""


def grade(grade_id: str) -> None:
    """Run the checks of a tests cell on the functions of this notebook and show their table.

    This is the hidden line of a tests cell. It is for the instructor's notebook, where all code is trusted: a student's
    never sees it, and grading takes another way.

    Parameters
    ----------
    grade_id : str
        The tests cell's.

    Raises
    ------
    ChecksFailed
        If a check did not pass, after the table was shown.
    UsageError
        If no assignment of the course around the working folder has such a cell.
    """
    shell = get_ipython()
    if shell is None:
        raise UsageError("lossmark.grade works in a notebook")
    result = check_in_place(grade_id, shell.user_ns, list(shell.user_ns.get("In", [])), Path.cwd())
    display({"text/plain": as_text(result), "text/html": as_html(result)}, raw=True)
    if result.lost:
        raise ChecksFailed(f"{len(result.lost)} of {len(result.checks)} checks did not pass: {', '.join(result.lost)}")


def check_in_place(grade_id: str, namespace: dict[str, object], code: list[str], folder: Path) -> CellResult:
    """Run the checks of a tests cell on the names of this process.

    Parameters
    ----------
    grade_id : str
        The tests cell's.
    namespace : dict
        The notebook's names.
    code : list of str
        Sources of the cells run so far.
    folder : Path
        A folder in the course.

    Returns
    -------
    CellResult
    """
    course = Course.find(folder)
    for name in sorted(course.assignments, key=lambda name: name != folder.resolve().name):
        assignment = course.assignment(name)
        if grade_id in assignment.points:
            graders = Graders(assignment, course.settings.seed)
            try:
                return graders.run(grade_id, Submission(LocalTransport(namespace), code))
            finally:
                graders.close()
    raise UsageError(f"no assignment of {course.root} has a tests cell {grade_id!r}")
