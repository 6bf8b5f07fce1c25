"""The limits of a submission, and the wall around it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Isolation(StrEnum):
    """The wall between a student's code and the machine."""

    BUBBLEWRAP = "bubblewrap"
    NONE = "none"


@dataclass(frozen=True)
class Limits:
    """The limits of a submission.

    Attributes
    ----------
    cell_timeout_s, call_timeout_s : float
        Time for one cell and for one call of a check; CPU time, if the machine is busy.
    notebook_timeout_s : float
        Time for all cells and calls of a submission, including cells that had to run again; CPU time, if the machine is
        busy. Reading variables has the same time in addition.
    memory_bytes : int
        Address space of each process, on top of the warmed interpreter's; all processes together may hold
        twice as much.
    disk_bytes : int
        Size of all files below /tmp.
    output_bytes : int
        Stored text output of one cell.
    outputs_bytes : int
        Stored outputs of a notebook, including pictures.
    processes : int
        Processes and threads together; an IPython kernel needs about a dozen.
    turn_s : float
        Wall time from its first kernel on, after which it is put back because others wait.
    """

    cell_timeout_s: float = 30.0
    call_timeout_s: float = 5.0
    notebook_timeout_s: float = 180.0
    memory_bytes: int = 2**30
    disk_bytes: int = 256 * 2**20
    output_bytes: int = 2**18
    outputs_bytes: int = 2**24
    processes: int = 128
    turn_s: float = math.inf

    @property
    def cpu_s(self) -> int:
        """Processor time of each process, in seconds: no more than all of the notebook has."""
        return round(self.notebook_timeout_s) + 1


@dataclass(frozen=True)
class Surroundings:
    """Files and variables that a course shares with all of its submissions.

    Attributes
    ----------
    data : tuple of Path
        Folders that they may read, under the same paths.
    variables : tuple of (str, str)
        Environment variables, by name.
    """

    data: tuple[Path, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
