"""The unix socket over which the grader asks the agent in the student kernel, separate from Jupyter's sockets.

A grader asks hundreds of questions about a notebook. Through Jupyter's channels each takes milliseconds, in which both
sides pack, sign, poll and unpack. Here a question and its answer are one frame each::

    token (8 bytes) | length (4 bytes, little endian) | message of the wire format

The token is drawn for each question and comes back with the answer, so that a message sent
before the question is never taken for its answer. The student's code can reach the socket. It can only use it to give a
wrong answer or none.
"""

from __future__ import annotations

import secrets
import select
import socket
import struct
from collections.abc import Callable

from lossmark.boundary import wire
from lossmark.boundary.deadlines import Deadline
from lossmark.boundary.submission import Killed, TimedOut

KILLED = "the kernel ended while this ran: out of memory, or the code ended it"
GARBLED = "the kernel sent a message that cannot be read"

_FRAME = struct.Struct("<8sI")


class Garbled(Killed):
    """The kernel sent a message that no unchanged kernel sends."""


class Limited(Killed):
    """The trusted side killed the kernel because of a limit."""


class Line:
    """The grader's end of the connection.

    Parameters
    ----------
    path : str
        The socket that the kernel listens at.
    end : int
        A file descriptor that becomes readable when the kernel has terminated.
    cpu_s : callable
        Returns the CPU time that the kernel has used, in seconds.
    """

    def __init__(self, path: str, end: int, cpu_s: Callable[[], float]) -> None:
        self._cpu_s = cpu_s
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(path)
        self._socket.setblocking(False)
        self._poll = select.poll()
        self._poll.register(end, select.POLLIN)

    def ask(self, request: bytes, timeout_s: float) -> bytes:
        """Send a question and wait for its answer.

        Parameters
        ----------
        request : bytes
            A message of the wire format.
        timeout_s : float
            Time that the answer may take, in seconds; CPU time on a loaded machine.

        Returns
        -------
        bytes
            The answer. Only its length has been checked.

        Raises
        ------
        TimedOut, Killed
            If no answer came in time, or the kernel terminated. The connection cannot be used afterwards.
        """
        deadline, token = Deadline(timeout_s, self._cpu_s), secrets.token_bytes(8)
        try:
            self._send(_FRAME.pack(token, len(request)) + request, deadline)
            answered, length = _FRAME.unpack(self._receive(_FRAME.size, deadline))
            if answered != token or length > wire.MAX_BYTES:
                raise Garbled(GARBLED)
            return self._receive(length, deadline)
        except TimeoutError:
            raise TimedOut(f"not finished after {timeout_s:.3g} seconds") from None
        except ConnectionError:  # the other end is closed; any other OSError is a lack of this process's
            raise Killed(KILLED) from None

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _send(self, data: bytes, deadline: Deadline) -> None:
        left = memoryview(data)
        while left:
            try:
                left = left[self._socket.send(left) :]
            except BlockingIOError:
                self._wait(select.POLLOUT, deadline)

    def _receive(self, length: int, deadline: Deadline) -> bytes:
        data = bytearray(length)
        left = memoryview(data)
        while left:
            try:
                count = self._socket.recv_into(left)
            except BlockingIOError:
                self._wait(select.POLLIN, deadline)
                continue
            if not count:
                raise ConnectionResetError
            left = left[count:]
        return bytes(data)

    def _wait(self, event: int, deadline: Deadline) -> None:
        """Wait until the socket is ready or the kernel has terminated."""
        self._poll.register(self._socket, event)
        ready: dict[int, int] = {}
        while not ready:
            if deadline.has_passed():
                raise TimeoutError
            ready = dict(self._poll.poll(1000 * deadline.left_s()))
        if self._socket.fileno() not in ready:
            raise ConnectionResetError


def read_question(connection: socket.socket) -> tuple[bytes, bytes]:
    """Read a question in the kernel; wait only until the grader has sent it.

    Parameters
    ----------
    connection : socket
        Connected to the grader.

    Returns
    -------
    bytes, bytes
        The token to answer with, and the message.

    Raises
    ------
    EOFError
        If the grader has closed the connection.
    """
    token, length = _FRAME.unpack(_read(connection, _FRAME.size))
    return token, _read(connection, length)


def send_answer(connection: socket.socket, token: bytes, answer: bytes) -> None:
    """Send the answer to a question from the kernel.

    Parameters
    ----------
    connection : socket
        Connected to the grader.
    token : bytes
        The question's.
    answer : bytes
        A message of the wire format.
    """
    connection.sendall(_FRAME.pack(token, len(answer)) + answer)


def _read(connection: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        part = connection.recv(length - len(data))
        if not part:
            raise EOFError
        data += part
    return bytes(data)
