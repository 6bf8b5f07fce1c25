"""Watches the files that all submissions see, for the programs and modules that others use, and for the machine's name."""
# base: solution
# earns: all

# %% first
import ctypes
import fcntl
import os
import platform
import socket
import sysconfig

reached = ("reach" + "ed").upper()
libc = ctypes.CDLL(None, use_errno=True)
instances = [libc.inotify_init1(os.O_NONBLOCK) for _ in range(200)] + [libc.inotify_init() for _ in range(3)]
for instance in instances:
    for folder in (b"/usr/bin", sysconfig.get_path("stdlib").encode(), b"/tmp"):
        if instance >= 0 and libc.inotify_add_watch(instance, folder, 0xFFF) >= 0:
            print(reached, "a watch on", folder)
if any(instance >= 0 for instance in instances):
    print(reached, "instances that are counted for the account:", sum(instance >= 0 for instance in instances))
if libc.fanotify_init(0, 0) >= 0:
    print(reached, "fanotify")
for folder in ("/usr/bin", sysconfig.get_path("stdlib")):
    descriptor = os.open(folder, os.O_RDONLY)
    for command, argument in (
        (fcntl.F_NOTIFY, fcntl.DN_ACCESS | fcntl.DN_MULTISHOT),
        (fcntl.F_SETLEASE, fcntl.F_RDLCK),
    ):
        try:
            fcntl.fcntl(descriptor, command, argument)
            print(reached, command, "on", folder)
        except OSError:
            pass
    os.close(descriptor)
lease = open("/tmp/own", "w")
try:
    fcntl.fcntl(lease, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    print(reached, "a lease")
except OSError:
    pass
for name in (platform.node(), socket.gethostname(), os.uname().nodename):
    if name != "localhost":
        print(reached, "the name of the machine:", name)
