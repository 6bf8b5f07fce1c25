"""Laws that penalties, their gradients and the full loss obey whatever else is wrong with them.

They compare the student's numbers with each other, so that one slip costs one check. ``return 0`` would satisfy most of
them: each therefore also asks that the result depends on the weights at all.

A gradient that is right given the student's own, wrong, penalty is accepted too, and so is a loss given the student's
own penalty: what was lost in one cell is not lost again in the next. That holds of functions that are right or wrong by
a recognised slip, so that spoiling one does not pay. The functions of other cells are asked `aside`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossmark import (
    CheckFailed,
    StudentFault,
    Submission,
    as_array,
    as_number,
    assert_close,
    assert_is_derivative,
    rounding_error,
    stencil,
)
from lossmark.grading.earning import is_recognised
from lossmark.variants import variants_in

from . import misconceptions, reference

Function = Callable[..., Any]
Array = NDArray[np.float64]

FAR = 1000
"""What weights are multiplied by, with either sign, to move a penalty or a loss far."""

GROWTH = 10.0
"""How many times farther than the weights themselves they must move it, at the least."""


def aside(submission: Submission) -> Submission:
    """Return the same submission for questions that neither a message shows nor a diagnosis weighs."""
    return Submission(submission.transport, submission.code)


# One number


def assert_grows(function: Function, W: ArrayLike, what: str) -> float:
    """Fail unless a function of the weights is a number, the same when asked again, and grows with them; return it.

    Weights that are far larger, of either sign, must move it far more. So a penalty may have any slip, but not be a
    number that weights hardly move.
    """
    W = np.asarray(W)
    here, again = as_number(function(W), what), as_number(function(W), what)
    if here != again:
        raise CheckFailed(
            f"{what} is {here:.6g}, and {again:.6g} when asked again with the same arguments: it should depend on "
            "nothing else"
        )
    at_zero, *far = (as_number(function(factor * W), what) for factor in (0, FAR, -FAR))
    moved = max(abs(number - at_zero) for number in far)
    if not moved > GROWTH * abs(here - at_zero) + _rounding(here, at_zero):
        raise CheckFailed(
            f"{what} is {here:.6g}. It is {at_zero:.6g} for weights that are all 0, {far[0]:.6g} for weights {FAR} "
            f"times as large, and {far[1]:.6g} if they also change their sign: it should grow with the weights"
        )
    return here


def assert_same_in_any_form(penalty: Function, W: Array, forms: Sequence[Array]) -> None:
    """Fail unless the penalty of the same numbers is the same, whatever the shape and type of their array."""
    wanted = assert_grows(penalty, W, "the penalty")
    for form in forms:
        got = as_number(penalty(form), f"the penalty of an array of shape {form.shape}")
        if not abs(got - wanted) <= _rounding(got, wanted) * np.sqrt(W.size):
            raise CheckFailed(
                f"the penalty is {wanted:.6g} for {W.size} weights in a vector of type float64, and {got:.6g} for the "
                f"same weights in an array of shape {form.shape}, type {form.dtype}. All weights count, wherever they "
                "stand"
            )


def assert_sum_of_parts(penalty: Function, W: Array, cut: int) -> None:
    """Fail unless the penalty of a vector is the sum of the penalties of its two parts."""
    whole = assert_grows(penalty, W, "the penalty")
    first, second = as_number(penalty(W[:cut]), "the penalty"), as_number(penalty(W[cut:]), "the penalty")
    if not abs(whole - first - second) <= _rounding(whole, first, second) * np.sqrt(W.size):
        raise CheckFailed(
            f"the penalty of the weights {W} is {whole:.6g}. That of {W[:cut]} alone is {first:.6g}, that of {W[cut:]} "
            f"is {second:.6g}, which makes {first + second:.6g}. Each weight should add a part of its own"
        )


def assert_proportional_to_beta(penalty: Function, W: Array, beta: float) -> None:
    """Fail unless what `beta` adds to an elastic net penalty is in proportion to it, and something at all."""
    assert_grows(lambda weights: penalty(weights, 1.0), W, "the penalty")
    at_zero, at_one, got = (as_number(penalty(W, b), "the penalty") for b in (0.0, 1.0, beta))
    wanted = at_zero + beta * (at_one - at_zero)
    allowed = _rounding(at_zero, at_one, got, wanted) * np.sqrt(W.size)
    if abs(at_one - at_zero) <= allowed:
        raise CheckFailed(
            f"the penalty is {at_zero:.6g} with beta = 0 and {at_one:.6g} with beta = 1: where does beta come in?"
        )
    if not abs(got - wanted) <= allowed:
        raise CheckFailed(
            f"the penalty is {at_zero:.6g} with beta = 0 and {at_one:.6g} with beta = 1, so with beta = {beta:g} it "
            f"should be {wanted:.6g}: what beta adds is in proportion to beta. It is {got:.6g}"
        )


PLAIN = (np.array([1.5, -2.0]), np.array([3.0, -1.0, 2.0]), np.array([[0.5, -4.0], [1.0, 2.5]]))
"""Weights about which earlier functions are asked, to see whether they are what they should be, or a slip away."""


def is_sound(student: Submission, name: str) -> bool:
    """Whether a function of the weights is right, or wrong by a recognised slip."""
    calls = [student.call(name, W) for W in PLAIN]
    versions = [version for version in variants_in(misconceptions) if version.cell == name]
    return is_recognised(calls, versions, lambda: dict(vars(reference)))


def own_penalty(penalty: Function, W: Array) -> float | None:
    """Return the student's own penalty of these weights; None where it is none."""
    try:
        return assert_grows(penalty, W, "the penalty")
    except (CheckFailed, StudentFault):
        return None


