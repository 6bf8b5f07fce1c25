"""Whether the engine's own tests notice every small change to what they are about: `make mutate-engine`.

`tests/engine_mutants.toml` says which modules are changed, which tests are to notice it, and which changes make no
difference. The mutants are those of `make mutants`, of each function and of each value of a module or class. They are
made in copies of the repository, which is mounted read-only behind bubblewrap: a mutant may delete what it likes.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import gc
import importlib
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import textwrap
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from py_compile import PycInvalidationMode

import pytest

from lossmark.quality.mutation import Mutant, mutants_of

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ROOT / "tests" / "engine_mutants.toml"
COPIED = ("src", "tests", "graders", "source", "release", "docs", "pyproject.toml", "nbgrader_config.py", "README.md")
SEED = 231
# Assertions are left as they are: pytest would compile the whole engine anew for each mutant, as it is a plugin too.
OPTIONS = ("-x", "-q", "--assert=plain", *(f"-pno:{name}" for name in ("cacheprovider", "xdist", "hypothesispytest")))
PRELOADED = ("lossmark.exports", "lossmark.commands.autograde", "lossmark.commands.report", "lossmark.batch.worker")
"""What imports nearly all that the engine needs of others, once for all mutants."""
KILLED, TIMED_OUT, SURVIVED, EQUIVALENT, STALE = "killed", "timed out", "survived", "equivalent", "stale"
FEWEST_S = 15.0
"""A mutant has at least so many seconds, and six times as many as the tests take without it."""


@dataclass(frozen=True)
class Step:
    """Tests that are to notice a mutant, and the time that they may take."""

    tests: tuple[str, ...]
    timeout_s: float


@dataclass(frozen=True)
class Change:
    """A mutant where it belongs: a module, of which it replaces some lines."""

    module: str
    mutant: Mutant
    first: int
    last: int
    indent: int

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from all others."""
        return (self.module, *self.mutant.key)

    def apply(self, text: str) -> str:
        """Return the module's text with the change."""
        lines = text.splitlines(keepends=True)
        changed = textwrap.indent(self.mutant.source, " " * self.indent) + "\n"
        return "".join([*lines[: self.first], changed, *lines[self.last :]])


def changes_of(module: str, text: str) -> list[Change]:
    """Derive the mutants of each function, and of each value of the module and its classes."""
    return [
        Change(module, mutant, first, node.end_lineno or first, node.col_offset)
        for name, node in _parts(ast.parse(text), "")
        for first in [min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))]) - 1]
        for mutant in mutants_of(name, ast.unparse(node))
        if ", /, " not in mutant.after  # from the star before keyword arguments, which is no product
    ]


def _parts(block: ast.Module | ast.ClassDef, path: str) -> Iterator[tuple[str, ast.stmt]]:
    for node in block.body:
        if isinstance(node, ast.ClassDef):
            yield from _parts(node, f"{path}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            yield f"{path}{node.name}", node
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            yield path.rstrip(".") or "module", node


def run_tests(tests: Sequence[str], timeout_s: float) -> str:
    """Run tests in a child of this process, which imports the engine anew, from this process's copy."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        log = os.open("pytest.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        for name in [name for name in sys.modules if name.partition(".")[0] == "lossmark"]:
            del sys.modules[name]
        try:
            os._exit(int(pytest.main([*OPTIONS, *tests])))
        except BaseException:  # SystemExit too: what is left of this process is not to go on
            os._exit(1)
    descriptor = os.pidfd_open(pid)
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    is_in_time = bool(waiting.poll(1000 * timeout_s))
    os.close(descriptor)
    os.killpg(pid, signal.SIGKILL)  # it is not waited for yet, so that its number is still its own
    _, status = os.waitpid(pid, 0)
    if not is_in_time:
        return TIMED_OUT
    return SURVIVED if status == 0 else KILLED


def move_into_copy() -> None:
    """Make a copy of the repository and work in it."""
    copy = Path(tempfile.mkdtemp(prefix="mutants"))
    copy.chmod(0o755)  # the sandbox reads the engine as nobody
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    os.chdir(copy)
    os.environ["PYTHONPATH"] = str(copy / "src")
    # Byte code that is told from stale by its source's digest: a mutant may have the size and the second of another.
    compileall.compile_dir("src", quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    sys.path.insert(0, str(copy / "src"))


def grade(change: Change, steps: Sequence[Step]) -> str:
    """Say what becomes of a mutant."""
    file = Path("src/lossmark", change.module)
    text = file.read_text(encoding="utf-8")
    file.write_text(change.apply(text), encoding="utf-8")
    try:
        for step in steps:
            state = run_tests(step.tests, step.timeout_s)
            if state != SURVIVED:
                return state
        return SURVIVED
    finally:
        file.write_text(text, encoding="utf-8")


def measured(tests: Sequence[str]) -> Step:
    """Run tests without a mutant: they have to pass, and the time says when one hangs."""
    started = time.monotonic()
    state = run_tests(tests, 600)
    if state != SURVIVED:
        raise SystemExit(f"without a mutant, {' '.join(tests)} {state}:\n{Path('pytest.log').read_text()[-3000:]}")
    return Step(tuple(tests), max(FEWEST_S, 6 * (time.monotonic() - started)))


def main() -> int:
    """Grade the mutants of the modules asked for; 0 if none survives."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", help="parts of the modules' paths; all, if none is given")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="how many work at once")
    parser.add_argument("--sample", type=int, help="how many mutants of each module, instead of the settings' number")
    options = parser.parse_args()
    settings = tomllib.loads(SETTINGS.read_text(encoding="utf-8"))
    reasons = {
        (entry["module"], entry["name"], entry["before"].strip(), after.strip()): entry["reason"]
        for entry in settings["equivalent"]
        for after in entry["after"]
    }
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()
    is_clean = True
    with ProcessPoolExecutor(options.jobs, get_context("fork"), initializer=move_into_copy) as pool:
        for entry in settings["module"]:
            module = entry["path"]
            if options.modules and not any(part in module for part in options.modules):
                continue
            started = time.monotonic()
            changes = changes_of(module, (ROOT / "src/lossmark" / module).read_text(encoding="utf-8"))
            drawn = random.Random(SEED).sample(changes, len(changes))[: options.sample or entry.get("sample")]
            steps = [pool.submit(measured, entry[kind]).result() for kind in ("tests", "slow_tests") if kind in entry]
            counts: Counter[str] = Counter()
            for change, state in zip(drawn, pool.map(grade, drawn, [steps] * len(drawn)), strict=True):
                if change.key in reasons:
                    state = EQUIVALENT if state == SURVIVED else STALE
                counts[state] += 1
                if state in (SURVIVED, STALE):
                    is_clean = False
                    print(f"{module}: {change.mutant.cell} {state}:")
                    print(textwrap.indent(f"{change.mutant.before}\n->\n{change.mutant.after}", "    "), flush=True)
            known = {change.key for change in changes}
            for key in [key for key in reasons if key[0] == module and key not in known]:
                is_clean = False
                print(f"{module}: {key[1]} no longer has the mutant {key[2]!r} -> {key[3]!r}")
            told = ", ".join(f"{counts[state]} {state}" for state in (KILLED, TIMED_OUT, EQUIVALENT, SURVIVED, STALE))
            seconds = time.monotonic() - started
            print(f"{module}: {len(drawn)} of {len(changes)} mutants: {told}; {seconds:.0f} s", flush=True)
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
