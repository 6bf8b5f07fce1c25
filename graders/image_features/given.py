"""What the notebook of ``image_features`` gives: the generator of the images, and the linear classifier.

A test holds these against the cells of the notebook.
"""

from __future__ import annotations

import numpy as np
from matplotlib.colors import hsv_to_rgb
from numpy.typing import ArrayLike, NDArray

HUES = {"red": 0.0, "yellow": 0.15, "green": 0.36, "blue": 0.60, "pink": 0.86}
STRIPES = {"lying": 0.0, "rising": 45.0, "upright": 90.0, "falling": 135.0}
CLASS_NAMES = [
    "red lying",
    "red upright",
    "yellow rising",
    "yellow falling",
    "green lying",
    "green rising",
    "blue upright",
    "blue falling",
    "pink lying",
    "pink falling",
]


def make_images(num: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Draw striped discs of 10 classes, as the notebook does.

    Parameters
    ----------
    num : int
        Number of images.
    seed : int
        The same seed gives the same images.

    Returns
    -------
    images : ndarray, shape (num, 32, 32, 3)
        Red, green and blue in [0, 1].
    y : ndarray of int, shape (num,)
        Classes, 0 to 9.
    """
    rng = np.random.default_rng(seed)

    def draw(low: float, high: float) -> NDArray[np.float64]:
        return rng.uniform(low, high, size=(num, 1, 1))

    y = rng.integers(10, size=num)
    hues = np.array([HUES[name.split()[0]] for name in CLASS_NAMES])[y][:, np.newaxis, np.newaxis]
    rises = np.array([STRIPES[name.split()[1]] for name in CLASS_NAMES])[y][:, np.newaxis, np.newaxis]
    down, right = np.mgrid[:32, :32]

    angle = np.radians(rises + rng.normal(0.0, 6.0, size=(num, 1, 1)))
    across = right * np.sin(angle) + down * np.cos(angle)
    wave = np.sin(2 * np.pi * across / draw(4.0, 8.0) + draw(0.0, 2 * np.pi))
    brightness = draw(0.4, 0.7) + draw(0.12, 0.3) * wave

    centre_down, centre_right, radius = draw(11.0, 20.0), draw(11.0, 20.0), draw(10.0, 15.0)
    disc = np.hypot(down - centre_down, right - centre_right) < radius
    hue = np.where(disc, hues + rng.normal(0.0, 0.03, size=(num, 1, 1)), draw(0.0, 1.0)) % 1.0
    saturation = np.where(disc, draw(0.45, 0.9), draw(0.05, 0.4))
    value = np.where(disc, brightness, draw(0.2, 0.9))
    images = hsv_to_rgb(np.stack([hue, saturation, value], axis=-1))
    return np.clip(images + rng.normal(0.0, 0.04, size=images.shape), 0.0, 1.0), y


def train_linear(
    features: ArrayLike, y: ArrayLike, reg: float = 0.1, num_classes: int = 10
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit a linear classifier by least squares: the score of the right class shall be 1, the others 0.

    Minimises ``mean(|features @ W + b - one_hot(y)|^2) + reg * sum(W^2)``.

    Parameters
    ----------
    features : array_like, shape (N, D)
        One example per row.
    y : array_like of int, shape (N,)
        Classes, 0 to num_classes - 1.
    reg : float
        Regularisation strength.
    num_classes : int
        Number of classes.

    Returns
    -------
    W : ndarray, shape (D, num_classes)
        Weights.
    b : ndarray, shape (num_classes,)
        Biases.
    """
    features = np.asarray(features, dtype=float)
    targets = np.eye(num_classes)[y]
    centre, offset = features.mean(axis=0), targets.mean(axis=0)
    A, T = features - centre, targets - offset
    N, D = A.shape
    if D <= N:
        W = np.linalg.solve(A.T @ A + reg * N * np.eye(D), A.T @ T)
    else:
        W = A.T @ np.linalg.solve(A @ A.T + reg * N * np.eye(N), T)
    return W, offset - centre @ W


def predict_linear(model: tuple[NDArray[np.float64], NDArray[np.float64]], features: ArrayLike) -> NDArray[np.int64]:
    """Return the class with the largest score for each row of features.

    Parameters
    ----------
    model : tuple
        Weights and biases, from :func:`train_linear`.
    features : array_like, shape (N, D)
        One example per row.

    Returns
    -------
    ndarray of int, shape (N,)
    """
    W, b = model
    return np.argmax(features @ W + b, axis=1)
