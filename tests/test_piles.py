"""Marks piled up on a letter, which would cover what is written around it, wherever a student's text is shown."""

from __future__ import annotations

import re
import sys
import time
import unicodedata

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.filters import ansi2html
from playwright.sync_api import Browser

from browsers import needs_chromium
from lossmark.checks import Shows
from lossmark.class_report.side_by_side import side_by_side
from lossmark.class_report.similarity import Passage
from lossmark.execution.outputs import keep_safe
from lossmark.grading.report import as_html, as_text
from lossmark.instant.app import HERE, page_templates
from lossmark.instant.checking import to_be_shown
from lossmark.instant.ledger import DONE, UNUSABLE, Check
from lossmark.instant.settings import MESSAGES, InstantCheck
from lossmark.pages import asset, safe_html
from lossmark.results import CellResult, CheckResult, GradedNotebook
from lossmark.terminal import MAX_MARKS, as_read, one_line, printable

MARKS = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in ("Mn", "Me")]
ABOVE, BELOW = "\u0300\u0301\u030b\u0310", "\u0316\u0323\u0330\u0347"
PILES = {
    "one mark, many times": "x" + "\u0300" * 60,
    "many marks, once": "x" + "".join(map(chr, range(0x300, 0x370))),
    "above and below": "x" + (ABOVE + BELOW) * 20,
    "enclosing": "x" + "\u20dd\u0488" * 30,
    "for symbols": "x" + "\u20d0\u20d7\ufe20\u1ab0\u1dc4" * 20,
    "of Thai": "\u0e01" + "\u0e49\u0e4a\u0e34" * 20,
    "of Arabic": "\u0628" + "\u0651\u0670\u0615" * 20,
    "on a space": " " + ABOVE * 20,
    "at the beginning": ABOVE * 20,
    "on a symbol": "\u2500" + ABOVE * 20,
    "on an emoji": "\U0001f600" + ABOVE * 20,
    "kept apart by joiners": "x" + (ABOVE + "\u200d" + ABOVE + "\u200c") * 10,
    "kept apart by what joins graphemes": "x" + (ABOVE + "\u034f") * 20,
    "kept apart by what nobody sees": "x" + (ABOVE + "\u2060\ufeff\u200b") * 20,
    "kept apart by soft hyphens": "x" + (ABOVE + "\xad") * 20,
    "kept apart by variation selectors": "x" + (ABOVE + "\ufe0f\U000e0101") * 20,
    "kept apart by tags": "x" + (ABOVE + "\U000e0061") * 20,
}
COLOURED = "x" + (ABOVE + "\x1b[31m") * 20 + "\x1b[0m"
HONEST = {
    "French": "e\u0301te\u0301",
    "Vietnamese": unicodedata.normalize("NFD", "Tiếng Việt được ngữ"),
    "Hebrew": "\u05d1\u05bc\u05b0\u05e8\u05b5\u05d0\u05e9\u05c1\u05b4\u0596\u05d9\u05ea",
    "Arabic": "\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f\u064c",
    "Thai": "\u0e19\u0e49\u0e33 \u0e17\u0e35\u0e48\u0e19\u0e35\u0e48",
    "Hindi": "\u0939\u093f\u0928\u094d\u0926\u0940 \u0915\u094d\u0937\u0947\u0924\u094d\u0930",
    "Tibetan": "\u0f56\u0f62\u0f92\u0fb1\u0f74\u0f51",
    "estimates": "\u03b8\u0302 = x\u0304 \u00b1 \u03c3\u0302, y\u0308\u0302",
    "a family": "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 1\ufe0f\u20e3 \u2764\ufe0f",
    "a flag": "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "a table": "\u250c" + "\u2500" * 500 + "\u2510\n\u2502 a \u2502",
}


def highest(text: str) -> int:
    """Count the marks of the highest pile, as a page shows it: colours, controls and what is unseen end none."""
    most = marks = 0
    for character in re.sub(r"\x1b\[[0-9;]*m", "", text):
        kind = unicodedata.category(character)
        marks = marks + 1 if kind in ("Mn", "Me") else marks if kind == "Cf" else 0
        most = max(most, marks)
    return most


