"""The engine's settings in a course's ``nbgrader_config.py``."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from enum import StrEnum
from pathlib import Path

from nbgrader.preprocessors import Execute
from traitlets import Bool, Dict, Enum, Float, Integer, List, Unicode
from traitlets.config import Configurable

from lossmark.checks import Shows
from lossmark.errors import UsageError
from lossmark.sandbox.limits import Isolation, Limits, Surroundings

CONFIG_FILE = "nbgrader_config.py"
CHECK_TIMEOUT_S = 120.0
"""Processor time of a check: those of the course take up to some seconds."""
UNLIMITED_CELL_S = 600.0
"""Time of a cell where nbgrader's settings give it no limit: a run must end."""
LONGEST_NOTEBOOK_S = 3600.0
"""Time of a notebook at most, unless the course sets another, or gives one cell more."""
_CELLS_IN_TIME = 6
"""Cells that may each take the whole time of a cell before the notebook's time is used up."""
_READABLE = stat.S_IROTH | stat.S_IXOTH
"""For submissions under root, which run as the user nobody."""
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_OWN_PREFIXES = ("PYTHON", "LD_", "MPL", "IPYTHON")
_OWN_VARIABLES = ("HOME",)
_SYSTEM = tuple(map(Path, ("/boot", "/dev", "/etc", "/proc", "/run", "/sys", "/var/lib", "/var/log", "/var/run")))
"""Folders of the machine's own secrets, and those that the sandbox has of its own."""


class Inputs(StrEnum):
    """How the inputs of the checks are drawn."""

    PER_COURSE = "per course"
    PER_SUBMISSION = "per submission"


