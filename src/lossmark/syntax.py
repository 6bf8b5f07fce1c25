"""Reading a submission's source, for what its answers cannot show: whether it loops.

Python's parser can be brought to an end, or into a state in which it fails for the next source, by a source that is
written for it. So :func:`read` runs in a process that may die (`sandbox.reading`), and returns plain data, in which
:func:`loops_in` looks.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from IPython.core.inputtransformer2 import TransformerManager

_LOOPING_CALLS = {
    "apply_along_axis": "`np.apply_along_axis`, which loops inside",
    "apply_over_axes": "`np.apply_over_axes`, which loops inside",
    "exec": "`exec`, which hides what it runs",
    "eval": "`eval`, which hides what it runs",
    "filter": "`filter`",
    "frompyfunc": "`np.frompyfunc`, which calls a Python function for each element",
    "fromiter": "`np.fromiter`",
    "map": "`map`",
    "reduce": "`reduce`",
    "starmap": "`starmap`",
    "vectorize": "`np.vectorize`, which is a loop in disguise",
}
MAX_CHARACTERS = 50_000
MAX_LINES_WITH_MAGICS = 150
_RUNNING_MAGIC = re.compile(r"\A\s*%%(time|capture|prun)\b.*\n")
"""First line of a cell whose other lines run as Python and leave their names behind."""
_CALLABLE = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.Call,
    ast.Name,
    ast.Attribute,
)
_TELLING = (
    *(ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    *(ast.Attribute, ast.Name, ast.arg),
)


@dataclass(frozen=True)
class Loop:
    """A Python loop found in a function.

    Attributes
    ----------
    function : str
        The function that holds it: the one asked about, or one that it calls.
    kind : str
        What it is, in words for the student.
    """

    function: str
    kind: str


@dataclass(frozen=True)
class Definition:
    """What a function's source says of loops, without the source.

    Attributes
    ----------
    name : str
        The function's.
    original : str
        The name for which it is a second one; empty if it is not.
    found : tuple
        In the order of the source: ``("loop", kind)``, or ``("name", name)`` of what it uses.
    used : tuple
        What of it counts where another function names it: nothing of data, and only the call itself of what a call
        has returned.
    """

    name: str
    original: str
    found: tuple[tuple[str, str], ...]
    used: tuple[tuple[str, str], ...]


def read(source: str) -> list[Definition]:
    """Read a cell.

    Parameters
    ----------
    source : str
        Its source; IPython's magics and shell lines are understood.

    Returns
    -------
    list of Definition
        Of what it defines outside of functions, in order. None if it does not run, or is longer than anybody writes.

    Raises
    ------
    RecursionError, MemoryError, SystemError
        If the parser has failed; it may fail for the next cell, too.
    """
    return [_definition(name, value) for node in _outside_functions(_parse(source)) for name, value in _bindings(node)]


def loops_in(cells: Iterable[Sequence[Definition]], name: str) -> list[Loop]:
    """Find Python loops in a function, and in those of the same notebook that it uses.

    Parameters
    ----------
    cells : iterable of sequence of Definition
        What was read of each cell.
    name : str
        The function's name. Its last definition counts, be it a ``def`` or a ``lambda`` with a name.

    Returns
    -------
    list of Loop
        Loops, comprehensions, recursion, ``map``, ``np.vectorize`` and the like, in the order of the source. A
        definition that cannot be found, because something else than a cell made it, counts as one.
    """
    definitions: dict[str, Definition] = {}
    for cell in cells:
        for definition in cell:
            definitions[definition.name] = definitions.get(definition.original, definition)
    if name not in definitions:
        return [Loop(name, "a definition from outside the notebook's cells, which nobody can read")]
    found: list[Loop] = []
    seen: set[str] = set()
    pending: list[tuple[str, tuple[str, ...]]] = [(name, ())]
    while pending:
        function, callers = pending.pop()
        if function in definitions and function not in seen:
            seen.add(function)
            loops, used = _inspect(function, definitions[function], callers)
            found += loops
            pending += [(name, (*callers, function)) for name in reversed(used)]
    return found


def _inspect(name: str, definition: Definition, callers: tuple[str, ...]) -> tuple[list[Loop], list[str]]:
    """Return the loops of one function, and the names that it uses."""
    loops, names = [], []
    for what, text in definition.used if callers else definition.found:
        if what == "loop":
            loops.append(Loop(name, text))
        elif text in (*callers, name):
            loops.append(Loop(name, "recursion"))
        else:
            names.append(text)
    return loops, names


def _parse(source: str) -> ast.Module:
    source = _RUNNING_MAGIC.sub("", source)
    if len(source) > MAX_CHARACTERS:
        return ast.Module([], [])
    try:
        try:
            return ast.parse(source)
        except SyntaxError:  # perhaps because of magics and shell lines, which take time to read
            if source.count("\n") > MAX_LINES_WITH_MAGICS:
                raise
            return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield the names that a statement or expression binds, with what they stand for."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name, node
        case ast.Assign():
            for target in node.targets:
                yield from _pairs(target, node.value)
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            yield from _pairs(target, value)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.AST]]:
    match target, value:
        case ast.Name(id=name), _:
            yield name, value
        case ast.Tuple(elts=targets), ast.Tuple(elts=values) if len(targets) == len(values):
            for pair in zip(targets, values, strict=True):
                yield from _pairs(*pair)


def _outside_functions(tree: ast.Module) -> Iterator[ast.AST]:
    """Walk over a cell's statements in order, but not into functions and classes: their names are their own."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            pending.extend(reversed(list(ast.iter_child_nodes(node))))


def _is_ufunc(name: str) -> bool:
    return isinstance(getattr(np, name, None), np.ufunc)


def _definition(name: str, value: ast.AST) -> Definition:
    found = used = tuple(_found_in(value))
    if isinstance(value, ast.Call):  # `f = np.vectorize(g)` makes a function, `scores = W.dot(x)` does not
        called = value.func
        maker = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
        used = (("loop", _LOOPING_CALLS[maker]),) if maker in _LOOPING_CALLS else ()
    elif not isinstance(value, _CALLABLE):  # what a function names is data, unless it is known to be more
        used = ()
    return Definition(name, value.id if isinstance(value, ast.Name) else "", found, used)


def _found_in(definition: ast.AST) -> Iterator[tuple[str, str]]:
    nodes = [node for node in ast.walk(definition) if isinstance(node, _TELLING)]
    own = {node.arg for node in nodes if isinstance(node, ast.arg)} | {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for node in nodes:
        match node:
            case ast.For() | ast.AsyncFor():
                yield "loop", "a `for` loop"
            case ast.While():
                yield "loop", "a `while` loop"
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                yield "loop", "a comprehension"
            case ast.Attribute(attr="reduce", value=ast.Name(id=ufunc) | ast.Attribute(attr=ufunc)) if _is_ufunc(ufunc):
                pass  # `np.add.reduce` is an array operation, `functools.reduce` a loop
            case ast.Name(id=used) | ast.Attribute(attr=used) if used in _LOOPING_CALLS:
                yield "loop", _LOOPING_CALLS[used]
            case ast.Name(id=used) if used not in own:
                yield "name", used
