"""What right searches, descents and updates obey, judged from the facts that `distil` makes of their reports.

Most laws hold the student's numbers against each other, or against what follows from the student's own first step: a
sign that is turned there then costs the check of the first step and no other. What does nothing at all, or the same
whatever it is given, obeys none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossmark import CheckFailed, Problem, Submission, as_array, as_number, assert_close, rounding_error
from lossmark.checks import same

from . import distil, drivers, reference
from .facts import Facts, ask, words

Array = NDArray[np.float64]

SPREADS = (0.7, 1.3)
"""Standard deviation of random numbers that should have 1, loosely: a normal distribution by another way may pass."""

MEAN = 0.2
"""Largest mean of random numbers that should have 0, in units of their standard deviation."""


# Searching


def search(submission: Submission, problem: Problem) -> Facts:
    """Run `random_search`."""
    return ask(submission, drivers.search, *problem.args, returns="W and its loss", facts=distil.search)


def local_search(submission: Submission, problem: Problem) -> Facts:
    """Run `random_local_search`, and fail unless it tries anything."""
    facts = ask(submission, drivers.local_search, *problem.args, returns="W and its loss", facts=distil.local_search)
    if facts.number("count", "the number of tries") < 1:
        raise CheckFailed("no try was made: `loss` was never asked about another W than the start")
    return facts


def assert_smallest(facts: Facts, losses: Sequence[float], count: int) -> None:
    """Fail unless the returned loss is the smallest of the first `count` losses."""
    asked = losses[:count]
    got = facts.number("loss", "the loss that is returned")
    if abs(got - min(asked)) > rounding_error(max(map(abs, asked))):
        told = f"The losses of the tries were {words(asked)}. " if len(asked) <= 10 else ""
        raise CheckFailed(f"{told}The loss that is returned is {got:.6g}, but the smallest was {min(asked):.6g}")


def assert_own_loss(facts: Facts, losses: Sequence[float], shape: tuple[int, ...]) -> None:
    """Fail unless the returned W is one that was asked about, and the returned loss is its loss."""
    if facts.shape("shape") != shape:
        raise CheckFailed(f"W should have the shape {shape}, but has the shape {facts.shape('shape')}")
    if not facts.has("number"):
        raise CheckFailed("the W that is returned was never tried: `loss` was not asked about it")
    own = losses[min(max(int(facts.number("number", "the try")), 0), len(losses) - 1)]
    got = facts.number("loss", "the loss that is returned")
    if abs(got - own) > rounding_error(own):
        raise CheckFailed(f"the loss that is returned is {got:.6g}, but the W that is returned has the loss {own:.6g}")


def assert_count(facts: Facts, num_tries: int) -> None:
    """Fail unless there were just so many different tries."""
    count = facts.number("count", "the number of tries")
    if count != num_tries:
        raise CheckFailed(
            f"`loss` was asked about {count:g} different W, expected num_tries = {num_tries}, each with new random "
            "numbers"
        )


def assert_standard_normal(facts: Facts, what: str, unit: str) -> None:
    """Fail unless numbers have the mean 0 and the standard deviation 1, as far as their first decimals tell."""
    mean = facts.number("mean", f"the mean of {what}") + 0.0  # not -0
    spread = facts.number("spread", f"the standard deviation of {what}")
    if abs(mean) > MEAN or not SPREADS[0] <= spread <= SPREADS[1]:
        raise CheckFailed(
            f"{what} have a mean of {mean:g} times {unit} and a standard deviation of {spread:g} times {unit}; "
            "expected are about 0 and 1 times"
        )


def assert_from_the_best(facts: Facts, losses: Sequence[float]) -> None:
    """Fail unless each try was made from the best W so far."""
    parents = [int(as_number(parent, "a number of a try")) for parent in facts.list("parents")]
    parents = parents[: len(losses) - 1]
    expected = [int(np.argmin(losses[: k + 1])) for k in range(len(parents))]
    for number, (got, best) in enumerate(zip(parents, expected, strict=True), 1):
        if got != best:
            names = [f"try {k}" if k else "the start" for k in (best, got)]
            raise CheckFailed(
                f"the losses were {losses[0]:g} at the start and {words(losses[1:number])} at the tries up to number "
                f"{number - 1}. Try {number} should be a step from {names[0]}, the best so far, but is one from "
                f"{names[1]}"
                if number > 1
                else f"the first try should be a step from the start, but is one from {names[1]}"
            )
    if len(parents) < 3:
        raise CheckFailed(f"there were {len(parents)} tries of the shape of W, too few to see where they start from")


def assert_start_kept(facts: Facts, start: Array, name: str = "W") -> None:
    """Fail if the array that a function was started with has changed."""
    if not same(facts.get("start"), start):
        raise CheckFailed(
            f"the array `{name}` that was passed in has changed. The caller still needs it: make a new array for each "
            "step, or work on a copy"
        )


# Descending


def descend(submission: Submission, problem: Problem) -> tuple[Facts, list[Array]]:
    """Run `gradient_descent`; return the facts and the points where it asked for the gradient, the start first."""
    W = problem.args[0]
    facts = ask(submission, drivers.descend, *problem.args, returns="W and the history", facts=distil.descend)
    points = [
        as_array(point, W.shape, "the W that `loss_and_gradient` is asked about") for point in facts.list("points")
    ]
    if not points:
        raise CheckFailed("`loss_and_gradient` was never called")
    assert_close(points[0], W, tolerance=rounding_error(W), what="the first W asked about, which should be the start,")
    return facts, points


def assert_first_step(facts: Facts, points: Sequence[Array], problem: Problem) -> None:
    """Fail unless the first step leads from W to W - step_size * dW."""
    W, curvature, minimum, step_size, _ = problem.args
    _, dW = reference.quadratic(W, curvature, minimum)
    got = points[1] if len(points) > 1 else facts.array("W", W.shape, "W")
    tolerance = rounding_error(np.abs(W) + np.abs(step_size * dW), terms=2)
    assert_close(got, W - step_size * dW, tolerance=tolerance, what="W after the first step")


def assert_steps_go_on(facts: Facts, points: Sequence[Array], problem: Problem) -> None:
    """Fail unless there are all the steps, each by the gradient where the last one ended, times what the first was."""
    W, curvature, minimum, _, num_steps = problem.args
    last = facts.array("W", W.shape, "the W that is returned")
    path = [*points[:num_steps], last]
    if len(path) <= num_steps:
        raise CheckFailed(
            f"`loss_and_gradient` was asked about {len(points)} different W, expected {num_steps}: one before each step"
        )
    _, dW = reference.quadratic(path[0], curvature, minimum)
    factor = float(np.sum((path[0] - path[1]) * dW) / np.sum(dW * dW))
    for number, (before, after) in enumerate(pairwise(path), 1):
        _, dW = reference.quadratic(before, curvature, minimum)
        tolerance = rounding_error(np.abs(before) + np.abs(factor * dW), terms=3)
        what = "the W that is returned" if number == num_steps else f"W after step {number}"
        what += "" if number == 1 else ", going on from yours before it as in the first step,"
        assert_close(after, before - factor * dW, tolerance=tolerance, what=what)


def assert_history(facts: Facts, points: Sequence[Array], problem: Problem) -> None:
    """Fail unless the history holds the losses at the points from which the steps were taken."""
    _, curvature, minimum, _, num_steps = problem.args
    history = as_array(facts.get("history"), (num_steps,), "the history")
    if len(points) < num_steps:
        raise CheckFailed(
            f"`loss_and_gradient` was asked about {len(points)} different W in {num_steps} steps, so that the history "
            "cannot be right"
        )
    points = points[:num_steps]
    expected = [reference.quadratic(point, curvature, minimum)[0] for point in points]
    tolerance = [reference.quadratic_tolerance(point, curvature, minimum) for point in points]
    what = "the history, which holds the loss before each step,"
    assert_close(history, expected, tolerance=tolerance, what=what, is_curve=True)


# Updating


def update(submission: Submission, name: str, problem: Problem) -> Facts:
    """Run an update rule several times in a row."""
    return ask(submission, drivers.update, name, *problem.args, problem.kwargs, returns="w and state")


def path_of(facts: Facts, problem: Problem) -> Array:
    """Take the weights after each step."""
    w, grads, *_ = problem.args
    return as_array(facts.list("path"), (len(grads), *w.shape), "the list of the new w, one for each step,")


def assert_first_update(submission: Submission, name: str, problem: Problem) -> None:
    """Fail unless the first update is right."""
    w, grads, learning_rate = problem.args
    expected = reference.path(name, w, grads, learning_rate)[0]
    got = path_of(update(submission, name, problem), problem)[0]
    (tolerance,) = reference.path_tolerance(w, [expected])
    assert_close(got, expected, tolerance=tolerance, what="the new w, after one step from state None,")


def assert_path(submission: Submission, name: str, problem: Problem, accepted: Sequence[Array]) -> None:
    """Fail unless the weights follow one of the accepted paths, each step times the student's own first factor.

    Who goes uphill, or forgets the learning rate, pays for it at the first step, and not again for the later ones.
    """
    w, grads, _ = problem.args
    got = path_of(update(submission, name, problem), problem)
    departures = [_departure(w, got, right, len(grads)) for right in accepted]
    failures = [departure for departure in departures if departure is not None]
    if len(failures) == len(accepted):
        raise failures[0]


def _departure(w: Array, got: Array, right: Array, count: int) -> CheckFailed | None:
    """Say where a path departs from an accepted one, if it does."""
    factor = _own_factor(w, got, right)
    expected = w + factor * (right - w)
    tolerance = reference.path_tolerance(w, expected)
    own = "" if factor == 1.0 else ", going on from your first one"
    for number, (step, wanted, allowed) in enumerate(zip(got, expected, tolerance, strict=True), 1):
        try:
            assert_close(
                step, wanted, tolerance=allowed, what=f"the new w, after step {number} of {count} in a row{own},"
            )
        except CheckFailed as failure:
            return failure
    return None


def _own_factor(w: Array, got: Array, right: Array) -> float:
    """How many times the right first step the student's is; 1 where it is no multiple of it."""
    own, first = got[0] - w, right[0] - w
    allowed = reference.path_tolerance(w, right)[0]
    factor = float(np.sum(own * first) / np.sum(first * first))
    is_right = bool(np.all(np.abs(own - first) <= allowed))
    is_multiple = bool(np.all(np.abs(own - factor * first) <= allowed * max(1.0, abs(factor))))
    return factor if is_multiple and not is_right and abs(factor) > 1e-3 else 1.0


