"""Reading a submitted notebook and laying it out for grading.

The instructor's cells are restored, the student's text is kept, and unusual changes of the file are reported.
"""

from __future__ import annotations

import copy
import json
import re
import warnings
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from lossmark.course import LOCKED, MANUAL, SOLUTION, TESTS, Assignment, grade_id_of, kind_of
from lossmark.errors import NoNotebook, UsageError
from lossmark.execution import attached, misplaced
from lossmark.execution.given import Addition, addition
from lossmark.execution.malformed import ASK, explain
from lossmark.execution.outputs import plain_text
from lossmark.room import ROOM_BYTES, limited_memory, refusing

ANSWER_ELSEWHERE = {
    "code": "# This cell was missing from the notebook. If there is an answer, it is in another cell.",
    "markdown": "*This cell was missing from the notebook. If there is an answer, it is in another cell.*",
}
"""Text of a missing answer, by the type of its cell."""
_TAG = re.compile(
    r"<(?!/?(?:b|i|u|s|em|strong|sub|sup|br|hr|kbd|code|pre|p|details|summary)[ ]?/?>|https?://[^\s<>\"']+>)(?=[a-z/!?])",
    re.IGNORECASE,
)
"""The beginning of a tag, except plain ones without attributes, and links to pages."""
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_POINTS = re.compile(r"\s*\((?:written, )?[\d.]+ points?\)$")
MAX_PARTS = 2_000_000
"""Of a file's JSON, as far as commas and opening brackets tell; each may take up 150 bytes of memory."""
TAKES = "it is not a notebook to grade: reading it takes"
SHORTEN = "; ask for one without outputs and long texts"
"""How messages about limits begin and end."""
MAX_CELLS = 10_000
"""Reading and laying out takes a millisecond for each."""
_NEW_CELL: dict[str, Callable[..., NotebookNode]] = {
    "code": new_code_cell,
    "markdown": new_markdown_cell,
    "raw": new_raw_cell,
}


@dataclass(frozen=True)
class Sheet:
    """A submission laid out for grading.

    Attributes
    ----------
    notebook : NotebookNode
        The student's cells and the instructor's, without hidden tests and without outputs.
    remarks : dict
        Remarks, by grade id of the cell.
    unanswered : frozenset of str
        Grade ids of the cells that are as they were released.
    is_untouched : bool
        Whether that is so of all answers, and there is nothing else of the student's.
    """

    notebook: NotebookNode
    remarks: dict[str, str]
    unanswered: frozenset[str]
    is_untouched: bool = False


@limited_memory()
@refusing(NoNotebook, f"{TAKES} more than {ROOM_BYTES // 2**20} MiB of memory{SHORTEN}")
def read_notebook(text: str | bytes) -> NotebookNode:
    """Read a notebook of any format, as far as it can be understood.

    Parameters
    ----------
    text : str or bytes
        Content of the file.

    Returns
    -------
    NotebookNode
        Of format 4; each cell is of a known kind and its source is text.

    Raises
    ------
    NoNotebook
        If it is not a notebook: with its actual format, if that is known, and the remedy.
    """
    content = _load(text)
    if not isinstance(content, dict) or type(content.get("nbformat")) is not int:
        raise NoNotebook(f"it is not a notebook: JSON, but without a notebook's `nbformat`; {ASK}")
    if content["nbformat"] != 4:
        content = _converted(content)
    cells = content.get("cells")
    if not isinstance(cells, list):
        raise NoNotebook(f"it is not a notebook: it has no list of cells; {ASK}")
    _require_few(len(cells))
    notebook: NotebookNode = new_notebook(cells=[cell for cell in map(_read_cell, cells) if cell is not None])
    return notebook


def _load(text: str | bytes) -> Any:
    marks = [text.count(mark) for mark in ",[{"] if isinstance(text, str) else [text.count(mark) for mark in b",[{"]
    if sum(marks) > MAX_PARTS:
        raise NoNotebook(
            f"it is not a notebook to grade: it is made of more than {MAX_PARTS} parts; "
            "ask for one without outputs (Edit, Clear Outputs of All Cells)"
        )
    try:
        return json.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text)
    except (ValueError, RecursionError) as error:
        data = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
        raise NoNotebook(f"it is not a notebook: {explain(data, error)}") from None


def _converted(old: dict[str, Any]) -> Any:
    """Convert a notebook of an older format, of which only that is passed on which is read of one of this format."""
    try:
        sheets = [sheet["cells"] for sheet in old.get("worksheets", [old])]
        _require_few(sum(map(len, sheets)))
        cells = [_of_old(cell) for cell in chain.from_iterable(sheets)]
        kept = {key: old[key] for key in ("nbformat", "nbformat_minor") if type(old.get(key)) is int}
        kept |= {"metadata": {}} | ({"worksheets": [{"cells": cells}]} if "worksheets" in old else {"cells": cells})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the format, which is mended here
            return nbformat.convert(nbformat.reader.reads(json.dumps(kept)), to_version=4)
    except NoNotebook:
        raise
    except Exception as error:  # the converters raise whatever comes
        reason = ascii(f"{type(error).__name__}: {error}")[1:-1][:200]
        raise NoNotebook(f"it is not a notebook of a known format ({reason}); {ASK}") from None


