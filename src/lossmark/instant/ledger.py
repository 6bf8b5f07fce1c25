"""Who has asked for which check, and what came of it: a file that outlives the service."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WAITING, RUNNING, DONE, UNUSABLE, FAILED = "waiting", "running", "done", "unusable", "failed"
OPEN = (WAITING, RUNNING)
COUNTED = (*OPEN, DONE)
"""What counts against a student's limit: a fault of ours does not, nor a file that is no notebook."""
MAX_TRIES = 2
"""A check that was at work this often when the service or its workers ended is not tried again."""
KEPT_DAYS = 30

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
        Names it; nobody can guess it.
    student, assignment : str
        Whose it is, and of what.
    asked : float
        When, in seconds since the epoch.
    state : str
        Waiting, running, done, unusable (the file is no notebook) or failed (a fault of ours).
    result : dict or None
        What the student is shown, when it has ended.
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

    def add(self, student: str, assignment: str, notebook: bytes, per_day: int) -> Check:
        """Take on a check.

        Parameters
        ----------
        student, assignment : str
            Whose, and of what.
        notebook : bytes
            The saved notebook.
        per_day : int
            How many of them the student has today.

        Returns
        -------
        Check

        Raises
        ------
        Refused
            If there are none left, or one has not ended yet.
        """
        key = secrets.token_urlsafe(16)
        with self._at_once() as database:
            self.require(student, assignment, per_day)
            database.execute(
                "INSERT INTO checks (key, student, assignment, day, asked, state, notebook) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key, student, assignment, _today(), time.time(), WAITING, notebook),
            )
        return self._one(key)

    def require(self, student: str, assignment: str, per_day: int) -> None:
        """Refuse a check that would not be taken on.

        Parameters
        ----------
        student, assignment : str
            Whose, and of what.
        per_day : int
            How many of them the student has today.

        Raises
        ------
        Refused
            If there are none left, or one has not ended yet.
        """
        if self._count(student, assignment, OPEN):
            raise Refused("Your last check of this assignment has not ended yet.")
        if self.left(student, assignment, per_day) <= 0:
            raise Refused("You have no checks of this assignment left today.")

    def left(self, student: str, assignment: str, per_day: int) -> int:
        """Count what a student has left today.

        Parameters
        ----------
        student, assignment : str
            Whose, and of what.
        per_day : int
            How many there are each day.

        Returns
        -------
        int
        """
        return max(0, per_day - self._count(student, assignment, COUNTED, _today()))

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
        row = self._connection.execute("SELECT * FROM checks WHERE key = ? AND student = ?", (key, student)).fetchone()
        return _check(row) if row else None

    def latest(self, student: str, assignment: str) -> Check | None:
        """Return what a student has asked for last.

        Parameters
        ----------
        student, assignment : str
            Whose, and of what.

        Returns
        -------
        Check or None
        """
        query = "SELECT * FROM checks WHERE student = ? AND assignment = ? ORDER BY asked DESC LIMIT 1"
        row = self._connection.execute(query, (student, assignment)).fetchone()
        return _check(row) if row else None

    def take(self) -> tuple[Check, bytes] | None:
        """Take the next check to run: students take turns, and none has two of them running.

        Returns
        -------
        tuple of Check and bytes, or None
            The check with its notebook; None where nothing can be run.
        """
        with self._at_once() as database:
            busy = {
                student for (student,) in database.execute("SELECT student FROM checks WHERE state = ?", (RUNNING,))
            }
            key = next((row["key"] for row in self._queue() if row["student"] not in busy), None)
            if key is None:
                return None
            database.execute(
                "UPDATE checks SET state = ?, started = ?, tries = tries + 1 WHERE key = ?", (RUNNING, time.time(), key)
            )
            (notebook,) = database.execute("SELECT notebook FROM checks WHERE key = ?", (key,)).fetchone()
        return self._one(key), notebook

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
        keys = [row["key"] for row in self._queue()]
        return keys.index(key) + 1 if key in keys else None

    def end(self, key: str, state: str, result: dict[str, Any]) -> None:
        """Record what came of a check; its notebook is not kept.

        Parameters
        ----------
        key : str
            Its name.
        state : str
            Done, unusable or failed.
        result : dict
            What the student is shown.
        """
        self._connection.execute(
            "UPDATE checks SET state = ?, result = ?, notebook = NULL WHERE key = ?", (state, json.dumps(result), key)
        )

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
            self.end(key, FAILED, {"reason": "It was stopped twice while it ran. This check does not count."})

    def _queue(self) -> list[sqlite3.Row]:
        """What waits, in order: everyone's first before anyone's second, and who was served longest ago first."""
        rows = self._connection.execute(
            "SELECT key, student, "
            "(SELECT MAX(started) FROM checks AS other WHERE other.student = checks.student) AS served "
            "FROM checks WHERE state = ? ORDER BY asked, rowid",
            (WAITING,),
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
        return _check(self._connection.execute("SELECT * FROM checks WHERE key = ?", (key,)).fetchone())

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
