"""What the benchmarks have measured, as files: each with when, where, with what and by which command.

`benchmarks/results/` holds what the pages quote (benchmarks/performance.py).
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from lossmark.quality.conditions import PACKAGES, Conditions

FOLDER = Path(__file__).parent / "results"
MEASURED = "measured"


@dataclass(frozen=True)
class Result:
    """What one run of a benchmark has measured.

    Attributes
    ----------
    command : str
        What has measured it.
    source : str
        ``MEASURED``, or where else the figures are from.
    commit : str
        What was checked out.
    conditions : Conditions
        When, where and with what.
    figures : dict
        As the benchmark gave them.
    """

    command: str
    source: str
    commit: str
    conditions: Conditions
    figures: dict[str, Any]

    @classmethod
    def read(cls, file: Path) -> Result:
        """Read a file that :func:`write` has written."""
        content = json.loads(file.read_text())
        return cls(**content | {"conditions": Conditions(**content["conditions"])})

    @property
    def day(self) -> str:
        """The day, as pages write it."""
        day = date.fromisoformat(self.conditions.date)
        return f"{day.day} {day:%B %Y}"


def write(file: Path, figures: dict[str, Any]) -> None:
    """Write what this program has measured."""
    result = Result(
        command_line(), MEASURED, checked_out(), Conditions.now((*PACKAGES, "psycopg", "playwright")), figures
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(asdict(result), indent=1) + "\n")


def command_line() -> str:
    """Return the command that runs, but for where it writes."""
    words = sys.argv[1:]
    if "--json" in words:
        at = words.index("--json")
        words = words[:at] + words[at + 2 :]
    return shlex.join(["python", f"benchmarks/{Path(sys.argv[0]).name}", *words])


def checked_out() -> str:
    """Return the commit that is checked out, with ``-dirty`` if files differ from it."""
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(command, cwd=FOLDER.parent, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
