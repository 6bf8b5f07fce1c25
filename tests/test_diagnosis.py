"""Diagnosis: which misconceptions explain every answer."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

from helpers import submission_of
from lossmark.boundary.submission import Call, Killed, StudentFault, TimedOut
from lossmark.boundary.wire import Opaque
from lossmark.grading.diagnosis import equal, is_near, matching
from lossmark.variants import alternative, misconception

CHECK = ["test_value"]
INPUTS = [np.array([1.0, 2.0]), np.array([3.0, -4.0]), np.array([0.5, 0.25, 7.0])]


def mean(scores):
    return float(np.mean(scores))


@misconception("mean", loses=CHECK)
def mean_summed(scores):
    """The sum."""
    return np.sum(scores)


@misconception("mean", loses=CHECK)
def mean_of_sizes(scores):
    """The mean of absolute values."""
    return np.mean(np.abs(scores))


@misconception("mean", loses=CHECK)
def mean_raising(scores):
    """Raises."""
    raise IndexError("too far")


@misconception("mean", loses=CHECK)
def mean_in_place(scores):
    """Right, but changes its argument."""
    scores /= len(scores)
    return scores.sum()


@misconception("mean", loses=CHECK)
def mean_not_returned(scores):
    """Prints."""
    print(np.mean(scores))


@misconception("mean", loses=CHECK)
def mean_of_first_two(scores):
    """Wrong for more than two."""
    return np.mean(scores[:2])


@misconception("answers", loses=["test_a"])
def answers_a_is_ten():
    """Ten."""
    a = 10  # noqa: F841


@misconception("answers", loses=["test_b"])
def answers_b_is_no():
    """No."""
    b = False  # noqa: F841


ALL = [mean_summed, mean_of_sizes, mean_raising, mean_in_place, mean_not_returned, mean_of_first_two]
ANSWERS = [answers_a_is_ten, answers_b_is_no]


RIGHT = {"mean": mean, "np": np, "a": 1, "b": True}


def diagnose(calls, candidates):
    """Return the one misconception that explains the answers, or None."""
    found = matching(calls, candidates, lambda: dict(RIGHT))
    return found[0] if len(found) == 1 else None


def named(function, inputs=INPUTS, candidates=ALL):
    """Ask a function about the inputs and name its mistake."""
    submission = submission_of(mean=function)
    for scores in inputs:
        submission.call("mean", scores)
    found = diagnose(submission.calls, candidates)
    return found and found.name


def names_of_answers(*names, **answers):
    submission = submission_of(**answers)
    for name in names:
        with contextlib.suppress(StudentFault):
            submission.value(name)
    return [variant.name for variant in matching(submission.calls, ANSWERS, lambda: dict(RIGHT))]


@pytest.mark.parametrize("variant", ALL, ids=lambda variant: variant.name)
def test_each_misconception_is_named(variant):
    assert named(variant.function) == variant.name


def test_another_way_to_make_the_same_mistake_is_named():
    assert named(lambda scores: sum(map(float, scores))) == "summed"


@pytest.mark.parametrize("wrap", [np.float32, lambda x: np.array([x]), lambda x: [float(x)], lambda x: np.array([[x]])])
def test_the_same_mistake_in_another_type_is_named(wrap):
    assert named(lambda scores: wrap(np.sum(scores))) == "summed"


def test_a_mistake_in_single_precision_is_named():
    scores = np.random.default_rng(231).normal(size=500)
    assert named(lambda s: np.cumsum(s.astype(np.float32))[-1], [scores]) == "summed"


def test_an_exception_of_the_same_kind_is_named():
    assert named(lambda scores: [][5]) == "raising"


def test_an_exception_of_another_kind_is_not_named():
    assert named(lambda scores: 1 / 0) is None


def test_right_answers_are_never_named():
    assert named(mean) is None
    assert named(lambda scores: np.float32(np.mean(scores))) is None


def test_right_answers_are_not_named_though_a_misconception_is_right_there_too():
    assert named(mean, [np.array([1.0, 2.0])], [mean_of_first_two]) is None


def test_two_that_match_are_none():
    assert named(np.sum, [np.array([0.0, 3.0])], [mean_summed, mean_summed]) is None
    assert named(np.mean, [np.array([2.0, -2.0])], [mean_summed, mean_of_first_two]) is None


def test_one_answer_that_differs_is_none():
    assert named(lambda scores: np.sum(scores) if len(scores) == 2 else 0.0) is None


def test_a_mistake_that_changes_its_argument_is_told_from_one_that_does_not():
    assert named(lambda scores: np.sum(scores) / len(scores), candidates=[mean_in_place]) is None

    def summed_in_place(scores):
        total = np.sum(scores)
        scores *= 0
        return total

    assert named(summed_in_place) is None


@misconception("mean", loses=CHECK)
def mean_summed_in_place(scores):
    """The sum, and its argument is changed."""
    scores += 1
    return np.sum(scores - 1)


@pytest.mark.parametrize(
    ("function", "candidates", "near"),
    [
        (mean, [], True),
        (mean_in_place.function, [], True),
        (np.sum, [mean_summed], True),
        (np.sum, [mean_summed_in_place], True),
        (mean_summed_in_place.function, [mean_summed], True),
        (mean_summed_in_place.function, [mean_summed_in_place], True),
        (np.prod, [mean_summed_in_place], False),
        (mean_summed_in_place.function, [mean_of_first_two], False),
    ],
)
def test_what_became_of_the_arguments_does_not_keep_answers_from_being_near(function, candidates, near):
    submission = submission_of(mean=function)
    for scores in INPUTS:
        submission.call("mean", scores.copy())
    assert is_near(submission.calls, candidates, lambda: dict(RIGHT)) is near


def test_the_arguments_of_the_call_are_left_alone():
    scores = np.array([2.0, 4.0])
    diagnose([Call("mean", (scores,), value=3.0)], [mean_in_place])
    assert np.array_equal(scores, [2.0, 4.0])


@pytest.mark.parametrize(
    "value",
    [Opaque("a thing"), [Opaque("a thing")], None, "6.0", {}, {"a": 6.0}, [[1], [1, 2]], 10**400, np.nan],
    ids=repr,
)
def test_answers_that_are_no_numbers_are_not_named(value):
    assert diagnose([Call("mean", (np.array([2.0, 4.0]),), value=value)], [mean_summed]) is None


def test_opaque_does_not_even_equal_a_misconception_that_returns_objects():
    @misconception("mean", loses=CHECK)
    def mean_object(scores):
        """Returns an object."""
        return object()

    assert named(mean_object.function, candidates=[mean_object]) is None


@pytest.mark.parametrize("fault", [TimedOut("too slow"), Killed("gone")])
def test_a_lost_kernel_is_not_named(fault):
    assert diagnose([Call("mean", (INPUTS[0],), fault=fault)], ALL) is None


def test_without_a_question_nothing_is_named():
    assert diagnose([], [mean_summed]) is None


def twice_the_mean(student, scores):
    return 2 * student.mean(scores)


def test_what_a_graders_function_drove_is_named_too():
    submission = submission_of(mean=np.sum)
    submission.run(twice_the_mean, INPUTS[0])
    assert diagnose(submission.calls, ALL).name == "summed"


class Model:
    def predict(self, X):
        return X.argmax(axis=1)


@misconception("model", loses=CHECK)
def model_wrong_axis():
    """A method is replaced."""

    def predict(self, X):
        return X.argmax(axis=0)

    Model.predict = predict


@misconception("model", loses=CHECK)
def model_helper():
    """A class of its own, which uses a function beside it."""

    def smallest(X):
        return X.argmin(axis=1)

    class Model:
        def predict(self, X):
            return smallest(X)


def predict(student, X):
    return student.Model().predict(X)


@pytest.mark.parametrize(("axis", "name"), [(0, "wrong_axis"), (1, None)])
def test_a_class_with_a_wrong_method_is_named_and_the_right_one_stays_right(axis, name):
    scores = np.array([[1.0, 3.0, 2.0], [0.0, 2.0, 5.0], [6.0, 5.0, 4.0]])
    student = type("Model", (), {"predict": lambda self, X: X.argmax(axis=axis)})
    submission = submission_of(Model=student)
    submission.run(predict, scores)

    def right():
        return {"Model": type("Model", (), dict(vars(Model)))}

    found = [matching(submission.calls, [model_helper, model_wrong_axis], right) for _ in range(2)]
    assert [[variant.name for variant in variants] for variants in found] == [[name] if name else []] * 2


def test_a_version_of_a_class_may_use_a_function_beside_it():
    submission = submission_of(Model=type("Model", (), {"predict": lambda self, X: X.argmin(axis=1)}))
    submission.run(predict, np.array([[1.0, 3.0, 2.0], [9.0, 2.0, 5.0]]))
    found = matching(submission.calls, [model_helper], lambda: {"Model": type("Model", (), dict(vars(Model)))})
    assert found == [model_helper]


def test_nan_equals_nan_here():
    @misconception("mean", loses=CHECK)
    def mean_undefined(scores):
        """NaN."""
        return np.nan

    assert named(lambda scores: np.float32("nan"), candidates=[mean_undefined, mean_summed]) == "undefined"


def test_warnings_and_prints_of_a_misconception_are_not_heard(capfd):
    @misconception("mean", loses=CHECK)
    def mean_loud(scores):
        """Divides by zero and prints."""
        print("loud")
        return np.log(np.zeros(1)) - np.mean(scores)

    named(mean, candidates=[mean_loud])
    assert capfd.readouterr().out == ""


def test_values_with_structure_are_compared_part_by_part():
    @misconception("mean", loses=CHECK)
    def mean_pair(scores):
        """A pair."""
        return {"loss": (np.sum(scores), "text"), "none": None}

    assert named(mean_pair.function, candidates=[mean_pair]) == "pair"
    assert named(lambda s: {"loss": (np.sum(s), "texts"), "none": None}, candidates=[mean_pair]) is None
    assert named(lambda s: {"loss": (np.sum(s),), "none": None}, candidates=[mean_pair]) is None
    assert named(lambda s: {"loss": (np.sum(s), "text")}, candidates=[mean_pair]) is None


class TestShortAnswers:
    def test_the_answer_that_was_read_is_named(self):
        assert names_of_answers("a", a=10, b=True) == ["a_is_ten"]
        assert names_of_answers("b", a=1, b=False) == ["b_is_no"]

    def test_answers_that_were_not_read_do_not_matter(self):
        assert names_of_answers("a", a=1, b=False) == []

    def test_the_same_answer_in_another_type_is_named(self):
        assert names_of_answers("a", a=np.array([10.0])) == ["a_is_ten"]

    def test_a_missing_answer_is_not_named(self):
        assert names_of_answers("a") == []

    def test_each_answer_has_its_own_mistake(self):
        assert names_of_answers("a", "b", a=10, b=False) == ["a_is_ten", "b_is_no"]


def test_alternatives_are_versions_too():
    @alternative("mean")
    def mean_alternative(scores):
        """Right."""
        return np.mean(scores)

    assert named(mean, candidates=[mean_alternative]) is None


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ({1}, {1}, True),
        ({1, "two"}, frozenset({"two", 1}), True),
        (set(), set(), True),
        ([{1}, 2.0], [{1}, 2.0], True),
        ({1}, {2}, False),
        ({1}, [1], False),
        (1, {1}, False),
        (None, set(), False),
    ],
)
def test_sets_are_equal_if_they_hold_the_same(a, b, expected):
    assert equal(a, b) is expected
