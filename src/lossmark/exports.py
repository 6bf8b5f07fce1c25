"""Grades for Canvas and Moodle: nbgrader export plugins that write the platforms' import formats.

``nbgrader export --exporter=lossmark.exports.CanvasExporter --to grades.csv``, or ``lossmark export --format canvas``.

A cell that a spreadsheet would calculate gets an apostrophe in front (:func:`lossmark.gradebook.spreadsheets.inert`).
That may keep a platform from finding somebody by that cell, but not from finding them by another: Canvas goes by the
number in ``ID``, which is never changed, and looks at the other columns only where that is empty; Moodle goes by the
one column that is chosen on import. Where it does keep them from being found, a warning says whose row it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from nbgrader.api import Student
from traitlets import Bool

from lossmark.gradebook.exporter import Column, Identity, PlatformExporter, decimal, say
from lossmark.gradebook.marks import AssignmentMarks
from lossmark.gradebook.platforms import CANVAS, CANVAS_COLUMNS, MOODLE, POINTS_POSSIBLE, PlatformFile
from lossmark.gradebook.spreadsheets import is_formula

MOST = 100.0
"""The highest grade that Moodle takes as it comes (``unlimitedgrades``, ``gradepointmax``)."""


class CanvasExporter(PlatformExporter):
    """For Canvas's "Import Grades".

    Canvas wants the columns ``Student``, ``ID``, ``SIS User ID``, ``SIS Login ID``, ``Section``, then one column for
    each assignment, called ``title (id)`` where it has it already; the first cell of a second row holds ``Points
    Possible``. It finds somebody by the number in ``ID``, else by ``SIS User ID``, ``SIS Login ID``, and at last the
    name. So ``ID`` holds Canvas's own number (``lms_user_id`` in the gradebook) or nothing: any other number there
    would be taken for somebody else's.

    Sources: Canvas Instructor Guide, "How do I import grades in the Gradebook?"; Ohio State University, "Import CSV
    File to Carmen Grades"; canvas-lms, ``lib/gradebook_importer.rb``.
    """

    format = CANVAS
    rows_above = 2

    def rows(self, students: Sequence[Student]) -> dict[str, Identity]:
        """Return Canvas's identification of students."""
        without = [student.id for student in students if not _is_number(student.lms_user_id)]
        if without:
            say(
                f"{len(without)} of {len(students)} students have no number of Canvas's, which then looks for logins. "
                "To be sure: lossmark roster import FILE, or --roster FILE, with the gradebook that Canvas exports"
            )
        return {
            student.id: {
                "Student": ", ".join(filter(None, (student.last_name, student.first_name))) or student.id,
                "ID": student.lms_user_id if _is_number(student.lms_user_id) else "",
                "SIS User ID": "",
                "SIS Login ID": student.id,
                "Section": "",
            }
            for student in students
        }

    def laid_out(
        self, rows: Mapping[str, Identity], columns: Sequence[Column], known: PlatformFile | None
    ) -> list[list[str]]:
        """Put the table together."""
        identities = CANVAS_COLUMNS if known is None else known.columns
        for student, cells in rows.items():
            searched = [column for column in ("SIS User ID", "SIS Login ID") if is_formula(cells.get(column, ""))]
            if searched and not _is_number(cells["ID"]):
                say(
                    f"warning: Canvas may not find {student}: {searched[0]} could be a formula, so it has an apostrophe"
                )
        points = [POINTS_POSSIBLE, *[""] * (len(identities) - 1), *[decimal(column.max_score) for column in columns]]
        return [
            [*identities, *[column.header for column in columns]],
            points,
            *[
                [
                    *[cells[name] for name in identities],
                    *[column.cells.get(student, self.no_grade) for column in columns],
                ]
                for student, cells in rows.items()
            ],
        ]


class MoodleExporter(PlatformExporter):
    """For Moodle's "Import: CSV file".

    Moodle wants a header, one column by which it finds somebody (``Username``, ``ID number`` or ``Email address``),
    one column for each grade item, decimal points, and no grade above the item's maximum. The meaning of each column is
    chosen on import. It stops at the first row whose person it does not find; and it gives the grades of a row whose
    cell is empty to the person of the row above: a column in which somebody has nothing is left out here.

    Where there is no grade, there is a dash, as in Moodle's own export: Moodle makes 0 of an empty cell if the column
    becomes a new grade item. Feedback takes the grade along: import both columns, or lose the grades (MoodleDocs).

    Sources: MoodleDocs, "Grade import"; moodle, ``grade/import/csv/classes/load_data.php`` and
    ``lib/dml/mysqli_native_moodle_database.php`` (``normalise_value``).
    """

    format = MOODLE
    no_grade = "-"

    feedback = Bool(False, help="Add a column of feedback to each assignment: its cells' scores and comments.").tag(
        config=True
    )

    def rows(self, students: Sequence[Student]) -> dict[str, Identity]:
        """Return Moodle's identification of students."""
        rows = {
            student.id: {
                "Username": student.id,
                "First name": student.first_name or "",
                "Last name": student.last_name or "",
                "ID number": student.lms_user_id or "",
                "Email address": student.email or "",
            }
            for student in students
        }
        others = [[cells[name] for cells in rows.values()] for name in ("ID number", "Email address")]
        if list(rows) in others:  # the ids are not user names
            rows = {student: {**cells, "Username": ""} for student, cells in rows.items()}
        return rows

    def laid_out(
        self, rows: Mapping[str, Identity], columns: Sequence[Column], known: PlatformFile | None
    ) -> list[list[str]]:
        """Put the table together."""
        names = ("Username", "First name", "Last name", "ID number", "Email address")
        wanted = names if known is None else known.columns
        identities = [
            name for name in wanted if "name" in name.casefold().split() or all(c[name] for c in rows.values())
        ]
        left_out = [name for name in wanted if name not in identities and any(c[name] for c in rows.values())]
        for name in left_out:
            say(f"warning: the column {name} is left out: it is empty for somebody, whose grades Moodle would misplace")
        for student, cells in rows.items():
            guarded = [name for name in identities if not name.endswith("name") and is_formula(cells[name])]
            if guarded or is_formula(cells.get("Username", "")):
                name = guarded[0] if guarded else "Username"
                say(f"warning: Moodle may not find {student}: {name} could be a formula, so it has an apostrophe")
        if any(
            float(cell) > MOST for column in columns if column.max_score is not None for cell in column.cells.values()
        ):
            say(f"warning: Moodle refuses grades above {MOST:g}, unless its administrator has allowed them")
        return [
            [*identities, *[column.header for column in columns]],
            *[
                [
                    *[cells[name] for name in identities],
                    *[column.cells.get(student, self._blank(column)) for column in columns],
                ]
                for student, cells in rows.items()
            ],
        ]

    def words(self, marks: AssignmentMarks, header: str) -> list[Column]:
        """Make the column of feedback; Moodle reads it as HTML."""
        if not self.feedback:
            return []
        cells = {
            student: "; ".join(
                f"{escape(name)}: {'-' if mark.score is None else decimal(mark.score)}/{marks.max_scores[name]:g}"
                + (f" ({escape(submission.comments[name])})" if name in submission.comments else "")
                for name, mark in sorted(submission.cells.items())
                if name in marks.max_scores
            )
            for student, submission in marks.submissions.items()
        }
        return [Column(f"{header} (feedback)", None, cells)]

    def _blank(self, column: Column) -> str:
        return "" if column.max_score is None else self.no_grade


def _is_number(text: str | None) -> bool:
    return bool(text) and str(text).isascii() and str(text).isdigit()
