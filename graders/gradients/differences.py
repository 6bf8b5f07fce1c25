"""What holds for numerical gradients, relative errors and sparse checks, whatever else is wrong with them.

So that one slip costs one check, only the check of the values compares with calculus. The others ask that a gradient is
a multiple of the right one, and compare the student's numbers with each other.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossmark import CheckFailed, StudentFault, Submission, as_array, as_number, assert_close, rounding_error

from . import drivers, problems, reference

Array = NDArray[np.float64]

ALIKE = 0.9
"""Cosine of the angle between two gradients from which on one counts as a multiple of the other."""
ACCURACY = 1e-3
"""How far a numerical gradient may be off, in units of its largest number: forward differences are good to 1e-5."""
SMALL = 1e-3
"""Largest relative error at which a gradient counts as right; centred differences give 1e-9, forward ones 1e-5."""
FOUND = 0.1
"""Smallest relative error of gradients that are far from right."""


WRITTEN = np.random.default_rng(8).uniform(0.1, 0.9, size=500)
"""What stands in for relative errors, where a sparse check is judged without the student's own; in no order."""


def run(submission: Submission, driver: Any, results: int, *args: Any, **options: Any) -> tuple[Any, ...]:
    """Run a driver that returns several things; what is no such answer counts as as many times nothing."""
    answer = submission.run(driver, *args, **options)
    return tuple(answer) if isinstance(answer, list | tuple) and len(answer) == results else (None,) * results


def numerical_gradient(
    submission: Submission, name: str, expression: str, x: NDArray[Any], **options: float
) -> tuple[Array, Any, Any]:
    """Return the student's numerical gradient, x as it is afterwards, and whether x itself was moved."""
    gradient, after, in_place, _ = run(submission, drivers.numerical_gradient, 4, name, expression, x, **options)
    return as_array(gradient, x.shape, "the gradient"), after, in_place


def assert_alike(gradient: Array, expected: Array) -> None:
    """Fail unless a gradient is, nearly, a multiple of the expected one, which may be negative."""
    lengths = np.linalg.norm(gradient) * np.linalg.norm(expected)
    if not abs(np.sum(gradient * expected)) > ALIKE * lengths:
        raise CheckFailed(
            f"the gradient {_show(gradient)} is far from the right one, which is about {_show(expected)}. (A wrong "
            "factor is another check's matter, but this is no multiple of it either.)"
        )


def gradient_like(
    submission: Submission, name: str, expression: str, x: NDArray[Any], **options: float
) -> tuple[Array, Any, Any]:
    """Return what :func:`numerical_gradient` does; fail unless the gradient is a multiple of the right one."""
    answer = numerical_gradient(submission, name, expression, x, **options)
    assert_alike(answer[0], problems.DERIVATIVES[expression](np.asarray(x, float)))
    return answer


def assert_gradient(submission: Submission, name: str, expression: str, x: Array) -> None:
    """Fail unless the numerical gradient is what calculus says."""
    gradient, *_ = numerical_gradient(submission, name, expression, x)
    expected = problems.DERIVATIVES[expression](x)
    assert_close(gradient, expected, tolerance=ACCURACY * np.abs(expected).max(), what="the gradient")


def assert_same_in_any_shape(submission: Submission, name: str, expression: str, x: Array) -> None:
    """Fail unless the gradient at an array is the gradient at its numbers in a row, in the shape of the array."""
    flat, *_ = gradient_like(submission, name, expression, x.ravel())
    gradient, *_ = numerical_gradient(submission, name, expression, x)
    assert_close(
        gradient, flat.reshape(x.shape), tolerance=_slack(flat), what="compared with x in one dimension, the gradient"
    )


def assert_forward(submission: Submission, name: str, x: Array, h: float) -> None:
    """Fail unless the step is taken forward: from x to x + h, the square's slope is the derivative half-way.

    A wrong factor shows on both sides and is no matter here.
    """
    expected, *_ = gradient_like(submission, name, "np.sum(x**2)", x)
    gradient, *_ = numerical_gradient(submission, name, "np.sum(x**2)", x - h / 2, h=h)
    try:
        assert_close(gradient, expected, tolerance=_slack(expected), what="the gradient")
    except CheckFailed as failure:
        raise CheckFailed(
            f"for f(x) = np.sum(x**2), the forward difference over a step h = {h:g} from x = {_show(x - h / 2)} is the "
            f"slope half-way, at {_show(x)}. But {failure}. Is the second point at x + h, the first at x, and is the "
            "argument `h` used for the step and for the division?"
        ) from None


