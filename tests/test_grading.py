"""Grading in the real sandbox: whose fault it is, what is in the file, and when a check runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from classes import CHECK_OF_TRIPLE, CHECKS, REFERENCE_OF_BOTH, RIGHT
from courses import index_of
from helpers import graded_cell, write_course
from lossmark.boundary.deadlines import MOST_TIMES_LOADED
from lossmark.course import Assignment
from lossmark.errors import NoNotebook, NotGraded
from lossmark.execution.notebook import MAX_CELLS
from lossmark.grading import overdue, pipeline
from lossmark.grading.graders import GraderError, Graders
from lossmark.grading.pipeline import Job, grade_notebook
from lossmark.quality.roster import solution
from lossmark.results import GradedNotebook
from lossmark.sandbox.host import Sandbox
from lossmark.sandbox.limits import Limits

pytestmark = pytest.mark.sandbox

LIMITS = replace(Limits(), cell_timeout_s=2.0, call_timeout_s=1.0, memory_bytes=2**28)
TOY_CELLS = [
    graded_cell("solution", "double", "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
    graded_cell("tests", "double_tests", "print('tests of double')", points=3),
    graded_cell("solution", "triple", "def triple(x):\n    ### BEGIN SOLUTION\n    return 3 * x\n    ### END SOLUTION"),
    graded_cell("tests", "triple_tests", "print('tests of triple')", points=1),
]
TOY_CHECKS = CHECKS + CHECK_OF_TRIPLE
ALL_PASSED = ["passed", "passed", "passed"]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    checks = {"test_toy": TOY_CHECKS, "reference": REFERENCE_OF_BOTH}
    return write_course(tmp_path_factory.mktemp("course"), TOY_CELLS, checks)


@pytest.fixture(scope="module")
def graders(toy: Assignment) -> Iterator[Graders]:
    graders = Graders(toy, seed=1)
    yield graders
    graders.close()


@pytest.fixture
def grade(toy: Assignment, graders: Graders, sandbox: Sandbox) -> Callable[..., GradedNotebook]:
    """Grade the toy assignment's solution with the cell of `double` replaced, and cells added by their place."""

    def grade_toy(double: str = RIGHT, limits: Limits = LIMITS, **added: str) -> GradedNotebook:
        notebook = solution(toy)
        notebook.cells[0].source = double
        for place, source in added.items():
            side, _, grade_id = place.partition("_")
            notebook.cells.insert(index_of(notebook, grade_id) + (side == "after"), new_code_cell(source))
        return grade_notebook(Job(nbformat.writes(notebook), toy, limits), graders, sandbox)

    return grade_toy


def outcomes(graded: GradedNotebook) -> list[str]:
    """Return the outcomes of the two checks of `double` and of the one of `triple`."""
    return [check.outcome for cell in graded.cells for check in cell.checks]


def printed(graded: GradedNotebook, index: int) -> str:
    outputs = graded.notebook.cells[index].outputs
    return "".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs)


def test_a_submission_that_takes_all_of_the_graders_time_is_refused_by_name(
    grade: Callable[..., GradedNotebook], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "GRADING_S", 0.0)
    with pytest.raises(NotGraded, match="more than 0 seconds of the grader's processor time"):
        grade()


def test_a_file_that_takes_long_to_be_read_is_refused_by_name(
    toy: Assignment, graders: Graders, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overdue, "READING_S", 0.1)
    notebook = solution(toy)
    notebook.cells += [new_code_cell("x = 1")] * (MAX_CELLS - len(notebook.cells))
    job = Job(json.dumps(notebook), toy, LIMITS)
    with pytest.raises(NoNotebook, match=r"reading it takes more than 0\.1 seconds"):
        grade_notebook(job, graders, sandbox)