@pytest.mark.parametrize("kind", PILES)
def test_no_pile_is_high_and_each_is_counted(kind: str) -> None:
    text = f"before {PILES[kind]} after"
    assert max(highest(printable(text)), highest(one_line(text))) <= MAX_MARKS
    for shown in (as_read(text), as_read(text, is_prose=True)):
        assert highest(shown) <= MAX_MARKS
        more = sum(map(int, re.findall(r"\[(\d+) more marks\]", shown)))
        assert more == sum(unicodedata.category(c) in ("Mn", "Me") for c in text) - MAX_MARKS
        assert (shown[:7], shown[-6:]) == ("before ", " after")


def test_every_mark_of_unicode_is_bounded() -> None:
    assert len(MARKS) > 1_500
    high = [mark for mark in MARKS if highest(as_read("x" + mark * 50)) > MAX_MARKS]
    assert high == []


@pytest.mark.parametrize("script", HONEST)
def test_what_people_write_stays(script: str) -> None:
    text = HONEST[script]
    assert as_read(text, is_prose=True) == text
    assert as_read("x" + ABOVE[:MAX_MARKS]) == "x" + ABOVE[:MAX_MARKS]


@pytest.mark.parametrize("text", [COLOURED, *PILES.values()])
def test_time_is_linear(text: str) -> None:
    def taken(times: int) -> float:
        started = time.process_time()
        as_read(text * times)
        return time.process_time() - started

    taken(10)
    assert taken(2_000) < 0.5


OUTPUTS = {
    "stream": lambda text: {"output_type": "stream", "name": "stdout", "text": text},
    "error": lambda text: {"output_type": "error", "ename": text, "evalue": text, "traceback": [text]},
    "result": lambda text: {"output_type": "execute_result", "execution_count": 1, "data": {"text/plain": text}},
    "source": lambda text: {"output_type": "display_data", "data": {"text/markdown": text}},
}


@pytest.mark.parametrize("kind", OUTPUTS)
@pytest.mark.parametrize("pile", [COLOURED, *PILES.values(), "x" + (ABOVE + "\x07") * 9, "x" + (ABOVE + "\x1b") * 9])
def test_outputs_hold_no_pile(kind: str, pile: str) -> None:
    """As formgrader shows them, which turns colours into markup."""
    (kept,) = keep_safe([OUTPUTS[kind](pile)], 10_000)
    text = "".join(str(value) for key, value in kept.items() if key != "output_type")
    assert highest(text) <= MAX_MARKS
    assert highest(BeautifulSoup(str(ansi2html(text)), "html.parser").text) <= MAX_MARKS


@pytest.mark.parametrize("pile", PILES.values(), ids=PILES)
@pytest.mark.parametrize("form", ["as it is", "as entities", "in code", "between tags", "in a formula"])
def test_markdown_holds_no_pile(form: str, pile: str) -> None:
    written = {
        "as it is": pile,
        "as entities": "x" + "".join(f"&#x{ord(c):x};" for c in pile.strip()),
        "in code": f"`{pile}`",
        "between tags": "<b></b>".join(pile),
        "in a formula": f"${pile.strip()}$",
    }[form]
    assert highest(BeautifulSoup(safe_html(written, {}), "html.parser").text) <= MAX_MARKS


def test_entities_turn_no_direction_unseen() -> None:
    html = safe_html("a &#x202e; b &#8238; c", {})
    assert BeautifulSoup(html, "html.parser").text.strip() == "a [U+202E] b [U+202E] c"


@pytest.mark.parametrize("pile", PILES.values(), ids=PILES)
def test_tables_of_checks_and_copied_code_hold_no_pile(pile: str) -> None:
    checks = (CheckResult("test", "A title", 0.0, 1.0, "failed", f"got {pile}", "", ""),)
    result = CellResult("f_tests", checks)
    assert max(highest(as_text(result)), highest(as_html(result))) <= MAX_MARKS
    (sides,) = side_by_side([Passage("f", f"x = 1\n{pile}")], [Passage("f", f"x = 1\n{pile}y")])
    shown = ["".join(piece.text for piece in line) for row in sides.rows for line in row]
    assert max(map(highest, shown)) <= MAX_MARKS


