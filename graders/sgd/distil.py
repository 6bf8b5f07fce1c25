"""What follows from what the drivers report: counts, means, parents, batches that match, steps of a training.

The reports come from the student's process and may be anything. All that is decided is decided here, from numbers that
a right answer makes on its way, and which are as hard to invent as the answer. Two things make the facts fit to be
compared with those of a misconception:

- They do not depend on the stream of random numbers (which of its tries a search returned, not the numbers in it;
  means and spreads of many numbers, to one decimal). A right answer may draw in any way, and a wrong one is recognised
  whatever it draws.
- They do not depend on other functions of the notebook that are graded by themselves.

Each function takes the driver's arguments and its report, and returns facts; of a report that it cannot read, none.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossmark.checks import same

from . import reference

Array = NDArray[np.float64]
Report = dict[str, Any]

MANY = 10_000
"""Of fewer numbers, the first decimal of mean and spread depends on the draw."""
SEEN = 20
"""So many steps of a training are looked at."""
PART = 2000
"""So many numbers of a W tell from which other W it was made."""


def numbers_of(value: Any) -> Array | None:
    """Take an array, a list or a number as an array of floats; None where it is none."""
    if not isinstance(value, np.ndarray | np.generic | list | tuple | float | int):
        return None
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return array.astype(float) if array.dtype.kind in "biuf" else None


def weights_of(value: Any) -> Array:
    """Take an array; what is none is a single number that is none, and equals no W."""
    W = numbers_of(value)
    return np.array(np.nan) if W is None else W


def arrays_of(value: Any) -> list[Array] | None:
    """Take a list of arrays, or one array of them all; None where it is neither."""
    if isinstance(value, np.ndarray) and value.ndim:
        whole = numbers_of(value)
        return None if whole is None else list(whole)
    arrays = [numbers_of(item) for item in value] if isinstance(value, list) else [None]
    return None if any(array is None for array in arrays) else [array for array in arrays if array is not None]


def dict_of(report: Any) -> Report:
    """Take a report; one that is no dict has nothing in it."""
    return report if isinstance(report, dict) else {}


def pair_of(value: Any) -> tuple[Any, Any] | None:
    """Take the two things that a function should return; None where they are not two."""
    return (value[0], value[1]) if isinstance(value, tuple | list) and len(value) == 2 else None


def distinct(points: Sequence[Array]) -> list[Array]:
    """List arrays in the order in which they first occur, each once."""
    return list({(point.shape, point.tobytes()): point for point in points[::-1]}.values())[::-1]


def number_of(W: Array, points: Sequence[Array]) -> int | None:
    """Which of the points W is, number by number."""
    return next((i for i, point in enumerate(points) if same(W, point)), None)


def search(args: tuple[Any, ...], report: Any) -> Report:
    """Tell which of its tries `random_search` returned, how many there were, and how the last one spreads."""
    _, _, scale, _, _ = args
    answer, tries = dict_of(report).get("answer"), arrays_of(dict_of(report).get("tries"))
    returned = pair_of(answer)
    if returned is None or tries is None:
        return {"answer": answer}
    W = weights_of(returned[0])
    tries = distinct(tries)
    facts: Report = {"number": number_of(W, tries), "count": len(tries), "shape": W.shape, "loss": returned[1]}
    if tries and tries[-1].size >= MANY:
        with np.errstate(all="ignore"):
            facts["mean"] = first_decimal(np.mean(tries[-1]) / scale)
            facts["spread"] = first_decimal(np.std(tries[-1]) / scale)
    return facts


def local_search(args: tuple[Any, ...], report: Any) -> Report:
    """Tell which W `random_local_search` returned, and where each of its tries was made from.

    Number 0 is the start. A try was made from the W tried before it, or the start, that it is closest to, a shift of
    all numbers aside.
    """
    start, step_size, *_ = args
    answer, tries = dict_of(report).get("answer"), arrays_of(dict_of(report).get("tries"))
    returned = pair_of(answer)
    if returned is None or tries is None:
        return {"answer": answer}
    W = weights_of(returned[0])
    points = distinct([start, *tries])
    facts: Report = {"number": number_of(W, points), "count": len(points) - 1, "shape": W.shape, "loss": returned[1]}
    if start.size < MANY:
        facts["start"] = dict_of(report).get("start")
    elif all(W.shape == start.shape for W in points) and len(points) > 1:
        some = [W.ravel()[:PART] for W in points]
        with np.errstate(all="ignore"):
            steps = (points[1] - points[0]) / step_size
            facts["mean"], facts["spread"] = first_decimal(np.mean(steps)), first_decimal(np.std(steps))
            facts["parents"] = [int(np.argmin([np.var(some[k] - W) for W in some[:k]])) for k in range(1, len(some))]
    return facts


def first_decimal(number: Any) -> float:
    """Round to one decimal."""
    return round(float(number), 1)


def descend(args: tuple[Any, ...], report: Any) -> Report:
    """Tell the points at which `gradient_descent` asked for the gradient; one that is asked about again counts once."""
    answer, points = dict_of(report).get("answer"), arrays_of(dict_of(report).get("points"))
    returned = pair_of(answer)
    if returned is None or points is None:
        return {"answer": answer}
    points = [point for i, point in enumerate(points) if i == 0 or not np.array_equal(point, points[i - 1])]
    return {"points": points, "W": returned[0], "history": returned[1], "start": dict_of(report).get("start")}


def batches(args: tuple[Any, ...], report: Any) -> Report:
    """Tell which rows of X the batches hold, and with which labels.

    No two rows of X are the same, and no two labels: rows are recognised by their numbers.
    """
    _, X, y, *_ = args
    if "answer" in dict_of(report):
        return {"answer": report["answer"]}
    drawn, labels = (arrays_of(dict_of(report).get(name)) for name in ("rows", "labels"))
    if drawn is None or labels is None or len(drawn) != len(labels):
        return {}
    own = y.tolist()
    numbers_of_rows = {np.asarray(row, dtype=float).tobytes(): i for i, row in enumerate(X)}
    if not _are_given(dict_of(report).get("given"), X, y):
        numbers_of_rows = {}  # what was drawn from other data than X and y are no rows of X
    counts, known, paired, total = np.zeros(len(X)), 0, 0, 0
    different: set[tuple[int, ...]] = set()
    chosen: list[list[int | None]] = []
    for X_batch, y_batch in zip(drawn, labels, strict=True):
        numbers = [numbers_of_rows.get(row.tobytes()) for row in np.atleast_1d(X_batch)]
        found = [(i, label) for i, label in zip(numbers, np.ravel(y_batch).tolist(), strict=False) if i is not None]
        total += len(numbers)
        known += len(found)
        paired += sum(label == own[i] for i, label in found)
        different.add(tuple(sorted(i for i, _ in found)))
        chosen.append(numbers)
        for i, _ in found:
            counts[i] += 1
    facts = {
        "shapes": list(dict.fromkeys((rows.shape, y_batch.shape) for rows, y_batch in zip(drawn, labels, strict=True))),
        "count": len(drawn),
        "known": first_decimal(known / max(total, 1)),
        "paired": first_decimal(paired / max(known, 1)),
        "in_order": _are_in_order(chosen),
        "repeated": bool(chosen) and all(map(_repeats, chosen)),
        "X": report.get("X"),
        "y": report.get("y"),
    }
    if total >= 100 * len(X):  # of fewer draws, they depend on the draws
        facts["rare"] = [i for i, count in enumerate(counts.tolist()) if count < 0.4 * total / len(X)]
        facts["different"] = min(len(different), 50)
    return facts


def _are_in_order(batches: Sequence[Sequence[int | None]]) -> bool:
    """Whether all batches hold the same rows at equal distances: the first ones, or every second one."""
    numbers = [i for i in batches[0] if i is not None] if batches else []
    distances = set(np.diff(numbers).tolist())
    return len(distances) <= 1 and 0 not in distances and all(list(batch) == numbers for batch in batches)


def _repeats(batch: Sequence[int | None]) -> bool:
    """Whether fewer than half of the rows in a batch are different ones."""
    numbers = [i for i in batch if i is not None]
    return 2 * len(set(numbers)) < len(numbers)


def _are_given(given: Any, X: Array, y: NDArray[Any]) -> bool:
    """Whether each call of `sample_minibatch` was about the training data."""
    pairs = [pair_of(item) for item in given] if isinstance(given, list) else [None]
    return all(pair is not None and same_numbers(pair[0], X) and same_numbers(pair[1], y) for pair in pairs)


def same_numbers(value: Any, numbers: NDArray[Any]) -> bool:
    """Whether something is an array of these numbers, of whichever type."""
    array = numbers_of(value)
    return array is not None and np.array_equal(array, numbers)


def train(args: tuple[Any, ...], report: Any) -> Report:
    """Tell the weights, losses and steps on the way of some trainings.

    Where a step was made by `sgd_update`, whose place was taken, it leads to where a right one would have led: it was
    called with these weights, this gradient and this learning rate.
    """
    reports = dict_of(report).get("trainings")
    if not isinstance(reports, list):
        return {}
    return {"trainings": [_training(args[6], dict_of(item)) for item in reports]}


def _training(places: Array, report: Report) -> Report:
    asked, W = _triples_of(report.get("asked")), numbers_of(report.get("W"))
    updates = _triples_of(report.get("updates"))
    if asked is None or updates is None or W is None:
        return {}
    weights = [before for before, _, _ in asked]
    path = [W for i, W in enumerate([*weights, W]) if i == 0 or not np.array_equal(W, weights[i - 1])]
    made = {places[i % len(places)].tobytes(): update for i, update in enumerate(updates)}
    return {
        "count": report.get("count"),
        "weights": weights[:SEEN],
        "steps": [(before, _led_to(before, after, made)) for before, after in pairwise(path)][:SEEN],
        "losses": np.array([_loss(W) for W in weights]),
        "regs": list({repr(reg): reg for _, reg, _ in asked}.values())[:SEEN],
        "sizes": list({repr(size): size for _, _, size in asked}.values())[:SEEN],
        "history": report.get("history"),
        "W": W,
    }


def _loss(W: Array) -> float:
    """The loss that the driver gives to a training."""
    T = np.arange(1.0, W.size + 1).reshape(W.shape)
    with np.errstate(all="ignore"):
        return reference.quadratic(W, np.ones_like(W), T)[0] + 1.0


def _led_to(before: Array, after: Array, made: dict[bytes, tuple[Array, Any, Any]]) -> Array:
    w, grad, rate = made.get(after.tobytes(), (after, None, None))
    gradient, factor = numbers_of(grad), numbers_of(rate)
    if gradient is None or factor is None or gradient.shape != w.shape or factor.size != 1:
        return after
    right = reference.sgd_update(w, gradient, None, float(factor.ravel()[0]))[0]
    return np.asarray(right) if np.array_equal(w, before) else after


def _triples_of(value: Any) -> list[tuple[Array, Any, Any]] | None:
    """Take a list of three things each, of which the first is an array."""
    if not isinstance(value, list) or not all(isinstance(item, tuple) and len(item) == 3 for item in value):
        return None
    triples = [(numbers_of(first), second, third) for first, second, third in value]
    readable = [(first, second, third) for first, second, third in triples if first is not None]
    return readable if len(readable) == len(triples) else None


def first_weights(args: tuple[Any, ...], report: Any) -> Report:
    """Tell the shape and the size of the weights with which a new classifier begins."""
    seen = arrays_of(dict_of(report).get("seen"))
    if not seen:
        return {}
    W = seen[0]
    facts: Report = {"shape": W.shape}
    if W.size >= MANY:
        with np.errstate(all="ignore"):
            spread, largest = float(np.std(W)), float(np.max(np.abs(W)))
            facts["spread"] = first_decimal(np.log10(spread)) if spread > 0 else None
            facts["largest"] = round(float(np.log10(largest)), 0) if largest > 0 else None
    return facts


def tune(args: tuple[Any, ...], report: Any) -> Report:
    """Tell what each LinearSVM was trained on, and whether it was a new one."""
    report = dict_of(report)
    if "answer" in report:
        return {"answer": report["answer"]}
    X, y, X_val, y_val, *_ = args
    found = []
    for training in report.get("trainings") if isinstance(report.get("trainings"), list) else []:
        training = dict_of(training)
        rows, labels = training.get("X"), training.get("y")
        kinds = (("training", X, y), ("validation", X_val, y_val))
        data = (kind for kind, a, b in kinds if same_numbers(rows, a) and same_numbers(labels, b))
        found.append(
            {
                "pair": training.get("pair"),
                "num_iters": training.get("num_iters"),
                "data": next(data, "other"),
                "fresh": training.get("before", 0) is None,
            }
        )
    return {"results": report.get("results"), "predicted": report.get("predicted"), "trainings": found}
