"""Reading submitted notebooks, and laying them out for grading."""

from __future__ import annotations

import json
import re
import time

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.filters import markdown2html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.utils import determine_grade

from helpers import PICTURE, graded_cell, write_course
from lossmark.course import kind_of
from lossmark.errors import UsageError
from lossmark.execution.misplaced import ANSWER_BESIDE
from lossmark.execution.notebook import lay_out, read_notebook, read_notebook_file

SOLUTION = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"
TESTS = (
    'assert f() is not None\n### BEGIN HIDDEN TESTS\nimport lossmark; lossmark.grade("f_tests")\n### END HIDDEN TESTS'
)
PNG = {"image/png": PICTURE}
MAX_MARKUP = 40_000
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    cells = [
        new_markdown_cell("# Toy <b>title</b>"),
        graded_cell("locked", "setup", "import numpy as np"),
        graded_cell("solution", "f", SOLUTION),
        graded_cell("tests", "f_tests", TESTS, 2),
        graded_cell("solution", "g", SOLUTION.replace("f()", "g()")),
        graded_cell("tests", "g_tests", TESTS.replace("f()", "g()").replace("f_tests", "g_tests"), 1),
        graded_cell("manual", "why", "Is 1 < 2?\n### BEGIN SOLUTION\nYes.\n### END SOLUTION", 3),
    ]
    return write_course(tmp_path_factory.mktemp("course"), cells, {})


def text_of(*cells, **fields):
    """Write a notebook as JSON, cell by cell, with nothing checked."""
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **fields})


def code(source="x = 1", **fields):
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None, **fields}


def marked(grade_id, source, cell_type="code", **metadata):
    return code(source, cell_type=cell_type, metadata={"nbgrader": {"grade_id": grade_id, **metadata}})


def submitted(assignment, edit=lambda cells: None):
    """Lay out the released notebook after an edit of its list of cells."""
    notebook = nbformat.from_dict(assignment.released)
    notebook = nbformat.reads(nbformat.writes(notebook), as_version=4)
    edit(notebook.cells)
    return lay_out(read_notebook(nbformat.writes(notebook)), assignment)


def cell_of(sheet, grade_id):
    (cell,) = [c for c in sheet.notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id]
    return cell


def ids_of(sheet):
    return [c.metadata.nbgrader.grade_id for c in sheet.notebook.cells if "nbgrader" in c.metadata]


