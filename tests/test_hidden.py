"""Which outputs are shown where hidden tests have run in the student kernel, and which would tell them."""

from __future__ import annotations

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from lossmark.course import Course
from lossmark.execution.hidden import WITHHELD, HiddenTests
from lossmark.grading.pipeline import Grader
from strangers import plain_course

HIDDEN = '''
assert area(2) == 4
### BEGIN HIDDEN TESTS
import numpy as np
case = 3
points = 0
assert area(1234567) == 1524155677489, "large squares"
assert name_of("Rumpelstiltskin") == "dwarf"
for side, expected in {
    3: 9,
    5: 25,
}.items():
    points += 0.5 * (area(side) == expected)
@within(seconds="0.25")
def holds(side=12345.5):
    return area(
        side
    ) > 0
table = """
Side  Area
3     9
"""
with open("sides.txt") as file:
    pass
try:
    area("four")
except (TypeError, ValueError):
    print("Words are refused.")
if not holds():
    raise RuntimeError("The area of a square is positive.")
match case:
    case "thirteen":
        pass
### END HIDDEN TESTS
points
'''
SHOWN = "assert area(2) == 4\npoints"
CELLS = (
    new_code_cell("seen = []"),
    new_code_cell(SHOWN, metadata={"nbgrader": {"grade_id": "t", "locked": True}}),
    new_code_cell("area(3)"),
    new_code_cell("area(4)", metadata={"nbgrader": {"grade_id": "given", "locked": True}}),
)
INNOCENT = {
    "the name of a score": "You have 3 points of 10.",
    "a score as it is written": "points = 0",
    "an import": "import numpy as np",
    "a small assignment": "case = 3",
    "a statement that the notebook shows": "assert area(2) == 4\npoints",
    "a statement within a longer one": "assert area(1234567) == 15241556774890",
    "words of a statement": "The area of a side is as expected: assert it.",
    "the message of an assertion": "AssertionError: large squares",
    "the message of an error": "RuntimeError: The area of a square is positive.",
    "what the tests print": "Words are refused.",
    "a table that the tests hold as a text": "Side  Area\n3     9",
    "data that the tests hold": "{3: 9,\n 5: 25}",
    "one line of data": "    5: 25,",
    "a name on a line of its own": "side",
    "keywords": "else:\ntry:\n    pass\nreturn",
    "a result": "1524155677489",
    "a name in data": "Rumpelstiltskin, a dwarf",
    "nothing": "",
}
TELLING = {
    "an assertion": "assert name_of('Rumpelstiltskin') == 'dwarf'",
    "one without its message": 'assert area(1234567) == 1524155677489, "large squares"',
    "one in colours": "\x1b[1massert\x1b[0m name_of(\x1b[3m'Rumpelstiltskin'\x1b[0m)   ==   'dwarf'",
    "one in the text of a list": repr(["", 'assert name_of("Rumpelstiltskin") == "dwarf"\n']),
    "one in a text of a text": repr(repr(HIDDEN)),
    "the line of a traceback": '---> 10 assert name_of("Rumpelstiltskin") == "dwarf"',
    "one as a stack is printed": '  File "<cell>", line 4\n    assert name_of("Rumpelstiltskin") == "dwarf"',
    "one among other words": 'it says assert name_of("Rumpelstiltskin") == "dwarf".',
    "a loop over several lines": "for side, expected in {3: 9, 5: 25,}.items():",
    "its first line in a traceback": "---> 12 for side, expected in {\n     13     3: 9,",
    "its last line in a traceback": "\x1b[32m     15\x1b[0m }.items():",
    "a statement of a body": "points += 0.5 * (area(side) == expected)",
    "a decorator": "@within(seconds='0.25')",
    "the head of a function": "def holds(side=12345.5):",
    "a result over several lines": "return area(side) > 0",
    "the first of these lines": "    return area(",
    "a text over several lines": HIDDEN[HIDDEN.index("table") : HIDDEN.index("with open")],
    "the head of a block": "with open('sides.txt') as file:",
    "a call": 'area("four")',
    "what catches errors": "case 'thirteen':",
    "the text of a message": "raise RuntimeError('The area of a square is positive.')",
    "what prints": 'print("Words are refused.")',
    "all": HIDDEN,
}


