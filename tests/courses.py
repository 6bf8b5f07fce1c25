"""Courses to test with: copies in temporary folders, commands run in them, and what their gradebooks hold."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from lossmark.course import Course

ROOT = Path(__file__).parents[1]
NAME = "hinge_loss"
SOURCE = ROOT / "source" / NAME / f"{NAME}.ipynb"
RELEASE = ROOT / "release" / NAME / f"{NAME}.ipynb"
BIN = Path(sys.executable).parent


def copy_course(folder: Path, *, assignment: str = NAME, settings: str = "") -> Course:
    """Copy what makes the course, with one of its assignments and with settings added at the end."""
    for part in ("source", "graders"):
        ignored = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(ROOT / part / assignment, folder / part / assignment, ignore=ignored)
    shutil.copy(ROOT / "graders" / "__init__.py", folder / "graders")
    text = (ROOT / "nbgrader_config.py").read_text()
    (folder / "nbgrader_config.py").write_text(f"{text}\n{settings}\n")
    return Course(folder)


def keep_variants(course: Course, *names: str) -> None:
    """Leave only these misconceptions and alternatives in a copied course; their full names are given."""
    with (course.root / "graders" / NAME / "versions.py").open("a") as module:
        module.write(
            "\nimport sys as _sys\n"
            "from lossmark.variants import variants_in as _variants_in\n"
            "_kept = {f'{v.cell}_{v.name}': v for v in _variants_in(_sys.modules[__name__])}\n"
            "for _name in list(globals()):\n"
            "    if type(globals()[_name]).__name__ in ('Variant', 'Version'):\n"
            "        del globals()[_name]\n"
            f"globals().update({{name: _kept[name] for name in {names!r}}})\n"
        )


def drop_figures(course: Course) -> None:
    """Take the figures, which take most of a notebook's time, out of a copied course."""
    file = course.root / "source" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(file, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if "plt.show()" not in cell.source]
    nbformat.write(notebook, file)


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program of this Python environment to its end."""
    variables = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **environment}
    program = [str(word) for word in command]
    return subprocess.run(program, cwd=cwd, env=variables, capture_output=True, text=True, timeout=240, check=False)


def submit(course: Course, student: str, notebook: NotebookNode | str) -> None:
    """Hand a notebook in."""
    file = course.root / "submitted" / student / NAME / f"{NAME}.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(notebook if isinstance(notebook, str) else nbformat.writes(notebook))


def open_gradebook(course: Course) -> Gradebook:
    """Open the gradebook; use it in a ``with`` statement."""
    return Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "losses")


def recorded_scores(course: Course, student: str) -> dict[str, float | None]:
    """Read the scores of the autograder tests cells that the gradebook holds, by grade id."""
    with open_gradebook(course) as gradebook:
        notebook = gradebook.find_submission_notebook(NAME, NAME, student)
        return {grade.name: grade.auto_score for grade in notebook.grades if grade.cell.cell_type == "code"}


def index_of(notebook: NotebookNode, grade_id: str) -> int:
    """Return the place of a cell that nbgrader knows."""
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    return ids.index(grade_id)
