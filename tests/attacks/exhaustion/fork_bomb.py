"""Forks as often as it can, at most 300 times; more than a few dozen processes at once must not be had."""
# base: solution
# earns: all

# %% first
import os
import signal
import time

reached = ("reach" + "ed").upper()
children = []
for _ in range(300):
    try:
        child = os.fork()
    except OSError as error:
        print(f"{len(children)} processes, then: {error}")
        break
    if child == 0:
        time.sleep(20)
        os._exit(0)
    children.append(child)
else:
    print(reached, len(children), "processes at once")
for child in children:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
