"""Read a submission's source for a property that its answers cannot show: whether it loops.

Python's parser can be brought to an end, or into a state in which it fails for the next source, by a source that is
written for it. So :func:`read` runs in a process that may die (`sandbox.reading`), and returns plain data, in which
:func:`loops_in` looks.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
REFUSAL = "a loop that does nothing but refuse arguments"
"""A kind of loop that computes nothing: ``assert all(label >= 0 for label in y)``."""
_PLAIN_CALLS = {
    "abs",
    "all",
    "any",
    "enumerate",
    "float",
    "int",
    "isinstance",
    "len",
    "max",
    "min",
    "range",
    "round",
} | {
    "set",
    "sorted",
    "sum",
    "type",
    "zip",
}
"""Built-in functions that leave everything as it is."""
MAX_CHARACTERS = 50_000
MAX_LINES_WITH_MAGICS = 150
_EARLIER = "@"
"""Between a name and the number of an earlier meaning of it."""
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
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_TELLING = (ast.For, ast.AsyncFor, ast.While, *_COMPREHENSIONS, ast.Attribute, ast.Name, ast.arg)


@dataclass(frozen=True)
class Loop:
    """A Python loop found in a function.

    Attributes
    ----------
    function : str
        The function that holds it: the one asked about, or one that it calls.
    kind : str
        Its kind, in words for the student.
    """

    function: str
    kind: str


@dataclass(frozen=True)
class Definition:
    """The loops in a function's source, without the source.

    Attributes
    ----------
    name : str
        The function's.
    original : str
        The name for which it is a second one; empty if it is not.
    found : tuple
        In the order of the source: ``("loop", kind)``; ``("looping", path)`` for a loop, unless a cell has given its
        first name to something else; ``("call", name)`` and ``("name", name)`` for called and other used names;
        ``("earlier", name)`` of its own name, in an expression that makes the new one.
    used : tuple
        The parts that count if another function names it: none for data, and only the call itself for a call's
        result.
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
        Its definitions outside of functions, in order. None if it does not run, or is too long.

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
        The definitions of each cell.
    name : str
        The function's name. Its last definition counts, be it a ``def`` or a ``lambda`` with a name.

    Returns
    -------
    list of Loop
        Loops, comprehensions, recursion, ``map``, ``np.vectorize`` and the like, in the order of the source. A
        definition that cannot be found, because something else than a cell made it, counts as one. Loops of the kind
        ``REFUSAL`` are among them.
    """
    definitions: dict[str, Definition] = {}
    for cell in cells:
        for definition in cell:
            _define(definition, definitions)
    if name not in definitions:
        return [Loop(name, "a definition from outside the notebook's cells, which nobody can read")]
    found: list[Loop] = []
    seen: set[str] = set()
    pending: list[tuple[str, tuple[str, ...]]] = [(name, ())]
    while pending:
        function, callers = pending.pop()
        if function in definitions and function not in seen:
            seen.add(function)
            loops, used = _inspect(function, definitions, callers)
            found += loops
            pending += [(name, (*callers, function)) for name in reversed(used)]
    return found


def _define(definition: Definition, definitions: dict[str, Definition]) -> None:
    """Give a name its new meaning; where that is made of the earlier one, as by ``f = timed(f)``, keep both."""
    earlier = f"{definition.name}{_EARLIER}{len(definitions)}"
    found = tuple(("name", earlier) if what == "earlier" else (what, text) for what, text in definition.found)
    if found != definition.found and definition.name in definitions:
        definitions[earlier] = definitions[definition.name]
    definitions[definition.name] = definitions.get(definition.original, replace(definition, found=found))


def _inspect(
    name: str, definitions: Mapping[str, Definition], callers: tuple[str, ...]
) -> tuple[list[Loop], list[str]]:
    """Return the loops of one function, and the names that it uses."""
    loops, names = [], []
    shown, _, is_earlier = name.partition(_EARLIER)
    for what, text in definitions[name].used if callers and not is_earlier else definitions[name].found:
        if what == "loop":
            loops.append(Loop(shown, text))
        elif what == "looping" and text.partition(".")[0] not in definitions:
            loops.append(Loop(shown, _LOOPING_CALLS[text.rpartition(".")[2]]))
        elif what == "call" and text in (*callers, name):
            loops.append(Loop(shown, "recursion"))
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
    """Yield the names that a statement or expression binds, with their values."""
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
    if not isinstance(value, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        found = tuple(("earlier" if text == name else what, text) for what, text in found)
    if isinstance(value, ast.Call):  # `f = np.vectorize(g)` makes a function, `scores = W.dot(x)` does not
        used = tuple(_looping(value.func))
    elif not isinstance(value, _CALLABLE):  # what a function names is data, unless it is known to be more
        used = ()
    return Definition(name, value.id if isinstance(value, ast.Name) else "", found, used)


def _found_in(definition: ast.AST) -> Iterator[tuple[str, str]]:
    walked = list(ast.walk(definition))
    nodes = [node for node in walked if isinstance(node, _TELLING)]
    called = {id(node.func) for node in walked if isinstance(node, ast.Call)}
    refusing = {id(loop) for node in walked for loop in _refusing_loops(node)}
    own = {node.arg for node in nodes if isinstance(node, ast.arg)} | {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for node in nodes:
        match node:
            case _ if id(node) in refusing:
                yield "loop", REFUSAL
            case ast.For() | ast.AsyncFor():
                yield "loop", "a `for` loop"
            case ast.While():
                yield "loop", "a `while` loop"
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                yield "loop", "a comprehension"
            case ast.Attribute():
                yield from ((what, path) for what, path in _looping(node) if path.partition(".")[0] not in own)
            case ast.Name(id=used) if used not in own:
                yield from _looping(node) or [("call" if id(node) in called else "name", used)]


def _looping(node: ast.expr) -> list[tuple[str, str]]:
    """Return the loop behind a name, if a module or Python itself has given it that name: ``np.vectorize``, ``map``."""
    match node:
        case ast.Attribute(attr="reduce", value=ast.Name(id=ufunc) | ast.Attribute(attr=ufunc)) if _is_ufunc(ufunc):
            return []  # `np.add.reduce` is an array operation, `functools.reduce` a loop
        case ast.Name(id=used) | ast.Attribute(attr=used) if used in _LOOPING_CALLS:
            first: ast.expr = node
            while isinstance(first, ast.Attribute):
                first = first.value
            if isinstance(first, ast.Name):
                return [("looping", used if first is node else f"{first.id}.{used}")]
    return []


def _refusing_loops(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the loops of a statement that does nothing but refuse arguments."""
    if isinstance(node, ast.For) and not node.orelse and all(map(_is_refusal, node.body)):
        yield node
    if isinstance(node, ast.Assert | ast.If) and _is_refusal(node):
        yield from (loop for loop in _repeated(node.test) if isinstance(loop, _COMPREHENSIONS))


def _is_refusal(statement: ast.AST) -> bool:
    match statement:
        case ast.Assert(test=test) | ast.If(test=test, body=[ast.Raise()], orelse=[]):
            return _is_plain(test)
    return False


def _is_plain(expression: ast.expr) -> bool:
    """Whether an expression changes and keeps nothing, as far as its form says so."""
    for node in _repeated(expression):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in _PLAIN_CALLS:
                pass
            case ast.Call() | ast.NamedExpr() | ast.Await() | ast.Yield() | ast.YieldFrom() | ast.Lambda():
                return False
    return True


def _repeated(expression: ast.expr) -> Iterator[ast.AST]:
    """Walk over an expression, but not into the iterables of its comprehensions, which are evaluated once."""
    pending: list[ast.AST] = [expression]
    while pending:
        node = pending.pop()
        yield node
        once = node.generators[0].iter if isinstance(node, _COMPREHENSIONS) else None
        for child in ast.iter_child_nodes(node):
            within = ast.iter_child_nodes(child) if isinstance(child, ast.comprehension) else [child]
            pending += [part for part in within if part is not once]
