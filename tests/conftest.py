"""Fixtures of more than one file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files, away from those of the tests."""
    folder = Path(tempfile.mkdtemp(prefix="lm", dir="/tmp"))  # names of sockets must be short
    yield folder
    shutil.rmtree(folder)
