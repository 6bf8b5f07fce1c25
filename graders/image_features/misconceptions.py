"""Wrong versions that students write, with the explanation they get, and the checks that each must lose.

The explanations are shown to students: they say what is off and where to look, not what to type.
"""

# Written as students write them, and each must stand alone in a cell: no helper functions, no type hints.
# The docstrings are messages of several sentences, not summaries; numpy's old generator is one of the mistakes.
# ruff: noqa: RET504, NPY002

from __future__ import annotations

import numpy as np
from matplotlib.colors import rgb_to_hsv

from lossmark import misconception

from .reference import hog_features, hue_histogram, predict_linear, train_linear

HUES = "test_bins_of_hues"
SUM = "test_sums_to_one"
BINS = "test_number_of_bins"
CIRCLE = "test_hue_is_a_circle"
BRIGHTNESS = "test_brightness_does_not_matter"
GREY = "test_grey_pixels_count"
IMAGE_KEPT = "test_image_left_alone"
SHAPE = "test_shape"
ORIENTATION = "test_orientation"
UNSIGNED = "test_unsigned"
MAGNITUDE = "test_magnitude"
CELLS = "test_cells"
SQUARES = "test_whole_squares"
EVERY_PLACE = "test_every_place"
BY_RNG = "test_drawn_by_rng"
IMAGES_KEPT = "test_images_left_alone"
START = "test_starts_from_patches"
ROUNDS = "test_rounds"
MEANS = "test_means_in_the_end"
INERTIA = "test_inertia_never_rises"
EMPTY = "test_empty_clusters"
PATCHES_KEPT = "test_patches_left_alone"
NEAREST = "test_nearest_words"
STRIDE = "test_stride"
FIT = "test_all_windows_that_fit"
KEPT = "test_arguments_left_alone"
LABELS = "test_labels"
BETTER = "test_better_than_pixels"
MUCH_BETTER = "test_much_better_than_pixels"
ALONE = "test_images_are_judged_alone"
LENGTH = "test_hog_length"
DARKENED = "test_hue_when_darkened"
POSITIONS = "test_positions"
EDGE = "test_bin_of_edge"


# hue_histogram


@misconception("hue_histogram", loses=[SUM])
def hue_histogram_counts(image, bins=12):
    """The bins hold numbers of pixels, not shares. Then a large image has a larger histogram than a small one of the
    same colours: divide by the number of pixels, so that the bins sum to 1.
    """
    hue = rgb_to_hsv(image)[..., 0]
    index = np.floor(hue * bins).astype(int) % bins
    return np.bincount(index.ravel(), minlength=bins)


@misconception("hue_histogram", loses=[SUM])
def hue_histogram_density(image, bins=12):
    """The histogram is a density: with `density=True`, numpy also divides by the width of a bin, so that the *area* is
    1 and the bins sum to their number. What is asked for are shares of the pixels.
    """
    hue = rgb_to_hsv(image)[..., 0].ravel() % 1.0
    histogram, _ = np.histogram(hue, bins=bins, range=(0, 1), density=True)
    return histogram


@misconception("hue_histogram", loses=[SUM])
def hue_histogram_divided_by_rows(image, bins=12):
    """The counts are divided by the number of rows alone. `len(image)` is H; an image has H * W pixels."""
    hue = rgb_to_hsv(image)[..., 0]
    index = np.floor(hue * bins).astype(int) % bins
    return np.bincount(index.ravel(), minlength=bins) / len(image)


@misconception("hue_histogram", loses=[SUM])
def hue_histogram_divided_by_size(image, bins=12):
    """The sum of the bins is a third: the counts are divided by `image.size`, which counts three numbers for each
    pixel. There are H * W pixels.
    """
    hue = rgb_to_hsv(image)[..., 0]
    index = np.floor(hue * bins).astype(int) % bins
    return np.bincount(index.ravel(), minlength=bins) / image.size


@misconception("hue_histogram", loses=[SUM])
def hue_histogram_largest_is_one(image, bins=12):
    """The counts are divided by the largest of them. Shares of the pixels sum to 1; here the largest bin is 1, and the
    sum depends on how the others compare with it.
    """
    hue = rgb_to_hsv(image)[..., 0]
    index = np.floor(hue * bins).astype(int) % bins
    counts = np.bincount(index.ravel(), minlength=bins)
    return counts / counts.max()


@misconception("hue_histogram", loses=[CIRCLE])
def hue_histogram_hue_one_in_last_bin(image, bins=12):
    """A hue of exactly 1.0 lands in the last bin: `np.histogram` includes the right end of its range there, and an
    index that is cut down to the last bin ends up there too. On the circle of hues, 1.0 is the same red as 0.0, in bin
    0: a circle is wrapped, not clipped.
    """
    hue = rgb_to_hsv(image)[..., 0].ravel()
    histogram, _ = np.histogram(hue, bins=bins, range=(0, 1))
    return histogram / hue.size


@misconception("hue_histogram", loses=[CIRCLE])
def hue_histogram_not_wrapped(image, bins=12):
    """A hue of exactly 1.0 gets the index `bins`, one beyond the last bin, and the histogram becomes too long (or an
    index is out of bounds). On the circle of hues, 1.0 is the same red as 0.0: wrap the index round.
    """
    hue = rgb_to_hsv(image)[..., 0]
    index = np.floor(hue * bins).astype(int)
    return np.bincount(index.ravel(), minlength=bins) / index.size


@misconception("hue_histogram", loses=[BINS])
def hue_histogram_twelve_bins(image, bins=12):
    """There are always 12 bins: the argument `bins` is not used. Call your function with `bins=6` and look at the
    length of the result.
    """
    hue = rgb_to_hsv(image)[..., 0]
    index = np.floor(hue * 12).astype(int) % 12
    return np.bincount(index.ravel(), minlength=12) / index.size


@misconception("hue_histogram", loses=[HUES, SUM, BINS, CIRCLE, BRIGHTNESS, GREY, IMAGE_KEPT])
def hue_histogram_hue_in_degrees(image, bins=12):
    """The hue is taken for an angle from 0 to 360 degrees. `rgb_to_hsv` gives it from 0 to 1, so all pixels land in bin
    0, whatever their colour, and no check can see a colour in your histogram.
    """
    hue = rgb_to_hsv(image)[..., 0]
    histogram, _ = np.histogram(hue, bins=bins, range=(0, 360))
    return histogram / hue.size


@misconception("hue_histogram", loses=[HUES])
def hue_histogram_hue_in_radians(image, bins=12):
    """The hue is taken for an angle from 0 to 2π. `rgb_to_hsv` gives it from 0 to 1, so all pixels land in the first
    two of 12 bins. Print the smallest and the largest hue of an image of many colours.
    """
    hue = rgb_to_hsv(image)[..., 0] % 1.0
    histogram, _ = np.histogram(hue, bins=bins, range=(0, 2 * np.pi))
    return histogram / hue.size


@misconception("hue_histogram", loses=[HUES, BINS, CIRCLE])
def hue_histogram_rounded(image, bins=12):
    """The hue is rounded to the nearest edge of a bin, so every bin is shifted by half its width. Bin b holds hues from
    b / bins to (b + 1) / bins: that is rounding *down*.
    """
    hue = rgb_to_hsv(image)[..., 0]
    index = np.round(hue * bins).astype(int).clip(max=bins - 1)
    return np.bincount(index.ravel(), minlength=bins) / index.size


@misconception("hue_histogram", loses=[HUES, BINS])
def hue_histogram_rounded_and_wrapped(image, bins=12):
    """The hue is rounded to the nearest edge of a bin, so every bin is shifted by half its width. Bin b holds hues from
    b / bins to (b + 1) / bins: that is rounding *down*.
    """
    hue = rgb_to_hsv(image)[..., 0]
    index = np.round(hue * bins).astype(int) % bins
    return np.bincount(index.ravel(), minlength=bins) / index.size


@misconception("hue_histogram", loses=[HUES, CIRCLE])
def hue_histogram_range_of_the_image(image, bins=12):
    """The bins reach from the smallest to the largest hue *of this image*: that is what `np.histogram` does when it is
    given no range. Then bin 3 means another colour in each image, and two histograms cannot be compared. The bins reach
    from 0 to 1.
    """
    hue = rgb_to_hsv(image)[..., 0]
    histogram, _ = np.histogram(hue, bins=bins)
    return histogram / hue.size


@misconception("hue_histogram", loses=[HUES, CIRCLE, BRIGHTNESS, GREY])
def hue_histogram_value_for_hue(image, bins=12):
    """What is counted is the brightness. `rgb_to_hsv` returns hue, saturation and value in this order, so the last
    index is 0 for the hue, and 2 for the value, which is the same for a bright red and a bright blue.
    """
    value = rgb_to_hsv(image)[..., 2]
    index = np.floor(value * bins).astype(int) % bins
    return np.bincount(index.ravel(), minlength=bins) / index.size


