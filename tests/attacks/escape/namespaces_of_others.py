"""Enters the namespaces that it sees, by setns and nsenter, and asks which ones there are."""
# base: solution
# earns: all

# %% first
import contextlib
import ctypes
import fcntl
import os
import subprocess

reached = ("reach" + "ed").upper()
libc = ctypes.CDLL(None, use_errno=True)
for process in filter(str.isdigit, os.listdir("/proc")):
    with contextlib.suppress(OSError):
        for kind in os.listdir(f"/proc/{process}/ns"):
            with contextlib.suppress(OSError):
                namespace = os.open(f"/proc/{process}/ns/{kind}", os.O_RDONLY)
                if libc.setns(namespace, 0) == 0:
                    print(reached, kind, "of", process)
                for request in (0xB701, 0xB702):  # the user namespace that owns it, and its parent
                    with contextlib.suppress(OSError):
                        outer = fcntl.ioctl(namespace, request)
                        if libc.setns(outer, 0) == 0:
                            print(reached, "what is around", kind)
with contextlib.suppress(OSError):
    process = os.pidfd_open(os.getppid())
    if libc.setns(process, 0x10000000 | 0x00020000 | 0x20000000) == 0:
        print(reached, "the namespaces of the parent")
for program in (["nsenter", "-a", "-t", "1", "id"], ["unshare", "-Ur", "id"], ["lsns"], ["ip", "netns", "add", "own"]):
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(program, capture_output=True, text=True, timeout=2)
        if "uid=0" in done.stdout:
            print(reached, program)
