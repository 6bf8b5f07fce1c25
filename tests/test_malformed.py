"""Submissions of every odd kind, all in one class: each is graded for what is there, or named with the reason."""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
import socket
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from classes import (
    CELLS,
    CHECK_OF_TRIPLE,
    CHECKS,
    REFERENCE_OF_BOTH,
    RIGHT,
    TOY,
    WRONG,
    autograded,
    hand_in,
    scores,
    tables,
    write_toy,
)
from courses import ROOT, index_of, run
from helpers import PICTURE, graded_cell
from lossmark import cli
from lossmark.course import Course
from lossmark.gradebook.records import GradeWriter
from lossmark.provenance import RESULTS_FILE

pytestmark = pytest.mark.sandbox

Spoil = Callable[[Path], object]
Edit = Callable[[NotebookNode], object]

STUB = "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
TRIPLE = "def triple(x):\n    ### BEGIN SOLUTION\n    return 3 * x\n    ### END SOLUTION"
FUNCTIONS = [
    new_markdown_cell("# Toy: <b>multiples</b>"),
    graded_cell("locked", "setup", "import math"),
    *CELLS[:2],
    graded_cell("solution", "triple", TRIPLE),
    graded_cell("tests", "triple_tests", "assert triple(0) == 0", points=1),
    CELLS[2],
]
ALL, LOST_DOUBLE, LOST_TRIPLE = 4.0, 1.0, 3.0
"""Points of an honest submission, and without one of the functions."""


@dataclass(frozen=True)
class Kind:
    """What has become of an honest submission, and what must come of it.

    Attributes
    ----------
    spoil : callable
        Given the notebook's file, makes something else of it.
    score : float or None
        The points that it earns; None if it must not be graded.
    said : str
        Part of what tells the student or the TA: of the reason, of a remark, or of the page with the feedback.
    """

    spoil: Spoil
    score: float | None = ALL
    said: str = ""


def refused(said: str, spoil: Spoil) -> Kind:
    """A kind that must not be graded."""
    return Kind(spoil, None, said)


# Ways to spoil a file.


def data(change: Callable[[bytes], bytes]) -> Spoil:
    """Change the bytes."""
    return lambda file: file.write_bytes(change(file.read_bytes()))


def content(new: bytes) -> Spoil:
    return lambda file: file.write_bytes(new)


def edited(edit: Edit) -> Spoil:
    """Edit the notebook; nbformat would mend or refuse what is written."""

    def spoil(file: Path) -> None:
        notebook = nbformat.reads(file.read_text(), as_version=4)
        edit(notebook)
        file.write_text(json.dumps(notebook))

    return spoil


def cell_with(grade_id: str = "double", **fields: Any) -> Spoil:
    """Set fields of a cell."""
    return edited(lambda nb: nb.cells[index_of(nb, grade_id)].update(fields))


def notebook_with(**fields: Any) -> Spoil:
    return edited(lambda nb: nb.update(fields))


def beside(source: str, at: int = 0) -> Spoil:
    """Add a code cell of the student's own."""
    return edited(lambda nb: nb.cells.insert(at, new_code_cell(source)))


def without(*grade_ids: str) -> Spoil:
    return edited(lambda nb: [nb.cells.pop(index_of(nb, grade_id)) for grade_id in grade_ids])


def moved(grade_id: str, to: int) -> Spoil:
    return edited(lambda nb: nb.cells.insert(to, nb.cells.pop(index_of(nb, grade_id))))


def copied(grade_id: str, to: int, **fields: Any) -> Spoil:
    return edited(lambda nb: nb.cells.insert(to, {**nb.cells[index_of(nb, grade_id)], **fields}))


def every_cell(**fields: Any) -> Spoil:
    return edited(lambda nb: [cell.update(fields) for cell in nb.cells])


def marked(**fields: Any) -> Spoil:
    """Set fields of nbgrader's metadata of the solution."""
    return edited(lambda nb: nb.cells[index_of(nb, "double")].metadata.nbgrader.update(fields))


def of_format(version: int) -> Spoil:
    def spoil(file: Path) -> None:
        file.write_text(json.dumps(nbformat.convert(nbformat.read(file, as_version=4), to_version=version)))

    return spoil


def replaced_by(make: Callable[[Path], object]) -> Spoil:
    """Put something else in the place of the file."""

    def spoil(file: Path) -> None:
        file.unlink()
        make(file)

    return spoil


def renamed(name: str) -> Spoil:
    return lambda file: file.rename(file.with_name(name))


def put_into_code_cell(notebook: NotebookNode) -> None:
    at = index_of(notebook, "double")
    notebook.cells[at] = new_code_cell(notebook.cells[at].source)


def put_into_code_cell_without_tests(notebook: NotebookNode) -> None:
    put_into_code_cell(notebook)
    notebook.cells[index_of(notebook, "double_tests")] = new_code_cell("print('my own test')")


def split(notebook: NotebookNode) -> None:
    at = index_of(notebook, "double")
    notebook.cells[at].source = "def times(n, x):\n    return n * x"
    notebook.cells.insert(at + 1, new_code_cell("def double(x):\n    return times(2, x)"))


