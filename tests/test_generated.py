"""Cells that a course's settings make at release: a header, a footer, generated tests, steps of the course's own."""

from __future__ import annotations

import copy
import gc
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from courses import ROOT, run
from helpers import PICTURE, graded_cell
from lossmark.batch.parcel import Parcel
from lossmark.course import Course
from lossmark.errors import NotGraded
from lossmark.fitness import _pictures
from lossmark.gradebook.records import GradeWriter
from lossmark.grading.pipeline import Grader
from lossmark.provenance import digests_of_course
from lossmark.quality.roster import solution
from strangers import KERNEL, plain_course

# nbgrader does not close the connection to the kernel that generates tests.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

TEMPLATES = """
python3:
  setup: "from hashlib import sha1"
  dispatch: "type({{snippet}})"
  normalize: "str({{snippet}})"
  check: 'assert {{snippet}} == "{{value}}", "{{message}}"'
  success: "print('Success!')"
  templates:
    default:
      - test: "type({{snippet}})"
        fail: "type of {{snippet}} is not correct"
      - test: "{{snippet}}"
        fail: "value of {{snippet}} is not correct"
"""
DOUBLE = graded_cell("solution", "double", "### BEGIN SOLUTION\ndouble = lambda x: 2 * x\n### END SOLUTION")
GENERATED = "### AUTOTEST double(3)\n### BEGIN HIDDEN TESTS\n### AUTOTEST double(5)\n### END HIDDEN TESTS"
CELLS = [DOUBLE, graded_cell("tests", "double_tests", GENERATED, 5)]
HEADER = [
    graded_cell("locked", "rules", "limit = 3"),
    graded_cell("solution", "name", "name = ''\n### BEGIN SOLUTION\nname = 'Ada'\n### END SOLUTION"),
    graded_cell("tests", "name_tests", "assert name\n### BEGIN HIDDEN TESTS\nlimit / 3\n### END HIDDEN TESTS", 1),
]
FOOTER = [graded_cell("manual", "comments", "What was hard?", 2)]
AROUND = 'c.IncludeHeaderFooter.header = "parts/header.ipynb"\nc.IncludeHeaderFooter.footer = "parts/footer.ipynb"'
OWN_STEPS = """
import steps
from nbgrader.converters import GenerateAssignment
c.GenerateAssignment.preprocessors = ["steps.AddBonus", *GenerateAssignment.preprocessors.default()]
"""
STEPS = """
from nbgrader.preprocessors import NbGraderPreprocessor
from nbformat.v4 import new_code_cell

class AddBonus(NbGraderPreprocessor):
    def preprocess(self, nb, resources):
        facts = dict(grade_id="bonus", grade=True, locked=True, solution=False, task=False, points=1, schema_version=3)
        nb.cells.append(new_code_cell("assert double(0) == 0", metadata={"nbgrader": facts}))
        return nb, resources
"""


def autotest_course(folder: Path) -> Course:
    course = plain_course(folder, copy.deepcopy(CELLS))
    (folder / "autotests.yml").write_text(TEMPLATES)
    return course


def surrounded_course(folder: Path) -> Course:
    (folder / "parts").mkdir()
    for name, cells in (("header", HEADER), ("footer", FOOTER)):
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), folder / "parts" / f"{name}.ipynb")
    return plain_course(folder, [DOUBLE, graded_cell("tests", "double_tests", "assert double(2) == 4", 5)], AROUND)


def own_steps_course(folder: Path) -> Course:
    (folder / "steps.py").write_text(STEPS)
    return plain_course(folder, [DOUBLE], OWN_STEPS)


KINDS = {"generated tests": autotest_course, "header and footer": surrounded_course, "own steps": own_steps_course}


@pytest.fixture(params=KINDS)
def course(request, tmp_path: Path) -> Iterator[Course]:
    yield KINDS[request.param](tmp_path)
    gc.collect()  # the warning comes here, and not in another test


def cells_in_gradebook(course: Course) -> dict[str, tuple[str, str, bool]]:
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "") as gradebook:
        notebook = gradebook.find_notebook("toy", "toy")
        return {cell.name: (cell.source, cell.checksum, cell.locked) for cell in notebook.source_cells}


