"""Files that students have handed in: found, read and copied without following a link, and with bounds."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path, PurePath, PurePosixPath
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lossmark.execution.malformed import ASK
from lossmark.terminal import one_line

STAMP_FILE = "timestamp.txt"
"""Where nbgrader notes when something was submitted."""
MAX_SUBMISSION_BYTES = 10**8
"""The size up to which nbgrader's exchange takes a file."""
MAX_ENTRIES = 10_000
"""Files and folders of one submission that are looked at; those nearest to its top come first."""
MOST_NAMED = 3
"""Other notebooks in a remark."""
MAX_STAMP_BYTES = 100
"""The length of a time; one that nbgrader writes has 30."""
TIME_EXAMPLE = "2026-03-01 12:00:00 UTC"
_TIME = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[ T](?P<time>\d\d:\d\d(:\d\d(\.\d{1,9})?)?)"
    r" ?(Z|UTC|GMT|(?P<offset>[+-]\d\d(:?\d\d)?)|(?P<zone>[A-Za-z_]+(/[A-Za-z_-]+)+))?",
    re.ASCII,
)
_NOT_IN_ADDRESSES = re.compile(r"[\\?#]|%(?=[0-9A-Fa-f]{2})")
"""Characters that browsers treat as another part of an address, if formgrader puts a name into one."""
LINKED, NO_FILE = "it is a symbolic link", "it is not a file"
"""Why an entry is left where it is."""


@dataclass(frozen=True)
class Entry:
    """A file, folder, link or anything else below a folder that was handed in.

    Attributes
    ----------
    path : PurePosixPath
        Relative to that folder.
    changed_ns : int
        When the system saw it or its content change last (``ctime``): no account can set that.
    is_folder : bool
        Whether it is a folder.
    fault : str or None
        Why it can be neither copied nor entered; None of a file and of a folder.
    """

    path: PurePosixPath
    changed_ns: int
    is_folder: bool = False
    fault: str | None = None


@contextmanager
def opened_folder(path: str | Path, within: int | None = None) -> Iterator[int]:
    """Open a folder that is not a symbolic link.

    Parameters
    ----------
    path : str or Path
        The folder; only the last part of its path must not be a link.
    within : int, optional
        Descriptor of the folder that a relative path begins at.

    Yields
    ------
    int
        Its descriptor.

    Raises
    ------
    OSError
        If there is no such folder.
    """
    descriptor = _open(path, os.O_DIRECTORY, within)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def entries(folder: int, is_ignored: Callable[[str], bool]) -> Iterator[Entry]:
    """List the files below a folder, level by level, each folder's in alphabetical order.

    Parameters
    ----------
    folder : int
        Descriptor of the folder.
    is_ignored : callable
        Whether to leave out a name, with all that lies below it.

    Yields
    ------
    Entry
        Up to `MAX_ENTRIES`. A folder that cannot be opened comes a second time, with the fault.
    """
    waiting, left = deque([PurePosixPath()]), MAX_ENTRIES
    while waiting and left > 0:
        path = waiting.popleft()
        try:
            found = _listed(folder, path, is_ignored, left)
        except OSError as error:
            found = [Entry(path, 0, fault=error.strerror)]
        left -= len(found)
        yield from found
        waiting += [entry.path for entry in found if entry.is_folder]


def read_submitted(
    file: Path | PurePosixPath, folder: int | None = None, *, owner: int | None = None, max_bytes: int | None = None
) -> bytes:
    """Read a file that a student has handed in.

    Parameters
    ----------
    file : Path or PurePosixPath
        The file.
    folder : int, optional
        Descriptor of the folder that a relative path begins at. If given, no part of the path may be a link, else not
        the last one.
    owner : int, optional
        The account that the file must belong to.
    max_bytes : int, optional
        The size up to which it is read; `MAX_SUBMISSION_BYTES` if not given.

    Returns
    -------
    bytes

    Raises
    ------
    OSError
        If there is none, or it is something else: a link, which could lead to a solution, or a pipe, which never ends.
    """
    max_bytes = MAX_SUBMISSION_BYTES if max_bytes is None else max_bytes
    with ExitStack() as stack:
        if folder is not None:
            file, folder = PurePosixPath(file.name), stack.enter_context(_opened_parent(folder, file))
        descriptor = _open(file, os.O_NONBLOCK, folder)  # a pipe is not waited for
        stack.callback(os.close, descriptor)
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, NO_FILE)
        if owner is not None and status.st_uid != owner:
            raise OSError(errno.EPERM, "it belongs to another account")
        content = b""
        if status.st_size <= max_bytes:
            with os.fdopen(descriptor, "rb", closefd=False) as opened:
                content = opened.read(max_bytes + 1)
        if max(status.st_size, len(content)) > max_bytes:  # it may have grown meanwhile
            raise OSError(errno.EFBIG, f"it is larger than {max_bytes // 10**6} MB")
        return content


class UnusableName(ValueError):
    """A folder whose name cannot be a student's: says why."""


def read_of_student(student: str, file: Path) -> bytes:
    """Read a student's submitted file.

    Parameters
    ----------
    student : str
        The name of the student's folder.
    file : Path
        The file.

    Returns
    -------
    bytes

    Raises
    ------
    UnusableName
        If nbgrader's commands or the gradebook cannot deal with a student of that name.
    OSError
        If the file cannot be read.
    """
    try:
        student.encode()  # a name on the disk need not be text
    except UnicodeEncodeError:
        raise UnusableName("the name is not text") from None
    if student.startswith("."):
        raise UnusableName(f"nbgrader passes over {student!r}, because its name begins with a dot")
    if "\n" in student:
        raise UnusableName(f"the name {student!r} holds a line break, at which nbgrader ends")
    return read_submitted(file)


