"""``lossmark report``: one page about a class, for those who teach it, and the same table as CSV."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from rich.console import Console

from lossmark.class_report.report import write_report
from lossmark.class_report.state import StudentState
from lossmark.commands.conventions import course_of
from lossmark.commands.progress import track
from lossmark.errors import DONE

LONG_CLASS = 200
"""From so many students on, a log is told how far reading them has come; a terminal always is."""


def report(options: argparse.Namespace) -> int:
    """Write the report of an assignment and say where it is.

    Parameters
    ----------
    options : Namespace
        Of the command line.

    Returns
    -------
    int
        The exit status.
    """
    console = Console(stderr=True)

    def watch(reading: Iterator[StudentState], number: int) -> Iterator[StudentState]:
        if console.is_terminal or number >= LONG_CLASS:
            return track(reading, number, f"reading {options.assignment}", console)
        return reading

    page, table = write_report(course_of(options), options.assignment, options.output, watch)
    print(f"Report: {page}\nTable:  {table}")
    return DONE