def merge_with_tests(notebook: NotebookNode) -> None:
    tests = notebook.cells.pop(index_of(notebook, "double_tests"))
    notebook.cells[index_of(notebook, "double")].source += "\n\n" + tests.source


def swap_functions(notebook: NotebookNode) -> None:
    first, second = (notebook.cells[index_of(notebook, name)] for name in ("double", "triple"))
    first.source, second.source = second.source, first.source


def of_another_course(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.grade_id += "_of_2019"


def another_assignment(notebook: NotebookNode) -> None:
    notebook.cells = [
        graded_cell("solution", "median", "def median(x):\n    return sorted(x)[len(x) // 2]"),
        graded_cell("tests", "median_tests", "assert median([1]) == 1", points=5),
    ]


def with_forged_points(notebook: NotebookNode) -> None:
    notebook.cells[index_of(notebook, "double")].source = WRONG
    for cell in notebook.cells:
        if "points" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader.points = 1000
    tests = notebook.cells[index_of(notebook, "double_tests")]
    tests.outputs = [new_output("display_data", {"text/html": "double_tests: 3 of 3 points"})]
    tests.metadata.nbgrader.update(grade=False, solution=True, locked=False, schema_version=1)


def with_widgets(notebook: NotebookNode) -> None:
    kind = "application/vnd.jupyter.widget-view+json"
    notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"1": {"model": "<script>"}}}}
    notebook.cells[index_of(notebook, "double")].outputs = [new_output("display_data", {kind: {"model_id": "1"}})]


def attached(bundle: Any, text: str = "See ![a drawing](attachment:drawing.png).") -> Spoil:
    """Attach something to the written answer."""
    return cell_with("why", source=text, attachments={"drawing.png": bundle})


