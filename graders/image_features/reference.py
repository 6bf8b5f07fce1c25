"""The right functions and answers of the assignment ``image_features``.

What the notebook gives has its names here too, because wrong versions of a cell run with the names of this module.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import hsv_to_rgb, rgb_to_hsv  # noqa: F401  (a name of the notebook)
from numpy.typing import ArrayLike, NDArray

from .given import CLASS_NAMES, HUES, STRIPES, make_images, predict_linear, train_linear  # noqa: F401  (the same)

answers: dict[str, bool | float] = {
    "hog_length": 10800,
    "hue_changes_when_darkened": False,
    "bag_knows_positions": False,
    "bin_of_vertical_edge": 0,
}
"""The short answers of ``feature_answers``, by the name of their variable."""


def hue_histogram(image: ArrayLike, bins: int = 12) -> NDArray[np.float64]:
    r"""Histogram of the hues of an image: the share of the pixels in each bin.

    .. math:: h_b = \frac{1}{HW} \#\{\text{pixels with } b \le \text{bins} \cdot \text{hue} < b + 1\}

    M. J. Swain and D. H. Ballard, "Color indexing", IJCV 7 (1991); A. R. Smith, "Color gamut transform pairs",
    SIGGRAPH 1978, for the hue. A hue of 1, which rounding can make, is a hue of 0.

    Parameters
    ----------
    image : array_like, shape (H, W, 3)
        Red, green and blue in [0, 1].
    bins : int
        Number of equal bins from hue 0 to hue 1.

    Returns
    -------
    ndarray, shape (bins,)
    """
    hue = rgb_to_hsv(np.asarray(image, float))[..., 0]
    index = np.floor(hue * bins).astype(int) % bins
    return np.bincount(index.ravel(), minlength=bins) / index.size


def hog_features(gray: ArrayLike, cell: int = 8, bins: int = 9) -> NDArray[np.float64]:
    """Histograms of oriented gradients, without interpolation and without normalisation of blocks.

    N. Dalal and B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005.

    Parameters
    ----------
    gray : array_like, shape (H, W)
        Brightness.
    cell : int
        Side of a cell in pixels; what lies beyond the last whole cell is left out, after the gradient was taken.
    bins : int
        Number of equal bins from 0 to 180 degrees.

    Returns
    -------
    ndarray, shape (H // cell, W // cell, bins)
        The sum of the gradients' magnitudes of each cell, by unsigned orientation.
    """
    gy, gx = np.gradient(np.asarray(gray, float))
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180.0
    index = np.floor(angle / (180.0 / bins)).astype(int) % bins  # rounding can make an angle 180, which is 0
    rows, columns = magnitude.shape[0] // cell, magnitude.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    y, x = np.indices((rows * cell, columns * cell))
    inside = np.s_[: rows * cell, : columns * cell]
    np.add.at(features, (y // cell, x // cell, index[inside]), magnitude[inside])
    return features


def extract_patches(images: ArrayLike, size: int, num: int, rng: np.random.Generator) -> NDArray[Any]:
    """Cut square patches out of images, each from a random image at a random position.

    Parameters
    ----------
    images : array_like, shape (N, H, W, 3)
        The images.
    size : int
        Side of a patch in pixels.
    num : int
        Number of patches.
    rng : Generator
        Source of randomness.

    Returns
    -------
    ndarray, shape (num, size * size * 3)
    """
    windows = windows_of(images, size)
    N, rows, columns = windows.shape[:3]
    i, y, x = rng.integers(N, size=num), rng.integers(rows, size=num), rng.integers(columns, size=num)
    return windows[i, y, x]


def windows_of(images: ArrayLike, size: int) -> NDArray[Any]:
    """List all square windows of images.

    Parameters
    ----------
    images : array_like, shape (N, H, W, 3)
        The images.
    size : int
        Side of a window in pixels.

    Returns
    -------
    ndarray, shape (N, H - size + 1, W - size + 1, size * size * 3)
    """
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(images), (size, size, 3), axis=(1, 2, 3))
    return windows.reshape(*windows.shape[:3], size * size * 3)


def build_vocabulary(patches: ArrayLike, k: int, num_iters: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Cluster patches with k-means; the centres are the visual words.

    S. P. Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28 (1982).

    Parameters
    ----------
    patches : array_like, shape (M, P)
        One patch per row.
    k : int
        Number of words; the start is k different rows.
    num_iters : int
        Number of rounds.
    rng : Generator
        Source of randomness.

    Returns
    -------
    ndarray, shape (k, P)
    """
    patches = np.asarray(patches, float)
    return lloyd(patches, patches[rng.choice(len(patches), k, replace=False)], num_iters)


def lloyd(patches: ArrayLike, centres: ArrayLike, num_iters: int) -> NDArray[np.float64]:
    """Run k-means from given centres; an empty cluster keeps its centre.

    Parameters
    ----------
    patches : array_like, shape (M, P)
        The points.
    centres : array_like, shape (..., k, P)
        The start, or several.
    num_iters : int
        Number of rounds.

    Returns
    -------
    ndarray, of the shape of `centres`
    """
    patches, centres = np.asarray(patches, float), np.array(centres, float)
    for _ in range(num_iters):
        nearest = np.argmin(squared_distances(patches, centres), axis=-1)
        belongs = nearest[..., np.newaxis, :] == np.arange(centres.shape[-2])[:, np.newaxis]
        number = belongs.sum(axis=-1, keepdims=True)
        centres = np.where(number > 0, belongs @ patches / np.maximum(number, 1), centres)
    return centres


def squared_distances(points: ArrayLike, centres: ArrayLike) -> NDArray[np.float64]:
    """Squared distance of each point to each centre.

    Parameters
    ----------
    points : array_like, shape (M, P)
        The points.
    centres : array_like, shape (..., k, P)
        The centres.

    Returns
    -------
    ndarray, shape (..., M, k)
    """
    points, centres = np.asarray(points, float), np.asarray(centres, float)
    return np.sum((points[:, np.newaxis] - centres[..., np.newaxis, :, :]) ** 2, axis=-1)


def inertia(points: ArrayLike, centres: ArrayLike) -> float:
    """Sum of the squared distances of points to their nearest centres.

    Parameters
    ----------
    points : array_like, shape (M, P)
        The points.
    centres : array_like, shape (k, P)
        The centres.

    Returns
    -------
    float
    """
    return float(squared_distances(points, centres).min(axis=1).sum())


def bag_of_words(image: ArrayLike, vocabulary: ArrayLike, size: int, stride: int) -> NDArray[np.float64]:
    """Histogram of the visual words of an image: of the nearest word of each window.

    J. Sivic and A. Zisserman, "Video Google", ICCV 2003; G. Csurka et al., "Visual categorization with bags of
    keypoints", ECCV workshop 2004.

    Parameters
    ----------
    image : array_like, shape (H, W, 3)
        The image.
    vocabulary : array_like, shape (k, size * size * 3)
        The words.
    size : int
        Side of a window in pixels.
    stride : int
        Step from one window to the next, in both directions; only windows that fit are used.

    Returns
    -------
    ndarray, shape (k,)
        Shares of the windows; the sum is 1.
    """
    vocabulary = np.asarray(vocabulary, float)
    windows = windows_of(np.asarray(image, float)[np.newaxis], size)[0, ::stride, ::stride]
    nearest = np.argmin(squared_distances(windows.reshape(-1, windows.shape[-1]), vocabulary), axis=1)
    return np.bincount(nearest, minlength=len(vocabulary)) / nearest.size


def features_pipeline(train: ArrayLike, y_train: ArrayLike, test: ArrayLike) -> NDArray[np.int64]:
    """Classify images by their hues and oriented gradients, with the linear classifier that is given.

    Parameters
    ----------
    train : array_like, shape (N, 32, 32, 3)
        Training images in [0, 1].
    y_train : array_like of int, shape (N,)
        Their classes.
    test : array_like, shape (M, 32, 32, 3)
        Images to classify.

    Returns
    -------
    ndarray of int, shape (M,)
    """
    train_features, test_features = (
        np.array([np.append(hue_histogram(image), hog_features(np.mean(image, axis=2))) for image in images])
        for images in (np.asarray(train, float), np.asarray(test, float))
    )
    mean, spread = train_features.mean(axis=0), train_features.std(axis=0) + 1e-8
    model = train_linear((train_features - mean) / spread, y_train)
    return predict_linear(model, (test_features - mean) / spread)