def assert_centred(submission: Submission, name: str, x: Array, h: float) -> None:
    """Fail unless the error of the gradient is four times as large for a step twice as large.

    The error is taken from the student's own gradient at the default step: a wrong factor is no matter here.
    """
    expression = "np.sum(x)**3"
    limit, *_ = gradient_like(submission, name, expression, x)
    near, far = (numerical_gradient(submission, name, expression, x, h=step)[0] - limit for step in (h, 2 * h))
    # The error is h^2 on gradients of up to 100; a result in single precision is off by far less than this.
    slack = 1e-5 * max(np.abs(numbers).max() for numbers in (limit, far))
    wrong = np.where(np.abs(far) > 2 * slack, np.abs(far - 4 * near), np.inf)
    if not (wrong <= slack).all():
        worst = int(np.argmax(wrong))
        raise CheckFailed(
            f"for f(x) = {expression} at x = {_show(x)}, compared with your gradient for a tiny step, the element at "
            f"index [{worst}] is off by {near[worst]:.4g} with h = {h:g} and by {far[worst]:.4g} with h = {2 * h:g}. "
            "The error of centred differences grows as h^2, so the second should be four times the first. Are the two "
            "points at x - h and x + h, is the argument `h` used, and are all other numbers where they were?"
        )


def assert_x_kept(submission: Submission, name: str, x: Array, h: float) -> None:
    """Fail unless x holds the same numbers afterwards, to the last bit."""
    gradient, after, _ = numerical_gradient(submission, name, "5 * np.sum(x**2)", x, h=h)
    assert_kept(x, after)
    assert_alike(gradient, problems.DERIVATIVES["5 * np.sum(x**2)"](x))


def assert_kept(x: NDArray[Any], after: Any) -> None:
    """Fail unless an array is as it was, to the last bit."""
    if isinstance(after, np.ndarray) and after.shape == x.shape and after.dtype == x.dtype:
        if after.tobytes() == x.tobytes():
            return
        changed = np.argwhere(after != x)
        index = tuple(changed[0]) if len(changed) else (0,) * x.ndim
        raise CheckFailed(
            f"x is not as before: at index [{', '.join(map(str, index))}] it was {float(x[index])!r} and is "
            f"{float(after[index])!r} afterwards. Adding a step and taking it off again rounds twice"
        )
    raise CheckFailed("x is not the same array afterwards: it has another shape or type")


def assert_no_whole_numbers(submission: Submission, name: str, expression: str, x: NDArray[np.int64]) -> None:
    """Fail if the gradient is cut to whole numbers because x holds such.

    A function that moves the numbers of the caller's x in place cannot do so in an array of integers, and the notebook
    promises none: this passes. Who makes a copy, chooses its type.
    """
    expected, *_ = gradient_like(submission, name, expression, x.astype(float))
    gradient, _, in_place = numerical_gradient(submission, name, expression, x)
    if in_place is not True:
        assert_close(gradient, expected, tolerance=_slack(expected), what="compared with x as floats, the gradient")


def assert_relative_error(submission: Submission, a: Array, b: Array) -> None:
    """Fail unless the relative error of two numbers is right."""
    expected = float(np.abs(a - b)[0] / (a + b)[0])
    assert_close(
        submission.relative_error(a, b),
        expected,
        tolerance=rounding_error(np.abs(a)[0] / (a + b)[0], terms=4),
        what="the relative error",
    )


def assert_signs_do_not_matter(submission: Submission, a: Array, b: Array) -> None:
    """Fail unless the error is the same with both signs turned or the numbers exchanged, and largest across 0."""
    here = _positive_error(submission, a, b)
    for words, pair in (("exchanged", (b, a)), ("of opposite sign", (-a, -b)), ("both", (-b, -a))):
        error = as_number(submission.relative_error(*pair), "the relative error")
        if abs(error - here) > _slack(here):
            raise CheckFailed(
                f"the relative error of {a[0]:g} and {b[0]:g} is {here:.6g}, but {error:.6g} with the two numbers "
                f"{words}: it should stay the same. Which of the terms need an absolute value?"
            )
    across = as_number(submission.relative_error(a, -b), "the relative error")
    if not here < across <= 2:  # a right one gives 1, one with the mean or the larger number below it at most 2
        raise CheckFailed(
            f"the relative error of {a[0]:g} and {-b[0]:g} is {across:.6g}. No two numbers are farther apart than two "
            "of opposite sign, which gives 1. Which of the terms need an absolute value?"
        )


