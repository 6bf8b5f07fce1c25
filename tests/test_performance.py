"""Numbers on pages: what is quoted was measured, and says when and where; what is counted is counted anew."""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import drawing
import test_fuzz
from courses import ROOT
from lossmark.commands import demo
from lossmark.course import Course
from lossmark.quality.conditions import Conditions
from lossmark.quality.roster import read_attacks
from lossmark.quality.scorecard import BEGIN, END, versions_of

sys.path.append(str(ROOT / "benchmarks"))
import performance
import results
from factors import AGAINST_LIMIT, AGAINST_STOCK, LIMIT, STOCK, Throughput

README, PERFORMANCE = ROOT / "README.md", ROOT / "docs" / "performance.md"
FILES = sorted(results.FOLDER.glob("*.json"))
NUMERAL = r"\b(one|two|three|four|five|six|seven|eight|nine|ten|twenty)\b"
AMOUNT = rf"\d|{NUMERAL}[^.:|]{{0,12}}\b(times|seconds|milliseconds|per ?cent)\b"
"""A number, or one in words of what is measured."""


def outside_of_blocks(page: Path) -> str:
    """Return what is written by hand, without code."""
    return re.sub(r"`[^`]*`", "", performance.BLOCK.sub("", page.read_text()))


@pytest.mark.parametrize("page", performance.PAGES, ids=lambda page: page.name)
def test_what_pages_quote_is_what_was_measured(page: Path) -> None:
    """`make performance` renews them."""
    text = page.read_text()
    assert performance.rendered(text, performance.read_all()) == text


def test_each_table_is_on_a_page_and_each_marker_has_its_end() -> None:
    texts = [page.read_text() for page in performance.PAGES]
    names = [name for text in texts for _, name, _ in performance.BLOCK.findall(text)]
    assert sorted(names) == sorted(performance.BLOCKS)
    assert sum(text.count("<!-- measured: ") for text in texts) == len(names)


def test_another_measurement_makes_other_pages() -> None:
    """Of each file: its figures, and the day."""
    measured = performance.read_all()
    texts = [page.read_text() for page in performance.PAGES]
    for name, result in measured.items():
        slower = replace(result, figures=scaled(result.figures, 1.5))
        later = replace(result, conditions=replace(result.conditions, date="2031-01-31"))
        for other in (slower, later):
            assert [performance.rendered(text, {**measured, name: other}) for text in texts] != texts, name


def scaled(value: object, factor: float) -> object:
    """Return figures with every fraction multiplied."""
    match value:
        case dict():
            return {key: scaled(inner, factor) for key, inner in value.items()}
        case list():
            return [scaled(inner, factor) for inner in value]
        case float():
            return value * factor
    return value


def test_what_is_written_by_hand_holds_no_measured_number() -> None:
    assert re.findall(rf".*(?:{AMOUNT}).*", outside_of_blocks(PERFORMANCE)) == []
    for page in {README, *(ROOT / "docs").glob("*.md")} - {ROOT / "docs" / "verification.md"}:  # that is written whole
        assert not re.search(r"times (as fast|faster)|% (faster|slower)", outside_of_blocks(page)), page


@pytest.mark.parametrize("text", ["takes 1.7 times the limit", "in 6 ms", "pass, four to five seconds", "two\ntimes"])
def test_an_amount_is_noticed(text: str) -> None:
    assert re.search(AMOUNT, text)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_was_measured_says_when_where_and_with_what(file: Path) -> None:
    result = results.Result.read(file)
    assert date.fromisoformat(result.conditions.date) <= date.today()
    assert result.conditions.cores >= 1
    assert result.conditions.memory_bytes > 2**30
    assert result.conditions.system
    assert {"Python", "lossmark", "nbgrader", "numpy"} <= result.conditions.versions.keys()
    assert result.source
    assert re.match(r"[0-9a-f]{7,}", result.commit)
    program = re.match(r"python (benchmarks/\w+\.py)", result.command)
    assert program is not None
    assert Path(program[1]).stem == file.stem
    assert (ROOT / program[1]).exists()


def test_a_file_holds_what_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "new" / "some.json"
    monkeypatch.setattr(sys, "argv", ["benchmarks/some.py", "--size", "3", "--json", str(file)])
    results.write(file, {"seconds": 1.5})
    read = results.Result.read(file)
    assert (read.command, read.source, read.figures) == (
        "python benchmarks/some.py --size 3",
        "measured",
        {"seconds": 1.5},
    )
    assert read.conditions.date == Conditions.now().date
    file.write_text(file.read_text().replace('"cores": ', '"processors": '))
    with pytest.raises(TypeError):
        results.Result.read(file)


