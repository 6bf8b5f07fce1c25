"""Right versions by other ways than the reference's: none may lose a point."""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints.

from __future__ import annotations

import numpy as np
from matplotlib.colors import rgb_to_hsv

from lossmark import alternative

from .reference import (
    bag_of_words,
    build_vocabulary,
    extract_patches,
    hog_features,
    hue_histogram,
    predict_linear,
    train_linear,
)

# hue_histogram


@alternative("hue_histogram")
def hue_histogram_numpy_histogram(image, bins=12):
    """`np.histogram` over [0, 1], of hues that are wrapped first."""
    hue = rgb_to_hsv(image)[:, :, 0].flatten() % 1
    counts, _ = np.histogram(hue, bins=bins, range=(0.0, 1.0))
    return counts / counts.sum()


@alternative("hue_histogram")
def hue_histogram_colorsys(image, bins=12):
    """The standard library's conversion, pixel by pixel; a list is returned."""
    import colorsys

    counts = [0] * bins
    for row in image:
        for r, g, b in row:
            hue, _, _ = colorsys.rgb_to_hsv(float(r), float(g), float(b))
            counts[int(hue * bins) % bins] += 1
    return [count / sum(counts) for count in counts]


@alternative("hue_histogram")
def hue_histogram_hexagon_by_hand(image, bins=12):
    """The hue by cases, in degrees, without matplotlib; `np.add.at` adds the shares."""
    r, g, b = np.moveaxis(np.asarray(image, dtype=float), -1, 0)
    largest, chroma = np.max(image, axis=-1), np.ptp(np.asarray(image, dtype=float), axis=-1)
    safe = np.where(chroma > 0, chroma, 1)
    hue = np.where(largest == r, (g - b) / safe, np.where(largest == g, 2 + (b - r) / safe, 4 + (r - g) / safe))
    degrees = np.where(chroma > 0, 60 * hue, 0) % 360
    histogram = np.zeros(bins)
    np.add.at(histogram, (degrees * bins / 360).astype(int) % bins, 1 / degrees.size)
    return histogram


@alternative("hue_histogram")
def hue_histogram_single_precision(image, bins=12):
    """Float32 inside; a masked comparison for each bin, with the last one's end given to the first."""
    hue = rgb_to_hsv(image.astype(np.float32))[..., 0].astype(np.float32)
    hue = np.where(hue >= 1, 0, hue)
    edges = np.linspace(0, 1, bins + 1, dtype=np.float32)
    shares = [np.mean((hue >= edges[b]) & (hue < edges[b + 1])) for b in range(bins)]
    return np.array(shares, dtype=np.float32)


