"""Right versions by other ways than the reference's: none may lose a point."""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints.
# The old generator of numpy is the one that students use.
# ruff: noqa: NPY002

from __future__ import annotations

import numpy as np

from lossmark import alternative

# eval_numerical_gradient


@alternative("eval_numerical_gradient")
def eval_numerical_gradient_iterator_in_place(f, x, h=1e-5, verbose=True):
    """The iterator of numpy, moving the numbers of x in place and putting each back; the result has x's type."""
    f_here = f(x)
    gradient = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        index = it.multi_index
        old = x[index]
        x[index] = old + h
        gradient[index] = (f(x) - f_here) / h
        x[index] = old
        if verbose:
            print(index, gradient[index])
        it.iternext()
    return gradient


@alternative("eval_numerical_gradient")
def eval_numerical_gradient_rows_of_identity(f, x, h=1e-5):
    """A comprehension over the rows of h times the identity, which are added to x; a float32 array is returned."""
    steps = h * np.eye(x.size)
    slopes = [(f(x + step.reshape(x.shape)) - f(x)) / h for step in steps]
    return np.array(slopes, dtype=np.float32).reshape(x.shape)


@alternative("eval_numerical_gradient")
def eval_numerical_gradient_flat_view_of_a_copy(f, x, h=1e-5):
    """A copy as floats, moved through a flat view of it."""
    point = np.array(x, dtype=np.float64, copy=True)
    flat = point.reshape(-1)
    slopes = np.empty(flat.size)
    start = float(f(point))
    for k, old in enumerate(flat.tolist()):
        flat[k] = old + h
        slopes[k] = (float(f(point)) - start) / h
        flat[k] = old
    return slopes.reshape(np.shape(x))


@alternative("eval_numerical_gradient")
def eval_numerical_gradient_step_as_realised(f, x, h=1e-5):
    """Divides by the step as rounding has left it; a nested function does one place, nested lists are returned."""

    def slope(index):
        moved = x.astype(float)
        before = moved[index]
        moved[index] += h
        return (f(moved) - f(x.astype(float))) / (moved[index] - before)

    gradient = np.empty(x.shape)
    for index, _ in np.ndenumerate(x):
        gradient[index] = slope(index)
    return gradient.tolist()


@alternative("eval_numerical_gradient")
def eval_numerical_gradient_copy_put_back(f, x, h=1e-5):
    """All of x is put back at the end from a copy; the other numbers are written back one by one as well."""
    before = x.copy()
    gradient = np.zeros(np.shape(x), float)
    here = f(before)
    for k in range(x.size):
        x.flat[k] = before.flat[k] + h
        gradient.flat[k] = f(x) / h - here / h
        x.flat[k] = before.flat[k]
    x[...] = before
    return gradient


# eval_numerical_gradient_centered


@alternative("eval_numerical_gradient_centered")
def eval_numerical_gradient_centered_iterator_in_place(f, x, h=1e-5, verbose=True):
    """The iterator of numpy, moving the numbers of x in place and putting each back; the result has x's type."""
    gradient = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        index = it.multi_index
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        gradient[index] = (f_above - f_below) / (2 * h)
        if verbose:
            print(index, gradient[index])
        it.iternext()
    return gradient


@alternative("eval_numerical_gradient_centered")
def eval_numerical_gradient_centered_rows_of_identity(f, x, h=1e-5):
    """A comprehension over the rows of h times the identity; a float32 array is returned."""
    steps = (h * np.eye(x.size)).reshape(-1, *x.shape)
    return np.array([(f(x + step) - f(x - step)) / 2 / h for step in steps], dtype=np.float32).reshape(x.shape)


