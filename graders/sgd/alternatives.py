"""Right versions by other ways than the reference's: none may lose a point."""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints, numpy's
# global generator where there is no other. The classes are those of the notebook.
# ruff: noqa: F821, NPY002

from __future__ import annotations

import numpy as np

from lossmark import alternative

# random_search


@alternative("random_search")
def random_search_all_drawn_first(loss, shape, num_tries, scale, rng):
    """All tries are drawn at once, and the best is found with `argmin`."""
    tries = rng.normal(0.0, scale, size=(num_tries, *shape))
    losses = [loss(W) for W in tries]
    best = int(np.argmin(losses))
    return tries[best], losses[best]


@alternative("random_search")
def random_search_global_generator(loss, shape, num_tries, scale, rng):
    """Numpy's global generator, another comparison, and a list is returned."""
    best = [np.random.randn(*shape) * scale]
    best.append(loss(best[0]))
    for _ in range(num_tries - 1):
        W = np.random.randn(*shape) * scale
        if loss(W) <= best[1]:
            best = [W, loss(W)]
    return best


@alternative("random_search")
def random_search_single_precision(loss, shape, num_tries, scale, rng):
    """Float32 inside; an array of shape (1,) for the loss."""
    best_W, best_loss = None, np.array([np.inf], dtype=np.float32)
    for _ in range(num_tries):
        W = rng.standard_normal(shape, dtype=np.float32) * np.float32(scale)
        value = np.array([loss(W)], dtype=np.float32)
        if value[0] < best_loss[0]:
            best_W, best_loss = W, value
    return best_W, best_loss


@alternative("random_search")
def random_search_talkative(loss, shape, num_tries, scale, rng, verbose=True, **options):
    """Prints, has further keyword arguments, and compares with `min` and a key."""

    def tries():
        for i in range(num_tries):
            W = scale * rng.standard_normal(shape)
            value = loss(W)
            if verbose:
                print("try", i, "loss", value)
            yield value, i, W

    value, _, W = min(tries())
    return W, value


@alternative("random_search")
def random_search_buffer_and_copy(loss, shape, num_tries, scale, rng):
    """Writes each try into one array, number by number, and keeps a copy of the best."""
    W = np.zeros(shape)
    best_loss = float("inf")
    for _ in range(num_tries):
        for index in np.ndindex(*shape):
            W[index] = rng.normal() * scale
        value = loss(W)
        if value < best_loss:
            best_W, best_loss = W.copy(), value
    return best_W, best_loss


# random_local_search


@alternative("random_local_search")
def random_local_search_or_equal(loss, W, step_size, num_tries, rng):
    """Numpy's global generator, `<=` for `<`, and the losses are computed again where they are needed."""
    best = np.array(W, dtype=float)
    for _ in range(num_tries):
        candidate = best + np.random.normal(scale=step_size, size=best.shape)
        if loss(candidate) <= loss(best):
            best = candidate
    return best, loss(best)


@alternative("random_local_search")
def random_local_search_in_place_on_a_copy(loss, W, step_size, num_tries, rng):
    """Writes into a copy of the start, number by number."""
    W = W.copy()
    best = loss(W)
    for _ in range(num_tries):
        candidate = W.copy()
        candidate += step_size * rng.standard_normal(W.shape)
        value = loss(candidate)
        if value < best:
            W[...] = candidate
            best = value
    return [W, best]


@alternative("random_local_search")
def random_local_search_single_precision(loss, W, step_size, num_tries, rng):
    """Float32 inside."""
    best_W = W.astype(np.float32)
    best_loss = np.float32(loss(W))
    for _ in range(num_tries):
        step = rng.standard_normal(W.shape, dtype=np.float32)
        candidate = best_W + np.float32(step_size) * step
        value = np.float32(loss(candidate))
        if value < best_loss:
            best_W, best_loss = candidate, value
    return best_W, best_loss


@alternative("random_local_search")
def random_local_search_steps_drawn_first(loss, W, step_size, num_tries, rng, verbose=True):
    """All steps are drawn at once; prints."""
    best = (loss(W), W)
    for step in step_size * rng.standard_normal((num_tries, *W.shape)):
        candidate = best[1] + step
        best = min(best, (loss(candidate), candidate), key=lambda pair: pair[0])
        if verbose:
            print(best[0])
    return best[1].copy(), best[0]


