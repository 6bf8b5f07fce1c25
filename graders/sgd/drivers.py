"""What runs inside the student kernel: losses that note where they were asked, sequences of updates, trainings.

A driver calls the student's function or class and reports facts; the grader decides what they mean. Two things make
the facts worth reporting:

- They do not depend on the stream of random numbers (which of its tries a search returned, not the numbers in it;
  means and spreads of many numbers, to one decimal). A right answer may draw in any way, and a wrong one is recognised
  whatever it draws.
- They do not depend on other functions of the notebook that are graded by themselves. What may call an earlier one
  finds a right one in its place while the driver runs.

Each is sent as source, so it imports what it needs and closes over nothing.
"""

# What comes from a student may be anything, so there are no types. A student may draw from numpy's global generator.
# ruff: noqa: NPY002

from __future__ import annotations


def search(student, shape, num_tries, scale, losses, seed):
    """Report which of its tries `random_search` returned, how many there were, and how the last one spreads.

    The k-th W that is asked about has the k-th of `losses`, whatever it is; asked again, the same loss.
    """
    import random

    import numpy as np

    random.seed(seed)
    np.random.seed(seed)
    tries = {}

    def loss(W):
        number = tries.setdefault(np.array(W, dtype=float).tobytes(), len(tries))
        return losses[min(number, len(losses) - 1)]

    answer = student.random_search(loss, shape, num_tries, scale, np.random.default_rng(seed))
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return {"answer": answer}
    W = np.array(answer[0], dtype=float)
    last = np.frombuffer(([b"", *tries])[-1])
    facts = {"number": tries.get(W.tobytes()), "count": len(tries), "shape": W.shape, "loss": answer[1]}
    if last.size >= 10_000:  # of fewer numbers, the first decimal depends on the draw
        facts["mean"] = round(float(np.mean(last)) / scale, 1)
        facts["spread"] = round(float(np.std(last)) / scale, 1)
    return facts


def local_search(student, start, step_size, num_tries, losses, seed):
    """Report which W `random_local_search` returned, and where each of its tries was made from.

    Number 0 is the start, with the first of `losses`; the k-th try has number k and the loss after it. A try was made
    from the W tried before it, or the start, that it is closest to, a shift of all numbers aside.
    """
    import random

    import numpy as np

    random.seed(seed)
    np.random.seed(seed)
    numbers, points = {start.tobytes(): 0}, [start.copy()]

    def loss(W):
        W = np.array(W, dtype=float)
        number = numbers.setdefault(W.tobytes(), len(points))
        if number == len(points):
            points.append(W)
        return losses[min(number, len(losses) - 1)]

    answer = student.random_local_search(loss, start, step_size, num_tries, np.random.default_rng(seed))
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return {"answer": answer}
    W = np.array(answer[0], dtype=float)
    facts = {"number": numbers.get(W.tobytes()), "count": len(points) - 1, "shape": W.shape, "loss": answer[1]}
    if start.size < 10_000:
        facts["start"] = start
    elif all(W.shape == start.shape for W in points) and len(points) > 1:
        steps = (points[1] - points[0]) / step_size
        facts["mean"], facts["spread"] = round(float(np.mean(steps)), 1), round(float(np.std(steps)), 1)
        some = [W.ravel()[:2000] for W in points]
        facts["parents"] = [int(np.argmin([np.var(some[k] - W) for W in some[:k]])) for k in range(1, len(some))]
    return facts


def descend(student, W, curvature, minimum, step_size, num_steps):
    """Report the points at which `gradient_descent` asked for the gradient of a bowl, and what it returned.

    The bowl is ``0.5 * sum(curvature * (W - minimum) ** 2)``. A point asked about twice in a row counts once.
    """
    import numpy as np

    points = []

    def loss_and_gradient(W):
        W = np.array(W, dtype=float)
        if not points or not np.array_equal(points[-1], W):
            points.append(W)
        return float(0.5 * np.sum(curvature * (W - minimum) ** 2)), curvature * (W - minimum)

    answer = student.gradient_descent(loss_and_gradient, W, step_size, num_steps)
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return {"answer": answer}
    return {"points": points, "W": answer[0], "history": answer[1], "start": W}


