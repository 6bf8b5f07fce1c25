"""Whether the cost of a class grows with its size, and the memory of the driver does not.

Runs `lossmark autograde` on classes of several sizes, with the gradebook in SQLite and, if wanted, on a PostgreSQL
server that is started for it, and reads the memory of the driver as the results arrive.

    python benchmarks/growing_class.py [--sizes N ...] [--assignment A] [--postgres] [--json FILE]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import results
from measure import BIN
from nbgrader.api import Gradebook
from rich.console import Console
from rich.table import Table
from workload import copy_course, honest_class, submit

from lossmark.course import Course
from lossmark.provenance import RESULTS_FILE
from lossmark.settings import CONFIG_FILE

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "tests"))  # for the PostgreSQL server that the tests start, too
EARLY = 100
"""After so many results, the driver has all that it keeps."""
SAMPLE_S = 0.25
LOG_WIDTH = 160


@dataclass(frozen=True)
class Growth:
    """What a class of one size has cost.

    Attributes
    ----------
    gradebook : str
        Where the scores went.
    size : int
        Submissions.
    seconds : float
        For the whole command.
    early_bytes, late_bytes : int
        Memory that the driver has for itself, when ``EARLY`` or half of the results are there, and at the end.
    graded : int
        Students with scores in the gradebook.
    """

    gradebook: str
    size: int
    seconds: float
    early_bytes: int
    late_bytes: int
    graded: int

    @property
    def growth(self) -> float:
        """Share by which the driver's memory has grown."""
        return self.late_bytes / self.early_bytes - 1.0


def grade_class(course: Course, name: str, size: int, address: str | None) -> Growth:
    """Grade a class of a size and watch the driver.

    Parameters
    ----------
    course : Course
        A course of its own, with the submissions.
    name : str
        The assignment.
    size : int
        How many there are.
    address : str or None
        Of the gradebook; None is SQLite in the course's folder.

    Returns
    -------
    Growth
    """
    started, memory = time.perf_counter(), dict[int, int]()
    with (course.root / "log").open("wb") as log:
        driver = subprocess.Popen([BIN / "lossmark", "autograde", name], cwd=course.root, stdout=log, stderr=log)
        watched = psutil.Process(driver.pid)
        while driver.poll() is None:
            try:
                memory[_number_of_results(course, name)] = watched.memory_full_info().uss
            except psutil.Error:  # it has just ended
                break
            time.sleep(SAMPLE_S)
        status = driver.wait()
    seconds = time.perf_counter() - started
    if status:
        raise RuntimeError(f"lossmark autograde ended with {status}: {(course.root / 'log').read_text()[-2000:]}")
    early = min(number for number in memory if number >= min(EARLY, size // 2))
    late = max(number for number in memory if memory[number])
    with Gradebook(address or f"sqlite:///{course.root / 'gradebook.db'}", "losses") as gradebook:
        submissions = gradebook.notebook_submissions(name, name)
        graded = sum(
            all(grade.auto_score is not None for grade in submission.grades if grade.cell.cell_type == "code")
            for submission in submissions
        )
    return Growth("SQLite" if address is None else "PostgreSQL", size, seconds, memory[early], memory[late], graded)


def _number_of_results(course: Course, name: str) -> int:
    return len(list((course.root / "autograded").glob(f"*/{name}/{RESULTS_FILE}")))


def main() -> int:
    """Measure, print a table, and write the figures if asked to; fails where a submission was not graded."""
    course = Course.find(HERE)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 200, 1000], metavar="N")
    parser.add_argument("--assignment", choices=course.assignments, default="hinge_loss")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server, too")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    name, rows = options.assignment, list[Growth]()
    notebooks = honest_class(course.assignment(name), course.settings.seed, 60)

    for is_server in [False, True] if options.postgres else [False]:
        for size in options.sizes:
            with tempfile.TemporaryDirectory(prefix="lossmark-bench-") as scratch, _server(is_server) as address:
                own = copy_course(course, Path(scratch) / "course")
                if address is not None:
                    with (own.root / CONFIG_FILE).open("a") as config:
                        config.write(f"\nc.CourseDirectory.db_url = {address!r}\n")
                submit(own, name, {f"student-{i:04}": notebooks[i % len(notebooks)] for i in range(size)})
                rows.append(grade_class(Course(own.root), name, size, address))
                print(rows[-1], flush=True)

    table = Table(title=f"lossmark autograde {name} with {os.cpu_count()} workers")
    table.add_column("gradebook")
    for column in ("submissions", "graded", "seconds", "ms each", "driver MiB, early", "at the end", "growth"):
        table.add_column(column, justify="right")
    for row in rows:
        figures = (row.size, row.graded, f"{row.seconds:.1f}", f"{1e3 * row.seconds / row.size:.0f}")
        memory = (f"{row.early_bytes / 2**20:.0f}", f"{row.late_bytes / 2**20:.0f}", f"{row.growth:+.0%}")
        table.add_row(row.gradebook, *map(str, figures), *memory)
    Console(width=None if sys.stdout.isatty() else LOG_WIDTH).print(table)
    if options.json:
        results.write(options.json, {"assignment": name, "rows": [asdict(row) for row in rows]})
    return 0 if all(row.graded == row.size for row in rows) else 1


def _server(is_wanted: bool) -> AbstractContextManager[str | None]:
    if not is_wanted:
        return nullcontext()
    from postgres import server

    return server()


if __name__ == "__main__":
    sys.exit(main())
