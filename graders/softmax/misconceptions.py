"""Wrong versions that students write, with the explanation they get, and the checks that each must lose.

The explanations are shown to students: they say what is off and where to look, not what to type.
"""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints, and none of
# the notebook's other functions, which may be wrong too.
# The docstrings are messages of several sentences, not summaries.
# ruff: noqa: RET503

from __future__ import annotations

import numpy as np

from lossmark import misconception

PROBABILITIES = "test_probabilities_of_one_example"
SUM = "test_probabilities_add_up_to_one"
LOGS = "test_log_probabilities_of_one_example"
VALUES = "test_loss_of_one_example"
MEAN = "test_mean_over_batch"
ROWS = "test_rows_of_a_batch"
LARGE = "test_large_scores"
TINY = "test_tiny_probabilities"
FORMS = "test_other_shape_and_types"
TYPES = "test_integers_and_float32"
UNCHANGED = "test_arguments_left_alone"
HINGE = "test_hinge_loss_of_one_example"
SOFTMAX = "test_softmax_loss_of_one_example"
ORDER = "test_hinge_comes_first"
EACH = "test_each_example_by_itself"
TYPES_UNCHANGED = "test_arguments_of_any_type_left_alone"


# softmax


@misconception("softmax", loses=[LARGE])
def softmax_no_shift(scores):
    """The formula is right, but exp of a score beyond 709 is infinity, and infinity divided by infinity is nan. Only
    differences of scores count: subtract something from each row first that makes its largest exponent 0.
    """
    exponentials = np.exp(scores)
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)


@misconception("softmax", loses=[ROWS])
def softmax_one_shift_for_batch(scores):
    """One number is subtracted from the whole batch, its largest score. A row that lies far below it then underflows:
    all its exponentials are 0, and 0 / 0 is nan. Each row needs its own shift; look at the `axis` of the maximum.
    """
    exponentials = np.exp(scores - np.max(scores))
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)


@misconception("softmax", loses=[ROWS])
def softmax_columns_normalised(scores):
    """The sums run over the wrong axis: the columns of your result add up to 1, not its rows. Each example has
    probabilities of its own, so the sum runs over the classes, which are on the last axis.
    """
    exponentials = np.exp(scores - np.max(scores, axis=0))
    return exponentials / np.sum(exponentials, axis=0)


@misconception("softmax", loses=[ROWS])
def softmax_whole_batch_normalised(scores):
    """All probabilities of the batch together add up to 1: the sum has no axis, so it runs over all examples. Each row
    should add up to 1 by itself. With one example you do not see the difference.
    """
    exponentials = np.exp(scores - np.max(scores))
    return exponentials / np.sum(exponentials)


@misconception("softmax", loses=[ROWS, LARGE])
def softmax_whole_batch_normalised_and_no_shift(scores):
    """Two slips at once. The sum has no axis, so that all probabilities of the batch together add up to 1, where each
    row should by itself. And nothing is subtracted before exp, which overflows beyond 709.
    """
    exponentials = np.exp(scores)
    return exponentials / np.sum(exponentials)


@misconception("softmax", loses=[ROWS, LARGE])
def softmax_columns_normalised_and_no_shift(scores):
    """Two slips at once. The columns of your result add up to 1 where its rows should: the classes are on the last
    axis. And nothing is subtracted before exp, which overflows beyond 709.
    """
    exponentials = np.exp(scores)
    return exponentials / np.sum(exponentials, axis=0)


@misconception("softmax", loses=[ROWS])
def softmax_keepdims_forgotten(scores):
    """The maximum and the sum of each row lose their axis, and come out with shape (N,). An array of this shape lines
    up with the columns of `scores`: an error when N differs from C, wrong numbers when they are the same. Keep the
    axis, with length 1.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1))
    return exponentials / np.sum(exponentials, axis=-1)


@misconception("softmax", loses=[FORMS])
def softmax_batches_only(scores):
    """Right for a batch, but one example of shape (C,) has no axis 1, which is an error. The classes are on the *last*
    axis in both cases: count it from the end.
    """
    exponentials = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    return exponentials / np.sum(exponentials, axis=1, keepdims=True)


@misconception("softmax", loses=[FORMS])
def softmax_always_a_batch(scores):
    """One example of shape (C,) comes back as a batch of one, of shape (1, C). The result should have the shape of the
    scores, whichever that is.
    """
    scores = np.atleast_2d(scores)
    exponentials = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    return exponentials / np.sum(exponentials, axis=1, keepdims=True)


@misconception("softmax", loses=[ROWS])
def softmax_squeezed(scores):
    """A batch of one example, of shape (1, C), comes back with the shape (C,): `squeeze` drops every axis of length 1,
    also one that the caller wants to keep. The result should have the shape of the scores.
    """
    scores = np.atleast_2d(scores)
    exponentials = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    return (exponentials / np.sum(exponentials, axis=1, keepdims=True)).squeeze()


@misconception("softmax", loses=[PROBABILITIES, SUM])
def softmax_not_normalised(scores):
    """The exponentials are not divided by their sum, so they are no probabilities: the best class always has 1, where
    all classes of an example together should have 1. Have a look at the table of the cat image; one step is missing.
    """
    return np.exp(scores - np.max(scores, axis=-1, keepdims=True))


@misconception("softmax", loses=[PROBABILITIES, SUM, LARGE])
def softmax_exponentials_only(scores):
    """These are the bare exponentials: they are not divided by their sum, and they overflow for scores beyond 709.
    Subtract each row's largest score before exp, and divide each row by its sum afterwards.
    """
    return np.exp(scores)


@misconception("softmax", loses=[PROBABILITIES, SUM])
def softmax_divided_by_mean(scores):
    """The exponentials are divided by their mean, so the probabilities of an example add up to C, the number of
    classes. They should add up to 1.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return exponentials / np.mean(exponentials, axis=-1, keepdims=True)


