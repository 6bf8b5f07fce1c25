"""Named wrong and right versions of what an assignment asks for.

A *misconception* is a wrong version that students really write, with the explanation they get; an *alternative* is a
right one by another way. Both are ordinary functions in a grader's folder::

    @misconception("svm_loss", loses=["test_lecture_batch", "test_margin_is_respected"])
    def svm_loss_forgot_delta(scores, y, delta=1.0):
        '''The margin `delta` is missing: without it ...'''
        ...

Their name is the function's, less the solution cell's name in front: ``forgot_delta``. Where the solution cell holds
no function of its name but short answers, a class or several functions, the version takes no arguments: its body is the
lines to run after the solution, ``def predict(self, X): ...`` and ``LinearClassifier.predict = predict`` for example.
"""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any


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
        What the student is told (of an alternative: what is different about it).
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

    @property
    def takes_arguments(self) -> bool:
        """Whether this is a version of a function (True) or of short answers (False)."""
        return bool(inspect.signature(self.function).parameters)

    def names(self, notebook: dict[str, Any]) -> dict[str, Any]:
        """Run the version, as its cell would, after what a notebook has defined.

        Parameters
        ----------
        notebook : dict
            The notebook's names, of which this version may change what they hold.

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
    return lambda function: _variant(cell, function, tuple(loses))


def alternative(cell: str) -> Callable[[Callable[..., Any]], Variant]:
    """Declare a right version of a solution cell, by another way than the reference.

    Parameters
    ----------
    cell : str
        Grade id of the solution cell.

    Returns
    -------
    callable
        A decorator for a function whose docstring says what is different.
    """
    return lambda function: _variant(cell, function, ())


def _variant(cell: str, function: Callable[..., Any], loses: tuple[str, ...]) -> Variant:
    prefix = f"{cell}_"
    explanation = inspect.getdoc(function)
    if not function.__name__.startswith(prefix) or not explanation:
        raise TypeError(f"{function.__name__} must be called {prefix}<its name> and explain itself in a docstring")
    return Variant(cell, function.__name__.removeprefix(prefix), " ".join(explanation.split()), function, loses)


def variants_in(module: ModuleType) -> list[Variant]:
    """List the variants that a module defines, in the order of their definition.

    Parameters
    ----------
    module : module
        ``misconceptions`` or ``alternatives`` of a grader.

    Returns
    -------
    list of Variant
    """
    return [value for value in vars(module).values() if isinstance(value, Variant)]
