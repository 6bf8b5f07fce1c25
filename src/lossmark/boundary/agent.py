"""Answer the grader's questions inside the student kernel.

The student's code shares a process with this module and can change it, so the grader trusts nothing here.
The grader receives bytes, decodes them within bounds and compares the values itself.
"""

from __future__ import annotations

import contextlib
import functools
import io
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from types import CodeType, FrameType, SimpleNamespace
from typing import Any

from lossmark.boundary import wire

MAX_NAME = 100
MAX_TRACEBACK = 4000


def answer(request: bytes, namespace: dict[str, Any]) -> bytes:
    """Answer a question of the grader with the student's names, and encode the result.

    Parameters
    ----------
    request : bytes
        A message with ``kind`` (``"call"``, ``"count"``, ``"value"`` or ``"run"``), ``name``, ``args``, ``kwargs`` and,
        for ``"run"``, the ``source`` of the grader's function. ``"count"`` is a call whose steps are counted.
    namespace : dict
        The names that the notebook has defined.

    Returns
    -------
    bytes
        A message with ``outcome`` (``"value"``, ``"raised"`` or ``"missing"``), ``value``, the arguments as they were
        afterwards where the call changed them, the ``steps`` where they were counted, the ``error``, or the type that
        the name ``is`` instead of a function.
    """
    asked = wire.decode(request)
    if asked["kind"] == "run":
        function = _trusted_function(asked["source"], asked["name"], SimpleNamespace(**_public(namespace)))
    elif asked["name"] not in namespace:
        return wire.encode({"outcome": "missing", "is": ""})
    elif asked["kind"] == "value":
        return wire.encode({"outcome": "value", "value": namespace[asked["name"]]})
    else:
        function = namespace[asked["name"]]
    if not callable(function):
        return wire.encode({"outcome": "missing", "is": type(function).__name__})

    arguments = (asked["args"], asked["kwargs"])
    steps = _Steps()
    counting = steps.counted() if asked["kind"] == "count" else contextlib.nullcontext()
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()), counting:
            value = function(*arguments[0], **arguments[1])
    except BaseException as error:
        return wire.encode({"outcome": "raised", "error": _describe(error)})
    reply = {"outcome": "value", "value": value}
    if asked["kind"] == "count":
        reply["steps"] = steps.count
    if wire.encode(asked) != request:  # encoding is deterministic: only changed arguments differ
        reply["arguments"] = arguments
    return wire.encode(reply)


class _Steps:
    """Count the calls, lines and instructions of all Python code that the interpreter executes.

    Lines alone can be hidden (``code.replace(co_linetable=b"")``); instructions alone are not reported by Python 3.12
    and later when a piece of code runs for the first time.
    """

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, frame: FrameType, event: str, argument: object) -> _Steps:
        """Count one event; Python's trace function."""
        frame.f_trace_opcodes = True
        self.count += 1
        return self

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """Count the steps of the ``with`` block, in this thread and in the threads that it starts."""
        before = sys.gettrace(), threading.gettrace()
        sys.settrace(self)
        threading.settrace(self)
        try:
            yield
        finally:
            sys.settrace(before[0])
            threading.settrace(before[1])


def _trusted_function(source: str, name: str, student: SimpleNamespace) -> Callable[..., Any]:
    """Define a grader's function here and bind the student's names as its first argument."""
    scope: dict[str, Any] = {"__name__": "lossmark.run"}
    exec(_compiled(source), scope)
    function = scope[name]
    return lambda *args, **kwargs: function(student, *args, **kwargs)


@functools.cache
def _compiled(source: str) -> CodeType:
    """Compile a grader's function once; it is called many times."""
    return compile(source, "<lossmark>", "exec")


def _public(namespace: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in namespace.items() if not name.startswith("_")}


def _describe(error: BaseException) -> list[str]:
    """Type, message and the student's part of the traceback."""
    try:
        frames = error.__traceback__.tb_next if error.__traceback__ else None
        lines = "".join(traceback.format_exception(type(error), error, frames))
        return [str(type(error).__name__)[:MAX_NAME], str(error)[:MAX_TRACEBACK], lines[-MAX_TRACEBACK:]]
    except BaseException:  # an error class of the student's whose own methods fail
        return ["Exception", "", ""]
