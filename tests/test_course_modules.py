"""What a course's settings name in modules beside them: hooks, a plugin for late submissions, steps of a release."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from classes import TOY, gradebook, hand_in, notebook, record, write_toy
from courses import run
from lossmark.batch.hooks import Hooks
from lossmark.course import Course
from lossmark.errors import NotGraded, UsageError
from lossmark.gradebook.folders import ClassFolders
from lossmark.settings import Lossmark

PENALTY = """
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import AssignLatePenalties

class HalfAPointAnHour(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        import rates  # beside this module
        return total_seconds_late / 3600 * rates.AN_HOUR

class OwnStep(AssignLatePenalties):
    pass

class Unhappy(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return {"early": -1, "greedy": 1000}[student_id]
"""
AROUND = """
from pathlib import Path

def note(name, assignment, student, notebooks):
    with Path("hooks.txt").open("a") as file:  # in the course's folder
        print(name, assignment, student if student != "*" else "all", *notebooks, sep="|", file=file)

def before(assignment, student, notebooks):
    note("before", assignment, student, notebooks)
    for notebook in map(Path, notebooks):
        notebook.write_text(notebook.read_text().replace("3 * x", "2 * x"))

def after(assignment, student, notebooks):
    note("after", assignment, student, notebooks)

def fails(**names):
    raise KeyError("not there")
"""
STEPS = """
from nbgrader.preprocessors import NbGraderPreprocessor

class Greet(NbGraderPreprocessor):
    def preprocess(self, nb, resources):
        nb.cells[0].source = "# Good luck\\n" + nb.cells[0].source
        return nb, resources
"""
BY_NAME = """
c.AssignLatePenalties.plugin_class = "late.HalfAPointAnHour"
c.Autograde.pre_convert_hook = "around.before"
c.Autograde.post_convert_hook = "around.after"
from nbgrader.converters import GenerateAssignment
c.GenerateAssignment.preprocessors = ["steps.Greet", *GenerateAssignment.preprocessors.default()]
"""
MODULES = {"late": PENALTY, "rates": "AN_HOUR = 0.5", "around": AROUND, "steps": STEPS}
DUE = "2026-01-01 00:00:00 UTC"
STAMP = "2026-01-01 02:00:00 UTC"


def course_with(folder: Path, settings: str) -> Course:
    """Write a course with modules beside its settings, and an assignment that is due."""
    for name, text in MODULES.items():
        (folder / f"{name}.py").write_text(text)
    course = write_toy(folder, settings)
    with gradebook(course) as opened:
        opened.update_or_create_assignment(TOY, duedate=DUE)
    return course


@pytest.fixture(autouse=True)
def modules() -> Iterator[None]:
    """Forget the modules of a course with it: the next one has others of the same names."""
    yield
    for name in MODULES:
        sys.modules.pop(name, None)


def penalties(course: Course, *students: str) -> list[float | None]:
    """Record late submissions, and read what that costs."""
    for student in students:
        (hand_in(course, student) / "timestamp.txt").write_text(STAMP)
    record(course, *students)
    with gradebook(course) as opened:
        found = [opened.find_submission_notebook(TOY, TOY, student) for student in students]
        return [one.late_submission_penalty for one in found]


@pytest.mark.parametrize(
    ("settings", "penalty"),
    [
        ("c.AssignLatePenalties.plugin_class = 'late.HalfAPointAnHour'", 1.0),
        ("import late\nc.AssignLatePenalties.plugin_class = late.HalfAPointAnHour", 1.0),
        ("c.AssignLatePenalties.plugin_class = 'late.HalfAPointAnHour'\nc.AssignLatePenalties.enabled = False", None),
        ("c.AssignLatePenalties.plugin_class = 'late.HalfAPointAnHour'\nc.NbGraderPreprocessor.enabled = False", None),
        (
            "c.AssignLatePenalties.plugin_class = 'late.HalfAPointAnHour'\n"
            "c.Autograde.autograde_preprocessors = c.Autograde.autograde_preprocessors[:2]",
            None,
        ),
        (
            "c.OwnStep.plugin_class = 'late.HalfAPointAnHour'\n"
            "c.Autograde.autograde_preprocessors = [*c.Autograde.autograde_preprocessors[:2], 'late.OwnStep']",
            1.0,
        ),
        ("", None),
    ],
)
def test_lateness_costs_what_nbgraders_step_would_take(tmp_path: Path, settings: str, penalty: float | None) -> None:
    assert penalties(course_with(tmp_path, settings), "s") == [penalty]


def test_a_penalty_is_between_nothing_and_all(tmp_path: Path) -> None:
    course = course_with(tmp_path, "c.AssignLatePenalties.plugin_class = 'late.Unhappy'")
    assert penalties(course, "early", "greedy") == [0.0, 3.0]


def test_a_penalty_stays_where_the_step_is_switched_off(tmp_path: Path) -> None:
    by_name = "c.AssignLatePenalties.plugin_class = 'late.HalfAPointAnHour'\n"
    penalties(course_with(tmp_path, by_name), "s")
    with (tmp_path / "nbgrader_config.py").open("a") as config:
        config.write("c.AssignLatePenalties.enabled = False\n")
    assert penalties(Course(tmp_path), "s") == [1.0]


def test_hooks_get_what_nbgrader_gives_them(tmp_path: Path) -> None:
    course = course_with(tmp_path, BY_NAME)
    folder = hand_in(course, "s")
    (folder / "another.ipynb").write_text("{}")
    hooks = Hooks(course, TOY, ClassFolders(course, TOY))
    assert hooks.before("s") == hooks.after("s") == ()
    own, other = folder / f"{TOY}.ipynb", folder / "another.ipynb"
    assert (tmp_path / "hooks.txt").read_text().splitlines() == [
        f"before|{TOY}|s|{other}|{own}",
        f"after|{TOY}|s|{own}",
    ]


@pytest.mark.parametrize("text", ["'around.fails'", "lambda **names: {}['not there']", "lambda: None"])
def test_a_hook_that_fails_is_reported(tmp_path: Path, text: str) -> None:
    course = course_with(tmp_path, f"c.Autograde.pre_convert_hook = c.Autograde.post_convert_hook = {text}")
    hand_in(course, "s")
    hooks = Hooks(course, TOY, ClassFolders(course, TOY))
    for (said,), name in ((hooks.before("s"), "pre"), (hooks.after("s"), "post")):
        assert said.startswith(f"c.Autograde.{name}_convert_hook failed: ")
        assert "KeyError: " in said or "TypeError: " in said


@pytest.mark.parametrize("name", ["absent.before", "around.absent", "nothing"])
def test_a_hook_that_is_not_there_is_named_before_anything_is_graded(tmp_path: Path, name: str) -> None:
    course = course_with(tmp_path, f"c.Autograde.pre_convert_hook = {name!r}")
    with pytest.raises(UsageError, match=r"sets of c\.Autograde cannot be loaded"):
        ClassFolders(course, TOY)


def test_steps_of_a_release_are_found_beside_the_settings(tmp_path: Path) -> None:
    course = course_with(tmp_path, BY_NAME)
    assert course.assignment(TOY).released.cells[0].source.startswith("# Good luck\n")


@pytest.mark.parametrize("name", ["absent.Greet", "steps.Absent", "nothing"])
def test_a_step_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    course = course_with(tmp_path, f"c.GenerateAssignment.preprocessors = [{name!r}]")
    with pytest.raises(NotGraded, match=r"sets of c\.GenerateAssignment cannot be loaded"):
        course.release(TOY)


@pytest.mark.parametrize("name", ["scratch", ".", "link"])
def test_no_data_show_what_workers_unpack(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "link").symlink_to(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    with pytest.raises(UsageError, match="where workers keep the tests"):
        Lossmark(data=[str(tmp_path / name)]).surroundings(Path("/course"))


@pytest.mark.sandbox
def test_both_ways_of_grading_a_class_use_them_and_nbgraders_takes_settings_of_its_command(tmp_path: Path) -> None:
    course = course_with(tmp_path, BY_NAME)
    wrong = notebook(course, double="def double(x):\n    return 3 * x")  # until the first hook has corrected it
    files = {student: hand_in(course, student) / f"{TOY}.ipynb" for student in ("a", "b")}
    graded = course.root / "autograded"
    for command, students in (
        (("lossmark", "autograde", TOY), ["a", "b"]),
        (("nbgrader", "autograde", TOY, "--force", "--Lossmark.seed=7", "--Lossmark.call_timeout_s=3"), ["all", "all"]),
    ):
        for file in files.values():
            file.write_text(wrong)
            file.with_name("timestamp.txt").write_text(STAMP)
        (tmp_path / "hooks.txt").unlink(missing_ok=True)
        done = run(*command, cwd=course.root)
        assert done.returncode == 0, done.stderr
        called = [line.split("|") for line in (tmp_path / "hooks.txt").read_text().splitlines()]
        assert sorted(called) == sorted(
            [name, TOY, student, str(file)]
            for name in ("before", "after")
            for student, file in zip(students, files.values(), strict=True)
        )
        seed = 7 if "--force" in command else 231
        for student in files:
            results = json.loads((graded / student / TOY / "results.json").read_text())
            assert (results["score"], results["seed"]) == (3.0, seed)
            shown = nbformat.read(graded / student / TOY / f"{TOY}.ipynb", as_version=4)
            assert "2 * x" in shown.cells[0].source
            with gradebook(course) as opened:
                assert opened.find_submission_notebook(TOY, TOY, student).late_submission_penalty == 1.0
