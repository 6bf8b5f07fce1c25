"""What runs inside the student kernel: it calls the student's functions and reports, and decides nothing.

Each function is sent by its source, so it imports what it needs and has no types of other modules.
"""


def numerical_gradient(student, name, expression, x, **options):
    """Call a numerical gradient of the function that `expression` gives for an array called x.

    Return its result, x afterwards, whether x itself was moved, and x as text, which tells the last bit where a
    comparison of numbers allows for rounding.
    """
    import numpy as np

    f = eval(f"lambda x: {expression}", {"np": np})
    calls_with_x, floats_seen = 0, False

    def watched(point):
        nonlocal calls_with_x, floats_seen
        calls_with_x += np.shares_memory(point, x)
        floats_seen = floats_seen or np.asarray(point).dtype.kind == "f"
        return f(point)

    gradient = getattr(student, name)(watched, x, **options)
    in_place = calls_with_x > 1 and (x.dtype.kind == "f" or not floats_seen)
    return gradient, x, in_place, repr(x.tolist())


def sparse_checks(student, expression, x, gradient, times, written, **options):
    """Check a gradient several times; return the checks, x afterwards, and x as text, which tells the last bit.

    Of each check, its error and the pairs that `relative_error` was asked about: if anything is `written`, these
    numbers stand in for what the student's own returns, one after the other. A sparse check is not to blame for the
    function that it is built from, which has had its own checks.
    """
    import random

    import numpy as np

    np.random.seed(231)  # noqa: NPY002 - the generator that students use
    random.seed(231)
    f = eval(f"lambda x: {expression}", {"np": np})
    asked, checks = [], []

    def stand_in(a, b):
        asked.append((np.array(a), np.array(b)))
        return np.float64(written[(len(asked) - 1) % len(written)])

    names = getattr(student.grad_check_sparse, "__globals__", {}) if len(written) else {}
    own = {name: names[name] for name in ("relative_error",) if name in names}
    names["relative_error"] = stand_in
    try:
        for _ in range(times):
            asked.clear()
            checks.append((student.grad_check_sparse(f, x, gradient, **options), list(asked)))
    finally:
        del names["relative_error"]
        names.update(own)
    return checks, x, repr(x.tolist())


def sparse_places(student, x, gradient, times, error_given, **options):
    """Check a gradient several times; return for each call of f which numbers of x were moved, and by how much.

    That is four arrays of one number for each moved number: the check, the call, the place in x, the distance. If it is
    given, something stands in for the student's own `relative_error`, as in `sparse_checks`; what it returns does not
    matter here.
    """
    import random

    import numpy as np

    np.random.seed(231)  # noqa: NPY002 - the generator that students use
    random.seed(231)
    start, check, call = np.array(x), 0, 0
    seen = [], [], [], []

    def f(point):
        nonlocal call
        call += 1
        away = np.abs(np.asarray(point) - start).ravel()
        for place in np.flatnonzero(away > 1e-9):
            for column, number in zip(seen, (check, call, place, away[place]), strict=True):
                column.append(number)
        return np.sum(np.asarray(point) ** 2)

    names = getattr(student.grad_check_sparse, "__globals__", {}) if error_given else {}
    own = {name: names[name] for name in ("relative_error",) if name in names}
    names["relative_error"] = lambda a, b: np.float64(0)
    try:
        for check in range(times):  # noqa: B007 - f notes it
            student.grad_check_sparse(f, x, gradient, **options)
    finally:
        del names["relative_error"]
        names.update(own)
    return tuple(np.array(column, float) for column in seen)


def losses_at(student, name, points, X, y, reg):
    """Return the losses of a function that returns (loss, dW) at many W, one in each row."""
    import numpy as np

    return np.array([np.ravel(getattr(student, name)(W, X, y, reg)[0]) for W in points])