@misconception("softmax", loses=[PROBABILITIES])
def softmax_twice(scores):
    """Softmax is applied twice, the second time to its own probabilities. These lie between 0 and 1, so the second
    result is nearly uniform, whatever the scores are.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    return np.exp(p) / np.sum(np.exp(p), axis=-1, keepdims=True)


@misconception("softmax", loses=[PROBABILITIES, LARGE])
def softmax_sign_turned(scores):
    """The exponent has the wrong sign, so the class with the lowest score gets the largest probability. A difference
    of scores has to be taken in the right order: the score first, then what is subtracted from it.
    """
    exponentials = np.exp(np.max(scores, axis=-1, keepdims=True) - scores)
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)


@misconception("softmax", loses=[PROBABILITIES])
def softmax_base_two(scores):
    """The powers of 2 are taken, not those of e: every lead counts for less than it should. numpy has `np.exp` and
    `np.exp2`; the formula has the former.
    """
    powers = 2.0 ** (scores - np.max(scores, axis=-1, keepdims=True))
    return powers / np.sum(powers, axis=-1, keepdims=True)


@misconception("softmax", loses=[PROBABILITIES, SUM, LARGE])
def softmax_log_probabilities(scores):
    """The logarithms of the probabilities are returned: they are 0 or less. They come in part 2; here the
    probabilities themselves are wanted.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


@misconception("softmax", loses=[PROBABILITIES, SUM, LARGE])
def softmax_shifted_above_only(scores):
    """The shift is in the numerator only; the sum in the denominator is of the unshifted exponentials. Both need the
    same one, then it cancels.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    return np.exp(shifted) / np.sum(np.exp(scores), axis=-1, keepdims=True)


@misconception("softmax", loses=[PROBABILITIES, LARGE])
def softmax_divided_by_largest_score(scores):
    """The scores are divided by the largest one before exp, where it should be subtracted. Dividing changes the
    differences of the scores, and with them the probabilities; subtracting does not.
    """
    sizes = np.maximum(np.max(np.abs(scores), axis=-1, keepdims=True), 1.0)
    exponentials = np.exp(scores / sizes)
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)


@misconception("softmax", loses=[LARGE])
def softmax_smallest_subtracted(scores):
    """The smallest score of each row is subtracted. Then all exponents are positive, and where the scores of a row are
    far apart, exp overflows. Subtract the score that makes all exponents 0 or less.
    """
    exponentials = np.exp(scores - np.min(scores, axis=-1, keepdims=True))
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)


@misconception("softmax", loses=[LARGE])
def softmax_mean_subtracted(scores):
    """The mean of each row is subtracted. That helps where a whole row is large, but when the scores of a row are far
    apart, its best one is still far above the mean, and exp overflows. No exponent should be positive.
    """
    exponentials = np.exp(scores - np.mean(scores, axis=-1, keepdims=True))
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)


@misconception("softmax", loses=[LARGE])
def softmax_clipped(scores):
    """Large scores are clipped. That keeps exp finite, but scores beyond the bound become equal, though their
    differences are what counts: 1000 and 1001 should give other probabilities than two equal scores.
    """
    exponentials = np.exp(np.clip(scores, -500, 500))
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)


@misconception("softmax", loses=[LARGE])
def softmax_nan_replaced(scores):
    """What overflow has spoilt is replaced by 0 afterwards. Then the numbers are finite, and wrong: the best class of
    all gets nothing. Prevent the overflow instead, before exp.
    """
    with np.errstate(all="ignore"):
        exponentials = np.exp(scores)
        return np.nan_to_num(exponentials / np.sum(exponentials, axis=-1, keepdims=True))


@misconception("softmax", loses=[FORMS])
def softmax_cut_to_integers(scores):
    """The probabilities are stored in an array of the scores' type. When the scores are whole numbers, numpy cuts off
    what comes after the decimal point, and every probability below 1 becomes 0. Make new arrays of type float.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = np.zeros_like(scores)
    p[...] = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    return p


@misconception("softmax", loses=[FORMS])
def softmax_in_place_on_integers(scores):
    """A copy of the scores is worked on in place. When the scores are whole numbers, so is the copy, and numpy refuses
    to put fractions into it. Make the copy one of type float.
    """
    p = scores.copy()
    p -= np.max(p, axis=-1, keepdims=True)
    np.exp(p, out=p)
    p /= np.sum(p, axis=-1, keepdims=True)
    return p


@misconception("softmax", loses=[UNCHANGED])
def softmax_shifted_in_place(scores):
    """The probabilities are right, but `scores` is not what it was before the call: `scores -= ...` writes the shift
    into the caller's array. Give the shifted scores a new name.
    """
    scores -= np.max(scores, axis=-1, keepdims=True)
    exponentials = np.exp(scores)
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)


@misconception("softmax", loses=[ROWS, UNCHANGED])
def softmax_one_shift_for_batch_in_place(scores):
    """Two slips at once. One number is subtracted from the whole batch, so that rows far below it underflow to 0 / 0;
    each row needs its own. And `scores -= ...` writes it into the caller's array.
    """
    scores -= np.max(scores)
    exponentials = np.exp(scores)
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)


@misconception("softmax", loses=[PROBABILITIES, SUM])
def softmax_rounded(scores):
    """The probabilities are rounded to a few decimals. Rounding is for printing: whoever goes on with the numbers
    needs all their digits, and small probabilities have become 0.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return np.round(exponentials / np.sum(exponentials, axis=-1, keepdims=True), 2)


@misconception("softmax", loses=[PROBABILITIES, SUM, ROWS, LARGE, FORMS, UNCHANGED])
def softmax_winner_takes_all(scores):
    """The best class gets 1 and all others 0. That is the *hard* maximum: it does not tell a close race from a clear
    one, and a loss made of it gives nothing to learn from. The exponentials are missing.
    """
    return (scores == np.max(scores, axis=-1, keepdims=True)).astype(float)


@misconception("softmax", loses=[PROBABILITIES, SUM, ROWS, LARGE, FORMS, UNCHANGED])
def softmax_printed_not_returned(scores):
    """The function prints the probabilities but does not return them, so whoever calls it gets None. Printing is for
    you, `return` is for the program: end the function with it.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    print(exponentials / np.sum(exponentials, axis=-1, keepdims=True))


