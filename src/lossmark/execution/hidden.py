"""Tests that run in the student kernel, as in stock nbgrader, and are not shown with what comes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from nbformat import NotebookNode

from lossmark.course import grade_id_of
from lossmark.execution.outputs import remark

WITHHELD = "[An output that holds lines of the hidden tests is not shown.]"
_LEAST = 6
"""Characters from which on a line tells something: `else:` does not."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_QUOTING = re.compile(r"[\s\\'\"]")


class HiddenTests:
    """The texts of tests cells that run in place of what a notebook shows of them.

    Parameters
    ----------
    cells : sequence of NotebookNode
        The notebook's, as they are shown.
    texts : mapping
        What runs in place of tests cells, by grade id.
    """

    def __init__(self, cells: Sequence[NotebookNode], texts: Mapping[str, str]) -> None:
        ids = enumerate(map(grade_id_of, cells))
        self._texts = {index: texts[grade_id] for index, grade_id in ids if grade_id in texts}
        told = {line for index in self._texts for line in _bare_lines(self._texts[index])}
        self._secrets = told - {line for cell in cells for line in _bare_lines(cell.source)} if told else told

    def as_run(self, index: int, cell: NotebookNode) -> NotebookNode:
        """Return the cell at an index or, where hidden tests run in its place, a copy with them."""
        text = self._texts.get(index)
        return cell if text is None else NotebookNode({**cell, "source": text})

    def tells(self, text: str) -> bool:
        """Tell whether a text holds a line of the hidden tests, be it in colours or in quotation marks."""
        bare = _bare(text)
        return any(secret in bare for secret in self._secrets)

    def shown(self, run: NotebookNode, cell: NotebookNode) -> list[NotebookNode]:
        """Return the outputs of a cell without those that hold lines of the hidden tests.

        Parameters
        ----------
        run : NotebookNode
            The cell as it ran, with outputs as :func:`lossmark.execution.outputs.keep_safe` returns them.
        cell : NotebookNode
            The cell as it is shown. If it is another, tracebacks are left out, which show the lines around an error.

        Returns
        -------
        list of NotebookNode
            With a remark in the place of each one that tells something.
        """
        outputs = [one for one in run.outputs if run.source == cell.source or one.output_type != "error"]
        return [remark(WITHHELD) if self._secrets and self.tells(_text_of(one)) else one for one in outputs]


def _text_of(output: Mapping[str, Any]) -> str:
    texts = [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", ())]
    return "\n".join([*texts, output.get("data", {}).get("text/plain", "")])


def _bare_lines(source: str) -> set[str]:
    bare_lines = {bare for line in source.splitlines() if len(bare := _bare(line)) >= _LEAST}
    return {bare for bare in bare_lines if not bare.isidentifier()}  # a name alone, as of a score, tells nothing


def _bare(text: str) -> str:
    """A text without what showing or quoting it adds."""
    return _QUOTING.sub("", _COLOUR.sub("", text))
