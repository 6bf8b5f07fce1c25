"""Text of unknown origin on a terminal, or in a page: letters that people read, and nothing that is obeyed."""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\u200c\u200d"
"""They join letters, or keep them apart, where scripts need that."""
_MARKS = "\u061c\u200e\u200f"
"""They say which way a neighbour is read, in texts of scripts that are read from the right."""
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""They turn the direction of all that follows."""
_SHOWN = {ord(turn): f"[U+{ord(turn):04X}]" for turn in _TURNS}
_ALL_SHOWN = _SHOWN | {ord(mark): f"[U+{ord(mark):04X}]" for mark in _MARKS}

MAX_MARKS = 4
"""Marks above and below one letter, as many as any script needs; a pile of them covers the lines around it."""
_LOOKS = r"\x1b\[[0-9;]{0,20}m|</?[a-z][^<>]{0,1000}>"
"""Colours and tags of a page: the next mark is put onto the letter before them."""
_UNSEEN = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad"
"""Controls and the soft hyphen, of which the same is true."""
_PILE = re.compile(rf"(?:{_LOOKS}|[{_UNSEEN}]|[^\w\s\x00-\u02ff]){{{MAX_MARKS + 1},}}")
"""Where marks may be piled up: no mark is a letter or a space, and there is none before U+0300."""
_IN_PILE = re.compile(rf"{_LOOKS}|.", re.DOTALL)


def printable(text: str, keep: str = "\n") -> str:
    """Replace unreadable parts: escape sequences, controls, turns of direction, halves of characters, piles of marks.

    Parameters
    ----------
    text : str
        Any text.
    keep : str
        Characters that stay all the same.

    Returns
    -------
    str
    """
    return _levelled("".join(character if _is_read(character) or character in keep else "�" for character in text))


def _is_read(character: str) -> bool:
    return character.isprintable() or character in _JOINERS or unicodedata.category(character) == "Zs"  # a wide space


def one_line(text: str) -> str:
    """Make one printable line of a text, with single spaces.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
    """
    return printable(" ".join(text.split()))


def quoted(text: str) -> str:
    """Mark the lines of a text that somebody else wrote, so that none of them is taken for one of ours.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Each line after the first begins with a bar; the first one follows words of ours.
    """
    return "\n| ".join(map(printable, text.splitlines()))


def as_read(text: str, *, is_prose: bool = False) -> str:
    """Name the characters that turn the direction of text, so that it is read as it is run, and count piled up marks.

    Parameters
    ----------
    text : str
        Code, an output, or a page.
    is_prose : bool
        Whether marks that turn nothing are kept: right-to-left scripts need them.

    Returns
    -------
    str
    """
    return _levelled(text.translate(_SHOWN if is_prose else _ALL_SHOWN))


def _levelled(text: str) -> str:
    """Replace the marks on a letter that are more than any script needs by their number."""
    return text if text.isascii() else _PILE.sub(_level, text)


def _level(pile: re.Match[str]) -> str:
    kept, marks = list[str](), 0
    for piece in _IN_PILE.findall(pile[0]):
        kind = unicodedata.category(piece) if len(piece) == 1 else ""
        if kind in ("Mn", "Me"):
            marks += 1
            if marks > MAX_MARKS:
                continue
        elif kind not in ("", "Cf", "Cc"):  # what stands by itself, and may have marks of its own
            kept.append(_count(marks))
            marks = 0
        kept.append(piece)
    return "".join([*kept, _count(marks)])


def _count(marks: int) -> str:
    return f"[{marks - MAX_MARKS} more marks]" if marks > MAX_MARKS else ""
