"""A course on disk, and what an assignment asks for."""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import (
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from traitlets import Bool, Enum, Float, Integer, List, Unicode
from traitlets.config import Config, Configurable
from traitlets.config.loader import PyFileConfigLoader

from lossmark.checks import Shows
from lossmark.errors import UsageError
from lossmark.sandbox.limits import Isolation, Limits

_RELEASING = (LockCells, ClearSolutions, ClearOutput, ClearHiddenTests, ClearMarkScheme, ComputeChecksums)
CONFIG_FILE = "nbgrader_config.py"
TESTS, MANUAL, SOLUTION, LOCKED = "tests", "manual", "solution", "locked"


class Lossmark(Configurable):
    """Settings of the engine, set as ``c.Lossmark.<name>`` in ``nbgrader_config.py``."""

    seed = Integer(231, help="Seeds the inputs of the checks, together with each check's name.").tag(config=True)
    isolation = Enum(
        [*Isolation], Isolation.BUBBLEWRAP, help="Wall around student code; `none` only for measuring."
    ).tag(config=True)
    cell_timeout_s = Float(Limits.cell_timeout_s, help="Seconds that one cell may take.").tag(config=True)
    call_timeout_s = Float(Limits.call_timeout_s, help="Seconds that one call of a check may take.").tag(config=True)
    notebook_timeout_s = Float(Limits.notebook_timeout_s, help="Seconds for all of a notebook.").tag(config=True)
    memory_bytes = Integer(Limits.memory_bytes, help="Memory of each process of a submission.").tag(config=True)

    shows = Enum(
        [shows.name.lower() for shows in Shows],
        "expected",
        help="What students see of a lost check: only that (`nothing`), what is off (`message`), the call (`input`), "
        "the right answer (`expected`); a check may say otherwise: `@check(points=1, shows=...)`.",
    ).tag(config=True)
    draws_all_figures = Bool(
        False, help="Run and render what given cells only show, too: a student has it, and nobody grades by it."
    ).tag(config=True)
    order = List(Unicode(), help="Assignments in the order of teaching; those not named here follow.").tag(config=True)

    def limits(self) -> Limits:
        """Return what a submission may use."""
        return Limits(
            cell_timeout_s=self.cell_timeout_s,
            call_timeout_s=self.call_timeout_s,
            notebook_timeout_s=self.notebook_timeout_s,
            memory_bytes=self.memory_bytes,
        )


@dataclass(frozen=True)
class Assignment:
    """What an assignment asks for and what grades it.

    Attributes
    ----------
    name : str
        Its name.
    source, released : NotebookNode
        The instructor's notebook, and what students get of it: without solutions, hidden tests and mark schemes.
    graders : Path
        Folder with the checks, the reference, misconceptions and alternatives.
    """

    name: str
    source: NotebookNode
    released: NotebookNode
    graders: Path

    @cached_property
    def cells(self) -> dict[str, NotebookNode]:
        """The released cells that nbgrader knows, by grade id, in order."""
        return {cell.metadata.nbgrader.grade_id: cell for cell in self.released.cells if kind_of(cell) is not None}

    @cached_property
    def points(self) -> dict[str, float]:
        """Points of the autograder tests cells, by grade id."""
        return {
            name: float(cell.metadata.nbgrader.points) for name, cell in self.cells.items() if kind_of(cell) == TESTS
        }

    @cached_property
    def imports(self) -> tuple[str, ...]:
        """The modules that the instructor's notebook imports, in alphabetical order."""
        return tuple(sorted({name for cell in self.source.cells for name in _imported(cell)} - {"lossmark"}))

    @cached_property
    def manual(self) -> tuple[str, ...]:
        """Grade ids of the cells that a person grades."""
        return tuple(name for name, cell in self.cells.items() if kind_of(cell) == MANUAL)


@dataclass(frozen=True)
class Course:
    """A folder with ``nbgrader_config.py``, ``source/`` and ``graders/``.

    Attributes
    ----------
    root : Path
        The folder.
    """

    root: Path

    @classmethod
    def find(cls, start: Path) -> Course:
        """Find the course that a path lies in.

        Parameters
        ----------
        start : Path
            A file or folder in the course, or the course itself.

        Returns
        -------
        Course

        Raises
        ------
        UsageError
            If there is none.
        """
        start = start.resolve()
        for folder in (start, *start.parents):
            if (folder / CONFIG_FILE).is_file() and (folder / "graders").is_dir():
                return cls(folder)
        raise UsageError(f"{start} is not in a course: no folder above it holds {CONFIG_FILE} and graders/")

    @cached_property
    def config(self) -> Config:
        """The settings in ``nbgrader_config.py``."""
        config: Config = PyFileConfigLoader(CONFIG_FILE, str(self.root)).load_config()
        return config

    @cached_property
    def settings(self) -> Lossmark:
        """The engine's part of the settings."""
        return Lossmark(config=self.config)

    @property
    def assignments(self) -> list[str]:
        """Names of the assignments that have graders, in the order of teaching."""
        order = {name: place for place, name in enumerate(self.settings.order)}
        names = sorted(path.parent.name for path in (self.root / "graders").glob("*/reference.py"))
        return sorted(names, key=lambda name: order.get(name, len(order)))

    def assignment(self, name: str) -> Assignment:
        """Read an assignment.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        Assignment

        Raises
        ------
        UsageError
            If the course has no assignment of that name, or no notebook of it.
        """
        source = self._source(name)
        return Assignment(name, source, self._release(source), self.root / "graders" / name)

    def _source(self, name: str) -> NotebookNode:
        path = self.root / "source" / name / f"{name}.ipynb"
        if name not in self.assignments:
            known = ", ".join(self.assignments) or "none"
            raise UsageError(f"there is no assignment {name!r} in {self.root} (there is: {known})")
        if not path.is_file():
            raise UsageError(f"the assignment {name!r} has graders, but no notebook: there is no file {path}")
        source: NotebookNode = nbformat.read(path, as_version=4)
        return source

    def mark_schemes(self, name: str) -> dict[str, str]:
        """Read what the instructor's notebook says about marking.

        Parameters
        ----------
        name : str
            The assignment's name.

        Returns
        -------
        dict
            Markdown, by the grade id of the cell that a person marks; cells without a mark scheme are not in it.
        """
        delimiters, schemes = ClearMarkScheme(config=self.config), dict[str, str]()
        for cell in self._source(name).cells:
            lines, is_inside = list[str](), False
            for line in cell.source.splitlines():
                if delimiters.begin_mark_scheme_delimeter in line:
                    is_inside = True
                elif delimiters.end_mark_scheme_delimeter in line:
                    is_inside = False
                elif is_inside:
                    lines.append(line)
            if lines and kind_of(cell) == MANUAL:
                schemes[cell.metadata.nbgrader.grade_id] = "\n".join(lines).strip()
        return schemes

    def _release(self, source: NotebookNode) -> NotebookNode:
        """Take out of a source notebook what nbgrader takes out of it, in nbgrader's order."""
        notebook, resources = copy.deepcopy(source), ResourcesDict()
        for preprocessor in _RELEASING:
            notebook, resources = preprocessor(config=self.config).preprocess(notebook, resources)
        return notebook


def _imported(cell: NotebookNode) -> Iterator[str]:
    """Yield the modules that a cell imports at its top."""
    try:
        statements = ast.parse(cell.source).body if cell.cell_type == "code" else []
    except SyntaxError:  # a magic or a line for the shell
        return
    for statement in statements:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            yield statement.module


def kind_of(cell: NotebookNode) -> str | None:
    """Tell what nbgrader's metadata make of a cell.

    Parameters
    ----------
    cell : NotebookNode
        A cell of an instructor's notebook.

    Returns
    -------
    {"tests", "manual", "solution", "locked", None}
    """
    nbgrader: Any = cell.metadata.get("nbgrader", {})
    if not nbgrader.get("grade_id"):
        return None
    if nbgrader.get("grade"):
        return MANUAL if nbgrader.get("solution") or cell.cell_type != "code" else TESTS
    if nbgrader.get("task"):
        return MANUAL
    if nbgrader.get("solution"):
        return SOLUTION
    return LOCKED if nbgrader.get("locked") else None


def digest_of(folder: Path) -> str:
    """Digest the Python files and notebooks of a folder.

    Parameters
    ----------
    folder : Path
        The folder.

    Returns
    -------
    str
        SHA-256, hexadecimal.
    """
    digest = hashlib.sha256()
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.ipynb")]):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
