"""The numeric helpers: each tolerance has a case just inside and one just outside."""

from __future__ import annotations

import numpy as np
import pytest

from lossmark import CheckFailed, as_array, as_number, assert_close, describe, rounding_error
from lossmark.boundary.wire import Opaque
from lossmark.numerics import SAFETY, Comparison

EPS32, EPS64 = 2.0**-23, 2.0**-52

NO_NUMBERS = {
    "none": None,
    "text": "2.5",
    "complex": 2.5 + 0j,
    "complex array": np.array([2.5j]),
    "dict": {"loss": 2.5},
    "opaque": Opaque("a value of type Tensor"),
    "opaque in a list": [Opaque("a value of type Tensor")],
    "texts": ["2.5"],
    "nothing": [],
    "huge integer": 10**400,
    "huge integers": [10**400],
    "huge integer and float": [10**400, 1.0],
    "rows of different lengths": [[1.0], [1.0, 2.0]],
    "arrays of different shapes": [np.zeros(2), np.zeros((2, 2))],
    "none in a list": [None],
    "dicts": [{}, {}],
}


class TestRoundingError:
    def test_is_eight_times_single_precision(self):
        assert SAFETY == 8
        assert rounding_error(1.0) == SAFETY * EPS32

    def test_grows_with_the_root_of_the_number_of_terms(self):
        assert rounding_error(1.0, terms=16) == 4 * SAFETY * EPS32

    def test_can_ask_for_double_precision(self):
        assert rounding_error(1.0, dtype=np.float64) == SAFETY * EPS64

    def test_has_the_shape_of_the_magnitude_and_no_sign(self):
        assert np.array_equal(rounding_error([-1.0, 2.0]), SAFETY * EPS32 * np.array([1.0, 2.0]))

    @pytest.mark.parametrize("seed", range(5))
    def test_sums_in_single_precision_are_within_it(self, seed):
        terms = np.random.default_rng(seed).normal(size=1000)
        single = float(np.cumsum(terms.astype(np.float32))[-1])
        assert abs(single - terms.sum()) <= rounding_error(np.abs(terms).sum(), terms=1000)

    def test_a_slip_of_a_thousandth_is_not_within_it(self):
        assert rounding_error(15.8, terms=18) < 0.001 * 15.8


class TestAsNumber:
    @pytest.mark.parametrize(
        "value",
        [
            2.5,
            np.float32(2.5),
            np.array(2.5),
            np.array([[2.5]]),
            [2.5],
            ((2.5,),),
            [[np.array([2.5])]],
            np.float16(2.5),
        ],
        ids=repr,
    )
    def test_takes_one_number_in_any_wrapping(self, value):
        assert as_number(value) == 2.5
        assert type(as_number(value)) is float

    @pytest.mark.parametrize(("value", "number"), [(3, 3.0), (True, 1.0), (np.uint8(3), 3.0), (2**70, 2.0**70)])
    def test_takes_whole_numbers(self, value, number):
        assert as_number(value) == number

    @pytest.mark.parametrize("value", [np.zeros(2), [1.0, 2.0], np.zeros(0), [[]], np.zeros((2, 1))], ids=repr)
    def test_refuses_several_numbers_or_none(self, value):
        with pytest.raises(CheckFailed, match="should be one number"):
            as_number(value)

    @pytest.mark.parametrize("value", NO_NUMBERS.values(), ids=NO_NUMBERS)
    def test_refuses_what_is_no_number(self, value):
        with pytest.raises(CheckFailed):
            as_number(value)

    @pytest.mark.parametrize(
        ("value", "words"),
        [
            (10**400, "the loss is an integer too large for a number of the usual size"),
            ([[1.0], [1.0, 2.0]], "the loss is a list of length 2, its rows of different lengths"),
        ],
    )
    def test_says_why(self, value, words):
        with pytest.raises(CheckFailed) as failure:
            as_number(value, "the loss")
        assert str(failure.value) == words

    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, np.float32("nan"), [np.inf]], ids=repr)
    def test_refuses_what_is_not_finite(self, value):
        with pytest.raises(CheckFailed, match=r"the loss is (nan|-?inf), which is not a finite number"):
            as_number(value, "the loss")


