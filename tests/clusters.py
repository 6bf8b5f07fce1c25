"""A Dask cluster to test with: a scheduler and workers as processes of their own, on one address of this machine."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from ports import free_port

START_TIMEOUT_S = 120.0
END_TIMEOUT_S = 60.0


class Program:
    """A process whose log is read along.

    Parameters
    ----------
    command : list of str
        What is run.
    environment : dict
        Variables that differ from this process's.
    """

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            command,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines = queue.Queue[str]()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, text: str) -> str:
        """Return the next line of the log that holds a text."""
        seen = []
        while True:
            line = self._lines.get(timeout=START_TIMEOUT_S)
            seen.append(line)
            if text in line:
                return line
            assert line, "".join(seen)  # an empty line is the end

    def kill(self) -> None:
        """End it as a machine that fails would."""
        self.process.kill()
        self.wait()

    def stop(self) -> None:
        """Ask it to end, which it does in some seconds."""
        self.process.terminate()

    def wait(self) -> None:
        """Wait until it has ended; end it where it does not."""
        try:
            self.process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(END_TIMEOUT_S)

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as log:
            for line in log:
                self._lines.put(line)
        self._lines.put("")


class Cluster:
    """A scheduler and its workers. Use it in a ``with`` statement.

    Parameters
    ----------
    host : str
        The address of this machine that the scheduler listens at.

    Attributes
    ----------
    address : str
        The scheduler's.
    temporary : Path
        Where the workers put what is temporary.
    """

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._host, self._port = host, free_port(host)
        self.address = f"tcp://{host}:{self._port}"
        self.temporary = Path(tempfile.mkdtemp(prefix="lm", dir="/tmp"))  # names of sockets must be short
        self._workers: list[Program] = []
        self.scheduler = self.start_scheduler()

    def start_scheduler(self) -> Program:
        """Start the scheduler, always at the same port."""
        options = ["--host", self._host, "--port", str(self._port), "--dashboard-address", f"{self._host}:0"]
        self.scheduler = Program([sys.executable, "-m", "distributed.cli.dask_scheduler", *options], {})
        self.scheduler.wait_for("Scheduler at:")
        return self.scheduler

    def start_worker(
        self, nanny: str = "--no-nanny", host: str = "127.0.0.1", within: tuple[str, ...] = (), **environment: str
    ) -> Program:
        """Start a worker and wait until it is there.

        Parameters
        ----------
        nanny : {"--no-nanny", "--nanny"}
            Whether another process watches it and starts it again.
        host : str
            The address that it listens at.
        within : tuple of str
            The beginning of a command that runs the rest of it somewhere else.
        environment : str
            Its variables.
        """
        options = [self.address, nanny, "--host", host, "--dashboard-address", f"{host}:0", "--nthreads", "1"]
        options += ["--memory-limit", "0", "--local-directory", str(self.temporary)]
        command = [*within, sys.executable, "-m", "distributed.cli.dask_worker", *options]
        worker = Program(command, {"TMPDIR": str(self.temporary), **environment})
        self._workers.append(worker)
        worker.wait_for("Registered to")
        return worker

    def close(self) -> None:
        """End all processes: workers first, as one that ends together with its scheduler may wait for it for ever."""
        for programs in (self._workers, [self.scheduler]):
            for program in programs:
                program.stop()
            for program in programs:
                program.wait()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()
        shutil.rmtree(self.temporary, ignore_errors=True)
