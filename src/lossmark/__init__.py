"""Trustworthy grading of numerical Python.

Graders are written with what this package exports; the rest of the engine is reached through the command ``lossmark``,
pytest and nbgrader.
"""

from lossmark.boundary.submission import Call, Missing, Raised, StudentFault, Submission
from lossmark.checks import Problem, assert_answer, assert_unchanged, check, problem
from lossmark.derivatives import assert_is_derivative, stencil
from lossmark.numerics import CheckFailed, Comparison, as_array, as_number, assert_close, describe, rounding_error
from lossmark.variants import alternative, misconception, version_of
from lossmark.vectorised import Growth, assert_vectorised, find_loops

__version__ = "0.1.0"


def grade(grade_id: str) -> None:
    """Run the checks of a tests cell in the instructor's notebook and show their table.

    Parameters
    ----------
    grade_id : str
        The tests cell's: ``"svm_loss_tests"``.
    """
    from lossmark import inplace  # it needs nbgrader and pytest, which the student kernel should not import

    inplace.grade(grade_id)


__all__ = [
    "Call",
    "CheckFailed",
    "Comparison",
    "Growth",
    "Missing",
    "Problem",
    "Raised",
    "StudentFault",
    "Submission",
    "alternative",
    "as_array",
    "as_number",
    "assert_answer",
    "assert_close",
    "assert_is_derivative",
    "assert_unchanged",
    "assert_vectorised",
    "check",
    "describe",
    "find_loops",
    "grade",
    "misconception",
    "problem",
    "rounding_error",
    "stencil",
    "version_of",
]
