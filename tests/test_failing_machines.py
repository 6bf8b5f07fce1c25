"""Machines that fail in the middle of a run: nothing is lost, nothing half-written, and the same command goes on."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from nbgrader.api import Gradebook

from classes import (
    ANSWER,
    FOR_POSITIVES,
    TOY,
    InlinePool,
    autograded,
    files,
    gradebook,
    hand_in,
    result,
    scores,
    tables,
    write_toy,
)
from courses import BIN
from lossmark import cli
from lossmark.batch import worker
from lossmark.commands import autograde as class_commands
from lossmark.course import Course
from lossmark.gradebook.records import GradeWriter
from lossmark.provenance import RESULTS_FILE, digests
from lossmark.sandbox import host
from machines import FILLING, Clock, Mounts, mounts, put_before
from postgres import running_server
from processes import END_TIMEOUT_S
from running import SLOW, Running, left_by

pytestmark = [pytest.mark.sandbox, pytest.mark.course]

EARLIER = {"alice": 3.0, "bob": 1.0}
"""Scores from before; bob has handed in again since, and deserves more."""
DESERVED = {"alice": 3.0, "bob": 3.0, "student-0": 3.0, "student-1": 0.0, "student-2": 3.0, "student-3": 3.0}
DUE = len(DESERVED) - 1


def impatient(patience_s: float) -> tuple[str, ...]:
    """Return a `lossmark` that says soon that it waits, and waits no longer than that."""
    imports = "from lossmark import cli; from lossmark.gradebook import patience"
    settings = f"patience.NOTICE_S, patience.PATIENCE_S = 0.3, {patience_s}"
    return sys.executable, "-c", f"{imports}; {settings}; raise SystemExit(cli.main())"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A class with earlier results, points and comments of a person among them, and with more to grade."""
    course = write_toy(tmp_path / "course")
    hand_in_all(course)
    return course


def hand_in_all(course: Course) -> None:
    with GradeWriter(course, TOY) as writer:
        writer.prepare()
        for student, points in EARLIER.items():
            file = hand_in(course, student, FOR_POSITIVES if points == 1 else SLOW) / f"{TOY}.ipynb"
            writer.write(student, result(course, points), digests(course, TOY, file.read_bytes()))
    with gradebook(course) as opened:
        for student in EARLIER:
            opened.find_grade("why", TOY, TOY, student).manual_score = 1.5
            opened.find_comment("why", TOY, TOY, student).manual_comment = "Well said."
        opened.db.commit()
    for student, points in DESERVED.items():
        if student != "alice":
            hand_in(course, student, SLOW if points else SLOW.replace("2 *", "3 *"), ANSWER)


def assert_whole(course: Course) -> dict[str, float | None]:
    """Fail if anything was lost or is half-written; return the automatic scores."""
    found = scores(course)
    assert found.keys() >= EARLIER.keys()
    for student, score in found.items():
        assert score in (DESERVED[student], EARLIER.get(student)), student
        results = json.loads((autograded(course, student) / RESULTS_FILE).read_text())
        assert results["score"] == score
        assert (autograded(course, student) / f"{TOY}.ipynb").read_text().endswith("}")
    assert {folder.parent.name for folder in (course.root / "autograded").glob(f"*/{TOY}")} == found.keys()
    assert list(course.root.rglob(".*")) == []
    kept = scores(course, cell="why")
    assert kept.keys() == found.keys()
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with gradebook(course) as opened:
        for student in EARLIER:
            assert opened.find_grade("why", TOY, TOY, student).manual_score == 1.5
            assert opened.find_comment("why", TOY, TOY, student).manual_comment == "Well said."
    return found


def assert_ended(running: Running, temporary: Path, status: int, *said: str) -> str:
    """Wait for the end; fail if it is another one, or if it leaves something behind. Return standard error."""
    ended, out, err = running.end()
    assert ended == status, err
    assert "Traceback" not in err
    for text in said:
        assert text in err
    _, alive = psutil.wait_procs(left_by(temporary), timeout=END_TIMEOUT_S)
    assert alive == []
    assert [path for path in temporary.iterdir() if path.name != FILLING] == []
    return out + err


