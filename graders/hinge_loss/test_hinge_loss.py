"""Checks of the assignment ``hinge_loss``.

Of each function, the first check alone compares with the reference; the others are laws (see `laws`), which a wrong
value does not break, so that one slip costs one check.
"""

# The first line of a check's docstring is a title, without a full stop.

from __future__ import annotations

from lossmark import (
    CheckFailed,
    Problem,
    Submission,
    assert_answer,
    assert_close,
    assert_unchanged,
    assert_vectorised,
    check,
)

from . import laws, problems, reference

LOOPS = {
    "a `for` loop": "python_loop",
    "a `while` loop": "python_loop",
    "recursion": "python_loop",
    "a comprehension": "comprehension",
}
"""The misconception that each kind of loop is; what is not here is a loop in disguise."""


class TestLI:
    """One example, with a loop."""

    cell = "L_i_tests"
    lecture = (
        "Lecture 3, “Multiclass SVM loss”; notes on linear classification, “Multiclass Support Vector Machine loss”"
    )

    @check(points=1, problems=problems.weights, role="values")
    def test_loss_of_one_example(self, submission: Submission, problem: Problem) -> None:
        """The loss of one example is right, for any number of classes and features"""
        assert_close(
            submission.L_i(*problem.args),
            reference.L_i(*problem.args),
            tolerance=reference.L_i_tolerance(*problem.args),
            what="the loss",
        )

    @check(points=0.5, problems=problems.weights_with_margin)
    def test_margin_is_respected(self, submission: Submission, problem: Problem) -> None:
        """A margin delta other than 1 is respected"""
        laws.assert_margin_respected(submission.L_i, problem.args, reference.L_i_tolerance, powers=[1])

    @check(points=0.5, problems=problems.weights_and_shift)
    def test_only_differences_matter(self, submission: Submission, problem: Problem) -> None:
        """Adding the same number to all scores changes nothing"""
        laws.assert_shift_invariant(submission.L_i, problem.args, tolerance=reference.L_i_tolerance, **problem.kwargs)

    @check(points=0.5, problems=problems.weights_of_other_types)
    def test_integers_and_float32(self, submission: Submission, problem: Problem) -> None:
        """Whole numbers and float32 give the same loss as float64"""
        laws.assert_type_does_not_matter(submission.L_i, problem.args, reference.L_i_tolerance)

    @check(points=0.5, problems=problems.weights_to_keep)
    def test_arguments_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The arguments are as before after the call"""
        laws.assert_depends_on_scores(submission.L_i, problem.args, reference.L_i_tolerance)
        assert_unchanged(submission.call("L_i", *problem.args))


class TestLIVectorized:
    """One example, without a loop."""

    cell = "L_i_vectorized_tests"
    lecture = (
        "Lecture 3, “Multiclass SVM loss”; notes on linear classification, “Multiclass Support Vector Machine loss”"
    )

    @check(points=1, problems=problems.weights, role="values")
    def test_loss_of_one_example(self, submission: Submission, problem: Problem) -> None:
        """The loss of one example is right, for any number of classes and features"""
        assert_close(
            submission.L_i_vectorized(*problem.args),
            reference.L_i_vectorized(*problem.args),
            tolerance=reference.L_i_tolerance(*problem.args),
            what="the loss",
        )

    @check(points=1, problems=problems.growing_weights)
    def test_no_python_loop(self, submission: Submission, problem: Problem) -> None:
        """There is no Python loop"""
        laws.assert_depends_on_scores(submission.L_i_vectorized, problem.args, reference.L_i_tolerance)
        assert_vectorised(
            submission,
            "L_i_vectorized",
            reference.L_i_vectorized,
            problem.kwargs["growths"],
            misconceptions=LOOPS,
            otherwise="loop_in_disguise",
        )

    @check(points=0.5, problems=problems.weights_with_margin)
    def test_margin_is_respected(self, submission: Submission, problem: Problem) -> None:
        """A margin delta other than 1 is respected"""
        laws.assert_margin_respected(submission.L_i_vectorized, problem.args, reference.L_i_tolerance, powers=[1])

    @check(points=0.5, problems=problems.weights_to_keep_of_all_types)
    def test_arguments_of_any_type_left_alone(self, submission: Submission, problem: Problem) -> None:
        """Whole numbers and float32 work like float64, and the arguments are as before after the call"""
        laws.assert_type_does_not_matter(submission.L_i_vectorized, problem.args, reference.L_i_tolerance)
        assert_unchanged(submission.call("L_i_vectorized", *problem.args))


class TestSvmLoss:
    """A batch."""

    cell = "svm_loss_tests"
    lecture = (
        "Lecture 3, “Multiclass SVM loss”; notes on linear classification, “Multiclass Support Vector Machine loss”"
    )

    @check(points=1.5, problems=problems.single_examples, role="values")
    def test_loss_of_one_example(self, submission: Submission, problem: Problem) -> None:
        """The loss of a batch of one example is right, for any number of classes"""
        assert_close(
            submission.svm_loss(*problem.args),
            reference.svm_loss(*problem.args),
            tolerance=reference.svm_loss_tolerance(*problem.args),
            what="the loss",
        )

    @check(points=1, problems=problems.batches)
    def test_mean_over_batch(self, submission: Submission, problem: Problem) -> None:
        """The loss of a batch is the mean of the losses of its examples"""
        laws.assert_mean_of_parts(
            submission.svm_loss, problem.args, tolerance=reference.svm_loss_tolerance, **problem.kwargs
        )

    @check(points=1, problems=problems.scores_with_margin)
    def test_margin_is_respected(self, submission: Submission, problem: Problem) -> None:
        """A margin delta other than 1 is respected"""
        laws.assert_margin_respected(submission.svm_loss, problem.args, reference.svm_loss_tolerance, powers=[1])

    @check(points=0.5, problems=problems.scores_and_shift)
    def test_only_differences_matter(self, submission: Submission, problem: Problem) -> None:
        """Adding the same number to all scores changes nothing"""
        laws.assert_shift_invariant(
            submission.svm_loss, problem.args, tolerance=reference.svm_loss_tolerance, **problem.kwargs
        )

    @check(points=0.5, problems=problems.scores_of_other_types)
    def test_integers_and_float32(self, submission: Submission, problem: Problem) -> None:
        """Whole numbers and float32 give the same loss as float64"""
        laws.assert_type_does_not_matter(submission.svm_loss, problem.args, reference.svm_loss_tolerance)

    @check(points=0.5, problems=problems.scores_to_keep)
    def test_arguments_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The arguments are as before after the call"""
        scores, y = problem.args  # of a batch, one example shows that there is a loss; its mean is another check's
        laws.assert_depends_on_scores(submission.svm_loss, (scores[:1], y[:1]), reference.svm_loss_tolerance)
        assert_unchanged(submission.call("svm_loss", *problem.args))