@alternative("hue_histogram")
def hue_histogram_one_hot_matrix(image, bins=12):
    """A matrix of one-hot rows, averaged: `np.matrix`, so a row of shape (1, bins) is returned."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        index = np.floor(rgb_to_hsv(np.copy(image))[..., 0] * bins).astype(int).ravel() % bins
        return np.matrix(np.eye(bins)[index]).mean(axis=0)


@alternative("hue_histogram")
def hue_histogram_digitize_and_talk(image, bins=12, verbose=True, **options):
    """`np.digitize` and `np.unique`; prints, warns, and has further keyword arguments."""
    import warnings

    def shares_of(which):
        found, counts = np.unique(which, return_counts=True)
        shares = np.zeros(bins)
        shares[found] = counts
        return shares / shares.sum()

    hue = rgb_to_hsv(image)[..., 0]
    which = np.digitize(hue, np.arange(1, bins + 1) / bins)
    which[which == bins] = 0
    if verbose:
        print("hues from", hue.min(), "to", hue.max())
        warnings.warn("only a remark", UserWarning, stacklevel=2)
    return shares_of(which)


# hog_features


@alternative("hog_features")
def hog_features_loops(gray, cell=8, bins=9):
    """Two nested loops over the pixels, and the gradient by `np.gradient` along one axis at a time."""
    gx, gy = np.gradient(gray, axis=1), np.gradient(gray, axis=0)
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows * cell):
        for j in range(columns * cell):
            angle = np.rad2deg(np.arctan2(gy[i, j], gx[i, j])) % 180
            b = int(angle // (180 / bins))
            features[i // cell, j // cell, b % bins] += np.sqrt(gx[i, j] ** 2 + gy[i, j] ** 2)
    return features


@alternative("hog_features")
def hog_features_weighted_histograms(gray, cell=8, bins=9):
    """`np.histogram` with weights for each cell; angles in radians, modulo π."""
    gy, gx = np.gradient(gray)
    angle, magnitude = np.mod(np.arctan2(gy, gx), np.pi), np.abs(gx + 1j * gy)
    angle = np.where(angle >= np.pi, 0, angle)
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.empty((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = (slice(i * cell, i * cell + cell), slice(j * cell, j * cell + cell))
            features[i, j] = np.histogram(angle[part], bins, (0, np.pi), weights=magnitude[part])[0]
    return features


@alternative("hog_features")
def hog_features_one_bin_at_a_time(gray, cell=8, bins=9):
    """Reshapes to cells and sums, one bin after the other; the complex logarithm gives the angle."""
    gy, gx = np.gradient(np.array(gray, dtype=float))
    index = (np.angle(gx + 1j * gy, deg=True) % 180 * bins / 180).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    cut = np.s_[: rows * cell, : columns * cell]
    layers = [np.where(index == b, np.hypot(gy, gx), 0)[cut] for b in range(bins)]
    return np.stack([layer.reshape(rows, cell, columns, cell).sum(axis=(1, 3)) for layer in layers], axis=-1)


@alternative("hog_features")
def hog_features_single_precision(gray, cell=8, bins=9):
    """Float32 inside, `np.bincount` over flat indices, and the gradient by hand."""
    image = gray.astype(np.float32)
    gx, gy = np.empty_like(image), np.empty_like(image)
    gx[:, 1:-1], gy[1:-1] = (image[:, 2:] - image[:, :-2]) / 2, (image[2:] - image[:-2]) / 2
    gx[:, 0], gx[:, -1] = image[:, 1] - image[:, 0], image[:, -1] - image[:, -2]
    gy[0], gy[-1] = image[1] - image[0], image[-1] - image[-2]
    index = np.floor(np.degrees(np.arctan2(gy, gx)) % np.float32(180) / np.float32(180 / bins)).astype(int) % bins
    rows, columns = image.shape[0] // cell, image.shape[1] // cell
    y, x = np.mgrid[: rows * cell, : columns * cell]
    flat = (y // cell * columns + x // cell) * bins + index[: rows * cell, : columns * cell]
    weights = np.sqrt(gx**2 + gy**2)[: rows * cell, : columns * cell]
    return np.bincount(flat.ravel(), weights.ravel(), rows * columns * bins).reshape(rows, columns, bins)


@alternative("hog_features")
def hog_features_cut_off_first(gray, cell=8, bins=9, **options):
    """Cuts the rest off before it takes the gradient; turns downward gradients round; one-hot and `einsum`."""
    rows, columns = np.array(gray.shape) // cell
    whole = np.asarray(gray, dtype=float)[: rows * cell, : columns * cell]
    gy, gx = np.gradient(whole)
    turned = np.where((gy < 0) | ((gy == 0) & (gx < 0)), -1, 1)
    index = np.minimum((np.degrees(np.arctan2(turned * gy, turned * gx)) * bins / 180).astype(int), bins - 1)
    one_hot = (index[..., None] == np.arange(bins)) * np.sqrt(gx * gx + gy * gy)[..., None]
    print("cells:", rows, columns)
    return np.einsum("iajbk->ijk", one_hot.reshape(rows, cell, columns, cell, bins))


@alternative("hog_features")
def hog_features_arctan_of_the_ratio(gray, cell=8, bins=9):
    """The plain arctangent of gy / gx, which has no sign to begin with; slices add up in place, on new arrays."""
    gy, gx = np.gradient(gray)
    with np.errstate(all="ignore"):
        angle = np.degrees(np.arctan(gy / gx))
    angle = np.where(gx == 0, 90.0, angle) % 180.0
    weights = (gx**2 + gy**2) ** 0.5
    rows, columns = len(gray) // cell, len(gray[0]) // cell
    features = np.zeros((rows, columns, bins))
    for b in range(bins):
        chosen = weights * (np.floor(angle * bins / 180) % bins == b)
        for dy in range(cell):
            for dx in range(cell):
                features[:, :, b] += chosen[dy : rows * cell : cell, dx : columns * cell : cell]
    return features


# extract_patches


@alternative("extract_patches")
def extract_patches_one_at_a_time(images, size, num, rng):
    """Draws image, row and column in turn for each patch, with `rng.choice` and `endpoint=True`; a list is returned."""
    patches = []
    while len(patches) < num:
        image = images[rng.choice(len(images))]
        y = rng.integers(0, image.shape[0] - size, endpoint=True)
        x = rng.integers(0, image.shape[1] - size, endpoint=True)
        patches.append(image[y : y + size, x : x + size, :].reshape(-1).tolist())
    return patches


@alternative("extract_patches")
def extract_patches_from_all_windows(images, size, num, rng):
    """All windows at once, by `sliding_window_view`, of which some are chosen."""
    windows = np.lib.stride_tricks.sliding_window_view(images, (size, size), axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)
    chosen = rng.integers(windows.shape[0] * windows.shape[1] * windows.shape[2], size=num)
    return windows[np.unravel_index(chosen, windows.shape[:3])].reshape(num, -1)


@alternative("extract_patches")
def extract_patches_fancy_indices(images, size, num, rng):
    """Index arrays that are broadcast; positions from `rng.random`; float32 inside."""
    N, H, W = images.shape[:3]
    i = (rng.random(num) * N).astype(int)[:, None, None]
    y = np.floor(rng.random((num, 1, 1)) * (H - size + 1)).astype(int) + np.arange(size)[None, :, None]
    x = np.floor(rng.random((num, 1, 1)) * (W - size + 1)).astype(int) + np.arange(size)[None, None, :]
    return images.astype(np.float32)[i, y, x].reshape(num, size * size * 3)


@alternative("extract_patches")
def extract_patches_shuffled_places(images, size, num, rng):
    """A shuffled list of all places, used again from its beginning when it ends; fills an array in place."""
    N, H, W, C = images.shape
    places = [(i, y, x) for i in range(N) for y in range(H - size + 1) for x in range(W - size + 1)]
    rng.shuffle(places)
    patches = np.empty((num, size, size, C))
    for n in range(num):
        i, y, x = places[n % len(places)]
        patches[n] = images[i][y : y + size][:, x : x + size]
    return patches.reshape(num, size * size * C)


@alternative("extract_patches")
def extract_patches_permutation_of_images(images, size, num, rng, verbose=True):
    """The images in turn, in a random order, so that each is used equally often; prints."""
    turns = [rng.permutation(len(images)) for _ in range(num // len(images) + 1)]
    order = np.concatenate(turns)[:num]
    corners = rng.integers([0, 0], np.array(images.shape[1:3]) - size + 1, size=(num, 2))
    if verbose:
        print(num, "patches of", size, "x", size)
    cut = [images[i, y : y + size, x : x + size].flatten() for i, (y, x) in zip(order, corners, strict=True)]
    return np.stack(cut)


# build_vocabulary


@alternative("build_vocabulary")
def build_vocabulary_loops(patches, k, num_iters, rng):
    """Loops over patches and words, with `np.linalg.norm`, lists and the standard library's mean."""
    centres = [patches[i].astype(float) for i in rng.permutation(len(patches))[:k]]
    for _ in range(num_iters):
        clusters = [[] for _ in centres]
        for patch in patches:
            distances = [np.linalg.norm(patch - centre) for centre in centres]
            clusters[distances.index(min(distances))].append(patch)
        centres = [np.mean(c, axis=0) if c else old for c, old in zip(clusters, centres, strict=True)]
    return np.array(centres)


