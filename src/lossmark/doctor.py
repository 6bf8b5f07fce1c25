"""Report the isolation that this machine offers, anything missing, and how to install it."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lossmark.boundary.submission import Submission
from lossmark.errors import NotGraded
from lossmark.execution.kernel import StudentKernel
from lossmark.sandbox import bubblewrap
from lossmark.sandbox.host import Sandbox
from lossmark.sandbox.limits import Limits
from lossmark.sandbox.walls import WallError, system_call_filter

_OWN_PROCESSES = [1, 2]
"""The numbers of a kernel's init process and of the kernel, in their own namespace."""
_NO_PROCESSES = (
    "no processes to see, not even its own (this machine lets no sandbox mount /proc: code that asks about its own "
    "process fails, as psutil.Process() and jax.jit do)"
)


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes
    ----------
    subject, state : str
        The subject, and the finding.
    is_fine : bool
        Whether grading can go on.
    remedy : str
        The remedy otherwise.
    """

    subject: str
    state: str
    is_fine: bool = True
    remedy: str = ""


def examine() -> Iterator[Finding]:
    """Look at everything that the sandbox needs, and then try one.

    Yields
    ------
    Finding
    """
    yield Finding("Python", platform.python_version(), sys.version_info >= (3, 11), "install Python 3.11 or newer")
    system = f"{platform.system()} {platform.release()}"
    yield Finding("system", system, platform.system() == "Linux", "grade on Linux, or in a Linux virtual machine")
    yield _bubblewrap()
    yield _user_namespaces()
    yield _system_call_filter()
    yield _trial()


def _bubblewrap() -> Finding:
    remedy = "apt install bubblewrap (Debian, Ubuntu), dnf install bubblewrap (Fedora), pacman -S bubblewrap (Arch)"
    program = bubblewrap.find()
    if program is None:
        return Finding("bubblewrap", "not installed", False, remedy)
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return Finding("bubblewrap", f"{version or 'of unknown version'} ({program})")


def _user_namespaces() -> Finding:
    switches = {
        "/proc/sys/user/max_user_namespaces": ("0", "sysctl user.max_user_namespaces=10000"),
        "/proc/sys/kernel/unprivileged_userns_clone": ("0", "sysctl kernel.unprivileged_userns_clone=1"),
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": (
            "1",
            "sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for bwrap with `userns,`",
        ),
    }
    for switch, (forbids, remedy) in switches.items():
        if Path(switch).exists() and Path(switch).read_text().strip() == forbids:
            return Finding("user namespaces", f"forbidden by {switch}", False, f"as root: {remedy}")
    return Finding("user namespaces", "allowed")


def _system_call_filter() -> Finding:
    try:
        system_call_filter()
    except WallError as error:
        return Finding("system-call filter", str(error), False, "install libseccomp (Debian: apt install libseccomp2)")
    return Finding("system-call filter", "libseccomp is there")


def _trial() -> Finding:
    """Start a sandbox and look around in it."""

    def look_around(student: object) -> dict[str, object]:
        import os
        import socket

        try:
            socket.create_connection(("192.0.2.1", 80), timeout=1)  # an address that is nobody's (RFC 5737)
        except OSError as error:
            network = type(error).__name__
        else:
            network = "open"
        processes = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())  # noqa: PTH208
        return {"user": os.getuid(), "processes": processes, "network": network}

    try:
        with Sandbox() as sandbox:
            kernel = StudentKernel(sandbox, Limits())
            try:
                seen = Submission(_KernelTransport(kernel)).run(look_around)
            finally:
                kernel.close()
    except NotGraded as error:
        return Finding("sandbox", str(error), False, "see the findings above")
    is_closed = seen["network"] != "open" and seen["processes"] in ([], _OWN_PROCESSES) and seen["user"] != 0
    processes = "only its own processes to see" if seen["processes"] == _OWN_PROCESSES else _NO_PROCESSES
    if not is_closed:
        processes = f"processes {seen['processes']} to see"
    state = f"starts; inside: user {seen['user']}, {processes}, network {seen['network']}"
    return Finding("sandbox", state, is_closed, "do not grade here: a wall is missing; please report it")


class _KernelTransport:
    """Asks a kernel directly, without a notebook."""

    def __init__(self, kernel: StudentKernel) -> None:
        self._kernel = kernel

    def ask(self, request: bytes) -> bytes:
        return self._kernel.ask(request, timeout_s=20.0)
