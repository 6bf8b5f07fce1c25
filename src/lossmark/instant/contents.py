"""A student's saved notebook, as their own Jupyter server hands it out.

The service asks that server over HTTP with a token that opens this student's server and no other. So the file is read
by the student's account, with the student's rights: a link leads nowhere that the student could not go, and the
service opens no file of anybody's. What comes back is whatever the student wants it to be, as in an upload; it is
bounded, and goes to the sandbox as bytes.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient

_TIMEOUT_S = 10.0
_ESCAPED = 2
"""How much longer a file may be as JSON text; a notebook is JSON itself, whose quotes are escaped once more."""


class Unreadable(Exception):
    """A notebook cannot be had; the text tells the student why."""


class Contents:
    """Reads notebooks out of Jupyter servers behind a hub's proxy.

    Parameters
    ----------
    proxy : str
        Address of the proxy, with the hub's prefix.
    max_bytes : int
        Size up to which a file is read.
    """

    def __init__(self, proxy: str, max_bytes: int) -> None:
        self._proxy, self._max_bytes = proxy.rstrip("/"), max_bytes
        self._client: AsyncHTTPClient = SimpleAsyncHTTPClient(
            force_instance=True, max_body_size=_ESCAPED * max_bytes + 10_000, max_header_size=20_000
        )

    def close(self) -> None:
        """End all connections."""
        self._client.close()

    async def has(self, student: str, token: str, assignment: str) -> bool:
        """Tell whether a student has an assignment's notebook.

        Parameters
        ----------
        student : str
            Whose server is asked.
        token : str
            What opens it.
        assignment : str
            The assignment's name, one of the course's.

        Returns
        -------
        bool

        Raises
        ------
        Unreadable
            If the server does not answer.
        """
        return await self._get(student, token, assignment, "content=0") is not None

    async def read(self, student: str, token: str, assignment: str) -> bytes:
        """Read a student's saved notebook.

        Parameters
        ----------
        student : str
            Whose server is asked.
        token : str
            What opens it.
        assignment : str
            The assignment's name, one of the course's.

        Returns
        -------
        bytes

        Raises
        ------
        Unreadable
            If there is none, it is too large, or the server does not answer.
        """
        about = await self._get(student, token, assignment, "content=0")
        if about is None:
            raise Unreadable(f"There is no {assignment}/{assignment}.ipynb in your folder.")
        size = about.get("size")
        if not isinstance(size, int) or size > self._max_bytes:
            raise self._too_large()
        answer = await self._get(student, token, assignment, "type=file&format=text")
        text = answer.get("content") if answer else None
        if not isinstance(text, str):
            raise Unreadable("Your server has answered with something that is no file.")
        content = text.encode(errors="replace")
        if len(content) > self._max_bytes:  # the size was that of another moment, or a lie
            raise self._too_large()
        return content

    async def _get(self, student: str, token: str, assignment: str, query: str) -> dict[str, Any] | None:
        path = f"user/{quote(student, safe='')}/api/contents/{assignment}/{assignment}.ipynb"
        request = HTTPRequest(
            f"{self._proxy}/{path}?{query}",
            headers={"Authorization": f"token {token}"},
            connect_timeout=_TIMEOUT_S,
            request_timeout=_TIMEOUT_S,
            follow_redirects=False,  # the server is the student's: it may point anywhere
            decompress_response=False,
        )
        try:
            answer = json.loads((await self._client.fetch(request)).body)
        except HTTPClientError as error:
            if error.code == 404:
                return None
            raise _unreadable(error.code) from None
        except OSError:
            raise _unreadable(503) from None
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise Unreadable("Your server has answered with something that is no file.")
        return answer

    def _too_large(self) -> Unreadable:
        megabytes = self._max_bytes / 10**6
        return Unreadable(f"The notebook is larger than {megabytes:g} MB. Clear the outputs of its cells and save it.")


def _unreadable(code: int) -> Unreadable:
    if code in (424, 503) or 300 <= code < 400:
        return Unreadable("Your server is not running. Start it, and come back.")
    if code == 599:
        return Unreadable("Your server does not answer, or with too much.")
    return Unreadable("Your server does not hand out this notebook.")
