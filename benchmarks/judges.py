"""How a claim is judged by what its command has printed or left, and what was measured of it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from factors import ONE_CORE, SECOND_WORKER, Factor, Throughput

MINUTE_S = 60.0


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes
    ----------
    status : int
        Its exit status.
    seconds : float
        How long it took.
    log : str
        What it printed.
    report : str
        What it left.
    """

    status: int
    seconds: float
    log: str = ""
    report: str = ""

    @property
    def figures(self) -> dict[str, Any]:
        """The figures of a benchmark."""
        figures: dict[str, Any] = json.loads(self.report)["figures"]
        return figures


@dataclass(frozen=True)
class Measured:
    """What was measured of a claim, in words, and whether the claim holds."""

    value: str
    holds: bool


Judge = Callable[[Outcome], Measured]


# Tests.


def results_of(junit: str) -> dict[str, tuple[str, float]]:
    """Read a report of pytest.

    Parameters
    ----------
    junit : str
        The report, in JUnit's format.

    Returns
    -------
    dict
        ``passed``, ``failed``, ``error`` or ``skipped``, and seconds, by node id.
    """
    results: dict[str, tuple[str, float]] = {}
    for case in ET.fromstring(junit).iter("testcase"):
        parts = case.get("classname", "").split(".")
        of_file = [part for part in parts if not part.startswith("Test")]
        node = "::".join(["/".join(of_file) + ".py", *parts[len(of_file) :], case.get("name", "")])
        states = {"failure": "failed", "error": "error", "skipped": "skipped"}
        found = [states[child.tag] for child in case if child.tag in states]
        before = results.get(node, ("passed", 0.0))[0]  # a test that fails at its end, too, comes twice
        results[node] = (found[0] if found else before, float(case.get("time", "0")))
    return results


def is_selected(node: str, selection: str) -> bool:
    """Whether a node id is that of a file, a class or a test, or begins with what ends amid its parameters."""
    amid = "[" in selection or selection.endswith("/")
    return node.startswith(selection if amid else (f"{selection}::", f"{selection}[")) or node == selection


def counted(states: Counter[str]) -> str:
    """Say it as pytest does: ``12 passed, 1 failed``."""
    order = ("failed", "error", "passed", "skipped")
    return ", ".join(f"{states[state]} {state}" for state in order if states[state]) or "no test was found"


def all_passed(*selections: str, at_least: int = 1) -> Judge:
    """Judge by tests: all of a selection pass, none is skipped, and there are enough of them."""

    def judge(outcome: Outcome) -> Measured:
        results = results_of(outcome.report)
        chosen = {s: [state for node, (state, _) in results.items() if is_selected(node, s)] for s in selections}
        states = Counter(state for found in chosen.values() for state in found)
        missing = [selection for selection, found in chosen.items() if not found]
        value = counted(states) + "".join(f", none of {selection}" for selection in missing)
        return Measured(value, not missing and set(states) == {"passed"} and states["passed"] >= at_least)

    return judge


def suite(outcome: Outcome) -> Measured:
    """Judge by all tests, of which some may be skipped."""
    states = Counter(state for state, _ in results_of(outcome.report).values())
    return Measured(counted(states), outcome.status == 0 and states["passed"] > 0)


def drawn(what: str, at_least: int) -> Judge:
    """Judge by the number of examples that tests have drawn and passed."""
    passed = all_passed("tests/test_fuzz.py")

    def judge(outcome: Outcome) -> Measured:
        line = re.search(r"^drawn: (.*)$", outcome.log, re.MULTILINE)
        numbers = re.findall(rf"(\d+) {what}", line[1]) if line else []
        tests = passed(outcome)
        return Measured(
            f"{sum(map(int, numbers)):,} {what}; {tests.value}", tests.holds and sum(map(int, numbers)) >= at_least
        )

    return judge


def slowest_checks(most_s: float) -> Judge:
    """Judge by the seconds of all checks of an assignment on the reference solution."""

    def judge(outcome: Outcome) -> Measured:
        seconds: dict[str, float] = defaultdict(float)
        states = set()
        for node, (state, taken) in results_of(outcome.report).items():
            if is_selected(node, "graders/"):
                seconds[node.split("/")[1]] += taken
                states.add(state)
        name, longest = max(seconds.items(), key=lambda item: item[1])
        is_fine = states == {"passed"} and len(seconds) == 6
        return Measured(f"{len(seconds)} assignments, at most {longest:.1f} s ({name})", is_fine and longest < most_s)

    return judge


# Other commands.


def succeeds(outcome: Outcome) -> Measured:
    """Judge by the exit status."""
    return Measured(f"exit {outcome.status}", outcome.status == 0)


def demonstrated(most_s: float) -> Judge:
    """Judge by what the demo says, and by its time."""

    def judge(outcome: Outcome) -> Measured:
        is_expected = "Every score is as expected." in outcome.log
        scores = "every score as expected" if is_expected else "scores differ, or it did not get so far"
        value = f"exit {outcome.status} after {outcome.seconds / MINUTE_S:.1f} min, {scores}"
        return Measured(value, outcome.status == 0 and is_expected and outcome.seconds < most_s)

    return judge


def graders_judged(outcome: Outcome) -> list[dict[str, int]]:
    """Return the rows of the scorecard, one for each cell."""
    return [row for cells in json.loads(outcome.report).values() for row in cells.values()]


