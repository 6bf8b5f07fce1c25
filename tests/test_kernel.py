"""The student kernel: what it shows, what it answers, and how it ends."""

from __future__ import annotations

import asyncio
import base64
import gc
import os
import secrets
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import nbformat
import pytest
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

import processes
from lossmark.boundary import wire
from lossmark.boundary.submission import Killed, TimedOut
from lossmark.execution import relay
from lossmark.execution.kernel import NOT_DRAWN, READY_TIMEOUT_S, StudentKernel
from lossmark.execution.relay import Relay
from lossmark.sandbox.fork import BYTES_OF_SOCKET, Fork
from lossmark.sandbox.host import Sandbox, SandboxError
from lossmark.sandbox.limits import Isolation, Limits

pytestmark = pytest.mark.sandbox

LIMITS = replace(Limits(), output_bytes=20_000)
TIMEOUT_S = 10.0


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def shared(sandbox: Sandbox) -> Iterator[StudentKernel]:
    """A kernel for cells that leave it as it was."""
    kernel = StudentKernel(sandbox, LIMITS)
    yield kernel
    kernel.close()


@pytest.fixture
def kernel(sandbox: Sandbox) -> Iterator[StudentKernel]:
    kernel = StudentKernel(sandbox, LIMITS)
    yield kernel
    kernel.close()


COUNT_DRAWINGS = """
def draw(figure, *arguments, draw=Figure.draw):
    global count
    count += 1
    draw(figure, *arguments)
Figure.draw = draw
"""


def run(kernel: StudentKernel, source: str, timeout_s: float = TIMEOUT_S) -> NotebookNode:
    cell = new_code_cell(source)
    kernel.execute(cell, timeout_s)
    nbformat.validate(new_notebook(cells=[cell]))
    return cell


def text(cell: NotebookNode) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


def request(kind: str, name: str, *args: object) -> bytes:
    return wire.encode({"kind": kind, "name": name, "args": args, "kwargs": {}, "source": ""})


