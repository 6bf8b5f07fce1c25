"""Checks of the assignment ``gradients``.

Of each function, few checks compare with the right answer; the others are laws (see `differences` and `laws`), which a
wrong value does not break, so that one slip costs one check. Of a loss and its gradient, all laws rest on the values of
the loss. The gradient's values stand alone: they are right, or follow from a loss that is a recognised slip away.
"""

# The first line of a check's docstring is a title, without a full stop.

from __future__ import annotations

import numpy as np

from lossmark import (
    CheckFailed,
    Problem,
    Submission,
    as_array,
    assert_answer,
    assert_close,
    check,
    rounding_error,
)

from . import differences, laws, problems, reference
from .laws import Loss


class TestEvalNumericalGradient:
    """Forward differences."""

    cell = "eval_numerical_gradient_tests"
    lecture = (
        "Lecture 3, “Optimization”; notes on optimization, “Computing the gradient numerically with finite differences”"
    )
    name = "eval_numerical_gradient"

    @check(points=1, problems=problems.functions_of_vectors, role="values")
    def test_gradient_of_vectors(self, submission: Submission, problem: Problem) -> None:
        """The gradient of a function of a vector is right"""
        differences.assert_gradient(submission, self.name, *problem.args)

    @check(points=0.5, problems=problems.forward_steps)
    def test_forward_by_h(self, submission: Submission, problem: Problem) -> None:
        """The differences are forward ones, with the step h"""
        differences.assert_forward(submission, self.name, *problem.args)

    @check(points=0.5, problems=problems.functions_of_arrays)
    def test_any_shape(self, submission: Submission, problem: Problem) -> None:
        """An array of any shape has a gradient of its shape"""
        differences.assert_same_in_any_shape(submission, self.name, *problem.args)

    @check(points=0.5, problems=problems.points_to_keep)
    def test_x_as_before(self, submission: Submission, problem: Problem) -> None:
        """The point x is as before afterwards, to the last bit"""
        differences.assert_x_kept(submission, self.name, *problem.args)

    @check(points=0.5, problems=problems.whole_numbers)
    def test_floats_from_whole_numbers(self, submission: Submission, problem: Problem) -> None:
        """The gradient is not cut to whole numbers where x holds such"""
        differences.assert_no_whole_numbers(submission, self.name, *problem.args)


class TestEvalNumericalGradientCentered:
    """Centred differences."""

    cell = "eval_numerical_gradient_centered_tests"
    lecture = (
        "Lecture 3, “Optimization”; notes on optimization, “Computing the gradient numerically with finite differences”"
    )
    name = "eval_numerical_gradient_centered"

    @check(points=1, problems=problems.functions_of_vectors, role="values")
    def test_gradient_of_vectors(self, submission: Submission, problem: Problem) -> None:
        """The gradient of a function of a vector is right"""
        differences.assert_gradient(submission, self.name, *problem.args)

    @check(points=0.5, problems=problems.centred_steps)
    def test_error_falls_as_h_squared(self, submission: Submission, problem: Problem) -> None:
        """The differences are centred ones: the error falls as the square of h"""
        differences.assert_centred(submission, self.name, *problem.args)

    @check(points=0.5, problems=problems.functions_of_arrays)
    def test_any_shape(self, submission: Submission, problem: Problem) -> None:
        """An array of any shape has a gradient of its shape"""
        differences.assert_same_in_any_shape(submission, self.name, *problem.args)

    @check(points=0.5, problems=problems.points_to_keep)
    def test_x_as_before(self, submission: Submission, problem: Problem) -> None:
        """The point x is as before afterwards, to the last bit"""
        differences.assert_x_kept(submission, self.name, *problem.args)

    @check(points=0.5, problems=problems.whole_numbers)
    def test_floats_from_whole_numbers(self, submission: Submission, problem: Problem) -> None:
        """The gradient is not cut to whole numbers where x holds such"""
        differences.assert_no_whole_numbers(submission, self.name, *problem.args)


