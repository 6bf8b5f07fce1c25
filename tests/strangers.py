"""A course on strings that knows nothing of Lossmark: its tests are asserts in its notebook, as nbgrader has them."""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from courses import ROOT, index_of
from lossmark.course import Course

STRINGS = "strings"
SECRETS = ("rhythm", "mississippi", "Able was I")
"""What stands in the hidden tests and nowhere else."""
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
TIMEOUT_S = 4
SETTINGS = f"""
c.CourseDirectory.course_id = "writing"
c.Execute.timeout = {TIMEOUT_S}
"""

_GIVEN = """
import re
from collections import Counter
from pathlib import Path

from letters import VOWELS

poem = Path("poems/rain.txt").read_text()
"""
_COUNT = """
def count_vowels(text):
    ### BEGIN SOLUTION
    return sum(letter in VOWELS for letter in text.lower())
    ### END SOLUTION
"""
_COUNT_TESTS = """
assert count_vowels("rain") == 2
assert count_vowels(poem) == 10
### BEGIN HIDDEN TESTS
assert count_vowels("rhythm") == 0
assert count_vowels("AEIOU") == 5, "capitals count, too"
### END HIDDEN TESTS
"""
_COMMON = """
def commonest(text):
    ### BEGIN SOLUTION
    return Counter(text).most_common(1)[0][0]
    ### END SOLUTION
"""
_COMMON_TESTS = """
points = 0.5 * (commonest("abba a") == "a")
### BEGIN HIDDEN TESTS
for word, letter in {"mississippi": "i", "committee": "m", "zz": "z"}.items():
    points += 0.5 * (commonest(word) == letter)
### END HIDDEN TESTS
points
"""
_PALINDROME = """
def is_palindrome(text):
    ### BEGIN SOLUTION
    letters = re.sub(r"[^a-z]", "", text.lower())
    return letters == letters[::-1]
    ### END SOLUTION
"""
_PALINDROME_TESTS = """
assert is_palindrome("Never odd or even")
assert not is_palindrome("rain")
### BEGIN HIDDEN TESTS
assert is_palindrome("Able was I ere I saw Elba")
### END HIDDEN TESTS
"""
_VISIBLE_TESTS = "assert count_vowels('') == 0 and is_palindrome('')\nprint('both fine')"


def stranger_course(folder: Path, settings: str = SETTINGS) -> Course:
    """Write the course, with nbgrader's settings alone."""
    source = folder / "source" / STRINGS
    (source / "poems").mkdir(parents=True)
    (source / "poems" / "rain.txt").write_text("The rain falls on the window pane\n")
    (source / "letters.py").write_text('VOWELS = "aeiou"\n')
    cells = [
        new_markdown_cell("# Strings"),
        new_code_cell(_GIVEN.strip()),
        _cell("count_vowels", _COUNT, solution=True),
        _tests("count_vowels_tests", _COUNT_TESTS, 3),
        _cell("commonest", _COMMON, solution=True),
        _tests("commonest_tests", _COMMON_TESTS, 2),
        _cell("is_palindrome", _PALINDROME, solution=True),
        _tests("is_palindrome_tests", _PALINDROME_TESTS, 2),
        _tests("visible_tests", _VISIBLE_TESTS, 1),
        _cell("why", "Why does `sorted` put capitals first?", solution=True, grade=True, points=2),
    ]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), source / f"{STRINGS}.ipynb")
    (folder / "nbgrader_config.py").write_text(f"c = get_config()\n{settings}")
    return Course(folder)


def behind_lossmark() -> str:
    """The lines of this repository's settings that put nbgrader's commands behind Lossmark."""
    text = (ROOT / "nbgrader_config.py").read_text()
    lines = text[text.index("# Grade behind") :]
    ignore = next(line for line in text.splitlines() if "CourseDirectory.ignore" in line)
    return f"{SETTINGS}\n{ignore}\n{lines}"


def answering(course: Course, **answers: str) -> NotebookNode:
    """The instructor's solution as a student hands it in, with other texts in some cells, by grade id."""
    assignment = course.assignment(STRINGS)
    notebook = copy.deepcopy(assignment.released)
    for cell, own in zip(notebook.cells, assignment.source.cells, strict=True):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = "\n".join(line for line in own.source.splitlines() if "###" not in line)
    for grade_id, text in answers.items():
        notebook.cells[index_of(notebook, grade_id)].source = text
    return notebook


def hand_in(course: Course, student: str, notebook: NotebookNode) -> None:
    """Put a notebook where nbgrader collects it."""
    file = course.root / "submitted" / student / STRINGS / f"{STRINGS}.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, file)


def _cell(grade_id: str, text: str, **facts: object) -> NotebookNode:
    make = new_markdown_cell if grade_id == "why" else new_code_cell
    common = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return make(text.strip(), metadata={"nbgrader": {**common, "grade_id": grade_id, **facts}})


def _tests(grade_id: str, text: str, points: int) -> NotebookNode:
    return _cell(grade_id, text, grade=True, locked=True, points=points)


def plain_course(folder: Path, cells: list[NotebookNode], settings: str = "", name: str = "toy") -> Course:
    """Write a course without graders: an assignment of these cells, beside those that are there."""
    file = folder / "source" / name / f"{name}.ipynb"
    file.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), file)
    (folder / "nbgrader_config.py").write_text(f"c = get_config()\n{settings}\n")
    return Course(folder)