@misconception("hue_histogram", loses=[HUES, GREY])
def hue_histogram_red_and_blue_swapped(image, bins=12):
    """Red and blue have changed places before the conversion, so orange counts as azure. (Some other libraries store
    images as blue, green, red.) Here the last axis is red, green, blue, as `rgb_to_hsv` wants it.
    """
    hue = rgb_to_hsv(image[..., ::-1])[..., 0]
    index = np.floor(hue * bins).astype(int) % bins
    return np.bincount(index.ravel(), minlength=bins) / index.size


@misconception("hue_histogram", loses=[HUES, CIRCLE, BRIGHTNESS, GREY])
def hue_histogram_red_channel(image, bins=12):
    """What is counted is the red channel: `image[..., 0]` is how much red a pixel has, not its hue. Convert with
    `rgb_to_hsv` first.
    """
    red = np.asarray(image, float)[..., 0]
    index = np.minimum((red * bins).astype(int), bins - 1)
    return np.bincount(index.ravel(), minlength=bins) / index.size


@misconception("hue_histogram", loses=[BRIGHTNESS, GREY])
def hue_histogram_weighted_by_saturation(image, bins=12):
    """Each pixel counts with its saturation, so that pale pixels count less. That is a sensible feature, but not the
    one that is asked for: here each pixel counts once, and the histogram stays when colours get paler.
    """
    hsv = rgb_to_hsv(image)
    index = np.floor(hsv[..., 0] * bins).astype(int) % bins
    return np.bincount(index.ravel(), hsv[..., 1].ravel(), minlength=bins) / hsv[..., 1].sum()


@misconception("hue_histogram", loses=[BRIGHTNESS, CIRCLE, GREY])
def hue_histogram_weighted_by_value(image, bins=12):
    """Each pixel counts with its brightness, so that dark pixels count less. Here each pixel counts once, and the
    histogram stays when the image gets darker.
    """
    hsv = rgb_to_hsv(image)
    index = np.floor(hsv[..., 0] * bins).astype(int) % bins
    return np.bincount(index.ravel(), hsv[..., 2].ravel(), minlength=bins) / hsv[..., 2].sum()


@misconception("hue_histogram", loses=[GREY])
def hue_histogram_grey_left_out(image, bins=12):
    """Grey pixels are left out. It is true that grey has no hue, but `rgb_to_hsv` gives it the hue 0, and the histogram
    counts each pixel of the image.
    """
    hsv = rgb_to_hsv(image)
    hue = hsv[..., 0][hsv[..., 1] > 0]
    index = np.floor(hue * bins).astype(int) % bins
    return np.bincount(index, minlength=bins) / max(index.size, 1)


@misconception("hue_histogram", loses=[HUES, SUM, BINS, CIRCLE, BRIGHTNESS, GREY, IMAGE_KEPT])
def hue_histogram_one_bin_short(image, bins=12):
    """There is one bin too few: `np.linspace(0, 1, bins)` gives as many *edges* as there should be bins, and n edges
    bound n - 1 bins.
    """
    hue = rgb_to_hsv(image)[..., 0] % 1.0
    histogram, _ = np.histogram(hue, bins=np.linspace(0, 1, bins))
    return histogram / hue.size


@misconception("hue_histogram", loses=[IMAGE_KEPT])
def hue_histogram_image_changed(image, bins=12):
    """The hues are written back into the caller's image: `hue = image[..., 0]` is a view of it, and what is assigned to
    `hue[...]` changes the image itself. Who calls your function still needs the image.
    """
    hue = image[..., 0]
    hue[...] = rgb_to_hsv(image)[..., 0]
    index = np.floor(hue * bins).astype(int) % bins
    return np.bincount(index.ravel(), minlength=bins) / index.size


@misconception("hue_histogram", loses=[SUM, CIRCLE])
def hue_histogram_counts_not_wrapped(image, bins=12):
    """Two things: the bins hold numbers of pixels, not shares; and a hue of exactly 1.0, which is the red of hue 0.0,
    lands in the last bin of `np.histogram` in place of bin 0.
    """
    hue = rgb_to_hsv(image)[..., 0]
    histogram, _ = np.histogram(hue, bins=bins, range=(0, 1))
    return histogram


@misconception("hue_histogram", loses=[BINS, SUM])
def hue_histogram_twelve_bins_counted(image, bins=12):
    """Two things: there are always 12 bins, whatever the argument `bins` says; and they hold numbers of pixels, not
    shares that sum to 1.
    """
    hue = rgb_to_hsv(image)[..., 0]
    index = np.floor(hue * 12).astype(int) % 12
    return np.bincount(index.ravel(), minlength=12)


# hog_features


@misconception("hog_features", loses=[ORIENTATION])
def hog_features_axes_swapped(gray, cell=8, bins=9):
    """The derivatives gx and gy have changed places, so that vertical edges are found in the bins of horizontal ones.
    Two places to look at: `np.gradient` returns the change along axis 0 first, from row to row, *downwards*; and
    arctan2 takes y first.
    """
    gx, gy = np.gradient(gray)
    magnitude = np.sqrt(gx**2 + gy**2)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[ORIENTATION])
def hog_features_downwards_taken_for_upwards(gray, cell=8, bins=9):
    """The vertical direction is turned: angles are counted as if rows went upwards. The first index of an image counts
    rows downwards, and gy is used with the sign that `np.gradient` gives it.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(-gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[ORIENTATION])
def hog_features_along_the_edge(gray, cell=8, bins=9):
    """The angles are those of the edges, not of the gradients: a right angle was added. Here the orientation is that of
    the gradient, *across* the edge, from dark to bright: a vertical edge belongs to bin 0.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = (np.degrees(np.arctan2(gy, gx)) + 90) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[ORIENTATION, UNSIGNED])
def hog_features_signed(gray, cell=8, bins=9):
    """The orientations are signed: your bins cover 0 to 360 degrees. From dark to bright or from bright to dark is the
    same edge here, so angles are taken modulo 180, and a bin is 180 / bins degrees wide.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 360
    index = np.floor(angle / (360 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[UNSIGNED])
def hog_features_modulo_360(gray, cell=8, bins=9):
    """The bins are 180 / bins degrees wide, but the angles go up to 360 degrees, and those beyond 180 are thrown away
    or pushed into the last bin. The other direction of the same edge is the same orientation: take the angles modulo
    180.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 360
    index = np.minimum(np.floor(angle / (180 / bins)).astype(int), bins - 1)
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[UNSIGNED, MAGNITUDE])
def hog_features_negative_angles_dropped(gray, cell=8, bins=9):
    """Negative angles are lost. arctan2 gives angles from -180 to 180 degrees, and `np.histogram` with a range from 0
    to 180 ignores those below 0: half of the edges. Bring all angles into [0, 180) first.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx))
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j], _ = np.histogram(angle[part], bins=bins, range=(0, 180), weights=magnitude[part])
    return features


@misconception("hog_features", loses=[UNSIGNED])
def hog_features_absolute_angles(gray, cell=8, bins=9):
    """The sign of the angle is dropped by an absolute value. An angle of -30 degrees is the opposite of 150 degrees, so
    that is its orientation, not 30 degrees: that would be a different edge. Modulo 180 does it right.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.abs(np.degrees(np.arctan2(gy, gx))) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[UNSIGNED])
def hog_features_last_bin_holds_180(gray, cell=8, bins=9):
    """An angle of exactly 180 degrees lands in the last bin. It is the orientation 0, of the same vertical edge with
    dark and bright exchanged; orientations lie in [0, 180), without the right end. Adding 180 to negative angles is not
    enough.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx))
    angle[angle < 0] += 180
    index = np.minimum(np.floor(angle / (180 / bins)).astype(int), bins - 1)
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[ORIENTATION, UNSIGNED])
def hog_features_radians(gray, cell=8, bins=9):
    """The angles are in radians, but the bins in degrees: arctan2 returns numbers from -π to π, which all fall into the
    first or the last bin of 20 degrees. Convert before you take them modulo 180.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.arctan2(gy, gx) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[ORIENTATION, BINS])
def hog_features_rounded(gray, cell=8, bins=9):
    """The angle is rounded to the nearest edge between two bins, so each bin is shifted by half its width. Bin b holds
    the angles from b to b + 1 times 180 / bins: that is rounding *down*.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.round(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[ORIENTATION, BINS])
def hog_features_shared_between_bins(gray, cell=8, bins=9):
    """Each pixel is shared between the two nearest bins. The published method does that; here, each pixel adds its
    whole magnitude to one bin.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    place = angle / (180 / bins) - 0.5
    lower = np.floor(place).astype(int)
    share = place - lower
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            np.add.at(features[i, j], lower[part] % bins, (1 - share[part]) * magnitude[part])
            np.add.at(features[i, j], (lower[part] + 1) % bins, share[part] * magnitude[part])
    return features


