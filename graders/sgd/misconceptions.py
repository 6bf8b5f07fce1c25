"""Wrong versions that students write, with the explanation they get, and the checks that each must lose.

The explanations are shown to students: they say what is off and where to look, not what to type.
"""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints, numpy's
# global generator where there is no other. The classes are those of the notebook.
# ruff: noqa: F821, NPY002

from __future__ import annotations

import numpy as np

from lossmark import misconception

SMALLEST = "test_smallest_loss"
BELONGS = "test_W_belongs_to_its_loss"
TRIES = "test_number_of_tries"
SCALE = "test_scale"

BEST = "test_best_is_returned"
FROM_BEST = "test_steps_from_the_best"
STEP_SIZES = "test_number_and_size_of_steps"
START = "test_start_left_alone"

FIRST_STEP = "test_first_step"
GO_ON = "test_steps_go_on"
HISTORY = "test_history"

SIZE = "test_size"
LABELS = "test_rows_keep_their_labels"
ALL_ROWS = "test_every_row_can_be_drawn"
FRESH = "test_fresh_on_each_call"
UNCHANGED = "test_arguments_left_alone"

LATER = "test_later_steps"
MU = "test_mu_is_respected"
ZEROS = "test_zero_gradient"

BATCH_SIZE = "test_batch_size"
RANDOM = "test_batches_are_random"
STEPS = "test_steps"
REG = "test_reg_is_passed_on"
DEFAULTS = "test_defaults"
CONTINUED = "test_training_goes_on"
NEW_WEIGHTS = "test_new_weights"
PREDICT = "test_predict"
SVM = "test_linear_svm"
SOFTMAX = "test_softmax"

PAIRS = "test_every_pair"
ACCURACIES = "test_validation_accuracies"
BEST_MODEL = "test_best_model"
NEW_MODELS = "test_each_model_is_new"
ANY_MODEL = "test_some_model_is_returned"


# random_search


@misconception("random_search", loses=[SMALLEST])
def random_search_last_for_best(loss, shape, num_tries, scale, rng):
    """The last try is returned, whatever its loss. Keep the best try so far in a variable of its own, and replace it
    only when a try has a smaller loss.
    """
    for _ in range(num_tries):
        W = scale * rng.standard_normal(shape)
        value = loss(W)
    return W, value


@misconception("random_search", loses=[SMALLEST])
def random_search_first_for_best(loss, shape, num_tries, scale, rng):
    """The first try is returned, however good the later ones are. Is the best loss replaced when a smaller one comes
    along, or only set once?
    """
    best_W, best_loss = None, None
    for _ in range(num_tries):
        W = scale * rng.standard_normal(shape)
        value = loss(W)
        if best_loss is None:
            best_W, best_loss = W, value
    return best_W, best_loss


@misconception("random_search", loses=[SMALLEST])
def random_search_largest_for_smallest(loss, shape, num_tries, scale, rng):
    """The try with the largest loss is returned. A loss says how bad the weights are: the best try has the smallest.
    Which way does your comparison point?
    """
    best_W, best_loss = None, -np.inf
    for _ in range(num_tries):
        W = scale * rng.standard_normal(shape)
        value = loss(W)
        if value > best_loss:
            best_W, best_loss = W, value
    return best_W, best_loss


@misconception("random_search", loses=[SMALLEST, TRIES])
def random_search_same_try_again(loss, shape, num_tries, scale, rng):
    """The same W is tried again and again: it is drawn before the loop. Each try needs new random numbers, so the draw
    belongs into the loop.
    """
    W = scale * rng.standard_normal(shape)
    best_W, best_loss = None, np.inf
    for _ in range(num_tries):
        value = loss(W)
        if value < best_loss:
            best_W, best_loss = W, value
    return best_W, best_loss


@misconception("random_search", loses=[BELONGS])
def random_search_last_W_with_best_loss(loss, shape, num_tries, scale, rng):
    """The best loss is kept, but not the W that it belongs to: the W that is returned is that of the last try. Keep the
    two together. (If you do: `best_W = W` makes no copy, and `W[...] = ...` then writes into both.)
    """
    best_loss = np.inf
    for _ in range(num_tries):
        W = scale * rng.standard_normal(shape)
        best_loss = min(best_loss, loss(W))
    return W, best_loss


@misconception("random_search", loses=[SMALLEST, BELONGS])
def random_search_best_W_with_last_loss(loss, shape, num_tries, scale, rng):
    """The best W is kept, but the loss that is returned with it is that of the last try. The two have to be kept
    together.
    """
    best_W, best_loss = None, np.inf
    for _ in range(num_tries):
        W = scale * rng.standard_normal(shape)
        value = loss(W)
        if value < best_loss:
            best_W, best_loss = W, value
    return best_W, value


@misconception("random_search", loses=[SMALLEST])
def random_search_begins_at_1000(loss, shape, num_tries, scale, rng):
    """The best loss begins with a number that is not large enough: if all tries have larger losses, none of them is
    ever taken. Which number is larger than every loss?
    """
    best_W, best_loss = None, 1000.0
    for _ in range(num_tries):
        W = scale * rng.standard_normal(shape)
        value = loss(W)
        if value < best_loss:
            best_W, best_loss = W, value
    return best_W, best_loss


@misconception("random_search", loses=[SMALLEST, BELONGS])
def random_search_begins_at_0(loss, shape, num_tries, scale, rng):
    """The best loss begins with 0, and no try with a positive loss is below that: none is ever taken. Which number is
    larger than every loss?
    """
    best_W, best_loss = None, 0
    for _ in range(num_tries):
        W = scale * rng.standard_normal(shape)
        value = loss(W)
        if value < best_loss:
            best_W, best_loss = W, value
    return best_W, best_loss


@misconception("random_search", loses=[TRIES])
def random_search_one_try_too_few(loss, shape, num_tries, scale, rng):
    """There is one try too few: a range from 1 to num_tries ends before num_tries. Count the turns of your loop for
    num_tries = 2.
    """
    best_W, best_loss = None, np.inf
    for _ in range(1, num_tries):
        W = scale * rng.standard_normal(shape)
        value = loss(W)
        if value < best_loss:
            best_W, best_loss = W, value
    return best_W, best_loss


@misconception("random_search", loses=[TRIES])
def random_search_starts_with_zeros(loss, shape, num_tries, scale, rng):
    """W = 0 is tried as well, so that there is one try too many, and one that is not random: if 0 is best, it is
    returned. The best of the random tries is asked for.
    """
    best_W = np.zeros(shape)
    best_loss = loss(best_W)
    for _ in range(num_tries):
        W = scale * rng.standard_normal(shape)
        value = loss(W)
        if value < best_loss:
            best_W, best_loss = W, value
    return best_W, best_loss


@misconception("random_search", loses=[SCALE])
def random_search_scale_ignored(loss, shape, num_tries, scale, rng):
    """The argument scale is never used: the numbers in W always have the standard deviation 1. Multiply the standard
    normal numbers by it.
    """
    best_W, best_loss = None, np.inf
    for _ in range(num_tries):
        W = rng.standard_normal(shape)
        value = loss(W)
        if value < best_loss:
            best_W, best_loss = W, value
    return best_W, best_loss


@misconception("random_search", loses=[SCALE])
def random_search_uniform(loss, shape, num_tries, scale, rng):
    """The numbers in W are all positive: `random` and `rand` draw evenly from 0 to 1. Weights should be of either sign,
    normally distributed around 0.
    """
    best_W, best_loss = None, np.inf
    for _ in range(num_tries):
        W = scale * rng.random(shape)
        value = loss(W)
        if value < best_loss:
            best_W, best_loss = W, value
    return best_W, best_loss


@misconception("random_search", loses=[SCALE])
def random_search_scale_is_the_mean(loss, shape, num_tries, scale, rng):
    """The scale has become the mean of the numbers, whose standard deviation is 1: the first argument of `normal` is
    the mean. Look at the order of its arguments.
    """
    best_W, best_loss = None, np.inf
    for _ in range(num_tries):
        W = rng.normal(scale, size=shape)
        value = loss(W)
        if value < best_loss:
            best_W, best_loss = W, value
    return best_W, best_loss


@misconception("random_search", loses=[SCALE])
def random_search_divided_by_scale(loss, shape, num_tries, scale, rng):
    """The random numbers are divided by scale. They are to be multiplied by it: a larger scale makes larger weights."""
    best_W, best_loss = None, np.inf
    for _ in range(num_tries):
        W = rng.standard_normal(shape) / scale
        value = loss(W)
        if value < best_loss:
            best_W, best_loss = W, value
    return best_W, best_loss


@misconception("random_search", loses=[SMALLEST, SCALE])
def random_search_largest_and_scale_ignored(loss, shape, num_tries, scale, rng):
    """Two slips at once. The try with the largest loss is returned, where the smallest is the best, and the argument
    scale is never used.
    """
    best_W, best_loss = None, -np.inf
    for _ in range(num_tries):
        W = rng.standard_normal(shape)
        value = loss(W)
        if value > best_loss:
            best_W, best_loss = W, value
    return best_W, best_loss


@misconception("random_search", loses=[SMALLEST, BELONGS, TRIES, SCALE])
def random_search_W_alone(loss, shape, num_tries, scale, rng):
    """Only W is returned. Whoever calls the function expects two things: the best W, and its loss."""
    best_W, best_loss = None, np.inf
    for _ in range(num_tries):
        W = scale * rng.standard_normal(shape)
        value = loss(W)
        if value < best_loss:
            best_W, best_loss = W, value
    return best_W


# random_local_search


@misconception("random_local_search", loses=[FROM_BEST])
def random_local_search_from_the_start(loss, W, step_size, num_tries, rng):
    """Every try is a step from the start, so the search never gets farther than one step. A try that is better becomes
    the place from which the next one is made.
    """
    best_W, best_loss = W.copy(), loss(W)
    for _ in range(num_tries):
        candidate = W + step_size * rng.standard_normal(W.shape)
        value = loss(candidate)
        if value < best_loss:
            best_W, best_loss = candidate, value
    return best_W, best_loss