@pytest.mark.slow
def test_release_and_gradebook_are_as_nbgrader_makes_them(course):
    assignment = course.assignment("toy")
    with GradeWriter(course, "toy") as writer:
        writer.prepare()
    ours = cells_in_gradebook(course)
    done = run("nbgrader", "generate_assignment", "toy", "--force", cwd=course.root)
    assert done.returncode == 0, done.stderr
    released = nbformat.read(course.root / "release" / "toy" / "toy.ipynb", as_version=4)
    assert [(cell.source, cell.metadata) for cell in released.cells] == [
        (cell.source, cell.metadata) for cell in assignment.released.cells
    ]
    assert cells_in_gradebook(course) == ours
    assert "AUTOTEST" not in str(ours)


@pytest.mark.sandbox
def test_right_answers_earn_all_points_and_blank_ones_none(course):
    parcel = Parcel.of(course, "toy")
    (course.root / "unpacked").mkdir()
    unpacked = parcel.unpack(course.root / "unpacked")
    assert not list(unpacked.root.glob("*.py*l"))  # neither templates nor plugins: a worker needs none
    with Grader(unpacked, "toy") as grader:
        right = grader.grade(nbformat.writes(solution(grader.assignment)))
        blank = grader.grade(nbformat.writes(grader.assignment.released))
        wrong = solution(grader.assignment)
        wrong.cells = [new_code_cell("double = lambda x: x + 3"), *(c for c in wrong.cells if "2 * x" not in c.source)]
        assert grader.grade(nbformat.writes(wrong)).score < right.score
    assert (right.score, blank.score) == (right.max_score, 0.0)
    assert right.max_score == sum(course.assignment("toy").points.values()) > 0


@pytest.mark.sandbox
def test_a_locked_cell_of_the_header_is_put_back_and_a_graded_one_counts(tmp_path):
    course = surrounded_course(tmp_path)
    with Grader(course, "toy") as grader:
        assert list(grader.assignment.points.items()) == [("name_tests", 1.0), ("double_tests", 5.0)]
        assert grader.assignment.manual == ("comments",)
        changed = solution(grader.assignment)
        changed.cells[0].source = "limit = 1000"
        graded = grader.grade(nbformat.writes(changed))
    assert graded.notebook.cells[0].source == "limit = 3"
    assert graded.score == 6.0
    said = "the cell `rules` was changed; the instructor's version was used; left out: `limit = 1000`"
    assert graded.remarks == graded.for_student == (said,)


@pytest.mark.parametrize("name", ["autotests.yml", "parts/header.ipynb", "parts/footer.ipynb"])
def test_what_a_release_is_made_from_counts_for_whether_a_result_holds(tmp_path, name):
    course = surrounded_course(tmp_path)
    (tmp_path / "autotests.yml").write_text(TEMPLATES)
    before = digests_of_course(course, "toy")
    notebook = course.assignment("toy").source
    with (tmp_path / name).open("a") as file:
        file.write("\n")
    after = digests_of_course(course, "toy")
    assert [key for key in before if before[key] != after[key]] == ["assignment"]
    assert course.assignment("toy").source == notebook


@pytest.mark.parametrize(
    ("settings", "reason"),
    {
        'c.IncludeHeaderFooter.header = "no.ipynb"': "IncludeHeaderFooter ends with FileNotFoundError",
        "c.GenerateAssignment.preprocessors = []": "has no SaveCells",
        'c.ClearSolutions.end_solution_delimeter = "no"': "ClearSolutions ends with RuntimeError",
        'c.InstantiateTests.autotest_delimiter = "double"': "InstantiateTests ends with FileNotFoundError",
    }.items(),
)
def test_an_assignment_that_nbgrader_cannot_release_is_refused(tmp_path, settings, reason):
    course = plain_course(tmp_path, [DOUBLE, graded_cell("tests", "t", "assert double(1)", 1)], settings)
    with pytest.raises(NotGraded, match=reason):
        course.assignment("toy")


