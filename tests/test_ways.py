"""All ways of grading a notebook give the same score: alone, in a class, and behind nbgrader's own command."""

from __future__ import annotations

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from helpers import graded_cell
from lossmark.course import Course
from lossmark.errors import NotGraded
from lossmark.execution.hidden import HiddenTests
from lossmark.execution.run import NotebookRun
from lossmark.grading.pipeline import Grader
from lossmark.quality.roster import solution
from lossmark.sandbox.limits import Limits
from strangers import plain_course

EMPTY_STUBS = 'c.ClearSolutions.code_stub = {"python": ""}'
GIVEN = new_code_cell("import math\nfactor = 2")
LATER = new_code_cell("offset = factor + 1")
DOUBLE = graded_cell("solution", "double", "### BEGIN SOLUTION\ndouble = lambda x: 2 * x\n### END SOLUTION")
HIDDEN = graded_cell("tests", "q1", "### BEGIN HIDDEN TESTS\nassert double(3) == 6\n### END HIDDEN TESTS", 5)
AGAIN = graded_cell("tests", "q2", "### BEGIN HIDDEN TESTS\nassert double(offset) == 6\n### END HIDDEN TESTS", 4)
VISIBLE = graded_cell("tests", "q3", "assert double(1) == 2", 3)
STUB = new_code_cell("double = None")
BLANKS = {
    "hidden tests after an empty stub": ([GIVEN, DOUBLE, HIDDEN, LATER, AGAIN], EMPTY_STUBS),
    "hidden tests in a row": ([DOUBLE, HIDDEN, AGAIN, GIVEN, VISIBLE], EMPTY_STUBS),
    "hidden tests of an unmarked cell": ([GIVEN, STUB, HIDDEN, LATER, AGAIN, VISIBLE], ""),
    "hidden tests before the solution": ([GIVEN, HIDDEN, LATER, DOUBLE, AGAIN], ""),
}


def scores(course: Course, *notebooks: NotebookNode) -> list[list[float]]:
    """The points of the tests cells of some notebooks: the first one by itself, those behind it as in a class."""
    with Grader(course, "toy") as grader:
        graded = [grader.grade(nbformat.writes(notebook)) for notebook in notebooks]
    return [[cell.score for cell in one.cells] for one in graded]


@pytest.mark.sandbox
@pytest.mark.parametrize("kind", BLANKS)
def test_a_blank_notebook_earns_nothing_in_any_place(tmp_path, kind):
    cells, settings = BLANKS[kind]
    course = plain_course(tmp_path, cells, settings)
    assignment = course.assignment("toy")
    blank, right = assignment.released, solution(assignment)
    right.cells[1].source = right.cells[1].source.replace("double = None", "double = lambda x: 2 * x")
    nothing, full = [0.0] * len(assignment.points), list(assignment.points.values())
    if kind == "hidden tests before the solution":
        full[0] = 0.0
    if kind == "hidden tests in a row":
        full[1] = 0.0  # they need a later cell
    assert scores(course, blank, blank, right) == [nothing, nothing, full]


@pytest.mark.sandbox
def test_hidden_tests_that_a_student_has_moved_to_the_top_run_there(tmp_path):
    course = plain_course(tmp_path, [GIVEN, DOUBLE, HIDDEN, LATER, AGAIN])
    moved = solution(course.assignment("toy"))
    moved.cells.insert(0, moved.cells.pop(2))
    assert scores(course, moved, moved) == [[0.0, 4.0]] * 2


def test_tests_that_were_not_run_are_no_pass():
    cells = [graded_cell("tests", "q1", "", 5), graded_cell("tests", "q2", "", 1)]
    hidden = HiddenTests(cells, {"q1": "assert False", "q2": " \n"})
    run = NotebookRun(cells, pytest.fail, Limits(), {0: cells[0], 1: cells[1]}, hidden=hidden)
    with pytest.raises(NotGraded, match="the tests of q1 were not run"):
        run.outputs_at("q1")
    assert run.outputs_at("q2") == []