# log_softmax


@misconception("log_softmax", loses=[TINY])
def log_softmax_log_of_probability(scores):
    """The probability is computed first and its logarithm afterwards. A class that is far behind has a probability
    which is stored as 0, and log(0) is minus infinity. Take the logarithm of the formula on paper: no probability is
    left in it.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    return np.log(p)


@misconception("log_softmax", loses=[TINY])
def log_softmax_small_number_added(scores):
    """A small number is added to the probability so that its logarithm stays finite. It stays finite and is wrong: at
    the scores [0, -10000] you get about -28, not -10000. Take the logarithm of the formula on paper: no probability is
    left in it.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    return np.log(p + 1e-12)


@misconception("log_softmax", loses=[LOGS, TINY])
def log_softmax_larger_number_added(scores):
    """A small number is added to the probability so that its logarithm stays finite. It is not even small beside
    probabilities such as 0.000006, and at the scores [0, -10000] you get about -18, not -10000. Take the logarithm of
    the formula on paper: no probability is left in it.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    return np.log(p + 1e-8)


@misconception("log_softmax", loses=[TINY])
def log_softmax_probability_clipped(scores):
    """Small probabilities are raised to a bound before the logarithm is taken. That keeps it finite, and wrong: below
    the bound all classes are equally bad. The log-probability of the scores [0, -10000] is a harmless number if you
    compute it without the probability.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    return np.log(np.clip(p, 1e-15, 1.0))


@misconception("log_softmax", loses=[LARGE])
def log_softmax_no_shift(scores):
    """The formula is right, but exp of a score beyond 709 is infinity, and if all scores of a row are below -745, all
    exponentials are 0. Log-sum-exp needs the shift: subtract each row's largest score inside, and add it again outside.
    """
    return scores - np.log(np.sum(np.exp(scores), axis=-1, keepdims=True))


@misconception("log_softmax", loses=[LARGE, TINY])
def log_softmax_log_of_probability_and_no_shift(scores):
    """Two slips at once. The exponentials overflow for large scores, because nothing is subtracted first; and the
    logarithm is taken of a probability, which may be stored as 0. Log-sum-exp, with its shift, avoids both.
    """
    exponentials = np.exp(scores)
    return np.log(exponentials / np.sum(exponentials, axis=-1, keepdims=True))


@misconception("log_softmax", loses=[ROWS])
def log_softmax_one_shift_for_batch(scores):
    """One number is subtracted from the whole batch, its largest score. In a row far below it all exponentials are 0,
    and so is their sum, whose logarithm is minus infinity. Each row needs its own shift; look at the `axis` of the
    maximum.
    """
    shifted = scores - np.max(scores)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


@misconception("log_softmax", loses=[ROWS])
def log_softmax_columns_normalised(scores):
    """Maximum and sum run over the wrong axis, so the columns are normalised and not the rows. Each example has
    probabilities of its own: the classes are on the last axis.
    """
    shifted = scores - np.max(scores, axis=0)
    return shifted - np.log(np.sum(np.exp(shifted), axis=0))


@misconception("log_softmax", loses=[ROWS])
def log_softmax_whole_batch_normalised(scores):
    """The sum has no axis, so it runs over all examples, and the probabilities of the whole batch add up to 1. Those of
    each row should, by themselves. With one example you do not see the difference.
    """
    shifted = scores - np.max(scores)
    return shifted - np.log(np.sum(np.exp(shifted)))


@misconception("log_softmax", loses=[ROWS])
def log_softmax_keepdims_forgotten(scores):
    """The maximum and the sum of each row lose their axis, and come out with shape (N,). An array of this shape lines
    up with the columns of `scores`: an error when N differs from C, wrong numbers when they are the same. Keep the
    axis, with length 1.
    """
    shifted = scores - np.max(scores, axis=-1)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1))


@misconception("log_softmax", loses=[FORMS])
def log_softmax_batches_only(scores):
    """Right for a batch, but one example of shape (C,) has no axis 1, which is an error. The classes are on the *last*
    axis in both cases: count it from the end.
    """
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))


@misconception("log_softmax", loses=[LOGS, LARGE])
def log_softmax_shift_not_added_again(scores):
    """The log-sum-exp was shifted but not shifted back: the score itself is unshifted, while the sum holds the shifted
    ones. Either both are shifted, or the largest score is added to the logarithm again.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    return scores - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


@misconception("log_softmax", loses=[LOGS, LARGE])
def log_softmax_shift_counted_twice(scores):
    """The largest score is taken off twice: once from the scores, and again with the log-sum-exp, to which it was
    added. Either is right, both together make every log-probability too low by it.
    """
    largest = np.max(scores, axis=-1, keepdims=True)
    shifted = scores - largest
    return shifted - (largest + np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True)))


@misconception("log_softmax", loses=[LOGS])
def log_softmax_only_shifted(scores):
    """Only the largest score is subtracted, so the best class has the log-probability 0, which means a probability of
    1. The logarithm of the sum is missing: log-sum-exp lies a little above the largest score.
    """
    return scores - np.max(scores, axis=-1, keepdims=True)


@misconception("log_softmax", loses=[LOGS])
def log_softmax_logarithm_missing(scores):
    """The sum of the exponentials is subtracted, without its logarithm. Dividing by a sum becomes, in logarithms,
    subtracting the *logarithm* of the sum.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    return shifted - np.sum(np.exp(shifted), axis=-1, keepdims=True)


