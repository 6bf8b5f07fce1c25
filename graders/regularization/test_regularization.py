"""Checks of the assignment ``regularization``.

Values are compared with the reference, on the plainest inputs; all else is laws (see `laws` and `fits`), which a wrong
value does not break, so that one slip costs one check.
"""

# The first line of a check's docstring is a title, without a full stop.

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lossmark import (
    CheckFailed,
    Problem,
    StudentFault,
    Submission,
    assert_answer,
    assert_close,
    assert_unchanged,
    check,
)
from lossmark.checks import same

from . import fits, laws, problems, reference

BETA_OF_FORMS = 0.3
"""A beta that makes fractions of whole weights."""

FITTED_WEIGHTS = 1e-4
"""How far apart two runs of an iteration may end, on the same minimum; the weights are from 1 to 7."""


class TestL2Penalty:
    """The sum of squares."""

    cell = "l2_penalty_tests"
    lecture = "Lecture 3, “Regularization”; notes on neural networks 2, “Regularization”"

    @check(points=0.5, problems=problems.vectors, role="values")
    def test_value(self, submission: Submission, problem: Problem) -> None:
        """The penalty of a vector of weights is right"""
        assert_penalty(submission.l2_penalty, reference.l2_penalty, problem)

    @check(points=0.25, problems=problems.vectors_in_parts)
    def test_sum_over_weights(self, submission: Submission, problem: Problem) -> None:
        """Each weight adds a part of its own to the penalty"""
        laws.assert_sum_of_parts(submission.l2_penalty, *problem.args, **problem.kwargs)

    @check(points=0.5, problems=problems.weights_in_forms)
    def test_any_shape_and_type(self, submission: Submission, problem: Problem) -> None:
        """All weights of an array count, whatever its shape and type"""
        laws.assert_same_in_any_form(submission.l2_penalty, *problem.args, **problem.kwargs)

    @check(points=0.25, problems=problems.weights_to_keep)
    def test_argument_left_alone(self, submission: Submission, problem: Problem) -> None:
        """W is as before after the call"""
        assert_penalty_keeps_weights(submission, "l2_penalty", problem)


class TestL1Penalty:
    """The sum of absolute values."""

    cell = "l1_penalty_tests"
    lecture = "Lecture 3, “Regularization”; notes on neural networks 2, “Regularization”"

    @check(points=0.5, problems=problems.vectors, role="values")
    def test_value(self, submission: Submission, problem: Problem) -> None:
        """The penalty of a vector of weights is right"""
        assert_penalty(submission.l1_penalty, reference.l1_penalty, problem)

    @check(points=0.25, problems=problems.vectors_in_parts)
    def test_sum_over_weights(self, submission: Submission, problem: Problem) -> None:
        """Each weight adds a part of its own to the penalty"""
        laws.assert_sum_of_parts(submission.l1_penalty, *problem.args, **problem.kwargs)

    @check(points=0.5, problems=problems.weights_in_forms)
    def test_any_shape_and_type(self, submission: Submission, problem: Problem) -> None:
        """All weights of an array count, whatever its shape and type"""
        laws.assert_same_in_any_form(submission.l1_penalty, *problem.args, **problem.kwargs)

    @check(points=0.25, problems=problems.weights_to_keep)
    def test_argument_left_alone(self, submission: Submission, problem: Problem) -> None:
        """W is as before after the call"""
        assert_penalty_keeps_weights(submission, "l1_penalty", problem)


