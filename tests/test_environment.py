"""What a notebook needs of its environment: where that is missing, it is said, and no student pays for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from courses import index_of
from helpers import graded_cell
from lossmark import cli
from lossmark.course import Course
from lossmark.errors import NotGraded
from lossmark.fitness import _kernel, _paths, examine_assignment
from lossmark.grading.pipeline import Grader
from lossmark.results import GradedNotebook

pytestmark = pytest.mark.sandbox

SOLUTION = "def twice(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
RIGHT = "def twice(x):\n    return 2 * x"
WRONG = "def twice(x):\n    return x"
TESTS = "assert twice(2) == 4"
FORGES = f"""
import builtins
right = builtins.__import__
def broken(name, *args, **kwargs):
    if name == "colorsys":
        raise ModuleNotFoundError("No module named 'colorsys'")
    return right(name, *args, **kwargs)
builtins.__import__ = broken
{RIGHT}
"""
LACKING = [
    new_code_cell("import json\nimport absent_module"),
    new_code_cell("prices = open('absent.csv').read()"),
    new_code_cell("import absent_on_purpose", metadata={"tags": ["raises-exception"]}),
    new_code_cell("1 / 0"),
    graded_cell("locked", "network", "import urllib.request\nurllib.request.urlopen('http://192.0.2.1/data.csv')"),
    graded_cell("solution", "twice", SOLUTION),
    new_code_cell("print(twice(3))"),
    graded_cell(
        "tests", "twice_tests", f"{TESTS}\n### BEGIN HIDDEN TESTS\nimport absent_in_tests\n### END HIDDEN TESTS", 2
    ),
]
WHOLE = [
    new_code_cell("import math"),
    graded_cell("solution", "twice", SOLUTION),
    new_code_cell("import colorsys\nprint(twice(3))"),
    graded_cell("tests", "twice_tests", TESTS, 2),
    new_code_cell("import absent_at_the_end"),
]


def write_notebook(root: Path, name: str, cells: list[NotebookNode], settings: str = "") -> Course:
    """Write a course of an assignment without graders."""
    folder = root / "source" / name
    folder.mkdir(parents=True)
    nbformat.write(new_notebook(cells=cells), folder / f"{name}.ipynb")
    (root / "nbgrader_config.py").write_text(f"c = get_config()\n{settings}\n")
    return Course(root)


def answering(course: Course, name: str, text: str, *, first: str = "") -> str:
    """The released notebook with an answer in the cell `twice`, and perhaps a cell of the student's at its top."""
    notebook = course.assignment(name).released.copy()
    notebook.cells[index_of(notebook, "twice")].source = text
    if first:
        notebook.cells.insert(0, new_code_cell(first))
    return nbformat.writes(notebook)


@pytest.fixture(scope="module")
def lacking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Course, Grader]]:
    course = write_notebook(tmp_path_factory.mktemp("lacking"), "lacking", LACKING)
    with Grader(course, "lacking") as grader:
        yield course, grader


@pytest.fixture(scope="module")
def grade(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., GradedNotebook]]:
    """Grade answers to an assignment of which nothing that matters is missing."""
    course = write_notebook(tmp_path_factory.mktemp("whole"), "whole", WHOLE)
    with Grader(course, "whole") as grader:
        yield lambda text, **more: grader.grade(answering(course, "whole", text, **more))


class TestLacks:
    def test_are_the_given_cells_that_fail_in_the_solution_for_want_of_something(self, lacking):
        found = {lack.cell: lack.error.partition(":")[0] for lack in lacking[1].lacks}
        assert found == {
            "import json": "ModuleNotFoundError",
            "prices = open('absent.csv').read()": "FileNotFoundError",
            "network": "URLError",
            "twice_tests": "ModuleNotFoundError",
        }

    @pytest.mark.parametrize("text", [RIGHT, WRONG])
    def test_make_a_submission_that_loses_points_not_graded(self, lacking, text):
        course, grader = lacking
        with pytest.raises(
            NotGraded, match=r"`import json` fails in .* No module named 'absent_module'; see .*doctor lacking"
        ):
            grader.grade(answering(course, "lacking", text))

    def test_do_not_matter_where_no_point_is_lost(self, grade):
        assert grade(RIGHT).score == 2

    def test_are_not_what_a_student_makes_of_given_cells(self, grade):
        assert grade(FORGES).score == 2
        graded = grade(FORGES.replace("2 * x", "x"))
        assert graded.failed_given == {"import colorsys\nprint(twice(3))"}
        assert graded.score == 0


