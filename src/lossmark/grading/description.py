"""Describe how a function's answers differ from the right ones, if no known misconception explains them.

The answers are held against the reference's on the same arguments. A sentence is given only if it is true of every
call that the checks of a cell have made.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossmark.boundary.submission import Call
from lossmark.grading.diagnosis import Twin, equal
from lossmark.numerics import is_numeric

_RETURNS = re.compile(r"^Returns\n-+\n(.*?)(?:\n\n|\Z)", re.MULTILINE | re.DOTALL)
_RETURNED = re.compile(r"^(\w+) : ", re.MULTILINE)
LARGE = 100.0
"""Numbers above this count as large: exp of them is a number that few sums survive."""


@dataclass(frozen=True)
class Case:
    """One number or array that a call returned, and the right one.

    Attributes
    ----------
    call : Call
        The call, of whose arguments it is the result.
    arguments : dict
        The arguments by the reference's names for them, defaults included.
    got, expected : ndarray
        The student's result, and the right one.
    """

    call: Call
    arguments: dict[str, Any]
    got: NDArray[np.float64]
    expected: NDArray[np.float64]

    @functools.cached_property
    def is_right(self) -> bool:
        """Whether both agree."""
        return equal(self.got, self.expected)

    @property
    def excess(self) -> NDArray[np.float64]:
        """How much too large the answer is."""
        return self.got - self.expected


class Difference:
    """How the answers to the calls of a cell differ from the reference's.

    Parameters
    ----------
    calls : sequence of Call
        All that the checks of the cell have asked.
    right : dict
        The reference's names.
    """

    def __init__(self, calls: Sequence[Call], right: dict[str, Any]) -> None:
        twin = Twin(right)
        self._asked = len(calls)
        self._answered: Counter[str] = Counter()
        self._cases: dict[tuple[str, str], list[Case]] = {}
        for call in calls:
            if call.kind == "call" and callable(right.get(call.name)):
                self._answered[call.name] += call.fault is None
                for part, case in _cases_of(call, twin.answer(call), right[call.name]):
                    self._cases.setdefault((call.name, part), []).append(case)

    @property
    def is_one_slip(self) -> bool:
        """Whether wrong answers are the right ones except for a factor, a constant that was added, or a transpose.

        That is asked of each part of a result, and of at least half of the calls: the others have ended in an error,
        and not with an answer that cannot be compared. If all answers are right, missing ones are not a slip.
        """
        with np.errstate(all="ignore"):
            return any(not case.is_right for cases in self._cases.values() for case in cases) and all(
                2 * len(cases) >= self._asked
                and len(cases) == self._answered[name]
                and any(holds(cases) for holds in _SLIPS)
                for (name, _), cases in self._cases.items()
            )

    def describe(self, calls: Sequence[Call]) -> str:
        """Describe how the answers to some of the calls differ.

        Parameters
        ----------
        calls : sequence of Call
            The questions of a failed check.

        Returns
        -------
        str
            Sentences, one for each part of the result that differs; empty where nothing simple can be said.
        """
        sentences = []
        for (name, part), cases in self._cases.items():
            if any(not case.is_right and any(case.call is call for call in calls) for case in cases):
                what = f"`{part}`" if part else f"the result of `{name}`"
                with np.errstate(all="ignore"):
                    sentence = next(filter(None, (describe(cases, what) for describe in _DESCRIPTIONS)), "")
                sentences.append(f"{sentence[:1].upper()}{sentence[1:]}" if sentence else "")
        return " ".join(filter(None, sentences))


def _cases_of(call: Call, right: Call, function: Callable[..., Any]) -> Iterator[tuple[str, Case]]:
    """Yield the parts of a result under their names, as far as they are arrays of numbers."""
    if call.fault is not None or right.fault is not None:
        return
    try:
        bound = inspect.signature(function).bind(*call.args, **call.kwargs)
    except TypeError:
        return
    bound.apply_defaults()
    if isinstance(right.value, tuple):
        names = _returned(function)
        if not isinstance(call.value, list | tuple) or not len(call.value) == len(right.value) == len(names):
            return
        parts = list(zip(names, call.value, right.value, strict=True))
    else:
        parts = [("", call.value, right.value)]
    for name, got, expected in parts:
        try:
            got, expected = _as_reals(got), _as_reals(expected)
        except (TypeError, ValueError, OverflowError):
            continue
        if expected.ndim == 0 and got.size == 1:
            got = got.reshape(())
        yield name, Case(call, bound.arguments, got, expected)


def _as_reals(value: Any) -> NDArray[np.float64]:
    array = np.asarray(value) if is_numeric(value) else None
    if array is None or array.dtype.kind not in "biuf":  # complex numbers would lose a part of each
        raise TypeError("no real numbers")
    return np.asarray(array, float)


def _returned(function: Callable[..., Any]) -> list[str]:
    """Names of the returned values, from the numpydoc of the reference."""
    section = _RETURNS.search(inspect.getdoc(function) or "")
    return _RETURNED.findall(section[1]) if section else []


def _transposed(cases: Sequence[Case], what: str) -> str:
    wrong = [case for case in cases if not case.is_right]
    if all(case.got.ndim == 2 and equal(case.got.T, case.expected) for case in wrong):
        return f"{what} is right up to a transpose: rows and columns have changed places."
    return ""


def _multiplied(cases: Sequence[Case], what: str) -> str:
    """One factor for all calls, or the number of examples or of classes of each."""
    cases = [case for case in cases if case.got.shape == case.expected.shape and np.any(case.expected)]
    wrong = [case for case in cases if not case.is_right]
    if len(wrong) < 2:
        return ""
    factor = _ratio(wrong[0].got, wrong[0].expected)
    if factor is not None and all(equal(case.got, factor * case.expected) for case in cases):
        if np.isclose(factor, -1):
            return f"{what} has the opposite sign everywhere, and is right but for that."
        return (
            f"{what} is right but for a constant factor: it is {_number(factor)} times what it should be, everywhere."
        )
    for size, words in ((_examples, "the number of examples"), (_classes, "the number of classes")):
        sizes = [size(case) for case in cases]
        if None in sizes or len(set(sizes)) < 2:
            continue
        for power, times in ((1, "multiplied"), (-1, "divided")):
            if all(equal(c.got, c.expected * float(n) ** power) for c, n in zip(cases, sizes, strict=True) if n):
                return f"{what} is right but for one thing: it comes out {times} by {words}."
    return ""


def _shifted(cases: Sequence[Case], what: str) -> str:
    wrong = [case for case in cases if not case.is_right]
    if len(wrong) < 2 or len(wrong) < len(cases) or any(case.got.shape != case.expected.shape for case in cases):
        return ""
    shift = float(wrong[0].excess.flat[0])
    if np.isfinite(shift) and all(equal(case.got, case.expected + shift) for case in cases):
        return f"{what} is too {'large' if shift > 0 else 'small'} by {_number(abs(shift))}, the same everywhere."
    return ""


def _lacks_term(cases: Sequence[Case], what: str) -> str:
    """A multiple of an argument of the result's shape, or of the sum of its squares, is missing or too much."""
    wrong = [case for case in cases if not case.is_right]
    if len(wrong) < 2 or any(case.got.shape != case.expected.shape for case in cases):
        return ""
    names = [
        n for n, a in wrong[0].arguments.items() if isinstance(a, np.ndarray) and a.ndim > 0 and a.dtype.kind == "f"
    ]
    scales = ["", *(n for n, a in wrong[0].arguments.items() if isinstance(a, float) and a not in (0.0, 1.0))]
    for name in names:
        for scale in scales:
            terms = [_term(case, name, scale) for case in cases]
            if any(term is None for term in terms):
                continue
            by_case = list(zip(cases, terms, strict=True))
            factor = next((_ratio(c.excess, t) for c, t in by_case if not c.is_right and t is not None), None)
            if factor is None or abs(factor) < 1e-3:
                continue
            if all(t is not None and equal(c.got, c.expected + factor * t) for c, t in by_case):
                term = f"{scale} * {name}" if wrong[0].got.ndim else f"{scale} * sum({name}**2)"
                times = "" if np.isclose(abs(factor), 1) else f"{_number(abs(factor))} * "
                verb = "has too much" if factor > 0 else "lacks"
                return f"{what} {verb} a term: it is right but for `{times}{term.removeprefix(' * ')}`."
    return ""