def update(student, name, w, grads, learning_rate, options):
    """Report the weights after each of some updates in a row, and what became of the arguments.

    The state is None at first and then what the update before returned.
    """
    import numpy as np

    rule = getattr(student, name)
    state, path, weights_after, grads_after = None, [], [], []
    for grad in grads:
        w, grad = np.array(w), grad.copy()
        answer = rule(w, grad, state, learning_rate, **options)
        if not isinstance(answer, tuple | list) or len(answer) != 2:
            return {"answer": answer}
        weights_after.append(w)
        grads_after.append(grad)
        w, state = answer
        path.append(np.array(w, dtype=float))  # a copy: the next update may go on in the same array
    return {"path": path, "w": weights_after, "grad": grads_after}


def batches(student, source, X, y, batch_size, times, seed):
    """Report what batches `sample_minibatch` draws, or `LinearClassifier.train` hands to its loss.

    No two rows of X are the same, and no two labels: rows are recognised by their numbers.
    """
    import random

    import numpy as np

    random.seed(seed)
    np.random.seed(seed)
    rows = {np.asarray(row, dtype=float).tobytes(): i for i, row in enumerate(X)}
    labels = y.copy()
    drawn = []

    if source == "sample_minibatch":
        rng = np.random.default_rng(seed)
        for _ in range(times):
            answer = student.sample_minibatch(X, y, batch_size, rng)
            if not isinstance(answer, tuple | list) or len(answer) != 2:
                return {"answer": answer}
            drawn.append((np.array(answer[0]), np.array(answer[1])))
    else:

        class Noted(student.LinearClassifier):
            def loss(self, X_batch, y_batch, reg):
                drawn.append((np.array(X_batch), np.array(y_batch)))
                return 1.0, np.zeros_like(self.W)

        def sample(X, y, batch_size, rng=None, *others, **options):
            chosen = (rng or np.random).choice(len(X), batch_size)
            return X[chosen], y[chosen]

        model = Noted()
        model.W = np.zeros((X.shape[1], len(X)))
        scope = getattr(student.LinearClassifier.train, "__globals__", {})
        kept = {name: scope[name] for name in ("sample_minibatch",) if name in scope}
        scope.update(dict.fromkeys(kept, sample))
        try:
            model.train(X, y, num_iters=times, batch_size=batch_size)
        finally:
            scope.update(kept)

    counts, known, paired, total, different, in_order = np.zeros(len(rows)), 0, 0, 0, set(), True
    for X_batch, y_batch in drawn:
        numbers = [rows.get(np.asarray(row, dtype=float).tobytes()) for row in np.atleast_1d(X_batch)]
        found = [(i, label) for i, label in zip(numbers, np.ravel(y_batch).tolist(), strict=False) if i is not None]
        total += len(numbers)
        known += len(found)
        paired += sum(label == labels[i] for i, label in found)
        different.add(tuple(sorted(i for i, _ in found)))
        in_order = in_order and numbers == list(range(len(numbers)))
        for i, _ in found:
            counts[i] += 1
    facts = {
        "shapes": list(dict.fromkeys((X_batch.shape, y_batch.shape) for X_batch, y_batch in drawn)),
        "count": len(drawn),
        "known": round(known / max(total, 1), 1),
        "paired": round(paired / max(known, 1), 1),
        "in_order": in_order,
        "X": X,
        "y": y,
    }
    if total >= 100 * len(rows):  # of fewer draws, they depend on the draws
        facts["rare"] = [i for i, count in enumerate(counts.tolist()) if count < 0.4 * total / len(rows)]
        facts["different"] = min(len(different), 50)
    return facts


