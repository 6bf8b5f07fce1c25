"""Versions of what the students write: right ones, and wrong ones with the explanation that students get.

A slip is an edit of the right version above it, and names the checks that it must lose. Wrong versions that are not an
edit are written in full. The explanations say what is off and where to look, not what to type.
"""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints.
# The docstrings are messages of several sentences, not summaries.
# ruff: noqa: RET503

from __future__ import annotations

import numpy as np

from lossmark import alternative, misconception, version_of

VALUES = "test_loss_of_one_example"
MEAN = "test_mean_over_batch"
MARGIN = "test_margin_is_respected"
DIFFERENCES = "test_only_differences_matter"
TYPES = "test_integers_and_float32"
UNCHANGED = "test_arguments_left_alone"
NO_LOOP = "test_no_python_loop"
TYPES_UNCHANGED = "test_arguments_of_any_type_left_alone"


# L_i


def L_i_loop(x, y, W, delta=1.0):
    """The formula as a loop over the classes."""
    scores = W.dot(x)
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss += max(0.0, scores[j] - scores[y] + delta)
    return loss


L_i = version_of("L_i", L_i_loop)

L_i.slip(
    "correct_class_kept",
    loses=[VALUES],
    change={"if j != y:\n            ": ""},
    explanation="""The loop also visits the correct class, j = y. Its margin is s_y - s_y + delta = delta, so the
    loss is too high by exactly delta for every example. The sum in the formula runs over j ≠ y.""",
)

L_i.slip(
    "forgot_delta",
    loses=[VALUES, MARGIN],
    change={" + delta": ""},
    explanation="""The margin delta is missing: your loss is already 0 when the correct class is ahead by a hair.
    The formula asks for a lead of delta over every other class; see the picture of the hinge, where the loss
    reaches 0 only at the dotted line, one delta beyond the score of car.""",
)

L_i.slip(
    "delta_added_once",
    loses=[VALUES],
    change={" + delta": "", "return loss": "return loss + delta"},
    explanation="""Here delta is added once to the whole sum. It belongs to the margin of each class, inside the
    maximum with 0: each class has to be beaten by delta on its own, and a class that is beaten clearly adds
    nothing.""",
)

L_i.slip(
    "sign_turned",
    loses=[VALUES],
    change={"scores[j] - scores[y]": "scores[y] - scores[j]"},
    explanation="""The two scores of the difference have changed places: s_y - s_j + delta is large when the correct
    class wins, so a good classifier is punished. (One of the lecture's slides has this slip.) The margin is s_j -
    s_y + delta.""",
)

L_i.slip(
    "delta_subtracted",
    loses=[VALUES, MARGIN],
    change={"+ delta": "- delta"},
    explanation="""The sign of delta is turned: s_j - s_y - delta lets another class win by up to delta before it
    costs anything. The margin asks for the opposite, that the correct class wins by delta; look at the sign in
    front of Δ in the formula.""",
)

L_i.slip(
    "delta_hard_coded",
    loses=[MARGIN],
    change={"+ delta": "+ 1"},
    explanation="""Right for delta = 1, but the argument delta is never used: the number 1 stands in its place. Call
    your function with two different margins and compare.""",
)

L_i.slip(
    "max_missing",
    loses=[VALUES],
    change={"max(0.0, ": "", "delta)": "delta"},
    explanation="""Negative margins are added as they are, without the maximum with 0: a class that is beaten by far
    then pays for one that wins. A lead beyond delta earns nothing; it must not lower the loss, which is never
    negative.""",
)

L_i.slip(
    "max_of_sum",
    loses=[VALUES],
    change={"max(0.0, ": "", "delta)": "delta", "return loss": "return max(0.0, loss)"},
    explanation="""The maximum with 0 is taken once, of the sum of all margins. It belongs to each margin before
    they are added; otherwise a class that is beaten by far pays for one that wins.""",
)

L_i.slip(
    "abs_for_max",
    loses=[VALUES],
    change={"max(0.0, ": "abs("},
    explanation="""The absolute value of each margin is added where its maximum with 0 is meant: a negative margin
    is a lead that is large enough, and costs nothing, however large it is.""",
)

L_i.slip(
    "worst_class_only",
    loses=[VALUES],
    change={"loss += max(0.0,": "loss = max(loss,"},
    explanation="""Only the largest margin is returned. (Such a loss exists, by Crammer and Singer.) Ours, by Weston
    and Watkins, adds up the positive margins of all the other classes: with two classes in front of the correct
    one, both count.""",
)

L_i.slip(
    "W_transposed",
    loses=[VALUES],
    change={"W.dot(x)": "x.dot(W)"},
    explanation="""Rows and columns of W are mixed up. In this notebook W has one row per class, (C, D), and the
    scores are the product of W with x, in this order; the other order only runs without an error where C = D, and
    gives other scores there.""",
)

L_i.slip(
    "mean_over_classes",
    loses=[VALUES],
    change={"return loss": "return loss / len(scores)"},
    explanation="""The sum over the classes is divided by the number of classes. The formula has no such factor: the
    positive margins are added. (The mean that the notebook speaks of is over the examples of a batch, and here
    there is one example.)""",
)

L_i.slip(
    "correct_score_missing",
    loses=[VALUES, DIFFERENCES],
    change={" - scores[y]": ""},
    explanation="""The score of the correct class is not subtracted, so the loss does not notice whether the correct
    class is ahead. Only differences of scores mean anything: s_j - s_y.""",
)

