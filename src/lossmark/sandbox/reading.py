"""Reading a submission's source in a process that may die of it, forked from the warmed interpreter.

The process says that it has begun, reads one cell after the other, and sends what it has read of each::

    began (1 byte) | frame of cell 0 | frame of cell 1 | ...
    frame: length (4 bytes, little endian) | message of the wire format

It ends at a cell that its parser fails for. Nothing of the submission is executed, and nothing that one process has
read is there when the next one reads.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from collections.abc import Callable, Iterator, Sequence

from lossmark.boundary import wire
from lossmark.sandbox import walls
from lossmark.syntax import Definition, read

MEMORY_BYTES = 2**29
CPU_S = 1
"""Processor time of each process, in seconds; all cells of a usual notebook take some milliseconds."""
MAX_BYTES = wire.MAX_BYTES
"""What one process may send."""
MOST_PROCESSES = 6
"""For one notebook."""
TIMEOUT_S = 60.0

_BEGAN = b"b"
_LENGTH = struct.Struct("<I")

Cells = list[tuple[Definition, ...]]


def read_all(cells: Sequence[str], start: Callable[[Sequence[str]], int]) -> Cells:
    """Read cells in as many processes as it takes.

    Parameters
    ----------
    cells : sequence of str
        Source of a notebook's code cells.
    start : callable
        Starts a process that reads the cells which it is given, and returns the end of a pipe that it sends them to.

    Returns
    -------
    list of tuple of Definition
        Of each cell. Nothing of a cell at which two processes in a row have died, the second of which had read no other
        before it; nor of what no process of ``MOST_PROCESSES`` has come to.

    Raises
    ------
    OSError
        If a process does not begin, or neither answers nor dies.
    """
    found: Cells = []
    died_at = None
    for _ in range(MOST_PROCESSES):
        found += _receive(start(cells[len(found) :]))[: len(cells) - len(found)]
        if len(found) == died_at:
            found.append(())
            died_at = None
        else:
            died_at = len(found)
        if len(found) == len(cells):
            break
    return found + [()] * (len(cells) - len(found))


def send_all(cells: str, report: int) -> None:
    """Read cells in this process, within limits, and send what they define.

    Parameters
    ----------
    cells : str
        A list of sources, as JSON.
    report : int
        The end of a pipe to send it to.

    Raises
    ------
    Exception
        What the parser raises where it fails; this process should not read another cell then.
    """
    walls.set_limits(memory_bytes=MEMORY_BYTES, file_bytes=0, cpu_s=CPU_S, processes=1)
    os.write(report, _BEGAN)
    for source in json.loads(cells):
        told = [(one.name, one.original, one.found, one.used) for one in read(source)]
        message = wire.encode(told)
        frame = memoryview(_LENGTH.pack(len(message)) + message)
        while frame:
            frame = frame[os.write(report, frame) :]


def _receive(pipe: int) -> Cells:
    """Take what a process sends until it ends; whatever is no frame of ours ends it, too."""
    data, deadline = bytearray(), time.monotonic() + TIMEOUT_S
    try:
        while len(data) <= MAX_BYTES:
            if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise TimeoutError(f"the process that reads a notebook did not end within {TIMEOUT_S:.0f} s")
            if not (part := os.read(pipe, 2**16)):
                break
            data += part
    finally:
        os.close(pipe)
    if not data.startswith(_BEGAN):
        raise ChildProcessError("the process that reads it did not begin")
    return list(_frames(bytes(data)[len(_BEGAN) :]))


def _frames(data: bytes) -> Iterator[tuple[Definition, ...]]:
    place = 0
    while place + _LENGTH.size <= len(data):
        start = place + _LENGTH.size
        place = start + _LENGTH.unpack_from(data, place)[0]
        if place > len(data):
            return
        try:
            yield tuple(_definition(one) for one in wire.decode(data[start:place]))
        except (wire.WireError, TypeError):  # too much for a message, or not the process that was forked
            return


def _definition(sent: object) -> Definition:
    match sent:
        case (str(name), str(original), tuple(found), tuple(used)):
            return Definition(name, original, tuple(map(_event, found)), tuple(map(_event, used)))
    raise TypeError


def _event(sent: object) -> tuple[str, str]:
    match sent:
        case (str(what), str(text)):
            return what, text
    raise TypeError
