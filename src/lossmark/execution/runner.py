"""Process a kernel's messages while a cell runs, like nbclient, within bounds."""

from __future__ import annotations

import asyncio
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_output

from lossmark.boundary.signs import Sign
from lossmark.execution.messages import UNREADABLE
from lossmark.execution.outputs import NO_OUTPUT, TOO_LONG, plain_text, remark, weight

NO_TRACEBACK = "[An error that the code before it keeps from being shown.]"
_SHOWN = {"status", "stream", "display_data", "execute_result", "error", "clear_output", "execute_input", UNREADABLE}


class CellRunner(NotebookClient):
    """Runs cells; keeps no more of their output than is allowed.

    Attributes
    ----------
    max_output_bytes : int
        Characters that are kept of a cell's text.
    signs : set of Sign
        Receives remarkable behaviour in the messages.
    """

    max_output_bytes = 0
    signs: set[Sign]
    _received = 0

    def begin(self) -> None:
        """Restart the count of a cell's output."""
        self._received = 0

    async def _async_poll_kernel_alive(self) -> None:
        """The kernel's end is waited for elsewhere."""
        await asyncio.get_running_loop().create_future()

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Take a message of the kernel's, unless it is of no use or beyond the limit."""
        if msg["msg_type"] not in _SHOWN:
            return None
        if msg["msg_type"] != "status":
            # A picture weighs more than text; the exact limit on what is kept is applied when the cell has ended.
            limit = 8 * self.max_output_bytes
            was_within = self._received <= limit
            self._received += weight(msg["content"])
            if self._received > limit:
                if was_within:
                    cell.outputs.append(remark(TOO_LONG))
                    self.signs.add(Sign.TOO_MUCH)
                return None
        if msg["msg_type"] == UNREADABLE:
            self.signs.add(Sign.GARBLED)
            cell.outputs.append(remark(NO_OUTPUT))
            return None
        try:
            return super().process_message(msg, cell, cell_index)
        except nbformat.ValidationError:  # a display of what no notebook can hold
            cell.outputs.append(remark(NO_OUTPUT))
            return None

    def on_cell_executed(self, cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
        """Note an error that the kernel reports and does not show, as when the code has switched tracebacks off."""
        reply = execute_reply["content"]
        shown = [output.ename for output in cell.outputs if output.output_type == "error"]
        if reply["status"] == "error" and reply["ename"] not in shown:
            name, message = plain_text(reply["ename"]), plain_text(reply["evalue"])
            cell.outputs.append(new_output("error", ename=name, evalue=message, traceback=[NO_TRACEBACK]))
