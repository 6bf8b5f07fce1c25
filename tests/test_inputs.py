"""Inputs of the checks: what they are drawn for, how they are recorded, and a table of answers learned before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from helpers import graded_cell, submission_of, write_course
from lossmark.course import Course
from lossmark.gradebook.results_file import read_results, write_results
from lossmark.grading.graders import Graders
from lossmark.grading.pipeline import Grader
from lossmark.instant.settings import InstantCheck
from lossmark.quality.roster import solution
from lossmark.results import GradedNotebook
from lossmark.settings import Inputs, Lossmark

CELLS = [
    graded_cell("solution", "double", "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
    graded_cell("tests", "double_tests", "pass", 3),
]
CHECKS = """
    from lossmark import assert_close, check, problem
    from . import reference

    def numbers(rng):
        yield problem("one", 1.0)
        for _ in range(3):
            yield problem("some number", float(rng.normal()))

    class TestDouble:
        cell = "double_tests"

        @check(points=2, problems=numbers, shows="nothing")
        def test_values(self, submission, problem):
            '''Doubles'''
            assert_close(submission.double(*problem.args), reference.double(*problem.args), tolerance=0)

        @check(points=1, shows="nothing")
        def test_one_more(self, submission, rng):
            '''Doubles what is drawn here'''
            number = float(rng.normal())
            assert_close(submission.double(number), reference.double(number), tolerance=0)
"""
GRADERS = {
    "test_toy": CHECKS,
    "reference": "def double(x):\n    return 2 * x\n",
    "misconceptions": """
        from lossmark import misconception

        @misconception("double", loses=["test_values", "test_one_more"])
        def double_tripled(x):
            '''You triple.'''
            return 3 * x
    """,
}
PER_SUBMISSION = "\nc.Lossmark.inputs = 'per submission'\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    write_course(root, CELLS, GRADERS)
    return root


@pytest.fixture(scope="module")
def grader(root: Path) -> Iterator[Grader]:
    with Grader(Course(root), "toy") as grader:
        yield grader


@pytest.fixture(scope="module")
def graders(root: Path) -> Iterator[Graders]:
    graders = Graders(Course(root).assignment("toy"), 231)
    yield graders
    graders.close()


def asked(graders: Graders, seed: int | None) -> list[float]:
    seen: list[float] = []

    def double(x: float) -> float:
        seen.append(x)
        return 2 * x

    assert graders.run("double_tests", submission_of(double=double), seed).score == 3
    return seen


def test_inputs_are_drawn_from_the_seed_of_the_run(graders: Graders) -> None:
    of_course, one, other = (asked(graders, seed) for seed in (None, 1, 2))
    assert of_course == asked(graders, 231) == asked(graders, None)
    assert one == asked(graders, 1)
    assert of_course[0] == one[0] == 1.0
    assert len({*of_course[1:], *one[1:], *other[1:]}) == 12


def test_seed_is_of_the_course_or_of_the_file() -> None:
    course, fresh = Lossmark(), Lossmark(inputs=Inputs.PER_SUBMISSION)
    assert {course.seed_for(content) for content in (b"", b"a", b"b")} == {231}
    seeds = [fresh.seed_for(content) for content in (b"", b"a", b"a ", b"b")]
    assert len({231, *seeds}) == 5
    assert seeds == [course.seed_for(content, Inputs.PER_SUBMISSION) for content in (b"", b"a", b"a ", b"b")]
    assert all(0 <= seed < 2**48 for seed in seeds)
    assert Lossmark(seed=7, inputs="per submission").seed_for(b"a") != seeds[1]


def test_instant_check_has_inputs_of_its_own() -> None:
    assert (Lossmark().inputs, InstantCheck().inputs) == (Inputs.PER_COURSE, Inputs.PER_SUBMISSION)


def test_misconception_is_named_with_any_inputs(graders: Graders) -> None:
    for seed in range(20):
        result = graders.run("double_tests", submission_of(double=lambda x: 3 * x), seed)
        assert {check.misconception for check in result.checks} == {"tripled"}


def notebook(grader: Grader, source: str, last: str = "") -> bytes:
    answered: NotebookNode = solution(grader.assignment)
    answered.cells[0].source = source
    answered.cells.append(new_code_cell(last))
    return nbformat.writes(answered).encode()


@pytest.mark.sandbox
def test_results_record_the_inputs_and_are_the_same_again(grader: Grader, tmp_path: Path) -> None:
    file = notebook(grader, "def double(x):\n    return 2 * x")
    fresh, again = (grader.grade(file, inputs=Inputs.PER_SUBMISSION) for _ in range(2))
    assert (grader.grade(file).inputs, grader.grade(file).seed) == ("per course", 231)
    assert (
        (fresh.inputs, fresh.seed)
        == (again.inputs, again.seed)
        == ("per submission", Lossmark().seed_for(file, fresh.inputs))
    )
    write_results(tmp_path, fresh, {})
    saved = read_results(tmp_path)
    assert saved is not None
    assert (saved.inputs, saved.seed) == (fresh.inputs, fresh.seed)


@pytest.mark.sandbox
def test_table_of_answers_from_an_earlier_submission_earns_nothing(grader: Grader) -> None:
    """The student's function keeps what it is asked, and the last cell prints it; feedback may tell all answers."""
    spy = notebook(
        grader,
        "seen = []\ndef double(x):\n    seen.append(x)\n    return 0",
        "import json\nprint(json.dumps(seen))",
    )
    for inputs, earned in ((Inputs.PER_COURSE, 3.0), (Inputs.PER_SUBMISSION, 0.0)):
        learned: GradedNotebook = grader.grade(spy, inputs=inputs)
        questions = json.loads(learned.notebook.cells[-1].outputs[0].text)
        assert (learned.score, len(questions)) == (0.0, 5)
        table = {question: 2 * question for question in questions}
        replay = notebook(grader, f"def double(x):\n    return {table!r}.get(x, 0)")
        assert grader.grade(replay, inputs=inputs).score == earned


@pytest.mark.sandbox
def test_setting_of_the_course_is_kept(tmp_path: Path) -> None:
    write_course(tmp_path, CELLS, GRADERS)
    with (tmp_path / "nbgrader_config.py").open("a") as settings:
        settings.write(PER_SUBMISSION)
    with Grader(Course(tmp_path), "toy") as grader:
        graded = grader.grade(notebook(grader, "def double(x):\n    return 2 * x"))
    assert (graded.score, graded.inputs) == (3.0, "per submission")
    assert graded.seed != 231
