"""What functions earn that compute something else: next to nothing, in each cell of each assignment."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

import cunning
from absurd import instead_of
from lossmark.boundary.submission import Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.course import Course
from lossmark.grading.graders import Graders

pytestmark = pytest.mark.slow
COURSE = Course(Path(__file__).parents[2])
MOST = 0.15
"""The part of a function's points that another function may earn."""

CUNNING = {
    name: getattr(cunning, name)
    for name in ("hinge_loss", "softmax", "regularization", "sgd", "gradients", "image_features")
}
"""What makes the functions of an assignment, given its reference."""

SLIPS = {
    ("log_softmax", "less the largest"): "only_shifted",
    ("l2_penalty", "the norm"): "root_taken",
    ("l1_penalty", "the norm"): "root_of_squares",
    ("l1_penalty", "the sum"): "absolute_value_missing",
    ("l2_gradient", "the input"): "factor_2_missing",
    ("l1_subgradient", "the input"): "weights",
    ("sample_minibatch", "the first rows"): "first_rows",
    ("sample_minibatch", "the first rows, reversed"): "first_rows",
    ("sgd_update", "less the gradient"): "learning_rate_ignored",
    ("relative_error", "difference"): "not_relative",
}
"""Those that are slips of students, with a name in feedback: they lose what the misconception declares, and no more."""


@pytest.fixture(scope="module", params=CUNNING)
def graders(request):
    graders = Graders(COURSE.assignment(request.param), COURSE.settings.seed)
    yield graders
    graders.close()


def result_of(graders, cell, *, explain=False, **names):
    """Grade a notebook in which some names are others than the right ones."""
    right = {**vars(graders.reference), **graders.reference.answers}
    code = [f"def {name}(*args): return 0" for name in names]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        submission = Submission(LocalTransport({**right, **names}), code)
        return graders.run(f"{cell}_tests", submission, explain=explain)


def functions_of(graders):
    """Yield the functions of an assignment that compute something else: the cell, what they are, and the function."""
    for cell, made in CUNNING[graders.assignment.name](graders.reference).items():
        assert len(made) >= 12
        shaped = cunning.SHAPED.get(cell) or getattr(graders.reference, cell)
        for name, function in {**instead_of(shaped), **made}.items():
            yield cell, name, function


def test_they_earn_next_to_nothing(graders):
    paid, named = {}, {}
    for cell, name, function in functions_of(graders):
        result = result_of(graders, cell, **{cell: function})
        if result.score > MOST * result.max_score:
            paid[cell, name] = result.lost
            explained = result_of(graders, cell, explain=True, **{cell: function})
            named[cell, name] = {check.misconception for check in explained.checks} - {None}
    cells = {cell for cell, _, _ in functions_of(graders)}
    slips = {key: name for key, name in SLIPS.items() if key[0] in cells}
    assert named == {key: {name} for key, name in slips.items()}
    declared = {(version.cell, version.name): set(version.loses) for version in graders.misconceptions}
    assert {key: set(lost) for key, lost in paid.items()} == {
        key: declared[key[0], name] for key, name in slips.items()
    }


def softmax_chain(softmax):
    """Build the later functions of the assignment ``softmax`` on a first one."""

    def log_softmax(scores):
        return np.log(names["softmax"](scores))

    def cross_entropy(scores, y):
        return -np.mean(names["log_softmax"](scores)[np.arange(len(y)), y])

    names = {"softmax": softmax, "log_softmax": log_softmax, "cross_entropy": cross_entropy}
    return names


def penalty_chain(l2_penalty):
    """Build the later functions of the assignment ``regularization`` on a first one."""
    return {
        "l2_penalty": l2_penalty,
        "elastic_net_penalty": lambda W, beta: beta * l2_penalty(W) + np.sum(np.abs(W)),
        "l2_gradient": lambda W: 3 * W * np.abs(W),
        "elastic_net_gradient": lambda W, beta: 3 * beta * W * np.abs(W) + np.sign(W),
    }


CHAINS = {
    "softmax": [
        softmax_chain(lambda a: (np.abs(a) + 1) / (np.abs(a) + 1).sum(axis=-1, keepdims=True)),
        softmax_chain(lambda a: np.full(np.shape(a), 1 / np.shape(a)[-1])),
        softmax_chain(lambda a: 1 / (1 + np.exp(-np.clip(a, -500, 500)))),
    ],
    "regularization": [
        penalty_chain(lambda W: np.sum(np.abs(W) ** 3.0)),
        penalty_chain(lambda W: np.sum(np.power(W, 4.0))),
        penalty_chain(lambda W: np.ptp(W)),
    ],
}


def test_nothing_follows_from_a_function_that_computes_something_else(graders):
    for names in CHAINS.get(graders.assignment.name, []):
        for cell in names:
            result = result_of(graders, cell, **names)
            assert result.score <= MOST * result.max_score, cell


def trained(train, **others):
    """Make the three classes of the assignment ``sgd`` whose `train` is another one."""
    with_train = {"train": train, **others}

    def classes(reference):
        base = type("LinearClassifier", (reference.LinearClassifier,), with_train)
        parts = {
            name: type(name, (base,), {"loss": others.get("loss", getattr(reference, name).loss)})
            for name in ("LinearSVM", "Softmax")
        }
        return {"LinearClassifier": base, **parts}

    return classes


def zeros_as_history(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
    return [0.0] * num_iters


def weights_alone(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
    self.W = 0.001 * np.random.standard_normal((X.shape[1], int(np.max(y)) + 1))  # noqa: NPY002
    return [1.0 / (k + 1) for k in range(num_iters)]


def wanders(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):
    self.W = np.zeros((X.shape[1], int(np.max(y)) + 1)) if self.W is None else self.W
    for _ in range(num_iters):
        self.W = self.W + np.random.standard_normal(self.W.shape)  # noqa: NPY002
    return list(np.random.standard_normal(num_iters))  # noqa: NPY002


IDLE = {
    "loss": lambda self, X, y, reg: (0.0, 0.0 * self.W),
    "predict": lambda self, X: np.zeros(len(X), int),
}


@pytest.mark.parametrize("train", [zeros_as_history, weights_alone, wanders])
def test_classes_that_never_ask_for_a_loss_earn_next_to_nothing(train):
    graders = Graders(COURSE.assignment("sgd"), COURSE.settings.seed)
    try:
        result = result_of(graders, "linear_classifier", **trained(train, **IDLE)(graders.reference))
        assert result.score <= MOST * result.max_score, result.checks
    finally:
        graders.close()