def _depends_on_input(cases: Sequence[Case], what: str) -> str:
    """One property of the arguments tells the wrong answers from the right ones."""
    wrong, right = [c for c in cases if not c.is_right], [c for c in cases if c.is_right]
    if not wrong or len(right) < 2:
        return ""
    for words, holds in [*_PROPERTIES.items(), *_parameters(cases)]:
        if all(map(holds, wrong)) and not any(map(holds, right)):
            return f"{what} is right in {len(right)} of {len(cases)} calls, and wrong in all those with {words}."
    return ""


_DESCRIPTIONS = (_transposed, _multiplied, _shifted, _lacks_term, _depends_on_input)


def _is_transpose(cases: Sequence[Case]) -> bool:
    return all(case.is_right or (case.got.ndim == 2 and equal(case.got.T, case.expected)) for case in cases)


def _is_multiple(cases: Sequence[Case]) -> bool:
    if any(case.got.shape != case.expected.shape for case in cases):
        return False
    factor = next((_ratio(case.got, case.expected) for case in cases if np.any(case.expected)), None)
    if factor is None or not 1 / LARGE < abs(factor) < LARGE:
        return False
    return all(equal(case.got, factor * case.expected) for case in cases)


def _is_shift(cases: Sequence[Case]) -> bool:
    if any(case.got.shape != case.expected.shape for case in cases):
        return False
    shift = float(cases[0].excess.flat[0]) if cases[0].excess.size else np.nan
    is_told_apart = any(not equal(case.expected, cases[0].expected) for case in cases)  # else any constant is one
    return is_told_apart and all(equal(case.got, case.expected + shift) for case in cases)