class TestElasticNetPenalty:
    """Squares and absolute values."""

    cell = "elastic_net_penalty_tests"
    lecture = "Lecture 3, “Regularization”; notes on neural networks 2, “Regularization”"

    @check(points=0.5, problems=problems.vectors_with_beta(1.0), role="values")
    def test_value(self, submission: Submission, problem: Problem) -> None:
        """With beta = 1 the penalty is the sum of squares and absolute values"""
        (W, _), student = problem.args, laws.aside(submission)

        def own() -> float | None:
            squares = own_penalty(student, "l2_penalty", W)
            absolutes = own_penalty(student, "l1_penalty", W)
            return None if squares is None or absolutes is None else squares + absolutes

        laws.assert_close_to_either(
            submission.elastic_net_penalty(*problem.args),
            reference.elastic_net_penalty(*problem.args),
            own,
            tolerance=reference.penalty_tolerance(*problem.args),
            what="the penalty",
        )

    @check(points=0.5, problems=problems.vectors_with_beta(0.0))
    def test_l1_is_left_at_beta_0(self, submission: Submission, problem: Problem) -> None:
        """With beta = 0 the L1 penalty is left"""
        W, _ = problem.args
        laws.assert_close_to_either(
            submission.elastic_net_penalty(*problem.args),
            reference.l1_penalty(W),
            lambda: own_penalty(laws.aside(submission), "l1_penalty", W),
            tolerance=reference.penalty_tolerance(*problem.args),
            what="the penalty",
        )

    @check(points=0.5, problems=problems.vectors_and_betas)
    def test_proportional_to_beta(self, submission: Submission, problem: Problem) -> None:
        """What beta adds to the penalty is in proportion to beta"""
        laws.assert_proportional_to_beta(submission.elastic_net_penalty, *problem.args)

    @check(points=0.25, problems=problems.weights_in_forms)
    def test_any_shape_and_type(self, submission: Submission, problem: Problem) -> None:
        """All weights of an array count, whatever its shape and type"""
        penalty = with_beta(submission.elastic_net_penalty, BETA_OF_FORMS)
        laws.assert_same_in_any_form(penalty, *problem.args, **problem.kwargs)

    @check(points=0.25, problems=problems.weights_to_keep)
    def test_argument_left_alone(self, submission: Submission, problem: Problem) -> None:
        """W is as before after the call"""
        assert_penalty_keeps_weights(submission, "elastic_net_penalty", problem, BETA_OF_FORMS)


class TestL2Gradient:
    """Of the sum of squares."""

    cell = "l2_gradient_tests"
    lecture = "Lecture 3, “Regularization”; notes on neural networks 2, “Regularization”"

    @check(points=0.5, problems=problems.nonzero_vectors, role="values")
    def test_value(self, submission: Submission, problem: Problem) -> None:
        """The gradient of the sum of squares is right"""
        assert_gradient(submission.l2_gradient, reference.l2_gradient, problem)

    @check(points=0.5, problems=problems.nonzero_vectors)
    def test_derivative_of_own_penalty(self, submission: Submission, problem: Problem) -> None:
        """The gradient is the derivative of your own l2_penalty"""
        laws.assert_own_derivative(
            submission.l2_gradient(*problem.args),
            laws.aside(submission).l2_penalty,
            *problem.args,
            expected=reference.l2_gradient(*problem.args),
            tolerance=reference.gradient_tolerance(*problem.args),
        )

    @check(points=0.25, problems=problems.weights_in_forms)
    def test_any_shape_and_type(self, submission: Submission, problem: Problem) -> None:
        """Each number of the gradient stands where its weight stands"""
        laws.assert_gradient_in_any_form(submission.l2_gradient, *problem.args, **problem.kwargs)

    @check(points=0.25, problems=problems.weights_to_keep)
    def test_argument_left_alone(self, submission: Submission, problem: Problem) -> None:
        """W is as before after the call"""
        assert_gradient_keeps_weights(submission, "l2_gradient", problem)


