"""Which of the checks that passed count: laws do where the values are right, or wrong by a recognised slip.

A function that computes something else can obey a law: zeros are left alone by a shift, and a loss that never looks at
the labels is the mean over its examples too. So a law is paid where the function of its cell is the one asked for.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lossmark.boundary.submission import Call
from lossmark.checks import Check, Climb
from lossmark.grading.description import Difference
from lossmark.grading.diagnosis import Names, is_near
from lossmark.results import PASSED, UNEARNED, CheckResult
from lossmark.variants import Variant

ENOUGH = 2 / 3
"""The part of a ladder's problems for which values must be right: not all, as the largest may overflow."""


@dataclass(frozen=True)
class Ran:
    """A check that has run on a submission.

    Attributes
    ----------
    check : Check
        Its declaration.
    result : CheckResult
        Its result.
    calls : sequence of Call
        Its questions.
    climb : Climb or None
        How far its ladder was climbed, if it has one and did not pass.
    """

    check: Check
    result: CheckResult
    calls: Sequence[Call]
    climb: Climb | None = None

    @property
    def is_mostly_right(self) -> bool:
        """Whether it passed for at least two thirds of its problems."""
        if self.climb is None:
            return self.result.outcome == PASSED
        return self.climb.passed >= ENOUGH * self.climb.rungs


def earned(ran: Sequence[Ran], is_recognised: Callable[[Ran], bool]) -> list[CheckResult]:
    """Take the points of the checks that passed but rest on values that are not right.

    Parameters
    ----------
    ran : sequence of Ran
        The checks of a cell.
    is_recognised : callable
        Given a check of the values, whether the answers to its questions are those of a recognised slip. It is only
        asked about values that are not right, and only if another check's points depend on it.

    Returns
    -------
    list of CheckResult
        One for each check.
    """
    recognised = functools.cache(lambda index: is_recognised(ran[index]))
    wrong = [i for i, one in enumerate(ran) if one.check.role == "values" and not one.is_mostly_right]

    def ground_lost(index: int) -> Ran | None:
        if ran[index].result.outcome != PASSED or ran[index].check.role == "alone":
            return None
        return next((ran[i] for i in wrong if i != index and not recognised(i)), None)

    return [
        one.result if (ground := ground_lost(i)) is None else _unearned(one, ground.check.title)
        for i, one in enumerate(ran)
    ]


def is_recognised(calls: Sequence[Call], candidates: Sequence[Variant], right: Names) -> bool:
    """Whether answers are right, those of one misconception, or right except for a factor, a constant or a transpose.

    Parameters
    ----------
    calls : sequence of Call
        The questions to a function, and its answers.
    candidates : sequence of Variant
        The misconceptions of the function.
    right : callable
        Returns the right functions and answers by their names, fresh each time.

    Returns
    -------
    bool
    """
    return is_near(calls, candidates, right) or Difference(calls, right()).is_one_slip


def _unearned(one: Ran, ground: str) -> CheckResult:
    return dataclasses.replace(
        one.result,
        points=0.0,
        outcome=UNEARNED,
        shows=one.check.shows,
        found=f"Passed, but functions that compute something else pass this too. It counts together with the check "
        f"“{ground}”, as soon as that one passes for its plainer problems.",
    )