@alternative("build_vocabulary")
def build_vocabulary_one_hot(patches, k, num_iters, rng):
    """One-hot assignments and a matrix product; stops when nothing changes any more."""
    centres = rng.choice(patches, k, replace=False, axis=0, shuffle=False) * 1.0
    for _ in range(num_iters):
        squared = (patches**2).sum(1)[:, None] - 2 * patches @ centres.T + (centres**2).sum(1)
        one_hot = np.eye(k)[squared.argmin(axis=1)]
        number = one_hot.sum(axis=0)[:, None]
        moved = np.where(number > 0, one_hot.T @ patches / np.maximum(number, 1), centres)
        if np.array_equal(moved, centres):
            break
        centres = moved
    return centres


@alternative("build_vocabulary")
def build_vocabulary_single_precision(patches, k, num_iters, rng):
    """Float32 inside; sums by `np.add.at`; an empty cluster starts again from a random patch."""
    data = patches.astype(np.float32)
    centres = data[rng.choice(len(data), size=k, replace=False)]
    for _ in range(num_iters):
        nearest = np.linalg.norm(data[:, None, :] - centres[None, :, :], axis=2).argmin(axis=1)
        sums, number = np.zeros_like(centres), np.bincount(nearest, minlength=k)
        np.add.at(sums, nearest, data)
        for j in range(k):
            centres[j] = sums[j] / np.float32(number[j]) if number[j] else data[rng.integers(len(data))]
    return centres


