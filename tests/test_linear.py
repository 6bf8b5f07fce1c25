"""What reads a student's text in a process of ours takes time in proportion to its length, whatever the text is."""

import json
import time
from collections.abc import Callable

import pytest
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from traitlets.config import Config

from helpers import graded_cell, write_course
from lossmark.boundary.submission import Raised
from lossmark.class_report.similarity import Passage, Reader
from lossmark.course import Assignment
from lossmark.errors import NoNotebook
from lossmark.execution.notebook import lay_out, read_notebook
from lossmark.execution.outputs import keep_safe
from lossmark.execution.statements import Shown
from lossmark.feedback import FeedbackExporter
from lossmark.gradebook.answers import normalised
from lossmark.grading.report import with_code
from lossmark.pages import MAX_CELL, MAX_PAGE
from lossmark.terminal import one_line, quoted

PARTS = [
    *("attachment:", "attachment:a ", "<b ", "</", "<!--", "&#", "https://a", "](", "![", "[a](", "[^a]: b\n"),
    *("`", "``` ", "*", "**a ", "_a_ ", "~~", "$", "$$a ", "\\\\[", "\\\\(", "\\[", "\\begin{a}", "\\end{a}", "\\"),
    *(
        "# ",
        "# a  ",
        "#\n",
        "- a\n",
        "1. ",
        "> \n",
        "|a|\n|-|\n",
        "---\n",
        "  ",
        "\n",
        " \n",
        "\u2028",
        "\r",
        "\b",
        "\x85",
    ),
    *(
        '"',
        "'''",
        "f'{",
        '\\"',
        "\\\n",
        "(a",
        "{",
        "1e",
        "%time ",
        "!a\n",
        "def f(",
        "lambda ",
        "a.",
        "\x1b[",
        "\x1b[3",
        "é",
        "😀",
    ),
    *("(1.1 ", "(written, ", 'File "a", line 1, in a\n ', "->", "<<<<<<< \n", "data:image/png;base64,A", "a?!", "a-"),
]
"""Each begins something that a pattern may look for the end of, or repeats what a pattern may divide in many ways."""
MOST = 20_000
"""Characters."""
MOST_TIMES = 10
"""Four times the text takes four times as long, in quadratic time sixteen."""
SHORT_S = 0.05
"""What is done in this time is too fast to tell."""
FACTS = {"notebook": "toy", "student": "s", "score": 0.0, "max_score": 1.0, "late_submission_penalty": 0}


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    cells = [
        graded_cell("solution", "f", "### BEGIN SOLUTION\nf = 1\n### END SOLUTION"),
        graded_cell("tests", "f_tests", "assert f == 1", points=1),
        graded_cell("manual", "why", "Why?\n### BEGIN SOLUTION\nSo.\n### END SOLUTION", points=1),
    ]
    return write_course(tmp_path_factory.mktemp("course"), cells, {})


def cpu_s(read: Callable[[str], object], text: str) -> float:
    started = time.thread_time()
    read(text)
    return time.thread_time() - started


def times(read: Callable[[str], object], part: str, most: int = MOST) -> float:
    """How many times as long four times the text takes; 0 if it takes no time to speak of."""
    few, many = (part * (size // len(part)) for size in (most // 4, most))
    slow = min(cpu_s(read, many) for _ in range(2)) if cpu_s(read, many) > SHORT_S else 0.0
    return slow / min(cpu_s(read, few) for _ in range(3)) if slow > SHORT_S else 0.0


def file_of(*cells: NotebookNode) -> str:
    return json.dumps(new_notebook(cells=list(cells)))


def explained(text: str) -> None:
    with pytest.raises(NoNotebook):
        read_notebook(f"{text}]")


def shown(text: str) -> None:
    page = Shown(text)
    page.has("assert f(1) == 2")
    page.has_line("assert f(1) == 2")


def printed(text: str) -> None:
    error = {"output_type": "error", "ename": text, "evalue": text, "traceback": [text]}
    keep_safe([{"output_type": "stream", "name": "stdout", "text": text}, error], 10**9)


READERS: dict[str, Callable[[str], object]] = {
    "malformed": explained,
    "hidden": shown,
    "outputs": printed,
    "answers": normalised,
    "place": lambda text: Raised("E", "", text).place,
    "report": with_code,
    "terminal": lambda text: one_line(quoted(text)),
}


@pytest.mark.parametrize("reader", READERS)
def test_text_is_read_in_linear_time(reader: str) -> None:
    assert [part for part in PARTS if times(READERS[reader], part) > MOST_TIMES] == []


def test_notebooks_are_laid_out_in_linear_time(assignment: Assignment) -> None:
    def read(text: str) -> None:
        cells = new_markdown_cell(text), new_code_cell(text), graded_cell("manual", "why", text)
        lay_out(read_notebook(file_of(*cells)), assignment)

    assert [part for part in PARTS if times(read, part) > MOST_TIMES] == []


def test_sources_are_compared_in_linear_time(assignment: Assignment) -> None:
    reader = Reader(assignment)

    def read(text: str) -> None:
        reader.tokens_of([Passage("f", text)])
        reader.words_of([Passage("f", text)])

    assert [part for part in PARTS if times(read, part, 8_000) > MOST_TIMES] == []


def feedback(*cells: NotebookNode) -> str:
    return FeedbackExporter().from_notebook_node(new_notebook(cells=list(cells)), {"nbgrader": dict(FACTS)})[0]


def formgrader(*cells: NotebookNode) -> str:
    filters = {"markdown2html": "lossmark.pages.markdown_to_html", "highlight_code": "lossmark.pages.code_to_html"}
    exporter = HTMLExporter(template_name="basic", config=Config(HTMLExporter={"filters": filters}))
    page: str = exporter.from_notebook_node(new_notebook(cells=list(cells)))[0]
    return page


@pytest.mark.parametrize(
    ("kind", "parts", "most"), [(new_markdown_cell, PARTS[:26], 6_000), (new_code_cell, PARTS[26:], 3_000)]
)
def test_feedback_is_made_in_linear_time(kind: Callable[[str], NotebookNode], parts: list[str], most: int) -> None:
    assert [part for part in parts if times(lambda text: feedback(kind(text)), part, most) > MOST_TIMES] == []


@pytest.mark.parametrize("page", [feedback, formgrader])
@pytest.mark.parametrize("kind", [new_code_cell, new_markdown_cell])
def test_a_cell_too_long_for_a_page_is_shown_as_written(
    page: Callable[..., str], kind: Callable[[str], NotebookNode]
) -> None:
    line = "1 if a*b*c else _d_\n"
    source = line * (10**6 // len(line))
    written = page(kind(source))
    assert written.count("</") < 100
    assert source.strip() in written
    assert page(kind(line * 10)).count("</") > page(kind(line)).count("</")


@pytest.mark.parametrize("page", [feedback, formgrader])
def test_a_page_of_too_many_cells_shows_the_last_ones_as_written(page: Callable[..., str]) -> None:
    blank = "\n" * (MAX_CELL - 20)
    cells = [new_code_cell(f"x = [1, 2]{blank}") for _ in range(2 * MAX_PAGE // MAX_CELL)]
    few, one = (page(*cells).count("<span") for cells in ([], [new_code_cell("x = [1, 2]")]))
    assert page(*cells).count("<span") == few + (one - few) * MAX_PAGE // MAX_CELL
