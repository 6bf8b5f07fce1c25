"""An outcome of a check is defined once, and understood wherever results are shown or kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbformat.v4 import new_notebook

from lossmark.class_report.figures import CheckFigures
from lossmark.gradebook.results_file import read_results, write_results
from lossmark.grading.report import as_html, as_text
from lossmark.results import CellResult, CheckResult, GradedNotebook, Outcome


@pytest.fixture(params=["added", *(one.value for one in Outcome)])
def outcome(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """Each outcome, and one that only this test adds."""
    if request.param != "added":
        return Outcome(request.param)
    member = Outcome.__new_member__(Outcome, "mislaid", "?", "was mislaid")
    member._name_ = "MISLAID"
    monkeypatch.setitem(Outcome._member_map_, "MISLAID", member)
    monkeypatch.setitem(Outcome._value2member_map_, "mislaid", member)
    monkeypatch.setattr(Outcome, "_member_names_", [*Outcome._member_names_, "MISLAID"])
    return member


def test_an_outcome_is_shown_kept_and_counted(outcome: Outcome, tmp_path: Path) -> None:
    cell = CellResult("tests", (CheckResult("test_a", "A check", 0.0, 1.0, outcome),))
    for shown in (as_text(cell), as_html(cell)):
        assert f"{outcome.symbol} {outcome.words}" in shown
    write_results(tmp_path, GradedNotebook("a", (cell,), (), (), new_notebook(), 0.1), {})
    assert json.loads((tmp_path / "results.json").read_text())["cells"][0]["checks"][0]["outcome"] == outcome.value
    kept = read_results(tmp_path)
    assert kept is not None
    assert not kept.remarks
    assert [check.outcome for check in kept.checks] == [outcome]
    figures = CheckFigures("A check", 1.0)
    figures.outcomes[outcome] += 1
    assert figures.failures == ([] if outcome is Outcome.PASSED else [(outcome, 1)])


def test_an_unknown_outcome_is_refused() -> None:
    with pytest.raises(ValueError, match="mislaid"):
        CheckResult("test_a", "A check", 0.0, 1.0, "mislaid")  # type: ignore[arg-type]
