"""The requested checks and their results, in a file that outlives the service."""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lossmark.terminal import one_line

WAITING, LEFT, RUNNING = "waiting", "left", "running"
DONE, UNUSABLE, FAILED = "done", "unusable", "failed"
OPEN = (WAITING, LEFT, RUNNING)
COUNTED = (*OPEN, DONE)
"""States that count against a student's limit: errors on our side and files that are not notebooks do not."""
OURS = "That is not your fault, and does not count. Your teacher has been told."
MAX_TRIES = 2
"""A check that was at work this often when the service or its workers ended is not tried again."""
KEPT_DAYS = 30

_log = logging.getLogger(__name__)
_MAX_REASON = 1_000
"""Characters of a reason that the log gets: a submission may have caused it."""
_SHOWN = "key, student, assignment, asked, state, result"
"""All of a check but its notebook, which may be large: a page asks for it twice a second."""
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS checks (
        key TEXT PRIMARY KEY,
        student TEXT NOT NULL,
        assignment TEXT NOT NULL,
        day TEXT NOT NULL,
        asked REAL NOT NULL,
        started REAL,
        state TEXT NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        notebook BLOB,
        result TEXT
    );
    CREATE INDEX IF NOT EXISTS of_a_student ON checks (student, assignment, day);
    CREATE INDEX IF NOT EXISTS by_state ON checks (state);
