"""Temporary folders that nobody finds years later: what a killed process left behind, the next one removes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "lossmark-"
_LOCK = "lock"


class Scratch:
    """A temporary folder that lives as long as the process that made it.

    Its lock is held by an open file and so ends with the process, however that ends. Each new one removes those of
    processes that have ended.

    Parameters
    ----------
    parent : str, optional
        Where to make it; the system's folder for temporary files, if not named.

    Attributes
    ----------
    path : Path
        The folder; only its owner can enter it.
    """

    def __init__(self, parent: str | None = None) -> None:
        where = Path(parent or tempfile.gettempdir())
        remove_forsaken(where)
        hidden = Path(tempfile.mkdtemp(prefix=f".{PREFIX}", dir=where))
        self.path = where / hidden.name.removeprefix(".")
        try:
            self._lock = os.open(hidden / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            hidden.rename(self.path)  # it gets the name by which it is found only when it is locked
        except BaseException:
            shutil.rmtree(hidden, ignore_errors=True)
            raise

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.path, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.close(self._lock)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def remove_forsaken(where: Path | None = None) -> None:
    """Remove one's own folders of processes that have ended.

    Parameters
    ----------
    where : Path, optional
        Where they were made.
    """
    for folder in (where or Path(tempfile.gettempdir())).glob(f"{PREFIX}*"):
        try:
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:  # another user's, or not one of these
            continue
        try:
            if os.fstat(lock).st_uid == os.getuid():
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # its process lives
            continue
        finally:
            os.close(lock)
