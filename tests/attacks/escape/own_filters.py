"""Loads filters of its own that allow all, and one with a listener, which lets the calls through that it is asked about."""
# base: solution
# earns: all

# %% first
import ctypes
import fcntl
import os
import platform
import struct
import threading

reached = ("reach" + "ed").upper()
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
SECCOMP, PTRACE = {"x86_64": (317, 101), "aarch64": (277, 117)}.get(platform.machine(), (-1, -1))
ALLOW, TRACE, TO_LISTENER = 0x7FFF0000, 0x7FF00000, 0x7FC00000
LISTENS, LETS_THROUGH = 8, 1


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def load(action, flags=0):
    """Load a filter that does one thing with ptrace and unshare, and allows all else."""
    steps = [(0x20, 0, 0, 0), (0x15, 2, 0, PTRACE), (0x15, 1, 0, 272), (0x06, 0, 0, ALLOW), (0x06, 0, 0, action)]
    code = b"".join(struct.pack("<HBBI", *step) for step in steps)
    return libc.syscall(SECCOMP, 1, flags, ctypes.byref(Program(len(steps), code)))


def let_through(listener):
    for _ in range(2):
        asked = bytearray(80)
        fcntl.ioctl(listener, 0xC0502100, asked)
        fcntl.ioctl(listener, 0xC0182101, struct.pack("<QqiI", *struct.unpack_from("<Q", asked), 0, 0, LETS_THROUGH))


def attempt():
    if libc.ptrace(16, 1, None, None) >= 0 or libc.unshare(0x10000000) >= 0:
        print(reached, "what the filter refuses")


libc.prctl(38, 1, 0, 0, 0)
for action in (ALLOW, TRACE):
    load(action)
    attempt()
listener = load(TO_LISTENER, LISTENS)
if listener >= 0:
    print(reached, "a listener of its own")
    threading.Thread(target=let_through, args=(listener,), daemon=True).start()
attempt()

# %% first
for descriptor in map(int, os.listdir("/proc/self/fd")):
    try:
        fcntl.ioctl(descriptor, 0xC0182101, struct.pack("<QqiI", 0, 0, 0, LETS_THROUGH))
    except OSError as error:
        if error.errno == 2:  # no such call waits: it is a listener
            print(reached, "the sandbox's listener")
try:
    os.open("/proc/1/fd/3", os.O_RDWR)
    print(reached, "what the init process has open")
except OSError as error:
    print(error)
for _ in range(20_000):
    libc.ptrace(0, 0, 0, 0)
