"""Answers later, or never: coroutines, tasks, futures, generators, awaitables and lazily computed values."""
# base: release
# earns: nothing

# %% first
import asyncio
import concurrent.futures
import functools


# %% instead of L_i
async def L_i(*args):
    return 0.0


# %% instead of L_i_vectorized
def L_i_vectorized(*args):
    yield 0.0
    yield 1.0


# %% instead of svm_loss
def svm_loss(*args):
    future = concurrent.futures.Future()
    future.set_result(0.0)
    return future


# %% instead of squared_hinge_loss
def squared_hinge_loss(*args):
    return functools.partial(asyncio.sleep, 0, 0.0)
