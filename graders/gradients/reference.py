"""The right functions and answers of the assignment ``gradients``, and how far rounding may take a right result.

A tolerance is :func:`lossmark.rounding_error` at the problem's size. A score is a sum of D products, whose absolute
values give its magnitude; a loss adds up scores, a gradient adds up examples.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossmark import rounding_error

Array = NDArray[np.float64]
Function = Callable[[Any], Any]

answers: dict[str, bool | float | str] = {
    "table_slope": -2.5,
    "evaluations": 30731,
    "error_ratio_centered": 100,
    "smallest_h_is_best": False,
}
"""The short answers of ``gradient_answers``, by the name of their variable."""

stationary_kind = "saddle"
"""What kind of point the cell ``quadratic`` finds: the eigenvalues of its Hessian are -0.616 and 14.616."""


def eval_numerical_gradient(f: Function, x: ArrayLike, h: float = 1e-5) -> Array:
    r"""Gradient by forward differences.

    .. math:: \frac{\partial f}{\partial x_k} \approx \frac{f(x + h e_k) - f(x)}{h}

    Parameters
    ----------
    f : callable
        Function of an array of `x`'s shape that returns a number.
    x : array_like
        The point, of any shape.
    h : float
        The step.

    Returns
    -------
    ndarray
        In the shape of `x`.
    """
    point = np.array(x, float)
    gradient = np.zeros(point.shape)
    here = f(point.copy())
    for index in np.ndindex(point.shape):
        moved = point.copy()
        moved[index] += h
        gradient[index] = (f(moved) - here) / h
    return gradient


def eval_numerical_gradient_centered(f: Function, x: ArrayLike, h: float = 1e-5) -> Array:
    r"""Gradient by centred differences.

    .. math:: \frac{\partial f}{\partial x_k} \approx \frac{f(x + h e_k) - f(x - h e_k)}{2 h}

    Parameters
    ----------
    f : callable
        Function of an array of `x`'s shape that returns a number.
    x : array_like
        The point, of any shape.
    h : float
        The step to either side.

    Returns
    -------
    ndarray
        In the shape of `x`.
    """
    point = np.array(x, float)
    gradient = np.zeros(point.shape)
    for index in np.ndindex(point.shape):
        above, below = point.copy(), point.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = (f(above) - f(below)) / (2 * h)
    return gradient


def relative_error(a: ArrayLike, b: ArrayLike) -> float:
    r"""Largest elementwise relative error.

    .. math:: \max_k \frac{|a_k - b_k|}{\max(|a_k| + |b_k|, 10^{-8})}

    Parameters
    ----------
    a, b : array_like
        Of the same shape.

    Returns
    -------
    float
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), 1e-8)))


def grad_check_sparse(
    f: Function, x: ArrayLike, analytic_grad: ArrayLike, num_checks: int = 10, h: float = 1e-5
) -> float:
    """Compare a gradient with centred differences at places drawn at random.

    Parameters
    ----------
    f : callable
        Function of an array of `x`'s shape that returns a number.
    x : array_like
        The point, of any shape.
    analytic_grad : array_like
        The gradient to check, in the shape of `x`.
    num_checks : int
        How many places are looked at.
    h : float
        The step to either side.

    Returns
    -------
    float
        The largest relative error.
    """
    point, gradient = np.array(x, float), np.asarray(analytic_grad, float)
    numerical, analytic = [], []
    for place in np.random.permutation(point.size)[:num_checks]:  # noqa: NPY002 - as in the notebook
        index = np.unravel_index(place, point.shape)
        above, below = point.copy(), point.copy()
        above[index] += h
        below[index] -= h
        numerical.append((f(above) - f(below)) / (2 * h))
        analytic.append(gradient[index])
    return relative_error(numerical, analytic)


def svm_loss_naive(W: ArrayLike, X: ArrayLike, y: ArrayLike, reg: float) -> tuple[float, Array]:
    r"""Multiclass hinge loss with margin 1 and L2 regularisation, and its gradient.

    .. math:: L = \frac{1}{N} \sum_i \sum_{j \ne y_i} \max(0, s_{ij} - s_{i y_i} + 1) + \lambda \sum W_{dj}^2

    CS231n, lecture 3.

    Parameters
    ----------
    W : array_like, shape (D, C)
        Weights.
    X : array_like, shape (N, D)
        Examples, one per row.
    y : array_like of int, shape (N,)
        Correct classes, 0 to C-1.
    reg : float
        Regularisation strength.

    Returns
    -------
    loss : float
        Mean over the examples, plus the penalty.
    dW : ndarray, shape (D, C)
        Gradient of the loss.
    """
    W, X, y = np.asarray(W, float), np.asarray(X, float), np.asarray(y)
    margins = _margins(W, X, y)
    loss = np.sum(np.maximum(0.0, margins)) / len(X) + reg * np.sum(W * W)
    return float(loss), _svm_data_gradient(X, y, margins > 0) + 2 * reg * W


