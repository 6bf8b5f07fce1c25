"""A student kernel as the grader process holds it: cells to run, questions to ask, a deadline on each.

nbclient runs the cells. The output that it may keep is bounded, the end of the kernel is an event and not polled
for, and the handshake ends with the kernel's welcome message instead of fixed waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

import zmq
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_output
from traitlets import Bool, Instance

from lossmark.boundary import wire
from lossmark.boundary.deadlines import Deadline
from lossmark.boundary.questions import KILLED, Limited, Line
from lossmark.boundary.requests import question_to_run
from lossmark.boundary.signs import Sign
from lossmark.boundary.submission import Killed, StudentFault, TimedOut
from lossmark.errors import NotGraded, describe
from lossmark.execution.messages import StudentKernelClient
from lossmark.execution.outputs import keep_safe, remark
from lossmark.execution.relay import Relay
from lossmark.execution.runner import CellRunner
from lossmark.sandbox.fork import Fork
from lossmark.sandbox.host import Sandbox, SandboxError
from lossmark.sandbox.kernel import LINE_PORT, PORTS
from lossmark.sandbox.limits import Limits
from lossmark.sandbox.provisioner import SandboxProvisioner

KERNEL_NAME = "lossmark-student"
READY_TIMEOUT_S = 30.0
WELCOME_TIMEOUT_S = 1.0
MAX_MESSAGE_BYTES = wire.MAX_BYTES + 2**20
MAX_WAITING_MESSAGES = 64
MAX_SENT_BYTES = 96 * 2**20
"""Bytes that a kernel may send for one cell, or, besides the answer, for one question."""

MEMORY_OF_ALL = 2
"""Memory of all processes of a submission together, as a multiple of the limit of one."""
MEMORY_WATCH_S = 0.25

_FLOODED = f"the kernel was ended: it sent more than {MAX_SENT_BYTES // 2**20} MiB"
_TOO_LARGE = "the kernel was ended: its processes held more than {} MiB together"

NOT_DRAWN = new_output(
    "display_data",
    {"text/plain": "[A figure of the given code: it is not drawn while grading. Your own notebook shows it.]"},
)

Result = TypeVar("Result")


def set_figures(student: object, formats: list[str]) -> None:
    """Choose the formats in which figures are rendered; runs in the student kernel."""
    from matplotlib_inline.config import InlineBackend

    InlineBackend.instance().figure_formats = set(formats)


_SET_FIGURES = {draws: question_to_run(set_figures, ["png"] if draws else []) for draws in (True, False)}


def _is_undrawn(output: NotebookNode) -> bool:
    data = output.get("data", {})
    return "image/png" not in data and data.get("text/plain", "").startswith("<Figure size ")


class _StudentKernelSpecs(KernelSpecManager):
    """Knows one kernel, which needs no file to be installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the specification of the student kernel."""
        return KernelSpec(
            argv=[],
            display_name="Student kernel (Lossmark)",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": "lossmark-sandbox"}},
        )


class _StudentKernelManager(AsyncKernelManager):
    """Manages a kernel that is forked from a given sandbox."""

    sandbox = Instance(Sandbox)
    limits = Instance(Limits)
    opened = Bool(False)

    def _connect_control_socket(self) -> None:
        """Not needed: the kernel is not asked to end, but killed."""

    def write_connection_file(self, **kwargs: Any) -> None:
        """Not needed: nobody else connects, and a worker that is killed would leave it behind."""


class StudentKernel:
    """One student kernel, from its fork to its end.

    Its methods block; an event loop in a thread of its own does the talking, so that they can be used anywhere, also
    inside a running event loop such as formgrader's.

    Parameters
    ----------
    sandbox : Sandbox
        Where to fork it; also an attribute.
    limits : Limits
        Its limits.
    opened : bool
        Whether the cells given to ``sandbox.open`` shall have been run in it.

    Attributes
    ----------
    signs : set of Sign
        Remarkable behaviour in its messages.

    Raises
    ------
    SandboxError
        If no kernel can be started, through no fault of a student's.
    """

    def __init__(self, sandbox: Sandbox, limits: Limits, *, opened: bool = False) -> None:
        self.sandbox = sandbox
        self._limits, self._opened = limits, opened
        self._draws = True
        self.signs = set[Sign]()
        self._is_too_large = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="student-kernel", daemon=True)
        self._thread.start()
        try:
            self._await(self._start(sandbox))
        except BaseException:
            self.close()
            raise

    def execute(self, cell: NotebookNode, timeout_s: float, *, draws: bool = True) -> list[NotebookNode]:
        """Run a code cell and set its outputs.

        Parameters
        ----------
        cell : NotebookNode
            A code cell; its outputs are replaced, an error among them included.
        timeout_s : float
            Time that it may take, in seconds.
        draws : bool
            Whether its figures shall be rendered, which takes longer than all else that most cells do. If not, there
            is a line of text in place of each.

        Returns
        -------
        list of NotebookNode
            The outputs as the kernel sent them: to decide by, not to be shown.

        Raises
        ------
        TimedOut, Killed
            If it did not end in time, or the kernel ended. The kernel is of no more use then.
        """
        if draws is not self._draws:
            self.ask(_SET_FIGURES[draws], timeout_s)
            self._draws = draws
        try:
            self._await(self._execute(cell, timeout_s))
            sent: list[NotebookNode] = cell.outputs
        finally:
            cell.outputs = keep_safe(cell.outputs, self._limits.output_bytes, self.signs)
            if not draws:
                cell.outputs = [copy.deepcopy(NOT_DRAWN) if _is_undrawn(one) else one for one in cell.outputs]
            # The kernel says how many cells it has run, and may say anything.
            count = cell.get("execution_count")
            cell.execution_count = count if type(count) is int and 0 <= count < 2**31 else None
        return sent

    def ask(self, request: bytes, timeout_s: float) -> bytes:
        """Ask the agent inside the kernel.

        Parameters
        ----------
        request : bytes
            A message of the wire format.
        timeout_s : float
            Time that the answer may take, in seconds.

        Returns
        -------
        bytes
            The reply, of which nothing is known.

        Raises
        ------
        TimedOut, Killed
            If no reply came in time, or the kernel ended. The kernel is of no more use then.
        """
        self._relay.reset()
        try:
            return self._line.ask(request, timeout_s)
        except Killed:
            self._raise_if_ended()
            raise

    def clocks_s(self) -> tuple[float, float]:
        """Return the kernel's processor time, and how long it and this thread had to wait for a processor."""
        return self._fork.cpu_s(), self._fork.waited_s()

    def cpu_s(self) -> float:
        """Return the processor time that the kernel has used, in seconds; 0 where it has ended."""
        return self._fork.cpu_s()

    @property
    def refused(self) -> set[str]:
        """Names of the system calls that were refused to it; known when it is closed."""
        return self._fork.refused

    def close(self) -> None:
        """Kill the kernel with all its processes and remove its sockets; a second time, do nothing."""
        if self._loop.is_closed():
            return
        with contextlib.suppress(Exception):
            self._await(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _await(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _start(self, sandbox: Sandbox) -> None:
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE_BYTES)
        context.setsockopt(zmq.RCVHWM, MAX_WAITING_MESSAGES)
        context.setsockopt(zmq.LINGER, 0)
        self._context = context
        self._manager = _StudentKernelManager(
            kernel_name=KERNEL_NAME,
            kernel_spec_manager=_StudentKernelSpecs(),
            context=context,
            client_factory=StudentKernelClient,
            sandbox=sandbox,
            limits=self._limits,
            opened=self._opened,
            autorestart=False,
        )
        await self._manager.start_kernel()
        self._relay = Relay(MAX_SENT_BYTES, self._kill)
        assert isinstance(self._manager.provisioner, SandboxProvisioner)
        self._fork = fork = self._manager.provisioner.fork
        kernels, self._manager.ip = fork.ip, f"{fork.ip}-relay"
        for name in ("shell_port", "iopub_port"):
            await self._relay.listen(f"{self._manager.ip}-{PORTS[name]}", f"{kernels}-{PORTS[name]}")
        self._client = self._manager.client()
        self._client.start_channels(shell=True, iopub=True, stdin=False, hb=False, control=False)
        self._client.allow_stdin = False
        self._runner = CellRunner(
            new_notebook(),
            km=self._manager,
            allow_errors=True,
            timeout=None,
            record_timing=False,
            coalesce_streams=False,  # nbclient's way takes quadratic time, which one long line makes hours
            store_widget_state=False,
            raise_on_iopub_timeout=False,
        )
        self._runner.kc = self._client
        self._runner.signs = self.signs
        self._runner.max_output_bytes = self._limits.output_bytes
        try:
            await self._unless_it_ends(self._welcomed(), READY_TIMEOUT_S)
        except TimedOut:
            raise SandboxError(f"a student kernel did not answer within {READY_TIMEOUT_S:.0f} s") from None
        except Killed:
            raise SandboxError("a student kernel was killed before it ran anything of a student's") from None
        self._draining = asyncio.create_task(self._drain())
        self._watching = asyncio.create_task(self._watch_memory(fork))
        self._line = Line(f"{kernels}-{LINE_PORT}", fork.descriptor, fork.cpu_s)

    async def _welcomed(self) -> None:
        """Wait until something comes over the public channel: it is connected then, and nothing after that is lost.

        That is the kernel's welcome, except for one kernel in a thousand: if it publishes something else at the moment
        at which the client arrives, ZeroMQ wakes it once for both. Then its answer to a request will do as well.
        """
        while not await self._client.iopub_channel.socket.poll(1000 * WELCOME_TIMEOUT_S):
            self._client.kernel_info()

    def _kill(self) -> None:
        """Kill the kernel, in the middle of its work."""
        assert self._manager.provisioner is not None
        self._killing = asyncio.create_task(self._manager.provisioner.kill())

    async def _watch_memory(self, fork: Fork) -> None:
        """End the kernel when its processes hold too much together: the limit of one is easily had many times."""
        while fork.memory_bytes() <= MEMORY_OF_ALL * self._limits.memory_bytes:
            await asyncio.sleep(MEMORY_WATCH_S)
        self._is_too_large = True
        self._kill()

    async def _execute(self, cell: NotebookNode, timeout_s: float) -> None:
        self._runner.nb.cells = [cell]
        self._runner.begin()
        self._relay.reset()
        self._draining.cancel()
        await asyncio.gather(self._draining, return_exceptions=True)
        try:
            await self._unless_it_ends(self._runner.async_execute_cell(cell, 0), timeout_s)
        except (TimedOut, Killed) as fault:
            cell.outputs.append(remark(f"[{fault}]"))
            raise
        finally:
            self._draining = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        """Discard outputs between two cells, from called functions, so that they do not accumulate."""
        while True:
            await self._client.iopub_channel.socket.recv_multipart()

    async def _unless_it_ends(self, work: Coroutine[Any, Any, Result], timeout_s: float) -> Result:
        """Await the kernel's work, its end, or the deadline, whichever comes first."""
        working = asyncio.create_task(work)
        assert isinstance(self._manager.provisioner, SandboxProvisioner)
        ended = asyncio.create_task(self._manager.provisioner.wait())
        deadline = Deadline(timeout_s, self._manager.provisioner.fork.cpu_s)
        try:
            while not deadline.has_passed():
                left_s = deadline.left_s()
                await asyncio.wait({working, ended}, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
                if working.done():
                    return working.result()
                if ended.done():
                    self._raise_if_ended()
                    raise Killed(KILLED)
            raise TimedOut(f"not finished after {timeout_s:.3g} seconds")
        except DeadKernelError:
            raise Killed(KILLED) from None
        except (StudentFault, NotGraded, OSError, MemoryError):
            raise
        except Exception as error:  # of ours, or of nbclient's: all that the kernel sends has been read before
            raise NotGraded(f"{type(error).__name__} while a message of a kernel was handled: {error}") from error
        finally:
            for task in (working, ended):
                task.cancel()
            await asyncio.gather(working, ended, return_exceptions=True)

    def _raise_if_ended(self) -> None:
        """Say why the kernel was ended from this side, if it was."""
        if self._relay.has_failed:
            raise SandboxError(f"what a kernel sent could not be passed on: {describe(MemoryError())}") from None
        if self._relay.is_exceeded:
            raise Limited(_FLOODED) from None
        if self._is_too_large:
            raise Limited(_TOO_LARGE.format(MEMORY_OF_ALL * self._limits.memory_bytes // 2**20)) from None

    async def _close(self) -> None:
        try:
            await self._end_kernel()
        finally:
            # nbclient leaves tasks behind when the cell that they belong to is given up.
            # A task of ours that has ended with an error is asked for it here: else it is told when the garbage is
            # collected, in the middle of the next submission.
            own = [getattr(self, name, None) for name in ("_draining", "_watching", "_killing")]
            tasks = asyncio.all_tasks() - {asyncio.current_task()} | {task for task in own if task is not None}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _end_kernel(self) -> None:
        if hasattr(self, "_client"):
            self._client.stop_channels()
        if hasattr(self, "_line"):
            self._line.close()
        if hasattr(self, "_relay"):
            await self._relay.close()
        if hasattr(self, "_manager"):
            provisioner = self._manager.provisioner
            if provisioner is not None:
                await provisioner.kill()
                await provisioner.wait()
            await self._manager.cleanup_resources()
        if hasattr(self, "_context"):
            self._context.destroy(linger=0)
