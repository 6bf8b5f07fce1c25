"""Checks of the assignment ``softmax``.

Of each function, one check compares with the reference; the others are laws (see `laws` and `losses`), which a wrong
value does not break, so that one slip costs one check. What follows from the student's own earlier function is right
(see `follow_through`).
"""

# The first line of a check's docstring is a title, without a full stop.

from __future__ import annotations

from lossmark import CheckFailed, Problem, Submission, assert_answer, assert_close, check

from . import laws, problems, reference
from .follow_through import following_through
from .losses import HINGE, SOFTMAX, Loss, TwoLosses, assert_depends_on_arguments


class TestSoftmax:
    """Scores to probabilities."""

    cell = "softmax_tests"
    lecture = (
        "Lecture 3, “Softmax classifier”; notes on linear classification, “Softmax classifier” (“Numeric stability”)"
    )

    @check(points=1, problems=problems.rows, role="values")
    def test_probabilities_of_one_example(self, submission: Submission, problem: Problem) -> None:
        """The probabilities of one example are right, for any number of classes"""
        (row,) = problem.args
        laws.assert_values(submission.softmax, row, reference.softmax(row), reference.softmax_tolerance(row))

    @check(points=0.5, problems=problems.rows_and_orders)
    def test_probabilities_add_up_to_one(self, submission: Submission, problem: Problem) -> None:
        """The probabilities of an example add up to 1, and each moves along with its class"""
        (row,) = problem.args
        laws.assert_probabilities(submission.softmax, row, tolerance=reference.softmax_tolerance(row), **problem.kwargs)

    @check(points=0.5, problems=problems.batches_of_rows)
    def test_rows_of_a_batch(self, submission: Submission, problem: Problem) -> None:
        """Each row of a batch is handled by itself, also where the rows are far apart"""
        (batch,) = problem.args
        laws.assert_rows_apart(submission.softmax, batch, reference.softmax(batch), reference.softmax_tolerance(batch))

    @check(points=1, problems=problems.far_and_wide_rows)
    def test_large_scores(self, submission: Submission, problem: Problem) -> None:
        """Scores of 10,000 and more, positive or negative, give the right finite numbers"""
        near, far = problem.args
        laws.assert_far(
            submission.softmax,
            near,
            far,
            expected=reference.softmax(far),
            tolerance=reference.softmax_tolerance(far),
            **problem.kwargs,
        )

    @check(points=0.5, problems=problems.rows_of_other_types)
    def test_other_shape_and_types(self, submission: Submission, problem: Problem) -> None:
        """One example may have the shape (C,), and scores may be whole numbers or float32"""
        (row,) = problem.args
        laws.assert_forms(submission.softmax, row, reference.softmax(row), reference.softmax_tolerance(row))

    @check(points=0.5, problems=problems.rows_to_keep)
    def test_arguments_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The scores are as before after the call"""
        laws.assert_left_alone(submission, "softmax", *problem.args)


class TestLogSoftmax:
    """Scores to log-probabilities."""

    cell = "log_softmax_tests"
    lecture = (
        "Lecture 3, “Softmax classifier”; notes on linear classification, “Softmax classifier” (“Numeric stability”)"
    )

    @check(points=1, problems=problems.rows, role="values")
    def test_log_probabilities_of_one_example(self, submission: Submission, problem: Problem) -> None:
        """The log-probabilities of one example are right, for any number of classes"""
        (row,) = problem.args
        with following_through(submission, "log_softmax"):
            laws.assert_values(
                submission.log_softmax, row, reference.log_softmax(row), reference.log_softmax_tolerance(row)
            )

    @check(points=1, problems=problems.tiny_rows)
    def test_tiny_probabilities(self, submission: Submission, problem: Problem) -> None:
        """The log-probability of a hopeless class is exact: there is no log(0)"""
        self.assert_far(submission, problem)

    @check(points=0.5, problems=problems.far_rows)
    def test_large_scores(self, submission: Submission, problem: Problem) -> None:
        """Scores of 10,000 and more, positive or negative, give the right finite numbers"""
        self.assert_far(submission, problem)

    @check(points=0.5, problems=problems.batches_of_rows)
    def test_rows_of_a_batch(self, submission: Submission, problem: Problem) -> None:
        """Each row of a batch is handled by itself, also where the rows are far apart"""
        (batch,) = problem.args
        with following_through(submission, "log_softmax"):
            laws.assert_rows_apart(
                submission.log_softmax, batch, reference.log_softmax(batch), reference.log_softmax_tolerance(batch)
            )

    @check(points=0.5, problems=problems.rows_of_other_types)
    def test_other_shape_and_types(self, submission: Submission, problem: Problem) -> None:
        """One example may have the shape (C,), and scores may be whole numbers or float32"""
        (row,) = problem.args
        with following_through(submission, "log_softmax"):
            laws.assert_forms(
                submission.log_softmax, row, reference.log_softmax(row), reference.log_softmax_tolerance(row)
            )

    @check(points=0.5, problems=problems.rows_to_keep)
    def test_arguments_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The scores are as before after the call"""
        with following_through(submission, "log_softmax"):
            laws.assert_left_alone(submission, "log_softmax", *problem.args)

    def assert_far(self, submission: Submission, problem: Problem) -> None:
        """Fail unless the log-probabilities far away are those near 0, times a factor."""
        near, far = problem.args
        with following_through(submission, "log_softmax"):
            laws.assert_far(
                submission.log_softmax,
                near,
                far,
                expected=reference.log_softmax(far),
                tolerance=reference.log_softmax_tolerance(far),
                **problem.kwargs,
            )


