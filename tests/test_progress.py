"""Progress: lines in a log, a bar on a terminal, and the items passed on as they come."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from lossmark.commands.progress import track


def console(*, is_terminal: bool) -> tuple[Console, io.StringIO]:
    written = io.StringIO()
    return Console(file=written, force_terminal=is_terminal, width=150), written


@pytest.mark.parametrize("is_terminal", [True, False])
@pytest.mark.parametrize("total", [0, 1, 25])
def test_items_are_passed_on_one_by_one(total: int, is_terminal: bool) -> None:
    made: list[int] = []
    items = (made.append(item) or item for item in range(total))
    for item in track(items, total, "grading", console(is_terminal=is_terminal)[0]):
        assert made[-1] == item
    assert made == list(range(total))


def test_log_has_about_ten_lines_with_counts_rate_time_left_and_failures() -> None:
    log, written = console(is_terminal=False)
    assert list(track(iter(range(95)), 95, "grading toy", log, has_failed=lambda item: item % 10 == 0)) == [*range(95)]
    lines = written.getvalue().splitlines()
    assert 8 <= len(lines) <= 12
    assert re.fullmatch(r"grading toy: 9 of 95, [\d.]+/s, 1 failed, \d:\d\d:\d\d left", lines[0])
    assert re.fullmatch(r"grading toy: 95 of 95, [\d.]+/s, 10 failed, 0:00:00 left", lines[-1])


def test_log_says_nothing_of_failures_where_there_are_none() -> None:
    log, written = console(is_terminal=False)
    list(track(iter("abc"), 3, "grading toy", log))
    assert [line.split(",")[0] for line in written.getvalue().splitlines()] == [
        f"grading toy: {done} of 3" for done in (1, 2, 3)
    ]
    assert "failed" not in written.getvalue()


def test_terminal_shows_counts_rate_and_failures() -> None:
    terminal, written = console(is_terminal=True)
    list(track(iter(range(4)), 4, "grading toy", terminal, has_failed=lambda item: item == 2))
    shown = re.sub(r"\x1b\[[\d;?]*\w", "", written.getvalue())
    assert "4/4" in shown
    assert "1 failed" in shown
    assert re.search(r"[\d.]+/s", shown)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_stopping_early_ends_what_gives_the_items(is_terminal: bool) -> None:
    has_ended = []

    def endless():
        try:
            while True:
                yield 1
        finally:
            has_ended.append(True)

    tracked = track(endless(), 100, "grading", console(is_terminal=is_terminal)[0])
    next(tracked)
    tracked.close()
    assert has_ended == [True]