L_i.slip(
    "compared_with_winner",
    loses=[VALUES, MARGIN, DIFFERENCES, TYPES, UNCHANGED],
    change={"scores[y]": "max(scores)"},
    explanation="""The scores are compared with the highest score in place of the correct class's. Then the loss
    stays small whichever class wins, so it is no loss of this label at all. The formula subtracts s_y, the score of
    the label y, even if another class has a higher one.""",
)

L_i.slip(
    "counted_if_above_delta",
    loses=[VALUES],
    change={
        "if j != y:\n            loss += max(0.0,": "margin =",
        "delta)": "delta\n        if j != y and margin > delta:\n            loss += margin",
    },
    explanation="""A margin is only counted when it is larger than delta. The margin s_j - s_y + delta already
    contains delta, and costs something as soon as it is positive; with your condition, a class that is close behind
    the correct one is free.""",
)

L_i.slip(
    "label_counted_from_one",
    loses=[VALUES],
    change={"!= y:": "!= (y - 1) % len(scores):", "scores[y]": "scores[y - 1]"},
    explanation="""The label is read as if classes were counted from 1, so the wrong class is taken for the correct
    one. Labels here go from 0 to C-1, as numpy's indices do.""",
)

L_i.slip(
    "cut_to_integers",
    loses=[TYPES],
    change={
        "loss = 0.0": "margins = np.zeros(len(scores), dtype=W.dtype)",
        "loss +=": "margins[j] =",
        "return loss": "return float(margins.sum())",
    },
    explanation="""The margins are stored in an array of W's type. When W holds whole numbers, numpy cuts off what
    comes after the decimal point of each margin, without a word. Make new arrays of type float, whatever the
    arguments are.""",
)

L_i.slip(
    "sign_turned_and_correct_class_kept",
    loses=[VALUES],
    change={"if j != y:\n            ": "", "scores[j] - scores[y]": "scores[y] - scores[j]"},
    explanation="""Two slips at once. The scores of the difference have changed places (s_y - s_j punishes a correct
    class for winning), and the loop visits the correct class too, which adds delta. Compare both the order and the
    j ≠ y with the formula.""",
)

L_i.slip(
    "delta_hard_coded_and_correct_class_kept",
    loses=[VALUES, MARGIN],
    change={"if j != y:\n            ": "", "+ delta": "+ 1"},
    explanation="""Two slips at once. The number 1 stands where the argument delta should, and the loop visits the
    correct class too, whose margin is never negative. The sum runs over j ≠ y, and each margin has the caller's
    delta in it.""",
)

L_i.slip(
    "printed_not_returned",
    loses=[VALUES, MARGIN, DIFFERENCES, TYPES, UNCHANGED],
    change={"return loss": "print(loss)"},
    explanation="""The function prints the loss but does not return it, so whoever calls it gets None. Printing is
    for you, `return` is for the program: end the function with it.""",
)


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


@alternative("L_i")
def L_i_vectorised(x, y, W, delta=1.0):
    """No loop, although one is asked for; a numpy scalar is returned."""
    scores = W @ x
    return np.maximum(0, scores - scores[y] + delta).sum() - delta


@alternative("L_i")
def L_i_dot_products_by_hand(x, y, W, delta=1.0):
    """Loops over the features too, in Python floats, with an `if` and `>=` in place of the maximum."""
    scores = [sum(float(w) * float(value) for w, value in zip(row, x, strict=True)) for row in W]
    loss = 0.0
    for j, score in enumerate(scores):
        margin = score - scores[y] + delta
        if j != y and margin >= 0:
            loss += margin
    return loss


@alternative("L_i")
def L_i_single_precision(x, y, W, delta=1.0):
    """Float32 inside; an array of shape (1,) is returned."""
    scores = W.astype(np.float32).dot(x.astype(np.float32))
    margins = np.delete(scores, y) - scores[y] + np.float32(delta)
    return np.array([margins[margins > 0].sum()], dtype=np.float32)


@alternative("L_i")
def L_i_matrices(x, y, W, delta=1.0):
    """`np.matrix` and its product; a matrix of one element is returned."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        scores = np.matrix(W) * np.matrix(x).T
        margins = np.maximum(scores - scores[y] + delta, 0)
        margins[y] = 0
        return margins.sum(axis=0)


@alternative("L_i")
def L_i_talkative(x, y, W, delta=1.0, verbose=True, **options):
    """Prints, has further keyword arguments, a nested helper and an import of its own."""
    import functools

    def hinge(j):
        return 0 if j == y else max(np.dot(W[j], x) - np.dot(W[y], x) + delta, 0)

    total = functools.reduce(lambda a, b: a + b, map(hinge, range(W.shape[0])))
    if verbose:
        print("loss:", total)
    return total


@alternative("L_i")
def L_i_in_place_on_copies(x, y, W, delta=1.0):
    """Works in place, on copies: each row of W becomes its difference to the correct class's."""
    W = np.array(W, dtype=float)
    W -= W[y].copy()
    loss = -delta
    for row in W:
        lead = row.dot(x)
        loss += (lead + delta) * (lead + delta > 0)
    return loss


# L_i_vectorized


def L_i_vectorized_correct_class_zeroed(x, y, W, delta=1.0):
    """All margins at once; the correct class's is set to 0."""
    scores = W.dot(x)
    margins = np.maximum(0, scores - scores[y] + delta)
    margins[y] = 0
    return np.sum(margins)


L_i_vectorized = version_of("L_i_vectorized", L_i_vectorized_correct_class_zeroed)

