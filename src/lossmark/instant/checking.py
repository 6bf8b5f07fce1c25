"""The checks that wait, on workers that are warm."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

import nbformat

from lossmark.batch import worker
from lossmark.batch.dispatch import longest_s
from lossmark.batch.parcel import Parcel
from lossmark.batch.pools import LocalPool
from lossmark.batch.turns import Turns
from lossmark.batch.worker import Order
from lossmark.checks import Shows
from lossmark.course import Course
from lossmark.errors import NotGraded, UsageError, describe
from lossmark.instant.ledger import DONE, UNUSABLE, Check, Ledger
from lossmark.instant.settings import MESSAGES, InstantCheck
from lossmark.results import GradedNotebook
from lossmark.settings import Inputs, Lossmark

RETRY_S = 2.0
"""Time until the ledger is tried again that could not be written, as on a full disk."""
UNTOUCHED = "nothing was written into this notebook; if you worked in a copy, have that checked under this name"
_log = logging.getLogger(__name__)


class Checking:
    """Runs the waiting checks of a ledger, as many in parallel as the instructor allows.

    While others wait, each check has a turn. One that takes longer is stopped, and run from the beginning, with all of
    its time, when no other waits.

    Parameters
    ----------
    root : Path
        The course's folder.
    ledger : Ledger
        Where checks wait and end.
    """

    def __init__(self, root: Path, ledger: Ledger) -> None:
        self._root, self._ledger = root, ledger
        self._free = [_Worker() for _ in range(InstantCheck.of(Course(root)).jobs)]
        self._workers = tuple(self._free)
        self._running: dict[asyncio.Task[None], _Run] = {}
        self._turns: defaultdict[str, Turns] = defaultdict(Turns)
        self._left = set[str]()
        self._timer: asyncio.TimerHandle | None = None

    def warm_up(self) -> None:
        """Start the workers, and let them make a sandbox for the first assignment."""
        course = Course(self._root)
        try:
            name = course.require_graders()[0]
        except UsageError as error:
            _log.error("there is no instant check: %s", error)
            return
        parcel, limits = Parcel.of(course, name), InstantCheck.of(course).limits(course)
        released = nbformat.writes(course.assignment(name).released).encode()
        order = Order("nobody", released, limits, course.settings.isolation)
        for one in self._workers:
            one.submit(parcel, order)

    def go_on(self) -> None:
        """Run all checks that can run; call it whenever one was added or has ended."""
        try:
            while self._free and (taken := self._ledger.take()) is not None:
                self._start(*taken)
            if not self._free and self._ledger.keeps_waiting():
                self._end_a_turn()
        except sqlite3.OperationalError as error:
            _log.error("the ledger cannot be used, and is tried again: %s", error)
            self._go_on_in(RETRY_S)

    def stop(self) -> None:
        """End the workers."""
        for one in self._workers:
            one.stop()

    def _start(self, check: Check, notebook: bytes) -> None:
        turn_s = 0.0 if check.key in self._left else self._turns[check.assignment].length_s
        now = asyncio.get_running_loop().time()
        run = _Run(check, notebook, self._free.pop(), now, now + turn_s)
        task = asyncio.create_task(self._run(run))
        self._running[task] = run
        task.add_done_callback(self._has_ended)

    def _end_a_turn(self) -> None:
        """Have the check stopped whose turn has been over longest; if none is over, look again when one is."""
        if any(run.is_over.is_set() for run in self._running.values()):
            return  # its place will be free in a moment
        longest = min(self._running.values(), key=lambda run: run.turn_ends)
        left_s = longest.turn_ends - asyncio.get_running_loop().time()
        if left_s <= 0:
            longest.is_over.set()
        else:
            self._go_on_in(left_s)

    def _go_on_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self.go_on)

    def _has_ended(self, task: asyncio.Task[None]) -> None:
        self._free.append(self._running.pop(task).worker)
        if not task.cancelled() and task.exception() is not None:
            _log.error("a check has ended in an error", exc_info=task.exception())
        self.go_on()

    async def _run(self, run: _Run) -> None:
        check, ledger = run.check, self._ledger
        try:
            record = await self._outcome_of(run)
        except (NotGraded, UsageError, OSError, MemoryError) as error:
            reason = describe(error) if isinstance(error, OSError | MemoryError) else str(error)
            record = partial(ledger.fail, check.key, reason)
        except Exception as error:  # a mistake in the settings, or of ours
            record = partial(ledger.fail, check.key, f"{type(error).__name__}: {error}")
        while True:
            try:
                return record()
            except sqlite3.OperationalError as error:  # without a record it would run, and wait, without end
                _log.error("the end of a check of %s cannot be recorded yet: %s", check.student, error)
                await asyncio.sleep(RETRY_S)

    async def _outcome_of(self, run: _Run) -> Callable[[], None]:
        """Check a notebook, and return a function that records the result."""
        check, ledger = run.check, self._ledger
        course = Course(self._root)
        settings = InstantCheck.of(course)
        wall, inputs = course.settings.isolation, Inputs(settings.inputs)
        order = Order(check.student, run.notebook, settings.limits(course), wall, inputs)
        answer = asyncio.wrap_future(run.worker.submit(Parcel.of(course, check.assignment), order))
        is_over = asyncio.ensure_future(run.is_over.wait())
        try:
            awaited: list[asyncio.Future[Any]] = [answer, is_over]
            await asyncio.wait(awaited, timeout=longest_s([order]), return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                await run.worker.replace()
                if not run.is_over.is_set():
                    return partial(ledger.give_back, check.key)
                self._left.add(check.key)
                self._turns[check.assignment].count_left()
                return partial(ledger.leave, check.key)
            ended = answer.result()
        except LocalPool.failures:
            await run.worker.replace()
            return partial(ledger.give_back, check.key)
        finally:
            is_over.cancel()
            answer.cancel()
        self._left.discard(check.key)
        if ended.state == DONE:
            self._turns[check.assignment].learn(asyncio.get_running_loop().time() - run.started)
        if ended.result is None:
            return partial(ledger.fail, check.key, ended.reason)
        return partial(ledger.end, check.key, ended.state, ended.result)


class _Worker:
    """A process of its own: no check suffers from another one that ends it."""

    def __init__(self) -> None:
        self._pool = LocalPool(1)
        self._executor: Executor | None = None

    def submit(self, parcel: Parcel, order: Order) -> Future[_Ended]:
        if self._executor is None:
            self._executor = self._pool.start()
        return self._executor.submit(_check, parcel, order)

    async def replace(self) -> None:
        """Kill the process and its work; the next order starts another one."""
        await asyncio.to_thread(self.stop)

    def stop(self) -> None:
        executor, self._executor = self._executor, None
        if executor is not None:
            self._pool.stop(executor)


@dataclass(frozen=True)
class _Run:
    """A check on its worker, and the loop's times at which it was started and at which its turn ends."""

    check: Check
    notebook: bytes = field(repr=False)
    worker: _Worker
    started: float
    turn_ends: float
    is_over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True)
