"""Small functions that are sent into the student kernel: what takes a generator, or too many images to send as floats.

They hold no expected value; what comes back is judged in the grader.
"""

# They are sent as source, so each imports what it needs.

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lossmark import Missing, Raised, Submission

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
        missing = _NO_SUCH_NAME.match(str(fault))
        if missing:
            raise Missing(f"`{missing[1]}` is not defined") from None
        raise


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


def classify_with_right_features(
    student: Any, train: Any, y_train: Any, test: Any, returns_arguments: bool = False
) -> Any:
    """Call ``features_pipeline`` as :func:`classify` does, while right functions stand in for the student's features.

    A pipeline is not to blame for the functions that it is built from: those have had their own checks. If asked to, it
    returns the arguments, too, as they are after the call.
    """
    import numpy as np
    from matplotlib.colors import rgb_to_hsv

    def hue_histogram(image, bins=12):
        index = (rgb_to_hsv(image)[..., 0] * bins).astype(int) % bins
        return np.bincount(index.ravel(), minlength=bins) / index.size

    def hog_features(gray, cell=8, bins=9):
        gy, gx = np.gradient(gray)
        index = (np.degrees(np.arctan2(gy, gx)) % 180.0 / (180.0 / bins)).astype(int) % bins
        rows, columns = np.indices(gray.shape) // cell
        features = np.zeros((-(-gray.shape[0] // cell), -(-gray.shape[1] // cell), bins))
        np.add.at(features, (rows, columns, index), np.hypot(gx, gy))
        return features[: gray.shape[0] // cell, : gray.shape[1] // cell]

    def extract_patches(images, size, num, rng):
        windows = np.lib.stride_tricks.sliding_window_view(images, (size, size, 3), axis=(1, 2, 3))
        chosen = [rng.integers(length, size=num) for length in windows.shape[:3]]
        return windows[*chosen].reshape(num, -1)

    def build_vocabulary(patches, k, num_iters, rng):
        centres = patches[rng.choice(len(patches), k, replace=False)].astype(float)
        for _ in range(num_iters):
            nearest = np.argmin(np.sum(centres**2, axis=1) - 2.0 * patches @ centres.T, axis=1)
            for j in np.unique(nearest):
                centres[j] = patches[nearest == j].mean(axis=0)
        return centres

    def bag_of_words(image, vocabulary, size, stride):
        windows = np.lib.stride_tricks.sliding_window_view(image, (size, size, 3))[::stride, ::stride]
        windows = windows.reshape(-1, vocabulary.shape[1])
        nearest = np.argmin(np.sum(vocabulary**2, axis=1) - 2.0 * windows @ vocabulary.T, axis=1)
        return np.bincount(nearest, minlength=len(vocabulary)) / len(windows)

    right = {
        "hue_histogram": hue_histogram,
        "hog_features": hog_features,
        "extract_patches": extract_patches,
        "build_vocabulary": build_vocabulary,
        "bag_of_words": bag_of_words,
    }
    names = getattr(student.features_pipeline, "__globals__", {})
    own = {name: names[name] for name in right if name in names}
    names.update(right)
    arguments = train / 255.0, y_train, test / 255.0
    try:
        labels = student.features_pipeline(*arguments)
        return [labels, *arguments] if returns_arguments else labels
    finally:
        for name in right:
            del names[name]
        names.update(own)
