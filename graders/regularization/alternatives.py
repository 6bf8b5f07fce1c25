"""Right versions by other ways than the reference's: none may lose a point."""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints.

from __future__ import annotations

import numpy as np

from lossmark import alternative

# l2_penalty


@alternative("l2_penalty")
def l2_penalty_loop(W):
    """A loop over all weights."""
    total = 0
    for w in np.nditer(W):
        total += float(w) ** 2
    return total


@alternative("l2_penalty")
def l2_penalty_square_of_norm(W):
    """The square of the Frobenius norm; a numpy scalar is returned."""
    return np.linalg.norm(W) ** 2


@alternative("l2_penalty")
def l2_penalty_vector_product(W):
    """`np.vdot`, which flattens its arguments."""
    return np.vdot(W, W)


@alternative("l2_penalty")
def l2_penalty_single_precision(W):
    """Float32 inside; an array of shape (1,) is returned."""
    w = W.astype(np.float32).ravel()
    return np.array([np.einsum("i,i->", w, w)])


@alternative("l2_penalty")
def l2_penalty_matrix(W):
    """`np.matrix`; a matrix of one element is returned."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        w = np.matrix(W.reshape(1, -1))
        return w * w.T


@alternative("l2_penalty")
def l2_penalty_in_place_on_a_copy(W, verbose=True, **options):
    """Works in place, on a copy; prints, and takes further keyword arguments."""
    squares = W.copy()
    squares *= squares
    if verbose:
        print("squares:", squares)
    return squares.sum().item()


# l1_penalty


@alternative("l1_penalty")
def l1_penalty_loop(W):
    """A loop over all weights, with `if`."""
    total = 0.0
    for w in W.ravel():
        total += w if w >= 0 else -w
    return total


@alternative("l1_penalty")
def l1_penalty_times_sign(W):
    """Each weight times its sign, by the scalar product."""
    return np.vdot(W, np.sign(W))


@alternative("l1_penalty")
def l1_penalty_two_sums(W):
    """The sum of the positive weights less the sum of the negative ones."""
    return W[W > 0].sum() - W[W < 0].sum()


@alternative("l1_penalty")
def l1_penalty_norm_of_vector(W):
    """The 1-norm of the flattened array."""
    return np.linalg.norm(W.reshape(-1), ord=1)


@alternative("l1_penalty")
def l1_penalty_single_precision(W):
    """Float32 inside, roots of squares; an array of shape (1,) is returned."""
    return np.sqrt(np.float32(W) ** 2).reshape(1, -1).sum(axis=1)


@alternative("l1_penalty")
def l1_penalty_in_place_on_a_copy(W, verbose=False):
    """Works in place, on a copy; warns."""
    import warnings

    W = np.array(W, dtype=float)
    np.abs(W, out=W)
    warnings.warn("about to add up", UserWarning, stacklevel=2)
    return sum(W.flatten().tolist())


# elastic_net_penalty


@alternative("elastic_net_penalty")
def elastic_net_penalty_own_functions(W, beta):
    """Calls the two functions written before."""
    return beta * l2_penalty(W) + l1_penalty(W)  # noqa: F821 - of the notebook


@alternative("elastic_net_penalty")
def elastic_net_penalty_loop(W, beta=0.5):
    """A loop over all weights; beta has a default."""
    total = 0.0
    for w in W.flat:
        total = total + beta * w**2 + abs(w)
    return total


@alternative("elastic_net_penalty")
def elastic_net_penalty_factored(W, beta):
    """The absolute value is factored out."""
    size = np.abs(W)
    return np.sum(size * (beta * size + 1))


@alternative("elastic_net_penalty")
def elastic_net_penalty_norms(W, beta):
    """Norms of the flattened array."""
    w = W.flatten()
    return beta * np.linalg.norm(w) ** 2 + np.linalg.norm(w, 1)


@alternative("elastic_net_penalty")
def elastic_net_penalty_single_precision(W, beta):
    """Float32 inside; an array of shape (1,) is returned."""
    w = W.astype(np.float32)
    return np.array([np.float32(beta) * (w * w).sum() + np.abs(w).sum()])


@alternative("elastic_net_penalty")
def elastic_net_penalty_nested_helper(W, beta, verbose=True):
    """A nested helper and `np.vectorize`; prints."""

    def price(w):
        return beta * w * w + (w if w > 0 else -w)

    prices = np.vectorize(price, otypes=[float])(W)
    if verbose:
        print(prices)
    return prices.sum()


# l2_gradient


@alternative("l2_gradient")
def l2_gradient_loop(W):
    """A loop over all indices."""
    gradient = np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        gradient[index] = 2 * W[index]
    return gradient


@alternative("l2_gradient")
def l2_gradient_sum_of_two(W):
    """By the product rule: W + W."""
    return W + W


@alternative("l2_gradient")
def l2_gradient_single_precision(W):
    """Float32 inside."""
    return np.float32(2) * W.astype(np.float32)


@alternative("l2_gradient")
def l2_gradient_in_place_on_a_copy(W, verbose=True):
    """Works in place, on a copy; prints."""
    dW = np.array(W, dtype=float)
    dW *= 2
    print("gradient:", dW)
    return dW


@alternative("l2_gradient")
def l2_gradient_nested_lists(W):
    """Nested lists are returned."""
    return np.multiply(W, 2.0).tolist()


@alternative("l2_gradient")
def l2_gradient_numerical(W):
    """Centred differences of the penalty, which are exact for squares but for rounding."""
    W = W.astype(float)
    gradient = np.zeros(W.shape)
    for index in np.ndindex(W.shape):
        forward, backward = W.copy(), W.copy()
        forward[index] += 1e-3
        backward[index] -= 1e-3
        gradient[index] = (np.sum(forward**2) - np.sum(backward**2)) / 2e-3
    return gradient


# l1_subgradient


@alternative("l1_subgradient")
def l1_subgradient_loop(W):
    """A loop with `if`; 0 at 0."""
    gradient = np.zeros(W.shape)
    for index, w in np.ndenumerate(W):
        if w > 0:
            gradient[index] = 1
        elif w < 0:
            gradient[index] = -1
    return gradient


@alternative("l1_subgradient")
def l1_subgradient_1_at_0(W):
    """`>=`: 1 where a weight is 0."""
    return np.where(W >= 0, 1.0, -1.0)


@alternative("l1_subgradient")
def l1_subgradient_minus_1_at_0(W):
    """Twice a boolean array less 1: -1 where a weight is 0; whole numbers are returned."""
    return 2 * (W > 0).astype(int) - 1


@alternative("l1_subgradient")
def l1_subgradient_half_at_0(W):
    """Something in between where a weight is 0, in float32."""
    return np.heaviside(W, 0.75).astype(np.float32) - np.heaviside(-W, 0.25).astype(np.float32)


@alternative("l1_subgradient")
def l1_subgradient_safe_division(W):
    """W divided by its absolute value, but not where that is 0."""
    size = np.abs(W)
    return np.divide(W, size, out=np.zeros(W.shape), where=size != 0)


@alternative("l1_subgradient")
def l1_subgradient_in_place_on_a_copy(W, verbose=True):
    """Works in place, on a copy; prints."""
    dW = W.copy()
    dW[W > 0] = 1
    dW[W < 0] = -1
    if verbose:
        print(dW)
    return dW


# elastic_net_gradient


@alternative("elastic_net_gradient")
def elastic_net_gradient_own_functions(W, beta):
    """Calls the two functions written before."""
    return beta * l2_gradient(W) + l1_subgradient(W)  # noqa: F821 - of the notebook


@alternative("elastic_net_gradient")
def elastic_net_gradient_loop(W, beta=1.0, **options):
    """A loop with `if`; -1 at 0; further keyword arguments."""
    gradient = np.empty(W.shape)
    for index in np.ndindex(*W.shape):
        gradient[index] = 2 * beta * W[index] + (1 if W[index] > 0 else -1)
    return gradient


@alternative("elastic_net_gradient")
def elastic_net_gradient_1_at_0(W, beta):
    """`>=`: 1 where a weight is 0."""
    return beta * (W + W) + np.where(W >= 0, 1, -1)


@alternative("elastic_net_gradient")
def elastic_net_gradient_single_precision(W, beta):
    """Float32 inside; half of 1 at 0."""
    w = W.astype(np.float32)
    return np.float32(2 * beta) * w + np.heaviside(w, np.float32(0.75)) - np.heaviside(-w, np.float32(0.25))


@alternative("elastic_net_gradient")
def elastic_net_gradient_in_place_on_a_copy(W, beta):
    """Works in place, on a copy; prints."""
    dW = np.array(W, dtype=np.float64)
    signs = np.sign(dW)
    dW *= 2 * beta
    dW += signs
    print(dW.shape)
    return dW


@alternative("elastic_net_gradient")
def elastic_net_gradient_factored(W, beta):
    """The sign is factored out."""
    return np.sign(W) * (1 + 2 * beta * np.abs(W))


# full_loss


@alternative("full_loss")
def full_loss_loops(W, X, y, reg):
    """Loops over examples, classes and weights, with `>=` for `>`."""
    loss = 0.0
    for i in range(X.shape[0]):
        scores = X[i].dot(W)
        for j in range(W.shape[1]):
            margin = scores[j] - scores[y[i]] + 1
            if j != y[i] and margin >= 0:
                loss += margin
    loss /= X.shape[0]
    for row in W:
        for w in row:
            loss += reg * w * w
    return loss


@alternative("full_loss")
def full_loss_own_penalty(W, X, y, reg):
    """Calls the penalty written before; all classes are added, and 1 is taken off for the correct one."""
    scores = X @ W
    correct = np.take_along_axis(scores, y.reshape(-1, 1), axis=1)
    return np.maximum(scores - correct + 1, 0).sum(axis=1).mean() - 1 + reg * l2_penalty(W)  # noqa: F821


@alternative("full_loss")
def full_loss_one_hot(W, X, y, reg):
    """One-hot labels and `einsum`."""
    scores = np.einsum("nd,dc->nc", X, W)
    one_hot = np.eye(W.shape[1])[y]
    margins = scores - np.einsum("nc,nc->n", scores, one_hot)[:, None] + 1
    return np.einsum("nc,nc->", margins.clip(0), 1 - one_hot) / len(X) + reg * np.einsum("dc,dc->", W, W)


@alternative("full_loss")
def full_loss_single_precision(W, X, y, reg):
    """Float32 inside; an array of shape (1,) is returned."""
    w, x = W.astype(np.float32), X.astype(np.float32)
    scores = x @ w
    margins = scores - scores[np.arange(len(y)), y, None] + np.float32(1)
    margins[margins < 0] = 0
    margins[np.arange(len(y)), y] = 0
    return np.array([margins.sum() / np.float32(len(y)) + np.float32(reg) * (w * w).sum()])


@alternative("full_loss")
def full_loss_matrices(W, X, y, reg):
    """`np.matrix` and its product; a matrix of one element is returned."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        S = np.matrix(X) * np.matrix(W)
        margins = np.maximum(0, S - S[np.arange(len(y)), y].T + 1)
        margins[np.arange(len(y)), y] = 0
        return margins.sum(axis=1).mean(axis=0) + reg * np.trace(W.T @ W)


