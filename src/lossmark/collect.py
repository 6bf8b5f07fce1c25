"""Collect submissions: regular files of a student's own account, with the system's time.

``nbgrader_config.py`` puts :class:`Collect` in the place of nbgrader's own class, which follows a symbolic link with
the grading account's rights, believes the time that a student's files claim, and stops at a folder with a strange name.
"""

from __future__ import annotations

import errno
import os
import pwd
import re
import secrets
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch, fnmatchcase
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nbgrader.api import MissingEntry
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import check_mode, parse_utc
from traitlets.log import get_logger

from lossmark.errors import describe
from lossmark.files import NEW, replace_folder
from lossmark.gradebook.database import has_gradebook, open_gradebook
from lossmark.gradebook.handed_in import (
    LINKED,
    MAX_ENTRIES,
    NO_FILE,
    STAMP_FILE,
    entries,
    opened_folder,
    read_submitted,
    time_in,
)
from lossmark.terminal import one_line

SECRET_FILE = "submission_secret.txt"
"""Random part of a submission's name from nbgrader's `submit`, by which a student finds the feedback."""
_SECRET = re.compile(rb"[!-~]{8,500}\s*")
_USUAL_DELAY = timedelta(seconds=60)
"""Longest duration of submitting; larger differences of times are reported."""
_MOST_LINES = 10
"""Files of one submission that are named when they are passed over."""


@dataclass(frozen=True)
class Inbound:
    """A folder in the exchange, as its name describes it; the submitter has written the name.

    Attributes
    ----------
    name : str
        The folder's.
    student : str
        Who has submitted.
    claimed : datetime
        When, in UTC.
    """

    name: str
    student: str
    claimed: datetime


