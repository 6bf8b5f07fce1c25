"""What is sent into student kernels: every function in it is taken for each graded function, and earns nothing."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from lossmark.boundary import wire
from lossmark.boundary.submission import Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.course import Course
from lossmark.grading.graders import Graders

COURSE = Course(Path(__file__).parents[2])
WITH_DRIVERS = ["gradients", "image_features", "sgd"]
WITH_STAND_INS = ["gradients", "sgd"]
"""Those whose drivers hold functions, which stand in for something."""
CLASSES = ("LinearClassifier", "LinearSVM", "Softmax")
MOST = 0.15
"""Part of a cell's points that a function taken out of a driver may earn, as any absurd one."""


class Stolen:
    """The functions of the grader's that can be found while it asks, by the place where they were made."""

    def __init__(self) -> None:
        self.functions: dict[tuple[str, int], FunctionType] = {}

    def look_around(self) -> None:
        """Search the frames of whoever calls, as a hostile function does."""
        frame = sys._getframe(1)
        while frame is not None:
            if frame.f_globals.get("__name__") == "lossmark.run":
                for function in _functions_in([*frame.f_globals.values(), *frame.f_locals.values()], 4):
                    code = function.__code__
                    if function.__globals__.get("__name__") == "lossmark.run":
                        self.functions[code.co_name, code.co_firstlineno] = function
            frame = frame.f_back

    def spying(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function that looks around and then does what it should."""

        def spy(*args: Any, **kwargs: Any) -> Any:
            self.look_around()
            return function(*args, **kwargs)

        return FunctionType(spy.__code__, function.__globals__, function.__name__, None, spy.__closure__)


def _functions_in(values: list[Any], depth: int) -> Iterator[FunctionType]:
    for value in values:
        if isinstance(value, FunctionType):
            yield value
        elif isinstance(value, dict) and depth and len(value) < 100:
            yield from _functions_in(list(value.values()), depth - 1)
        elif isinstance(value, type) and depth:
            yield from _functions_in(list(vars(value).values()), depth - 1)


def hostile_names(graders: Graders, stolen: Stolen) -> dict[str, Any]:
    """The right names, each of which looks around when it is called."""
    names = graders._right_names()
    graded = [name.removesuffix("_tests") for name in graders.assignment.points]
    for name in graded:
        if isinstance(names.get(name), FunctionType):
            names[name] = stolen.spying(names[name])
    for cls in (names[name] for name in CLASSES if name in names):
        for method in ("train", "predict", "loss"):
            if method in vars(cls):
                setattr(cls, method, stolen.spying(vars(cls)[method]))
    return names


@pytest.mark.parametrize("name", sorted({*WITH_DRIVERS} - {*WITH_STAND_INS}))
def test_a_driver_without_stand_ins_holds_no_function_at_all(name):
    module = ast.parse((COURSE.assignment(name).graders / "drivers.py").read_text())
    drivers = [driver for driver in module.body if isinstance(driver, ast.FunctionDef)]
    assert drivers
    for driver in drivers:
        inner = [node for node in ast.walk(driver) if isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef)]
        assert inner == [driver]


@pytest.mark.parametrize("name", WITH_STAND_INS)
def test_functions_found_while_the_grader_asks_earn_next_to_nothing(name):
    assignment = COURSE.assignment(name)
    graders = Graders(assignment, COURSE.settings.seed)
    graders.misconceptions = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stolen = Stolen()
            for cell in assignment.points:
                graders.run(cell, Submission(LocalTransport(hostile_names(graders, stolen))), explain=False)
            assert stolen.functions
            for function in stolen.functions.values():
                base = type("LinearClassifier", (), {"W": None} | dict.fromkeys(("train", "predict", "loss"), function))
                names = {name: type(name, (base,), {}) for name in CLASSES}
                right = graders._right_names()
                for cell, points in assignment.points.items():
                    graded = cell.removesuffix("_tests")
                    if isinstance(right.get(graded), FunctionType) or graded == "linear_classifier":
                        submission = Submission(LocalTransport(names | {graded: function}))
                        result = graders.run(cell, submission, explain=False)
                        assert result.score <= MOST * points, (function.__name__, graded)
    finally:
        graders.close()


class Forger:
    """A transport that answers each driver with the same report, whatever it was asked."""

    def __init__(self, report: Any) -> None:
        self.reply = wire.encode({"outcome": "value", "value": report})

    def ask(self, request: bytes) -> bytes:
        return self.reply


FACTS = {"number": 1, "count": 4, "shape": (2, 3), "loss": 1.0, "mean": 0.0, "spread": 1.0, "parents": [0, 1, 1]}
FACTS |= {
    "known": 1.0,
    "paired": 1.0,
    "in_order": False,
    "repeated": False,
    "rare": [],
    "different": 50,
    "shapes": [((4, 3), (4,))],
}
FACTS |= {"regs": [0.5], "sizes": [4], "fresh": True, "data": "training", "largest": -2.0}


REPORTS = [FACTS, {**FACTS, "spread": -3.0}, {**FACTS, "trainings": [FACTS]}, [FACTS, FACTS], True]


@pytest.mark.parametrize("name", WITH_DRIVERS)
def test_facts_that_are_claimed_earn_nothing(name):
    assignment = COURSE.assignment(name)
    graders = Graders(assignment, COURSE.settings.seed)
    graders.misconceptions = []
    try:
        for cell, report in product(assignment.points, REPORTS):
            assert graders.run(cell, Submission(Forger(report)), explain=False).score == 0, (cell, report)
    finally:
        graders.close()
