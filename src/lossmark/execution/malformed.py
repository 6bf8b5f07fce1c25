"""Describe a file that is not a notebook: the error, its place, and the remedy."""

from __future__ import annotations

import json
import re

ASK = "ask for the file that Jupyter saves (.ipynb)"
_BEGINNINGS = {
    b"\x1f\x8b": f"it is compressed with gzip; unpack it, or {ASK}",
    b"PK\x03\x04": f"it is a zip archive, or an office document; unpack it, or {ASK}",
    b"%PDF": f"it is a PDF page; {ASK}",
    b"\x89PNG": f"it is a picture; {ASK}",
    b"\xff\xd8\xff": f"it is a picture; {ASK}",
    b"\xff\xfe": "it is text in UTF-16; save it in UTF-8",
    b"\xfe\xff": "it is text in UTF-16; save it in UTF-8",
    b"version https://git-lfs": "it is a pointer of Git LFS; get the file itself with `git lfs pull`",
}
_WEB_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml|!--)", re.IGNORECASE)
_SCRIPT = re.compile(r"\s*(?:#|%|import \w|from \w|def \w|class \w|\"\"\")")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)", re.MULTILINE)


def explain(data: bytes, error: Exception) -> str:
    """Say why a file cannot be read as JSON.

    Parameters
    ----------
    data : bytes
        Content of the file.
    error : Exception
        The exception of decoding it, or of reading it as JSON.

    Returns
    -------
    str
        The error, its place, and the remedy.
    """
    if not data.strip(b"\0 \t\r\n"):
        return f"the file is empty; {ASK}" if not data.strip() else f"it holds null bytes and nothing else; {ASK}"
    for beginning, what in _BEGINNINGS.items():
        if data.startswith(beginning):
            return what
    if isinstance(error, UnicodeDecodeError):
        return f"not text in UTF-8, at byte {error.start}; save it in UTF-8, or {ASK}"
    if isinstance(error, json.JSONDecodeError):
        return _explain_text(error)
    what = "it is nested too deeply" if isinstance(error, RecursionError) else "a number in it has too many digits"
    return f"not JSON that can be read: {what}; {ASK}"


def _explain_text(error: json.JSONDecodeError) -> str:
    text, place = error.doc, f"line {error.lineno}, column {error.colno}"
    if conflict := _CONFLICT.search(text):
        line = 1 + text.count("\n", 0, conflict.start())
        return f"not JSON, but two versions with the marks of a merge conflict, in line {line}; choose one of them"
    if _WEB_PAGE.match(text):
        return f"it is a web page, not JSON; {ASK}"
    if _SCRIPT.match(text):
        return f"it is a script or plain text, not JSON; {ASK}"
    if error.msg == "Extra data":
        return f"not JSON alone: it ends before {place}, and more follows, perhaps a second notebook; {ASK}"
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return f"not whole JSON: it is cut off, at {place}; {ASK}"
    return f"not JSON, from {place} on ({error.msg}); {ASK}"
