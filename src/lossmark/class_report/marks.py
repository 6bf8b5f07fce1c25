"""What nbgrader's gradebook says of an assignment, read without making or changing one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import inspect, select
from sqlalchemy.engine import Connection, Engine

from lossmark.course import Assignment as CourseAssignment
from lossmark.gradebook.database import has_gradebook, reading_engine
from lossmark.gradebook.patience import patiently


@dataclass
class Mark:
    """What the gradebook has of one student's submission.

    Attributes
    ----------
    handed_in : datetime or None
        When, in UTC, if that was noted.
    late_s : float
        Seconds after the due date, with any extension.
    auto : dict
        The scores of the tests cells, by grade id.
    by_hand : float
        What a person gave, or took away again: marks, corrections of automatic scores, extra credit.
    waiting : list of str
        Grade ids of the cells that wait for a person.
    penalty : float
        For being late.
    """

    handed_in: datetime | None = None
    late_s: float = 0.0
    auto: dict[str, float | None] = field(default_factory=dict)
    by_hand: float = 0.0
    waiting: list[str] = field(default_factory=list)
    penalty: float = 0.0

    @property
    def automatic(self) -> float:
        """The points of all checks."""
        return sum(score or 0.0 for score in self.auto.values())

    @property
    def total(self) -> float:
        """What nbgrader exports as the score."""
        return max(0.0, self.automatic + self.by_hand - self.penalty)


@dataclass(frozen=True)
class Marks:
    """What the gradebook has of an assignment.

    Attributes
    ----------
    names : dict
        First and last name, or an empty text, of every student of the gradebook, by id.
    of : dict
        The submissions by student.
    due : datetime or None
        Due date, in UTC.
    """

    names: dict[str, str]
    of: dict[str, Mark]
    due: datetime | None


def read_marks(folders: CourseDirectory, assignment: CourseAssignment) -> Marks | None:
    """Read what the gradebook has of an assignment, as it is at one moment.

    Parameters
    ----------
    folders : CourseDirectory
        nbgrader's settings of the course.
    assignment : lossmark.course.Assignment
        The assignment.

    Returns
    -------
    Marks or None
        None if there is no gradebook yet.

    Raises
    ------
    GradebookUnusable
        If there is one that cannot be read.
    """
    if not has_gradebook(folders):
        return None
    engine = reading_engine(folders.db_url)
    try:
        return patiently(folders.db_url, lambda: _read(engine, folders.course_id, assignment))
    finally:
        engine.dispose()


def _read(engine: Engine, course: str, assignment: CourseAssignment) -> Marks | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table(Assignment.__tablename__):
            return None
        names = {
            student: " ".join(filter(None, [first, last]))
            for student, first, last in connection.execute(select(Student.id, Student.first_name, Student.last_name))
        }
        query = select(Assignment.id, Assignment.duedate).filter_by(name=assignment.name, course_id=course)
        found = connection.execute(query).one_or_none()
        if found is None:
            return Marks(names, {}, None)
        key, due = found
        marks = _submissions(connection, key, due)
        _add_grades(connection, key, marks, assignment.points)
        return Marks(names, marks, due)


def _submissions(connection: Connection, key: str, due: datetime | None) -> dict[str, Mark]:
    marks: dict[str, Mark] = {}
    columns = SubmittedAssignment.student_id, SubmittedAssignment.timestamp, SubmittedAssignment.extension
    query = (
        select(*columns, SubmittedNotebook.late_submission_penalty)
        .select_from(SubmittedAssignment)
        .outerjoin(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .where(SubmittedAssignment.assignment_id == key)
    )
    for student, handed_in, extension, penalty in connection.execute(query):
        mark = marks.setdefault(student, Mark(handed_in))
        mark.penalty += penalty or 0.0
        own_due = due + extension if due and extension else due
        mark.late_s = seconds_late(handed_in, own_due)
    return marks


def seconds_late(handed_in: datetime | None, due: datetime | None) -> float:
    """Return how long after the due date something was handed in.

    Parameters
    ----------
    handed_in, due : datetime or None
        In UTC; None if it is not known.

    Returns
    -------
    float
        Seconds; 0 if it was in time, or if that cannot be known.
    """
    return max(0.0, (handed_in - due).total_seconds()) if handed_in and due else 0.0


def _add_grades(connection: Connection, key: str, marks: dict[str, Mark], tests: Collection[str]) -> None:
    columns: Sequence[Any] = (
        SubmittedAssignment.student_id,
        BaseCell.name,
        Grade.auto_score,
        Grade.manual_score,
        Grade.extra_credit,
        Grade.needs_manual_grade,
    )
    query = (
        select(*columns)
        .select_from(Grade)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .where(SubmittedAssignment.assignment_id == key)
        .order_by(BaseCell.name)
    )
    for student, cell, auto, manual, extra, waits in connection.execute(query):
        mark = marks[student]
        if cell in tests:
            mark.auto[cell] = auto
            mark.by_hand += 0.0 if manual is None else manual - (auto or 0.0)
        else:
            mark.by_hand += (auto if manual is None else manual) or 0.0
        mark.by_hand += extra or 0.0
        if waits:
            mark.waiting.append(cell)
