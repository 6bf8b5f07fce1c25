"""The program that asks a student's server, in a process of its own: the answer may be anything, and cost anything.

It is started as a file, with the standard library alone, for each page that needs a student's files. It reads an order
from its input, and writes the requested data, or exits with the number of a :class:`Trouble`.
"""

import json
import os
import resource
import signal
import sys
from enum import IntEnum
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, NoReturn
from urllib.parse import urlsplit

DEADLINE_S = 10
"""Wall time for all requests of an order."""
CPU_S = 3
ABOUT_BYTES = 100_000
"""Of a server's description of a file, without its content."""
_ESCAPED = 3
"""How much longer a file may be as JSON text: letters beyond ASCII are, most of all."""
_TIMES_IN_MEMORY = 12
"""Memory for each byte of an answer: it is there as bytes, as text of four bytes a letter, and as parsed data."""
_MEMORY_BYTES = 2**27
"""Address space of the program itself."""
_NICE = 10
"""The service itself, which answers everybody, comes first."""


class Trouble(IntEnum):
    """Why there is no answer, as the program's exit status; 1 and 2 are Python's own."""

    MISSING = 3
    TOO_LARGE = 4
    NO_FILE = 5
    NOT_RUNNING = 6
    SILENT = 7
    REFUSED = 8


def main() -> None:
    """Carry out the order that is read from the standard input."""
    order = json.load(sys.stdin)
    proxy, token, max_bytes = urlsplit(order["proxy"]), order["token"], order["max_bytes"]
    longest = _ESCAPED * max_bytes + ABOUT_BYTES
    memory = _MEMORY_BYTES + _TIMES_IN_MEMORY * longest
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(DEADLINE_S)
    os.nice(_NICE)
    try:
        about = [_ask(proxy, f"{path}?content=0", token, ABOUT_BYTES) for path in order["paths"]]
        if not order["reads"]:
            sys.stdout.write(json.dumps([one is not None for one in about]))
            return
        size = _found(about[0]).get("size")
        if not isinstance(size, int) or size > max_bytes:
            _end(Trouble.TOO_LARGE)
        text = _found(_ask(proxy, f"{order['paths'][0]}?type=file&format=text", token, longest)).get("content")
        if not isinstance(text, str):
            _end(Trouble.NO_FILE)
        content = text.encode(errors="replace")
        if len(content) > max_bytes:  # the size was that of another moment, or a lie
            _end(Trouble.TOO_LARGE)
        sys.stdout.buffer.write(content)
    except (ValueError, RecursionError, MemoryError):
        _end(Trouble.NO_FILE)
    except ConnectionRefusedError:
        _end(Trouble.NOT_RUNNING)
    except (OSError, HTTPException):
        _end(Trouble.SILENT)


def _ask(proxy: Any, path: str, token: str, max_bytes: int) -> dict[str, Any] | None:
    """Ask for one thing; None if it is not there. A redirect is not followed: it may lead anywhere."""
    kind = HTTPSConnection if proxy.scheme == "https" else HTTPConnection
    connection = kind(proxy.hostname, proxy.port, timeout=DEADLINE_S)
    headers = {"Authorization": f"token {token}", "Connection": "close"}
    connection.request("GET", f"{proxy.path.rstrip('/')}/{path}", headers=headers)
    answer = connection.getresponse()
    if answer.status == 404:
        return None
    if answer.status in (424, 503) or 300 <= answer.status < 400:
        _end(Trouble.NOT_RUNNING)
    if answer.status != 200:
        _end(Trouble.REFUSED)
    body = answer.read(max_bytes + 1)
    if len(body) > max_bytes:
        _end(Trouble.SILENT)
    connection.close()
    said = json.loads(body)
    if not isinstance(said, dict):
        _end(Trouble.NO_FILE)
    return said


def _found(answer: dict[str, Any] | None) -> dict[str, Any]:
    return _end(Trouble.MISSING) if answer is None else answer


def _end(trouble: Trouble) -> NoReturn:
    sys.exit(trouble)


if __name__ == "__main__":
    main()
