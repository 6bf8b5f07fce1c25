"""Reading a submission's source, for what its answers cannot show: whether it loops."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
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


def find_loops(cells: Sequence[str], name: str) -> list[Loop]:
    """Find Python loops in a function, and in those of the same notebook that it uses.

    Parameters
    ----------
    cells : sequence of str
        Source of the notebook's code cells; IPython's magics and shell lines are understood.
    name : str
        The function's name. Its last definition counts, be it a ``def`` or a ``lambda`` with a name.

    Returns
    -------
    list of Loop
        Loops, comprehensions, recursion, ``map``, ``np.vectorize`` and the like, in the order of the source. A
        definition that cannot be found, because something else than a cell made it, counts as one.
    """
    definitions = _definitions(cells)
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


def _definitions(cells: Sequence[str]) -> dict[str, ast.AST]:
    """Map the names of the notebook's functions to their definitions, later ones over earlier ones."""
    definitions: dict[str, ast.AST] = {}
    for source in cells:
        for node in _outside_functions(_parse(source)):
            for name, value in _bindings(node):
                original = value.id if isinstance(value, ast.Name) else ""
                definitions[name] = definitions.get(original, value)  # it may be a second name for a function
    return definitions


def _parse(source: str) -> ast.Module:
    """Parse a cell; one that does not run, or is longer than anybody writes, holds nothing."""
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
    except (SyntaxError, ValueError, RuntimeError, MemoryError):  # a RecursionError is a RuntimeError
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


def _inspect(name: str, definition: ast.AST, callers: tuple[str, ...]) -> tuple[list[Loop], list[str]]:
    """Return the loops of one function, and the names that it uses."""
    if callers and not isinstance(definition, _CALLABLE):
        return [], []  # what a function names is data, unless it is known to be more
    if callers and isinstance(definition, ast.Call):  # `f = np.vectorize(g)` makes one, `scores = W.dot(x)` does not
        called = definition.func
        used = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
        return ([Loop(name, _LOOPING_CALLS[used])] if used in _LOOPING_CALLS else []), []
    own = {node.arg for node in ast.walk(definition) if isinstance(node, ast.arg)} | {
        node.id for node in ast.walk(definition) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    kinds, names = [], []
    for node in ast.walk(definition):
        match node:
            case ast.For() | ast.AsyncFor():
                kinds.append("a `for` loop")
            case ast.While():
                kinds.append("a `while` loop")
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                kinds.append("a comprehension")
            case ast.Attribute(attr="reduce", value=ast.Name(id=ufunc) | ast.Attribute(attr=ufunc)) if _is_ufunc(ufunc):
                pass  # `np.add.reduce` is an array operation, `functools.reduce` a loop
            case ast.Name(id=used) | ast.Attribute(attr=used) if used in _LOOPING_CALLS:
                kinds.append(_LOOPING_CALLS[used])
            case ast.Name(id=used) if used in (*callers, name) and used not in own:
                kinds.append("recursion")
            case ast.Name(id=used) if used not in own:
                names.append(used)
    return [Loop(name, kind) for kind in kinds], names
