"""``results.json``, beside each autograded notebook: the results of the checks, and the digests of their inputs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lossmark.provenance import RESULTS_FILE
from lossmark.results import CellResult, CheckResult, GradedNotebook, Outcome

SCHEMA = 2
"""Version of the file's format; files without one record the message of a check instead of its parts."""


@dataclass(frozen=True)
class SavedResult:
    """The content of ``results.json`` for one submission.

    Attributes
    ----------
    score, max_score : float
        Of the tests cells.
    seconds : float
        Time that grading took.
    scores : dict
        Points earned, by tests cell.
    cells : tuple of CellResult
        The checks, as they were found, except for the numbers of pictures.
    remarks : tuple of str
        Remarks about the submitted file.
    digests : dict
        Digests of the inputs.
    is_protected : bool
        Whether the tests ran out of reach of the student's code.
    inputs : str or None
        How the inputs of the checks were drawn, as in ``c.Lossmark.inputs``; None if it is not recorded.
    seed : int or None
        Their seed.
    for_student : tuple of str
        Those of the remarks that the student sees.
    """

    score: float
    max_score: float
    seconds: float
    scores: dict[str, float]
    cells: tuple[CellResult, ...]
    remarks: tuple[str, ...]
    digests: dict[str, str]
    is_protected: bool = True
    inputs: str | None = None
    seed: int | None = None
    for_student: tuple[str, ...] = ()

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        """The checks of all cells."""
        return tuple(check for cell in self.cells for check in cell.checks)

    @property
    def misconceptions(self) -> tuple[str, ...]:
        """Names of the mistakes that were recognised, in alphabetical order."""
        return tuple(sorted({check.misconception for check in self.checks if check.misconception}))

    def recorded_otherwise(self, recorded: Mapping[str, float | None]) -> tuple[str, ...]:
        """List the tests cells of which a gradebook has another score.

        Parameters
        ----------
        recorded : mapping
            The gradebook's automatic scores, by tests cell.

        Returns
        -------
        tuple of str
        """
        cells = dict.fromkeys([*self.scores, *recorded])
        return tuple(cell for cell in cells if self.scores.get(cell) != recorded.get(cell))


@dataclass(frozen=True)
class PenaltyChange:
    """A penalty for being late that is not the one which would be recorded now.

    Attributes
    ----------
    before : float
        Points that are recorded.
    now : float or None
        Points that would be; None if they cannot be computed.
    reason : str
        Why not.
    """

    before: float
    now: float | None
    reason: str = ""

    def __str__(self) -> str:
        if self.now is None:
            return f"the penalty for being late cannot be computed: {self.reason}"
        return f"the penalty for being late is {self.before:g} and would be {self.now:g} now"


@dataclass(frozen=True)
class Changes:
    """Why a result no longer holds; false where it does.

    Attributes
    ----------
    digests : tuple of str
        Names of the digests that have changed, as in :func:`lossmark.provenance.digests`.
    is_handed_in_again : bool
        Whether nbgrader has noted another time since: the submission's other files may differ.
    cells : tuple of str
        Tests cells of which the gradebook has another score.
    penalty : PenaltyChange or None
        Whether the due date, an extension or marks have changed the penalty for being late.
    """

    digests: tuple[str, ...] = ()
    is_handed_in_again: bool = False
    cells: tuple[str, ...] = ()
    penalty: PenaltyChange | None = None

    @property
    def ask_for_grading(self) -> bool:
        """Whether the submission is to be graded again; a penalty alone can be recorded without that."""
        return bool(self.digests or self.is_handed_in_again or self.cells)

    def __bool__(self) -> bool:
        return self.ask_for_grading or self.penalty is not None


def write_results(folder: Path, graded: GradedNotebook, digests: Mapping[str, str]) -> None:
    """Write the file.

    Parameters
    ----------
    folder : Path
        Where the autograded notebook lies.
    graded : GradedNotebook
        The result.
    digests : mapping
        Digests of its inputs.
    """
    results = graded.to_dict()
    for saved, cell in zip(results["cells"], graded.cells, strict=True):
        saved |= {"lecture": cell.lecture, "checks": [check.to_record() for check in cell.checks]}
    said = {"remarks": list(graded.remarks), "for_student": list(graded.for_student)}
    results |= {"schema": SCHEMA, **said, "digests": dict(digests)}
    (folder / RESULTS_FILE).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def read_results(folder: Path) -> SavedResult | None:
    """Read the file, as far as it is understood: another version may tell of other outcomes.

    Parameters
    ----------
    folder : Path
        Where the autograded notebook lies.

    Returns
    -------
    SavedResult or None
        None if there is no such file, or it is not whole.
    """
    try:
        results = json.loads((folder / RESULTS_FILE).read_bytes())
        score, max_score, seconds = (float(results[name]) for name in ("score", "max_score", "seconds"))
        return SavedResult(
            score,
            max_score,
            seconds,
            {str(cell["grade_id"]): float(cell["score"]) for cell in results["cells"]},
            tuple(map(_cell, results["cells"])),
            (*map(str, results.get("remarks", ())), *_not_understood(results["cells"])),
            dict(results["digests"]),
            results.get("protected") is not False,
            None if results.get("inputs") is None else str(results["inputs"]),
            None if results.get("seed") is None else int(results["seed"]),
            tuple(map(str, results.get("for_student", ()))),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _not_understood(cells: list[dict[str, Any]]) -> Iterator[str]:
    names = [str(check["name"]) for cell in cells for check in cell["checks"] if check["outcome"] not in set(Outcome)]
    if names:
        yield (
            f"another version of Lossmark has written results.json: how {', '.join(names)} ended is not understood "
            "and left out; `lossmark autograde` grades it again"
        )


def _cell(cell: dict[str, Any]) -> CellResult:
    known = [CheckResult.from_record(check) for check in cell["checks"] if check["outcome"] in set(Outcome)]
    return CellResult(str(cell["grade_id"]), tuple(known), str(cell.get("lecture", "")))
