"""Checks of the assignment ``image_features``.

Most of them are laws (see `laws`), which a wrong value does not break, so that one slip costs one check.
"""

# The first line of a check's docstring is a title, without a full stop.

from __future__ import annotations

import numpy as np

from lossmark import (
    CheckFailed,
    Problem,
    Submission,
    as_array,
    assert_answer,
    assert_close,
    assert_unchanged,
    check,
    rounding_error,
)

from . import drivers, laws, pipeline, problems, reference, visual_words

SOME_BETTER, CLEARLY_BETTER = 0.08, 0.15
"""By how much a pipeline must beat raw pixels: shares of the test images. The notebook asks for 0.25, but with 1000
images for training; with 400, the same features gain about two thirds as much."""


class TestHueHistogram:
    """Colours."""

    cell = "hue_histogram_tests"
    lecture = "Lecture 3, “Image features”: colour histogram"

    @check(points=1, problems=problems.hues, role="values")
    def test_bins_of_hues(self, submission: Submission, problem: Problem) -> None:
        """Each pixel is counted in the bin of its hue"""
        expected = reference.hue_histogram(*problem.args)
        got = laws.as_shares(submission.hue_histogram(*problem.args), 12, "the histogram")
        assert_close(got, expected, tolerance=laws.SHARE, what="the share of the pixels")

    @check(points=0.5, problems=problems.any_colours)
    def test_sums_to_one(self, submission: Submission, problem: Problem) -> None:
        """The histogram holds shares, and sums to 1"""
        (image,) = problem.args
        got = laws.as_vector(submission.hue_histogram(image), 12, "the histogram")
        assert_close(got.sum(), 1.0, tolerance=laws.SHARE, what=f"for {image[..., 0].size} pixels, the sum of the bins")
        laws.assert_depends_on_hue(submission.hue_histogram)

    @check(points=0.5, problems=problems.colours_and_bins)
    def test_number_of_bins(self, submission: Submission, problem: Problem) -> None:
        """There are as many bins as asked for"""
        laws.assert_finer_bins_add_up(submission.hue_histogram, *problem.args, **problem.kwargs)

    @check(points=0.5, problems=problems.wrapped)
    def test_hue_is_a_circle(self, submission: Submission, problem: Problem) -> None:
        """A hue that is rounded to 1.0 belongs to bin 0, the red of hue 0"""
        why = (
            "A pure red pixel (hue 0.0) was changed by 1e-17 of blue, which makes its hue 1.0 after rounding: the same "
            "red. Where does your function put it?"
        )
        laws.assert_same_histogram(submission.hue_histogram, *problem.args, **problem.kwargs, why=why)

    @check(points=0.5, problems=problems.paled)
    def test_brightness_does_not_matter(self, submission: Submission, problem: Problem) -> None:
        """Making colours paler or darker changes nothing"""
        why = "Every pixel was made paler and darker, which leaves its hue as it is."
        laws.assert_same_histogram(submission.hue_histogram, *problem.args, **problem.kwargs, why=why)

    @check(points=0.5, problems=problems.greyed)
    def test_grey_pixels_count(self, submission: Submission, problem: Problem) -> None:
        """Grey, black and white pixels count as hue 0"""
        why = "Red pixels (hue 0) were replaced by grey, black or white ones, to which `rgb_to_hsv` gives the hue 0."
        laws.assert_same_histogram(submission.hue_histogram, *problem.args, **problem.kwargs, why=why)

    @check(points=0.5, problems=problems.images_to_keep)
    def test_image_left_alone(self, submission: Submission, problem: Problem) -> None:
        """Images of float32 work as well, and the image is as before after the call"""
        (image,) = problem.args
        why = f"The same image was asked for as float64 and as {image.dtype}."
        laws.assert_same_histogram(submission.hue_histogram, image.astype(float), image, why)
        assert_unchanged(submission.call("hue_histogram", image))


