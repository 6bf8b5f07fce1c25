"""The class, taken from what Canvas and Moodle export: who is added and changed, and which files are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from classes import gradebook, record, tables, write_toy
from lossmark import cli
from lossmark.course import Course
from lossmark.gradebook.platforms import read_platform_file

CANVAS = '''\
Student,ID,SIS User ID,SIS Login ID,Section,Toy (42),Final Score
    Points Possible,,,,,5,(read only)
,,,,,Manual Posting,
"Delta, Forgot",1001,S-1,forgot-delta-03,Group 1,,77
"Löops, One",1002,S-2,loops-01,Group 1,4,66
"Student, Test",1003,,0a1b2c,Group 1,4,66
"=""=Formula, Eve""",1004,S-4,formula-05,Group 1,4,66
'''
ALL_COLUMNS = '''\
Student,ID,SIS User ID,SIS Login ID,Integration ID,Root Account,Section,Notes,Toy (42)
    Points Possible,,,,,,,,5
"Delta, Forgot",1001,S-1,forgot-delta-03,I-1,uni.example.org,Group 1,,
"Löops, One",1002,S-2,loops-01,I-2,uni.example.org,Group 1,,4
"Student, Test",1003,,0a1b2c,,,,,
"=""=Formula, Eve""",1004,S-4,formula-05,I-4,uni.example.org,Group 1,,4
'''
MOODLE = """\
First name,Surname,ID number,Institution,Email address,Assignment: Toy (Real),Last downloaded from this course
Forgot,Delta,9001,,forgot@example.org,-,1700000000
One,Löops,,,loops@example.org,4.00,1700000000
"""
NAMES = {
    "forgot-delta-03": ("Forgot", "Delta", None, "1001"),
    "loops-01": ("One", "Löops", None, "1002"),
    "formula-05": ("Eve", "=Formula", None, "1004"),
}


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_toy(tmp_path)


def enrol(course: Course, content: str | bytes, *options: str) -> int:
    file = course.root / "class.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return cli.main(["roster", "import", str(file), "--course", str(course.root), *options])


def students(course: Course) -> dict[str, tuple[str | None, ...]]:
    with gradebook(course) as opened:
        return {one.id: (one.first_name, one.last_name, one.email, one.lms_user_id) for one in opened.students}


@pytest.mark.parametrize(
    "content",
    [
        CANVAS,
        CANVAS.replace("\n", "\r\n"),
        CANVAS.encode("utf-8-sig"),
        CANVAS.encode("utf-16"),
        "sep=;\n" + CANVAS.replace(", ", "¤").replace(",", ";").replace("¤", ", "),
        CANVAS.replace(", ", "¤").replace(",", "\t").replace("¤", ", "),
        ALL_COLUMNS,
    ],
    ids=["plain", "CRLF", "BOM", "UTF-16", "semicolons", "tabs", "all columns"],
)
def test_canvas_file_is_taken(content: str | bytes, course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    assert enrol(course, content) == 0
    assert students(course) == NAMES
    said = capsys.readouterr().out
    assert "added forgot-delta-03" in said
    assert "Canvas's test student is left out" in said
    assert "3 students of Canvas, with ids from the column 'SIS Login ID': 3 added, 0 changed, 0 unchanged." in said


def test_canvas_file_with_two_columns_of_names(course: Course) -> None:
    content = "LastName,FirstName,ID,SIS Login ID,Section\nDelta,Forgot,1001,forgot-delta-03,Group 1\n"
    assert enrol(course, content) == 0
    assert students(course) == {"forgot-delta-03": NAMES["forgot-delta-03"]}


def test_moodle_file_is_taken(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    assert enrol(course, MOODLE, "--id", "email address") == 0
    assert students(course) == {
        "forgot@example.org": ("Forgot", "Delta", "forgot@example.org", "9001"),
        "loops@example.org": ("One", "Löops", "loops@example.org", None),
    }
    assert "2 students of Moodle, with ids from the column 'Email address'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("header", "id"),
    [
        ("Vorname;Nachname;Anmeldename;E-Mail-Adresse;Gruppen", "forgot-delta-03"),
        ("First name;Last name;Username;Email address;Groups", "forgot-delta-03"),
        ("First name;Last name;City;Email address;Groups", "forgot@example.org"),
    ],
)
def test_participants_of_moodle_are_taken(header: str, id: str, course: Course) -> None:
    assert enrol(course, f"\ufeff{header}\nForgot;Delta;forgot-delta-03;forgot@example.org;1, 2\n") == 0
    assert students(course) == {id: ("Forgot", "Delta", "forgot@example.org", None)}


def test_second_import_changes_nothing_and_a_changed_file_that_only(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    record(course, "forgot-delta-03", "unlisted-06")
    enrol(course, CANVAS)
    before = tables(course)
    capsys.readouterr()
    assert enrol(course, CANVAS) == 0
    assert tables(course) == before
    said = capsys.readouterr().out
    assert "0 added, 0 changed, 3 unchanged" in said
    assert "1 in the gradebook are not in the file; they stay." in said

    with gradebook(course) as opened:
        opened.update_or_create_student("loops-01", email="loops@example.org")
    assert enrol(course, CANVAS.replace("Delta", "Gamma").replace("Löops, One", "Löops")) == 0
    assert "changed forgot-delta-03: last name Delta -> Gamma" in capsys.readouterr().out
    found = students(course)
    assert found["forgot-delta-03"] == ("Forgot", "Gamma", None, "1001")
    assert found["loops-01"] == ("One", "Löops", "loops@example.org", "1002")
    assert "unlisted-06" in found
    assert tables(course)["grade"] == before["grade"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("loops-01", ""), "line 5: the column 'SIS Login ID' is empty"),
        (("loops-01", "forgot-delta-03"), "line 5: 'forgot-delta-03' stands on line 4, too"),
        (("loops-01", "../loops"), "line 5: '../loops' cannot be the name of a folder"),
        (("loops-01", "loops\x1b[2J"), r"line 5: 'loops\x1b[2J' cannot be the name of a folder"),
        (("1002", "1001"), "line 5: the number '1001' stands on line 4, too"),
        (("1002", "1.2E+11"), "line 5: a spreadsheet has made '1.2E+11' of a long number"),
        (("loops-01", "x" * 129), "line 5: an entry is longer than 128 characters"),
        (("loops-01,Group 1", "loops-01,Group 1,1,2,3,4"), "line 5: it has 11 cells where the header has 7"),
        (('"Delta, Forgot"', '"Delta, "Forgot"'), "line 4: ',' expected after '\"'; see whether a quotation mark"),
        (("Student,ID", "Who,What"), "its first line is not the header of an export"),
    ],
)
def test_bad_file_is_refused_as_a_whole(
    change: tuple[str, str], complaint: str, course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tables(course)
    assert enrol(course, CANVAS.replace(*change)) == 2
    assert complaint in capsys.readouterr().err
    assert tables(course) == before


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04", "is a workbook; save it as"),
        (CANVAS.encode("latin-1"), "line 5: it is not UTF-8; in Excel, save it as"),
        (CANVAS.splitlines()[0].encode(), "names no student"),
        (b"First name,Last name,Username\nA,B,\n", "line 2: the column 'Username' is empty"),
    ],
)
def test_what_is_no_such_file_is_refused(
    content: bytes, complaint: str, course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrol(course, content) == 2
    assert complaint in capsys.readouterr().err
    assert students(course) == {}


def test_one_whom_the_gradebook_has_under_another_id_is_not_doubled(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    enrol(course, CANVAS)
    before = tables(course)
    assert enrol(course, CANVAS, "--id", "SIS User ID") == 2
    assert "line 4: 'S-1' has the number '1001', which is 'forgot-delta-03' in the gradebook" in capsys.readouterr().err
    assert tables(course) == before


def test_gradebook_is_made_where_there_is_none(course: Course) -> None:
    (course.root / "gradebook.db").unlink()
    assert enrol(course, CANVAS) == 0
    assert students(course) == NAMES


def test_column_of_the_ids_is_said(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    assert enrol(course, CANVAS.replace("SIS Login ID", "Login").replace("1003,,", "1003,S-3,")) == 0
    assert "with ids from the column 'SIS User ID'" in capsys.readouterr().out
    assert students(course).keys() == {"S-1", "S-2", "S-4"}


def test_unknown_column_is_said(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    assert enrol(course, CANVAS, "--id", "Login") == 2
    assert "has no column 'Login' (it has: Student, ID, SIS User ID" in capsys.readouterr().err


def test_attack_names_stay_data(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    row = '"\x1b[2J<script>","a\nb",7,"=1+1; DROP TABLE student",x\n'
    hostile = f"LastName,FirstName,ID,SIS Login ID,Section\n{row}"
    assert enrol(course, hostile) == 0
    assert students(course) == {"=1+1; DROP TABLE student": ("a b", "[2J<script>", None, "7")}
    assert "\x1b" not in capsys.readouterr().out


def test_columns_that_may_be_assignments_are_found(course: Course) -> None:
    file = course.root / "class.csv"
    file.write_text(CANVAS)
    canvas = read_platform_file(file)
    assert canvas.items == {"Toy (42)": 5.0}
    assert canvas.header_of("toy") == "Toy (42)"
    file.write_text(MOODLE)
    moodle = read_platform_file(file, id_column="Email address")
    assert moodle.header_of("toy") == "Assignment: Toy (Real)"
    assert moodle.header_of("tea") is None