@misconception("log_softmax", loses=[LOGS])
def log_softmax_one_added(scores):
    """The logarithm is taken of 1 plus the sum, as `np.log1p` does. The sum of the shifted exponentials is at least 1
    already; nothing needs to be added.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    return shifted - np.log1p(np.sum(np.exp(shifted), axis=-1, keepdims=True))


@misconception("log_softmax", loses=[LOGS])
def log_softmax_sign_turned(scores):
    """All signs are turned: these are minus the log-probabilities. The logarithm of a number below 1 is negative; the
    minus sign comes later, in the loss.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    return np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True)) - shifted


@misconception("log_softmax", loses=[LOGS])
def log_softmax_base_ten(scores):
    """The result is the logarithm to base 10, too small by a factor of 2.303. The exponential in softmax goes with the
    natural logarithm; in numpy, that is `np.log`.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    return (shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))) / np.log(10)


@misconception("log_softmax", loses=[LOGS])
def log_softmax_base_ten_of_the_sum(scores):
    """The logarithm of the sum is taken to base 10. The exponential in the sum goes with the natural logarithm; in
    numpy, that is `np.log`.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    return shifted - np.log10(np.sum(np.exp(shifted), axis=-1, keepdims=True))


@misconception("log_softmax", loses=[LOGS])
def log_softmax_base_two(scores):
    """The result is the logarithm to base 2, too large by a factor of 1.443. The exponential in softmax goes with the
    natural logarithm; in numpy, that is `np.log`.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    return (shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))) / np.log(2)


@misconception("log_softmax", loses=[LOGS, TINY])
def log_softmax_probabilities(scores):
    """These are the probabilities, between 0 and 1. Their logarithms are wanted, which are 0 or less, and for a class
    that is far behind as large a negative number as its lag.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return exponentials / np.sum(exponentials, axis=-1, keepdims=True)


@misconception("log_softmax", loses=[LOGS, TINY])
def log_softmax_softmax_twice(scores):
    """Softmax is applied twice: log-softmax starts from the scores, but here it gets probabilities. These lie between
    0 and 1, so the second result is nearly uniform.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    return p - np.log(np.sum(np.exp(p), axis=-1, keepdims=True))


@misconception("log_softmax", loses=[FORMS])
def log_softmax_cut_to_integers(scores):
    """The log-probabilities are stored in an array of the scores' type. When the scores are whole numbers, numpy cuts
    off what comes after the decimal point, without a word. Make new arrays of type float.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = np.zeros_like(scores)
    log_p[...] = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return log_p


@misconception("log_softmax", loses=[FORMS])
def log_softmax_in_place_on_integers(scores):
    """A copy of the scores is worked on in place. When the scores are whole numbers, so is the copy, and numpy refuses
    to put fractions into it. Make the copy one of type float.
    """
    log_p = scores.copy()
    log_p -= np.max(log_p, axis=-1, keepdims=True)
    log_p -= np.log(np.sum(np.exp(log_p), axis=-1, keepdims=True))
    return log_p


@misconception("log_softmax", loses=[UNCHANGED])
def log_softmax_shifted_in_place(scores):
    """The log-probabilities are right, but `scores` is not what it was before the call: `scores -= ...` writes the
    shift into the caller's array. Give the shifted scores a new name.
    """
    scores -= np.max(scores, axis=-1, keepdims=True)
    return scores - np.log(np.sum(np.exp(scores), axis=-1, keepdims=True))


@misconception("log_softmax", loses=[LOGS, UNCHANGED])
def log_softmax_base_ten_in_place(scores):
    """Two slips at once. The result is the logarithm to base 10, where the natural one is due; and `scores -= ...`
    writes the shift into the caller's array.
    """
    scores -= np.max(scores, axis=-1, keepdims=True)
    return (scores - np.log(np.sum(np.exp(scores), axis=-1, keepdims=True))) / np.log(10)


@misconception("log_softmax", loses=[LOGS, TINY, LARGE, ROWS, FORMS, UNCHANGED])
def log_softmax_printed_not_returned(scores):
    """The function prints the log-probabilities but does not return them, so whoever calls it gets None. Printing is
    for you, `return` is for the program: end the function with it.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    print(shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True)))


# cross_entropy


@misconception("cross_entropy", loses=[MEAN])
def cross_entropy_sum_for_mean(scores, y):
    """The losses of the examples are added, but not divided by their number N. With a sum, the loss (and later the
    step of the optimiser) would grow with the size of the batch; the convention here is the mean.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return -np.sum(log_p[np.arange(len(y)), y])


@misconception("cross_entropy", loses=[VALUES])
def cross_entropy_mean_over_everything(scores, y):
    """The sum is divided by N times C. Only one number of each row is added up, the correct class's, so the mean is
    over the N examples: your loss is too low by the factor C.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    one_hot = np.eye(scores.shape[1])[y]
    return -np.mean(one_hot * log_p)


@misconception("cross_entropy", loses=[VALUES, MEAN])
def cross_entropy_divided_by_classes(scores, y):
    """The sum is divided by the number of classes C where the number of examples N is meant. Which of the two is
    `scores.shape[0]`, and which `scores.shape[1]`? With N = C, as in the lecture's example, nobody notices.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    N, C = scores.shape
    return -np.sum(log_p[np.arange(N), y]) / C


@misconception("cross_entropy", loses=[VALUES])
def cross_entropy_sign_forgotten(scores, y):
    """The minus sign is missing, so the loss is negative, and lowest where the classifier is worst. A log-probability
    is 0 or less; the loss is minus it.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return np.mean(log_p[np.arange(len(y)), y])


@misconception("cross_entropy", loses=[VALUES])
def cross_entropy_base_ten(scores, y):
    """The logarithm is taken to base 10, as on the lecture's slide: 0.89 for the cat image. The loss uses the natural
    one, which gives 2.04; in numpy, that is `np.log`.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return -np.mean(log_p[np.arange(len(y)), y]) / np.log(10)


