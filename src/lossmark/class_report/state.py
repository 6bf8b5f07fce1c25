"""How the submissions of a class stand: what was handed in, what came of it, and what waits for a person.

Everything is read, and nothing written: a grading run may go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from lossmark.batch.autograde import why_unreadable
from lossmark.class_report.marks import Mark, Marks, read_marks, seconds_late
from lossmark.class_report.similarity import Reader, Work
from lossmark.course import Assignment, Course
from lossmark.errors import NotGraded, UsageError
from lossmark.execution.notebook import read_notebook
from lossmark.gradebook.folders import ClassFolders, read_submitted
from lossmark.gradebook.results_file import SavedResult
from lossmark.provenance import digest_of_submission, digests_of_course

GRADED, WAITING, OUTDATED = "graded", "waits for a mark", "changed since it was graded"
NOT_GRADED, NOT_HANDED_IN = "not graded", "not handed in"
STATUSES = (GRADED, WAITING, OUTDATED, NOT_GRADED, NOT_HANDED_IN)


@dataclass(frozen=True)
class StudentState:
    """How one student's submission stands.

    Attributes
    ----------
    student, name : str
        Id, and name if it is known.
    status : str
        One of ``STATUSES``.
    reason : str
        Why, and what to do, where it is not graded or has changed.
    result : SavedResult or None
        The last result, if there is one.
    mark : Mark or None
        What the gradebook has.
    late_s : float
        Seconds after the due date.
    notes : tuple of str
        What else a person should look at.
    feedback : Path or None
        The feedback page, if it was written.
    work : Work
        What the student wrote.
    """

    student: str
    name: str = ""
    status: str = NOT_HANDED_IN
    reason: str = ""
    result: SavedResult | None = None
    mark: Mark | None = None
    late_s: float = 0.0
    notes: tuple[str, ...] = ()
    feedback: Path | None = None
    work: Work = field(default=Work(), repr=False)

    @property
    def is_graded(self) -> bool:
        """Whether there is a result of what was handed in."""
        return self.status in (GRADED, WAITING)

    @property
    def penalty(self) -> float:
        """What being late has cost."""
        return self.mark.penalty if self.mark else 0.0


class ClassReader:
    """Reads how the submissions of an assignment stand.

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
    marks : Marks or None
        What the gradebook has; None if there is no gradebook yet.
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
        self._assignment = assignment
        self._common = digests_of_course(course, assignment.name)
        self._submitted = self.folders.submitted()
        self.marks: Marks | None = read_marks(self.folders.settings, assignment)
        known = [*self.marks.names, *self.marks.of] if self.marks else []
        self.students = sorted({*self._submitted, *known})

    def read(self) -> Iterator[StudentState]:
        """Read how everyone's submission stands.

        Yields
        ------
        StudentState
            In the order of ``students``.
        """
        for student in self.students:
            yield self._read_one(student)

    def is_by_other_graders(self, result: SavedResult) -> bool:
        """Tell whether assignment, checks or engine have changed since a result was made.

        Parameters
        ----------
        result : SavedResult
            The result.

        Returns
        -------
        bool
        """
        return any(result.digests.get(name) != digest for name, digest in self._common.items())

    def _read_one(self, student: str) -> StudentState:
        mark = self.marks.of.get(student) if self.marks else None
        state = StudentState(student, self.marks.names.get(student, "") if self.marks else "", mark=mark)
        file = self._submitted.get(student)
        if file is None and mark is None:
            return state
        result = self.folders.results_of(student) if _is_folder_name(student) else None
        state = replace(state, result=result, feedback=self._feedback(student))
        late_s, notes = self._lateness(student, mark)
        state = replace(state, late_s=late_s, notes=(*notes, *self._contradiction(state)))
        return self._with_submission(state, file)

    def _with_submission(self, state: StudentState, file: Path | None) -> StudentState:
        """Add what was handed in, and whether the result is one of it."""
        result, again = state.result, f"grade it with `lossmark autograde {self._assignment.name}`"
        if file is None:
            folder = self.folders.submitted_folder(state.student)
            reason = f"there is no folder {folder}" if result is None else ""
            return replace(state, status=NOT_GRADED if result is None else self._graded(state), reason=reason)
        try:
            state.student.encode()  # a name on the disk need not be text
            submission = read_submitted(file)
            work = self.reader.work_of(read_notebook(submission))
        except (OSError, UnicodeEncodeError) as error:
            return replace(state, status=NOT_GRADED, reason=why_unreadable(file, error), result=None)
        except UsageError as error:
            return replace(state, status=NOT_GRADED, reason=f"{file} cannot be graded: {error}", result=None)
        state = replace(state, work=work)
        if result is None:
            return replace(state, status=NOT_GRADED, reason=f"there is no result yet; {again}")
        if result.digests.get("submission") != digest_of_submission(submission):
            return replace(state, status=OUTDATED, reason=f"another file was handed in since; {again}")
        if self.folders.is_handed_in_again(state.student):
            return replace(state, status=OUTDATED, reason=f"it was handed in again since; {again}")
        return replace(state, status=self._graded(state))

    def _graded(self, state: StudentState) -> str:
        if state.mark is not None:
            return WAITING if state.mark.waiting else GRADED
        return GRADED

    def _contradiction(self, state: StudentState) -> Iterator[str]:
        """Say where gradebook and ``results.json`` differ, as after a run that was killed or a gradebook put back."""
        if self.marks is None or state.result is None:
            return
        recorded = state.mark.auto if state.mark else {}
        if differing := state.result.recorded_otherwise(recorded):
            yield (
                f"the gradebook has other points than results.json for {', '.join(differing)}; "
                f"`lossmark autograde {self._assignment.name}` puts that right"
            )

    def _lateness(self, student: str, mark: Mark | None) -> tuple[float, tuple[str, ...]]:
        """How late a submission is: by the gradebook or, before it is graded, by the time that nbgrader has noted."""
        if mark is not None or self.marks is None:
            return (mark.late_s if mark else 0.0), ()
        try:
            return seconds_late(self.folders.handed_in(student), self.marks.due), ()
        except NotGraded as error:
            return 0.0, (str(error),)

    def _feedback(self, student: str) -> Path | None:
        settings, name = self.folders.settings, self._assignment.name
        if not _is_folder_name(student):
            return None
        page = Path(settings.format_path(settings.feedback_directory, student, name)) / f"{name}.html"
        return page if page.is_file() else None


def _is_folder_name(student: str) -> bool:
    """Whether an id of the gradebook leads to a folder of the course, and nowhere else."""
    return "/" not in student and "\0" not in student and student not in (".", "..")
