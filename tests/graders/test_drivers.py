"""What is sent into student kernels: every function in it is taken for each graded function, and earns nothing."""

from __future__ import annotations

import ast
import textwrap
import warnings
from pathlib import Path
from types import CodeType, FunctionType

import pytest

from lossmark.boundary import wire
from lossmark.boundary.submission import LocalTransport, Submission
from lossmark.course import Course
from lossmark.grading.graders import Graders

COURSE = Course(Path(__file__).parents[2])
WITH_DRIVERS = ["image_features"]
MOST = 0.15
"""Part of a cell's points that a function taken out of a driver may earn, as any absurd one."""


class Thief:
    """A transport that keeps the source of every driver it is sent, as a hostile notebook does."""

    def __init__(self, names):
        self.honest = LocalTransport(names)
        self.sources = {}

    def ask(self, request):
        asked = wire.decode(request)
        if asked["kind"] == "run":
            self.sources[asked["name"]] = asked["source"]
        return self.honest.ask(request)


def functions_in(source):
    """Make a function of every code object of a driver, at any depth, as far as it closes over nothing."""
    scope = {}
    exec(textwrap.dedent(source), scope)  # so that what the driver imports can be found
    pending = [value.__code__ for value in scope.values() if isinstance(value, FunctionType)]
    exec("import numpy as np, random", scope)
    while pending:
        code = pending.pop()
        pending += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        if not code.co_name.startswith("<") or code.co_name == "<lambda>":
            cells = tuple(type((lambda: scope).__closure__[0])(None) for _ in code.co_freevars)
            yield FunctionType(code, scope, code.co_name, None, cells)


def graded_names(assignment):
    return [name.removesuffix("_tests") for name in assignment.points]


@pytest.mark.parametrize("name", WITH_DRIVERS)
def test_functions_taken_out_of_drivers_earn_next_to_nothing(name):
    assignment = COURSE.assignment(name)
    graders = Graders(assignment, COURSE.settings.seed)
    graders.misconceptions = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            thief = Thief(graders._right_names())
            for cell in assignment.points:
                graders.run(cell, Submission(thief))
            assert thief.sources
            taken = [function for source in thief.sources.values() for function in functions_in(source)]
            for function in taken:
                for graded in filter(
                    lambda graded: callable(graders._right_names().get(graded)), graded_names(assignment)
                ):
                    result = graders.run(f"{graded}_tests", Submission(LocalTransport({graded: function})))
                    assert result.score <= MOST * assignment.points[f"{graded}_tests"], (function.__name__, graded)
    finally:
        graders.close()


@pytest.mark.parametrize("name", WITH_DRIVERS)
def test_no_driver_defines_a_graded_function(name):
    """Nor a method of a graded class: what is needed of an earlier function is the student's own."""
    assignment = COURSE.assignment(name)
    module = ast.parse((assignment.graders / "drivers.py").read_text())
    graded = {*graded_names(assignment)}
    inner = [
        function.name
        for driver in module.body
        if isinstance(driver, ast.FunctionDef)
        for function in ast.walk(driver)
        if isinstance(function, ast.FunctionDef) and function is not driver
    ]
    assert graded.isdisjoint(inner)
