"""Sends the grader one message of many parts, 640 MB in all: what it keeps of it must not fill its memory."""
# base: solution
# earns: all

# %% first
import time

thread = get_ipython().kernel.iopub_thread
part = b"x" * 2**24
thread.schedule(lambda: thread.socket.send_multipart([b"", *[part] * 40], copy=False))
time.sleep(2)
