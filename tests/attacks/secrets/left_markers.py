"""Leaves marks in every place that it can write to, and looks for those that other submissions have left."""
# base: solution
# earns: all

# %% first
import contextlib
import os
import random
import socket

reached = ("reach" + "ed").upper()
own = f"lossmark-mark-{random.SystemRandom().getrandbits(32):x}"
FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/run", "/run/lossmark", "/dev/mqueue", os.path.expanduser("~"), os.getcwd())
for folder in FOLDERS:
    with contextlib.suppress(OSError):
        print(
            *[
                f"{reached} {folder}/{name}"
                for name in os.listdir(folder)
                if name.startswith("lossmark-mark") and name != own
            ]
        )
        with open(f"{folder}/{own}", "w") as file:
            file.write("left by one for the others")
with contextlib.suppress(OSError):
    other = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    other.connect("\0lossmark-mark")
    print(reached, "a socket of another")
mark = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
mark.bind("\0lossmark-mark")
if os.fork() == 0:  # and stays
    os.setsid()
    mark.settimeout(5)
    with contextlib.suppress(OSError):
        mark.recv(1)
    os._exit(0)
