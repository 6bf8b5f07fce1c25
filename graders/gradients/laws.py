"""What the checks of the four losses ask: laws that a loss and its gradient obey whatever else is wrong with them.

Only two checks compare with the reference, that of the data loss and that of its gradient, so that one slip costs one
check. ``return 0, zeros`` obeys some laws, too: each therefore also asks that there is a loss at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossmark import (
    CheckFailed,
    Growth,
    StudentFault,
    Submission,
    as_array,
    as_number,
    assert_close,
    assert_is_derivative,
    assert_unchanged,
    assert_vectorised,
    describe,
    rounding_error,
    stencil,
)
from lossmark.derivatives import STEP
from lossmark.grading.earning import is_recognised
from lossmark.variants import variants_in

from . import drivers, misconceptions, reference

Array = NDArray[np.float64]

FAR = 10.0
"""What the examples are multiplied by, with either sign, to see whether the loss depends on them."""
SHIFT = 1e4
"""What is added to all scores of a row, which the softmax does not notice."""

PARTS = ("the loss", "the gradient dW")
"""What a function returns, in words."""

DATA_LOSS = "test_data_loss"
"""The check that a misconception of the loss itself loses."""

LOOPS = {
    "a `for` loop": "python_loop",
    "a `while` loop": "python_loop",
    "recursion": "python_loop",
    "a comprehension": "comprehension",
}
"""The misconception that each kind of loop is; what is not here is a loop in disguise."""


@dataclass(frozen=True)
class Loss:
    """A student's function that returns a loss and its gradient.

    Attributes
    ----------
    submission : Submission
        The student's work.
    name : str
        The function's name.
    """

    submission: Submission
    name: str

    def __call__(self, *args: Any) -> tuple[Any, Any]:
        """Return loss and gradient as they came; fail unless there are two results."""
        return self.pair(getattr(self.submission, self.name)(*args))

    def pair(self, value: Any) -> tuple[Any, Any]:
        """Take a result apart; fail unless there are two."""
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise CheckFailed(
                f"`{self.name}` should return two things, (loss, dW), but the result is {describe(value)}"
            )
        return value[0], value[1]

    def loss(self, *args: Any) -> float:
        """Return the loss."""
        return as_number(self(*args)[0], "the loss")

    def gradient(self, W: Array, *others: Any) -> Array:
        """Return the gradient."""
        return as_array(self(W, *others)[1], W.shape, "the gradient dW")

    def tolerances(self, *args: Any) -> tuple[Any, Array]:
        """Rounding errors that loss and gradient may carry."""
        return (reference.softmax_tolerances if self.is_softmax else reference.svm_tolerances)(*args)

    @property
    def is_softmax(self) -> bool:
        """Whether it is the softmax loss; else it is the hinge."""
        return self.name.startswith("softmax")


def assert_is_loss(loss: Loss, W: Array, X: Array, y: NDArray[np.int64]) -> None:
    """Fail unless the loss is the same when asked again, and knows examples and labels but not the order of classes.

    So it may have any slip, but not be a number that has nothing to do with the scores; and there is a gradient.
    """
    here = loss.loss(W, X, y, 0.0)
    loss.gradient(W, X, y, 0.0)
    C = W.shape[1]
    slack = float(loss.tolerances(W, X, y, 0.0)[0] + rounding_error(here))
    again, other_labels, rotated, *scaled = (
        loss.loss(*args, 0.0)
        for args in (
            (W, X, y),
            (W, X, (y + 1) % C),
            (np.roll(W, 1, axis=1), X, (y + 1) % C),
            *((W, factor * X, y) for factor in (0.0, FAR, -FAR)),
        )
    )
    if here != again:
        raise CheckFailed(f"the loss is {here:.6g}, and {again:.6g} when asked again with the same arguments")
    if abs(here - other_labels) <= slack:
        raise CheckFailed(f"the loss is {here:.6g} for two different y: it should depend on which class is correct")
    if max(scaled) - min(scaled) <= slack:
        raise CheckFailed(f"the loss is {here:.6g}, and the same for examples X that are all 0: it should depend on X")
    if not abs(here - rotated) <= slack:
        raise CheckFailed(
            f"the loss is {here:.6g}, but {rotated:.6g} when the classes are numbered otherwise, in W as well as in y"
        )


def assert_data_loss(loss: Loss, *args: Any) -> None:
    """Fail unless the loss is the reference's."""
    expected = getattr(reference, loss.name)(*args)[0]
    assert_close(loss(*args)[0], expected, tolerance=loss.tolerances(*args)[0], what="the loss")


