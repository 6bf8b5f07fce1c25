"""Drawn notebooks of drawn assignments earn the same by all ways of grading; without graders also by stock nbgrader.

The usual run draws one class of each kind. ``LOSSMARK_FUZZ=25`` draws 300 notebooks of fifteen assignments, and
``make fuzz`` does so. All of a class follows from its number.
"""

from __future__ import annotations

import os
import random
import shutil
from contextlib import chdir
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from classes import empty_gradebook
from conftest import DRAWN
from drawn_classes import PUT_BACK, TOY, Handed, draw_course, hand_in
from helpers import ROOT
from lossmark.cli import main
from lossmark.configuration import read_config
from lossmark.course import Course, grade_id_of
from lossmark.gradebook.database import tools_on_path
from lossmark.grading.pipeline import Grader, Job, grade_notebook
from lossmark.nbgrader import _close_current
from lossmark.quality.roster import solution

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),  # nbgrader's way of adding a submission
]
IS_SHORT = "LOSSMARK_FUZZ" not in os.environ
STUDENTS = 7 if IS_SHORT else 10
"""Students of each class with a drawn notebook; one more hands in the solution."""
BLANK = 2
"""Students of each class who hand in the release: nbgrader's command runs the opening ahead for the second one."""
Scores = dict[str, dict[str, float | None]]
"""The automatic scores by student and cell; None where there is none."""


def alone(course: Course, handed: dict[str, Handed]) -> Scores:
    """Grade each notebook by itself, as `lossmark grade` does: with no cell run ahead."""
    scores: Scores = {}
    with Grader(course, TOY) as grader:
        for student, one in handed.items():
            content = nbformat.writes(one.notebook).encode()
            job = Job(content, grader.assignment, grader.limits, draws_all=not grader.assignment.has_graders)
            graded = grade_notebook(job, grader.graders, grader.sandbox)
            scores[student] = {cell.grade_id: cell.score for cell in graded.cells}
    return scores


def in_a_class(course: Course) -> Scores:
    """Call `lossmark autograde`."""
    with chdir(course.root):
        assert main(["autograde", TOY, "--jobs", "2"]) == 0
    return _recorded(course)


def by_nbgrader(course: Course, *left_out: str) -> Scores:
    """Do what `nbgrader autograde` does with the settings of a course, but for some students."""
    shutil.copy(empty_gradebook(), course.root / "gradebook.db")
    config = read_config(course.root)
    config.merge(Config(CourseDirectory={"root": str(course.root), "student_id_exclude": ",".join(left_out)}))
    api = NbGraderAPI(config=config)
    try:
        with tools_on_path():
            released = api.generate_assignment(TOY)
            assert released["success"], released
            graded = api.autograde(TOY, "*")
            assert graded["success"], graded
    finally:
        _close_current()  # as at the end of the command, so that other tests find no modules of this course
    return _recorded(course)


def _recorded(course: Course) -> Scores:
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        submissions = gradebook.assignment_submissions(TOY)
        return {
            one.student_id: {grade.name: grade.auto_score for grade in one.notebooks[0].grades} for one in submissions
        }


def drawn_class(number: int, folder: Path, *, has_graders: bool) -> tuple[Course, dict[str, Handed]]:
    drawn = random.Random(f"{number}, {has_graders}")
    course = draw_course(drawn, folder, has_graders=has_graders)
    handed = {
        f"s{place:02}": hand_in(drawn, course.assignment(TOY), is_blank=place < BLANK) for place in range(STUDENTS)
    }
    handed[f"s{STUDENTS:02}"] = Handed(solution(course.assignment(TOY)), ["the solution"])
    for student, one in handed.items():
        file = folder / "submitted" / student / TOY / f"{TOY}.ipynb"
        file.parent.mkdir(parents=True)
        nbformat.write(one.notebook, file)
    return course, handed


def put_behind_lossmark(course: Course) -> Course:
    """Give a course the settings that grade by Lossmark in nbgrader's command."""
    text = (ROOT / "nbgrader_config.py").read_text()
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(text[text.index("# Grade behind") :])
    return Course(course.root)


def differences(handed: dict[str, Handed], **ways: Scores) -> list[str]:
    """Say where ways differ, and how each of the notebooks was made."""
    found = []
    for student, one in handed.items():
        for cell in sorted({cell for scores in ways.values() for cell in scores[student]}):
            given = {way: scores[student].get(cell) for way, scores in ways.items()}
            if len(set(given.values())) > 1:
                found.append(f"{student}, {cell}: {given} ({'; '.join(one.steps)})")
    return found


def expected_of(stock: Scores, ours: Scores, handed: dict[str, Handed]) -> Scores:
    """Stock scores, but for notebooks that nbgrader cannot grade, or in which Lossmark puts back missing cells.

    Such a cell has a score of ours alone. Where a locked cell is put back, the cells behind it may find what they need,
    and earn more than in stock nbgrader.
    """
    expected = {}
    for student, one in handed.items():
        expected[student] = dict(ours[student] if one.is_doubled else stock[student])
        there = set(map(grade_id_of, one.notebook.cells))
        for cell, score in expected[student].items():
            found = ours[student][cell]
            if cell not in there or (one.lost & PUT_BACK and found is not None and found > (score or 0)):
                expected[student][cell] = found
    return expected


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("number", range(1 if IS_SHORT else 20))
def test_without_graders_all_ways_give_the_scores_of_stock_nbgrader(tmp_path, number, record_property):
    course, handed = drawn_class(number, tmp_path, has_graders=False)
    stock = by_nbgrader(course, *(student for student, one in handed.items() if one.is_doubled))
    ours = in_all_ways(put_behind_lossmark(course), handed)
    assert not differences(handed, stock=expected_of(stock, ours, handed), ours=ours)
    record_property(DRAWN, ("submissions graded in all ways", len(handed)))


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("number", range(1 if IS_SHORT else 10))
def test_with_graders_all_ways_give_the_same_scores(tmp_path, number, record_property):
    course, handed = drawn_class(number, tmp_path, has_graders=True)
    in_all_ways(put_behind_lossmark(course), handed)
    record_property(DRAWN, ("submissions graded in all ways", len(handed)))


def in_all_ways(course: Course, handed: dict[str, Handed]) -> Scores:
    """Grade a class in our ways, which must agree."""
    found = by_nbgrader(course)
    shutil.copy(empty_gradebook(), course.root / "gradebook.db")
    again = in_a_class(course)
    assert again.keys() == found.keys() == handed.keys()
    blank = list(handed)[:BLANK]
    assert not any(score for student in blank for score in found[student].values())
    assert any(found[list(handed)[-1]].values())
    assert not differences(handed, in_a_class=again, by_nbgrader=found)
    by_itself = alone(course, handed)
    tests = {student: {cell: found[student][cell] for cell in by_itself[student]} for student in handed}
    assert not differences(handed, alone=by_itself, by_nbgrader=tests)
    return found
