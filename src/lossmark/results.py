"""The outcome of grading, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from nbformat import NotebookNode

from lossmark.boundary.signs import Sign
from lossmark.checks import CALLED, TRIED, Shows
from lossmark.numerics import Comparison

LIKELY = "Likely mistake ("
"""Prefix of the name of a misconception."""
UNPROTECTED = (
    "The tests run in the student's own kernel, as in stock nbgrader. They are not protected from the student's code, "
    "which may pass them without a right answer, or read them."
)
"""Warning beside every result of an assignment without graders."""


class Outcome(StrEnum):
    """How a check ended: the only table of its names, symbols and words.

    Attributes
    ----------
    symbol, words : str
        How people read it; never by colour alone.
    remark : str
        A sentence for the summary of the class; empty where a person need not look at the submission.
    """

    symbol: str
    words: str
    remark: str

    def __new__(cls, name: str, *shown: str) -> Outcome:
        """Make a member of which the text is its name in files."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.symbol, member.words, member.remark = (*shown, "")[:3]
        return member

    PASSED = "passed", "✓", "passed"
    FAILED = "failed", "✗", "failed"
    UNEARNED = "unearned", "○", "does not count"
    """It passed, but counts only together with a check that did not."""
    RAISED = "raised", "✗", "raised an error"
    MISSING = "missing", "✗", "missing"
    TIMEOUT = "timeout", "✗", "took too long", "the student's code took too long"
    KILLED = "killed", "✗", "ended the kernel", "the student's code ended the kernel, or was ended for a limit"

    @property
    def label(self) -> str:
        """Symbol and words."""
        return f"{self.symbol} {self.words}"


_NOT_PLAIN = ("comparison", "shows")
"""Fields of a check whose values JSON does not have."""
PASSED, FAILED, UNEARNED = Outcome.PASSED, Outcome.FAILED, Outcome.UNEARNED
OUTCOMES = tuple(Outcome)


@dataclass(frozen=True)
class CheckResult:
    """The result of one check.

    Attributes
    ----------
    name, title : str
        Name of the test function and first line of its docstring.
    points, max_points : float
        Earned, and to be earned.
    outcome : Outcome
        How it ended; given as text, it is looked up.
    found : str
        The finding, in words for the student; empty if the check passed.
    misconception : str or None
        Name of the mistake, where it is known.
    expected : str
        How `found` goes on where the right answer may be told.
    tried : str
        The special feature of the input.
    call : str
        The call, to be pasted into a cell.
    explanation : str
        Of the misconception or, where none is known, of how the answers differ from the right ones.
    note : str
        A remark on the cell.
    comparison : Comparison or None
        The numbers beside the right ones, where a picture says more.
    shows : Shows or None
        Its own detail of feedback, instead of the course's.
    fault : str
        The error that the student's answer has raised in the check itself, which should have refused it: for the
        instructor.
    """

    name: str
    title: str
    points: float
    max_points: float
    outcome: Outcome
    found: str = ""
    misconception: str | None = None
    expected: str = ""
    tried: str = ""
    call: str = ""
    explanation: str = ""
    note: str = ""
    comparison: Comparison | None = None
    shows: Shows | None = None
    fault: str = ""

    def __post_init__(self) -> None:
        """Look the outcome up: callers in the boundary know only its name."""
        object.__setattr__(self, "outcome", Outcome(self.outcome))

    @property
    def message(self) -> str:
        """All of it, line by line, in words for a person."""
        lines = [
            self.found + self.expected,
            self.tried and f"{TRIED}{self.tried}",
            self.call and f"{CALLED}{self.call}",
            self.mistake and f"{self.mistake}: {self.explanation}",
            "" if self.mistake else self.explanation,
            self.note and f"Note: {self.note}.",
        ]
        return "\n".join(filter(None, lines))

    @property
    def mistake(self) -> str:
        """How the mistake is called in feedback; empty where none is known and explained."""
        is_known = self.misconception is not None and self.explanation
        return f"{LIKELY}{str(self.misconception).replace('_', ' ')})" if is_known else ""

    def at(self, course: Shows) -> CheckResult:
        """Remove the parts that are hidden from students.

        Parameters
        ----------
        course : Shows
            The course's level, for checks without their own.

        Returns
        -------
        CheckResult
        """
        shows = course if self.shows is None else self.shows
        hidden: dict[str, Any] = {}
        if shows < Shows.EXPECTED:
            hidden |= {"expected": "", "comparison": None}
        if shows < Shows.INPUT:
            hidden |= {"tried": "", "call": ""}
        if shows < Shows.MESSAGE:
            hidden |= {"found": "", "explanation": "", "misconception": None}
        return replace(self, **hidden)

    @property
    def misconceptions(self) -> tuple[str, ...]:
        """Names of all mistakes that together explain the answers."""
        return () if self.misconception is None else (self.misconception,)

    def to_dict(self) -> dict[str, Any]:
        """Return the check's part of the output of ``lossmark grade --json``."""
        names = ("name", "title", "points", "max_points", "outcome", "message", "misconception")
        return {**{name: getattr(self, name) for name in names}, "misconceptions": list(self.misconceptions)}

    def to_record(self) -> dict[str, Any]:
        """Return :meth:`to_dict` with all fields except the picture's numbers, for :meth:`from_record`."""
        plain = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in _NOT_PLAIN}
        return {**self.to_dict(), **plain, "shows": self.shows and self.shows.name.lower()}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> CheckResult:
        """Make the result of a record.

        Parameters
        ----------
        record : mapping
            From :meth:`to_record`, or from a version that recorded the message instead of its parts.

        Returns
        -------
        CheckResult
        """
        known = {one.name: record[one.name] for one in fields(cls) if one.name in record and one.name not in _NOT_PLAIN}
        if "found" not in record:
            known["found"] = str(record.get("message", ""))
        shows = record.get("shows")
        return cls(**known, shows=None if shows is None else Shows.named(shows))


