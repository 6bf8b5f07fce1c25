"""Grades for Canvas and Moodle: what is in the file, what is said about it, and that nothing in it runs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from classes import LATE, TOY, gradebook, hand_in, mark, record, write_toy
from courses import run
from lossmark import cli
from lossmark.course import Course
from lossmark.gradebook.spreadsheets import inert, is_formula

MARKED, WAITING, ABSENT = "forgot-delta-03", "loops-01", "silent-02"
COUNTED = "counted as far as they go; --complete leaves them empty"
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Root Account,Section,Other (7),Toy (42),Final Score
    Points Possible,,,,,,10,5,(read only)
"Delta, Forgot",1001,S-1,forgot-delta-03,uni.example.org,"Group 1, Group 2",3,,77
"Loops, One",1002,S-2,loops-01,uni.example.org,Group 1,4,,66
"Nobody, Known",1003,S-3,unknown-09,uni.example.org,Group 1,4,,66
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = write_toy(tmp_path)
    record(course, MARKED, WAITING)
    mark(course, MARKED, 1.5, "Well said.")
    with gradebook(course) as opened:
        opened.update_or_create_student(MARKED, first_name="Forgot", last_name="Delta", lms_user_id="1001")
        opened.update_or_create_student(WAITING, first_name="One", last_name="Loops", lms_user_id="1002")
        opened.update_or_create_student(ABSENT, first_name="Silent", last_name="Ümläut", email="silent@example.org")
    return course


def export(course: Course, *options: str, format: str = "canvas") -> list[list[str]]:
    to = course.root / "out.csv"
    assert cli.main(["export", "--format", format, "--course", str(course.root), "--to", str(to), *options]) == 0
    return list(csv.reader(io.StringIO(to.read_text(encoding="utf-8"), newline=""), strict=True))


def column(rows: list[list[str]], header: str, key: str) -> dict[str, str]:
    names = rows[0]
    return {row[names.index(key)]: row[names.index(header)] for row in rows[1:]}


def extra(course: Course, student: str, credit: float, penalty: float) -> None:
    with gradebook(course) as opened:
        opened.find_grade("double_tests", TOY, TOY, student).extra_credit = credit
        opened.find_submission_notebook(TOY, TOY, student).late_submission_penalty = penalty
        opened.db.commit()


def test_canvas_gets_its_columns_and_totals(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    extra(course, MARKED, 0.25, 1.0)
    assert export(course) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", TOY],
        ["    Points Possible", "", "", "", "", "5"],
        ["Delta, Forgot", "1001", "", MARKED, "", "3.75"],
        ["Loops, One", "1002", "", WAITING, "", "3"],
        ["Ümläut, Silent", "", "", ABSENT, "", ""],
    ]
    said = capsys.readouterr().err
    assert f"warning: toy: 1 still waiting for a mark for why, {COUNTED}: {WAITING}" in said
    assert f"{MARKED} has an outdated grade, because the penalty for being late is 1 and would be 0 now" in said
    assert "1 of 3 students have no number of Canvas's" in said


def test_total_is_the_gradebooks(course: Course) -> None:
    extra(course, WAITING, 0.0, 100.0)
    record(course, "third-of-a-point", points=1 / 3)
    by_nbgrader = run("nbgrader", "export", "--to", "plain.csv", cwd=course.root)
    assert by_nbgrader.returncode == 0, by_nbgrader.stderr
    with (course.root / "plain.csv").open() as file:
        expected = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    found = column(export(course, "--zeros"), TOY, "SIS Login ID")
    del found[""]
    assert {student: float(score) for student, score in found.items()} == pytest.approx(expected, abs=1e-4)
    assert found[WAITING] == "0"


def test_no_grade_is_not_zero_unless_asked_for(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in(course, "ungraded-04")
    with gradebook(course) as opened:
        opened.update_or_create_student("ungraded-04")
    assert column(export(course), TOY, "SIS Login ID")[ABSENT] == ""
    found = column(export(course, "--zeros", "--questions"), TOY, "SIS Login ID")
    assert (found[ABSENT], found["ungraded-04"]) == ("0", "")
    assert "toy: 1 handed in and not graded yet (lossmark autograde toy): ungraded-04" in capsys.readouterr().err


def test_what_waits_is_left_empty_on_request(course: Course) -> None:
    rows = export(course, "--complete", "--questions")
    assert rows[0][5:] == [TOY, f"{TOY}: double_tests", f"{TOY}: why"]
    assert [row[5:] for row in rows[1:]] == [["5", "3", "2"], ["4.5", "3", "1.5"], ["", "3", ""], ["", "", ""]]


def test_marked_before_it_was_graded_again_is_told_apart(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    record(course, MARKED)
    assert column(export(course), TOY, "ID")["1001"] == "4.5"
    assert f"a second look at why (graded again since it was marked), {COUNTED}: {MARKED}" in capsys.readouterr().err
    assert column(export(course, "--complete"), TOY, "ID")["1001"] == ""


def test_roster_gives_what_canvas_knows(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    (course.root / "canvas.csv").write_text(CANVAS)
    assert export(course, "--roster", str(course.root / "canvas.csv")) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Root Account", "Section", "Toy (42)"],
        ["    Points Possible", "", "", "", "", "", "5"],
        ["Delta, Forgot", "1001", "S-1", MARKED, "uni.example.org", "Group 1, Group 2", "4.5"],
        ["Loops, One", "1002", "S-2", WAITING, "uni.example.org", "Group 1", "3"],
    ]
    said = capsys.readouterr().err
    assert f"warning: {ABSENT} is not in the roster" in said
    assert "1 in the roster are not in the gradebook" in said
    named = export(course, "--roster", str(course.root / "canvas.csv"), "--column", f"{TOY}=Other (7)")
    assert named[0][-1] == "Other (7)"
    assert "Other (7) has 10 points there, toy has 5 here" in capsys.readouterr().err


def test_feedback_is_no_markup(course: Course) -> None:
    mark(course, MARKED, 1.0, "<b>$a < b$</b> & so on")
    rows = export(course, "--feedback", format="moodle")
    feedback = column(rows, f"{TOY} (feedback)", "Username")[MARKED]
    assert feedback == "double_tests: 3/3; why: 1/2 (&lt;b&gt;$a &lt; b$&lt;/b&gt; &amp; so on)"


def test_questions_find_their_columns_again(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    (course.root / "canvas.csv").write_text(CANVAS.replace("Other (7)", "toy: why (7)"))
    rows = export(course, "--roster", str(course.root / "canvas.csv"), "--questions")
    assert rows[0][6:] == ["Toy (42)", f"{TOY}: double_tests", "toy: why (7)"]


def test_moodle_is_told_of_grades_that_it_refuses(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    export(course, format="moodle")
    assert "Moodle refuses" not in capsys.readouterr().err
    extra(course, MARKED, 100.0, 0.0)
    export(course, format="moodle")
    assert "warning: Moodle refuses grades above 100" in capsys.readouterr().err


def test_moodle_gets_one_whole_column_to_find_people_by(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    rows = export(course, "--feedback", format="moodle")
    assert rows == [
        ["Username", "First name", "Last name", TOY, f"{TOY} (feedback)"],
        [MARKED, "Forgot", "Delta", "4.5", "double_tests: 3/3; why: 1.5/2 (Well said.)"],
        [WAITING, "One", "Loops", "3", "double_tests: 3/3; why: -/2"],
        [ABSENT, "Silent", "Ümläut", "-", ""],
    ]
    said = capsys.readouterr().err
    assert "the column ID number is left out: it is empty for somebody" in said
    assert "the column Email address is left out" in said


@pytest.mark.slow
def test_plugin_writes_the_same_by_nbgrader(course: Course) -> None:
    expected = export(course, "--questions")
    exporter = "--exporter=lossmark.exports.CanvasExporter"
    done = run(
        "nbgrader", "export", exporter, "--to", "by_nbgrader.csv", "--CanvasExporter.questions=True", cwd=course.root
    )
    assert done.returncode == 0, done.stderr
    with (course.root / "by_nbgrader.csv").open(newline="") as file:
        assert list(csv.reader(file)) == expected
    assert f"empty: {WAITING}" in done.stderr
    unknown = run("nbgrader", "export", exporter, "--assignment", "['other']", cwd=course.root)
    assert unknown.returncode == 1
    assert "lossmark: the gradebook has no assignment 'other' (it has: toy)" in unknown.stderr
    assert "Traceback" not in unknown.stderr


def test_a_late_penalty_by_a_plugin_counts(tmp_path: Path) -> None:
    course = write_toy(tmp_path, LATE)
    with gradebook(course) as opened:
        opened.update_or_create_assignment(TOY, duedate="2026-01-01 00:00:00 UTC")
    (hand_in(course, MARKED) / "timestamp.txt").write_text("2026-01-01 02:00:00 UTC")
    record(course, MARKED)
    assert column(export(course), TOY, "SIS Login ID")[MARKED] == "2"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--assignment", "other"], "the gradebook has no assignment 'other' (it has: toy)"),
        (["--student", "stranger"], "the gradebook has no student 'stranger'"),
        (["--roster", "missing.csv"], "missing.csv cannot be read: No such file"),
        (["--feedback"], "Canvas imports no feedback"),
        (["--id", "ID"], "--id names a column of the file of --roster"),
        (["--questions", "--column", f"{TOY}={TOY}: why"], f"two columns would be called '{TOY}: why'"),
    ],
)
def test_what_cannot_be_exported_is_said(
    options: list[str], complaint: str, course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    to = course.root / "out.csv"
    arguments = ["export", "--format", "canvas", "--course", str(course.root), "--to", str(to), *options]
    assert cli.main(arguments) == 2
    assert complaint in capsys.readouterr().err
    assert not to.exists()


def test_no_gradebook_is_said_and_none_is_made(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    (course.root / "gradebook.db").unlink()
    assert cli.main(["export", "--format", "canvas", "--course", str(course.root)]) == 2
    assert "has no gradebook yet; grade first" in capsys.readouterr().err
    assert not (course.root / "gradebook.db").exists()


def test_folder_that_is_not_there_is_said(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    to = course.root / "missing" / "out.csv"
    assert cli.main(["export", "--format", "canvas", "--course", str(course.root), "--to", str(to)]) == 2
    assert f"{to} cannot be written: there is no such folder" in capsys.readouterr().err


HOSTILE = [
    '=HYPERLINK("http://example.org")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    'a,"b"\r\n=c',
    "<b>bold</b>",
    "\x1b[2J",
]


@pytest.mark.parametrize("format", ["canvas", "moodle"])
def test_attack_what_students_are_called_stays_data(
    format: str, course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    with gradebook(course) as opened:
        for number, text in enumerate(HOSTILE):
            opened.update_or_create_student(f"{text}{number}", first_name=text, last_name=text, email=text)
        opened.update_or_create_student(MARKED, lms_user_id="=1+1")
    mark(course, MARKED, 1.0, "=cmd|' /C calc'!A0")
    rows = export(course, *(["--feedback"] if format == "moodle" else []), "--questions", format=format)
    header = 2 if format == "canvas" else 1
    assert len(rows) == header + 3 + len(HOSTILE)
    assert {len(row) for row in rows} == {len(rows[0])}
    for cell in (cell for row in rows for cell in row):
        assert not is_formula(cell), cell
        assert "\n" not in cell
    assert '\'=HYPERLINK("http://example.org")0' in {cell for row in rows for cell in row}
    said = capsys.readouterr().err
    assert f"warning: {format.capitalize()} may not find =HYPERLINK" in said
    assert "\x1b" not in said


@pytest.mark.parametrize("text", ["=1", " =1", "+a", "-a", "@a", "\t1", "\r1", "＝1", "--1", "-1+2", "\n@a"])
def test_formula_is_made_inert(text: str) -> None:
    assert is_formula(text)
    assert inert(text).startswith("'") or not is_formula(inert(text))
    assert not is_formula(inert(text))


@pytest.mark.parametrize("text", ["-1", "-1.5", "3.25", "-", "a=1", "a-b", ""])
def test_what_is_no_formula_stays(text: str) -> None:
    assert inert(text) == text
