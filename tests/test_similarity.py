"""Which submissions are said to be alike, and which are not: by what students wrote, and by what is usual."""

from __future__ import annotations

import random
import time

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from rapidfuzz.distance import Indel

from helpers import graded_cell, write_course
from lossmark.class_report.side_by_side import MAX_LINES, Sides, side_by_side
from lossmark.class_report.similarity import (
    MAX_CHARACTERS,
    MAX_PAIRS,
    MAX_TOKENS,
    NOT_COMPARED,
    OTHER,
    Passage,
    Reader,
    compare,
)
from lossmark.course import Assignment
from lossmark.execution.notebook import read_notebook

RELEASED = '''def loss(scores, y):
    """The mean loss of a batch.

    It's a float.
    """
    ### BEGIN SOLUTION
    return 0.0
    ### END SOLUTION'''
STUB = RELEASED.partition("    ### BEGIN")[0] + "    # YOUR CODE HERE\n    raise NotImplementedError()"
QUESTION = "Why is a margin needed?\n\n"
LOOP = """    total = 0.0
    for i in range(len(y)):
        total += max(0.0, scores[i].max() - scores[i, y[i]])
    return total / len(y)"""


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    cells = [
        graded_cell("solution", "loss", RELEASED),
        graded_cell("tests", "loss_tests", "assert loss is not None", points=1),
        graded_cell("manual", "why", QUESTION + "### BEGIN SOLUTION\nIt is.\n### END SOLUTION", points=1),
    ]
    return write_course(tmp_path_factory.mktemp("course"), cells, {})


@pytest.fixture(scope="module")
def reader(assignment: Assignment) -> Reader:
    return Reader(assignment)


def str_of(cells: list[NotebookNode]) -> str:
    text: str = nbformat.writes(new_notebook(cells=cells))
    return text


def tokens(reader: Reader, code: str) -> tuple[str, ...]:
    return reader.tokens_of([Passage("loss", code)])


def solution(body: str) -> str:
    return RELEASED.partition("    ### BEGIN")[0] + body


def drawn(seed: int, length: int = 100) -> tuple[str, ...]:
    """Tokens of a solution that owes nothing to another's."""
    draw = random.Random(seed)
    return tuple(draw.choice("abcdefgh") for _ in range(length))


def altered(tokens: tuple[str, ...], number: int) -> tuple[str, ...]:
    return (*(["changed"] * number), *tokens[number:])


def test_only_what_a_student_wrote_is_read(assignment: Assignment, reader: Reader) -> None:
    released = {cell.metadata.nbgrader.grade_id: cell for cell in assignment.released.cells}
    released["loss"].source, unchanged = solution(LOOP), released["loss"].source
    released["loss_tests"].source = "assert True  # edited by a student"
    extra = [new_code_cell("def helper(): pass"), new_markdown_cell("My notes."), new_code_cell(unchanged)]
    work = reader.work_of(read_notebook(str_of([*released.values(), *extra])))
    assert [passage.place for passage in work.code] == ["loss", OTHER]
    assert work.code[1].text == "def helper(): pass"
    assert work.answers == (Passage(OTHER, "My notes."),)
    released["loss"].source = unchanged
    released["why"].source = f"{QUESTION}Because."
    work = reader.work_of(read_notebook(str_of(list(released.values()))))
    assert (work.code, reader.words_of(work.answers)) == ((), ("because",))


def test_names_comments_layout_and_docstrings_make_no_difference(reader: Reader) -> None:
    renamed = LOOP.replace("total", "summe").replace("i in", "k in").replace("[i", "[k").replace("[y[i]]", "y[k]]")
    renamed = renamed.replace("y[i]", "y[k]")
    spaced = renamed.replace(" / ", "/").replace("    return", "\n    # the mean\n    return")
    mine = RELEASED.partition('"""')[0] + '"""My own words."""\n' + spaced
    assert tokens(reader, mine) == tokens(reader, solution(LOOP))
    assert tokens(reader, solution(LOOP.replace("max()", "min()"))) != tokens(reader, solution(LOOP))
    assert tokens(reader, solution(LOOP.replace("0.0", "1.0"))) != tokens(reader, solution(LOOP))


