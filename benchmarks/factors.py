"""How the ways to grade a class compare (from the figures of class_throughput.py), and what is aimed at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

STOCK, ONE_WORKER, ONE_CORE = "stock nbgrader", "Lossmark, 1 worker", "Lossmark, 1 worker on 1 core"
LIMIT = "one process, no isolation, imports not counted"


@dataclass(frozen=True)
class Throughput:
    """What the benchmark has measured.

    Attributes
    ----------
    figures : dict
        Its figures.
    """

    figures: dict[str, Any]

    @property
    def in_parallel(self) -> str:
        """Stock nbgrader on all cores."""
        return f"{STOCK}, {self.figures['workers']} processes"

    @property
    def all_workers(self) -> str:
        """Lossmark on all cores."""
        return f"Lossmark, {self.figures['workers']} workers"

    @property
    def rows(self) -> dict[str, dict[str, float]]:
        """Seconds of each way, by assignment."""
        measured = {way: {a: cost["seconds"] for a, cost in row.items()} for way, row in self.figures["costs"].items()}
        return {**measured, LIMIT: self.figures["limit_s"]}

    def total_s(self, way: str) -> float:
        """Return the seconds of a way for all assignments."""
        return sum(self.rows[way].values())

    def times_as_fast(self, way: str, other: str) -> float:
        """Return by which factor a way is faster than another."""
        return self.total_s(other) / self.total_s(way)


@dataclass(frozen=True)
class Factor:
    """A comparison of two ways, and what is aimed at.

    Attributes
    ----------
    name : str
        What is compared.
    of : callable
        The factor, from what was measured.
    aim : float
        What it shall reach at least.
    is_most : bool
        Whether it shall stay below, instead.
    """

    name: str
    of: Callable[[Throughput], float]
    aim: float
    is_most: bool = False

    def is_reached(self, measured: Throughput) -> bool:
        """Whether what was measured is what is aimed at."""
        factor = self.of(measured)
        return factor <= self.aim if self.is_most else factor >= self.aim


AGAINST_STOCK = Factor(
    "all cores, times as fast as stock nbgrader as shipped", lambda t: t.times_as_fast(t.all_workers, STOCK), 8.0
)
AGAINST_PARALLEL = Factor(
    "all cores, times as fast as stock nbgrader on all cores",
    lambda t: t.times_as_fast(t.all_workers, t.in_parallel),
    4.0,
)
AGAINST_LIMIT = Factor(
    "all cores, times the seconds of the limit", lambda t: t.times_as_fast(LIMIT, t.all_workers), 2.0, True
)
SECOND_WORKER = Factor("two workers, times as fast as one", lambda t: t.times_as_fast(t.all_workers, ONE_WORKER), 1.8)
FACTORS = (AGAINST_STOCK, AGAINST_PARALLEL, AGAINST_LIMIT, SECOND_WORKER)
