"""The ladders of problems that the checks of ``image_features`` climb, smallest problem first.

So that one slip costs one check, only one ladder per function holds what the slip needs to show: strong bright colours
for the hues, pale and dark ones for another check; slopes of one direction for the orientations, textures for the
magnitudes; windows side by side that leave a rest for the nearest words, other strides and no rest for others.

Hues and angles stay away from the edges of their bins, nearest centres and words from ties, so that rounding may go
either way; the one edge that counts, where the circle closes, has ladders of its own.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.colors import hsv_to_rgb
from numpy.typing import NDArray

from lossmark import Problem, problem

from . import reference

Array = NDArray[np.float64]

ALMOST_RED = 1e-17
"""So little blue added to red makes the hue a number just below 1, which is rounded to 1."""

DEGREES = 5.0
"""Angles stay away from all multiples of this, where the edges of 36, 18, 12, 9, 4, 3 and 1 bins lie."""

CLEARANCE = 0.02
"""How far, in degrees: single precision is off by a thousandth at the most."""

GAP = 1e-3
"""How much farther than the nearest the second nearest centre or word is at least, in squared distance: numbers of the
problems are up to about 20, so their squares in single precision are off by less."""

TRAINING_IMAGES, TEST_IMAGES = 400, 200
IMAGE_SEEDS = (120, 121)
"""Of the images that a pipeline is judged by: the same for each course, and neither easier nor harder than most."""


# Hue histograms


def colours(rng: np.random.Generator, H: int, W: int, *, bins: int = 12, paled: bool = False) -> Array:
    """Draw an image of random hues, each well inside its bin.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    H, W : int
        Size of the image.
    bins : int
        Whose edges the hues keep away from.
    paled : bool
        Whether saturation and value are random too; else they are 1.

    Returns
    -------
    ndarray, shape (H, W, 3)
        Red, green and blue, of few digits.
    """
    hue = (rng.integers(bins, size=(H, W)) + rng.uniform(0.25, 0.75, size=(H, W))) / bins
    saturation, value = rng.uniform(0.4, 1.0, size=(2, H, W)) if paled else np.ones((2, H, W))
    return hsv_to_rgb(np.stack([hue, saturation, value], axis=-1)).round(4)


def hues(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield images of strong, bright colours."""
    for degrees in (100.0, 345.0):
        pixel = hsv_to_rgb([[[degrees / 360, 1.0, 1.0]]]).round(4)
        yield problem(f"one pixel, its hue at {degrees:g} degrees of the colour wheel", pixel)
    for H, W in ((1, 3), (2, 4), (7, 5), (12, 9)):
        yield problem(f"{H} x {W} strong colours", colours(rng, H, W))
    one_of_each = hsv_to_rgb(np.stack([(np.arange(12) + 0.6) / 12, np.ones(12), np.ones(12)], axis=-1))
    yield problem("one colour of each bin", rng.permutation(one_of_each).reshape(3, 4, 3).round(4))


