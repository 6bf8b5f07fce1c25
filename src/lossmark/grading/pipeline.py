"""Grading one notebook: read, lay out, execute, check, score.

``grade_notebook`` knows neither gradebook nor course folder. The nbgrader preprocessors, the commands and all other
callers are thin layers around it.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from nbformat import NotebookNode

from lossmark.boundary.signs import remarks_of
from lossmark.checks import Shows
from lossmark.course import Assignment, Course, grade_id_of
from lossmark.errors import NoNotebook, NotGraded
from lossmark.execution.attached import put_in
from lossmark.execution.files import start_kernel
from lossmark.execution.hidden import HiddenTests
from lossmark.execution.illustrations import ALL_SEEN, find_unseen
from lossmark.execution.misplaced import note_answers_elsewhere
from lossmark.execution.notebook import SHORTEN, TAKES, Sheet, lay_out, read_notebook
from lossmark.execution.opening import Opening, run_opening
from lossmark.execution.rehearsal import Lack, failed_for_lack, failed_imports, find_lacks
from lossmark.execution.run import NotebookRun
from lossmark.grading.graders import Graders
from lossmark.grading.overdue import bounded_reading
from lossmark.grading.report import check_table
from lossmark.grading.stock import StockTests
from lossmark.results import PASSED, CellResult, GradedNotebook
from lossmark.room import ROOM_BYTES, limited_memory, refusing
from lossmark.sandbox.host import Sandbox
from lossmark.sandbox.limits import Isolation, Limits
from lossmark.settings import Inputs

GRADING_S = 600.0
"""Processor time of this process for one submission, after which no further cell of it is graded."""


@dataclass(frozen=True)
class Job:
    """One notebook to grade.

    Attributes
    ----------
    submission : str or bytes
        Content of the submitted file.
    assignment : Assignment
        The assignment.
    limits : Limits
        The submission's limits.
    draws_all : bool
        Whether to also run and render given cells that only show something.
    shows : Shows
        Detail of a lost check's feedback, if the check does not set it.
    inputs : Inputs, optional
        How the seed was chosen; None for an assignment without graders.
    seed : int, optional
        For the inputs of the checks, instead of the graders' own.
    """

    submission: str | bytes
    assignment: Assignment
    limits: Limits
    draws_all: bool = False
    shows: Shows = Shows.EXPECTED
    inputs: Inputs | None = None
    seed: int | None = None


@limited_memory()
@refusing(NotGraded, f"grading it takes more than {ROOM_BYTES // 2**20} MiB of the grader's memory")
def grade_notebook(
    job: Job, graders: Graders | StockTests, sandbox: Sandbox, opening: Opening | None = None
) -> GradedNotebook:
    """Grade a notebook.

    Parameters
    ----------
    job : Job
        The notebook, the assignment and the limits.
    graders : Graders or StockTests
        The assignment's checks; where it has none, the tests in its notebook.
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
        If the submission is not a notebook.
    NotGraded
        If something of ours failed: the sandbox, or a check; or if the submission takes more of this process's memory
        or processor time than one may.
    """
    started, used_before_s = time.perf_counter(), time.thread_time()
    sheet = _sheet_of(job)
    cells, remarks = sheet.notebook.cells, dict(sheet.remarks)
    note_answers_elsewhere(cells, job.assignment, remarks, sandbox.read)
    put_in(cells, sandbox.fit)
    unseen = ALL_SEEN if job.draws_all else find_unseen(cells, job.assignment)
    hidden = HiddenTests(cells, graders.texts)
    running = [hidden.as_run(index, cell) for index, cell in enumerate(cells)]
    behind = {} if opening is None else opening.places(running, unseen.skipped)

    text = job.submission
    seed = zlib.crc32(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    start = partial(start_kernel, job.assignment, sandbox, job.limits, opened=bool(behind), seed=seed)
    run = NotebookRun(cells, start, job.limits, behind, unseen, hidden)
    results = {}
    try:
        for cell in cells:
            grade_id = grade_id_of(cell)
            if grade_id in job.assignment.points:
                if time.thread_time() - used_before_s > GRADING_S:
                    raise NotGraded(f"grading it takes more than {GRADING_S:g} seconds of the grader's processor time")
                results[grade_id] = _with_remark(graders.grade(grade_id, run, job.seed), remarks)
                cell.outputs.append(check_table(results[grade_id], job.shows))
        run.advance(len(cells))
        lost = [i for i, cell in enumerate(cells) if _is_lost(results.get(grade_id_of(cell)))]
        failed = failed_for_lack(run, cells[: 1 + max(lost, default=-1)])
    finally:
        run.close()
    for_student = *_about_imports(cells, job.assignment), *remarks.values()
    return GradedNotebook(
        assignment=job.assignment.name,
        cells=tuple(results[grade_id] for grade_id in job.assignment.points),
        manual=tuple(name for name in job.assignment.manual if name not in sheet.unanswered),
        remarks=(*for_student, *_faults_in(results.values()), *remarks_of(run.signs, run.refused)),
        notebook=sheet.notebook,
        seconds=time.perf_counter() - started,
        is_protected=graders.is_protected,
        inputs=job.inputs,
        seed=job.seed,
        failed_for_lack=failed,
        is_untouched=sheet.is_untouched,
        for_student=for_student,
        signs=frozenset(run.signs),
    )


def _sheet_of(job: Job) -> Sheet:
    """Read a submission and lay it out."""
    with bounded_reading(NoNotebook, TAKES, SHORTEN):
        return lay_out(read_notebook(job.submission), job.assignment)


class Grader:
    """Grades the notebooks of one assignment of a course, one after the other.

    Holds the checks and the sandbox, which are made once. Use it in a ``with`` statement.

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
        self.limits = course.limits(self.assignment)
        self.graders: Graders | StockTests = (
            Graders(self.assignment, course.settings.seed, course.settings.check_timeout_s)
            if self.assignment.has_graders
            else StockTests(self.assignment, course.config)
        )
        wall = Isolation(isolation or course.settings.isolation)
        self.sandbox = Sandbox(wall, self.assignment.imports, course.surroundings())
        self._opening: Opening | None = None
        # Stock nbgrader runs and shows all, and tests may ask for what a given cell draws.
        self._settings = course.settings
        self._draws_all = course.settings.draws_all_figures or not self.assignment.has_graders
        self._shows = Shows.named(course.settings.shows)
        self._opens_after = 0 if expects_many else 1  # for a single notebook it would not pay
        self._graded = 0

    def grade(
        self, submission: str | bytes, limits: Limits | None = None, inputs: Inputs | None = None
    ) -> GradedNotebook:
        """Grade one notebook.

        Parameters
        ----------
        submission : str or bytes
            Content of the submitted file.
        limits : Limits, optional
            Its limits, instead of the course's setting.
        inputs : Inputs, optional
            How the inputs of the checks are drawn, instead of the course's setting.

        Returns
        -------
        GradedNotebook

        Raises
        ------
        UsageError
            If the submission is not a notebook.
        NotGraded
            If something of ours failed: the sandbox, a check, or the instructor's cell for lack of a module or a file.
        """
        if self._graded == self._opens_after:
            self._opening = run_opening(self.assignment, self.sandbox, self.limits, draws_all=self._draws_all)
        self._graded += 1
        job = Job(submission, self.assignment, limits or self.limits, self._draws_all, self._shows)
        if self.assignment.has_graders:
            inputs = Inputs(inputs or self._settings.inputs)
            content = submission.encode(errors="surrogatepass") if isinstance(submission, str) else submission
            job = replace(job, inputs=inputs, seed=self._settings.seed_for(content, inputs))
        graded = grade_notebook(job, self.graders, self.sandbox, self._opening)
        if graded.failed_for_lack:
            for lack in self.lacks:
                if lack.explains(graded.failed_for_lack):
                    raise NotGraded(f"{lack}; see `lossmark doctor {self.assignment.name}`")
        return graded

    @cached_property
    def lacks(self) -> tuple[Lack, ...]:
        """The cells that fail here in the instructor's own solution, for lack of a module, a file or the like."""
        return find_lacks(
            self.assignment,
            partial(start_kernel, self.assignment, self.sandbox, self.limits),
            self.limits,
            self.graders.texts,
        )

    def close(self) -> None:
        """End the sandbox."""
        self.sandbox.close()
        self.graders.close()

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def _faults_in(results: Iterable[CellResult]) -> Iterator[str]:
    """Say which checks were brought to an error by an answer that they should have refused."""
    for result in results:
        for check in result.checks:
            if check.fault:
                yield (
                    f"the check {check.name} of `{result.grade_id}` counts as failed: the student's answer caused a "
                    f"{check.fault}. The check should take answers through `as_number`, `as_array` or `assert_close`"
                )


def _is_lost(result: CellResult | None) -> bool:
    return result is not None and result.score < result.max_score


def _about_imports(cells: Sequence[NotebookNode], assignment: Assignment) -> list[str]:
    """Report failed imports in the student's own cells, and their treatment."""
    given = {cell.source.strip() for cell in assignment.released.cells}
    return [
        f"an import of a cell failed ({said}): its other imports were made, and the rest of the cell was not run; "
        "errors of names that are not defined may come from this"
        for said in failed_imports(cells, given)
    ]


def _with_remark(result: CellResult, remarks: dict[str, str]) -> CellResult:
    """Put remarks about the cell into the first failed check."""
    said = [remarks[name] for name in (result.grade_id.removesuffix("_tests"), result.grade_id) if name in remarks]
    first = next((i for i, check in enumerate(result.checks) if check.outcome != PASSED), None)
    if not said or first is None:
        return result
    noted = replace(result.checks[first], note="; ".join(said))
    return replace(result, checks=(*result.checks[:first], noted, *result.checks[first + 1 :]))
