"""Small assignments drawn at random, and what a class hands in: as released, answered, taken apart."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers import graded_cell, write_course
from lossmark.course import LOCKED, TESTS, Assignment, Course, kind_of
from strangers import KERNEL, plain_course

TOY = "toy"
FUNCTIONS = ("f1", "f2", "f3")
_EMPTY_STUBS = 'c.ClearSolutions.code_stub = {"python": ""}\n'
_CHECKS = '''
class Test{name}:
    cell = "{name}_tests"

    @check(points=1)
    def test_small(self, submission):
        """A small number"""
        assert_close(submission.{name}(1.0), reference.{name}(1.0), tolerance=1e-9)

    @check(points=1)
    def test_large(self, submission):
        """A large number"""
        assert_close(submission.{name}(40.0), reference.{name}(40.0), tolerance=1e-9)
'''


@dataclass
class Handed:
    """A drawn notebook.

    Attributes
    ----------
    notebook : NotebookNode
        As it was handed in.
    steps : list of str
        How it was made from the release.
    lost : set of str
        Kinds of the cells that were deleted, or lost their metadata.
    is_doubled : bool
        Whether a cell that nbgrader knows is there twice. Then stock nbgrader 0.9.6 ends its run for the whole class:
        it takes the metadata that it has emptied itself for those of an outdated version.
    """

    notebook: NotebookNode
    steps: list[str] = field(default_factory=list)
    lost: set[str | None] = field(default_factory=set)
    is_doubled: bool = False


def draw_course(drawn: random.Random, folder: Path, *, has_graders: bool) -> Course:
    """Write a course of one assignment: three functions, one resting on another, with tests of all kinds."""
    cells, reference = [new_code_cell("scale = 3\noffset = 1")], "scale = 3\noffset = 1\n"
    for number, name in enumerate(FUNCTIONS, 1):
        inner = drawn.choice(["x", *(f"{before}(x)" for before in FUNCTIONS[: number - 1])])
        body = f"return {inner} * scale + offset + {number}"
        reference += f"def {name}(x):\n    {body}\n"
        cells += _given(drawn, number)
        answer = graded_cell("solution", name, _solution(drawn, name, body))
        if drawn.random() < 0.15:
            answer.metadata.nbgrader.update(grade_id=f"{name}_by_hand", grade=True, points=1)
        cells.append(answer)
        cells += _given(drawn, 10 + number) if drawn.random() < 0.3 else []
        tests = _tests(drawn, name, _values(reference, name), has_graders=has_graders)
        cells.append(graded_cell("tests", f"{name}_tests", tests, points=2))
        if drawn.random() < 0.4:
            cells.append(graded_cell("manual", f"why_{name}", f"Why is `{name}` linear?", points=1))
    settings = _EMPTY_STUBS if drawn.random() < 0.5 else ""
    if has_graders:
        checks = "".join(_CHECKS.format(name=name) for name in FUNCTIONS)
        imports = "from graders.toy import reference\nfrom lossmark import assert_close, check\n\n"
        write_course(folder, cells, {"test_toy": imports + checks, "reference": reference})
        notebook = folder / "source" / TOY / f"{TOY}.ipynb"
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), notebook)
    else:
        plain_course(folder, cells)
    for part in ("header", "footer"):
        if drawn.random() < 0.4:
            settings += f'c.IncludeHeaderFooter.{part} = "source/{part}.ipynb"\n'
            nbformat.write(new_notebook(cells=_around(drawn, part)), folder / "source" / f"{part}.ipynb")
    (folder / "nbgrader_config.py").write_text(f"c = get_config()\n{settings}")
    return Course(folder)


def _values(reference: str, name: str) -> tuple[Any, Any]:
    names: dict[str, Any] = {}
    exec(reference, names)
    return names[name](1), names[name](40)


def _given(drawn: random.Random, number: int) -> list[NotebookNode]:
    """No cell, or one that the instructor gives: locked or not, with an effect on later cells or without."""
    text = drawn.choice([f"given{number} = {number}", "print('given')", "offset = 2 - 1", "import math", "1 / 0", ""])
    new = drawn.choice([new_code_cell, lambda text: graded_cell("locked", f"given{number}", text)])
    return drawn.choice([[], [new(text)], [new_markdown_cell("Now the next one."), new(text)]])


def _solution(drawn: random.Random, name: str, body: str) -> str:
    begin, end = "### BEGIN SOLUTION", "### END SOLUTION"
    return drawn.choice(
        [
            f"def {name}(x):\n    {begin}\n    {body}\n    {end}",
            f"{begin}\ndef {name}(x):\n    {body}\n{end}",
            f"# {name}\n{begin}\n{name} = lambda x: {body.removeprefix('return ')}\n{end}",
        ]
    )


def _tests(drawn: random.Random, name: str, values: tuple[Any, Any], *, has_graders: bool) -> str:
    """Tests of one function: some of them hidden, or all, or none; asserts, or a score."""
    small, large = f"{name}(1) == {values[0]}", f"{name}(40) == {values[1]}"
    seen, hidden = drawn.choice(
        [
            (f"assert {small}", ""),
            ("", f"assert {large}"),
            (f"assert {small}", f"assert {large}, 'of forty'"),
            (f"points = {small}", f"points += {large}\npoints"),
            ("", f"1.0 * ({small}) + ({large})"),
            (f"print({name}(1))", f"assert {large}"),
            (f"tested = {name}\nassert {small}", f"assert tested(40) == {values[1]}"),
        ]
    )
    if has_graders:
        hidden = f'import lossmark; lossmark.grade("{name}_tests")'
    around = f"### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS" if hidden else ""
    return "\n".join(filter(None, [seen, around]))


def _around(drawn: random.Random, part: str) -> list[NotebookNode]:
    code = drawn.choice(["import math", f"{part} = 1", ""])
    return drawn.choice(
        [
            [new_markdown_cell(f"# The {part}")],
            [new_code_cell(code)],
            [graded_cell("locked", part, code or "import math"), new_code_cell("print('around')")],
        ]
    )


# What students do


def hand_in(drawn: random.Random, assignment: Assignment, *, is_blank: bool) -> Handed:
    """Draw a notebook of one student."""
    handed = Handed(copy.deepcopy(assignment.released))
    for cell in handed.notebook.cells:
        if kind_of(cell) == TESTS and drawn.random() < 0.1:
            cell.source = drawn.choice(["assert True", "points = 2\npoints", "1 / 0", ""])
            handed.steps.append(f"change {cell.metadata.nbgrader.grade_id}")
    if is_blank:
        return handed
    right = {c.metadata.nbgrader.grade_id: c.source for c in assignment.source.cells if kind_of(c) is not None}
    for cell in handed.notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution") and drawn.random() < 0.8:
            _answer(drawn, handed, cell, right[cell.metadata.nbgrader.grade_id])
    for change in drawn.choices(CHANGES, k=drawn.choice([0, 0, 1, 2, 3])):
        change(drawn, handed)
    return handed


def _answer(drawn: random.Random, handed: Handed, cell: NotebookNode, right: str) -> None:
    if cell.cell_type != "code":
        cell.source = drawn.choice(["Because.", "", f"{cell.source} ", "*I do not know.*"])
        return
    right = "\n".join(line for line in right.splitlines() if "### " not in line)
    name = cell.metadata.nbgrader.grade_id.removesuffix("_by_hand")
    answers = {
        "right": right,
        "right and talks": f"print('begin')\n{right}\nprint('end')",
        "right, with a score": f"{right}\n2",
        "right, then fails": f"{right}\n1 / 0",
        "right and warns": f"import warnings\n{right}\nwarnings.warn('careful')",
        "wrong": right.replace("offset", "7 * offset"),
        "right for small numbers": right.replace("offset", "offset * (1 if x < 10 else 2)"),
        "talks when called": f"{right}\n_old_{name} = {name}\ndef {name}(x):\n    print(x)\n    return _old_{name}(x)",
        "warns when called": f"import sys\ndef {name}(x):\n    print('oh', file=sys.stderr)\n    return 2 * x",
        "raises when called": f"def {name}(x):\n    raise RuntimeError('not yet')",
        "no syntax": f"def {name}(x):\n    return (",
        "no function": f"{name} = 5",
        "undoes an earlier one": f"{right}\ntry:\n    del f1\nexcept NameError:\n    pass",
        "empty": "",
        "a blank line more": f"{cell.source}\n",
    }
    kind = drawn.choice(["right", "right", "right", *answers])
    cell.source = answers[kind]
    handed.steps.append(f"{name}: {kind}")


def _pick(drawn: random.Random, handed: Handed, what: str) -> int:
    index = drawn.randrange(len(handed.notebook.cells))
    cell = handed.notebook.cells[index]
    handed.steps.append(f"{what} {index} ({cell.metadata.get('nbgrader', {}).get('grade_id', cell.cell_type)})")
    return index


def move_cell(drawn: random.Random, handed: Handed) -> None:
    cell = handed.notebook.cells.pop(_pick(drawn, handed, "move"))
    place = drawn.randint(0, len(handed.notebook.cells))
    handed.steps.append(f"to {place}")
    handed.notebook.cells.insert(place, cell)


def delete_cell(drawn: random.Random, handed: Handed) -> None:
    if len(handed.notebook.cells) > 1:
        cell = handed.notebook.cells.pop(_pick(drawn, handed, "delete"))
        handed.lost.add(kind_of(cell))


def copy_cell(drawn: random.Random, handed: Handed) -> None:
    cell = copy.deepcopy(handed.notebook.cells[_pick(drawn, handed, "copy")])
    cell.id = f"copy-{len(handed.steps)}"
    handed.is_doubled |= "nbgrader" in cell.metadata
    place = drawn.randint(0, len(handed.notebook.cells))
    handed.steps.append(f"to {place}")
    handed.notebook.cells.insert(place, cell)


def change_given(drawn: random.Random, handed: Handed) -> None:
    given = [i for i, c in enumerate(handed.notebook.cells) if c.cell_type == "code" and kind_of(c) in (None, LOCKED)]
    if given:
        index = drawn.choice(given)
        text = drawn.choice(["offset = 5", "", "scale = 2", "1 / 0", handed.notebook.cells[index].source + "\n"])
        handed.notebook.cells[index].source = text
        handed.steps.append(f"change {index} to {text!r}")


def add_cell(drawn: random.Random, handed: Handed) -> None:
    text = drawn.choice(
        ["f1(1)", "print('hello')", "raise ValueError", "%reset -f", "x = 3", "offset = 1", "def f1(x):\n    return x"]
    )
    place = drawn.randint(0, len(handed.notebook.cells))
    handed.notebook.cells.insert(place, new_code_cell(text))
    handed.steps.append(f"add {text!r} at {place}")


def strip_metadata(drawn: random.Random, handed: Handed) -> None:
    cell = handed.notebook.cells[_pick(drawn, handed, "strip")]
    handed.lost.add(kind_of(cell))
    cell.metadata.pop("nbgrader", None)


CHANGES: list[Callable[[random.Random, Handed], None]] = [
    move_cell,
    delete_cell,
    copy_cell,
    change_given,
    add_cell,
    strip_metadata,
]
PUT_BACK = {LOCKED, TESTS}
"""Kinds of cells that Lossmark puts back where they are missing, and nbgrader as it is set by default does not."""