L_i_vectorized.slip(
    "correct_class_kept",
    loses=[VALUES],
    change={"    margins[y] = 0\n": ""},
    explanation="""All C margins are added, also the correct class's: s_y - s_y + delta = delta, so the loss is too
    high by exactly delta. It has to be taken out after delta was added: set to 0 before that, it comes back as
    delta.""",
)

L_i_vectorized.slip(
    "forgot_delta",
    loses=[VALUES, MARGIN],
    change={" + delta": ""},
    explanation="""The margin delta is missing: your loss is already 0 when the correct class is ahead by a hair.
    Each margin is s_j - s_y + delta, so the correct class has to lead by delta.""",
)

L_i_vectorized.slip(
    "sign_turned",
    loses=[VALUES],
    change={"scores - scores[y]": "scores[y] - scores"},
    explanation="""The two scores of the difference have changed places: s_y - s_j + delta is large when the correct
    class wins. (One of the lecture's slides has this slip.) The margin is s_j - s_y + delta.""",
)

L_i_vectorized.slip(
    "delta_hard_coded",
    loses=[MARGIN],
    change={"+ delta": "+ 1"},
    explanation="""Right for delta = 1, but the argument delta is never used: the number 1 stands in its place. Call
    your function with two different margins and compare.""",
)

L_i_vectorized.slip(
    "one_taken_off",
    loses=[MARGIN],
    change={"    margins[y] = 0\n": "", "np.sum(margins)": "np.sum(margins) - 1"},
    explanation="""The sum runs over all classes, and 1 is taken off for the correct one. What the correct class
    adds is delta, not 1: your loss is right only as long as the two are the same.""",
)

L_i_vectorized.slip(
    "correct_class_removed_twice",
    loses=[VALUES],
    change={"np.sum(margins)": "np.sum(margins) - delta"},
    explanation="""The correct class is taken out twice: its margin is set to 0, and delta is taken off the sum as
    well. Either is right, both together make the loss too low by delta, and even negative where it should be 0.""",
)

L_i_vectorized.slip(
    "max_missing",
    loses=[VALUES],
    change={"np.maximum(0, ": "", "delta)": "delta"},
    explanation="""Negative margins are added as they are, without the maximum with 0: a class that is beaten by far
    then pays for one that wins. A lead beyond delta earns nothing, and the loss is never negative.""",
)

L_i_vectorized.slip(
    "max_of_sum",
    loses=[VALUES],
    change={"np.maximum(0, ": "", "delta)": "delta", "np.sum(margins)": "np.maximum(0, np.sum(margins))"},
    explanation="""The maximum with 0 is taken once, of the sum of all margins. It belongs to each margin before
    they are added: the function for that works element by element.""",
)

L_i_vectorized.slip(
    "worst_class_only",
    loses=[VALUES],
    change={"np.maximum(0, ": "", "delta)": "delta", "np.sum": "np.max"},
    explanation="""Only the largest margin is returned; `np.max` of an array is its largest element. The loss adds
    up the positive margins of all the other classes: what is needed is the larger of 0 and each element, and then
    their sum.""",
)

L_i_vectorized.slip(
    "W_transposed",
    loses=[VALUES],
    change={"W.dot(x)": "x.dot(W)"},
    explanation="""Rows and columns of W are mixed up. W has one row per class, (C, D), and the scores are the
    product of W with x, in this order; the other order only runs without an error where C = D, and gives other
    scores there.""",
)

L_i_vectorized.slip(
    "mean_over_classes",
    loses=[VALUES],
    change={"np.sum": "np.mean"},
    explanation="""The mean over the classes is returned where the formula has a sum: your loss is too low by the
    factor C. (The mean that the notebook speaks of is over the examples of a batch, and here there is one example.)""",
)

L_i_vectorized.slip(
    "violations_counted",
    loses=[VALUES, NO_LOOP, MARGIN, TYPES_UNCHANGED],
    change={"np.maximum(0, ": "", "delta)": "delta", "np.sum(margins)": "delta * np.sum(margins > 0)"},
    explanation="""Your result is the number of positive margins times delta, not their sum: a comparison such as
    `margins > 0` gives True or False, which count as 1 and 0. The loss needs the size of each positive margin.""",
)

L_i_vectorized.slip(
    "cut_to_integers",
    loses=[TYPES_UNCHANGED],
    change={"margins = ": "margins = np.zeros_like(scores)\n    margins[:] = "},
    explanation="""The margins are stored in an array of the scores' type. When the scores are whole numbers, numpy
    cuts off what comes after the decimal point of each margin, without a word. Make new arrays of type float,
    whatever the arguments are.""",
)

L_i_vectorized.slip(
    "changes_W",
    loses=[TYPES_UNCHANGED],
    change={"scores = W.dot(x)": "W -= W[y].copy()", "scores - scores[y]": "W.dot(x)"},
    explanation="""The loss is right, but W is not what it was before the call: an assignment such as `W -= ...`
    writes into the array of the caller, who goes on with spoilt weights. Give the intermediate result a new name.""",
)

L_i_vectorized.slip(
    "loop_in_disguise",
    loses=[NO_LOOP],
    change={
        "margins = np.maximum(0, scores": "hinge = np.vectorize(lambda s: max(0.0, s",
        "delta)": "delta))\n    margins = hinge(scores)",
    },
    explanation="""The result is right, but a function such as `np.vectorize` or `map` calls Python code once for
    each class: that is a loop in disguise, and no faster. `np.maximum` takes a whole array.""",
)

L_i_vectorized.slip(
    "sum_forgotten",
    loses=[VALUES, MARGIN, NO_LOOP, TYPES_UNCHANGED],
    change={"np.sum(margins)": "margins"},
    explanation="""An array with one margin per class is returned. The loss of an example is one number, the sum of
    these margins; without it there is nothing that a loss function's other properties could be seen in.""",
)


