"""`lossmark doctor`: what it says of a machine that can grade, and of machines that lack something."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from courses import BIN
from lossmark import cli
from machines import mounts

SWITCH = Path("/proc/sys/user/max_user_namespaces")


@pytest.mark.sandbox
def test_machine_that_can_grade_is_told_what_its_walls_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"]) == 0
    *findings, conclusion = capsys.readouterr().out.splitlines()
    assert conclusion == "Submissions can be graded here."
    assert [line.partition(":")[0] for line in findings] == [
        "✓ Python",
        "✓ system",
        "✓ bubblewrap",
        "✓ user namespaces",
        "✓ system-call filter",
        "✓ sandbox",
    ]
    assert "starts; inside: user " in findings[-1]
    assert "only its own processes to see, network " in findings[-1]
    assert "open" not in findings[-1]


def test_without_bubblewrap_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cli.main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "✗ bubblewrap: not installed\n    to do: apt install bubblewrap" in said
    assert "✗ sandbox: bubblewrap is not installed" in said
    assert said.endswith("Submissions cannot be graded here yet.\n")


def test_bubblewrap_that_refuses_has_its_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cli.main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert f"✓ bubblewrap: of unknown version ({program})" in said
    assert "bwrap: No permissions to create new namespace" in said
    assert "    to do: see the findings above" in said


@pytest.mark.sandbox
def test_system_that_forbids_user_namespaces_is_named(tmp_path: Path) -> None:
    (tmp_path / "switch").write_text("0\n")
    with mounts() as elsewhere:
        elsewhere.mount("--bind", tmp_path / "switch", SWITCH)
        done = subprocess.run(
            [*elsewhere.program, BIN / "lossmark", "doctor"], capture_output=True, text=True, check=False
        )
    assert done.returncode == 1, done.stderr
    assert f"✗ user namespaces: forbidden by {SWITCH}\n    to do: as root: sysctl user.max_user" in done.stdout
