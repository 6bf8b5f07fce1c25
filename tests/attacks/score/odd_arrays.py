"""Answers with arrays of every odd kind: objects, records, dates, terabytes without memory, files, cycles."""
# base: release
# earns: nothing

# %% first
import numpy as np


class Equal:
    """Equal to all, and a float if need be."""

    def __eq__(self, other):
        return True

    def __float__(self):
        return 1.0


# %% instead of L_i
def L_i(x, y, W, delta=1.0):
    return np.array([Equal()], dtype=object)


# %% instead of L_i_vectorized
def L_i_vectorized(x, y, W, delta=1.0):
    return np.broadcast_to(np.float64(0.0), (10**6, 10**6))  # eight terabytes, of which eight bytes exist


# %% instead of svm_loss
def svm_loss(scores, y, delta=1.0):
    records = np.zeros(2, dtype=[("loss", "f8"), ("passed", "?"), ("object", "O")])
    records["object"][0] = records  # in itself
    return records


# %% instead of squared_hinge_loss
def squared_hinge_loss(scores, y, delta=1.0):
    return np.memmap("/tmp/answer", dtype="V8", mode="w+", shape=(1000,))


# %% instead of svm_answers
jiggle_changes_loss = np.array("true")
smallest_loss = np.lib.stride_tricks.as_strided(np.zeros(1), (3,), (2**40,))  # each read would be a fault
largest_loss = np.empty((0, 2**31, 2**31), dtype=np.uint8)
loss_at_zero_scores = np.array(["2000-01-01"], dtype="datetime64[D]")