"""


@dataclass(frozen=True)
class Check:
    """One notebook to check, or checked.

    Attributes
    ----------
    key : str
        Its name, which nobody can guess.
    student, assignment : str
        Its owner and its assignment.
    asked : float
        When, in seconds since the epoch.
    state : str
        Waiting, left (waiting until no other waits), running, done, unusable (the file is not a notebook) or failed (an
        error on our side).
    result : dict or None
        The result for the student, at the end.
    """

    key: str
    student: str
    assignment: str
    asked: float
    state: str
    result: dict[str, Any] | None

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state in OPEN


@dataclass(frozen=True)
class Allowance:
    """The checks of one assignment that a student may start each day.

    Attributes
    ----------
    checks : int
        Checks that come to a result.
    failures : int
        Checks that fail through a fault of ours. They do not count as checks, but a student who can cause a fault would
        have checks without end, and could choose those that count.
    """

    checks: int
    failures: int


class Refused(Exception):
    """A check is not taken on; the text tells the student why."""


class Ledger:
    """The file.

    Parameters
    ----------
    file : Path
        Where; it is made if it is not there. One service at a time may use it.
    """

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.executescript(_SCHEMA)
        with self._at_once() as database:
            database.execute("DELETE FROM checks WHERE asked < ?", (time.time() - KEPT_DAYS * 86_400,))
            running = [key for (key,) in database.execute("SELECT key FROM checks WHERE state = ?", (RUNNING,))]
        for key in running:  # by a service that has ended
            self.give_back(key)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def add(self, student: str, assignment: str, notebook: bytes, allowance: Allowance) -> Check:
        """Take on a check.

        Parameters
        ----------
        student, assignment : str
            The student and the assignment.
        notebook : bytes
            The saved notebook.
        allowance : Allowance
            How many of them the student has today.

        Returns
        -------
        Check

        Raises
        ------
        Refused
            If there are none left, our side has failed too often, or one has not ended yet.
        """
        key = secrets.token_urlsafe(16)
        with self._at_once() as database:
            self.require(student, assignment, allowance)
            database.execute(
                "INSERT INTO checks (key, student, assignment, day, asked, state, notebook) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key, student, assignment, _today(), time.time(), WAITING, notebook),
            )
        return self._one(key)

    def require(self, student: str, assignment: str, allowance: Allowance) -> None:
        """Refuse a check that would not be taken on.

        Parameters
        ----------
        student, assignment : str
            The student and the assignment.
        allowance : Allowance
            How many of them the student has today.

        Raises
        ------
        Refused
            If there are none left, our side has failed too often, or one has not ended yet.
        """
        refusal = self.refusal(student, assignment, allowance)
        if refusal:
            raise Refused(refusal)

    def refusal(self, student: str, assignment: str, allowance: Allowance) -> str:
        """Say why a check would not be taken on.

        Parameters
        ----------
        student, assignment : str
            The student and the assignment.
        allowance : Allowance
            How many of them the student has today.

        Returns
        -------
        str
            Empty where it would be.
        """
        failed = self._count(student, assignment, (FAILED,), _today())
        if self._count(student, assignment, OPEN):
            return "Your last check of this assignment has not ended yet."
        if self.left(student, assignment, allowance) <= 0:
            return "You have no checks of this assignment left today."
        if failed >= allowance.failures:
            return (
                f"Today, {failed} of your checks of this assignment have failed through a fault of ours. Your teacher "
                "has been told. You keep the checks that you have left, and can use them when that is fixed."
            )
        return ""

    def left(self, student: str, assignment: str, allowance: Allowance) -> int:
        """Count the checks that a student may still start today.

        Parameters
        ----------
        student, assignment : str
            The student and the assignment.
        allowance : Allowance
            How many there are each day.

        Returns
        -------
        int
        """
        return max(0, allowance.checks - self._count(student, assignment, COUNTED, _today()))

    def find(self, key: str, student: str) -> Check | None:
        """Return a student's check.

        Parameters
        ----------
        key : str
            Its name.
        student : str
            Who asks.

        Returns
        -------
        Check or None
            None where it is somebody else's, as where there is none.
        """
        query = f"SELECT {_SHOWN} FROM checks WHERE key = ? AND student = ?"
        row = self._connection.execute(query, (key, student)).fetchone()
        return _check(row) if row else None

    def latest(self, student: str, assignment: str) -> Check | None:
        """Return a student's last request.

        Parameters
        ----------
        student, assignment : str
            The student and the assignment.

        Returns
        -------
        Check or None
        """
        query = f"SELECT {_SHOWN} FROM checks WHERE student = ? AND assignment = ? ORDER BY asked DESC LIMIT 1"
        row = self._connection.execute(query, (student, assignment)).fetchone()
        return _check(row) if row else None

    def take(self) -> tuple[Check, bytes] | None:
        """Take the next check to run: students take turns with one running check each, and stopped checks come last.

        Returns
        -------
        tuple of Check and bytes, or None
            The check with its notebook; None where nothing can be run.
        """
        with self._at_once() as database:
            key = self._next(WAITING) or self._next(LEFT)
            if key is None:
                return None
            database.execute(
                "UPDATE checks SET state = ?, started = ?, tries = tries + 1 WHERE key = ?", (RUNNING, time.time(), key)
            )
            (notebook,) = database.execute("SELECT notebook FROM checks WHERE key = ?", (key,)).fetchone()
        return self._one(key), notebook

    def keeps_waiting(self) -> bool:
        """Whether a check could be run that has not had its turn yet."""
        return self._next(WAITING) is not None

    def position(self, key: str) -> int | None:
        """Return a check's place in the queue.

        Parameters
        ----------
        key : str
            Its name.

        Returns
        -------
        int or None
            1 for the next one; None where it does not wait.
        """
        keys = [row["key"] for row in [*self._queue(WAITING), *self._queue(LEFT)]]
        return keys.index(key) + 1 if key in keys else None

    def end(self, key: str, state: str, result: dict[str, Any]) -> None:
        """Record the result of a check; its notebook is not kept.

        Parameters
        ----------
        key : str
            Its name.
        state : str
            Done or unusable.
        result : dict
            The result for the student.
        """
        self._connection.execute(
            "UPDATE checks SET state = ?, result = ?, notebook = NULL WHERE key = ?", (state, json.dumps(result), key)
        )

    def fail(self, key: str, reason: str) -> None:
        """Record a check that failed through an error on our side, and report it in the log.

        Parameters
        ----------
        key : str
            Its name.
        reason : str
            Why; the student does not see it, as it may name files of the course.
        """
        self.end(key, FAILED, {"reason": OURS})
        check = self._one(key)
        failed = self._count(check.student, check.assignment, (FAILED,), _today())
        why = one_line(reason)[:_MAX_REASON]
        _log.error("%s of %s was not checked; failures today: %d; %s", check.assignment, check.student, failed, why)

    def leave(self, key: str) -> None:
        """Let a check whose turn is over wait until no other one waits.

        Parameters
        ----------
        key : str
            Its name.
        """
        self._connection.execute("UPDATE checks SET state = ?, tries = tries - 1 WHERE key = ?", (LEFT, key))

    def give_back(self, key: str) -> None:
        """Let a check wait again whose service or worker has ended, unless that has happened too often.

        Parameters
        ----------
        key : str
            Its name.
        """
        (tries,) = self._connection.execute("SELECT tries FROM checks WHERE key = ?", (key,)).fetchone()
        if tries < MAX_TRIES:
            self._connection.execute("UPDATE checks SET state = ? WHERE key = ?", (WAITING, key))
        else:
            self.fail(key, f"it was killed, or hung, {tries} times while it ran")

    def _next(self, state: str) -> str | None:
        """Return the first check that waits in a state, of a student who has none running."""
        running = self._connection.execute("SELECT student FROM checks WHERE state = ?", (RUNNING,))
        busy = {student for (student,) in running}
        return next((row["key"] for row in self._queue(state) if row["student"] not in busy), None)

    def _queue(self, state: str) -> list[sqlite3.Row]:
        """The waiting checks in order: all first checks before any second one, the longest waiting student first."""
        rows = self._connection.execute(
            "SELECT key, student, "
            "(SELECT MAX(started) FROM checks AS other WHERE other.student = checks.student) AS served "
            "FROM checks WHERE state = ? ORDER BY asked, rowid",
            (state,),
        ).fetchall()
        turns: Counter[str] = Counter(
            student for (student,) in self._connection.execute("SELECT student FROM checks WHERE state = ?", (RUNNING,))
        )
        placed = []
        for row in rows:
            turns[row["student"]] += 1
            placed.append((turns[row["student"]], row["served"] or 0.0, row))
        return [row for _, _, row in sorted(placed, key=lambda entry: entry[:2])]

    def _count(self, student: str, assignment: str, states: tuple[str, ...], day: str | None = None) -> int:
        marks = ", ".join("?" * len(states))
        query = f"SELECT COUNT(*) FROM checks WHERE student = ? AND assignment = ? AND state IN ({marks})"
        values = (student, assignment, *states)
        if day is not None:
            query, values = f"{query} AND day = ?", (*values, day)
        (count,) = self._connection.execute(query, values).fetchone()
        return int(count)

    def _one(self, key: str) -> Check:
        return _check(self._connection.execute(f"SELECT {_SHOWN} FROM checks WHERE key = ?", (key,)).fetchone())

    @contextmanager
    def _at_once(self) -> Iterator[sqlite3.Connection]:
        """Do several things in one transaction."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _check(row: sqlite3.Row) -> Check:
    result = json.loads(row["result"]) if row["result"] else None
    return Check(row["key"], row["student"], row["assignment"], row["asked"], row["state"], result)


def _today() -> str:
    return time.strftime("%Y-%m-%d")
