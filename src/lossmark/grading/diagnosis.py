"""Which mistake was made: the only misconception that answers as the student did, on every input tried.

Each question that the submission was asked is put to the misconceptions again, here in the grader process. A
misconception is a submission of its own: the reference's names, with its own version in their place.
"""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lossmark.boundary.submission import Call, Raised, Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.boundary.wire import Opaque
from lossmark.variants import Variant

Names = Callable[[], dict[str, Any]]

AGREEMENT = 1e-5
"""Relative difference up to which two answers count as the same; a mistake may be made in single precision too."""


class Twin:
    """Trusted names that answer the questions a submission was asked.

    Parameters
    ----------
    names : dict
        Values in place of the notebook's names.
    notices_changes : bool
        Whether answers agree only if the same became of the arguments.
    """

    def __init__(self, names: dict[str, Any], *, notices_changes: bool = True) -> None:
        self._submission = Submission(LocalTransport(names))
        self._notices_changes = notices_changes

    def answer(self, call: Call) -> Call:
        """Ask these names a submission's question.

        Parameters
        ----------
        call : Call
            The record of the question.

        Returns
        -------
        Call
        """
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return self._submission.repeat(call)

    def agrees(self, call: Call) -> bool:
        """Whether these names change the arguments of a call exactly as the student's did.

        Parameters
        ----------
        call : Call
            The record of the question, and of the student's answer.

        Returns
        -------
        bool
        """
        own = self.answer(call)
        if own.fault is not None or call.fault is not None:
            return _kind(own) is not None and _kind(own) == _kind(call)
        if not equal(call.value, own.value):
            return False
        arguments = (call.args, call.kwargs)
        return not self._notices_changes or equal(call.changed or arguments, own.changed or arguments)


def matching(
    calls: Sequence[Call], candidates: Sequence[Variant], right: Names, *, notices_changes: bool = True
) -> list[Variant]:
    """List the misconceptions that explain every answer.

    A version is only asked for its own definitions: of two short answers, each may have its own mistake.

    Parameters
    ----------
    calls : sequence of Call
        The questions about one solution cell, and the submission's answers.
    candidates : sequence of Variant
        The misconceptions of that cell.
    right : callable
        Returns the right functions and answers by their names, fresh each time: a version may change a class.
    notices_changes : bool
        Whether changes of the arguments count.

    Returns
    -------
    list of Variant
        Those that answer as the student did, and otherwise than the right names at least once: a version that differs
        from the right one only where nobody looked says nothing about this submission.
    """
    reference = Twin(right(), notices_changes=notices_changes)
    is_wrong = functools.cache(lambda place: not reference.agrees(calls[place]))
    return [version for version in candidates if _explains(version, calls, is_wrong, right(), notices_changes)]


def is_near(calls: Sequence[Call], candidates: Sequence[Variant], right: Names) -> bool:
    """Whether answers are the right ones, or those of one misconception.

    Changes of the arguments do not count: a student who makes a known slip and also changes the arguments has still
    made the slip.

    Parameters
    ----------
    calls : sequence of Call
        The questions, and the submission's answers; at least one.
    candidates, right
        As for :func:`matching`.

    Returns
    -------
    bool
    """
    if all(map(Twin(right(), notices_changes=False).agrees, calls)):
        return bool(calls)
    return bool(matching(calls, candidates, right, notices_changes=False))


def _explains(
    candidate: Variant,
    calls: Sequence[Call],
    is_wrong: Callable[[int], bool],
    right: dict[str, Any],
    notices_changes: bool,
) -> bool:
    """Whether a version answers as the student did: first where that was wrong, as most versions part there."""
    names = candidate.names(right)
    concerned = [
        place
        for place, call in enumerate(calls)
        if call.kind == "run" or names.get(call.name) is not right.get(call.name)
    ]
    wrong = next(filter(is_wrong, concerned), None)
    twin = Twin(names, notices_changes=notices_changes)
    return wrong is not None and all(twin.agrees(calls[place]) for place in [wrong, *concerned])


def _kind(call: Call) -> str | None:
    """Name of the exception that a call ended with; None of every other end."""
    return call.fault.kind if isinstance(call.fault, Raised) else None


def equal(a: Any, b: Any) -> bool:
    """Equality up to rounding, of values from the wire; NaN equals NaN here.

    Parameters
    ----------
    a, b : object
        Plain data or opaque markers, which equal nothing.

    Returns
    -------
    bool
    """
    if isinstance(a, Opaque) or isinstance(b, Opaque):
        return False
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, str | None) or isinstance(b, str | None):
        return type(a) is type(b) and a == b
    if isinstance(a, set | frozenset) or isinstance(b, set | frozenset):
        return isinstance(a, set | frozenset) and isinstance(b, set | frozenset) and a == b
    if isinstance(a, float | int) and isinstance(b, float | int):
        return _are_near(a, b)  # most answers are; numpy takes a hundred times as long to compare two numbers
    try:
        dtype = complex if np.iscomplexobj(a) or np.iscomplexobj(b) else float
        first, second = np.asarray(a, dtype), np.asarray(b, dtype)
    except (TypeError, ValueError, OverflowError):
        return False
    if first.size == second.size == 1:
        first, second = first.reshape(()), second.reshape(())
    return first.shape == second.shape and _are_all_near(first, second)


def _are_all_near(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    """Like ``np.allclose``, in a third of its time."""
    with np.errstate(all="ignore"):
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        return bool(np.all(same | (np.abs(a - b) <= AGREEMENT * (1 + np.abs(b))) & np.isfinite(b)))


def _are_near(a: float, b: float) -> bool:
    try:
        a, b = float(a), float(b)
    except OverflowError:  # an integer beyond all floats
        return False
    return a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= AGREEMENT * (1 + abs(b)) < math.inf
