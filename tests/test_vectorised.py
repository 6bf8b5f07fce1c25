"""Whether a function loops in Python: counted in a real student kernel, and timed from outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from nbformat.v4 import new_code_cell

from helpers import Replies, submission_of
from lossmark import CheckFailed, Growth, Raised, Submission, assert_vectorised, vectorised
from lossmark.execution.kernel import StudentKernel
from lossmark.execution.run import NotebookRun
from lossmark.sandbox.host import Sandbox
from lossmark.sandbox.limits import Limits

CLEAN = "def f(W, X):\n    return np.maximum(X @ W, 0).sum(axis=1)\n"
"""The right function, which sums the positive scores of each row."""
LOOPY = "def g(W, X):\n    return np.array([np.maximum(row @ W, 0).sum() for row in X])\n"
"""The same with a loop over the rows, under another name."""

HIDDEN = {
    "an object whose call loops": (
        "class G:\n    def __init__(self, g):\n        self.g = g\n    def __call__(self, W, X):\n"
        "        return self.g(W, X)\n",
        "h = [G(g)]\n",
        "def f(W, X):\n    return h[0](W, X)",
    ),
    "functools.partial": ("import functools\n", "h = [functools.partial(g)]\n", "def f(W, X):\n    return h[0](W, X)"),
    "sorted(key=)": (
        "def key(row):\n    out.append(np.maximum(row @ V, 0).sum())\n    return 0\n",
        "def f(W, X):\n    global out, V\n    out, V = [], W\n    sorted(X, key=key)\n    return np.array(out)",
    ),
    "list.sort(key=)": (
        "def key(i):\n    out.append(np.maximum(T[i] @ V, 0).sum())\n    return 0\n",
        "def f(W, X):\n    global out, V, T\n    out, V, T = [], W, X\n    list(range(len(X))).sort(key=key)\n"
        "    return np.array(out)",
    ),
    "min(key=)": (
        "def key(row):\n    out.append(np.maximum(row @ V, 0).sum())\n    return 0\n",
        "def f(W, X):\n    global out, V\n    out, V = [], W\n    min(X, key=key)\n    return np.array(out)",
    ),
    "itertools.accumulate": (
        "import itertools\ndef step(total, row):\n    out.append(np.maximum(row @ V, 0).sum())\n    return 0\n",
        "def f(W, X):\n    global out, V\n    out, V = [], W\n    list(itertools.accumulate(X, step, initial=0))\n"
        "    return np.array(out)",
    ),
    "re.sub with a function": (
        "import re\n",
        "def f(W, X):\n    out = []\n    def put(match):\n        out.append(np.maximum(X[len(out)] @ W, 0).sum())\n"
        "        return ''\n    re.sub('a', put, 'a' * len(X))\n    return np.array(out)",
    ),
    "iter(f, end)": (
        "def f(W, X):\n    out = []\n    def put():\n        out.append(np.maximum(X[len(out)] @ W, 0).sum())\n"
        "        return len(out)\n    list(iter(put, len(X)))\n    return np.array(out)",
    ),
    "globals()": ("def f(W, X):\n    return globals()['g'](W, X)",),
    "a module that was written": (
        f"import pathlib, sys\npathlib.Path('hidden_helper.py').write_text('import numpy as np\\n' + {LOOPY!r})\n"
        "sys.path.insert(0, '.')\nimport hidden_helper\n",
        "def f(W, X):\n    return hidden_helper.g(W, X)",
    ),
    "a cell too long to be read": (f"{LOOPY}{'# long' * 10_000}\n", "def f(W, X):\n    return g(W, X)"),
    "a clean definition behind an error": ("f = g\n", f"1 / 0\n{CLEAN}"),
    "a clean definition that is not run": ("f = g\n", f"if False:\n    {CLEAN.replace(chr(10), chr(10) + '    ')}"),
    "the code of another function": (CLEAN, "f.__code__ = g.__code__"),
    "a class with __array_ufunc__": (
        "class A:\n    def __init__(self, X):\n        self.X = X\n    def __array_ufunc__(self, u, m, a, W, **k):\n"
        "        return globals()['g'](W, self.X)\n",
        "def f(W, X):\n    return np.matmul(A(X), W)",
    ),
    "exec under another name": (
        "import builtins\n",
        "def f(W, X):\n    names = dict(W=W, X=X, np=np)\n"
        "    getattr(builtins, 'ex' + 'ec')('out = np.array([np.maximum(x @ W, 0).sum() for x in X])', names)\n"
        "    return names['out']",
    ),
    "a replaced function of numpy": ("np.hidden = g\n", "def f(W, X):\n    return np.hidden(W, X)"),
    "np.vectorize under another name": (
        "def f(W, X):\n    v = getattr(np, 'vector' + 'ize')\n"
        "    return v(lambda i: np.maximum(X[i] @ W, 0).sum())(np.arange(len(X)))",
    ),
    "recursion through a table": (
        "def rest(W, X, i):\n    return table['g'](W, X, i)\n",
        "import sys\nsys.setrecursionlimit(100_000)\n"
        "def step(W, X, i):\n    if i < len(X):\n        out.append(np.maximum(X[i] @ W, 0).sum())\n"
        "        table['g'](W, X, i + 1)\ntable = {'g': step}\n",
        "def f(W, X):\n    global out\n    out = []\n    table['g'](W, X, 0)\n    return np.array(out)",
    ),
    "a thread": (
        "import threading\n",
        "def f(W, X):\n    out = []\n    t = threading.Thread(target=lambda: out.append(globals()['g'](W, X)))\n"
        "    t.start()\n    t.join()\n    return out[0]",
    ),
    "code without lines": (
        "h = [type(g)(g.__code__.replace(co_linetable=b''), globals())]\n",
        "def f(W, X):\n    return h[0](W, X)",
    ),
}
"""Loops that nobody sees who reads the source, as cells that are run after that of `LOOPY`."""


FORGED = """
import sys
agent, wire = sys.modules["lossmark.boundary.agent"], sys.modules["lossmark.boundary.wire"]
def forged(request, namespace, right=agent.answer):
    asked = wire.decode(request)
    if asked["kind"] != "count":
        return right(request, namespace)
    return wire.encode({**wire.decode(right(wire.encode({**asked, "kind": "call"}), namespace)), "steps": 1})
