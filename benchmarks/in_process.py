"""The limit that isolation is measured against: the same cells and the same checks in one process, imported already.

    python benchmarks/in_process.py COURSE ASSIGNMENT

Prints JSON: the seconds for all submissions, imports and opening cells not counted, and each student's score.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import activate_matplotlib
from IPython.utils.capture import capture_output
from matplotlib import pyplot
from matplotlib_inline.backend_inline import configure_inline_support
from matplotlib_inline.config import InlineBackend

from lossmark.boundary.submission import Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.course import Assignment, Course
from lossmark.execution.illustrations import find_unseen
from lossmark.execution.notebook import lay_out, read_notebook
from lossmark.execution.opening import is_runnable, opening_cells
from lossmark.grading.graders import Graders

BACKEND = "module://matplotlib_inline.backend_inline"


def run_opening(shell: InteractiveShell, assignment: Assignment) -> set[str]:
    """Run the cells before the first that a student fills in; return their sources."""
    cells = assignment.released.cells
    sources = [cells[index].source for index in opening_cells(cells, find_unseen(cells, assignment).skipped)]
    for source in sources:
        run_cell(shell, source, draws=False)
    return set(sources)


def run_cell(shell: InteractiveShell, source: str, *, draws: bool) -> None:
    """Run a cell and throw away what it shows, errors among it."""
    InlineBackend.instance().figure_formats = {"png"} if draws else set()
    with capture_output():
        shell.run_cell(source)


def grade(shell: InteractiveShell, graders: Graders, opening: set[str], names: dict[str, Any], text: bytes) -> float:
    """Grade one submission, with the names that the opening cells have left."""
    cells = lay_out(read_notebook(text), graders.assignment).notebook.cells
    unseen = find_unseen(cells, graders.assignment)
    shell.user_ns.clear()
    shell.user_ns.update(names)
    score, code = 0.0, []
    for index, cell in enumerate(cells):
        if is_runnable(cell) and index not in unseen.skipped:
            code.append(cell.source)
            if cell.source not in opening:
                run_cell(shell, cell.source, draws=index not in unseen.undrawn)
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in graders.assignment.points:
            score += graders.run(grade_id, Submission(LocalTransport(shell.user_ns), code)).score
    return score


def main() -> None:
    """Grade a class and print what it took."""
    root, name = Path(sys.argv[1]), sys.argv[2]
    course = Course(root)
    assignment = course.assignment(name)
    for module in assignment.imports:
        importlib.import_module(module)
    graders = Graders(assignment, course.settings.seed)
    shell = InteractiveShell.instance()
    activate_matplotlib(BACKEND)
    configure_inline_support(shell, BACKEND)
    pyplot.uninstall_repl_displayhook()  # as in a student kernel: figures are drawn when they are shown, and not before
    opening = run_opening(shell, assignment)
    names = dict(shell.user_ns)
    files = sorted((root / "submitted").glob(f"*/{name}/{name}.ipynb"))
    started, scores = time.perf_counter(), {}
    for file in files:
        scores[file.parts[-3]] = grade(shell, graders, opening, names, file.read_bytes())
    print(json.dumps({"seconds": time.perf_counter() - started, "scores": scores}))


if __name__ == "__main__":
    main()
