"""Events during a submission's run that a grader should see: honest mistakes or attempted attacks."""

from __future__ import annotations

from enum import StrEnum


class Sign(StrEnum):
    """An event while a submission ran; its text is written for the grader."""

    UNFINISHED = "a cell did not finish in time"
    ENDED = "a cell ended the kernel"
    LIMITED = "a cell was ended for what it took or sent"
    TOO_MUCH = "it put out, or answered, more than is kept"
    GARBLED = "it sent what cannot be read"


def remarks_of(signs: set[Sign], refused: set[str]) -> tuple[str, ...]:
    """Describe the events of a submission's run.

    Parameters
    ----------
    signs : set of Sign
        The events.
    refused : set of str
        Names of the system calls that were refused to it.

    Returns
    -------
    tuple of str
        A line for each.
    """
    calls = f"it asked the system for what is refused to it ({', '.join(sorted(refused))})" if refused else ""
    said = (*(str(sign) for sign in Sign if sign in signs), calls)
    return tuple(f"while the notebook ran: {one}" for one in said if one)
