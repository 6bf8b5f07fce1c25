"""Prints for as long as it lives, from the cell, from threads, from children and behind Python's back."""
# base: solution
# earns: all

# %% first
import os
import sys
import threading
import time

end = time.monotonic() + 2


def chatter(write):
    while time.monotonic() < end:
        write("no end to this line " * 50)
        time.sleep(0.0001)


for write in (sys.stdout.write, sys.stderr.write, lambda text: os.write(1, text.encode())):
    threading.Thread(target=chatter, args=(write,), daemon=True).start()
if os.fork() == 0:
    chatter(lambda text: os.write(2, text.encode()))
    os._exit(0)
chatter(sys.stdout.write)
while time.monotonic() < end + 0.5:
    print("\r" * 1000 + "\b" * 1000, end="")
    sys.stdout.flush()
