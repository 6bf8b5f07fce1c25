"""How questions reach the names of a submission: in another process, or in this one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from lossmark.boundary import agent
from lossmark.syntax import Definition, read


class Transport(Protocol):
    """How a question reaches the student's names."""

    def ask(self, request: bytes) -> bytes:
        """Send a request and return the reply.

        Raises
        ------
        TimedOut, Killed
            If no reply came in time, or the other end has terminated.
        """


@runtime_checkable
class Clocked(Protocol):
    """A transport whose other end is a process of its own, which can be timed from outside."""

    def clocks_s(self) -> tuple[float, float]:
        """Return the CPU time of the other end, and the time that both ends were ready to run but had to wait."""


@runtime_checkable
class Reader(Protocol):
    """A transport that can parse the source of its submission."""

    def read(self, cells: Sequence[str]) -> Sequence[Sequence[Definition]]:
        """Return the definitions in each code cell, none for a cell that cannot be read."""


class LocalTransport:
    """Answers from a namespace of this process: for trusted code only, as in the instructor's own notebook.

    Parameters
    ----------
    namespace : dict
        The names to call and read.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace

    def ask(self, request: bytes) -> bytes:
        """Answer immediately, without a deadline."""
        return agent.answer(request, self.namespace)

    def read(self, cells: Sequence[str]) -> Sequence[Sequence[Definition]]:
        """Read in this process."""
        return [_read(source) for source in cells]


def _read(source: str) -> Sequence[Definition]:
    try:
        return read(source)
    except (RecursionError, MemoryError):
        return []