def assert_zeros_stay(submission: Submission, name: str, problem: Problem) -> None:
    """Fail unless a number whose gradient is 0 stays where it is, and the others move."""
    w, (grad,), _ = problem.args
    got = path_of(update(submission, name, problem), problem)[0]
    stays = grad == 0
    tolerance = rounding_error(w[stays])
    assert_close(got[stays], w[stays], tolerance=tolerance, what="the new w where the gradient is 0")
    if np.any(got[~stays] == w[~stays]):
        raise CheckFailed("the new w is the old one although the gradient is not 0 there")


def assert_arguments_kept(submission: Submission, name: str, problem: Problem) -> None:
    """Fail if an update changes the `w` or the `grad` that it is given, or does not depend on what it is given."""
    w, grads, _ = problem.args
    facts = update(submission, name, problem)
    got = path_of(facts, problem)
    steps = np.diff(got, axis=0, prepend=w[np.newaxis])
    if not np.any(steps, axis=tuple(range(1, steps.ndim))).sum() > 1 or np.allclose(steps[1:], steps[:1]):
        raise CheckFailed("w hardly moves, or always by the same, although the gradients are neither 0 nor the same")
    for argument, before in (("w", [w, *got[:-1]]), ("grad", grads)):
        after = facts.list(argument)
        if len(after) != len(before) or not all(map(_same_numbers, after, before)):
            raise CheckFailed(
                f"`{name}` changed its argument `{argument}`. The caller still needs what it passed: `a = a + b` makes "
                "a new array, `a += b` writes into the old one"
            )


def _same_numbers(a: Any, b: Any) -> bool:
    """Whether two arrays hold the same numbers; the type of what a student returned is the student's business."""
    return isinstance(a, np.ndarray | np.generic) and same(np.asarray(a).astype(float), np.asarray(b).astype(float))
