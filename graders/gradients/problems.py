"""The ladders of problems that the checks of ``gradients`` climb, smallest problem first.

Of the losses, the batches are drawn so that a small change of W does not cross a kink: not of the hinge, and not of the
wrong hinges that students write, with the margin forgotten or the difference turned. Then each of them has a
derivative, which a gradient can be held against. Where a margin is exactly 0, the problem says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from lossmark import Growth, Problem, problem

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

DERIVATIVES: dict[str, Callable[[Array], Array]] = {
    "np.sum(x**2)": lambda x: 2 * x,
    "np.sum(x**3)": lambda x: 3 * x**2,
    "5 * np.sum(x**2)": lambda x: 10 * x,
    "5 * np.sum(np.sin(x))": lambda x: 5 * np.cos(x),
    "np.sum(x)**2": lambda x: np.full(x.shape, 2 * np.sum(x)),
    "np.sum(x)**3": lambda x: np.full(x.shape, 3 * np.sum(x) ** 2),
    "np.prod(x)": lambda x: np.prod(x) / x,
}
"""Gradients of the functions that are differentiated, by what they return for an array x."""

STEP = 1e-5
"""Step of a numerical gradient that is called without one."""

LECTURE_SCORES = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
LECTURE_Y = np.array([0, 1, 2])

CLEARANCE = 0.12
"""How far a lead s_j - s_y must be from each kink: more than ten of the steps that move W, times the largest of X."""
KINKS = np.array([-1.0, 0.0, 1.0])
"""Leads at which the hinge, or the hinge with a slip, has its kink."""


CANDIDATES = 40
"""How many rows are drawn to find one away from the kinks."""


def _not_restored_by_arithmetic(rng: np.random.Generator, size: int, h: float) -> Array:
    """Draw numbers that are not themselves again when a step was added and taken off, in the usual orders.

    Just below a power of 2: beyond it, the numbers of the computer are farther apart.
    """
    x = np.zeros(size)
    for i in range(size):
        value = 0.0
        while (value + h) - h == value or ((value + h) - 2 * h) + h == value or ((value + h) - h - h) + h == value:
            value = 2.0 ** rng.integers(-1, 2) - h * rng.uniform(0.1, 0.9)
        x[i] = value
    return x


def _apart(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Draw numbers with one decimal, from 0.6 to 1.9 or their negatives, not all of the same sign.

    None is a multiple of one half, so that gradients are no whole numbers.
    """
    decimals = [n for n in range(6, 20) if n % 5]
    while True:
        x = rng.choice([-1, 1], size=shape) * rng.choice(decimals, size=shape) / 10
        if x.size == 1 or (x.min() < 0 < x.max() and abs(x.sum()) > 0.25):
            return x


