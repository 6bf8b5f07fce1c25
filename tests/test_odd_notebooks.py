"""Submissions whose file is odd: graded for what is there, and what is odd is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from courses import NAME, ROOT, index_of
from lossmark.course import Course
from lossmark.grading import Grader
from lossmark.roster import solution

pytestmark = pytest.mark.sandbox

Edit = Callable[[NotebookNode], object]


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(Course(ROOT), NAME) as grader:
        yield grader


def emptied(notebook: NotebookNode) -> None:
    notebook.cells.clear()


def replaced(notebook: NotebookNode) -> None:
    notebook.cells = [new_markdown_cell("# Another notebook"), new_code_cell("x = 1")]


def without_metadata(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata = {}


def repriced(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if "points" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader.points = 1000
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "L_i_tests":
            cell.metadata.nbgrader.update(grade=False, solution=True, locked=False, schema_version=1)


def with_emptied_tests(notebook: NotebookNode) -> None:
    notebook.cells[index_of(notebook, "svm_loss_tests")].source = "print('all is well')"


def without_tests(notebook: NotebookNode) -> None:
    del notebook.cells[index_of(notebook, "svm_loss_tests")]


def without_function(notebook: NotebookNode) -> None:
    del notebook.cells[index_of(notebook, "svm_loss")]


def with_function_elsewhere(notebook: NotebookNode) -> None:
    at = index_of(notebook, "svm_loss")
    notebook.cells[at] = new_code_cell(notebook.cells[at].source)


def with_function_and_tests_elsewhere(notebook: NotebookNode) -> None:
    at = index_of(notebook, "svm_loss")
    notebook.cells[at : at + 2] = [new_code_cell(notebook.cells[at].source), new_code_cell("print('my own test')")]


def with_doubled_function(notebook: NotebookNode) -> None:
    at = index_of(notebook, "svm_loss")
    notebook.cells.insert(at + 1, notebook.cells[at].copy())


def with_doubled_tests(notebook: NotebookNode) -> None:
    notebook.cells.append(notebook.cells[index_of(notebook, "svm_loss_tests")].copy())


def turned_round(notebook: NotebookNode) -> None:
    notebook.cells.reverse()


PUT_BACK = "was missing and has been put back"
ODD_NOTEBOOKS: dict[Edit, tuple[float, list[str]]] = {
    emptied: (0, [f"`svm_loss_tests` {PUT_BACK}", "the cell `svm_loss` is missing from the notebook"]),
    replaced: (0, [f"`svm_loss_tests` {PUT_BACK}", "the cell `svm_loss` is missing from the notebook"]),
    without_metadata: (20, [f"`svm_loss_tests` {PUT_BACK}"]),
    repriced: (20, []),
    with_emptied_tests: (20, ["`svm_loss_tests` was changed; the instructor's version was used"]),
    without_tests: (20, [f"`svm_loss_tests` {PUT_BACK}"]),
    without_function: (15, ["the cell `svm_loss` is missing from the notebook"]),
    with_function_elsewhere: (20, ["the cell `svm_loss` is missing from the notebook"]),
    with_function_and_tests_elsewhere: (20, [f"`svm_loss_tests` {PUT_BACK}", "the cell `svm_loss` is missing"]),
    with_doubled_function: (20, ["`svm_loss` is there more than once; the last one counts"]),
    turned_round: (0, []),
    with_doubled_tests: (20, ["`svm_loss_tests` is there more than once; the last one counts"]),
}


@pytest.mark.parametrize("edit", ODD_NOTEBOOKS, ids=lambda edit: edit.__name__)
def test_odd_notebook_is_graded_for_what_is_there(edit: Edit, grader: Grader) -> None:
    notebook = solution(grader.assignment)
    edit(notebook)
    score, remarks = ODD_NOTEBOOKS[edit]
    graded = grader.grade(json.dumps(notebook))  # nbformat would mend or refuse some of them
    assert (graded.score, graded.max_score) == (score, 20.0)
    assert [cell.grade_id for cell in graded.cells] == list(grader.assignment.points)
    said = "; ".join(graded.remarks)
    assert all(remark in said for remark in remarks)
    assert bool(graded.remarks) == bool(remarks)
    nbformat.validate(graded.notebook)


@pytest.mark.parametrize("version", [2, 3])
def test_notebook_of_an_old_format_is_graded(version: int, grader: Grader) -> None:
    old = nbformat.convert(solution(grader.assignment), to_version=version)
    assert grader.grade(json.dumps(old)).score == 20.0
