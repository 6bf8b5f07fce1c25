"""The checks of the instant check on real workers: turns, workers that are killed, a ledger that cannot be written."""

from __future__ import annotations

import asyncio
import json
import logging
import resource
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers import graded_cell, write_course
from lossmark.batch import turns
from lossmark.instant import checking as module
from lossmark.instant.checking import Checking
from lossmark.instant.ledger import DONE, FAILED, LEFT, MAX_TRIES, OURS, RUNNING, UNUSABLE, Allowance, Ledger, Refused

pytestmark = pytest.mark.sandbox

CELLS = [
    graded_cell("solution", "double", "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
    graded_cell("tests", "double_tests", "pass", 2),
]
DEADLY = -666
CHECKS = f"""
    import os, signal
    from lossmark import assert_close, check

    class TestDouble:
        cell = "double_tests"

        @check(points=2)
        def test_three(self, submission):
            '''Doubles three'''
            answer = submission.double(3)
            if answer == {DEADLY}:  # stands for a fault of ours that a submission can bring about
                os.kill(os.getpid(), signal.SIGKILL)
            assert_close(answer, 6, tolerance=0)
"""
RIGHT, WRONG = "def double(x):\n    return 2 * x\n", "def double(x):\n    return 3 * x\n"
KILLS = f"def double(x):\n    return {DEADLY}\n"
ALLOWANCE = Allowance(checks=2, failures=1)
SLEEPS = "import time\ntime.sleep(2)\n" + RIGHT
GREEDY = {
    "sleeps": SLEEPS,
    "loses kernels": "import os, time\ntime.sleep(2)\nos.kill(os.getpid(), 9)\n" + RIGHT,
}
"""Notebooks that take longer than a turn of a second."""
SLOW_TO_READ = "def f(): pass\n" * 35_000 + RIGHT
"""Half a megabyte that takes a minute."""


def notebook(source: str) -> bytes:
    cells = [new_code_cell(source, metadata=CELLS[0].metadata), new_code_cell("pass", metadata=CELLS[1].metadata)]
    return nbformat.writes(new_notebook(cells=cells)).encode()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    write_course(root, CELLS, {"test_toy": CHECKS, "reference": RIGHT})
    return root


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        yield ledger


@pytest.fixture
def serve(root: Path, ledger: Ledger) -> Callable[..., None]:
    """Run a scenario beside a service of so many workers."""

    def serve(jobs: int, scenario: Callable[[Checking], Awaitable[None]]) -> None:
        (root / "nbgrader_config.py").write_text(
            f"c = get_config()\nc.InstantCheck.jobs = {jobs}\nc.InstantCheck.timeout_s = 60\n"
        )

        async def run() -> None:
            checking = Checking(root, ledger)
            try:
                checking.warm_up()
                await scenario(checking)
            finally:
                checking.stop()

        asyncio.run(run())

    return serve


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not condition():
            await asyncio.sleep(0.02)


def test_honest_checks_do_not_wait_for_greedy_ones(
    serve: Callable[..., None], ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each greedy one is stopped when its turn is over, and comes to its own result in the end."""
    monkeypatch.setattr(turns, "FIRST_TURN_S", 1.0)
    monkeypatch.setattr(turns, "TURN_TIMES", 0)  # so that no turn is longer on a slow machine

    def state(student: str) -> str:
        return ledger.latest(student, "toy").state

    async def scenario(checking: Checking) -> None:
        ledger.add("first", "toy", notebook(RIGHT), ALLOWANCE)
        checking.go_on()
        await until(lambda: state("first") == DONE)
        for name, source in {**GREEDY, "is slow to read": SLOW_TO_READ}.items():
            ledger.add(name, "toy", notebook(source), ALLOWANCE)
            checking.go_on()
            await until(lambda name=name: state(name) == RUNNING)
            honest = f"honest beside one that {name}"
            ledger.add(honest, "toy", notebook(RIGHT), ALLOWANCE)
            checking.go_on()
            await until(lambda honest=honest: state(honest) == DONE)
            assert state(name) in (LEFT, RUNNING), name
        await until(lambda: {state(name) for name in GREEDY} == {DONE})

    serve(1, scenario)
    passed = {name: ledger.latest(name, "toy").result["cells"][0]["checks"][0]["outcome"] for name in GREEDY}
    assert passed == dict.fromkeys(GREEDY, "passed") | {"loses kernels": "missing"}


def test_check_that_ends_its_worker_costs_no_neighbour_anything(
    serve: Callable[..., None], ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    """It is tried again, fails on our side, and tells nothing; only so many a day may fail."""
    tries = []

    async def scenario(checking: Checking) -> None:
        for number in range(ALLOWANCE.failures):
            check = ledger.add("mallory", "toy", notebook(KILLS), ALLOWANCE)
            neighbour = ledger.add(f"neighbour {number}", "toy", notebook(SLEEPS), ALLOWANCE)
            checking.go_on()
            await until(lambda check=check: not ledger.find(check.key, "mallory").is_open)
            tries.append(ledger.find(check.key, "mallory").state)
            await until(lambda neighbour=neighbour: not ledger.find(neighbour.key, neighbour.student).is_open)
            result = ledger.find(neighbour.key, neighbour.student)
            assert (result.state, result.result["cells"][0]["checks"][0]["outcome"]) == (DONE, "passed")
        with pytest.raises(Refused, match="1 of your checks of this assignment have failed through a fault of ours"):
            ledger.add("mallory", "toy", notebook(WRONG), ALLOWANCE)
        assert ledger.left("mallory", "toy", ALLOWANCE) == ALLOWANCE.checks

    serve(2, scenario)
    assert tries == [FAILED] * ALLOWANCE.failures
    assert {json.dumps(ledger.latest("mallory", "toy").result)} == {json.dumps({"reason": OURS})}
    said = [record.message for record in caplog.records if record.levelno == logging.ERROR]
    assert [message.split(";")[1] for message in said] == [f" failures today: {n}" for n in (1,)]
    assert all(f"killed, or hung, {MAX_TRIES} times" in message for message in said)


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file of this process grow."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_result_outlives_a_full_disk(
    serve: Callable[..., None], ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check is not run again, and nobody waits for it without end, because its result could not be written."""
    monkeypatch.setattr(module, "RETRY_S", 0.1)

    async def scenario(checking: Checking) -> None:
        ledger.add("first", "toy", notebook(RIGHT), ALLOWANCE)
        checking.go_on()
        await until(lambda: ledger.latest("first", "toy").state == DONE)
        check = ledger.add("a", "toy", notebook("import time\ntime.sleep(1)\n" + WRONG), ALLOWANCE)
        checking.go_on()
        await until(lambda: ledger.latest("a", "toy").state == RUNNING)
        with full_disk():
            await asyncio.sleep(2.5)
            assert ledger.find(check.key, "a").state == RUNNING
        await until(lambda: ledger.find(check.key, "a").state == DONE)
        other = ledger.add("b", "toy", b"no notebook", ALLOWANCE)
        with full_disk():
            checking.go_on()
        await until(lambda: ledger.find(other.key, "b").state == UNUSABLE)
        outcomes = [one["outcome"] for one in ledger.find(check.key, "a").result["cells"][0]["checks"]]
        assert outcomes == ["failed"]

    serve(1, scenario)
