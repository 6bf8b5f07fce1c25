"""Raises its limits and its priority: processor, memory, files, real time, the last to be ended; also those of others."""
# base: solution
# earns: all

# %% first
import contextlib
import os
import resource

reached = ("reach" + "ed").upper()
UNLIMITED = resource.RLIM_INFINITY
for name in filter(lambda one: one.startswith("RLIMIT_"), dir(resource)):
    kind = getattr(resource, name)
    for process in (0, 1, os.getppid()):
        with contextlib.suppress(OSError):
            _, hard = resource.prlimit(process, kind)
            for wanted in (UNLIMITED, hard if hard == UNLIMITED else hard + 1):
                with contextlib.suppress(OSError, ValueError, OverflowError):
                    resource.prlimit(process, kind, (wanted, wanted))
            if hard != UNLIMITED and resource.prlimit(process, kind)[1] not in range(hard + 1):
                print(reached, name, "of", process)
with contextlib.suppress(OSError):
    os.nice(-5)
    print(reached, "a priority")
for policy in (os.SCHED_FIFO, os.SCHED_RR):
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, policy, os.sched_param(1))
        print(reached, "real time")
for process in ("self", "1"):
    with contextlib.suppress(OSError), open(f"/proc/{process}/oom_score_adj", "w") as file:
        file.write("-1000")
        file.flush()
        print(reached, "to be the last")
with contextlib.suppress(OSError):
    os.setpriority(os.PRIO_PGRP, 0, -5)
    print(reached, "a priority for all")
