"""A deadline for the checks themselves: a check that never ends must not hold a class up.

The time counts in which the check computes. While it waits for a submission's answer, the deadline of that call holds.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from lossmark.room import ROOM_BYTES, limited_memory, refusing

READING_S = 60.0
"""CPU time for reading a submission, or for showing it on a page: ten thousand cells take some seconds."""
POLL_S = 1.0
IDLE_TIMES = 5
"""Wall time of a check that sleeps instead of computing or waiting for an answer, as a multiple of its CPU time."""
_SIGNAL = signal.SIGVTALRM
"""Wakes the main thread, also from a system call; pytest and its plugins use SIGALRM."""


class Overdue(BaseException):
    """A check has used up its time. Code that catches every `Exception` does not catch this."""


@contextmanager
def deadline(seconds: float, is_waiting: Callable[[], bool]) -> Iterator[Watch]:
    """Raise :class:`Overdue` in the code inside when that has used up its time.

    A computation in C that never returns to Python cannot be interrupted this way.

    Parameters
    ----------
    seconds : float
        Processor time that this thread may use, in seconds.
    is_waiting : callable
        Whether this thread waits for the answer of a submission.

    Yields
    ------
    Watch
        It knows whether the time was used up, even if code inside has caught the exception.
    """
    watch = Watch(seconds, is_waiting)
    in_main = threading.current_thread() is threading.main_thread()
    before = (signal.signal(_SIGNAL, watch.raise_overdue), _drop_in_callbacks()) if in_main else None
    watch.start()
    try:
        yield watch
    finally:
        _persist(watch.stop)
        if before is not None:
            handler, sys.unraisablehook = before
            signal.signal(_SIGNAL, handler)


@contextmanager
def bounded_reading(kind: type[Exception], task: str, advice: str = "") -> Iterator[None]:
    """Limit the memory and the CPU time of this process while it reads or shows a submission.

    Parameters
    ----------
    kind : type
        The exception to raise.
    task : str
        How its message begins, for example "reading it takes".
    advice : str
        How the message ends.

    Raises
    ------
    Exception
        Of that kind, if the block exceeds a limit.
    """
    try:
        with (
            refusing(kind, f"{task} more than {ROOM_BYTES // 2**20} MiB of memory{advice}"),
            limited_memory(),
            deadline(READING_S, lambda: False),
        ):
            yield
    except Overdue:
        raise kind(f"{task} more than {READING_S:g} seconds{advice}") from None


def _drop_in_callbacks() -> Callable[[sys.UnraisableHookArgs], object]:
    """Say nothing of an interruption that strikes in a callback of the garbage collector; the next one follows.

    Python ends such a callback alone and reports its exception, as if it were a fault.

    Returns
    -------
    callable
        The hook before this, which hears of all else.
    """
    before = sys.unraisablehook

    def report(unraisable: sys.UnraisableHookArgs) -> None:
        if not issubclass(unraisable.exc_type, Overdue):
            before(unraisable)

    sys.unraisablehook = report
    return before


def _persist(action: Callable[[], None]) -> None:
    """Finish an action, which the interruption may still reach."""
    while True:
        try:
            action()
        except Overdue:
            continue
        return


class Watch(threading.Thread):
    """Checks every second the CPU time of the thread that has created it.

    Attributes
    ----------
    has_struck : bool
        Whether it has interrupted that thread.
    """

    def __init__(self, seconds: float, is_waiting: Callable[[], bool]) -> None:
        super().__init__(name="check-deadline", daemon=True)
        self._seconds = seconds
        self._is_waiting = is_waiting
        self._watched = threading.get_ident()
        self._is_main = threading.current_thread() is threading.main_thread()
        self._clock = time.pthread_getcpuclockid(self._watched)
        self._started_s = time.clock_gettime(self._clock)
        self._over = threading.Event()
        self.has_struck = False

    def run(self) -> None:
        """Interrupt the watched thread once its time is used up, again and again until it has ended."""
        awake_s = 0.0
        while not self._over.wait(POLL_S):
            if self._is_waiting():  # an answer that is given up halfway would be taken for a garbled one
                continue
            awake_s += POLL_S
            used_s = time.clock_gettime(self._clock) - self._started_s
            if used_s >= self._seconds or awake_s >= IDLE_TIMES * self._seconds:
                self._interrupt()

    def stop(self) -> None:
        """End the watch, in the watched thread; nothing is raised after this."""
        self._over.set()
        self.join()
        if not self._is_main:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._watched), None)

    def raise_overdue(self, number: int, frame: FrameType | None) -> None:
        """Handle the signal, in the main thread."""
        if not self._over.is_set() and not self._is_waiting():
            raise Overdue

    def _interrupt(self) -> None:
        self.has_struck = True
        if self._is_main:
            signal.pthread_kill(self._watched, _SIGNAL)
        else:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._watched), ctypes.py_object(Overdue))
