"""Raises what would be the grader's own fault: a lack of memory, a full disk, errors of the engine, of pytest and the system."""
# base: release
# earns: nothing

# %% first
import errno
import itertools

from lossmark.errors import NotGraded, UsageError

errors = [
    NotGraded("the grader is at fault"),
    UsageError("no such assignment"),
    MemoryError(),
    OSError(errno.ENOSPC, "No space left on device", "/gradebook.db"),
    OSError(errno.EMFILE, "Too many open files"),
    ModuleNotFoundError("No module named 'numpy'"),
    FileNotFoundError(2, "No such file or directory", "/graders/hinge_loss/reference.py"),
    RecursionError("maximum recursion depth exceeded"),
    SystemError("error return without exception set"),
    BrokenPipeError(),
    TimeoutError(),
    ConnectionResetError(),
    KeyboardInterrupt(),
]
for name in ("SandboxError", "GraderError", "TurnOver", "WallError"):
    errors.append(type(name, (NotGraded,), {})("ours"))
turns = itertools.cycle(errors)


def at_fault(*args, **kwargs):
    raise next(turns)


# %% instead of L_i
L_i = at_fault

# %% instead of L_i_vectorized
L_i_vectorized = at_fault

# %% instead of svm_loss
svm_loss = at_fault

# %% instead of squared_hinge_loss
squared_hinge_loss = at_fault