@misconception("hog_features", loses=[MAGNITUDE])
def hog_features_counted(gray, cell=8, bins=9):
    """The pixels are counted: each one adds 1, so faint noise counts as much as a strong edge. Each pixel adds the
    magnitude of its gradient.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[MAGNITUDE])
def hog_features_magnitude_squared(gray, cell=8, bins=9):
    """The weights are squared magnitudes: the square root of gx² + gy² is missing. An edge twice as strong then counts
    four times.
    """
    gy, gx = np.gradient(gray)
    magnitude = gx**2 + gy**2
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[MAGNITUDE])
def hog_features_absolute_values_added(gray, cell=8, bins=9):
    """The magnitude is |gx| + |gy|. The length of the gradient is the square root of gx² + gy²: otherwise, slanting
    edges count more than upright ones of the same strength.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.abs(gx) + np.abs(gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[MAGNITUDE])
def hog_features_one_sided_differences(gray, cell=8, bins=9):
    """The gradient is taken between each pixel and the one before it. `np.gradient` compares the neighbours on both
    sides and divides by two, which is centred at the pixel; only at the borders is it one-sided.
    """
    gy, gx = np.zeros(gray.shape), np.zeros(gray.shape)
    gy[1:], gx[:, 1:] = np.diff(gray, axis=0), np.diff(gray, axis=1)
    gy[0], gx[:, 0] = gy[1], gx[:, 1]
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[MAGNITUDE])
def hog_features_not_halved(gray, cell=8, bins=9):
    """The differences of the neighbours are not divided by two (their distance is two pixels), or the borders are done
    in another way than `np.gradient` does them. Compare your gx and gy with its result on a small array.
    """
    padded = np.pad(np.asarray(gray, float), 1, mode="reflect", reflect_type="odd")
    gy, gx = padded[2:, 1:-1] - padded[:-2, 1:-1], padded[1:-1, 2:] - padded[1:-1, :-2]
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[MAGNITUDE])
def hog_features_borders_left_out(gray, cell=8, bins=9):
    """The pixels at the borders of the image have no gradient in your function. `np.gradient` has one for them too,
    from one side.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    magnitude[[0, -1]] = 0
    magnitude[:, [0, -1]] = 0
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[MAGNITUDE, CELLS])
def hog_features_unit_sum_of_cells(gray, cell=8, bins=9):
    """The histogram of each cell is divided by its sum, so that a cell of faint noise looks like one with a strong
    edge. Here nothing is normalised: the bins of a cell add up to the magnitudes of its pixels.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features / (features.sum(axis=2, keepdims=True) + 1e-12)


@misconception("hog_features", loses=[MAGNITUDE, CELLS, BINS])
def hog_features_unit_length_of_cells(gray, cell=8, bins=9):
    """The histogram of each cell is divided by its length, as the published method does with blocks of cells. Here
    nothing is normalised: the bins of a cell add up to the magnitudes of its pixels.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features / (np.linalg.norm(features, axis=2, keepdims=True) + 1e-12)


@misconception("hog_features", loses=[MAGNITUDE, CELLS])
def hog_features_mean_of_cells(gray, cell=8, bins=9):
    """The magnitudes of a cell are averaged: your features are divided by the number of pixels of a cell. They should
    be added up.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins) / cell**2
    return features


@misconception("hog_features", loses=[MAGNITUDE, CELLS, BINS])
def hog_features_repeated_places_once(gray, cell=8, bins=9):
    """Of all the pixels that add to the same bin of the same cell, only one is counted: `features[i, j, b] += m` with
    arrays of indices reads all places first and writes each of them once. `np.add.at` adds repeatedly.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    y, x = np.indices((rows * cell, columns * cell))
    inside = np.s_[: rows * cell, : columns * cell]
    features[y // cell, x // cell, index[inside]] += magnitude[inside]
    return features


@misconception("hog_features", loses=[MAGNITUDE, CELLS])
def hog_features_gradient_of_each_cell(gray, cell=8, bins=9):
    """The gradient is taken within each cell alone, so that edges between two cells are not seen. Take it of the whole
    image first, and cut that into cells.
    """
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            gy, gx = np.gradient(gray[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell])
            magnitude = np.hypot(gx, gy)
            angle = np.degrees(np.arctan2(gy, gx)) % 180
            index = np.floor(angle / (180 / bins)).astype(int) % bins
            np.add.at(features[i, j], index, magnitude)
    return features


@misconception("hog_features", loses=[SHAPE, ORIENTATION, UNSIGNED, MAGNITUDE, CELLS, BINS])
def hog_features_cells_transposed(gray, cell=8, bins=9):
    """Rows and columns of cells have changed places: the shape is (W // cell, H // cell, bins). The first index counts
    the cells downwards, as the image's first index counts its rows.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features.transpose(1, 0, 2)


@misconception("hog_features", loses=[SHAPE])
def hog_features_flattened(gray, cell=8, bins=9):
    """The features come as one long row. Their shape should be (H // cell, W // cell, bins), so that one can see which
    cell is which; flatten them where you need a row.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features.ravel()


@misconception("hog_features", loses=[SHAPE])
def hog_features_cells_begun_too(gray, cell=8, bins=9):
    """There are cells that hang over the border of the image: the number of cells is rounded up. Only whole cells
    count, and what lies beyond the last one is left out.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = -(-gray.shape[0] // cell), -(-gray.shape[1] // cell)
    features = np.zeros((rows, columns, bins))
    y, x = np.indices(gray.shape)
    np.add.at(features, (y // cell, x // cell, index), magnitude)
    return features


@misconception("hog_features", loses=[SHAPE])
def hog_features_cells_stretched(gray, cell=8, bins=9):
    """The image is divided into H // cell parts of equal size, so that cells of an image whose size is no multiple of
    `cell` are larger than they should be. Cells have `cell` pixels; the rest beyond the last one is left out.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    y, x = np.indices(gray.shape)
    np.add.at(features, (y * rows // gray.shape[0], x * columns // gray.shape[1], index), magnitude)
    return features


@misconception("hog_features", loses=[SHAPE])
def hog_features_multiples_only(gray, cell=8, bins=9):
    """Your function only works for images whose sides are multiples of `cell`. The rest beyond the last whole cell is
    left out, so cut it off before you reshape.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for b in range(bins):
        features[..., b] = np.where(index == b, magnitude, 0).reshape(rows, cell, columns, cell).sum(axis=(1, 3))
    return features


@misconception("hog_features", loses=[CELLS])
def hog_features_cells_of_eight(gray, cell=8, bins=9):
    """The cells always have 8 pixels: the argument `cell` is not used. Call your function with `cell=4` and look at the
    shape of the result.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    cell = 8
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[BINS])
def hog_features_nine_bins(gray, cell=8, bins=9):
    """There are always 9 bins of 20 degrees: the argument `bins` is not used everywhere. Call your function with
    `bins=18` and look at the last axis of the result.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / 20).astype(int) % 9
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, 9))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=9)
    return features


@misconception("hog_features", loses=[BINS])
def hog_features_bins_of_twenty_degrees(gray, cell=8, bins=9):
    """The bins are always 20 degrees wide, however many there are. With `bins` bins from 0 to 180 degrees, each is 180
    / bins degrees wide.
    """
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / 20).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[IMAGE_KEPT])
def hog_features_image_changed(gray, cell=8, bins=9):
    """The caller's image is changed: `gray -= ...` writes into the array that was passed. Make a new array
    (`gray = gray - ...`), or leave the image as it is: a constant does not change a gradient.
    """
    if gray.dtype == float:
        gray -= gray.mean()
    gy, gx = np.gradient(gray)
    magnitude = np.hypot(gx, gy)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), magnitude[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[ORIENTATION, MAGNITUDE])
def hog_features_axes_swapped_and_counted(gray, cell=8, bins=9):
    """Two things: gx and gy have changed places (`np.gradient` returns the rows' direction first, and arctan2 takes y
    first); and the pixels are counted, where each should add the magnitude of its gradient.
    """
    gx, gy = np.gradient(gray)
    angle = np.degrees(np.arctan2(gy, gx)) % 180
    index = np.floor(angle / (180 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), minlength=bins)
    return features