def assert_same_command_goes_on(course: Course, temporary: Path) -> None:
    assert_ended(Running(course, temporary, "--jobs", "1"), temporary, 0)
    assert assert_whole(course) == DESERVED


# Disks.


@pytest.fixture
def elsewhere() -> Iterator[Mounts]:
    with mounts() as made:
        yield made


def run_in(elsewhere: Mounts, course: Course, temporary: Path, *options: str) -> Running:
    program = (*elsewhere.program, BIN / "lossmark")
    return Running(course, temporary, "--course", str(course.root), "--jobs", "1", *options, program=program)


@pytest.mark.parametrize("where", ["the results", "the gradebook", "temporary files"])
def test_disk_that_fills_up(where: str, course: Course, temporary: Path, tmp_path: Path, elsewhere: Mounts) -> None:
    full = temporary if where == "temporary files" else course.root
    results, book = course.root / "autograded", course.root / "gradebook.db"
    elsewhere.make_disk(full)
    if where == "the results":
        full = results
    if where != "temporary files":
        elsewhere.make_disk(results)
    running = run_in(elsewhere, course, temporary)
    running.wait_for(f"grading toy: 1 of {DUE}")
    os.killpg(running.process.pid, signal.SIGSTOP)  # else a quick run is over before the disk is full
    filling = elsewhere.fill_disk(full)
    os.killpg(running.process.pid, signal.SIGCONT)
    elsewhere.take_what_is_freed(filling, until=lambda: running.process.poll() is not None)
    said = {
        "the results": (f"the result cannot be written: {results}/", ": No space left on device; make space"),
        "the gradebook": (f"the gradebook {book} cannot be used: database or disk is full; make space on its disk",),
        "temporary files": (f"{temporary}/", "No space left on device; make space"),
    }[where]
    assert_ended(running, elsewhere.see(temporary) if full is temporary else temporary, 1, *said)
    shutil.rmtree(filling)
    seen = Course(elsewhere.copy(course.root, tmp_path / "seen"))
    assert 0 < len(assert_whole(seen)) < len(DESERVED)
    assert_same_command_goes_on(seen, temporary)


def test_no_gradebook_is_made_on_a_full_disk(course: Course, temporary: Path, elsewhere: Mounts) -> None:
    (course.root / "gradebook.db").unlink()
    shutil.rmtree(course.root / "autograded")
    elsewhere.make_disk(course.root)
    elsewhere.fill_disk(course.root)
    place = course.root / ".gradebook.db.new"
    said = f"lossmark: {place}: No space left on device; make space there\n"
    assert assert_ended(run_in(elsewhere, course, temporary), temporary, 1) == said
    assert not list(elsewhere.see(course.root).glob("*gradebook.db*"))


@pytest.mark.parametrize("part", ["", "autograded"])
def test_read_only_course(part: str, course: Course, temporary: Path, elsewhere: Mounts) -> None:
    folder = course.root / part
    before = files(course.root), tables(course)
    elsewhere.make_read_only(folder)
    running = run_in(elsewhere, course, temporary)
    err = assert_ended(running, temporary, 1, "make", "writable for the account that grades")
    assert (files(course.root), tables(course)) == before
    assert err.count("\n") == 1
    assert str(folder) in err
    if part:
        assert_same_command_goes_on(course, temporary)


# The gradebook.


@pytest.mark.parametrize("patience_s", [60.0, 0.6])
def test_gradebook_that_another_program_locks(patience_s: float, course: Course, temporary: Path) -> None:
    book = course.root / "gradebook.db"
    with closing(sqlite3.connect(book, isolation_level=None, timeout=60)) as other:
        running = Running(course, temporary, "--jobs", "1", program=impatient(patience_s))
        running.wait_for(f"grading toy: 1 of {DUE}")
        other.execute("BEGIN EXCLUSIVE")
        if patience_s > 10:
            running.wait_for(
                f"waiting for the gradebook {book}: database is locked; end the program that is writing to it"
            )
            other.execute("ROLLBACK")
            assert_ended(running, temporary, 0)
            assert assert_whole(course) == DESERVED
        else:
            said = f"the gradebook {book} cannot be used: database is locked; end the program that is writing to it"
            assert_ended(running, temporary, 1, said, "the same command goes on")
            other.execute("ROLLBACK")
            assert_whole(course)
            assert_same_command_goes_on(course, temporary)