@pytest.fixture(scope="module")
def hidden() -> HiddenTests:
    return HiddenTests(CELLS, {"t": HIDDEN})


def shown(hidden: HiddenTests, index: int, output: NotebookNode) -> list[NotebookNode]:
    """What is shown of an output of a cell."""
    run = NotebookNode({**hidden.as_run(index, CELLS[index]), "outputs": [output]})
    return hidden.shown(index, run, CELLS[index])


def printed(text: str) -> NotebookNode:
    return new_output("stream", text=text)


class TestAnOutput:
    @pytest.mark.parametrize("text", INNOCENT.values(), ids=INNOCENT)
    def test_is_shown_if_it_is_innocent(self, hidden, text):
        assert not hidden.tells(text)
        assert shown(hidden, 2, printed(text)) == [printed(text)]

    @pytest.mark.parametrize("text", TELLING.values(), ids=TELLING)
    def test_is_withheld_if_it_holds_a_hidden_statement(self, hidden, text):
        (remark,) = shown(hidden, 2, printed(text))
        assert remark.text == f"{WITHHELD}\n"

    @pytest.mark.parametrize(
        "output",
        [
            new_output("execute_result", {"text/plain": repr(HIDDEN)}),
            new_output("error", ename="ValueError", evalue=HIDDEN, traceback=["no"]),
            new_output("error", ename="E", evalue="no", traceback=["no", "---> 5 " + HIDDEN.splitlines()[6]]),
        ],
        ids=["a result", "a message", "a traceback"],
    )
    def test_is_withheld_whatever_its_kind(self, hidden, output):
        (remark,) = shown(hidden, 2, output)
        assert remark.text == f"{WITHHELD}\n"

    @pytest.mark.parametrize("text", TELLING.values(), ids=TELLING)
    def test_is_shown_of_a_given_cell_and_before_the_tests_have_run(self, hidden, text):
        assert shown(hidden, 3, printed(text)) == [printed(text)]
        assert shown(hidden, 0, printed(text)) == [printed(text)]

    @pytest.mark.parametrize("text", ["KeyError: 'Rumpelstiltskin'", "area of 1234567", "side 1234567\n"])
    def test_of_the_tests_is_withheld_if_it_holds_a_value_that_they_test_with(self, hidden, text):
        assert hidden.tells(text, "t")
        assert shown(hidden, 1, printed(text))[0].text == f"{WITHHELD}\n"
        assert shown(hidden, 2, printed(text)) == [printed(text)]

    @pytest.mark.parametrize("text", ["side 12345678", "KeyError: 'dwarf'", "a dwarf in 4 of 9", "large squares"])
    def test_of_the_tests_is_shown_with_other_values(self, hidden, text):
        assert shown(hidden, 1, printed(text)) == [printed(text)]


