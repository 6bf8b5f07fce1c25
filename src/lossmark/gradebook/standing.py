"""The origin of a result, in words for its student: its submission, and whether there is a newer one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory

from lossmark.errors import NoNotebook
from lossmark.execution.notebook import read_notebook
from lossmark.gradebook.folders import stamp_in
from lossmark.gradebook.handed_in import read_submitted, time_in
from lossmark.gradebook.results_file import read_results
from lossmark.provenance import digest_of_submission


@dataclass(frozen=True)
class Standing:
    """Where a result comes from.

    Attributes
    ----------
    handed_in : datetime or None
        Time of its submission, in UTC, if it is known.
    remarks : tuple of str
        Remarks on it.
    newer : str
        A sentence for the student about a newer submission; empty if there is none.
    """

    handed_in: datetime | None = None
    remarks: tuple[str, ...] = ()
    newer: str = ""


def standing_of(autograded: Path, submitted: Path) -> Standing:
    """Find the origin of a result.

    Parameters
    ----------
    autograded : Path
        The folder of the result.
    submitted : Path
        The file that it should have been made from.

    Returns
    -------
    Standing
        An empty one where nothing says how the result was made.
    """
    result = read_results(autograded)
    if result is None:
        return Standing()
    then, now = stamp_in(autograded), stamp_in(submitted.parent)
    is_later = then != now
    why = "it has not been graded yet"
    try:
        content = read_submitted(submitted)
        if digest_of_submission(content) != result.digests.get("submission"):
            is_later = True
            read_notebook(content)
    except FileNotFoundError:
        is_later, why = submitted.parent.is_dir(), f"there is no file {submitted.name} in it"
    except OSError as error:
        is_later, why = True, f"{submitted.name} cannot be read: {error.strerror}"
    except NoNotebook as error:
        why = f"{submitted.name} cannot be graded: {error}"
    newer = f"There is a later submission{_at(time_in(now or b''))}, which this page does not show: {why}."
    return Standing(time_in(then or b""), result.for_student, newer if is_later else "")


def coursedir_of(configurable: Any) -> CourseDirectory | None:
    """Find nbgrader's settings of the folders that a preprocessor works on.

    Parameters
    ----------
    configurable : Configurable
        A preprocessor, whose command or converter knows them.

    Returns
    -------
    CourseDirectory or None
    """
    for owner in _owners(configurable):
        if isinstance(getattr(owner, "coursedir", None), CourseDirectory):
            return owner.coursedir
    return None


def _owners(configurable: Any) -> Iterator[Any]:
    while (configurable := configurable.parent) is not None:
        yield configurable


def _at(time: datetime | None) -> str:
    return "" if time is None else f" of {time:%Y-%m-%d %H:%M} UTC"