CLEARING = """
c.GenerateAssignment.preprocessors.append("lossmark.release.ClearAttachments")
c.ClearMarkScheme.check_attachment_leakage = False
"""
ILLUSTRATED = {
    "a given picture": ("![it](attachment:given.png)", ["given.png"]),
    "a name with a space": ("![it](attachment:a%20given.png) and <img src='attachment:tag.png' width=90>", ["tag.png"]),
    "a solution": ("![it](attachment:solution.png)", ["solution.png"]),
    "a part of a name": ("![it](attachment:plot.png.png)", ["plot.png"]),
    "a mark scheme": (
        "Draw.\n\n### BEGIN MARK SCHEME\n![it](attachment:marks.png)\n### END MARK SCHEME",
        ["marks.png"],
    ),
    "nothing at all": ("Text alone.", ["forgotten.png", "given.png"]),
}
KEPT = {"a given picture": ["given.png"], "a name with a space": ["a given.png", "tag.png"], "a part of a name": []}


def illustrated_course(folder: Path, settings: str) -> Course:
    """Write a course whose cells come with pictures: that of a solution, and those that students shall see."""
    cells = [copy.deepcopy(DOUBLE), graded_cell("tests", "double_tests", "assert double(3) == 6", 5)]
    for name, (text, pictures) in ILLUSTRATED.items():
        cell = new_markdown_cell(text)
        if name in ("a solution", "a mark scheme"):
            cell = graded_cell("manual", name.replace(" ", "_"), text, 1)
        if name == "a mark scheme":
            cell.metadata.nbgrader.update(solution=False, task=True)
        pictures = [*pictures, "a given.png"] if name == "a name with a space" else pictures
        cell["attachments"] = {picture: {"image/png": PICTURE} for picture in pictures}
        cells.append(cell)
    return plain_course(folder, cells, settings)


def pictures_of(notebook):
    """Name the pictures of each cell of Markdown."""
    found = [sorted(cell.get("attachments", ())) for cell in notebook.cells if cell.cell_type == "markdown"]
    return dict(zip(ILLUSTRATED, found, strict=True))


@pytest.mark.parametrize("points", [None, "3 points", -1, float("nan"), "unset"])
def test_a_cell_without_points_is_named(tmp_path, points):
    tests = graded_cell("tests", "double_tests", "assert double(1)", 1)
    if points == "unset":
        del tests.metadata.nbgrader["points"]
    else:
        tests.metadata.nbgrader["points"] = points
    with pytest.raises(NotGraded, match=r"cannot be released.* Set points, 0 or more, for the cell `double_tests`$"):
        plain_course(tmp_path, [DOUBLE, tests]).assignment("toy")


def test_no_picture_of_a_solution_is_released(tmp_path):
    course = illustrated_course(tmp_path, CLEARING)
    assert CLEARING.splitlines()[1] in (ROOT / "nbgrader_config.py").read_text()
    expected = {name: [] for name in ILLUSTRATED} | KEPT
    assert pictures_of(course.assignment("toy").released) == expected
    assert list(_pictures(course.assignment("toy"))) == []
    released = run("nbgrader", "generate_assignment", "toy", cwd=tmp_path)
    assert released.returncode == 0, released.stderr
    assert pictures_of(nbformat.read(tmp_path / "release" / "toy" / "toy.ipynb", 4)) == expected


def test_a_release_with_a_picture_of_a_solution_is_told_of(tmp_path):
    course = illustrated_course(tmp_path, CLEARING.splitlines()[2])
    told = list(_pictures(course.assignment("toy")))
    assert [finding.state.partition(":")[0] for finding in told] == [
        "solution.png",
        "plot.png",
        "marks.png",
        "forgotten.png, given.png",
    ]
    assert not any(finding.is_fine for finding in told)
    assert told[0].subject == "cell `a_solution`"


def test_a_step_that_is_switched_off_is_left_out(tmp_path):
    course = plain_course(tmp_path, copy.deepcopy(CELLS[:1]), "c.ClearSolutions.enabled = False")
    assert "2 * x" in nbformat.writes(course.assignment("toy").released)


def test_what_one_caller_changes_no_other_sees(tmp_path):
    course = plain_course(tmp_path, copy.deepcopy(CELLS[:1]))
    course.assignment("toy").released.cells.clear()
    assert len(course.assignment("toy").released.cells) == 1
