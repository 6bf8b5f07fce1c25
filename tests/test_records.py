"""The gradebook and the folders of a class: what is written, all of it or nothing, whatever happens meanwhile."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook, InvalidEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import compute_checksum
from sqlalchemy.exc import OperationalError, PendingRollbackError

from classes import (
    ANSWER,
    CELLS,
    LATE,
    TOY,
    autograded,
    files,
    gradebook,
    hand_in,
    notebook,
    result,
    scores,
    tables,
    write_toy,
)
from courses import index_of
from helpers import graded_cell
from lossmark.course import TESTS, Course, kind_of
from lossmark.errors import NotGraded
from lossmark.execution.notebook import lay_out, read_notebook
from lossmark.gradebook import database, handed_in, patience
from lossmark.gradebook.folders import ClassFolders
from lossmark.gradebook.handed_in import MAX_SUBMISSION_BYTES, read_submitted
from lossmark.gradebook.patience import GradebookUnusable
from lossmark.gradebook.records import GradeWriter
from lossmark.gradebook.results_file import Changes
from lossmark.provenance import RESULTS_FILE

DIGESTS = {"submission": "a", "assignment": "b", "graders": "c", "engine": "d"}
STUDENTS = ["alice", "Ümit Öz", "李雷", "رامي", "o'brien; DROP TABLE grade", "50% [x] *", "Δ" * 60]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_toy(tmp_path)


def write(course: Course, *students: str, points: float = 3.0, answer: str = ANSWER) -> None:
    with GradeWriter(course, TOY) as writer:
        writer.prepare()
        for student in students:
            writer.write(student, result(course, points, answer), DIGESTS)


def with_settings(course: Course, settings: str) -> Course:
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(f"\n{settings}\n")
    return Course(course.root)


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


@pytest.mark.parametrize("student", STUDENTS)
def test_student_of_any_name_is_recorded(student: str, course: Course) -> None:
    hand_in(course, student)
    with GradeWriter(course, TOY) as writer:
        assert list(writer.folders.submitted()) == [student]
        writer.prepare()
        writer.write(student, result(course), DIGESTS)
        assert scores(course) == {student: 3.0}
        kept = writer.results_of(student)
    assert kept is not None
    assert (kept.score, kept.digests) == (3.0, DIGESTS)
    assert names(autograded(course, student)) == {"toy.ipynb", RESULTS_FILE}
    nbformat.validate(nbformat.read(autograded(course, student) / "toy.ipynb", as_version=4))


def test_written_answer_waits_for_a_person_and_no_answer_does_not(course: Course) -> None:
    write(course, "answered")
    write(course, "silent", answer="YOUR ANSWER HERE")
    with gradebook(course) as opened:
        grades = {student: opened.find_grade("why", TOY, TOY, student) for student in ("answered", "silent")}
        found = {student: (grade.auto_score, grade.needs_manual_grade) for student, grade in grades.items()}
        comments = {student: opened.find_comment("why", TOY, TOY, student).comment for student in grades}
    assert found == {"answered": (None, True), "silent": (0.0, False)}
    assert comments == {"answered": None, "silent": "No response."}


def test_each_cell_gets_what_is_its_own(tmp_path: Path) -> None:
    """One written answer is given and one is not; a task, which has no cell of a student's, is for a person alone."""
    task = graded_cell("locked", "task", "Do something.", points=1)
    task.metadata.nbgrader.update(task=True)
    unanswered = graded_cell("manual", "how", "How is that so?", points=1)
    course = write_toy(tmp_path, cells=[*CELLS, unanswered, new_markdown_cell(task.source, metadata=task.metadata)])
    handed_in = read_notebook(notebook(course))
    handed_in.cells[index_of(handed_in, "how")].source = "YOUR ANSWER HERE"
    sheet = lay_out(handed_in, course.assignment(TOY))
    with GradeWriter(course, TOY) as writer:
        writer.prepare()
        writer.write("alice", replace(result(course), notebook=sheet.notebook), DIGESTS)
    with gradebook(course) as opened:
        recorded = opened.find_submission_notebook(TOY, TOY, "alice")
        grades = {grade.name: (grade.auto_score, grade.needs_manual_grade) for grade in recorded.grades}
        comments = {comment.name: comment.auto_comment for comment in recorded.comments}
    assert grades == {"double_tests": (3.0, False), "why": (None, True), "how": (0.0, False), "task": (None, True)}
    assert comments == {"double": None, "why": None, "how": "No response.", "task": None}