def with_lines_of_windows(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")


def glue_to_itself(text: bytes) -> bytes:
    return text + b"\n" + text


def mark_conflict(text: bytes) -> bytes:
    head, _, tail = text.partition(b"\n")
    return head + b"\n<<<<<<< HEAD\n" + tail + b"\n=======\n" + tail + b"\n>>>>>>> theirs\n"


def zipped(file: Path) -> None:
    text = file.read_text()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(file.name, text)


def make_socket(file: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(file))


def unanswered(notebook: NotebookNode) -> None:
    notebook.cells[index_of(notebook, "double")].source = STUB


def answered_elsewhere(source: str, place: str, by: int = 0) -> Spoil:
    """Write the answer into a cell of its own near another one, and nothing into its cell."""

    def edit(notebook: NotebookNode) -> None:
        unanswered(notebook)
        notebook.cells.insert(index_of(notebook, place) + by, new_code_cell(source))

    return edited(edit)


def answered_in_another(notebook: NotebookNode) -> None:
    unanswered(notebook)
    notebook.cells[index_of(notebook, "triple")].source += f"\n\n{RIGHT}"


def given_cell(grade_id: str, added: str, solution: str) -> Spoil:
    """Add to a given cell, and use that in the solution."""

    def edit(notebook: NotebookNode) -> None:
        notebook.cells[index_of(notebook, grade_id)].source += f"\n{added}"
        notebook.cells[index_of(notebook, "double")].source = solution

    return edited(edit)


def worked_in_a_copy(file: Path) -> None:
    shutil.copy(file, file.with_name("toy-Copy1.ipynb"))
    nbformat.write(Course(file.parents[3]).assignment(TOY).released, file)


def second_beside(file: Path) -> None:
    file.with_name("toy (1).ipynb").write_text("{}")
    (file.parent / ".ipynb_checkpoints").mkdir()
    shutil.copy(file, file.parent / ".ipynb_checkpoints" / "toy-checkpoint.ipynb")


def file_for_folder(file: Path) -> None:
    shutil.rmtree(file.parent)
    file.parent.write_text("toy")


def with_timestamp(text: str) -> Spoil:
    return lambda file: (file.parent / "timestamp.txt").write_text(text)


def honest(file: Path) -> None:
    """Leave it as it is."""


PUT_BACK = "was missing and has been put back"
NOT_DEFINED = "`double` is not defined"
ABOVE = "`double` is defined in a cell above it, which it replaces when it runs: the answer is in the wrong place"
BELOW = "`double` is defined in a cell below `double_tests`, which runs before that: the answer is in the wrong place"
CUT_OFF = "it is cut off, at line "
NO_FORMAT = "JSON, but without a notebook's `nbformat`"
NO_CELLS = "it has no list of cells"
UNKNOWN_FORMAT = "not a notebook of a known format"
DEEP = b'{"a":' * 100_000

NO_FILES: dict[str, Kind] = {
    "no file": refused("toy.ipynb cannot be read: No such file or directory; ask for", Path.unlink),
    "renamed": refused("if it is 'toy (1).ipynb', rename that", renamed("toy (1).ipynb")),
    "renamed in other case": refused("if it is 'TOY.IPYNB', rename that", renamed("TOY.IPYNB")),
    "a folder": refused("toy.ipynb cannot be read: it is not a file", replaced_by(Path.mkdir)),
    "a file for the folder": refused("toy.ipynb cannot be read: Not a directory", file_for_folder),
    "a link to the solution": refused(
        "toy.ipynb cannot be read: it is a symbolic link",
        replaced_by(lambda file: file.symlink_to("../../../source/toy/toy.ipynb")),
    ),
    "a link to nowhere": refused("it is a symbolic link", replaced_by(lambda file: file.symlink_to("nowhere"))),
    "a link to itself": refused("it is a symbolic link", replaced_by(lambda file: file.symlink_to(file))),
    "a pipe": refused("toy.ipynb cannot be read: it is not a file", replaced_by(os.mkfifo)),
    "a socket": refused("toy.ipynb cannot be read: No such device", replaced_by(make_socket)),
    "too large": refused("it is larger than 100 MB", lambda file: os.truncate(file, 10**8 + 1)),
}
if os.geteuid():  # root may read everything
    NO_FILES["not to be read"] = refused("Permission denied; let this account read it", lambda file: file.chmod(0))

NO_NOTEBOOKS: dict[str, Kind] = {
    "empty file": refused("the file is empty; ask for the file that Jupyter saves", content(b"")),
    "blank file": refused("the file is empty", content(b" \r\n\t\n")),
    "null bytes": refused("it holds null bytes and nothing else", content(bytes(5000))),
    "cut off early": refused(CUT_OFF, data(lambda text: text[:100])),
    "cut off in the middle": refused(CUT_OFF, data(lambda text: text[: len(text) // 2])),
    "cut off late": refused(CUT_OFF, data(lambda text: text.rstrip()[:-1])),
    "null bytes at its end": refused("and more follows", data(lambda text: text + bytes(512))),
    "glued together": refused("more follows, perhaps a second notebook", data(glue_to_itself)),
    "merge conflict": refused("the marks of a merge conflict, in line 2; choose one", data(mark_conflict)),
    "no quotes of JSON": refused("from line 1, column 2 on", data(lambda text: str(json.loads(text)).encode())),
    "a comma too many": refused("not JSON, from line", data(lambda text: text.replace(b"\n ]", b",\n ]", 1))),
    "utf-16": refused("it is text in UTF-16; save it in UTF-8", data(lambda text: text.decode().encode("utf-16"))),
    "latin-1": refused(
        "not text in UTF-8, at byte ",
        data(lambda text: text.replace(b"Because", "Weil für".encode("latin-1"))),
    ),
    "gzip": refused("it is compressed with gzip; unpack it", data(gzip.compress)),
    "zip": refused("it is a zip archive, or an office document", zipped),
    "pdf": refused("it is a PDF page", content(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")),
    "png": refused("it is a picture", content(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")),
    "jpeg": refused("it is a picture", content(b"\xff\xd8\xff\xe0\0\x10JFIF")),
    "web page": refused("it is a web page, not JSON", content(b"\n<!DOCTYPE html>\n<html><body>Log in</body></html>")),
    "python script": refused("it is a script or plain text, not JSON", content(f"# %%\n{RIGHT}\n".encode())),
    "essay": refused("not JSON, from line 1, column 1 on", content(b"I could not upload it. Sorry!")),
    "git lfs": refused("`git lfs pull`", content(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n")),
    "too deep": refused("nested too deeply", content(DEEP + b"1" + b"}" * 100_000)),
    "deep and cut off": refused("nested too deeply", content(DEEP)),
    "too many digits": refused(
        "a number in it has too many digits",
        data(lambda text: text.replace(b'"nbformat": 4', b'"nbformat": ' + b"4" * 5000)),
    ),
    "list": refused(NO_FORMAT, data(lambda text: b"[" + text + b"]")),
    "number": refused(NO_FORMAT, content(b"20")),
    "null": refused(NO_FORMAT, content(b"null")),
    "notebook in a text": refused(NO_FORMAT, data(lambda text: json.dumps(text.decode()).encode())),
    "no format": refused(NO_FORMAT, edited(lambda nb: nb.pop("nbformat"))),
    "format a text": refused(NO_FORMAT, notebook_with(nbformat="4")),
    "format a fraction": refused(NO_FORMAT, notebook_with(nbformat=4.5)),
    "format true": refused(NO_FORMAT, notebook_with(nbformat=True)),
    "format 0": refused(UNKNOWN_FORMAT, notebook_with(nbformat=0)),
    "format 5": refused(UNKNOWN_FORMAT, notebook_with(nbformat=5)),
    "format 3 by name alone": refused(UNKNOWN_FORMAT, notebook_with(nbformat=3, worksheets=3)),
    "no cells": refused(NO_CELLS, edited(lambda nb: nb.pop("cells"))),
    "cells null": refused(NO_CELLS, notebook_with(cells=None)),
    "cells an object": refused(NO_CELLS, edited(lambda nb: nb.update(cells=dict(enumerate(nb.cells))))),
    "too many cells": refused(
        "it has 10001 cells, more than 10000", notebook_with(cells=[{"cell_type": "code"}] * 10_001)
    ),
    "too many old cells": refused(
        "more than 10000", notebook_with(nbformat=3, worksheets=[{"cells": [{"cell_type": "code"}] * 10_001}])
    ),
}

ODD_FORMATS: dict[str, Kind] = {
    **{f"nbformat 4.{minor}": Kind(notebook_with(nbformat_minor=minor)) for minor in (0, 1, 2, 3, 4, 5, 99)},
    "nbformat 2": Kind(of_format(2)),
    "nbformat 3": Kind(of_format(3)),
    "minor version a text": Kind(notebook_with(nbformat_minor="five")),
    "no minor version": Kind(edited(lambda nb: nb.pop("nbformat_minor"))),
    "byte order mark": Kind(data(lambda text: b"\xef\xbb\xbf" + text)),
    "line ends of Windows": Kind(data(lambda text: text.replace(b"\n", b"\r\n"))),
    "line ends of Windows in cells": Kind(edited(with_lines_of_windows)),
    "line ends of old Macs": Kind(data(lambda text: text.replace(b"\\n", b"\\r"))),
    "on one line": Kind(data(lambda text: json.dumps(json.loads(text), sort_keys=True).encode())),
    "keys twice": Kind(data(lambda text: b'{"cells": [], "nbformat": 3,' + text.lstrip()[1:])),
    "not a number": Kind(notebook_with(x=[float("nan"), float("inf"), -float("inf")])),
    "missing ids": Kind(edited(lambda nb: [cell.pop("id") for cell in nb.cells])),
    "duplicate ids": Kind(every_cell(id="same")),
    "ids of numbers": Kind(every_cell(id=5)),
    "ids too long": Kind(every_cell(id="x" * 5000)),
    "metadata null": Kind(notebook_with(metadata=None)),
    "metadata a list": Kind(notebook_with(metadata=["x"])),
    "deep metadata": Kind(notebook_with(metadata=json.loads('{"a":' * 300 + "1" + "}" * 300))),
    "kernel of R": Kind(
        notebook_with(metadata={"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}, "language_info": 5})
    ),
    "unknown fields": Kind(every_cell(extra={"a": []})),
    "widgets": Kind(edited(with_widgets)),
    "second notebook beside": Kind(second_beside, ALL, "beside `toy.ipynb` lies `toy (1).ipynb`, which is not graded"),
    "worked in a copy": Kind(worked_in_a_copy, 0.0, "beside it lies `toy-Copy1.ipynb`, which is not graded: if that"),
    "a wrong time": Kind(with_timestamp("at noon"), ALL, "timestamp.txt does not hold a time"),
}

ODD_CELLS: dict[str, Kind] = {
    "no cell at all": Kind(notebook_with(cells=[]), 0.0, "the cell `double` is missing from the notebook"),
    "another assignment": Kind(edited(another_assignment), 0.0, "the cell `double` is missing from the notebook"),
    "grade ids of another course": Kind(edited(of_another_course), ALL, f"the cell `double_tests` {PUT_BACK}"),
    "no metadata": Kind(every_cell(metadata={}), ALL, f"the cell `double_tests` {PUT_BACK}"),
    "cells' metadata null": Kind(every_cell(metadata=None), ALL, f"the cell `double_tests` {PUT_BACK}"),
    "nbgrader a list": Kind(every_cell(metadata={"nbgrader": ["double"]}), ALL, f"`double_tests` {PUT_BACK}"),
    "grade id a number": Kind(marked(grade_id=5), ALL, "the cell `double` is missing from the notebook"),
    "grade id a list": Kind(marked(grade_id=["double"]), ALL, "the cell `double` is missing from the notebook"),
    "grade ids swapped": Kind(edited(swap_functions), LOST_DOUBLE, NOT_DEFINED),
    "points forged": Kind(edited(with_forged_points), LOST_DOUBLE, "expected"),
    "tests deleted": Kind(without("double_tests"), ALL, f"the cell `double_tests` {PUT_BACK}"),
    "tests edited": Kind(cell_with("double_tests", source="pass"), ALL, "`double_tests` was changed; the instructor's"),
    "tests a list of lines": Kind(cell_with("double_tests", source=["assert ", "double(0) == 0"])),
    "tests copied to the end": Kind(copied("double_tests", 99), ALL, "`double_tests` is there more than once"),
    "tests copied to the top": Kind(copied("double_tests", 0), ALL, "`double_tests` is there more than once"),
    "tests at the end": Kind(moved("double_tests", 99)),
    "tests at the top": Kind(moved("double_tests", 0), LOST_DOUBLE, "stands above `double`, which it tests"),
    "tests as markdown": Kind(cell_with("double_tests", cell_type="markdown")),
    "tests redefine": Kind(cell_with("double_tests", source="double = None"), ALL, "`double_tests` was changed"),
    "all turned round": Kind(edited(lambda nb: nb.cells.reverse()), 0.0, "stands above `triple`, which it tests"),
    "locked cell deleted": Kind(without("setup"), ALL, f"the cell `setup` {PUT_BACK}"),
    "locked cell edited": Kind(cell_with("setup", source="1 / 0"), ALL, "`setup` was changed; the instructor's"),
    "solution deleted": Kind(without("double"), LOST_DOUBLE, "the cell `double` is missing from the notebook"),
    "solution in another cell": Kind(edited(put_into_code_cell), ALL, "the cell `double` is missing"),
    "solution in another cell, no tests": Kind(
        edited(put_into_code_cell_without_tests), ALL, f"the cell `double_tests` {PUT_BACK}"
    ),
    "solution and tests deleted": Kind(without("double", "double_tests"), LOST_DOUBLE, "the cell `double` is missing"),
    "solution split over cells": Kind(edited(split)),
    "solution merged with tests": Kind(edited(merge_with_tests), ALL, f"the cell `double_tests` {PUT_BACK}"),
    "solution below its tests": Kind(moved("double", 99), LOST_DOUBLE, "stands above `double`, which it tests"),
    "solution twice": Kind(copied("double", 99), ALL, "`double` is there more than once; the last one counts"),
    "solution twice, right last": Kind(copied("double", 0, source=WRONG), ALL, "`double` is there more than once"),
    "solution twice, wrong last": Kind(
        copied("double", 3, source=WRONG), LOST_DOUBLE, "`double` is there more than once"
    ),
    "answer above its cell": Kind(answered_elsewhere(RIGHT, "double"), LOST_DOUBLE, ABOVE),
    "answer at the top, as lambda": Kind(answered_elsewhere("double = lambda x: 2 * x", "setup"), LOST_DOUBLE, ABOVE),
    "answer above and below": Kind(
        edited(
            lambda nb: [unanswered(nb), nb.cells.insert(1, new_code_cell(RIGHT)), nb.cells.append(new_code_cell(RIGHT))]
        ),
        LOST_DOUBLE,
        ABOVE,
    ),
    "answer below its tests": Kind(answered_elsewhere(RIGHT, "double_tests", 1), LOST_DOUBLE, BELOW),
    "answer at the end, with a magic": Kind(answered_elsewhere(f"%%time\n{RIGHT}", "why", 1), LOST_DOUBLE, BELOW),
    "answer in another answer": Kind(edited(answered_in_another), LOST_DOUBLE, BELOW),
    "answer between cell and tests": Kind(answered_elsewhere(RIGHT, "double_tests")),
    "import in a given cell": Kind(
        given_cell("setup", "import statistics as st", "def double(x):\n    return 2 * x if st else x"),
        ALL,
        "`setup` was changed; the instructor's version was used; 1 added import was kept",
    ),
    "imports over lines in a given cell": Kind(
        given_cell(
            "setup",
            "from operator import (\n    mul,  # a product\n    add as plus,\n)",
            "def double(x):\n    return plus(mul(x, 1), x)",
        ),
        ALL,
        "1 added import was kept",
    ),
    "imports in given tests": Kind(
        given_cell("double_tests", "import json, string as s\nfrom functools import *", RIGHT),
        ALL,
        "2 added imports were",
    ),
    "import in a given cell in place of its own": Kind(
        edited(lambda nb: nb.cells[index_of(nb, "setup")].update(source="import cmath as math")), ALL, "1 added import"
    ),
    "helper in a given cell": Kind(
        given_cell("setup", "def helper(x):\n    return x + x", "def double(x):\n    return helper(x)"),
        LOST_DOUBLE,
        "was used; left out: `def helper(x):`, `return x + x`",
    ),
    "solution as markdown": Kind(cell_with(cell_type="markdown"), ALL, "was of another type; it was read as code"),
    "solution as raw": Kind(cell_with(cell_type="raw"), ALL, "was of another type; it was read as code"),
    "solution as heading": Kind(cell_with(cell_type="heading"), LOST_DOUBLE, "the cell `double` is missing"),
    "cell type a list": Kind(cell_with(cell_type=["code"]), LOST_DOUBLE, "the cell `double` is missing"),
    "answer as code": Kind(cell_with("why", cell_type="code"), ALL, "it was read as markdown"),
    "answer deleted": Kind(without("why"), ALL, f"the cell `why` {PUT_BACK}"),
    "cells that are none": Kind(edited(lambda nb: nb.cells.extend([1, None, "code", [], {}]))),
    "source a list": Kind(cell_with(source=RIGHT.splitlines(keepends=True))),
    "source a list of anything": Kind(cell_with(source=["def double(x):\n", None, 5, ["pass"], "    return 2 * x"])),
    "source a number": Kind(cell_with(source=5), LOST_DOUBLE, NOT_DEFINED),
    "source null": Kind(cell_with(source=None), LOST_DOUBLE, NOT_DEFINED),
    "source an object": Kind(cell_with(source={"0": RIGHT}), LOST_DOUBLE, NOT_DEFINED),
    "source missing": Kind(edited(lambda nb: nb.cells[index_of(nb, "double")].pop("source")), LOST_DOUBLE, NOT_DEFINED),
    "outputs null": Kind(every_cell(outputs=None)),
    "outputs a number": Kind(every_cell(outputs=5)),
    "outputs of any shape": Kind(every_cell(outputs=[1, "a", None, {"output_type": []}, {"data": {"image/png": 5}}])),
    "outputs of tens of megabytes": Kind(
        cell_with(outputs=[{"output_type": "stream", "name": "stdout", "text": "x" * 30_000_000}])
    ),
    "outputs by the ten thousand": Kind(
        cell_with(outputs=[{"output_type": "stream", "name": "stdout", "text": "x"}] * 50_000)
    ),
    "execution count a text": Kind(every_cell(execution_count="many")),
    "picture in the answer": Kind(attached({"image/png": PICTURE}), ALL, f"data:image/png;base64,{PICTURE}"),
    "picture of SVG in the answer": Kind(attached({"image/svg+xml": "<svg onload=alert(1)>"}), ALL, "a drawing"),
    "picture that is none": Kind(attached(5), ALL, "a drawing"),
    "picture that is not attached": Kind(cell_with("why", source="![a drawing](attachment&colon;x)"), ALL, "a drawing"),
    "attachments a list": Kind(cell_with("why", attachments=["drawing.png"])),
}

ODD_CODE: dict[str, Kind] = {
    "nothing": Kind(cell_with(source=""), LOST_DOUBLE, NOT_DEFINED),
    "half a character": Kind(cell_with(source=f"{RIGHT}  # \ud800")),
    "null byte": Kind(cell_with(source=f"{RIGHT}\0"), LOST_DOUBLE, NOT_DEFINED),
    "byte order mark in a cell": Kind(cell_with(source=f"\ufeff{RIGHT}"), LOST_DOUBLE, "U+FEFF"),
    "quotes of a word processor": Kind(cell_with(source=f"s = “s”\n{RIGHT}"), LOST_DOUBLE, "invalid character '“'"),
    "hard spaces": Kind(cell_with(source=RIGHT.replace(" ", "\u00a0")), LOST_DOUBLE, "U+00A0"),
    "tabs and spaces": Kind(cell_with(source="def double(x):\n\tx = 2 * x\n        return x"), LOST_DOUBLE, "TabError"),
    "python 2": Kind(cell_with(source=f"print 'hello'\n{RIGHT}"), LOST_DOUBLE, "Missing parentheses in call"),
    "code of R": Kind(cell_with(source="double <- function(x) 2 * x"), LOST_DOUBLE, "invalid syntax"),
    "prompts": Kind(cell_with(source=">>> def double(x):\n...     return 2 * x")),
    "names in any script": Kind(cell_with(source="def удвоить(число):\n    return 2 * число\ndouble = удвоить")),
    "names that look alike": Kind(cell_with(source="def dоuble(x):\n    return 2 * x"), LOST_DOUBLE, NOT_DEFINED),
    "names of other width": Kind(cell_with(source="def ｄouble(x):\n    return 2 * x")),
    "%%time": Kind(cell_with(source=f"%%time\n{RIGHT}")),
    "%%capture": Kind(cell_with(source=f"%%capture\n{RIGHT}")),
    "%%bash": Kind(cell_with(source=f"%%bash\n{RIGHT}"), LOST_DOUBLE, NOT_DEFINED),
    "%%writefile": Kind(cell_with(source=f"%%writefile double.py\n{RIGHT}"), LOST_DOUBLE, "Writing double.py"),
    "%%html": Kind(cell_with(source="%%html\n<script>alert(1)</script>"), LOST_DOUBLE, NOT_DEFINED),
    "%no_such_magic": Kind(beside("%no_such_magic"), ALL, "no_such_magic` not found"),
    "%run": Kind(beside("%run my_functions.py"), ALL, "my_functions.py"),
    "%autoreload": Kind(cell_with(source=f"%load_ext autoreload\n%autoreload 2\n{RIGHT}")),
    "shell line": Kind(cell_with(source=f"!echo hello\nfiles = !ls\n{RIGHT}")),
    "!pip install": Kind(beside("!pip install --retries 0 numpy-of-tomorrow"), ALL, "numpy-of-tomorrow"),
    "google.colab": Kind(
        cell_with(source=f"from google.colab import drive\ndrive.mount('/content')\n{RIGHT}"),
        LOST_DOUBLE,
        "No module named 'google",
    ),
    "google.colab in a cell of its own": Kind(beside("from google.colab import drive"), ALL, "No module named 'google"),
    "package that is not here": Kind(
        edited(
            lambda nb: [
                nb.cells.insert(0, new_code_cell("import package_of_tomorrow as pot\nfactor = 2")),
                nb.cells[index_of(nb, "double")].update(source="def double(x):\n    return factor * x"),
            ]
        ),
        LOST_DOUBLE,
        "'package_of_tomorrow'): its other imports were made, and the rest of the cell was not run; errors of names",
    ),
    "widgets that are not installed": Kind(beside("import ipyvolume"), ALL, "No module named 'ipyvolume'"),
    "file that is not here": Kind(beside(r"open('C:\\Users\\me\\data.csv')"), ALL, "FileNotFoundError"),
    "merge conflict in a cell": Kind(
        cell_with(source=f"<<<<<<< HEAD\n{RIGHT}\n=======\n{WRONG}\n>>>>>>> theirs"), LOST_DOUBLE, "invalid syntax"
    ),
    "a very long line": Kind(beside("x = '" + "y" * 1_000_000 + "'")),
    "a very long cell": Kind(beside("x = 1\n" * 2_000)),
    "brackets without end": Kind(beside("(" * 100_000), ALL, "SyntaxError"),
    "markup without end": Kind(
        edited(lambda nb: nb.cells.append(new_markdown_cell(f"<b {' '.join(f'a{i}' for i in range(200_000))}>")))
    ),
}

SCRIPTS = ["张伟", "محمد علي", "Ωμέγα-Ö", "नीलम", "e\u0301ve", "😀"]
MARKS = ['O\'Brien "Bob"', "[bold]bob", "-rf", "a;b$(c)", "100%"]
"""Names of folders, in any script and with characters that mean something elsewhere."""
NO_ADDRESS = ["UNI\\alice", "#1", "a?b", "50%25"]
"""Names of which formgrader, which puts them into addresses, finds no page."""
ALIKE = ["AN HONEST ONE", "\u00e9ve"]
"""Names that a person takes for another one of the class."""
HIDDEN = [".hidden", "...", ".. b"]
"""Names that nbgrader passes over."""

KINDS: dict[str, Kind] = {
    "an honest one": Kind(honest),
    **NO_FILES,
    **NO_NOTEBOOKS,
    **ODD_FORMATS,
    **ODD_CELLS,
    **ODD_CODE,
    **{student: Kind(honest) for student in [*SCRIPTS, *MARKS]},
    **{student: Kind(honest, ALL, "formgrader finds no page of") for student in NO_ADDRESS},
    **{student: Kind(honest, ALL, "differ by case or the encoding of accents alone") for student in ALIKE},
    **{student: refused("because its name begins with a dot; rename the folder", honest) for student in HIDDEN},
    "the last one is honest": Kind(honest),
}
REFUSED = [name for name, kind in KINDS.items() if kind.score is None]
GRADED = [name for name, kind in KINDS.items() if kind.score is not None]


@dataclass(frozen=True)
class GradedClass:
    """The class after the command, and what was printed."""

    course: Course
    printed: subprocess.CompletedProcess[str]

    def complaints(self) -> dict[str, str]:
        """Return why submissions were not graded, by student."""
        lines = [line.removeprefix("lossmark: ") for line in self.printed.stderr.splitlines()]
        parts = [line.partition(" was not graded: ") for line in lines if " was not graded: " in line]
        assert len(parts) == len({student for student, _, _ in parts})
        return {student: reason for student, _, reason in parts}


SETTINGS_OF_PAGES = Course(ROOT).config


@pytest.fixture(scope="module")
def graded_class(tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
    graders = {"test_toy": CHECKS + CHECK_OF_TRIPLE, "reference": REFERENCE_OF_BOTH}
    course = write_toy(tmp_path_factory.mktemp("course"), cells=FUNCTIONS, graders=graders)
    for student, kind in KINDS.items():
        kind.spoil(hand_in(course, student) / f"{TOY}.ipynb")
    return GradedClass(course, run("lossmark", "autograde", TOY, cwd=course.root))


def test_the_run_goes_on_past_each_of_them(graded_class: GradedClass) -> None:
    printed = graded_class.printed
    assert printed.returncode == 1
    assert printed.stdout.startswith(f"{TOY}: {len(GRADED)} graded, {len(REFUSED)} not graded; ")
    assert sorted(graded_class.complaints()) == sorted(REFUSED)
    assert "Traceback" not in printed.stderr
    remarks = (
        "the cell `",
        "beside `",
        "nothing was written into `toy.ipynb`",
        "an import of a cell failed (",
        "formgrader finds no page of ",
        "'",
        f"{graded_class.course.root}/submitted/a wrong time/",
    )
    known = ["lossmark: ", "grading toy: ", "not graded: "]
    known += [f"{student}: {remark}" for student in GRADED for remark in remarks]
    assert [line for line in printed.stderr.splitlines() if not line.startswith(tuple(known))] == []
    assert scores(graded_class.course).keys() == set(GRADED)


@pytest.mark.parametrize("student", REFUSED)
def test_what_cannot_be_graded_is_named_with_what_where_and_what_to_do(student: str, graded_class: GradedClass) -> None:
    reason = graded_class.complaints()[student]
    assert KINDS[student].said in reason
    assert str(graded_class.course.root / "submitted" / student / TOY) in reason
    assert not autograded(graded_class.course, student).exists()
    assert student not in {row[0] for row in tables(graded_class.course)["student"]}


@pytest.mark.parametrize("student", GRADED)
def test_what_can_be_graded_earns_what_is_there_and_says_what_is_odd(student: str, graded_class: GradedClass) -> None:
    kind, folder = KINDS[student], autograded(graded_class.course, student)
    results = json.loads((folder / RESULTS_FILE).read_text())
    assert (results["score"], results["max_score"]) == (kind.score, ALL)
    assert [cell["grade_id"] for cell in results["cells"]] == ["double_tests", "triple_tests"]
    for cell in results["cells"]:
        assert scores(graded_class.course, cell=cell["grade_id"])[student] == cell["score"]
    notebook = nbformat.read(folder / f"{TOY}.ipynb", as_version=4)
    nbformat.validate(notebook)
    page = unescape(HTMLExporter(template_name="basic", config=SETTINGS_OF_PAGES).from_notebook_node(notebook)[0])
    said = "\n".join([*results["remarks"], page.replace("<code>", "`").replace("</code>", "`")])
    assert kind.said in said
    assert all(f"{student}: {remark}\n" in graded_class.printed.stderr for remark in results["remarks"])
    assert "alert(1)" not in page


def test_second_run_tries_what_was_not_graded_and_nothing_else(graded_class: GradedClass) -> None:
    again = run("lossmark", "autograde", TOY, cwd=graded_class.course.root)
    assert again.returncode == 1
    assert again.stdout.startswith(
        f"{TOY}: 0 graded, {len(GRADED)} unchanged since they were graded, {len(REFUSED)} not graded; "
    )
    assert GradedClass(graded_class.course, again).complaints() == graded_class.complaints()


def test_page_says_what_it_was_made_from_and_once_what_was_unusual(graded_class: GradedClass) -> None:
    """A submission in a copy, after which something was handed in that is not a notebook."""
    course, student = graded_class.course, "worked in a copy"
    file = course.root / "submitted" / student / TOY / f"{TOY}.ipynb"
    before = file.read_bytes()
    file.write_bytes(NO_NOTEBOOK)
    try:
        done = run("nbgrader", "generate_feedback", TOY, "--student", student, cwd=course.root)
    finally:
        file.write_bytes(before)
    assert done.returncode == 0, done.stderr
    page = BeautifulSoup((course.root / "feedback" / student / TOY / f"{TOY}.html").read_text(), "html.parser")
    assert page.select_one(".newer").text == (
        "There is a later submission, which this page does not show: toy.ipynb cannot be graded: it is not a notebook: "
        "it is a PDF page; ask for the file that Jupyter saves (.ipynb)."
    )
    (remark,) = [item.text for item in page.select(".remarks li")]
    assert remark.startswith("nothing was written into `toy.ipynb`, which is graded; beside it lies `toy-Copy1.ipynb`")
    assert "Score: 0 of 6 points" in page.header.get_text(" ", strip=True)


ODD_FILES = ["byte order mark", "metadata null", "outputs null", "cells' metadata null", "execution count a text"]
ODD_FILES += [
    "worked in a copy",
    "outputs of any shape",
    "source null",
    "nbformat 2",
    "no minor version",
    "an honest one",
]
NO_NOTEBOOK = b"%PDF-1.7 of a notebook"


@pytest.fixture(scope="module")
def graded_by_nbgrader(tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
    """Odd files and one that is not a notebook, graded with nbgrader's own command, as by formgrader's button."""
    graders = {"test_toy": CHECKS + CHECK_OF_TRIPLE, "reference": REFERENCE_OF_BOTH}
    course = write_toy(tmp_path_factory.mktemp("nbgrader"), cells=FUNCTIONS, graders=graders)
    with GradeWriter(course, TOY) as writer:
        writer.prepare()
    for student in ODD_FILES:
        KINDS[student].spoil(hand_in(course, student) / f"{TOY}.ipynb")
    (hand_in(course, "a page") / f"{TOY}.ipynb").write_bytes(NO_NOTEBOOK)
    return GradedClass(course, run("nbgrader", "autograde", TOY, cwd=course.root))


def test_nbgraders_command_grades_the_same_files(graded_by_nbgrader: GradedClass) -> None:
    totals = [scores(graded_by_nbgrader.course, cell=cell) for cell in ("double_tests", "triple_tests")]
    for student in ODD_FILES:
        earned = [scored[student] for scored in totals]
        assert sum(score or 0.0 for score in earned) == KINDS[student].score, (student, graded_by_nbgrader.printed)
    assert KINDS["worked in a copy"].said in graded_by_nbgrader.printed.stderr
    assert [scored["a page"] for scored in totals] == [None, None]
    assert "it is a PDF page; ask for the file that Jupyter saves" in graded_by_nbgrader.printed.stderr


def test_what_nbgrader_could_not_grade_is_exported_without_a_number(
    graded_by_nbgrader: GradedClass, capsys: pytest.CaptureFixture[str]
) -> None:
    course = graded_by_nbgrader.course
    (course.root / "submitted" / "not yet known" / TOY).mkdir(parents=True)
    hand_in(course, "an honest one", WRONG)  # another file than the one that was graded
    assert cli.main(["export", "--format", "moodle", "--zeros", "--course", str(course.root), "--to", "-"]) == 0
    printed = capsys.readouterr()
    rows = {row[0]: row[1:] for row in csv.reader(printed.out.splitlines())}
    named = [row for student, row in rows.items() if student in ("a page", "an honest one")]
    assert len(named) == 2
    assert all(not any(cell.replace(".", "").isdigit() for cell in row) for row in named), rows
    assert any(str(int(ALL)) in row for row in rows.values())
    assert "2 handed in and not graded yet (lossmark autograde toy): a page, an honest one\n" in printed.err
    assert "toy: not yet known handed in and cannot be graded: " in printed.err
    assert json.loads(explained(course, capsys))["score"] is None


def explained(course: Course, capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.main(["explain", "a page", TOY, "--course", str(course.root), "--json"]) == 0
    return capsys.readouterr().out
