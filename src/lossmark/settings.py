"""What a course sets in ``nbgrader_config.py``: reading it, and the engine's part of it."""

from __future__ import annotations

from pathlib import Path

from traitlets import Bool, Enum, Float, Integer, List, Unicode
from traitlets.config import Config, Configurable
from traitlets.config.loader import PyFileConfigLoader

from lossmark.checks import Shows
from lossmark.sandbox.limits import Isolation, Limits

CONFIG_FILE = "nbgrader_config.py"


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


def read_config(root: Path) -> Config:
    """Read the settings of a course.

    Parameters
    ----------
    root : Path
        The course's folder.

    Returns
    -------
    Config
    """
    config: Config = PyFileConfigLoader(CONFIG_FILE, str(root)).load_config()
    return config
