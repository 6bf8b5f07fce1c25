"""Two texts side by side, with marked differences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest

from rapidfuzz.distance import Levenshtein

from lossmark.class_report.similarity import Passage
from lossmark.terminal import as_read

MAX_LINES, MAX_COLUMNS = 100, 200
"""Lines and columns shown of one cell."""
MAX_CELLS = 12
_PIECE = re.compile(r"\w+|\s+|.")


@dataclass(frozen=True)
class Piece:
    """A part of a line.

    Attributes
    ----------
    text : str
        The text.
    differs : bool
        Whether the other side has something else.
    """

    text: str
    differs: bool


Line = tuple[Piece, ...]


@dataclass(frozen=True)
class Sides:
    """Two students' texts in one place.

    Attributes
    ----------
    place : str
        Grade id of the cell.
    rows : tuple of (Line, Line)
        The lines that belong together; an empty line where one side has none.
    left_out : bool
        Whether there is more text than shown.
    """

    place: str
    rows: tuple[tuple[Line, Line], ...]
    left_out: bool


def side_by_side(left: Sequence[Passage], right: Sequence[Passage]) -> list[Sides]:
    """Put two students' texts side by side, cell by cell.

    Parameters
    ----------
    left, right : sequence of Passage
        Of either student.

    Returns
    -------
    list of Sides
    """
    texts = [{passage.place: passage.text for passage in side} for side in (left, right)]
    places = list(dict.fromkeys(passage.place for passage in (*left, *right)))[:MAX_CELLS]
    return [_sides(place, *(as_read(text.get(place, "")).splitlines() for text in texts)) for place in places]


def _sides(place: str, left: list[str], right: list[str]) -> Sides:
    shown = [[line[:MAX_COLUMNS] for line in side[:MAX_LINES]] for side in (left, right)]
    return Sides(place, tuple(_rows(*shown)), shown != [left, right])


def _rows(left: list[str], right: list[str]) -> Iterator[tuple[Line, Line]]:
    """Put lines beside each other: equal ones, and of a stretch that differs the first with the first."""
    for differs, steps in groupby(Levenshtein.opcodes(left, right), key=lambda step: step.tag != "equal"):
        found = list(steps)
        first, last = found[0], found[-1]
        stretch = left[first.src_start : last.src_end], right[first.dest_start : last.dest_end]
        for one, other in zip_longest(*stretch):
            if not differs or one is None or other is None:
                yield _whole(one, differs), _whole(other, differs)
            else:
                yield _pieces(one, other)


def _whole(line: str | None, differs: bool) -> Line:
    if not line:
        return ()
    text = line.lstrip()
    return Piece(line[: len(line) - len(text)], False), Piece(text, differs)


def _pieces(one: str, other: str) -> tuple[Line, Line]:
    """Mark the differences between two lines."""
    left, right = _PIECE.findall(one), _PIECE.findall(other)
    marked: tuple[list[Piece], list[Piece]] = [], []
    for step in Levenshtein.opcodes(left, right):
        parts = left[step.src_start : step.src_end], right[step.dest_start : step.dest_end]
        for side, part in zip(marked, parts, strict=True):
            if part:
                side.append(Piece("".join(part), step.tag != "equal"))
    return tuple(marked[0]), tuple(marked[1])
