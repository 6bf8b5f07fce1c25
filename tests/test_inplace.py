"""The hidden line of a tests cell, in the instructor's own notebook."""

from __future__ import annotations

from collections.abc import Callable

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

import lossmark
from courses import NAME, copy_course, index_of
from lossmark.course import Course
from lossmark.errors import UsageError
from lossmark.inplace import check_in_place

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return copy_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def execute(course: Course) -> Callable[..., NotebookNode]:
    """Run the instructor's notebook in a plain kernel, as Jupyter does, after an edit."""

    def execute(notebook: NotebookNode) -> NotebookNode:
        resources = {"metadata": {"path": course.root / "source" / NAME}}
        NotebookClient(notebook, timeout=60, kernel_name="python3", resources=resources).execute()
        return notebook

    return execute


def read(course: Course) -> NotebookNode:
    return nbformat.read(course.root / "source" / NAME / f"{NAME}.ipynb", as_version=4)


def tables(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Return the tables of the tests cells, by grade id."""
    return {
        cell.metadata.nbgrader.grade_id: output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if 'class="lossmark"' in output.get("data", {}).get("text/html", "")
    }


def test_every_tests_cell_of_the_source_shows_its_table(course: Course, execute: Callable[..., NotebookNode]) -> None:
    assignment = course.assignment(NAME)
    found = tables(execute(read(course)))
    assert list(found) == list(assignment.points)
    for name, output in found.items():
        points = f"{assignment.points[name]:g}"
        assert f"{name}: {points} of {points} points" in output.data["text/plain"]
        assert "✓ passed" in output.data["text/html"]
        assert "✗" not in output.data["text/html"]


def test_broken_solution_fails_after_its_table(course: Course, execute: Callable[..., NotebookNode]) -> None:
    notebook = read(course)
    cell = notebook.cells[index_of(notebook, "svm_loss")]
    cell.source = cell.source.replace("margins[np.arange(N), y] = 0.0", "margins[np.arange(N), y] = 1e-3")
    tests = notebook.cells[index_of(notebook, "svm_loss_tests")]
    tests.source = 'import lossmark\nlossmark.grade("svm_loss_tests")'  # the visible tests would fail before
    with pytest.raises(CellExecutionError):
        execute(notebook)
    table, error = tests.outputs
    assert "✗ failed" in table.data["text/plain"]
    assert error.ename == "ChecksFailed"
    assert error.evalue.startswith("2 of 6 checks did not pass: test_loss_of_one_example, ")


def test_hidden_line_runs_the_graders_as_they_are_now(course: Course, execute: Callable[..., NotebookNode]) -> None:
    notebook = read(course)
    tests = notebook.cells[index_of(notebook, "L_i_tests")]
    del notebook.cells[index_of(notebook, "L_i_tests") + 1 :]
    file = course.root / "graders" / NAME / "test_hinge_loss.py"
    tests.source += f"""
text = open({str(file)!r}).read()
try:
    open({str(file)!r}, "w").write(text.replace("The loss of one example is right", "An edited title"))
    lossmark.grade("L_i_tests")
finally:
    open({str(file)!r}, "w").write(text)
"""
    execute(notebook)
    first, second = [output.data["text/plain"] for output in tests.outputs if output.output_type == "display_data"]
    assert "An edited title" not in first
    assert "An edited title" in second


def test_unknown_cell_is_named(course: Course) -> None:
    with pytest.raises(UsageError, match=r"no assignment of .* has a tests cell 'svm_los_tests'"):
        check_in_place("svm_los_tests", {}, [], course.root)


def test_outside_of_a_notebook_there_is_nothing_to_grade() -> None:
    with pytest.raises(UsageError, match="works in a notebook"):
        lossmark.grade("svm_loss_tests")


def test_missing_function_is_said_in_the_table(course: Course) -> None:
    result = check_in_place("svm_loss_tests", {}, [], course.root / "source" / NAME)
    assert {check.outcome for check in result.checks} == {"missing"}
    assert result.score == 0.0
