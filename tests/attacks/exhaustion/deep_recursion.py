"""Recurses without end: in Python, in C, in comparisons, representations and copies, with every limit lifted."""
# base: solution
# earns: all

# %% first
import sys
import threading

sys.setrecursionlimit(2**31 - 1)
threading.stack_size(2**26)


class Endless:
    def __repr__(self):
        return repr(self)

    def __eq__(self, other):
        return self == other


# %% first
def deeper(depth=0):
    return deeper(depth + 1)


deeper()

# %% first
repr(Endless())

# %% first
nested = []
for _ in range(10**6):
    nested = [nested]
str(nested)

# %% first
thread = threading.Thread(target=lambda: Endless() == 1)
thread.start()
thread.join()
