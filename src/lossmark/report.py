"""The table of a cell's checks, as students and instructors see it under the cell."""

from __future__ import annotations

from html import escape

from nbformat import NotebookNode
from nbformat.v4 import new_output

from lossmark.checks import CALLED
from lossmark.results import PASSED, CellResult, CheckResult

WORDS = {
    PASSED: "✓ passed",
    "failed": "✗ failed",
    "raised": "✗ raised an error",
    "missing": "✗ missing",
    "timeout": "✗ took too long",
    "killed": "✗ ended the kernel",
}
"""Outcomes in words and sign; never by colour alone."""


def check_table(result: CellResult) -> NotebookNode:
    """Make the output that shows the checks of a tests cell.

    Parameters
    ----------
    result : CellResult
        What the checks found.

    Returns
    -------
    NotebookNode
        An output with plain text and HTML, in which everything that came from a student is escaped.
    """
    output: NotebookNode = new_output(
        "display_data", data={"text/plain": as_text(result), "text/html": as_html(result)}
    )
    return output


def as_text(result: CellResult) -> str:
    """Write the checks of a cell as plain text.

    Parameters
    ----------
    result : CellResult
        What the checks found.

    Returns
    -------
    str
    """
    lines = [f"{result.grade_id}: {result.score:g} of {result.max_score:g} points"]
    for check in result.checks:
        points = f"{check.points:g}/{check.max_points:g}"
        lines.append(f"  {WORDS[check.outcome]:<18}{points:>8}  {check.title}")
        lines += [f"      {line}" for line in check.message.splitlines()]
    return "\n".join(lines)


def as_html(result: CellResult) -> str:
    """Write the checks of a cell as an HTML table.

    Parameters
    ----------
    result : CellResult
        What the checks found.

    Returns
    -------
    str
    """
    rows = "".join(map(_row, result.checks))
    caption = f"{escape(result.grade_id)}: {result.score:g} of {result.max_score:g} points"
    heads = "".join(f'<th scope="col" style="{_CELL}">{head}</th>' for head in ("Check", "Outcome", "Points"))
    return (
        f'<table class="lossmark" style="border-collapse:collapse;max-width:60em"><caption style="{_CAPTION}">{caption}'
        f"</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


_CAPTION = "text-align:left;font-weight:bold;color:inherit"
_CELL = "text-align:left;vertical-align:top;padding:0.3em 0.8em;border-top:1px solid #8888"


def _row(check: CheckResult) -> str:
    title = escape(check.title)
    if check.message:
        title = f"<strong>{title}</strong>{''.join(map(_line, check.message.splitlines()))}"
    return (
        f'<tr><td style="{_CELL}">{title}</td>'
        f'<td style="{_CELL};white-space:nowrap">{WORDS[check.outcome]}</td>'
        f'<td style="{_CELL};white-space:nowrap">{check.points:g} / {check.max_points:g}</td></tr>'
    )


def _line(line: str) -> str:
    """One line of a message; the call as code, to be copied."""
    if line.startswith(CALLED):
        return f"<div>{CALLED}<code>{escape(line.removeprefix(CALLED))}</code></div>"
    return f"<div>{escape(line)}</div>"