@misconception("cross_entropy", loses=[VALUES])
def cross_entropy_base_two(scores, y):
    """The logarithm is taken to base 2, which measures in bits. The loss uses the natural one; in numpy, that is
    `np.log`.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return -np.mean(log_p[np.arange(len(y)), y]) / np.log(2)


@misconception("cross_entropy", loses=[VALUES, TINY])
def cross_entropy_probability_for_logarithm(scores, y):
    """The mean of minus the probabilities is returned, without their logarithms: your loss lies between -1 and 0. The
    loss of an example is minus the *logarithm* of its correct class's probability.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    return -np.mean(p[np.arange(len(y)), y])


@misconception("cross_entropy", loses=[VALUES, TINY])
def cross_entropy_one_minus_probability(scores, y):
    """The loss is 1 minus the probability of the correct class, so it can never exceed 1, however wrong the classifier
    is. The loss of an example is minus the logarithm of this probability.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    return np.mean(1 - p[np.arange(len(y)), y])


@misconception("cross_entropy", loses=[TINY])
def cross_entropy_log_of_probability(scores, y):
    """The probability is computed first and its logarithm afterwards. Where the correct class is far behind, its
    probability is stored as 0, and the loss is infinite. The log-probability can be computed without it, as in part 2.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(y)), y]))


@misconception("cross_entropy", loses=[TINY])
def cross_entropy_small_number_added(scores, y):
    """A small number is added to the probability so that its logarithm stays finite. Then no example can cost more
    than about 28, however wrong it is. The log-probability can be computed without the probability, as in part 2.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(y)), y] + 1e-12))


@misconception("cross_entropy", loses=[TINY])
def cross_entropy_probability_clipped(scores, y):
    """Small probabilities are raised to a bound before the logarithm is taken. Then no example can cost more than
    about 35, however wrong it is. The log-probability can be computed without the probability, as in part 2.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    return -np.mean(np.log(np.clip(p[np.arange(len(y)), y], 1e-15, 1.0)))


@misconception("cross_entropy", loses=[LARGE])
def cross_entropy_no_shift(scores, y):
    """The formula is right, but exp of a score beyond 709 is infinity, and if all scores of a row are below -745, all
    exponentials are 0. Log-sum-exp needs the shift by each row's largest score, as in part 2.
    """
    log_sums = np.log(np.sum(np.exp(scores), axis=1))
    return np.mean(log_sums - scores[np.arange(len(y)), y])


@misconception("cross_entropy", loses=[LARGE, TINY])
def cross_entropy_log_of_probability_and_no_shift(scores, y):
    """Two slips at once. The exponentials overflow for large scores, because nothing is subtracted first; and the
    logarithm is taken of a probability, which may be stored as 0. Your function of part 2 avoids both.
    """
    exponentials = np.exp(scores)
    p = exponentials / np.sum(exponentials, axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(y)), y]))


@misconception("cross_entropy", loses=[MEAN])
def cross_entropy_one_shift_for_batch(scores, y):
    """One number is subtracted from the whole batch, its largest score. In a row far below it all exponentials are 0,
    and so is their sum, whose logarithm is minus infinity. Each row needs its own shift.
    """
    shifted = scores - np.max(scores)
    log_sums = np.log(np.sum(np.exp(shifted), axis=1))
    return np.mean(log_sums - shifted[np.arange(len(y)), y])


@misconception("cross_entropy", loses=[MEAN])
def cross_entropy_whole_batch_normalised(scores, y):
    """The sum of the exponentials has no axis, so it runs over all examples. Each example has probabilities of its
    own, which add up to 1: one log-sum-exp for each row.
    """
    shifted = scores - np.max(scores)
    return np.mean(np.log(np.sum(np.exp(shifted))) - shifted[np.arange(len(y)), y])


@misconception("cross_entropy", loses=[VALUES, MEAN, TINY])
def cross_entropy_columns_normalised(scores, y):
    """Maximum and sum run over the wrong axis, so the columns are normalised and not the rows. Each example has
    probabilities of its own: the classes are on the last axis. With a single example, every class gets probability 1.
    """
    shifted = scores - np.max(scores, axis=0)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=0))
    return -np.mean(log_p[np.arange(len(y)), y])


@misconception("cross_entropy", loses=[MEAN])
def cross_entropy_whole_columns_taken(scores, y):
    """`log_p[:, y]` takes whole columns, N of them, and not one number from each row: its shape is (N, N). Pair each
    row's number with its label instead.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return -np.mean(log_p[:, y])


@misconception("cross_entropy", loses=[MEAN])
def cross_entropy_first_label_for_all(scores, y):
    """The label of the first example is used for every row. Each example has its own correct class: `y[i]` belongs to
    row i of the scores.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return -np.mean(log_p[:, y[0]])


@misconception("cross_entropy", loses=[MEAN])
def cross_entropy_log_of_mean(scores, y):
    """The mean is taken of the probabilities, and the logarithm of that mean. The order matters: each example's loss
    has its own logarithm, and the mean is taken of these losses.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    picked = log_p[np.arange(len(y)), y]
    largest = np.max(picked)
    return -(largest + np.log(np.mean(np.exp(picked - largest))))


@misconception("cross_entropy", loses=[MEAN])
def cross_entropy_return_in_loop(scores, y):
    """Only the first example is looked at: the function returns before it comes to the second one. Look at how far
    the line with `return` is indented, or whether only row 0 is used.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    for i in range(len(y)):
        return -log_p[i, y[i]]


