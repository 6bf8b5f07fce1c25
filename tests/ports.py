"""Ports for servers that have to be told theirs before they start."""

from __future__ import annotations

import random
import socket

_PORTS = range(10_000, 30_000)
"""Below those that the system gives to connections, which could take one before the server does."""


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port at which nobody listens.

    Parameters
    ----------
    host : str
        An address of this machine.
    """
    for port in random.SystemRandom().sample(_PORTS, 100):
        with socket.socket() as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")
