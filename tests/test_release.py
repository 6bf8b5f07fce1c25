"""release/ is what nbgrader makes of source/: nothing else, and nothing of what students must not see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from courses import ROOT, copy_course, run
from lossmark.course import SOLUTION, TESTS, Course, kind_of
from lossmark.quality.roster import solution

ASSIGNMENTS = sorted(path.name for path in (ROOT / "source").iterdir() if path.is_dir())
REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS|MARK SCHEME)\n(.*?)### END \1", re.DOTALL)

pytestmark = pytest.mark.parametrize("assignment", ASSIGNMENTS)


def read(folder: str, assignment: str) -> NotebookNode:
    return nbformat.read(ROOT / folder / assignment / f"{assignment}.ipynb", as_version=4)


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the content of every file, but for what editors and Jupyter leave behind."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    names = {path: path.relative_to(folder) for path in paths}
    return {
        str(name): path.read_bytes() for path, name in names.items() if not any(p.startswith(".") for p in name.parts)
    }


def run_as_student(notebook: NotebookNode, folder: Path) -> None:
    """Run all cells in a plain Jupyter kernel, as a student does, up to the first error."""
    NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()


def hidden_lines(source: NotebookNode) -> Iterator[str]:
    """Lines that only the instructor's notebook may hold."""
    for cell in source.cells:
        for _, region in REGION.findall(cell.source):
            yield from (line.strip() for line in region.splitlines() if line.strip())


@pytest.mark.slow
def test_release_is_compiled_from_source(assignment: str, tmp_path: Path) -> None:
    copy_course(tmp_path, assignment=assignment)
    compiled = run("nbgrader", "generate_assignment", "--no-db", "--force", assignment, cwd=tmp_path)
    assert compiled.returncode == 0, compiled.stderr
    assert files_of(ROOT / "release" / assignment) == files_of(tmp_path / "release" / assignment), "run `make release`"


def test_release_holds_nothing_that_students_must_not_see(assignment: str) -> None:
    hidden = set(hidden_lines(read("source", assignment)))
    assert hidden
    released = read("release", assignment)
    text = nbformat.writes(released)
    assert hidden.isdisjoint(line.strip() for cell in released.cells for line in cell.source.splitlines())
    assert not re.search(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)|lossmark|graders", text, re.IGNORECASE)


def test_release_holds_no_output(assignment: str) -> None:
    code = [cell for cell in read("release", assignment).cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


@pytest.mark.slow
def test_release_runs_up_to_the_first_unanswered_cell(assignment: str, tmp_path: Path) -> None:
    notebook = read("release", assignment)
    with pytest.raises(CellExecutionError, match="NotImplementedError"):
        run_as_student(notebook, tmp_path)
    started = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.execution_count is not None]
    failed = [cell for cell in started if any(output.output_type == "error" for output in cell.outputs)]
    assert failed == started[-1:]
    assert failed[0].outputs[-1].ename == "NotImplementedError"
    assert kind_of(failed[0]) in (SOLUTION, TESTS)


@pytest.mark.slow
def test_visible_tests_accept_the_solution(assignment: str, tmp_path: Path) -> None:
    run_as_student(solution(Course(ROOT).assignment(assignment)), tmp_path)
