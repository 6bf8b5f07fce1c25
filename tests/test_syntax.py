"""Loops: which are found in a submission's source, and what is none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import lossmark
from helpers import submission_of
from lossmark.syntax import Loop

LOOPY = "def helper(x):\n    for i in x:\n        pass\n    return x\n"

LOOPS = {
    "for": "def f(x):\n    for i in x:\n        pass",
    "async for": "async def f(x):\n    async for i in x:\n        pass",
    "while": "def f(x):\n    while x:\n        x -= 1",
    "list": "def f(x):\n    return [i for i in x]",
    "set": "def f(x):\n    return {i for i in x}",
    "dict": "def f(x):\n    return {i: 1 for i in x}",
    "generator": "def f(x):\n    return sum(i for i in x)",
    "map": "def f(x):\n    return sum(map(abs, x))",
    "filter": "def f(x):\n    return sum(filter(None, x))",
    "reduce": "import functools\ndef f(x):\n    return functools.reduce(max, x)",
    "imported reduce": "from functools import reduce\ndef f(x):\n    return reduce(max, x)",
    "starmap": "import itertools\ndef f(x):\n    return list(itertools.starmap(max, x))",
    "vectorize": "def f(x):\n    return np.vectorize(abs)(x)",
    "vectorize decorator": "@np.vectorize\ndef f(x):\n    return abs(x)",
    "vectorize outside": "f = np.vectorize(lambda x: abs(x))",
    "vectorize annotated": "f: object = np.vectorize(abs)",
    "frompyfunc": "f = np.frompyfunc(abs, 1, 1)",
    "fromiter": "def f(x):\n    return np.fromiter(x, float)",
    "apply_along_axis": "def f(x):\n    return np.apply_along_axis(max, 0, x)",
    "apply_over_axes": "def f(x):\n    return np.apply_over_axes(sum, x, 0)",
    "exec": "def f(x):\n    exec('for i in x: pass')",
    "eval": "def f(x):\n    return eval('sum(i for i in x)')",
    "recursion": "def f(x):\n    return x[0] + f(x[1:]) if len(x) else 0",
    "mutual recursion": "def g(x):\n    return f(x)\ndef f(x):\n    return g(x)",
    "lambda": "f = lambda x: [i for i in x]",
    "lambda in a tuple": "f, g = lambda x: [i for i in x], 1",
    "lambda in an expression": "(f := lambda x: [i for i in x])",
    "nested function": "def f(x):\n    def inner():\n        for i in x:\n            pass\n    return inner()",
    "helper": f"{LOOPY}def f(x):\n    return helper(x)",
    "helper defined later": f"def f(x):\n    return helper(x)\n{LOOPY}",
    "helper of a helper": f"{LOOPY}def between(x):\n    return helper(x)\ndef f(x):\n    return between(x)",
    "helper under a local name": f"{LOOPY}def f(x):\n    g = helper\n    return g(x)",
    "alias": f"{LOOPY}f = helper",
    "alias of a builtin": "m = map\ndef f(x):\n    return sum(m(abs, x))",
    "alias of vectorize": "v = np.vectorize\ndef f(x):\n    return v(abs)(x)",
    "partial": f"import functools\n{LOOPY}f = functools.partial(helper)",
    "wrapped": f"{LOOPY}def same(g):\n    return g\nf = same(helper)",
    "decorator": f"{LOOPY}@helper\ndef f(x):\n    return x",
    "default argument": f"{LOOPY}def f(x, g=helper):\n    return g(x)",
    "method": "class H:\n    def g(self, x):\n        for i in x:\n            pass\ndef f(x):\n    return H().g(x)",
    "bound method": "class H:\n    def g(self, x):\n        for i in x:\n            pass\nf = H().g",
    "a decoy before": f"{LOOPY}def f(x):\n    return x.sum()\nf = helper",
    "a decoy in a function": "def decoy():\n    def f(x):\n        return x\ndef f(x):\n    for i in x:\n        pass",
    "under a condition": "if True:\n    def f(x):\n        for i in x:\n            pass",
    "in a try": "try:\n    pass\nfinally:\n    def f(x):\n        for i in x:\n            pass",
    "in a timed cell": "%%time\ndef f(x):\n    for i in x:\n        pass",
    "built by exec": "exec('def f(x): return [i for i in x]')",
    "through globals": "globals()['f'] = lambda x: x",
    "not defined": "g = 1",
    "a method of a module": "import functools as ft\ndef f(x):\n    return ft.reduce(max, x)",
    "the module within": "def f(x):\n    import itertools\n    return list(itertools.starmap(max, x))",
    "behind a decorator that is called": f"{LOOPY}def timed(g):\n    return g\ndef f(x):\n    return helper(x)\n"
    "f = timed(f)",
    "behind two of them": "timed = abs\ndef f(x):\n    return [i for i in x]\nf = timed(f)\nf = timed(f)",
    "recursion behind one": "def timed(g):\n    return g\ndef f(x):\n    return f(x[1:])\nf = timed(f)",
    "the wrapper loops": "def timed(g):\n    return lambda x: [g(i) for i in x]\ndef f(x):\n    return x\nf = timed(f)",
    "an assertion that computes": "def f(x, out=[]):\n    assert not any(out.append(i) for i in x)\n    return out",
    "an assertion that keeps": "def f(x):\n    assert all((y := i) is not None for i in x)\n    return y",
    "an assertion that calls": f"{LOOPY}def f(x):\n    assert all(helper(i) for i in x)\n    return x",
    "an assertion that hands on": "def f(x, out=[]):\n    assert out.extend(i * i for i in x) is None\n    return out",
    "what an assertion goes over": "def f(x):\n    assert all(i > 0 for i in [i * i for i in x])\n    return x",
    "a loop that asserts and computes": "def f(x):\n    for i in x:\n        assert i\n        x = x + i\n    return x",
    "a condition that computes": "def f(x):\n    if any(i for i in x):\n        x = -x\n    return x",
}
NO_LOOPS = {
    "array operations": "def f(x):\n    return np.maximum(0, x).sum()",
    "lambda": "f = lambda x: x.sum()",
    "annotated lambda": "f: object = lambda x: x.sum()",
    "helper without a loop": "def g(x):\n    return x.sum()\ndef f(x):\n    return g(x) + g(x)",
    "builtins that loop in C": "def f(x):\n    return sum(x) + max(x) + len(x)",
    "reductions of universal functions": "def f(x):\n    return np.add.reduce(x) + np.maximum.reduce(x)",
    "import of a ufunc": "from numpy import add\ndef f(x):\n    return add.reduce(x)",
    "loop in another function": f"{LOOPY}def f(x):\n    return x.sum()",
    "loop in another cell": "total = 0\nfor i in range(3):\n    total += i\ndef f(x):\n    return x.sum()",
    "local name of a helper": f"{LOOPY}def f(x):\n    helper = x.sum()\n    return helper",
    "argument named like a helper": f"{LOOPY}def f(helper):\n    return helper.sum()",
    "own name within": "def f(x):\n    f = x.sum()\n    return f",
    "result of a helper": f"{LOOPY}scores = helper([1])\ndef f(x):\n    return x - scores",
    "data from a comprehension": "data = [i for i in range(3)]\ndef f(x):\n    return x - data",
    "redefined": "def f(x):\n    for i in x:\n        pass\ndef f(x):\n    return x.sum()",
    "magics": "%matplotlib inline\n!ls\n%timeit sum([1])\ndef f(x):\n    return x.sum()",
    "timed cell": "%%time\ndef f(x):\n    return x.sum()",
    "captured cell": "\n%%capture out\ndef f(x):\n    return x.sum()",
    "words in a text": "def f(x):\n    '''for i in map: while exec'''\n    # for i in x:\n    return x.sum()",
    "nested function": "def f(x):\n    def positive(a):\n        return a * (a > 0)\n    return positive(x)",
    "a variable called filter": "def f(x):\n    filter = x > 0\n    return x[filter].sum()",
    "a variable called map": "def f(x):\n    map = np.eye(3)\n    map[0] = 1\n    return map @ x",
    "a variable called reduce": "def f(x):\n    reduce, vectorize = x.sum, True\n    return reduce() + vectorize",
    "an argument called vectorize": "def f(x, vectorize=True):\n    return x.sum() if vectorize else x",
    "a global variable called map": "map = np.eye(3)\ndef f(x):\n    return map @ x",
    "an own function called filter": "def filter(x):\n    return x * (x > 0)\ndef f(x):\n    return filter(x)",
    "an attribute called map": "def f(x):\n    return x.map.sum() + x.T.filter",
    "an attribute that is set": "def f(self, x):\n    self.filter = x > 0\n    return x[self.filter]",
    "a method of a global object": "model = make()\ndef f(x):\n    return model.map(x) + model.eval()",
    "a keyword called map": "def f(x):\n    return g(x, map=1)",
    "timed": "def timed(g):\n    return lambda x: g(x)\ndef f(x):\n    return x.sum()\nf = timed(f)",
    "timed twice": "def timed(g):\n    return g\ndef f(x):\n    return x.sum()\nf = timed(f)\nf = timed(f)",
    "cached": "import functools\ndef f(x):\n    return x.sum()\nf = functools.lru_cache(maxsize=None)(f)",
    "wrapped by its decorator": "@functools.wraps(max)\ndef f(x):\n    return x.sum()",
    "a second name of its own": "def f(x):\n    return x.sum()\ng = f\nf = g",
    "calls that are counted": "def f(x):\n    f.calls += 1\n    return x.sum()\nf.calls = 0",
    "calls counted by name": "calls = {}\ndef f(x):\n    calls[f.__name__] = 1\n    return x.sum()",
    "a result that is kept": "def f(x):\n    f.last = x.sum()\n    return f.last",
    "its own name shown": "def f(x):\n    print(f)\n    return x.sum()",
    "an assertion": "def f(x, y):\n    assert all(c >= 0 for c in y)\n    return x[y]",
    "an assertion with a message": "def f(x, y):\n    assert all(isinstance(c, (int, np.integer)) for c in y), f'{y}'",
    "an assertion over sums": "def f(x):\n    assert not any(total < 0 for total in x.sum(axis=1))\n    return x",
    "an assertion over pairs": "def f(x, y):\n    assert all(a > b for a in x for b in y)\n    return x",
    "an assertion over rows": "def f(x):\n    assert len({len(row) for row in x}) == 1\n    return x",
    "an assertion within a loop": "def f(x, y):\n    for c in y:\n        assert 0 <= c < len(x), c\n    return x[y]",
    "an exception": "def f(x, y):\n    if any(c < 0 for c in y):\n        raise ValueError(y)\n    return x[y]",
}


def find_loops(cells: Sequence[str], name: str) -> list[Loop]:
    return lossmark.find_loops(submission_of(*cells), name)


@pytest.mark.parametrize("source", LOOPS.values(), ids=LOOPS)
def test_loops_are_found(source):
    assert find_loops([source], "f")


@pytest.mark.parametrize("source", NO_LOOPS.values(), ids=NO_LOOPS)
def test_array_operations_are_no_loops(source):
    assert find_loops([source], "f") == []


@pytest.mark.parametrize(
    "other",
    ["def f(x:\n", "for", "%%bash\nfor i in 1 2; do echo; done", "!ls", "?f", "x = '\0'", "(" * 500, "", "\ud800"],
    ids=repr,
)
def test_other_cells_may_be_anything(other):
    cells = [other, "def f(x):\n    return x.sum()", other]
    assert find_loops(cells, "f") == []


def test_helpers_of_other_cells_are_searched():
    assert [loop.function for loop in find_loops([LOOPY, "def f(x):\n    return helper(x)"], "f")] == ["helper"]


def test_the_last_definition_of_all_cells_counts():
    loop, none = LOOPS["for"], NO_LOOPS["array operations"]
    assert find_loops([loop, none], "f") == []
    assert find_loops([none, loop], "f")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("for", "a `for` loop"),
        ("while", "a `while` loop"),
        ("generator", "a comprehension"),
        ("recursion", "recursion"),
        ("map", "`map`"),
        ("vectorize", "`np.vectorize`, which is a loop in disguise"),
        ("not defined", "a definition from outside the notebook's cells, which nobody can read"),
    ],
)
def test_a_loop_is_described(name, kind):
    assert [(loop.function, loop.kind) for loop in find_loops([LOOPS[name]], "f")] == [("f", kind)]


def test_deeply_nested_source_ends_the_search_without_an_error():
    assert find_loops(["x = " + "-" * 5000 + "1", "def f(x):\n    return x"], "f") == []


def test_many_functions_that_call_each_other_are_searched_once():
    source = "\n".join(f"def g{i}(x):\n    return " + "+".join(f"g{j}(x)" for j in range(i)) for i in range(1, 40))
    assert find_loops([f"def g0(x):\n    return x\n{source}\nf = g39"], "f") == []
