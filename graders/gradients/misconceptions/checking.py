"""Wrong relative errors and sparse checks."""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints.
# The old generator of numpy is the one that students use.
# ruff: noqa: NPY002

from __future__ import annotations

import numpy as np

from lossmark import misconception

TWO_NUMBERS = "test_two_numbers"
SIGNS = "test_signs"
LARGEST = "test_largest_element"
FLOOR = "test_floor"

RIGHT_PASSES = "test_right_gradient_passes"
WRONG_FOUND = "test_wrong_gradient_is_found"
LARGEST_COUNTS = "test_largest_error_counts"
PLACES = "test_num_checks_random_places"
X_KEPT = "test_x_as_before"

# relative_error


@misconception("relative_error", loses=[SIGNS])
def relative_error_difference_signed(a, b):
    """The difference a - b is taken with its sign, so that a pair with b above a gives a negative error, and the
    maximum overlooks it. How far apart two numbers are has no sign.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.max((a - b) / np.maximum(np.abs(a) + np.abs(b), 1e-8))


@misconception("relative_error", loses=[SIGNS])
def relative_error_sum_signed(a, b):
    """The numbers are added with their signs before the absolute value. Two numbers of opposite sign then nearly
    cancel, and the error becomes huge. Add the absolute values.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.max(np.abs(a - b) / np.maximum(np.abs(a + b), 1e-8))


@misconception("relative_error", loses=[LARGEST])
def relative_error_mean(a, b):
    """The mean over the elements is returned. One wrong number among many right ones then hardly shows; the largest
    error is what you want to know.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.mean(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), 1e-8))


@misconception("relative_error", loses=[LARGEST])
def relative_error_sum(a, b):
    """The errors of the elements are added. The result then grows with the number of elements; the largest error is
    asked for.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.sum(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), 1e-8))


@misconception("relative_error", loses=[LARGEST])
def relative_error_not_one_number(a, b):
    """An array with the error of each element is returned. The result is one number, the largest of them."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), 1e-8)


@misconception("relative_error", loses=[LARGEST])
def relative_error_norms(a, b):
    """The norms of the whole arrays are divided. Where some numbers are large and others small, an error in a small
    one then hides behind the large ones. Divide element by element, and take the maximum last.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.linalg.norm(a - b) / np.maximum(np.linalg.norm(a) + np.linalg.norm(b), 1e-8)


@misconception("relative_error", loses=[LARGEST])
def relative_error_maxima_divided(a, b):
    """The largest difference is divided by the largest sum, which may belong to another element. Divide element by
    element first, and take the maximum of the quotients.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.max(np.abs(a - b)) / np.maximum(np.max(np.abs(a) + np.abs(b)), 1e-8)


@misconception("relative_error", loses=[TWO_NUMBERS])
def relative_error_larger_of_both(a, b):
    """The difference is divided by the larger of the two numbers. (Some books do so.) Here it is divided by the sum of
    both absolute values, so that the error is never above 1.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.max(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8))


@misconception("relative_error", loses=[TWO_NUMBERS])
def relative_error_twice(a, b):
    """Your error is twice what the formula says: the difference is divided by the mean of the two sizes. Here it is
    divided by their sum, so that the error is never above 1.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.max(2 * np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), 1e-8))


@misconception("relative_error", loses=[TWO_NUMBERS, SIGNS, FLOOR])
def relative_error_only_b_below(a, b):
    """The difference is divided by b alone. Then the order of the two gradients matters, and a b of 0 makes the error
    huge. The formula is symmetric: both absolute values are added.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.max(np.abs(a - b) / np.maximum(np.abs(b), 1e-8))


@misconception("relative_error", loses=[TWO_NUMBERS, SIGNS, FLOOR])
def relative_error_not_relative(a, b):
    """The absolute difference is returned: 1000 and 1001 seem as far apart as 1 and 2. Divide by the size of the
    numbers.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.max(np.abs(a - b))


@misconception("relative_error", loses=[FLOOR])
def relative_error_floor_missing(a, b):
    """There is no floor, so that 0 and 0 give 0/0, which is not a number, although they are equal. The denominator is
    at least 1e-8.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.max(np.abs(a - b) / (np.abs(a) + np.abs(b)))


@misconception("relative_error", loses=[FLOOR])
def relative_error_floor_added(a, b):
    """The floor 1e-8 is added to the sum. The formula takes the larger of the two: a floor does nothing as long as you
    are above it.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.max(np.abs(a - b) / (np.abs(a) + np.abs(b) + 1e-8))


@misconception("relative_error", loses=[FLOOR])
def relative_error_floor_too_low(a, b):
    """The floor is not 1e-8. Compare the number in your code with the formula, with regard to its exponent."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.max(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), 1e-12))


