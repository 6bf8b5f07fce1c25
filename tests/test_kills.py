"""Killed at any moment, whatever it is: the same command goes on, and each submission is graded once, and rightly.

Each test kills one process after a drawn time. LOSSMARK_KILLS sets how many tests there are; the moments are the same
in each run, as far as a machine repeats itself.
"""

from __future__ import annotations

import os
import random
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest

from classes import ANSWER, hand_in, scores, tables, write_toy
from clusters import Cluster
from lossmark.scratch import PREFIX
from processes import END_TIMEOUT_S
from running import SLOW, Running, left_by

pytestmark = [pytest.mark.sandbox, pytest.mark.course]

KINDS = ("driver", "worker", "student kernel", "Dask worker")
KILLS = int(os.environ.get("LOSSMARK_KILLS", "4"))
LATEST_S = 8.0
"""By then, a run that nobody disturbs is over, or nearly."""


@pytest.mark.parametrize("number", range(KILLS), ids=lambda number: f"{number}, {KINDS[number % len(KINDS)]}")
def test_killed_at_any_moment(number: int, tmp_path: Path, temporary: Path) -> None:
    drawn, kind = random.Random(number), KINDS[number % len(KINDS)]
    course = write_toy(tmp_path)
    deserved = {}
    for i in range(8):
        is_right = i % 3 != 1
        hand_in(course, f"student-{i}", SLOW if is_right else SLOW.replace("2 *", "3 *"), ANSWER)
        deserved[f"student-{i}"] = 3.0 if is_right else 0.0
    with ExitStack() as stack:
        options = ["--jobs", "2"]
        if kind == "Dask worker":
            cluster = Cluster()
            stack.callback(cluster.close)
            dask_workers = [cluster.start_worker(), cluster.start_worker()]
            options = ["--scheduler", cluster.address]
        running = Running(course, temporary, *options)
        time.sleep(drawn.uniform(0.2, LATEST_S))  # the moment
        if kind == "Dask worker":
            dask_workers[0].kill()
        else:
            kill(running, kind, drawn)
        status, _, err = running.end()
        assert "Traceback" not in err
        assert status == 0 or kind == "driver", err
        assert scores(course).items() <= deserved.items()
        before = scores(course)

        again = Running(course, temporary, *options)
        status, out, err = again.end()
        assert status == 0, err
        # One may have been in the gradebook and not yet in its folder.
        assert int(out.split()[1]) - (len(deserved) - len(before)) in (0, 1)
    assert scores(course) == deserved
    assert len(tables(course)["submitted_assignment"]) == len(deserved)
    _, alive = psutil.wait_procs(left_by(temporary), timeout=END_TIMEOUT_S)
    assert alive == []
    assert list(temporary.glob(f"*{PREFIX}*")) == []
    assert not [path for path in course.root.rglob(".*") if path.is_dir()]


def kill(running: Running, kind: str, drawn: random.Random) -> None:
    """Kill a process of a kind; where there is none yet, when there is one."""
    while running.process.poll() is None:
        with suppress(psutil.Error):  # one has ended while it was looked at
            victims = {
                "driver": lambda: [psutil.Process(running.process.pid)],
                "worker": running.workers,
                "student kernel": lambda: student_kernels(running),
            }[kind]()
            if victims:
                drawn.choice(victims).kill()
                return


def student_kernels(running: Running) -> list[psutil.Process]:
    """Return the processes that the warmed interpreters have forked."""
    inside = [process for worker in running.workers() for process in worker.children(recursive=True)]
    zygotes = {process.pid for process in inside if is_zygote(process)}
    return [process for process in inside if process.pid in zygotes and process.ppid() in zygotes]


def is_zygote(process: psutil.Process) -> bool:
    command = process.cmdline()
    return "lossmark.sandbox.zygote" in command and "bwrap" not in command[0]
