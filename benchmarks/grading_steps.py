"""What each step of grading takes: starting, forking a kernel, a cell, a question, writing a result.

    python benchmarks/grading_steps.py [--repeat N] [--json FILE]

Each step is waited for; when a class is graded, some of them go on side by side.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import nbformat
import results
from measure import run_all
from nbformat.v4 import new_code_cell
from rich.console import Console
from rich.table import Table
from workload import copy_course

from lossmark.boundary.submission import Submission
from lossmark.course import Course
from lossmark.execution.kernel import StudentKernel
from lossmark.gradebook.records import GradeWriter
from lossmark.grading.pipeline import Grader
from lossmark.provenance import digests
from lossmark.quality.roster import solution
from lossmark.sandbox.host import Sandbox
from lossmark.sandbox.limits import Isolation, Limits

ASSIGNMENT = "hinge_loss"
ENGINE = "import lossmark.cli, lossmark.commands.autograde, lossmark.grading.pipeline"
STARTS, MANY = 3, 20
"""What takes seconds is done a few times, what takes less than a millisecond as many times more as this."""


def seconds_of(work: Callable[[], object], times: int) -> list[float]:
    """Do something several times; return how long each took."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return seconds


def start_sandbox(imports: tuple[str, ...] = ()) -> None:
    """Start a sandbox until the first kernel is there."""
    with Sandbox(Isolation.BUBBLEWRAP, imports) as sandbox:
        sandbox.fork(Limits()).close()


def of_kernels(repeat: int) -> dict[str, list[float]]:
    """Measure what is done with kernels: one after the other, nothing ahead of its turn."""
    limits, forks, cells, questions, ends = Limits(), list[float](), list[float](), list[float](), list[float]()
    with Sandbox() as sandbox:
        sandbox.fork(limits).close()
        for _ in range(repeat):
            started = time.perf_counter()
            kernel = StudentKernel(sandbox, limits)
            kernel.execute(new_code_cell("def f(x):\n    return x"), timeout_s=30.0)
            forks.append(time.perf_counter() - started)
            cells += seconds_of(lambda kernel=kernel: kernel.execute(new_code_cell("1 + 1"), timeout_s=30.0), MANY)
            submission = Submission(_Transport(kernel))
            questions += seconds_of(lambda submission=submission: submission.f(1.0), MANY)
            ends += seconds_of(kernel.close, 1)
    return {
        "forking a kernel, to its first reply": forks,
        "a cell that does next to nothing": cells,
        "a question of a check": questions,
        "ending a kernel": ends,
    }


class _Transport:
    """Asks a kernel without a notebook around it."""

    def __init__(self, kernel: StudentKernel) -> None:
        self._kernel = kernel

    def ask(self, request: bytes) -> bytes:
        return self._kernel.ask(request, timeout_s=5.0)


def of_writing(course: Course, repeat: int) -> list[float]:
    """Measure writing results into the gradebook (SQLite) and into the folder of the student."""
    with tempfile.TemporaryDirectory(prefix="lossmark-bench-") as scratch:
        own = copy_course(course, Path(scratch) / "course")
        submission = nbformat.writes(solution(own.assignment(ASSIGNMENT))).encode()
        with Grader(own, ASSIGNMENT) as grader:
            graded = grader.grade(submission)
        for i in range(repeat):
            file = own.root / "submitted" / f"student-{i}" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
            file.parent.mkdir(parents=True)
            file.write_bytes(submission)
        with GradeWriter(own, ASSIGNMENT) as writer:
            writer.prepare()
            came_from = digests(own, ASSIGNMENT, submission)
            students = iter(range(repeat))
            return seconds_of(lambda: writer.write(f"student-{next(students)}", graded, came_from), repeat)


def main() -> int:
    """Measure, print a table, and write the figures if asked to."""
    course = Course.find(Path(__file__))
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeat", type=int, default=20, metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    last = course.assignment(course.assignments[-1])
    seconds = {
        "importing the engine": [run_all([["python", "-c", ENGINE]], course.root).seconds for _ in range(STARTS)],
        "starting a sandbox": seconds_of(start_sandbox, STARTS),
        f"starting one for {last.name}": seconds_of(lambda: start_sandbox(tuple(last.imports)), STARTS),
        **of_kernels(options.repeat),
        "writing a result": of_writing(course, options.repeat),
    }
    table = Table("step", "median, ms", "times measured", title="What each step of grading takes")
    for step, all_seconds in seconds.items():
        table.add_row(step, f"{1e3 * median(all_seconds):.2f}", str(len(all_seconds)))
    Console().print(table)
    if options.json:
        steps = {step: {"median_s": median(each), "times": len(each)} for step, each in seconds.items()}
        results.write(options.json, {"steps": steps})
    return 0


if __name__ == "__main__":
    sys.exit(main())
