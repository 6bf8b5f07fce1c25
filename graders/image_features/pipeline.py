"""How a student's pipeline is judged: by the labels that it gives to images whose classes stay here.

A pipeline is not to blame for the functions that it is built from, which have had their own checks. Where these are
wrong, its labels are held against those of the reference's pipeline, composed here of what the student's functions
return: no right function ever enters the student kernel.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossmark import Call, CheckFailed, Raised, StudentFault, Submission, as_array, assert_unchanged
from lossmark.checks import same

from . import drivers, problems, reference

Labels = NDArray[np.float64]
Judge = Callable[[Labels], None]

WORST_FEATURES = 0.3
"""Share of right labels that wrong features must still allow, before a pipeline is judged given them; chance is 0.1."""
SLACK = 0.08
"""By how much a right pipeline of another kind may be worse than the composed one: it was up to 0.06."""
ALIKE = 0.5
"""Share of labels in which it must agree with the composed one: right ones did in 0.6 and more, raw pixels in 0.38."""
SAMPLE = 5
"""Number of images by which it is decided whether the student's features are right."""
LARGEST_FEATURE = 1e12
"""Beyond it the composed pipeline would be about rounding."""


def judge_labels(submission: Submission, train: Any, y_train: Any, test: Any, judge: Judge) -> None:
    """Let the student's pipeline classify images, and judge the labels.

    Parameters
    ----------
    submission : Submission
        The student's work.
    train, test : ndarray of uint8
        Images, 0 to 255; the pipeline gets them as floats.
    y_train : ndarray of int
        Classes of the training images.
    judge : callable
        Raises CheckFailed where the labels are not good enough.
    """
    judge(_labels(submission, train, y_train, test))


def judge_accuracy(submission: Submission, margin: float, seed: int) -> None:
    """Fail unless the student's pipeline is better than raw pixels by a margin, as far as its features allow.

    Parameters
    ----------
    submission : Submission
        The student's work.
    margin : float
        Share of the test images on which it must be right and raw pixels are wrong.
    seed : int
        Of the numbers of the classes, and of the order of the test images.
    """
    train, y_train, test, y_test = problems.renamed_discs(seed)
    judge = beats_raw_pixels(margin, seed)
    labels = _labels(submission, train, y_train, test)
    try:
        judge(labels)
    except CheckFailed:
        composed = _composed_labels(submission, train, y_train, test)
        if composed is None:
            raise
        own, possible = (float(np.mean(found == y_test)) for found in (labels, composed))
        if possible < WORST_FEATURES or own < possible - SLACK or np.mean(labels == composed) < ALIKE:
            raise


def assert_leaves_arguments_alone(submission: Submission, train: Any, y_train: Any, test: Any) -> None:
    """Fail if a call of the student's pipeline changes its arguments otherwise than the features do that it calls.

    Parameters
    ----------
    submission : Submission
        The student's work.
    train, test : ndarray of uint8
        Images, 0 to 255; the pipeline gets them as floats.
    y_train : ndarray of int
        Classes of the training images.
    """
    call = submission.call("features_pipeline", train / 255.0, y_train, test / 255.0)
    if isinstance(call.fault, Raised):  # in a function that it uses, where its labels are good
        return
    try:
        assert_unchanged(call)
    except CheckFailed:
        if not _is_changed_by_features(Submission(submission.transport, submission.code), call):
            raise


def _is_changed_by_features(own: Submission, call: Call) -> bool:
    """Whether each changed image is what the student's hue histogram makes of it; all else is as before."""
    after = call.changed[0] if call.changed is not None and not call.changed[1] else ()
    if len(after) != len(call.args) or not same(after[1], call.args[1]):
        return False
    for images, changed in ((call.args[0], after[0]), (call.args[2], after[2])):
        if not isinstance(changed, np.ndarray) or changed.shape != images.shape:
            return False
        for image, left in zip(images, changed, strict=True):
            asked = own.call("hue_histogram", image)
            if not same(left, image) and not (asked.changed and same(left, asked.changed[0][0])):
                return False
    return True