@misconception("relative_error", loses=[LARGEST, FLOOR])
def relative_error_mean_and_floor_added(a, b):
    """Two slips at once. The mean over the elements is returned in place of the largest, and the floor is added to the
    sum instead of replacing it where the sum is smaller.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return np.mean(np.abs(a - b) / (np.abs(a) + np.abs(b) + 1e-8))


# grad_check_sparse


@misconception("grad_check_sparse", loses=[RIGHT_PASSES, WRONG_FOUND, LARGEST_COUNTS, X_KEPT])
def grad_check_sparse_printed_not_returned(f, x, analytic_grad, num_checks=10, h=1e-5):
    """The errors are printed but not returned, so whoever calls the function gets None. (Only the choice of the places
    can be checked then.) Printing is for you, `return` is for the program.
    """
    largest = 0.0
    for _ in range(num_checks):
        index = tuple(np.random.randint(n) for n in x.shape)
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        numerical = (f_above - f_below) / (2 * h)
        analytic = analytic_grad[index]
        error = abs(numerical - analytic) / max(abs(numerical) + abs(analytic), 1e-8)
        largest = max(largest, error)
    print("relative error:", largest)


@misconception("grad_check_sparse", loses=[LARGEST_COUNTS])
def grad_check_sparse_mean(f, x, analytic_grad, num_checks=10, h=1e-5):
    """The mean of the errors is returned. A gradient that is wrong at a few places then looks nearly right; the
    largest error is asked for.
    """
    largest = 0.0
    for _ in range(num_checks):
        index = tuple(np.random.randint(n) for n in x.shape)
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        numerical = (f_above - f_below) / (2 * h)
        analytic = analytic_grad[index]
        error = abs(numerical - analytic) / max(abs(numerical) + abs(analytic), 1e-8)
        largest += error / num_checks
    return largest


@misconception("grad_check_sparse", loses=[LARGEST_COUNTS])
def grad_check_sparse_last_one(f, x, analytic_grad, num_checks=10, h=1e-5):
    """The error of the last place is returned, whatever the others were. Keep the largest so far."""
    largest = 0.0
    for _ in range(num_checks):
        index = tuple(np.random.randint(n) for n in x.shape)
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        numerical = (f_above - f_below) / (2 * h)
        analytic = analytic_grad[index]
        error = abs(numerical - analytic) / max(abs(numerical) + abs(analytic), 1e-8)
        largest = error
    return largest


@misconception("grad_check_sparse", loses=[LARGEST_COUNTS, PLACES])
def grad_check_sparse_return_in_loop(f, x, analytic_grad, num_checks=10, h=1e-5):
    """The function returns after the first place. Look at how far the line with `return` is indented: as it stands, it
    belongs to the loop.
    """
    largest = 0.0
    for _ in range(num_checks):
        index = tuple(np.random.randint(n) for n in x.shape)
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        numerical = (f_above - f_below) / (2 * h)
        analytic = analytic_grad[index]
        error = abs(numerical - analytic) / max(abs(numerical) + abs(analytic), 1e-8)
        return max(largest, error)
    return largest


@misconception("grad_check_sparse", loses=[WRONG_FOUND, LARGEST_COUNTS])
def grad_check_sparse_absolute_difference(f, x, analytic_grad, num_checks=10, h=1e-5):
    """The difference of the two slopes is returned as it is, not in relation to their size. Divide it as in
    `relative_error`.
    """
    largest = 0.0
    for _ in range(num_checks):
        index = tuple(np.random.randint(n) for n in x.shape)
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        numerical = (f_above - f_below) / (2 * h)
        analytic = analytic_grad[index]
        error = abs(numerical - analytic)
        largest = max(largest, error)
    return largest


@misconception("grad_check_sparse", loses=[RIGHT_PASSES, WRONG_FOUND])
def grad_check_sparse_2h_forgotten(f, x, analytic_grad, num_checks=10, h=1e-5):
    """The numerical slope is twice too large: x - h and x + h are 2h apart, but the difference is divided by h. So a
    right gradient seems wrong by a factor 2 (relative error 1/3), and one that is twice too large seems right.
    """
    largest = 0.0
    for _ in range(num_checks):
        index = tuple(np.random.randint(n) for n in x.shape)
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        numerical = (f_above - f_below) / h
        analytic = analytic_grad[index]
        error = abs(numerical - analytic) / max(abs(numerical) + abs(analytic), 1e-8)
        largest = max(largest, error)
    return largest


@misconception("grad_check_sparse", loses=[RIGHT_PASSES, WRONG_FOUND])
def grad_check_sparse_not_divided(f, x, analytic_grad, num_checks=10, h=1e-5):
    """The difference of the two values is not divided by the distance 2h, so the numerical slope is next to nothing,
    and every gradient seems wrong.
    """
    largest = 0.0
    for _ in range(num_checks):
        index = tuple(np.random.randint(n) for n in x.shape)
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        numerical = f_above - f_below
        analytic = analytic_grad[index]
        error = abs(numerical - analytic) / max(abs(numerical) + abs(analytic), 1e-8)
        largest = max(largest, error)
    return largest


@misconception("grad_check_sparse", loses=[PLACES, X_KEPT])
def grad_check_sparse_x_not_restored(f, x, analytic_grad, num_checks=10, h=1e-5):
    """The numbers that were moved are not put back. Each check then starts from another point than the one before, and
    the caller's x is not what it was.
    """
    largest = 0.0
    for _ in range(num_checks):
        index = tuple(np.random.randint(n) for n in x.shape)
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        numerical = (f_above - f_below) / (2 * h)
        analytic = analytic_grad[index]
        error = abs(numerical - analytic) / max(abs(numerical) + abs(analytic), 1e-8)
        largest = max(largest, error)
    return largest


@misconception("grad_check_sparse", loses=[X_KEPT])
def grad_check_sparse_restored_by_arithmetic(f, x, analytic_grad, num_checks=10, h=1e-5):
    """The number is put back by adding and subtracting steps: + h, - 2h, + h. Each operation rounds, and the last
    digit may differ from the start. Remember the old number itself.
    """
    largest = 0.0
    for _ in range(num_checks):
        index = tuple(np.random.randint(n) for n in x.shape)
        x[index] += h
        f_above = f(x)
        x[index] -= 2 * h
        f_below = f(x)
        x[index] += h
        numerical = (f_above - f_below) / (2 * h)
        analytic = analytic_grad[index]
        error = abs(numerical - analytic) / max(abs(numerical) + abs(analytic), 1e-8)
        largest = max(largest, error)
    return largest


@misconception("grad_check_sparse", loses=[PLACES])
def grad_check_sparse_first_places(f, x, analytic_grad, num_checks=10, h=1e-5):
    """The places are always the same, the first ones of x. A mistake elsewhere is never found, however often you
    check: draw the places at random.
    """
    largest = 0.0
    for k in range(min(num_checks, x.size)):
        index = np.unravel_index(k, x.shape)
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        numerical = (f_above - f_below) / (2 * h)
        analytic = analytic_grad[index]
        error = abs(numerical - analytic) / max(abs(numerical) + abs(analytic), 1e-8)
        largest = max(largest, error)
    return largest


@misconception("grad_check_sparse", loses=[PLACES])
def grad_check_sparse_last_place_never(f, x, analytic_grad, num_checks=10, h=1e-5):
    """The last place is never drawn. The upper end of `np.random.randint` is itself excluded, so that no 1 has to be
    taken off.
    """
    largest = 0.0
    for _ in range(num_checks):
        index = np.unravel_index(np.random.randint(x.size - 1), x.shape)
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        numerical = (f_above - f_below) / (2 * h)
        analytic = analytic_grad[index]
        error = abs(numerical - analytic) / max(abs(numerical) + abs(analytic), 1e-8)
        largest = max(largest, error)
    return largest


@misconception("grad_check_sparse", loses=[PLACES])
def grad_check_sparse_everywhere(f, x, analytic_grad, num_checks=10, h=1e-5):
    """All places of x are looked at, however few `num_checks` asks for. The point of a sparse check is that it is
    cheap.
    """
    largest = 0.0
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        numerical = (f_above - f_below) / (2 * h)
        analytic = analytic_grad[index]
        error = abs(numerical - analytic) / max(abs(numerical) + abs(analytic), 1e-8)
        largest = max(largest, error)
    return largest


@misconception("grad_check_sparse", loses=[PLACES])
def grad_check_sparse_h_ignored(f, x, analytic_grad, num_checks=10, h=1e-5):
    """The argument `h` is never used: the step is 1e-5 whatever the caller asks for."""
    largest = 0.0
    for _ in range(num_checks):
        index = tuple(np.random.randint(n) for n in x.shape)
        old = x[index]
        x[index] = old + 1e-5
        f_above = f(x)
        x[index] = old - 1e-5
        f_below = f(x)
        x[index] = old
        numerical = (f_above - f_below) / 2e-5
        analytic = analytic_grad[index]
        error = abs(numerical - analytic) / max(abs(numerical) + abs(analytic), 1e-8)
        largest = max(largest, error)
    return largest


@misconception("grad_check_sparse", loses=[PLACES])
def grad_check_sparse_first_row_only(f, x, analytic_grad, num_checks=10, h=1e-5):
    """Only the first axis is drawn from, the other indices are 0: of a matrix, you check the first column alone."""
    largest = 0.0
    for _ in range(num_checks):
        index = (np.random.randint(len(x)),) + (0,) * (x.ndim - 1)
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        numerical = (f_above - f_below) / (2 * h)
        analytic = analytic_grad[index]
        error = abs(numerical - analytic) / max(abs(numerical) + abs(analytic), 1e-8)
        largest = max(largest, error)
    return largest


@misconception("grad_check_sparse", loses=[LARGEST_COUNTS, PLACES, X_KEPT])
def grad_check_sparse_mean_and_x_not_restored(f, x, analytic_grad, num_checks=10, h=1e-5):
    """Two slips at once. The mean of the errors is returned in place of the largest, and the numbers that were moved
    are not put back.
    """
    largest = 0.0
    for _ in range(num_checks):
        index = tuple(np.random.randint(n) for n in x.shape)
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        numerical = (f_above - f_below) / (2 * h)
        analytic = analytic_grad[index]
        error = abs(numerical - analytic) / max(abs(numerical) + abs(analytic), 1e-8)
        largest += error / num_checks
    return largest