_SLIPS = (_is_transpose, _is_multiple, _is_shift)


def _ratio(a: NDArray[np.float64], b: NDArray[np.float64]) -> float | None:
    """The factor between two arrays, read off at the largest element of the second."""
    at = int(np.argmax(np.abs(b)))
    factor = float(a.flat[at] / b.flat[at]) if b.size else np.nan
    return factor if np.isfinite(factor) else None


def _term(case: Case, name: str, scale: str) -> NDArray[np.float64] | None:
    value = np.asarray(case.arguments.get(name), float)
    factor = float(case.arguments.get(scale, 1.0)) if scale else 1.0
    if case.got.ndim == 0:
        return np.asarray(factor * np.sum(value * value))
    return factor * value if value.shape == case.got.shape else None


def _number(value: float) -> str:
    return f"{value:.4g}"


def _arrays(case: Case) -> list[NDArray[Any]]:
    """Arrays among the arguments, without labels."""
    return [a for name, a in case.arguments.items() if isinstance(a, np.ndarray) and name != "y"]


def _examples(case: Case) -> int | None:
    y = case.arguments.get("y")
    return len(y) if isinstance(y, np.ndarray) and y.ndim else None


def _classes(case: Case) -> int | None:
    for name in ("scores", "W"):
        value = case.arguments.get(name)
        if isinstance(value, np.ndarray) and value.ndim:
            return int(value.shape[-1])
    return None


def _has_ties(case: Case) -> bool:
    scores = case.arguments.get("scores")
    if not isinstance(scores, np.ndarray) or scores.ndim == 0:
        return False
    return bool((np.diff(np.sort(scores, axis=-1), axis=-1) == 0).any())


def _repeats_label(case: Case) -> bool:
    y = case.arguments.get("y")
    return isinstance(y, np.ndarray) and y.ndim == 1 and len(np.unique(y)) < len(y)


def _largest(case: Case) -> float:
    return max((float(np.abs(a).max()) for a in _arrays(case) if a.size and a.dtype.kind in "fiu"), default=0.0)


_PROPERTIES: dict[str, Callable[[Case], bool]] = {
    "scores that tie": _has_ties,
    "large numbers (beyond 100)": lambda case: _largest(case) > LARGE,
    "more than one example": lambda case: (_examples(case) or 1) > 1,
    "a label that occurs more than once": _repeats_label,
    "a single example": lambda case: _examples(case) == 1,
    "arrays of whole numbers": lambda case: any(a.dtype.kind in "iu" for a in _arrays(case)),
    "arrays of type float32": lambda case: any(a.dtype == np.float32 for a in _arrays(case)),
    "several rows": lambda case: any(a.ndim == 2 and len(a) > 1 for a in _arrays(case)),
    "arrays of one dimension": lambda case: all(a.ndim == 1 for a in _arrays(case)),
    "more than two classes": lambda case: (_classes(case) or 0) > 2,
    "a zero in an array": lambda case: any((a == 0).any() for a in _arrays(case)),
    "a negative number in an array": lambda case: any((a < 0).any() for a in _arrays(case)),
}


def _parameters(cases: Sequence[Case]) -> Iterator[tuple[str, Callable[[Case], bool]]]:
    """Yield, for each number among the arguments, whether it is another than the plainest value tried."""
    for name in cases[0].arguments:
        values = [case.arguments.get(name) for case in cases]
        numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
        if len(numbers) == len(values):
            plainest = 1.0 if name == "delta" else min(numbers, key=abs)
            yield f"a {name} other than {plainest:g}", _differs(name, plainest)


def _differs(name: str, value: float) -> Callable[[Case], bool]:
    return lambda case: case.arguments[name] != value
