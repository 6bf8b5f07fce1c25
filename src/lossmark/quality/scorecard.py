"""How well the graders themselves do: each misconception caught and named, each alternative passed.

Every version is graded like a submission: in a notebook, in the sandbox, with full diagnosis. The given cells of that
notebook are reduced to definitions, because figures and training runs would take most of the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from lossmark.batch.dispatch import grade_all
from lossmark.batch.parcel import Parcel
from lossmark.batch.pools import LocalPool
from lossmark.batch.worker import Order
from lossmark.course import Course
from lossmark.errors import NotGraded, UsageError
from lossmark.grading.graders import Graders
from lossmark.quality.conditions import Conditions
from lossmark.quality.roster import definitions_of, with_variants
from lossmark.results import CellResult
from lossmark.sandbox.limits import Isolation
from lossmark.variants import Variant

COLUMNS = ("misconceptions", "caught", "named", "alternatives", "passed")
BEGIN, END = "<!-- scorecard -->", "<!-- end of scorecard -->"


@dataclass(frozen=True)
class Verdict:
    """The result of one version.

    Attributes
    ----------
    variant : Variant
        The version.
    lost : tuple of str
        The checks that it lost, with the cell in front where they are of another cell.
    named : tuple of str
        The misconceptions that its feedback gave.
    """

    variant: Variant
    lost: tuple[str, ...]
    named: tuple[str, ...]

    @property
    def is_caught(self) -> bool:
        """Whether it lost just the checks that it should; of an alternative, none."""
        return set(self.lost) == set(self.variant.loses)

    @property
    def is_named(self) -> bool:
        """Whether the feedback gives its name and no other."""
        return self.named == (self.variant.name,)

    @property
    def is_right(self) -> bool:
        """Whether the graders did all that is asked of them."""
        return self.is_caught and (self.is_named if self.variant.loses else not self.named)

    def complaint(self) -> str:
        """Describe the errors of the graders."""
        kind = "misconception" if self.variant.loses else "alternative"
        expected = ", ".join(self.variant.loses) or "nothing"
        return (
            f"{kind} {self.variant.name} of {self.variant.cell}: lost {', '.join(self.lost) or 'nothing'} "
            f"(should lose {expected}), was named {', '.join(self.named) or 'nothing'}"
        )


def versions_of(course: Course, name: str) -> list[Variant]:
    """List the misconceptions and alternatives of an assignment.

    Parameters
    ----------
    course : Course
        The course.
    name : str
        The assignment's name.

    Returns
    -------
    list of Variant
        Misconceptions first.
    """
    graders = Graders(course.assignment(name), course.settings.seed)
    graders.close()
    return [*graders.misconceptions, *graders.alternatives]


def score_variants(
    course: Course,
    name: str,
    variants: Sequence[Variant],
    *,
    jobs: int | None = None,
    isolation: Isolation | None = None,
) -> Iterator[Verdict]:
    """Grade the misconceptions and alternatives of an assignment, several at once.

    Parameters
    ----------
    course : Course
        The course.
    name : str
        The assignment's name.
    variants : sequence of Variant
        From :func:`versions_of`.
    jobs : int, optional
        How many processes grade; as many as there are cores, if not given.
    isolation : Isolation, optional
        Instead of the course's setting.

    Yields
    ------
    Verdict
        One for each version, as they are graded.

    Raises
    ------
    NotGraded
        If a version cannot be graded, through a fault of ours.
    """
    assignment = course.assignment(name)
    limits = course.limits(assignment)
    wall = Isolation(isolation or course.settings.isolation)

    def orders() -> Iterator[Order]:
        for index, variant in enumerate(variants):
            notebook = with_variants(assignment, variant)
            notebook.cells = [definitions_of(cell) for cell in notebook.cells]
            yield Order(str(index), nbformat.writes(notebook).encode(), limits, wall)

    for order, outcome in grade_all(Parcel.of(course, name), orders(), LocalPool(jobs)):
        variant = variants[int(order.student)]
        if outcome.graded is None:
            raise NotGraded(f"{variant.name} of {variant.cell} cannot be graded: {outcome.reason}")
        yield _verdict(variant, outcome.graded.cells)


def count(verdicts: list[Verdict]) -> dict[str, dict[str, int]]:
    """Count the verdicts by graded function.

    Parameters
    ----------
    verdicts : list of Verdict
        Of one assignment.

    Returns
    -------
    dict
        ``{"svm_loss": {"misconceptions": 9, "caught": 9, "named": 9, "alternatives": 6, "passed": 6}, ...}``
    """
    counts: dict[str, dict[str, int]] = {}
    for verdict in verdicts:
        row = counts.setdefault(verdict.variant.cell, dict.fromkeys(COLUMNS, 0))
        if verdict.variant.loses:
            row["misconceptions"] += 1
            row["caught"] += verdict.is_caught
            row["named"] += verdict.is_named
        else:
            row["alternatives"] += 1
            row["passed"] += verdict.is_caught
    return counts


def write_table(page: Path, counts: dict[str, dict[str, dict[str, int]]]) -> None:
    """Renew the table of a Markdown page, between its two markers, with the day and the versions.

    Parameters
    ----------
    page : Path
        A page with the lines ``<!-- scorecard -->`` and ``<!-- end of scorecard -->``.
    counts : dict
        Results of :func:`count`, by assignment; rows of other assignments are deleted.

    Raises
    ------
    UsageError
        If there is no such page, or it lacks the markers.
    """
    try:
        before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    except OSError as error:
        raise UsageError(f"{page} cannot be read: {error.strerror}") from None
    _, end, after = rest.partition(END)
    if not end:
        raise UsageError(f"{page} needs the lines {BEGIN} and {END}, between which the table goes")
    table = f"{BEGIN}\n{markdown_table(counts)}\n\nGraded: {Conditions.now()}.\n{END}"
    page.write_text(f"{before}{table}{after}", encoding="utf-8")


def markdown_table(counts: dict[str, dict[str, dict[str, int]]]) -> str:
    """Write the counts as a table in Markdown, with a row of sums.

    Parameters
    ----------
    counts : dict
        Results of :func:`count`, by assignment.

    Returns
    -------
    str
    """
    lines = [f"| assignment | cell | {' | '.join(COLUMNS)} |", f"|---|---|{'---:|' * len(COLUMNS)}"]
    rows = [(name, f"`{cell}`", row) for name, cells in counts.items() for cell, row in cells.items()]
    total = {column: sum(row[column] for _, _, row in rows) for column in COLUMNS}
    for name, cell, row in [*rows, ("**all**", "", total)]:
        lines.append(f"| {name} | {cell} | {' | '.join(str(row[column]) for column in COLUMNS)} |")
    return "\n".join(lines)


def _verdict(variant: Variant, cells: Sequence[CellResult]) -> Verdict:
    own = f"{variant.cell}_tests"
    lost = [_name(cell, name, own) for cell in cells for name in cell.lost]
    named = {check.misconception for cell in cells for check in cell.checks if check.misconception}
    return Verdict(variant, tuple(lost), tuple(sorted(named)))


def _name(cell: CellResult, name: str, own: str) -> str:
    return name if cell.grade_id == own else f"{cell.grade_id}:{name}"
