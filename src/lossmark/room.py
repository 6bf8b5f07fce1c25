"""Limit the memory of this process while it handles a student's submission or answers.

Single causes are refused where they are known. This limit covers all others: a larger request raises a `MemoryError`,
and the machine keeps its memory.
"""

from __future__ import annotations

import mmap
import re
import resource
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOM_BYTES = 896 * 2**20
"""Together with uncounted memory, such as stacks and newly loaded libraries, less than a gibibyte. The answers to the
checks of a cell take up to 256 MiB of it, the rest is for the checks' own computations."""
_is_limited = threading.Lock()
"""The limit is one of the process: it is set by the first of several threads, or of several nested blocks."""


@contextmanager
def limited_memory() -> Iterator[None]:
    """Let the private memory of this process grow by at most `ROOM_BYTES` from the start of the outermost block.

    Processes that are started inside inherit the limit, and may raise it again.
    """
    if not _is_limited.acquire(blocking=False):
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = _private_bytes() + ROOM_BYTES
    try:
        if soft == resource.RLIM_INFINITY or limit < soft:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
        _is_limited.release()


@contextmanager
def refusing(kind: type[Exception], text: str) -> Iterator[None]:
    """Raise an error that names the submission as the cause, in place of a `MemoryError` that is not the machine's.

    Parameters
    ----------
    kind : type
        Of the error.
    text : str
        Its message.

    Raises
    ------
    MemoryError
        If the machine itself has no memory left.
    """
    try:
        yield
    except MemoryError as error:
        traceback.clear_frames(error.__traceback__)  # they hold what has filled the memory
        if is_machine_short():
            raise
        raise kind(text) from None


def is_machine_short() -> bool:
    """Return whether a lack of memory has another cause than the limit of :func:`limited_memory`.

    Without that limit, a process with memory to spare can reserve as much as the limit allows.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
        mmap.mmap(-1, ROOM_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except (OSError, MemoryError):
        return True
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
    return False


def _private_bytes() -> int:
    """Return the memory that counts for the limit, in bytes."""
    found = re.search(r"^VmData:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found is not None
    return 1024 * int(found[1])
