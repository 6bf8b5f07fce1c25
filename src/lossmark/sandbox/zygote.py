"""The warmed interpreter: imports once, forks for each submission.

Runs inside the outer sandbox as ``python -m lossmark.sandbox.zygote FD ISOLATION [MODULE ...]``, where FD is a socket
to the `Sandbox` that started it, and the modules are those that the notebooks will import. No student code ever runs
in it, and it has a single thread, so that a fork may enter namespaces.

A packet ``{"open": true}`` brings a file of cells, the instructor's, with which the notebooks of an assignment begin.
It runs them, so that a fork may have them behind it.

For each packet ``{"start": ..., "ip": ..., "key": ..., "limits": ..., "walls": true, "opened": false, "data": []}`` it
forks::

    zygote --fork--> bridge: enters fresh namespaces, ends
                       '--fork--> init: PID 1 there, covers folders, reaps
                                    '--fork--> kernel: limits, no privileges, filter, then IPython

and replies ``{"started": ...}`` with a file descriptor of the init process, through which the other side can kill all
of it and learn of its end, and with a pipe that tells which system calls were refused; or ``{"failed": ...,
"reason": ...}``.

For a packet ``{"read": true, "walls": true}``, with a file of a submission's cells and a pipe, it forks a process that
reads them and sends the results through the pipe (`reading`). There is no other reply.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import importlib
import io
import json
import linecache
import os
import random
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile
import types
from collections.abc import Sequence
from typing import Any, NoReturn

import lossmark
from lossmark.sandbox import reading, walls
from lossmark.sandbox.refusals import Refusals, hand_over, take_over

SOCKETS = "/run/lossmark"
"""Where the kernels' sockets lie inside the outer sandbox."""
HOME = "/tmp"
FONTS = "/run/fonts"
"""Where the outer sandbox shows matplotlib's list of fonts, which takes seconds to make."""
NOBODY = 65534
SHARED_MEMORY_BYTES = 64 * 2**20
"""The size of /dev/shm, as in a container of Docker: it is memory that no limit of a process counts."""
START_TIMEOUT_S = 30.0
OPENING_TIMEOUT_S = 30
MAX_PACKET = 65536
UNTOUCHED = 0x105526A7
"""Seeds the global random generators before the opening cells: a kernel can tell whether these have used them."""

_KERNELS_SHELL = types.SimpleNamespace(kernel=None)
"""Stands in for a kernel's shell, which modules such as pandas look for when they are imported."""
_REHEARSAL = (
    "import matplotlib.pyplot as plt\nplt.plot([0, 1], label='$x$')\nplt.legend()",
    "plt.savefig('/dev/null', format='png')",
    "print(1 / 0)",
)
"""Cells that import the modules of most notebooks, figures and a traceback."""