@alternative("build_vocabulary")
def build_vocabulary_spread_out_start(patches, k, num_iters, rng):
    """k-means++: each further word starts at a patch that is probably far from those before; `einsum`; prints."""
    chosen = [int(rng.integers(len(patches)))]
    while len(chosen) < k:
        far = np.min(((patches[:, None] - patches[chosen]) ** 2).sum(axis=2), axis=1).astype(float)
        far[chosen] = 0
        if far.sum() == 0:
            far = np.isin(np.arange(len(patches)), chosen, invert=True).astype(float)
        chosen.append(int(rng.choice(len(patches), p=far / far.sum())))
    centres = np.array(patches[chosen], dtype=float)
    for _ in range(num_iters):
        away = patches[:, None] - centres
        nearest = np.einsum("mkp,mkp->mk", away, away).argmin(axis=1)
        for j in set(nearest.tolist()):
            centres[j] = np.average(patches[nearest == j], axis=0)
    print("started from", chosen)
    return centres


@alternative("build_vocabulary")
def build_vocabulary_scikit_learn(patches, k, num_iters, rng):
    """scikit-learn's k-means, from a start that is drawn here."""
    import warnings

    from sklearn.cluster import KMeans

    start = patches[rng.choice(len(patches), k, replace=False)].astype(float)
    if num_iters == 0:
        return start
    means = KMeans(k, init=start, n_init=1, max_iter=num_iters, tol=0, algorithm="lloyd")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that fewer clusters were found than asked for, or not in these rounds
        return means.fit(patches.astype(float)).cluster_centers_


@alternative("build_vocabulary")
def build_vocabulary_farthest_patch(patches, k, num_iters, rng):
    """An empty cluster moves to the patch that is farthest from its word; a shuffled copy gives the start."""
    data = np.array(patches, dtype=float)
    rng.shuffle(data)
    centres = data[:k].copy()
    for _ in range(num_iters):
        distances = np.stack([np.square(data - centre).sum(axis=1) for centre in centres])
        nearest, how_far = distances.argmin(axis=0), distances.min(axis=0)
        for j in range(k):
            members = nearest == j
            centres[j] = data[members].mean(0) if members.any() else data[how_far.argmax()]
    return centres


# bag_of_words


@alternative("bag_of_words")
def bag_of_words_loops(image, vocabulary, size, stride):
    """Loops over windows and words; a list is returned."""
    k = len(vocabulary)
    counts, windows = [0] * k, 0
    y = 0
    while y + size <= image.shape[0]:
        x = 0
        while x + size <= image.shape[1]:
            window = image[y : y + size, x : x + size].reshape(-1)
            best = min(range(k), key=lambda j: float(np.linalg.norm(window - vocabulary[j])))
            counts[best] += 1
            windows += 1
            x += stride
        y += stride
    return [count / windows for count in counts]


