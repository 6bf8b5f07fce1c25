"""One student's complete result, for answering an appeal: findings, marks, and whether it is current."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from lossmark.course import Assignment, Course
from lossmark.errors import UsageError
from lossmark.gradebook.database import address_of
from lossmark.gradebook.folders import ClassFolders
from lossmark.gradebook.handed_in import read_submitted
from lossmark.gradebook.lateness import LatePenalties
from lossmark.gradebook.marks import Submission, marks_of
from lossmark.gradebook.patience import patiently
from lossmark.gradebook.results_file import PenaltyChange, SavedResult
from lossmark.provenance import RESULTS_FILE, digests
from lossmark.results import CheckResult

NOTHING, UNGRADED, CURRENT, OUTDATED = "nothing handed in", "not graded", "current", "out of date"
_UNREADABLE = "the submitted file"
_CHANGES = {
    "submission": "another file has been submitted",
    "assignment": "the assignment's notebook has changed",
    "graders": "the checks or the course's settings have changed",
    "engine": "another version of Lossmark is installed",
}
"""Differences, by the name of a digest."""


@dataclass(frozen=True)
class CellExplained:
    """The score of one cell, and its origin.

    Attributes
    ----------
    name : str
        Its grade id.
    score, max_score : float or None
        Counted and maximum points, including extra credit; None if there are none, or not yet.
    auto_score, manual_score, extra_credit : float or None
        The checks' points, and a person's; the latter count in place of the former.
    awaits : bool
        Whether nbgrader wants a person to mark it.
    comment : str or None
        A person's, else the automatic one.
    checks : tuple of CheckResult
        The results of the checks.
    """

    name: str
    score: float | None = None
    max_score: float | None = None
    auto_score: float | None = None
    manual_score: float | None = None
    extra_credit: float | None = None
    awaits: bool = False
    comment: str | None = None
    checks: tuple[CheckResult, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """All of one student's result.

    Attributes
    ----------
    student, name, assignment : str
        Its student and assignment.
    file : str
        The submitted file.
    handed_in, graded : datetime or None
        When.
    seconds_late : float
        How much after the due date.
    state : str
        Whether the recorded result is current.
    changes : tuple of str
        Why not.
    score, max_score, late_penalty : float or None
        The total, as nbgrader exports it.
    is_protected : bool
        Whether the tests ran out of reach of the student's code.
    remarks : tuple of str
        Remarks about the submitted file.
    inputs : str or None
        How the inputs of the checks were drawn.
    seed : int or None
        Their seed.
    cells : tuple of CellExplained
        In the order of the assignment.
    next_steps : tuple of str
        Commands to type, or pages to open.
    """

    student: str
    name: str
    assignment: str
    file: str
    handed_in: datetime | None
    graded: datetime | None
    seconds_late: float
    state: str
    changes: tuple[str, ...]
    score: float | None
    max_score: float | None
    late_penalty: float | None
    is_protected: bool
    remarks: tuple[str, ...]
    inputs: str | None
    seed: int | None
    cells: tuple[CellExplained, ...]
    next_steps: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the output of ``lossmark explain --json``."""
        cells = [
            {**asdict(cell), "checks": [{**check.to_dict(), **_parts(check)} for check in cell.checks]}
            for cell in self.cells
        ]
        times = {"handed_in": self.handed_in, "graded": self.graded}
        stamps = {name: None if time is None else time.isoformat() for name, time in times.items()}
        told = {**asdict(self), **stamps, "protected": self.is_protected, "cells": cells}
        return {name: value for name, value in told.items() if name != "is_protected"}


@dataclass(frozen=True)
class _Recorded:
    """The data of the gradebook."""

    name: str = ""
    marks: Submission | None = None
    max_score: float | None = None
    cells: dict[str, CellExplained] = field(default_factory=dict)


def explain(course: Course, assignment: str, student: str, gradebook: Gradebook | None) -> Explanation:
    """Put together all that is known of one student's result.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.
    student : str
        Whose.
    gradebook : Gradebook or None
        nbgrader's; None where there is none yet.

    Returns
    -------
    Explanation

    Raises
    ------
    UsageError
        If there is no such assignment or student.
    """
    asked, folders = course.assignment(assignment), ClassFolders(course, assignment)
    recorded = _Recorded()
    if gradebook is not None:
        recorded = patiently(address_of(gradebook), lambda: _recorded(gradebook, assignment, student))
    file = folders.submitted_folder(student) / f"{assignment}.ipynb"
    if not recorded.cells and student not in folders.submitted():
        _require_known(student, folders, gradebook)
    results = folders.results_of(student)
    checks = {cell.grade_id: cell.checks for cell in results.cells} if results else {}
    penalty = LatePenalties(course, assignment, folders).change(student, recorded.marks)
    state, changes = _state(course, asked, student, folders, recorded, results, penalty)
    stamp = folders.autograded_folder(student) / RESULTS_FILE
    marks = recorded.marks
    return Explanation(
        student,
        recorded.name,
        assignment,
        str(file),
        _in_utc(folders.handed_in(student) or (marks.handed_in if marks else None)),
        datetime.fromtimestamp(stamp.stat().st_mtime, UTC) if results is not None else None,
        marks.seconds_late if marks else 0.0,
        state,
        tuple(changes),
        marks.total if marks and marks.is_graded else None,
        recorded.max_score,
        marks.penalty if marks else None,
        results.is_protected if results else True,
        results.remarks if results else (),
        results.inputs if results else None,
        results.seed if results else None,
        tuple(_cells(asked, recorded.cells, checks)),
        tuple(_next_steps(assignment, student, state, changes, recorded, penalty)),
    )