class TestSquaredHingeLoss:
    """A batch, each margin squared."""

    cell = "squared_hinge_loss_tests"
    lecture = (
        "Lecture 3, “Multiclass SVM loss”; notes on linear classification, “Multiclass Support Vector Machine loss”"
    )

    @check(points=1, problems=problems.single_examples, role="values")
    def test_loss_of_one_example(self, submission: Submission, problem: Problem) -> None:
        """The loss of a batch of one example is right, for any number of classes"""
        assert_close(
            submission.squared_hinge_loss(*problem.args),
            reference.squared_hinge_loss(*problem.args),
            tolerance=reference.squared_hinge_loss_tolerance(*problem.args),
            what="the loss",
        )

    @check(points=0.5, problems=problems.batches)
    def test_mean_over_batch(self, submission: Submission, problem: Problem) -> None:
        """The loss of a batch is the mean of the losses of its examples"""
        laws.assert_mean_of_parts(
            submission.squared_hinge_loss,
            problem.args,
            tolerance=reference.squared_hinge_loss_tolerance,
            **problem.kwargs,
        )

    @check(points=0.5, problems=problems.scores_with_margin)
    def test_margin_is_respected(self, submission: Submission, problem: Problem) -> None:
        """A margin delta other than 1 is respected"""
        laws.assert_margin_respected(
            submission.squared_hinge_loss, problem.args, reference.squared_hinge_loss_tolerance, powers=[2, 1]
        )

    @check(points=0.5, problems=problems.scores_of_other_types)
    def test_integers_and_float32(self, submission: Submission, problem: Problem) -> None:
        """Whole numbers and float32 give the same loss as float64"""
        laws.assert_type_does_not_matter(
            submission.squared_hinge_loss, problem.args, reference.squared_hinge_loss_tolerance
        )

    @check(points=0.5, problems=problems.scores_to_keep)
    def test_arguments_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The arguments are as before after the call"""
        scores, y = problem.args  # of a batch, one example shows that there is a loss; its mean is another check's
        laws.assert_depends_on_scores(
            submission.squared_hinge_loss, (scores[:1], y[:1]), reference.squared_hinge_loss_tolerance
        )
        assert_unchanged(submission.call("squared_hinge_loss", *problem.args))


class TestSvmAnswers:
    """The six questions."""

    cell = "svm_answers_tests"
    lecture = (
        "Lecture 3, “Multiclass SVM loss”; notes on linear classification, “Multiclass Support Vector Machine loss”"
    )

    @check(points=1)
    def test_jiggle(self, submission: Submission) -> None:
        """Whether jiggling the scores of the car image changes its loss"""
        assert_answered(
            submission,
            "jiggle_changes_loss",
            "Work out the two margins of the car image. How far may each of them move when both of its scores move by "
            "0.1, and which margins cost something?",
        )

    @check(points=1)
    def test_extremes(self, submission: Submission) -> None:
        """The smallest and the largest value of the loss"""
        assert_answered(
            submission,
            "smallest_loss",
            "What does one class add at least? Can all of them add so little at the same time?",
        )
        assert_answered(
            submission,
            "largest_loss",
            "Raise the score of one wrong class further and further: where does the loss end?",
        )

    @check(points=1)
    def test_loss_at_zero_scores(self, submission: Submission) -> None:
        """The loss at the start of training, for 10 classes"""
        assert_answered(
            submission,
            "loss_at_zero_scores",
            "Put s = 0 into the formula: what is each margin then, and how many of them does the sum have? "
            "`svm_loss` of an array of zeros tells you, too.",
        )

    @check(points=1)
    def test_added_by_correct_class(self, submission: Submission) -> None:
        """What the correct class would add to the sum"""
        assert_answered(
            submission,
            "added_by_correct_class",
            "Write the margin down for j = y. Which two numbers are subtracted, and what is left?",
        )

    @check(points=1)
    def test_mean_instead_of_sum(self, submission: Submission) -> None:
        """What changes when the mean over the classes takes the place of the sum"""
        assert_answered(
            submission,
            "mean_instead_of_sum",
            "By which factor do the two losses differ, and does it depend on W? Then add a penalty that is not "
            "multiplied by this factor.",
        )

    @check(points=1)
    def test_squared_is_a_different_loss(self, submission: Submission) -> None:
        """Whether the squared hinge loss is a loss of its own"""
        assert_answered(
            submission,
            "squared_is_a_different_loss",
            "Compare two W: with the one, a single margin is 2; with the other, two margins are 1. What does each loss "
            "say about them?",
        )


def assert_answered(submission: Submission, name: str, hint: str) -> None:
    """Fail unless a variable holds the right answer; say how to find it, not what it is."""
    try:
        assert_answer(submission.value(name), reference.answers[name])
    except CheckFailed as failure:
        raise CheckFailed(f"`{name}`: {failure}. {hint}") from None
