"""How a student's patches, visual words and bags of words are read, and what they obey.

What comes from a driver has come through the student kernel: it may be anything, and is taken apart with care.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossmark import CheckFailed, Problem, StudentFault, Submission, as_array, assert_close, describe, rounding_error

from . import drivers, problems, reference
from .laws import SHARE, as_shares, show

Array = NDArray[np.float64]
Layout = NDArray[np.intp]

LEAST, MOST = 1 / 3, 1.8
"""How often a place may be drawn, as a multiple of its due: 150 draws are due, so chance stays within these but once
in 1e14 times."""


def listed(value: Any, length: int) -> Sequence[Any]:
    """Take apart a list that a driver returned."""
    if not isinstance(value, list | tuple) or len(value) != length:
        raise CheckFailed(f"{length} results should come back, but there is {describe(value)}")
    return value


def assert_same(after: Any, before: NDArray[Any], name: str, argument: str) -> None:
    """Fail unless an argument is as it was before the call."""
    if not (isinstance(after, np.ndarray) and after.dtype == before.dtype and np.array_equal(after, before)):
        raise CheckFailed(f"`{name}` changed its argument `{argument}`: work on a copy, or in new arrays")


def assert_by_rng(first: Array, again: Array, others: Sequence[Array], what: str) -> None:
    """Fail unless the same seed gave the same, and other seeds something else."""
    if not np.array_equal(first, again):
        raise CheckFailed(
            f"two generators with the same seed gave different {what}, so some random numbers do not come from `rng`",
            misconception="other_random_numbers",
        )
    if all(np.array_equal(first, other) for other in others):
        raise CheckFailed(
            f"generators with different seeds gave the same {what}: `rng` should decide which ones are drawn"
        )


# Patches


def cut(submission: Submission, images: Array, size: int, num: int, seeds: list[int]) -> tuple[Sequence[Any], Any]:
    """Let the student cut patches, once for each seed; return what came back, and the images afterwards."""
    values, after = listed(drivers.ask(submission, drivers.cut_patches, images, size, num, seeds), 2)
    return listed(values, len(seeds)), after


def rows_of(value: Any, images: Array, size: int, num: int) -> Array:
    """Take patches as rows, also where they are not flattened, which another check looks at."""
    if isinstance(value, np.ndarray) and value.ndim > 2 and len(value) == num and value.size == num * size * size * 3:
        value = value.reshape(num, -1)
    rows = as_array(value, (num, size * size * 3), _asked(images, size, num))
    if num > 1 and np.array_equal(rows, np.broadcast_to(rows[0], rows.shape)):
        raise CheckFailed(f"{_asked(images, size, num)} is one and the same patch: draw a new one for each row")
    return rows


def _asked(images: Array, size: int, num: int) -> str:
    return f"what comes of {problems.counted(num, 'patch')} of size {size} from images of shape {images.shape}"


def assert_depends_on_images(submission: Submission, images: Array, size: int, num: int, seeds: list[int]) -> None:
    """Fail unless the patches of brighter images are brighter, be they flattened or not."""
    largest = []
    for factor in (1, 1000):
        (value,), _ = cut(submission, factor * images, size, num, seeds)
        largest.append(np.abs(rows_of(value, images, size, num)).max())
    if not largest[1] > 10 * largest[0]:
        raise CheckFailed(
            f"the largest number in the patches is {largest[0]:.6g}, and {largest[1]:.6g} when all numbers of the "
            "images are 1000 times as large: do the patches come from the images?"
        )


def assert_whole_squares(patches: Array, images: Array, size: int) -> None:
    """Fail unless each patch is a flattened square of one image."""
    windows = reference.windows_of(images, size).reshape(-1, patches.shape[1])
    of_first_number = {window[0]: window for window in windows.tolist()}
    for i, patch in enumerate(patches.tolist()):
        if of_first_number.get(patch[0]) != patch:
            where = f"patch {i}, of {size} x {size} pixels from images of shape {images.shape}, is {show(patches[i])}"
            if any(set(patch) == set(window) for window in windows.tolist()):
                raise CheckFailed(
                    f"{where}. These are the numbers of a square of an image, but not in the order of "
                    "`images[i, y : y + size, x : x + size].ravel()`: row by row, and in a row pixel by pixel"
                )
            raise CheckFailed(f"{where}. There is no `images[i, y : y + size, x : x + size]` that holds these numbers")


def places_of(patches: Array, images: Array) -> NDArray[np.int64]:
    """Find image, row and column of the first pixel of each patch, shape (num, 3)."""
    order = np.argsort(images, axis=None)
    numbers = images.ravel()[order]
    at = np.searchsorted(numbers, patches[:, 0]).clip(max=len(numbers) - 1)
    strange = numbers[at] != patches[:, 0]
    if strange.any():
        raise CheckFailed(f"patch {int(np.argmax(strange))} begins with a number that the images do not hold")
    return np.stack(np.unravel_index(order[at], images.shape)[:3], axis=1)


def assert_drawn_evenly(places: NDArray[np.int64], shape: tuple[int, int, int]) -> None:
    """Fail unless all images, rows and columns were drawn about equally often.

    Parameters
    ----------
    places : ndarray, shape (num, 3)
        Image, row and column of each patch.
    shape : tuple
        How many of each there are.
    """
    N, rows, columns = shape
    told = f"of {len(places)} patches from {N} images that have room for {rows} rows and {columns} columns of places,"
    if (places >= shape).any():
        raise CheckFailed(f"{told} some begin at row {places[:, 1].max()} and column {places[:, 2].max()}")
    drawn = np.zeros(shape, int)
    np.add.at(drawn, tuple(places.T), 1)
    if drawn.all():
        due = len(places) / drawn.size
        if drawn.max() > MOST * due or drawn.min() < LEAST * due:
            rarest, commonest = (np.unravel_index(int(pick(drawn)), shape) for pick in (np.argmin, np.argmax))
            raise CheckFailed(
                f"{told} {drawn.min()} begin at row {rarest[1]} and column {rarest[2]} of image {rarest[0]}, and "
                f"{drawn.max()} at row {commonest[1]} and column {commonest[2]} of image {commonest[0]}. Each place "
                f"should be drawn equally often, about {due:.0f} times"
            )
        return
    per_image, per_row, per_column = (drawn.any(axis=axes) for axes in ((1, 2), (0, 2), (0, 1)))
    for missing, what, number in ((~per_image, "image", N), (~per_row, "row", rows), (~per_column, "column", columns)):
        if missing.any():
            raise CheckFailed(
                f"{told} none is from {what} {int(np.flatnonzero(missing)[-1])}"
                + (f", and {int(missing.sum())} of the {number} {what}s never occur" if missing.sum() > 1 else "")
            )
    i, y, x = np.argwhere(drawn == 0)[0]
    raise CheckFailed(
        f"{told} none begins at row {y} and column {x} of image {i}. All rows and columns occur, but not in all "
        f"combinations: only {int((drawn > 0).sum())} of {drawn.size} places were drawn"
    )


# k-means


def cluster(submission: Submission, patches: Array, k: int, rounds: list[int], seeds: list[int]) -> list[Array]:
    """Let the student cluster patches, for each number of rounds and each seed; return the centres."""
    values, _ = listed(drivers.ask(submission, drivers.cluster, patches, k, rounds, seeds), 2)
    return [as_centres(value, k, patches.shape[1]) for value in listed(values, len(rounds) * len(seeds))]


def as_centres(value: Any, k: int, P: int) -> Array:
    """Take the centres out of what a submission returned."""
    return as_array(value, (k, P), "the vocabulary")


def centres_tolerance(patches: NDArray[Any]) -> float:
    """How far rounding may take a mean of some of the patches."""
    return float(rounding_error(np.max(np.abs(patches)), terms=len(patches)))


def assert_among_patches(centres: Array, patches: Array) -> None:
    """Fail unless each number of a word lies between those of the patches, as a mean does."""
    slack = centres_tolerance(patches)
    outside = (centres < patches.min(axis=0) - slack) | (centres > patches.max(axis=0) + slack)
    if outside.any():
        j = int(np.argmax(outside.any(axis=1)))
        raise CheckFailed(f"word {j} lies outside of the patches, as no mean of patches does: {show(centres[j])}")


def assert_means_of_members(centres: Array, patches: Array) -> None:
    """Fail unless each word to which patches belong is their mean."""
    nearest = reference.squared_distances(patches, centres).argmin(axis=1)
    for j in np.unique(nearest):
        members = patches[nearest == j]
        near = problems.counted(len(members), "patch")
        assert_close(
            centres[j],
            members.mean(axis=0),
            tolerance=centres_tolerance(patches),
            what=f"after 60 rounds, word {j}, which should be the mean of the {near} nearest to it,",
        )


def assert_rounds(words: Sequence[Sequence[Array]], patches: Array, num_iters: int) -> None:
    """Fail unless rounds of k-means lead from each of the student's own starts to the words that came of it.

    A start is left out if rounding, or the way to treat an empty cluster, may decide.

    Parameters
    ----------
    words : sequence of sequence of ndarray
        From each seed, the words after no round, after `num_iters`, and after one more.
    patches : ndarray, shape (M, P)
        The patches.
    num_iters : int
        The number of rounds.
    """
    judged = []
    for start, centres, later in words:
        path = [start]
        for _ in range(num_iters):
            path.append(reference.lloyd(patches, path[-1], 1))
        if all(problems.is_clear(patches, before) for before in path[:-1]):
            judged.append((start, path[-1], centres, later))
    if not judged:
        raise CheckFailed(
            f"with num_iters = 0, your words are {show(words[0][0])}: nothing can be told from this start"
        )
    for start, right, centres, _ in judged:
        if not _is_same(centres, right, patches):
            given = f"the numbers {patches.ravel().tolist()}, patches" if patches.size <= 24 else "patches"
            raise CheckFailed(
                f"from {given} of shape {patches.shape}, and the start that you draw with num_iters = 0, "
                f"{show(start)}, {num_iters} round{'s' * (num_iters > 1)} of k-means lead{'s' * (num_iters == 1)} to "
                f"{show(right)}. With num_iters = {num_iters} and the same seed, your words are {show(centres)}",
                misconception=_slip_in(judged, patches, num_iters),
            )


def _slip_in(judged: Sequence[tuple[Array, ...]], patches: Array, num_iters: int) -> str | None:
    """Find the misconception that leads from the student's own starts to the words, however the starts are drawn."""
    if all(_is_same(later, right, patches) for _, right, _, later in judged):
        return "one_round_less"
    for name, wrong in _WRONG_ROUNDS.items():
        if all(_is_same(centres, wrong(patches, start, num_iters), patches) for start, _, centres, _ in judged):
            return name
    return None


