"""Answers with what has no end: iterators, lengths of 2^62, arrays that convert for ever, generators in dictionaries."""
# base: release
# earns: nothing

# %% first
import itertools

import numpy as np


class Endless:
    def __iter__(self):
        return itertools.count()

    def __len__(self):
        return 2**62

    def __array__(self, *args, **kwargs):
        return np.broadcast_to(0.0, (2**40,))

    def __float__(self):
        while True:
            pass

    def __getitem__(self, index):
        return self


# %% instead of L_i
def L_i(*args):
    return Endless()


# %% instead of L_i_vectorized
def L_i_vectorized(*args):
    return {"loss": itertools.count(), "more": (one for one in itertools.count())}


# %% instead of svm_loss
def svm_loss(*args):
    return np.broadcast_to(1.0, (2**40,))


# %% instead of squared_hinge_loss
def squared_hinge_loss(*args):
    return [Endless()] * 10_000
