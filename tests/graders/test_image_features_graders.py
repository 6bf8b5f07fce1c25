"""The graders of ``image_features``, run in this process on functions that are known to be right, wrong or absurd."""

from __future__ import annotations

import colorsys
import functools
import inspect
import math
import warnings
from pathlib import Path

import matplotlib.colors
import numpy as np
import pytest
import scipy.ndimage
import sklearn.cluster

from absurd import SelfReference, raises, spoils_arguments
from helpers import a_part
from lossmark import CheckFailed
from lossmark.boundary.submission import Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.course import Course
from lossmark.grading.graders import Graders
from lossmark.quality.roster import solution, with_variants
from lossmark.results import OUTCOMES

COURSE = Course(Path(__file__).parents[2])
ASSIGNMENT = COURSE.assignment("image_features")
FEATURES = ("hue_histogram", "hog_features", "bag_of_words")
SLOW = ("scikit_learn", "loops", "one_at_a_time")
RANDOM = ("extract_patches", "build_vocabulary")
FUNCTIONS = (
    "hue_histogram",
    "hog_features",
    "extract_patches",
    "build_vocabulary",
    "bag_of_words",
    "features_pipeline",
)
CELLS = [f"{name}_tests" for name in FUNCTIONS]
GIVEN = {"imports", "make_images", "given_classifier"}
SEEDS = range(10)


@pytest.fixture(scope="module")
def graders():
    graders = Graders(ASSIGNMENT, COURSE.settings.seed)
    yield graders
    graders.close()


class Judges(Graders):
    """Graders that judge and do not explain, which takes most of the time where all is wrong."""

    def _diagnosed(self, cell, results, calls):
        return results


@pytest.fixture(scope="module")
def judges():
    judges = Judges(ASSIGNMENT, COURSE.settings.seed)
    yield judges
    judges.close()


@pytest.fixture(scope="module")
def reference(graders):
    return graders.reference


@pytest.fixture(scope="module")
def laws(judges):
    return judges._module("laws")


@pytest.fixture(autouse=True)
def kernel_where_warnings_are_only_shown():
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def submission_that_runs(notebook):
    """Run what a notebook gives and its solution cells in this process; pictures and tests are left out."""
    names, sources = {}, []
    for cell in notebook.cells:
        if cell.cell_type == "code" and (cell.id in GIVEN or cell.metadata.get("nbgrader", {}).get("solution")):
            exec(cell.source, names)
            sources.append(cell.source)
    return Submission(LocalTransport(names), sources)


def submission_of(graders, **changed):
    """Return a submission of the reference's names, some of them changed."""
    return Submission(LocalTransport({**graders._right_names(), **changed}))


def lost_by(judges, cell, **changed):
    return {name.removeprefix("test_") for name in judges.run(f"{cell}_tests", submission_of(judges, **changed)).lost}


class TestReferenceOfHueHistogram:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_colorsys_agrees_pixel_by_pixel(self, reference, seed):
        rng = np.random.default_rng(seed)
        image, bins = rng.random((7, 9, 3)), int(rng.integers(1, 20))
        counts = [0] * bins
        for pixel in image.reshape(-1, 3):
            counts[math.floor(colorsys.rgb_to_hsv(*pixel)[0] * bins) % bins] += 1
        np.testing.assert_allclose(reference.hue_histogram(image, bins), np.array(counts) / 63, rtol=1e-15)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_numpy_agrees_on_hues_that_are_known(self, reference, seed):
        rng = np.random.default_rng(seed)
        hsv = np.stack([rng.random((6, 5)), *rng.uniform(0.2, 1, size=(2, 6, 5))], axis=-1)
        expected = np.histogram(hsv[..., 0], bins=12, range=(0, 1))[0] / 30
        np.testing.assert_allclose(reference.hue_histogram(matplotlib.colors.hsv_to_rgb(hsv)), expected)

    @pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
    def test_grey_is_hue_zero(self, reference, level):
        assert reference.hue_histogram(np.full((2, 3, 3), level)).tolist() == [1] + [0] * 11

    def test_a_hue_of_one_is_a_hue_of_zero(self, reference):
        pixel = np.array([[[1.0, 0.0, 1e-17]]])
        assert matplotlib.colors.rgb_to_hsv(pixel)[0, 0, 0] == 1.0
        assert reference.hue_histogram(pixel, 5).tolist() == [1, 0, 0, 0, 0]

    def test_primary_colours(self, reference):
        image = np.array([[[1.0, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1], [1, 0, 1]]])
        assert reference.hue_histogram(image, 6).tolist() == [1 / 6] * 6