class TestCrossEntropy:
    """The loss of a batch."""

    cell = "cross_entropy_tests"
    lecture = "Lecture 3, “Softmax classifier”; notes on linear classification, “Softmax classifier”"

    @check(points=1, problems=problems.single_examples, role="values")
    def test_loss_of_one_example(self, submission: Submission, problem: Problem) -> None:
        """The loss of a batch of one example is right, for any number of classes"""
        with following_through(submission, "cross_entropy"):
            assert_close(
                submission.cross_entropy(*problem.args),
                reference.cross_entropy(*problem.args),
                tolerance=reference.cross_entropy_tolerance(*problem.args),
                what="the loss",
            )

    @check(points=1, problems=problems.batches)
    def test_mean_over_batch(self, submission: Submission, problem: Problem) -> None:
        """The loss of a batch is the mean of the losses of its examples"""
        with following_through(submission, "cross_entropy"):
            Loss(submission.cross_entropy).assert_mean_of_examples(*problem.args)

    @check(points=0.5, problems=problems.far_examples)
    def test_large_scores(self, submission: Submission, problem: Problem) -> None:
        """Scores of 10,000 and more, positive or negative, give the right finite loss"""
        with following_through(submission, "cross_entropy"):
            Loss(submission.cross_entropy).assert_far(*problem.args, **problem.kwargs)

    @check(points=0.5, problems=problems.tiny_examples)
    def test_tiny_probabilities(self, submission: Submission, problem: Problem) -> None:
        """The loss is exact where the correct class is hopeless: there is no log(0)"""
        with following_through(submission, "cross_entropy"):
            Loss(submission.cross_entropy).assert_far(*problem.args, **problem.kwargs)

    @check(points=0.5, problems=problems.examples_of_other_types)
    def test_integers_and_float32(self, submission: Submission, problem: Problem) -> None:
        """Whole numbers and float32 give the same loss as float64"""
        with following_through(submission, "cross_entropy"):
            Loss(submission.cross_entropy).assert_any_type(*problem.args)

    @check(points=0.5, problems=problems.examples_to_keep)
    def test_arguments_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The arguments are as before after the call"""
        with following_through(submission, "cross_entropy"):
            assert_depends_on_arguments(Loss(submission.cross_entropy))
            laws.assert_unchanged_if_it_runs(submission.call("cross_entropy", *problem.args))


class TestCompareLosses:
    """Hinge and softmax loss, example by example."""

    cell = "compare_losses_tests"
    lecture = "Lecture 3, “Softmax vs. SVM”; notes on linear classification, “SVM vs. Softmax”"

    @check(points=0.5, problems=problems.single_examples, role="alone")
    def test_hinge_loss_of_one_example(self, submission: Submission, problem: Problem) -> None:
        """The hinge loss of one example is right, for any number of classes"""
        with following_through(submission, "compare_losses", errors_only=True):
            TwoLosses(submission.compare_losses).assert_values(HINGE, *problem.args)

    @check(points=0.5, problems=problems.single_examples, role="values")
    def test_softmax_loss_of_one_example(self, submission: Submission, problem: Problem) -> None:
        """The softmax loss of one example is right, for any number of classes"""
        with following_through(submission, "compare_losses"):
            TwoLosses(submission.compare_losses).assert_values(SOFTMAX, *problem.args)

    @check(points=0.5)
    def test_hinge_comes_first(self, submission: Submission) -> None:
        """The hinge losses come first, the softmax losses second"""
        two_losses = TwoLosses(submission.compare_losses)
        two_losses.assert_depends_on_arguments(HINGE)
        two_losses.assert_depends_on_arguments(SOFTMAX)
        if two_losses.are_swapped:
            raise CheckFailed("the two arrays have changed places: the hinge losses should come first")

    @check(points=0.5, problems=problems.batches)
    def test_each_example_by_itself(self, submission: Submission, problem: Problem) -> None:
        """The losses of a batch are one number for each example, the same as it has alone"""
        two_losses, answers = TwoLosses(submission.compare_losses), None
        with following_through(submission, "compare_losses"):
            two_losses.assert_depends_on_arguments(SOFTMAX)
            answers = two_losses.taken_apart(*problem.args)
            two_losses.assert_of_each_example(SOFTMAX, *problem.args, answers)
        if answers is not None:  # None where an error was forgiven
            two_losses.assert_of_each_example(HINGE, *problem.args, answers)

    @check(points=0.5, problems=problems.far_and_tiny_examples)
    def test_large_scores(self, submission: Submission, problem: Problem) -> None:
        """The softmax loss is exact for scores of 10,000 and more, also where the correct class is hopeless"""
        with following_through(submission, "compare_losses"):
            TwoLosses(submission.compare_losses).assert_far(*problem.args, **problem.kwargs)

    @check(points=0.5, problems=problems.examples_of_other_types)
    def test_arguments_of_any_type_left_alone(self, submission: Submission, problem: Problem) -> None:
        """Whole numbers and float32 work like float64, and the arguments are as before after the call"""
        two_losses, answers = TwoLosses(submission.compare_losses), None
        with following_through(submission, "compare_losses"):
            two_losses.assert_depends_on_arguments(SOFTMAX)
            answers = two_losses.of_types(*problem.args)
            two_losses.assert_any_type(SOFTMAX, *problem.args, answers)
        if answers is not None:  # None where an error was forgiven
            two_losses.assert_any_type(HINGE, *problem.args, answers)
        with following_through(submission, "compare_losses"):
            laws.assert_unchanged_if_it_runs(submission.call("compare_losses", *problem.args))


class TestSoftmaxAnswers:
    """The five questions."""

    cell = "softmax_answers_tests"
    lecture = "Lecture 3, “Softmax classifier”; notes on linear classification, “Softmax classifier”"

    @check(points=1)
    def test_extremes(self, submission: Submission) -> None:
        """The smallest and the largest value of the loss"""
        assert_answered(
            submission,
            smallest_loss="A probability lies between 0 and 1: what is minus the logarithm of the best one?",
            largest_loss="Let the correct class fall further and further behind: what happens to its probability, and "
            "where does minus the logarithm end?",
        )

    @check(points=1)
    def test_loss_at_start(self, submission: Submission) -> None:
        """The loss at the start of training, for 10 classes"""
        assert_answered(
            submission,
            loss_at_start="If all ten scores are equal, so are the ten probabilities, which add up to 1. "
            "`cross_entropy` of an array of zeros tells you, too.",
        )

    @check(points=1)
    def test_base_of_089(self, submission: Submission) -> None:
        """The base of the logarithm on the slide"""
        assert_answered(
            submission,
            base_of_089="Which number, raised to the power -0.89, gives 0.13? Try the logarithms that numpy has.",
        )

    @check(points=1)
    def test_jiggle(self, submission: Submission) -> None:
        """Whether a score that is far behind matters to each loss"""
        assert_answered(
            submission,
            jiggle_changes_hinge="Work out the margin of class 2 before and after, and its maximum with 0.",
            jiggle_changes_softmax="Which scores does the sum in the denominator hold? Compare the losses to eight "
            "digits.",
        )

    @check(points=1)
    def test_new_point(self, submission: Submission) -> None:
        """Whether a new example can leave the sum of the losses as it was"""
        assert_answered(
            submission,
            new_point_can_be_free_hinge="What is the least that an example can cost, and do finite scores reach it? "
            "Look at the lecture's three examples.",
            new_point_can_be_free_softmax="To cost nothing, an example needs the probability 1 for its class. Can the "
            "other classes have 0, with finite scores and all their digits?",
        )


def assert_answered(submission: Submission, **hints: str) -> None:
    """Fail unless variables hold the right answers; say how to find the first that does not, not what it is."""
    given = {name: submission.value(name) for name in hints}  # all are read, which tells mistakes in one from others
    for name, hint in hints.items():
        try:
            assert_answer(given[name], reference.answers[name])
        except CheckFailed as failure:
            raise CheckFailed(f"`{name}`: {failure}. {hint}") from None
