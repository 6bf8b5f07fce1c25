"""Grading on a Dask cluster: a real scheduler and real workers, which come, go, are killed or are not fit."""

from __future__ import annotations

import gc
import itertools
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import nbformat
import psutil
import pytest

import lossmark
from clusters import Cluster
from courses import NAME, copy_course, drop_figures, keep_variants, run, submit
from helpers import graded_cell, write_course
from lossmark import cli
from lossmark.batch import dask_pool
from lossmark.batch.dask_pool import DaskPool
from lossmark.batch.dispatch import grade_all
from lossmark.batch.parcel import Parcel
from lossmark.batch.worker import Order, Outcome
from lossmark.course import Course
from lossmark.errors import NotGraded
from lossmark.quality.roster import solution
from lossmark.sandbox.limits import Limits
from lossmark.scratch import PREFIX, remove_forsaken
from processes import END_TIMEOUT_S

# Dask's client now and then leaves a connection to a worker behind that it was opening when it was closed.
LEFT_BY_DASK = "ignore:unclosed <socket:ResourceWarning"
pytestmark = [pytest.mark.sandbox, pytest.mark.course, pytest.mark.filterwarnings(LEFT_BY_DASK)]

LIMITS = replace(Limits(), memory_bytes=2**28)
CELLS = [
    graded_cell("solution", "answer", "def answer():\n    ### BEGIN SOLUTION\n    return 42\n    ### END SOLUTION"),
    graded_cell("tests", "answer_tests", "import os", points=2),
]
CHECKS = '''
    import os
    import signal

    from lossmark import check


    class TestAnswer:
        cell = "answer_tests"

        @check(points=1)
        def test_value(self, submission):
            """The answer is right"""
            answer = submission.answer()
            if answer == "end it":
                os.kill(os.getpid(), signal.SIGKILL)
            assert answer == 42, f"graded by {os.environ.get('WORKER_NAME')}"

        @check(points=1)
        def test_again(self, submission):
            """The answer is the same again"""
            assert submission.answer() == submission.answer()
'''
RIGHT, WRONG = "return 42", "return 41"
SLOW, SLOW_AND_WRONG = (f"import time; time.sleep(0.5); {answer}" for answer in (RIGHT, WRONG))
ENDS_THE_WORKER = "return 'end it'"


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster() as cluster:
        yield cluster
    gc.collect()  # here, where it may be ignored, and not in another test


@pytest.fixture
def toy(tmp_path: Path) -> Course:
    write_course(tmp_path, CELLS, {"test_toy": CHECKS, "reference": "def answer():\n    return 42\n"})
    return Course(tmp_path)


def order(course: Course, student: str, body: str) -> Order:
    notebook = solution(course.assignment("toy"))
    notebook.cells[0].source = f"def answer():\n    {body}"
    return Order(student, nbformat.writes(notebook).encode(), LIMITS)


def score(outcome: Outcome) -> float | str:
    return outcome.reason if outcome.graded is None else outcome.graded.score


def who_graded(outcome: Outcome) -> str:
    assert outcome.graded is not None
    return outcome.graded.cells[0].checks[0].message.splitlines()[0]


