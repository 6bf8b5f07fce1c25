"""What a notebook needs of its environment: where that is missing, it is said, and no student pays for it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from courses import index_of
from helpers import graded_cell, write_course
from lossmark import cli
from lossmark.course import Course
from lossmark.errors import NotGraded, UsageError
from lossmark.execution.files import start_kernel
from lossmark.execution.kernel import StudentKernel
from lossmark.fitness import _kernel, _paths, examine_assignment
from lossmark.grading.pipeline import Grader
from lossmark.results import GradedNotebook
from lossmark.sandbox.host import Sandbox
from lossmark.sandbox.limits import Limits
from lossmark.settings import Lossmark

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
        assert set(graded.failed_for_lack) == {"import colorsys\nprint(twice(3))"}
        assert graded.score == 0


NEEDS = """
import json
### BEGIN SOLUTION
{}
def twice(x):
    return 2 * x
### END SOLUTION
"""
LACKED = {
    "a module": "import absent_module",
    "a part of a module": "from math import absent_part",
    "a file": "table = open('absent.csv').read()",
    "a host": "import socket\nsocket.getaddrinfo('data.invalid', 80)",
}


@pytest.fixture(scope="module", params=LACKED.values(), ids=LACKED)
def unable(request, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Course, Grader, str]]:
    """A course whose solution cannot run here, because it needs something that is missing, and that line."""
    cells = [
        graded_cell("solution", "twice", NEEDS.format(request.param)),
        graded_cell("tests", "twice_tests", TESTS, 2),
    ]
    course = write_notebook(tmp_path_factory.mktemp("unable"), "unable", cells)
    with Grader(course, "unable") as grader:
        yield course, grader, request.param


class TestALackOfTheSolution:
    def test_makes_an_answer_with_the_same_error_not_graded(self, unable):
        course, grader, line = unable
        named = (
            r"the instructor's solution in the cell `twice` fails in this environment, .*; see `lossmark doctor unable`"
        )
        with pytest.raises(NotGraded, match=named):
            grader.grade(answering(course, "unable", f"import math\n{line}\n{RIGHT}"))
        (lack,) = grader.lacks
        assert (lack.cell, lack.is_solution) == ("twice", True)
        assert grader.grade(answering(course, "unable", RIGHT, first=line)).score == 2

    @pytest.mark.parametrize("text", [WRONG, "raise ModuleNotFoundError('another')", "import another_module", "1 / 0"])
    def test_does_not_matter_for_an_answer_that_fails_for_itself(self, unable, text):
        course, grader, _ = unable
        assert grader.grade(answering(course, "unable", text)).score == 0

    def test_is_told_beforehand(self, unable, capsys):
        course, _, _ = unable
        assert cli.main(["doctor", "unable", "--course", str(course.root)]) == 1
        assert "✗ cell `twice`: " in capsys.readouterr().out


@pytest.mark.parametrize("line", LACKED.values())
def test_an_error_that_the_solution_has_not_is_the_students(grade, line):
    assert grade(f"{line}\n{RIGHT}").score == 0


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


LOOKS = """
import contextlib, doctest, getpass, io, os, pdb, shutil, subprocess, sys, threading, unittest
from pathlib import Path
Path("program.py").write_text("print(6 * 7)")
def says(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()
shell = get_ipython().getoutput("python program.py")
def can_write(path):
    try:
        Path(path).write_text("mine")
    except OSError:
        return False
    return True
def threads(count):
    end = threading.Event()
    started = [threading.Thread(target=end.wait) for _ in range(count)]
    for one in started:
        one.start()
    end.set()
    for one in started:
        one.join()
    return len(started)
def writes(mebibytes):
    with open("large.bin", "wb") as file:
        for _ in range(mebibytes):
            file.write(bytes(2**20))
    return os.path.getsize("large.bin") // 2**20
def third(x):
    '''
    >>> third(6)
    2.0
    >>> third(9)
    4.0
    '''
    return x / 3
def quietly(act):
    with contextlib.redirect_stdout(io.StringIO()):
        return act()
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    root, shared = tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("shared")
    (shared / "prices.csv").write_text("3,5")
    shared.chmod(0o755)
    cells = [graded_cell("solution", "look", LOOKS), graded_cell("tests", "look_tests", "", 1)]
    check = """
    from lossmark import check
    class TestLook:
        cell = "look_tests"
        @check(points=1)
        def test_look(self, submission):
            \"\"\"It is there\"\"\"
    """
    write_course(root, cells, {"test_toy": check})
    (root / "source" / "toy" / "tables").mkdir()
    (root / "source" / "toy" / "tables" / "units.csv").write_text("m,s")
    settings = {"data": [str(shared)], "variables": {"SEABORN_DATA": str(shared), "TERM_OF_YEAR": "autumn"}}
    lines = "".join(f"c.Lossmark.{name} = {value!r}\n" for name, value in settings.items())
    (root / "nbgrader_config.py").write_text(f"c = get_config()\n{lines}")
    course = Course(root)
    with Sandbox(imports=["doctest", "pdb"], surroundings=course.surroundings()) as sandbox:
        kernel = start_kernel(course.assignment("toy"), sandbox, course.limits(course.assignment("toy")))
        try:
            kernel.execute(new_code_cell(LOOKS), 20.0)
            yield lambda expression: _value(kernel, expression.format(shared=shared, root=root))
        finally:
            kernel.close()


class TestSurroundings:
    """What a notebook finds around it, with graders: files, programs, folders, variables, limits."""

    @pytest.mark.parametrize(
        ("expression", "expected"),
        [
            ("Path('tables/units.csv').read_text()", "m,s"),
            ("shell[0]", "42"),
            ("says('python', 'program.py')", "42"),
            ("says(sys.executable, 'program.py')", "42"),
            ("Path(shutil.which('python')).parent == Path(sys.executable).parent", "True"),
            ("getpass.getuser()", "student"),
            ("Path(os.environ['SEABORN_DATA'], 'prices.csv').read_text()", "3,5"),
            ("os.environ['TERM_OF_YEAR']", "autumn"),
            ("can_write('{shared}/new.csv')", "False"),
            ("can_write('{shared}/prices.csv')", "False"),
            ("can_write('tables/units.csv')", "True"),
            ("os.path.exists('{root}')", "False"),
            ("os.listdir('{shared}')", "['prices.csv']"),
            ("threads(80)", "80"),
            ("quietly(lambda: tuple(doctest.testmod()))", "(1, 2)"),
            ("len(doctest.DocTestSuite('__main__').run(unittest.TestResult()).failures)", "1"),
            ("quietly(lambda: doctest.run_docstring_examples(third, globals()))", "None"),
            ("issubclass(doctest._OutputRedirectingPdb, pdb.Pdb)", "True"),
            ("pdb.Pdb.__module__, pdb.set_trace.__module__", "IPython.core.debugger IPython.core.debugger"),
            ("writes(100)", "100"),
        ],
    )
    def test_are_as_in_stock_nbgrader_or_as_the_course_sets_them(self, seen, expression, expected):
        assert seen(expression) == expected

    @pytest.mark.parametrize(
        "folder",
        [
            "{root}",
            "{root}/graders",
            "{root}/source/toy",
            "{root}/..",
            "/",
            "/etc",
            "/proc",
            "/var/lib",
            "data",
            "/absent",
        ],
    )
    def test_show_no_folder_with_what_students_must_not_see(self, tmp_path, folder):
        write_course(tmp_path / "course", [], {})
        named = folder.format(root=tmp_path / "course")
        (tmp_path / "course" / "nbgrader_config.py").write_text(f"c = get_config()\nc.Lossmark.data = [{named!r}]")
        with pytest.raises(UsageError, match=r"c\.Lossmark\.data names"):
            Course(tmp_path / "course").surroundings()

    @pytest.mark.parametrize("folder", [".", "..", ".ssh", ".local/share/jupyter", "deep/.git"])
    def test_show_no_home_and_no_settings_in_it(self, tmp_path, monkeypatch, folder):
        home = tmp_path / "home"
        (home / folder).mkdir(parents=True, exist_ok=True)
        monkeypatch.setenv("HOME", str(home))
        with pytest.raises(UsageError, match="secrets of this account"):
            Lossmark(data=[str(home / folder)]).surroundings(Path("/course"))
        link = tmp_path / "link"
        link.symlink_to(home / folder)
        with pytest.raises(UsageError, match="secrets of this account"):
            Lossmark(data=[str(link)]).surroundings(Path("/course"))

    @pytest.mark.parametrize("folder", ["nltk_data", ".cache/seaborn", "teaching/data"])
    def test_may_be_data_in_the_home_of_the_account(self, tmp_path, monkeypatch, folder):
        monkeypatch.setenv("HOME", str(tmp_path))
        (tmp_path / folder).mkdir(parents=True)
        found = Lossmark(data=[str(tmp_path / folder)]).surroundings(tmp_path / "course")
        assert found.data == (tmp_path / folder,)

    @pytest.mark.parametrize(
        "name", ["HOME", "PYTHONSTARTUP", "PYTHONPATH", "LD_PRELOAD", "MPLCONFIGDIR", "a=b", "1st", ""]
    )
    def test_leave_the_sandbox_its_own_variables(self, tmp_path, name):
        with pytest.raises(UsageError, match=r"c\.Lossmark\.variables cannot set"):
            Lossmark(variables={name: "1"}).surroundings(tmp_path)


DRAWN = "(__import__('random').random(), float(__import__('numpy').random.rand()))"


class TestRandomNumbers:
    @pytest.fixture(scope="class")
    @classmethod
    def draw(cls, tmp_path_factory):
        """What kernels of two seeds draw, after opening cells or without."""
        assignment = write_course(tmp_path_factory.mktemp("course"), [], {})
        with Sandbox() as sandbox:

            def draw_all(seed, *opening):
                is_open = bool(opening) and sandbox.open(opening)
                kernel = start_kernel(assignment, sandbox, Limits(), opened=is_open, seed=seed)
                try:
                    return _value(kernel, DRAWN)
                finally:
                    kernel.close()

            yield draw_all

    def test_differ_by_submission_and_are_the_same_on_regrade(self, draw):
        assert draw(1) == draw(1)
        for mine, other in zip(draw(1).split(), draw(2).split(), strict=True):
            assert mine != other

    def test_differ_after_opening_cells_that_draw_none(self, draw):
        opening = "import numpy as np, random\nx = np.random.default_rng(3).random()"
        assert draw(1, opening) == draw(1)
        assert draw(2, opening) == draw(2)

    @pytest.mark.parametrize("seeded", [0, 231])
    def test_are_those_that_opening_cells_have_seeded(self, draw, seeded):
        opening = f"import numpy as np, random\nnp.random.seed({seeded})\nrandom.seed({seeded})"
        expected = f"({random.Random(seeded).random()}, {float(np.random.RandomState(seeded).rand())})"
        assert draw(1, opening) == expected
        assert draw(2, opening) == draw(1, opening)


class TestHelpersBesideTheNotebook:
    """A file with the name of an installed package is found, though the package was imported ahead."""

    @pytest.fixture(scope="class")
    @classmethod
    def find(cls, tmp_path_factory):
        root = tmp_path_factory.mktemp("course")
        write_course(root, [], {})
        for name in ("joblib.py", "cycler.py", "scipy/__init__.py", "sklearn/data.csv", "numpy.py", "traitlets.py"):
            (root / "source" / "toy" / name).parent.mkdir(exist_ok=True)
            (root / "source" / "toy" / name).write_text("MINE = True")
        with Sandbox(imports=["joblib", "scipy.stats", "sklearn.metrics"]) as sandbox:
            kernel = start_kernel(Course(root).assignment("toy"), sandbox, Limits())
            try:
                yield lambda name: _value(kernel, f"hasattr(__import__({name!r}), 'MINE')")
            finally:
                kernel.close()

    @pytest.mark.parametrize("name", ["joblib", "cycler", "scipy"])
    def test_is_found(self, find, name):
        assert find(name) == "True"

    @pytest.mark.parametrize("name", ["sklearn", "numpy", "traitlets"])
    def test_does_not_hide_what_the_kernel_needs_nor_is_a_folder_of_data_a_module(self, find, name):
        assert find(name) == "False"


def _value(kernel: StudentKernel, expression: str) -> str:
    cell = new_code_cell(f"print({expression})")
    kernel.execute(cell, 20.0)
    return "".join(output.get("text", output.get("evalue", "")) for output in cell.outputs).strip()