class TestTexts:
    @pytest.mark.parametrize("name", ["points", "total_score", "résultat", "    points  "])
    def test_do_not_hide_what_names_their_score(self, name):
        hidden = HiddenTests(CELLS, {"t": f"assert f(7) == 8\n{name.strip()}"})
        assert not hidden.tells(f"You have {name} of 10.")
        assert hidden.tells("> assert f(7) == 8")

    @pytest.mark.parametrize("last", ["'Well done'", "{'points': 3, 'of': 10}", "(3, 'of', 10)", "-1234567"])
    def test_do_not_hide_a_literal_that_they_put_out(self, last):
        assert not HiddenTests(CELLS, {"t": f"assert f(7) == 8\n{last}"}).tells(last)

    def test_do_not_hide_what_a_message_tells(self):
        said = "assert f('wolverine') == 0, 'f(wolverine) is 0'\nassert f('1234567') == 0"
        hidden = HiddenTests(CELLS, {"t": said})
        assert not hidden.tells("AssertionError: f(wolverine) is 0", "t")
        assert hidden.tells("KeyError: '1234567'", "t")

    @pytest.mark.parametrize("magic", ["%timeit -n 3 area(77)", "!cat sides.txt", "%%time"])
    def test_may_hold_magics(self, magic):
        hidden = HiddenTests(CELLS, {"t": f"{magic}\nassert area(\n    77) == 5929\npoints"})
        assert hidden.tells("---> 3     assert area(77) == 5929")
        assert hidden.tells(f"In: {magic}")
        assert not hidden.tells("77 points")

    def test_need_not_be_python(self):
        hidden = HiddenTests(CELLS, {"t": "expect_equal(area(7), 49))\nlibrary(testthat\npoints\nelse"})
        assert hidden.tells("2: expect_equal(area(7), 49))")
        assert not hidden.tells("points\nelse")

    def test_are_none_of_a_course_with_graders(self):
        hidden = HiddenTests(CELLS, {})
        assert hidden.as_run(1, CELLS[1]) is CELLS[1]
        assert not hidden.tells(HIDDEN)
        assert shown(hidden, 2, printed(HIDDEN)) == [printed(HIDDEN)]

    def test_are_searched_for_in_linear_time(self, hidden):
        for text in ("\\" * 500_000, "1" * 500_000, "-" * 500_000, "assert area(" * 50_000, "\x1b[" * 200_000):
            assert not hidden.tells(text, "t")


TESTS = {"grade": True, "solution": False, "locked": True, "task": False, "schema_version": 3, "points": 2}
SOLUTION = {"grade": False, "solution": True, "locked": False, "task": False, "schema_version": 3, "grade_id": "area"}
ASKS = """
def area(side):
    import sys, traceback
    traceback.print_stack(limit=2, file=sys.stdout)
    try:
        return side * side
    finally:
        asked.append(side)
asked = []
"""
PROVOKED = """
try:
    failed
except NameError as error:
    points = 'my points: 2'
    print(points, "of case = 3")
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    tests = (
        'points = 2\n### BEGIN HIDDEN TESTS\nassert area(\n    1234567\n) > 0, "positive"\n### END HIDDEN TESTS\npoints'
    )
    cells = [
        new_code_cell("def area(side):\n    ### BEGIN SOLUTION\n    return side * side\n    ### END SOLUTION"),
        new_code_cell(tests, metadata={"nbgrader": {**TESTS, "grade_id": "area_tests"}}),
        new_code_cell("print('You have', points, 'points')", metadata={"nbgrader": {**TESTS, "grade_id": "given"}}),
    ]
    cells[0].metadata["nbgrader"] = SOLUTION
    return plain_course(tmp_path_factory.mktemp("course"), cells)


@pytest.mark.sandbox
def test_a_notebook_shows_all_but_the_hidden_statements(course):
    notebook = nbformat.v4.new_notebook(cells=course.assignment("toy").released.cells)
    notebook.cells[0].source = ASKS
    own = ["points", "print(In[2])", PROVOKED, "print(asked)"]
    notebook.cells += map(new_code_cell, own)
    with Grader(course, "toy") as grader:
        graded = grader.grade(nbformat.writes(notebook))
    assert graded.score == graded.max_score == 4
    stack, given, *told = [cell.outputs[0] for cell in graded.notebook.cells[1:]]
    assert (stack.text, given.text) == (f"{WITHHELD}\n", "You have 2 points\n")
    assert told[0].data["text/plain"] == "2"
    assert [one.text for one in told[1:]] == [f"{WITHHELD}\n", "my points: 2 of case = 3\n", "[1234567]\n"]
