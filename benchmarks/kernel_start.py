"""How long it takes from asking for a kernel to its first reply: a student kernel against a fresh ipykernel.

The two take turns in one run, so that both meet the same machine. A fresh ipykernel is timed twice: to its reply to the
first request on an open connection, and with jupyter_client's usual handshake, which nbclient and nbgrader wait for.

    python benchmarks/kernel_start.py [--repeat N] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

import numpy as np
import results
from jupyter_client.manager import AsyncKernelManager
from nbformat.v4 import new_code_cell
from rich.console import Console
from rich.table import Table

from lossmark.execution.kernel import StudentKernel
from lossmark.sandbox.host import Sandbox
from lossmark.sandbox.limits import Limits

FIRST_CELL = "1 + 1"


def time_student_kernel(sandbox: Sandbox) -> float:
    """Fork a kernel and run its first cell."""
    started = time.perf_counter()
    kernel = StudentKernel(sandbox, Limits())
    kernel.execute(new_code_cell(FIRST_CELL), timeout_s=30.0)
    seconds = time.perf_counter() - started
    kernel.close()
    return seconds


def time_fresh_kernel(first_reply: Callable[[AsyncKernelManager], Awaitable[None]]) -> float:
    """Start an ipykernel as nbclient does and run its first cell."""

    async def run() -> float:
        started = time.perf_counter()
        manager = AsyncKernelManager(kernel_name="python3")
        await manager.start_kernel()
        await first_reply(manager)
        seconds = time.perf_counter() - started
        await manager.shutdown_kernel(now=True)
        return seconds

    return asyncio.run(run())


async def with_handshake(manager: AsyncKernelManager) -> None:
    """Wait in the usual way, then for the first cell."""
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    await client.execute(FIRST_CELL, reply=True, timeout=60)
    client.stop_channels()


async def without_handshake(manager: AsyncKernelManager) -> None:
    """Send the first cell at once and wait for its reply."""
    client = manager.client()
    client.start_channels(stdin=False, hb=False)
    await client.execute(FIRST_CELL, reply=True, timeout=60)
    client.stop_channels()


def main() -> None:
    """Measure, print a table, and write the figures if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeat", type=int, default=10, metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()

    student, direct, handshake = [], [], []
    with Sandbox() as sandbox:
        started = time.perf_counter()
        sandbox.fork(Limits()).close()
        warm_up = time.perf_counter() - started
        for _ in range(options.repeat):
            student.append(time_student_kernel(sandbox))
            direct.append(time_fresh_kernel(without_handshake))
            handshake.append(time_fresh_kernel(with_handshake))

    rows = {
        "student kernel (sandboxed, numpy and matplotlib imported)": student,
        "fresh ipykernel, first reply": direct,
        "fresh ipykernel, usual handshake, first reply": handshake,
    }
    table = Table(title=f"Seconds from asking for a kernel to its first reply ({options.repeat} each, in turn)")
    table.add_column("kernel")
    for column in ("min", "median", "max", "student / this"):
        table.add_column(column, justify="right")
    for name, seconds in rows.items():
        figures = (np.min(seconds), median(seconds), np.max(seconds))
        table.add_row(name, *(f"{value:.3f}" for value in figures), f"{median(student) / median(seconds):.2f}")
    console = Console()
    console.print(table)
    console.print(f"Starting and warming a sandbox, once for each worker: {warm_up:.2f} s", highlight=False)
    if options.json:
        results.write(options.json, {"seconds": rows, "warm_up": warm_up})


if __name__ == "__main__":
    main()
