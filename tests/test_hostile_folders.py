"""Commands called from a folder full of what a student may leave there: nothing of it is executed or obeyed."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from courses import BIN, ROOT, run
from helpers import graded_cell, write_course
from lossmark.course import Course
from lossmark.quality.roster import solution
from strangers import behind_lossmark

pytestmark = [pytest.mark.sandbox, pytest.mark.course, pytest.mark.timeout(600)]

TOY, STUDENT = "toy", "mallory"
in_full = pytest.mark.skipif("LOSSMARK_FUZZ" not in os.environ, reason="all other commands start alike: make fuzz")
CELLS = [
    graded_cell("solution", "double", "### BEGIN SOLUTION\ndef double(x):\n    return 2 * x\n### END SOLUTION"),
    graded_cell("tests", "double_tests", "assert double(1) == 2", 2),
    graded_cell("manual", "why", "Because.", 1),
]
CHECKS = """
    from lossmark import assert_close, check
    from . import reference

    class TestDouble:
        cell = "double_tests"

        @check(points=2)
        def test_value(self, submission):
            '''Twice'''
            assert_close(submission.double(3.0), reference.double(3.0), tolerance=1e-6)
"""
MODULES = [
    *("argparse", "ast", "asyncio", "ctypes", "json", "logging", "pickle", "random", "selectors", "signal", "socket"),
    *("string", "subprocess", "tempfile", "threading"),
    *("bs4", "jinja2", "matplotlib", "nbconvert", "nbformat", "nbgrader", "numpy", "pytest", "sqlalchemy", "traitlets"),
    *("conftest", "hostile_backend", "hostile_plugin", "password_file", "reference", "sitecustomize", "usercustomize"),
    *("ipython_config", "ipython_kernel_config", "jupyter_config", "jupyter_nbconvert_config", "jupyter_server_config"),
    *("nbgrader_config", "zmq"),
]
PACKAGES = ["distributed", "graders", "graders.toy", "lossmark", "lossmark.sandbox", "multiprocessing", "scipy"]
SETTINGS = {
    "matplotlibrc": "backend: module://hostile_backend\ntext.usetex: True\n",
    "pytest.ini": "[pytest]\naddopts = -p hostile_plugin\n",
    "tox.ini": "[pytest]\naddopts = -p hostile_plugin\n",
    "setup.cfg": "[tool:pytest]\naddopts = -p hostile_plugin\n",
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = ["-p", "hostile_plugin"]\n',
    "nbgrader_config.json": json.dumps({"Lossmark": {"isolation": "none", "seed": "hostile"}}),
}
PROGRAMS = ["bwrap", "alembic", "fc-list", "git", "ldconfig"]


def write_hostile_files(folder: Path, executed: Path) -> None:
    """Write files, each of which leaves its name in another folder when it is executed."""
    for name in [*MODULES, *(f"{package}.__init__" for package in PACKAGES)]:
        file = folder / Path(*name.split(".")).with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"open({str(executed / name)!r}, 'w').close()\n")
    (folder / "source" / TOY).mkdir(parents=True)
    for name, text in SETTINGS.items():
        (folder / name).write_text(text)
    for name in PROGRAMS:
        (folder / name).write_text(f"#!/bin/sh\n: > {executed / name}\nexit 1\n")
        (folder / name).chmod(0o755)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with one submission, in a folder full of hostile files."""
    root = tmp_path_factory.mktemp("course")
    write_course(root, CELLS, {"reference": "def double(x):\n    return 2 * x", "test_toy": CHECKS})
    with (root / "nbgrader_config.py").open("a") as settings:
        settings.write(behind_lossmark())
    course = Course(root)
    handed_in = root / "submitted" / STUDENT / TOY
    handed_in.mkdir(parents=True)
    nbformat.write(solution(course.assignment(TOY)), handed_in / f"{TOY}.ipynb")
    (root / "executed").mkdir()
    (root / "executed").chmod(0o1777)
    write_hostile_files(handed_in, root / "executed")
    assert run("nbgrader", "generate_assignment", TOY, cwd=root).returncode == 0
    return course


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables of an account that has never graded, so that all is made that is made only once."""
    home = tmp_path_factory.mktemp("home")
    return {"XDG_CACHE_HOME": str(home / "cache"), "HOME": str(home)}


def handed_in(course: Course) -> Path:
    return course.root / "submitted" / STUDENT / TOY


def executed(course: Course) -> list[str]:
    return sorted(path.name for path in (course.root / "executed").iterdir())


def call(*command: str | Path, folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Call a program as a shell does whose PATH begins with the working folder, by an empty entry."""
    path = f"{os.pathsep}{BIN}{os.pathsep}{os.environ['PATH']}"
    program = BIN / command[0] if isinstance(command[0], str) else command[0]
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # it holds a sitecustomize
    return subprocess.run(
        [str(word) for word in (program, *command[1:])],
        cwd=folder,
        env={**inherited, "PWD": str(folder), "PATH": path, **variables},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_the_files_are_as_hostile_as_they_look(course: Course, tmp_path: Path) -> None:
    """Python itself would import them; else all that follows would hold by accident."""
    marks = tmp_path / "marks"
    marks.mkdir()
    write_hostile_files(tmp_path / "folder", marks)
    call(
        BIN / "python",
        "-c",
        "import matplotlib, multiprocessing, sitecustomize",
        folder=tmp_path / "folder",
        variables={},
    )
    assert {path.name for path in marks.iterdir()} >= {"matplotlib", "multiprocessing.__init__"}


@pytest.mark.parametrize(
    "command",
    [
        ["grade", f"{TOY}.ipynb", "--assignment", TOY, "--json"],
        ["autograde", TOY, "--jobs", "1"],
        ["explain", STUDENT, TOY],
        pytest.param(["regrade", TOY, "--diff", "--jobs", "1"], marks=in_full),
        pytest.param(["report", TOY, "--output", "{tmp}/report.html"], marks=in_full),
        pytest.param(["answers", TOY], marks=in_full),
        pytest.param(["export", "--format", "moodle", "--to", "{tmp}/grades.csv"], marks=in_full),
        pytest.param(["scorecard", TOY, "--jobs", "1"], marks=in_full),
        pytest.param(["doctor"], marks=in_full),
    ],
    ids=lambda command: command[0],
)
def test_commands_of_ours(command: list[str], course: Course, tmp_path: Path, cache: dict[str, str]) -> None:
    words = [word.format(tmp=tmp_path) for word in command]
    done = call("lossmark", *words, folder=handed_in(course), variables=cache)
    assert executed(course) == []
    assert done.returncode == 0, done.stderr
    if command[0] == "grade":
        assert json.loads(done.stdout)["score"] == 2.0
    if command[0] == "explain":
        assert "2 of 2" in done.stdout


def test_a_folder_elsewhere_with_the_course_named(course: Course, tmp_path: Path, cache: dict[str, str]) -> None:
    folder = tmp_path / "downloads"
    shutil.copytree(handed_in(course), folder)
    words = ("grade", f"{TOY}.ipynb", "--assignment", TOY, "--json", "--course", course.root)
    done = call("lossmark", *words, folder=folder, variables=cache)
    assert executed(course) == []
    assert json.loads(done.stdout)["score"] == 2.0, done.stderr


def test_a_notebook_elsewhere_is_no_reason_to_look_for_a_course_there(course: Course, tmp_path: Path) -> None:
    folder = tmp_path / "downloads"
    shutil.copytree(handed_in(course), folder)
    done = call("lossmark", "grade", folder / f"{TOY}.ipynb", "--assignment", TOY, folder=tmp_path, variables={})
    assert (done.returncode, executed(course)) == (2, [])
    assert f"{tmp_path} is not in a course" in done.stderr


def test_nbgrader_called_in_the_course(course: Course, cache: dict[str, str]) -> None:
    """nbgrader copies what was handed in beside the notebook into `autograded/`."""
    done = call("nbgrader", "autograde", TOY, "--force", folder=course.root, variables=cache)
    assert executed(course) == []
    assert done.returncode == 0, done.stderr
    graded = course.root / "autograded" / STUDENT / TOY
    assert (graded / "nbgrader_config.py").is_file()
    assert json.loads((graded / "results.json").read_text())["score"] == 2.0


@in_full
def test_nbgrader_s_feedback(course: Course, cache: dict[str, str]) -> None:
    done = call("nbgrader", "generate_feedback", TOY, "--force", folder=course.root, variables=cache)
    assert (done.returncode, executed(course)) == (0, []), done.stderr


def on_the_hub(course: Course, folder: Path) -> dict[str, str]:
    """The variables of the grading account's server."""
    return {
        "JUPYTER_CONFIG_PATH": str(ROOT / "deploy" / "etc" / "grader"),
        "LOSSMARK_COURSE": str(course.root),
        "LOSSMARK_COURSE_ID": "losses",
        "LOSSMARK_EXCHANGE": str(folder / "exchange"),
    }


def test_nbgrader_called_among_them_on_the_hub(course: Course, tmp_path: Path, cache: dict[str, str]) -> None:
    hub = on_the_hub(course, tmp_path)
    done = call("nbgrader", "list", folder=handed_in(course), variables=cache | hub)
    assert (done.returncode, executed(course)) == (1, [])
    assert f"nbgrader_config.json is not the course's, and would be executed; call this in {course.root}" in done.stderr


@in_full
def test_nbgrader_called_among_modules_on_the_hub(course: Course, tmp_path: Path, cache: dict[str, str]) -> None:
    folder = Path(shutil.copytree(handed_in(course), tmp_path / "downloads"))
    for file in folder.glob("nbgrader_config.*"):
        file.unlink()
    words = ("nbgrader", "db", "student", "list")
    done = call(*words, folder=folder, variables=cache | on_the_hub(course, tmp_path))
    assert (done.returncode, executed(course)) == (0, []), done.stderr
    assert STUDENT in done.stdout
    assert "students cannot find the course: c.CourseDirectory.course_id" in done.stderr


def test_nbgrader_called_among_them_otherwise_is_told_so(course: Course, cache: dict[str, str]) -> None:
    """What nbgrader executes before anything of ours is loaded cannot be helped; but nothing is graded there."""
    folder = course.root / "submitted" / "trent" / TOY
    folder.mkdir(parents=True)
    shutil.copy(handed_in(course) / f"{TOY}.ipynb", folder)
    words = ("autograde", TOY, "--student", "trent", "--course-dir", course.root)
    done = call("nbgrader", *words, folder=folder, variables=cache)
    shutil.rmtree(folder.parent)
    assert done.returncode != 0
    assert f"nbgrader was called in {folder}, which holds files of students" in done.stderr
    assert not (course.root / "autograded" / "trent" / TOY).exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can call a command as another account")
def test_an_ordinary_account(course: Course, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(course.root, home / "course")
    for path in (home, *home.rglob("*")):
        os.chown(path, 58_900, 58_900)
    for folder in {*home.parents, *(course.root / "executed").parents}:
        folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
    words = ("grade", f"{TOY}.ipynb", "--assignment", TOY, "--json")
    own = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    folder = home / "course" / "submitted" / STUDENT / TOY
    program = [*opened(), "/usr/bin/setpriv", "--reuid=58900", "--regid=58900", "--clear-groups", "--"]
    done = call(Path(program[0]), *program[1:], BIN / "lossmark", *words, folder=folder, variables=own)
    assert executed(course) == []
    assert json.loads(done.stdout)["score"] == 2.0, done.stderr


def opened() -> list[str]:
    """The program that shows another account this Python, also where it lies in a folder that is closed to others."""
    needed = sorted({Path(sys.base_prefix), Path(sys.prefix), ROOT / "src"})
    closed = {one for path in needed for one in path.parents if not one.stat().st_mode & stat.S_IXOTH}
    outermost = [one for one in sorted(closed) if not closed & set(one.parents)]
    inside = [path for path in needed if any(one in path.parents for one in outermost)]
    between = {one for path in inside for one in path.parents if set(outermost) & {*one.parents}}
    view = ["/usr/bin/bwrap", "--cap-add", "ALL", "--die-with-parent", "--dev-bind", "/", "/"]
    for folder in outermost:
        view += ["--perms", "0755", "--tmpfs", str(folder)]
    for folder in sorted(between):
        view += ["--perms", "0755", "--dir", str(folder)]
    for path in inside:
        view += ["--ro-bind", str(path), str(path)]
    return [*view, "--"]