@alternative("eval_numerical_gradient_centered")
def eval_numerical_gradient_centered_mean_of_both_sides(f, x, h=1e-5):
    """The mean of the forward and the backward difference."""
    x = np.asarray(x, dtype=float)
    here = f(x)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(*x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = 0.5 * ((f(above) - here) / h + (here - f(below)) / h)
    return gradient


@alternative("eval_numerical_gradient_centered")
def eval_numerical_gradient_centered_flat_view_of_a_copy(f, x, h=1e-5):
    """A copy as floats, moved through a flat view of it; lists are returned."""
    point = np.array(x, dtype=np.float64)
    flat = point.ravel()
    slopes = []
    for k in range(flat.size):
        old = flat[k]
        values = []
        for sign in (1, -1):
            flat[k] = old + sign * h
            values.append(float(f(point)))
        flat[k] = old
        slopes.append((values[0] - values[1]) / (h + h))
    return np.reshape(slopes, x.shape).tolist()


@alternative("eval_numerical_gradient_centered")
def eval_numerical_gradient_centered_half_steps_doubled(f, x, h=1e-5, **options):
    """A nested function of one variable, and a lambda."""

    def along(index):
        def moved(t):
            point = np.array(x, float)
            point[index] = point[index] + t
            return f(point)

        return moved

    centred = lambda g: (g(h) - g(-h)) * (0.5 / h)  # noqa: E731
    result = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        result[index] = centred(along(index))
    return result


# relative_error


@alternative("relative_error")
def relative_error_loop(a, b):
    """A loop over the elements, in Python floats."""
    worst = 0.0
    for p, q in zip(np.ravel(a).tolist(), np.ravel(b).tolist(), strict=True):
        worst = max(worst, abs(p - q) / max(1e-8, abs(p) + abs(q)))
    return worst


@alternative("relative_error")
def relative_error_clipped(a, b, floor=1e-8):
    """The method `clip` holds the denominator up; an array of shape (1,) is returned; a further keyword argument."""
    size = (np.abs(a) + np.abs(b)).clip(min=floor)
    return np.array([(np.abs(a - b) / size).max()])


@alternative("relative_error")
def relative_error_where(a, b):
    """`np.where` in place of a maximum, roots of squares in place of absolute values; prints."""
    size = np.sqrt(np.square(a)) + np.sqrt(np.square(b))
    errors = np.sqrt((a - b) ** 2) / np.where(size > 1e-8, size, 1e-8)
    print("worst at", np.unravel_index(np.argmax(errors), errors.shape))
    return np.amax(errors)


@alternative("relative_error")
def relative_error_sorted(a, b):
    """Sorts the errors and takes the last one; a numpy scalar of single precision is returned."""
    errors = np.divide(np.fabs(np.subtract(a, b)), np.fmax(np.fabs(a) + np.fabs(b), 1e-8))
    return np.float32(np.sort(errors, axis=None)[-1])


# grad_check_sparse


@alternative("grad_check_sparse")
def grad_check_sparse_with_repetition(f, x, analytic_grad, num_checks=10, h=1e-5):
    """Draws with repetition, an index along each axis, with Python's generator; works in place and prints."""
    from random import randrange

    worst = 0
    for _ in range(num_checks):
        index = tuple([randrange(m) for m in x.shape])
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        numerical, analytic = (f_above - f_below) / (2 * h), analytic_grad[index]
        error = abs(numerical - analytic) / (abs(numerical) + abs(analytic))
        print(f"numerical: {numerical:f} analytic: {analytic:f}, relative error: {error:e}")
        worst = max(worst, error)
    return worst


@alternative("grad_check_sparse")
def grad_check_sparse_new_generator(f, x, analytic_grad, num_checks=10, h=1e-5):
    """The new generator of numpy, not seeded; no repetition; an array of shape (1,) is returned."""
    rng = np.random.default_rng()
    chosen = rng.choice(x.size, size=min(num_checks, x.size), replace=False)
    numerical = np.zeros(x.size)
    for k in chosen:
        step = np.zeros(x.size)
        step[k] = h
        step = step.reshape(x.shape)
        numerical[k] = (f(x + step) - f(x - step)) / (2 * h)
    a, b = numerical[chosen], np.ravel(analytic_grad)[chosen]
    return np.max(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), 1e-8), keepdims=True)


@alternative("grad_check_sparse")
def grad_check_sparse_own_relative_error(f, x, analytic_grad, num_checks=10, h=1e-5):
    """Uses `relative_error` of the part before, on a list."""
    flat = x.reshape(-1)
    errors = []
    for k in np.random.permutation(flat.size)[:num_checks]:
        old = flat[k]
        flat[k] = old + h
        above = f(x)
        flat[k] = old - h
        below = f(x)
        flat[k] = old
        errors.append(relative_error((above - below) / (2 * h), analytic_grad.reshape(-1)[k]))  # noqa: F821
    return max(errors)


