"""Sends itself signals a thousand times a second: timers of three kinds, alarms, children that end, broken pipes."""
# base: solution
# earns: all

# %% first
import contextlib
import os
import signal
import threading
import time

for kind, number in (
    (signal.ITIMER_REAL, signal.SIGALRM),
    (signal.ITIMER_VIRTUAL, signal.SIGVTALRM),
    (signal.ITIMER_PROF, signal.SIGPROF),
):
    signal.signal(number, lambda *args: None)
    signal.setitimer(kind, 0.001, 0.001)


def storm():
    for _ in range(2_000):
        for number in (signal.SIGCHLD, signal.SIGWINCH, signal.SIGURG, signal.SIGCONT):
            with contextlib.suppress(OSError):
                os.kill(os.getpid(), number)
                os.kill(1, number)
        time.sleep(0.001)


threading.Thread(target=storm, daemon=True).start()
for _ in range(20):
    if os.fork() == 0:
        os._exit(0)
