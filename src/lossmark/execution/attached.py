"""Pictures in written answers: each is found, however it was put in, and made fit to be shown or named as missing.

JupyterLab attaches a picture to the cell and links it in Markdown, or in an ``img`` tag once it is resized; Colab and
Google Docs write its bytes into the text. :func:`gather` gives all of them one form, :func:`put_in` replaces each by
the copy made in a process that may die (`sandbox/pictures`).
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from typing import Any
from urllib.parse import unquote

from nbformat import NotebookNode

from lossmark.execution.outputs import PICTURES, is_picture, plain_text

MAX_PICTURE_CHARS = 2**24
"""Of an encoded picture: 12 MB."""
MAX_PICTURES = 50
"""In the answers of one notebook."""
MAX_CHARS = 2**26
"""Of all encoded pictures of one notebook."""
RAW = "application/octet-stream"
"""Kind of a picture that nobody has looked into yet."""
NO_FILE = "it is not in the notebook"
BESIDE = "it is a file beside the notebook, and not in it"
ELSEWHERE = "it is on a page of the web, and not in the notebook"
TOO_MANY = "the answers of this notebook hold more pictures than are shown"
TOO_LARGE = "it is larger than 12 MB"
DAMAGED = "it is damaged, or of a kind that cannot be shown"

_DATA = r"data:image/[\w.+-]{1,40}(?:;[\w=-]{1,40}){0,3},"
_BYTES = r"[A-Za-z0-9+/=%_-]"
_LINK = re.compile(r"(!?)\[([^\[\]\n]{0,300})\]\([ \t]*((?:[^()\n]|\([^()\n]*\))*+)\)")
_TAG = re.compile(r"<img\b([^<>]*)>", re.IGNORECASE)
_SOURCE, _ALTERNATIVE = (
    re.compile(rf"\b{name}\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", re.IGNORECASE) for name in ("src", "alt")
)
_DEFINITION = re.compile(
    r"^ {0,3}\[([^\[\]\n]{1,300})\]:[ \t]*<?((?:attachment:|data:image/)[^\s<>]*)>?.*$", re.MULTILINE
)
_BARE = re.compile(rf"<?({_DATA}{_BYTES}{{64,}}+)>?")
_TITLE = re.compile(r"""[ \t]+(?:"[^"\n]*"|'[^'\n]*'|=\d*x?\d*)[ \t]*$""")
_OURS = re.compile(r"!\[([^\[\]\n]{0,300})\]\(attachment:(picture-\d{1,9})\)")
_LEFT = re.compile(r"attachment:(?!picture-\d{1,9}\))")
"""A link to an attachment that is not one of ours: a page of nbconvert's is not made if it leads nowhere."""
_NAME = re.compile(r"[^\w .,()@+-]+")
_GAPS = re.compile(r"\s+")

Encoded = str
"""A picture in base64."""


def kept(attachments: Any) -> dict[str, dict[str, str]]:
    """Keep those attachments of a cell that claim to be pictures.

    Parameters
    ----------
    attachments : object
        A field of a submitted cell.

    Returns
    -------
    dict
        Encoded pictures by name, each by the kind that it claims.
    """
    found: dict[str, dict[str, str]] = {}
    for name, kinds in attachments.items() if isinstance(attachments, dict) else ():
        if not isinstance(kinds, dict):
            continue
        claimed = {kind: text for kind, value in kinds.items() if kind.startswith("image/") and (text := _text(value))}
        if claimed:
            best = next((kind for kind in PICTURES if kind in claimed), next(iter(claimed)))
            found[plain_text(name)] = {best: claimed[best]}
    return found


def gather(cell: NotebookNode, original: NotebookNode | None = None) -> None:
    """Give each picture of a student's text one form: an attachment, linked under a plain name.

    Parameters
    ----------
    cell : NotebookNode
        A Markdown cell of the student's text with its attachments; changed in place.
    original : NotebookNode, optional
        The cell as it was released; links to files and pages in it are the instructor's.
    """
    found = _Found(cell.get("attachments", {}), "" if original is None else original.source)
    text = _LINK.sub(found.replace_link, cell.source)
    text = _TAG.sub(found.replace_tag, text)
    text = _DEFINITION.sub(lambda match: found.show(match[2], match[1]), text)
    text = _BARE.sub(lambda match: found.show(match[1], ""), text)
    given = () if original is None else original.get("attachments", {})
    for name in [name for name in found.attached if name not in found.used and name not in given]:
        text = f"{text.rstrip()}\n\n{found.show(f'attachment:{name}', name)}"
    cell.source = _LEFT.sub("missing:", text)
    cell.pop("attachments", None)
    if found.pictures:
        cell["attachments"] = {name: {RAW: encoded} for name, encoded in found.pictures.items()}
    if found.pictures or found.missing:
        cell.metadata["lossmark"] = {"pictures": len(found.pictures), "missing": found.missing}


