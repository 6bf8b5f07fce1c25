"""Opens thousands of comms and widgets, asks for input, and sends replies to questions that nobody has asked."""
# base: solution
# earns: all

# %% first
kernel = get_ipython().kernel
for number in range(5000):
    content = {"comm_id": f"{number}", "target_name": "jupyter.widget", "data": {"state": {"value": "x" * 500}}}
    kernel.session.send(kernel.iopub_socket, "comm_open", content, parent=kernel.get_parent())
for number in range(200):
    kernel.session.send(kernel.shell_stream, "execute_reply", {"status": "ok", "execution_count": number}, ident=b"x")
    kernel.session.send(kernel.stdin_socket, "input_request", {"prompt": "Your password: ", "password": True})

# %% before L_i
answer = input("Which grade shall it be? ")

# %% before L_i
import getpass

password = getpass.getpass("The password of whoever grades: ")

# %% before L_i
import pdb

pdb.set_trace()
