"""``lossmark roster import``: the students, from an export of Canvas or Moodle."""

from __future__ import annotations

import argparse

from lossmark.commands.conventions import course_of
from lossmark.errors import DONE
from lossmark.gradebook.database import gradebook_of
from lossmark.gradebook.platforms import read_platform_file
from lossmark.gradebook.students import enrol
from lossmark.terminal import one_line


def import_roster(options: argparse.Namespace) -> int:
    """Import the students into the gradebook, and print the changes.

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
    found = read_platform_file(options.file, options.format, options.id)
    with gradebook_of(course, is_new=True) as gradebook:
        done = enrol(gradebook, found)
    for remark in found.remarks:
        print(one_line(remark))
    for student in done.added:
        print(one_line(f"added {student}"))
    for student, changes in done.changed.items():
        parts = [f"{field} {before or 'none'} -> {now}" for field, (before, now) in changes.items()]
        print(one_line(f"changed {student}: {'; '.join(parts)}"))
    print(
        f"{len(found.people)} students of {found.format.capitalize()}, with ids from the column {found.id_column!r}: "
        f"{len(done.added)} added, {len(done.changed)} changed, {done.unchanged} unchanged."
    )
    if done.others:
        print(f"{done.others} in the gradebook are not in the file; they stay.")
    return DONE
