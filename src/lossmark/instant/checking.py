"""The checks that wait, on workers that are warm."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Executor
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import nbformat

from lossmark.batch import worker
from lossmark.batch.parcel import Parcel
from lossmark.batch.pools import LocalPool
from lossmark.checks import Shows
from lossmark.course import Course
from lossmark.errors import NotGraded, UsageError, describe
from lossmark.grading.report import WORDS
from lossmark.instant.ledger import DONE, FAILED, UNUSABLE, Check, Ledger
from lossmark.instant.settings import MESSAGES, InstantCheck
from lossmark.results import GradedNotebook
from lossmark.settings import Inputs

OURS = "That is no fault of yours, and does not count. Please tell your teacher."
UNTOUCHED = "nothing was written into this notebook; if you worked in a copy, have that checked under this name"
_log = logging.getLogger(__name__)


class Checking:
    """Runs what waits in a ledger, as many at a time as the instructor allows.

    Parameters
    ----------
    root : Path
        The course's folder.
    ledger : Ledger
        Where checks wait and end.
    """

    def __init__(self, root: Path, ledger: Ledger) -> None:
        self._root, self._ledger = root, ledger
        self._pool = LocalPool(InstantCheck.of(Course(root)).jobs)
        self._executor: Executor | None = None
        self._work: set[asyncio.Task[None]] = set()

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
        order = worker.Order("nobody", released, limits, course.settings.isolation)
        for _ in range(self._pool.jobs):
            self._started().submit(worker.grade, parcel, order)

    def go_on(self) -> None:
        """Run what can be run; to be called whenever something was added or has ended."""
        while len(self._work) < self._pool.jobs:
            taken = self._ledger.take()
            if taken is None:
                return
            task = asyncio.create_task(self._run(*taken))
            self._work.add(task)
            task.add_done_callback(self._has_ended)

    def stop(self) -> None:
        """End the workers."""
        if self._executor is not None:
            self._pool.stop(self._executor)
            self._executor = None

    def _has_ended(self, task: asyncio.Task[None]) -> None:
        self._work.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("a check has ended in an error", exc_info=task.exception())
        self.go_on()

    async def _run(self, check: Check, notebook: bytes) -> None:
        executor = self._started()
        try:
            course = Course(self._root)
            settings = InstantCheck.of(course)
            wall, inputs = course.settings.isolation, Inputs(settings.inputs)
            order = worker.Order(check.student, notebook, settings.limits(course), wall, inputs)
            future = executor.submit(worker.grade, Parcel.of(course, check.assignment), order)
            outcome = await asyncio.wrap_future(future)
        except self._pool.failures:
            if self._executor is executor:
                self.stop()
            self._ledger.give_back(check.key)
        except (NotGraded, UsageError, OSError, MemoryError) as error:
            reason = describe(error) if isinstance(error, OSError | MemoryError) else str(error)
            self._fail(check, reason)
        except Exception as error:  # a mistake in the settings, or of ours
            self._fail(check, f"{type(error).__name__}: {error}")
        else:
            if outcome.graded is not None:
                shown = to_be_shown(outcome.graded, settings, Shows.named(course.settings.shows))
                self._ledger.end(check.key, DONE, shown)
            elif outcome.is_unusable:
                self._ledger.end(check.key, UNUSABLE, {"reason": f"{outcome.reason}. This does not count."})
            else:
                self._fail(check, outcome.reason)

    def _fail(self, check: Check, reason: str) -> None:
        _log.error("%s of %s was not checked: %s", check.assignment, check.student, reason)
        self._ledger.end(check.key, FAILED, {"reason": OURS})  # the reason may name files of the course

    def _started(self) -> Executor:
        if self._executor is None:
            self._executor = self._pool.start()
        return self._executor


def to_be_shown(graded: GradedNotebook, settings: InstantCheck, shows: Shows) -> dict[str, Any]:
    """Choose what a student sees of a result; nothing else is kept.

    Parameters
    ----------
    graded : GradedNotebook
        The result.
    settings : InstantCheck
        What the instructor allows here.
    shows : Shows
        What feedback shows of a lost check: messages say no more.

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
                        "words": WORDS[check.outcome],
                        "message": check.at(shows).message if settings.shows == MESSAGES else "",
                    }
                    for check in cell.checks
                ],
            }
            for cell in graded.cells
            if not any(fnmatchcase(cell.grade_id, pattern) for pattern in settings.without)
        ],
    }
