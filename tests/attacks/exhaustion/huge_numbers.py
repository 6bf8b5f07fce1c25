"""Answers with whole numbers of millions of digits, and with texts that are slow to read as numbers."""
# base: release
# earns: nothing

# %% first
import sys

sys.set_int_max_str_digits(0)


# %% instead of L_i
def L_i(*args):
    return 1 << 40_000_000


# %% instead of L_i_vectorized
def L_i_vectorized(*args):
    return -(1 << 4_000_000)


# %% instead of svm_loss
def svm_loss(*args):
    return [1 << 65_536] * 1000


# %% instead of squared_hinge_loss
def squared_hinge_loss(*args):
    return "9" * 10_000_000


# %% instead of svm_answers
smallest_loss = 1 << 30_000_000
largest_loss = complex(float("inf"), 1e308)
loss_at_zero_scores = b"\0" * 40_000_000