@alternative("random_local_search")
def random_local_search_matrices(loss, W, step_size, num_tries, rng):
    """`np.matrix`, for arrays of two dimensions, and a `while` loop."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        best_W = np.matrix(W) if W.ndim == 2 else W.copy()
        best_loss = loss(best_W)
        left = num_tries
        while left:
            left -= 1
            candidate = best_W + step_size * rng.standard_normal(best_W.shape)
            value = loss(candidate)
            if value - best_loss < 0:
                best_W, best_loss = candidate, value
        return best_W, best_loss


# gradient_descent


@alternative("gradient_descent")
def gradient_descent_in_place_on_a_copy(loss_and_gradient, W, step_size, num_steps):
    """Works in place on a copy of the start; the history is an array."""
    W = np.array(W, dtype=float)
    history = np.zeros(num_steps)
    for i in range(num_steps):
        history[i], dW = loss_and_gradient(W)
        W -= step_size * dW
    return W, history


@alternative("gradient_descent")
def gradient_descent_asks_twice(loss_and_gradient, W, step_size, num_steps):
    """Asks for the loss and for the gradient apart, and looks at the end as well."""
    history = []
    while len(history) < num_steps:
        history += [loss_and_gradient(W)[0]]
        W = W + -step_size * loss_and_gradient(W)[1]
    print("final loss", loss_and_gradient(W)[0])
    return [W, tuple(history)]


@alternative("gradient_descent")
def gradient_descent_single_precision(loss_and_gradient, W, step_size, num_steps):
    """Float32 inside."""
    W = W.astype(np.float32)
    history = []
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(np.float32(loss))
        W = W - np.float32(step_size) * dW.astype(np.float32)
    return W, history


@alternative("gradient_descent")
def gradient_descent_recursive(loss_and_gradient, W, step_size, num_steps, verbose=False, **options):
    """Calls itself for the other steps; has further keyword arguments."""

    def go_on(W, left):
        if left == 0:
            return W, []
        loss, dW = loss_and_gradient(W)
        end, later = go_on(np.subtract(W, np.multiply(step_size, dW)), left - 1)
        return end, [loss, *later]

    return go_on(W, num_steps)


@alternative("gradient_descent")
def gradient_descent_element_by_element(loss_and_gradient, W, step_size, num_steps):
    """Loops over the numbers in W."""
    history = []
    for _ in range(num_steps):
        loss, dW = loss_and_gradient(W)
        history.append(float(loss))
        after = np.empty_like(W)
        for index in np.ndindex(*W.shape):
            after[index] = W[index] - step_size * dW[index]
        W = after
    return W, history


# sample_minibatch


@alternative("sample_minibatch")
def sample_minibatch_without_replacement(X, y, batch_size, rng):
    """Draws no row twice."""
    rows = rng.choice(X.shape[0], size=batch_size, replace=False)
    return np.take(X, rows, axis=0), np.take(y, rows)


@alternative("sample_minibatch")
def sample_minibatch_permuted(X, y, batch_size, rng):
    """The first of a permutation; a list is returned."""
    rows = rng.permutation(len(y))[:batch_size]
    return [X[rows, :], y[rows]]


@alternative("sample_minibatch")
def sample_minibatch_integers(X, y, batch_size, rng):
    """Integers from numpy's global generator."""
    rows = np.random.randint(0, X.shape[0], batch_size)
    return X[rows], y[rows]


@alternative("sample_minibatch")
def sample_minibatch_loop(X, y, batch_size, rng, replace=True):
    """One row after the other, in lists."""
    X_batch, y_batch = [], []
    while len(y_batch) < batch_size:
        i = int(rng.random() * len(X))
        X_batch.append(X[i])
        y_batch.append(int(y[i]))
    return np.array(X_batch, dtype=np.float32), y_batch


@alternative("sample_minibatch")
def sample_minibatch_standard_library(X, y, batch_size, rng):
    """Python's own `random`, sorted row numbers."""
    import random

    rows = sorted(random.sample(range(len(X)), batch_size))
    return X[rows].copy(), y[rows].copy()


@alternative("sample_minibatch")
def sample_minibatch_shuffled_copies(X, y, batch_size, rng):
    """Puts X and y side by side, and shuffles a copy."""
    both = np.column_stack([X, y])
    rng.shuffle(both)
    return both[:batch_size, :-1], both[:batch_size, -1].astype(int)


