"""Values of every kind that the wire carries, in the place of each graded function and each short answer of the course.

``LOSSMARK_FUZZ=3000`` draws 3,000 for each of them, ``LOSSMARK_FUZZ=130`` 3,000 in all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from conftest import DRAWN
from drawing import PLAIN
from helpers import ROOT
from lossmark.boundary.submission import Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.boundary.wire import Opaque, decode, encode
from lossmark.checks import CheckFailed, Shows, assert_answer
from lossmark.course import Assignment, Course, grade_id_of
from lossmark.grading.graders import Graders
from lossmark.grading.report import check_table

pytestmark = pytest.mark.slow
VALUES = int(os.environ.get("LOSSMARK_FUZZ", "1"))
"""How many are drawn for each function."""
MOST_OF_A_CONSTANT = 0.15
"""The share of a function's points that a value which does not depend on the arguments may earn."""
COURSE = Course(ROOT)

ODD = [
    *("(30731)", "1e400", "nan", "9" * 5000, "\ud800", "x" * 100_000, "None", "[1, 2]"),
    *(10**1000, -(10**1000), 2**62, 10**12, 2**64, -(2**63), 1e308, 1e-320, complex("nan"), np.float16(6e4)),
    *(np.zeros((0, 2**62), np.int8), np.zeros((2**40, 0), np.int8), np.zeros((0, 2**20)), np.ones((1,) * 8)),
    *(np.full(3, np.nan), np.full((3, 3), 1e308), np.ones((2, 3, 4)), np.array(["a"]), np.longdouble(1)),
    *({(1, 2): 3}, {np.float64(1): 2, 1: 3}, {hash((1, 2)): 1, (1, 2): 2}, [10**400, 1.0], [[1], [1, 2]], [None]),
    *((10**400, np.ones(3)), (None, None), (1.0, np.ones((2, 2)), 3), [[[[[[]]]]]], object(), [object()], range(3)),
]
"""Values at which sizes, conversions and comparisons go wrong."""


@pytest.fixture(scope="module", params=COURSE.assignments)
def graders(request: pytest.FixtureRequest) -> Iterator[Graders]:
    graders = Graders(COURSE.assignment(request.param), COURSE.settings.seed)
    yield graders
    graders.close()


def examine(graders: Graders, cell: str, names: dict[str, Any]) -> float:
    """Grade a cell, which must come to an end without a fault of ours, and return the share of its points."""
    code = [cell.source for cell in graders.assignment.source.cells if cell.cell_type == "code"]
    result = graders.run(cell, Submission(LocalTransport(names), code))
    check_table(result, Shows.EXPECTED)
    return result.score / result.max_score


def drawn(part: int) -> Callable[[Any], Any]:
    chosen = settings(
        max_examples=VALUES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: chosen(seed(part)(test))


def spoilt(right: Any, how: int, value: Any) -> Any:
    """Return a right answer of which a part is something else."""
    if isinstance(right, tuple | list) and right:
        place = how % len(right)
        return tuple(value if i == place else part for i, part in enumerate(right))
    array = np.asarray(right)
    if array.dtype.kind not in "biuf" or not array.size:
        return value
    with np.errstate(all="ignore"):
        return [
            array.T,
            array.ravel(),
            array[None],
            array.astype(np.float16),
            array.astype(complex),
            array.astype(int),
            array * np.inf,
            np.where(np.arange(array.size).reshape(array.shape) == how % array.size, np.nan, array),
            array.tolist(),
            array.reshape(-1)[:0],
        ][how % 10]


def test_any_value_of_a_function_is_graded_and_earns_no_more_than_a_constant(
    graders: Graders, record_property: Callable[..., None]
) -> None:
    cells = [cell for cell in graders.assignment.points if not cell.endswith("answers_tests")]
    counts = [examine_function(graders, cell, part, ODD[part :: len(cells)]) for part, cell in enumerate(cells)]
    record_property(DRAWN, ("values of functions", sum(counts)))


def replaced(right: Any, value: Any, how: int) -> Any:
    """Return a function that answers with a value, or a right one that puts it into what it returns."""
    if not callable(right):
        return value
    if isinstance(right, type):
        methods = [name for name, method in vars(right).items() if callable(method) and not name.startswith("_")]
        return type(right.__name__, (right,), dict.fromkeys(methods, lambda *args, **kwargs: value))
    if how % 2:
        return lambda *args, **kwargs: spoilt(right(*args, **kwargs), how // 2, value)
    return lambda *args, **kwargs: value


def source_of(assignment: Assignment, grade_id: str) -> str:
    return next(cell.source for cell in assignment.source.cells if grade_id_of(cell) == grade_id)


def examine_function(graders: Graders, cell: str, part: int, odd: list[Any]) -> int:
    """Put values in the place of a function, and in the place of a part of what it returns; return how many."""
    count, solution = 0, source_of(graders.assignment, cell.removesuffix("_tests"))
    bound = re.findall(r"^(?:def|class) (\w+)|^(\w+) = ", solution, re.MULTILINE)
    replacing = [
        function or variable for function, variable in bound if (function or variable) in graders._right_names()
    ]
    assert replacing
    values = st.sampled_from(odd) | PLAIN

    @drawn(part)
    @given(values, st.integers(0, 100))
    def answer(value: Any, how: int) -> None:
        nonlocal count
        names = graders._right_names()
        for name in replacing:
            names[name] = replaced(names[name], value, how)
        share = examine(graders, cell, names)
        is_constant = how % 2 == 0 and not any(isinstance(names[name], type) for name in replacing)
        assert not is_constant or share <= MOST_OF_A_CONSTANT
        count += 1

    answer()
    return count


def test_any_short_answer_is_graded_and_passes_only_where_it_says_the_right_thing(
    graders: Graders, record_property: Callable[..., None]
) -> None:
    count = 0
    right = graders._right_names().get("answers", {})
    cells = [cell for cell in graders.assignment.points if cell.endswith("answers_tests")]
    assert bool(cells) == bool(right)

    @drawn(0)
    @given(st.sampled_from(ODD) | PLAIN)
    def answer(value: Any) -> None:
        nonlocal count
        names = {**graders._right_names(), **dict.fromkeys(right, value)}
        if not any(says(decode(encode(value)), expected) for expected in right.values()):
            assert all(examine(graders, cell, names) == 0.0 for cell in cells)
        count += 1

    if cells:
        answer()
    record_property(DRAWN, ("short answers", count))


def says(value: Any, expected: Any) -> bool:
    if isinstance(value, Opaque):
        return False
    try:
        assert_answer(value, expected)
    except CheckFailed:
        return False
    return True
