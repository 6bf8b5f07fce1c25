"""Writes what was measured (benchmarks/results) into the pages that quote it, between markers in their Markdown.

    python benchmarks/performance.py

What stands between `<!-- measured: NAME -->` and `<!-- end of measured -->` is made here and edited nowhere else.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from statistics import median

from factors import FACTORS, LIMIT, ONE_CORE, ONE_WORKER, STOCK, Throughput
from results import FOLDER, Result

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "docs" / "performance.md", ROOT / "README.md")
BLOCK = re.compile(r"(<!-- measured: (\w+) -->\n).*?(<!-- end of measured -->)", re.DOTALL)
WALLS, NO_WALLS = "bubblewrap", "none"
MIB, MEGABYTE = 2**20, 10**6
Results = Mapping[str, Result]


def read_all(folder: Path = FOLDER) -> Results:
    """Read what was measured, by the benchmarks' names."""
    return {file.stem: Result.read(file) for file in folder.glob("*.json")}


def rendered(page: str, results: Results) -> str:
    """Return a page with what was measured, as it is now, between its markers."""
    return BLOCK.sub(lambda found: f"{found[1]}{BLOCKS[found[2]](results)}\n{found[3]}", page)


def _throughput(results: Results) -> str:
    """Seconds of each way to grade a class, for each assignment."""
    result = results["class_throughput"]
    rows = Throughput(result.figures).rows
    assignments = list(rows[STOCK])
    size = f"Submissions for each assignment: {result.figures['size']}. "
    table = _table(
        ["seconds", *assignments, "all"],
        ([way, *(f"{row[name]:.1f}" for name in assignments), f"{sum(row.values()):.1f}"] for way, row in rows.items()),
    )
    return f"{table}\n\n{size}{_scores(result)} {_measured(result)}"


def _measured(result: Result) -> str:
    return f"Measured {result.day} ([how](#how-it-was-measured))."


def _scores(result: Result) -> str:
    return "All ways gave the same scores." if result.figures["scores_agree"] else "**The scores differ.**"


def _factors(results: Results) -> str:
    """What is aimed at, and whether it is reached."""
    measured = Throughput(results["class_throughput"].figures)
    aims = [
        (
            factor.name,
            f"{factor.of(measured):.1f}",
            f"{'at most' if factor.is_most else 'at least'} {factor.aim:g}",
            "reached" if factor.is_reached(measured) else "**not reached**",
        )
        for factor in FACTORS
    ]
    others = [("the limit, on one core, times as fast as stock nbgrader", measured.times_as_fast(LIMIT, STOCK))]
    if ONE_CORE in measured.rows:
        others += [
            (
                "two workers, times as fast as one that has one core",
                measured.times_as_fast(measured.all_workers, ONE_CORE),
            ),
            ("one worker, times as fast as one that has one core", measured.times_as_fast(ONE_WORKER, ONE_CORE)),
        ]
    rows = [*aims, *((name, f"{factor:.1f}", "", "") for name, factor in others)]
    return _table(["", "measured", "aim", ""], rows)


def _one_notebook(results: Results) -> str:
    """Seconds for one notebook, where a grader takes them one at a time."""
    figures = results["class_throughput"].figures
    measured, name = Throughput(figures), "hinge_loss"
    rows = [(f"Otter-Grader {figures['otter_version']}, `otter run`", figures["otter_s"])]
    rows += [(way, measured.rows[way][name] / figures["size"]) for way in (STOCK, measured.all_workers)]
    return _table([f"one notebook of {name}", "seconds"], ((way, f"{seconds:.1f}") for way, seconds in rows))


def _steps(results: Results) -> str:
    """What each step of grading takes."""
    result = results["grading_steps"]
    rows = ((step, _milliseconds(row["median_s"])) for step, row in result.figures["steps"].items())
    return f"{_table(['step', 'ms'], rows)}\n\n{_measured(result)}"


def _parts(results: Results) -> str:
    """Where the time for a notebook goes, in one process."""
    result = results["notebook_parts"]
    seconds, counts = result.figures["seconds"], result.figures["counts"]
    rows = [(part, *(f"{1e3 * row[part]:,.0f}" for row in seconds.values())) for part in next(iter(seconds.values()))]
    rows += [(what, *(f"{row[what]:.0f}" for row in counts.values())) for what in next(iter(counts.values()))]
    return f"{_table(['ms for a notebook', *seconds], rows)}\n\n{_measured(result)}"


