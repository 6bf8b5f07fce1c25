"""Comparing a student's numbers with the expected ones.

One rule gives every tolerance: a multiple of the rounding error that a right answer may carry at the problem's size.
Since a right answer may be computed in single precision, the rounding unit is float32's unless a check says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from lossmark.boundary.wire import Opaque
from lossmark.terminal import one_line

SAFETY = 8.0
"""How many times the expected rounding error a right answer may be off."""


@dataclass(frozen=True)
class Comparison:
    """Numbers of a submission beside the right ones, to be drawn.

    Attributes
    ----------
    got, expected : ndarray
        Of the same shape.
    what, beside : str
        Names of the two.
    is_curve : bool
        Whether the numbers follow each other, as losses in training do.
    """

    got: NDArray[np.float64] = field(repr=False)
    expected: NDArray[np.float64] = field(repr=False)
    what: str
    beside: str = "expected"
    is_curve: bool = False


class CheckFailed(AssertionError):
    """A check rejects the submission's answer.

    Parameters
    ----------
    message : str
        The finding, in words for the student.
    misconception : str or None
        The misconception's name, where the check itself can tell.
    expected : str
        How the message goes on where the right answer may be told.
    comparison : Comparison, optional
        Data of the picture, if the right answer may be shown.
    """

    def __init__(
        self,
        message: str,
        misconception: str | None = None,
        *,
        expected: str = "",
        comparison: Comparison | None = None,
    ) -> None:
        super().__init__(message + expected)
        self.message = message
        self.misconception = misconception
        self.expected = expected
        self.comparison = comparison


def rounding_error(magnitude: ArrayLike, terms: int = 1, dtype: DTypeLike = np.float32) -> Any:
    r"""Largest difference that rounding alone explains.

    A sum of :math:`n` rounded terms is off by about :math:`\varepsilon \sqrt{n} \sum |t_i|` (N. J. Higham, *Accuracy
    and Stability of Numerical Algorithms*, 2nd ed., section 4.2 and its statistical estimate); the tolerance is
    ``SAFETY`` times that.

    Parameters
    ----------
    magnitude : array_like
        Sum of the absolute values of the terms, in the units of the result.
    terms : int
        How many numbers are added up.
    dtype : dtype
        The precision that a right answer may have been computed in.

    Returns
    -------
    float or ndarray
        The tolerance, in the shape of `magnitude`.
    """
    return SAFETY * float(np.finfo(dtype).eps) * np.sqrt(terms) * np.abs(np.asarray(magnitude, float))


def as_number(value: Any, what: str = "the result") -> float:
    """Convert a submission's result to one finite number.

    Parameters
    ----------
    value : object
        A number, or an array with a single element.
    what : str
        Its name in the message.

    Returns
    -------
    float

    Raises
    ------
    CheckFailed
        If it is not a single finite real number.
    """
    array = _as_real_array(value, what)
    if array.size != 1:
        raise CheckFailed(f"{what} should be one number, but is {describe(value)}")
    number = float(array.reshape(()))
    if not np.isfinite(number):
        raise CheckFailed(f"{what} is {number}, which is not a finite number")
    return number


def as_array(value: Any, shape: tuple[int, ...], what: str = "the result") -> NDArray[np.float64]:
    """Convert a submission's result to a finite float64 array of a given shape.

    Parameters
    ----------
    value : object
        An array, a number, or nested lists of numbers.
    shape : tuple of int
        The shape it must have; for the shape ``()`` any array of one element will do.
    what : str
        Its name in the message.

    Returns
    -------
    ndarray

    Raises
    ------
    CheckFailed
        If it is not such an array.
    """
    if shape == ():
        return np.asarray(as_number(value, what))
    array = _as_real_array(value, what)
    if array.shape != shape:
        raise CheckFailed(f"{what} should have shape {shape}, but is {describe(value)}")
    if not np.isfinite(array).all():
        index = _where(~np.isfinite(array))
        raise CheckFailed(f"{what} holds {array[index]} at index {_index(index)}, which is not a finite number")
    return array


def assert_close(
    got: Any, expected: ArrayLike, *, tolerance: ArrayLike, what: str = "the result", is_curve: bool = False
) -> None:
    """Fail unless every element is finite and within the tolerance of the expected one.

    Parameters
    ----------
    got : object
        The submission's result.
    expected : array_like
        The right answer.
    tolerance : array_like
        Absolute tolerance, usually from :func:`rounding_error`; broadcast to the shape of `expected`.
    what : str
        Its name in the message.
    is_curve : bool
        Whether the elements follow each other, as losses in training do; a picture shows them as a line.

    Raises
    ------
    CheckFailed
        Naming the worst element: its index, the result, the expected value, and the tolerance.
    TypeError
        If complex numbers are expected, of which a part would be left out.
    """
    if np.iscomplexobj(expected):
        raise TypeError(f"{what} is expected to be complex, and only real numbers are compared: compare its parts")
    expected = np.asarray(expected, float)
    array = as_array(got, expected.shape, what)
    with np.errstate(over="ignore", invalid="ignore"):
        error = np.abs(array - expected) - np.broadcast_to(np.asarray(tolerance, float), expected.shape)
    if (error <= 0).all():  # NaN, which huge numbers leave behind, is not
        return
    worst = np.unravel_index(int(np.argmax(np.where(np.isnan(error), np.inf, error))), expected.shape)
    place = f" at index {_index(worst)}" if expected.ndim else ""
    allowed = float(np.broadcast_to(np.asarray(tolerance, float), expected.shape)[worst])
    raise CheckFailed(
        f"{what} is {array[worst]:.6g}{place}",
        expected=f", expected {expected[worst]:.6g} (tolerance {allowed:.1g})",
        comparison=Comparison(array, expected, what.rstrip(","), is_curve=is_curve),
    )


def describe(value: Any) -> str:
    """Describe a value from the wire in a few words.

    Parameters
    ----------
    value : object
        Plain data or an opaque marker.

    Returns
    -------
    str
        For example ``"an array of shape (3, 4)"`` or ``"None (is a return statement missing?)"``.
    """
    match value:
        case None:
            return "None (is a `return` missing?)"
        case Opaque(kind):
            return one_line(kind)
        case np.ndarray():
            return f"an array of shape {value.shape}"
        case list() | tuple() | dict():
            return f"a {type(value).__name__} of length {len(value)}"
        case str():
            return f"the text {value[:60]!r}"
        case int() if abs(value) >= 10**60:
            return "an integer of more than 60 digits"
        case _:
            return f"{value} ({type(value).__name__})"


def is_numeric(value: Any) -> bool:
    """Whether a value from the wire is made of nothing but numbers; only then numpy should make an array of it.

    Of texts, numpy would give each the room of the longest: of a megabyte, many gigabytes.

    Parameters
    ----------
    value : object
        Plain data or an opaque marker.

    Returns
    -------
    bool
    """
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, list | tuple):
            pending.extend(one)
        elif not isinstance(one, bool | int | float | complex | np.ndarray | np.generic):
            return False
    return True


def _as_real_array(value: Any, what: str) -> NDArray[np.float64]:
    """Convert numbers, arrays and nested lists of numbers to float64, refusing everything else."""
    if isinstance(value, list | tuple) and is_numeric(value):
        try:
            value = np.asarray(value)
        except ValueError:
            raise CheckFailed(f"{what} is {describe(value)}, its rows of different lengths") from None
    if isinstance(value, bool | int | float):
        try:
            return np.asarray(float(value))
        except OverflowError:
            raise CheckFailed(f"{what} is an integer too large for a number of the usual size") from None
    if isinstance(value, np.ndarray | np.generic) and np.asarray(value).dtype.kind in "biuf":
        return np.asarray(value, float)
    raise CheckFailed(f"{what} should be a number or an array of real numbers, but is {describe(value)}")


def _where(mask: NDArray[np.bool_]) -> tuple[np.intp, ...]:
    return np.unravel_index(int(np.argmax(mask)), mask.shape)


def _index(index: tuple[np.intp, ...]) -> str:
    return f"[{', '.join(str(int(i)) for i in index)}]"
