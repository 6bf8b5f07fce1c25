"""Hostile notebooks against the boundary, and the walls of the sandbox one by one.

Each file of ``tests/attacks`` is graded in a copy of the course in which secrets are planted. An oracle then looks at
all that came of it: the score, what is shown to a person, the course's files, processes, sockets and memory. Right
after it an honest submission is graded in the same worker, and must fare as if it were alone.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
import secrets
import select
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from traitlets.config import Config

import lossmark
from lossmark.boundary.submission import TimedOut
from lossmark.course import Course
from lossmark.errors import NotGraded
from lossmark.execution.kernel import StudentKernel
from lossmark.execution.notebook import lay_out, read_notebook
from lossmark.grading.pipeline import Grader
from lossmark.quality.roster import Attack, read_attacks, solution
from lossmark.results import CellResult, CheckResult, GradedNotebook
from lossmark.sandbox.bubblewrap import environment
from lossmark.sandbox.host import Sandbox
from lossmark.sandbox.limits import Isolation, Limits

pytestmark = pytest.mark.sandbox

ROOT = Path(__file__).parents[1]
ATTACKS = read_attacks(ROOT / "tests" / "attacks")
FAMILIES = {"score", "secrets", "escape", "exhaustion", "people"}
SETTINGS_OF_PAGES = Course(ROOT).config
POINTS = Course(ROOT).assignment("hinge_loss").points
HARMLESS = ("read-files", "read-environment", "opened-sockets")
"""Attacks that only look; they may run without walls."""

REACHED = "REACHED"
PORT_OF_ATTACKS = 30711
"""Where one of them listens: none that the system gives to connections, or that other tests use."""
SHOWN_KINDS = {"stream", "display_data", "error"}
"""Kinds of output in a graded notebook; nbgrader would take an `execute_result` for partial credit."""
ACTIVE_TAGS = (
    *("script", "style", "iframe", "frame", "object", "embed", "template", "svg", "video", "audio"),
    *("form", "input", "base", "meta", "link", "annotation-xml", "mglyph", "malignmark", "maction"),
)
"""Of formulas (``math``), only what may hold something else than a formula."""
SENT_TO = re.compile(r"(?:https?:)?//(?:192\.0\.2\.1|lossmark\.example)")
"""Where the attacks have the page of whoever grades send something."""
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
PILED = re.compile(
    r"(?:(?:\x1b\[[0-9;]*m|[\u00ad\u200b-\u200d])*[\u0300-\u036f\u0e34-\u0e4e\u1ab0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]){5}"
)
"""Marks on one letter that cover the lines around it."""
MAX_MESSAGE = 20_000
MAX_NOTEBOOK = 2**24
MAX_MEMORY_GROWTH = 300 * 2**20
MAX_CPU_S = 60.0
"""Of this process for one attack, as much as reading alone may take."""
MOST_TIMES, SLACK_S = 4, 2.0
"""An honest submission may take so many times longer after an attack, and so much more: the machine does other work."""
SETTINGS = """
c.Lossmark.call_timeout_s = 0.5
c.Lossmark.cell_timeout_s = 2.0
c.Lossmark.notebook_timeout_s = 10.0
"""


SOURCES = {
    "many magics": "!true\n" * 501,
    "functions calling each other": "\n".join(f"def f{i}():\n    f{i + 1}()" for i in range(1500)),
    "open brackets": "x = " + "(" * 100_000,
    "signs": "x = " + "-" * 100_000 + "1",
    "half a character": "x = '\ud800'",
    "a zero": "x = 1\0",
    "lambdas": "lambda: " * 6000 + "1",
    "many names for a long list": "a = " * 9000 + "[" + "1," * 6000 + "]",
}
"""Cells that parsers stumble over; the grader reads a submission's source, too."""


