"""Leaves objects that come alive again when they are collected, finalisers that sleep, and garbage without end."""
# base: solution
# earns: all

# %% first
import gc
import sys
import threading
import time
import weakref

graves = []


class Undying:
    """Comes back whenever it is deleted, and brings another."""

    def __del__(self):
        if len(graves) < 10_000:
            graves.append(self)
            graves.append(Undying())


class Sleeper:
    def __del__(self):
        time.sleep(20)


kept = Undying()
del kept
sleeper = Sleeper()
weakref.finalize(sleeper, time.sleep, 20)
threading._register_atexit(time.sleep, 20)
gc.callbacks.append(lambda phase, info: time.sleep(0.001))
gc.set_threshold(10, 2, 2)
sys.unraisablehook = lambda *args: None
for _ in range(1000):
    loop = []
    loop.append(loop)