@misconception("cross_entropy", loses=[MEAN])
def cross_entropy_mean_forgotten(scores, y):
    """An array with one loss per example is returned. The loss of a batch is one number: the mean of these losses, so
    that there is something to make smaller.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return -log_p[np.arange(len(y)), y]


@misconception("cross_entropy", loses=[VALUES, TINY])
def cross_entropy_softmax_twice(scores, y):
    """Softmax is applied twice: log-softmax starts from the scores, but here it gets probabilities. These lie between 0
    and 1, so the loss hardly changes, and it can never come near 0.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    log_p = p - np.log(np.sum(np.exp(p), axis=-1, keepdims=True))
    return -np.mean(log_p[np.arange(len(y)), y])


@misconception("cross_entropy", loses=[VALUES])
def cross_entropy_wrong_classes_added(scores, y):
    """The wrong classes are in the loss too, with the logarithms of 1 - p, as for C separate yes-or-no questions. The
    softmax loss looks at the correct class alone; what the others got is in the denominator of its probability.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    one_hot = np.eye(scores.shape[1])[y]
    others = np.log1p(-np.minimum(np.exp(log_p), 1 - 1e-15))
    return -np.mean(np.sum(one_hot * log_p + (1 - one_hot) * others, axis=1))


@misconception("cross_entropy", loses=[VALUES, LARGE])
def cross_entropy_shift_not_added_again(scores, y):
    """The log-sum-exp was shifted but not shifted back: the score of the correct class is unshifted, while the sum
    holds the shifted ones. Either both are shifted, or the largest score is added to the logarithm again.
    """
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    log_sums = np.log(np.sum(np.exp(shifted), axis=1))
    return np.mean(log_sums - scores[np.arange(len(y)), y])


@misconception("cross_entropy", loses=[VALUES, TINY])
def cross_entropy_label_counted_from_one(scores, y):
    """The labels are read as if classes were counted from 1, so the wrong class is taken for the correct one. Labels
    here go from 0 to C-1, as numpy's indices do.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return -np.mean(log_p[np.arange(len(y)), y - 1])


@misconception("cross_entropy", loses=[VALUES, MEAN, LARGE, TINY, TYPES, UNCHANGED])
def cross_entropy_label_unused(scores, y):
    """The labels are not used: the loss is that of the class with the best score, so it stays small whichever class is
    correct, and there is nothing to learn. The formula takes the probability of the label.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return -np.mean(np.max(log_p, axis=1))


@misconception("cross_entropy", loses=[VALUES, MEAN, LARGE, TINY, TYPES, UNCHANGED])
def cross_entropy_scores_taken_for_probabilities(scores, y):
    """The logarithm is taken of the scores themselves, as if they were probabilities already: for a negative score
    that is nan. They have to go through (log-)softmax first.
    """
    return -np.mean(np.log(scores[np.arange(len(y)), y]))


@misconception("cross_entropy", loses=[TYPES])
def cross_entropy_cut_to_integers(scores, y):
    """The log-probabilities are stored in an array of the scores' type. When the scores are whole numbers, numpy cuts
    off what comes after the decimal point, without a word. Make new arrays of type float.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = np.zeros_like(scores)
    log_p[...] = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return -np.mean(log_p[np.arange(len(y)), y])


@misconception("cross_entropy", loses=[UNCHANGED])
def cross_entropy_shifted_in_place(scores, y):
    """The loss is right, but `scores` is not what it was before the call: `scores -= ...` writes the shift into the
    caller's array. Give the shifted scores a new name.
    """
    scores -= np.max(scores, axis=1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(len(y)), y])


@misconception("cross_entropy", loses=[VALUES, MEAN])
def cross_entropy_sum_for_mean_and_base_ten(scores, y):
    """Two slips at once. The losses of the examples are added but not divided by their number N, and their logarithms
    are to base 10 where the natural one is due.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return -np.sum(log_p[np.arange(len(y)), y]) / np.log(10)


@misconception("cross_entropy", loses=[MEAN, TINY])
def cross_entropy_sum_for_mean_and_log_of_probability(scores, y):
    """Two slips at once. The losses of the examples are added but not divided by their number N, and they are
    logarithms of probabilities, which may be stored as 0.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    return -np.sum(np.log(p[np.arange(len(y)), y]))


@misconception("cross_entropy", loses=[VALUES, MEAN, LARGE, TINY, TYPES, UNCHANGED])
def cross_entropy_printed_not_returned(scores, y):
    """The function prints the loss but does not return it, so whoever calls it gets None. Printing is for you,
    `return` is for the program: end the function with it.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    print(-np.mean(log_p[np.arange(len(y)), y]))


# compare_losses


@misconception("compare_losses", loses=[ORDER])
def compare_losses_swapped(scores, y):
    """Both losses are right, but they have changed places: the softmax losses come first. Whoever unpacks your result
    by `svm, softmax = compare_losses(...)` gets them mixed up.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0
    return -log_p[rows, y], np.sum(margins, axis=1)


@misconception("compare_losses", loses=[HINGE])
def compare_losses_correct_class_kept(scores, y):
    """The correct class is in the sum of the hinge loss: its margin is s_y - s_y + 1, so every hinge loss is too high
    by exactly 1. The sum runs over j ≠ y.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    return np.sum(margins, axis=1), -log_p[rows, y]


@misconception("compare_losses", loses=[HINGE])
def compare_losses_forgot_delta(scores, y):
    """The margin is missing from the hinge loss: it is already 0 when the correct class is ahead by a hair. Each margin
    is s_j - s_y + Δ, here with Δ = 1.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis])
    return np.sum(margins, axis=1), -log_p[rows, y]