@alternative("full_loss")
def full_loss_delta_and_prints(W, X, y, reg, delta=1.0, verbose=True):
    """A further keyword argument, a nested helper for one example, and prints."""

    def hinge(x, label):
        scores = x @ W
        return np.maximum(0, np.delete(scores, label) - scores[label] + delta).sum()

    data_loss = np.mean([hinge(x, label) for x, label in zip(X, y, strict=True)])
    penalty = np.linalg.norm(W) ** 2
    if verbose:
        print(f"{data_loss} + {reg} * {penalty}")
    return data_loss + reg * penalty


@alternative("full_loss")
def full_loss_in_place_on_copies(W, X, y, reg):
    """Works in place, on copies: a bias row is set apart and added again."""
    w = W.copy()
    last = w[-1].copy()
    w[-1] = 0
    margins = X[:, :-1] @ W[:-1]
    margins += np.outer(X[:, -1], last)
    margins -= margins[range(len(y)), y].reshape(-1, 1).copy()
    margins += 1
    margins *= margins > 0
    margins[range(len(y)), y] = 0
    return (margins.sum() + len(y) * reg * (w**2).sum() + len(y) * reg * last @ last) / len(y)


# ridge_polyfit


@alternative("ridge_polyfit")
def ridge_polyfit_rows_divided(x, t, degree, reg):
    """Least squares with both sides divided by the root of N, and the powers made in a loop."""
    N = len(x)
    V = np.ones((N, degree + 1))
    for k in range(1, degree + 1):
        V[:, k] = V[:, k - 1] * x
    A = np.concatenate([V / N**0.5, reg**0.5 * np.identity(degree + 1)])
    b = np.append(t / N**0.5, np.zeros(degree + 1))
    return np.linalg.lstsq(A, b, rcond=None)[0]