def train(student, X, y, W, trainings, seed):
    """Report the weights and losses on the way of some trainings in a row, with a loss whose gradient is known.

    Of the weights, the first twenty; of the values of reg and of the sizes of batches, which there were. The loss is
    ``0.5 * sum((W - T) ** 2) + 1``, with ``T = 1, 2, 3, ...``, whatever the batch is.
    """
    import random

    import numpy as np

    random.seed(seed)
    np.random.seed(seed)
    asked = []

    class Noted(student.LinearClassifier):
        def loss(self, X_batch, y_batch, reg):
            W = np.array(self.W, dtype=float)
            T = np.arange(1.0, W.size + 1).reshape(W.shape)
            asked.append((W, float(0.5 * np.sum((W - T) ** 2) + 1.0), reg, len(X_batch)))
            return asked[-1][1], W - T

    def sample(X, y, batch_size, rng=None, *others, **options):
        chosen = (rng or np.random).choice(len(X), batch_size)
        return X[chosen], y[chosen]

    def descend(w, grad, state, learning_rate, *others, **options):
        return w - learning_rate * grad, state

    model = Noted()
    model.W = W
    scope = getattr(student.LinearClassifier.train, "__globals__", {})
    right = {"sample_minibatch": sample, "sgd_update": descend}
    kept = {name: scope[name] for name in right if name in scope}
    scope.update({name: right[name] for name in kept})
    reports = []
    try:
        for options in trainings:
            asked.clear()
            history = model.train(X, y, **options)
            reports.append(
                {
                    "count": len(asked),
                    "weights": [W for W, *_ in asked[:20]],
                    "losses": np.array([loss for _, loss, *_ in asked]),
                    "regs": list({repr(reg): reg for *_, reg, _ in asked}.values())[:20],
                    "sizes": list({size for *_, size in asked})[:20],
                    "history": history if len(trainings) == 1 else None,
                    "W": np.array(model.W),
                }
            )
    finally:
        scope.update(kept)
    return {"trainings": reports}


def first_weights(student, X, y, seed):
    """Report the shape and the size of the weights with which a new classifier begins."""
    import random

    import numpy as np

    random.seed(seed)
    np.random.seed(seed)
    seen = []

    class Noted(student.LinearClassifier):
        def loss(self, X_batch, y_batch, reg):
            seen.append(np.array(self.W, dtype=float))
            return 1.0, np.zeros_like(self.W)

    model = Noted()
    model.train(X, y, num_iters=1, batch_size=1)
    if not seen:
        return {}
    W = seen[0]
    facts = {"shape": W.shape}
    if W.size >= 10_000:  # of fewer numbers, the first decimal depends on the draw
        spread = float(np.std(W))
        facts["spread"] = round(float(np.log10(spread)), 1) if spread > 0 else None
        facts["largest"] = round(float(np.log10(np.max(np.abs(W)))), 0) if np.any(W) else None
    return facts


def predict(student, W, X):
    """Return what a classifier with given weights predicts."""
    model = student.LinearClassifier()
    model.W = W
    return {"labels": model.predict(X)}


def batch_loss(student, kind, W, X, y, reg):
    """Return the loss and the gradient of a classifier with given weights."""
    model = getattr(student, kind)()
    model.W = W
    return {"answer": model.loss(X, y, reg)}


def tune(student, X, y, X_val, y_val, learning_rates, regs, num_iters, weights):
    """Report what `tune` does with a LinearSVM whose weights after training are given for each pair of settings.

    Training it with learning rate and regularisation gives the weights of this pair (or, if these have changed places,
    of the pair that was meant), whatever weights it had before. Predicting is right.
    """
    import numpy as np

    data = {(X.tobytes(), y.tobytes()): "training", (X_val.tobytes(), y_val.tobytes()): "validation"}
    trainings = []

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, *others, **options):
        pair = (float(learning_rate), float(reg))
        trainings.append(
            {
                "pair": pair,
                "num_iters": num_iters,
                "data": data.get((np.asarray(X).tobytes(), np.asarray(y).tobytes()), "other"),
                "fresh": getattr(self, "W", None) is None,
            }
        )
        self.W = np.array(weights.get(pair, weights.get(pair[::-1], np.zeros((X.shape[1], 2)))))
        return [1.0 / (k + 1) for k in range(int(num_iters))]

    def predict(self, X):
        return np.argmax(np.asarray(X) @ self.W, axis=1)

    model, stand_in = getattr(student, "LinearSVM", None), None
    if not isinstance(model, type):
        stand_in = model = type("LinearSVM", (), {"W": None})
        student.tune.__globals__["LinearSVM"] = stand_in
    kept = {name: vars(model)[name] for name in ("train", "predict") if name in vars(model)}
    model.train, model.predict = train, predict
    try:
        answer = student.tune(X, y, X_val, y_val, learning_rates, regs, num_iters)
        if not isinstance(answer, tuple | list) or len(answer) != 2:
            return {"answer": answer}
        best = answer[1]
        predicted = best.predict(X_val) if callable(getattr(best, "predict", None)) else None
    finally:
        for name in ("train", "predict"):
            delattr(model, name)
        for name, value in kept.items():
            setattr(model, name, value)
        if stand_in is not None:
            del student.tune.__globals__["LinearSVM"]
    return {"results": answer[0], "predicted": predicted, "trainings": trainings}
