"""The outcome of grading, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from nbformat import NotebookNode

PASSED = "passed"
FAILED = "failed"
OUTCOMES = (PASSED, FAILED, "raised", "missing", "timeout", "killed")


@dataclass(frozen=True)
class CheckResult:
    """What one check found.

    Attributes
    ----------
    name, title : str
        Name of the test function and first line of its docstring.
    points, max_points : float
        Earned, and to be earned.
    outcome : str
        One of ``OUTCOMES``.
    message : str
        What is off and what was tried, in words for the student; empty if nothing is.
    misconception : str or None
        Name of the mistake, where it is known.
    """

    name: str
    title: str
    points: float
    max_points: float
    outcome: str
    message: str = ""
    misconception: str | None = None


@dataclass(frozen=True)
class CellResult:
    """The checks of one autograder tests cell.

    Attributes
    ----------
    grade_id : str
        The cell's.
    checks : tuple of CheckResult
        In the order of the grader's file.
    """

    grade_id: str
    checks: tuple[CheckResult, ...]

    @property
    def score(self) -> float:
        """Points earned."""
        return sum(check.points for check in self.checks)

    @property
    def max_score(self) -> float:
        """Points to be earned."""
        return sum(check.max_points for check in self.checks)

    @property
    def lost(self) -> tuple[str, ...]:
        """Names of the checks that did not pass."""
        return tuple(check.name for check in self.checks if check.outcome != PASSED)


@dataclass(frozen=True)
class GradedNotebook:
    """A submission after grading.

    Attributes
    ----------
    assignment : str
        Its name.
    cells : tuple of CellResult
        One for each autograder tests cell, in the order of the assignment.
    manual : tuple of str
        Grade ids of the cells that wait for a person.
    remarks : tuple of str
        What was unusual about the submitted file: cells missing, doubled or changed.
    notebook : NotebookNode
        The notebook with what its cells printed and the tables of the checks.
    seconds : float
        Time that grading took.
    """

    assignment: str
    cells: tuple[CellResult, ...]
    manual: tuple[str, ...]
    remarks: tuple[str, ...]
    notebook: NotebookNode = field(repr=False)
    seconds: float

    @property
    def score(self) -> float:
        """Points earned in autograded cells."""
        return sum(cell.score for cell in self.cells)

    @property
    def max_score(self) -> float:
        """Points to be earned in autograded cells."""
        return sum(cell.max_score for cell in self.cells)

    def to_dict(self) -> dict[str, Any]:
        """Return what ``lossmark grade --json`` prints."""
        return {
            "assignment": self.assignment,
            "status": "graded",
            "reason": None,
            "score": self.score,
            "max_score": self.max_score,
            "manual": list(self.manual),
            "seconds": round(self.seconds, 3),
            "cells": [
                {
                    "grade_id": cell.grade_id,
                    "score": cell.score,
                    "max_score": cell.max_score,
                    "checks": [asdict(check) for check in cell.checks],
                }
                for cell in self.cells
            ],
        }
