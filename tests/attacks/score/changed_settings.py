"""Changes what calculations and texts depend on: numpy's settings, locale, digits, hashes, recursion, garbage, contexts."""
# base: solution
# earns: all

# %% first
import contextlib
import decimal
import gc
import locale
import os
import random
import sys
import warnings

import numpy as np

np.set_printoptions(threshold=0, precision=0, formatter={"all": lambda value: "0"})
np.seterr(all="ignore")
random.seed(0)
decimal.getcontext().prec = 1
with contextlib.suppress(locale.Error):
    locale.setlocale(locale.LC_ALL, "")
sys.set_int_max_str_digits(0)
sys.setswitchinterval(1.0)
sys.setrecursionlimit(3000)
sys.float_repr_style = "long"
gc.disable()
warnings.simplefilter("ignore")
for name in ("OMP_NUM_THREADS", "PYTHONHASHSEED", "TZ", "LANG", "LC_ALL", "OPENBLAS_CORETYPE"):
    os.environ[name] = "1"
get_ipython().run_line_magic("precision", "1")
get_ipython().run_line_magic("xmode", "Minimal")
get_ipython().run_line_magic("autocall", "0")