@misconception("L_i_vectorized", loses=[NO_LOOP])
def L_i_vectorized_comprehension(x, y, W, delta=1.0):
    """The result is right, but a comprehension or generator goes through the classes one by one: it is a Python loop
    on one line, as slow as the others. Array operations act on all C margins at once.
    """
    scores = W.dot(x)
    return sum(max(0.0, s - scores[y] + delta) for j, s in enumerate(scores) if j != y)


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


@misconception("L_i_vectorized", loses=[VALUES])
def L_i_vectorized_sign_turned_and_correct_class_kept(x, y, W, delta=1.0):
    """Two slips at once. The scores of the difference have changed places (s_y - s_j punishes a correct class for
    winning), and the correct class is added too, which makes the loss too high by delta. Compare both with the
    formula.
    """
    scores = W.dot(x)
    return np.sum(np.maximum(0, scores[y] - scores + delta))


@alternative("L_i_vectorized")
def L_i_vectorized_all_less_delta(x, y, W, delta=1.0):
    """Adds up all classes and takes delta off for the correct one."""
    scores = W @ x
    return float(np.maximum(scores - scores[y] + delta, 0).sum()) - delta


@alternative("L_i_vectorized")
def L_i_vectorized_deleted_class(x, y, W, delta=1.0):
    """Drops the correct class from the array before anything else; `>=` for `>`."""
    scores = np.inner(x, W)
    margins = np.delete(scores, y) - scores[y] + delta
    return margins[margins >= 0].sum()


@alternative("L_i_vectorized")
def L_i_vectorized_one_hot(x, y, W, delta=1.0):
    """A one-hot vector picks the correct score and masks the correct class; `einsum` does the sums."""
    scores = np.einsum("cd,d->c", W, x)
    one_hot = np.eye(W.shape[0])[y]
    margins = (scores - np.einsum("c,c->", scores, one_hot) + delta).clip(min=0)
    return np.einsum("c,c->", margins, 1 - one_hot)


@alternative("L_i_vectorized")
def L_i_vectorized_single_precision(x, y, W, delta=1.0):
    """Float32 inside; an array of shape (1,) is returned."""
    scores = np.asarray(W, np.float32) @ np.asarray(x, np.float32)[:, None]
    margins = np.where(np.arange(len(W)) == y, 0, np.fmax(0, scores[:, 0] - scores[y] + np.float32(delta)))
    return margins.sum(keepdims=True)


@alternative("L_i_vectorized")
def L_i_vectorized_differences_of_weights(x, y, W, delta=1.0, verbose=False):
    """Subtracts the rows of W before the product, with a nested helper; prints."""

    def positive_part(a):
        return (np.abs(a) + a) / 2

    margins = positive_part((W - W[y]) @ x + delta)
    print("margins:", margins)
    return np.sum(margins, where=np.arange(margins.size) != y)


@alternative("L_i_vectorized")
def L_i_vectorized_reductions(x, y, W, delta=1.0):
    """The methods of numpy's universal functions, which run no Python code; the sum is split at the correct class."""
    margins = np.maximum(np.subtract(W @ x, W[y] @ x) + delta, 0)
    return np.add.reduce(margins[:y]) + np.add.reduce(margins[y + 1 :])


@alternative("L_i_vectorized")
def L_i_vectorized_masked(x, y, W, delta=1.0):
    """A masked array leaves the correct class out; the product with a boolean array is the maximum."""
    import numpy.ma as ma

    scores = ma.array(W.dot(x).astype(float))
    margins = scores - scores[y] + delta
    margins = margins * (margins > 0)
    margins[y] = ma.masked
    return margins.sum()


# svm_loss


def svm_loss_correct_classes_zeroed(scores, y, delta=1.0):
    """All margins at once; those of the correct classes are set to 0."""
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins) / N


svm_loss = version_of("svm_loss", svm_loss_correct_classes_zeroed)

svm_loss.slip(
    "sum_for_mean",
    loses=[MEAN],
    change={" / N": ""},
    explanation="""The losses of the examples are added, but not divided by their number N. With a sum, the loss
    (and later the step of the optimiser) would grow with the size of the batch; the convention here is the mean.""",
)

svm_loss.slip(
    "divided_by_classes",
    loses=[VALUES, MEAN],
    change={"N = len(y)": "N, C = scores.shape", "/ N": "/ C"},
    explanation="""The sum is divided by the number of classes C where the number of examples N is meant. Which of
    the two is `scores.shape[0]`, and which `scores.shape[1]`? With N = C, as in the lecture's example, nobody
    notices.""",
)

svm_loss.slip(
    "mean_over_everything",
    loses=[VALUES],
    change={"np.sum(margins) / N": "np.mean(margins)"},
    explanation="""The mean is taken over all N times C margins. The formula adds up over the classes and takes the
    mean over the examples only: your loss is too low by the factor C.""",
)

svm_loss.slip(
    "correct_class_kept",
    loses=[VALUES],
    change={"    margins[np.arange(N), y] = 0\n": ""},
    explanation="""The correct classes are added too. Each adds s_y - s_y + delta = delta, so the mean is too high
    by exactly delta. The sum runs over j ≠ y: take their margins out after delta was added, one in each row.""",
)

svm_loss.slip(
    "forgot_delta",
    loses=[VALUES, MARGIN],
    change={" + delta": ""},
    explanation="""The margin delta is missing: your loss is already 0 when every correct class is ahead by a hair.
    At zero scores it is 0 where it should be (C-1) delta, a good first test of any implementation.""",
)

