"""Errors that are not the student's fault, distinguished by the person to fix them, and their exit statuses."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DONE, FAULT, USAGE = 0, 1, 2
"""Exit statuses: success with any score; something was not graded, or is faulty; wrong usage, or a file that is not a
notebook."""

_REMEDIES = {
    errno.ENOSPC: "make space there",
    errno.EDQUOT: "make space there, or have the quota raised",
    errno.EROFS: "make it writable for the account that grades",
    errno.EACCES: "make it accessible to the account that grades",
    errno.EPERM: "make it accessible to the account that grades",
    errno.ENOMEM: "end other programs, or grade with fewer --jobs",
    errno.EAGAIN: "end other programs, or have the limit on processes raised (ulimit -u)",
    errno.EMFILE: "have the limit on open files raised (ulimit -n)",
}
"""Remedies, by the operating system's codes."""


class UsageError(Exception):
    """A requested item does not exist or is unsuitable: exit status 2."""


class NoNotebook(UsageError):
    """The submitted file is not a notebook: it cannot be graded, and somebody has to ask for another file."""


class NotGraded(Exception):
    """A submission could not be graded through a fault of ours: exit status 1, and never a zero."""


def describe(error: OSError | MemoryError) -> str:
    """Describe a lack of the machine, with its place and the remedy.

    Parameters
    ----------
    error : OSError or MemoryError
        The exception.

    Returns
    -------
    str
    """
    if isinstance(error, MemoryError):
        return f"out of memory; {_REMEDIES[errno.ENOMEM]}"
    place = error.filename2 or error.filename
    remedy = f"; {_REMEDIES[error.errno]}" if error.errno in _REMEDIES else ""
    return f"{f'{place}: ' if place else ''}{error.strerror or error}{remedy}"


@contextmanager
def naming(place: Path) -> Iterator[None]:
    """Let an error that does not say where it came up, as one of writing to a full disk, name this place.

    Parameters
    ----------
    place : Path
        The file or folder that is written to.
    """
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(place)
        raise
