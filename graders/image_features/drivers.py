"""Small functions that are sent into the student kernel: what takes a generator, or too many images to send as floats.

They hold no expected value; what comes back is judged in the grader.
"""

# They are sent as source, so each imports what it needs.

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lossmark import Missing, Raised, StudentFault, Submission

_NO_SUCH_NAME = re.compile(r"AttributeError: 'types\.SimpleNamespace' object has no attribute '(\w+)'")


def ask(submission: Submission, driver: Callable[..., Any], *args: Any) -> Any:
    """Run a driver in the student kernel; a name that the driver does not find there is missing.

    Parameters
    ----------
    submission : Submission
        The student's work.
    driver : callable
        One of this module's functions.
    *args
        What it takes after the student's names.

    Returns
    -------
    object
        What came back, which may be anything.

    Raises
    ------
    StudentFault
        If a name is missing, or the student's code raises or does not answer.
    """
    try:
        return submission.run(driver, *args)
    except Raised as fault:
        raise as_missing(fault) from None


def as_missing(fault: StudentFault) -> StudentFault:
    """Take an error for a missing name where a driver did not find it; else return the fault itself."""
    missing = _NO_SUCH_NAME.match(str(fault))
    return Missing(f"`{missing[1]}` is not defined") if missing else fault


def cut_patches(student: Any, images: Any, size: int, num: int, seeds: list[int]) -> Any:
    """Call ``extract_patches`` with fresh generators; return all patches, and the images after the last call."""
    import numpy as np

    values = []
    for seed in seeds:
        given = images.copy()
        values.append(student.extract_patches(given, size, num, np.random.default_rng(seed)))
    return values, given


def cluster(student: Any, patches: Any, k: int, rounds: list[int], seeds: list[int]) -> Any:
    """Call ``build_vocabulary`` for each number of rounds and each seed; return the centres, and the patches after.

    numpy's global generator is seeded too, so that who draws from it loses one check and not several by chance.
    """
    import numpy as np

    values = []
    for num_iters in rounds:
        for seed in seeds:
            given = patches.copy()
            np.random.seed(seed)  # noqa: NPY002  (the global generator is meant)
            values.append(student.build_vocabulary(given, k, num_iters, np.random.default_rng(seed)))
    return values, given


def cluster_by_rng(student: Any, patches: Any, k: int, num_iters: int, seeds: list[int]) -> Any:
    """Call ``build_vocabulary`` with fresh generators, and leave numpy's global generator as it is."""
    import numpy as np

    return [student.build_vocabulary(patches.copy(), k, num_iters, np.random.default_rng(seed)) for seed in seeds]


def classify(student: Any, train: Any, y_train: Any, test: Any) -> Any:
    """Call ``features_pipeline`` on images that travel as bytes, 0 to 255."""
    return student.features_pipeline(train / 255.0, y_train, test / 255.0)
