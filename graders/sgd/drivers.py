"""What runs inside the student kernel: losses that note where they were asked, sequences of updates, trainings.

A driver calls the student's function or class and reports what it saw, number by number: the points that were asked
about, the batches that were drawn, the weights on the way. What that means is found out in `distil`, on the grader's
side, for the student's code can read a driver, take out what it holds, and report in its place. So a driver holds no
right function. Where an earlier function of the notebook may be called, which is graded by itself, answers that were
written down in advance take its place: batches drawn by the grader, weights that have nothing to do with the gradient.

Each is sent as source, so it imports what it needs and closes over nothing.
"""

# What comes from a student may be anything, so there are no types. A student may draw from numpy's global generator.
# ruff: noqa: NPY002

from __future__ import annotations


def search(student, shape, num_tries, scale, losses, seed):
    """Report which W `random_search` asked about, each once, and what it returned.

    The k-th W that is asked about has the k-th of `losses`, whatever it is; asked again, the same loss.
    """
    import random

    import numpy as np

    random.seed(seed)
    np.random.seed(seed)
    numbers, tries = {}, []

    def loss(W):
        W = np.array(W, dtype=float)
        number = numbers.setdefault(W.tobytes(), len(tries))
        if number == len(tries):
            tries.append(W)
        return losses[min(number, len(losses) - 1)]

    answer = student.random_search(loss, shape, num_tries, scale, np.random.default_rng(seed))
    return {"tries": tries, "answer": answer}


def local_search(student, start, step_size, num_tries, losses, seed):
    """Report which W `random_local_search` asked about, each once, what it returned, and the start afterwards.

    Number 0 is the start, with the first of `losses`; the k-th try has number k and the loss after it.
    """
    import random

    import numpy as np

    random.seed(seed)
    np.random.seed(seed)
    numbers, tries = {start.tobytes(): 0}, []

    def loss(W):
        W = np.array(W, dtype=float)
        number = numbers.setdefault(W.tobytes(), len(tries) + 1)
        if number > len(tries):
            tries.append(W)
        return losses[min(number, len(losses) - 1)]

    answer = student.random_local_search(loss, start, step_size, num_tries, np.random.default_rng(seed))
    return {"tries": tries, "answer": answer, "start": start}


def descend(student, W, curvature, minimum, step_size, num_steps):
    """Report the points at which `gradient_descent` asked for the gradient of a bowl, and what it returned.

    The bowl is ``0.5 * sum(curvature * (W - minimum) ** 2)``.
    """
    import numpy as np

    points = []

    def loss_and_gradient(W):
        points.append(np.array(W, dtype=float))
        return float(0.5 * np.sum(curvature * (points[-1] - minimum) ** 2)), curvature * (points[-1] - minimum)

    answer = student.gradient_descent(loss_and_gradient, W, step_size, num_steps)
    return {"points": points, "answer": answer, "start": W}


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


def batches(student, source, X, y, batch_size, times, seed, prepared):
    """Report what batches `sample_minibatch` draws, or `LinearClassifier.train` hands to its loss.

    If that calls `sample_minibatch`, it gets the first examples of a pair of arrays out of `prepared`, which the
    generator chooses; what it was called with is reported, each once.
    """
    import random

    import numpy as np

    random.seed(seed)
    np.random.seed(seed)
    drawn, given = [], {}

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

        def stand_in(X, y, batch_size, rng=None, *others, **options):
            given[np.asarray(X).tobytes(), np.asarray(y).tobytes()] = np.array(X), np.array(y)
            rows, labels = prepared
            number = (rng or np.random).choice(len(rows))
            return rows[number][:batch_size].copy(), labels[number][:batch_size].copy()

        model = Noted()
        model.W = np.zeros((X.shape[1], len(X)))
        scope = getattr(student.LinearClassifier.train, "__globals__", {})
        kept = {name: scope[name] for name in ("sample_minibatch",) if name in scope}
        scope.update(dict.fromkeys(kept, stand_in))
        try:
            model.train(X, y, num_iters=times, batch_size=batch_size)
        finally:
            scope.update(kept)
    rows, labels = [X_batch for X_batch, _ in drawn], [y_batch for _, y_batch in drawn]
    if len({(X_batch.shape, y_batch.shape) for X_batch, y_batch in drawn}) == 1:
        rows, labels = np.stack(rows), np.stack(labels)  # hundreds of arrays take long to send
    return {"rows": rows, "labels": labels, "given": list(given.values())[:5], "X": X, "y": y}


