"""The ladders of problems that the checks of ``softmax`` climb, smallest problem first.

So that one slip costs one check, only one ladder per function holds what the slip needs to show:

- the values of one example, with moderate scores;
- batches, whose rows may be far apart, but not so far that a formula without any shift breaks;
- rows far from 0, whose classes are close together;
- classes far apart, with the best score at 0, where a probability is too small for a computer.

Where scores are large they are multiples of `GAP`, which single precision holds exactly.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lossmark import Problem, problem

LECTURE_SCORES = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
LECTURE_Y = np.array([0, 1, 2])
IMAGES = ("cat", "car", "frog")

GAP = 0.5
"""Scores of the laws are multiples of this."""

FAR = 1e4
"""Far from 0: e to the power of this is no number that a computer holds."""

APART = 400.0
"""How far from 0 the rows of a batch may be: e to the power of this is still a number, of twice this it is not."""

HOPELESS = 50.0
"""How far behind a class must be for the log-sum-exp not to notice it."""


def row(rng: np.random.Generator, C: int) -> NDArray[np.float64]:
    """Draw scores of one example: different multiples of `GAP`, short enough to paste into a cell.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    C : int
        Number of classes, up to 17.

    Returns
    -------
    ndarray, shape (C,)
        The scores, from -4 to 4, not all of one sign.
    """
    while True:
        scores = rng.choice(np.arange(-8, 9), size=C, replace=False) * GAP
        if scores.min() < 0 < scores.max():
            return scores


def batch(rng: np.random.Generator, N: int, C: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Draw a batch of such rows; the first label is not the second, so that labels cannot be mixed up unnoticed.

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
    scores = np.array([row(rng, C) for _ in range(N)])
    y = rng.integers(0, C, size=N)
    if N > 1:
        y[1] = (y[0] + rng.integers(1, C)) % C
    return scores, y


def rows(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield scores of one example, for the values of ``softmax`` and ``log_softmax``."""
    for i, image in enumerate(IMAGES):
        yield problem(f"the lecture's {image} image", LECTURE_SCORES[i])
    yield problem("two classes", np.array([1.6, 0.9]))
    yield problem("all scores 0, ten classes", np.zeros(10))
    yield problem("two classes that tie for the best score", np.array([2.0, -1.0, 2.0, 0.5]))
    yield problem("a clear winner", np.array([10.0, -2.0, 3.0]))
    for C in (3, 4, 5, 7, 20):
        yield problem(f"{C} classes", (2 * rng.normal(size=C)).round(1))


