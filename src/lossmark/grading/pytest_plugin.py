"""Checks as pytest tests: the fixtures they use, and how a run of plain pytest finds a submission.

``python -m pytest graders/hinge_loss`` runs the checks of an assignment on the reference solution in its source
notebook, ``--submission FILE`` on a submission, in the same sandbox and the same order as grading does.
"""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lossmark.boundary.submission import Submission
from lossmark.checks import Check
from lossmark.errors import NotGraded, UsageError

if TYPE_CHECKING:
    from lossmark.course import Course
    from lossmark.execution.run import NotebookRun
    from lossmark.sandbox.host import Sandbox

SUBMISSION = pytest.StashKey[Submission | None]()
"""Where grading puts the submission that the next check is for."""
SEED = pytest.StashKey[int]()
"""Where grading puts the seed of the inputs of the next check."""
_PLAIN_RUN = pytest.StashKey["_PlainRun"]()


def check_of(item: pytest.Item) -> Check | None:
    """Return the points and title of a test, or None if it is not a check.

    Parameters
    ----------
    item : pytest.Item
        A collected test.
    """
    return getattr(getattr(item, "obj", None), "lossmark_check", None)


def cell_of(item: pytest.Item) -> str:
    """Return the grade id of the tests cell that a check belongs to.

    Parameters
    ----------
    item : pytest.Item
        A collected test.
    """
    return str(getattr(getattr(item, "cls", None), "cell", ""))


def lecture_of(item: pytest.Item) -> str:
    """Return the part of the lecture that its class names.

    Parameters
    ----------
    item : pytest.Item
        A collected test.
    """
    return str(getattr(getattr(item, "cls", None), "lecture", ""))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a plain run."""
    group = parser.getgroup("lossmark")
    group.addoption("--submission", type=Path, metavar="FILE", help="notebook to check instead of the source notebook")
    group.addoption("--isolation", choices=["bubblewrap", "none"], help="wall around the student kernel")


@pytest.fixture
def submission(request: pytest.FixtureRequest) -> Submission | None:
    """The student's work, with the notebook run up to the check's cell."""
    stash = request.config.stash
    if SUBMISSION in stash:
        return stash[SUBMISSION]
    try:
        return _plain_run(request.config).submission_for(request.node)
    except UsageError as error:
        pytest.exit(str(error), returncode=2)
    except NotGraded as error:
        pytest.exit(str(error), returncode=1)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """A generator seeded by the check's name and the seed of the course or submission: the same on a regrade."""
    return _generator(request, f"{cell_of(request.node)}::{request.node.name}")


@pytest.fixture
def cell_rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """A generator like `rng`, the same for all checks of a cell: several can look at one answer that takes long."""
    return _generator(request, cell_of(request.node))


def _generator(request: pytest.FixtureRequest, name: str) -> np.random.Generator:
    seed = request.config.stash.get(SEED, None)
    if seed is None:
        seed = _plain_run(request.config).seed_for(request.node)
    return np.random.default_rng([seed, *hashlib.sha256(name.encode()).digest()])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the checks of each file in the order of its notebook, in which the cells run."""
    checks = [item for item in items if check_of(item) is not None]
    if not checks or SUBMISSION in config.stash:
        return
    files = list(dict.fromkeys(item.path for item in items))

    def place(item: pytest.Item) -> tuple[int, int]:
        cells = _plain_run(config).cells_of(item) if check_of(item) is not None else []
        return files.index(item.path), cells.index(cell_of(item)) if cell_of(item) in cells else len(cells)

    try:
        items.sort(key=place)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None


def _plain_run(config: pytest.Config) -> _PlainRun:
    if _PLAIN_RUN not in config.stash:
        config.stash[_PLAIN_RUN] = _PlainRun(config.getoption("submission"), config.getoption("isolation"))
        config.add_cleanup(config.stash[_PLAIN_RUN].close)
    return config.stash[_PLAIN_RUN]


class _PlainRun:
    """The notebooks that a run of plain pytest checks, one for each assignment, in one sandbox."""

    def __init__(self, file: Path | None, isolation: str | None) -> None:
        self._file = file
        self._isolation = isolation
        self._sandbox: Sandbox | None = None
        self._runs: dict[Path, NotebookRun] = {}
        self._cells: dict[Path, list[str]] = {}

    def course_of(self, item: pytest.Item) -> Course:
        """Return the course whose graders a check is of."""
        from lossmark.course import Course  # here and below: a run without checks does not wait for these imports

        return Course.find(item.path)

    def seed_for(self, item: pytest.Item) -> int:
        """Return the seed of a check's inputs: the one that grading the file takes, or the course's."""
        settings = self.course_of(item).settings
        return settings.seed_for(self._file.read_bytes()) if self._file else int(settings.seed)

    def cells_of(self, item: pytest.Item) -> list[str]:
        """Return the tests cells of a check's assignment, in order."""
        folder = item.path.parent
        if folder not in self._cells:
            self._cells[folder] = list(self.course_of(item).assignment(folder.name).points)
        return self._cells[folder]

    def submission_for(self, item: pytest.Item) -> Submission:
        """Return the notebook's submission, run up to the cell of a check."""
        folder = item.path.parent
        if folder not in self._runs:
            self._runs[folder] = self._start(folder)
        return self._runs[folder].submission_at(cell_of(item))

    def close(self) -> None:
        """End the kernels and the sandbox."""
        for run in self._runs.values():
            run.close()
        if self._sandbox is not None:
            self._sandbox.close()

    def _start(self, folder: Path) -> NotebookRun:
        from lossmark.course import Course
        from lossmark.execution.files import start_kernel
        from lossmark.execution.notebook import lay_out, read_notebook_file
        from lossmark.execution.run import NotebookRun
        from lossmark.sandbox.host import Sandbox
        from lossmark.sandbox.limits import Isolation

        course = Course.find(folder)
        assignment = course.assignment(folder.name)
        limits = course.settings.limits()
        sandbox = self._sandbox or Sandbox(
            Isolation(self._isolation or course.settings.isolation), surroundings=course.surroundings()
        )
        self._sandbox = sandbox
        notebook = read_notebook_file(self._file) if self._file else assignment.source
        start = partial(start_kernel, assignment, sandbox, limits)
        return NotebookRun(lay_out(notebook, assignment).notebook.cells, start, limits)
