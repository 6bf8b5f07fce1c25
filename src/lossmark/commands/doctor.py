"""``lossmark doctor``: whether submissions can be graded on this machine, and those of an assignment in particular."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from lossmark.commands.conventions import course_of
from lossmark.doctor import Finding, examine
from lossmark.errors import DONE, FAULT
from lossmark.fitness import examine_assignment
from lossmark.terminal import one_line


def doctor(options: argparse.Namespace) -> int:
    """Print the examined facts, and remedies for anything missing.

    Parameters
    ----------
    options : Namespace
        Of the command line.

    Returns
    -------
    int
        The exit status.
    """
    is_fine = _print(examine())
    if is_fine and options.assignments:
        course = course_of(options)
        for name in options.assignments:
            print(f"{name}:")
            is_fine = _print(examine_assignment(course, name)) and is_fine
    print("Submissions can be graded here." if is_fine else "Submissions cannot be graded here yet.")
    return DONE if is_fine else FAULT


def _print(findings: Iterable[Finding]) -> bool:
    """Print findings; whether all of them are fine."""
    is_fine = True
    for finding in findings:
        print(f"{'✓' if finding.is_fine else '✗'} {one_line(finding.subject)}: {one_line(finding.state)}")
        if not finding.is_fine:
            print(f"    to do: {finding.remedy}")
            is_fine = False
    return is_fine
