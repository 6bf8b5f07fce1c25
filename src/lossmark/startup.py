"""First steps of our programs, which halve their start and shorten their exit to a third.

jsonschema, which nbformat imports, checks IRIs if the package rfc3987_syntax is there, and that package builds its
parser when it is imported: a second, in each process. No notebook holds an IRI. Where others have imported it already,
as in a Jupyter server, all stays as it is.

Python looks for garbage while it imports, where there is none, and again in all that was imported when it ends.

A Python that is started with ``-c`` or ``-m`` imports from the working folder before all else. That folder may hold a
submission, with a file ``matplotlib.py``: the programs that are started here begin without it.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # the documented way to make an import fail
atexit.register(gc.freeze)


def safe_environment() -> dict[str, str]:
    """Return this process's variables, such that a Python started with them imports nothing from its working folder.

    Returns
    -------
    dict
        With ``PYTHONSAFEPATH``, and ``PYTHONPATH`` without the working folder: an empty entry means that folder.
    """
    folders = filter(os.path.isabs, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    return {**os.environ, "PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(folders)}


@contextmanager
def importing() -> Iterator[None]:
    """Import inside without looking for garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
