"""The tests of an assignment without graders: run in the student kernel and scored as stock nbgrader 0.9.6 does it.

The walls around the kernel are the same, but there is none between the student's code and these tests.
"""

from __future__ import annotations

from collections.abc import Mapping

from nbformat import NotebookNode
from nbgrader.preprocessors import IgnorePattern
from nbgrader.utils import determine_grade
from traitlets.config import Config

from lossmark.boundary.submission import Raised, StudentFault
from lossmark.course import TESTS, Assignment, kind_of
from lossmark.errors import NotGraded
from lossmark.execution.outputs import keep_safe
from lossmark.execution.run import NotebookRun
from lossmark.results import FAILED, PASSED, CellResult, CheckResult, Outcome
from lossmark.terminal import quoted

NAME = "tests_of_the_cell"
"""A tests cell is one check here."""
MAX_MESSAGE = 2_000
_ON_STDERR = "Something was written to standard error, which counts as a failure"
_TOLD_HIDDEN = "[The message holds parts of the hidden tests and is not shown.]"


class StockTests:
    """The tests in an assignment's source notebook, in place of :class:`lossmark.grading.graders.Graders`.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    config : Config
        The course's settings, of which nbgrader's ``IgnorePattern`` counts.

    Attributes
    ----------
    texts : mapping
        The tests cells with their hidden tests, which run in place of the students' copies, by grade id.
    """

    is_protected = False

    def __init__(self, assignment: Assignment, config: Config) -> None:
        cells = {cell.metadata.nbgrader.grade_id: cell for cell in assignment.declared.cells if kind_of(cell) == TESTS}
        self.texts: Mapping[str, str] = {name: cell.source for name, cell in cells.items()}
        self._cells = cells
        self._ignoring = IgnorePattern(config=config)

    def grade(self, cell: str, run: NotebookRun, seed: int | None = None) -> CellResult:
        """Run the tests of a cell, and score their output.

        Parameters
        ----------
        cell : str
            The tests cell's grade id.
        run : NotebookRun
            The student's notebook.
        seed : int, optional
            Unused: these tests draw their own inputs.

        Returns
        -------
        CellResult
            With one check, which is all that nbgrader knows of a tests cell.

        Raises
        ------
        NotGraded
            If the tests end with a value that is not a score for this cell.
        """
        points = float(self._cells[cell].metadata.nbgrader.points)
        try:
            outputs = run.outputs_at(cell)
        except StudentFault as fault:
            return _result(cell, 0.0, points, fault.outcome, f"The tests came to no end: {fault}")
        tested = NotebookNode({**self._cells[cell], "outputs": outputs})
        if self._ignoring.enabled:
            tested, _ = self._ignoring.preprocess_cell(tested, {}, 0)
        try:
            score, _ = determine_grade(tested)
        except (KeyError, TypeError, ValueError) as error:
            raise NotGraded(f"the tests of {cell} end with a value that is not a score: {error}") from None
        outcome, found = _cause(tested)
        if outcome == PASSED and score < points:
            outcome, found = FAILED, f"The tests give {score:g} of {points:g} points."
        return _result(cell, float(score), points, outcome, _TOLD_HIDDEN if run.hidden.tells(found, cell) else found)

    def close(self) -> None:
        """Release nothing: there is nothing to hold."""


def _result(cell: str, score: float, points: float, outcome: str, found: str) -> CellResult:
    return CellResult(
        cell, (CheckResult(NAME, "The tests of this cell pass", score, points, Outcome(outcome), quoted(found)),)
    )


def _cause(tested: NotebookNode) -> tuple[str, str]:
    """The output that decides for nbgrader, the first of these: an error or a text on standard error, or a value."""
    for output in tested.outputs:
        if output.output_type == "error":
            return _as_told([output])
        if output.output_type == "stream" and output.name == "stderr":
            return _as_told([one for one in tested.outputs if one.get("name") == "stderr"])
        if output.output_type == "execute_result":
            break
    return PASSED, ""


def _as_told(outputs: list[NotebookNode]) -> tuple[str, str]:
    """An error, or text on standard error, as an outcome and in words."""
    for output in keep_safe(outputs, MAX_MESSAGE):
        if output.output_type == "error":
            outcome = FAILED if output.ename == AssertionError.__name__ else Raised.outcome
            said = f"{output.ename}: {output.evalue}" if output.evalue else output.ename
            return outcome, f"The tests raised {said}"
        return FAILED, f"{_ON_STDERR}: {output.text.strip()}"
    return FAILED, f"{_ON_STDERR}."