svm_loss.slip(
    "sign_turned",
    loses=[VALUES],
    change={
        "scores - scores[np.arange(N), y][:, np.newaxis]": "scores[np.arange(N), y][:, np.newaxis] - scores",
    },
    explanation="""The two scores of the difference have changed places: s_y - s_j + delta is large when the correct
    class wins. (One of the lecture's slides has this slip.) The margin is s_j - s_y + delta.""",
)

svm_loss.slip(
    "delta_hard_coded",
    loses=[MARGIN],
    change={"+ delta": "+ 1"},
    explanation="""Right for delta = 1, but the argument delta is never used: the number 1 stands in its place. Call
    your function with two different margins and compare.""",
)

svm_loss.slip(
    "one_taken_off",
    loses=[MARGIN],
    change={"    margins[np.arange(N), y] = 0\n": "", "/ N": "/ N - 1"},
    explanation="""The sum runs over all classes, and 1 is taken off for the correct one of each example. What it
    adds is delta, not 1: your loss is right only as long as the two are the same.""",
)

svm_loss.slip(
    "delta_taken_off_once",
    loses=[MEAN],
    change={"    margins[np.arange(N), y] = 0\n": "", "np.sum(margins)": "(np.sum(margins) - delta)"},
    explanation="""The sum runs over all classes, and delta is taken off it once. The correct class of every example
    adds delta, so there are N of them in the sum of the batch; with one example you do not see the difference.""",
)

svm_loss.slip(
    "correct_scores_not_a_column",
    loses=[MEAN],
    change={"[:, np.newaxis]": ""},
    explanation="""The correct scores are subtracted along the wrong axis. An array of shape (N,) lines up with the
    columns of `scores`, not with its rows: an error when N differs from C, a wrong number when they are the same.
    It has to become a column of shape (N, 1) first.""",
)

svm_loss.slip(
    "whole_columns_taken",
    loses=[MEAN],
    change={"scores[np.arange(N), y][:, np.newaxis]": "scores[:, y]"},
    explanation="""`scores[:, y]` takes whole columns, N of them, and not one score from each row: its shape is (N,
    N). Pair each row's number with its label instead; the table in front of this exercise shows both.""",
)

svm_loss.slip(
    "first_label_for_all",
    loses=[MEAN],
    change={
        "scores[np.arange(N), y][:, np.newaxis]": "scores[:, [y[0]]]",
        "margins[np.arange(N), y]": "margins[:, y[0]]",
    },
    explanation="""The label of the first example is used for every row. Each example has its own correct class:
    `y[i]` belongs to row i of the scores.""",
)

svm_loss.slip(
    "compared_with_winner",
    loses=[VALUES, MEAN, MARGIN, DIFFERENCES, TYPES, UNCHANGED],
    change={"scores[np.arange(N), y][:, np.newaxis]": "scores.max(axis=1, keepdims=True)"},
    explanation="""The scores are compared with the highest score of their row in place of the correct class's. Then
    the loss stays small whichever class wins, so it is no loss of these labels at all. The formula subtracts the
    score of the label, even if another class has a higher one.""",
)

svm_loss.slip(
    "correct_score_missing",
    loses=[VALUES, DIFFERENCES],
    change={" - scores[np.arange(N), y][:, np.newaxis]": ""},
    explanation="""The score of the correct class is not subtracted, so the loss does not notice whether the correct
    class is ahead. Only differences of scores mean anything: s_j - s_y.""",
)

svm_loss.slip(
    "max_missing",
    loses=[VALUES],
    change={"np.maximum(0, ": "", "delta)": "delta"},
    explanation="""Negative margins are added as they are, without the maximum with 0: a class that is beaten by far
    then pays for one that wins. A lead beyond delta earns nothing, and the loss is never negative.""",
)

svm_loss.slip(
    "max_of_sum",
    loses=[VALUES],
    change={"np.maximum(0, ": "", "delta)": "delta", "np.sum(margins)": "np.sum(np.maximum(0, margins.sum(axis=1)))"},
    explanation="""The maximum with 0 is taken once per example, of the sum of its margins. It belongs to each
    margin before they are added; otherwise a class that is beaten by far pays for one that wins.""",
)

svm_loss.slip(
    "abs_for_max",
    loses=[VALUES],
    change={"np.maximum(0, ": "np.abs("},
    explanation="""The absolute value of each margin is added where its maximum with 0 is meant: a negative margin
    is a lead that is large enough, and costs nothing, however large it is.""",
)

svm_loss.slip(
    "worst_class_only",
    loses=[VALUES],
    change={"np.sum(margins)": "np.sum(margins.max(axis=1))"},
    explanation="""Only the largest margin of each example is counted. (Such a loss exists, by Crammer and Singer.)
    Ours adds up the positive margins of all the other classes: with two classes in front of the correct one, both
    count.""",
)

svm_loss.slip(
    "cut_to_integers",
    loses=[TYPES],
    change={"margins = ": "margins = np.zeros_like(scores)\n    margins[:] = "},
    explanation="""The margins are stored in an array of the scores' type. When the scores are whole numbers, numpy
    cuts off what comes after the decimal point of each margin, without a word. Make new arrays of type float,
    whatever the arguments are.""",
)

