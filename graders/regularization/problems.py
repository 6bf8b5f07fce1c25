"""The ladders of problems that the checks of ``regularization`` climb, smallest problem first.

So that one slip costs one check, only one ladder per function holds what the slip needs to show:

- values are those of vectors; matrices, whole numbers and float32 are in the ladders of forms;
- the full loss has several examples only where the mean, or the division of the penalty, is looked at;
- ridge and lasso have one example where the penalty is looked at, so that N does not matter there;
- the lasso's weights are all positive, but for the one ladder that turns their sign.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from lossmark import Problem, problem

Array = NDArray[np.float64]

SPARSE = np.array([1.0, 0.0, 0.0, 0.0])
SPREAD = np.array([0.25, 0.25, 0.25, 0.25])
"""The two weight vectors of the lecture, with the same score for an example of ones."""

LECTURE_SCORES = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
LECTURE_Y = np.array([0, 1, 2])
IMAGES = ("cat", "car", "frog")


def mixed_weights(rng: np.random.Generator, n: int, step: float = 0.5) -> Array:
    """Draw weights of different sizes and both signs, short enough to paste into a cell.

    Their sum is not 0, and the weights in the opposite order have other signs: none of the wrong versions is right, or
    without effect, by chance.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    n : int
        How many, from 2 to 8.
    step : float
        Of what they are multiples, from 1 to 8 times.

    Returns
    -------
    ndarray, shape (n,)
    """
    while True:
        signs = rng.choice([-1.0, 1.0], size=n)
        W = step * rng.choice(np.arange(1, 9), size=n, replace=False) * signs
        if abs(signs.sum()) < n and abs(W.sum()) >= step and not np.array_equal(signs, signs[::-1]):
            return W


# Penalties


def vectors(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield vectors, for the values of the penalties."""
    yield problem("a single weight", np.array([-3.0]))
    yield problem("two weights", np.array([1.0, -2.0]))
    yield problem("the lecture's w1", SPARSE)
    yield problem("the lecture's w2", SPREAD)
    for n in (3, 6, 8):
        yield problem(f"{n} weights", mixed_weights(rng, n))
    yield problem("all weights 0", np.zeros(3))
    yield problem("100 weights", rng.normal(size=100).round(2))


def vectors_with_beta(beta: float) -> Callable[[np.random.Generator], Iterator[Problem]]:
    """Make the ladder of `vectors`, each with a value for beta."""

    def ladder(rng: np.random.Generator) -> Iterator[Problem]:
        for rung in vectors(rng):
            yield problem(f"{rung.label}, beta = {beta:g}", *rung.args, beta)

    return ladder


