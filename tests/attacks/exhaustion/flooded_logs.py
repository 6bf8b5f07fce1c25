"""Warns and logs without measure: a million lines through logging, warnings, faulthandler, and audit hooks."""
# base: solution
# earns: all

# %% first
import faulthandler
import logging
import sys
import warnings

logging.basicConfig(level=0)
root = logging.getLogger()
for _ in range(20_000):
    root.critical("x" * 50)

# %% first
warnings.simplefilter("always")
for number in range(5_000):
    warnings.warn(f"{number}" * 50, stacklevel=1)

# %% first
faulthandler.dump_traceback_later(0.01, repeat=True)
sys.addaudithook(lambda *args: None)
import asyncio

for _ in range(200):
    asyncio.get_event_loop().call_soon(lambda: 1 / 0)
