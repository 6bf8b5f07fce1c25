"""The ladders of problems that the checks of ``hinge_loss`` climb, smallest problem first.

So that one slip costs one check, only one ladder per function holds what the slip needs to show:

- the values of one example, at the default margin, in all shapes;
- batches, which only the check of the mean looks at (elsewhere N is 1, or N equals C);
- margins other than 1, which only the check of the margin compares with each other;
- weights that are not square, which only the check of the values sees.

The loss is continuous where a margin is 0, so a problem may lie on a kink; the ladders of values hold such ties.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lossmark import Growth, Problem, problem

LECTURE_SCORES = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
LECTURE_Y = np.array([0, 1, 2])
IMAGES = ("cat", "car", "frog")

GAP = 0.5
"""Smallest difference between balanced scores and the correct one."""


def is_balanced(scores: NDArray[np.float64], y: int) -> bool:
    """Whether some class beats the correct one, some class loses to it, and the sum of the leads is positive.

    A wrong version that turns a sign, or forgets the maximum with 0, then still has a loss that changes with the
    scores, and loses no points for laws that it obeys.

    Parameters
    ----------
    scores : ndarray, shape (C,)
        The scores.
    y : int
        The correct class.
    """
    leads = np.delete(scores, y) - scores[y]
    return bool(np.abs(leads).min() >= GAP and leads.min() < 0 < leads.max() and leads.sum() > 0)


def balanced_row(rng: np.random.Generator, C: int) -> tuple[NDArray[np.float64], int]:
    """Draw balanced scores of one example: different multiples of `GAP`, short enough to paste into a cell.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    C : int
        Number of classes, at least 3.

    Returns
    -------
    scores : ndarray, shape (C,)
        The scores, from -6 to 6.
    y : int
        The correct class, somewhere in the middle.
    """
    while True:
        scores = rng.choice(np.arange(-12, 13), size=C, replace=False) * GAP
        y = int(np.argsort(scores)[(C - 1) // 2])
        if is_balanced(scores, y):
            return scores, y


def balanced_batch(rng: np.random.Generator, N: int, C: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Draw a batch of balanced rows.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    N, C : int
        Number of examples and of classes.

    Returns
    -------
    scores : ndarray, shape (N, C)
        The scores.
    y : ndarray of int, shape (N,)
        The correct classes.
    """
    rows, labels = zip(*(balanced_row(rng, C) for _ in range(N)), strict=True)
    return np.array(rows), np.array(labels, dtype=np.int64)


