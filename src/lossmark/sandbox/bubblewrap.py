"""The outer wall: the command line that runs the warmed interpreter inside bubblewrap.

The sandbox sees the system's programs, this Python environment and the folders of data that the course names, all of
them read-only, and the folder of sockets. No network, no course, no home; of the environment variables, only those by
which linear algebra rounds, and the course's own.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

import lossmark
from lossmark.sandbox.limits import Surroundings
from lossmark.sandbox.zygote import FONTS, HOME, NOBODY, SOCKETS

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SETTINGS = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/fonts", "/etc/localtime")
HOSTNAME = "localhost"
"""The name of the machine inside: its own name would tell where a course is graded."""

NOTHING_AROUND = Surroundings()

ENVIRONMENT = {
    "HOME": HOME,
    "IPYTHONDIR": f"{HOME}/.ipython",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MPLCONFIGDIR": f"{HOME}/matplotlib",
    # The same order of sets on every run, and one thread for linear algebra: results do not hang on the machine's load.
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # Each thread would reserve addresses for an arena of its own, and leave a third of the memory allowed.
    "MALLOC_ARENA_MAX": "1",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    # For getpass.getuser(): there is no list of accounts to look into.
    "LOGNAME": "student",
    "USER": "student",
    "NBGRADER_EXECUTION": "autograde",  # notebooks may go by it
}
_ROUNDING = (
    *("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "BLIS_ARCH_TYPE", "MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS"),
    *("NPY_DISABLE_CPU_FEATURES", "NPY_ENABLE_CPU_FEATURES"),
)
"""Variables by which numpy and its libraries choose how to compute: as the checks do, to which answers are compared."""


def environment(variables: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """Return the variables that a sandbox has.

    Parameters
    ----------
    variables : iterable of (str, str)
        Those of the course, which have precedence.

    Returns
    -------
    dict
        The same everywhere, and those of this process by which linear algebra rounds: a wrong answer that is mostly
        rounding error is known by being rounded alike. Programs of the Python environment come first on the path.
    """
    path = {"PATH": f"{interpreter().parent}:{ENVIRONMENT['PATH']}"}
    rounding = {name: os.environ[name] for name in _ROUNDING if name in os.environ}
    return ENVIRONMENT | path | rounding | dict(variables)


def interpreter() -> Path:
    """Return the path of this interpreter by which it is found in the sandbox, too.

    Returns
    -------
    Path
        Absolute and without ``..``: called as ``../venv/bin/python``, the interpreter names itself so, by folders that
        the sandbox does not have. A virtual environment's link to its interpreter is kept: without it, the environment
        would not be found.
    """
    named = Path(sys.executable)
    folder = named.parent if named.is_absolute() else Path(sys.prefix, "bin")  # found on a relative PATH
    return folder.resolve() / named.name


def find() -> str | None:
    """Return the path of the ``bwrap`` program, or None where it is not installed."""
    folders = filter(os.path.isabs, os.environ.get("PATH", os.defpath).split(os.pathsep))
    return shutil.which("bwrap", path=os.pathsep.join(folders))  # none of the working folder, where a student's may lie


def command(
    bwrap: str, program: list[str], sockets: Path, fonts: Path | None, surroundings: Surroundings = NOTHING_AROUND
) -> list[str]:
    """Compose the command that runs a program inside the outer wall.

    Parameters
    ----------
    bwrap : str
        Path of the ``bwrap`` program.
    program : list of str
        The program and its arguments.
    sockets : Path
        Folder that both sides see.
    fonts : Path or None
        Folder of matplotlib's list of fonts, shown read-only.
    surroundings : Surroundings
        Folders of the course's data, shown read-only, and its variables.

    Returns
    -------
    list of str
    """
    arguments = ["--unshare-ipc", "--unshare-net", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"]
    arguments += ["--hostname", HOSTNAME, "--die-with-parent", "--new-session", "--clearenv"]
    if os.getuid() == 0:
        # Root becomes nobody once the folders are in place; limits on processes do not hold for root's.
        arguments += ["--cap-drop", "ALL"]
        for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SYS_ADMIN"):  # the last one to uncover /proc
            arguments += ["--cap-add", capability]
    else:
        arguments += ["--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY)]
    for name, value in environment(surroundings.variables).items():
        arguments += ["--setenv", name, value]
    system = list(_readable())
    data = [folder for folder in surroundings.data if not any(folder.is_relative_to(path) for path in system)]
    readable = [*system, *data]
    arguments += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", HOME]
    for folder in _parents([*readable, Path(SOCKETS), Path(FONTS), *map(Path, _SETTINGS)]):
        arguments += ["--perms", "0755", "--dir", str(folder)]
    for path in readable:
        is_link = path.is_symlink() and str(path) in _SYSTEM
        arguments += ["--symlink", os.readlink(path), str(path)] if is_link else _bind(path)  # noqa: PTH115
    for name in _SETTINGS:
        arguments += ["--ro-bind-try", name, name]
    if fonts is not None:
        arguments += ["--ro-bind", str(fonts), FONTS]
    arguments += ["--bind", str(sockets), SOCKETS, "--chdir", HOME]
    # A writable folder outlives a submission, so there is none, except the folder of sockets, which each fork covers.
    arguments += ["--remount-ro", "/dev", "--remount-ro", "/"]
    return [bwrap, *arguments, "--", *program]


def _readable() -> Iterator[Path]:
    """The system's programs, the Python installation and environment, and the engine itself."""
    named = sys.base_prefix, sys.prefix, sysconfig.get_path("purelib"), os.path.dirname(lossmark.__file__)  # noqa: PTH120
    paths = list(map(Path, named))
    # Where they are, and by the names that others know them by, which may lead through links.
    needed = {path.resolve() for path in paths} | {path for path in paths if ".." not in path.parts}
    system = [Path(name) for name in _SYSTEM if Path(name).exists()]
    yield from system
    shown = [Path("/usr")]
    for path in sorted(needed, key=lambda path: len(path.parts)):
        if not any(path.is_relative_to(other) for other in shown):
            shown.append(path)
            yield path


def _parents(paths: Iterable[Path]) -> list[Path]:
    """The folders above the given ones, outermost first: bubblewrap would make them closed to all but root."""
    folders = {folder for path in paths for folder in path.parents if folder != Path("/")}
    return sorted(folders - {Path(name) for name in _SYSTEM if Path(name).is_symlink()}, key=lambda f: len(f.parts))


def _bind(path: Path) -> list[str]:
    return ["--ro-bind", str(path), str(path)]
