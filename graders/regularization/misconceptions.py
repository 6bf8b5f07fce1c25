"""Wrong versions that students write, with the explanation they get, and the checks that each must lose.

The explanations are shown to students: they say what is off and where to look, not what to type.
"""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints.
# The docstrings are messages of several sentences, not summaries.
# ruff: noqa: D404, RET504

from __future__ import annotations

import numpy as np

from lossmark import misconception

VALUE = "test_value"
SUM = "test_sum_over_weights"
FORMS = "test_any_shape_and_type"
UNCHANGED = "test_argument_left_alone"
AT_0 = "test_l1_is_left_at_beta_0"
BETA = "test_proportional_to_beta"
DERIVATIVE = "test_derivative_of_own_penalty"
ZEROS = "test_weights_that_are_zero"
FORMS_UNCHANGED = "test_any_array_and_left_alone"
DATA = "test_data_loss_of_one_example"
MEAN = "test_mean_over_batch"
DOUBLED = "test_zero_loss_stays_when_doubled"
PENALTY = "test_penalty"
REG = "test_penalty_is_proportional_to_reg"
ONCE = "test_penalty_is_counted_once"
ALL_UNCHANGED = "test_arguments_left_alone"
EXACT = "test_coefficients_without_penalty"
ONE_POINT = "test_penalty_of_one_point"
MANY_POINTS = "test_mean_over_points"
DEGREE_12 = "test_degree_12"
LEAST_SQUARES = "test_least_squares_without_penalty"
ONE_EXAMPLE = "test_minimum_for_one_example"
MANY_EXAMPLES = "test_mean_over_examples"
EXACT_ZEROS = "test_zeros_are_exact"
SIGNS = "test_signs"


# l2_penalty


@misconception("l2_penalty", loses=[VALUE])
def l2_penalty_halved(W):
    """Your penalty is half of the sum of squares. Many courses and books write one half in front, so that the 2 of the
    derivative cancels; our convention has no such factor, in the penalty as in its gradient. Both are right in
    themselves, but the same reg then means something else.
    """
    return 0.5 * np.sum(W * W)


@misconception("l2_penalty", loses=[VALUE, SUM])
def l2_penalty_root_taken(W):
    """This is the length of W, the root of the sum of squares, which is what `np.linalg.norm` returns. The penalty is
    the square of the length: the sum of squares without the root.
    """
    return np.linalg.norm(W)


@misconception("l2_penalty", loses=[VALUE, SUM])
def l2_penalty_mean_for_sum(W):
    """The mean of the squares is returned. The formula has their sum: with the mean, a weight would be punished less
    the more other weights there are.
    """
    return np.mean(W * W)


@misconception("l2_penalty", loses=[VALUE])
def l2_penalty_absolute_values(W):
    """This is the L1 penalty: absolute values are added. L2 adds up the squares of the weights, so that a large weight
    costs far more than several small ones.
    """
    return np.sum(np.abs(W))


@misconception("l2_penalty", loses=[VALUE])
def l2_penalty_doubled(W):
    """The weights are multiplied by 2, not squared, so positive and negative ones cancel. In Python the power is
    written with two asterisks.
    """
    return np.sum(W * 2)


@misconception("l2_penalty", loses=[VALUE, SUM])
def l2_penalty_square_of_sum(W):
    """The weights are added first, and the sum is squared: 3 and -3 then cost nothing. Each weight is squared on its
    own, before anything is added.
    """
    return np.sum(W) ** 2


@misconception("l2_penalty", loses=[FORMS])
def l2_penalty_dot_product(W):
    """`W.dot(W)` is the sum of squares only where W is a vector. Of a matrix it is the matrix product, which is another
    matrix, or an error. The squares have to be taken element by element.
    """
    return W.dot(W)


@misconception("l2_penalty", loses=[FORMS])
def l2_penalty_added_along_one_axis(W):
    """The squares are added along one axis only, so that a matrix has one number for each of its columns. The penalty
    is a single number: add up over all axes.
    """
    return np.sum(W * W, axis=0)


@misconception("l2_penalty", loses=[FORMS])
def l2_penalty_largest_singular_value(W):
    """`np.linalg.norm(W, 2)` of a matrix is its largest singular value: how far the matrix can stretch a vector. Of a
    vector it is the root of the sum of squares. Look up what the second argument means for each, or do without it.
    """
    return np.linalg.norm(W, 2) ** 2


@misconception("l2_penalty", loses=[VALUE, SUM, FORMS])
def l2_penalty_divided_by_rows(W):
    """The sum of squares is divided by `len(W)`, the number of rows. The formula has no division: the mean over the
    examples belongs to the data loss, and W has no examples.
    """
    return np.sum(W * W) / len(W)


@misconception("l2_penalty", loses=[VALUE, SUM, FORMS])
def l2_penalty_last_row_left_out(W):
    """The last row of W is left out, as if it held biases that are not to be punished. Here all of W counts: the
    formula goes over all k and l.
    """
    return np.sum(W[:-1] ** 2)


@misconception("l2_penalty", loses=[UNCHANGED])
def l2_penalty_squared_in_place(W):
    """The penalty is right, but W is not what it was before the call: `W **= 2` or `W *= W` writes into the array of
    the caller, who goes on with the squares of the weights. Make a new array.
    """
    W *= W
    return np.sum(W)


@misconception("l2_penalty", loses=[VALUE, SUM])
def l2_penalty_mean_and_halved(W):
    """Two slips at once. The mean of the squares is returned where the formula has their sum, and one half stands in
    front of it, which is another convention than ours.
    """
    return 0.5 * np.mean(W**2)


@misconception("l2_penalty", loses=[VALUE, SUM, FORMS, UNCHANGED])
def l2_penalty_printed_not_returned(W):
    """The function prints the penalty but does not return it, so whoever calls it gets None. Printing is for you,
    `return` is for the program: end the function with it.
    """
    print(np.sum(W * W))


# l1_penalty


@misconception("l1_penalty", loses=[VALUE, SUM])
def l1_penalty_absolute_value_of_sum(W):
    """The weights are added first, and the absolute value of the sum is taken: 3 and -3 then cost nothing. Each weight
    has its absolute value taken on its own, before anything is added.
    """
    return np.abs(np.sum(W))


@misconception("l1_penalty", loses=[VALUE])
def l1_penalty_absolute_value_missing(W):
    """The weights are added as they are, so negative ones are rewarded and cancel the positive ones. A penalty counts
    the size of each weight, whatever its sign.
    """
    return np.sum(W)


@misconception("l1_penalty", loses=[VALUE])
def l1_penalty_squares(W):
    """This is the L2 penalty: squares are added. L1 adds up the absolute values of the weights."""
    return np.sum(W**2)


@misconception("l1_penalty", loses=[VALUE, SUM])
def l1_penalty_root_of_squares(W):
    """This is the length of W, the root of the sum of squares, which `np.linalg.norm` returns if it is not told
    otherwise. L1 adds up absolute values.
    """
    return np.linalg.norm(W)


@misconception("l1_penalty", loses=[VALUE, SUM])
def l1_penalty_mean_for_sum(W):
    """The mean of the absolute values is returned. The formula has their sum: with the mean, a weight would be punished
    less the more other weights there are.
    """
    return np.mean(np.abs(W))


@misconception("l1_penalty", loses=[VALUE])
def l1_penalty_halved(W):
    """Your penalty is half of the sum of absolute values. One half is sometimes written in front of squares, where it
    cancels the 2 of the derivative; here it has nothing to cancel, and our convention has none.
    """
    return np.sum(np.abs(W)) / 2


