"""Looks for the kernels of other submissions: their sockets, their processes, their files, their shared memory."""
# base: solution
# earns: all

# %% first
import multiprocessing.shared_memory
import os
import socket

reached = ("reach" + "ed").upper()
own = os.environ.get("IPYTHONDIR", "")
for folder in ("/run/lossmark", "/dev/shm", "/dev/mqueue", "/run", "/var/run", "/run/user"):
    try:
        names = os.listdir(folder)
    except OSError:
        continue
    for name in names:
        path = os.path.join(folder, name)
        if folder in ("/run/lossmark", "/dev/mqueue") or name.startswith(("psm_", "sem.", "k-")):
            print(reached, path)
        with socket.socket(socket.AF_UNIX) as one:
            try:
                one.connect(path)
                print(reached, "a socket", path)
            except OSError:
                continue
for number in range(1, 7):  # a kernel's sockets are called k-1 to k-6, in a folder of eight hexadecimal digits
    for start in ("/run/lossmark/k", f"/run/lossmark/{'0' * 8}/k"):
        with socket.socket(socket.AF_UNIX) as one:
            try:
                one.connect(f"{start}-{number}")
                print(reached, start, number)
            except OSError:
                continue
for name in ("lossmark", "graders", "psm_lossmark"):
    try:
        multiprocessing.shared_memory.SharedMemory(name)
        print(reached, "shared memory", name)
    except (OSError, ValueError):
        continue
try:
    os.kill(3, 0)
    os.getpgid(3)
    print("process 3 is one of this notebook's own")
except OSError:
    pass
for target in range(4, 4096):
    try:
        if os.getpgid(target) not in (os.getpgid(0), 1, 0):
            print(reached, "a process of another group", target)
    except OSError:
        continue
