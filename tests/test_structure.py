"""The shape of the engine: imports point one way, no module is too long to read, and the map shows each of them."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import lossmark
from courses import BIN, ROOT, run

PACKAGE = Path(lossmark.__file__).parent
MAX_LINES = 420


def modules() -> dict[str, Path]:
    names = {path: path.relative_to(PACKAGE).with_suffix("").as_posix() for path in PACKAGE.rglob("*.py")}
    return {name: path for path, name in names.items() if not name.endswith(("__init__", "__main__"))}


def test_imports_point_one_way() -> None:
    done = run(BIN / "lint-imports", "--config", ROOT / "pyproject.toml", "--no-cache")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 kept, 0 broken" in done.stdout


def test_what_only_student_kernels_need_is_not_imported_where_commands_start() -> None:
    source = "import sys, lossmark.batch.preloaded, lossmark.commands.autograde; print('matplotlib' in sys.modules)"
    assert run(sys.executable, "-c", source).stdout == "False\n"


def test_no_module_is_too_long_to_read() -> None:
    lengths = {name: len(path.read_text().splitlines()) for name, path in modules().items()}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_map_shows_each_module() -> None:
    """Each row of the map's table is a package, or the top level, with its modules."""
    text = (ROOT / "docs/architecture.md").read_text().partition("## Modules")[2]
    shown = set()
    for row in re.findall(r"^\| `([a-z_]*)/?` \|(.*)$", text, re.MULTILINE):
        package = "" if row[0] == "lossmark" else f"{row[0]}/"
        shown |= {package + name for name in re.findall(r"`([a-z_]+)`", row[1])}
    assert shown == set(modules())


def test_threat_model_names_files_that_are_there() -> None:
    """Those of the engine are named from its folder on, all others from the repository's."""
    names = re.findall(r"`([\w/]+\.py)`", (ROOT / "docs/threat-model.md").read_text())
    assert len(names) > 10
    assert [name for name in names if not (PACKAGE / name).exists() and not (ROOT / name).exists()] == []
