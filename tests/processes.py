"""Processes that tests look for: marked by a name of their own, waited for without polling."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

END_TIMEOUT_S = 60.0
"""Long, for a machine that is busy with other tests; what does not end at all is noticed all the same."""

MARK = """
import ctypes, os, time
ctypes.CDLL(None).prctl(15, {name!r}.encode())  # PR_SET_NAME: for this process, and for what it forks
for _ in range(2):
    if os.fork() == 0:
        os.setsid()
        time.sleep(1000)
print('marked')
"""
"""Cell that marks the student kernel and leaves processes behind."""


def named(name: str) -> list[int]:
    """Return the living processes with a name, of at most 15 characters."""
    return [process for process, state in _named(name) if state not in "ZX"]


@contextmanager
def ending(name: str) -> Iterator[list[int]]:
    """Fail unless all processes with a name, at least one, have ended soon after what is inside has run."""
    processes = named(name)
    assert processes, f"there is no process {name}"
    descriptors = [os.pidfd_open(process) for process in processes]
    try:
        yield processes
        for descriptor in descriptors:
            assert select.select([descriptor], [], [], END_TIMEOUT_S)[0], f"a process {name} has not ended"
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    assert named(name) == []


def _named(name: str) -> Iterator[tuple[int, str]]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            before, _, after = path.read_text().rpartition(")")
        except OSError:
            continue  # it has ended meanwhile
        if before.endswith(f"({name}"):
            yield int(path.parent.name), after.split()[0]