def _composed_labels(submission: Submission, train: Any, y_train: Any, test: Any) -> Labels | None:
    """Classify by the student's own features and the reference's pipeline; None where they are right, or of no use."""
    # A submission of its own, lest these questions are shown, or weighed, as if the check had asked them.
    own = Submission(submission.transport, submission.code)
    try:
        if all(_is_right(own, image / 255.0) for image in train[:SAMPLE]):
            return None
        features, others = (np.array([_features(own, image / 255.0) for image in images]) for images in (train, test))
    except (StudentFault, ValueError):  # of features that raise, are no numbers, or of another length each time
        return None
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-8
    model = reference.train_linear((features - mean) / spread, y_train)
    return reference.predict_linear(model, (others - mean) / spread).astype(float)


def _is_right(own: Submission, image: Any) -> bool:
    right = (reference.hue_histogram(image), reference.hog_features(image.mean(axis=2)))
    expected, found = np.concatenate([part.ravel() for part in right]), _features(own, image)
    return found.shape == expected.shape and np.allclose(found, expected, 1e-4, 1e-6)


def _features(own: Submission, image: Any) -> NDArray[np.float64]:
    """The student's hues and oriented gradients of an image, in a row; raise ValueError where they are no numbers."""
    found = []
    for value in (own.hue_histogram(image), own.hog_features(image.mean(axis=2))):
        if not isinstance(value, np.ndarray | np.generic | float | int) or np.asarray(value).dtype.kind not in "buif":
            raise ValueError
        found.append(np.ravel(np.asarray(value, float)))
    features = np.concatenate(found)
    if not (np.isfinite(features).all() and np.abs(features).max(initial=0.0) < LARGEST_FEATURE):
        raise ValueError
    return features


def _labels(submission: Submission, train: Any, y_train: Any, test: Any) -> Labels:
    return as_labels(_ask_once(submission, train, y_train, test), len(test))


def _ask_once(submission: Submission, *args: Any) -> Any:
    """Ask, unless the same was asked before: training takes its time, and several checks look at its result."""
    for call in submission.calls:
        if call.name == drivers.classify.__name__ and all(a is b for a, b in zip(call.args, args, strict=True)):
            if call.fault is not None:
                raise drivers.as_missing(call.fault)
            return call.value
    return drivers.ask(submission, drivers.classify, *args)


def as_labels(value: Any, number: int) -> Labels:
    """Take labels out of what a submission returned; a column will do."""
    if isinstance(value, np.ndarray) and value.shape in ((number, 1), (1, number)):
        value = value.ravel()
    return as_array(value, (number,), "the array of predicted labels")


def all_are(y_test: NDArray[np.int64] | None) -> Judge:
    """Make a judge of images that are so easy that all labels must be right; or, of others, must only be labels."""

    def judge(labels: Labels) -> None:
        if y_test is None:
            if not np.isin(labels, np.arange(10)).all():
                raise CheckFailed(f"labels are whole numbers from 0 to 9, but there are {np.unique(labels).tolist()}")
            return
        wrong = labels != y_test
        if wrong.any():
            raise CheckFailed(
                f"{int(wrong.sum())} of {len(labels)} labels are wrong: they are {labels.astype(int).tolist()} and "
                f"should be {y_test.tolist()}"
            )

    return judge


def beats_raw_pixels(margin: float, seed: int) -> Judge:
    """Make a judge that holds the labels of the striped discs against those by raw pixels."""
    *_, y_test = problems.renamed_discs(seed)
    raw = problems.raw_accuracy(seed)

    def judge(labels: Labels) -> None:
        accuracy = float(np.mean(labels == y_test))
        if accuracy < raw + margin:
            raise CheckFailed(
                f"trained on {problems.TRAINING_IMAGES} images, your pipeline is right on {accuracy:.1%} of "
                f"{len(y_test)} other ones. The same classifier on raw pixels is right on {raw:.1%}, so at least "
                f"{raw + margin:.1%} are wanted here"
            )

    return judge
