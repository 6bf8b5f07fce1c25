"""What is kept of a submission's output: bounded, and nothing that a browser would run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

SAFE_TYPES = ("text/plain", "image/png", "image/jpeg")
"""Kinds of output that are shown; HTML, SVG and scripts would run in the page of the person who grades."""
MAX_IMAGE_BYTES = 2**22
TOO_LONG = "[The rest of the output was too long and is not shown.]"
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")


def weight(content: Any) -> int:
    """Count the characters in a message, however nested.

    Parameters
    ----------
    content : object
        Decoded JSON.

    Returns
    -------
    int
    """
    total, pending = 0, [content]
    while pending:
        match pending.pop():
            case str(text):
                total += len(text)
            case dict() as mapping:
                pending.extend(mapping)
                pending.extend(mapping.values())
            case list() as items:
                pending.extend(items)
            case _:
                total += 8
    return total


def keep_safe(outputs: Iterable[Mapping[str, Any]], max_bytes: int) -> list[NotebookNode]:
    """Rebuild outputs from what is known to be harmless.

    Parameters
    ----------
    outputs : iterable of mapping
        Outputs of a cell, as the student kernel sent them.
    max_bytes : int
        Characters of text to keep; what is beyond is replaced by a remark.

    Returns
    -------
    list of NotebookNode
        Outputs of nbformat 4.
    """
    kept: list[NotebookNode] = []
    left = max_bytes
    for output in outputs:
        clean = _clean(output, left)
        if clean is None:
            continue
        kept.append(clean)
        left -= weight({key: value for key, value in clean.items() if key != "data"})
        left -= len(clean.get("data", {}).get("text/plain", ""))
        if left <= 0:
            kept.append(remark(TOO_LONG))
            break
    return kept


def remark(text: str) -> NotebookNode:
    """Make an output that says something of ours.

    Parameters
    ----------
    text : str
        What to say.

    Returns
    -------
    NotebookNode
    """
    output: NotebookNode = new_output("stream", name="stderr", text=text + "\n")
    return output


def _clean(output: Mapping[str, Any], max_chars: int) -> NotebookNode | None:
    fields: dict[str, Any]
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        fields = {"name": name, "text": _text(output.get("text"))[:max_chars]}
    elif kind == "error":
        traceback = output.get("traceback")
        lines = "\n".join(map(_text, traceback)) if isinstance(traceback, list) else ""
        fields = {
            "ename": _text(output.get("ename"))[:200],
            "evalue": _text(output.get("evalue"))[:max_chars],
            "traceback": [lines[:max_chars]] if lines else [],
        }
    elif kind in ("display_data", "execute_result"):
        kind = "display_data"  # a result would carry the student's count of cells
        fields = {"data": _safe_data(output.get("data"), max_chars)}
    if kind not in ("stream", "error", "display_data") or fields.get("data") == {}:
        return None
    clean: NotebookNode = new_output(kind, **fields)
    return clean


def _safe_data(data: Any, max_chars: int) -> dict[str, str]:
    if not isinstance(data, Mapping):
        return {}
    safe = {mime: _text(data[mime]) for mime in SAFE_TYPES if mime in data}
    return {
        mime: text[:max_chars] if mime == "text/plain" else text
        for mime, text in safe.items()
        if mime == "text/plain" or (len(text) <= MAX_IMAGE_BYTES and _BASE64.fullmatch(text))
    }


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    # JSON can hold halves of characters, which no file can be written with.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
