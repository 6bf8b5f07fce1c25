"""Temporary folders: they live as long as their process, and the next one removes what is left of others."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lossmark.scratch import PREFIX, Scratch, remove_forsaken

LIVES = """
import sys
from lossmark.scratch import Scratch
print(Scratch(sys.argv[1]).path, flush=True)
sys.stdin.read()
"""


def leave(where: Path) -> Path:
    """Leave a folder behind as a process that has ended does."""
    scratch = Scratch(str(where))
    (scratch.path / "solutions.py").write_text("secret")
    os.close(scratch._lock)
    return scratch.path


def test_folder_is_for_its_owner_alone_and_goes_at_the_end(tmp_path: Path) -> None:
    with Scratch(str(tmp_path)) as folder:
        assert folder.parent == tmp_path
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "below").mkdir()
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_made_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", fail)
        with pytest.raises(OSError, match="No space left"):
            Scratch(str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_folder_from_the_future_goes_as_any_other(tmp_path: Path) -> None:
    forsaken = leave(tmp_path)
    os.utime(forsaken, (2**33, 2**33))
    remove_forsaken(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_forsaken_folders_go_and_living_ones_stay(tmp_path: Path) -> None:
    first, second = leave(tmp_path), leave(tmp_path)  # the second one has removed the first
    assert not first.exists()
    with Scratch(str(tmp_path)) as mine:
        assert list(tmp_path.iterdir()) == [mine]
        assert not second.exists()
        with Scratch(str(tmp_path)) as other:
            remove_forsaken(tmp_path)
            assert set(tmp_path.iterdir()) == {mine, other}


def test_folder_of_another_process_lives_until_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LIVES, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        theirs = Path(process.stdout.readline().strip())
        remove_forsaken(tmp_path)
        assert list(tmp_path.iterdir()) == [theirs]
        process.kill()
    assert list(tmp_path.iterdir()) == [theirs]
    remove_forsaken(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_none_of_these_stays(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "lock").touch()
    (elsewhere / "work.txt").write_text("of years")
    found = tmp_path / "found"
    found.mkdir()
    (found / f"{PREFIX}link").symlink_to(elsewhere)
    for name in ("no-lock", "pipe", "linked-lock", "folder"):
        (found / f"{PREFIX}{name}").mkdir()
    os.mkfifo(found / f"{PREFIX}pipe" / "pipe")
    (found / f"{PREFIX}linked-lock" / "lock").symlink_to(elsewhere / "lock")
    (found / f"{PREFIX}folder" / "lock").mkdir()
    (found / f"{PREFIX}file").touch()
    (found / "other").mkdir()
    before = sorted(found.rglob("*"))
    remove_forsaken(found)
    assert sorted(found.rglob("*")) == before
    assert (elsewhere / "work.txt").read_text() == "of years"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make another user's folder")
def test_folders_of_others_are_left_to_them(tmp_path: Path) -> None:
    theirs = leave(tmp_path)
    for path in (theirs, theirs / "lock"):
        os.chown(path, 65534, 65534)
    remove_forsaken(tmp_path)
    assert theirs.exists()
    shutil.rmtree(theirs)
