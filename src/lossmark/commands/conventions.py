"""The common parts of the commands: the selected course, the wall that is chosen."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lossmark.course import Course
from lossmark.sandbox.limits import Isolation


def course_of(options: argparse.Namespace) -> Course:
    """Find the course that was named, else the one around the working folder.

    Parameters
    ----------
    options : Namespace
        Of the command line.

    Returns
    -------
    Course

    Raises
    ------
    UsageError
        If there is none.
    """
    return Course.find(options.course or Path())


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
