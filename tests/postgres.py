"""A PostgreSQL server for tests: started on 127.0.0.1, with its data in a temporary folder, and ended by its id."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ports import free_port


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, or None where it is not installed."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


class Server:
    """A server that can be stopped and started again.

    Attributes
    ----------
    address : str
        Of its database.
    """

    def __init__(self, programs: Path, where: Path) -> None:
        self._where, self._program = where, programs / "postgres"
        user = _unprivileged()
        if user is not None:
            os.chown(where, user.pw_uid, user.pw_gid)
        self._owner: dict[str, Any] = (
            {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user is not None else {}
        )
        make = [programs / "initdb", "-D", where / "data", "-A", "trust", "-U", "lossmark", "-E", "UTF8", "--no-sync"]
        subprocess.run(list(map(str, make)), check=True, capture_output=True, cwd=where, **self._owner)
        self._port = free_port()
        self.address = f"postgresql+psycopg://lossmark@127.0.0.1:{self._port}/gradebook"

    def start(self) -> None:
        data, port = self._where / "data", self._port
        options = ["-D", data, "-h", "127.0.0.1", "-p", port, "-k", self._where, "-c", "fsync=off"]
        self._process = subprocess.Popen(
            list(map(str, [self._program, *options])), cwd=self._where, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, **self._owner,
        )  # fmt: skip
        _wait_until_ready(self._process)

    def stop(self) -> None:
        """End it, and all connections with it."""
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=60)

    def create_database(self) -> None:
        with psycopg.connect(f"postgresql://lossmark@127.0.0.1:{self._port}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE gradebook")


@contextmanager
def server() -> Iterator[str]:
    """Run a server and give the address of an empty database."""
    with running_server() as running:
        yield running.address


@contextmanager
def running_server() -> Iterator[Server]:
    """Run a server with an empty database."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as where:
        running = Server(folder, Path(where))
        running.start()
        try:
            running.create_database()
            yield running
        finally:
            running.stop()


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if "ready to accept connections" in line:
            return
    raise RuntimeError("the server has ended")


def _unprivileged() -> pwd.struct_passwd | None:
    """The user that the server runs as: it refuses to run as root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres", names["nobody"])