class TestReferenceOfHog:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_it_agrees_with_the_definition_pixel_by_pixel(self, reference, seed):
        rng = np.random.default_rng(seed)
        H, W, cell, bins = (int(n) for n in (*rng.integers(8, 20, size=2), rng.integers(2, 6), rng.integers(1, 12)))
        gray = rng.random((H, W))
        expected = np.zeros((H // cell, W // cell, bins))
        for y in range(H // cell * cell):
            for x in range(W // cell * cell):
                up, down = max(y - 1, 0), min(y + 1, H - 1)
                left, right = max(x - 1, 0), min(x + 1, W - 1)
                gy = (gray[down, x] - gray[up, x]) / (down - up)
                gx = (gray[y, right] - gray[y, left]) / (right - left)
                angle = math.degrees(math.atan2(gy, gx)) % 180
                expected[y // cell, x // cell, int(angle * bins / 180)] += math.hypot(gy, gx)
        np.testing.assert_allclose(reference.hog_features(gray, cell, bins), expected, rtol=1e-12, atol=1e-14)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_scipy_agrees_on_the_magnitudes(self, reference, seed):
        gray = np.random.default_rng(seed).random((16, 24))
        gy, gx = (scipy.ndimage.correlate1d(gray, [-0.5, 0, 0.5], axis=axis, mode="nearest") for axis in (0, 1))
        for gradient in (gy, gx.T):  # scipy repeats the border, which halves the one-sided difference there
            gradient[[0, -1]] *= 2
        sums = np.hypot(gy, gx).reshape(2, 8, 3, 8).sum(axis=(1, 3))
        np.testing.assert_allclose(reference.hog_features(gray).sum(axis=2), sums, rtol=1e-12)

    @pytest.mark.parametrize("degrees", [10.0, 50.0, 170.0, 190.0, 350.0])
    def test_a_slope_falls_into_one_bin(self, reference, degrees):
        y, x = np.mgrid[:8, :8]
        gray = x * np.cos(np.radians(degrees)) + y * np.sin(np.radians(degrees))
        features = reference.hog_features(gray)[0, 0]
        assert features[int(degrees % 180 // 20)] == pytest.approx(64)
        assert features.sum() == pytest.approx(64)

    def test_lecture_image(self, reference):
        assert reference.hog_features(np.zeros((240, 320))).shape == (30, 40, 9)
        assert reference.hog_features(np.zeros((240, 320))).size == reference.answers["hog_length"] == 10800

    def test_vertical_edge(self, reference):
        gray = np.repeat([[0.0] * 4 + [1.0] * 4], 8, axis=0)
        for image in (gray, 1 - gray):
            features = reference.hog_features(image)[0, 0]
            assert np.flatnonzero(features).tolist() == [reference.answers["bin_of_vertical_edge"]]

    def test_scikit_image_agrees_on_the_directions(self, reference):
        feature = pytest.importorskip("skimage.feature")
        gray = np.random.default_rng(0).random((16, 16))
        ours = reference.hog_features(gray[1:-1, 1:-1], cell=14)
        theirs = feature.hog(gray[1:-1, 1:-1], 9, (14, 14), (1, 1), feature_vector=False)
        assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.9


class TestReferenceOfVisualWords:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_patches_are_slices(self, reference, seed):
        images = np.random.default_rng(seed).random((3, 6, 5, 3))
        windows = {
            images[i, y : y + 4, x : x + 4].tobytes() for i in range(3) for y in range(3) for x in range(2)
        }  # fmt: skip
        patches = reference.extract_patches(images, 4, 500, np.random.default_rng(seed))
        assert {patch.tobytes() for patch in patches} == windows

    @pytest.mark.parametrize("seed", SEEDS)
    @pytest.mark.parametrize("num_iters", [1, 3, 40])
    def test_scikit_learn_agrees_on_k_means(self, reference, seed, num_iters):
        patches = np.random.default_rng(seed).normal(size=(80, 4))
        start = reference.build_vocabulary(patches, 5, 0, np.random.default_rng(seed))
        theirs = sklearn.cluster.KMeans(5, init=start, n_init=1, max_iter=num_iters, tol=0).fit(patches)
        ours = reference.build_vocabulary(patches, 5, num_iters, np.random.default_rng(seed))
        np.testing.assert_allclose(ours, theirs.cluster_centers_, rtol=1e-10, atol=1e-12)
        assert reference.inertia(patches, ours) == pytest.approx(-theirs.score(patches), rel=1e-10)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_several_starts_at_once_are_one_after_the_other(self, reference, seed):
        rng = np.random.default_rng(seed)
        patches, starts = rng.normal(size=(20, 3)), rng.normal(size=(4, 5, 3))
        each = [reference.lloyd(patches, start, 3) for start in starts]
        np.testing.assert_allclose(reference.lloyd(patches, starts, 3), each, rtol=1e-14)

    def test_an_empty_cluster_keeps_its_centre(self, reference):
        centres = reference.lloyd([[0.0], [2.0]], [[1.5], [1.0], [9.0]], 1)
        assert centres.tolist() == [[2.0], [0.0], [9.0]]

    @pytest.mark.parametrize("seed", SEEDS)
    def test_bag_of_words_agrees_with_scipy(self, reference, seed):
        rng = np.random.default_rng(seed)
        H, W, size, stride, k = (int(n) for n in rng.integers([6, 6, 1, 1, 1], [12, 12, 5, 5, 9]))
        image, vocabulary = rng.random((H, W, 3)), rng.random((k, size * size * 3))
        counts = np.zeros(k)
        for y in range(0, H - size + 1, stride):
            for x in range(0, W - size + 1, stride):
                counts[scipy.spatial.KDTree(vocabulary).query(image[y : y + size, x : x + size].ravel())[1]] += 1
        np.testing.assert_allclose(reference.bag_of_words(image, vocabulary, size, stride), counts / counts.sum())


class TestReferenceOfPipeline:
    def test_what_the_notebook_gives_is_the_same_here(self, reference):
        names = {}
        for cell in solution(ASSIGNMENT).cells:
            if cell.id in GIVEN:
                exec(cell.source, names)
        for ours, theirs in zip(reference.make_images(30, 5), names["make_images"](30, 5), strict=True):
            np.testing.assert_array_equal(ours, theirs)
        assert names["CLASS_NAMES"] == reference.CLASS_NAMES
        rng = np.random.default_rng(0)
        for N, D in ((20, 5), (8, 30)):
            features, y = rng.normal(size=(N, D)), rng.integers(10, size=N)
            models = [names["train_linear"](features, y, 0.3), reference.train_linear(features, y, 0.3)]
            for ours, theirs in zip(*models, strict=True):
                np.testing.assert_allclose(ours, theirs, rtol=1e-12)
            np.testing.assert_array_equal(
                reference.predict_linear(models[0], features), names["predict_linear"](models[0], features)
            )
            assert inspect.signature(names["train_linear"]).parameters["reg"].default == 0.1

    @pytest.mark.parametrize(("N", "D"), [(20, 5), (8, 30)])
    def test_the_classifier_is_at_its_minimum(self, reference, N, D):
        rng = np.random.default_rng(0)
        features, y = rng.normal(size=(N, D)), rng.integers(4, size=N)
        W, b = reference.train_linear(features, y, 0.2, 4)
        ridge = sklearn.linear_model.Ridge(0.2 * N).fit(features, np.eye(4)[y])
        np.testing.assert_allclose(W, ridge.coef_.T, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(b, ridge.intercept_, rtol=1e-8, atol=1e-10)

    def test_it_beats_raw_pixels_by_far(self, reference):
        train, y_train = reference.make_images(300, 1)
        test, y_test = reference.make_images(200, 2)
        raw = reference.train_linear(train.reshape(300, -1), y_train)
        raw_accuracy = np.mean(reference.predict_linear(raw, test.reshape(200, -1)) == y_test)
        assert np.mean(reference.features_pipeline(train, y_train, test) == y_test) > raw_accuracy + 0.25


class TestPoints:
    def test_points_are_the_notebooks(self, graders):
        points = {cell: sum(graders.points_of(cell).values()) for cell in ASSIGNMENT.points}
        assert points == ASSIGNMENT.points
        assert points == {
            "hue_histogram_tests": 4,
            "hog_features_tests": 6,
            "extract_patches_tests": 3,
            "build_vocabulary_tests": 5,
            "bag_of_words_tests": 4,
            "features_pipeline_tests": 5,
            "feature_answers_tests": 4,
        }

    def test_the_solution_earns_all(self, graders):
        submission = submission_that_runs(with_variants(ASSIGNMENT))
        assert [graders.run(cell, submission).lost for cell in ASSIGNMENT.points] == [()] * 7

    def test_the_reference_earns_all(self, graders):
        assert [graders.run(cell, submission_of(graders)).lost for cell in ASSIGNMENT.points] == [()] * 7

    def test_nothing_earns_nothing(self, judges):
        results = [judges.run(cell, Submission(LocalTransport({}))) for cell in ASSIGNMENT.points]
        assert sum(result.score for result in results) == 0
        assert {check.outcome for result in results for check in result.checks} == {"missing"}
        assert all("` is not defined" in check.message for result in results for check in result.checks)

    def test_the_same_problems_are_asked_each_time(self, judges):
        asked = []
        for _ in range(2):
            submission = submission_of(judges)
            for cell in ASSIGNMENT.points:
                judges.run(cell, submission)
            asked.append([repr((call.name, call.args, call.kwargs)) for call in submission.calls])
        assert asked[0] == asked[1]


class TestVersions:
    def test_there_are_enough_of_each_cell(self, graders):
        for name in (*FUNCTIONS, "feature_answers"):
            assert sum(variant.cell == name for variant in graders.misconceptions) >= 6
            assert sum(variant.cell == name for variant in graders.alternatives) >= 4

    def test_names_are_unique_and_the_checks_exist(self, graders):
        versions = [*graders.misconceptions, *graders.alternatives]
        assert len({(v.cell, v.name) for v in versions}) == len(versions)
        for variant in versions:
            assert set(variant.loses) <= set(graders.points_of(f"{variant.cell}_tests"))

    def test_each_check_is_lost_by_some_misconception(self, graders):
        lost = {(v.cell, name) for v in graders.misconceptions for name in v.loses}
        checks = {(cell.removesuffix("_tests"), name) for cell in ASSIGNMENT.points for name in graders.points_of(cell)}
        assert checks - lost == {("build_vocabulary", "test_shape")}  # what is not k words loses all

    @pytest.mark.parametrize("cell", [*FUNCTIONS, "feature_answers"])
    def test_each_misconception_loses_what_it_declares_and_is_named(self, graders, cell):
        wrong = []
        for variant in graders.misconceptions:
            if variant.cell == cell:
                submission = submission_that_runs(with_variants(ASSIGNMENT, variant))
                result = graders.run(f"{cell}_tests", submission)
                named = {check.misconception for check in result.checks} - {None}
                if set(result.lost) != set(variant.loses) or named != {variant.name}:
                    wrong.append((variant.name, result.lost, named))
        assert wrong == []

    def test_each_alternative_loses_nothing(self, judges):
        wrong = []
        for variant in judges.alternatives:
            submission = submission_that_runs(with_variants(ASSIGNMENT, variant))
            result = judges.run(f"{variant.cell}_tests", submission)
            wrong += [
                (variant.cell, variant.name, check.name, check.message) for check in result.checks if check.message
            ]
        assert wrong == []

    @pytest.mark.parametrize("seed", [0, 1, 2, 3, 2**31])
    def test_another_seed_tells_right_from_wrong_as_well(self, seed):
        """Of what draws random numbers, all right versions are tried each time; of the others, a part."""
        judges = Judges(ASSIGNMENT, seed)
        try:
            some = a_part([*judges.misconceptions, *judges.alternatives], seed, 10)
            drawing = [v for v in judges.alternatives if v.cell in RANDOM and v.name not in SLOW]
            # A pipeline is judged by the same images whatever the seed.
            for variant in (v for v in [*some, *drawing] if v.cell != "features_pipeline"):
                submission = submission_that_runs(with_variants(ASSIGNMENT, variant))
                assert set(judges.run(f"{variant.cell}_tests", submission).lost) == set(variant.loses), variant.name
        finally:
            judges.close()


class TestFollowThrough:
    """What follows from a wrong function of the student's own costs points there, and not here."""

    @pytest.mark.parametrize("name", ["colours_first", "transposed"])
    def test_windows_flattened_as_the_own_patches(self, judges, name):
        patches, bags = (
            next(v for v in judges.misconceptions if (v.cell, v.name) == (cell, name))
            for cell in ("extract_patches", "bag_of_words")
        )
        submission = submission_that_runs(with_variants(ASSIGNMENT, patches, bags))
        assert judges.run("extract_patches_tests", submission).lost == ("test_whole_squares",)
        assert judges.run("bag_of_words_tests", submission).lost == ()
        submission = submission_that_runs(with_variants(ASSIGNMENT, bags))
        assert judges.run("bag_of_words_tests", submission).lost == ("test_nearest_words",)

    def test_asking_about_patches_leaves_no_trace(self, judges):
        submission = submission_of(
            judges, bag_of_words=lambda image, vocabulary, size, stride: np.eye(len(vocabulary))[0]
        )
        judges.run("bag_of_words_tests", submission)
        assert {call.name for call in submission.calls} == {"bag_of_words"}

    @pytest.mark.parametrize("missing", ["hue_histogram", "hog_features"])
    def test_a_pipeline_that_cannot_run_for_an_unfinished_function_earns_nothing(self, judges, missing):
        """A follow-through is for slips: where there is nothing to build on, no pipeline can be judged."""
        submission = submission_that_runs(solution(ASSIGNMENT))

        def unfinished(*args, **kwargs):
            raise NotImplementedError

        submission.transport.namespace[missing] = unfinished
        assert judges.run("features_pipeline_tests", submission).score == 0
        assert submission.transport.namespace[missing] is unfinished

    @pytest.mark.parametrize("name", ["raw_pixels", "hue_alone"])
    def test_a_wrong_feature_does_not_excuse_a_pipeline_that_is_wrong_by_itself(self, judges, name):
        features, pipeline = (
            next(v for v in judges.misconceptions if (v.cell, v.name) == (cell, own))
            for cell, own in (("hue_histogram", "hue_in_degrees"), ("features_pipeline", name))
        )
        submission = submission_that_runs(with_variants(ASSIGNMENT, features, pipeline))
        lost = set(judges.run("features_pipeline_tests", submission).lost)
        assert lost >= {"test_better_than_pixels", "test_much_better_than_pixels"}

    def test_features_that_are_constant_excuse_no_accuracy(self, judges):
        submission = submission_that_runs(solution(ASSIGNMENT))
        submission.transport.namespace.update(
            hue_histogram=lambda image, bins=12: np.eye(bins)[0],
            hog_features=lambda gray, cell=8, bins=9: np.zeros((4, 4, bins)),
        )
        assert judges.run("features_pipeline_tests", submission).score == 0

    def test_what_a_feature_does_to_its_image_is_not_taken_for_the_pipelines_doing(self, judges):
        names = {v.name: v for v in judges.misconceptions if v.cell in ("hue_histogram", "features_pipeline")}
        spoiling = names["image_changed"]
        submission = submission_that_runs(with_variants(ASSIGNMENT, spoiling))
        assert judges.run("features_pipeline_tests", submission).lost == ()
        submission = submission_that_runs(with_variants(ASSIGNMENT, spoiling, names["images_changed"]))
        assert judges.run("features_pipeline_tests", submission).lost == ("test_arguments_left_alone",)

    def test_wrong_features_cost_no_points_of_the_pipeline(self, judges):
        for name, feature in (("hue_histogram", lambda image, bins=12: np.eye(bins)[0]), ("hog_features", np.mean)):
            submission = submission_that_runs(solution(ASSIGNMENT))
            submission.transport.namespace[name] = feature
            assert judges.run("features_pipeline_tests", submission).lost == (), name

    def test_missing_functions_stay_missing(self, judges):
        submission = submission_that_runs(solution(ASSIGNMENT))
        names = submission.transport.namespace
        del names["hue_histogram"]
        judges.run("features_pipeline_tests", submission)
        assert "hue_histogram" not in names


class TestTolerances:
    @pytest.mark.parametrize("error", [0.4, 0.97])
    def test_shares_just_inside(self, judges, reference, laws, error):
        assert pytest.approx(8 * np.finfo(np.float32).eps) == laws.SHARE

        def histogram(image, bins=12):
            shares = reference.hue_histogram(image, bins)
            shares[0] += error * laws.SHARE
            return shares

        assert lost_by(judges, "hue_histogram", hue_histogram=histogram) == set()

    def test_shares_just_outside(self, judges, reference):
        def histogram(image, bins=12):
            return 1.0000011 * reference.hue_histogram(image, bins)

        assert lost_by(judges, "hue_histogram", hue_histogram=histogram) == {"sums_to_one"}

    @pytest.mark.parametrize(("factor", "lost"), [(1 + 1e-5, set()), (1.001, {"magnitude"})])
    def test_magnitudes(self, judges, reference, factor, lost):
        def hog(gray, cell=8, bins=9):
            return factor * reference.hog_features(gray, cell, bins)

        assert lost_by(judges, "hog_features", hog_features=hog) == lost

    @pytest.mark.parametrize("seed", SEEDS)
    def test_magnitudes_in_single_precision_are_well_within(self, reference, laws, seed):
        gray = np.random.default_rng(seed).random((24, 16))
        single = gray.astype(np.float32)
        sums = np.hypot(*np.gradient(single)).reshape(3, 8, 2, 8).sum(axis=(1, 3))
        error = np.abs(sums - reference.hog_features(gray).sum(axis=2)).max()
        assert error < 0.1 * laws.magnitudes_tolerance(gray) < 0.01

    @pytest.mark.parametrize(("error", "kept"), [(1e-6, 5.0), (0.01, 0.5)])
    def test_means(self, judges, reference, error, kept):
        def build(patches, k, num_iters, rng):
            centres = reference.build_vocabulary(patches, k, num_iters, rng)
            if num_iters:
                centres[0, 0] += error
            return centres.clip(patches.min(axis=0), patches.max(axis=0))

        result = judges.run("build_vocabulary_tests", submission_of(judges, build_vocabulary=build))
        outcomes = {check.name: check.outcome for check in result.checks}
        assert result.score == kept  # what does no rounds of k-means keeps the start, which does not rest on them
        assert {name for name in outcomes if outcomes[name] == "failed"} == (
            set() if kept == 5.0 else {"test_rounds", "test_means_in_the_end"}
        )

    def test_wrong_rounds_are_recognised_from_any_start(self, graders, reference):
        versions = {one.name: one for one in graders.misconceptions if one.cell == "build_vocabulary"}

        def build(wrong, patches, k, num_iters, rng):
            # The version draws a start with `choice`; this one draws another, by the order that it is given.
            return wrong(patches[rng.permutation(len(patches))], k, num_iters, rng)

        for name in ("assigned_once", "one_round_less", "scalar_product", "farthest"):
            function = functools.partial(build, versions[name].names(dict(vars(reference)))["build_vocabulary"])
            result = graders.run("build_vocabulary_tests", submission_of(graders, build_vocabulary=function))
            assert result.lost == versions[name].loses, name
            assert {check.misconception for check in result.checks if check.name == "test_rounds"} == {name}

    @pytest.mark.parametrize("share", [0.3, 1.0])
    def test_places_may_be_drawn_with_a_slight_bias_only(self, judges, share):
        """With probability `share` a patch comes from the first place: of 6 to 30 places, each has at most 1/6."""

        def extract(images, size, num, rng):
            N, H, W, _ = images.shape
            shape = (N, H - size + 1, W - size + 1)
            flat = rng.integers(np.prod(shape), size=num)
            flat[rng.random(num) < share * 0.4] = 0
            i, y, x = np.unravel_index(flat, shape)
            return np.array([images[a, b : b + size, c : c + size].ravel() for a, b, c in zip(i, y, x, strict=True)])

        assert lost_by(judges, "extract_patches", extract_patches=extract) == {"every_place"}


class TestRightBehaviour:
    """What the checks must let pass, beyond the alternatives."""

    @pytest.mark.parametrize("seed", range(3))
    def test_any_random_numbers_do(self, judges, reference, seed):
        def extract(images, size, num, rng):
            rng.random(seed + 1)
            return reference.extract_patches(images, size, num, rng)

        def build(patches, k, num_iters, rng):
            rng.random(seed + 1)
            order = rng.permutation(k)
            return reference.build_vocabulary(patches, k, num_iters, rng)[order]

        assert lost_by(judges, "extract_patches", extract_patches=extract) == set()
        assert lost_by(judges, "build_vocabulary", build_vocabulary=build) == set()

    def test_words_may_be_reported_in_a_row_of_lists(self, judges, reference):
        def build(*args):
            return reference.build_vocabulary(*args).tolist()

        assert lost_by(judges, "build_vocabulary", build_vocabulary=build) == set()

    def test_flat_features_cost_the_shape_only(self, judges, reference):
        def hog(*args, **kwargs):
            return reference.hog_features(*args, **kwargs).ravel()

        assert lost_by(judges, "hog_features", hog_features=hog) == {"shape"}

    def test_angles_in_single_precision(self, judges):
        def hog(gray, cell=8, bins=9):
            gy, gx = np.gradient(gray.astype(np.float32))
            index = (np.degrees(np.arctan2(gy, gx)) % 180 // (180 / bins)).astype(int) % bins
            rows, columns = gray.shape[0] // cell, gray.shape[1] // cell
            features = np.zeros((rows, columns, bins), np.float32)
            for i, j in np.ndindex(rows, columns):
                part = np.s_[i * cell : (i + 1) * cell, j * cell : (j + 1) * cell]
                np.add.at(features[i, j], index[part], np.hypot(gy, gx)[part])
            return features

        assert lost_by(judges, "hog_features", hog_features=hog) == set()


CONSTANTS = {
    "none": None,
    "text": "0.5",
    "number": 0.5,
    "zero": 0.0,
    "true": True,
    "nan": np.nan,
    "infinity": np.inf,
    "complex": 2.9 + 1j,
    "huge integer": 10**400,
    "largest float": 1.7e308,
    "nothing": np.zeros(0),
    "list": [],
    "nested": [[[[2.9]]]],
    "ragged": [[1.0], [1.0, 2.0]],
    "dict": {"loss": 2.9},
    "opaque": object(),
    "class": float,
    "bytes": b"2.9",
    "even shares": np.full(12, 1 / 12),
    "one bin": np.eye(12)[0],
    "a single share": [1.0],
    "three shares": np.array([0.5, 0.25, 0.25]),
    "zeros of cells": np.zeros((1, 1, 9)),
    "ones of cells": np.ones((1, 1, 9)),
    "one patch": np.ones((1, 12)),
    "three words": np.full((3, 12), 2.0),
    "labels": np.array(6 * [3, 7]),
    "one label": np.array([3]),
    "all labels": np.zeros(200, int),
    "array of nan": np.full((3, 3), np.nan),
    "array of objects": np.array([None]),
    "structured": np.zeros(1, [("a", "f8")]),
    "too large": np.zeros(2**22),
    "many dimensions": np.ones((1,) * 12),
    "endless": SelfReference(),
}
STRANGE = {
    "returns its arguments": lambda *args, **kwargs: args,
    "returns its first argument": lambda *args, **kwargs: args[0],
    "spoils its arguments": spoils_arguments(),
    "takes no arguments": lambda: 1.0,
    "raises": raises(ValueError),
    "exits": raises(SystemExit),
    "interrupts": raises(KeyboardInterrupt),
    "stops": raises(StopIteration),
    "not implemented": raises(NotImplementedError),
    "is a class": type("Feature", (), {"__init__": lambda self, *args, **kwargs: None}),
    "is a number": 5.0,
    "is none": None,
    "yields": lambda *args, **kwargs: (yield 1.0),
}


def of_right_shape(number):
    """Make functions that return nothing but numbers from `number`, in the right shapes."""
    return {
        "hue_histogram": lambda image, bins=12: number((bins,)),
        "hog_features": lambda gray, cell=8, bins=9: number((gray.shape[0] // cell, gray.shape[1] // cell, bins)),
        "extract_patches": lambda images, size, num, rng: number((num, size * size * 3)),
        "build_vocabulary": lambda patches, k, num_iters, rng: number((k, patches.shape[1])),
        "bag_of_words": lambda image, vocabulary, size, stride: number((len(vocabulary),)),
        "features_pipeline": lambda train, y_train, test: number((len(test),)),
    }


class TestStrangeAnswers:
    """Whatever comes back, a check fails or passes; it never fails by itself, which would be our fault."""

    @pytest.mark.parametrize("function", STRANGE.values(), ids=STRANGE)
    def test_strange_functions_earn_nothing(self, judges, function):
        self.assert_earn_nothing(judges, dict.fromkeys(FUNCTIONS, function))

    @pytest.mark.parametrize("value", CONSTANTS.values(), ids=CONSTANTS)
    def test_constant_functions_earn_nothing(self, judges, value):
        self.assert_earn_nothing(judges, dict.fromkeys(FUNCTIONS, lambda *args, **kwargs: value))

    @pytest.mark.parametrize(
        "number", [np.zeros, np.ones, lambda shape: np.full(shape, 3), lambda shape: np.full(shape, np.nan)]
    )
    def test_constants_of_the_right_shape_earn_nothing(self, judges, number):
        self.assert_earn_nothing(judges, of_right_shape(number))

    @pytest.mark.parametrize("seed", range(3))
    def test_random_numbers_earn_nothing(self, judges, seed):
        rng = np.random.default_rng(seed)
        functions = of_right_shape(rng.random)
        functions["features_pipeline"] = lambda train, y_train, test: rng.choice(y_train, size=len(test))
        self.assert_earn_nothing(judges, functions)

    def test_first_numbers_of_the_arguments_earn_nothing(self, judges):
        def begin(*args, **kwargs):
            return np.resize(np.asarray(args[0], float), 12)

        self.assert_earn_nothing(judges, dict.fromkeys(FUNCTIONS, begin))

    def assert_earn_nothing(self, judges, functions):
        submission = Submission(LocalTransport(dict(functions)))
        for cell in CELLS:
            result = judges.run(cell, submission)
            assert [check.name for check in result.checks if check.points] == []
            for check in result.checks:
                assert check.outcome in OUTCOMES
                assert 0 < len(check.message) < 10_000

    @pytest.mark.parametrize("value", [None, object(), [1], {"a": 1}, np.ones(3), "no"])
    @pytest.mark.parametrize("length", [2, 3, 7])
    def test_what_drivers_return_is_taken_with_care(self, judges, value, length):
        """A student's code shares a process with the driver and may answer in its place."""
        words = judges._module("visual_words")
        with pytest.raises(CheckFailed):
            words.listed(value, length) and words.listed([value] * (length + 1), length)

    @pytest.mark.parametrize("value", CONSTANTS.values(), ids=CONSTANTS)
    def test_strange_short_answers_are_at_most_wrong(self, judges, value):
        submission = Submission(LocalTransport(dict.fromkeys(judges.reference.answers, value)))
        result = judges.run("feature_answers_tests", submission)
        assert result.score <= 1
        for check in result.checks:
            assert len(check.message) < 10_000

    def test_feedback_on_short_answers_does_not_tell_them(self, graders):
        wrong = dict.fromkeys(graders.reference.answers, "something else")
        result = graders.run("feature_answers_tests", Submission(LocalTransport(wrong)))
        for check in result.checks:
            assert check.points == 0
            assert not any(word in check.message for word in ("10800", "10,800", "False", "bin 0"))


class TestMessages:
    def message_of(self, judges, cell, check, **changed):
        result = judges.run(f"{cell}_tests", submission_of(judges, **changed))
        return next(c.message for c in result.checks if c.name == f"test_{check}")

    def test_failure_shown_is_the_smallest(self, judges):
        message = self.message_of(
            judges, "hue_histogram", "bins_of_hues", hue_histogram=lambda image, bins=12: np.eye(bins)[0]
        )
        assert "one pixel, its hue at 100 degrees" in message
        assert "hue_histogram(np.array([[[" in message

    def test_k_means_can_be_followed_by_hand(self, judges, reference):
        def build(patches, k, num_iters, rng):
            return reference.build_vocabulary(patches, k, max(num_iters - 1, 0), rng)

        message = self.message_of(judges, "build_vocabulary", "rounds", build_vocabulary=build)
        assert "1 round of k-means leads to" in message
        assert "patches of shape (12, 1)" in message

    def test_accuracies_are_told(self, judges, reference):
        def pipeline(train, y_train, test):
            model = reference.train_linear(train.reshape(len(train), -1), y_train)
            return reference.predict_linear(model, test.reshape(len(test), -1))

        message = self.message_of(judges, "features_pipeline", "better_than_pixels", features_pipeline=pipeline)
        assert "right on 46.0% of 200" in message
        assert "right on 46.0%, so" in message

    def test_missing_rows_of_places_are_told(self, judges):
        variant = next(v for v in judges.misconceptions if v.name == "last_position_missing")
        submission = submission_that_runs(with_variants(ASSIGNMENT, variant))
        (message,) = [c.message for c in judges.run("extract_patches_tests", submission).checks if c.message]
        assert "none is from row 1" in message