class TestL1Subgradient:
    """Of the sum of absolute values."""

    cell = "l1_subgradient_tests"
    lecture = "Lecture 3, “Regularization”; notes on neural networks 2, “Regularization”"

    @check(points=0.5, problems=problems.nonzero_vectors, role="values")
    def test_value(self, submission: Submission, problem: Problem) -> None:
        """The gradient is right where no weight is 0"""
        assert_gradient(submission.l1_subgradient, reference.l1_subgradient, problem)

    @check(points=0.5, problems=problems.nonzero_vectors)
    def test_derivative_of_own_penalty(self, submission: Submission, problem: Problem) -> None:
        """The gradient is the derivative of your own l1_penalty"""
        laws.assert_own_derivative(
            submission.l1_subgradient(*problem.args),
            laws.aside(submission).l1_penalty,
            *problem.args,
            expected=reference.l1_subgradient(*problem.args),
            tolerance=reference.gradient_tolerance(*problem.args),
        )

    @check(points=0.5, problems=problems.vectors_with_zeros)
    def test_weights_that_are_zero(self, submission: Submission, problem: Problem) -> None:
        """Where a weight is 0, the subgradient is a number from -1 to 1"""
        laws.assert_varies(submission.l1_subgradient, problem.kwargs["others"])
        laws.assert_within_one_at_zero(submission.l1_subgradient(*problem.args), *problem.args)

    @check(points=0.25, problems=problems.weights_in_forms)
    def test_any_shape_and_type(self, submission: Submission, problem: Problem) -> None:
        """Each number of the subgradient stands where its weight stands"""
        laws.assert_gradient_in_any_form(submission.l1_subgradient, *problem.args, **problem.kwargs)

    @check(points=0.25, problems=problems.weights_to_keep)
    def test_argument_left_alone(self, submission: Submission, problem: Problem) -> None:
        """W is as before after the call"""
        assert_gradient_keeps_weights(submission, "l1_subgradient", problem)


class TestElasticNetGradient:
    """Of squares and absolute values."""

    cell = "elastic_net_gradient_tests"
    lecture = "Lecture 3, “Regularization”; notes on neural networks 2, “Regularization”"

    @check(points=0.5, problems=problems.nonzero_vectors, role="values")
    def test_value(self, submission: Submission, problem: Problem) -> None:
        """With beta = 1 the gradient is right where no weight is 0"""
        (W,) = problem.args
        laws.assert_close_to_either(
            submission.elastic_net_gradient(W, 1.0),
            reference.elastic_net_gradient(W, 1.0),
            lambda: own_elastic_net_gradient(submission, W),
            tolerance=reference.gradient_tolerance(W),
            what="the gradient",
        )

    @check(points=0.5, problems=problems.nonzero_vectors)
    def test_derivative_of_own_penalty(self, submission: Submission, problem: Problem) -> None:
        """With beta = 1 the gradient is the derivative of your own elastic_net_penalty"""
        (W,) = problem.args
        laws.assert_own_derivative(
            submission.elastic_net_gradient(W, 1.0),
            with_beta(laws.aside(submission).elastic_net_penalty, 1.0),
            W,
            expected=reference.elastic_net_gradient(W, 1.0),
            tolerance=reference.gradient_tolerance(W),
            own=lambda: own_elastic_net_gradient(submission, W),
        )

    @check(points=0.5, problems=problems.vectors_with_zeros)
    def test_l1_is_left_at_beta_0(self, submission: Submission, problem: Problem) -> None:
        """With beta = 0 a subgradient of L1 is left; any number from -1 to 1 where a weight is 0"""
        W, others = problem.args[0], problem.kwargs["others"]
        laws.assert_close_to_either(
            submission.elastic_net_gradient(others, 0.0),
            reference.l1_subgradient(others),
            lambda: own_gradient(laws.aside(submission), "l1_subgradient", others),
            tolerance=reference.gradient_tolerance(others),
            what="the gradient for beta = 0",
        )
        got = submission.elastic_net_gradient(W, 0.0)
        try:
            laws.assert_within_one_at_zero(got, W)
        except CheckFailed:
            own = laws.aside(submission).call("l1_subgradient", W)
            if not same(got, own.value):  # what that says at 0 was graded there
                raise

    @check(points=0.25, problems=problems.vectors_and_betas)
    def test_proportional_to_beta(self, submission: Submission, problem: Problem) -> None:
        """What beta adds to the gradient is in proportion to beta"""
        laws.assert_gradient_proportional_to_beta(submission.elastic_net_gradient, *problem.args)

    @check(points=0.25, problems=problems.weights_in_forms)
    def test_any_array_and_left_alone(self, submission: Submission, problem: Problem) -> None:
        """Each number of the gradient stands where its weight stands, and W is as before after the call"""
        gradient = with_beta(submission.elastic_net_gradient, BETA_OF_FORMS)
        laws.assert_gradient_in_any_form(gradient, *problem.args, **problem.kwargs)
        for form in problem.kwargs["forms"]:
            assert_unchanged(submission.call("elastic_net_gradient", form, BETA_OF_FORMS))