# One number per weight


@np.errstate(over="ignore", invalid="ignore")
def assert_varies(gradient: Function, W: Array) -> Array:
    """Fail unless a gradient has the shape of the weights, is the same when asked again, and depends on them.

    The weights in the opposite order must have another gradient: they must not be their own mirror image.
    """
    here, again = (as_array(gradient(W), W.shape, "the gradient") for _ in range(2))
    if not np.array_equal(here, again):
        raise CheckFailed(
            "the gradient is another when it is asked for again, with the same arguments: it should depend on nothing "
            "else"
        )
    mirrored = as_array(gradient(W[::-1].copy()), W.shape, "the gradient")
    if not np.any(here) or np.allclose(here, mirrored):
        raise CheckFailed(
            f"the gradient is {here} for the weights {W}, and {mirrored} for them in the opposite order: it should "
            "depend on the weights"
        )
    return here


@np.errstate(over="ignore", invalid="ignore")
def assert_gradient_in_any_form(gradient: Function, W: Array, forms: Sequence[Array]) -> None:
    """Fail unless the gradient stands where its weight stands, whatever the shape and type of their array."""
    wanted = assert_varies(gradient, W)
    for form in forms:
        got = as_array(gradient(form), form.shape, "the gradient")
        if not np.allclose(got.ravel(), wanted, rtol=float(rounding_error(1.0)), atol=0):
            raise CheckFailed(
                f"the gradient is {wanted} for the weights {W} in a vector of type float64. For the same weights in an "
                f"array of shape {form.shape}, type {form.dtype}, row after row, it is {got.ravel()}: each number "
                "should stand where its weight stands"
            )


@np.errstate(over="ignore", invalid="ignore")
def assert_gradient_proportional_to_beta(gradient: Function, W: Array, beta: float) -> None:
    """Fail unless what `beta` adds to the gradient of an elastic net is in proportion to it, and something at all."""
    assert_varies(lambda weights: gradient(weights, 1.0), W)
    at_zero, at_one, got = (as_array(gradient(W, b), W.shape, "the gradient") for b in (0.0, 1.0, beta))
    wanted = at_zero + beta * (at_one - at_zero)
    allowed = rounding_error(np.abs(at_zero) + np.abs(at_one) + np.abs(wanted))
    if (np.abs(at_one - at_zero) <= allowed).all():
        raise CheckFailed(f"the gradient is {at_one}, with beta = 0 as with beta = 1: where does beta come in?")
    if not (np.abs(got - wanted) <= allowed).all():
        raise CheckFailed(
            f"the gradient is {at_zero} with beta = 0 and {at_one} with beta = 1, so with beta = {beta:g} it should be "
            f"{wanted}: what beta adds is in proportion to beta. It is {got}"
        )


