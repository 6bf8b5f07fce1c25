"""Wrong softmax losses and gradients."""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints.

from __future__ import annotations

import numpy as np

from lossmark import misconception

DATA_LOSS = "test_data_loss"
LARGE_SCORES = "test_large_scores"
PENALTY_LOSS = "test_penalty_in_loss"
DATA_GRADIENT = "test_data_gradient"
PENALTY_GRADIENT = "test_penalty_in_gradient"
OWN_DERIVATIVE = "test_derivative_of_own_loss"
ARGUMENTS = "test_types_and_arguments"
NO_LOOP = "test_no_python_loop"

# softmax_loss_naive


@misconception("softmax_loss_naive", loses=[LARGE_SCORES])
def softmax_loss_naive_no_shift(W, X, y, reg):
    """The exponential of a score around 10,000 is larger than any number of the computer, and infinity divided by
    infinity is not a number. Subtract the row's largest score first: it changes no probability.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[DATA_LOSS, DATA_GRADIENT, OWN_DERIVATIVE, LARGE_SCORES])
def softmax_loss_naive_shift_in_the_numerator_only(W, X, y, reg):
    """The largest score is subtracted in the numerator, but not in the sum below it. The shift cancels only if it is
    in both.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        p = np.exp(scores - np.max(scores)) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_naive_label_as_number_subtracted(W, X, y, reg):
    """The number of the class is subtracted from the probabilities, as if a label were a quantity. What is subtracted
    is 1 for the correct class and 0 for the others.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - y[i]) * X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_naive_one_from_every_class(W, X, y, reg):
    """1 is taken off every probability. It belongs to the correct class only; the other classes have their probability
    as the slope.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - 1) * X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_naive_gradient_sign_turned(W, X, y, reg):
    """The gradient has the wrong sign everywhere: 1 minus the probability for the correct class is the direction in
    which the loss falls. The gradient points to where it rises.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += ((j == y[i]) - p[j]) * X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_naive_only_correct_column(W, X, y, reg):
    """Only the column of the correct class is changed. Each score is in the sum below the fraction, so all classes
    have a slope: their probability.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            if j == y[i]:
                dW[:, j] += (p[j] - 1) * X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[DATA_LOSS, OWN_DERIVATIVE])
