"""Workers on many machines: a Dask cluster transports orders and outcomes, and reports new and lost workers.

Which worker gets which order is decided here. So nothing is given to a worker that has not been examined, each has one
order at work and one at hand, and where a worker is lost it is known which order it was at.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import pickle
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError as PromiseCancelled
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

import dask
from distributed import Client, KilledWorker, Security
from distributed import Future as Promise
from distributed.comm.core import CommClosedError, connect

from lossmark.batch.dask_worker import ENGINE, LACKS, examine, identify, keep, tidy_up, work
from lossmark.batch.dispatch import MAX_LOSSES
from lossmark.batch.parcel import Parcel
from lossmark.batch.worker import Order, Outcome
from lossmark.errors import NotGraded, UsageError
from lossmark.provenance import digest_of_engine
from lossmark.sandbox.limits import Isolation

CONNECT_S = 10.0
"""How long the scheduler is waited for when a run begins: a mistyped address is told soon."""
PATIENCE_S = 90.0
"""How long workers are waited for, and a scheduler that was there before."""
EXAMINATION_S = 120.0
AGAIN_S = 1.0
"""After which a worker is examined again whose connection broke: one that has ended is seen off by then."""
ORDERS_EACH = 2
CLOSE_S = 5.0
SAME = "use the same Python environment on all machines"

P = ParamSpec("P")
T = TypeVar("T")


class SchedulerLost(Exception):
    """The connection to the scheduler was lost, or the last of the workers: no order is to blame."""


class DaskPool:
    """The workers of a Dask cluster.

    Parameters
    ----------
    address : str
        Of the scheduler: ``"tcp://host:8786"``, ``"tls://host:8786"``. Certificates come from Dask's own settings.
    isolation : Isolation
        The wall that each worker must have.
    say : callable
        Gets a line of text when a worker is refused, or when something is waited for.
    patience_s : float
        How long workers are waited for, and a scheduler that was there before.
    """

    failures: tuple[type[BaseException], ...] = (SchedulerLost,)
    blames_orders = False

    def __init__(
        self,
        address: str,
        isolation: Isolation = Isolation.BUBBLEWRAP,
        *,
        say: Callable[[str], None] = print,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.address = address
        self._isolation = isolation
        self._say = say
        self._patience_s = patience_s
        self._losses = Counter[str]()
        self._dealer: _Dealer | None = None

    @property
    def capacity(self) -> int:
        """One order at work and one at hand for each worker; never none, as more workers may come."""
        return max(1, ORDERS_EACH * (self._dealer.size if self._dealer else 0))

    def start(self) -> Executor:
        """Connect, and wait until a worker has been found fit.

        Raises
        ------
        UsageError
            If the address is none.
        NotGraded
            If there is no scheduler, or no worker that can grade.
        """
        is_first = self._dealer is None
        if self._dealer is not None:
            self._say(f"{self._dealer.end}; waiting up to {self._patience_s:.0f} s for it to come back")
        client = self._connect(CONNECT_S if is_first else self._patience_s)
        self._dealer = _Dealer(client, self.address, self._isolation, self._say, self._losses)
        try:
            self._dealer.open(self._patience_s, awaits_others=not is_first)
        except BaseException:
            self._dealer.shutdown()
            raise
        return self._dealer

    def stop(self, executor: Executor) -> None:
        """Leave the cluster; the workers' current orders are cancelled or ignored."""
        executor.shutdown()

    def _connect(self, timeout_s: float) -> Client:
        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # the important events are reported here, in fewer words
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})  # notebooks may be large
        try:
            asyncio.run(_reach(self.address, timeout_s))  # a client that fails to connect would also fail to close
            return Client(self.address, timeout=timeout_s, set_as_default=False, name="lossmark")
        except OSError:
            raise NotGraded(
                f"no scheduler answers at {self.address} within {timeout_s:.0f} s: is it running, is the address right "
                "(tls:// where the cluster uses TLS), is its port open to this machine?"
            ) from None
        except (ValueError, TypeError, RuntimeError) as error:
            raise UsageError(f"the scheduler's address {self.address} cannot be used: {error}") from None


async def _reach(address: str, timeout_s: float) -> None:
    """Test whether a server listens at an address."""
    comm = await connect(address, timeout=timeout_s, **Security().get_connection_args("client"))
    await comm.close()


