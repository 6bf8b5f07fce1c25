"""The process that workers are forked from: it imports what they need once, while the command itself gets ready."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

_IMPORTED = ["lossmark.batch.preloaded"]


def context() -> ForkServerContext:
    """Return the way to start workers.

    Returns
    -------
    ForkServerContext
        Its processes have imported `lossmark.batch.worker` and run nothing else, and begin with a single thread.
    """
    chosen = multiprocessing.get_context("forkserver")
    chosen.set_forkserver_preload(_IMPORTED)
    return chosen


def start() -> None:
    """Start importing now; without this, it begins with the first worker."""
    context()
    with deaf_to_interrupts():
        forkserver.ensure_running()


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Let processes that are started inside inherit that `Ctrl-C`, which a terminal sends to all, is held back."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
