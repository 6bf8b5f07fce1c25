"""Right versions by other ways than the reference's: none may lose a point."""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints.

from __future__ import annotations

import numpy as np

from lossmark import alternative

# L_i


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
