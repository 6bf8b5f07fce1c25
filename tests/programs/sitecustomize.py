"""Make each Python program that tests start leave out a parser of IRIs, as `lossmark.startup` does for ours.

nbgrader's commands and its database tool, Jupyter's servers and the hub then start in half the processor time.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)
