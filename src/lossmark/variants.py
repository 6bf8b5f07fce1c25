"""Named wrong and right versions of an assignment's functions.

A *misconception* is a wrong version that students really write, with the explanation they get; an *alternative* is a
right one by another way. Both are ordinary functions in a grader's folder::

    @misconception("svm_loss", loses=["test_lecture_batch", "test_margin_is_respected"])
    def svm_loss_forgot_delta(scores, y, delta=1.0):
        '''The margin `delta` is missing: without it ...'''
        ...

Their name is the function's, less the solution cell's name in front: ``forgot_delta``. Where the solution cell holds
no function of its name but short answers, a class or several functions, the version takes no arguments: its body is the
lines to run after the solution, ``def predict(self, X): ...`` and ``LinearClassifier.predict = predict`` for example.

Most wrong versions differ from a right one in a line. They are *slips*, declared by their changes::

    L_i = version_of("L_i", L_i_loop)
    L_i.slip("forgot_delta", loses=[VALUES, MARGIN], change={" + delta": ""}, explanation="The margin is missing: ...")

The right version counts as an alternative, each slip as a misconception.
"""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType, ModuleType
from typing import Any

from lossmark.slips import SlipError, composed

FILES = ("versions", "misconceptions", "alternatives")
"""Modules of a grader that hold variants; a grader may lack any of them."""


@dataclass(frozen=True)
class Variant:
    """One version of a solution cell.

    Attributes
    ----------
    cell : str
        Grade id of the solution cell, which is the name of the graded function.
    name : str
        Short name, unique within the cell.
    explanation : str
        The text for the student (of an alternative: its difference).
    function : callable
        The version itself.
    loses : tuple of str
        Names of the checks that it must lose, exactly; empty for an alternative.
    """

    cell: str
    name: str
    explanation: str
    function: Callable[..., Any]
    loses: tuple[str, ...] = ()

    @classmethod
    def of(cls, cell: str, function: Callable[..., Any], loses: tuple[str, ...] = ()) -> Variant:
        """Take name and explanation from a function: the part of its name after the cell's, and its docstring."""
        prefix = f"{cell}_"
        explanation = inspect.getdoc(function)
        if not function.__name__.startswith(prefix) or not explanation:
            raise TypeError(f"{function.__name__} must be called {prefix}<its name> and explain itself in a docstring")
        return cls(cell, function.__name__.removeprefix(prefix), " ".join(explanation.split()), function, loses)

    @property
    def takes_arguments(self) -> bool:
        """Whether this is a version of a function (True) or of short answers (False)."""
        return bool(inspect.signature(self.function).parameters)

    def names(self, notebook: dict[str, Any]) -> dict[str, Any]:
        """Run the version like its cell, after a notebook's definitions.

        Parameters
        ----------
        notebook : dict
            The notebook's names, whose values this version may change.

        Returns
        -------
        dict
            The names after that.
        """
        names = dict(notebook)
        exec(self._code, names)
        return names

    @functools.cached_property
    def _code(self) -> CodeType:
        return compile(self.source(), f"<{self.cell}_{self.name}>", "exec")

    def source(self) -> str:
        """Return the version as the text of a solution cell.

        Returns
        -------
        str
            The function under the graded function's name; of short answers, the lines that set them.
        """
        module = ast.parse(textwrap.dedent(inspect.getsource(self.function)))
        definition = module.body[0]
        assert isinstance(definition, ast.FunctionDef)
        definition.decorator_list = []
        definition.body = definition.body[1:] or [ast.Pass()]  # the docstring is for us
        if self.takes_arguments:
            definition.name = self.cell
            return ast.unparse(definition)
        return "\n".join(ast.unparse(statement) for statement in definition.body)


@dataclass(frozen=True)
class Version:
    """A right version of a solution cell, and the slips declared in it.

    Attributes
    ----------
    right : Variant
        The right version, which is an alternative.
    slips : list of Variant
        The misconceptions that are edits of it.
    """

    right: Variant
    slips: list[Variant] = field(default_factory=list)

    def slip(self, name: str, *, loses: Sequence[str], change: Mapping[str, str], explanation: str) -> Variant:
        """Declare a wrong version that differs from the right one by an edit.

        Parameters
        ----------
        name : str
            Short name, unique within the cell.
        loses : sequence of str
            Names of the checks that it must lose, exactly these.
        change : mapping
            Each text of the right version that is replaced, and its replacement. A text must occur exactly once, and
            two must not overlap; the docstring does not count.
        explanation : str
            The text for the student.

        Returns
        -------
        Variant
            The misconception.

        Raises
        ------
        SlipError
            If the slip cannot be composed, or its name is taken.
        """
        cell = self.right.cell
        place = f"{inspect.getsourcefile(self.right.function)}: slip {name!r} of {cell}"
        explanation = " ".join(explanation.split())
        if not loses:
            raise SlipError(f"{place} must lose a check")
        if not explanation:
            raise SlipError(f"{place} needs an explanation for the student")
        if name in [self.right.name, *(slip.name for slip in self.slips)]:
            raise SlipError(f"{place} is declared twice; give one of the two another name")
        function = composed(self.right.function, f"{cell}_{name}", change, explanation, place)
        self.slips.append(Variant.of(cell, function, tuple(loses)))
        return self.slips[-1]


def version_of(cell: str, right: Callable[..., Any]) -> Version:
    """Declare a right version of a solution cell, in which slips can be made.

    Parameters
    ----------
    cell : str
        Grade id of the solution cell.
    right : callable
        The right version as students write it, named and explained as those of :func:`alternative`.

    Returns
    -------
    Version
    """
    return Version(Variant.of(cell, right))


def misconception(cell: str, *, loses: list[str]) -> Callable[[Callable[..., Any]], Variant]:
    """Declare a wrong version of a solution cell.

    Parameters
    ----------
    cell : str
        Grade id of the solution cell.
    loses : list of str
        Names of the checks it must lose, exactly these.

    Returns
    -------
    callable
        A decorator for a function whose docstring is the explanation for the student.
    """
    if not loses:
        raise TypeError(f"a misconception of {cell} must lose a check")
    return lambda function: Variant.of(cell, function, tuple(loses))


def alternative(cell: str) -> Callable[[Callable[..., Any]], Variant]:
    """Declare a right version of a solution cell, by another way than the reference.

    Parameters
    ----------
    cell : str
        Grade id of the solution cell.

    Returns
    -------
    callable
        A decorator for a function whose docstring describes the difference.
    """
    return lambda function: Variant.of(cell, function)


def variants_in(module: ModuleType) -> list[Variant]:
    """List the variants that a module defines, in the order of their definition.

    Parameters
    ----------
    module : module
        ``versions``, ``misconceptions`` or ``alternatives`` of a grader.

    Returns
    -------
    list of Variant
        Of a right version with slips, first the right version; a slip that has a name in the module is listed once.

    Raises
    ------
    SlipError
        If two have the same name.
    """
    found = dict[int, Variant]()
    for value in vars(module).values():
        listed = [value.right, *value.slips] if isinstance(value, Version) else [value]
        found |= {id(variant): variant for variant in listed if isinstance(variant, Variant)}
    names = Counter((variant.cell, variant.name) for variant in found.values())
    for (cell, name), count in names.items():
        if count > 1:
            raise SlipError(
                f"{module.__file__}: {count} versions of {cell} are called {name!r}; each needs its own name"
            )
    return list(found.values())
