"""Sends signals to its init process, its parent, to everybody, and to every process number that it can think of."""
# base: solution
# earns: all

# %% first
import ctypes
import os
import resource
import signal

reached = ("reach" + "ed").upper()
for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGTSTP):
    for target in (1, os.getppid(), -1):
        try:
            os.kill(target, number)
        except OSError as error:
            print(target, number, error)
for target in range(2, 40_000):
    try:
        session = os.getsid(target)
        os.kill(target, 0)
    except OSError:
        continue
    if session != os.getsid(0):  # this process's own threads have numbers too
        print(reached, "process", target)
for kind in (
    resource.RLIMIT_AS,
    resource.RLIMIT_NPROC,
    resource.RLIMIT_FSIZE,
    resource.RLIMIT_CPU,
    resource.RLIMIT_NOFILE,
):
    limit = resource.getrlimit(kind)[1]
    try:
        resource.prlimit(0, kind, (2 * limit, 2 * limit))
        print(reached, "a higher limit", kind)
    except (OSError, ValueError):
        pass
if ctypes.CDLL(None).prctl(38, 0, 0, 0, 0) == 0:  # PR_SET_NO_NEW_PRIVS
    print(reached, "new privileges")
