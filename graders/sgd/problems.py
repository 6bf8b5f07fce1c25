"""The ladders of problems that the checks of ``sgd`` climb, smallest problem first.

The arguments of a problem are those of its driver, without the names that the check knows. Losses that a search is
told are written down in advance, so that first, last, smallest and largest are different tries.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossmark import Problem, problem

from . import reference

Array = NDArray[np.float64]

MANY = (125, 160)
"""Shape of W whose mean and spread are the same for every draw, to one decimal."""

TIMES = 300
"""How many batches are drawn to see which rows come up: each is expected 150 times."""

KINK = 0.05
"""Smallest margin, in absolute value, of the problems that compare gradients of the hinge loss."""


def draw_seed(rng: np.random.Generator) -> int:
    """Draw the seed of a generator in the student kernel."""
    return int(rng.integers(2**31))


def in_words(array: NDArray[Any]) -> str:
    """Write a small array in one line."""
    return np.array2string(array, separator=", ").replace("\n", "")


def inner_minimum(rng: np.random.Generator, count: int) -> list[float]:
    """Draw different losses whose smallest and largest are neither the first nor the last."""
    while True:
        losses = rng.choice(np.arange(1, 100), size=count, replace=False) / 10
        if {0, count - 1}.isdisjoint({int(np.argmin(losses)), int(np.argmax(losses))}):
            return [float(loss) for loss in losses]


def searches(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield shape, number of tries, scale, losses and seed, for what `random_search` returns."""
    losses = [3.0, 1.0, 4.0, 2.0]
    yield problem("four tries, whose losses are 3, 1, 4 and 2", (2, 3), 4, 0.5, losses, draw_seed(rng))
    yield problem("20 tries", (3, 4), 20, 2.0, inner_minimum(rng, 20), draw_seed(rng))