def any_colours(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield images of any size, for laws that hold whatever a histogram counts."""
    for H, W in ((1, 1), (1, 4), (4, 2), (9, 6)):
        yield problem(f"{H} x {W} strong colours", colours(rng, H, W))


def colours_and_bins(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield images, a number of bins, and how many of their bins make one of these."""
    for bins, finer in ((6, 2), (12, 2), (4, 6), (8, 3), (1, 5)):
        image = colours(rng, 3, 4, bins=bins * finer)
        yield problem(f"3 x 4 strong colours, {bins} and {bins * finer} bins", image, bins=bins, finer=finer)


def paled(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield strong colours, and the same hues paler and darker."""
    for H, W in ((1, 2), (3, 4), (8, 5)):
        strong = colours(rng, H, W)
        saturation, value = rng.uniform(0.3, 0.8, size=(2, H, W, 1))
        mixed = value * (1 - saturation * (1 - strong))
        yield problem(f"{H} x {W} colours", strong, other=mixed)


def greyed(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield images with pixels of pure red, and the same with grey, black and white ones in their place."""
    for H, W, number in ((1, 2, 1), (2, 3, 2), (6, 5, 12)):
        yield _with_replaced(rng, H, W, number, ([0.5, 0.5, 0.5], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]), "grey")


def wrapped(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield images with pixels of pure red, and the same with a red in their place whose hue is rounded to 1."""
    for H, W, number in ((1, 1, 1), (1, 2, 1), (4, 3, 5)):
        almost = ([1.0, 0.0, ALMOST_RED], [0.5, 0.0, ALMOST_RED], [0.25, 0.0, ALMOST_RED])
        yield _with_replaced(rng, H, W, number, almost, "of hue 1.0, rounded")


def _with_replaced(rng: np.random.Generator, H: int, W: int, number: int, pixels: Any, word: str) -> Problem:
    image = colours(rng, H, W).reshape(-1, 3)
    chosen = rng.choice(H * W, size=number, replace=False)
    image[chosen] = [1.0, 0.0, 0.0]
    other = image.copy()
    other[chosen] = [pixels[i % len(pixels)] for i in range(number)]
    plural = "pixel" if number == 1 else "pixels"
    label = f"an image of {H} x {W} pixels; {number} {plural} of pure red, and the same {number} {word}"
    return problem(label, image.reshape(H, W, 3), other=other.reshape(H, W, 3))


def images_to_keep(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield images as float64 and as float32."""
    for H, W in ((1, 2), (3, 4)):
        image = colours(rng, H, W)
        yield problem(f"{H} x {W} strong colours", image)
        yield problem(f"{H} x {W} strong colours of type float32", image.astype(np.float32))


# Oriented gradients


def slope(H: int, W: int, degrees: float) -> Array:
    """Make brightness that rises evenly in one direction: 0 degrees to the right, 90 degrees downwards.

    Parameters
    ----------
    H, W : int
        Size of the image.
    degrees : float
        Direction.

    Returns
    -------
    ndarray, shape (H, W)
    """
    y, x = np.indices((H, W))
    rising = x * np.cos(np.radians(degrees)) + y * np.sin(np.radians(degrees))
    return 0.5 + 0.02 * (rising - rising.mean())


def texture(rng: np.random.Generator, H: int, W: int) -> Array:
    """Draw noise, multiples of 1/256, whose gradients all keep away from the edges of bins.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    H, W : int
        Size of the image, small: a drawing that does not fit is thrown away.

    Returns
    -------
    ndarray, shape (H, W)
    """
    gray = rng.integers(256, size=(H, W)) / 256
    while True:
        gy, gx = np.gradient(gray)
        beyond = np.degrees(np.arctan2(gy, gx)) % DEGREES
        bad = np.minimum(beyond, DEGREES - beyond) < CLEARANCE
        if not bad.any():
            return gray
        near = bad | np.roll(bad, 1, axis=1) | np.roll(bad, -1, axis=1)
        gray[near] = rng.integers(256, size=int(near.sum())) / 256


def edge(*, upright: bool) -> Array:
    """Make 8 x 8 pixels, dark on the left (or above) and bright on the right (or below)."""
    gray = np.zeros((8, 8))
    gray[:, 4:] = 1.0
    return gray if upright else gray.T.copy()


def slopes(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield slopes of one direction each, downwards, one for each of 9 bins."""
    for degrees in (27.0, 73.0, 113.0):
        yield problem(f"8 x 8 pixels, brightness rises at {degrees:g} degrees", slope(8, 8, degrees))
    for b in rng.permutation(9):
        degrees = 20 * b + rng.uniform(4.0, 16.0)
        yield problem(f"16 x 24 pixels, brightness rises at {degrees:.1f} degrees", slope(16, 24, degrees))
    for degrees in (159.6, 160.4):  # on either side of the edge between two bins, which moves most with their width
        yield problem(f"8 x 8 pixels, brightness rises at {degrees:g} degrees", slope(8, 8, degrees))


def edges_of_both_signs(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield images to be turned into their negatives."""
    yield problem("an edge between columns 3 and 4 of 8 x 8 pixels", edge(upright=True))
    yield problem("an edge between rows 3 and 4 of 8 x 8 pixels", edge(upright=False))
    for degrees in (27.0, 133.0, 167.0):
        yield problem(f"8 x 8 pixels, brightness rises at {degrees:g} degrees", slope(8, 8, degrees))
    yield problem("a texture of 16 x 24 pixels", texture(rng, 16, 24))


def textures(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield images of edges of all strengths."""
    yield problem("an edge between columns 3 and 4 of 8 x 8 pixels", edge(upright=True))
    for H, W in ((8, 8), (8, 16), (24, 16), (16, 40)):
        yield problem(f"a texture of {H} x {W} pixels", texture(rng, H, W))


def textures_and_cells(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield textures, the side of a cell, and how many of the smaller cells lie along it."""
    for H, W, cell, parts in ((8, 8, 8, 2), (16, 24, 8, 2), (12, 18, 6, 3), (10, 20, 10, 2)):
        label = f"a texture of {H} x {W} pixels, cells of {cell} and of {cell // parts}"
        yield problem(label, texture(rng, H, W), cell=cell, parts=parts)


def textures_and_bins(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield textures, a number of bins, and how many finer bins make one of these."""
    for bins, finer in ((9, 2), (4, 3), (3, 4), (1, 9), (7, 2)):
        gray = texture(rng, 8, 16)
        yield problem(f"a texture of 8 x 16 pixels, {bins} and {bins * finer} bins", gray, bins=bins, finer=finer)


def sizes(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield textures of sizes that are multiples of the cell, and of sizes that are not."""
    for H, W in ((8, 8), (8, 24), (16, 24), (9, 15), (20, 31), (31, 20)):
        yield problem(f"a texture of {H} x {W} pixels", texture(rng, H, W))
    yield problem("an image of 240 x 320 pixels", rng.integers(256, size=(240, 320)) / 256)


def textures_to_keep(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield a texture as float64 and as float32."""
    gray = texture(rng, 16, 16)
    yield problem("a texture of 16 x 16 pixels", gray)
    yield problem("a texture of 16 x 16 pixels of type float32", gray.astype(np.float32))


# Patches


def numbered(rng: np.random.Generator, N: int, H: int, W: int) -> Array:
    """Make images in which every number occurs once, so that a patch tells where it comes from."""
    return (1.0 + rng.permutation(N * H * W * 3)).reshape(N, H, W, 3)


def patch_sizes(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield images, sizes and numbers of patches, for what a patch looks like."""
    for N, (H, W), size, num in ((1, (2, 3), 2, 1), (2, (5, 4), 3, 60), (3, (4, 7), 4, 40), (2, (6, 6), 1, 30)):
        label = f"{counted(N, 'image')} of {H} x {W} pixels, {counted(num, 'patch')} of {size} x {size}"
        yield problem(label, numbered(rng, N, H, W), size, num, _seeds(rng, 1))


def many_patches(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield so many patches that each place is met about 150 times."""
    for N, (H, W), size in ((1, (3, 4), 2), (3, (5, 4), 3), (2, (4, 6), 2)):
        num = 150 * N * (H - size + 1) * (W - size + 1)
        label = f"{counted(N, 'image')} of {H} x {W} pixels, {counted(num, 'patch')} of {size} x {size}"
        yield problem(label, numbered(rng, N, H, W), size, num, _seeds(rng, 1))


def counted(number: int, noun: str) -> str:
    """Say how many there are of what."""
    plural = f"{noun}{'es' if noun.endswith('ch') else 's'}"
    return f"{number} {noun if number == 1 else plural}"


def _seeds(rng: np.random.Generator, number: int) -> list[int]:
    return rng.integers(2**31, size=number).tolist()


def patches_by_rng(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield requests for so many patches that two draws never agree by chance."""
    yield problem("2 images of 8 x 9 pixels, 60 patches of 2 x 2", numbered(rng, 2, 8, 9), 2, 60, _seeds(rng, 2))


# Vocabularies


def vocabularies(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield patches and a number of words, fewer than there are numbers in a patch or more; the first is their mean."""
    for M, k, P, least in ((10, 1, 3, 0.0), (40, 2, 4, 10.0), (60, 5, 2, 20.0)):
        yield problem(f"{M} patches of {P} numbers, {k} words", least + _scattered(rng, M, P), k, _seeds(rng, 1))


def starts(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield patches, all different, and as many words, so that each patch is one; then fewer words."""
    for M, P, k in ((4, 1, 4), (8, 2, 8), (12, 12, 12), (30, 3, 5)):
        patches = (3.0 * rng.permutation(M)[:, np.newaxis] + rng.uniform(size=(M, P))).round(2)
        yield problem(f"{M} different patches of {P} numbers, {k} words, 0 rounds", patches, k, _seeds(rng, 3))


def scattered(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield patches without clusters, of which hardly two draws are the same."""
    for M, k, P in ((80, 4, 2), (150, 6, 3)):
        yield problem(f"{M} patches of {P} numbers, {k} words", _scattered(rng, M, P), k, _seeds(rng, 4))


def _scattered(rng: np.random.Generator, M: int, P: int) -> Array:
    return rng.uniform(1.0, 9.0, size=(M, P)).round(2)


def rounds(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield patches on which k-means is not settled soon, and a number of rounds."""
    for M, k, P, num_iters in ((12, 2, 1, 1), (12, 2, 1, 2), (60, 4, 2, 1), (80, 4, 3, 2), (120, 3, 12, 3)):
        label = f"{M} patches of {P} numbers, {k} words, {num_iters} round{'s' * (num_iters > 1)}"
        yield problem(label, _scattered(rng, M, P), k, num_iters, _seeds(rng, 6))


def settling(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield patches on which no cluster becomes empty, from whichever start, until k-means is settled.

    Of one word or two that is so on all patches, of more words on those that are drawn with care.
    """
    for M, k, P in ((10, 1, 3), (40, 2, 4), (60, 2, 2)):
        yield problem(f"{M} patches of {P} numbers, {k} words", _scattered(rng, M, P), k, _seeds(rng, 3))
    for M, k, P in ((9, 3, 2), (10, 3, 3)):
        yield problem(f"{M} patches of {P} numbers, {k} words", well_behaved(rng, M, k, P), k, _seeds(rng, 3))


def pairs_of_words(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield patches without clusters, for two words, on which k-means moves for many rounds."""
    for M, P in ((60, 2), (200, 3)):
        yield problem(f"{M} patches of {P} numbers, 2 words", _scattered(rng, M, P), 2, _seeds(rng, 4))


def well_behaved(rng: np.random.Generator, M: int, k: int, P: int) -> Array:
    """Draw patches of which no start of k words comes near a tie in ten rounds, or has a word without patches.

    Rounding and the way to treat an empty cluster then do not matter.
    """
    chosen = np.array(list(itertools.combinations(range(M), k)))
    while True:
        patches = np.exp(rng.normal(size=(M, P))).round(2)
        centres = patches[chosen]
        for _ in range(10):
            if not is_clear(patches, centres).all():
                break
            centres = reference.lloyd(patches, centres, 1)
        else:
            return patches


def is_clear(patches: Array, centres: Array) -> NDArray[np.bool_]:
    """Whether each centre has patches, and no patch is about as near to another centre as to its own.

    Parameters
    ----------
    patches : ndarray, shape (M, P)
        The patches.
    centres : ndarray, shape (..., k, P)
        Centres, or several sets of them.

    Returns
    -------
    ndarray of bool, shape (...)
    """
    distances = reference.squared_distances(patches, centres)
    used = (distances.argmin(axis=-1)[..., np.newaxis] == np.arange(centres.shape[-2])).any(axis=-2).all(axis=-1)
    distances.sort(axis=-1)
    return used & (distances[..., 1] > distances[..., 0] + GAP).all(axis=-1)


def repeated_patches(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield patches of three kinds, one of them rare: three words then have two in one place, mostly at once."""
    for many, P, least in ((10, 1, 1.0), (25, 2, 11.0), (40, 12, 21.0)):
        kinds = least + np.array([0.0, 4.0, 5.0])[:, np.newaxis] + rng.uniform(0.0, 0.5, size=(3, P)).round(2)
        patches = rng.permutation(np.repeat(kinds, [many, many, 1], axis=0))
        label = f"{many} patches of one kind, {many} of another, 1 of a third; 3 words"
        yield problem(label, patches, 3, _seeds(rng, 6))


def patches_to_keep(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield patches of float64 and of float32, the ones larger than the others."""
    for dtype, smallest in ((np.float64, 1.0), (np.float32, 20.0)):
        patches = (smallest + well_behaved(rng, 12, 2, 3)).astype(dtype)
        yield problem(f"12 patches of type {np.dtype(dtype)}, 2 words", patches, 2, _seeds(rng, 3))


# Bags of words


def is_clear_bag(image: Array, vocabulary: Array, size: int, stride: int) -> bool:
    """Whether each window that fits is clearly nearest to one word."""
    windows = reference.windows_of(image[np.newaxis], size)[0, ::stride, ::stride].reshape(-1, vocabulary.shape[1])
    distances = np.sort(reference.squared_distances(windows, vocabulary), axis=1)
    return bool(np.all(distances[:, 1] > distances[:, 0] + GAP))


def words(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield square images and words of any length, with windows side by side that leave a rest at the borders."""
    flat = np.zeros((3, 3, 3))
    even, uneven = np.full(12, 0.3), np.zeros(12)
    uneven[[2, 9]] = 1.0  # nearer in the sum of absolute differences, but not in the distance
    yield problem("one window, all black; two words", flat, np.stack([uneven, even]), 2, 2)
    for H, size, k in ((5, 2, 3), (8, 3, 4), (11, 2, 6), (11, 3, 20)):
        while True:
            image = rng.uniform(size=(H, H, 3)).round(2)
            vocabulary = rng.uniform(0.0, 1.0, size=(k, 1)) * rng.uniform(size=(k, size * size * 3))
            pieces = reference.windows_of(image[np.newaxis], size)[0, ::size, ::size].reshape(-1, size * size * 3)
            near = rng.permutation(len(pieces))[: k // 2]
            vocabulary[: len(near)] = pieces[near] + rng.normal(scale=0.2, size=(len(near), size * size * 3))
            if is_clear_bag(image, vocabulary := vocabulary.round(2), size, size):
                break
        yield problem(f"{H} x {H} pixels, windows of {size} side by side, {k} words", image, vocabulary, size, size)


def painted(rng: np.random.Generator, H: int, W: int, size: int, stride: int) -> tuple[Array, Array]:
    """Draw an image of red, green and blue pixels, and the three words of these colours, which are equally long.

    Only the most frequent colour of a window counts, by any measure of distance and by the scalar product.
    """
    vocabulary = np.tile(np.eye(3), size * size)
    while True:
        image = np.eye(3)[rng.integers(3, size=(H, W))]
        for top, left in itertools.product(range(0, H, 2), range(0, W, 2)):  # patches of one colour
            image[top : top + 2, left : left + 2] = np.eye(3)[rng.integers(3)]
        if all(is_clear_bag(image, vocabulary, size, step) for step in {stride, size, 1}):
            return image, vocabulary


def strides(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield square images with strides that leave a rest at the borders and are not the size of a window."""
    for H, size, stride in ((4, 1, 2), (6, 1, 4), (8, 3, 2), (10, 3, 4)):
        image, vocabulary = painted(rng, H, H, size, stride)
        yield problem(f"{H} x {H} pixels, windows of {size}, stride {stride}", image, vocabulary, size, stride)


def windows_that_just_fit(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield images, higher or wider, whose last windows end at the border."""
    for H, W, size in ((1, 2, 1), (4, 3, 1), (4, 3, 3), (5, 7, 3), (6, 3, 3)):
        image, vocabulary = painted(rng, H, W, size, 1)
        yield problem(f"{H} x {W} pixels, windows of {size}, stride 1", image, vocabulary, size, 1)


def bags(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield images of few colours, and more words than occur in them, the last among those that do not."""
    for H, k in ((4, 4), (6, 7)):
        image, colours = painted(rng, H, H, 1, 4)
        absent = np.concatenate([2.0 - colours, -colours])[: k - 3]
        yield problem(
            f"{H} x {H} pixels, windows of 1, stride 4, {k} words", image, np.concatenate([colours, absent]), 1, 4
        )
    image, colours = painted(rng, 9, 9, 3, 5)
    vocabulary = np.concatenate([colours, 2.0 - colours])
    yield problem("9 x 9 pixels, windows of 3, stride 5, 6 words", image, vocabulary, 3, 5)


def bags_to_keep(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield images and words of float64 and of float32."""
    for dtype in (np.float64, np.float32):
        image, vocabulary = painted(rng, 8, 8, 3, 3)
        label = f"8 x 8 pixels of type {np.dtype(dtype)}, windows of 3, stride 3"
        yield problem(label, image.astype(dtype), vocabulary.astype(dtype), 3, 3)


# The pipeline


def plain_images(rng: np.random.Generator, num: int, classes: tuple[int, ...]) -> tuple[Array, NDArray[np.int64]]:
    """Draw images without noise: striped in one colour and one direction each, which depend on the class.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    num : int
        Number of images of each class.
    classes : tuple of int
        3 is green with lying stripes, 7 is blue with upright ones.

    Returns
    -------
    images : ndarray, shape (num * len(classes), 32, 32, 3)
        The images, in the order of the classes.
    y : ndarray of int
        Their classes.
    """
    y = np.repeat(classes, num)
    stripes = np.sin(np.arange(32) + rng.uniform(0, 2 * np.pi, size=(len(y), 1)))
    value = 0.6 + rng.uniform(0.2, 0.35, size=(len(y), 1)) * stripes
    value = np.repeat(value[:, :, np.newaxis], 32, axis=2)
    upright = y == 7
    value[upright] = value[upright].transpose(0, 2, 1)
    hue = np.where(upright, 0.625, 0.375)[:, np.newaxis, np.newaxis] + np.zeros_like(value)
    return hsv_to_rgb(np.stack([hue, np.full_like(value, 0.8), value], axis=-1)), y


def as_bytes(images: Array) -> NDArray[np.uint8]:
    """Write images in [0, 1] as whole numbers from 0 to 255, which are an eighth of the size."""
    return np.round(255 * images).astype(np.uint8)


def easy_images(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield training and test images of two classes that differ in everything, with the classes of the test images."""
    (train, y_train), (test, y_test) = plain_images(rng, 10, (3, 7)), plain_images(rng, 6, (3, 7))
    order, test_order = rng.permutation(len(train)), rng.permutation(len(test))
    label = "20 training and 12 test images of two classes, green with lying stripes and blue with upright ones"
    yield problem(label, as_bytes(train[order]), y_train[order], as_bytes(test[test_order]), y_test=y_test[test_order])


def easy_images_and_others(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield easy images, and a few of ten classes, of which only the number of labels can be judged.

    What a pipeline says of so few tells at once which mistake it is, before one has to ask about many.
    """
    yield from easy_images(rng)
    yield problem("50 training and 20 test images of ten classes", *few_striped_discs(), y_test=None)


def easy_images_of_one_class(rng: np.random.Generator) -> Iterator[Problem]:
    """Yield the same training images with test images of one class only."""
    for c, num, label in ((3, 1, "one green test image"), (7, 4, "4 blue test images"), (3, 6, "6 green test images")):
        train, y_train, _ = next(easy_images(rng)).args
        test, y_test = plain_images(rng, num, (c,))
        yield problem(f"20 training images of two classes, {label}", train, y_train, as_bytes(test), y_test=y_test)


@functools.cache
def striped_discs() -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]:
    """Draw the training and the test images that a pipeline is judged by, as bytes, with their classes."""
    drawn = []
    for num, seed in zip((TRAINING_IMAGES, TEST_IMAGES), IMAGE_SEEDS, strict=True):
        images, y = reference.make_images(num, seed)
        drawn += [as_bytes(images), y]
    for array in drawn:
        array.setflags(write=False)
    train, y_train, test, y_test = drawn
    return train, y_train, test, y_test


@functools.cache
def few_striped_discs() -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint8]]:
    """Take some of the training images, their classes, and some of the test images."""
    train, y_train, test, _ = striped_discs()
    return train[:50], y_train[:50], test[:20]


@functools.lru_cache(maxsize=2)  # of the submission that is graded, whose checks all get the same arrays
def renamed_discs(seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]:
    """Give the classes of the striped discs other numbers, and the test images another order.

    The images stay what they are, so that they are as hard as ever, but no table of labels fits them any longer.
    """
    train, y_train, test, y_test = striped_discs()
    rng = np.random.default_rng(seed)
    numbers, order = rng.permutation(10), rng.permutation(len(test))
    renamed = train, numbers[y_train], test[order], numbers[y_test][order]
    for array in renamed:
        array.setflags(write=False)
    return renamed


@functools.lru_cache(maxsize=2)
def raw_accuracy(seed: int) -> float:
    """Share of the test images on which the given classifier is right that sees their raw pixels."""
    train, y_train, test, y_test = renamed_discs(seed)
    model = reference.train_linear(train.reshape(len(train), -1) / 255.0, y_train)
    return float(np.mean(reference.predict_linear(model, test.reshape(len(test), -1) / 255.0) == y_test))
