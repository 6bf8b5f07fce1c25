"""Answers with what it was asked with: one argument, all of them, their sum, their largest number, their shape."""
# base: release
# earns: nothing

# %% first
import numpy as np


# %% instead of L_i
def L_i(*args):
    return args


# %% instead of L_i_vectorized
def L_i_vectorized(*args):
    return float(np.sum(args[0]))


# %% instead of svm_loss
def svm_loss(*args):
    return args[0]


# %% instead of squared_hinge_loss
def squared_hinge_loss(*args):
    return float(np.max(args[0]))
