"""Grading a class: Lossmark against stock nbgrader, Otter-Grader, and the limit that no isolation could pass.

The same submissions and the same checks for all, in one run: for each assignment all graders take their turn, so that
all meet the same machine. Honest submissions only: stock nbgrader's checks can be talked into anything.

    python benchmarks/class_throughput.py [--size N] [--assignments A ...] [--no-otter] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import in_kernel
import nbformat
import results
from measure import NOTHING, Cost, run_all
from nbgrader.api import Gradebook
from rich.console import Console
from rich.table import Table
from workload import copy_course, honest_class, make_stock, split_tests, submit

from lossmark.course import Course
from lossmark.provenance import RESULTS_FILE
from lossmark.quality.roster import solution

HERE = Path(__file__).parent
CORES = os.cpu_count() or 1
OTTER_VERSION, OTTER_RUNS, OTTER_ASSIGNMENT = "7.0.0", 3, "hinge_loss"
Scores = dict[str, float]
LOG_WIDTH = 160


@dataclass(frozen=True)
class Way:
    """A way to grade a class.

    Attributes
    ----------
    name : str
        What it is called in the table.
    course : Course
        A course of its own, with the submissions.
    grade : callable
        Grades an assignment of the course.
    scores : callable
        Reads the scores that it gave.
    """

    name: str
    course: Course
    grade: Callable[[Course, str], Cost]
    scores: Callable[[Course, str], Scores]


def grade_with_stock(processes: int) -> Callable[[Course, str], Cost]:
    """Run nbgrader, in one process or in several that share the class by the first letter of the students' names."""

    def grade(course: Course, name: str) -> Cost:
        everyone = ["nbgrader", "autograde", name, "--create"]
        shares = [[*everyone, f"--student={letter_of(share)}*"] for share in range(processes)]
        return run_all(shares if processes > 1 else [everyone], course.root, PYTHONPATH=str(HERE))

    return grade


def grade_with_lossmark(jobs: int, *, on_one_core: bool = False) -> Callable[[Course, str], Cost]:
    """Run `lossmark autograde`, with all of its processes on one core if asked to."""
    pinned = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))] if on_one_core else []
    return lambda course, name: run_all([[*pinned, "lossmark", "autograde", name, f"--jobs={jobs}"]], course.root)


def letter_of(number: int) -> str:
    """Return the first letter of a student's name: their share of the class."""
    return chr(ord("a") + number % CORES)


