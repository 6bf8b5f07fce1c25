"""The page that a student gets: what stands in it, and that nothing of what students write is active there."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import Browser

from axe import violations
from browsers import needs_chromium
from courses import NAME, ROOT
from lossmark.course import Course
from lossmark.execution.outputs import keep_safe
from lossmark.feedback import FeedbackExporter
from lossmark.gradebook.results_file import write_results
from lossmark.gradebook.standing import Standing, standing_of
from lossmark.grading.report import check_table
from lossmark.numerics import Comparison
from lossmark.pages import safe_html
from lossmark.provenance import digest_of_submission
from lossmark.results import FAILED, PASSED, CellResult, CheckResult, GradedNotebook
from lossmark.terminal import as_read

PASS = CheckResult("test_a", "Title a", 1.5, 1.5, PASSED)
NUMBERS = Comparison(np.array([[1.0, 2.0]]), np.array([[1.0, 3.0]]), "the gradient")
FAIL = CheckResult(
    "test_b", "Title b", 0.0, 0.5, FAILED, "The loss is `3`", "forgot_delta", ", expected 2", "one example.",
    "f(np.array([1.]))", "The margin is missing", comparison=NUMBERS,
)  # fmt: skip


def graded(*cells: NotebookNode, **facts: Any) -> tuple[str, BeautifulSoup]:
    """Make the page of a notebook."""
    known = {"notebook": "toy", "assignment": "toy", "student": "s", "score": 4.5, "max_score": 7.0, "late_penalty": 0}
    page, _ = FeedbackExporter().from_notebook_node(new_notebook(cells=list(cells)), {"nbgrader": known | facts})
    return page, BeautifulSoup(page, "html.parser")


def known(cell: NotebookNode, grade_id: str, **nbgrader: Any) -> NotebookNode:
    kinds = {"grade": False, "solution": False, "locked": False, "task": False}
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": grade_id, **kinds, **nbgrader}
    return cell


def checked(*checks: CheckResult, **facts: Any) -> NotebookNode:
    cell = known(new_code_cell("assert f(1) == 2"), "f_tests", grade=True, locked=True, **facts)
    cell.outputs = [check_table(CellResult("f_tests", checks, "slide 7"))]
    return cell


def of_section(cell: NotebookNode, section: str) -> NotebookNode:
    cell.metadata["lossmark"] = {"section": section}
    return cell


def answer(**facts: Any) -> NotebookNode:
    return known(new_markdown_cell("Because $x_1 > 0$."), "why", grade=True, solution=True, **facts)


def rows(page: BeautifulSoup) -> list[list[str]]:
    return [[td.get_text(" ", strip=True) for td in row.find_all("td")] for row in page.select(".earned tbody tr")]


def test_score_and_what_was_earned_stand_at_the_top() -> None:
    page, soup = graded(
        known(new_markdown_cell("# Toy\n\n## 1 · A function (2 points)\n\nText."), "given", locked=True),
        of_section(checked(PASS, FAIL, score=1.5, points=2.0), "1 · A function"),
        new_markdown_cell("## 2 · Why? (written, 3 points)"),
        of_section(answer(score=3.0, points=3.0, comment="Well *said*."), "2 · Why?"),
        of_section(
            known(new_code_cell("1"), "other", grade=True, solution=True, score=0.0, points=2.0, waits=True), "2 · Why?"
        ),
    )
    assert soup.title.text == "toy: 4.5 of 7 points"
    assert "Score: 4.5 of 7 points" in soup.header.get_text(" ", strip=True)
    assert rows(soup) == [
        ["1 · A function", "1.5 / 2", "✗ 1 check lost"],
        ["2 · Why? with a comment", "3 / 3", "✓ all"],
        ["2 · Why?", "0 / 2", "… not marked yet"],
    ]
    targets = [link["href"].removeprefix("#") for link in soup.select(".earned a")]
    assert [soup.find(id=target) is not None for target in targets] == [True] * 3
    assert "<em>said</em>" in page


@pytest.mark.parametrize(("score", "words"), [(0.0, "✗ none"), (1.0, "◐ in part"), (3.0, "✓ all"), (4.0, "✓ all")])
def test_a_persons_marks_are_said_in_words(score: float, words: str) -> None:
    assert rows(graded(answer(score=score, points=3.0))[1])[0][2] == words


def test_a_lost_check_says_all_that_it_knows() -> None:
    table = graded(checked(PASS, FAIL, score=1.5, points=2.0))[1].find("table", class_="lossmark")
    text = table.get_text(" ", strip=True)
    for words in ("Title a", "✓ passed", "1.5 / 1.5", "✗ failed", "expected 2", "one example", "f(np.array([1.]))",
                  "Likely mistake (forgot delta):", "The margin is missing"):  # fmt: skip
        assert words in text
    assert table.find("svg")["aria-label"].startswith("The gradient beside expected")
    assert table.find("svg").get("viewbox") or table.find("svg").get("viewBox")
    assert table.find("code").text == "3"
    assert table.find("pre").text == "f(np.array([1.]))"
    assert "To look it up: slide 7" in table.parent.text


def test_lateness_is_said() -> None:
    assert "1.5 points less because it was handed in late" in graded(late_penalty=1.5)[0]
    assert "handed in late" not in graded()[0]


@dataclasses.dataclass(frozen=True)
class Results:
    """The folders of one student: what was graded, at which time, and what lies there now."""

    autograded: Path
    file: Path


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """A result of a notebook, and that notebook."""
    autograded, file = tmp_path / "autograded", tmp_path / "submitted" / "toy.ipynb"
    autograded.mkdir()
    file.parent.mkdir()
    nbformat.write(new_notebook(), file)
    for folder in (autograded, file.parent):
        (folder / "timestamp.txt").write_text("2026-11-20 10:00:00 UTC")
    graded = GradedNotebook("toy", (), (), ("odd", "a check's fault"), new_notebook(), 1.0, for_student=("odd",))
    write_results(autograded, graded, {"submission": digest_of_submission(file.read_bytes())})
    return Results(autograded, file)


def test_result_of_what_was_handed_in_last_says_when_and_what_was_odd(results: Results) -> None:
    standing = standing_of(results.autograded, results.file)
    assert standing == Standing(datetime(2026, 11, 20, 10), ("odd",))
    page = graded(standing=standing)[1]
    assert page.select_one(".handed-in").text == "Handed in: 2026-11-20 10:00 UTC"
    assert [item.text for item in page.select(".remarks li")] == ["odd"]
    assert page.select_one(".newer") is None
    assert not graded(standing=Standing())[1].select(".handed-in, .newer, .remarks")
    assert standing_of(results.file.parent, results.file) == Standing()  # nothing says how it was graded


def another(results: Results) -> None:
    nbformat.write(new_notebook(cells=[new_code_cell("2")]), results.file)


def again(results: Results) -> None:
    (results.file.parent / "timestamp.txt").write_text("2026-11-21 09:30:00 UTC")


NEWER = {
    "a page": (
        lambda at: at.file.write_bytes(b"%PDF-1.7"),
        "toy.ipynb cannot be graded: it is not a notebook: it is a PDF",
    ),
    "cut off": (lambda at: at.file.write_text('{"cells": ['), "cannot be graded: it is not a notebook: not whole JSON"),
    "a link": (lambda at: (at.file.unlink(), at.file.symlink_to("/etc/passwd")), "cannot be read: it is a symbolic"),
    "too large": (lambda at: os.truncate(at.file, 10**8 + 1), "cannot be read: it is larger than 100 MB"),
    "no file": (lambda at: at.file.unlink(), "there is no file toy.ipynb in it"),
    "another notebook": (another, "it has not been graded yet"),
    "the same again": (again, "it has not been graded yet"),
}


@pytest.mark.parametrize("kind", NEWER)
def test_page_names_a_newer_submission_and_why_it_does_not_show_it(kind: str, results: Results) -> None:
    spoil, why = NEWER[kind]
    spoil(results)
    standing = standing_of(results.autograded, results.file)
    assert standing.handed_in == datetime(2026, 11, 20, 10)
    said = graded(standing=standing)[1].select_one(".newer").text
    assert said.startswith(
        f"There is a later submission of 2026-11-{'21 09:30' if kind == 'the same again' else '20 10:00'}"
    )
    assert why in said
    assert str(results.file.parent) not in said


def test_submission_that_was_taken_away_is_not_a_newer_one(results: Results) -> None:
    shutil.rmtree(results.file.parent)
    assert standing_of(results.autograded, results.file).newer == ""


@pytest.mark.parametrize("said", [f"left out: `{'<script>x</script>'}`", "left out: `\u202ex`", "<b>", "x" * 5000])
def test_remark_that_quotes_a_student_is_text(said: str) -> None:
    page, soup = graded(standing=Standing(remarks=(said,)))
    assert [item.text for item in soup.select(".remarks li")] == [as_read(said)]
    assert not soup.select(".remarks li *")
    assert "\u202e" not in page


def test_outputs_are_shown() -> None:
    cell = new_code_cell("print(1)")
    cell.outputs = [
        new_output("stream", text="\x1b[31mred\x1b[0m <b>"),
        new_output("display_data", data={"image/png": "iVBORw0KGgo=\n", "text/plain": "<Figure>"}),
        new_output("execute_result", data={"text/plain": "<b>2</b>"}),
        new_output("error", ename="E", evalue="v", traceback=["\x1b[31mE\x1b[0m: <script>"]),
    ]
    _, soup = graded(cell)
    texts = [pre.text for pre in soup.select("pre.output")]
    assert texts == ["red <b>", "<b>2</b>", "E: <script>"]
    assert soup.select_one("pre.output .ansi-red-fg").text == "red"
    assert soup.find("img")["src"] == "data:image/png;base64,iVBORw0KGgo="
    assert soup.find("img")["alt"]


HOSTILE = (
    "<script>lossmark()</script><img src=x onerror=lossmark()><svg onload=lossmark()><style>*{display:none}</style>"
)


@pytest.mark.parametrize(
    "place", ["html", "text", "png", "code", "markdown", "raw", "comment", "heading", "id", "name"]
)
def test_nothing_that_is_written_is_active(place: str) -> None:
    code = new_code_cell("1")
    data = {"html": {"text/html": HOSTILE}, "text": {"text/plain": HOSTILE}, "png": {"image/png": f'"{HOSTILE}'}}
    if place in data:
        code.outputs = [new_output("display_data", data=data[place])]
    cells = {
        "code": new_code_cell(HOSTILE),
        "markdown": new_markdown_cell(HOSTILE),
        "raw": nbformat.v4.new_raw_cell(HOSTILE),
        "comment": answer(score=1.0, points=3.0, comment=HOSTILE),
        "heading": new_markdown_cell(f"# {HOSTILE}"),
        "id": known(answer(score=1, points=3), f'"{HOSTILE}', grade=True, solution=True),
    }
    _, soup = graded(
        cells.get(place, code), answer(score=1.0, points=3.0), notebook=HOSTILE if place == "name" else "n"
    )
    assert soup.find_all("script") == []
    assert len(soup.find_all("style")) == 1
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")]
        assert tag.name != "img" or tag["src"] == "x" or tag["src"].startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    "forged",
    [
        new_markdown_cell("# All passed, 3 of 3 points"),
        known(new_markdown_cell("# All passed, 3 of 3 points"), "given", locked=True),
        new_markdown_cell("<h1>All passed, 3 of 3 points</h1>"),
        new_markdown_cell("All passed, 3 of 3 points\n==="),
    ],
)
def test_headings_of_a_student_name_no_row(forged: NotebookNode) -> None:
    _, soup = graded(forged, of_section(answer(score=0.0, points=3.0), "2 · Why?"), answer(score=0.0, points=3.0))
    assert [row[0] for row in rows(soup)] == ["2 · Why?", "Your answer, marked by a person"]


@pytest.mark.parametrize(
    ("source", "lost"),
    [
        (r"$\smash{x}$", {"mpadded": set()}),
        (r"$\raise 50em{x}$", {"mpadded": set()}),
        (r"$\lower 50em{x}$", {"mpadded": set()}),
        (r"$\llap{x}$", {"mpadded": set()}),
        (r"$\mathclap{x}$", {"mpadded": set()}),
        (r"$\moveleft 30em x$", {"mpadded": set()}),
        (r"$\hspace{-50em}x$", {"mspace": set()}),
        (r"$\kern-50em x$", {"mspace": set()}),
        (r"$\mspace{-900mu}x$", {"mspace": set()}),
        (r"$\rule{900em}{900em}$", {"mspace": set()}),
        (r"$\rule{1em}{900em}$", {"mspace": {"width"}}),
        (r"$a \above{90em} b$", {"mfrac": set()}),
        (r"$a \above{-90em} b$", {"mfrac": set()}),
        (r"$a\!b\,c\quad d\hspace{3em}$", {"mspace": {"width"}}),
        (r"$\rule{2em}{0.5pt}$", {"mspace": {"width", "height"}}),
    ],
)
def test_formulas_shift_nothing_and_are_no_larger_than_text(source: str, lost: dict[str, set[str]]) -> None:
    html = BeautifulSoup(safe_html(source, {}), "html.parser")
    ((tag, kept),) = lost.items()
    found = html.find_all(tag)
    assert found
    assert all(set(one.attrs) == kept for one in found)


@pytest.mark.parametrize(
    "written",
    [
        '<div id="top">x</div>',
        '<h2 id="cell-3">x</h2>',
        "# To the notebook",
        '<p class="score">x</p>',
        '<div class="cell tests">x</div>',
        '<span class="all lost points">x</span>',
        '<code class="lossmark-passed">x</code>',
        '<div class="alert alert-success modal panel">x</div>',
        '<pre class="output">x</pre>',
        "$\\class{score}{x}$",
        "$\\cssId{top}{x}$",
    ],
)
def test_a_student_has_no_id_and_no_class_of_a_page(written: str) -> None:
    html = BeautifulSoup(safe_html(written, {}), "html.parser")
    assert [tag for tag in html.find_all(True) if {"id", "name", "class"} & tag.attrs.keys()] == []


@pytest.mark.parametrize("written", ["</div></div></main>x", "<div><table><td>x", "<details><summary>x", "```\n</div>"])
def test_what_a_student_opens_or_closes_ends_in_its_container(written: str) -> None:
    html = BeautifulSoup(f"<main>{safe_html(written, {})}<p>after</p></main>", "html.parser")
    assert [tag.name for tag in html.main.find_all(recursive=False)] == ["div", "p"]
    assert html.main.p.text == "after"


TURNED = {
    "override": "is_admin = 'no\u202e } \u2066 if False\u2069'",
    "embedding": "x = 1 \u202b# y = 2\u202c",
    "isolate": "return \u2067x - y\u2069",
    "mark": "f(a,\u200f b)",
    "Arabic mark": "x\u061c = 1",
}


@pytest.mark.parametrize("place", ["code", "raw", "text", "stream", "error", "message", "inline code"])
@pytest.mark.parametrize("text", TURNED.values(), ids=TURNED)
def test_what_turns_the_direction_of_text_is_seen(text: str, place: str) -> None:
    cell, shown = (
        new_code_cell("1"),
        re.sub("[\u061c\u200f\u202a-\u202e\u2066-\u2069]", lambda c: f"[U+{ord(c[0]):04X}]", text),
    )
    message = dataclasses.replace(FAIL, found=text)
    outputs = {
        "text": [{"output_type": "display_data", "data": {"text/plain": text}}],
        "stream": [{"output_type": "stream", "name": "stdout", "text": text}],
        "error": [{"output_type": "error", "ename": "E", "evalue": text, "traceback": [text]}],
    }
    cell.outputs = keep_safe(outputs.get(place, []), 1000)
    cells = {
        "code": new_code_cell(text),
        "raw": nbformat.v4.new_raw_cell(text),
        "message": checked(message, score=0, points=1),
        "inline code": new_markdown_cell(f"`{text}`"),
    }
    page, soup = graded(cells.get(place, cell))
    if place == "inline code":  # in prose, marks belong to scripts that are read from the right
        shown = shown.replace("[U+200F]", "\u200f").replace("[U+061C]", "\u061c")
    assert shown in soup.text
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page)


def test_prose_that_is_read_from_the_right_stays_as_it_is() -> None:
    assert "\u05e9\u05dc\u05d5\u05dd\u200f!" in safe_html("\u05e9\u05dc\u05d5\u05dd\u200f!", {})


def test_there_is_no_script_and_the_policy_admits_none() -> None:
    page, soup = graded(checked(PASS, FAIL, score=1.5, points=2.0), answer())
    assert soup.find_all(["script", "link", "iframe"]) == []
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline';")
    assert not re.search(r"(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:)?//", page)


# Formulas.


def test_all_formulas_of_the_course_are_set() -> None:
    course = Course(ROOT)
    count = 0
    for name in course.assignments:
        for cell in course.assignment(name).released.cells:
            if cell.cell_type == "markdown":
                html = BeautifulSoup(safe_html(cell.source, {}), "html.parser")
                count += len(html.find_all("math"))
                for math in html.find_all("math"):
                    assert not re.search(r"\\[a-zA-Z]|&|\$", math.text), math.text
                    math.extract()
                for code in html.find_all(["code", "pre"]):
                    code.extract()
                assert "$" not in html.text
    assert count > 500


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"$\text{<script>lossmark()</script>}x$", "x"),
        (r"$\href{javascript:lossmark()}{x}$", "x"),
        (r"$\unknown{x}$", "x"),
        (r"$\frac{1$", "1"),
    ],
)
def test_formulas_hold_nothing_active(source: str, shown: str) -> None:
    html = BeautifulSoup(safe_html(source, {}), "html.parser")
    assert html.find_all(["script", "a"]) == []
    container, *tags = html.find_all(True)
    assert container.attrs.keys() == {"style"}
    assert [tag for tag in tags if {"href", "style", "onclick"} & tag.attrs.keys()] == []
    assert shown in html.text


@pytest.mark.parametrize(
    "part",
    [
        "{",
        "}",
        "^",
        "_",
        "^{",
        r"\frac",
        r"\left(",
        r"\sqrt{",
        r"\begin{matrix}",
        "&",
        r"\\",
        r"\text{",
        "'",
        "x_",
        r"\,",
    ],
)
def test_no_formula_takes_long(part: str) -> None:
    started = time.process_time()
    safe_html("\n\n".join([f"$${part * (900 // len(part))}$$"] * 20), {})
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    ("source", "tag"),
    [
        ("-" * 200, "hr"),
        (f"Result\n{'-' * 200}", "h2"),
        (f"{'#' * 200}\n\n**bold**", "strong"),
        (f"| a | b |\n|{'-' * 200}|---|\n| 1 | 2 |", "table"),
    ],
)
def test_long_lines_of_dashes_and_signs_are_rendered(source: str, tag: str) -> None:
    assert BeautifulSoup(safe_html(source, {}), "html.parser").find(tag)


@pytest.mark.parametrize("marks", ["- ", "> ", "[", "- > "])
def test_what_is_nested_without_end_is_shown_as_written(marks: str) -> None:
    source = marks * 200
    assert BeautifulSoup(safe_html(source, {}), "html.parser").pre.text == source


# In a browser.


@pytest.fixture(scope="module")
def feedback(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with everything in it."""
    released = Course(ROOT).assignment(NAME).released.cells
    figure = new_code_cell("plot()")
    figure.outputs = [new_output("stream", text="\x1b[31mprinted\x1b[0m")]
    page, _ = graded(
        *(cell for cell in released if cell.cell_type == "markdown" and "nbgrader" not in cell.metadata),
        known(new_code_cell("def f(x):\n    return x  # mine"), "f", solution=True),
        checked(PASS, FAIL, score=1.5, points=2.0),
        answer(score=1.0, points=3.0, comment="A *remark* with `code`."),
        figure,
        late_penalty=1.0,
    )
    file = tmp_path_factory.mktemp("feedback") / "toy.html"
    file.write_text(page)
    return file


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_everyone_can_read_the_page(scheme: str, width: int, feedback: Path, browser: Browser) -> None:
    with browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}) as context:
        page = context.new_page()
        page.goto(feedback.as_uri())
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"


@pytest.mark.parametrize(
    "source",
    [
        "![wide](data:image/png;base64,AAAA)",
        '<img src="data:image/png;base64,AAAA" style="position:fixed;top:0;width:200vw">',
        '<img style="max-width:none" src="data:image/png;base64,AAAA" height="99999" width="99999">',
        '[![linked](data:image/png;base64,AAAA "title")](https://your-university.example)',
    ],
)
def test_picture_is_no_wider_than_its_place(source: str) -> None:
    (picture,) = BeautifulSoup(safe_html(source, {}), "html5lib").find_all("img")
    assert picture["src"] == "data:image/png;base64,AAAA"
    assert picture["style"] == "max-width:100%;height:auto"
