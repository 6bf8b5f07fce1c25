"""Grade a class in parallel, write each result as it arrives, and skip unchanged submissions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from lossmark.batch.dispatch import grade_all
from lossmark.batch.hooks import Hooks
from lossmark.batch.parcel import Parcel
from lossmark.batch.pools import Pool
from lossmark.batch.worker import Order
from lossmark.course import Course
from lossmark.errors import NotGraded, describe
from lossmark.gradebook.handed_in import (
    UnusableName,
    read_of_student,
    read_submitted,
    remarks_beside,
    why_unreadable,
)
from lossmark.gradebook.patience import GradebookUnusable
from lossmark.gradebook.records import GradeWriter
from lossmark.gradebook.results_file import PenaltyChange, SavedResult
from lossmark.provenance import digest_of_submission, digests_of_course
from lossmark.results import GradedNotebook
from lossmark.sandbox.limits import Isolation, Limits


@dataclass
class Survey:
    """The submissions of a class, sorted by the work to do.

    Attributes
    ----------
    due : dict
        The files to grade, by student.
    unchanged : list of str
        Students whose result still holds.
    penalties : list of str
        Students of whom the result still holds, except for the penalty for being late.
    unreadable : dict
        Students without a file to grade, and why.
    """

    due: dict[str, Path] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    penalties: list[str] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)


def survey(
    writer: GradeWriter, common: dict[str, str], students: Collection[str] | None = None, *, force: bool = False
) -> Survey:
    """Find the submissions to grade.

    Parameters
    ----------
    writer : GradeWriter
        Knows the submissions and the earlier results.
    common : dict
        The digests of the inputs that all results share.
    students : collection of str, optional
        Only these.
    force : bool
        Whether to regrade unchanged submissions.

    Returns
    -------
    Survey
    """
    found, submitted = Survey(), writer.folders.submitted()
    for student in submitted if students is None else dict.fromkeys(students):
        file = submitted.get(student)
        if file is None:
            found.unreadable[student] = "nothing was submitted"
            continue
        try:
            made_from = {"submission": digest_of_submission(read_of_student(student, file)), **common}
        except (OSError, UnusableName) as error:
            found.unreadable[student] = why_unreadable(file, error)
            continue
        before = None if force else writer.results_of(student)
        changes = None if before is None else writer.changes_since(student, before, made_from)
        if changes is None or changes.ask_for_grading:
            found.due[student] = file
        else:
            (found.penalties if changes else found.unchanged).append(student)
    return found


@dataclass(frozen=True)
class Graded:
    """The result of one submission in a run over a class.

    Attributes
    ----------
    student : str
        Whose it is.
    result : GradedNotebook or None
        None where it was not graded.
    reason : str
        Why not.
    before : SavedResult or None
        That of an earlier run.
    penalty : PenaltyChange or None
        Whether the result changes the penalty for being late.
    """

    student: str
    result: GradedNotebook | None
    reason: str = ""
    before: SavedResult | None = None
    penalty: PenaltyChange | None = None


@dataclass(frozen=True)
class ClassGrader:
    """Grades the submissions of one assignment.

    Attributes
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.
    limits : Limits
        The limits of each submission.
    isolation : Isolation
        The wall around each.
    """

    course: Course
    assignment: str
    limits: Limits
    isolation: Isolation = Isolation.BUBBLEWRAP

    def run(self, writer: GradeWriter, due: dict[str, Path], pool: Pool, *, write: bool = True) -> Iterator[Graded]:
        """Grade and write.

        Parameters
        ----------
        writer : GradeWriter
            Where the results go.
        due : dict
            The files, by student.
        pool : Pool
            The workers.
        write : bool
            False leaves everything as it is.

        Yields
        ------
        Graded
            Each when it has been written.
        """
        common = digests_of_course(self.course, self.assignment)
        unreadable: list[Graded] = []
        hooks = Hooks(self.course, self.assignment, writer.folders) if write else None
        said: dict[str, tuple[str, ...]] = {}
        orders = self._orders(due, unreadable, hooks, said)
        for order, outcome in grade_all(Parcel.of(self.course, self.assignment), orders, pool):
            before = writer.results_of(order.student)
            graded, reason = outcome.graded, outcome.reason
            penalty = None if before is None or graded is None else writer.penalty_change(order.student, graded)
            if outcome.is_unusable:
                reason = f"{due[order.student]} cannot be graded: {reason}"
            if graded is not None and hooks is not None:
                made_from = {"submission": digest_of_submission(order.submission), **common}
                graded = graded.remarked(*remarks_beside(due[order.student], is_untouched=graded.is_untouched))
                remarks = *graded.remarks, *writer.folders.remarks_on(order.student), *said.pop(order.student, ())
                graded = replace(graded, remarks=remarks)
                if reason := _why_unwritable(writer.write, order.student, graded, made_from):
                    graded = None
                else:
                    graded = replace(graded, remarks=(*remarks, *hooks.after(order.student)))
            yield Graded(order.student, graded, reason, before, penalty)
        yield from unreadable

    def _orders(
        self, due: dict[str, Path], unreadable: list[Graded], hooks: Hooks | None, said: dict[str, tuple[str, ...]]
    ) -> Iterator[Order]:
        """Read the files one after the other, when workers need them; one may have gone since the survey."""
        for student, file in due.items():
            if hooks is not None:
                said[student] = hooks.before(student)
            try:
                yield Order(student, read_submitted(file), self.limits, self.isolation)
            except OSError as error:
                unreadable.append(Graded(student, None, why_unreadable(file, error)))


def renew_penalties(writer: GradeWriter, students: Collection[str]) -> dict[str, str]:
    """Record the penalties for being late that are due now.

    Parameters
    ----------
    writer : GradeWriter
        Where the results are.
    students : collection of str
        Whose result still holds, except for the penalty.

    Returns
    -------
    dict
        By student, why the penalty could not be recorded.
    """
    reasons = {student: _why_unwritable(writer.write_penalty, student) for student in students}
    return {student: reason for student, reason in reasons.items() if reason}


def _why_unwritable(write: Callable[..., None], *arguments: object) -> str:
    """Write one student's result; return why it cannot be written, or nothing."""
    try:
        write(*arguments)
    except GradebookUnusable:
        raise
    except (OSError, MemoryError) as error:  # of this submission's files: the others are written
        return f"the result cannot be written: {describe(error)}"
    except Exception as error:  # of nbgrader or a plugin
        kind = "" if isinstance(error, NotGraded) else f"{type(error).__name__}: "
        return f"the result cannot be written: {kind}{error}"
    return ""


def changes(before: SavedResult | None, after: GradedNotebook, penalty: PenaltyChange | None = None) -> list[str]:
    """Say which checks give other points than before, and whether being late costs other points.

    Parameters
    ----------
    before : SavedResult or None
        The earlier result.
    after : GradedNotebook
        The result now.
    penalty : PenaltyChange, optional
        That of the penalty for being late.

    Returns
    -------
    list of str
        For example ``["svm_loss_tests: test_mean_over_batch 0 -> 1"]``.
    """
    then, now = (
        {(cell.grade_id, check.name): check.points for cell in cells for check in cell.checks}
        for cells in (before.cells if before else (), after.cells)
    )
    lines = [
        f"{cell}: {name} {_points(then.get((cell, name)))} -> {_points(now.get((cell, name)))}"
        for cell, name in dict.fromkeys([*then, *now])
        if then.get((cell, name)) != now.get((cell, name))
    ]
    if penalty is None:
        return lines
    return [*lines, f"late penalty: {penalty.before:g} -> {_points(penalty.now)}"]


def _points(points: float | None) -> str:
    return "none" if points is None else f"{points:g}"
