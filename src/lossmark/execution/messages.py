"""Read the messages of a student kernel: the only place that parses their bytes, and checks their contents.

A message that cannot be read here is the student's fault, whose code shares a process with the sender. A message that
has been read has the structure on which nbclient relies, so that a later error is ours.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.session import DELIM, Session
from traitlets import Type

from lossmark.boundary.questions import GARBLED, Garbled
from lossmark.execution.outputs import NO_OUTPUT

UNREADABLE = "lossmark_unreadable"
"""Type of a message in place of one that should be shown, and holds something else than its type says."""
MAX_DEPTH = 50
"""A display may hold JSON, which is validated and copied level by level."""
_FIELDS: dict[str, dict[str, type]] = {
    "status": {"execution_state": str},
    "stream": {"name": str, "text": str},
    "display_data": {"data": dict, "metadata": dict},
    "execute_result": {"data": dict, "metadata": dict, "execution_count": object},
    "error": {"ename": str, "evalue": str, "traceback": list},
    "clear_output": {"wait": bool},
    "execute_input": {},
    "execute_reply": {"status": str},
}
"""The used fields of each type. Displays are not updated later, so their names in `transient` are left out."""
_OPTIONAL: dict[str, dict[str, Any]] = {
    "clear_output": {"wait": False},
    "display_data": {"metadata": {}},
    "execute_result": {"metadata": {}},
}
_OF_AN_ERROR = {"ename": str, "evalue": str}


class StudentChannel(AsyncZMQSocketChannel):
    """A channel from a student kernel."""

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:  # type: ignore[override]
        """Wait for the next message."""
        assert self.socket is not None
        return read_message(self.session, await self.socket.recv_multipart())


class StudentKernelClient(AsyncKernelClient):
    """A client that reads a student kernel's messages."""

    iopub_channel_class = Type(StudentChannel)
    shell_channel_class = Type(StudentChannel)


def read_message(session: Session, parts: Sequence[bytes]) -> dict[str, Any]:
    """Read one message.

    Parameters
    ----------
    session : Session
        Knows the key of the signature.
    parts : sequence of bytes
        The bytes from the channel.

    Returns
    -------
    dict
        With ``header``, ``parent_header``, ``msg_type`` and ``content``; of the types that are used, the content has
        the fields that nbclient asks for, in their types. One of them that has others is ``UNREADABLE``.

    Raises
    ------
    Garbled
        If it is not a message.
    """
    try:
        start = list(parts).index(DELIM) + 1
        signature, *packed = parts[start : start + 5]
        if len(packed) != 4 or not hmac.compare_digest(signature, session.sign(packed)):
            raise ValueError("not signed")
        header, parent, _, content = map(json.loads, packed)
        kind, message_id = header["msg_type"], parent.get("msg_id")
        if type(kind) is not str or type(message_id) not in (str, type(None)):
            raise TypeError("not a header")
        used = _used(kind, content) if kind in _FIELDS else {}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Garbled(f"{GARBLED} ({type(error).__name__})") from None
    if used is None:
        kind, used = UNREADABLE, {"text": NO_OUTPUT}
    return {
        "header": {"msg_type": kind},
        "parent_header": {} if message_id is None else {"msg_id": message_id},
        "msg_type": kind,
        "metadata": {},
        "content": used,
        "buffers": [],
    }


def _used(kind: str, content: Any) -> dict[str, Any] | None:
    """Return the used fields of a content, or None if it does not have the structure of its type."""
    fields = dict(_FIELDS[kind])
    given = {**_OPTIONAL.get(kind, {}), **content} if type(content) is dict else {}
    if kind == "execute_reply" and given.get("status") == "error":
        fields |= _OF_AN_ERROR
    is_right = all(name in given and isinstance(given[name], kind_of) for name, kind_of in fields.items())
    used = {name: given[name] for name in fields if is_right}
    if "execution_count" in given and is_right:
        used["execution_count"] = given["execution_count"]
    if is_right and _depth(used) <= MAX_DEPTH:
        return used
    if kind == "execute_reply":  # the end of a cell, which nothing stands for
        raise ValueError("not a reply")
    return None


def _depth(content: Any) -> int:
    """Count how deeply JSON is nested."""
    depth, level = 0, [content]
    while level:
        depth += 1
        inner = [list(one.values()) if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level = [item for items in inner for item in items]
    return depth