class TestRelativeError:
    """How far two gradients are apart."""

    cell = "relative_error_tests"
    lecture = "Notes on neural networks 3, “Gradient checks”"

    @check(points=0.5, problems=problems.numbers, role="values")
    def test_two_numbers(self, submission: Submission, problem: Problem) -> None:
        """The relative error of two numbers is right"""
        differences.assert_relative_error(submission, *problem.args)

    @check(points=0.5, problems=problems.signed_numbers)
    def test_signs(self, submission: Submission, problem: Problem) -> None:
        """Neither the order nor the signs of the numbers matter"""
        differences.assert_signs_do_not_matter(submission, *problem.args)

    @check(points=0.5, problems=problems.arrays_of_numbers)
    def test_largest_element(self, submission: Submission, problem: Problem) -> None:
        """The result is the largest of the elements' errors"""
        differences.assert_largest_of_elements(submission, *problem.args)

    @check(points=0.5)
    def test_floor(self, submission: Submission, rng: np.random.Generator) -> None:
        """Zeros and tiny numbers are compared with the floor 1e-8"""
        differences.assert_floor(submission, rng)


class TestGradCheckSparse:
    """A check at a few places."""

    cell = "grad_check_sparse_tests"
    lecture = "Notes on neural networks 3, “Gradient checks”"

    @check(points=0.5, problems=problems.functions_to_check, role="values")
    def test_right_gradient_passes(self, submission: Submission, problem: Problem) -> None:
        """A right gradient gives a small error"""
        differences.following_relative_error(differences.assert_passes_right_gradient, submission, *problem.args)

    @check(points=1, problems=problems.wrong_factors)
    def test_wrong_gradient_is_found(self, submission: Submission, problem: Problem) -> None:
        """A gradient that is wrong everywhere gives the relative error of its numbers"""
        differences.following_relative_error(differences.assert_finds_factor, submission, *problem.args)

    @check(points=0.5, problems=problems.long_vectors)
    def test_largest_error_counts(self, submission: Submission, problem: Problem) -> None:
        """The result is the largest of the errors found"""
        differences.following_relative_error(differences.assert_largest_error, submission, *problem.args)

    @check(points=0.5, problems=problems.places)
    def test_num_checks_random_places(self, submission: Submission, problem: Problem) -> None:
        """Each check looks at num_checks places drawn at random, one at a time, h away from x"""
        differences.following_relative_error(differences.assert_places, submission, *problem.args, **problem.kwargs)

    @check(points=0.5, problems=problems.points_to_keep)
    def test_x_as_before(self, submission: Submission, problem: Problem) -> None:
        """The point x is as before afterwards, to the last bit"""
        differences.following_relative_error(differences.assert_sparse_keeps_x, submission, *problem.args)


class TestSvmLossNaive:
    """The hinge loss and its gradient, with loops."""

    cell = "svm_loss_naive_tests"
    lecture = "Lecture 3, “Optimization”; notes on optimization, “Computing the gradient analytically with Calculus”"
    name = "svm_loss_naive"

    @check(points=1.5, problems=problems.data_losses, role="values")
    def test_data_loss(self, submission: Submission, problem: Problem) -> None:
        """The loss without penalty is right (reg = 0)"""
        laws.assert_data_loss(Loss(submission, self.name), *problem.args)

    @check(points=1, problems=problems.penalties)
    def test_penalty_in_loss(self, submission: Submission, problem: Problem) -> None:
        """The penalty adds reg * np.sum(W * W) to the loss"""
        laws.assert_penalty_in_loss(Loss(submission, self.name), *problem.args)

    @check(points=1.5, problems=problems.svm_data_gradients, role="alone")
    def test_data_gradient(self, submission: Submission, problem: Problem) -> None:
        """The gradient of the loss without penalty is right (reg = 0)"""
        laws.assert_data_gradient(Loss(submission, self.name), *problem.args)

    @check(points=1, problems=problems.penalties)
    def test_penalty_in_gradient(self, submission: Submission, problem: Problem) -> None:
        """The penalty adds its derivative to the gradient"""
        laws.assert_penalty_in_gradient(Loss(submission, self.name), *problem.args)

    @check(points=0.5, problems=problems.whole_losses)
    def test_derivative_of_own_loss(self, submission: Submission, problem: Problem) -> None:
        """The gradient is the derivative of the loss that you return (reg > 0)"""
        laws.assert_consistent(Loss(submission, self.name), *problem.args, **problem.kwargs)

    @check(points=0.5, problems=problems.arguments_of_all_types)
    def test_types_and_arguments(self, submission: Submission, problem: Problem) -> None:
        """float32 and whole numbers work like float64, and the arguments are as before"""
        laws.assert_types_and_arguments(Loss(submission, self.name), *problem.args, **problem.kwargs)


