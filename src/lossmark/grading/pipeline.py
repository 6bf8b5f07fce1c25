"""Grading one notebook: read, lay out, execute, check, score.

``grade_notebook`` knows neither gradebook nor course folder. Around it stand the nbgrader preprocessors, the commands
and whatever else has notebooks to grade.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from lossmark.checks import Shows
from lossmark.course import Assignment, Course
from lossmark.execution.illustrations import ALL_SEEN, find_unseen
from lossmark.execution.kernel import StudentKernel
from lossmark.execution.notebook import lay_out, read_notebook
from lossmark.execution.opening import Opening, run_opening
from lossmark.execution.run import NotebookRun
from lossmark.grading.graders import Graders
from lossmark.grading.report import check_table
from lossmark.results import PASSED, CellResult, GradedNotebook
from lossmark.sandbox.host import Sandbox
from lossmark.sandbox.limits import Isolation, Limits


@dataclass(frozen=True)
class Job:
    """One notebook to grade.

    Attributes
    ----------
    submission : str or bytes
        Content of the submitted file.
    assignment : Assignment
        What was asked for.
    limits : Limits
        What the submission may use.
    draws_all : bool
        Whether to run and render what given cells only show, too.
    shows : Shows
        What the student shall see of a lost check that does not say so itself.
    """

    submission: str | bytes
    assignment: Assignment
    limits: Limits
    draws_all: bool = False
    shows: Shows = Shows.EXPECTED


def grade_notebook(job: Job, graders: Graders, sandbox: Sandbox, opening: Opening | None = None) -> GradedNotebook:
    """Grade a notebook.

    Parameters
    ----------
    job : Job
        The notebook, the assignment and the limits.
    graders : Graders
        The assignment's checks.
    sandbox : Sandbox
        Where the student kernels are forked.
    opening : Opening, optional
        The first cells of the assignment, if they have been run in this sandbox.

    Returns
    -------
    GradedNotebook

    Raises
    ------
    UsageError
        If the submission is no notebook.
    NotGraded
        If something of ours failed: the sandbox, or a check.
    """
    started = time.perf_counter()
    sheet = lay_out(read_notebook(job.submission), job.assignment)
    cells = sheet.notebook.cells
    unseen = ALL_SEEN if job.draws_all else find_unseen(cells, job.assignment)
    running = [cell for index, cell in enumerate(cells) if index not in unseen.skipped]
    opened = opening.cells if opening is not None and opening.begins(running) else ()
    run = NotebookRun(
        cells,
        lambda: StudentKernel(sandbox, job.limits, opened=bool(opened)),
        job.limits,
        opened,
        unseen,
    )
    results = {}
    try:
        for cell in cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if grade_id in job.assignment.points:
                result = graders.run(grade_id, run.submission_at(grade_id))
                results[grade_id] = _with_remark(result, sheet.remarks)
                cell.outputs.append(check_table(results[grade_id], job.shows))
        run.advance(len(cells))
    finally:
        run.close()
    return GradedNotebook(
        assignment=job.assignment.name,
        cells=tuple(results[grade_id] for grade_id in job.assignment.points),
        manual=tuple(name for name in job.assignment.manual if name not in sheet.unanswered),
        remarks=tuple(sheet.remarks.values()),
        notebook=sheet.notebook,
        seconds=time.perf_counter() - started,
    )


class Grader:
    """Grades the notebooks of one assignment of a course, one after the other.

    Holds what is made once: the checks and the sandbox. Use it in a ``with`` statement.

    Parameters
    ----------
    course : Course
        Where the assignment, its graders and the settings are.
    assignment : str
        The assignment's name.
    isolation : Isolation, optional
        Instead of the course's setting.
    expects_many : bool
        Whether more than one notebook will come: then the opening cells are run ahead of the first one.
    """

    def __init__(
        self, course: Course, assignment: str, isolation: Isolation | None = None, *, expects_many: bool = False
    ) -> None:
        self.assignment = course.assignment(assignment)
        self.limits = course.settings.limits()
        self.graders = Graders(self.assignment, course.settings.seed)
        self.sandbox = Sandbox(Isolation(isolation or course.settings.isolation), self.assignment.imports)
        self._opening: Opening | None = None
        self._settings = course.settings
        self._opens_after = 0 if expects_many else 1  # for a single notebook it would not pay
        self._graded = 0

    def grade(self, submission: str | bytes, limits: Limits | None = None) -> GradedNotebook:
        """Grade one notebook.

        Parameters
        ----------
        submission : str or bytes
            Content of the submitted file.
        limits : Limits, optional
            What it may use, instead of the course's setting.

        Returns
        -------
        GradedNotebook
        """
        if self._graded == self._opens_after:
            self._opening = run_opening(
                self.assignment, self.sandbox, self.limits, draws_all=self._settings.draws_all_figures
            )
        self._graded += 1
        shows = Shows.named(self._settings.shows)
        job = Job(submission, self.assignment, limits or self.limits, self._settings.draws_all_figures, shows)
        return grade_notebook(job, self.graders, self.sandbox, self._opening)

    def close(self) -> None:
        """End the sandbox."""
        self.sandbox.close()
        self.graders.close()

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def _with_remark(result: CellResult, remarks: dict[str, str]) -> CellResult:
    """Say in the failed checks what was unusual about their cells."""
    said = [remarks[name] for name in (result.grade_id.removesuffix("_tests"), result.grade_id) if name in remarks]
    if not said:
        return result
    note = "; ".join(said)
    return replace(result, checks=tuple(c if c.outcome == PASSED else replace(c, note=note) for c in result.checks))
