"""Passes open files to others and waits for theirs: by sockets without a file, by the sockets that it finds, by netlink."""
# base: solution
# earns: all

# %% first
import array
import contextlib
import os
import socket
import stat

reached = ("reach" + "ed").upper()
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as waiting:
    waiting.bind("\0lossmark-passed")
    waiting.settimeout(0.2)
    with contextlib.suppress(OSError):
        data, given, _, _ = socket.recv_fds(waiting, 100, 10)
        print(reached, data, given)
for name in (
    "\0lossmark-passed-by-others",
    "/run/lossmark/s",
    "/run/dbus/system_bus_socket",
    "/tmp/.X11-unix/X0",
    "/dev/log",
):
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
        one.connect(name)
        print(reached, name)
root = os.open("/", os.O_RDONLY)
for descriptor in map(int, os.listdir("/proc/self/fd")):
    with contextlib.suppress(OSError):
        if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            with socket.socket(fileno=os.dup(descriptor)) as one:
                one.settimeout(0.05)
                one.sendmsg(
                    [b""], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [root]))], socket.MSG_DONTWAIT
                )
for family in (
    "AF_NETLINK",
    "AF_PACKET",
    "AF_VSOCK",
    "AF_ALG",
    "AF_BLUETOOTH",
    "AF_CAN",
    "AF_KEY",
    "AF_TIPC",
    "AF_QIPCRTR",
):
    for kind in (socket.SOCK_RAW, socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        with contextlib.suppress(OSError, AttributeError):
            socket.socket(getattr(socket, family), kind).close()
            print(reached, family)
