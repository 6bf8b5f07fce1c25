"""The trusted side of the sandbox: one warmed interpreter and the kernels forked from it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from lossmark.errors import NotGraded, describe
from lossmark.sandbox import bubblewrap, reading
from lossmark.sandbox.fork import Fork
from lossmark.sandbox.limits import Isolation, Limits, Surroundings
from lossmark.sandbox.zygote import MAX_PACKET, NOBODY, SOCKETS
from lossmark.scratch import Scratch
from lossmark.startup import safe_environment

START_TIMEOUT_S = 60.0
MAX_SOCKET_NAME = 107


class SandboxError(NotGraded):
    """No student kernel can be started, for another reason than the student's code: with the reason and the remedy."""


@dataclass(frozen=True)
class _Request:
    """A requested kernel: its sockets, its key and its limits."""

    ip: str
    key: str
    limits: Limits
    opened: bool


class Sandbox:
    """A warmed interpreter behind the outer wall, from which student kernels are forked.

    It starts with the first kernel asked for and serves any number of submissions, one after the other or at once.
    From the second kernel on, the next one is forked ahead, while the last one is at work.

    Parameters
    ----------
    isolation : Isolation
        ``NONE`` runs the same kernels without any wall; for machines that have none, and for measuring.
    imports : iterable of str
        Modules that the notebooks will import: imported once in the interpreter, they cost a submission nothing.
    surroundings : Surroundings
        Files and variables that the course shares with its submissions.
    """

    def __init__(
        self,
        isolation: Isolation = Isolation.BUBBLEWRAP,
        imports: Iterable[str] = (),
        surroundings: Surroundings = bubblewrap.NOTHING_AROUND,
    ) -> None:
        self.isolation = isolation
        self.surroundings = surroundings
        self.imports = tuple(imports)
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._scratch: Scratch | None = None
        self._folder: Path | None = None
        self._ahead: _Request | None = None
        self._opening: tuple[str, ...] = ()
        self._is_open = False
        self._forks = 0
        self._lock = threading.Lock()

    def open(self, cells: Sequence[str]) -> bool:
        """Run the cells with which an assignment's notebooks begin, once for all kernels that will ask for it.

        Parameters
        ----------
        cells : sequence of str
            The instructor's, never a student's.

        Returns
        -------
        bool
            Whether they ran without an error; if not, no kernel can have them behind it.
        """
        with self._lock:
            self._forget_fork_ahead()
            self._opening = tuple(cells)
            if self._process is None or self._process.poll() is not None:
                self._start()
            else:
                self._open()
            if not self._is_open:  # their leftovers are of no use, and the process may have ended
                self._opening = ()
                self.close()
            return self._is_open

    def fork(self, limits: Limits, *, opened: bool = False) -> Fork:
        """Start a student kernel.

        Parameters
        ----------
        limits : Limits
            The limits of the submission.
        opened : bool
            Whether the opening cells shall have been run in it; :meth:`open` must have said that they can.

        Returns
        -------
        Fork
            The kernel, its sockets bound.

        Raises
        ------
        SandboxError
            If no sandbox can be started here.
        """
        with self._lock:
            try:
                fork = self._forked_ahead(limits, opened) or self._forked_now(limits, opened)
                self._forks += 1
                if self._forks > 1:
                    self._ahead = self._request_fork(limits, opened)
            except OSError as error:  # no space on the disk, no more files, a program that is none
                reason = f"a student kernel does not start: {describe(error)}"
                raise SandboxError(f"{reason}; see `lossmark doctor`") from error
            return fork

    def read(self, cells: Sequence[str]) -> reading.Cells:
        """Read the definitions in a submission's cells, in processes that may die.

        Parameters
        ----------
        cells : sequence of str
            Source of the code cells.

        Returns
        -------
        list of tuple of Definition
            Of each cell; nothing of one that no parser survives.

        Raises
        ------
        SandboxError
            If nothing can be read, through no fault of a student's.
        """
        try:
            return reading.read_all(cells, self._start_reading)
        except OSError as error:
            raise SandboxError(f"the code of a notebook cannot be read: {describe(error)}") from error

    def fit(self, pictures: Sequence[str]) -> list[tuple[str, str] | None]:
        """Make a submission's pictures fit to be shown, in processes that may die.

        Parameters
        ----------
        pictures : sequence of str
            Files in base64.

        Returns
        -------
        list of tuple of str or None
            Kind and file of each; None if it cannot be shown.

        Raises
        ------
        SandboxError
            If none can be decoded, through no fault of a student's.
        """
        try:
            return reading.fit_all(pictures, partial(self._start_reading, are_pictures=True))
        except OSError as error:
            raise SandboxError(f"the pictures of a notebook cannot be read: {describe(error)}") from error

    def _start_reading(self, cells: Sequence[str], are_pictures: bool = False) -> int:
        """Have a process read cells or pictures, and return the end of the pipe that it sends them to."""
        ours, theirs = os.pipe()
        try:
            with self._lock, _file_with(cells) as file:
                if self._process is None or self._process.poll() is not None:
                    self._start()
                assert self._channel is not None
                packet = {
                    "read": "pictures" if are_pictures else "cells",
                    "walls": self.isolation is Isolation.BUBBLEWRAP,
                }
                socket.send_fds(self._channel, [json.dumps(packet).encode()], [file.fileno(), theirs])
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        return ours

    def close(self) -> None:
        """End the interpreter and all that was forked from it."""
        self._ahead, self._is_open = None, False
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        if self._scratch is not None:
            self._scratch.close()
            self._scratch = self._folder = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _start(self) -> None:
        """Start the interpreter and wait until it is warm."""
        self.close()
        bwrap = bubblewrap.find()
        if bwrap is None and self.isolation is Isolation.BUBBLEWRAP:
            raise SandboxError(
                "bubblewrap is not installed, so student code cannot be kept away from this machine; install it "
                "(Debian, Ubuntu: apt install bubblewrap) and see `lossmark doctor`"
            )
        self._scratch = Scratch(_temporary_folder())
        self._folder = self._scratch.path
        sockets = self._folder / "s"
        sockets.mkdir()
        sockets.chmod(0o755)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(START_TIMEOUT_S)
        self._channel = ours
        program = [str(bubblewrap.interpreter()), "-m", "lossmark.sandbox.zygote", str(theirs.fileno()), self.isolation]
        program += self.imports
        environment = None
        if self.isolation is Isolation.BUBBLEWRAP and bwrap is not None:
            fonts = self._folder / "fonts"  # a copy: the sandbox sees from which path it comes, which would be a home
            fonts.mkdir()
            fonts.chmod(0o755)
            for file in (_font_cache() or fonts).glob("fontlist-*.json"):
                shutil.copy(file, fonts)
            program = bubblewrap.command(bwrap, program, sockets, fonts, self.surroundings)
        else:
            environment = {
                **bubblewrap.environment(self.surroundings.variables),
                "MPLCONFIGDIR": str(_font_cache() or ""),
            }
        with (self._folder / "log").open("wb") as log, theirs:
            self._process = _popen_in_thread(
                program,
                pass_fds=[theirs.fileno()],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,  # not where the command was called: a submission may lie there
                start_new_session=True,
            )
        answer = self._receive()[0]
        if "ready" not in answer:
            reason = answer.get("reason") or self._last_words()
            self.close()
            raise SandboxError(f"the sandbox does not start: {reason}; see `lossmark doctor`")
        if self._opening:
            self._open()

    def _open(self) -> None:
        """Hand the opening cells over."""
        assert self._channel is not None
        with _file_with(self._opening) as file:
            socket.send_fds(self._channel, [json.dumps({"open": True}).encode()], [file.fileno()])
        self._is_open = bool(self._receive()[0].get("opened"))

    def _request_fork(self, limits: Limits, opened: bool) -> _Request:
        """Ask the interpreter for a kernel."""
        assert self._channel is not None
        assert self._folder is not None
        name = secrets.token_hex(4)
        sockets = self._folder / "s" / name
        sockets.mkdir()
        ip, walls = str(sockets / "k"), self.isolation is Isolation.BUBBLEWRAP
        if walls and os.getuid() == 0:
            os.chown(sockets, NOBODY, NOBODY)
        request = _Request(ip, secrets.token_hex(16), limits, opened)
        packet = {
            "start": name,
            "ip": f"{SOCKETS}/{name}/k" if walls else ip,
            "key": request.key,
            "limits": {**asdict(limits), "cpu_s": limits.cpu_s},
            "walls": walls,
            "opened": opened,
            "data": list(map(str, self.surroundings.data)),
        }
        try:
            self._channel.send(json.dumps(packet).encode())
        except OSError:
            raise SandboxError(f"the sandbox has ended: {self._last_words()}") from None
        return request

    def _receive_fork(self, request: _Request) -> Fork:
        """Wait for the kernel that was asked for."""
        answer, descriptors = self._receive()
        if not descriptors:
            reason = answer.get("reason") or self._last_words()
            if answer.get("failed") != Path(request.ip).parent.name:
                self.close()  # it has ended or hangs; an answer that comes late must not be taken for another
            raise SandboxError(f"a student kernel does not start: {reason}; see `lossmark doctor`")
        return Fork(descriptors[0], request.ip, request.key, self.isolation is Isolation.BUBBLEWRAP, descriptors[1])

    def _forked_now(self, limits: Limits, opened: bool) -> Fork:
        """Ask for a kernel and wait for it."""
        if self._process is None or self._process.poll() is not None:
            self._start()
        if opened and not self._is_open:
            raise SandboxError("the opening cells of this notebook do not run")
        return self._receive_fork(self._request_fork(limits, opened))

    def _forget_fork_ahead(self) -> None:
        """Put an end to the kernel that was asked for ahead of time, if there is one."""
        request, self._ahead = self._ahead, None
        if request is not None:
            with contextlib.suppress(SandboxError):
                self._receive_fork(request).close()

    def _forked_ahead(self, limits: Limits, opened: bool) -> Fork | None:
        """Take the kernel that was asked for ahead of time, if there is one that will do."""
        request, self._ahead = self._ahead, None
        if request is None or self._process is None or self._process.poll() is not None:
            return None  # a kernel ends with its interpreter, but perhaps not at once
        try:
            fork = self._receive_fork(request)
        except SandboxError:
            return None  # the cause may be gone; if not, the next request reports it
        if (request.limits, request.opened) == (limits, opened) and not fork.has_ended():
            return fork
        fork.close()
        return None

    def _receive(self) -> tuple[dict[str, Any], list[int]]:
        """Read one packet of the interpreter's; an empty one when it has ended."""
        assert self._channel is not None
        try:
            data, descriptors, _, _ = socket.recv_fds(self._channel, MAX_PACKET, 2)
        except OSError:
            return {"reason": f"no answer within {START_TIMEOUT_S:.0f} s"}, []
        return (json.loads(data) if data else {}), list(descriptors)

    def _last_words(self) -> str:
        """The last line that bubblewrap or the interpreter wrote."""
        assert self._folder is not None
        lines = (self._folder / "log").read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it ended without a word"


