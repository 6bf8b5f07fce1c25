"""Sources that parsers do not survive: they cost the cell that they are in, and no other cell or submission."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import Any

import pytest

from lossmark.boundary import wire
from lossmark.execution.kernel import StudentKernel
from lossmark.execution.run import NotebookRun
from lossmark.sandbox import reading
from lossmark.sandbox.host import Sandbox, SandboxError
from lossmark.sandbox.limits import Limits
from lossmark.syntax import Definition, loops_in

CLEAN = "def f(x):\n    return x.sum()"
LOOPY = "def g(x):\n    return [i for i in x]"
DEEP = {
    "signs": "x = " + "-" * 49_000 + "1",
    "brackets": "(" * 49_000,
    "lambdas": "lambda: " * 6000 + "1",
    "attributes": "a" + ".a" * 24_000,
    "calls": "a" + "()" * 24_000,
    "a sum": "+".join(["1"] * 24_000),
    "conditions": "if 1: pass\n" + "elif 1: pass\n" * 3800,
    "formatted texts": "f'" + '{f"{' * 3000,
}
ODD = {
    "a zero": "x = 1\0",
    "half a character": "x = '\ud800'",
    "a large number": "9" * 49_000,
    "too long": f"x = '{'x' * 10**6}'\n{LOOPY}",
    "magics": "!ls\n" * 501,
}
LABORIOUS = "a = " * 9000 + "[" + "1," * 6000 + "]"
"""More work than any process may do, as each name stands for a long list."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def names(cells: list[tuple[Definition, ...]]) -> list[list[str]]:
    return [[one.name for one in cell] for cell in cells]


@pytest.mark.sandbox
class TestInAProcess:
    def test_each_cell_is_read_whatever_stands_before_it(self, sandbox):
        cells = [cell for source in ODD.values() for cell in (source, CLEAN)]
        assert names(sandbox.read([*cells, LOOPY])) == [[], ["f"]] * len(ODD) + [["g"]]

    @pytest.mark.parametrize("source", DEEP.values(), ids=DEEP)
    def test_a_parser_that_fails_costs_its_cell_alone(self, sandbox, source):
        found = sandbox.read([CLEAN, source, LOOPY])
        assert names(found)[0::2] == [["f"], ["g"]]
        assert loops_in(found, "f") == []
        assert [loop.kind for loop in loops_in(found, "g")] == ["a comprehension"]
        assert names(sandbox.read([LOOPY, CLEAN])) == [["g"], ["f"]]  # the next submission

    def test_a_cell_that_takes_all_time_costs_itself_alone(self, sandbox):
        assert names(sandbox.read([CLEAN, LABORIOUS, LOOPY])) == [["f"], [], ["g"]]

    def test_a_notebook_of_such_cells_comes_to_an_end(self, sandbox, monkeypatch):
        monkeypatch.setattr(reading, "MOST_PROCESSES", 2)
        assert names(sandbox.read([LABORIOUS, CLEAN, *[LABORIOUS] * 100, LOOPY])) == [[], *[[]] * 102]
        assert names(sandbox.read([LOOPY, CLEAN])) == [["g"], ["f"]]

    def test_nothing_of_a_source_is_executed(self, sandbox):
        cells = ["import os; os._exit(1)", "raise SystemExit", "exit()", CLEAN]
        assert names(sandbox.read(cells)) == [[], [], [], ["f"]]

    def test_a_kernel_that_is_forked_ahead_is_not_taken_for_what_was_read(self, sandbox):
        limits = Limits()
        forks = [sandbox.fork(limits), sandbox.fork(limits)]
        assert names(sandbox.read([CLEAN])) == [["f"]]
        forks.append(sandbox.fork(limits))
        assert not any(fork.has_ended() for fork in forks)
        for fork in forks:
            fork.close()

    def test_a_run_reads_each_source_once_and_needs_no_living_kernel(self, sandbox, monkeypatch):
        run = NotebookRun([], lambda: StudentKernel(sandbox, Limits()), Limits())
        try:
            assert names(run.read([CLEAN, LOOPY])) == [["f"], ["g"]]
            run._lose_kernel()
            run._left_s = 0.0
            assert names(run.read([LOOPY, DEEP["signs"], CLEAN])) == [["g"], [], ["f"]]
            monkeypatch.setattr(sandbox, "read", pytest.fail)
            assert names(run.read([CLEAN])) == [["f"]]
        finally:
            run.close()

    def test_a_sandbox_that_has_ended_starts_again(self, sandbox):
        assert sandbox._process is not None
        sandbox._process.kill()
        sandbox._process.wait()
        assert names(sandbox.read([CLEAN])) == [["f"]]

    def test_a_process_that_does_not_begin_is_a_fault_of_ours(self, sandbox, monkeypatch):
        def start(cells: list[str]) -> int:
            reader, writer = os.pipe()
            os.close(writer)
            return reader

        monkeypatch.setattr(sandbox, "_start_reading", start)
        with pytest.raises(SandboxError, match="did not begin"):
            sandbox.read([CLEAN])


def sending(*parts: bytes) -> Any:
    """Return what starts processes that send prepared bytes, one after the other."""
    left = list(parts)

    def start(cells: list[str]) -> int:
        reader, writer = os.pipe()
        os.write(writer, left.pop(0))
        os.close(writer)
        return reader

    return start


def frame(value: Any) -> bytes:
    message = wire.encode(value)
    return struct.pack("<I", len(message)) + message


READ = [("f", "", (("loop", "a `for` loop"),), ())]
GARBLED = {
    "nothing": b"",
    "half a length": b"\1\0",
    "a length without a message": struct.pack("<I", 2**31),
    "no message": struct.pack("<I", 4) + b"abcd",
    "half a frame": frame(READ)[:-1],
    "a number": frame(3),
    "a text": frame("f"),
    "other definitions": frame([("f", "", 1, ())]),
    "too many fields": frame([(*READ[0], 1)]),
    "events of three": frame([("f", "", (("loop", "a", "b"),), ())]),
    "an object": frame(object()),
}


@pytest.mark.parametrize("sent", GARBLED.values(), ids=GARBLED)
def test_whatever_a_process_sends_that_is_no_definition_counts_as_its_end(sent):
    assert reading.read_all(["x", "y"], sending(*[b"b" + sent] * 2, b"b" + frame(READ))) == [
        (),
        (Definition("f", "", (("loop", "a `for` loop"),), ()),),
    ]


def test_one_process_that_is_killed_costs_nothing():
    killed, whole = b"b" + frame([]), b"b" + frame(READ)
    assert names(reading.read_all(["x", "y"], sending(killed, b"b", whole))) == [[], []]
    assert names(reading.read_all(["x", "y"], sending(killed, whole))) == [[], ["f"]]
    assert names(reading.read_all(["x", "y"], sending(b"b", whole + frame([])))) == [["f"], []]