class TestDoctor:
    def test_tells_beforehand_what_is_missing(self, lacking, capsys):
        course, _ = lacking
        assert cli.main(["doctor", "lacking", "--course", str(course.root)]) == 1
        said = capsys.readouterr().out
        assert "✗ cell `import json`: ModuleNotFoundError: No module named 'absent_module'\n    to do: install" in said
        assert "✗ cell `prices = open('absent.csv').read()`: FileNotFoundError: " in said
        assert "✗ cell `twice_tests`: ModuleNotFoundError: No module named 'absent_in_tests'" in said
        assert said.endswith("Submissions cannot be graded here yet.\n")

    def test_tells_what_differs_of_an_assignment_that_can_be_graded(self, tmp_path, capsys):
        (tmp_path / "above.csv").write_text("1")
        cells = [new_code_cell("import math"), *WHOLE[1:4]]
        settings = "c.Execute.kernel_name = 'ir'\nc.ExecutePreprocessor.iopub_timeout = 9\nc.Execute.timeout = 40"
        course = write_notebook(tmp_path, "fine", cells, settings)
        (tmp_path / "source" / "fine" / "near.csv").write_text("1,2")
        assert [finding for finding in examine_assignment(course, "fine") if not finding.is_fine] == []
        found = {finding.subject: finding.state for finding in examine_assignment(course, "fine")}
        assert found["kernel"] == "python3, this Python environment"
        assert found["settings"].endswith("c.Execute.kernel_name, c.ExecutePreprocessor.iopub_timeout")
        assert found["data files"] == "1 beside the notebook, 0.0 MiB"
        assert found["solution"] == "2 of 2 points"

    @pytest.mark.parametrize("path", ["../above.csv", "../../above.csv", "{root}/above.csv"])
    def test_names_the_line_with_a_path_outside_of_the_folder(self, tmp_path, path):
        for folder in (tmp_path, tmp_path / "source"):
            folder.mkdir(exist_ok=True)
            (folder / "above.csv").write_text("1")
        line = f"table = open({path.format(root=tmp_path)!r}).read()"
        course = write_notebook(tmp_path, "fine", [new_code_cell(f"x = 1\n{line}"), *WHOLE[1:4]])
        finding = next(iter(_paths(course, course.assignment("fine"))))
        assert not finding.is_fine
        assert line in finding.state

    def test_tells_a_kernel_of_another_environment(self, tmp_path, monkeypatch):
        spec = tmp_path / "kernels" / "ml-env"
        spec.mkdir(parents=True)
        (spec / "kernel.json").write_text('{"argv": ["/opt/ml-env/bin/python", "-m"], "display_name": "ML"}')
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
        course = write_notebook(tmp_path, "fine", WHOLE)
        for name, told in (("ml-env", "whose Python is /opt/ml-env/bin/python"), ("gone", "is not installed here")):
            assignment = course.assignment("fine")
            assignment.source.metadata["kernelspec"] = {"name": name, "language": "python"}
            assert told in _kernel(assignment).state


class TestImportsOfAStudent:
    @pytest.mark.parametrize(
        "imports",
        [
            "import absent_module, math as m",
            "import math as m, absent_module",
            "import absent_module\nimport math as m",
            "from math import absent_name\nfrom absent_module import *\nimport math as m",
            "x = 1\nimport absent_module as am\n\nimport math as m, another_absent_module",
        ],
    )
    def test_arrive_though_one_fails(self, grade, imports):
        graded = grade(f"{imports}\nstate = 'not run'", first="")
        assert graded.score == 0
        graded = grade(f"def twice(x):\n    return x * m.floor(2.5)\n{imports}\nstate = 'not run'")
        assert graded.score == 2
        (remark,) = [remark for remark in graded.remarks if "import" in remark]
        assert "its other imports were made" in remark

    def test_are_not_made_again_where_they_come_before(self, grade):
        graded = grade(f"{RIGHT}\nimport math\nmath = 7\nimport absent_module\nimport json", first="")
        assert graded.score == 2
        assert (
            grade(
                "import math\nmath = 2\nimport absent_module\ndef twice(x): return 0",
                first="def twice(x):\n    return x * math",
            ).score
            == 2
        )

    def test_that_fail_are_said_once_and_harmlessly(self, grade):
        raising = "raise ModuleNotFoundError('<b>\\x1b[31m' + 'long' * 500)"
        graded = grade(f"{RIGHT}\n{raising}", first=raising)
        (remark,) = graded.remarks
        assert len(remark) < 400
        assert "\x1b" not in remark
        assert graded.score == 2
