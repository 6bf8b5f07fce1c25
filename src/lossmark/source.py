"""Facts of an instructor's notebook: its language, the modules that it imports, how a cell is marked."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearMarkScheme
from traitlets.config import Config


def language_of(notebook: NotebookNode) -> str:
    """Return the language of a notebook: by its kernel, its last kernel's report, or the installed kernel.

    Parameters
    ----------
    notebook : NotebookNode
        Any.

    Returns
    -------
    str
        ``"python"`` if nothing tells it: a course's own environment has a kernel of any name.
    """
    kernel = notebook.metadata.get("kernelspec", {})
    language = kernel.get("language") or notebook.metadata.get("language_info", {}).get("name")
    if language:
        return str(language)
    name = kernel.get("name", "python3")
    try:
        return str(KernelSpecManager().get_kernel_spec(name).language or "python")
    except NoSuchKernel:
        return _NAMED.get(name, "python")


_NAMED = {"ir": "R", "bash": "bash", "octave": "octave", "sos": "SoS", "xcpp17": "C++"}
"""Languages of well-known kernels, by the name under which they are installed."""


def imported(cell: NotebookNode) -> Iterator[str]:
    """Yield the modules that a cell imports at its top.

    Parameters
    ----------
    cell : NotebookNode
        Any; one that is not plain Python imports nothing.

    Yields
    ------
    str
    """
    try:
        statements = ast.parse(cell.source).body if cell.cell_type == "code" else []
    except SyntaxError:  # a magic or a line for the shell
        return
    for statement in statements:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            yield statement.module


def mark_scheme_of(cell: NotebookNode, config: Config) -> str:
    """Read a cell's notes about marking.

    Parameters
    ----------
    cell : NotebookNode
        Of the source notebook.
    config : Config
        The course's settings, of which nbgrader's ``ClearMarkScheme`` counts.

    Returns
    -------
    str
        Markdown; empty if there is none.
    """
    delimiters, lines, is_inside = ClearMarkScheme(config=config), list[str](), False
    for line in cell.source.splitlines():
        if delimiters.begin_mark_scheme_delimeter in line:
            is_inside = True
        elif delimiters.end_mark_scheme_delimeter in line:
            is_inside = False
        elif is_inside:
            lines.append(line)
    return "\n".join(lines).strip()
