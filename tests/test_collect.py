"""Collecting from the exchange: what a student may have left there, and what arrives in the course."""

from __future__ import annotations

import logging
import os
import pwd
import shutil
import socket
import tarfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeReleaseFeedback, ExchangeSubmit
from nbgrader.utils import parse_utc, unzip
from traitlets.config import Config

from courses import NAME, copy_course, run
from lossmark import collect
from lossmark.collect import SECRET_FILE, Collect, before_autograde
from lossmark.gradebook import handed_in
from lossmark.gradebook.database import open_gradebook
from lossmark.gradebook.handed_in import STAMP_FILE, time_in

ME = pwd.getpwuid(os.geteuid()).pw_name
STUDENT, OTHER = ("games", "daemon")
"""Accounts that Debian and most systems have; only root can write in their names."""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can write as other accounts")
NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@dataclass
class Exchange:
    """A course `losses` with an assignment `ps1`, and its exchange."""

    root: Path
    log: pytest.LogCaptureFixture

    @property
    def inbound(self) -> Path:
        return self.root / "exchange" / "losses" / "inbound"

    def settings(self, **settings: object) -> Config:
        config = Config()
        config.Exchange.root = str(self.root / "exchange")
        config.Exchange.cache = str(self.root / "cache")
        config.Exchange.assignment_dir = str(self.root / "home")
        config.CourseDirectory.root = str(self.root / "course")
        config.CourseDirectory.course_id = "losses"
        config.CourseDirectory.assignment_id = "ps1"
        config.ExchangeCollect.update = True
        for name, value in settings.items():
            section, _, trait = name.partition("__")
            config[section][trait] = value
        return config

    def submit(self, student: str = ME, **files: str) -> Path:
        """Hand in with nbgrader's own command, as the student's account."""
        home = self.root / "home" / "ps1"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        (home / "ps1.ipynb").write_text(NOTEBOOK)
        for name, content in files.items():
            (home / name).write_text(content)
        config = self.settings(CourseDirectory__student_id=student)
        before = set(self.inbound.iterdir())
        submitting = ExchangeSubmit(CourseDirectory(config=config), Authenticator(), config=config)
        submitting.start()
        (folder,) = set(self.inbound.iterdir()) - before
        give(folder, student)
        return folder

    def collect(self, **settings: object) -> str:
        """Collect, and return what was logged."""
        config = self.settings(**settings)
        self.log.clear()
        Collect(CourseDirectory(config=config), Authenticator(), config=config).start()
        return self.log.text

    def collected(self, student: str = ME) -> dict[str, str]:
        folder = self.root / "course" / "submitted" / student / "ps1"
        files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if not path.is_dir()}
        assert not [name for name, path in files.items() if path.is_symlink()]
        return {name: path.read_text() for name, path in files.items() if name not in (STAMP_FILE, SECRET_FILE)}

    def time_of(self, student: str = ME) -> datetime | None:
        return time_in((self.root / "course" / "submitted" / student / "ps1" / STAMP_FILE).read_bytes())