OLD = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}}
NO_NOTEBOOK = {
    "nothing": b"",
    "blank": b" \n",
    "words": b"I could not upload it",
    "html": b"<!DOCTYPE html><html></html>",
    "python": b"def f():\n    return 1\n",
    "picture": b"\x89PNG\r\n\x1a\n\0\0",
    "zip": b"PK\x03\x04\x14\0",
    "list": b"[]",
    "number": b"4",
    "text": b'"notebook"',
    "null": b"null",
    "cut off": text_of(code()).encode()[:-20],
    "latin-1": text_of(code("é")).replace("\\u00e9", "é").encode("latin-1"),
    "utf-16": text_of(code()).encode("utf-16"),
    "conflict": b"<<<<<<< HEAD\n" + text_of(code()).encode(),
    "no nbformat": b'{"cells": []}',
    "nbformat null": text_of(nbformat=None),
    "nbformat text": text_of(nbformat="4"),
    "nbformat 4.5": text_of(nbformat=4.5),
    "nbformat list": text_of(nbformat=[4]),
    "nbformat 0": text_of(nbformat=0),
    "nbformat -1": text_of(nbformat=-1),
    "nbformat 5": text_of(nbformat=5),
    "nbformat huge": text_of(nbformat=10**30),
    "nbformat 2 without worksheets": text_of(nbformat=2),
    "nbformat 3 without worksheets": text_of(nbformat=3),
    "nbformat 3, worksheets null": json.dumps({**OLD, "worksheets": None}),
    "nbformat 3, worksheets text": json.dumps({**OLD, "worksheets": "abc"}),
    "nbformat 3, cell a number": json.dumps({**OLD, "worksheets": [{"cells": [1]}]}),
    "nbformat 3, cells null": json.dumps({**OLD, "worksheets": [{"cells": None}]}),
    "no cells": b'{"nbformat": 4}',
    "cells null": text_of(cells=None),
    "cells an object": text_of(cells={"0": code()}),
    "cells text": text_of(cells="code"),
    "too deep": b'{"nbformat": 4, "cells": ' + b"[" * 100_000,
    "too many digits": b'{"nbformat": 4, "cells": [], "x": ' + b"1" * 5000 + b"}",
}
USABLE = {
    "nbformat 4.0": text_of(code(), nbformat_minor=0),
    "nbformat 4.4": text_of(code(), nbformat_minor=4),
    "nbformat 4.5": text_of(code(id="a")),
    "nbformat 4.99": text_of(code(id="a"), nbformat_minor=99),
    "no minor version": json.dumps({"nbformat": 4, "cells": [code()]}),
    "minor version text": text_of(code(), nbformat_minor="five"),
    "byte order mark": b"\xef\xbb\xbf" + text_of(code()).encode(),
    "windows line ends": text_of(code()).replace("{", "{\r\n").encode(),
    "duplicate ids": text_of(code(id="a"), code("", id="a")),
    "missing ids": text_of(code(), code("")),
    "ids of numbers": text_of(code(id=5)),
    "metadata null": text_of(code(metadata=None), metadata=None),
    "metadata list": text_of(code(metadata=[1]), metadata=[1]),
    "no metadata": json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = 1"}]}),
    "nbgrader null": text_of(code(metadata={"nbgrader": None})),
    "nbgrader list": text_of(code(metadata={"nbgrader": ["f"]})),
    "grade id null": text_of(marked(None, "x = 1")),
    "grade id number": text_of(marked(5, "x = 1")),
    "grade id list": text_of(marked(["f"], "x = 1")),
    "grade id object": text_of(marked({"f": 1}, "x = 1")),
    "odd nbgrader types": text_of(marked("f", "x = 1", points="many", grade=5, locked=None, schema_version={})),
    "source of lines": text_of(code(["x ", "= 1"])),
    "lines that are none": text_of(code(["x ", None, 5, ["y"], "= 1"])),
    "outputs null": text_of(code(outputs=None)),
    "outputs of numbers": text_of(code(outputs=[1, "a", {"output_type": []}])),
    "execution count text": text_of(code(execution_count="many")),
    "attachments": text_of(code(attachments={"a.png": {"image/png": "AAAA"}})),
    "deep metadata": text_of(code(), metadata=json.loads('{"a":' * 300 + "1" + "}" * 300)),
    "huge integer": text_of(code(), metadata={"x": 10**1000}),
    "nan": text_of(code(), metadata={"x": float("nan")}),
    "other kernel": text_of(code(), metadata={"kernelspec": {"name": "julia", "language": "julia"}}),
    "kernelspec null": text_of(code(), metadata={"kernelspec": None, "language_info": 5}),
    "unknown fields": text_of(code(extra=1), extra={"a": []}),
    "cells that are none": text_of(1, None, "code", [], {}, code()),
    "unknown cell type": text_of({"cell_type": "heading", "source": "x"}, code()),
    "cell type null": text_of({"cell_type": None, "source": "x"}, code()),
    "cell type list": text_of({"cell_type": ["code"], "source": "x"}, code()),
    "cell type object": text_of({"cell_type": {}, "source": "x"}, code()),
    "nbformat 3": json.dumps({**OLD, "worksheets": [{"cells": [code("", input="x = 1", language="python")]}]}),
}


TOO_MUCH_MARKUP = {
    "tags": "<b>" * MAX_MARKUP,
    "tags with attributes": "".join(f"<b title={i}>" for i in range(MAX_MARKUP)),
    "attributes": f"<b {' '.join(f'a{i}=1' for i in range(MAX_MARKUP))}>",
    "brackets": "<" * (MAX_MARKUP + 1),
    "entities": "&lt;" * MAX_MARKUP,
}