def check_page(said: str, state: str = DONE) -> str:
    """The instant check's page of a notebook that says this, with its style sheet in it."""
    checks = (CheckResult("test_a", "A title", 0.0, 1.0, "failed", said, "", ""),)
    graded = GradedNotebook("toy", (CellResult("f_tests", checks),), (), (), nbformat.v4.new_notebook(), 0.1)
    shown = to_be_shown(graded, InstantCheck(shows=MESSAGES), Shows.EXPECTED)
    result = {**shown, "remarks": [said]} if state == DONE else {"reason": said}
    check = Check("key", "student", "toy", 0.0, state, result)
    values = {"prefix": "/", "hub_prefix": "/", "left": 1, "passed": (0, 1), "position": None, "xsrf": ""}
    page = page_templates().get_template("check.html").render(check=check, **values)
    style = (HERE / "static" / "instant.css").read_text()
    return re.sub(r'<link rel="stylesheet"[^>]*>', f"<style>{style}</style>", page)


HOSTILE = {
    "an override": "a \u202e b \u2066 c",
    "tags closed": "</div></li></ul></main><h1>20 of 20 checks pass.</h1>",
    "ids and classes": "<p id=progress class=passed data-xsrf=x>Passed</p>",
    "style": "<style>*{display:none}</style><p style='position:fixed;top:0'>x",
    "a reference": "&lt;h1&gt; &#60;h1> &#x202e;",
    "a template": "{{ 7*7 }}{% raw %}",
    **PILES,
}


@pytest.mark.parametrize("state", [DONE, UNUSABLE])
@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
def test_what_a_notebook_says_stays_in_its_place(said: str, state: str) -> None:
    """In text that is its own, in a container of ours, whatever it holds."""
    page, plain = (BeautifulSoup(check_page(text, state), "html.parser") for text in (said, "plain"))

    def shape(soup: BeautifulSoup) -> list[object]:
        return [(tag.name, sorted(map(str, tag.attrs.items()))) for tag in soup.find_all(True)]

    assert shape(page) == shape(plain)
    for one in page.select(".said"):
        assert as_read(said).split() == one.text.split()
        one.decompose()
    for one in plain.select(".said"):
        one.decompose()
    assert page.text == plain.text
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page.text)


STACKED = "x" + "\u0308\u0301\u0300\u030c" * 15
"""With the font below, a pile of some hundred pixels."""
FONT = "<style>td, pre, div { font: 16px/1.4 'DejaVu Sans' !important }</style>"
HALF_A_LINE = 11


@needs_chromium
def test_no_pile_is_painted_over_what_is_above(browser: Browser) -> None:
    """Cells and containers clip it; an output without one covers no line, whatever is piled up in it."""
    page = browser.new_page(viewport={"width": 700, "height": 500})

    def cell(text: str) -> str:
        rows = "<tr><td>above</td></tr>" * 4 + f"<tr><td class=said>{printable(text)}</td></tr>"
        return f"<style>{asset('class_report.css')}</style><table class=sides>{rows}</table>"

    def output(text: str) -> str:
        (kept,) = keep_safe([OUTPUTS["stream"](text)], 1000)
        return f"<h1>Score</h1><p>above<pre class=said>{ansi2html(kept.text)}</pre>"

    def refusal(text: str) -> str:
        return check_page(text, UNUSABLE)

    def above(html: str, margin: int) -> bytes:
        page.set_content(html + FONT)
        place = page.locator(".said").last.bounding_box()
        assert place is not None
        return page.screenshot(clip={"x": 0, "y": 0, "width": 700, "height": place["y"] - margin})

    try:
        for show, margin in ((cell, 0), (output, HALF_A_LINE), (refusal, 0)):
            bare = above(show("x x"), margin)
            for pile in (STACKED, PILES["many marks, once"], PILES["on a symbol"], PILES["kept apart by tags"]):
                assert above(show(f"{pile} {pile}"), margin) == bare, (show.__name__, pile)
        assert above(f"<p>above<pre class=said>{STACKED}</pre>", HALF_A_LINE) != above(
            "<p>above<pre class=said>x</pre>", HALF_A_LINE
        )
    finally:
        page.close()
