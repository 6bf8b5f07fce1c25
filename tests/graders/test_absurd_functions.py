"""What functions earn that compute something else: next to nothing, in each cell of each assignment."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

import cunning
from absurd import instead_of
from lossmark.boundary.submission import LocalTransport, Submission
from lossmark.course import Course
from lossmark.grading.graders import Graders

COURSE = Course(Path(__file__).parents[2])
MOST = 0.15
"""The part of a function's points that another function may earn."""

CUNNING = {"hinge_loss": cunning.hinge_loss}
"""What makes the functions of an assignment, given its reference."""


@pytest.fixture(scope="module", params=CUNNING)
def graders(request):
    graders = Graders(COURSE.assignment(request.param), COURSE.settings.seed)
    yield graders
    graders.close()


def earned(graders, cell, **names):
    """Return the part of a cell's points that a notebook earns in which some names are others."""
    right = {**vars(graders.reference), **graders.reference.answers}
    code = [f"def {name}(*args): return 0" for name in names]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        result = graders.run(f"{cell}_tests", Submission(LocalTransport({**right, **names}), code), explain=False)
    return result.score / result.max_score


def test_they_earn_next_to_nothing(graders):
    paid = {}
    for cell, made in CUNNING[graders.assignment.name](graders.reference).items():
        functions = {**instead_of(getattr(graders.reference, cell)), **made}
        assert len(made) >= 12
        for name, function in functions.items():
            part = earned(graders, cell, **{cell: function})
            if part > MOST:
                paid[cell, name] = part
    assert paid == {}