@misconception("l1_penalty", loses=[FORMS])
def l1_penalty_largest_column(W):
    """`np.linalg.norm(W, 1)` of a matrix is the largest of its columns' sums. Of a vector it is the sum of all absolute
    values. The penalty adds up over all columns.
    """
    return np.linalg.norm(W, 1)


@misconception("l1_penalty", loses=[FORMS])
def l1_penalty_python_sum(W):
    """Python's own `sum` goes along the first axis only: of a matrix it makes one number for each column. The penalty
    is a single number; numpy's sum goes over all axes.
    """
    return sum(abs(W))


@misconception("l1_penalty", loses=[VALUE, SUM])
def l1_penalty_largest_weight(W):
    """Only the largest absolute value is returned. The penalty adds up the absolute values of all weights, so that
    every weight has a reason to be small.
    """
    return np.max(np.abs(W))


@misconception("l1_penalty", loses=[VALUE, SUM, FORMS, UNCHANGED])
def l1_penalty_weights_counted(W):
    """The weights that are not 0 are counted. That is what one may wish for, but it does not fall when a weight becomes
    smaller, so no gradient can follow it. L1 adds up the absolute values.
    """
    return np.count_nonzero(W)


@misconception("l1_penalty", loses=[VALUE])
def l1_penalty_negative_weights_dropped(W):
    """Negative weights add nothing: the maximum of a weight and 0 is not its absolute value. A weight of -3 costs as
    much as one of 3.
    """
    return np.sum(np.maximum(W, 0))


@misconception("l1_penalty", loses=[UNCHANGED])
def l1_penalty_signs_changed_in_place(W):
    """The penalty is right, but W is not what it was before the call: an assignment to `W[W < 0]` writes into the array
    of the caller, whose negative weights are positive now. Make a new array.
    """
    W[W < 0] *= -1
    return np.sum(W)


@misconception("l1_penalty", loses=[VALUE, SUM])
def l1_penalty_absolute_value_of_mean(W):
    """Two slips at once. The absolute value is taken of the whole, where each weight has its own, and the mean stands
    where the formula has a sum.
    """
    return abs(np.mean(W))


# elastic_net_penalty


@misconception("elastic_net_penalty", loses=[AT_0])
def elastic_net_penalty_beta_on_absolute_values(W, beta):
    """The weight beta stands in front of the wrong term: it multiplies the squares, and the absolute values stand
    alone. With beta = 0 the L1 penalty is left; yours leaves the L2 penalty.
    """
    return np.sum(W * W + beta * np.abs(W))


@misconception("elastic_net_penalty", loses=[AT_0])
def elastic_net_penalty_beta_on_both(W, beta):
    """The weight beta multiplies both terms, so that nothing is left with beta = 0. It belongs to the squares alone;
    look where the bracket of the formula begins.
    """
    return beta * np.sum(W * W + np.abs(W))


@misconception("elastic_net_penalty", loses=[VALUE])
def elastic_net_penalty_rest_of_one(W, beta):
    """The absolute values are multiplied by 1 - beta. Some libraries mix the two penalties so that their weights add up
    to 1; in our formula the absolute values stand alone.
    """
    return np.sum(beta * W * W + (1 - beta) * np.abs(W))


@misconception("elastic_net_penalty", loses=[BETA])
def elastic_net_penalty_beta_squared(W, beta):
    """The weight beta is squared together with W: the square applies to all that stands in its brackets. Only the
    weights are squared; with beta = 1 nobody sees the difference.
    """
    return np.sum((beta * W) ** 2 + np.abs(W))


@misconception("elastic_net_penalty", loses=[AT_0, BETA])
def elastic_net_penalty_beta_forgotten(W, beta):
    """The argument beta is never used, so that the squares always count fully. Call your function with two values of
    beta and compare.
    """
    return np.sum(W * W + np.abs(W))


@misconception("elastic_net_penalty", loses=[VALUE])
def elastic_net_penalty_squares_halved(W, beta):
    """The squares are halved. Some libraries write one half in front of them, so that the 2 of the derivative cancels;
    our convention has no such factor.
    """
    return np.sum(0.5 * beta * W * W + np.abs(W))


@misconception("elastic_net_penalty", loses=[VALUE, AT_0])
def elastic_net_penalty_absolute_values_missing(W, beta):
    """Only the squares are there. The elastic net adds the absolute values to them: that is the part that makes weights
    exactly 0.
    """
    return beta * np.sum(W * W)


@misconception("elastic_net_penalty", loses=[VALUE, BETA])
def elastic_net_penalty_squares_missing(W, beta):
    """Only the absolute values are there. The elastic net adds beta times the squares to them."""
    return np.sum(np.abs(W))


@misconception("elastic_net_penalty", loses=[VALUE, AT_0])
def elastic_net_penalty_absolute_value_of_sum(W, beta):
    """The absolute value is taken of the sum of all weights: 3 and -3 then cost nothing. Each weight has its absolute
    value taken on its own, before anything is added.
    """
    return beta * np.sum(W * W) + np.abs(np.sum(W))


@misconception("elastic_net_penalty", loses=[VALUE, AT_0])
def elastic_net_penalty_absolute_value_missing(W, beta):
    """The second term adds the weights as they are, so negative ones are rewarded. It needs the absolute value of each
    weight.
    """
    return np.sum(beta * W**2 + W)


@misconception("elastic_net_penalty", loses=[VALUE, AT_0])
def elastic_net_penalty_mean_for_sum(W, beta):
    """The mean over all weights is returned. The formula has their sum, which does not get smaller because there are
    other weights.
    """
    return np.mean(beta * W * W + np.abs(W))


@misconception("elastic_net_penalty", loses=[VALUE])
def elastic_net_penalty_root_taken(W, beta):
    """The first term is the root of the sum of squares, which `np.linalg.norm` returns. The formula has the sum of
    squares without the root.
    """
    return beta * np.linalg.norm(W) + np.sum(np.abs(W))


@misconception("elastic_net_penalty", loses=[FORMS])
def elastic_net_penalty_dot_product(W, beta):
    """`W.dot(W)` is the sum of squares only where W is a vector. Of a matrix it is the matrix product, which is another
    matrix, or an error.
    """
    return beta * W.dot(W) + np.sum(np.abs(W))


@misconception("elastic_net_penalty", loses=[FORMS])
def elastic_net_penalty_cut_to_integers(W, beta):
    """The terms are stored in an array of W's type. When W holds whole numbers, numpy cuts off what comes after the
    decimal point, without a word. Make new arrays of type float, whatever the argument is.
    """
    terms = np.zeros_like(W)
    terms[...] = beta * W**2 + np.abs(W)
    return np.sum(terms)


@misconception("elastic_net_penalty", loses=[UNCHANGED])
def elastic_net_penalty_signs_changed_in_place(W, beta):
    """The penalty is right, but W is not what it was before the call: its negative weights are positive now. An
    assignment to `W[...]`, or `out=W`, writes into the array of the caller.
    """
    W[W < 0] = -W[W < 0]
    return np.sum(beta * W**2 + W)


@misconception("elastic_net_penalty", loses=[VALUE, AT_0])
def elastic_net_penalty_halved_and_beta_on_absolute_values(W, beta):
    """Two slips at once. The squares are halved, which is another convention than ours, and beta stands in front of the
    absolute values where it should stand in front of the squares.
    """
    return np.sum(0.5 * W**2 + beta * np.abs(W))


# l2_gradient


