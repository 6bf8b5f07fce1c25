"""What histograms of hues and of gradients obey whatever else is wrong with them, and how a student's are read.

Most laws compare the student's numbers with each other, so that one slip costs one check. A constant would satisfy
them: each therefore also asks that the features depend on the image at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lossmark import CheckFailed, as_array, describe, rounding_error

Array = NDArray[np.float64]
Feature = Callable[..., Any]

SHARE = float(rounding_error(1.0))
"""How far rounding may take a share of pixels or of windows."""


def as_vector(value: Any, length: int, what: str) -> Array:
    """Take `length` finite numbers out of what a submission returned; a row or a column of a matrix will do."""
    if isinstance(value, np.ndarray) and value.ndim == 2 and 1 in value.shape:
        value = value.ravel()
    return as_array(value, (length,), what)


def as_shares(value: Any, length: int, what: str) -> Array:
    """Take a histogram out of what a submission returned, and divide it by its sum, which another check looks at."""
    numbers = as_vector(value, length, what)
    if numbers.min() < 0 or numbers.sum() <= 0:
        raise CheckFailed(f"{what} should hold shares, from 0 to 1, but is {show(numbers)}")
    return numbers / numbers.sum()


def show(numbers: Array) -> str:
    """Write an array of one or two dimensions in a line, where it is not too long for that."""
    if numbers.size > 24:
        return describe(numbers)
    return np.array2string(numbers, precision=4, separator=", ", suppress_small=True).replace("\n", "")


def magnitudes_tolerance(gray: Array) -> float:
    """How far rounding may take the sum of the magnitudes of a cell of 8 x 8 pixels.

    Each magnitude comes from two differences of numbers no larger than the largest of the image.
    """
    return float(rounding_error(4 * 64 * np.max(np.abs(gray)), terms=64))


# Hue histograms


GREENISH = np.array([[[0.2, 1.0, 0.1], [0.4, 0.9, 0.1], [0.1, 0.2, 1.0]]])
BLUISH = np.array([[[0.3, 0.1, 1.0], [1.0, 0.6, 0.1], [0.9, 0.15, 1.0]]])


def assert_depends_on_hue(histogram: Feature) -> None:
    """Fail unless the histograms of two colourful images differ, and that of a mirrored image is the same."""
    images = (GREENISH, BLUISH, GREENISH[:, ::-1])
    seen = [as_shares(histogram(image.copy()), 12, "the histogram") for image in images]
    if np.abs(seen[0] - seen[2]).max() > SHARE:
        raise CheckFailed(f"the histogram of an image is {show(seen[0])}, and {show(seen[2])} when it is mirrored")
    if np.array_equal(seen[0], seen[1]):
        raise CheckFailed(
            f"two images of quite different colours have the same histogram: {show(seen[0])}. Print the hues of a few "
            "pixels: in which range do they lie?"
        )


def assert_same_histogram(histogram: Feature, image: Array, other: Array, why: str) -> None:
    """Fail unless two images have the same histogram."""
    first, second = (as_shares(histogram(i.copy()), 12, "the histogram") for i in (image, other))
    if np.abs(first - second).max() > SHARE:
        raise CheckFailed(f"{why} The histogram is {show(first)} before and {show(second)} after")
    assert_depends_on_hue(histogram)


def assert_finer_bins_add_up(histogram: Feature, image: Array, bins: int, finer: int) -> None:
    """Fail unless each bin holds as much as the finer ones that it is divided into."""
    assert_depends_on_hue(histogram)
    coarse = as_shares(histogram(image, bins=bins), bins, f"the histogram of {bins} bins")
    fine = as_shares(histogram(image, bins=bins * finer), bins * finer, f"the histogram of {bins * finer} bins")
    if np.abs(fine.reshape(bins, finer).sum(axis=1) - coarse).max() > SHARE:
        raise CheckFailed(
            f"with {bins} bins the histogram is {show(coarse)}. With {bins * finer} bins, each of these is divided "
            f"into {finer}, which should add up to the same; they are {show(fine)}"
        )


# Oriented gradients


def as_features(value: Any, shape: tuple[int, ...]) -> Array:
    """Take HoG features out of what a submission returned; a flat array will do, whose shape another check looks at."""
    if isinstance(value, np.ndarray) and value.shape == (int(np.prod(shape)),):
        value = value.reshape(shape)
    return as_array(value, shape, "the features")


def hog_of(hog: Feature, gray: Array, cell: int = 8, bins: int = 9) -> Array:
    """Compute the student's features of an image, for the default cells and bins without naming them."""
    options = {} if (cell, bins) == (8, 9) else {"cell": cell, "bins": bins}
    return as_features(hog(gray.copy(), **options), (gray.shape[0] // cell, gray.shape[1] // cell, bins))


def assert_sees_edges(hog: Feature) -> None:
    """Fail unless an edge in the first cell and one in the last cell give different features, the same each time."""
    first, last = np.zeros((16, 16)), np.zeros((16, 16))
    first[2:6, 2:4] = last[10:14, 11:13] = 1.0
    seen = [hog_of(hog, gray) for gray in (first, last, first)]
    if not np.array_equal(seen[0], seen[2]):
        raise CheckFailed("the features of the same image are others when asked again")
    if np.allclose(seen[0], seen[1]):
        raise CheckFailed(
            "the features of an image with edges in the first cell only, and those of one with edges in the last cell "
            "only, are the same"
        )


def features_tolerance(gray: Array, *features: Array) -> float:
    """How far rounding may take sums of magnitudes, also where a student's are larger than they should be."""
    largest = max((float(np.abs(f).max()) for f in features if f.size), default=0.0)
    return magnitudes_tolerance(gray) + float(rounding_error(largest, terms=64))


def assert_negative_has_same_edges(hog: Feature, gray: Array) -> None:
    """Fail unless an image and its negative have the same features."""
    assert_sees_edges(hog)
    first, second = hog_of(hog, gray), hog_of(hog, 1.0 - gray)
    error = np.abs(first - second)
    if error.max() > features_tolerance(gray, first, second):
        place = np.unravel_index(int(error.argmax()), error.shape)
        raise CheckFailed(
            "an image and its negative, `1 - gray`, have the same edges, with dark and bright exchanged, and should "
            f"have the same features. At index [{', '.join(map(str, place))}] they are {first[place]:.6g} and "
            f"{second[place]:.6g}. Orientations are unsigned: where does an angle below 0, or of 180 degrees, end up?"
        )


def assert_smaller_cells_add_up(hog: Feature, gray: Array, cell: int, parts: int) -> None:
    """Fail unless each cell holds as much as the smaller ones that it is divided into."""
    assert_sees_edges(hog)
    small = cell // parts
    coarse, fine = hog_of(hog, gray, cell), hog_of(hog, gray, small)
    rows, columns, bins = coarse.shape
    added = fine.reshape(rows, parts, columns, parts, bins).sum(axis=(1, 3))
    error = np.abs(added - coarse)
    if error.max() > features_tolerance(gray, coarse, added):
        place = np.unravel_index(int(error.argmax()), error.shape)
        raise CheckFailed(
            f"with cells of {cell} pixels, the features at index [{', '.join(map(str, place))}] are "
            f"{coarse[place]:.6g}. The {parts**2} cells of {small} pixels in the same place hold {added[place]:.6g} "
            "together: every pixel should add the same to its cell, whatever the cell's size"
        )


def assert_stays_in_cell(hog: Feature, gray: Array, cell: int) -> None:
    """Fail unless a change inside of one cell changes the features of this cell and of no other."""
    place, before = (gray.shape[0] // cell - 1, 0), hog_of(hog, gray, cell)
    row, column = place[0] * cell + cell // 2, cell // 2
    changed = set()
    for y, x in (
        (row, column),
        (row - 1, column),
        (row, column - 1),
    ):  # one alone may leave numbers of pixels as they are
        other = gray.copy()
        other[y, x] += 2.0
        moved = np.abs(hog_of(hog, other, cell) - before).max(axis=2)
        changed |= {tuple(index) for index in np.argwhere(moved > features_tolerance(gray)).tolist()}
    if changed != {place}:
        listed = ", ".join(f"[{i}, {j}]" for i, j in sorted(changed)) or "none"
        raise CheckFailed(
            f"a pixel in the middle of cell [{place[0]}, {place[1]}] was changed, with cells of {cell} pixels. This "
            f"should change the features of this cell and of no other. Changed were: {listed}"
        )


def assert_finer_angles_add_up(hog: Feature, gray: Array, bins: int, finer: int) -> None:
    """Fail unless each bin holds as much as the finer ones that it is divided into."""
    assert_sees_edges(hog)
    coarse, fine = hog_of(hog, gray, bins=bins), hog_of(hog, gray, bins=bins * finer)
    added = fine.reshape(*coarse.shape, finer).sum(axis=3)
    error = np.abs(added - coarse)
    if error.max() > features_tolerance(gray, coarse, added):
        place = np.unravel_index(int(error.argmax()), error.shape)
        raise CheckFailed(
            f"with {bins} bins, the features at index [{', '.join(map(str, place))}] are {coarse[place]:.6g}. With "
            f"{bins * finer} bins, this one is divided into {finer}, which should add up to the same, but hold "
            f"{added[place]:.6g}"
        )


def assert_rest_left_out(hog: Feature, gray: Array) -> None:
    """Fail unless pixels beyond the last whole cell leave the cells alone that do not touch them."""
    assert_sees_edges(hog)
    rows, columns = gray.shape[0] // 8, gray.shape[1] // 8
    whole = as_array(hog(gray.copy()), (rows, columns, 9), "the features")
    cut = gray[: 8 * rows, : 8 * columns]
    if cut.shape == gray.shape:
        return
    alone = hog_of(hog, cut)
    error = np.abs(whole - alone)[: rows - 1, : columns - 1]  # the last cells' gradients look at the rest
    if error.size and error.max() > features_tolerance(gray, whole):
        place = np.unravel_index(int(error.argmax()), error.shape)
        raise CheckFailed(
            f"an image of {gray.shape[0]} x {gray.shape[1]} pixels has {rows} x {columns} whole cells, and the rest is "
            f"left out. Its features at index [{', '.join(map(str, place))}] are {whole[place]:.6g}; without the rest, "
            f"in an image of {cut.shape[0]} x {cut.shape[1]} pixels, they are {alone[place]:.6g}"
        )
