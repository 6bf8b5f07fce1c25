"""Notebooks and replies drawn at random: nothing of ours fails, and nobody gets points that were not earned.

``LOSSMARK_FUZZ=25`` draws twenty-five times as many; ``make fuzz`` does.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import nbformat
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from nbconvert import HTMLExporter
from nbformat.v4 import new_output

import drawing
from classes import TOY, write_toy
from conftest import DRAWN
from courses import index_of
from helpers import Replies, graded_cell
from lossmark.boundary import wire
from lossmark.boundary.deadlines import MOST_TIMES_LOADED
from lossmark.boundary.submission import StudentFault, Submission
from lossmark.boundary.wire import Opaque, WireError, decode, encode
from lossmark.checks import same
from lossmark.course import Course
from lossmark.errors import NoNotebook
from lossmark.feedback import FeedbackExporter
from lossmark.grading.graders import Graders
from lossmark.grading.pipeline import Grader
from lossmark.quality.roster import solution
from lossmark.results import GradedNotebook
from lossmark.sandbox.limits import Limits

pytestmark = pytest.mark.slow
SCALE = int(os.environ.get("LOSSMARK_FUZZ", "1"))
NOTEBOOKS, REPLIES = 12 * SCALE, 50 * SCALE
"""Examples of each test; each is there in several parts, for as many cores."""
PARTS = range(4)
LIMITS = replace(Limits(), cell_timeout_s=1.0, call_timeout_s=1.0, notebook_timeout_s=5.0, memory_bytes=2**28)
MAX_SECONDS = 2 * MOST_TIMES_LOADED * LIMITS.notebook_timeout_s
"""More than the deadlines above allow, also on a machine that has other things to do."""
MAX_CPU_S = 30.0
"""More than reading replies takes."""
MAX_GROWTH_KIB = 2**20
"""What grading notebooks may take more than before."""
MAX_CPU_OF_ONE_S = 60.0
"""Processor time of this process for one notebook; most take a hundredth of it."""
MAX_MEMORY_KIB = 2**18
"""What reading replies may take more than before: a reply may say that it is longer than it is."""

PAGES = HTMLExporter(template_name="basic", filters={"markdown2html": "lossmark.pages.markdown_to_html"})
"""Makes pages as formgrader does."""
FACTS = {
    "nbgrader": {"notebook": TOY, "assignment": TOY, "student": "s", "score": 0.0, "max_score": 9.0, "late_penalty": 0}
}

# An assignment whose points nobody can earn by luck: the submission that all begins with knows the first number, and
# nothing but the graders knows the second.

# Hypothesis draws numbers that it finds written in the tests, too: these are not written anywhere.
SECRETS = random.Random("what nobody can guess")
FACTOR, KEY, ANSWER = SECRETS.uniform(0.5, 1.0), SECRETS.random(), SECRETS.randrange(10**7, 10**8)
NEEDED_DIGITS = str(FACTOR)[2:13]
"""Without these in a file, its answers are off by more than the tolerance."""
CELLS = [
    graded_cell("locked", "setup", "import math"),
    graded_cell(
        "solution", "scale", f"def scale(x):\n    ### BEGIN SOLUTION\n    return {FACTOR} * x\n    ### END SOLUTION"
    ),
    graded_cell("tests", "scale_tests", "assert scale(0) == 0", points=3),
    graded_cell("solution", "key", f"def key():\n    ### BEGIN SOLUTION\n    return {KEY}\n    ### END SOLUTION"),
    graded_cell("tests", "key_tests", "assert key() is not None", points=4),
    graded_cell("manual", "why", "Why is that so?", points=2),
]
for number, cell in enumerate(CELLS):
    cell.id = f"cell-{number}"  # the same in every run

GRADERS = {
    "test_toy": '''
        from graders.toy import reference
        from lossmark import assert_answer, assert_close, check


        class TestScale:
            cell = "scale_tests"

            @check(points=1)
            def test_number(self, submission):
                """A number"""
                assert_close(submission.scale(3.0), reference.scale(3.0), tolerance=1e-12)

            @check(points=2)
            def test_answer(self, submission):
                """A number, as an answer"""
                assert_close(submission.scale(-1.0), reference.scale(-1.0), tolerance=1e-12)


        class TestKey:
            cell = "key_tests"

            @check(points=3)
            def test_number(self, submission):
                """The number"""
                assert_close(submission.key(), reference.key(), tolerance=1e-12)

            @check(points=1)
            def test_answer(self, submission):
                """The number, as an answer"""
                assert_answer(submission.value("answer"), reference.answers["answer"])
    ''',
    "reference": f"""
        def scale(x):
            return {FACTOR} * x


        def key():
            return {KEY}


        answers = {{"answer": {ANSWER}}}
    """,
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return write_toy(tmp_path_factory.mktemp("course"), cells=CELLS, graders=GRADERS)


@pytest.fixture(scope="module")
def grader(course: Course) -> Iterator[Grader]:
    with Grader(course, TOY, expects_many=True) as grader:
        yield grader


@pytest.fixture
def graders(course: Course) -> Iterator[Graders]:
    graders = Graders(course.assignment(TOY), course.settings.seed)
    yield graders
    graders.close()


def drawn(examples: int, part: int) -> Callable[[Any], Any]:
    """Run a property on so many examples, the same in every run but others in every part."""
    chosen = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],  # an example shrinks by being graded a thousand times
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: chosen(seed(part)(test))


def honest_text(grader: Grader) -> str:
    """Return a submission that has earned three points of seven, with outputs and a picture."""
    notebook = solution(grader.assignment)
    notebook.cells[index_of(notebook, "key")].source = "def key():\n    return 0.5\n\nanswer = 12"
    notebook.cells[index_of(notebook, "why")].source = "Because of ![this](attachment:x.png), *x* < 1 & y > 2."
    notebook.cells[index_of(notebook, "why")].attachments = {"x.png": {"image/png": "iVBORw0KGgo="}}
    notebook.cells[index_of(notebook, "scale")].outputs = [new_output("stream", text="printed")]
    return json.dumps(notebook)


# Notebooks.


def texts_in(tree: Any) -> str:
    """All texts of decoded JSON, one after the other."""
    if isinstance(tree, dict):
        return "".join(key + texts_in(value) for key, value in tree.items())
    if isinstance(tree, list):
        return "".join(map(texts_in, tree))
    return tree if isinstance(tree, str) else ""


def most_it_may_earn(file: bytes) -> float:
    """Three points if the digits of the factor stand in the file's texts, be it with something in between."""
    digits = re.sub(r"[^0-9]", "", texts_in(json.loads(file.decode("utf-8-sig"))))
    return 3.0 if NEEDED_DIGITS in digits else 0.0


