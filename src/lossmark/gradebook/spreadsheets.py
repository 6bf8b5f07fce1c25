"""Comma-separated files: read as spreadsheets and learning platforms write them, written so that they run nothing."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lossmark.errors import UsageError
from lossmark.files import write_whole

_DELIMITERS = ",", ";", "\t"
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")
"""The beginning of a formula in a spreadsheet, with white space; full-width signs count like the others."""
_BREAKS = re.compile(r"[\0\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
"""Ends of lines and cells in various programs."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?|-")
"""A number, or the dash by which Moodle means that there is none."""


@dataclass(frozen=True)
class Row:
    """One row below the header.

    Attributes
    ----------
    line : int
        Line of the file on which it ends, counted from 1.
    cells : tuple of str
        As many as the header has, without white space around them.
    """

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A file, read.

    Attributes
    ----------
    header : tuple of str
        Names of the columns.
    rows : tuple of Row
        All that are not blank.
    """

    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(file: Path) -> Table:
    """Read a file whose cells are separated by commas, semicolons or tabs.

    Parameters
    ----------
    file : Path
        UTF-8, with or without the mark that Excel puts first, or Excel's "Unicode text".

    Returns
    -------
    Table

    Raises
    ------
    UsageError
        If it cannot be read, or is not such a file; with the line and the remedy.
    """
    text = _decoded(file)
    first, _, rest = text.partition("\n")
    if re.fullmatch(r"sep=.\s*", first):  # Excel's own note; the line is still counted
        delimiter, text, skipped = first[4], rest, 1
    else:
        delimiter, skipped = max(_DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), []))), 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    header: tuple[str, ...] = ()
    try:
        for cells in reader:
            stripped, line = tuple(cell.strip() for cell in cells), reader.line_num + skipped
            if not any(stripped):
                continue
            if not header:
                header = stripped
                continue
            if any(stripped[len(header) :]):
                raise UsageError(
                    f"{file}, line {line}: it has {len(stripped)} cells where the header has {len(header)}; "
                    "see whether a quotation mark is missing there or above"
                )
            rows.append(Row(line, (*stripped, *[""] * (len(header) - len(stripped)))[: len(header)]))
    except csv.Error as error:
        line = reader.line_num + skipped
        raise UsageError(f"{file}, line {line}: {error}; see whether a quotation mark is missing there") from None
    if not header:
        raise UsageError(f"{file} is empty")
    return Table(header, tuple(rows))


def _decoded(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    if content.startswith(b"PK\x03\x04"):
        raise UsageError(f"{file} is a workbook; save it as »CSV UTF-8«, and give that file")
    try:
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{file}, line {line}: it is not UTF-8; in Excel, save it as »CSV UTF-8«") from None


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet could calculate a cell instead of showing it.

    Parameters
    ----------
    text : str
        The cell.

    Returns
    -------
    bool
    """
    return begins_a_formula(text) and not _NUMBER.fullmatch(text)


def begins_a_formula(text: str) -> bool:
    """Tell whether a cell begins as a formula does; a negative number does, too.

    Parameters
    ----------
    text : str
        The cell.

    Returns
    -------
    bool
    """
    return bool(_FORMULA.match(text))


def inert(text: str) -> str:
    """Make a cell that is shown unchanged: on one line, with an apostrophe before a possible formula.

    Spreadsheets use the apostrophe to mark text (OWASP, "CSV Injection").

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
    """
    line = _BREAKS.sub(" ", text)
    return f"'{line}" if is_formula(line) else line


def write_table(rows: Iterable[Sequence[str]], to: str) -> None:
    """Write a comma-separated file in UTF-8: all of it or, where that fails, nothing.

    Parameters
    ----------
    rows : iterable of sequence of str
        The header first; every cell is made inert.
    to : str
        The file; ``-`` is standard output.

    Raises
    ------
    UsageError
        If there is no such folder, or a folder of that name.
    OSError
        If it cannot be written.
    """
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerows([inert(cell) for cell in row] for row in rows)
    if to == "-":
        sys.stdout.write(written.getvalue())
        return
    file = Path(to)
    if file.is_dir() or not file.parent.is_dir():
        raise UsageError(f"{to} cannot be written: {'it is a' if file.is_dir() else 'there is no such'} folder")
    write_whole(file, written.getvalue())