def train(student, X, y, W, trainings, seed, prepared, places):
    """Report the weights at which some trainings in a row asked for the loss, with a loss whose gradient is known.

    The loss is ``0.5 * sum((W - T) ** 2) + 1``, with ``T = 1, 2, 3, ...``, whatever the batch is. If `train` calls
    `sample_minibatch` or `sgd_update`, it gets what was written down in advance: a pair of arrays out of `prepared`, or
    the next of `places`, which are no steps along the gradient. What `sgd_update` was called with is reported.
    """
    import random

    import numpy as np

    random.seed(seed)
    np.random.seed(seed)
    asked, updates = [], []

    class Noted(student.LinearClassifier):
        def loss(self, X_batch, y_batch, reg):
            W = np.array(self.W, dtype=float)
            T = np.arange(1.0, W.size + 1).reshape(W.shape)
            asked.append((W, reg, len(X_batch)))
            return float(0.5 * np.sum((W - T) ** 2) + 1.0), W - T

    def batch(X, y, batch_size, rng=None, *others, **options):
        rows, labels = prepared
        number = (rng or np.random).choice(len(rows))
        return rows[number][:batch_size].copy(), labels[number][:batch_size].copy()

    def place(w, grad, state, learning_rate, *others, **options):
        updates.append((np.array(w), np.array(grad), learning_rate))
        return np.array(places[(len(updates) - 1) % len(places)]), state

    model = Noted()
    model.W = W
    scope = getattr(student.LinearClassifier.train, "__globals__", {})
    stand_ins = {"sample_minibatch": batch, "sgd_update": place}
    kept = {name: scope[name] for name in stand_ins if name in scope}
    scope.update({name: stand_ins[name] for name in kept})
    reports = []
    try:
        for options in trainings:
            asked.clear()
            updates.clear()
            history = model.train(X, y, **options)
            reports.append(
                {
                    "count": len(asked),
                    "asked": asked[:1000],
                    "updates": updates[:1000],
                    "history": history if len(trainings) == 1 else None,
                    "W": np.array(model.W),
                }
            )
    finally:
        scope.update(kept)
    return {"trainings": reports}


def first_weights(student, X, y, seed):
    """Report the weights with which a new classifier begins."""
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
    return {"seen": seen[:1]}


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


def tune(student, X, y, X_val, y_val, learning_rates, regs, num_iters, weights, labels):
    """Report what `tune` does with a LinearSVM whose weights after training are given for each pair of settings.

    Training it with learning rate and regularisation gives the weights of this pair (or, if these have changed places,
    of the pair that was meant), whatever weights it had before. What it predicts with these weights is written down in
    `labels`, for each row of X and then of X_val.
    """
    import numpy as np

    numbers = {np.asarray(row, dtype=float).tobytes(): i for i, row in enumerate([*X, *X_val])}
    predictions = {weights[pair].tobytes(): labels[pair] for pair in weights}
    trainings = []

    def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, *others, **options):
        pair, before = (float(learning_rate), float(reg)), getattr(self, "W", None)
        trainings.append(
            {
                "pair": pair,
                "num_iters": num_iters,
                "X": np.array(X),
                "y": np.array(y),
                "before": None if before is None else np.array(before),
            }
        )
        self.W = np.array(weights.get(pair, weights.get(pair[::-1], np.zeros((X.shape[1], 2)))))
        return [1.0 / (k + 1) for k in range(int(num_iters))]

    def predict(self, X):
        written = predictions.get(np.asarray(self.W, dtype=float).tobytes())
        rows = [numbers.get(np.asarray(row, dtype=float).tobytes()) for row in np.asarray(X)]
        return np.array([0 if written is None or i is None else written[i] for i in rows])

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
    return {"results": answer[0], "predicted": predicted, "trainings": trainings[:50]}
