"""The folders of a class, for submissions and results: found, read, and replaced in one step."""

from __future__ import annotations

import contextlib
import fcntl
import glob
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from itertools import groupby
from pathlib import Path

import nbformat
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files

from lossmark.configuration import importing_from
from lossmark.course import Course
from lossmark.errors import NotGraded, UsageError, naming
from lossmark.files import NEW, OLD, replace_folder
from lossmark.gradebook.handed_in import (
    STAMP_FILE,
    TIME_EXAMPLE,
    UnusableName,
    read_of_student,
    read_submitted,
    remarks_on_name,
    time_in,
    why_unreadable,
)
from lossmark.gradebook.results_file import Changes, PenaltyChange, SavedResult, read_results, write_results
from lossmark.provenance import digest_of_submission
from lossmark.results import GradedNotebook


class ClassFolders:
    """The folders of one assignment, where nbgrader's settings say they are.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.

    Attributes
    ----------
    settings : CourseDirectory
        nbgrader's settings of the folders.
    converter : Autograde
        nbgrader's settings of autograding.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self.settings = settings_of(course)
        with importing_from(course.root):
            try:
                self.converter = Autograde(coursedir=self.settings, config=course.config)
            except Exception as error:  # its hooks may be named, and then nbgrader imports a module of the course
                reason = f"{type(error).__name__}: {error}"
                raise UsageError(f"what {course.root} sets of c.Autograde cannot be loaded: {reason}") from error
        self._assignment = assignment
        self._source = course.root / "source" / assignment
        self._claim: int | None = None

    def submitted(self) -> dict[str, Path]:
        """Return the submitted files of the class by student, in alphabetical order.

        Returns
        -------
        dict
            A student's file may be missing in the folder.
        """
        step = self.settings.submitted_directory
        escaped = re.escape(step), "(?P<student>.*)", re.escape(self._assignment)
        structure = re.compile(self.settings.format_path(*escaped, escape=True), re.DOTALL)
        excluded = [*self.settings.student_id_exclude.split(","), ".ipynb_checkpoints"]
        found = {}
        for folder in self._of_all_students(step):
            match = structure.fullmatch(str(folder))
            if match and match["student"] not in excluded:
                found[match["student"]] = folder / f"{self._assignment}.ipynb"
        return dict(sorted(found.items()))

    def submitted_folder(self, student: str) -> Path:
        """Return where a student's submission lies.

        Parameters
        ----------
        student : str
            Whose; any text, to show where one would lie.

        Returns
        -------
        Path
        """
        return self._folder(self.settings.submitted_directory, student)

    def autograded_folder(self, student: str) -> Path:
        """Return where a student's result lies.

        Parameters
        ----------
        student : str
            Whose.

        Returns
        -------
        Path
        """
        return self._folder(self.settings.autograded_directory, student)

    def handed_in(self, student: str) -> datetime | None:
        """Return when a student has handed in, in UTC, if nbgrader has noted it.

        Parameters
        ----------
        student : str
            Whose.

        Returns
        -------
        datetime or None
            None also where the file beside the submission holds no time.
        """
        stamp = stamp_in(self.submitted_folder(student))
        return None if stamp is None else time_in(stamp)

    def remarks_on(self, student: str) -> tuple[str, ...]:
        """Return remarks about the other files of a submission.

        Parameters
        ----------
        student : str
            Whose.

        Returns
        -------
        tuple of str
        """
        odd_name = remarks_on_name(student, self._alike.get(_seen(student), ()))
        stamp = stamp_in(self.submitted_folder(student))
        if stamp is None or not stamp.strip() or time_in(stamp) is not None:
            return odd_name
        file = self.submitted_folder(student) / STAMP_FILE
        return (
            *odd_name,
            f"{file} does not hold a time that can only mean one, so the submission does not count as late; "
            f"write it as {TIME_EXAMPLE}, or remove the file",
        )

    @cached_property
    def _alike(self) -> dict[str, list[str]]:
        """The names of the class, by their visible form."""
        names = sorted(self.submitted(), key=_seen)
        return {seen: list(same) for seen, same in groupby(names, _seen)}

    def results_of(self, student: str) -> SavedResult | None:
        """Return the content of a student's ``results.json``, if it is complete.

        Parameters
        ----------
        student : str
            Whose.

        Returns
        -------
        SavedResult or None
        """
        return read_results(self.autograded_folder(student))

    def changes_since(
        self,
        student: str,
        result: SavedResult,
        now: Mapping[str, str],
        recorded: Mapping[str, float | None] | None = None,
        penalty: PenaltyChange | None = None,
    ) -> Changes:
        """Find the changes since a submission was graded.

        Parameters
        ----------
        student : str
            Whose it is.
        result : SavedResult
            From :meth:`results_of`.
        now : mapping
            The current digests of the inputs of a result.
        recorded : mapping, optional
            The gradebook's automatic scores of the tests cells; not compared, if not given.
        penalty : PenaltyChange, optional
            From :class:`lossmark.gradebook.lateness.LatePenalties`.

        Returns
        -------
        Changes
        """
        return Changes(
            tuple(name for name, digest in now.items() if result.digests.get(name) != digest),
            stamp_in(self.submitted_folder(student)) != stamp_in(self.autograded_folder(student)),
            () if recorded is None else result.recorded_otherwise(recorded),
            penalty,
        )

    def ungraded(self) -> dict[str, str]:
        """Find the submitted files that no result was made from.

        Returns
        -------
        dict
            By student, why the file cannot be read; an empty text of one that can.
        """
        found = {}
        for student, file in self.submitted().items():
            try:
                digest = digest_of_submission(read_of_student(student, file))
            except (OSError, UnusableName) as error:
                found[student] = why_unreadable(file, error)
                continue
            result = self.results_of(student)
            if result is not None:
                is_graded = not self.changes_since(student, result, {"submission": digest})
            else:  # nbgrader alone may have graded it
                is_graded = (self.autograded_folder(student) / file.name).is_file()
            if not is_graded:
                found[student] = ""
        return found

    def claim(self) -> None:
        """Lock out other writers, which would remove this one's prepared folders, and remove those of a killed one.

        Raises
        ------
        NotGraded
            If there is another one, or no result can be written.
        """
        self._claim = os.open(self._source, os.O_RDONLY)
        try:
            fcntl.flock(self._claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotGraded(f"another process is grading {self._assignment} at the moment; let it end first") from None
        except OSError:  # a folder of the network may not offer it
            pass
        self._require_writable()
        for name in (NEW, OLD):
            for folder in self._of_all_students(self.settings.autograded_directory, name):
                shutil.rmtree(folder, ignore_errors=True)

    def release(self) -> None:
        """Let others write."""
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None

    def lay_ready(self, student: str, graded: GradedNotebook, digests: dict[str, str]) -> Path:
        """Write a student's result into a folder beside its destination.

        Parameters
        ----------
        student : str
            Whose it is.
        graded : GradedNotebook
            The result.
        digests : dict
            Digests of its inputs.

        Returns
        -------
        Path
            For :meth:`put_in_place`.
        """
        target = self.autograded_folder(student)
        folder = target.with_name(NEW.format(target.name))
        shutil.rmtree(folder, ignore_errors=True)
        try:
            with naming(folder):
                folder.mkdir(parents=True)
                (folder / f"{self._assignment}.ipynb").write_text(nbformat.writes(graded.notebook), encoding="utf-8")
                write_results(folder, graded, digests)
                self._copy_other_files(student, folder)
                self._set_permissions(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return folder

    def put_in_place(self, folder: Path, student: str) -> None:
        """Let a folder that was laid ready take the place of an earlier one.

        Parameters
        ----------
        folder : Path
            From :meth:`lay_ready`.
        student : str
            Whose it is.
        """
        replace_folder(folder, self.autograded_folder(student))

    def _require_writable(self) -> None:
        root = Path(self.settings.format_path(self.settings.autograded_directory, ".", "."))
        folder = next(folder for folder in (root, *root.parents) if folder.is_dir())
        if not os.access(folder, os.W_OK | os.X_OK):
            raise NotGraded(f"{folder} cannot be written to; make it writable for the account that grades")

    def _folder(self, step: str, student: str) -> Path:
        return Path(self.settings.format_path(step, student, self._assignment))

    def _of_all_students(self, step: str, name: str = "{}") -> Iterator[Path]:
        """The existing folders of all students, or their neighbours under another name."""
        folder = self._folder(step, "\0")
        pattern = glob.escape(str(folder.with_name(name.format(folder.name)))).replace("\0", "*")
        return map(Path, glob.iglob(pattern, include_hidden=True))  # noqa: PTH207 (Path.glob takes no absolute patterns)

    def _copy_other_files(self, student: str, folder: Path) -> None:
        """Add the instructor's other files and then the student's: where a name is taken, the first file stays."""
        source, submitted = self._folder(self.settings.source_directory, "."), self.submitted_folder(student)
        students_own = self.converter.exclude_overwriting.get(self._assignment, [])
        for origin in (source, submitted):
            for file in map(Path, find_all_files(str(origin), [*self.settings.ignore, "*.ipynb"])):
                name = file.relative_to(origin)
                is_wanted = str(name) not in students_own if origin == source else _is_within(file, origin)
                if is_wanted and file.is_file():
                    with contextlib.suppress(FileExistsError, NotADirectoryError):
                        (folder / name).parent.mkdir(parents=True, exist_ok=True)
                        with (folder / name).open("xb") as copy, file.open("rb") as original:
                            shutil.copyfileobj(original, copy)

    def _set_permissions(self, folder: Path) -> None:
        """Set nbgrader's permissions; if teachers share their files, also on the parent folders that were created."""
        paths = list(folder.rglob("*"))
        for path in paths:
            if path.is_file():
                path.chmod(int(str(self.converter.permissions), 8))
        if self.settings.groupshared:
            root = Path(self.settings.format_path(self.settings.autograded_directory, ".", "."))
            for path in (folder, *paths, *folder.parents):
                if path.is_dir() and path.is_relative_to(root):
                    with contextlib.suppress(PermissionError):  # it is another teacher's, who has shared it or not
                        path.chmod((path.stat().st_mode | 0o2770) & 0o2777)


def settings_of(course: Course) -> CourseDirectory:
    """Read nbgrader's settings of a course's folders and of its gradebook.

    Parameters
    ----------
    course : Course
        The course.

    Returns
    -------
    CourseDirectory
    """
    return CourseDirectory(config=course.config, root=str(course.root))


def _seen(student: str) -> str:
    """The common form of names that a person, or a platform, treats as equal."""
    return unicodedata.normalize("NFKC", student).casefold()


def stamp_in(folder: Path) -> bytes | None:
    """Read nbgrader's record of the time of a submission.

    Parameters
    ----------
    folder : Path
        The submission's, or its result's.

    Returns
    -------
    bytes or None
        None if there is no such file; of one that cannot be read, why.
    """
    try:
        return read_submitted(folder / STAMP_FILE)
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"{STAMP_FILE}: {error.strerror}".encode()


def _is_within(file: Path, folder: Path) -> bool:
    """Whether a file is reached without a symbolic link, which could lead to anything of the teacher's."""
    return file.resolve().is_relative_to(folder.resolve()) and not file.is_symlink()
