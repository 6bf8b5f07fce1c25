"""Wrong versions that students write, with the explanation they get, and the checks that each must lose.

The explanations are shown to students: they say what is off and where to look, not what to type.
"""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints.
# The docstrings are messages of several sentences, not summaries.
# ruff: noqa: RET503

from __future__ import annotations

import numpy as np

from lossmark import misconception

VALUES = "test_loss_of_one_example"
MEAN = "test_mean_over_batch"
MARGIN = "test_margin_is_respected"
DIFFERENCES = "test_only_differences_matter"
TYPES = "test_integers_and_float32"
UNCHANGED = "test_arguments_left_alone"
NO_LOOP = "test_no_python_loop"
TYPES_UNCHANGED = "test_arguments_of_any_type_left_alone"


# L_i


@misconception("L_i", loses=[VALUES])
def L_i_correct_class_kept(x, y, W, delta=1.0):
    """The loop also visits the correct class, j = y. Its margin is s_y - s_y + delta = delta, so the loss is too high
    by exactly delta for every example. The sum in the formula runs over j ≠ y.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        loss += max(0.0, scores[j] - scores[y] + delta)
    return loss


@misconception("L_i", loses=[VALUES, MARGIN])
def L_i_forgot_delta(x, y, W, delta=1.0):
    """The margin delta is missing: your loss is already 0 when the correct class is ahead by a hair. The formula asks
    for a lead of delta over every other class; see the picture of the hinge, where the loss reaches 0 only at the
    dotted line, one delta beyond the score of car.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss += max(0.0, scores[j] - scores[y])
    return loss


