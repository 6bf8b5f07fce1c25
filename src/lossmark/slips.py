"""Functions composed from the text of another function and the edits that make a slip in it.

The text of a composed function is kept in :mod:`linecache`: tracebacks and ``inspect.getsource`` show it.
"""

from __future__ import annotations

import ast
import functools
import inspect
import itertools
import linecache
import textwrap
from collections.abc import Callable, Mapping
from typing import Any


class SlipError(ValueError):
    """A slip cannot be composed: says in which file, which slip, and which text is at fault."""


def composed(
    right: Callable[..., Any], name: str, change: Mapping[str, str], explanation: str, place: str
) -> Callable[..., Any]:
    """Define a function that differs from a right one by an edit.

    Parameters
    ----------
    right : callable
        A function with a docstring, whose source is edited.
    name : str
        Name of the new function.
    change : mapping
        Each text of the right function that is replaced, and its replacement. A text must occur exactly once, and two
        must not overlap; the docstring does not count.
    explanation : str
        Docstring of the new function.
    place : str
        File and slip, for errors and tracebacks.

    Returns
    -------
    callable
        The new function, with the same module-level names as the right one.

    Raises
    ------
    SlipError
        If a text does not occur exactly once, or the edited text is not a function.
    """
    head, body = _edited("\0".join(_parts(right)), change, place).split("\0")
    head = head.replace(f"def {right.__name__}(", f"def {name}(")
    text = f"{head}    {explanation!r}\n{body}"
    file = f"<{place}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names: dict[str, Any] = {}
    try:
        exec(compile(text, file, "exec", dont_inherit=True), right.__globals__, names)
    except SyntaxError as error:
        line = (error.text or "").strip()
        raise SlipError(f"{place} is not Python after its change: {error.msg}, in {line!r}") from None
    if list(names) != [name]:
        raise SlipError(f"{place} is not one function called {right.__name__} after its change")
    function: Callable[..., Any] = names[name]
    return function


# The slips of a version follow each other, and `inspect` reads the whole file each time.
@functools.lru_cache(maxsize=1)
def _parts(function: Callable[..., Any]) -> tuple[str, str]:
    """The text of a function in front of its docstring, and behind it."""
    lines = textwrap.dedent(inspect.getsource(function)).splitlines(keepends=True)
    (definition,) = ast.parse("".join(lines)).body
    assert isinstance(definition, ast.FunctionDef)
    docstring = definition.body[0]
    assert docstring.end_lineno is not None
    return "".join(lines[: docstring.lineno - 1]), "".join(lines[docstring.end_lineno :])


def _edited(text: str, change: Mapping[str, str], place: str) -> str:
    """Replace each text by another, all at once: a replacement is not edited again."""
    if not change:
        raise SlipError(f"{place} changes nothing")
    for old in change:
        count = text.count(old) if old else 0
        if count != 1:
            raise SlipError(f"{place}: the text {old!r} must occur once in the right version, and occurs {count} times")
    places = sorted((text.index(old), old) for old in change)
    for (at, old), (later, other) in itertools.pairwise(places):
        if at + len(old) > later:
            raise SlipError(f"{place}: the texts {old!r} and {other!r} overlap in the right version")
    for at, old in reversed(places):
        text = text[:at] + change[old] + text[at + len(old) :]
    return text
