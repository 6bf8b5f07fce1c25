"""What the machine lacks is said with the place and what to do about it."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from lossmark.errors import describe, naming

FULL = errno.ENOSPC, "No space left on device"
CASES = {
    "a full disk": (OSError(*FULL, "/a"), "/a: No space left on device; make space there"),
    "another file": (OSError(*FULL, "/a", None, "/b"), "/b: No space left on device; make space there"),
    "no place": (OSError(errno.EMFILE, "Too many open files"), "Too many open files; have the limit on open files"),
    "no remedy": (FileNotFoundError(errno.ENOENT, "No such file or directory", "/a"), "/a: No such file or directory"),
    "no code": (OSError("something"), "something"),
    "no memory": (MemoryError(), "out of memory; end other programs, or grade with fewer --jobs"),
}


@pytest.mark.parametrize("case", CASES)
def test_error_is_described(case: str) -> None:
    error, said = CASES[case]
    assert describe(error).startswith(said)


def test_error_of_a_write_names_the_place_and_others_keep_theirs() -> None:
    for filename, expected in ((None, "/here"), ("/there", "/there")):
        with pytest.raises(OSError, match="No space left") as raised, naming(Path("/here")):
            raise OSError(*FULL, filename)
        assert raised.value.filename == expected
