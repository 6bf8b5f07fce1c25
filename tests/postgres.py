"""A PostgreSQL server for tests: started on 127.0.0.1, with its data in a temporary folder, and ended by its id."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, or None where it is not installed."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


@contextmanager
def server() -> Iterator[str]:
    """Run a server and give the address of an empty database."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    user = _unprivileged()
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as where:
        data = Path(where) / "data"
        if user is not None:
            os.chown(where, user.pw_uid, user.pw_gid)
        owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        make = [folder / "initdb", "-D", data, "-A", "trust", "-U", "lossmark", "-E", "UTF8", "--no-sync"]
        subprocess.run(list(map(str, make)), check=True, capture_output=True, cwd=where, **owner)
        port = _free_port()
        options = ["-D", data, "-h", "127.0.0.1", "-p", port, "-k", where, "-c", "fsync=off"]
        process = subprocess.Popen(
            list(map(str, [folder / "postgres", *options])), cwd=where, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, **owner,
        )  # fmt: skip
        try:
            _wait_until_ready(process)
            address = f"postgresql://lossmark@127.0.0.1:{port}"
            with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE gradebook")
            yield f"postgresql+psycopg://lossmark@127.0.0.1:{port}/gradebook"
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)


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


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
