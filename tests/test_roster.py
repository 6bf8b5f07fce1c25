"""The synthetic class: who is in it, and what each must earn."""

from __future__ import annotations

from dataclasses import replace

import nbformat
import pytest

from helpers import graded_cell, write_course
from lossmark.errors import UsageError
from lossmark.execution.notebook import lay_out, read_notebook
from lossmark.grading.graders import Graders
from lossmark.quality.roster import Attack, read_attacks, score_of, solution, synthetic_class, with_variants

ATTACK = '''"""Says what it tries."""
# base: solution
# earns: all

# %% first
a = 1

# %% before double
b = 2

# %% after double
c = 3

# %% instead of double_tests
d = 4

# %% last
e = 5

# %% markdown after double_tests
"words" * 2

# %% markdown first
{"source": "more words", "metadata": {"tags": ["x"]}}

# %% metadata
{"title": "A title"}
'''
CELLS = [
    graded_cell("solution", "double", "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
    graded_cell("tests", "double_tests", "pass", 2),
    graded_cell("solution", "triple", "### BEGIN SOLUTION\ndef triple(x):\n    return 3 * x\n### END SOLUTION"),
    graded_cell("tests", "triple_tests", "pass", 1),
    graded_cell("manual", "why", "### BEGIN SOLUTION\nBecause.\n### END SOLUTION", 3),
]
CHECK = """
    class Test{name}:
        cell = "{name}_tests"

        @check(points={points})
        def test_value(self, submission):
            '''The value'''
"""
GRADERS = {
    "reference": "def double(x):\n    return 2 * x\ndef triple(x):\n    return 3 * x\n",
    "test_toy": "    from lossmark import check\n"
    + CHECK.format(name="double", points=2)
    + CHECK.format(name="triple", points=1),
    "misconceptions": """
        from lossmark import misconception

        @misconception("double", loses=["test_value"])
        def double_squared(x):
            '''Squared.'''
            return x * x

        @misconception("double", loses=["test_value"])
        def double_nothing(x):
            '''Nothing.'''

        @misconception("triple", loses=["test_value"])
        def triple_cubed(x):
            '''Cubed.'''
            return x**3
    """,
    "alternatives": """
        from lossmark import alternative

        @alternative("double")
        def double_added(x):
            '''Added.'''
            return x + x
    """,
}


@pytest.fixture(scope="module")
def graders(tmp_path_factory):
    graders = Graders(write_course(tmp_path_factory.mktemp("course"), CELLS, GRADERS), 231)
    yield graders
    graders.close()


@pytest.fixture
def attack(tmp_path):
    (tmp_path / "score").mkdir()
    (tmp_path / "score" / "own_grades.py").write_text(ATTACK)
    (attack,) = read_attacks(tmp_path)
    return attack


def sources(notebook):
    return [cell.source for cell in notebook.cells]


def test_the_solution_is_what_a_good_student_hands_in(graders):
    cells = sources(solution(graders.assignment))
    assert cells[0] == "def double(x):\n    return 2 * x\n"
    assert not any("###" in source for source in cells)
    assert "Because" not in cells[4]


def test_the_solution_of_code_that_a_person_marks_is_code(tmp_path):
    marked = graded_cell("solution", "double", CELLS[0].source)
    marked.metadata.nbgrader.update(grade=True, points=1)
    cells = [marked, graded_cell("tests", "double_tests", "assert double(3) == 6", 2)]
    assert sources(solution(write_course(tmp_path, cells, {})))[0] == "def double(x):\n    return 2 * x\n"


def test_versions_take_the_place_of_their_cells(graders):
    notebook = with_variants(graders.assignment, graders.misconceptions[0], graders.misconceptions[2])
    names = {}
    exec("\n".join(sources(notebook)[:3]), names)
    assert (names["double"](3), names["triple"](2)) == (9, 8)


def test_a_score_is_what_the_misconceptions_leave(graders):
    squared, _, cubed = graders.misconceptions
    assert score_of([], graders) == 3
    assert score_of(graders.alternatives, graders) == 3
    assert score_of([squared], graders) == 1
    assert score_of([squared, cubed], graders) == 0


class TestClass:
    @pytest.fixture
    def members(self, graders, attack):
        members = synthetic_class(graders.assignment, graders, [attack])
        return {member.student.rpartition("-")[0]: member for member in members}

    def test_everyone_has_another_id(self, graders, attack):
        ids = [member.student for member in synthetic_class(graders.assignment, graders, [attack])]
        assert len(set(ids)) == len(ids)

    def test_honest_members_have_their_scores_and_names(self, members):
        expected = {"reference": (3, ()), "untouched": (0, ()), "added": (3, ()), "nothing": (2 - 1, ("nothing",))}
        for student, outcome in expected.items():
            assert (members[student].score, members[student].misconceptions) == outcome

    def test_members_err_in_several_cells_at_once(self, members):
        assert (members["squared"].score, members["squared"].misconceptions) == (0, ("cubed", "squared"))

    def test_every_misconception_has_a_member(self, graders, members):
        names = {name for member in members.values() for name in member.misconceptions}
        assert names == {variant.name for variant in graders.misconceptions}

    def test_attackers_are_known(self, members):
        assert [name for name, member in members.items() if member.hostile] == ["attack-own-grades"]
        assert members["attack-own-grades"].score == 3

    def test_every_file_can_be_laid_out(self, graders, members):
        for member in members.values():
            nbformat.validate(lay_out(read_notebook(member.text), graders.assignment).notebook)

    def test_small_class_has_one_mistake_each_and_some_of_every_kind(self, graders, attack):
        everyone = {m.student.rpartition("-")[0] for m in synthetic_class(graders.assignment, graders, [attack], 99)}
        assert {"reference", "untouched", "added", "squared", "cubed", "empty", "attack-own-grades"} <= everyone
        few = synthetic_class(graders.assignment, graders, [attack], 6)
        assert [member.student for member in few[:2]] == ["reference-01", "untouched-02"]
        assert len(few) == 6
        assert all(len(member.misconceptions) <= 1 for member in few)

    def test_attack_that_does_not_fit_is_left_out(self, graders, attack):
        stranger = replace(attack, cells=(("before", "svm_loss", "a = 1"),))
        assert not any(member.hostile for member in synthetic_class(graders.assignment, graders, [stranger]))


class TestAttack:
    def test_it_says_what_it_tries(self, attack):
        assert (attack.family, attack.name, attack.purpose) == ("score", "own-grades", "Says what it tries.")
        assert (attack.base, attack.earns_all) == ("solution", True)

    def test_its_cells_go_where_they_say(self, attack, graders):
        notebook = attack.notebook(graders.assignment)
        cells = sources(notebook)
        assert cells[:3] == ["more words", "a = 1", "b = 2"]
        assert [*cells[4:7], cells[-1]] == ["c = 3", "d = 4", "wordswords", "e = 5"]
        assert (notebook.cells[0].cell_type, notebook.cells[0].metadata) == ("markdown", {"tags": ["x"]})
        assert notebook.metadata.title == "A title"

    @pytest.mark.parametrize("missing", ["# base: solution\n", "# earns: all\n", ATTACK[ATTACK.index("# %%") :]])
    def test_a_file_that_says_too_little_is_refused(self, tmp_path, missing):
        path = tmp_path / "attack.py"
        path.write_text(ATTACK.replace(missing, ""))
        with pytest.raises(UsageError, match="is no attack"):
            Attack.read(path)

    def test_it_can_start_from_the_release(self, tmp_path, graders):
        path = tmp_path / "attack.py"
        path.write_text(ATTACK.replace("base: solution", "base: release").replace("earns: all", "earns: nothing"))
        attack = Attack.read(path)
        assert not attack.earns_all
        assert "return 2 * x" not in "\n".join(sources(attack.notebook(graders.assignment)))