@alternative("sample_minibatch")
def sample_minibatch_own_generator(X, y, batch_size, rng):
    """Makes a generator of its own, seeded by the operating system."""
    rows = np.random.default_rng().integers(len(X), size=batch_size)
    return X[rows], y[rows]


# sgd_update


@alternative("sgd_update")
def sgd_update_none_as_state(w, grad, state, learning_rate):
    """Returns None for the state, and a list."""
    return [np.subtract(w, np.multiply(learning_rate, grad)), None]


@alternative("sgd_update")
def sgd_update_in_place_on_a_copy(w, grad, state, learning_rate, **options):
    """Works in place on a copy; prints."""
    w = w.copy()
    w -= learning_rate * grad
    print("w:", w)
    return w, state


@alternative("sgd_update")
def sgd_update_single_precision(w, grad, state, learning_rate):
    """Float32 inside, and a state that counts."""
    step = np.float32(learning_rate) * grad.astype(np.float32)
    return w.astype(np.float32) - step, {"steps": 1 if state is None else state["steps"] + 1}


@alternative("sgd_update")
def sgd_update_element_by_element(w, grad, state, learning_rate):
    """Loops over the numbers."""
    new = np.zeros(w.shape)
    for index, value in np.ndenumerate(w):
        new[index] = value - learning_rate * grad[index]
    return new, state


# momentum_update


@alternative("momentum_update")
def momentum_update_velocity_of_gradients(w, grad, state, learning_rate, mu=0.9):
    """The velocity is kept without the learning rate and with the other sign, as PyTorch does."""
    v = grad if state is None else mu * state + grad
    return w - learning_rate * v, v


@alternative("momentum_update")
def momentum_update_dict_in_place(w, grad, state, learning_rate, mu=0.9):
    """The state is a dict whose velocity is updated in place."""
    if state is None:
        state = {"velocity": np.zeros(w.shape), "steps": 0}
    state["velocity"] *= mu
    state["velocity"] -= learning_rate * grad
    state["steps"] += 1
    return w + state["velocity"], state


@alternative("momentum_update")
def momentum_update_last_weights(w, grad, state, learning_rate, mu=0.9):
    """The heavy ball: the state is the weights of the step before."""
    before = w if state is None else state
    return w - learning_rate * grad + mu * (w - before), w.copy()


@alternative("momentum_update")
def momentum_update_all_gradients(w, grad, state, learning_rate, mu=0.9):
    """The state is a list of all gradients; loops over them."""
    grads = [*(state or []), np.array(grad)]
    v = np.zeros_like(w)
    for g in grads:
        v = mu * v - learning_rate * g
    return (w + v, grads)


@alternative("momentum_update")
def momentum_update_single_precision(w, grad, state, learning_rate, mu=0.9, verbose=True):
    """Float32 inside; prints."""
    v = np.zeros(w.shape, np.float32) if state is None else state
    v = np.float32(mu) * v - np.float32(learning_rate) * grad.astype(np.float32)
    if verbose:
        print("speed:", np.linalg.norm(v))
    return w.astype(np.float32) + v, v


@alternative("momentum_update")
def momentum_update_object(w, grad, state, learning_rate, mu=0.9):
    """The state is an object of a class of its own."""

    class Memory:
        v = 0.0

    memory = Memory() if state is None else state
    memory.v = mu * memory.v - learning_rate * grad
    return w + memory.v, memory


# nesterov_update


@alternative("nesterov_update")
def nesterov_update_gradient_again(w, grad, state, learning_rate, mu=0.9):
    """The same formula, simplified: the gradient comes in a second time."""
    v = 0 if state is None else state
    v = mu * v - learning_rate * grad
    return w + mu * v - learning_rate * grad, v


@alternative("nesterov_update")
def nesterov_update_like_pytorch(w, grad, state, learning_rate, mu=0.9):
    """The velocity is kept without the learning rate and with the other sign, as PyTorch does."""
    v = grad.copy() if state is None else mu * state + grad
    return w - learning_rate * (grad + mu * v), v


@alternative("nesterov_update")
def nesterov_update_in_place_on_copies(w, grad, state, learning_rate, mu=0.9):
    """Works in place on copies; the state is a tuple."""
    w = np.array(w)
    v = np.zeros_like(w) if state is None else state[0]
    w -= mu * v
    v = v * mu
    v -= learning_rate * grad
    w += (1 + mu) * v
    return w, (v,)