svm_loss.slip(
    "changes_scores",
    loses=[UNCHANGED],
    change={
        "margins = np.maximum(0, scores - ": "scores -= ",
        " + delta)": "\n    margins = np.maximum(0, scores + delta)",
    },
    explanation="""The loss is right, but `scores` is not what it was before the call: an assignment such as `scores
    -= ...` or `scores[...] = 0` writes into the array of the caller. Give the intermediate result a new name.""",
)

svm_loss.slip(
    "sum_for_mean_and_correct_class_kept",
    loses=[VALUES, MEAN],
    change={"    margins[np.arange(N), y] = 0\n": "", " / N": ""},
    explanation="""Two slips at once. The losses of the examples are added but not divided by their number N, and
    the correct class of each example is in the sum, which adds delta every time. Compare both the 1/N and the j ≠ y
    with the formula.""",
)

svm_loss.slip(
    "sum_for_mean_and_forgot_delta",
    loses=[VALUES, MARGIN, MEAN],
    change={" + delta": "", " / N": ""},
    explanation="""Two slips at once. The margin delta is missing, so that a lead by a hair is enough, and the
    losses of the examples are added but not divided by their number N. Compare both with the formula.""",
)

svm_loss.slip(
    "mean_forgotten",
    loses=[MEAN],
    change={"np.sum(margins) / N": "np.sum(margins, axis=1)"},
    explanation="""An array with one loss per example is returned. The loss of a batch is one number: the mean of
    these losses, so that there is something to make smaller.""",
)


@misconception("svm_loss", loses=[MEAN])
def svm_loss_return_in_loop(scores, y, delta=1.0):
    """Only the first example is looked at: the function returns before it comes to the second one. Look at how far
    the line with `return` is indented, or whether only row 0 of the margins is used.
    """
    for i in range(len(y)):
        margins = np.maximum(0, scores[i] - scores[i, y[i]] + delta)
        margins[y[i]] = 0
        return np.sum(margins)


@alternative("svm_loss")
def svm_loss_loops(scores, y, delta=1.0):
    """Two nested loops, with `>=` for `>`."""
    total = 0.0
    for row, label in zip(scores, y, strict=True):
        for j, score in enumerate(row):
            margin = score - row[label] + delta
            if j != label and margin >= 0:
                total += margin
    return total / len(scores)


@alternative("svm_loss")
def svm_loss_all_less_delta(scores, y, delta=1.0):
    """Adds up all classes and takes delta off for the correct one; a numpy scalar is returned."""
    correct = np.take_along_axis(scores, y.reshape(-1, 1), axis=1)
    return np.maximum(scores - correct + delta, 0).sum(axis=1).mean() - delta


@alternative("svm_loss")
def svm_loss_one_hot(scores, y, delta=1.0):
    """One-hot labels and `einsum`."""
    one_hot = np.zeros(scores.shape)
    one_hot[range(len(y)), y] = 1.0
    margins = scores - np.einsum("nc,nc->n", scores, one_hot)[:, None] + delta * (1 - one_hot)
    return np.einsum("nc->", margins.clip(0)) / scores.shape[0]


@alternative("svm_loss")
def svm_loss_single_precision(scores, y, delta=1.0):
    """Float32 inside; an array of shape (1,) is returned."""
    s = scores.astype("float32")
    margins = s - s[np.arange(s.shape[0]), y, None] + np.float32(delta)
    margins[margins < 0] = 0
    margins[np.arange(s.shape[0]), y] = 0
    return np.array([margins.sum() / np.float32(s.shape[0])])