class Lossmark(Configurable):
    """Settings of the engine, set as ``c.Lossmark.<name>`` in ``nbgrader_config.py``."""

    seed = Integer(231, help="Seeds the inputs of the checks, together with each check's name.").tag(config=True)
    inputs = Enum(
        [*Inputs],
        Inputs.PER_COURSE,
        help="How the inputs of the checks are drawn: `per course`, the same for all; `per submission`, different for "
        "each submitted file, and the same on a regrade, so that answers seen in feedback are useless later.",
    ).tag(config=True)
    isolation = Enum(
        [*Isolation], Isolation.BUBBLEWRAP, help="Wall around student code; `none` only for measuring."
    ).tag(config=True)
    cell_timeout_s = Float(
        None,
        allow_none=True,
        help="Seconds that one cell may take. If not set: nbgrader's `c.Execute.timeout` (30 by default), and 600 "
        "where that sets no limit.",
    ).tag(config=True)
    check_timeout_s = Float(
        CHECK_TIMEOUT_S,
        help="Seconds of the processor's time that one check itself may take, the submission's answers apart. A check "
        "that takes longer is reported as at fault.",
    ).tag(config=True)
    call_timeout_s = Float(Limits.call_timeout_s, help="Seconds that one call of a check may take.").tag(config=True)
    notebook_timeout_s = Float(
        None,
        allow_none=True,
        help="Seconds for a whole notebook. If not set: 180, or six times the limit of a cell if that is more; "
        "without graders, the limit of a cell times the number of code cells, as in nbgrader; at most an hour.",
    ).tag(config=True)
    memory_bytes = Integer(Limits.memory_bytes, help="Memory of each process of a submission.").tag(config=True)
    disk_bytes = Integer(Limits.disk_bytes, help="Bytes that a submission may write to files.").tag(config=True)
    processes = Integer(Limits.processes, help="Processes and threads of a submission.").tag(config=True)
    data = List(
        Unicode(),
        help="Folders outside of the course that every submission may read, by their absolute paths.",
    ).tag(config=True)
    variables = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        help="Environment variables that every submission has. Students can read them.",
    ).tag(config=True)

    shows = Enum(
        [shows.name.lower() for shows in Shows],
        "expected",
        help="Feedback of a lost check: only its title (`nothing`), the finding (`message`), the call (`input`), "
        "the right answer (`expected`); a check may override it: `@check(points=1, shows=...)`.",
    ).tag(config=True)
    draws_all_figures = Bool(
        False, help="Also run and render given cells that only show something, which is not needed for grading."
    ).tag(config=True)
    order = List(Unicode(), help="Assignments in the order of teaching; those not named here follow.").tag(config=True)

    def seed_for(self, submission: bytes, inputs: Inputs | None = None) -> int:
        """Return the seed of the inputs that a submission is checked with.

        Parameters
        ----------
        submission : bytes
            Content of the submitted file.
        inputs : Inputs, optional
            Instead of the course's setting.

        Returns
        -------
        int
            The course's; or 48 bits of a digest of that and the file, so that JSON keeps it.
        """
        if Inputs(inputs or self.inputs) is Inputs.PER_COURSE:
            return int(self.seed)
        return int.from_bytes(hashlib.sha256(f"{self.seed}\0".encode() + submission).digest()[:6])

    def limits(self, cells: int = 0) -> Limits:
        """Return the limits of a submission.

        Parameters
        ----------
        cells : int
            Code cells of a notebook that shall have the time that stock nbgrader gives it.

        Returns
        -------
        Limits
        """
        cell_s: float | None = self.cell_timeout_s
        if cell_s is None:
            stock_s = Execute(config=self.config).timeout
            cell_s = float(stock_s) if stock_s and stock_s > 0 else UNLIMITED_CELL_S
        notebook_s: float | None = self.notebook_timeout_s
        if notebook_s is None:
            all_cells_s = min(max(_CELLS_IN_TIME, cells) * cell_s, LONGEST_NOTEBOOK_S)
            notebook_s = max(Limits.notebook_timeout_s, all_cells_s, cell_s)
        return Limits(
            cell_timeout_s=cell_s,
            call_timeout_s=self.call_timeout_s,
            notebook_timeout_s=notebook_s,
            memory_bytes=self.memory_bytes,
            disk_bytes=self.disk_bytes,
            processes=self.processes,
        )

    def surroundings(self, root: Path) -> Surroundings:
        """Return the files and variables that the course shares with its submissions.

        Parameters
        ----------
        root : Path
            The course's folder, which they must not see.

        Returns
        -------
        Surroundings

        Raises
        ------
        UsageError
            If a folder is not there or would show files that students must not see, or a variable is the sandbox's own.
        """
        for name in self.variables:
            if not _NAME.fullmatch(name) or name.startswith(_OWN_PREFIXES) or name in _OWN_VARIABLES:
                raise UsageError(f"c.Lossmark.variables cannot set {name!r}: the sandbox needs it as it is")
        folders = tuple(_shown(folder, root.resolve()) for folder in self.data)
        return Surroundings(folders, tuple(sorted(self.variables.items())))


def _shown(name: str, root: Path) -> Path:
    """A folder of shared data, unless it would show hidden files."""
    given, folder, home = Path(name), Path(name).resolve(), Path.home().resolve()
    if not given.is_absolute() or not folder.is_dir():
        raise UsageError(f"c.Lossmark.data names {name!r}, which is not the absolute path of a folder on this machine")
    if folder.is_relative_to(root) or root.is_relative_to(folder):
        raise UsageError(f"c.Lossmark.data names {name!r}, which shows files of the course; take another folder")
    if (scratch := Path(tempfile.gettempdir()).resolve()).is_relative_to(folder):
        raise UsageError(
            f"c.Lossmark.data names {name!r}, which shows {scratch}, where workers keep the tests; take another folder"
        )
    below_home = folder.relative_to(home).parts if folder.is_relative_to(home) else ("",)
    is_hidden = below_home[:1] != (".cache",) and any(part.startswith(".") for part in below_home)
    if home.is_relative_to(folder) or is_hidden or any(folder.is_relative_to(path) for path in _SYSTEM):
        raise UsageError(f"c.Lossmark.data names {name!r}, which may hold secrets of this account or machine")
    if os.getuid() == 0 and folder.stat().st_mode & _READABLE != _READABLE:
        raise UsageError(f"c.Lossmark.data names {name!r}, which submissions cannot read: chmod -R o+rX {folder}")
    return given