def _is_same(centres: Array, others: Array, patches: Array) -> bool:
    return bool(np.abs(centres - others).max() <= centres_tolerance(patches))


def _rounds_with(assign: Callable[[Array, Array], Array]) -> Callable[[Array, Array, int], Array]:
    """Make a k-means that gives patches to words in its own way."""

    def rounds(patches: Array, start: Array, num_iters: int) -> Array:
        centres = start.copy()
        for _ in range(num_iters):
            chosen = assign(patches, centres)
            for j in np.unique(chosen):
                centres[j] = patches[chosen == j].mean(axis=0)
        return centres

    return rounds


_WRONG_ROUNDS = {
    "assigned_once": lambda patches, start, num_iters: reference.lloyd(patches, start, 1),
    "scalar_product": _rounds_with(lambda patches, centres: np.argmax(patches @ centres.T, axis=1)),
    "farthest": _rounds_with(lambda patches, centres: np.argmax(reference.squared_distances(patches, centres), axis=1)),
}


def assert_inertia_falls(vocabularies: Sequence[Array], patches: Array, rounds: Sequence[int]) -> None:
    """Fail unless the inertia never rises with the rounds, from several starts, and falls from some of them.

    Parameters
    ----------
    vocabularies : sequence of ndarray
        What came of the first number of rounds from all starts, then of the second number, and so on.
    patches : ndarray, shape (M, P)
        The patches.
    rounds : sequence of int
        The numbers of rounds, rising.
    """
    found = np.array([reference.inertia(patches, centres) for centres in vocabularies]).reshape(len(rounds), -1)
    rises = (np.diff(found, axis=0) > rounding_error(found[0])).any(axis=0)
    if rises.any() or found[-1].sum() > 0.999 * found[0].sum():
        one = zip(found[:, rises.argmax()], rounds, strict=True)
        course = ", ".join(f"{inertia:.6g} after {n}" for inertia, n in one)
        raise CheckFailed(
            f"from the same start, the inertia (the sum of squared distances to the nearest word) is {course} rounds. "
            "Neither of the two steps of a round can raise it, and at first they lower it"
        )


