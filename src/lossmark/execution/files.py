"""The files beside an instructor's notebook, which notebooks and tests may read: put into each student kernel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from lossmark.boundary import wire
from lossmark.boundary.requests import question_to_run
from lossmark.boundary.submission import Killed, TimedOut
from lossmark.course import Assignment
from lossmark.execution.kernel import StudentKernel
from lossmark.sandbox.host import Sandbox, SandboxError
from lossmark.sandbox.limits import Limits
from lossmark.sandbox.zygote import UNTOUCHED

_TIMEOUT_S = 10.0
_KERNELS = frozenset(
    (
        *("IPython", "comm", "dateutil", "debugpy", "ipykernel", "jupyter_client", "jupyter_core", "lossmark"),
        *("matplotlib", "matplotlib_inline", "msgpack", "numpy", "packaging", "platformdirs", "psutil", "pygments"),
        *("tornado", "traitlets", "typing_extensions", "zmq"),
    )
)
"""Modules that a kernel has imported before its first cell, in stock Jupyter or here: no file replaces them."""


def put(student: object, name: str, content: NDArray[np.uint8], module: str) -> None:
    """Write a file into the working folder; runs in the student kernel."""
    import importlib
    import sys
    from pathlib import Path

    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.tobytes())
    importlib.invalidate_caches()
    if module:  # the name of a package that was imported ahead: a kernel that begins would find the file
        for loaded in [one for one in sys.modules if one == module or one.startswith(f"{module}.")]:
            del sys.modules[loaded]


def seed_generators(student: object, untouched: int, seed: int) -> None:
    """Seed the global random generators that no cell has used; runs in the student kernel."""
    import random
    import sys

    if random.getstate() == random.Random(untouched).getstate():
        random.seed(seed)
    if "numpy" in sys.modules:
        import numpy as np

        _, key, position, *_ = np.random.get_state()  # noqa: NPY002 (the generator that notebooks use)
        _, first_key, first_position, *_ = np.random.RandomState(untouched).get_state()
        if position == first_position and np.array_equal(key, first_key):
            np.random.seed(seed)  # noqa: NPY002


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
        request = question_to_run(put, name, np.frombuffer(content, np.uint8), _module_of(name))
        _ask(kernel, request, f"the file {name} cannot be put beside a notebook")


def _module_of(name: str) -> str:
    """The module or package at the top that a file makes; empty of others, and of those that the kernel runs on."""
    path = PurePosixPath(name)
    is_module = path.suffix == ".py" and (len(path.parts) == 1 or path.parts[1:] == ("__init__.py",))
    module = PurePosixPath(path.parts[0]).stem if is_module else ""
    return "" if module in _KERNELS else module


def _ask(kernel: StudentKernel, request: bytes, failure: str) -> None:
    """Ask a kernel that has run no student code; a failure is an error on our side."""
    try:
        reply = wire.decode(kernel.ask(request, _TIMEOUT_S))
    except (TimedOut, Killed) as fault:
        raise SandboxError(f"{failure}: {fault}") from None
    if reply["outcome"] != "value":
        raise SandboxError(f"{failure}: {reply['error']}")


def start_kernel(
    assignment: Assignment, sandbox: Sandbox, limits: Limits, *, opened: bool = False, seed: int = 0
) -> StudentKernel:
    """Start a student kernel with the files of an assignment.

    Parameters
    ----------
    assignment : Assignment
        Whose notebook will run in it.
    sandbox : Sandbox
        Where to fork it.
    limits : Limits
        Its limits.
    opened : bool
        Whether the opening cells shall have been run in it.
    seed : int
        Seeds the global generators of ``random`` and ``numpy.random``, unless the opening cells have used them.

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
        _ask(kernel, question_to_run(seed_generators, UNTOUCHED, seed), "the random generators cannot be seeded")
    except BaseException:
        kernel.close()
        raise
    return kernel
