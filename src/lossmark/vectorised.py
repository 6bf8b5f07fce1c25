"""Whether a function works on whole arrays, or in Python on one element after the other.

Three looks, from the most telling to the one that is hardest to deceive. The source is read, which finds the loop and
can name it. A loop that is hidden from a reader is still executed, so the steps of Python are counted in the student
kernel. The student's code may forge that count, so the time for a large problem is measured from outside.

A name alone is not a loop: a variable called ``filter``, or a function behind a decorator, is only counted and timed.
Nor is a statement that looks at each argument and only refuses some, such as an assertion.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lossmark.boundary.submission import Call, Raised, Submission
from lossmark.boundary.transport import Clocked, LocalTransport, Reader
from lossmark.numerics import CheckFailed, as_array
from lossmark.syntax import REFUSAL, Loop, loops_in

STEPS_EACH = 8
"""Steps of Python that each further element may cost.

numpy itself looks at each array of a list in five steps (`np.choose` with a row for each class); `max(0, s)` in a
comprehension, the shortest loop that calculates anything, takes ten.
"""
REFUSAL_STEPS = 16
"""Steps that each further element may cost besides, where a loop does nothing but refuse arguments.

``assert all(label >= 0 for label in y)`` takes eleven, one that looks at both ends or at a type sixteen or seventeen.
"""
COUNTS = 2
"""How often steps are counted where they grow: libraries do some work once only for arrays of a new size."""
TIMES_RIGHT = 8.0
"""Times as long as the reference a right function may take: one-hot matrices and copies take it to about three."""
ALLOWANCE_S = 0.02
"""Time for other events on a busy machine, in seconds."""
TIMINGS = 5
"""How often a function is timed before it counts as slow: the fastest counts, as time is never faked downwards."""
FEW, PROBLEMS = 8, 10
"""Elements of small problems, and how many of them show whether a function is right: one may be met by chance."""
NEAR = 1e-3
"""Difference, relative to the largest number, up to which two results of many elements are the same."""

Arguments = tuple[Any, ...]


@dataclass(frozen=True)
class Growth:
    """One way in which a function's arguments grow.

    Attributes
    ----------
    elements : str
        The growing quantity, in words for the student: ``"examples"``.
    draw : callable
        Draws arguments with so many of them; other numbers each time, so that no answer is known beforehand.
    counted : tuple of int
        The two sizes at which steps are counted. Where a student may print an array that grows, it should have more
        than 1,000 numbers at both: numpy formats shorter ones number by number, in Python.
    timed : int or None
        The size at which time is taken; None where a right function may take more than a loop's, as one that makes
        a matrix of as many rows as columns does.
    """

    elements: str
    draw: Callable[[int], Arguments]
    counted: tuple[int, int]
    timed: int | None = None


def find_loops(submission: Submission, name: str) -> list[Loop]:
    """Find Python loops in a function of a submission, and in those of the same notebook that it uses.

    Parameters
    ----------
    submission : Submission
        The student's work, whose code is read.
    name : str
        The function's name. Its last definition counts, be it a ``def`` or a ``lambda`` with a name.

    Returns
    -------
    list of Loop
        Loops, comprehensions, recursion, ``map``, ``np.vectorize`` and the like, in the order of the source. A
        definition that cannot be found, because something else than a cell made it, counts as one.
    """
    return [loop for loop in _read_loops(submission, name) if loop.kind != REFUSAL]


def _read_loops(submission: Submission, name: str) -> list[Loop]:
    assert isinstance(submission.transport, Reader)
    return loops_in(submission.transport.read(submission.code), name)


def assert_vectorised(
    submission: Submission,
    name: str,
    right: Callable[..., Any],
    growths: Sequence[Growth],
    *,
    misconceptions: Mapping[str, str] | None = None,
    otherwise: str | None = None,
) -> None:
    """Fail if a function loops in Python over the elements of its arguments, itself or in functions that it uses.

    Parameters
    ----------
    submission : Submission
        The student's work.
    name : str
        The function's name.
    right : callable
        A right version without a loop: the yardstick for time, and for the results of large problems.
    growths : sequence of Growth
        The ways in which its arguments grow.
    misconceptions : mapping of str to str, optional
        The misconception that each kind of loop is which :func:`find_loops` describes.
    otherwise : str, optional
        The misconception that any other loop is.

    Raises
    ------
    CheckFailed
        If it loops.
    StudentFault
        If it raises, or does not answer in time.
    """
    read = _read_loops(submission, name)
    loops = [loop for loop in read if loop.kind != REFUSAL]
    steps_each = STEPS_EACH if loops == read else STEPS_EACH + REFUSAL_STEPS
    if loops:
        place = "" if loops[0].function == name else f", in `{loops[0].function}`, which it uses"
        raise CheckFailed(
            f"`{name}` holds {loops[0].kind}{place}. {_advice(growths)}",
            misconception=(misconceptions or {}).get(loops[0].kind, otherwise),
        )
    for growth in growths:
        try:
            measured = _Measured(submission, name, right, growth)
        except Raised:  # it fails for few elements already, which has cost it more than this check
            continue
        found = measured.growing_steps(steps_each) or measured.too_long()
        if found:
            raise CheckFailed(f"{found} {_advice(growths)}", misconception=otherwise)


def _advice(growths: Sequence[Growth]) -> str:
    return f"Array operations go over all {' and '.join(growth.elements for growth in growths)} at once"


class _Measured:
    """A function of a submission beside the right one, on arguments that grow."""

    def __init__(self, submission: Submission, name: str, right: Callable[..., Any], growth: Growth) -> None:
        self._submission = submission
        self._name = name
        self._growth = growth
        self._right = Submission(LocalTransport({name: right}))
        self._must_be_right = self._is_right()

    def _is_right(self) -> bool:
        """Whether the function is right for few elements.

        One that is wrong has lost its points elsewhere. One that is right must be so for many elements, too: else it
        could return a result without a loop at once.
        """
        few = (self._growth.draw(FEW) for _ in range(PROBLEMS))
        return all(
            _agree(self._submission.time_call(self._name, *args).value, getattr(self._right, self._name)(*args))
            for args in few
        )

    def growing_steps(self, steps_each: int) -> str:
        """Say that the steps of Python grow with the elements, if they do."""
        small, large = self._growth.counted
        fewest: dict[int, int] = {}
        for _ in range(COUNTS):
            for size in (small, large):
                steps = self._steps(size)
                fewest[size] = min(steps, fewest.get(size, steps))
            if fewest[large] - fewest[small] <= steps_each * (large - small):
                return ""
        return (
            f"the number of steps that Python executes in `{self._name}` grows with the {self._growth.elements}: "
            f"{fewest[small]:,} for {small:,} {self._growth.elements}, {fewest[large]:,} for {large:,}, as in a loop."
        )

    def too_long(self) -> str:
        """Say that a large problem takes a loop's time, if it does; in this process there is nothing to be timed."""
        if self._growth.timed is None or not isinstance(self._submission.transport, Clocked):
            return ""
        shortest = np.inf
        for _ in range(TIMINGS):
            args = self._growth.draw(self._growth.timed)
            started = time.thread_time()
            expected = getattr(self._right, self._name)(*args)
            right_s = time.thread_time() - started
            try:
                call = self._submission.time_call(self._name, *args)
            except Raised as fault:
                if fault.kind == "MemoryError":  # it makes a matrix of as many rows as columns: wasteful, but no loop
                    return ""
                raise
            self._assert_agrees(call, expected, self._growth.timed)
            shortest = min(shortest, call.seconds)
            if shortest <= ALLOWANCE_S + TIMES_RIGHT * right_s:
                return ""
        return (
            f"`{self._name}` takes {shortest:.2g} s for {self._growth.timed:,} {self._growth.elements}, as a loop does."
            f" Array operations take about {right_s:.1g} s."
        )

    def _steps(self, size: int) -> int:
        args = self._growth.draw(size)
        call = self._submission.count_steps(self._name, *args)
        if call.steps is None:
            raise CheckFailed(f"the steps that Python executes in `{self._name}` could not be counted")
        self._assert_agrees(call, getattr(self._right, self._name)(*args), size)
        return call.steps

    def _assert_agrees(self, call: Call, expected: Any, size: int) -> None:
        if self._must_be_right and not _agree(call.value, expected):
            raise CheckFailed(
                f"`{self._name}` is right for few {self._growth.elements}, but not for {size:,}: whether it loops "
                "cannot be seen"
            )


def _agree(got: Any, expected: Any) -> bool:
    """Whether two results are the same numbers, except for rounding in single precision."""
    if isinstance(expected, list | tuple):
        return isinstance(got, list | tuple) and len(got) == len(expected) and all(map(_agree, got, expected))
    right = np.asarray(expected, float)
    try:
        return bool(np.max(np.abs(as_array(got, right.shape) - right), initial=0) <= NEAR * np.max(np.abs(right)))
    except CheckFailed:
        return False
