"""The information in the text of a test: its statements, and the values that it tests with."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

_NOISE = re.compile(r"(?:\x1b\[[0-9;]*m|\\[nrt]|[\s\\'\"])+")
"""Additions by showing or quoting a text: colours, space, line ends, quotation marks."""
_MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)
_BEFORE_LINE = re.compile(r"\A(?:\x1b\[[0-9;]*m|\s|-+>|\d+(?=[\s\x1b]))*")
"""A traceback's prefix of a line of code: an arrow and the line's number."""
_NAMES = re.compile(r"[\w\s,.]*")
_LEAST = 6
"""Characters, or digits, from which on a value is not there by chance."""
_LITERALS = {"True", "False", "None"}
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")
_WORD = re.compile(r"[^\W\d]\w*")

_Piece = ast.stmt | ast.ExceptHandler | ast.match_case | ast.expr
_Place = tuple[int, int]


@dataclass(frozen=True)
class Contents:
    """The information in a text.

    Attributes
    ----------
    statements : frozenset of str
        Statements that hold more than names; of one with a body, its head.
    lines : frozenset of str
        Lines of statements that have several: a traceback shows code line by line.
    values : frozenset of str
        Texts and long numbers that assertions test with, unless a message or another text repeats them.
    """

    statements: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()


class Shown:
    """A text as it is shown somewhere, to be searched for code without the additions of showing or quoting.

    Parameters
    ----------
    text : str
        Any.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        parts = _NOISE.split(text)
        self._bare = "".join(parts)
        self._starts = set(accumulate(map(len, parts)))

    def has(self, code: str) -> bool:
        """Whether it holds a statement or a value as a whole, and not within a longer word."""
        wanted, at = _bare(code), -1
        while wanted and (at := self._bare.find(wanted, at + 1)) >= 0:
            if self._is_edge(at) and self._is_edge(at + len(wanted)):
                return True
        return False

    def has_line(self, line: str) -> bool:
        """Whether one of its lines is this one, be it numbered as in a traceback."""
        return _bare(line) in self._lines

    @cached_property
    def _lines(self) -> set[str]:
        return {_bare(_BEFORE_LINE.sub("", line)) for line in self._text.splitlines()}

    def _is_edge(self, at: int) -> bool:
        around = self._bare[max(0, at - 1) : at + 1]
        return at in self._starts or len(around) < 2 or not all(one.isalnum() or one == "_" for one in around)


def contents_of(source: str) -> Contents:
    """Read the information in the text of a test.

    Parameters
    ----------
    source : str
        The text of a cell, the instructor's. A magic is a statement.

    Returns
    -------
    Contents
        Of a text that is not Python, its lines.
    """
    plain, magics = source, list[str]()
    try:
        tree = ast.parse(plain)
    except SyntaxError:
        magics = [magic[0].strip() for magic in _MAGIC.finditer(source)]
        plain = _MAGIC.sub(r"\1pass", source)
        try:
            tree = ast.parse(plain)
        except SyntaxError:
            lines = [line.strip() for line in source.splitlines()]
            return Contents(frozenset(line for line in lines if not _NAMES.fullmatch(line) and len(line) >= _LEAST))
    return Contents(
        frozenset([*magics, *_telling_statements(tree, plain)]),
        frozenset(_telling_lines(tree, plain)),
        frozenset(_tested_values(tree)),
    )


def _telling_statements(tree: ast.Module, source: str) -> Iterator[str]:
    """Yield the texts of statements, heads and decorators that tell something."""
    lines = [line.encode() for line in source.split("\n")]  # the parser counts columns in bytes
    for node in filter(_tells, _pieces(tree)):
        (first, left), (last, right) = _extent(node)
        taken = lines[first - 1 : last]
        taken[-1] = taken[-1][:right]
        taken[0] = taken[0][left:]
        yield b"\n".join(taken).decode().strip()


def _pieces(tree: ast.Module) -> Iterator[_Piece]:
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield node
            yield from getattr(node, "decorator_list", ())


def _extent(piece: _Piece) -> tuple[_Place, _Place]:
    """Where the text of a statement begins and ends, in lines and bytes; of one with a body, that of its head."""
    if isinstance(piece, ast.match_case):
        return (piece.pattern.lineno, 0), _start(piece.body[0])
    assert piece.end_lineno is not None
    assert piece.end_col_offset is not None
    body = getattr(piece, "body", None)
    end = _start(body[0]) if isinstance(body, list) else (piece.end_lineno, piece.end_col_offset)
    return (piece.lineno, piece.col_offset), end


def _start(statement: ast.stmt) -> _Place:
    """Where a statement begins, or the first of its decorators."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    first = decorators[0] if decorators else statement
    return first.lineno, first.col_offset - bool(decorators)


def _tells(piece: _Piece) -> bool:
    """Whether the text of a statement tells more than that something is there, as `points` and `x = 1` do not.

    A literal alone is the output of the cell, and shown as it is written.
    """
    if isinstance(piece, ast.Assert):
        return True
    if isinstance(piece, ast.Expr) and _is_literal(piece.value):
        return False
    return any(map(_is_particular, _own_parts(piece)))


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True


def _own_parts(piece: ast.AST) -> Iterator[ast.AST]:
    """Yield the expressions of a statement, without its decorators and the statements of its body."""
    if isinstance(piece, ast.expr):
        yield piece
    decorators = getattr(piece, "decorator_list", ())
    for child in ast.iter_child_nodes(piece):
        if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case) and child not in decorators:
            yield child
            yield from _own_parts(child)


def _is_particular(part: ast.AST) -> bool:
    """Whether a part of a statement compares, calls something with arguments, or is data of some length."""
    match part:
        case ast.Compare() | ast.MatchValue():
            return True
        case ast.Call():
            return bool(part.args or part.keywords)
        case ast.Constant():
            return len(_bare(str(part.value))) >= _LEAST
        case ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
            return any(isinstance(node, ast.Constant) for node in ast.walk(part))
    return False


def _telling_lines(tree: ast.Module, source: str) -> Iterator[str]:
    """Yield the lines of statements that have several; of lines within a text, none."""
    within = set[int]()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        within.update(range(token.start[0], token.end[0] + 1) if token.start[0] < token.end[0] else ())
    lines = source.split("\n")
    for piece in _pieces(tree):
        (first, _), (last, right) = _extent(piece)
        last -= not lines[last - 1].encode()[:right].strip()  # a body begins on a line of its own
        for number in range(first, last + 1) if first < last else ():
            code = lines[number - 1].strip()
            has_name = any(word not in _LITERALS for word in _WORD.findall(_TEXT.sub("", code)))
            if number not in within and has_name and not _NAMES.fullmatch(code):
                yield code


def _tested_values(tree: ast.Module) -> Iterator[str]:
    """Yield texts and long numbers that assertions test with, except those that a message or another text repeats."""
    tested = [node for one in ast.walk(tree) if isinstance(one, ast.Assert) for node in ast.walk(one.test)]
    others = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in tested]
    said = Shown("\n".join(str(node.value) for node in others))
    for node in tested:
        if isinstance(node, ast.Constant) and _is_long(node.value) and not said.has(str(node.value)):
            yield str(node.value)


def _is_long(value: object) -> bool:
    if isinstance(value, str):
        return len(_bare(value)) >= _LEAST
    digits = str(value).partition("e")[0].replace(".", "").strip("0")
    return isinstance(value, int | float) and len(digits) >= _LEAST and digits.isdecimal()


def _bare(text: str) -> str:
    """A text without the additions of showing or quoting."""
    return _NOISE.sub("", text)
