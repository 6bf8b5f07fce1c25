"""Right versions by other ways than the reference's: none may lose a point."""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints. What they
# call is the notebook's: the functions of its earlier parts.

from __future__ import annotations

import numpy as np

from lossmark import alternative

from .reference import cross_entropy, log_softmax, softmax

# softmax


@alternative("softmax")
def softmax_loops(scores):
    """Two nested loops over Python floats, for one example as for a batch."""
    import math

    scores = np.asarray(scores)
    p = np.zeros(scores.shape)
    rows, results = (scores, p) if scores.ndim == 2 else ([scores], [p])
    for row, result in zip(rows, results, strict=True):
        largest = max(row)
        total = 0.0
        for score in row:
            total += math.exp(score - largest)
        for j, score in enumerate(row):
            result[j] = math.exp(score - largest) / total
    return p


@alternative("softmax")
def softmax_single_precision(scores):
    """Float32 inside; float32 is returned."""
    s = np.asarray(scores, dtype=np.float32)
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@alternative("softmax")
def softmax_exponential_of_logarithm(scores):
    """The exponential of the log-probabilities, by numpy's own log-add-exp; float32 inside."""
    s = np.asarray(scores).astype(np.float32)
    return np.exp(s - np.logaddexp.reduce(s, axis=-1, keepdims=True))


@alternative("softmax")
def softmax_sigmoids(scores, verbose=True, **options):
    """One over the sum of the exponentials of all differences; prints, and has further keyword arguments."""
    scores = np.asarray(scores, dtype=float)
    with np.errstate(over="ignore"):
        p = 1 / np.sum(np.exp(scores[..., None, :] - scores[..., :, None]), axis=-1)
    if verbose:
        print("probabilities:", p)
    return p


@alternative("softmax")
def softmax_in_place_on_a_copy(scores):
    """Works in place, on a copy of type float, by the transpose, so that no axis is kept; warns."""
    import warnings

    p = np.array(scores, dtype=np.float64).T
    p -= p.max(axis=0)
    np.exp(p, out=p)
    p /= p.sum(axis=0)
    warnings.warn("worked in place", stacklevel=2)
    return p.T


@alternative("softmax")
def softmax_matrices(scores):
    """`np.matrix`, whose rows stay rows; put back into the shape of the scores."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        S = np.matrix(scores, dtype=float)
        E = np.exp(S - S.max(axis=1))
        return np.asarray(E / E.sum(axis=1)).reshape(np.shape(scores))


@alternative("softmax")
def softmax_case_by_case(scores):
    """One example by a nested function, a batch by a list of its results; `einsum` adds up."""

    def one(s):
        e = np.exp(s - np.sort(s)[-1])
        return e / np.einsum("c->", e)

    return one(scores) if scores.ndim == 1 else np.stack([one(s) for s in scores])


@alternative("softmax")
def softmax_powers(scores):
    """A power of the number e, of scores that are shifted so that the sum of their exponentials is 1."""
    scores = scores.astype(np.float64)
    s = scores - np.expand_dims(np.amax(scores, axis=-1), -1)
    return np.e ** (s - np.log(np.power(np.e, s).sum(-1))[..., np.newaxis])


# log_softmax


@alternative("log_softmax")
def log_softmax_log_sum_exp(scores):
    """Log-sum-exp with the shift added again outside."""
    m = np.max(scores, axis=-1, keepdims=True)
    return scores - (m + np.log(np.sum(np.exp(scores - m), axis=-1, keepdims=True)))


@alternative("log_softmax")
def log_softmax_log_add_exp(scores):
    """Numpy's own log-add-exp, along the last axis."""
    return scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True)


@alternative("log_softmax")
def log_softmax_loops(scores):
    """Loops over Python floats; nested lists are returned."""
    import math

    def one(row):
        m = max(row)
        log_sum = m + math.log(math.fsum(math.exp(s - m) for s in row))
        return [float(s) - log_sum for s in row]

    return one(scores) if np.ndim(scores) == 1 else [one(row) for row in scores]


@alternative("log_softmax")
def log_softmax_single_precision(scores):
    """Float32 inside; float32 is returned."""
    s = np.float32(scores)
    s = s - s.max(-1)[..., None]
    return s - np.log(np.exp(s).sum(-1))[..., None]


