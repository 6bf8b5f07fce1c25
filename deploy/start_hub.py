"""Start a JupyterHub with the course, a grading account and two students, to try things out on this machine.

As root, each account is a user of its own, whom the system keeps apart from the others. The accounts exist in the
hub's view of this machine alone: bubblewrap shows it another /etc/passwd, and takes the course's repository and closed
folders out of sight. Without root, all servers run as whoever calls this.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from password_file import hash_passwords

ROOT = Path(__file__).parents[1].resolve()
PROXY = ROOT / "deploy" / "node_modules" / ".bin" / "configurable-http-proxy"
GRADER, STUDENTS, COURSE_ID = "ta", ("student-01", "student-02"), "losses"
FIRST_USER_ID = 58_001
"""Numbers from here on belong to nobody: systemd and Debian give others away."""


def main() -> int:
    """Prepare what is missing, then run the hub until it is told to end."""
    parser = argparse.ArgumentParser(description="A JupyterHub with the course, to try things out on this machine.")
    parser.add_argument("--state", type=Path, default=ROOT / "hub", help="where everything is kept")
    parser.add_argument("--course", type=Path, default=ROOT, help="the course to copy at the first start")
    parser.add_argument("--port", type=int, default=8000, help="on 127.0.0.1")
    parser.add_argument("--new-passwords", action="store_true", help="forget the passwords, and print new ones")
    options = parser.parse_args()
    state = options.state.resolve()
    is_root = os.getuid() == 0

    for program, name in (("bwrap", "bubblewrap"), ("node", "nodejs")):
        if shutil.which(program) is None:
            return _fail(f"{program} is missing; install the package {name}")
    if not PROXY.exists():
        return _fail("the proxy is missing; run npm ci in deploy/, or make hub")
    has_left_a_proxy = (state / "private" / "proxy.pid").exists()  # a hub that was killed; the next one ends it
    if not has_left_a_proxy and not _is_free(options.port):
        return _fail(f"port {options.port} is in use; choose another: make hub PORT=8010, or --port")

    accounts = _prepare(state, options.course, is_root)
    passwords = state / "private" / "passwords.json"
    fresh = not passwords.exists() or options.new_passwords
    if fresh:
        chosen = {name: secrets.token_urlsafe(9) for name in accounts}
        passwords.write_text(hash_passwords(chosen))
        print("Passwords, shown this once:", *(f"    {name:<12}{word}" for name, word in chosen.items()), sep="\n")
    else:
        print("The passwords are those of the first start; --new-passwords makes others.")
    if not is_root:
        print(
            "Not root: all accounts are yours. Nothing keeps a student's code from the course, the gradebook or\n"
            "your own files, and all hand in under your name. Look at the pages, and let nobody else in."
        )
    print(f"Starting. Everything is kept in {state}; remove that folder, and nothing is left.", flush=True)

    command = [sys.executable, "-P", "-m", "jupyterhub", "--config", str(ROOT / "deploy" / "jupyterhub_config.py")]
    if is_root:
        command = [*_view(state), "--", *command]
    address = f"http://127.0.0.1:{options.port}"
    return _run(command, _variables(state, options.port), address, state / "private" / "hub.log")


def _fail(reason: str) -> int:
    print(f"The hub does not start: {reason}.", file=sys.stderr)
    return 2


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _prepare(state: Path, course: Path, is_root: bool) -> dict[str, int]:
    """Make the folders, the course and the accounts that are not there yet; return the accounts with their numbers."""
    private = state / "private"
    for folder, mode in (
        (state, 0o711),
        (private, 0o700),
        (state / "home", 0o711),
        (state / "run", 0o711),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
    file = private / "accounts.json"
    if not file.exists():
        names = (GRADER, *STUDENTS)
        file.write_text(json.dumps(dict(zip(names, _unused_user_ids(), strict=False))))
    accounts: dict[str, int] = json.loads(file.read_text())

    if not (state / "course").exists():
        _copy_course(course, state / "course", accounts[GRADER] if is_root else None)
    if not (state / "exchange").exists():
        _make_exchange(state / "exchange", accounts[GRADER] if is_root else None)
    for name, number in accounts.items():
        home = state / "home" / name
        if not home.exists():
            home.mkdir(mode=0o700)
            if is_root:
                os.chown(home, number, number)
    if is_root:
        users = [f"{name}:x:{number}:{number}::{state / 'home' / name}:/bin/bash" for name, number in accounts.items()]
        groups = [f"{name}:x:{number}:" for name, number in accounts.items()]
        for table, lines in (("passwd", users), ("group", groups)):
            (private / table).write_text("\n".join([Path("/etc", table).read_text().rstrip(), *lines, ""]))
            (private / table).chmod(0o644)
    return accounts


def _copy_course(original: Path, course: Path, owner: int | None) -> None:
    copy = course.with_suffix(".new")
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(mode=0o700)
    shutil.copy(original / "nbgrader_config.py", copy)
    for part in ("source", "graders"):
        shutil.copytree(original / part, copy / part, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    with (copy / "nbgrader_config.py").open("a") as settings:
        settings.write(
            "\n# For trying out; a course decides for itself (docs/jupyterhub.md).\n"
            f"c.CourseDirectory.course_id = {COURSE_ID!r}\nc.InstantCheck.enabled = True\n"
        )
    if owner is not None:
        for path in (copy, *copy.rglob("*")):
            os.chown(path, owner, owner)
    copy.rename(course)


def _make_exchange(exchange: Path, owner: int | None) -> None:
    """Make nbgrader's exchange as it does, but let nobody move away or replace what is somebody else's."""
    inside = exchange / COURSE_ID
    (inside / "inbound").mkdir(parents=True)
    # The innermost first: until the outer ones are given away, no account can put a link in the place of a folder.
    for folder, mode in ((inside / "inbound", 0o3733), (inside, 0o755), (exchange, 0o1777)):
        if owner is not None:
            os.chown(folder, owner, owner)
        folder.chmod(mode)


def _unused_user_ids() -> Iterator[int]:
    used = {entry.pw_uid for entry in pwd.getpwall()}
    return (number for number in range(FIRST_USER_ID, FIRST_USER_ID + 1000) if number not in used)


def _view(state: Path) -> list[str]:
    """The command that shows a program this machine with the accounts, without the repository and closed folders."""
    node = Path(str(shutil.which("node"))).resolve()
    parts = [Path(sys.prefix), Path(sys.base_prefix), ROOT / "src", ROOT / "deploy"]
    needed = [*parts, *([] if node.is_relative_to("/usr") else [node.parent.parent]), state]
    hidden = {ROOT, *(folder for path in needed for folder in path.parents if not folder.stat().st_mode & 0o001)}
    outermost = [folder for folder in sorted(hidden) if not any(other in folder.parents for other in hidden)]
    inside = [path for path in needed if any(folder in path.parents for folder in outermost)]
    between = {folder for path in inside for folder in path.parents if any(one in folder.parents for one in outermost)}

    command = ["bwrap", "--cap-add", "ALL", "--die-with-parent", "--dev-bind", "/", "/"]
    if Path("/run/nscd").exists():  # it would answer for the other /etc/passwd
        command += ["--tmpfs", "/run/nscd"]
    for table in ("passwd", "group"):
        command += ["--ro-bind", str(state / "private" / table), f"/etc/{table}"]
    for folder in outermost:
        command += ["--perms", "0755", "--tmpfs", str(folder)]
    for folder in sorted(between):
        command += ["--perms", "0755", "--dir", str(folder)]
    for path in sorted(inside):
        command += ["--bind" if path == state else "--ro-bind", str(path), str(path)]
    return command


def _variables(state: Path, port: int) -> dict[str, str]:
    # The next ones: any that the system chose, it could give to a connection before the hub listens.
    ports = [port, *itertools.islice(filter(_is_free, range(port + 1, 2**16)), 3)]
    return {
        **os.environ,
        "HOME": str(state / "private"),
        "LOSSMARK_COURSE": str(state / "course"),
        "LOSSMARK_COURSE_ID": COURSE_ID,
        "LOSSMARK_EXCHANGE": str(state / "exchange"),
        "LOSSMARK_GRADER": GRADER,
        "LOSSMARK_HOMES": str(state / "home"),
        "LOSSMARK_HUB_PORTS": " ".join(map(str, ports)),
        "LOSSMARK_HUB_RUN": str(state / "run"),
        "LOSSMARK_HUB_STATE": str(state / "private"),
        "LOSSMARK_LEDGER": str(state / "home" / GRADER / "instant-check.sqlite"),
        "LOSSMARK_PASSWORDS": str(state / "private" / "passwords.json"),
    }


def _run(command: list[str], variables: dict[str, str], address: str, log: Path) -> int:
    """Run the hub; on `Ctrl-C` or SIGTERM, let it end the servers and the proxy before it ends itself."""
    reading, writing = os.pipe()
    if command[0] == "bwrap":
        command = [command[0], "--info-fd", str(writing), *command[1:]]
    with log.open("w") as written:
        hub = subprocess.Popen(
            command,
            env=variables,
            cwd=variables["HOME"],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            pass_fds=[writing],
        )
    os.close(writing)
    with os.fdopen(reading) as information:
        told = information.read() if command[0] == "bwrap" else ""
    process_id = json.loads(told)["child-pid"] if told else hub.pid

    def end(*signal_and_frame: object) -> None:
        if hub.poll() is None:
            os.kill(process_id, signal.SIGTERM)

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, end)
    while hub.poll() is None and not _answers(f"{address}/hub/api"):
        time.sleep(0.1)
    if hub.poll() is None:
        print(f"The hub is at {address}; Ctrl-C ends it. Its log is {log}.", flush=True)
    status = hub.wait()
    if status > 0:
        print(*log.read_text().splitlines()[-20:], sep="\n", file=sys.stderr)
    return max(status, 0)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
