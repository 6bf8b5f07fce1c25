"""Leaves a dozen processes that burn the processor for 30 seconds, while it and its neighbours are graded."""
# base: solution
# earns: all

# %% first
import os
import time

for _ in range(12):
    if os.fork() == 0:
        os.setsid()
        end = time.monotonic() + 30
        while time.monotonic() < end:
            sum(range(10_000))
        os._exit(0)