@misconception("random_local_search", loses=[BEST, FROM_BEST])
def random_local_search_every_step_taken(loss, W, step_size, num_tries, rng):
    """Every step is taken, whether the loss falls or not: that is a random walk. Compare the loss of the try with the
    best so far, and stay where you are if it is not smaller.
    """
    value = loss(W)
    for _ in range(num_tries):
        W = W + step_size * rng.standard_normal(W.shape)
        value = loss(W)
    return W, value


@misconception("random_local_search", loses=[FROM_BEST])
def random_local_search_walk_with_memory(loss, W, step_size, num_tries, rng):
    """The best W is remembered and returned, but each try is a step from the try before, good or bad: a random walk.
    Make it from the best W so far.
    """
    best_W, best_loss = W.copy(), loss(W)
    candidate = W
    for _ in range(num_tries):
        candidate = candidate + step_size * rng.standard_normal(W.shape)
        value = loss(candidate)
        if value < best_loss:
            best_W, best_loss = candidate, value
    return best_W, best_loss


@misconception("random_local_search", loses=[BEST])
def random_local_search_start_not_counted(loss, W, step_size, num_tries, rng):
    """The loss of the start is not looked at: the first try is taken even if it is worse. The search must never end
    with a higher loss than it began with.
    """
    best_W, best_loss = W.copy(), np.inf
    for _ in range(num_tries):
        candidate = best_W + step_size * rng.standard_normal(W.shape)
        value = loss(candidate)
        if value < best_loss:
            best_W, best_loss = candidate, value
    return best_W, best_loss


@misconception("random_local_search", loses=[BEST, FROM_BEST])
def random_local_search_uphill(loss, W, step_size, num_tries, rng):
    """A step is taken when the loss rises. A loss says how bad the weights are, so it should fall: which way does your
    comparison point?
    """
    best_W, best_loss = W.copy(), loss(W)
    for _ in range(num_tries):
        candidate = best_W + step_size * rng.standard_normal(W.shape)
        value = loss(candidate)
        if value > best_loss:
            best_W, best_loss = candidate, value
    return best_W, best_loss


@misconception("random_local_search", loses=[BEST, FROM_BEST])
def random_local_search_compared_with_last_try(loss, W, step_size, num_tries, rng):
    """A try is compared with the try before it, not with the best so far: after a very bad try, a bad one is taken. The
    loss to beat is that of the best W.
    """
    best_W, best_loss = W.copy(), loss(W)
    last = best_loss
    for _ in range(num_tries):
        candidate = best_W + step_size * rng.standard_normal(W.shape)
        value = loss(candidate)
        if value < last:
            best_W, best_loss = candidate, value
        last = value
    return best_W, best_loss


@misconception("random_local_search", loses=[BEST, FROM_BEST])
def random_local_search_compared_with_start(loss, W, step_size, num_tries, rng):
    """Each try is compared with the loss of the start, so that one that is better than the start replaces one that is
    better still. When a try is taken, its loss becomes the one to beat.
    """
    best_W, best_loss = W.copy(), loss(W)
    value_of_best = best_loss
    for _ in range(num_tries):
        candidate = best_W + step_size * rng.standard_normal(W.shape)
        value = loss(candidate)
        if value < best_loss:
            best_W, value_of_best = candidate, value
    return best_W, value_of_best


@misconception("random_local_search", loses=[BEST])
def random_local_search_last_try_returned(loss, W, step_size, num_tries, rng):
    """The search is right, but what is returned is the last try and its loss, not the best. Look at the names in the
    line with `return`.
    """
    best_W, best_loss = W.copy(), loss(W)
    for _ in range(num_tries):
        candidate = best_W + step_size * rng.standard_normal(W.shape)
        value = loss(candidate)
        if value < best_loss:
            best_W, best_loss = candidate, value
    return candidate, value


@misconception("random_local_search", loses=[START])
def random_local_search_start_overwritten(loss, W, step_size, num_tries, rng):
    """The steps are written into the array that was passed in: `best_W = W` makes no copy, and `best_W[...] = ...` or
    `+=` changes the caller's start. Work on a copy, or make a new array for each step.
    """
    best_W, best_loss = W, loss(W)
    for _ in range(num_tries):
        candidate = best_W + step_size * rng.standard_normal(W.shape)
        value = loss(candidate)
        if value < best_loss:
            best_W[...], best_loss = candidate, value
    return best_W, best_loss


@misconception("random_local_search", loses=[BEST, FROM_BEST, START])
def random_local_search_walks_in_place(loss, W, step_size, num_tries, rng):
    """Each step is added to W itself with `+=`, and stays there when the loss does not fall; the caller's start is gone
    as well. Try the step on a new array, and keep that array only if it is better.
    """
    best_W, best_loss = W, loss(W)
    for _ in range(num_tries):
        best_W += step_size * rng.standard_normal(W.shape)
        value = loss(best_W)
        if value < best_loss:
            best_loss = value
    return best_W, best_loss


@misconception("random_local_search", loses=[STEP_SIZES])
def random_local_search_step_size_ignored(loss, W, step_size, num_tries, rng):
    """The argument step_size is never used: the numbers in each step have the standard deviation 1. Multiply them by
    it.
    """
    best_W, best_loss = W.copy(), loss(W)
    for _ in range(num_tries):
        candidate = best_W + rng.standard_normal(W.shape)
        value = loss(candidate)
        if value < best_loss:
            best_W, best_loss = candidate, value
    return best_W, best_loss


@misconception("random_local_search", loses=[STEP_SIZES])
def random_local_search_uniform(loss, W, step_size, num_tries, rng):
    """The numbers in each step are all positive: `random` and `rand` draw evenly from 0 to 1, so the weights can only
    grow. Steps should go either way, normally distributed around 0.
    """
    best_W, best_loss = W.copy(), loss(W)
    for _ in range(num_tries):
        candidate = best_W + step_size * rng.random(W.shape)
        value = loss(candidate)
        if value < best_loss:
            best_W, best_loss = candidate, value
    return best_W, best_loss


@misconception("random_local_search", loses=[STEP_SIZES])
def random_local_search_one_try_too_few(loss, W, step_size, num_tries, rng):
    """There is one step too few: a range from 1 to num_tries ends before num_tries. (The start is no try.)"""
    best_W, best_loss = W.copy(), loss(W)
    for _ in range(1, num_tries):
        candidate = best_W + step_size * rng.standard_normal(W.shape)
        value = loss(candidate)
        if value < best_loss:
            best_W, best_loss = candidate, value
    return best_W, best_loss


@misconception("random_local_search", loses=[FROM_BEST, STEP_SIZES])
def random_local_search_step_for_W(loss, W, step_size, num_tries, rng):
    """The step itself is tried as weights, without the W that it starts from: that is random search again. Add it to
    the best W so far.
    """
    best_W, best_loss = W.copy(), loss(W)
    for _ in range(num_tries):
        candidate = step_size * rng.standard_normal(W.shape)
        value = loss(candidate)
        if value < best_loss:
            best_W, best_loss = candidate, value
    return best_W, best_loss


@misconception("random_local_search", loses=[FROM_BEST, STEP_SIZES])
def random_local_search_from_the_start_and_step_size_ignored(loss, W, step_size, num_tries, rng):
    """Two slips at once. Every try is a step from the start instead of the best W so far, and the argument step_size is
    never used.
    """
    best_W, best_loss = W.copy(), loss(W)
    for _ in range(num_tries):
        candidate = W + rng.standard_normal(W.shape)
        value = loss(candidate)
        if value < best_loss:
            best_W, best_loss = candidate, value
    return best_W, best_loss


# gradient_descent


@misconception("gradient_descent", loses=[FIRST_STEP])
def gradient_descent_ascent(loss_and_gradient, W, step_size, num_steps):
    """The gradient is added, which leads uphill: it points where the loss rises fastest. Walk the other way."""
    history = []
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(loss)
        W = W + step_size * dW
    return W, history


@misconception("gradient_descent", loses=[FIRST_STEP])
def gradient_descent_step_size_ignored(loss_and_gradient, W, step_size, num_steps):
    """The whole gradient is subtracted: the argument step_size is never used. It says how far to trust the gradient."""
    history = []
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(loss)
        W = W - dW
    return W, history


@misconception("gradient_descent", loses=[FIRST_STEP])
def gradient_descent_mean_over_elements(loss_and_gradient, W, step_size, num_steps):
    """The gradient is divided by the number of weights. It is taken as it is: if a mean is wanted, it is part of the
    loss, and its gradient knows.
    """
    history = []
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(loss)
        W = W - step_size * dW / W.size
    return W, history


@misconception("gradient_descent", loses=[FIRST_STEP, GO_ON])
def gradient_descent_normalised(loss_and_gradient, W, step_size, num_steps):
    """The gradient is divided by its length, so all steps are equally long. In the formula its length counts: where it
    is flat, the steps get shorter by themselves.
    """
    history = []
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(loss)
        W = W - step_size * dW / np.linalg.norm(dW)
    return W, history


@misconception("gradient_descent", loses=[FIRST_STEP, GO_ON])
def gradient_descent_sign_only(loss_and_gradient, W, step_size, num_steps):
    """Only the sign of the gradient is used, so every weight moves by step_size in each step. In the formula the size
    of the gradient counts as well.
    """
    history = []
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(loss)
        W = W - step_size * np.sign(dW)
    return W, history


@misconception("gradient_descent", loses=[HISTORY])
def gradient_descent_history_after_step(loss_and_gradient, W, step_size, num_steps):
    """The history holds the loss after each step. Asked for is the loss before each step: its first number is the loss
    of the start.
    """
    history = []
    for _ in range(num_steps):
        W = W - step_size * loss_and_gradient(W)[1]
        history.append(loss_and_gradient(W)[0])
    return W, history


