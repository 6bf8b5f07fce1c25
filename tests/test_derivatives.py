"""Numerical derivatives: right gradients pass, also in single precision, and wrong ones do not."""

from __future__ import annotations

import numpy as np
import pytest

from lossmark import CheckFailed, assert_is_derivative, stencil
from lossmark.derivatives import MAX_ELEMENTS, PROJECTIONS, SAMPLED, STEP


def softplus_sum(points):
    """A smooth loss of each point; its third derivative is at most 0.1."""
    return np.log1p(np.exp(points)).sum(axis=tuple(range(1, points.ndim)))


def gradient_of_softplus(x):
    return 1 / (1 + np.exp(-x))


def drawn(*shape):
    return np.random.default_rng(231).normal(size=shape)


TRUNCATION = 0.1 * STEP**2


@pytest.mark.parametrize("shape", [(1,), (5,), (3, 4), (2, 3, 2), (10, 20), (30, 20)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_derivative_is_accepted_in_either_precision(shape, dtype):
    x = drawn(*shape)
    at = stencil(x, np.random.default_rng(0))
    values = [softplus_sum(point[np.newaxis].astype(dtype))[0] for point in at.points]
    assert_is_derivative(gradient_of_softplus(x.astype(dtype)), values, at, tolerance=TRUNCATION * np.sqrt(x.size))


@pytest.mark.parametrize("shape", [(1,), (3, 4), (10, 20)])
@pytest.mark.parametrize("factor", [1.01, 0.99, 2.0, -1.0, 0.0])
def test_a_factor_is_noticed(shape, factor):
    x = drawn(*shape)
    at = stencil(x)
    with pytest.raises(CheckFailed, match="is not the derivative of your own loss"):
        assert_is_derivative(factor * gradient_of_softplus(x), softplus_sum(at.points), at, tolerance=TRUNCATION)


@pytest.mark.parametrize("index", [(0, 0), (2, 3)])
def test_one_wrong_element_is_noticed_and_named(index):
    x = drawn(3, 4)
    at, gradient = stencil(x), gradient_of_softplus(x)
    gradient[index] += 0.01
    with pytest.raises(CheckFailed, match=rf"at index \[{index[0]}, {index[1]}\]"):
        assert_is_derivative(gradient, softplus_sum(at.points), at, tolerance=TRUNCATION)


def test_many_numbers_are_sampled_and_projected():
    x = drawn(40, 10)
    at = stencil(x, np.random.default_rng(0))
    assert x.size > MAX_ELEMENTS
    assert at.points.shape == (2 * (SAMPLED + PROJECTIONS), 40, 10)
    wrong = gradient_of_softplus(x)
    wrong[::2] = 0  # half of it
    with pytest.raises(CheckFailed):
        assert_is_derivative(wrong, softplus_sum(at.points), at, tolerance=TRUNCATION * 20)


def test_directions_are_the_realised_differences():
    at = stencil(np.array([1e6, 1.0, 0.0]))
    forward, backward = np.split(at.points, 2)
    assert np.array_equal(at.directions, forward - backward)
    assert at.directions[0, 0] == pytest.approx(2 * STEP * 1e6)
    assert at.directions[2, 2] == pytest.approx(2 * STEP)


def test_the_point_itself_stays():
    x = drawn(3)
    before = x.copy()
    stencil(x).points.fill(0)
    assert np.array_equal(x, before)


def test_just_inside_and_just_outside_of_the_tolerance():
    x = np.zeros(2)
    at = stencil(x)
    values = at.points @ [3.0, -2.0]  # exactly linear: rounding is all there is
    allowance = 8 * np.finfo(np.float32).eps * (3 * STEP / (2 * STEP) + 3 * np.sqrt(2))
    assert_is_derivative([3.0, -2.0], values, at)
    assert_is_derivative([3.0 + 0.9 * allowance + 0.01, -2.0], values, at, tolerance=0.01)
    with pytest.raises(CheckFailed):
        assert_is_derivative([3.0 + 1.1 * allowance + 0.01, -2.0], values, at, tolerance=0.01)


@pytest.mark.parametrize("gradient", [None, np.zeros(3), np.full((3, 4), np.nan), "zero", np.zeros((4, 3))])
def test_what_is_no_gradient_fails_as_such(gradient):
    at = stencil(drawn(3, 4))
    with pytest.raises(CheckFailed):
        assert_is_derivative(gradient, softplus_sum(at.points), at)


@pytest.mark.parametrize("values", [None, [1.0], [np.nan] * 24, ["loss"] * 24])
def test_what_are_no_losses_fails_as_such(values):
    x = drawn(3, 4)
    with pytest.raises(CheckFailed):
        assert_is_derivative(gradient_of_softplus(x), values, stencil(x))