def test_assignment_is_declared_as_it_is_released(course: Course) -> None:
    with GradeWriter(course, TOY) as writer:
        writer.prepare()
    with gradebook(course) as opened:
        declared = {cell.name: cell for cell in opened.find_notebook(TOY, TOY).source_cells}
        found = {name: (cell.source, cell.locked, cell.checksum) for name, cell in declared.items()}
    released = course.assignment(TOY).cells
    assert found == {
        name: (cell.source, kind_of(cell) == TESTS, compute_checksum(cell)) for name, cell in released.items()
    }
    assert "return 2 * x" not in found["double"][0]


def test_what_a_person_gave_stays(course: Course) -> None:
    write(course, "alice")
    with gradebook(course) as opened:
        grade = opened.find_grade("why", TOY, TOY, "alice")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        opened.find_grade("double_tests", TOY, TOY, "alice").extra_credit = 0.5
        opened.find_comment("why", TOY, TOY, "alice").manual_comment = "Well said."
        opened.update_or_create_student("alice", first_name="Alice", email="alice@example.org")
        opened.db.commit()
    write(course, "alice", points=1.0)
    with gradebook(course) as opened:
        assert opened.find_submission(TOY, "alice").score == 1.0 + 0.5 + 1.5
        assert opened.find_grade("why", TOY, TOY, "alice").needs_manual_grade
        assert opened.find_comment("why", TOY, TOY, "alice").comment == "Well said."
        assert opened.find_student("alice").first_name == "Alice"