def vectors_in_parts(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield vectors, and where to cut them in two."""
    for n, cut in ((2, 1), (5, 2), (8, 5)):
        yield problem(f"{n} weights", mixed_weights(rng, n), cut=cut)


def weights_in_forms(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield weights, and the same weights in arrays of other shapes and types."""
    W = mixed_weights(rng, 4)
    yield problem("2 rows, 2 columns", W, forms=[W.reshape(2, 2)])
    W = mixed_weights(rng, 6)
    yield problem("several rows and columns", W, forms=[W.reshape(2, 3), W.reshape(3, 2), W.reshape(6, 1)])
    yield problem("three axes", W, forms=[W.reshape(1, 2, 3)])
    W = mixed_weights(rng, 6, step=1.0)
    yield problem("whole numbers and float32", W, forms=[W.astype(np.int64), W.reshape(3, 2).astype(np.float32)])


def weights_to_keep(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield weights that must be as before afterwards, each first as a vector."""
    for shape in ((4,), (2, 2)):
        yield problem(f"weights of shape {shape}", mixed_weights(rng, 4), shape=shape)


def vectors_and_betas(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield vectors, and values for beta other than 0 and 1."""
    for n, beta in ((2, 0.5), (4, 3.0), (6, 0.1)):
        yield problem(f"{n} weights, beta = {beta:g}", mixed_weights(rng, n), beta)


# Gradients


def nonzero_vectors(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield vectors without a 0, for the values of the gradients."""
    yield problem("two weights", np.array([1.5, -2.0]))
    for n in (3, 6):
        yield problem(f"{n} weights", mixed_weights(rng, n))


def vectors_with_zeros(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield vectors with some weights that are 0, and the others alone."""
    for n, places in ((2, (1,)), (4, (0, 3))):
        W = mixed_weights(rng, n)
        yield problem(f"{n} weights, with zeros among them", np.insert(W, places, 0.0), others=W)


# The full loss


def single_examples(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield weights and one example, for the value of the data loss."""
    for i, image in enumerate(IMAGES):
        yield problem(f"the lecture's {image} image", LECTURE_SCORES, np.eye(3)[[i]], LECTURE_Y[[i]])
    yield problem("whole numbers", np.array([[1, -2], [3, 4]]), np.array([[2, -1]]), np.array([0]))
    yield problem("two classes, one feature", np.array([[0.8, 0.3]]), np.array([[2.0]]), np.array([1]))
    yield problem("all weights 0, ten classes", np.zeros((3, 10)), np.array([[1.0, -2.0, 0.5]]), np.array([4]))
    yield problem(
        "a margin of exactly 0, and a score that ties with the correct one",
        np.array([[3.0, 2.0, 3.0, 4.0]]),
        np.array([[1.0]]),
        np.array([0]),
    )
    for D, C, y in ((2, 3, 2), (4, 3, 1), (3, 4, 0), (6, 5, 0), (3, 8, 7)):
        W, X = rng.normal(size=(D, C)).round(1), (2 * rng.normal(size=(1, D))).round(1)
        yield problem(f"one example, {D} features, {C} classes", W, X, np.array([y]))


def batches(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield weights and batches; the number of examples is not that of classes."""
    yield problem("the lecture's cat and frog image", LECTURE_SCORES, np.eye(3)[[0, 2]], LECTURE_Y[[0, 2]])
    for N, D in ((4, 3), (5, 2), (12, 3)):
        yield problem(f"{N} examples", *square_batch(rng, N, D))


def square_batch(rng: np.random.Generator, N: int, D: int) -> tuple[Array, Array, NDArray[np.int64]]:
    """Draw square weights, whole examples and labels; each example's label loses to some other class.

    The first example's scores are all different, by columns of `W` as well as by its rows.
    """
    while True:
        W = rng.permutation(np.arange(1, D * D + 1)).reshape(D, D) * rng.choice([-0.5, 0.5], size=(D, D))
        X = rng.integers(1, 4, size=(N, D)).astype(float)
        if all(len(np.unique(scores)) == D for scores in (X[0] @ W, X[0] @ W.T)):
            return W, X, np.argmin(X @ W, axis=1)


def weights_and_example(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield weights of any shape and one example, for the value of the penalty."""
    yield problem("W = [[1, 2], [3, 4]]", np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 0.0]]), np.array([0]))
    yield problem("three features, three classes", *square_batch(rng, 1, 3))
    for D, C in ((4, 2), (2, 3)):
        W = mixed_weights(rng, D * C).reshape(D, C)
        yield problem(f"{D} features, {C} classes", W, rng.integers(1, 4, size=(1, D)).astype(float), np.array([1]))


def weights_and_regs(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield weights, an example and values for reg other than 0 and 1."""
    for D, reg in ((2, 0.5), (3, 4.0), (3, 0.1)):
        yield problem(f"W of shape {D, D}, reg = {reg:g}", *square_batch(rng, 1, D), reg)


def batches_and_regs(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield weights, batches and values for reg."""
    for N, D, reg in ((2, 2, 1.0), (4, 3, 0.5), (7, 3, 1.0)):
        yield problem(f"{N} examples, reg = {reg:g}", *square_batch(rng, N, D), reg)


def weights_without_loss(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield weights that keep all margins of a batch, with some to spare."""
    yield problem("W three times the identity, one example of each class", 3 * np.eye(3), np.eye(3), np.arange(3))
    for N, C in ((4, 3), (6, 4)):
        y = rng.integers(0, C, size=N)
        X = np.eye(C)[y] + rng.uniform(-0.1, 0.1, size=(N, C)).round(2)
        yield problem(f"{N} examples, {C} classes", 4 * np.eye(C) + rng.integers(0, 2, size=(C, C)), X, y)


def batches_to_keep(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield arguments that must be as before afterwards."""
    for N, D in ((2, 2), (4, 3)):
        yield problem(f"{N} examples", *square_batch(rng, N, D), 0.5)


# Ridge

ONE_POINT = problem("one point, degree 2, reg = 0.5", np.array([1.5]), np.array([-6.0]), 2, 0.5)


def exact_polynomials(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield points, on a polynomial or near one, that need no penalty."""
    yield problem("three points on the line 1 + 2 x", np.arange(3.0), np.array([1.0, 3.0, 5.0]), 1, 0.0)
    yield problem("whole numbers: four points on x^2", np.arange(4), np.array([0, 1, 4, 9]), 2, 0.0)
    yield problem("a constant through three values", np.array([0.5, 1.5, 2.0]), np.array([1.0, 2.0, 6.0]), 0, 0.0)
    yield problem("a line near four points", np.array([-1.0, 0.0, 1.0, 2.0]), np.array([2.0, 0.0, 3.0, 4.0]), 1, 0.0)
    for N, degree in ((5, 1), (7, 2), (12, 3)):
        x = np.linspace(-1.5, 1.5, N)
        t = (2 + x - x**2 + 0.5 * rng.normal(size=N)).round(2)
        yield problem(f"{N} points, degree {degree}", x, t, degree, 0.0)


def one_point(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield a single point, where N = 1 does not matter, with a penalty."""
    yield problem("the point (2, 3), degree 1, reg = 1", np.array([2.0]), np.array([3.0]), 1, 1.0)
    yield ONE_POINT
    drawn = (rng.choice([-2.5, -1.5, 1.5, 2.5]), float(rng.choice([-7, -5, 4, 8])), 2, rng.choice([0.25, 0.75, 3.0]))
    for x, t, degree, reg in ((2.0, 5.0, 0, 4.0), (-0.5, 4.0, 1, 0.25), (0.5, 2.0, 3, 3.0), drawn):
        yield problem(f"one point, degree {degree}, reg = {reg:g}", np.array([x]), np.array([t]), degree, float(reg))


def many_points(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield points to be measured several times, with a penalty."""
    yield problem("two points, degree 1", np.array([0.0, 2.0]), np.array([1.0, 4.0]), 1, 0.5, times=2)
    for N, degree, reg, times in ((5, 2, 0.2, 3), (9, 4, 0.1, 2)):
        x = rng.uniform(-1.5, 1.5, size=N).round(1)
        yield problem(f"{N} points, degree {degree}", x, (2 + rng.normal(size=N)).round(1), degree, reg, times=times)


def nearly_dependent_powers(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield points from 0 to 3, where the powers up to the 12th are nearly dependent, without a penalty."""
    for N in (40, 60):
        x = np.linspace(0, 3, N)
        t = np.sin(2.1 * x) + 0.2 * np.cos(3 * x) + 0.1 * rng.normal(size=N)
        yield problem(f"{N} points from 0 to 3, degree 12", x, t, 12, 0.0)


def points_to_keep(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield arguments that must be as before afterwards."""
    for N, degree in ((4, 1), (6, 2)):
        x = rng.permutation(np.linspace(-1, 2, N))
        yield problem(f"{N} points", x, (1 + rng.normal(size=N)).round(1), degree, 0.5)


# Lasso: where there is one weight, the number of steps is odd, because steps of twice the length come back to 0 with
# every second one

ONE_WEIGHT = problem("X = [[2]], t = [3], reg = 1", np.array([[2.0]]), np.array([3.0]), 1.0, 51)
TWO_WEIGHTS = problem("X = [[2, 1]], t = [3], reg = 1", np.array([[2.0, 1.0]]), np.array([3.0]), 1.0, 151)


def least_squares(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield examples without a penalty, whose best weights are positive."""
    yield problem("one weight", np.array([[1.0], [2.0]]), np.array([3.0, 5.0]), 0.0, 100)
    for N, D in ((6, 2), (9, 4)):
        X = near_orthogonal(rng, N, D)
        t = X @ rng.integers(2, 6, size=D) + 0.1 * rng.normal(size=N)
        yield problem(f"{N} examples, {D} weights, reg = 0", X, t, 0.0, 200)
    # Both columns nearly the same: the eigenvalues of X'X / N are 1.9 and 0.1, and many steps are needed.
    X = near_orthogonal(rng, 4, 2, overlap=0.0) @ _root_of(np.array([[1.0, 0.9], [0.9, 1.0]]))
    yield problem("two columns that are nearly the same, reg = 0", X, X @ np.array([5.0, 1.0]), 0.0, 800)


def near_orthogonal(rng: np.random.Generator, N: int, D: int, overlap: float = 0.1) -> Array:
    """Draw examples whose features are of mean square 1 and overlap little.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    N, D : int
        Number of examples and of features, at most N.
    overlap : float
        Mean product of any two features.

    Returns
    -------
    ndarray, shape (N, D)
    """
    Q, _ = np.linalg.qr(rng.normal(size=(N, D)))
    return np.sqrt(N) * Q @ _root_of(np.where(np.eye(D) > 0, 1.0, overlap))


def _root_of(correlations: Array) -> Array:
    return np.linalg.cholesky(correlations).T


def one_example(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield a single example, where N = 1 does not matter, with a penalty; its best weights are not negative."""
    yield ONE_WEIGHT
    yield problem("one example, one weight, reg = 6", np.array([[1.5]]), np.array([8.0]), 6.0, 50)
    yield TWO_WEIGHTS
    yield problem("a penalty so large that no weight is worth it", np.array([[0.5]]), np.array([2.0]), 3.0, 50)
    x, t, reg = draw_example(rng)
    yield problem(f"one example, one weight, reg = {reg:g}", np.array([[x]]), np.array([t]), reg, 51)


def draw_example(rng: np.random.Generator) -> tuple[float, float, float]:
    """Draw a feature, a target and a penalty that is small enough for the weight to be positive."""
    return float(rng.choice([1.25, 1.75, 2.25, 2.5])), rng.integers(40, 90) / 10, float(rng.choice([0.5, 1.5, 3.0]))


def repeated_examples(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield examples to be there several times, with a penalty."""
    yield problem("two examples, one weight", np.array([[1.0], [2.0]]), np.array([3.0, 5.0]), 1.0, 51, times=2)
    for N, D, times in ((5, 2, 3), (8, 4, 2)):
        X = near_orthogonal(rng, N, D)
        t = X @ rng.integers(2, 6, size=D) + 0.1 * rng.normal(size=N)
        yield problem(f"{N} examples, {D} weights", X, t, 1.0, 200, times=times)


def sparse_weights(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield examples where some of the best weights are 0, and stay so when the penalty is N times smaller.

    One example with features of different size needs the largest of them alone. Of several examples, the targets are
    made so that the correlation of the last features with the rest that is left is far below reg / N.
    """
    yield problem("X = [[0.6, 0.3]], t = [10], reg = 1", np.array([[0.6, 0.3]]), np.array([10.0]), 1.0, 200)
    yield problem("X = [[0.2, 0.5, 0.1]], t = [8], reg = 2", np.array([[0.2, 0.5, 0.1]]), np.array([8.0]), 2.0, 200)
    for N, D, used in ((6, 3, 1), (8, 5, 2)):
        X = near_orthogonal(rng, N, D, overlap=0.02)
        t = X[:, :used] @ rng.integers(3, 7, size=used) + X[:, used:] @ (rng.choice([-0.02, 0.02], size=D - used))
        yield problem(f"{N} examples, {used} of {D} features in use", X, t, 1.0, 200)


def opposite_targets(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield one example, whose targets are turned round."""
    for x, t, reg in ((2.0, 3.0, 1.0), (1.5, 8.0, 2.0), draw_example(rng)):
        yield problem(f"X = [[{x:g}]], t = [{t:g}] and [{-t:g}]", np.array([[x]]), np.array([t]), reg, 51)


def examples_to_keep(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield arguments that must be as before afterwards."""
    for N, D in ((3, 2), (6, 3)):
        X = near_orthogonal(rng, N, D)
        yield problem(f"{N} examples, {D} weights", X, X @ rng.integers(2, 6, size=D), 0.5, 50)