def assert_different_patches(centres: Array, patches: Array) -> None:
    """Fail unless the words are patches, each another one; all patches are different."""
    distances = reference.squared_distances(centres, patches)
    tolerance = centres_tolerance(patches)
    chosen = distances.argmin(axis=1)
    for j, centre in enumerate(centres):
        if distances[j, chosen[j]] > tolerance**2 * patches.shape[1]:
            raise CheckFailed(
                f"after 0 rounds, the words should be {len(centres)} of the patches, but word {j}, {show(centre)}, is "
                f"none of them; the nearest is {show(patches[chosen[j]])}"
            )
    if len(set(chosen.tolist())) < len(centres):
        i = int(np.bincount(chosen).argmax())
        raise CheckFailed(
            f"after 0 rounds, the words should be {len(centres)} different patches, but several of them are patch {i}, "
            f"{show(patches[i])}"
        )


# Bags of words


def as_bag(value: Any, k: int) -> Array:
    """Take a histogram of k words, also where the last words are missing as they do not occur: this costs elsewhere."""
    if isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "iuf" and 0 < len(value) < k:
        value = np.append(value, np.zeros(k - len(value)))
    return as_shares(value, k, "the histogram")


def assert_nearest(submission: Submission, problem: Problem) -> None:
    """Fail unless each window counts for its nearest word, the windows flattened as patches are."""
    _, vocabulary, size, _ = problem.args
    got = as_bag(submission.bag_of_words(*problem.args), len(vocabulary))
    expected = reference.bag_of_words(*problem.args)
    if np.abs(got - expected).max() <= SHARE:
        return
    layout = own_layout(submission, size)
    if layout is None or np.abs(got - _rearranged(problem, layout)).max() > SHARE:
        assert_close(got, expected, tolerance=SHARE, what="the share of the windows")