def assert_penalty_in_loss(loss: Loss, W: Array, X: Array, y: NDArray[np.int64], reg: float) -> None:
    """Fail unless reg adds reg * sum(W^2) to the loss, whatever that is without."""
    without = loss.loss(W, X, y, 0.0)
    for strength in (reg, 3 * reg):
        whole, expected = loss.loss(W, X, y, strength), strength * float(np.sum(W * W))
        allowed = loss.tolerances(W, X, y, strength)[0] + rounding_error(max(abs(whole), abs(without)))
        if not abs(whole - without - expected) <= min(allowed, expected / 4):  # a huge loss hides its penalty
            raise CheckFailed(
                f"the loss is {without:.6g} with reg = 0 and {whole:.6g} with reg = {strength:g}: the penalty adds "
                f"{whole - without:.6g}. It should add reg * np.sum(W * W)",
                expected=f" = {expected:.6g}",
            )


def assert_penalty_in_gradient(loss: Loss, W: Array, X: Array, y: NDArray[np.int64], reg: float) -> None:
    """Fail unless reg adds 2 * reg * W to the gradient, whatever that is without."""
    without = loss.gradient(W, X, y, 0.0)
    for strength in (reg, 3 * reg):
        whole = loss.gradient(W, X, y, strength)
        allowed = loss.tolerances(W, X, y, strength)[1] + rounding_error(np.maximum(np.abs(whole), np.abs(without)))
        allowed = np.minimum(allowed, strength * np.abs(W) / 2)  # a huge gradient hides its penalty
        assert_close(
            whole - without,
            2 * strength * W,
            tolerance=allowed,
            what=f"the difference between dW with reg = {strength:g} and dW with reg = 0",
        )


def assert_data_gradient(loss: Loss, W: Array, X: Array, y: NDArray[np.int64], reg: float) -> None:
    """Fail unless the gradient is the reference's, or the derivative of the student's own loss with a recognised slip.

    A mistake that is in the loss, and in its derivative too, has cost the points of the loss already.
    """
    try:
        assert_right_gradient(loss, W, X, y, reg)
    except CheckFailed as failure:
        try:
            assert_own_derivative(loss, W, X, y, reg)
        except CheckFailed:
            raise failure from None
        if not is_sound(loss, W, X, y):
            raise


def is_sound(loss: Loss, W: Array, X: Array, y: NDArray[np.int64]) -> bool:
    """Whether loss and gradient without penalty are right, or wrong by a recognised slip, for these and like batches.

    Only several batches of different sizes tell a factor or a constant from another function.
    """
    batches = [(sign * W, X[:n], y[:n]) for sign in (1, -1) for n in (len(X), 1)]
    calls = [loss.submission.call(loss.name, *batch, 0.0) for batch in batches]
    versions = [v for v in variants_in(misconceptions) if v.cell == loss.name and DATA_LOSS in v.loses]
    return is_recognised(calls, versions, lambda: dict(vars(reference)))


def _nearest_right(loss: Loss, gradient: Any, W: Array, X: Array, y: NDArray[np.int64]) -> Array:
    """The right gradient; where a margin is exactly 0, of those between the one-sided ones the nearest."""
    if loss.is_softmax:
        return reference.softmax_loss_naive(W, X, y, 0.0)[1]
    without, counted = reference.svm_gradient_range(W, X, y)
    way = counted - without
    if not way.any():
        return without
    share = np.sum((as_array(gradient, W.shape, "the gradient dW") - without) * way) / np.sum(way * way)
    return without + np.clip(share, 0.0, 1.0) * way


def assert_own_derivative(loss: Loss, W: Array, X: Array, y: NDArray[np.int64], reg: float) -> None:
    """Fail unless the gradient is the derivative of the loss that the same function returns."""
    at = stencil(W)
    gradient = loss.gradient(W, X, y, reg)
    values = loss.submission.run(drivers.losses_at, loss.name, at.points, X, y, reg)
    numbers = as_array(values, (len(at.points), 1), "the loss at points around this one").ravel()
    # The third derivative of log(sum(exp)) is below a tenth; summed, as a loss may be that forgot its mean.
    truncation = STEP**2 / 6 * 0.1 * np.sum(np.abs(X) ** 3) if loss.is_softmax else 0.0
    assert_is_derivative(gradient, numbers, at, tolerance=truncation, what="the gradient dW")


def assert_consistent(loss: Loss, *args: Any, is_first: bool) -> None:
    """Fail unless the gradient is the derivative of the loss; for the first problem, ask whether there is a loss."""
    if is_first:
        assert_is_loss(loss, *args[:3])
    assert_own_derivative(loss, *args)


