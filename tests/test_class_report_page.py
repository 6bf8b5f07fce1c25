"""The page of a class in a real browser: hostile students, keyboard and screen readers, and a class of a hundred."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Page

from axe import violations
from browsers import needs_chromium, watched
from classes import GRADERS, TOY, gradebook, hand_in, write_toy
from courses import NAME, copy_course, drop_figures
from lossmark.class_report.report import write_report
from lossmark.course import Course
from lossmark.gradebook.records import GradeWriter
from lossmark.provenance import digests
from lossmark.results import CellResult, CheckResult, GradedNotebook
from reports import graded_class

pytestmark = needs_chromium

TAG = "<img src=x onerror=lossmark()>"
CLOSING = "</script></style></code></details><script>lossmark()</script>"
QUOTES = "\"'><svg onload=lossmark()>{{ lossmark() }}"
FORMULA = '=HYPERLINK("http:192.0.2.1","a")'
SIZE_LIMIT, OPENING_LIMIT_S = 5_000_000, 2.0


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a class that attacks whoever opens it, with text of theirs wherever there can be any."""
    course = write_toy(tmp_path_factory.mktemp("hostile"), graders={**GRADERS, "misconceptions": "import nothing"})
    code = "def double(x):\n" + "\n".join(f"    y{k} = '{CLOSING}' + x.a{k}" for k in range(20))
    students = [TAG, QUOTES, FORMULA, "javascript:lossmark()", "../x".replace("/", "%2f"), "\u202elmth"]
    checks = (CheckResult("test", CLOSING, 0.0, 3.0, "failed", CLOSING, TAG),)
    with GradeWriter(course, TOY) as writer:
        writer.prepare()
        for i, student in enumerate(students):
            folder = hand_in(
                course, student, f"{code}\n    z = x.b{i}", " ".join([CLOSING, TAG, QUOTES] * 10 + [str(i)])
            )
            (folder / "timestamp.txt").write_text(TAG if i == 1 else "")
            if i == 1:
                continue  # what stands there is no time, and so it is not graded
            notebook = nbformat.v4.new_notebook()
            made_up = GradedNotebook(
                TOY, (CellResult("double_tests", checks),), ("why",), (f"`{TAG}`", QUOTES), notebook, 1.0
            )
            writer.write(student, made_up, digests(course, TOY, (folder / f"{TOY}.ipynb").read_bytes()))
            page = course.root / "feedback" / student / TOY / f"{TOY}.html"
            page.parent.mkdir(parents=True)
            page.write_text("<title>feedback</title>")
    for i in range(6):
        own = "def double(x):\n" + "\n".join(f"    {k} .u{i}_{k}" for k in range(40))
        hand_in(course, f"honest-{i}", own, " ".join(f"w{i}x{k}" for k in range(200)))
    hand_in(course, f"{TAG} again", code, "")
    with gradebook(course) as opened:
        opened.update_or_create_student(TAG, first_name=CLOSING, last_name=QUOTES)
    page, _ = write_report(course, TOY)
    return page


@pytest.fixture
def opened(hostile: Path, browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(hostile.as_uri())
    yield page
    page.close()


def test_what_students_wrote_is_text(hostile: Path, browser: Browser) -> None:
    with watched(browser) as (page, seen):
        requests = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(hostile.as_uri())
        for details in page.locator("details").all():
            details.evaluate("details => { details.open = true }")
        students = page.locator("#students")
        for text in (TAG, QUOTES, FORMULA, f"{CLOSING} {QUOTES}", "javascript:lossmark()"):
            assert students.get_by_text(text, exact=True).first.is_visible(), text
        assert page.locator("#alike").get_by_text(CLOSING).first.is_visible()
        assert page.locator("#person").get_by_text(TAG).first.is_visible()
        assert page.locator("#checks").get_by_text(CLOSING).first.is_visible()
        assert page.locator("img, iframe, object, embed, link, form, svg[onload]").count() == 0
        assert page.locator("script").count() == 1
        page.get_by_role("button", name="Student").click()
        page.get_by_label("Show only rows with").fill("lossmark")
    assert seen == []
    assert requests == [hostile.as_uri()]


def test_links_lead_to_the_feedback_pages_and_nowhere_else(opened: Page) -> None:
    links = opened.locator("a:not([href^='#'])").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(links) == 5
    assert all(re.fullmatch(r"\.\./feedback/[^:]*", link) for link in links), links
    for i in range(len(links)):
        opened.locator("a:not([href^='#'])").nth(i).click()
        opened.wait_for_url("**/feedback/**")
        assert opened.title() == "feedback"
        opened.go_back()


def test_the_policy_holds_alone(hostile: Path, browser: Browser) -> None:
    """With a script put into the page behind all other walls, the policy still stops it; without it, it runs."""
    attack = '<script>lossmark()</script><img src="https://192.0.2.1/x" onerror="lossmark()"></body>'
    text = hostile.read_text().replace("</body>", attack)
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    assert bare != text
    file = hostile.with_name("attacked.html")
    for content, expected in ((text, set()), (bare, {"asked for https://192.0.2.1/x", "a script has run"})):
        file.write_text(content)
        with watched(browser) as (page, seen):
            page.goto(file.as_uri())
        assert set(seen) == expected


def test_the_table_holds_no_formula(hostile: Path) -> None:
    with hostile.with_suffix(".csv").open(newline="", encoding="utf-8") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert f"'{FORMULA}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_everybody_can_read_it(scheme: str, width: int, hostile: Path, browser: Browser) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(hostile.as_uri())
    for details in page.locator("details").all():
        details.evaluate("details => { details.open = true }")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()


def test_the_rules_of_axe_are_asked(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<img src='data:,'>")
    assert [line.partition(":")[0] for line in violations(page)].count("image-alt") == 1
    page.close()


def test_students_are_sorted_and_found_by_keyboard(opened: Page) -> None:
    ids = opened.locator("#class tbody tr:visible th")
    everyone = ids.all_inner_texts()
    heading = opened.get_by_role("columnheader", name="Checks")
    heading.get_by_role("button").focus()
    opened.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    assert ids.last.inner_text() not in (everyone[0], "honest-0")
    opened.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    opened.keyboard.press("Tab")
    opened.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") is None
    student = opened.get_by_role("columnheader", name="Student")
    student.get_by_role("button").click()
    assert [name for name in ids.all_inner_texts() if name.startswith("honest")] == [f"honest-{i}" for i in range(6)]
    opened.get_by_label("Show only rows with").fill("HONEST not")
    assert ids.count() == 6
    assert opened.locator("output").inner_text() == f"6 of {len(everyone)} students"
    opened.locator("#time a").first.click()  # leads to a student who is not among them, and shows everyone again
    opened.wait_for_function(f"document.querySelectorAll('#class tbody tr:not([hidden])').length === {len(everyone)}")
    assert opened.locator("tr:target").is_visible()


@pytest.mark.sandbox
@pytest.mark.course
def test_a_class_of_a_hundred_is_small_and_opens_at_once(tmp_path: Path, browser: Browser) -> None:
    course = copy_course(tmp_path)
    drop_figures(course)
    graded_class(Course(tmp_path), NAME, 100)
    page, _ = write_report(course, NAME)
    assert page.stat().st_size < SIZE_LIMIT
    tab = browser.new_page()
    tab.goto(page.as_uri())
    assert tab.locator("#class tbody tr").count() == 100
    assert tab.locator("details.pair").count() <= 40
    tab.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
    seconds = tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") / 1000
    assert seconds < OPENING_LIMIT_S
    tab.close()
