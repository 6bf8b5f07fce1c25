"""Notebooks, files and messages drawn at random, each from something that is right."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import nbformat
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from helpers import DTYPES, PLAIN_VALUES, message
from lossmark.boundary.wire import encode

Draw = Callable[[st.SearchStrategy[Any]], Any]

# What is put into notebooks.

ODD_TEXTS = ["", "\0", "\ud800", "\ufeff", "\r\n", "    ", "\x1b[2J", "é", "0", "1000", "-", '"', "return ", "answer"]
MARKDOWN = ["<script>alert(1)</script>", "![x](attachment:x)", "<b title='", "&lt;", "$$\\frac{", "> ", "```\n"]
CODE = [
    "%%bash\n",
    "%%writefile x.py\n",
    "%reset -f\n",
    "!exit 1\n",
    "get_ipython().run_cell = None\n",
    "quit()\n",
    "input()\n",
    "raise SystemExit\n",
    "import os; os._exit(0)\n",
    "while True: pass\n",
    "1 / 0\n",
    "x = bytearray(2**33)\n",
    "del scale\n",
    "def scale(x):\n    return x\n",
    "def key():\n    return scale(1)\n",
    "key = scale\n",
    "answer = True\n",
    "abs = round = None\n",
    "class A(float):\n    __eq__ = lambda *a: True\n\nkey = A\n",
    "### BEGIN SOLUTION\n",
    'import lossmark; lossmark.grade("key_tests")\n',
]
CELL_TYPES = ["code", "markdown", "raw"]
NAMES = [*CELL_TYPES, "heading", "scale", "key", "scale_tests", "key_tests", "why", "setup", "python", "ir"]
KEYS = [
    *("cells", "worksheets", "cell_type", "source", "input", "metadata", "nbgrader", "grade_id", "points", "grade"),
    *("solution", "locked", "id", "outputs", "output_type", "data", "text", "attachments", "x.png", "image/png"),
    *("text/html", "nbformat", "nbformat_minor", "kernelspec"),
]
TEXTS = st.sampled_from([*ODD_TEXTS, *MARKDOWN, *CODE, *NAMES]) | st.text(st.characters(), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from([0, 1, 3, 4, 5, 1000]) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | TEXTS, inner, max_size=3),
    max_leaves=6,
)


# Changes of a notebook that keep it JSON.


def places(tree: Any) -> list[tuple[Any, Any]]:
    """List where the values of decoded JSON are: containers, and keys in them."""
    found = []
    pending = [tree]
    while pending:
        container = pending.pop()
        keys = list(container) if isinstance(container, dict) else range(len(container))
        found += [(container, key) for key in keys]
        pending += [container[key] for key in keys if isinstance(container[key], dict | list)]
    return found


def pick(draw: Draw, notebook: Any) -> tuple[Any, Any]:
    return draw(st.sampled_from(places(notebook) or [({"": None}, "")]))


def cells_of(notebook: Any) -> list[Any]:
    """The list of cells, if there is one still."""
    sheets = notebook.get("worksheets") or [notebook]
    sheet = sheets[0] if isinstance(sheets, list) and isinstance(sheets[0], dict) else {}
    cells = sheet.get("cells")
    return cells if isinstance(cells, list) and cells else [{}]


def replace_value(draw: Draw, notebook: Any) -> None:
    container, key = pick(draw, notebook)
    container[key] = draw(VALUES)


def delete_value(draw: Draw, notebook: Any) -> None:
    container, key = pick(draw, notebook)
    del container[key]


def exchange_values(draw: Draw, notebook: Any) -> None:
    (first, one), (second, other) = pick(draw, notebook), pick(draw, notebook)
    first[one], second[other] = copy.deepcopy(second[other]), copy.deepcopy(first[one])


def wrap_value(draw: Draw, notebook: Any) -> None:
    container, key = pick(draw, notebook)
    container[key] = draw(st.sampled_from([[container[key]], {"x": container[key]}, str(container[key])]))


def add_key(draw: Draw, notebook: Any) -> None:
    container, _ = pick(draw, notebook)
    if isinstance(container, dict):
        container[draw(st.sampled_from(KEYS) | TEXTS)] = draw(VALUES)


def splice_text(draw: Draw, notebook: Any) -> None:
    """Put something into a text, in place of a part of it."""
    texts = [(container, key) for container, key in places(notebook) if isinstance(container[key], str)]
    container, key = draw(st.sampled_from(texts or [({"": ""}, "")]))
    text = container[key]
    start, stop = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    container[key] = text[:start] + draw(TEXTS) + text[stop:]


def split_text(draw: Draw, notebook: Any) -> None:
    """Make a list of the lines of a text, or of its characters."""
    texts = [(container, key) for container, key in places(notebook) if isinstance(container[key], str)]
    container, key = draw(st.sampled_from(texts or [({"": ""}, "")]))
    container[key] = draw(st.sampled_from([container[key].splitlines(keepends=True), list(container[key])]))


def drop_cell(draw: Draw, notebook: Any) -> None:
    cells = cells_of(notebook)
    del cells[draw(st.integers(0, len(cells) - 1))]


def copy_cell(draw: Draw, notebook: Any) -> None:
    cells = cells_of(notebook)
    cells.insert(draw(st.integers(0, len(cells))), copy.deepcopy(draw(st.sampled_from(cells))))


def move_cell(draw: Draw, notebook: Any) -> None:
    cells = cells_of(notebook)
    moved = cells.pop(draw(st.integers(0, len(cells) - 1)))
    cells.insert(draw(st.integers(0, len(cells))), moved)


def retype_cell(draw: Draw, notebook: Any) -> None:
    cell = draw(st.sampled_from(cells_of(notebook)))
    if isinstance(cell, dict):
        cell["cell_type"] = draw(st.sampled_from(NAMES) | VALUES)


def add_cell(draw: Draw, notebook: Any) -> None:
    cells = cells_of(notebook)
    source = draw(st.lists(TEXTS, max_size=4).map("".join))
    cell = {"cell_type": draw(st.sampled_from(CELL_TYPES)), "source": source, "metadata": draw(VALUES)}
    cells.insert(draw(st.integers(0, len(cells))), cell)


MUTATIONS = [
    replace_value,
    delete_value,
    exchange_values,
    wrap_value,
    add_key,
    splice_text,
    split_text,
    drop_cell,
    copy_cell,
    move_cell,
    retype_cell,
    add_cell,
]


@st.composite
def mutated_notebooks(draw: Draw, honest: str) -> bytes:
    """A notebook with some changes that keep it JSON."""
    notebook = json.loads(honest)
    if draw(st.integers(0, 9)) == 0:
        notebook = json.loads(json.dumps(nbformat.convert(nbformat.from_dict(notebook), to_version=3)))
    for mutate in draw(st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=5)):
        mutate(draw, notebook)
    return json.dumps(notebook).encode()


@st.composite
def mutated_files(draw: Draw, honest: str) -> bytes:
    """A file with some changes of its bytes."""
    data = bytearray(honest.encode())
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        stop = draw(st.sampled_from([start, start + 1, start + 50, len(data)]))
        data[start:stop] = draw(
            st.binary(max_size=8)
            | st.sampled_from(
                [b"", b"\xef\xbb\xbf", b"\r", b"}", b"]", b'"', b",", b"NaN", b"1e999", b"\\ud800", b"[" * 2000]
            )
            | st.just(bytes(data[start // 2 : start]))
        )
    return bytes(data)


# Messages.

EXACT = st.none() | st.booleans() | st.integers() | st.integers(-(2**8000), 2**8000) | st.text(max_size=20)
SCALARS = EXACT | st.floats() | st.complex_numbers()
ARRAYS = arrays.arrays(st.sampled_from(DTYPES), arrays.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=3))
HASHABLE = st.recursive(
    EXACT | st.floats(allow_nan=False) | st.complex_numbers(allow_nan=False),
    lambda inner: st.tuples(inner, inner),
    max_leaves=3,
)
PLAIN = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(HASHABLE, inner, max_size=4)
    ),
    max_leaves=12,
)
"""Values that must arrive as they were sent."""

CODES = st.sampled_from(["l", "t", "d", "c", "i", "a", "?", "x", "<f8", "<i8", "O", "<M8[D]", "f8,O", "ff", "-0x1_0"])
PACKED = st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=8) | st.binary(max_size=8)
STRUCTURES = st.recursive(
    st.none() | st.booleans() | PACKED | CODES,
    lambda inner: (
        st.builds(lambda code, items: [code, *items], CODES, st.lists(inner, max_size=5))
        | st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=20,
)
CHANGED = st.tuples(st.lists(PLAIN, max_size=2).map(tuple), st.dictionaries(st.text(max_size=3), PLAIN, max_size=2))
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "outcome": st.sampled_from(["value", "raised", "missing", "timeout", ""]) | PLAIN,
        "value": PLAIN,
        "error": PLAIN | st.text() | st.lists(st.text(), min_size=3, max_size=3),
        "arguments": PLAIN | CHANGED,
    },
)
MESSAGES = st.sampled_from([encode(value) for value in [*PLAIN_VALUES.values(), {"outcome": "value", "value": 1.0}]])


@st.composite
def mutated_messages(draw: Draw) -> bytes:
    """A message of ours with some bytes changed, left out or put in."""
    data = bytearray(draw(MESSAGES | ANSWERS.map(encode)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        data[start : start + draw(st.integers(0, 4))] = draw(st.binary(max_size=4))
    return bytes(data)


REPLIES = {
    "bytes": st.binary(max_size=200),
    "packed bytes": st.binary(max_size=60).map(lambda packed: len(packed).to_bytes(4, "little") + packed),
    "long headers": st.lists(
        st.sampled_from([b"\xdd\x00\x01\x86\xa0", b"\xdc\xff\xff", b"\xdd\xff\xff\xff\xff", b"\x91", b"\xa1l"]),
        max_size=900,
    ).map(lambda headers: len(b"".join(headers)).to_bytes(4, "little") + b"".join(headers)),
    "structures": st.builds(message, STRUCTURES, st.binary(max_size=64)),
    "answers": ANSWERS.map(encode),
    "mutated messages": mutated_messages(),
}
"""What may come from the student's side, by how it is made."""
