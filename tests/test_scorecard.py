"""The scorecard: versions graded in the way of a submission, counted, and told where the graders are to blame."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helpers import graded_cell, write_course
from lossmark.cli import main
from lossmark.course import Course
from lossmark.quality.conditions import Conditions
from lossmark.quality.scorecard import (
    BEGIN,
    COLUMNS,
    END,
    Verdict,
    count,
    markdown_table,
    score_variants,
    versions_of,
    write_table,
)

CELLS = [
    graded_cell("solution", "double", "### BEGIN SOLUTION\ndef double(x):\n    return 2 * x\n### END SOLUTION"),
    graded_cell("tests", "double_tests", "assert double(0) == 0", points=2),
]
CHECKS = """
    from lossmark import assert_close, check

    class TestDouble:
        cell = "double_tests"

        @check(points=1)
        def test_positive(self, submission):
            '''A positive number'''
            assert_close(submission.double(3.0), 6.0, tolerance=1e-6)

        @check(points=1)
        def test_negative(self, submission):
            '''A negative number'''
            assert_close(submission.double(-3.0), -6.0, tolerance=1e-6)
"""
MISCONCEPTIONS = '''
    from lossmark import misconception

    @misconception("double", loses=["test_positive", "test_negative"])
    def double_squared(x):
        """The number is squared."""
        return x * x

    @misconception("double", loses=["test_negative"])
    def double_absolute(x):
        """The sign is lost."""
        return 2 * abs(x)
'''
ALTERNATIVES = '''
    from lossmark import alternative

    @alternative("double")
    def double_added(x):
        """Added to itself."""
        return x + x
'''
RIGHT = {"misconceptions": 2, "caught": 2, "named": 2, "alternatives": 1, "passed": 1}
WRONG_LOSES = MISCONCEPTIONS.replace('["test_negative"]', '["test_positive"]')
WRONG_ALTERNATIVE = ALTERNATIVES.replace("x + x", "x + x * x")


def course_with(
    folder: Path, checks: str = CHECKS, misconceptions: str = MISCONCEPTIONS, alternatives: str = ALTERNATIVES
) -> Course:
    files = {"test_toy": checks, "misconceptions": misconceptions, "alternatives": alternatives}
    write_course(folder, CELLS, {"reference": "def double(x):\n    return 2 * x", **files})
    return Course(folder)


@pytest.mark.sandbox
class TestScoring:
    def test_right_graders_treat_every_version_rightly(self, tmp_path: Path) -> None:
        course = course_with(tmp_path)
        verdicts = list(score_variants(course, "toy", versions_of(course, "toy"), jobs=1))
        assert [(v.variant.name, v.lost, v.named) for v in verdicts] == [
            ("squared", ("test_positive", "test_negative"), ("squared",)),
            ("absolute", ("test_negative",), ("absolute",)),
            ("added", (), ()),
        ]
        assert all(verdict.is_right for verdict in verdicts)

    def test_command_counts_and_renews_the_table(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        course_with(tmp_path)
        page = tmp_path / "page.md"
        page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
        assert main(["scorecard", "--json", "--course", str(tmp_path), "--table", str(page)]) == 0
        assert json.loads(capsys.readouterr().out) == {"toy": {"double": RIGHT}}
        assert "| toy | `double` | 2 | 2 | 2 | 1 | 1 |" in page.read_text()
        assert f"Graded: {Conditions.now()}." in page.read_text()

    def test_command_fails_and_says_what_is_treated_wrongly(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        course_with(tmp_path, misconceptions=WRONG_LOSES, alternatives=WRONG_ALTERNATIVE)
        assert main(["scorecard", "toy", "--jobs", "1", "--course", str(tmp_path)]) == 1
        out, err = capsys.readouterr()
        assert all(column in out for column in COLUMNS), "columns are cut off in a log"
        assert "lossmark: toy: misconception absolute of double: lost test_negative (should lose test_positive)" in err
        assert "lossmark: toy: alternative added of double: lost test_positive, test_negative" in err


def verdict(folder: Path, index: int, lost: tuple[str, ...], named: tuple[str, ...]) -> Verdict:
    return Verdict(versions_of(course_with(folder), "toy")[index], lost, named)


class TestVerdicts:
    @pytest.mark.parametrize(
        ("index", "lost", "named", "is_caught", "is_right"),
        [
            (1, ("test_negative",), ("absolute",), True, True),
            (1, ("test_negative",), (), True, False),
            (1, ("test_negative",), ("absolute", "squared"), True, False),
            (1, ("test_positive",), ("absolute",), False, False),
            (1, ("test_positive", "test_negative"), ("absolute",), False, False),
            (1, ("test_negative", "other_tests:test_value"), ("absolute",), False, False),
            (1, (), (), False, False),
            (2, (), (), True, True),
            (2, ("test_negative",), (), False, False),
            (2, (), ("absolute",), True, False),
        ],
    )
    def test_just_the_declared_checks_and_the_one_name_are_right(
        self, index: int, lost: tuple[str, ...], named: tuple[str, ...], is_caught: bool, is_right: bool, tmp_path: Path
    ) -> None:
        found = verdict(tmp_path, index, lost, named)
        assert (found.is_caught, found.is_right) == (is_caught, is_right)

    def test_counts_tell_caught_from_named(self, tmp_path: Path) -> None:
        verdicts = [
            verdict(tmp_path, 0, ("test_positive", "test_negative"), ()),
            verdict(tmp_path, 1, ("test_positive",), ("absolute",)),
            verdict(tmp_path, 2, ("test_positive",), ()),
        ]
        expected = {"misconceptions": 2, "caught": 1, "named": 1, "alternatives": 1, "passed": 0}
        assert count(verdicts) == {"double": expected}

    def test_table_has_a_row_of_sums(self) -> None:
        table = markdown_table({"a": {"f": RIGHT, "g": RIGHT}, "b": {"h": RIGHT}})
        assert table.splitlines()[-1] == "| **all** |  | 6 | 6 | 6 | 3 | 3 |"

    def test_page_without_markers_is_refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        course_with(tmp_path)
        page = tmp_path / "page.md"
        page.write_text("no markers")
        with pytest.raises(Exception, match="needs the lines"):
            write_table(page, {})
        assert page.read_text() == "no markers"