@misconception("gradient_descent", loses=[HISTORY])
def gradient_descent_history_with_end(loss_and_gradient, W, step_size, num_steps):
    """The history has one number too many: the loss at the end is in it, too. One loss for each step is asked for, the
    one before it.
    """
    history = []
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(loss)
        W = W - step_size * dW
    history.append(loss_and_gradient(W)[0])
    return W, history


@misconception("gradient_descent", loses=[HISTORY])
def gradient_descent_last_loss_only(loss_and_gradient, W, step_size, num_steps):
    """Only one loss is returned, that of the last step. The history is a list with the loss before each step: append to
    it in the loop.
    """
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        W = W - step_size * dW
    return W, loss


@misconception("gradient_descent", loses=[HISTORY])
def gradient_descent_history_of_W(loss_and_gradient, W, step_size, num_steps):
    """The history holds the weights. Asked for are the losses, one number for each step."""
    history = []
    for _ in range(num_steps):
        _, dW = loss_and_gradient(W)
        history.append(W)
        W = W - step_size * dW
    return W, history


@misconception("gradient_descent", loses=[GO_ON, HISTORY])
def gradient_descent_one_step_too_few(loss_and_gradient, W, step_size, num_steps):
    """There is one step too few: a range from 1 to num_steps ends before num_steps. Count the turns of your loop for
    num_steps = 2.
    """
    history = []
    for _ in range(1, num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(loss)
        W = W - step_size * dW
    return W, history


@misconception("gradient_descent", loses=[GO_ON, HISTORY])
def gradient_descent_one_step_too_many(loss_and_gradient, W, step_size, num_steps):
    """There is one step too many. `range(num_steps)` counts from 0 to num_steps - 1, which are num_steps numbers."""
    history = []
    for _ in range(num_steps + 1):
        loss, dW = loss_and_gradient(W)
        history.append(loss)
        W = W - step_size * dW
    return W, history


@misconception("gradient_descent", loses=[GO_ON, HISTORY])
def gradient_descent_return_in_loop(loss_and_gradient, W, step_size, num_steps):
    """The function returns after its first step. Look at how far the line with `return` is indented: as it stands, it
    belongs to the loop.
    """
    history = []
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(loss)
        W = W - step_size * dW
        return W, history
    return W, history


@misconception("gradient_descent", loses=[FIRST_STEP, GO_ON, HISTORY])
def gradient_descent_gradient_of_start(loss_and_gradient, W, step_size, num_steps):
    """The gradient is computed once, at the start, and used for all steps. It only holds near the place where it was
    computed: ask for it again after each step.
    """
    loss, dW = loss_and_gradient(W)
    history = []
    for _ in range(num_steps):
        history.append(loss)
        W = W - step_size * dW
    return W, history


@misconception("gradient_descent", loses=[FIRST_STEP, GO_ON, HISTORY, START])
def gradient_descent_never_moves(loss_and_gradient, W, step_size, num_steps):
    """W is never changed: the step is computed, but its result has no name, or another one. Assign it to the W that the
    next turn of the loop begins with.
    """
    history = []
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(loss)
        W - step_size * dW
    return W, history


@misconception("gradient_descent", loses=[START])
def gradient_descent_start_overwritten(loss_and_gradient, W, step_size, num_steps):
    """`W -= ...` writes into the array that was passed in, so the caller's start is gone. Make a new array, `W = W -
    ...`, or begin with a copy.
    """
    history = []
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(loss)
        W -= step_size * dW
    return W, history


@misconception("gradient_descent", loses=[GO_ON])
def gradient_descent_best_for_last(loss_and_gradient, W, step_size, num_steps):
    """The W with the smallest loss on the way is returned. Asked for is the W after the last step, also where the loss
    has risen: too long a step should show.
    """
    history, best_W, best_loss = [], W, np.inf
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(loss)
        if loss < best_loss:
            best_W, best_loss = W, loss
        W = W - step_size * dW
    return (W if loss_and_gradient(W)[0] < best_loss else best_W), history


@misconception("gradient_descent", loses=[GO_ON])
def gradient_descent_last_step_not_taken(loss_and_gradient, W, step_size, num_steps):
    """The W that is returned is the one before the last step: the losses are all there, but one step is missing."""
    history = []
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(loss)
        before, W = W, W - step_size * dW
    return before, history


@misconception("gradient_descent", loses=[GO_ON])
def gradient_descent_step_size_decays(loss_and_gradient, W, step_size, num_steps):
    """The step size gets smaller from step to step. That is a good idea at times, but not what the formula says: here
    it stays the same.
    """
    history = []
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(loss)
        W = W - step_size * dW
        step_size *= 0.95
    return W, history


@misconception("gradient_descent", loses=[GO_ON, HISTORY])
def gradient_descent_stops_when_loss_rises(loss_and_gradient, W, step_size, num_steps):
    """The descent stops as soon as the loss rises. The function takes num_steps steps whatever the loss does: whether
    they were wise is for the caller to see, in the history.
    """
    history = []
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        if history and loss > history[-1]:
            break
        history.append(loss)
        W = W - step_size * dW
    return W, history


@misconception("gradient_descent", loses=[FIRST_STEP, HISTORY])
def gradient_descent_ascent_and_history_after_step(loss_and_gradient, W, step_size, num_steps):
    """Two slips at once. The gradient is added, which leads uphill, and the history holds the loss after each step
    instead of before it.
    """
    history = []
    for _ in range(num_steps):
        W = W + step_size * loss_and_gradient(W)[1]
        history.append(loss_and_gradient(W)[0])
    return W, history


@misconception("gradient_descent", loses=[FIRST_STEP, START])
def gradient_descent_ascent_in_place(loss_and_gradient, W, step_size, num_steps):
    """Two slips at once. The gradient is added, which leads uphill, and `W += ...` writes into the array that was
    passed in.
    """
    history = []
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(loss)
        W += step_size * dW
    return W, history


# sample_minibatch


@misconception("sample_minibatch", loses=[LABELS, ALL_ROWS, FRESH, UNCHANGED])
def sample_minibatch_first_rows(X, y, batch_size, rng):
    """Nothing is drawn: the batch is always the first rows, so that the rest of the data is never learned from. Draw
    the row numbers at random out of all N.
    """
    return X[:batch_size], y[:batch_size]


@misconception("sample_minibatch", loses=[ALL_ROWS, FRESH])
def sample_minibatch_shuffled_first_rows(X, y, batch_size, rng):
    """Only the first rows are drawn, in a random order: the row numbers are drawn out of batch_size instead of out of
    all N.
    """
    rows = rng.permutation(batch_size)
    return X[rows], y[rows]


@misconception("sample_minibatch", loses=[ALL_ROWS, FRESH])
def sample_minibatch_random_block(X, y, batch_size, rng):
    """The batch is a block of neighbouring rows with a random beginning. Data is often sorted, by class for example, so
    draw each row by itself; also, a block seldom reaches the first and the last rows.
    """
    begin = rng.integers(len(X) - batch_size + 1)
    return X[begin : begin + batch_size], y[begin : begin + batch_size]


@misconception("sample_minibatch", loses=[LABELS])
def sample_minibatch_drawn_apart(X, y, batch_size, rng):
    """Rows and labels are drawn with different row numbers, so the labels are those of other examples. Draw the row
    numbers once, and use them for both.
    """
    X_batch = X[rng.choice(len(X), batch_size)]
    y_batch = y[rng.choice(len(y), batch_size)]
    return X_batch, y_batch


@misconception("sample_minibatch", loses=[LABELS])
def sample_minibatch_first_labels(X, y, batch_size, rng):
    """The rows are drawn at random, but the labels are always the first ones of y. The same row numbers belong to
    both.
    """
    rows = rng.choice(len(X), batch_size)
    return X[rows], y[:batch_size]


@misconception("sample_minibatch", loses=[LABELS])
def sample_minibatch_sorted_labels(X, y, batch_size, rng):
    """The labels of the batch are the right ones, but in another order than the rows: sorting or shuffling one of the
    two alone tears them apart.
    """
    rows = rng.choice(len(X), batch_size)
    return X[rows], np.sort(y[rows])


@misconception("sample_minibatch", loses=[ALL_ROWS])
def sample_minibatch_last_row_never(X, y, batch_size, rng):
    """The last row is never drawn. The upper end of `integers` and `randint` is left out already: no 1 has to be taken
    off N.
    """
    rows = rng.integers(0, len(X) - 1, size=batch_size)
    return X[rows], y[rows]


@misconception("sample_minibatch", loses=[ALL_ROWS])
def sample_minibatch_first_row_never(X, y, batch_size, rng):
    """The first row is never drawn: row numbers begin with 0, not with 1."""
    rows = rng.integers(1, len(X), size=batch_size) if len(X) > 1 else [0]
    return X[rows], y[rows]


@misconception("sample_minibatch", loses=[SIZE, FRESH])
def sample_minibatch_all_shuffled(X, y, batch_size, rng):
    """All rows are returned, in a random order. A batch is batch_size of them: a few cheap examples are the point."""
    rows = rng.permutation(len(X))
    return X[rows], y[rows]


@misconception("sample_minibatch", loses=[SIZE])
def sample_minibatch_size_of_four(X, y, batch_size, rng):
    """The argument batch_size is never used: a number stands in its place."""
    rows = rng.choice(len(X), 4)
    return X[rows], y[rows]


@misconception("sample_minibatch", loses=[SIZE])
def sample_minibatch_one_too_many(X, y, batch_size, rng):
    """There is one example too many. Count them for batch_size = 1."""
    rows = rng.choice(len(X), batch_size + 1)
    return X[rows], y[rows]


@misconception("sample_minibatch", loses=[ALL_ROWS, FRESH])
def sample_minibatch_seeded_inside(X, y, batch_size, rng):
    """Each call draws the same rows: a generator with a fixed seed is made inside the function, so its numbers begin
    anew with every call. Draw from the generator that is passed in.
    """
    rng = np.random.default_rng(0)
    rows = rng.choice(len(X), batch_size)
    return X[rows], y[rows]


@misconception("sample_minibatch", loses=[UNCHANGED])
def sample_minibatch_shuffles_in_place(X, y, batch_size, rng):
    """The batch is right, but X and y are in another order after the call: `X[...] = X[rows]` and `shuffle` write into
    the caller's arrays. Take the rows out without moving the others.
    """
    rows = rng.permutation(len(X))
    X[...], y[...] = X[rows], y[rows]
    return X[:batch_size].copy(), y[:batch_size].copy()


@misconception("sample_minibatch", loses=[LABELS, UNCHANGED])
def sample_minibatch_shuffles_X_alone(X, y, batch_size, rng):
    """`shuffle` puts the caller's X into another order, but not y: the labels no longer belong to the rows, here and
    ever after. Draw row numbers, and use them for both.
    """
    rng.shuffle(X)
    return X[:batch_size].copy(), y[:batch_size]


@misconception("sample_minibatch", loses=[LABELS, ALL_ROWS])
def sample_minibatch_drawn_apart_and_last_row_never(X, y, batch_size, rng):
    """Two slips at once. Rows and labels are drawn with different row numbers, and the last row is never drawn, because
    the upper end of `integers` and `randint` is left out already.
    """
    X_batch = X[rng.integers(0, len(X) - 1, size=batch_size)]
    y_batch = y[rng.integers(0, len(X) - 1, size=batch_size)]
    return X_batch, y_batch


@misconception("sample_minibatch", loses=[SIZE, LABELS, ALL_ROWS, FRESH, UNCHANGED])
def sample_minibatch_row_numbers(X, y, batch_size, rng):
    """The row numbers are returned, not the rows and labels. Index X and y with them."""
    return rng.choice(len(X), batch_size)


# sgd_update


@misconception("sgd_update", loses=[FIRST_STEP])
def sgd_update_ascent(w, grad, state, learning_rate):
    """The gradient is added, which leads uphill: it points where the loss rises fastest."""
    return w + learning_rate * grad, state


@misconception("sgd_update", loses=[FIRST_STEP])
def sgd_update_learning_rate_ignored(w, grad, state, learning_rate):
    """The whole gradient is subtracted: the argument learning_rate is never used."""
    return w - grad, state


@misconception("sgd_update", loses=[FIRST_STEP])
def sgd_update_learning_rate_hard_coded(w, grad, state, learning_rate):
    """The argument learning_rate is never used: the number 0.1 stands in its place. Call your function with two
    different learning rates and compare.
    """
    return w - 0.1 * grad, state


@misconception("sgd_update", loses=[FIRST_STEP])
def sgd_update_learning_rate_divides(w, grad, state, learning_rate):
    """The gradient is divided by the learning rate: a smaller rate then makes a longer step. Multiply by it."""
    return w - grad / learning_rate, state


@misconception("sgd_update", loses=[UNCHANGED])
def sgd_update_in_place(w, grad, state, learning_rate):
    """The step is right, but `w -= ...` writes into the array of the caller, who may still need the old weights. Make a
    new array: `w = w - ...`.
    """
    w -= learning_rate * grad
    return w, state


@misconception("sgd_update", loses=[UNCHANGED])
def sgd_update_scales_grad_in_place(w, grad, state, learning_rate):
    """The step is right, but `grad *= ...` changes the gradient of the caller. Give the product a name of its own."""
    grad *= learning_rate
    return w - grad, state


@misconception("sgd_update", loses=[FIRST_STEP, LATER])
def sgd_update_step_for_w(w, grad, state, learning_rate):
    """The step is returned instead of the weights after the step: it has to be added to w."""
    return -learning_rate * grad, state


@misconception("sgd_update", loses=[FIRST_STEP, LATER])
def sgd_update_normalised(w, grad, state, learning_rate):
    """The gradient is divided by its length, so that all steps are equally long. In the formula its length counts."""
    return w - learning_rate * grad / np.linalg.norm(grad), state


@misconception("sgd_update", loses=[FIRST_STEP, LATER, UNCHANGED])
def sgd_update_never_moves(w, grad, state, learning_rate):
    """The weights are returned as they came: the step is computed, but its result has no name. Give it one."""
    w - learning_rate * grad
    return w, state


@misconception("sgd_update", loses=[LATER])
def sgd_update_gradients_add_up(w, grad, state, learning_rate):
    """The gradients of earlier steps are added to the new one, by way of the state. Plain SGD remembers nothing: each
    step uses its own gradient only.
    """
    state = grad if state is None else state + grad
    return w - learning_rate * state, state


@misconception("sgd_update", loses=[LATER])
def sgd_update_with_momentum(w, grad, state, learning_rate):
    """What you have is momentum, which comes next. Plain SGD remembers nothing: a step uses its own gradient only."""
    state = np.zeros_like(w) if state is None else state
    state = 0.9 * state - learning_rate * grad
    return w + state, state


@misconception("sgd_update", loses=[FIRST_STEP, LATER, UNCHANGED])
def sgd_update_state_first(w, grad, state, learning_rate):
    """The two results have changed places: first come the new weights, then the state."""
    return state, w - learning_rate * grad


@misconception("sgd_update", loses=[FIRST_STEP, LATER, UNCHANGED])
def sgd_update_w_alone(w, grad, state, learning_rate):
    """Only the weights are returned. All updates return two things, w and state, so that they can be exchanged."""
    return w - learning_rate * grad


@misconception("sgd_update", loses=[FIRST_STEP, UNCHANGED])
def sgd_update_ascent_in_place(w, grad, state, learning_rate):
    """Two slips at once. The gradient is added, which leads uphill, and `w += ...` writes into the array of the
    caller.
    """
    w += learning_rate * grad
    return w, state


# momentum_update


@misconception("momentum_update", loses=[LATER, MU])
def momentum_update_state_not_carried(w, grad, state, learning_rate, mu=0.9):
    """The velocity begins with 0 at every step, so this is plain SGD. What you return as state is handed to you at the
    next step: use it there.
    """
    v = np.zeros_like(w)
    v = mu * v - learning_rate * grad
    return w + v, v


@misconception("momentum_update", loses=[FIRST_STEP])
def momentum_update_ascent(w, grad, state, learning_rate, mu=0.9):
    """All steps lead uphill: one sign too many, or too few, is turned. The gradient is subtracted from the velocity,
    and the velocity added to w (or the other way round, but not both alike).
    """
    v = np.zeros_like(w) if state is None else state
    v = mu * v + learning_rate * grad
    return w + v, v


@misconception("momentum_update", loses=[LATER])
def momentum_update_velocity_turned(w, grad, state, learning_rate, mu=0.9):
    """The old velocity is subtracted, so the ball rolls back at every other step. It is kept, times mu, with its own
    sign; only the gradient is subtracted.
    """
    v = np.zeros_like(w) if state is None else state
    v = -mu * v - learning_rate * grad
    return w + v, v


@misconception("momentum_update", loses=[LATER, MU])
def momentum_update_mu_missing(w, grad, state, learning_rate, mu=0.9):
    """The whole velocity is kept: mu is missing. Without this friction the ball never comes to rest."""
    v = np.zeros_like(w) if state is None else state
    v = v - learning_rate * grad
    return w + v, v


@misconception("momentum_update", loses=[MU])
def momentum_update_mu_hard_coded(w, grad, state, learning_rate, mu=0.9):
    """Right for mu = 0.9, but the argument mu is never used: the number stands in its place."""
    v = np.zeros_like(w) if state is None else state
    v = 0.9 * v - learning_rate * grad
    return w + v, v


@misconception("momentum_update", loses=[FIRST_STEP])
def momentum_update_gradient_damped(w, grad, state, learning_rate, mu=0.9):
    """The gradient is multiplied by 1 - mu, as in a running average. (Some write it like this; all steps are then ten
    times shorter.) In the formula it comes in with its full size.
    """
    v = np.zeros_like(w) if state is None else state
    v = mu * v - (1 - mu) * learning_rate * grad
    return w + v, v


@misconception("momentum_update", loses=[FIRST_STEP])
def momentum_update_learning_rate_ignored(w, grad, state, learning_rate, mu=0.9):
    """The argument learning_rate is never used: the whole gradient is subtracted from the velocity."""
    v = np.zeros_like(w) if state is None else state
    v = mu * v - grad
    return w + v, v


@misconception("momentum_update", loses=[FIRST_STEP])
def momentum_update_learning_rate_twice(w, grad, state, learning_rate, mu=0.9):
    """The learning rate is used twice, in the velocity and again when the velocity is added to w. Once is enough."""
    v = np.zeros_like(w) if state is None else state
    v = mu * v - learning_rate * grad
    return w + learning_rate * v, v


@misconception("momentum_update", loses=[FIRST_STEP])
def momentum_update_mu_times_both(w, grad, state, learning_rate, mu=0.9):
    """The factor mu multiplies the gradient as well. It is the part of the old velocity that is kept: the gradient
    comes in with its full size. Look at your parentheses.
    """
    v = np.zeros_like(w) if state is None else state
    v = mu * (v - learning_rate * grad)
    return w + v, v


@misconception("momentum_update", loses=[FIRST_STEP, LATER, MU])
def momentum_update_old_velocity(w, grad, state, learning_rate, mu=0.9):
    """The weights move by the old velocity, and not at all in the first step. First the gradient pushes the velocity,
    then w moves by the new one.
    """
    v = np.zeros_like(w) if state is None else state
    return w + v, mu * v - learning_rate * grad


@misconception("momentum_update", loses=[LATER, MU])
def momentum_update_gradient_as_state(w, grad, state, learning_rate, mu=0.9):
    """The state that is returned is the gradient. What has to be remembered is the velocity, in which all earlier
    gradients live on.
    """
    v = np.zeros_like(w) if state is None else state
    v = mu * v - learning_rate * grad
    return w + v, grad


@misconception("momentum_update", loses=[FIRST_STEP, LATER, MU])
def momentum_update_begins_with_gradient(w, grad, state, learning_rate, mu=0.9):
    """The velocity begins with the first gradient. Before the first step the ball is at rest: the velocity is 0."""
    v = grad if state is None else state
    v = mu * v - learning_rate * grad
    return w + v, v


@misconception("momentum_update", loses=[FIRST_STEP, LATER, MU])
def momentum_update_nesterov(w, grad, state, learning_rate, mu=0.9):
    """What you have is Nesterov momentum, which comes next. Here w simply moves by the new velocity."""
    v = np.zeros_like(w) if state is None else state
    v_new = mu * v - learning_rate * grad
    return w - mu * v + (1 + mu) * v_new, v_new


@misconception("momentum_update", loses=[UNCHANGED])
def momentum_update_in_place(w, grad, state, learning_rate, mu=0.9):
    """The step is right, but `w += ...` writes into the array of the caller, who may still need the old weights. Make a
    new array: `w = w + ...`.
    """
    v = np.zeros_like(w) if state is None else state
    v = mu * v - learning_rate * grad
    w += v
    return w, v


@misconception("momentum_update", loses=[UNCHANGED])
def momentum_update_scales_grad_in_place(w, grad, state, learning_rate, mu=0.9):
    """The step is right, but `grad *= ...` changes the gradient of the caller. Give the product a name of its own."""
    v = np.zeros_like(w) if state is None else state
    grad *= learning_rate
    v = mu * v - grad
    return w + v, v


@misconception("momentum_update", loses=[FIRST_STEP, LATER, MU])
def momentum_update_ascent_and_state_not_carried(w, grad, state, learning_rate, mu=0.9):
    """Two slips at once. The steps lead uphill, because the gradient is added, and the velocity begins with 0 at every
    step: use the state that you returned at the step before.
    """
    v = np.zeros_like(w)
    v = mu * v + learning_rate * grad
    return w + v, v


@misconception("momentum_update", loses=[FIRST_STEP, MU])
def momentum_update_ascent_and_mu_hard_coded(w, grad, state, learning_rate, mu=0.9):
    """Two slips at once. The steps lead uphill, because the gradient is added, and the argument mu is never used."""
    v = np.zeros_like(w) if state is None else state
    v = 0.9 * v + learning_rate * grad
    return w + v, v


# nesterov_update


@misconception("nesterov_update", loses=[FIRST_STEP, LATER])
def nesterov_update_no_look_ahead(w, grad, state, learning_rate, mu=0.9):
    """Momentum without the look-ahead: w moves by the new velocity alone. In the formula both velocities move it, the
    old and the new. (If both are in your line: is the old one still the old one there, or has `*=` or `-=` changed it?)
    """
    v = np.zeros_like(w) if state is None else state
    v_new = mu * v - learning_rate * grad
    return w + v_new, v_new


@misconception("nesterov_update", loses=[LATER, MU])
def nesterov_update_state_not_carried(w, grad, state, learning_rate, mu=0.9):
    """The velocity begins with 0 at every step. What you return as state is handed to you at the next step: use it
    there.
    """
    v = np.zeros_like(w)
    v_new = mu * v - learning_rate * grad
    return w - mu * v + (1 + mu) * v_new, v_new


@misconception("nesterov_update", loses=[FIRST_STEP])
def nesterov_update_ascent(w, grad, state, learning_rate, mu=0.9):
    """All steps lead uphill: the gradient is subtracted from the velocity, and the velocity added to w."""
    v = np.zeros_like(w) if state is None else state
    v_new = mu * v + learning_rate * grad
    return w - mu * v + (1 + mu) * v_new, v_new


@misconception("nesterov_update", loses=[LATER, MU])
def nesterov_update_old_velocity_added(w, grad, state, learning_rate, mu=0.9):
    """The sign of mu * v is turned: the old look-ahead is taken back before the new one is made, so it is subtracted.
    Go through the derivation above the formula once more.
    """
    v = np.zeros_like(w) if state is None else state
    v_new = mu * v - learning_rate * grad
    return w + mu * v + (1 + mu) * v_new, v_new


@misconception("nesterov_update", loses=[LATER])
def nesterov_update_old_velocity_missing(w, grad, state, learning_rate, mu=0.9):
    """The part with the old velocity is missing: the old look-ahead is never taken back, so they pile up. The first
    step is right only because the velocity is 0 before it.
    """
    v = np.zeros_like(w) if state is None else state
    v_new = mu * v - learning_rate * grad
    return w + (1 + mu) * v_new, v_new


@misconception("nesterov_update", loses=[FIRST_STEP, LATER, MU])
def nesterov_update_one_velocity_missing(w, grad, state, learning_rate, mu=0.9):
    """The new velocity comes in with the factor mu where 1 + mu is due: the 1 is the step itself, the mu the look-ahead
    from there.
    """
    v = np.zeros_like(w) if state is None else state
    v_new = mu * v - learning_rate * grad
    return w - mu * v + mu * v_new, v_new


@misconception("nesterov_update", loses=[FIRST_STEP, LATER, MU])
def nesterov_update_velocities_exchanged(w, grad, state, learning_rate, mu=0.9):
    """The two velocities have changed places: minus mu belongs to the old one, 1 + mu to the new one."""
    v = np.zeros_like(w) if state is None else state
    v_new = mu * v - learning_rate * grad
    return w - mu * v_new + (1 + mu) * v, v_new


@misconception("nesterov_update", loses=[MU])
def nesterov_update_mu_hard_coded(w, grad, state, learning_rate, mu=0.9):
    """Right for mu = 0.9, but the argument mu is never used: the number stands in its place."""
    v = np.zeros_like(w) if state is None else state
    v_new = 0.9 * v - learning_rate * grad
    return w - 0.9 * v + 1.9 * v_new, v_new


@misconception("nesterov_update", loses=[FIRST_STEP])
def nesterov_update_learning_rate_ignored(w, grad, state, learning_rate, mu=0.9):
    """The argument learning_rate is never used: the whole gradient is subtracted from the velocity."""
    v = np.zeros_like(w) if state is None else state
    v_new = mu * v - grad
    return w - mu * v + (1 + mu) * v_new, v_new


@misconception("nesterov_update", loses=[LATER, MU])
def nesterov_update_step_as_state(w, grad, state, learning_rate, mu=0.9):
    """The state that is returned is the whole step of w. What has to be remembered is the velocity v_new, which is only
    a part of it.
    """
    v = np.zeros_like(w) if state is None else state
    v_new = mu * v - learning_rate * grad
    step = -mu * v + (1 + mu) * v_new
    return w + step, step


@misconception("nesterov_update", loses=[UNCHANGED])
def nesterov_update_in_place(w, grad, state, learning_rate, mu=0.9):
    """The step is right, but `w += ...` writes into the array of the caller, who may still need the old weights. Make a
    new array: `w = w + ...`.
    """
    v = np.zeros_like(w) if state is None else state
    v_new = mu * v - learning_rate * grad
    w += -mu * v + (1 + mu) * v_new
    return w, v_new


@misconception("nesterov_update", loses=[FIRST_STEP, LATER, UNCHANGED])
def nesterov_update_no_look_ahead_in_place(w, grad, state, learning_rate, mu=0.9):
    """Two slips at once. w moves by the new velocity alone, without the look-ahead, and `w += ...` writes into the
    array of the caller.
    """
    v = np.zeros_like(w) if state is None else state
    v_new = mu * v - learning_rate * grad
    w += v_new
    return w, v_new


@misconception("nesterov_update", loses=[FIRST_STEP, LATER, MU])
def nesterov_update_ascent_and_old_velocity_added(w, grad, state, learning_rate, mu=0.9):
    """Two slips at once. The gradient is added to the velocity, which leads uphill, and the sign of mu * v is turned in
    the step of w.
    """
    v = np.zeros_like(w) if state is None else state
    v_new = mu * v + learning_rate * grad
    return w + mu * v + (1 + mu) * v_new, v_new


# adagrad_update


@misconception("adagrad_update", loses=[LATER])
def adagrad_update_sum_reset(w, grad, state, learning_rate):
    """The sum begins with 0 at every step, so each step only sees its own gradient. What you return as state is handed
    to you at the next step: add to it.
    """
    s = np.zeros_like(w)
    s = s + grad**2
    return w - learning_rate * grad / (np.sqrt(s) + 1e-8), s


@misconception("adagrad_update", loses=[FIRST_STEP, LATER])
def adagrad_update_not_squared(w, grad, state, learning_rate):
    """The gradients are added up without their square. It is the root of a sum of squares that has the size of a
    gradient: the first step then is the learning rate in each direction.
    """
    s = np.zeros_like(w) if state is None else state
    s = s + np.abs(grad)
    return w - learning_rate * grad / (np.sqrt(s) + 1e-8), s


@misconception("adagrad_update", loses=[LATER])
def adagrad_update_absolute_values(w, grad, state, learning_rate):
    """The absolute values of the gradients are added up, without square and root. Right for a single step only: the
    root of a sum of squares is less than the sum of the absolute values.
    """
    s = np.zeros_like(w) if state is None else state
    s = s + np.abs(grad)
    return w - learning_rate * grad / (s + 1e-8), s


@misconception("adagrad_update", loses=[FIRST_STEP, LATER])
def adagrad_update_root_missing(w, grad, state, learning_rate):
    """The gradient is divided by the sum of the squares itself: the root is missing. The first step then is longest
    where the gradient is smallest.
    """
    s = np.zeros_like(w) if state is None else state
    s = s + grad**2
    return w - learning_rate * grad / (s + 1e-8), s


@misconception("adagrad_update", loses=[FIRST_STEP])
def adagrad_update_ascent(w, grad, state, learning_rate):
    """The step leads uphill: the gradient, divided or not, is subtracted."""
    s = np.zeros_like(w) if state is None else state
    s = s + grad**2
    return w + learning_rate * grad / (np.sqrt(s) + 1e-8), s


@misconception("adagrad_update", loses=[FIRST_STEP])
def adagrad_update_learning_rate_ignored(w, grad, state, learning_rate):
    """The argument learning_rate is never used: the first step is 1 in each direction."""
    s = np.zeros_like(w) if state is None else state
    s = s + grad**2
    return w - grad / (np.sqrt(s) + 1e-8), s


@misconception("adagrad_update", loses=[ZEROS])
def adagrad_update_epsilon_missing(w, grad, state, learning_rate):
    """Where the gradient is 0 from the beginning, 0 is divided by 0, and the weight becomes NaN for ever. That is what
    the tiny number in the denominator is for. Weights of pixels that are always black meet this.
    """
    s = np.zeros_like(w) if state is None else state
    s = s + grad**2
    return w - learning_rate * grad / np.sqrt(s), s


@misconception("adagrad_update", loses=[FIRST_STEP, LATER])
def adagrad_update_epsilon_of_one(w, grad, state, learning_rate):
    """The number in the denominator is far too large: it should only keep from dividing by zero, and be tiny against
    every gradient that matters.
    """
    s = np.zeros_like(w) if state is None else state
    s = s + grad**2
    return w - learning_rate * grad / (np.sqrt(s) + 1.0), s


@misconception("adagrad_update", loses=[FIRST_STEP, LATER])
def adagrad_update_rmsprop(w, grad, state, learning_rate):
    """What you have is RMSprop: a running average of the squares, in which old gradients fade. Adagrad adds all of them
    up and forgets nothing.
    """
    s = np.zeros_like(w) if state is None else state
    s = 0.9 * s + 0.1 * grad**2
    return w - learning_rate * grad / (np.sqrt(s) + 1e-8), s


@misconception("adagrad_update", loses=[FIRST_STEP, LATER])
def adagrad_update_one_sum_for_all(w, grad, state, learning_rate):
    """The squares of all elements are added up to one number. Each weight has a sum of its own, so that each gets its
    own step size: `grad**2` is added element by element.
    """
    s = 0.0 if state is None else state
    s = s + np.sum(grad**2)
    return w - learning_rate * grad / (np.sqrt(s) + 1e-8), s


@misconception("adagrad_update", loses=[LATER])
def adagrad_update_mean_for_sum(w, grad, state, learning_rate):
    """The mean of the squares is used instead of their sum, so that the steps do not shrink. Adagrad's sum is not
    divided by the number of steps.
    """
    s, count = (np.zeros_like(w), 0) if state is None else state
    s, count = s + grad**2, count + 1
    return w - learning_rate * grad / (np.sqrt(s / count) + 1e-8), (s, count)


@misconception("adagrad_update", loses=[LATER])
def adagrad_update_square_of_sum(w, grad, state, learning_rate):
    """The gradients are added up and the sum is squared, so that gradients of different sign cancel. Square first, then
    add.
    """
    total = np.zeros_like(w) if state is None else state
    total = total + grad
    return w - learning_rate * grad / (np.sqrt(total**2) + 1e-8), total


@misconception("adagrad_update", loses=[LATER])
def adagrad_update_root_as_state(w, grad, state, learning_rate):
    """The state that is returned is the root, to which the next square is added. What has to be remembered is the sum
    of the squares itself.
    """
    s = np.zeros_like(w) if state is None else state
    root = np.sqrt(s + grad**2)
    return w - learning_rate * grad / (root + 1e-8), root


@misconception("adagrad_update", loses=[FIRST_STEP, LATER])
def adagrad_update_divided_before_added(w, grad, state, learning_rate):
    """The gradient is divided by the sum before its own square is added: in the first step, by nearly nothing. First
    add, then divide.
    """
    s = np.zeros_like(w) if state is None else state
    return w - learning_rate * grad / (np.sqrt(s) + 1e-8), s + grad**2


@misconception("adagrad_update", loses=[UNCHANGED])
def adagrad_update_in_place(w, grad, state, learning_rate):
    """The step is right, but `w -= ...` writes into the array of the caller, who may still need the old weights. Make a
    new array: `w = w - ...`.
    """
    s = np.zeros_like(w) if state is None else state
    s = s + grad**2
    w -= learning_rate * grad / (np.sqrt(s) + 1e-8)
    return w, s


@misconception("adagrad_update", loses=[LATER, ZEROS])
def adagrad_update_sum_reset_and_epsilon_missing(w, grad, state, learning_rate):
    """Two slips at once. The sum begins with 0 at every step instead of with the state, and without the tiny number in
    the denominator a gradient of 0 becomes NaN.
    """
    s = grad**2
    return w - learning_rate * grad / np.sqrt(s), s


@misconception("adagrad_update", loses=[FIRST_STEP, LATER, UNCHANGED])
def adagrad_update_root_missing_in_place(w, grad, state, learning_rate):
    """Two slips at once. The root of the sum is missing, and `w -= ...` writes into the array of the caller."""
    s = np.zeros_like(w) if state is None else state
    s = s + grad**2
    w -= learning_rate * grad / (s + 1e-8)
    return w, s


# linear_classifier


@misconception("linear_classifier", loses=[STEPS])
def linear_classifier_never_updated():
    """self.W is never changed: the step is computed, but its result is not assigned to self.W."""

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        W = self.W
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            W = W - learning_rate * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[STEPS])
def linear_classifier_ascent():
    """The gradient is added to self.W, which leads uphill: the loss grows from step to step."""

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W += learning_rate * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[STEPS])
def linear_classifier_divided_by_batch_size():
    """The gradient is divided by the batch size once more. What self.loss returns is the gradient of a mean over the
    batch already, so the steps are now far too short.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W -= learning_rate * dW / batch_size
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[STEPS])
def linear_classifier_regularised_twice():
    """The gradient of the regularisation is added to dW in the step. It is part of what self.loss returns already, and
    now counts twice.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W -= learning_rate * (dW + 2 * reg * self.W)
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[STEPS])
def linear_classifier_learning_rate_hard_coded():
    """The argument learning_rate is never used: the number 0.001 stands in its place."""

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W -= 1e-3 * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[STEPS])
def linear_classifier_learning_rate_decays():
    """The learning rate gets smaller from step to step. That is a good idea at times, but not what is asked for: here
    it stays the same.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W -= learning_rate * dW
            learning_rate *= 0.95
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[BATCH_SIZE, RANDOM])
def linear_classifier_whole_set():
    """Each step looks at all the examples: that is gradient descent, exact and slow. Draw batch_size of them for each
    step.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            loss, dW = self.loss(X, y, reg)
            history.append(loss)
            self.W -= learning_rate * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[BATCH_SIZE])
