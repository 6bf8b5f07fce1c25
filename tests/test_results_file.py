"""``results.json`` holds all that the checks have found, and files of earlier versions are read."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pytest
from nbformat.v4 import new_notebook

from lossmark.checks import Shows
from lossmark.gradebook.results_file import SCHEMA, read_results, write_results
from lossmark.provenance import RESULTS_FILE
from lossmark.results import CellResult, CheckResult, GradedNotebook

FULL = CheckResult(
    "test_a",
    "A title",
    0.5,
    1.5,
    "failed",  # type: ignore[arg-type]
    found="The loss is 3\nIt should be finite",
    misconception="forgot_delta",
    expected=", expected 4",
    tried="one example.",
    call="svm_loss(np.array([1.0]))\nCalled: nothing",
    explanation="The margin is missing.",
    note="the cell was doubled",
    shows=Shows.INPUT,
    fault="KeyError in line 3 of test_toy.py",
)
BEFORE = {
    "assignment": "toy",
    "status": "graded",
    "reason": None,
    "score": 0.5,
    "max_score": 1.5,
    "manual": [],
    "seconds": 0.1,
    "protected": True,
    "cells": [
        {
            "grade_id": "double_tests",
            "score": 0.5,
            "max_score": 1.5,
            "checks": [
                {
                    "name": "test_a",
                    "title": "A title",
                    "points": 0.5,
                    "max_points": 1.5,
                    "outcome": "failed",
                    "message": "The loss is 3\nCalled: double(2)",
                    "misconception": "tripled",
                }
            ],
        }
    ],
    "remarks": [],
    "digests": {"engine": "x"},
}
"""A file as version 0.1.0 has written it."""


def written(folder: Path, *checks: CheckResult, lecture: str = "") -> tuple[CellResult, ...]:
    """Write a result and read it again."""
    graded = GradedNotebook("toy", (CellResult("double_tests", checks, lecture),), (), (), new_notebook(), 0.1)
    write_results(folder, graded, {"engine": "x"})
    saved = read_results(folder)
    assert saved is not None
    return saved.cells


@pytest.mark.parametrize(
    "check",
    [
        FULL,
        replace(FULL, shows=None, misconception=None),
        replace(FULL, shows=Shows.NOTHING),
        CheckResult("test_b", "B", 1.0, 1.0, "passed"),  # type: ignore[arg-type]
    ],
)
def test_a_check_is_read_as_it_was_written(check: CheckResult, tmp_path: Path) -> None:
    (cell,) = written(tmp_path, check, lecture="Lecture 3")
    assert (cell.checks, cell.lecture) == ((check,), "Lecture 3")
    assert cell.checks[0].message == check.message


def test_every_field_of_a_check_is_tried_above() -> None:
    given = {one.name for one in fields(FULL) if getattr(FULL, one.name) != one.default}
    assert given == {one.name for one in fields(CheckResult)} - {"comparison"}


def test_a_new_field_is_recorded_without_another_change() -> None:
    @dataclass(frozen=True)
    class Longer(CheckResult):
        colour: str = ""

    check = Longer(**{one.name: getattr(FULL, one.name) for one in fields(FULL)}, colour="red")
    assert Longer.from_record(json.loads(json.dumps(check.to_record()))) == check


def test_a_file_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    (tmp_path / RESULTS_FILE).write_text(json.dumps(BEFORE))
    saved = read_results(tmp_path)
    assert saved is not None
    (check,) = saved.checks
    assert check.message == "The loss is 3\nCalled: double(2)"
    assert (check.misconception, check.call, check.points) == ("tripled", "", 0.5)


def test_the_file_says_which_format_it_has(tmp_path: Path) -> None:
    written(tmp_path, FULL)
    assert json.loads((tmp_path / RESULTS_FILE).read_text())["schema"] == SCHEMA
