"""A class in nbgrader's gradebook: totals, scores by cell, and answers that wait for a mark.

All of it is read here, for exports, for the report and for one student's appeal, through any connection that can: a
gradebook that is open, or one that may only read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import Select, select

from lossmark.errors import UsageError


class Reading(Protocol):
    """A session or connection of a database."""

    def execute(self, statement: Any, /) -> Any:
        """Run a statement."""


@dataclass(frozen=True)
class CellMark:
    """The mark of one graded cell of a submission.

    Attributes
    ----------
    automatic, manual, extra_credit : float or None
        The checks' points, and a person's; the latter count in place of the former.
    awaits : bool
        Whether nbgrader wants a person to mark it: for the first time, or because it was graded again since.
    notebook : str
        The notebook that it is in.
    """

    automatic: float | None
    manual: float | None
    extra_credit: float | None
    awaits: bool
    notebook: str = ""

    @property
    def score(self) -> float | None:
        """Counted points, including extra credit; None for a cell without a mark."""
        given = self.automatic if self.manual is None else self.manual
        return None if given is None else given + (self.extra_credit or 0.0)

    def points(self, automatic: float | None) -> float:
        """Return the counted points with another automatic score.

        Parameters
        ----------
        automatic : float or None
            In place of this one.

        Returns
        -------
        float
            A person's score before the automatic one, and 0 without either; with extra credit.
        """
        given = automatic if self.manual is None else self.manual
        return (given or 0.0) + (self.extra_credit or 0.0)

    @property
    def is_marked_before(self) -> bool:
        """Whether a person has marked it, and is to look at it again."""
        return self.awaits and self.score is not None


@dataclass
class Submission:
    """One student's marks for an assignment.

    Attributes
    ----------
    handed_in : datetime or None
        When, in UTC, if that was noted.
    seconds_late : float
        After the due date, with any extension.
    score : float
        nbgrader's sum of all marks and extra credit.
    due : datetime or None
        Due date, in UTC, with any extension.
    penalties : dict
        For being late, by notebook.
    notebook_id : str
        nbgrader's id of the submitted notebook, which formgrader shows it under.
    cells : dict
        By the cell's name.
    comments : dict
        A person's, else the automatic one; by the cell's name, be it graded or not.
    """

    handed_in: datetime | None
    seconds_late: float
    score: float
    due: datetime | None = None
    penalties: dict[str, float] = field(default_factory=dict)
    notebook_id: str = ""
    cells: dict[str, CellMark] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)

    @property
    def penalty(self) -> float:
        """The late penalty."""
        return sum(self.penalties.values())

    @property
    def is_graded(self) -> bool:
        """Whether any cell has a score; nbgrader also records a submission whose file it could not grade."""
        return any(mark.score is not None for mark in self.cells.values())

    @property
    def total(self) -> float:
        """The score in nbgrader's export: the marks, minus the penalty; never below 0."""
        return max(0.0, self.score - self.penalty)

    @property
    def awaiting(self) -> list[str]:
        """Names of the cells that nbgrader wants a person to mark."""
        return sorted(name for name, mark in self.cells.items() if mark.awaits)

    def automatic(self, tests: Collection[str]) -> dict[str, float | None]:
        """Return the points of the checks.

        Parameters
        ----------
        tests : collection of str
            Names of the tests cells.

        Returns
        -------
        dict
            By the cell's name.
        """
        return {name: mark.automatic for name, mark in self.cells.items() if name in tests}


@dataclass(frozen=True)
class AssignmentMarks:
    """The marks of a class for an assignment.

    Attributes
    ----------
    name : str
        The assignment's.
    due : datetime or None
        Due date, in UTC.
    max_score : float
        Points to be earned.
    max_scores : dict
        Points to be earned, by cell.
    submissions : dict
        By student; students without one are missing.
    """

    name: str
    due: datetime | None
    max_score: float
    max_scores: dict[str, float]
    submissions: dict[str, Submission]


def read_marks(gradebook: Gradebook, assignments: Sequence[str] = ()) -> list[AssignmentMarks]:
    """Read the marks of a class.

    Parameters
    ----------
    gradebook : Gradebook
        nbgrader's.
    assignments : sequence of str
        Only these, in this order; all, by due date and name, if there are none.

    Returns
    -------
    list of AssignmentMarks

    Raises
    ------
    UsageError
        If the gradebook has not one of them.
    """
    known = [str(assignment.name) for assignment in gradebook.assignments]
    for name in assignments:
        if name not in known:
            has = ", ".join(known) or "none; grade one first: lossmark autograde A"
            raise UsageError(f"the gradebook has no assignment {name!r} (it has: {has})")
    found = (marks_of(gradebook.db, name) for name in dict.fromkeys(assignments or known))
    return [marks for marks in found if marks is not None]