def rows_and_orders(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield scores of one example, and another order of its classes."""
    for C in (2, 3, 5, 12):
        scores, order = row(rng, C), np.roll(np.arange(C), 1)
        yield problem(f"{C} classes", scores, order=order)


def batches_of_rows(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches, near 0 and with rows that are far apart."""
    yield problem("a batch of one example", batch(rng, 1, 3)[0])
    yield problem("the lecture's cat and frog image", LECTURE_SCORES[[0, 2]])
    for N, C in ((3, 3), (4, 2), (12, 7)):
        yield problem(f"{N} examples, {C} classes", batch(rng, N, C)[0])
    for N, C in ((2, 3), (3, 3)):
        offsets = APART * np.array([1.0, -1.0, 0.0])[:N, np.newaxis]
        yield problem(f"{N} examples, {C} classes, rows that are far apart", batch(rng, N, C)[0] + offsets)


def far_rows(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield rows, and the same rows far from 0."""
    for C, shift in ((2, FAR), (3, -FAR), (4, FAR + 1), (5, -3 * FAR)):
        near = row(rng, C)
        yield problem(f"{C} classes, {shift:+g} added to each score", near, near + shift, factor=1.0)


def far_and_wide_rows(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield rows, and rows far from 0 or of scores that are far apart, whose probabilities are the same."""
    yield from far_rows(rng)
    for C, best in ((2, 0.0), (2, FAR), (3, FAR / 2), (4, -FAR)):
        near = np.zeros(C)
        near[:-1] = -300.0 * np.arange(1, C)  # the last class wins by far
        far = np.zeros(C)
        far[:-1] = -FAR * np.arange(1, C)
        yield problem(
            f"{C} classes, scores that are {FAR:g} apart, the best one {best:g}", near, far + best, factor=1.0
        )


def tiny_rows(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield rows with hopeless classes, and the same rows multiplied by a factor: so are their log-probabilities."""
    near, far = np.array([0.0, -HOPELESS]), np.array([0.0, -FAR])
    yield problem("two classes", near, far, factor=FAR / HOPELESS)
    for hopeless, factor in (([-1.0], 60.0), ([-1.2, -1.8], 100.0), ([-2.0, -1.0, -1.5], 400.0)):
        near = HOPELESS * np.array([*hopeless, 0.0])
        rng.shuffle(near)
        yield problem(f"{len(near)} classes", near, factor * near, factor=factor)


def rows_of_other_types(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield rows in double and single precision, and in whole numbers."""
    for C, dtype in ((3, np.float64), (5, np.float64), (3, np.int64), (4, np.int64), (4, np.float32)):
        yield problem(f"scores of type {np.dtype(dtype)}, {C} classes", (row(rng, C) / GAP).astype(dtype))


def rows_to_keep(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield scores that must be as before afterwards."""
    yield problem("one example, three classes", row(rng, 3))
    yield problem("a batch of one example", batch(rng, 1, 4)[0])
    yield problem("three examples, three classes", batch(rng, 3, 3)[0])


def single_examples(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches of one example, for the values of the losses."""
    for i, image in enumerate(IMAGES):
        yield problem(f"the lecture's {image} image alone", LECTURE_SCORES[[i]], LECTURE_Y[[i]])
    yield problem("one example, two classes", np.array([[1.6, 0.9]]), np.array([1]))
    yield problem("all scores 0, ten classes", np.zeros((1, 10)), np.array([4]))
    yield problem("a score that ties with the correct one", np.array([[3.0, 2.0, 3.0, 4.0]]), np.array([0]))
    for row_ in ([10.0, -2.0, 3.0], [10.0, 9.0, 9.0], [10.0, -100.0, -100.0]):
        yield problem("one of the lecture's three examples", np.array([row_]), np.array([0]))
    for C, y in ((3, 1), (4, 2), (5, 4), (6, 3), (7, 0), (20, 11)):
        yield problem(f"one example, {C} classes", (2 * rng.normal(size=(1, C))).round(1), np.array([y]))


def batches(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches with labels, near 0 and with rows that are far apart; small ones, asked example by example."""
    yield problem("the lecture's cat and frog image", LECTURE_SCORES[[0, 2]], LECTURE_Y[[0, 2]])
    for N, C in ((3, 3), (3, 4), (6, 5)):
        yield problem(f"{N} examples, {C} classes", *batch(rng, N, C))
    for N, C in ((3, 3), (3, 5)):
        scores, y = batch(rng, N, C)
        offsets = APART * np.array([[1.0], [-1.0], [0.0]])
        yield problem(f"{N} examples, {C} classes, rows that are far apart", scores + offsets, y)


def far_examples(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches of one example, and the same examples far from 0."""
    for C, shift in ((2, FAR), (3, -FAR), (4, FAR + 1), (5, -3 * FAR)):
        near, y = batch(rng, 1, C)
        label = f"one example, {C} classes, {shift:+g} added to each score"
        yield problem(label, near, near + shift, y, factor=1.0)


def tiny_examples(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches of one example whose correct class is hopeless, and a factor to multiply its scores by."""
    for rung in tiny_rows(rng):
        near, far = (scores[np.newaxis] for scores in rung.args)
        yield problem(f"one example, {rung.label}", near, far, near.argmin(axis=1), **rung.kwargs)


def far_and_tiny_examples(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield both of these."""
    yield from far_examples(rng)
    yield from tiny_examples(rng)


def examples_of_other_types(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield batches of one example in whole numbers and single precision."""
    for C, dtype in ((3, np.int64), (5, np.int64), (4, np.float32)):
        scores, y = batch(rng, 1, C)
        scores = scores if dtype is np.float32 else scores / GAP  # so far apart, single precision takes a 1 - p for 0
        yield problem(f"one example, {C} classes, scores of type {np.dtype(dtype)}", scores.astype(dtype), y)


def examples_to_keep(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield arguments that must be as before afterwards."""
    yield problem("one example, three classes", *batch(rng, 1, 3))
    yield problem("three examples, three classes", *batch(rng, 3, 3))