class Collect(ExchangeCollect):  # type: ignore[misc]
    """Collects submissions from the exchange; settings are those of ``ExchangeCollect``.

    The time of a submission is the latest change of its folder and of all in it (``ctime``), which the kernel sets and
    no account can; of several submissions of one student, the last by name counts. A folder of another account than
    the student's or this one is passed over while ``check_owner`` is on. Each file and folder that is passed over is
    logged, and the next one follows.
    """

    def init_src(self) -> None:
        """Choose a submission of each student."""
        if self.coursedir.course_id == "":
            self.fail("No course id specified. Re-run with --course flag.")
        self.inbound_path = Path(self.root) / self.coursedir.course_id / "inbound"
        if not self.inbound_path.is_dir():
            self.fail(f"Course not found: {self.inbound_path}")
        if not check_mode(self.inbound_path, read=True, execute=True):
            self.fail(f"You don't have read permissions for the directory: {self.inbound_path}")
        found: dict[str, list[Inbound]] = defaultdict(list)
        with opened_folder(self.inbound_path) as inbound:
            for one in self._of_this_assignment(os.listdir(inbound)):  # noqa: PTH208 (of a descriptor)
                if self._is_the_students(one, inbound):
                    found[one.student].append(one)
            duedate = self._duedate() if self.before_duedate else None
            self.src_records = [self._chosen(found[student], inbound, duedate) for student in sorted(found)]

    def copy_files(self) -> None:
        """Copy the chosen submissions to the course's folder."""
        if not self.src_records:
            self.log.warning("No submissions of '%s' to collect", self.coursedir.assignment_id)
        with opened_folder(self.inbound_path) as inbound:
            for one in self.src_records:
                try:
                    with opened_folder(one.name, inbound) as folder:
                        self._collect(one, folder)
                except OSError as error:
                    self._pass_over(one.name, error.strerror)

    def _of_this_assignment(self, names: list[str]) -> Iterator[Inbound]:
        assignment = re.escape(self.coursedir.assignment_id)
        structure = re.compile(rf"(?P<student>[^.].*?)\+{assignment}\+(?P<time>[^+]*)(\+[^+]*)?", re.DOTALL)
        for name in sorted(names):
            match = structure.fullmatch(name)
            if match is None or not fnmatchcase(match["student"], self.coursedir.student_id or "*"):
                continue
            claimed = time_in(os.fsencode(match["time"])) or self._own_time(match["time"])
            if claimed is None:
                self._pass_over(name, "its name does not hold a time")
            elif not match["student"].isprintable():
                self._pass_over(name, "its name is not text")
            else:
                yield Inbound(name, match["student"], claimed)

    def _own_time(self, text: str) -> datetime | None:
        """Read a time that this exchange has written, whose zone and format are settings."""
        try:
            zone = ZoneInfo(self.timezone)
        except (ValueError, ZoneInfoNotFoundError):
            return None
        for abbreviation in {zone.tzname(datetime(2026, month, 1)) or "" for month in (1, 7)}:
            with suppress(ValueError):
                read = datetime.strptime(text, self.timestamp_format.replace("%Z", abbreviation))
                for local in (read.replace(tzinfo=zone, fold=fold) for fold in (0, 1)):
                    if local.strftime(self.timestamp_format) == text:
                        return local.astimezone(UTC).replace(tzinfo=None)
        return None

    def _is_the_students(self, one: Inbound, inbound: int) -> bool:
        try:
            with opened_folder(one.name, inbound) as folder:
                account = os.fstat(folder).st_uid
        except OSError as error:
            self._pass_over(one.name, "it is not a folder" if isinstance(error, NotADirectoryError) else error.strerror)
            return False
        if not self.check_owner or account == os.geteuid() or one.student == _name_of(account):
            return True
        self._pass_over(
            one.name,
            f"it belongs to the account {_name_of(account)}, and not to the student; where students have no accounts "
            "of their own, set c.ExchangeCollect.check_owner = False",
        )
        return False

    def _duedate(self) -> datetime | None:
        if not has_gradebook(self.coursedir):
            return None
        with open_gradebook(self.coursedir) as gradebook:
            try:
                duedate: datetime | None = gradebook.find_assignment(self.coursedir.assignment_id).duedate
            except MissingEntry:
                return None
        return duedate

    def _chosen(self, submissions: list[Inbound], inbound: int, duedate: datetime | None) -> Inbound:
        latest_first = sorted(submissions, key=lambda one: (one.claimed, one.name), reverse=True)
        if duedate is not None:
            for one in latest_first:
                with suppress(OSError), opened_folder(one.name, inbound) as folder:
                    if self._received(folder) <= duedate:
                        return one
        return latest_first[0]

    def _received(self, folder: int) -> datetime:
        changes = (entry.changed_ns for entry in entries(folder, self._is_ignored))
        return _time(max((os.fstat(folder).st_ctime_ns, *changes)))

    def _is_ignored(self, name: str) -> bool:
        return any(fnmatch(name, pattern) for pattern in self.coursedir.ignore)

    def _collect(self, one: Inbound, folder: int) -> None:
        """Copy a submission, unless it is there already."""
        target = Path(
            self.coursedir.format_path(self.coursedir.submitted_directory, one.student, self.coursedir.assignment_id)
        )
        owner, received = os.fstat(folder).st_uid, self._received(folder)
        secret = _secret_in(folder, owner)
        if target.is_dir() and not self._is_newer(target, secret, received):
            hint = "No newer submission to collect" if self.update else "Submission exists, use --update to update it"
            self.log.info("%s: %s %s", hint, one.student, self.coursedir.assignment_id)
            return
        new = target.with_name(NEW.format(target.name))
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        self._copy(one, folder, owner, new)
        received = max(received, self._received(folder))  # it may have changed meanwhile
        if not any(new.iterdir()):
            shutil.rmtree(new)
            self._pass_over(one.name, "it holds no file that could be collected")
            return
        if abs(received - one.claimed) > _USUAL_DELAY:
            self.log.warning(
                "%s: its name claims %s, but the exchange has had it as it is since %s, which counts",
                one_line(one.name),
                *(time.isoformat(" ", "seconds") for time in (one.claimed, received)),
            )
        if secret is None:
            self.log.warning("%s: without a valid %s, feedback does not reach it", one_line(one.name), SECRET_FILE)
        (new / SECRET_FILE).write_bytes(secret or secrets.token_hex(64).encode())
        (new / STAMP_FILE).write_text(f"{received.isoformat(' ', 'microseconds')} UTC")
        if self.coursedir.groupshared:
            _share(new)
        replace_folder(new, target)
        self.log.info("Collected submission: %s %s", one.student, self.coursedir.assignment_id)

    def _is_newer(self, target: Path, secret: bytes | None, received: datetime) -> bool:
        """Whether to replace earlier submissions; never by itself, since a restored backup has other times."""
        with opened_folder(target) as collected:
            if secret is not None and secret == _secret_in(collected, None):
                return False
        try:
            before = time_in(read_submitted(target / STAMP_FILE))
        except OSError:
            before = None
        if self.update and (before is None or received > before):
            return True
        return bool(self.before_duedate) and received != before

    def _copy(self, one: Inbound, folder: int, owner: int, new: Path) -> None:
        """Copy the files: those nearest to the top first, and of these the notebooks, in case not all are taken."""
        left, passed_over = 1000 * self.coursedir.max_dir_size, list[str]()
        found = list(entries(folder, self._is_ignored))
        for entry in sorted(found, key=lambda entry: (len(entry.path.parts), entry.path.suffix != ".ipynb")):
            if entry.fault is not None:
                passed_over.append(f"{entry.path}: {entry.fault}")
            elif not entry.is_folder and self._is_wanted(entry.path):
                most = min(1000 * self.coursedir.max_file_size, left)
                try:
                    content = read_submitted(entry.path, folder, owner=owner, max_bytes=most)
                except OSError as error:
                    is_full = error.errno == errno.EFBIG and most == left
                    passed_over.append(f"{entry.path}: {'too many bytes altogether' if is_full else error.strerror}")
                    continue
                left -= len(content)
                (new / entry.path).parent.mkdir(parents=True, exist_ok=True)
                (new / entry.path).write_bytes(content)
        if len(found) == MAX_ENTRIES:
            passed_over.append(f"there are more than {MAX_ENTRIES} files and folders")
        for line in passed_over[:_MOST_LINES]:
            self._pass_over(one.name, line)
        if len(passed_over) > _MOST_LINES:
            self._pass_over(one.name, f"{len(passed_over) - _MOST_LINES} other files")

    def _is_wanted(self, path: PurePosixPath) -> bool:
        is_included = any(fnmatch(path.name, pattern) for pattern in self.coursedir.include)
        return is_included and path.parts[0] not in (STAMP_FILE, SECRET_FILE)

    def _pass_over(self, name: str, reason: str | None) -> None:
        self.log.warning("Passed over %s: %s", one_line(name), one_line(str(reason)))