def assert_largest_of_elements(submission: Submission, a: Array, b: Array) -> None:
    """Fail unless the error of two arrays is the largest of the student's own errors of their elements."""
    pairs = zip(a.ravel(), b.ravel(), strict=True)
    errors = [_positive_error(submission, np.array([p]), np.array([q])) for p, q in pairs]
    whole = as_number(submission.relative_error(a, b), "the relative error of two arrays")
    if abs(whole - max(errors)) > _slack(max(errors)):
        listed = ", ".join(f"{error:.4g}" for error in errors)
        raise CheckFailed(
            f"one pair of elements at a time, your relative errors are {listed}. The largest is {max(errors):.6g}, "
            f"but for the whole arrays you give {whole:.6g}"
        )


def assert_floor(submission: Submission, rng: np.random.Generator) -> None:
    """Fail unless zeros give 0, and 5e-9 with 0 half of what 1 with 0 gives; some numbers are drawn."""
    one = _positive_error(submission, np.ones(1), np.zeros(1))
    zeros = as_number(submission.relative_error(np.zeros(1), np.zeros(1)), "the relative error of 0 and 0")
    if abs(zeros) > SMALL:
        raise CheckFailed(f"0 and 0 are equal, but their relative error is {zeros:.6g}")
    for tiny in (5e-9, 2e-9, rng.integers(10, 90) * 1e-10):
        error = as_number(submission.relative_error(np.full(1, tiny), np.zeros(1)), "the relative error")
        if abs(error - tiny / 1e-8 * one) > _slack(one):
            raise CheckFailed(
                f"the relative error of {tiny:g} and 0 is {error:.6g}. Their sizes add up to less than the floor 1e-8, "
                f"which takes the place of the sum: it should be {tiny / 1e-8:g} of the {one:.6g} that 1 and 0 give"
            )
    for small in (3e-8, rng.integers(20, 90) * 1e-9):
        error = as_number(submission.relative_error(np.full(1, small), np.zeros(1)), "the relative error")
        if abs(error - one) > _slack(one):
            raise CheckFailed(
                f"the relative error of {small:g} and 0 is {error:.6g}, that of 1 and 0 is {one:.6g}. Above the floor "
                "of 1e-8, which is a maximum and is not added, they should be the same"
            )


def _positive_error(submission: Submission, a: Array, b: Array) -> float:
    """Ask for the error of two different numbers; fail unless it is positive, and 0 for a number and itself."""
    error = as_number(submission.relative_error(a, b), "the relative error")
    if not error > 0:
        raise CheckFailed(f"the relative error of {a[0]:g} and {b[0]:g} is {error:.6g}: it should be above 0")
    none = as_number(submission.relative_error(b, b), "the relative error")
    if abs(none) > SMALL:
        raise CheckFailed(f"the relative error of {b[0]:g} and {b[0]:g} is {none:.6g}: it should be 0")
    return error


def sparse_checks(
    submission: Submission, expression: str, x: Array, gradient: Array, times: int, error_given: bool, **options: float
) -> tuple[Any, Any]:
    """Check a gradient several times with the student's sparse check; return the errors, and x as it is afterwards."""
    written = WRITTEN if error_given else WRITTEN[:0]
    told = run(submission, drivers.sparse_checks, 3, expression, x, gradient, times, written, facts=_meant, **options)
    return told[0], told[1]


def _meant(report: Any) -> Any:
    """Put the errors that were meant in place of checks; a report that cannot be read stays what it is."""
    if not isinstance(report, tuple) or len(report) != 3 or not isinstance(report[0], list):
        return report
    checks, *others = report
    if not all(isinstance(check, tuple) and len(check) == 2 for check in checks):
        return report
    return [_error_meant(*check) for check in checks], *others


