"""Running programs and measuring them: time, processor time, memory."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_S = 0.5
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Cost:
    """What programs have cost.

    Attributes
    ----------
    seconds : float
        From the start of the first to the end of the last.
    cpu_s : float
        Processor time of the whole machine meanwhile: so nothing is missed, and nothing else should run.
    memory_bytes : int
        Largest sum over all their processes, shared pages counted once, as seen every half second.
    """

    seconds: float
    cpu_s: float
    memory_bytes: int

    def __add__(self, other: Cost) -> Cost:
        """One after the other."""
        memory_bytes = max(self.memory_bytes, other.memory_bytes)
        return Cost(self.seconds + other.seconds, self.cpu_s + other.cpu_s, memory_bytes)


NOTHING = Cost(0.0, 0.0, 0)


def run_all(commands: Sequence[Sequence[str | Path]], cwd: Path, **environment: str) -> Cost:
    """Run programs side by side and wait for all.

    Parameters
    ----------
    commands : sequence of commands
        Programs of this Python environment, with their arguments.
    cwd : Path
        Where they run.
    **environment
        Variables that differ from this process's.

    Returns
    -------
    Cost

    Raises
    ------
    RuntimeError
        If one fails; with the end of what it has printed.
    """
    variables = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **environment}
    cpu_before, started = _busy_s(), time.perf_counter()
    with contextlib.ExitStack() as stack:
        logs = [stack.enter_context(tempfile.TemporaryFile("w+")) for _ in commands]
        running = [
            subprocess.Popen([str(word) for word in command], cwd=cwd, env=variables, stdout=log, stderr=log)
            for command, log in zip(commands, logs, strict=True)
        ]
        watch = _Watch([process.pid for process in running])
        statuses = [process.wait() for process in running]
        seconds, cpu_s = time.perf_counter() - started, _busy_s() - cpu_before
        memory_bytes = watch.stop()
        for command, log, status in zip(commands, logs, statuses, strict=True):
            log.seek(0)
            if status:
                raise RuntimeError(f"{' '.join(map(str, command))} ended with {status}: {log.read()[-2000:]}")
    return Cost(seconds, cpu_s, memory_bytes)


def _busy_s() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


class _Watch:
    """Looks at the memory of processes and their descendants again and again."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._pids, self._most, self._end = pids, 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._end.set()
        self._thread.join()
        return self._most

    def _look(self) -> None:
        while not self._end.wait(SAMPLE_S):
            self._most = max(self._most, sum(map(tree_memory, self._pids)))


def tree_memory(pid: int) -> int:
    """Return the memory of a process and all its descendants, in bytes; pages that several share are divided.

    Parameters
    ----------
    pid : int
        The process.

    Returns
    -------
    int
    """
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.Error:
        return 0
    return sum(map(_memory, family))


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except (psutil.Error, OSError):  # it has just ended
        return 0
