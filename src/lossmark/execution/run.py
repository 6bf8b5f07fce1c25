"""Running a notebook in a student kernel, up to where the checks need it, and again when the kernel was lost."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from nbformat import NotebookNode

from lossmark.boundary.deadlines import charged_s
from lossmark.boundary.questions import Garbled, Limited
from lossmark.boundary.requests import read_question
from lossmark.boundary.signs import Sign
from lossmark.boundary.submission import Killed, StudentFault, Submission, TimedOut
from lossmark.course import index_of, is_locked
from lossmark.errors import NotGraded
from lossmark.execution.hidden import HiddenTests
from lossmark.execution.illustrations import ALL_SEEN, NOT_RUN, Unseen
from lossmark.execution.kernel import StudentKernel
from lossmark.execution.opening import is_runnable
from lossmark.execution.outputs import NO_ROOM, remark, weight
from lossmark.sandbox.host import Sandbox
from lossmark.sandbox.limits import Limits
from lossmark.syntax import Definition

_EARLY_S = 0.01
"""By so much, a wait for a kernel may end before its time: where that was the rest of a turn, the turn is over."""
_SIGNS = {TimedOut: Sign.UNFINISHED, Killed: Sign.ENDED, Garbled: Sign.GARBLED, Limited: Sign.LIMITED}
_TIME_IS_UP = "the time for the whole notebook was used up before this"


class TurnOver(NotGraded):
    """A submission takes longer than its turn: it is graded from the beginning when no other one waits."""


class NotebookRun:
    """The cells of one submission and the kernel that they run in.

    A kernel that was killed or ran out of time is replaced when it is needed next: a new one runs the same cells
    again, except those that killed the one before.

    Parameters
    ----------
    cells : sequence of NotebookNode
        Cells in order; those that run get their outputs.
    start_kernel : callable
        Starts a student kernel.
    limits : Limits
        Deadlines of a cell, of a call, and of all together.
    behind : mapping
        Copies, with outputs, of the cells that every kernel started has run already, by index.
    unseen : Unseen
        The cells whose figures need not be rendered, and those that need not run.
    hidden : HiddenTests, optional
        The texts that run in place of tests cells and are not shown.

    Attributes
    ----------
    signs : set of Sign
        Remarkable behaviour of the submission.
    refused : set of str
        Names of the system calls that were refused to its kernels, those that have been closed.
    """

    def __init__(
        self,
        cells: Sequence[NotebookNode],
        start_kernel: Callable[[], StudentKernel],
        limits: Limits,
        behind: Mapping[int, NotebookNode] | None = None,
        unseen: Unseen = ALL_SEEN,
        hidden: HiddenTests | None = None,
    ) -> None:
        self.cells = cells
        self.hidden = hidden or HiddenTests(cells, {})
        self._outcomes: dict[int, list[NotebookNode] | StudentFault] = {}
        self._unseen = unseen
        self._start_kernel = start_kernel
        self._limits = limits
        self._left_s = self._left_for_values_s = limits.notebook_timeout_s
        self._turn_ends_s = math.inf
        self._timed_out: dict[str, TimedOut] = {}
        self._kernel: StudentKernel | None = None
        self._sandbox: Sandbox | None = None
        self._read: dict[str, Sequence[Definition]] = {}
        self.signs, self.refused = set[Sign](), set[str]()
        self._next = 0
        self._fatal: set[int] = set()
        self._behind = behind or {}
        self._weights: dict[int, int] = {}
        self._weight = 0

    def advance(self, stop: int) -> None:
        """Run the cells before an index that have not run yet.

        Parameters
        ----------
        stop : int
            Index of the first cell not to run.
        """
        while self._next < stop:
            index, self._next = self._next, self._next + 1
            if index in self._unseen.skipped:
                self.cells[index].outputs = [copy.deepcopy(NOT_RUN)]
            elif index in self._behind:
                shown = copy.deepcopy(self._behind[index])
                self.cells[index].update(outputs=shown.outputs, execution_count=shown.execution_count)
            elif self._is_runnable(index):
                self._run(index, self.cells[index])

    def submission_at(self, grade_id: str) -> Submission:
        """Run the notebook up to and including a cell and give access to the student's names as they are then.

        Parameters
        ----------
        grade_id : str
            The cell's. If later cells have run already, all cells run again.

        Returns
        -------
        Submission
        """
        stop = 1 + index_of(self.cells, grade_id)
        if stop < self._next:
            self._lose_kernel()
            self._next = 0
        self.advance(stop)
        code = [cell.source for cell in self.cells[:stop] if cell.cell_type == "code"]
        return Submission(self, code, self.signs)

    def outputs_at(self, grade_id: str) -> list[NotebookNode]:
        """Run the notebook up to and including the hidden tests of a cell.

        Parameters
        ----------
        grade_id : str
            The cell's.

        Returns
        -------
        list of NotebookNode
            The outputs of the cell with them, as the kernel sent them.

        Raises
        ------
        TimedOut, Killed
            If they came to no end.
        NotGraded
            If they have not run: nothing put out would be a pass.
        """
        index = index_of(self.cells, grade_id)
        self.advance(index + 1)
        outcome = self._outcomes.get(index)
        if isinstance(outcome, StudentFault):
            raise outcome
        if outcome is None and is_runnable(self._as_run(index)):
            raise NotGraded(f"the tests of {grade_id} were not run")
        return outcome or []  # an empty cell puts out nothing

    def ask(self, request: bytes) -> bytes:
        """Ask the agent in the kernel, which is as the cells run so far have left it.

        A function that did not finish in time is not called again before another cell of the student's has run. To
        read a variable, there is time of its own: it is not lost because calls have taken too long.

        Parameters
        ----------
        request : bytes
            A message of the wire format.

        Returns
        -------
        bytes
            The reply.

        Raises
        ------
        TimedOut, Killed
            If there is none.
        """
        kind, key = read_question(request)
        if key in self._timed_out:
            raise TimedOut(str(self._timed_out[key]))
        is_value = kind == "value"
        if is_value:
            self._left_s, self._left_for_values_s = self._left_for_values_s, self._left_s
        try:
            kernel = self._ready_kernel(self._next)
            timeout_s = self._time_for(self._limits.call_timeout_s)
            with self._on_the_clock(kernel, timeout_s):
                return kernel.ask(request, timeout_s)
        except TimedOut as fault:
            if self._kernel is not None:
                self._timed_out[key] = fault
            self._lose_kernel()
            raise
        except Killed as fault:
            if isinstance(fault, Garbled):
                self.signs.add(Sign.GARBLED)
            self._lose_kernel()
            raise
        finally:
            if is_value:
                self._left_s, self._left_for_values_s = self._left_for_values_s, self._left_s

    def clocks_s(self) -> tuple[float, float]:
        """Return the kernel's processor time, and how long it and this thread had to wait for a processor."""
        return self._ready_kernel(self._next).clocks_s()

    def read(self, cells: Sequence[str]) -> Sequence[Sequence[Definition]]:
        """Return the definitions of each code cell, read beside the kernel, but not in it."""
        unread = [source for source in dict.fromkeys(cells) if source not in self._read]
        if unread:
            sandbox = self._sandbox or self._ready_kernel(self._next).sandbox
            self._read.update(zip(unread, sandbox.read(unread), strict=True))
        return [self._read[source] for source in cells]

    def close(self) -> None:
        """End the kernel."""
        self._lose_kernel()

    def _is_runnable(self, index: int) -> bool:
        return is_runnable(self._as_run(index)) and index not in self._unseen.skipped

    def _as_run(self, index: int) -> NotebookNode:
        return self.hidden.as_run(index, self.cells[index])

    def _run(self, index: int, cell: NotebookNode) -> None:
        """Run one cell; if that ends the kernel, remember the cell as fatal."""
        try:
            kernel = self._ready_kernel(index)
            timeout_s = self._time_for(self._limits.cell_timeout_s)
        except TimedOut as fault:
            cell.outputs = [remark(f"[not run: {fault}]")]
            self._outcomes[index] = fault
            return
        running = self._as_run(index)
        try:
            if not is_locked(cell):
                self._timed_out.clear()
            with self._on_the_clock(kernel, timeout_s):
                sent = kernel.execute(running, timeout_s, draws=index not in self._unseen.undrawn)
            if running is not cell:
                self._outcomes[index] = sent
        except (TimedOut, Killed) as fault:
            self._outcomes[index] = fault
            self.signs.add(_SIGNS[type(fault)])
            self._fatal.add(index)
            self._lose_kernel()
        shown = self.hidden.shown(index, running, cell)
        cell.update(outputs=self._as_room_allows(index, shown), execution_count=running.execution_count)

    def _as_room_allows(self, index: int, outputs: list[NotebookNode]) -> list[NotebookNode]:
        """Leave out the outputs for which all of the notebook's have no room any more."""
        kept = list[NotebookNode]()
        self._weight -= self._weights.pop(index, 0)  # of the outputs that these replace
        before = self._weight
        for output in outputs:
            size = weight(output)
            if self._weight + size > self._limits.outputs_bytes:
                kept.append(remark(NO_ROOM))
                self.signs.add(Sign.TOO_MUCH)
                break
            kept.append(output)
            self._weight += size
        self._weights[index] = self._weight - before
        return kept

    def _ready_kernel(self, stop: int) -> StudentKernel:
        """Return a kernel in which the cells before an index have run."""
        while self._kernel is None:
            self._time_for(self._limits.cell_timeout_s)
            self._kernel = self._start_kernel()
            self._turn_ends_s = min(self._turn_ends_s, time.monotonic() + self._limits.turn_s)
            self._sandbox = self._kernel.sandbox
            for index in range(stop):
                if self._is_runnable(index) and index not in self._fatal and index not in self._behind:
                    try:
                        self._run_again(index)
                    except TimedOut:
                        self._lose_kernel()  # in which not all cells have run
                        raise
                if self._kernel is None:
                    break
        return self._kernel

    def _run_again(self, index: int) -> None:
        """Run a cell whose output is known already."""
        assert self._kernel is not None
        timeout_s = self._time_for(self._limits.cell_timeout_s)
        try:
            with self._on_the_clock(self._kernel, timeout_s):
                self._kernel.execute(copy.deepcopy(self._as_run(index)), timeout_s, draws=False)
        except TimedOut:
            self._lose_kernel()
            if timeout_s < self._limits.cell_timeout_s:  # the notebook's time has ended, not the cell's
                raise TimedOut(_TIME_IS_UP) from None
            self._fatal.add(index)
        except Killed:
            self._lose_kernel()
            self._fatal.add(index)

    @contextmanager
    def _on_the_clock(self, kernel: StudentKernel, timeout_s: float) -> Iterator[None]:
        """Do not count the time inside for the notebook: that of checks and the machine is not the student's."""
        started, used_before_s, least_s = time.monotonic(), kernel.cpu_s(), 0.0
        try:
            yield
        except TimedOut:
            self._turn_left_s(max(time.monotonic(), started + timeout_s + _EARLY_S))
            least_s = timeout_s
            raise
        finally:
            used_s = max(0.0, kernel.cpu_s() - used_before_s)
            self._left_s -= max(least_s, charged_s(time.monotonic() - started, used_s))

    def _time_for(self, timeout_s: float) -> float:
        if self._left_s <= 0:
            raise TimedOut(_TIME_IS_UP)
        return min(timeout_s, self._left_s, self._turn_left_s(time.monotonic()))

    def _turn_left_s(self, now_s: float) -> float:
        left_s = self._turn_ends_s - now_s
        if left_s <= 0:
            raise TurnOver("it takes longer than its turn")
        return left_s

    def _lose_kernel(self) -> None:
        if self._kernel is not None:
            self._kernel.close()
            self.signs |= self._kernel.signs
            self.refused |= self._kernel.refused
            self._kernel = None