def _error_meant(error: Any, asked: Any) -> Any:
    """Return the error of a check, or what it would be with right relative errors of the pairs that were asked about.

    The largest of the numbers that stood in for these is taken for the largest of the right ones, and any other number
    for the right error of its pair.
    """
    if not isinstance(asked, list) or not asked:
        return error
    written = [float(WRITTEN[i % len(WRITTEN)]) for i in range(len(asked))]
    try:
        number = as_number(error, "the error")
        right = [as_number(reference.relative_error(*_pair(pair)), "an error") for pair in asked]
    except CheckFailed:
        return error
    nearest = int(np.argmin(np.abs(np.array(written) - number)))
    if abs(written[nearest] - number) > _slack(number):
        return error
    return max(right) if written[nearest] == max(written) else right[nearest]


def _pair(pair: Any) -> tuple[Array, Array]:
    if not isinstance(pair, tuple) or len(pair) != 2:
        raise CheckFailed("no pair of numbers")
    a, b = pair
    shape = np.shape(a) if isinstance(a, np.ndarray | np.generic) else ()
    return as_array(a, shape, "a number") if shape else np.array(as_number(a)), (
        as_array(b, shape, "a number") if shape else np.array(as_number(b))
    )


def following_relative_error(assertion: Callable[..., None], submission: Submission, *args: Any, **kwargs: Any) -> None:
    """Run an assertion on the sparse check; where it fails, again with a right `relative_error` in its own's place.

    Who got `relative_error` wrong has paid for it there.
    """
    try:
        assertion(submission, *args, **kwargs)
    except (CheckFailed, StudentFault) as failure:
        try:
            assertion(submission, *args, **kwargs, error_given=True)
        except (CheckFailed, StudentFault):
            raise failure from None


def errors_of_checks(
    submission: Submission,
    expression: str,
    x: Array,
    gradient: Array,
    times: int,
    error_given: bool,
    **options: float,
) -> list[float]:
    """Check a gradient several times with the student's sparse check, and return the errors."""
    errors, _ = sparse_checks(submission, expression, x, gradient, times, error_given, **options)
    return _numbers(errors, times)


def _numbers(errors: Any, times: int) -> list[float]:
    if not isinstance(errors, list | tuple) or len(errors) != times:
        errors = [errors]
    return [as_number(error, "the largest relative error") for error in errors]


def assert_finds_factor(
    submission: Submission, expression: str, x: Array, factor: float, *, error_given: bool = False
) -> None:
    """Fail unless a gradient that is wrong everywhere by a factor has the error that this factor makes."""
    gradient = factor * problems.DERIVATIVES[expression](x)
    expected = abs(factor - 1) / (abs(factor) + 1)
    for error in errors_of_checks(submission, expression, x, gradient, 3, error_given, num_checks=min(3, x.size)):
        if abs(error - expected) > _slack(expected):
            raise CheckFailed(
                f"f(x) = {expression}, x of shape {x.shape}. A gradient that is {factor:g} times the right one was "
                f"checked, and the answer is {error:.6g}. The relative error is {expected:.6g} at each place"
            )


def assert_passes_right_gradient(
    submission: Submission, expression: str, x: Array, *, error_given: bool = False
) -> None:
    """Fail unless a right gradient has a tiny error, and less than a wrong one."""
    right, places = problems.DERIVATIVES[expression](x), min(3, x.size)
    errors, wrong = (  # both are asked, whatever the first says: a slip is recognised by the two
        errors_of_checks(submission, expression, x, gradient, 3, error_given, num_checks=places)
        for gradient in (right, 3 * right)
    )
    if max(map(abs, errors)) > SMALL:
        raise CheckFailed(
            f"f(x) = {expression}, x of shape {x.shape}. The right gradient was checked, and the answer is "
            f"{max(errors, key=abs):.4g}, which would call it wrong: it should be about 1e-9"
        )
    if min(map(abs, wrong)) < FOUND:
        raise CheckFailed("a right and a wrong gradient get the same small error: nothing is compared")


