"""The right functions and answers of the assignment ``softmax``, and how far rounding may take a right result.

A tolerance is :func:`lossmark.rounding_error` at the problem's size. A log-probability is the difference of a score and
the log-sum-exp, so their absolute values give the magnitude; an error of a log-probability is a relative error of the
probability.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossmark import rounding_error

answers: dict[str, bool | float] = {
    "smallest_loss": 0.0,
    "largest_loss": np.inf,
    "loss_at_start": float(np.log(10)),
    "base_of_089": 10.0,
    "jiggle_changes_hinge": False,
    "jiggle_changes_softmax": True,
    "new_point_can_be_free_hinge": True,
    "new_point_can_be_free_softmax": False,
}
"""The short answers of ``softmax_answers``, by the name of their variable."""

TINY = float(np.finfo(np.float32).tiny)
"""Probabilities below this may be stored as 0 by a right answer in single precision."""


def softmax(scores: ArrayLike) -> NDArray[np.float64]:
    r"""Softmax probabilities of one example or of a batch.

    .. math:: p_j = \frac{e^{s_j - m}}{\sum_k e^{s_k - m}}, \qquad m = \max_k s_k

    CS231n, lecture 3; P. Blanchard, D. J. Higham and N. J. Higham, "Accurately computing the log-sum-exp and softmax
    functions", IMA Journal of Numerical Analysis 41 (2021), for the shift.

    Parameters
    ----------
    scores : array_like, shape (C,) or (N, C)
        Class scores, one row per example.

    Returns
    -------
    ndarray, of the shape of `scores`
    """
    return np.exp(log_softmax(scores))


def log_softmax(scores: ArrayLike) -> NDArray[np.float64]:
    r"""Logarithms of the softmax probabilities, without the logarithm of a small number.

    .. math:: \log p_j = s_j - m - \log \sum_k e^{s_k - m}, \qquad m = \max_k s_k

    P. Blanchard, D. J. Higham and N. J. Higham, as for :func:`softmax`.

    Parameters
    ----------
    scores : array_like, shape (C,) or (N, C)
        Class scores, one row per example.

    Returns
    -------
    ndarray, of the shape of `scores`
    """
    scores = np.asarray(scores, float)
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def cross_entropy(scores: ArrayLike, y: ArrayLike) -> float:
    r"""Mean softmax loss of a batch.

    .. math:: L = -\frac{1}{N} \sum_i \log p_{i y_i}

    CS231n, lecture 3.

    Parameters
    ----------
    scores : array_like, shape (N, C)
        Class scores, one row per example.
    y : array_like of int, shape (N,)
        Correct classes, 0 to C-1.

    Returns
    -------
    float
    """
    return float(np.mean(_softmax_losses(scores, y)))


def compare_losses(scores: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hinge loss with margin 1 and softmax loss of each example.

    Parameters
    ----------
    scores : array_like, shape (N, C)
        Class scores, one row per example.
    y : array_like of int, shape (N,)
        Correct classes, 0 to C-1.

    Returns
    -------
    svm : ndarray, shape (N,)
        The hinge loss of each example.
    softmax : ndarray, shape (N,)
        The softmax loss of each example.
    """
    scores, y = np.asarray(scores, float), np.asarray(y)
    rows = np.arange(len(y))
    margins = np.maximum(0.0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0.0
    return margins.sum(axis=1), _softmax_losses(scores, y)


def _softmax_losses(scores: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
    """Softmax loss of each example, (N,)."""
    y = np.asarray(y)
    return -log_softmax(scores)[np.arange(len(y)), y]


def softmax_tolerance(scores: ArrayLike) -> Any:
    """Rounding error that :func:`softmax` may carry.

    Parameters
    ----------
    scores
        As for :func:`softmax`.

    Returns
    -------
    ndarray, of the shape of `scores`
    """
    return softmax(scores) * log_softmax_tolerance(scores) + TINY


def log_softmax_tolerance(scores: ArrayLike) -> Any:
    """Rounding error that :func:`log_softmax` may carry.

    Each score may be rounded, which moves the log-sum-exp by its probability times that; the shift and the logarithm of
    a sum of C numbers between 1 and C come on top.

    Parameters
    ----------
    scores
        As for :func:`log_softmax`.

    Returns
    -------
    ndarray, of the shape of `scores`
    """
    scores = np.asarray(scores, float)
    sizes, C = np.abs(scores), scores.shape[-1]
    shift = np.abs(scores.max(axis=-1, keepdims=True))
    moved = np.sum(softmax(scores) * sizes, axis=-1, keepdims=True)
    return rounding_error(sizes + shift + moved + np.log(C) + 1, terms=C)


def cross_entropy_tolerance(scores: ArrayLike, y: ArrayLike) -> Any:
    """Rounding error that :func:`cross_entropy` may carry: the mean of its terms'.

    Parameters
    ----------
    scores, y
        As for :func:`cross_entropy`.

    Returns
    -------
    float
    """
    return np.mean(compare_losses_tolerance(scores, y)[1])


def compare_losses_tolerance(scores: ArrayLike, y: ArrayLike) -> tuple[Any, Any]:
    """Rounding error that :func:`compare_losses` may carry: three numbers per margin, and a log-probability.

    Parameters
    ----------
    scores, y
        As for :func:`compare_losses`.

    Returns
    -------
    svm, softmax : ndarray, shape (N,)
    """
    sizes, y = np.abs(np.asarray(scores, float)), np.asarray(y)
    rows = np.arange(len(y))
    margins = np.sum(sizes + sizes[rows, y][:, np.newaxis] + 1.0, axis=1)
    return rounding_error(margins, terms=3 * sizes.shape[1]), log_softmax_tolerance(scores)[rows, y]