@misconception("l2_gradient", loses=[VALUE, DERIVATIVE])
def l2_gradient_factor_2_missing(W):
    """The derivative of w^2 is 2 w: the factor 2 is missing. W itself is the gradient of half the sum of squares, the
    convention of other courses; ours has no one-half. In training, this slip halves the regularisation, and no one
    notices it while reg is 0.
    """
    return W


@misconception("l2_gradient", loses=[VALUE, DERIVATIVE])
def l2_gradient_square_not_derived(W):
    """These are the squares of the weights, the terms of the penalty itself. The gradient holds the derivative of each
    term by its weight.
    """
    return W**2


@misconception("l2_gradient", loses=[VALUE, DERIVATIVE])
def l2_gradient_square_times_2(W):
    """The factor 2 has come down, but the power is still there: when w^2 is derived, its exponent falls by one."""
    return 2 * W**2


@misconception("l2_gradient", loses=[VALUE, DERIVATIVE])
def l2_gradient_downhill(W):
    """The sign is turned: this is the direction in which the penalty falls. The gradient points uphill; it is the
    optimiser that goes against it.
    """
    return -2 * W


@misconception("l2_gradient", loses=[VALUE, DERIVATIVE])
def l2_gradient_of_length(W):
    """This is the gradient of the length of W, the root of the sum of squares. The penalty has no root, so its gradient
    grows with the weights.
    """
    return W / np.linalg.norm(W)


@misconception("l2_gradient", loses=[VALUE, DERIVATIVE])
def l2_gradient_mean_for_sum(W):
    """The gradient is divided by the number of weights, as if the penalty were a mean. It is a sum: the derivative by
    one weight does not know how many others there are.
    """
    return 2 * W / W.size


@misconception("l2_gradient", loses=[VALUE, DERIVATIVE])
def l2_gradient_of_l1(W):
    """This is the subgradient of L1, 1 or -1 for each weight. The L2 penalty has a slope that grows with the weight."""
    return np.sign(W)


@misconception("l2_gradient", loses=[VALUE, DERIVATIVE, FORMS, UNCHANGED])
def l2_gradient_added_up(W):
    """A single number is returned. The gradient has one number for each weight, in an array of the shape of W: of the
    sum, only the term of that one weight changes with it.
    """
    return np.sum(2 * W)


@misconception("l2_gradient", loses=[FORMS])
def l2_gradient_transposed(W):
    """Rows and columns have changed places. Each number of the gradient stands where its weight stands in W, so that
    the two can be subtracted.
    """
    return 2 * W.T


@misconception("l2_gradient", loses=[FORMS])
def l2_gradient_flattened(W):
    """The gradient comes back as a vector. It has the shape of W, so that the two can be subtracted."""
    return 2 * W.ravel()


@misconception("l2_gradient", loses=[UNCHANGED])
def l2_gradient_doubled_in_place(W):
    """The gradient is right, but W is not what it was before the call: `W *= 2` writes into the array of the caller,
    whose weights are doubled now. Make a new array.
    """
    W *= 2
    return W


@misconception("l2_gradient", loses=[VALUE, DERIVATIVE, FORMS])
def l2_gradient_transposed_and_factor_2_missing(W):
    """Two slips at once. Rows and columns have changed places, and the factor 2 of the derivative of w^2 is missing."""
    return W.T


# l1_subgradient


@misconception("l1_subgradient", loses=[VALUE, DERIVATIVE])
def l1_subgradient_weights(W):
    """W itself is returned. The absolute value has the same slope, 1 or -1, however large the weight is: that is why it
    goes on pushing small weights all the way to 0.
    """
    return W


@misconception("l1_subgradient", loses=[VALUE, DERIVATIVE])
def l1_subgradient_absolute_values(W):
    """These are the absolute values, the terms of the penalty itself. A gradient holds slopes: how steep is |w| to the
    right of 0, and how steep to the left?
    """
    return np.abs(W)


@misconception("l1_subgradient", loses=[VALUE, DERIVATIVE])
def l1_subgradient_downhill(W):
    """The sign is turned: this is the direction in which the penalty falls. The gradient points uphill; it is the
    optimiser that goes against it.
    """
    return -np.sign(W)


@misconception("l1_subgradient", loses=[ZEROS])
def l1_subgradient_nan_at_0(W):
    """A weight divided by its absolute value is its sign, but not where the weight is 0: 0/0 is not a number, and one
    such number spoils all that is computed from it. Weights that are exactly 0 are what L1 is for.
    """
    return W / np.abs(W)


@misconception("l1_subgradient", loses=[VALUE, DERIVATIVE])
def l1_subgradient_negative_weights_left_out(W):
    """Negative weights have slope 0 here. The absolute value rises to both sides: to the left of 0 its slope is not 0.
    (1 where a number is positive and 0 elsewhere is the slope of a hinge.)
    """
    return (W > 0).astype(float)


@misconception("l1_subgradient", loses=[VALUE, DERIVATIVE, ZEROS, FORMS, UNCHANGED])
def l1_subgradient_all_ones(W):
    """All slopes are 1. That is so for positive weights; for a negative one, |w| falls when w grows. A result that does
    not depend on W at all cannot earn anything.
    """
    return np.ones(W.shape)


@misconception("l1_subgradient", loses=[VALUE, DERIVATIVE])
def l1_subgradient_factor_2(W):
    """There is a factor 2 too much. It comes from squares; an absolute value has slope 1 or -1."""
    return 2 * np.sign(W)


@misconception("l1_subgradient", loses=[VALUE, DERIVATIVE])
def l1_subgradient_mean_for_sum(W):
    """The signs are divided by the number of weights, as if the penalty were a mean. It is a sum: the derivative by one
    weight does not know how many others there are.
    """
    return np.sign(W) / W.size


@misconception("l1_subgradient", loses=[VALUE, DERIVATIVE, ZEROS, FORMS, UNCHANGED])
def l1_subgradient_added_up(W):
    """A single number is returned. The subgradient has one number for each weight, in an array of the shape of W."""
    return np.sum(np.sign(W))


@misconception("l1_subgradient", loses=[FORMS])
def l1_subgradient_transposed(W):
    """Rows and columns have changed places. Each number of the gradient stands where its weight stands in W."""
    return np.sign(W).T


@misconception("l1_subgradient", loses=[FORMS])
def l1_subgradient_list_of_rows(W):
    """The result is a vector, or goes over the first axis only. It needs the shape of W, of however many axes."""
    return np.array([1.0 if w > 0 else -1.0 if w < 0 else 0.0 for w in W.flat])


@misconception("l1_subgradient", loses=[UNCHANGED])
def l1_subgradient_signs_written_into_W(W):
    """The signs are right, but they are written into W itself: an assignment to `W[...]` changes the array of the
    caller, whose weights are all 1 and -1 now. Make a new array.
    """
    W[W > 0] = 1
    W[W < 0] = -1
    return W


@misconception("l1_subgradient", loses=[VALUE, DERIVATIVE, ZEROS])
def l1_subgradient_downhill_and_nan_at_0(W):
    """Two slips at once. The sign is turned (the gradient points uphill), and where a weight is 0, the division 0/0
    leaves something that is not a number.
    """
    return -W / np.abs(W)


@misconception("l1_subgradient", loses=[ZEROS])
def l1_subgradient_2_at_0(W):
    """Where a weight is 0, the slopes of both sides are added up, or the number there is larger than 1. Only numbers
    from -1 to 1 are subgradients there: lines of that slope stay below |w|.
    """
    slope = np.where(W > 0, 1.0, -1.0)
    slope[W == 0] = 2.0
    return slope


# elastic_net_gradient


