"""Spreads memory over many processes, 150 MB in each of up to 24: one process's limit is not enough."""
# base: solution
# earns: all

# %% first
import os
import time

reached = ("reach" + "ed").upper()
children = []
reader, writer = os.pipe()
for _ in range(24):
    try:
        child = os.fork()
    except OSError:
        break
    if child == 0:
        try:
            hoard = bytearray(150 * 2**20)
            hoard[::4096] = b"x" * len(hoard[::4096])
            os.write(writer, b"x")
            time.sleep(5)
        finally:
            os._exit(0)
    children.append(child)
time.sleep(3)
os.set_blocking(reader, False)
try:
    full = len(os.read(reader, 100))
except OSError:
    full = 0
print(full, "processes hold 150 MB each")
if full > 20:
    print(reached, full * 150, "MB at once")
