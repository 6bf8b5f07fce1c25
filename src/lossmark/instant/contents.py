"""A student's saved notebook, as their own Jupyter server hands it out.

That server is asked over HTTP with a token that opens this student's server and no other. So the file is read by the
student's account, with the student's rights: a link leads to no other files, and the service opens no file
of a student. The student controls the answer, as in an upload. A separate program requests it
(:mod:`lossmark.instant.reader`), with little time, memory and trust; the file goes to the sandbox as bytes.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from lossmark.instant import reader
from lossmark.instant.reader import DEADLINE_S, Trouble

MAX_READERS = 32
"""Programs that ask at the same time; each asks for another student."""
MAX_ASKED = 5
"""Pages of one student's that wait for an answer: they wait for each other."""
_GRACE_S = 1.0
"""Time in which a program must end by itself."""
_NO_FILE = "Your server has answered with something that is not a file."
_SILENT = "Your server does not answer, or with too much."


class Unreadable(Exception):
    """A notebook cannot be had; the text tells the student why."""


class Contents:
    """Reads notebooks out of Jupyter servers behind a hub's proxy.

    Parameters
    ----------
    proxy : str
        Address of the proxy, with the hub's prefix.
    """

    def __init__(self, proxy: str) -> None:
        self._proxy = proxy
        self._readers = asyncio.Semaphore(MAX_READERS)
        self._asked = Counter[str]()
        self._locks = dict[str, asyncio.Lock]()

    async def find(self, student: str, token: str, assignments: Sequence[str]) -> list[bool]:
        """Find the assignments of which a student has the notebook.

        Parameters
        ----------
        student : str
            Owner of the server.
        token : str
            Opens the server.
        assignments : sequence of str
            Names out of the course's.

        Returns
        -------
        list of bool
            For each of them, whether it is there.

        Raises
        ------
        Unreadable
            If the server does not answer.
        """
        order = {"paths": [_path(student, name) for name in assignments], "reads": False, "max_bytes": 0}
        return [bool(is_there) for is_there in json.loads(await self._ask(student, token, order))]

    async def read(self, student: str, token: str, assignment: str, max_bytes: int) -> bytes:
        """Read a student's saved notebook.

        Parameters
        ----------
        student : str
            Owner of the server.
        token : str
            Opens the server.
        assignment : str
            The assignment's name, one of the course's.
        max_bytes : int
            Size up to which a file is read.

        Returns
        -------
        bytes

        Raises
        ------
        Unreadable
            If there is none, it is too large, or the server does not answer.
        """
        order = {"paths": [_path(student, assignment)], "reads": True, "max_bytes": max_bytes}
        texts = {
            Trouble.MISSING: f"There is no {assignment}/{assignment}.ipynb in your folder.",
            Trouble.TOO_LARGE: (
                f"The notebook is larger than {max_bytes / 10**6:g} MB. Clear the outputs of its cells and save it."
            ),
        }
        return await self._ask(student, token, order, texts)

    async def _ask(
        self, student: str, token: str, order: dict[str, Any], texts: dict[Trouble, str] | None = None
    ) -> bytes:
        texts = (texts or {}) | {
            Trouble.NO_FILE: _NO_FILE,
            Trouble.NOT_RUNNING: "Your server is not running. Start it, and come back.",
            Trouble.REFUSED: "Your server does not hand out this notebook.",
        }
        order = {**order, "proxy": self._proxy, "token": token}
        async with self._turn(student):
            status, said = await _run(json.dumps(order).encode())
        if status:
            raise Unreadable(texts[Trouble(status)] if status in tuple(texts) else _SILENT)
        return said

    @asynccontextmanager
    async def _turn(self, student: str) -> AsyncIterator[None]:
        """Wait for the other pages of a student's, and then for a place."""
        if self._asked[student] >= MAX_ASKED:
            raise Unreadable("You have asked for many pages at once. Wait a moment, and load this page again.")
        self._asked[student] += 1
        try:
            async with self._locks.setdefault(student, asyncio.Lock()), self._readers:
                yield
        finally:
            self._asked[student] -= 1
            if not self._asked[student]:
                del self._asked[student], self._locks[student]


async def _run(order: bytes) -> tuple[int, bytes]:
    """Run the program; return its exit status, which is negative if it was killed, and its output."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", "-X", "utf8", reader.__file__),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd="/",
        env={},
    )
    try:
        async with asyncio.timeout(DEADLINE_S + _GRACE_S):
            said, _ = await process.communicate(order)
    except TimeoutError:
        said = b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, said


def _path(student: str, assignment: str) -> str:
    return f"user/{quote(student, safe='')}/api/contents/{quote(assignment)}/{quote(assignment)}.ipynb"