@alternative("nesterov_update")
def nesterov_update_looks_back(w, grad, state, learning_rate, mu=0.9):
    """Keeps the place without the look-ahead, and looks ahead from there."""
    here, v = (w, np.zeros_like(w)) if state is None else state
    v = mu * v - learning_rate * grad
    here = here + v
    return here + mu * v, [here, v]


@alternative("nesterov_update")
def nesterov_update_single_precision(w, grad, state, learning_rate, mu=0.9, verbose=True):
    """Float32 inside; prints."""
    mu, rate = np.float32(mu), np.float32(learning_rate)
    v = np.zeros(w.shape, np.float32) if state is None else state
    new = mu * v - rate * grad.astype(np.float32)
    if verbose:
        print(new)
    return w.astype(np.float32) - mu * v + (1 + mu) * new, new


# adagrad_update


@alternative("adagrad_update")
def adagrad_update_epsilon_inside(w, grad, state, learning_rate):
    """The tiny number is under the root."""
    s = grad * grad if state is None else state + grad * grad
    return w - learning_rate * grad / np.sqrt(s + 1e-8), s


@alternative("adagrad_update")
def adagrad_update_begins_with_epsilon(w, grad, state, learning_rate):
    """The sum begins with a tiny number, and is updated in place."""
    if state is None:
        state = np.full(w.shape, 1e-10)
    state += np.square(grad)
    return w - learning_rate * grad * state**-0.5, state


@alternative("adagrad_update")
def adagrad_update_all_gradients(w, grad, state, learning_rate, eps=1e-8):
    """The state is a list of all gradients, whose squares are added up each time."""
    grads = [*(state or []), grad.copy()]
    root = np.sqrt(sum(g**2 for g in grads))
    return w - learning_rate * grad / (root + eps), grads


@alternative("adagrad_update")
def adagrad_update_single_precision(w, grad, state, learning_rate):
    """Float32 inside; the state is the root of the sum, squared again at the next step."""
    grad = grad.astype(np.float32)
    root = np.abs(grad) if state is None else np.hypot(state, grad)
    return w.astype(np.float32) - np.float32(learning_rate) * grad / (root + np.float32(1e-8)), root


@alternative("adagrad_update")
def adagrad_update_element_by_element(w, grad, state, learning_rate):
    """Loops over the numbers, and leaves out those whose gradients were all 0."""
    s = np.zeros(w.shape) if state is None else state.copy()
    new = w.copy()
    for index in np.ndindex(*w.shape):
        s[index] += grad[index] ** 2
        if s[index] > 0:
            new[index] -= learning_rate * grad[index] / np.sqrt(s[index])
    return new, s


@alternative("adagrad_update")
def adagrad_update_dict(w, grad, state, learning_rate, verbose=True):
    """The state is a dict; prints."""
    state = dict(state or {"sum": 0.0})
    state["sum"] = state["sum"] + grad**2
    rates = learning_rate / (np.sqrt(state["sum"]) + 1e-8)
    if verbose:
        print("rates:", rates)
    return w - rates * grad, state


# linear_classifier


@alternative("linear_classifier")
def linear_classifier_own_generator():
    """A generator of its own, other names, a `while` loop, in-place steps, an array for the history."""

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        rng = np.random.default_rng()
        if self.W is None:
            self.W = rng.normal(scale=0.001, size=(X.shape[1], y.max() + 1))
        losses = np.zeros(num_iters)
        i = 0
        while i < num_iters:
            chosen = rng.integers(0, X.shape[0], batch_size)
            losses[i], dW = self.loss(X[chosen], y[chosen], reg=reg)
            self.W -= learning_rate * dW
            i += 1
        return losses

    LinearClassifier.train = train


@alternative("linear_classifier")
def linear_classifier_epochs():
    """Shuffles all rows, and goes through them batch by batch; then again. Fixed seed, prints."""

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        rng = np.random.default_rng(7)
        if self.W is None:
            self.W = 1e-3 * rng.standard_normal((X.shape[1], int(max(y)) + 1))
        history, waiting = [], []
        for _ in range(num_iters):
            if len(waiting) < batch_size:
                waiting = list(rng.permutation(len(X)))
            rows, waiting = waiting[:batch_size], waiting[batch_size:]
            loss, grad = self.loss(X[rows], y[rows], reg)
            history += [float(loss)]
            self.W = self.W + (-learning_rate) * grad
            print(loss)
        return tuple(history)

    LinearClassifier.train = train


