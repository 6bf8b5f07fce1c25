"""Deadlines on idle and on loaded machines, with a clock that is moved by hand."""

from __future__ import annotations

import pytest

from lossmark.boundary import deadlines
from lossmark.boundary.deadlines import MOST_TIMES, MOST_TIMES_LOADED, Deadline, charged_s, fair_share
from lossmark.sandbox.limits import Limits


class Machine:
    """A clock, and a submission that gets a share of the processor."""

    def __init__(self) -> None:
        self.now, self.used, self.fair = 1000.0, 7.0, 1.0

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
    monkeypatch.setattr(deadlines, "fair_share", lambda: machine.fair)
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


@pytest.mark.parametrize("processes", [17, 50, 60])
def test_one_that_shares_the_processor_with_many_is_given_its_time(machine: Machine, processes: int) -> None:
    machine.fair, started = 2 / processes, machine.used
    waited = machine.wait_out(deadline_of(machine), share=machine.fair)
    assert 2.0 * 0.95 <= machine.used - started <= 2.0
    assert waited == pytest.approx((machine.used - started) / machine.fair)


@pytest.mark.parametrize("processes", [50, 61, 128])
def test_two_seconds_of_the_usual_five_are_had_beside_all_processes_of_a_submission(
    machine: Machine, processes: int
) -> None:
    machine.fair, started = 2 / (processes + 1), machine.used
    machine.wait_out(deadline_of(machine, Limits().call_timeout_s), share=machine.fair)
    assert machine.used - started > 2.0


@pytest.mark.parametrize(("fair", "share"), [(0.01, 0.008), (0.02, 0.011), (0.2, 0.06)])
def test_deadline_is_not_put_off_for_ever_on_a_busy_machine_either(machine: Machine, fair: float, share: float) -> None:
    machine.fair = fair
    waited = machine.wait_out(deadline_of(machine), share)
    assert waited == pytest.approx(2.0 * min(MOST_TIMES_LOADED, 2 / fair))


def test_one_that_sleeps_while_others_work_is_given_no_more(machine: Machine) -> None:
    machine.fair = 0.04
    assert machine.wait_out(deadline_of(machine), share=0.01) == pytest.approx(2.0)


def test_share_is_counted_by_the_system() -> None:
    assert 0 < fair_share() <= 1


@pytest.mark.parametrize(
    ("passed", "used", "fair", "charged"),
    [
        (5.0, 5.0, 1.0, 5.0),
        (5.0, 0.0, 1.0, 5.0),
        (5.0, 0.1, 1.0, 5.0),
        (34.0, 2.0, 0.05, 2.0),
        (50.0, 2.0, 0.04, 2.0),
        (50.0, 0.4, 0.04, 50.0),
        (600.0, 6.0, 0.015, 20.0),
        (1.0, 2.0, 1.0, 1.0),
    ],
)
def test_notebook_is_charged_what_it_used_and_a_sleeper_what_passed(
    passed: float, used: float, fair: float, charged: float, machine: Machine
) -> None:
    machine.fair = fair
    assert charged_s(passed, used) == pytest.approx(charged)
