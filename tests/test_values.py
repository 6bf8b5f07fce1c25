"""Values of every kind that the wire carries, in the place of each graded function and each short answer of the course.

A wrong function answers each call with the next value, so that one run of a cell's checks meets many of them. Without
``LOSSMARK_FUZZ`` each cell is run once; ``LOSSMARK_FUZZ=3000`` runs it until each function has returned 3,000 values.
"""

from __future__ import annotations

import functools
import itertools
import os
import random
import re
from collections.abc import Callable, Iterator, Sequence
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
"""How many each function returns at least."""
DIFFERENT = max(VALUES, 200)
"""How many are drawn; each function returns them in another order."""
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


def examine(graders: Graders, cell: str, names: dict[str, Any], *, explain: bool = True) -> float:
    """Grade a cell, which must come to an end without a fault of ours, and return the share of its points."""
    code = [cell.source for cell in graders.assignment.source.cells if cell.cell_type == "code"]
    result = graders.run(cell, Submission(LocalTransport(names), code), explain=explain)
    check_table(result, Shows.EXPECTED)
    return result.score / result.max_score


def drawn(count: int) -> Callable[[Any], Any]:
    chosen = settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: chosen(seed(0)(test))


@functools.cache
def all_values() -> Sequence[Any]:
    values = list(ODD)

    @drawn(DIFFERENT)
    @given(PLAIN)
    def collect(value: Any) -> None:
        values.append(value)

    collect()
    return values


class Values:
    """Odd and drawn values in an order of their own, again from the first one when all have been handed out."""

    def __init__(self, part: int) -> None:
        values = all_values()
        self._values = itertools.cycle(random.Random(part).sample(values, len(values)))
        self.handed_out = 0

    def next(self) -> Any:
        self.handed_out += 1
        return next(self._values)


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
    counts = [examine_function(graders, cell, part) for part, cell in enumerate(cells)]
    record_property(DRAWN, ("values of functions", sum(counts)))


def source_of(assignment: Assignment, grade_id: str) -> str:
    return next(cell.source for cell in assignment.source.cells if grade_id_of(cell) == grade_id)


def same(values: Values) -> Callable[..., Any]:
    value = values.next()
    return lambda right: lambda *args, **kwargs: value


def another(values: Values) -> Callable[..., Any]:
    return lambda right: lambda *args, **kwargs: values.next()


def part_of_right(values: Values) -> Callable[..., Any]:
    return lambda right: lambda *args, **kwargs: spoilt(right(*args, **kwargs), values.handed_out, values.next())


WAYS = [another, part_of_right, same, another, part_of_right]
"""How a function answers: with another value each time, with a right one that is spoilt, or always with the same."""
EXPLAINED = 10
"""One of so many runs of a cell looks for what explains the answers, which takes longer than the run itself."""


def replaced(right: Any, values: Values, way: Callable[[Values], Any]) -> Any:
    """Return what stands in for something of the solution: a function, a class of which no method works, a value."""
    if not callable(right):
        return values.next()
    if isinstance(right, type):
        methods = {name: method for name, method in vars(right).items() if callable(method) and name[0] != "_"}
        answer = way(values)
        return type(right.__name__, (right,), {name: answer(method) for name, method in methods.items()})
    return way(values)(right)


def examine_function(graders: Graders, cell: str, part: int) -> int:
    """Put values in the place of a function, and in the place of a part of what it returns; return how many."""
    solution = source_of(graders.assignment, cell.removesuffix("_tests"))
    bound = re.findall(r"^(?:def|class) (\w+)|^(\w+) = ", solution, re.MULTILINE)
    replacing = [
        function or variable for function, variable in bound if (function or variable) in graders._right_names()
    ]
    assert replacing
    values = Values(part)
    number = 0
    while number == 0 or values.handed_out < VALUES:
        names, way, first = graders._right_names(), WAYS[(part + number) % len(WAYS)], values.handed_out
        for name in replacing:
            names[name] = replaced(names[name], values, way)
        share = examine(graders, cell, names, explain=number % EXPLAINED == 0)
        assert way is part_of_right or share <= MOST_OF_A_CONSTANT, (cell, way.__name__, first)
        number += 1
    return values.handed_out


def test_any_short_answer_is_graded_and_passes_only_where_it_says_the_right_thing(
    graders: Graders, record_property: Callable[..., None]
) -> None:
    count = 0
    right = graders._right_names().get("answers", {})
    cells = [cell for cell in graders.assignment.points if cell.endswith("answers_tests")]
    assert bool(cells) == bool(right)

    @drawn(VALUES)
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
