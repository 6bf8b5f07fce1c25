"""The process from which workers are forked: it imports their modules once, while the command itself starts."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

from lossmark.startup import safe_environment

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
    with settled_outside():
        forkserver.ensure_running()


@contextmanager
def settled_outside() -> Iterator[None]:
    """Start processes inside: the fork server, multiprocessing's resource tracker and the forks of both.

    They inherit that `Ctrl-C`, which a terminal sends to all, is held back, and import nothing from the working folder.
    """
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    variables = dict(os.environ)
    os.environ.update(safe_environment())
    try:
        yield
    finally:
        for name in ("PYTHONPATH", "PYTHONSAFEPATH"):
            os.environ.pop(name, None)
            os.environ.update({name: variables[name]} if name in variables else {})
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