@alternative("grad_check_sparse")
def grad_check_sparse_forward_differences(f, x, analytic_grad, num_checks=10, h=1e-5):
    """Forward differences, less exact but good enough to tell right from wrong."""
    start = f(x)
    worst = 0.0
    for _ in range(num_checks):
        index = np.unravel_index(np.random.randint(x.size), x.shape)
        moved = x.copy()
        moved[index] += h
        slope = (f(moved) - start) / h
        worst = np.maximum(worst, abs(slope - analytic_grad[index]) / max(abs(slope) + abs(analytic_grad[index]), 1e-8))
    return worst


# svm_loss_naive


@alternative("svm_loss_naive")
def svm_loss_naive_row_by_row(W, X, y, reg):
    """One loop over the examples, and an outer product; a numpy scalar is returned."""
    dW = np.zeros_like(W)
    total = np.float64(0)
    for x, label in zip(X, y, strict=True):
        margins = np.maximum(0, x @ W - x @ W[:, label] + 1)
        margins[label] = 0
        total += margins.sum()
        violating = (margins > 0).astype(float)
        violating[label] = -violating.sum()
        dW += np.outer(x, violating) / len(X)
    return total / len(X) + reg * np.sum(W**2), dW + 2 * reg * W


@alternative("svm_loss_naive")
def svm_loss_naive_all_in_python(W, X, y, reg):
    """Loops over the features too, in Python floats and lists; lists are returned; `>=` at a margin."""
    N, D, C = len(X), len(W), len(W[0])
    loss, dW = 0.0, [[0.0] * C for _ in range(D)]
    for x, label in zip(X.tolist(), y.tolist(), strict=True):
        scores = [sum(x[d] * float(W[d, j]) for d in range(D)) for j in range(C)]
        for j in range(C):
            margin = scores[j] - scores[label] + 1
            if j != label and margin >= 0:
                loss += margin / N
                for d in range(D):
                    dW[d][j] += x[d] / N
                    dW[d][label] -= x[d] / N
    for d in range(D):
        for j in range(C):
            loss += reg * float(W[d, j]) ** 2
            dW[d][j] += 2 * reg * float(W[d, j])
    return [loss, dW]


@alternative("svm_loss_naive")
def svm_loss_naive_all_less_one(W, X, y, reg):
    """Adds up all classes and takes 1 off for the correct one, whose two steps cancel in the gradient; prints."""
    N = X.shape[0]
    loss, dW = -float(N), np.zeros(W.shape)
    for i in range(N):
        scores = X[i].dot(W)
        for j, score in enumerate(scores):
            margin = score - scores[y[i]] + 1
            if margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    print("data loss", loss / N)
    return loss / N + reg * np.linalg.norm(W) ** 2, dW / N + reg * (W + W)


@alternative("svm_loss_naive")
def svm_loss_naive_single_precision(W, X, y, reg, delta=1.0):
    """Float32 inside; the loss is an array of shape (1,); a further keyword argument."""
    W, X = W.astype(np.float32), X.astype(np.float32)
    loss, dW = np.zeros(1, np.float32), np.zeros(W.shape, np.float32)
    for i in range(len(X)):
        leads = X[i].dot(W) - X[i].dot(W[:, y[i]])
        for j in range(W.shape[1]):
            if j != y[i] and leads[j] + np.float32(delta) > 0:
                loss += leads[j] + np.float32(delta)
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    dW /= len(X)
    dW += np.float32(2 * reg) * W
    return loss / np.float32(len(X)) + np.float32(reg) * np.square(W).sum(), dW


@alternative("svm_loss_naive")
def svm_loss_naive_work_on_a_copy(W, X, y, reg):
    """Works in place on copies; the gradient starts with the penalty, and each example adds its share."""
    X = np.array(X, dtype=float)
    dW = W.astype(float).copy()
    loss = reg * (dW * dW).sum()
    dW *= 2 * reg
    X /= len(X)
    for i, label in enumerate(y):
        count = 0
        scores = len(X) * X[i].dot(W)
        for j in range(W.shape[1]):
            if j == label:
                continue
            hinge = max(0, scores[j] - scores[label] + 1) / len(X)
            loss += hinge
            if hinge > 0:
                dW[:, j] += X[i]
                count += 1
        dW[:, label] -= count * X[i]
    return loss, dW