class TestFullLoss:
    """Data loss and penalty, graded apart."""

    cell = "full_loss_tests"
    lecture = "Lecture 3, “Regularization”; notes on linear classification, “Regularization”"

    @check(points=0.75, problems=problems.single_examples, role="values")
    def test_data_loss_of_one_example(self, submission: Submission, problem: Problem) -> None:
        """Without regularisation, the loss of one example is right"""
        laws.assert_data_loss(
            submission.full_loss(*problem.args, 0.0),
            laws.aside(submission).full_loss,
            *problem.args,
            expected=reference.full_loss(*problem.args, 0.0),
            tolerance=reference.full_loss_tolerance(*problem.args),
        )

    @check(points=0.5, problems=problems.batches)
    def test_mean_over_batch(self, submission: Submission, problem: Problem) -> None:
        """Without regularisation, the loss of a batch is the mean of the losses of its examples"""
        tolerance = reference.full_loss_tolerance(*problem.args)
        laws.assert_mean_of_examples(submission.full_loss, *problem.args, tolerance)

    @check(points=0.25, problems=problems.weights_without_loss)
    def test_zero_loss_stays_when_doubled(self, submission: Submission, problem: Problem) -> None:
        """Without regularisation, weights that keep all margins have the same loss when they are doubled"""
        tolerance = reference.full_loss_tolerance(*problem.args)
        laws.assert_zero_loss_stays(submission.full_loss, *problem.args, tolerance)

    @check(points=1, problems=problems.weights_and_example)
    def test_penalty(self, submission: Submission, problem: Problem) -> None:
        """With reg = 1, the weights add the sum of their squares to the loss"""
        W, X, y = problem.args
        laws.assert_close_to_either(
            laws.penalty_of(submission.full_loss, W, X, y, 1.0),
            reference.l2_penalty(W),
            lambda: own_penalty(laws.aside(submission), "l2_penalty", W),
            tolerance=reference.full_loss_tolerance(W, 0 * X, y, 1.0),
            what="what the weights alone (X = 0, all scores 0) add to the loss with reg = 1",
        )

    @check(points=0.5, problems=problems.weights_and_regs)
    def test_penalty_is_proportional_to_reg(self, submission: Submission, problem: Problem) -> None:
        """What the weights add is in proportion to reg, and nothing with reg = 0"""
        *args, reg = problem.args
        tolerance = reference.full_loss_tolerance(*args, max(1.0, reg))
        laws.assert_linear_in_reg(submission.full_loss, *problem.args, tolerance)

    @check(points=0.5, problems=problems.batches_and_regs)
    def test_penalty_is_counted_once(self, submission: Submission, problem: Problem) -> None:
        """The penalty is the same for one example and for many"""
        tolerance = reference.full_loss_tolerance(*problem.args)
        laws.assert_penalty_counted_once(submission.full_loss, *problem.args, tolerance)

    @check(points=0.5, problems=problems.batches_to_keep)
    def test_arguments_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The arguments are as before after the call"""
        laws.assert_depends_on_weights(submission.full_loss, *problem.args[:3])
        assert_unchanged(submission.call("full_loss", *problem.args))


class TestRidgePolyfit:
    """A polynomial with an L2 penalty."""

    cell = "ridge_polyfit_tests"
    lecture = "Lecture 3, “Regularization”: a model that is too flexible"

    @check(points=1, problems=problems.exact_polynomials, role="values")
    def test_coefficients_without_penalty(self, submission: Submission, problem: Problem) -> None:
        """With reg = 0 the coefficients are those of least squares, lowest power first"""
        assert_close(
            submission.ridge_polyfit(*problem.args),
            reference.ridge_polyfit(*problem.args),
            tolerance=reference.ridge_polyfit_tolerance(*problem.args),
            what="the array of coefficients",
        )

    @check(points=1, problems=problems.one_point)
    def test_penalty_of_one_point(self, submission: Submission, problem: Problem) -> None:
        """With one point, where N = 1, the squares of all coefficients are penalised"""
        assert_ridge_minimum(submission.ridge_polyfit(*problem.args), problem)

    @check(points=1, problems=problems.many_points)
    def test_mean_over_points(self, submission: Submission, problem: Problem) -> None:
        """With many points, the penalty stands beside the mean of the squares"""
        x, t, degree, reg = problem.args
        is_right_for_one = fits_one_point(submission)
        got = fits.assert_same_for_repeated_data(
            lambda x, t, reg: submission.ridge_polyfit(x, t, degree, reg),
            x,
            t,
            reg,
            what="the coefficients",
            tolerance=reference.ridge_polyfit_tolerance(*problem.args),
            **problem.kwargs,
        )
        if is_right_for_one:
            assert_ridge_minimum(got, problem)

    @check(points=0.75, problems=problems.nearly_dependent_powers)
    def test_degree_12(self, submission: Submission, problem: Problem) -> None:
        """With degree 12 and reg = 0 the polynomial is as near to the points as can be"""
        w = fits.fitted(submission.ridge_polyfit(*problem.args), "the array of coefficients")
        least = reference.ridge_objective(reference.ridge_polyfit(*problem.args), *problem.args)
        fits.assert_error_is_least(lambda w: reference.ridge_objective(w, *problem.args), w, problem.args[2], least)

    @check(points=0.25, problems=problems.points_to_keep)
    def test_arguments_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The arguments are as before after the call"""
        x, t, degree, reg = problem.args
        fits.assert_follows_data(lambda t: submission.ridge_polyfit(x, t, degree, reg), t, "the coefficients")
        assert_unchanged(submission.call("ridge_polyfit", *problem.args))


