"""The penalty for being late is a part of the result: every command says the same of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from classes import TOY, InlinePool, gradebook, hand_in, mark, record, result, tables, write_toy
from lossmark import cli
from lossmark.batch import worker
from lossmark.batch.worker import Outcome
from lossmark.class_report.state import ClassReader
from lossmark.commands import autograde as class_commands
from lossmark.course import Course

PLUGIN = """
from nbgrader.plugins import BasePlugin


class PartOfTheScore(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 0.125 * score * total_seconds_late / 3600
"""
SETTING = 'c.AssignLatePenalties.plugin_class = "late_plugin.PartOfTheScore"'
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A submission is two hours late, has three points, and has lost a quarter of them; another one is in time."""
    (tmp_path / "late_plugin.py").write_text(PLUGIN)
    course = write_toy(tmp_path, SETTING)
    with gradebook(course) as opened:
        opened.update_or_create_assignment(TOY, duedate="2026-03-01 10:00:00 UTC")
    for student, time in {"late": "12:00:00", "early": "09:00:00"}.items():
        (hand_in(course, student) / "timestamp.txt").write_text(f"2026-03-01 {time} UTC")
    record(course, "late", "early")
    graded = Outcome(result(course))
    monkeypatch.setattr(worker, "grade", lambda parcel, order: graded)
    monkeypatch.setattr(class_commands, "_pool", lambda *arguments: InlinePool())
    return course


@pytest.fixture
def command(course: Course, capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = cli.main([*words, "--course", str(course.root)])
        return status, *capsys.readouterr()

    return run


def penalty(course: Course) -> float | None:
    with gradebook(course) as opened:
        found: float | None = opened.find_submission_notebook(TOY, TOY, "late").late_submission_penalty
        return found


def move_due_date(course: Course) -> None:
    with gradebook(course) as opened:
        opened.update_or_create_assignment(TOY, duedate="2026-03-01 11:00:00 UTC")


def lift_due_date(course: Course) -> None:
    with gradebook(course) as opened:
        opened.find_assignment(TOY).duedate = None
        opened.db.commit()


def extend(course: Course) -> None:
    with gradebook(course) as opened:
        opened.grant_extension(TOY, "late", hours=1)


def mark_answer(course: Course) -> None:
    mark(course, "late", 2.0)


def give_extra_credit(course: Course) -> None:
    with gradebook(course) as opened:
        opened.find_grade("double_tests", TOY, TOY, "late").extra_credit = 1.0
        opened.db.commit()


AFTER = {move_due_date: 0.375, lift_due_date: 0.0, extend: 0.375, mark_answer: 1.25, give_extra_credit: 1.0}
"""The penalty that is due after each change."""


@pytest.mark.parametrize("change", AFTER)
def test_all_commands_say_that_the_penalty_is_outdated_until_it_is_recorded(
    change: Callable[[Course], None], course: Course, command: Command
) -> None:
    assert penalty(course) == 0.75
    assert command("autograde", TOY)[1].startswith("toy: 0 graded, 2 unchanged since they were graded; ")
    change(course)
    now, before = AFTER[change], tables(course)
    said = f"the penalty for being late is 0.75 and would be {now:g} now"

    explained = json.loads(command("explain", "late", TOY, "--json")[1])
    assert (explained["state"], explained["changes"]) == ("out of date", [said])
    assert "lossmark autograde toy --student late" in explained["next_steps"]
    assert json.loads(command("explain", "early", TOY, "--json")[1])["state"] == "current"
    notes = {one.student: one.notes for one in ClassReader(course, course.assignment(TOY)).read()}
    assert notes == {"late": (f"{said}; `lossmark autograde toy` puts that right",), "early": ()}
    warning = f"toy: late has an outdated grade, because {said} (lossmark autograde toy)"
    assert warning in command("export", "--format", "canvas", "--to", "-")[2]
    shown = command("regrade", TOY, "--diff")[1]
    assert f"late penalty: 0.75 -> {now:g}" in shown
    assert "toy: 1 of 2 results would change." in shown
    assert tables(course) == before

    assert command("autograde", TOY)[1].startswith(
        "toy: 0 graded, 1 unchanged since they were graded, 1 with another late penalty; "
    )
    assert penalty(course) == (now or None)
    with gradebook(course) as opened:  # a mark that was given need not be given again
        assert opened.find_grade("why", TOY, TOY, "late").needs_manual_grade is (change is not mark_answer)
    assert json.loads(command("explain", "late", TOY, "--json")[1])["state"] == "current"
    assert "outdated" not in command("export", "--format", "canvas", "--to", "-")[2]
    assert "toy: 0 of 2 results would change." in command("regrade", TOY, "--diff")[1]
    assert "2 unchanged" in command("autograde", TOY)[1]


def test_regrade_changes_what_it_has_shown(course: Course, command: Command) -> None:
    extend(course)
    shown, applied = command("regrade", TOY, "--diff")[1], command("regrade", TOY, "--apply")[1]
    for text in (shown, applied):
        assert "late penalty: 0.75 -> 0.375" in text
    assert penalty(course) == 0.375


def test_penalty_of_a_new_result_is_shown_before_it_is_recorded(
    course: Course, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    better = Outcome(result(course, points=2.0))
    monkeypatch.setattr(worker, "grade", lambda parcel, order: better)
    assert "late penalty: 0.75 -> 0.5" in command("regrade", TOY, "--diff")[1]
    command("regrade", TOY, "--apply")
    assert penalty(course) == 0.5


def test_plugin_that_has_changed_is_asked_again(course: Course, command: Command) -> None:
    plugin = "c.AssignLatePenalties.plugin_class = 'nbgrader.plugins.latesubmission.LateSubmissionPlugin'"
    with (course.root / "nbgrader_config.py").open("a") as settings:
        settings.write(f"{plugin}\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    assert "late penalty: 0.75 -> 3" in command("regrade", TOY, "--diff")[1]
    assert command("autograde", TOY)[1].startswith("toy: 2 graded; ")
    assert penalty(course) == 3.0


def test_plugin_that_fails_for_one_student_leaves_the_others_alone(course: Course, command: Command) -> None:
    text = PLUGIN.replace("return", "if student_id == 'late':\n            raise KeyError(student_id)\n        return")
    (course.root / "failing_plugin.py").write_text(text)
    with (course.root / "nbgrader_config.py").open("a") as settings:
        settings.write('c.AssignLatePenalties.plugin_class = "failing_plugin.PartOfTheScore"\n')
    status, out, err = command("autograde", TOY)
    assert (status, penalty(course)) == (1, 0.75)
    assert out.startswith("toy: 1 graded, 1 not graded; ")
    assert "lossmark: late was not graded: the result cannot be written: KeyError: 'late'" in err
    explained = json.loads(command("explain", "late", TOY, "--json")[1])
    assert "the penalty for being late cannot be computed: KeyError: 'late'" in explained["changes"]
