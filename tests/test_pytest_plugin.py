"""Plain pytest on a folder of graders: on the reference solution, or on a submission."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from textwrap import dedent

import nbformat
import pytest

from courses import BIN, NAME, ROOT, run
from helpers import graded_cell, write_course
from lossmark.course import Assignment, Course
from lossmark.grading.graders import Graders
from lossmark.quality.roster import solution, with_variants

pytestmark = pytest.mark.sandbox

TOY_CELLS = [
    graded_cell("solution", "one", "### BEGIN SOLUTION\ndef one():\n    return 1.0\n### END SOLUTION"),
    graded_cell("tests", "one_tests", "print('one')", points=2),
    graded_cell("solution", "two", "### BEGIN SOLUTION\ndef two():\n    return 2.0\n### END SOLUTION"),
    graded_cell("tests", "two_tests", "del one", points=1),
]
TOY_CHECKS = '''
    from lossmark import CheckFailed, assert_close, check


    class TestTwo:
        cell = "two_tests"

        @check(points=1)
        def test_value(self, submission):
            """The value is 2"""
            assert_close(submission.two(), 2.0, tolerance=0.0)


    class TestOne:
        cell = "one_tests"

        @check(points=1)
        def test_value(self, submission):
            """The value is 1"""
            assert_close(submission.one(), 1.0, tolerance=0.0)

        @check(points=1)
        def test_drawn(self, submission, rng):
            """The value is what was drawn"""
            raise CheckFailed(f"drawn: {rng.random()!r} and {rng.random()!r}")
'''


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    return write_course(tmp_path_factory.mktemp("course"), TOY_CELLS, {"test_toy": TOY_CHECKS})


def run_pytest(folder: Path | str, *options: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return run(BIN / "python", "-m", "pytest", "-p", "no:cacheprovider", folder, *options, cwd=cwd)


def drawn(printed: str) -> set[str]:
    return set(re.findall(r"drawn: 0\.\d+ and 0\.\d+", printed))


def test_reference_solution_passes_all_checks() -> None:
    assignment = Course(ROOT).assignment(NAME)
    graders = Graders(assignment, seed=0)
    total = sum(len(graders.points_of(cell)) for cell in assignment.points)
    graders.close()
    done = run_pytest(f"graders/{NAME}", cwd=ROOT)
    assert done.returncode == 0, done.stdout
    assert f" {total} passed in " in done.stdout


def test_submission_fails_the_checks_that_its_mistakes_lose(tmp_path: Path) -> None:
    assignment = Course(ROOT).assignment(NAME)
    graders = Graders(assignment, seed=0)
    names = {("L_i", "correct_class_kept"), ("svm_loss", "forgot_delta"), ("squared_hinge_loss", "mean_squared")}
    mistakes = [mistake for mistake in graders.misconceptions if (mistake.cell, mistake.name) in names]
    graders.close()
    classes = {"L_i": "TestLI", "svm_loss": "TestSvmLoss", "squared_hinge_loss": "TestSquaredHingeLoss"}
    lost = {f"{classes[mistake.cell]}::{name}" for mistake in mistakes for name in mistake.loses}
    assert len(lost) == 5
    file = tmp_path / "submission.ipynb"
    nbformat.write(with_variants(assignment, *mistakes), file)
    done = run_pytest(f"graders/{NAME}", "--submission", file, cwd=ROOT)
    assert done.returncode == 1
    assert set(re.findall(r"^FAILED [^:\s]+::(\w+::\w+)", done.stdout, re.MULTILINE)) == lost


def test_checks_follow_the_notebook_and_draw_the_same(toy: Assignment) -> None:
    root = toy.graders.parents[1]
    first = run_pytest(toy.graders, "-v", cwd=root)
    ran = re.findall(r"::(\w+::\w+ (?:PASSED|FAILED))", first.stdout)
    # `one` is deleted in the cell of the last check, which the file has first.
    assert ran == ["TestOne::test_value PASSED", "TestOne::test_drawn FAILED", "TestTwo::test_value PASSED"]
    second = run_pytest(toy.graders, "-k", "drawn", "--isolation", "none", cwd=root)
    assert len(drawn(first.stdout)) == 1
    assert drawn(first.stdout) == drawn(second.stdout)
    file = root / "submission.ipynb"
    nbformat.write(solution(toy), file)
    graded = run("lossmark", "grade", file, "--assignment", toy.name, cwd=root)
    assert drawn(graded.stdout.replace("Drawn", "drawn")) == drawn(first.stdout)


def test_missing_file_ends_the_run_with_one_sentence(toy: Assignment, tmp_path: Path) -> None:
    file = tmp_path / "not-there.ipynb"
    done = run_pytest(toy.graders, "--submission", file, cwd=toy.graders.parents[1])
    assert done.returncode == 2
    said = [line for line in (done.stdout + done.stderr).splitlines() if str(file) in line]
    assert len(said) == 1
    assert "cannot be read: No such file or directory" in said[0]
    assert "Traceback" not in done.stdout + done.stderr


def test_missing_sandbox_ends_the_run_with_status_1(toy: Assignment, tmp_path: Path) -> None:
    program = [BIN / "python", "-m", "pytest", "-p", "no:cacheprovider", toy.graders]
    done = run(*program, cwd=toy.graders.parents[1], PATH=str(tmp_path))
    assert done.returncode == 1
    assert "bubblewrap is not installed" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_graders_outside_of_a_course_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "graders" / "toy"
    folder.mkdir(parents=True)
    (folder / "test_toy.py").write_text(dedent(TOY_CHECKS))
    done = run_pytest(folder, cwd=tmp_path)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "is not in a course" in done.stdout + done.stderr


OTHERS = """
import pytest

@pytest.mark.parametrize("name", ["submission", "rng", "cell_rng"])
def test_fixture(name, request):
    with pytest.raises(pytest.FixtureLookupError):
        request.getfixturevalue(name)
"""


@pytest.mark.parametrize("place", ["project", "course-without-graders"])
def test_plugin_is_off_in_tests_of_no_course(place: str, tmp_path: Path) -> None:
    course = write_course(tmp_path / "course", TOY_CELLS, {"test_toy": TOY_CHECKS})
    assert course.graders.is_dir()
    folder = tmp_path / place
    folder.mkdir(parents=True)
    (folder / "test_other.py").write_text(OTHERS)
    if place == "course-without-graders":
        (folder / "nbgrader_config.py").write_text("raise SystemExit('executed')\n")
    done = run_pytest(folder, cwd=folder)
    assert " 3 passed in " in done.stdout, done.stdout
    refused = run_pytest(folder, "--submission", "x", cwd=folder)
    assert refused.returncode == 4
    assert "unrecognized arguments: --submission" in refused.stderr


@pytest.mark.parametrize("node", ["", "::TestTwo", "::TestTwo::test_value"])
def test_plugin_is_on_for_checks_of_a_course_elsewhere(node: str, toy: Assignment, tmp_path: Path) -> None:
    done = run_pytest(f"{toy.graders / 'test_toy.py'}{node}", "--isolation", "none", cwd=tmp_path)
    assert f"{'2' if not node else '1'} passed" in done.stdout, done.stdout
