"""``lossmark scorecard``: test the graders with known wrong and right versions."""

from __future__ import annotations

import argparse
import json
import sys

from rich.console import Console
from rich.table import Table

from lossmark.commands.conventions import course_of, isolation_of
from lossmark.commands.progress import console_for_tables, track
from lossmark.errors import DONE, FAULT
from lossmark.quality.scorecard import COLUMNS, count, score_variants, versions_of, write_table


def scorecard(options: argparse.Namespace) -> int:
    """Grade the misconceptions and alternatives, and print the counts.

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
    isolation = isolation_of(options, course)
    names = course.require_graders(*options.assignments)
    console, counts, complaints = Console(stderr=True), {}, []
    for name in names:
        variants = versions_of(course, name)
        scoring = score_variants(course, name, variants, jobs=options.jobs, isolation=isolation)
        tracked = track(scoring, len(variants), f"grading the graders of {name}", console)
        verdicts = sorted(tracked, key=lambda verdict: variants.index(verdict.variant))
        counts[name] = count(verdicts)
        complaints += [f"{name}: {verdict.complaint()}" for verdict in verdicts if not verdict.is_right]
    for complaint in complaints:
        print(f"lossmark: {complaint}", file=sys.stderr)
    if options.table:
        write_table(options.table, counts)
    if options.json:
        print(json.dumps(counts))
    else:
        _print_scorecard(counts)
    return FAULT if complaints else DONE


def _print_scorecard(counts: dict[str, dict[str, dict[str, int]]]) -> None:
    table = Table("assignment", "function", title="Scorecard of the graders")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    for assignment, rows in counts.items():
        for function, row in rows.items():
            table.add_row(assignment, function, *map(str, row.values()))
    console_for_tables().print(table)
