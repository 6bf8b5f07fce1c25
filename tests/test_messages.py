"""What a student kernel sends: the one place where it is parsed, and whose fault an error is there and after it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import nbformat
import pytest
from jupyter_client.session import DELIM, Session
from nbformat.v4 import new_code_cell, new_notebook

from lossmark.boundary.submission import Killed
from lossmark.errors import NotGraded
from lossmark.execution.kernel import StudentKernel
from lossmark.execution.messages import MAX_DEPTH, UNREADABLE, read_message
from lossmark.execution.runner import CellRunner
from lossmark.sandbox.host import Sandbox
from lossmark.sandbox.limits import Limits

SESSION = Session(key=b"key")
HEADER = {"msg_id": "1", "msg_type": "stream", "username": "", "session": "", "version": "5.3"}
STREAM = {"name": "stdout", "text": "printed"}


def signed(*packed: bytes) -> list[bytes]:
    return [b"topic", DELIM, SESSION.sign(list(packed)), *packed]


def message(kind: Any, content: Any, parent: Any = None) -> list[bytes]:
    parts = ({**HEADER, "msg_type": kind}, {"msg_id": "0"} if parent is None else parent, {}, content)
    return signed(*(json.dumps(part).encode() for part in parts))


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def test_a_message_is_read() -> None:
    read = read_message(SESSION, [*message("stream", {**STREAM, "more": 1}), b"a buffer"])
    assert read["msg_type"] == read["header"]["msg_type"] == "stream"
    assert read["parent_header"] == {"msg_id": "0"}
    assert read["content"] == STREAM


GARBAGE = {
    "nothing": [],
    "no delimiter": [b"no message at all"],
    "cut off": message("stream", STREAM)[:-1],
    "another signature": [*message("stream", STREAM)[:2], b"0" * 64, *message("stream", STREAM)[3:]],
    "no json": signed(b"{", b"{}", b"{}", b"{}"),
    "no text": signed(b"\xff\xfe\xfa", b"{}", b"{}", b"{}"),
    "no header": signed(b"[]", b"{}", b"{}", b"{}"),
    "no type": signed(b"{}", b"{}", b"{}", b"{}"),
    "a type of another type": message(["stream"], STREAM),
    "a parent of another type": message("stream", STREAM, parent=[1]),
    "a parent whose name is none": message("stream", STREAM, parent={"msg_id": [1]}),
    "too deep to parse": signed(b"{}", b"{}", b"{}", b"[" * 100_000),
    "too many digits": signed(b"{}", b"{}", b"{}", b"9" * 10_000),
    "a reply without status": message("execute_reply", {}),
    "a reply that is none": message("execute_reply", None),
    "an error without a name": message("execute_reply", {"status": "error", "evalue": ""}),
}


@pytest.mark.parametrize("parts", GARBAGE.values(), ids=GARBAGE)
def test_what_is_no_message_is_the_students_fault(parts: list[bytes]) -> None:
    with pytest.raises(Killed, match="the kernel sent a message that cannot be read"):
        read_message(SESSION, parts)


ODD = {
    "no content": ("stream", None),
    "a stream without text": ("stream", {"name": "stdout"}),
    "a text that is none": ("stream", {"name": "stdout", "text": 5}),
    "a state that is none": ("status", {"execution_state": []}),
    "no state": ("status", {}),
    "data that are a list": ("display_data", {"data": [1], "metadata": {}}),
    "metadata that are none": ("display_data", {"data": {}, "metadata": None}),
    "no data": ("execute_result", {"metadata": {}, "execution_count": 1}),
    "no count": ("execute_result", {"data": {}, "metadata": {}}),
    "numbers for an error": ("error", {"ename": 1, "evalue": 2, "traceback": 3}),
    "a traceback that is a text": ("error", {"ename": "E", "evalue": "", "traceback": "lines"}),
    "a wish that is none": ("clear_output", {"wait": "yes"}),
    "nested deeply": ("display_data", {"data": {"application/json": nested(MAX_DEPTH)}, "metadata": {}}),
}


@pytest.mark.parametrize(("kind", "content"), ODD.values(), ids=ODD)
def test_what_no_type_holds_is_said_to_be_unreadable(kind: str, content: Any) -> None:
    assert read_message(SESSION, message(kind, content))["msg_type"] == UNREADABLE


def test_what_is_optional_may_be_missing() -> None:
    assert read_message(SESSION, message("clear_output", {}))["content"] == {"wait": False}
    assert read_message(SESSION, message("display_data", {"data": {}}))["content"] == {"data": {}, "metadata": {}}
    assert read_message(SESSION, message("comm_open", None))["content"] == {}
    assert read_message(SESSION, message("stream", STREAM, parent={}))["parent_header"] == {}


def test_names_of_displays_are_left_out() -> None:
    content = {"data": {}, "metadata": {}, "transient": {"display_id": ["no name"]}}
    assert "transient" not in read_message(SESSION, message("display_data", content))["content"]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def kernel(sandbox: Sandbox) -> Iterator[StudentKernel]:
    kernel = StudentKernel(sandbox, replace(Limits(), output_bytes=20_000))
    yield kernel
    kernel.close()


SEND = """
import json
kernel = get_ipython().kernel
def send(kind, content):
    header = {"msg_id": "1", "msg_type": kind, "username": "", "session": "", "version": "5.3"}
    parent = {"msg_id": kernel.get_parent()["header"]["msg_id"]}
    parts = [json.dumps(part).encode() for part in (header, parent, {}, content)]
    kernel.iopub_socket.send_multipart([b"", b"<IDS|MSG>", kernel.session.sign(parts), *parts])
"""


def run(kernel: StudentKernel, source: str) -> str:
    cell = new_code_cell(source)
    kernel.execute(cell, 10.0)
    nbformat.validate(new_notebook(cells=[cell]))
    return "".join(output.get("text", str(output.get("data", output.get("evalue")))) for output in cell.outputs)


@pytest.mark.sandbox
def test_odd_messages_cost_no_cell(kernel: StudentKernel) -> None:
    run(kernel, SEND)
    for kind, content in ODD.values():
        shown = run(kernel, f"send({kind!r}, json.loads({json.dumps(content)!r}))\nprint('after')")
        assert "[An output that no notebook can hold is not shown.]" in shown
        assert "after\n" in shown


@pytest.mark.sandbox
def test_many_odd_messages_are_bounded(kernel: StudentKernel) -> None:
    run(kernel, SEND)
    assert len(run(kernel, "for _ in range(20_000): send('stream', None)")) < 100_000


@pytest.mark.sandbox
def test_a_display_that_is_named_again_in_another_cell_costs_nothing(kernel: StudentKernel) -> None:
    assert "first" in run(kernel, "display('first', display_id='same')\n1")
    assert "second" in run(kernel, "display('second', display_id='same')\n2")
    assert "after\n" in run(kernel, "h = display('third', display_id='x')\nh.update('fourth')\nprint('after')")


@pytest.mark.sandbox
@pytest.mark.parametrize("error", [KeyError("ours"), ValueError("ours"), AttributeError("ours"), RecursionError()])
def test_an_error_of_ours_after_a_message_was_read_is_no_zero(
    error: Exception, kernel: StudentKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: Any) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(CellRunner, "process_message", fail)
        with pytest.raises(NotGraded, match=f"{type(error).__name__} while a message of a kernel was handled"):
            run(kernel, "print(1)")
