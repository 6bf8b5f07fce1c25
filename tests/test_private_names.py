"""Names of other libraries that the engine uses and nobody promises to keep: each is listed, exists, and is bounded.

A library that is used in this way has an upper bound in `pyproject.toml`, raised when these tests pass with its next
version.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import lossmark
from helpers import ROOT

PACKAGE = Path(lossmark.__file__).parent
USED = {
    "pytest": [
        "_pytest.config:_prepareconfig",
        "_pytest.config:Config._do_configure",
        "_pytest.config:Config._ensure_unconfigure",
        "_pytest.runner:runtestprotocol",
        "_pytest.runner:SetupState.teardown_exact",
    ],
    "nbconvert": ["nbconvert.exporters.exporter:Exporter._init_preprocessors"],
    "nbgrader": ["nbgrader.preprocessors:SaveCells._create_notebook"],
}
"""Private names that are called."""
OVERRIDDEN = {
    "nbclient": [
        "nbclient.client:NotebookClient._async_poll_kernel_alive",
        "nbclient.client:NotebookClient.process_message",
        "nbclient.client:NotebookClient.on_cell_executed",
    ],
    "jupyter-client": [
        "jupyter_client.manager:KernelManager._connect_control_socket",
        "jupyter_client.channels:AsyncZMQSocketChannel.get_msg",
        "jupyter_client.asynchronous.client:AsyncKernelClient.iopub_channel_class",
        "jupyter_client.asynchronous.client:AsyncKernelClient.shell_channel_class",
        "jupyter_client.session:Session.sign",
    ],
    "ipykernel": [
        "ipykernel.kernelapp:IPKernelApp.init_connection_file",
        "ipykernel.kernelapp:IPKernelApp.write_connection_file",
        "ipykernel.ipkernel:IPythonKernel.start",
    ],
}
"""Names that are replaced by our own, and must still be what these libraries ask for."""
OF_OURS_OR_PYTHON = {"_exit"}


@pytest.mark.parametrize("name", [name for names in (USED | OVERRIDDEN).values() for name in names])
def test_a_name_that_is_relied_on_exists(name: str) -> None:
    assert pkgutil.resolve_name(name) is not None


@pytest.mark.parametrize("library", USED | OVERRIDDEN)
def test_a_library_that_is_used_so_is_bounded(library: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (required,) = [one for one in map(Requirement, project["dependencies"]) if one.name == library]
    assert any(bound.operator in ("<", "==") for bound in required.specifier)


def private_names() -> Iterator[str]:
    """Yield the private names in the engine that the engine does not define."""
    trees = [ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    own = OF_OURS_OR_PYTHON | {
        name
        for node in nodes
        for name in (
            getattr(node, "name", None),
            getattr(node, "attr", None) if isinstance(getattr(node, "ctx", None), ast.Store) else None,
            getattr(node, "id", None) if isinstance(getattr(node, "ctx", None), ast.Store) else None,
        )
        if isinstance(node, ast.AST) and isinstance(name, str)
    }
    for node in nodes:
        names = [node.attr] if isinstance(node, ast.Attribute) else []
        if isinstance(node, ast.ImportFrom) and not node.level and node.module != "__future__":
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
        yield from (name for name in names if name.startswith("_") and not name.startswith("__") and name not in own)


def test_private_names_are_listed() -> None:
    listed = {part for names in USED.values() for name in names for part in name.replace(":", ".").split(".")}
    # Attributes of objects, which only instances have.
    listed |= {"_setupstate", "_preprocessors", "_create_notebook"}
    assert set(private_names()) <= listed


def test_attributes_that_only_instances_have_are_set_where_they_are_looked_for() -> None:
    from _pytest.main import Session
    from nbconvert.exporters import Exporter
    from nbgrader.preprocessors import SaveCells

    assert "_setupstate" in inspect.getsource(Session)
    assert "_preprocessors" in inspect.getsource(Exporter)
    assert hasattr(SaveCells, "_create_notebook")