class TestHogFeatures:
    """Edges."""

    cell = "hog_features_tests"
    lecture = "Lecture 3, “Image features”: histogram of oriented gradients"

    @check(points=1, problems=problems.sizes)
    def test_shape(self, submission: Submission, problem: Problem) -> None:
        """The shape is (H // cell, W // cell, bins), and what is left beyond the last whole cell does not count"""
        laws.assert_rest_left_out(submission.hog_features, *problem.args)

    @check(points=1.5, problems=problems.slopes, role="values")
    def test_orientation(self, submission: Submission, problem: Problem) -> None:
        """Each direction of the gradient falls into its bin"""
        (gray,) = problem.args
        right = reference.hog_features(gray)
        got = laws.hog_of(submission.hog_features, gray)
        if got.min() < 0 or got.sum(axis=2).min() <= 0:
            raise CheckFailed(f"the features hold sums of magnitudes, but those of a cell are {laws.show(got[0, 0])}")
        expected, shares = (features / features.sum(axis=2, keepdims=True) for features in (right, got))
        if np.abs(shares - expected).max() > rounding_error(1.0, terms=64):
            raise CheckFailed(
                f"brightness rises in one direction, so each cell has all of its weight in one bin, here "
                f"bin {right[0, 0].argmax()}. The bins of cell [0, 0] are {laws.show(got[0, 0])}"
            )

    @check(points=1, problems=problems.edges_of_both_signs)
    def test_unsigned(self, submission: Submission, problem: Problem) -> None:
        """From dark to bright and from bright to dark is the same orientation"""
        laws.assert_negative_has_same_edges(submission.hog_features, *problem.args)

    @check(points=1, problems=problems.textures)
    def test_magnitude(self, submission: Submission, problem: Problem) -> None:
        """The bins of a cell add up to the gradient magnitudes of its pixels"""
        (gray,) = problem.args
        assert_close(
            laws.hog_of(submission.hog_features, gray).sum(axis=2),
            reference.hog_features(gray).sum(axis=2),
            tolerance=laws.magnitudes_tolerance(gray),
            what="added up over its bins, a cell",
        )

    @check(points=0.5, problems=problems.textures_and_cells)
    def test_cells(self, submission: Submission, problem: Problem) -> None:
        """Each pixel counts in its own cell, whatever the size of the cells"""
        laws.assert_smaller_cells_add_up(submission.hog_features, *problem.args, **problem.kwargs)
        laws.assert_stays_in_cell(submission.hog_features, *problem.args, problem.kwargs["cell"])

    @check(points=0.5, problems=problems.textures_and_bins)
    def test_number_of_bins(self, submission: Submission, problem: Problem) -> None:
        """There are as many bins as asked for"""
        laws.assert_finer_angles_add_up(submission.hog_features, *problem.args, **problem.kwargs)

    @check(points=0.5, problems=problems.textures_to_keep)
    def test_image_left_alone(self, submission: Submission, problem: Problem) -> None:
        """An image of float32 works as well, and the image is as before after the call"""
        (gray,) = problem.args
        laws.assert_sees_edges(submission.hog_features)
        wanted = laws.hog_of(submission.hog_features, gray.astype(float))
        assert_close(
            laws.hog_of(submission.hog_features, gray),
            wanted,
            tolerance=laws.features_tolerance(gray, wanted),
            what=f"compared with the same numbers as float64, the features of an image of type {gray.dtype}: one",
        )
        assert_unchanged(submission.call("hog_features", gray))


