"""Wrong hinge losses and gradients."""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints.

from __future__ import annotations

import numpy as np

from lossmark import misconception

DATA_LOSS = "test_data_loss"
PENALTY_LOSS = "test_penalty_in_loss"
DATA_GRADIENT = "test_data_gradient"
PENALTY_GRADIENT = "test_penalty_in_gradient"
OWN_DERIVATIVE = "test_derivative_of_own_loss"
ARGUMENTS = "test_types_and_arguments"
NO_LOOP = "test_no_python_loop"

# svm_loss_naive


@misconception("svm_loss_naive", loses=[DATA_LOSS])
def svm_loss_naive_correct_class_kept(W, X, y, reg):
    """The loop also visits the correct class, j = y. Its margin is 1, so the loss is too high by exactly 1. (In the
    gradient the two steps for this class cancel, so it is right.)
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def svm_loss_naive_correct_class_in_coefficient(W, X, y, reg):
    """In the gradient, the correct class is counted among those that violate the margin, so its column loses one X[i]
    too many. The sum runs over j ≠ y there, too.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                dW[:, j] -= X[i]
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[DATA_LOSS])
def svm_loss_naive_forgot_delta(W, X, y, reg):
    """The margin of 1 is missing: your loss is already 0 when the correct class is ahead by a hair. (Your gradient is
    the derivative of this loss, so it keeps its points.)
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]]
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[DATA_LOSS])
def svm_loss_naive_sign_turned(W, X, y, reg):
    """The two scores of the margin have changed places: s_y - s_j + 1 is large when the correct class wins. The margin
    is s_j - s_y + 1. (Your gradient is the derivative of your loss, so it keeps its points.)
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[y[i]] - scores[j] + 1
            if margin > 0:
                loss += margin
                dW[:, j] -= X[i]
                dW[:, y[i]] += X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[DATA_LOSS])
def svm_loss_naive_max_missing(W, X, y, reg):
    """Negative margins are added as they are, without the maximum with 0: a class that is beaten by far then pays for
    one that wins. (Your gradient is the derivative of this loss, so it keeps its points.)
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            loss += margin
            dW[:, j] += X[i]
            dW[:, y[i]] -= X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def svm_loss_naive_gradient_of_all_classes(W, X, y, reg):
    """The loss counts only positive margins, but the gradient gets its two steps for every class. A margin below 0 is
    on the flat part of the hinge, where the slope is 0: check how far these lines are indented.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
            dW[:, j] += X[i]
            dW[:, y[i]] -= X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def svm_loss_naive_correct_column_forgotten(W, X, y, reg):
    """The column of the correct class is never changed. Its score is in every margin, with a minus: each violation
    moves two columns.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def svm_loss_naive_correct_coefficient_constant(W, X, y, reg):
    """The column of the correct class gets one minus X[i] for each example, however many classes violate the margin.
    Its score is in the margin of each of them: count them.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                dW[:, j] -= X[i]
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[DATA_LOSS])
def svm_loss_naive_first_example_only(W, X, y, reg):
    """Only the first example is counted: the loop over the examples is left before it comes to the second. Look at how
    far the last lines are indented.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
        break
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[DATA_LOSS])
def svm_loss_naive_sum_for_mean(W, X, y, reg):
    """The losses of the examples are added but not divided by their number N, neither in the loss nor in the gradient.
    Our convention is the mean, so that the loss does not grow with the batch. (Your gradient fits your loss, so it
    keeps its points.)
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss + reg * np.sum(W * W)
    dW = dW + 2 * reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def svm_loss_naive_gradient_not_divided_by_n(W, X, y, reg):
    """The gradient is N times too large: the loss is a mean over the examples, so its derivative is divided by N as
    well.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW + 2 * reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[DATA_LOSS, OWN_DERIVATIVE])
def svm_loss_naive_loss_not_divided_by_n(W, X, y, reg):
    """The loss is N times too large, while the gradient is that of the mean. Divide the sum over the examples by their
    number.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[DATA_LOSS, PENALTY_LOSS, PENALTY_GRADIENT])
def svm_loss_naive_sum_for_mean_and_one_half(W, X, y, reg):
    """Two slips at once. The losses of the examples are added but not divided by N, and the penalty has a factor one-
    half that our convention does not have. (Your gradient fits your loss.)
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss + 0.5 * reg * np.sum(W * W)
    dW = dW + reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[ARGUMENTS])
def svm_loss_naive_w_used_for_the_gradient(W, X, y, reg):
    """Loss and gradient are right, but W is not what it was before the call: `dW = W` makes no copy but a second name,
    and what is then added to dW is added to the caller's weights.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / N + reg * np.sum(W * W)
    total = dW / N
    dW = W
    dW *= 2 * reg
    dW += total
    return loss, dW