@misconception("L_i", loses=[VALUES])
def L_i_delta_added_once(x, y, W, delta=1.0):
    """Here delta is added once to the whole sum. It belongs to the margin of each class, inside the maximum with 0:
    each class has to be beaten by delta on its own, and a class that is beaten clearly adds nothing.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss += max(0.0, scores[j] - scores[y])
    return loss + delta


@misconception("L_i", loses=[VALUES])
def L_i_sign_turned(x, y, W, delta=1.0):
    """The two scores of the difference have changed places: s_y - s_j + delta is large when the correct class wins,
    so a good classifier is punished. (One of the lecture's slides has this slip.) The margin is s_j - s_y + delta.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss += max(0.0, scores[y] - scores[j] + delta)
    return loss


@misconception("L_i", loses=[VALUES, MARGIN])
def L_i_delta_subtracted(x, y, W, delta=1.0):
    """The sign of delta is turned: s_j - s_y - delta lets another class win by up to delta before it costs anything.
    The margin asks for the opposite, that the correct class wins by delta; look at the sign in front of Δ in the
    formula.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss += max(0.0, scores[j] - scores[y] - delta)
    return loss


@misconception("L_i", loses=[MARGIN])
def L_i_delta_hard_coded(x, y, W, delta=1.0):
    """Right for delta = 1, but the argument delta is never used: the number 1 stands in its place. Call your function
    with two different margins and compare.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss += max(0.0, scores[j] - scores[y] + 1)
    return loss


@misconception("L_i", loses=[VALUES])
def L_i_return_in_loop(x, y, W, delta=1.0):
    """The function returns after the first class that is not the correct one, so the other classes never add
    anything. Look at how far the line with `return` is indented: as it stands, it belongs to the loop.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j == y:
            continue
        loss += max(0.0, scores[j] - scores[y] + delta)
        return loss
    return loss


@misconception("L_i", loses=[VALUES])
def L_i_max_missing(x, y, W, delta=1.0):
    """Negative margins are added as they are, without the maximum with 0: a class that is beaten by far then pays for
    one that wins. A lead beyond delta earns nothing; it must not lower the loss, which is never negative.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss += scores[j] - scores[y] + delta
    return loss


@misconception("L_i", loses=[VALUES])
def L_i_max_of_sum(x, y, W, delta=1.0):
    """The maximum with 0 is taken once, of the sum of all margins. It belongs to each margin before they are added;
    otherwise a class that is beaten by far pays for one that wins.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss += scores[j] - scores[y] + delta
    return max(0.0, loss)


@misconception("L_i", loses=[VALUES])
def L_i_abs_for_max(x, y, W, delta=1.0):
    """The absolute value of each margin is added where its maximum with 0 is meant: a negative margin is a lead that
    is large enough, and costs nothing, however large it is.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss += abs(scores[j] - scores[y] + delta)
    return loss


@misconception("L_i", loses=[VALUES])
def L_i_worst_class_only(x, y, W, delta=1.0):
    """Only the largest margin is returned. (Such a loss exists, by Crammer and Singer.) Ours, by Weston and Watkins,
    adds up the positive margins of all the other classes: with two classes in front of the correct one, both count.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss = max(loss, scores[j] - scores[y] + delta)
    return loss


@misconception("L_i", loses=[VALUES])
def L_i_W_transposed(x, y, W, delta=1.0):
    """Rows and columns of W are mixed up. In this notebook W has one row per class, (C, D), and the scores are the
    product of W with x, in this order; the other order only runs without an error where C = D, and gives other scores
    there.
    """
    scores = x.dot(W)
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss += max(0.0, scores[j] - scores[y] + delta)
    return loss


@misconception("L_i", loses=[VALUES])
def L_i_mean_over_classes(x, y, W, delta=1.0):
    """The sum over the classes is divided by the number of classes. The formula has no such factor: the positive
    margins are added. (The mean that the notebook speaks of is over the examples of a batch, and here there is one
    example.)
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss += max(0.0, scores[j] - scores[y] + delta)
    return loss / len(scores)


@misconception("L_i", loses=[VALUES, DIFFERENCES])
def L_i_correct_score_missing(x, y, W, delta=1.0):
    """The score of the correct class is not subtracted, so the loss does not notice whether the correct class is
    ahead. Only differences of scores mean anything: s_j - s_y.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss += max(0.0, scores[j] + delta)
    return loss


@misconception("L_i", loses=[VALUES, MARGIN, DIFFERENCES, TYPES, UNCHANGED])
def L_i_compared_with_winner(x, y, W, delta=1.0):
    """The scores are compared with the highest score in place of the correct class's. Then the loss stays small
    whichever class wins, so it is no loss of this label at all. The formula subtracts s_y, the score of the label y,
    even if another class has a higher one.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss += max(0.0, scores[j] - max(scores) + delta)
    return loss


@misconception("L_i", loses=[VALUES])
def L_i_counted_if_above_delta(x, y, W, delta=1.0):
    """A margin is only counted when it is larger than delta. The margin s_j - s_y + delta already contains delta, and
    costs something as soon as it is positive; with your condition, a class that is close behind the correct one is
    free.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        margin = scores[j] - scores[y] + delta
        if j != y and margin > delta:
            loss += margin
    return loss


@misconception("L_i", loses=[VALUES])
def L_i_label_counted_from_one(x, y, W, delta=1.0):
    """The label is read as if classes were counted from 1, so the wrong class is taken for the correct one. Labels
    here go from 0 to C-1, as numpy's indices do.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j != (y - 1) % len(scores):
            loss += max(0.0, scores[j] - scores[y - 1] + delta)
    return loss


@misconception("L_i", loses=[TYPES])
def L_i_cut_to_integers(x, y, W, delta=1.0):
    """The margins are stored in an array of W's type. When W holds whole numbers, numpy cuts off what comes after the
    decimal point of each margin, without a word. Make new arrays of type float, whatever the arguments are.
    """
    scores = W.dot(x)
    margins = np.zeros(len(scores), dtype=W.dtype)
    for j in range(len(scores)):
        if j != y:
            margins[j] = max(0.0, scores[j] - scores[y] + delta)
    return float(margins.sum())


@misconception("L_i", loses=[UNCHANGED])
def L_i_changes_W(x, y, W, delta=1.0):
    """The loss is right, but W is not what it was before the call: an assignment such as `W -= ...` writes into the
    array of the caller, who goes on with spoilt weights. Give the intermediate result a new name.
    """
    W -= W[y].copy()
    leads = W.dot(x)
    loss = 0.0
    for j in range(len(leads)):
        if j != y:
            loss += max(0.0, leads[j] + delta)
    return loss


@misconception("L_i", loses=[VALUES])
def L_i_sign_turned_and_correct_class_kept(x, y, W, delta=1.0):
    """Two slips at once. The scores of the difference have changed places (s_y - s_j punishes a correct class for
    winning), and the loop visits the correct class too, which adds delta. Compare both the order and the j ≠ y with
    the formula.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        loss += max(0.0, scores[y] - scores[j] + delta)
    return loss


@misconception("L_i", loses=[VALUES, MARGIN])
def L_i_delta_hard_coded_and_correct_class_kept(x, y, W, delta=1.0):
    """Two slips at once. The number 1 stands where the argument delta should, and the loop visits the correct class
    too, whose margin is never negative. The sum runs over j ≠ y, and each margin has the caller's delta in it.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        loss += max(0.0, scores[j] - scores[y] + 1)
    return loss


@misconception("L_i", loses=[VALUES, MARGIN, DIFFERENCES, TYPES, UNCHANGED])
def L_i_printed_not_returned(x, y, W, delta=1.0):
    """The function prints the loss but does not return it, so whoever calls it gets None. Printing is for you,
    `return` is for the program: end the function with it.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss += max(0.0, scores[j] - scores[y] + delta)
    print(loss)


# L_i_vectorized


@misconception("L_i_vectorized", loses=[VALUES])
def L_i_vectorized_correct_class_kept(x, y, W, delta=1.0):
    """All C margins are added, also the correct class's: s_y - s_y + delta = delta, so the loss is too high by
    exactly delta. It has to be taken out after delta was added: set to 0 before that, it comes back as delta.
    """
    scores = W.dot(x)
    return np.sum(np.maximum(0, scores - scores[y] + delta))


@misconception("L_i_vectorized", loses=[VALUES, MARGIN])
def L_i_vectorized_forgot_delta(x, y, W, delta=1.0):
    """The margin delta is missing: your loss is already 0 when the correct class is ahead by a hair. Each margin is
    s_j - s_y + delta, so the correct class has to lead by delta.
    """
    scores = W.dot(x)
    margins = np.maximum(0, scores - scores[y])
    margins[y] = 0
    return np.sum(margins)


@misconception("L_i_vectorized", loses=[VALUES])
def L_i_vectorized_sign_turned(x, y, W, delta=1.0):
    """The two scores of the difference have changed places: s_y - s_j + delta is large when the correct class wins.
    (One of the lecture's slides has this slip.) The margin is s_j - s_y + delta.
    """
    scores = W.dot(x)
    margins = np.maximum(0, scores[y] - scores + delta)
    margins[y] = 0
    return np.sum(margins)


@misconception("L_i_vectorized", loses=[MARGIN])
def L_i_vectorized_delta_hard_coded(x, y, W, delta=1.0):
    """Right for delta = 1, but the argument delta is never used: the number 1 stands in its place. Call your function
    with two different margins and compare.
    """
    scores = W.dot(x)
    margins = np.maximum(0, scores - scores[y] + 1)
    margins[y] = 0
    return np.sum(margins)


@misconception("L_i_vectorized", loses=[MARGIN])
def L_i_vectorized_one_taken_off(x, y, W, delta=1.0):
    """The sum runs over all classes, and 1 is taken off for the correct one. What the correct class adds is delta,
    not 1: your loss is right only as long as the two are the same.
    """
    scores = W.dot(x)
    return np.sum(np.maximum(0, scores - scores[y] + delta)) - 1


@misconception("L_i_vectorized", loses=[VALUES])
def L_i_vectorized_correct_class_removed_twice(x, y, W, delta=1.0):
    """The correct class is taken out twice: its margin is set to 0, and delta is taken off the sum as well. Either is
    right, both together make the loss too low by delta, and even negative where it should be 0.
    """
    scores = W.dot(x)
    margins = np.maximum(0, scores - scores[y] + delta)
    margins[y] = 0
    return np.sum(margins) - delta


@misconception("L_i_vectorized", loses=[VALUES])
def L_i_vectorized_max_missing(x, y, W, delta=1.0):
    """Negative margins are added as they are, without the maximum with 0: a class that is beaten by far then pays for
    one that wins. A lead beyond delta earns nothing, and the loss is never negative.
    """
    scores = W.dot(x)
    margins = scores - scores[y] + delta
    margins[y] = 0
    return np.sum(margins)


@misconception("L_i_vectorized", loses=[VALUES])
def L_i_vectorized_max_of_sum(x, y, W, delta=1.0):
    """The maximum with 0 is taken once, of the sum of all margins. It belongs to each margin before they are added:
    the function for that works element by element.
    """
    scores = W.dot(x)
    margins = scores - scores[y] + delta
    margins[y] = 0
    return np.maximum(0, np.sum(margins))


@misconception("L_i_vectorized", loses=[VALUES])
def L_i_vectorized_worst_class_only(x, y, W, delta=1.0):
    """Only the largest margin is returned; `np.max` of an array is its largest element. The loss adds up the positive
    margins of all the other classes: what is needed is the larger of 0 and each element, and then their sum.
    """
    scores = W.dot(x)
    margins = scores - scores[y] + delta
    margins[y] = 0
    return np.max(margins)


@misconception("L_i_vectorized", loses=[VALUES])
def L_i_vectorized_W_transposed(x, y, W, delta=1.0):
    """Rows and columns of W are mixed up. W has one row per class, (C, D), and the scores are the product of W with
    x, in this order; the other order only runs without an error where C = D, and gives other scores there.
    """
    scores = x.dot(W)
    margins = np.maximum(0, scores - scores[y] + delta)
    margins[y] = 0
    return np.sum(margins)


@misconception("L_i_vectorized", loses=[VALUES])
def L_i_vectorized_mean_over_classes(x, y, W, delta=1.0):
    """The mean over the classes is returned where the formula has a sum: your loss is too low by the factor C. (The
    mean that the notebook speaks of is over the examples of a batch, and here there is one example.)
    """
    scores = W.dot(x)
    margins = np.maximum(0, scores - scores[y] + delta)
    margins[y] = 0
    return np.mean(margins)


@misconception("L_i_vectorized", loses=[VALUES, NO_LOOP, MARGIN, TYPES_UNCHANGED])
def L_i_vectorized_violations_counted(x, y, W, delta=1.0):
    """Your result is the number of positive margins times delta, not their sum: a comparison such as `margins > 0`
    gives True or False, which count as 1 and 0. The loss needs the size of each positive margin.
    """
    scores = W.dot(x)
    margins = scores - scores[y] + delta
    margins[y] = 0
    return delta * np.sum(margins > 0)


@misconception("L_i_vectorized", loses=[TYPES_UNCHANGED])
def L_i_vectorized_cut_to_integers(x, y, W, delta=1.0):
    """The margins are stored in an array of the scores' type. When the scores are whole numbers, numpy cuts off what
    comes after the decimal point of each margin, without a word. Make new arrays of type float, whatever the
    arguments are.
    """
    scores = W.dot(x)
    margins = np.zeros_like(scores)
    margins[:] = np.maximum(0, scores - scores[y] + delta)
    margins[y] = 0
    return np.sum(margins)


@misconception("L_i_vectorized", loses=[TYPES_UNCHANGED])
def L_i_vectorized_changes_W(x, y, W, delta=1.0):
    """The loss is right, but W is not what it was before the call: an assignment such as `W -= ...` writes into the
    array of the caller, who goes on with spoilt weights. Give the intermediate result a new name.
    """
    W -= W[y].copy()
    margins = np.maximum(0, W.dot(x) + delta)
    margins[y] = 0
    return np.sum(margins)


@misconception("L_i_vectorized", loses=[NO_LOOP])
def L_i_vectorized_python_loop(x, y, W, delta=1.0):
    """The result is right, but it is computed class by class in a Python loop, which this part asks to do without:
    array operations act on all C margins at once, and numpy runs the loop in compiled code.
    """
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss += max(0.0, scores[j] - scores[y] + delta)
    return loss


@misconception("L_i_vectorized", loses=[NO_LOOP])
def L_i_vectorized_comprehension(x, y, W, delta=1.0):
    """The result is right, but a comprehension or generator goes through the classes one by one: it is a Python loop
    on one line, as slow as the others. Array operations act on all C margins at once.
    """
    scores = W.dot(x)
    return sum(max(0.0, s - scores[y] + delta) for j, s in enumerate(scores) if j != y)


@misconception("L_i_vectorized", loses=[NO_LOOP])
def L_i_vectorized_loop_in_disguise(x, y, W, delta=1.0):
    """The result is right, but a function such as `np.vectorize` or `map` calls Python code once for each class: that
    is a loop in disguise, and no faster. `np.maximum` takes a whole array.
    """
    scores = W.dot(x)
    hinge = np.vectorize(lambda s: max(0.0, s - scores[y] + delta))
    margins = hinge(scores)
    margins[y] = 0
    return np.sum(margins)


@misconception("L_i_vectorized", loses=[VALUES])
def L_i_vectorized_sign_turned_and_correct_class_kept(x, y, W, delta=1.0):
    """Two slips at once. The scores of the difference have changed places (s_y - s_j punishes a correct class for
    winning), and the correct class is added too, which makes the loss too high by delta. Compare both with the
    formula.
    """
    scores = W.dot(x)
    return np.sum(np.maximum(0, scores[y] - scores + delta))


@misconception("L_i_vectorized", loses=[VALUES, MARGIN, NO_LOOP, TYPES_UNCHANGED])
def L_i_vectorized_sum_forgotten(x, y, W, delta=1.0):
    """An array with one margin per class is returned. The loss of an example is one number, the sum of these margins;
    without it there is nothing that a loss function's other properties could be seen in.
    """
    scores = W.dot(x)
    margins = np.maximum(0, scores - scores[y] + delta)
    margins[y] = 0
    return margins


# svm_loss


@misconception("svm_loss", loses=[MEAN])
def svm_loss_sum_for_mean(scores, y, delta=1.0):
    """The losses of the examples are added, but not divided by their number N. With a sum, the loss (and later the
    step of the optimiser) would grow with the size of the batch; the convention here is the mean.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins)


@misconception("svm_loss", loses=[VALUES, MEAN])
def svm_loss_divided_by_classes(scores, y, delta=1.0):
    """The sum is divided by the number of classes C where the number of examples N is meant. Which of the two is
    `scores.shape[0]`, and which `scores.shape[1]`? With N = C, as in the lecture's example, nobody notices.
    """
    N, C = scores.shape
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / C


@misconception("svm_loss", loses=[VALUES])
def svm_loss_mean_over_everything(scores, y, delta=1.0):
    """The mean is taken over all N times C margins. The formula adds up over the classes and takes the mean over the
    examples only: your loss is too low by the factor C.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return np.mean(margins)


@misconception("svm_loss", loses=[VALUES])
def svm_loss_correct_class_kept(scores, y, delta=1.0):
    """The correct classes are added too. Each adds s_y - s_y + delta = delta, so the mean is too high by exactly
    delta. The sum runs over j ≠ y: take their margins out after delta was added, one in each row.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    return np.sum(margins) / N


@misconception("svm_loss", loses=[VALUES, MARGIN])
def svm_loss_forgot_delta(scores, y, delta=1.0):
    """The margin delta is missing: your loss is already 0 when every correct class is ahead by a hair. At zero scores
    it is 0 where it should be (C-1) delta, a good first test of any implementation.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis])
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N


@misconception("svm_loss", loses=[VALUES])
def svm_loss_sign_turned(scores, y, delta=1.0):
    """The two scores of the difference have changed places: s_y - s_j + delta is large when the correct class wins.
    (One of the lecture's slides has this slip.) The margin is s_j - s_y + delta.
    """
    N = len(y)
    margins = np.maximum(0, scores[np.arange(N), y][:, np.newaxis] - scores + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N


@misconception("svm_loss", loses=[MARGIN])
def svm_loss_delta_hard_coded(scores, y, delta=1.0):
    """Right for delta = 1, but the argument delta is never used: the number 1 stands in its place. Call your function
    with two different margins and compare.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N


@misconception("svm_loss", loses=[MARGIN])
def svm_loss_one_taken_off(scores, y, delta=1.0):
    """The sum runs over all classes, and 1 is taken off for the correct one of each example. What it adds is delta,
    not 1: your loss is right only as long as the two are the same.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    return np.sum(margins) / N - 1


@misconception("svm_loss", loses=[MEAN])
def svm_loss_delta_taken_off_once(scores, y, delta=1.0):
    """The sum runs over all classes, and delta is taken off it once. The correct class of every example adds delta,
    so there are N of them in the sum of the batch; with one example you do not see the difference.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    return (np.sum(margins) - delta) / N


@misconception("svm_loss", loses=[MEAN])
def svm_loss_correct_scores_not_a_column(scores, y, delta=1.0):
    """The correct scores are subtracted along the wrong axis. An array of shape (N,) lines up with the columns of
    `scores`, not with its rows: an error when N differs from C, a wrong number when they are the same. It has to
    become a column of shape (N, 1) first.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N


@misconception("svm_loss", loses=[MEAN])
def svm_loss_whole_columns_taken(scores, y, delta=1.0):
    """`scores[:, y]` takes whole columns, N of them, and not one score from each row: its shape is (N, N). Pair each
    row's number with its label instead; the table in front of this exercise shows both.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[:, y] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N


@misconception("svm_loss", loses=[MEAN])
def svm_loss_first_label_for_all(scores, y, delta=1.0):
    """The label of the first example is used for every row. Each example has its own correct class: `y[i]` belongs to
    row i of the scores.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[:, [y[0]]] + delta)
    margins[:, y[0]] = 0
    return np.sum(margins) / N


@misconception("svm_loss", loses=[MEAN])
def svm_loss_return_in_loop(scores, y, delta=1.0):
    """Only the first example is looked at: the function returns before it comes to the second one. Look at how far
    the line with `return` is indented, or whether only row 0 of the margins is used.
    """
    for i in range(len(y)):
        margins = np.maximum(0, scores[i] - scores[i, y[i]] + delta)
        margins[y[i]] = 0
        return np.sum(margins)


@misconception("svm_loss", loses=[VALUES, MEAN, MARGIN, DIFFERENCES, TYPES, UNCHANGED])
def svm_loss_compared_with_winner(scores, y, delta=1.0):
    """The scores are compared with the highest score of their row in place of the correct class's. Then the loss stays
    small whichever class wins, so it is no loss of these labels at all. The formula subtracts the score of the label,
    even if another class has a higher one.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores.max(axis=1, keepdims=True) + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N


@misconception("svm_loss", loses=[VALUES, DIFFERENCES])
def svm_loss_correct_score_missing(scores, y, delta=1.0):
    """The score of the correct class is not subtracted, so the loss does not notice whether the correct class is
    ahead. Only differences of scores mean anything: s_j - s_y.
    """
    N = len(y)
    margins = np.maximum(0, scores + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N


@misconception("svm_loss", loses=[VALUES])
def svm_loss_max_missing(scores, y, delta=1.0):
    """Negative margins are added as they are, without the maximum with 0: a class that is beaten by far then pays for
    one that wins. A lead beyond delta earns nothing, and the loss is never negative.
    """
    N = len(y)
    margins = scores - scores[np.arange(N), y][:, np.newaxis] + delta
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N


@misconception("svm_loss", loses=[VALUES])
def svm_loss_max_of_sum(scores, y, delta=1.0):
    """The maximum with 0 is taken once per example, of the sum of its margins. It belongs to each margin before they
    are added; otherwise a class that is beaten by far pays for one that wins.
    """
    N = len(y)
    margins = scores - scores[np.arange(N), y][:, np.newaxis] + delta
    margins[np.arange(N), y] = 0
    return np.sum(np.maximum(0, margins.sum(axis=1))) / N


@misconception("svm_loss", loses=[VALUES])
def svm_loss_abs_for_max(scores, y, delta=1.0):
    """The absolute value of each margin is added where its maximum with 0 is meant: a negative margin is a lead that
    is large enough, and costs nothing, however large it is.
    """
    N = len(y)
    margins = np.abs(scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N


@misconception("svm_loss", loses=[VALUES])
def svm_loss_worst_class_only(scores, y, delta=1.0):
    """Only the largest margin of each example is counted. (Such a loss exists, by Crammer and Singer.) Ours adds up
    the positive margins of all the other classes: with two classes in front of the correct one, both count.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins.max(axis=1)) / N


@misconception("svm_loss", loses=[TYPES])
def svm_loss_cut_to_integers(scores, y, delta=1.0):
    """The margins are stored in an array of the scores' type. When the scores are whole numbers, numpy cuts off what
    comes after the decimal point of each margin, without a word. Make new arrays of type float, whatever the
    arguments are.
    """
    N = len(y)
    margins = np.zeros_like(scores)
    margins[:] = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N


@misconception("svm_loss", loses=[UNCHANGED])
def svm_loss_changes_scores(scores, y, delta=1.0):
    """The loss is right, but `scores` is not what it was before the call: an assignment such as `scores -= ...` or
    `scores[...] = 0` writes into the array of the caller. Give the intermediate result a new name.
    """
    N = len(y)
    scores -= scores[np.arange(N), y][:, np.newaxis]
    margins = np.maximum(0, scores + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N


@misconception("svm_loss", loses=[VALUES, MEAN])
def svm_loss_sum_for_mean_and_correct_class_kept(scores, y, delta=1.0):
    """Two slips at once. The losses of the examples are added but not divided by their number N, and the correct
    class of each example is in the sum, which adds delta every time. Compare both the 1/N and the j ≠ y with the
    formula.
    """
    N = len(y)
    return np.sum(np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta))


@misconception("svm_loss", loses=[VALUES, MARGIN, MEAN])
def svm_loss_sum_for_mean_and_forgot_delta(scores, y, delta=1.0):
    """Two slips at once. The margin delta is missing, so that a lead by a hair is enough, and the losses of the
    examples are added but not divided by their number N. Compare both with the formula.
    """
    N = len(y)
    return np.sum(np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis]))


@misconception("svm_loss", loses=[MEAN])
def svm_loss_mean_forgotten(scores, y, delta=1.0):
    """An array with one loss per example is returned. The loss of a batch is one number: the mean of these losses, so
    that there is something to make smaller.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins, axis=1)


# squared_hinge_loss


@misconception("squared_hinge_loss", loses=[VALUES])
def squared_hinge_loss_squared_after_sum(scores, y, delta=1.0):
    """The margins of an example are added first, and their sum is squared. (The lecture's notes have this slip.) Each
    margin is squared on its own, inside the sum: on the lecture's example the mean is 30.553, not 58.273.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins.sum(axis=1) ** 2) / N


@misconception("squared_hinge_loss", loses=[VALUES, MEAN])
def squared_hinge_loss_mean_squared(scores, y, delta=1.0):
    """The hinge loss of the whole batch is squared, as one number. Each margin is squared on its own, before anything
    is added; the square of a mean is not the mean of squares either.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return (np.sum(margins) / N) ** 2


@misconception("squared_hinge_loss", loses=[VALUES])
def squared_hinge_loss_not_squared(scores, y, delta=1.0):
    """Nothing is squared: this is the hinge loss of the part before. Here each positive margin enters the sum as its
    square.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N


@misconception("squared_hinge_loss", loses=[VALUES])
def squared_hinge_loss_doubled(scores, y, delta=1.0):
    """The margins are multiplied by 2, not squared. In Python the power is written with two asterisks."""
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins * 2) / N


@misconception("squared_hinge_loss", loses=[VALUES])
def squared_hinge_loss_halved(scores, y, delta=1.0):
    """Your loss is half of what the formula says. Some books write one half in front of a square, to make the
    derivative look nicer; our convention has no such factor.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return 0.5 * np.sum(margins**2) / N


@misconception("squared_hinge_loss", loses=[VALUES])
def squared_hinge_loss_negative_margins_squared(scores, y, delta=1.0):
    """Negative margins are squared too, and a square is never negative: a class that is beaten by far then costs a
    lot. The maximum with 0 comes first, the square second.
    """
    N = len(y)
    margins = (scores - scores[np.arange(N), y][:, np.newaxis] + delta) ** 2
    margins[np.arange(N), y] = 0
    return np.sum(np.maximum(0, margins)) / N


@misconception("squared_hinge_loss", loses=[VALUES])
def squared_hinge_loss_correct_class_kept(scores, y, delta=1.0):
    """The correct classes are added too. Each has the margin s_y - s_y + delta = delta, so the mean is too high by
    the square of delta. The sum runs over j ≠ y.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    return np.sum(margins**2) / N


@misconception("squared_hinge_loss", loses=[VALUES, MARGIN])
def squared_hinge_loss_forgot_delta(scores, y, delta=1.0):
    """The margin delta is missing: your loss is already 0 when every correct class is ahead by a hair. Each margin is
    s_j - s_y + delta, and delta is inside the square.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis])
    margins[np.arange(N), y] = 0
    return np.sum(margins**2) / N


@misconception("squared_hinge_loss", loses=[MARGIN])
def squared_hinge_loss_delta_hard_coded(scores, y, delta=1.0):
    """Right for delta = 1, but the argument delta is never used: the number 1 stands in its place. Call your function
    with two different margins and compare.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + 1)
    margins[np.arange(N), y] = 0
    return np.sum(margins**2) / N


@misconception("squared_hinge_loss", loses=[MARGIN])
def squared_hinge_loss_delta_taken_off_unsquared(scores, y, delta=1.0):
    """The sum runs over all classes, and delta is taken off for the correct one. But its margin is squared like the
    others, so what it adds is the square of delta: your loss is right only where the two are the same, at delta = 1.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    return np.sum(margins**2) / N - delta


@misconception("squared_hinge_loss", loses=[VALUES])
def squared_hinge_loss_sign_turned(scores, y, delta=1.0):
    """The two scores of the difference have changed places: s_y - s_j + delta is large when the correct class wins.
    The margin is s_j - s_y + delta; the square comes after the maximum with 0 and does not repair its sign.
    """
    N = len(y)
    margins = np.maximum(0, scores[np.arange(N), y][:, np.newaxis] - scores + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins**2) / N


@misconception("squared_hinge_loss", loses=[MEAN])
def squared_hinge_loss_sum_for_mean(scores, y, delta=1.0):
    """The losses of the examples are added, but not divided by their number N. The convention here is the mean, so
    that the loss does not grow with the size of the batch.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins**2)


@misconception("squared_hinge_loss", loses=[VALUES])
def squared_hinge_loss_mean_over_everything(scores, y, delta=1.0):
    """The mean is taken over all N times C squared margins. The formula adds up over the classes and takes the mean
    over the examples only: your loss is too low by the factor C.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return np.mean(margins**2)


@misconception("squared_hinge_loss", loses=[VALUES])
def squared_hinge_loss_root_taken(scores, y, delta=1.0):
    """The square root of each example's sum of squares is taken, as `np.linalg.norm` does. The formula stops at the
    sum of squares.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(np.linalg.norm(margins, axis=1)) / N


@misconception("squared_hinge_loss", loses=[MEAN])
def squared_hinge_loss_correct_scores_not_a_column(scores, y, delta=1.0):
    """The correct scores are subtracted along the wrong axis. An array of shape (N,) lines up with the columns of
    `scores`, not with its rows: an error when N differs from C, a wrong number when they are the same. It has to
    become a column of shape (N, 1) first.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins**2) / N


