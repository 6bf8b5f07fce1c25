"""Offers the sandbox's forks to jupyter_client, under the name ``lossmark-sandbox``."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Any as AnyTrait

from lossmark.sandbox.fork import Fork
from lossmark.sandbox.host import Sandbox
from lossmark.sandbox.kernel import PORTS
from lossmark.sandbox.limits import Isolation, Limits


class SandboxProvisioner(KernelProvisionerBase):
    """Starts kernels as forks of a warmed interpreter.

    A kernel manager with a ``sandbox`` (and ``limits``) shares that; otherwise the provisioner starts one of its own.
    """

    isolation = AnyTrait(Isolation.BUBBLEWRAP.value, help="`bubblewrap`, or `none` for no wall at all").tag(config=True)

    _fork: Fork | None = None
    _ended: asyncio.Task[None] | None = None
    _own_sandbox: Sandbox | None = None

    @property
    def has_process(self) -> bool:
        """Whether a kernel has been launched and not yet waited for."""
        return self._fork is not None

    @property
    def fork(self) -> Fork:
        """The kernel that was launched."""
        assert self._fork is not None
        return self._fork

    async def poll(self) -> int | None:
        """Return None while the kernel runs, else 0; its exit status is not told apart."""
        return None if self._ended is not None and not self._ended.done() else 0

    async def wait(self) -> int | None:
        """Wait, without polling, until the kernel has ended."""
        if self._ended is not None:
            await asyncio.shield(self._ended)
        return 0

    async def send_signal(self, signum: int) -> None:
        """Kill everything, with any signal: the init process heeds no other, and no submission needs one."""
        await self.kill()

    async def kill(self, restart: bool = False) -> None:
        """Kill every process of the submission."""
        if self._fork is not None:
            self._fork.kill()

    async def terminate(self, restart: bool = False) -> None:
        """Kill every process of the submission."""
        await self.kill()

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """There is no command to prepare: the kernel is forked, not executed."""
        return {**kwargs, "cmd": []}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel and return how to connect to it."""
        sandbox = getattr(self.parent, "sandbox", None)
        if sandbox is None:
            sandbox = self._own_sandbox = Sandbox(Isolation(self.isolation))
        limits = getattr(self.parent, "limits", None) or Limits()
        opened = bool(getattr(self.parent, "opened", False))
        fork = await asyncio.to_thread(sandbox.fork, limits, opened=opened)
        self._fork = fork
        self._ended = asyncio.create_task(fork.ended())
        self.connection_info = cast(
            KernelConnectionInfo,
            {**PORTS, "ip": fork.ip, "key": fork.key.encode(), "transport": "ipc", "signature_scheme": "hmac-sha256"},
        )
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the kernel's remaining processes and sockets."""
        if self._ended is not None:
            self._ended.cancel()
            await asyncio.gather(self._ended, return_exceptions=True)
            self._ended = None
        if self._fork is not None:
            self._fork.close()
            self._fork = None
        if self._own_sandbox is not None:
            self._own_sandbox.close()
            self._own_sandbox = None
