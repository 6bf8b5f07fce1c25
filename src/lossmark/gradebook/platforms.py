"""Files written by learning platforms: the students of a course, and the columns that identify them.

Canvas: the gradebook's export ("Export Entire Gradebook"), whose first columns are ``Student`` (or ``LastName`` and
``FirstName``), ``ID``, ``SIS User ID``, ``SIS Login ID``, sometimes ``Integration ID`` and ``Root Account``, and
``Section``; assignments follow as ``title (id)``, then read-only totals; below the header a row of ``Points Possible``
and perhaps one of posting policies. Sources: Canvas Instructor Guide, "How do I export grades in the Gradebook?";
canvas-lms, ``lib/gradebook_exporter.rb`` and ``lib/gradebook_importer.rb``.

Moodle: the grader report's or the participants' list's export, with ``First name``, ``Last name`` (``Surname`` before
Moodle 4), ``ID number``, ``Email address`` and, where the site says so, ``Username``; grade items follow as
``Assignment: name (Real)``. Sources: MoodleDocs, "Grade export", "Participants"; moodle,
``grade/export/txt/grade_export_txt.php``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lossmark.errors import UsageError
from lossmark.gradebook.spreadsheets import Row, Table, read_table

CANVAS, MOODLE = "canvas", "moodle"
FORMATS = (CANVAS, MOODLE)
CANVAS_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
"""Before the assignments; Canvas wants at least these, in this order."""
POINTS_POSSIBLE = "    Points Possible"
"""First cell of the row that says how many points an assignment has, with the spaces that Canvas writes."""
MAX_LENGTH = 128
"""Of each column of nbgrader's table of students."""

_CANVAS_KNOWN = {*CANVAS_COLUMNS, "LastName", "FirstName", "Integration ID", "Root Account"}
_CANVAS_IDS = ("SIS Login ID", "SIS User ID")
_TEST_STUDENT = ("Student, Test", "Test Student")
_MOODLE_NAMES = {
    "first": ("first name", "firstname", "vorname"),
    "last": ("last name", "surname", "lastname", "nachname"),
    "full": ("full name", "fullname", "vollständiger name"),
    "number": ("id number", "idnumber", "id-nummer"),
    "email": ("email address", "email", "e-mail", "e-mail-adresse"),
    "username": ("username", "anmeldename"),
}
"""Moodle's names of columns, in English and German."""
_MANGLED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
"""Excel's form of a long number."""


@dataclass(frozen=True)
class Person:
    """Somebody in a platform's file.

    Attributes
    ----------
    line : int
        Line of the file.
    id : str
        The id that nbgrader knows them by.
    first_name, last_name, email, lms_user_id : str
        Empty where the file does not say.
    cells : dict
        The platform's identification: cells by column, unchanged.
    """

    line: int
    id: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class PlatformFile:
    """A platform's export.

    Attributes
    ----------
    format : {"canvas", "moodle"}
        Whose file it is.
    id_column : str
        The column that the ids were taken from.
    columns : tuple of str
        The columns that identify a student, in order.
    people : tuple of Person
        In order; no two with the same id.
    items : dict
        Other columns, which may be assignments: the points that the file says they have, or None.
    remarks : tuple of str
        Omitted rows.
    """

    format: str
    id_column: str
    columns: tuple[str, ...]
    people: tuple[Person, ...]
    items: Mapping[str, float | None]
    remarks: tuple[str, ...]

    def header_of(self, assignment: str) -> str | None:
        """Find the column of an assignment: the same name except for case, spaces, hyphens and underscores.

        Parameters
        ----------
        assignment : str
            Its name in the gradebook.

        Returns
        -------
        str or None
            None if there is not exactly one.
        """
        found = [header for header in self.items if _plain(_title(header)) == _plain(assignment)]
        if not found and self.format == MOODLE:  # which puts the kind of activity in front
            kindless = {header: _title(header).partition(": ")[2] for header in self.items}
            found = [header for header, title in kindless.items() if title and _plain(title) == _plain(assignment)]
        return found[0] if len(found) == 1 else None


