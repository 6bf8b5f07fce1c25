"""Holds on to what ends with it: deleted files, locks, inotify watches, pipes, and a timer that fires after its end."""
# base: solution
# earns: all

# %% first
import ctypes
import fcntl
import os
import signal
import socket

reached = ("reach" + "ed").upper()
held = []
for number in range(50):
    held.append(open(f"/tmp/held-{number}", "wb"))
    held[-1].write(bytes(2**16))
    fcntl.flock(held[-1], fcntl.LOCK_EX)
    os.unlink(f"/tmp/held-{number}")
libc = ctypes.CDLL(None, use_errno=True)
watch = libc.inotify_init()
for folder in (b"/", b"/usr", b"/run", b"/run/lossmark", b"/proc", b"/dev"):
    libc.inotify_add_watch(watch, folder, 0xFFF)
if libc.fanotify_init(0, 0) >= 0:
    print(reached, "notice of all that is opened")
pairs = [socket.socketpair() for _ in range(20)]
for one, other in pairs:  # descriptors that travel in a queue which nobody reads
    socket.send_fds(one, [b"x"], [other.fileno(), watch])
for number in (signal.SIGALRM, signal.SIGVTALRM, signal.SIGIO, signal.SIGURG, signal.SIGCHLD):
    signal.signal(number, lambda *args: None)
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
for path in ("/usr/bin/env", os.__file__):
    with open(path, "rb") as file:
        try:
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
            print(reached, "a lease on", path)
        except OSError:
            continue
