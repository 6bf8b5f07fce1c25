"""The functions that run on the workers of a Dask cluster.

Functions travel by name and are looked up by the event loops of workers and scheduler, which must not block: the
rest of the engine, which takes seconds to import, is imported in other threads. Data for workers only travels
packed, so that the scheduler passes it on unread.
"""

from __future__ import annotations

import asyncio
import pickle
import platform
from typing import TYPE_CHECKING, Any

import lossmark

if TYPE_CHECKING:
    from lossmark.batch.parcel import Parcel

ENGINE, LACKS = "the files of lossmark", "lacks"


def identify() -> dict[str, str]:
    """Say which Python and which Lossmark are used here."""
    return {"Python": ".".join(platform.python_version_tuple()[:2]), "lossmark": lossmark.__version__}


async def examine(needs_sandbox: bool) -> dict[str, str]:
    """Describe a worker's environment, and anything missing in it.

    Parameters
    ----------
    needs_sandbox : bool
        Whether to try whether a sandbox starts.

    Returns
    -------
    dict
        The result of `identify`, the digest of the engine, and a text about anything missing, with the remedy.
    """
    return await asyncio.to_thread(_examine, needs_sandbox)


def keep(parcel: bytes) -> Parcel:
    """Unpack the graders of a run; the worker keeps them in memory while the run lasts."""
    unpacked: Parcel = pickle.loads(parcel)
    return unpacked


def work(parcel: Parcel, order: bytes) -> Any:
    """Grade a submission.

    Parameters
    ----------
    parcel : Parcel
        The graders.
    order : bytes
        The function that grades, and its other arguments.
    """
    function, *arguments = pickle.loads(order)
    return function(parcel, *arguments)


async def tidy_up() -> None:
    """Remove the files of a run, after its last order."""
    from lossmark.batch import worker

    await asyncio.to_thread(worker.let_go)


def _examine(needs_sandbox: bool) -> dict[str, str]:
    from lossmark import doctor, provenance

    findings = doctor.examine() if needs_sandbox else ()
    lacks = [f"{one.subject}: {one.state} (to do: {one.remedy})" for one in findings if not one.is_fine]
    return {**identify(), ENGINE: provenance.digest_of_engine(), LACKS: "; ".join(lacks)}
