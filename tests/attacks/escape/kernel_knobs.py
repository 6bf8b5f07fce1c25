"""Turns the knobs of the kernel: core patterns, control groups, sysrq, module paths, power, clocks and limits."""
# base: solution
# earns: all

# %% first
import ctypes
import glob
import os
import time

reached = ("reach" + "ed").upper()
KNOBS = (
    "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/kernel/hotplug", "/proc/sysrq-trigger",
    "/proc/sys/vm/overcommit_memory", "/proc/self/oom_score_adj", "/proc/self/uid_map", "/proc/self/attr/current",
    "/sys/kernel/uevent_helper", "/sys/power/state", "/sys/fs/cgroup/release_agent", "/sys/fs/cgroup/cgroup.procs",
    "/sys/kernel/debug/tracing/trace", "/dev/mem", "/dev/kmsg", "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/dev/rtc",
    "/dev/loop-control", "/dev/nvram", "/dev/port", "/dev/cpu/0/msr", "/dev/vhost-net", "/dev/userfaultfd",
)  # fmt: skip
for path in (*KNOBS, *glob.glob("/sys/fs/cgroup/*/release_agent"), *glob.glob("/dev/[svn][dv]*")):
    for mode in ("r+b", "rb"):
        try:
            with open(path, mode) as knob:
                # What /proc tells of the own process may be read, and all else in it is empty.
                if mode == "r+b" or not path.startswith("/proc/") or (knob.read(1) and "/self/" not in path):
                    print(reached, path, mode)
        except OSError:
            continue
libc = ctypes.CDLL(None, use_errno=True)
try:
    time.clock_settime(time.CLOCK_REALTIME, time.time())
    print(reached, "the clock")
except OSError:
    pass
for name, arguments in {
    "sethostname": (b"lossmark", 8), "swapoff": (b"/",), "acct": (None,), "iopl": (3,), "quotactl": (0, None, 0, None),
    "klogctl": (10, None, 0), "sched_setscheduler": (0, 1, ctypes.byref(ctypes.c_int(1))),
}.items():  # fmt: skip
    if hasattr(libc, name) and getattr(libc, name)(*arguments) == 0:
        print(reached, name)
try:
    os.nice(-1)
    print(reached, "a higher priority")
except OSError:
    pass
