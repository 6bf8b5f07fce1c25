"""Deadlines of a submission, which are extended while a loaded machine denies it CPU time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

MOST_TIMES = 6.0
"""A deadline is extended to at most this multiple of the time allowed."""
IDLE = 0.05
"""Below this share of CPU time a process counts as idle, not starved."""
MOST_TIMES_LOADED = 30.0
"""`MOST_TIMES` for a machine that runs so many processes that a fair share of the processor explains the wait."""


def fair_share() -> float:
    """Return the share of a processor that each running process gets, from the system's load average."""
    running = int(Path("/proc/loadavg").read_text().split()[3].partition("/")[0])
    return min(1.0, (os.cpu_count() or 1) / max(1, running))


def charged_s(passed_s: float, used_s: float) -> float:
    """Return the part of a notebook's time that a cell or call is charged.

    Parameters
    ----------
    passed_s, used_s : float
        Wall-clock time and CPU time, in seconds.

    Returns
    -------
    float
        The CPU time if the submission was at work, the wall-clock time if it was idle.
    """
    if not used_s or (used_s < IDLE * passed_s and used_s < fair_share() / 2 * passed_s):
        return passed_s
    return min(passed_s, max(used_s, passed_s / MOST_TIMES_LOADED))


class Deadline:
    """A deadline that is fair on a loaded machine.

    If the time allowed has passed on the clock, but the submission was at work and has used less CPU time, the deadline
    is extended by the missing CPU time. An idle submission gets no extension.

    Parameters
    ----------
    timeout_s : float
        Time allowed, in seconds.
    cpu_s : callable
        Returns the CPU time that the submission has used so far, in seconds.
    """

    def __init__(self, timeout_s: float, cpu_s: Callable[[], float]) -> None:
        self.timeout_s = timeout_s
        self._cpu_s = cpu_s
        self._started = self._looked = time.monotonic()
        self._used_before = self._used_when_looked = cpu_s()
        self._end = self._started + timeout_s
        self._share = 1.0

    def left_s(self) -> float:
        """Return how long to wait before :meth:`has_passed` need be asked, in seconds."""
        return max(0.0, self._end - time.monotonic())

    def has_passed(self) -> bool:
        """Return whether the time is used up; extend the deadline if it is not."""
        now = time.monotonic()
        if now < self._end:
            return False
        used = self._cpu_s()
        missing_s = self.timeout_s - (used - self._used_before)
        self._share = min(self._share, fair_share())
        worked = used - self._used_when_looked >= min(IDLE, self._share / 2) * (now - self._looked)
        most_times = min(MOST_TIMES_LOADED, max(MOST_TIMES, 2 / self._share))
        latest = self._started + most_times * self.timeout_s
        if missing_s < IDLE * self.timeout_s or not worked or now >= latest:
            return True
        self._looked, self._used_when_looked = now, used
        self._end = min(now + missing_s, latest)
        return False