def assert_within_one_at_zero(got: Any, W: Array) -> None:
    """Fail unless a subgradient is between -1 and 1 where a weight is 0, and finite everywhere."""
    array = as_array(got, W.shape, "the subgradient")
    outside = np.flatnonzero((W == 0) & (np.abs(array) > 1 + float(rounding_error(1.0))))
    if outside.size:
        raise CheckFailed(
            f"the subgradient is {array[outside[0]]:.6g} at index [{outside[0]}], where the weight is 0. A line of "
            "that slope through the corner of |w| does not stay below it: only slopes from -1 to 1 do"
        )


def assert_own_derivative(
    gradient: Any,
    penalty: Function,
    W: Array,
    *,
    expected: Array,
    tolerance: ArrayLike,
    own: Callable[[], ArrayLike | None] = lambda: None,
) -> None:
    """Fail unless a gradient is right, or else the derivative of the student's own penalty.

    Parameters
    ----------
    gradient : object
        What the student's function returned for these weights.
    penalty : callable
        The student's penalty, a function of the weights. It is only asked if the gradient is not the expected one.
    W : ndarray, shape (n,)
        The weights.
    expected, tolerance : array_like
        The right gradient, and how far rounding may take it.
    own : callable
        Returns what follows from the student's own gradients of its parts, which is as good, or None.

    Raises
    ------
    CheckFailed
        If it is neither.
    """
    try:
        assert_close_to_either(gradient, expected, own, tolerance=tolerance, what="the gradient")
    except CheckFailed as not_right:
        array = as_array(gradient, W.shape, "the gradient")
        if own_penalty(penalty, W) is None:
            raise not_right from None
        at = stencil(W)
        values = [as_number(penalty(point), "the penalty") for point in at.points]
        assert_is_derivative(array, values, at, what="the gradient of the penalty")


def own_gradient(gradient: Function, W: Array) -> Array | None:
    """Return the student's own gradient at these weights; None where it is none."""
    try:
        return assert_varies(gradient, W)
    except (CheckFailed, StudentFault):
        return None


@np.errstate(over="ignore", invalid="ignore")
def assert_close_to_either(
    got: Any, expected: ArrayLike, own: Callable[[], ArrayLike | None], *, tolerance: ArrayLike, what: str
) -> None:
    """Fail unless an answer is right, or what follows from the student's own functions.

    Parameters
    ----------
    got : object
        The answer.
    expected : array_like
        The right one.
    own : callable
        Returns what follows from the student's own functions, or None. It is only asked if `got` is not right.
    tolerance : array_like
        How far rounding may take it.
    what : str
        What it is called in the message.

    Raises
    ------
    CheckFailed
        If it is neither; the message is about the right answer.
    """
    try:
        assert_close(got, expected, tolerance=tolerance, what=what)
    except CheckFailed as not_right:
        follows = own()
        if follows is None:
            raise not_right from None
        follows = np.asarray(follows)
        try:
            assert_close(got, follows, tolerance=tolerance + rounding_error(np.abs(follows)), what=what)
        except CheckFailed:
            raise not_right from None


# The full loss


def assert_data_loss(got: Any, loss: Function, W: Array, X: Array, y: Array, expected: float, tolerance: float) -> None:
    """Fail unless a loss is right at ``reg = 0``, or right less what the weights alone add to it.

    They add nothing, unless `reg` does not turn off the penalty: that is another check's. The loss is only asked if
    what it has returned is not right.
    """
    try:
        assert_close(got, expected, tolerance=tolerance, what="the loss with reg = 0")
    except CheckFailed as not_right:
        here = as_number(got, "the loss with reg = 0")
        extra = penalty_of(loss, W, X, y, 0.0)
        if not abs(here - extra - expected) <= tolerance + _rounding(here, extra):
            raise not_right from None


def penalty_of(loss: Function, W: Array, X: Array, y: Array, reg: float) -> float:
    """Return what the weights alone add to a loss: at ``X = 0`` all scores are 0, whatever the weights are."""
    nothing, here = (
        as_number(loss(weights, np.zeros(X.shape), y, reg), "the loss") for weights in (np.zeros(W.shape), W)
    )
    return here - nothing


