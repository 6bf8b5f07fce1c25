"""Cells in another place than in the assignment: tests above their solution, answers beside their cells.

Nothing is moved, as in nbgrader. Each finding is reported once, so that the reason for lost points is clear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile

from nbformat import NotebookNode

from lossmark import syntax
from lossmark.course import MANUAL, SOLUTION, TESTS, Assignment, grade_id_of, kind_of

ANSWER_BESIDE = {
    "code": "# Nothing was written into this cell. If there is an answer, it is in a cell beside it.",
    "markdown": "*Nothing was written into this cell. If there is an answer, it is in a cell beside it.*",
}
"""Text below an untouched placeholder beside which the student has made a cell, by the type of the placeholder."""

Remarks = dict[str, str]
"""Remarks, by grade id of the cell."""
Reader = Callable[[Sequence[str]], Sequence[Sequence[syntax.Definition]]]
"""Returns the definitions in each of some cells."""


def is_answer(cell: NotebookNode) -> bool:
    """Whether a cell is a written answer; the answer to a task is in cells of the student's own.

    Parameters
    ----------
    cell : NotebookNode
        Of the released notebook.

    Returns
    -------
    bool
    """
    return kind_of(cell) == MANUAL and bool(cell.metadata.nbgrader.get("solution"))


def add(remarks: Remarks, grade_id: str, said: str) -> None:
    """Add a remark on a cell.

    Parameters
    ----------
    remarks : dict
        The remarks.
    grade_id : str
        The cell's.
    said : str
        The new one.
    """
    remarks[grade_id] = "; ".join(filter(None, [remarks.get(grade_id), said]))


def places_of(cells: Sequence[NotebookNode]) -> dict[str, int]:
    """Find the cells that nbgrader knows.

    Parameters
    ----------
    cells : sequence of NotebookNode
        Of a notebook that was laid out.

    Returns
    -------
    dict
        Indices by grade id.
    """
    return {cell.metadata.nbgrader.grade_id: i for i, cell in enumerate(cells) if "nbgrader" in cell.metadata}


def note_moved_tests(cells: Sequence[NotebookNode], assignment: Assignment, remarks: Remarks) -> None:
    """Remark on tests above their solution, which they cannot find.

    Parameters
    ----------
    cells : sequence of NotebookNode
        Of a notebook that was laid out.
    assignment : Assignment
        The assignment.
    remarks : dict
        To be added to.
    """
    places = places_of(cells)
    for tests, tested in _tested(assignment):
        below = [name for name in tested if name in places and places[name] > places[tests]]
        if below:
            add(remarks, tests, f"the cell `{tests}` stands above `{below[0]}`, which it tests; its checks ran there")


def note_answers_beside(
    cells: Sequence[NotebookNode], copies: Sequence[tuple[str, NotebookNode]], assignment: Assignment, remarks: Remarks
) -> None:
    """Have a person look for an answer beside a placeholder in which nothing was written.

    It may be in cells of the student's own right above or below, or in an earlier copy of the cell. For nbgrader, a
    placeholder as it was released is worth nothing, and nobody looks at it.

    Parameters
    ----------
    cells : sequence of NotebookNode
        Of a notebook that was laid out; placeholders get a text for the marker.
    copies : sequence of tuple
        Earlier copies of cells, with their grade ids.
    assignment : Assignment
        The assignment.
    remarks : dict
        To be added to.
    """
    given = {cell.source.strip() for cell in assignment.released.cells}
    is_own = ["nbgrader" not in cell.metadata and cell.source.strip() not in given for cell in cells]
    for at, cell in enumerate(cells):
        name, original = grade_id_of(cell), assignment.cells.get(grade_id_of(cell))
        if original is None or not is_answer(original) or cell.source.strip() not in ("", original.source.strip()):
            continue
        above, below = range(at - 1, -1, -1), range(at + 1, len(cells))
        near = [cells[i] for places in (above, below) for i in takewhile(is_own.__getitem__, places)]
        near += [copied for of, copied in copies if of == name and copied.source.strip() not in given]
        found = {one.id for one in near if one.source.strip()}
        if found:
            cell.source = f"{cell.source.rstrip()}\n\n{ANSWER_BESIDE[cell.cell_type]}".lstrip()
            cell.metadata.setdefault("lossmark", NotebookNode())["beside"] = [
                one.id for one in cells if one.id in found
            ]
            add(
                remarks, name, f"nothing was written into the cell `{name}`; there may be an answer in a cell beside it"
            )


def note_answers_elsewhere(
    cells: Sequence[NotebookNode],
    assignment: Assignment,
    remarks: Remarks,
    read: Reader,
) -> None:
    """Remark on an answer in a place without effect: above its placeholder, or below its tests.

    Parameters
    ----------
    cells : sequence of NotebookNode
        Of a notebook that was laid out.
    assignment : Assignment
        The assignment.
    remarks : dict
        To be added to.
    read : callable
        Asked only about cells in which one of the wanted names occurs.
    """
    given = {cell.source.strip() for cell in assignment.released.cells}
    texts = [cell.source if cell.cell_type == "code" and cell.source.strip() not in given else "" for cell in cells]
    solutions = {grade_id_of(cell): cell.source for cell in assignment.source.cells if kind_of(cell) == SOLUTION}
    places = places_of(cells)
    for tests, tested in _tested(assignment):
        for name in tested:
            released, place = assignment.cells[name].source, places.get(name)
            if place is None or cells[place].source.strip() not in ("", released.strip()):
                continue
            wanted = _names_in(released) or _names_in(solutions[name])
            found = _defining(texts, wanted, read)
            is_replaced = bool(_names_in(cells[place].source))
            if any(place < at < places[tests] or (at < place and not is_replaced) for at in found):
                continue  # it counts
            if above := [found[at] for at in found if at < place]:
                said = f"`{above[-1]}` is defined in a cell above it, which it replaces when it runs"
            elif below := [found[at] for at in found if at > places[tests]]:
                said = f"`{below[0]}` is defined in a cell below `{tests}`, which runs before that"
            else:
                continue
            add(
                remarks,
                name,
                f"the cell `{name}` is without an answer, and {said}: the answer is in the wrong place and does not "
                f"count; move it into the cell `{name}`",
            )


def _defining(texts: Sequence[str], wanted: Sequence[str], read: Reader) -> dict[int, str]:
    """Find the cells that define one of some names, by index."""
    naming = [at for at, text in enumerate(texts) if any(name in text for name in wanted)]
    defined = read([texts[at] for at in naming]) if naming else ()
    names = [[one.name for one in definitions if one.name in wanted] for definitions in defined]
    return {at: found[0] for at, found in zip(naming, names, strict=True) if found}


def _tested(assignment: Assignment) -> Iterator[tuple[str, list[str]]]:
    """Yield each tests cell with the solutions before it that no other one has followed."""
    tested = list[str]()
    for grade_id, original in assignment.cells.items():
        if kind_of(original) == SOLUTION:
            tested.append(grade_id)
        elif kind_of(original) == TESTS:
            yield grade_id, tested
            tested = []


def _names_in(source: str) -> tuple[str, ...]:
    """Return the names that a cell of the instructor's defines."""
    return tuple(dict.fromkeys(definition.name for definition in syntax.read(source)))
