"""Text of unknown origin on a terminal: letters that people read, and nothing that a terminal obeys."""

from __future__ import annotations


def printable(text: str, keep: str = "\n") -> str:
    """Replace what is no printable character: escape sequences, control characters, changes of direction.

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
    return "".join(character if character.isprintable() or character in keep else "�" for character in text)


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
