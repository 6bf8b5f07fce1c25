"""Answers the grader's questions with bytes that are no message of the wire format, or hardly one."""
# base: release
# earns: nothing

# %% first
import itertools
import sys

import msgpack


def message(structure, numbers=b""):
    packed = structure if isinstance(structure, bytes) else msgpack.packb(structure)
    return len(packed).to_bytes(4, "little") + packed + numbers


def value(structure):
    return message(["d", "outcome", "value", "value", structure])


garbage = itertools.cycle(
    [
        b"",
        b"\xff" * 1000,
        message(b"\x91" * 100_000),  # lists in lists
        message(b"\xdd\xff\xff\xff\xff"),  # a list of four billion items
        message(["l", *[["l"]] * 50_000]),
        value(["a", "<f8", 2**24, 2**24]),  # more numbers than there are
        value(["a", "<f8", 0, *[2**24] * 7]),  # none, in a shape that no machine can count
        value(["a", "|O", 1]),
        value(["i", "f" * 2000]),
        value(["c", "1", None]),
        message(["d", ["l"], 1]),
        message(["d", "outcome", "raised", "error", ["l", "E", "m", 5]]),
        message(["d", "outcome", "value", "value", 231.5, "arguments", ["t", ["l"], 5]]),
    ]
)
sys.modules["lossmark.boundary.agent"].answer = lambda request, namespace: next(garbage)
