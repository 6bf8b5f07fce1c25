"""What the unit tests share: a submission in this process, a transport that replies anything, and small courses."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

import msgpack
import nbformat
import numpy as np
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lossmark.boundary.submission import StudentFault, Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.course import Assignment, Course
from lossmark.settings import CONFIG_FILE

ROOT = Path(__file__).parents[1]
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
"""A whole PNG of one pixel, encoded."""
DTYPES = ("?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16")
PLAIN_VALUES = {
    "none": None,
    "true": True,
    "false": False,
    "zero": 0,
    "negative": -3,
    "largest of 64 bits": 2**64 - 1,
    "smallest of 64 bits": -(2**63),
    "just above 64 bits": 2**64,
    "just below 64 bits": -(2**63) - 1,
    "a large integer": 10**50,
    "a large negative integer": -(10**50),
    "float": 2.5,
    "infinity": np.inf,
    "complex": 1 - 2j,
    "text": "Größe Δ",
    "no text": "",
    "list": [1, [2.0, "three"], []],
    "tuple": (1, (2.0, None), ()),
    "dict": {"a": 1, 2: [3], (4, 5): {"b": None}, None: True},
    "numpy scalar": np.float32(1.5),
    "array": np.arange(6.0).reshape(2, 3),
    "no numbers": np.zeros((0, 3)),
    "several arrays": [np.arange(3), {"b": np.ones((2, 2), np.float32)}, np.array([True, False])],
}
"""Values that must arrive as they were sent, by what is special about them."""


class Replies:
    """A transport that gives prepared replies, the last one for ever; an exception is raised."""

    def __init__(self, *replies: bytes | StudentFault) -> None:
        self.replies = list(replies)

    def ask(self, request: bytes) -> bytes:
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, StudentFault):
            raise reply
        return reply


def submission_of(*code: str, **names: Any) -> Submission:
    """Return a submission whose functions and variables are given."""
    return Submission(LocalTransport(names), code)


def submission_that_runs(*cells: str) -> Submission:
    """Return a submission that has run its cells in this process."""
    names: dict[str, Any] = {}
    for cell in cells:
        exec(cell, names)
    return Submission(LocalTransport(names), cells)


def a_part(versions: Sequence[Any], seed: int, of: int) -> Sequence[Any]:
    """Take one version of so many, others with each seed: all of them with ``LOSSMARK_FUZZ``, as in ``make fuzz``."""
    return versions if "LOSSMARK_FUZZ" in os.environ else versions[seed % of :: of]


def message(structure: Any, numbers: bytes = b"") -> bytes:
    """Pack any structure as if it were a message."""
    packed = msgpack.packb(structure)
    return len(packed).to_bytes(4, "little") + packed + numbers


def graded_cell(kind: str, grade_id: str, source: str, points: float | None = None) -> NotebookNode:
    """Make a cell with nbgrader's metadata: ``"solution"``, ``"tests"``, ``"manual"`` or ``"locked"``."""
    new = new_markdown_cell if kind == "manual" else new_code_cell
    metadata = {
        "grade_id": grade_id,
        "schema_version": 3,
        "solution": kind in ("solution", "manual"),
        "grade": kind in ("tests", "manual"),
        "locked": kind in ("tests", "locked"),
        "task": False,
    }
    cell: NotebookNode = new(source, metadata={"nbgrader": metadata | ({} if points is None else {"points": points})})
    return cell


def write_course(root: Path, cells: list[NotebookNode], graders: Mapping[str, str], name: str = "toy") -> Assignment:
    """Write a course of one assignment: its notebook, and its graders' files by name."""
    notebook = root / "source" / name / f"{name}.ipynb"
    notebook.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), notebook)
    (root / CONFIG_FILE).write_text("c = get_config()\n")
    folder = root / "graders" / name
    folder.mkdir(parents=True, exist_ok=True)
    (root / "graders" / "__init__.py").touch()
    for file in ("__init__", "reference", "misconceptions", "alternatives"):
        (folder / f"{file}.py").touch()
    for file, text in graders.items():
        (folder / f"{file}.py").write_text(dedent(text))
    return Course(root).assignment(name)


def reduced_to(example: Any, value: Any) -> Any:
    """Leave of plain data only the keys that an example has, all the way down."""
    match example:
        case dict():
            return {key: reduced_to(inner, value[key]) for key, inner in example.items()}
        case list():
            return [reduced_to(*pair) for pair in zip(example, value, strict=True)]
    return value