def give(folder: Path, student: str) -> None:
    """Let a folder and all in it belong to an account, if there is one of that name."""
    numbers = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    if os.geteuid() == 0 and student in numbers:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, numbers[student], -1, follow_symlinks=False)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def changed(folder: Path) -> datetime:
    """When the system saw the last change."""
    at_ns = max(path.lstat().st_ctime_ns for path in (folder, *folder.rglob("*")))
    return datetime(1970, 1, 1) + timedelta(microseconds=at_ns // 1000)


@pytest.fixture
def exchange(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Exchange:
    for name in ("exchange/losses/inbound", "exchange/losses/outbound/ps1", "home", "course/source/ps1"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "exchange").chmod(0o777)
    (tmp_path / "course/source/ps1/ps1.ipynb").write_text("the solution")
    caplog.set_level(logging.INFO)
    logging.getLogger("traitlets").propagate = True
    return Exchange(tmp_path, caplog)


# Honest submissions.


def test_honest_submission_is_collected_with_its_files(exchange: Exchange) -> None:
    folder = exchange.submit(ME, **{"helper.py": "x = 1", "Übung 1.txt": "größer", "other.ipynb": "{}"})
    (folder / "data" / "deep").mkdir(parents=True)
    (folder / "data" / "deep" / "table.csv").write_text("1,2")
    (folder / "data" / "part.ipynb").write_text("{}")
    give(folder, ME)
    assert "Passed over" not in exchange.collect()
    assert exchange.collected() == {
        "ps1.ipynb": NOTEBOOK,
        "helper.py": "x = 1",
        "Übung 1.txt": "größer",
        "other.ipynb": "{}",
        "data/deep/table.csv": "1,2",
        "data/part.ipynb": "{}",
    }
    assert exchange.time_of() == changed(folder)


def test_student_finds_the_feedback_of_what_was_collected(exchange: Exchange) -> None:
    folder = exchange.submit()
    exchange.collect()
    secret = (exchange.root / "course/submitted" / ME / "ps1" / SECRET_FILE).read_text()
    assert secret == (folder / SECRET_FILE).read_text()


def test_last_of_several_submissions_is_collected(exchange: Exchange) -> None:
    exchange.submit(**{"note.txt": "first"})
    exchange.collect()
    exchange.submit(**{"note.txt": "second"})
    exchange.submit(**{"note.txt": "third"})
    assert "Collected submission" in exchange.collect()
    assert exchange.collected()["note.txt"] == "third"
    assert "No newer submission" in exchange.collect()


def test_without_update_what_was_collected_stays(exchange: Exchange) -> None:
    exchange.submit(**{"note.txt": "first"})
    exchange.collect(ExchangeCollect__update=False)
    exchange.submit(**{"note.txt": "second"})
    assert "use --update" in exchange.collect(ExchangeCollect__update=False)
    assert exchange.collected()["note.txt"] == "first"


def test_one_submission_is_not_collected_twice(exchange: Exchange) -> None:
    """A backup that was put back has other times, and an instructor may have corrected what was collected."""
    folder = exchange.submit()
    exchange.collect()
    before = exchange.time_of()
    copied = exchange.root / "course/submitted" / ME / "ps1" / "ps1.ipynb"
    copied.write_text("renamed by the instructor")
    shutil.copytree(folder, exchange.root / "backup")
    shutil.rmtree(folder)
    shutil.copytree(exchange.root / "backup", folder)
    for update in (True, False):
        exchange.collect(ExchangeCollect__update=update, ExchangeCollect__before_duedate=not update)
        assert (exchange.time_of(), copied.read_text()) == (before, "renamed by the instructor")


def test_submission_that_the_instructor_put_there_is_replaced_by_a_newer_one(exchange: Exchange) -> None:
    by_hand = exchange.root / "course/submitted" / ME / "ps1"
    by_hand.mkdir(parents=True)
    exchange.submit()
    for stamp, is_replaced in (("2999-01-01 00:00 UTC\r\n", False), ("2026-01-01 00:00 UTC\r\n", True)):
        (by_hand / STAMP_FILE).write_text(stamp)
        assert ("Collected submission" in exchange.collect()) is is_replaced


def test_only_the_named_student_is_collected(exchange: Exchange) -> None:
    settings = {"ExchangeCollect__check_owner": False, "CourseDirectory__student_id": "bob"}
    for student in ("alice", "bob", "bobby"):
        exchange.submit(student)
    exchange.collect(**settings)
    assert names(exchange.root / "course" / "submitted") == {"bob"}


@needs_root
def test_submission_of_each_account_is_collected(exchange: Exchange) -> None:
    for student in (STUDENT, OTHER):
        exchange.submit(student, **{"note.txt": student})
    assert "Passed over" not in exchange.collect()
    assert {name: exchange.collected(name)["note.txt"] for name in (STUDENT, OTHER)} == {STUDENT: STUDENT, OTHER: OTHER}


# Times.


@pytest.mark.parametrize(
    "stamp", ["2020-01-01 00:00:00 UTC", "2999-01-01 00:00:00 UTC", "at noon", "", "\x00", "9" * 40, "\udcff"]
)
def test_time_is_the_exchanges_whatever_the_student_writes(stamp: str, exchange: Exchange) -> None:
    folder = exchange.submit()
    (folder / STAMP_FILE).write_bytes(stamp.encode(errors="surrogateescape"))
    name = folder.with_name(f"{ME}+ps1+2020-01-01 00:00:00 UTC+early")
    folder.rename(name)
    for path in (name, *name.iterdir()):
        os.utime(path, (0, 0))
    log = exchange.collect()
    assert "its name claims 2020-01-01 00:00:00, but" in log
    assert exchange.time_of() == changed(name)
    assert datetime.now(UTC).replace(tzinfo=None) - changed(name) < timedelta(minutes=10)


def in_file(folder: Path) -> None:
    (folder / "ps1.ipynb").write_text(NOTEBOOK + "\n")
    os.utime(folder / "ps1.ipynb", (0, 0))


def moved_in(folder: Path) -> None:
    (folder.parent / "aside").rename(folder / "aside")


def in_subfolder(folder: Path) -> None:
    (folder / "sub" / "file.txt").unlink()


@pytest.mark.parametrize("change", [in_file, moved_in, in_subfolder])
def test_later_change_is_seen(change: Callable[[Path], None], exchange: Exchange) -> None:
    folder = exchange.submit()
    (folder / "sub").mkdir()
    (folder / "sub" / "file.txt").touch()
    (folder.parent / "aside").touch()
    before = changed(folder)
    while time.time() - before.replace(tzinfo=UTC).timestamp() < 0.05:  # the kernel's clock goes in ticks
        time.sleep(0.01)
    change(folder)
    exchange.collect()
    assert before < exchange.time_of() == changed(folder)


def test_last_submission_before_the_due_date_is_collected(exchange: Exchange) -> None:
    folders = [exchange.submit(**{"note.txt": str(number)}) for number in range(3)]
    late = folders[2].with_name(f"{ME}+ps1+{datetime.now(UTC):%Y-%m-%d} 00:00:00 UTC+claims-to-be-early")
    folders[2].rename(late)
    due = max(changed(folders[1]), changed(folders[0]))
    assert due < changed(late)
    with open_gradebook(CourseDirectory(config=exchange.settings())) as gradebook:
        gradebook.update_or_create_assignment("ps1", duedate=due)
    exchange.collect(ExchangeCollect__before_duedate=True, ExchangeCollect__update=False)
    assert exchange.collected()["note.txt"] == "1"


# What is passed over.


def link_to_solution(folder: Path) -> str:
    (folder / "ps1.ipynb").unlink()
    (folder / "ps1.ipynb").symlink_to(folder.parents[3] / "course/source/ps1/ps1.ipynb")
    return "ps1.ipynb: it is a symbolic link"


def relative_link(folder: Path) -> str:
    (folder / "data.csv").symlink_to("ps1.ipynb")
    return "data.csv: it is a symbolic link"


def linked_folder(folder: Path) -> str:
    (folder / "data").symlink_to(folder.parents[3] / "course")
    return "data: it is a symbolic link"


def endless(folder: Path) -> str:
    (folder / "data").symlink_to("/dev/zero")
    return "data: it is a symbolic link"


def pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe")
    return "pipe: it is not a file"


def bound_socket(folder: Path) -> str:
    here = Path.cwd()  # a socket's path is short
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("socket")
    finally:
        os.chdir(here)
    return "socket: it is not a file"


def large(folder: Path) -> str:
    (folder / "large").touch()
    os.truncate(folder / "large", 2 * 10**6)
    return "large: it is larger than 1 MB"


def many_bytes(folder: Path) -> str:
    for number in range(4):
        (folder / f"part-{number}").write_bytes(bytes(9 * 10**5))
    return "part-2: too many bytes altogether"


def with_letters_that_steer_a_terminal(folder: Path) -> str:
    (folder / "\x1b[2J\n[INFO] all is well").symlink_to("x")
    return "�[2J [INFO] all is well: it is a symbolic link"


PASSED_OVER = [
    *(link_to_solution, relative_link, linked_folder, endless, pipe, bound_socket, large, many_bytes),
    with_letters_that_steer_a_terminal,
]


@pytest.mark.parametrize("leave", PASSED_OVER)
def test_file_that_is_none_is_passed_over_and_named(leave: Callable[[Path], str], exchange: Exchange) -> None:
    folder = exchange.submit(**{"note.txt": "a file"})
    reason = leave(folder)
    give(folder, ME)
    log = exchange.collect(CourseDirectory__max_file_size=1000, CourseDirectory__max_dir_size=2000)
    assert f"Passed over {folder.name}: {reason}" in log
    found = exchange.collected()
    assert found["note.txt"] == "a file"
    assert "the solution" not in found.values()
    assert found.get("ps1.ipynb", "missing") == ("missing" if leave is link_to_solution else NOTEBOOK)


def test_many_files_are_passed_over_in_a_few_lines(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "MAX_ENTRIES", 200)
    monkeypatch.setattr(handed_in, "MAX_ENTRIES", 200)
    folder = exchange.submit()
    (folder / "env").mkdir()
    for number in range(300):
        (folder / "env" / f"{number:03}").symlink_to("x")
    log = exchange.collect()
    assert log.count("Passed over") == 11
    assert exchange.collected() == {"ps1.ipynb": NOTEBOOK}


def named(name: str) -> Callable[[Exchange], str]:
    def leave(exchange: Exchange) -> str:
        (exchange.inbound / name).mkdir()
        return name

    return leave


def linked(exchange: Exchange) -> str:
    target = exchange.inbound / f"{ME}+ps1+2999-01-01 00:00:00 UTC+x"
    target.symlink_to(exchange.root / "course" / "source" / "ps1")
    return target.name


def a_file(exchange: Exchange) -> str:
    (exchange.inbound / f"{ME}+ps1+2999-01-01 00:00:00 UTC+x").touch()
    return f"{ME}+ps1+2999"


FOLDERS = [
    *(linked, a_file),
    *map(named, (f"{ME}+ps1+at noon+x", f"{ME}+ps1++x", f"{ME}+ps1+{'9' * 50}", "a\x1bb+ps1+2026-01-01+x")),
]


@pytest.mark.parametrize("leave", FOLDERS)
def test_strange_folder_hinders_nobody(leave: Callable[[Exchange], str], exchange: Exchange) -> None:
    exchange.submit(**{"note.txt": "honest"})
    name = leave(exchange)
    assert f"Passed over {name.replace(chr(27), '�')}" in exchange.collect()
    assert exchange.collected()["note.txt"] == "honest"


@pytest.mark.parametrize(
    "name", ["..+ps1+2026-01-01+x", ".+ps1+2026-01-01+x", "+ps1+2026-01-01", "ps1", "x+ps2+2026-01-01"]
)
def test_folder_of_no_student_is_left_alone(name: str, exchange: Exchange) -> None:
    (exchange.inbound / name).mkdir()
    (exchange.inbound / name / "ps1.ipynb").touch()
    exchange.collect(ExchangeCollect__check_owner=False)
    assert names(exchange.root / "course") == {"source"}


@needs_root
def test_submission_by_another_account_is_refused(exchange: Exchange) -> None:
    honest = exchange.submit(STUDENT, **{"note.txt": "honest"})
    forged = exchange.submit(STUDENT, **{"note.txt": "forged"})
    give(forged, OTHER)
    assert f"Passed over {forged.name}: it belongs to the account {OTHER}" in exchange.collect()
    assert exchange.collected(STUDENT)["note.txt"] == "honest"
    shutil.rmtree(honest)
    exchange.collect(ExchangeCollect__check_owner=False)
    assert exchange.collected(STUDENT)["note.txt"] == "forged"


@needs_root
def test_account_without_a_name_is_refused(exchange: Exchange) -> None:
    folder = exchange.submit(STUDENT)
    os.chown(folder, 54_321, 54_321)
    assert "it belongs to the account 54321" in exchange.collect()


@needs_root
@pytest.mark.parametrize("owner", [OTHER, "root"])
def test_file_of_another_account_is_passed_over(owner: str, exchange: Exchange) -> None:
    """As a hard link to the solution is, and what somebody has put into a folder that all may write to."""
    folder = exchange.submit(STUDENT)
    for name in ("put.txt", "ps1.ipynb"):
        (folder / name).write_text("the solution")
        shutil.chown(folder / name, owner)
    log = exchange.collect()
    assert f"Passed over {folder.name}: put.txt: it belongs to another account" in log
    assert not (exchange.root / "course" / "submitted" / STUDENT / "ps1").exists()
    assert "it holds no file that could be collected" in log


def test_submission_that_can_no_longer_be_collected_leaves_the_earlier_one(exchange: Exchange) -> None:
    exchange.submit(**{"note.txt": "first"})
    exchange.collect()
    folder = exchange.submit()
    for path in folder.iterdir():
        path.unlink()
    assert "it holds no file" in exchange.collect()
    assert exchange.collected()["note.txt"] == "first"


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")  # nbgrader's
@pytest.mark.parametrize("secret", [None, b"", b"\xff\xfe" * 30, b"short", b"x" * 2000])
def test_secret_that_is_none_does_not_stop_the_feedback_of_the_class(secret: bytes | None, exchange: Exchange) -> None:
    folder = exchange.submit()
    (folder / SECRET_FILE).unlink()
    if secret is not None:
        (folder / SECRET_FILE).write_bytes(secret)
    give(folder, ME)
    assert "feedback does not reach it" in exchange.collect()
    course = exchange.root / "course"
    shutil.copytree(course / "submitted", course / "feedback")
    (course / "feedback" / ME / "ps1" / "ps1.html").write_text("the page")
    config = exchange.settings()
    ExchangeReleaseFeedback(CourseDirectory(config=config), Authenticator(), config=config).start()
    (page,) = (exchange.root / "exchange/losses/feedback").iterdir()
    assert page.read_text() == "the page"


def test_full_disk_is_not_blamed_on_a_file(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange.submit(**{"note.txt": "first"})
    exchange.collect()
    folder = exchange.submit(**{"note.txt": "second"})

    def write(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write)
    assert f"Passed over {folder.name}: No space left on device" in exchange.collect()
    assert exchange.collected()["note.txt"] == "first"


def test_instructors_share_what_was_collected(exchange: Exchange) -> None:
    folder = exchange.submit()
    (folder / "data").mkdir()
    (folder / "data" / "table.csv").touch()
    give(folder, ME)
    exchange.collect(CourseDirectory__groupshared=True)
    collected = exchange.root / "course" / "submitted" / ME / "ps1"
    assert {path.stat().st_mode & 0o2770 for path in (collected, collected / "data")} == {0o2770}
    assert {path.stat().st_mode & 0o660 for path in collected.rglob("*.*")} == {0o660}


# Between the exchange and grading.


def test_nbgraders_command_collects_so_and_goes_on(tmp_path: Path, exchange: Exchange) -> None:
    course = copy_course(tmp_path / "real", settings=f"c.Exchange.root = {str(exchange.root / 'exchange')!r}")
    honest = exchange.submit()
    honest.rename(honest.with_name(honest.name.replace("ps1", NAME)))
    (exchange.inbound / f"{ME}+{NAME}+2999-01-01+x").symlink_to(course.root / "source" / NAME)
    done = run("nbgrader", "collect", NAME, cwd=course.root)
    assert done.returncode == 0, done.stderr
    assert f"Passed over {ME}+{NAME}+2999-01-01+x: " in done.stderr
    assert (course.root / "submitted" / ME / NAME / "ps1.ipynb").read_text() == NOTEBOOK


def test_links_are_removed_before_nbgrader_copies_them(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "file.txt").write_text("a file")
    (tmp_path / "zero.bin").symlink_to("/dev/zero")
    (tmp_path / "data" / "secret.txt").symlink_to("../../secret")
    (tmp_path / "folder").symlink_to("/")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / STAMP_FILE).write_text("at noon")
    before_autograde(assignment="ps1", student="*", notebooks=[str(tmp_path / "ps1.ipynb")])
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")}
    assert left == {"data", "data/file.txt", "timestamp.invalid"}
    assert "secret.txt: it is a symbolic link, which led to ../../secret" in caplog.text
    before_autograde(assignment="ps1", student="*", notebooks=[str(tmp_path / "ps1.ipynb")])


@pytest.mark.parametrize("stamp", ["2026-03-01 12:00:00 UTC\r\n", "", None])
def test_honest_submission_stays_as_it_is_before_nbgrader_grades_it(stamp: str | None, tmp_path: Path) -> None:
    if stamp is not None:
        (tmp_path / STAMP_FILE).write_text(stamp)
    (tmp_path / "ps1.ipynb").write_text(NOTEBOOK)
    before = names(tmp_path)
    before_autograde(assignment="ps1", student="*", notebooks=[str(tmp_path / "ps1.ipynb")])
    assert names(tmp_path) == before


@pytest.mark.parametrize("stamp", ["2026-03-01 14:00:00 +0200", "2026-03-01T14:00:00+02:00", "2026-03-01 12:00 UTC"])
def test_nbgrader_reads_the_time_that_a_file_means(stamp: str, tmp_path: Path) -> None:
    (tmp_path / STAMP_FILE).write_text(stamp)
    before_autograde(assignment="ps1", student="*", notebooks=[str(tmp_path / "ps1.ipynb")])
    assert parse_utc((tmp_path / STAMP_FILE).read_text()) == datetime(2026, 3, 1, 12)


@pytest.mark.parametrize(
    ("zone", "form", "written"),
    [
        ("Europe/Berlin", "%Y-%m-%d %H:%M:%S.%f %Z", "2026-07-01 14:00:00.000000 CEST"),
        ("Europe/Berlin", "%Y-%m-%d %H:%M:%S %Z", "2026-07-01 14:00:00 CEST"),
        ("America/Los_Angeles", "%Y-%m-%d %H:%M:%S %Z", "2026-07-01 05:00:00 PDT"),
        ("Asia/Kolkata", "%Y-%m-%d-%H-%M-%S", "2026-07-01-17-30-00"),
        ("UTC", "%d.%m.%Y %H:%M", "01.07.2026 12:00"),
    ],
)
def test_name_is_read_as_the_exchange_has_written_it(zone: str, form: str, written: str, exchange: Exchange) -> None:
    folder = exchange.submit()
    folder.rename(folder.with_name(f"{ME}+ps1+{written}+random"))
    log = exchange.collect(ExchangeCollect__timezone=zone, ExchangeCollect__timestamp_format=form)
    assert "its name claims 2026-07-01 12:00:00, but" in log
    assert (exchange.root / "course/submitted" / ME / "ps1").is_dir()


def test_name_in_another_zone_than_the_exchanges_is_passed_over(exchange: Exchange) -> None:
    folder = exchange.submit()
    folder.rename(folder.with_name(f"{ME}+ps1+2026-07-01 14:00:00.000000 CEST+random"))
    assert "its name does not hold a time" in exchange.collect()


def test_grading_stops_where_a_link_cannot_be_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")

    def unlink(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", unlink)
    with pytest.raises(SystemExit, match="link: Permission denied; make it accessible to the account that grades"):
        before_autograde(notebooks=[str(tmp_path / "ps1.ipynb")])


def test_archives_leave_no_links(tmp_path: Path) -> None:
    """nbgrader's `zip_collect` unpacks with setuptools, which makes files alone."""
    (tmp_path / "out").mkdir()
    (tmp_path / "secret").write_text("secret")
    with tarfile.open(tmp_path / "hw.tar.gz", "w:gz") as archive:
        for name, target in (("link", "../secret"), ("absolute", str(tmp_path / "secret")), ("folder", "..")):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
        hard = tarfile.TarInfo("hard")
        hard.type, hard.linkname = tarfile.LNKTYPE, "../secret"
        archive.addfile(hard)
        for name in ("folder/written", "kept.ipynb"):
            archive.addfile(tarfile.TarInfo(name))
    with zipfile.ZipFile(tmp_path / "hw.zip", "w") as packed:
        member_of_zip = zipfile.ZipInfo("zipped-link")
        member_of_zip.external_attr = 0o120777 << 16
        packed.writestr(member_of_zip, "../secret")
    for name in ("hw.tar.gz", "hw.zip"):
        unzip(str(tmp_path / name), str(tmp_path / "out"))
    assert names(tmp_path) == {"out", "secret", "hw.tar.gz", "hw.zip"}
    found = list((tmp_path / "out").rglob("*"))
    assert not any(path.is_symlink() for path in found)
    assert "kept.ipynb" in names(tmp_path / "out")
    assert "secret" not in {path.read_text() for path in found if path.is_file()}