@dataclass(frozen=True)
class Plant:
    """A copy of the course, and what no student may ever see of it."""

    course: Course
    home: Path
    secret: str
    lines: frozenset[str]

    def digest(self) -> dict[str, str]:
        """Digest every file of the course and of the grader's home."""
        files = [path for folder in (self.course.root, self.home) for path in folder.rglob("*") if path.is_file()]
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
            if "__pycache__" not in path.parts
        }


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """Copy the course and plant one secret in all places where a teaching assistant's machine has some."""
    folder, secret = tmp_path_factory.mktemp("attacked"), f"canary{secrets.token_hex(12)}"
    root, home = folder / "course", folder / "home"
    for name in ("source", "graders"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    settings = (ROOT / "nbgrader_config.py").read_text()
    (root / "nbgrader_config.py").write_text(f"{settings}{SETTINGS}# {secret}\n")
    for path in (root / "graders").rglob("*.py"):
        path.write_text(f"# {secret}\n{path.read_text()}\n# {secret}\n")
    notebook = root / "source" / "hinge_loss" / "hinge_loss.ipynb"
    source = nbformat.read(notebook, as_version=4)
    for cell in source.cells:
        cell.source = cell.source.replace("### END HIDDEN TESTS", f"# {secret}\n### END HIDDEN TESTS")
    nbformat.write(source, notebook)
    other = root / "submitted" / "other" / "hinge_loss" / "hinge_loss.ipynb"
    for path in (other, home / "lossmark-secret.txt", root / "lossmark-secret.txt"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(secret)
    with sqlite3.connect(root / "gradebook.db") as gradebook:
        gradebook.execute("CREATE TABLE grade (student TEXT, auto_score REAL)")
        gradebook.execute("INSERT INTO grade VALUES (?, 0)", [secret])
    gradebook.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache"))
        patch.setenv("HOME", str(home))
        patch.setenv("LOSSMARK_CANARY", secret)
        patch.chdir(root)
        course = Course(root)
        yield Plant(course, home, secret, _lines_to_hide(course))


def _lines_to_hide(course: Course) -> frozenset[str]:
    """Lines of code that only graders and hidden tests hold."""
    assignment = course.assignment("hinge_loss")
    engine = "\n".join(path.read_text() for path in Path(lossmark.__file__).parent.rglob("*.py"))
    known = engine + "\n".join(cell.source for cell in solution(assignment).cells)
    hidden = [cell.source for cell in assignment.source.cells]
    hidden += [path.read_text() for path in (course.root / "graders").rglob("*.py")]
    code = re.compile(
        r"(def|class|from|import|return|assert\w*|yield|@\w+)\b.*[=(\[].*|### BEGIN.*|.*lossmark\.grade.*"
    )
    lines = {line.strip() for text in hidden for line in text.splitlines()}
    return frozenset(line for line in lines if len(line) >= 20 and code.fullmatch(line) and line not in known)


@pytest.fixture(scope="module")
def grader(plant: Plant) -> Iterator[Grader]:
    with Grader(plant.course, "hinge_loss") as grader:
        for _ in range(2):  # from the second kernel on, another is kept ready
            grader.grade(honest(grader))
        yield grader


@pytest.fixture(scope="module")
def alone(grader: Grader) -> GradedNotebook:
    """What an honest submission gets that nobody has been graded before."""
    graded = grader.grade(honest(grader))
    assert graded.score == graded.max_score
    return graded


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def kernel(sandbox: Sandbox) -> Iterator[StudentKernel]:
    kernel = StudentKernel(sandbox, Limits())
    yield kernel
    kernel.close()


def honest(grader: Grader) -> str:
    """Return the notebook of a student who has solved everything."""
    text: str = nbformat.writes(solution(grader.assignment))
    return text


def findings(graded: GradedNotebook, plant: Plant) -> list[str]:
    """Say what a submission has reached that it should not have, as far as its grading shows it."""
    found = []
    shown = [
        str(value) for cell in graded.notebook.cells for output in cell.get("outputs", []) for value in _leaves(output)
    ]
    messages = [check.message for cell in graded.cells for check in cell.checks]
    for text in messages:
        found += [f"a message that a terminal obeys: {text[:100]!r}"] * bool(OBEYED.search(text))
    found += [f"marks piled up: {text[:100]!a}" for text in shown if PILED.search(text)]
    for text in (*shown, *messages, *graded.remarks):
        if REACHED in text:
            found.append(text[text.index(REACHED) :][:200])
        if plant.secret in text:
            found.append(f"a secret: {text[:200]}")
        found += [f"a line of the graders: {line}" for line in plant.lines if line in text]
    found += [f"a message of {len(text)} characters" for text in messages if len(text) > MAX_MESSAGE]
    kinds = {output.output_type for cell in graded.notebook.cells for output in cell.get("outputs", [])}
    found += [f"an output of kind {kind}" for kind in kinds - SHOWN_KINDS]
    return found + _faults_of_file(graded.notebook)


def _faults_of_file(notebook: NotebookNode) -> list[str]:
    """Say what is wrong with a graded notebook as a file, and as a page for a browser."""
    try:
        nbformat.validate(notebook)
        size = len(nbformat.writes(notebook).encode())
    except (nbformat.ValidationError, ValueError) as error:
        return [f"an invalid notebook: {str(error)[:200]}"]
    if size > MAX_NOTEBOOK:
        return [f"a notebook of {size} bytes"]
    return active_parts(page_of(notebook, walls=True))


def page_of(notebook: NotebookNode, *, walls: bool) -> str:
    """Make the page that a person opens, with the course's settings or with nbconvert's own."""
    page: str = exporter_with(walls).from_notebook_node(notebook)[0]
    return page


@functools.cache
def exporter_with(walls: bool) -> HTMLExporter:
    return HTMLExporter(template_name="classic", config=SETTINGS_OF_PAGES if walls else Config())


@functools.cache
def head_of_empty(walls: bool) -> str:
    """What stands before the body of any page: the template's styles and a title."""
    return page_of(new_notebook(), walls=walls).partition("<body")[0]


def active_parts(page: str) -> list[str]:
    """Find what a browser would run, or fetch without being asked, among what came from a student."""
    head, tag, rest = page.partition("<body")
    body, found = BeautifulSoup(tag + rest, "html5lib").body, []
    assert body is not None
    if head not in {head_of_empty(walls) for walls in (True, False)}:  # it takes long to parse, and none has its own
        found.append(f"something of its own in the head: {head[:300]}")
    for part in body.find_all(True):
        text = f"{part}"[:150]
        if part.name in ACTIVE_TAGS:
            found.append(f"active content: {text}")
        for name, value in part.attrs.items():
            value = " ".join(value) if isinstance(value, list) else value
            address = re.sub(r"[\0-\x20]", "", value).lower()
            if name.endswith("href") and part.name != "a":
                found.append(f"active content: {text}")
            if name.startswith("on") or address.startswith(("javascript:", "data:text", "data:image/svg", "vbscript:")):
                found.append(f"active content: {text}")
            if SENT_TO.match(value) and (part.name, name) != ("a", "href"):
                found.append(f"fetched without being asked: {text}")
            if name == "style" and ("position" in value or "url(" in value):
                found.append(f"painted over: {text}")
    return found


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from (leaf for key, part in value.items() for leaf in (key, *_leaves(part)))
    elif isinstance(value, list):
        yield from (leaf for part in value for leaf in _leaves(part))
    else:
        yield value


def processes_of(sandbox: Sandbox) -> set[int]:
    """Return the living descendants of a sandbox's process, itself included."""
    assert sandbox._process is not None
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it has ended meanwhile
        if state != "Z":
            parents[int(path.parent.name)] = int(parent)
    family = {sandbox._process.pid}
    while more := {process for process, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def peak_memory() -> int:
    """Return the most memory that this process has held, in bytes, since it was last forgotten."""
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert peak is not None
    return 1024 * int(peak[1])


def forget_peak_memory() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def listens(family: socket.AddressFamily, address: object) -> bool:
    with socket.socket(family) as one:
        return one.connect_ex(address) == 0


THEFTS = {"sgd": ["stolen-functions"], "gradients": ["forged-facts"]}
"""Attacks that name no cell, by an assignment whose checks send functions into the student kernel."""
MOST_OF_A_CONSTANT = 0.15
"""The share of a function's points that an answer which has nothing to do with the question may earn."""
BUSY_WITH_ITSELF = {"burning-processes"}
"""Attacks whose own processes take the time of their notebook: what they earn is asked with the usual limits."""
USUAL = Limits()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.family}-{attack.name}")
def test_attack_reaches_nothing(attack: Attack, plant: Plant, grader: Grader, alone: GradedNotebook) -> None:
    assert grader.sandbox._process is not None
    files, main_process, processes = plant.digest(), grader.sandbox._process.pid, len(processes_of(grader.sandbox))
    forget_peak_memory()
    before, used_before_s = peak_memory(), time.process_time()

    notebook = nbformat.writes(attack.notebook(grader.assignment))
    graded = grader.grade(notebook, USUAL if attack.name in BUSY_WITH_ITSELF else None)

    assert findings(graded, plant) == []
    assert graded.score == (graded.max_score if attack.earns_all else 0.0)
    assert peak_memory() - before < MAX_MEMORY_GROWTH
    assert time.process_time() - used_before_s < MAX_CPU_S
    assert plant.digest() == files
    assert not listens(socket.AF_INET, ("127.0.0.1", PORT_OF_ATTACKS))
    assert not listens(socket.AF_UNIX, "\0lossmark-inside")

    neighbour = grader.grade(honest(grader))
    assert neighbour.cells == alone.cells
    assert neighbour.notebook == alone.notebook
    assert neighbour.remarks == ()
    assert neighbour.seconds < MOST_TIMES * alone.seconds + SLACK_S
    assert grader.sandbox._process.pid == main_process
    assert len(processes_of(grader.sandbox)) == processes
    assert len(list(Path(grader.sandbox._folder or "", "s").iterdir())) <= 1


@pytest.mark.parametrize(
    ("name", "said"),
    {
        "system-calls": ["add_key, bpf, chroot, clone,", "ptrace", "unshare"],
        "own-filters": ["(ptrace, unshare)"],
        "watched-and-traced": ["process_vm_readv"],
        "garbled-replies": ["cannot be read"],
        "killed-kernels": ["ended the kernel"],
        "endless-output": ["more than is kept"],
    }.items(),
)
def test_what_an_attack_has_met_is_a_remark(name: str, said: list[str], grader: Grader) -> None:
    remarks = "; ".join(grader.grade(nbformat.writes(the(name).notebook(grader.assignment))).remarks)
    assert [part for part in said if part not in remarks] == []


@pytest.mark.parametrize(("assignment", "names"), THEFTS.items(), ids=THEFTS)
def test_what_the_grader_sends_earns_next_to_nothing(assignment: str, names: list[str], plant: Plant) -> None:
    with Grader(plant.course, assignment) as grader:
        for name in names:
            graded = grader.grade(nbformat.writes(the(name).notebook(grader.assignment)), USUAL)
            earned = {cell.grade_id: cell.score / cell.max_score for cell in graded.cells}
            assert max(earned.values()) <= MOST_OF_A_CONSTANT, (name, earned)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_source_does_not_stop_the_grader(source: str, grader: Grader) -> None:
    notebook = solution(grader.assignment)
    cell = next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "L_i_vectorized"
    )
    cell.source += "\n    f0()"  # never reached, but read by the check that looks for loops
    notebook.cells.insert(0, new_code_cell(source))
    graded = grader.grade(nbformat.writes(notebook))
    assert graded.score == graded.max_score


def test_fault_of_a_check_does_not_spoil_the_next_submission(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    with Grader(plant.course, "hinge_loss") as grader:
        with monkeypatch.context() as broken:
            broken.setattr(grader.graders.reference, "squared_hinge_loss", None)
            with pytest.raises(NotGraded):
                grader.grade(honest(grader))
        after = grader.grade(honest(grader))
    assert after.score == after.max_score


def the(name: str) -> Attack:
    return next(attack for attack in ATTACKS if attack.name == name)


@pytest.mark.parametrize("name", HARMLESS)
def test_attack_is_noticed_where_there_are_no_walls(name: str, plant: Plant) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there are no walls
        with Grader(plant.course, "hinge_loss", Isolation.NONE) as grader:
            graded = grader.grade(nbformat.writes(the(name).notebook(grader.assignment)))
            left = []
            for process in processes_of(grader.sandbox):
                with contextlib.suppress(ProcessLookupError):
                    left.append(os.pidfd_open(process))
    assert findings(graded, plant)
    for descriptor in left:  # readable when the process has ended
        assert select.select([descriptor], [], [], 10)[0]
        os.close(descriptor)


@pytest.mark.parametrize("name", ["replaced-builtins", "rewritten-input"])
def test_attack_earns_points_where_tests_share_its_process(name: str, grader: Grader) -> None:
    """The visible tests run in the student's kernel, as all of stock nbgrader's do: there, these pass."""
    graded = grader.grade(nbformat.writes(the(name).notebook(grader.assignment)))
    tests = [cell for cell in graded.notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") in POINTS]
    failed = [cell for cell in tests if any(output.output_type == "error" for output in cell.outputs)]
    assert graded.score == 0
    assert len(failed) < len(tests)


def test_attack_is_noticed_where_there_is_no_limit(grader: Grader, plant: Plant) -> None:
    limits = replace(Limits(), processes=4000)
    graded = grader.grade(nbformat.writes(the("fork-bomb").notebook(grader.assignment)), limits)
    assert any("REACHED" in found for found in findings(graded, plant))


def test_every_attack_says_what_it_tries() -> None:
    assert len(ATTACKS) >= 130
    assert {attack.family for attack in ATTACKS} == FAMILIES
    assert all(attack.purpose.count("\n") == 0 and attack.purpose.endswith(".") for attack in ATTACKS)


@pytest.mark.parametrize(
    "place", ["output", "message", "traceback", "kind", "page", "title", "terminal", "count", "size", "pile"]
)
def test_oracle_notices(place: str, plant: Plant) -> None:
    check = CheckResult("test_x", "A title", 0.0, 1.0, "failed", "all is well")
    cell = new_code_cell("pass", outputs=[new_output("stream", text="all is well")])
    clean = GradedNotebook("hinge_loss", (CellResult("x", (check,)),), (), (), new_notebook(cells=[cell]), 0.0)
    assert findings(clean, plant) == []
    hidden = sorted(plant.lines)[len(plant.lines) // 2]
    graded = clean
    match place:
        case "output":
            cell.outputs = [new_output("display_data", {"text/plain": ["a", f"b{plant.secret}"]})]
        case "message":
            graded = replace(clean, cells=(CellResult("x", (replace(check, found=f"see {hidden}"),)),))
        case "traceback":
            cell.outputs = [new_output("error", ename="E", evalue="", traceback=[f"{REACHED} a file"])]
        case "kind":
            cell.outputs = [new_output("execute_result", {"text/plain": "20"}, execution_count=1)]
        case "page":
            cell.outputs = [new_output("display_data", {"text/html": "<script>lossmark</script>"})]
        case "title":
            title = "</title><script>lossmark</script><title>"
            graded = replace(clean, notebook=new_notebook(cells=[cell], metadata={"title": title}))
        case "terminal":
            graded = replace(clean, cells=(CellResult("x", (replace(check, found="\x1b[2J"),)),))
        case "count":
            cell.execution_count = "<script>lossmark</script>"
        case "pile":
            cell.outputs = [new_output("stream", text="x\u0308\x1b[31m\u0301\u200d\u0300\u030c\u0308")]
        case "size":
            cell.outputs = [new_output("stream", text="x" * MAX_NOTEBOOK)]
    assert len(findings(graded, plant)) >= 1


def run(kernel: StudentKernel, source: str, timeout_s: float = 10.0) -> str:
    """Run a cell and return what it printed, and what it raised."""
    cell = new_code_cell(source)
    kernel.execute(cell, timeout_s)
    return "".join(output.get("text") or f"{output.get('ename')}: {output.get('evalue')}" for output in cell.outputs)


def test_student_is_nobody_without_capabilities(kernel: StudentKernel) -> None:
    source = """
        import ctypes, os
        libc = ctypes.CDLL(None)
        header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
        libc.capget(header, sets)
        bounding = sum(libc.prctl(23, capability, 0, 0, 0) > 0 for capability in range(64))
        print(os.getresuid(), os.getresgid(), any(sets), bounding, libc.prctl(39, 0, 0, 0, 0))
    """
    assert run(kernel, source).strip() == f"{(65534,) * 3} {(65534,) * 3} False 0 1"


def test_student_sees_no_other_processes_no_sockets_and_no_course(kernel: StudentKernel) -> None:
    source = f"""
        import os
        print(sorted(name for name in os.listdir("/proc") if name.isdigit()), os.getpid(), os.getppid())
        print(os.listdir("/run/lossmark"), set(os.listdir("/proc/self/task")) <= set(os.listdir("/proc/2/task")))
        print(set(os.listdir({str(ROOT)!r})) - {{"src", ".venv"}} if os.path.isdir({str(ROOT)!r}) else set())
        print([name for name in ("/etc/passwd", "/home", "/sys", "/var", "/dev/mem") if os.path.exists(name)])
    """
    assert run(kernel, source).splitlines() == ["['1', '2'] 2 1", "[] True", "set()", "[]"]


def test_what_the_machine_is_made_of_can_be_read_and_not_changed(kernel: StudentKernel) -> None:
    source = """
        import os
        def attempt(act, *arguments):
            try:
                return bool(act(*arguments)) or True
            except OSError:
                return False
        for name in ("cpuinfo", "meminfo", "stat", "uptime"):
            path = f"/proc/{name}"
            changed = [attempt(open, path, "ab"), attempt(os.unlink, path), attempt(os.chmod, path, 0o666),
                       attempt(os.rename, path, f"{path}.old"), attempt(os.symlink, "/", f"/proc/to-{name}")]
            print(os.path.isfile(path), os.path.islink(path), len(open(path).read()) > 10, any(changed))
        print(attempt(os.mkdir, "/proc/new"), *[attempt(open, f"/proc/self/{name}", "r+b") for name in ("comm", "mem")])
        import psutil
        print(psutil.virtual_memory().total > 2**28, psutil.cpu_count() > 0, psutil.boot_time() > 0)
    """
    assert run(kernel, source).splitlines() == ["True False True False"] * 4 + ["False False False", "True True True"]


def test_all_else_of_proc_is_empty(kernel: StudentKernel) -> None:
    source = """
        import os
        machine, processes = {"cpuinfo", "meminfo", "stat", "uptime"}, {"self", "thread-self", "1", "2"}
        for name in set(os.listdir("/proc")) - machine - processes:
            path = f"/proc/{name}"
            if os.path.islink(path):
                print(os.readlink(path))
            elif os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(1):
                print("something in", path)
    """
    assert sorted(run(kernel, source).split()) == ["self/mounts", "self/net"]


@pytest.mark.parametrize(
    ("source", "said"),
    {
        "psutil.Process().pid, psutil.pids() == [1, 2, child.pid], psutil.Process().parent().pid": "2 True 1",
        "psutil.Process().memory_info().rss > 2**24, psutil.Process().memory_full_info().uss > 0": "True True",
        "psutil.Process().num_threads() > 1, psutil.Process().cpu_times().user >= 0": "True True",
        "psutil.Process().cmdline()[1:3], psutil.Process().name()": "['-m', 'lossmark.sandbox.zygote'] python",
        "[process.name() for process in psutil.Process().children()]": "['sleep']",
        "os.path.samefile('/proc/self/exe', sys.executable), len(os.listdir('/proc/self/fd')) > 3": "True True",
        "'VmRSS' in open('/proc/self/status').read(), '[heap]' in open('/proc/self/maps').read()": "True True",
    }.items(),
)
def test_student_sees_the_processes_of_the_submission(kernel: StudentKernel, source: str, said: str) -> None:
    before = "import os, psutil, subprocess, sys\nchild = subprocess.Popen(['sleep', '9'])"
    assert run(kernel, f"{before}\nprint({source})\nchild.kill()\nchild.wait()").splitlines()[0] == said


def test_where_no_proc_can_be_mounted_there_is_only_what_the_machine_is_made_of() -> None:
    """The kernel refuses it wherever something covers a part of the /proc outside, as in many containers."""
    program = """
        import ctypes, os
        from lossmark.sandbox import walls
        walls.enter_namespaces()
        assert ctypes.CDLL(None).mount(b"tmpfs", b"/proc/fs", b"tmpfs", 0, None) == 0
        if os.fork() == 0:
            walls.enter_namespaces()
            if os.fork() == 0:
                walls.show_own_processes()
                print(sorted(os.listdir("/proc")), len(open("/proc/meminfo").read()) > 10, flush=True)
                os._exit(0)
        os.wait()
    """
    command = [sys.executable, "-c", dedent(program)]
    variables = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # a process with threads cannot enter a user namespace
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "['cpuinfo', 'meminfo', 'stat', 'uptime'] True", done.stderr


def test_student_inherits_no_way_back_to_the_sandbox(kernel: StudentKernel) -> None:
    source = """
        import os, socket, stat
        for fd in range(1024):
            try:
                mode = os.fstat(fd).st_mode
            except OSError:
                continue
            if stat.S_ISSOCK(mode):
                kind = socket.socket(fileno=os.dup(fd))
                if kind.type == socket.SOCK_SEQPACKET:
                    print("socket", fd, kind)
            elif stat.S_ISDIR(mode) or stat.S_ISREG(mode):
                print("file", fd)
    """
    assert run(kernel, source) == ""


def test_student_has_only_the_environment_of_the_sandbox(
    kernel: StudentKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = eval(run(kernel, "import os; print(sorted(os.environ))"))
    # IPython's kernel adds settings of its own for the programs that it starts.
    assert set(names) - environment().keys() <= {
        "PWD",
        "JPY_PARENT_PID",
        "TERM",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "FORCE_COLOR",
        "PAGER",
        "GIT_PAGER",
        "PYDEVD_USE_FRAME_EVAL",
        "LC_CTYPE",
    }


def test_network_is_unreachable(kernel: StudentKernel) -> None:
    source = """
        import errno, socket
        for address in (("127.0.0.1", 80), ("192.0.2.1", 80)):
            print(errno.errorcode[socket.socket().connect_ex(address)])
    """
    assert run(kernel, source).split() == ["ENETUNREACH", "ENETUNREACH"]


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm"])
def test_files_of_one_fork_are_hidden_from_another(folder: str, kernel: StudentKernel, sandbox: Sandbox) -> None:
    run(kernel, f"open('{folder}/answers', 'w').write('42')")
    other = StudentKernel(sandbox, Limits())
    try:
        assert "answers" not in run(other, f"import os; print(os.listdir('{folder}'))")
    finally:
        other.close()


def test_terminals_of_one_fork_are_hidden_from_another(kernel: StudentKernel, sandbox: Sandbox) -> None:
    assert run(kernel, "import os; ends = os.openpty(); print(os.ttyname(ends[1]))").strip() == "/dev/pts/0"
    other = StudentKernel(sandbox, Limits())
    try:
        assert run(other, "import os; print(os.listdir('/dev/pts'))").strip() == "['ptmx']"
    finally:
        other.close()


def test_memory_is_limited(kernel: StudentKernel) -> None:
    assert run(kernel, "hoard = bytearray(1200 * 2**20)").startswith("MemoryError")
    assert run(kernel, "print(len(bytearray(700 * 2**20)))").strip() == str(700 * 2**20)


def test_size_of_files_is_limited(sandbox: Sandbox) -> None:
    kernel = StudentKernel(sandbox, replace(Limits(), disk_bytes=2**20))
    try:
        assert "Error" in run(kernel, "open('/tmp/large', 'wb').write(bytes(2**21))")
    finally:
        kernel.close()


def test_number_of_processes_is_limited(kernel: StudentKernel) -> None:
    source = """
        import threading
        stop, started = threading.Event(), 0
        try:
            for started in range(300):
                threading.Thread(target=stop.wait, daemon=True).start()
        except RuntimeError as error:
            print(64 < started < 128, error)
        stop.set()
    """
    assert run(kernel, source).strip() == "True can't start new thread"


def test_deadline_ends_all_processes(sandbox: Sandbox) -> None:
    kernel = StudentKernel(sandbox, Limits())
    with pytest.raises(TimedOut):
        run(kernel, "import os, time\nfor _ in range(4): os.fork()\ntime.sleep(60)", timeout_s=2.0)
    during = processes_of(sandbox)
    kernel.close()
    assert len(during - processes_of(sandbox)) >= 2**4


@pytest.mark.parametrize(
    ("name", "needs_page"),
    [("split-markup", False), ("painted-over", False), ("hostile-markdown", True), ("spying-links", False)],
)
def test_each_wall_around_a_page_holds_alone(name: str, needs_page: bool, grader: Grader) -> None:
    """Tags are defused where they are written, all else where it is rendered; without both, the oracle notices."""
    attack = the(name)
    written = read_notebook(nbformat.writes(attack.notebook(grader.assignment)))
    defused = lay_out(written, grader.assignment).notebook
    assert active_parts(page_of(written, walls=False))
    assert active_parts(page_of(written, walls=True)) == []
    assert bool(active_parts(page_of(defused, walls=False))) is needs_page