@misconception("squared_hinge_loss", loses=[TYPES])
def squared_hinge_loss_cut_to_integers(scores, y, delta=1.0):
    """The margins are stored in an array of the scores' type. When the scores are whole numbers, numpy cuts off what
    comes after the decimal point of each margin, without a word. Make new arrays of type float, whatever the
    arguments are.
    """
    N = len(y)
    margins = np.zeros_like(scores)
    margins[:] = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins**2) / N


@misconception("squared_hinge_loss", loses=[UNCHANGED])
def squared_hinge_loss_changes_scores(scores, y, delta=1.0):
    """The loss is right, but `scores` is not what it was before the call: an assignment such as `scores -= ...` or
    `scores[...] = 0` writes into the array of the caller. Give the intermediate result a new name.
    """
    N = len(y)
    scores -= scores[np.arange(N), y][:, np.newaxis]
    margins = np.maximum(0, scores + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins**2) / N


@misconception("squared_hinge_loss", loses=[VALUES, MEAN])
def squared_hinge_loss_sum_for_mean_and_correct_class_kept(scores, y, delta=1.0):
    """Two slips at once. The losses of the examples are added but not divided by their number N, and the correct
    class of each example is in the sum, which adds the square of delta every time. Compare the 1/N and the j ≠ y with
    the formula.
    """
    N = len(y)
    return np.sum(np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta) ** 2)


