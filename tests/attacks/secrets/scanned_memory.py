"""Scans its own memory, page by page, for texts of tests and for secrets that the warmed interpreter might have held."""
# base: solution
# earns: all

# %% first
import ctypes
import mmap
import os
import re
import time

reached = ("reach" + "ed").upper()
libc = ctypes.CDLL(None, use_errno=True)
libc.write.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t)
# Brackets keep the pattern, and what it is compiled to, from being a find.
MARKS = re.compile(rb"canary[0-9a-f]{24}|# BEGIN[ ]HIDDEN|BEGIN[ ]SOLUTION|LOSSMARK_[C]ANARY|from [.] import[ ]laws")
PAGE, AROUND = mmap.PAGESIZE, 16 * 2**20
deadline = time.monotonic() + 4


def anchors():
    """Addresses near which the interpreter keeps what it knows: old objects, new ones, code, the heap, libraries."""
    yield from map(id, ("", int, globals(), MARKS, print, os, ctypes, Exception))
    for size in (16, 2**12, 2**20):
        yield ctypes.addressof(ctypes.create_string_buffer(size))


def readable_pages(start, end):
    """Copy pages through a pipe: what cannot be read is then an error, and not the end of the process."""
    reader, writer = os.pipe()
    for address in range(start, end, PAGE):
        if libc.write(writer, address, PAGE) == PAGE:
            yield os.read(reader, PAGE)
    os.close(reader)
    os.close(writer)


count, finds = 0, set()
for anchor in anchors():
    start = max(PAGE, (anchor & ~(PAGE - 1)) - AROUND)
    tail = b""
    for page in readable_pages(start, start + 2 * AROUND):
        count += 1
        finds.update(MARKS.findall(tail + page))
        tail = page[-40:]
        if time.monotonic() > deadline:
            break
print(count, "pages read")
if not count:
    raise RuntimeError("nothing could be read: this attack has to be mended")
for find in finds:
    print(reached, "in memory:", find)
