"""Waits instead of working: asleep, for a lock that it holds, for input, for a child that never ends."""
# base: solution
# earns: all

# %% first
import threading

lock = threading.Lock()
lock.acquire()
lock.acquire()

# %% first
input("a name, please")

# %% first
import os

if os.fork() == 0:
    os.pause() if hasattr(os, "pause") else __import__("signal").pause()
os.wait()
