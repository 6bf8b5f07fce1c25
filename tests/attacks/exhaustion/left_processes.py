"""Leaves processes behind that no longer belong to the session: by double fork, threads, exit handlers and a shell."""
# base: solution
# earns: all

# %% first
import atexit
import os
import signal
import subprocess
import threading
import time

reached = ("reach" + "ed").upper()


def leave_process():
    """Fork twice into a session of its own; sleep for at most a minute."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE):
                signal.signal(number, signal.SIG_IGN)
            os.closerange(0, 256)
            time.sleep(60)
        os._exit(0)
    os.wait()


for _ in range(3):
    leave_process()
subprocess.Popen(["/bin/sh", "-c", "trap '' TERM HUP; (sleep 60 &) ; exec sleep 60"], start_new_session=True)
threading.Thread(target=time.sleep, args=(60,)).start()
atexit.register(time.sleep, 60)
try:
    os.setpriority(os.PRIO_PROCESS, 0, -5)
    print(reached, "a higher priority")
except OSError:
    pass