agent.answer = forged
"""
"""Answers each count with 1."""

HONEST = {
    "array operations": CLEAN,
    "einsum": "def f(W, X):\n    return np.einsum('nc,nc->n', X @ W > 0, X @ W, optimize=True)",
    "single precision": "def f(W, X):\n    return np.maximum(X.astype(np.float32) @ W.astype(np.float32), 0).sum(1)",
    "np.matrix": "def f(W, X):\n    return np.asarray(np.maximum(np.asmatrix(X) * np.asmatrix(W), 0).sum(1)).ravel()",
    "printed numbers": "def f(W, X):\n    S = np.maximum(X @ W, 0)\n    print(S, X)\n    return S.sum(axis=1)",
    "a one-hot matrix": (
        "def f(W, X):\n    S = X @ W\n    hot = np.eye(S.shape[1])[S.argmax(axis=1)]\n"
        "    return np.where(hot + S > 0, S, 0).clip(0).sum(axis=1)"
    ),
    "a matrix of pairs": "def f(W, X):\n    S = np.maximum(X @ W, 0).sum(1)\n    return np.diag(np.outer(S, S) ** 0.5)",
    "np.add.at": (
        "def f(W, X):\n    S = np.maximum(X @ W, 0)\n    out = np.zeros(len(X))\n"
        "    np.add.at(out, np.repeat(np.arange(len(X)), S.shape[1]), S.ravel())\n    return out"
    ),
    "np.choose": "def f(W, X):\n    S = np.maximum(X @ W, 0)\n    return S.sum(1) + 0 * np.choose(S.argmax(1), S.T)",
    "large temporaries": "def f(W, X):\n    return np.maximum((X[:, :, None] * W[None]).sum(axis=1), 0).sum(axis=1)",
    "work that is done once": (
        "import functools, time\n@functools.cache\ndef prepared(shape):\n    return sum(i for i in range(20_000))\n"
        "def f(W, X):\n    prepared(X.shape)\n    return np.maximum(X @ W, 0).sum(axis=1)"
    ).replace(
        "return sum(i for i in range(20_000))", "text = 'for i in range(20_000): pass'\n    compile_and_run(text)"
    ),
}
"""Functions that must never lose the check."""
REFUSALS = {
    "at least": "assert all(row_sum >= -9e9 for row_sum in X.sum(axis=1))",
    "two sides": "assert all(-9e9 <= row_sum < 9e9 for row_sum in X.sum(axis=1))",
    "a type": "assert all(isinstance(row_sum, (float, np.floating)) for row_sum in X.sum(axis=1)), 'numbers'",
    "a shape": "assert len({len(row) for row in X}) == 1",
    "an exception": "if any(row_sum < -9e9 for row_sum in X.sum(axis=1)):\n        raise ValueError('too small')",
    "a loop": "for row in X:\n        assert len(row) == len(W)",
}
"""Statements that look at each row and compute nothing."""
NAMED = {
    "a variable": "def f(W, X):\n    filter = X @ W > 0\n    return ((X @ W) * filter).sum(axis=1)",
    "a decorator": (
        "import time\ndef timed(g):\n    def wrapper(*args):\n        start = time.time()\n        found = g(*args)\n"
        f"        wrapper.seconds = time.time() - start\n        return found\n    return wrapper\n{CLEAN}f = timed(f)"
    ),
    "an attribute": f"{CLEAN.replace('    return', '    f.calls += 1' + chr(10) + '    return')}f.calls = 0",
}
COMPILE = (
    "import builtins\ndef run_text(text):\n    getattr(builtins, 'ex' + 'ec')(text)\ncompile_and_run = [run_text][0]\n"
)


def growths(seed: int = 1, *, timed: int | None = 30_000) -> list[Growth]:
    rng = np.random.default_rng(seed)

    def draw(N: int, D: int, C: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.normal(size=(D, C)), rng.normal(size=(N, D))

    return [
        Growth("rows", lambda N: draw(N, 2, 3), counted=(1100, 2200), timed=timed),
        Growth("columns", lambda C: draw(51, 51, C), counted=(20, 30)),
    ]


def right(W, X):
    return np.maximum(X @ W, 0).sum(axis=1)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def run(sandbox: Sandbox) -> Iterator[NotebookRun]:
    """One kernel for all; each test defines its names again."""
    run = NotebookRun([], lambda: StudentKernel(sandbox, Limits()), Limits())
    yield run
    run.close()


def submission_with(run: NotebookRun, *cells: str) -> Submission:
    kernel = run._ready_kernel(0)
    for source in ("%reset -f", "import numpy as np", *cells):
        kernel.execute(new_code_cell(source), 10.0)
    return Submission(run, cells)


@pytest.mark.sandbox
class TestInAKernel:
    @pytest.mark.parametrize("cells", HIDDEN.values(), ids=HIDDEN)
    def test_hidden_loops_are_found_by_their_steps(self, run, cells):
        submission = submission_with(run, LOOPY, *cells)
        assert np.allclose(submission.f(np.eye(2), np.eye(2)), [1, 1])
        submission.code = (CLEAN,)  # whatever is read, it is the steps that are to tell
        with pytest.raises(CheckFailed, match="grows with the rows") as failure:
            assert_vectorised(submission, "f", right, growths(), otherwise="hidden")
        assert failure.value.misconception == "hidden"

    @pytest.mark.parametrize("source", HONEST.values(), ids=HONEST)
    def test_array_operations_pass(self, run, source):
        submission = submission_with(run, COMPILE, source)
        submission.code = (CLEAN,)
        assert_vectorised(submission, "f", right, growths())

    @pytest.mark.parametrize("source", NAMED.values(), ids=NAMED)
    def test_names_do_not_make_a_loop(self, run, source):
        assert_vectorised(submission_with(run, source), "f", right, growths())

    @pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
    def test_refusing_arguments_is_no_loop(self, run, refusal):
        submission = submission_with(run, CLEAN.replace("    return", f"    {refusal}\n    return"))
        assert_vectorised(submission, "f", right, growths())

    def test_refusing_arguments_does_not_hide_a_loop(self, run):
        for cells in HIDDEN.values():
            decoy = f"if False:\n    {REFUSALS['two sides']}"
            clean = CLEAN.replace("    return", f"    {decoy.replace(chr(10), chr(10) + '    ')}\n    return")
            submission = submission_with(run, LOOPY, *cells)
            submission.code = (clean,)
            with pytest.raises(CheckFailed, match="grows with the rows"):
                assert_vectorised(submission, "f", right, growths())

    def test_a_loop_over_columns_is_found(self, run):
        submission = submission_with(
            run, "def f(W, X):\n    return sum([np.maximum(X @ W[:, c], 0) for c in range(W.shape[1])])"
        )
        submission.code = (CLEAN,)
        with pytest.raises(CheckFailed, match=r"grows with the columns: .* for 20 columns"):
            assert_vectorised(submission, "f", right, growths())

    def test_a_loop_in_another_thread_that_is_not_counted_is_found_by_its_time(self, run):
        submission = submission_with(
            run,
            LOOPY,
            "from concurrent.futures import ThreadPoolExecutor\n"
            "pool = ThreadPoolExecutor(1)\npool.submit(int).result()\n"
            "def f(W, X):\n    return pool.submit(globals()['g'], W, X).result()",
        )
        with pytest.raises(CheckFailed, match=r"takes [0-9.]+ s for 30,000 rows, as a loop does"):
            assert_vectorised(submission, "f", right, growths())

    def test_a_function_that_is_right_for_few_rows_alone_is_found(self, run):
        submission = submission_with(
            run, LOOPY, "def f(W, X):\n    return globals()['g'](W, X) if len(X) < 1000 else np.zeros(len(X))"
        )
        with pytest.raises(CheckFailed, match="right for few rows, but not for 1,100"):
            assert_vectorised(submission, "f", right, growths())

    def test_answers_that_were_kept_do_not_help(self, run):
        submission = submission_with(
            run,
            LOOPY,
            "kept = {}\ndef f(W, X):\n    key = X.tobytes()\n    if key not in kept:\n"
            "        kept[key] = globals()['g'](W, X)\n    return kept[key]",
        )
        with pytest.raises(CheckFailed, match="grows with the rows"):
            assert_vectorised(submission, "f", right, growths())

    def test_a_function_that_is_wrong_is_looked_at_as_well(self, run):
        submission = submission_with(run, LOOPY, "def f(W, X):\n    return 2 * globals()['g'](W, X)")
        with pytest.raises(CheckFailed, match="grows with the rows"):
            assert_vectorised(submission, "f", right, growths())

    def test_forged_counts_do_not_hide_the_time(self, sandbox):
        run = NotebookRun([], lambda: StudentKernel(sandbox, Limits()), Limits())
        try:
            submission = submission_with(run, FORGED, LOOPY, "def f(W, X):\n    return globals()['g'](W, X)")
            assert submission.count_steps("f", *growths()[0].draw(1000)).steps == 1
            with pytest.raises(CheckFailed, match=r"takes [0-9.]+ s for 30,000 rows, as a loop does"):
                assert_vectorised(submission, "f", right, growths())
        finally:
            run.close()

    def test_waiting_for_others_is_not_counted_as_time(self, run):
        submission = submission_with(run, CLEAN)
        assert 0 <= submission.time_call("f", *growths()[0].draw(1000)).seconds < 1


class TestRules:
    """Just inside and just outside of each bound, on functions of this process."""

    def steps(self, monkeypatch, *counts):
        """A submission that says it has executed so many steps."""
        submission = submission_of(CLEAN, f=right)
        numbers = iter(counts)
        ask = submission.count_steps
        monkeypatch.setattr(submission, "count_steps", lambda *a: replace(ask(*a), steps=next(numbers)))
        return submission

    def test_steps_may_grow_by_the_allowed_ones(self, monkeypatch):
        rows = growths()[:1]
        most = 500 + vectorised.STEPS_EACH * 1100
        assert_vectorised(self.steps(monkeypatch, 500, most), "f", right, rows)
        with pytest.raises(CheckFailed, match=r"500 for 1,100 rows, 9,301 for 2,200"):
            assert_vectorised(self.steps(monkeypatch, 500, most + 1, 500, most + 1), "f", right, rows)

    def test_steps_that_grow_once_only_are_forgiven(self, monkeypatch):
        assert_vectorised(self.steps(monkeypatch, 500, 10**6, 500, 500), "f", right, growths()[:1])

    def test_padding_the_small_problem_once_does_not_help(self, monkeypatch):
        with pytest.raises(CheckFailed, match="grows"):
            assert_vectorised(self.steps(monkeypatch, 500, 10**5, 10**6, 10**5), "f", right, growths()[:1])

    def test_an_answer_without_a_count_fails(self, monkeypatch):
        with pytest.raises(CheckFailed, match="could not be counted"):
            assert_vectorised(self.steps(monkeypatch, None), "f", right, growths()[:1])

    def timed(self, monkeypatch, *seconds):
        """A submission whose large problems take so long."""
        submission = submission_of(CLEAN, f=right)
        ask, times = submission.time_call, iter(seconds)
        submission.transport.clocks_s = lambda: (0.0, 0.0)

        def time_call(name, *args):
            return replace(ask(name, *args), seconds=next(times) if len(args[1]) > 100 else 0.0)

        monkeypatch.setattr(submission, "time_call", time_call)
        return submission

    def test_the_fastest_of_several_times_counts(self, monkeypatch):
        monkeypatch.setattr(vectorised.time, "thread_time", iter(range(100)).__next__)  # the right one takes 1 s
        limit = vectorised.ALLOWANCE_S + vectorised.TIMES_RIGHT
        slow, rows = limit + 0.01, growths()[:1]
        assert_vectorised(self.timed(monkeypatch, limit), "f", right, rows)
        assert_vectorised(self.timed(monkeypatch, *[slow] * 4, limit), "f", right, rows)
        with pytest.raises(CheckFailed, match="as a loop does"):
            assert_vectorised(self.timed(monkeypatch, *[slow] * 5), "f", right, rows)

    def test_a_lack_of_memory_is_no_loop(self):
        def wasteful(W, X):
            if len(X) > 10_000:
                raise MemoryError
            return right(W, X)

        submission = submission_of(CLEAN, f=wasteful)
        submission.transport.clocks_s = lambda: (0.0, 0.0)
        assert_vectorised(submission, "f", right, growths()[:1])

    def test_another_exception_is_the_students(self):
        def fails(W, X):
            if len(X) > 10_000:
                raise ValueError
            return right(W, X)

        submission = submission_of(CLEAN, f=fails)
        submission.transport.clocks_s = lambda: (0.0, 0.0)
        with pytest.raises(Raised):
            assert_vectorised(submission, "f", right, growths()[:1])

    def test_a_function_that_fails_for_few_elements_is_only_read(self):
        def fails(W, X):
            raise ValueError

        assert_vectorised(submission_of(CLEAN, f=fails), "f", right, growths())

    def test_a_loop_that_is_seen_keeps_its_name(self):
        submission = submission_of(LOOPY.replace("g(", "f("), f=right)
        with pytest.raises(
            CheckFailed, match=r"holds a comprehension\. Array operations go over all rows and"
        ) as failure:
            assert_vectorised(submission, "f", right, growths(), misconceptions={"a comprehension": "comprehension"})
        assert failure.value.misconception == "comprehension"

    def test_calls_of_a_naive_function_are_seen(self):
        submission = submission_of(LOOPY, "def f(W, X):\n    return g(W, X)", f=right)
        with pytest.raises(CheckFailed, match="holds a comprehension, in `g`, which it uses"):
            assert_vectorised(submission, "f", right, growths())

    def test_large_problems_are_not_kept(self):
        submission = submission_of(CLEAN, f=right)
        assert_vectorised(submission, "f", right, growths())
        assert submission.calls == []

    @pytest.mark.parametrize("steps", [-1, True, 2.5, "3", [4], None], ids=repr)
    def test_a_count_is_a_number_or_none(self, steps):
        from lossmark.boundary import wire

        reply = wire.encode({"outcome": "value", "value": 1, "steps": steps})
        assert Submission(Replies(reply)).count_steps("f").steps is None
