"""What the instant check takes from a student's server, which is the student's: it may answer anything, at any pace."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, create_server, socket

import psutil
import pytest

from lossmark.instant import contents as module
from lossmark.instant import reader
from lossmark.instant.contents import MAX_ASKED, Contents, Unreadable

NAME = "toy"
MAX_BYTES = 2_000_000
QUICK_S = 0.5
"""Time of the service's own thread, for all that it does itself while it asks a server."""
Answer = Callable[[socket, bytes], None]


def head(status: str = "200 OK", **headers: object) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def whole(body: bytes | str | dict[str, object], **headers: object) -> Answer:
    """Answer everything with this body."""
    sent = json.dumps(body) if isinstance(body, dict) else body
    sent = sent.encode() if isinstance(sent, str) else sent
    return lambda client, asked: client.sendall(head(Content_Length=len(sent), **headers) + sent)


def file_of(text: object, size: object = 1) -> Answer:
    """Answer as Jupyter does: first about a file, then with it."""

    def answer(client: socket, asked: bytes) -> None:
        whole({"size": size, "content": text} if b"content=0" not in asked else {"size": size})(client, asked)

    return answer


def without_end(beginning: bytes, part: bytes, pause_s: float = 0.0) -> Answer:
    def answer(client: socket, asked: bytes) -> None:
        client.sendall(beginning)
        while True:
            client.sendall(part)
            time.sleep(pause_s)

    return answer


