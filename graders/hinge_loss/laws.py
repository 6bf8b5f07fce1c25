"""Laws that a hinge loss obeys whatever else is wrong with it.

They compare the student's numbers with each other, so that one slip costs one check. ``return 0`` would satisfy most of
them: each therefore also asks that the loss depends on the scores at all.

All take the student's function as `loss` and its `args`: ``(x, y, W, delta)`` or ``(scores, y, delta)``, the margin
being optional. `tolerance` is the function of `reference` that gives the rounding error for the same arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from lossmark import CheckFailed, as_number, rounding_error

Loss = Callable[..., Any]
Tolerance = Callable[..., float]

FACTOR = 3.0
"""What scores and margin are multiplied by to see whether the margin is respected."""

FAR = 1000
"""What scores are multiplied by, with either sign, to move the loss of a balanced problem far."""

GROWTH = 10.0
"""How many times farther than the scores themselves they must move it, at the least."""

WIDE = 1000.0
"""A margin that no scores of the problems keep, so that every class adds to the loss."""


def times(factor: float, args: Sequence[Any]) -> tuple[Any, ...]:
    """Multiply the scores of a problem: its array of two dimensions, be it `scores` or `W`."""
    return tuple(factor * value if np.ndim(value) == 2 else value for value in args)


def same_up_to_rounding(a: float, b: float, tolerance: float) -> bool:
    """Whether two of the student's numbers agree, given the rounding error of a right answer.

    Numbers that are larger than the right answer (a sum in place of a mean, say) are allowed the rounding of their
    own size.
    """
    return abs(a - b) <= tolerance + _own_rounding(a, b)


def _own_rounding(a: float, b: float) -> float:
    return float(rounding_error(max(abs(a), abs(b))))


def assert_depends_on_scores(loss: Loss, args: Sequence[Any], tolerance: Tolerance) -> float:
    """Fail unless the loss is a number, the same when asked again, and grows with the scores; return it.

    Scores that are far larger, with winners and losers as they are or turned round, must move the loss far more. So a
    loss may have any slip, but not be a number that scores hardly move.
    """
    here = as_number(loss(*args), "the loss")
    again = as_number(loss(*args), "the loss")
    if here != again:
        raise CheckFailed(
            f"the loss is {here:.6g}, and {again:.6g} when asked again with the same arguments: it should depend on "
            "nothing else"
        )
    at_zero, *far = (as_number(loss(*times(factor, args)), "the loss") for factor in (0, FAR, -FAR))
    least = GROWTH * abs(here - at_zero) + tolerance(*args) + _own_rounding(here, at_zero)
    if max(abs(number - at_zero) for number in far) <= least:
        raise CheckFailed(
            f"the loss is {here:.6g}. It is {at_zero:.6g} for scores that are all 0, {far[0]:.6g} for scores {FAR} "
            f"times as large, and {far[1]:.6g} if they also change their sign: it should grow with the differences of "
            "scores"
        )
    return here


def assert_margin_respected(loss: Loss, args: Sequence[Any], tolerance: Tolerance, powers: Sequence[int]) -> None:
    """Fail unless the loss grows with the margin, and in step with scores and margin together.

    Multiplying both by c multiplies each margin by c, hence the hinge loss by c and the squared hinge loss by c^2.

    Parameters
    ----------
    loss, args, tolerance
        See the module.
    powers : sequence of int
        Powers of c that are accepted, the right one first: a squared loss that forgets its square pays for its values
        and not for its margin.

    Raises
    ------
    CheckFailed
        If it does not.
    """
    *data, delta = args
    base = assert_depends_on_scores(loss, args, tolerance)
    wide = as_number(loss(*data, WIDE), "the loss")
    if wide < base or same_up_to_rounding(base, wide, tolerance(*args)):
        raise CheckFailed(
            f"the loss is {base:.6g} with delta = {delta:g} and {wide:.6g} with delta = {WIDE:g}. A wider margin is "
            "harder to keep, so the loss should grow: is the argument `delta` added to each difference of scores?"
        )
    larger = (*times(FACTOR, data), FACTOR * delta)
    got, allowed = as_number(loss(*larger), "the loss"), tolerance(*larger)
    if not any(same_up_to_rounding(got, FACTOR**power * base, allowed) for power in powers):
        raise CheckFailed(
            f"the loss is {base:.6g} with delta = {delta:g}. With all scores and delta {FACTOR:g} times as large, each "
            f"margin is {FACTOR:g} times as large, and the loss should be {FACTOR ** powers[0]:g} times: "
            f"{FACTOR ** powers[0] * base:.6g}. It is {got:.6g}. Is a number written where `delta` should stand?"
        )


def assert_shift_invariant(loss: Loss, args: Sequence[Any], shift: float, tolerance: Tolerance) -> None:
    """Fail unless the loss stays when all scores rise by the same number."""
    before = assert_depends_on_scores(loss, args, tolerance)
    shifted = tuple(value + shift if np.ndim(value) == 2 else value for value in args)
    after = as_number(loss(*shifted), "the loss")
    if not same_up_to_rounding(before, after, tolerance(*shifted)):
        raise CheckFailed(
            f"the loss is {before:.6g}, and {after:.6g} after all scores rose by the same number. No class gained on "
            "another, so it should be the same: does each margin hold a difference of two scores?"
        )


def assert_mean_of_parts(loss: Loss, args: Sequence[Any], sizes: Sequence[int], tolerance: Tolerance) -> None:
    """Fail unless the loss of a batch is the mean of those of its parts, each weighted by its number of examples."""
    scores, y = args
    cuts = [0, *np.cumsum(sizes).tolist()]
    assert_depends_on_scores(loss, (scores[: sizes[0]], y[: sizes[0]]), tolerance)
    parts = [as_number(loss(scores[a:b], y[a:b]), "the loss") for a, b in pairwise(cuts)]
    whole = as_number(loss(*args), "the loss")
    mean = sum(size * part for size, part in zip(sizes, parts, strict=True)) / sum(sizes)
    listed = " and ".join(f"{part:.6g} for {size}" for size, part in zip(sizes, parts, strict=True))
    if not same_up_to_rounding(whole, mean, tolerance(*args)):
        raise CheckFailed(
            f"taken apart, the batch of {sum(sizes)} examples has the losses {listed}, which makes {mean:.6g} on "
            f"average over its examples. The loss of the whole batch is {whole:.6g}"
        )


def assert_type_does_not_matter(loss: Loss, args: Sequence[Any], tolerance: Tolerance) -> None:
    """Fail unless the loss of whole numbers or float32 is the loss of the same numbers as float64."""
    # The labels, second in both signatures, stay whole numbers.
    plain = [a.astype(float) if isinstance(a, np.ndarray) and i != 1 else a for i, a in enumerate(args)]
    wanted = assert_depends_on_scores(loss, plain, tolerance)
    got = as_number(loss(*args), "the loss")
    if not same_up_to_rounding(got, wanted, tolerance(*args)):
        raise CheckFailed(
            f"the loss is {wanted:.6g} when the numbers are of type float64, and {got:.6g} when the same numbers are of"
            f" type {args[0].dtype}"
        )