FAULTY_FUNCTIONS = {
    "wrong": ("def double(x):\n    return 2.5 * x", "failed", "expected"),
    "nothing returned": ("def double(x):\n    print(2 * x)", "failed", "None"),
    "raises": ("def double(x):\n    raise ValueError('no idea')", "raised", "ValueError: no idea"),
    "raises its own error": (
        "class Oops(Exception):\n    pass\n\ndef double(x):\n    raise Oops",
        "raised",
        "Oops",
    ),
    "sys.exit": ("import sys\n\ndef double(x):\n    sys.exit(0)", "raised", "SystemExit: 0"),
    "interrupts itself": ("def double(x):\n    raise KeyboardInterrupt", "raised", "KeyboardInterrupt"),
    "recursion without end": ("def double(x):\n    return double(x)", "raised", "RecursionError"),
    "asks the keyboard": ("def double(x):\n    return float(input('double of x?'))", "raised", "EOFError"),
    "too many arguments": ("def double(x, y):\n    return 2 * x", "raised", "TypeError"),
    "eats memory": ("def double(x):\n    return bytearray(2**34)", "raised", "MemoryError"),
    "loops for ever": ("def double(x):\n    while True:\n        pass", "timeout", "not finished after 1 second"),
    "loops in C": ("def double(x):\n    return sum(iter(int, 1))", "timeout", "not finished after 1 second"),
    "catches all": (
        "def double(x):\n    while True:\n        try:\n            import time; time.sleep(9)\n"
        "        except BaseException:\n            pass",
        "timeout",
        "not finished",
    ),
    "os._exit": ("import os\n\ndef double(x):\n    os._exit(0)", "killed", "the kernel ended"),
    "kills itself": (
        "import os, signal\n\ndef double(x):\n    os.kill(os.getpid(), signal.SIGKILL)",
        "killed",
        "the kernel ended",
    ),
    "crashes": ("import ctypes\n\ndef double(x):\n    ctypes.string_at(0)", "killed", "the kernel ended"),
    "not defined": ("# to do", "missing", "`double` is not defined"),
    "not a function": ("double = 2", "missing", "`double` is a int, not a function"),
    "of another name": ("def Double(x):\n    return 2 * x", "missing", "`double` is not defined"),
    "a syntax error": ("def double(x)\n    return 2 * x", "missing", "`double` is not defined"),
}


@pytest.mark.parametrize("name", FAULTY_FUNCTIONS)
def test_fault_of_a_function_costs_its_checks_alone(name: str, grade: Callable[..., GradedNotebook]) -> None:
    source, outcome, message = FAULTY_FUNCTIONS[name]
    graded = grade(source)
    assert outcomes(graded) == [outcome, outcome, "passed"]
    assert (graded.score, graded.max_score) == (1.0, 4.0)
    for check in graded.cells[0].checks:
        assert message.lower() in check.message.lower()
    assert "tests of triple" in printed(graded, 3)


FATAL_CELLS = {
    "loops for ever": ("while True:\n    pass", "[not finished after 2 seconds]"),
    "os._exit": ("import os; os._exit(1)", "[the kernel ended while this ran"),
    "eats memory until it is killed": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "[the kernel ended"),
}
MILD_CELLS = {
    "raises": "raise ValueError('no idea')",
    "sys.exit": "import sys; sys.exit(1)",
    "quit": "quit()",
    "exit": "exit()",
    "asks the keyboard": "name = input('Your name?')",
    "a syntax error": "def (:",
    "an unknown magic": "%no_such_magic",
    "a shell command": "!echo hello",
    "clears all names": "%reset -f",
    "eats memory": "hoard = bytearray(2**34)",
    "another working folder": "import os; os.chdir('/')",
    "another backend": "%matplotlib notebook",
    "warnings are errors": "import warnings; warnings.simplefilter('error')",
}


@pytest.mark.parametrize("name", [*FATAL_CELLS, *MILD_CELLS])
def test_fault_of_a_cell_costs_nothing_that_does_not_need_it(name: str, grade: Callable[..., GradedNotebook]) -> None:
    graded = grade(before_double=FATAL_CELLS[name][0] if name in FATAL_CELLS else MILD_CELLS[name])
    assert outcomes(graded) == ALL_PASSED
    assert "tests of triple" in printed(graded, 4)
    assert name not in FATAL_CELLS or FATAL_CELLS[name][1] in printed(graded, 0)


@pytest.mark.parametrize("backend", ["notebook", "widget", "qt", "inline"])
def test_figure_is_seen_whatever_backend_a_cell_asks_for(backend: str, grade: Callable[..., GradedNotebook]) -> None:
    drawn = f"%matplotlib {backend}\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    (output,) = grade(before_double=drawn).notebook.cells[0].outputs
    assert output.data["image/png"].startswith("iVBOR")


def test_cell_that_ends_the_kernel_loses_what_it_defines(grade: Callable[..., GradedNotebook]) -> None:
    graded = grade(f"{RIGHT}\nimport os\nos._exit(0)")
    assert outcomes(graded) == ["missing", "missing", "passed"]


