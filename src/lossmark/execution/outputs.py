"""The stored outputs of a submission: bounded, and without anything that a browser would run."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import imagesize  # type: ignore[import-untyped]
from nbformat import NotebookNode
from nbformat.v4 import new_output

from lossmark.boundary.signs import Sign
from lossmark.terminal import as_read

PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""Kinds of pictures that are shown besides text, and how their files begin.

HTML, SVG and scripts would run in the page of the person who grades.
"""
MAX_IMAGE_BYTES = 2**22
MAX_PIXELS = 2**25
"""A picture of few bytes can have any number, and a viewer needs memory for all."""
TOO_LONG = "[The rest of the output was too long and is not shown.]"
NO_ROOM = "[The outputs of this notebook are too long together; the rest of this cell's is not shown.]"
NO_OUTPUT = "[An output that no notebook can hold is not shown.]"
_UNSHOWN = {
    "image/": "A picture that is too large, damaged, or neither PNG nor JPEG",
    "application/vnd.plotly": "An interactive figure of Plotly",
    "application/vnd.vega": "An interactive figure of Vega or Altair",
    "application/vnd.bokeh": "An interactive figure of Bokeh",
    "application/vnd.jupyter.widget": "A widget",
    "application/javascript": "A program for the browser",
    "application/pdf": "A PDF",
    "video/": "A video",
    "audio/": "A sound",
    "text/html": "A page of HTML",
}
"""Kinds of output that cannot be stored, by their prefix; the first one present is named."""
_SOURCES = ("text/markdown", "text/latex")
"""Kinds of text that can be read as they are written."""
_NAMELESS = re.compile(r"\s{0,9}<[^<>\n]{0,200}>\s*?(?:\n|$)")
"""The first line of text for an object that has none, and whose kind is all that can be said."""
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_OBEYED = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n\x1b"}
"""Characters that terminals obey; an escape may begin a colour, and is looked at by itself."""
_NO_COLOUR = re.compile(r"\x1b(?!\[[0-9;]{0,20}m)")


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


def keep_safe(
    outputs: Iterable[Mapping[str, Any]], max_bytes: int, signs: set[Sign] | None = None
) -> list[NotebookNode]:
    """Rebuild outputs from harmless parts.

    Parameters
    ----------
    outputs : iterable of mapping
        Outputs of a cell, as the student kernel sent them.
    max_bytes : int
        Characters of text to keep; the rest is replaced by a remark.
    signs : set of Sign, optional
        Is told that there was too much.

    Returns
    -------
    list of NotebookNode
        Outputs of nbformat 4.
    """
    kept: list[NotebookNode] = []
    left = max_bytes
    for output in _joined(outputs, max_bytes):
        clean = _clean(output, left)
        if clean is None:
            continue
        kept.append(clean)
        left -= weight({key: value for key, value in clean.items() if key != "data"})
        left -= len(clean.get("data", {}).get("text/plain", ""))
        if left <= 0:
            kept.append(remark(TOO_LONG))
            if signs is not None:
                signs.add(Sign.TOO_MUCH)
            break
    return kept


def remark(text: str) -> NotebookNode:
    """Make an output that says something of ours.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    NotebookNode
    """
    output: NotebookNode = new_output("stream", name="stderr", text=text + "\n")
    return output


def is_picture(text: Any, mime: str) -> bool:
    """Whether a text holds a picture of a kind, of a size that can be shown; by its header, nothing is decoded.

    Parameters
    ----------
    text : object
        The alleged encoded picture.
    mime : str
        Its kind, of ``PICTURES``.

    Returns
    -------
    bool
    """
    if not isinstance(text, str) or len(text) > MAX_IMAGE_BYTES or not _BASE64.fullmatch(text):
        return False
    try:
        picture = base64.b64decode(text)
        width, height = imagesize.get(io.BytesIO(picture))
    except Exception:  # whatever a file that is none makes of the reader
        return False
    return picture.startswith(PICTURES[mime]) and width > 0 and 0 < width * height <= MAX_PIXELS


