"""Interpret the end of a check: it passed, rejected the student's answer, or met an answer that it cannot work with."""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lossmark.boundary.submission import Call, Raised, StudentFault
from lossmark.checks import CALLED, TRIED
from lossmark.grading.pytest_plugin import check_of
from lossmark.numerics import CheckFailed, describe
from lossmark.results import FAILED, PASSED, CheckResult, Outcome
from lossmark.terminal import printable, quoted


def is_students(raised: BaseException, item: pytest.Item) -> bool:
    """Whether a check's exception rejects the submission's answer.

    Parameters
    ----------
    raised : BaseException
        Its exception.
    item : pytest.Item
        The check.
    """
    return isinstance(raised, CheckFailed | StudentFault) or (
        isinstance(raised, AssertionError) and _is_from_check(raised, item)
    )


def result_of(item: pytest.Item, raised: BaseException | None) -> CheckResult:
    """Make the result of a check.

    Parameters
    ----------
    item : pytest.Item
        The check.
    raised : BaseException or None
        Its exception, for which :func:`is_students` holds.

    Returns
    -------
    CheckResult
    """
    check = check_of(item)
    assert check is not None
    if raised is None:
        return CheckResult(item.name, check.title, check.points, check.points, PASSED)
    lost = CheckResult(item.name, check.title, 0.0, check.points, FAILED, shows=check.shows, **_told(raised))
    if isinstance(raised, CheckFailed):
        return dataclasses.replace(lost, misconception=raised.misconception, comparison=raised.comparison)
    if isinstance(raised, StudentFault):
        return dataclasses.replace(lost, outcome=Outcome(raised.outcome))
    return lost


def refused(item: pytest.Item, raised: BaseException, calls: Sequence[Call]) -> CheckResult:
    """Make the result of a check in which the student's answers have caused an error.

    Parameters
    ----------
    item : pytest.Item
        The check.
    raised : BaseException
        The error. Its text is withheld: it may be hidden from students.
    calls : sequence of Call
        The check's questions.

    Returns
    -------
    CheckResult
        Failed, with the error's type and place for the instructor.
    """
    got = f": {describe(calls[-1].value)}" if calls and calls[-1].fault is None else ""
    failure = CheckFailed(f"this check cannot work with the answer{got}")
    if isinstance(raised, MemoryError):
        failure.add_note("That would take more memory than a check may use")
    for note in getattr(raised, "__notes__", []):
        failure.add_note(note)
    place = place_of(raised, item.path.parent)
    return dataclasses.replace(result_of(item, failure), fault=f"{type(raised).__name__} in {place}")


def place_of(error: BaseException, folder: Path | None = None) -> str:
    """Return the place of an error, without its text.

    Parameters
    ----------
    error : BaseException
        The error.
    folder : Path, optional
        Look for the last line of a file below it.

    Returns
    -------
    str
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if folder is not None and Path(frame.filename).is_relative_to(folder)]
    frame = (own or frames)[-1]
    return f"line {frame.lineno} of {Path(frame.filename).name}"


def _told(raised: BaseException) -> dict[str, Any]:
    """Sort the notes of an exception by their subject."""
    found = [_words_of(raised)]
    if isinstance(raised, Raised) and raised.place:
        found.append(f"In {raised.place}")
    told = {"expected": raised.expected if isinstance(raised, CheckFailed) else ""}
    for note in getattr(raised, "__notes__", []):
        for prefix, part in ((TRIED, "tried"), (CALLED, "call")):
            if note.startswith(prefix):
                told[part] = note.removeprefix(prefix)
                break
        else:
            found.append(note)
    told["found"] = "\n".join(filter(None, found))
    told["found"] = told["found"][:1].upper() + told["found"][1:]
    # A student's text may hold codes that a terminal obeys.
    return {part: printable(text) for part, text in told.items()}


def _words_of(raised: BaseException) -> str:
    if isinstance(raised, CheckFailed):
        return raised.message
    return f"It raised {quoted(str(raised))}" if isinstance(raised, Raised) else str(raised)


def _is_from_check(raised: AssertionError, item: pytest.Item) -> bool:
    """Whether a plain assertion is one of the check, or of a library that it uses such as numpy.testing.

    An error of the engine, or of the checks' own basis (the reference, the problems), is ours.
    """
    module = getattr(item, "module", None)
    last = raised.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if module is None or last is None:
        return False
    name = str(last.tb_frame.f_globals.get("__name__", ""))
    ours = {"lossmark", module.__name__.partition(".")[0]}
    return name == module.__name__ or name.partition(".")[0] not in ours
