"""Mutants: each is one small change, and the graders are told which of them they miss."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from lossmark.cli import main
from lossmark.course import Course
from lossmark.quality.mutants import EQUIVALENT, KILLED, STALE, SURVIVED, derive, grade_mutants
from lossmark.quality.mutation import mutants_of
from lossmark.quality.roster import definitions_of

ROOT = Path(__file__).parents[1]
MEAN = '''
def mean(X, axis=0):
    """Mean along an axis: 1 + 1."""
    total = 0.0
    for row in X.T:
        if row.any() and len(row) > 2:
            total += np.maximum(row, 0).sum(axis=axis)
    np.divide(total, 2)
    return total - len(X)
'''


def changes(source):
    return {(mutant.before, mutant.after) for mutant in mutants_of("mean", source)}


class TestDeriving:
    @pytest.mark.parametrize(
        "change",
        [
            ("total = 0.0", "total = 1.0"),
            ("total = 0.0", "pass"),
            ("for row in X.T:", "for row in X:"),
            ("for row in X.T:", "for row in []:"),
            ("if row.any() and len(row) > 2:", "if row.any() or len(row) > 2:"),
            ("if row.any() and len(row) > 2:", "if row.any() and len(row) >= 2:"),
            ("if row.any() and len(row) > 2:", "if row.any() and len(row) > 3:"),
            ("total += np.maximum(row, 0).sum(axis=axis)", "total += np.minimum(row, 0).sum(axis=axis)"),
            ("total += np.maximum(row, 0).sum(axis=axis)", "total += np.maximum(row, 0).mean(axis=axis)"),
            ("total += np.maximum(row, 0).sum(axis=axis)", "total += np.maximum(row, 0).sum()"),
            ("np.divide(total, 2)", "np.divide(2, total)"),
            ("return total - len(X)", "return total + len(X)"),
            ("return total - len(X)", "return len(X) - total"),
            ("return total - len(X)", "pass"),
            ("def mean(X, axis=0):", "def mean(X, axis=1):"),
        ],
        ids=str,
    )
    def test_it_has(self, change):
        assert change in changes(MEAN)

    def test_arguments_of_a_maximum_may_change_places(self):
        assert not any("np.maximum(0, row)" in after for _, after in changes(MEAN))

    def test_docstrings_are_left_alone(self):
        assert all("Mean along" not in before for before, _ in changes(MEAN))

    def test_each_is_python_and_differs_from_the_solution_and_from_the_others(self):
        sources = [mutant.source for mutant in mutants_of("mean", MEAN)]
        assert len(sources) == len(set(sources)) > 20
        assert all(ast.parse(source) for source in sources)
        without_docstring = MEAN.replace('    """Mean along an axis: 1 + 1."""\n', "").strip()
        assert without_docstring not in sources

    def test_a_class_and_answers_have_mutants_too(self):
        assert ("return X.argmax(axis=1)", "return X.argmin(axis=1)") in changes(
            "class Model:\n    def predict(self, X):\n        return X.argmax(axis=1)"
        )
        assert ("loss = 9.0", "loss = 10.0") in changes("loss = 9.0")

    @pytest.mark.slow
    def test_the_course_has_more_than_four_hundred(self):
        course = Course(ROOT)
        assert sum(len(derive(course.assignment(name))) for name in course.assignments) >= 400


class TestDefinitions:
    def definitions(self, source, **metadata):
        return definitions_of(new_code_cell(source, metadata=metadata)).source

    def test_imports_functions_and_plain_values_stay(self):
        source = "import numpy as np\nx = np.array([1, 2])\n\ndef draw():\n    plt.show()"
        assert self.definitions(source) == "import numpy as np\nx = np.array([1, 2])\ndef draw():\n    plt.show()"

    @pytest.mark.parametrize("source", ["draw()", "W = train(X)", "for i in range(9):\n    draw()", "plt.plot([1])"])
    def test_work_is_left_out(self, source):
        assert self.definitions(source) == ""

    def test_solutions_stay_and_tests_go(self):
        solution = {"grade_id": "f", "solution": True, "grade": False}
        tests = {"grade_id": "f_tests", "solution": False, "grade": True}
        assert self.definitions("answer = work()", nbgrader=solution) == "answer = work()"
        assert self.definitions("assert f(1) == 2", nbgrader=tests) == ""

    def test_text_stays(self):
        assert definitions_of(new_markdown_cell("Work!")).source == "Work!"


SOURCE = '''
def double(x):
    """Twice x."""
    y = x + 0
    return 2 * y
'''
TESTS = """
from lossmark import assert_close, check

class TestDouble:
    cell = "double_tests"

    @check(points=1)
    def test_value(self, submission):
        '''Twice'''
        assert_close(submission.double(3.0), 6.0, tolerance=1e-6)
"""


@pytest.fixture
def course(tmp_path):
    """A course with one function, whose check looks at one number."""
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    graders, source = tmp_path / "graders" / "twice", tmp_path / "source" / "twice"
    graders.mkdir(parents=True)
    source.mkdir(parents=True)
    (tmp_path / "graders" / "__init__.py").write_text("")
    for name, text in {
        "__init__": "",
        "reference": "def double(x):\n    return 2 * x",
        "test_twice": TESTS,
        "misconceptions": "",
        "alternatives": "",
    }.items():
        (graders / f"{name}.py").write_text(text)

    def metadata(**kind):
        return {"nbgrader": {"schema_version": 3, "locked": False, "task": False, "grade": False, **kind}}

    solution = f"### BEGIN SOLUTION\n{SOURCE.strip()}\n### END SOLUTION"
    cells = [
        new_code_cell(solution, metadata=metadata(grade_id="double", solution=True), id="double"),
        new_code_cell(
            "assert double(1) == 2",
            metadata=metadata(grade_id="double_tests", grade=True, solution=False, points=1, locked=True),
            id="tests",
        ),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), source / "twice.ipynb")
    return Course(tmp_path)


@pytest.mark.sandbox
class TestGrading:
    def test_survivors_are_listed_and_reasons_are_accepted(self, course):
        mutants = derive(course.assignment("twice"))
        states = {o.mutant.key: o.state for o in grade_mutants(course, "twice", mutants, jobs=1)}
        survivor, killed = ("double", "y = x + 0", "y = x - 0"), ("double", "return 2 * y", "return 3 * y")
        assert states[survivor] == SURVIVED
        assert states[killed] == KILLED
        entry = '[[mutant]]\ncell = "{}"\nbefore = "{}"\nafter = "{}"\nreason = "because"\n'
        file = course.root / "graders" / "twice" / "equivalent_mutants.toml"
        file.write_text(entry.format(*survivor) + entry.format(*killed))
        states = {o.mutant.key: o.state for o in grade_mutants(course, "twice", mutants, jobs=2)}
        assert (states[survivor], states[killed]) == (EQUIVALENT, STALE)

    def test_the_command_fails_with_survivors_and_names_them(self, course, capfd):
        assert main(["mutants", "twice", "--course", str(course.root)]) == 1
        assert "mutant of double survived: 'y = x + 0' -> 'y = x - 0'" in capfd.readouterr().err

    def test_an_incomplete_entry_is_a_mistake_of_the_course(self, course, capfd):
        (course.root / "graders" / "twice" / "equivalent_mutants.toml").write_text('[[mutant]]\ncell = "double"\n')
        assert main(["mutants", "twice", "--course", str(course.root)]) == 2
        assert "each [[mutant]] needs cell, before, after and reason" in capfd.readouterr().err
