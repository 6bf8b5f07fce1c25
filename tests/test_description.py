"""What is said about answers that no known misconception explains."""

from __future__ import annotations

import numpy as np
import pytest

from helpers import submission_of
from lossmark.grading.description import Difference


def loss(scores, y, delta=1.0):
    """Mean hinge loss.

    Returns
    -------
    float
    """
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, None] + delta)
    margins[rows, y] = 0
    return margins.sum() / len(y)


def loss_and_gradient(W, X, y, reg):
    """A penalised quadratic.

    Returns
    -------
    loss : float
        The loss.
    dW : ndarray
        Its gradient.
    """
    return float(np.sum((X @ W) ** 2) / len(y) + reg * np.sum(W * W)), 2 * X.T @ (X @ W) / len(y) + 2 * reg * W


RNG = np.random.default_rng(231)
BATCHES = [(RNG.normal(size=(N, C)), RNG.integers(0, C, N)) for N, C in ((1, 3), (1, 4), (2, 3), (5, 4))]
WEIGHTS = [
    (RNG.normal(size=(3, 3)), RNG.normal(size=(N, 3)), np.arange(N), reg) for N, reg in ((1, 0.0), (2, 0.5), (4, 0.25))
]


def described(right, wrong, inputs):
    """Ask a wrong function about the inputs and return what is said of it."""
    submission = submission_of(f=wrong)
    for arguments in inputs:
        submission.call("f", *arguments)
    return Difference(submission.calls, {"f": right}).describe(submission.calls)


def says(function, inputs=BATCHES, right=loss):
    return described(right, function, inputs)


class TestLoss:
    def test_nothing_is_said_of_right_answers(self):
        assert says(lambda scores, y, delta=1.0: np.float32(loss(scores, y))) == ""

    @pytest.mark.parametrize(("factor", "words"), [(0.5, "0.5 times"), (3, "3 times"), (-1, "the opposite sign")])
    def test_a_constant_factor(self, factor, words):
        assert words in says(lambda scores, y: factor * loss(scores, y))

    def test_a_sum_for_a_mean(self):
        assert "multiplied by the number of examples" in says(lambda scores, y: loss(scores, y) * len(y))

    def test_divided_by_the_number_of_classes(self):
        assert "divided by the number of classes" in says(lambda scores, y: loss(scores, y) / scores.shape[1])

    def test_a_constant_shift(self):
        assert "too large by 1, the same everywhere" in says(lambda scores, y: loss(scores, y) + 1)

    def test_right_for_one_example_only(self):
        sentence = says(lambda scores, y: loss(scores, y) ** len(y))
        assert "right in 2 of 4 calls, and wrong in all those with more than one example" in sentence

    def test_only_ties(self):
        ties = [(np.array([[1.0, 1.0, 0.0]]), np.array([0])), (np.array([[2.0, 5.0, 5.0]]), np.array([0]))]
        wrong = lambda scores, y: loss(scores, y) * (len(np.unique(scores)) == scores.size)  # noqa: E731
        assert "wrong in all those with scores that tie" in says(wrong, [*BATCHES, *ties])

    def test_only_large_scores(self):
        large = [(np.array([[900.0, 1000.0, 0.0]]), np.array([0]))]
        wrong = lambda scores, y: loss(scores, y) if scores.max() < 700 else np.inf  # noqa: E731
        assert "wrong in all those with large numbers" in says(wrong, [*BATCHES, *large])

    def test_only_another_delta(self):
        inputs = [*BATCHES, (*BATCHES[0], 0.5), (*BATCHES[1], 2.0)]
        assert "with a delta other than 1" in says(lambda scores, y, delta=1.0: loss(scores, y), inputs)

    def test_what_follows_no_simple_rule_is_not_described(self):
        rng = np.random.default_rng(0)
        assert says(lambda scores, y: rng.normal()) == ""

    COMPLEX = np.zeros(2, complex)

    @pytest.mark.parametrize(
        "value",
        [None, "text", [1, 2], np.zeros((2, 2)), np.nan, 10**400, {"a": 1}, object(), 1j, COMPLEX, [COMPLEX, COMPLEX]],
    )
    def test_strange_answers_are_no_trouble(self, value):
        assert isinstance(says(lambda scores, y: value), str)

    def test_one_wrong_answer_does_not_make_a_factor(self):
        assert says(lambda scores, y: 2 * loss(scores, y), BATCHES[:1]) == ""


class TestLossAndGradient:
    def says(self, change):
        def wrong(W, X, y, reg):
            value, dW = loss_and_gradient(W, X, y, reg)
            return change(value, dW, W, reg)

        return described(loss_and_gradient, wrong, WEIGHTS)

    def test_a_missing_penalty_of_the_loss(self):
        sentence = self.says(lambda value, dW, W, reg: (value - reg * np.sum(W * W), dW))
        assert "`loss` lacks a term: it is right but for `reg * sum(W**2)`" in sentence
        assert "dW" not in sentence

    def test_a_missing_factor_two_of_the_gradient(self):
        sentence = self.says(lambda value, dW, W, reg: (value, dW - reg * W))
        assert sentence == "`dW` lacks a term: it is right but for `reg * W`."

    def test_a_missing_penalty_of_the_gradient(self):
        assert "`2 * reg * W`" in self.says(lambda value, dW, W, reg: (value, dW - 2 * reg * W))

    def test_reg_forgotten(self):
        assert self.says(lambda value, dW, W, reg: (value, dW + 3 * W)).startswith("`dW` has too much a term")

    def test_a_transposed_gradient(self):
        assert "right up to a transpose" in self.says(lambda value, dW, W, reg: (value, dW.T))

    def test_both_parts_are_described(self):
        sentence = self.says(lambda value, dW, W, reg: (2 * value, -dW))
        assert "`loss` is right but for a constant factor: it is 2 times" in sentence
        assert "`dW` has the opposite sign" in sentence

    @pytest.mark.parametrize("parts", [(1.0,), (1.0, 2.0, 3.0), ("a", "b"), (None, None), (np.nan, np.zeros(0))])
    def test_other_parts_than_asked_for(self, parts):
        assert isinstance(self.says(lambda value, dW, W, reg: parts), str)


def test_only_what_the_check_asked_is_described():
    submission = submission_of(f=lambda scores, y: loss(scores, y) * len(y))
    for arguments in BATCHES:
        submission.call("f", *arguments)
    difference = Difference(submission.calls, {"f": loss})
    assert difference.describe(submission.calls[:2]) == ""  # right for one example
    assert difference.describe(submission.calls[2:]) != ""


def test_calls_that_went_wrong_are_left_out():
    submission = submission_of(f=lambda scores, y: 1 / (len(y) - 1))
    for arguments in BATCHES:
        submission.call("f", *arguments)
    assert isinstance(Difference(submission.calls, {"f": loss}).describe(submission.calls), str)
