"""Wait for a gradebook that is locked or missing for a moment, and name the remedy if it stays so."""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError

from lossmark.errors import NotGraded

PATIENCE_S = 120.0
"""How long a gradebook that somebody else is writing to is waited for."""
NOTICE_S = 5.0
"""After that, the user is told."""

_LOCKED = sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL
_REMEDIES = {
    **dict.fromkeys(_LOCKED, "end the program that is writing to it (nbgrader, formgrader, a database browser)"),
    sqlite3.SQLITE_FULL: "make space on its disk",
    sqlite3.SQLITE_IOERR: "see whether its disk is full or failing, or the network to it is",
    **dict.fromkeys(
        (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM),
        "make it and the folder around it writable for the account that grades",
    ),
    **dict.fromkeys((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB), "restore it from a backup"),
}
"""Remedies, by SQLite's codes."""
_REMEDY_FOR_SERVER = "see that its server runs, and that `db_url` in nbgrader_config.py leads there"

Result = TypeVar("Result")


class GradebookUnusable(NotGraded):
    """The gradebook can be neither read nor written: no submission can be graded before somebody has seen to it."""


class GradebookMoved(Exception):
    """The gradebook's file is not where it was opened: new data would be lost."""


def patiently(db_url: str, work: Callable[[], Result]) -> Result:
    """Do something with the gradebook, again where it was locked or away for a moment.

    Parameters
    ----------
    db_url : str
        Where the gradebook is.
    work : callable
        The work, done completely or, if it raises, not at all.

    Returns
    -------
    object
        The result of the work.

    Raises
    ------
    GradebookUnusable
        If the gradebook stayed locked or away, or waiting would not help.
    NotGraded
        If it rejects the new data.
    """
    started, pause_s, is_told, has_clashed = time.monotonic(), 0.05, False, False
    while True:
        try:
            return work()
        except Exception as error:
            cause = _behind(error)
            if cause is None:
                raise
            waited_s = time.monotonic() - started
            if isinstance(cause, DataError):  # of this student, whom a server's columns have no room for
                said = " ".join(str(cause.orig).split())
                raise NotGraded(
                    f"the gradebook does not take it: {said}; if the name is too long, rename the folder"
                ) from None
            if isinstance(cause, IntegrityError):  # two have added the same student at the same moment
                if has_clashed:
                    raise
                has_clashed = True
            elif not _may_pass(cause) or waited_s > PATIENCE_S:
                raise GradebookUnusable(f"the gradebook {_place(db_url)} cannot be used: {_reason(cause)}") from None
            elif waited_s > NOTICE_S and not is_told:
                line = f"lossmark: waiting for the gradebook {_place(db_url)}: {_reason(cause)}"
                print(line, file=sys.stderr, flush=True)
                is_told = True
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, 2.0)


def _place(db_url: str) -> str:
    """A file, or a server without the password."""
    url = make_url(db_url)
    return url.database if url.get_backend_name() == "sqlite" and url.database else url.render_as_string()


def _behind(error: BaseException | None) -> DBAPIError | GradebookMoved | None:
    """The first error that led to this one: nbgrader raises its own instead, and tidying up may fail after it."""
    found = None
    while error is not None:
        if isinstance(error, DBAPIError | GradebookMoved):
            found = error
        error = error.__cause__ or error.__context__
    return found


def _may_pass(error: DBAPIError | GradebookMoved) -> bool:
    """Whether waiting may help: not where the file is damaged, or may not be written to."""
    code = _sqlite_code(error)
    return code in _LOCKED if code is not None else isinstance(error, OperationalError | GradebookMoved)


def _reason(error: DBAPIError | GradebookMoved) -> str:
    if isinstance(error, GradebookMoved):
        return str(error)
    code = _sqlite_code(error)
    remedy = _REMEDY_FOR_SERVER if code is None else _REMEDIES.get(code)
    return "; ".join(filter(None, [" ".join(str(error.orig).split()), remedy]))


def _sqlite_code(error: DBAPIError | GradebookMoved) -> int | None:
    """SQLite's code, without the details in its upper bytes; None of a server's error."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
