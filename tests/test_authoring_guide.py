"""docs/authoring.md does what it says: its files are written and its commands run in an empty folder, as printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path

import nbformat
import pytest
from markdown_it import MarkdownIt
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from courses import ROOT, index_of, run
from helpers import graded_cell
from lossmark.course import Course
from lossmark.settings import CONFIG_FILE

GUIDE = ROOT / "docs" / "authoring.md"
KINDS = {"Autograded answer": "solution", "Autograded tests": "tests"}
"""What the panel "Create Assignment" calls the kinds of cells, and what the tests do."""
PROGRESS = re.compile(r"grading .* of \d+, ")
SECONDS = re.compile(r"\d+(\.\d+)? ?s\b")


@dataclass(frozen=True)
class Block:
    """One block of the page: a file or a cell under its caption, or commands with what they print."""

    language: str
    caption: str
    text: str


def blocks() -> Iterator[Block]:
    """Read the blocks of the page in their order."""
    for token in MarkdownIt().parse(GUIDE.read_text()):
        if token.type == "fence":
            directive, _, language = token.info.partition(" ")
            options, caption = re.match(r"(?::caption: (.*)\n\n)?", token.content).group(0, 1)
            yield Block(language or directive, caption or "", token.content.removeprefix(options))


def follow(block: Block, folder: Path) -> None:
    """Do what a block says."""
    file, _, where = block.caption.partition(": ")
    if block.language == "console":
        for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE):
            assert_prints(command, output, folder)
    elif not where:
        (folder / file).write_text(block.text)
    elif file.startswith("source/"):
        add_cell(folder / file, block, where)
    else:
        answer(folder / file, folder, block.text, grade_id=where.removeprefix("the cell "))


def assert_prints(command: str, expected: str, folder: Path) -> None:
    """Run a command: what it prints is what is shown, but for seconds and what `...` stands for."""
    done = run("bash", "-c", command, cwd=folder, PYTEST_ADDOPTS="")
    lines = [line.rstrip() for line in f"{done.stderr}{done.stdout}".splitlines() if not PROGRESS.match(line)]
    got, wanted = (SECONDS.sub("? s", text) for text in ("".join(f"{line}\n" for line in lines), expected))
    assert OutputChecker().check_output(wanted, got, ELLIPSIS), f"$ {command}\n{got}\ninstead of\n{wanted}"


def add_cell(file: Path, block: Block, where: str) -> None:
    """Put a cell at the end of the instructor's notebook, as the panel would."""
    notebook = nbformat.read(file, as_version=4) if file.exists() else new_notebook()
    kind, grade_id, points = re.fullmatch(r"([\w ]+)(?:, ID (\w+))?(?:, (\d+) points)?", where).groups()
    notebook.cells.append(new_cell(kind, grade_id, block.text.rstrip("\n"), points))
    nbformat.write(notebook, file)


def new_cell(kind: str, grade_id: str | None, source: str, points: str | None) -> NotebookNode:
    if grade_id is None:
        return {"Markdown": new_markdown_cell, "Code": new_code_cell}[kind](source)
    return graded_cell(KINDS[kind], grade_id, source, points and float(points))


def answer(file: Path, folder: Path, source: str, grade_id: str) -> None:
    """Fill the released notebook in."""
    notebook = nbformat.read(folder / "release" / "smoothing" / "smoothing.ipynb", as_version=4)
    notebook.cells[index_of(notebook, grade_id)].source = source
    nbformat.write(notebook, file)


def test_the_settings_put_the_boundary_where_this_course_has_it(tmp_path: Path) -> None:
    (printed,) = [block for block in blocks() if block.caption == CONFIG_FILE]
    follow(printed, tmp_path)
    guide, ours = Course(tmp_path).config, Course(ROOT).config
    for section in ("Autograde", "HTMLExporter", "GenerateFeedback"):
        assert guide[section] == ours[section]
    assert guide.CourseDirectory.ignore == ours.CourseDirectory.ignore


@pytest.mark.sandbox
@pytest.mark.course
def test_the_guide_works_as_printed(tmp_path: Path) -> None:
    followed = list(blocks())
    assert sum(block.language == "console" for block in followed) >= 8, "the page has lost its commands"
    for block in followed:
        follow(block, tmp_path)


def test_what_is_printed_is_compared(tmp_path: Path) -> None:
    assert_prints("echo took 1.23 s", "took 9.9 s\n", tmp_path)
    with pytest.raises(AssertionError, match="instead of"):
        assert_prints("echo 2 of 3", "3 of 3\n", tmp_path)
    with pytest.raises(AssertionError, match="instead of"):
        assert_prints("echo unexpected >&2", "", tmp_path)
