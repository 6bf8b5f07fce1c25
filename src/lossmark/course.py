"""A course on disk, and its assignments."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files
from traitlets.config import Config

from lossmark.configuration import read_config
from lossmark.errors import NotGraded, UsageError
from lossmark.location import find_root
from lossmark.release import Release, compile_release, release_files
from lossmark.sandbox.limits import Limits, Surroundings
from lossmark.settings import Lossmark
from lossmark.source import imported, language_of, mark_scheme_of

TESTS, MANUAL, SOLUTION, LOCKED = "tests", "manual", "solution", "locked"
MAX_FILES_BYTES = 12 * 2**20
"""Size of the files beside a notebook: they go into every student kernel, whose disk is small."""
_KNOWS_LOSSMARK = re.compile(r"\blossmark\b")


@dataclass(frozen=True)
class Assignment:
    """An assignment and its graders.

    Attributes
    ----------
    name : str
        Its name.
    source, declared, released : NotebookNode
        The instructor's notebook, its cells as the gradebook keeps them, and the students' version.
    graders : Path
        Folder with the checks, the reference, misconceptions and alternatives.
    has_graders : bool
        Whether there is such a folder. If not, the tests in the source notebook are all there is, as in stock nbgrader.
    files : mapping
        Files beside the source notebook, which go to each student kernel, by name.
    """

    name: str
    source: NotebookNode
    declared: NotebookNode
    released: NotebookNode
    graders: Path
    has_graders: bool = True
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)

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
        return tuple(sorted({name for cell in self.source.cells for name in imported(cell)} - {"lossmark"}))

    @cached_property
    def manual(self) -> tuple[str, ...]:
        """Grade ids of the cells that a person grades."""
        return tuple(name for name, cell in self.cells.items() if kind_of(cell) == MANUAL)


@dataclass(frozen=True)
class Course:
    """A folder with ``nbgrader_config.py``, ``source/`` and, where there are checks, ``graders/``.

    Attributes
    ----------
    root : Path
        The folder.
    given : Config, optional
        Its settings, where they were read elsewhere: a worker may be on another machine.
    compiled : Release, optional
        The release of its one assignment, where it was compiled elsewhere.
    """

    root: Path
    given: Config | None = field(default=None, repr=False, compare=False)
    compiled: Release | None = field(default=None, repr=False, compare=False)

    @classmethod
    def find(cls, start: Path) -> Course:
        """Find the course that a path lies in: the working folder, or one that the instructor has named.

        Never to be asked about a submission: its student may have put a configuration beside it. Below the folders of
        submissions nothing is taken for a course.

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
        return cls(find_root(start))

    @cached_property
    def config(self) -> Config:
        """The settings, as nbgrader's commands have them."""
        return read_config(self.root) if self.given is None else self.given

    @cached_property
    def settings(self) -> Lossmark:
        """The engine's part of the settings."""
        return Lossmark(config=self.config)

    def limits(self, assignment: Assignment) -> Limits:
        """Return the limits of a submission.

        Parameters
        ----------
        assignment : Assignment
            The assignment that it is for. One without graders has the time that stock nbgrader gives its cells.

        Returns
        -------
        Limits
        """
        cells = sum(cell.cell_type == "code" for cell in assignment.source.cells)
        return self.settings.limits(0 if assignment.has_graders else cells)

    def surroundings(self) -> Surroundings:
        """Return the files and variables that the course shares with its submissions."""
        return self.settings.surroundings(self.root)

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
            If the course has no assignment of that name, or not the one notebook of it.
        NotGraded
            If its notebook names checks that have no folder, or the course's settings make no release of it.
        """
        release, graders = self.release(name), self.root / "graders" / name
        notebooks = release.source, release.declared, release.released
        if name in self.assignments:
            return Assignment(name, *notebooks, graders, files=self.files(name))
        if any(_KNOWS_LOSSMARK.search(cell.source) for cell in release.source.cells if cell.cell_type == "code"):
            raise NotGraded(f"the notebook of {name!r} names checks of Lossmark, but there is no folder {graders}")
        return Assignment(name, *notebooks, graders, has_graders=False, files=self.files(name))

    def release(self, name: str) -> Release:
        """Compile the release of an assignment as the course's settings say; once, as long as its files stay the same.

        Parameters
        ----------
        name : str
            The assignment's name.

        Returns
        -------
        Release
            Copies, which may be changed.

        Raises
        ------
        UsageError, NotGraded
        """
        if self.compiled is not None:
            return copy.deepcopy(self.compiled)
        file = self._source_file(name)
        made_from = file.read_bytes(), *self.release_files(name).items()
        if self._releases.get(name, (None,))[0] != made_from:
            self._releases[name] = made_from, compile_release(self.root, file, self.config)
        return copy.deepcopy(self._releases[name][1])

    def release_files(self, name: str) -> dict[str, bytes]:
        """Read the files other than the notebook that an assignment's release is made from.

        Parameters
        ----------
        name : str
            The assignment's name.

        Returns
        -------
        dict
            As :func:`lossmark.release.release_files`.
        """
        return release_files(self.root, self.root / "source" / name / f"{name}.ipynb", self.config)

    @cached_property
    def _releases(self) -> dict[str, tuple[Any, Release]]:
        return {}  # by assignment, with the files that they were made from

    def require_graders(self, *names: str) -> list[str]:
        """Return the assignments to do something with that takes graders.

        Parameters
        ----------
        *names : str
            Those that were named; all that have graders, if none was.

        Returns
        -------
        list of str

        Raises
        ------
        UsageError
            If one has none, or there is none.
        """
        for name in names:
            if not self.assignment(name).has_graders:
                raise UsageError(f"{name!r} has no graders, which this is about: there is no folder graders/{name}")
        if not self.assignments:
            raise UsageError(f"no assignment of {self.root} has graders, which this is about")
        return list(names) or self.assignments

    @property
    def _without_graders(self) -> list[str]:
        """Names of the assignments whose only tests are those in their notebook."""
        names = sorted(path.parent.name for path in (self.root / "source").glob("*/*.ipynb"))
        return [name for name in dict.fromkeys(names) if not (self.root / "graders" / name).exists()]

    def _source_file(self, name: str) -> Path:
        """Find the notebook of an assignment; one that cannot be graded is refused."""
        path = self.root / "source" / name / f"{name}.ipynb"
        known = [*self.assignments, *self._without_graders]
        if name not in known:
            raise UsageError(f"there is no assignment {name!r} in {self.root} (there is: {', '.join(known) or 'none'})")
        if not path.is_file():
            what = "has graders, but no notebook" if name in self.assignments else "has no notebook of its name"
            raise UsageError(f"the assignment {name!r} {what}: there is no file {path}")
        if len(notebooks := sorted(other.name for other in path.parent.glob("*.ipynb"))) > 1:
            raise UsageError(
                f"the assignment {name!r} has {len(notebooks)} notebooks, and Lossmark grades those with one: "
                f"{', '.join(notebooks)}; make an assignment of each"
            )
        language = language_of(nbformat.read(path, as_version=4))
        if language.lower() not in ("python", "ipython", "python3"):
            raise UsageError(f"the notebook {path} is in {language}, and Lossmark grades Python")
        return path

    def files(self, name: str) -> dict[str, bytes]:
        """Read the files beside an assignment's source notebook, which nbgrader releases with it.

        Parameters
        ----------
        name : str
            The assignment's name.

        Returns
        -------
        dict
            Contents by name, relative to the notebook's folder.

        Raises
        ------
        UsageError
            If they are too large.
        """
        folder, ignored = self.root / "source" / name, CourseDirectory(config=self.config).ignore
        paths = sorted(Path(path) for path in find_all_files(str(folder), [*ignored, "*.ipynb"]))
        if sum(path.stat().st_size for path in paths) > MAX_FILES_BYTES:
            raise UsageError(
                f"the files in {folder} are larger than {MAX_FILES_BYTES // 2**20} MiB together, and each student "
                "kernel gets all of them; make them smaller, or put them into a folder of c.Lossmark.data"
            )
        return {str(path.relative_to(folder)): path.read_bytes() for path in paths}

    def grader_files(self, name: str) -> dict[str, bytes]:
        """Read the files of an assignment's graders: modules, and all other files except hidden ones.

        Parameters
        ----------
        name : str
            The assignment's name.

        Returns
        -------
        dict
            Contents by name, relative to the course's folder; none of an assignment without graders.
        """
        folder = self.root / "graders"
        if not (folder / name).is_dir():
            return {}
        names = [path.relative_to(self.root) for path in (*folder.glob("*.py"), *(folder / name).rglob("*"))]
        left_behind = re.compile(r"(^|/)(\.|__pycache__/)")  # by editors, and by Python
        kept = sorted(str(path) for path in names if not left_behind.search(str(path)))
        return {path: (self.root / path).read_bytes() for path in kept if (self.root / path).is_file()}

    def mark_schemes(self, name: str) -> dict[str, str]:
        """Read the mark schemes of the instructor's notebook.

        Parameters
        ----------
        name : str
            The assignment's name.

        Returns
        -------
        dict
            Markdown, by the grade id of the cell that a person marks; cells without a mark scheme are not in it.
        """
        manual = [cell for cell in self.release(name).source.cells if kind_of(cell) == MANUAL]
        schemes = {cell.metadata.nbgrader.grade_id: mark_scheme_of(cell, self.config) for cell in manual}
        return {grade_id: scheme for grade_id, scheme in schemes.items() if scheme}


def kind_of(cell: NotebookNode) -> str | None:
    """Return a cell's kind from nbgrader's metadata.

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


def is_locked(cell: NotebookNode) -> bool:
    """Whether students cannot change a cell.

    Parameters
    ----------
    cell : NotebookNode
        Of a notebook that was laid out, or an instructor's.
    """
    return bool(cell.metadata.get("nbgrader", {}).get("locked"))


def grade_id_of(cell: NotebookNode) -> str:
    """Return the name under which nbgrader knows a cell.

    Parameters
    ----------
    cell : NotebookNode
        Of any notebook.

    Returns
    -------
    str
        Empty of a cell that it does not know.
    """
    grade_id: str = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    return grade_id


def index_of(cells: Sequence[NotebookNode], grade_id: str) -> int:
    """Find the first cell that nbgrader knows under a name, which one of them has.

    Parameters
    ----------
    cells : sequence of NotebookNode
        A notebook's.
    grade_id : str
        The name.

    Returns
    -------
    int
    """
    return next(index for index, cell in enumerate(cells) if grade_id_of(cell) == grade_id)