class TestReadNotebook:
    @pytest.mark.parametrize("text", NO_NOTEBOOK.values(), ids=NO_NOTEBOOK)
    def test_what_is_no_notebook_is_refused_with_a_reason(self, text):
        with pytest.raises(UsageError, match="it is not a notebook"):
            read_notebook(text)

    @pytest.mark.parametrize("text", USABLE.values(), ids=USABLE)
    def test_odd_notebooks_are_read(self, text, assignment):
        notebook = read_notebook(text)
        assert notebook.cells[0].source == "x = 1"
        nbformat.validate(lay_out(notebook, assignment).notebook)

    @pytest.mark.parametrize("source", [None, 5, {"a": "b"}, True, [[]], []], ids=repr)
    def test_a_source_that_is_no_text_is_empty(self, source):
        assert read_notebook(text_of(code(source))).cells[0].source == ""

    def test_a_source_can_be_missing(self):
        assert read_notebook(text_of({"cell_type": "code"})).cells[0].source == ""

    def test_halves_of_characters_are_replaced(self):
        source = (
            read_notebook('{"nbformat": 4, "cells": [{"cell_type": "code", "source": "a\\ud800b"}]}').cells[0].source
        )
        assert source == "a?b"

    def test_outputs_and_metadata_are_left_behind(self):
        cell = marked("f", "x = 1", points=1000)
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "forged"}]
        cell["metadata"]["tags"] = ["remove-cell"]
        read = read_notebook(text_of(cell)).cells[0]
        assert read.outputs == []
        assert read.metadata == {"nbgrader": {"grade_id": "f"}}

    def test_all_kinds_of_cells_are_read(self):
        kinds = ["code", "markdown", "raw"]
        notebook = read_notebook(text_of(*(code("x", cell_type=kind) for kind in kinds)))
        assert [cell.cell_type for cell in notebook.cells] == kinds

    def test_notebooks_of_format_3_keep_their_grade_ids(self, assignment):
        old = nbformat.writes(nbformat.convert(nbformat.from_dict(assignment.released), 3), version=3)
        cells = read_notebook(old).cells
        assert [cell.metadata.nbgrader.grade_id for cell in cells if cell.metadata] == list(assignment.cells)

    def test_a_file_is_read(self, tmp_path):
        path = tmp_path / "a.ipynb"
        path.write_text(text_of(code()))
        assert len(read_notebook_file(path).cells) == 1

    @pytest.mark.parametrize("name", ["missing.ipynb", "."])
    def test_a_file_that_cannot_be_read_is_named(self, tmp_path, name):
        with pytest.raises(UsageError, match="cannot be read"):
            read_notebook_file(tmp_path / name)

    def test_a_file_that_is_no_notebook_is_named(self, tmp_path):
        path = tmp_path / "essay.ipynb"
        path.write_text("essay")
        with pytest.raises(UsageError, match=r"essay\.ipynb cannot be graded: it is not a notebook"):
            read_notebook_file(path)