def assert_types_and_arguments(
    loss: Loss, W: Array, X: NDArray[Any], y: NDArray[np.int64], reg: float, is_first: bool
) -> None:
    """Fail unless float32 and whole numbers work as float64 does, and the arguments are as before."""
    if is_first:
        assert_is_loss(loss, W, X, y)
    plain = (W.astype(float), X.astype(float), y, reg)
    wanted, allowed = loss(*plain), loss.tolerances(*plain)
    call = loss.submission.call(loss.name, W, X, y, reg)
    assert_unchanged(call)
    types = f"with W of type {W.dtype} and X of type {X.dtype} in place of float64,"
    for what, a, b, tolerance in zip(PARTS, loss.pair(call.value), wanted, allowed, strict=True):
        expected = as_array(b, np.shape(tolerance), what)
        own = tolerance + rounding_error(np.abs(expected))
        assert_close(a, expected, tolerance=own, what=f"{types} {what}")


def assert_stands_large_scores(
    loss: Loss, W: Array, X: Array, y: NDArray[np.int64], stretch: float, is_first: bool
) -> None:
    """Fail unless loss and gradient stay when all scores of a row rise by the same large number.

    The last feature moves them: its weights are the same number larger for all classes.
    """
    if is_first:
        assert_is_loss(loss, W, X, y)
    raised = stretch * W
    raised[-1] += SHIFT
    before, after = loss(stretch * W, X, y, 0.0), loss(raised, X, y, 0.0)
    allowed = loss.tolerances(raised, X, y, 0.0)
    for what, a, b, tolerance in zip(PARTS, after, before, allowed, strict=True):
        expected = as_array(b, np.shape(tolerance), what)
        scores = f"with scores raised by {SHIFT:g} times X[:, -1], which changes no difference between classes,"
        assert_close(a, expected, tolerance=tolerance + rounding_error(np.abs(expected)), what=f"{scores} {what}")


def assert_no_loop(loss: Loss, W: Array, X: Array, y: NDArray[np.int64], reg: float, growths: Sequence[Growth]) -> None:
    """Fail if the function, or what it uses, loops in Python over examples or classes."""
    assert_is_loss(loss, W, X, y)
    right = getattr(reference, loss.name)
    assert_vectorised(loss.submission, loss.name, right, growths, misconceptions=LOOPS, otherwise="loop_in_disguise")


def assert_right_gradient(loss: Loss, W: Array, X: Array, y: NDArray[np.int64], reg: float) -> None:
    """Fail unless the gradient is the reference's, element by element."""
    gradient = loss(W, X, y, reg)[1]
    expected = _nearest_right(loss, gradient, W, X, y)
    assert_close(gradient, expected, tolerance=loss.tolerances(W, X, y, reg)[1], what="the gradient dW")


def assert_loss_as_given(loss: Loss, *args: Any) -> None:
    """Fail unless the loss is the reference's, and the arguments are left alone."""
    call = loss.submission.call(loss.name, *args)
    assert_unchanged(call)
    expected = reference.fix_dscore(*args)[0]
    assert_close(loss.pair(call.value)[0], expected, tolerance=loss.tolerances(*args)[0], what="the loss")


def own_quadratic_gradient(submission: Submission) -> tuple[Array, Array] | None:
    """Hessian and constant of the student's own `quadratic_gradient`, if it is a slip away from the right one.

    Who got the gradient wrong has paid for it there: a point and a kind that follow from it are right.

    Returns
    -------
    tuple or None
        ``(H, b)`` so that the gradient is ``H @ x + b``; None if one of its two components is not right, or if it is
        no such function.
    """
    try:
        b, *columns, elsewhere = (
            as_array(submission.quadratic_gradient(np.array(x)), (2,))
            for x in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (2.0, -3.0))
        )
    except (CheckFailed, StudentFault):
        return None
    H = np.column_stack(columns) - b[:, np.newaxis]
    right = np.isclose(np.column_stack([H, b]), [[10, 7, 10], [7, 4, 1]]).all(axis=1)
    is_linear = np.allclose(H @ [2.0, -3.0] + b, elsewhere)
    return (H, b) if is_linear and right.any() else None


def kind_of(H: Array) -> str:
    """Kind of a stationary point by its Hessian, of which the symmetric part counts."""
    eigenvalues = np.linalg.eigvalsh((H + H.T) / 2)
    return "minimum" if eigenvalues.min() > 0 else "maximum" if eigenvalues.max() < 0 else "saddle"