@misconception("squared_hinge_loss", loses=[VALUES])
def squared_hinge_loss_squared_after_sum_and_correct_class_kept(scores, y, delta=1.0):
    """Two slips at once. The margins of an example are added before they are squared, and the correct class is among
    them with delta. Each margin is squared on its own, and the sum runs over j ≠ y.
    """
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    return np.sum(margins.sum(axis=1) ** 2) / N


# svm_answers


@misconception("svm_answers", loses=["test_jiggle"])
def svm_answers_jiggle_counts():
    """You say that small changes of the scores change the loss. That is so near a margin of 0 and above, but look at
    the car image: both of its margins are far on the other side, where the hinge is flat.
    """
    jiggle_changes_loss = True


@misconception("svm_answers", loses=["test_extremes"])
def svm_answers_negative_loss_possible():
    """You say that the loss can fall without bound. Each class adds the maximum of 0 and its margin: what is the
    least that a maximum with 0 can be?
    """
    smallest_loss = -np.inf


@misconception("svm_answers", loses=["test_extremes"])
def svm_answers_smallest_is_delta():
    """You say that 1, the margin, always remains. It would if the correct class were part of the sum; with j ≠ y,
    think of the car image.
    """
    smallest_loss = 1


@misconception("svm_answers", loses=["test_extremes"])
def svm_answers_largest_is_start():
    """You give the loss at zero scores as the largest one. It is only where training begins: a classifier that gives
    a wrong class a very high score does worse than one that knows nothing.
    """
    largest_loss = 9