class TestLayOut:
    def test_the_released_notebook_stays_as_it_is(self, assignment):
        sheet = submitted(assignment)
        assert sheet.remarks == {}
        assert [c.source for c in sheet.notebook.cells] == [c.source for c in assignment.released.cells]
        assert sheet.unanswered == frozenset(assignment.cells)

    def test_it_is_idempotent(self, assignment):
        def edit(cells):
            cells[2].source = "def f():\n    return 1 < 2"
            cells[6].source = f"a < b & c {SCRIPT} `x<y`"
            cells.append(new_markdown_cell(f"**bold** <b>x</b> {SCRIPT}"))
            del cells[5], cells[3]

        once = submitted(assignment, edit)
        again = lay_out(read_notebook(nbformat.writes(once.notebook)), assignment)
        assert again.notebook == once.notebook
        assert again.remarks == {}
        assert again.unanswered == once.unanswered

    def test_answers_are_kept(self, assignment):
        sheet = submitted(assignment, lambda cells: cells[2].update(source="def f():\n    return 1 < 2"))
        assert cell_of(sheet, "f").source == "def f():\n    return 1 < 2"
        assert "f" not in sheet.unanswered

    def test_cells_of_the_students_own_are_kept_in_their_place(self, assignment):
        sheet = submitted(assignment, lambda cells: cells.insert(2, new_code_cell("mine = 1")))
        assert sheet.notebook.cells[2].source == "mine = 1"

    def test_hidden_tests_solutions_and_schemes_are_never_there(self, assignment):
        for sheet in (
            submitted(assignment),
            submitted(assignment, list.clear),
            submitted(assignment, lambda c: c.pop(3)),
        ):
            text = nbformat.writes(sheet.notebook)
            assert "lossmark.grade" not in text
            assert "HIDDEN" not in text
            assert "return 1" not in text

    @pytest.mark.parametrize("index", [1, 3, 5])
    def test_changed_locked_and_test_cells_are_put_back(self, assignment, index):
        sheet = submitted(assignment, lambda cells: cells[index].update(source="abs = lambda x: 0"))
        grade_id = list(assignment.cells)[index - 1]
        assert cell_of(sheet, grade_id).source == assignment.cells[grade_id].source
        said = f"the cell `{grade_id}` was changed; the instructor's version was used; left out: `abs = lambda x: 0`"
        assert sheet.remarks == {grade_id: said}

    def test_the_instructors_own_notebook_is_not_called_changed(self, assignment):
        sheet = lay_out(read_notebook(nbformat.writes(assignment.source)), assignment)
        assert sheet.remarks == {}
        assert "lossmark.grade" not in nbformat.writes(sheet.notebook)

    def test_changed_points_and_metadata_are_put_back(self, assignment):
        def edit(cells):
            cells[3].metadata.nbgrader.update(points=1000, grade=False, solution=True, locked=False, task=True)
            cells[2].metadata.nbgrader.update(grade=True, points=50)
            cells[3].metadata.update(editable=True, tags=["remove-cell"])

        sheet = submitted(assignment, edit)
        for grade_id, original in assignment.cells.items():
            ours = {"lossmark": {"section": "Toy <b>title</b>"}}
            assert cell_of(sheet, grade_id).metadata == original.metadata | ours

    def test_sections_are_named_by_the_assignment_whatever_headings_a_student_has(self, tmp_path):
        written = [new_markdown_cell(f"# {name} (3 points)") for name in ("One", "Two")]
        cells = [written[0], graded_cell("manual", "a", "Why?", 3), written[1], graded_cell("manual", "b", "# Why?", 3)]
        assignment = write_course(tmp_path, cells, {})

        def edit(cells):
            cells[1].source = cells[3].source = "# All passed, 3 of 3 points"
            cells.insert(1, new_markdown_cell("# All passed, 3 of 3 points"))
            cells.insert(1, new_markdown_cell("# Two (3 points)"))  # as it was released, elsewhere
            cells[-1].metadata["lossmark"] = {"section": "All passed"}

        sheet = submitted(assignment, edit)
        assert [cell_of(sheet, name).metadata.lossmark["section"] for name in "ab"] == ["One", "Two"]

    def test_missing_tests_are_put_back_behind_the_cell_they_followed(self, assignment):
        sheet = submitted(assignment, lambda cells: cells.pop(3))
        assert ids_of(sheet) == list(assignment.cells)
        assert sheet.remarks == {"f_tests": "the cell `f_tests` was missing and has been put back"}

    def test_missing_solutions_are_not_put_back_but_said(self, assignment):
        sheet = submitted(assignment, lambda cells: cells.pop(2))
        assert ids_of(sheet) == [name for name in assignment.cells if name != "f"]
        assert sheet.remarks == {"f": "the cell `f` is missing from the notebook"}
        assert "f" in sheet.unanswered

    def test_an_empty_notebook_has_all_cells_but_solutions(self, assignment):
        sheet = submitted(assignment, list.clear)
        assert ids_of(sheet) == ["setup", "f_tests", "g_tests", "why"]
        assert set(sheet.remarks) == set(assignment.cells)

    def test_a_missing_answer_waits_for_a_person_if_it_may_stand_elsewhere(self, assignment):
        def edit(cells):
            answer = cells.pop()
            cells.append(new_markdown_cell(f"My answer to *{answer.metadata.nbgrader.grade_id}*: yes, 1 < 2."))

        assert "why" not in submitted(assignment, edit).unanswered
        assert "why" in submitted(assignment, list.pop).unanswered

    @pytest.mark.parametrize(
        ("edit", "waits"),
        {
            "below": (lambda cells: cells.append(new_markdown_cell("Because.")), True),
            "above": (lambda cells: cells.insert(len(cells) - 1, new_markdown_cell("Because.")), True),
            "code": (lambda cells: cells.append(new_code_cell("print('because')")), True),
            "raw": (lambda cells: cells.append(new_raw_cell("Because.")), True),
            "behind a blank one": (lambda cells: cells.extend(map(new_markdown_cell, [" ", "Because."])), True),
            "beside an emptied one": (
                lambda cells: (cells[-1].update(source=" "), cells.append(new_markdown_cell("Because."))),
                True,
            ),
            "in an earlier copy": (
                lambda cells: cells.insert(0, nbformat.from_dict({**cells[-1], "id": "c", "source": "Because."})),
                True,
            ),
            "nowhere": (lambda cells: cells.append(new_markdown_cell(" \n")), False),
            "a copy of the placeholder": (lambda cells: cells.append(new_markdown_cell(cells[-1].source)), False),
            "a copy with its name": (
                lambda cells: cells.insert(0, nbformat.from_dict({**cells[-1], "id": "c"})),
                False,
            ),
            "far away": (lambda cells: cells.insert(0, new_markdown_cell("Notes.")), False),
        }.values(),
    )
    def test_an_answer_beside_its_untouched_placeholder_waits_for_a_person(self, assignment, edit, waits):
        sheet = submitted(assignment, edit)
        answer = cell_of(sheet, "why")
        assert ("why" not in sheet.unanswered) is waits
        assert (determine_grade(answer)[0] is None) is waits
        assert (ANSWER_BESIDE["markdown"] in answer.source) is waits
        assert ("there may be an answer in a cell beside it" in sheet.remarks.get("why", "")) is waits
        if waits:
            texts = {cell.id: cell.source for cell in sheet.notebook.cells}
            said = [texts[id] for id in answer.metadata.lossmark["beside"]]
            assert [text.strip("print(')").capitalize().rstrip(".") for text in said] == ["Because"]
        nbformat.validate(sheet.notebook)

    def test_an_untouched_placeholder_of_code_runs_as_it_was_released(self, tmp_path):
        released = "# YOUR CODE HERE\nraise NotImplementedError()"
        plot = new_code_cell("x = 1", metadata=graded_cell("manual", "plot", "", 2).metadata)
        assignment = write_course(tmp_path, [graded_cell("locked", "setup", "import numpy as np"), plot], {})
        sheet = submitted(assignment, lambda cells: cells.append(new_code_cell("draw()")))
        assert cell_of(sheet, "plot").source == f"{released}\n\n{ANSWER_BESIDE['code']}"
        assert determine_grade(cell_of(sheet, "plot"))[0] is None

    def test_an_empty_cell_of_text_is_no_answer(self, assignment):
        assert (
            "why"
            in submitted(assignment, lambda cells: cells.append(cells.pop() and new_markdown_cell(" "))).unanswered
        )

    @pytest.mark.parametrize(
        ("own", "waits"),
        {
            "def plot():\n    draw()": True,  # the cell without its metadata
            "# YOUR CODE HERE\nraise NotImplementedError()": False,  # the same, as it was released
            " \n": False,
            "import numpy as np": False,  # a given cell, copied
            "x = 1": True,
            "%matplotlib inline": True,
        }.items(),
    )
    def test_missing_code_waits_for_a_person_if_the_student_wrote_code_without_metadata(self, tmp_path, own, waits):
        cells = [graded_cell("locked", "setup", "import numpy as np"), graded_cell("solution", "f", SOLUTION)]
        plot = new_code_cell("# your code", metadata=graded_cell("manual", "plot", "", 2).metadata)
        assignment = write_course(tmp_path, [*cells, plot], {})

        def edit(cells):
            cells[1].source = "def f():\n    return 7"
            cells[2] = new_code_cell(own)

        sheet = submitted(assignment, edit)
        assert ("plot" not in sheet.unanswered) is waits
        assert (determine_grade(cell_of(sheet, "plot"))[0] is None) is waits
        assert ids_of(sheet) == ["setup", "f", "plot"]
        assert own.strip() in [cell.source.strip() for cell in sheet.notebook.cells]

    @pytest.mark.parametrize("grade_id", ["f", "f_tests", "setup", "why"])
    def test_of_duplicates_the_last_one_counts(self, assignment, grade_id):
        index = 1 + list(assignment.cells).index(grade_id)

        def edit(cells):
            copied = nbformat.from_dict({**cells[index], "id": "copied", "source": "second"})
            cells[index].source = "first"
            cells.append(copied)

        sheet = submitted(assignment, edit)
        assert "more than once" in sheet.remarks[grade_id] or "changed" in sheet.remarks[grade_id]
        assert ids_of(sheet).count(grade_id) == 1
        if kind_of(assignment.cells[grade_id]) in ("solution", "manual"):
            assert cell_of(sheet, grade_id).source == "second"

    @pytest.mark.parametrize("grade_id", ["f", "why"])
    def test_what_a_student_wrote_in_a_duplicate_is_kept(self, assignment, grade_id):
        text = text_of(marked(grade_id, "first", "markdown"), marked(grade_id, "second", "markdown"))
        sheet = lay_out(read_notebook(text), assignment)
        sources = [cell.source for cell in sheet.notebook.cells]
        assert 0 <= sources.index("first") < sources.index("second")

    def test_reordered_cells_stay_where_the_student_put_them(self, assignment):
        sheet = submitted(assignment, lambda cells: cells.reverse())
        assert ids_of(sheet) == list(assignment.cells)[::-1]
        assert sheet.remarks == {
            f"{name}_tests": f"the cell `{name}_tests` stands above `{name}`, which it tests; its checks ran there"
            for name in ("f", "g")
        }

    @pytest.mark.parametrize("cell_type", ["markdown", "raw"])
    def test_a_solution_of_another_type_is_read_as_code(self, assignment, cell_type):
        source = "def f():\n    return 1 < 2 and '<b>' & 3"
        sheet = lay_out(read_notebook(text_of(marked("f", source, cell_type))), assignment)
        assert cell_of(sheet, "f").cell_type == "code"
        assert cell_of(sheet, "f").source == source
        assert sheet.remarks["f"] == "the cell `f` was of another type; it was read as code"

    @pytest.mark.parametrize("cell_type", ["markdown", "raw"])
    def test_tests_of_another_type_are_code_again(self, assignment, cell_type):
        sheet = lay_out(read_notebook(text_of(marked("f_tests", "x", cell_type))), assignment)
        assert cell_of(sheet, "f_tests").cell_type == "code"

    @pytest.mark.parametrize(
        ("attachments", "kept"),
        [
            ({"a.png": PNG}, {"a.png": PICTURE}),
            ({"a.png": {**PNG, "text/html": SCRIPT}}, {"a.png": PICTURE}),
            ({"a.png": PNG, "b.svg": {"image/svg+xml": "<svg/>"}}, {"a.png": PICTURE, "b.svg": "<svg/>"}),
            ({"\ud800": PNG}, {"?": PICTURE}),
            ({"a.png": {"image/png": 5}}, None),
            ({"a.png": None}, None),
            ([PNG], None),
            (None, None),
        ],
        ids=repr,
    )
    def test_of_what_is_attached_pictures_are_kept(self, assignment, attachments, kept):
        own = code("mine", cell_type="markdown", attachments=attachments)
        answer = {**marked("why", "answer", "markdown"), "attachments": attachments}
        sheet = lay_out(read_notebook(text_of(own, answer)), assignment)
        (mine,) = [cell for cell in sheet.notebook.cells if cell.source.startswith("mine")]
        for cell in (mine, cell_of(sheet, "why")):
            pictures = [kinds["application/octet-stream"] for kinds in cell.get("attachments", {}).values()]
            assert pictures == list((kept or {}).values())
            assert [name.strip("?") in cell.source for name in kept or ()] == [True] * len(pictures)
        nbformat.writes(sheet.notebook).encode()
        nbformat.validate(sheet.notebook)

    def test_nothing_is_attached_to_code(self, assignment):
        cell = {**marked("f", "x = 1", "markdown"), "attachments": {"a.png": PNG}}
        sheet = lay_out(read_notebook(text_of(cell)), assignment)
        nbformat.validate(sheet.notebook)
        assert "attachments" not in cell_of(sheet, "f")

    def test_given_text_keeps_the_instructors_pictures(self, tmp_path):
        text = "![](attachment:given.png)"
        cells = [new_markdown_cell(text, attachments={"given.png": PNG}), graded_cell("manual", "why", text, 1)]
        cells[1]["attachments"] = {"given.png": PNG}
        assignment = write_course(tmp_path, cells, {})

        def edit(cells):
            cells[0].attachments = {"given.png": {"image/png": "AAAA"}}
            cells[1].source = f"{text} ![](attachment:mine.png)"
            cells[1].attachments = {"mine.png": PNG}

        sheet = submitted(assignment, edit)
        assert sheet.notebook.cells[0].attachments == {"given.png": PNG}
        raw = {"application/octet-stream": PICTURE}
        assert cell_of(sheet, "why").attachments == {"picture-1": raw, "picture-2": raw}
        links = "![given.png](attachment:picture-1) ![mine.png](attachment:picture-2)"
        assert cell_of(sheet, "why").source == links

    def test_foreign_grade_ids_are_plain_cells(self, assignment):
        text = text_of(marked("other_tests", "x = 1", points=5, grade=True), marked("", "y = 2"))
        sheet = lay_out(read_notebook(text), assignment)
        foreign = [cell for cell in sheet.notebook.cells if cell.source in ("x = 1", "y = 2")]
        assert [cell.metadata for cell in foreign] == [{}, {}]

    def test_ids_are_unique_and_the_kernel_is_ours(self, assignment):
        text = text_of(code(id="a"), code(id="a"), metadata={"kernelspec": {"name": "julia"}})
        sheet = lay_out(read_notebook(text), assignment)
        ids = [cell.id for cell in sheet.notebook.cells]
        assert len(set(ids)) == len(ids)
        assert "julia" not in nbformat.writes(sheet.notebook)
        nbformat.validate(sheet.notebook)

    def test_the_assignment_is_left_alone(self, assignment):
        before = nbformat.writes(assignment.released)
        sheet = submitted(assignment, lambda cells: cells[2].update(source="x = 1"))
        for cell in sheet.notebook.cells:
            cell.source, cell.metadata["spoilt"] = "spoilt", True
        assert nbformat.writes(assignment.released) == before


