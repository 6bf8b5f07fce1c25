"""Whether a busy machine costs points: the same notebooks graded alone and beside burning processes, check by check.

    python benchmarks/points_under_load.py [--burners N] [--size N] [--assignments A ...] [--at-most-s S] [--json FILE]

Besides honest notebooks there are one whose first function never ends and one whose first call is slow. The exit status
is 1 if a check has earned other points, or ended otherwise, under load.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import results
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from rich.console import Console
from workload import honest_class

from lossmark.course import Course, index_of
from lossmark.grading.pipeline import Grader
from lossmark.quality.roster import solution
from lossmark.results import GradedNotebook

BURN = """
import os, sys, time
parent, end = os.getppid(), time.monotonic() + float(sys.argv[1])
while time.monotonic() < end and os.getppid() == parent:
    sum(range(10_000))
"""
LONGEST_S = 300.0
"""Burners end by themselves after this, or when this program has ended."""
ENDLESS = "def {name}(*args, **kwargs):\n    while True:\n        pass"
SLOW = """
import time
def {name}(*args, _right={name}, _ready=[], **kwargs):
    if not _ready:
        _ready.append(end := time.process_time() + 2)
        while time.process_time() < end:
            pass
    return _right(*args, **kwargs)
"""

Points = dict[tuple[str, str], tuple[float, str]]


def main() -> int:
    """Grade, compare, print the points, and write the figures if asked to."""
    course = Course.find(Path(__file__))
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--burners", type=int, default=16, metavar="N")
    parser.add_argument("--size", type=int, default=4, metavar="N", help="honest submissions for each assignment")
    parser.add_argument("--assignments", nargs="+", choices=course.assignments, default=course.assignments)
    parser.add_argument(
        "--at-most-s", type=float, default=3600.0, metavar="S", help="start no notebook after this time"
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    end = time.monotonic() + options.at_most_s
    console, rows, differing = Console(soft_wrap=True), [], 0
    for name in options.assignments:
        with Grader(course, name) as grader:
            for kind, notebook in _notebooks(course, grader, options.size):
                if time.monotonic() > end:
                    break
                text = nbformat.writes(notebook)
                alone = grader.grade(text)
                with _burning(options.burners):
                    loaded = grader.grade(text)
                found = {key for key, points in _points(alone).items() if _points(loaded)[key] != points}
                differing += len(found)
                seconds = [round(one.seconds, 1) for one in (alone, loaded)]
                said = ", ".join(
                    f"{check}: {_points(alone)[c, check]} {_points(loaded)[c, check]}" for c, check in found
                )
                console.print(f"{name}, {kind}: {alone.score:g} and {loaded.score:g} points in {seconds} s", said)
                rows.append({"assignment": name, "notebook": kind, "points": [alone.score, loaded.score], "s": seconds})
    if options.json:
        results.write(options.json, {"burners": options.burners, "rows": rows, "differing_checks": differing})
    return int(differing > 0)


def _notebooks(course: Course, grader: Grader, size: int) -> Iterator[tuple[str, NotebookNode]]:
    """Yield the notebooks of an assignment: honest ones, and two whose time is at stake."""
    for number, notebook in enumerate(honest_class(grader.assignment, course.settings.seed, size), 1):
        yield f"honest {number}", notebook
    right = solution(grader.assignment)
    name = next(cell.removesuffix("_tests") for cell in grader.assignment.points)
    for kind, source in (("slow first call", SLOW), ("never ends", ENDLESS)):
        changed = copy.deepcopy(right)
        changed.cells.insert(1 + index_of(changed.cells, name), new_code_cell(source.format(name=name).strip()))
        yield kind, changed


def _points(graded: GradedNotebook) -> Points:
    return {
        (cell.grade_id, check.name): (check.points, check.outcome) for cell in graded.cells for check in cell.checks
    }


@contextlib.contextmanager
def _burning(count: int) -> Iterator[None]:
    """Keep processors busy with a number of processes meanwhile."""
    command = [sys.executable, "-I", "-S", "-c", BURN, str(LONGEST_S)]
    burners = [subprocess.Popen(command) for _ in range(count)]
    try:
        yield
    finally:
        for one in burners:
            one.kill()
            one.wait()


if __name__ == "__main__":
    sys.exit(main())