@misconception("svm_loss_naive", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def svm_loss_naive_gradient_of_penalty_only(W, X, y, reg):
    """The gradient holds the derivative of the penalty alone: nothing is ever added for the data."""
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = 2 * reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[PENALTY_GRADIENT, OWN_DERIVATIVE])
def svm_loss_naive_factor_2_missing(W, X, y, reg):
    """The factor 2 is missing in the gradient of the penalty. (By far the commonest mistake of this assignment, and
    invisible as long as reg is 0.) Differentiate W^2, and check your gradient with reg above 0.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[PENALTY_LOSS, PENALTY_GRADIENT])
def svm_loss_naive_one_half(W, X, y, reg):
    """Your penalty has a factor one-half, in the loss and, consistently, in the gradient. That is the convention of
    other courses; in this one the penalty is reg * sum(W^2), without a factor.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / N + 0.5 * reg * np.sum(W * W)
    dW = dW / N + reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[PENALTY_GRADIENT, OWN_DERIVATIVE])
def svm_loss_naive_penalty_on_loss_only(W, X, y, reg):
    """The penalty is in the loss, but its derivative is missing in the gradient: descent would never notice it. A
    check with reg = 0 does not see this.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N
    return loss, dW


@misconception("svm_loss_naive", loses=[PENALTY_LOSS, OWN_DERIVATIVE])
def svm_loss_naive_penalty_on_gradient_only(W, X, y, reg):
    """The gradient holds the derivative of the penalty, but the loss lacks the penalty itself. A check with reg = 0
    does not see this.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / N
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[PENALTY_LOSS, PENALTY_GRADIENT])
def svm_loss_naive_no_penalty(W, X, y, reg):
    """The argument `reg` is not used: neither the loss has its penalty, nor the gradient the derivative of it."""
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / N
    dW = dW / N
    return loss, dW


@misconception("svm_loss_naive", loses=[PENALTY_LOSS, PENALTY_GRADIENT])
def svm_loss_naive_penalty_divided_by_n(W, X, y, reg):
    """The penalty is divided by the number of examples, because it is added before the division by N. Only the data
    loss is a mean: the penalty is about W alone and is there once.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = (loss + reg * np.sum(W * W)) / N
    dW = (dW + 2 * reg * W) / N
    return loss, dW


@misconception("svm_loss_naive", loses=[PENALTY_LOSS, PENALTY_GRADIENT, ARGUMENTS])
def svm_loss_naive_bias_row_zeroed_in_alias(W, X, y, reg):
    """The last row of W, the bias, is left out of the penalty, which our convention does not; and to do so, W itself
    is changed. An assignment `weights = W` makes no copy but a second name, so the caller's bias is gone after the
    call.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    weights = W
    weights[-1] = 0
    loss = loss / N + reg * np.sum(weights * weights)
    dW = dW / N + 2 * reg * weights
    return loss, dW


@misconception("svm_loss_naive", loses=[PENALTY_LOSS, PENALTY_GRADIENT])
def svm_loss_naive_absolute_values(W, X, y, reg):
    """Your penalty is the L1 one, with absolute values and their signs. Here the L2 penalty is asked for: the squares
    are added.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / N + reg * np.sum(np.abs(W))
    dW = dW / N + reg * np.sign(W)
    return loss, dW


@misconception("svm_loss_naive", loses=[DATA_LOSS, PENALTY_GRADIENT, OWN_DERIVATIVE])
def svm_loss_naive_factor_2_missing_and_correct_class_kept(W, X, y, reg):
    """Two slips at once. The loop visits the correct class too, whose margin is 1, so the loss is too high by 1; and
    the factor 2 is missing in the gradient of the penalty.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + reg * W
    return loss, dW


