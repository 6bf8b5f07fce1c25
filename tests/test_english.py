"""The prose of the project: plain sentences with nouns in them.

Only the rules that a program can check: clauses without a head ("what", "who" and "whoever" where a noun belongs), and
a few words that read as translated. Code, quotations and questions are exempt.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from courses import ROOT

HEADLESS = re.compile(
    r"\b(?:what|whatever|whoever)\b(?![^.!]*\?)"
    r"|(?:^|[.:;(]\s+|\b(?:and|as|but|by|for|from|in|is|of|on|or|says?|tells?|than|that|to|with)\s+)who\b",
    re.IGNORECASE,
)
STANDS = re.compile(r"\bstands?\b", re.IGNORECASE)
MOST_OF_1000_WORDS = {HEADLESS: 3, STANDS: 1}
NEVER = re.compile(r"(?<!\bthere )\b(?:is|are|was) no\b(?! longer)|\bbut for\b|\banew\b|\blest\b", re.IGNORECASE)
ENTRY = re.compile(r"^ *[\w*, ]+ : .*$", re.MULTILINE)
"""The head of a numpydoc entry: names and types are code."""
QUOTED = re.compile(r'"[^"\n]*"|“[^”]*”|``[^`]*``|`[^`]*`')

PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")} - {ROOT / "docs" / "verification.md"})
SOURCES = sorted(path.name for path in (ROOT / "src" / "lossmark").iterdir() if path.is_dir() or path.suffix == ".py")


def prose_of_page(page: Path) -> str:
    """Return the sentences of a Markdown page, without code and quotations."""
    texts = []
    for token in MarkdownIt().enable("table").parse(page.read_text()):
        if token.type == "inline" and token.children:
            parts = ("" if child.type == "code_inline" else child.content or " " for child in token.children)
            texts.append(QUOTED.sub("", "".join(parts)))
    return "\n".join(texts)


def prose_of_module(path: Path) -> str:
    """Return the docstrings of a module, those of constants too, and its help, without code and quotations."""
    tree = list(ast.walk(ast.parse(path.read_text())))
    values = [node.value for node in tree if isinstance(node, ast.Expr)]
    values += [node.value for node in tree if isinstance(node, ast.keyword) and node.arg == "help"]
    texts = (value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str))
    return "\n".join(ENTRY.sub("", QUOTED.sub("", text)) for text in texts)


def faults_of(text: str) -> Iterator[str]:
    """Find what the rules are broken by, each with the words around it."""

    def around(found: re.Match[str]) -> str:
        return " ".join(text[max(0, found.start() - 40) : found.end() + 40].split())

    for found in NEVER.finditer(text):
        yield f"never: {around(found)}"
    words = len(text.split())
    for pattern, most in MOST_OF_1000_WORDS.items():
        places = [around(found) for found in pattern.finditer(text)]
        if len(places) > max(1, words * most / 1000):
            yield from (f"more than {most} in 1,000 words: {place}" for place in places)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_are_plain_english(page: Path) -> None:
    assert list(faults_of(prose_of_page(page))) == []


@pytest.mark.parametrize("name", SOURCES)
def test_docstrings_and_help_are_plain_english(name: str) -> None:
    path = ROOT / "src" / "lossmark" / name
    modules = [path] if path.is_file() else sorted(path.rglob("*.py"))
    assert list(faults_of("\n".join(map(prose_of_module, modules)))) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "A submission is no notebook.",
        "All of them but for one.",
        "It is drawn anew.",
        "Who has handed in waits. Whoever marks sees what was written.",
        "It says what is off, and tells who waits.",
        "The table stands below; the mark stands beside it.",
    ],
)
def test_a_fault_is_noticed(sentence: str) -> None:
    assert list(faults_of(sentence)) != []


@pytest.mark.parametrize(
    "sentence",
    [
        "A submission is not a notebook.",
        "There is no network.",
        "Students who have submitted are no longer listed.",
        "Which files are read, and what is shown? The text says so.",
        'A lost check shows "what was expected".',
        "It explains what to do.",
    ],
)
def test_plain_english_passes(sentence: str) -> None:
    assert list(faults_of(sentence)) == []