def test_kernel_whose_welcome_is_lost_is_ready_all_the_same(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    received, lost = relay._KernelEnd.data_received, []

    def lose_welcome(end: relay._KernelEnd, data: bytes) -> None:
        if b"iopub_welcome" in data:
            lost.append(data)
        else:
            received(end, data)

    monkeypatch.setattr(relay._KernelEnd, "data_received", lose_welcome)
    started = time.monotonic()
    kernel = StudentKernel(sandbox, LIMITS)
    try:
        assert len(lost) == 1
        assert time.monotonic() - started < READY_TIMEOUT_S / 2
        assert text(run(kernel, "print('here')")) == "here\n"
        assert text(run(kernel, "print('and here')")) == "and here\n"
    finally:
        kernel.close()


def test_print_arrives_by_stream(shared: StudentKernel) -> None:
    cell = run(shared, "import sys\nprint('one')\nprint('two', file=sys.stderr)\nprint('three')")
    assert sorted((output.name, output.text) for output in cell.outputs) == [
        ("stderr", "two\n"),
        ("stdout", "one\nthree\n"),
    ]


def test_last_expression_is_shown_as_text(shared: StudentKernel) -> None:
    (output,) = run(shared, "1 + 1").outputs
    assert (output.output_type, output.data) == ("display_data", {"text/plain": "2"})


def test_error_is_shown_with_its_traceback(shared: StudentKernel) -> None:
    (output,) = run(shared, "1 / 0").outputs
    assert (output.output_type, output.ename, output.evalue) == ("error", "ZeroDivisionError", "division by zero")
    assert "1 / 0" in strip_ansi("".join(output.traceback))


def test_figure_arrives_as_png(shared: StudentKernel) -> None:
    cell = run(shared, "import matplotlib.pyplot as plt\nplt.plot([0, 1])\nplt.show()")
    (figure,) = [output for output in cell.outputs if "image/png" in output.get("data", {})]
    assert figure.output_type == "display_data"
    assert base64.b64decode(figure.data["image/png"]).startswith(b"\x89PNG\r\n")


def test_figure_that_nobody_looks_at_is_not_drawn(shared: StudentKernel) -> None:
    source = "import matplotlib.pyplot as plt\nplt.plot([0, 1])\nplt.show()\nprint('after')"
    undrawn, drawn = new_code_cell(source), new_code_cell(source)
    shared.execute(undrawn, TIMEOUT_S, draws=False)
    shared.execute(drawn, TIMEOUT_S)
    assert [output.get("data", output.get("text")) for output in undrawn.outputs] == [NOT_DRAWN.data, "after\n"]
    assert "image/png" in drawn.outputs[0].data


def test_figure_that_nobody_looks_at_costs_no_drawing(kernel: StudentKernel) -> None:
    run(kernel, "from matplotlib import pyplot as plt\nfrom matplotlib.figure import Figure\ncount = 0")
    run(kernel, "%matplotlib inline")
    run(kernel, COUNT_DRAWINGS)
    cell = new_code_cell("_ = plt.plot([0, 1])")
    kernel.execute(cell, TIMEOUT_S, draws=False)
    assert text(run(kernel, "print(count)")) == "0\n"
    run(kernel, cell.source)
    assert int(text(run(kernel, "print(count)"))) > 0


def test_kernel_looks_for_garbage(shared: StudentKernel) -> None:
    assert text(run(shared, "import gc; print(gc.isenabled())")) == "True\n"


def test_figures_of_a_kernel_whose_backend_is_broken_are_drawn_or_not(kernel: StudentKernel) -> None:
    run(kernel, "import sys; sys.modules['matplotlib_inline.config'] = None")
    cell = new_code_cell("import matplotlib.pyplot as plt\nplt.plot([0, 1])\nprint('after')")
    kernel.execute(cell, TIMEOUT_S, draws=False)
    assert "after\n" in text(cell)


def test_figure_needs_neither_import_nor_show_of_a_backend(shared: StudentKernel) -> None:
    cell = run(shared, "from matplotlib import pyplot\n_ = pyplot.figure().add_subplot().plot([0, 1])")
    assert ["image/png" in output.data for output in cell.outputs] == [True]


@pytest.mark.parametrize(
    "source",
    [
        "from IPython.display import HTML; display(HTML('<script>x</script>'))",
        "from IPython.display import Javascript; display(Javascript('x'))",
        "from IPython.display import SVG; display(SVG('<svg onload=\"x\"/>'))",
        "%%html\n<script>x</script>",
        "class Page:\n    def _repr_html_(self):\n        return '<script>x</script>'\nPage()",
    ],
)
def test_active_output_is_dropped(source: str, shared: StudentKernel) -> None:
    outputs = run(shared, source).outputs
    assert all(output.data.keys() == {"text/plain"} for output in outputs)
    assert "<script>" not in str(outputs)
    assert "onload" not in str(outputs)


@pytest.mark.parametrize("kind", ["Markdown", "Latex"])
def test_output_that_others_render_is_text_as_it_was_written(kind: str, shared: StudentKernel) -> None:
    written = "# <script>x</script>"
    (output,) = run(shared, f"from IPython.display import {kind}; display({kind}({written!r}))").outputs
    assert output.data == {"text/plain": written}


@pytest.mark.parametrize(
    "source",
    [
        "print('x' * 10_000_000)",
        "for _ in range(20_000): print('x' * 100)",
        "for _ in range(2_000): display('x' * 1000)",
        "'x' * 10_000_000",
        "raise ValueError('x' * 10_000_000)",
    ],
)
def test_output_is_bounded(source: str, shared: StudentKernel) -> None:
    cell = run(shared, source)
    assert len(nbformat.writes(new_notebook(cells=[cell]))) < 10 * LIMITS.output_bytes
    assert "[The rest of the output was too long and is not shown.]" in text(cell)


def test_output_of_one_cell_leaves_room_for_the_next(shared: StudentKernel) -> None:
    run(shared, "print('x' * 10_000_000)")
    assert text(run(shared, "print('short')")) == "short\n"


def test_outputs_replace_those_before(shared: StudentKernel) -> None:
    cell = new_code_cell("print('new')", outputs=run(shared, "print('old')").outputs)
    shared.execute(cell, TIMEOUT_S)
    assert text(cell) == "new\n"


def test_names_stay_from_cell_to_cell(kernel: StudentKernel) -> None:
    run(kernel, "import numpy as np\ntotal = np.arange(4).sum()")
    assert text(run(kernel, "print(total)")) == "6\n"


def test_two_kernels_share_no_names(kernel: StudentKernel, sandbox: Sandbox) -> None:
    run(kernel, "total = 6")
    other = StudentKernel(sandbox, LIMITS)
    try:
        assert run(other, "total").outputs[0].ename == "NameError"
    finally:
        other.close()


def test_every_kernel_starts_the_same(sandbox: Sandbox) -> None:
    seen = []
    for _ in range(2):
        kernel = StudentKernel(sandbox, LIMITS)
        source = "import numpy as np, random\nprint(hash('x'), list({'a', 'b', 'c'}), In, len(dir()), np.geterr())"
        seen.append(text(run(kernel, source)))
        kernel.close()
    assert seen[0] == seen[1] != ""


def test_agent_answers_by_value(kernel: StudentKernel) -> None:
    run(kernel, "def double(x):\n    return 2 * x")
    assert wire.decode(kernel.ask(request("call", "double", 21), TIMEOUT_S)) == {"outcome": "value", "value": 42}
    assert wire.decode(kernel.ask(request("value", "nothing"), TIMEOUT_S))["outcome"] == "missing"


def test_questions_leave_no_trace_in_the_notebook(kernel: StudentKernel) -> None:
    run(kernel, "def show(x):\n    print(x)\n    return x")
    kernel.ask(request("call", "show", 1), TIMEOUT_S)
    assert text(run(kernel, "print(len(In), Out)")) == "3 {}\n"


def test_function_that_prints_much_is_answered(kernel: StudentKernel) -> None:
    run(
        kernel,
        "import os, sys\ndef talk(x):\n    for _ in range(20_000): sys.__stdout__.write('x' * 100)\n    return x",
    )
    assert wire.decode(kernel.ask(request("call", "talk", 1), TIMEOUT_S))["value"] == 1
    assert text(run(kernel, "print('short')")) == "short\n"


def test_cell_that_takes_too_long_is_ended(kernel: StudentKernel) -> None:
    with pytest.raises(TimedOut, match=r"not finished after 0\.3 seconds"):
        run(kernel, "print('begun', flush=True)\nwhile True:\n    pass", timeout_s=0.3)


def test_what_was_printed_before_the_deadline_is_kept(kernel: StudentKernel) -> None:
    cell = new_code_cell("print('begun', flush=True)\nimport time; time.sleep(60)")
    with pytest.raises(TimedOut):
        kernel.execute(cell, 1.5)
    assert text(cell) == "begun\n[not finished after 1.5 seconds]\n"


def test_question_that_takes_too_long_is_ended(kernel: StudentKernel) -> None:
    run(kernel, "def wait():\n    while True:\n        pass")
    with pytest.raises(TimedOut):
        kernel.ask(request("call", "wait"), 0.3)


WORK = """
import time
def work(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return "done"
"""


@contextmanager
def other_work(processes: int) -> Iterator[None]:
    """Keep every core busy with others, for half a minute at most."""
    source = "import time; print(flush=True); end = time.monotonic() + 30\nwhile time.monotonic() < end: pass"
    # In sessions of their own: the scheduler may take all processes of a session for one.
    others = [
        subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, start_new_session=True)
        for _ in range(processes)
    ]
    try:
        for other in others:
            assert other.stdout is not None
            other.stdout.readline()
        yield
    finally:
        for other in others:
            other.kill()
            other.communicate()


