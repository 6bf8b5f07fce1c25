"""Is deep in C code when the deadline passes, where no signal handler of Python's runs: one addition, one pattern."""
# base: release
# earns: nothing

# %% first
import re
import signal

signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP})


# %% instead of L_i
def L_i(*args):
    return sum(range(10**14))


# %% instead of L_i_vectorized
def L_i_vectorized(*args):
    return bool(re.match(r"(a+)+$", "a" * 64 + "b"))


# %% last
7 ** (7**11)