def read_platform_file(file: Path, format: str | None = None, id_column: str | None = None) -> PlatformFile:
    """Read an export of Canvas or Moodle.

    Parameters
    ----------
    file : Path
        The file.
    format : {"canvas", "moodle"}, optional
        Whose it is; told by its header if not given.
    id_column : str, optional
        Which column holds the ids that nbgrader has; by default ``SIS Login ID`` and then ``SIS User ID`` of Canvas,
        ``Username``, ``ID number`` and then ``Email address`` of Moodle.

    Returns
    -------
    PlatformFile

    Raises
    ------
    UsageError
        If it is not such a file, or any row of it is bad: all bad rows are named, with the remedy.
    """
    table = read_table(file)
    format = format or _format_of(table.header)
    if format is None or len(set(filter(None, table.header))) < len([*filter(None, table.header)]):
        raise UsageError(
            f"{file}: its first line is not the header of an export of Canvas's gradebook or of Moodle's grades or "
            f"participants, or has a column twice: {', '.join(table.header)[:200]}"
        )
    read = _read_canvas if format == CANVAS else _read_moodle
    return read(file, table, id_column)


def _format_of(header: tuple[str, ...]) -> str | None:
    if {"Student", "ID"} <= set(header) or {"LastName", "FirstName", "ID"} <= set(header):
        return CANVAS
    names = _moodle_columns(header)
    return (
        MOODLE if names.keys() & {"number", "email", "username"} and names.keys() & {"first", "last", "full"} else None
    )


def _read_canvas(file: Path, table: Table, id_column: str | None) -> PlatformFile:
    header = table.header
    if "ID" not in header or "Section" not in header:
        raise UsageError(f"{file}: Canvas's export has the columns ID and Section, which this file has not")
    end = header.index("Section") + 1
    columns, id_column = header[:end], _chosen(file, header[:end], id_column, _CANVAS_IDS)
    rows, points, remarks = [], dict[str, str](), []
    for row in table.rows:
        cells = dict(zip(header, row.cells, strict=True))
        name = _unwrapped(cells.get("Student", ""))
        if "Points Possible" in row.cells[0]:
            points = cells
        elif all(re.fullmatch(r"(Muted|Manual Posting.*)?", cell, re.IGNORECASE) for cell in row.cells):
            continue
        elif name in _TEST_STUDENT:
            remarks.append(f"line {row.line}: Canvas's test student is left out")
        else:
            rows.append(row)

    def person(row: Row) -> Person:
        cells = dict(zip(columns, row.cells, strict=False))
        last, _, first = _unwrapped(cells.get("Student", "")).partition(",")
        return Person(
            row.line,
            cells[id_column],
            _name(_unwrapped(cells.get("FirstName", first))),
            _name(_unwrapped(cells.get("LastName", last))),
            "",
            cells["ID"],
            cells,
        )

    items = {name: _number(points.get(name, "")) for name in header[end:] if "read only" not in points.get(name, "")}
    people = _checked(file, rows, person, id_column)
    return PlatformFile(CANVAS, id_column, columns, people, items, tuple(remarks))


def _read_moodle(file: Path, table: Table, id_column: str | None) -> PlatformFile:
    names = _moodle_columns(table.header)
    ids = [names[key] for key in ("username", "number", "email") if key in names]
    id_column = _chosen(file, table.header, id_column, ids)
    columns = tuple(column for column in table.header if column in names.values() or column == id_column)

    def person(row: Row) -> Person:
        cells = dict(zip(table.header, row.cells, strict=True))
        known = {key: cells[column] for key, column in names.items()}
        first, _, last = known.get("full", "").rpartition(" ")
        return Person(
            row.line,
            cells[id_column],
            _name(known.get("first", first)),
            _name(known.get("last", last)),
            known.get("email", ""),
            known.get("number", ""),
            {column: cells[column] for column in columns},
        )

    items = {name: None for name in table.header if name and name not in columns}
    return PlatformFile(MOODLE, id_column, columns, _checked(file, table.rows, person, id_column), items, ())


