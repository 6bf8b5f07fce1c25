"""Credit for what is right given the student's own earlier function.

``cross_entropy`` may be built on the student's own ``log_softmax``, which has cost its points already if it is wrong. A
failure is forgiven if each answer that led to it is either right, or what follows from an answer of an earlier function
that it calls, and that is wrong for the same scores. The function must do something all the same: one that returns a
constant because the earlier one does earns nothing.

Spoiling an earlier function must not pay. So the same way must lead from the right earlier function to the right answer
(the logarithm of a probability that is 0 does not), and the earlier function must be right itself, or wrong by a
recognised slip, or follow from such a one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossmark import Call, CheckFailed, StudentFault, Submission
from lossmark.grading.earning import is_recognised
from lossmark.variants import variants_in

from . import misconceptions, reference
from .drivers import does_call
from .laws import PLAIN, agree, assert_depends_on_scores
from .losses import FIRST_QUESTION, PLAIN_BATCH, QUESTION, SOFTMAX, Loss, TwoLosses, assert_depends_on_arguments

Numbers = NDArray[np.float64]

AGREEMENT = 1e-4
"""Relative and absolute difference up to which an answer follows from another: both may be in single precision."""


@contextmanager
def following_through(submission: Submission, name: str, *, errors_only: bool = False) -> Iterator[None]:
    """Forgive a failure of the block whose cause lies in the student's earlier functions.

    Parameters
    ----------
    submission : Submission
        The student's work.
    name : str
        The function that is asked in the block.
    errors_only : bool
        Whether only an error in the student's code is forgiven, and no wrong number: where the block is about numbers
        that do not come from earlier functions.

    Raises
    ------
    CheckFailed, StudentFault
        What the block raised, if it is not forgiven.
    """
    asked_before = len(submission.calls)
    try:
        yield
    except (CheckFailed, StudentFault) as failure:
        if failure.outcome != "raised" if isinstance(failure, StudentFault) else errors_only:
            raise
        asked = [call for call in submission.calls[asked_before:] if call.name == name]
        # A submission of its own, lest these questions are shown, or weighed, as if the check had asked them.
        if not _is_inherited(Submission(submission.transport, submission.code), name, asked):
            raise


def _is_inherited(own: Submission, name: str, asked: Sequence[Call]) -> bool:
    try:
        _DOES_SOMETHING[name](own)
        place = SOFTMAX ^ TwoLosses(own.compare_losses).are_swapped if name == "compare_losses" else None
    except (CheckFailed, StudentFault):
        return False
    wrong = [call for call in asked if not _is_right(call, place)]
    derived = {earlier: derive for earlier, derive in _DERIVED[name].items() if _is_built_on(own, name, earlier)}
    followed = {
        earlier
        for call in wrong
        for earlier in [next((e for e, derive in derived.items() if _follows(call, place, derive, own)), None)]
    }
    return bool(wrong) and all(earlier is not None and _is_sound(own, earlier) for earlier in followed)


def _is_sound(own: Submission, name: str) -> bool:
    """Whether an earlier function is right, wrong by a recognised slip, or follows from one that is."""
    calls = [own.call(name, *question) for question in _QUESTIONS[name]]
    versions = [version for version in variants_in(misconceptions) if version.cell == name]
    return is_recognised(calls, versions, lambda: dict(vars(reference))) or (
        name in _DERIVED and _is_inherited(own, name, calls)
    )


def _is_built_on(own: Submission, name: str, earlier: str) -> bool:
    """Whether a function calls an earlier one, for a batch or for one example."""
    for question in (QUESTION, FIRST_QUESTION):
        try:
            if own.run(does_call, name, earlier, *question[: 1 if name == "log_softmax" else 2]) is True:
                return True
        except StudentFault:
            continue
    return False


def _is_right(call: Call, place: int | None = None) -> bool:
    """Whether an answer is right, and the arguments are as before."""
    return call.fault is None and call.changed is None and _is_right_answer(call, place, _answer(call, place))


def _is_right_answer(call: Call, place: int | None, got: Any) -> bool:
    """Whether this is the right answer to what was asked."""
    expected = getattr(reference, call.name)(*call.args)
    tolerance = getattr(reference, f"{call.name}_tolerance")(*call.args)
    if place is not None:
        expected, tolerance = expected[SOFTMAX], tolerance[SOFTMAX]
    answer = _numbers(got, np.shape(expected))
    return answer is not None and bool(agree(answer, expected, tolerance).all())


def _follows(call: Call, place: int | None, derive: Callable[..., Numbers], own: Submission) -> bool:
    """Whether an answer, an error or a changed argument is what an earlier function's wrong answer leads to."""
    earlier = _Earlier(own)
    kind = getattr(call.fault, "kind", None)
    with np.errstate(all="ignore"):
        from_right = derive(lambda earlier, *args: getattr(reference, earlier)(*args), *call.args)
    if not _is_right_answer(call, place, from_right):
        return False
    try:
        with np.errstate(all="ignore"):
            expected = derive(earlier, *call.args)
    except StudentFault as fault:
        return kind is not None and kind == getattr(fault, "kind", None)
    except (IndexError, OverflowError, TypeError, ValueError) as error:  # from an answer of the wrong shape, or kind
        return kind == type(error).__name__
    if call.fault is not None or all(map(_is_right, earlier.calls)):
        return False
    return _equal(_answer(call, place), expected) and (call.changed is None or _changed_alike(call, earlier.calls))


