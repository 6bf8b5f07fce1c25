"""The state of a class's submissions: files, results, and open tasks for a person.

Everything is read, and nothing written: a grading run may go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbgrader.api import Student
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import inspect, select

from lossmark.class_report.similarity import Reader, Work
from lossmark.course import Assignment, Course
from lossmark.errors import NoNotebook, UsageError
from lossmark.execution.notebook import SHORTEN, TAKES, read_notebook
from lossmark.gradebook.database import has_gradebook, reading_engine
from lossmark.gradebook.folders import ClassFolders
from lossmark.gradebook.handed_in import UnusableName, read_of_student, why_unreadable
from lossmark.gradebook.lateness import LatePenalties
from lossmark.gradebook.marks import AssignmentMarks, Submission, marks_of, seconds_late
from lossmark.gradebook.patience import patiently
from lossmark.gradebook.results_file import Changes, SavedResult
from lossmark.grading.overdue import bounded_reading
from lossmark.provenance import digest_of_submission, digests_of_course
from lossmark.results import Outcome

GRADED, WAITING, OUTDATED = "graded", "waits for a mark", "changed since it was graded"
NOT_GRADED, NOT_HANDED_IN = "not graded", "not handed in"
MOST_NAMED = 3
"""Checks in one remark."""
STATUSES = (GRADED, WAITING, OUTDATED, NOT_GRADED, NOT_HANDED_IN)


@dataclass(frozen=True)
class StudentState:
    """The state of one student's submission.

    Attributes
    ----------
    student, name : str
        Id, and name if it is known.
    status : str
        One of ``STATUSES``.
    reason : str
        The reason and the remedy, if it is not graded or has changed.
    result : SavedResult or None
        The last result, if there is one.
    marks : Submission or None
        Data of the gradebook.
    by_hand : float
        Points given or taken away by a person: marks, corrections of automatic scores, extra credit.
    late_s : float
        Seconds after the due date.
    notes : tuple of str
        Other remarks for a person.
    is_by_other_graders : bool
        Whether assignment, checks or engine have changed since the result was made.
    feedback : Path or None
        The feedback page, if it was written.
    work : Work
        The student's texts.
    """

    student: str
    name: str = ""
    status: str = NOT_HANDED_IN
    reason: str = ""
    result: SavedResult | None = None
    marks: Submission | None = None
    by_hand: float = 0.0
    late_s: float = 0.0
    notes: tuple[str, ...] = ()
    is_by_other_graders: bool = False
    feedback: Path | None = None
    work: Work = field(default=Work(), repr=False)

    @property
    def is_graded(self) -> bool:
        """Whether there is a result of the submission."""
        return self.status in (GRADED, WAITING)

    @property
    def penalty(self) -> float:
        """The late penalty."""
        return self.marks.penalty if self.marks else 0.0


class ClassReader:
    """Reads the state of an assignment's submissions.

    Parameters
    ----------
    course : Course
        The course.
    assignment : Assignment
        The assignment.

    Attributes
    ----------
    folders : ClassFolders
        Where submissions and results lie.
    has_gradebook : bool
        Whether there is a gradebook yet.
    due : datetime or None
        The due date, in UTC, if the gradebook has one.
    students : list of str
        Everyone who has handed in or is in the gradebook, in alphabetical order.

    Raises
    ------
    GradebookUnusable
        If the gradebook cannot be read.
    """

    def __init__(self, course: Course, assignment: Assignment) -> None:
        self.folders = ClassFolders(course, assignment.name)
        self.reader = Reader(assignment)
        self._name, self._tests = assignment.name, assignment.points.keys()
        self._common = digests_of_course(course, assignment.name)
        self._submitted = self.folders.submitted()
        found = _read_gradebook(self.folders.settings, assignment.name)
        self.has_gradebook = found is not None
        self._names, marks = found or ({}, None)
        self._marks = marks.submissions if marks else {}
        self._penalties = {} if marks is None else LatePenalties(course, assignment.name, self.folders).changes(marks)
        self.due = marks.due if marks else None
        self.students = sorted({*self._submitted, *self._names, *self._marks})

    def read(self) -> Iterator[StudentState]:
        """Read the state of all submissions.

        Yields
        ------
        StudentState
            In the order of ``students``.
        """
        for student in self.students:
            yield self._read_one(student)

    def _read_one(self, student: str) -> StudentState:
        marks, file = self._marks.get(student), self._submitted.get(student)
        state = StudentState(student, self._names.get(student, ""), marks=marks)
        if file is None and marks is None:
            return state
        if marks is not None:
            automatic = sum(score or 0.0 for score in marks.automatic(self._tests).values())
            state = replace(state, by_hand=marks.score - automatic)
        result = self.folders.results_of(student) if _is_folder_name(student) else None
        late_s, notes = self._lateness(student, marks)
        notes += tuple(_limits_met(result))
        state = replace(state, result=result, feedback=self._feedback(student), late_s=late_s, notes=notes)
        if file is None:
            return self._compared(state, None)
        try:
            submission = read_of_student(student, file)
            with bounded_reading(NoNotebook, TAKES, SHORTEN):
                work = self.reader.work_of(read_notebook(submission))
        except (OSError, UnusableName) as error:
            return replace(state, status=NOT_GRADED, reason=why_unreadable(file, error), result=None)
        except UsageError as error:
            return replace(state, status=NOT_GRADED, reason=f"{file} cannot be graded: {error}", result=None)
        return self._compared(replace(state, work=work, notes=(*notes, *work.notes)), submission)

    def _compared(self, state: StudentState, submission: bytes | None) -> StudentState:
        """Compare the result with the submission and the current checks."""
        student, result, again = state.student, state.result, f"grade it with `lossmark autograde {self._name}`"
        if result is None:
            missing = f"there is no folder {self.folders.submitted_folder(student)}"
            return replace(
                state, status=NOT_GRADED, reason=missing if submission is None else f"there is no result yet; {again}"
            )
        now = self._common | ({} if submission is None else {"submission": digest_of_submission(submission)})
        recorded = state.marks.automatic(self._tests) if state.marks else {} if self.has_gradebook else None
        changes = self.folders.changes_since(student, result, now, recorded, self._penalties.get(student))
        state = replace(
            state,
            notes=(*state.notes, *self._contradiction(changes)),
            is_by_other_graders=not self._common.keys().isdisjoint(changes.digests),
        )
        if "submission" in changes.digests:
            return replace(state, status=OUTDATED, reason=f"another file was handed in since; {again}")
        if changes.is_handed_in_again and submission is not None:
            return replace(state, status=OUTDATED, reason=f"it was handed in again since; {again}")
        return replace(state, status=WAITING if state.marks and state.marks.awaiting else GRADED)

    def _contradiction(self, changes: Changes) -> Iterator[str]:
        """Say where the gradebook has another score than ``results.json``, or an outdated penalty for being late.

        The former is so after a run that was killed, or when an earlier gradebook was put back.
        """
        if changes.cells:
            yield (
                f"the gradebook has other points than results.json for {', '.join(changes.cells)}; "
                f"`lossmark autograde {self._name}` puts that right"
            )
        if changes.penalty is not None:
            yield f"{changes.penalty}; `lossmark autograde {self._name}` puts that right"

    def _lateness(self, student: str, marks: Submission | None) -> tuple[float, tuple[str, ...]]:
        """How late a submission is: by the gradebook or, before it is graded, by the time that nbgrader has noted."""
        if marks is not None or not self.has_gradebook:
            return (marks.seconds_late if marks else 0.0), ()
        return seconds_late(self.folders.handed_in(student), self.due), self.folders.remarks_on(student)

    def _feedback(self, student: str) -> Path | None:
        settings, name = self.folders.settings, self._name
        if not _is_folder_name(student):
            return None
        page = Path(settings.format_path(settings.feedback_directory, student, name)) / f"{name}.html"
        return page if page.is_file() else None


def _read_gradebook(folders: CourseDirectory, assignment: str) -> tuple[dict[str, str], AssignmentMarks | None] | None:
    """Read the names of all students, and the marks of an assignment, as they are at one moment."""
    if not has_gradebook(folders):
        return None
    engine = reading_engine(folders.db_url)

    def read() -> tuple[dict[str, str], AssignmentMarks | None] | None:
        with engine.connect() as connection:
            if not inspect(connection).has_table(Student.__tablename__):
                return None
            people = connection.execute(select(Student.id, Student.first_name, Student.last_name))
            names = {student: " ".join(filter(None, [first, last])) for student, first, last in people}
            return names, marks_of(connection, assignment)

    try:
        return patiently(folders.db_url, read)
    finally:
        engine.dispose()


def _is_folder_name(student: str) -> bool:
    """Whether an id of the gradebook leads to a folder of the course, and nowhere else."""
    return "/" not in student and "\0" not in student and student not in (".", "..")


def _limits_met(result: SavedResult | None) -> Iterator[str]:
    """Say which limits a submission has met while it was asked: an honest slip, or an attempt at something."""
    for outcome in filter(lambda one: one.remark, Outcome):
        names = [check.name for check in result.checks if check.outcome == outcome] if result else []
        if names:
            more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
            yield f"{outcome.remark}, asked by {', '.join(f'`{name}`' for name in names[:MOST_NAMED])}{more}"
