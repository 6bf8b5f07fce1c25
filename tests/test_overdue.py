"""A check that never ends is interrupted and named, whatever it does."""

from __future__ import annotations

import gc
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from helpers import graded_cell, submission_of, write_course
from lossmark.boundary.submission import Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.errors import NotGraded
from lossmark.grading.graders import Graders
from lossmark.grading.overdue import Overdue, deadline

CELLS = [graded_cell("solution", "double", "pass"), graded_cell("tests", "double_tests", "pass", 1)]
REFERENCE = "def double(x):\n    return 2 * x\n"
CHECKS = """
import time

from lossmark import check

class TestDouble:
    cell = "double_tests"

    @check(points=1)
    def test_value(self, submission):
        \"\"\"The value\"\"\"
        number = submission.double(2)
        {body}
"""
ENDLESS = {
    "a loop": "while True: pass",
    "a loop that catches every Exception": """while True:
            try:
                sum(range(1000))
            except Exception:
                pass""",
    "asleep": "time.sleep(600)",
    "a question again and again": "while True: submission.double(2)",
}
BRIEF_S = 0.2
MISCONCEPTION = """
from lossmark import misconception

@misconception("double", loses=["test_value"])
def double_some_other_way(x):
    '''You take another way.'''
    {body}
"""


@pytest.fixture
def load(tmp_path) -> Iterator[Any]:
    loaded: list[Graders] = []

    def load(body: str, timeout_s: float = BRIEF_S, misconceptions: str = "") -> Graders:
        files = {
            "reference": REFERENCE,
            "test_toy": CHECKS.format(body=body),
            "misconceptions": MISCONCEPTION.format(body=misconceptions) if misconceptions else "",
        }
        assignment = write_course(tmp_path / "course", CELLS, files)
        loaded.append(Graders(assignment, 231, timeout_s))
        return loaded[-1]

    yield load
    for graders in loaded:
        graders.close()


def right(x):
    return 2 * x


@pytest.mark.parametrize("body", ENDLESS.values(), ids=ENDLESS.keys())
def test_a_check_that_never_ends_is_named(load, body):
    graders = load(body)
    with pytest.raises(NotGraded, match=r"test_value failed by itself: it was not finished after 0\.2 seconds"):
        graders.run("double_tests", submission_of(double=right))


def test_it_is_named_where_a_function_of_this_process_takes_the_interruption_for_its_own(load):
    def ends(x):
        try:
            while True:
                pass
        except BaseException as error:
            raise ValueError("interrupted") from error

    with pytest.raises(NotGraded, match=r"test_value failed by itself: it was not finished after 0\.2 seconds"):
        load("while True: submission.double(2)").run("double_tests", submission_of(double=ends))


def test_it_is_named_in_any_thread(load):
    graders, raised = load(ENDLESS["a loop"]), []

    def grade() -> None:
        try:
            graders.run("double_tests", submission_of(double=right))
        except NotGraded as error:
            raised.append(str(error))

    thread = threading.Thread(target=grade)
    thread.start()
    thread.join()
    assert "test_value" in raised[0]


def test_a_loop_that_an_answer_causes_is_that_failed_check(load):
    graders = load("while number != 4: pass")
    (result,) = graders.run("double_tests", submission_of(double=lambda x: 5)).checks
    assert (result.outcome, result.points) == ("failed", 0.0)
    assert result.fault.startswith("Overdue in line ")
    (result,) = graders.run("double_tests", submission_of(double=right)).checks
    assert result.outcome == "passed"


@pytest.mark.parametrize("body", ["while True: pass", "return [0] * 2**32", "return [[x] for _ in range(2**27)]"])
def test_an_explanation_that_takes_too_long_or_too_much_is_given_up_and_costs_no_point(load, body):
    graders = load("assert number > 3", misconceptions=body)
    (result,) = graders.run("double_tests", submission_of(double=lambda x: 3)).checks
    assert (result.outcome, result.points, result.misconception) == ("failed", 0.0, None)
    (result,) = graders.run("double_tests", submission_of(double=right)).checks
    assert (result.outcome, result.points) == ("passed", 1.0)


def test_the_time_of_an_answer_is_not_the_checks(load):
    class Slow(LocalTransport):
        """As a kernel on a loaded machine."""

        def ask(self, request: bytes) -> bytes:
            end = time.thread_time() + 10 * BRIEF_S
            while time.thread_time() < end:
                pass
            return super().ask(request)

    class Kernel:
        """Not of this process."""

        def ask(self, request: bytes) -> bytes:
            return Slow({"double": right}).ask(request)

    (result,) = load("assert number == 4", 1.10 * BRIEF_S).run("double_tests", Submission(Kernel())).checks
    assert result.outcome == "passed"


def compute_for_ever() -> None:
    with deadline(0.0, lambda: False):
        while True:
            pass


def test_nothing_is_raised_after_the_end():
    for _ in range(2):
        with pytest.raises(Overdue):
            compute_for_ever()
        time.sleep(0.01)
    with deadline(60.0, lambda: False):
        time.sleep(0.01)


@pytest.fixture
def reported(monkeypatch) -> list[type]:
    """The classes of the exceptions that callbacks have ended with."""
    classes: list[type] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: classes.append(unraisable.exc_type))
    return classes


def in_the_garbage_collector(body: Callable[[], None]) -> None:
    def callback(phase: str, info: dict[str, int]) -> None:
        body()

    gc.callbacks.append(callback)
    try:
        gc.collect()
    finally:
        gc.callbacks.remove(callback)


def in_a_weak_reference(body: Callable[[], None]) -> None:
    class Referent:
        pass

    referent = Referent()
    reference = weakref.ref(referent, lambda _: body())
    del referent
    assert reference() is None


def in_a_destructor(body: Callable[[], None]) -> None:
    class Dying:
        def __del__(self):
            body()

    Dying()


def spin() -> None:
    while True:
        pass


def fail() -> None:
    raise KeyError


@pytest.mark.parametrize("where", [in_the_garbage_collector, in_a_weak_reference, in_a_destructor])
def test_an_interruption_in_a_callback_is_no_fault_to_report(where, reported):
    def go_on_afterwards() -> None:
        with deadline(0.0, lambda: False):
            where(spin)
            spin()

    with pytest.raises(Overdue):
        go_on_afterwards()
    assert reported == []
    with deadline(60.0, lambda: False):
        where(fail)
    assert set(reported) == {KeyError}
    where(fail)
    assert set(reported) == {KeyError}
