"""Tests that run in the student kernel, as in stock nbgrader, and are not shown in its outputs.

The student's code shares a process with them and could send out their text in disguise. Only plain copies are
withheld: tracebacks that show lines, printed sources, arguments that a function prints or names in an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nbformat import NotebookNode

from lossmark.course import grade_id_of, is_locked
from lossmark.execution.outputs import remark
from lossmark.execution.statements import Contents, Shown, contents_of

WITHHELD = "[An output that holds parts of the hidden tests is not shown.]"


class HiddenTests:
    """The texts of tests cells that run in place of the shown ones.

    Parameters
    ----------
    cells : sequence of NotebookNode
        The notebook's, as they are shown. Their contents are not secret.
    texts : mapping
        The texts to run in place of tests cells, by grade id.
    """

    def __init__(self, cells: Sequence[NotebookNode], texts: Mapping[str, str]) -> None:
        ids = enumerate(map(grade_id_of, cells))
        self._texts = {index: texts[grade_id] for index, grade_id in ids if grade_id in texts}
        self._secrets: dict[str, Contents] = {}
        if self._texts:
            known = Shown("\n".join(cell.source for cell in cells))
            for index, text in self._texts.items():
                self._secrets[grade_id_of(cells[index])] = _without(contents_of(text), known)

    def as_run(self, index: int, cell: NotebookNode) -> NotebookNode:
        """Return the cell at an index or, where hidden tests run in its place, a copy with them."""
        text = self._texts.get(index)
        return cell if text is None else NotebookNode({**cell, "source": text})

    def tells(self, text: str, grade_id: str = "") -> bool:
        """Tell whether a text holds a whole statement of the hidden tests, be it in colours or in quotation marks.

        Parameters
        ----------
        text : str
            The text to show.
        grade_id : str
            Of the tests cell that has put it out: the values that it tests with count then, too.

        Returns
        -------
        bool
        """
        shown = Shown(text)
        own = self._secrets.get(grade_id, Contents())
        return any(map(shown.has, own.values)) or any(
            any(map(shown.has, secrets.statements)) or any(map(shown.has_line, secrets.lines))
            for secrets in self._secrets.values()
        )

    def shown(self, index: int, run: NotebookNode, cell: NotebookNode) -> list[NotebookNode]:
        """Return the outputs of a cell without those that hold parts of the hidden tests.

        Parameters
        ----------
        index : int
            The cell's. Before the first hidden tests have run there is nothing to tell.
        run : NotebookNode
            The cell as it ran, with outputs as :func:`lossmark.execution.outputs.keep_safe` returns them.
        cell : NotebookNode
            The cell as it is shown. If it is another, tracebacks are left out, which show the lines around an error. If
            it is the same and the instructor's, all of its outputs are shown.

        Returns
        -------
        list of NotebookNode
            With a remark in the place of each one that tells something.
        """
        is_as_shown = run.source == cell.source
        outputs = [one for one in run.outputs if is_as_shown or one.output_type != "error"]
        if index < min(self._texts, default=index + 1) or (is_as_shown and is_locked(cell)):
            return outputs
        grade_id = grade_id_of(cell)
        return [remark(WITHHELD) if self.tells(_text_of(one), grade_id) else one for one in outputs]


def _without(contents: Contents, known: Shown) -> Contents:
    """The parts of a text that are not shown elsewhere."""
    return Contents(
        frozenset(one for one in contents.statements if not known.has(one)),
        frozenset(one for one in contents.lines if not known.has(one)),
        frozenset(one for one in contents.values if not known.has(one)),
    )


def _text_of(output: Mapping[str, Any]) -> str:
    texts = [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", ())]
    return "\n".join([*texts, output.get("data", {}).get("text/plain", "")])