def _of_old(cell: dict[str, Any]) -> dict[str, Any]:
    """Reduce a cell to its kind, its text, and nbgrader's id."""
    kept = {key: cell[key] for key in ("cell_type", "level", "language") if isinstance(cell.get(key), str | int)}
    kept |= {key: plain_text(cell[key]) for key in ("source", "input", "code", "text") if key in cell}
    kept["metadata"] = {"nbgrader": {"grade_id": grade_id}} if (grade_id := _grade_id_in(cell)) else {}
    return kept | ({"outputs": []} if cell["cell_type"] == "code" else {})


def _grade_id_in(cell: dict[str, Any]) -> str:
    """Return nbgrader's id of a cell that may be anything; empty if it has none."""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return grade_id if isinstance(grade_id, str) else ""


def _require_few(cells: int) -> None:
    if cells > MAX_CELLS:
        raise NoNotebook(f"it is not a notebook to grade: it has {cells} cells, more than {MAX_CELLS}; {ASK}")


def read_notebook_file(path: Path) -> NotebookNode:
    """Read a notebook from a file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    NotebookNode
        As :func:`read_notebook` returns it.

    Raises
    ------
    UsageError
        If there is no such file, or it is not a notebook.
    """
    try:
        return read_notebook(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except UsageError as error:
        raise UsageError(f"{path} cannot be graded: {error}") from None


def _read_cell(cell: Any) -> NotebookNode | None:
    """Rebuild a cell from its kind, its source and nbgrader's id; outputs and all else are left behind."""
    if not isinstance(cell, dict) or cell.get("cell_type") not in tuple(_NEW_CELL):  # it may be unhashable
        return None
    text = plain_text(cell.get("source")).replace("\r\n", "\n").replace("\r", "\n")
    rebuilt = _NEW_CELL[cell["cell_type"]](source=text)
    if cell["cell_type"] == "markdown" and (pictures := attached.kept(cell.get("attachments"))):
        rebuilt["attachments"] = pictures
    if grade_id := _grade_id_in(cell):
        rebuilt.metadata["nbgrader"] = {"grade_id": grade_id}
    return rebuilt


def lay_out(submitted: NotebookNode, assignment: Assignment) -> Sheet:
    """Put the instructor's cells back into a submitted notebook.

    Parameters
    ----------
    submitted : NotebookNode
        From :func:`read_notebook`.
    assignment : Assignment
        The assignment.

    Returns
    -------
    Sheet
    """
    sources = {c.metadata.nbgrader.grade_id: c.source for c in assignment.source.cells if kind_of(c) is not None}
    remarks: dict[str, str] = {}
    given = {cell.source.strip(): cell for cell in assignment.released.cells}
    seen: set[str] = set()
    copies: list[tuple[str, NotebookNode]] = []
    cells: list[NotebookNode] = []
    for submitted_cell in reversed(submitted.cells):
        grade_id = grade_id_of(submitted_cell)
        cell = copy.deepcopy(submitted_cell)
        cell.metadata = NotebookNode()
        if grade_id not in assignment.cells:
            original = given.get(cell.source.strip())
            cells.append(_sanitised(cell) if original is None else _given(cell, original))
        elif grade_id in seen:
            remarks[grade_id] = f"the cell `{grade_id}` is there more than once; the last one counts"
            if kind_of(assignment.cells[grade_id]) in (SOLUTION, MANUAL):
                cells.append(_sanitised(cell))
                copies.append((grade_id, cell))
        else:
            seen.add(grade_id)
            cells.append(_restored(cell, assignment.cells[grade_id], sources[grade_id], remarks))
    cells.reverse()
    _insert_missing(cells, assignment, given, remarks)
    misplaced.note_moved_tests(cells, assignment, remarks)
    _make_ids_unique(cells)
    misplaced.note_answers_beside(cells, copies, assignment, remarks)
    for grade_id, added in _additions(submitted, assignment, sources).items():
        misplaced.add(remarks, grade_id, str(added))
        if added.imports:
            imports = new_code_cell("\n".join(added.imports), id=f"imports-{len(cells)}")
            cells.insert(misplaced.places_of(cells)[grade_id], imports)
    _name_sections(cells, assignment)
    metadata = {key: assignment.source.metadata[key] for key in ("kernelspec",) if key in assignment.source.metadata}
    graded = {cell.metadata.nbgrader.grade_id: cell for cell in cells if "nbgrader" in cell.metadata}
    unanswered = {
        name
        for name, original in assignment.cells.items()
        if name not in graded or graded[name].source == original.source
    }
    is_untouched = all("nbgrader" in cell.metadata or cell.source.strip() in given for cell in cells) and all(
        name in unanswered for name, original in assignment.cells.items() if kind_of(original) in (SOLUTION, MANUAL)
    )
    return Sheet(new_notebook(cells=cells, metadata=metadata), remarks, frozenset(unanswered), is_untouched)


def _additions(submitted: NotebookNode, assignment: Assignment, sources: dict[str, str]) -> dict[str, Addition]:
    """Find a student's text in given cells, by grade id."""
    texts: dict[str, list[str]] = {}
    for cell in submitted.cells:
        original = assignment.cells.get(grade_id_of(cell))
        if original is not None and kind_of(original) in (TESTS, LOCKED):
            given = original.source.strip(), sources[grade_id_of(cell)].strip()
            if cell.source.strip() not in given and cell.cell_type == original.cell_type:
                texts.setdefault(grade_id_of(cell), []).append(cell.source)
    return {grade_id: addition("\n".join(found), assignment.cells[grade_id]) for grade_id, found in texts.items()}


def _given(cell: NotebookNode, original: NotebookNode) -> NotebookNode:
    """A cell whose text is the instructor's, with the instructor's pictures."""
    cell.pop("attachments", None)
    if cell.cell_type == original.cell_type and "attachments" in original:
        cell["attachments"] = copy.deepcopy(original.attachments)
    return cell


def _restored(
    cell: NotebookNode, original: NotebookNode, instructors_source: str, remarks: dict[str, str]
) -> NotebookNode:
    """The instructor's cell, with the student's text where the student was asked for some."""
    grade_id = original.metadata.nbgrader.grade_id
    restored = copy.deepcopy(original)
    if kind_of(original) in (TESTS, LOCKED):
        if cell.source.strip() not in (original.source.strip(), instructors_source.strip()):
            remarks[grade_id] = f"the cell `{grade_id}` was changed; the instructor's version was used"
    else:
        is_illustrated = not set(cell.get("attachments", ())) <= set(original.get("attachments", ()))
        if cell.source != original.source or is_illustrated:  # one space counts, as it does in nbgrader
            restored.source = cell.source
            if restored.cell_type == "markdown" and "attachments" in cell:
                restored["attachments"] = {**original.get("attachments", {}), **cell.attachments}
            _sanitised(restored, original)
        if cell.cell_type != original.cell_type:
            remarks[grade_id] = f"the cell `{grade_id}` was of another type; it was read as {original.cell_type}"
    return restored


def _sanitised(cell: NotebookNode, original: NotebookNode | None = None) -> NotebookNode:
    """Give the pictures in a cell one form, and leave no tag, in case that a page shows its source as HTML.

    A `<` with a space behind it does not begin a tag anywhere, and formulas and programs read the same.
    """
    if cell.cell_type == "markdown":
        attached.gather(cell, original)
    if cell.cell_type != "code":
        cell.source = _TAG.sub("< ", cell.source)
    return cell


def _insert_missing(
    cells: list[NotebookNode], assignment: Assignment, given: Collection[str], remarks: dict[str, str]
) -> None:
    """Put missing cells, except solutions, behind the one that they followed in the instructor's notebook.

    Where that one is a missing solution, which the student may have written in another cell, tests wait for all that
    comes before the next known cell. An answer that a person grades may be in another cell: any text of the student's,
    or code in a cell that has lost its metadata. Then the person has to look for it.
    """
    before, is_lost = None, False
    names = list(assignment.cells)
    own = [cell for cell in cells if cell.source.strip() and cell.source.strip() not in given]
    has_own = {
        "code": any(cell.cell_type == "code" and not grade_id_of(cell) for cell in own),
        "markdown": any(cell.cell_type != "code" for cell in own),
    }
    for i, (grade_id, original) in enumerate(assignment.cells.items()):
        places = misplaced.places_of(cells)
        if grade_id not in places:
            if kind_of(original) == SOLUTION:
                # An empty one would undo what the student has written elsewhere.
                remarks[grade_id] = f"the cell `{grade_id}` is missing from the notebook"
                is_lost = True
                continue
            remarks[grade_id] = f"the cell `{grade_id}` was missing and has been put back"
            if is_lost and kind_of(original) == TESTS:
                at = next((places[name] for name in names[i + 1 :] if name in places), len(cells))
            else:
                at = 0 if before is None else places[before] + 1
            cells.insert(at, copy.deepcopy(original))
            if kind_of(original) == MANUAL and has_own.get(original.cell_type):
                cells[at].source = ANSWER_ELSEWHERE[original.cell_type]
        before, is_lost = grade_id, False


def _name_sections(cells: list[NotebookNode], assignment: Assignment) -> None:
    """Write the assignment's last heading before each graded cell into its metadata."""
    section, sections = "", dict[str, str]()
    for cell in assignment.released.cells:
        headings = (
            _HEADING.findall(cell.source) if cell.cell_type == "markdown" and not misplaced.is_answer(cell) else []
        )
        section = _POINTS.sub("", headings[-1]) if headings else section
        sections[grade_id_of(cell)] = section
    for cell in cells:
        if section := sections.get(grade_id_of(cell), "") if "nbgrader" in cell.metadata else "":
            cell.metadata["lossmark"] = {**cell.metadata.get("lossmark", {}), "section": section}


def _make_ids_unique(cells: list[NotebookNode]) -> None:
    for i, cell in enumerate(cells):
        cell.id = f"cell-{i}"