def before_autograde(*, notebooks: Sequence[str], **ids: str) -> None:
    """Leave only files and folders in a submission, before ``nbgrader autograde`` copies the targets of its links.

    nbgrader runs it as ``c.Autograde.pre_convert_hook``. Links can come from an unpacked archive or another program. A
    ``timestamp.txt`` that holds no time, at which nbgrader would stop, gets another name.

    Parameters
    ----------
    notebooks : sequence of str
        Paths of the notebooks of one submission.
    **ids : str
        Other arguments of nbgrader's.
    """
    log, folder = get_logger(), Path(notebooks[0]).parent
    with opened_folder(folder) as opened:
        found = [(folder / entry.path, entry.fault) for entry in entries(opened, lambda name: False)]
    try:
        for path, fault in found:
            if fault in (LINKED, NO_FILE):
                target = f", which led to {os.readlink(path)}" if path.is_symlink() else ""  # noqa: PTH115 (as it is)
                path.unlink()
                log.warning("Removed %s: %s%s", one_line(str(path)), fault, one_line(target))
        stamp = folder / STAMP_FILE
        if stamp.is_file() and (text := read_submitted(stamp)).strip():
            _make_plain(stamp, time_in(text))
    except OSError as error:  # nbgrader would go on, and follow the link
        raise SystemExit(f"{folder} cannot be made safe to copy: {describe(error)}") from None


def _make_plain(stamp: Path, time: datetime | None) -> None:
    """Leave in a file a time that nbgrader reads as it is meant, or no such file."""
    if time is None:
        stamp.rename(stamp.with_suffix(".invalid"))
        get_logger().warning(
            "Renamed %s: it does not hold a time that can only mean one, so the submission does not count as late",
            one_line(str(stamp)),
        )
    elif parse_utc(stamp.read_text("utf-8-sig").strip()) != time:
        stamp.write_text(f"{time.isoformat(' ', 'microseconds')} UTC")


def _name_of(account: int) -> str:
    try:
        return pwd.getpwuid(account).pw_name
    except KeyError:
        return str(account)


def _secret_in(folder: int, owner: int | None) -> bytes | None:
    try:
        secret = read_submitted(Path(SECRET_FILE), folder, owner=owner, max_bytes=1000)
    except OSError:
        return None
    return secret if _SECRET.fullmatch(secret) else None


def _time(changed_ns: int) -> datetime:
    """A time of the system's as nbgrader keeps times: in UTC, without saying so."""
    return datetime(1970, 1, 1) + timedelta(microseconds=changed_ns // 1000)


def _share(folder: Path) -> None:
    """Let the instructors' group change collected files, as nbgrader does."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | (0o2770 if path.is_dir() else 0o660))
