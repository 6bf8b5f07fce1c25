"""The package as it is published: what is in it, and that it grades where there is nothing of this repository."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable
from email.parser import HeaderParser
from importlib.metadata import Distribution
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import lossmark
from courses import NAME, ROOT, copy_course
from strangers import SECRETS, STRINGS, behind_lossmark, stranger_course

ENGINE = ROOT / "src" / "lossmark"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the source distribution, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-W", "error", "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warning" not in (done.stdout + done.stderr.replace("WARNING: Location", "")).lower()
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (wheel,) = built.glob("*.whl")
    return wheel


def engine_files() -> set[str]:
    """The files of the engine, as git would take them, from the folder that holds it."""
    paths = (path for path in ENGINE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(ENGINE.parent)) for path in paths}


class TestContents:
    def test_of_the_wheel_are_the_engine_and_nothing_else(self, wheel: Path) -> None:
        with zipfile.ZipFile(wheel) as archive:
            names = {name for name in archive.namelist() if ".dist-info/" not in name}
        settings = f"lossmark-{lossmark.__version__}.data/data/etc/jupyter/jupyter_server_config.d/lossmark.json"
        assert names == engine_files() | {settings}
        assert {"lossmark/templates/feedback.html.j2", "lossmark/instant/static/instant.js"} < names

    def test_of_the_source_distribution_are_the_engine_and_what_tells_of_it(self, built: Path) -> None:
        (file,) = built.glob("*.tar.gz")
        with tarfile.open(file) as archive:
            names = {name.partition("/")[2] for name in archive.getnames()}
        about = {"CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml", ".gitignore"}
        assert names == {f"src/{name}" for name in engine_files()} | about

    def test_have_the_version_of_the_changelog(self, wheel: Path) -> None:
        with zipfile.ZipFile(wheel) as archive:
            text = archive.read(f"lossmark-{lossmark.__version__}.dist-info/METADATA").decode()
        latest = re.search(r"^## \[(.+)\] - \d{4}-\d{2}-\d{2}$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
        assert latest is not None
        assert HeaderParser().parsestr(text)["Version"] == lossmark.__version__ == latest[1]
        assert "version" in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dynamic"]

    def test_are_named_by_the_guides_as_they_are(self, wheel: Path) -> None:
        named = {
            name for page in ROOT.glob("docs/*.md") for name in re.findall(r"lossmark-\d\S+\.whl", page.read_text())
        }
        assert named == {wheel.name}


def required_by(requirements: Iterable[str], extra: str = "") -> list[Requirement]:
    """The requirements that hold on this machine."""
    found = map(Requirement, requirements)
    return [one for one in found if one.marker is None or one.marker.evaluate({"extra": extra})]


def closure(requirements: list[str]) -> dict[str, Distribution]:
    """All that requirements draw in, in the versions that are installed here, which are those of the lock file."""
    found: dict[str, Distribution] = {}
    pending = [(one, extra) for one in required_by(requirements) for extra in ("", *one.extras)]
    seen = set()
    while pending:
        requirement, extra = pending.pop()
        if (requirement.name, extra) not in seen:
            seen.add((requirement.name, extra))
            distribution = importlib.metadata.distribution(requirement.name)
            found[distribution.metadata["Name"]] = distribution
            further = required_by(distribution.requires or [], extra)
            pending += [(one, extra) for one in further for extra in ("", *one.extras)]
    return found


def link_files(distribution: Distribution, target: Path) -> None:
    """Put a distribution's files into the `site-packages` of another environment, but for programs."""
    for file in distribution.files or ():
        origin, copy = Path(str(distribution.locate_file(file))), Path(os.path.normpath(target / file))
        if origin.is_file() and copy.parent.name not in ("bin", "__pycache__"):
            link(origin, copy)
            if file.suffix == ".py":  # with what it was compiled to: a sandbox cannot keep that, and takes long
                link(Path(cache_from_source(origin)), Path(cache_from_source(copy)))


def link(origin: Path, copy: Path) -> None:
    if origin.exists() and not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(origin, copy)
        except OSError:  # another file system
            shutil.copy2(origin, copy)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment with the wheel, and with what it says that it needs and nothing else."""
    environment = tmp_path_factory.mktemp("new") / "venv"
    before = os.umask(0o022)  # the sandbox reads it as the user nobody
    try:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
        (target,) = environment.glob("lib/python*/site-packages")
        with zipfile.ZipFile(wheel) as archive:
            text = archive.read(f"lossmark-{lossmark.__version__}.dist-info/METADATA").decode()
        for distribution in closure(HeaderParser().parsestr(text).get_all("Requires-Dist", [])).values():
            link_files(distribution, target)
        pip = [sys.executable, "-m", "pip", "--python", environment, "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--no-deps", "--no-index", wheel], check=True)
    finally:
        os.umask(before)
    return environment / "bin"


def run(installed: Path, *command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program of the new environment, of which no variable leads here."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    path = f"{installed}{os.pathsep}{os.environ['PATH']}"
    program = [str(installed / command[0]), *map(str, command[1:])]
    environment = {**variables, "PATH": path}
    return subprocess.run(program, cwd=cwd, env=environment, capture_output=True, text=True, timeout=240, check=False)


def test_the_new_environment_has_nothing_of_this_one(installed: Path, tmp_path: Path) -> None:
    look = (
        "import importlib.util as u, lossmark; print(lossmark.__file__, [u.find_spec(n) for n in ('ruff', 'sphinx')])"
    )
    done = run(installed, "python", "-c", look, cwd=tmp_path)
    assert done.stdout == f"{installed.parent}/{engine_of(installed)} [None, None]\n"
    assert run(installed, "lossmark", "--version", cwd=tmp_path).stdout == f"lossmark {lossmark.__version__}\n"


def engine_of(installed: Path) -> Path:
    (file,) = installed.parent.glob("lib/python*/site-packages/lossmark/__init__.py")
    return file.relative_to(installed.parent)


@pytest.mark.sandbox
def test_an_installed_lossmark_grades_an_assignment_of_this_course(installed: Path, tmp_path: Path) -> None:
    copy_course(tmp_path)
    file = tmp_path / "source" / NAME / f"{NAME}.ipynb"
    done = run(installed, "lossmark", "grade", file, "--assignment", NAME, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["score"], told["protected"]) == (told["max_score"], True)


@pytest.mark.sandbox
def test_an_installed_lossmark_grades_a_course_that_knows_nothing_of_it(installed: Path, tmp_path: Path) -> None:
    course = stranger_course(tmp_path, behind_lossmark())
    file = tmp_path / "submitted" / "ada" / STRINGS / f"{STRINGS}.ipynb"
    file.parent.mkdir(parents=True)
    shutil.copy(course.root / "source" / STRINGS / f"{STRINGS}.ipynb", file)
    for command in (["lossmark", "autograde"], ["nbgrader", "generate_feedback"], ["lossmark", "report"]):
        module = ["python", "-m", "nbgrader"] if command[0] == "nbgrader" else ["lossmark"]
        done = run(installed, *module, *command[1:], STRINGS, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "autograded" / "ada" / STRINGS / "results.json").read_text())
    assert (results["score"], results["max_score"], results["protected"]) == (8.0, 8.0, False)
    page = (tmp_path / "feedback" / "ada" / STRINGS / f"{STRINGS}.html").read_text()
    assert not [secret for secret in SECRETS if secret in page]
    assert (tmp_path / "reports" / f"{STRINGS}.html").is_file()