@alternative("bag_of_words")
def bag_of_words_index_arrays(image, vocabulary, size, stride):
    """Cuts all windows with index arrays; distances by broadcasting; a mean of one-hot rows."""
    rows = np.arange(0, image.shape[0] - size + 1, stride)
    columns = np.arange(0, image.shape[1] - size + 1, stride)
    y = rows[:, None, None, None] + np.arange(size)[:, None]
    x = columns[None, :, None, None] + np.arange(size)
    windows = image[y, x].reshape(len(rows) * len(columns), -1)
    distances = ((windows[:, None, :] - vocabulary[None, :, :]) ** 2).sum(axis=2)
    return (distances.argmin(axis=1)[:, None] == np.arange(len(vocabulary))).mean(axis=0)


@alternative("bag_of_words")
def bag_of_words_single_precision(image, vocabulary, size, stride):
    """Float32 inside, and `np.histogram` of the indices."""
    image, vocabulary = image.astype(np.float32), vocabulary.astype(np.float32)
    positions = [
        (y, x) for y in range(0, image.shape[0] - size + 1, stride) for x in range(0, image.shape[1] - size + 1, stride)
    ]
    windows = np.array([image[y : y + size, x : x + size].ravel() for y, x in positions])
    nearest = np.sqrt(((vocabulary[:, None] - windows) ** 2).sum(axis=2)).argmin(axis=0)
    histogram, _ = np.histogram(nearest, bins=np.arange(len(vocabulary) + 1))
    return (histogram / len(positions)).astype(np.float32)


