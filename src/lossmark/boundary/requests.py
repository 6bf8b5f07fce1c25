"""Questions to a submission, as messages of the wire format."""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from lossmark.boundary import wire


def question_to_run(function: Callable[..., Any], *args: Any, **kwargs: Any) -> bytes:
    """Encode the question that :meth:`~lossmark.boundary.submission.Submission.run` asks.

    Parameters
    ----------
    function : callable
        A function defined with ``def``.
    *args, **kwargs
        Plain data.

    Returns
    -------
    bytes
    """
    return question("run", function.__name__, args, kwargs, source_of(function))


def question(kind: str, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], source: str) -> bytes:
    """Encode a question.

    Parameters
    ----------
    kind, name, args, kwargs, source
        As in :class:`~lossmark.boundary.submission.Call`.

    Returns
    -------
    bytes
    """
    asked = {"kind": kind, "name": name, "args": args, "kwargs": kwargs, "source": source}
    return wire.encode_plain(asked, f"a check asks `{name}` with")


def read_question(request: bytes) -> tuple[str, str]:
    """Look at a question that this process has encoded, without decoding the numbers that it holds.

    Parameters
    ----------
    request : bytes
        The question.

    Returns
    -------
    kind : str
        As in :class:`~lossmark.boundary.submission.Call`.
    function : str
        The same for all questions to one function; of a driver, whose arguments name the function to call, the texts
        among these count.
    """
    parts = wire.structure_of(request)[1:]
    asked = dict(zip(parts[::2], parts[1::2], strict=True))
    texts = [part for part in asked["args"][1:] if isinstance(part, str)]
    return asked["kind"], repr((asked["kind"], asked["name"], texts))


@functools.cache
def source_of(function: Callable[..., Any]) -> str:
    """Return the source of a grader's function, to be run on the other side.

    Parameters
    ----------
    function : callable
        A function defined with ``def``.

    Returns
    -------
    str

    Raises
    ------
    TypeError
        If it is another kind of function, or closes over something.
    """
    if function.__closure__ or not inspect.isfunction(function):
        raise TypeError(f"{function.__name__} cannot be sent: it must be a plain function that closes over nothing")
    source = textwrap.dedent(inspect.getsource(function))
    if not isinstance(ast.parse(source).body[0], ast.FunctionDef):
        raise TypeError(f"{function.__name__} cannot be sent: define it with `def`")
    return source