def _milliseconds(seconds: float) -> str:
    return f"{1e3 * seconds:,.0f}" if seconds >= 0.002 else f"{1e3 * seconds:.1f}"


def _kernels(results: Results) -> str:
    """Seconds from asking for a kernel to its first reply."""
    result = results["kernel_start"]
    medians = {kernel: median(seconds) for kernel, seconds in result.figures["seconds"].items()}
    own = next(iter(medians.values()))
    rows = ((kernel, f"{seconds:.3f}", f"{own / seconds:.2f}") for kernel, seconds in medians.items())
    return f"{_table(['kernel', 'median, s', 'student kernel / this'], rows)}\n\n{_measured(result)}"


def _walls(results: Results) -> str:
    """Seconds with and without walls."""
    result = results["sandbox_cost"]
    seconds = result.figures["seconds"]
    totals = {walls: sum(row[walls] for row in seconds.values()) for walls in (WALLS, NO_WALLS)}
    columns = [*seconds.items(), ("all", totals)]
    rows = [
        ("with walls", *(f"{row[WALLS]:.1f}" for _, row in columns)),
        ("without", *(f"{row[NO_WALLS]:.1f}" for _, row in columns)),
        ("the walls cost", *(f"{row[WALLS] / row[NO_WALLS] - 1:.0%}" for _, row in columns)),
    ]
    return f"{_table(['seconds', *(name for name, _ in columns)], rows)}\n\n{_measured(result)}"


def _growth(results: Results) -> str:
    """Time and memory of growing classes."""
    result = results["growing_class"]
    rows = (
        (
            row["gradebook"],
            f"{row['size']:,}",
            f"{row['graded']:,}",
            f"{row['seconds']:.1f}",
            f"{1e3 * row['seconds'] / row['size']:.0f}",
            f"{row['early_bytes'] / MIB:.0f}",
            f"{row['late_bytes'] / MIB:.0f}",
            f"{row['late_bytes'] / row['early_bytes'] - 1:+.0%}",
        )
        for row in result.figures["rows"]
    )
    names = ["gradebook", "submissions", "graded", "seconds", "ms each"]
    memory = ["driver, MiB, at the 100th (or half)", "at the end", "growth"]
    return f"{_table([*names, *memory], rows)}\n\n{_measured(result)}"


def _report(results: Results) -> str:
    """What the report of a class costs."""
    result = results["class_report"]
    rows = (
        (
            f"{row['size']:,}",
            f"{row['making_s']:.1f}",
            f"{row['memory_bytes'] / MIB:.0f}",
            f"{row['page_bytes'] / MEGABYTE:.2f}",
            f"{row['opening_s']:.1f}",
        )
        for row in result.figures["rows"]
    )
    names = ["students", "made in s", "memory, MiB", "page, MB", "opens in Chromium in s"]
    return f"{_table(names, rows)}\n\n{_measured(result)}"


def _origins(results: Results) -> str:
    """When, where, with what and by which command each table was measured."""
    rows = (
        (f"`{result.command}`", str(result.conditions).replace("; ", "<br>"), result.commit, result.source)
        for _, result in sorted(results.items())
    )
    return _table(["command", "when, where and with what", "commit", "figures"], rows)


def _speed(results: Results) -> str:
    """The sentence of the README."""
    result = results["class_throughput"]
    measured = Throughput(result.figures)
    return (
        f"On {result.conditions.cores} cores, with {result.figures['size']} submissions for each assignment, Lossmark "
        f"is {measured.times_as_fast(measured.all_workers, STOCK):.1f} times as fast as stock\nnbgrader and "
        f"{measured.times_as_fast(measured.all_workers, measured.in_parallel):.1f} times as fast as "
        f"{result.figures['workers']} processes of it ([measured](docs/performance.md) on {result.day})."
    )


def _table(head: list[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [head, ["---"] * len(head), *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


BLOCKS: dict[str, Callable[[Results], str]] = {
    "throughput": _throughput,
    "factors": _factors,
    "one_notebook": _one_notebook,
    "steps": _steps,
    "parts": _parts,
    "kernels": _kernels,
    "walls": _walls,
    "growth": _growth,
    "report": _report,
    "origins": _origins,
    "speed": _speed,
}


def main() -> int:
    """Renew the pages."""
    results = read_all()
    for page in PAGES:
        page.write_text(rendered(page.read_text(), results))
    print(f"Renewed: {', '.join(str(page.relative_to(ROOT)) for page in PAGES)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
