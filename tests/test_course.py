"""A course on disk: where it begins, what it sets, and what its assignments ask for."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.apps import AutogradeApp
from nbgrader.coursedir import CourseDirectory

from helpers import ROOT, graded_cell, write_course
from lossmark.course import Course, kind_of
from lossmark.errors import UsageError
from lossmark.sandbox.limits import Isolation, Limits

CELLS = [
    graded_cell("solution", "f", "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"),
    graded_cell("tests", "f_tests", "f()\n### BEGIN HIDDEN TESTS\nhidden\n### END HIDDEN TESTS", 2.5),
    graded_cell("manual", "why", "Answer.\n### BEGIN MARK SCHEME\nscheme\n### END MARK SCHEME", 3),
    graded_cell("locked", "data", "x = 1"),
]


@pytest.fixture
def course(tmp_path):
    write_course(tmp_path, CELLS, {})
    return Course(tmp_path)


def settings_of(course, text):
    (course.root / "nbgrader_config.py").write_text(f"c = get_config()\n{text}\n")
    return Course(course.root).settings


class TestFind:
    def test_a_course_is_found_from_within(self, course):
        for start in (".", "source/toy", "source/toy/toy.ipynb", "graders/toy/reference.py"):
            assert Course.find(course.root / start) == course

    def test_a_folder_outside_is_no_course(self, tmp_path):
        with pytest.raises(UsageError, match="is not in a course"):
            Course.find(tmp_path)

    def test_a_configuration_without_graders_or_a_source_is_no_course(self, tmp_path):
        (tmp_path / "nbgrader_config.py").touch()
        with pytest.raises(UsageError, match="is not in a course"):
            Course.find(tmp_path)


def write_hostile_course(folder):
    """Write what a student may hand in beside a notebook; the name of the file says where it was executed."""
    (folder / "graders").mkdir(parents=True)
    (folder / "source").mkdir()
    (folder / "nbgrader_config.py").write_text(f"import pathlib; pathlib.Path({str(folder)!r}, 'executed').touch()")
    return folder


class TestSubmissionsAreNoCourses:
    @pytest.mark.parametrize("step", ["submitted", "autograded", "feedback", "downloaded"])
    @pytest.mark.parametrize("inside", [".", "graders"])
    def test_the_course_around_them_is_found(self, course, step, inside):
        hostile = write_hostile_course(course.root / step / "mallory" / "toy")
        assert Course.find(hostile / inside) == course
        assert not (hostile / "executed").exists()

    @pytest.mark.parametrize("step", ["submitted", "autograded", "feedback"])
    @pytest.mark.parametrize(
        "structure", ["{nbgrader_step}/{student_id}/{assignment_id}", "work/{nbgrader_step}-{student_id}"]
    )
    def test_by_whatever_name_the_course_calls_them(self, course, step, structure):
        settings_of(
            course,
            f"c.CourseDirectory.{step}_directory = 'abgaben'\nc.CourseDirectory.directory_structure = {structure!r}",
        )
        folder = structure.format(nbgrader_step="abgaben", student_id="mallory", assignment_id="toy")
        hostile = write_hostile_course(course.root / folder)
        assert Course.find(hostile) == course
        assert not (hostile / "executed").exists()

    @pytest.mark.parametrize("where", ["losses/inbound/mallory+toy", "losses/outbound/toy", "losses/feedback"])
    def test_nor_is_the_exchange(self, tmp_path, where):
        hostile = write_hostile_course(tmp_path / where)
        with pytest.raises(UsageError, match="is not in a course"):
            Course.find(hostile)
        assert not (hostile / "executed").exists()

    def test_nor_what_a_link_in_one_leads_to(self, course, tmp_path_factory, monkeypatch):
        hostile = write_hostile_course(tmp_path_factory.mktemp("home"))
        link = course.root / "submitted" / "mallory" / "toy"
        link.parent.mkdir(parents=True)
        link.symlink_to(hostile)
        monkeypatch.chdir(link)
        monkeypatch.setenv("PWD", str(link))  # as a shell does
        assert Course.find(Path()) == course
        assert Course.find(link) == course

    def test_a_course_within_a_course_is_one_of_its_own(self, course):
        inner = course.root / "demo"
        write_course(inner, CELLS, {})
        assert Course.find(inner / "source") == Course(inner)

    @pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
    def test_nor_is_a_folder_that_anybody_may_write_to_by_the_word_of_somebody_else(self, tmp_path):
        hostile = write_hostile_course(tmp_path / "exchange")
        hostile.chmod(0o1777)
        assert Course.find(hostile) == Course(hostile)  # one's own file
        os.chown(hostile / "nbgrader_config.py", 65534, 65534)
        with pytest.raises(UsageError, match="is not in a course"):
            Course.find(hostile)


class TestSettings:
    def test_what_is_not_set_has_a_default(self, course):
        assert course.settings.seed == 231
        assert course.settings.isolation == Isolation.BUBBLEWRAP
        assert course.settings.limits().memory_bytes == Limits().memory_bytes

    def test_what_is_set_counts(self, course):
        settings = settings_of(course, "c.Lossmark.seed = 7\nc.Lossmark.notebook_timeout_s = 9.5")
        assert settings.seed == 7
        assert (settings.limits().notebook_timeout_s, settings.limits().cpu_s) == (9.5, 11)

    @pytest.mark.parametrize(
        ("settings", "cell_s", "notebook_s"),
        [
            ("", 30, 180),  # nbgrader's own default, and never less
            ("c.Execute.timeout = 45", 45, 270),
            ("c.ExecutePreprocessor.timeout = 120", 120, 720),
            ("c.NotebookClient.timeout = 40", 40, 240),
            ("c.ExecutePreprocessor.timeout = 120\nc.Execute.timeout = 4", 4, 180),  # as nbgrader's own class takes it
            ("c.Execute.timeout = None", 600, 3600),
            ("c.Execute.timeout = -1", 600, 3600),
            ("c.ExecutePreprocessor.timeout = 0", 600, 3600),
            ("c.Execute.timeout = 7200", 7200, 7200),
            ("c.Execute.timeout = 45\nc.Lossmark.cell_timeout_s = 10.0", 10, 180),
            ("c.Execute.timeout = None\nc.Lossmark.notebook_timeout_s = 60.0", 600, 60),
        ],
    )
    def test_a_cell_has_the_time_that_nbgrader_gives_it(self, course, settings, cell_s, notebook_s):
        limits = settings_of(course, settings).limits()
        assert (limits.cell_timeout_s, limits.notebook_timeout_s) == (cell_s, notebook_s)

    def test_without_graders_a_notebook_has_the_time_of_all_its_cells(self, course):
        released = course.assignment("toy")
        assert course.limits(released).notebook_timeout_s == 180
        cells = [new_code_cell("1", id=f"cell-{place}") for place in range(20)]
        stock = replace(released, source=new_notebook(cells=cells), has_graders=False)
        assert course.limits(stock).notebook_timeout_s == 20 * 30
        longer = [new_code_cell("1", id=f"more-{place}") for place in range(180)]
        assert course.limits(replace(stock, source=new_notebook(cells=[*cells, *longer]))).notebook_timeout_s == 3600

    def test_another_isolation_must_have_a_known_name(self, course):
        assert settings_of(course, "c.Lossmark.isolation = 'none'").isolation == Isolation.NONE
        with pytest.raises(Exception, match="isolation"):
            settings_of(course, "c.Lossmark.isolation = 'container'")


class TestAssignment:
    def test_assignments_are_those_with_graders(self, course):
        write_course(course.root, CELLS, {}, name="another")
        (course.root / "graders" / "notes").mkdir()
        assert course.assignments == ["another", "toy"]

    @pytest.mark.parametrize("name", ["other", "", ".", "..", "toy/", "../toy"])
    def test_an_unknown_assignment_is_a_wrong_usage(self, course, name):
        with pytest.raises(UsageError, match=r"there is no assignment .* \(there is: toy\)"):
            course.assignment(name)

    def test_graders_without_a_notebook_are_no_assignment(self, course):
        (course.root / "source" / "toy" / "toy.ipynb").unlink()
        with pytest.raises(UsageError, match=r"no notebook: there is no file .*source/toy/toy\.ipynb"):
            course.assignment("toy")

    def test_it_knows_its_cells_points_and_what_waits_for_a_person(self, course):
        assignment = course.assignment("toy")
        assert list(assignment.cells) == ["f", "f_tests", "why", "data"]
        assert assignment.points == {"f_tests": 2.5}
        assert assignment.manual == ("why",)

    def test_released_are_neither_solutions_nor_hidden_tests_nor_schemes(self, course):
        text = nbformat.writes(course.assignment("toy").released)
        for hidden in ("return 1", "hidden", "scheme", "BEGIN"):
            assert hidden not in text
        assert "NotImplementedError" in text

    def test_the_source_is_as_it_was(self, course):
        assert "hidden" in nbformat.writes(course.assignment("toy").source)

    def test_an_edited_notebook_is_read_again(self, course):
        course.assignment("toy")
        write_course(course.root, CELLS[:1], {})
        assert list(course.assignment("toy").cells) == ["f"]

    def test_hinge_loss_has_five_graded_parts_and_two_written_ones(self):
        assignment = Course(ROOT).assignment("hinge_loss")
        names = ["L_i", "L_i_vectorized", "svm_loss", "squared_hinge_loss", "svm_answers"]
        assert list(assignment.points) == [f"{name}_tests" for name in names]
        assert assignment.manual == ("margin_choice", "hinge_vs_squared")


class TestKindOf:
    @pytest.mark.parametrize("kind", ["solution", "tests", "manual", "locked"])
    def test_cells_with_metadata_have_a_kind(self, kind):
        assert kind_of(graded_cell(kind, "a", "")) == kind

    def test_a_graded_code_cell_with_a_solution_is_read_by_a_person(self):
        cell = graded_cell("tests", "a", "")
        cell.metadata.nbgrader.solution = True
        assert kind_of(cell) == "manual"

    def test_a_task_is_read_by_a_person(self):
        cell = new_markdown_cell("", metadata={"nbgrader": {"grade_id": "a", "task": True}})
        assert kind_of(cell) == "manual"

    @pytest.mark.parametrize(
        "metadata", [{}, {"nbgrader": {}}, {"nbgrader": {"grade_id": ""}}, {"nbgrader": {"grade_id": "a"}}]
    )
    def test_other_cells_have_none(self, metadata):
        assert kind_of(new_code_cell("", metadata=metadata)) is None


@pytest.fixture
def account(tmp_path_factory, monkeypatch):
    """The folder of an account's Jupyter settings."""
    folder = tmp_path_factory.mktemp("jupyter")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(folder))
    monkeypatch.delenv("JUPYTER_CONFIG_PATH", raising=False)
    return folder


