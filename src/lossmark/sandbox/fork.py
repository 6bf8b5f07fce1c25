"""A forked kernel in the hand of the trusted side: to measure, to end, and to know when it has ended."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import select
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path

from lossmark.sandbox.refusals import read_refused

ROUGHLY_BYTES = 2**29
"""As long as processes hold less than this, even if nothing is shared, it is not counted more exactly."""

BYTES_OF_LOCK = 2**14
"""Of a lock, the kernel keeps some 200 bytes; it counts for more, because long lists of them take time to be read."""
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def _kernels(name: str, usual: int) -> int:
    """Read a setting of the kernel for sockets."""
    with contextlib.suppress(OSError, ValueError):
        return int(Path(f"/proc/sys/net/core/{name}").read_text())
    return usual


BYTES_OF_SOCKET = 2 * _kernels("wmem_default", 212_992) + _kernels("optmem_max", 131_072)
"""Kernel memory of a socket at most: its buffer, and one message more; filters and options."""


@dataclass
class Fork:
    """A forked kernel as the trusted side sees it.

    Attributes
    ----------
    descriptor : int
        Of its init process (a "pidfd"): readable when it has ended, and a means to signal it and nobody else.
    ip : str
        Path on this side that the names of its sockets begin with.
    key : str
        Signs its messages.
    has_own_network : bool
        Whether the sockets of its network namespace are its own.
    refusals : int
        A pipe that tells which system calls were refused.
    refused : set of str
        Which these were, known when it is closed.
    """

    descriptor: int
    ip: str
    key: str
    has_own_network: bool
    refusals: int
    refused: set[str] = field(default_factory=set)
    _statistics: int | None = None

    def cpu_s(self) -> float:
        """Return the processor time that the kernel has used, in seconds; 0 where /proc does not tell."""
        try:
            if self._statistics is None:  # stays open: this is asked for with each question
                self._statistics = os.open(f"/proc/{self._kernel}/stat", os.O_RDONLY)
            fields = os.pread(self._statistics, 1024, 0).rpartition(b")")[2].split()
            return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S  # utime, stime
        except (OSError, ValueError, IndexError):
            return 0.0

    def waited_s(self) -> float:
        """Return how long the kernel and this thread were ready to run and had no processor, in seconds.

        Of the kernel it is the thread that runs cells and answers questions; 0 where /proc does not tell.
        """
        waited_ns = 0
        with contextlib.suppress(OSError, ValueError, IndexError):
            for thread in (self._kernel, "thread-self"):
                waited_ns += int(Path(f"/proc/{thread}/schedstat").read_text().split()[1])
        return waited_ns / 1e9

    def memory_bytes(self) -> int:
        """Return the memory that all processes of the submission hold together, in bytes; 0 where /proc does not tell.

        Memory that several processes share, such as a child with its parent, is counted once. Kernel memory that no
        limit counts is added: a socket is counted at its maximum, and so is each lock on a file.
        """
        pages, family, pending = 0, [], [self._init]
        while pending:
            process = pending.pop()
            with contextlib.suppress(OSError, ValueError, IndexError):  # it has just ended
                pages += int(Path(f"/proc/{process}/statm").read_text().split()[1])
                family.append(process)
                for children in Path(f"/proc/{process}/task").glob("*/children"):
                    pending += children.read_text().split()
        resident = pages * os.sysconf("SC_PAGE_SIZE")
        if resident > ROUGHLY_BYTES:
            resident = min(resident, sum(map(_share_of_memory, family)))
        return resident + self._sockets() * BYTES_OF_SOCKET + _locks_of(set(family)) * BYTES_OF_LOCK

    def _sockets(self) -> int:
        """Return how many sockets there are, closed ones included that still hold something."""
        if not self.has_own_network:
            return 0
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int(Path(f"/proc/{self._init}/net/sockstat").read_text().split()[2])
        return 0

    @functools.cached_property
    def _kernel(self) -> int:
        """The process number of the only child of init when the kernel has started, as this side sees it."""
        return int(Path(f"/proc/{self._init}/task/{self._init}/children").read_text().split()[0])

    @functools.cached_property
    def _init(self) -> str:
        """The process number of init, as this side sees it."""
        info = Path(f"/proc/self/fdinfo/{self.descriptor}").read_text()
        return next(line.split()[1] for line in info.splitlines() if line.startswith("Pid:"))

    def kill(self) -> None:
        """Kill the init process, and with it every process of the submission."""
        try:
            signal.pidfd_send_signal(self.descriptor, signal.SIGKILL)
        except ProcessLookupError:
            return

    def has_ended(self) -> bool:
        """Whether the init process has ended."""
        return bool(select.select([self.descriptor], [], [], 0)[0])

    async def ended(self) -> None:
        """Wait until the init process has ended."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()

        def note_end() -> None:
            loop.remove_reader(self.descriptor)
            future.set_result(None)

        loop.add_reader(self.descriptor, note_end)
        try:
            await future
        finally:
            loop.remove_reader(self.descriptor)

    def close(self) -> None:
        """Kill all remaining processes and remove the sockets."""
        self.kill()
        self.refused |= read_refused(self.refusals)
        os.close(self.refusals)
        os.close(self.descriptor)
        if self._statistics is not None:
            os.close(self._statistics)
            self._statistics = None
        shutil.rmtree(Path(self.ip).parent, ignore_errors=True)


def _share_of_memory(process: str) -> int:
    """Memory of a process, in bytes; of shared pages, its part, unless it refuses to be read."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return 1024 * int(next(line.split()[1] for line in lines if line.startswith("Pss:")))
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _locks_of(family: set[str]) -> int:
    """Return how many locks on parts of files some processes have."""
    with contextlib.suppress(OSError), Path("/proc/locks").open() as file:
        return sum(line.split()[-4] in family for line in file)
    return 0
