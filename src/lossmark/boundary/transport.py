"""How questions reach the names of a submission: in another process, or in this one."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from lossmark.boundary import agent


class Transport(Protocol):
    """How a question reaches the student's names."""

    def ask(self, request: bytes) -> bytes:
        """Send a request and return the reply.

        Raises
        ------
        TimedOut, Killed
            If no reply came in time, or ever will.
        """


@runtime_checkable
class Clocked(Protocol):
    """A transport whose other end is a process of its own, which can be timed from outside."""

    def clocks_s(self) -> tuple[float, float]:
        """Return the processor time of the other end, and how long both ends were ready to run and had to wait."""


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
        """Answer at once; there is no deadline."""
        return agent.answer(request, self.namespace)