@alternative("log_softmax")
def log_softmax_accurate_near_one(scores):
    """`log1p` of what the other classes add to the best one's 1; prints."""
    s = np.array(scores, dtype=float)
    s -= s.max(axis=-1, keepdims=True)
    others = np.exp(s)
    np.put_along_axis(others, s.argmax(axis=-1)[..., np.newaxis], 0.0, axis=-1)
    print("others:", others.sum(axis=-1))
    return s - np.log1p(others.sum(axis=-1, keepdims=True))


@alternative("log_softmax")
def log_softmax_logarithm_where_it_is_safe(scores):
    """The logarithm of the probability where it is large, and log-sum-exp where it is not."""
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    by_difference = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    p = softmax(scores)
    return np.where(p > 1e-3, np.log(np.maximum(p, 1e-3)), by_difference)


@alternative("log_softmax")
def log_softmax_matrices(scores, axis=-1):
    """`np.matrix`, whose rows stay rows; put back into the shape of the scores."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        S = np.matrix(scores, dtype=float)
        S = S - S.max(axis=1)
        return np.asarray(S - np.log(np.exp(S).sum(axis=1))).reshape(np.shape(scores))


# cross_entropy


@alternative("cross_entropy")
def cross_entropy_own_log_softmax(scores, y):
    """Built on the function of part 2."""
    return -log_softmax(scores)[np.arange(len(y)), y].mean()


@alternative("cross_entropy")
def cross_entropy_loops(scores, y):
    """Two nested loops."""
    import math

    total = 0.0
    for i in range(len(y)):
        largest = max(scores[i])
        exponentials = 0.0
        for score in scores[i]:
            exponentials += math.exp(score - largest)
        total += math.log(exponentials) + largest - scores[i][y[i]]
    return total / len(y)


@alternative("cross_entropy")
def cross_entropy_one_hot(scores, y):
    """One-hot labels and `einsum`; an array of shape (1,) is returned."""
    one_hot = (y[:, None] == np.arange(scores.shape[1])).astype(float)
    return np.array([-np.einsum("nc,nc->", one_hot, log_softmax(scores)) / len(scores)])


@alternative("cross_entropy")
def cross_entropy_single_precision(scores, y):
    """Float32 inside; a numpy scalar is returned."""
    s = scores.astype(np.float32)
    s = s - s[np.arange(len(y)), y, None]
    largest = s.max(axis=1)
    return np.float32((largest + np.log(np.exp(s - largest[:, None]).sum(axis=1))).mean())


@alternative("cross_entropy")
def cross_entropy_differences(scores, y):
    """Numpy's log-add-exp of the leads over the correct class."""
    correct = np.take_along_axis(scores, y.reshape(-1, 1), axis=1)
    return np.logaddexp.reduce(scores - correct, axis=1).sum() / y.size