def softmax_loss_naive_log_base_10(W, X, y, reg):
    """Your logarithm is the one of base 10 (which gives the 0.89 in the lecture's notes). The softmax loss has the
    natural logarithm, and so has its gradient.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log10(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[DATA_LOSS, OWN_DERIVATIVE])
def softmax_loss_naive_log_missing(W, X, y, reg):
    """The loss is minus the probability, without the logarithm: it can then never be above 0. The gradient is that of
    the logarithm.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -p[y[i]]
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[DATA_LOSS, DATA_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_naive_softmax_twice(W, X, y, reg):
    """The softmax is applied twice, to the scores and to the probabilities again. The second one makes them nearly
    equal, so the loss never comes close to 0.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        p = np.exp(p) / np.sum(np.exp(p))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[DATA_LOSS])
def softmax_loss_naive_sum_for_mean(W, X, y, reg):
    """The losses of the examples are added but not divided by their number N, neither in the loss nor in the gradient.
    Our convention is the mean, so that the loss does not grow with the batch. (Your gradient fits your loss, so it
    keeps its points.)
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss + reg * np.sum(W * W)
    dW = dW + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_naive_gradient_not_divided_by_n(W, X, y, reg):
    """The gradient is N times too large: the loss is a mean over the examples, so its derivative is divided by N as
    well.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[DATA_LOSS, OWN_DERIVATIVE])
def softmax_loss_naive_loss_not_divided_by_n(W, X, y, reg):
    """The loss is N times too large, while the gradient is that of the mean. Divide the sum over the examples by their
    number.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[PENALTY_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_naive_factor_2_missing(W, X, y, reg):
    """The factor 2 is missing in the gradient of the penalty. (By far the commonest mistake of this assignment, and
    invisible as long as reg is 0.) Differentiate W^2, and check your gradient with reg above 0.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[PENALTY_LOSS, PENALTY_GRADIENT])
def softmax_loss_naive_one_half(W, X, y, reg):
    """Your penalty has a factor one-half, in the loss and, consistently, in the gradient. That is the convention of
    other courses; in this one the penalty is reg * sum(W^2), without a factor.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss / N + 0.5 * reg * np.sum(W * W)
    dW = dW / N + reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[PENALTY_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_naive_penalty_on_loss_only(W, X, y, reg):
    """The penalty is in the loss, but its derivative is missing in the gradient: descent would never notice it. A
    check with reg = 0 does not see this.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N
    return loss, dW


@misconception("softmax_loss_naive", loses=[PENALTY_LOSS, OWN_DERIVATIVE])
def softmax_loss_naive_penalty_on_gradient_only(W, X, y, reg):
    """The gradient holds the derivative of the penalty, but the loss lacks the penalty itself. A check with reg = 0
    does not see this.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss / N
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[PENALTY_LOSS, PENALTY_GRADIENT])
def softmax_loss_naive_no_penalty(W, X, y, reg):
    """The argument `reg` is not used: neither the loss has its penalty, nor the gradient the derivative of it."""
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss / N
    dW = dW / N
    return loss, dW


@misconception("softmax_loss_naive", loses=[PENALTY_LOSS, PENALTY_GRADIENT, ARGUMENTS])
def softmax_loss_naive_bias_row_zeroed_in_alias(W, X, y, reg):
    """The last row of W, the bias, is left out of the penalty, which our convention does not; and to do so, W itself
    is changed. An assignment `weights = W` makes no copy but a second name, so the caller's bias is gone after the
    call.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    weights = W
    weights[-1] = 0
    loss = loss / N + reg * np.sum(weights * weights)
    dW = dW / N + 2 * reg * weights
    return loss, dW


@misconception("softmax_loss_naive", loses=[PENALTY_LOSS, OWN_DERIVATIVE])
def softmax_loss_naive_rows_multiplied(W, X, y, reg):
    """`W.dot(W.T)` is a matrix product: its sum holds the products of different rows with each other, not only the
    squares. Multiply element by element.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss / N + reg * np.sum(W.dot(W.T))
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[PENALTY_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_naive_gradient_penalty_subtracted(W, X, y, reg):
    """The derivative of the penalty is subtracted. Large weights raise the loss, so its slope points away from zero
    for each of them.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N - 2 * reg * W
    return loss, dW


@misconception("softmax_loss_naive", loses=[LARGE_SCORES, PENALTY_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_naive_no_shift_and_factor_2_missing(W, X, y, reg):
    """Two slips at once. Without subtracting the largest score first, the exponential of a large score overflows; and
    the factor 2 is missing in the gradient of the penalty.
    """
    N, C = X.shape[0], W.shape[1]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss += -np.log(p[y[i]])
        for j in range(C):
            dW[:, j] += (p[j] - (j == y[i])) * X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + reg * W
    return loss, dW


# softmax_loss_vectorized


@misconception("softmax_loss_vectorized", loses=[LARGE_SCORES])
def softmax_loss_vectorized_no_shift(W, X, y, reg):
    """The exponential of a score around 10,000 is larger than any number of the computer, and infinity divided by
    infinity is not a number. Subtract each row's largest score first: it changes no probability.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[LARGE_SCORES])
def softmax_loss_vectorized_one_shift_for_the_batch(W, X, y, reg):
    """The largest score of the whole batch is subtracted from all rows. In a row whose scores are far below it, all
    exponentials become 0, and 0 divided by 0 is not a number. Each row needs its own shift.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[DATA_LOSS, DATA_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_vectorized_normalised_over_the_batch(W, X, y, reg):
    """The exponentials are divided by their sum over the examples (axis 0). The probabilities of one example add up to
    1: the sum goes along its row.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=0, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_vectorized_label_as_number_subtracted(W, X, y, reg):
    """The numbers of the classes are subtracted from the probabilities, as if a label were a quantity. What is
    subtracted is 1 for the correct class of each row and 0 for the others.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores -= y[:, np.newaxis]
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_vectorized_one_from_every_class(W, X, y, reg):
    """1 is taken off every probability. It belongs to the correct class of each row only; the other classes have their
    probability as the slope.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_vectorized_one_from_whole_columns(W, X, y, reg):
    """`dscores[:, y] -= 1` takes 1 off in whole columns, for all examples, and only once for a label that occurs
    several times. Each row has its own correct class: give the rows, too.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[:, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[DATA_LOSS, OWN_DERIVATIVE])
def softmax_loss_vectorized_log_base_10(W, X, y, reg):
    """Your logarithm is the one of base 10 (which gives the 0.89 in the lecture's notes). The softmax loss has the
    natural logarithm, and so has its gradient.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log10(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[DATA_LOSS, OWN_DERIVATIVE])
def softmax_loss_vectorized_log_of_the_mean(W, X, y, reg):
    """The logarithm is taken of the mean probability. The loss is the mean of the logarithms, one for each example: an
    example with a tiny probability must cost much.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -N * np.log(np.mean(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[DATA_LOSS, DATA_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_vectorized_softmax_twice(W, X, y, reg):
    """The softmax is applied twice, to the scores and to the probabilities again. The second one makes them nearly
    equal, so the loss never comes close to 0.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    p = np.exp(p) / np.sum(np.exp(p), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_vectorized_only_correct_classes_in_gradient(W, X, y, reg):
    """Only the correct class of each row has a slope. Each score is in the sum below the fraction, so all classes have
    one: their probability.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = np.zeros(p.shape)
    dscores[rows, y] = p[rows, y] - 1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[DATA_LOSS])
def softmax_loss_vectorized_sum_for_mean(W, X, y, reg):
    """The losses of the examples are added but not divided by their number N, neither in the loss nor in the gradient.
    Our convention is the mean, so that the loss does not grow with the batch. (Your gradient fits your loss, so it
    keeps its points.)
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss + reg * np.sum(W * W)
    dW = dW + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[DATA_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_vectorized_gradient_not_divided_by_n(W, X, y, reg):
    """The gradient is N times too large: the loss is a mean over the examples, so its derivative is divided by N as
    well.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[DATA_LOSS, PENALTY_LOSS, PENALTY_GRADIENT])
def softmax_loss_vectorized_sum_for_mean_and_one_half(W, X, y, reg):
    """Two slips at once. The losses of the examples are added but not divided by N, and the penalty has a factor one-
    half that our convention does not have. (Your gradient fits your loss.)
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss + 0.5 * reg * np.sum(W * W)
    dW = dW + reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[ARGUMENTS])
def softmax_loss_vectorized_w_used_for_the_gradient(W, X, y, reg):
    """Loss and gradient are right, but W is not what it was before the call: `dW = W` makes no copy but a second name,
    and what is then added to dW is added to the caller's weights.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    total = dW / N
    dW = W
    dW *= 2 * reg
    dW += total
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[PENALTY_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_vectorized_factor_2_missing(W, X, y, reg):
    """The factor 2 is missing in the gradient of the penalty. (By far the commonest mistake of this assignment, and
    invisible as long as reg is 0.) Differentiate W^2, and check your gradient with reg above 0.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[PENALTY_LOSS, PENALTY_GRADIENT])
def softmax_loss_vectorized_one_half(W, X, y, reg):
    """Your penalty has a factor one-half, in the loss and, consistently, in the gradient. That is the convention of
    other courses; in this one the penalty is reg * sum(W^2), without a factor.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + 0.5 * reg * np.sum(W * W)
    dW = dW / N + reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[PENALTY_LOSS, OWN_DERIVATIVE])
def softmax_loss_vectorized_one_half_in_loss_only(W, X, y, reg):
    """The penalty has a factor one-half in the loss, while the gradient is that of the penalty without it. Our
    convention has no such factor; and whatever the convention is, the two must fit.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + 0.5 * reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[PENALTY_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_vectorized_penalty_on_loss_only(W, X, y, reg):
    """The penalty is in the loss, but its derivative is missing in the gradient: descent would never notice it. A
    check with reg = 0 does not see this.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[PENALTY_LOSS, PENALTY_GRADIENT])
def softmax_loss_vectorized_no_penalty(W, X, y, reg):
    """The argument `reg` is not used: neither the loss has its penalty, nor the gradient the derivative of it."""
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N
    dW = dW / N
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[PENALTY_LOSS, PENALTY_GRADIENT])
def softmax_loss_vectorized_penalty_divided_by_n(W, X, y, reg):
    """The penalty is divided by the number of examples, because it is added before the division by N. Only the data
    loss is a mean: the penalty is about W alone and is there once.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = (loss + reg * np.sum(W * W)) / N
    dW = (dW + 2 * reg * W) / N
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[PENALTY_LOSS, OWN_DERIVATIVE])
def softmax_loss_vectorized_mean_of_squares(W, X, y, reg):
    """The penalty is the mean of the squares, while the gradient is that of their sum. The penalty is the sum over all
    weights.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.mean(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[PENALTY_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_vectorized_gradient_penalty_summed(W, X, y, reg):
    """The derivative of the penalty is added up over all weights, and the same number goes to each. Each weight has
    its own slope, 2 * reg times itself.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * np.sum(W)
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[LARGE_SCORES, PENALTY_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_vectorized_no_shift_and_factor_2_missing(W, X, y, reg):
    """Two slips at once. Without subtracting each row's largest score first, the exponential of a large score
    overflows; and the factor 2 is missing in the gradient of the penalty.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + reg * W
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[DATA_GRADIENT, PENALTY_GRADIENT, OWN_DERIVATIVE])
def softmax_loss_vectorized_penalty_on_loss_only_and_label_as_number_subtracted(W, X, y, reg):
    """Two slips at once, both in the gradient: the numbers of the classes are subtracted from the probabilities (1
    belongs to the correct class of each row, 0 to the others), and the derivative of the penalty is missing.
    """
    N = X.shape[0]
    rows = np.arange(N)
    scores = X.dot(W)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    dscores = p.copy()
    dscores -= y[:, np.newaxis]
    dW = X.T.dot(dscores)
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N
    return loss, dW


@misconception("softmax_loss_vectorized", loses=[NO_LOOP])
def softmax_loss_vectorized_python_loop(W, X, y, reg):
    """The results are right, but a Python loop goes over the examples or classes. The matrix product X.dot(W) has the
    scores of all of them at once; sums and maxima go along `axis=1`.
    """
    N = X.shape[0]
    loss = 0.0
    dW = np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        scores = scores - np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss -= np.log(p[y[i]])
        p[y[i]] -= 1
        dW += np.outer(X[i], p)
    return loss / N + reg * np.sum(W * W), dW / N + 2 * reg * W


@misconception("softmax_loss_vectorized", loses=[NO_LOOP])
def softmax_loss_vectorized_loop_in_disguise(W, X, y, reg):
    """The results are right, but this is a loop in disguise: such functions call Python code once for each element or
    row. Work on whole arrays, along `axis=1`.
    """
    N = X.shape[0]
    rows = np.arange(N)
    p = np.apply_along_axis(lambda s: np.exp(s - np.max(s)) / np.sum(np.exp(s - np.max(s))), 1, X.dot(W))
    loss = -np.sum(np.log(p[rows, y])) / N + reg * np.sum(W * W)
    p[rows, y] -= 1
    return loss, X.T.dot(p) / N + 2 * reg * W