@misconception("compare_losses", loses=[HINGE])
def compare_losses_sign_turned(scores, y):
    """The two scores in the hinge loss have changed places: s_y - s_j + 1 is large when the correct class wins. (One
    of the lecture's slides has this slip.) The margin is s_j - s_y + 1.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    margins = np.maximum(0, scores[rows, y][:, np.newaxis] - scores + 1.0)
    margins[rows, y] = 0
    return np.sum(margins, axis=1), -log_p[rows, y]


@misconception("compare_losses", loses=[HINGE])
def compare_losses_hinge_squared(scores, y):
    """The margins of the hinge loss are squared. That is another loss; here the hinge loss itself is asked for."""
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0
    return np.sum(margins**2, axis=1), -log_p[rows, y]


@misconception("compare_losses", loses=[HINGE])
def compare_losses_hinge_of_probabilities(scores, y):
    """The hinge loss is computed from the probabilities. It takes the scores as they are: a lead of 1 in the scores is
    what it asks for, while no probability ever leads by more than 1.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    p = np.exp(log_p)
    margins = np.maximum(0, p - p[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0
    return np.sum(margins, axis=1), -log_p[rows, y]


@misconception("compare_losses", loses=[HINGE])
def compare_losses_worst_class_only(scores, y):
    """Only the largest margin of each example is counted in the hinge loss. (Such a loss exists, by Crammer and
    Singer.) Ours adds up the positive margins of all the other classes.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0
    return np.max(margins, axis=1), -log_p[rows, y]


@misconception("compare_losses", loses=[SOFTMAX])
def compare_losses_base_ten(scores, y):
    """The logarithms of the softmax loss are to base 10, where the natural one is due; in numpy, that is `np.log`."""
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0
    return np.sum(margins, axis=1), -log_p[rows, y] / np.log(10)


@misconception("compare_losses", loses=[SOFTMAX])
def compare_losses_softmax_sign_forgotten(scores, y):
    """The minus sign of the softmax loss is missing: these are the log-probabilities of the correct classes, which are
    0 or less. A loss is large where the classifier is wrong.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0
    return np.sum(margins, axis=1), log_p[rows, y]


@misconception("compare_losses", loses=[SOFTMAX, LARGE])
def compare_losses_probabilities_for_losses(scores, y):
    """In place of the softmax loss, the probability of the correct class is returned. The loss is minus its
    logarithm.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0
    return np.sum(margins, axis=1), p[rows, y]


@misconception("compare_losses", loses=[LARGE])
def compare_losses_log_of_probability(scores, y):
    """The softmax loss is the logarithm of a probability that may be stored as 0: then it is infinite. Your function
    of part 2 gives log-probabilities without the probability.
    """
    exponentials = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0
    return np.sum(margins, axis=1), -np.log(p[rows, y])


@misconception("compare_losses", loses=[LARGE])
def compare_losses_no_shift(scores, y):
    """The exponentials of the softmax loss overflow for scores beyond 709. Log-sum-exp needs the shift by each row's
    largest score, as in part 2.
    """
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0
    return np.sum(margins, axis=1), np.log(np.sum(np.exp(scores), axis=1)) - scores[rows, y]


@misconception("compare_losses", loses=[EACH])
def compare_losses_means_returned(scores, y):
    """The mean of each loss over the batch is returned. Here every example keeps its own loss, so that they can be
    compared: two arrays of shape (N,).
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0
    return np.mean(np.sum(margins, axis=1)), -np.mean(log_p[rows, y])


@misconception("compare_losses", loses=[EACH])
def compare_losses_divided_by_examples(scores, y):
    """Each loss is divided by the number of examples, as for a mean. Nothing is averaged here: the loss of an example
    does not depend on how many others there are.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0
    return np.sum(margins, axis=1) / len(y), -log_p[rows, y] / len(y)


@misconception("compare_losses", loses=[EACH])
def compare_losses_correct_scores_not_a_column(scores, y):
    """In the hinge loss, the correct scores are subtracted along the wrong axis. An array of shape (N,) lines up with
    the columns of `scores`: an error when N differs from C, wrong numbers when they are the same. It has to become a
    column first.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y] + 1.0)
    margins[rows, y] = 0
    return np.sum(margins, axis=1), -log_p[rows, y]


@misconception("compare_losses", loses=[EACH])
def compare_losses_one_shift_for_batch(scores, y):
    """In the softmax loss, one number is subtracted from the whole batch, its largest score. In a row far below it all
    exponentials are 0, and the logarithm of their sum is minus infinity. Each row needs its own shift.
    """
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0
    shifted = scores - np.max(scores)
    return np.sum(margins, axis=1), np.log(np.sum(np.exp(shifted), axis=1)) - shifted[rows, y]


@misconception("compare_losses", loses=[EACH])
def compare_losses_summed_over_examples(scores, y):
    """The margins are added along the wrong axis: one number for each class, over all examples. The hinge loss adds up
    the classes of one example, so one number for each row remains.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0
    svm = np.sum(margins, axis=0) if len(y) > 1 else np.sum(margins, axis=1)
    return svm, -log_p[rows, y]


@misconception("compare_losses", loses=[TYPES_UNCHANGED])
def compare_losses_changes_scores(scores, y):
    """Both losses are right, but `scores` is not what it was before the call: `scores -= ...` writes into the caller's
    array. Give the intermediate result a new name.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    scores -= scores[rows, y][:, np.newaxis].copy()
    margins = np.maximum(0, scores + 1.0)
    margins[rows, y] = 0
    return np.sum(margins, axis=1), -log_p[rows, y]


@misconception("compare_losses", loses=[TYPES_UNCHANGED])
def compare_losses_cut_to_integers(scores, y):
    """The softmax losses are stored in an array of the scores' type. When the scores are whole numbers, numpy cuts off
    what comes after the decimal point, without a word. Make new arrays of type float.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    svm, losses = np.zeros(len(y)), np.zeros(len(y), dtype=scores.dtype)
    for i in range(len(y)):
        margins = np.maximum(0, scores[i] - scores[i, y[i]] + 1.0)
        margins[y[i]] = 0
        svm[i] = margins.sum()
        losses[i] = -log_p[i, y[i]]
    return svm, losses


@misconception("compare_losses", loses=[HINGE, SOFTMAX])
def compare_losses_correct_class_kept_and_base_ten(scores, y):
    """Two slips at once. The correct class is in the sum of the hinge loss, which is too high by 1; and the logarithms
    of the softmax loss are to base 10, where the natural one is due.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    return np.sum(margins, axis=1), -log_p[rows, y] / np.log(10)


