"""What reads the values and files of students in a process of ours takes up memory within bounds."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

from lossmark.boundary import wire
from lossmark.boundary.submission import Submission
from lossmark.errors import NoNotebook
from lossmark.execution.notebook import MAX_PARTS, read_notebook
from lossmark.numerics import CheckFailed, as_array, as_number

MAX_MIB = 900
LONG = "x" * 900_000


def peak_mib(program: str) -> float:
    """Run a program in a process of its own, and return the most memory that it has had."""
    # Not `getrusage`, which also counts what the process held from which this one was forked.
    program = dedent(program) + dedent("""
        from pathlib import Path
        status = Path("/proc/self/status").read_text()
        print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
    """)
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(run.stdout)


@pytest.mark.parametrize(
    "value",
    [
        [LONG, *["x"] * 800],
        [[LONG], *[["x"]] * 800],
        (1.0, (LONG, *["x"] * 800)),
        [LONG, *[1.0] * 800],
        [LONG.encode().decode()[:500_000], *[""] * 90_000],
    ],
)
def test_texts_are_refused_before_numpy_gives_each_the_room_of_the_longest(value: Any) -> None:
    value = wire.decode(wire.encode(value))
    assert not isinstance(value, wire.Opaque)
    for take in (as_number, lambda value: as_array(value, (len(value),))):
        with pytest.raises(CheckFailed, match="should be a number or an array of real numbers, but is a "):
            take(value)


@pytest.mark.parametrize(
    "value", [[1, 2.0], [True, [1.0]][0:1], (np.float32(1), 2), [np.array(1.0), 2], [[1, 2], [3, 4]]]
)
def test_nested_numbers_are_taken_as_before(value: Any) -> None:
    assert np.array_equal(as_array(value, np.shape(value)), np.asarray(value, float))


def test_answers_that_are_kept_are_bounded_together() -> None:
    asked = 0

    class Large:
        def ask(self, request: bytes) -> bytes:
            nonlocal asked
            asked += 1
            array = np.zeros(10**6 // 2)
            return wire.encode({"outcome": "value", "value": array, "arguments": ((array,), {})})

    submission = Submission(Large())
    values = [submission.f(1) for _ in range(100)]
    assert asked == 100
    kept = [value for value in values if isinstance(value, np.ndarray)]
    assert 20 < len(kept) <= wire.MAX_ROOM_BYTES / 8e6
    assert isinstance(values[-1], wire.Opaque)
    with pytest.raises(CheckFailed, match="more than all answers"):
        as_number(values[-1])


def test_small_answers_are_kept_however_many() -> None:
    class Small:
        def ask(self, request: bytes) -> bytes:
            return wire.encode({"outcome": "value", "value": [1.0, 2.0]})

    submission = Submission(Small())
    assert all(submission.f() == [1.0, 2.0] for _ in range(5_000))


def test_an_answer_takes_up_no_more_memory_than_is_counted() -> None:
    for value in ([[] for _ in range(90_000)], [{} for _ in range(90_000)], [0.5] * 90_000, ["é"] * 90_000, LONG):
        message = wire.encode(value)
        tracemalloc.start()
        answer = wire.decode(message)
        used = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert not isinstance(answer, wire.Opaque)
        assert used < wire.room_of(message)


@pytest.mark.parametrize("many", ["[],", "{},", '{"a":[]},', "1,", '"",'])
def test_a_file_of_many_parts_is_refused(many: str) -> None:
    parts = (many * (1 + MAX_PARTS // many.count(","))).rstrip(",")
    file = f'{{"nbformat": 4, "nbformat_minor": 5, "cells": [], "metadata": {{"a": [{parts}]}}}}'
    for text in (file, file.encode()):
        with pytest.raises(NoNotebook, match="more than 2000000 parts; ask for one without outputs"):
            read_notebook(text)


@pytest.mark.parametrize("part", ['{"a":{}},', "[],"])
def test_a_file_of_as_many_parts_as_are_read_takes_up_less_than_the_bound(part: str) -> None:
    program = f"""
        from lossmark.execution.notebook import MAX_PARTS, read_notebook
        part = {part!r}
        parts = (part * ((MAX_PARTS - 100) // sum(map(part.count, ",[{{")))).rstrip(",")
        read_notebook('{{"nbformat": 4, "cells": [], "metadata": {{"a": [' + parts + "]}}}}")
    """
    assert peak_mib(program) < MAX_MIB


def test_an_old_format_is_converted_without_what_nobody_reads() -> None:
    program = """
        import json
        from lossmark.execution.notebook import read_notebook
        many = [[]] * 200_000
        cell = {"cell_type": "code", "input": "x = 1", "language": "python", "outputs": [], "collapsed": False}
        cell["metadata"] = {"a": many, "nbgrader": {"grade_id": "f", "x": many}}
        text = {"cell_type": "markdown", "source": ["A ", "text"], "metadata": {}}
        heading = {"cell_type": "heading", "level": 2, "source": "Title", "metadata": {}}
        for version in (2, 3):
            old = {"nbformat": version, "nbformat_minor": 0, "metadata": {"name": "", "b": many}}
            old["worksheets"] = [{"cells": [cell, text, heading], "metadata": {}}]
            found = read_notebook(json.dumps(old).encode())
            assert [one.source for one in found.cells] == ["x = 1", "A text", "## Title"], found
            assert version == 2 or found.cells[0].metadata == {"nbgrader": {"grade_id": "f"}}, found
    """
    assert peak_mib(program) < MAX_MIB
