"""Wrong repairs of `dscores`, wrong stationary points and wrong short answers."""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints.
# A version of the short answers is a function whose body sets them.
# ruff: noqa: F841

from __future__ import annotations

import numpy as np

from lossmark import misconception

WHOLE_GRADIENT = "test_whole_gradient"
OWN_DERIVATIVE = "test_derivative_of_own_loss"
LOSS_AS_GIVEN = "test_loss_as_given"

# fix_dscore


@misconception("fix_dscore", loses=[WHOLE_GRADIENT, OWN_DERIVATIVE])
def fix_dscore_unrepaired(W, X, y, reg):
    """Your function is the one that was given. Print `dscores` and its `dtype` before and after the line that writes
    the counts into it: what has become of them? (Converting the array afterwards is too late.)
    """
    num_train = len(X)
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(num_train), y] = 0
    loss = np.sum(margins) / num_train
    dscores = margins > 0
    dscores[np.arange(num_train), y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores) / num_train
    return loss + reg * np.sum(W * W), dW + 2 * reg * W


@misconception("fix_dscore", loses=[WHOLE_GRADIENT, OWN_DERIVATIVE])
def fix_dscore_unsigned_integers(W, X, y, reg):
    """The array holds unsigned integers now, which know no minus: -2 becomes 254, without a word. Choose a type that
    can hold what is written.
    """
    num_train = len(X)
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(num_train), y] = 0
    loss = np.sum(margins) / num_train
    dscores = (margins > 0).astype(np.uint8)
    dscores[np.arange(num_train), y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores) / num_train
    return loss + reg * np.sum(W * W), dW + 2 * reg * W


@misconception("fix_dscore", loses=[WHOLE_GRADIENT, OWN_DERIVATIVE])
def fix_dscore_coefficient_minus_one(W, X, y, reg):
    """The correct class has the coefficient -1 now, for every example. It is minus the number of the classes that
    violate the margin.
    """
    num_train = len(X)
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(num_train), y] = 0
    loss = np.sum(margins) / num_train
    dscores = (margins > 0).astype(float)
    dscores[np.arange(num_train), y] = -1
    dW = X.T.dot(dscores) / num_train
    return loss + reg * np.sum(W * W), dW + 2 * reg * W


@misconception("fix_dscore", loses=[WHOLE_GRADIENT, OWN_DERIVATIVE])
def fix_dscore_minus_lost(W, X, y, reg):
    """The counts are numbers now, but their minus is gone: the correct class should be pushed up where the others are
    pushed down.
    """
    num_train = len(X)
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(num_train), y] = 0
    loss = np.sum(margins) / num_train
    dscores = (margins > 0).astype(float)
    dscores[np.arange(num_train), y] = np.sum(dscores, axis=1)
    dW = X.T.dot(dscores) / num_train
    return loss + reg * np.sum(W * W), dW + 2 * reg * W


@misconception("fix_dscore", loses=[WHOLE_GRADIENT, OWN_DERIVATIVE])
def fix_dscore_line_removed(W, X, y, reg):
    """The line that failed is gone, and so is the coefficient of the correct class. It belongs there: minus the number
    of the classes that violate the margin.
    """
    num_train = len(X)
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(num_train), y] = 0
    loss = np.sum(margins) / num_train
    dscores = (margins > 0).astype(float)
    dW = X.T.dot(dscores) / num_train
    return loss + reg * np.sum(W * W), dW + 2 * reg * W


@misconception("fix_dscore", loses=[WHOLE_GRADIENT, OWN_DERIVATIVE])
def fix_dscore_subtracted_from_booleans(W, X, y, reg):
    """The correct class gets minus one if it violates anything at all: `any` in place of a sum. Its coefficient is
    minus the number of violating classes.
    """
    num_train = len(X)
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(num_train), y] = 0
    loss = np.sum(margins) / num_train
    dscores = (margins > 0).astype(float)
    dscores[np.arange(num_train), y] = -np.any(dscores, axis=1).astype(float)
    dW = X.T.dot(dscores) / num_train
    return loss + reg * np.sum(W * W), dW + 2 * reg * W


@misconception("fix_dscore", loses=[WHOLE_GRADIENT, OWN_DERIVATIVE])
def fix_dscore_columns_of_dw(W, X, y, reg):
    """`dW[:, y] -= ...` forgets all but one of the examples with the same label: numpy writes the results after each
    other, and the last one stays. Keep the counts in dscores, one row for each example.
    """
    num_train = len(X)
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(num_train), y] = 0
    loss = np.sum(margins) / num_train
    dscores = (margins > 0).astype(float)
    dW = X.T.dot(dscores) / num_train
    dW[:, y] -= (X * np.sum(dscores, axis=1)[:, np.newaxis]).T / num_train
    return loss + reg * np.sum(W * W), dW + 2 * reg * W


