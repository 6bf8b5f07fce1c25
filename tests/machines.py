"""Machines that fail: file systems that are small or read-only for some processes alone, clocks that jump."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

FILLING = "filling"
"""Name of the folder that takes up a disk."""


@dataclass(frozen=True)
class Mounts:
    """A mount namespace, which lives as long as the process that holds it.

    Attributes
    ----------
    holder : int
        Number of that process.
    """

    holder: int

    @property
    def program(self) -> tuple[str, ...]:
        """What to put before a command that shall run there; its working folder is ``/`` then."""
        return "nsenter", f"--mount=/proc/{self.holder}/ns/mnt", "--"

    def mount(self, *words: str | Path) -> None:
        subprocess.run([*self.program, "mount", *map(str, words)], check=True)

    def make_disk(self, folder: Path) -> None:
        """Put a small disk in the place of a folder, with what the folder holds on it."""
        held = self.see(folder)
        with tempfile.TemporaryDirectory() as kept:
            shutil.copytree(held, kept, dirs_exist_ok=True)
            self.mount("-t", "tmpfs", "-o", "size=4m,nr_inodes=2000", "lossmark-test", folder)
            shutil.copytree(kept, held, dirs_exist_ok=True)

    def make_read_only(self, folder: Path) -> None:
        self.mount("--bind", folder, folder)
        self.mount("-o", "remount,bind,ro", folder)

    def fill_disk(self, folder: Path) -> Path:
        """Fill a small disk, with data and with names; return the folder that has taken it all."""
        filling = self.see(folder) / FILLING
        filling.mkdir()
        with (filling / "data").open("wb", buffering=0) as file, _until_it_is_full():
            while file.tell() < 2**24:
                file.write(bytes(4096))
            pytest.fail("the disk is not small")
        with _until_it_is_full():
            for number in range(10_000):
                (filling / str(number)).touch()
            pytest.fail("the disk is not small")
        return filling

    def take_what_is_freed(self, filling: Path, until: Callable[[], bool]) -> None:
        """Keep a disk full while others remove files from it."""
        for number in itertools.count(10_000):
            if until():
                return
            with suppress(OSError), (filling / "data").open("ab", buffering=0) as file:
                (filling / str(number)).touch()
                file.write(bytes(4096))
            time.sleep(0.001)

    def see(self, path: Path) -> Path:
        """Return by which path a file that is seen there is reached from here."""
        return Path(f"/proc/{self.holder}/root") / path.relative_to("/")

    def copy(self, folder: Path, to: Path) -> Path:
        """Copy what a folder holds there, because SQLite resolves the path by which it is reached to that of here."""
        return Path(shutil.copytree(self.see(folder), to))


@contextmanager
def _until_it_is_full() -> Iterator[None]:
    with pytest.raises(OSError, match="No space left"):
        yield


@contextmanager
def mounts() -> Iterator[Mounts]:
    """Make a mount namespace; skip the test where that is not allowed."""
    script = "mount -t tmpfs none /mnt && umount /mnt && echo ready && exec cat"
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script]
    try:
        holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except FileNotFoundError:
        pytest.skip("there is no program `unshare` (util-linux)")
    with holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        if holder.stdout.readline() != b"ready\n":
            pytest.skip("mounting is not allowed here")
        yield Mounts(holder.pid)
        holder.stdin.close()


CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static volatile long *shift;

__attribute__((constructor)) static void open_shift(void) {
    int file = open(getenv("CLOCK_SHIFT"), O_RDONLY);
    void *mapped = mmap(NULL, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED) abort();
    shift = mapped;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, now);
    if (shift && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *shift;
    return result;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec exact;
    int result = clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return result;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}
"""
"""A library that a process loads before the C library: its clock is wrong by what stands in a file."""


class Clock:
    """A clock that jumps, for the processes that are given its variables."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            pytest.skip("there is no C compiler")
        library, self._file = folder / "clock.so", folder / "clock"
        source = folder / "clock.c"
        source.write_text(CLOCK)
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        self._file.write_bytes(bytes(8))
        self.variables = {"LD_PRELOAD": str(library), "CLOCK_SHIFT": str(self._file)}

    def shift(self, seconds: int) -> None:
        """Set how far it is ahead."""
        descriptor = os.open(self._file, os.O_WRONLY)
        os.write(descriptor, seconds.to_bytes(8, "little", signed=True))
        os.close(descriptor)


def put_before(program: str, script: str, folder: Path) -> str:
    """Write a program that is found in the place of another one, and return the PATH on which it is."""
    folder.mkdir()
    (folder / program).write_text(f"#!/bin/sh\n{script}\n")
    (folder / program).chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"
