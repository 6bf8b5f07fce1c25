"""Imports of the process from which workers are forked.

They share its memory for as long as nobody writes into it, which looking for garbage would do.
"""

from __future__ import annotations

import gc

from lossmark import startup

with startup.importing():
    import lossmark.batch.worker  # noqa: F401
gc.freeze()