def _answer(call: Call, place: int | None) -> Any:
    """What a call returned; of two losses, the one in this place."""
    if place is None:
        return call.value
    return call.value[place] if isinstance(call.value, tuple | list | np.ndarray) and len(call.value) == 2 else None


def _changed_alike(call: Call, earlier: Sequence[Call]) -> bool:
    """Whether the scores, and nothing else, are as one of the earlier calls has left them."""
    after = call.changed[0] if call.changed else ()
    if len(after) != len(call.args) or not all(map(_equal, after[1:], call.args[1:])):
        return False
    left = [other.changed[0][0] for other in earlier if other.changed is not None and other.changed[0]]
    return any(_equal(after[0], _numbers(scores, call.args[0].shape)) for scores in left)


def _equal(a: Any, b: NDArray[Any] | None) -> bool:
    """Whether an answer equals numbers of a known shape; NaN equals NaN here."""
    numbers = None if b is None else _numbers(a, np.shape(b))
    if numbers is None:
        return False
    with np.errstate(all="ignore"):
        return np.allclose(numbers, b, AGREEMENT, AGREEMENT, equal_nan=True)


def _numbers(value: Any, shape: tuple[int, ...]) -> Numbers | None:
    """Return an answer as an array of this shape, whatever numbers it holds; None if it is no such array."""
    try:
        numbers = np.asarray(value, float)
    except (OverflowError, TypeError, ValueError):
        return None
    if numbers.size == 1 and math.prod(shape) == 1:
        return numbers.reshape(shape)
    return numbers if numbers.shape == shape else None


class _Earlier:
    """The student's earlier functions, by name; keeps what they were asked."""

    def __init__(self, own: Submission) -> None:
        self.calls: list[Call] = []
        self._own = own

    def __call__(self, name: str, *args: Any) -> Numbers:
        call = self._own.call(name, *args)
        self.calls.append(call)
        if call.fault is not None:
            raise call.fault
        return np.asarray(call.value, float)


Scores = NDArray[Any]
Labels = NDArray[np.int64]


Asked = Callable[..., Numbers]
"""An earlier function, by name: the student's, or the right one."""


def _log_of_softmax(earlier: Asked, scores: Scores) -> Numbers:
    return np.asarray(np.log(earlier("softmax", scores)))


def _losses_from_log_softmax(earlier: Asked, scores: Scores, y: Labels) -> Numbers:
    return -earlier("log_softmax", scores)[np.arange(len(y)), y]


def _losses_from_softmax(earlier: Asked, scores: Scores, y: Labels) -> Numbers:
    return -np.log(earlier("softmax", scores)[np.arange(len(y)), y])


def _losses_one_by_one(earlier: Asked, scores: Scores, y: Labels) -> Numbers:
    return np.array([earlier("cross_entropy", scores[[i]], y[[i]]) for i in range(len(y))]).reshape(len(y))


def _mean_from_log_softmax(earlier: Asked, scores: Scores, y: Labels) -> Numbers:
    return np.mean(_losses_from_log_softmax(earlier, scores, y))


def _mean_from_softmax(earlier: Asked, scores: Scores, y: Labels) -> Numbers:
    return np.mean(_losses_from_softmax(earlier, scores, y))


_DERIVED: dict[str, dict[str, Callable[..., Numbers]]] = {
    "log_softmax": {"softmax": _log_of_softmax},
    "cross_entropy": {"log_softmax": _mean_from_log_softmax, "softmax": _mean_from_softmax},
    "compare_losses": {
        "log_softmax": _losses_from_log_softmax,
        "softmax": _losses_from_softmax,
        "cross_entropy": _losses_one_by_one,
    },
}
"""What follows from earlier functions, by the name of the later and of the earlier one."""

_QUESTIONS: dict[str, list[tuple[Any, ...]]] = {
    "softmax": [(PLAIN,), (PLAIN_BATCH,)],
    "log_softmax": [(PLAIN,), (PLAIN_BATCH,)],
    "cross_entropy": [FIRST_QUESTION, QUESTION],
}
"""What earlier functions are asked, to see whether they are what they should be, or a slip away."""

_DOES_SOMETHING: dict[str, Callable[[Submission], None]] = {
    "log_softmax": lambda own: assert_depends_on_scores(own.log_softmax),
    "cross_entropy": lambda own: assert_depends_on_arguments(Loss(own.cross_entropy)),
    "compare_losses": lambda own: TwoLosses(own.compare_losses).assert_depends_on_arguments(SOFTMAX),
}
"""Fail unless the function's result depends on its arguments."""