def marks_of(db: Reading, assignment: str, student: str | None = None) -> AssignmentMarks | None:
    """Read the marks of an assignment.

    Parameters
    ----------
    db : Reading
        Connected to a gradebook.
    assignment : str
        The assignment's name.
    student : str, optional
        Only this one's.

    Returns
    -------
    AssignmentMarks or None
        None if the gradebook does not have the assignment.
    """
    query = select(Assignment.id, Assignment.duedate, Assignment.max_score).where(Assignment.name == assignment)
    found = db.execute(query).first()
    if found is None:
        return None
    key, due, max_score = found
    notebooks = db.execute(select(Notebook.name).where(Notebook.assignment_id == key)).scalars().all()

    def name_of(cell: str, notebook: str) -> str:
        return f"{notebook}/{cell}" if len(notebooks) > 1 else cell

    def of_assignment(statement: Select[Any]) -> Any:
        chosen = statement.where(SubmittedAssignment.assignment_id == key)
        return db.execute(chosen if student is None else chosen.where(SubmittedAssignment.student_id == student))

    submissions = _submissions(of_assignment, due)
    place = BaseCell.name, Notebook.name
    scores = Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade
    for one, cell, notebook, automatic, manual, extra, awaits in of_assignment(of_submissions(Grade, *place, *scores)):
        submissions[one].cells[name_of(cell, notebook)] = CellMark(automatic, manual, extra, bool(awaits), notebook)
    for one, cell, notebook, comment in of_assignment(of_submissions(Comment, *place, Comment.comment)):
        if comment:
            submissions[one].comments[name_of(cell, notebook)] = comment
    max_scores = {name_of(cell, notebook): points for notebook, cell, points in sorted(_graded_cells(db, key))}
    return AssignmentMarks(assignment, due, float(max_score), max_scores, submissions)


def _submissions(of_assignment: Any, due: datetime | None) -> dict[str, Submission]:
    columns = SubmittedAssignment.student_id, SubmittedAssignment.timestamp, SubmittedAssignment.extension
    query = (
        select(
            *(*columns, SubmittedAssignment.score),
            *(SubmittedNotebook.id, Notebook.name, SubmittedNotebook.late_submission_penalty),
        )
        .select_from(SubmittedAssignment)
        .outerjoin(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .outerjoin(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
    )
    submissions: dict[str, Submission] = {}
    for student, handed_in, extension, score, key, notebook, penalty in of_assignment(query):
        last = due + extension if due and extension else due
        one = submissions.setdefault(student, Submission(handed_in, seconds_late(handed_in, last), float(score), last))
        if notebook is not None:
            one.penalties[notebook] = penalty or 0.0
        one.notebook_id = one.notebook_id or key or ""
    return submissions


def _graded_cells(db: Reading, assignment: str) -> list[tuple[str, str, float]]:
    """Notebook, name and points of the cells that are graded, of a gradebook's assignment."""
    found = list[tuple[str, str, float]]()
    for kind in (GradeCell, TaskCell):
        query = select(Notebook.name, kind.name, kind.max_score).join(Notebook, kind.notebook_id == Notebook.id)
        found += map(tuple, db.execute(query.where(Notebook.assignment_id == assignment)))
    return found


def of_submissions(kind: Any, *columns: Any) -> Select[Any]:
    """Ask for the grades or comments of all submissions.

    Parameters
    ----------
    kind : {Grade, Comment}
        Which of them.
    *columns
        Columns to return besides the student; also of its ``BaseCell``, ``Notebook``, ``Assignment`` and
        submission, by which the query can be filtered.

    Returns
    -------
    Select
    """
    return (
        select(SubmittedAssignment.student_id, *columns)
        .select_from(kind)
        .join(SubmittedNotebook, kind.notebook_id == SubmittedNotebook.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(BaseCell, kind.cell_id == BaseCell.id)
    )


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


def read_students(gradebook: Gradebook, only: Sequence[str] = ()) -> list[Student]:
    """Read the students of a class, by last name, first name and id.

    Parameters
    ----------
    gradebook : Gradebook
        nbgrader's.
    only : sequence of str
        Only these; all, if there are none.

    Returns
    -------
    list of Student

    Raises
    ------
    UsageError
        If the gradebook has not one of them.
    """
    students = {student.id: student for student in gradebook.db.query(Student)}
    for student in only:
        if student not in students:
            raise UsageError(f"the gradebook has no student {student!r}")
    chosen = [students[student] for student in dict.fromkeys(only or students)]
    return sorted(chosen, key=lambda one: (one.last_name or "", one.first_name or "", one.id))


def in_order(names: Mapping[str, Any] | Sequence[str], order: Sequence[str]) -> list[str]:
    """Sort names by their place in an order; those that it has not follow as they were.

    Parameters
    ----------
    names : sequence of str
        The names to sort.
    order : sequence of str
        The order.

    Returns
    -------
    list of str
    """
    places = {name: place for place, name in enumerate(order)}
    return sorted(names, key=lambda name: places.get(name, len(places)))
