"""What the warmed interpreter hears of the forks that become a kernel, in whatever order they get to say it."""

from __future__ import annotations

import fcntl
import os
import struct
import termios
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from lossmark.sandbox.zygote import _read_report

DEADLINE_S = 30.0


def report_of(parts: Sequence[bytes]) -> dict[str, Any]:
    """Return the report of forks that write one part when the one before has been read, and then end."""
    reader, writer = os.pipe()
    reports: list[dict[str, Any]] = []
    reading = threading.Thread(target=lambda: reports.append(_read_report(reader)), daemon=True)
    reading.start()
    for part in parts:
        while struct.unpack("i", fcntl.ioctl(reader, termios.FIONREAD, b"0000"))[0]:
            os.sched_yield()
        os.write(writer, part)
    os.close(writer)
    reading.join(DEADLINE_S)
    os.close(reader)
    return reports[0]


@pytest.mark.parametrize(
    "parts",
    [
        [b'{"init": 7}\n', b'{"ready": true}\n'],
        [b'{"ready": true}\n', b'{"init": 7}\n'],
        [b'{"ready": true}\n{"in', b'it": 7}\n'],
        [b'{"init": 7}\n{"ready": true}\n'],
    ],
    ids=["in turn", "the kernel first", "in pieces", "together"],
)
def test_kernel_has_started_when_it_is_ready_and_its_init_process_is_known(parts: list[bytes]) -> None:
    assert report_of(parts) == {"init": 7, "ready": True}


@pytest.mark.parametrize("parts", [[], [b'{"init": 7}\n'], [b'{"ready": true}\n']])
def test_forks_that_end_before_both_is_said_have_started_nothing(parts: list[bytes]) -> None:
    assert report_of(parts) == {"reason": "the kernel did not start"}


def test_reason_why_a_kernel_does_not_start_is_told() -> None:
    assert report_of([b'{"init": 7}\n', b'{"reason": "OSError: no"}\n']) == {"reason": "OSError: no"}