class TestLassoIsta:
    """Linear regression with an L1 penalty."""

    cell = "lasso_ista_tests"
    lecture = "Lecture 3, “Regularization”; notes on neural networks 2, “Regularization” (L1)"

    @check(points=1, problems=problems.least_squares, role="values")
    def test_least_squares_without_penalty(self, submission: Submission, problem: Problem) -> None:
        """With reg = 0 the weights go to those of least squares"""
        assert_lasso_minimum(submission.lasso_ista(*problem.args), problem)

    @check(points=1, problems=problems.one_example)
    def test_minimum_for_one_example(self, submission: Submission, problem: Problem) -> None:
        """With one example, where N = 1, the objective comes within 1e-6 of its minimum"""
        assert_lasso_minimum(submission.lasso_ista(*problem.args), problem)

    @check(points=1, problems=problems.repeated_examples)
    def test_mean_over_examples(self, submission: Submission, problem: Problem) -> None:
        """With many examples, the penalty stands beside the mean of the squares"""
        X, t, reg, num_iters = problem.args
        is_right_for_one = solves_one_example(submission)
        got = fits.assert_same_for_repeated_data(
            lambda X, t, reg: submission.lasso_ista(X, t, reg, num_iters),
            X,
            t,
            reg,
            what="the weights",
            tolerance=FITTED_WEIGHTS,
            **problem.kwargs,
        )
        if is_right_for_one:
            assert_lasso_minimum(got, problem)

    @check(points=1, problems=problems.sparse_weights)
    def test_zeros_are_exact(self, submission: Submission, problem: Problem) -> None:
        """Weights that are 0 at the minimum are exactly 0, the others are not"""
        X, t, reg, _ = problem.args
        fits.assert_exact_zeros(submission.lasso_ista(*problem.args), reference.lasso_minimum(X, t, reg))

    @check(points=0.5, problems=problems.opposite_targets)
    def test_signs(self, submission: Submission, problem: Problem) -> None:
        """Targets of the opposite sign give weights of the opposite sign"""
        X, t, reg, num_iters = problem.args
        fits.assert_follows_sign(lambda t: submission.lasso_ista(X, t, reg, num_iters), t, FITTED_WEIGHTS)

    @check(points=0.5, problems=problems.examples_to_keep)
    def test_arguments_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The arguments are as before after the call"""
        X, t, reg, num_iters = problems.ONE_WEIGHT.args
        fits.assert_follows_data(lambda t: submission.lasso_ista(X, t, reg, num_iters), t, "the weights")
        assert_unchanged(submission.call("lasso_ista", *problem.args))


class TestRegAnswers:
    """The four questions."""

    cell = "reg_answers_tests"
    lecture = "Lecture 3, “Regularization”; notes on neural networks 2, “Regularization”"

    @check(points=1)
    def test_penalties(self, submission: Submission) -> None:
        """The L1 and L2 penalties of the lecture's two weight vectors"""
        assert_answered(
            submission,
            {
                "l1_of_w1": "Add up the absolute values of its four numbers.",
                "l1_of_w2": "Add up the absolute values of its four numbers.",
                "l2_of_w1": "Add up the squares of its four numbers.",
                "l2_of_w2": "Add up the squares of its four numbers; there is no root and no one-half.",
            },
        )

    @check(points=1)
    def test_preferred(self, submission: Submission) -> None:
        """Which of the two weight vectors each penalty prefers"""
        assert_answered(
            submission,
            {
                "preferred_by_l2": "A penalty prefers the weights for which it is smaller. What are the two sums of "
                "squares?",
                "preferred_by_l1": "A penalty prefers the weights for which it is smaller. What are the two sums of "
                "absolute values? (Do not trust the lecture's notes here.)",
            },
        )

    @check(points=1)
    def test_training_error(self, submission: Submission) -> None:
        """What becomes of the training error when reg grows"""
        assert_answered(
            submission,
            {
                "training_error_as_reg_grows": "The fit minimises the training error plus reg times a penalty. Which "
                "of the two gains in importance when reg grows? Your plot of both errors shows it, too."
            },
        )

    @check(points=1)
    def test_validation_error(self, submission: Submission) -> None:
        """What becomes of the validation error when reg grows"""
        assert_answered(
            submission,
            {
                "validation_error_as_reg_grows": "Look at both ends of your plot: what is wrong with the polynomial at "
                "the smallest reg, and what at the largest?"
            },
        )


