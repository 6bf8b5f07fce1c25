"""Prints 50 MB: many lines, one huge line, thousands of results, and a picture that is none."""
# base: solution
# earns: all

# %% first
import base64
import os
import sys

from IPython.display import display

for _ in range(200_000):
    print("a line of output that nobody will ever read " * 2)

# %% before L_i
sys.stdout.write("x" * 20_000_000)
os.write(1, b"y" * 1_000_000)

# %% before L_i
for number in range(3000):
    display(number, raw=False)

# %% before L_i
display({"image/png": base64.b64encode(b"z" * 6_000_000).decode(), "text/plain": "w" * 2_000_000}, raw=True)
raise RuntimeError("v" * 3_000_000)
