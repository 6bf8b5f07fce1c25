"""Running a notebook in the real sandbox: up to where it is needed, and again when the kernel was lost."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from lossmark.boundary.questions import GARBLED, KILLED
from lossmark.boundary.signs import Sign
from lossmark.boundary.submission import Killed, Missing, Submission, TimedOut
from lossmark.execution.kernel import StudentKernel
from lossmark.execution.outputs import NO_ROOM
from lossmark.execution.run import NotebookRun, TurnOver
from lossmark.sandbox.host import Sandbox
from lossmark.sandbox.limits import Limits

pytestmark = pytest.mark.sandbox

LIMITS = replace(Limits(), cell_timeout_s=2.0, call_timeout_s=0.5)
KILL = "import os; os._exit(0)"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


Start = Callable[..., NotebookRun]


@pytest.fixture
def start(sandbox: Sandbox) -> Iterator[Start]:
    """Begin the run of a notebook of code cells, called `c0`, `c1`, ..."""
    runs = []

    def start(*sources: str | NotebookNode, limits: Limits = LIMITS) -> NotebookRun:
        cells = [new_code_cell(source) if isinstance(source, str) else source for source in sources]
        for i, cell in enumerate(cells):
            cell.metadata["nbgrader"] = {"grade_id": f"c{i}"}
        runs.append(NotebookRun(cells, lambda: StudentKernel(sandbox, limits), limits))
        return runs[-1]

    yield start
    for run in runs:
        run.close()


def printed(run: NotebookRun) -> list[str]:
    return ["".join(output.get("text", output.get("ename")) for output in cell.outputs) for cell in run.cells]


def test_cells_run_when_they_are_needed(start: Start) -> None:
    run = start("x = 1\nprint(x)", "x += 1\nprint(x)", "x += 1\nprint(x)")
    assert run.submission_at("c1").value("x") == 2
    assert printed(run) == ["1\n", "2\n", ""]
    assert run.submission_at("c2").value("x") == 3
    assert printed(run) == ["1\n", "2\n", "3\n"]


def test_cells_run_once_however_often_they_are_asked_about(start: Start) -> None:
    run = start("x = []", "x.append(1)")
    assert [run.submission_at("c1").value("x") for _ in range(3)] == [[1], [1], [1]]


def test_earlier_cell_is_seen_as_it_was_then(start: Start) -> None:
    run = start("x = 1", "x = 2")
    assert run.submission_at("c1").value("x") == 2
    assert run.submission_at("c0").value("x") == 1
    assert run.submission_at("c1").value("x") == 2


def test_submission_knows_the_code_up_to_its_cell(start: Start) -> None:
    run = start("x = 1", new_markdown_cell("# Title"), "x = 2", "x = 3")
    assert run.submission_at("c2").code == ("x = 1", "x = 2")


def test_text_and_empty_cells_do_not_run(start: Start) -> None:
    run = start(new_markdown_cell("raise ValueError"), "", "  \n", "x = 1")
    assert run.submission_at("c3").value("x") == 1
    assert [cell.get("execution_count") for cell in run.cells[:3]] == [None, None, None]


def test_outputs_of_all_cells_together_are_bounded(start: Start) -> None:
    picture = "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()"
    limits = replace(LIMITS, outputs_bytes=45_000, cell_timeout_s=30)
    run = start(*["print('x' * 20_000)"] * 3, "print('y')", f"for _ in range(9):\n    {picture}", limits=limits)
    run.submission_at("c4")
    assert [len(text) for text in printed(run)[:4]] == [20_001, 20_001, len(NO_ROOM) + 1, 2]
    assert run.cells[4].outputs[-1].text == f"{NO_ROOM}\n"
    assert len(run.cells[4].outputs) < 9
    run.submission_at("c0")  # all runs again: what its outputs replace takes no room
    run.submission_at("c3")
    assert [len(text) for text in printed(run)[:4]] == [20_001, 20_001, len(NO_ROOM) + 1, 2]


def test_run_is_given_up_when_its_turn_is_over(start: Start) -> None:
    run = start("x = 1", "while True: pass", limits=replace(LIMITS, cell_timeout_s=60.0, turn_s=3.0))
    assert run.submission_at("c0").value("x") == 1
    with pytest.raises(TurnOver):
        run.submission_at("c1")
    for limits in (replace(LIMITS, turn_s=60.0), LIMITS):
        assert start("x = 1", limits=limits).submission_at("c0").value("x") == 1


@pytest.mark.parametrize(
    "source", ["def f(): return max(iter(int, 1), default=0)", "import time\ndef f(): time.sleep(60)"]
)
def test_function_is_not_late_where_only_its_turn_is_over(start: Start, source: str) -> None:
    run = start(source, limits=replace(LIMITS, call_timeout_s=30.0, turn_s=2.0))
    with pytest.raises(TurnOver):
        run.submission_at("c0").call("f")


def test_error_does_not_end_the_run(start: Start) -> None:
    run = start("x = 1\nraise ValueError", "x += 1")
    assert run.submission_at("c1").value("x") == 2
    assert printed(run) == ["ValueError", ""]


def test_cell_that_ends_the_kernel_is_left_out_from_then_on(start: Start) -> None:
    run = start("x = 1\nprint('once')", f"x = 5; {KILL}", "x += 1\nprint(x)")
    assert run.submission_at("c2").value("x") == 2
    assert printed(run)[::2] == ["once\n", "2\n"]
    assert "the kernel ended while this ran" in printed(run)[1]


def test_cell_that_takes_too_long_is_left_out_from_then_on(start: Start) -> None:
    run = start("x = 1", "while True: pass", "x += 1", limits=replace(LIMITS, cell_timeout_s=0.5))
    assert run.submission_at("c2").value("x") == 2
    assert printed(run)[1] == "[not finished after 0.5 seconds]\n"


def test_every_cell_may_end_the_kernel(start: Start) -> None:
    run = start(KILL, KILL, KILL)
    with pytest.raises(Missing):
        run.submission_at("c2").value("x")


@pytest.mark.parametrize(("body", "fault"), [("os._exit(0)", Killed), ("while True: pass", TimedOut)])
def test_call_that_loses_the_kernel_costs_no_other(body: str, fault: type[Exception], start: Start) -> None:
    end = f"def end():\n    state.append(1)\n    {body}"
    run = start("import os\nstate = []", end, "def count():\n    return len(state)")
    submission = run.submission_at("c2")
    with pytest.raises(fault):
        submission.end()
    assert submission.count() == 0
    assert len(submission.calls) == 2


def test_lost_kernel_is_replaced_with_the_cells_run_so_far(start: Start) -> None:
    run = start("def end():\n    import os; os._exit(0)", "x = 1\nprint(x)", "x = 2\nprint(x)")
    submission = run.submission_at("c1")
    with pytest.raises(Killed):
        submission.end()
    assert submission.value("x") == 1
    assert printed(run) == ["", "1\n", ""]


def test_no_kernel_is_started_before_it_is_needed() -> None:
    def refuse() -> StudentKernel:
        raise AssertionError("nothing was asked yet")

    run = NotebookRun([new_code_cell("x = 1")], refuse, LIMITS)
    run.advance(0)
    run.close()


def test_nothing_runs_when_the_time_is_up(start: Start) -> None:
    run = start("x = 1", "while True: pass", "print('never')", limits=replace(LIMITS, notebook_timeout_s=0.8))
    submission = run.submission_at("c2")
    assert submission.value("x") == 1  # what was set before needs no time of the notebook's
    assert printed(run)[2] == "[not run: the time for the whole notebook was used up before this]\n"


def test_function_that_took_too_long_is_not_called_again_before_the_student_had_another_say(start: Start) -> None:
    loop = "def loop(x):\n    while True: pass\ndef well(x): return x\nanswer = 5"
    run = start(loop, "1", "def loop(x): return 2 * x")
    run.cells[1].metadata.nbgrader["locked"] = True
    submission = run.submission_at("c0")
    with pytest.raises(TimedOut, match=r"not finished after 0\.5 seconds"):
        submission.loop(1)
    started = time.monotonic()
    for again in (submission, submission, run.submission_at("c1")):
        with pytest.raises(TimedOut, match=r"not finished after 0\.5 seconds"):
            again.loop(2)
    assert [call.seconds < 0.4 for call in submission.calls] == [False, True, True]
    assert time.monotonic() - started < 60
    assert submission.well(3) == 3
    assert submission.value("answer") == 5
    assert run.submission_at("c2").loop(2) == 4


def test_plain_variables_are_read_when_calls_have_used_up_the_time(start: Start) -> None:
    functions = [f"def loop{i}():\n    while True: pass" for i in range(3)]
    limits = replace(LIMITS, call_timeout_s=0.4, notebook_timeout_s=0.8)
    run = start("answer = 5", *functions, "last = 6", limits=limits)
    submission = run.submission_at("c3")
    for i, fault in enumerate(["not finished", "not finished", "the time for the whole notebook was used up"]):
        with pytest.raises(TimedOut, match=fault):
            getattr(submission, f"loop{i}")()
    assert submission.value("answer") == 5


def test_what_the_checks_take_themselves_is_not_the_notebooks_time(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, later_s = start("x = 1", "x = 2"), 0.0
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + later_s)
    monkeypatch.setattr("lossmark.execution.run.time", clock)
    for stop, expected in (("c0", 1), ("c1", 2)):
        submission = run.submission_at(stop)
        for _ in range(2):
            assert submission.value("x") == expected
            later_s += 10 * LIMITS.notebook_timeout_s


def test_trusted_code_can_be_sent(start: Start) -> None:
    def drive(student: Any, n: int) -> list[int]:
        counter = student.Counter()
        return [counter.step() for _ in range(n)]

    run = start("class Counter:\n    n = 0\n    def step(self):\n        self.n += 1\n        return self.n")
    submission: Submission = run.submission_at("c0")
    assert submission.run(drive, 3) == [1, 2, 3]


def signs_of(run: NotebookRun) -> tuple[set[Sign], set[str]]:
    run.advance(len(run.cells))
    run.close()
    return run.signs, run.refused


@pytest.mark.parametrize(
    ("source", "sign"),
    {
        "while True: pass": Sign.UNFINISHED,
        "import os; os._exit(0)": Sign.ENDED,
        "print('x' * 10**6)": Sign.TOO_MUCH,
        "for _ in range(4): print('x' * 10**6)": Sign.TOO_MUCH,
        "k = get_ipython().kernel\nk.session.send(k.iopub_socket, 'stream', {}, parent=k.get_parent())": Sign.GARBLED,
        "get_ipython().kernel.session.send = lambda *a, **k: None; import os; os.kill(os.getpid(), 9)": Sign.ENDED,
    }.items(),
)
def test_what_a_submission_meets_is_a_sign(source: str, sign: Sign, start: Start) -> None:
    assert signs_of(start(source)) == ({sign}, set())


def test_what_is_printed_is_no_sign(start: Start) -> None:
    assert signs_of(start(*[f"print('[{text}]')" for text in (KILLED, GARBLED, *Sign)], "print('x' * 2**18)")) == (
        {Sign.TOO_MUCH},
        set(),
    )


@pytest.mark.parametrize(
    ("reply", "sign"),
    [("b'nonsense'", Sign.GARBLED), ("wire.encode({'outcome': 'perhaps'})", Sign.GARBLED)],
)
def test_an_answer_that_cannot_be_read_is_a_sign(reply: str, sign: Sign, start: Start) -> None:
    run = start(f"from lossmark.boundary import agent, wire\nagent.answer = lambda *_: {reply}\nx = 1")
    assert "cannot be read" in run.submission_at("c0").value("x").kind
    assert signs_of(run) == ({sign}, set())


@pytest.mark.parametrize(
    ("call", "name"),
    {
        "libc.ptrace(16, 1, None, None)": "ptrace",
        "libc.unshare(0x10000000)": "unshare",
        "libc.mount(b'tmpfs', b'/tmp', b'tmpfs', 0, None)": "mount",
        "libc.setns(0, 0)": "setns",
        "libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)": "clone",
        "subprocess.run([sys.executable, '-c', 'import ctypes; ctypes.CDLL(None).chroot(b\"/tmp\")'])": "chroot",
    }.items(),
)
def test_a_refused_system_call_is_told(call: str, name: str, start: Start) -> None:
    assert signs_of(start(f"import ctypes, subprocess, sys\nlibc = ctypes.CDLL(None)\n{call}")) == (set(), {name})


def test_refused_system_calls_are_told_once_and_however_many_there_are(start: Start) -> None:
    source = (
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nfor _ in range(20_000):\n    libc.ptrace(0, 0, 0, 0)"
    )
    run = start(f"{source}\nrefused = ctypes.get_errno()", limits=replace(LIMITS, cell_timeout_s=30.0))
    assert run.submission_at("c0").value("refused") == errno.EPERM
    assert signs_of(run) == (set(), {"ptrace"})


def test_what_honest_notebooks_do_is_no_sign(start: Start) -> None:
    run = start(
        "import multiprocessing, os, subprocess, tempfile, threading, time",
        "with multiprocessing.Pool(2) as pool: print(pool.map(abs, [-1, -2]))",
        "print(subprocess.run(['ls', '-l', '/tmp'], capture_output=True).returncode, os.system('true'))",
        "threads = [threading.Thread(target=time.sleep, args=(0.01,)) for _ in range(8)]\n"
        "for thread in threads: thread.start()\nfor thread in threads: thread.join()",
        "with tempfile.NamedTemporaryFile('w') as file: print(file.write('x'))",
        "import ctypes, mmap, psutil, platform, resource, socket, sqlite3\n"
        "mmap.mmap(-1, 4096).close(); psutil.Process().memory_info(); platform.platform(); socket.socketpair()\n"
        "sqlite3.connect(':memory:').execute('select 1'); ctypes.CFUNCTYPE(None)(print)",
        "import pandas as pd; pd.DataFrame({'x': [1]})",
        "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()",
        "!echo hello\n%timeit -n 1 -r 1 sum(range(9))",
        "1 / 0",
        "raise SystemExit",
        "import no_such_module",
        limits=replace(LIMITS, cell_timeout_s=30.0, notebook_timeout_s=60.0),
    )
    assert signs_of(run) == (set(), set())
    assert [run.cells[index].outputs[0].text for index in (1, 2)] == ["[1, 2]\n", "0 0\n"]