def svm_loss_vectorized(W: ArrayLike, X: ArrayLike, y: ArrayLike, reg: float) -> tuple[float, Array]:
    """Multiclass hinge loss and its gradient: the same as :func:`svm_loss_naive`.

    Parameters
    ----------
    W : array_like, shape (D, C)
        Weights.
    X : array_like, shape (N, D)
        Examples, one per row.
    y : array_like of int, shape (N,)
        Correct classes, 0 to C-1.
    reg : float
        Regularisation strength.

    Returns
    -------
    loss : float
        Mean over the examples, plus the penalty.
    dW : ndarray, shape (D, C)
        Gradient of the loss.
    """
    return svm_loss_naive(W, X, y, reg)


def softmax_loss_naive(W: ArrayLike, X: ArrayLike, y: ArrayLike, reg: float) -> tuple[float, Array]:
    r"""Softmax (cross-entropy) loss with L2 regularisation, and its gradient.

    .. math:: L = -\frac{1}{N} \sum_i \log \frac{e^{s_{i y_i}}}{\sum_j e^{s_{ij}}} + \lambda \sum W_{dj}^2

    CS231n, lecture 3.

    Parameters
    ----------
    W : array_like, shape (D, C)
        Weights.
    X : array_like, shape (N, D)
        Examples, one per row.
    y : array_like of int, shape (N,)
        Correct classes, 0 to C-1.
    reg : float
        Regularisation strength.

    Returns
    -------
    loss : float
        Mean over the examples, plus the penalty.
    dW : ndarray, shape (D, C)
        Gradient of the loss.
    """
    W, X, y = np.asarray(W, float), np.asarray(X, float), np.asarray(y)
    rows = np.arange(len(y))
    scores = X @ W
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dscores = np.exp(log_probabilities)
    dscores[rows, y] -= 1.0
    loss = -np.sum(log_probabilities[rows, y]) / len(X) + reg * np.sum(W * W)
    return float(loss), X.T @ dscores / len(X) + 2 * reg * W


def softmax_loss_vectorized(W: ArrayLike, X: ArrayLike, y: ArrayLike, reg: float) -> tuple[float, Array]:
    """Softmax loss and its gradient: the same as :func:`softmax_loss_naive`.

    Parameters
    ----------
    W : array_like, shape (D, C)
        Weights.
    X : array_like, shape (N, D)
        Examples, one per row.
    y : array_like of int, shape (N,)
        Correct classes, 0 to C-1.
    reg : float
        Regularisation strength.

    Returns
    -------
    loss : float
        Mean over the examples, plus the penalty.
    dW : ndarray, shape (D, C)
        Gradient of the loss.
    """
    return softmax_loss_naive(W, X, y, reg)


def svm_loss_buggy(W: Array, X: Array, y: NDArray[np.int64], reg: float) -> tuple[float, Array]:
    """Hinge loss with the lecture notes' bug, as the notebook gives it: a count is written into a boolean array.

    Parameters
    ----------
    W, X, y, reg
        As for :func:`svm_loss_naive`.

    Returns
    -------
    loss : float
        Right.
    dW : ndarray, shape (D, C)
        Wrong.
    """
    num_train = len(X)
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(num_train), y] = 0
    loss = np.sum(margins) / num_train
    dscores = margins > 0
    dscores[np.arange(num_train), y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores) / num_train
    return loss + reg * np.sum(W * W), dW + 2 * reg * W


def fix_dscore(W: ArrayLike, X: ArrayLike, y: ArrayLike, reg: float) -> tuple[float, Array]:
    """:func:`svm_loss_buggy`, repaired.

    Parameters
    ----------
    W : array_like, shape (D, C)
        Weights.
    X : array_like, shape (N, D)
        Examples, one per row.
    y : array_like of int, shape (N,)
        Correct classes, 0 to C-1.
    reg : float
        Regularisation strength.

    Returns
    -------
    loss : float
        Mean over the examples, plus the penalty.
    dW : ndarray, shape (D, C)
        Gradient of the loss.
    """
    return svm_loss_naive(W, X, y, reg)


