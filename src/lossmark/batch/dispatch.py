"""Give orders to a pool of workers, and collect the outcomes even if workers are killed."""

from __future__ import annotations

import dataclasses
import math
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from itertools import islice

from lossmark.batch import worker
from lossmark.batch.parcel import Parcel
from lossmark.batch.pools import Pool
from lossmark.batch.turns import Turns
from lossmark.batch.worker import Order, Outcome
from lossmark.boundary.deadlines import MOST_TIMES_LOADED
from lossmark.sandbox.host import START_TIMEOUT_S

MAX_LOSSES = 3
"""A submission that has ended so many workers while it was alone with them is not tried again."""


def grade_all(parcel: Parcel, orders: Iterable[Order], pool: Pool) -> Iterator[tuple[Order, Outcome]]:
    """Grade submissions on a pool of workers.

    A worker may hang or be killed, for example by a machine out of memory: its submissions are then retried, one at a
    time, so that the cause is known and the others do not suffer. A submission that takes much longer than the others
    is put back when its turn is over, and graded from the beginning, with all of its time, after them.

    Parameters
    ----------
    parcel : Parcel
        The assignment and its graders.
    orders : iterable of Order
        The submissions; no more of them are taken than the workers need.
    pool : Pool
        Where the workers are.

    Yields
    ------
    Order, Outcome
        As they are done, in any order.
    """
    coming, suspects, losses = iter(orders), deque[Order](), dict[str, int]()
    ahead, left, turns = deque[Order](), deque[Order](), Turns()
    executor = pool.start()
    at_work: dict[Future[Outcome], Order] = {}
    try:
        while True:
            if not suspects:
                ahead.extend(islice(coming, max(0, pool.capacity - len(at_work) - len(ahead))))
            is_alone = len(at_work) + len(ahead) == 1
            while len(at_work) < (1 if suspects else pool.capacity):
                turn_s = math.inf
                if suspects:
                    order = suspects[0]
                elif ahead:
                    order, turn_s = ahead.popleft(), math.inf if is_alone else turns.length_s
                elif left:
                    order = left.popleft()
                else:
                    break
                at_work[_submit(executor, parcel, order, turn_s)] = order
            if not at_work:
                return
            patience_s = longest_s(at_work.values()) if pool.blames_orders else None
            done = wait(at_work, patience_s, FIRST_COMPLETED).done
            is_broken = not done
            for future in [future for future in at_work if future in done]:
                try:
                    outcome = future.result()
                except pool.failures:
                    is_broken = True
                else:
                    order = at_work.pop(future)
                    if suspects and suspects[0] is order:
                        suspects.popleft()
                    if outcome.graded is not None:
                        turns.learn(outcome.graded.seconds)
                    if outcome.is_left:
                        turns.count_left()
                        left.append(order)
                    else:
                        yield order, outcome
            if is_broken:
                lost = list(at_work.values())  # in the order in which they were given out, and so tried again in it
                at_work.clear()
                pool.stop(executor)
                executor = pool.start()
                if not pool.blames_orders:
                    ahead.extendleft(reversed(lost))
                elif suspects:
                    losses[lost[0].student] = losses.get(lost[0].student, 0) + 1
                    if losses[lost[0].student] >= MAX_LOSSES:
                        suspects.popleft()
                        yield lost[0], Outcome(None, f"the worker that graded it was killed or hung {MAX_LOSSES} times")
                else:
                    suspects.extend(lost)
    finally:
        pool.stop(executor)


def longest_s(orders: Iterable[Order]) -> float:
    """Return how long a worker may be silent, with room to spare: deadlines are put off, and some are graded twice.

    Parameters
    ----------
    orders : iterable of Order
        The orders that it may be working on.

    Returns
    -------
    float
        In seconds.
    """
    limits = [order.limits for order in orders]
    return 3 * max(
        limit.notebook_timeout_s
        + MOST_TIMES_LOADED * max(limit.cell_timeout_s, limit.call_timeout_s)
        + 2 * START_TIMEOUT_S
        for limit in limits
    )


def _submit(executor: Executor, parcel: Parcel, order: Order, turn_s: float) -> Future[Outcome]:
    """Have an order graded; an executor that broke while nothing was waited for says so in the future, too."""
    try:
        limits = dataclasses.replace(order.limits, turn_s=turn_s)
        return executor.submit(worker.grade, parcel, dataclasses.replace(order, limits=limits))
    except Exception as error:
        failed: Future[Outcome] = Future()
        failed.set_exception(error)
        return failed
