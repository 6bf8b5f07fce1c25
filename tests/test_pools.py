"""The processes of a local pool: as many as asked for, deaf to `Ctrl-C`, and gone when they shall be."""

from __future__ import annotations

import _thread
import gc
import os
import signal
import sys
import tempfile
import threading
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from pathlib import Path

import psutil
import pytest

from lossmark.batch import pools
from lossmark.batch.pools import LocalPool
from lossmark.scratch import PREFIX, Scratch


def look_at_signals() -> tuple[bool, bool]:
    """Say whether `Ctrl-C` is ignored and whether it is held back."""
    return signal.getsignal(signal.SIGINT) == signal.SIG_IGN, signal.SIGINT in held_back()


def held_back() -> set[int]:
    return set(signal.pthread_sigmask(signal.SIG_BLOCK, []))


def be_deaf(pipe: Path) -> None:
    """Take no notice of being asked to end, for ever, with a folder in use."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    folder = Scratch()
    assert folder.path.is_dir()
    pipe.write_text(str(os.getpid()))
    threading.Event().wait()


def test_there_are_as_many_processes_as_cores_unless_told() -> None:
    assert LocalPool().jobs == os.cpu_count()
    assert (LocalPool(3).jobs, LocalPool(3).capacity) == (3, 6)


def test_processes_are_deaf_to_an_interrupt_and_killed_where_they_are_deaf_to_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "STOP_TIMEOUT_S", 0.1)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    os.mkfifo(tmp_path / "pipe")
    pool = LocalPool(1)
    executor = pool.start()
    try:
        assert executor.submit(look_at_signals).result() == (True, False)
        executor.submit(be_deaf, tmp_path / "pipe")
        process = psutil.Process(int((tmp_path / "pipe").read_text()))
        assert list(tmp_path.glob(f"{PREFIX}*"))
    finally:
        pool.stop(executor)
    assert not process.is_running()
    assert not list(tmp_path.glob(f"{PREFIX}*"))


def test_processes_look_for_garbage_but_not_in_what_they_share() -> None:
    pool = LocalPool(1)
    executor = pool.start()
    try:
        assert executor.submit(gc.isenabled).result()
        assert executor.submit(gc.get_freeze_count).result() > len(sys.modules)
    finally:
        pool.stop(executor)


def test_interrupt_is_held_back_while_a_process_may_start(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(ProcessPoolExecutor, "submit", lambda *arguments: seen.append(held_back()))
    executor = LocalPool(1).start()
    executor.submit(look_at_signals)
    assert signal.SIGINT in seen[0]
    assert signal.SIGINT not in held_back()


def test_all_processes_start_with_the_first_order() -> None:
    """One that starts while another is killed would be missed by the executor's thread, or stop it with a traceback."""
    pool = LocalPool(2)
    executor = pool.start()
    try:
        first = executor.submit(os.getppid).result()
        assert len(psutil.Process(first).children()) >= 2
        before = psutil.Process(first).children()
        for order in [executor.submit(os.getpid) for _ in range(8)]:
            assert order.result() in {process.pid for process in before}
    finally:
        pool.stop(executor)


@pytest.mark.parametrize("broken", [False, True])
def test_nothing_watches_processes_that_have_ended(broken: bool) -> None:
    """A program that ends while the executor's thread still tidies up writes into a pipe that the thread has closed."""
    pool, before = LocalPool(2), set(threading.enumerate())
    for _ in range(5):
        executor = pool.start()
        process = executor.submit(os.getpid).result()
        if broken:
            os.kill(process, signal.SIGKILL)
        pool.stop(executor)
        assert set(threading.enumerate()) <= before


def environment() -> tuple[str | None, str]:
    return os.environ.get("LOSSMARK_SEEN"), tempfile.gettempdir()


@pytest.mark.parametrize("seen", ["one", "other"])
def test_processes_have_the_variables_of_who_starts_them(
    seen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that they are forked from is older, and may have been started with others."""
    monkeypatch.setenv("LOSSMARK_SEEN", seen)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    pool = LocalPool(1)
    executor = pool.start()
    try:
        assert executor.submit(environment).result() == (seen, str(tmp_path))
    finally:
        pool.stop(executor)


def start_a_thread_without_memory() -> None:
    """As `Thread.start` does where the thread ends before it says that it has begun: wait for ever."""

    def fail() -> None:
        raise MemoryError

    _thread.start_new_thread(fail, ())
    threading.Event().wait()


def test_process_that_has_no_memory_for_a_thread_ends() -> None:
    pool = LocalPool(1)
    executor = pool.start()
    try:
        future = executor.submit(start_a_thread_without_memory)
        with pytest.raises(BrokenExecutor):
            future.result(timeout=60)
    finally:
        pool.stop(executor)
