"""The synthetic class: notebooks of every kind, each with the score that it must get.

It populates the demo and the tests: the reference solution, right answers by other ways, every misconception, files
that are broken in the ways in which files get broken, and notebooks that attack.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from lossmark.course import MANUAL, SOLUTION, TESTS, Assignment, index_of, kind_of
from lossmark.errors import UsageError
from lossmark.grading.graders import Graders
from lossmark.variants import Variant

Grouping = Callable[[Iterable[Variant]], Iterator[list[Variant]]]

_ANSWER = "A written answer, which waits for a person to read it."
_MARKER = re.compile(r"^ *### (BEGIN|END) SOLUTION *\n?", re.MULTILINE)
_ATTACK_CELL = re.compile(
    r"^# %% (metadata|(?:markdown )?(?:first|last|before|after|instead of))(?: (\w+))?\s*$", re.MULTILINE
)
_ATTACK_FIELD = re.compile(r"^# (base|earns): (\w+)\s*$", re.MULTILINE)


_HARMLESS_CALLS = {"array", "asarray", "zeros", "ones", "eye", "get", "default_rng"}


@dataclass(frozen=True)
class Member:
    """One member of the synthetic class.

    Attributes
    ----------
    student : str
        A plainly synthetic id: ``forgot-delta-03``.
    text : str
        Content of the submitted file.
    score : float
        The expected score.
    misconceptions : tuple of str
        Names of the mistakes that the feedback must give, in alphabetical order.
    hostile : bool
        Whether it attacks.
    """

    student: str
    text: str
    score: float
    misconceptions: tuple[str, ...] = ()
    hostile: bool = False


@dataclass(frozen=True)
class Attack:
    """A hostile notebook, written down as a Python file of cells.

    The file's docstring describes the attempt. ``# base: solution`` or ``# base: release`` names the notebook to start
    from, and ``# earns: all`` or ``# earns: nothing`` the points of honest work there. Each cell begins with its place:
    ``# %% first``, ``# %% last``, ``# %% before svm_loss``, ``# %% after svm_loss`` or ``# %% instead of svm_loss``.
    A cell of Markdown, ``# %% markdown first``, is a Python expression: its text, or a dictionary of the whole cell.
    ``# %% metadata`` is a dictionary, the notebook's.

    Attributes
    ----------
    family : str
        The folder of the file, named after the target of the attack.
    name, purpose : str
        The file's name, and its docstring.
    base : str
        ``"solution"`` or ``"release"``.
    earns_all : bool
        Whether it must earn all points or none.
    cells : tuple
        Place, grade id and source of each cell.
    """

    family: str
    name: str
    purpose: str
    base: str
    earns_all: bool
    cells: tuple[tuple[str, str, str], ...]

    @classmethod
    def read(cls, path: Path) -> Attack:
        """Read an attack from its file.

        Parameters
        ----------
        path : Path
            A Python file.

        Returns
        -------
        Attack
        """
        text = path.read_text(encoding="utf-8")
        fields = dict(_ATTACK_FIELD.findall(text))
        parts = _ATTACK_CELL.split(text)[1:]
        cells = tuple(zip(parts[::3], (name or "" for name in parts[1::3]), map(str.strip, parts[2::3]), strict=True))
        if fields.keys() != {"base", "earns"} or not cells:
            raise UsageError(f"{path} is no attack: it needs `# base:`, `# earns:` and cells")
        purpose = ast.get_docstring(ast.parse(text)) or ""
        name, earns_all = path.stem.replace("_", "-"), fields["earns"] == "all"
        return cls(path.parent.name, name, purpose, fields["base"], earns_all, cells)

    def fits(self, assignment: Assignment) -> bool:
        """Whether an assignment has the cells that this attack names.

        Parameters
        ----------
        assignment : Assignment
            An assignment.

        Returns
        -------
        bool
        """
        return all(grade_id in assignment.cells for _, grade_id, _ in self.cells if grade_id)

    def notebook(self, assignment: Assignment) -> NotebookNode:
        """Make the hostile notebook.

        Parameters
        ----------
        assignment : Assignment
            The assignment that it pretends to answer.

        Returns
        -------
        NotebookNode
        """
        notebook = solution(assignment) if self.base == "solution" else copy.deepcopy(assignment.released)
        for i, (place, grade_id, source) in enumerate(self.cells):
            if place == "metadata":
                notebook.metadata.update(eval(source))
                continue
            index = index_of(notebook.cells, grade_id) if grade_id else 0
            if place == "instead of":
                is_code = notebook.cells[index].cell_type == "code"
                notebook.cells[index].source = source if is_code else eval(source)
                continue
            where = place.removeprefix("markdown ")
            at = {"first": 0, "last": len(notebook.cells), "before": index, "after": index + 1}[where]
            cell = _extra_cell(source, i) if where == place else _extra_markdown(eval(source), i)
            notebook.cells.insert(at, cell)
        return notebook


def read_attacks(folder: Path) -> list[Attack]:
    """Read the hostile notebooks of a folder.

    Parameters
    ----------
    folder : Path
        It has a folder for each family.

    Returns
    -------
    list of Attack
        By family, then by name.
    """
    return [Attack.read(path) for path in sorted(folder.glob("*/[a-z]*.py"))]


def solution(assignment: Assignment) -> NotebookNode:
    """Return the submission of a student with the reference solution.

    Parameters
    ----------
    assignment : Assignment
        The assignment.

    Returns
    -------
    NotebookNode
    """
    notebook = copy.deepcopy(assignment.released)
    sources = {cell.metadata.nbgrader.grade_id: cell.source for cell in assignment.source.cells if kind_of(cell)}
    for cell in notebook.cells:
        if kind_of(cell) == SOLUTION or (kind_of(cell) == MANUAL and cell.cell_type == "code"):
            cell.source = _MARKER.sub("", sources[cell.metadata.nbgrader.grade_id])
        elif kind_of(cell) == MANUAL:
            cell.source = _ANSWER
    return notebook


def with_variants(assignment: Assignment, *variants: Variant) -> NotebookNode:
    """Return the solution with misconceptions or alternatives in their cells.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    *variants : Variant
        The versions to put in, each in another cell.

    Returns
    -------
    NotebookNode
    """
    notebook = solution(assignment)
    for variant in variants:
        cell = notebook.cells[index_of(notebook.cells, variant.cell)]
        cell.source = variant.source() if variant.takes_arguments else f"{cell.source}\n{variant.source()}"
    return notebook


def definitions_of(cell: NotebookNode) -> NotebookNode:
    """Reduce an ungraded cell to cheap definitions: imports, functions, classes, plain values.

    Parameters
    ----------
    cell : NotebookNode
        Any cell.

    Returns
    -------
    NotebookNode
        A copy; solution cells are as they were, of tests cells nothing is left.
    """
    kept: NotebookNode = copy.deepcopy(cell)
    if cell.cell_type != "code" or kind_of(cell) == SOLUTION:
        return kept
    if kind_of(cell) == TESTS:
        kept.source = ""
        return kept
    statements = [statement for statement in ast.parse(cell.source).body if _defines(statement)]
    kept.source = "\n".join(map(ast.unparse, statements))
    return kept


def _defines(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign):
        calls = (node.func for node in ast.walk(statement.value) if isinstance(node, ast.Call))
        return all(isinstance(call, ast.Attribute) and call.attr in _HARMLESS_CALLS for call in calls)
    return isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)


def score_of(variants: Iterable[Variant], graders: Graders) -> float:
    """Return the score of a notebook whose only faults are misconceptions.

    Parameters
    ----------
    variants : iterable of Variant
        The misconceptions, or alternatives.
    graders : Graders
        The assignment's checks.

    Returns
    -------
    float
    """
    score = sum(graders.assignment.points.values())
    for variant in variants:
        points = graders.points_of(f"{variant.cell}_tests")
        score -= sum(points[name] for name in variant.loses)
    return score


def synthetic_class(
    assignment: Assignment, graders: Graders, attacks: Sequence[Attack], size: int | None = None
) -> list[Member]:
    """Make the class.

    Parameters
    ----------
    assignment : Assignment
        The assignment of the class.
    graders : Graders
        Its checks, misconceptions and alternatives.
    attacks : sequence of Attack
        The hostile notebooks; those that do not fit the assignment are left out.
    size : int, optional
        Choose so many of all kinds, each with one mistake at most. If not given, everyone is there, with a mistake in
        as many cells as possible, so that a class of usual size makes them all.

    Returns
    -------
    list of Member
        With ids numbered in order.
    """
    fitting = [attack for attack in attacks if attack.fits(assignment)]
    grouped = _one_for_each_cell if size is None else _one_at_a_time
    members = [*_honest(assignment, graders, grouped), *_broken(assignment, graders), *_hostile(assignment, fitting)]
    if size is not None:
        members = _at_even_distances(members, size)
    return [
        Member(f"{m.student}-{i:02}", m.text, m.score, m.misconceptions, m.hostile) for i, m in enumerate(members, 1)
    ]


def _at_even_distances(members: Sequence[Member], size: int) -> list[Member]:
    """Choose the first two, the solution and the release, and some of every other kind."""
    others, chosen = members[2:], min(size, len(members)) - 2
    return [*members[:2], *(others[i * len(others) // chosen] for i in range(chosen))]


def _honest(assignment: Assignment, graders: Graders, grouped: Grouping) -> Iterator[Member]:
    everything = sum(assignment.points.values())
    yield _member("reference", solution(assignment), everything)
    yield _member("untouched", assignment.released, 0.0)
    for variants in (graders.alternatives, graders.misconceptions):
        for group in grouped(variants):
            student = group[0].name.replace("_", "-")
            names = sorted({variant.name for variant in group if variant.loses})
            yield _member(student, with_variants(assignment, *group), score_of(group, graders), names)


def _one_for_each_cell(variants: Iterable[Variant]) -> Iterator[list[Variant]]:
    """Group versions so that each group has one for every cell, as long as there are any: real students err often."""
    by_cell: dict[str, list[Variant]] = {}
    for variant in variants:
        by_cell.setdefault(variant.cell, []).append(variant)
    for group in zip_longest(*by_cell.values()):
        yield [variant for variant in group if variant is not None]


def _one_at_a_time(variants: Iterable[Variant]) -> Iterator[list[Variant]]:
    """Leave each version alone: where one cell builds on another, the mistakes of both may hide each other."""
    yield from ([variant] for variant in variants)


def _broken(assignment: Assignment, graders: Graders) -> Iterator[Member]:
    """Accidents with files and programs, without bad intent."""
    everything = sum(assignment.points.values())
    tests = list(assignment.points)
    last_function = [name for name in tests if hasattr(graders.reference, name.removesuffix("_tests"))][-1]
    graded = last_function.removesuffix("_tests")
    without_last = everything - assignment.points[last_function]

    def edited(edit: Callable[[NotebookNode], None]) -> NotebookNode:
        notebook = solution(assignment)
        edit(notebook)
        return notebook

    def rewritten(grade_id: str, source: str) -> NotebookNode:
        return edited(lambda nb: nb.cells[index_of(nb.cells, grade_id)].update(source=source))

    def repoint(notebook: NotebookNode) -> None:
        notebook.cells[index_of(notebook.cells, tests[0])].metadata.nbgrader["points"] = 1000
        notebook.cells[index_of(notebook.cells, tests[1])].source = "# nothing to check here"

    def copy_tests(notebook: NotebookNode) -> None:
        copied = copy.deepcopy(notebook.cells[index_of(notebook.cells, tests[0])])
        notebook.cells.append(copied)
        copied.id = "copied"  # as editors do; nbformat warns about two of the same

    yield _member("deleted-tests", edited(lambda nb: nb.cells.pop(index_of(nb.cells, tests[0]))), everything)
    yield _member("copied-cell", edited(copy_tests), everything)
    yield _member("changed-points", edited(repoint), everything)
    yield _member("syntax-error", rewritten(graded, f"def {graded}(*args, **kwargs):\n    return ("), without_last)
    loop = f"def {graded}(*args, **kwargs):\n    while True:\n        pass"
    yield _member("endless-loop", rewritten(graded, loop), without_last)
    bomb = (
        f"def {graded}(*args, **kwargs):\n    hoard = []\n"
        "    while len(hoard) < 128:  # 8 GiB, if nothing stops it\n        hoard.append(b'x' * 2**26)"
    )
    yield _member("memory-bomb", rewritten(graded, bomb), without_last)
    old = nbformat.convert(edited(lambda nb: nb.cells.pop(0)), to_version=3)
    yield Member("old-format", nbformat.writes(old, version=3), everything)
    yield _member("empty", edited(lambda nb: nb.cells.clear()), 0.0)


def _hostile(assignment: Assignment, attacks: Sequence[Attack]) -> Iterator[Member]:
    for attack in attacks:
        score = sum(assignment.points.values()) if attack.earns_all else 0.0
        yield Member(f"attack-{attack.name}", nbformat.writes(attack.notebook(assignment)), score, hostile=True)


def _member(student: str, notebook: NotebookNode, score: float, misconceptions: Iterable[str] = ()) -> Member:
    return Member(student, nbformat.writes(notebook), score, tuple(misconceptions))


def _extra_cell(source: str, number: int) -> NotebookNode:
    # With a drawn id, the notebook would be another one in every run, and be graded again.
    cell: NotebookNode = new_code_cell(source, id=f"extra-{number}")
    return cell


def _extra_markdown(content: str | dict[str, Any], number: int) -> NotebookNode:
    fields = {"source": content} if isinstance(content, str) else content
    cell: NotebookNode = new_markdown_cell(id=f"extra-{number}", **fields)
    return cell
