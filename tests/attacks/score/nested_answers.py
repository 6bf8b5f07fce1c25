"""Answers with lists in lists in lists, with lists and dictionaries that hold themselves, and with generators."""
# base: release
# earns: nothing

# %% first
import collections
import itertools


def nested(depth):
    value = 0.0
    for _ in range(depth):
        value = [value]
    return value


# %% instead of L_i
def L_i(x, y, W, delta=1.0):
    return nested(200_000)


# %% instead of L_i_vectorized
def L_i_vectorized(x, y, W, delta=1.0):
    loop = []
    loop.append(loop)
    return loop


# %% instead of svm_loss
def svm_loss(scores, y, delta=1.0):
    own = {"value": 1.0}
    own["self"] = own
    return own


# %% instead of squared_hinge_loss
def squared_hinge_loss(scores, y, delta=1.0):
    return itertools.repeat(0.0)


# %% instead of svm_answers
jiggle_changes_loss = collections.UserList([False])
smallest_loss, largest_loss = (collections.deque([0.0]), range(10**15))
loss_at_zero_scores = collections.ChainMap({"loss": 9.0})