def main() -> None:
    """Warm up, then fork on request until the socket closes."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))  # it may be started where the grader limits its own
    try:
        if os.getuid() == 0 and sys.argv[2] != "none":  # without walls, nobody may not even read root's Python
            walls.uncover_processes()
            walls.become_nobody(NOBODY)
        walls.adopt_orphans()
        filter_ = walls.system_call_filter()
        gc.disable()  # imports leave no garbage
        _warm_up(sys.argv[3:])
    except Exception as error:
        channel.send(json.dumps({"failed": "zygote", "reason": f"{type(error).__name__}: {error}"}).encode())
        return
    gc.collect()
    gc.freeze()  # a collection in a fork would copy every page that it touches
    gc.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel.send(json.dumps({"ready": sys.version.split()[0]}).encode())
    opening: list[str] = []
    names: dict[str, Any] = {}
    while True:
        packet, descriptors, _, _ = socket.recv_fds(channel, MAX_PACKET, 2)
        if not packet:
            return
        _reap()
        request = json.loads(packet)
        if request.get("open"):
            with os.fdopen(descriptors[0], "rb") as file:
                opening = json.load(file)
            opened = _open(opening, names)
            channel.send(json.dumps({"opened": opened}).encode())
            gc.collect()
            gc.freeze()
            continue
        if request.get("read"):
            _read(channel, descriptors, request, filter_)
            continue
        if request["opened"]:
            request |= {"opening": opening, "names": names, "random": random.getstate()}
        _start(channel, request, filter_)


def _warm_up(modules: Sequence[str]) -> None:
    """Import and try out the libraries of nearly every notebook, and the modules that these ones will."""
    if os.path.isdir(FONTS):  # noqa: PTH112 (pathlib is not worth importing here)
        shutil.copytree(FONTS, os.environ["MPLCONFIGDIR"])
    import matplotlib

    matplotlib.use("module://matplotlib_inline.backend_inline")
    import matplotlib.pyplot as plt
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    sys.modules["debugpy"] = None  # type: ignore[assignment]  # as if not installed: IPython's kernel does without
    from lossmark.sandbox.kernel import replace_debugger

    replace_debugger()
    figure = plt.figure()
    figure.add_subplot().plot(np.arange(2), label="x")
    FigureCanvasAgg(figure).draw()  # loads the fonts; those of formulas would stay open in the forks
    plt.close("all")
    builtins.get_ipython = lambda: _KERNELS_SHELL  # type: ignore[attr-defined]
    for name in [*_rehearse(), *modules]:
        with contextlib.suppress(Exception):  # a few can only be imported by others, or are not installed
            importlib.import_module(name)
    del builtins.get_ipython  # type: ignore[attr-defined]


def _seed_generators() -> None:
    import numpy as np

    random.seed(UNTOUCHED)
    np.random.seed(UNTOUCHED)  # noqa: NPY002 (the generator that notebooks use)


def _rehearse() -> list[str]:
    """Start a kernel and run cells in a child, and return the modules that it imported, in order."""
    reader, writer = os.pipe()
    folder = tempfile.mkdtemp()
    if os.fork() == 0:
        from lossmark.sandbox.kernel import StudentKernelApp

        try:
            app = StudentKernelApp.instance(ip=f"{folder}/k", key=b"rehearsal")
            app.initialize([])
            assert app.shell is not None
            for cell in _REHEARSAL:
                app.shell.run_cell(cell, silent=True)
        finally:
            os.write(writer, " ".join(sys.modules).encode())
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as report:
        imported = report.read().split()
    shutil.rmtree(folder)
    return imported


def _open(cells: Sequence[str], names: dict[str, Any]) -> bool:
    """Run the instructor's cells; whether all of them ran without an error."""
    _seed_generators()
    module = types.ModuleType("__main__")
    names.update(vars(module))
    main, sys.modules["__main__"] = sys.modules["__main__"], module
    previous = signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(OPENING_TIMEOUT_S)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            for number, source in enumerate(cells, 1):
                name = f"<cell {number}>"
                linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
                exec(compile(source, name, "exec"), names)
    except Exception:
        return False
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)
        sys.modules["__main__"] = main
        _close_figures()
    return True


def _give_up(*signal_and_frame: object) -> NoReturn:
    raise TimeoutError("the opening cells take too long")


def _close_figures() -> None:
    import matplotlib.pyplot as plt

    plt.close("all")


def _start(channel: socket.socket, request: dict[str, Any], filter_: walls.Filter) -> None:
    """Fork a kernel and tell the other side how to reach its init process."""
    reader, writer = os.pipe()
    refused, refusals = os.pipe2(os.O_NONBLOCK)
    if os.fork() == 0:
        channel.close()
        os.close(reader)
        os.close(refused)
        _bridge(request, filter_, writer, refusals)
    os.close(writer)
    os.close(refusals)
    report = _read_report(reader)
    os.close(reader)
    if "reason" in report:
        channel.send(json.dumps({"failed": request["start"], "reason": report["reason"]}).encode())
    else:
        descriptor = os.pidfd_open(report["init"])
        socket.send_fds(channel, [json.dumps({"started": request["start"]}).encode()], [descriptor, refused])
        os.close(descriptor)
    os.close(refused)


def _read(channel: socket.socket, descriptors: Sequence[int], request: dict[str, Any], filter_: walls.Filter) -> None:
    """Fork a process that reads a submission's cells or pictures; its end reports any failure."""
    source, report = descriptors
    if os.fork() == 0:
        try:
            channel.close()
            with os.fdopen(source) as file:
                items = file.read()
            if request["walls"]:
                walls.drop_privileges(filter_)
            reading.send_all(items, report, are_pictures=request["read"] == "pictures")
        finally:
            os._exit(0)
    os.close(source)
    os.close(report)


def _read_report(reader: int) -> dict[str, Any]:
    """Read the forks' reports until the kernel is ready and its init process is known, or something failed.

    On a busy machine the kernel may be ready before the process that has forked init gets to tell its number.
    """
    text = b""
    while select.select([reader], [], [], START_TIMEOUT_S)[0]:
        if not (part := os.read(reader, 4096)):
            break
        text += part
        report: dict[str, Any] = {}
        for line in text.split(b"\n")[:-1]:
            report.update(json.loads(line))
        if "reason" in report:
            return {"reason": report["reason"]}
        if report.keys() >= {"init", "ready"}:
            return report
    return {"reason": "the kernel did not start"}


