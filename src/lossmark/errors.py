"""What goes wrong that is no student's fault, told apart by who can mend it; the exit statuses that say so."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DONE, FAULT, USAGE = 0, 1, 2
"""Exit statuses: all is well, whatever the score; something was not graded, or is not as it should be; wrong usage, or
a file that is no notebook."""

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
"""What to do, by the operating system's codes."""


class UsageError(Exception):
    """The command was asked for something that is not there, or is not what it should be: exit status 2."""


class NoNotebook(UsageError):
    """What was handed in is no notebook: it cannot be graded, and somebody has to ask for another file."""


class NotGraded(Exception):
    """A submission could not be graded through a fault of ours: exit status 1, and never a zero."""


def describe(error: OSError | MemoryError) -> str:
    """Say what the machine lacks, where, and what to do about it.

    Parameters
    ----------
    error : OSError or MemoryError
        What was raised.

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
