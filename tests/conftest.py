"""Fixtures of more than one file, and what is said at the end of a run."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lossmark import startup  # noqa: F401  (before all that imports nbformat)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NEEDS = {"submission": "sandbox", "browser": "slow", "site": "slow", "killed": "slow"}
"""Marks of the tests that use a fixture: a kernel of plain pytest, a browser, the guides as a site, killed writers."""
LONGEST_FIRST = ("course", "sandbox", "slow")
"""Marks, in the order in which files that hold a test with them begin; all others come after."""
PROGRAMS = str(Path(__file__).parent / "programs")
"""The folder of what the Python programs that tests start do first."""
DRAWN = "drawn"
"""Property of a test that has drawn examples: what they are, and how many."""

if PROGRAMS not in os.environ.get("PYTHONPATH", "").split(os.pathsep):
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [PROGRAMS, os.environ.get("PYTHONPATH")]))


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they need, and begin with the files that take longest, lest one of them is left at the end."""
    places: dict[Path, int] = {}
    for item in items:
        for fixture in NEEDS.keys() & getattr(item, "fixturenames", ()):
            item.add_marker(NEEDS[fixture])
        found = (place for place, mark in enumerate(LONGEST_FIRST) if item.get_closest_marker(mark))
        places[item.path] = min(next(found, len(LONGEST_FIRST)), places.get(item.path, len(LONGEST_FIRST)))
    items.sort(key=lambda item: places[item.path])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many examples were drawn."""
    counts: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed"):
        counts.update({what: number for name, (what, number) in report.user_properties if name == DRAWN})
    if counts:
        terminalreporter.write_line(
            f"drawn: {', '.join(f'{number} {what}' for what, number in sorted(counts.items()))}"
        )
