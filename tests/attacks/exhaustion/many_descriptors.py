"""Opens files, pipes and sockets until there are no more, fills the pipes, and leaves none for whoever needs one."""
# base: solution
# earns: all

# %% first
import os
import socket

held = []
for how in (os.pipe, socket.socketpair, lambda: open("/dev/zero"), lambda: os.open("/", os.O_RDONLY)):
    try:
        for _ in range(100_000):
            held.append(how())
    except OSError as error:
        print(len(held), error)
for pair in held:
    if isinstance(pair, tuple) and isinstance(pair[1], int):
        os.set_blocking(pair[1], False)
        try:
            while os.write(pair[1], b"x" * 2**16):
                continue
        except OSError:
            continue
for one in held:
    for part in one if isinstance(one, tuple) else (one,):
        if isinstance(part, int):
            os.close(part)
        else:
            part.close()