@alternative("linear_classifier")
def linear_classifier_without_replacement():
    """Draws no row twice, asks for loss and gradient apart, and predicts with a loop."""

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        D, C = X.shape[1], np.amax(y) + 1
        if self.W is None:
            self.W = np.random.randn(D, C) / 1000
        history = []
        for _ in range(num_iters):
            rows = np.random.choice(len(X), batch_size, replace=False)
            history.append(self.loss(X[rows], y[rows], reg)[0])
            self.W = self.W - learning_rate * self.loss(X[rows], y[rows], reg)[1]
        return history

    def predict(self, X):
        labels = []
        for x in X:
            scores = [x.dot(column) for column in self.W.T]
            labels.append(scores.index(max(scores)))
        return labels

    LinearClassifier.train, LinearClassifier.predict = train, predict


@alternative("linear_classifier")
def linear_classifier_with_own_functions():
    """Uses `sample_minibatch` and `sgd_update` from above, a class of its own, and probabilities to predict."""

    class LinearClassifier:
        W = None

        def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False, decay=1.0):
            if getattr(self, "W", None) is None:
                self.W = np.random.normal(0, 1e-3, (X.shape[1], len(np.bincount(y))))
            history = []
            state = None
            rng = np.random.default_rng()
            for i in range(num_iters):
                X_batch, y_batch = sample_minibatch(X, y, batch_size, rng)
                loss, dW = self.loss(X_batch, y_batch, reg)
                history.append(loss)
                self.W, state = sgd_update(self.W, dW, state, learning_rate * decay**i)
                if verbose and i % 10 == 0:
                    print(f"{i}/{num_iters}: {loss:.3f}")
            return history

        def predict(self, X):
            scores = np.dot(X, self.W)
            exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
            return (exponentials / exponentials.sum(axis=1, keepdims=True)).argmax(1)

    class LinearSVM(LinearClassifier):
        def loss(self, X_batch, y_batch, reg):
            loss, dW = svm_loss_vectorized(self.W, X_batch, y_batch, 0)
            return loss + reg * np.sum(self.W**2), dW + 2 * reg * self.W

    class Softmax(LinearClassifier):
        def loss(self, X_batch, y_batch, reg=0.0):
            return softmax_loss_vectorized(self.W, X_batch, y_batch, reg)


@alternative("linear_classifier")
def linear_classifier_single_precision():
    """Float32 weights and losses."""

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        if self.W is None:
            self.W = (1e-3 * np.random.standard_normal((X.shape[1], y.max() + 1))).astype(np.float32)
        history = []
        for rows in np.random.randint(len(X), size=(num_iters, batch_size)):
            loss, dW = self.loss(X[rows].astype(np.float32), y[rows], reg)
            history.append(np.float32(loss))
            self.W = self.W.astype(np.float32) - np.float32(learning_rate) * dW.astype(np.float32)
        return history

    def svm(self, X_batch, y_batch, reg):
        loss, dW = svm_loss_vectorized(self.W.astype(np.float32), X_batch.astype(np.float32), y_batch, reg)
        return np.array([loss], np.float32), dW.astype(np.float32)

    def softmax(self, X_batch, y_batch, reg):
        loss, dW = softmax_loss_vectorized(self.W.astype(np.float32), X_batch.astype(np.float32), y_batch, reg)
        return np.array([loss], np.float32), dW.astype(np.float32)

    LinearClassifier.train, LinearSVM.loss, Softmax.loss = train, svm, softmax


# tune


