r"""Numerical derivatives of a student's own loss, to hold its gradient against.

The points are sent to the student kernel, the losses come back, and the differences are taken here. The step is
:math:`h = \varepsilon^{1/3} \max(1, |x|)`, with float32's :math:`\varepsilon`: a right loss may be computed in single
precision, whose rounding a smaller step would turn into noise. Keep the points at least ``10 * h`` from a kink.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossmark.numerics import CheckFailed, Comparison, as_array, rounding_error

STEP = float(np.finfo(np.float32).eps) ** (1 / 3)
"""Step of the differences at numbers up to 1: where the errors of truncation and of rounding are about equal."""
MAX_ELEMENTS = 200
"""Up to this many numbers, the derivative is taken along every one of them."""
SAMPLED = 40
"""Of more numbers, so many are looked at alone."""
PROJECTIONS = 20
"""Of more numbers, so many random directions are looked at."""


@dataclass(frozen=True)
class Stencil:
    """Pairs of points around one, for central differences.

    Attributes
    ----------
    points : ndarray, shape (2K, *shape)
        The points: first the K forward ones, then the K backward ones.
    directions : ndarray, shape (K, *shape)
        From each backward to its forward point, as it was realised in floating point.
    """

    points: NDArray[np.float64]
    directions: NDArray[np.float64]


def stencil(x: ArrayLike, rng: np.random.Generator | None = None) -> Stencil:
    """Choose the points for a numerical derivative.

    Along every element of up to `MAX_ELEMENTS`; beyond that, along `SAMPLED` elements and `PROJECTIONS` random
    directions, because few elements miss an error in others, and one direction misses much.

    Parameters
    ----------
    x : array_like
        Where the derivative is taken.
    rng : Generator, optional
        Source of randomness, for large `x`.

    Returns
    -------
    Stencil
    """
    x = np.asarray(x, float)
    steps = STEP * np.maximum(1.0, np.abs(x)).ravel()
    if x.size <= MAX_ELEMENTS:
        along = np.diag(steps)
    else:
        rng = rng or np.random.default_rng(0)
        chosen = rng.choice(x.size, SAMPLED, replace=False)
        single = np.zeros((SAMPLED, x.size))
        single[np.arange(SAMPLED), chosen] = steps[chosen]
        random = rng.choice([-1.0, 1.0], size=(PROJECTIONS, x.size)) * steps / np.sqrt(x.size)
        along = np.concatenate([single, random])
    forward, backward = x + along.reshape(-1, *x.shape), x - along.reshape(-1, *x.shape)
    return Stencil(np.concatenate([forward, backward]), forward - backward)


def assert_is_derivative(
    gradient: Any, values: Any, at: Stencil, *, tolerance: ArrayLike = 0.0, what: str = "the gradient"
) -> None:
    """Fail unless a gradient is the derivative of the function whose values are given.

    Parameters
    ----------
    gradient : object
        The gradient returned by the submission.
    values : object
        The submission's values of the function at ``at.points``.
    at : Stencil
        The points.
    tolerance : array_like
        Error of the differences by truncation, in units of the gradient: about ``STEP**2 / 6`` times the third
        derivative. Rounding is allowed for anyway, at the size of the values.
    what : str
        Its name in the message.

    Raises
    ------
    CheckFailed
        Naming the element, or the direction, that is farthest off.
    """
    shape = at.points.shape[1:]
    array = as_array(gradient, shape, what)
    numbers = as_array(values, (len(at.points),), "the loss at points around this one")
    axes = tuple(range(1, at.directions.ndim))
    lengths = np.sqrt(np.sum(at.directions**2, axis=axes))
    forward, backward = numbers.reshape(2, -1)
    measured = (forward - backward) / lengths
    claimed = np.sum(at.directions * array, axis=axes) / lengths
    rounding = rounding_error(np.max(np.abs(numbers))) / lengths + rounding_error(
        np.sum(np.abs(at.directions * array), axis=axes) / lengths, terms=max(1, array.size)
    )
    error = np.abs(measured - claimed) - rounding - np.asarray(tolerance, float)
    if (error <= 0).all():
        return
    worst = int(np.argmax(error))
    moved = np.argwhere(at.directions[worst])
    place = f"at index [{', '.join(map(str, moved[0]))}]" if len(moved) == 1 else "along a random direction"
    is_by_element = len(at.directions) == array.size
    raise CheckFailed(
        f"{what} is not the derivative of your own loss: {place} it says {claimed[worst]:.6g}, but from the loss on "
        f"either side of this point the slope is {measured[worst]:.6g}",
        comparison=Comparison(array, measured.reshape(shape), what, "slope of your loss") if is_by_element else None,
    )
