"""The interface for writing graders: checks with points and titles, ladders of problems, and assertions.

A check is a pytest test in a class that names its cell::

    class TestSvmLoss:
        cell = "svm_loss_tests"
        lecture = "Lecture 3, “Multiclass SVM loss”"

        @check(points=1, problems=batches)
        def test_mean_over_batch(self, submission, problem):
            '''The loss of a batch is the mean over its examples'''
            assert_close(submission.svm_loss(*problem.args), reference.svm_loss(*problem.args), tolerance=...)

The first line of its docstring is the title that the student reads, `lecture` the place to look it up.
"""

from __future__ import annotations

import functools
import inspect
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import Any, Literal, TypeVar, cast, get_args

import numpy as np

from lossmark.boundary.submission import Call, Raised, StudentFault, Submission
from lossmark.numerics import CheckFailed, describe

Test = TypeVar("Test", bound=Callable[..., None])
TRIED, CALLED = "Tried: ", "Called: "
"""Prefixes of a message's lines about the input and the call."""
_NOT_FINITE = re.compile(r"\b(?:nan|inf)\b")
Problems = Callable[[np.random.Generator], Iterable["Problem"]]
Role = Literal["values", "law", "alone"]
"""Role of a check in its class: the basis of the others, dependent on it, or neither."""


@dataclass(frozen=True)
class Problem:
    """One rung of a ladder: the arguments of a call.

    Attributes
    ----------
    label : str
        Its special feature, in words for the student: ``"one example, two classes"``.
    args : tuple
        Positional arguments for the student's function.
    kwargs : dict
        Keyword arguments.
    """

    label: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def problem(label: str, *args: Any, **kwargs: Any) -> Problem:
    """Make a problem out of the arguments of a call.

    Parameters
    ----------
    label : str
        Its special feature.
    *args, **kwargs
        The arguments.

    Returns
    -------
    Problem
    """
    return Problem(label, args, kwargs)


class Shows(IntEnum):
    """Detail of a lost check's feedback; each level includes the one before it."""

    NOTHING = auto()
    """Its title, outcome and points."""
    MESSAGE = auto()
    """The finding, and the mistake if it is known."""
    INPUT = auto()
    """The call, to try it again."""
    EXPECTED = auto()
    """The right answer."""

    @classmethod
    def named(cls, name: str) -> Shows:
        """Return the level of a name in settings and in ``@check``: ``"message"``."""
        return cls[name.upper()]


@dataclass(frozen=True)
class Check:
    """A check's declaration.

    Attributes
    ----------
    points : float
        Its points.
    title : str
        First line of the test's docstring.
    shows : Shows or None
        Its own detail of feedback, instead of the course's.
    role : {"values", "law", "alone"}
        Whether the points of other checks rest on this one, its own on others, or neither.
    """

    points: float
    title: str
    shows: Shows | None = None
    role: Role = "law"


class Climb(Exception):
    """How far a ladder was climbed: the cause of the failure that its check raises.

    Attributes
    ----------
    passed, rungs : int
        The problems that the test passed, and all of the ladder.
    """

    def __init__(self, passed: int, rungs: int) -> None:
        super().__init__(f"{passed} of {rungs} problems passed")
        self.passed = passed
        self.rungs = rungs


def check(
    *, points: float, problems: Problems | None = None, shows: str | None = None, role: Role = "law"
) -> Callable[[Test], Test]:
    """Make a check of a test.

    Parameters
    ----------
    points : float
        Its points; the checks of a cell must add up to the cell's points.
    problems : callable, optional
        Given a seeded generator, yields the problems to try, smallest first. The test then takes a `problem` and runs
        once for each; the failure shown is the first. The ladder is climbed to its top all the same, because a
        diagnosis needs the other answers too.
    shows : {"nothing", "message", "input", "expected"}, optional
        Detail of its feedback; ``c.Lossmark.shows`` by default.
    role : {"values", "law", "alone"}
        A check of the *values* compares with the right answer. A *law* of the same class, and another check of the
        values, earns its points only if the values are right for at least two thirds of the problems, or wrong by a
        recognised slip: many functions that compute something else obey a law. A check with the role *alone* earns its
        points in any case. In a class without a check of the values, all do.

    Returns
    -------
    callable
        A decorator for a test function with a docstring.
    """
    shown = None if shows is None else Shows.named(shows)
    if role not in get_args(Role):
        raise ValueError(f"a check has one of the roles {', '.join(get_args(Role))}, not {role!r}")

    def decorate(test: Test) -> Test:
        title = (inspect.getdoc(test) or "").partition("\n")[0]
        if not title:
            raise TypeError(f"{test.__qualname__} needs a docstring: its first line is the title that students read")
        decorated: Any = test if problems is None else _ladder(test, problems)
        decorated.lossmark_check = Check(float(points), title, shown, role)
        return cast(Test, decorated)

    return decorate


