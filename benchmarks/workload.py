"""A class that all graders can grade: honest submissions, the same in each grader's own form."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from pathlib import Path

import in_kernel
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from lossmark.course import TESTS, Assignment, Course, kind_of
from lossmark.grading.graders import Graders
from lossmark.quality.roster import solution, with_variants
from lossmark.settings import CONFIG_FILE

BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"


def copy_course(course: Course, folder: Path) -> Course:
    """Put what makes a course into a folder of its own."""
    folder.mkdir(parents=True)
    shutil.copy(course.root / CONFIG_FILE, folder)
    for part in ("source", "graders"):
        shutil.copytree(course.root / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return Course(folder)


def honest_class(assignment: Assignment, seed: int, size: int) -> list[NotebookNode]:
    """Make submissions as students do: the solution, then right and wrong versions, one in each notebook.

    Parameters
    ----------
    assignment : Assignment
        What is submitted.
    seed : int
        The course's.
    size : int
        How many; the versions are chosen at even distances, and come again where there are fewer.

    Returns
    -------
    list of NotebookNode
    """
    graders = Graders(assignment, seed)
    try:
        versions = [*graders.alternatives, *graders.misconceptions]
        chosen = (versions[i * len(versions) // max(size - 1, 1) % len(versions)] for i in range(size - 1))
        return [solution(assignment), *(with_variants(assignment, version) for version in chosen)]
    finally:
        graders.close()


def submit(course: Course, assignment: str, notebooks: dict[str, NotebookNode]) -> None:
    """Hand notebooks in, by student."""
    for student, notebook in notebooks.items():
        file = course.root / "submitted" / student / assignment / f"{assignment}.ipynb"
        file.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, file)


def make_stock(course: Course, folder: Path) -> Course:
    """Make the same course for stock nbgrader: each hidden line runs the checks in the student's kernel.

    A visible test that fails ends its cell; so that the checks count all the same, as they do in Lossmark, they have a
    cell of their own behind it.

    Parameters
    ----------
    course : Course
        The course.
    folder : Path
        Where to make it.

    Returns
    -------
    Course
    """
    stock = copy_course(course, folder)
    (folder / CONFIG_FILE).write_text("c = get_config()\nc.CourseDirectory.course_id = 'losses'\n")
    for name in course.assignments:
        file = folder / "source" / name / f"{name}.ipynb"
        notebook = nbformat.read(file, as_version=4)
        nbformat.write(split_tests(notebook, name, folder), file)
    return stock


def split_tests(notebook: NotebookNode, assignment: str, course: Path, *, keep_hidden: bool = True) -> NotebookNode:
    """Put the visible part of each tests cell into a cell of its own, in front of it.

    Parameters
    ----------
    notebook : NotebookNode
        A source notebook or a submission.
    assignment : str
        Its name.
    course : Path
        The course that its hidden lines name.
    keep_hidden : bool
        Whether there shall be hidden lines, as in a source notebook.

    Returns
    -------
    NotebookNode
    """
    split = copy.deepcopy(notebook)
    split.cells = [part for cell in split.cells for part in _parts(cell, assignment, course, keep_hidden)]
    return split


def _parts(cell: NotebookNode, assignment: str, course: Path, keep_hidden: bool) -> Iterator[NotebookNode]:
    if kind_of(cell) != TESTS:
        yield cell
        return
    grade_id = cell.metadata.nbgrader.grade_id
    yield new_code_cell(cell.source.partition(BEGIN_HIDDEN)[0].strip(), id=f"visible-{grade_id}".replace("_", "-")[:64])
    hidden = f"{BEGIN_HIDDEN}\n{in_kernel.hidden_line(grade_id, assignment, course)}\n{END_HIDDEN}"
    cell.source = hidden if keep_hidden else ""
    yield cell
