"""Where the workers are: processes of this machine, or a Dask cluster. Both are a ``concurrent.futures.Executor``."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from typing import ParamSpec, Protocol, TypeVar

from lossmark.batch import forkserver, worker
from lossmark.scratch import remove_forsaken

STOP_TIMEOUT_S = 5.0
"""How long a process has to tidy up before it is killed."""

P = ParamSpec("P")
T = TypeVar("T")


class Pool(Protocol):
    """A source of executors: where one breaks, the next is started."""

    failures: tuple[type[BaseException], ...]
    """Exceptions of a broken executor: a worker or the connection is at fault, not the work."""

    blames_orders: bool
    """Whether an order that was at work may be why an executor broke; if so, they are tried again one at a time."""

    @property
    def capacity(self) -> int:
        """How many orders the workers should have at hand."""

    def start(self) -> Executor:
        """Start an executor."""

    def stop(self, executor: Executor) -> None:
        """Stop an executor and its current work."""


class LocalPool:
    """Processes of this machine.

    Parameters
    ----------
    jobs : int
        How many.
    """

    failures: tuple[type[BaseException], ...] = (BrokenExecutor,)
    blames_orders = True

    def __init__(self, jobs: int | None = None) -> None:
        self.jobs = jobs or os.cpu_count() or 1

    @property
    def capacity(self) -> int:
        """One order at work and one waiting for each process."""
        return 2 * self.jobs

    def start(self) -> Executor:
        """Start the processes."""
        return _Processes(self.jobs)

    def stop(self, executor: Executor) -> None:
        """Kill the processes without waiting for their work."""
        processes = list((getattr(executor, "_processes", None) or {}).values())
        watcher = getattr(executor, "_executor_manager_thread", None)
        executor.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + STOP_TIMEOUT_S
        for process in processes:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()
        remove_forsaken()  # of processes that were killed, or ended while they made one
        if watcher is not None:
            # A program that ends while this thread closes its pipe would write into the closed pipe.
            watcher.join(STOP_TIMEOUT_S)


class _Processes(ProcessPoolExecutor):
    """Processes that do not hear of `Ctrl-C`, which a terminal sends to all of a command's.

    All of them start with the first order, before the thread that watches them: where one is killed while a later order
    starts another, that thread stumbles over the change and leaves the new one behind.
    """

    def __init__(self, jobs: int) -> None:
        context, environment = forkserver.context(), dict(os.environ)
        with forkserver.settled_outside():
            super().__init__(jobs, context, initializer=worker.settle_in, initargs=(environment,))
        self._safe_to_dynamically_spawn_children = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Submit work; a process that starts for it hears of nothing until it has settled in."""
        with forkserver.settled_outside():
            return super().submit(fn, *args, **kwargs)
