"""What a result came from: its digests tell what has changed, and nothing else."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

import lossmark
from courses import BIN, run
from helpers import graded_cell, write_course
from lossmark.course import Course
from lossmark.provenance import digest_of, digest_of_engine, digest_of_submission, digests, digests_of_course
from lossmark.settings import CONFIG_FILE

TEXT = "import sys; from lossmark.configuration import *; print(text_of(read_config(Path(sys.argv[1]))))"
CELLS = [graded_cell("tests", "f_tests", "", points=1)]


@pytest.fixture
def course(tmp_path):
    write_course(tmp_path, CELLS, {"test_toy": ""})
    write_course(tmp_path, CELLS, {"test_other": ""}, name="other")
    return Course(tmp_path)


def test_a_submission_is_known_by_its_bytes():
    assert digest_of_submission(b"abc") == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize(
    ("file", "changed"),
    [
        ("source/toy/toy.ipynb", ["assignment"]),
        ("graders/toy/test_toy.py", ["graders"]),
        ("graders/toy/reference.py", ["graders"]),
        ("graders/toy/data/table.csv", ["graders"]),
        ("graders/toy/LICENSE", ["graders"]),
        ("graders/shared.py", ["graders"]),
        ("graders/toy/__pycache__/reference.pyc", []),
        ("graders/toy/.pytest_cache/README.md", []),
        ("source/toy/.ipynb_checkpoints/toy-checkpoint.ipynb", []),
        (CONFIG_FILE, []),
        ("source/other/other.ipynb", []),
        ("graders/other/test_other.py", []),
        ("README.md", []),
    ],
)
def test_what_changes_is_told_and_nothing_else(course, file, changed):
    (course.root / file).parent.mkdir(parents=True, exist_ok=True)
    before = digests_of_course(course, "toy")
    with (course.root / file).open("a") as opened:
        opened.write("\n")
    after = digests_of_course(course, "toy")
    assert [part for part in before if before[part] != after[part]] == changed


@pytest.mark.parametrize(
    ("setting", "changed"),
    [
        ("c.Lossmark.seed = 7", ["graders"]),
        ("c.CourseDirectory.ignore.append('*.csv')", ["graders"]),
        ("c.ClearSolutions.code_stub = {'python': 'pass'}", ["graders"]),
        ("import enum\nc.GenerateAssignment.preprocessors = [enum.Enum]", ["graders"]),
        ("c.CourseDirectory.db_url = 'sqlite:////elsewhere.db'", []),
        ("c.Exchange.root = '/srv/exchange'", []),
        ("c.Autograde.pre_convert_hook = lambda **names: None", []),
        ("c.Lossmark.seed = 231 if 'a comment' else 0", ["graders"]),
        ("# a comment", []),
    ],
)
def test_settings_count_by_what_they_mean_for_a_result(course, setting, changed):
    before = digests_of_course(Course(course.root), "toy")
    with (course.root / CONFIG_FILE).open("a") as opened:
        opened.write(f"{setting}\n")
    after = digests_of_course(Course(course.root), "toy")
    assert [part for part in before if before[part] != after[part]] == changed


def test_settings_are_the_same_on_each_reading(course):
    (course.root / CONFIG_FILE).write_text(
        "import pathlib\nc.A.b = {'x', 'y', 'z'}; c.A.c = pathlib.Path('p'); c.A.d = {1: b'2', None: 3}\n"
        "c.A.e.update({'k': 1}); c.A.f.prepend([1])\n"
    )
    texts = {run(BIN / "python", "-c", TEXT, course.root).stdout for _ in range(2)}
    assert len(texts) == 1
    assert '"A"' in texts.pop()


def test_files_are_known_by_their_names_and_contents():
    kinds = [
        {"a": b"1"},
        {"a": b"2"},
        {"b": b"1"},
        {"a": b"1", "b": b""},
        {"a": b"", "b": b"1"},
        {},
    ]
    assert len({digest_of(files) for files in kinds}) == len(kinds)


def test_the_same_course_elsewhere_is_the_same(course, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    shutil.copytree(course.root, other, dirs_exist_ok=True)
    assert digests_of_course(Course(other), "toy") == digests_of_course(course, "toy")


def test_assignments_differ_and_share_the_engine(course):
    toy, other = (digests_of_course(course, name) for name in ("toy", "other"))
    assert [part for part in toy if toy[part] == other[part]] == ["engine"]


def test_a_result_comes_from_the_submission_and_all_of_the_course(course):
    assert digests(course, "toy", b"abc") == {
        "submission": digest_of_submission(b"abc"),
        **digests_of_course(course, "toy"),
    }


def test_an_engine_is_known_by_all_of_its_modules(tmp_path, monkeypatch):
    installed, copy = Path(lossmark.__file__).parent, tmp_path / "lossmark"
    before = digest_of_engine()
    shutil.copytree(installed, copy)
    monkeypatch.setattr(lossmark, "__file__", str(copy / "__init__.py"))
    assert digest_of_engine() == before
    with (copy / "boundary" / "wire.py").open("a") as module:
        module.write("\n")
    assert digest_of_engine() != before