def test_names_from_before_a_killed_kernel_are_there_after_it(grade: Callable[..., GradedNotebook]) -> None:
    graded = grade("def double(x):\n    import os\n    os._exit(0) if x > 0 else None\n    return factor * x",
                   before_double="factor = 2")  # fmt: skip
    assert outcomes(graded) == ["killed", "passed", "passed"]


def test_cells_before_a_killed_kernel_are_shown_once(grade: Callable[..., GradedNotebook]) -> None:
    graded = grade("import os\n\ndef double(x):\n    os._exit(0)", before_double="print('once')")
    assert outcomes(graded) == ["killed", "killed", "passed"]
    assert printed(graded, 0) == "once\n"
    assert printed(graded, 2).count("tests of double") == 1


def test_state_that_a_check_leaves_is_there_for_the_next(grade: Callable[..., GradedNotebook]) -> None:
    graded = grade("calls = []\n\ndef double(x):\n    calls.append(x)\n    return 2 * x * len(calls)")
    assert outcomes(graded) == ["passed", "failed", "passed"]


def test_time_of_the_whole_notebook_is_limited(grade: Callable[..., GradedNotebook]) -> None:
    limits = replace(LIMITS, notebook_timeout_s=1.5)
    graded = grade(
        "def double(x):\n    while True:\n        pass", limits=limits, after_triple_tests="while True: pass"
    )
    assert outcomes(graded) == ["timeout", "timeout", "passed"]  # the last does without the endless function
    assert "Not finished after" in graded.cells[0].checks[1].message
    # The function is called once: of the notebook's time there may be half a second left for the endless cell.
    assert printed(graded, 4).startswith(
        ("[not run: the time for the whole notebook was used up", "[not finished after 0.")
    )
    assert graded.score == graded.cells[1].score == 1.0
    assert graded.seconds < 2 * MOST_TIMES_LOADED * limits.notebook_timeout_s


def test_time_of_many_slow_cells_is_limited(grade: Callable[..., GradedNotebook]) -> None:
    limits = replace(LIMITS, notebook_timeout_s=1.5)  # three cells of a second each
    slow = "import time\ntime.sleep(1)"
    graded = grade(limits=limits, before_double=slow, after_double=slow, after_double_tests=slow)
    assert outcomes(graded) == ["timeout"] * 3
    assert graded.seconds < 2 * MOST_TIMES_LOADED * limits.notebook_timeout_s


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("before_double", ["passed", "passed", "passed"]),
        ("after_double", ["failed", "failed", "passed"]),
        ("after_double_tests", ["passed", "passed", "passed"]),
        ("after_triple_tests", ["passed", "passed", "passed"]),
    ],
)
def test_checks_run_where_their_cell_stands(
    place: str, expected: list[str], grade: Callable[..., GradedNotebook]
) -> None:
    assert outcomes(grade(**{place: "def double(x):\n    return 0 * x"})) == expected


def test_cells_after_the_last_tests_run_too(grade: Callable[..., GradedNotebook]) -> None:
    graded = grade(after_triple_tests="print('the end')")
    assert printed(graded, -1) == "the end\n"


def test_graded_notebook_shows_the_table_under_its_tests(grade: Callable[..., GradedNotebook]) -> None:
    graded = grade("def double(x):\n    return '<b>' * 3")
    table = graded.notebook.cells[1].outputs[-1]
    assert table.output_type == "display_data"
    assert "double_tests: 0 of 3 points" in table.data["text/plain"]
    assert "A negative number" in table.data["text/html"]
    assert "<b>" not in table.data["text/html"]
    nbformat.validate(graded.notebook)


def test_fault_of_a_check_is_no_zero(sandbox: Sandbox, tmp_path: Path) -> None:
    broken = TOY_CHECKS.replace("submission.triple(2.0)", "submission.triple({}['two'])")
    assignment = write_course(tmp_path, TOY_CELLS, {"test_toy": broken, "reference": REFERENCE_OF_BOTH})
    graders = Graders(assignment, seed=1)
    try:
        with pytest.raises(GraderError, match=r"TestTriple::test_positive failed by itself: KeyError: 'two'"):
            grade_notebook(Job(nbformat.writes(solution(assignment)), assignment, LIMITS), graders, sandbox)
    finally:
        graders.close()
