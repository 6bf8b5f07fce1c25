"""Results as data, and the table that shows them."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lossmark.report import WORDS, as_html, as_text, check_table
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
                    },
                    {
                        "name": "test_b",
                        "title": "Title b",
                        "points": 0.0,
                        "max_points": 0.5,
                        "outcome": "failed",
                        "message": "the loss is 3\nTried: one example.",
                        "misconception": "forgot_delta",
                    },
                ],
            }
        ],
    }


def test_every_outcome_has_its_words():
    assert set(WORDS) == set(OUTCOMES)
    assert len(set(WORDS.values())) == len(OUTCOMES)


@pytest.mark.parametrize("write", [as_text, as_html])
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_table_says_title_points_outcome_and_message(write, outcome):
    text = write(CellResult("f_tests", (CheckResult("test_a", "Title a", 0.25, 0.5, outcome, "the loss is 3"),)))
    for words in ("f_tests: 0.25 of 0.5 points", "Title a", WORDS[outcome], "the loss is 3"):
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


def test_the_table_is_a_valid_output():
    output = check_table(CELL)
    assert set(output.data) == {"text/plain", "text/html"}
    nbformat.validate(new_notebook(cells=[new_code_cell("", outputs=[output])]))