class TestExtractPatches:
    """Small pieces of images."""

    cell = "extract_patches_tests"
    lecture = "Lecture 3, “Image features”: bag of words"

    @check(points=0.5, problems=problems.patch_sizes)
    def test_shape(self, submission: Submission, problem: Problem) -> None:
        """There are as many patches as asked for, each a row of size * size * 3 numbers"""
        _, size, num, _ = problem.args
        visual_words.assert_depends_on_images(submission, *problem.args)
        (value,), _ = visual_words.cut(submission, *problem.args)
        as_array(value, (num, size * size * 3), "the array of patches")

    @check(points=1, problems=problems.patch_sizes, role="values")
    def test_whole_squares(self, submission: Submission, problem: Problem) -> None:
        """Each patch is a whole square of one image, flattened row by row and pixel by pixel"""
        images, size, num, _ = problem.args
        (value,), _ = visual_words.cut(submission, *problem.args)
        visual_words.assert_whole_squares(visual_words.rows_of(value, images, size, num), images, size)

    @check(points=0.75, problems=problems.many_patches)
    def test_every_place(self, submission: Submission, problem: Problem) -> None:
        """Every image and every position is drawn, all equally often"""
        images, size, num, _ = problem.args
        (value,), _ = visual_words.cut(submission, *problem.args)
        places = visual_words.places_of(visual_words.rows_of(value, images, size, num), images)
        shape = (len(images), images.shape[1] - size + 1, images.shape[2] - size + 1)
        visual_words.assert_drawn_evenly(places, shape)

    @check(points=0.5, problems=problems.patches_by_rng)
    def test_drawn_by_rng(self, submission: Submission, problem: Problem) -> None:
        """The random numbers come from rng: the same seed gives the same patches, another seed others"""
        images, size, num, seeds = problem.args
        values, _ = visual_words.cut(submission, images, size, num, [seeds[0], *seeds])
        first, again, *others = (visual_words.rows_of(value, images, size, num) for value in values)
        visual_words.assert_by_rng(first, again, others, "patches")
        visual_words.assert_depends_on_images(submission, images, size, num, seeds[:1])

    @check(points=0.25, problems=problems.patch_sizes)
    def test_images_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The images are as before after the call"""
        visual_words.assert_depends_on_images(submission, *problem.args)
        _, after = visual_words.cut(submission, *problem.args)
        visual_words.assert_same(after, problem.args[0], "extract_patches", "images")


class TestBuildVocabulary:
    """k-means."""

    cell = "build_vocabulary_tests"
    lecture = "Lecture 3, “Image features”: bag of words"

    @check(points=0.5, problems=problems.vocabularies)
    def test_shape(self, submission: Submission, problem: Problem) -> None:
        """There are k words, each as long as a patch and among the patches"""
        patches, k, seeds = problem.args
        for centres in visual_words.cluster(submission, patches, k, [2], seeds):
            visual_words.assert_among_patches(centres, patches)

    @check(points=0.5, problems=problems.starts, role="alone")
    def test_starts_from_patches(self, submission: Submission, problem: Problem) -> None:
        """The start, before the first round, is k different patches"""
        patches, k, seeds = problem.args
        for centres in visual_words.cluster(submission, patches, k, [0], seeds):
            visual_words.assert_different_patches(centres, patches)

    @check(points=0.5, problems=problems.scattered)
    def test_drawn_by_rng(self, submission: Submission, problem: Problem) -> None:
        """The start is drawn by rng: the same seed gives the same words, another seed others"""
        patches, k, seeds = problem.args
        values = drivers.ask(submission, drivers.cluster_by_rng, patches, k, 1, [seeds[0], *seeds])
        values = visual_words.listed(values, len(seeds) + 1)
        first, again, *others = (visual_words.as_centres(value, k, patches.shape[1]) for value in values)
        visual_words.assert_by_rng(first, again, others, "words")

    @check(points=1, problems=problems.rounds, role="values")
    def test_rounds(self, submission: Submission, problem: Problem) -> None:
        """A round assigns each patch to its nearest word, then moves each word to the mean of its patches"""
        patches, k, num_iters, seeds = problem.args
        rounds = [0, num_iters, num_iters + 1]
        vocabularies = visual_words.cluster(submission, patches, k, rounds, seeds)
        words = [vocabularies[seed :: len(seeds)] for seed in range(len(seeds))]
        visual_words.assert_rounds(words, patches, num_iters)

    @check(points=0.75, problems=problems.settling)
    def test_means_in_the_end(self, submission: Submission, problem: Problem) -> None:
        """After many rounds, each word is the mean of the patches that are nearest to it"""
        patches, k, seeds = problem.args
        for centres in visual_words.cluster(submission, patches, k, [60], seeds):
            visual_words.assert_among_patches(centres, patches)
            visual_words.assert_means_of_members(centres, patches)

    @check(points=0.5, problems=problems.pairs_of_words)
    def test_inertia_never_rises(self, submission: Submission, problem: Problem) -> None:
        """More rounds never raise the inertia, and lower it at first"""
        patches, k, seeds = problem.args
        rounds = [0, 1, 2, 3, 5, 8, 15]
        vocabularies = visual_words.cluster(submission, patches, k, rounds, seeds)
        visual_words.assert_inertia_falls(vocabularies, patches, rounds)

    @check(points=0.75, problems=problems.repeated_patches)
    def test_empty_clusters(self, submission: Submission, problem: Problem) -> None:
        """A word without patches survives: it does not become NaN, disappear or leave the patches"""
        patches, k, seeds = problem.args
        for centres in visual_words.cluster(submission, patches, k, [20], seeds):
            visual_words.assert_among_patches(centres, patches)

    @check(points=0.5, problems=problems.patches_to_keep)
    def test_patches_left_alone(self, submission: Submission, problem: Problem) -> None:
        """Patches of float32 work as well, and the patches are as before after the call"""
        patches, k, seeds = problem.args
        vocabularies = visual_words.cluster(submission, patches, k, [6], seeds)
        plain = visual_words.cluster(submission, patches.astype(float), k, [6], seeds)
        for centres, wanted in zip(vocabularies, plain, strict=True):
            visual_words.assert_among_patches(centres, patches)
            tolerance = visual_words.centres_tolerance(patches)
            assert_close(centres, wanted, tolerance=tolerance, what=f"from patches of type {patches.dtype}, a word")
        _, after = visual_words.listed(drivers.ask(submission, drivers.cluster, patches, k, [2], seeds[:1]), 2)
        visual_words.assert_same(after, patches, "build_vocabulary", "patches")


class TestBagOfWords:
    """Which pieces, and how often."""

    cell = "bag_of_words_tests"
    lecture = "Lecture 3, “Image features”: bag of words"

    @check(points=1.25, problems=problems.words, role="values")
    def test_nearest_words(self, submission: Submission, problem: Problem) -> None:
        """Each window counts for its nearest word"""
        visual_words.assert_nearest(submission, problem)

    @check(points=0.75, problems=problems.bags)
    def test_sums_to_one(self, submission: Submission, problem: Problem) -> None:
        """The histogram has a share for each word, also for those that do not occur, and sums to 1"""
        visual_words.assert_depends_on_windows(submission)
        k = len(problem.args[1])
        got = laws.as_vector(submission.bag_of_words(*problem.args), k, "the histogram")
        assert_close(got.sum(), 1.0, tolerance=laws.SHARE, what="the sum of the shares")

    @check(points=0.75, problems=problems.strides)
    def test_stride(self, submission: Submission, problem: Problem) -> None:
        """Windows follow each other at steps of stride, in both directions"""
        visual_words.assert_windows_counted(submission, problem)

    @check(points=0.75, problems=problems.windows_that_just_fit)
    def test_all_windows_that_fit(self, submission: Submission, problem: Problem) -> None:
        """All windows that fit are counted, up to the borders, in images that are no squares too"""
        visual_words.assert_windows_counted(submission, problem)

    @check(points=0.5, problems=problems.bags_to_keep)
    def test_arguments_left_alone(self, submission: Submission, problem: Problem) -> None:
        """Float32 works as well, and image and vocabulary are as before after the call"""
        visual_words.assert_depends_on_windows(submission)
        image, vocabulary, *numbers = problem.args
        wanted, got = (
            visual_words.as_bag(submission.bag_of_words(i, v, *numbers), len(vocabulary))
            for i, v in ((image.astype(float), vocabulary.astype(float)), (image.copy(), vocabulary.copy()))
        )
        assert_close(got, wanted, tolerance=laws.SHARE, what=f"for arrays of type {image.dtype}, a share")
        assert_unchanged(submission.call("bag_of_words", *problem.args))


class TestFeaturesPipeline:
    """Images in, labels out."""

    cell = "features_pipeline_tests"
    lecture = "Lecture 3, “Image features”"

    @check(points=0.5, problems=problems.easy_images_and_others, role="values")
    def test_labels(self, submission: Submission, problem: Problem) -> None:
        """There is one label for each test image, and two classes that differ in everything are told apart"""
        pipeline.judge_labels(submission, *problem.args, pipeline.all_are(**problem.kwargs))

    @check(points=1.5)
    def test_better_than_pixels(self, submission: Submission, cell_rng: np.random.Generator) -> None:
        """It is better than raw pixels: right on 0.08 more of the test images"""
        pipeline.judge_accuracy(submission, SOME_BETTER, seed_of(cell_rng))

    @check(points=1.5)
    def test_much_better_than_pixels(self, submission: Submission, cell_rng: np.random.Generator) -> None:
        """It is much better than raw pixels: right on 0.15 more of the test images"""
        pipeline.judge_accuracy(submission, CLEARLY_BETTER, seed_of(cell_rng))

    @check(points=1, problems=problems.easy_images_of_one_class)
    def test_images_are_judged_alone(self, submission: Submission, problem: Problem) -> None:
        """The label of a test image does not depend on the other test images"""
        pipeline.judge_labels(submission, *problem.args, pipeline.all_are(**problem.kwargs))

    @check(points=0.5, problems=problems.easy_images)
    def test_arguments_left_alone(self, submission: Submission, problem: Problem) -> None:
        """The arguments are as before after the call"""
        train, y_train, test = problem.args
        pipeline.judge_labels(submission, train, y_train, test, pipeline.all_are(**problem.kwargs))
        pipeline.assert_leaves_arguments_alone(submission, train, y_train, test)


def seed_of(rng: np.random.Generator) -> int:
    """Draw a seed."""
    return int(rng.integers(2**32))


class TestFeatureAnswers:
    """The four questions."""

    cell = "feature_answers_tests"
    lecture = "Lecture 3, “Image features”"

    @check(points=1)
    def test_hog_length(self, submission: Submission) -> None:
        """How many numbers the HoG features of an image of 240 x 320 pixels are"""
        assert_answered(
            submission,
            "hog_length",
            "How many cells of 8 pixels lie side by side, and how many below each other? Each holds one histogram.",
        )

    @check(points=1)
    def test_hue_when_darkened(self, submission: Submission) -> None:
        """Whether the hue histogram changes when the image is darkened"""
        assert_answered(
            submission,
            "hue_changes_when_darkened",
            "Hue, saturation and value: which of the three says how bright a pixel is? Try `rgb_to_hsv` on one pixel "
            "and on its half.",
        )

    @check(points=1)
    def test_positions(self, submission: Submission) -> None:
        """Whether a bag of words knows where in the image a word occurs"""
        assert_answered(
            submission,
            "bag_knows_positions",
            "Cut an image into windows, shuffle them and count again: what becomes of the histogram?",
        )

    @check(points=1)
    def test_bin_of_edge(self, submission: Submission) -> None:
        """The bin of a vertical edge"""
        assert_answered(
            submission,
            "bin_of_vertical_edge",
            "Along which axis does the brightness change at this edge? Which of gx and gy is 0, and what is arctan2 "
            "then? `hog_features` of such an image tells you, too.",
        )


def assert_answered(submission: Submission, name: str, hint: str) -> None:
    """Fail unless a variable holds the right answer; say how to find it, not what it is."""
    try:
        assert_answer(submission.value(name), reference.answers[name])
    except CheckFailed as failure:
        raise CheckFailed(f"`{name}`: {failure}. {hint}") from None
