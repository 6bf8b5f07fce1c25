"""The course's checks in the student's own process, where stock nbgrader and Otter-Grader run hidden tests.

As lean as hidden tests can be: no pytest, no engine, no diagnosis; the graders' modules are imported once in a kernel.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import sys
from pathlib import Path
from typing import Any

import numpy as np

from lossmark.boundary.submission import Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.checks import Check

SEED = 231
"""The default of ``c.Lossmark.seed``, which the course keeps."""


def points(grade_id: str, assignment: str, course: str, names: dict[str, Any], code: list[str]) -> float:
    """Run the checks of a tests cell.

    Parameters
    ----------
    grade_id : str
        The tests cell's.
    assignment : str
        Its assignment.
    course : str
        Folder that holds ``graders/``.
    names : dict
        What the notebook has defined.
    code : list of str
        The cells run so far.

    Returns
    -------
    float
        The points earned.
    """
    if course not in sys.path:
        sys.path.insert(0, course)
    module = importlib.import_module(f"graders.{assignment}.test_{assignment}")
    submission = Submission(LocalTransport(names), code)
    earned = 0.0
    for group in vars(module).values():
        if getattr(group, "cell", None) != grade_id:
            continue
        for name, test in inspect.getmembers(group, inspect.isfunction):
            check: Check | None = getattr(test, "lossmark_check", None)
            if check is None:
                continue
            seed = hashlib.sha256(f"{grade_id}::{name}".encode()).digest()
            fixtures = {"submission": submission, "rng": np.random.default_rng([SEED, *seed])}
            wanted = [parameter for parameter in inspect.signature(test).parameters if parameter in fixtures]
            try:
                getattr(group(), name)(**{parameter: fixtures[parameter] for parameter in wanted})
            except Exception:  # whatever it is, the points are lost: so it is in the student's kernel
                continue
            earned += check.points
    return earned


def hidden_line(grade_id: str, assignment: str, course: Path) -> str:
    """Return the line of a tests cell that runs its checks; its value is what nbgrader takes as partial credit.

    Parameters
    ----------
    grade_id : str
        The tests cell's.
    assignment : str
        Its assignment.
    course : Path
        Folder that holds ``graders/``.

    Returns
    -------
    str
    """
    names = "globals(), list(globals().get('In', []))"
    return f"import in_kernel; in_kernel.points({grade_id!r}, {assignment!r}, {str(course)!r}, {names})"