def balanced_weights(rng: np.random.Generator, C: int) -> tuple[NDArray[np.float64], int, NDArray[np.float64]]:
    """Draw an example and square weights that give balanced scores, by columns of `W` as well as by its rows.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    C : int
        Number of classes and of features.

    Returns
    -------
    x : ndarray, shape (C,)
        The example; its elements are positive whole numbers.
    y : int
        The correct class.
    W : ndarray, shape (C, C)
        The weights.
    """
    x = rng.integers(1, 4, size=C).astype(float)
    while True:
        W = rng.integers(-6, 7, size=(C, C)).astype(float)
        y = int(np.argsort(W @ x)[(C - 1) // 2])
        if is_balanced(W @ x, y) and is_balanced(x @ W, y):
            return x, y, W


def weights(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield examples and weights of many shapes, for the values of ``L_i``."""
    for i, image in enumerate(IMAGES):
        yield problem(f"the lecture's {image} image", np.eye(3)[i], int(LECTURE_Y[i]), LECTURE_SCORES.T.copy())
    yield problem("two classes, one feature", np.array([2.0]), 1, np.array([[0.8], [0.3]]))
    yield problem(
        "a margin of exactly 0, and a score that ties with the correct one",
        np.array([1.0, 2.0]),
        0,
        np.array([[1.0, 1.0], [0.0, 1.0], [3.0, 0.0], [0.0, 2.0]]),
    )
    yield problem("all weights 0, ten classes", np.array([1.0, -2.0, 0.5]), 4, np.zeros((10, 3)))
    for C, D, y in ((3, 2, 1), (4, 6, 0), (5, 3, 4), (6, 4, 2), (10, 20, 7)):
        x, W = rng.normal(size=D).round(1), (2 * rng.normal(size=(C, D))).round(1)
        yield problem(f"{C} classes, {D} features", x, y, W)


def weights_with_margin(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield examples, weights and margins other than 1."""
    for C, delta in ((3, 0.5), (4, 2.0), (6, 1.5)):
        yield problem(f"{C} classes, delta = {delta}", *balanced_weights(rng, C), delta)


def weights_and_shift(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield examples and weights, and the number to add to all weights."""
    for C, shift in ((3, 2.0), (4, -1.5), (6, 5.0)):
        yield problem(f"{C} classes, {shift} added to each weight", *balanced_weights(rng, C), shift=shift)


def weights_of_other_types(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield whole and single precision arrays, with a margin that is no whole number."""
    for C, dtype in ((3, np.int64), (4, np.int64), (4, np.float32)):
        x, y, W = balanced_weights(rng, C)
        yield problem(f"{C} classes, x and W of type {np.dtype(dtype)}", x.astype(dtype), y, W.astype(dtype), 0.5)


def weights_to_keep(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield arguments that must be as before afterwards."""
    for C in (3, 5):
        yield problem(f"{C} classes", *balanced_weights(rng, C))


def growing_weights(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield an example that shows whether a function is a loss at all, and how weights grow."""

    def draw(C: int) -> tuple[NDArray[np.float64], int, NDArray[np.float64]]:
        return rng.normal(size=2), int(rng.integers(C)), rng.normal(size=(C, 2))

    # Not timed: with a one-hot vector out of a unit matrix, a right answer takes more than a loop's time.
    for C, growths in ((3, []), (5, [Growth("classes", draw, counted=(1100, 2200))])):
        yield problem(f"{C} classes", *balanced_weights(rng, C), growths=growths)


def weights_to_keep_of_all_types(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield arguments of all types, for a check that looks at their type and at what becomes of them."""
    x, y, W = balanced_weights(rng, 3)
    yield problem("3 classes", x, y, W, 0.5)
    yield from weights_of_other_types(rng)


def single_examples(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches of one example, for the values of the losses."""
    for i, image in enumerate(IMAGES):
        yield problem(f"the lecture's {image} image alone", LECTURE_SCORES[[i]], LECTURE_Y[[i]])
    yield problem("one example, two classes", np.array([[1.6, 0.9]]), np.array([1]))
    yield problem(
        "a margin of exactly 0, and a score that ties with the correct one",
        np.array([[3.0, 2.0, 3.0, 4.0]]),
        np.array([0]),
    )
    yield problem("all scores 0, ten classes", np.zeros((1, 10)), np.array([4]))
    for C, y in ((3, 1), (4, 2), (5, 4), (7, 0), (20, 11)):
        yield problem(f"one example, {C} classes", (3 * rng.normal(size=(1, C))).round(1), np.array([y]))


def batches(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches and the sizes of the parts to take them apart into."""
    yield problem("the lecture's cat and frog image", LECTURE_SCORES[[0, 2]], LECTURE_Y[[0, 2]], sizes=(1, 1))
    yield problem("the lecture's three images", LECTURE_SCORES, LECTURE_Y, sizes=(1, 1, 1))
    for N, C, sizes in ((4, 3, (1, 3)), (5, 7, (2, 3)), (4, 4, (1, 1, 2)), (30, 10, (12, 18))):
        yield problem(f"{N} examples, {C} classes", *balanced_batch(rng, N, C), sizes=sizes)


def scores_with_margin(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches of one example with margins other than 1."""
    for C, delta in ((3, 0.5), (4, 2.0), (7, 1.5)):
        yield problem(f"one example, {C} classes, delta = {delta}", *balanced_batch(rng, 1, C), delta)


def scores_and_shift(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches of one example, and the number to add to all scores."""
    for C, shift in ((3, 2.0), (4, -7.5), (7, 40.0)):
        yield problem(f"one example, {C} classes, {shift} added to each score", *balanced_batch(rng, 1, C), shift=shift)


def scores_of_other_types(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches of one example in whole numbers and single precision, with a margin that is no whole number."""
    for C, dtype in ((3, np.int64), (5, np.int64), (5, np.float32)):
        scores, y = balanced_batch(rng, 1, C)
        yield problem(
            f"one example, {C} classes, scores of type {np.dtype(dtype)}", (scores / GAP).astype(dtype), y, 0.5
        )


def scores_to_keep(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield arguments that must be as before afterwards."""
    yield problem("one example, three classes", *balanced_batch(rng, 1, 3))
    yield problem("three examples, three classes", *balanced_batch(rng, 3, 3))
