"""Laws that probabilities and log-probabilities obey whatever else is wrong with them.

They compare the student's numbers with each other, so that one slip costs one check. Constants would satisfy most of
them: each therefore also asks that the result depends on the scores at all.

One example is asked about in either form, ``(C,)`` or ``(1, C)``, where the form is not what a law is about: a
function that masters one of them only pays for the other once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossmark import (
    Call,
    CheckFailed,
    StudentFault,
    Submission,
    as_array,
    assert_close,
    assert_unchanged,
    rounding_error,
)

Function = Callable[..., Any]

PLAIN = np.array([1.0, -0.5, 2.0])
"""Scores of one example, to see whether a function does anything with them."""

RISE = np.array([0.5, 0.0, 0.0])
"""What is added to them: the first score rises, and stays between the others."""

NOTICEABLE = 1e-3
"""How much a result must change at least when its arguments change clearly."""


def agree(a: ArrayLike, b: ArrayLike, tolerance: ArrayLike) -> NDArray[np.bool_]:
    """Where two of the student's results agree, given the rounding error of a right answer.

    Numbers that are larger than the right answer (a sum in place of a mean, say) are allowed the rounding of their
    own size.
    """
    with np.errstate(all="ignore"):  # infinity agrees with nothing, nor does what leads to it
        difference, size = np.abs(np.subtract(a, b)), np.maximum(np.abs(a), np.abs(b))
        return np.isfinite(difference) & (difference <= tolerance + rounding_error(size))


def moves(a: ArrayLike, b: ArrayLike) -> bool:
    """Whether one of two results is clearly not the other."""
    with np.errstate(all="ignore"):
        return bool(np.max(np.abs(np.subtract(a, b))) >= NOTICEABLE)


def of_row(function: Function, row: NDArray[Any]) -> NDArray[np.float64]:
    """Return the result for one example of shape (C,); where this fails, for the same as a batch of one."""
    try:
        return as_array(function(row), row.shape)
    except CheckFailed:
        pass
    except StudentFault as fault:
        if fault.outcome != "raised":
            raise
    return as_array(function(row[np.newaxis]), (1, row.size))[0]


def assert_values(
    function: Function, row: NDArray[np.float64], expected: NDArray[np.float64], tolerance: ArrayLike
) -> None:
    """Fail unless the result for one example is right, in either form."""
    try:
        assert_close(function(row), expected, tolerance=tolerance)
    except CheckFailed:
        pass
    except StudentFault as fault:
        if fault.outcome != "raised":
            raise
    else:
        return
    assert_close(function(row[np.newaxis]), expected[np.newaxis], tolerance=tolerance)


def assert_depends_on_scores(function: Function) -> None:
    """Fail unless the result for one example is the same when asked again, and another for other scores."""
    here, again, other = (of_row(function, row) for row in (PLAIN, PLAIN, PLAIN + RISE))
    if not np.array_equal(here, again):
        raise CheckFailed(
            f"the result for the scores {show_scores(PLAIN)} is {show_scores(here)}, and {show_scores(again)} when "
            "asked again: it should depend on nothing else"
        )
    if not moves(here, PLAIN):
        raise CheckFailed(f"the scores {show_scores(PLAIN)} come back as they were")
    if not moves(here, other):
        raise CheckFailed(
            f"the result is {show_scores(here)} for the scores {show_scores(PLAIN)}, and the same for "
            f"{show_scores(PLAIN + RISE)}: it should depend on how far apart the scores are"
        )


def assert_probabilities(
    function: Function, row: NDArray[np.float64], order: NDArray[np.int64], tolerance: NDArray[np.float64]
) -> None:
    """Fail unless the results for one example add up to 1, none is negative, and each moves along with its class."""
    assert_depends_on_scores(function)
    result, moved = of_row(function, row), of_row(function, row[order])
    if result.min() < 0:
        raise CheckFailed(f"class {int(result.argmin())} has the probability {result.min():.4g}, which is negative")
    with np.errstate(over="ignore"):
        total = result.sum()
    if not agree(total, 1.0, tolerance.sum()):
        raise CheckFailed(f"the probabilities of the example add up to {total:.6g}, and should add up to 1")
    j = _worst(agree(moved, result[order], tolerance[order]))
    if j is not None:
        raise CheckFailed(
            f"class {int(order[j])} has the probability {result[order][j]:.6g}, and {moved[j]:.6g} after the classes "
            "were put into another order, each with its score: probabilities should move along with the scores"
        )


def assert_rows_apart(
    function: Function, batch: NDArray[np.float64], expected: NDArray[np.float64], tolerance: NDArray[np.float64]
) -> None:
    """Fail unless each row of a batch gets what its example gets alone, or what is right."""
    assert_depends_on_scores(function)
    together = as_array(function(batch), batch.shape)
    for i, row in enumerate(batch):
        if agree(together[i], expected[i], tolerance[i]).all():
            continue
        alone = of_row(function, row)
        j = _worst(agree(together[i], alone, tolerance[i]))
        if j is not None and not _agrees_as_batch_of_one(function, row, together[i], tolerance[i]):
            function(batch)  # so that this call is the one shown
            raise CheckFailed(
                f"in row {i} of the batch, class {j} gets {together[i, j]:.6g}, but {alone[j]:.6g} when this row is "
                "alone: what a row gets should depend on no other row"
            )


def _agrees_as_batch_of_one(
    function: Function, row: NDArray[np.float64], result: NDArray[np.float64], tolerance: NDArray[np.float64]
) -> bool:
    try:
        alone = as_array(function(row[np.newaxis]), (1, row.size))[0]
    except CheckFailed:
        return False
    return bool(agree(result, alone, tolerance).all())


def assert_far(
    function: Function,
    near: NDArray[np.float64],
    far: NDArray[np.float64],
    factor: float,
    expected: NDArray[np.float64],
    tolerance: NDArray[np.float64],
) -> None:
    """Fail unless the results for scores far away are right, or what those near 0 lead one to expect.

    With a factor of 1, this is the same result; with another, it lies on the straight line through the results for
    `near` and for twice `near`, at `factor` times `near`.
    """
    assert_depends_on_scores(function)
    here = of_row(function, near)
    twice = here if factor == 1.0 else of_row(function, 2 * near)
    wanted, there = extended(here, twice, factor), of_row(function, far)
    j = None if agree(there, expected, tolerance).all() else _worst(agree(there, wanted, tolerance))
    if j is not None:
        raise CheckFailed(
            f"the result is {here[j]:.6g} at index [{j}] for the scores {show_scores(near)}. "
            f"For {show_scores(far)} it should be {wanted[j]:.6g}, but is {there[j]:.6g}"
        )
    if factor != 1.0 and not moves(here, there):
        raise CheckFailed(
            f"the result is {show_scores(there)} for the scores {show_scores(far)}, and the same for scores that are "
            f"only {1 / factor:.3g} times as large: it should grow with how far the scores are apart"
        )


def extended(here: ArrayLike, twice: ArrayLike, factor: float) -> Any:
    """Continue the straight line through a result, and the one for twice the scores, to `factor` times the scores."""
    with np.errstate(all="ignore"):
        return here + (factor - 1) * np.subtract(twice, here)


def assert_forms(
    function: Function, row: NDArray[Any], expected: NDArray[np.float64], tolerance: NDArray[np.float64]
) -> None:
    """Fail unless one example of shape (C,), of any type, gets what it gets as a batch of one in double precision."""
    assert_depends_on_scores(function)
    if row.dtype != np.float64:
        wanted, got, form = of_row(function, row.astype(float)), of_row(function, row), f"of type {row.dtype}"
    else:
        got, form = as_array(function(row), row.shape), f"of shape {row.shape}"
        if agree(got, expected, tolerance).all():
            return
        wanted = as_array(function(row[np.newaxis]), (1, row.size))[0]
    j = _worst(agree(got, wanted, tolerance))
    if j is not None:
        raise CheckFailed(
            f"for the scores {show_scores(row)}, {form}, the result is {got[j]:.6g} at index [{j}]. For the same "
            f"numbers {'of type float64' if row.dtype != np.float64 else f'of shape (1, {row.size})'} it is "
            f"{wanted[j]:.6g}"
        )


def assert_left_alone(submission: Submission, name: str, scores: NDArray[np.float64]) -> None:
    """Fail if the function changes its scores."""
    assert_depends_on_scores(getattr(submission, name))
    assert_unchanged_if_it_runs(submission.call(name, scores))


def assert_unchanged_if_it_runs(call: Call) -> None:
    """Fail if a call changed its arguments; one that raised pays elsewhere."""
    if call.fault is None or call.fault.outcome != "raised":
        assert_unchanged(call)


def show_scores(scores: ArrayLike) -> str:
    """Write a few numbers so that they can be pasted into a cell."""
    numbers = ", ".join(f"{number:.6g}" for number in np.ravel(scores).tolist())
    return f"[{numbers}]" if np.ndim(scores) else numbers


def _worst(agrees: NDArray[np.bool_]) -> int | None:
    """Index of the first number that does not agree, if there is one."""
    return None if agrees.all() else int(np.argmin(agrees))
