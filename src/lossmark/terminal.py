"""Text of unknown origin on a terminal, or in a page: letters that people read, and nothing that is obeyed."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"
"""They join letters, or keep them apart, where scripts need that."""
_MARKS = "\u061c\u200e\u200f"
"""They say which way a neighbour is read, in texts of scripts that are read from the right."""
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""They turn the direction of all that follows."""
_SHOWN = {ord(turn): f"[U+{ord(turn):04X}]" for turn in _TURNS}
_ALL_SHOWN = _SHOWN | {ord(mark): f"[U+{ord(mark):04X}]" for mark in _MARKS}


def printable(text: str, keep: str = "\n") -> str:
    """Replace what nobody reads: escape sequences, control characters, changes of direction, halves of characters.

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
    return "".join(character if _is_read(character) or character in keep else "�" for character in text)


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
        Each line after the first begins with a bar; the first one stands behind words of ours.
    """
    return "\n| ".join(map(printable, text.splitlines()))


def as_read(text: str, *, is_prose: bool = False) -> str:
    """Show the characters that turn the direction of text as visible marks, so that it is read as it is run.

    Parameters
    ----------
    text : str
        Code, an output, or a page.
    is_prose : bool
        Whether marks that turn nothing stay what they are: right-to-left scripts need them.

    Returns
    -------
    str
    """
    return text.translate(_SHOWN if is_prose else _ALL_SHOWN)
