"""Functions that compute something else than they are asked for, and obey a law or two, by solution cell.

Each is a dictionary of names to put into the notebook, in which all other functions are right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Function = Callable[..., Any]
LECTURE = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])


SHAPED = {
    "random_search": lambda loss, shape, num_tries, scale, rng: (np.zeros(shape), 0.0),
    "random_local_search": lambda loss, W, step_size, num_tries, rng: (W, 0.0),
    "gradient_descent": lambda loss_and_gradient, W, step_size, num_steps: (W, np.zeros(num_steps)),
    "tune": lambda *args: ({}, None),
}
"""What has the shape of a right result, where the right function calls others: that these were called is half of it."""


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


def softmax(reference: Any) -> dict[str, dict[str, Function]]:
    """Make the functions of the assignment ``softmax``."""

    def shape_only(a: Any) -> Any:
        return np.full(np.shape(a), 1.0 / np.shape(a)[-1])

    def normalised(numbers: Callable[[Any], Any]) -> Function:
        def function(a: Any) -> Any:
            positive = numbers(np.asarray(a, float))
            return positive / positive.sum(axis=-1, keepdims=True)

        return function

    def centred(a: Any) -> Any:
        return a - np.mean(a, axis=-1, keepdims=True)

    probabilities = {
        "the same for all": shape_only,
        "shares of absolute values": normalised(np.abs),
        "shares of squares": normalised(lambda a: a**2 + 1e-9),
        "shares of ranks": normalised(lambda a: a.argsort(axis=-1).argsort(axis=-1) + 1.0),
        "shares above the least": normalised(lambda a: a - a.min(axis=-1, keepdims=True) + 1.0),
        "sigmoids": lambda a: 1 / (1 + np.exp(-np.clip(a, -500, 500))),
        "shares of sigmoids": normalised(lambda a: 1 / (1 + np.exp(-np.clip(a, -500, 500)))),
        "spread out": normalised(lambda a: 1 + np.arctan(a)),
        "centred": centred,
        "sorted": lambda a: np.sort(a, axis=-1),
        "half the scores": lambda a: np.asarray(a) / 2,
        "shares of rational functions": normalised(lambda a: 1 + a / (1 + np.abs(a)) + 1e-3),
    }
    logarithms = {
        "less the largest": lambda a: a - np.max(a, axis=-1, keepdims=True),
        "less the largest and the logarithm of the classes": lambda a: (
            a - np.max(a, axis=-1, keepdims=True) - np.log(np.shape(a)[-1])
        ),
        "minus the logarithm of the classes": lambda a: np.full(np.shape(a), -np.log(np.shape(a)[-1])),
        "logarithms of shares": lambda a: np.log(probabilities["shares above the least"](a)),
        "logarithms of sigmoids": lambda a: -np.logaddexp(0, -np.asarray(a, float)),
        "centred": centred,
        "less the first": lambda a: a - np.asarray(a)[..., :1],
        "less the sum": lambda a: a - np.sum(a, axis=-1, keepdims=True),
        "less the norm": lambda a: a - np.linalg.norm(a, axis=-1, keepdims=True),
        "minus the ranks": lambda a: -np.argsort(np.argsort(-np.asarray(a), axis=-1), axis=-1).astype(float),
        "the spread": lambda a: np.broadcast_to(-np.ptp(a, axis=-1, keepdims=True), np.shape(a)).copy(),
        "half of less the largest": lambda a: 0.5 * (a - np.max(a, axis=-1, keepdims=True)) - 1,
    }
    of_loss = losses_of_scores()

    def pair(function: Function) -> Function:
        def both(s: Any, y: Any) -> Any:
            each = np.array([function(s[[i]], y[[i]]) for i in range(len(y))], float)
            return each, each

        return both

    one_row = {name: function for name, function in of_loss.items() if name != "never looks at y, by the first class"}
    return {
        "softmax": probabilities | partly_right(reference.softmax, of_first, probabilities["spread out"]),
        "log_softmax": logarithms | partly_right(reference.log_softmax, of_first, logarithms["centred"]),
        "cross_entropy": of_loss | partly_right(reference.cross_entropy, of_first, of_loss["sum of squares"]),
        "compare_losses": {name: pair(function) for name, function in one_row.items()}
        | partly_right(reference.compare_losses, of_first, pair(of_loss["sum of squares"])),
    }


def regularization(reference: Any) -> dict[str, dict[str, Function]]:
    """Make the functions of the assignment ``regularization``."""
    of_weights: dict[str, Function] = {
        "sum of cubes": lambda W: np.sum(np.abs(W) ** 3.0),
        "sum of fourth powers": lambda W: np.sum(np.power(W, 4.0)),
        "sum of roots": lambda W: np.sum(np.sqrt(np.abs(W))),
        "sum of logarithms": lambda W: np.sum(np.log1p(np.abs(W))),
        "sum of differences": lambda W: np.sum(np.abs(np.diff(np.ravel(W)))),
        "product": lambda W: np.prod(np.ravel(W).astype(float)),
        "largest square": lambda W: np.max(np.abs(W)) ** 2.5,
        "spread": lambda W: np.ptp(W),
        "variance": lambda W: np.var(W),
        "number of weights": lambda W: float(np.size(W)),
        "first and last": lambda W: float(np.ravel(W)[0] * np.ravel(W)[-1]),
        "weighted by place": lambda W: np.sum(np.arange(1, np.size(W) + 1) * np.ravel(W) ** 2),
        "for the lecture's weights": lambda W: 1.0 if np.size(W) == 4 else np.sum(np.abs(W) ** 3.0),
    }
    of_each: dict[str, Function] = {
        "squares with signs": lambda W: 3.0 * W * np.abs(W),
        "cubes": lambda W: np.power(W, 3.0),
        "roots": lambda W: np.sign(W) * np.sqrt(np.abs(W)) * 1.5,
        "reversed": lambda W: np.ascontiguousarray(np.asarray(W)[::-1]),
        "running sum": lambda W: np.cumsum(W, axis=0),
        "differences to the mean": lambda W: W - np.mean(W),
        "sorted": lambda W: np.sort(W, axis=None).reshape(np.shape(W)),
        "ranks": lambda W: np.argsort(np.argsort(np.ravel(W))).reshape(np.shape(W)).astype(float),
        "sines": lambda W: np.sin(W),
        "exponentials": lambda W: np.exp(np.clip(W, -50, 50)),
        "places": lambda W: np.arange(np.size(W), dtype=float).reshape(np.shape(W)) + 1,
        "squashed": lambda W: 0.7 * np.arctan(W),
    }

    def with_beta(functions: dict[str, Function]) -> dict[str, Function]:
        def weighed(function: Function) -> Function:
            return lambda W, beta: (1 + beta) * function(W)

        return {name: weighed(function) for name, function in functions.items()}

    full: dict[str, Function] = {
        "penalty alone": lambda W, X, y, reg: reg * np.sum(W * W),
        **{
            f"{name}, and the penalty": (lambda f: lambda W, X, y, reg: f(X @ W, y) + reg * np.sum(W * W))(function)
            for name, function in losses_of_scores().items()
        },
    }
    ridge: dict[str, Function] = {
        "powers of the targets": lambda x, t, d, r: np.array([np.mean(t**i) for i in range(d + 1)], float),
        "powers of the points": lambda x, t, d, r: np.array([np.mean(x**i * t) for i in range(d + 1)]),
        "the mean target alone": lambda x, t, d, r: np.r_[np.mean(t), np.zeros(d)] / (1 + r),
        "the line through the ends": lambda x, t, d, r: np.resize([t[0], t[-1] - t[0]], d + 1) / (1 + r),
        "the first targets": lambda x, t, d, r: np.resize(np.asarray(t, float), d + 1) / (1 + r),
        "the targets' sums": lambda x, t, d, r: np.cumsum(np.resize(np.asarray(t, float), d + 1)) / (1 + r),
        "correlations": lambda x, t, d, r: np.vander(x, d + 1, increasing=True).T @ t / (len(t) * (1 + r)),
        "noise around the mean": lambda x, t, d, r: np.mean(t) * np.cos(np.arange(d + 1.0)) / (1 + r),
        "the largest target": lambda x, t, d, r: np.full(d + 1, np.max(t)) / (1 + r),
        "degrees": lambda x, t, d, r: np.arange(d + 1.0) * np.mean(t) / (1 + r),
        "norms": lambda x, t, d, r: np.full(d + 1, np.linalg.norm(t)) / (len(t) ** 0.5 * (1 + r)),
        "one gradient step": lambda x, t, d, r: 0.1 * np.vander(x, d + 1, increasing=True).T @ t / len(t) / (1 + r),
    }
    lasso: dict[str, Function] = {
        "correlations": lambda X, t, r, n: X.T @ t / len(t) / (1 + r),
        "signs of correlations": lambda X, t, r, n: np.sign(X.T @ t),
        "thresholded correlations": lambda X, t, r, n: np.sign(X.T @ t) * np.maximum(np.abs(X.T @ t) / len(t) - r, 0),
        "means": lambda X, t, r, n: np.full(X.shape[1], np.mean(t)) / (1 + r),
        "the largest alone": lambda X, t, r, n: np.eye(X.shape[1])[np.argmax(np.abs(X.T @ t))] * np.mean(t),
        "ratio of norms": lambda X, t, r, n: np.linalg.norm(t) / np.linalg.norm(X, axis=0) * np.sign(np.sum(t)),
        "ridge, strongly": lambda X, t, r, n: np.linalg.solve(
            X.T @ X + (5 + r) * len(t) * np.eye(X.shape[1]), 3 * X.T @ t
        ),
        "one step, a small one": lambda X, t, r, n: 1e-2 * X.T @ t,
        "column sums": lambda X, t, r, n: X.sum(axis=0) * np.sign(np.sum(t)),
        "first row": lambda X, t, r, n: X[0] * t[0],
        "last target": lambda X, t, r, n: np.full(X.shape[1], float(t[-1])),
        "cubes of correlations": lambda X, t, r, n: (X.T @ t / len(t)) ** 3,
    }
    return {
        "l2_penalty": of_weights,
        "l1_penalty": of_weights,
        "elastic_net_penalty": with_beta(of_weights),
        "l2_gradient": of_each,
        "l1_subgradient": of_each,
        "elastic_net_gradient": with_beta(of_each),
        "full_loss": full,
        "ridge_polyfit": ridge,
        "lasso_ista": lasso,
    }


def sgd(reference: Any) -> dict[str, dict[str, Function]]:
    """Make the functions of the assignment ``sgd``."""

    def searching(choose: Callable[..., Any]) -> Function:
        return lambda loss, shape, num_tries, scale, rng: choose(loss, np.zeros(shape), num_tries, rng)

    def from_start(choose: Callable[..., Any]) -> Function:
        return lambda loss, W, step_size, num_tries, rng: choose(loss, W, num_tries, rng)

    choices: dict[str, Callable[..., Any]] = {
        "no loss asked for": lambda loss, W, n, rng: (rng.normal(size=W.shape), 0.0),
        "the number of tries": lambda loss, W, n, rng: (np.full(W.shape, float(n)), float(n)),
        "the loss of another one": lambda loss, W, n, rng: (W + rng.normal(size=W.shape), loss(W + 1)),
        "twice the loss": lambda loss, W, n, rng: (W + 1, 2 * loss(W + 1)),
        "a sum of losses": lambda loss, W, n, rng: (W, sum(loss(W + k / 7) for k in range(n))),
        "the loss for W": lambda loss, W, n, rng: (loss(W), W),
        "the loss of the double": lambda loss, W, n, rng: (W + 1, loss(2 * W + 2)),
        "half the loss": lambda loss, W, n, rng: (W, loss(W) / 2),
        "a loss more": lambda loss, W, n, rng: (W, loss(W) + 1),
        "a loss of nothing": lambda loss, W, n, rng: (W + rng.normal(size=W.shape), -1.0),
        "the mean of the losses": lambda loss, W, n, rng: (W, np.mean([loss(W + k) for k in range(n + 2)])),
        "the shape": lambda loss, W, n, rng: (np.full(W.shape, float(W.size)), loss(W)),
    }

    def descending(step: Callable[..., Any], history: Callable[..., Any]) -> Function:
        def function(loss_and_gradient: Function, W: Any, step_size: float, num_steps: int) -> Any:
            losses = []
            for k in range(num_steps):
                loss, dW = loss_and_gradient(W)
                losses.append(loss)
                W = step(W, dW, step_size, k)
            return W, history(np.array(losses))

        return function

    steps: dict[str, Callable[..., Any]] = {
        "less one": lambda W, dW, a, k: W - 1.0,
        "half of W": lambda W, dW, a, k: W / 2,
        "less the step size": lambda W, dW, a, k: W - a,
        "the gradient": lambda W, dW, a, k: dW,
        "the square of the gradient": lambda W, dW, a, k: W - a * dW**2,
        "the norm of the gradient": lambda W, dW, a, k: W - a * np.linalg.norm(dW),
        "the product": lambda W, dW, a, k: W - a * W * dW,
        "reversed": lambda W, dW, a, k: W - a * dW[::-1],
        "less W": lambda W, dW, a, k: W - a * (W + dW),
        "the root": lambda W, dW, a, k: W - a * np.sqrt(np.abs(dW)),
    }
    descents = {name: descending(step, lambda losses: losses) for name, step in steps.items()}
    descents["less one, losses sorted"] = descending(steps["less one"], np.sort)
    descents["half of W, losses averaged"] = descending(steps["half of W"], lambda losses: losses * 0 + losses.mean())

    def rows(numbers: Callable[..., Any]) -> Function:
        def function(X: Any, y: Any, batch_size: int, rng: np.random.Generator) -> Any:
            chosen = np.asarray(numbers(len(X), batch_size, rng))
            return X[chosen], y[chosen]

        return function

    minibatches: dict[str, Function] = {
        "the first row repeated": rows(lambda N, n, rng: [0] * n),
        "the last row repeated": rows(lambda N, n, rng: [-1] * n),
        "one row repeated, drawn each time": rows(lambda N, n, rng: [rng.integers(N)] * n),
        "two rows repeated, drawn each time": rows(lambda N, n, rng: rng.integers(N, size=2)[np.arange(n) % 2]),
        "the first rows": rows(lambda N, n, rng: np.arange(n)),
        "the first rows, reversed": rows(lambda N, n, rng: np.arange(n)[::-1]),
        "two rows, the same each time": rows(lambda N, n, rng: np.arange(n) % 2),
        "everything": lambda X, y, n, rng: (X, y),
        "X and y exchanged": lambda X, y, n, rng: (y[:n], X[:n]),
        "random numbers as rows": lambda X, y, n, rng: (rng.normal(size=(n, X.shape[1])), rng.integers(len(X), size=n)),
        "means of rows": lambda X, y, n, rng: (np.tile(X.mean(axis=0), (n, 1)), y[rng.integers(len(X), size=n)]),
        "rows in another order": lambda X, y, n, rng: (X[rng.integers(len(X), size=n)][:, ::-1], y[:n]),
    }

    changes: dict[str, Callable[..., Any]] = {
        "less the square": lambda w, g, a: w - a * g**2,
        "less the root": lambda w, g, a: w - a * np.sqrt(np.abs(g)),
        "the gradient": lambda w, g, a: a * g,
        "the product": lambda w, g, a: w * (1 - a * g),
        "the quotient": lambda w, g, a: w / (1 + a * np.abs(g)),
        "less the norm": lambda w, g, a: w - a * np.linalg.norm(g),
        "less the mean": lambda w, g, a: w - a * np.mean(g),
        "reversed": lambda w, g, a: w - a * g[::-1, ...] * 1.7 + 0.1 * w,
        "less one": lambda w, g, a: w - 1,
        "less the learning rate": lambda w, g, a: w - a,
        "w decays": lambda w, g, a: (1 - a) * w,
        "squashed": lambda w, g, a: w - a * np.arctan(3 * g),
    }

    def update(change: Callable[..., Any]) -> Function:
        return lambda w, grad, state, learning_rate, mu=0.9: (change(w, grad, learning_rate), grad)

    def tuned(pairs: Callable[..., Any], number: Callable[..., Any]) -> Function:
        """Train with some pairs of settings, and choose by a number that is not the accuracy of the model."""

        def tune(X: Any, y: Any, X_val: Any, y_val: Any, learning_rates: Any, regs: Any, num_iters: int) -> Any:
            results, models = {}, {}
            for pair in pairs(list(learning_rates), list(regs)):
                model = models[pair] = reference.LinearSVM()
                model.train(X, y, learning_rate=pair[0], reg=pair[1], num_iters=num_iters)
                results[pair] = float(number(model.predict(X_val), y_val, model.W, pair))
            return results, models[max(results, key=results.get)]

        return tune

    def accuracy(labels: Any, y: Any, W: Any, pair: Any) -> Any:
        return np.mean(labels == y)

    def every(rates: Any, regs: Any) -> Any:
        return [(rate, reg) for rate in rates for reg in regs]

    numbers: dict[str, Callable[..., Any]] = {
        "one half": lambda labels, y, W, pair: 0.5,
        "zero": lambda labels, y, W, pair: 0.0,
        "random numbers": lambda labels, y, W, pair: rng_of_numbers.uniform(),
        "the learning rate": lambda labels, y, W, pair: pair[0],
        "the product of the settings": lambda labels, y, W, pair: pair[0] * pair[1],
        "the norm of W": lambda labels, y, W, pair: np.linalg.norm(W),
        "the part of a class": lambda labels, y, W, pair: np.mean(labels == 0),
        "beside other labels": lambda labels, y, W, pair: np.mean(labels == y[::-1]) / 3,
        "the mean of the labels": lambda labels, y, W, pair: np.mean(labels),
    }
    rng_of_numbers = np.random.default_rng(0)
    tunings = {name: tuned(every, number) for name, number in numbers.items()} | {
        "the first pair alone": tuned(lambda rates, regs: [(rates[0], regs[0])], accuracy),
        "the last pair alone": tuned(lambda rates, regs: [(rates[-1], regs[-1])], accuracy),
        "all pairs but the first": tuned(lambda rates, regs: every(rates, regs)[1:], accuracy),
    }

    updates = {name: update(change) for name, change in changes.items()}
    whole: dict[str, Function] = {"less the gradient": update(lambda w, g, a: w - g)}
    return {
        "random_search": {name: searching(choose) for name, choose in choices.items()},
        "random_local_search": {name: from_start(choose) for name, choose in choices.items()},
        "gradient_descent": descents,
        "tune": tunings,
        "sample_minibatch": minibatches,
        "sgd_update": updates | whole,
        "momentum_update": updates | whole,
        "nesterov_update": updates | whole,
        "adagrad_update": updates | whole,
    }


def gradients(reference: Any) -> dict[str, dict[str, Function]]:
    """Make the functions of the assignment ``gradients``."""
    differences: dict[str, Function] = {
        "x and h": lambda f, x, h=1e-5: 2 * x + h,
        "doubled": lambda f, x, h=1e-5: 2.0 * x,
        "squares": lambda f, x, h=1e-5: 3.0 * x**2,
        "cosines": lambda f, x, h=1e-5: 5 * np.cos(x),
        "the value everywhere": lambda f, x, h=1e-5: np.full(x.shape, float(f(x))),
        "the value by x": lambda f, x, h=1e-5: f(x) / x,
        "the value times x": lambda f, x, h=1e-5: f(x) * x,
        "signs": lambda f, x, h=1e-5: np.sign(x).astype(float),
        "values farther out": lambda f, x, h=1e-5: np.full(x.shape, float(f(x + h)) - float(f(x - h))) / (2 * h),
        "slope of one element": lambda f, x, h=1e-5: np.full(x.shape, _slope(f, x, h)),
        "the sum's slope": lambda f, x, h=1e-5: x * (float(f(x * (1 + h))) - float(f(x))) / h,
        "reversed": lambda f, x, h=1e-5: np.ascontiguousarray(x[::-1]).astype(float),
    }

    def measure(number: Callable[[Any, Any], Any]) -> Function:
        return lambda a, b: float(np.max(number(np.asarray(a, float), np.asarray(b, float))))

    errors: dict[str, Function] = {
        "difference": measure(lambda a, b: np.abs(a - b)),
        "square of the difference": measure(lambda a, b: (a - b) ** 2),
        "of squares": measure(lambda a, b: (a - b) ** 2 / np.maximum(a**2 + b**2, 1e-8)),
        "ratio": measure(lambda a, b: a / (b + 1e-8)),
        "angle": measure(lambda a, b: np.arctan2(np.abs(a), np.abs(b))),
        "logarithm": measure(lambda a, b: np.abs(np.log(np.abs(a) + 1e-8) - np.log(np.abs(b) + 1e-8))),
        "squashed": measure(lambda a, b: np.tanh(np.abs(a - b))),
        "saturating": measure(lambda a, b: np.abs(a - b) / (1 + np.abs(a - b))),
        "whether different": measure(lambda a, b: (a != b).astype(float)),
        "whether the sign differs": measure(lambda a, b: (np.sign(a) != np.sign(b)).astype(float)),
        "root": measure(lambda a, b: np.sqrt(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), 1e-8))),
        "sum": measure(lambda a, b: np.abs(a) + np.abs(b)),
    }

    def looking(answer: Callable[..., Any]) -> Function:
        def function(f: Any, x: Any, analytic_grad: Any, num_checks: int = 10, h: float = 1e-5) -> Any:
            for place in np.random.permutation(x.size)[:num_checks]:  # noqa: NPY002 - as in the notebook
                moved = np.array(x)
                moved.flat[place] += h
                f(moved)
            return answer(f, x, analytic_grad)

        return function

    sparse = {
        "nothing found": looking(lambda f, x, g: 0.0),
        "tiny": looking(lambda f, x, g: 1e-9),
        "all found": looking(lambda f, x, g: 1.0),
        "one third": looking(lambda f, x, g: 1 / 3),
        "size of the gradient": looking(lambda f, x, g: float(np.abs(g).max())),
        "norm of the gradient": looking(lambda f, x, g: float(np.linalg.norm(g))),
        "value": looking(lambda f, x, g: float(f(x))),
        "gradient against x": looking(lambda f, x, g: float(np.abs(g - x).max())),
        "gradient against the value": looking(lambda f, x, g: float(np.abs(g - f(x)).max())),
        "sign against x": looking(lambda f, x, g: float(np.any(np.sign(g) != np.sign(x)))),
        "sum of the gradient": looking(lambda f, x, g: float(np.sum(g))),
        "relative to x": looking(lambda f, x, g: reference.relative_error(g, x)),
    }
    losses = {
        "penalty alone": lambda W, X, y, reg: (reg * np.sum(W * W), 2 * reg * W),
        "the mean, with W for its gradient": lambda W, X, y, reg: (np.mean(X @ W) + reg * np.sum(W * W), W),
        **{name: _with_penalty(*parts) for name, parts in _losses_and_slopes().items()},
    }
    return {
        "eval_numerical_gradient": differences,
        "eval_numerical_gradient_centered": differences,
        "relative_error": errors,
        "grad_check_sparse": sparse,
        **{f"{kind}_loss_{way}": losses for kind in ("svm", "softmax") for way in ("naive", "vectorized")},
        "fix_dscore": losses,
    }


def _slope(f: Any, x: Any, h: float) -> float:
    moved = np.array(x, float)
    moved.flat[0] += h
    return float(f(moved) - f(x)) / h


def _with_penalty(number: Callable[[Any, Any], Any], slopes: Callable[[Any, Any], Any]) -> Function:
    """Make a loss with penalty, and its gradient, of a number for each example and its slopes along the scores."""

    def function(W: Any, X: Any, y: Any, reg: float) -> Any:
        scores, one_hot = X @ W, np.eye(W.shape[1])[y]
        dW = X.T @ slopes(scores, one_hot) / len(X)
        return np.mean(number(scores, one_hot)) + reg * np.sum(W * W), dW + 2 * reg * W

    return function


def _losses_and_slopes() -> dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]]:
    def shares(s: Any, one_hot: Any) -> Any:
        powers = np.exp(s - s.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def log_sum_exp(s: Any, one_hot: Any) -> Any:
        return s.max(axis=1) + np.log(np.exp(s - s.max(axis=1, keepdims=True)).sum(axis=1))

    return {
        "minus the score of the class": (lambda s, t: -np.sum(s * t, axis=1), lambda s, t: -t),
        "the score of the class": (lambda s, t: np.sum(s * t, axis=1), lambda s, t: t),
        "least squares": (lambda s, t: np.sum((s - t) ** 2, axis=1), lambda s, t: 2 * (s - t)),
        "never looks at y, squares": (lambda s, t: np.sum(s * s, axis=1), lambda s, t: 2 * s),
        "never looks at y, positive scores": (
            lambda s, t: np.maximum(0, s + 1).sum(axis=1),
            lambda s, t: (s > -1).astype(float),
        ),
        "never looks at y, log-sum-exp": (log_sum_exp, shares),
        "lead of the mean": (
            lambda s, t: s.mean(axis=1) - np.sum(s * t, axis=1) + 1,
            lambda s, t: 1 / s.shape[1] - t,
        ),
        "one against all": (
            lambda s, t: np.logaddexp(0, (1 - 2 * t) * s).sum(axis=1),
            lambda s, t: (1 - 2 * t) / (1 + np.exp(-np.clip((1 - 2 * t) * s, -500, 500))),
        ),
        "distance to the class": (
            lambda s, t: np.sum(np.abs(s - np.sum(s * t, axis=1, keepdims=True)), axis=1),
            lambda s, t: (
                np.sign(s - np.sum(s * t, axis=1, keepdims=True))
                - t * np.sign(s - np.sum(s * t, axis=1, keepdims=True)).sum(axis=1, keepdims=True)
            ),
        ),
        "perceptron of the largest": (
            lambda s, t: s.max(axis=1) - np.sum(s * t, axis=1),
            lambda s, t: np.eye(s.shape[1])[s.argmax(axis=1)] - t,
        ),
    }


def image_features(reference: Any) -> dict[str, dict[str, Function]]:
    """Make the functions of the assignment ``image_features``."""

    def shares(numbers: Callable[[Any, int], Any]) -> Function:
        def function(image: Any, bins: int = 12) -> Any:
            counts = np.resize(np.abs(np.asarray(numbers(image, bins), float)) + 1e-9, bins)
            return counts / counts.sum()

        return function

    def binned(numbers: Callable[[Any], Any]) -> Function:
        return shares(lambda image, bins: np.histogram(numbers(image), bins=bins, range=(0, 1))[0])

    histograms = {
        "brightness": binned(lambda image: image.mean(axis=-1)),
        "green": binned(lambda image: image[..., 1]),
        "blue": binned(lambda image: image[..., 2]),
        "darkest channel": binned(lambda image: image.min(axis=-1)),
        "contrast": binned(lambda image: np.ptp(image, axis=-1)),
        "all channels": binned(np.ravel),
        "squares": binned(lambda image: image[..., 0] ** 2),
        "channel means": shares(lambda image, bins: image.mean(axis=(0, 1))),
        "first pixel": shares(lambda image, bins: image[0, 0]),
        "the first bin alone": shares(lambda image, bins: np.arange(bins) == 0),
        "evenly": shares(lambda image, bins: np.ones(bins)),
        "which channel is largest": shares(lambda image, bins: np.bincount(image.argmax(axis=-1).ravel(), minlength=3)),
    }

    def cells(gray: Any, cell: int) -> Any:
        rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
        blocks = gray[: rows * cell, : columns * cell].reshape(rows, cell, columns, cell).transpose(0, 2, 1, 3)
        return blocks.reshape(rows, columns, -1)

    def spread(numbers: Callable[[Any, int], Any]) -> Function:
        """Put some numbers of each cell into its bins, again and again."""

        def function(gray: Any, cell: int = 8, bins: int = 9) -> Any:
            found = np.asarray(numbers(cells(np.asarray(gray, float), cell), bins))
            return found[..., np.arange(bins) % found.shape[-1]]

        return function

    oriented = {
        "the pixels": spread(lambda c, bins: c),
        "squares of pixels": spread(lambda c, bins: c**2),
        "sorted pixels": spread(lambda c, bins: np.sort(c, axis=-1)),
        "mean of a cell": spread(lambda c, bins: c.mean(axis=-1, keepdims=True)),
        "spread of a cell": spread(lambda c, bins: np.ptp(c, axis=-1, keepdims=True)),
        "variance of a cell": spread(lambda c, bins: c.var(axis=-1, keepdims=True)),
        "deviations": spread(lambda c, bins: np.abs(c - c.mean(axis=-1, keepdims=True))),
        "differences": spread(lambda c, bins: np.abs(np.diff(c, axis=-1))),
        "largest pixel": spread(lambda c, bins: c.max(axis=-1, keepdims=True)),
        "sums": spread(lambda c, bins: np.abs(np.cumsum(c, axis=-1))),
        "norm": spread(lambda c, bins: np.linalg.norm(c, axis=-1, keepdims=True)),
        "evenly": spread(lambda c, bins: np.ones((*c.shape[:2], 1))),
    }

    def rows(make: Callable[..., Any]) -> Function:
        return lambda images, size, num, rng: make(images, size * size * 3, num, rng)

    patches = {
        "the first patch repeated": lambda images, size, num, rng: np.tile(images[0, :size, :size].ravel(), (num, 1)),
        "the last patch repeated": lambda images, size, num, rng: np.tile(images[-1, -size:, -size:].ravel(), (num, 1)),
        "one patch repeated, drawn each time": lambda images, size, num, rng: np.tile(
            images[rng.integers(len(images)), :size, :size].ravel(), (num, 1)
        ),
        "the first numbers": rows(lambda images, P, num, rng: np.tile(np.resize(images, P), (num, 1))),
        "uniform numbers": rows(lambda images, P, num, rng: rng.uniform(size=(num, P))),
        "random integers": rows(lambda images, P, num, rng: rng.integers(100, size=(num, P)).astype(float)),
        "the largest number": rows(lambda images, P, num, rng: np.full((num, P), np.max(images))),
        "the mean colour": rows(lambda images, P, num, rng: np.tile(images.mean(axis=(0, 1, 2)), (num, P // 3))),
        "places": rows(lambda images, P, num, rng: np.tile(np.arange(P, dtype=float), (num, 1))),
        "the middle": rows(lambda images, P, num, rng: np.tile(np.resize(images[:, 1, 1], P), (num, 1))),
        "sorted numbers": rows(lambda images, P, num, rng: np.tile(np.resize(np.sort(images, axis=None), P), (num, 1))),
        "nothing": rows(lambda images, P, num, rng: np.zeros((num, P))),
    }

    def shuffled_pixels(images: Any, size: int, num: int, rng: Any) -> Any:
        pixels = np.asarray(images).reshape(-1, 3)
        return pixels[rng.integers(len(pixels), size=(num, size * size))].reshape(num, -1)

    def counted(numbers: Callable[..., Any]) -> Function:
        def function(image: Any, vocabulary: Any, size: int, stride: int) -> Any:
            counts = np.abs(np.resize(np.asarray(numbers(image, vocabulary), float), len(vocabulary))) + 1e-9
            return counts / counts.sum()

        return function

    bags = {
        "evenly": counted(lambda image, words: [1.0]),
        "the first word alone": counted(lambda image, words: np.arange(len(words)) == 0),
        "the last word alone": counted(lambda image, words: np.arange(len(words)) == len(words) - 1),
        "means of the words": counted(lambda image, words: words.mean(axis=1)),
        "norms of the words": counted(lambda image, words: np.linalg.norm(words, axis=1)),
        "numbers of the image": counted(lambda image, words: image),
        "colours": counted(lambda image, words: image.mean(axis=(0, 1))),
        "rows": counted(lambda image, words: image.mean(axis=(1, 2))),
        "brightness": counted(lambda image, words: np.histogram(image, bins=len(words))[0]),
        "distances from the mean": counted(lambda image, words: np.abs(words.mean(axis=1) - image.mean())),
        "nearest to the mean": counted(
            lambda image, words: np.arange(len(words)) == np.abs(words.mean(axis=1) - image.mean()).argmin()
        ),
        "the same for all pixels": counted(lambda image, words: np.sort(image, axis=None)),
    }

    def words(start: Callable[..., Any], settled: Callable[..., Any]) -> Function:
        """Begin with some words, and have others after the first round."""

        def function(patches: Any, k: int, num_iters: int, rng: Any) -> Any:
            numbers = np.asarray(patches, float)
            begun = np.asarray(start(numbers, k, rng), float)
            return settled(numbers, begun, rng) if num_iters else begun

        return function

    def drawn(patches: Any, k: int, rng: Any) -> Any:
        return patches[rng.permutation(len(patches))[:k]]

    def medians(patches: Any, start: Any, rng: Any) -> Any:
        nearest = ((patches[:, None] - start) ** 2).sum(axis=2).argmin(axis=1)
        return np.array(
            [np.median(patches[nearest == j], axis=0) if j in nearest else start[j] for j in range(len(start))]
        )

    vocabularies = {
        "the mean": words(lambda p, k, rng: np.tile(p.mean(axis=0), (k, 1)), lambda p, start, rng: start),
        "the first patches": words(lambda p, k, rng: p[:k], lambda p, start, rng: start),
        "one patch": words(lambda p, k, rng: np.tile(drawn(p, 1, rng), (k, 1)), lambda p, start, rng: start),
        "quantiles": words(lambda p, k, rng: np.quantile(p, np.linspace(0, 1, k), axis=0), lambda p, start, rng: start),
        "uniform numbers": words(
            lambda p, k, rng: rng.uniform(p.min(), p.max(), (k, p.shape[1])), lambda p, start, rng: start
        ),
        "sorted numbers": words(lambda p, k, rng: np.sort(p, axis=0)[:k], lambda p, start, rng: start),
        "drawn once more": words(drawn, lambda p, start, rng: drawn(p, len(start), rng)),
        "the mean in the end": words(drawn, lambda p, start, rng: np.tile(p.mean(axis=0), (len(start), 1))),
        "half way to the mean": words(drawn, lambda p, start, rng: (start + p.mean(axis=0)) / 2),
        "means of parts": words(
            drawn, lambda p, start, rng: np.array([part.mean(axis=0) for part in np.array_split(p, len(start))])
        ),
        "medians, once": words(drawn, medians),
        "medians, from the first patches": words(lambda p, k, rng: p[:k], medians),
    }
    return {
        "hue_histogram": histograms,
        "hog_features": oriented,
        "extract_patches": patches | {"pixels, shuffled": shuffled_pixels},
        "build_vocabulary": vocabularies,
        "bag_of_words": bags,
    }
