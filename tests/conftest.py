"""Fixtures of more than one file, and what is said at the end of a run."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DRAWN = "drawn"
"""Property of a test that has drawn examples: what they are, and how many."""


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files, away from those of the tests."""
    folder = Path(tempfile.mkdtemp(prefix="lm", dir="/tmp"))  # names of sockets must be short
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from browsers import chromium  # only few tests need it

    with chromium() as browser:
        yield browser


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many examples were drawn."""
    counts: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed"):
        counts.update({what: number for name, (what, number) in report.user_properties if name == DRAWN})
    if counts:
        terminalreporter.write_line(
            f"drawn: {', '.join(f'{number} {what}' for what, number in sorted(counts.items()))}"
        )