def quadratic_value(x: Any) -> Any:
    """Quadratic function of the cell ``quadratic``, given in the notebook.

    Parameters
    ----------
    x : array_like, shape (2, ...)
        One point, or many.

    Returns
    -------
    float or ndarray
    """
    return 5 * x[0] ** 2 + 7 * x[0] * x[1] + 2 * x[1] ** 2 + 10 * x[0] + x[1] + 1


def quadratic_gradient(x: ArrayLike) -> Array:
    """Gradient of :func:`quadratic_value`.

    Parameters
    ----------
    x : array_like, shape (2,)
        The point.

    Returns
    -------
    ndarray, shape (2,)
    """
    first, second = np.asarray(x, float)
    return np.array([10 * first + 7 * second + 10, 7 * first + 4 * second + 1])


def stationary_point() -> Array:
    """Where the gradient of :func:`quadratic_value` is zero.

    Returns
    -------
    ndarray, shape (2,)
    """
    return np.array([11 / 3, -20 / 3])


def svm_gradient_range(W: ArrayLike, X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Gradients of the hinge loss without penalty, by the two ways to count a margin of exactly 0.

    Parameters
    ----------
    W, X, y
        As for :func:`svm_loss_naive`.

    Returns
    -------
    without, counted : ndarray, shape (D, C)
        Where such margins count as no violation, and where they count as one; the same where there are none.
    """
    W, X, y = np.asarray(W, float), np.asarray(X, float), np.asarray(y)
    margins = _margins(W, X, y)
    return _svm_data_gradient(X, y, margins > 0), _svm_data_gradient(X, y, margins >= 0)


def _margins(W: Array, X: Array, y: NDArray[Any]) -> Array:
    """Margins (N, C), which may be negative; minus infinity for the correct classes."""
    rows = np.arange(len(y))
    scores = X @ W
    margins = scores - scores[rows, y][:, np.newaxis] + 1.0
    margins[rows, y] = -np.inf
    return margins


def _svm_data_gradient(X: Array, y: NDArray[Any], violating: NDArray[np.bool_]) -> Array:
    dscores = violating.astype(float)
    dscores[np.arange(len(y)), y] = -violating.sum(axis=1)
    return X.T @ dscores / len(X)


def svm_tolerances(W: ArrayLike, X: ArrayLike, y: ArrayLike, reg: float) -> tuple[Any, Array]:
    """Rounding errors that the hinge loss and its gradient may carry.

    A margin holds two scores and 1. All classes are counted, the correct one too, because a right answer may take it
    off afterwards. The factors of the examples in the gradient are whole numbers, up to C-1.

    Parameters
    ----------
    W, X, y, reg
        As for :func:`svm_loss_naive`.

    Returns
    -------
    loss : float
        Of the loss.
    dW : ndarray, shape (D, C)
        Of each number of the gradient.
    """
    W, X, y = np.abs(np.asarray(W, float)), np.abs(np.asarray(X, float)), np.asarray(y)
    N, D, C = len(X), *W.shape
    sizes = X @ W
    sizes = sizes + sizes[np.arange(N), y][:, np.newaxis] + 1.0
    loss = rounding_error(np.sum(sizes) / N + reg * np.sum(W * W), terms=C * (2 * D + 1) + N)
    factors = np.ones((N, C))
    factors[np.arange(N), y] = C - 1
    return loss, rounding_error(X.T @ factors / N + 2 * reg * W, terms=N * C)


def softmax_tolerances(W: ArrayLike, X: ArrayLike, y: ArrayLike, reg: float) -> tuple[Any, Array]:
    """Rounding errors that the softmax loss and its gradient may carry.

    A loss holds a score, the largest score and a logarithm of at most log C; a probability is off, relatively, by the
    rounding errors of its score and of the largest one.

    Parameters
    ----------
    W, X, y, reg
        As for :func:`softmax_loss_naive`.

    Returns
    -------
    loss : float
        Of the loss.
    dW : ndarray, shape (D, C)
        Of each number of the gradient.
    """
    W, X = np.abs(np.asarray(W, float)), np.abs(np.asarray(X, float))
    N, D, C = len(X), *W.shape
    largest = np.max(X @ W, axis=1, keepdims=True)
    loss = rounding_error(np.mean(2 * largest + np.log(C)) + reg * np.sum(W * W), terms=2 * D + C + N)
    factors = np.broadcast_to(1 + 2 * largest, (N, C))
    return loss, rounding_error(X.T @ factors / N + 2 * reg * W, terms=2 * D + C + N)