@misconception("elastic_net_gradient", loses=[VALUE, DERIVATIVE])
def elastic_net_gradient_factor_2_missing(W, beta):
    """The derivative of beta w^2 is 2 beta w: the factor 2 is missing. Without it, this is the gradient of a penalty
    with one half in front of the squares, which is not our convention.
    """
    return beta * W + np.sign(W)


@misconception("elastic_net_gradient", loses=[AT_0, BETA])
def elastic_net_gradient_beta_forgotten(W, beta):
    """The argument beta is never used, so that the squares always count fully. Call your function with two values of
    beta and compare.
    """
    return 2 * W + np.sign(W)


@misconception("elastic_net_gradient", loses=[AT_0])
def elastic_net_gradient_beta_on_signs(W, beta):
    """The weight beta stands in front of the wrong term: it multiplies the derivative of the squares, and the signs
    stand alone. With beta = 0, the subgradient of L1 is left.
    """
    return 2 * W + beta * np.sign(W)


@misconception("elastic_net_gradient", loses=[AT_0])
def elastic_net_gradient_beta_on_both(W, beta):
    """The weight beta multiplies both terms, so that nothing is left with beta = 0. It belongs to the derivative of the
    squares alone.
    """
    return beta * (2 * W + np.sign(W))


@misconception("elastic_net_gradient", loses=[VALUE, DERIVATIVE])
def elastic_net_gradient_rest_of_one(W, beta):
    """The signs are multiplied by 1 - beta. Some libraries mix the two penalties so that their weights add up to 1; in
    our formula the absolute values stand alone.
    """
    return 2 * beta * W + (1 - beta) * np.sign(W)


@misconception("elastic_net_gradient", loses=[VALUE, DERIVATIVE, AT_0])
def elastic_net_gradient_signs_missing(W, beta):
    """Only the derivative of the squares is there. The absolute values have a slope, too: 1 or -1 for each weight."""
    return 2 * beta * W


@misconception("elastic_net_gradient", loses=[VALUE, DERIVATIVE, BETA])
def elastic_net_gradient_squares_missing(W, beta):
    """Only the subgradient of the absolute values is there. The squares have a slope, too, which grows with the weight
    and with beta.
    """
    return np.sign(W)


@misconception("elastic_net_gradient", loses=[VALUE, DERIVATIVE, AT_0])
def elastic_net_gradient_absolute_values_not_derived(W, beta):
    """The squares are derived, the absolute values are not: |w| stands where its slope should stand, which is 1 or
    -1.
    """
    return 2 * beta * W + np.abs(W)


@misconception("elastic_net_gradient", loses=[VALUE, DERIVATIVE, AT_0])
def elastic_net_gradient_ones_for_signs(W, beta):
    """All slopes of the absolute values are 1. That is so for positive weights; for a negative one, |w| falls when w
    grows.
    """
    return 2 * beta * W + 1


@misconception("elastic_net_gradient", loses=[BETA])
def elastic_net_gradient_beta_squared(W, beta):
    """The squares are derived as if beta were squared with them. The derivative of beta w^2 has beta once; with beta =
    1 nobody sees the difference.
    """
    return 2 * beta**2 * W + np.sign(W)


@misconception("elastic_net_gradient", loses=[AT_0])
def elastic_net_gradient_nan_at_0(W, beta):
    """A weight divided by its absolute value is its sign, but not where the weight is 0: 0/0 is not a number. Weights
    that are exactly 0 are what the absolute values are for.
    """
    return 2 * beta * W + W / np.abs(W)


@misconception("elastic_net_gradient", loses=[FORMS_UNCHANGED])
def elastic_net_gradient_transposed(W, beta):
    """Rows and columns have changed places. Each number of the gradient stands where its weight stands in W."""
    return (2 * beta * W + np.sign(W)).T


@misconception("elastic_net_gradient", loses=[FORMS_UNCHANGED])
def elastic_net_gradient_cut_to_integers(W, beta):
    """The gradient is stored in an array of W's type. When W holds whole numbers, numpy cuts off what comes after the
    decimal point, without a word. Make new arrays of type float, whatever the argument is.
    """
    gradient = np.zeros_like(W)
    gradient[...] = 2 * beta * W + np.sign(W)
    return gradient


@misconception("elastic_net_gradient", loses=[FORMS_UNCHANGED])
def elastic_net_gradient_written_into_W(W, beta):
    """The gradient is right, but it is written into W itself, the array of the caller, whose weights are gone then.
    Make a new array.
    """
    W[...] = 2 * beta * W + np.sign(W)
    return W


@misconception("elastic_net_gradient", loses=[VALUE, DERIVATIVE, AT_0])
def elastic_net_gradient_factor_2_missing_and_beta_on_signs(W, beta):
    """Two slips at once. The derivative of w^2 is 2 w, so a factor 2 is missing, and beta stands in front of the signs
    where it should stand in front of the derivative of the squares.
    """
    return W + beta * np.sign(W)


# full_loss


@misconception("full_loss", loses=[PENALTY])
def full_loss_penalty_halved(W, X, y, reg):
    """The penalty is halved. Many courses write 0.5 * reg, so that the 2 of the derivative cancels; our convention is
    the data loss plus reg times the sum of squares, without one half.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N + 0.5 * reg * np.sum(W * W)


@misconception("full_loss", loses=[PENALTY, REG, ONCE])
def full_loss_penalty_missing(W, X, y, reg):
    """The data loss is there, the penalty is not: the argument reg is never used. The full loss is the data loss plus
    reg times the sum of the squares of W.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N


@misconception("full_loss", loses=[REG, DOUBLED])
def full_loss_reg_left_out(W, X, y, reg):
    """The penalty is added, but not multiplied by reg. So it counts even where reg is 0, and nobody can choose how
    much.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N + np.sum(W * W)


@misconception("full_loss", loses=[PENALTY, REG, ONCE])
def full_loss_W_left_out(W, X, y, reg):
    """The number reg itself is added, without the penalty on W that it multiplies. A number that does not depend on W
    cannot make large weights worse than small ones.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N + reg


@misconception("full_loss", loses=[ONCE])
def full_loss_penalty_divided_by_N(W, X, y, reg):
    """The penalty is added before the division by N, so it is divided, too: with more examples, the weights are
    regularised less. Only the data loss is a mean over the examples. (With one example, nobody notices.)
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return (np.sum(margins) + reg * np.sum(W * W)) / N


@misconception("full_loss", loses=[ONCE])
def full_loss_penalty_for_each_example(W, X, y, reg):
    """The penalty is added once for each example, so it comes out N times too large. It is about W, and there is one W
    for all the examples: add it once, after the loop.
    """
    N = len(y)
    loss = 0.0
    penalty = 0.0
    for i in range(N):
        scores = X[i] @ W
        margins = np.maximum(0, scores - scores[y[i]] + 1)
        margins[y[i]] = 0
        loss += np.sum(margins)
        penalty += reg * np.sum(W * W)
    return loss / N + penalty


@misconception("full_loss", loses=[PENALTY])
def full_loss_absolute_values(W, X, y, reg):
    """The penalty adds up absolute values: that is L1. The full loss of this exercise has the L2 penalty, the sum of
    squares.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N + reg * np.sum(np.abs(W))


@misconception("full_loss", loses=[PENALTY])
def full_loss_root_taken(W, X, y, reg):
    """The penalty is the length of W, the root of the sum of squares, which `np.linalg.norm` returns. The formula has
    the sum of squares without the root.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N + reg * np.linalg.norm(W)


@misconception("full_loss", loses=[PENALTY])
def full_loss_mean_of_squares(W, X, y, reg):
    """The penalty is the mean of the squares of W. The formula has their sum; the mean is for the examples, in the data
    loss.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N + reg * np.mean(W * W)


