"""``lossmark mutants``: whether the checks notice every small change to a solution."""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from rich.console import Console
from rich.table import Column, Table

from lossmark.commands.conventions import course_of, isolation_of
from lossmark.commands.progress import console_for_tables, track
from lossmark.errors import DONE, FAULT
from lossmark.quality.mutants import (
    EQUIVALENT,
    KILLED,
    STALE,
    SURVIVED,
    Outcome,
    derive,
    grade_mutants,
    read_equivalents,
)


def mutants(options: argparse.Namespace) -> int:
    """Grade the mutants, say which of them no check notices, and print the counts.

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
    console, is_fine = Console(stderr=True), True
    table = Table("assignment", *(Column(name, justify="right") for name in ("mutants", KILLED, EQUIVALENT, SURVIVED)))
    for name in course.require_graders(*options.assignments):
        assignment = course.assignment(name)
        derived = [mutant for mutant in derive(assignment) if mutant.cell in (options.cell or [mutant.cell])]
        grading = grade_mutants(course, name, derived, jobs=options.jobs, isolation=isolation)
        outcomes = list(track(grading, len(derived), f"grading the mutants of {name}", console))
        complaints = [_complaint(name, outcome) for outcome in outcomes if outcome.state in (SURVIVED, STALE)]
        if not options.cell:
            keys = {mutant.key for mutant in derived}
            unknown = [key for key in read_equivalents(assignment) if key not in keys]
            complaints += [f"{name}: listed as equivalent, but no mutant: {key}" for key in unknown]
        for complaint in complaints:
            print(f"lossmark: {complaint}", file=sys.stderr)
        is_fine = is_fine and not complaints
        counts = Counter(outcome.state for outcome in outcomes)
        noticed = counts[KILLED] + counts[STALE]
        table.add_row(name, *map(str, (len(outcomes), noticed, counts[EQUIVALENT], counts[SURVIVED])))
    console_for_tables().print(table)
    return DONE if is_fine else FAULT


def _complaint(assignment: str, outcome: Outcome) -> str:
    change = f"{outcome.mutant.before!r} -> {outcome.mutant.after!r}"
    what = "survived" if outcome.state == SURVIVED else "is listed as equivalent, but a check notices it"
    return f"{assignment}: mutant of {outcome.mutant.cell} {what}: {change}"