@alternative("bag_of_words")
def bag_of_words_matrices(image, vocabulary, size, stride):
    """`np.matrix` for the products; a row of shape (1, k) is returned."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        V = np.matrix(vocabulary, dtype=float)
        counts = np.matrix(np.zeros((1, len(vocabulary))))
        for y in range((image.shape[0] - size) // stride + 1):
            for x in range((image.shape[1] - size) // stride + 1):
                corner = y * stride, x * stride
                window = image[corner[0] : corner[0] + size, corner[1] : corner[1] + size]
                distances = np.multiply(V, V).sum(axis=1) - 2 * V * np.matrix(window.ravel(), dtype=float).T
                counts[0, int(distances.argmin())] += 1
        return counts / counts.sum()


@alternative("bag_of_words")
def bag_of_words_scipy(image, vocabulary, size, stride, metric="euclidean"):
    """The distances of scipy; `np.unique` counts; prints, and has a further keyword argument."""
    from scipy.spatial.distance import cdist

    windows = []
    for top in range(image.shape[0])[::stride]:
        for left in range(image.shape[1])[::stride]:
            window = image[top : top + size, left : left + size]
            if window.shape == (size, size, 3):
                windows.append(window.flatten())
    words, counts = np.unique(cdist(windows, vocabulary, metric).argmin(axis=1), return_counts=True)
    histogram = np.zeros(vocabulary.shape[0])
    histogram[words] = counts
    print(len(windows), "windows")
    return histogram / np.sum(histogram)


# features_pipeline


@alternative("features_pipeline")
def features_pipeline_added_up_cells(train, y_train, test):
    """HoG added up over all cells: the stripes have the same direction everywhere."""
    A, B = (
        np.array(
            [np.append(hue_histogram(image), hog_features(image.mean(axis=2)).sum(axis=(0, 1))) for image in images]
        )
        for images in (train, test)
    )
    mean, spread = A.mean(axis=0), np.maximum(A.std(axis=0), 1e-6)
    return predict_linear(train_linear((A - mean) / spread, y_train), (B - mean) / spread)


@alternative("features_pipeline")
def features_pipeline_bag_of_words_too(train, y_train, test):
    """Hue, HoG and a bag of words, with a vocabulary from the training images; the labels are a column of floats."""
    rng = np.random.default_rng(0)
    vocabulary = build_vocabulary(extract_patches(train, 6, 400, rng), 16, 5, rng)

    def features_of(image):
        bag = bag_of_words(image, vocabulary, 6, 4)
        return np.concatenate([hue_histogram(image, bins=18), bag, hog_features(image @ [0.3, 0.6, 0.1]).ravel()])

    A, B = np.array([features_of(image) for image in train]), np.array([features_of(image) for image in test])
    mean, spread = A.mean(axis=0), A.std(axis=0) + 1e-8
    labels = predict_linear(train_linear((A - mean) / spread, y_train, reg=0.5), (B - mean) / spread)
    return labels.astype(float)[:, None]


@alternative("features_pipeline")
def features_pipeline_own_features(train, y_train, test):
    """Features of its own, without a function of the notebook but the classifier; float32 inside, and a list."""

    def features_of(images):
        hsv = rgb_to_hsv(images.astype(np.float32))
        hue = (hsv[..., 0] * 12).astype(int) % 12
        colour = np.stack([(hsv[..., 1] * (hue == b)).mean(axis=(1, 2)) for b in range(12)], axis=1)
        gy, gx = np.gradient(hsv[..., 2], axis=(1, 2))
        bins = (np.degrees(np.arctan2(gy, gx)) % 180 // 20).astype(int) % 9
        edges = np.stack([(np.hypot(gy, gx) * (bins == b)).mean(axis=(1, 2)) for b in range(9)], axis=1)
        return np.hstack([colour, edges / edges.sum(axis=1, keepdims=True)])

    A, B = features_of(train), features_of(test)
    low, high = A.min(axis=0), A.max(axis=0)
    span = np.where(high > low, high - low, 1)
    return predict_linear(train_linear((A - low) / span, y_train, reg=1e-3), (B - low) / span).tolist()


@alternative("features_pipeline")
def features_pipeline_products_of_features(train, y_train, test):
    """All products of a hue bin and a direction are further features; prints."""
    rows = {}
    for name, images in (("train", train), ("test", test)):
        rows[name] = []
        for image in images:
            hue, edges = hue_histogram(image), hog_features(image.mean(axis=2)).sum(axis=(0, 1))
            edges = edges / (edges.sum() + 1e-12)
            rows[name].append(np.concatenate([hue, edges, np.outer(hue, edges).ravel()]))
    A, B = np.array(rows["train"]), np.array(rows["test"])
    mean, spread = A.mean(axis=0), A.std(axis=0)
    spread[spread == 0] = 1
    labels = predict_linear(train_linear((A - mean) / spread, y_train), (B - mean) / spread)
    print("labels:", np.bincount(labels, minlength=10))
    return labels


@alternative("features_pipeline")
def features_pipeline_unseeded(train, y_train, test):
    """A vocabulary from a generator without a seed, so that the labels differ a little each time."""
    rng = np.random.default_rng()
    vocabulary = build_vocabulary(extract_patches(train, 6, 300, rng), 12, 4, rng)

    def features_of(image):
        bag = bag_of_words(image, vocabulary, 6, 5)
        return np.concatenate([hue_histogram(image), bag, hog_features(image.mean(axis=2)).sum(axis=(0, 1))])

    A, B = np.array([features_of(image) for image in train]), np.array([features_of(image) for image in test])
    mean, spread = A.mean(axis=0), A.std(axis=0) + 1e-8
    return predict_linear(train_linear((A - mean) / spread, y_train), (B - mean) / spread)


# feature_answers


@alternative("feature_answers")
def feature_answers_numpy_scalars():
    """Answers that are numpy scalars, as computations give them."""
    hog_length = np.prod(np.array([30, 40, 9]))
    hue_changes_when_darkened = np.bool_(False)
    bag_knows_positions = np.False_
    bin_of_vertical_edge = np.float64(0)


@alternative("feature_answers")
def feature_answers_words():
    """Answers in words."""
    hog_length = "10800"
    hue_changes_when_darkened = "no"
    bag_knows_positions = "False"
    bin_of_vertical_edge = " 0 "


@alternative("feature_answers")
def feature_answers_computed():
    """Answers that the student's own functions gave."""
    hog_length = hog_features(np.zeros((240, 320))).size
    image = np.random.default_rng(0).uniform(size=(5, 5, 3))
    hue_changes_when_darkened = bool(np.any(hue_histogram(image) != hue_histogram(0.5 * image)))
    edge = np.zeros((8, 8))
    edge[:, 4:] = 1
    bin_of_vertical_edge = np.argmax(hog_features(edge)[0, 0])


@alternative("feature_answers")
def feature_answers_floats_and_arrays():
    """Floats, and arrays of one element."""
    hog_length = 1.08e4
    bin_of_vertical_edge = np.array([0.0])
    hue_changes_when_darkened = np.array([False])
    bag_knows_positions = 1 > 2
