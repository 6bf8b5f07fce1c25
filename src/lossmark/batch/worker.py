"""The grader of a worker process: it keeps the checks and the sandbox from one submission to the next."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import tempfile
import threading
import traceback
from contextlib import ExitStack
from dataclasses import dataclass, replace
from multiprocessing import connection, parent_process, util

from lossmark import startup  # noqa: F401  (before all that imports nbformat)
from lossmark.batch.parcel import Parcel
from lossmark.boundary.signs import Sign
from lossmark.boundary.submission import Killed
from lossmark.errors import NoNotebook, NotGraded, UsageError, describe
from lossmark.execution.run import TurnOver
from lossmark.grading.pipeline import Grader
from lossmark.results import GradedNotebook
from lossmark.sandbox.limits import Isolation, Limits
from lossmark.scratch import Scratch
from lossmark.settings import Inputs


@dataclass(frozen=True)
class Order:
    """One submission to grade.

    Attributes
    ----------
    student : str
        Whose it is.
    submission : bytes
        Content of the submitted file.
    limits : Limits
        Its limits.
    isolation : Isolation
        The wall around it.
    inputs : Inputs, optional
        How the inputs of its checks are drawn, instead of the course's setting.
    """

    student: str
    submission: bytes
    limits: Limits
    isolation: Isolation = Isolation.BUBBLEWRAP
    inputs: Inputs | None = None


@dataclass(frozen=True)
class Outcome:
    """The result of an order.

    Attributes
    ----------
    graded : GradedNotebook or None
        None where it was not graded.
    reason : str
        Why not.
    is_unusable : bool
        Whether that is because of the file.
    is_left : bool
        Whether its turn was over: it is to be graded when no other one waits.
    """

    graded: GradedNotebook | None
    reason: str = ""
    is_unusable: bool = False
    is_left: bool = False


def grade(parcel: Parcel, order: Order) -> Outcome:
    """Grade a submission; errors are reported, not raised.

    Parameters
    ----------
    parcel : Parcel
        The assignment and its graders.
    order : Order
        The submission.

    Returns
    -------
    Outcome
    """
    with _one_at_a_time:
        try:
            grader, limits = _grader_for(parcel, order.isolation), order.limits
            graded = grader.grade(order.submission, limits, order.inputs)
            if _has_lost_a_kernel(graded):  # perhaps by a machine short of memory; its own code will end it again
                limits = replace(limits, turn_s=limits.turn_s - graded.seconds)
                graded = grader.grade(order.submission, limits, order.inputs)
            return Outcome(graded)
        except TurnOver as over:
            return Outcome(None, str(over), is_left=True)
        except NoNotebook as error:
            return Outcome(None, str(error), is_unusable=True)
        except (NotGraded, UsageError) as error:
            return Outcome(None, str(error))
        except (OSError, MemoryError) as error:
            return Outcome(None, describe(error))
        except Exception as error:  # a bug of the engine's: this submission is not graded, the others are
            place = traceback.extract_tb(error.__traceback__)[-1]
            return Outcome(None, f"{type(error).__name__} in {place.name}: {error}")


def _has_lost_a_kernel(graded: GradedNotebook) -> bool:
    outcomes = {check.outcome for cell in graded.cells for check in cell.checks}
    return Killed.outcome in outcomes or Sign.ENDED in graded.signs


def let_go() -> None:
    """End the sandbox and remove the files of the assignment at hand; the next order brings its own."""
    with _one_at_a_time:
        _let_go()


def settle_in(environment: dict[str, str]) -> None:
    """Prepare a process of a local pool: leave `Ctrl-C` to the process that started it, and end when that one ends.

    Parameters
    ----------
    environment : dict
        The variables of that process; the one that this one is forked from may have been started with others.
    """
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None  # it is looked up again
    tempfile.gettempdir()
    os.chdir("/")  # libraries read settings in the working folder, which may hold a submission
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # it was held back while this process started
    signal.signal(signal.SIGTERM, _leave)
    sys.unraisablehook = _end_without_memory
    util.Finalize(None, _let_go, exitpriority=1)  # a process of a pool exits without atexit's functions
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_without_memory(unraisable: sys.UnraisableHookArgs) -> None:
    """Exit if memory is too short to start a thread: the caller would wait forever."""
    if issubclass(unraisable.exc_type, MemoryError):
        os._exit(1)  # like a killed worker: another worker retries its order
    sys.__unraisablehook__(unraisable)


def _leave(*signal_and_frame: object) -> None:
    """End; where files are being removed, when they are."""
    global _is_leaving
    _is_leaving = True
    if not _is_letting_go:
        _let_go()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)  # the sandbox ends by itself; the next worker removes the folder


_one_at_a_time = threading.Lock()
_kept = ExitStack()
"""The files and the grader of the assignment at hand."""
_at_hand: tuple[tuple[str, Isolation], Grader] | None = None
_is_letting_go = _is_leaving = False


def _grader_for(parcel: Parcel, isolation: Isolation) -> Grader:
    global _at_hand
    key = (parcel.digest, isolation)
    if _at_hand is None or _at_hand[0] != key:
        _let_go()
        folder = _kept.enter_context(Scratch())
        course = parcel.unpack(folder)
        _at_hand = key, _kept.enter_context(Grader(course, parcel.assignment, isolation, expects_many=True))
    return _at_hand[1]


@atexit.register
def _let_go() -> None:
    global _at_hand, _is_letting_go
    _at_hand, _is_letting_go = None, True
    try:
        _kept.close()
    finally:
        _is_letting_go = False
        if _is_leaving:
            os._exit(1)
