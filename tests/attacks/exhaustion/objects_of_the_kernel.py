"""Takes what the kernel keeps outside of any process: queues, rules, rings, terminals, locks that belong to nobody."""
# base: solution
# earns: all

# %% first
import ctypes
import fcntl
import os
import socket
import struct

reached = ("reach" + "ed").upper()
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

ring = ctypes.c_long(0)
calls = {
    "a ring of old (io_setup)": (206, 65536, ctypes.byref(ring)),
    "io_uring": (425, 8, ctypes.create_string_buffer(256)),
    "rules of landlock": (444, ctypes.byref(ctypes.c_uint64(1)), ctypes.c_size_t(8), 0),
    "a queue (mq_open)": (240, b"q", os.O_CREAT | os.O_RDWR, 0o600, None),
    "a queue of System V": (68, 0, 0o1600),
    "semaphores of System V": (64, 0, 250, 0o1600),
    "a key": (248, b"user", b"x", b"x", ctypes.c_size_t(1), -2),
    "a program (bpf)": (321, 0, ctypes.create_string_buffer(128), 128),
    "counters": (298, ctypes.create_string_buffer(128), 0, -1, -1, 0),
    "faults of pages": (323, 0),
    "secret memory": (447, 0),
}
if os.uname().machine == "x86_64":
    for name, arguments in calls.items():
        if libc.syscall(*arguments) >= 0:
            print(reached, name)

terminals = []
try:
    for _ in range(200):
        terminals.append(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY))
except OSError as error:
    print(len(terminals), "terminals", error)
if len(terminals) > 64:
    print(reached, len(terminals), "of the machine's terminals")
for terminal in terminals:
    os.close(terminal)

with open("/tmp/locked", "w+b") as file:
    for command in (37, 38):  # F_OFD_SETLK, F_OFD_SETLKW
        try:
            fcntl.fcntl(file, command, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0))
            print(reached, "a lock that is no process's")
        except OSError as error:
            print(error)
for family in (16, 17, 38, 40):  # netlink, packets, the kernel's ciphers, vsock
    try:
        socket.socket(family, socket.SOCK_RAW if family != 38 else socket.SOCK_SEQPACKET)
        print(reached, "a socket of family", family)
    except OSError:
        continue