@misconception("hog_features", loses=[ORIENTATION, UNSIGNED, MAGNITUDE])
def hog_features_signed_and_counted(gray, cell=8, bins=9):
    """Two things: the orientations are signed, over 360 degrees, but an edge is the same from dark to bright and from
    bright to dark; and the pixels are counted, where each should add the magnitude of its gradient.
    """
    gy, gx = np.gradient(gray)
    angle = np.degrees(np.arctan2(gy, gx)) % 360
    index = np.floor(angle / (360 / bins)).astype(int) % bins
    rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
    features = np.zeros((rows, columns, bins))
    for i in range(rows):
        for j in range(columns):
            part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
            features[i, j] = np.bincount(index[part].ravel(), minlength=bins)
    return features


# extract_patches


@misconception("extract_patches", loses=[EVERY_PLACE])
def extract_patches_last_position_missing(images, size, num, rng):
    """The last row and the last column of positions are never drawn: `rng.integers(n)` stops before n, and a patch may
    begin at any row from 0 to H - size, both included. How many rows are these?
    """
    N, H, W, _ = images.shape
    patches = []
    for _ in range(num):
        image = images[rng.integers(N)]
        y, x = rng.integers(max(H - size, 1)), rng.integers(max(W - size, 1))
        patches.append(image[y : y + size, x : x + size].ravel())
    return np.array(patches)


@misconception("extract_patches", loses=[SHAPE, SQUARES, EVERY_PLACE, BY_RNG, IMAGES_KEPT])
def extract_patches_beyond_the_border(images, size, num, rng):
    """Some patches begin so far down or to the right that they do not fit into the image, and are cut off. A patch of
    `size` rows that begins at row y ends at row y + size, which must not be more than H.
    """
    N, H, W, _ = images.shape
    i, y, x = rng.integers(N, size=num), rng.integers(H, size=num), rng.integers(W, size=num)
    return np.array([images[i[n], y[n] : y[n] + size, x[n] : x[n] + size].ravel() for n in range(num)])


@misconception("extract_patches", loses=[EVERY_PLACE])
def extract_patches_pushed_to_the_border(images, size, num, rng):
    """Positions beyond the last one are pushed back to it, so the borders are drawn more often than the rest. Draw from
    the positions that fit in the first place.
    """
    N, H, W, _ = images.shape
    i, y, x = rng.integers(N, size=num), rng.integers(H, size=num), rng.integers(W, size=num)
    y, x = np.minimum(y, H - size), np.minimum(x, W - size)
    return np.array([images[i[n], y[n] : y[n] + size, x[n] : x[n] + size].ravel() for n in range(num)])


@misconception("extract_patches", loses=[SHAPE, SQUARES, EVERY_PLACE, IMAGES_KEPT])
def extract_patches_height_for_width(images, size, num, rng):
    """Height and width are mixed up: the column is drawn from as many positions as there are rows. That is only right
    in images that are squares.
    """
    N, H, _, _ = images.shape
    i, y, x = rng.integers(N, size=num), rng.integers(H - size + 1, size=num), rng.integers(H - size + 1, size=num)
    return np.array([images[i[n], y[n] : y[n] + size, x[n] : x[n] + size].ravel() for n in range(num)])


@misconception("extract_patches", loses=[EVERY_PLACE])
def extract_patches_one_number_for_both(images, size, num, rng):
    """Row and column are the same random number, so all patches lie on the diagonal of their image. Each needs a draw
    of its own.
    """
    N, H, W, _ = images.shape
    i, y = rng.integers(N, size=num), rng.integers(min(H, W) - size + 1, size=num)
    return np.array([images[i[n], y[n] : y[n] + size, y[n] : y[n] + size].ravel() for n in range(num)])


@misconception("extract_patches", loses=[EVERY_PLACE])
def extract_patches_first_image_only(images, size, num, rng):
    """All patches are from the first image. Draw the image, too, anew for each patch."""
    _, H, W, _ = images.shape
    y, x = rng.integers(H - size + 1, size=num), rng.integers(W - size + 1, size=num)
    return np.array([images[0, y[n] : y[n] + size, x[n] : x[n] + size].ravel() for n in range(num)])


@misconception("extract_patches", loses=[EVERY_PLACE])
def extract_patches_one_position(images, size, num, rng):
    """All patches of a call are from the same position: row and column are drawn once, before the loop. Draw them anew
    for each patch.
    """
    N, H, W, _ = images.shape
    y, x = rng.integers(H - size + 1), rng.integers(W - size + 1)
    return np.array([images[i, y : y + size, x : x + size].ravel() for i in rng.integers(N, size=num)])


@misconception("extract_patches", loses=[EVERY_PLACE])
def extract_patches_one_image(images, size, num, rng):
    """All patches of a call are from one image: it is drawn once, before the loop. Draw it anew for each patch."""
    N, H, W, _ = images.shape
    i, y, x = rng.integers(N), rng.integers(H - size + 1, size=num), rng.integers(W - size + 1, size=num)
    return np.array([images[i, y[n] : y[n] + size, x[n] : x[n] + size].ravel() for n in range(num)])


@misconception("extract_patches", loses=[EVERY_PLACE, BY_RNG])
def extract_patches_in_order(images, size, num, rng):
    """Nothing is random: the patches are the first ones of the first image, one after the other. Draw image, row and
    column for each patch.
    """
    _, H, W, _ = images.shape
    places = [(y, x) for y in range(H - size + 1) for x in range(W - size + 1)]
    patches = [images[0, y : y + size, x : x + size].ravel() for y, x in places]
    return np.array([patches[n % len(patches)] for n in range(num)])


@misconception("extract_patches", loses=[SQUARES])
def extract_patches_colours_first(images, size, num, rng):
    """A patch holds all its reds first, then its greens, then its blues. That is another order than that of `image[y :
    y + size, x : x + size].ravel()`, in which the three colours of a pixel lie side by side.
    """
    N, H, W, _ = images.shape
    i, y, x = rng.integers(N, size=num), rng.integers(H - size + 1, size=num), rng.integers(W - size + 1, size=num)
    squares = np.array([images[i[n], y[n] : y[n] + size, x[n] : x[n] + size] for n in range(num)])
    return squares.transpose(0, 3, 1, 2).reshape(num, -1)


@misconception("extract_patches", loses=[SQUARES])
def extract_patches_transposed(images, size, num, rng):
    """The squares are flattened column by column. `ravel` goes row by row unless it is told otherwise, and a bag of
    words has to flatten its windows in the same order.
    """
    N, H, W, _ = images.shape
    i, y, x = rng.integers(N, size=num), rng.integers(H - size + 1, size=num), rng.integers(W - size + 1, size=num)
    squares = np.array([images[i[n], y[n] : y[n] + size, x[n] : x[n] + size] for n in range(num)])
    return squares.transpose(0, 2, 1, 3).reshape(num, -1)


@misconception("extract_patches", loses=[SQUARES])
def extract_patches_scattered_pixels(images, size, num, rng):
    """A patch is made of single pixels from all over an image. It should be a whole square: size x size neighbouring
    pixels, of which only the corner is drawn.
    """
    N, H, W, _ = images.shape
    i = rng.integers(N, size=num)
    y, x = rng.integers(H, size=(num, size * size)), rng.integers(W, size=(num, size * size))
    y[:, 0], x[:, 0] = rng.integers(H - size + 1, size=num), rng.integers(W - size + 1, size=num)
    return images[i[:, None], y, x].reshape(num, -1)


@misconception("extract_patches", loses=[SHAPE])
def extract_patches_not_flattened(images, size, num, rng):
    """The patches are still squares: the shape is (num, size, size, 3). A vocabulary is built from rows of numbers, so
    flatten each patch.
    """
    N, H, W, _ = images.shape
    i, y, x = rng.integers(N, size=num), rng.integers(H - size + 1, size=num), rng.integers(W - size + 1, size=num)
    return np.array([images[i[n], y[n] : y[n] + size, x[n] : x[n] + size] for n in range(num)])


@misconception("extract_patches", loses=[SHAPE, SQUARES, EVERY_PLACE, BY_RNG, IMAGES_KEPT])
def extract_patches_num_of_each_image(images, size, num, rng):
    """There are `num` patches of each image. `num` is their number in all; the image of each is drawn, too."""
    _, H, W, _ = images.shape
    patches = []
    for image in images:
        for _ in range(num):
            y, x = rng.integers(H - size + 1), rng.integers(W - size + 1)
            patches.append(image[y : y + size, x : x + size].ravel())
    return np.array(patches)


@misconception("extract_patches", loses=[SHAPE, SQUARES, EVERY_PLACE, BY_RNG, IMAGES_KEPT])
def extract_patches_grey(images, size, num, rng):
    """The colours are averaged away, so each patch has size * size numbers. Keep all three colours of each pixel: a
    visual word is a piece of a colour image.
    """
    N, H, W, _ = images.shape
    i, y, x = rng.integers(N, size=num), rng.integers(H - size + 1, size=num), rng.integers(W - size + 1, size=num)
    gray = images.mean(axis=3)
    return np.array([gray[i[n], y[n] : y[n] + size, x[n] : x[n] + size].ravel() for n in range(num)])