def with_beta(function: Callable[..., Any], beta: float) -> Callable[..., Any]:
    """Return a function of the weights and beta as one of the weights."""
    return lambda W: function(W, beta)


def assert_penalty(penalty: Callable[..., Any], right: Callable[..., float], problem: Problem) -> None:
    """Fail unless a penalty has the right value."""
    tolerance = reference.penalty_tolerance(*problem.args)
    assert_close(penalty(*problem.args), right(*problem.args), tolerance=tolerance, what="the penalty")


def assert_gradient(gradient: Callable[..., Any], right: Callable[..., Any], problem: Problem) -> None:
    """Fail unless a gradient has the right values."""
    tolerance = reference.gradient_tolerance(*problem.args)
    assert_close(gradient(*problem.args), right(*problem.args), tolerance=tolerance, what="the gradient")


def assert_penalty_keeps_weights(submission: Submission, name: str, problem: Problem, *beta: float) -> None:
    """Fail unless a penalty leaves its argument alone."""
    (W,) = problem.args
    laws.assert_grows(lambda weights: getattr(submission, name)(weights, *beta), W, "the penalty")
    assert_unchanged(submission.call(name, W.reshape(problem.kwargs["shape"]), *beta))


def assert_gradient_keeps_weights(submission: Submission, name: str, problem: Problem) -> None:
    """Fail unless a gradient leaves its argument alone."""
    (W,) = problem.args
    laws.assert_varies(getattr(submission, name), W)
    assert_unchanged(submission.call(name, W.reshape(problem.kwargs["shape"])))