def misconceptions(at_least: int, named: float) -> Judge:
    """Judge the wrong versions: enough of each function, all caught, nearly all named."""

    def judge(outcome: Outcome) -> Measured:
        rows = graders_judged(outcome)
        fewest = min(row["misconceptions"] for row in rows)
        total, caught, have_name = (sum(row[key] for row in rows) for key in ("misconceptions", "caught", "named"))
        least = min(row["named"] / row["misconceptions"] for row in rows)
        value = f"{len(rows)} functions, {fewest} or more each; {caught} of {total} caught, {have_name} named"
        return Measured(value, fewest >= at_least and caught == total and least >= named)

    return judge


def alternatives(at_least: int) -> Judge:
    """Judge the right versions: enough of each function, all passed."""

    def judge(outcome: Outcome) -> Measured:
        rows = graders_judged(outcome)
        fewest = min(row["alternatives"] for row in rows)
        total, passed = (sum(row[key] for row in rows) for key in ("alternatives", "passed"))
        value = f"{len(rows)} functions, {fewest} or more each; {passed} of {total} passed"
        return Measured(value, fewest >= at_least and passed == total)

    return judge


def rows_of(log: str) -> list[dict[str, str]]:
    """Read a table that was printed: its rows, by the names of the columns."""
    lines = [re.split(r"[│┃|]", line)[1:-1] for line in log.splitlines() if re.match(r"\s*[│┃|]", line)]
    head, *rows = [[word.strip() for word in line] for line in lines]
    return [dict(zip(head, row, strict=True)) for row in rows]


def mutants_noticed(at_least: int) -> Judge:
    """Judge by the table of mutants."""

    def judge(outcome: Outcome) -> Measured:
        rows = rows_of(outcome.log)
        total, survived = (sum(int(row[column]) for row in rows) for column in ("mutants", "survived"))
        value = f"{total:,} mutants of {len(rows)} assignments, {survived} surviving without a reason"
        return Measured(value, outcome.status == 0 and total >= at_least and survived == 0)

    return judge


# Benchmarks.


def kernel_starts(at_most: float) -> Judge:
    """Judge by the medians of kernels that took turns."""

    def judge(outcome: Outcome) -> Measured:
        own, fresh, *_ = map(median, outcome.figures["seconds"].values())
        return Measured(f"{own:.3f} s to {fresh:.3f} s, a ratio of {own / fresh:.2f}", own / fresh <= at_most)

    return judge


def scores_agree(outcome: Outcome) -> Measured:
    """Judge by the scores of all ways to grade."""
    figures = outcome.figures
    number = figures["size"] * len(figures["limit_s"])
    agree = "the same scores" if figures["scores_agree"] else "scores that differ"
    return Measured(f"{number} submissions, {len(figures['costs']) + 1} ways, {agree}", figures["scores_agree"])


def reaches(factor: Factor) -> Judge:
    """Judge by a comparison of ways to grade."""

    def judge(outcome: Outcome) -> Measured:
        measured = Throughput(outcome.figures)
        value = f"{factor.of(measured):.2f} times"
        if factor is SECOND_WORKER and ONE_CORE in measured.rows:
            beside = measured.times_as_fast(measured.all_workers, ONE_CORE)
            value += f" ({beside:.2f} times one whose processes share one core)"
        return Measured(value, factor.is_reached(measured))

    return judge


def growing(size: int, growth: float) -> tuple[Judge, Judge]:
    """Judge large classes: by how many are graded, and by the driver's memory."""

    def rows(outcome: Outcome) -> list[dict[str, Any]]:
        return [row for row in outcome.figures["rows"] if row["size"] == size]

    def graded(outcome: Outcome) -> Measured:
        said = [f"{row['graded']:,} of {size:,} on {row['gradebook']}" for row in rows(outcome)]
        is_both = {row["gradebook"] for row in rows(outcome)} == {"SQLite", "PostgreSQL"}
        return Measured(", ".join(said), is_both and all(row["graded"] == size for row in rows(outcome)))

    def is_flat(outcome: Outcome) -> Measured:
        shares = {row["gradebook"]: row["late_bytes"] / row["early_bytes"] - 1 for row in rows(outcome)}
        said = [f"{share:+.1%} on {gradebook}" for gradebook, share in shares.items()]
        return Measured(", ".join(said), len(shares) == 2 and max(shares.values()) < growth)

    return graded, is_flat


def walls_cost(at_most: float) -> Judge:
    """Judge by the same class with walls and without."""

    def judge(outcome: Outcome) -> Measured:
        rows = outcome.figures["seconds"].values()
        inside, outside = (sum(row[walls] for row in rows) for walls in ("bubblewrap", "none"))
        value = f"{inside:.1f} s with walls, {outside:.1f} s without: {inside / outside - 1:+.0%}"
        return Measured(value, inside / outside - 1 <= at_most)

    return judge


def report_opens(size: int, most_s: float, most_bytes: float) -> Judge:
    """Judge by the report of a class of a size."""

    def judge(outcome: Outcome) -> Measured:
        (row,) = (row for row in outcome.figures["rows"] if row["size"] == size)
        value = f"{row['size']} students: opens in {row['opening_s']:.2f} s, {row['page_bytes'] / 1e6:.2f} MB"
        return Measured(value, row["opening_s"] < most_s and row["page_bytes"] < most_bytes)

    return judge