def _require_known(student: str, folders: ClassFolders, gradebook: Gradebook | None) -> None:
    known = {*folders.submitted(), *([] if gradebook is None else [one.id for one in gradebook.students])}
    if student not in known:
        alike = difflib.get_close_matches(student, sorted(known), 3)
        hint = f"; there is {' and '.join(map(repr, alike))}" if alike else ""
        raise UsageError(f"there is no student {student!r}, in the gradebook or among those who handed in{hint}")


def _recorded(gradebook: Gradebook, assignment: str, student: str) -> _Recorded:
    try:
        person = gradebook.find_student(student)
    except MissingEntry:
        return _Recorded()
    name = " ".join(filter(None, (person.first_name, person.last_name)))
    found = marks_of(gradebook.db, assignment, student)
    if found is None or student not in found.submissions:
        return _Recorded(name)
    marks = found.submissions[student]
    cells = {cell: CellExplained(cell, comment=comment) for cell, comment in marks.comments.items()}
    for cell, mark in marks.cells.items():
        points = mark.score, found.max_scores[cell], mark.automatic, mark.manual, mark.extra_credit
        cells[cell] = CellExplained(cell, *points, mark.awaits, marks.comments.get(cell))
    return _Recorded(name, marks, found.max_score, cells)


def _state(
    course: Course,
    assignment: Assignment,
    student: str,
    folders: ClassFolders,
    recorded: _Recorded,
    results: SavedResult | None,
    penalty: PenaltyChange | None,
) -> tuple[str, list[str]]:
    """Whether the recorded result comes from the current files."""
    file = folders.submitted().get(student)
    try:
        submission = None if file is None else read_submitted(file)
    except OSError as error:
        return (OUTDATED if recorded.cells else UNGRADED), [f"{_UNREADABLE} cannot be read: {error.strerror}"]
    if results is None or not recorded.cells:
        if submission is None:
            return (NOTHING, []) if not recorded.cells else (OUTDATED, [f"{_UNREADABLE} is gone"])
        why = [f"{folders.autograded_folder(student) / RESULTS_FILE} is missing: nobody knows what the checks found"]
        return (OUTDATED, why) if recorded.cells else (UNGRADED, [])
    if submission is None:
        return OUTDATED, [f"{_UNREADABLE} is gone"]
    automatic = {name: recorded.cells[name].auto_score for name in assignment.points if name in recorded.cells}
    found = folders.changes_since(student, results, digests(course, assignment.name, submission), automatic, penalty)
    changes = [_CHANGES[name] for name in found.digests]
    if found.is_handed_in_again:
        changes.append("it has been handed in again")
    for cell in found.cells:
        has = show_points(automatic[cell]) if cell in automatic else "nothing"
        changes.append(f"the gradebook has {has} for {cell}, {RESULTS_FILE} {show_points(results.scores.get(cell))}")
    if found.penalty is not None:
        changes.append(str(found.penalty))
    return (OUTDATED if changes else CURRENT), changes


def _cells(
    assignment: Assignment, recorded: dict[str, CellExplained], checks: dict[str, tuple[CheckResult, ...]]
) -> Iterator[CellExplained]:
    for name in dict.fromkeys([*assignment.cells, *recorded, *checks]):
        if name in recorded or name in checks:
            cell = recorded.get(name, CellExplained(name))
            yield CellExplained(**{**vars(cell), "checks": checks.get(name, ())})


def _next_steps(
    assignment: str,
    student: str,
    state: str,
    changes: list[str],
    recorded: _Recorded,
    penalty: PenaltyChange | None,
) -> Iterator[str]:
    one = f"{shlex.quote(assignment)} --student {shlex.quote(student)}"
    if state == NOTHING:
        yield "nbgrader collect, or put the file where it is looked for"
    elif any(change.startswith(_UNREADABLE) for change in changes):
        yield "put the submitted file where it is looked for, or ask for it"
    elif state == UNGRADED or changes in ([_CHANGES["submission"]], [str(penalty)]):
        yield f"lossmark autograde {one}"
    elif state == OUTDATED:
        yield f"lossmark regrade {one} --diff"
        yield f"lossmark regrade {one} --apply"
    waiting = [cell.name for cell in recorded.cells.values() if cell.awaits]
    for cell in sorted(waiting):
        yield f"lossmark answers {shlex.quote(assignment)} {shlex.quote(cell)}"
    if recorded.marks is not None and recorded.marks.notebook_id:
        yield f"open in Jupyter: formgrader/submissions/{recorded.marks.notebook_id}/"
    if state == CURRENT and not waiting:
        yield f"nbgrader generate_feedback {one} --force"


def _parts(check: CheckResult) -> dict[str, str | None]:
    """The call, and the explanation of a known misconception."""
    return {"called": check.call or None, "explanation": check.explanation if check.mistake else None}


def _in_utc(time: datetime | None) -> datetime | None:
    """A time of nbgrader's, which is in UTC and does not say so."""
    return None if time is None else time.replace(tzinfo=UTC)


def show_points(score: float | None) -> str:
    """Write a score, be there one or not.

    Parameters
    ----------
    score : float or None
        The score.

    Returns
    -------
    str
    """
    return "-" if score is None else f"{score:g}"
