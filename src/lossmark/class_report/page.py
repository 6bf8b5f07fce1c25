"""The report of a class as a page and as a table, in which nothing that came from outside is more than text.

The templates escape all values. The page's own style and script are known to its policy by their digests,
so that a hole in a template would still run nothing and fetch nothing.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from lossmark import __version__
from lossmark.class_report.figures import ClassReport
from lossmark.class_report.side_by_side import Sides, side_by_side
from lossmark.class_report.similarity import MIN_TOKENS, MIN_WORDS, REMARKABLE, Comparison, Likenesses, Pair, Passage
from lossmark.class_report.state import GRADED, NOT_GRADED, NOT_HANDED_IN, OUTDATED, WAITING, StudentState
from lossmark.gradebook.spreadsheets import begins_a_formula
from lossmark.grading.report import with_code
from lossmark.pages import asset, digest
from lossmark.results import UNPROTECTED
from lossmark.terminal import printable

COMMON = 12
"""Mistakes that are shown at once; the rarer ones can be opened."""
SIGNS = {GRADED: "✓", WAITING: "✎", OUTDATED: "↻", NOT_GRADED: "✗", NOT_HANDED_IN: "–"}
"""Of a status, beside its words."""


def as_page(found: ClassReport, folder: Path) -> str:
    """Write the report as HTML.

    Parameters
    ----------
    found : ClassReport
        The data.
    folder : Path
        Where the page will lie; links are relative to it.

    Returns
    -------
    str
    """
    environment = Environment(
        loader=PackageLoader("lossmark"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"points": _points, "percent": _percent, "duration": _duration}
    environment.filters["with_code"] = lambda text: Markup(with_code(text))
    style, script = asset("class_report.css"), asset("class_report.js")
    places = {state.student: number for number, state in enumerate(found.students)}
    page = environment.get_template("class_report.html.j2").render(
        report=found,
        policy=_policy(style, script),
        style=Markup(style),  # ours, as is the script
        script=Markup(script),
        version=__version__,
        places=places,
        links={state.student: _link(state.feedback, folder) for state in found.students if state.feedback},
        alike=[
            _Alike("Programs", found.likenesses.code, "code", MIN_TOKENS, "tokens", found.likenesses),
            _Alike("Written answers", found.likenesses.answers, "answers", MIN_WORDS, "words", found.likenesses),
        ],
        common=COMMON,
        remarkable=REMARKABLE,
        signs=SIGNS,
        unprotected=UNPROTECTED,
    )
    return printable(page, "\n\t")


@dataclass(frozen=True)
class _Alike:
    """The shown result of one comparison."""

    title: str
    comparison: Comparison
    kind: str
    least: int
    unit: str
    likenesses: Likenesses

    def sides(self, pair: Pair) -> list[Sides]:
        """Texts of the first students of either side."""
        return side_by_side(self._passages(pair.left[0]), self._passages(pair.right[0]))

    def _passages(self, student: str) -> tuple[Passage, ...]:
        work = self.likenesses.works[student]
        return self.likenesses.reader.own_lines(work.code if self.kind == "code" else work.answers)


def _policy(style: str, script: str) -> str:
    """Allow the page its own style and script, by their digests, and nothing else."""
    own = f"style-src {digest(style)}; script-src {digest(script)}"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _link(file: Path | None, folder: Path) -> str:
    """A link from a folder to a file, of which each part may be any text."""
    assert file is not None
    return quote(os.fsencode(os.path.relpath(file, folder)), safe="/")


def _points(value: float | None) -> str:
    return "–" if value is None else f"{round(value, 2) + 0.0:g}"  # no -0


def _percent(share: float) -> str:
    """Whole percents; 0 and 100 mean none and all."""
    return f"{min(max(round(100 * share), 1 if share > 0 else 0), 99 if share < 1 else 100)}\N{NO-BREAK SPACE}%"


def _duration(seconds: float) -> str:
    """Write how late something is in the two largest units."""
    units = {"d": seconds // 86400, "h": seconds % 86400 // 3600, "min": seconds % 3600 // 60, "s": seconds % 60}
    parts = [f"{value:.0f} {unit}" for unit, value in units.items() if value >= 1]
    return " ".join(parts[:2]) or "less than 1 s"


def as_csv(found: ClassReport) -> str:
    """Write the table of students as CSV, in which no spreadsheet finds a formula of a student's.

    Parameters
    ----------
    found : ClassReport
        The data.

    Returns
    -------
    str
    """
    written = io.StringIO()
    rows = [_row(state, found) for state in found.students]
    table = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows({name: safe_cell(value) for name, value in row.items()} for row in rows)
    return written.getvalue()


def _row(state: StudentState, found: ClassReport) -> Mapping[str, str | float | None]:
    result, marks = state.result, state.marks
    return {
        "student_id": state.student,
        "name": state.name,
        "status": state.status,
        "auto_score": result.score if result else None,
        "manual_score": round(state.by_hand, 6) if marks else None,
        "late_penalty": marks.penalty if marks else None,
        "total": round(marks.total, 6) if marks else None,
        "max_score": found.max_score,
        "seconds_late": state.late_s,
        "seconds": result.seconds if result else None,
        "misconceptions": ", ".join(result.misconceptions) if result else "",
        "waiting": ", ".join(marks.awaiting) if marks else "",
        "remarks": "; ".join((*(result.remarks if result else ()), *state.notes)),
        "reason": state.reason,
    }


def safe_cell(value: str | float | None) -> str | float | None:
    """Return a safe cell for a table that may be opened in a spreadsheet.

    Parameters
    ----------
    value : str, float or None
        The value; a text is shown unchanged, with any beginning.

    Returns
    -------
    str, float or None
    """
    if not isinstance(value, str):
        return value
    shown = printable(value, "\n\t")
    return f"'{shown}" if begins_a_formula(value) else shown