class TestAsArray:
    def test_takes_nested_lists(self):
        assert np.array_equal(as_array([[1, 2], [3, 4]], (2, 2)), [[1.0, 2.0], [3.0, 4.0]])

    @pytest.mark.parametrize("dtype", ["?", "i1", "u8", "f2", "f4", "f8"])
    def test_makes_float64_of_any_real_type(self, dtype):
        assert as_array(np.ones(3, dtype), (3,)).dtype == np.float64

    @pytest.mark.parametrize("value", [np.zeros((3, 2)), np.zeros(6), np.zeros((2, 3, 1)), 0.0, []])
    def test_refuses_another_shape(self, value):
        with pytest.raises(CheckFailed, match=r"dW should have shape \(2, 3\), but is"):
            as_array(value, (2, 3), "dW")

    @pytest.mark.parametrize("value", [3.0, np.array([[3.0]]), [3.0]])
    def test_without_dimensions_takes_one_number_in_any_wrapping(self, value):
        assert as_array(value, ()).shape == ()

    def test_names_the_first_number_that_is_not_finite(self):
        values = np.ones((2, 3))
        values[1, 0], values[1, 2] = np.nan, np.inf
        with pytest.raises(CheckFailed, match=r"dW holds nan at index \[1, 0\], which is not a finite number"):
            as_array(values, (2, 3), "dW")

    @pytest.mark.parametrize("value", NO_NUMBERS.values(), ids=NO_NUMBERS)
    def test_refuses_what_is_no_array_of_numbers(self, value):
        with pytest.raises(CheckFailed):
            as_array(value, (1,))

    def test_takes_an_array_without_numbers(self):
        assert as_array(np.zeros((0, 3)), (0, 3)).shape == (0, 3)