class TestSvmLossVectorized:
    """The hinge loss and its gradient, without loops."""

    cell = "svm_loss_vectorized_tests"
    lecture = "Lecture 3, “Optimization”; notes on optimization, “Computing the gradient analytically with Calculus”"
    name = "svm_loss_vectorized"

    @check(points=1, problems=problems.data_losses, role="values")
    def test_data_loss(self, submission: Submission, problem: Problem) -> None:
        """The loss without penalty is right (reg = 0)"""
        laws.assert_data_loss(Loss(submission, self.name), *problem.args)

    @check(points=1, problems=problems.penalties)
    def test_penalty_in_loss(self, submission: Submission, problem: Problem) -> None:
        """The penalty adds reg * np.sum(W * W) to the loss"""
        laws.assert_penalty_in_loss(Loss(submission, self.name), *problem.args)

    @check(points=1.5, problems=problems.svm_data_gradients, role="alone")
    def test_data_gradient(self, submission: Submission, problem: Problem) -> None:
        """The gradient of the loss without penalty is right (reg = 0)"""
        laws.assert_data_gradient(Loss(submission, self.name), *problem.args)

    @check(points=1, problems=problems.penalties)
    def test_penalty_in_gradient(self, submission: Submission, problem: Problem) -> None:
        """The penalty adds its derivative to the gradient"""
        laws.assert_penalty_in_gradient(Loss(submission, self.name), *problem.args)

    @check(points=0.5, problems=problems.whole_losses)
    def test_derivative_of_own_loss(self, submission: Submission, problem: Problem) -> None:
        """The gradient is the derivative of the loss that you return (reg > 0)"""
        laws.assert_consistent(Loss(submission, self.name), *problem.args, **problem.kwargs)

    @check(points=0.5, problems=problems.arguments_of_all_types)
    def test_types_and_arguments(self, submission: Submission, problem: Problem) -> None:
        """float32 and whole numbers work like float64, and the arguments are as before"""
        laws.assert_types_and_arguments(Loss(submission, self.name), *problem.args, **problem.kwargs)

    @check(points=0.5, problems=problems.growing_batches)
    def test_no_python_loop(self, submission: Submission, problem: Problem) -> None:
        """There is no Python loop"""
        laws.assert_no_loop(Loss(submission, self.name), *problem.args, **problem.kwargs)


class TestSoftmaxLossNaive:
    """The softmax loss and its gradient, with loops."""

    cell = "softmax_loss_naive_tests"
    lecture = "Notes, minimal neural network case study, “Computing the Analytic Gradient with Backpropagation”"
    name = "softmax_loss_naive"

    @check(points=1, problems=problems.data_losses, role="values")
    def test_data_loss(self, submission: Submission, problem: Problem) -> None:
        """The loss without penalty is right (reg = 0)"""
        laws.assert_data_loss(Loss(submission, self.name), *problem.args)

    @check(points=0.5, problems=problems.large_scores)
    def test_large_scores(self, submission: Submission, problem: Problem) -> None:
        """Large scores give finite numbers, and a shift of a row's scores changes nothing"""
        laws.assert_stands_large_scores(Loss(submission, self.name), *problem.args, **problem.kwargs)

    @check(points=1, problems=problems.penalties)
    def test_penalty_in_loss(self, submission: Submission, problem: Problem) -> None:
        """The penalty adds reg * np.sum(W * W) to the loss"""
        laws.assert_penalty_in_loss(Loss(submission, self.name), *problem.args)

    @check(points=1.5, problems=problems.data_gradients, role="alone")
    def test_data_gradient(self, submission: Submission, problem: Problem) -> None:
        """The gradient of the loss without penalty is right (reg = 0)"""
        laws.assert_data_gradient(Loss(submission, self.name), *problem.args)

    @check(points=1, problems=problems.penalties)
    def test_penalty_in_gradient(self, submission: Submission, problem: Problem) -> None:
        """The penalty adds its derivative to the gradient"""
        laws.assert_penalty_in_gradient(Loss(submission, self.name), *problem.args)

    @check(points=0.5, problems=problems.whole_losses)
    def test_derivative_of_own_loss(self, submission: Submission, problem: Problem) -> None:
        """The gradient is the derivative of the loss that you return (reg > 0)"""
        laws.assert_consistent(Loss(submission, self.name), *problem.args, **problem.kwargs)

    @check(points=0.5, problems=problems.arguments_of_all_types)
    def test_types_and_arguments(self, submission: Submission, problem: Problem) -> None:
        """float32 and whole numbers work like float64, and the arguments are as before"""
        laws.assert_types_and_arguments(Loss(submission, self.name), *problem.args, **problem.kwargs)


