"""Marks that a person gives to a whole group of answers: read from the gradebook, and written in one transaction."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import Assignment, BaseCell, Comment, Grade, Gradebook, Notebook, SubmittedAssignment

from lossmark.errors import UsageError
from lossmark.gradebook.answers import AnswerReader, Group
from lossmark.gradebook.database import address_of, transaction
from lossmark.gradebook.marks import of_submissions
from lossmark.gradebook.patience import patiently


@dataclass(frozen=True)
class Mark:
    """The current mark of an answer.

    Attributes
    ----------
    score : float or None
        A person's.
    awaits : bool
        Whether nbgrader wants a person to mark it: for the first time, or because it was graded again since.
    comment : str
        A person's.
    max_score : float
        Points to be earned.
    """

    score: float | None
    awaits: bool
    comment: str
    max_score: float


@dataclass
class Written:
    """The results for the members of a group.

    Attributes
    ----------
    marked : list of str
        Who got the mark.
    confirmed : list of str
        Who had it already, from before they were graded again, and no longer waits for a second look.
    kept : dict
        Whose mark, given by a person, stays: by student.
    comments_kept : list of str
        Whose comment, given by a person, stays.
    """

    marked: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    kept: dict[str, float] = field(default_factory=dict)
    comments_kept: list[str] = field(default_factory=list)


class Marking:
    """The answers to an assignment's questions, and their marks.

    Parameters
    ----------
    reader : AnswerReader
        Reads the answers.
    gradebook : Gradebook
        From :func:`lossmark.gradebook.database.open_gradebook`.
    """

    def __init__(self, reader: AnswerReader, gradebook: Gradebook) -> None:
        self.reader, self._gradebook = reader, gradebook

    def marks(self, cell: str) -> dict[str, Mark]:
        """Read the marks of a cell.

        Parameters
        ----------
        cell : str
            Its name.

        Returns
        -------
        dict
            By student; all whose submission the gradebook has.
        """
        return patiently(address_of(self._gradebook), lambda: self._marks(cell))

    def groups(self, cell: str) -> list[tuple[Group, dict[str, Mark]]]:
        """Sort the answers of a cell, with the mark of each.

        Parameters
        ----------
        cell : str
            Its name.

        Returns
        -------
        list
            Groups, the largest first, and the marks of their members.
        """
        marks = self.marks(cell)
        return [
            (group, {student: marks[student] for student in group.students})
            for group in self.reader.groups(cell, marks)
        ]

    def write(
        self, cell: str, id: str, score: float, comment: str | None = None, *, overwrite: bool = False
    ) -> Written:
        """Give one mark, and one comment, to all members of a group.

        Marks of a person are kept, unless they are to be overwritten.

        Parameters
        ----------
        cell : str
            The cell's name.
        id : str
            The group's.
        score : float
            The mark.
        comment : str, optional
            The comment.
        overwrite : bool
            Whether to change marks of persons.

        Returns
        -------
        Written

        Raises
        ------
        UsageError
            If there is no such group any more, the mark is out of range, or all members have another mark; nothing is
            written then.
        """
        group = next((group for group, _ in self.groups(cell) if group.id == id), None)
        if group is None:
            raise self._stale(cell, id)
        return patiently(address_of(self._gradebook), lambda: self._write(cell, group, score, comment, overwrite))

    def _write(self, cell: str, group: Group, score: float, comment: str | None, overwrite: bool) -> Written:
        written = Written()
        with transaction(self._gradebook):
            grades = dict(self._of(Grade, cell, is_locked=True))
            comments = dict(self._of(Comment, cell, is_locked=True))
            if not all(answer.is_current and answer.student in grades for answer in group.answers):
                raise self._stale(cell, group.id)
            most = float(grades[group.students[0]].cell.max_score)
            if not (math.isfinite(score) and 0 <= score <= most):
                raise UsageError(f"{score:g} is not from 0 to {most:g}, the points of {cell}; nothing was written")
            for student in sorted(group.students):
                grade, one = grades[student], comments.get(student)
                is_other = grade.manual_score not in (None, score)
                is_settled = grade.manual_score is not None and not grade.needs_manual_grade
                if (is_other or is_settled) and not overwrite:
                    written.kept[student] = float(grade.manual_score)
                    continue
                (written.marked if grade.manual_score != score else written.confirmed).append(student)
                grade.manual_score, grade.needs_manual_grade = score, False
                if comment and one is not None and one.manual_comment != comment:
                    if one.manual_comment and not overwrite:
                        written.comments_kept.append(student)
                    else:
                        one.manual_comment = comment
            if not written.marked and not written.confirmed:
                raise UsageError(
                    f"a person has marked all of group {group.id} already; to change that, add --overwrite; "
                    "nothing was written"
                )
            self._gradebook.db.flush()
        return written

    def _marks(self, cell: str) -> dict[str, Mark]:
        comments = {student: one.manual_comment or "" for student, one in self._of(Comment, cell)}
        found = {
            student: Mark(
                grade.manual_score,
                bool(grade.needs_manual_grade),
                comments.get(student, ""),
                float(grade.cell.max_score),
            )
            for student, grade in self._of(Grade, cell)
        }
        self._gradebook.db.remove()
        return found

    def _of(self, kind: Any, cell: str, *, is_locked: bool = False) -> Iterator[tuple[str, Any]]:
        """The grades or comments of a cell by student; on a server, locked rows do not change meanwhile."""
        name = self.reader.assignment.name
        query = (
            of_submissions(kind, kind)
            .where(Assignment.name == name, Notebook.name == name, BaseCell.name == cell)
            .order_by(SubmittedAssignment.student_id)
        )
        yield from map(tuple, self._gradebook.db.execute(query.with_for_update(of=kind) if is_locked else query))

    def _stale(self, cell: str, id: str) -> UsageError:
        name = self.reader.assignment.name
        return UsageError(
            f"{cell} of {name} has no group {id} now: its answers have changed since it was shown, or the id is "
            f"mistyped; nothing was written. Look again: lossmark answers {name} {cell}"
        )