def _moodle_columns(header: tuple[str, ...]) -> dict[str, str]:
    """The columns of a Moodle file by their meaning."""
    return {key: column for key, names in _MOODLE_NAMES.items() for column in header if column.casefold() in names}


def _chosen(file: Path, header: tuple[str, ...], wanted: str | None, usual: tuple[str, ...] | list[str]) -> str:
    if wanted is not None:
        found = [column for column in header if column.casefold() == wanted.casefold()]
        if not found:
            raise UsageError(f"{file} has no column {wanted!r} (it has: {', '.join(filter(None, header))[:300]})")
        return found[0]
    chosen = next((column for column in usual if column in header), None)
    if chosen is None:
        raise UsageError(
            f"{file} has none of the columns that usually hold the students' ids; name one of its columns with --id "
            f"(it has: {', '.join(filter(None, header))[:300]})"
        )
    return chosen


def _checked(
    file: Path, rows: list[Row] | tuple[Row, ...], person: Callable[[Row], Person], id_column: str
) -> tuple[Person, ...]:
    people, bad = dict[str, Person](), []
    by_number: dict[str, Person] = {}
    for row in rows:
        one = person(row)
        other = people.get(one.id)
        if complaint := _complaint(one, id_column):
            bad.append(f"line {row.line}: {complaint}")
        elif other is not None and other.cells != one.cells:
            bad.append(f"line {row.line}: {one.id!r} stands on line {other.line}, too; leave one of them")
        elif one.lms_user_id and by_number.setdefault(one.lms_user_id, one).id != one.id:
            line = by_number[one.lms_user_id].line
            bad.append(f"line {row.line}: the number {one.lms_user_id!r} stands on line {line}, too; mend one of them")
        else:
            people.setdefault(one.id, one)
    if bad:
        shown = "\n  ".join([*bad[:20], *([f"and {len(bad) - 20} more"] if len(bad) > 20 else [])])
        raise UsageError(f"{file}: nothing was taken from it, because of\n  {shown}")
    if not people:
        raise UsageError(f"{file} names no student")
    return tuple(people.values())


def _complaint(person: Person, id_column: str) -> str | None:
    """The error of a row, and the remedy."""
    if not person.id:
        return f"the column {id_column!r} is empty; fill it in, remove the line, or name another column with --id"
    if person.id in (".", "..") or "/" in person.id or not person.id.isprintable():
        return f"{person.id!r} cannot be the name of a folder, which a student's id must be; mend {id_column!r}"
    mangled = next((cell for cell in (person.id, person.lms_user_id) if _MANGLED.fullmatch(cell)), None)
    if mangled is not None:
        return f"a spreadsheet has made {mangled!r} of a long number; export the file again, and do not save it there"
    fields = (person.id, person.first_name, person.last_name, person.email, person.lms_user_id)
    if any(len(field) > MAX_LENGTH for field in fields):
        return f"an entry is longer than {MAX_LENGTH} characters, which the gradebook does not take; shorten it"
    if not (person.email + person.lms_user_id).isprintable():
        return "the e-mail address or the number holds a control character; export the file again"
    return None


def _unwrapped(name: str) -> str:
    """A name without its protection against formulas: Canvas writes ``="=name"``, we write ``'=name``."""
    match = re.fullmatch(r'="(.*)"', name, re.DOTALL)
    return match[1] if match else re.sub(r"^'(?=\s*[=+\-@])", "", name)


def _name(text: str) -> str:
    """A name on one line, without control characters."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())


def _title(header: str) -> str:
    """The title of ``title (id)`` in Canvas, of ``title (Real)`` in Moodle."""
    return re.sub(r"\s*\((\d+|Real|Punkte)\)$", "", header)


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name.casefold())


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None