def test_released_lines_are_not_compared(reader: Reader) -> None:
    assert tokens(reader, STUB) == ()
    assert "<name>" in tokens(reader, solution(LOOP))
    assert "def" not in tokens(reader, solution(LOOP))


@pytest.mark.parametrize(
    "broken",
    [
        "return (",
        'x = """never ended',
        "%matplotlib inline\n!ls\nprint?",
        "if True:\n        a = 1\n    b = 2\n  c = 3",
        "x = 1 \\",
        "a = $ ? € \x00 '",
        "ünïcödé = 1\n\ud800",
        "(" * 5000,
        "",
    ],
)
def test_what_is_no_python_stops_nothing(broken: str, reader: Reader) -> None:
    before = tokens(reader, solution(LOOP))
    assert tokens(reader, solution(LOOP) + "\n" + broken)[: len(before)] == before
    assert reader.words_of([Passage("why", broken)]) is not None


def test_a_broken_end_does_not_hide_a_likeness(reader: Reader) -> None:
    one, other = (tokens(reader, solution(f"{LOOP}\n{end}")) for end in ("    return (", "    return (["))
    assert one[: len(tokens(reader, solution(LOOP)))] == other[: len(tokens(reader, solution(LOOP)))]


@pytest.mark.parametrize(
    "form",
    [
        'x = """never ended\n{}',
        "if 1:\n        a = 1\n    b = 2\n  c = 3\n{}",
        "exec('''\n{}\n''')",
        "source = r'''\n{}\n'''\nexec(source)",
        "def run():\n    '''{}'''\nexec(run.__doc__)",
        "\x0c" * 200 + "\n{}",
        "%%time\n{}",
        "?print\n{}",
        "{}\nreturn (",
    ],
)
def test_copied_code_is_compared_whatever_its_form(form: str, reader: Reader) -> None:
    copied = tokens(reader, solution(LOOP))
    changed = tokens(reader, form.format(solution(LOOP)))
    assert Indel.distance(copied, changed) <= len(changed) - len(copied) + 0.1 * len(copied)


@pytest.mark.parametrize(
    ("source", "note"),
    [
        ("# " + "x" * MAX_CHARACTERS + f"\n{LOOP}", "length"),
        ("import base64\nexec(base64.b64decode('eA=='))", "exec"),
        ("f = eval('lambda: 1')", "exec"),
        ("code = compile (text, 'f', 'exec')", "exec"),
        ("x=1;" * 8_000, "tokens"),
        ("(" * (MAX_TOKENS + 1), "tokens"),
        ("(" * MAX_TOKENS, None),
        (LOOP, None),
        ("executed = evaluate(x)", None),
    ],
)
def test_what_is_not_compared_is_named(source: str, note: str | None, assignment: Assignment, reader: Reader) -> None:
    work = reader.work_of(new_notebook(cells=[new_code_cell(source)]))
    assert work.notes == (() if note is None else (NOT_COMPARED[note],))


def test_words_of_answers_that_are_not_compared_are_named(reader: Reader) -> None:
    for count, notes in ((MAX_TOKENS, ()), (MAX_TOKENS + 1, (NOT_COMPARED["tokens"],))):
        assert reader.work_of(new_notebook(cells=[new_markdown_cell("a " * count)])).notes == notes


def test_a_pair_far_more_alike_than_usual_stands_out() -> None:
    works = {f"student-{i}": drawn(i) for i in range(20)}
    works["copy"] = altered(works["student-3"], 4)
    found = compare(works, 40)
    (pair,) = found.pairs
    assert {pair.left, pair.right} == {("copy",), ("student-3",)}
    assert pair.likeness == pytest.approx(0.96)
    assert found.compared == 21
    assert found.usual is not None
    assert 0.4 < found.usual < 0.7 < found.threshold < pair.likeness


def test_the_rule_is_a_fifth_of_the_usual_difference() -> None:
    base = drawn(0, 200)
    works = {f"student-{i}": (*base[:100], *(f"{i}-{k}" for k in range(100))) for i in range(8)}  # 50 % alike
    near, far = altered(works["student-0"], 19), altered(works["student-1"], 21)
    found = compare({**works, "near": near, "far": far}, 40)
    assert found.usual == pytest.approx(0.5, abs=1e-6)
    assert found.threshold == pytest.approx(0.9, abs=1e-6)
    assert [pair.likeness for pair in found.pairs] == [pytest.approx(0.905)]


