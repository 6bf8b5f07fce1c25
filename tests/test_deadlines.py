"""Deadlines on idle and on loaded machines, with a clock that is moved by hand."""

from __future__ import annotations

import pytest

from lossmark.boundary import deadlines
from lossmark.boundary.deadlines import MOST_TIMES, Deadline


class Machine:
    """A clock, and a submission that gets a share of the processor."""

    def __init__(self) -> None:
        self.now, self.used = 1000.0, 7.0

    def monotonic(self) -> float:
        return self.now

    def work(self, seconds: float, share: float) -> None:
        self.now += seconds
        self.used += share * seconds

    def wait_out(self, deadline: Deadline, share: float) -> float:
        """Let time pass until the deadline has, and return how long that took."""
        started = self.now
        while not deadline.has_passed():
            self.work(deadline.left_s(), share)
        return self.now - started


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(deadlines, "time", machine)
    return machine


def deadline_of(machine: Machine, timeout_s: float = 2.0) -> Deadline:
    return Deadline(timeout_s, lambda: machine.used)


def test_nothing_has_passed_before_its_time(machine: Machine) -> None:
    deadline = deadline_of(machine)
    machine.work(1.5, share=1.0)
    assert deadline.left_s() == pytest.approx(0.5)
    assert not deadline.has_passed()


@pytest.mark.parametrize("share", [1.0, 0.97, 2.0], ids=["one core", "nearly", "two threads"])
def test_endless_loop_on_an_idle_machine_is_given_its_time_and_no_more(machine: Machine, share: float) -> None:
    assert machine.wait_out(deadline_of(machine), share) == pytest.approx(2.0)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.04])
def test_one_that_sleeps_is_given_no_more(machine: Machine, share: float) -> None:
    assert machine.wait_out(deadline_of(machine), share) == pytest.approx(2.0)


@pytest.mark.parametrize("share", [0.5, 0.25, 0.2])
def test_one_that_is_kept_waiting_is_given_its_time(machine: Machine, share: float) -> None:
    started = machine.used
    waited = machine.wait_out(deadline_of(machine), share)
    assert 2.0 * 0.95 <= machine.used - started <= 2.0
    assert waited == pytest.approx((machine.used - started) / share)


def test_deadline_is_not_put_off_for_ever(machine: Machine) -> None:
    assert machine.wait_out(deadline_of(machine), share=0.06) == pytest.approx(2.0 * MOST_TIMES)


def test_one_that_falls_asleep_while_it_is_given_more_is_noticed(machine: Machine) -> None:
    deadline = deadline_of(machine)
    machine.work(2.0, share=0.5)
    assert not deadline.has_passed()
    assert machine.wait_out(deadline, share=0.0) == pytest.approx(1.0)


def test_processor_time_before_the_deadline_was_set_does_not_count(machine: Machine) -> None:
    machine.work(100.0, share=1.0)
    assert machine.wait_out(deadline_of(machine), share=0.5) == pytest.approx(4.0, rel=0.06)
