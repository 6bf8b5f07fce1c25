"""Ends the kernel in every way: a wild pointer, an abort, a full stack, a signal, a closed file descriptor."""
# base: release
# earns: nothing

# %% first
import ctypes
import os
import signal
import sys


# %% instead of L_i
def L_i(*args):
    return ctypes.string_at(8)


# %% instead of L_i_vectorized
def L_i_vectorized(*args):
    os.abort()


# %% instead of svm_loss
def svm_loss(*args):
    os.kill(os.getpid(), signal.SIGKILL)


# %% instead of squared_hinge_loss
def squared_hinge_loss(*args):
    os.closerange(0, 1024)
    return 0.0


# %% last
sys.setrecursionlimit(10**9)


def without_end(depth=0):
    return without_end(depth + 1) + without_end(depth + 1)


eval("(" * 50 + "without_end()" + ")" * 50)
