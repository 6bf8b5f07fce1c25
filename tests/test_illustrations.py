"""Given cells that only show something: which are not drawn, which are not run, and that no score depends on it."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from helpers import ROOT, graded_cell, write_course
from lossmark.course import Course
from lossmark.execution.illustrations import find_unseen
from lossmark.execution.notebook import lay_out, read_notebook
from lossmark.grading.pipeline import Grader
from lossmark.quality.roster import solution

SOLUTION = "### BEGIN SOLUTION\ndef f():\n    return 1\n### END SOLUTION"
CHECK = """
    from lossmark import assert_close, check

    class TestF:
        cell = "f_tests"

        @check(points=2)
        def test_value(self, submission):
            '''One'''
            assert_close(submission.f(), 1.0, tolerance=1e-6)
"""


def illustration(source):
    return new_code_cell(source, metadata={"tags": ["illustration"]})


def make_assignment(folder, *given):
    cells = [
        graded_cell("locked", "setup", "draw('locked')"),
        new_code_cell("draw('first')"),
        *given,
        graded_cell("solution", "f", SOLUTION),
        graded_cell("tests", "f_tests", "draw('tests')", 2),
        new_code_cell("draw(f)"),
        graded_cell("manual", "why", "What do you see?", 3),
        new_code_cell("draw('last')"),
    ]
    return write_course(folder, cells, {"reference": "def f():\n    return 1", "test_toy": CHECK})


def unseen(assignment, edit=lambda cells: None):
    """Sources of the cells that are not drawn, and of those that are not run, in the release after an edit."""
    notebook = nbformat.reads(nbformat.writes(assignment.released), as_version=4)
    edit(notebook.cells)
    cells = lay_out(read_notebook(nbformat.writes(notebook)), assignment).notebook.cells
    found = find_unseen(cells, assignment)
    return tuple([cells[index].source for index in sorted(indices)] for indices in (found.undrawn, found.skipped))


class TestUndrawnCells:
    @pytest.fixture(scope="class")
    @classmethod
    def assignment(cls, tmp_path_factory):
        return make_assignment(tmp_path_factory.mktemp("course"))

    def test_given_cells_are_not_drawn_but_before_a_written_answer(self, assignment):
        assert unseen(assignment) == (["draw('locked')", "draw('first')", "draw('last')"], [])

    def test_what_a_student_wrote_or_changed_is_drawn(self, assignment):
        def edit(cells):
            cells[1].source += "\ndraw(g)"
            cells.append(new_code_cell("draw('my own')"))

        assert unseen(assignment, edit) == (["draw('locked')", "draw('last')"], [])

    def test_given_cells_may_be_moved(self, assignment):
        """Before the written answer, anything may be part of it."""
        undrawn, _ = unseen(assignment, lambda cells: cells.insert(4, cells.pop(1)))
        assert undrawn == ["draw('locked')", "draw('last')"]


class TestSkippedCells:
    TAGGED = "def tagged():\n    rows = 1\ntagged()"

    @pytest.fixture(scope="class")
    @classmethod
    def assignment(cls, tmp_path_factory):
        return make_assignment(tmp_path_factory.mktemp("course"), illustration(cls.TAGGED))

    def test_a_tagged_cell_is_skipped(self, assignment):
        undrawn, skipped = unseen(assignment)
        assert skipped == [self.TAGGED]
        assert self.TAGGED not in undrawn

    def test_it_is_skipped_before_a_written_answer_too(self, assignment):
        """The instructor has said so."""
        _, skipped = unseen(assignment, lambda cells: cells.insert(5, cells.pop(2)))
        assert skipped == [self.TAGGED]

    @pytest.mark.parametrize("own", ["tagged()", "x = tagged", "# see tagged", "%time tagged()", "def f(:\n tagged"])
    def test_it_is_run_where_the_students_code_holds_one_of_its_names(self, assignment, own):
        undrawn, skipped = unseen(assignment, lambda cells: cells.append(new_code_cell(own)))
        assert (self.TAGGED in undrawn, skipped) == (True, [])

    @pytest.mark.parametrize("own", ["rows = 2", "tagged_not", "untagged", "nothing"])
    def test_other_names_do_not_matter(self, assignment, own):
        assert unseen(assignment, lambda cells: cells.append(new_code_cell(own)))[1] == [self.TAGGED]

    def test_a_student_who_changes_it_has_it_run(self, assignment):
        def edit(cells):
            cells[2].source += "\ndef helper(): pass"

        assert unseen(assignment, edit)[1] == []

    def test_a_students_own_tag_skips_nothing(self, assignment):
        assert unseen(assignment, lambda cells: cells.append(illustration("g = 1")))[1] == [self.TAGGED]

    def test_it_is_run_where_another_that_is_run_needs_it(self, tmp_path):
        chain = [illustration("a = 1"), illustration("b = a"), illustration("c = b"), illustration("d = 4")]
        assignment = make_assignment(tmp_path, *chain)
        assert unseen(assignment)[1] == ["a = 1", "b = a", "c = b", "d = 4"]
        assert unseen(assignment, lambda cells: cells.append(new_code_cell("print(c)")))[1] == ["d = 4"]

    @pytest.mark.parametrize(
        ("source", "name"),
        [
            ("import numpy.linalg", "numpy"),
            ("from a import b as c", "c"),
            ("for i in []: pass", "i"),
            ("with draw() as k: pass", "k"),
            ("if (w := 1): pass", "w"),
            ("class G: pass", "G"),
            ("x, (y, *z) = 1, (2,)", "z"),
            ("try: pass\nexcept E as e: pass", "e"),
        ],
    )
    def test_whatever_gives_a_name_a_meaning_counts(self, tmp_path, source, name):
        assignment = make_assignment(tmp_path, illustration(source))
        assert unseen(assignment)[1] == [source]
        assert unseen(assignment, lambda cells: cells.append(new_code_cell(f"print({name})")))[1] == []

    @pytest.mark.parametrize("source", ["%matplotlib inline", "from pylab import *", "x ="])
    def test_a_cell_whose_names_cannot_be_told_is_run(self, tmp_path, source):
        assert unseen(make_assignment(tmp_path, illustration(source)))[1] == []


@pytest.mark.sandbox
class TestGrading:
    NOISE = "import sys\nprint('drawn')"

    @pytest.fixture(scope="class")
    @classmethod
    def course(cls, tmp_path_factory):
        folder = tmp_path_factory.mktemp("course")
        make_assignment(folder, new_code_cell("def draw(x): pass"), illustration(cls.NOISE))
        return Course(folder)

    def shown(self, graded):
        [cell] = [cell for cell in graded.notebook.cells if cell.source == self.NOISE]
        return str(cell.outputs)

    def test_a_skipped_cell_says_so_and_the_score_is_the_same(self, course):
        with Grader(course, "toy") as grader:
            right = nbformat.writes(solution(grader.assignment))
            graded = [grader.grade(right) for _ in range(3)]  # from the second one on, the first cells have been run
        assert [one.score for one in graded] == [2, 2, 2]
        assert all("is not run while grading" in self.shown(one) for one in graded)

    def test_who_needs_it_gets_it(self, course):
        with Grader(course, "toy") as grader:
            notebook = solution(grader.assignment)
            notebook.cells.append(new_code_cell("print(sys.maxsize > 0)"))
            graded = [grader.grade(nbformat.writes(notebook)) for _ in range(3)]
        assert all("drawn" in self.shown(one) for one in graded)
        assert all("True" in str(one.notebook.cells[-1].outputs) for one in graded)

    def test_all_can_be_drawn(self, course):
        config = course.root / "nbgrader_config.py"
        config.write_text("c = get_config()\nc.Lossmark.draws_all_figures = True\n")
        with Grader(Course(course.root), "toy") as grader:
            right = nbformat.writes(solution(grader.assignment))
            graded = [grader.grade(right) for _ in range(3)]
        assert all("drawn" in self.shown(one) for one in graded)


@pytest.mark.parametrize("name", Course(ROOT).assignments)
def test_every_figure_of_this_course_that_nobody_grades_by_is_skipped(name):
    """None defines a name that a solution, a test or another figure needs."""
    assignment = Course(ROOT).assignment(name)
    cells = solution(assignment).cells
    tagged = [index for index, cell in enumerate(cells) if "illustration" in cell.metadata.get("tags", [])]
    assert tagged
    assert find_unseen(cells, assignment).skipped == set(tagged)
