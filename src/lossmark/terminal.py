"""Text of unknown origin on a terminal, or in a page: letters that people read, and nothing that is obeyed."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"
"""They join letters, or keep them apart, where scripts need that."""


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
