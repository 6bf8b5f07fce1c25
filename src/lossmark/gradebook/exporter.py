"""The common part of grade exporters: their rows, columns and warnings.

Totals are nbgrader's: points of checks and persons, with extra credit, minus the late penalty. Missing
submissions have no grade, which is not 0, and neither have submissions that are not graded. On both platforms,
importing an empty cell also deletes the existing grade.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, Student
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Dict, Unicode

from lossmark.course import Course
from lossmark.errors import NotGraded, UsageError
from lossmark.gradebook.database import address_of
from lossmark.gradebook.folders import ClassFolders
from lossmark.gradebook.lateness import LatePenalties
from lossmark.gradebook.marks import AssignmentMarks, Submission, in_order, read_marks, read_students
from lossmark.gradebook.patience import patiently
from lossmark.gradebook.platforms import PlatformFile, read_platform_file
from lossmark.gradebook.results_file import PenaltyChange
from lossmark.gradebook.spreadsheets import write_table
from lossmark.settings import Lossmark
from lossmark.terminal import one_line

Identity = dict[str, str]
"""A platform's identification of a student: cells by column."""


@dataclass(frozen=True)
class Column:
    """One column of grades, or of words about them.

    Attributes
    ----------
    header : str
        Its name.
    max_score : float or None
        Points to be earned; None of words.
    cells : dict
        By student; students without one are missing.
    """

    header: str
    max_score: float | None
    cells: Mapping[str, str]


