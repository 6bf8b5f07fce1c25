"""What reads the values and files of students in a process of ours takes up memory within bounds."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tracemalloc
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest
from nbformat.v4 import new_code_cell

from lossmark.boundary import wire
from lossmark.boundary.submission import Submission
from lossmark.errors import NoNotebook
from lossmark.execution.kernel import StudentKernel
from lossmark.execution.notebook import MAX_PARTS, read_notebook
from lossmark.numerics import CheckFailed, as_array, as_number
from lossmark.room import is_machine_short, limited_memory, refusing
from lossmark.sandbox.host import Sandbox
from lossmark.sandbox.limits import Limits

MAX_MIB = 900
MAX_GROWTH_MIB = 1024
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


# The general limit.


def growth_mib(program: str) -> float:
    """Run a program in a process of its own, and return by how much its memory grew from the line `begin()` on."""
    status = "int(Path('/proc/self/status').read_text().partition(name + ':')[2].split()[0]) / 1024"
    head = f"""
        from pathlib import Path
        def memory(name):
            return {status}
        def begin():
            global before
            Path("/proc/self/clear_refs").write_text("5")
            before = memory("VmRSS")
    """
    program = f"{dedent(head)}{dedent(program)}\nprint(memory('VmHWM') - before)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(__file__).parent, check=False
    )
    assert run.returncode == 0, run.stderr
    return float(run.stdout.splitlines()[-1])


RARE = {
    "a text of rare characters": ("code", '"\U0001f600" + "x" * 99_000_000', True),
    "many texts of rare characters": ("markdown", '["\U0001f600" + "x" * 1_000_000] * 99', True),
    "an escaped character in a long text": ("code", '"<>" + "x" * 50_000_000', False),
    "the end of a tag in a long text": ("markdown", '"</a\U0001f600" * 15_000_000', True),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RARE if "LOSSMARK_FUZZ" in os.environ else ["a text of rare characters"])
def test_a_file_that_takes_too_much_memory_to_be_read_is_refused_by_name(name: str) -> None:
    kind, source, is_refused = RARE[name]
    program = f"""
        import json
        from lossmark.errors import NoNotebook
        from lossmark.execution.notebook import read_notebook
        read_notebook(json.dumps(dict(nbformat=4, cells=[])))
        cell = dict(cell_type={kind!r}, source={source}, metadata={{}}, outputs=[])
        file = json.dumps(dict(nbformat=4, metadata={{}}, cells=[cell]), ensure_ascii=False).encode()
        file = file.replace(b"<>", rb"\\ud83d\\ude00")
        del cell
        begin()
        try:
            notebook = read_notebook(file)
        except NoNotebook as refusal:
            assert {is_refused} and "reading it takes more than 896 MiB of memory" in str(refusal), refusal
        else:
            assert not {is_refused} and ord(notebook.cells[0].source[0]) == 0x1F600
    """
    assert growth_mib(program) < MAX_GROWTH_MIB


CHECKS_THAT_GROW = {
    "an error that is caught": "kept(int(n))",
    "an array": "np.ones(int(n)).sum()",
    "texts": "[str(i) * 50 for i in range(int(n))]",
    "a product": "np.ones((int(n) // 10**5, 1)) @ np.ones((1, 10**5))",
    "bytes": "bytearray(int(n) * 8)",
    "arrays, one after the other": "[np.ones(10**6) for _ in range(int(n) // 10**6)]",
    "small objects": "[object() for _ in range(int(n))]",
    "a list": "[0] * int(n) and None",
    "a table": "{i: str(i) for i in range(int(n))}",
}
GROWING = """
    import numpy as np
    from lossmark import check

    def kept(n):
        found = []
        try:
            while len(found) < n // 10**5:
                found.append(bytearray(10**6))
        except Exception as error:
            raise ValueError("a library puts it into its own words") from error

    class TestSize:
        cell = "size_tests"

        @check(points=1)
        def test_size(self, submission):
            '''Some size'''
            n = submission.value("n")
            {body}

        @check(points=1)
        def test_small(self, submission):
            '''A size'''
            assert submission.value("n") > 1
"""


@pytest.mark.slow
@pytest.mark.parametrize("body", list(CHECKS_THAT_GROW.values())[: None if "LOSSMARK_FUZZ" in os.environ else 3])
def test_a_check_that_an_answer_brings_to_take_too_much_memory_is_failed_and_the_next_one_is_run(body: str) -> None:
    program = f"""
        import gc
        import tempfile
        from helpers import graded_cell, submission_of, write_course
        from lossmark.grading.graders import Graders
        from lossmark.room import limited_memory
        cells = [graded_cell("solution", "size", "n = 1"), graded_cell("tests", "size_tests", "pass", 2)]
        files = {{"test_toy": {dedent(GROWING)!r}.replace("{{body}}", {body!r}), "reference": "answers = {{'n': 10}}"}}
        with tempfile.TemporaryDirectory() as folder:
            graders = Graders(write_course(Path(folder), cells, files), 231)
            assert graders.run("size_tests", submission_of(n=100)).score == 2.0
            gc.disable()
            begin()
            with limited_memory():  # as around each submission
                grown, small = graders.run("size_tests", submission_of(n=4 * 10**8)).checks
            assert (grown.outcome, grown.points, small.points) == ("failed", 0.0, 1.0), (grown, small)
            said = "would take more memory than" if "kept" not in {body!r} else "cannot work with the answer"
            assert said in grown.found, grown
            assert memory("VmRSS") < before + 200, "the check's variables are still there"
            assert graders.run("size_tests", submission_of(n=100)).score == 2.0
            graders.close()
    """
    assert growth_mib(program) < MAX_GROWTH_MIB


def test_the_limit_is_taken_back_and_a_block_within_another_changes_nothing() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with limited_memory():
        outer = resource.getrlimit(resource.RLIMIT_DATA)
        with limited_memory():
            assert resource.getrlimit(resource.RLIMIT_DATA) == outer != before
            with pytest.raises(MemoryError):
                np.ones(2**28)
        assert resource.getrlimit(resource.RLIMIT_DATA) == outer
        assert not is_machine_short()
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_a_limit_that_is_lower_already_is_kept_and_what_it_causes_is_the_machines() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    size = 1024 * int(Path("/proc/self/status").read_text().partition("VmSize:")[2].split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (size + 2**28, hard))
    try:
        with pytest.raises(MemoryError), limited_memory(), refusing(NoNotebook, "it is too much"):
            np.ones(2**27)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    with (
        pytest.raises(NoNotebook, match="the submission's"),
        limited_memory(),
        refusing(NoNotebook, "the submission's"),
    ):
        np.ones(2**28)


@pytest.mark.sandbox
def test_a_sandbox_that_starts_while_the_limit_holds_has_none_of_it() -> None:
    with limited_memory(), Sandbox() as sandbox:
        kernel, cell = StudentKernel(sandbox, Limits()), new_code_cell("import resource; print(resource.getrlimit(2))")
        kernel.execute(cell, 10.0)
        kernel.close()
    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    assert cell.outputs[0].text == f"{(most, most)}\n"