def assert_has_penalty(loss: Function, W: Array, X: Array, y: Array, reg: float) -> float:
    """Fail unless the weights alone add something to a loss, and far more when they are larger; return what."""
    here, far = (penalty_of(loss, factor * W, X, y, reg) for factor in (1, FAR))
    if not abs(far) > GROWTH * abs(here):
        raise CheckFailed(
            f"with reg = {reg:g}, X = 0 and hence all scores 0, the weights add {here:.6g} to the loss, and {far:.6g} "
            f"when they are {FAR} times as large: where is the penalty on W?"
        )
    return here


def assert_depends_on_weights(loss: Function, W: Array, X: Array, y: Array) -> None:
    """Fail unless a loss of one example is a number that grows with the weights."""
    assert_grows(lambda weights: loss(weights, X[:1], y[:1], 0.0), W, "the loss")


def assert_mean_of_examples(loss: Function, W: Array, X: Array, y: Array, tolerance: float) -> None:
    """Fail unless the loss of a batch, at ``reg = 0``, is the mean of those of its examples."""
    assert_depends_on_weights(loss, W, X, y)
    alone = [as_number(loss(W, X[[i]], y[[i]], 0.0), "the loss of one example") for i in range(len(y))]
    whole, mean = as_number(loss(W, X, y, 0.0), "the loss"), float(np.mean(alone))
    if not abs(whole - mean) <= tolerance + _rounding(whole, mean):
        listed = ", ".join(f"{number:.6g}" for number in alone)
        raise CheckFailed(
            f"one by one, these {len(y)} examples have the losses {listed}, which makes {mean:.6g} on average (with "
            f"reg = 0). The loss of all of them together is {whole:.6g}"
        )


def assert_linear_in_reg(loss: Function, W: Array, X: Array, y: Array, reg: float, tolerance: float) -> None:
    """Fail unless what the weights alone add to the loss is in proportion to `reg`, and something at all."""
    at_one = assert_has_penalty(loss, W, X, y, 1.0)
    at_zero, got = (penalty_of(loss, W, X, y, r) for r in (0.0, reg))
    allowed = tolerance + _rounding(at_zero, at_one, got)
    for strength, penalty in ((0.0, at_zero), (reg, got)):
        if not abs(penalty - strength * at_one) <= allowed * max(1.0, strength):
            raise CheckFailed(
                f"the weights alone (X = 0, all scores 0) add {at_one:.6g} to the loss with reg = 1, so they should "
                f"add {strength * at_one:.6g} with reg = {strength:g}. They add {penalty:.6g}"
            )


def assert_penalty_counted_once(loss: Function, W: Array, X: Array, y: Array, reg: float, tolerance: float) -> None:
    """Fail unless the weights alone add the same to the loss of a batch as to the loss of one example."""
    one, many = assert_has_penalty(loss, W, X[:1], y[:1], reg), penalty_of(loss, W, X, y, reg)
    if not abs(one - many) <= tolerance + _rounding(one, many):
        raise CheckFailed(
            f"the weights alone (X = 0, all scores 0) add {one:.6g} to the loss of one example, and {many:.6g} to the "
            f"loss of {len(y)} examples. The penalty is about W, so it is the same for a batch of any size"
        )


def assert_zero_loss_stays(loss: Function, W: Array, X: Array, y: Array, tolerance: float) -> None:
    """Fail unless weights without a loss keep it, at ``reg = 0``, when they are doubled."""
    assert_depends_on_weights(loss, W, X, y)
    before, after = (as_number(loss(factor * W, X, y, 0.0), "the loss") for factor in (1.0, 2.0))
    if not abs(after - before) <= tolerance + _rounding(before, after):
        raise CheckFailed(
            f"all margins are kept by this W, and by 2 W even more so. Without regularisation (reg = 0) neither has a "
            f"loss, but yours goes from {before:.6g} to {after:.6g} when W is doubled"
        )


def _rounding(*numbers: float) -> float:
    """Rounding error that numbers of this size may carry: wrong ones may be larger than right ones."""
    return float(rounding_error(max(map(abs, numbers))))