# svm_loss_vectorized


@alternative("svm_loss_vectorized")
def svm_loss_vectorized_one_hot(W, X, y, reg):
    """One-hot labels and `einsum`."""
    N, C = X.shape[0], W.shape[1]
    one_hot = np.eye(C)[y]
    scores = np.einsum("nd,dc->nc", X, W)
    margins = (scores - np.einsum("nc,nc->n", scores, one_hot)[:, None] + 1) * (1 - one_hot)
    violating = (margins > 0) * 1.0
    dscores = violating - one_hot * violating.sum(axis=1, keepdims=True)
    loss = np.einsum("nc,nc->", margins, violating) / N + reg * np.einsum("dc,dc->", W, W)
    return loss, np.einsum("nd,nc->dc", X, dscores) / N + 2 * reg * W


@alternative("svm_loss_vectorized")
def svm_loss_vectorized_scattered(W, X, y, reg):
    """`np.subtract.at`, which counts repeated labels, and `>=` for `>`; a print."""
    N = len(y)
    scores = X @ W
    margins = scores - np.take_along_axis(scores, y[:, None], axis=1) + 1
    violating = margins >= 0
    violating[np.arange(N), y] = False
    loss = margins[violating].sum() / N
    dW = X.T @ violating
    np.subtract.at(dW.T, y, X * violating.sum(axis=1)[:, None])
    print("violations:", violating.sum())
    return loss + reg * (W * W).sum(), dW / N + 2 * reg * W


@alternative("svm_loss_vectorized")
def svm_loss_vectorized_single_precision(W, X, y, reg):
    """Float32 inside; the loss is an array of shape (1,), and all less one is added."""
    W, X = np.float32(W), np.float32(X)
    rows = np.arange(len(y))
    scores = X.dot(W)
    margins = np.maximum(np.float32(0), scores - scores[rows, y].reshape(-1, 1) + np.float32(1))
    dscores = np.float32(margins > 0)
    dscores[rows, y] -= dscores.sum(axis=1)
    loss = margins.sum(axis=1).mean(keepdims=True) - np.float32(1) + np.float32(reg) * np.square(W).sum()
    return loss, X.T.dot(dscores) / np.float32(len(y)) + np.float32(2 * reg) * W


