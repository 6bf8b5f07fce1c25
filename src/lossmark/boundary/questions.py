"""The line on which the grader asks and the agent in the student kernel answers: one unix socket, apart from Jupyter's.

A grader asks hundreds of questions about a notebook. Through Jupyter's channels each takes milliseconds, in which both
sides pack, sign, poll and unpack; here a question and its answer are a frame each::

    token (8 bytes) | length (4 bytes, little endian) | message of the wire format

The token is drawn for each question and comes back with the answer, so that nothing that was sent before a question was
asked can be taken for its answer. The student's code can reach the socket; all it can do with it is to give a wrong
answer or none.
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
    """The kernel sent what no kernel sends by itself."""


class Limited(Killed):
    """The kernel was ended from this side, for a limit."""


class Line:
    """The grader's end.

    Parameters
    ----------
    path : str
        The socket that the kernel listens at.
    end : int
        A file descriptor that is readable when the kernel has ended.
    cpu_s : callable
        Returns the processor time that the kernel has used, in seconds.
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
            Time that the answer may take, in seconds; of the processor, on a loaded machine.

        Returns
        -------
        bytes
            The answer, of which nothing is known but that it is not too long.

        Raises
        ------
        TimedOut, Killed
            If there was none in time, or the kernel ended. The line is of no more use then.
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
        """Hang up."""
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
        """Wait until the socket is ready, or the kernel has ended."""
        self._poll.register(self._socket, event)
        ready: dict[int, int] = {}
        while not ready:
            if deadline.has_passed():
                raise TimeoutError
            ready = dict(self._poll.poll(1000 * deadline.left_s()))
        if self._socket.fileno() not in ready:
            raise ConnectionResetError


def read_question(connection: socket.socket) -> tuple[bytes, bytes]:
    """Read a question at the kernel's end; it waits for no longer than the grader takes to send it.

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
        If the grader has hung up.
    """
    token, length = _FRAME.unpack(_read(connection, _FRAME.size))
    return token, _read(connection, length)


def send_answer(connection: socket.socket, token: bytes, answer: bytes) -> None:
    """Answer a question at the kernel's end.

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
