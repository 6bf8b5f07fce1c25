"""The instructor's solution, run by itself: it shows the cells that fail in this environment for every student.

A missing module or data file makes a given cell fail for every student, or every answer that does as the solution does.
The error in a student's kernel proves nothing, because the student's code can raise it. The same error in the
instructor's solution does.
"""

from __future__ import annotations

import builtins
import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from lossmark.boundary.submission import StudentFault
from lossmark.course import MANUAL, SOLUTION, Assignment, grade_id_of, kind_of
from lossmark.execution.hidden import HiddenTests
from lossmark.execution.kernel import StudentKernel
from lossmark.execution.notebook import lay_out, read_notebook
from lossmark.execution.run import NotebookRun
from lossmark.sandbox.limits import Limits
from lossmark.terminal import one_line

EXPECTED_TAG = "raises-exception"
"""Jupyter's tag of a cell that is meant to fail."""
LACKING = frozenset(
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, ImportError | OSError | MemoryError)
) | {"LookupError", "URLError", "HTTPError", "gaierror", "SSLError", "MaxRetryError", "_ArrayMemoryError"}
"""Exceptions by which code tells that its environment lacks something: a module, a file, the network, memory.

``LookupError`` is nltk's for data that were not downloaded.
"""
_IMPORT_ERRORS = (ImportError.__name__, ModuleNotFoundError.__name__)
_LONGEST = 200


@dataclass(frozen=True)
class Lack:
    """A cell of the instructor's notebook that fails in this environment.

    Attributes
    ----------
    cell : str
        Its grade id or, where it has none, its first line.
    source : str
        Its text, as released.
    error : str
        Class and message of the exception.
    is_solution : bool
        Whether students write their own code in its place.
    """

    cell: str
    source: str
    error: str
    is_solution: bool = False

    def __str__(self) -> str:
        kind = "instructor's solution in the" if self.is_solution else "given"
        return f"the {kind} cell `{self.cell}` fails in this environment, without any code of a student's: {self.error}"

    def explains(self, failed: Mapping[str, str]) -> bool:
        """Whether it may be the reason for failures in a student's kernel.

        Parameters
        ----------
        failed : mapping
            As :func:`failed_for_lack` returns it.

        Returns
        -------
        bool
            If the same given cell has failed there or, with the same error as the solution, any cell of the student's.
        """
        return self.error in failed.values() if self.is_solution else self.source in failed


def failed_for_lack(run: NotebookRun, cells: Sequence[NotebookNode]) -> dict[str, str]:
    """Find the cells that ended with an exception of those in `LACKING`.

    Parameters
    ----------
    run : NotebookRun
        A run of all cells.
    cells : sequence of NotebookNode
        Its cells, as laid out.

    Returns
    -------
    dict
        Class and message of the exception, by the cell's text. A student's kernel may report anything.
    """
    failed = dict[str, str]()
    for index, cell in enumerate(cells):
        outputs = cell.get("outputs", [])
        if run.hidden.as_run(index, cell) is not cell:  # what hidden tests put out is not among what is shown
            with contextlib.suppress(StudentFault):
                outputs = run.outputs_at(grade_id_of(cell))
        for output in outputs:
            if output.output_type == "error" and output.ename in LACKING:
                failed[cell.source.strip()] = f"{output.ename}: {one_line(output.evalue)[:_LONGEST]}"
    return failed


def find_lacks(
    assignment: Assignment, start_kernel: Callable[[], StudentKernel], limits: Limits, tests: Mapping[str, str]
) -> tuple[Lack, ...]:
    """Run the instructor's solution and find the cells that fail for lack of something.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    start_kernel : callable
        Starts a kernel that has run nothing.
    limits : Limits
        Deadlines.
    tests : mapping
        The texts to run in place of tests cells, by grade id.

    Returns
    -------
    tuple of Lack

    Raises
    ------
    NotGraded
        If no kernel can be started.
    """
    cells = lay_out(read_notebook(nbformat.writes(assignment.source)), assignment).notebook.cells
    run = NotebookRun(cells, start_kernel, limits, hidden=HiddenTests(cells, tests))
    try:
        run.advance(len(cells))
        failed = failed_for_lack(run, cells)
    finally:
        run.close()
    known = (*assignment.source.cells, *assignment.released.cells)
    meant = {cell.source.strip() for cell in known if EXPECTED_TAG in cell.metadata.get("tags", [])}
    return tuple(
        Lack(grade_id_of(cell) or _first_line(cell), source, failed[source], kind_of(cell) in (SOLUTION, MANUAL))
        for source, cell in {cell.source.strip(): cell for cell in cells}.items()
        if source in failed and source not in meant
    )


def failed_imports(cells: Sequence[NotebookNode], given: Collection[str]) -> tuple[str, ...]:
    """Find failed imports in the student's own cells.

    Parameters
    ----------
    cells : sequence of NotebookNode
        With their outputs.
    given : collection of str
        Texts of the instructor's cells, stripped.

    Returns
    -------
    tuple of str
        The messages, one line each, in the student's words: to be quoted, and nothing else.
    """
    own = [cell for cell in cells if cell.cell_type == "code" and cell.source.strip() not in given]
    errors = [output for cell in own for output in cell.outputs if output.output_type == "error"]
    said = [one_line(error.evalue)[:_LONGEST] for error in errors if error.ename in _IMPORT_ERRORS]
    return tuple(dict.fromkeys(said))


def _first_line(cell: NotebookNode) -> str:
    return next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