def remarks_on_name(student: str, others: Collection[str]) -> tuple[str, ...]:
    """Return remarks on the name of a student's folder.

    Parameters
    ----------
    student : str
        The name.
    others : collection of str
        The names of all folders of the class that differ from it by case alone, or by the way in which their accents
        are encoded; perhaps with itself.

    Returns
    -------
    tuple of str
        For the instructor.
    """
    said = []
    if found := _NOT_IN_ADDRESSES.search(student):
        said.append(f"formgrader finds no page of {student!r}, because of the `{found[0]}` in it; rename the folder")
    if same := [repr(other) for other in others if other != student]:
        said.append(
            f"{student!r} and {', '.join(same)} differ by case or the encoding of accents alone; if they are the same "
            "student, keep one folder"
        )
    return tuple(said)


def why_unreadable(file: Path, error: OSError | UnusableName) -> str:
    """Explain why a submitted file cannot be read, with the remedy.

    Parameters
    ----------
    file : Path
        The file.
    error : OSError or UnusableName
        The exception of reading it.

    Returns
    -------
    str
    """
    if isinstance(error, UnusableName):
        return f"{one_line(str(file))} cannot be read: {error}; rename the folder"
    if isinstance(error, FileNotFoundError):
        others = notebooks_beside(file)
        remedy = f"if it is {' or '.join(map(repr, others))}, rename that" if others else ASK
        return f"{file} cannot be read: {error.strerror}; {remedy}"
    remedy = "let this account read it" if isinstance(error, PermissionError) else ASK
    return f"{file} cannot be read: {error.strerror}; {remedy}"


def remarks_beside(file: Path, *, is_untouched: bool) -> tuple[str, ...]:
    """Say which other notebooks lie beside the one that is graded.

    None of them is graded in its place, as in nbgrader: which one is the answer, a person has to decide.

    Parameters
    ----------
    file : Path
        The submitted file that is graded.
    is_untouched : bool
        Whether it is as it was released.

    Returns
    -------
    tuple of str
        For student and instructor.
    """
    others = ", ".join(f"`{name}`" for name in notebooks_beside(file))
    if not others:
        return ()
    if is_untouched:
        said = f"nothing was written into `{file.name}`, which is graded; beside it lies {others}, which is not graded"
        return (f"{said}: if that holds the answers, it has to be put in its place, under its name",)
    return (f"beside `{file.name}` lies {others}, which is not graded",)


def notebooks_beside(file: Path) -> list[str]:
    """List the other notebooks in the folder of a submitted file.

    Parameters
    ----------
    file : Path
        The file, which need not exist.

    Returns
    -------
    list of str
        Names as they can be printed, in alphabetical order, at most `MOST_NAMED`.
    """
    try:
        with os.scandir(file.parent) as listed:
            names = sorted(one.name for one in islice(listed, MAX_ENTRIES))
    except OSError:
        return []
    others = [one_line(name) for name in names if name != file.name and PurePath(name).suffix.casefold() == ".ipynb"]
    return others[:MOST_NAMED]


def time_in(text: bytes) -> datetime | None:
    """Read a time that can only mean one.

    nbgrader's own parser knows some abbreviations of zones, takes the others for UTC and an offset for seconds, and
    reads days in the American order.

    Parameters
    ----------
    text : bytes
        The content of a file, or a part of its name. A student may have written it.

    Returns
    -------
    datetime or None
        In UTC; None if it is not a date as in ISO 8601 with a time, in UTC or with an offset or a zone such as
        ``Europe/Berlin``. One that names neither is in UTC, as in nbgrader.
    """
    try:
        found = _TIME.fullmatch(text.decode("utf-8-sig").strip()) if len(text) <= MAX_STAMP_BYTES else None
        if found is None:
            return None
        time = datetime.fromisoformat(f"{found['date']}T{found['time']}{found['offset'] or ''}")
        if time.tzinfo is None:
            time = time.replace(tzinfo=ZoneInfo(found["zone"]) if found["zone"] else UTC)
        return time.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, ZoneInfoNotFoundError):  # no such day, year or zone
        return None


def _open(path: str | PurePath, flags: int, within: int | None) -> int:
    flags |= os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(path, flags, dir_fd=within)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, LINKED) from None
        raise


@contextmanager
def _opened_parent(folder: int, path: PurePosixPath) -> Iterator[int]:
    """Walk down to the folder that holds a file, one step at a time: none of them may be a link."""
    with ExitStack() as stack:
        for part in path.parent.parts:
            folder = stack.enter_context(opened_folder(part, folder))
        yield folder


def _listed(folder: int, path: PurePosixPath, is_ignored: Callable[[str], bool], at_most: int) -> list[Entry]:
    with _opened_parent(folder, path / "entry") as here, os.scandir(here) as listed:
        kept = islice((one for one in listed if not is_ignored(one.name)), at_most)
        return sorted((_entry(path / one.name, one.stat(follow_symlinks=False)) for one in kept), key=_path)


def _entry(path: PurePosixPath, status: os.stat_result) -> Entry:
    is_folder = stat.S_ISDIR(status.st_mode)
    fault = LINKED if stat.S_ISLNK(status.st_mode) else None if is_folder or stat.S_ISREG(status.st_mode) else NO_FILE
    return Entry(path, status.st_ctime_ns, is_folder, fault)


def _path(entry: Entry) -> PurePosixPath:
    return entry.path