def linear_classifier_batch_size_hard_coded():
    """The argument batch_size is never used: a number stands in its place."""

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            rows = np.random.choice(len(X), 200)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W -= learning_rate * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[RANDOM])
def linear_classifier_first_rows():
    """The batch is always the first rows, so that the rest of the data is never learned from. Draw the row numbers at
    random, in each iteration.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            loss, dW = self.loss(X[:batch_size], y[:batch_size], reg)
            history.append(loss)
            self.W -= learning_rate * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[RANDOM])
def linear_classifier_one_batch_for_all():
    """One batch is drawn before the loop, and all iterations use it. The rest of the data is never learned from: draw
    inside the loop.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        rows = np.random.choice(len(X), batch_size)
        for _ in range(num_iters):
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W -= learning_rate * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[RANDOM])
def linear_classifier_in_order():
    """The batches go through the data in its order, the same ones in each round. If the data is sorted, by class for
    example, each batch pulls elsewhere: draw at random, or shuffle the row numbers anew in each round.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for i in range(num_iters):
            rows = (i * batch_size + np.arange(batch_size)) % len(X)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W -= learning_rate * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[RANDOM])
def linear_classifier_last_row_never():
    """The last row is never drawn. The upper end of `randint` and `integers` is left out already: no 1 has to be taken
    off N.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            rows = np.random.randint(0, len(X) - 1, batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W -= learning_rate * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=["test_rows_keep_their_labels"])