class _Ended:
    """The result of a check, as far as the service needs it: a page, and nothing that the notebook put out."""

    state: str = ""
    result: dict[str, Any] | None = None
    reason: str = ""


def _check(parcel: Parcel, order: Order) -> _Ended:
    """Check a notebook, in a worker; all that is made of a student's bytes is made there."""
    outcome = worker.grade(parcel, order)
    if outcome.graded is not None:
        shows = Shows.named(Lossmark(config=parcel.settings).shows)
        shown = to_be_shown(outcome.graded, InstantCheck(config=parcel.settings), shows)
        return _Ended(DONE, shown)
    if outcome.is_unusable:
        return _Ended(UNUSABLE, {"reason": f"{outcome.reason}. This does not count."})
    return _Ended(reason=outcome.reason)


def to_be_shown(graded: GradedNotebook, settings: InstantCheck, shows: Shows) -> dict[str, Any]:
    """Select the visible part of a result; nothing else is stored.

    Parameters
    ----------
    graded : GradedNotebook
        The result.
    settings : InstantCheck
        The instructor's settings.
    shows : Shows
        The detail of feedback pages, which messages do not exceed.

    Returns
    -------
    dict
        Plain data: for each tests cell its checks, with title, outcome and, where allowed, message.
    """
    return {
        "remarks": [*graded.for_student, *([UNTOUCHED] if graded.is_untouched else [])],
        "cells": [
            {
                "name": cell.grade_id.removesuffix("_tests"),
                "checks": [
                    {
                        "title": check.title,
                        "outcome": check.outcome,
                        "words": check.outcome.label,
                        "message": check.at(shows).message if settings.shows == MESSAGES else "",
                    }
                    for check in cell.checks
                ],
            }
            for cell in graded.cells
            if not any(fnmatchcase(cell.grade_id, pattern) for pattern in settings.without)
        ],
    }