def test_exception_in_the_middle_leaves_everything_as_it_was(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(course, "alice")
    write(course, "alice", points=1.0)
    before = tables(course), files(course.root)

    def fail(*arguments: object) -> None:
        raise OSError("the disk is full")

    with GradeWriter(course, TOY) as writer:
        writer.prepare()
        for step in ("_record_scores", "_record_penalty"):
            for student in ("alice", "new one"):
                with monkeypatch.context() as patch:
                    patch.setattr(GradeWriter, step, fail)
                    with pytest.raises(OSError, match="the disk is full"):
                        writer.write(student, result(course), DIGESTS)
                assert tables(course) == before[0]
    assert {name for name in files(course.root) if "new one" not in name} == before[1].keys()
    assert scores(course) == {"alice": 1.0}


# Killed at a moment. The script forks for each moment, so that all it imports is imported once.

KILLER = """
import os, pathlib, shutil, signal, sys
sys.path.insert(0, sys.argv[1])
import nbgrader.api
from classes import TOY, result
from lossmark.course import Course
from lossmark.gradebook.folders import ClassFolders
from lossmark.gradebook import database
from lossmark.gradebook.records import GradeWriter
from test_records import DIGESTS, MOMENTS

def die(*arguments, **options):
    os.kill(os.getpid(), signal.SIGKILL)

def at_second_call(function, calls=[]):
    def call(*arguments):
        calls.append(arguments)
        return die() if len(calls) == 2 else function(*arguments)
    return call

def at_removal_of_old(path, **options):
    return die() if str(path).endswith(".old") and pathlib.Path(path).exists() else removed(path, **options)

removed = shutil.rmtree
for moment in MOMENTS:
    child = os.fork()
    if child:
        assert os.waitpid(child, 0)[1] == signal.SIGKILL, moment
        continue
    course = Course(pathlib.Path(sys.argv[2]) / moment)
    match moment:
        case "making":
            (course.root / "gradebook.db").unlink()
            database.text = die
        case "declaring":
            nbgrader.api.Gradebook.update_or_create_source_cell = die
        case "copying":
            ClassFolders._copy_other_files = die
        case "recording":
            GradeWriter._record_penalty = die
        case "recorded":
            ClassFolders.put_in_place = die
        case "between":
            pathlib.Path.rename = at_second_call(pathlib.Path.rename)
        case "placed":
            shutil.rmtree = at_removal_of_old
    with GradeWriter(course, TOY) as writer:
        writer.prepare()
        writer.write("alice", result(course), DIGESTS)
    os._exit(1)
"""
MOMENTS = ("making", "declaring", "copying", "recording", "recorded", "between", "placed")


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kill a writer at each moment, in a course of its own in which alice has 1 point from before."""
    folder = tmp_path_factory.mktemp("killed")
    course = write_toy(folder / MOMENTS[0])
    hand_in(course, "alice")
    write(course, "alice", points=1.0)
    for moment in MOMENTS[1:]:
        shutil.copytree(folder / MOMENTS[0], folder / moment)
    subprocess.run([sys.executable, "-c", KILLER, str(Path(__file__).parent), str(folder)], check=True)
    return folder


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_writer_leaves_all_or_nothing_and_the_next_one_completes_it(moment: str, killed: Path) -> None:
    course = Course(killed / moment)
    if moment == "making":
        assert not (course.root / "gradebook.db").exists()
    else:
        is_recorded = moment in ("recorded", "between", "placed")
        assert scores(course) == {"alice": 3.0 if is_recorded else 1.0}
    with GradeWriter(course, TOY) as writer:
        kept = writer.results_of("alice")
        assert (kept and kept.score) == {"making": None, "recorded": None, "between": None, "placed": 3.0}.get(
            moment, 1.0
        )
        writer.prepare()
        assert {path.name for path in autograded(course, "alice").parent.iterdir()} <= {TOY}
        writer.write("alice", result(course), DIGESTS)
    assert scores(course) == {"alice": 3.0}
    assert tables(course)["alembic_version"]
    assert not [name for name in files(course.root) if Path(name).name.startswith(".")]
    assert json.loads((autograded(course, "alice") / RESULTS_FILE).read_text())["score"] == 3.0


# The gradebook is in use, damaged or missing.


def test_gradebook_that_is_locked_for_a_while_is_waited_for(course: Course) -> None:
    with (
        closing(sqlite3.connect(course.root / "gradebook.db", check_same_thread=False, isolation_level=None)) as other,
        GradeWriter(course, TOY) as writer,
    ):
        writer.prepare()
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO student (id) VALUES ('meanwhile')")
        release = threading.Timer(0.3, other.execute, ["COMMIT"])
        release.start()
        writer.write("alice", result(course), DIGESTS)
        release.join()
    assert scores(course) == {"alice": 3.0}
    assert {row[0] for row in tables(course)["student"]} == {"alice", "meanwhile"}


def test_gradebook_that_stays_locked_is_said_to_be(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE_S", 0.1)
    hand_in(course, "alice")
    write(course, "alice", points=1.0)
    before = files(course.root)
    with (
        closing(sqlite3.connect(course.root / "gradebook.db", isolation_level=None)) as other,
        GradeWriter(course, TOY) as writer,
    ):
        writer.prepare()
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(
            GradebookUnusable,
            match=r"gradebook.db cannot be used: database is locked; end the program",
        ):
            writer.write("alice", result(course), DIGESTS)
        other.execute("ROLLBACK")
    assert scores(course) == {"alice": 1.0}
    assert files(course.root).keys() == before.keys()


def test_reader_does_not_keep_a_writer_waiting(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE_S", 0.1)
    write(course, "alice", points=1.0)
    with closing(sqlite3.connect(course.root / "gradebook.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        seen = reader.execute("SELECT auto_score FROM grade").fetchall()
        write(course, "alice")
        assert reader.execute("SELECT auto_score FROM grade").fetchall() == seen
        reader.execute("COMMIT")
    assert scores(course) == {"alice": 3.0}


def test_damaged_gradebook_is_told_at_once(course: Course) -> None:
    (course.root / "gradebook.db").write_bytes(b"no gradebook" * 1000)
    with GradeWriter(course, TOY) as writer, pytest.raises(GradebookUnusable, match="file is not a database"):
        writer.prepare()


def test_result_counts_only_while_the_gradebook_has_it(course: Course) -> None:
    hand_in(course, "alice")
    write(course, "alice")
    (course.root / "gradebook.db").unlink()
    with GradeWriter(course, TOY) as writer:
        assert writer.results_of("alice") is None
        writer.prepare()
        writer.write("alice", result(course), DIGESTS)
        assert writer.results_of("alice") is not None
    assert tables(course)["alembic_version"]


def test_result_counts_only_while_the_gradebook_says_the_same(course: Course) -> None:
    """As it does not when an older one has been restored."""
    hand_in(course, "alice")
    write(course, "alice", points=1.0)
    shutil.copy(course.root / "gradebook.db", course.root / "backup.db")
    write(course, "alice")
    shutil.copy(course.root / "backup.db", course.root / "gradebook.db")
    with GradeWriter(course, TOY) as writer:
        assert writer.results_of("alice") is None
        writer.prepare()
        writer.write("alice", result(course), DIGESTS)
        assert writer.results_of("alice") is not None
    assert scores(course) == {"alice": 3.0}


@pytest.mark.parametrize("content", [b"", b"{", b"\0\0", b"[]", b"{}", b'{"digests": {}}', b"\xff"])
def test_damaged_results_are_none(content: bytes, course: Course) -> None:
    write(course, "alice")
    file = autograded(course, "alice") / RESULTS_FILE
    file.chmod(0o644)
    file.write_bytes(content)
    with GradeWriter(course, TOY) as writer:
        assert writer.results_of("alice") is None


def test_new_gradebook_is_what_nbgrader_makes(course: Course, tmp_path: Path) -> None:
    with GradeWriter(course, TOY) as writer:
        (course.root / "gradebook.db").unlink(missing_ok=True)
        writer.prepare()
    with database.tools_on_path():
        Gradebook(f"sqlite:///{tmp_path / 'theirs.db'}", "losses").close()

    def schema(file: Path) -> tuple[list[object], list[object]]:
        with closing(sqlite3.connect(file)) as connection:
            tables = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
            return tables, connection.execute("SELECT * FROM alembic_version").fetchall()

    assert schema(course.root / "gradebook.db") == schema(tmp_path / "theirs.db")


def test_two_who_make_the_gradebook_at_once_share_it(course: Course) -> None:
    (course.root / "gradebook.db").unlink()
    settings, both = ClassFolders(course, TOY).settings, threading.Barrier(2)

    def add(student: str) -> None:
        both.wait()
        with database.open_gradebook(settings) as opened:
            opened.add_student(student)

    with ThreadPoolExecutor() as pool:
        list(pool.map(add, ("alice", "bob")))
    assert {row[0] for row in tables(course)["student"]} == {"alice", "bob"}


def test_full_disk_leaves_nothing_half_written(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    (hand_in(course, "alice") / "data.csv").write_text("1,2")
    write(course, "alice", points=1.0)
    before = files(course.root)
    (course.root / "gradebook.db").unlink()

    def fail(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", fail)
    monkeypatch.setattr(shutil, "copyfileobj", fail)
    with GradeWriter(course, TOY) as writer:
        with pytest.raises(OSError, match="No space left on device"):
            writer.prepare()
        with pytest.raises(OSError, match="No space left on device") as raised:
            writer.folders.lay_ready("alice", result(course), DIGESTS)
    assert raised.value.filename == str(autograded(course, "alice").with_name(".toy.new"))
    assert files(course.root).keys() == before.keys()


@pytest.mark.parametrize("is_deep", [True, False])
def test_error_of_the_database_behind_nbgraders_own_is_waited_for(
    is_deep: bool, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbgrader raises InvalidEntry where the database was away, and tidying up may fail once more."""
    add_student, failures = Gradebook.add_student, []

    def fail_once(opened: Gradebook, *arguments: object, **fields: object) -> object:
        if failures:
            return add_student(opened, *arguments, **fields)
        try:
            raise OperationalError("INSERT", {}, Exception("server closed the connection unexpectedly"))
        except OperationalError as error:
            failures.append(error)
            if not is_deep:
                raise InvalidEntry from None
            try:
                raise InvalidEntry
            except InvalidEntry:
                raise PendingRollbackError from None

    monkeypatch.setattr(Gradebook, "add_student", fail_once)
    write(course, "alice")
    assert len(failures) == 1
    assert scores(course) == {"alice": 3.0}


def test_reading_makes_no_gradebook(course: Course) -> None:
    (course.root / "gradebook.db").unlink()
    hand_in(course, "alice")
    before = files(course.root)
    with GradeWriter(course, TOY) as writer:
        assert list(writer.folders.submitted()) == ["alice"]
        assert writer.results_of("alice") is None
    assert files(course.root) == before
    assert not (course.root / "gradebook.db").exists()


def test_there_is_one_writer_at_a_time(course: Course) -> None:
    with GradeWriter(course, TOY) as first:
        first.prepare()
        with GradeWriter(course, TOY) as second, pytest.raises(NotGraded, match="another process is grading toy"):
            second.prepare()
        first.write("alice", result(course), DIGESTS)
    write(course, "bob")
    assert scores(course) == {"alice": 3.0, "bob": 3.0}


def test_other_points_are_taken_over_and_other_cells_are_not(course: Course) -> None:
    write(course, "alice")
    file = course.root / "source" / TOY / f"{TOY}.ipynb"
    source = nbformat.read(file, as_version=4)
    source.cells[2].metadata.nbgrader.points = 7
    nbformat.write(source, file)
    write(course, "alice")
    with gradebook(course) as opened:
        assert opened.find_submission(TOY, "alice").max_score == 10.0
    source.cells.append(graded_cell("manual", "more", "What else?", points=1))
    nbformat.write(source, file)
    for added, change in (("more", "`more` is new"), ("other", "`other` is new")):
        source.cells[-1].metadata.nbgrader.grade_id = added
        nbformat.write(source, file)
        with (
            GradeWriter(course, TOY) as writer,
            pytest.raises(NotGraded, match=rf"with other cells.*\({change}\)") as no,
        ):
            writer.prepare()
        assert "remove" not in str(no.value)  # that would delete what persons gave
    del source.cells[-1]
    gone = source.cells.pop()
    nbformat.write(source, file)
    grade_id = gone.metadata.nbgrader.grade_id
    with GradeWriter(course, TOY) as writer, pytest.raises(NotGraded, match=rf"\(`{grade_id}` is gone\)"):
        writer.prepare()


def test_unknown_student_is_refused_where_nbgrader_shall_not_add_any(course: Course) -> None:
    course = with_settings(course, "c.Autograde.create_student = False")
    with gradebook(course) as opened:
        opened.add_student("alice")
    write(course, "alice")
    with pytest.raises(Exception, match="No such student: bob"):
        write(course, "bob")
    assert scores(course) == {"alice": 3.0}


# When it was handed in.


def test_time_of_submission_is_recorded_as_nbgrader_does(course: Course) -> None:
    (hand_in(course, "alice") / "timestamp.txt").write_text("2026-03-01 12:00:00.000000 UTC\n")
    (hand_in(course, "bob") / "timestamp.txt").write_text(" \n")
    write(course, "alice", "bob")
    with gradebook(course) as opened:
        assert opened.find_submission(TOY, "alice").timestamp == datetime(2026, 3, 1, 12)
        assert opened.find_submission(TOY, "bob").timestamp is None


def test_late_submission_loses_what_the_plugin_says_and_no_more_than_its_score(course: Course) -> None:
    course = with_settings(course, LATE)
    with gradebook(course) as opened:
        opened.update_or_create_assignment(TOY, duedate="2026-03-01 10:00:00 UTC")
    for student, time in {"early": "09:59:59", "late": "12:00:00", "very late": "23:00:00"}.items():
        (hand_in(course, student) / "timestamp.txt").write_text(f"2026-03-01 {time} UTC")
    write(course, "early", "late", "very late")
    with gradebook(course) as opened:
        submissions = {s.student.id: s for s in opened.assignment_submissions(TOY)}
        penalties = {student: s.notebooks[0].late_submission_penalty for student, s in submissions.items()}
    assert penalties == {"early": None, "late": 1.0, "very late": 3.0}
    (hand_in(course, "late") / "timestamp.txt").write_text("2026-03-01 08:00:00 UTC")
    write(course, "late")
    with gradebook(course) as opened:
        assert opened.find_submission_notebook(TOY, TOY, "late").late_submission_penalty is None


NO_TIMES = [
    *(b"yesterday, about noon", b"\xff\xfe", b"99999999999999999999", b"\x00", b"2026-03-01 " * 20, b"- - -"),
    *(b"2026-03-01 12:00:00 PST", b"2026-07-01 12:00 CEST", b"2026-03-01 12:00:00 EST", b"2026-03-01 12:00 X/Nowhere"),
    *(b"11/20/2026 11:30 PM", b"03.12.2026", b"03.12.2026 12:00 UTC", b"2026-11-20-23-30-00", b"12:00 UTC"),
    *(
        b"2026-02-30 12:00 UTC",
        b"0001-01-01 00:00 +05:00",
        b"2026-03-01",
        b"20260301120000",
        b"2026-03-01 12:00 +30:00",
    ),
]


@pytest.mark.parametrize("content", NO_TIMES)
def test_submission_whose_time_is_none_is_graded_and_the_file_named(content: bytes, course: Course) -> None:
    (hand_in(course, "alice") / "timestamp.txt").write_bytes(content)
    write(course, "alice")
    assert scores(course) == {"alice": 3.0}
    folders = ClassFolders(course, TOY)
    assert folders.handed_in("alice") is None
    assert "timestamp.txt does not hold a time" in folders.remarks_on("alice")[0]


def test_linked_time_is_none(course: Course) -> None:
    (hand_in(course, "alice") / "timestamp.txt").symlink_to("/dev/zero")
    folders = ClassFolders(course, TOY)
    assert folders.handed_in("alice") is None
    assert "timestamp.txt does not hold a time" in folders.remarks_on("alice")[0]


TIMES = [
    *("2026-03-01 12:00:00 UTC", "2026-03-01 12:00:00.000000 UTC\r\n", "\ufeff2026-03-01 12:00 UTC"),
    *("2026-03-01 12:00", "2026-03-01 13:00:00 Europe/Berlin", "2026-03-01T14:00:00+02:00", "2026-03-01T12:00:00Z"),
    *("2026-03-01 14:00:00.000 +0200", "2026-03-01 07:00-05", "2026-03-01 12:00:00 GMT"),
]


@pytest.mark.parametrize("text", TIMES)
def test_time_is_read_as_nbgrader_and_editors_write_it(text: str, course: Course) -> None:
    (hand_in(course, "alice") / "timestamp.txt").write_bytes(text.encode())
    assert ClassFolders(course, TOY).handed_in("alice") == datetime(2026, 3, 1, 12)
    assert ClassFolders(course, TOY).remarks_on("alice") == ()


@pytest.mark.parametrize("content", [None, b"", b" \r\n"])
def test_submission_without_a_time_has_none(content: bytes | None, course: Course) -> None:
    folder = hand_in(course, "alice")
    if content is not None:
        (folder / "timestamp.txt").write_bytes(content)
    assert ClassFolders(course, TOY).handed_in("alice") is None
    assert ClassFolders(course, TOY).remarks_on("alice") == ()


@pytest.mark.parametrize("student", ["new\nline", "\nfirst", "last\n", ".hidden", "\udcff"])
def test_folder_that_nbgrader_would_pass_over_is_found_and_named(student: str, course: Course) -> None:
    hand_in(course, "alice")
    (course.root / "submitted" / ".ipynb_checkpoints" / TOY).mkdir(parents=True)
    hand_in(course, student)
    found = ClassFolders(course, TOY).ungraded()
    assert found.keys() == {"alice", student}
    assert found["alice"] == ""
    assert found[student].endswith("rename the folder")
    assert "\n" not in found[student]


def test_another_time_means_handed_in_again(course: Course) -> None:
    stamp = hand_in(course, "alice") / "timestamp.txt"
    with GradeWriter(course, TOY) as writer:
        writer.prepare()
        for text in (None, "2026-03-01 12:00:00 UTC", "2026-03-01 12:00:01 UTC"):
            if text:
                stamp.write_text(text)
                assert changes_since(writer, "alice") == Changes(is_handed_in_again=True)
            writer.write("alice", result(course), DIGESTS)
            assert not changes_since(writer, "alice")


def changes_since(writer: GradeWriter, student: str, **now: str) -> Changes:
    """What has changed since a student was graded: nothing, where today's digests are those of the result."""
    kept = writer.folders.results_of(student)
    assert kept is not None
    return writer.folders.changes_since(student, kept, DIGESTS | now)


def test_each_other_digest_is_a_change(course: Course) -> None:
    write(course, "alice")
    with GradeWriter(course, TOY) as writer:
        for name in DIGESTS:
            assert changes_since(writer, "alice", **{name: "another"}) == Changes(digests=(name,))
        kept = writer.folders.results_of("alice")
        assert kept is not None
        for recorded, cells in (
            ({"double_tests": 3.0}, ()),
            ({"double_tests": 2.0}, ("double_tests",)),
            ({}, ("double_tests",)),
        ):
            assert writer.folders.changes_since("alice", kept, DIGESTS, recorded).cells == cells


# The files.


def test_other_files_are_copied_and_the_instructors_win(course: Course) -> None:
    source, submitted = course.root / "source" / TOY, hand_in(course, "alice")
    for folder, text in ((source, "instructor's"), (submitted, "student's")):
        (folder / "data" / "deep").mkdir(parents=True)
        for name in ("both.csv", f"{text[0]}.txt", "data/deep/both.csv", f"data/deep/{text[0]}.txt", "keep.py"):
            (folder / name).write_text(text)
    (source / "ours").mkdir()
    (source / "ours" / "file.txt").write_text("instructor's")
    (submitted / "ours").write_text("a file where the instructor has a folder")
    (submitted / "i.txt").mkdir()
    (submitted / "i.txt" / "within.txt").write_text("a folder where the instructor has a file")
    (submitted / RESULTS_FILE).mkdir()
    (submitted / RESULTS_FILE / "within.txt").write_text("a folder where the results go")
    (submitted / "other.ipynb").write_text("{}")
    course = with_settings(course, "c.Autograde.exclude_overwriting = {'toy': ['keep.py']}")
    course = with_settings(course, "c.CourseDirectory.ignore = ['*.pyc', '__pycache__']")
    (submitted / "junk.pyc").write_bytes(b"")
    write(course, "alice")
    graded = autograded(course, "alice")
    ours = {"both.csv", "i.txt", "data/deep/both.csv", "data/deep/i.txt", "ours/file.txt"}
    students = {"s.txt", "data/deep/s.txt", "keep.py"}
    assert names(graded) == ours | students | {"toy.ipynb", RESULTS_FILE}
    assert {name for name in ours if (graded / name).read_text() == "instructor's"} == ours
    assert {name for name in students if (graded / name).read_text() == "student's"} == students


def test_links_and_pipes_of_a_student_are_not_followed(course: Course, tmp_path: Path) -> None:
    submitted = hand_in(course, "alice")
    secret = course.root / "graders" / TOY / "reference.py"
    (submitted / "link.txt").symlink_to(secret)
    (submitted / "relative.txt").symlink_to("../../../graders/toy/reference.py")
    (submitted / "folder").symlink_to(course.root / "graders")
    (submitted / "within.txt").symlink_to("toy.ipynb")
    (submitted / "dangling.txt").symlink_to("nothing")
    os.mkfifo(submitted / "pipe")
    (submitted / "file.txt").write_text("a file")
    write(course, "alice")
    assert names(autograded(course, "alice")) == {"toy.ipynb", RESULTS_FILE, "file.txt"}


def test_links_of_the_instructor_are_followed(course: Course) -> None:
    shared = course.root / "shared.csv"
    shared.write_text("1,2")
    (course.root / "source" / TOY / "data.csv").symlink_to(shared)
    hand_in(course, "alice")
    write(course, "alice")
    copy = autograded(course, "alice") / "data.csv"
    assert (copy.read_text(), copy.is_symlink()) == ("1,2", False)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_results_can_be_read_and_not_written_as_with_nbgrader(course: Course) -> None:
    (hand_in(course, "alice") / "data.csv").write_text("1,2")
    write(course, "alice")
    write(course, "alice")
    graded = autograded(course, "alice")
    assert {mode(file) for file in graded.iterdir()} == {0o444}
    with_settings(course, "c.Autograde.permissions = 640")
    write(Course(course.root), "alice")
    assert {mode(file) for file in graded.iterdir()} == {0o640}


def test_results_are_shared_by_a_group_that_shares(course: Course) -> None:
    (hand_in(course, "alice") / "data").mkdir()
    (hand_in(course, "alice") / "data" / "file.csv").write_text("1,2")
    write(with_settings(course, "c.CourseDirectory.groupshared = True"), "alice")
    graded = autograded(course, "alice")
    for folder in (graded / "data", graded, graded.parent, graded.parent.parent):
        assert mode(folder) & 0o2770 == 0o2770
    assert {mode(graded / name) for name in names(graded)} == {0o664}
    assert mode(course.root) & 0o2020 == 0


STRUCTURES = {
    "{nbgrader_step}/{assignment_id}/{student_id}": "submitted/toy/alice",
    "all/{assignment_id}/{nbgrader_step}/of-{student_id}.d": "all/toy/submitted/of-alice.d",
    "{nbgrader_step}/{student_id}/2026/{assignment_id}": "submitted/alice/2026/toy",
}


@pytest.mark.parametrize("structure", STRUCTURES)
def test_folders_are_where_nbgraders_settings_say(structure: str, tmp_path: Path) -> None:
    source = structure.format(nbgrader_step="source", student_id=".", assignment_id=TOY)
    course = write_toy(tmp_path / "a [strange] *", f"c.CourseDirectory.directory_structure = {structure!r}")
    if not Path(course.root / source).exists():
        shutil.copytree(course.root / "source" / TOY, course.root / source)
    (course.root / source / "data.csv").write_text("1,2")
    submitted = course.root / STRUCTURES[structure]
    submitted.mkdir(parents=True)
    (submitted / "toy.ipynb").write_text(notebook(course))
    (submitted.parent / ".ipynb_checkpoints").mkdir()
    (submitted.parent / "file").touch()
    with GradeWriter(course, TOY) as writer:
        found = writer.folders.submitted()
        assert found.pop("alice") == submitted / "toy.ipynb"
        # Where a student's folder would lie, a file is one that cannot be read, and is named.
        assert list(found) == ["file"] * structure.endswith("/{student_id}")
        writer.prepare()
        writer.write("alice", result(course), DIGESTS)
        assert writer.results_of("alice") is not None
    graded = course.root / STRUCTURES[structure].replace("submitted", "autograded")
    assert names(graded) == {"toy.ipynb", "data.csv", RESULTS_FILE}
    leftover = graded.with_name(f".{graded.name}.new")
    leftover.mkdir()
    write(course, "bob")
    assert not leftover.exists()


def test_excluded_students_are_left_out(course: Course) -> None:
    for student in ("alice", "bob", "carol"):
        hand_in(course, student)
    course = with_settings(course, "c.CourseDirectory.student_id_exclude = 'bob,carol'")
    assert list(ClassFolders(course, TOY).submitted()) == ["alice"]


def test_file_is_read_up_to_the_size_that_nbgraders_exchange_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CourseDirectory.max_file_size.default_value * 1000 == MAX_SUBMISSION_BYTES
    monkeypatch.setattr(handed_in, "MAX_SUBMISSION_BYTES", 10)
    (tmp_path / "file").write_bytes(b"0123456789")
    assert read_submitted(tmp_path / "file") == b"0123456789"
    (tmp_path / "file").write_bytes(b"0123456789+")
    with pytest.raises(OSError, match="larger than"):
        read_submitted(tmp_path / "file")


def test_only_a_file_is_read_from_a_student(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"content")
    assert read_submitted(file) == b"content"
    (tmp_path / "link").symlink_to(file)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").touch()
    os.truncate(tmp_path / "large", MAX_SUBMISSION_BYTES + 1)
    reasons = {
        "link": "it is a symbolic link",
        "pipe": "it is not a file",
        ".": "it is not a file",
        "large": "it is larger than 100 MB",
        "missing": "No such file or directory",
    }
    for name, reason in reasons.items():
        with pytest.raises(OSError, match=reason) as raised:
            read_submitted(tmp_path / name)
        assert raised.value.strerror == reason
