"""A submission as the checks see it: functions to call and values to read, across the boundary.

Arguments go in by value, plain data comes out. An error on the student's side is data as well: it is raised in the
grader as a :class:`StudentFault`, which costs points on the check that met it and nothing else.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from lossmark.boundary import wire
from lossmark.boundary.agent import MAX_NAME, MAX_TRACEBACK
from lossmark.boundary.requests import question, source_of
from lossmark.boundary.signs import Sign
from lossmark.boundary.transport import Clocked, LocalTransport, Transport
from lossmark.errors import NotGraded, describe
from lossmark.terminal import one_line

Facts = Callable[[Any], Any]
"""A function that reduces an answer, on this side, to the facts of a check. It accepts any value and never raises."""

_UNREADABLE = wire.Opaque("an answer that cannot be read")
_TELLING = ((_UNREADABLE, Sign.GARBLED), (wire.TOO_MUCH, Sign.TOO_MUCH))
_FRAME = re.compile(r'File "[^"\n]*", line (\d+), in (\w+)\n +(\S.{0,200})')


class StudentFault(Exception):
    """Something went wrong in the student's code.

    Attributes
    ----------
    outcome : str
        The word for it in results.
    """

    outcome: ClassVar[str]


class Missing(StudentFault):
    """A name is not defined, or is of the wrong kind."""

    outcome = "missing"


class Raised(StudentFault):
    """The student's function raised an exception.

    Attributes
    ----------
    kind : str
        Name of the exception's class.
    traceback : str
        The student's part of the traceback.
    """

    outcome = "raised"

    def __init__(self, kind: str, message: str, traceback: str = "") -> None:
        super().__init__(f"{kind}: {message}" if message else kind)
        self.kind = kind
        self.traceback = traceback

    @property
    def place(self) -> str:
        """Where it happened, as far as the traceback tells: ``"line 3 of svm_loss: return loss / 0"``."""
        frames = _FRAME.findall(self.traceback)
        return "line {} of {}: {}".format(*frames[-1]) if frames else ""


class TimedOut(StudentFault):
    """The student's code did not finish before its deadline."""

    outcome = "timeout"


class Killed(StudentFault):
    """The student kernel ended while it was asked something."""

    outcome = "killed"


@dataclass(frozen=True)
class Call:
    """One question to a submission and its answer.

    Attributes
    ----------
    name : str
        The function called, or the variable read.
    args, kwargs : tuple, dict
        The arguments as they were sent; for a variable, empty.
    kind : {"call", "count", "value", "run"}
        The encoded question.
    source : str
        Of the grader's function that was run; else empty.
    value : object
        Plain data that came back; None where there was a fault.
    changed : tuple or None
        ``(args, kwargs)`` after the call where the function changed them, else None.
    fault : StudentFault or None
        The error on the student's side.
    seconds : float
        Time until the answer; of a measured call, without the time that other programs had the processor.
    steps : int or None
        How many steps of Python a counted call executed, as the student's side says.
    facts : callable or None
        The function that made the value from the plain data, if they differ.
    """

    name: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    kind: str = "call"
    source: str = ""
    value: Any = None
    changed: tuple[tuple[Any, ...], dict[str, Any]] | None = None
    fault: StudentFault | None = None
    seconds: float = 0.0
    steps: int | None = None
    facts: Facts | None = None