class TestAssertClose:
    @pytest.mark.parametrize("sign", [-1, 1])
    def test_just_inside_the_tolerance_passes(self, sign):
        assert_close(2.0 + sign * 0.125, 2.0, tolerance=0.125)

    @pytest.mark.parametrize("sign", [-1, 1])
    def test_just_outside_the_tolerance_fails(self, sign):
        with pytest.raises(CheckFailed):
            assert_close(2.0 + sign * np.nextafter(0.125, 1), 2.0, tolerance=np.nextafter(0.125, 0))

    def test_tolerance_is_named(self):
        with pytest.raises(TypeError):
            assert_close(2.0, 2.0, 0.125)

    def test_tolerance_zero_asks_for_equality(self):
        assert_close(0.5, 0.5, tolerance=0)
        with pytest.raises(CheckFailed):
            assert_close(np.nextafter(0.5, 1), 0.5, tolerance=0)

    def test_each_element_has_its_own_tolerance(self):
        assert_close([1.25, 2.5], [1.0, 2.0], tolerance=[0.25, 0.5])
        with pytest.raises(CheckFailed, match=r"index \[0\]"):
            assert_close([1.5, 2.5], [1.0, 2.0], tolerance=[0.25, 0.5])

    def test_one_wrong_element_of_many_fails(self):
        got = np.zeros((20, 30))
        got[7, 11] = 1e-3
        with pytest.raises(CheckFailed, match=r"index \[7, 11\]"):
            assert_close(got, np.zeros((20, 30)), tolerance=1e-4)

    def test_message_says_index_got_expected_and_tolerance(self):
        with pytest.raises(CheckFailed) as failure:
            assert_close([[1.0, 2.5], [3.0, 9.0]], [[1.0, 2.0], [3.0, 4.0]], tolerance=1e-3, what="dW")
        assert str(failure.value) == "dW is 9 at index [1, 1], expected 4 (tolerance 0.001)"

    def test_message_of_a_number_has_no_index(self):
        with pytest.raises(CheckFailed, match=r"^the loss is 15.8, expected 5.26667 \(tolerance 1e-05\)$"):
            assert_close(15.8, 15.8 / 3, tolerance=1e-5, what="the loss")

    def test_worst_element_is_the_one_farthest_beyond_its_tolerance(self):
        with pytest.raises(CheckFailed, match=r"index \[1\]"):
            assert_close([3.0, 2.0], [0.0, 0.0], tolerance=[2.9, 0.5])

    @pytest.mark.parametrize("got", [np.nan, np.inf, [np.nan], np.array([[np.inf]])])
    def test_finiteness_is_asked_for_first(self, got):
        with pytest.raises(CheckFailed, match="not a finite number"):
            assert_close(got, 2.0, tolerance=np.inf)

    @pytest.mark.parametrize("expected", [np.nan, np.inf])
    def test_nan_and_infinity_equal_nothing(self, expected):
        with pytest.raises(CheckFailed):
            assert_close(expected, expected, tolerance=1.0)
        with pytest.raises(CheckFailed):
            assert_close(0.0, np.nan, tolerance=1.0)

    @pytest.mark.parametrize("tolerance", [1.0, np.inf])
    def test_numbers_so_large_that_their_difference_overflows_fail(self, tolerance):
        with pytest.raises(CheckFailed):
            assert_close([-1.7e308, 0.0], [1.7e308, 0.0], tolerance=tolerance)

    def test_shape_is_asked_for_though_it_could_be_broadcast(self):
        with pytest.raises(CheckFailed, match=r"should have shape \(2, 2\)"):
            assert_close(1.0, np.ones((2, 2)), tolerance=1.0)
        with pytest.raises(CheckFailed, match=r"should have shape \(2, 2\)"):
            assert_close(np.ones((1, 2)), np.ones((2, 2)), tolerance=1.0)

    def test_no_numbers_equal_no_numbers(self):
        assert_close(np.zeros((0, 3)), np.zeros((0, 3)), tolerance=0)

    @pytest.mark.parametrize("is_curve", [False, True])
    def test_failure_carries_what_it_says_in_parts_and_the_numbers_to_draw(self, is_curve):
        options = {"is_curve": True} if is_curve else {}
        with pytest.raises(CheckFailed) as failure:
            assert_close([1.0, 2.5], [1.0, 2.0], tolerance=1e-3, what="the loss,", **options)
        told, comparison = failure.value, failure.value.comparison
        assert (told.message, told.expected) == ("the loss, is 2.5 at index [1]", ", expected 2 (tolerance 0.001)")
        assert (comparison.what, comparison.beside, comparison.is_curve) == ("the loss", "expected", is_curve)
        assert np.array_equal(comparison.got, [1.0, 2.5])
        assert np.array_equal(comparison.expected, [1.0, 2.0])

    def test_a_comparison_is_of_single_numbers_unless_it_says_so(self):
        assert repr(Comparison(np.ones(1), np.ones(1), "the loss")) == (
            "Comparison(what='the loss', beside='expected', is_curve=False)"
        )

    def test_failure_can_carry_a_misconception(self):
        assert CheckFailed("a loop", misconception="python_loop").misconception == "python_loop"
        assert CheckFailed("wrong").misconception is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None (is a `return` missing?)"),
        (Opaque("a value of type Tensor"), "a value of type Tensor"),
        (np.zeros((3, 4)), "an array of shape (3, 4)"),
        ([1, 2], "a list of length 2"),
        ((1,), "a tuple of length 1"),
        ({}, "a dict of length 0"),
        ("b", "the text 'b'"),
        (2.5, "2.5 (float)"),
        (True, "True (bool)"),
        (1j, "1j (complex)"),
        (np.float32(2.5), "2.5 (float32)"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_describe_says_what_a_value_is(value, words):
    assert describe(value) == words


def test_describe_stays_short():
    assert describe("x" * 10_000) == f"the text '{'x' * 60}'"


@pytest.mark.parametrize("expected", [1j, np.array([1.0, 2.0 + 1j]), [1.0, 1j], np.complex64(1.0)], ids=repr)
def test_the_imaginary_part_of_what_is_expected_is_not_left_out(expected):
    with pytest.raises(TypeError, match="expected to be complex"):
        assert_close(np.real(expected), expected, tolerance=1.0)
