"""The report of a class: what it tells, from where, and that it changes nothing."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from sqlalchemy import create_engine, inspect

from classes import ANSWER, GRADERS, LATE, TOY, autograded, files, gradebook, hand_in, result, tables, write_toy
from lossmark import cli, room
from lossmark.class_report.figures import Histogram
from lossmark.class_report.page import _duration, _percent, safe_cell
from lossmark.class_report.report import write_report
from lossmark.class_report.similarity import Reader, Work
from lossmark.course import Course
from lossmark.errors import NotGraded
from lossmark.execution.notebook import TAKES
from lossmark.gradebook.records import GradeWriter
from lossmark.grading import overdue
from lossmark.provenance import RESULTS_FILE, digests
from lossmark.results import CellResult, CheckResult, GradedNotebook
from lossmark.terminal import printable
from postgres import server

MISCONCEPTIONS = '''
from lossmark import misconception


@misconception("double", loses=["test_positive"])
def double_tripled(x):
    """Three times the number is not twice the number."""
    return 3 * x
'''
PYTHON = "def double(x):\n    number = x\n" + "\n".join(f"    number = abs(number - {i}) + {i}" for i in range(12))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_toy(tmp_path, graders={**GRADERS, "misconceptions": MISCONCEPTIONS})


def graded(course: Course, outcome: str = "passed", seconds: float = 0.5, **more: str | None) -> GradedNotebook:
    """Make up a result of both checks, of which the second has passed."""
    points = 1.0 if outcome == "passed" else 0.0
    checks = (
        CheckResult("test_positive", "A positive number", points, 1.0, outcome, **more),
        CheckResult("test_negative", "A negative number", 2.0, 2.0, "passed"),
    )
    made_up = result(course)
    return GradedNotebook(TOY, (CellResult("double_tests", checks),), ("why",), (), made_up.notebook, seconds)


def record(course: Course, student: str, outcome: GradedNotebook | None = None, double: str = PYTHON) -> None:
    """Hand in for a student, and record a result."""
    file = hand_in(course, student, double) / f"{TOY}.ipynb"
    with GradeWriter(course, TOY) as writer:
        writer.prepare()
        writer.write(student, outcome or graded(course), digests(course, TOY, file.read_bytes()))


def mark(course: Course, student: str, score: float, extra: float | None = None) -> None:
    """Give a mark, as a person does in formgrader."""
    with gradebook(course) as opened:
        grade = opened.find_grade("why", TOY, TOY, student)
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = score, extra, False
        opened.db.commit()


def report(course: Course) -> BeautifulSoup:
    page, _ = write_report(course, TOY)
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def text_of(page: BeautifulSoup, section: str) -> str:
    """The text of a section, with single spaces."""
    return " ".join(page.find(id=section).get_text(" ").split())


def tiles(page: BeautifulSoup) -> dict[str, str]:
    return {tile.dt.text: " ".join(tile.dd.text.split()) for tile in page.select(".tiles > div")}


def rows(course: Course) -> dict[str, dict[str, str]]:
    """The table beside the page, by student."""
    with (course.root / "reports" / f"{TOY}.csv").open(newline="", encoding="utf-8") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def test_command_says_where_page_and_table_are(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(course, "alice")
    assert cli.main(["report", TOY, "--course", str(course.root)]) == 0
    page = course.root / "reports" / f"{TOY}.html"
    assert capsys.readouterr().out == f"Report: {page}\nTable:  {page.with_suffix('.csv')}\n"
    other = tmp_path / "somewhere" / "else" / "class.html"
    assert cli.main(["report", TOY, "--course", str(course.root), "--output", str(other)]) == 0
    assert sorted(path.name for path in other.parent.iterdir()) == ["class.csv", "class.html"]


def test_figures_of_the_class(course: Course) -> None:
    for i in range(3):
        record(course, f"right-{i}")
    record(course, "wrong", graded(course, "failed", misconception="tripled"))
    record(course, "slow", graded(course, "timeout", seconds=59.0))
    hand_in(course, "new")
    page = report(course)
    assert tiles(page) == {
        "Students": "6",
        "Handed in": "6",
        "Graded": "5",
        "Not graded": "1",
        "Submitted late": "0",
        "Points of the checks, mean": "2.6 of 3",
        "Points of the checks, median": "3 of 3",
    }
    assert "Course losses" in page.header.text
    assert "by Lossmark" in page.header.text
    (first, second) = page.select("#checks tbody tr")
    assert [" ".join(cell.get_text(" ").split()) for cell in first.find_all(["th", "td"])] == [
        "A positive number",
        "1",
        "60 % (3 of 5)",
        "1 failed, 1 took too long",
    ]
    assert "100\xa0%" in second.text
    assert "none" in second.text
    mistakes = text_of(page, "mistakes")
    assert "tripled in double , 1 student Three times the number is not twice the number." in mistakes
    assert "Recognised in: A positive number." in mistakes
    assert "Students: wrong" in mistakes
    assert page.select_one("#time ol li").get_text(" ", strip=True) == "slow : 59 s"


def test_histogram_has_its_figures_in_words(course: Course) -> None:
    record(course, "right")
    record(course, "wrong", graded(course, "failed"))
    figure = report(course).select_one("#scores figure")
    picture = figure.find("svg")
    assert figure.find(id=picture["aria-labelledby"]).text == "Points of the checks, of 3"
    words = figure.find(id=picture["aria-describedby"])
    assert "2 submissions: mean 2.5, median 2.5 points" in words.summary.text
    assert [item.text for item in words.find_all("li")] == ["2 to 2.2 points: 1", "2.8 to 3 points: 1"]


def test_bars_have_round_widths_and_hold_everything() -> None:
    shape = Histogram.of([0.0, 0.5, 19.99, 20.0], 20.0)
    assert [(bar.low, bar.high) for bar in shape.bins] == [(i, i + 1) for i in range(20)]
    assert [bar.count for bar in shape.bins] == [2, *[0] * 18, 2]
    for values, top in (([], 0.0), ([0.0], 0.0), ([0.1 * i for i in range(30)], 3.0), ([-1.0, 1e9], 5.0), ([3e-4], 0)):
        shape = Histogram.of(values, top)
        assert sum(bar.count for bar in shape.bins) == len(values)
        assert 1 <= len(shape.bins) <= 21


def test_reasons_why_submissions_are_not_graded(course: Course) -> None:
    record(course, "changed")
    hand_in(course, "changed", "def double(x):\n    return x + x")
    record(course, "again")
    (hand_in(course, "again", PYTHON) / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")
    hand_in(course, "new")
    (hand_in(course, "renamed") / f"{TOY}.ipynb").rename(course.root / "submitted" / "renamed" / TOY / "mine.ipynb")
    (hand_in(course, "no notebook") / f"{TOY}.ipynb").write_text("%PDF-1.4")
    file = hand_in(course, "link") / f"{TOY}.ipynb"
    file.unlink()
    file.symlink_to(course.root / "source" / TOY / f"{TOY}.ipynb")
    record(course, "older form")
    results = autograded(course, "older form") / RESULTS_FILE
    results.write_text(json.dumps({**json.loads(results.read_text()), "cells": [{"name": "double"}]}))
    found = {
        state: " ".join(item.text.split()) for item in report(course).select("#person li") for state in [item.a.text]
    }
    again = f"grade it with lossmark autograde {TOY}"
    assert found["changed"] == f"changed: ↻ changed since it was graded; another file was handed in since; {again}"
    assert found["again"] == f"again: ↻ changed since it was graded; it was handed in again since; {again}"
    assert found["new"] == f"new: ✗ not graded; there is no result yet; {again}"
    assert found["older form"] == f"older form: ✗ not graded; there is no result yet; {again}"
    assert "if it is 'mine.ipynb', rename that" in found["renamed"]
    assert "it is not a notebook" in found["no notebook"]
    assert "symbolic link" in found["link"]
    assert len(found) == 7


def test_marks_by_hand(course: Course) -> None:
    record(course, "waits")
    record(course, "marked")
    mark(course, "marked", 1.5, extra=0.25)
    record(course, "corrected")
    mark(course, "corrected", 2.0)
    with gradebook(course) as opened:
        opened.find_grade("double_tests", TOY, TOY, "corrected").manual_score = 1.0
        opened.db.commit()
    assert "Waiting for a mark (1) why , 1 answer waits" in text_of(report(course), "person")
    found = {
        student: tuple(row[name] for name in ("status", "auto_score", "manual_score", "total", "max_score"))
        for student, row in rows(course).items()
    }
    assert found == {
        "waits": ("waits for a mark", "3.0", "0.0", "3.0", "5.0"),
        "marked": ("graded", "3.0", "1.75", "4.75", "5.0"),
        "corrected": ("graded", "3.0", "0.0", "3.0", "5.0"),
    }


def test_late_submissions_with_penalty(tmp_path: Path) -> None:
    course = write_toy(tmp_path, LATE)
    with gradebook(course) as opened:
        opened.update_or_create_assignment(TOY, duedate="2026-03-01 10:00:00 UTC")
    for student, time in {"early": "09:00:00", "late": "12:00:00", "ungraded": "23:30:00"}.items():
        (hand_in(course, student, PYTHON) / "timestamp.txt").write_text(f"2026-03-01 {time} UTC")
        if student != "ungraded":
            record(course, student)
    (hand_in(course, "odd") / "timestamp.txt").write_text("yesterday, or so")
    page = report(course)
    late = page.find("h3", string="Late submissions (2)").find_next("ul")
    assert [" ".join(item.text.split()) for item in late.find_all("li")] == [
        "ungraded: 13 h 30 min late, no penalty",
        "late: 2 h late, penalty 1",
    ]
    assert (rows(course)["late"]["total"], rows(course)["late"]["late_penalty"]) == ("2.0", "1.0")
    assert "due 2026-03-01 10:00 UTC" in page.header.text
    assert "does not hold a time" in text_of(page, "person")


def test_limits_that_a_submission_has_met_are_remarks(course: Course) -> None:
    for outcome in ("timeout", "killed", "failed", "passed"):
        record(course, f"is-{outcome}", graded(course, outcome))
    person = text_of(report(course), "person")
    assert "Submissions with remarks (2)" in person
    assert "is-timeout : the student's code took too long, asked by" in person
    assert "is-killed : the student's code ended the kernel, or was ended for a limit, asked by" in person
    assert "is-failed : " not in person


def test_code_that_is_not_compared_is_a_remark(course: Course) -> None:
    record(course, "hides", double="exec(text)\ndef double(x):\n    return 2 * x")
    record(course, "plain")
    person = text_of(report(course), "person")
    assert "Submissions with remarks (1)" in person
    assert "hides : code that its cells make of text ( exec , eval or compile )" in person


TAKES_MUCH = {
    "memory": ("ROOM_BYTES", 2**26, "bytearray(2**28)", "MiB of memory"),
    "memory in many parts": ("ROOM_BYTES", 2**26, "[bytearray(2**20) for _ in range(2**9)]", "MiB of memory"),
    "time": ("READING_S", 0.1, "[None for _ in iter(int, 1)]", "more than 0.1 seconds"),
}


@pytest.mark.parametrize(("limit", "value", "work", "said"), TAKES_MUCH.values(), ids=TAKES_MUCH)
def test_a_submission_that_takes_too_much_of_the_report_is_named_and_the_others_are_shown(
    course: Course, monkeypatch: pytest.MonkeyPatch, limit: str, value: float, work: str, said: str
) -> None:
    for student in ("before", "greedy", "late"):
        record(course, student, double=f"marker = '{student}'\n{PYTHON}")
    own = Reader.work_of

    def work_of(reader: Reader, submitted: NotebookNode) -> Work:
        if any("marker = 'greedy'" in cell.source for cell in submitted.cells):
            eval(work)
        return own(reader, submitted)

    monkeypatch.setattr(Reader, "work_of", work_of)
    monkeypatch.setattr(room if limit == "ROOM_BYTES" else overdue, limit, value)
    page = report(course)
    (item,) = page.select("#person li")
    assert " ".join(item.text.split()).startswith("greedy: ✗ not graded; ")
    assert f"{TOY}.ipynb cannot be graded: {TAKES} more than" in item.text
    assert said in item.text
    assert {student: row["status"] for student, row in rows(course).items()} == {
        "before": "waits for a mark",
        "greedy": "not graded",
        "late": "waits for a mark",
    }


def test_remarks_and_contradictions_are_shown(course: Course) -> None:
    record(course, "odd")
    file = autograded(course, "odd") / RESULTS_FILE
    file.write_text(json.dumps({**json.loads(file.read_text()), "remarks": ["the cell `why` was doubled"]}))
    record(course, "restored")
    with gradebook(course) as opened:
        opened.find_grade("double_tests", TOY, TOY, "restored").auto_score = 0.5
        opened.db.commit()
    person = text_of(report(course), "person")
    assert "Submissions with remarks (2)" in person
    assert "odd : the cell why was doubled" in person
    assert "restored : the gradebook has other points than results.json for double_tests" in person


def test_without_a_gradebook_it_says_so_and_makes_none(course: Course) -> None:
    record(course, "alice")
    (course.root / "gradebook.db").unlink()
    page = report(course)
    assert "There is no gradebook yet." in page.header.text
    assert tiles(page)["Graded"] == "1"
    assert rows(course)["alice"]["total"] == ""
    assert not list(course.root.glob("gradebook.db*"))


def test_with_a_file_that_is_no_gradebook_it_says_what_to_do(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(course, "alice")
    (course.root / "gradebook.db").write_text("not a database, by far" * 100)
    assert cli.main(["report", TOY, "--course", str(course.root)]) == 1
    assert "restore it from a backup" in capsys.readouterr().err


def test_students_of_the_gradebook_who_did_not_hand_in_are_listed(course: Course) -> None:
    record(course, "alice")
    with gradebook(course) as opened:
        opened.update_or_create_student("absent", first_name="Ada", last_name="N.")
        opened.update_or_create_student("../../etc", first_name=None)
    page = report(course)
    assert (tiles(page)["Students"], tiles(page)["Handed in"]) == ("3", "1")
    assert (rows(course)["absent"]["status"], rows(course)["absent"]["name"]) == ("not handed in", "Ada N.")
    assert "Ada N." in text_of(page, "students")


def test_nothing_but_the_report_is_written(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # what Python keeps of the graders is not ours
    record(course, "alice")
    hand_in(course, "bob")
    before = tables(course), files(course.root), (course.root / "gradebook.db").read_bytes()
    page, table = write_report(course, TOY)
    assert sorted(path.name for path in page.parent.iterdir()) == [table.name, page.name]
    for file in (page, table):
        file.unlink()
    page.parent.rmdir()
    after = tables(course), files(course.root), (course.root / "gradebook.db").read_bytes()
    assert {name: times for name, times in after[1].items() if before[1].get(name) != times} == {}
    assert (after[0], after[2]) == (before[0], before[2])
    assert not list(course.root.glob("gradebook.db-*"))


def test_it_is_made_while_somebody_writes(course: Course) -> None:
    record(course, "alice")
    with GradeWriter(course, TOY) as writer, closing(sqlite3.connect(course.root / "gradebook.db")) as other:
        writer.prepare()
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE grade SET auto_score = 0")
        assert tiles(report(course))["Points of the checks, mean"] == "3 of 3"
        assert rows(course)["alice"]["total"] == "3.0"
        other.rollback()


def test_results_of_other_graders_are_told(course: Course) -> None:
    record(course, "alice")
    assert "before assignment, checks or engine" not in report(course).text
    with (course.root / "graders" / TOY / "test_toy.py").open("a") as graders:
        graders.write("\n# edited\n")
    assert "1 result was made before assignment, checks or engine were changed" in report(course).text


def test_broken_graders_cost_the_explanations_alone(course: Course) -> None:
    record(course, "wrong", graded(course, "failed", misconception="tripled"))
    (course.root / "graders" / TOY / "misconceptions.py").write_text("import nothing_of_that_name")
    mistakes = text_of(report(course), "mistakes")
    assert "The graders cannot be loaded" in mistakes
    assert "tripled" in mistakes
    assert "Three times" not in mistakes


def test_alike_programs_and_answers_are_shown_and_cost_nothing(course: Course) -> None:
    for i in range(6):
        own = "def double(x):\n" + "\n".join(f"    v{k} = x.m{i}_{k}({k})" for k in range(12))
        answer = " ".join(f"word{i}x{k}" for k in range(30))
        hand_in(course, f"student-{i}", own, answer)
    copied = "def double(x):\n" + "\n".join(f"    w{k}  =  x.m3_{k}({k})  # mine" for k in range(12))
    hand_in(course, "neighbour", copied, " ".join(f"word4x{k}" for k in range(30)))
    page = report(course)
    section = page.find(id="alike")
    assert section.h2.text == "Look at these"
    programs, answers = (" ".join(pair.summary.text.split()) for pair in section.select("details.pair"))
    assert programs == "100 % alike: neighbour and student-3"
    assert "neighbour and student-4" in answers
    assert {mark.text.strip() for mark in section.select_one("details.pair").find_all("mark")} >= {"w0", "v0"}
    assert "def double" not in section.text  # it was released
    assert {row["status"] for row in rows(course).values()} == {"not graded"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "there is no assignment 'nothing'"),
        ([TOY], "nobody has submitted toy: there is no folder"),
        ([TOY, "--output", "."], "is a folder; name a file in it"),
        ([TOY, "--output", "class.csv"], "name a file ending in .html"),
    ],
)
def test_wrong_usage_is_told(
    arguments: list[str], message: str, course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    if "--output" in arguments:
        hand_in(course, "alice")
    assert cli.main(["report", *arguments, "--course", str(course.root)]) == 2
    assert message in capsys.readouterr().err
    assert not (course.root / "reports").exists()


def test_a_folder_that_cannot_be_written_is_named(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in(course, "alice")
    (course.root / "reports").write_text("a file in the way")
    assert cli.main(["report", TOY, "--course", str(course.root)]) == 1
    assert str(course.root / "reports") in capsys.readouterr().err


def test_names_that_are_no_text_are_shown(course: Course) -> None:
    folder = os.fsencode(course.root / "submitted") + b"/\xff\xfe"
    os.makedirs(folder + b"/toy")  # noqa: PTH103 (a path of bytes)
    record(course, "alice")
    page = report(course)
    assert "��" in text_of(page, "students")
    assert "the name is not text" in text_of(page, "person")
    assert "��" in rows(course)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1"])
def test_no_cell_of_the_table_is_a_formula(text: str) -> None:
    assert safe_cell(text) == "'" + printable(text, "\n\t")
    assert safe_cell(f"a{text}") == "a" + printable(text, "\n\t")


def test_figures_in_words() -> None:
    assert [_percent(share) for share in (0.0, 0.001, 0.5, 0.999, 1.0)] == [f"{n}\xa0%" for n in (0, 1, 50, 99, 100)]
    assert [_duration(s) for s in (0.5, 59, 3600, 90061)] == ["less than 1 s", "59 s", "1 h", "1 d 1 h"]
    assert safe_cell(-1.5) == -1.5


def test_what_nobody_reads_is_shown_as_a_sign() -> None:
    assert printable("a\x00\x1b[31m\u202e\ud800\u2028\n\t") == "a��[31m���\n�"
    readable = "Zoë M.\N{NO-BREAK SPACE}\N{EM SPACE}می\N{ZERO WIDTH NON-JOINER}خواهم\t"
    assert printable(readable, "\t") == readable


@pytest.mark.course
def test_on_postgresql_nothing_is_made_and_everything_is_read(tmp_path: Path) -> None:
    with server() as address:
        course = write_toy(tmp_path, f"c.CourseDirectory.db_url = {address!r}")
        (tmp_path / "gradebook.db").unlink()
        hand_in(course, "alice", answer=ANSWER)
        assert "There is no gradebook yet." in report(course).text
        engine = create_engine(address)
        assert inspect(engine).get_table_names() == []
        engine.dispose()
        record(course, "alice")
        with Gradebook(address, "losses") as opened:
            grade = opened.find_grade("why", TOY, TOY, "alice")
            grade.manual_score, grade.needs_manual_grade = 1.5, False
            opened.db.commit()
            # A writer at work, whose transaction is open:
            grade.manual_score = 0.0
            opened.db.flush()
            assert "There is no gradebook yet." not in report(course).text
            opened.db.rollback()
        assert (rows(course)["alice"]["total"], rows(course)["alice"]["status"]) == ("4.5", "graded")


def test_a_gradebook_that_is_away_is_no_missing_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lossmark.gradebook.patience.PATIENCE_S", 0.1)
    course = write_toy(tmp_path, "c.CourseDirectory.db_url = 'postgresql+psycopg://x:secret@127.0.0.1:1/gradebook'")
    hand_in(course, "alice")
    with pytest.raises(NotGraded, match="see that its server runs") as caught:
        write_report(course, TOY)
    assert "secret" not in str(caught.value)
    assert Counter(path.name for path in tmp_path.glob("reports/*")) == {}
