"""Where the time for a notebook goes: its kernel, its cells, the checks' questions, all else; and what the limit takes.

    python benchmarks/notebook_parts.py [--size N] [--assignments A ...] [--json FILE]

In one process, one notebook after the other, as a worker does it; nothing is written.
"""

from __future__ import annotations

import argparse
import functools
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat
import results
from class_throughput import limit_of
from factors import LIMIT
from rich.console import Console
from rich.table import Table
from workload import copy_course, honest_class, submit

from lossmark.course import Course
from lossmark.execution.kernel import StudentKernel
from lossmark.grading.pipeline import Grader

PARTS = {
    "__init__": "starting a kernel",
    "execute": "running its cells",
    "ask": "asking for the checks",
    "close": "ending the kernel",
}
REST, ALL = "all else: reading, comparing, diagnosing, tables", "together"
COUNTED = {"execute": "cells that it runs", "ask": "questions that it is asked"}


@contextmanager
def timed(seconds: Counter[str], calls: Counter[str]) -> Iterator[None]:
    """Add up what is spent in a kernel's methods; what one calls of the others is its own."""
    is_inside = False

    def timing(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal is_inside
            if is_inside:
                return method(*arguments, **options)
            is_inside, started = True, time.perf_counter()
            try:
                return method(*arguments, **options)
            finally:
                is_inside = False
                seconds[PARTS[name]] += time.perf_counter() - started
                calls[name] += 1

        return call

    replaced = {name: timing(name, getattr(StudentKernel, name)) for name in PARTS}
    with mock.patch.multiple(StudentKernel, **replaced):
        yield


def parts_of(course: Course, assignment: str, size: int) -> tuple[dict[str, float], dict[str, float]]:
    """Return the seconds of each part for a notebook of an assignment, and how many of what is done more than once."""
    class_of = [nbformat.writes(one) for one in honest_class(course.assignment(assignment), course.settings.seed, size)]
    seconds, calls = Counter[str](), Counter[str]()
    with Grader(course, assignment, expects_many=True) as grader:
        for _ in range(2):  # from then on, a kernel is kept ready
            grader.grade(class_of[0])
        started = time.perf_counter()
        with timed(seconds, calls):
            for notebook in class_of:
                grader.grade(notebook)
        together = time.perf_counter() - started
    parts = {part: seconds[part] / size for part in PARTS.values()}
    parts |= {REST: together / size - sum(parts.values()), ALL: together / size}
    return parts, {what: calls[name] / size for name, what in COUNTED.items()}


def main() -> int:
    """Measure, print a table, and write the figures if asked to."""
    course = Course.find(Path(__file__))
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=10, metavar="N", help="submissions for each assignment")
    parser.add_argument("--assignments", nargs="+", choices=course.assignments, default=course.assignments)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    seconds, counts = dict[str, dict[str, float]](), dict[str, dict[str, float]]()
    for name in options.assignments:
        with tempfile.TemporaryDirectory(prefix="lossmark-bench-") as scratch:
            own = copy_course(course, Path(scratch) / "course")
            class_of = honest_class(own.assignment(name), own.settings.seed, options.size)
            submit(own, name, {f"{i:03}": notebook for i, notebook in enumerate(class_of)})
            seconds[name], counts[name] = parts_of(own, name, options.size)
            seconds[name][LIMIT] = limit_of(own, name)[0] / options.size
    table = Table("ms for a notebook", *seconds, title=f"Where the time goes, of {options.size} notebooks each")
    for part in (*PARTS.values(), REST, ALL, LIMIT):
        table.add_row(part, *(f"{1e3 * row[part]:.0f}" for row in seconds.values()))
    for what in COUNTED.values():
        table.add_row(what, *(f"{row[what]:.0f}" for row in counts.values()))
    Console().print(table)
    if options.json:
        results.write(options.json, {"size": options.size, "seconds": seconds, "counts": counts})
    return 0


if __name__ == "__main__":
    sys.exit(main())
