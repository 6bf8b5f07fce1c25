"""Write files completely or not at all: a reader sees the old one or the new one."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from lossmark.errors import naming

NEW, OLD = ".{}.new", ".{}.old"
"""Names of the new folder and of the old one while they change places."""


def write_whole(file: Path, text: str) -> None:
    """Write a text into a file in UTF-8: all of it or, where that fails, nothing.

    Parameters
    ----------
    file : Path
        The file, in a folder that is there. The target of a link is written, and permissions are kept.
    text : str
        Its content.

    Raises
    ------
    OSError
        If it cannot be written; names the file.
    """
    with naming(file):
        if file.exists() and not file.is_file():  # a pipe, or /dev/stdout
            file.write_text(text, encoding="utf-8")
            return
        file = file.resolve()  # what a link leads to, and not the link
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=file.parent, prefix=f".{file.name}.", delete=False
        ) as new:
            try:
                new.write(text)
                new.close()
                Path(new.name).chmod(file.stat().st_mode & 0o777 if file.exists() else 0o666 & ~_umask())
                Path(new.name).replace(file)
            except BaseException:
                Path(new.name).unlink(missing_ok=True)
                raise


def replace_folder(new: Path, target: Path) -> None:
    """Put a folder into the place of another one beside it.

    Parameters
    ----------
    new : Path
        The folder, whole.
    target : Path
        Its place; an existing folder is removed.
    """
    old = target.with_name(OLD.format(target.name))
    shutil.rmtree(old, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