@pytest.mark.parametrize("comes_back", [True, False])
def test_gradebook_that_is_moved_away(comes_back: bool, course: Course, temporary: Path, tmp_path: Path) -> None:
    file, backup = course.root / "gradebook.db", tmp_path / "backup.db"
    shutil.copy(file, backup)
    running = Running(course, temporary, "--jobs", "1", program=impatient(60 if comes_back else 0.6))
    running.wait_for(f"grading toy: 1 of {DUE}")
    file.rename(tmp_path / "moved.db")
    moved = "it is not the file that it was when this run began"
    if comes_back:
        running.wait_for(f"waiting for the gradebook {file}: {moved}")
        assert not file.exists()
        (tmp_path / "moved.db").rename(file)
        assert_ended(running, temporary, 0)
        assert assert_whole(course) == DESERVED
    else:
        shutil.copy(backup, file)
        assert_ended(running, temporary, 1, f"the gradebook {file} cannot be used: {moved}", "the same command goes on")
        for name in ("gradebook.db-wal", "gradebook.db-shm"):  # as it says
            (course.root / name).unlink()
        assert scores(course) == EARLIER
        assert_same_command_goes_on(course, temporary)


def test_server_that_is_stopped_and_started_again(tmp_path: Path, temporary: Path) -> None:
    with running_server() as server:
        course = write_toy(tmp_path, f"c.CourseDirectory.db_url = {server.address!r}")
        (course.root / "gradebook.db").unlink()
        for student, points in DESERVED.items():
            hand_in(course, student, SLOW if points else SLOW.replace("2 *", "3 *"))
        running = Running(course, temporary, "--jobs", "1", program=impatient(60))
        running.wait_for("grading toy: 2 of 6")
        server.stop()
        running.wait_for("waiting for the gradebook postgresql+psycopg://lossmark@127.0.0.1:")
        server.start()
        assert_ended(running, temporary, 0)
        with Gradebook(server.address, "losses") as opened:
            found = {s.student.id: s.notebooks[0].score for s in opened.assignment_submissions(TOY)}
        assert found == DESERVED


# The clock, memory, and other programs.


def test_clock_that_jumps(course: Course, temporary: Path, tmp_path: Path) -> None:
    clock, year_s = Clock(tmp_path), 365 * 24 * 3600
    os.utime(course.root / "submitted" / "student-0" / TOY / f"{TOY}.ipynb", (2**33, 2**33))
    os.utime(course.root / "graders" / TOY / "test_toy.py", (0, 0))
    running = Running(course, temporary, "--jobs", "1", **clock.variables)
    for line, shift_s in enumerate((year_s, -year_s, 0), 1):
        running.wait_for(f"grading toy: {line} of {DUE}")
        clock.shift(shift_s)
    assert_ended(running, temporary, 0)
    assert assert_whole(course) == DESERVED
    assert assert_ended(Running(course, temporary), temporary, 0).startswith("toy: 0 graded, 6 unchanged")


def test_worker_without_memory(course: Course, temporary: Path) -> None:
    file = course.root / "graders" / TOY / "test_toy.py"
    title = '"""A negative number"""'
    file.write_text(file.read_text().replace(title, f"{title}\n        bytearray(2**28)"))
    running = Running(course, temporary, "--jobs", "1", "--force")
    running.wait_for("grading toy: 1 of 6")
    (process,) = running.workers()
    process.rlimit(resource.RLIMIT_AS, (process.memory_info().vms + 2**26, resource.RLIM_INFINITY))
    assert_ended(running, temporary, 1, "was not graded: out of memory; end other programs, or grade with fewer --jobs")
    assert_whole(course)
    assert_same_command_goes_on(course, temporary)


