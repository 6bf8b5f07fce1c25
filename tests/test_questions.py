"""The line of the grader's questions: frames, tokens, deadlines, and the other end gone."""

from __future__ import annotations

import errno
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lossmark.boundary import wire
from lossmark.boundary.questions import GARBLED, KILLED, Line, read_question, send_answer
from lossmark.boundary.submission import Killed, TimedOut

TIMEOUT_S = 10.0
LARGE = bytes(range(256)) * 2**14
"""4 MiB, more than a socket takes at once."""


class Kernel:
    """The kernel's end: a thread that treats the connection as it is told."""

    def __init__(self, folder: Path) -> None:
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(folder / "k"))
        self.listener.listen(1)
        self.end, self._alive = os.pipe()
        self.line = Line(str(folder / "k"), self.end, lambda: 0.0)
        self.connection, _ = self.listener.accept()
        self.threads: list[threading.Thread] = []

    def do(self, work: Callable[[socket.socket], None]) -> None:
        self.threads.append(threading.Thread(target=work, args=(self.connection,), daemon=True))
        self.threads[-1].start()

    def die(self) -> None:
        """Let the descriptor that stands for the kernel's process become readable."""
        os.write(self._alive, b"x")

    def close(self) -> None:
        self.line.close()
        self.connection.close()
        self.listener.close()
        for thread in self.threads:
            thread.join(TIMEOUT_S)
        os.close(self.end)
        os.close(self._alive)


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path)
    yield kernel
    kernel.close()


def echo(connection: socket.socket) -> None:
    token, question = read_question(connection)
    send_answer(connection, token, question[::-1])


@pytest.mark.parametrize("question", [b"", b"x", b"what?", LARGE], ids=["nothing", "a byte", "some", "a lot"])
def test_answer_comes_back(kernel: Kernel, question: bytes) -> None:
    for _ in range(3):
        kernel.do(echo)
        assert kernel.line.ask(question, TIMEOUT_S) == question[::-1]


def test_answer_in_pieces_is_put_together(kernel: Kernel) -> None:
    def dribble(connection: socket.socket) -> None:
        token, _ = read_question(connection)
        for byte in token + struct.pack("<I", 3) + b"yes":
            connection.sendall(bytes([byte]))

    kernel.do(dribble)
    assert kernel.line.ask(b"?", TIMEOUT_S) == b"yes"


def test_question_in_pieces_is_put_together() -> None:
    class Dribbling(socket.socket):
        def recv(self, bufsize: int, flags: int = 0) -> bytes:
            return super().recv(min(bufsize, 5), flags)

    grader, end = socket.socketpair()
    with grader, Dribbling(fileno=end.detach()) as kernel:
        for question in (b"what is it?", b"x" * 100):
            grader.sendall(struct.pack("<8sI", b"a token.", len(question)) + question)
            assert read_question(kernel) == (b"a token.", question)


@pytest.mark.parametrize(
    "frame",
    [
        struct.pack("<8sI", b"\0" * 8, 3) + b"yes",
        b"\xff" * 12,
        b"\0" * 100_000,
    ],
    ids=["of no question", "too long", "zeros"],
)
def test_answer_that_was_there_before_the_question_is_none(kernel: Kernel, frame: bytes) -> None:
    kernel.connection.sendall(frame)
    with pytest.raises(Killed, match=GARBLED):
        kernel.line.ask(b"?", TIMEOUT_S)


def test_longest_answer_is_taken_and_a_longer_one_is_not(kernel: Kernel) -> None:
    def send(length: int) -> Callable[[socket.socket], None]:
        def work(connection: socket.socket) -> None:
            token, _ = read_question(connection)
            connection.sendall(
                struct.pack("<8sI", token, length) + (bytes(length) if length == wire.MAX_BYTES else b"")
            )

        return work

    kernel.do(send(wire.MAX_BYTES))
    assert len(kernel.line.ask(b"?", TIMEOUT_S)) == wire.MAX_BYTES
    kernel.do(send(wire.MAX_BYTES + 1))
    with pytest.raises(Killed, match=GARBLED):
        kernel.line.ask(b"?", TIMEOUT_S)


@pytest.mark.parametrize("question", [b"?", LARGE], ids=["not answered", "not read"])
def test_deadline_is_kept(kernel: Kernel, question: bytes) -> None:
    started = time.monotonic()
    with pytest.raises(TimedOut, match=r"not finished after 0\.05 seconds"):
        kernel.line.ask(question, 0.05)
    assert 0.05 <= time.monotonic() - started < TIMEOUT_S


def test_deadline_is_kept_where_an_answer_never_ends(kernel: Kernel) -> None:
    """Each byte comes in time, the last one never does."""
    is_over = threading.Event()

    def trickle(connection: socket.socket) -> None:
        token, _ = read_question(connection)
        connection.sendall(token + struct.pack("<I", 2**20))
        while not is_over.wait(0.01):
            connection.sendall(b"x")

    kernel.do(trickle)
    with pytest.raises(TimedOut):
        kernel.line.ask(b"?", 0.2)
    is_over.set()


def test_end_of_the_kernel_is_noticed(kernel: Kernel) -> None:
    kernel.do(lambda connection: kernel.die())
    with pytest.raises(Killed, match=KILLED):
        kernel.line.ask(b"?", TIMEOUT_S)


@pytest.mark.parametrize("sent", [b"", b"\0" * 5], ids=["at once", "in the middle of an answer"])
def test_end_of_the_line_is_noticed(kernel: Kernel, sent: bytes) -> None:
    def hang_up(connection: socket.socket) -> None:
        read_question(connection)
        connection.sendall(sent)
        connection.close()

    kernel.do(hang_up)
    with pytest.raises(Killed, match=KILLED):
        kernel.line.ask(b"?", TIMEOUT_S)


def test_answer_of_a_kernel_that_ended_after_it_counts(kernel: Kernel) -> None:
    def answer_and_die(connection: socket.socket) -> None:
        echo(connection)
        kernel.die()

    kernel.do(answer_and_die)
    kernel.threads[-1].join(0)
    assert kernel.line.ask(b"abc", TIMEOUT_S) == b"cba"


def test_kernel_learns_that_the_grader_has_hung_up(kernel: Kernel) -> None:
    kernel.line.close()
    with pytest.raises(EOFError):
        read_question(kernel.connection)


def test_lack_of_the_operating_system_is_no_fault_of_the_kernel(kernel: Kernel) -> None:
    class Lacking(socket.socket):
        def send(self, *arguments: object) -> int:
            raise OSError(errno.ENOBUFS, "No buffer space available")

    kernel.line._socket = Lacking(fileno=kernel.line._socket.detach())
    with pytest.raises(OSError, match="No buffer space available"):
        kernel.line.ask(b"what?", TIMEOUT_S)