class PlatformExporter(ExportPlugin):  # type: ignore[misc]  # nbgrader ships without types
    """The common part of the exporters for both platforms."""

    questions = Bool(False, help="Add a column for each graded cell.").tag(config=True)
    zeros = Bool(False, help="Write 0 instead of a blank for missing submissions.").tag(config=True)
    complete = Bool(
        False, help="Leave grades blank that wait for a person's mark, or for a review after regrading."
    ).tag(config=True)
    roster = Unicode("", help="The platform's own export: rows and names of columns are taken from it.").tag(
        config=True
    )
    id_column = Unicode("", help="Column of that file with nbgrader's ids of students.").tag(config=True)
    columns = Dict(
        value_trait=Unicode(), key_trait=Unicode(), help="The platform's names of assignments, by nbgrader's names."
    ).tag(config=True)

    format = ""
    no_grade = ""

    def export(self, gradebook: Gradebook) -> None:
        """Write the grades, for ``nbgrader export``.

        Parameters
        ----------
        gradebook : Gradebook
            nbgrader's.
        """
        root = getattr(getattr(self.parent, "coursedir", None), "root", None)
        try:
            self.write(self.table(gradebook, Course(Path(root)) if root else None))
        except (UsageError, NotGraded) as error:
            sys.exit(f"lossmark: {error}")

    def write(self, table: Sequence[Sequence[str]]) -> None:
        """Write a table to where it is wanted, and say so.

        Parameters
        ----------
        table : sequence of sequence of str
            From :meth:`table`.
        """
        to = self.to or "grades.csv"
        write_table(table, to)
        if to != "-":
            say(f"wrote {to} for {self.format.capitalize()}: {len(table) - self.rows_above} students")

    rows_above = 1
    """Rows above the first student."""

    def table(self, gradebook: Gradebook, course: Course | None = None) -> list[list[str]]:
        """Make the rows of the file, and print warnings about them on standard error.

        Parameters
        ----------
        gradebook : Gradebook
            nbgrader's.
        course : Course, optional
            Where to look for ungraded submissions.

        Returns
        -------
        list of list of str

        Raises
        ------
        UsageError
            If the gradebook lacks a requested item, or the platform's file is bad.
        """
        marks, students = patiently(address_of(gradebook), lambda: self._read(gradebook))
        if not marks:
            raise UsageError("the gradebook has no assignment yet; grade one first: lossmark autograde A")
        known = read_platform_file(Path(self.roster), self.format, self.id_column or None) if self.roster else None
        rows = _rows_of(known, students) if known is not None else self.rows(students)
        ungraded = {one.name: _ungraded(one, course) for one in marks}
        for one in marks:
            self._tell_of_ungraded(one.name, ungraded[one.name])
        marks = [_without(one, ungraded[one.name]) for one in marks]
        self._tell(marks, rows.keys(), course)
        columns = [
            column
            for one in marks
            for column in self._columns_of(one, rows.keys() - ungraded[one.name].keys(), course, known)
        ]
        twice = [header for header, count in Counter(column.header for column in columns).items() if count > 1]
        if twice:
            raise UsageError(f"two columns would be called {twice[0]!r}; name them apart with --column A=NAME")
        return self.laid_out(rows, columns, known)

    def rows(self, students: Sequence[Student]) -> dict[str, Identity]:
        """Return the platform's identification of students, as far as the gradebook has it.

        Parameters
        ----------
        students : sequence of Student
            Who.

        Returns
        -------
        dict
            By nbgrader's id.
        """
        raise NotImplementedError

    def laid_out(
        self, rows: Mapping[str, Identity], columns: Sequence[Column], known: PlatformFile | None
    ) -> list[list[str]]:
        """Put the table together.

        Parameters
        ----------
        rows : dict
            The platform's identification of students.
        columns : sequence of Column
            Their grades.
        known : PlatformFile or None
            The platform's export.

        Returns
        -------
        list of list of str
        """
        raise NotImplementedError

    def words(self, marks: AssignmentMarks, header: str) -> list[Column]:
        """Make columns of words about the grades of an assignment.

        Parameters
        ----------
        marks : AssignmentMarks
            The grades.
        header : str
            The platform's name for them.

        Returns
        -------
        list of Column
        """
        return []

    def _read(self, gradebook: Gradebook) -> tuple[list[AssignmentMarks], list[Student]]:
        names, students = [str(name) for name in self.assignment], [str(student) for student in self.student]
        order = Lossmark(config=self.config).order
        marks = read_marks(gradebook, names or in_order([one.name for one in gradebook.assignments], order))
        return marks, read_students(gradebook, students)

    def _columns_of(
        self, marks: AssignmentMarks, countable: set[str], course: Course | None, known: PlatformFile | None
    ) -> list[Column]:
        header = self._header(marks.name, known)
        if known is not None and header not in known.items:
            say(f"warning: {self.roster} has no column for {marks.name}; {self.format.capitalize()} may make a new one")
        if known is not None and known.items.get(header) not in (None, marks.max_score):
            say(
                f"warning: {header} has {known.items[header]:g} points there, {marks.name} has {marks.max_score:g} here"
            )

        def cells(of: Callable[[Submission], float | None]) -> dict[str, str]:
            missing = dict.fromkeys(countable - marks.submissions.keys(), 0.0) if self.zeros else {}
            found = {**{student: of(one) for student, one in marks.submissions.items()}, **missing}
            return {student: decimal(score) for student, score in found.items() if score is not None}

        def total(submission: Submission) -> float | None:
            is_left_out = not submission.is_graded or (self.complete and submission.awaiting)
            return None if is_left_out else submission.total

        def of_cell(name: str) -> Callable[[Submission], float | None]:
            def score(submission: Submission) -> float | None:
                mark = submission.cells.get(name)
                return None if mark is None or (self.complete and mark.awaits) else mark.score

            return score

        columns = [Column(header, marks.max_score, cells(total)), *self.words(marks, header)]
        if self.questions:
            for name in in_order(marks.max_scores, _cells_of(course, marks.name)):
                header = self._header(f"{marks.name}: {name}", known)
                columns.append(Column(header, marks.max_scores[name], cells(of_cell(name))))
        return columns

    def _header(self, name: str, known: PlatformFile | None) -> str:
        return self.columns.get(name) or (known and known.header_of(name)) or name

    def _tell_of_ungraded(self, assignment: str, ungraded: Mapping[str, str]) -> None:
        """Name the students without a result, who need not be in the gradebook, unless others are asked for."""
        reasons = {one: why for one, why in ungraded.items() if not self.student or one in self.student}
        if names := sorted(one for one, why in reasons.items() if not why):
            hint = f"lossmark autograde {assignment}"
            say(f"warning: {assignment}: {len(names)} handed in and not graded yet ({hint}): {', '.join(names)}")
        for student, why in sorted(reasons.items()):
            if why:
                say(f"warning: {assignment}: {student} handed in and cannot be graded: {why}")

    def _tell(self, marks: Sequence[AssignmentMarks], students: Any, course: Course | None) -> None:
        """Name students whose grades will still change."""
        for one in marks:
            for student, change in sorted(_penalties(one, course).items()):
                if student in students:
                    hint = f"lossmark autograde {one.name}"
                    say(f"warning: {one.name}: {student} has an outdated grade, because {change} ({hint})")
            waiting: defaultdict[str, list[str]] = defaultdict(list)
            for student, submission in sorted(one.submissions.items()):
                if student in students and submission.awaiting:
                    waiting[_missing(submission)].append(student)
            for what, names in waiting.items():
                rule = "left empty" if self.complete else "counted as far as they go; --complete leaves them empty"
                say(f"warning: {one.name}: {len(names)} still waiting for {what}, {rule}: {', '.join(names)}")


