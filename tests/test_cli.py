"""The command `lossmark`: what it prints where, and its exit status."""

from __future__ import annotations

import errno
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

import lossmark
from courses import BIN, NAME, RELEASE, ROOT, SOURCE, index_of, run
from lossmark import cli
from lossmark.course import Assignment, Course
from lossmark.grading.graders import Graders
from lossmark.grading.pipeline import Grader
from lossmark.quality.roster import solution, with_variants

GRADED = {"assignment", "status", "reason", "score", "max_score", "manual", "seconds", "protected", "cells"} | {
    "inputs",
    "seed",
}
CELL = {"grade_id", "score", "max_score", "checks"}
CHECK = {"name", "title", "points", "max_points", "outcome", "message", "misconception", "misconceptions"}
OUTCOMES = {"passed", "failed", "unearned", "raised", "missing", "timeout", "killed"}
IN_COURSE = ["--assignment", NAME, "--course", str(ROOT)]
NO_WALL = "lossmark: warning: without isolation, student code can do on this machine whatever you can do\n"

Edit = Callable[[NotebookNode], object]


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    return Course(ROOT).assignment(NAME)


@pytest.fixture(scope="module")
def misconceived(assignment: Assignment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the submission of a student who forgot the margin."""
    graders = Graders(assignment, seed=0)
    forgot = next(v for v in graders.misconceptions if (v.cell, v.name) == ("svm_loss", "forgot_delta"))
    file = write(with_variants(assignment, forgot), tmp_path_factory.mktemp("misconceived"))
    graders.close()
    return file


def write(notebook: NotebookNode, folder: Path) -> Path:
    file = folder / "submission.ipynb"
    nbformat.write(notebook, file)
    return file


def grade(file: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[dict[str, Any], str]:
    """Grade a file and return the object that is printed, and what else is said."""
    status = cli.main(["grade", str(file), *IN_COURSE, "--json", *options])
    printed = capsys.readouterr()
    assert status == 0
    return read_object(printed.out), printed.err


def read_object(printed: str) -> dict[str, Any]:
    """Read the one JSON object that is all of standard output."""
    result = json.loads(printed)
    assert printed == json.dumps(result) + "\n"
    assert isinstance(result, dict)
    return result


@pytest.mark.sandbox
def test_release_earns_nothing_in_one_json_object() -> None:
    done = run("lossmark", "grade", "release/hinge_loss/hinge_loss.ipynb", "--assignment", NAME, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    result = read_object(done.stdout)
    assert result.keys() == GRADED
    assert (result["assignment"], result["status"], result["reason"]) == (NAME, "graded", None)
    assert (result["score"], result["max_score"], result["manual"]) == (0.0, 20.0, [])
    assert result["seconds"] > 0
    for cell in result["cells"]:
        assert cell.keys() == CELL
        assert cell["max_score"] == sum(check["max_points"] for check in cell["checks"])
        for check in cell["checks"]:
            assert check.keys() == CHECK
            assert check["outcome"] in OUTCOMES - {"passed"}
            assert (check["points"], check["misconception"]) == (0.0, None)
            assert check["title"]
            assert check["message"]
    assert "lossmark" not in RELEASE.read_text()


@pytest.mark.sandbox
def test_source_earns_everything_and_waits_for_a_person(
    assignment: Assignment, capsys: pytest.CaptureFixture[str]
) -> None:
    result, complaints = grade(SOURCE, capsys)
    assert complaints == ""
    assert result["score"] == result["max_score"] == sum(assignment.points.values())
    assert result["manual"] == list(assignment.manual) == ["margin_choice", "hinge_vs_squared"]
    assert {check["outcome"] for cell in result["cells"] for check in cell["checks"]} == {"passed"}


@pytest.mark.sandbox
def test_replaced_abs_changes_no_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook = nbformat.read(SOURCE, as_version=4)
    notebook.cells.insert(0, new_code_cell("abs = lambda x: 0.0"))
    result, _ = grade(write(notebook, tmp_path), capsys)
    assert result["score"] == 20.0


@pytest.mark.sandbox
def test_isolation_changes_no_score(misconceived: Path, capsys: pytest.CaptureFixture[str]) -> None:
    walled, complaints = grade(misconceived, capsys)
    assert complaints == ""
    free, complaints = grade(misconceived, capsys, "--isolation", "none")
    assert complaints == NO_WALL
    assert walled["score"] == 17.5
    assert {**walled, "seconds": None} == {**free, "seconds": None}


@pytest.mark.slow
def test_source_earns_everything_without_isolation(capsys: pytest.CaptureFixture[str]) -> None:
    result, complaints = grade(SOURCE, capsys, "--isolation", "none")
    assert complaints == NO_WALL
    assert result["score"] == 20.0


@pytest.mark.slow
def test_table_is_printed_without_json(misconceived: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["grade", str(misconceived), *IN_COURSE, "--isolation", "none"]) == 0
    printed = capsys.readouterr().out
    assert "✗ failed" in printed
    assert "The loss of a batch of one example is right" in printed
    assert "The margin delta is missing" in printed
    summary, waiting = printed.splitlines()[-2:]
    assert summary.startswith("hinge_loss: 17.5 of 20 points in ")
    assert waiting == "waiting for a person: margin_choice, hinge_vs_squared"


@pytest.mark.sandbox
def test_odd_notebook_is_graded_and_what_is_odd_is_said(
    assignment: Assignment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook = solution(assignment)
    del notebook.cells[index_of(notebook, "svm_loss_tests")]
    file = write(notebook, tmp_path)
    result, complaints = grade(file, capsys)
    assert result["score"] == 20.0
    assert complaints == f"lossmark: {file}: the cell `svm_loss_tests` was missing and has been put back\n"


def not_there(folder: Path) -> Path:
    return folder / "not-there.ipynb"


def a_folder(folder: Path) -> Path:
    return folder


def a_file(content: str | bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        file = folder / "submission.ipynb"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    return make


WRONG_FILES = {
    "a path to nothing": (not_there, "there is no file"),
    "a folder": (a_folder, "there is no file"),
    "a file that cannot be read": (lambda folder: Path("/proc/self/mem"), "cannot be read: Input/output error"),
    "an empty file": (a_file(""), "the file is empty"),
    "text": (a_file("def L_i(x, y, W):\n"), "not JSON"),
    "bytes": (a_file(b"PK\x03\x04\xff\xfe\x00"), "it is a zip archive"),
    "half a notebook": (a_file(RELEASE.read_text()[:1000]), "it is cut off, at line "),
    "brackets without end": (a_file("[" * 100_000), "nested too deeply"),
    "a list": (a_file("[1, 2]"), "without a notebook's `nbformat`"),
    "an object": (a_file('{"cells": []}'), "without a notebook's `nbformat`"),
    "a format from the future": (a_file('{"nbformat": 99, "cells": []}'), "not a notebook of a known format"),
    "no cells": (a_file('{"nbformat": 4}'), "no list of cells"),
    "cells that are no list": (a_file('{"nbformat": 4, "cells": {"a": 1}}'), "no list of cells"),
    "a broken old notebook": (a_file('{"nbformat": 3, "worksheets": 3}'), "not a notebook of a known format"),
}


@pytest.mark.parametrize("wrong", WRONG_FILES)
def test_wrong_file_is_named_in_one_sentence(wrong: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make, complaint = WRONG_FILES[wrong]
    file = make(tmp_path)
    status = cli.main(["grade", str(file), *IN_COURSE, "--json"])
    printed = capsys.readouterr()
    assert (status, printed.out) == (2, "")
    assert_one_sentence(printed.err)
    assert str(file) in printed.err
    assert complaint in printed.err


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "command", [["explain", "--help"], ["doctor"], ["grade", str(RELEASE), *IN_COURSE]], ids=lambda one: one[0]
)
def test_marks_that_a_locale_lacks_are_replaced(command: list[str]) -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = run("lossmark", *command, cwd=ROOT, **plain)
    assert "Traceback" not in done.stderr
    assert done.stdout.isascii()
    assert done.stdout


def test_unknown_assignment_is_named_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.main(["grade", str(RELEASE), "--assignment", "softmax_lost", "--json"])
    printed = capsys.readouterr()
    assert (status, printed.out) == (2, "")
    assert_one_sentence(printed.err)
    assert "'softmax_lost'" in printed.err
    assert "hinge_loss" in printed.err


@pytest.mark.parametrize("name", ["", ".", "..", "../graders/hinge_loss", "hinge_loss/", "/"])
def test_path_is_no_assignment(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.main(["grade", str(RELEASE), "--assignment", name, "--json"])
    printed = capsys.readouterr()
    assert (status, printed.out) == (2, "")
    assert_one_sentence(printed.err)


@pytest.mark.slow
def test_outside_of_a_course_there_is_nothing_to_grade_with(tmp_path: Path) -> None:
    file = a_file(RELEASE.read_text())(tmp_path)
    done = run("lossmark", "grade", file, "--assignment", NAME, "--json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert_one_sentence(done.stderr)
    assert "not in a course" in done.stderr


@pytest.mark.parametrize(
    "arguments", [[], ["grade"], ["grade", "x.ipynb"], ["mark"], ["grade", "x", "--isolation", "no"]]
)
def test_wrong_usage_ends_with_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert end.value.code == 2
    assert capsys.readouterr().out == ""


def test_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"lossmark {lossmark.__version__}\n"


def assert_one_sentence(printed: str) -> None:
    assert printed.startswith("lossmark: ")
    assert printed.count("\n") == 1
    assert printed.endswith("\n")
    assert "Traceback" not in printed


@pytest.mark.slow
def test_without_bubblewrap_nothing_is_graded(tmp_path: Path) -> None:
    done = run(BIN / "python", "-m", "lossmark.cli", "grade", SOURCE, *IN_COURSE, "--json", PATH=str(tmp_path))
    assert_not_graded(done.returncode, done.stdout, done.stderr, "bubblewrap is not installed")
    assert "apt install bubblewrap" in done.stderr


@pytest.mark.parametrize("option", [["--json"], []], ids=["json", "table"])
@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n", "bwrap: No permissions"),
        ("#!/bin/sh\nexit 0\n", "it ended without a word"),
        ("this is no program\n", "Exec format error"),
    ],
    ids=["refuses", "does nothing", "cannot be run"],
)
def test_sandbox_that_does_not_start_grades_nothing(
    program: str,
    reason: str,
    option: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text(program)
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    status = cli.main(["grade", str(SOURCE), *IN_COURSE, *option])
    printed = capsys.readouterr()
    if option:
        assert_not_graded(status, printed.out, printed.err, reason)
    else:
        assert (status, printed.out) == (1, "")
        assert_one_sentence(printed.err)
    assert list(tmp_path.iterdir()) == [fake]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "/tmp/x"),
            "/tmp/x: No space left on device; make space there",
        ),
        (MemoryError(), "out of memory; end other programs, or grade with fewer --jobs"),
    ],
)
def test_what_the_machine_lacks_is_said_in_one_sentence(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(Grader, "grade", fail)
    status = cli.main(["grade", str(SOURCE), *IN_COURSE, "--json", "--isolation", "none"])
    printed = capsys.readouterr()
    assert_not_graded(status, printed.out, printed.err.removeprefix(NO_WALL), said)


def assert_not_graded(status: int, out: str, err: str, reason: str) -> None:
    assert status == 1
    assert_one_sentence(err)
    assert reason in err
    result = read_object(out)
    assert result.keys() == GRADED
    assert (result["assignment"], result["status"]) == (NAME, "not_graded")
    assert result["reason"] == err.removeprefix("lossmark: ").removesuffix("\n")
    assert (result["score"], result["max_score"], result["cells"], result["manual"]) == (None, None, [], [])