@misconception("full_loss", loses=[PENALTY])
def full_loss_matrix_product(W, X, y, reg):
    """The penalty adds up a matrix product of W with itself: that holds the products of different weights as well. Only
    the squares are added, which a product element by element gives.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N + reg * np.sum(W.T.dot(W))


@misconception("full_loss", loses=[PENALTY])
def full_loss_last_row_left_out(W, X, y, reg):
    """The last row of W is left out of the penalty, as if it held biases. In this notebook all of W is penalised: the
    sum goes over all k and l.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N + reg * np.sum(W[:-1] ** 2)


@misconception("full_loss", loses=[PENALTY, ALL_UNCHANGED])
def full_loss_last_row_zeroed(W, X, y, reg):
    """The last row of W is set to 0 before the penalty, so that biases are not punished. But a second name for W is no
    copy of it: the caller's weights are changed. And here all of W is penalised.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    W_without_bias = W
    W_without_bias[-1] = 0
    return np.sum(margins) / N + reg * np.sum(W_without_bias**2)


@misconception("full_loss", loses=[ALL_UNCHANGED])
def full_loss_squared_in_place(W, X, y, reg):
    """The loss is right, but W is not what it was before the call: `W **= 2` or `W *= W` writes into the array of the
    caller, who goes on with the squares of the weights.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    W **= 2
    return np.sum(margins) / N + reg * np.sum(W)


@misconception("full_loss", loses=[REG])
def full_loss_reg_squared(W, X, y, reg):
    """The strength reg is squared with the weights: the square applies to all that stands in its brackets. With reg = 1
    nobody sees the difference.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N + np.sum((reg * W) ** 2)


@misconception("full_loss", loses=[PENALTY])
def full_loss_penalty_subtracted(W, X, y, reg):
    """The penalty is subtracted, so that large weights are rewarded. It is a price for large weights: it is added."""
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N - reg * np.sum(W * W)


@misconception("full_loss", loses=[PENALTY, REG, ONCE])
def full_loss_scores_penalised(W, X, y, reg):
    """The squares of the scores are penalised, not those of the weights. The penalty does not look at the data: it
    prefers simple weights, whatever the examples are.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N + reg * np.sum(scores * scores)


@misconception("full_loss", loses=[DATA])
def full_loss_correct_class_kept(W, X, y, reg):
    """The correct classes are in the sum of the data loss. Each adds s_y - s_y + 1 = 1, so the loss is too high by
    exactly 1. The sum runs over j ≠ y.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    return np.sum(margins) / N + reg * np.sum(W * W)


@misconception("full_loss", loses=[MEAN])
def full_loss_sum_for_mean(W, X, y, reg):
    """The losses of the examples are added, but not divided by their number N. With a sum, the balance between data
    loss and penalty would depend on the size of the batch.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) + reg * np.sum(W * W)


@misconception("full_loss", loses=[DATA])
def full_loss_mean_over_everything(W, X, y, reg):
    """The mean is taken over all N times C margins. The data loss adds up over the classes and takes the mean over the
    examples only: yours is too low by the factor C.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.mean(margins) + reg * np.sum(W * W)


@misconception("full_loss", loses=[DATA])
def full_loss_margin_forgotten(W, X, y, reg):
    """The margin of 1 is missing: your data loss is already 0 when every correct class is ahead by a hair. Each margin
    is s_j - s_y + 1.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis])
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N + reg * np.sum(W * W)


@misconception("full_loss", loses=[DATA, DOUBLED])
def full_loss_max_missing(W, X, y, reg):
    """Negative margins are added as they are, without the maximum with 0: a class that is beaten by far then pays for
    one that wins, and larger weights make the loss fall without end.
    """
    N = len(y)
    scores = X @ W
    margins = scores - scores[np.arange(N), y][:, np.newaxis] + 1
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N + reg * np.sum(W * W)


@misconception("full_loss", loses=[DATA, DOUBLED])
def full_loss_sign_turned(W, X, y, reg):
    """The two scores of the margin have changed places: s_y - s_j + 1 is large when the correct class wins. The margin
    is s_j - s_y + 1.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores[np.arange(N), y][:, np.newaxis] - scores + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N + reg * np.sum(W * W)


@misconception("full_loss", loses=[DATA, PENALTY])
def full_loss_W_transposed(W, X, y, reg):
    """The scores are made with the transpose of W. Here W has one column per class, (D, C), so the product of X and W
    is the scores; the other way only runs without an error where C = D, and gives other scores there.
    """
    N = len(y)
    scores = X @ W.T
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N + reg * np.sum(W * W)


@misconception("full_loss", loses=[DATA, PENALTY])
def full_loss_correct_class_kept_and_penalty_halved(W, X, y, reg):
    """Two slips at once. The correct classes are in the sum of the data loss, which makes it too high by 1, and the
    penalty is halved, which is another convention than ours.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    return np.sum(margins) / N + 0.5 * reg * np.sum(W * W)