def _missing(submission: Submission) -> str:
    """The reasons why a submission waits."""
    again = [name for name in submission.awaiting if submission.cells[name].is_marked_before]
    first = [name for name in submission.awaiting if name not in again]
    parts = [f"a mark for {', '.join(first)}"] if first else []
    parts += [f"a second look at {', '.join(again)} (graded again since it was marked)"] if again else []
    return " and ".join(parts)


def _rows_of(known: PlatformFile, students: Sequence[Student]) -> dict[str, Identity]:
    """The rows of a platform's file whose students the gradebook has, in the file's order."""
    by_number = {student.lms_user_id: student.id for student in students if student.lms_user_id}
    ids = {student.id for student in students}
    rows, strangers, twice = dict[str, Identity](), 0, []
    for person in known.people:
        found = {by_number.get(person.lms_user_id), person.id if person.id in ids else None} - {None}
        if len(found) > 1 or found & rows.keys():
            twice.append(f"line {person.line}: {person.id!r} and the number {person.lms_user_id!r} are two students'")
        elif not found:
            strangers += 1
        else:
            rows[found.pop() or ""] = dict(person.cells)
    if twice:
        raise UsageError("\n  ".join(["nothing was exported; mend the gradebook or the file:", *twice[:20]]))
    for student in sorted(ids - rows.keys()):
        say(f"warning: {student} is not in the roster, and left out (ids there are taken from {known.id_column!r})")
    if strangers:
        say(f"{strangers} in the roster are not in the gradebook, and left out: lossmark roster import adds them")
    return rows


def _ungraded(marks: AssignmentMarks, course: Course | None) -> dict[str, str]:
    """Students whose file has no result; with the reason if the file cannot be read."""
    files = {} if course is None else ClassFolders(course, marks.name).ungraded()
    handed_in = () if course is None else ClassFolders(course, marks.name).submitted()
    return {**dict.fromkeys((one for one in handed_in if one not in marks.submissions), ""), **files}


def _without(marks: AssignmentMarks, students: Collection[str]) -> AssignmentMarks:
    return replace(marks, submissions={who: one for who, one in marks.submissions.items() if who not in students})


def _penalties(marks: AssignmentMarks, course: Course | None) -> dict[str, PenaltyChange]:
    if course is None:
        return {}
    return LatePenalties(course, marks.name, ClassFolders(course, marks.name)).changes(marks)


def _cells_of(course: Course | None, assignment: str) -> list[str]:
    """Names of an assignment's cells in order, where the course has it."""
    try:
        return [] if course is None else list(course.assignment(assignment).cells)
    except UsageError:
        return []


def decimal(score: float | None) -> str:
    """Write a number with a decimal point, as exact as anybody marks, never with an exponent.

    Parameters
    ----------
    score : float or None
        The number.

    Returns
    -------
    str
    """
    return "" if score is None else f"{score:.4f}".rstrip("0").rstrip(".")


def say(text: str) -> None:
    """Print a message for the user of an export.

    Parameters
    ----------
    text : str
        It may contain students' text.
    """
    print(f"lossmark: {one_line(text)}", file=sys.stderr)
