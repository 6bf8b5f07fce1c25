"""Fills the buffers of sockets in many processes, which no limit of a process counts, up to 3 GiB."""
# base: solution
# earns: all

# %% first
import os
import socket
import time

reached = ("reach" + "ed").upper()
GIB = 2**30


def fill(kind):
    """Hold as much as the descriptors of one process can, and return how much that is."""
    held, total = [], 0
    try:
        while True:
            pair = socket.socketpair(socket.AF_UNIX, kind)
            held.append(pair)
            for one in pair:
                one.setblocking(False)
    except OSError:
        pass
    for pair in held:
        for one in pair:
            try:
                while True:
                    total += one.send(bytes(2**16))
            except OSError:
                continue
    return held, total


for option in (socket.SO_SNDBUF, 32):
    one = socket.socket(socket.AF_UNIX)
    before = one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
    try:
        one.setsockopt(socket.SOL_SOCKET, option, 2**22)
    except OSError as error:
        print(error)
    if one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) > before:
        print(reached, "a larger buffer")
reader, writer = os.pipe()
for number in range(60):
    try:
        child = os.fork()
    except OSError:
        break
    if child == 0:
        held, total = fill((socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET)[number % 3])
        os.write(writer, f"{total}\n".encode())
        time.sleep(3)
        os._exit(0)
time.sleep(1.5)
os.set_blocking(reader, False)
try:
    total = sum(map(int, os.read(reader, 2**16).split()))
except OSError:
    total = 0
print(total // 2**20, "MiB in sockets")
if total > 2.5 * GIB:
    print(reached, total // 2**20, "MiB")