def linear_classifier_drawn_apart():
    """Rows and labels of a batch are drawn with different row numbers, so the classifier learns the labels of other
    examples. Draw the row numbers once, and use them for both.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            X_batch = X[np.random.choice(len(X), batch_size)]
            y_batch = y[np.random.choice(len(y), batch_size)]
            loss, dW = self.loss(X_batch, y_batch, reg)
            history.append(loss)
            self.W -= learning_rate * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=["test_rows_keep_their_labels"])
def linear_classifier_shuffles_in_place():
    """The batches are right, but X and y are in another order after the training: `X[...] = X[rows]` and `shuffle`
    write into the caller's arrays. Shuffle row numbers instead.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            rows = np.random.permutation(len(X))
            X[...], y[...] = X[rows], y[rows]
            loss, dW = self.loss(X[:batch_size], y[:batch_size], reg)
            history.append(loss)
            self.W -= learning_rate * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[DEFAULTS])
def linear_classifier_other_defaults():
    """The arguments of `train` have other defaults than in the notebook. Whoever calls `train(X, y)` relies on them:
    put the first line back as it was, and try other settings in the call.
    """

    def train(self, X, y, learning_rate=0.1, reg=1e-3, num_iters=100, batch_size=200, verbose=True):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W -= learning_rate * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[CONTINUED])
