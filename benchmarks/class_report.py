"""What the report of a class costs: making it, its size, and opening it in Chromium, for classes of several sizes.

    python benchmarks/class_report.py [--sizes N ...] [--assignment A] [--json FILE]

A few submissions are really graded; the others have a text of their own and one of their results.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import results
from measure import run_all
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.table import Table
from workload import copy_course

from lossmark.course import Course

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "tests"))  # for the class that the tests report on, too
LOG_WIDTH = 120


@dataclass(frozen=True)
class Figures:
    """What the report of a class of one size has cost.

    Attributes
    ----------
    size : int
        Students.
    making_s : float
        Seconds for the whole command.
    memory_bytes : int
        Its largest memory.
    page_bytes : int
        Size of the page.
    opening_s : float
        Seconds until Chromium has loaded it and run its script.
    """

    size: int
    making_s: float
    memory_bytes: int
    page_bytes: int
    opening_s: float


def measure(course: Course, name: str, size: int) -> Figures:
    """Make the report of a class that is graded, and open it."""
    cost = run_all([["lossmark", "report", name]], course.root)
    page = course.root / "reports" / f"{name}.html"
    return Figures(size, cost.seconds, cost.memory_bytes, page.stat().st_size, _opening_s(page))


def _opening_s(page: Path) -> float:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab, started = browser.new_page(), time.perf_counter()
        tab.goto(page.as_uri())
        tab.locator("th button").first.wait_for()
        seconds = time.perf_counter() - started
        browser.close()
    return seconds


def main() -> int:
    """Measure, print a table, and write the figures if asked to."""
    from reports import graded_class

    course = Course.find(HERE)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000], metavar="N")
    parser.add_argument("--assignment", choices=course.assignments, default="hinge_loss")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    rows = []
    for size in options.sizes:
        with tempfile.TemporaryDirectory(prefix="lossmark-bench-") as scratch:
            own = copy_course(course, Path(scratch) / "course")
            graded_class(own, options.assignment, size)
            rows.append(measure(own, options.assignment, size))

    table = Table(title=f"lossmark report {options.assignment}")
    for column in ("students", "made in s", "memory MiB", "page MB", "opens in s"):
        table.add_column(column, justify="right")
    for row in rows:
        memory, page = f"{row.memory_bytes / 2**20:.0f}", f"{row.page_bytes / 1e6:.2f}"
        table.add_row(str(row.size), f"{row.making_s:.1f}", memory, page, f"{row.opening_s:.2f}")
    Console(width=None if sys.stdout.isatty() else LOG_WIDTH).print(table)
    if options.json:
        results.write(options.json, {"assignment": options.assignment, "rows": [asdict(row) for row in rows]})
    return 0


if __name__ == "__main__":
    sys.exit(main())
