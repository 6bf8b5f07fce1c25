"""The instructor's solution, run by itself: it shows which cells fail in this environment, whatever a student writes.

A missing module or data file makes a given cell fail for every student. The error in a student's kernel proves nothing,
because the student's code can raise it. The same error of the same cell in the instructor's solution does.
"""

from __future__ import annotations

import builtins
import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from lossmark.boundary.submission import StudentFault
from lossmark.course import LOCKED, TESTS, Assignment, grade_id_of, kind_of
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
    """A cell of the instructor's that fails in this environment.

    Attributes
    ----------
    cell : str
        Its grade id or, where it has none, its first line.
    source : str
        Its text, as released.
    error : str
        Class and message of the exception.
    """

    cell: str
    source: str
    error: str

    def __str__(self) -> str:
        return f"the given cell `{self.cell}` fails in this environment, without any code of a student's: {self.error}"


def failed_for_lack(run: NotebookRun, cells: Sequence[NotebookNode], assignment: Assignment) -> dict[str, str]:
    """Find the instructor's cells that ended with an exception of those in `LACKING`.

    Parameters
    ----------
    run : NotebookRun
        A run of all cells.
    cells : sequence of NotebookNode
        Its cells, as laid out.
    assignment : Assignment
        What was asked for.

    Returns
    -------
    dict
        Class and message of the exception, by the cell's text. What a student's kernel says is not to be believed.
    """
    given = {
        cell.source.strip()
        for cell in assignment.released.cells
        if kind_of(cell) in (None, LOCKED, TESTS) and EXPECTED_TAG not in cell.metadata.get("tags", [])
    }
    failed = dict[str, str]()
    for index, cell in enumerate(cells):
        source, outputs = cell.source.strip(), cell.get("outputs", [])
        if cell.cell_type != "code" or source not in given:
            continue
        if run.hidden.as_run(index, cell) is not cell:  # what hidden tests put out is not among what is shown
            with contextlib.suppress(StudentFault):
                outputs = run.outputs_at(grade_id_of(cell))
        for output in outputs:
            if output.output_type == "error" and output.ename in LACKING:
                failed[source] = f"{output.ename}: {one_line(output.evalue)[:_LONGEST]}"
    return failed


def find_lacks(
    assignment: Assignment, start_kernel: Callable[[], StudentKernel], limits: Limits, tests: Mapping[str, str]
) -> tuple[Lack, ...]:
    """Run the instructor's solution and find the given cells that fail for lack of something.

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    start_kernel : callable
        Starts a kernel that has run nothing.
    limits : Limits
        Deadlines.
    tests : mapping
        What runs in place of tests cells, by grade id.

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
        failed = failed_for_lack(run, cells, assignment)
    finally:
        run.close()
    names = {cell.source.strip(): grade_id_of(cell) or _first_line(cell) for cell in cells}
    return tuple(Lack(names[source], source, error) for source, error in failed.items())


def failed_imports(cells: Sequence[NotebookNode], given: Collection[str]) -> tuple[str, ...]:
    """Find what the student's own cells say about imports that failed.

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
