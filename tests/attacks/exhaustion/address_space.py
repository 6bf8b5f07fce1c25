"""Reserves address space in every way, at most 64 GiB, without touching it; the limit must hold for each way."""
# base: solution
# earns: all

# %% first
import ctypes
import mmap
import resource

import numpy as np

reached = ("reach" + "ed").upper()
GIB = 2**30


def reserve(how):
    """Return how many GiB can be had in one way."""
    kept = []
    for _ in range(64):
        try:
            kept.append(how())
        except (MemoryError, OSError, ValueError):
            break
    return len(kept)


libc = ctypes.CDLL(None, use_errno=True)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = (ctypes.c_size_t,)


def from_malloc():
    if not (address := libc.malloc(GIB)):
        raise MemoryError
    return address


ways = {
    "numpy": lambda: np.empty(GIB, dtype=np.uint8),
    "private": lambda: mmap.mmap(-1, GIB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000),  # MAP_NORESERVE
    "shared": lambda: mmap.mmap(-1, GIB, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS),
    "malloc": from_malloc,
}
for name, how in ways.items():
    count = reserve(how)
    print(name, count)
    if count > 2:
        print(reached, count, "GiB by", name)
for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_MEMLOCK):
    try:
        resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        if kind == resource.RLIMIT_AS:
            print(reached, "no limit")
    except (OSError, ValueError):
        continue
