"""Results as data, and the table that shows them."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lossmark.checks import Shows
from lossmark.grading.report import as_html, as_text, check_table
from lossmark.numerics import Comparison
from lossmark.results import FAILED, OUTCOMES, PASSED, CellResult, CheckResult, GradedNotebook

HOSTILE = "<script>alert(1)</script><img src=x onerror='a'>\"'&"
PASS = CheckResult("test_a", "Title a", 1.5, 1.5, PASSED)
FAIL = CheckResult("test_b", "Title b", 0.0, 0.5, FAILED, "the loss is 3\nTried: one example.", "forgot_delta")
CELL = CellResult("f_tests", (PASS, FAIL))


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)


def graded(*cells):
    return GradedNotebook("toy", cells, ("why",), ("odd",), new_notebook(), 0.41234)


def test_a_cell_adds_up_its_checks():
    assert (CELL.score, CELL.max_score, CELL.lost) == (1.5, 2.0, ("test_b",))


def test_a_cell_without_checks_has_no_points():
    assert (CellResult("f_tests", ()).score, CellResult("f_tests", ()).max_score) == (0, 0)


def test_a_notebook_adds_up_its_cells():
    assert (graded(CELL, CELL).score, graded(CELL, CELL).max_score) == (3.0, 4.0)


def test_results_are_the_object_that_others_rely_on():
    assert json.loads(json.dumps(graded(CELL).to_dict())) == {
        "assignment": "toy",
        "status": "graded",
        "reason": None,
        "score": 1.5,
        "max_score": 2.0,
        "manual": ["why"],
        "seconds": 0.412,
        "protected": True,
        "inputs": None,
        "seed": None,
        "cells": [
            {
                "grade_id": "f_tests",
                "score": 1.5,
                "max_score": 2.0,
                "checks": [
                    {
                        "name": "test_a",
                        "title": "Title a",
                        "points": 1.5,
                        "max_points": 1.5,
                        "outcome": "passed",
                        "message": "",
                        "misconception": None,
                        "misconceptions": [],
                    },
                    {
                        "name": "test_b",
                        "title": "Title b",
                        "points": 0.0,
                        "max_points": 0.5,
                        "outcome": "failed",
                        "message": "the loss is 3\nTried: one example.",
                        "misconception": "forgot_delta",
                        "misconceptions": ["forgot_delta"],
                    },
                ],
            }
        ],
    }


def test_every_outcome_has_its_words():
    assert len({outcome.label for outcome in OUTCOMES}) == len(OUTCOMES)


@pytest.mark.parametrize("write", [as_text, as_html])
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_table_says_title_points_outcome_and_message(write, outcome):
    text = write(CellResult("f_tests", (CheckResult("test_a", "Title a", 0.25, 0.5, outcome, "the loss is 3"),)))
    for words in ("f_tests: 0.25 of 0.5 points", "Title a", outcome.label, "the loss is 3"):
        assert words in text


def test_text_has_a_line_for_each_line_of_a_message():
    lines = as_text(CELL).splitlines()
    assert [line.strip() for line in lines[-2:]] == ["the loss is 3", "Tried: one example."]


def test_html_escapes_all_that_comes_from_elsewhere():
    check = CheckResult("test_a", HOSTILE, 0, 1, FAILED, HOSTILE)
    plain = CheckResult("test_a", "title", 0, 1, FAILED, "message")
    hostile, harmless = (as_html(CellResult(name, (c,))) for name, c in ((HOSTILE, check), ("f_tests", plain)))
    assert Tags(hostile).tags == Tags(harmless).tags
    assert "<script" not in hostile


ALL = CheckResult(
    "test_c", "Title c", 0.0, 1.0, FAILED, "The loss is 3", "forgot_delta", ", expected 2", "one example.", "f(1)",
    "The margin is missing", "the cell was moved", Comparison(np.array([1.0, 3.0]), np.array([1.0, 2.0]), "the loss"),
)  # fmt: skip
SEEN = {
    "Title c": Shows.NOTHING,
    "✗ failed": Shows.NOTHING,
    "the cell was moved": Shows.NOTHING,
    "The loss is 3": Shows.MESSAGE,
    "Likely mistake (forgot delta)": Shows.MESSAGE,
    "The margin is missing": Shows.MESSAGE,
    "one example": Shows.INPUT,
    "f(1)": Shows.INPUT,
    "expected 2": Shows.EXPECTED,
}


@pytest.mark.parametrize("shows", Shows)
@pytest.mark.parametrize("of_course", [None, *Shows], ids=str)
def test_students_see_what_the_instructor_shows(shows, of_course):
    """What a check says comes before what the course says, whether it shows more or less."""
    if of_course is None:
        table = check_table(CellResult("f_tests", (ALL,)), shows)
    else:
        table = check_table(CellResult("f_tests", (replace(ALL, shows=shows),)), of_course)
    for text in table.data.values():
        assert {words: words in text for words in SEEN} == {words: shows >= level for words, level in SEEN.items()}
    assert ("<svg" in table.data["text/html"]) == (shows is Shows.EXPECTED)


def test_who_grades_sees_all_whatever_students_see():
    lost = replace(ALL, shows=Shows.NOTHING).to_dict()
    assert all(words in lost["message"] for words in SEEN if words not in ("Title c", "✗ failed"))
    assert lost["misconception"] == "forgot_delta"


def test_an_explanation_is_given_once_with_a_mistake_or_without():
    named, unnamed = ALL.message, replace(ALL, misconception=None).message
    assert named.splitlines()[-2:] == [
        "Likely mistake (forgot delta): The margin is missing",
        "Note: the cell was moved.",
    ]
    assert unnamed.splitlines()[-2:] == ["The margin is missing", "Note: the cell was moved."]
    assert (named.count("The margin"), unnamed.count("The margin")) == (1, 1)


def test_a_result_is_shown_to_who_debugs_without_its_notebook():
    assert "nbformat" not in repr(graded(CELL))


def test_the_place_in_the_lecture_is_named_where_something_was_lost():
    for write in (as_text, as_html):
        assert "To look it up: slide 7" in write(CellResult("f_tests", (PASS, FAIL), "slide 7"))
        assert "slide 7" not in write(CellResult("f_tests", (PASS,), "slide 7"))


def test_the_table_is_a_valid_output():
    output = check_table(CELL)
    assert set(output.data) == {"text/plain", "text/html"}
    nbformat.validate(new_notebook(cells=[new_code_cell("", outputs=[output])]))