def by_nbgrader(course, monkeypatch):
    """What nbgrader's own commands have set, called in the course."""
    monkeypatch.chdir(course.root)
    monkeypatch.setattr(sys, "path", list(sys.path))  # it adds the working folder
    app = AutogradeApp()
    app.initialize([])
    return what_is_set(app.coursedir)


def what_is_set(folders):
    return [folders.db_url, folders.course_id, folders.submitted_directory, sorted(folders.ignore)]


class TestAllFilesThatNbgraderReads:
    FILES: ClassVar = {
        "the account's": {"account/nbgrader_config.py": "c.CourseDirectory.db_url = 'sqlite:////account.db'"},
        "the account's in JSON": {
            "account/nbgrader_config.json": '{"CourseDirectory": {"db_url": "sqlite:////account.db"}}'
        },
        "the account's for all of Jupyter": {
            "account/jupyter_config.py": "c.CourseDirectory.db_url = 'sqlite:////jupyter.db'"
        },
        "the course's in JSON": {"course/nbgrader_config.json": '{"CourseDirectory": {"submitted_directory": "in"}}'},
        "a part of the course's": {
            "course/nbgrader_config.py": "c = get_config()\nload_subconfig('more.py')",
            "course/more.py": "c = get_config()\nc.CourseDirectory.course_id = 'more'",
        },
        "outdated names": {
            "course/nbgrader_config.py": "c.NbGrader.db_url = 'sqlite:////old.db'\nc.Exchange.course_id = 'old'"
        },
        "several": {
            "account/jupyter_config.py": "c.CourseDirectory.course_id = 'jupyter'",
            "account/nbgrader_config.py": "c.CourseDirectory.db_url = 'sqlite://'; c.CourseDirectory.course_id = 'a'",
            "account/nbgrader_config.json": '{"CourseDirectory": {"submitted_directory": "account"}}',
            "course/nbgrader_config.py": "c.CourseDirectory.course_id = 'py'; c.CourseDirectory.ignore = ['x', 'y']",
            "course/nbgrader_config.json": '{"CourseDirectory": {"course_id": "json"}}',
        },
        "what lies beside": {
            "course/nbgrader_config.py": "import beside\nc.CourseDirectory.course_id = beside.NAME",
            "course/beside.py": "NAME = 'beside'",
        },
    }

    @pytest.mark.parametrize("files", FILES.values(), ids=FILES)
    def test_are_read_in_its_order(self, course, account, files, monkeypatch):
        for name, text in files.items():
            where, _, file = name.partition("/")
            ({"account": account, "course": course.root}[where] / file).write_text(text)
        found = what_is_set(CourseDirectory(config=Course(course.root).config, root=str(course.root)))
        monkeypatch.delitem(sys.modules, "beside", raising=False)
        assert found == by_nbgrader(course, monkeypatch)
        assert found[:3] != [f"sqlite:///{course.root}/gradebook.db", "", "submitted"]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("c = get_config()\n1 / 0", r"nbgrader_config\.py, line 2 cannot be read: ZeroDivisionError"),
            ("c = get_config(\n", r"cannot be read: SyntaxError: .*line 1"),
            ("load_subconfig('gone.py')\nimport gone", r"line 2 cannot be read: ModuleNotFoundError"),
            ("c.CourseDirectory.root = '/somewhere/else'", r"are about another course: .*root is /somewhere/else"),
        ],
    )
    def test_what_cannot_be_read_is_named(self, course, text, said):
        (course.root / "nbgrader_config.py").write_text(text)
        with pytest.raises(UsageError, match=said):
            Course(course.root).config  # noqa: B018