@alternative("ridge_polyfit")
def ridge_polyfit_rows_multiplied(x, t, degree, reg):
    """Least squares with the root of N times reg in the added rows; float32 would not do at degree 12."""
    V = x[:, None] ** np.arange(degree + 1.0)
    A = np.r_[V, np.sqrt(reg * x.size) * np.eye(degree + 1)]
    solution, *_ = np.linalg.lstsq(A, np.r_[t, np.zeros(degree + 1)], rcond=None)
    return solution


@alternative("ridge_polyfit")
def ridge_polyfit_qr(x, t, degree, reg):
    """QR of the matrix with added rows."""
    V = np.vander(x, degree + 1, increasing=True)
    Q, R = np.linalg.qr(np.vstack([V, np.sqrt(len(x) * reg) * np.eye(degree + 1)]))
    return np.linalg.solve(R, Q[: len(x)].T @ t)


@alternative("ridge_polyfit")
def ridge_polyfit_singular_values(x, t, degree, reg):
    """Singular values of V, each damped by the penalty; those that are rounding error are left out."""
    V = np.polynomial.polynomial.polyvander(x, degree)
    U, s, Wt = np.linalg.svd(V / np.sqrt(len(x)), full_matrices=False)
    kept = s > s[0] * 1e-15
    damped = s[kept] / (s[kept] ** 2 + reg)
    return Wt[kept].T @ (damped * (U[:, kept].T @ (t / np.sqrt(len(x)))))


