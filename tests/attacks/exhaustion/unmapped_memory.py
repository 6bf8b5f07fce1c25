"""Fills shared memory and lets go of the pages: they stay, and no process is seen to hold them. Up to 600 MiB."""
# base: solution
# earns: all

# %% first
import ctypes
import mmap
import os

reached = ("reach" + "ed").upper()
libc = ctypes.CDLL(None, use_errno=True)
PIECE, MOST = 100 * 2**20, 600 * 2**20


def of_device():
    return mmap.mmap(os.open("/dev/zero", os.O_RDWR), PIECE, flags=mmap.MAP_SHARED)


def of_device_read():
    return mmap.mmap(os.open("/dev/zero", os.O_RDONLY), PIECE, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ)


def of_memory():
    descriptor = libc.memfd_create(b"x", 0)
    os.ftruncate(descriptor, PIECE)
    return mmap.mmap(descriptor, PIECE)


def of_old_memory():
    identifier = libc.shmget(0, ctypes.c_size_t(PIECE), 0o1600)
    if identifier < 0:
        raise OSError(ctypes.get_errno(), "shmget")
    print(reached, "shared memory of System V")


def of_file(folder):
    descriptor = os.open(folder, os.O_TMPFILE | os.O_RDWR)
    os.posix_fallocate(descriptor, 0, PIECE)
    return mmap.mmap(descriptor, PIECE)


ways = {
    "without a file": lambda: mmap.mmap(-1, PIECE, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS),
    "checked": lambda: mmap.mmap(-1, PIECE, flags=3 | mmap.MAP_ANONYMOUS),
    "by default": lambda: mmap.mmap(-1, PIECE),
    "the device": of_device,
    "the device, read": of_device_read,
    "memfd": of_memory,
    "System V": of_old_memory,
    "a file": lambda: of_file("/tmp"),
    "shared memory": lambda: of_file("/dev/shm"),
}
kept, hidden = [], 0
for name, way in ways.items():
    try:
        while hidden < MOST:
            kept.append(way())
            kept[-1].madvise(mmap.MADV_DONTNEED)
            hidden += PIECE
            print(name, hidden)
    except (OSError, ValueError) as error:
        print(name, error)
if hidden > 320 * 2**20:  # what may be written to files
    print(reached, hidden // 2**20, "MiB that no process maps")
