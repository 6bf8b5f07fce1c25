"""The right functions and answers of the assignment ``regularization``, and how far rounding may take a right result.

A tolerance is :func:`lossmark.rounding_error` at the problem's size, in single precision. Where linear equations are
solved, it is multiplied by the condition number of their matrix: a right answer may come by the normal equations.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossmark import rounding_error

answers: dict[str, float | str] = {
    "l1_of_w1": 1.0,
    "l1_of_w2": 1.0,
    "l2_of_w1": 1.0,
    "l2_of_w2": 0.25,
    "preferred_by_l2": "w2",
    "preferred_by_l1": "neither",
    "training_error_as_reg_grows": "a",
    "validation_error_as_reg_grows": "c",
}
"""The short answers of ``reg_answers``, by the name of their variable."""


def l2_penalty(W: ArrayLike) -> float:
    r"""L2 penalty.

    .. math:: R(W) = \sum_{k,l} W_{kl}^2

    CS231n, lecture 3; there is no one-half.

    Parameters
    ----------
    W : array_like, any shape
        Weights.

    Returns
    -------
    float
    """
    W = np.asarray(W, float)
    return float(np.sum(W * W))


def l1_penalty(W: ArrayLike) -> float:
    r"""L1 penalty.

    .. math:: R(W) = \sum_{k,l} |W_{kl}|

    Parameters
    ----------
    W : array_like, any shape
        Weights.

    Returns
    -------
    float
    """
    return float(np.sum(np.abs(np.asarray(W, float))))


def elastic_net_penalty(W: ArrayLike, beta: float) -> float:
    r"""Elastic net penalty.

    .. math:: R(W) = \sum_{k,l} \left( \beta W_{kl}^2 + |W_{kl}| \right)

    CS231n, lecture 3. H. Zou and T. Hastie, "Regularization and variable selection via the elastic net", J. R. Stat.
    Soc. B 67 (2005), write a weight in front of either term.

    Parameters
    ----------
    W : array_like, any shape
        Weights.
    beta : float
        Weight of the squares.

    Returns
    -------
    float
    """
    return beta * l2_penalty(W) + l1_penalty(W)


def l2_gradient(W: ArrayLike) -> NDArray[np.float64]:
    """Gradient of the L2 penalty: twice the weights.

    Parameters
    ----------
    W : array_like, any shape
        Weights.

    Returns
    -------
    ndarray, shape of `W`
    """
    return 2.0 * np.asarray(W, float)


def l1_subgradient(W: ArrayLike) -> NDArray[np.float64]:
    """Subgradient of the L1 penalty: the signs of the weights, and 0 where a weight is 0.

    Parameters
    ----------
    W : array_like, any shape
        Weights.

    Returns
    -------
    ndarray, shape of `W`
    """
    return np.sign(np.asarray(W, float))


def elastic_net_gradient(W: ArrayLike, beta: float) -> NDArray[np.float64]:
    """Subgradient of the elastic net penalty: ``2 beta W + sign(W)``.

    Parameters
    ----------
    W : array_like, any shape
        Weights.
    beta : float
        Weight of the squares.

    Returns
    -------
    ndarray, shape of `W`
    """
    return beta * l2_gradient(W) + l1_subgradient(W)


def full_loss(W: ArrayLike, X: ArrayLike, y: ArrayLike, reg: float) -> float:
    r"""Mean hinge loss with margin 1, plus the L2 penalty.

    .. math:: L = \frac{1}{N} \sum_i \sum_{j \ne y_i} \max(0, s_{ij} - s_{i y_i} + 1) + \lambda \sum_{k,l} W_{kl}^2,
              \qquad s = X W

    CS231n, lecture 3.

    Parameters
    ----------
    W : array_like, shape (D, C)
        Weights, one column per class.
    X : array_like, shape (N, D)
        Examples, one per row.
    y : array_like of int, shape (N,)
        Correct classes, 0 to C-1.
    reg : float
        Regularisation strength.

    Returns
    -------
    float
    """
    scores, y = np.asarray(X, float) @ np.asarray(W, float), np.asarray(y)
    rows = np.arange(len(y))
    margins = np.maximum(0.0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0.0
    return float(np.sum(margins) / len(y)) + reg * l2_penalty(W)


def ridge_polyfit(x: ArrayLike, t: ArrayLike, degree: int, reg: float) -> NDArray[np.float64]:
    r"""Polynomial that minimises the mean of squares plus an L2 penalty on all coefficients.

    .. math:: J(w) = \frac{1}{N} \sum_i \left( \sum_k x_i^k w_k - t_i \right)^2 + \lambda \sum_k w_k^2

    By least squares on the Vandermonde matrix with :math:`\sqrt{\lambda}` times the identity below it (G. H. Golub,
    "Numerical methods for solving linear least squares problems", Numer. Math. 7, 1965): its condition number is not
    squared, as in the normal equations.

    Parameters
    ----------
    x, t : array_like, shape (N,)
        Where the values were measured, and the values.
    degree : int
        Of the polynomial.
    reg : float
        Regularisation strength, 0 or more.

    Returns
    -------
    ndarray, shape (degree + 1,)
        Coefficients, lowest power first.
    """
    V, t = vandermonde(x, degree), np.asarray(t, float)
    rows = np.concatenate([V / np.sqrt(len(t)), np.sqrt(reg) * np.eye(degree + 1)])
    Q, R = np.linalg.qr(rows)
    return np.linalg.solve(R, Q[: len(t)].T @ t / np.sqrt(len(t)))


def lasso_ista(X: ArrayLike, t: ArrayLike, reg: float, num_iters: int) -> NDArray[np.float64]:
    r"""Linear regression with an L1 penalty, by proximal gradient steps.

    .. math:: J(w) = \frac{1}{N} \| X w - t \|^2 + \lambda \sum_j |w_j|

    A gradient step of 1/L on the mean of squares, L = 2 times the largest eigenvalue of X'X / N, then soft thresholding
    by ``reg / L`` (A. Beck and M. Teboulle, "A fast iterative shrinkage-thresholding algorithm", SIAM J. Imaging Sci.
    2, 2009, equation 1.4).

    Parameters
    ----------
    X : array_like, shape (N, D)
        Examples, one per row.
    t : array_like, shape (N,)
        Targets.
    reg : float
        Regularisation strength.
    num_iters : int
        Number of steps, from w = 0.

    Returns
    -------
    ndarray, shape (D,)
        The weights.
    """
    X, t = np.asarray(X, float), np.asarray(t, float)
    N = len(t)
    L = 2 * np.linalg.eigvalsh(X.T @ X / N)[-1]
    w = np.zeros(X.shape[1])
    for _ in range(num_iters):
        z = w - 2 / N * (X.T @ (X @ w - t)) / L
        w = np.sign(z) * np.maximum(np.abs(z) - reg / L, 0.0)
    return w


def vandermonde(x: ArrayLike, degree: int) -> NDArray[np.float64]:
    """Powers 0 to `degree` of `x`, one column each.

    Parameters
    ----------
    x : array_like, shape (N,)
        Numbers.
    degree : int
        The highest power.

    Returns
    -------
    ndarray, shape (N, degree + 1)
    """
    return np.vander(np.asarray(x, float), degree + 1, increasing=True)


def ridge_objective(w: ArrayLike, x: ArrayLike, t: ArrayLike, degree: int, reg: float) -> float:
    """Return what :func:`ridge_polyfit` minimises.

    Parameters
    ----------
    w : array_like, shape (degree + 1,)
        Coefficients, lowest power first.
    x, t, degree, reg
        As for :func:`ridge_polyfit`.

    Returns
    -------
    float
    """
    return float(np.mean((vandermonde(x, degree) @ w - t) ** 2)) + reg * l2_penalty(w)


def lasso_objective(w: ArrayLike, X: ArrayLike, t: ArrayLike, reg: float) -> float:
    """Return what :func:`lasso_ista` minimises.

    Parameters
    ----------
    w : array_like, shape (D,)
        Weights.
    X, t, reg
        As for :func:`lasso_ista`.

    Returns
    -------
    float
    """
    return float(np.mean((np.asarray(X, float) @ w - t) ** 2)) + reg * l1_penalty(w)


def lasso_minimum(X: ArrayLike, t: ArrayLike, reg: float, sweeps: int = 1000) -> NDArray[np.float64]:
    """Weights that minimise :func:`lasso_objective`, by coordinate descent until nothing moves any more.

    J. Friedman, T. Hastie and R. Tibshirani, "Regularization paths for generalized linear models via coordinate
    descent", J. Stat. Softw. 33 (2010), equation 5.

    Parameters
    ----------
    X, t, reg
        As for :func:`lasso_ista`.
    sweeps : int
        At most so many passes over all weights.

    Returns
    -------
    ndarray, shape (D,)
        The weights.
    """
    X, t = np.asarray(X, float), np.asarray(t, float)
    A, b = 2 * X.T @ X / len(t), 2 * X.T @ t / len(t)
    w = np.zeros(len(b))
    for _ in range(sweeps):
        before = w.copy()
        for j in range(len(b)):
            z = A[j, j] * w[j] - (A[j] @ w - b[j])
            w[j] = np.sign(z) * max(abs(z) - reg, 0.0) / A[j, j]
        if np.abs(w - before).max() <= np.finfo(float).eps * np.abs(w).max():
            break
    return w


def penalty_tolerance(W: ArrayLike, beta: float = 1.0) -> Any:
    """Rounding error that any of the penalties may carry.

    Parameters
    ----------
    W : array_like
        Weights.
    beta : float
        Weight of the squares.

    Returns
    -------
    float
    """
    return rounding_error(max(1.0, abs(beta)) * l2_penalty(W) + l1_penalty(W), terms=2 * np.size(W))


def gradient_tolerance(W: ArrayLike, beta: float = 1.0) -> Any:
    """Rounding error that each number of any of the gradients may carry.

    Parameters
    ----------
    W : array_like
        Weights.
    beta : float
        Weight of the squares.

    Returns
    -------
    ndarray, shape of `W`
    """
    return rounding_error(2 * abs(beta) * np.abs(np.asarray(W, float)) + 1.0, terms=2)


def full_loss_tolerance(W: ArrayLike, X: ArrayLike, y: ArrayLike, reg: float = 0.0) -> Any:
    """Rounding error that :func:`full_loss` may carry: each score is a sum of D products, each margin of two scores.

    Parameters
    ----------
    W, X, y, reg
        As for :func:`full_loss`.

    Returns
    -------
    float
    """
    sizes, y = np.abs(np.asarray(X, float)) @ np.abs(np.asarray(W, float)), np.asarray(y)
    margins = sizes + sizes[np.arange(len(y)), y][:, np.newaxis] + 1.0
    terms = margins.size * (2 * np.shape(W)[0] + 1) + np.size(W)
    return rounding_error(np.sum(margins) / len(y) + abs(reg) * l2_penalty(W), terms=terms)


def ridge_polyfit_tolerance(x: ArrayLike, t: ArrayLike, degree: int, reg: float) -> Any:
    """Rounding error that each coefficient may carry, by way of the normal equations.

    Parameters
    ----------
    x, t, degree, reg
        As for :func:`ridge_polyfit`.

    Returns
    -------
    float
    """
    V = vandermonde(x, degree)
    normal = V.T @ V / len(V) + reg * np.eye(degree + 1)
    sizes = np.abs(ridge_polyfit(x, t, degree, reg)).max() + np.abs(np.asarray(t, float)).max()
    return rounding_error(sizes * np.linalg.cond(normal))
