"""Given cells that only show something: a student has seen it, and no person grades by it.

They take most of the time of most notebooks. The figures of such a cell are not rendered; a cell that the instructor
has tagged ``illustration``, which says that it does nothing but show, is not even run.
"""

from __future__ import annotations

import re
import symtable
from collections.abc import Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_output

from lossmark.course import LOCKED, MANUAL, Assignment, kind_of

TAG = "illustration"
NOT_RUN = new_output(
    "display_data",
    {"text/plain": "[An illustration of the given code: it is not run while grading. Your own notebook shows it.]"},
)
_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Unseen:
    """Cells of a notebook whose outputs nobody needs to see, by index.

    Attributes
    ----------
    undrawn : frozenset of int
        To be run without rendering their figures.
    skipped : frozenset of int
        Not to be run.
    """

    undrawn: frozenset[int] = frozenset()
    skipped: frozenset[int] = frozenset()


ALL_SEEN = Unseen()


def find_unseen(cells: Sequence[NotebookNode], assignment: Assignment) -> Unseen:
    """Find the given cells whose outputs nobody needs to see.

    Parameters
    ----------
    cells : sequence of NotebookNode
        Of a sheet, or of the release.
    assignment : Assignment
        The assignment.

    Returns
    -------
    Unseen
        Code cells as they were released. Skipped are those with the tag, except those that define a name used in a cell
        that runs. Undrawn are the others, except those before a written answer, back to the graded
        cell before it: there, a figure may be part of the answer.
    """
    given = [cell for cell in assignment.released.cells if kind_of(cell) in (None, LOCKED)]
    sources = {cell.source.strip() for cell in given}
    tagged = {cell.source.strip() for cell in given if TAG in cell.metadata.get("tags", [])}
    illustrations, undrawn, is_seen = set(), set(), False
    for index in reversed(range(len(cells))):
        cell = cells[index]
        kind, source = kind_of(cell), cell.source.strip()
        if kind is not None and kind != LOCKED:
            is_seen = kind == MANUAL
        elif cell.cell_type == "code" and source in tagged:
            illustrations.add(index)
        elif cell.cell_type == "code" and source in sources and not is_seen:
            undrawn.add(index)
    skipped = _not_needed(illustrations, cells)
    return Unseen(frozenset(undrawn | illustrations - skipped), skipped)


def _not_needed(illustrations: set[int], cells: Sequence[NotebookNode]) -> frozenset[int]:
    """Leave out those that define a name used in a cell that runs, even in a comment."""
    defined = {index: _names_defined(cells[index].source) for index in illustrations}
    left = {index for index, names in defined.items() if names is not None}
    while True:
        running = [cell.source for i, cell in enumerate(cells) if cell.cell_type == "code" and i not in left]
        used = {name for source in running for name in _NAME.findall(source)}
        needed = {index for index in left if used & (defined[index] or set())}
        if not needed:
            return frozenset(left)
        left -= needed


def _names_defined(source: str) -> set[str] | None:
    """Names that a cell gives a meaning outside of its functions; None if they cannot be told."""
    try:
        symbols = symtable.symtable(source, "<cell>", "exec").get_symbols()
    except SyntaxError:  # a magic
        return None
    if "import *" in source:
        return None
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}
