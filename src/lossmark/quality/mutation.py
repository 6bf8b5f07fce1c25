"""Small changes to a solution, each of which ought to make it wrong.

Cosmic Ray's mutation operators change operators, comparisons, constants and loops. This module adds others: statements
left out, arguments and operands swapped, keywords left out, functions taken for one another.
"""

from __future__ import annotations

import ast
import copy
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

_CONFUSED = [
    ("maximum", "minimum"),
    ("max", "min"),
    ("sum", "mean"),
    ("argmax", "argmin"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("exp", "log"),
    ("sin", "cos"),
    ("floor", "ceil"),
    ("append", "insert"),
    ("sqrt", "square"),
]
_TAKEN_FOR = {a: b for pair in _CONFUSED for a, b in (pair, pair[::-1])}
_BINARY = [
    "Add_Sub",
    "Sub_Add",
    "Mul_Div",
    "Mul_Pow",
    "Div_Mul",
    "Div_FloorDiv",
    "FloorDiv_Div",
    "Mod_FloorDiv",
    "Pow_Mul",
]
_COMPARISONS = [
    *("Eq_NotEq", "NotEq_Eq", "Lt_LtE", "Lt_Gt", "LtE_Lt", "LtE_GtE", "Gt_GtE", "Gt_Lt", "GtE_Gt", "GtE_LtE"),
    *("Is_IsNot", "IsNot_Is"),
]

_COMMUTATIVE = {"max", "min", "maximum", "minimum"}
"""Functions whose arguments may change places."""
_ORDERED = (ast.Sub, ast.Div, ast.MatMult, ast.Pow)


@dataclass(frozen=True)
class Mutant:
    """A solution cell with one small change.

    Attributes
    ----------
    cell : str
        Grade id of the solution cell.
    before, after : str
        The lines that changed, as they were and as they are, each stripped and joined by line ends.
    source : str
        The whole cell with the change.
    """

    cell: str
    before: str
    after: str
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Its identity, independent of line numbers."""
        return self.cell, self.before, self.after


def mutants_of(cell: str, source: str) -> list[Mutant]:
    """Derive all mutants of a solution cell.

    Parameters
    ----------
    cell : str
        Grade id of the solution cell.
    source : str
        Its text.

    Returns
    -------
    list of Mutant
        Each different from the others and from the solution.
    """
    tree = _without_docstrings(ast.parse(source))
    plain = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    for changed in (*_by_cosmic_ray(plain), *_by_tree(tree)):
        try:
            text = ast.unparse(ast.parse(changed))
        except SyntaxError:
            continue
        if text != plain and text not in found:
            found[text] = Mutant(cell, *_changed_lines(plain, text), text)
    distinct: dict[tuple[str, str, str], Mutant] = {}
    for mutant in found.values():
        distinct.setdefault(mutant.key, mutant)
    return list(distinct.values())


def _by_cosmic_ray(source: str) -> Iterator[str]:
    # Development installs it, a course does not need it.
    from cosmic_ray.mutating import MutationVisitor
    from cosmic_ray.operators import (
        binary_operator_replacement,
        boolean_replacer,
        break_continue,
        comparison_operator_replacement,
        number_replacer,
        unary_operator_replacement,
        zero_iteration_for_loop,
    )

    operators = [
        *(getattr(binary_operator_replacement, f"ReplaceBinaryOperator_{name}") for name in _BINARY),
        *(getattr(comparison_operator_replacement, f"ReplaceComparisonOperator_{name}") for name in _COMPARISONS),
        boolean_replacer.ReplaceTrueWithFalse,
        boolean_replacer.ReplaceFalseWithTrue,
        boolean_replacer.ReplaceAndWithOr,
        boolean_replacer.ReplaceOrWithAnd,
        boolean_replacer.AddNot,
        break_continue.ReplaceBreakWithContinue,
        break_continue.ReplaceContinueWithBreak,
        number_replacer.NumberReplacer,
        unary_operator_replacement.ReplaceUnaryOperator_Delete_USub,
        unary_operator_replacement.ReplaceUnaryOperator_Delete_Not,
        zero_iteration_for_loop.ZeroIterationForLoop,
    ]
    for operator in operators:
        for occurrence in count():
            changed = MutationVisitor.mutate_code(source, operator(), occurrence)
            if changed is None:
                break
            yield changed


def _by_tree(tree: ast.Module) -> Iterator[str]:
    """Change one node after the other; each change is undone by starting from another copy."""
    for change in (_left_out, _swapped, _without_keyword, _renamed, _not_transposed):
        mutated = copy.deepcopy(tree)
        nodes = list(ast.walk(mutated))
        for index in range(len(nodes)):
            for variation in count():
                if not change(nodes[index], variation):
                    break
                yield ast.unparse(mutated)
                mutated = copy.deepcopy(tree)
                nodes = list(ast.walk(mutated))


def _left_out(node: ast.AST, variation: int) -> bool:
    """Leave out one statement of a block."""
    statements = [
        (block, i)
        for name in ("body", "orelse")
        if isinstance(block := getattr(node, name, None), list) and not isinstance(node, ast.Module)
        for i in range(len(block))
    ]
    if variation >= len(statements):
        return False
    block, i = statements[variation]
    block[i] = ast.Pass()
    return True


def _swapped(node: ast.AST, variation: int) -> bool:
    """Swap two neighbouring arguments of a call, or the operands of an operation whose order matters."""
    if isinstance(node, ast.Call) and variation < len(node.args) - 1 and _name_of(node.func) not in _COMMUTATIVE:
        node.args[variation : variation + 2] = node.args[variation : variation + 2][::-1]
        return True
    if isinstance(node, ast.BinOp) and isinstance(node.op, _ORDERED) and variation == 0:
        node.left, node.right = node.right, node.left
        return True
    return False


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _without_keyword(node: ast.AST, variation: int) -> bool:
    """Leave out one keyword argument."""
    if not isinstance(node, ast.Call) or variation >= len(node.keywords):
        return False
    del node.keywords[variation]
    return True


def _renamed(node: ast.AST, variation: int) -> bool:
    """Take one function for another."""
    if variation > 0 or not isinstance(node, ast.Call):
        return False
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in _TAKEN_FOR:
        function.attr = _TAKEN_FOR[function.attr]
        return True
    if isinstance(function, ast.Name) and function.id in _TAKEN_FOR:
        function.id = _TAKEN_FOR[function.id]
        return True
    return False


def _not_transposed(node: ast.AST, variation: int) -> bool:
    """Leave out a transposition: of `X.T` remains `X`."""
    if variation > 0 or isinstance(node, ast.expr_context):
        return False
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.Attribute) and value.attr == "T":
            setattr(node, name, value.value)
            return True
    return False


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def _changed_lines(before: str, after: str) -> tuple[str, str]:
    old, new = before.splitlines(), after.splitlines()
    removed, added = [], []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            removed += [line.strip() for line in old[a:b]]
            added += [line.strip() for line in new[c:d]]
    return "\n".join(removed).strip(), "\n".join(added).strip()