def linear_classifier_begins_anew():
    """Each call of `train` begins with new random weights: what was learned before is lost. Draw them only if self.W is
    None.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W -= learning_rate * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[HISTORY])
def linear_classifier_last_loss_only():
    """Only the last loss is returned. The history is a list with the loss of each iteration: append to it in the
    loop.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            self.W -= learning_rate * dW
        return loss

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[HISTORY])
def linear_classifier_history_not_returned():
    """`train` returns None: the history is kept, but there is no `return` at the end."""

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W -= learning_rate * dW

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[HISTORY])
def linear_classifier_history_if_verbose():
    """The history only holds the losses that are printed. Append each loss, whether verbose is set or not; look at how
    far the line is indented.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for i in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            self.W -= learning_rate * dW
            if verbose and i % 100 == 0:
                print(i, loss)
                history.append(loss)
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[HISTORY, RANDOM])
def linear_classifier_return_in_loop():
    """`train` returns after its first iteration. Look at how far the line with `return` is indented: as it stands, it
    belongs to the loop.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W -= learning_rate * dW
            return history
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[REG])
def linear_classifier_reg_not_passed_on():
    """`train` calls self.loss with reg = 0: its own argument reg is never used, so that nothing is regularised."""

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], 0.0)
            history.append(loss)
            self.W -= learning_rate * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[NEW_WEIGHTS])