def _unlike(there: dict[str, str]) -> str:
    """Describe the differences between another machine and this one."""
    here = identify() | ({ENGINE: digest_of_engine()} if ENGINE in there else {})
    for name, value in here.items():
        if there[name] != value:
            what = f"{name} are others than here" if name == ENGINE else f"{name} is {there[name]} there, {value} here"
            return f"{what}; {SAME}"
    return ""


async def _running_loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


@dataclass(order=True)
class _Errand:
    """An order to be dealt, and the future of its outcome."""

    number: int
    function: Callable[..., Any] = field(compare=False)
    parcel: Parcel = field(compare=False)
    order: Order = field(compare=False)
    future: Future[Any] = field(compare=False, default_factory=Future)


class _Dealer(Executor):
    """Deals orders to the workers that are fit.

    All private methods run in the thread of the client's event loop.
    """

    def __init__(
        self,
        client: Client,
        address: str,
        isolation: Isolation,
        say: Callable[[str], None],
        losses: Counter[str],
    ) -> None:
        self._client = client
        self._address = address
        self._isolation = isolation
        self._say = say
        self._losses = losses
        self._loop: asyncio.AbstractEventLoop = client.sync(_running_loop)
        self._count = 0
        self._places = itertools.count()
        self._waiting = asyncio.PriorityQueue[_Errand]()
        self._attended: dict[str, asyncio.Task[None]] = {}
        self._fit: set[str] = set()
        self._refused: set[str] = set()
        self._gone: set[str] = set()
        self._retired: set[str] = set()
        self._awaits_others = False
        self._is_settled = asyncio.Event()
        self.end: BaseException | None = None
        self._has_left = False

    @property
    def size(self) -> int:
        """How many workers are fit."""
        return len(self._fit)

    def open(self, patience_s: float, *, awaits_others: bool) -> None:
        """Examine the workers, and wait until one is fit.

        Parameters
        ----------
        patience_s : float
            How long to wait.
        awaits_others : bool
            Whether to go on waiting where all that are there are refused, as others were there before.
        """
        self._awaits_others = awaits_others
        self._run(self._open(patience_s))

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have an order graded: ``submit(worker.grade, parcel, order)``."""
        parcel, order = args
        assert isinstance(parcel, Parcel)
        assert isinstance(order, Order)
        self._count += 1
        errand = _Errand(self._count, fn, parcel, order)
        self._loop.call_soon_threadsafe(self._accept, errand)
        return errand.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster."""
        if self._has_left:
            return
        self._has_left = True
        with contextlib.suppress(Exception):
            self._run(asyncio.wait_for(self._leave(), CLOSE_S))
        with contextlib.suppress(Exception):
            self._client.close(timeout=CLOSE_S)

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    # Workers come and go

    async def _open(self, patience_s: float) -> None:
        address = self._address
        try:
            unlike = _unlike(await self._client.run_on_scheduler(identify))
        except ImportError as error:
            unlike = f"{error}; {SAME}"
        if unlike:
            raise NotGraded(f"the scheduler at {address} cannot be used: {unlike}")
        self._client.subscribe_topic("all", self._note)
        for present in await self._client.nthreads():
            self._welcome(present)
        if not self._attended:
            self._say(f"the scheduler at {address} has no workers yet; waiting up to {patience_s:.0f} s for one")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._is_settled.wait(), patience_s)
        if not self._fit:
            raise NotGraded(f"{self._who_is_there(address)}; the same command goes on where this one has stopped")

    def _who_is_there(self, address: str) -> str:
        if not self._attended:
            return f"the scheduler at {address} has no workers: start some with `dask worker {address} --nthreads 1`"
        if len(self._refused) == len(self._attended):
            return f"none of the {len(self._refused)} workers of the scheduler at {address} can grade: see above"
        return f"no worker of the scheduler at {address} has answered in time"

    def _note(self, event: tuple[float, dict[str, Any]]) -> None:
        """Record the scheduler's reports on its workers."""
        _, news = event
        if news.get("action") == "add-worker":
            self._welcome(news["worker"])
        elif news.get("action") == "remove-worker":
            self._see_off(news["worker"], is_expected=news.get("expected", False))

    def _welcome(self, address: str) -> None:
        if address not in self._attended and address not in self._gone and self.end is None:
            self._attended[address] = self._loop.create_task(self._attend(address))

    def _see_off(self, address: str, *, is_expected: bool) -> None:
        self._gone.add(address)
        if is_expected:
            self._retired.add(address)
        self._refused.discard(address)
        task = self._attended.pop(address, None)
        if task is not None:
            task.cancel()

    async def _attend(self, address: str) -> None:
        """Look after a worker until it has gone."""
        complaint = await self._examine(address)
        if complaint:
            self._say(f"the worker {address} is given no work: {complaint}")
            self._refused.add(address)
            if len(self._refused) == len(self._attended) and not self._awaits_others:
                self._is_settled.set()
            return
        self._fit.add(address)
        self._is_settled.set()
        dealt: list[_Errand] = []
        kept: dict[str, Promise[Parcel]] = {}
        try:
            async with asyncio.TaskGroup() as hands:
                for _ in range(ORDERS_EACH):
                    hands.create_task(self._deal(address, dealt, kept))
        finally:
            self._take_back(dealt, may_blame=self.end is None and address not in self._retired)
            self._fit.discard(address)
            if not self._fit:
                self._break_off(SchedulerLost(f"the last worker of the scheduler at {self._address} is lost"))

    async def _examine(self, address: str) -> str:
        """Return why a worker cannot be used."""
        while True:
            try:
                run = self._client.run(examine, self._isolation is Isolation.BUBBLEWRAP, workers=[address])
                there = (await asyncio.wait_for(run, EXAMINATION_S))[address]
            except CommClosedError:
                await asyncio.sleep(AGAIN_S)
            except ImportError as error:
                return f"{error}; {SAME}"
            except Exception as error:
                return f"it could not be examined: {type(error).__name__}: {error}"
            else:
                return _unlike(there) or there[LACKS]

    # Orders come and go

    def _accept(self, errand: _Errand) -> None:
        if self.end is None:
            self._waiting.put_nowait(errand)
        else:
            errand.future.set_exception(self.end)

    async def _deal(self, address: str, dealt: list[_Errand], kept: dict[str, Promise[Parcel]]) -> None:
        """Give a worker one order after the other."""
        here = {"workers": [address], "allow_other_workers": False, "pure": False}
        while True:
            errand = await self._waiting.get()
            dealt.append(errand)
            parcel, order = errand.parcel, pickle.dumps((errand.function, errand.order))
            if parcel.digest not in kept:
                kept[parcel.digest] = self._client.submit(keep, pickle.dumps(parcel), **here)
            try:
                # Orders run in the order of dealing: the first of a lost worker's orders is the one to blame.
                priority = -next(self._places)
                outcome = await self._client.submit(work, kept[parcel.digest], order, priority=priority, **here)
            except PromiseCancelled:  # the client has lost the scheduler, or somebody restarts the cluster
                self._break_off(SchedulerLost(f"the scheduler at {self._address} is lost"))
                return
            except KilledWorker:
                await self._loop.create_future()  # until the news of the worker's end arrives
            except Exception as error:
                outcome = Outcome(None, f"{type(error).__name__} on its way to {address} or back: {error}")
            dealt.remove(errand)
            errand.future.set_result(outcome)

    def _take_back(self, dealt: list[_Errand], *, may_blame: bool) -> None:
        """Take back the orders of a lost worker; the first of them was at work."""
        for place, errand in enumerate(dealt):
            student = errand.order.student
            self._losses[student] += may_blame and place == 0
            if self._losses[student] >= MAX_LOSSES:
                errand.future.set_result(Outcome(None, f"the worker that graded it was killed {MAX_LOSSES} times"))
            else:
                self._accept(errand)

    def _break_off(self, reason: BaseException) -> None:
        """Give up all orders and all workers."""
        if self.end is not None:
            return
        self.end = reason
        for task in self._attended.values():
            task.cancel()
        while not self._waiting.empty():
            self._waiting.get_nowait().future.set_exception(reason)

    async def _leave(self) -> None:
        fit = list(self._fit)
        self._client.unsubscribe_topic("all")
        self._break_off(SchedulerLost("the run has ended"))
        await asyncio.gather(*self._attended.values(), return_exceptions=True)
        if fit:
            await self._client.run(tidy_up, workers=fit, wait=False, on_error="ignore")
