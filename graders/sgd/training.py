"""What right batches, trainings and choices of settings obey, judged from the facts of `distil`.

As in `laws`, what does nothing at all, or the same whatever it is given, obeys none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossmark import CheckFailed, Problem, Submission, as_array, as_number, assert_close, describe, rounding_error
from lossmark.checks import same

from . import distil, drivers, reference
from .facts import Facts, as_shape, ask, words

Array = NDArray[np.float64]

DIFFERENT = 50
"""So many different batches a right answer draws at least, where there are hundreds; also where counting stops."""

PREPARED_BATCHES, PREPARED_NUMBERS = 200, 20_000
"""How many batches are written down for a training that draws them by `sample_minibatch`, and of how many numbers all
together at most."""
PREPARED_WEIGHTS = 128
"""How many answers of `sgd_update` are: more than there are steps."""

SMALLEST_WEIGHTS, LARGEST_WEIGHTS = -4.3, -1.7
"""Common logarithm of the standard deviation that initial weights may have, where -3 is asked for."""


# Drawing


def prepare_batches(X: Array, y: NDArray[np.int64], seed: int) -> tuple[Array, NDArray[np.int64]]:
    """Shuffle examples many times, rows with their labels: what a training gets that calls `sample_minibatch`."""
    rng = np.random.default_rng(seed)
    count = min(PREPARED_BATCHES, PREPARED_NUMBERS // X.size)
    rows = np.array([rng.permutation(len(X)) for _ in range(count)])
    return X[rows], y[rows]


def batches(submission: Submission, source: str, problem: Problem) -> Facts:
    """Draw batches by ``"sample_minibatch"`` or ``"train"``, and fail unless they hold rows of X."""
    X, y, *_, seed = problem.args
    prepared = prepare_batches(X, y, seed) if source == "train" else ()
    facts = ask(
        submission,
        drivers.batches,
        source,
        *problem.args,
        prepared,
        returns="X_batch and y_batch",
        facts=distil.batches,
    )
    if facts.number("count", "the number of batches") < 1:
        raise CheckFailed("no batch was drawn: `self.loss` was never called")
    if facts.number("known", "the part of the rows that are rows of X") < 0.5:
        raise CheckFailed("the rows of X_batch are not rows of X")
    return facts


def drawn(submission: Submission, problem: Problem) -> Facts:
    """Draw batches by `sample_minibatch`, and fail if they are always the same rows in order, or repeat a few."""
    facts = batches(submission, "sample_minibatch", problem)
    if facts.get("in_order") is True:
        raise CheckFailed("nothing is drawn: the batch is the same rows each time, one after the other")
    if facts.get("repeated") is True:
        raise CheckFailed("each batch repeats a few rows: draw a row number for each row of the batch")
    return facts


def assert_sizes(facts: Facts, problem: Problem) -> None:
    """Fail unless each batch has the right shape."""
    X, _, batch_size, *_ = problem.args
    expected = ((batch_size, X.shape[1]), (batch_size,))
    for pair in facts.list("shapes") or [None]:
        shapes = tuple(map(as_shape, pair)) if isinstance(pair, tuple) else ()
        if shapes != expected:
            raise CheckFailed(
                f"with batch_size = {batch_size}, X_batch and y_batch have the shapes "
                f"{' and '.join(map(str, shapes))}, expected {expected[0]} and {expected[1]}"
            )


def assert_paired(facts: Facts) -> None:
    """Fail unless each row is one of X, and has the label that it has in y."""
    known, paired = (facts.number(name, "a part of the rows") for name in ("known", "paired"))
    if known < 1:
        raise CheckFailed(f"only {known:.0%} of the rows in X_batch are rows of X")
    if paired < 1:
        raise CheckFailed(
            f"only about {paired:.0%} of the rows in X_batch come with their own label in y_batch: rows and labels "
            "must be drawn together"
        )


def assert_data_kept(facts: Facts, problem: Problem) -> None:
    """Fail if X or y have changed."""
    for name, before in zip(("X", "y"), problem.args[:2], strict=True):
        if not same(facts.get(name), before):
            raise CheckFailed(f"`{name}` is not what it was before: shuffle row numbers, not the caller's array")


def assert_all_rows(facts: Facts, problem: Problem) -> None:
    """Fail unless all rows come up about equally often."""
    _assert_enough(facts, problem)
    rare = facts.list("rare")
    if rare:
        raise CheckFailed(
            f"in {problem.args[3]} batches of {problem.args[2]} out of {len(problem.args[0])} rows, row number "
            f"{words(rare)} (counted from 0) came up never, or far too seldom: each should have the same chance"
        )


def assert_fresh(facts: Facts, problem: Problem) -> None:
    """Fail unless there are many different batches."""
    _assert_enough(facts, problem)
    different = facts.number("different", "the number of different batches")
    if different < DIFFERENT:
        raise CheckFailed(
            f"{problem.args[3]} batches of {problem.args[2]} out of {len(problem.args[0])} rows hold only "
            f"{different:g} different set{'s' if different > 1 else ''} of rows: draw new ones for each batch"
        )


def _assert_enough(facts: Facts, problem: Problem) -> None:
    """Fail if there were so few batches, or so small ones, that the driver says nothing of their rows."""
    if not isinstance(facts.get("rare"), list):
        count = facts.number("count", "the number of batches")
        raise CheckFailed(f"there were {count:g} batches, expected {problem.args[3]} of {problem.args[2]} rows each")


# Training


def train(submission: Submission, problem: Problem) -> list[Facts]:
    """Train a classifier whose loss is known, some times in a row; return the facts of each training."""
    X, y, W, *_, seed = problem.args
    places = np.random.default_rng(seed).normal(size=(PREPARED_WEIGHTS, *W.shape))
    told = ask(submission, drivers.train, *problem.args, prepare_batches(X, y, seed), places, facts=distil.train)
    reports = told.facts("trainings")
    if len(reports) != len(problem.args[3]):
        raise CheckFailed("the reports of the trainings cannot be read")
    if not all(report.list(name) for report in reports for name in ("weights", "regs", "sizes")):
        raise CheckFailed("`train` never called `self.loss`")
    return reports


def assert_loss_history(report: Facts, num_iters: int) -> None:
    """Fail unless the history holds the loss of each iteration."""
    asked = report.numbers("losses", "the losses that `self.loss` gave").tolist()
    # Who asks twice about the same W (for the loss, and for its gradient) does nothing wrong.
    if len(asked) > num_iters:
        asked = [loss for i, loss in enumerate(asked) if i == 0 or loss != asked[i - 1]]
    history = as_array(report.get("history"), (num_iters,), "the history that `train` returns")
    if len(asked) != num_iters:
        raise CheckFailed(f"`self.loss` gave {len(asked)} losses in {num_iters} iterations")
    tolerance = rounding_error(asked)
    what = "the history, which holds what `self.loss` returned,"
    assert_close(history, asked, tolerance=tolerance, what=what, is_curve=True)


def assert_descends(report: Facts, problem: Problem) -> None:
    """Fail unless each step is minus the learning rate times the gradient that the loss returned."""
    W, learning_rate = problem.args[2], problem.args[3][0]["learning_rate"]
    steps = report.list("steps")
    if not steps:
        raise CheckFailed("`self.W` is the same before and after the training: it was never changed")
    T = np.arange(1.0, W.size + 1).reshape(W.shape)
    for number, step in enumerate(steps, 1):
        before, after = (as_array(seen, W.shape, "self.W") for seen in step)
        dW = before - T
        tolerance = rounding_error(np.abs(before) + learning_rate * np.abs(dW), terms=2)
        what = f"the weights self.W after step {number}"
        assert_close(after, before - learning_rate * dW, tolerance=tolerance, what=what)


def assert_reg_passed_on(report: Facts, reg: float) -> None:
    """Fail unless each loss was asked for with the right regularisation strength."""
    for got in report.list("regs"):
        number = as_number(got, "the `reg` passed to self.loss")
        if abs(number - reg) > rounding_error(reg):
            raise CheckFailed(f"`train` was called with reg={reg:g}, but called `self.loss` with reg = {number:g}")


def assert_goes_on(reports: Sequence[Facts], problem: Problem) -> None:
    """Fail unless each training begins with the weights that there are."""
    W = problem.args[2]
    for report, told in zip(reports, ("the first", "the second"), strict=True):
        begin = as_array(report.list("weights")[0], W.shape, "self.W")
        what = f"the weights self.W at the beginning of {told} training"
        assert_close(begin, W, tolerance=rounding_error(W), what=what)
        W = report.array("W", W.shape, "self.W")


def assert_same_by_default(by_name: Facts, by_default: Facts, problem: Problem) -> None:
    """Fail unless a training without further arguments does the same as one that asks for the defaults by name."""
    named = ", ".join(f"{name}={value:g}" for name, value in problem.args[3][0].items())
    for told, what in (
        (lambda report: report.number("count", "the number of calls"), "calls of `self.loss`"),
        (lambda report: as_number(report.list("regs")[0], "the `reg` passed to self.loss"), "reg"),
        (lambda report: as_number(report.list("sizes")[0], "the size of a batch"), "examples in a batch"),
        (lambda report: _rate(report, problem.args[2].shape), "times the gradient in the first step"),
    ):
        got, wanted = told(by_default), told(by_name)
        if not abs(got - wanted) <= 1e-3 * abs(wanted):  # nor if one is not a number
            raise CheckFailed(
                f"`train(X, y)` should do the same as `train(X, y, {named})`, but one has {got:g} {what}, the other "
                f"{wanted:g}"
            )


def _rate(report: Facts, shape: tuple[int, ...]) -> float:
    """Return how many times the gradient the first step is long."""
    steps = report.list("steps") or [[report.list("weights")[0]] * 2]
    begin, after = (as_array(W, shape, "self.W") for W in steps[0])
    dW = begin - np.arange(1.0, begin.size + 1).reshape(shape)
    with np.errstate(invalid="ignore"):
        return float(np.sum((begin - after) * dW) / np.sum(dW * dW))


def assert_small_weights(facts: Facts, problem: Problem) -> None:
    """Fail unless a new classifier begins with small random weights of the right shape."""
    X, y, _ = problem.args
    shape = (X.shape[1], int(y.max()) + 1)
    got = facts.shape("shape")
    if got is None:
        raise CheckFailed("`train` never called `self.loss`")
    if got != shape:
        raise CheckFailed(f"a new self.W has the shape {got}, expected (D, C) = {shape}")
    if np.prod(shape) < 10_000:
        return
    if not facts.has("spread"):
        raise CheckFailed("all numbers in a new self.W are the same: they should be small random numbers")
    spread = facts.number("spread", "the size of a new self.W")
    largest = facts.number("largest", "the largest number in a new self.W")
    if not SMALLEST_WEIGHTS <= spread <= LARGEST_WEIGHTS or largest > LARGEST_WEIGHTS + 1:
        raise CheckFailed(
            f"the numbers in a new self.W have a standard deviation of about {10**spread:.1g} (the largest is about "
            f"{10**largest:.1g}), expected about 0.001"
        )


def assert_loss_and_gradient(facts: Facts, kind: str, expected: tuple[float, Array], problem: Problem) -> None:
    """Fail unless a classifier's loss returns the loss and its gradient."""
    answer = facts.get("answer")
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise CheckFailed(f"`{kind}.loss` should return loss and gradient, but what came back is {describe(answer)}")
    tolerances = reference.loss_tolerance(*problem.args)
    for got, right, tolerance, what in zip(answer, expected, tolerances, ("loss", "gradient"), strict=True):
        assert_close(got, right, tolerance=tolerance, what=f"the {what} that `{kind}.loss` returns")


