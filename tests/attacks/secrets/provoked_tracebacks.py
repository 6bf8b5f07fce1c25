"""Provokes errors in the agent and in the grader, and reads the tracebacks for what they quote."""
# base: release
# earns: nothing

# %% first
import sys
import traceback

evidence = []


class Explosive:
    """Raises, wherever it is looked at, an error that holds all of the stack at that moment."""

    def explode(self, *args, **kwargs):
        stack = traceback.StackSummary.extract(traceback.walk_stack(sys._getframe(1)), capture_locals=True)
        lines = [line for line in stack.format() if "lossmark" in line]
        raise RuntimeError("\n".join(lines)[-3000:])

    __getattr__ = __len__ = __iter__ = __eq__ = __repr__ = __str__ = __format__ = explode
    __class__ = property(explode)


class Wordy(BaseException):
    """An error whose text is made by the one who shows it."""

    def __str__(self):
        return "".join(traceback.format_stack())[-3000:]

    __repr__ = __str__


# %% instead of L_i
def L_i(*args):
    return Explosive()


# %% instead of L_i_vectorized
def L_i_vectorized(*args):
    raise Wordy from RuntimeError(Explosive.__class__)


# %% instead of svm_loss
def svm_loss(*args):
    error = ExceptionGroup("many", [ValueError(number) for number in range(200)])
    error.add_note("".join(traceback.format_stack()))
    raise error


# %% instead of squared_hinge_loss
def squared_hinge_loss(*args, **kwargs):
    return squared_hinge_loss(*args, **kwargs)


# %% instead of svm_answers
smallest_loss = Explosive()
