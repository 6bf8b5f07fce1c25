"""The time for a submission while others wait, from the durations of earlier ones."""

from __future__ import annotations

from collections import deque
from statistics import median

FIRST_TURN_S = 10.0
"""Time on the clock for a submission, while others wait, until it is known how long one takes."""
TURN_TIMES = 4
"""Multiple of the usual duration of earlier submissions; for one that takes longer, the others do not wait."""
REMEMBERED = 1_000
"""Submissions by which the next one's turn is measured: a service goes on for months."""


class Turns:
    """The turns of one assignment's submissions."""

    def __init__(self) -> None:
        self._taken_s = deque[float](maxlen=REMEMBERED)
        self._left = 0

    def learn(self, seconds: float) -> None:
        """Take note of how long a submission took.

        Parameters
        ----------
        seconds : float
            From its start to its result.
        """
        self._taken_s.append(seconds)

    def count_left(self) -> None:
        """Take note that a submission's turn was over."""
        self._left += 1

    @property
    def length_s(self) -> float:
        """The next one's turn; where none has been graded yet, it may be that each takes long."""
        if not self._taken_s:
            return FIRST_TURN_S * (1 + self._left)
        return max(FIRST_TURN_S, TURN_TIMES * median(self._taken_s))