def linear_classifier_classes_counted():
    """The number of classes is taken to be the number of different labels. If a class has no example among them, its
    column is missing, and the larger labels are out of range. C is the largest label plus 1.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], len(np.unique(y)))
        history = []
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W -= learning_rate * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[NEW_WEIGHTS])
def linear_classifier_large_weights():
    """The weights begin too large: the factor 0.001 is missing. The classifier then begins with strong opinions, all of
    them random, and has to unlearn them.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W -= learning_rate * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[NEW_WEIGHTS])
def linear_classifier_zero_weights():
    """The weights begin with 0. For a linear classifier this works, but asked for are small random numbers, and in
    networks with more layers zeros never learn: all neurons stay the same.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = np.zeros((X.shape[1], np.max(y) + 1))
        history = []
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W -= learning_rate * dW
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[PREDICT])
def linear_classifier_arg_max_over_examples():
    """The arg max goes over the wrong axis: it says for each class which example has the largest score. Each row of the
    scores belongs to one example, and asked for is its largest column.
    """

    def predict(self, X):
        return np.argmax(X @ self.W, axis=0)

    LinearClassifier.predict = predict


@misconception("linear_classifier", loses=[PREDICT])
def linear_classifier_axis_missing():
    """`argmax` without an axis looks at all scores at once and gives one number. Asked for is one label for each
    row.
    """

    def predict(self, X):
        return np.argmax(X @ self.W)

    LinearClassifier.predict = predict


@misconception("linear_classifier", loses=[PREDICT])
def linear_classifier_largest_score():
    """The largest score itself is returned. Asked for is the class that has it: `argmax` in place of `max`."""

    def predict(self, X):
        return np.max(X @ self.W, axis=1)

    LinearClassifier.predict = predict


@misconception("linear_classifier", loses=[PREDICT])
def linear_classifier_arg_min():
    """The class with the smallest score is returned. A high score speaks for a class (it is the loss that should be
    small).
    """

    def predict(self, X):
        return np.argmin(X @ self.W, axis=1)

    LinearClassifier.predict = predict


@misconception("linear_classifier", loses=[PREDICT])
def linear_classifier_largest_absolute_score():
    """The class whose score is farthest from 0 is returned. A very negative score speaks against a class: look at the
    scores themselves, not at their absolute values.
    """

    def predict(self, X):
        return np.argmax(np.abs(X @ self.W), axis=1)

    LinearClassifier.predict = predict


@misconception("linear_classifier", loses=[SVM])
def linear_classifier_svm_without_reg():
    """LinearSVM computes its loss with reg = 0, whatever reg it is given. Pass the argument on."""

    def loss(self, X_batch, y_batch, reg):
        return svm_loss_vectorized(self.W, X_batch, y_batch, 0.0)

    LinearSVM.loss = loss


@misconception("linear_classifier", loses=[SOFTMAX])
def linear_classifier_softmax_with_hinge_loss():
    """Softmax uses the hinge loss, like LinearSVM: a copied line in which one name was not changed."""

    def loss(self, X_batch, y_batch, reg):
        return svm_loss_vectorized(self.W, X_batch, y_batch, reg)

    Softmax.loss = loss


@misconception("linear_classifier", loses=[SVM, SOFTMAX])
def linear_classifier_losses_exchanged():
    """The two losses have changed places: LinearSVM uses the softmax loss, and Softmax the hinge loss."""
    LinearSVM.loss, Softmax.loss = Softmax.loss, LinearSVM.loss


@misconception("linear_classifier", loses=[SVM, SOFTMAX])
def linear_classifier_loss_without_gradient():
    """`loss` returns the loss alone. `train` needs the gradient as well: return both, as the given functions do."""

    def svm(self, X_batch, y_batch, reg):
        return svm_loss_vectorized(self.W, X_batch, y_batch, reg)[0]

    def softmax(self, X_batch, y_batch, reg):
        return softmax_loss_vectorized(self.W, X_batch, y_batch, reg)[0]

    LinearSVM.loss, Softmax.loss = svm, softmax


@misconception("linear_classifier", loses=[STEPS, CONTINUED])
def linear_classifier_begins_anew_and_divided_by_batch_size():
    """Two slips at once. Each call of `train` begins with new random weights, also if there are some, and the gradient
    is divided by the batch size although self.loss returns that of a mean.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size)
            loss, dW = self.loss(X[rows], y[rows], reg)
            history.append(loss)
            self.W -= learning_rate * dW / batch_size
        return history

    LinearClassifier.train = train


@misconception("linear_classifier", loses=[RANDOM, PREDICT])
def linear_classifier_first_rows_and_arg_max_over_examples():
    """Two slips at once. The batch is always the first rows, so that the rest of the data is never learned from, and
    the arg max of `predict` goes over the examples instead of the classes.
    """

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)
        history = []
        for _ in range(num_iters):
            loss, dW = self.loss(X[:batch_size], y[:batch_size], reg)
            history.append(loss)
            self.W -= learning_rate * dW
        return history

    def predict(self, X):
        return np.argmax(X @ self.W, axis=0)

    LinearClassifier.train, LinearClassifier.predict = train, predict


# tune


@misconception("tune", loses=[ACCURACIES, BEST_MODEL])
def tune_on_training_data(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """The accuracies are those on the training data, and the model is chosen by them. Training data flatters whoever
    was trained on it: the choice is made on the validation data.
    """
    results, best_model, best_accuracy = {}, None, -1
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg, num_iters)
            accuracy = np.mean(model.predict(X) == y)
            results[lr, reg] = accuracy
            if accuracy > best_accuracy:
                best_model, best_accuracy = model, accuracy
    return results, best_model


@misconception("tune", loses=[BEST_MODEL])
def tune_chosen_on_training_data(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """The results are the validation accuracies, but the model is chosen by its accuracy on the training data. Choose
    by what is in the results.
    """
    results, best_model, best_accuracy = {}, None, -1
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg, num_iters)
            results[lr, reg] = np.mean(model.predict(X_val) == y_val)
            accuracy = np.mean(model.predict(X) == y)
            if accuracy > best_accuracy:
                best_model, best_accuracy = model, accuracy
    return results, best_model


@misconception("tune", loses=[BEST_MODEL])
def tune_last_for_best(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """The model that is returned is the last one. Keep the best so far in a variable of its own."""
    results = {}
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg, num_iters)
            results[lr, reg] = np.mean(model.predict(X_val) == y_val)
    return results, model


@misconception("tune", loses=[BEST_MODEL])
def tune_worst_for_best(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """The model with the smallest accuracy is returned. An accuracy is no loss: more is better."""
    results, best_model, best_accuracy = {}, None, 2
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg, num_iters)
            accuracy = np.mean(model.predict(X_val) == y_val)
            results[lr, reg] = accuracy
            if accuracy < best_accuracy:
                best_model, best_accuracy = model, accuracy
    return results, best_model


@misconception("tune", loses=[BEST_MODEL])
def tune_first_for_best(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """The model that is returned is the first one: the best is set once and never replaced."""
    results, best_model = {}, None
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg, num_iters)
            results[lr, reg] = np.mean(model.predict(X_val) == y_val)
            if best_model is None:
                best_model = model
    return results, best_model


