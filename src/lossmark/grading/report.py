"""The table of a cell's checks, as students and instructors see it under the cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape

from nbformat import NotebookNode
from nbformat.v4 import new_output

from lossmark.checks import CALLED, TRIED, Shows
from lossmark.grading.pictures import draw
from lossmark.results import PASSED, CellResult, CheckResult
from lossmark.terminal import as_read

LOOK_UP = "To look it up: "
"""Prefix of the reference to the lecture."""
_LOST = "lossmark-lost"
"""Class of the row of a lost check."""


def check_table(result: CellResult, shows: Shows = Shows.EXPECTED) -> NotebookNode:
    """Make the output that shows the checks of a tests cell.

    Parameters
    ----------
    result : CellResult
        The results of the checks.
    shows : Shows
        Detail of a lost check's feedback, if the check does not set it.

    Returns
    -------
    NotebookNode
        An output with plain text and HTML, in which everything that came from a student is escaped.
    """
    shown = replace(result, checks=tuple(check.at(shows) for check in result.checks))
    output: NotebookNode = new_output("display_data", data={"text/plain": as_text(shown), "text/html": as_html(shown)})
    return output


def as_text(result: CellResult) -> str:
    """Write the checks of a cell as plain text.

    Parameters
    ----------
    result : CellResult
        The results of the checks.

    Returns
    -------
    str
    """
    lines = [f"{result.grade_id}: {result.score:g} of {result.max_score:g} points"]
    for check in result.checks:
        points = f"{check.points:g}/{check.max_points:g}"
        lines.append(f"  {check.outcome.label:<18}{points:>8}  {check.title}")
        lines += [f"      {line}" for line in check.message.splitlines()]
    if _is_to_look_up(result):
        lines.append(f"  {LOOK_UP}{result.lecture}")
    return as_read("\n".join(lines))


def as_html(result: CellResult) -> str:
    """Write the checks of a cell as an HTML table.

    Parameters
    ----------
    result : CellResult
        The results of the checks.

    Returns
    -------
    str
        It is readable without a style sheet, and has classes for one.
    """
    rows = "".join(map(_row, result.checks))
    caption = f"{escape(result.grade_id)}: {result.score:g} of {result.max_score:g} points"
    heads = "".join(f'<th scope="col" style="{_CELL}">{head}</th>' for head in ("Check", "Outcome", "Points"))
    look_up = f'<p class="lossmark-look-up">{LOOK_UP}{escape(result.lecture)}</p>' if _is_to_look_up(result) else ""
    return as_read(
        f'<table class="lossmark" style="border-collapse:collapse;max-width:60em"><caption style="{_CAPTION}">{caption}'
        f"</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{look_up}"
    )


def with_code(text: str) -> str:
    """Escape a text for HTML, and set text between backticks as code.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
    """
    return _CODE.sub(r"<code>\1</code>", escape(text))


def lost_checks(html: str) -> int:
    """Count the failed checks in the output of :func:`as_html`.

    Parameters
    ----------
    html : str
        The table, or any other output of a graded notebook: a student's text is escaped in it.

    Returns
    -------
    int
    """
    return html.count(f'class="{_LOST}"')


_CAPTION = "text-align:left;font-weight:bold;color:inherit"
_CELL = "text-align:left;vertical-align:top;padding:0.3em 0.8em;border-top:1px solid #8888"
_CODE = re.compile(r"`([^`\n]+)`")
_CALL = "white-space:pre-wrap;overflow-wrap:anywhere;margin:0.2em 0 0.4em"


def _is_to_look_up(result: CellResult) -> bool:
    return bool(result.lost and result.lecture)


def _row(check: CheckResult) -> str:
    title, details = with_code(check.title), "".join(_details(check))
    if details:
        title = f"<strong>{title}</strong>{details}"
    return (
        f'<tr class="{"lossmark-passed" if check.outcome == PASSED else _LOST}"><td style="{_CELL}">{title}</td>'
        f'<td style="{_CELL};white-space:nowrap">{check.outcome.label}</td>'
        f'<td style="{_CELL};white-space:nowrap">{check.points:g} / {check.max_points:g}</td></tr>'
    )


def _details(check: CheckResult) -> Iterator[str]:
    """The finding, then how to see it, then its reason."""
    for line in (check.found + check.expected).splitlines():
        yield f"<div>{with_code(line)}</div>"
    if check.tried:
        yield f"<div>{TRIED}{with_code(check.tried)}</div>"
    if check.call:
        yield f'<div>{CALLED}<pre class="lossmark-call" style="{_CALL}"><code>{escape(check.call)}</code></pre></div>'
    if check.comparison is not None:
        yield draw(check.comparison)
    if check.explanation:
        name = f"<strong>{escape(check.mistake)}:</strong> " if check.mistake else ""
        yield f'<div class="lossmark-mistake">{name}{with_code(check.explanation)}</div>'
    if check.note:
        yield f"<div>Note: {escape(check.note)}.</div>"
