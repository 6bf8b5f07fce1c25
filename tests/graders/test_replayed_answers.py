"""What a table of the right answers for other inputs earns: nothing, wherever inputs are drawn.

Some students could hand in again after they have seen answers. Short answers have no inputs, so they are left out.
"""

from __future__ import annotations

import copy
import inspect
import warnings
from pathlib import Path

import numpy as np
import pytest

import cunning
from absurd import raises
from lossmark.boundary.submission import Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.course import Course
from lossmark.grading.graders import Graders

COURSE = Course(Path(__file__).parents[2])
SEEN, GRADED = 1, 2
"""Seeds: of the inputs whose answers are known, and of those that are graded."""

ASSIGNMENTS = ("hinge_loss", "softmax", "regularization", "gradients", "sgd", "image_features")


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def graders(request):
    graders = Graders(COURSE.assignment(request.param), COURSE.settings.seed)
    yield graders
    graders.close()


def key_of(value):
    """Make of arguments what a table is searched by; of a function that is passed, nothing is known."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, list | tuple):
        return tuple(map(key_of, value))
    if isinstance(value, dict):
        return tuple((name, key_of(item)) for name, item in value.items())
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    return "a function" if callable(value) else repr(value)


def noting(right, table):
    """Make the right function, which writes its answers down."""

    def function(*args, **kwargs):
        key = key_of((args, kwargs))
        table[key] = right(*args, **kwargs)
        return copy.deepcopy(table[key])

    return function


def looking_up(table, otherwise):
    """Make a function that looks its answers up, and does something else where it finds none."""

    def function(*args, **kwargs):
        key = key_of((args, kwargs))
        return copy.deepcopy(table[key]) if key in table else otherwise(*args, **kwargs)

    return function


def constant(right):
    """Make a function whose numbers are all the same, in the shape of the right ones."""

    def filled(part):
        return 0.25 if np.ndim(part) == 0 else np.full(np.shape(part), 0.25)

    def function(*args, **kwargs):
        answer = right(*args, **kwargs)
        return tuple(map(filled, answer)) if isinstance(answer, tuple) else filled(answer)

    return function


def result_of(graders, cell, function, seed):
    """Grade a notebook with this function in place of the right one, on the inputs of a seed."""
    names = {**vars(graders.reference), **graders.reference.answers, cell: function}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        submission = Submission(LocalTransport(names), [f"def {cell}(*args): return 0"])
        return graders.run(f"{cell}_tests", submission, seed, explain=False)


def functions_of(graders):
    """Yield the graded functions; the class of ``linear_classifier`` answers through its state, not by a table."""
    for cell in dict.fromkeys(version.cell for version in graders.misconceptions):
        right = getattr(graders.reference, cell, None)
        if inspect.isfunction(right):
            yield cell, right


def test_a_table_of_answers_earns_nothing_on_other_inputs(graders):
    lawful = getattr(cunning, graders.assignment.name)(graders.reference)
    for cell, right in functions_of(graders):
        table = {}
        assert result_of(graders, cell, noting(right, table), SEEN).lost == ()
        others = [constant(cunning.SHAPED.get(cell, right)), *lawful.get(cell, {}).values()]
        for otherwise in (raises(KeyError), others[:2][-1]):
            result = result_of(graders, cell, looking_up(table, otherwise), GRADED)
            assert result.score == 0, (cell, [check.name for check in result.checks if check.points])