def assert_windows_counted(submission: Submission, problem: Problem) -> None:
    """Fail unless the right windows are counted, in whichever order their numbers are put."""
    image, vocabulary, size, stride = problem.args
    got = as_bag(submission.bag_of_words(*problem.args), len(vocabulary))
    expected = reference.bag_of_words(*problem.args)
    if np.abs(got - expected).max() <= SHARE:
        return
    colours_first = np.arange(3 * size * size).reshape(size, size, 3).transpose(2, 0, 1).ravel()
    if np.abs(got - _rearranged(problem, colours_first)).max() > SHARE:
        down, right = (len(range(0, length - size + 1, stride)) for length in image.shape[:2])
        told = f"{down} windows of size {size} fit below each other and {right} side by side, with stride {stride}"
        assert_close(got, expected, tolerance=SHARE, what=f"{told}; the share of the windows")


def assert_depends_on_windows(submission: Submission) -> None:
    """Fail unless two images of four windows, of one pixel each, have different histograms, the same each time."""
    red, green, blue = np.eye(3)
    seen = []
    for pixels in ((red, red, red, green), (green, blue, blue, blue), (red, red, red, green)):
        value = submission.bag_of_words(np.reshape(pixels, (2, 2, 3)), np.eye(3), 1, 1)
        seen.append(as_bag(value, 3))
    if not np.array_equal(seen[0], seen[2]):
        raise CheckFailed("the histogram of the same image is another one when asked again")
    if np.array_equal(seen[0], seen[1]):
        raise CheckFailed(
            "an image of three red pixels and a green one, and one of a green pixel and three blue ones, have the same "
            f"histogram of the words red, green and blue: {show(seen[0])}"
        )


def own_layout(submission: Submission, size: int) -> Layout | None:
    """Find the order in which the student's ``extract_patches`` puts the numbers of a square, if it does.

    The question is taken back from the record: about ``bag_of_words`` it says nothing.
    """
    images = np.random.default_rng(size).permutation(3 * size * size).reshape(1, size, size, 3).astype(float)
    try:
        (value,), _ = cut(submission, images, size, 1, [0])
        patch = rows_of(value, images, size, 1)[0]
    except (CheckFailed, StudentFault):
        return None
    finally:
        submission.calls.pop()
    if set(patch.tolist()) != set(images.ravel().tolist()):
        return None
    return np.argsort(images, axis=None)[patch.astype(int)]


def _rearranged(problem: Problem, layout: Layout) -> Array:
    """Bag of words of windows whose numbers are put in another order."""
    image, vocabulary, size, stride = problem.args
    return reference.bag_of_words(image, np.asarray(vocabulary)[:, np.argsort(layout)], size, stride)
