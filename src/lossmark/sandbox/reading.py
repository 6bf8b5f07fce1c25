"""Reading a submission's cells or pictures in a process that may die of it, forked from the warmed interpreter.

The process reports its start, reads one item after the other, and sends the result of each::

    began (1 byte) | frame of cell 0 | frame of cell 1 | ...
    frame: length (4 bytes, little endian) | message of the wire format

It ends at a cell that its parser fails for, or a picture that its decoder does. Nothing of the submission is executed,
and nothing that one process has read is there when the next one reads.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from lossmark.boundary import wire
from lossmark.sandbox import pictures, walls
from lossmark.syntax import Definition, read

MEMORY_BYTES = 2**29
CPU_S = 1
"""Processor time of each process, in seconds; all cells of a usual notebook take some milliseconds."""
MAX_BYTES, MAX_PICTURE_BYTES = wire.MAX_BYTES, 2**27
"""Bytes that one process may send, for cells and for pictures."""
MOST_PROCESSES = 6
"""For one notebook."""
TIMEOUT_S = 60.0

_BEGAN = b"b"
_LENGTH = struct.Struct("<I")

Cells = list[tuple[Definition, ...]]
Read = TypeVar("Read")


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
        Of each cell; empty for a cell at which two processes in a row have died, the second of them without reading
        another cell before it, and for cells that none of the ``MOST_PROCESSES`` processes has reached.

    Raises
    ------
    OSError
        If a process does not begin, or neither answers nor dies.
    """
    return _collected(cells, start, _definitions, (), MAX_BYTES)


def fit_all(encoded: Sequence[str], start: Callable[[Sequence[str]], int]) -> list[tuple[str, str] | None]:
    """Make pictures fit to be shown, in as many processes as it takes.

    Parameters
    ----------
    encoded : sequence of str
        Files in base64.
    start : callable
        As :func:`read_all` takes it.

    Returns
    -------
    list of tuple of str or None
        As :func:`lossmark.sandbox.pictures.fit` returns it; None of those that no process has survived.

    Raises
    ------
    OSError
        As of :func:`read_all`.
    """
    return _collected(encoded, start, _picture, None, MAX_PICTURE_BYTES)


def _collected(
    items: Sequence[str],
    start: Callable[[Sequence[str]], int],
    understood: Callable[[object], Read],
    nothing: Read,
    max_bytes: int,
) -> list[Read]:
    found: list[Read] = []
    died_at = None
    for _ in range(MOST_PROCESSES):
        data = _receive(start(items[len(found) :]), max_bytes)
        found += list(_frames(data, understood))[: len(items) - len(found)]
        if len(found) == died_at:
            found.append(nothing)
            died_at = None
        else:
            died_at = len(found)
        if len(found) == len(items):
            break
    return found + [nothing] * (len(items) - len(found))


def send_all(items: str, report: int, *, are_pictures: bool = False) -> None:
    """Read cells or pictures in this process, within limits, and send the results.

    Parameters
    ----------
    items : str
        A list of sources, or of files in base64, as JSON.
    report : int
        The end of a pipe to send it to.
    are_pictures : bool
        Which of the two they are.

    Raises
    ------
    Exception
        Any exception of the parser; this process should then not read another cell.
    """
    memory_bytes, cpu_s = (pictures.MEMORY_BYTES, pictures.CPU_S) if are_pictures else (MEMORY_BYTES, CPU_S)
    walls.set_limits(memory_bytes=memory_bytes, file_bytes=0, cpu_s=cpu_s, processes=1)
    os.write(report, _BEGAN)
    for item in json.loads(items):
        told = pictures.fit(item) if are_pictures else _told(item)
        message = wire.encode(told)
        frame = memoryview(_LENGTH.pack(len(message)) + message)
        while frame:
            frame = frame[os.write(report, frame) :]


def _told(source: str) -> list[tuple[object, ...]]:
    return [(one.name, one.original, one.found, one.used) for one in read(source)]


def _receive(pipe: int, max_bytes: int) -> bytes:
    """Receive a process's messages until it ends; anything that is not a frame of ours also ends it."""
    data, deadline = bytearray(), time.monotonic() + TIMEOUT_S
    try:
        while len(data) <= max_bytes:
            if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise TimeoutError(f"the process that reads a notebook did not end within {TIMEOUT_S:.0f} s")
            if not (part := os.read(pipe, 2**16)):
                break
            data += part
    finally:
        os.close(pipe)
    if not data.startswith(_BEGAN):
        raise ChildProcessError("the process that reads it did not begin")
    return bytes(data)[len(_BEGAN) :]


def _frames(data: bytes, understood: Callable[[object], Read]) -> Iterator[Read]:
    place = 0
    while place + _LENGTH.size <= len(data):
        start = place + _LENGTH.size
        place = start + _LENGTH.unpack_from(data, place)[0]
        if place > len(data):
            return
        try:
            yield understood(wire.decode(data[start:place]))
        except (wire.WireError, TypeError):  # too much for a message, or not the process that was forked
            return


def _picture(sent: object) -> tuple[str, str] | None:
    match sent:
        case None:
            return None
        case (str(kind), str(encoded)):
            return kind, encoded
    raise TypeError


def _definitions(sent: object) -> tuple[Definition, ...]:
    match sent:
        case [*definitions]:
            return tuple(map(_definition, definitions))
    raise TypeError


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
