"""The student kernel: IPython's, plus a line on which the grader asks for values.

Runs inside the walls. Questions are answered in the thread that runs the cells, between them, but do not go through
IPython's input: no history, no transformers, no display hooks.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import socket
import traceback
from collections.abc import Sequence
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from tornado.ioloop import IOLoop
from traitlets import Type
from traitlets.config import Config

from lossmark.boundary import agent
from lossmark.boundary.questions import read_question, send_answer

PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}
"""With unix sockets a "port" is the last part of a file's name."""
LINE_PORT = 6
"""Of the grader's line."""


class StudentShell(ZMQInteractiveShell):
    """IPython's shell with three differences.

    `exit()` does not end it, figures are drawn once instead of twice, and an import that fails does not cost a cell
    its other imports.
    """

    async def run_ast_nodes(self, nodelist: list[ast.stmt], cell_name: str, *args: Any, **kwargs: Any) -> Any:
        """Run a cell; if an import fails, make those that follow it: other cells and checks need their names."""
        has_failed = await super().run_ast_nodes(nodelist, cell_name, *args, **kwargs)
        result = kwargs.get("result")
        if result is not None and isinstance(result.error_in_exec, ImportError):
            line = _line_of(result.error_in_exec, cell_name)
            for statement in nodelist:
                if isinstance(statement, ast.Import | ast.ImportFrom) and line <= statement.lineno:
                    self._import_each(statement)
        return has_failed

    def _import_each(self, statement: ast.Import | ast.ImportFrom) -> None:
        """Import all available modules of one statement."""
        for alias in statement.names:
            single = copy.copy(statement)
            single.names = [alias]
            with contextlib.suppress(Exception):
                exec(compile(ast.Module([single], []), "<import>", "exec"), self.user_ns)

    def ask_exit(self) -> None:
        """Stay: the cells that follow are graded, too."""

    def enable_matplotlib(self, gui: str | None = None) -> Any:
        """Set up inline figures, even if a cell requests others: nobody can use a window or an interactive figure.

        Matplotlib's update of figures on a screen takes half of the time of many cells, and is in vain: inline ones are
        drawn when they are shown.
        """
        from matplotlib import pyplot  # not where only the names of sockets are wanted: it takes long to import

        chosen = super().enable_matplotlib("inline")  # type: ignore[no-untyped-call]
        pyplot.uninstall_repl_displayhook()
        return chosen


def replace_debugger() -> None:
    """Put IPython's debugger in the place of Python's, as a kernel does before anything else is imported.

    Classes that are derived from Python's before, such as doctest's, do not work beside IPython's.
    """
    IPKernelApp.init_pdb(None)  # type: ignore[arg-type]  # it asks for nothing of an application


def _line_of(error: BaseException, cell_name: str) -> int:
    """The line of a cell in which an error came up."""
    lines = (frame.lineno or 1 for frame in traceback.extract_tb(error.__traceback__) if frame.filename == cell_name)
    return next(lines, 1)


class AnsweringKernel(IPythonKernel):
    """IPython's kernel with the grader's questions."""

    shell_class = Type(StudentShell)

    def listen(self, path: str) -> None:
        """Bind the socket of the grader's line.

        Parameters
        ----------
        path : str
            Where the grader will connect, once.
        """
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(path)
        self._listener.listen(1)

    def start(self) -> None:
        """Begin to handle messages and questions."""
        super().start()  # type: ignore[no-untyped-call]
        self.io_loop.add_handler(self._listener, self._accept, IOLoop.READ)

    def _accept(self, *event: Any) -> None:
        connection, _ = self._listener.accept()
        self.io_loop.remove_handler(self._listener)
        self._listener.close()
        self.io_loop.add_handler(connection, self._answer, IOLoop.READ)

    def _answer(self, connection: socket.socket, event: int) -> None:
        assert self.shell is not None
        try:
            token, question = read_question(connection)
            send_answer(connection, token, agent.answer(question, self.shell.user_ns))
        except (EOFError, OSError):
            self.io_loop.remove_handler(connection)
            connection.close()


class StudentKernelApp(IPKernelApp):
    """IPython's kernel application, told its sockets directly and reading no configuration from files."""

    kernel_class = AnsweringKernel

    def __init__(self, *, ip: str, key: bytes, names: dict[str, Any] | None = None) -> None:
        super().__init__(config=Config(HistoryManager={"enabled": False}), user_ns=names)  # type: ignore[no-untyped-call]
        self._ip, self._key = ip, key

    def initialize(self, argv: Any = None) -> None:
        """Set up the kernel, figures included: matplotlib was imported before there was a shell to draw for."""
        super().initialize(argv)  # type: ignore[no-untyped-call]
        assert self.shell is not None
        self.shell.enable_matplotlib("inline")
        self.kernel.listen(f"{self._ip}-{LINE_PORT}")

    def remember(self, opening: Sequence[str]) -> None:
        """Take cells that were run before the fork for run here."""
        assert self.shell is not None
        self.shell.user_ns["In"].extend(opening)
        self.shell.execution_count += len(opening)

    def load_config_file(self, *args: Any, **kwargs: Any) -> None:
        """There is none: every submission meets the same kernel."""

    def init_connection_file(self) -> None:
        """Take the sockets' names from the grader."""
        self.transport, self.ip, self.session.key = "ipc", self._ip, self._key
        for name, port in PORTS.items():
            setattr(self, name, port)

    def write_connection_file(self, **kwargs: Any) -> None:
        """The grader knows it already."""
