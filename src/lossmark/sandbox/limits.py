"""What a submission may use, and what stands around it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Isolation(StrEnum):
    """What stands between a student's code and the machine."""

    BUBBLEWRAP = "bubblewrap"
    NONE = "none"


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Attributes
    ----------
    cell_timeout_s, call_timeout_s : float
        Time for one cell and for one call of a check; of the processor, where the machine is busy with others.
    notebook_timeout_s : float
        Time for all cells and calls of a submission, cells that had to run again included; of the processor, where the
        machine is busy with others. Reading variables has as much for itself.
    memory_bytes : int
        Address space of each process, on top of what the warmed interpreter occupies; all processes together may hold
        twice as much.
    disk_bytes : int
        What may be written below /tmp.
    output_bytes : int
        What is kept of the text that one cell puts out.
    outputs_bytes : int
        What is kept of all outputs of a notebook, pictures included.
    processes : int
        Processes and threads together; an IPython kernel needs about a dozen.
    turn_s : float
        Time on the clock, from its first kernel on, after which it is left for later because others wait.
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
    """What a course puts around all of its submissions.

    Attributes
    ----------
    data : tuple of Path
        Folders that they may read, under the same paths.
    variables : tuple of (str, str)
        Environment variables, by name.
    """

    data: tuple[Path, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