def functions_of_vectors(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield functions of vectors, and where to differentiate them."""
    yield problem("f(x) = np.sum(x**2) at x = [1.25]", "np.sum(x**2)", np.array([1.25]))
    yield problem("f(x) = np.sum(x**3) at x = [0.5, -0.8]", "np.sum(x**3)", np.array([0.5, -0.8]))
    yield problem("f(x) = np.prod(x) at x = [1.5, -0.5, 0.7]", "np.prod(x)", np.array([1.5, -0.5, 0.7]))
    for size, expression in ((4, "np.sum(x)**2"), (6, "5 * np.sum(np.sin(x))"), (9, "np.sum(x**3)")):
        x = _apart(rng, (size,))
        yield problem(f"f(x) = {expression} at {size} numbers", expression, x)


def functions_to_check(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield functions of several numbers, none of whose slopes is near 0, and where to differentiate them."""
    yield problem("f(x) = np.sum(x**3) at x = [0.5, -0.8]", "np.sum(x**3)", np.array([0.5, -0.8]))
    for expression, shape in (("np.prod(x)", (4,)), ("np.sum(x**2)", (9,)), ("np.sum(x**3)", (3, 4))):
        yield problem(f"f(x) = {expression} at x of shape {shape}", expression, _apart(rng, shape))


def functions_of_arrays(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield functions of arrays with several dimensions, and where to differentiate them."""
    for expression, shape in (
        ("np.sum(x**3)", (2, 3)),
        ("5 * np.sum(np.sin(x))", (3, 2)),
        ("np.sum(x**2)", (4, 1)),
        ("np.sum(x**3)", (1, 4)),
        ("np.sum(x**2)", (2, 3, 2)),
    ):
        yield problem(f"f(x) = {expression} at x of shape {shape}", expression, _apart(rng, shape))


def forward_steps(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield points on either side of 0, and large steps."""
    yield problem("f(x) = np.sum(x**2), at x = [0.8] and with h = 0.5", np.array([0.8]), 0.5)
    for size, h in ((2, 0.25), (5, 2.0)):
        yield problem(f"f(x) = np.sum(x**2), at {size} numbers and with h = {h}", _apart(rng, (size,)), h)


def centred_steps(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield points, and large steps."""
    yield problem("f(x) = np.sum(x)**3, at x = [1] and with h = 0.25", np.array([1.0]), 0.25)
    for size, h in ((2, 0.5), (5, 0.125)):
        yield problem(f"f(x) = np.sum(x)**3, at {size} numbers and with h = {h}", _apart(rng, (size,)), h)


def points_to_keep(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield points at which adding and subtracting a step leaves a trace, and the step."""
    for size, h in ((2, 1e-5), (5, 0.25)):
        x = _not_restored_by_arithmetic(rng, size, h)
        yield problem(f"f(x) = 5 * np.sum(x**2) at {size} numbers, with h = {h:g}", x, h)


def whole_numbers(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield functions with gradients that are no whole numbers, at whole numbers."""
    yield problem("f(x) = 5 * np.sum(np.sin(x)) at the whole numbers [1, 2]", "5 * np.sum(np.sin(x))", np.array([1, 2]))
    x = rng.choice([-2, -1, 1, 2], size=4)
    yield problem("f(x) = 5 * np.sum(np.sin(x)) at 4 whole numbers", "5 * np.sum(np.sin(x))", x)


def numbers(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield pairs of single positive numbers, the larger one first."""
    yield problem("3 and 1", np.array([3.0]), np.array([1.0]))
    yield problem("2 and 2", np.array([2.0]), np.array([2.0]))
    for _ in range(3):
        b = rng.integers(1, 50) / 10
        yield problem("two positive numbers", np.array([b + rng.integers(1, 50) / 10]), np.array([b]))
    yield problem("two large numbers that are close", np.array([1000.0]), np.array([999.0]))


def signed_numbers(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield pairs of different positive numbers, the larger one first."""
    yield problem("3 and 1", np.array([3.0]), np.array([1.0]))
    for _ in range(3):
        b = rng.integers(1, 50) / 10
        yield problem("two numbers", np.array([b + rng.integers(1, 50) / 10]), np.array([b]))


def arrays_of_numbers(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield arrays of positive numbers, all larger than their partners; the worst pair is neither first nor last."""
    yield problem("two arrays of three numbers", np.array([2.0, 3.0, 5.0]), np.array([1.5, 1.0, 4.0]))
    for shape in ((5,), (3, 4), (2, 3, 2)):
        b = rng.integers(10, 50, size=shape) / 10
        a = b * rng.uniform(1.1, 1.5, size=shape)
        worst = tuple(n // 2 if n > 2 else 0 for n in shape)
        a[worst] = 4 * b[worst]
        yield problem(f"two arrays of shape {shape}", a, b)


def wrong_factors(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield functions, points and by which factor the gradient there is wrong."""
    yield problem("a gradient that is twice too large, at [1.25, -0.5]", "np.sum(x**2)", np.array([1.25, -0.5]), 2.0)
    for expression, shape, factor in (
        ("np.sum(x**3)", (4,), -1.0),
        ("np.sum(x**2)", (3, 4), 0.25),
        ("np.sum(x**3)", (2, 3, 2), 1.1),
    ):
        x = _apart(rng, shape)
        yield problem(f"a gradient times {factor:g}, at x of shape {shape}", expression, x, factor)


def long_vectors(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield points with many numbers."""
    yield problem("40 numbers", _apart(rng, (40,)))


def places(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield points, the number of places to look at, the step, and with which of them the check is called."""
    yield problem("x of shape (4, 5), num_checks = 10", _apart(rng, (4, 5)), 10, 0.01, num_checks=10, h=0.01)
    yield problem("x of shape (20, 15), num_checks = 7", _apart(rng, (20, 15)), 7, 1e-4, num_checks=7, h=1e-4)
    yield problem("300 numbers, without num_checks and h", _apart(rng, (300,)), 10, STEP)


def batch(rng: np.random.Generator, N: int, D: int, C: int) -> tuple[Array, Array, Labels]:
    """Draw a batch away from kinks; a few rows show all that may happen to a margin.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    N, D, C : int
        Number of examples, of features and of classes.

    Returns
    -------
    W : ndarray, shape (D, C)
        Weights, from -1.5 to 1.5.
    X : ndarray, shape (N, D)
        Examples; multiples of 0.5 from -2 to 2.
    y : ndarray of int, shape (N,)
        Correct classes.
    """
    while True:
        W = rng.choice([-1, 1], size=(D, C)) * rng.integers(1, 16, size=(D, C)) / 10
        y = rng.integers(C, size=N)
        X = rng.integers(-4, 5, size=(N, CANDIDATES, D)) / 2
        clear = is_clear(W, X.reshape(-1, D), np.repeat(y, CANDIDATES)).reshape(N, CANDIDATES)
        X = X[np.arange(N), np.argmax(clear, axis=1)]
        if clear.any(axis=1).all() and is_telling(W, X, y):
            return W, X, y


def leads_of(W: Array, X: Array, y: Labels) -> Array:
    """Differences s_j - s_y of the scores, for the classes other than y, (N, C-1).

    Parameters
    ----------
    W : ndarray, shape (D, C)
        Weights.
    X : ndarray, shape (N, D)
        Examples.
    y : ndarray of int, shape (N,)
        Correct classes.

    Returns
    -------
    ndarray, shape (N, C-1)
    """
    scores = X @ W
    leads = scores - scores[np.arange(len(X)), y][:, np.newaxis]
    return leads[np.arange(W.shape[1]) != y[:, np.newaxis]].reshape(len(X), -1)


def is_clear(W: Array, X: Array, y: Labels) -> NDArray[np.bool_]:
    """Whether the examples are away from all kinks, and no row of X is zero.

    Parameters
    ----------
    W, X, y
        As for :func:`leads_of`.

    Returns
    -------
    ndarray of bool, shape (N,)
    """
    far = np.abs(leads_of(W, X, y)[..., np.newaxis] - KINKS).min(axis=(1, 2)) >= CLEARANCE
    return far & X.any(axis=1)


def is_telling(W: Array, X: Array, y: Labels) -> bool:
    """Whether the batch, as far as its size allows, shows what a slip needs to be seen.

    Every example violates a margin; some class loses by more than 1, some by less, and some wins; some example violates
    several margins; some label occurs twice; and other labels give another loss, whichever loss it is.

    Parameters
    ----------
    W, X, y
        As for :func:`leads_of`.

    Returns
    -------
    bool
    """
    N, C = len(X), W.shape[1]
    leads = leads_of(W, X, y)
    violations = (leads > -1).sum(axis=1)
    of_other_labels = _losses(leads_of(W, X, (y + 1) % C))
    if not violations.any() or abs(leads.sum()) < CLEARANCE or abs(_losses(leads) - of_other_labels).min() < CLEARANCE:
        return False
    if C == 2:
        return True
    kinds = [(leads < -1).any(), ((leads > -1) & (leads < 0)).any(), (leads > 0).any()]
    if N == 1:
        return sum(kinds) >= 2 and bool(y[0] > 0)
    several = bool((violations > 1).any()) and bool((violations == 1).any())
    repeats = max(np.sum((y == label) & (violations > 0)) for label in range(C)) > 1
    return all(kinds) and bool(several and repeats)


def _losses(leads: Array) -> Array:
    """Mean hinge loss; those without the margin, with the difference turned, without maximum; and softmax loss."""
    hinges = [np.maximum(0, margins).sum() for margins in (leads + 1, leads, 1 - leads)]
    return np.array([*hinges, leads.sum(), np.log1p(np.exp(leads).sum(axis=1)).sum()]) / len(leads)


def data_losses(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches for the loss without penalty."""
    yield problem(
        "one example, one feature, two classes, reg = 0",
        np.array([[0.9, 0.3]]), np.array([[2.0]]), np.array([1]), 0.0,
    )  # fmt: skip
    yield problem("the lecture's three images, reg = 0", LECTURE_SCORES, np.eye(3), LECTURE_Y, 0.0)
    yield problem("all weights 0, ten classes, reg = 0", np.zeros((3, 10)), np.ones((2, 3)), np.array([4, 0]), 0.0)
    for N, D, C in ((1, 3, 4), (5, 2, 3), (4, 4, 4), (30, 8, 10)):
        yield problem(f"N = {N}, D = {D}, C = {C}, reg = 0", *batch(rng, N, D, C), 0.0)


def data_gradients(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches for the gradient without penalty, all away from kinks."""
    yield problem(
        "one example, one feature, two classes, reg = 0",
        np.array([[0.9, 0.3]]), np.array([[2.0]]), np.array([1]), 0.0,
    )  # fmt: skip
    for N, D, C in ((1, 2, 3), (4, 2, 3), (5, 3, 4), (4, 4, 4), (12, 6, 5)):
        yield problem(f"N = {N}, D = {D}, C = {C}, reg = 0", *batch(rng, N, D, C), 0.0)


def svm_data_gradients(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches for the gradient of the hinge without penalty, and one with a margin of exactly 0."""
    yield from data_gradients(rng)
    yield problem(
        "one example with a margin of exactly 0, where both one-sided derivatives are right; reg = 0",
        np.array([[1.0, 2.0, 0.5, 4.0]]), np.array([[1.0]]), np.array([1]), 0.0,
    )  # fmt: skip


def penalties(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches and the strengths of a penalty."""
    for N, D, C, reg in ((1, 2, 3, 0.5), (5, 3, 4, 0.3)):
        yield problem(f"N = {N}, D = {D}, C = {C}, reg = {reg}", *batch(rng, N, D, C), reg)


def whole_losses(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches with a penalty, all away from kinks."""
    for i, (N, D, C, reg) in enumerate(((2, 2, 3, 0.5), (4, 3, 3, 0.4), (5, 3, 4, 0.7))):
        yield problem(f"N = {N}, D = {D}, C = {C}, reg = {reg}", *batch(rng, N, D, C), reg, is_first=i == 0)


def losses_to_keep(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches for a loss with penalty that was given."""
    yield problem("the lecture's three images, reg = 0.1", LECTURE_SCORES, np.eye(3), LECTURE_Y, 0.1)
    for N, D, C, reg in ((2, 3, 4, 0.5), (5, 2, 3, 0.3)):
        yield problem(f"N = {N}, D = {D}, C = {C}, reg = {reg}", *batch(rng, N, D, C), reg)


def arguments_of_all_types(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches in double and single precision, and with whole numbers for the examples."""
    for i, (N, D, C, dtype) in enumerate(((2, 2, 3, "float64"), (4, 3, 3, "float32"), (4, 2, 3, "int64"))):
        W, X, y = batch(rng, N, D, C)
        if dtype == "float32":
            W = W.astype(np.float32)
        X = (2 * X if dtype == "int64" else X).astype(dtype)
        yield problem(f"N = {N}, D = {D}, C = {C}, X of type {dtype}, reg = 0.5", W, X, y, 0.5, is_first=i == 0)


def growing_batches(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield a batch that shows whether a function is a loss at all, and the ways in which batches grow."""

    def draw(N: int, D: int, C: int) -> tuple[Array, Array, Labels, float]:
        return rng.normal(size=(D, C)), rng.normal(size=(N, D)), rng.integers(C, size=N), 0.1

    growths = (
        Growth("examples", lambda N: draw(N, 2, 3), counted=(1100, 2200), timed=30_000),
        # Few classes, as some array functions take no more than 32 arrays; of arrays that grow with them, all have more
        # than 1,000 numbers.
        Growth("classes", lambda C: draw(51, 51, C), counted=(20, 30)),
    )
    yield problem("N = 4, D = 2, C = 3, reg = 0", *batch(rng, 4, 2, 3), 0.0, growths=growths)


def large_scores(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches with a last feature that moves all scores of a row together, for each row as given."""
    for i, rows in enumerate(((1.0, 1.0), (-1.0, -1.0), (1.0, 0.0, -1.0, 1.0))):
        W, X, y = batch(rng, len(rows), 2, 4)
        X = np.column_stack([X, rows])
        W = np.concatenate([W, rng.integers(-5, 6, size=(1, 4)) / 10])
        while True:  # scores of up to 50 in size, and no correct class so improbable that single precision loses it
            stretch = 50 / np.abs(X @ W).max()
            if leads_of(stretch * W, X, y).max() <= 80:
                break
            y = np.argmax(X @ W, axis=1)
        words = ", ".join(f"{1e4 * row:g}" for row in rows)
        yield problem(
            f"scores of up to 50 in size, to all of which {words} was added, by rows",
            W,
            X,
            y,
            stretch=float(stretch),
            is_first=i == 0,
        )


def quadratic_points(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield points of the plane."""
    yield problem("the origin", np.array([0.0, 0.0]))
    yield problem("x = [1, 0]", np.array([1.0, 0.0]))
    yield problem("x = [0, 1]", np.array([0.0, 1.0]))
    for _ in range(3):
        yield problem("another point", rng.integers(-40, 41, size=2) / 10)