class TestSoftmaxLossVectorized:
    """The softmax loss and its gradient, without loops."""

    cell = "softmax_loss_vectorized_tests"
    lecture = "Notes, minimal neural network case study, “Computing the Analytic Gradient with Backpropagation”"
    name = "softmax_loss_vectorized"

    @check(points=1, problems=problems.data_losses, role="values")
    def test_data_loss(self, submission: Submission, problem: Problem) -> None:
        """The loss without penalty is right (reg = 0)"""
        laws.assert_data_loss(Loss(submission, self.name), *problem.args)

    @check(points=0.5, problems=problems.large_scores)
    def test_large_scores(self, submission: Submission, problem: Problem) -> None:
        """Large scores give finite numbers, and a shift of a row's scores changes nothing"""
        laws.assert_stands_large_scores(Loss(submission, self.name), *problem.args, **problem.kwargs)

    @check(points=1, problems=problems.penalties)
    def test_penalty_in_loss(self, submission: Submission, problem: Problem) -> None:
        """The penalty adds reg * np.sum(W * W) to the loss"""
        laws.assert_penalty_in_loss(Loss(submission, self.name), *problem.args)

    @check(points=1, problems=problems.data_gradients, role="alone")
    def test_data_gradient(self, submission: Submission, problem: Problem) -> None:
        """The gradient of the loss without penalty is right (reg = 0)"""
        laws.assert_data_gradient(Loss(submission, self.name), *problem.args)

    @check(points=1, problems=problems.penalties)
    def test_penalty_in_gradient(self, submission: Submission, problem: Problem) -> None:
        """The penalty adds its derivative to the gradient"""
        laws.assert_penalty_in_gradient(Loss(submission, self.name), *problem.args)

    @check(points=0.5, problems=problems.whole_losses)
    def test_derivative_of_own_loss(self, submission: Submission, problem: Problem) -> None:
        """The gradient is the derivative of the loss that you return (reg > 0)"""
        laws.assert_consistent(Loss(submission, self.name), *problem.args, **problem.kwargs)

    @check(points=0.5, problems=problems.arguments_of_all_types)
    def test_types_and_arguments(self, submission: Submission, problem: Problem) -> None:
        """float32 and whole numbers work like float64, and the arguments are as before"""
        laws.assert_types_and_arguments(Loss(submission, self.name), *problem.args, **problem.kwargs)

    @check(points=0.5, problems=problems.growing_batches)
    def test_no_python_loop(self, submission: Submission, problem: Problem) -> None:
        """There is no Python loop"""
        laws.assert_no_loop(Loss(submission, self.name), *problem.args, **problem.kwargs)


class TestFixDscore:
    """The lecture's bug, repaired."""

    cell = "fix_dscore_tests"
    lecture = "Lecture 3, “Optimization”; notes on optimization, “Computing the gradient analytically with Calculus”"
    name = "fix_dscore"

    @check(points=1.5, problems=problems.svm_data_gradients, role="alone")
    def test_whole_gradient(self, submission: Submission, problem: Problem) -> None:
        """Every element of the gradient is right (reg = 0)"""
        laws.assert_right_gradient(Loss(submission, self.name), *problem.args)

    @check(points=1, problems=problems.whole_losses)
    def test_derivative_of_own_loss(self, submission: Submission, problem: Problem) -> None:
        """The gradient is the derivative of the loss that you return (reg > 0)"""
        laws.assert_consistent(Loss(submission, self.name), *problem.args, **problem.kwargs)

    @check(points=0.5, problems=problems.losses_to_keep, role="values")
    def test_loss_as_given(self, submission: Submission, problem: Problem) -> None:
        """The loss is as right as it was, and the arguments are as before"""
        laws.assert_loss_as_given(Loss(submission, self.name), *problem.args)


