"""The instructor's first cells, run once for all: nobody can tell, and nobody sees another's work."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from helpers import graded_cell, write_course
from lossmark.course import Course
from lossmark.execution.kernel import StudentKernel
from lossmark.execution.opening import run_opening
from lossmark.execution.run import NotebookRun
from lossmark.grading.pipeline import Grader
from lossmark.quality.roster import solution
from lossmark.sandbox.host import Sandbox, SandboxError
from lossmark.sandbox.limits import Limits

pytestmark = pytest.mark.sandbox

FIRST = """import matplotlib.pyplot as plt
import numpy as np
data = [1, 2, 3]
np.random.seed(3)
plt.rcParams["figure.dpi"] = 50
def scale():
    return factor
factor = 10
print("ready")"""
FIGURE = "plt.plot(data)\nplt.show()\nlen(data)"
SOLUTION = "### BEGIN SOLUTION\ndef double(x):\n    return 2 * x\n### END SOLUTION"
CHECK = """
    from lossmark import assert_close, check

    class TestDouble:
        cell = "double_tests"

        @check(points=2)
        def test_value(self, submission):
            '''Twice'''
            assert_close(submission.double(3.0), 6.0, tolerance=1e-6)
"""


def make_course(folder, *opening):
    cells = [new_code_cell(source) for source in opening]
    cells += [graded_cell("solution", "double", SOLUTION), graded_cell("tests", "double_tests", "pass", 2)]
    write_course(folder, cells, {"reference": "def double(x):\n    return 2 * x", "test_toy": CHECK})
    return Course(folder)


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path, FIRST, FIGURE)


def answers(course, cells):
    """Run cells after the opening ones, which were run ahead, and return what they print."""
    assignment, limits = course.assignment("toy"), Limits()
    with Sandbox() as sandbox:
        opening = run_opening(assignment, sandbox, limits, draws_all=True)
        assert opening is not None
        notebook = [*map(new_code_cell, (FIRST, FIGURE)), *map(new_code_cell, cells)]
        behind = opening.places(notebook, skipped=())
        assert list(behind) == [0, 1]
        run = NotebookRun(notebook, lambda: StudentKernel(sandbox, limits, opened=True), limits, behind)
        run.advance(len(notebook))
        run.close()
    return notebook


def text_of(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def test_names_and_functions_are_as_if_the_cells_had_run(course):
    cells = answers(course, ["factor = 7\nprint(scale(), data, plt.rcParams['figure.dpi'], np.random.randint(1000))"])
    expected = answers(course, [])
    assert text_of(expected[0]) == "ready\n"
    assert text_of(cells[-1]) == f"7 [1, 2, 3] 50.0 {__import__('numpy').random.RandomState(3).randint(1000)}\n"


def test_outputs_counts_and_history_are_as_if_the_cells_had_run(course):
    cells = answers(
        course, ["print(len(In), In[1][:6], __name__, scale.__module__)\nimport pickle\npickle.dumps(scale)"]
    )
    assert [cell.execution_count for cell in cells] == [1, 2, 3]
    picture, value = cells[1].outputs
    assert "image/png" in picture.data
    assert value.data["text/plain"] == "3"
    assert text_of(cells[2]) == "4 import __main__ __main__\n"


def test_a_traceback_shows_the_line_of_an_opening_cell(course):
    cells = answers(course, ["del factor\nscale()"])
    traceback = "".join(cells[-1].outputs[-1].traceback)
    assert "return" in traceback
    assert "<cell 1>" in traceback


def test_a_kernel_that_was_lost_is_opened_again(course):
    cells = answers(course, ["import os\nos._exit(1)", "print(scale())"])
    assert text_of(cells[-1]) == "10\n"


def test_what_one_submission_does_no_other_sees(course):
    spoil = "data.append(4)\nnp.mean = None\nplt.rcParams['figure.dpi'] = 1\nimport builtins\nbuiltins.factor = 0"
    with Grader(course, "toy") as grader:
        honest = nbformat.writes(solution(grader.assignment))
        hostile = solution(grader.assignment)
        hostile.cells.insert(2, new_code_cell(spoil))
        look = solution(grader.assignment)
        look.cells.append(new_code_cell("print(data, np.mean([2]), plt.rcParams['figure.dpi'])"))
        for _ in range(2):
            grader.grade(honest)
        assert grader.grade(nbformat.writes(hostile)).score == 2
        assert text_of(grader.grade(nbformat.writes(look)).notebook.cells[-1]) == "[1, 2, 3] 2.0 50.0\n"


@pytest.mark.parametrize("edit", ["changed", "inserted", "deleted"])
def test_a_submission_that_begins_otherwise_runs_its_own_cells(course, edit):
    with Grader(course, "toy") as grader:
        honest, other = solution(grader.assignment), solution(grader.assignment)
        if edit == "changed":
            other.cells[0].source += "\ndata = 'mine'"
        elif edit == "inserted":
            other.cells.insert(0, new_code_cell("import builtins\nbuiltins.whose = 'mine'"))
        else:
            del other.cells[1]
        other.cells.append(new_code_cell("import builtins\nprint(data, getattr(builtins, 'whose', ''))"))
        grader.grade(nbformat.writes(honest))
        graded = grader.grade(nbformat.writes(other))
    assert graded.score == 2
    assert ("mine" in text_of(graded.notebook.cells[-1])) is (edit != "deleted")


def test_all_submissions_are_graded_the_same_the_first_one_too(course):
    with Grader(course, "toy") as grader:
        notebook = nbformat.writes(solution(grader.assignment))
        graded = [grader.grade(notebook) for _ in range(3)]
    shown = [[(c.source, c.get("execution_count"), c.get("outputs")) for c in one.notebook.cells] for one in graded]
    assert shown[0] == shown[1] == shown[2]


@pytest.mark.parametrize("cell", ["1 / 0", "%time 1", "import os; os._exit(3)"], ids=repr)
def test_cells_that_cannot_be_run_ahead_are_run_by_each(tmp_path, cell):
    course = make_course(tmp_path, "a = 1", cell)
    limits = Limits(cell_timeout_s=2.0)
    with Grader(course, "toy") as grader:
        notebook = nbformat.writes(solution(grader.assignment))
        assert [grader.grade(notebook, limits).score for _ in range(3)] == [2, 2, 2]


def test_a_kernel_cannot_have_cells_behind_it_that_were_not_run():
    with Sandbox() as sandbox:
        with pytest.raises(SandboxError, match="opening cells"):
            StudentKernel(sandbox, Limits(), opened=True)
        assert not sandbox.open(["1 / 0"])
        with pytest.raises(SandboxError, match="opening cells"):
            StudentKernel(sandbox, Limits(), opened=True)