@misconception("fix_dscore", loses=[OWN_DERIVATIVE])
def fix_dscore_factor_2_lost(W, X, y, reg):
    """The counts are right now, but on the way the factor 2 in the gradient of the penalty was lost."""
    num_train = len(X)
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(num_train), y] = 0
    loss = np.sum(margins) / num_train
    dscores = (margins > 0).astype(float)
    dscores[np.arange(num_train), y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores) / num_train
    return loss + reg * np.sum(W * W), dW + reg * W


@misconception("fix_dscore", loses=[LOSS_AS_GIVEN])
def fix_dscore_penalty_lost(W, X, y, reg):
    """The counts are right now, but on the way the penalty was lost, in the loss and in the gradient."""
    num_train = len(X)
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(num_train), y] = 0
    loss = np.sum(margins) / num_train
    dscores = (margins > 0).astype(float)
    dscores[np.arange(num_train), y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores) / num_train
    return loss, dW


@misconception("fix_dscore", loses=[WHOLE_GRADIENT, LOSS_AS_GIVEN])
def fix_dscore_mean_lost(W, X, y, reg):
    """The counts are right now, but on the way the division by the number of examples was lost, in the loss and in the
    gradient.
    """
    num_train = len(X)
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(num_train), y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[np.arange(num_train), y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    return loss + reg * np.sum(W * W), dW + 2 * reg * W


@misconception("fix_dscore", loses=[WHOLE_GRADIENT, OWN_DERIVATIVE])
def fix_dscore_unrepaired_and_factor_2_lost(W, X, y, reg):
    """Two slips at once: the bug is still there (what can a boolean array hold?), and on the way the factor 2 in the
    gradient of the penalty was lost.
    """
    num_train = len(X)
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    margins[np.arange(num_train), y] = 0
    loss = np.sum(margins) / num_train
    dscores = margins > 0
    dscores[np.arange(num_train), y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores) / num_train
    return loss + reg * np.sum(W * W), dW + reg * W


# quadratic


@misconception("quadratic", loses=["test_gradient"])
def quadratic_cross_term_forgotten():
    """The term 7 x0 x1 is missing in both components. It depends on x0 and on x1, so it has a slope along both."""

    def quadratic_gradient(x):
        return np.array([10 * x[0] + 10, 4 * x[1] + 1])


@misconception("quadratic", loses=["test_gradient"])
def quadratic_cross_term_in_one_component():
    """The term 7 x0 x1 is in the second component of your gradient, but not in the first. It depends on x0, too."""

    def quadratic_gradient(x):
        return np.array([10 * x[0] + 10, 7 * x[0] + 4 * x[1] + 1])


@misconception("quadratic", loses=["test_gradient"])
def quadratic_cross_terms_exchanged():
    """In the slope of 7 x0 x1, the wrong variable is left: differentiated by x0, it is 7 x1; differentiated by x1, it
    is 7 x0.
    """

    def quadratic_gradient(x):
        return np.array([10 * x[0] + 7 * x[0] + 10, 7 * x[1] + 4 * x[1] + 1])


@misconception("quadratic", loses=["test_gradient"])
def quadratic_linear_terms_forgotten():
    """The slopes of the terms 10 x0 and x1 are missing. They are constants, 10 and 1."""

    def quadratic_gradient(x):
        return np.array([10 * x[0] + 7 * x[1], 7 * x[0] + 4 * x[1]])


@misconception("quadratic", loses=["test_gradient"])
def quadratic_exponents_forgotten():
    """The squares are differentiated without the factor 2 that their exponent gives: the slope of 5 x0^2 is 10 x0."""

    def quadratic_gradient(x):
        return np.array([5 * x[0] + 7 * x[1] + 10, 7 * x[0] + 2 * x[1] + 1])


@misconception("quadratic", loses=["test_gradient"])
def quadratic_components_exchanged():
    """The two components have changed places: the first one is the derivative by x0."""

    def quadratic_gradient(x):
        return np.array([7 * x[0] + 4 * x[1] + 1, 10 * x[0] + 7 * x[1] + 10])


@misconception("quadratic", loses=["test_stationary_point"])
def quadratic_right_hand_side_not_negated():
    """The equations are solved with the constants on the wrong side: H x = (10, 1) in place of H x = -(10, 1), so both
    coordinates have the wrong sign.
    """

    def stationary_point():
        return np.linalg.solve(np.array([[10.0, 7.0], [7.0, 4.0]]), np.array([10.0, 1.0]))


@misconception("quadratic", loses=["test_stationary_point"])
def quadratic_coordinates_exchanged():
    """The two coordinates have changed places. Put your point into your gradient: is it zero?"""

    def stationary_point():
        return np.array([-20 / 3, 11 / 3])


@misconception("quadratic", loses=["test_stationary_point"])
def quadratic_lecture_counterexample():
    """That is the point at which f is far lower, which shows that the other one is no minimum. But its slopes are not
    zero.
    """

    def stationary_point():
        return np.array([-20.0, 20.0])


@misconception("quadratic", loses=["test_stationary_point"])
def quadratic_origin():
    """At the origin the slopes are those of the linear terms, 10 and 1. Solve for the point where both are zero."""

    def stationary_point():
        return np.zeros(2)


@misconception("quadratic", loses=["test_stationary_kind"])
def quadratic_minimum():
    """You take the point for the minimum, as the lecture's notes do. A zero gradient does not say so. Compare f there
    with f(-20, 20).
    """
    stationary_kind = "minimum"


@misconception("quadratic", loses=["test_stationary_kind"])
def quadratic_maximum():
    """You take the point for a maximum. f has the terms 5 x0^2 and 2 x1^2: along each axis it rises, without bound."""
    stationary_kind = "maximum"


@misconception("quadratic", loses=["test_gradient"])
def quadratic_all_from_a_gradient_without_cross_term():
    """The term 7 x0 x1 is missing in the second component. (Point and kind follow rightly from your gradient, so they
    keep their points.)
    """

    def quadratic_gradient(x):
        return np.array([10 * x[0] + 7 * x[1] + 10, 4 * x[1] + 1])

    def stationary_point():
        return np.linalg.solve(np.array([[10.0, 7.0], [0.0, 4.0]]), np.array([-10.0, -1.0]))

    stationary_kind = "minimum"


# gradient_answers


@misconception("gradient_answers", loses=["test_table_slope"])
def gradient_answers_slope_sign_turned():
    """Your slope is positive, but the loss fell when the weight rose."""
    table_slope = 2.5


@misconception("gradient_answers", loses=["test_table_slope"])
def gradient_answers_slope_not_divided():
    """You give the change of the loss. A slope is the change per step: divide by h."""
    table_slope = -0.00025


@misconception("gradient_answers", loses=["test_table_slope"])
def gradient_answers_slope_over_2h():
    """You divide by 2h, but the two points of the table are h apart."""
    table_slope = -1.25


@misconception("gradient_answers", loses=["test_evaluations"])
def gradient_answers_loss_at_w_forgotten():
    """You count one evaluation for each weight. Each difference has two values: which one have you not counted?"""
    evaluations = 30730


@misconception("gradient_answers", loses=["test_evaluations"])
def gradient_answers_two_for_each_weight():
    """You count two evaluations for each weight. That is right for centred differences; with forward ones, the second
    value is the same for all weights, and has to be computed only once.
    """
    evaluations = 61460


@misconception("gradient_answers", loses=["test_evaluations"])
def gradient_answers_loss_at_w_each_time():
    """You count the loss at W twice. Nothing is to be evaluated twice."""
    evaluations = 30732


@misconception("gradient_answers", loses=["test_evaluations"])
def gradient_answers_bias_forgotten():
    """You count 3072 rows. With the bias, W has 3073."""
    evaluations = 30721


@misconception("gradient_answers", loses=["test_error_ratio"])
def gradient_answers_ratio_of_forward():
    """That is the factor of the forward difference, whose error is proportional to h."""
    error_ratio_centered = 10


@misconception("gradient_answers", loses=["test_error_ratio"])
def gradient_answers_ratio_inverted():
    """You give the new error as a part of the old one. The question is by which factor it falls: a number above 1."""
    error_ratio_centered = 0.01


@misconception("gradient_answers", loses=["test_error_ratio"])
def gradient_answers_ratio_cubed():
    """You take the third power of h. In the difference f(x + h) - f(x - h) the error does have the third power, but
    then it is divided by 2h.
    """
    error_ratio_centered = 1000


@misconception("gradient_answers", loses=["test_smallest_step"])
def gradient_answers_smallest_is_best():
    """You say that the smallest step is the best one. It would be with exact numbers; but f is rounded, and a tiny
    step divides the rounding error by a tiny number.
    """
    smallest_h_is_best = True