@alternative("svm_loss_vectorized")
def svm_loss_vectorized_matrices(W, X, y, reg):
    """`np.matrix`, whose products are matrix products; matrices are returned."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        W, X = np.matrix(W, dtype=float), np.matrix(X, dtype=float)
        rows = np.arange(len(y))
        scores = X * W
        margins = np.maximum(0, scores - scores[rows, y].T + 1)
        margins[rows, y] = 0
        dscores = np.matrix(np.where(margins > 0, 1.0, 0.0))
        dscores[rows, y] = -dscores.sum(axis=1).T
        loss = margins.sum(axis=1).mean(axis=0) + reg * np.multiply(W, W).sum()
        return loss, X.T * dscores / len(y) + 2 * reg * W


@alternative("svm_loss_vectorized")
def svm_loss_vectorized_helper(W, X, y, reg, delta=1.0, **options):
    """A nested helper, further keyword arguments, the transposed product, and a list returned."""

    def others(a):
        return np.where(np.arange(a.shape[1]) == y[:, None], 0.0, a)

    scores = X.dot(W)
    margins = others(np.clip(scores - np.choose(y, scores.T)[:, None] + delta, 0, None))
    signs = np.sign(margins)
    signs[np.arange(len(y)), y] = -np.count_nonzero(margins, axis=1)
    return [margins.sum(axis=1).mean() + reg * np.vdot(W, W), np.dot(signs.T, X).T / len(y) + 2 * reg * W]


# softmax_loss_naive


@alternative("softmax_loss_naive")
def softmax_loss_naive_row_by_row(W, X, y, reg):
    """One loop over the examples, with log-sum-exp and an outer product; a numpy scalar is returned."""
    dW, loss = 2 * reg * W, reg * np.sum(W**2)
    for x, label in zip(X, y, strict=True):
        s = x @ W
        top = s.max()
        log_sum = top + np.log(np.exp(s - top).sum())
        loss += (log_sum - s[label]) / len(X)
        p = np.exp(s - log_sum)
        p[label] -= 1
        dW = dW + np.outer(x, p) / len(X)
    return loss, dW


@alternative("softmax_loss_naive")
def softmax_loss_naive_all_in_python(W, X, y, reg):
    """Loops over everything, in Python floats and lists, with the module `math`; lists are returned."""
    import math

    N, D, C = len(X), len(W), len(W[0])
    weights = W.tolist()
    loss = reg * sum(w * w for row in weights for w in row)
    dW = [[2 * reg * w for w in row] for row in weights]
    for x, label in zip(X.tolist(), y.tolist(), strict=True):
        scores = [sum(x[d] * weights[d][j] for d in range(D)) for j in range(C)]
        powers = [math.exp(score - max(scores)) for score in scores]
        loss -= math.log(powers[label] / sum(powers)) / N
        for j in range(C):
            slope = powers[j] / sum(powers) - (1 if j == label else 0)
            for d in range(D):
                dW[d][j] += slope * x[d] / N
    return [loss, dW]


@alternative("softmax_loss_naive")
def softmax_loss_naive_single_precision(W, X, y, reg):
    """Float32 inside; the loss is an array of shape (1,); prints."""
    W, X = W.astype("float32"), X.astype("float32")
    loss, dW = np.zeros(1, "float32"), np.zeros(W.shape, "float32")
    for i in range(len(y)):
        scores = X[i] @ W
        scores -= scores.max()
        powers = np.exp(scores)
        loss += np.log(powers.sum()) - scores[y[i]]
        for j in range(W.shape[1]):
            dW[:, j] += powers[j] / powers.sum() * X[i]
        dW[:, y[i]] -= X[i]
    print("mean:", loss / len(y))
    return loss / np.float32(len(y)) + np.float32(reg) * (W * W).sum(), dW / np.float32(len(y)) + np.float32(
        2 * reg
    ) * W


@alternative("softmax_loss_naive")
def softmax_loss_naive_differences_to_the_correct_score(W, X, y, reg, verbose=False):
    """log1p of the sum of exponentials of differences to the correct score, as far as they do not overflow."""
    N, C = X.shape[0], W.shape[1]
    losses, dW = [], np.zeros((W.shape[0], C))
    for i in range(N):
        leads = X[i].dot(W) - X[i].dot(W)[y[i]]
        rest = sum(np.exp(leads[j]) for j in range(C) if j != y[i])
        losses.append(np.log1p(rest))
        for j in range(C):
            if j != y[i]:
                dW[:, j] += X[i] * np.exp(leads[j]) / (1 + rest)
        dW[:, y[i]] -= X[i] * rest / (1 + rest)
    return np.mean(losses) + reg * np.sum(W * W), dW / N + 2 * reg * W


# softmax_loss_vectorized


@alternative("softmax_loss_vectorized")
def softmax_loss_vectorized_one_hot(W, X, y, reg):
    """One-hot labels and `einsum`, with log-sum-exp by numpy's own logaddexp."""
    N, C = X.shape[0], W.shape[1]
    one_hot = np.eye(C)[y]
    scores = np.einsum("nd,dc->nc", X, W)
    log_p = scores - np.logaddexp.reduce(scores, axis=1)[:, None]
    loss = -np.einsum("nc,nc->", log_p, one_hot) / N + reg * np.einsum("dc,dc->", W, W)
    return loss, np.einsum("nd,nc->dc", X, np.exp(log_p) - one_hot) / N + 2 * reg * W


@alternative("softmax_loss_vectorized")
def softmax_loss_vectorized_single_precision(W, X, y, reg):
    """Float32 inside; the loss is an array of shape (1,)."""
    W, X = np.float32(W), np.float32(X)
    rows = np.arange(len(y))
    scores = X @ W
    scores -= scores.max(axis=1, keepdims=True)
    powers = np.exp(scores)
    sums = powers.sum(axis=1, keepdims=True)
    loss = (np.log(sums[:, 0]) - scores[rows, y]).mean(keepdims=True) + np.float32(reg) * np.square(W).sum()
    powers /= sums
    powers[rows, y] -= np.float32(1)
    return loss, X.T @ powers / np.float32(len(y)) + np.float32(2 * reg) * W


