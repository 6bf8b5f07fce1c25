"""Functions that compute something else than they are asked for, and obey a law or two, by solution cell.

Each is a dictionary of names to put into the notebook, in which all other functions are right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Function = Callable[..., Any]
LECTURE = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])


def _margins(s: Any, delta: float) -> Any:
    return np.maximum(0, s - s.mean(axis=1, keepdims=True) + delta)


def losses_of_scores(delta_power: int = 1) -> dict[str, Function]:
    """Functions of scores, labels and (for the hinge loss) a margin, which are no loss of the labels."""

    def rows(s: Any, y: Any) -> Any:
        return s[np.arange(len(y)), y]

    return {
        "minus the score of the class": lambda s, y, delta=1.0: -np.mean(rows(s, y)) + delta,
        "the score of the class": lambda s, y, delta=1.0: np.mean(rows(s, y)),
        "never looks at y": lambda s, y, delta=1.0: np.mean(_margins(s, delta).sum(axis=1)),
        "never looks at y, by the first class": lambda s, y, delta=1.0: np.mean(
            np.maximum(0, s - s[:, :1] + delta).sum(axis=1) - delta
        ),
        "spread of the scores": lambda s, y, delta=1.0: np.mean(np.ptp(s, axis=1)) + delta,
        "sum of squares": lambda s, y, delta=1.0: np.mean(np.sum(s * s, axis=1)),
        "largest differences": lambda s, y, delta=1.0: np.mean(np.abs(np.diff(s, axis=1)).sum(axis=1)) + delta,
        "classes less one": lambda s, y, delta=1.0: float(s.shape[1] - 1) * delta**delta_power,
        "logarithm of the classes": lambda s, y, delta=1.0: float(np.log(s.shape[1])),
        "zero one loss": lambda s, y, delta=1.0: np.mean(s.argmax(axis=1) != y),
        "log-sum-exp alone": lambda s, y, delta=1.0: np.mean(
            s.max(axis=1) + np.log(np.exp(s - s.max(axis=1, keepdims=True)).sum(axis=1))
        ),
        "distance from the mean": lambda s, y, delta=1.0: np.mean(np.abs(rows(s, y) - s.mean(axis=1))) + delta,
    }


def slide_only(right: Function, of: Function, otherwise: Function) -> Function:
    """Make a function that is right for the lecture's scores and something else otherwise."""

    def function(*args: Any) -> Any:
        scores = np.atleast_2d(of(*args))
        is_known = scores.shape[1] == 3 and all(any(np.array_equal(row, known) for known in LECTURE) for row in scores)
        return right(*args) if is_known else otherwise(*args)

    return function


def small_only(right: Function, of: Function, otherwise: Function) -> Function:
    """Make a function that is right for up to three classes and something else otherwise."""
    return lambda *args: (right if np.shape(of(*args))[-1] <= 3 else otherwise)(*args)


def partly_right(right: Function, of: Function, otherwise: Function) -> dict[str, Function]:
    """Make functions that are right where it is easily looked up."""
    return {
        "right for the slide alone": slide_only(right, of, otherwise),
        "right for small ones alone": small_only(right, of, otherwise),
    }


def of_first(*args: Any) -> Any:
    """Return the first argument."""
    return args[0]


def hinge_loss(reference: Any) -> dict[str, dict[str, Function]]:
    """Make the functions of the assignment ``hinge_loss``."""

    def of_one(function: Function) -> Function:
        return lambda x, y, W, delta=1.0: function((W @ x)[np.newaxis], np.array([y]), delta)

    def scores_of(x: Any, y: Any, W: Any, delta: float = 1.0) -> Any:
        return W @ x

    one = {name: of_one(function) for name, function in losses_of_scores().items()}
    made = {}
    for cell in ("L_i", "L_i_vectorized"):
        right = getattr(reference, cell)
        made[cell] = one | partly_right(right, scores_of, one["sum of squares"])
        made[cell]["product alone"] = lambda x, y, W, delta=1.0: np.sum(W @ x)
    for cell, power in (("svm_loss", 1), ("squared_hinge_loss", 2)):
        others = losses_of_scores(power)
        made[cell] = others | partly_right(getattr(reference, cell), of_first, others["sum of squares"])
    made["svm_loss"]["cubes of the scores"] = lambda s, y, delta=1.0: np.mean(np.sum(np.abs(s) ** 3, axis=1))
    return made