@alternative("tune")
def tune_product(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """`itertools.product`, keyword arguments, models kept in a dict, the best found at the end."""
    import itertools

    models, results = {}, {}
    for pair in itertools.product(learning_rates, regs):
        models[pair] = LinearSVM()
        models[pair].train(X, y, learning_rate=pair[0], reg=pair[1], num_iters=num_iters, verbose=True)
        results[pair] = (models[pair].predict(X_val) == y_val).mean()
    best = max(results, key=results.get)
    return results, models[best]


@alternative("tune")
def tune_copies(X, y, X_val, y_val, learning_rates, regs, num_iters, batch_size=64):
    """One model whose weights are thrown away before each training; the best is copied. Prints."""
    import copy

    model, results, best_model, best = LinearSVM(), {}, None, -np.inf
    for reg in regs:
        for rate in learning_rates:
            model.W = None
            history = model.train(X, y, rate, reg, num_iters, batch_size)
            correct = 0
            for label, predicted in zip(y_val, model.predict(X_val), strict=True):
                correct += int(label == predicted)
            results[(float(rate), float(reg))] = correct / len(y_val)
            print(rate, reg, history[-1], "training accuracy", np.mean(model.predict(X) == y))
            if results[(rate, reg)] >= best:
                best_model, best = copy.deepcopy(model), results[(rate, reg)]
    return results, best_model


@alternative("tune")
def tune_best_weights(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """Keeps the best weights, and puts them into a new model; predicts by hand."""
    results, best_W, best_accuracy = {}, None, None
    for learning_rate in np.array(learning_rates):
        for reg in np.array(regs):
            svm = LinearSVM()
            svm.train(X, y, learning_rate=learning_rate, reg=reg, num_iters=num_iters)
            accuracy = np.float32(np.mean(np.argmax(X_val.dot(svm.W), axis=1) == y_val))
            results[(learning_rate, reg)] = accuracy
            if best_accuracy is None or accuracy > best_accuracy:
                best_W, best_accuracy = svm.W.copy(), accuracy
    best_model = LinearSVM()
    best_model.W = best_W
    return [results, best_model]


@alternative("tune")
def tune_trained_again(X, y, X_val, y_val, learning_rates, regs, num_iters):
    """A nested helper, a comprehension, and the best pair is trained once more."""

    def trained(learning_rate, reg):
        model = LinearSVM()
        model.train(X, y, learning_rate, reg, num_iters)
        return model

    def accuracy(model):
        return 1 - np.count_nonzero(model.predict(X_val) - y_val) / y_val.size

    results = {(a, b): accuracy(trained(a, b)) for a in learning_rates for b in regs}
    return results, trained(*max(results, key=lambda pair: results[pair]))


@alternative("tune")
def tune_subclass(X, y, X_val, y_val, learning_rates, regs, num_iters, Model=None, **options):
    """A subclass with a method of its own; the model is a further keyword argument."""

    class Measured(Model or LinearSVM):
        def accuracy(self, X, y):
            return float((self.predict(X) == y).sum()) / len(y)

    best, results = None, {}
    for learning_rate in learning_rates:
        for reg in regs:
            model = Measured()
            model.train(X, y, learning_rate, reg, num_iters)
            model.validation = results[learning_rate, reg] = model.accuracy(X_val, y_val)
            if best is None or model.validation > best.validation:
                best = model
    return results, best


# sgd_answers


@alternative("sgd_answers")
def sgd_answers_numpy():
    """Numpy scalars, an array, and another case."""
    largest_stable_step = np.float32(0.1)
    steps_per_epoch = np.array([30])
    noise_ratio = np.float64(1) / np.sqrt(4)
    choose_on = "VALIDATION"


@alternative("sgd_answers")
def sgd_answers_computed():
    """Computed from the numbers of the questions."""
    curvatures = np.array([1.0, 20.0])
    largest_stable_step = 2 / np.max(curvatures)
    steps_per_epoch = 1500 / 50
    noise_ratio = 4**-0.5
    choose_on = ["training", "validation", "test"][1]


@alternative("sgd_answers")
def sgd_answers_texts():
    """Written as texts, with blanks and quotes."""
    largest_stable_step = "0.1"
    steps_per_epoch = " 30 "
    noise_ratio = "0.5"
    choose_on = "'Validation'"


@alternative("sgd_answers")
def sgd_answers_measured():
    """The step size found by trying, from below, and whole numbers where they do."""
    largest_stable_step = 0.0
    w = np.array([0.0, 1.0])
    for step in np.arange(1, 4000) / 20_000:
        if np.abs((1 - step * 20) * w[1]) <= 1:
            largest_stable_step = float(step)
    steps_per_epoch = len(range(0, 1500, 50))
    noise_ratio = np.sqrt(1 / 4)
    choose_on = "validation"
