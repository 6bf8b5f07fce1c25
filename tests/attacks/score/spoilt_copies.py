"""Hands copies to its functions, which spoil what they are given, and says that the arguments are as before."""
# base: release
# earns: nothing

# %% before L_i
import copy
import sys

import numpy as np

agent, wire = sys.modules["lossmark.boundary.agent"], sys.modules["lossmark.boundary.wire"]
answer = agent.answer


def spoil(*args, **kwargs):
    for array in args:
        if isinstance(array, np.ndarray):
            array[...] = 0
    return 0.0 if len(args) > 1 else np.zeros_like(args[0])


def answer_about_copies(request, namespace):
    asked = wire.decode(request)
    if asked["kind"] in ("call", "count"):
        args, kwargs = copy.deepcopy((asked["args"], asked["kwargs"]))
        return wire.encode({"outcome": "value", "value": spoil(*args, **kwargs), "steps": 1})
    names = {
        name: spoil if callable(value) and not isinstance(value, type) else value for name, value in namespace.items()
    }
    return answer(request, names)


agent.answer = answer_about_copies
