"""The figures of a class: how scores are spread, which checks fail how, and which mistakes are common."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import mean, median

from lossmark.class_report.similarity import Likenesses
from lossmark.class_report.state import GRADED, StudentState
from lossmark.results import PASSED, Outcome

MOST_BINS = 20
SLOWEST = 10
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Bin:
    """One bar of a histogram.

    Attributes
    ----------
    low, high : float
        From where to where; the upper end belongs to the last bar alone.
    count : int
        How many values lie there.
    """

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Histogram:
    """How values are spread.

    Attributes
    ----------
    bins : tuple of Bin
        The bars, lowest first.
    values : tuple of float
        The counted values.
    """

    bins: tuple[Bin, ...]
    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float], top: float) -> Histogram:
        """Count values between 0 and a top in bars of a round width.

        Parameters
        ----------
        values : iterable of float
            The values; those outside are counted at the nearer end.
        top : float
            Where the last bar ends, at least.

        Returns
        -------
        Histogram
        """
        values = tuple(values)
        step = _step(max([top, *values, 1e-9]) / MOST_BINS)
        number = max(1, math.ceil(max([top, *values]) / step - 1e-9))
        counts = Counter(min(max(int(value / step + 1e-9), 0), number - 1) for value in values)
        return cls(tuple(Bin(i * step, (i + 1) * step, counts[i]) for i in range(number)), values)

    @property
    def highest(self) -> int:
        """The count of the highest bar, at least 1."""
        return max([1, *(bar.count for bar in self.bins)])

    @property
    def mean(self) -> float | None:
        """The mean of the values; None if there are none."""
        return mean(self.values) if self.values else None

    @property
    def median(self) -> float | None:
        """The median of the values; None if there are none."""
        return median(self.values) if self.values else None


def _step(least: float) -> float:
    """Return a round width that is not less than needed."""
    scale = 10.0 ** math.floor(math.log10(least))
    return next(step * scale for step in _STEPS if step * scale >= least * (1 - 1e-9))


@dataclass
class CheckFigures:
    """How a class has done on one check.

    Attributes
    ----------
    title : str
        The check's title.
    points : float
        To be earned.
    outcomes : Counter
        How many submissions, by outcome.
    """

    title: str
    points: float
    outcomes: Counter[Outcome] = field(default_factory=Counter)

    @property
    def passed(self) -> int:
        """How many passed."""
        return self.outcomes[PASSED]

    @property
    def total(self) -> int:
        """How many were checked."""
        return self.outcomes.total()

    @property
    def rate(self) -> float:
        """Share of those who passed, from 0 to 1."""
        return self.passed / self.total

    @property
    def failures(self) -> list[tuple[Outcome, int]]:
        """The other outcomes that occurred, with their numbers."""
        return [(name, self.outcomes[name]) for name in Outcome if name != PASSED and self.outcomes[name]]


def check_figures(states: Iterable[StudentState]) -> dict[str, list[CheckFigures]]:
    """Count the outcomes of every check, by tests cell in the order of the assignment.

    Parameters
    ----------
    states : iterable of StudentState
        The class.

    Returns
    -------
    dict
    """
    found: dict[str, dict[str, CheckFigures]] = {}
    for state in states:
        for cell in state.result.cells if state.result else ():
            checks = found.setdefault(cell.grade_id, {})
            for check in cell.checks:
                figures = checks.setdefault(check.name, CheckFigures(check.title, check.max_points))
                figures.outcomes[check.outcome] += 1
    return {cell: list(checks.values()) for cell, checks in found.items()}


@dataclass
class MistakeFigures:
    """The students who made a known mistake.

    Attributes
    ----------
    cell, name : str
        The solution cell, and the mistake's short name.
    explanation : str
        The explanation for students; empty if the graders no longer know it.
    students : list of str
        Who.
    checks : list of str
        Titles of the checks at which it was recognised.
    """

    cell: str
    name: str
    explanation: str
    students: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """The name as it is read."""
        return self.name.replace("_", " ")


def mistake_figures(
    states: Iterable[StudentState], explanations: Mapping[tuple[str, str], str]
) -> Sequence[MistakeFigures]:
    """Count the mistakes that were recognised, the commonest first.

    Parameters
    ----------
    states : iterable of StudentState
        The class.
    explanations : mapping
        By solution cell and name.

    Returns
    -------
    sequence of MistakeFigures
    """
    found: dict[tuple[str, str], MistakeFigures] = {}
    for state in states:
        for cell in state.result.cells if state.result else ():
            for check in cell.checks:
                if check.misconception:
                    key = cell.grade_id.removesuffix("_tests"), check.misconception
                    mistake = found.setdefault(key, MistakeFigures(*key, explanations.get(key, "")))
                    if state.student not in mistake.students:
                        mistake.students.append(state.student)
                    if check.title not in mistake.checks:
                        mistake.checks.append(check.title)
    return sorted(found.values(), key=lambda mistake: -len(mistake.students))


@dataclass(frozen=True)
class ClassReport:
    """Everything that the report of a class tells.

    Attributes
    ----------
    course_id, assignment : str
        The names of course and assignment.
    manual : tuple of str
        Grade ids of the cells that a person marks.
    max_auto, max_manual : float
        Points of the checks, and of written answers.
    has_gradebook : bool
        Whether there is a gradebook.
    due : datetime or None
        The due date, in UTC.
    students : list of StudentState
        The class.
    by_other_graders : int
        How many results were made by other checks than there are now.
    checks : dict
        How the class has done on each check, by tests cell.
    mistakes : sequence of MistakeFigures
        The commonest first.
    unexplained : str
        Why the mistakes have no explanations, if they have none.
    likenesses : Likenesses
        The comparisons of students' texts.
    made : datetime
        When, with the time zone.
    is_protected : bool
        Whether the tests run out of reach of the students' code.
    """

    course_id: str
    assignment: str
    manual: tuple[str, ...]
    max_auto: float
    max_manual: float
    has_gradebook: bool
    due: datetime | None
    students: list[StudentState]
    by_other_graders: int
    checks: dict[str, list[CheckFigures]]
    mistakes: Sequence[MistakeFigures]
    unexplained: str
    likenesses: Likenesses
    made: datetime
    is_protected: bool = True

    @property
    def max_score(self) -> float:
        """All points."""
        return self.max_auto + self.max_manual

    @property
    def with_result(self) -> list[StudentState]:
        """Everyone who has a result, be it of an earlier file."""
        return [state for state in self.students if state.result is not None]

    @property
    def late(self) -> list[StudentState]:
        """Late students, the latest first."""
        return sorted((state for state in self.students if state.late_s > 0), key=lambda state: -state.late_s)

    def with_status(self, *statuses: str) -> list[StudentState]:
        """Return the students with this status."""
        return [state for state in self.students if state.status in statuses]

    @property
    def with_notes(self) -> list[StudentState]:
        """Whose file was unusual, or of whom there is something else to look at."""
        return [state for state in self.students if state.notes or (state.result and state.result.remarks)]

    @property
    def scores(self) -> Histogram:
        """How the points of the checks are spread."""
        return Histogram.of((state.result.score for state in self.with_result if state.result), self.max_auto)

    @property
    def totals(self) -> Histogram:
        """How the total scores are spread, of those who wait for no mark."""
        return Histogram.of((state.marks.total for state in self.with_status(GRADED) if state.marks), self.max_score)

    @property
    def times(self) -> Histogram:
        """How the times that grading took are spread, in seconds."""
        return Histogram.of((state.result.seconds for state in self.with_result if state.result), 0.0)

    @property
    def slowest(self) -> list[StudentState]:
        """Whose grading took longest."""
        return sorted(self.with_result, key=lambda state: -(state.result.seconds if state.result else 0.0))[:SLOWEST]

    @property
    def waiting(self) -> dict[str, list[StudentState]]:
        """Students who wait for a mark, by cell in the order of the assignment."""
        waiting: dict[str, list[StudentState]] = {cell: [] for cell in self.manual}
        for state in self.students:
            for cell in state.marks.awaiting if state.marks else ():
                waiting.setdefault(cell, []).append(state)
        return {cell: states for cell, states in waiting.items() if states}