class Submission:
    """A student's work, seen from the grader.

    ``submission.svm_loss(scores, y)`` calls the student's function. Each question is kept in ``calls``, so that a
    failed check can show it and a diagnosis can weigh it.

    Parameters
    ----------
    transport : Transport
        How to reach the student's names.
    code : sequence of str
        Source of the code cells run so far, for checks that read it.
    signs : set of Sign, optional
        Receives the signs in the answers that a grader should see.

    Attributes
    ----------
    is_waiting : bool
        Whether a question is on its way to another process, which has a deadline of its own.
    """

    def __init__(self, transport: Transport, code: Sequence[str] = (), signs: set[Sign] | None = None) -> None:
        self.transport = transport
        self.code = tuple(code)
        self.calls: list[Call] = []
        self._signs = set[Sign]() if signs is None else signs
        self.is_waiting = False
        self._room_bytes = wire.MAX_ROOM_BYTES

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)

        def function(*args: Any, **kwargs: Any) -> Any:
            return _value_of(self.call(name, *args, **kwargs))

        return function

    def call(self, name: str, *args: Any, **kwargs: Any) -> Call:
        """Call a function of the student's and return the record of it, faults included.

        Parameters
        ----------
        name : str
            The function's name in the notebook.
        *args, **kwargs
            Plain data.

        Returns
        -------
        Call
        """
        return self._ask("call", name, args, kwargs)

    def value(self, name: str) -> Any:
        """Read a variable of the student's.

        Parameters
        ----------
        name : str
            The variable's name in the notebook.

        Returns
        -------
        object
            Plain data, or an opaque marker.

        Raises
        ------
        StudentFault
            If it is not defined, or the kernel does not answer.
        """
        return _value_of(self._ask("value", name, (), {}))

    def run(self, function: Callable[..., Any], *args: Any, facts: Facts | None = None, **kwargs: Any) -> Any:
        """Run a grader's own small function inside the student kernel.

        The function is sent as source, so it must import its modules and close over nothing. It gets an object with
        the student's names as its first argument: ``def drive(student, X): return student.Model().predict(X)``.
        The student's code can read all that is sent, and answer in its place: never send an expected value, nor a right
        function, and let it return observations, not conclusions.

        Parameters
        ----------
        function : callable
            A function defined with ``def``.
        *args, **kwargs
            Plain data, passed on after the student's names.
        facts : callable, optional
            Reduces the answer, which can be any value, to the facts of the check: counts, means, pairs that match. It
            runs on this side, and is applied to the answers of a misconception as well.

        Returns
        -------
        object
            Plain data, or the result of `facts`.

        Raises
        ------
        StudentFault
            If the student's code raises, is missing a name, or does not answer.
        """
        return _value_of(self._ask("run", function.__name__, args, kwargs, source_of(function), facts))

    def count_steps(self, name: str, *args: Any) -> Call:
        """Call a function of the student's and have the steps counted that Python executes for it.

        Questions of this method and of :meth:`time_call` are not kept in ``calls``: a diagnosis would put them to each
        misconception.

        Parameters
        ----------
        name : str
            The function's name in the notebook.
        *args
            Plain data.

        Returns
        -------
        Call
            With its ``steps``: the interpreter's count, passed on by a process in which the student's code may have
            changed it.

        Raises
        ------
        StudentFault
            If the call went wrong.
        """
        return _answered(self._put("count", name, args, {}))

    def time_call(self, name: str, *args: Any) -> Call:
        """Call a function of the student's and measure its time, from outside.

        Parameters
        ----------
        name : str
            The function's name in the notebook.
        *args
            Plain data.

        Returns
        -------
        Call
            Its ``seconds`` are those from the question to the answer, less the time in which this process or the
            kernel was ready to run and others had the processor; at least the processor time of the kernel.

        Raises
        ------
        StudentFault
            If the call went wrong.
        """
        if not isinstance(self.transport, Clocked):
            return _answered(self._put("call", name, args, {}))
        cpu_before_s, waited_before_s = self.transport.clocks_s()
        call = _answered(self._put("call", name, args, {}))
        cpu_s, waited_s = self.transport.clocks_s()
        # Time in which both ends waited is subtracted twice; the result is never below the CPU time.
        return replace(call, seconds=max(cpu_s - cpu_before_s, call.seconds - (waited_s - waited_before_s)))

    def repeat(self, call: Call) -> Call:
        """Repeat a question that another submission was asked.

        Parameters
        ----------
        call : Call
            The record of the question.

        Returns
        -------
        Call
            The answer of this submission.
        """
        return self._ask(call.kind, call.name, call.args, call.kwargs, call.source, call.facts)

    def _ask(
        self,
        kind: str,
        name: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        source: str = "",
        facts: Facts | None = None,
    ) -> Call:
        call = self._put(kind, name, args, kwargs, source)
        if facts is not None:
            value = facts(call.value) if call.fault is None else None
            call = replace(call, value=value, facts=facts)
        self.calls.append(call)
        return call

    def _put(self, kind: str, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], source: str = "") -> Call:
        request = question(kind, name, args, kwargs, source)
        started = time.perf_counter()
        self.is_waiting = not isinstance(self.transport, LocalTransport)
        try:
            answer = self.transport.ask(request)
            self._room_bytes -= wire.room_of(answer)
            reply = _read_reply(answer, name) if self._room_bytes >= 0 else {"value": wire.TOO_MUCH}
            self._signs |= {sign for value, sign in _TELLING if reply.get("value") is value}
        except StudentFault as fault:
            reply = {"fault": fault}
        except (OSError, MemoryError) as error:
            raise NotGraded(describe(error)) from error
        except NotGraded:
            raise
        except Exception as error:  # a bug between the check and the kernel: it must not be taken for one of the check
            raise NotGraded(f"{type(error).__name__} while `{name}` was asked for: {error}") from error
        finally:
            self.is_waiting = False
        return Call(name, args, kwargs, kind, source, seconds=time.perf_counter() - started, **reply)


def _read_reply(data: bytes, name: str) -> dict[str, Any]:
    """Take the fields of a :class:`Call` from a reply, which student code may have changed."""
    try:
        reply = wire.decode(data)
    except wire.WireError:
        return {"value": _UNREADABLE}
    match reply:  # `str(...)`: an array compared with a text is an array
        case {"outcome": str("value"), "value": value, "arguments": (tuple(args), dict(kwargs))}:
            return {"value": value, "changed": (args, kwargs), "steps": _steps(reply)}
        case {"outcome": str("value"), "value": value}:
            return {"value": value, "steps": _steps(reply)}
        case {"outcome": str("missing"), "is": str(kind)}:
            is_what = f"a {one_line(kind[:MAX_NAME])}, not a function" if kind else "not defined"
            return {"fault": Missing(f"`{name}` is {is_what}")}
        case {"outcome": str("raised"), "error": [str(kind), str(message), str(traceback)]}:
            return {"fault": Raised(kind[:MAX_NAME], message[:MAX_TRACEBACK], traceback[-MAX_TRACEBACK:])}
    return {"value": reply if isinstance(reply, wire.Opaque) else _UNREADABLE}


def _steps(reply: dict[Any, Any]) -> int | None:
    steps = reply.get("steps")
    return steps if type(steps) is int and steps >= 0 else None


def _answered(call: Call) -> Call:
    if call.fault is not None:
        raise call.fault
    return call


def _value_of(call: Call) -> Any:
    return _answered(call).value
