"""Whether an assignment can be graded in this environment, found out beforehand with the instructor's solution."""

from __future__ import annotations

import ast
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute
from traitlets.config import Config

from lossmark.course import Assignment, Course, grade_id_of
from lossmark.doctor import Finding
from lossmark.errors import NotGraded
from lossmark.grading.pipeline import Grader
from lossmark.release import unused_attachments

_TAKEN = {"timeout", "enabled"}
"""Of nbgrader's settings about running notebooks, those that count here."""
_INSTALL = (
    "install the module where Lossmark is installed, or put the file beside the notebook in source/; a cell that is "
    "meant to fail gets the tag `raises-exception`"
)
_LONGEST_PATH = 1000
_SYSTEM = ("/bin", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr")


def examine_assignment(course: Course, name: str) -> Iterator[Finding]:
    """Look at what an assignment needs, and then grade the instructor's solution.

    Parameters
    ----------
    course : Course
        The course.
    name : str
        The assignment's name.

    Yields
    ------
    Finding

    Raises
    ------
    UsageError
        If there is no such assignment.
    """
    assignment = course.assignment(name)
    yield _kernel(assignment)
    if ignored := sorted(_ignored(course.config)):
        yield Finding("settings", f"without effect in the sandbox: {', '.join(ignored)}")
    if assignment.files:
        size = sum(map(len, assignment.files.values())) / 2**20
        yield Finding("data files", f"{len(assignment.files)} beside the notebook, {size:.1f} MiB")
    yield from _pictures(assignment)
    yield from _paths(course, assignment)
    yield from _solution(course, assignment)


def _kernel(assignment: Assignment) -> Finding:
    """Compare the kernel that the notebook names with this environment, in which it runs."""
    name = assignment.source.metadata.get("kernelspec", {}).get("name", "python3")
    try:
        program = KernelSpecManager().get_kernel_spec(name).argv[0]
    except NoSuchKernel:
        return Finding("kernel", f"{name}, which is not installed here; notebooks run with {sys.executable}")
    path = Path(shutil.which(program) or program)
    if program.startswith("python") or path.parent == Path(sys.executable).parent:
        return Finding("kernel", f"{name}, this Python environment")
    return Finding("kernel", f"{name}, whose Python is {path}; notebooks run with {sys.executable} instead")


def _ignored(config: Config) -> Iterator[str]:
    """Find nbgrader's settings about running notebooks that have no effect here."""
    for kind in Execute.mro():
        for trait in config.get(kind.__name__, ()):
            if trait in Execute.class_trait_names(config=True) and trait not in _TAKEN:
                yield f"c.{kind.__name__}.{trait}"


def _pictures(assignment: Assignment) -> Iterator[Finding]:
    """Find pictures that students get, and that no text of the release shows: they belong to a solution."""
    for cell in assignment.released.cells:
        if names := unused_attachments(cell):
            state = f"{', '.join(names)}: not shown in the release, and in its file"
            remedy = 'c.GenerateAssignment.preprocessors.append("lossmark.release.ClearAttachments")'
            yield Finding(f"cell `{grade_id_of(cell)}`", state, False, remedy)


def _paths(course: Course, assignment: Assignment) -> Iterator[Finding]:
    """Find texts in the notebook's code that name files outside of its folder, which the sandbox does not show."""
    folder = course.root / "source" / assignment.name
    for cell in assignment.source.cells:
        for line, text in _texts(cell):
            path = Path(text).expanduser() if text.startswith("~/") else folder / text
            is_inside = path.resolve().is_relative_to(folder.resolve())
            is_shown = any(path.resolve().is_relative_to(shown.resolve()) for shown in course.surroundings().data)
            if not is_inside and not is_shown and path.exists():
                state = f"{text!r} is not in the notebook's folder, and not in the sandbox: {line}"
                yield Finding("path", state, False, f"put the file into {folder}, or its folder into c.Lossmark.data")


def _texts(cell: NotebookNode) -> Iterator[tuple[str, str]]:
    """Yield the texts in a cell that look like paths outside of its folder, with the line that each is in."""
    try:
        tree = ast.parse(cell.source) if cell.cell_type == "code" else ast.Module([], [])
    except SyntaxError:  # a magic
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value:
            text = node.value
            if text.startswith(("../", "~/", "/")) and 1 < len(text) < _LONGEST_PATH and not text.startswith(_SYSTEM):
                yield cell.source.splitlines()[node.lineno - 1].strip(), text


def _solution(course: Course, assignment: Assignment) -> Iterator[Finding]:
    try:
        with Grader(course, assignment.name) as grader:
            for lack in grader.lacks:
                yield Finding(f"cell `{lack.cell}`", lack.error, False, _INSTALL)
            if not grader.lacks:
                graded = grader.grade(nbformat.writes(assignment.source))
                state = f"{graded.score:g} of {graded.max_score:g} points"
                remedy = f"lossmark grade source/{assignment.name}/{assignment.name}.ipynb shows which are lost"
                yield Finding("solution", state, graded.score == graded.max_score, remedy)
    except NotGraded as error:
        yield Finding("solution", str(error), False, "see the findings above")