def _joined(outputs: Iterable[Mapping[str, Any]], max_chars: int) -> list[Mapping[str, Any]]:
    """Join the pieces of each stream at the place of its first one, standard output before standard error."""
    joined: list[Mapping[str, Any]] = []
    streams: dict[str, dict[str, Any]] = {}
    for output in outputs:
        if output.get("output_type") != "stream":
            joined.append(output)
            continue
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        if name not in streams:
            streams[name] = {"output_type": "stream", "name": name, "text": []}
            joined.append(streams[name])
        streams[name]["text"].append(plain_text(output.get("text")))
    for stream in streams.values():
        # What is beyond the limit is cut off before anything is done to it that takes its time.
        stream["text"] = _overwritten("".join(stream["text"])[: 4 * max_chars])
    for at, (one, other) in enumerate(pairwise(joined)):
        if one is streams.get("stderr") and other is streams.get("stdout"):
            joined[at : at + 2] = other, one
            break
    return joined


def _overwritten(text: str) -> str:
    """Apply carriage returns and backspaces as a terminal does; progress bars write over themselves."""
    if "\r" not in text and "\b" not in text:
        return text
    return "\n".join(map(_overwritten_line, text.split("\n")))


def _overwritten_line(line: str) -> str:
    line = line.rstrip("\r")
    line = line[line.rfind("\r") + 1 :]
    if "\b" not in line:
        return line
    shown: list[str] = []
    for character in line:
        if character != "\b":
            shown.append(character)
        elif shown:
            shown.pop()
    return "".join(shown)


def _clean(output: Mapping[str, Any], max_chars: int) -> NotebookNode | None:
    fields: dict[str, Any]
    kind = output.get("output_type")
    if kind == "stream":
        fields = {"name": output["name"], "text": _printable(output["text"])[:max_chars]}
    elif kind == "error":
        traceback = output.get("traceback")
        lines = _printable("\n".join(map(plain_text, traceback))) if isinstance(traceback, list) else ""
        fields = {
            "ename": _printable(plain_text(output.get("ename")))[:200],
            "evalue": _printable(plain_text(output.get("evalue")))[:max_chars],
            "traceback": [lines[:max_chars]] if lines else [],
        }
    elif kind in ("display_data", "execute_result"):
        kind = "display_data"  # a result would carry the student's count of cells
        fields = {"data": _safe_data(output.get("data"), max_chars)}
    if kind not in ("stream", "error", "display_data") or fields.get("data") == {} or fields.get("text") == "":
        return None
    clean: NotebookNode = new_output(kind, **fields)
    return clean


def _safe_data(data: Any, max_chars: int) -> dict[str, str]:
    if not isinstance(data, Mapping):
        return {}
    safe = {mime: text for mime in PICTURES if mime in data and is_picture(text := plain_text(data[mime]), mime)}
    text = _printable(plain_text(data.get("text/plain"))[: 4 * max_chars])
    if not safe and (not text.strip() or _NAMELESS.match(text)):
        source = next((written for mime in _SOURCES if (written := plain_text(data.get(mime)))), "")
        lost = next((said for begin, said in _UNSHOWN.items() if any(str(mime).startswith(begin) for mime in data)), "")
        if source:
            text = _printable(source[: 4 * max_chars])
        elif lost:
            text = "\n".join(filter(None, [f"[{lost} cannot be shown here.]", text.strip()]))
    return {**safe, "text/plain": text[:max_chars]} if "text/plain" in data or text else safe


def _printable(text: str) -> str:
    """Remove terminal commands, except colours, and mark characters that turn the direction of text."""
    return as_read(_NO_COLOUR.sub("", text.translate(_OBEYED)))


def plain_text(value: Any) -> str:
    """Convert alleged text, or lines of it, to text.

    Parameters
    ----------
    value : object
        A field of a message or of a notebook.

    Returns
    -------
    str
        Empty if it is something else.
    """
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    # JSON can hold halves of characters, which no file can be written with.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
