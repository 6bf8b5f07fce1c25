"""Stops itself, so that it neither works nor ends: SIGSTOP to its own process, in a call, and in every child."""
# base: release
# earns: nothing

# %% first
import os
import signal

for _ in range(5):
    if os.fork() == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(0)


# %% instead of L_i
def L_i(*args):
    os.kill(os.getpid(), signal.SIGSTOP)
    return 0.0


# %% last
os.kill(0, signal.SIGTSTP)
os.kill(os.getpid(), signal.SIGSTOP)
