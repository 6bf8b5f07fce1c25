"""Count the bytes of a student kernel before they occupy memory.

ZeroMQ bounds a message's parts, and the number of waiting messages, but not the number of parts: one message of many
parts is kept whole, however large. So the grader's client does not connect to the kernel's sockets, but to sockets of
a relay, which passes bytes on until there are too many.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from lossmark.errors import naming


class Relay:
    """Unix sockets in place of a kernel's.

    Parameters
    ----------
    limit_bytes : int
        Bytes that the kernel may send between two resets, over all its connections.
    on_end : callable
        Called when it has sent more, from when on nothing is passed on, or when this process has no memory to do so.

    Attributes
    ----------
    is_exceeded, has_failed : bool
        Which of the two it was: the kernel's fault, or ours.
    """

    def __init__(self, limit_bytes: int, on_end: Callable[[], None]) -> None:
        self.limit_bytes = limit_bytes
        self.is_exceeded = self.has_failed = False
        self._on_end = on_end
        self._count = 0
        self._servers: list[asyncio.Server] = []
        self._ends: set[_End] = set()

    async def listen(self, path: str, kernel_path: str) -> None:
        """Listen on a unix socket, and connect to a kernel's for each connection there.

        Parameters
        ----------
        path, kernel_path : str
            The two sockets.
        """
        loop = asyncio.get_running_loop()
        with naming(Path(path)):
            self._servers.append(await loop.create_unix_server(lambda: _ClientEnd(self, kernel_path), path))

    def reset(self) -> None:
        """Restart the count."""
        self._count = 0

    def admit(self, count: int) -> bool:
        """Count bytes that the kernel has sent, and return whether they may be passed on."""
        self._count += count
        if self._count > self.limit_bytes and not self.is_exceeded:
            self.is_exceeded = True
            self._on_end()
        return not self.is_exceeded

    def fail(self) -> None:
        """Take note that something could not be passed on: an answer that never arrives must cost nobody a point."""
        self.has_failed = True
        self._on_end()

    async def close(self) -> None:
        """Close all connections and sockets."""
        for server in self._servers:
            server.close()
        for end in list(self._ends):
            end.abort()
        await asyncio.sleep(0)  # in which the event loop closes them

    def enter(self, end: _End) -> None:
        """Keep a connection, to close it when the relay closes."""
        self._ends.add(end)

    def leave(self, end: _End) -> None:
        """Forget a connection that has ended."""
        self._ends.discard(end)


class _End(asyncio.Protocol):
    """One end of a relayed connection: its peer sends the bytes that it receives, as fast as the peer can."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._transport: asyncio.Transport | None = None
        self._waiting: list[bytes] = []
        self.peer: _End | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._relay.enter(self)
        transport.writelines(self._waiting)
        self._waiting.clear()

    def connection_lost(self, exc: Exception | None) -> None:
        self._relay.leave(self)
        if isinstance(exc, MemoryError):
            self._relay.fail()
        if self.peer is not None:
            self.peer.close()

    def data_received(self, data: bytes) -> None:
        if self.peer is not None:
            self.peer.send(data)

    def pause_writing(self) -> None:
        if self.peer is not None:
            self.peer.pause_reading()

    def resume_writing(self) -> None:
        if self.peer is not None:
            self.peer.resume_reading()

    def send(self, data: bytes) -> None:
        if self._transport is None:
            self._waiting.append(data)  # what the client sends before there is a connection to the kernel
        else:
            self._transport.write(data)

    def pause_reading(self) -> None:
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        if self._transport is not None:
            self._transport.resume_reading()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class _KernelEnd(_End):
    """The end at the kernel's socket: it counts the bytes that it receives."""

    def data_received(self, data: bytes) -> None:
        if self._relay.admit(len(data)):
            super().data_received(data)
        else:
            self.close()


class _ClientEnd(_End):
    """The end that a client has connected to, upon which it connects to the kernel."""

    def __init__(self, relay: Relay, kernel_path: str) -> None:
        super().__init__(relay)
        self._kernel_path = kernel_path

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        end = _KernelEnd(self._relay)
        end.peer, self.peer = self, end
        self._connecting = asyncio.create_task(self._connect(end))

    async def _connect(self, end: _KernelEnd) -> None:
        try:
            await asyncio.get_running_loop().create_unix_connection(lambda: end, self._kernel_path)
        except OSError:
            self.close()
