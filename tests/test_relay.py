"""The relay between a kernel's sockets and the grader's client."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from lossmark.execution.relay import Relay


def relayed(tmp_path, kernel, client, limit_bytes=1000):
    """Run a client against a kernel's side through a relay; return what the client returns, and the excesses told."""
    kernels, ours = str(tmp_path / "kernel"), str(tmp_path / "relay")
    excesses = []

    async def serve(reader, writer):
        with contextlib.suppress(ConnectionError):
            await kernel(reader, writer)
        writer.close()

    async def run():
        server = await asyncio.start_unix_server(serve, kernels)
        relay = Relay(limit_bytes, lambda: excesses.append(1))
        await relay.listen(ours, kernels)
        reader, writer = await asyncio.open_unix_connection(ours)
        try:
            return await asyncio.wait_for(client(reader, writer), 10)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            await relay.close()
            server.close()
            await server.wait_closed()

    return asyncio.run(run()), len(excesses)


async def read_all(reader, writer):
    return await reader.read()


def test_bytes_pass_both_ways_in_order(tmp_path):
    async def echo(reader, writer):
        writer.write(await reader.readexactly(7))

    async def client(reader, writer):
        writer.write(b"one ")
        writer.write(b"two")
        return await reader.read()

    assert relayed(tmp_path, echo, client) == (b"one two", 0)


def test_what_the_client_sends_is_not_counted(tmp_path):
    async def swallow(reader, writer):
        await reader.readexactly(100_000)
        writer.write(b"done")

    async def client(reader, writer):
        writer.write(b"x" * 100_000)
        return await reader.read()

    assert relayed(tmp_path, swallow, client) == (b"done", 0)


@pytest.mark.parametrize(("count", "excesses"), [(1000, 0), (1001, 1)])
def test_limit_is_exact(tmp_path, count, excesses):
    async def send(reader, writer):
        writer.write(b"x" * count)
        await writer.drain()

    received, told = relayed(tmp_path, send, read_all)
    assert told == excesses
    assert len(received) <= 1000


def test_flood_ends_the_connection_and_is_told_once(tmp_path):
    async def flood(reader, writer):
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    received, told = relayed(tmp_path, flood, read_all)
    assert len(received) <= 1000
    assert told == 1


def test_reset_allows_as_much_again_but_not_after_an_excess():
    relay = Relay(10, lambda: None)
    assert relay.admit(10)
    relay.reset()
    assert relay.admit(10)
    assert not relay.admit(1)
    relay.reset()
    assert not relay.admit(1)


def test_connection_to_a_kernel_that_is_not_there_is_closed(tmp_path):
    async def run():
        relay = Relay(10, lambda: None)
        await relay.listen(str(tmp_path / "relay"), str(tmp_path / "nobody"))
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "relay"))
        received = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        await writer.wait_closed()
        await relay.close()
        return received

    assert asyncio.run(run()) == b""