def _file_with(cells: Sequence[str]) -> BinaryIO:
    """Return a file without a name that holds cells as JSON, at its beginning."""
    file = os.fdopen(os.memfd_create("cells"), "w+b")
    file.write(json.dumps(cells).encode())
    file.seek(0)
    return file


def _temporary_folder() -> str:
    """The usual folder, unless the sockets' names below it, of 33 characters, would be longer than sockets can have."""
    folder = tempfile.gettempdir()
    return folder if len(os.fsencode(folder)) + 33 <= MAX_SOCKET_NAME else "/tmp"


def _popen_in_thread(program: list[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start a process from a thread that lives as long as it does.

    "Die with parent" means the thread that started it, and a sandbox may be started in one that soon ends.
    """
    started: Future[subprocess.Popen[bytes]] = Future()

    def supervise() -> None:
        try:
            process = subprocess.Popen(program, **options)
        except BaseException as error:
            started.set_exception(error)
            return
        started.set_result(process)
        process.wait()

    threading.Thread(target=supervise, name="sandbox", daemon=True).start()
    return started.result()


def _font_cache() -> Path | None:
    """Make matplotlib's list of fonts once, on the trusted side, instead of in every sandbox."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", ""))
    folder = (cache if cache.is_absolute() else Path.home() / ".cache") / "lossmark" / "matplotlib"
    if not any(folder.glob("fontlist-*.json")):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return None
        subprocess.run(
            [str(bubblewrap.interpreter()), "-c", "import matplotlib.font_manager"],
            env={**safe_environment(), "MPLCONFIGDIR": str(folder)},
            cwd=folder,  # matplotlib reads settings in its working folder
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    return folder
