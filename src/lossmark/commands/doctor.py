"""``lossmark doctor``: whether submissions can be graded on this machine."""

from __future__ import annotations

import argparse

from lossmark.doctor import examine
from lossmark.errors import DONE, FAULT


def doctor(options: argparse.Namespace) -> int:
    """Print what was looked at, and what to do about what is missing.

    Parameters
    ----------
    options : Namespace
        Of the command line.

    Returns
    -------
    int
        The exit status.
    """
    is_fine = True
    for finding in examine():
        print(f"{'✓' if finding.is_fine else '✗'} {finding.subject}: {finding.state}")
        if not finding.is_fine:
            print(f"    to do: {finding.remedy}")
            is_fine = False
    print("Submissions can be graded here." if is_fine else "Submissions cannot be graded here yet.")
    return DONE if is_fine else FAULT
