"""The right functions, classes and answers of the assignment ``sgd``, and how far rounding may take a right result.

The functions stand under the notebook's names, those that it gives included, so that the module can stand in for a
solved notebook. Their formulas are CS231n's: notes on optimisation, and on learning ("Parameter updates").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossmark import rounding_error

Array = NDArray[np.float64]
State = Any

answers: dict[str, float | str] = {
    "largest_stable_step": 0.1,
    "steps_per_epoch": 30,
    "noise_ratio": 0.5,
    "choose_on": "validation",
}
"""The short answers of ``sgd_answers``, by the name of their variable."""


def svm_loss_vectorized(W: Array, X: Array, y: NDArray[np.int64], reg: float) -> tuple[float, Array]:
    r"""Multiclass hinge loss with L2 regularisation, and its gradient; the notebook gives it.

    .. math:: L = \frac{1}{N} \sum_i \sum_{j \ne y_i} \max(0, s_{ij} - s_{i y_i} + 1) + \lambda \sum W^2, \qquad s = XW

    Parameters
    ----------
    W : ndarray, shape (D, C)
        Weights, one column per class.
    X : ndarray, shape (N, D)
        Examples.
    y : ndarray of int, shape (N,)
        Correct classes, 0 to C-1.
    reg : float
        Regularisation strength.

    Returns
    -------
    loss : float
        The loss.
    dW : ndarray, shape (D, C)
        Its gradient.
    """
    rows = np.arange(len(X))
    scores = X @ W
    margins = np.maximum(0.0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0.0
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -dscores.sum(axis=1)
    return float(margins.sum() / len(X) + reg * np.sum(W * W)), X.T @ dscores / len(X) + 2.0 * reg * W


def softmax_loss_vectorized(W: Array, X: Array, y: NDArray[np.int64], reg: float) -> tuple[float, Array]:
    r"""Softmax loss with L2 regularisation, and its gradient; the notebook gives it.

    .. math:: L = -\frac{1}{N} \sum_i \log \frac{e^{s_{i y_i}}}{\sum_j e^{s_{ij}}} + \lambda \sum W^2, \qquad s = XW

    Parameters
    ----------
    W, X, y, reg
        As for :func:`svm_loss_vectorized`.

    Returns
    -------
    loss : float
        The loss.
    dW : ndarray, shape (D, C)
        Its gradient.
    """
    rows = np.arange(len(X))
    scores = X @ W
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dscores = np.exp(log_probabilities)
    dscores[rows, y] -= 1.0
    loss = -log_probabilities[rows, y].mean() + reg * np.sum(W * W)
    return float(loss), X.T @ dscores / len(X) + 2.0 * reg * W


def random_search(
    loss: Callable[[Array], float], shape: tuple[int, ...], num_tries: int, scale: float, rng: np.random.Generator
) -> tuple[Array | None, float]:
    """Try random weights and keep the best.

    Parameters
    ----------
    loss : callable
        ``loss(W)`` is a number.
    shape : tuple of int
        Shape of W.
    num_tries : int
        How many W to try.
    scale : float
        Standard deviation of the numbers in each W.
    rng : Generator
        Source of randomness.

    Returns
    -------
    W : ndarray
        The best of the tries.
    loss : float
        Its loss.
    """
    best_W, best_loss = None, np.inf
    for _ in range(num_tries):
        W = scale * rng.standard_normal(shape)
        value = loss(W)
        if best_W is None or value < best_loss:
            best_W, best_loss = W, value
    return best_W, best_loss


def random_local_search(
    loss: Callable[[Array], float], W: Array, step_size: float, num_tries: int, rng: np.random.Generator
) -> tuple[Array, float]:
    """Try random steps, and take those that lower the loss.

    Parameters
    ----------
    loss : callable
        ``loss(W)`` is a number.
    W : ndarray
        Where to start; it is left alone.
    step_size : float
        Standard deviation of the numbers in each step.
    num_tries : int
        How many steps to try.
    rng : Generator
        Source of randomness.

    Returns
    -------
    W : ndarray
        The best weights found.
    loss : float
        Their loss.
    """
    best_W, best_loss = W.copy(), loss(W)
    for _ in range(num_tries):
        candidate = best_W + step_size * rng.standard_normal(W.shape)
        value = loss(candidate)
        if value < best_loss:
            best_W, best_loss = candidate, value
    return best_W, best_loss


def gradient_descent(
    loss_and_gradient: Callable[[Array], tuple[float, Array]], W: Array, step_size: float, num_steps: int
) -> tuple[Array, list[float]]:
    r"""Follow the negative gradient: :math:`W \leftarrow W - \eta \nabla L(W)`.

    Parameters
    ----------
    loss_and_gradient : callable
        ``loss_and_gradient(W)`` is ``(loss, dW)``.
    W : ndarray
        Where to start; it is left alone.
    step_size : float
        The learning rate.
    num_steps : int
        How many steps to take.

    Returns
    -------
    W : ndarray
        The weights after the last step.
    history : list of float
        The loss before each step.
    """
    history = []
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(loss)
        W = W - step_size * dW
    return W.copy(), history


def sample_minibatch(
    X: Array, y: NDArray[np.int64], batch_size: int, rng: np.random.Generator
) -> tuple[Array, NDArray[np.int64]]:
    """Draw some examples at random, with their labels.

    Parameters
    ----------
    X : ndarray, shape (N, D)
        Examples.
    y : ndarray of int, shape (N,)
        Labels.
    batch_size : int
        How many to draw.
    rng : Generator
        Source of randomness.

    Returns
    -------
    X_batch : ndarray, shape (batch_size, D)
        The examples drawn.
    y_batch : ndarray of int, shape (batch_size,)
        Their labels.
    """
    rows = rng.choice(len(X), batch_size)
    return X[rows], y[rows]


def sgd_update(w: Array, grad: Array, state: State, learning_rate: float) -> tuple[Array, State]:
    r"""One step of gradient descent: :math:`w \leftarrow w - \eta g`.

    Parameters
    ----------
    w : ndarray
        The weights.
    grad : ndarray
        The gradient at w.
    state : object
        None before the first step, then what the step before returned.
    learning_rate : float
        :math:`\eta`.

    Returns
    -------
    w : ndarray
        The new weights.
    state : object
        What to remember.
    """
    return w - learning_rate * grad, state


def momentum_update(w: Array, grad: Array, state: State, learning_rate: float, mu: float = 0.9) -> tuple[Array, State]:
    r"""One step with momentum: :math:`v \leftarrow \mu v - \eta g`, :math:`w \leftarrow w + v`.

    Parameters
    ----------
    w, grad, state, learning_rate
        As for :func:`sgd_update`.
    mu : float
        The part of the velocity that is kept.

    Returns
    -------
    w : ndarray
        The new weights.
    state : object
        The velocity.
    """
    v = np.zeros_like(w) if state is None else state
    v = mu * v - learning_rate * grad
    return w + v, v


def nesterov_update(w: Array, grad: Array, state: State, learning_rate: float, mu: float = 0.9) -> tuple[Array, State]:
    r"""One step with Nesterov momentum, in terms of the looked-ahead weights.

    .. math:: v' = \mu v - \eta g, \qquad w \leftarrow w - \mu v + (1 + \mu) v'

    Parameters
    ----------
    w, grad, state, learning_rate
        As for :func:`sgd_update`.
    mu : float
        The part of the velocity that is kept.

    Returns
    -------
    w : ndarray
        The new weights.
    state : object
        The velocity.
    """
    v = np.zeros_like(w) if state is None else state
    v_new = mu * v - learning_rate * grad
    return w - mu * v + (1.0 + mu) * v_new, v_new


def adagrad_update(w: Array, grad: Array, state: State, learning_rate: float) -> tuple[Array, State]:
    r"""One step of Adagrad: :math:`s \leftarrow s + g^2`, :math:`w \leftarrow w - \eta g / (\sqrt s + 10^{-8})`.

    J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for online learning and stochastic optimization", JMLR
    12 (2011).

    Parameters
    ----------
    w, grad, state, learning_rate
        As for :func:`sgd_update`.

    Returns
    -------
    w : ndarray
        The new weights.
    state : object
        The sum of the squared gradients.
    """
    s = np.zeros_like(w) if state is None else state
    s = s + grad**2
    return w - learning_rate * grad / (np.sqrt(s) + 1e-8), s


class LinearClassifier:
    """A linear classifier trained with stochastic gradient descent.

    Attributes
    ----------
    W : ndarray, shape (D, C)
        The weights; None before training.
    """

    def __init__(self) -> None:
        self.W: Any = None

    def train(
        self,
        X: Array,
        y: NDArray[np.int64],
        learning_rate: float = 1e-3,
        reg: float = 1e-5,
        num_iters: int = 100,
        batch_size: int = 200,
        verbose: bool = False,
    ) -> list[float]:
        """Train with minibatches, going on from the weights that there are.

        Parameters
        ----------
        X : ndarray, shape (N, D)
            Examples.
        y : ndarray of int, shape (N,)
            Labels.
        learning_rate, reg : float
            Step size and regularisation strength.
        num_iters, batch_size : int
            Number of steps, and of examples for each.
        verbose : bool
            Print the progress.

        Returns
        -------
        list of float
            The loss of each batch before its step.
        """
        if self.W is None:
            self.W = 0.001 * np.random.standard_normal((X.shape[1], int(np.max(y)) + 1))  # noqa: NPY002
        history = []
        for iteration in range(num_iters):
            rows = np.random.choice(len(X), batch_size)  # noqa: NPY002
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W = self.W - learning_rate * dW
            if verbose and iteration % 100 == 0:
                print(f"iteration {iteration} of {num_iters}: loss {loss:.4f}")
        return history

    def predict(self, X: Array) -> NDArray[np.int64]:
        """Return the class with the largest score for each row of X, shape (N,)."""
        return np.argmax(X @ self.W, axis=1)

    def loss(self, X_batch: Array, y_batch: NDArray[np.int64], reg: float) -> tuple[float, Array]:
        """Return the loss of a batch and its gradient; subclasses say which."""
        raise NotImplementedError("use LinearSVM or Softmax")


class LinearSVM(LinearClassifier):
    """A linear classifier with the hinge loss."""

    def loss(self, X_batch: Array, y_batch: NDArray[np.int64], reg: float) -> tuple[float, Array]:
        """Return the hinge loss of a batch and its gradient."""
        return svm_loss_vectorized(self.W, X_batch, y_batch, reg)


class Softmax(LinearClassifier):
    """A linear classifier with the softmax loss."""

    def loss(self, X_batch: Array, y_batch: NDArray[np.int64], reg: float) -> tuple[float, Array]:
        """Return the softmax loss of a batch and its gradient."""
        return softmax_loss_vectorized(self.W, X_batch, y_batch, reg)


def tune(
    X: Array,
    y: NDArray[np.int64],
    X_val: Array,
    y_val: NDArray[np.int64],
    learning_rates: Iterable[float],
    regs: Sequence[float],
    num_iters: int,
) -> tuple[dict[tuple[float, float], float], LinearSVM | None]:
    """Train a `LinearSVM` with each pair of settings; choose on validation data.

    Parameters
    ----------
    X, y : ndarray
        Training data.
    X_val, y_val : ndarray
        Validation data.
    learning_rates, regs : sequence of float
        What to try.
    num_iters : int
        Steps of each training.

    Returns
    -------
    results : dict
        Validation accuracy by ``(learning_rate, reg)``.
    best_model : LinearSVM
        The model with the best one.
    """
    results: dict[tuple[float, float], float] = {}
    best_model, best_accuracy = None, -1.0
    for learning_rate in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, learning_rate, reg, num_iters)
            accuracy = float(np.mean(model.predict(X_val) == y_val))
            results[learning_rate, reg] = accuracy
            if accuracy > best_accuracy:
                best_model, best_accuracy = model, accuracy
    return results, best_model


def path(name: str, w: Array, grads: Sequence[Array], learning_rate: float, **options: float) -> Array:
    """Follow an update rule from state None.

    Parameters
    ----------
    name : str
        The rule's.
    w : ndarray
        Where to start.
    grads : sequence of ndarray
        The gradient of each step.
    learning_rate : float
        The learning rate.
    **options : float
        ``mu``.

    Returns
    -------
    ndarray, shape (len(grads), *w.shape)
        The weights after each step.
    """
    rule, state, weights = globals()[name], None, []
    for grad in grads:
        w, state = rule(w, grad, state, learning_rate, **options)
        weights.append(w)
    return np.array(weights)


def path_tolerance(w: ArrayLike, weights: ArrayLike) -> Any:
    """Rounding error that weights may carry after some steps: of the start, and of each step so far.

    Parameters
    ----------
    w : array_like
        Where the path starts.
    weights : array_like, shape (K, *w.shape)
        The weights after each step.

    Returns
    -------
    ndarray, shape (K, *w.shape)
    """
    weights = np.asarray(weights, float)
    steps = np.abs(np.diff(weights, axis=0, prepend=np.asarray(w, float)[np.newaxis]))
    return rounding_error(np.abs(w) + np.cumsum(2 * steps, axis=0), terms=3)


def quadratic(W: Array, curvature: Array, minimum: Array) -> tuple[float, Array]:
    """Value and gradient of ``0.5 * sum(curvature * (W - minimum) ** 2)``, the bowl that gradient descent runs on.

    Parameters
    ----------
    W, curvature, minimum : ndarray
        Of the same shape.

    Returns
    -------
    value : float
    gradient : ndarray
    """
    return float(0.5 * np.sum(curvature * (W - minimum) ** 2)), curvature * (W - minimum)


def quadratic_tolerance(W: Array, curvature: Array, minimum: Array) -> Any:
    """Rounding error of the value of :func:`quadratic` at weights that are rounded themselves.

    Parameters
    ----------
    W, curvature, minimum : ndarray
        Of the same shape.

    Returns
    -------
    float
    """
    return rounding_error(np.sum(curvature * (np.abs(W) + np.abs(minimum)) ** 2), terms=W.size)


def loss_tolerance(W: Array, X: Array, y: NDArray[np.int64], reg: float) -> tuple[Any, Any]:
    """Rounding error that loss and gradient of a batch may carry.

    Parameters
    ----------
    W, X, y, reg
        As for :func:`svm_loss_vectorized`.

    Returns
    -------
    loss : float
        Tolerance of the loss: scores are sums of D products, and there are C of them for each of N examples.
    dW : ndarray, shape (D, C)
        Tolerance of the gradient: sums over the examples of factors up to C - 1, which depend on the scores.
    """
    (D, C), sizes = W.shape, np.abs(X) @ np.abs(W)
    loss = rounding_error(C * (2 * sizes.max() + 1) + reg * np.sum(W * W), terms=C * (2 * D + 1))
    gradient = np.abs(X).sum(axis=0)[:, np.newaxis] / len(X) * C * (1 + 2 * sizes.max()) + 2 * reg * np.abs(W)
    return loss, rounding_error(gradient, terms=len(X))