FAILS_AT_TIMES = """
count=$(cat {count})
echo $((count + 1)) >{count}
[ $((count % 3)) -ne 1 ] || {{ echo "bwrap: Creating new namespace failed: No space left on device" >&2; exit 1; }}
exec {bwrap} "$@"
"""


def test_bubblewrap_that_fails_at_times(course: Course, temporary: Path, tmp_path: Path) -> None:
    """The second time of three, and the first sandbox is killed."""
    count = tmp_path / "count"
    count.write_text("0")
    script = FAILS_AT_TIMES.format(count=count, bwrap=shutil.which("bwrap"))
    path = put_before("bwrap", script, tmp_path / "programs")
    running = Running(course, temporary, "--jobs", "1", PATH=path)
    running.wait_for(f"grading toy: 1 of {DUE}")
    (process,) = running.workers()
    (sandbox,) = [child for child in process.children() if child.name() == "bwrap"]
    sandbox.kill()
    said = "was not graded: the sandbox does not start: bwrap: Creating new namespace failed: No space left on device"
    # One met the sandbox that was killed, and another one the next, or it was the same one.
    assert assert_ended(running, temporary, 1, said).count("was not graded") in (1, 2)
    assert len(assert_whole(course)) >= len(DESERVED) - 2
    assert_ended(Running(course, temporary, "--jobs", "1", PATH=path), temporary, 0)
    assert assert_whole(course) == DESERVED


def test_bubblewrap_that_hangs(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In this process, which waits for a second and not for a minute."""
    path = put_before("bwrap", f"echo $$ >>{tmp_path}/started; exec sleep 600", tmp_path / "programs")
    monkeypatch.setattr(host, "START_TIMEOUT_S", 1.0)
    monkeypatch.setattr(class_commands, "_pool", lambda *arguments: InlinePool())
    options = ["autograde", TOY, "--course", str(course.root)]
    with monkeypatch.context() as patch:
        patch.setenv("PATH", path)
        assert cli.main([*options, "--student", "bob"]) == 1
    said = "bob was not graded: the sandbox does not start: no answer within 1 s; see `lossmark doctor`"
    assert said in capsys.readouterr().err
    started = (tmp_path / "started").read_text().split()
    assert started
    assert not [number for number in started if psutil.pid_exists(int(number))]
    assert assert_whole(course) == EARLIER
    monkeypatch.setattr(host, "START_TIMEOUT_S", 60.0)
    assert cli.main(options) == 0
    assert assert_whole(course) == DESERVED
    worker.let_go()


# Two at once.


def test_second_one_who_grades_the_same_is_refused(course: Course, temporary: Path) -> None:
    first = Running(course, temporary, "--jobs", "1")
    first.wait_for(f"grading toy: 1 of {DUE}")
    os.kill(first.process.pid, signal.SIGSTOP)
    second = Running(course, temporary, "--jobs", "1")
    assert second.end() == (1, "", "lossmark: another process is grading toy at the moment; let it end first\n")
    os.kill(first.process.pid, signal.SIGCONT)
    assert assert_ended(first, temporary, 0).startswith(f"toy: {DUE} graded, 1 unchanged")
    assert assert_whole(course) == DESERVED
    assert len(tables(course)["submitted_assignment"]) == len(DESERVED)


def test_two_assignments_at_once_share_a_new_gradebook(course: Course, temporary: Path) -> None:
    (course.root / "gradebook.db").unlink()
    copy_assignment(course, "other")
    both = [Running(course, temporary, "--jobs", "1", assignment=name) for name in (TOY, "other")]
    for running in both:
        assert_ended(running, temporary, 0)
    assert scores(course) == scores(course, "other") == DESERVED


def copy_assignment(course: Course, name: str) -> None:
    """Give a course the toy assignment, and what was handed in for it, under another name, too."""
    for folder in ("source", "graders", *(f"submitted/{student}" for student in DESERVED)):
        shutil.copytree(course.root / folder / TOY, course.root / folder / name)
    for file in (*course.root.glob(f"*/{name}/*toy*"), *course.root.glob(f"submitted/*/{name}/*toy*")):
        file.rename(file.with_name(file.name.replace(TOY, name)))
