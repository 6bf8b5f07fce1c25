"""Laws of weights that are fitted to data, ridge's and the lasso's.

As in `laws`, the student's numbers are compared with each other where that is possible, and each law also asks that the
weights depend on the data at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossmark import CheckFailed, as_array, describe, rounding_error

Function = Callable[..., Any]
Array = NDArray[np.float64]

LARGE = 1000.0
"""What the strength of a penalty is multiplied by, so that every weight feels it."""

NEAR = 1e-6
"""How near the lasso's objective must come to its minimum."""

EXCESS = 1e-4
"""By which part a squared error may be larger than the least: stable ways are off by 1e-8, the others by 1e-2."""


def fitted(value: Any, what: str) -> Array:
    """Take the numbers out of what a fit returned, in any shape: only one check of a cell is about the shape."""
    try:
        shape = np.shape(value)
    except ValueError:
        raise CheckFailed(f"{what} should be an array of numbers, but it is {describe(value)} of ragged rows") from None
    return as_array(value, shape, what).ravel()


@np.errstate(over="ignore", invalid="ignore")
def assert_follows_data(fit: Function, t: Array, what: str) -> Array:
    """Fail unless weights fitted to targets are the same when asked again, and others for twice the targets."""
    here, again, other = (fitted(fit(targets), what) for targets in (t, t, 2.0 * t))
    if not np.array_equal(here, again):
        raise CheckFailed(
            f"{what} are {here}, and {again} when asked again with the same arguments: they should depend on nothing "
            "else"
        )
    if not np.any(here) or (here.shape == other.shape and np.allclose(here, other)):
        raise CheckFailed(f"{what} are {here}, and {other} for targets twice as large: they should depend on the data")
    return here


@np.errstate(over="ignore", invalid="ignore")
def assert_same_for_repeated_data(
    fit: Function, X: Array, t: Array, reg: float, times: int, what: str, tolerance: float
) -> Array:
    """Fail unless fitted weights depend on reg, but not on how often all of the data are there; return them."""
    here = assert_follows_data(lambda targets: fit(X, targets, reg), t, what)
    other = fitted(fit(X, t, LARGE * reg), what)
    allowed = tolerance + rounding_error(np.abs(here).max())
    if here.shape == other.shape and (np.abs(here - other) <= allowed).all():
        raise CheckFailed(f"{what} are {here} with reg = {reg:g}, and the same with reg = {LARGE * reg:g}")
    repeated = fitted(fit(np.concatenate([X] * times), np.concatenate([t] * times), reg), what)
    if here.shape != repeated.shape or not (np.abs(here - repeated) <= allowed).all():
        raise CheckFailed(
            f"{what} are {here} for these {len(t)} examples, and {repeated} when each of them is there {times} times. "
            "The mean of the squares is the same for both, so the minimum should be at the same place"
        )
    return here


@np.errstate(over="ignore", invalid="ignore")
def is_close_in_either_order(w: Array, expected: Array, tolerance: float) -> bool:
    """Whether coefficients are the expected ones, lowest or highest power first: the order is one check's alone."""
    return w.shape == expected.shape and bool(
        min(np.abs(w - expected).max(), np.abs(w[::-1] - expected).max()) <= tolerance
    )


@np.errstate(over="ignore", invalid="ignore")
def assert_error_is_least(error: Callable[[Array], float], w: Array, degree: int, least: float) -> None:
    """Fail unless coefficients, lowest or highest power first, have the least error of all, up to rounding."""
    if w.shape != (degree + 1,):
        raise CheckFailed(f"there are {w.size} coefficients, but a polynomial of degree {degree} has {degree + 1}")
    got = min(error(w), error(w[::-1]), key=lambda number: np.nan_to_num(number, nan=np.inf))
    if not got <= least * (1 + EXCESS):
        raise CheckFailed(
            f"the mean of the squared errors is {got:.6g} for this polynomial, but there is one of degree {degree} "
            f"with {least:.6g}. The powers of x are nearly dependent here: rounding must not be magnified by the "
            "square of a condition number that is large already"
        )


@np.errstate(over="ignore", invalid="ignore")
def assert_objective_is_minimal(
    got: Any, X: Array, t: Array, reg: float, best: Array, objective: Callable[..., float]
) -> None:
    """Fail unless weights bring the lasso's objective within `NEAR` of its minimum; say where it has a slope left."""
    w = as_array(got, best.shape, "the array of weights")
    value, least = objective(w, X, t, reg), objective(best, X, t, reg)
    if value - least <= NEAR:
        return
    slopes = 2 / len(t) * X.T @ (X @ w - t)
    # The conditions of Karush, Kuhn and Tucker: -reg * sign(w) on the way, anything up to reg in size at 0.
    left = np.where(w == 0, np.maximum(np.abs(slopes) - reg, 0.0), np.abs(slopes + reg * np.sign(w)))
    j = int(np.argmax(np.nan_to_num(left, nan=np.inf)))
    wanted = f"{-reg:g} to {reg:g}" if w[j] == 0 and reg else f"{-reg * np.sign(w[j]) + 0.0:g}"
    raise CheckFailed(
        f"with the weights {w} the objective is {value:.8g}, which is more than its minimum {least:.8g}. At the "
        f"minimum the penalty holds the balance with the mean of squares, but along w[{j}] = {w[j]:.6g} the mean of "
        f"squares has the slope {slopes[j]:.6g} where {wanted} is needed"
    )


def assert_exact_zeros(got: Any, best: Array) -> None:
    """Fail unless weights are exactly 0 where the best ones are, and only there."""
    w = as_array(got, best.shape, "the array of weights")
    for j in np.flatnonzero((w == 0) != (best == 0))[:1]:
        if best[j] == 0:
            raise CheckFailed(
                f"the weight w[{j}] is {w[j]:.6g}, but the minimum has an exact 0 there. The weights are {w}: only "
                "soft thresholding makes exact zeros, small steps hardly ever end on one"
            )
        raise CheckFailed(f"the weight w[{j}] is 0, but {best[j]:.6g} at the minimum. The weights are {w}")


@np.errstate(over="ignore", invalid="ignore")
def assert_follows_sign(fit: Function, t: Array, tolerance: float) -> None:
    """Fail unless targets of the opposite sign give weights of the opposite sign."""
    here = assert_follows_data(fit, t, "the weights")
    opposite = fitted(fit(-t), "the weights")
    if here.shape != opposite.shape or not (np.abs(here + opposite) <= tolerance + rounding_error(np.abs(here))).all():
        raise CheckFailed(
            f"the weights are {here} for t = {t}, and {opposite} for t = {-t}. With all targets turned round, all "
            "weights should be turned round, too: does a negative weight survive your soft threshold?"
        )