@misconception("svm_loss_naive", loses=[DATA_GRADIENT, PENALTY_GRADIENT, OWN_DERIVATIVE, ARGUMENTS])
def svm_loss_naive_transposed(W, X, y, reg):
    """The gradient comes out as (C, D), with one row for each class. It is subtracted from W in training, so it has
    the shape of W, (D, C).
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j in range(C):
            if j == y[i]:
                continue
            margin = scores[j] - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW.T


# svm_loss_vectorized


@misconception("svm_loss_vectorized", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def svm_loss_vectorized_boolean_dscores(W, X, y, reg):
    """`margins > 0` is an array of booleans, and the count that is written into it becomes True, which counts as +1.
    So the correct class is pushed down instead of up. Part 9 is about this bug of the lecture's notes.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = margins > 0
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[DATA_LOSS])
def svm_loss_vectorized_correct_class_kept(W, X, y, reg):
    """All C margins are added, also that of the correct class, which is 1: the loss is too high by exactly 1. (In your
    gradient it is left out, so that one is right.)
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    loss = np.sum(margins)
    margins[rows, y] = 0
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def svm_loss_vectorized_correct_class_in_coefficient(W, X, y, reg):
    """In the gradient, the correct class is counted among those that violate the margin, so its coefficient is too
    large by 1. Its margin is set to 0 only after the array of zeros and ones was made.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    dscores = (margins > 0).astype(float)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def svm_loss_vectorized_correct_coefficient_constant(W, X, y, reg):
    """The coefficient of the correct class is -1 for every example. Its score is in the margin of each violating
    class, so it is minus their number, which differs from example to example.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def svm_loss_vectorized_correct_column_forgotten(W, X, y, reg):
    """The correct class has the coefficient 0. Its score is in each margin, with a minus: it gets minus the number of
    violating classes.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def svm_loss_vectorized_repeated_labels_lost(W, X, y, reg):
    """`dW[:, y] -= ...` subtracts only once for each label that occurs several times in the batch: numpy computes all
    results first and writes them after each other, and the last one stays. Put the coefficients into dscores, one
    row for each example.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dW = X.T.dot(dscores)
    dW[:, y] -= (X * np.sum(dscores, axis=1)[:, np.newaxis]).T
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def svm_loss_vectorized_margins_for_indicators(W, X, y, reg):
    """The margins themselves are multiplied with X. The hinge is a straight line where it is not flat: its slope is 1,
    however large the margin is. Make an array of zeros and ones first.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = margins.copy()
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[DATA_LOSS])
def svm_loss_vectorized_forgot_delta(W, X, y, reg):
    """The margin of 1 is missing: your loss is already 0 when each correct class is ahead by a hair. (Your gradient is
    the derivative of this loss, so it keeps its points.)
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis])
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[DATA_LOSS, DATA_GRADIENT, OWN_DERIVATIVE])
def svm_loss_vectorized_sign_turned(W, X, y, reg):
    """The two scores of the margin have changed places: s_y - s_j + 1 is large when the correct class wins. Then the
    classes that violate the margin are the wrong ones, too, and the gradient does not fit even this loss. The
    margin is s_j - s_y + 1.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores[rows, y][:, np.newaxis] - scores + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[DATA_LOSS, OWN_DERIVATIVE])
def svm_loss_vectorized_mean_over_everything(W, X, y, reg):
    """The mean is taken over all N times C margins. The margins are added over the classes, the mean is over the
    examples only: your loss is too low by the factor C.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.mean(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception(
    "svm_loss_vectorized",
    loses=[DATA_LOSS, PENALTY_LOSS, DATA_GRADIENT, PENALTY_GRADIENT, OWN_DERIVATIVE, ARGUMENTS, NO_LOOP],
)
def svm_loss_vectorized_correct_scores_not_a_column(W, X, y, reg):
    """The correct scores are subtracted along the wrong axis. An array of shape (N,) lines up with the columns of
    `scores`, not with its rows: an error when N differs from C. It has to become a column of shape (N, 1) first.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[DATA_LOSS])
def svm_loss_vectorized_sum_for_mean(W, X, y, reg):
    """The losses of the examples are added but not divided by their number N, neither in the loss nor in the gradient.
    Our convention is the mean, so that the loss does not grow with the batch. (Your gradient fits your loss, so it
    keeps its points.)
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss + reg * np.sum(W * W)
    dW = dW + 2 * reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def svm_loss_vectorized_gradient_not_divided_by_n(W, X, y, reg):
    """The gradient is N times too large: the loss is a mean over the examples, so its derivative is divided by N as
    well.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW + 2 * reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[DATA_GRADIENT, PENALTY_GRADIENT, OWN_DERIVATIVE])
def svm_loss_vectorized_factor_2_missing_and_gradient_not_divided_by_n(W, X, y, reg):
    """Two slips at once, both in the gradient: it is not divided by the number of examples, and the factor 2 of the
    penalty's derivative is missing.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW + reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[ARGUMENTS])
def svm_loss_vectorized_w_used_for_the_gradient(W, X, y, reg):
    """Loss and gradient are right, but W is not what it was before the call: `dW = W` makes no copy but a second name,
    and what is then added to dW is added to the caller's weights.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    total = dW / N
    dW = W
    dW *= 2 * reg
    dW += total
    return loss, dW


@misconception("svm_loss_vectorized", loses=[PENALTY_GRADIENT, OWN_DERIVATIVE])
def svm_loss_vectorized_factor_2_missing(W, X, y, reg):
    """The factor 2 is missing in the gradient of the penalty. (By far the commonest mistake of this assignment, and
    invisible as long as reg is 0.) Differentiate W^2, and check your gradient with reg above 0.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[PENALTY_LOSS, PENALTY_GRADIENT])
def svm_loss_vectorized_one_half(W, X, y, reg):
    """Your penalty has a factor one-half, in the loss and, consistently, in the gradient. That is the convention of
    other courses; in this one the penalty is reg * sum(W^2), without a factor.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + 0.5 * reg * np.sum(W * W)
    dW = dW / N + reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[PENALTY_LOSS, OWN_DERIVATIVE])
