"""What is installed is what the lock file says, and the look-up of known vulnerabilities says what it found."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from courses import ROOT
from machines import put_before

LOCK = (ROOT / "requirements.lock").read_text()
REQUIREMENTS = re.split(r"\n(?=[a-z])", re.sub(r"^#.*\n", "", LOCK, flags=re.MULTILINE).rstrip())
FOUND = 'echo "numpy 2.0.0 PYSEC-2042-1 2.0.1"; echo "Found 1 known vulnerability in 1 package" >&2; exit 1'
UNREACHABLE = (
    "echo \"requests.exceptions.ConnectionError: HTTPSConnectionPool(host='api.osv.dev', port=443)\" >&2; exit 1",
    'echo "ERROR:pip_audit._cli:Could not connect to OSV\'s vulnerability feed" >&2; exit 1',
    "exit 124",
)


def test_each_requirement_is_one_version_with_hashes() -> None:
    assert len(REQUIREMENTS) > 100
    for requirement in REQUIREMENTS:
        first, *others = requirement.splitlines()
        assert re.fullmatch(r"[a-z0-9-]+(\[[a-z,-]+\])?==[^\s=;]+( ; .+)? \\", first), first
        hashes = [line for line in others if not line.lstrip().startswith("#")]
        assert hashes, first
        assert all(re.fullmatch(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?", line) for line in hashes), first


def test_lock_names_no_registry() -> None:
    assert "://" not in LOCK
    assert "index-url" not in LOCK


def test_what_is_installed_is_compared_with_the_hashes() -> None:
    script = (ROOT / "tools" / "create-environment").read_text().replace("\\\n", "")
    installs = [line for line in script.splitlines() if "--requirement" in line]
    assert len(installs) == 3
    assert [line for line in installs if "--require-hashes" not in line] == []


def audit(script: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    path = put_before("pip-audit", script, tmp_path / "programs")
    variables = {**os.environ, "PATH": path}
    return subprocess.run(
        [ROOT / "tools" / "audit-packages"], env=variables, capture_output=True, text=True, check=False
    )


def test_audit_that_finds_nothing_succeeds(tmp_path: Path) -> None:
    done = audit(f'echo "$@" >{tmp_path}/asked', tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "No package of requirements.lock has a known vulnerability.\n",
        "",
    )
    assert "--requirement requirements.lock --require-hashes" in (tmp_path / "asked").read_text()


def test_audit_that_finds_a_vulnerability_fails_and_names_it(tmp_path: Path) -> None:
    done = audit(FOUND, tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("numpy 2.0.0 PYSEC-2042-1 2.0.1\n")


@pytest.mark.parametrize("script", UNREACHABLE)
def test_audit_is_skipped_with_a_word_where_nobody_answers(script: str, tmp_path: Path) -> None:
    done = audit(script, tmp_path)
    said = "Skipped: the service that knows of vulnerabilities does not answer.\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, "", said)


def test_audit_that_goes_wrong_otherwise_fails(tmp_path: Path) -> None:
    done = audit('echo "ERROR: the lock file is invalid" >&2; exit 1', tmp_path)
    assert (done.returncode, done.stderr) == (1, "ERROR: the lock file is invalid\n")