class _Found:
    """The pictures of one cell.

    Parameters
    ----------
    attached : dict
        The cell's attachments, by name and kind.
    released : str
        The cell's text as it was released.
    """

    def __init__(self, attached: dict[str, dict[str, str]], released: str) -> None:
        self.attached, self._released = attached, released
        self.used: set[str] = set()
        self.pictures: dict[str, Encoded] = {}
        self.missing = 0
        self._names = {_plain(name): name for name in attached}

    def replace_tag(self, match: re.Match[str]) -> str:
        """Replace an ``img`` tag."""
        source, said = (pattern.search(match[1]) for pattern in (_SOURCE, _ALTERNATIVE))
        if source is None:
            return match[0]
        target = html.unescape(source[1].strip("\"'"))
        return self.show(target, html.unescape(said[1].strip("\"'")) if said else "", match[0])

    def replace_link(self, match: re.Match[str]) -> str:
        """Replace a link of Markdown that shows a picture or leads to one."""
        target = _TITLE.sub("", match[3].strip()).strip("<> ") if len(match[3]) < 2000 else match[3].strip()
        leads_to_one = target[:11].lower() in ("attachment:", "data:image/")
        return self.show(html.unescape(target), match[2], match[0]) if match[1] or leads_to_one else match[0]

    def show(self, target: str, said: str, written: str = "") -> str:
        """Return Markdown for a picture: a link to it, or words if it is missing."""
        scheme, _, rest = target.partition(":")
        if scheme.lower() == "attachment":
            name = next((one for one in (rest, unquote(rest)) if one in self.attached), None)
            name = self._names.get(_plain(unquote(rest))) if name is None else name
            if name is None:
                return self._named(unquote(rest), said, NO_FILE)
            self.used.add(name)
            return self._linked(next(iter(self.attached[name].values())), said or name)
        if scheme.lower() == "data":
            encoded = unquote(rest.partition(",")[2])
            return self._linked("".join(encoded.split()).replace("-", "+").replace("_", "/"), said)
        if target and target in self._released:
            return written
        is_elsewhere = re.match(r"[a-z]{2,9}:|//", target, re.IGNORECASE)
        return self._named(target, said, ELSEWHERE if is_elsewhere else BESIDE)

    def _linked(self, encoded: Encoded, said: str) -> str:
        name = f"picture-{len(self.pictures) + 1}"
        self.pictures[name] = encoded
        return f"![{_plain_words(said) or 'a picture'}](attachment:{name})"

    def _named(self, name: str, said: str, reason: str) -> str:
        self.missing += 1
        return missing(name if said in ("", name) else f"{name} ({said})", reason)


def missing(name: str, reason: str) -> str:
    """Return Markdown in place of a picture that cannot be shown.

    Parameters
    ----------
    name : str
        The student's name for it.
    reason : str
        Why, as a clause.

    Returns
    -------
    str
    """
    named = _plain_words(name)
    return f"**(The picture {f'“{named}” ' if named else ''}cannot be shown: {reason}.)**"


def put_in(
    cells: Sequence[NotebookNode], decode: Callable[[Sequence[Encoded]], Sequence[tuple[str, Encoded] | None]]
) -> None:
    """Replace each gathered picture by one that can be shown, or by words that name it as missing.

    Parameters
    ----------
    cells : sequence of NotebookNode
        Of a notebook; changed in place.
    decode : callable
        Makes of each picture its kind and an encoded copy that is fit to be shown; None of one that cannot be.
    """
    waiting = [(cell, name) for cell in cells for name, kinds in cell.get("attachments", {}).items() if RAW in kinds]
    refused: dict[int, str] = {}
    total = 0
    for number, (cell, name) in enumerate(waiting):
        size = len(cell.attachments[name][RAW])
        total += size
        if size > MAX_PICTURE_CHARS:
            refused[number] = TOO_LARGE
        elif number >= MAX_PICTURES or total > MAX_CHARS:
            refused[number] = TOO_MANY
    chosen = [number for number in range(len(waiting)) if number not in refused]
    made = decode([waiting[n][0].attachments[waiting[n][1]][RAW] for n in chosen]) if chosen else ()
    shown = dict(zip(chosen, made, strict=True))
    for number, (cell, name) in enumerate(waiting):
        picture = shown.get(number)
        if picture is not None and picture[0] in PICTURES and is_picture(picture[1], picture[0]):
            cell.attachments[name] = {picture[0]: picture[1]}
        else:
            _take_out(cell, {name}, refused.get(number, DAMAGED))


def _take_out(cell: NotebookNode, names: Collection[str], reason: str) -> None:
    """Put words in the place of pictures."""
    cell.source = _OURS.sub(lambda link: missing(link[1], reason) if link[2] in names else link[0], cell.source)
    for name in names:
        del cell.attachments[name]
        facts = cell.metadata["lossmark"]
        facts.update(pictures=facts["pictures"] - 1, missing=facts["missing"] + 1)
    if not cell.attachments:
        del cell["attachments"]


def _text(value: Any) -> Encoded:
    return "".join(plain_text(value).split())


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _plain_words(text: str) -> str:
    """Leave letters, digits and little else of a student's name for a picture, and no more than a line of it."""
    return _GAPS.sub(" ", _NAME.sub(" ", text[:200])).strip()[:80]
