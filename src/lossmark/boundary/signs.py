"""What a person should know of how a submission behaved: an honest slip, or an attempt at something."""

from __future__ import annotations

from enum import StrEnum


class Sign(StrEnum):
    """Something that a submission has met, or done, while it ran; as a text, in words for whoever grades."""

    UNFINISHED = "a cell did not finish in time"
    ENDED = "a cell ended the kernel"
    LIMITED = "a cell was ended for what it took or sent"
    TOO_MUCH = "it put out, or answered, more than is kept"
    GARBLED = "it sent what cannot be read"


def remarks_of(signs: set[Sign], refused: set[str]) -> tuple[str, ...]:
    """Say what a submission has met.

    Parameters
    ----------
    signs : set of Sign
        What it was.
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
