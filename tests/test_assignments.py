"""Every assignment of the course, graded in the way of a submission."""

from __future__ import annotations

import nbformat
import pytest

from courses import ROOT
from lossmark.course import Course
from lossmark.errors import UsageError
from lossmark.grading.pipeline import Grader
from lossmark.quality.mutants import derive, read_equivalents
from lossmark.quality.roster import solution
from lossmark.results import FAILED, OUTCOMES, PASSED

COURSE = Course(ROOT)
ASSIGNMENTS = COURSE.assignments


def test_they_come_in_the_order_of_teaching():
    assert ASSIGNMENTS == ["hinge_loss", "softmax", "regularization", "gradients", "sgd", "image_features"]
    with pytest.raises(UsageError, match="there is: hinge_loss, softmax, "):
        COURSE.assignment("loss")


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_mutants_taken_as_equivalent_exist_and_have_reasons(name):
    assignment = COURSE.assignment(name)
    keys = {mutant.key for mutant in derive(assignment)}
    for key, reason in read_equivalents(assignment).items():
        assert key in keys
        assert len(reason) > 20


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def grader(request):
    with Grader(COURSE, request.param) as grader:
        yield grader


@pytest.mark.sandbox
class TestGrading:
    def test_the_solution_earns_full_marks(self, grader):
        graded = grader.grade(nbformat.writes(solution(grader.assignment)))
        assert [c.message for cell in graded.cells for c in cell.checks if c.outcome != PASSED] == []
        assert graded.score == graded.max_score == sum(grader.assignment.points.values())
        assert graded.remarks == ()

    def test_the_source_notebook_earns_full_marks(self, grader):
        graded = grader.grade(nbformat.writes(grader.assignment.source))
        assert graded.score == graded.max_score

    def test_the_release_earns_nothing_and_runs_without_a_fault_of_ours(self, grader):
        name = grader.assignment.name
        graded = grader.grade((ROOT / "release" / name / f"{name}.ipynb").read_bytes())
        assert graded.score == 0
        assert {check.outcome for cell in graded.cells for check in cell.checks} <= set(OUTCOMES) - {PASSED}

    def test_functions_that_return_nothing_earn_nothing_and_say_so(self, grader):
        notebook = solution(grader.assignment)
        for cell in notebook.cells:
            nbgrader = cell.metadata.get("nbgrader", {})
            if nbgrader.get("solution") and f"{nbgrader.grade_id}_tests" in grader.assignment.points:
                name = nbgrader.grade_id
                cell.source = f"{cell.source}\ndef {name}(*args, **kwargs):\n    pass"
        graded = grader.grade(nbformat.writes(notebook))
        for cell in graded.cells:
            if hasattr(grader.graders.reference, cell.grade_id.removesuffix("_tests")):
                assert cell.score == 0, cell.grade_id
                assert {check.outcome for check in cell.checks} <= {FAILED, "raised"}