@misconception("full_loss", loses=[MEAN, PENALTY])
def full_loss_sum_for_mean_and_penalty_halved(W, X, y, reg):
    """Two slips at once. The losses of the examples are added but not divided by their number N, and the penalty is
    halved, which is another convention than ours.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) + 0.5 * reg * np.sum(W * W)


@misconception("full_loss", loses=[PENALTY, ONCE])
def full_loss_penalty_divided_by_N_and_halved(W, X, y, reg):
    """Two slips at once. The penalty is added before the division by N, so that it gets smaller with more examples, and
    it is halved, which is another convention than ours.
    """
    N = len(y)
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return (np.sum(margins) + 0.5 * reg * np.sum(W * W)) / N


# ridge_polyfit


@misconception("ridge_polyfit", loses=[MANY_POINTS])
def ridge_polyfit_N_forgotten(x, t, degree, reg):
    """This minimises the sum of the squared errors plus the penalty, where the objective has their mean: reg counts N
    times too little. Write the objective down, set its gradient to 0, and see where N ends up. (With one point, or
    with reg = 0, nobody notices.)
    """
    V = np.vander(x, degree + 1, increasing=True)
    A = np.vstack([V, np.sqrt(reg) * np.eye(degree + 1)])
    b = np.concatenate([t, np.zeros(degree + 1)])
    return np.linalg.lstsq(A, b, rcond=None)[0]


@misconception("ridge_polyfit", loses=[MANY_POINTS])
def ridge_polyfit_penalty_divided_by_N(x, t, degree, reg):
    """The division by N is there, but at the wrong place: the penalty is divided, too, or even instead. Only the
    squared errors are averaged. With more points, your fit is regularised less.
    """
    N = len(x)
    V = np.vander(x, degree + 1, increasing=True)
    A = np.vstack([V, np.sqrt(reg / N) * np.eye(degree + 1)])
    b = np.concatenate([t, np.zeros(degree + 1)])
    return np.linalg.lstsq(A, b, rcond=None)[0]


@misconception("ridge_polyfit", loses=[ONE_POINT])
def ridge_polyfit_constant_not_penalised(x, t, degree, reg):
    """The constant is left out of the penalty. In statistics this is often done, with good reason, but the objective of
    this exercise adds up the squares of all coefficients, w_0 among them.
    """
    N = len(x)
    V = np.vander(x, degree + 1, increasing=True)
    penalty = np.sqrt(N * reg) * np.eye(degree + 1)
    penalty[0, 0] = 0
    A = np.vstack([V, penalty])
    b = np.concatenate([t, np.zeros(degree + 1)])
    return np.linalg.lstsq(A, b, rcond=None)[0]


@misconception("ridge_polyfit", loses=[EXACT])
def ridge_polyfit_highest_power_first(x, t, degree, reg):
    """The coefficients come in the opposite order: the highest power first, as `np.vander` and `np.polyfit` have it if
    they are not told otherwise. Here w_0, the constant, comes first.
    """
    N = len(x)
    V = np.vander(x, degree + 1)
    A = np.vstack([V, np.sqrt(N * reg) * np.eye(degree + 1)])
    b = np.concatenate([t, np.zeros(degree + 1)])
    return np.linalg.lstsq(A, b, rcond=None)[0]


@misconception("ridge_polyfit", loses=[EXACT, ONE_POINT, DEGREE_12])
def ridge_polyfit_one_power_missing(x, t, degree, reg):
    """There are `degree` coefficients, one too few: a polynomial of degree 2 has three, for x^0, x^1 and x^2. Check the
    number of columns of your matrix.
    """
    N = len(x)
    V = np.vander(x, degree, increasing=True)
    A = np.vstack([V, np.sqrt(N * reg) * np.eye(degree)])
    b = np.concatenate([t, np.zeros(degree)])
    return np.linalg.lstsq(A, b, rcond=None)[0]


@misconception("ridge_polyfit", loses=[DEGREE_12])
def ridge_polyfit_inverse(x, t, degree, reg):
    """The normal equations are solved with the inverse of V'V. In exact arithmetic that is right, and so it is here for
    low degrees. With degree 12 and no penalty, V'V is so nearly singular that its inverse is mostly rounding error, and
    the polynomial misses the points. Do without V'V: there are functions for least squares.
    """
    N = len(x)
    V = np.vander(x, degree + 1, increasing=True)
    return np.linalg.inv(V.T @ V + N * reg * np.eye(degree + 1)) @ V.T @ t


@misconception("ridge_polyfit", loses=[DEGREE_12])
def ridge_polyfit_normal_equations(x, t, degree, reg):
    """The normal equations are solved with V'V. In exact arithmetic that is right, and so it is here for low degrees.
    But V'V has the square of the condition number of V, and with degree 12 and no penalty, rounding takes over. Give
    the matrix V itself to a function for least squares; the penalty can become further rows of it.
    """
    N = len(x)
    V = np.vander(x, degree + 1, increasing=True)
    return np.linalg.solve(V.T @ V + N * reg * np.eye(degree + 1), V.T @ t)


@misconception("ridge_polyfit", loses=[DEGREE_12])
def ridge_polyfit_pseudo_inverse_of_square(x, t, degree, reg):
    """The pseudo-inverse is a good idea, but it is taken of V'V, which has the square of the condition number of V:
    directions that V can still tell apart are cut off as rounding error, and the polynomial misses the points. Work
    with V itself.
    """
    N = len(x)
    V = np.vander(x, degree + 1, increasing=True)
    return np.linalg.pinv(V.T @ V + N * reg * np.eye(degree + 1)) @ (V.T @ t)


@misconception("ridge_polyfit", loses=[ONE_POINT, MANY_POINTS])
def ridge_polyfit_penalty_ignored(x, t, degree, reg):
    """This is least squares without a penalty: reg is never used, or has no effect. With one point, infinitely many
    polynomials go through it; the penalty is what chooses.
    """
    V = np.vander(x, degree + 1, increasing=True)
    return np.linalg.lstsq(V, t, rcond=None)[0]


@misconception("ridge_polyfit", loses=[ONE_POINT])
def ridge_polyfit_penalty_halved(x, t, degree, reg):
    """The penalty is half of what the objective says. One half in front of it is another convention; and if the
    gradients of both terms are set to 0, the factor 2 is in both of them, so it cancels.
    """
    N = len(x)
    V = np.vander(x, degree + 1, increasing=True)
    A = np.vstack([V, np.sqrt(N * reg / 2) * np.eye(degree + 1)])
    b = np.concatenate([t, np.zeros(degree + 1)])
    return np.linalg.lstsq(A, b, rcond=None)[0]


@misconception("ridge_polyfit", loses=[ONE_POINT])
def ridge_polyfit_root_of_reg_missing(x, t, degree, reg):
    """The rows added below V are squared by least squares, like all others: with reg in them, the penalty is reg^2
    times the squares. Which number has the square reg?
    """
    N = len(x)
    V = np.vander(x, degree + 1, increasing=True)
    A = np.vstack([V / np.sqrt(N), reg * np.eye(degree + 1)])
    b = np.concatenate([t / np.sqrt(N), np.zeros(degree + 1)])
    return np.linalg.lstsq(A, b, rcond=None)[0]


@misconception("ridge_polyfit", loses=[EXACT, MANY_POINTS, DEGREE_12])
def ridge_polyfit_targets_not_divided(x, t, degree, reg):
    """One side of the equations is divided by N, the other is not: V'V is, V't is not (or V is divided by the root of
    N, t is not), so that all coefficients come out too large.
    """
    N = len(x)
    V = np.vander(x, degree + 1, increasing=True)
    A = np.vstack([V / np.sqrt(N), np.sqrt(reg) * np.eye(degree + 1)])
    b = np.concatenate([t, np.zeros(degree + 1)])
    return np.linalg.lstsq(A, b, rcond=None)[0]


@misconception("ridge_polyfit", loses=[EXACT])
def ridge_polyfit_column_returned(x, t, degree, reg):
    """The coefficients are right, but they come as a column of shape (degree + 1, 1), because t was made a column.
    Return a vector of shape (degree + 1,).
    """
    N = len(x)
    V = np.vander(x, degree + 1, increasing=True)
    A = np.vstack([V, np.sqrt(N * reg) * np.eye(degree + 1)])
    b = np.concatenate([t, np.zeros(degree + 1)]).reshape(-1, 1)
    return np.linalg.lstsq(A, b, rcond=None)[0]


@misconception("ridge_polyfit", loses=[ALL_UNCHANGED])
def ridge_polyfit_targets_scaled_in_place(x, t, degree, reg):
    """The coefficients are right, but t is not what it was before the call: `t /= ...` or `t *= ...` writes into the
    array of the caller. Give the scaled targets a new name.
    """
    N = len(x)
    V = np.vander(x, degree + 1, increasing=True) / np.sqrt(N)
    if t.dtype.kind == "f":
        t /= np.sqrt(N)
    else:
        t = t / np.sqrt(N)
    A = np.vstack([V, np.sqrt(reg) * np.eye(degree + 1)])
    b = np.concatenate([t, np.zeros(degree + 1)])
    return np.linalg.lstsq(A, b, rcond=None)[0]


@misconception("ridge_polyfit", loses=[ONE_POINT, MANY_POINTS])
def ridge_polyfit_constant_not_penalised_and_N_forgotten(x, t, degree, reg):
    """Two slips at once. The constant is left out of the penalty, which here is on all coefficients, and the squared
    errors are added where the objective has their mean, so that reg counts N times too little.
    """
    V = np.vander(x, degree + 1, increasing=True)
    penalty = np.sqrt(reg) * np.eye(degree + 1)
    penalty[0, 0] = 0
    A = np.vstack([V, penalty])
    b = np.concatenate([t, np.zeros(degree + 1)])
    return np.linalg.lstsq(A, b, rcond=None)[0]


@misconception("ridge_polyfit", loses=[MANY_POINTS, DEGREE_12])
def ridge_polyfit_inverse_and_N_forgotten(x, t, degree, reg):
    """Two things at once. The squared errors are added where the objective has their mean, so that reg counts N times
    too little; and the inverse of V'V is mostly rounding error with degree 12 and no penalty. Do without V'V: there are
    functions for least squares.
    """
    V = np.vander(x, degree + 1, increasing=True)
    return np.linalg.inv(V.T @ V + reg * np.eye(degree + 1)) @ V.T @ t


@misconception("ridge_polyfit", loses=[DEGREE_12])
def ridge_polyfit_small_number_added(x, t, degree, reg):
    """A small number is added to the diagonal of V'V so that it can be solved. That is a penalty too, and a number that
    looks small is not: with reg = 0 the polynomial stays away from the points that it could reach. Do without V'V:
    there are functions for least squares.
    """
    N = len(x)
    V = np.vander(x, degree + 1, increasing=True)
    return np.linalg.solve(V.T @ V + (N * reg + 1e-8) * np.eye(degree + 1), V.T @ t)


# lasso_ista


@misconception("lasso_ista", loses=[ONE_EXAMPLE])
def lasso_ista_threshold_without_step(X, t, reg, num_iters):
    """The soft threshold is reg, where it should be the step times reg. A gradient step and the step towards 0 have the
    same length factor, 1/L; without it the weights are pushed L times too far.
    """
    N, D = X.shape
    L = 2 * np.linalg.eigvalsh(X.T @ X / N)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        z = w - 2 * X.T @ (X @ w - t) / N / L
        w = np.sign(z) * np.maximum(np.abs(z) - reg, 0)
    return w


@misconception("lasso_ista", loses=[ONE_EXAMPLE])
def lasso_ista_gradient_halved(X, t, reg, num_iters):
    """Your reg counts twice. Most often the factor 2 is missing in the gradient of the mean of squares (and perhaps in
    L, too): that belongs to an objective with one half of the mean. With reg = 0 it only changes the steps, but with a
    penalty the two no longer balance at the minimum.
    """
    N, D = X.shape
    L = 2 * np.linalg.eigvalsh(X.T @ X / N)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        z = w - X.T @ (X @ w - t) / N / L
        w = np.sign(z) * np.maximum(np.abs(z) - reg / L, 0)
    return w


@misconception("lasso_ista", loses=[LEAST_SQUARES, ONE_EXAMPLE])
def lasso_ista_step_doubled(X, t, reg, num_iters):
    """The steps are twice too long: L lacks its factor 2. The mean of squares has the second derivative 2 X'X / N, and
    L is its largest eigenvalue. With steps of 2/L the weights jump to and fro along the steepest direction, and never
    arrive.
    """
    N, D = X.shape
    L = np.linalg.eigvalsh(X.T @ X / N)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        z = w - 2 * X.T @ (X @ w - t) / N / L
        w = np.sign(z) * np.maximum(np.abs(z) - reg / L, 0)
    return w


@misconception("lasso_ista", loses=[ONE_EXAMPLE])
def lasso_ista_threshold_halved(X, t, reg, num_iters):
    """The soft threshold is half of reg / L. In the lasso with one half in front of the squares this looks similar, but
    here the step is 1/L with the L of the whole mean of squares, and the threshold is this step times reg.
    """
    N, D = X.shape
    L = 2 * np.linalg.eigvalsh(X.T @ X / N)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        z = w - 2 * X.T @ (X @ w - t) / N / L
        w = np.sign(z) * np.maximum(np.abs(z) - reg / (2 * L), 0)
    return w


@misconception("lasso_ista", loses=[MANY_EXAMPLES])
def lasso_ista_N_forgotten(X, t, reg, num_iters):
    """This minimises the sum of the squared errors plus the penalty, where the objective has their mean: reg counts N
    times too little. The division by N belongs to the gradient and to L.
    """
    D = X.shape[1]
    L = 2 * np.linalg.eigvalsh(X.T @ X)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        z = w - 2 * X.T @ (X @ w - t) / L
        w = np.sign(z) * np.maximum(np.abs(z) - reg / L, 0)
    return w


@misconception("lasso_ista", loses=[LEAST_SQUARES, MANY_EXAMPLES, EXACT_ZEROS])
def lasso_ista_gradient_not_divided(X, t, reg, num_iters):
    """The gradient is not divided by N, but L is: the steps are N times too long, and the weights run away. Both belong
    to the mean of squares, so both are divided.
    """
    N, D = X.shape
    L = 2 * np.linalg.eigvalsh(X.T @ X / N)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        z = w - 2 * X.T @ (X @ w - t) / L
        w = np.sign(z) * np.maximum(np.abs(z) - reg / L, 0)
    return w


@misconception("lasso_ista", loses=[ONE_EXAMPLE, EXACT_ZEROS])
def lasso_ista_subgradient_descent(X, t, reg, num_iters):
    """This is subgradient descent: reg * sign(w) is added to the gradient. Each step overshoots 0 by a little, so no
    weight ends on an exact 0, and the objective stays above its minimum. The proximal step takes the gradient of the
    squares alone, then shrinks each weight, and leaves it at 0 if it would change its sign.
    """
    N, D = X.shape
    L = 2 * np.linalg.eigvalsh(X.T @ X / N)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        w = w - (2 * X.T @ (X @ w - t) / N + reg * np.sign(w)) / L
    return w


@misconception("lasso_ista", loses=[SIGNS])
def lasso_ista_sign_lost(X, t, reg, num_iters):
    """The soft threshold returns max(|z| - threshold, 0), without the sign of z: all weights come out positive.
    Shrinking takes the size of a number and leaves its sign.
    """
    N, D = X.shape
    L = 2 * np.linalg.eigvalsh(X.T @ X / N)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        z = w - 2 * X.T @ (X @ w - t) / N / L
        w = np.maximum(np.abs(z) - reg / L, 0)
    return w


@misconception("lasso_ista", loses=[ONE_EXAMPLE, MANY_EXAMPLES, EXACT_ZEROS])
def lasso_ista_no_threshold(X, t, reg, num_iters):
    """There is no proximal step: this is gradient descent on the squares alone, and reg has no effect. After each
    gradient step, every weight is moved towards 0 by reg / L, and stops there.
    """
    N, D = X.shape
    L = 2 * np.linalg.eigvalsh(X.T @ X / N)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        w = w - 2 * X.T @ (X @ w - t) / N / L
    return w


@misconception("lasso_ista", loses=[ONE_EXAMPLE, EXACT_ZEROS])
def lasso_ista_max_missing(X, t, reg, num_iters):
    """The weights are moved towards 0 by the threshold, but do not stop there: those that are smaller than the
    threshold change their sign. Soft thresholding leaves these at 0.
    """
    N, D = X.shape
    L = 2 * np.linalg.eigvalsh(X.T @ X / N)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        z = w - 2 * X.T @ (X @ w - t) / N / L
        w = z - np.sign(z) * reg / L
    return w


@misconception("lasso_ista", loses=[ONE_EXAMPLE, EXACT_ZEROS])
def lasso_ista_hard_threshold(X, t, reg, num_iters):
    """This is hard thresholding: small weights are set to 0, the others stay as they are. Soft thresholding also moves
    the others towards 0 by the threshold; that is what the penalty asks of every weight.
    """
    N, D = X.shape
    L = 2 * np.linalg.eigvalsh(X.T @ X / N)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        z = w - 2 * X.T @ (X @ w - t) / N / L
        w = np.where(np.abs(z) > reg / L, z, 0)
    return w


@misconception("lasso_ista", loses=[LEAST_SQUARES, ONE_EXAMPLE, EXACT_ZEROS])
def lasso_ista_return_in_loop(X, t, reg, num_iters):
    """Only one step is made: the function returns at the end of the first one. Look at how far the line with `return`
    is indented: as it stands, it belongs to the loop.
    """
    N, D = X.shape
    L = 2 * np.linalg.eigvalsh(X.T @ X / N)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        z = w - 2 * X.T @ (X @ w - t) / N / L
        w = np.sign(z) * np.maximum(np.abs(z) - reg / L, 0)
        return w
    return w


@misconception("lasso_ista", loses=[LEAST_SQUARES])
def lasso_ista_100_steps(X, t, reg, num_iters):
    """The number of steps is fixed, and num_iters is not used. Where two columns of X are nearly the same, many more
    steps are needed, and the caller asks for them.
    """
    N, D = X.shape
    L = 2 * np.linalg.eigvalsh(X.T @ X / N)[-1]
    w = np.zeros(D)
    for _ in range(100):
        z = w - 2 * X.T @ (X @ w - t) / N / L
        w = np.sign(z) * np.maximum(np.abs(z) - reg / L, 0)
    return w


@misconception("lasso_ista", loses=[ONE_EXAMPLE, EXACT_ZEROS])
def lasso_ista_shrunk_by_a_factor(X, t, reg, num_iters):
    """Each weight is multiplied by a factor below 1: that is the step for the L2 penalty. For L1, each weight is moved
    towards 0 by the same length, however large it is.
    """
    N, D = X.shape
    L = 2 * np.linalg.eigvalsh(X.T @ X / N)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        z = w - 2 * X.T @ (X @ w - t) / N / L
        w = z / (1 + 2 * reg / L)
    return w


@misconception("lasso_ista", loses=[ONE_EXAMPLE, EXACT_ZEROS])
def lasso_ista_threshold_once_at_the_end(X, t, reg, num_iters):
    """The soft threshold is applied once, after all gradient steps. The gradient steps alone go to the minimum of the
    squares; the threshold has to act after each of them, so that the two find a balance.
    """
    N, D = X.shape
    L = 2 * np.linalg.eigvalsh(X.T @ X / N)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        w = w - 2 * X.T @ (X @ w - t) / N / L
    return np.sign(w) * np.maximum(np.abs(w) - reg / L, 0)


@misconception("lasso_ista", loses=[ALL_UNCHANGED])
def lasso_ista_scaled_in_place(X, t, reg, num_iters):
    """The weights are right, but X and t are not what they were before the call: `X /= ...` writes into the array of
    the caller. Give the scaled arrays new names.
    """
    N, D = X.shape
    X /= np.sqrt(N)
    t /= np.sqrt(N)
    L = 2 * np.linalg.eigvalsh(X.T @ X)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        z = w - 2 * X.T @ (X @ w - t) / L
        w = np.sign(z) * np.maximum(np.abs(z) - reg / L, 0)
    return w


@misconception("lasso_ista", loses=[ONE_EXAMPLE, SIGNS])
def lasso_ista_sign_lost_and_gradient_halved(X, t, reg, num_iters):
    """Two slips at once. The factor 2 is missing in the gradient of the mean of squares, so that reg counts twice, and
    the soft threshold loses the sign of its argument, so that all weights come out positive.
    """
    N, D = X.shape
    L = 2 * np.linalg.eigvalsh(X.T @ X / N)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        z = w - X.T @ (X @ w - t) / N / L
        w = np.maximum(np.abs(z) - reg / L, 0)
    return w


@misconception("lasso_ista", loses=[MANY_EXAMPLES, SIGNS])
def lasso_ista_N_forgotten_and_sign_lost(X, t, reg, num_iters):
    """Two slips at once. The squared errors are added where the objective has their mean, so that reg counts N times
    too little, and the soft threshold loses the sign of its argument, so that all weights come out positive.
    """
    D = X.shape[1]
    L = 2 * np.linalg.eigvalsh(X.T @ X)[-1]
    w = np.zeros(D)
    for _ in range(num_iters):
        z = w - 2 * X.T @ (X @ w - t) / L
        w = np.maximum(np.abs(z) - reg / L, 0)
    return w


# reg_answers


@misconception("reg_answers", loses=["test_penalties"])
def reg_answers_roots_taken():
    """For L2 you give the length of the vectors, the root of the sum of squares. The penalty is the sum of squares."""
    l2_of_w2 = 0.5


@misconception("reg_answers", loses=["test_penalties"])
def reg_answers_halved():
    """For L2 you give half of the sums of squares. One half in front is another convention; ours has none."""
    l2_of_w1 = 0.5
    l2_of_w2 = 0.125


@misconception("reg_answers", loses=["test_penalties"])
def reg_answers_one_square_of_w2():
    """For the L2 penalty of w2 you give the square of one of its numbers. There are four of them to add."""
    l2_of_w2 = 0.0625


@misconception("reg_answers", loses=["test_penalties"])
def reg_answers_one_number_of_w2():
    """For the L1 penalty of w2 you give one of its numbers. There are four of them to add."""
    l1_of_w2 = 0.25


@misconception("reg_answers", loses=["test_penalties"])
def reg_answers_same_l2():
    """You give the same L2 penalty to both vectors. Their sums are the same, their sums of squares are not: what is the
    square of a quarter?
    """
    l2_of_w2 = 1


@misconception("reg_answers", loses=["test_preferred"])
def reg_answers_l1_prefers_w1():
    """You say that L1 prefers w1, as the lecture's notes do. L1 is known for sparse weights, but here you can compute
    it: what are the two sums of absolute values?
    """
    preferred_by_l1 = "w1"


@misconception("reg_answers", loses=["test_preferred"])
def reg_answers_l1_prefers_w2():
    """You say that L1 prefers w2. What are the two sums of absolute values?"""
    preferred_by_l1 = "w2"


@misconception("reg_answers", loses=["test_preferred"])
def reg_answers_l2_prefers_w1():
    """You say that L2 prefers w1. A penalty is a price: the smaller one is preferred. L2 likes weights that are spread
    out.
    """
    preferred_by_l2 = "w1"


@misconception("reg_answers", loses=["test_preferred"])
def reg_answers_l2_has_no_preference():
    """You say that L2 does not choose between the two. Their scores are the same, but what are the two sums of
    squares?
    """
    preferred_by_l2 = "neither"


@misconception("reg_answers", loses=["test_training_error"])
def reg_answers_training_error_falls():
    """You say that the training error falls when reg grows. Where nothing else counts, at reg = 0, it is as small as it
    can be: a penalty can only pull the weights away from there.
    """
    training_error_as_reg_grows = "b"


@misconception("reg_answers", loses=["test_training_error"])
def reg_answers_training_error_has_a_valley():
    """You say that the training error has its smallest value at some reg in between. That is so for another error; on
    the data it is fitted to, which reg has the smallest?
    """
    training_error_as_reg_grows = "c"


@misconception("reg_answers", loses=["test_validation_error"])
def reg_answers_validation_error_rises():
    """You say that the validation error never falls when reg grows. Then regularisation would be of no use: look at the
    left end of your plot, where the polynomial follows the noise.
    """
    validation_error_as_reg_grows = "a"


@misconception("reg_answers", loses=["test_validation_error"])
def reg_answers_validation_error_falls():
    """You say that the validation error never rises when reg grows. Look at the right end of your plot: what is left of
    the polynomial when the penalty is all that counts?
    """
    validation_error_as_reg_grows = "b"