@misconception("svm_answers", loses=["test_extremes"])
def svm_answers_largest_in_example():
    """You give the largest loss of the lecture's example, the frog's. The question is about all scores that a
    classifier may give, not about these three images.
    """
    largest_loss = 12.9


@misconception("svm_answers", loses=["test_loss_at_zero_scores"])
def svm_answers_all_classes_counted():
    """You count one margin for each of the 10 classes. The sum leaves one class out: which?"""
    loss_at_zero_scores = 10


@misconception("svm_answers", loses=["test_loss_at_zero_scores"])
def svm_answers_no_loss_at_start():
    """You say that equal scores cost nothing. Their differences are 0, but the margin asks for a lead: look at what
    is left of s_j - s_y + Δ when the scores are equal.
    """
    loss_at_zero_scores = 0


@misconception("svm_answers", loses=["test_loss_at_zero_scores"])
def svm_answers_softmax_in_mind():
    """You give the logarithm of 10. That is what another loss of the lecture says at the start, the softmax loss; the
    hinge loss has no logarithm in it.
    """
    loss_at_zero_scores = np.log(10)


@misconception("svm_answers", loses=["test_added_by_correct_class"])
def svm_answers_correct_class_adds_nothing():
    """You say that the correct class would add nothing. The difference of its score with itself is 0, but that is not
    yet the margin: what else is in s_j - s_y + Δ?
    """
    added_by_correct_class = 0


@misconception("svm_answers", loses=["test_mean_instead_of_sum"])
def svm_answers_mean_makes_no_difference():
    """You say that nothing changes at all, as the lecture's notes do. Compute both losses of the cat image: are they
    the same number?
    """
    mean_instead_of_sum = "a"


@misconception("svm_answers", loses=["test_mean_instead_of_sum"])
def svm_answers_mean_moves_minimum():
    """You say that another W becomes the best one. Without regularisation, the mean is the sum times one fixed
    number: can this change which of two W has the lower loss?
    """
    mean_instead_of_sum = "c"


@misconception("svm_answers", loses=["test_squared_is_a_different_loss"])
def svm_answers_square_only_rescales():
    """You say that the square only rescales the loss. Rescaling multiplies by one number; by which number does the
    square multiply a margin of 2, and by which a margin of 1?
    """
    squared_is_a_different_loss = False