def searches_of_any_loss(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield the same, with losses that are negative or very large among them."""
    yield from searches(rng)
    losses = [-3.0, -7.5, -1.0, -5.0]
    yield problem("four tries, whose losses are -3, -7.5, -1 and -5", (2, 3), 4, 0.5, losses, draw_seed(rng))
    losses = [3e12, 1e12, 4e12, 2e12]
    yield problem("four tries, whose losses are 3e12, 1e12, 4e12 and 2e12", (2,), 4, 0.5, losses, draw_seed(rng))


def numbers_of_tries(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield searches of several lengths."""
    for num_tries in (3, 1, 12):
        losses = [float(loss) for loss in np.arange(num_tries + 3, 0, -1)]
        yield problem(f"num_tries = {num_tries}", (2, 3), num_tries, 1.0, losses, draw_seed(rng))


def scales(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield searches whose tries hold many numbers."""
    for scale in (0.5, 5.0):
        yield problem(f"scale = {scale:g}, W of shape {MANY}", MANY, 3, scale, [3.0, 1.0, 2.0], draw_seed(rng))


STEPWISE = [5.0, 4.0, 6.0, 4.5, 3.0, 3.5, 7.0, 2.0, 4.0]
"""Losses of a start and eight tries: better, worse, better than the last only, better, two in vain, better, worse."""


def local_searches(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield start, step size, number of tries, losses and seed, for what `random_local_search` returns."""
    start = np.array([[1.0, -2.0, 0.5], [3.0, 0.0, -1.0]])
    told = "a start with the loss 5, and tries with the losses 4, 6, 4.5, 3, 3.5, 7, 2 and 4"
    yield problem(told, start, 0.1, 8, STEPWISE, draw_seed(rng))
    told = "a start with the loss 1, and tries with the losses 3, 2 and 4: none is better"
    yield problem(told, start, 0.1, 3, [1.0, 3.0, 2.0, 4.0], draw_seed(rng))
    told = "a start with the loss -5, and tries with the losses -4, -7, -6 and -3"
    yield problem(told, start, 0.1, 4, [-5.0, -4.0, -7.0, -6.0, -3.0], draw_seed(rng))
    told = "a start with the loss 5e12, and tries with the losses 6e12, 3e12 and 4e12"
    yield problem(told, start[0], 0.1, 3, [5e12, 6e12, 3e12, 4e12], draw_seed(rng))


def starts(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield local searches whose start must be as before afterwards."""
    for shape in ((3,), (2, 3)):
        start = rng.normal(size=shape).round(1)
        yield problem(f"a start of shape {shape}", start, 0.1, 8, STEPWISE, draw_seed(rng))


def far_steps(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield local searches with so many numbers that a try tells where it was made from."""
    for step_size in (0.5, 5.0):
        told = f"step_size = {step_size:g}, W of shape {MANY}; the losses are those of the start and of 8 tries"
        yield problem(told, np.full(MANY, 20.0), step_size, 8, STEPWISE, draw_seed(rng))


def bowls(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield start, curvature, minimum, step size and number of steps: two steps, of which the first is looked at."""
    yield _descent(*ROUND_BOWL, 0.25, 2)
    for shape, step_size in (((2, 3), 0.1), ((2, 2, 2), 0.4)):
        yield _descent(*_bowl(rng, shape), step_size, 2)


def descents(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield several steps; with the last step size, the loss rises in each step."""
    yield _descent(*ROUND_BOWL, 0.25, 3)
    yield _descent(*_bowl(rng, (2, 3)), 0.2, 10)
    W, curvature, minimum = _bowl(rng, (3,))
    yield _descent(W, curvature + 1.5, minimum, 1.5, 5, ", which is so long that the loss rises")


ROUND_BOWL = (np.array([4.0, -8.0]), np.full(2, 2.0), np.zeros(2))
"""Start, curvature and minimum of w_0^2 + w_1^2."""


def _descent(W: Array, curvature: Array, minimum: Array, step_size: float, num_steps: int, remark: str = "") -> Problem:
    """Say what the descent is: with its numbers, where these are few."""
    bowl = "the bowl w_0^2 + w_1^2" if not minimum.any() else "0.5 * sum(curvature * (W - minimum)**2)"
    where = f"W of shape {W.shape}"
    if W.ndim == 1:
        where = f"from W = {in_words(W)}"
    if W.ndim == 1 and minimum.any():
        where += f", with curvature = {in_words(curvature)}, minimum = {in_words(minimum)}"
    told = f"{bowl}, {where}, num_steps = {num_steps}, step_size = {step_size:g}{remark}"
    return problem(told, W, curvature, minimum, step_size, num_steps)


def _bowl(rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[Array, Array, Array]:
    """Draw start, curvature and minimum; each number of the start is off its minimum by 1 at least."""
    minimum = rng.normal(size=shape).round(1)
    away = rng.choice([-1.0, 1.0], size=shape) * rng.uniform(1, 3, size=shape)
    return minimum + away.round(1), rng.uniform(0.5, 2.5, size=shape).round(1), minimum


def examples(rng: np.random.Generator, N: int) -> tuple[Array, NDArray[np.int64]]:
    """Draw examples in which each row has a number and each label occurs once: (N, 3) and (N,).

    The numbers begin elsewhere each time, so that a batch of one problem is none of another.
    """
    numbers = np.arange(1.0, N + 1) + float(rng.integers(1, 1000))
    y = rng.permutation(N)
    while N > 1 and np.any(y == np.arange(N)):
        y = rng.permutation(N)
    return np.stack([numbers, numbers[::-1] + 0.5, -numbers], axis=1), y.astype(np.int64)


def batch_sizes(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield examples, batch size, number of batches and seed, for the size of the batches."""
    for N, batch_size in ((12, 4), (5, 1), (12, 12)):
        told = f"{N} examples, batch_size = {batch_size}"
        yield problem(told, *examples(rng, N), batch_size, 3, draw_seed(rng))


def few_batches(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield the same, for what rows and labels are drawn: so many that a label is seldom right by chance."""
    yield problem("100 examples, batch_size = 10, 30 batches", *examples(rng, 100), 10, 30, draw_seed(rng))


def many_batches(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield the same, for which rows can be drawn."""
    yield problem(f"12 examples, batch_size = 6, {TIMES} batches", *examples(rng, 12), 6, TIMES, draw_seed(rng))


def first_updates(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield weights, gradients and learning rate for a single update, from the state None."""
    yield _updates(np.array([1.0, 2.0]), [np.array([0.5, -4.0])], 0.1)
    for shape, learning_rate in (((3,), 1.0), ((2, 3), 0.01), ((2, 2, 2), 0.5)):
        yield _updates(*_weights_and_grads(rng, shape, 1), learning_rate)


def more_updates(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield the same for several updates in a row."""
    grads = [np.array([0.5, -4.0]), np.array([0.5, 2.0]), np.array([-1.5, 3.0])]
    yield _updates(np.array([1.0, 2.0]), grads, 0.1)
    yield _updates(*_weights_and_grads(rng, (2, 3), 10), 0.1)


def updates_with_mu(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield the same with another mu."""
    for mu in (0.5, 0.2):
        yield _updates(*_weights_and_grads(rng, (2,), 4), 0.1, mu=mu)


def updates_to_keep(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield the same, for what becomes of the arguments."""
    for shape in ((2,), (2, 3)):
        w, grads = _weights_and_grads(rng, shape, 3)
        grads[1] = -np.sign(grads[0]) * np.abs(grads[1])  # else steps of one length each could all be the same
        yield _updates(w, grads, 0.1)


def updates_with_zeros(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield one update with a gradient that is 0 in places."""
    yield _updates(np.array([1.0, 2.0]), [np.array([0.0, 2.0])], 0.1)
    w, (grad,) = _weights_and_grads(rng, (2, 3), 1)
    grad[0, 1] = grad[1, 2] = 0.0
    yield _updates(w, [grad], 0.1)


def _updates(w: Array, grads: list[Array], learning_rate: float, **options: float) -> Problem:
    """Say what the updates are: with their numbers, where these are few."""
    told = "one step" if len(grads) == 1 else f"{len(grads)} steps in a row"
    if w.size * len(grads) <= 8:
        told += f", from w = {in_words(w)}, with grad = {', then '.join(map(in_words, grads))}"
    else:
        told += f", with arrays of shape {w.shape}"
    settings = {"learning_rate": learning_rate, **options}
    told += f", state = None before the first, {', '.join(f'{name} = {value:g}' for name, value in settings.items())}"
    return problem(told, w, grads, learning_rate, **options)


def _weights_and_grads(rng: np.random.Generator, shape: tuple[int, ...], count: int) -> tuple[Array, list[Array]]:
    """Draw weights, and gradients whose numbers are 0.3 at least and not 1 (whose square and root are 1 as well)."""
    sizes = rng.choice([0.3, 0.5, 0.7, 1.5, 2.0, 3.0, 4.0], size=(count, *shape))
    return rng.normal(size=shape).round(1), list(rng.choice([-1.0, 1.0], size=sizes.shape) * sizes)


def trainings(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield examples, initial weights, the arguments of some trainings in a row, and seed."""
    for (N, batch_size), learning_rate, reg, num_iters, verbose in (
        ((8, 4), 0.1, 0.5, 3, False),
        ((12, 3), 0.01, 2.0, 7, True),
    ):
        X, y = examples(rng, N)
        options = {"learning_rate": learning_rate, "reg": reg, "num_iters": num_iters, "batch_size": batch_size}
        told = ", ".join(f"{name}={value:g}" for name, value in options.items())
        W = rng.normal(size=(3, 4)).round(1)
        yield problem(f"train(X, y, {told})", X, y % 4, W, [options | {"verbose": verbose}], draw_seed(rng))


DEFAULTS: dict[str, Any] = {"learning_rate": 1e-3, "reg": 1e-5, "num_iters": 100, "batch_size": 200}
"""What `train` does if it is not told otherwise."""


def trainings_by_default(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield a training that asks for the defaults by name, and one that does not."""
    X, y = examples(rng, DEFAULTS["batch_size"])
    W = rng.normal(size=(3, 4)).round(1)
    yield problem("train(X, y)", X, y % 4, W, [DEFAULTS, {}], draw_seed(rng))


def trainings_in_a_row(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield two trainings of the same classifier."""
    X, y = examples(rng, 8)
    options = {"learning_rate": 0.1, "reg": 0.0, "num_iters": 2, "batch_size": 2}
    W = rng.normal(size=(3, 4)).round(1)
    yield problem("two trainings of the same classifier", X, y % 4, W, [options, options], draw_seed(rng))


def new_classifiers(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield examples, and a seed, for the weights of a new classifier; some classes have no examples."""
    X, _ = examples(rng, 4)
    yield problem("4 examples of 3 features, y = [2, 0, 1, 2]", X, np.array([2, 0, 1, 2]), draw_seed(rng))
    yield problem("4 examples of 3 features, y = [0, 4, 1, 0]", X, np.array([0, 4, 1, 0]), draw_seed(rng))
    D, C = MANY
    X, y = rng.normal(size=(3, D)).round(1), np.array([0, C - 1, 5])
    yield problem(f"3 examples of {D} features, the largest label {C - 1}", X, y, draw_seed(rng))


def predictions(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield weights and examples; no two scores of an example are equal, and no label is right by any other arg max."""
    W = np.array([[1.0, 0.0, -1.0], [0.0, 1.0, 0.5]])
    X = np.array([[1.0, 3.0], [-2.0, 0.5]])
    yield problem(f"W = {in_words(W)}, X = {in_words(X)}", W, X)
    for N, D, C in ((3, 4, 3), (7, 3, 5), (5, 2, 2)):
        W, X = rng.normal(size=(D, C)).round(2), rng.normal(size=(N, D)).round(2)
        yield problem(f"{N} examples, {C} classes", W, X)
    X, W = rng.uniform(0.5, 2, size=(6, 3)).round(2), -rng.uniform(0.5, 2, size=(3, 4)).round(2)
    yield problem("6 examples whose scores are all negative", W, X)


def losses(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield weights, examples, labels and regularisation strength, away from the kinks of the hinge loss."""
    for (N, D, C), reg in (((2, 2, 3), 0.0), ((3, 2, 3), 0.5), ((6, 4, 5), 0.1)):
        while True:
            W, X = rng.normal(size=(D, C)).round(1), rng.normal(size=(N, D)).round(1)
            y = rng.integers(0, C, size=N)
            scores = X @ W
            margins = scores - scores[np.arange(N), y][:, np.newaxis] + 1.0
            margins[np.arange(N), y] = 1.0
            if np.abs(margins).min() > KINK and reference.svm_loss_vectorized(W, X, y, 0.0)[0] > KINK:
                break
        told = f"{N} examples, {C} classes, reg = {reg:g}"
        if N == 2:
            told = f"W = {in_words(W)}, X = {in_words(X)}, y = {in_words(y)}, reg = {reg:g}"
        yield problem(told, W, X, y, reg)


def tunings(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield data, settings and what training with them makes of the weights."""
    yield _tuning(rng, [0.01, 0.1], [0.5], 7, 20)
    yield _tuning(rng, [0.001, 0.01, 0.1], [0.0, 0.5], 9, 50)


def tunings_in_vain(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield one in which no setting gets a single validation example right."""
    yield _tuning(rng, [0.01, 0.1], [0.5], 7, 20, in_vain=True)


def _tuning(
    rng: np.random.Generator,
    learning_rates: list[float],
    regs: list[float],
    num_val: int,
    num_iters: int,
    *,
    in_vain: bool = False,
) -> Problem:
    """Each example is a unit vector, so that a row of W alone says which class it is taken for.

    Each pair of settings has another validation accuracy. The best is not at the last pair, nor where the training
    accuracy is best, nor (of more than two) at the first.
    """
    num_train, C = num_val + 3, 3
    pairs = list(product(learning_rates, regs))
    y, y_val = rng.integers(0, C, size=num_train), rng.integers(0, C, size=num_val)
    while True:
        right = rng.choice(np.arange(1, num_val), size=len(pairs), replace=False)
        right_in_training = rng.choice(np.arange(1, num_train), size=len(pairs), replace=False)
        best = int(np.argmax(right))
        if best not in ({0} if len(pairs) > 2 else set()) | {len(pairs) - 1, int(np.argmax(right_in_training))}:
            break
    if in_vain:
        right = np.zeros_like(right)
    weights: dict[tuple[float, float], Any] = {}
    for pair, *counts in zip(pairs, right_in_training, right, strict=True):
        taken = [
            np.where(rng.permutation(len(labels)) < count, labels, (labels + 1) % C)
            for labels, count in zip((y, y_val), counts, strict=True)
        ]
        weights[pair] = np.eye(C)[np.concatenate(taken)]
    eye = np.eye(num_train + num_val)
    told = f"learning_rates = {learning_rates}, regs = {regs}, num_iters = {num_iters}"
    if in_vain:
        told += "; no model gets a single validation example right"
    return problem(told, eye[:num_train], y, eye[num_train:], y_val, learning_rates, regs, num_iters, weights)