@misconception("extract_patches", loses=[SQUARES, EVERY_PLACE])
def extract_patches_mean_subtracted(images, size, num, rng):
    """The mean of each patch is subtracted. Some vocabularies are made so, but here a patch holds the numbers of the
    image as they are.
    """
    N, H, W, _ = images.shape
    i, y, x = rng.integers(N, size=num), rng.integers(H - size + 1, size=num), rng.integers(W - size + 1, size=num)
    patches = np.array([images[i[n], y[n] : y[n] + size, x[n] : x[n] + size].ravel() for n in range(num)])
    return patches - patches.mean(axis=1, keepdims=True)


@misconception("extract_patches", loses=[BY_RNG])
def extract_patches_other_random_numbers(images, size, num, rng):
    """The random numbers come from elsewhere, such as `np.random.randint`, and not from the `rng` that was passed. Then
    nobody can repeat what you did: draw everything from `rng`.
    """
    N, H, W, _ = images.shape
    patches = []
    for _ in range(num):
        y, x = np.random.randint(H - size + 1), np.random.randint(W - size + 1)
        patches.append(images[np.random.randint(N), y : y + size, x : x + size].ravel())
    return np.array(patches)


@misconception("extract_patches", loses=[BY_RNG])
def extract_patches_own_seed(images, size, num, rng):
    """Your function makes a generator of its own, always with the same seed, so every call draws the same patches. Use
    the `rng` that was passed.
    """
    rng = np.random.default_rng(0)
    N, H, W, _ = images.shape
    i, y, x = rng.integers(N, size=num), rng.integers(H - size + 1, size=num), rng.integers(W - size + 1, size=num)
    return np.array([images[i[n], y[n] : y[n] + size, x[n] : x[n] + size].ravel() for n in range(num)])


@misconception("extract_patches", loses=[IMAGES_KEPT])
def extract_patches_images_changed(images, size, num, rng):
    """The caller's images are changed: `images -= ...` writes into the array that was passed. Who calls your function
    still needs the images as they were.
    """
    N, H, W, _ = images.shape
    i, y, x = rng.integers(N, size=num), rng.integers(H - size + 1, size=num), rng.integers(W - size + 1, size=num)
    patches = np.array([images[i[n], y[n] : y[n] + size, x[n] : x[n] + size].ravel() for n in range(num)])
    images -= images.mean()
    return patches


@misconception("extract_patches", loses=[SHAPE, EVERY_PLACE])
def extract_patches_not_flattened_last_position_missing(images, size, num, rng):
    """Two things: the patches are still squares and should be flattened into rows; and the last row and column of
    positions are never drawn, because `rng.integers(n)` stops before n.
    """
    N, H, W, _ = images.shape
    patches = []
    for _ in range(num):
        image = images[rng.integers(N)]
        y, x = rng.integers(max(H - size, 1)), rng.integers(max(W - size, 1))
        patches.append(image[y : y + size, x : x + size])
    return np.array(patches)


# build_vocabulary


@misconception("build_vocabulary", loses=[EMPTY])
def build_vocabulary_empty_becomes_nan(patches, k, num_iters, rng):
    """A word to which no patch is nearest becomes NaN: it is the mean of nothing, 0 / 0. Let such a word stay where it
    is; that also keeps the inertia from rising.
    """
    centres = patches[rng.choice(len(patches), k, replace=False)].astype(float)
    with np.errstate(all="ignore"):
        for _ in range(num_iters):
            nearest = np.argmin(((patches[:, None] - centres) ** 2).sum(axis=2), axis=1)
            for j in range(k):
                centres[j] = patches[nearest == j].sum(axis=0) / np.float64(np.sum(nearest == j))
    return centres


@misconception("build_vocabulary", loses=[EMPTY])
def build_vocabulary_empty_becomes_zero(patches, k, num_iters, rng):
    """A word to which no patch is nearest becomes all zeros, a place that may be far from all patches. Let it stay
    where it is, or put it on a patch.
    """
    centres = patches[rng.choice(len(patches), k, replace=False)].astype(float)
    for _ in range(num_iters):
        nearest = np.argmin(((patches[:, None] - centres) ** 2).sum(axis=2), axis=1)
        for j in range(k):
            centres[j] = patches[nearest == j].sum(axis=0) / max(np.sum(nearest == j), 1)
    return centres


@misconception("build_vocabulary", loses=[EMPTY])
def build_vocabulary_empty_disappears(patches, k, num_iters, rng):
    """A word to which no patch is nearest disappears, so that fewer than k words come back, and histograms of different
    vocabularies have different lengths. Let it stay where it is.
    """
    centres = patches[rng.choice(len(patches), k, replace=False)].astype(float)
    for _ in range(num_iters):
        nearest = np.argmin(((patches[:, None] - centres) ** 2).sum(axis=2), axis=1)
        centres = np.array([patches[nearest == j].mean(axis=0) for j in range(len(centres)) if np.any(nearest == j)])
    return centres


@misconception("build_vocabulary", loses=[START])
def build_vocabulary_start_with_repetition(patches, k, num_iters, rng):
    """The start may hold the same patch more than once: `rng.integers` and `rng.choice` draw with replacement unless
    they are told otherwise. Two words in the same place stay together, and one of them is wasted.
    """
    centres = patches[rng.integers(len(patches), size=k)].astype(float)
    for _ in range(num_iters):
        nearest = np.argmin(((patches[:, None] - centres) ** 2).sum(axis=2), axis=1)
        for j in range(k):
            if np.any(nearest == j):
                centres[j] = patches[nearest == j].mean(axis=0)
    return centres


@misconception("build_vocabulary", loses=[BY_RNG])
def build_vocabulary_first_patches(patches, k, num_iters, rng):
    """The start is always the first k patches, which may all be from one corner of one image. Draw k different ones
    with `rng`.
    """
    centres = patches[:k].astype(float)
    for _ in range(num_iters):
        nearest = np.argmin(((patches[:, None] - centres) ** 2).sum(axis=2), axis=1)
        for j in range(k):
            if np.any(nearest == j):
                centres[j] = patches[nearest == j].mean(axis=0)
    return centres


@misconception("build_vocabulary", loses=[START])
def build_vocabulary_start_anywhere(patches, k, num_iters, rng):
    """The words start at random places between the smallest and the largest numbers, where there may be no patch near.
    Start from k different patches, so that each word has at least one.
    """
    centres = rng.uniform(patches.min(axis=0), patches.max(axis=0), size=(k, patches.shape[1]))
    for _ in range(num_iters):
        nearest = np.argmin(((patches[:, None] - centres) ** 2).sum(axis=2), axis=1)
        for j in range(k):
            if np.any(nearest == j):
                centres[j] = patches[nearest == j].mean(axis=0)
    return centres


@misconception("build_vocabulary", loses=[ROUNDS, MEANS, INERTIA])
def build_vocabulary_never_moved(patches, k, num_iters, rng):
    """The words never move: they are still the k patches that were drawn. Each round has a second step, which sets
    every word to the mean of the patches that are nearest to it.
    """
    centres = patches[rng.choice(len(patches), k, replace=False)].astype(float)
    return centres


@misconception("build_vocabulary", loses=[ROUNDS, MEANS])
def build_vocabulary_assigned_once(patches, k, num_iters, rng):
    """Only the first round has an effect. Either the patches are assigned to words once, before the loop (after the
    words have moved, others may be nearest), or the function returns within its loop: look at how far `return` is
    indented.
    """
    centres = patches[rng.choice(len(patches), k, replace=False)].astype(float)
    nearest = np.argmin(((patches[:, None] - centres) ** 2).sum(axis=2), axis=1)
    for _ in range(num_iters):
        for j in range(k):
            if np.any(nearest == j):
                centres[j] = patches[nearest == j].mean(axis=0)
    return centres


@misconception("build_vocabulary", loses=[ROUNDS])
def build_vocabulary_one_round_less(patches, k, num_iters, rng):
    """There is one round too few: `range(1, num_iters)` has num_iters - 1 elements. A round is an assignment and a step
    of the words, and there should be `num_iters` of them.
    """
    centres = patches[rng.choice(len(patches), k, replace=False)].astype(float)
    for _ in range(1, num_iters):
        nearest = np.argmin(((patches[:, None] - centres) ** 2).sum(axis=2), axis=1)
        for j in range(k):
            if np.any(nearest == j):
                centres[j] = patches[nearest == j].mean(axis=0)
    return centres


