"""All of one student's result: what is shown, whether it still holds, and what to do next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from classes import CHECKS, GRADERS, LATE, TOY, WRONG, autograded, gradebook, hand_in, mark, record, write_toy
from courses import run
from lossmark import cli
from lossmark.course import Course

STUDENT = "forgot-delta-03"
LADDER = '''
    from lossmark import assert_close, check, problem


    def numbers(rng):
        yield problem("a small number", 2.0)
        yield problem("a negative number", -2.0)


    class TestDouble:
        cell = "double_tests"

        @check(points=3, problems=numbers)
        def test_numbers(self, submission, problem):
            """Numbers"""
            assert_close(submission.double(*problem.args), 2 * problem.args[0], tolerance=1e-12)
'''
MISCONCEPTIONS = '''
from lossmark import misconception


@misconception("double", loses=["test_numbers"])
def double_times_three(x):
    """The number is taken three times instead of twice."""
    return 3 * x
'''


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_toy(tmp_path)


def explain(course: Course, capsys: pytest.CaptureFixture[str], student: str = STUDENT) -> tuple[dict[str, Any], str]:
    arguments = ["explain", student, TOY, "--course", str(course.root)]
    capsys.readouterr()
    assert cli.main([*arguments, "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert cli.main(arguments) == 0
    return json.loads(printed.out), capsys.readouterr().out


@pytest.mark.sandbox
def test_checks_calls_and_misconceptions_are_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    course = write_toy(tmp_path, graders={**GRADERS, "test_toy": LADDER, "misconceptions": MISCONCEPTIONS})
    hand_in(course, STUDENT, WRONG)
    assert run("lossmark", "autograde", TOY, cwd=tmp_path).returncode == 0
    found, page = explain(course, capsys)
    assert found["state"] == "current"
    check = found["cells"][0]["checks"][0]
    assert (check["outcome"], check["points"], check["max_points"]) == ("failed", 0.0, 3.0)
    assert check["called"] == "double(2.0)"
    assert (check["misconception"], check["explanation"]) == (
        "times_three",
        "The number is taken three times instead of twice.",
    )
    assert "✗ failed" in page
    assert "Called: double(2.0)" in page
    assert "Likely mistake (times three): The number is taken three times" in page
    assert f"lossmark answers {TOY} why" in page


def test_what_persons_gave_is_shown(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    record(course, STUDENT, points=2.0)
    mark(course, STUDENT, 1.5, "Well said.\nNearly.")
    with gradebook(course) as opened:
        opened.update_or_create_student(STUDENT, first_name="Forgot", last_name="Delta")
        grade = opened.find_grade("double_tests", TOY, TOY, STUDENT)
        grade.manual_score, grade.extra_credit = 2.5, 0.5
        opened.find_comment("double", TOY, TOY, STUDENT).manual_comment = "Neat."
        opened.db.commit()
    found, page = explain(course, capsys)
    assert (found["score"], found["max_score"], found["late_penalty"], found["state"]) == (4.5, 5.0, 0.0, "current")
    cells = {cell["name"]: cell for cell in found["cells"]}
    assert list(cells) == ["double", "double_tests", "why"]
    assert (cells["double_tests"]["score"], cells["double_tests"]["auto_score"]) == (3.0, 2.0)
    assert (cells["why"]["manual_score"], cells["why"]["awaits"]) == (1.5, False)
    for text in (
        f"{STUDENT} (Forgot Delta): toy",
        "score      4.5 of 5\n",
        "given by a person: 2.5, in place of 2",
        "extra credit: 0.5",
        "comment: Well said.\n  comment: Nearly.",
        "double:\n  comment: Neat.",
        f"nbgrader generate_feedback toy --student {STUDENT} --force",
    ):
        assert text in page


def test_times_and_penalty_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    course = write_toy(tmp_path, LATE)
    with gradebook(course) as opened:
        opened.update_or_create_assignment(TOY, duedate="2026-01-01 00:00:00 UTC")
    (hand_in(course, STUDENT) / "timestamp.txt").write_text("2026-01-01 02:03:00 UTC")
    record(course, STUDENT)
    found, page = explain(course, capsys)
    assert found["handed_in"] == "2026-01-01T02:03:00+00:00"
    assert found["graded"] is not None
    assert found["seconds_late"] == 7380
    assert found["score"] == pytest.approx(3 - 7380 / 7200)
    assert ", 2 h 3 min late" in page
    assert "after 1.025 for being late; 1 waiting for a person" in page


def change_source(course: Course) -> None:
    file = course.root / "source" / TOY / f"{TOY}.ipynb"
    file.write_text(file.read_text().replace("Why is that so?", "Why so?"))


def change_checks(course: Course) -> None:
    (course.root / "graders" / TOY / "test_toy.py").write_text(CHECKS.replace("2.0", "3.0"))


def hand_in_again(course: Course) -> None:
    hand_in(course, STUDENT, WRONG)


def note_another_time(course: Course) -> None:
    (course.root / "submitted" / STUDENT / TOY / "timestamp.txt").write_text("2026-01-01 00:00:00 UTC")


def change_score(course: Course) -> None:
    with gradebook(course) as opened:
        opened.find_grade("double_tests", TOY, TOY, STUDENT).auto_score = 1.0
        opened.db.commit()


def lose_results(course: Course) -> None:
    (autograded(course, STUDENT) / "results.json").unlink()


def lose_file(course: Course) -> None:
    (course.root / "submitted" / STUDENT / TOY / f"{TOY}.ipynb").unlink()


@pytest.mark.parametrize(
    ("change", "why", "step"),
    [
        (change_source, "the assignment's notebook has changed", "lossmark regrade toy --student {} --diff"),
        (
            change_checks,
            "the checks or the course's settings have changed",
            "lossmark regrade toy --student {} --apply",
        ),
        (hand_in_again, "another file has been submitted", "lossmark autograde toy --student {}"),
        (note_another_time, "it has been handed in again", "lossmark regrade toy --student {} --diff"),
        (change_score, "the gradebook has 1 for double_tests, results.json 3", "lossmark regrade toy"),
        (lose_results, "results.json is missing: nobody knows what the checks found", "lossmark regrade toy"),
        (lose_file, "the submitted file cannot be read: No such file or directory", "put the submitted file where"),
    ],
)
def test_what_no_longer_holds_is_said(
    change: Any, why: str, step: str, course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    record(course, STUDENT)
    assert explain(course, capsys)[0]["state"] == "current"
    change(course)
    found, page = explain(course, capsys)
    assert found["state"] == "out of date"
    assert why in page
    assert step.format(STUDENT) in page


def test_who_is_not_graded_or_has_handed_in_nothing(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in(course, STUDENT)
    (course.root / "gradebook.db").unlink()
    found, page = explain(course, capsys)
    assert (found["state"], found["cells"], found["score"]) == ("not graded", [], None)
    assert f"lossmark autograde toy --student {STUDENT}" in page
    assert not (course.root / "gradebook.db").exists()
    record(course, "loops-01")
    with gradebook(course) as opened:
        opened.update_or_create_student("silent-02")
    assert explain(course, capsys, "silent-02")[0]["state"] == "nothing handed in"


def test_unknown_student_and_assignment_are_said(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    record(course, STUDENT)
    assert cli.main(["explain", "forgot-delta", TOY, "--course", str(course.root)]) == 2
    assert (
        f"there is no student 'forgot-delta', in the gradebook or among those who handed in; there is '{STUDENT}'"
        in (capsys.readouterr().err)
    )
    assert cli.main(["explain", STUDENT, "other", "--course", str(course.root)]) == 2
    assert "there is no assignment 'other'" in capsys.readouterr().err


def test_results_of_another_version_are_read_as_far_as_understood(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    record(course, STUDENT)
    file = autograded(course, STUDENT) / "results.json"
    results = json.loads(file.read_text())
    results["cells"][0]["checks"][0]["new"] = 1
    results["cells"][0]["checks"].append({"name": "x", "outcome": "unheard of"})
    file.write_text(json.dumps(results))
    found, _ = explain(course, capsys)
    assert [check["name"] for check in found["cells"][0]["checks"]] == ["test_positive"]
    assert ["how x ended is not understood" in remark for remark in found["remarks"]] == [True]


def test_attack_what_is_shown_is_not_obeyed(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    student = "a; $(touch broken)\x1b[2J"
    record(course, student)
    mark(course, student, 1.0, "\x1b]0;title\x07 \u202eback")
    file = autograded(course, student) / "results.json"
    results = json.loads(file.read_text())
    results["cells"][0]["checks"][0] |= {"message": "\x1b[31mred\x9b2J", "outcome": "failed"}
    results["remarks"] = ["\x1b[1mbold\nline"]
    file.write_text(json.dumps(results))
    found, page = explain(course, capsys, student)
    assert found["student"] == student
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(page)
    assert "--student 'a; $(touch broken)�[2J'" in page
