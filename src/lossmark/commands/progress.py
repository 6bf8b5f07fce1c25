"""Showing how far long work has come: a bar with counts and time left on a terminal, plain lines in a log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

LINES_IN_A_LOG = 10
LOG_WIDTH = 200
"""Columns of a table where nobody looks at a terminal."""

Item = TypeVar("Item")


def console_for_tables() -> Console:
    """Make a console on standard output that cuts no table off where there is no terminal to be narrow.

    Returns
    -------
    Console
    """
    console = Console()
    if not console.is_terminal:
        console.width = LOG_WIDTH
    return console


def track(
    items: Iterable[Item],
    total: int,
    what: str,
    console: Console,
    *,
    has_failed: Callable[[Item], bool] = lambda item: False,
) -> Iterator[Item]:
    """Pass items on, showing how many there have been, how fast they come, and how many have failed.

    Parameters
    ----------
    items : iterable
        The items of the work.
    total : int
        How many there are.
    what : str
        The name of the work: ``"grading hinge_loss"``.
    console : Console
        Where to show it.
    has_failed : callable
        Whether an item counts as failed.

    Yields
    ------
    object
        The items.
    """
    show = _on_terminal if console.is_terminal else _in_log
    yield from show(items, total, what, console, has_failed)


def _on_terminal(
    items: Iterable[Item], total: int, what: str, console: Console, has_failed: Callable[[Item], bool]
) -> Iterator[Item]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[note]}"))
    left = (TimeElapsedColumn(), TextColumn("left:"), TimeRemainingColumn())
    failed, started = 0, time.monotonic()
    with Progress(*columns, *left, console=console) as progress:
        task = progress.add_task(what, total=total, note="")
        for done, item in enumerate(items, 1):
            failed += has_failed(item)
            progress.update(task, advance=1, note=_note(done, time.monotonic() - started, failed))
            yield item


def _in_log(
    items: Iterable[Item], total: int, what: str, console: Console, has_failed: Callable[[Item], bool]
) -> Iterator[Item]:
    failed, started, step = 0, time.monotonic(), max(1, total // LINES_IN_A_LOG)
    for done, item in enumerate(items, 1):
        yield item
        failed += has_failed(item)
        if done % step == 0 or done == total:
            elapsed_s = time.monotonic() - started
            left = timedelta(seconds=round(elapsed_s / done * (total - done)))
            note = _note(done, elapsed_s, failed)
            console.print(f"{what}: {done} of {total}, {note}, {left} left", highlight=False, soft_wrap=True)


def _note(done: int, elapsed_s: float, failed: int) -> str:
    rate = f"{done / max(elapsed_s, 1e-9):.1f}/s"
    return f"{rate}, {failed} failed" if failed else rate
