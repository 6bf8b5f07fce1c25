"""The guides: they build as a site that needs no network, their links lead somewhere, what they list is complete."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

import lossmark
from classes import result, write_toy
from courses import ROOT, run
from lossmark.cli import _parser
from lossmark.settings import Lossmark

DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)])
FETCHING = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "video": "src"}
"""What a browser fetches by itself, by tag; the `link`s that only tell of other pages lead nowhere outside either."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make docs` builds it: warnings, and links between its pages that lead nowhere, are errors."""
    folder = tmp_path_factory.mktemp("site")
    built = run(sys.executable, "-m", "sphinx", "-E", "-W", "--keep-going", "-q", "-b", "html", DOCS, folder)
    assert built.returncode == 0, built.stderr
    return folder


def pages_of(site: Path) -> Iterator[tuple[str, BeautifulSoup]]:
    for page in site.rglob("*.html"):
        yield str(page.relative_to(site)), BeautifulSoup(page.read_text(), "html.parser")


def test_the_site_fetches_nothing_from_elsewhere(site: Path) -> None:
    fetched = [
        (page, element[attribute])
        for page, soup in pages_of(site)
        for tag, attribute in FETCHING.items()
        for element in soup.find_all(tag, {attribute: re.compile(r"^(\w+:)?//")})
    ]
    assert not fetched
    styles = "".join(style.read_text() for style in site.rglob("*.css"))
    assert not re.findall(r"(?:url\(|@import)\s*[\"']?(?:\w+:)?//[^)]*", styles)


def test_the_site_tells_of_each_command_setting_and_public_name(site: Path) -> None:
    pages = {page: soup.get_text() for page, soup in pages_of(site)}
    commands = next(action.choices for action in _parser()._actions if isinstance(action.choices, dict))
    assert [name for name in commands if f"lossmark {name}" not in pages["reference/commands.html"]] == []
    settings = Lossmark.class_own_traits(config=True)
    assert [name for name in settings if f"c.Lossmark.{name}" not in pages["reference/settings.html"]] == []
    assert [name for name in lossmark.__all__ if f"lossmark.{name}" not in pages["reference/graders.html"]] == []


def keys_of(value: Any) -> Any:
    """The shape of plain data: keys of objects, all the way down; of lists of objects, the first one's."""
    match value:
        case dict():
            return {key: keys_of(inner) for key, inner in value.items()}
        case [dict() as first, *_]:
            return [keys_of(first)]
    return None


def test_the_shape_of_results_is_the_one_described(tmp_path: Path) -> None:
    (text,) = re.findall(r"```json\n(\{\n.*?)```", (DOCS / "reference" / "files.md").read_text(), re.DOTALL)
    assert keys_of(json.loads(text)) == keys_of(result(write_toy(tmp_path)).to_dict())


def slugs_of(page: Path) -> set[str]:
    """The anchors of a page, as they come of its headings wherever Markdown of repositories is shown."""
    tokens = MarkdownIt().parse(page.read_text())
    headings = (tokens[i + 1] for i, token in enumerate(tokens) if token.type == "heading_open")
    texts = ("".join(inner.content for inner in heading.children) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in texts}


def links_of(page: Path) -> Iterator[str]:
    """The links and pictures of a page that lead to no other site."""
    for token in MarkdownIt().enable("table").parse(page.read_text()):
        targets = [inner.attrGet("href") or inner.attrGet("src") for inner in token.children or []]
        if token.type == "html_block":
            targets += re.findall(r"(?:href|src|srcset)=\"([^\"]*)\"", token.content)
        elif token.type == "fence":
            targets += re.findall(r"\A\{image\} (.*)", token.info)
        yield from (unquote(str(target)) for target in targets if target and not re.match(r"\w+:", str(target)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in links_of(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in slugs_of(target), link