@alternative("svm_loss")
def svm_loss_matrices(scores, y, delta=1.0):
    """`np.matrix`, whose rows stay rows; a matrix of one element is returned."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        S = np.matrix(scores, dtype=float)
        margins = np.maximum(0, S - S[np.arange(len(y)), y].T + delta)
        margins[np.arange(len(y)), y] = 0
        return margins.sum(axis=1).mean(axis=0)


@alternative("svm_loss")
def svm_loss_in_place_on_a_copy(scores, y, delta=1.0, **options):
    """Works in place, on a copy, by the transpose; further keyword arguments and a print."""
    margins = scores.copy().astype(float).T
    margins -= margins[y, np.arange(len(y))]
    margins += delta
    margins[y, np.arange(len(y))] = 0
    np.maximum(margins, 0, out=margins)
    print("margins of shape", margins.shape)
    return margins.sum() / margins.shape[1]


@alternative("svm_loss")
def svm_loss_example_by_example(scores, y, delta=1.0):
    """A nested function for one example, and the mean of a list of its results."""

    def one(s, label):
        others = np.concatenate([s[:label], s[label + 1 :]])
        return np.where(others > s[label] - delta, others - s[label] + delta, 0).sum()

    return np.mean([one(s, label) for s, label in zip(scores, y, strict=True)])


@alternative("svm_loss")
def svm_loss_violations_counted(scores, y, delta=1.0):
    """Counts the violating classes and adds their scores, in place of a sum of maxima."""
    scores = np.asarray(scores, dtype=np.float64)
    correct = scores[np.arange(y.size), y][..., np.newaxis]
    violating = (scores + delta > correct) & (np.arange(scores.shape[1]) != y[:, np.newaxis])
    return (scores[violating].sum() - (violating.sum(axis=1, keepdims=True) * (correct - delta)).sum()) / y.size


# squared_hinge_loss


def squared_hinge_loss_correct_classes_zeroed(scores, y, delta=1.0):
    """All margins at once; those of the correct classes are set to 0."""
    N = len(y)
    margins = np.maximum(0, scores - scores[np.arange(N), y][:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    return np.sum(margins**2) / N


squared_hinge_loss = version_of("squared_hinge_loss", squared_hinge_loss_correct_classes_zeroed)

squared_hinge_loss.slip(
    "squared_after_sum",
    loses=[VALUES],
    change={"margins**2": "margins.sum(axis=1) ** 2"},
    explanation="""The margins of an example are added first, and their sum is squared. (The lecture's notes have
    this slip.) Each margin is squared on its own, inside the sum: on the lecture's example the mean is 30.553, not
    58.273.""",
)

squared_hinge_loss.slip(
    "mean_squared",
    loses=[VALUES, MEAN],
    change={"np.sum(margins**2) / N": "(np.sum(margins) / N) ** 2"},
    explanation="""The hinge loss of the whole batch is squared, as one number. Each margin is squared on its own,
    before anything is added; the square of a mean is not the mean of squares either.""",
)

squared_hinge_loss.slip(
    "not_squared",
    loses=[VALUES],
    change={"margins**2": "margins"},
    explanation="""Nothing is squared: this is the hinge loss of the part before. Here each positive margin enters
    the sum as its square.""",
)

squared_hinge_loss.slip(
    "doubled",
    loses=[VALUES],
    change={"margins**2": "margins * 2"},
    explanation="""The margins are multiplied by 2, not squared. In Python the power is written with two asterisks.""",
)

squared_hinge_loss.slip(
    "halved",
    loses=[VALUES],
    change={"return np": "return 0.5 * np"},
    explanation="""Your loss is half of what the formula says. Some books write one half in front of a square, to
    make the derivative look nicer; our convention has no such factor.""",
)

squared_hinge_loss.slip(
    "negative_margins_squared",
    loses=[VALUES],
    change={"np.maximum(0, ": "(", "delta)": "delta) ** 2", "margins**2": "np.maximum(0, margins)"},
    explanation="""Negative margins are squared too, and a square is never negative: a class that is beaten by far
    then costs a lot. The maximum with 0 comes first, the square second.""",
)

squared_hinge_loss.slip(
    "correct_class_kept",
    loses=[VALUES],
    change={"    margins[np.arange(N), y] = 0\n": ""},
    explanation="""The correct classes are added too. Each has the margin s_y - s_y + delta = delta, so the mean is
    too high by the square of delta. The sum runs over j ≠ y.""",
)

squared_hinge_loss.slip(
    "forgot_delta",
    loses=[VALUES, MARGIN],
    change={" + delta": ""},
    explanation="""The margin delta is missing: your loss is already 0 when every correct class is ahead by a hair.
    Each margin is s_j - s_y + delta, and delta is inside the square.""",
)

squared_hinge_loss.slip(
    "delta_hard_coded",
    loses=[MARGIN],
    change={"+ delta": "+ 1"},
    explanation="""Right for delta = 1, but the argument delta is never used: the number 1 stands in its place. Call
    your function with two different margins and compare.""",
)

squared_hinge_loss.slip(
    "delta_taken_off_unsquared",
    loses=[MARGIN],
    change={"    margins[np.arange(N), y] = 0\n": "", "/ N": "/ N - delta"},
    explanation="""The sum runs over all classes, and delta is taken off for the correct one. But its margin is
    squared like the others, so what it adds is the square of delta: your loss is right only where the two are the
    same, at delta = 1.""",
)

squared_hinge_loss.slip(
    "sign_turned",
    loses=[VALUES],
    change={
        "scores - scores[np.arange(N), y][:, np.newaxis]": "scores[np.arange(N), y][:, np.newaxis] - scores",
    },
    explanation="""The two scores of the difference have changed places: s_y - s_j + delta is large when the correct
    class wins. The margin is s_j - s_y + delta; the square comes after the maximum with 0 and does not repair its
    sign.""",
)

squared_hinge_loss.slip(
    "sum_for_mean",
    loses=[MEAN],
    change={" / N": ""},
    explanation="""The losses of the examples are added, but not divided by their number N. The convention here is
    the mean, so that the loss does not grow with the size of the batch.""",
)

squared_hinge_loss.slip(
    "mean_over_everything",
    loses=[VALUES],
    change={"np.sum(margins**2) / N": "np.mean(margins**2)"},
    explanation="""The mean is taken over all N times C squared margins. The formula adds up over the classes and
    takes the mean over the examples only: your loss is too low by the factor C.""",
)

squared_hinge_loss.slip(
    "root_taken",
    loses=[VALUES],
    change={"margins**2": "np.linalg.norm(margins, axis=1)"},
    explanation="""The square root of each example's sum of squares is taken, as `np.linalg.norm` does. The formula
    stops at the sum of squares.""",
)

squared_hinge_loss.slip(
    "correct_scores_not_a_column",
    loses=[MEAN],
    change={"[:, np.newaxis]": ""},
    explanation="""The correct scores are subtracted along the wrong axis. An array of shape (N,) lines up with the
    columns of `scores`, not with its rows: an error when N differs from C, a wrong number when they are the same.
    It has to become a column of shape (N, 1) first.""",
)

squared_hinge_loss.slip(
    "cut_to_integers",
    loses=[TYPES],
    change={"margins = ": "margins = np.zeros_like(scores)\n    margins[:] = "},
    explanation="""The margins are stored in an array of the scores' type. When the scores are whole numbers, numpy
    cuts off what comes after the decimal point of each margin, without a word. Make new arrays of type float,
    whatever the arguments are.""",
)

squared_hinge_loss.slip(
    "changes_scores",
    loses=[UNCHANGED],
    change={
        "margins = np.maximum(0, scores - ": "scores -= ",
        " + delta)": "\n    margins = np.maximum(0, scores + delta)",
    },
    explanation="""The loss is right, but `scores` is not what it was before the call: an assignment such as `scores
    -= ...` or `scores[...] = 0` writes into the array of the caller. Give the intermediate result a new name.""",
)

squared_hinge_loss.slip(
    "sum_for_mean_and_correct_class_kept",
    loses=[VALUES, MEAN],
    change={"    margins[np.arange(N), y] = 0\n": "", " / N": ""},
    explanation="""Two slips at once. The losses of the examples are added but not divided by their number N, and
    the correct class of each example is in the sum, which adds the square of delta every time. Compare the 1/N and
    the j ≠ y with the formula.""",
)

squared_hinge_loss.slip(
    "squared_after_sum_and_correct_class_kept",
    loses=[VALUES],
    change={"    margins[np.arange(N), y] = 0\n": "", "margins**2": "margins.sum(axis=1) ** 2"},
    explanation="""Two slips at once. The margins of an example are added before they are squared, and the correct
    class is among them with delta. Each margin is squared on its own, and the sum runs over j ≠ y.""",
)


@alternative("squared_hinge_loss")
def squared_hinge_loss_loops(scores, y, delta=1.0):
    """Two nested loops."""
    total = 0
    for i in range(scores.shape[0]):
        for j in range(scores.shape[1]):
            if j == y[i]:
                continue
            margin = scores[i, j] - scores[i, y[i]] + delta
            if margin > 0:
                total += margin * margin
    return total / scores.shape[0]


@alternative("squared_hinge_loss")
def squared_hinge_loss_all_less_square_of_delta(scores, y, delta=1.0):
    """Adds up all classes and takes the square of delta off for the correct one."""
    correct = np.choose(y, scores.T)[:, None]
    return np.mean(np.sum(np.power(np.maximum(scores - correct + delta, 0), 2), axis=1)) - delta**2


@alternative("squared_hinge_loss")
def squared_hinge_loss_one_hot(scores, y, delta=1.0):
    """One-hot labels and `einsum` for the sum of squares."""
    one_hot = y[:, None] == np.arange(scores.shape[1])
    margins = np.where(one_hot, 0, np.clip(scores - scores[one_hot][:, None] + delta, 0, None))
    return np.einsum("nc,nc->", margins, margins) / len(margins)


@alternative("squared_hinge_loss")
def squared_hinge_loss_single_precision(scores, y, delta=1.0):
    """Float32 inside; an array of shape (1,) is returned."""
    s = np.float32(scores)
    margins = np.maximum(np.float32(0), s - s[np.arange(len(y)), y].reshape(-1, 1) + np.float32(delta))
    margins[np.arange(len(y)), y] = 0
    return np.square(margins).sum(axis=1, keepdims=True).mean(axis=0)


@alternative("squared_hinge_loss")
def squared_hinge_loss_matrices(scores, y, delta=1.0):
    """`np.matrix`, squared element by element; a matrix of one element is returned."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        S = np.matrix(scores, dtype=float)
        margins = np.maximum(0, S - S[np.arange(len(y)), y].T + delta)
        margins[np.arange(len(y)), y] = 0
        return np.multiply(margins, margins).sum(axis=1).mean(axis=0)