def hold(graded: GradedNotebook, file: bytes) -> None:
    """Assert what holds of whatever was graded."""
    assert graded.max_score == 7.0
    scale, key = graded.cells
    assert (scale.grade_id, key.grade_id) == ("scale_tests", "key_tests")
    assert key.score == 0.0
    assert scale.score <= most_it_may_earn(file)
    assert all(check.points in (0.0, check.max_points) for cell in graded.cells for check in cell.checks)
    assert graded.seconds < MAX_SECONDS
    nbformat.validate(graded.notebook)
    nbformat.writes(graded.notebook).encode()
    PAGES.from_notebook_node(graded.notebook)
    FeedbackExporter().from_notebook_node(graded.notebook, dict(FACTS))
    json.dumps([graded.to_dict(), graded.remarks]).encode()


@pytest.mark.sandbox
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("files", [drawing.mutated_notebooks, drawing.mutated_files], ids=lambda files: files.__name__)
def test_any_notebook_is_graded_or_refused_and_earns_no_more_than_is_in_it(
    files: Callable[[str], st.SearchStrategy[bytes]], part: int, grader: Grader, record_property: Callable[..., None]
) -> None:
    counts, before, longest_s = {"graded": 0, "refused": 0}, peak_memory_kib(), 0.0

    @drawn(NOTEBOOKS, part)
    @given(files(honest_text(grader)))
    def examine(file: bytes) -> None:
        nonlocal longest_s
        started = time.process_time()
        try:
            graded = grader.grade(file, LIMITS)
        except NoNotebook:
            counts["refused"] += 1
        else:
            counts["graded"] += 1
            hold(graded, file)
        longest_s = max(longest_s, time.process_time() - started)

    examine()
    assert counts["graded"]
    assert peak_memory_kib() - before < MAX_GROWTH_KIB
    assert longest_s < MAX_CPU_OF_ONE_S
    for outcome, count in counts.items():
        record_property(DRAWN, (f"notebooks {outcome}", count))