@contextmanager
def ending(processes: list[psutil.Process]) -> Iterator[None]:
    """Fail unless processes, at least one, have ended soon after what is inside has run."""
    assert processes
    descriptors = [os.pidfd_open(process.pid) for process in processes]
    try:
        yield
        for process, descriptor in zip(processes, descriptors, strict=True):
            assert select.select([descriptor], [], [], END_TIMEOUT_S)[0], f"{process} has not ended"
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def test_scores_are_those_of_a_local_run(cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        cluster.start_worker()
    course = copy_course(tmp_path)
    keep_variants(course, "svm_loss_forgot_delta")
    drop_figures(course)
    submit(course, "solved", solution(course.assignment(NAME)))
    submit(course, "untouched", course.assignment(NAME).released)
    submit(course, "broken", '{"cells": [')

    assert cli.main(["autograde", NAME, "--course", str(tmp_path), "--scheduler", cluster.address]) == 1
    there = capsys.readouterr()
    assert f"{NAME}: 2 graded, 1 not graded;" in there.out
    assert "lossmark: broken was not graded: " in there.err
    cluster.close()
    assert list(cluster.temporary.glob(f"{PREFIX}*")) == []
    here = run("lossmark", "regrade", NAME, "--diff", "--jobs", "1", cwd=tmp_path)
    assert f"{NAME}: 0 of 3 results would change." in here.stdout, here.stdout + here.stderr


def test_worker_killed_in_mid_submission_costs_nothing(cluster: Cluster, toy: Course) -> None:
    workers = {f"Graded by {name}": cluster.start_worker(WORKER_NAME=name) for name in ("one", "the other")}
    orders = [order(toy, f"student-{number}", SLOW_AND_WRONG) for number in range(6)]
    pool = DaskPool(cluster.address)
    outcomes: dict[str, float | str] = {}
    for graded, outcome in grade_all(Parcel.of(toy, "toy"), orders, pool):
        assert graded.student not in outcomes
        outcomes[graded.student] = score(outcome)
        if len(outcomes) == 1:  # whoever graded it is at the next one
            killed = workers[who_graded(outcome)]
            sandbox = psutil.Process(killed.process.pid).children(recursive=True)
            with ending(sandbox):
                killed.kill()
    assert outcomes == {one.student: 1.0 for one in orders}
    cluster.close()
    remove_forsaken(cluster.temporary)  # as whoever grades there next does
    assert list(cluster.temporary.glob(f"{PREFIX}*")) == []


def test_run_goes_on_when_the_scheduler_comes_back(cluster: Cluster, toy: Course) -> None:
    first = cluster.start_worker()
    bodies = itertools.cycle([SLOW, WRONG])
    orders = [order(toy, f"student-{number}", next(bodies)) for number in range(8)]
    said: list[str] = []
    outcomes: dict[str, float | str] = {}
    for graded, outcome in grade_all(Parcel.of(toy, "toy"), orders, DaskPool(cluster.address, say=said.append)):
        assert graded.student not in outcomes
        outcomes[graded.student] = score(outcome)
        if len(outcomes) == 2:
            cluster.scheduler.kill()
            cluster.start_scheduler()
            cluster.start_worker()
    assert outcomes == {one.student: 1.0 if WRONG in one.submission.decode() else 2.0 for one in orders}
    assert said[0] == f"the scheduler at {cluster.address} is lost; waiting up to 90 s for it to come back"
    first.wait()  # it ends with its scheduler: whoever runs workers starts them again


def test_submission_that_ends_every_worker_is_given_up(
    cluster: Cluster, toy: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_pool, "MAX_LOSSES", 2)
    cluster.start_worker("--nanny")
    bodies = [RIGHT, ENDS_THE_WORKER, RIGHT, RIGHT]
    orders = [order(toy, f"student-{number}", body) for number, body in enumerate(bodies)]
    pool = DaskPool(cluster.address, say=[].append)
    outcomes = {one.student: score(outcome) for one, outcome in grade_all(Parcel.of(toy, "toy"), orders, pool)}
    assert outcomes == {
        "student-0": 2.0,
        "student-1": "the worker that graded it was killed 2 times",
        "student-2": 2.0,
        "student-3": 2.0,
    }


def test_workers_that_are_not_fit_are_refused(cluster: Cluster, toy: Course, tmp_path: Path) -> None:
    other = tmp_path / "other" / "lossmark"
    shutil.copytree(Path(lossmark.__file__).parent, other, ignore=shutil.ignore_patterns("__pycache__"))
    (other / "errors.py").write_text((other / "errors.py").read_text() + "# edited\n")
    cluster.start_worker(PATH=str(tmp_path))
    said: list[str] = []
    with pytest.raises(NotGraded, match=r"none of the 1 workers of the scheduler at .* can grade: see above"):
        list(grade_all(Parcel.of(toy, "toy"), [], DaskPool(cluster.address, say=said.append)))
    (refused,) = said
    assert refused.startswith("the worker tcp://127.0.0.1:")
    assert "is given no work: bubblewrap: not installed (to do: apt install bubblewrap" in refused

    cluster.start_worker(WORKER_NAME="the first")
    graders: set[str] = set()
    orders = (order(toy, f"student-{number}", WRONG) for number in itertools.count())
    for one, outcome in grade_all(Parcel.of(toy, "toy"), orders, DaskPool(cluster.address, say=said.append)):
        graders.add(who_graded(outcome))
        if one.student == "student-0":
            cluster.start_worker(WORKER_NAME="one of other files", PYTHONPATH=str(other.parent))
            cluster.start_worker(WORKER_NAME="the second")
        if len(said) == 3 and len(graders) == 2:
            break
    assert graders == {"Graded by the first", "Graded by the second"}
    assert "bubblewrap: not installed" in said[1]
    assert said[2].endswith(
        "the files of lossmark are others than here; use the same Python environment on all machines"
    )


def test_scheduler_without_workers_is_waited_for_and_named(cluster: Cluster, toy: Course) -> None:
    said: list[str] = []
    pool = DaskPool(cluster.address, say=said.append, patience_s=0.5)
    with pytest.raises(NotGraded, match=f"the scheduler at {cluster.address} has no workers: start some with"):
        list(grade_all(Parcel.of(toy, "toy"), [], pool))
    assert "has no workers yet; waiting up to" in said[0]


def test_command_says_that_no_scheduler_answers(
    toy: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dask_pool, "CONNECT_S", 0.5)
    (toy.root / "submitted" / "student" / "toy").mkdir(parents=True)
    nbformat.write(solution(toy.assignment("toy")), toy.root / "submitted" / "student" / "toy" / "toy.ipynb")
    command = ["autograde", "toy", "--course", str(toy.root), "--scheduler"]
    assert cli.main([*command, "tcp://127.0.0.1:9"]) == 1
    assert "no scheduler answers at tcp://127.0.0.1:9 within" in capsys.readouterr().err
    assert cli.main([*command, "nonsense://127.0.0.1:9"]) == 2
    assert "the scheduler's address nonsense://127.0.0.1:9 cannot be used: " in capsys.readouterr().err
    monkeypatch.delitem(sys.modules, "lossmark.batch.dask_pool")
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert cli.main([*command, "tcp://127.0.0.1:9"]) == 2
    assert "pip install 'lossmark[dask]'" in capsys.readouterr().err


@pytest.fixture
def namespace() -> Iterator[str]:
    """A network namespace, joined to this one by a pair of interfaces: 10.213.7.1 here, 10.213.7.2 there."""
    name = f"lossmark{os.getpid()}"
    if os.getuid() != 0 or shutil.which("ip") is None:
        pytest.skip("making a network namespace takes root and the program ip")
    if subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no network namespaces")
    try:
        for command in (
            f"ip link add lm{os.getpid()}a type veth peer name lm{os.getpid()}b netns {name}",
            f"ip addr add 10.213.7.1/30 dev lm{os.getpid()}a",
            f"ip link set lm{os.getpid()}a up",
            f"ip -n {name} addr add 10.213.7.2/30 dev lm{os.getpid()}b",
            f"ip -n {name} link set lm{os.getpid()}b up",
            f"ip -n {name} link set lo up",
        ):
            subprocess.run(command.split(), check=True)
        yield name
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)


def test_worker_on_another_host_needs_no_course(namespace: str, toy: Course) -> None:
    hidden = f'mount -t tmpfs none "{toy.root}"; exec "$0" "$@"'
    elsewhere = ("ip", "netns", "exec", namespace, "unshare", "--mount", "sh", "-c", hidden)
    with Cluster("10.213.7.1") as cluster:
        cluster.start_worker(host="10.213.7.2", within=elsewhere, WORKER_NAME="the other host")
        pool = DaskPool(cluster.address)
        ((_, outcome),) = grade_all(Parcel.of(toy, "toy"), [order(toy, "student", WRONG)], pool)
    assert (score(outcome), who_graded(outcome)) == (1.0, "Graded by the other host")