class TestSanitising:
    @pytest.mark.parametrize("cell_type", ["markdown", "raw"])
    @pytest.mark.parametrize(
        "html",
        [
            SCRIPT,
            "<img src=x onerror=alert(1)>",
            "<svg onload=alert(1)>",
            "<iframe src='javascript:alert(1)'></iframe>",
            "<SCRIPT>alert(1)</SCRIPT>",
            "<scr<script>ipt>alert(1)</script>",
            "<a href='javascript:alert(1)'>x</a>",
            "<style>*{display:none}</style>",
            "<form action='https://example.org'><input></form>",
        ],
    )
    def test_active_html_is_taken_out(self, assignment, cell_type, html):
        sheet = lay_out(read_notebook(text_of(code(f"text {html}", cell_type=cell_type))), assignment)
        (source,) = [cell.source for cell in sheet.notebook.cells if cell.source.startswith("text")]
        for tag in ("<script", "<svg", "<iframe", "<style", "<form", "<input"):
            assert tag not in source.lower()
        assert not any(f"<{tag}" in source and "javascript:" in source for tag in ("a", "img"))
        assert "onerror" not in source or "<img" not in source

    @pytest.mark.parametrize(
        "text",
        [
            "> quoted\n> > twice, &lt; and > not",
            "$$\\begin{aligned} a &= b \\\\ &+ c & d \\end{aligned}$$",
            "a list:\n\n- **bold** `code`\n- [link](https://example.org)",
            "$a<3$, x <- y, H<sub>2</sub>O,<br>a <b>word</b>, <https://example.org> and 1<2",
        ],
        ids=["quotation", "formula", "list", "plain tags"],
    )
    def test_markdown_stays_what_it_is(self, assignment, text):
        sheet = lay_out(read_notebook(text_of(code(text, cell_type="markdown"))), assignment)
        shown = [cell.source for cell in sheet.notebook.cells if cell.source == text]
        assert len(shown) == 1

    @pytest.mark.parametrize(
        "text",
        [
            "<a title='\n> onmouseover=alert(1) x='>y</a>",
            '<div title="\n> <img src=x onerror=alert(1)>">y</div>',
            "> <img src=x onerror=alert(1)>",
            ">&amp;lt;img src=x onerror=alert(1)&gt;",
            "&&lt;script>alert(1)</script>",
            "&amp;&amp;#60;script>alert(1)</script>",
            "[x](&#106;avascript:alert(1))",
            "[x](&&#106;avascript:alert(1))",
            "<a href='&amp;#106;avascript:alert(1)'>x</a>",
            "<a href='&=javascript:alert(1)'>x</a>",
            "$$&=<img src=x onerror=alert(1)>$$",
        ],
    )
    def test_page_of_it_holds_nothing_active(self, assignment, text):
        sheet = lay_out(read_notebook(text_of(code(text, cell_type="markdown"))), assignment)
        page = BeautifulSoup(markdown2html(sheet.notebook.cells[0].source), "html.parser")
        assert page.find(["script", "svg", "iframe", "style"]) is None
        for tag in page.find_all(True):
            assert not any(name.startswith("on") for name in tag.attrs)
            assert not any(str(value).strip().casefold().startswith("javascript:") for value in tag.attrs.values())

    @pytest.mark.parametrize(
        ("link", "shown"),
        [
            ("![x](attachment:b.png)", "{}"),
            ("![x]\n\n[x]: attachment:b.png", "![x]\n\n{}"),
            ("<attachment:b.png>", "<missing:b.png>"),
        ],
    )
    def test_picture_that_is_not_attached_is_missing(self, assignment, link, shown):
        cell = {**marked("why", f"![x](attachment:a.png)\n\n{link}", "markdown"), "attachments": {"a.png": PNG}}
        source = cell_of(lay_out(read_notebook(text_of(cell)), assignment), "why").source
        named = "**(The picture “b.png (x)” cannot be shown: it is not in the notebook.)**"
        assert source == f"![x](attachment:picture-1)\n\n{shown.format(named)}".replace("<m", "< m")

    @pytest.mark.parametrize("text", TOO_MUCH_MARKUP.values(), ids=TOO_MUCH_MARKUP)
    def test_more_markup_than_can_be_read_in_time_is_text(self, assignment, text):
        started = time.process_time()
        sheet = lay_out(read_notebook(text_of(code(f"begins {text}", cell_type="markdown"))), assignment)
        assert time.process_time() - started < 10
        (shown,) = [cell.source for cell in sheet.notebook.cells if cell.source.startswith("begins")]
        assert not re.search(r"<\w+ ", shown)

    def test_given_text_is_shown_as_it_is(self, tmp_path):
        text = "> Given <b style='color: red'>text</b>, $a &b < c$"
        cells = [
            new_markdown_cell(text),
            graded_cell("solution", "f", SOLUTION),
            graded_cell("tests", "f_tests", TESTS, 2),
        ]
        assignment = write_course(tmp_path, cells, {})
        assert submitted(assignment).notebook.cells[0].source == text

    @pytest.mark.parametrize("cell_type", ["markdown", "raw", "code"])
    def test_written_answers_are_sanitised_whatever_type_they_pretend_to_be(self, assignment, cell_type):
        sheet = lay_out(read_notebook(text_of(marked("why", f"Because. {SCRIPT}", cell_type))), assignment)
        assert cell_of(sheet, "why").cell_type == "markdown"
        assert "<script" not in cell_of(sheet, "why").source
        assert "Because." in cell_of(sheet, "why").source

    def test_code_is_left_alone(self, assignment):
        sheet = lay_out(read_notebook(text_of(code("a < b and '<b>'"))), assignment)
        assert "a < b and '<b>'" in [cell.source for cell in sheet.notebook.cells]

    def test_an_untouched_written_answer_counts_as_unanswered(self, assignment):
        assert "<" in assignment.cells["why"].source
        assert "why" in submitted(assignment).unanswered

    @pytest.mark.parametrize("changed", ["{} ", "{}\n", "\n{}", " "])
    def test_a_placeholder_with_other_white_space_is_kept_and_waits_for_a_person_as_in_nbgrader(
        self, assignment, changed
    ):
        text = changed.format(assignment.cells["why"].source)
        sheet = submitted(assignment, lambda cells: cells[6].update(source=text))
        assert "why" not in sheet.unanswered
        assert determine_grade(cell_of(sheet, "why"))[0] is None

    def test_an_answer_counts_as_answered(self, assignment):
        assert "why" not in submitted(assignment, lambda cells: cells[6].update(source="Because.")).unanswered


def test_a_notebook_of_thousands_of_cells_is_laid_out(assignment):
    notebook = new_notebook(
        cells=[*(new_code_cell("x") for _ in range(3000)), *(new_raw_cell("x") for _ in range(100))]
    )
    assert len(lay_out(read_notebook(nbformat.writes(notebook)), assignment).notebook.cells) == 3104
