"""Sends the grader Jupyter messages of the wrong shape: what is no student's result must not become a fault of ours."""
# base: solution
# earns: all

# %% first
import json

kernel = get_ipython().kernel


def send(kind, content):
    """Sign and send a message as it is, whatever it holds."""
    header = {"msg_id": "1", "msg_type": kind, "username": "", "session": "", "version": "5.3"}
    parent = {"msg_id": kernel.get_parent()["header"]["msg_id"]}
    parts = [json.dumps(part).encode() for part in (header, parent, {}, content)]
    kernel.iopub_socket.send_multipart([b"", b"<IDS|MSG>", kernel.session.sign(parts), *parts])


# %% before L_i
send("stream", {"name": None, "text": None})

# %% before L_i
send("display_data", {"data": [1], "metadata": None})

# %% before L_i
send("error", {"ename": 1, "evalue": 2, "traceback": 3})

# %% before L_i
send("execute_result", {"data": {"text/plain": {}}, "metadata": {}, "execution_count": []})

# %% before L_i
send("display_data", {"data": {"application/json": eval("[" * 90 + "1" + "]" * 90)}, "metadata": {}})

# %% before L_i
send("display_data", {"data": {}, "metadata": {}, "transient": {"display_id": ["no", "name"]}})

# %% before L_i
send("status", {})

# %% before L_i
send("clear_output", None)

# %% before L_i
send("stream", {"name": "stdout", "text": "half a character: \ud800"})

# %% before L_i
send("execute_input", {"code": "", "execution_count": float("nan")})

# %% before L_i
send("execute_input", {"code": "", "execution_count": "<script>lossmark</script>"})

# %% before L_i
kernel.iopub_socket.send_multipart([b"no message at all"])