def own_penalty(student: Submission, name: str, W: laws.Array) -> float | None:
    """Return the student's own penalty of these weights; None where it is none, or not even a slip away from one."""
    penalty = laws.own_penalty(getattr(student, name), W)
    return penalty if penalty is not None and laws.is_sound(student, name) else None


def own_gradient(student: Submission, name: str, W: laws.Array) -> laws.Array | None:
    """Return the student's own gradient at these weights; None where it is none, or not even a slip away from one."""
    gradient = laws.own_gradient(getattr(student, name), W)
    return gradient if gradient is not None and laws.is_sound(student, name) else None


def own_elastic_net_gradient(submission: Submission, W: laws.Array) -> laws.Array | None:
    """Return what the student's own gradients of L2 and L1 make together, with beta = 1."""
    student = laws.aside(submission)
    squares = own_gradient(student, "l2_gradient", W)
    absolutes = own_gradient(student, "l1_subgradient", W)
    return None if squares is None or absolutes is None else squares + absolutes


def assert_ridge_minimum(got: Any, problem: Problem) -> None:
    """Fail unless coefficients are those of the minimum, lowest or highest power first."""
    w, expected = fits.fitted(got, "the array of coefficients"), reference.ridge_polyfit(*problem.args)
    if not fits.is_close_in_either_order(w, expected, reference.ridge_polyfit_tolerance(*problem.args)):
        raise CheckFailed(
            f"the coefficients are {w}, but mean((V w - t)^2) + reg * sum(w^2), with reg = {problem.args[3]:g}, has "
            "its minimum elsewhere",
            expected=f": at {expected}",
        )


def fits_one_point(submission: Submission) -> bool:
    """Whether the student's ridge is right where N = 1."""
    try:
        assert_ridge_minimum(submission.ridge_polyfit(*problems.ONE_POINT.args), problems.ONE_POINT)
    except (CheckFailed, StudentFault):
        return False
    return True


def assert_lasso_minimum(got: Any, problem: Problem) -> None:
    """Fail unless the lasso's objective is at its minimum."""
    X, t, reg, _ = problem.args
    fits.assert_objective_is_minimal(got, X, t, reg, reference.lasso_minimum(X, t, reg), reference.lasso_objective)


def solves_one_example(submission: Submission) -> bool:
    """Whether the student's lasso is right where N = 1."""
    try:
        for problem in (problems.ONE_WEIGHT, problems.TWO_WEIGHTS):
            assert_lasso_minimum(submission.lasso_ista(*problem.args), problem)
    except (CheckFailed, StudentFault):
        return False
    return True


def assert_answered(submission: Submission, hints: dict[str, str]) -> None:
    """Fail unless variables hold the right answers; say how to find the first that does not, not what it is.

    All of them are read in any case, because a diagnosis needs the other answers too.
    """
    failures: list[CheckFailed | StudentFault] = []
    for name, hint in hints.items():
        try:
            assert_answer(submission.value(name), reference.answers[name])
        except CheckFailed as failure:
            failures.append(CheckFailed(f"`{name}`: {failure}. {hint}"))
        except StudentFault as fault:
            failures.append(fault)
    if failures:
        raise failures[0] from None