# Tuning


class Tuning:
    """What `tune` did with settings whose models are known.

    Parameters
    ----------
    submission : Submission
        The student's work.
    problem : Problem
        Of `problems.tunings`.
    """

    def __init__(self, submission: Submission, problem: Problem) -> None:
        _, _, self.X_val, self.y_val, learning_rates, regs, self.num_iters, weights = problem.args
        self.pairs = {
            (learning_rate, reg): self.accuracy(np.argmax(self.X_val @ weights[learning_rate, reg], axis=1))
            for learning_rate in learning_rates
            for reg in regs
        }
        labels = {pair: np.argmax(W, axis=1) for pair, W in weights.items()}  # each example is a unit vector
        self.facts = ask(
            submission,
            drivers.tune,
            *problem.args,
            labels,
            returns="results and the best model",
            facts=distil.tune,
        )
        self.results = self._read(self.facts.get("results"))

    def accuracy(self, labels: Any) -> float:
        """Part of the validation examples that get the right label."""
        return float(np.mean(labels == self.y_val))

    @staticmethod
    def _read(results: Any) -> dict[Any, Any]:
        """Take the results, with keys that are pairs of numbers as far as they can be read."""
        if not isinstance(results, dict):
            raise CheckFailed(f"the results should be a dict, but are {describe(results)}")
        readable = {}
        for key, value in results.items():
            try:
                pair = as_array(key, (2,), "a key")
            except CheckFailed:
                readable[key] = value
            else:
                readable[float(pair[0]), float(pair[1])] = value
        return readable

    @property
    def own_pairs(self) -> dict[tuple[float, float], Any]:
        """The results of pairs that were asked for, also where the two have changed places."""
        return {pair: self.results[key] for pair in self.pairs for key in (pair, pair[::-1]) if key in self.results}

    def assert_all_pairs(self) -> None:
        """Fail unless the keys of the results are the pairs."""
        self.assert_trained()
        if set(self.results) != set(self.pairs):
            keys = ", ".join(map(str, list(self.results)[:8]))
            raise CheckFailed(
                f"the keys of the results are {keys or 'none'}; expected is each pair (learning_rate, reg): "
                f"{', '.join(map(str, self.pairs))}"
            )

    def assert_accuracies(self) -> None:
        """Fail unless the results are the validation accuracies."""
        self.assert_trained()
        if not self.own_pairs:
            raise CheckFailed("the results hold none of the pairs (learning_rate, reg)")
        for pair, value in self.own_pairs.items():
            what = f"the validation accuracy of learning rate {pair[0]:g} and reg {pair[1]:g}"
            assert_close(value, self.pairs[pair], tolerance=rounding_error(1.0), what=what)

    def assert_best_model(self) -> None:
        """Fail unless the model that is returned is the best of the results."""
        self.assert_trained()
        got = self._accuracy_of_model()
        best = max(self.pairs[pair] for pair in self.own_pairs or self.pairs)
        if got < best - rounding_error(1.0):
            raise CheckFailed(
                f"the model that is returned gets {got:.1%} of the validation data right, but one with {best:.1%} was "
                f"trained, too"
            )

    def assert_any_model(self) -> None:
        """Fail unless some model is returned, however bad all are."""
        self.assert_trained()
        self._accuracy_of_model()

    def assert_trained_afresh(self) -> None:
        """Fail unless each training is one of a new model, on the training data, with the settings asked for."""
        self.assert_trained()
        for training in self.facts.facts("trainings"):
            pair = tuple(training.array("pair", (2,), "learning rate and reg").tolist())
            if pair not in self.pairs:
                raise CheckFailed(
                    f"a model was trained with (learning_rate, reg) = {pair}, which is no pair that was asked for"
                )
            told = f"the model of learning rate {pair[0]:g} and reg {pair[1]:g}"
            if not isinstance(training.get("data"), str) or training.get("data") != "training":
                raise CheckFailed(f"{told} was trained on other data than the training data X, y")
            if training.get("fresh") is not True:
                raise CheckFailed(
                    f"{told} was no new one: it had weights before its training, so that the settings tried first have "
                    "a share in it"
                )
            got = training.number("num_iters", f"num_iters of {told}")
            if got != self.num_iters:
                raise CheckFailed(f"{told} was trained for {got:g} iterations, expected num_iters = {self.num_iters}")

    def assert_trained(self) -> None:
        """Fail if no LinearSVM was trained at all, or a single one for many settings."""
        trained = len(self.facts.facts("trainings"))
        if not trained:
            raise CheckFailed("no `LinearSVM` was trained")
        if trained == 1 and len(self.pairs) > 2:
            raise CheckFailed(f"only one model was trained for {len(self.pairs)} pairs: nothing to choose from")

    def _accuracy_of_model(self) -> float:
        """Validation accuracy of the model that was returned, if it is one."""
        if not self.facts.has("predicted"):
            raise CheckFailed("the second thing that `tune` returns is no trained model: it has no `predict`")
        return self.accuracy(self.facts.array("predicted", self.y_val.shape, "what the returned model predicts"))
