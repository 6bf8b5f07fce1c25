"""What is kept of a submission's output."""

from __future__ import annotations

import base64
import struct
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lossmark.execution.outputs import MAX_IMAGE_BYTES, keep_safe, remark, weight

SCRIPT = "<script>alert(1)</script>"
ACTIVE_TYPES = [
    "text/html",
    "text/markdown",
    "text/latex",
    "image/svg+xml",
    "application/javascript",
    "application/json",
    "application/pdf",
    "application/vnd.jupyter.widget-view+json",
    "application/vnd.plotly.v1+json",
    "TEXT/HTML",
    "text/html ",
]
NO_PICTURE = "[A picture that is too large, damaged, or neither PNG nor JPEG cannot be shown here.]"


def display(**data):
    return {"output_type": "display_data", "data": data, "metadata": {}}


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def error(*traceback, ename="E", evalue="no"):
    return {"output_type": "error", "ename": ename, "evalue": evalue, "traceback": list(traceback)}


def png(width=1, height=1, extra=0):
    """A picture's header, and nothing that would have to be decoded."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(head)) + b"IHDR" + head + bytes(extra)
    return base64.b64encode(data).decode()


def is_valid(outputs):
    cell = new_code_cell("", outputs=outputs)
    nbformat.validate(new_notebook(cells=[cell]))
    return True


class TestKeepSafe:
    def test_text_errors_and_pictures_are_kept(self):
        outputs = [
            stream("a"),
            stream("b", "stderr"),
            error("line"),
            display(**{"image/png": png(), "text/plain": "p"}),
        ]
        kept = keep_safe(outputs, 1000)
        assert [output.output_type for output in kept] == ["stream", "stream", "error", "display_data"]
        assert [kept[0].text, kept[1].name, kept[2].traceback] == ["a", "stderr", ["line"]]
        assert kept[3].data == {"image/png": png(), "text/plain": "p"}
        assert is_valid(kept)

    @pytest.mark.parametrize("mime", ACTIVE_TYPES)
    def test_what_a_browser_would_run_is_dropped(self, mime):
        kept = [output.data for output in keep_safe([display(**{mime: SCRIPT})], 1000)]
        if mime in ("text/markdown", "text/latex"):
            assert kept == [{"text/plain": SCRIPT}]
        else:
            assert all(list(data) == ["text/plain"] and "alert" not in data["text/plain"] for data in kept)
        assert keep_safe([display(**{mime: SCRIPT, "text/plain": "p"})], 1000)[0].data == {"text/plain": "p"}

    @pytest.mark.parametrize(
        "picture", [SCRIPT, '"><img src=x onerror=alert(1)>', "AAAA'", "", None, 5, ["AA", None, "<"]]
    )
    @pytest.mark.parametrize("mime", ["image/png", "image/jpeg"])
    def test_a_picture_that_is_none_is_dropped(self, mime, picture):
        assert [output.data for output in keep_safe([display(**{mime: picture})], 1000)] == [{"text/plain": NO_PICTURE}]

    def test_a_picture_in_lines_is_kept(self):
        lines = [png()[:20] + "\n", png()[20:] + "\n"]
        assert keep_safe([display(**{"image/png": lines})], 1000)[0].data["image/png"] == "".join(lines)

    def test_a_result_loses_its_number(self):
        kept = keep_safe([{"output_type": "execute_result", "execution_count": 5, "data": {"text/plain": "1"}}], 1000)
        assert kept[0].output_type == "display_data"
        assert "execution_count" not in kept[0]

    def test_metadata_is_dropped(self):
        output = display(**{"text/plain": "p"}) | {"metadata": {"image/png": {"width": '"><script>'}}, "extra": 1}
        assert keep_safe([output], 1000)[0] == {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/plain": "p"},
        }

    @pytest.mark.parametrize(
        "output",
        [
            {},
            {"output_type": None},
            {"output_type": []},
            {"output_type": {}},
            {"output_type": "update_display_data", "data": {"text/plain": "p"}},
            {"output_type": "clear_output"},
            {"output_type": "display_data"},
            {"output_type": "display_data", "data": None},
            {"output_type": "display_data", "data": ["text/plain"]},
            {"output_type": "display_data", "data": {}},
        ],
        ids=repr,
    )
    def test_outputs_of_no_known_kind_are_dropped(self, output):
        assert keep_safe([output], 1000) == []

    @pytest.mark.parametrize("odd", [None, 5, {}, [], [1, None], {"a": "b"}, True], ids=repr)
    def test_odd_shapes_are_survived(self, odd):
        outputs = [
            {"output_type": "stream", "name": odd, "text": odd},
            {"output_type": "error", "ename": odd, "evalue": odd, "traceback": odd},
            display(**{"text/plain": odd}),
        ]
        kept = keep_safe(outputs, 1000)
        assert is_valid(kept)
        assert [one.output_type for one in kept if one.output_type != "display_data"] == ["error"]

    def test_halves_of_characters_are_replaced(self):
        kept = keep_safe([stream("a\ud800"), error("\ud800", ename="\ud800", evalue="\ud800")], 1000)
        assert nbformat.writes(new_notebook(cells=[new_code_cell("", outputs=kept)])).encode()

    @pytest.mark.parametrize(
        "outputs",
        [
            [stream("x" * 5000)],
            [stream("x" * 600)] * 10,
            [display(**{"text/plain": "x" * 5000})],
            [display(**{"text/plain": "x" * 300})] * 10,
            [error("x" * 5000)],
            [error(*["x" * 900] * 500)],
            [error(*["x"] * 50_000)],
            [error(*[""] * 50_000)],
            [error(ename="x" * 5000, evalue="x" * 5000)],
            [error("x" * 500)] * 10,
        ],
    )
    def test_text_is_bounded(self, outputs):
        kept = keep_safe(outputs, 1000)
        assert kept[-1].text == "[The rest of the output was too long and is not shown.]\n"
        assert weight(kept) < 4000
        assert is_valid(kept)

    def test_short_text_is_not_called_long(self):
        assert [output.text for output in keep_safe([stream("x" * 500)], 1000)] == ["x" * 500]

    def test_pictures_do_not_count_as_text(self):
        assert len(keep_safe([display(**{"image/png": png(extra=5000)}), stream("end")], 1000)) == 2

    def test_pictures_that_are_too_large_are_dropped(self):
        (kept,) = keep_safe([display(**{"image/png": png(extra=MAX_IMAGE_BYTES)})], 1000)
        assert kept.data == {"text/plain": NO_PICTURE}

    @pytest.mark.parametrize("size", [(2**16, 2**16), (2**31 - 1, 1), (2**31 - 1, 2**31 - 1), (0, 5)])
    def test_pictures_with_too_many_pixels_are_dropped(self, size):
        assert keep_safe([display(**{"image/png": png(*size)})], 1000)[0].data == {"text/plain": NO_PICTURE}
        assert keep_safe([display(**{"image/png": png(2000, 2000)})], 1000)[0].data == {"image/png": png(2000, 2000)}

    def test_a_picture_of_another_kind_is_dropped(self):
        assert keep_safe([display(**{"image/jpeg": png()})], 1000)[0].data == {"text/plain": NO_PICTURE}

    def test_streams_are_joined_where_they_begin(self):
        outputs = [
            stream("a", "stderr"),
            stream("b"),
            display(**{"text/plain": "p"}),
            stream("c"),
            stream("d", "stderr"),
        ]
        kept = keep_safe(outputs, 1000)
        assert [(one.get("name"), one.get("text")) for one in kept] == [
            ("stdout", "bc"),
            ("stderr", "ad"),
            (None, None),
        ]

    def test_another_output_with_a_name_is_no_stream(self):
        kept = keep_safe([display(**{"text/plain": "p"}) | {"name": "stdout"}, stream("a")], 1000)
        assert [one.output_type for one in kept] == ["display_data", "stream"]

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("10 %\r20 %\r30 %\n", "30 %\n"),
            ("one\r\ntwo\r\n", "one\ntwo\n"),
            ("abc\b\bd\n\b\be", "ad\ne"),
            ("\x1b[1;31mred\x1b[0m", "\x1b[1;31mred\x1b[0m"),
            ("\x1b]0;title\x07\x1b[2Jx\x9b1m\x00\x7f", "]0;title[2Jx1m"),
        ],
    )
    def test_what_a_terminal_obeys_is_done_or_left_out(self, text, shown):
        assert keep_safe([stream(text)], 1000)[0].text == shown

    @pytest.mark.parametrize("text", ["x", "x\b", "\r", "\b", "\x1b[", "\x1b]", "x\r"])
    def test_a_long_line_takes_no_longer_than_its_length(self, text):
        started = time.process_time()
        keep_safe([stream(text * 2**18)], 2**20)
        assert time.process_time() - started < 5  # a second pass over each part would take minutes

    def test_nothing_is_kept_of_nothing(self):
        assert keep_safe([], 1000) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [("", 0), ("abc", 3), (5, 8), (None, 8), (["a", "bc"], 3), ({"ab": "cd"}, 4), ({"a": [{"b": 1.5}]}, 10), ([], 0)],
    ids=repr,
)
def test_weight_counts_characters(content, expected):
    assert weight(content) == expected


def test_weight_survives_deep_nesting():
    content = "x"
    for _ in range(100_000):
        content = [content]
    assert weight(content) == 1
    while isinstance(content, list):  # so that deleting it does not recurse either
        content = content[0]


FIGURE = "<Figure size 640x480 with 1 Axes>"
HUGE = png(extra=MAX_IMAGE_BYTES)


@pytest.mark.parametrize(
    ("data", "shown"),
    {
        "plotly": ({"application/vnd.plotly.v1+json": {}, "text/html": SCRIPT}, "An interactive figure of Plotly"),
        "altair": (
            {
                "application/vnd.vegalite.v5+json": {},
                "text/plain": "<VegaLite 5 object>\n\nIf you see this message, it",
            },
            "An interactive figure of Vega or Altair",
        ),
        "bokeh": ({"application/vnd.bokehjs_exec.v0+json": "", "text/html": SCRIPT}, "An interactive figure of Bokeh"),
        "nbagg": (
            {"application/javascript": "", "text/plain": "<IPython.core.display.Javascript object>"},
            "A program",
        ),
        "SVG": (
            {"image/svg+xml": "<svg/>", "text/plain": FIGURE},
            "A picture that is too large",
        ),
        "large": ({"image/png": HUGE, "text/plain": FIGURE}, "A picture that is too large"),
        "GIF": ({"image/gif": "R0lGODlh", "text/plain": "<IPython.core.display.Image object>"}, "A picture that is"),
        "styled table": ({"text/html": "<table>", "text/plain": "<pandas.Styler at 0x7f00>"}, "A page of HTML"),
        "video": ({"video/mp4": "", "text/plain": "<Video>"}, "A video"),
    }.values(),
)
def test_output_of_which_nothing_can_be_shown_is_named(data, shown):
    (kept,) = keep_safe([display(**data)], 1000)
    assert kept.data["text/plain"].startswith(f"[{shown}")
    assert "cannot be shown here.]" in kept.data["text/plain"]
    assert list(kept.data) == ["text/plain"]
    assert is_valid([kept])


@pytest.mark.parametrize(
    ("data", "shown"),
    {
        "table of pandas": ({"text/html": "<table>", "text/plain": "   a  b\n0  1  2"}, "   a  b\n0  1  2"),
        "figure": ({"image/png": png(), "text/html": SCRIPT, "text/plain": FIGURE}, FIGURE),
        "Markdown": ({"text/markdown": "**so**", "text/plain": "<IPython.core.display.Markdown object>"}, "**so**"),
        "formula": ({"text/latex": ["$x", "^2$"], "text/plain": "<IPython.core.display.Math object>"}, "$x^2$"),
        "slider": ({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "IntSlider()"}, "IntSlider()"),
        "object": ({"text/plain": "<__main__.A object at 0x7f00>"}, "<__main__.A object at 0x7f00>"),
        "comparison": ({"text/html": SCRIPT, "text/plain": "a < b"}, "a < b"),
    }.values(),
)
def test_output_of_which_enough_is_shown_stays_as_it_is(data, shown):
    (kept,) = keep_safe([display(**data)], 1000)
    assert kept.data["text/plain"] == shown
    assert kept.data.get("image/png") == data.get("image/png")


def test_a_remark_is_a_valid_output():
    assert is_valid([remark("[said]")])
