"""nbgrader's release of a source notebook: the configured steps of `nbgrader generate_assignment`, in order."""

from __future__ import annotations

import contextlib
import copy
import html
import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat
from nbconvert.exporters import ResourcesDict
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    ClearHiddenTests,
    ClearMarkScheme,
    ClearSolutions,
    IncludeHeaderFooter,
    InstantiateTests,
    NbGraderPreprocessor,
    SaveCells,
)
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from lossmark.configuration import importing_from
from lossmark.errors import NotGraded

_TAKING = (ClearSolutions, ClearHiddenTests, ClearMarkScheme)


class ClearAttachments(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """A step of the release: leave out each picture that its cell, as students get it, does not show.

    nbgrader takes the text of a solution or of a mark scheme out of a cell, and leaves the pictures that belong to it.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Look at one cell."""
        for name in unused_attachments(cell):
            del cell.attachments[name]
        if not cell.get("attachments", True):
            del cell["attachments"]
        return cell, resources


def unused_attachments(cell: NotebookNode) -> list[str]:
    """Name the pictures that come with a cell, and that its text does not show.

    Parameters
    ----------
    cell : NotebookNode
        A cell.

    Returns
    -------
    list of str
    """
    linked = unquote(html.unescape(cell.source))
    names = cell.get("attachments", ())
    return [name for name in names if not re.search(rf"attachment:{re.escape(unquote(name))}(?![\w.-])", linked)]


@dataclass(frozen=True)
class Release:
    """An instructor's notebook at three steps of its release.

    Attributes
    ----------
    source : NotebookNode
        With all that the steps add, a header or generated tests, before the first one that takes something out.
    declared : NotebookNode
        As nbgrader keeps its cells in the gradebook: without solutions, with the hidden tests.
    released : NotebookNode
        As students get it.
    """

    source: NotebookNode
    declared: NotebookNode
    released: NotebookNode


def compile_release(root: Path, file: Path, config: Config) -> Release:
    """Run the steps by which a course releases a notebook; nothing is written.

    A step that generates tests starts a kernel and runs the instructor's notebook, as ``nbgrader generate_assignment``
    does.

    Parameters
    ----------
    root : Path
        The course's folder, in which the steps run.
    file : Path
        The source notebook.
    config : Config
        The course's settings.

    Returns
    -------
    Release

    Raises
    ------
    NotGraded
        If a step fails, or none keeps the cells for the gradebook.
    """
    notebook, resources = nbformat.read(file, as_version=4), _resources(root, file, config)
    kept: dict[str, NotebookNode] = {}
    with contextlib.chdir(root), importing_from(root):  # paths and modules in settings are relative to it
        for step in _steps(root, config):
            if isinstance(step, type) and issubclass(step, _TAKING):
                kept.setdefault("source", copy.deepcopy(notebook))
            if isinstance(step, type) and issubclass(step, SaveCells):
                kept["declared"] = copy.deepcopy(notebook)
                continue
            try:
                notebook, resources = (step(config=config) if isinstance(step, type) else step)(notebook, resources)
            except Exception as error:  # whatever a step raises, nbgrader cannot release the notebook either
                name, said = getattr(step, "__name__", type(step).__name__), str(error).strip().rstrip(".")
                raise NotGraded(
                    f"{file} cannot be released: {name} ends with {type(error).__name__}: {said}. {_to_do(file)}"
                ) from error
    if "declared" not in kept:
        raise NotGraded("c.GenerateAssignment.preprocessors has no SaveCells, without which nbgrader grades nothing")
    if said := _points_to_set(kept["declared"]):
        raise NotGraded(f"{file} cannot be released. {said}")
    return Release(kept.get("source", kept["declared"]), kept["declared"], notebook)


def release_files(root: Path, file: Path, config: Config) -> dict[str, bytes]:
    """Read the other files that a release is made from: header, footer, and templates of generated tests.

    Parameters
    ----------
    root : Path
        The course's folder.
    file : Path
        The source notebook.
    config : Config
        The course's settings.

    Returns
    -------
    dict
        Contents of those that there are, by name relative to the course's folder.
    """
    around, tests = IncludeHeaderFooter(config=config), InstantiateTests(config=config)
    paths = [root / name for name in (around.header, around.footer, tests.autotest_filename) if name]
    paths.append(file.parent / tests.autotest_filename)
    return {os.path.relpath(path, root): path.read_bytes() for path in paths if path.is_file()}


def _to_do(file: Path) -> str:
    """Describe the necessary corrections in a notebook that cannot be released."""
    return _points_to_set(nbformat.read(file, as_version=4)) or (
        f"Correct what `nbgrader generate_assignment {file.parent.name}` says"
    )


def _points_to_set(notebook: NotebookNode) -> str:
    """Name the graded cells whose points are not a number from 0 on; nbgrader lets some of them pass."""
    facts = [cell.metadata.nbgrader for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    names = [f"`{one.get('grade_id')}`" for one in facts if not _is_points(one.get("points"))]
    return f"Set points, 0 or more, for the cell {' and the cell '.join(names)}" if names else ""


def _is_points(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < math.inf


def _steps(root: Path, config: Config) -> Iterator[Any]:
    """Yield the configured steps; nbgrader takes classes, their names, and functions."""
    try:
        converter = GenerateAssignment(coursedir=CourseDirectory(config=config, root=str(root)), config=config)
        steps = [import_item(step) if isinstance(step, str) else step for step in converter.preprocessors]
    except Exception as error:  # they name modules of the course
        reason = f"{type(error).__name__}: {error}"
        raise NotGraded(f"what {root} sets of c.GenerateAssignment cannot be loaded: {reason}") from error
    yield from steps


def _resources(root: Path, file: Path, config: Config) -> ResourcesDict:
    """Create the resources that nbgrader's steps expect beside the notebook."""
    name, assignment = file.stem, file.parent.name
    db_url = CourseDirectory(config=config, root=str(root)).db_url
    ids = {"student": ".", "assignment": assignment, "notebook": name, "db_url": db_url}
    return ResourcesDict(metadata={"name": name, "path": str(file.parent)}, unique_key=name, nbgrader=ids)