def assert_largest_error(submission: Submission, x: Array, *, error_given: bool = False) -> None:
    """Fail unless the largest of the errors at the places looked at is returned.

    Half of the elements are wrong by a factor 2, the others have the wrong sign: of 40 places looked at, one of the
    latter is among them, but for one case in 10^12.
    """
    gradient = 2 * x * np.where(np.arange(x.size) % 2 == 0, -1.0, 2.0)
    errors = errors_of_checks(submission, "np.sum(x**2)", x, gradient, 12, error_given, num_checks=x.size)
    assert_more_than_right(submission, x, errors, error_given, num_checks=x.size)
    for error in errors:
        if abs(error - 1.0) > _slack(1.0):
            raise CheckFailed(
                f"half of a gradient of {x.size} numbers is twice too large (relative error 1/3), half has the wrong "
                f"sign (relative error 1). With num_checks = {x.size}, the largest is 1, but the answer is {error:.6g}"
            )


def assert_more_than_right(
    submission: Submission, x: Array, errors: list[float], error_given: bool, **options: float
) -> None:
    """Fail unless the errors of a wrong gradient are all larger than those of the right one."""
    right = errors_of_checks(submission, "np.sum(x**2)", x, 2 * x, 5, error_given, **options)
    if min(errors) <= max(right) + 1e-6:
        raise CheckFailed(
            f"a gradient with wrong signs has the error {min(errors):.4g}, and the right one has {max(right):.4g}: the "
            "two should be told apart"
        )


def assert_places(
    submission: Submission, x: Array, wanted: int, step: float, *, error_given: bool = False, **options: float
) -> None:
    """Fail unless as many places as wanted are looked at, one at a time, others in each check, a step away.

    Places may be drawn with repetition. From a small x, 60 checks then leave one place out with a probability below
    1e-9; from a large one, none of 12 checks has drawn only different places with a probability below 1e-9.
    """
    is_small = x.size <= 2 * wanted
    checks = 60 if is_small else 12
    facts = functools.partial(_where_f_was_called, x.size)
    most, missed, at_once, distances = run(
        submission, drivers.sparse_places, 4, x, 2 * x, checks, error_given, facts=facts, **options
    )
    most = as_number(most, "the number of places")
    if not (most == wanted or (is_small and wanted / 2 < most < wanted)):
        raise CheckFailed(
            f"x has {x.size} numbers. With num_checks = {wanted}, f was called with {most:g} of them moved"
        )
    if is_small and missed:
        raise CheckFailed(
            f"in {checks} checks with num_checks = {wanted}, {missed} of the {x.size} places of x were never "
            "looked at: they should be drawn at random, from all places"
        )
    if at_once > 1:
        raise CheckFailed(f"f was called with {at_once} numbers of x moved at once: put each back before the next")
    low, high = as_array(distances, (2,), "the distances") / step
    if low < 0.99 or high > 1.01:
        far = high if high > 1.01 else low
        raise CheckFailed(f"with h = {step:g}, f was called at a distance of {far:.4g} h from x: it should be h")


def _where_f_was_called(size: int, seen: Any) -> tuple[int, int, int, list[float]] | None:
    """Return how many places one check looks at, at most; how many none does; most numbers moved at once; distances."""
    try:
        columns = [as_array(column, (len(seen[0]),), "what f was called with") for column in seen]
        check, call, place, distance = columns
    except (CheckFailed, LookupError, TypeError, ValueError):  # no report of ours
        return None
    if not len(call):
        return 0, size, 0, []
    different = np.unique(np.stack((check, place)), axis=1)
    most = int(np.unique(different[0], return_counts=True)[1].max())
    at_once = int(np.unique(call, return_counts=True)[1].max())
    missed = int(np.setdiff1d(np.arange(size), place).size)
    return most, missed, at_once, [float(distance.min()), float(distance.max())]


def assert_sparse_keeps_x(submission: Submission, x: Array, h: float, *, error_given: bool = False) -> None:
    """Fail unless x is as before, after a check that has found something."""
    errors, after = sparse_checks(submission, "np.sum(x**2)", x, -2 * x, 5, error_given, num_checks=x.size, h=h)
    assert_more_than_right(submission, x, _numbers(errors, 5), error_given, num_checks=x.size, h=h)
    assert_kept(x, after)


def _slack(numbers: Any) -> float:
    return ACCURACY * float(np.abs(np.asarray(numbers, float)).max())


def _show(x: Array) -> str:
    return np.array2string(np.asarray(x), precision=4, separator=", ").replace("\n", "")