def stock_scores(course: Course, name: str) -> Scores:
    """Read the gradebook."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "losses") as gradebook:
        return {
            notebook.student.id: sum(g.auto_score for g in notebook.grades if g.auto_score is not None)
            for notebook in gradebook.notebook_submissions(name, name)
        }


def lossmark_scores(course: Course, name: str) -> Scores:
    """Read the results."""
    files = (course.root / "autograded").glob(f"*/{name}/{RESULTS_FILE}")
    return {file.parts[-3]: json.loads(file.read_text())["score"] for file in files}


def limit_of(course: Course, name: str) -> tuple[float, Scores]:
    """Return the seconds and the scores of grading in one process without isolation."""
    done = subprocess.run(
        [sys.executable, HERE / "in_process.py", course.root, name], capture_output=True, text=True, check=True
    )
    result = json.loads(done.stdout.splitlines()[-1])
    return result["seconds"], result["scores"]


def seconds_of_otter(course: Course, folder: Path) -> float:
    """Return the seconds that Otter-Grader takes for the solution of one assignment, in an environment of its own."""
    name, assignment = OTTER_ASSIGNMENT, course.assignment(OTTER_ASSIGNMENT)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", f"otter-grader=={OTTER_VERSION}", HERE.parent]
    subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
    tests = folder / "tests"
    tests.mkdir()
    for grade_id, most in assignment.points.items():
        code = f">>> {in_kernel.hidden_line(grade_id, name, course.root)}\n{most}"
        suite = {"cases": [{"code": code}], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
        test = {"name": grade_id, "points": most, "suites": [suite]}
        (tests / f"{grade_id}.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n")
    submission = folder / f"{name}.ipynb"
    nbformat.write(split_tests(solution(assignment), name, course.root, keep_hidden=False), submission)
    programs = {"PYTHONPATH": str(HERE), "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    otter = [python, "-m", "otter"]
    run_all([[*otter, "generate", "-t", tests, "-o", folder / "autograder.zip"]], folder, **programs)
    run = [*otter, "run", "-a", folder / "autograder.zip", "-o", folder, "--no-logo", submission]
    cost = NOTHING
    for _ in range(OTTER_RUNS):
        cost += run_all([run], folder, **programs)
    earned = json.loads((folder / "results.json").read_text())["tests"]
    assert sum(test["score"] for test in earned if "max_score" in test) == sum(assignment.points.values()), earned
    return cost.seconds / OTTER_RUNS


def main() -> int:
    """Measure, print a table, compare the scores, and write the figures if asked to."""
    course = Course.find(HERE)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=10, metavar="N", help="submissions for each assignment")
    parser.add_argument("--assignments", nargs="+", choices=course.assignments, default=course.assignments)
    parser.add_argument("--no-otter", action="store_true", help="leave out Otter-Grader, which has to be installed")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else LOG_WIDTH)

    with tempfile.TemporaryDirectory(prefix="lossmark-bench-") as scratch:
        folder = Path(scratch)
        ways = [
            Way("stock nbgrader", make_stock(course, folder / "stock"), grade_with_stock(1), stock_scores),
            Way(
                f"stock nbgrader, {CORES} processes",
                make_stock(course, folder / "stock-parallel"),
                grade_with_stock(CORES),
                stock_scores,
            ),
            # One worker keeps more than one core busy, with the next kernel and the last result: without this row it
            # would not show what a second worker with a core of its own adds.
            Way(
                "Lossmark, 1 worker on 1 core",
                copy_course(course, folder / "one-core"),
                grade_with_lossmark(1, on_one_core=True),
                lossmark_scores,
            ),
            Way("Lossmark, 1 worker", copy_course(course, folder / "one"), grade_with_lossmark(1), lossmark_scores),
            Way(
                f"Lossmark, {CORES} workers",
                copy_course(course, folder / "all"),
                grade_with_lossmark(CORES),
                lossmark_scores,
            ),
        ]
        costs: dict[str, dict[str, Cost]] = {way.name: {} for way in ways}
        limits: dict[str, float] = {}
        differing = []
        for name in options.assignments:
            notebooks = honest_class(course.assignment(name), course.settings.seed, options.size)
            class_of = {f"{letter_of(i)}-{i:03}": notebook for i, notebook in enumerate(notebooks)}
            expected: Scores = {}
            for way in ways:
                is_stock = way.scores is stock_scores
                if is_stock:
                    run_all([["nbgrader", "generate_assignment", name]], way.course.root)
                forms = {
                    student: split_tests(notebook, name, way.course.root, keep_hidden=False) if is_stock else notebook
                    for student, notebook in class_of.items()
                }
                submit(way.course, name, forms)
                costs[way.name][name] = way.grade(way.course, name)
                console.print(f"{name}, {way.name}: {costs[way.name][name].seconds:.1f} s", highlight=False)
                scores = way.scores(way.course, name)
                expected = expected or scores
                differing += [f"{name}, {way.name}: {scores} instead of {expected}"] * (scores != expected)
            limits[name], scores = limit_of(ways[-1].course, name)
            console.print(f"{name}, in one process without isolation: {limits[name]:.1f} s", highlight=False)
            differing += [f"{name}, in one process: {scores} instead of {expected}"] * (scores != expected)
        otter_s = None if options.no_otter else seconds_of_otter(ways[-1].course, folder / "otter")

    totals = {name: sum(by_assignment.values(), NOTHING) for name, by_assignment in costs.items()}
    number = options.size * len(options.assignments)
    console.print(_table(totals, sum(limits.values()), number))
    if otter_s is not None:
        alone = {name: rows.get(OTTER_ASSIGNMENT, NOTHING).seconds for name, rows in costs.items()}
        shares = ", ".join(f"{name} {seconds / options.size:.2f} s" for name, seconds in alone.items())
        console.print(f"otter run, one notebook of {OTTER_ASSIGNMENT}: {otter_s:.2f} s ({shares})", highlight=False)
    console.print(*[f"Scores differ: {line}" for line in differing] or ["All scores are the same."], sep="\n")
    if options.json:
        figures = {
            "size": options.size,
            "workers": CORES,
            "costs": {way: {name: asdict(cost) for name, cost in rows.items()} for way, rows in costs.items()},
            "limit_s": limits,
            "otter_s": otter_s,
            "otter_version": OTTER_VERSION,
            "scores_agree": not differing,
        }
        results.write(options.json, figures)
    return 1 if differing else 0


def _table(totals: dict[str, Cost], limit_s: float, number: int) -> Table:
    table = Table(title=f"{number} submissions, whole commands")
    table.add_column("")
    for column in ("seconds", "per second", "CPU s each", "cores busy", "peak MiB"):
        table.add_column(column, justify="right")
    for column in ("faster than stock", "than stock in parallel", "times the limit"):
        table.add_column(column, justify="right")
    stock, parallel = list(totals.values())[:2]
    for name, cost in totals.items():
        table.add_row(
            name,
            f"{cost.seconds:.1f}",
            f"{number / cost.seconds:.2f}",
            f"{cost.cpu_s / number:.2f}",
            f"{cost.cpu_s / cost.seconds:.2f}",
            f"{cost.memory_bytes / 2**20:.0f}",
            f"{stock.seconds / cost.seconds:.1f}",
            f"{parallel.seconds / cost.seconds:.1f}",
            f"{cost.seconds / limit_s:.2f}",
        )
    limit_row = (f"{limit_s:.1f}", f"{number / limit_s:.2f}", "", "", "")
    table.add_row(
        "in one process, no isolation, imports not counted",
        *limit_row,
        f"{stock.seconds / limit_s:.1f}",
        f"{parallel.seconds / limit_s:.1f}",
        "1",
    )
    return table


if __name__ == "__main__":
    sys.exit(main())
