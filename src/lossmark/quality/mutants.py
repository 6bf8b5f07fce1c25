"""Mutation testing of the graders: whether they notice each small change to a reference solution.

A mutant is graded like a submission, in the sandbox, by the checks of its cell. Figures, examples and training runs of
the notebook are left out, because the checks do not use them.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import util
from pathlib import Path

from lossmark.batch.pools import LocalPool
from lossmark.course import SOLUTION, Assignment, Course, grade_id_of, kind_of
from lossmark.errors import UsageError
from lossmark.execution.kernel import StudentKernel
from lossmark.execution.run import NotebookRun
from lossmark.grading.graders import Graders
from lossmark.grading.pipeline import Grader
from lossmark.quality.mutation import Mutant, mutants_of
from lossmark.quality.roster import definitions_of, solution
from lossmark.results import PASSED
from lossmark.sandbox.limits import Isolation

EQUIVALENTS = "equivalent_mutants.toml"
KILLED, SURVIVED, EQUIVALENT, STALE = "killed", "survived", "equivalent", "stale"
CALL_TIMEOUT_S = 3.0
"""A mutant that loops for ever is noticed after this time; the solutions answer in far less."""


@dataclass(frozen=True)
class Outcome:
    """The result of a mutant.

    Attributes
    ----------
    mutant : Mutant
        The changed solution.
    state : {"killed", "survived", "equivalent", "stale"}
        Whether a check noticed it; whether it is listed as equivalent; or listed although a check notices it.
    reason : str
        Why it is equivalent, where it is listed.
    """

    mutant: Mutant
    state: str
    reason: str = ""


def derive(assignment: Assignment) -> list[Mutant]:
    """Derive the mutants of all solution cells of an assignment.

    Parameters
    ----------
    assignment : Assignment
        The assignment.

    Returns
    -------
    list of Mutant
    """
    cells = solution(assignment).cells
    return [
        mutant
        for cell in cells
        if kind_of(cell) == SOLUTION and cell.cell_type == "code"
        for mutant in mutants_of(cell.metadata.nbgrader.grade_id, cell.source)
        if f"{cell.metadata.nbgrader.grade_id}_tests" in assignment.points
    ]


def grade_mutants(
    course: Course, name: str, mutants: list[Mutant], *, jobs: int | None = None, isolation: Isolation | None = None
) -> Iterator[Outcome]:
    """Grade mutants, several at once.

    Parameters
    ----------
    course : Course
        The course.
    name : str
        The assignment's name.
    mutants : list of Mutant
        The mutants to grade.
    jobs : int, optional
        How many processes grade; as many as there are cores, if not given.
    isolation : Isolation, optional
        Instead of the course's setting.

    Yields
    ------
    Outcome
        In the order of the mutants.
    """
    reasons = read_equivalents(course.assignment(name))
    losses_of = functools.partial(_losses_of, root=course.root, name=name, isolation=isolation)
    with LocalPool(jobs).start() as executor:
        for mutant, lost in zip(mutants, executor.map(losses_of, mutants), strict=True):
            reason = reasons.get(mutant.key, "")
            if lost:
                yield Outcome(mutant, STALE if reason else KILLED, reason)
            else:
                yield Outcome(mutant, EQUIVALENT if reason else SURVIVED, reason)


def read_equivalents(assignment: Assignment) -> dict[tuple[str, str, str], str]:
    """Read which mutants are known to be as right as the solution, and why.

    Parameters
    ----------
    assignment : Assignment
        Whose graders may hold ``equivalent_mutants.toml``.

    Returns
    -------
    dict
        The reasons, by the mutants' keys.

    Raises
    ------
    UsageError
        If an entry lacks something.
    """
    file = assignment.graders / EQUIVALENTS
    if not file.exists():
        return {}
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8")).get("mutant", [])
        return {(e["cell"], e["before"].strip(), e["after"].strip()): e["reason"] for e in entries}
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise UsageError(f"{file}: each [[mutant]] needs cell, before, after and reason ({error})") from None


class _MutantGrader:
    """The checks of one assignment, a sandbox, and the notebook of the reference solution without its show."""

    def __init__(self, course: Course, name: str, isolation: Isolation | None) -> None:
        self._grader = Grader(course, name, isolation)
        assert isinstance(self._grader.graders, Graders)
        self._graders = self._grader.graders
        self._graders.misconceptions = []  # whether a mutant is noticed is asked, not why
        self._limits = dataclasses.replace(self._grader.limits, call_timeout_s=CALL_TIMEOUT_S)
        self._cells = [definitions_of(cell) for cell in solution(self._grader.assignment).cells]

    def lost(self, mutant: Mutant) -> list[str]:
        """Return the checks that notice a mutant."""
        tests = f"{mutant.cell}_tests"
        cells = copy.deepcopy(self._cells)
        for cell in cells:
            if grade_id_of(cell) == mutant.cell:
                cell.source = mutant.source
        run = NotebookRun(cells, lambda: StudentKernel(self._grader.sandbox, self._limits), self._limits)
        try:
            result = self._graders.run(tests, run.submission_at(tests))
        finally:
            run.close()
        return [check.name for check in result.checks if check.outcome != PASSED]

    def close(self) -> None:
        """End the sandbox."""
        self._grader.close()


_worker: list[_MutantGrader] = []
"""The grader of an executor's process, made with its first mutant."""


def _losses_of(mutant: Mutant, root: Path, name: str, isolation: Isolation | None) -> list[str]:
    if not _worker:
        _worker.append(_MutantGrader(Course(root), name, isolation))
        util.Finalize(None, _worker[0].close, exitpriority=1)
    return _worker[0].lost(mutant)