def _bridge(request: dict[str, Any], filter_: walls.Filter, writer: int, refusals: int) -> NoReturn:
    """Enter the namespaces, leave the init process behind, and end."""
    try:
        if request["walls"]:
            walls.volunteer_for_oom()
            walls.enter_namespaces()
            if init := os.fork():
                _write(writer, {"init": init})
                os._exit(0)
        else:
            walls.die_with_parent()  # no namespace ends with its init process
            _write(writer, {"init": os.getpid()})
        _init(request, filter_, writer, refusals)
    except BaseException as error:
        _write(writer, {"reason": f"{type(error).__name__}: {error}"})
    os._exit(1)


def _init(request: dict[str, Any], filter_: walls.Filter, writer: int, report: int) -> NoReturn:
    """PID 1 of a submission: fork the kernel, close the walls when its sockets are bound, then wait for its end."""
    os.setsid()
    limits = request["limits"]
    if request["walls"]:
        python = sorted({sys.base_prefix, sys.prefix, os.path.dirname(lossmark.__file__)})  # noqa: PTH120
        walls.cover(HOME, writable_bytes=limits["disk_bytes"], keep=[*python, *request["data"]])
        walls.cover("/dev/shm", writable_bytes=min(limits["disk_bytes"], SHARED_MEMORY_BYTES))
        walls.cover_terminals()
        walls.cover_zeros()
    bound_reader, bound_writer = os.pipe()
    go_reader, go_writer = os.pipe()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    kernel = os.fork()
    if kernel == 0:
        for descriptor in (bound_reader, go_writer, report):
            os.close(descriptor)
        ours.close()
        _kernel(request, filter_, writer, bound_writer, go_reader, theirs)
    os.close(bound_writer)
    os.close(go_reader)
    theirs.close()
    refusals = Refusals(take_over(ours), report, filter_.names)
    refusals.serve_until(bound_reader)
    if not os.read(bound_reader, 1):
        status = os.waitstatus_to_exitcode(os.waitpid(kernel, 0)[1])
        _write(writer, {"reason": f"the kernel ended with status {status} while it started"})
        os._exit(1)
    if request["walls"]:
        walls.cover(SOCKETS)
        walls.show_own_processes()
        walls.drop_capabilities()
        walls.refuse_to_be_read()  # no filter of system calls holds for this process
    child_ended, told_by = _told_of_children()
    _write(writer, {"ready": True})
    os.write(go_writer, b"g")
    for descriptor in set(range(256)) - {child_ended, told_by} - refusals.descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)
    while True:
        refusals.serve_until(child_ended)
        os.read(child_ended, 4096)
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == kernel:
                os._exit(os.waitstatus_to_exitcode(ended[1]) & 0xFF)  # all else in the namespace ends with PID 1


def _told_of_children() -> tuple[int, int]:
    """Have a byte written to a pipe whenever a child ends, and return its two ends."""
    reader, writer = os.pipe2(os.O_NONBLOCK)
    signal.signal(signal.SIGCHLD, lambda *signal_and_frame: None)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    os.kill(os.getpid(), signal.SIGCHLD)  # one may have ended before
    return reader, writer


def _kernel(
    request: dict[str, Any], filter_: walls.Filter, report: int, bound: int, go: int, to_init: socket.socket
) -> NoReturn:
    """Become the student kernel."""
    try:
        limits = request["limits"]
        os.chdir(HOME)
        walls.set_limits(
            memory_bytes=limits["memory_bytes"],
            file_bytes=limits["disk_bytes"],
            cpu_s=limits["cpu_s"],
            processes=limits["processes"],
        )
        listener = None
        if request["walls"]:
            listener = walls.drop_privileges(filter_, listens=True)
        else:
            walls.die_with_parent()
        hand_over(to_init, listener)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if "random" in request:  # Python seeds this one again in every fork
            random.setstate(request["random"])
        else:
            _seed_generators()
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)

        from lossmark.sandbox.kernel import StudentKernelApp

        app = StudentKernelApp.instance(ip=request["ip"], key=request["key"].encode(), names=request.get("names"))
        app.initialize([])
        app.remember(request.get("opening", []))
        os.close(report)
        os.write(bound, b"b")
        os.close(bound)
        if not os.read(go, 1):
            os._exit(1)
        os.close(go)
        app.start()  # type: ignore[no-untyped-call]
    except SystemExit as end:
        _write(report, {"reason": f"IPython did not start ({end})"})
        os._exit(end.code if isinstance(end.code, int) else 0)
    except BaseException as error:
        _write(report, {"reason": f"{type(error).__name__}: {error}"})
        os._exit(1)
    os._exit(0)


def _write(writer: int, report: dict[str, Any]) -> None:
    try:
        os.write(writer, json.dumps(report).encode() + b"\n")
    except OSError:
        return  # already closed: the kernel has started and its end is told otherwise


def _reap() -> None:
    """Take note of ended children, so that they do not stay as zombies."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except ChildProcessError:
        return


if __name__ == "__main__":
    main()