def test_who_is_kept_waiting_by_others_has_its_time(kernel: StudentKernel) -> None:
    run(kernel, WORK)
    waited_s = 0.0
    with other_work(2 * (os.cpu_count() or 1)):
        for _ in range(5):
            started = time.monotonic()
            assert wire.decode(kernel.ask(request("call", "work", 0.7), 1.0))["value"] == "done"
            assert text(run(kernel, "print(work(0.7))", timeout_s=1.0)) == "done\n"
            waited_s = max(waited_s, time.monotonic() - started)
            if waited_s > 2.0:
                break
    assert waited_s > 2.0, "nobody was kept waiting"


def test_the_accounts_cache_is_not_among_the_paths_that_a_submission_sees(shared: StudentKernel) -> None:
    mounts = text(run(shared, "print(open('/proc/self/mountinfo').read())"))
    assert "/run/fonts" in mounts
    assert str(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")) not in mounts


BURN = """
import os, time
for _ in range(60):
    if os.fork() == 0:
        os.setsid()
        end = time.monotonic() + 100
        while time.monotonic() < end:
            sum(range(10_000))
        os._exit(0)
"""


@pytest.mark.skipif("LOSSMARK_FUZZ" not in os.environ, reason="it keeps all processors busy for half a minute")
@pytest.mark.timeout(200)
def test_sixty_busy_processes_of_a_neighbour_cost_no_answer(sandbox: Sandbox, kernel: StudentKernel) -> None:
    """The answer needs two fifths of what is allowed, as one of two seconds with the usual limits."""
    run(kernel, WORK)
    neighbour = StudentKernel(sandbox, LIMITS)
    try:
        run(neighbour, BURN, 30.0)
        started = time.monotonic()
        assert wire.decode(kernel.ask(request("call", "work", 0.5), 1.25))["value"] == "done"
        assert time.monotonic() - started > 5 * 1.25, "nobody was kept waiting"
    finally:
        neighbour.close()


def test_who_works_too_long_has_no_more_than_its_time(kernel: StudentKernel) -> None:
    run(kernel, WORK)
    with other_work(os.cpu_count() or 1), pytest.raises(TimedOut, match=r"not finished after 0\.5 seconds"):
        kernel.ask(request("call", "work", 60), 0.5)


@pytest.mark.parametrize(
    "how", ["exit()", "quit", "quit()", "get_ipython().ask_exit()", "%exit", "import sys; sys.exit()"]
)
def test_kernel_stays_when_it_is_asked_to_quit(how: str, shared: StudentKernel) -> None:
    run(shared, how)
    assert text(run(shared, "print('will exit:', get_ipython().exit_now)")) == "will exit: False\n"


def test_end_of_the_kernel_is_noticed_at_once(kernel: StudentKernel) -> None:
    with pytest.raises(Killed, match="the kernel ended while this ran"):
        run(kernel, "import os; os._exit(0)", timeout_s=60.0)


def test_end_of_the_kernel_before_is_noticed(kernel: StudentKernel) -> None:
    with pytest.raises(Killed):
        run(kernel, "import os; os._exit(0)")
    with pytest.raises(Killed):
        run(kernel, "1 + 1")
    with pytest.raises(Killed):
        kernel.ask(request("value", "x"), TIMEOUT_S)


def test_close_leaves_neither_process_nor_file(sandbox: Sandbox) -> None:
    kernel, name = StudentKernel(sandbox, LIMITS), f"lm{secrets.token_hex(6)}"
    sockets = Path(kernel._manager.ip).parent
    assert text(run(kernel, processes.MARK.format(name=name))).startswith("marked\n")
    assert list(sockets.iterdir())
    with processes.ending(name) as marked:
        assert len(marked) == 3
        kernel.close()
    assert not sockets.exists()
    assert kernel._manager.connection_file == ""


def test_worker_without_memory_to_read_what_was_printed_costs_nobody_a_point(
    kernel: StudentKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    admit = Relay.admit

    def admit_what_fits(relay: Relay, count: int) -> bool:
        if count > 50_000:
            raise MemoryError
        return admit(relay, count)

    monkeypatch.setattr(Relay, "admit", admit_what_fits)
    assert text(run(kernel, "print('x' * 1000)")) == "x" * 1000 + "\n"
    with pytest.raises(SandboxError, match="out of memory; end other programs, or grade with fewer --jobs"):
        run(kernel, "print('x' * 500_000)")


@pytest.mark.parametrize("source", ["while True: pass", "import os; os._exit(0)"])
def test_lost_kernel_is_closed_without_a_word(source: str, sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    kernel = StudentKernel(sandbox, LIMITS)
    with pytest.raises((TimedOut, Killed)):
        run(kernel, source, timeout_s=0.3)
    kernel.close()
    gc.collect()
    assert caplog.text == ""


ROUNDED = """
import numpy as np
powers = np.vander(np.linspace(0, 1, 15), 13)
print(np.linalg.solve(powers.T @ powers, powers.T @ np.sin(np.arange(15))).tobytes().hex())
"""
"""Prints what is mostly rounding error."""


def test_linear_algebra_rounds_as_it_does_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine may have been told how to compute; without the sandbox knowing it, wrong answers would not be named."""
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")  # which no machine of today chooses by itself
    monkeypatch.setenv("OPENBLAS_VERBOSE", "2")
    outside = subprocess.run([sys.executable, "-c", ROUNDED], capture_output=True, text=True, check=True).stdout
    with Sandbox() as sandbox:
        kernel = StudentKernel(sandbox, LIMITS)
        try:
            assert text(run(kernel, ROUNDED)) == outside
            assert text(run(kernel, "import os; print(os.environ.get('OPENBLAS_VERBOSE'))")) == "None\n"
        finally:
            kernel.close()


def test_end_of_the_sandbox_ends_its_kernels() -> None:
    sandbox, name = Sandbox(), f"lm{secrets.token_hex(6)}"
    kernel = StudentKernel(sandbox, LIMITS)
    run(kernel, processes.MARK.format(name=name))
    folder = sandbox._folder
    assert folder is not None
    with processes.ending(name):
        sandbox.close()
    with pytest.raises(Killed):
        run(kernel, "1 + 1")
    kernel.close()
    assert not folder.exists()


def test_sandbox_starts_again_when_its_interpreter_has_ended(sandbox: Sandbox) -> None:
    StudentKernel(sandbox, LIMITS).close()
    assert sandbox._process is not None
    sandbox._process.kill()
    sandbox._process.wait()
    kernel = StudentKernel(sandbox, LIMITS)
    assert text(run(kernel, "print('here again')")) == "here again\n"
    kernel.close()


def test_kernel_asked_for_ahead_is_not_taken_from_an_interpreter_that_has_ended(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        StudentKernel(sandbox, LIMITS).close()
    assert sandbox._channel is not None
    assert sandbox._process is not None
    assert select.select([sandbox._channel], [], [], 30)[0]  # it is ready
    sandbox._process.kill()
    sandbox._process.wait()
    monkeypatch.setattr(Fork, "has_ended", lambda fork: False)  # its end comes a moment later
    kernel = StudentKernel(sandbox, LIMITS)
    assert text(run(kernel, "print('here again')")) == "here again\n"
    kernel.close()


def test_kernel_works_inside_a_running_event_loop(sandbox: Sandbox) -> None:
    async def formgrader() -> str:
        kernel = StudentKernel(sandbox, LIMITS)
        try:
            return text(run(kernel, "print('inside')"))
        finally:
            kernel.close()

    assert asyncio.run(formgrader()) == "inside\n"


def test_limits_of_each_kernel_are_its_own(sandbox: Sandbox) -> None:
    for megabytes in (100, 600, 100):
        kernel = StudentKernel(sandbox, replace(LIMITS, memory_bytes=megabytes * 2**20))
        outputs = run(kernel, "hoard = bytearray(300 * 2**20)").outputs
        kernel.close()
        assert [output.ename for output in outputs] == ([] if megabytes == 600 else ["MemoryError"])


KEPT_BY_THE_KERNEL = {
    "sockets": """
        import os, socket, time
        for _ in range(10):
            if os.fork() == 0:
                kept = [socket.socketpair() for _ in range(60)]
                time.sleep(20)
                os._exit(0)
        time.sleep(20)
    """,
    "datagrams of closed sockets": """
        import os, socket, time
        for _ in range(10):
            if os.fork() == 0:
                kept = []
                for number in range(120):
                    left, right = socket.socketpair(type=socket.SOCK_DGRAM)
                    left.send(bytes(2**16))
                    left.close()
                    kept.append(right)
                time.sleep(20)
                os._exit(0)
        time.sleep(20)
    """,
    "locks": """
        import fcntl, time
        files = [open(f"/tmp/locked-{number}", "w+b") for number in range(100)]
        for start in range(0, 800, 2):
            for file in files:
                fcntl.lockf(file, fcntl.LOCK_EX, 1, start)
        time.sleep(20)
    """,
}


@pytest.mark.parametrize("source", KEPT_BY_THE_KERNEL.values(), ids=KEPT_BY_THE_KERNEL)
def test_what_the_system_keeps_for_a_submission_counts_as_its_memory(sandbox: Sandbox, source: str) -> None:
    kernel = StudentKernel(sandbox, replace(LIMITS, memory_bytes=2**28))
    with pytest.raises(Killed, match="512 MiB"):
        run(kernel, dedent(source), 30.0)
    kernel.close()


def test_sockets_of_an_ordinary_program_are_not_in_the_way(sandbox: Sandbox) -> None:
    kernel = StudentKernel(sandbox, replace(LIMITS, memory_bytes=2**28))
    source = "import socket, time; kept = [socket.socketpair() for _ in range(50)]; time.sleep(0.6); print(len(kept))"
    assert text(run(kernel, source)) == "50\n"
    kernel.close()


ORDINARY = {
    "a pool": ("import multiprocessing as m\nwith m.Pool(2) as pool: print(pool.map(abs, [-1, -2]))", "[1, 2]"),
    "a shared array": ("import multiprocessing as m\nprint(m.Array('d', 3)[:])", "[0.0, 0.0, 0.0]"),
    "shared memory": (
        "from multiprocessing import shared_memory as s\nx = s.SharedMemory('x', True, 9); print(x.size); x.unlink()",
        "9",
    ),
    "a copied file": (
        "import shutil\n_ = open('/tmp/a', 'w').write('x')\nprint(open(shutil.copyfile('/tmp/a', '/tmp/b')).read())",
        "x",
    ),
    "a database": ("import sqlite3\nprint(sqlite3.connect('/tmp/c').execute('create table t (a)').fetchall())", "[]"),
    "zeros": ("print(open('/dev/zero', 'rb').read(2))", "b'\\x00\\x00'"),
}


@pytest.mark.parametrize(("source", "printed"), ORDINARY.values(), ids=ORDINARY)
def test_walls_around_memory_are_not_in_the_way(kernel: StudentKernel, source: str, printed: str) -> None:
    assert text(run(kernel, source)) == f"{printed}\n"


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET])
def test_a_socket_holds_no_more_than_it_is_counted_for(kind: socket.SocketKind) -> None:
    most = 0
    for first in (1, 2**10, 2**16, 100_000, 160_000, 200_000, 212_000, 212_900):
        left, right = socket.socketpair(type=kind)
        left.setblocking(False)
        sent = 0
        for size in [first] * 4 + list(range(212_960, 0, -8_000)):
            with suppress(OSError):
                while True:
                    sent += left.send(bytes(size))
        most = max(most, sent)
        left.close()
        right.close()
    assert 200_000 < most < BYTES_OF_SOCKET


def test_kernel_without_walls_does_the_same() -> None:
    with Sandbox(Isolation.NONE) as sandbox:
        kernel = StudentKernel(sandbox, LIMITS)
        run(kernel, "def double(x):\n    return 2 * x")
        assert wire.decode(kernel.ask(request("call", "double", 21), TIMEOUT_S))["value"] == 42
        kernel.close()


def test_long_name_of_the_temporary_folder_is_no_obstacle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 100)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with Sandbox() as sandbox:
        kernel = StudentKernel(sandbox, LIMITS)
        assert text(run(kernel, "print('here')")) == "here\n"
        kernel.close()


def test_missing_bubblewrap_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with Sandbox() as sandbox, pytest.raises(SandboxError, match="apt install bubblewrap"):
        StudentKernel(sandbox, LIMITS)