def svm_loss_vectorized_one_half_in_loss_only(W, X, y, reg):
    """The penalty has a factor one-half in the loss, while the gradient is that of the penalty without it. Our
    convention has no such factor; and whatever the convention is, the two must fit.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + 0.5 * reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[PENALTY_GRADIENT, OWN_DERIVATIVE])
def svm_loss_vectorized_penalty_on_loss_only(W, X, y, reg):
    """The penalty is in the loss, but its derivative is missing in the gradient: descent would never notice it. A
    check with reg = 0 does not see this.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N
    return loss, dW


@misconception("svm_loss_vectorized", loses=[PENALTY_LOSS, PENALTY_GRADIENT])
def svm_loss_vectorized_no_penalty(W, X, y, reg):
    """The argument `reg` is not used: neither the loss has its penalty, nor the gradient the derivative of it."""
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N
    dW = dW / N
    return loss, dW


@misconception("svm_loss_vectorized", loses=[DATA_LOSS, PENALTY_LOSS, DATA_GRADIENT, PENALTY_GRADIENT])
def svm_loss_vectorized_reg_forgotten(W, X, y, reg):
    """The penalty is added with full strength, whatever `reg` is: even with reg = 0. The argument belongs in front of
    it, in the loss and in the gradient.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + np.sum(W * W)
    dW = dW / N + 2 * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[PENALTY_LOSS, OWN_DERIVATIVE])
def svm_loss_vectorized_square_of_sum(W, X, y, reg):
    """The penalty is the square of the sum of all weights, where positive and negative ones cancel. Square each weight
    first, and add then.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W) ** 2
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[PENALTY_GRADIENT, OWN_DERIVATIVE])
def svm_loss_vectorized_gradient_lacks_w(W, X, y, reg):
    """The derivative of the penalty lacks W: 2 * reg is added to each number of the gradient. The derivative of W^2
    depends on W.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg
    return loss, dW


@misconception("svm_loss_vectorized", loses=[DATA_GRADIENT, PENALTY_GRADIENT, OWN_DERIVATIVE])
def svm_loss_vectorized_boolean_dscores_and_factor_2_missing(W, X, y, reg):
    """Two slips at once. `margins > 0` is an array of booleans, into which no count can be written (part 9 is about
    this); and the factor 2 is missing in the gradient of the penalty.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = margins > 0
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[ARGUMENTS])
def svm_loss_vectorized_cut_to_integers(W, X, y, reg):
    """The margins are stored in an array of X's type. When X holds whole numbers, as pixels do, numpy cuts off what
    comes after the decimal point of each margin, without a word. Make new arrays of type float.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    margins = np.zeros(scores.shape, dtype=X.dtype)
    margins[:] = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins)
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("svm_loss_vectorized", loses=[NO_LOOP])
def svm_loss_vectorized_python_loop(W, X, y, reg):
    """The results are right, but a Python loop goes over the examples or classes. The matrix product X.dot(W) has the
    scores of all of them at once, and comparisons and sums work on whole arrays.
    """
    N = X.shape[0]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        margins = np.maximum(0, scores - scores[y[i]] + 1)
        margins[y[i]] = 0
        loss += np.sum(margins)
        dscores = (margins > 0).astype(float)
        dscores[y[i]] = -np.sum(dscores)
        dW += np.outer(X[i], dscores)
    return loss / N + reg * np.sum(W * W), dW / N + 2 * reg * W


@misconception("svm_loss_vectorized", loses=[NO_LOOP])
def svm_loss_vectorized_comprehension(W, X, y, reg):
    """The results are right, but a comprehension is a Python loop, too. To pick one score from each row, index with
    two arrays: the numbers of the rows, and y.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    correct = np.array([scores[i, y[i]] for i in range(N)])
    margins = np.maximum(0, scores - correct[:, np.newaxis] + 1)
    margins[rows, y] = 0
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    return np.sum(margins) / N + reg * np.sum(W * W), X.T.dot(dscores) / N + 2 * reg * W


@misconception("svm_loss_vectorized", loses=[NO_LOOP])
def svm_loss_vectorized_loop_in_disguise(W, X, y, reg):
    """The results are right, but this is a loop in disguise: such functions call Python code once for each element or
    row. Work on whole arrays.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    hinge = np.vectorize(lambda margin: margin if margin > 0 else 0.0)
    margins = hinge(scores - scores[rows, y][:, np.newaxis] + 1)
    margins[rows, y] = 0
    dscores = (margins > 0).astype(float)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    return np.sum(margins) / N + reg * np.sum(W * W), X.T.dot(dscores) / N + 2 * reg * W
