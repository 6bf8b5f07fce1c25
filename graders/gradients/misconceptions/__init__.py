"""Wrong versions that students write, with the explanation they get, and the checks that each must lose.

The explanations are shown to students: they say what is off and where to look, not what to type.
"""

# The engine looks for versions among the names of this module.
# ruff: noqa: F403

from .answers import *
from .checking import *
from .differences import *
from .softmax import *
from .svm import *