def _ladder(test: Callable[..., None], problems: Problems) -> Any:
    """Run a test on one problem after the other and raise the first failure at the end, with the climb as its cause."""

    @functools.wraps(test)
    def climb(self: Any, submission: Submission, rng: np.random.Generator) -> None:
        first: AssertionError | StudentFault | None = None
        passed, rungs = 0, list(problems(rng))
        for rung in rungs:
            try:
                test(self, submission, rung)
                passed += 1
            except (AssertionError, StudentFault) as failure:
                if first is None:
                    first = failure
                    _add_notes(first, rung, submission)
                if not isinstance(failure, AssertionError | Raised):
                    break
            except Exception as failure:  # of the check itself, perhaps because of an odd answer: say at which problem
                _add_notes(failure, rung, submission)
                raise
        if first is not None:
            raise first from Climb(passed, len(rungs))

    parameters = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in ("self", "submission", "rng")
    ]
    climb.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return climb


def _add_notes(failure: Exception, rung: Problem, submission: Submission) -> None:
    failure.add_note(f"{TRIED}{rung.label}.")
    if submission.calls:
        failure.add_note(show_call(submission.calls[-1]))


def assert_unchanged(call: Call) -> None:
    """Fail if a call changed its arguments, or went wrong.

    Parameters
    ----------
    call : Call
        Result of ``submission.call(...)``.

    Raises
    ------
    CheckFailed
        Saying which argument changed.
    StudentFault
        If the call went wrong.
    """
    if call.fault is not None:
        raise call.fault
    if call.changed is None:
        return
    after, _ = call.changed
    changed = [f"argument {i}" for i, (a, b) in enumerate(zip(call.args, after, strict=False), 1) if not same(a, b)]
    raise CheckFailed(
        f"`{call.name}` changed {' and '.join(changed) or 'its arguments'}. The caller still needs what it passed: "
        "work on a copy (`scores = scores.copy()`), or in new arrays"
    )


def assert_answer(got: Any, expected: Any) -> None:
    """Fail unless a short answer says the expected, however it is written.

    ``True``, ``np.True_`` and ``"yes"`` say the same, as do ``"b"`` and ``"B)"``, ``np.inf`` and ``"infinity"``. The
    message does not tell the expected answer.

    Parameters
    ----------
    got : object
        The student's answer.
    expected : bool, int, float or str
        The right one. A whole number, such as a count, must be met exactly, any other to three digits.

    Raises
    ------
    CheckFailed
        If it says something else, or nothing.
    """
    answer = _normalised(got)
    if answer is None:
        raise CheckFailed(f"the answer is {describe(got)}, which cannot be read as an answer")
    wanted = _normalised(expected)
    if isinstance(wanted, float) and isinstance(answer, float):
        right = math.isclose(answer, wanted, rel_tol=0.0 if isinstance(expected, int) else 1e-3)
    else:
        right = type(answer) is type(wanted) and answer == wanted
    if not right:
        raise CheckFailed(f"{describe(got)} is not the answer")


def _normalised(answer: Any) -> bool | float | str | None:
    """Reduce the ways to write an answer to one."""
    if isinstance(answer, np.ndarray) and answer.size == 1:
        answer = answer.reshape(())[()]
    if isinstance(answer, bool | np.bool_):
        return bool(answer)
    if isinstance(answer, int | float | np.integer | np.floating):
        try:
            number = float(answer)
        except OverflowError:
            number = math.inf if answer > 0 else -math.inf
        return None if math.isnan(number) else number
    if isinstance(answer, str):
        # A full stop may end a word, but begin a number.
        word = answer.strip("()'\" \t\n").rstrip(".)'\" ").casefold()
        words = {"true": True, "yes": True, "false": False, "no": False}
        if word in words:
            return words[word]
        try:
            return float(word)
        except ValueError:
            return word or None
    return None


def same(a: Any, b: Any) -> bool:
    """Whether two plain values are equal in type, shape and bits; NaN equals NaN here.

    Parameters
    ----------
    a, b : object
        Plain data.

    Returns
    -------
    bool
    """
    if isinstance(a, np.ndarray | np.generic) and isinstance(b, np.ndarray | np.generic):
        return a.shape == b.shape and a.dtype == b.dtype and bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"))
    if type(a) is not type(b):
        return False
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return bool(a == b or (a != a and b != b))


def show_call(call: Call) -> str:
    """Write a call as it can be pasted into a cell, or by its arguments' shapes where it is too long for that.

    Parameters
    ----------
    call : Call
        The call to show.

    Returns
    -------
    str
    """
    if call.kind != "call":
        return ""
    arguments = [_show(value) for value in call.args] + [f"{k}={_show(v)}" for k, v in call.kwargs.items()]
    return f"{CALLED}{call.name}({', '.join(arguments)})"


def _show(value: Any) -> str:
    if isinstance(value, np.ndarray):
        if value.size > 24:
            return f"<array of shape {value.shape}, {value.dtype}>"
        if value.size == 0:
            return f"np.zeros({value.shape}, dtype=np.{value.dtype})"
        dtype = "" if value.dtype in (np.float64, np.int64) else f", dtype=np.{value.dtype}"
        numbers = " ".join(np.array2string(value, separator=", ", precision=6).split()).replace("[ ", "[")
        return f"np.array({_with_np(numbers)}{dtype})"
    if isinstance(value, np.generic):
        value = value.item()
    text = repr(value)[:200]
    return text if isinstance(value, str) else _with_np(text)


def _with_np(numbers: str) -> str:
    return _NOT_FINITE.sub(r"np.\g<0>", numbers)
