"""``lossmark explain``: all of one student's result."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime

from lossmark.commands.conventions import course_of
from lossmark.errors import DONE
from lossmark.gradebook import explain as explaining
from lossmark.gradebook.database import gradebook_of, has_gradebook
from lossmark.gradebook.explain import CellExplained, Explanation, show_points
from lossmark.gradebook.folders import settings_of
from lossmark.grading.report import as_text
from lossmark.results import UNPROTECTED, CellResult
from lossmark.terminal import one_line, printable


def explain(options: argparse.Namespace) -> int:
    """Print the explanation of a result.

    Parameters
    ----------
    options : Namespace
        Of the command line.

    Returns
    -------
    int
        The exit status.
    """
    course = course_of(options)
    with gradebook_of(course) if has_gradebook(settings_of(course)) else nullcontext() as gradebook:
        explained = explaining.explain(course, options.assignment, options.student, gradebook)
    print(json.dumps(explained.to_dict()) if options.json else _for_terminal(explained))
    return DONE


def _for_terminal(explained: Explanation) -> str:
    """All of an explanation; nothing in it is obeyed by a terminal."""
    lines = [
        f"{explained.student}{f' ({explained.name})' if explained.name else ''}: {explained.assignment}",
        f"  handed in  {_time(explained.handed_in)}{_late(explained.seconds_late)}",
        f"             {explained.file}",
        f"  graded     {_time(explained.graded)}",
        f"  state      {explained.state}",
        *(f"             - {change}" for change in explained.changes),
    ]
    if explained.score is not None:
        penalty = f", after {explained.late_penalty:g} for being late" if explained.late_penalty else ""
        waiting = sum(cell.awaits for cell in explained.cells)
        more = f"; {waiting} waiting for a person" if waiting else ""
        lines.append(f"  score      {explained.score:g} of {show_points(explained.max_score)}{penalty}{more}")
    if not explained.is_protected:
        lines.append(f"  warning    {UNPROTECTED}")
    lines += [f"  remark     {one_line(remark)}" for remark in explained.remarks]
    if explained.inputs is not None:
        lines.append(f"  inputs     {one_line(explained.inputs)}, seed {explained.seed}")
    for cell in explained.cells:
        lines += ["", *_cell_lines(cell)]
    lines += ["", "What to do next:", *(f"  {step}" for step in explained.next_steps)]
    return printable("\n".join(lines))


def _cell_lines(cell: CellExplained) -> Iterator[str]:
    if cell.checks:
        yield as_text(CellResult(cell.name, cell.checks))
    elif cell.max_score is None:
        yield f"{cell.name}:"
    else:
        yield f"{cell.name}: {show_points(cell.score)} of {cell.max_score:g} points"
    if cell.manual_score is not None:
        instead = "" if cell.auto_score is None else f", in place of {cell.auto_score:g}"
        yield f"  given by a person: {cell.manual_score:g}{instead}"
    if cell.extra_credit:
        yield f"  extra credit: {cell.extra_credit:g}"
    if cell.awaits:
        again = "was graded again since a person marked it" if cell.manual_score is not None else "waits for a mark"
        yield f"  {again}"
    if cell.comment:
        yield "\n".join(f"  comment: {line}" for line in cell.comment.splitlines())


def _time(time: datetime | None) -> str:
    return "no time is noted" if time is None else f"{time.astimezone():%Y-%m-%d %H:%M:%S %Z}"


def _late(seconds: float) -> str:
    if seconds <= 0:
        return ""
    hours, minutes = divmod(round(seconds / 60), 60)
    return f", {hours} h {minutes} min late"
