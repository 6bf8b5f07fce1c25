"""When a submission has had its time: of the processor, too, where the machine is busy with other work."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

MOST_TIMES = 6.0
"""A deadline is put off to at most so many times what was allowed."""
IDLE = 0.05
"""Who has used less than this part of the time that has passed was not kept waiting by others, but sleeps."""
MOST_TIMES_LOADED = 30.0
"""The same as `MOST_TIMES`, where so many processes run that a fair share of the processor explains the wait."""


def fair_share() -> float:
    """Return the part of a processor that each process has which runs now, as the system counts them."""
    running = int(Path("/proc/loadavg").read_text().split()[3].partition("/")[0])
    return min(1.0, (os.cpu_count() or 1) / max(1, running))


def charged_s(passed_s: float, used_s: float) -> float:
    """Return what of a notebook's time something has taken that ran for a while.

    Parameters
    ----------
    passed_s, used_s : float
        Time on the clock and on the processor, in seconds.

    Returns
    -------
    float
        The processor's time of a submission that was at work, the clock's of one that was not.
    """
    if not used_s or (used_s < IDLE * passed_s and used_s < fair_share() / 2 * passed_s):
        return passed_s
    return min(passed_s, max(used_s, passed_s / MOST_TIMES_LOADED))


class Deadline:
    """A deadline that holds on a loaded machine.

    When the time allowed has passed on the clock, but not on the processor, and the submission was at work, it is given
    what it has not had. One that sleeps, or waits, is given nothing.

    Parameters
    ----------
    timeout_s : float
        Time allowed, in seconds.
    cpu_s : callable
        Returns the processor time that the submission has used so far, in seconds.
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
        """Whether the submission has had its time; if not, the deadline is put off."""
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