class TestQuadratic:
    """Where a gradient is zero."""

    cell = "quadratic_tests"
    lecture = "Lecture 3, “Optimization”; notes on optimization"

    @check(points=1, problems=problems.quadratic_points)
    def test_gradient(self, submission: Submission, problem: Problem) -> None:
        """The gradient of the quadratic function is right"""
        (x,) = problem.args
        assert_close(
            submission.quadratic_gradient(x),
            reference.quadratic_gradient(x),
            tolerance=rounding_error(np.abs([[10, 7], [7, 4]]) @ np.abs(x) + [10, 1], terms=3),
            what="the gradient",
        )

    @check(points=1)
    def test_stationary_point(self, submission: Submission) -> None:
        """The gradient is zero at the stationary point"""
        point = as_array(submission.stationary_point(), (2,), "the stationary point")
        slopes = reference.quadratic_gradient(point)
        if np.allclose(point, reference.stationary_point(), rtol=1e-3, atol=0):
            return
        linear = laws.own_quadratic_gradient(submission)
        if linear is None or np.abs(linear[0] @ point + linear[1]).max() > 1e-2:
            raise CheckFailed(
                f"at your stationary point {point.round(4).tolist()}, the gradient is {slopes.round(4).tolist()}, but "
                "both of its numbers should be 0"
            )

    @check(points=1)
    def test_stationary_kind(self, submission: Submission) -> None:
        """The kind of the stationary point: minimum, maximum or saddle"""
        kind = submission.value("stationary_kind")
        linear = laws.own_quadratic_gradient(submission)
        follows = reference.stationary_kind if linear is None else laws.kind_of(linear[0])
        for accepted in dict.fromkeys((reference.stationary_kind, follows)):
            for words in (accepted, f"{accepted} point", f"a {accepted}", f"{accepted}_point"):
                try:
                    return assert_answer(kind, words)
                except CheckFailed as failure:
                    refused = failure
        raise CheckFailed(
            f"`stationary_kind`: {refused}. How does f change when you leave the point along (1, -1), and how along "
            "(1, 1)? The signs of the Hessian's eigenvalues tell"
        )


class TestGradientAnswers:
    """The four questions."""

    cell = "gradient_answers_tests"
    lecture = "Lecture 3, “Optimization”; notes on optimization; on neural networks 3, “Gradient checks”"

    @check(points=1)
    def test_table_slope(self, submission: Submission) -> None:
        """The slope in the lecture's table"""
        assert_answered(
            submission,
            "table_slope",
            "By how much did the loss change, from before to after, and what is that divided by? Mind the sign",
        )

    @check(points=1)
    def test_evaluations(self, submission: Submission) -> None:
        """How many evaluations of the loss a forward-difference gradient takes"""
        value = submission.value("evaluations")
        if isinstance(value, str):
            value = value.replace(",", "").strip()
        try:
            assert_answer(value, reference.answers["evaluations"])  # within a thousandth
            assert_answer(float(value) - reference.answers["evaluations"] + 1, 1.0)
        except CheckFailed:
            raise CheckFailed(
                "`evaluations` is not the answer. How many weights are moved, each on its own, and which evaluation do "
                "all of their differences share?"
            ) from None

    @check(points=1)
    def test_error_ratio(self, submission: Submission) -> None:
        """How much the centred error gains from a step ten times smaller"""
        assert_answered(
            submission,
            "error_ratio_centered",
            "Which power of h is the error of centred differences proportional to? The table of part 2 says so",
        )

    @check(points=1)
    def test_smallest_step(self, submission: Submission) -> None:
        """Whether the smallest step is the best one"""
        assert_answered(
            submission,
            "smallest_h_is_best",
            "Follow the picture of the errors from large steps to small ones, all the way to the left",
        )


def assert_answered(submission: Submission, name: str, hint: str) -> None:
    """Fail unless a variable holds the right answer; say how to find it, not what it is."""
    try:
        assert_answer(submission.value(name), reference.answers[name])
    except CheckFailed as failure:
        raise CheckFailed(f"`{name}`: {failure}. {hint}") from None
