"""The right functions and answers of the assignment ``hinge_loss``, and how far rounding may take a right result.

A tolerance is :func:`lossmark.rounding_error` at the problem's size: the numbers added up are the two scores and the
margin of each class, so their absolute values give the magnitude. All classes are counted, the correct one too,
because a right answer may add its margin first and take it off afterwards.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossmark import rounding_error

answers: dict[str, bool | float | str] = {
    "jiggle_changes_loss": False,
    "smallest_loss": 0.0,
    "largest_loss": np.inf,
    "loss_at_zero_scores": 9.0,
    "added_by_correct_class": 1.0,
    "mean_instead_of_sum": "b",
    "squared_is_a_different_loss": True,
}
"""The short answers of ``svm_answers``, by the name of their variable."""


def L_i(x: ArrayLike, y: int, W: ArrayLike, delta: float = 1.0) -> float:
    r"""Multiclass hinge loss of one example.

    .. math:: L_i = \sum_{j \ne y} \max(0, s_j - s_y + \Delta), \qquad s = W x

    J. Weston and C. Watkins, "Support vector machines for multi-class pattern recognition", ESANN 1999; CS231n,
    lecture 3.

    Parameters
    ----------
    x : array_like, shape (D,)
        The example.
    y : int
        Its correct class, 0 to C-1.
    W : array_like, shape (C, D)
        Weights, one row per class.
    delta : float
        The margin.

    Returns
    -------
    float
    """
    scores = np.asarray(W, float) @ np.asarray(x, float)
    return svm_loss(scores[np.newaxis], [y], delta)


def L_i_vectorized(x: ArrayLike, y: int, W: ArrayLike, delta: float = 1.0) -> float:
    """Multiclass hinge loss of one example: the same number as :func:`L_i`.

    Parameters
    ----------
    x : array_like, shape (D,)
        The example.
    y : int
        Its correct class, 0 to C-1.
    W : array_like, shape (C, D)
        Weights, one row per class.
    delta : float
        The margin.

    Returns
    -------
    float
    """
    return L_i(x, y, W, delta)


def svm_loss(scores: ArrayLike, y: ArrayLike, delta: float = 1.0) -> float:
    r"""Mean multiclass hinge loss of a batch.

    .. math:: L = \frac{1}{N} \sum_i \sum_{j \ne y_i} \max(0, s_{ij} - s_{i y_i} + \Delta)

    CS231n, lecture 3.

    Parameters
    ----------
    scores : array_like, shape (N, C)
        Class scores, one row per example.
    y : array_like of int, shape (N,)
        Correct classes, 0 to C-1.
    delta : float
        The margin.

    Returns
    -------
    float
    """
    return float(np.sum(_positive_margins(scores, y, delta)) / len(np.asarray(y)))


def squared_hinge_loss(scores: ArrayLike, y: ArrayLike, delta: float = 1.0) -> float:
    r"""Mean squared hinge loss of a batch: each margin is squared, then summed.

    .. math:: L = \frac{1}{N} \sum_i \sum_{j \ne y_i} \max(0, s_{ij} - s_{i y_i} + \Delta)^2

    CS231n, lecture 3, whose notes square the whole of :math:`L_i` by mistake.

    Parameters
    ----------
    scores : array_like, shape (N, C)
        Class scores, one row per example.
    y : array_like of int, shape (N,)
        Correct classes, 0 to C-1.
    delta : float
        The margin.

    Returns
    -------
    float
    """
    return float(np.sum(_positive_margins(scores, y, delta) ** 2) / len(np.asarray(y)))


def _positive_margins(scores: ArrayLike, y: ArrayLike, delta: float) -> NDArray[np.float64]:
    """Margins (N, C) cut off at zero; zero for the correct classes."""
    scores, y = np.asarray(scores, float), np.asarray(y)
    rows = np.arange(len(y))
    margins = np.maximum(0.0, scores - scores[rows, y][:, np.newaxis] + delta)
    margins[rows, y] = 0.0
    return margins


def L_i_tolerance(x: ArrayLike, y: int, W: ArrayLike, delta: float = 1.0) -> Any:
    """Rounding error that :func:`L_i` may carry: each score is itself a sum of D products.

    Parameters
    ----------
    x, y, W, delta
        As for :func:`L_i`.

    Returns
    -------
    float
    """
    sizes = np.abs(np.asarray(W, float)) @ np.abs(np.asarray(x, float))
    C, D = np.shape(W)
    return rounding_error(np.sum(sizes + sizes[y] + abs(delta)), terms=C * (2 * D + 1))


def svm_loss_tolerance(scores: ArrayLike, y: ArrayLike, delta: float = 1.0) -> Any:
    """Rounding error that :func:`svm_loss` may carry: three numbers per margin, averaged over N examples.

    Parameters
    ----------
    scores, y, delta
        As for :func:`svm_loss`.

    Returns
    -------
    float
    """
    sizes = _margin_sizes(scores, y, delta)
    return rounding_error(np.sum(sizes) / len(sizes), terms=3 * sizes.size)


def squared_hinge_loss_tolerance(scores: ArrayLike, y: ArrayLike, delta: float = 1.0) -> Any:
    """Rounding error that :func:`squared_hinge_loss` may carry.

    A margin m of size t, off by e t, has a square that is off by 2 m e t, and rounding the square adds e m^2: with m
    at most t, at most 3 e t^2 together.

    Parameters
    ----------
    scores, y, delta
        As for :func:`squared_hinge_loss`.

    Returns
    -------
    float
    """
    sizes = _margin_sizes(scores, y, delta)
    return rounding_error(3 * np.sum(sizes**2) / len(sizes), terms=3 * sizes.size)


def _margin_sizes(scores: ArrayLike, y: ArrayLike, delta: float) -> NDArray[np.float64]:
    """Sum of absolute values of what makes up each margin, (N, C)."""
    sizes, y = np.abs(np.asarray(scores, float)), np.asarray(y)
    return sizes + sizes[np.arange(len(y)), y][:, np.newaxis] + abs(delta)
