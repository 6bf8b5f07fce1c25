"""Pictures of written answers: each is shown, or named as missing, however it came into the notebook."""

from __future__ import annotations

import base64
import functools
import io
import random
import time
from collections.abc import Iterator
from urllib.parse import quote

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from PIL import Image

from lossmark.execution import attached
from lossmark.execution.attached import BESIDE, DAMAGED, ELSEWHERE, NO_FILE, TOO_LARGE, TOO_MANY, gather, put_in
from lossmark.sandbox.host import Sandbox

MIME = {"PNG": "image/png", "JPEG": "image/jpeg"}


@functools.cache
def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB") -> str:
    """Draw a red picture with a blue corner."""
    drawn = Image.new("RGB", size, (200, 30, 30))
    drawn.paste((30, 30, 200), (0, 0, size[0] // 4, size[1] // 4))
    file = io.BytesIO()
    drawn.convert(mode).save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


@functools.cache
def photograph() -> str:
    """Return a file of more than three megabytes; noise does not shrink."""
    noise = Image.frombytes("RGB", (2000, 1500), random.Random(0).randbytes(9_000_000))
    file = io.BytesIO()
    noise.save(file, "JPEG", quality=95)
    assert len(file.getvalue()) > 3 * 2**20
    return base64.b64encode(file.getvalue()).decode()


def cell(source: str, **attachments: str) -> NotebookNode:
    """Return a student's cell with PNGs attached, by name."""
    return new_markdown_cell(source, attachments={name: {"image/png": text} for name, text in attachments.items()})


def gathered(source: str, **attachments: str) -> NotebookNode:
    found = cell(source, **attachments)
    gather(found)
    return found


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


A, B = picture(), picture(size=(41, 30))
LINK = "![a drawing](attachment:picture-1)"


@pytest.mark.parametrize(
    ("name", "source"),
    {
        "linked": ("p.png", "![a drawing](attachment:p.png)"),
        "resized in JupyterLab": ("p.png", '<img src="attachment:p.png" alt="a drawing" width="300"/>'),
        "resized, other quotes": ("p.png", "<IMG width=300 alt='a drawing' src='attachment:p.png'>"),
        "resized, without quotes": ("p.png", '<img alt="a drawing" src=attachment:p.png >'),
        "with spaces": ("my picture.png", "![a drawing](attachment:my%20picture.png)"),
        "with spaces as they are": ("my picture.png", "![a drawing](attachment:my picture.png)"),
        "with brackets": ("image (1).png", "![a drawing](attachment:image%20(1).png)"),
        "with umlauts": ("Lösung für β.png", f"![a drawing](attachment:{quote('Lösung für β.png')})"),
        "umlauts of two characters": ("Lo\u0308sung.png", f"![a drawing](attachment:{quote('Lösung.png')})"),
        "a name that is encoded": ("my%20picture.png", "![a drawing](attachment:my%20picture.png)"),
        "in angle brackets": ("my picture.png", "![a drawing](<attachment:my picture.png>)"),
        "with a title": ("p.png", '![a drawing](attachment:p.png "Figure 1")'),
        "a link to it": ("p.png", "[a drawing](attachment:p.png)"),
        "by reference": ("p.png", "[a drawing]: attachment:p.png"),
        "in Colab": ("", f"![a drawing](data:image/png;base64,{A})"),
        "in Colab, as a tag": ("", f"<img src='data:image/png;base64,{A}' alt='a drawing'>"),
        "in Google Docs": ("", f"[a drawing]: <data:image/png;base64,{A}>"),
    }.values(),
)
def test_a_picture_is_found_however_it_was_put_in(name: str, source: str) -> None:
    found = gathered(f"See {source}." if source[0] != "[" else source, **{name: A} if name else {})
    assert found.source.removeprefix("See ").removesuffix(".") == LINK
    assert found.attachments == {"picture-1": {attached.RAW: A}}
    assert found.metadata.lossmark == {"pictures": 1, "missing": 0}


@pytest.mark.parametrize(
    ("source", "name", "reason"),
    [
        ("![x](attachment:p.png)", "p.png (x)", NO_FILE),
        ("![p.png](attachment:p.png)", "p.png", NO_FILE),
        ("![x](attachment&colon;p.png)", "p.png (x)", NO_FILE),
        ('<img src="attachment:a%20b.png" width=30>', "a b.png", NO_FILE),
        ("![x](plot.png)", "plot.png (x)", BESIDE),
        ('<img src="figures/plot.png">', "figures plot.png", BESIDE),
        ("![x](C:plot.png)", "C plot.png (x)", BESIDE),
        ("![x](https://example.org/p.png)", "https example.org p.png (x)", ELSEWHERE),
        ("![x](//example.org/p.png)", "example.org p.png (x)", ELSEWHERE),
        ("![x](blob:https://colab/1)", "blob https colab 1 (x)", ELSEWHERE),
        ("![](attachment:**<b>**)", "b", NO_FILE),
    ],
)
def test_a_picture_that_is_not_there_is_named(source: str, name: str, reason: str) -> None:
    found = gathered(f"See {source}")
    assert found.source == f"See **(The picture “{name}” cannot be shown: {reason}.)**"
    assert "attachments" not in found
    assert found.metadata.lossmark == {"pictures": 0, "missing": 1}


def test_what_is_attached_and_linked_in_no_way_that_is_known_is_shown_below() -> None:
    found = gathered("Because of this.", **{"p q.png": A})
    assert found.source == "Because of this.\n\n![p q.png](attachment:picture-1)"


def test_pictures_of_the_question_stay_the_instructors() -> None:
    original = new_markdown_cell(
        "Why? ![](figures/q.png) ![](attachment:q.png)", attachments={"q.png": {"image/png": B}}
    )
    answer = new_markdown_cell("Why? ![](figures/q.png) So!", attachments={"q.png": {"image/png": B}})
    gather(answer, original)
    assert answer.source == "Why? ![](figures/q.png) So!"
    assert "attachments" not in answer


def test_text_without_pictures_stays_as_it_is() -> None:
    text = "a [link](https://example.org), $a < b$ [1]: f\n\n[1]: https://a.org\n\ndata:image/png is a kind"
    found = gathered(text)
    assert found.source == text
    assert "lossmark" not in found.metadata


@pytest.mark.parametrize(
    "source",
    [
        "attachment:" * 200_000,
        "![" * 1_000_000,
        "![](" * 500_000,
        "![x](" + "(" * 2_000_000,
        "<img " * 400_000,
        "<img src=" + "src=" * 500_000 + ">",
        "<img" + " src  =" * 300_000 + ">",
        "[x]: data:image/" * 150_000,
        "data:image/png;base64," * 100_000,
        "data:image/png;base64," + "A" * 2_000_000,
        "![x](a" + " " * 2_000_000 + ")",
        "\n".join(["[x]: <attachment:"] * 100_000),
    ],
    ids=lambda source: repr(source[:24]),
)
def test_no_text_takes_long(source: str) -> None:
    started = time.process_time()
    found = gathered(source)
    assert time.process_time() - started < 4
    assert "base64" not in found.source or source.count("base64") > 1
    assert len(found.source) < 40 * len(source)


def test_a_picture_that_is_refused_is_named_and_the_cell_is_as_any_other() -> None:
    found = gathered("One ![first](attachment:a) two ![second](attachment:b)", a=A, b=B)
    put_in([found], lambda pictures: [("image/png", A), None])
    assert found.source == (
        f"One ![first](attachment:picture-1) two **(The picture “second” cannot be shown: {DAMAGED}.)**"
    )
    assert found.attachments == {"picture-1": {"image/png": A}}
    assert found.metadata.lossmark == {"pictures": 1, "missing": 1}
    assert nbformat.v4.new_notebook(cells=[found])


@pytest.mark.parametrize("made", [("text/html", A), ("image/png", "<b>"), ("image/jpeg", A), ("image/svg+xml", A)])
def test_attack_whatever_the_process_sends_is_looked_at(made: tuple[str, str]) -> None:
    found = gathered("![x](attachment:a)", a=A)
    put_in([found], lambda pictures: [made])
    assert found.source == f"**(The picture “x” cannot be shown: {DAMAGED}.)**"
    assert "attachments" not in found


def test_too_many_and_too_large_pictures_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attached, "MAX_PICTURES", 2)
    monkeypatch.setattr(attached, "MAX_PICTURE_CHARS", len(A) + 1000)
    cells = [
        gathered("![x](attachment:a)", a="A" * (len(A) + 1001)),
        *(gathered("![x](attachment:a)", a=A) for _ in "123"),
    ]
    put_in(cells, lambda pictures: [("image/png", one) for one in pictures])
    assert [attached.TOO_LARGE in one.source for one in cells] == [True, False, False, False]
    assert [TOO_MANY in one.source for one in cells] == [False, False, True, True]
    assert [one.get("attachments") for one in cells] == [None, {"picture-1": {"image/png": A}}, None, None]
    assert TOO_LARGE == "it is larger than 12 MB"


@pytest.mark.sandbox
class TestInAProcess:
    @pytest.mark.parametrize(
        ("kind", "mode", "shown"),
        [
            ("PNG", "RGB", "PNG"),
            ("PNG", "P", "PNG"),
            ("PNG", "I;16", "PNG"),
            ("JPEG", "RGB", "JPEG"),
            ("JPEG", "CMYK", "JPEG"),
            ("GIF", "P", "PNG"),
            ("WEBP", "RGBA", "PNG"),
            ("BMP", "RGB", "PNG"),
            ("TIFF", "RGB", "PNG"),
            ("PPM", "RGB", "PNG"),
        ],
    )
    def test_every_kind_is_shown(self, sandbox: Sandbox, kind: str, mode: str, shown: str) -> None:
        source = picture(kind, mode="L" if mode == "I;16" else mode)
        (made,) = sandbox.fit([source])
        assert made is not None
        assert made[0] == MIME[shown]
        with Image.open(io.BytesIO(base64.b64decode(made[1]))) as opened:
            assert (opened.format, opened.size) == (shown, (40, 30))
            red, blue = opened.convert("RGB").getpixel((30, 20)), opened.convert("RGB").getpixel((3, 3))
        assert red[0] >= red[2]
        assert blue[2] >= blue[0]

    def test_a_large_one_is_scaled_down_and_a_tall_one_stays_readable(self, sandbox: Sandbox) -> None:
        large, tall = sandbox.fit([photograph(), picture("GIF", (1000, 4000))])
        assert large is not None
        assert tall is not None
        assert large[0] == "image/jpeg"
        for made, size in ((large, (1200, 900)), (tall, (1000, 4000))):  # noise is still too large with 1600 columns
            assert len(made[1]) < 2**20
            with Image.open(io.BytesIO(base64.b64decode(made[1]))) as opened:
                assert opened.size == size

    def test_a_picture_that_needs_no_change_is_as_it_was(self, sandbox: Sandbox) -> None:
        assert sandbox.fit([A, picture("JPEG")]) == [("image/png", A), ("image/jpeg", picture("JPEG"))]

    def test_what_cannot_be_decoded_costs_itself_alone(self, sandbox: Sandbox) -> None:
        cut = base64.b64encode(base64.b64decode(A)[:60]).decode()
        svg = base64.b64encode(b"<svg onload='alert(1)'/>").decode()
        script = base64.b64encode(
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%touch /tmp/x) (w) file"
        ).decode()
        bomb = base64.b64encode(base64.b64decode(A)[:16] + (2**15).to_bytes(4) * 2 + base64.b64decode(A)[24:]).decode()
        made = sandbox.fit(["", "no base64!", cut, svg, script, bomb, "é", A])
        assert made == [None] * 7 + [("image/png", A)]
