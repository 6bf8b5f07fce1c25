"""Checks: points and titles, ladders, and what they assert."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from helpers import PLAIN_VALUES, Replies, submission_of
from lossmark import CheckFailed, Problem, StudentFault, assert_answer, assert_unchanged, check, problem
from lossmark.boundary import wire
from lossmark.boundary.submission import Call, Killed, Submission, TimedOut
from lossmark.boundary.wire import Opaque
from lossmark.checks import same, show_call

RNG = np.random.default_rng(231)


def one_to_four(rng):
    for n in (1, 2, 3, 4):
        yield problem(f"rung {n}", n)


class Ladder:
    @check(points=1, problems=one_to_four)
    def test_double(self, submission, problem):
        """Doubles its argument"""
        got = submission.double(*problem.args)
        if got != 2 * problem.args[0]:
            raise CheckFailed(f"got {got}")


def climb(submission):
    """Run the ladder and return what it raised, or None."""
    try:
        Ladder().test_double(submission, RNG)
    except (CheckFailed, StudentFault) as failure:
        return failure
    return None


def call_of(function, *args, **kwargs):
    return submission_of(f=function).call("f", *args, **kwargs)


class TestCheck:
    def test_title_is_the_first_line_of_the_docstring(self):
        @check(points=2)
        def test_a(self):
            """What a student reads

            And what an instructor reads.
            """

        assert test_a.lossmark_check.title == "What a student reads"
        assert test_a.lossmark_check.points == 2.0

    def test_a_check_without_a_title_is_refused(self):
        with pytest.raises(TypeError, match="needs a docstring"):

            @check(points=1)
            def test_a(self):
                pass

    def test_a_problem_holds_arguments_and_a_label(self):
        assert problem("ties", 1, [2], delta=3) == Problem("ties", (1, [2]), {"delta": 3})


class TestLadder:
    def test_a_right_function_meets_all_problems(self):
        submission = submission_of(double=lambda n: 2 * n)
        assert climb(submission) is None
        assert [call.args for call in submission.calls] == [(1,), (2,), (3,), (4,)]

    def test_the_smallest_failure_is_shown(self):
        failure = climb(submission_of(double=lambda n: 2 * n if n == 1 else -n))
        assert str(failure) == "got -2"
        assert failure.__notes__ == ["Tried: rung 2.", "Called: double(2)"]

    def test_it_is_climbed_to_the_top_for_evidence(self):
        submission = submission_of(double=lambda n: 0)
        climb(submission)
        assert len(submission.calls) == 4

    def test_it_is_climbed_on_after_an_error(self):
        submission = submission_of(double=lambda n: 1 / 0)
        assert climb(submission).outcome == "raised"
        assert len(submission.calls) == 4

    @pytest.mark.parametrize("fault", [TimedOut("too slow"), Killed("gone")])
    def test_it_ends_where_the_kernel_was_lost(self, fault):
        submission = Submission(Replies(wire.encode({"outcome": "value", "value": 2}), fault))
        assert climb(submission) is fault
        assert len(submission.calls) == 2

    def test_it_ends_where_there_is_no_function(self):
        submission = submission_of()
        assert climb(submission).outcome == "missing"
        assert len(submission.calls) == 1

    def test_the_first_failure_is_shown_though_a_later_one_ends_it(self):
        wrong, fault = wire.encode({"outcome": "value", "value": -1}), TimedOut("too slow")
        assert str(climb(Submission(Replies(wrong, wrong, fault)))) == "got -1"

    def test_a_fault_of_ours_is_raised_at_once(self):
        class Broken:
            @check(points=1, problems=one_to_four)
            def test_a(self, submission, problem):
                """A title"""
                raise KeyError("ours")

        with pytest.raises(KeyError, match="ours"):
            Broken().test_a(submission_of(), RNG)

    def test_pytest_sees_a_submission_and_a_generator(self):
        assert list(inspect.signature(Ladder.test_double).parameters) == ["self", "submission", "rng"]


def set_first(array):
    array[0] = 99


class TestAssertUnchanged:
    def test_arguments_left_alone_pass(self):
        assert_unchanged(call_of(lambda scores, y: scores.sum(), np.ones(3), [1]))

    def test_nan_left_alone_passes(self):
        assert_unchanged(call_of(lambda scores: None, np.array([np.nan])))

    @pytest.mark.parametrize(
        ("change", "argument"),
        [
            (lambda a, b: set_first(a), "argument 1"),
            (lambda a, b: b.append(3), "argument 2"),
            (lambda a, b: (set_first(a), b.clear()), "argument 1 and argument 2"),
            (lambda a, b: a.sort(), "argument 1"),
            (lambda a, b: b.__setitem__(0, True), "argument 2"),
        ],
    )
    def test_the_changed_argument_is_named(self, change, argument):
        with pytest.raises(CheckFailed, match=f"`f` changed {argument}. The caller"):
            assert_unchanged(call_of(change, np.array([3.0, 2.0]), [1, 2]))

    def test_changed_keyword_arguments_count_too(self):
        with pytest.raises(CheckFailed, match="`f` changed its arguments"):
            assert_unchanged(call_of(lambda W: set_first(W), W=np.ones(2)))

    @pytest.mark.parametrize("after", [(), (Opaque("?"),), (np.ones(3), 5, 6), (None,)], ids=repr)
    def test_arguments_that_came_back_as_nonsense_count_as_changed(self, after):
        with pytest.raises(CheckFailed):
            assert_unchanged(Call("f", (np.ones(3),), changed=(after, {})))

    def test_a_call_that_went_wrong_raises_its_fault(self):
        with pytest.raises(StudentFault, match="ZeroDivisionError"):
            assert_unchanged(call_of(lambda: 1 / 0))


class TestAssertAnswer:
    @pytest.mark.parametrize(
        ("got", "expected"),
        [
            *((got, True) for got in (True, np.True_, np.array([True]), "yes", "Yes", " TRUE. ", '"true"')),
            *((got, False) for got in (False, np.False_, "no", "False", "(no)")),
            *(
                (got, 9.0)
                for got in (9, 9.0, np.int64(9), np.array([[9]]), "9", "9.0", "9.", "(9)", " 9 ", 9.001, "9e0")
            ),
            *((got, 0.0) for got in (0, -0.0, "0", "0.0", np.float32(0))),
            *((got, 0.5) for got in (0.5, ".5", "(.5)", "0.5.", 0.5004)),
            *((got, -2.0) for got in (-2, "-2", " -2.0 ")),
            *((got, np.inf) for got in (np.inf, "inf", "Infinity", "'inf'", 10**400, np.float32("inf"))),
            *((got, -np.inf) for got in (-np.inf, "-inf", -(10**400))),
            *((got, "b") for got in ("b", "B", "b)", "B)", "(b)", "b.", "( b )", "'b'", np.str_("b"), "(b).")),
        ],
        ids=repr,
    )
    def test_says_the_same(self, got, expected):
        assert_answer(got, expected)

    @pytest.mark.parametrize(
        ("got", "expected"),
        [
            *((got, True) for got in (False, 1, 1.0, "1", "no", "t", np.int64(1), np.array([True, True]))),
            *((got, False) for got in (True, 0, 0.0, "0", "", "none")),
            *((got, 1.0) for got in (True, "true", "yes", np.True_)),
            *((got, 0.0) for got in (False, "no", 1e-3, -1e-9)),
            *(
                (got, 9.0)
                for got in (10, 9.02, -9, ".9", "0.9", "nine", "9 or 10", [9], (9,), np.array([9, 9]), 9 + 0j)
            ),
            *((got, 0.5) for got in (5, "5", "50%")),
            *((got, np.inf) for got in (-np.inf, 1e308, np.nan, "nan", "unbounded")),
            *((got, -np.inf) for got in (np.inf, -1e308)),
            *((got, "b") for got in ("a", "c", "ab", "b or c", "b,c", "bb", 1, True)),
        ],
        ids=repr,
    )
    def test_says_something_else(self, got, expected):
        with pytest.raises(CheckFailed):
            assert_answer(got, expected)

    @pytest.mark.parametrize(
        "got", [None, np.nan, Opaque("a value of type Tensor"), "", "  ", "()", [], {}, 1j, np.zeros(3)], ids=repr
    )
    def test_says_nothing(self, got):
        for expected in (True, 9.0, np.inf, "b"):
            with pytest.raises(CheckFailed, match="cannot be read as an answer"):
                assert_answer(got, expected)

    def test_a_whole_number_is_met_exactly_and_any_other_to_three_digits(self):
        assert_answer(1000, 1000)
        assert_answer(1000.9, 1000.0)
        for got, expected in ((1000.9, 1000), (1001.1, 1000.0)):
            with pytest.raises(CheckFailed, match="is not the answer"):
                assert_answer(got, expected)

    @pytest.mark.parametrize("got", [8.0, "a", False, None])
    def test_does_not_tell_the_answer(self, got):
        with pytest.raises(CheckFailed) as failure:
            assert_answer(got, 9.25)
        assert "9.25" not in str(failure.value)


class TestSame:
    @pytest.mark.parametrize("value", [*PLAIN_VALUES.values(), np.nan, np.array([np.nan, 1j])], ids=repr)
    def test_a_value_is_the_same_as_its_copy(self, value):
        assert same(value, wire.decode(wire.encode(value)))

    @pytest.mark.parametrize(
        ("a", "b"),
        [
            (1, 1.0),
            (1, True),
            ([1], (1,)),
            (np.ones(2), np.ones(2, np.float32)),
            (np.ones(2), np.ones((1, 2))),
            (np.ones(2), [1.0, 1.0]),
            (np.array([1.0, np.nan]), np.array([1.0, 2.0])),
            ([1, 2], [1, 2, 3]),
            ({"a": 1}, {"b": 1}),
            ({"a": 1}, {"a": 1.0}),
            (None, 0),
            (np.nan, 1.0),
            (Opaque("a"), Opaque("b")),
        ],
        ids=repr,
    )
    def test_another_type_shape_or_value_is_not_the_same(self, a, b):
        assert not same(a, b)
        assert not same(b, a)


class TestShowCall:
    @pytest.mark.parametrize(
        "args",
        [
            (np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0]]), np.array([0, 1])),
            (np.arange(24.0).reshape(2, 3, 4),),
            (np.array([1, 2], np.int32), np.array([True, False]), np.array([1.5], np.float32)),
            (np.array([1000.25, 1e-5]), np.array([1.234567]), 2, 1.5, True, None, "b"),
            (np.array([np.nan, np.inf, -np.inf]), np.inf, [np.nan, 1.0]),
            (np.zeros((0, 3)), np.zeros(0, np.int64)),
            (np.float64(0.1), np.int64(3), np.array(2.5)),
            ([1, [2.0]], "inf", (1,), {"a": None}),
            (np.array([1 + 2j]),),
        ],
    )
    def test_can_be_pasted_into_a_cell(self, args):
        text = show_call(Call("f", args, {"delta": 0.5, "W": np.eye(2)}))
        assert text.startswith("Called: ")
        pasted, options = eval(text.removeprefix("Called: "), {"np": np, "f": lambda *a, **k: (a, k)})
        for a, b in zip(pasted, args, strict=True):
            assert same(a, b.item() if isinstance(b, np.generic) else b)
        assert options["delta"] == 0.5
        assert np.array_equal(options["W"], np.eye(2))

    def test_long_arrays_are_described(self):
        assert show_call(Call("f", (np.zeros((5, 5)),))) == "Called: f(<array of shape (5, 5), float64>)"

    def test_numbers_are_written_to_six_digits_in_one_line(self):
        X = np.array([[1.23456789, -10.0], [100.0, 0.5]])
        assert show_call(Call("f", (X,))) == "Called: f(np.array([[1.234568, -10. ], [100. , 0.5 ]]))"

    def test_long_values_are_cut_off(self):
        assert show_call(Call("f", ("x" * 1000,))) == f"Called: f('{'x' * 199})"

    @pytest.mark.parametrize("kind", ["value", "run"])
    def test_other_questions_are_not_shown(self, kind):
        assert show_call(Call("f", kind=kind)) == ""