@alternative("ridge_polyfit")
def ridge_polyfit_pseudo_inverse(x, t, degree, reg):
    """The pseudo-inverse of the matrix with added rows."""
    N = len(x)
    A = np.vstack([np.vander(x, degree + 1)[:, ::-1], np.sqrt(N * reg) * np.eye(degree + 1)])
    return np.linalg.pinv(A) @ np.hstack([t, np.zeros(degree + 1)])


@alternative("ridge_polyfit")
def ridge_polyfit_two_cases(x, t, degree, reg):
    """The normal equations with a penalty, `np.polyfit` without one."""
    if reg == 0:
        return np.polyfit(x, t, degree)[::-1]
    V = np.vander(x, degree + 1, increasing=True)
    return np.linalg.solve(V.T @ V / len(x) + reg * np.eye(degree + 1), V.T @ t / len(x))


@alternative("ridge_polyfit")
def ridge_polyfit_inverse_with_penalty(x, t, degree, reg, verbose=True):
    """The inverse where there is a penalty, least squares where there is none; prints."""
    V = np.vander(x, N=degree + 1, increasing=True).astype(float)
    if reg > 0:
        w = np.linalg.inv(V.T.dot(V) + len(x) * reg * np.eye(degree + 1)).dot(V.T).dot(t)
    else:
        w = np.linalg.lstsq(V, t, rcond=None)[0]
    if verbose:
        print("w =", w)
    return w


@alternative("ridge_polyfit")
def ridge_polyfit_polynomial_class(x, t, degree, reg):
    """`numpy.polynomial` without a penalty, `np.matrix` with one."""
    import warnings

    if reg == 0:
        return np.polynomial.Polynomial.fit(x, t, degree).convert().coef
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        V = np.matrix(np.vander(x, degree + 1, increasing=True))
        w = (V.T * V + reg * len(x) * np.matrix(np.eye(degree + 1))).I * V.T * np.matrix(t).T
    return np.asarray(w).ravel()


# lasso_ista


@alternative("lasso_ista")
def lasso_ista_nested_helpers(X, t, reg, num_iters):
    """Nested helpers; the soft threshold as a difference of two maxima; L from the singular values."""

    def gradient(w):
        return 2 / len(t) * X.T.dot(X.dot(w) - t)

    def soft(z, threshold):
        return np.maximum(z - threshold, 0) - np.maximum(-z - threshold, 0)

    step = len(t) / (2 * np.linalg.norm(X, 2) ** 2)
    w = np.zeros(X.shape[1])
    for _ in range(num_iters):
        w = soft(w - step * gradient(w), step * reg)
    return w


@alternative("lasso_ista")
def lasso_ista_accelerated(X, t, reg, num_iters):
    """FISTA: with momentum."""
    N, D = X.shape
    A, b = X.T @ X / N, X.T @ t / N
    L = 2 * np.max(np.linalg.eigvalsh(A))
    w, v, speed = np.zeros(D), np.zeros(D), 1.0
    for _ in range(num_iters):
        z = v - 2 * (A @ v - b) / L
        new = np.sign(z) * np.maximum(np.abs(z) - reg / L, 0)
        faster = (1 + np.sqrt(1 + 4 * speed**2)) / 2
        v = new + (speed - 1) / faster * (new - w)
        w, speed = new, faster
    return w


