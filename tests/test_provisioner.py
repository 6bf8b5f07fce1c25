"""The sandbox as jupyter_client sees it: a kernel provisioner like any other."""

from __future__ import annotations

import asyncio
import json
import secrets
import tempfile
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory

import processes
from lossmark.sandbox.host import SandboxError
from lossmark.sandbox.provisioner import SandboxProvisioner

pytestmark = pytest.mark.sandbox

NAME = "lossmark-sandbox"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where sandboxes of this test put their sockets."""
    folder = tmp_path / "t"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def specs(tmp_path: Path) -> KernelSpecManager:
    """Kernel specifications with one that names the provisioner, as an installed one would."""
    (tmp_path / "kernels" / "student").mkdir(parents=True)
    spec = {
        "argv": [],
        "display_name": "Student",
        "language": "python",
        "metadata": {"kernel_provisioner": {"provisioner_name": NAME}},
    }
    (tmp_path / "kernels" / "student" / "kernel.json").write_text(json.dumps(spec))
    return KernelSpecManager(kernel_dirs=[str(tmp_path / "kernels")])


async def run(manager: AsyncKernelManager, *cells: str) -> list[dict[str, Any]]:
    """Run cells with jupyter_client's own blocking of steps, and return the replies."""
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=30)
        return [(await client.execute(cell, reply=True, timeout=30))["content"] for cell in cells]
    finally:
        client.stop_channels()


def test_provisioner_is_registered(specs: KernelSpecManager) -> None:
    factory = KernelProvisionerFactory.instance()
    assert factory.get_provisioner_entries()[NAME] == "lossmark.sandbox.provisioner:SandboxProvisioner"
    assert factory.is_provisioner_available(specs.get_kernel_spec("student"))


def test_plain_manager_starts_and_ends_a_kernel_of_its_own(specs: KernelSpecManager, folder: Path) -> None:
    name = f"lm{secrets.token_hex(6)}"

    async def work() -> None:
        manager = AsyncKernelManager(kernel_name="student", kernel_spec_manager=specs)
        await manager.start_kernel()
        assert isinstance(manager.provisioner, SandboxProvisioner)
        assert await manager.is_alive()
        assert len(list(folder.glob("lossmark-*"))) == 1
        replies = await run(manager, "import os; assert os.getuid() == 65534", processes.MARK.format(name=name), "1/0")
        assert [reply["status"] for reply in replies] == ["ok", "ok", "error"]
        with processes.ending(name):
            await manager.shutdown_kernel(now=True)
        assert not await manager.is_alive()
        assert not Path(manager.connection_file).exists()
        manager.context.destroy(linger=0)

    asyncio.run(work())
    assert list(folder.iterdir()) == []


def test_kernel_that_ends_by_itself_is_not_alive(specs: KernelSpecManager, folder: Path) -> None:
    async def work() -> None:
        manager = AsyncKernelManager(kernel_name="student", kernel_spec_manager=specs)
        await manager.start_kernel()
        assert manager.provisioner is not None
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=30)
        client.execute("import os; os._exit(3)")
        await asyncio.wait_for(manager.provisioner.wait(), 10)
        assert not await manager.is_alive()
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        manager.context.destroy(linger=0)

    asyncio.run(work())
    assert list(folder.iterdir()) == []


def test_kernel_that_cannot_be_started_leaves_nothing(
    specs: KernelSpecManager, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    async def work() -> None:
        manager = AsyncKernelManager(kernel_name="student", kernel_spec_manager=specs)
        with pytest.raises(SandboxError, match="bubblewrap is not installed"):
            await manager.start_kernel()
        manager.context.destroy(linger=0)

    asyncio.run(work())
    assert list(folder.iterdir()) == []