@alternative("cross_entropy")
def cross_entropy_matrices(scores, y):
    """`np.matrix`; a matrix of one element is returned."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        S = np.matrix(scores, dtype=float)
        S = S - S.max(axis=1)
        return (np.log(np.exp(S).sum(axis=1)) - S[np.arange(len(y)), y].T).mean(axis=0)


@alternative("cross_entropy")
def cross_entropy_talkative(scores, y, reduction="mean", verbose=True):
    """Prints, has further keyword arguments, and works in place on a copy of type float."""
    s = np.array(scores, dtype=np.float64)
    s -= s.max(axis=1, keepdims=True)
    picked = s[range(len(y)), y].copy()
    np.exp(s, out=s)
    losses = np.log(s.sum(axis=1)) - picked
    if verbose:
        print("losses:", losses)
    return losses.mean() if reduction == "mean" else losses


# compare_losses


@alternative("compare_losses")
def compare_losses_loops(scores, y):
    """Loops; a list of two lists is returned."""
    import math

    svm, soft = [], []
    for row, label in zip(scores, y, strict=True):
        svm.append(sum(max(0.0, float(s) - float(row[label]) + 1) for j, s in enumerate(row) if j != label))
        m = float(max(row))
        soft.append(m + math.log(sum(math.exp(s - m) for s in row)) - float(row[label]))
    return [svm, soft]


@alternative("compare_losses")
def compare_losses_stacked(scores, y):
    """One array of shape (2, N)."""
    gaps = scores - np.take_along_axis(scores, y[:, None], axis=1)
    svm = np.maximum(gaps + 1, 0).sum(axis=1) - 1
    return np.stack([svm, np.logaddexp.reduce(gaps, axis=1)])


@alternative("compare_losses")
def compare_losses_own_functions(scores, y):
    """The softmax losses by the function of part 3, one example at a time; a comprehension for the hinge losses."""
    soft = np.array([cross_entropy(scores[i : i + 1], y[i : i + 1]) for i in range(len(y))])
    svm = np.array([np.maximum(0, np.delete(s, k) - s[k] + 1).sum() for s, k in zip(scores, y, strict=True)])
    return svm, soft


@alternative("compare_losses")
def compare_losses_single_precision(scores, y, delta=1.0):
    """Float32 inside, a list of two arrays, and a further keyword argument; `>=` for `>`."""
    s = scores.astype("float32")
    one_hot = np.arange(s.shape[1]) == y[:, None]
    gaps = s - s[one_hot][:, None]
    svm = np.where((gaps + delta >= 0) & ~one_hot, gaps + np.float32(delta), 0).sum(axis=1)
    top = gaps.max(axis=1)
    return [svm, top + np.log(np.exp(gaps - top[:, None]).sum(axis=1))]


@alternative("compare_losses")
def compare_losses_columns(scores, y):
    """`np.matrix`, so that both losses are columns of shape (N, 1)."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        S = np.matrix(scores, dtype=float)
        S = S - S[np.arange(len(y)), y].T
        svm = np.maximum(S + 1, 0).sum(axis=1) - 1
        m = S.max(axis=1)
        return svm, m + np.log(np.exp(S - m).sum(axis=1))


@alternative("compare_losses")
def compare_losses_own_log_softmax(scores, y):
    """Built on the function of part 2, with `einsum` and a one-hot matrix; prints."""
    one_hot = np.eye(scores.shape[1])[y]
    margins = (scores - np.einsum("nc,nc->n", scores, one_hot)[:, np.newaxis] + 1.0).clip(0) * (1 - one_hot)
    both = margins.sum(axis=1), -(log_softmax(scores) * one_hot).sum(axis=1)
    print(both)
    return both


# softmax_answers


@alternative("softmax_answers")
def softmax_answers_numpy_scalars():
    """Answers that are numpy scalars, as computations give them."""
    smallest_loss = np.float32(0)
    largest_loss = np.float64(np.inf)
    loss_at_start = np.float32(np.log(10))
    base_of_089 = np.int64(10)
    jiggle_changes_hinge = np.False_
    jiggle_changes_softmax = np.bool_(True)
    new_point_can_be_free_hinge = np.True_
    new_point_can_be_free_softmax = np.bool_(False)


@alternative("softmax_answers")
def softmax_answers_words():
    """Answers in words."""
    smallest_loss = "0"
    largest_loss = "infinity"
    loss_at_start = "2.303"
    base_of_089 = " 10 "
    jiggle_changes_hinge = "no"
    jiggle_changes_softmax = "Yes"
    new_point_can_be_free_hinge = "true"
    new_point_can_be_free_softmax = "False."


@alternative("softmax_answers")
def softmax_answers_rounded():
    """Rounded numbers, whole numbers, minus zero, and the infinity of the standard library."""
    import math

    smallest_loss = -0.0
    largest_loss = math.inf
    loss_at_start = 2.3026
    base_of_089 = 10.0


@alternative("softmax_answers")
def softmax_answers_computed():
    """Answers that the student let the computer find, up to rounding, or as arrays of one element."""
    smallest_loss = -np.log([1.0])
    with np.errstate(divide="ignore"):
        largest_loss = -np.log(0.0)
    loss_at_start = cross_entropy(np.zeros((5, 10)), np.arange(5))
    base_of_089 = 0.13 ** (-1 / -np.log10(0.13))
    before, after = np.array([[10.0, 3.0, -2.0]]), np.array([[10.0, 3.0, -1.9]])
    jiggle_changes_softmax = cross_entropy(before, np.array([0])) != cross_entropy(after, np.array([0]))
    jiggle_changes_hinge = bool(np.maximum(0, after - after[0, 0] + 1)[0, 1:].any())
    new_point_can_be_free_hinge = not jiggle_changes_hinge