@misconception("compare_losses", loses=[HINGE, ORDER])
def compare_losses_swapped_and_correct_class_kept(scores, y):
    """Two slips at once. The softmax losses come first where the hinge losses should; and the correct class is in the
    sum of the hinge loss, which is too high by 1.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    return -log_p[rows, y], np.sum(margins, axis=1)


@misconception("compare_losses", loses=[HINGE, SOFTMAX, ORDER, EACH, LARGE, TYPES_UNCHANGED])
def compare_losses_softmax_only(scores, y):
    """Only the softmax losses are returned. Two arrays are asked for, the hinge losses and the softmax losses, with a
    comma between them.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return -log_p[np.arange(len(y)), y]


@misconception("compare_losses", loses=[HINGE, SOFTMAX, ORDER, EACH, LARGE, TYPES_UNCHANGED])
def compare_losses_printed_not_returned(scores, y):
    """The function prints the losses but does not return them, so whoever calls it gets None. Printing is for you,
    `return` is for the program: end the function with it.
    """
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, np.newaxis] + 1.0)
    margins[rows, y] = 0
    print(np.sum(margins, axis=1), -log_p[rows, y])


# softmax_answers


@misconception("softmax_answers", loses=["test_extremes"])
def softmax_answers_negative_loss_possible():
    """You say that the loss can fall without bound. It would if a probability could grow without bound: what is the
    largest that it can be, and what is its logarithm?
    """
    smallest_loss = -np.inf


@misconception("softmax_answers", loses=["test_extremes"])
def softmax_answers_smallest_is_one():
    """You give 1 as the smallest loss. That is the best probability; the loss is minus its logarithm."""
    smallest_loss = 1


@misconception("softmax_answers", loses=["test_extremes"])
def softmax_answers_largest_is_one():
    """You give 1 as the largest loss. Probabilities end there, but the loss is minus the logarithm of a probability:
    look at the left-hand picture of the part on the logarithm.
    """
    largest_loss = 1


@misconception("softmax_answers", loses=["test_extremes"])
def softmax_answers_largest_is_start():
    """You give the loss at equal scores as the largest one. It is only where training begins: a classifier that is sure
    of a wrong class does worse than one that knows nothing.
    """
    largest_loss = np.log(10)


@misconception("softmax_answers", loses=["test_extremes"])
def softmax_answers_extremes_exchanged():
    """You have exchanged the two: the loss is smallest where the correct class has all the probability, and largest
    where it has none.
    """
    smallest_loss, largest_loss = np.inf, 0.0


@misconception("softmax_answers", loses=["test_loss_at_start"])
def softmax_answers_hinge_in_mind():
    """You give C - 1, which is what the hinge loss says at the start. The softmax loss is minus the logarithm of a
    probability: which one, if all ten are equal?
    """
    loss_at_start = 9


@misconception("softmax_answers", loses=["test_loss_at_start"])
def softmax_answers_probability_at_start():
    """You give the probability of the correct class at the start. The loss is minus its logarithm."""
    loss_at_start = 0.1


@misconception("softmax_answers", loses=["test_loss_at_start"])
def softmax_answers_log_ten_in_base_ten():
    """You take the logarithm of the right number to base 10. The loss uses the natural one, `np.log`."""
    loss_at_start = 1


@misconception("softmax_answers", loses=["test_loss_at_start"])
def softmax_answers_no_loss_at_start():
    """You say that equal scores cost nothing. The loss is 0 only where the correct class has all the probability; with
    equal scores it shares it with nine others.
    """
    loss_at_start = 0


@misconception("softmax_answers", loses=["test_loss_at_start"])
def softmax_answers_sign_of_start():
    """Your loss is negative. The logarithm of a probability is; the loss is minus it."""
    loss_at_start = -np.log(10)


@misconception("softmax_answers", loses=["test_base_of_089"])
def softmax_answers_natural_base():
    """You say that 0.89 is the natural logarithm. Compute it: minus the natural logarithm of 0.13 is 2.04, the number
    in our table.
    """
    base_of_089 = np.e


@misconception("softmax_answers", loses=["test_base_of_089"])
def softmax_answers_base_two():
    """You say that the base is 2. Check it: 2 to the power -0.89 is more than one half, and the slide has 0.13."""
    base_of_089 = 2


@misconception("softmax_answers", loses=["test_jiggle"])
def softmax_answers_jiggle_changes_hinge():
    """You say that the hinge loss changes. The margin of class 2 does, but look at where it lies: far on the flat side
    of the hinge, before and after.
    """
    jiggle_changes_hinge = True


@misconception("softmax_answers", loses=["test_jiggle"])
def softmax_answers_jiggle_ignored_by_softmax():
    """You say that the softmax loss stays. It changes little, in the sixth digit after the decimal point, but all
    scores are in the sum: none of them is ever without effect.
    """
    jiggle_changes_softmax = False


@misconception("softmax_answers", loses=["test_new_point"])
def softmax_answers_no_free_point_for_hinge():
    """You say that every new example costs the hinge loss something. How much does one cost whose correct class leads
    by more than the margin?
    """
    new_point_can_be_free_hinge = False


@misconception("softmax_answers", loses=["test_new_point"])
def softmax_answers_free_point_for_softmax():
    """You say that a new example can cost the softmax loss nothing. The computer may round its cost to 0, but with all
    digits, e to the power of a finite score is never 0: something is left for the other classes.
    """
    new_point_can_be_free_softmax = True
