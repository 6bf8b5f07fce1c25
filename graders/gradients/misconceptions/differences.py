"""Wrong numerical gradients."""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints.

from __future__ import annotations

import numpy as np

from lossmark import misconception

GRADIENT = "test_gradient_of_vectors"
FORWARD = "test_forward_by_h"
CENTRED = "test_error_falls_as_h_squared"
SHAPE = "test_any_shape"
X_KEPT = "test_x_as_before"
FLOATS = "test_floats_from_whole_numbers"

# eval_numerical_gradient


@misconception("eval_numerical_gradient", loses=[FORWARD])
def eval_numerical_gradient_centred(f, x, h=1e-5):
    """That is the centred difference, with a step to either side. It is the better approximation, but here the forward
    one is asked for: the second point is x itself. Part 2 has its place for this.
    """
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        gradient[index] = (f_above - f(x)) / (2 * h)
        x[index] = old
    return gradient


@misconception("eval_numerical_gradient", loses=[FORWARD])
def eval_numerical_gradient_backward(f, x, h=1e-5):
    """The step goes backwards, from x - h to x. Forward differences go from x to x + h; for tiny steps you cannot see
    the difference, for large ones you can.
    """
    gradient = np.zeros(x.shape)
    f_here = f(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old - h
        gradient[index] = (f_here - f(x)) / h
        x[index] = old
    return gradient


@misconception("eval_numerical_gradient", loses=[FORWARD])
def eval_numerical_gradient_h_ignored(f, x, h=1e-5):
    """The argument `h` is never used: the step is 1e-5 whatever the caller asks for. Call your function with two very
    different steps and compare.
    """
    gradient = np.zeros(x.shape)
    f_here = f(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + 1e-5
        gradient[index] = (f(x) - f_here) / 1e-5
        x[index] = old
    return gradient


@misconception("eval_numerical_gradient", loses=[GRADIENT])
def eval_numerical_gradient_divided_by_2h(f, x, h=1e-5):
    """The difference is divided by 2h, but the two points are h apart. The 2 belongs to centred differences, whose
    points lie at x - h and x + h.
    """
    gradient = np.zeros(x.shape)
    f_here = f(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        gradient[index] = (f(x) - f_here) / (2 * h)
        x[index] = old
    return gradient


@misconception("eval_numerical_gradient", loses=[GRADIENT, FORWARD])
def eval_numerical_gradient_not_divided(f, x, h=1e-5):
    """The difference of the two values is not divided by the step, so your gradient is about 100,000 times too small.
    A slope is a change of f per change of x.
    """
    gradient = np.zeros(x.shape)
    f_here = f(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        gradient[index] = f(x) - f_here
        x[index] = old
    return gradient


@misconception("eval_numerical_gradient", loses=[GRADIENT, FORWARD])
def eval_numerical_gradient_h_added_twice(f, x, h=1e-5):
    """The step is added twice, so that the second point is at x + 2h, while the division is by h: the gradient comes
    out twice too large.
    """
    gradient = np.zeros(x.shape)
    f_here = f(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        x[index] += h
        gradient[index] = (f(x) - f_here) / h
        x[index] = old
    return gradient


@misconception("eval_numerical_gradient", loses=[GRADIENT])
def eval_numerical_gradient_sign_turned(f, x, h=1e-5):
    """The two values have changed places, so that every slope has the wrong sign: a function that rises seems to fall.
    The difference is f(x + h) - f(x), the new value first.
    """
    gradient = np.zeros(x.shape)
    f_here = f(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        gradient[index] = (f_here - f(x)) / h
        x[index] = old
    return gradient


@misconception("eval_numerical_gradient", loses=[GRADIENT, FORWARD, SHAPE, X_KEPT, FLOATS])
def eval_numerical_gradient_x_not_restored(f, x, h=1e-5):
    """Each number of x is moved, but not put back before the next one moves. So the later slopes hold the sum of all
    steps so far, and the caller's x is not what it was.
    """
    gradient = np.zeros(x.shape)
    f_here = f(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        gradient[index] = (f(x) - f_here) / h
    return gradient


@misconception("eval_numerical_gradient", loses=[X_KEPT])
def eval_numerical_gradient_restored_by_subtraction(f, x, h=1e-5):
    """The number is put back by taking the step off again. x + h - h may differ from x in the last digit, as each of
    the two operations rounds. Remember the old number itself.
    """
    gradient = np.zeros(x.shape)
    f_here = f(x)
    for index in np.ndindex(x.shape):
        x[index] += h
        gradient[index] = (f(x) - f_here) / h
        x[index] -= h
    return gradient


@misconception("eval_numerical_gradient", loses=[SHAPE])
def eval_numerical_gradient_first_axis_only(f, x, h=1e-5):
    """The loop goes over the first axis only. With a matrix, it moves whole rows at once, and every number of a row
    gets the same slope. Each number of x has a slope of its own, whatever the shape of x is.
    """
    gradient = np.zeros(x.shape)
    f_here = f(x)
    for index in range(len(x)):
        old = x[index].copy()
        x[index] = old + h
        gradient[index] = (f(x) - f_here) / h
        x[index] = old
    return gradient


@misconception("eval_numerical_gradient", loses=[GRADIENT])
def eval_numerical_gradient_cut_to_integers(f, x, h=1e-5):
    """The gradient is stored in an array of integers, so numpy cuts off what comes after the decimal point of each
    slope, without a word. Slopes are floats.
    """
    gradient = np.zeros(x.shape, dtype=int)
    f_here = f(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        gradient[index] = (f(x) - f_here) / h
        x[index] = old
    return gradient


@misconception("eval_numerical_gradient", loses=[FLOATS])
def eval_numerical_gradient_type_of_x(f, x, h=1e-5):
    """The gradient is stored in an array of the same type as x. When x holds whole numbers, numpy cuts off what comes
    after the decimal point of each slope, without a word. Make the result an array of floats, whatever x is.
    """
    gradient = np.zeros_like(x)
    f_here = f(x)
    x = x.astype(float)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        gradient[index] = (f(x) - f_here) / h
        x[index] = old
    return gradient


@misconception("eval_numerical_gradient", loses=[GRADIENT, FORWARD, SHAPE, X_KEPT, FLOATS])
def eval_numerical_gradient_copy_forgotten(f, x, h=1e-5):
    """Both values of f are the same, and so the gradient is zero. `moved = x` is no copy but a second name for the
    same array: where the one is moved, the other is. Compute f(x) before anything moves, or copy x.
    """
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        old = x[index]
        moved = x
        moved[index] = old + h
        gradient[index] = (f(moved) - f(x)) / h
        x[index] = old
    return gradient


@misconception("eval_numerical_gradient", loses=[GRADIENT, FORWARD, SHAPE, X_KEPT, FLOATS])
def eval_numerical_gradient_printed_not_returned(f, x, h=1e-5):
    """The function prints the gradient but does not return it, so whoever calls it gets None. Printing is for you,
    `return` is for the program.
    """
    gradient = np.zeros(x.shape)
    f_here = f(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        gradient[index] = (f(x) - f_here) / h
        x[index] = old
    print(gradient)


@misconception("eval_numerical_gradient", loses=[GRADIENT, X_KEPT])
def eval_numerical_gradient_divided_by_2h_and_restored_by_subtraction(f, x, h=1e-5):
    """Two slips at once. The difference is divided by 2h although the points are h apart, and the number is put back
    by taking the step off again, which rounds twice. Compare the denominator with the formula, and remember the old
    number.
    """
    gradient = np.zeros(x.shape)
    f_here = f(x)
    for index in np.ndindex(x.shape):
        x[index] += h
        gradient[index] = (f(x) - f_here) / (2 * h)
        x[index] -= h
    return gradient


# eval_numerical_gradient_centered


@misconception("eval_numerical_gradient_centered", loses=[GRADIENT])
def eval_numerical_gradient_centered_2h_forgotten(f, x, h=1e-5):
    """The difference is divided by h, but the two points x - h and x + h are 2h apart, so each slope is twice too
    large.
    """
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        gradient[index] = (f_above - f_below) / h
    return gradient


@misconception("eval_numerical_gradient_centered", loses=[GRADIENT, CENTRED])
def eval_numerical_gradient_centered_brackets_forgotten(f, x, h=1e-5):
    """The brackets around 2h are missing: `/ 2 * h` divides by 2 and then multiplies by h. Python works through * and
    / from left to right.
    """
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        gradient[index] = (f_above - f_below) / 2 * h
    return gradient


@misconception("eval_numerical_gradient_centered", loses=[CENTRED])
def eval_numerical_gradient_centered_forward(f, x, h=1e-5):
    """That is the forward difference, with a step to one side only. Its error falls as h, that of the centred one as h
    squared: take f at x - h, too.
    """
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old
        f_below = f(x)
        x[index] = old
        gradient[index] = (f_above - f_below) / h
    return gradient


@misconception("eval_numerical_gradient_centered", loses=[GRADIENT, CENTRED])
def eval_numerical_gradient_centered_back_to_x_only(f, x, h=1e-5):
    """Coming from x + h, one step back leads to x and not to x - h: the two points are h apart, and the difference is
    divided by 2h. The second point lies at the old number less h.
    """
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] -= h
        f_below = f(x)
        x[index] = old
        gradient[index] = (f_above - f_below) / (2 * h)
    return gradient


@misconception("eval_numerical_gradient_centered", loses=[CENTRED])
def eval_numerical_gradient_centered_h_ignored(f, x, h=1e-5):
    """The argument `h` is never used: the step is 1e-5 whatever the caller asks for. Call your function with two very
    different steps and compare.
    """
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + 1e-5
        f_above = f(x)
        x[index] = old - 1e-5
        f_below = f(x)
        x[index] = old
        gradient[index] = (f_above - f_below) / (2 * 1e-5)
    return gradient


@misconception("eval_numerical_gradient_centered", loses=[GRADIENT])
def eval_numerical_gradient_centered_sign_turned(f, x, h=1e-5):
    """The two values have changed places, so that every slope has the wrong sign. The value at x + h comes first."""
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        gradient[index] = (f_below - f_above) / (2 * h)
    return gradient


@misconception("eval_numerical_gradient_centered", loses=[CENTRED, X_KEPT])
def eval_numerical_gradient_centered_x_not_restored(f, x, h=1e-5):
    """Each number of x is left at x - h instead of being put back before the next one moves. The later slopes are then
    taken at another point, and the caller's x is not what it was.
    """
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        gradient[index] = (f_above - f_below) / (2 * h)
    return gradient


@misconception("eval_numerical_gradient_centered", loses=[X_KEPT])
def eval_numerical_gradient_centered_restored_by_arithmetic(f, x, h=1e-5):
    """The number is put back by adding and subtracting steps: + h, - 2h, + h. Each operation rounds, and the last
    digit may differ from the start. Remember the old number itself.
    """
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        f_above = f(x)
        x[index] -= 2 * h
        f_below = f(x)
        x[index] += h
        gradient[index] = (f_above - f_below) / (2 * h)
    return gradient


@misconception("eval_numerical_gradient_centered", loses=[SHAPE])
def eval_numerical_gradient_centered_first_axis_only(f, x, h=1e-5):
    """The loop goes over the first axis only. With a matrix, it moves whole rows at once, and every number of a row
    gets the same slope. Each number of x has a slope of its own, whatever the shape of x is.
    """
    gradient = np.zeros(x.shape)
    for index in range(len(x)):
        old = x[index].copy()
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        gradient[index] = (f_above - f_below) / (2 * h)
    return gradient


@misconception("eval_numerical_gradient_centered", loses=[SHAPE])
def eval_numerical_gradient_centered_flattened(f, x, h=1e-5):
    """The slopes are right, but they come in one dimension, whatever the shape of x is. The gradient has the shape of
    x, so that the two can be subtracted.
    """
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        gradient[index] = (f_above - f_below) / (2 * h)
    return gradient.ravel()


@misconception("eval_numerical_gradient_centered", loses=[GRADIENT, CENTRED])
def eval_numerical_gradient_centered_cut_to_integers(f, x, h=1e-5):
    """The gradient is stored in an array of integers, so numpy cuts off what comes after the decimal point of each
    slope, without a word. Slopes are floats.
    """
    gradient = np.zeros(x.shape, dtype=int)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        gradient[index] = (f_above - f_below) / (2 * h)
    return gradient


@misconception("eval_numerical_gradient_centered", loses=[FLOATS])
def eval_numerical_gradient_centered_type_of_x(f, x, h=1e-5):
    """The gradient is stored in an array of the same type as x. When x holds whole numbers, numpy cuts off what comes
    after the decimal point of each slope, without a word. Make the result an array of floats, whatever x is.
    """
    gradient = np.zeros_like(x)
    x = x.astype(float)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        gradient[index] = (f_above - f_below) / (2 * h)
    return gradient


@misconception("eval_numerical_gradient_centered", loses=[GRADIENT, CENTRED, SHAPE, X_KEPT, FLOATS])
def eval_numerical_gradient_centered_copy_forgotten(f, x, h=1e-5):
    """Both values of f are the same, and so the gradient is zero. `above = x` is no copy but a second name for the
    same array: what is written into one is in all. Copy x, or compute one value before you move on.
    """
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x, x
        above[index] = x[index] + h
        below[index] = x[index] - h
        gradient[index] = (f(above) - f(below)) / (2 * h)
    return gradient


@misconception("eval_numerical_gradient_centered", loses=[GRADIENT, CENTRED, X_KEPT])
def eval_numerical_gradient_centered_2h_forgotten_and_x_not_restored(f, x, h=1e-5):
    """Two slips at once. The points are 2h apart but the division is by h, and each number of x is left at x - h
    instead of being put back.
    """
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        gradient[index] = (f_above - f_below) / h
    return gradient


@misconception("eval_numerical_gradient_centered", loses=[GRADIENT, CENTRED, SHAPE, X_KEPT, FLOATS])
def eval_numerical_gradient_centered_printed_not_returned(f, x, h=1e-5):
    """The function prints the gradient but does not return it, so whoever calls it gets None. Printing is for you,
    `return` is for the program.
    """
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        f_above = f(x)
        x[index] = old - h
        f_below = f(x)
        x[index] = old
        gradient[index] = (f_above - f_below) / (2 * h)
    print(gradient)
