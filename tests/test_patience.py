"""Which errors of a gradebook are waited for, and what is said of the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from lossmark.gradebook import patience
from lossmark.gradebook.patience import GradebookMoved, GradebookUnusable, patiently

FILE, SERVER = "sqlite:////course/gradebook.db", "postgresql+psycopg://grader:secret@db.example.org/gradebook"


def raising(*errors: Exception) -> Callable[[], str]:
    """Return work that fails with one error after the other, and then is done."""
    left = list(errors)

    def work() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return work


def of_sqlite(code: int, kind: type[DBAPIError] = OperationalError) -> DBAPIError:
    error = sqlite3.OperationalError("it says so")
    error.sqlite_errorcode = code  # type: ignore[misc]
    return kind("SELECT", {}, error)


@pytest.mark.parametrize(
    "error",
    [
        of_sqlite(sqlite3.SQLITE_BUSY),
        of_sqlite(sqlite3.SQLITE_BUSY | 2 << 8),
        of_sqlite(sqlite3.SQLITE_LOCKED),
        OperationalError("SELECT", {}, Exception("server closed the connection")),
        IntegrityError("INSERT", {}, Exception("duplicate key")),
        GradebookMoved("it is gone"),
    ],
)
def test_what_may_pass_is_tried_again(error: Exception) -> None:
    assert patiently(FILE, raising(error)) == "done"


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (of_sqlite(sqlite3.SQLITE_FULL), "it says so; make space on its disk"),
        (of_sqlite(sqlite3.SQLITE_READONLY), "it says so; make it and the folder around it writable"),
        (of_sqlite(sqlite3.SQLITE_IOERR | 3 << 8), "it says so; see whether its disk"),
        (of_sqlite(sqlite3.SQLITE_NOTADB, DBAPIError), "it says so; restore it from a backup"),
        (of_sqlite(sqlite3.SQLITE_TOOBIG), "it says so"),
    ],
)
def test_what_does_not_pass_is_told_at_once_with_what_to_do(error: Exception, remedy: str) -> None:
    with pytest.raises(GradebookUnusable) as raised:
        patiently(FILE, raising(error, error))
    assert str(raised.value).startswith(f"the gradebook /course/gradebook.db cannot be used: {remedy}")


def test_server_is_named_without_its_password() -> None:
    error = ProgrammingError("SELECT", {}, Exception("no such\n  table"))
    with pytest.raises(GradebookUnusable) as raised:
        patiently(SERVER, raising(error))
    assert "grader:***@db.example.org/gradebook cannot be used: no such table; see that its" in str(raised.value)


def test_clash_that_does_not_pass_is_of_one_submission_alone() -> None:
    clash = IntegrityError("INSERT", {}, Exception("duplicate key"))
    with pytest.raises(IntegrityError):
        patiently(FILE, raising(clash, clash))


def test_other_errors_are_none_of_the_gradebooks() -> None:
    with pytest.raises(ValueError, match="other"):
        patiently(FILE, raising(ValueError("other")))


def test_patience_ends_and_waiting_is_told_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(patience, "NOTICE_S", 0.0)
    monkeypatch.setattr(patience, "PATIENCE_S", 0.3)
    locked = of_sqlite(sqlite3.SQLITE_BUSY)
    with pytest.raises(GradebookUnusable):
        patiently(FILE, raising(*[locked] * 100))
    assert (
        capsys.readouterr().err.count("lossmark: waiting for the gradebook /course/gradebook.db: it says so; end") == 1
    )
