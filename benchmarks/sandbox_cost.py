"""What the walls cost: the same class graded in the sandbox and, by `--isolation none`, outside of it.

    python benchmarks/sandbox_cost.py [--size N] [--assignments A ...] [--rounds R] [--json FILE]

The two take turns, so that both meet the same machine.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import results
from measure import NOTHING, Cost, run_all
from rich.console import Console
from rich.table import Table
from workload import copy_course, honest_class, submit

from lossmark.course import Course

WALLS = ("bubblewrap", "none")


def main() -> int:
    """Measure, print a table, and write the figures if asked to."""
    course = Course.find(Path(__file__))
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=10, metavar="N", help="submissions for each assignment")
    parser.add_argument("--assignments", nargs="+", choices=course.assignments, default=course.assignments)
    parser.add_argument("--rounds", type=int, default=2, metavar="R")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    costs: dict[str, dict[str, Cost]] = {name: dict.fromkeys(WALLS, NOTHING) for name in options.assignments}
    with tempfile.TemporaryDirectory(prefix="lossmark-walls-") as scratch:
        copied = copy_course(course, Path(scratch) / "course")
        for name in options.assignments:
            notebooks = honest_class(course.assignment(name), course.settings.seed, options.size)
            submit(copied, name, {f"student-{i:03}": notebook for i, notebook in enumerate(notebooks)})
            for _ in range(options.rounds):
                for walls in WALLS:
                    command = ["lossmark", "autograde", name, "--force", f"--isolation={walls}"]
                    costs[name][walls] += run_all([command], copied.root)
    table = Table("assignment", "with walls, s", "without, s", "ratio", title="Whole commands, all cores")
    for name, by_walls in [*costs.items(), ("all", {walls: _sum(costs, walls) for walls in WALLS})]:
        inside, outside = (by_walls[walls].seconds / options.rounds for walls in WALLS)
        table.add_row(name, f"{inside:.1f}", f"{outside:.1f}", f"{inside / outside:.2f}")
    Console().print(table)
    if options.json:
        seconds = {
            name: {walls: cost.seconds / options.rounds for walls, cost in by_walls.items()}
            for name, by_walls in costs.items()
        }
        results.write(options.json, {"size": options.size, "rounds": options.rounds, "seconds": seconds})
    return 0


def _sum(costs: dict[str, dict[str, Cost]], walls: str) -> Cost:
    return sum((by_walls[walls] for by_walls in costs.values()), NOTHING)


if __name__ == "__main__":
    sys.exit(main())
