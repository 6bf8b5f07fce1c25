"""How a student's pipeline is judged: by the labels that it gives to images whose classes stay here.

A pipeline is not to blame for the functions that it is built from, which have had their own checks. What fails is
therefore asked again with right functions in their place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossmark import CheckFailed, Raised, Submission, as_array, assert_unchanged
from lossmark.checks import same

from . import drivers, problems

Labels = NDArray[np.float64]
Judge = Callable[[Labels], None]


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
    try:
        judge(_labels(submission, drivers.classify, train, y_train, test))
    except (CheckFailed, Raised) as failure:
        if not _features_matter(submission):
            raise
        try:
            judge(_labels(submission, drivers.classify_with_right_features, train, y_train, test))
        except (CheckFailed, Raised):
            raise failure from None


def assert_leaves_arguments_alone(submission: Submission, train: Any, y_train: Any, test: Any) -> None:
    """Fail if a call of the student's pipeline changes its arguments, also with right features in its own's place.

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
    except CheckFailed as failure:
        answer = drivers.ask(submission, drivers.classify_with_right_features, train, y_train, test, True)
        before = (train / 255.0, y_train, test / 255.0)
        if not (isinstance(answer, list) and len(answer) == 4 and all(map(same, before, answer[1:]))):
            raise failure from None


def _features_matter(submission: Submission) -> bool:
    """Whether right features in the place of the student's own change any label of a few images."""
    few, labels = problems.few_striped_discs(), []
    for driver in (drivers.classify, drivers.classify_with_right_features):
        try:
            labels.append(_labels(submission, driver, *few).tolist())
        except (CheckFailed, Raised):
            labels.append([])
    return labels[0] != labels[1]


def _labels(submission: Submission, driver: Callable[..., Any], train: Any, y_train: Any, test: Any) -> Labels:
    return as_labels(_ask_once(submission, driver, train, y_train, test), len(test))


def _ask_once(submission: Submission, driver: Callable[..., Any], *args: Any) -> Any:
    """Ask, unless the same was asked before: training takes its time, and several checks look at its result."""
    for call in submission.calls:
        if call.name == driver.__name__ and all(a is b for a, b in zip(call.args, args, strict=True)):
            if call.fault is not None:
                raise call.fault
            return call.value
    return drivers.ask(submission, driver, *args)


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


def beats_raw_pixels(margin: float) -> Judge:
    """Make a judge that holds the labels of the striped discs against those by raw pixels."""
    *_, y_test = problems.striped_discs()
    raw = problems.raw_accuracy()

    def judge(labels: Labels) -> None:
        accuracy = float(np.mean(labels == y_test))
        if accuracy < raw + margin:
            raise CheckFailed(
                f"trained on {problems.TRAINING_IMAGES} images, your pipeline is right on {accuracy:.1%} of "
                f"{len(y_test)} other ones. The same classifier on raw pixels is right on {raw:.1%}, so at least "
                f"{raw + margin:.1%} are wanted here"
            )

    return judge
