"""What nbgrader's gradebook says of a class: totals, scores by cell, and who still waits for a person's mark."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy.orm import Query

from lossmark.errors import UsageError


@dataclass(frozen=True)
class CellMark:
    """What one graded cell of a submission has got.

    Attributes
    ----------
    score : float or None
        nbgrader's, extra credit included; None of a cell without any mark yet.
    awaits : bool
        Whether nbgrader wants a person to mark it: for the first time, or because it was graded again since.
    comment : str
        A person's, else the automatic one.
    """

    score: float | None
    awaits: bool
    comment: str = ""

    @property
    def is_marked_before(self) -> bool:
        """Whether a person has marked it, and is to look at it again."""
        return self.awaits and self.score is not None


@dataclass(frozen=True)
class Submission:
    """What one student has got for an assignment.

    Attributes
    ----------
    total : float
        nbgrader's sum of all marks and extra credit, less the penalty for being late; never below 0.
    cells : dict
        By the cell's name.
    """

    total: float
    cells: dict[str, CellMark] = field(default_factory=dict)

    @property
    def awaiting(self) -> list[str]:
        """Names of the cells that nbgrader wants a person to mark."""
        return sorted(name for name, mark in self.cells.items() if mark.awaits)


@dataclass(frozen=True)
class AssignmentMarks:
    """What a class has got for an assignment.

    Attributes
    ----------
    name : str
        The assignment's.
    max_score : float
        Points to be earned.
    max_scores : dict
        Points to be earned, by cell.
    submissions : dict
        By student; who has none is not in it.
    """

    name: str
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
    known = {assignment.name: assignment for assignment in gradebook.assignments}
    for name in assignments:
        if name not in known:
            has = ", ".join(known) or "none; grade one first: lossmark autograde A"
            raise UsageError(f"the gradebook has no assignment {name!r} (it has: {has})")
    return [_marks_of(gradebook, known[name]) for name in dict.fromkeys(assignments or known)]


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


def _marks_of(gradebook: Gradebook, assignment: Assignment) -> AssignmentMarks:
    db = gradebook.db
    has_several = len(assignment.notebooks) > 1

    def name_of(cell: str, notebook: str) -> str:
        return f"{notebook}/{cell}" if has_several else cell

    max_scores = {
        name_of(cell.name, notebook.name): float(cell.max_score)
        for notebook in assignment.notebooks
        for cell in sorted([*notebook.grade_cells, *notebook.task_cells], key=lambda cell: str(cell.name))
    }
    comments = {
        (student, name_of(cell, notebook)): comment
        for student, cell, notebook, comment in _of_cells(db, assignment, Comment, Comment.comment)
    }
    cells: defaultdict[str, dict[str, CellMark]] = defaultdict(dict)
    columns = Grade.score, Grade.auto_score, Grade.manual_score, Grade.needs_manual_grade
    for student, cell, notebook, score, automatic, manual, awaits in _of_cells(db, assignment, Grade, *columns):
        name = name_of(cell, notebook)
        has_mark = not (automatic is None and manual is None)
        cells[student][name] = CellMark(
            float(score) if has_mark else None, bool(awaits), comments.get((student, name)) or ""
        )
    totals = db.query(
        SubmittedAssignment.student_id, SubmittedAssignment.score, SubmittedAssignment.late_submission_penalty
    ).filter(SubmittedAssignment.assignment_id == assignment.id)
    submissions = {
        student: Submission(max(0.0, float(score) - float(penalty)), cells[student])
        for student, score, penalty in totals
    }
    return AssignmentMarks(assignment.name, float(assignment.max_score), max_scores, submissions)


def _of_cells(db: Any, assignment: Assignment, kind: Any, *columns: Any) -> Iterator[tuple[Any, ...]]:
    """Student, cell, notebook and columns of all grades or comments of an assignment."""
    query = of_submissions(db, kind, BaseCell.name, Notebook.name, *columns)
    yield from map(tuple, query.filter(SubmittedAssignment.assignment_id == assignment.id))


def of_submissions(db: Any, kind: Any, *columns: Any) -> Query[Any]:
    """Ask for the grades or comments of all submissions.

    Parameters
    ----------
    db : scoped_session
        A gradebook's.
    kind : {Grade, Comment}
        Which of them.
    *columns
        What to return of each besides the student; also of its ``BaseCell``, ``Notebook`` and submission, by which
        the query can be filtered.

    Returns
    -------
    Query
    """
    query: Query[Any] = (
        db.query(SubmittedAssignment.student_id, *columns)
        .select_from(kind)
        .join(SubmittedNotebook, kind.notebook_id == SubmittedNotebook.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(BaseCell, kind.cell_id == BaseCell.id)
    )
    return query


def in_order(names: Mapping[str, Any] | Sequence[str], order: Sequence[str]) -> list[str]:
    """Sort names by their place in an order; those that it has not follow as they were.

    Parameters
    ----------
    names : sequence of str
        What to sort.
    order : sequence of str
        The order.

    Returns
    -------
    list of str
    """
    places = {name: place for place, name in enumerate(order)}
    return sorted(names, key=lambda name: places.get(name, len(places)))
