"""Attaches to the processes around it as a debugger does: by ptrace, by /proc, by process_vm_writev, by pidfd."""
# base: solution
# earns: all

# %% first
import ctypes
import os
import signal

reached = ("reach" + "ed").upper()
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
ATTACH, SEIZE, TRACEME = 16, 0x4206, 0
try:
    own = {int(thread) for thread in os.listdir("/proc/self/task")}
except OSError:
    own = {os.getpid()}
for target in (1, 2, 3, os.getppid()):
    if target in own:
        continue
    for request in (ATTACH, SEIZE):
        if libc.ptrace(request, target, None, None) == 0:
            print(reached, "ptrace", target)
    for name in ("mem", "maps", "environ", "fd", "root", "cwd", "syscall", "auxv"):
        try:
            with open(f"/proc/{target}/{name}", "rb"):
                print(reached, target, name)
        except OSError:
            continue
    try:
        descriptor = os.pidfd_open(target)
        for number in range(32):
            if libc.syscall(438, descriptor, number, 0) >= 0:  # pidfd_getfd
                print(reached, "descriptor", number, "of process", target)
    except OSError:
        continue
if libc.ptrace(TRACEME, 0, None, None) == 0:
    print(reached, "being traced")
child = os.fork()
if child == 0:
    signal.pause()
if libc.ptrace(ATTACH, child, None, None) == 0:
    print(reached, "ptrace of a child, and with it of its system calls")
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
buffer = ctypes.create_string_buffer(8)
for number in (310, 311):  # process_vm_readv, process_vm_writev
    if libc.syscall(number, 1, buffer, 1, buffer, 1, 0) >= 0:
        print(reached, "the memory of process 1")