@alternative("squared_hinge_loss")
def squared_hinge_loss_norms(scores, y, delta=1.0, verbose=True):
    """The square of the Frobenius norm of the margins; prints."""
    margins = np.array(scores, dtype=float)
    rows = np.arange(len(y))
    margins += delta - margins[rows, y][:, None]
    margins[rows, y] = -1
    margins *= margins >= 0
    loss = np.linalg.norm(margins) ** 2 / len(y)
    if verbose:
        print(f"{loss = }")
    return loss


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


@alternative("svm_answers")
def svm_answers_numpy_scalars():
    """Answers that are numpy scalars, as computations give them."""
    jiggle_changes_loss = np.bool_(False)
    smallest_loss = np.float32(0)
    largest_loss = np.float64(np.inf)
    loss_at_zero_scores = np.int64(9)
    added_by_correct_class = np.float64(1)
    mean_instead_of_sum = "b"
    squared_is_a_different_loss = np.True_


@alternative("svm_answers")
def svm_answers_words():
    """Answers in words."""
    jiggle_changes_loss = "no"
    smallest_loss = "0"
    largest_loss = "Infinity"
    loss_at_zero_scores = "9.0"
    added_by_correct_class = " 1 "
    mean_instead_of_sum = "B)"
    squared_is_a_different_loss = "Yes"


@alternative("svm_answers")
def svm_answers_whole_numbers():
    """Whole numbers, and the infinity of the standard library."""
    import math

    smallest_loss = 0
    largest_loss = math.inf
    loss_at_zero_scores = 10 - 1
    added_by_correct_class = 1
    mean_instead_of_sum = "(b)"


@alternative("svm_answers")
def svm_answers_computed():
    """Answers that the student let the computer find, up to rounding, or as arrays of one element."""
    zero_scores = np.zeros((1, 10))
    margins = np.maximum(0, zero_scores - zero_scores[:, [3]] + 1.0)
    added_by_correct_class = margins[:, 3]
    loss_at_zero_scores = np.sum(margins, axis=1) - added_by_correct_class
    smallest_loss = np.maximum(0, -5.0)
    largest_loss = float("inf")
    car = np.array([1.3, 4.9, 2.0])
    jiggle_changes_loss = bool(np.any(np.delete(car, 1) - car[1] + 1.0 + 0.2 > 0))
    squared_is_a_different_loss = 2.0**2 != 1.0**2 + 1.0**2
