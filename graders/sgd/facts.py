"""Asking a submission by a driver, and taking what it reports with care: it comes from the student's process."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossmark import CheckFailed, Missing, Raised, Submission, as_array, as_number, describe

_NO_SUCH_NAME = re.compile(r"AttributeError: 'types\.SimpleNamespace' object has no attribute '(\w+)'")


class Facts:
    """What a driver has reported.

    Parameters
    ----------
    reported : dict
        Facts by their names.
    """

    def __init__(self, reported: dict[Any, Any]) -> None:
        self._reported = reported

    def has(self, name: str) -> bool:
        """Whether there is something under a name."""
        return self._reported.get(name) is not None

    def get(self, name: str) -> Any:
        """Return a fact as it came; None if it is missing."""
        return self._reported.get(name)

    def number(self, name: str, what: str) -> float:
        """Return a fact that must be a number; `what` it is called in the message if it is none."""
        return as_number(self._reported.get(name), what)

    def array(self, name: str, shape: tuple[int, ...], what: str) -> NDArray[np.float64]:
        """Return a fact that must be an array of a given shape."""
        return as_array(self._reported.get(name), shape, what)

    def numbers(self, name: str, what: str) -> NDArray[np.float64]:
        """Return a fact that must be an array of one dimension."""
        value = self._reported.get(name)
        return as_array(value, (value.size if isinstance(value, np.ndarray) else 0,), what)

    def list(self, name: str) -> list[Any]:
        """Return a fact that is a list; of anything else, an empty one."""
        value = self._reported.get(name)
        return value if isinstance(value, list) else []

    def shape(self, name: str) -> tuple[int, ...] | None:
        """Return a fact that is a shape; None if it is none."""
        return as_shape(self._reported.get(name))

    def facts(self, name: str) -> list[Facts]:
        """Return a list of facts."""
        return [Facts(item) for item in self.list(name) if isinstance(item, dict)]


def ask(
    submission: Submission,
    driver: Callable[..., Any],
    *args: Any,
    returns: str = "",
    facts: Callable[..., dict[str, Any]] | None = None,
) -> Facts:
    """Run a driver in the student kernel.

    Parameters
    ----------
    submission : Submission
        The student's work.
    driver : callable
        One of `drivers`.
    *args
        Its arguments.
    returns : str
        What the student's function should return, for the message if it does not: ``"W and its loss"``.
    facts : callable, optional
        One of `distil`, which makes facts of what the driver reports, and of its arguments.

    Returns
    -------
    Facts

    Raises
    ------
    CheckFailed
        If the student's function does not return two things where it should.
    StudentFault
        If a name is missing, or the student's code raises or does not answer.
    """
    try:
        reply = submission.run(driver, *args, facts=None if facts is None else functools.partial(facts, args))
    except Raised as fault:
        missing = _NO_SUCH_NAME.match(str(fault))
        if missing:
            raise Missing(f"`{missing[1]}` is not defined") from None
        raise
    if not isinstance(reply, dict):
        raise CheckFailed(f"the answer is {describe(reply)}, which cannot be read")
    if "answer" in reply and returns:
        raise CheckFailed(
            f"two things should be returned, {returns}, but what came back is {describe(reply['answer'])}"
        )
    return Facts(reply)


def as_shape(value: Any) -> tuple[int, ...] | None:
    """Take a tuple of whole numbers for a shape, and nothing else."""
    return value if isinstance(value, tuple) and all(type(length) is int for length in value) else None


def words(numbers: Any) -> str:
    """Write a few numbers: ``"3, 1 and 2"``."""
    *head, last = [f"{as_number(number):.6g}" for number in numbers] or ["none"]
    return f"{', '.join(head)} and {last}" if head else last
