"""When a submission has had its time: of the processor, too, where the machine is busy with other work."""

from __future__ import annotations

import time
from collections.abc import Callable

MOST_TIMES = 6.0
"""A deadline is put off to at most so many times what was allowed."""
IDLE = 0.05
"""Who has used less than this part of the time that has passed was not kept waiting by others, but sleeps."""


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
        worked = used - self._used_when_looked >= IDLE * (now - self._looked)
        latest = self._started + MOST_TIMES * self.timeout_s
        if missing_s < IDLE * self.timeout_s or not worked or now >= latest:
            return True
        self._looked, self._used_when_looked = now, used
        self._end = min(now + missing_s, latest)
        return False