@alternative("lasso_ista")
def lasso_ista_coordinate_descent(X, t, reg, num_iters):
    """Coordinate descent: one weight at a time, to its own minimum."""
    N, D = X.shape
    A, b = 2 * X.T @ X / N, 2 * X.T @ t / N
    w = np.zeros(D)
    for _ in range(num_iters):
        before = w.copy()
        for j in range(D):
            z = b[j] - A[j] @ w + A[j, j] * w[j]
            w[j] = np.sign(z) * max(abs(z) - reg, 0) / A[j, j]
        if np.array_equal(w, before):
            break
    return w


@alternative("lasso_ista")
def lasso_ista_backtracking(X, t, reg, num_iters):
    """The step is found by backtracking; starts at ones, and prints."""
    w = np.ones(X.shape[1])
    step = 1.0
    for _ in range(num_iters):
        r = X @ w - t
        gradient = 2 * X.T @ r / len(t)
        while True:
            z = w - step * gradient
            new = np.sign(z) * np.maximum(np.abs(z) - step * reg, 0)
            move = new - w
            if np.mean((X @ move) ** 2) <= move @ move / (2 * step) * (1 + 1e-12):
                break
            step /= 2
        w = new
    print("step:", step)
    return w


@alternative("lasso_ista")
def lasso_ista_shorter_steps(X, t, reg, num_iters):
    """An upper bound for L, the trace, makes shorter steps to the same minimum."""
    N, D = X.shape
    L = 2 * np.trace(X.T @ X) / N
    w = np.zeros(D)
    for _ in range(num_iters):
        z = w - (2 / N) * (X.T @ (X @ w - t)) / L
        w = np.where(np.abs(z) > reg / L, z - np.sign(z) * reg / L, 0.0)
    return w


@alternative("lasso_ista")
def lasso_ista_single_precision(X, t, reg, num_iters):
    """Float32 inside."""
    X, t = X.astype(np.float32), t.astype(np.float32)
    N, D = X.shape
    L = np.float32(2) * np.linalg.eigvalsh(X.T @ X / np.float32(N)).max()
    w = np.zeros(D, dtype=np.float32)
    for _ in range(num_iters):
        z = w - np.float32(2 / N) * (X.T @ (X @ w - t)) / L
        w = np.sign(z) * np.maximum(np.abs(z) - np.float32(reg) / L, np.float32(0))
    return w


@alternative("lasso_ista")
def lasso_ista_sum_of_squares(X, t, reg, num_iters, verbose=False):
    """The sum of squares with N times reg; in place, on copies; a further keyword argument."""
    N = len(t)
    L = 2 * np.linalg.eigvalsh(X.T @ X).max()
    w = np.zeros(X.shape[1])
    for _ in range(num_iters):
        w -= 2 * X.T @ (X @ w - t) / L
        w[np.abs(w) <= N * reg / L] = 0
        w[w > 0] -= N * reg / L
        w[w < 0] += N * reg / L
    return w


# reg_answers


@alternative("reg_answers")
def reg_answers_computed():
    """Answers that the student let the computer find."""
    w1, w2 = np.array([1.0, 0, 0, 0]), np.full(4, 0.25)
    l1_of_w1, l1_of_w2 = np.abs(w1).sum(), np.abs(w2).sum()
    l2_of_w1, l2_of_w2 = np.sum(w1**2, keepdims=True), w2 @ w2


@alternative("reg_answers")
def reg_answers_capital_letters():
    """Letters with a bracket, words in capitals."""
    preferred_by_l2 = "W2"
    preferred_by_l1 = "Neither."
    training_error_as_reg_grows = "A"
    validation_error_as_reg_grows = "c)"


@alternative("reg_answers")
def reg_answers_floats():
    """Floating point numbers, and a fraction."""
    l1_of_w1 = 1.0
    l1_of_w2 = 4 * 0.25
    l2_of_w1 = 1.0
    l2_of_w2 = 1 / 4


@alternative("reg_answers")
def reg_answers_texts():
    """Numbers as texts, letters in brackets."""
    l1_of_w1 = "1"
    l1_of_w2 = "1.0"
    l2_of_w1 = " 1"
    l2_of_w2 = "0.25"
    training_error_as_reg_grows = "(a)"
    validation_error_as_reg_grows = "'c'"
