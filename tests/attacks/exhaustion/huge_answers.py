"""Answers with as much as fits into a message, in every field that the grader might quote in its feedback."""
# base: release
# earns: nothing

# %% first
import sys

from lossmark.boundary import wire

LONG = "<b>long</b> " * 75_000

# %% instead of L_i
L_i = type(LONG, (), {"__init__": lambda self, *args: None})


# %% instead of L_i_vectorized
def L_i_vectorized(*args):
    return LONG


# %% instead of svm_loss
def svm_loss(*args):
    return {LONG: [1.0] * 10_000}


# %% before squared_hinge_loss_tests
answers = [
    {"outcome": "value", "value": wire.Opaque(LONG)},
    {"outcome": "raised", "error": [LONG[:300_000], LONG[:300_000], LONG[:300_000]]},
    {"outcome": "missing", "error": LONG},
]


def answer(request, namespace):
    answers.append(answers.pop(0))
    return wire.encode(answers[0])


sys.modules["lossmark.boundary.agent"].answer = answer