def test_where_all_are_alike_nothing_stands_out() -> None:
    assert compare({f"student-{i}": drawn(0) for i in range(20)}, 40).pairs == ()


def test_who_wrote_the_same_is_shown_once() -> None:
    works = {f"student-{i}": drawn(i) for i in range(20)} | {f"copy-{i}": drawn(3) for i in range(3)}
    (pair,) = compare(works, 40).pairs
    assert (pair.left, pair.right, pair.likeness) == (("student-3",), ("copy-0", "copy-1", "copy-2"), 1.0)


def test_short_work_and_small_classes_are_not_compared() -> None:
    works = {f"student-{i}": drawn(i) for i in range(10)}
    assert compare({**works, "a": drawn(50, 39), "b": drawn(50, 39)}, 40).pairs == ()
    assert len(compare({**works, "a": drawn(50, 40), "b": drawn(50, 40)}, 40).pairs) == 1
    assert compare({"a": drawn(0), "b": drawn(0)}, 40).usual is None
    assert compare({}, 40).compared == 0


def test_only_the_most_alike_are_shown() -> None:
    works = {f"student-{i}": drawn(i) for i in range(3 * MAX_PAIRS)}
    works |= {f"copy-{i}": altered(drawn(i), 1 + i % 3) for i in range(MAX_PAIRS + 7)}
    found = compare(works, 40)
    assert (len(found.pairs), found.left_out) == (MAX_PAIRS, 7)
    likenesses = [pair.likeness for pair in found.pairs]
    assert likenesses == sorted(likenesses, reverse=True)


def test_a_class_of_a_hundred_with_long_programs_takes_seconds(reader: Reader) -> None:
    names = [f"{word}_{i}" for word in ("loss", "grad", "step") for i in range(50)]
    draw = random.Random(0)
    lines = [f"    {draw.choice(names)} = np.{draw.choice(('sum', 'max', 'dot'))}({i}, {i % 7})" for i in range(5000)]
    texts = {f"student-{i}": solution("\n".join(draw.sample(lines, 300))) for i in range(100)}
    texts["endless"] = texts["endless too"] = "\n".join(lines * 20)[:MAX_CHARACTERS]
    started = time.process_time()
    works = {student: tokens(reader, text) for student, text in texts.items()}
    compare(works, 40)
    assert time.process_time() - started < 20


def test_what_is_compared_is_bounded(assignment: Assignment, reader: Reader) -> None:
    cells = [new_code_cell("+ " * 30_000 + str(i)) for i in range(20)] + [new_markdown_cell("word " * 50_000)]
    work = reader.work_of(read_notebook(str_of(cells)))
    assert [len(passage.text) for passage in (*work.code, *work.answers)] == [MAX_CHARACTERS] * 2
    assert len(reader.tokens_of(work.code * 3)) == len(reader.words_of(work.answers * 3)) == MAX_TOKENS


def shown(sides: Sides) -> list[tuple[str, str]]:
    """Write rows with what differs in brackets."""
    return [
        tuple("".join(f"[{piece.text}]" if piece.differs else piece.text for piece in line) for line in row)
        for row in sides.rows
    ]


def test_differences_are_marked_side_by_side() -> None:
    left = [Passage("loss", "a = 1\nb = a + 1\nreturn b"), Passage("only left", "x")]
    (loss, only) = side_by_side(left, [Passage("loss", "a = 1\nb = c + 1\n  more\nreturn b")])
    assert shown(loss) == [
        ("a = 1", "a = 1"),
        ("b = [a] + 1", "b = [c] + 1"),
        ("", "  [more]"),
        ("return b", "return b"),
    ]
    assert (only.place, shown(only), only.left_out) == ("only left", [("[x]", "")], False)


def test_what_is_shown_is_bounded() -> None:
    (sides,) = side_by_side([Passage("loss", "x" * 10_000 + "\n" * 10_000)], [Passage("loss", "y\n" * 10_000)])
    assert sides.left_out
    assert len(sides.rows) <= 2 * MAX_LINES
    assert sum(len(piece.text) for row in sides.rows for line in row for piece in line) < 1000
