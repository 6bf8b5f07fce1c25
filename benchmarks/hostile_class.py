"""How long honest submissions wait in a class with hostile ones: the same fifteen alone, and behind five that burn.

    python benchmarks/hostile_class.py [--assignment A] [--honest N] [--jobs N] [--json FILE]

The hostile notebooks come first. The exit status is 1 if an honest submission has other points beside them, or if the
honest ones took more than three times as long until the last of them was graded.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import nbformat
import results
from nbformat.v4 import new_code_cell
from rich.console import Console
from workload import honest_class

from lossmark.batch.dispatch import grade_all
from lossmark.batch.parcel import Parcel
from lossmark.batch.pools import LocalPool
from lossmark.batch.worker import Order
from lossmark.course import Course
from lossmark.quality.roster import solution

HOSTILE = {
    "endless cells": ["while True: pass"] * 20,
    "sleeping cells": ["import time\ntime.sleep(1000)"] * 20,
    "burning processes": ["import os\nfor _ in range(50):\n    if not os.fork():\n        while True: pass"],
    "endless output": ["while True: print('x' * 1000)"] * 20,
    "killed kernels": ["import os, time\nend = time.time() + 20\nwhile time.time() < end: pass\nos._exit(1)"] * 20,
}
"""Cells of each hostile notebook, which come before the honest ones."""
MOST_TIMES = 3.0


def main() -> int:
    """Grade the class twice, compare, and write the figures if asked to."""
    course = Course.find(Path(__file__))
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--assignment", choices=course.assignments, default=course.assignments[0])
    parser.add_argument("--honest", type=int, default=15, metavar="N")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    assignment = course.assignment(options.assignment)
    honest = {
        f"honest {number}": nbformat.writes(notebook)
        for number, notebook in enumerate(honest_class(assignment, course.settings.seed, options.honest), 1)
    }
    hostile = {}
    for name, cells in HOSTILE.items():
        notebook = solution(assignment)
        notebook.cells = [*map(new_code_cell, cells), *notebook.cells]
        hostile[name] = nbformat.writes(notebook)
    console = Console(soft_wrap=True)
    alone, alone_s = _graded(course, options.assignment, honest, options.jobs)
    console.print(f"{len(honest)} honest submissions alone: {alone_s:.1f} s")
    beside, beside_s = _graded(course, options.assignment, hostile | honest, options.jobs)
    differing = [student for student in honest if beside[student] != alone[student]]
    console.print(f"behind {len(hostile)} hostile ones: {beside_s:.1f} s, {beside_s / alone_s:.2f} times as long")
    console.print(f"with other points: {', '.join(differing) or 'none'}")
    if options.json:
        results.write(
            options.json, {"alone_s": round(alone_s, 1), "beside_s": round(beside_s, 1), "differing": len(differing)}
        )
    return int(bool(differing) or beside_s > MOST_TIMES * alone_s)


def _graded(course: Course, name: str, notebooks: dict[str, str], jobs: int) -> tuple[dict[str, float | None], float]:
    """Grade until the last honest submission has its points, and return these and the time."""
    limits, waiting = course.limits(course.assignment(name)), {one for one in notebooks if one.startswith("honest")}
    orders = (Order(student, text.encode(), limits) for student, text in notebooks.items())
    points: dict[str, float | None] = {}
    started = time.monotonic()
    grading = grade_all(Parcel.of(course, name), orders, LocalPool(jobs))
    for order, outcome in grading:
        points[order.student] = outcome.graded.score if outcome.graded else None
        waiting.discard(order.student)
        if not waiting:
            break
    seconds = time.monotonic() - started
    grading.close()  # it ends the workers
    return points, seconds


if __name__ == "__main__":
    sys.exit(main())