@misconception("build_vocabulary", loses=[START])
def build_vocabulary_one_round_more(patches, k, num_iters, rng):
    """There is one round too many. A round is an assignment and a step of the words, and there should be `num_iters` of
    them; `range(num_iters + 1)` has one more.
    """
    centres = patches[rng.choice(len(patches), k, replace=False)].astype(float)
    for _ in range(num_iters + 1):
        nearest = np.argmin(((patches[:, None] - centres) ** 2).sum(axis=2), axis=1)
        for j in range(k):
            if np.any(nearest == j):
                centres[j] = patches[nearest == j].mean(axis=0)
    return centres


@misconception("build_vocabulary", loses=[ROUNDS, MEANS, INERTIA])
def build_vocabulary_scalar_product(patches, k, num_iters, rng):
    """A patch is given to the word with the largest scalar product. That is not the nearest word: long words win. In |p
    - c|² = |p|² - 2 p·c + |c|², only |p|² is the same for all words; |c|² is not.
    """
    centres = patches[rng.choice(len(patches), k, replace=False)].astype(float)
    for _ in range(num_iters):
        nearest = np.argmax(patches @ centres.T, axis=1)
        for j in range(k):
            if np.any(nearest == j):
                centres[j] = patches[nearest == j].mean(axis=0)
    return centres


@misconception("build_vocabulary", loses=[ROUNDS, MEANS])
def build_vocabulary_farthest(patches, k, num_iters, rng):
    """Each patch is given to the *farthest* word: argmax and argmin of the distances have been mixed up."""
    centres = patches[rng.choice(len(patches), k, replace=False)].astype(float)
    for _ in range(num_iters):
        nearest = np.argmax(((patches[:, None] - centres) ** 2).sum(axis=2), axis=1)
        for j in range(k):
            if np.any(nearest == j):
                centres[j] = patches[nearest == j].mean(axis=0)
    return centres


@misconception("build_vocabulary", loses=[BY_RNG])
def build_vocabulary_other_random_numbers(patches, k, num_iters, rng):
    """The random numbers come from elsewhere, such as `np.random.choice`, and not from the `rng` that was passed. Then
    nobody can repeat what you did: draw everything from `rng`.
    """
    centres = patches[np.random.choice(len(patches), k, replace=False)].astype(float)
    for _ in range(num_iters):
        nearest = np.argmin(((patches[:, None] - centres) ** 2).sum(axis=2), axis=1)
        for j in range(k):
            if np.any(nearest == j):
                centres[j] = patches[nearest == j].mean(axis=0)
    return centres


@misconception("build_vocabulary", loses=[BY_RNG])
def build_vocabulary_own_seed(patches, k, num_iters, rng):
    """Your function makes a generator of its own, always with the same seed, so every call starts from the same
    patches. Use the `rng` that was passed.
    """
    rng = np.random.default_rng(0)
    centres = patches[rng.choice(len(patches), k, replace=False)].astype(float)
    for _ in range(num_iters):
        nearest = np.argmin(((patches[:, None] - centres) ** 2).sum(axis=2), axis=1)
        for j in range(k):
            if np.any(nearest == j):
                centres[j] = patches[nearest == j].mean(axis=0)
    return centres


@misconception("build_vocabulary", loses=[BY_RNG, PATCHES_KEPT])
def build_vocabulary_written_into_patches(patches, k, num_iters, rng):
    """Two things: the start is always the first k patches, where k different ones should be drawn with `rng`; and
    `patches[:k]` is a view, so that the moving words are written into the caller's patches. Work on a copy.
    """
    data = patches.copy()
    centres = patches[:k]
    for _ in range(num_iters):
        nearest = np.argmin(((data[:, None] - centres.astype(float)) ** 2).sum(axis=2), axis=1)
        for j in range(k):
            if np.any(nearest == j):
                centres[j] = data[nearest == j].mean(axis=0)
    return centres


@misconception("build_vocabulary", loses=[PATCHES_KEPT])
def build_vocabulary_patches_shuffled(patches, k, num_iters, rng):
    """The caller's patches are shuffled: `rng.shuffle` works in place. Draw indices instead, or shuffle a copy."""
    rng.shuffle(patches)
    centres = patches[:k].astype(float)
    for _ in range(num_iters):
        nearest = np.argmin(((patches[:, None] - centres) ** 2).sum(axis=2), axis=1)
        for j in range(k):
            if np.any(nearest == j):
                centres[j] = patches[nearest == j].mean(axis=0)
    return centres


@misconception("build_vocabulary", loses=[ROUNDS, EMPTY])
def build_vocabulary_one_round_less_and_nan(patches, k, num_iters, rng):
    """Two things: there is one round too few (`range(1, num_iters)` has num_iters - 1 elements); and a word to which no
    patch is nearest becomes NaN, the mean of nothing.
    """
    centres = patches[rng.choice(len(patches), k, replace=False)].astype(float)
    with np.errstate(all="ignore"):
        for _ in range(1, num_iters):
            nearest = np.argmin(((patches[:, None] - centres) ** 2).sum(axis=2), axis=1)
            for j in range(k):
                centres[j] = patches[nearest == j].sum(axis=0) / np.float64(np.sum(nearest == j))
    return centres


# bag_of_words


@misconception("bag_of_words", loses=[SUM])
def bag_of_words_counts(image, vocabulary, size, stride):
    """The histogram holds numbers of windows, not shares: a large image then has a larger histogram than a small one of
    the same words. Divide by the number of windows.
    """
    counts = np.zeros(len(vocabulary))
    for y in range(0, image.shape[0] - size + 1, stride):
        for x in range(0, image.shape[1] - size + 1, stride):
            window = image[y : y + size, x : x + size].ravel()
            counts[np.argmin(((vocabulary - window) ** 2).sum(axis=1))] += 1
    return counts


@misconception("bag_of_words", loses=[SUM])
def bag_of_words_divided_by_words(image, vocabulary, size, stride):
    """The counts are divided by the number of words. Shares of the windows come from their number: how many windows
    were counted?
    """
    counts = np.zeros(len(vocabulary))
    for y in range(0, image.shape[0] - size + 1, stride):
        for x in range(0, image.shape[1] - size + 1, stride):
            window = image[y : y + size, x : x + size].ravel()
            counts[np.argmin(((vocabulary - window) ** 2).sum(axis=1))] += 1
    return counts / len(vocabulary)


@misconception("bag_of_words", loses=[SUM])
def bag_of_words_divided_by_pixels(image, vocabulary, size, stride):
    """The counts are divided by the number of pixels of the image. There are fewer windows than pixels, and the
    histogram should hold shares of the windows.
    """
    counts = np.zeros(len(vocabulary))
    for y in range(0, image.shape[0] - size + 1, stride):
        for x in range(0, image.shape[1] - size + 1, stride):
            window = image[y : y + size, x : x + size].ravel()
            counts[np.argmin(((vocabulary - window) ** 2).sum(axis=1))] += 1
    return counts / (image.shape[0] * image.shape[1])


@misconception("bag_of_words", loses=[SUM])
def bag_of_words_last_words_missing(image, vocabulary, size, stride):
    """The histogram ends with the last word that occurs, so its length depends on the image, and histograms of two
    images cannot be put into one array. `np.bincount` has an argument for the least number of bins.
    """
    nearest = []
    for y in range(0, image.shape[0] - size + 1, stride):
        for x in range(0, image.shape[1] - size + 1, stride):
            window = image[y : y + size, x : x + size].ravel()
            nearest.append(np.argmin(((vocabulary - window) ** 2).sum(axis=1)))
    return np.bincount(nearest) / len(nearest)


@misconception("bag_of_words", loses=[FIT])
def bag_of_words_last_window_missing(image, vocabulary, size, stride):
    """The last windows are missing: one that begins at row H - size just fits, and `range` stops before its end."""
    counts = np.zeros(len(vocabulary))
    for y in range(0, max(image.shape[0] - size, 1), stride):
        for x in range(0, max(image.shape[1] - size, 1), stride):
            window = image[y : y + size, x : x + size].ravel()
            counts[np.argmin(((vocabulary - window) ** 2).sum(axis=1))] += 1
    return counts / counts.sum()


@misconception("bag_of_words", loses=[NEAREST, STRIDE, FIT, KEPT])
def bag_of_words_windows_beyond_the_border(image, vocabulary, size, stride):
    """Some windows begin so far down or to the right that they are cut off by the border (or raise an error). Only
    windows that fit are counted: what is the last row at which one may begin?
    """
    counts = np.zeros(len(vocabulary))
    for y in range(0, image.shape[0], stride):
        for x in range(0, image.shape[1], stride):
            window = image[y : y + size, x : x + size].ravel()
            counts[np.argmin(((vocabulary - window) ** 2).sum(axis=1))] += 1
    return counts / counts.sum()


