"""``lossmark versions``: the named wrong and right versions of an assignment, in full."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence

from lossmark.commands.conventions import course_of
from lossmark.errors import DONE, UsageError
from lossmark.quality.scorecard import versions_of
from lossmark.variants import Variant

WIDTH = 100
"""Columns of a comment."""


def versions(options: argparse.Namespace) -> int:
    """Print the list of versions, or the text of one.

    Parameters
    ----------
    options : Namespace
        Of the command line.

    Returns
    -------
    int
        The exit status.

    Raises
    ------
    UsageError
        If no version has the given name.
    """
    course = course_of(options)
    (assignment,) = course.require_graders(options.assignment)
    found = versions_of(course, assignment)
    if options.name is None:
        for version in found:
            print(_line(version))
        return DONE
    named = [version for version in found if options.name in (version.name, f"{version.cell}_{version.name}")]
    if not named:
        raise UsageError(
            f"no version of {assignment} is called {options.name}: `lossmark versions {assignment}` lists them"
        )
    print(_texts(named))
    return DONE


def _line(version: Variant) -> str:
    kind = f"misconception, loses {', '.join(version.loses)}" if version.loses else "alternative"
    return f"{version.cell}_{version.name}: {kind}"


def _texts(named: Sequence[Variant]) -> str:
    """The text of each version as a cell holds it, under comments with its name and explanation."""
    comment = textwrap.TextWrapper(WIDTH, initial_indent="# ", subsequent_indent="# ")
    texts = (f"# {_line(version)}\n{comment.fill(version.explanation)}\n{version.source()}" for version in named)
    return "\n\n".join(texts)
