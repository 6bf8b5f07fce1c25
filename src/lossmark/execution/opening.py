"""The cells with which an assignment's notebooks begin, the instructor's: run once for all submissions.

Their definitions exist before a submission's kernel is forked, and their outputs are known. A submission that begins
with other cells runs all of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from lossmark.boundary.submission import Killed, TimedOut
from lossmark.course import LOCKED, Assignment, kind_of
from lossmark.execution.illustrations import ALL_SEEN, find_unseen
from lossmark.execution.kernel import StudentKernel
from lossmark.sandbox.host import Sandbox
from lossmark.sandbox.limits import Limits


@dataclass(frozen=True)
class Opening:
    """Cells that have been run in a sandbox.

    Attributes
    ----------
    cells : tuple of NotebookNode
        With their outputs.
    """

    cells: tuple[NotebookNode, ...]

    def places(self, cells: Sequence[NotebookNode], skipped: Collection[int]) -> dict[int, NotebookNode]:
        """Find these cells at the beginning of a notebook.

        Parameters
        ----------
        cells : sequence of NotebookNode
            The notebook's as they run: with the hidden tests in place.
        skipped : collection of int
            Indices of those that need not run.

        Returns
        -------
        dict
            The cells with their outputs, by their index in the notebook; empty if the notebook begins otherwise.
        """
        running = [index for index, cell in enumerate(cells) if is_runnable(cell) and index not in skipped]
        places = dict(zip(running, self.cells, strict=False))
        is_same = [cells[index].source for index in places] == [cell.source for cell in self.cells]
        return places if is_same else {}


def is_runnable(cell: NotebookNode) -> bool:
    """Whether a cell has something to run.

    Parameters
    ----------
    cell : NotebookNode
        Any cell.

    Returns
    -------
    bool
    """
    return cell.cell_type == "code" and bool(cell.source.strip())


def opening_cells(cells: Sequence[NotebookNode], skipped: Collection[int]) -> Iterator[int]:
    """Find the given cells that run before the first solution or tests cell, as far as they are plain Python.

    Parameters
    ----------
    cells : sequence of NotebookNode
        Of the release.
    skipped : collection of int
        Indices of those that need not run.

    Yields
    ------
    int
        The index of each.
    """
    for index, cell in enumerate(cells):
        if cell.cell_type != "code" or index in skipped:
            continue
        if kind_of(cell) not in (None, LOCKED):  # an empty one, too: a student, or hidden tests, will fill it in
            return
        try:
            ast.parse(cell.source)
        except SyntaxError:  # a magic
            return
        if is_runnable(cell):
            yield index


def run_opening(assignment: Assignment, sandbox: Sandbox, limits: Limits, *, draws_all: bool = False) -> Opening | None:
    """Run the cells before the first one that a student fills in.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    sandbox : Sandbox
        Where its submissions will run.
    limits : Limits
        Their limits.
    draws_all : bool
        Whether to render figures that nobody grades by, too.

    Returns
    -------
    Opening or None
        None if there are none, or if they cannot be run ahead: one fails, or is not plain Python, or there are files
        that it may read, which only a submission's own kernel gets.
    """
    if assignment.files:
        return None
    released = assignment.released.cells
    unseen = ALL_SEEN if draws_all else find_unseen(released, assignment)
    cells = {index: new_code_cell(released[index].source) for index in opening_cells(released, unseen.skipped)}
    if not cells or not sandbox.open([cell.source for cell in cells.values()]):
        return None
    kernel = StudentKernel(sandbox, limits)
    try:
        for index, cell in cells.items():
            kernel.execute(cell, limits.cell_timeout_s, draws=index not in unseen.undrawn)
    except (TimedOut, Killed):
        return None
    finally:
        kernel.close()
    has_failed = any(output.output_type == "error" for cell in cells.values() for output in cell.outputs)
    return None if has_failed else Opening(tuple(cells.values()))