@misconception("bag_of_words", loses=[NEAREST, STRIDE, FIT])
def bag_of_words_padded(image, vocabulary, size, stride):
    """The image is padded with zeros, so that windows hang over its border. Only windows that fit into the image are
    counted.
    """
    H, W, _ = image.shape
    padded = np.pad(image, ((0, size), (0, size), (0, 0)))
    counts = np.zeros(len(vocabulary))
    for y in range(0, H, stride):
        for x in range(0, W, stride):
            window = padded[y : y + size, x : x + size].ravel()
            counts[np.argmin(((vocabulary - window) ** 2).sum(axis=1))] += 1
    return counts / counts.sum()


@misconception("bag_of_words", loses=[FIT])
def bag_of_words_height_for_width(image, vocabulary, size, stride):
    """Height and width are mixed up: the columns are counted with the number of rows. That is only right for images
    that are squares.
    """
    counts = np.zeros(len(vocabulary))
    for y in range(0, image.shape[0] - size + 1, stride):
        for x in range(0, image.shape[0] - size + 1, stride):
            window = image[y : y + size, x : x + size].ravel()
            counts[np.argmin(((vocabulary - window) ** 2).sum(axis=1))] += 1
    return counts / counts.sum()


@misconception("bag_of_words", loses=[NEAREST, STRIDE])
def bag_of_words_stride_one_way(image, vocabulary, size, stride):
    """The stride is used in one direction only. Windows follow each other at steps of `stride` both downwards and to
    the right.
    """
    counts = np.zeros(len(vocabulary))
    for y in range(0, image.shape[0] - size + 1, stride):
        for x in range(0, image.shape[1] - size + 1):
            window = image[y : y + size, x : x + size].ravel()
            counts[np.argmin(((vocabulary - window) ** 2).sum(axis=1))] += 1
    return counts / counts.sum()


@misconception("bag_of_words", loses=[NEAREST, STRIDE])
def bag_of_words_stride_ignored(image, vocabulary, size, stride):
    """The argument `stride` is not used: a window begins at every pixel."""
    counts = np.zeros(len(vocabulary))
    for y in range(image.shape[0] - size + 1):
        for x in range(image.shape[1] - size + 1):
            window = image[y : y + size, x : x + size].ravel()
            counts[np.argmin(((vocabulary - window) ** 2).sum(axis=1))] += 1
    return counts / counts.sum()


@misconception("bag_of_words", loses=[STRIDE, FIT])
def bag_of_words_side_by_side(image, vocabulary, size, stride):
    """The windows lie side by side: their step is `size`, and the argument `stride` is not used. With a stride smaller
    than the size, windows overlap.
    """
    counts = np.zeros(len(vocabulary))
    for y in range(0, image.shape[0] - size + 1, size):
        for x in range(0, image.shape[1] - size + 1, size):
            window = image[y : y + size, x : x + size].ravel()
            counts[np.argmin(((vocabulary - window) ** 2).sum(axis=1))] += 1
    return counts / counts.sum()


@misconception("bag_of_words", loses=[NEAREST])
def bag_of_words_scalar_product(image, vocabulary, size, stride):
    """A window is given to the word with the largest scalar product. That is not the nearest word: long words win. In
    |p - c|² = |p|² - 2 p·c + |c|², only |p|² is the same for all words; |c|² is not.
    """
    counts = np.zeros(len(vocabulary))
    for y in range(0, image.shape[0] - size + 1, stride):
        for x in range(0, image.shape[1] - size + 1, stride):
            counts[np.argmax(vocabulary @ image[y : y + size, x : x + size].ravel())] += 1
    return counts / counts.sum()


@misconception("bag_of_words", loses=[NEAREST])
def bag_of_words_absolute_distances(image, vocabulary, size, stride):
    """Nearest is measured by the sum of absolute differences. The words are centres of k-means, which goes by the
    (squared) Euclidean distance; a window should be given to the word whose cluster it would have joined.
    """
    counts = np.zeros(len(vocabulary))
    for y in range(0, image.shape[0] - size + 1, stride):
        for x in range(0, image.shape[1] - size + 1, stride):
            window = image[y : y + size, x : x + size].ravel()
            counts[np.argmin(np.abs(vocabulary - window).sum(axis=1))] += 1
    return counts / counts.sum()


@misconception("bag_of_words", loses=[NEAREST, STRIDE, FIT])
def bag_of_words_farthest(image, vocabulary, size, stride):
    """Each window counts for the *farthest* word: argmax and argmin of the distances have been mixed up."""
    counts = np.zeros(len(vocabulary))
    for y in range(0, image.shape[0] - size + 1, stride):
        for x in range(0, image.shape[1] - size + 1, stride):
            window = image[y : y + size, x : x + size].ravel()
            counts[np.argmax(((vocabulary - window) ** 2).sum(axis=1))] += 1
    return counts / counts.sum()


@misconception("bag_of_words", loses=[NEAREST])
def bag_of_words_colours_first(image, vocabulary, size, stride):
    """The windows are flattened in another order than the patches: all reds first, then all greens, then all blues.
    Window and word then compare different pixels. Flatten both in the same way.
    """
    counts = np.zeros(len(vocabulary))
    for y in range(0, image.shape[0] - size + 1, stride):
        for x in range(0, image.shape[1] - size + 1, stride):
            window = image[y : y + size, x : x + size].transpose(2, 0, 1).ravel()
            counts[np.argmin(((vocabulary - window) ** 2).sum(axis=1))] += 1
    return counts / counts.sum()


@misconception("bag_of_words", loses=[NEAREST])
def bag_of_words_transposed(image, vocabulary, size, stride):
    """The windows are flattened column by column, but the patches row by row, so that window and word compare different
    pixels. Flatten both in the same way.
    """
    counts = np.zeros(len(vocabulary))
    for y in range(0, image.shape[0] - size + 1, stride):
        for x in range(0, image.shape[1] - size + 1, stride):
            window = image[y : y + size, x : x + size].transpose(1, 0, 2).ravel()
            counts[np.argmin(((vocabulary - window) ** 2).sum(axis=1))] += 1
    return counts / counts.sum()


@misconception("bag_of_words", loses=[NEAREST, STRIDE, FIT])
def bag_of_words_present_or_not(image, vocabulary, size, stride):
    """A word counts once, however many windows it is nearest to: with an array of indices, `counts[nearest] += 1`
    writes each place once. `np.add.at` and `np.bincount` count repeated ones.
    """
    nearest = []
    for y in range(0, image.shape[0] - size + 1, stride):
        for x in range(0, image.shape[1] - size + 1, stride):
            window = image[y : y + size, x : x + size].ravel()
            nearest.append(np.argmin(((vocabulary - window) ** 2).sum(axis=1)))
    counts = np.zeros(len(vocabulary))
    counts[nearest] += 1
    return counts / counts.sum()


@misconception("bag_of_words", loses=[NEAREST, STRIDE, FIT])
def bag_of_words_nearest_window_of_each_word(image, vocabulary, size, stride):
    """The minimum of the distances is taken along the wrong axis: for each word the nearest window, where each window
    should find its nearest word. Look at the shape of your distances.
    """
    windows = []
    for y in range(0, image.shape[0] - size + 1, stride):
        for x in range(0, image.shape[1] - size + 1, stride):
            windows.append(image[y : y + size, x : x + size].ravel())
    distances = ((np.array(windows)[:, None] - vocabulary) ** 2).sum(axis=2)
    counts = np.bincount(np.argmin(distances, axis=0) % len(vocabulary), minlength=len(vocabulary))
    return counts / counts.sum()


@misconception("bag_of_words", loses=[KEPT])
def bag_of_words_image_changed(image, vocabulary, size, stride):
    """The caller's arrays are changed: `window -= ...` on a view of the image, or `vocabulary -= ...`, writes into what
    was passed. Make new arrays.
    """
    counts = np.zeros(len(vocabulary))
    for y in range(0, image.shape[0] - size + 1, stride):
        for x in range(0, image.shape[1] - size + 1, stride):
            window = image[y : y + size, x : x + size].ravel()
            counts[np.argmin(((vocabulary - window) ** 2).sum(axis=1))] += 1
    image -= image.mean()
    return counts / counts.sum()


@misconception("bag_of_words", loses=[SUM, FIT])
def bag_of_words_counts_last_window_missing(image, vocabulary, size, stride):
    """Two things: the histogram holds numbers of windows, not shares; and the last windows are missing, those that
    begin at row or column H - size or W - size and just fit.
    """
    counts = np.zeros(len(vocabulary))
    for y in range(0, max(image.shape[0] - size, 1), stride):
        for x in range(0, max(image.shape[1] - size, 1), stride):
            window = image[y : y + size, x : x + size].ravel()
            counts[np.argmin(((vocabulary - window) ** 2).sum(axis=1))] += 1
    return counts


