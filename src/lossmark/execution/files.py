"""The files beside an instructor's notebook, which notebooks and tests may read: put into each student kernel."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lossmark.boundary import wire
from lossmark.boundary.submission import Killed, TimedOut, question_to_run
from lossmark.course import Assignment
from lossmark.execution.kernel import StudentKernel
from lossmark.sandbox.host import Sandbox, SandboxError
from lossmark.sandbox.limits import Limits

_TIMEOUT_S = 10.0


def put(student: object, name: str, content: NDArray[np.uint8]) -> None:
    """Write a file into the working folder; runs in the student kernel."""
    import importlib
    from pathlib import Path

    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.tobytes())
    importlib.invalidate_caches()


def put_files(kernel: StudentKernel, files: Mapping[str, bytes]) -> None:
    """Put files into the working folder of a kernel that has run nothing of a student's yet.

    Parameters
    ----------
    kernel : StudentKernel
        The kernel.
    files : mapping
        Contents, by name relative to that folder.

    Raises
    ------
    SandboxError
        If that fails: no student's fault.
    """
    for name, content in files.items():
        try:
            reply = wire.decode(kernel.ask(question_to_run(put, name, np.frombuffer(content, np.uint8)), _TIMEOUT_S))
        except (TimedOut, Killed) as fault:
            raise SandboxError(f"the file {name} cannot be put beside a notebook: {fault}") from None
        if reply["outcome"] != "value":
            raise SandboxError(f"the file {name} cannot be put beside a notebook: {reply['error']}")


def start_kernel(assignment: Assignment, sandbox: Sandbox, limits: Limits, *, opened: bool = False) -> StudentKernel:
    """Start a student kernel with the files of an assignment.

    Parameters
    ----------
    assignment : Assignment
        Whose notebook will run in it.
    sandbox : Sandbox
        Where to fork it.
    limits : Limits
        What it may use.
    opened : bool
        Whether the opening cells shall have been run in it.

    Returns
    -------
    StudentKernel

    Raises
    ------
    SandboxError
        If that fails: no student's fault.
    """
    kernel = StudentKernel(sandbox, limits, opened=opened)
    try:
        put_files(kernel, assignment.files)
    except BaseException:
        kernel.close()
        raise
    return kernel
