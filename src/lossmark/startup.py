"""What the programs of ours do first, so that they start in half the time and end in a third of it.

jsonschema, which nbformat imports, checks IRIs if the package rfc3987_syntax is there, and that package builds its
parser when it is imported: a second, in each process. No notebook holds an IRI. Where others have imported it already,
as in a Jupyter server, all stays as it is.

Python looks for garbage while it imports, where there is none, and again in all that was imported when it ends.
"""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # the documented way to make an import fail
atexit.register(gc.freeze)


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
