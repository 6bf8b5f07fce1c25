"""`lossmark autograde` as a process of its own, which tests interrupt and kill, as they do those that it starts."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from classes import RIGHT, TOY
from courses import BIN
from lossmark.course import Course
from processes import END_TIMEOUT_S

SLOW = "import time\n" + RIGHT.replace("return", "time.sleep(0.1); return")
"""A right solution whose checks take their time."""


class Running:
    """`lossmark autograde` at work, with a folder for temporary files of its own.

    Parameters
    ----------
    course : Course
        The course.
    temporary : Path
        The folder.
    *options : str
        Of the command.
    assignment : str
        What is graded.
    program : sequence
        How `lossmark` is called.
    **variables : str
        More variables of the environment.
    """

    def __init__(
        self,
        course: Course,
        temporary: Path,
        *options: str,
        assignment: str = TOY,
        program: Sequence[str | Path] = (BIN / "lossmark",),
        **variables: str,
    ) -> None:
        path = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "TMPDIR": str(temporary)}
        self.process = subprocess.Popen(
            [*program, "autograde", assignment, *options],
            cwd=course.root,
            env={**os.environ, **path, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # as the group that a terminal sends `Ctrl-C` to
            # Whoever runs the tests in the background has it ignored, and a child would inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def wait_for(self, text: str) -> None:
        """Read the log up to a line that holds a text."""
        assert self.process.stderr is not None
        lines = iter(self.process.stderr.readline, "")
        seen = []
        assert any(text in (seen.append(line) or line) for line in lines), "".join(seen)

    def workers(self) -> list[psutil.Process]:
        """Return the processes that have been forked from the one that imports for all of them."""
        started = psutil.Process(self.process.pid).children()
        return [worker for child in started if "forkserver" in " ".join(child.cmdline()) for worker in child.children()]

    def end(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=120)
        return self.process.returncode, out, err

    @contextmanager
    def all_ending(self) -> Iterator[None]:
        """Fail unless every process that there is by now has ended soon after what is inside has run."""
        processes = psutil.Process(self.process.pid).children(recursive=True)
        assert len(processes) >= 4, "no worker, or no sandbox"
        descriptors = [os.pidfd_open(process.pid) for process in processes]
        try:
            yield
            for process, descriptor in zip(processes, descriptors, strict=True):
                assert select.select([descriptor], [], [], END_TIMEOUT_S)[0], f"{process} has not ended"
        finally:
            for descriptor in descriptors:
                os.close(descriptor)


def left_by(temporary: Path) -> list[psutil.Process]:
    """Return the processes that were started for a folder of temporary files."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(temporary) in " ".join([*process.cmdline(), process.environ().get("TMPDIR", "")]):
                found.append(process)
        except psutil.Error:
            continue
    return found
