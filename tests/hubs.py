"""A JupyterHub to test with: the one of `make hub`, in a temporary folder, and people who come to it with a browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from browsers import CHROMIUM, PATIENCE_MS
from courses import ROOT
from ports import free_port

PROXY = ROOT / "deploy" / "node_modules" / ".bin" / "configurable-http-proxy"
TA, STUDENT, NEIGHBOUR = "ta", "student-01", "student-02"

missing = [
    reason
    for is_missing, reason in (
        (CHROMIUM is None, "Chromium is not installed"),
        (shutil.which("node") is None, "node is not installed"),
        (not PROXY.exists(), "the hub's proxy is not installed: npm ci --prefix deploy"),
        (os.getuid() != 0, "only root can give each student an account"),
    )
    if is_missing
]
needs_hub = pytest.mark.skipif(bool(missing), reason="; ".join(missing))


@dataclass
class Hub:
    """A hub at work.

    Attributes
    ----------
    address : str
        Without a slash at its end.
    state : Path
        Its folder.
    passwords : dict
        By the account's name.
    """

    address: str
    state: Path
    passwords: dict[str, str]
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def course(self) -> Path:
        return self.state / "course"

    def home(self, name: str) -> Path:
        return self.state / "home" / name

    def come_in(self, browser: Browser, name: str, **options: object) -> Page:
        """Log in with a browser of one's own, and wait for JupyterLab."""
        page = browser.new_context(viewport={"width": 1280, "height": 800}, **options).new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{self.address}/hub/login")
        page.fill("input[name=username]", name)
        page.fill("input[name=password]", self.passwords[name])
        page.click("[type=submit]")
        page.wait_for_selector(".jp-DirListing-content")
        return page

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Note how long a step takes."""
        started = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - started, 1)


@contextmanager
def running_hub(folder: Path, course: Path = ROOT) -> Iterator[Hub]:
    """Start the hub of `make hub`, which keeps everything in a folder, and end it."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, ROOT / "deploy" / "start_hub.py", "--state", folder, "--course", course, "--port", str(port)],
        # Students' kernels, as accounts of their own, could not write down what `make coverage` would have them count.
        env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            said = []
            for line in process.stdout:
                said.append(line)
                if line.startswith("The hub is at"):
                    break
            else:
                pytest.fail("".join(said))
            passwords = dict(re.findall(r"^    (\S+) +(\S+)$", "".join(said), re.MULTILINE))
            yield Hub(f"http://127.0.0.1:{port}", folder, passwords)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
