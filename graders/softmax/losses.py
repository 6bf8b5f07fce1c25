"""Laws that a softmax loss obeys whatever else is wrong with it: of a batch, and beside the hinge loss.

As in `laws`, they compare the student's numbers with each other, and ask that these depend on the arguments at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossmark import CheckFailed, StudentFault, as_array, as_number, assert_close, describe

from . import reference
from .laws import PLAIN, RISE, Function, agree, extended, moves, show_scores

Scores = NDArray[Any]
Labels = NDArray[np.int64]
Losses = NDArray[np.float64]

HINGE, SOFTMAX = 0, 1
"""Places of the two losses in what ``compare_losses`` returns."""

PLACES = {HINGE: "hinge", SOFTMAX: "softmax"}

PLAIN_BATCH = np.array([PLAIN, [2.0, 0.5, -1.0], [-1.5, 1.0, 0.5]])
"""Scores to see whether a function does anything with them: of a batch, if it sees nothing in the first alone."""

PLAIN_LABELS, OTHER_LABELS = np.array([0, 2, 0]), np.array([1, 0, 1])
"""Labels for them, and others."""

QUESTION = (PLAIN_BATCH, PLAIN_LABELS)
FIRST_QUESTION = (PLAIN_BATCH[:1], PLAIN_LABELS[:1])


def assert_depends_on_arguments(losses: Function, what: str = "the loss") -> None:
    """Fail unless the result is the same when asked again, and another for other scores and for other labels.

    Parameters
    ----------
    losses : callable
        Given scores and labels, returns a number or an array of finite numbers.
    what : str
        What it is called in the message.

    Raises
    ------
    CheckFailed
        If it is not.
    """
    try:
        _assert_depends_on(losses, *FIRST_QUESTION, OTHER_LABELS[:1], what)
        return
    except CheckFailed:
        pass
    except StudentFault as fault:
        if fault.outcome != "raised":
            raise
    _assert_depends_on(losses, *QUESTION, OTHER_LABELS, what)


def _assert_depends_on(losses: Function, scores: Scores, y: Labels, others: Labels, what: str) -> None:
    raised = scores.copy()
    raised[0] += RISE
    here, again, other, relabelled = (
        losses(*question) for question in ((scores, y), (scores, y), (raised, y), (scores, others))
    )
    if not np.array_equal(here, again):
        raise CheckFailed(
            f"{what} is {show_scores(here)}, and {show_scores(again)} when asked again with the same arguments: it "
            "should depend on nothing else"
        )
    if not (moves(here, other) and moves(here, relabelled)):
        raise CheckFailed(
            f"{what} of the scores {scores.tolist()} with the labels {y.tolist()} is {show_scores(here)}. It is "
            f"{show_scores(other)} after the score of class 0 in row 0 rose by {RISE[0]}, and "
            f"{show_scores(relabelled)} for the labels {others.tolist()}: it should depend on both"
        )


class Loss:
    """A student's function that returns the loss of a batch, as one number.

    Parameters
    ----------
    function : callable
        The student's ``cross_entropy``.
    """

    def __init__(self, function: Function) -> None:
        self._function = function

    def __call__(self, scores: Scores, y: Labels) -> float:
        """Return the loss of a batch; fail unless it is a finite number."""
        return as_number(self._function(scores, y), "the loss")

    def assert_mean_of_examples(self, scores: Scores, y: Labels) -> None:
        """Fail unless the loss of a batch is the mean of those of its examples."""
        assert_depends_on_arguments(self)
        each = [self(scores[[i]], y[[i]]) for i in range(len(y))]
        with np.errstate(over="ignore"):
            mean = float(np.mean(each))
        whole = self(scores, y)
        if not agree(whole, mean, reference.cross_entropy_tolerance(scores, y)):
            listed = f"the losses {show_scores(each)}, whose mean is" if len(y) <= 4 else "losses of the mean"
            raise CheckFailed(
                f"one by one, the {len(y)} examples have {listed} {mean:.6g}. The loss of the whole batch is "
                f"{whole:.6g}"
            )

    def assert_far(self, near: Scores, far: Scores, y: Labels, factor: float) -> None:
        """Fail unless the loss far away is a multiple of the one near 0, or right."""
        assert_depends_on_arguments(self)
        _assert_far(lambda scores: self(scores, y), near, far, y, factor)

    def assert_any_type(self, scores: Scores, y: Labels) -> None:
        """Fail unless the loss of whole numbers or float32 is the loss of the same numbers as float64."""
        assert_depends_on_arguments(self)
        wanted, got = self(scores.astype(float), y), self(scores, y)
        if not agree(got, wanted, reference.cross_entropy_tolerance(scores, y)):
            raise CheckFailed(_of_another_type("the loss", wanted, got, scores))


class TwoLosses:
    """A student's function that returns the hinge and the softmax loss of each example.

    Two arrays that have changed places pay for this once: they are taken from where they are.

    Parameters
    ----------
    function : callable
        The student's ``compare_losses``.

    Raises
    ------
    CheckFailed
        If it does not return two things.
    """

    def __init__(self, function: Function) -> None:
        self._function = function
        try:
            self.are_swapped = self._are_swapped(*FIRST_QUESTION)
        except StudentFault as fault:
            if fault.outcome != "raised":
                raise
            self.are_swapped = self._are_swapped(*QUESTION)

    def __call__(self, scores: Scores, y: Labels) -> list[Losses | CheckFailed]:
        """Return the hinge and the softmax losses of a batch; in place of an array that is none, why."""
        parts = _parts(self._function(scores, y), len(y))
        return parts[::-1] if self.are_swapped else parts

    def of(self, which: int) -> Function:
        """Return the function that gives one of the losses, `HINGE` or `SOFTMAX`, as an array of shape (N,)."""
        return lambda scores, y: _part(self(scores, y), which)

    def assert_depends_on_arguments(self, which: int) -> None:
        """Fail unless one of the losses depends on scores and labels, and on nothing else."""
        assert_depends_on_arguments(self.of(which), f"the {PLACES[which]} loss")

    def assert_values(self, which: int, scores: Scores, y: Labels) -> None:
        """Fail unless one of the losses is right."""
        assert_close(
            self.of(which)(scores, y),
            reference.compare_losses(scores, y)[which],
            tolerance=reference.compare_losses_tolerance(scores, y)[which],
            what=f"the {PLACES[which]} loss",
        )

    def assert_of_each_example(
        self, which: int, scores: Scores, y: Labels, answers: list[list[Losses | CheckFailed]]
    ) -> None:
        """Fail unless each example of a batch has the loss that it has alone; see `taken_apart`."""
        *each, together = (_part(answer, which) for answer in answers)
        alone = np.concatenate(each)
        agrees = agree(together, alone, reference.compare_losses_tolerance(scores, y)[which])
        if not agrees.all():
            i = int(np.argmin(agrees))
            raise CheckFailed(
                f"the {PLACES[which]} loss of example {i} is {together[i]:.6g} in the batch, and {alone[i]:.6g} alone"
            )

    def taken_apart(self, scores: Scores, y: Labels) -> list[list[Losses | CheckFailed]]:
        """Return the losses of each example alone, and those of the batch last."""
        return [*(self(scores[[i]], y[[i]]) for i in range(len(y))), self(scores, y)]

    def assert_far(self, near: Scores, far: Scores, y: Labels, factor: float) -> None:
        """Fail unless the softmax loss far away is a multiple of the one near 0, or right."""
        self.assert_depends_on_arguments(SOFTMAX)
        losses = self.of(SOFTMAX)
        _assert_far(lambda scores: float(losses(scores, y)[0]), near, far, y, factor)

    def assert_any_type(self, which: int, scores: Scores, y: Labels, answers: list[list[Losses | CheckFailed]]) -> None:
        """Fail unless the loss of whole numbers or float32 is that of the same numbers as float64; see `of_types`."""
        wanted, got = (_part(answer, which) for answer in answers)
        if not agree(got, wanted, reference.compare_losses_tolerance(scores, y)[which]).all():
            raise CheckFailed(_of_another_type(f"the {PLACES[which]} loss", float(wanted[0]), float(got[0]), scores))

    def of_types(self, scores: Scores, y: Labels) -> list[list[Losses | CheckFailed]]:
        """Return the losses for the scores as float64, and for the scores as they are."""
        return [self(scores.astype(float), y), self(scores, y)]

    def _are_swapped(self, scores: Scores, y: Labels) -> bool:
        """Whether one of the two arrays is right in the place of the other, and neither in its own."""
        parts = _parts(self._function(scores, y), len(y))
        right = reference.compare_losses(scores, y)
        tolerances = reference.compare_losses_tolerance(scores, y)

        def holds(place: int, which: int) -> bool:
            part = parts[place]
            return not isinstance(part, CheckFailed) and bool(agree(part, right[which], tolerances[which]).all())

        is_in_place = holds(0, HINGE) or holds(1, SOFTMAX)
        return not is_in_place and (holds(1, HINGE) or holds(0, SOFTMAX))


def _parts(value: Any, N: int) -> list[Losses | CheckFailed]:
    """Take the two arrays out of a tuple, a list or one array of shape (2, N); in place of one that is none, why."""
    if not isinstance(value, tuple | list | np.ndarray) or len(value) != 2:
        raise CheckFailed(f"the result should be two arrays, `svm, softmax`, but is {describe(value)}")
    return [_losses(value[place], N, f"the array of {PLACES[place]} losses") for place in (HINGE, SOFTMAX)]


def _part(parts: list[Losses | CheckFailed], which: int) -> Losses:
    part = parts[which]
    if isinstance(part, CheckFailed):
        raise part
    return part


def _losses(value: Any, N: int, what: str) -> Losses | CheckFailed:
    shape = np.shape(value) if isinstance(value, np.ndarray) else (N,)
    try:
        if N == 1:
            return np.array([as_number(value, what)])
        return as_array(value, shape if shape in ((N, 1), (1, N)) else (N,), what).reshape(N)
    except CheckFailed as failure:
        return failure


def _assert_far(loss: Callable[[Scores], float], near: Scores, far: Scores, y: Labels, factor: float) -> None:
    """Fail unless the loss far away is right, or what the loss near 0 leads one to expect; see `laws.assert_far`."""
    here = loss(near)
    wanted = float(extended(here, here if factor == 1.0 else loss(2 * near), factor))
    there, tolerance = loss(far), reference.cross_entropy_tolerance(far, y)
    if agree(there, reference.cross_entropy(far, y), tolerance):
        return
    before = f"the softmax loss is {here:.6g} for the scores {near.tolist()} and the label {y[0]}"
    if not agree(there, wanted, tolerance):
        raise CheckFailed(f"{before}. For {far.tolist()} it should be {wanted:.6g}, but is {there:.6g}")
    if factor != 1.0 and not moves(here, there):
        raise CheckFailed(
            f"{before}, and {there:.6g} for {far.tolist()}: it should grow with how far the scores are apart"
        )


def _of_another_type(what: str, wanted: float, got: float, scores: Scores) -> str:
    return (
        f"{what} is {wanted:.6g} for scores of type float64, and {got:.6g} for the same scores of type {scores.dtype}"
    )