def test_conditions_in_a_line() -> None:
    of_then = Conditions("2026-02-03", 1, 8 * 2**30, "Linux x86_64", {"Python": "3.11.7", "numpy": "2.4.6"})
    assert str(of_then) == "3 February 2026, 1 core, 8 GiB, Linux x86_64; Python 3.11.7, numpy 2.4.6"
    assert "no-such-package" not in Conditions.now(["no-such-package", "numpy"]).versions


def throughput(stock: float, parallel: float, ours: float, limit: float) -> Throughput:
    ways = {STOCK: stock, f"{STOCK}, 2 processes": parallel, "Lossmark, 2 workers": ours}
    costs = {way: {"a": {"seconds": seconds / 2}, "b": {"seconds": seconds / 2}} for way, seconds in ways.items()}
    return Throughput({"workers": 2, "costs": costs, "limit_s": {"a": limit, "b": 0.0}})


def test_factors_are_of_all_assignments_and_have_their_bounds() -> None:
    measured = throughput(stock=80.0, parallel=40.0, ours=10.0, limit=5.0)
    assert measured.total_s(LIMIT) == 5.0
    assert (AGAINST_STOCK.of(measured), AGAINST_LIMIT.of(measured)) == (8.0, 2.0)
    assert AGAINST_STOCK.is_reached(measured)
    assert AGAINST_LIMIT.is_reached(measured)
    slower = throughput(stock=80.0, parallel=40.0, ours=10.1, limit=5.0)
    assert not AGAINST_STOCK.is_reached(slower)
    assert not AGAINST_LIMIT.is_reached(slower)


def counted() -> dict[tuple[str, str], Counter[bool]]:
    """Count the versions of each cell: the wrong ones (True) and the right ones."""
    course, counts = Course(ROOT), dict[tuple[str, str], Counter[bool]]()
    for name in course.assignments:
        for version in versions_of(course, name):
            counts.setdefault((name, version.cell), Counter())[bool(version.loses)] += 1
    return counts


def test_the_scorecard_has_every_version_and_says_when_it_was_made() -> None:
    """`make scorecard` renews it."""
    table = (ROOT / "docs" / "scorecard.md").read_text().partition(BEGIN)[2].partition(END)[0]
    rows = re.findall(r"^\| (\w+) \| `(\w+)` ((?:\| \d+ ){5})\|$", table, re.MULTILINE)
    shown = {(name, cell): [int(number) for number in re.findall(r"\d+", numbers)] for name, cell, numbers in rows}
    # Wrong ones, of these caught, of these named; right ones, of these passed: the README says that all are.
    assert shown == {cell: [count[True]] * 3 + [count[False]] * 2 for cell, count in counted().items()}
    assert re.search(r"^Graded: \d+ \w+ 20\d\d, \d+ cores?, \d+ GiB, .*Python 3\.\d+.*nbgrader \d", table, re.MULTILINE)


def test_the_readme_counts_what_there_is() -> None:
    text = " ".join(README.read_text().split())
    total = sum(counted().values(), Counter())
    found = re.search(r"know (\d+) wrong versions .* pass (\d+) right ones .*?\. (\d+) hostile notebooks", text)
    assert found is not None
    attacks = read_attacks(ROOT / "tests" / "attacks")
    assert tuple(map(int, found.groups())) == (total[True], total[False], len(attacks))


def test_the_classes_of_the_demo_are_as_large_as_the_readme_says() -> None:
    course, attacks = Course(ROOT), demo._some_of_each_family(read_attacks(ROOT / "tests" / "attacks"))
    sizes = [len(demo._members(course, name, attacks)) for name in course.assignments]
    text = " ".join(README.read_text().split())
    assert "hands in some seventy notebooks for `hinge_loss`" in text
    assert "and twenty for each of the other assignments" in text
    assert abs(sizes[0] - 70) <= 5
    assert set(sizes[1:]) == {20}


def test_make_fuzz_draws_as_many_as_it_says() -> None:
    said = re.search(r"Grade ([\d,]+) notebooks and read ([\d,]+) replies", (ROOT / "Makefile").read_text())
    assert said is not None
    parts = len(test_fuzz.PARTS)
    notebooks = 2 * parts * test_fuzz.NOTEBOOKS  # mutated as notebooks, and as files
    replies = len(drawing.REPLIES) * parts * test_fuzz.REPLIES
    per_scale = [number // test_fuzz.SCALE for number in (notebooks, replies)]
    assert [int(number.replace(",", "")) for number in said.groups()] == [25 * number for number in per_scale]
