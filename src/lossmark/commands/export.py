"""``lossmark export``: the grades of a class for Canvas or Moodle."""

from __future__ import annotations

import argparse

from lossmark.commands.conventions import course_of
from lossmark.errors import DONE, UsageError
from lossmark.exports import CanvasExporter, MoodleExporter
from lossmark.gradebook.database import gradebook_of


def export(options: argparse.Namespace) -> int:
    """Write the grades.

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
    if options.feedback and options.format == "canvas":
        raise UsageError("Canvas imports no feedback with grades; leave --feedback out")
    if options.id is not None and options.roster is None:
        raise UsageError("--id names a column of the file of --roster; give that, too")
    exporter = (CanvasExporter if options.format == "canvas" else MoodleExporter)(config=course.config)
    exporter.to, exporter.columns = options.to, {**exporter.columns, **dict(options.column)}
    exporter.assignment = options.assignment or exporter.assignment
    exporter.student = options.student or exporter.student
    exporter.roster, exporter.id_column = options.roster or exporter.roster, options.id or exporter.id_column
    for name in ("questions", "zeros", "complete"):
        setattr(exporter, name, getattr(options, name) or getattr(exporter, name))
    if options.feedback:
        exporter.feedback = True
    with gradebook_of(course) as gradebook:
        table = exporter.table(gradebook, course)
    exporter.write(table)
    return DONE
