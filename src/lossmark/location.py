"""Where a course begins.

Its configuration is a program, executed with the rights of the person who grades. So it is never looked for beside a
submission: a student may hand in another one.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from lossmark.configuration import read_config
from lossmark.errors import UsageError
from lossmark.settings import CONFIG_FILE

OF_STUDENTS = frozenset({"submitted", "autograded", "feedback", "downloaded", "inbound", "outbound"})
"""Names of the folders in which nbgrader and its exchange keep files that come from students."""


def find_root(start: Path) -> Path:
    """Find the folder of the course that a path lies in.

    Below a folder of submissions, whether it has nbgrader's name or one that the course gives it, no configuration
    counts; nor does one of somebody else's in a folder that anybody may write to, such as ``/tmp`` or an exchange.

    Parameters
    ----------
    start : Path
        A file or folder; relative ones are in the working folder.

    Returns
    -------
    Path

    Raises
    ------
    UsageError
        If it lies in no course.
    """
    begin = above_submissions(_working_folder() if start == Path() else start)
    begin = above_submissions(begin.resolve())
    found = [folder for folder in (begin, *begin.parents) if _is_course(folder)]
    for outer in reversed(found[1:]):
        if str(found[0]).startswith(tuple(_beginnings_of_submissions(outer))):
            return outer
    if not found:
        raise UsageError(
            f"{start.resolve()} is not in a course: no folder above it holds {CONFIG_FILE} and graders/ or source/ "
            f"(below {', '.join(sorted(OF_STUDENTS))} nothing counts); call from the course, or name it: --course DIR"
        )
    return found[0]


def above_submissions(path: Path) -> Path:
    """Leave a folder of submissions.

    Parameters
    ----------
    path : Path
        A path.

    Returns
    -------
    Path
        The folder that holds the outermost folder of submissions on the path; the path itself, if there is none.
    """
    for place, part in enumerate(path.parts):
        if part in OF_STUDENTS:
            return Path(*path.parts[:place])
    return path


def _working_folder() -> Path:
    """The working folder as the shell calls it: a student's link out of a folder of submissions is not followed."""
    named, actual = Path(os.environ.get("PWD", "")), Path.cwd()
    return named if named.is_absolute() and named.exists() and named.samefile(actual) else actual


def _is_course(folder: Path) -> bool:
    """Whether a folder holds a configuration that may be executed, and assignments."""
    files = [file for file in (folder / CONFIG_FILE, folder / CONFIG_FILE.replace(".py", ".json")) if file.is_file()]
    if not files or not any((folder / part).is_dir() for part in ("graders", "source")):
        return False
    return not folder.stat().st_mode & stat.S_IWOTH or all(file.stat().st_uid in (os.getuid(), 0) for file in files)


def _beginnings_of_submissions(root: Path) -> Iterator[str]:
    """The beginnings of the paths at which a course keeps files that come from students."""
    folders = CourseDirectory(config=read_config(root), root=str(root))
    for step in (folders.submitted_directory, folders.autograded_directory, folders.feedback_directory):
        yield folders.format_path(step, "\0", "\0").partition("\0")[0]