@alternative("softmax_loss_vectorized")
def softmax_loss_vectorized_matrices(W, X, y, reg):
    """`np.matrix`, whose products are matrix products; matrices are returned."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        W, X = np.matrix(W, dtype=float), np.matrix(X, dtype=float)
        rows = np.arange(len(y))
        scores = X * W
        powers = np.exp(scores - scores.max(axis=1))
        p = powers / powers.sum(axis=1)
        loss = -np.log(p[rows, y]).mean(axis=1) + reg * np.multiply(W, W).sum()
        p[rows, y] -= 1
        return loss, X.T * p / len(y) + 2 * reg * W


@alternative("softmax_loss_vectorized")
def softmax_loss_vectorized_transposed(W, X, y, reg, **options):
    """Classes along the first axis, work in place on copies, a nested helper, a print, and a list returned."""

    def normalised(S):
        S = S - S.max(axis=0)
        np.exp(S, out=S)
        S /= S.sum(axis=0)
        return S

    P = normalised(W.T.astype(float) @ X.T)
    picked = P[y, np.arange(y.size)]
    P[y, np.arange(y.size)] = picked - 1
    print("probabilities of the correct classes:", picked)
    dW = (P @ X).T / y.size
    dW += 2 * reg * W
    return [np.mean(-np.log(picked)) + reg * np.power(W, 2).sum(), dW]


@alternative("softmax_loss_vectorized")
def softmax_loss_vectorized_shift_by_the_correct_score(W, X, y, reg):
    """The correct score is subtracted in place of the largest: exact as long as no lead is beyond 700."""
    scores = X.dot(W)
    powers = np.exp(scores - np.take_along_axis(scores, y[:, None], axis=1))
    sums = powers.sum(axis=1)
    dscores = powers / sums[:, None]
    np.add.at(dscores, (np.arange(len(y)), y), -1.0)
    return np.log(sums).mean() + reg * np.linalg.norm(W) ** 2, X.T.dot(dscores) / len(y) + 2 * reg * W


# fix_dscore


@alternative("fix_dscore")
def fix_dscore_integers(W, X, y, reg):
    """Whole numbers in place of floats."""
    N = len(X)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[np.arange(N), y].reshape(-1, 1) + 1)
    margins[np.arange(N), y] = 0
    dscores = (margins > 0).astype(int)
    dscores[np.arange(N), y] = -np.sum(dscores, axis=1)
    return np.sum(margins) / N + reg * np.sum(W * W), X.T.dot(dscores) / N + 2 * reg * W


@alternative("fix_dscore")
def fix_dscore_margins_overwritten(W, X, y, reg):
    """Writes ones into the margins themselves, after the loss was taken."""
    N = len(X)
    scores = X.dot(W)
    margins = np.maximum(0, scores - scores[np.arange(N), y].reshape(-1, 1) + 1)
    margins[np.arange(N), y] = 0
    loss = np.sum(margins) / N + reg * np.sum(W * W)
    margins[margins > 0] = 1
    margins[np.arange(N), y] = -np.sum(margins, axis=1)
    return loss, X.T.dot(margins) / N + 2 * reg * W


@alternative("fix_dscore")
def fix_dscore_loops(W, X, y, reg):
    """Two loops, with `>=` for `>`; a list is returned."""
    loss, dW = reg * np.sum(W * W), 2 * reg * W
    for i, label in enumerate(y):
        scores = X[i].dot(W)
        for j in range(W.shape[1]):
            margin = scores[j] - scores[label] + 1
            if j != label and margin >= 0:
                loss = loss + margin / len(y)
                dW[:, j] += X[i] / len(y)
                dW[:, label] -= X[i] / len(y)
    return [loss, dW]


@alternative("fix_dscore")
def fix_dscore_single_precision(W, X, y, reg):
    """A float32 array in place of the boolean one, made by `np.where`; the loss is of shape (1,)."""
    rows = np.arange(len(X))
    scores = np.float32(X).dot(np.float32(W))
    margins = np.maximum(0, scores - scores[rows, y, None] + np.float32(1))
    margins[rows, y] = 0
    dscores = np.where(margins > 0, np.float32(1), np.float32(0))
    dscores[rows, y] -= dscores.sum(axis=1)
    dW = np.float32(X).T.dot(dscores) / np.float32(len(X)) + np.float32(2 * reg) * np.float32(W)
    return np.array([margins.sum() / np.float32(len(X)) + np.float32(reg) * np.sum(np.float32(W) ** 2)]), dW


@alternative("fix_dscore")
def fix_dscore_uses_an_earlier_part(W, X, y, reg):
    """Calls `svm_loss_vectorized` of an earlier part."""
    return svm_loss_vectorized(W, X, y, reg)  # noqa: F821


# quadratic


@alternative("quadratic")
def quadratic_hessian():
    """The gradient by the Hessian, the point by its inverse, the kind by its eigenvalues."""
    H, b = np.array([[10, 7], [7, 4]]), np.array([10, 1])

    def quadratic_gradient(x):
        return H @ x + b

    def stationary_point():
        return -np.linalg.inv(H) @ b

    signs = np.sign(np.linalg.eigvalsh(H))
    stationary_kind = "minimum" if (signs > 0).all() else "maximum" if (signs < 0).all() else "saddle"


@alternative("quadratic")
def quadratic_lists():
    """Lists and tuples of Python floats, by hand; the kind in capitals."""

    def quadratic_gradient(x, verbose=False):
        x0, x1 = float(x[0]), float(x[1])
        return [2 * 5 * x0 + 7 * x1 + 10, 7 * x0 + 2 * 2 * x1 + 1]

    def stationary_point():
        return (11 / 3, -20 / 3)

    stationary_kind = "Saddle point"


@alternative("quadratic")
def quadratic_numerical():
    """Centred differences of the given function, exact for a quadratic one; a rounded point."""

    def quadratic_gradient(x):
        x = np.asarray(x, dtype=float)
        steps = np.eye(2) / 2
        return np.array([quadratic_value(x + step) - quadratic_value(x - step) for step in steps])  # noqa: F821

    def stationary_point():
        return np.array([3.6667, -6.6667])

    stationary_kind = "a saddle"


@alternative("quadratic")
def quadratic_newton():
    """One Newton step from the origin; single precision."""

    def quadratic_gradient(x):
        return np.float32([10 * x[0] + 7 * x[1] + 10, 7 * x[0] + 4 * x[1] + 1])

    def stationary_point():
        H = np.column_stack([quadratic_gradient(e) - quadratic_gradient(np.zeros(2)) for e in np.eye(2)])
        return np.float32(np.linalg.lstsq(H, -quadratic_gradient(np.zeros(2)), rcond=None)[0])

    stationary_kind = " saddle "


# gradient_answers


@alternative("gradient_answers")
def gradient_answers_computed():
    """Answers that the student let the computer find."""
    table_slope = (1.25322 - 1.25347) / 0.0001
    evaluations = np.zeros((3073, 10)).size + 1
    error_ratio_centered = (1e-2 / 1e-3) ** 2
    smallest_h_is_best = np.finfo(float).eps > 1e-8


@alternative("gradient_answers")
def gradient_answers_words():
    """Answers as texts."""
    table_slope = "-2.5"
    evaluations = "30,731"
    error_ratio_centered = "100"
    smallest_h_is_best = "no"


@alternative("gradient_answers")
def gradient_answers_numpy_scalars():
    """Answers that are numpy scalars and arrays of one element."""
    table_slope = np.float32(-2.5)
    evaluations = np.int64(30731)
    error_ratio_centered = np.array([100.0])
    smallest_h_is_best = np.False_


@alternative("gradient_answers")
def gradient_answers_floats():
    """Whole numbers as floats, and a rounded slope."""
    table_slope = round((1.25322 - 1.25347) / 1e-4, 3)
    evaluations = 30731.0
    error_ratio_centered = 1e2
    smallest_h_is_best = not True