CHUNKED = head(Transfer_Encoding="chunked")
HOSTILE: dict[str, Answer] = {
    "a redirect": lambda client, asked: client.sendall(head("302 Found", Location="/", Content_Length=0)),
    "a redirect to another server": lambda client, asked: client.sendall(
        head("307 No", Location="http://127.0.0.1:1/")
    ),
    "an error": lambda client, asked: client.sendall(head("500 No", Content_Length=0)),
    "no answer": lambda client, asked: client.shutdown(SHUT_RDWR),
    "no HTTP": lambda client, asked: client.sendall(b"SSH-2.0-OpenSSH_9.2\r\n" * 100),
    "no JSON": whole("no JSON"),
    "another kind of JSON": whole("[1]"),
    "nested JSON": whole("[" * 99_000),
    "nested objects": whole('{"a":' * 19_000),
    "a number of many digits": whole('{"size": ' + "9" * 90_000 + "}"),
    "JSON in halves of characters": whole(b'{"size": "\xff\xfe"}'),
    "a file without end": without_end(head(), b" " * 65_536),
    "chunks of one byte": without_end(CHUNKED, b"1\r\n \r\n" * 10_000),
    "a chunk of negative size": lambda client, asked: client.sendall(CHUNKED + b"-5\r\nhello\r\n"),
    "a chunk that is too large": without_end(CHUNKED + b"ffffffffffff\r\n", b" " * 65_536),
    "a line without end": without_end(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65_536),
    "headers without end": without_end(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1000),
    "less than it says": lambda client, asked: client.sendall(head(Content_Length=10**6) + b'{"size": 1}'),
    "a length that is no number": lambda client, asked: client.sendall(head(Content_Length="x" * 10) + b"{}"[:1]),
    "compressed": whole(gzip.compress(b" " * 10**7), Content_Encoding="gzip"),
    "no text": file_of({"cells": []}),
    "no size": file_of("x", size=None),
    "more than it says": file_of("x" * (MAX_BYTES + 1)),
    "far more than it says": file_of("x" * (5 * MAX_BYTES)),
    "a file in chunks of one byte": lambda client, asked: (
        file_of("")(client, asked)
        if b"content=0" in asked
        else without_end(CHUNKED, b"1\r\n \r\n" * 10_000)(client, asked)
    ),
    "many small parts": file_of([[]] * (MAX_BYTES // 2)),
}
SLOW: dict[str, Answer] = {
    "a drip": without_end(head(Content_Length=90_000), b" ", 0.2),
    "a drip of headers": without_end(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.2),
    "silence": without_end(b"", b"", 0.2),
    "go on, without end": without_end(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01),
}
"""Servers that hold a page for as long as it may last."""


@contextmanager
def server(answer: Answer) -> Iterator[str]:
    """Serve in threads, by hand: a library would not send all of this."""
    listening = create_server(("127.0.0.1", 0))
    clients: list[socket] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                client = listening.accept()[0]
                clients.append(client)
                threading.Thread(target=talk, args=(client,), daemon=True).start()

    def talk(client: socket) -> None:
        with suppress(OSError), client:
            answer(client, client.recv(65_536))

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        for one in (listening, *clients):
            with suppress(OSError):
                one.shutdown(SHUT_RDWR)
            one.close()


def readers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if reader.__file__ in child.cmdline()]


@pytest.mark.parametrize("kind", HOSTILE)
def test_server_that_lies_gets_nothing_and_stops_nobody(kind: str) -> None:
    async def read(address: str) -> float:
        contents, before = Contents(address), time.thread_time()
        with pytest.raises(Unreadable):
            await contents.read("mallory", "token", NAME, MAX_BYTES)
        return time.thread_time() - before

    with server(HOSTILE[kind]) as address:
        assert asyncio.run(read(address)) < QUICK_S


def test_slow_servers_keep_nobody_else_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others are answered meanwhile; a student's pages wait for each other, and only so many may wait."""
    monkeypatch.setattr(module, "MAX_READERS", len(SLOW) + 1)
    honest = file_of("the notebook")

    def by_student(client: socket, asked: bytes) -> None:
        name = asked.split(b"/")[2].decode()
        (honest if name == "honest" else SLOW[name.replace("%20", " ").replace("%2C", ",")])(client, asked)

    async def ask(address: str) -> None:
        contents = Contents(address)
        slow = [
            asyncio.create_task(contents.find(name, "token", [NAME] * 9)) for name in SLOW for _ in range(MAX_ASKED)
        ]
        await asyncio.sleep(0)
        for name in SLOW:
            with pytest.raises(Unreadable, match="many pages at once"):
                await contents.find(name, "token", [NAME])
        for _ in range(2):
            assert await contents.find("honest", "token", [NAME, NAME]) == [True, True]
            assert await contents.read("honest", "token", NAME, MAX_BYTES) == b"the notebook"
        assert not any(task.done() for task in slow)
        assert 0 < len(readers()) <= len(SLOW)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        assert readers() == []
        assert await contents.read("honest", "token", NAME, MAX_BYTES) == b"the notebook"

    with server(by_student) as address:
        asyncio.run(ask(address))


def test_slow_server_is_given_up() -> None:
    async def ask(address: str) -> None:
        started = time.monotonic()
        with pytest.raises(Unreadable, match="does not answer"):
            await Contents(address).find("mallory", "token", [NAME] * 20)
        assert time.monotonic() - started < 2 * reader.DEADLINE_S

    with server(SLOW["a drip"]) as address:
        asyncio.run(ask(address))


@pytest.mark.parametrize(
    "text", ["", "plain", 'quotes "and" \\ lines\n' * 5000, "Größe Δ é " * 20_000, "😀" * (MAX_BYTES // 4), "\ud800"]
)
def test_file_arrives_as_it_is(text: str) -> None:
    async def read(address: str) -> bytes:
        return await Contents(address).read("student", "token", NAME, MAX_BYTES)

    with server(file_of(text)) as address:
        assert asyncio.run(read(address)) == text.encode(errors="replace")


def test_students_see_what_is_wrong() -> None:
    async def read(answer: Answer | None) -> str:
        with server(answer or HOSTILE["an error"]) as address, pytest.raises(Unreadable) as raised:
            await Contents(address if answer else "http://127.0.0.1:1/").read("student", "token", NAME, MAX_BYTES)
        return str(raised.value)

    missing: Answer = lambda client, asked: client.sendall(head("404 Not Found", Content_Length=0))  # noqa: E731
    stopped: Answer = lambda client, asked: client.sendall(head("503 No", Content_Length=0))  # noqa: E731
    said = {
        missing: "There is no toy/toy.ipynb in your folder.",
        stopped: "Your server is not running. Start it, and come back.",
        None: "Your server is not running. Start it, and come back.",
        HOSTILE["an error"]: "Your server does not hand out this notebook.",
        HOSTILE["no JSON"]: "Your server has answered with something that is not a file.",
        file_of(
            "x", size=MAX_BYTES + 1
        ): "The notebook is larger than 2 MB. Clear the outputs of its cells and save it.",
        HOSTILE["no answer"]: "Your server does not answer, or with too much.",
    }
    assert {answer: asyncio.run(read(answer)) for answer in said} == said


def test_token_is_on_no_command_line_and_in_no_environment() -> None:
    """Any account of the machine can read the one, and the account itself the other."""
    seen: list[str] = []

    async def ask(address: str) -> None:
        task = asyncio.create_task(Contents(address).find("student", "the-token", [NAME]))
        while not seen:
            await asyncio.sleep(0.01)
            seen.extend(str((child.cmdline(), child.environ())) for child in readers())
        with suppress(Unreadable):
            await task

    with server(file_of("x")) as address:
        asyncio.run(ask(address))
    assert "the-token" not in seen[0]