@misconception("tune", loses=[BEST_MODEL, NEW_MODELS])
def tune_one_model_for_all(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """One model is made before the loops and trained again and again: each training goes on from the last one, and the
    best model is the same object as the last. Make a new model for each pair.
    """
    model = LinearSVM()
    results, best_model, best_accuracy = {}, None, -1
    for lr in learning_rates:
        for reg in regs:
            model.train(X, y, lr, reg, num_iters)
            accuracy = np.mean(model.predict(X_val) == y_val)
            results[lr, reg] = accuracy
            if accuracy > best_accuracy:
                best_model, best_accuracy = model, accuracy
    return results, best_model


@misconception("tune", loses=[NEW_MODELS])
def tune_copies_of_one_model(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """The best model is copied, but all pairs train the same object, one after the other: each training goes on from
    the weights of the last. Make a new model for each pair.
    """
    import copy

    model = LinearSVM()
    results, best_model, best_accuracy = {}, None, -1
    for lr in learning_rates:
        for reg in regs:
            model.train(X, y, lr, reg, num_iters)
            accuracy = np.mean(model.predict(X_val) == y_val)
            results[lr, reg] = accuracy
            if accuracy > best_accuracy:
                best_model, best_accuracy = copy.deepcopy(model), accuracy
    return results, best_model


@misconception("tune", loses=[PAIRS])
def tune_zipped(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """The first learning rate is only tried with the first reg, the second with the second: `zip` walks through both
    side by side. Each pair is asked for, so one loop goes inside the other.
    """
    results, best_model, best_accuracy = {}, None, -1
    for lr, reg in zip(learning_rates, regs, strict=False):
        model = LinearSVM()
        model.train(X, y, lr, reg, num_iters)
        accuracy = np.mean(model.predict(X_val) == y_val)
        results[lr, reg] = accuracy
        if accuracy > best_accuracy:
            best_model, best_accuracy = model, accuracy
    return results, best_model


@misconception("tune", loses=[PAIRS])
def tune_return_in_loop(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """Only the first learning rate is tried. Look at how far the line with `return` is indented: as it stands, it
    belongs to the loop.
    """
    results, best_model, best_accuracy = {}, None, -1
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg, num_iters)
            accuracy = np.mean(model.predict(X_val) == y_val)
            results[lr, reg] = accuracy
            if accuracy > best_accuracy:
                best_model, best_accuracy = model, accuracy
        return results, best_model
    return results, best_model


@misconception("tune", loses=[PAIRS])
def tune_keys_exchanged(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """The keys of the results are (reg, learning_rate). Whoever looks one up expects the learning rate first."""
    results, best_model, best_accuracy = {}, None, -1
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg, num_iters)
            accuracy = np.mean(model.predict(X_val) == y_val)
            results[reg, lr] = accuracy
            if accuracy > best_accuracy:
                best_model, best_accuracy = model, accuracy
    return results, best_model


@misconception("tune", loses=[NEW_MODELS])
def tune_settings_exchanged(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """`train` is called with learning rate and reg exchanged. Without names, arguments go by their order: compare with
    the first line of `train`, or write `learning_rate=...` and `reg=...`.
    """
    results, best_model, best_accuracy = {}, None, -1
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, reg, lr, num_iters)
            accuracy = np.mean(model.predict(X_val) == y_val)
            results[lr, reg] = accuracy
            if accuracy > best_accuracy:
                best_model, best_accuracy = model, accuracy
    return results, best_model


@misconception("tune", loses=[NEW_MODELS])
def tune_num_iters_ignored(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """The argument num_iters is never used: `train` makes its default of 100 iterations. Pass it on."""
    results, best_model, best_accuracy = {}, None, -1
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg)
            accuracy = np.mean(model.predict(X_val) == y_val)
            results[lr, reg] = accuracy
            if accuracy > best_accuracy:
                best_model, best_accuracy = model, accuracy
    return results, best_model


@misconception("tune", loses=[NEW_MODELS])
def tune_trained_on_validation_data(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """The models are trained on the validation data, so that it can no longer tell how good they are on data they have
    not seen. Train on X and y.
    """
    results, best_model, best_accuracy = {}, None, -1
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X_val, y_val, lr, reg, num_iters)
            accuracy = np.mean(model.predict(X_val) == y_val)
            results[lr, reg] = accuracy
            if accuracy > best_accuracy:
                best_model, best_accuracy = model, accuracy
    return results, best_model


@misconception("tune", loses=[ACCURACIES])
def tune_percent(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """The accuracies are given in percent. Asked for is the part that is right, from 0 to 1."""
    results, best_model, best_accuracy = {}, None, -1
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg, num_iters)
            accuracy = 100 * np.mean(model.predict(X_val) == y_val)
            results[lr, reg] = accuracy
            if accuracy > best_accuracy:
                best_model, best_accuracy = model, accuracy
    return results, best_model


@misconception("tune", loses=[ACCURACIES])
def tune_counted(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """The results say how many validation examples are right. Asked for is the part of them, from 0 to 1."""
    results, best_model, best_accuracy = {}, None, -1
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg, num_iters)
            accuracy = np.sum(model.predict(X_val) == y_val)
            results[lr, reg] = accuracy
            if accuracy > best_accuracy:
                best_model, best_accuracy = model, accuracy
    return results, best_model


@misconception("tune", loses=[ACCURACIES, BEST_MODEL])
def tune_errors(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """The results are error rates, the part that is wrong, and the model with the largest one is returned. Accuracy is
    the part that is right.
    """
    results, best_model, best_accuracy = {}, None, -1
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg, num_iters)
            accuracy = np.mean(model.predict(X_val) != y_val)
            results[lr, reg] = accuracy
            if accuracy > best_accuracy:
                best_model, best_accuracy = model, accuracy
    return results, best_model


@misconception("tune", loses=[ACCURACIES])
def tune_both_accuracies(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """The results hold two accuracies each, of training and of validation data. Asked for is one number, the validation
    accuracy. (Another year's notebook wanted both.)
    """
    results, best_model, best_accuracy = {}, None, -1
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg, num_iters)
            accuracy = np.mean(model.predict(X_val) == y_val)
            results[lr, reg] = (np.mean(model.predict(X) == y), accuracy)
            if accuracy > best_accuracy:
                best_model, best_accuracy = model, accuracy
    return results, best_model


@misconception("tune", loses=[BEST_MODEL, ANY_MODEL])
def tune_best_pair_for_model(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """The best pair of settings is returned in place of the best model. Asked for is the trained classifier itself."""
    results = {}
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg, num_iters)
            results[lr, reg] = np.mean(model.predict(X_val) == y_val)
    return results, max(results, key=results.get)


@misconception("tune", loses=[ANY_MODEL])
def tune_best_begins_at_0(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """The best accuracy begins with 0, so if no model gets anything right, none is returned but None. Begin below every
    accuracy there is.
    """
    results, best_model, best_accuracy = {}, None, 0
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg, num_iters)
            accuracy = np.mean(model.predict(X_val) == y_val)
            results[lr, reg] = accuracy
            if accuracy > best_accuracy:
                best_model, best_accuracy = model, accuracy
    return results, best_model


@misconception("tune", loses=[PAIRS, ACCURACIES, BEST_MODEL, NEW_MODELS, ANY_MODEL])
def tune_results_alone(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """Only the results are returned. Asked for are two things: the results, and the best model."""
    results = {}
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg, num_iters)
            results[lr, reg] = np.mean(model.predict(X_val) == y_val)
    return results


@misconception("tune", loses=[ACCURACIES, BEST_MODEL])
def tune_percent_and_last_for_best(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """Two slips at once. The accuracies are given in percent instead of from 0 to 1, and the model that is returned is
    the last one, not the best.
    """
    results = {}
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg, num_iters)
            results[lr, reg] = 100 * np.mean(model.predict(X_val) == y_val)
    return results, model


@misconception("tune", loses=[PAIRS, BEST_MODEL])
def tune_keys_exchanged_and_worst_for_best(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """Two slips at once. The keys of the results are (reg, learning_rate), and the model with the smallest accuracy is
    returned.
    """
    results, best_model, best_accuracy = {}, None, 2
    for lr in learning_rates:
        for reg in regs:
            model = LinearSVM()
            model.train(X, y, lr, reg, num_iters)
            accuracy = np.mean(model.predict(X_val) == y_val)
            results[reg, lr] = accuracy
            if accuracy < best_accuracy:
                best_model, best_accuracy = model, accuracy
    return results, best_model


# sgd_answers


@misconception("sgd_answers", loses=["test_largest_stable_step"])
def sgd_answers_step_of_one_over_curvature():
    """You give one over the largest curvature. That is the step that reaches the minimum of the steep direction at
    once. A step somewhat longer overshoots, but still comes nearer: how long may it be?
    """
    largest_stable_step = 0.05


@misconception("sgd_answers", loses=["test_largest_stable_step"])
def sgd_answers_step_of_the_flat_direction():
    """You give the bound of the flat direction, w_0. All weights share one step size: which direction is the first to
    diverge when it grows?
    """
    largest_stable_step = 2


@misconception("sgd_answers", loses=["test_largest_stable_step"])
def sgd_answers_step_without_half():
    """You take the coefficient of w_1 squared, with the one half in it, for the curvature. The gradient is what counts:
    what is the derivative of the function by w_1?
    """
    largest_stable_step = 0.2


@misconception("sgd_answers", loses=["test_steps_per_epoch"])
def sgd_answers_examples_for_steps():
    """You count one step for each example. One step uses a whole batch of them."""
    steps_per_epoch = 1500


@misconception("sgd_answers", loses=["test_steps_per_epoch"])
def sgd_answers_batch_size_for_steps():
    """You give the size of a batch. How many of these fit into all the examples?"""
    steps_per_epoch = 50


@misconception("sgd_answers", loses=["test_steps_per_epoch"])
def sgd_answers_one_step_too_many():
    """You count one batch more than there are. The examples come out even: the last full batch is the last one."""
    steps_per_epoch = 31


@misconception("sgd_answers", loses=["test_noise_ratio"])
def sgd_answers_noise_of_variance():
    """You give the factor of the variance. The standard deviation is its root."""
    noise_ratio = 0.25


@misconception("sgd_answers", loses=["test_noise_ratio"])
def sgd_answers_noise_grows():
    """You say that the noise doubles. A mean over more examples is more certain, not less."""
    noise_ratio = 2


@misconception("sgd_answers", loses=["test_noise_ratio"])
def sgd_answers_noise_stays():
    """You say that the noise stays the same. Think of the extremes: a batch of one, and a very large one."""
    noise_ratio = 1


@misconception("sgd_answers", loses=["test_choose_on"])
def sgd_answers_chosen_on_training_data():
    """You choose on the training data. There, no regularisation at all looks best: the classifier may learn the
    examples by heart.
    """
    choose_on = "training"


@misconception("sgd_answers", loses=["test_choose_on"])
def sgd_answers_chosen_on_test_data():
    """You choose on the test data. Then nothing is left to tell how good the chosen classifier is on new images: it has
    been picked for doing well on just these.
    """
    choose_on = "test"