@pytest.mark.sandbox
def test_the_notebook_that_all_begins_with_earns_what_is_right_in_it(grader: Grader) -> None:
    honest = honest_text(grader).encode()
    graded = grader.grade(honest, LIMITS)
    assert graded.score == most_it_may_earn(honest) == 3.0
    assert graded.remarks == ()
    assert most_it_may_earn(honest.replace(NEEDED_DIGITS[:6].encode(), b"")) == 0.0


# Replies.


def parts_of(value: Any) -> Iterator[Any]:
    """Yield a value and all that it is made of."""
    yield value
    if type(value) is dict:
        for pair in value.items():
            yield from parts_of(pair[0])
            yield from parts_of(pair[1])
    elif type(value) in (list, tuple):
        for item in value:
            yield from parts_of(item)


def is_bounded_plain_data(value: Any) -> bool:
    """Whether a value holds only what may come over the wire, and no more of it."""
    parts = list(parts_of(value))
    plain = (type(None), bool, int, float, complex, str, list, tuple, dict, np.ndarray, Opaque)
    arrays_in = [part for part in parts if isinstance(part, np.ndarray | np.generic)]
    return (
        all(type(part) in plain or isinstance(part, np.number | np.bool_) for part in parts)
        and len(parts) <= wire.MAX_ITEMS
        and sum(part.nbytes for part in arrays_in) <= wire.MAX_BYTES
        and not any(part.dtype.hasobject for part in arrays_in)
    )


def peak_memory_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.parametrize("kind", drawing.REPLIES)
@pytest.mark.parametrize("part", PARTS)
def test_any_reply_is_plain_data_or_a_fault_and_passes_no_check(
    kind: str, part: int, graders: Graders, record_property: Callable[..., None]
) -> None:
    started, before, count = time.process_time(), peak_memory_kib(), 0

    @drawn(REPLIES, part)
    @given(drawing.REPLIES[kind])
    def examine(data: bytes) -> None:
        nonlocal count
        count += 1
        try:
            decoded = decode(data)
        except WireError:
            decoded = None
        assert is_bounded_plain_data(decoded)
        assert is_bounded_plain_data(decode(encode(decoded)))
        submission = Submission(Replies(data))
        with contextlib.suppress(StudentFault):
            assert is_bounded_plain_data(submission.scale(3.0))
        for cell in ("scale_tests", "key_tests"):
            result = graders.run(cell, submission)
            assert result.score == 0.0
            json.dumps([check.message for check in result.checks]).encode()

    examine()
    assert time.process_time() - started < MAX_CPU_S + 0.1 * count
    assert peak_memory_kib() - before < MAX_MEMORY_KIB
    record_property(DRAWN, ("replies", count))


@pytest.mark.parametrize("part", PARTS)
def test_plain_data_arrives_as_it_was_sent(part: int) -> None:
    @drawn(REPLIES, part)
    @given(drawing.PLAIN)
    def examine(value: Any) -> None:
        assert same(decode(encode(value)), value)

    examine()


def test_right_replies_pass_the_same_checks(graders: Graders) -> None:
    """What is refused above is not refused because all is."""
    right = Submission(Replies(*(encode({"outcome": "value", "value": value}) for value in (3 * FACTOR, -FACTOR))))
    assert graders.run("scale_tests", right).score == 3.0
    key = Submission(Replies(*(encode({"outcome": "value", "value": value}) for value in (KEY, ANSWER))))
    assert graders.run("key_tests", key).score == 4.0
