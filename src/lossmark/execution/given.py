"""Changes of a student in a given cell, which is restored as it was released.

Imports are kept, in a cell of the student's own before the given one: they can replace nothing that it defines, and are
nothing that the student could not have written elsewhere. All else is left out and named, since it could.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbformat import NotebookNode

from lossmark.terminal import one_line

_NAME = r"[\w.]+(?:[ \t]+as[ \t]+\w+)?"
_IMPORT = re.compile(
    rf"^(?:from[ \t]+[\w.]+[ \t]+)?import[ \t]+(?:\([^()]*\)|\*|{_NAME}(?:[ \t]*,[ \t]*{_NAME})*)[ \t]*(?:#.*)?$",
    re.MULTILINE,
)
"""An import that is not indented."""
MAX_CHARACTERS = 50_000
MOST_NAMED, LONGEST = 3, 60
"""Lines in a remark, and the characters of each."""


@dataclass(frozen=True)
class Addition:
    """Additions of a student to a given cell.

    Attributes
    ----------
    imports : tuple of str
        Statements, in order.
    left_out : tuple of str
        The other lines, in order.
    """

    imports: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def __str__(self) -> str:
        shown = [f"`{_quoted(line)}`" for line in self.left_out[:MOST_NAMED]]
        if len(self.left_out) > MOST_NAMED:
            shown.append(f"{len(self.left_out) - MOST_NAMED} more")
        kept = f"{len(self.imports)} added {'import was' if len(self.imports) == 1 else 'imports were'} kept"
        return "; ".join(
            filter(None, [kept if self.imports else "", f"left out: {', '.join(shown)}" if self.left_out else ""])
        )


def addition(text: str, original: NotebookNode) -> Addition:
    """Compare a student's version of a given cell with the instructor's.

    Parameters
    ----------
    text : str
        The student's.
    original : NotebookNode
        The instructor's, as released.

    Returns
    -------
    Addition
    """
    imports: list[str] = []
    if original.cell_type == "code" and len(text) <= MAX_CHARACTERS:
        released = set(_IMPORT.findall(original.source))
        imports = [statement for statement in _IMPORT.findall(text) if statement not in released]
        text = _IMPORT.sub("", text)
    known = set(_lines(original.source))
    return Addition(tuple(dict.fromkeys(imports)), tuple(line for line in _lines(text) if line not in known))


def _lines(text: str) -> list[str]:
    return [line for line in map(str.strip, text.split("\n")) if line]


def _quoted(line: str) -> str:
    """A line of the student's that cannot leave the quotes around it."""
    shown = one_line(line).replace("`", "'")
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