@dataclass(frozen=True)
class CellResult:
    """The checks of one autograder tests cell.

    Attributes
    ----------
    grade_id : str
        The cell's.
    checks : tuple of CheckResult
        In the order of the grader's file.
    lecture : str
        Where the lecture treats it.
    """

    grade_id: str
    checks: tuple[CheckResult, ...]
    lecture: str = ""

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
        Remarks on the submitted file: missing, duplicate or changed cells.
    notebook : NotebookNode
        The notebook with the outputs of its cells and the tables of the checks.
    seconds : float
        Time that grading took.
    is_protected : bool
        Whether the tests ran out of reach of the student's code.
    failed_for_lack : mapping
        The errors of cells that failed for lack of a module, a file or the like, before tests that lost points, by the
        cells' texts. The student's code may have made them fail.
    inputs : str or None
        How the inputs of the checks were drawn, as in ``c.Lossmark.inputs``; None without graders.
    seed : int or None
        Their seed, which is combined with each check's name.
    is_untouched : bool
        Whether nothing was written into the notebook.
    for_student : tuple of str
        Those of the remarks that the student sees; the others are about the course.
    signs : frozenset of Sign
        Remarkable behaviour of the submission.
    """

    assignment: str
    cells: tuple[CellResult, ...]
    manual: tuple[str, ...]
    remarks: tuple[str, ...]
    notebook: NotebookNode = field(repr=False)
    seconds: float
    is_protected: bool = True
    failed_for_lack: Mapping[str, str] = field(default_factory=dict, repr=False)
    inputs: str | None = None
    seed: int | None = None
    is_untouched: bool = False
    for_student: tuple[str, ...] = ()
    signs: frozenset[Sign] = frozenset()

    def remarked(self, *remarks: str) -> GradedNotebook:
        """Add remarks for student and instructor.

        Parameters
        ----------
        *remarks : str
            Further remarks.

        Returns
        -------
        GradedNotebook
        """
        return replace(self, remarks=(*self.remarks, *remarks), for_student=(*self.for_student, *remarks))

    @property
    def score(self) -> float:
        """Points earned in autograded cells."""
        return sum(cell.score for cell in self.cells)

    @property
    def max_score(self) -> float:
        """Points to be earned in autograded cells."""
        return sum(cell.max_score for cell in self.cells)

    def to_dict(self) -> dict[str, Any]:
        """Return the output of ``lossmark grade --json``."""
        return {
            "assignment": self.assignment,
            "status": "graded",
            "reason": None,
            "score": self.score,
            "max_score": self.max_score,
            "manual": list(self.manual),
            "seconds": round(self.seconds, 3),
            "protected": self.is_protected,
            "inputs": self.inputs,
            "seed": self.seed,
            "cells": [
                {
                    "grade_id": cell.grade_id,
                    "score": cell.score,
                    "max_score": cell.max_score,
                    "checks": [check.to_dict() for check in cell.checks],
                }
                for cell in self.cells
            ],
        }
