"""What the commands have in common: the course that is meant, the wall that is chosen."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lossmark.course import Course
from lossmark.errors import UsageError
from lossmark.sandbox.limits import Isolation


def course_of(options: argparse.Namespace, start: Path | None = None) -> Course:
    """Find the course that was named, else the one around a file, else the one around the working folder.

    Parameters
    ----------
    options : Namespace
        Of the command line.
    start : Path, optional
        The file.

    Returns
    -------
    Course

    Raises
    ------
    UsageError
        If there is none.
    """
    if options.course is not None:
        return Course.find(options.course)
    try:
        return Course.find(start or Path.cwd())
    except UsageError:
        if start is None:
            raise
        return Course.find(Path.cwd())


def isolation_of(options: argparse.Namespace, course: Course) -> Isolation:
    """Return the wall around student code, and warn where there is none because the command line says so.

    Parameters
    ----------
    options : Namespace
        Of the command line.
    course : Course
        Whose settings hold where it says nothing.

    Returns
    -------
    Isolation
    """
    if options.isolation is Isolation.NONE:
        print(
            "lossmark: warning: without isolation, student code can do on this machine whatever you can do",
            file=sys.stderr,
        )
    return Isolation(options.isolation or course.settings.isolation)