# features_pipeline


@misconception("features_pipeline", loses=[BETTER, MUCH_BETTER])
def features_pipeline_raw_pixels(train, y_train, test):
    """The features are the raw pixels themselves, so the pipeline is as good as the classifier that it should beat. Put
    features in front of it: hues and oriented gradients.
    """
    model = train_linear(train.reshape(len(train), -1), y_train)
    return predict_linear(model, test.reshape(len(test), -1))


@misconception("features_pipeline", loses=[BETTER, MUCH_BETTER])
def features_pipeline_hue_alone(train, y_train, test):
    """The only feature is the hue histogram. Two classes share each hue, so hue alone cannot tell them apart: add
    features that see the stripes.
    """
    A, B = np.array([hue_histogram(image) for image in train]), np.array([hue_histogram(image) for image in test])
    mean, spread = A.mean(axis=0), A.std(axis=0) + 1e-8
    model = train_linear((A - mean) / spread, y_train)
    return predict_linear(model, (B - mean) / spread)


@misconception("features_pipeline", loses=[BETTER, MUCH_BETTER])
def features_pipeline_hog_alone(train, y_train, test):
    """The only feature is HoG. Several classes share each direction of stripes, so it cannot tell them apart: add
    features that see the hue.
    """
    A = np.array([hog_features(image.mean(axis=2)).ravel() for image in train])
    B = np.array([hog_features(image.mean(axis=2)).ravel() for image in test])
    mean, spread = A.mean(axis=0), A.std(axis=0) + 1e-8
    model = train_linear((A - mean) / spread, y_train)
    return predict_linear(model, (B - mean) / spread)


@misconception("features_pipeline", loses=[MUCH_BETTER])
def features_pipeline_not_standardised(train, y_train, test):
    """The features are not brought to one scale. Shares of pixels are numbers around 0.1, sums of magnitudes many times
    as large, so the regularisation silences the hues. Subtract the mean of each column and divide by its standard
    deviation.
    """
    A = np.array([np.append(hue_histogram(image), hog_features(image.mean(axis=2))) for image in train])
    B = np.array([np.append(hue_histogram(image), hog_features(image.mean(axis=2))) for image in test])
    return predict_linear(train_linear(A, y_train), B)


@misconception("features_pipeline", loses=[ALONE])
def features_pipeline_standardised_by_test_set(train, y_train, test):
    """The test images are standardised by their own mean and standard deviation. Then an image gets another label when
    others are tested with it, and a single one always looks like the average. Use those of the training images.
    """
    A = np.array([np.append(hue_histogram(image), hog_features(image.mean(axis=2))) for image in train])
    B = np.array([np.append(hue_histogram(image), hog_features(image.mean(axis=2))) for image in test])
    A, B = (A - A.mean(axis=0)) / (A.std(axis=0) + 1e-8), (B - B.mean(axis=0)) / (B.std(axis=0) + 1e-8)
    return predict_linear(train_linear(A, y_train), B)


@misconception("features_pipeline", loses=[LABELS, ALONE, KEPT])
def features_pipeline_divided_by_zero(train, y_train, test):
    """A feature that is the same in all training images (a bin that is never filled) has the standard deviation 0, and
    0 / 0 is NaN, which spoils all scores. Add a tiny number to the standard deviations.
    """
    A = np.array([np.append(hue_histogram(image), hog_features(image.mean(axis=2))) for image in train])
    B = np.array([np.append(hue_histogram(image), hog_features(image.mean(axis=2))) for image in test])
    with np.errstate(all="ignore"):
        A, B = (A - A.mean(axis=0)) / A.std(axis=0), (B - A.mean(axis=0)) / A.std(axis=0)
    return predict_linear(train_linear(A, y_train), B)


@misconception("features_pipeline", loses=[LABELS, BETTER, MUCH_BETTER, ALONE, KEPT])
def features_pipeline_scores_for_labels(train, y_train, test):
    """What comes back are the scores of all classes. Asked for is one label for each test image: the class with the
    highest score.
    """
    A = np.array([np.append(hue_histogram(image), hog_features(image.mean(axis=2))) for image in train])
    B = np.array([np.append(hue_histogram(image), hog_features(image.mean(axis=2))) for image in test])
    mean, spread = A.mean(axis=0), A.std(axis=0) + 1e-8
    W, b = train_linear((A - mean) / spread, y_train)
    return (B - mean) / spread @ W + b


@misconception("features_pipeline", loses=[LABELS, BETTER, MUCH_BETTER, ALONE, KEPT])
def features_pipeline_labels_of_training_images(train, y_train, test):
    """What comes back are the labels of the *training* images. Train on those, but predict the labels of the test
    images.
    """
    A = np.array([np.append(hue_histogram(image), hog_features(image.mean(axis=2))) for image in train])
    mean, spread = A.mean(axis=0), A.std(axis=0) + 1e-8
    model = train_linear((A - mean) / spread, y_train)
    return predict_linear(model, (A - mean) / spread)


@misconception("features_pipeline", loses=[KEPT])
def features_pipeline_images_changed(train, y_train, test):
    """The caller's images are changed: `train -= ...` writes into the array that was passed. Make new arrays."""
    A = np.array([np.append(hue_histogram(image), hog_features(image.mean(axis=2))) for image in train])
    B = np.array([np.append(hue_histogram(image), hog_features(image.mean(axis=2))) for image in test])
    train -= train.mean(axis=0)
    mean, spread = A.mean(axis=0), A.std(axis=0) + 1e-8
    model = train_linear((A - mean) / spread, y_train)
    return predict_linear(model, (B - mean) / spread)


@misconception("features_pipeline", loses=[BETTER, MUCH_BETTER, KEPT])
def features_pipeline_raw_pixels_centred_in_place(train, y_train, test):
    """Two things: the features are the raw pixels, which the pipeline should beat; and `train -= ...` writes into the
    caller's images. Make new arrays, and put features in front of the classifier.
    """
    mean = train.mean(axis=0)
    train -= mean
    test -= mean
    model = train_linear(train.reshape(len(train), -1), y_train)
    return predict_linear(model, test.reshape(len(test), -1))


# feature_answers


@misconception("feature_answers", loses=[LENGTH])
def feature_answers_cells_only():
    """You give the number of cells. Each of them holds a whole histogram, not one number."""
    hog_length = 1200


@misconception("feature_answers", loses=[LENGTH])
def feature_answers_one_histogram():
    """You give the length of one histogram. HoG keeps one for each cell: how many cells are there?"""
    hog_length = 9


@misconception("feature_answers", loses=[LENGTH])
def feature_answers_signed_bins():
    """You count 18 bins for each cell. That would cover 360 degrees; here the orientations are unsigned, and the
    question says how many bins there are.
    """
    hog_length = 21600


@misconception("feature_answers", loses=[LENGTH])
def feature_answers_numbers_of_the_image():
    """You give the number of pixels of the image. HoG sums up cells of 8 x 8 pixels, each in a short histogram."""
    hog_length = 76800


@misconception("feature_answers", loses=[LENGTH])
def feature_answers_normalised_blocks():
    """You count overlapping blocks of 2 x 2 cells, as the published method does. There are no blocks here: each cell
    counts once.
    """
    hog_length = 40716


@misconception("feature_answers", loses=[LENGTH])
def feature_answers_bin_for_each_pixel():
    """You count bins for each pixel. The pixels of a cell share one histogram."""
    hog_length = 691200


@misconception("feature_answers", loses=[DARKENED])
def feature_answers_darker_is_another_hue():
    """You say that the hue histogram changes in the dark. Which of hue, saturation and value says how bright a pixel
    is, and what becomes of the other two when red, green and blue are halved together?
    """
    hue_changes_when_darkened = True


@misconception("feature_answers", loses=[POSITIONS])
def feature_answers_bag_keeps_places():
    """You say that a bag of words knows places. What would be different in the histogram if two windows changed places
    in the image?
    """
    bag_knows_positions = True


@misconception("feature_answers", loses=[EDGE])
def feature_answers_direction_of_the_edge():
    """You give the bin of 90 degrees, in which the edge itself runs. The gradient does not point along the edge but
    across it: in which direction does the brightness grow here?
    """
    bin_of_vertical_edge = 4


@misconception("feature_answers", loses=[EDGE])
def feature_answers_last_bin():
    """You give the last bin, perhaps from an angle of 180 degrees. Unsigned orientations lie in [0, 180): which one is
    180 degrees the same as?
    """
    bin_of_vertical_edge = 8


@misconception("feature_answers", loses=[EDGE])
def feature_answers_bins_from_one():
    """You count the bins from 1. The question says that they are numbered from 0 to 8."""
    bin_of_vertical_edge = 1
