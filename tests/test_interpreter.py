"""The interpreter by whose path Lossmark was called: grading finds it in the sandbox by any path."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

READS = """
import sys
print(sys.executable)
from lossmark.sandbox.host import Sandbox
from lossmark.sandbox.limits import Isolation
with Sandbox(Isolation.BUBBLEWRAP, ("numpy",)) as sandbox:
    print([one.name for one in sandbox.read(["def f():\\n    pass"])[0]])
"""
NAME = Path(sys.executable).name


def linked(folder: Path) -> Path:
    """Make a link to this environment."""
    (folder / "linked").symlink_to(sys.prefix)
    return folder / "linked" / "bin" / NAME


def environment_of(folder: Path, home: str) -> Path:
    """Make an environment with this one's packages, whose settings name the interpreter's home in another way."""
    made = folder / "made"
    (made / "bin").mkdir(parents=True)
    (made / "bin" / NAME).symlink_to(Path(sys.base_prefix, "bin", f"python3.{sys.version_info.minor}"))
    (made / "lib").symlink_to(Path(sys.prefix, "lib"))
    (made / "pyvenv.cfg").write_text(f"home = {home}\nversion = {sys.version.split()[0]}\n")
    return made / "bin" / NAME


BASE = Path(sys.base_prefix)
PATHS = {
    "by folders beside": lambda folder: relative(folder),
    "a link, relative": lambda folder: f"../{linked(folder).relative_to(folder)}",
    "a home with ..": lambda folder: str(environment_of(folder, f"{BASE}/../{BASE.name}/bin")),
}


def relative(folder: Path) -> str:
    return os.path.relpath(sys.executable, folder / "here")


@pytest.mark.parametrize("kind", PATHS)
def test_sandbox_starts_by_any_path_of_the_interpreter(kind: str, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    done = run([PATHS[kind](tmp_path), "-c", READS], tmp_path / "here")
    assert done.stdout.splitlines()[1:] == ["['f']"], done.stdout + done.stderr


def test_sandbox_starts_where_the_interpreter_is_on_a_relative_path(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    search = os.path.dirname(relative(tmp_path))  # noqa: PTH120
    done = run(["sh", "-c", f'PATH={search}:$PATH; exec {NAME} -c "$0"', READS], tmp_path / "here")
    assert done.stdout.splitlines()[1:] == ["['f']"], done.stdout + done.stderr
    assert not Path(done.stdout.splitlines()[0]).is_absolute()


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
