"""The graders of ``softmax``, run in this process on functions that are known to be right, wrong or absurd."""

from __future__ import annotations

import importlib
import warnings
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pytest

from absurd import SelfReference, raises, spoils_arguments
from helpers import a_part
from lossmark import CheckFailed
from lossmark.boundary.submission import Raised, Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.course import Course
from lossmark.grading.graders import Graders
from lossmark.quality.roster import score_of, with_variants
from lossmark.results import OUTCOMES

COURSE = Course(Path(__file__).parents[2])
ASSIGNMENT = COURSE.assignment("softmax")
FUNCTIONS = ("softmax", "log_softmax", "cross_entropy", "compare_losses")
LECTURE = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
LABELS = np.array([0, 1, 2])
SEEDS = range(20)


@pytest.fixture(scope="module")
def graders():
    graders = Graders(ASSIGNMENT, COURSE.settings.seed)
    yield graders
    graders.close()


@pytest.fixture(scope="module")
def laws(graders):
    return importlib.import_module("graders.softmax.laws")


@pytest.fixture(scope="module")
def losses(graders):
    return importlib.import_module("graders.softmax.losses")


def solutions_of(notebook):
    cells = [c for c in notebook.cells if c.cell_type == "code"]
    return [c.source for c in cells if c.metadata.get("nbgrader", {}).get("solution")]


def submission_that_runs(notebook, *later):
    """Run the solution cells of a notebook in this process, then some more; the ones with tests are left out."""
    names = {}
    cells = [*solutions_of(notebook), *later]
    for source in ("import numpy as np", *cells):
        exec(source, names)
    return Submission(LocalTransport(names), cells)


def results_of(graders, submission, cells=ASSIGNMENT.points):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in a student kernel, where warnings are only shown
        return [graders.run(cell, submission) for cell in cells]


def result_of(graders, cell, submission):
    return results_of(graders, submission, [f"{cell}_tests"])[0]


def drawn(seed):
    """Draw scores of any size, and labels."""
    rng = np.random.default_rng(seed)
    N, C = rng.integers(1, 9, size=2) + 1
    return 10 ** rng.uniform(-1, 4) * rng.normal(size=(N, C)), rng.integers(0, C, size=N)


class TestReference:
    def test_lecture_example(self, graders):
        reference = graders.reference
        assert reference.softmax(LECTURE[0]) == pytest.approx([0.13, 0.869, 0.001], abs=5e-4)
        assert round(reference.cross_entropy(LECTURE[:1], LABELS[:1]), 4) == 2.0404
        assert reference.cross_entropy(LECTURE, LABELS) == pytest.approx(2.7587, abs=5e-5)

    def test_lecture_comparison(self, graders):
        scores = np.array([[10, -2, 3], [10, 9, 9], [10, -100, -100]])
        svm, softmax = graders.reference.compare_losses(scores, [0, 0, 0])
        assert svm.tolist() == [0, 0, 0]
        assert softmax == pytest.approx([9.176e-4, 0.55144, 0], rel=1e-4, abs=1e-15)
        svm, softmax = graders.reference.compare_losses(LECTURE, LABELS)
        assert svm == pytest.approx([2.9, 0, 12.9])
        assert softmax.mean() == pytest.approx(graders.reference.cross_entropy(LECTURE, LABELS))

    @pytest.mark.parametrize("C", [1, 2, 10, 1000])
    def test_loss_at_equal_scores_is_the_logarithm_of_the_classes(self, graders, C):
        assert graders.reference.cross_entropy(np.full((3, C), 7.0), [0, 0, 0]) == pytest.approx(np.log(C), rel=1e-14)

    def test_hopeless_class(self, graders):
        assert graders.reference.log_softmax([0, -1e4]).tolist() == [0, -1e4]
        assert graders.reference.cross_entropy([[0, -1e4]], [1]) == 1e4
        assert graders.reference.softmax([1e4, -1e4, 0]).tolist() == [1, 0, 0]

    def test_short_answers(self, graders):
        reference, answers = graders.reference, graders.reference.answers
        assert answers["loss_at_start"] == pytest.approx(reference.cross_entropy(np.zeros((1, 10)), [3]))
        assert -np.log(0.13) / np.log(answers["base_of_089"]) == pytest.approx(0.89, abs=5e-3)
        before, after = ([each[0] for each in reference.compare_losses([[10, 3, s]], [0])] for s in (-2, -1.9))
        assert [a != b for a, b in zip(before, after, strict=True)] == [
            answers["jiggle_changes_hinge"],
            answers["jiggle_changes_softmax"],
        ]
        free = [loss[0] == 0 for loss in reference.compare_losses([[10, 3, -2]], [0])]
        assert free == [answers["new_point_can_be_free_hinge"], answers["new_point_can_be_free_softmax"]]

    @pytest.mark.parametrize("seed", SEEDS)
    def test_it_agrees_with_scipy(self, graders, seed):
        special = pytest.importorskip("scipy.special")
        scores, _ = drawn(seed)
        for array in (scores, scores[0]):
            assert graders.reference.softmax(array) == pytest.approx(special.softmax(array, axis=-1), rel=1e-9, abs=0)
            assert graders.reference.log_softmax(array) == pytest.approx(special.log_softmax(array, axis=-1), rel=1e-11)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_it_agrees_with_scikit_learn(self, graders, seed):
        metrics = pytest.importorskip("sklearn.metrics")
        scores, y = drawn(seed)
        scores /= np.abs(scores).max() / 10  # scikit-learn takes probabilities, and clips them
        labels = list(range(scores.shape[1]))
        expected = metrics.log_loss(y, graders.reference.softmax(scores), labels=labels)
        assert graders.reference.cross_entropy(scores, y) == pytest.approx(expected, rel=1e-8)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_it_agrees_with_scikit_learns_hinge_loss(self, graders, seed):
        metrics = pytest.importorskip("sklearn.metrics")
        scores, y = drawn(seed)
        y[:2] = 0, 1
        scores = scores[:, :2]  # with two classes it is the binary hinge loss of the difference of scores
        y %= 2
        svm, _ = graders.reference.compare_losses(scores, y)
        assert svm.mean() == pytest.approx(metrics.hinge_loss(y, scores[:, 1] - scores[:, 0]), rel=1e-12)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_it_agrees_with_torch(self, graders, seed):
        torch = pytest.importorskip("torch")
        scores, y = drawn(seed)
        expected = torch.nn.functional.cross_entropy(torch.tensor(scores), torch.tensor(y)).item()
        assert graders.reference.cross_entropy(scores, y) == pytest.approx(expected, rel=1e-11)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_it_agrees_with_the_formula_in_higher_precision(self, graders, seed):
        if np.finfo(np.longdouble).maxexp <= np.finfo(float).maxexp:
            pytest.skip("no number type that reaches farther than float64 here")
        scores, y = drawn(seed)
        scores *= min(1.0, 1000 / np.abs(scores).max())
        exponentials = [[np.exp(np.longdouble(s)) for s in row] for row in scores]  # no shift: 1e434 is a number here
        p = np.array([[e / sum(row) for e in row] for row in exponentials])
        losses = [-np.log(row[label]) for row, label in zip(p, y, strict=True)]
        reference = graders.reference
        assert reference.softmax(scores) == pytest.approx(p.astype(float), rel=1e-9, abs=1e-300)
        assert reference.log_softmax(scores) == pytest.approx(np.log(p).astype(float), rel=1e-11, abs=1e-15)
        assert reference.cross_entropy(scores, y) == pytest.approx(float(sum(losses) / len(y)), rel=1e-11, abs=1e-15)
        svm, softmax = reference.compare_losses(scores, y)
        assert softmax == pytest.approx(np.array(losses, float), rel=1e-11, abs=1e-15)
        slow = [
            sum(max(0.0, s - row[k] + 1) for j, s in enumerate(row) if j != k) for row, k in zip(scores, y, strict=True)
        ]
        assert svm == pytest.approx(slow, rel=1e-12)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_it_obeys_the_laws(self, graders, seed):
        reference = graders.reference
        scores, y = drawn(seed)
        rng = np.random.default_rng(seed)
        order, shifts = rng.permutation(scores.shape[1]), rng.normal(size=(len(y), 1))
        p = reference.softmax(scores)
        assert p.sum(axis=1) == pytest.approx(1, abs=1e-14)
        assert np.exp(reference.log_softmax(scores)) == pytest.approx(p, rel=1e-9)
        assert reference.softmax(scores[:, order]) == pytest.approx(p[:, order], rel=1e-9)
        assert reference.softmax(scores + shifts) == pytest.approx(p, rel=1e-7, abs=1e-300)
        each = [reference.cross_entropy(scores[[i]], y[[i]]) for i in range(len(y))]
        assert reference.cross_entropy(scores, y) == pytest.approx(np.mean(each))

    def test_scores_are_left_alone(self, graders):
        for scores in (LECTURE.copy(), LECTURE.astype(np.float32), LECTURE.astype(int)):
            scores.setflags(write=False)
            for name in FUNCTIONS:
                getattr(graders.reference, name)(scores, *([LABELS] if "softmax" not in name else []))

    @pytest.mark.parametrize("seed", SEEDS)
    def test_tolerances_lie_between_single_precision_and_a_slip(self, graders, seed):
        reference = graders.reference
        scores, y = drawn(seed)
        scores = np.round(scores, 1)
        single = scores.astype(np.float32)
        m = single.max(axis=1, keepdims=True)
        logs = single - (m + np.log(np.exp(single - m).sum(axis=1, keepdims=True)))
        assert (np.abs(logs - reference.log_softmax(scores)) <= reference.log_softmax_tolerance(scores)).all()
        p = np.exp(logs)
        assert (np.abs(p - reference.softmax(scores)) <= reference.softmax_tolerance(scores)).all()
        losses = -logs[np.arange(len(y)), y]
        error = abs(float(losses.mean()) - reference.cross_entropy(scores, y))
        assert error <= reference.cross_entropy_tolerance(scores, y)
        assert (
            np.abs(losses - reference.compare_losses(scores, y)[1]) <= reference.compare_losses_tolerance(scores, y)[1]
        ).all()
        largest = np.abs(scores).max()
        assert (reference.log_softmax_tolerance(scores) <= 2e-5 * (largest + 5)).all()
        assert (reference.softmax_tolerance(scores) <= 2e-5 * (largest + 5) * reference.softmax(scores) + 1e-30).all()


class TestLaws:
    """Of each numeric helper, a case just inside and a case just outside."""

    def test_agreement(self, laws):
        own = 8 * np.finfo(np.float32).eps  # what rounding two numbers of size 1 explains
        assert laws.agree(1.0, 1.1 + 0.9 * own, 0.1)
        assert not laws.agree(1.0, 1.1 + 2.1 * own, 0.1)
        assert not laws.agree(np.inf, np.inf, np.inf)
        assert not laws.agree(np.nan, np.nan, np.inf)
        assert not laws.agree(1.7e308, -1.7e308, np.inf)
        assert laws.agree([1.0, 2.0], [1.0, 3.0], [0.0, 0.5]).tolist() == [True, False]

    def test_movement(self, laws):
        assert laws.moves([1.0, 2.0], [1.0, 2.0 + 1.1 * laws.NOTICEABLE])
        assert not laws.moves([1.0, 2.0], [1.0, 2.0 + 0.9 * laws.NOTICEABLE])

    def test_straight_lines(self, laws):
        assert laws.extended(3.0, 5.0, 1.0) == 3.0
        assert laws.extended(3.0, 5.0, 2.0) == 5.0
        assert laws.extended([3.0, 1.0], [5.0, 1.0], 10.0).tolist() == [21.0, 1.0]

    @pytest.mark.parametrize(("excess", "is_right"), [(0.9, True), (1.1, False)])
    def test_values(self, graders, laws, excess, is_right):
        row = LECTURE[0]
        right, tolerance = graders.reference.softmax(row), graders.reference.softmax_tolerance(row)
        wrong = right + excess * tolerance * np.eye(3)[1]
        assert passes(lambda: laws.assert_values(lambda s: wrong.reshape(s.shape), row, right, tolerance)) is is_right

    @pytest.mark.parametrize(("excess", "is_right"), [(0.9, True), (3.5, False)])
    def test_sum_of_probabilities(self, graders, laws, excess, is_right):
        row = LECTURE[0]
        tolerance = graders.reference.softmax_tolerance(row)

        def function(scores):
            return graders.reference.softmax(scores) * (1 + excess * tolerance.sum())

        order = np.array([2, 0, 1])
        assert passes(lambda: laws.assert_probabilities(function, row, order, tolerance)) is is_right

    @pytest.mark.parametrize(("factor", "is_right"), [(1.0, True), (1.02, False)])
    def test_one_law_for_wrong_but_consistent_losses(self, graders, losses, factor, is_right):
        near, y = np.array([[0.0, -50.0]]), np.array([1])

        def function(scores, y):
            far = np.abs(scores).max() > 1000
            return 0.43 * graders.reference.cross_entropy(scores, y) * (factor if far else 1.0) + 2.0

        assert passes(lambda: losses.Loss(function).assert_far(near, 200 * near, y, factor=200.0)) is is_right

    def test_two_arrays_in_any_wrapping(self, graders, losses):
        svm, softmax = graders.reference.compare_losses(LECTURE, LABELS)
        wrappings = [
            (svm, softmax),
            [svm.tolist(), softmax.tolist()],
            np.stack([svm, softmax]),
            (svm[:, np.newaxis], softmax[np.newaxis]),
        ]
        for wrapping in wrappings:
            for which, right in ((losses.HINGE, svm), (losses.SOFTMAX, softmax)):
                got = losses._parts(wrapping, 3)[which]
                assert got.tolist() == right.tolist()
        for wrapping in (svm, (svm, softmax, svm), None, {"svm": svm, "softmax": softmax}, np.float64(1.0), "ab"):
            with pytest.raises(CheckFailed, match="two arrays"):
                losses._parts(wrapping, 3)

    def test_arrays_that_changed_places_are_noticed(self, graders, losses):
        def swapped(scores, y):
            return graders.reference.compare_losses(scores, y)[::-1]

        assert losses.TwoLosses(swapped).are_swapped
        assert not losses.TwoLosses(graders.reference.compare_losses).are_swapped
        assert losses.TwoLosses(swapped).of(losses.HINGE)(LECTURE, LABELS) == pytest.approx([2.9, 0, 12.9])


def passes(assertion):
    try:
        assertion()
    except CheckFailed:
        return False
    return True


class TestPoints:
    def test_points_are_the_notebooks(self, graders):
        points = {cell: sum(graders.points_of(cell).values()) for cell in ASSIGNMENT.points}
        assert points == ASSIGNMENT.points
        assert points == {
            "softmax_tests": 4,
            "log_softmax_tests": 4,
            "cross_entropy_tests": 4,
            "compare_losses_tests": 3,
            "softmax_answers_tests": 5,
        }

    def test_the_solution_earns_all(self, graders):
        results = results_of(graders, submission_that_runs(with_variants(ASSIGNMENT)))
        assert [result.lost for result in results] == [()] * 5

    def test_the_reference_earns_all(self, graders):
        functions = {name: getattr(graders.reference, name) for name in FUNCTIONS}
        results = results_of(graders, Submission(LocalTransport({**functions, **graders.reference.answers})))
        assert [result.lost for result in results] == [()] * 5

    def test_scipy_earns_all(self, graders):
        special = pytest.importorskip("scipy.special")
        functions = {
            "softmax": lambda scores: special.softmax(scores, axis=-1),
            "log_softmax": lambda scores: special.log_softmax(scores, axis=-1),
        }
        results = results_of(graders, Submission(LocalTransport(functions)), list(ASSIGNMENT.points)[:2])
        assert [result.lost for result in results] == [()] * 2

    def test_nothing_earns_nothing(self, graders):
        results = results_of(graders, Submission(LocalTransport({})))
        assert sum(result.score for result in results) == 0
        assert {check.outcome for result in results for check in result.checks} == {"missing"}

    def test_the_same_problems_are_asked_each_time(self, graders):
        asked = []
        for _ in range(2):
            submission = submission_that_runs(with_variants(ASSIGNMENT))
            results_of(graders, submission)
            asked.append([repr((call.name, call.args, call.kwargs)) for call in submission.calls])
        assert asked[0] == asked[1]


class TestVersions:
    def test_there_are_enough_of_each_cell(self, graders):
        for name in (*FUNCTIONS, "softmax_answers"):
            assert sum(variant.cell == name for variant in graders.misconceptions) >= 6
            assert sum(variant.cell == name for variant in graders.alternatives) >= 4

    def test_names_are_unique_and_the_checks_exist(self, graders):
        versions = [*graders.misconceptions, *graders.alternatives]
        assert len({(v.cell, v.name) for v in versions}) == len(versions)
        for variant in versions:
            assert set(variant.loses) <= set(graders.points_of(f"{variant.cell}_tests"))

    def test_each_check_is_lost_by_a_misconception(self, graders):
        for cell in ASSIGNMENT.points:
            lost = {name for v in graders.misconceptions if f"{v.cell}_tests" == cell for name in v.loses}
            assert lost == set(graders.points_of(cell))

    def test_each_misconception_loses_what_it_declares_and_is_named(self, graders):
        wrong = []
        for variant in graders.misconceptions:
            submission = submission_that_runs(with_variants(ASSIGNMENT, variant))
            result = result_of(graders, variant.cell, submission)
            named = {check.misconception for check in result.checks} - {None}
            if set(result.lost) != set(variant.loses) or named != {variant.name}:
                wrong.append((variant.cell, variant.name, result.lost, named))
        assert wrong == []

    def test_each_alternative_loses_nothing(self, graders):
        wrong = []
        for variant in graders.alternatives:
            submission = submission_that_runs(with_variants(ASSIGNMENT, variant))
            result = result_of(graders, variant.cell, submission)
            wrong += [
                (variant.cell, variant.name, check.name, check.message) for check in result.checks if check.message
            ]
        assert wrong == []

    def test_mistakes_in_all_cells_at_once_cost_what_each_costs(self, graders):
        wrong = []
        for variants in zip_longest(*(self.of(graders, cell)[::3] for cell in (*FUNCTIONS, "softmax_answers"))):
            together = [variant for variant in variants if variant is not None]
            results = results_of(graders, submission_that_runs(with_variants(ASSIGNMENT, *together)))
            named = {check.misconception for result in results for check in result.checks} - {None}
            if sum(r.score for r in results) != score_of(together, graders) or named != {v.name for v in together}:
                wrong.append([(v.cell, v.name) for v in together])
        assert wrong == []

    def of(self, graders, cell):
        """Return the misconceptions of a cell."""
        return [variant for variant in graders.misconceptions if variant.cell == cell]

    @pytest.mark.parametrize("seed", [0, 1, 2, 3, 2**31])
    def test_another_seed_tells_right_from_wrong_as_well(self, graders, seed):
        other = Graders(ASSIGNMENT, seed)
        try:
            for variant in [*a_part(other.alternatives, seed, 4), *a_part(other.misconceptions, seed, 17)]:
                submission = submission_that_runs(with_variants(ASSIGNMENT, variant))
                assert set(result_of(other, variant.cell, submission).lost) == set(variant.loses), variant.name
        finally:
            other.close()


LOG_OF_OWN_SOFTMAX = "def log_softmax(scores): return np.log(softmax(scores))"
MEAN_OF_OWN_LOGS = "def cross_entropy(scores, y): return -np.mean(log_softmax(scores)[np.arange(len(y)), y])"
OWN_LOGS_COMPARED = """
def compare_losses(scores, y):
    rows = np.arange(len(y))
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)
    margins[rows, y] = 0
    return margins.sum(axis=1), -log_softmax(scores)[rows, y]
"""
BUILT_ON_OWN = (MEAN_OF_OWN_LOGS, OWN_LOGS_COMPARED)


class TestFollowThrough:
    """A mistake in an early function is not paid for again in those that are built on it."""

    def graded(self, graders, cell, *later):
        """Return what a cell loses, with other functions in place of the solution's."""
        return set(result_of(graders, cell, submission_that_runs(with_variants(ASSIGNMENT), *later)).lost)

    def wrong_versions_of(self, graders, cell, *nothing_left):
        """Return every other misconception that leaves something to build on."""
        return [v for v in graders.misconceptions if v.cell == cell and v.name not in nothing_left][::2]

    def test_of_softmax(self, graders):
        nothing_left = "winner_takes_all", "log_probabilities", "exponentials_only", "printed_not_returned"
        for variant in self.wrong_versions_of(graders, "softmax", *nothing_left):
            early = variant.source(), LOG_OF_OWN_SOFTMAX
            assert self.graded(graders, "log_softmax", *early) <= {"test_tiny_probabilities"}, variant.name
            assert self.graded(graders, "cross_entropy", *early, *BUILT_ON_OWN) == set(), variant.name
            assert self.graded(graders, "compare_losses", *early, *BUILT_ON_OWN) == set(), variant.name

    def test_of_log_softmax(self, graders):
        for variant in self.wrong_versions_of(graders, "log_softmax", "printed_not_returned"):
            for cell in ("cross_entropy", "compare_losses"):
                assert self.graded(graders, cell, variant.source(), *BUILT_ON_OWN) == set(), variant.name

    def test_of_cross_entropy(self, graders):
        one_by_one = OWN_LOGS_COMPARED.replace(
            "-log_softmax(scores)[rows, y]", "np.ravel([cross_entropy(scores[[i]], y[[i]]) for i in rows])"
        )
        nothing_left = (
            "columns_normalised",  # always 0 for one example
            "label_unused",
            "scores_taken_for_probabilities",
            "printed_not_returned",
        )
        for variant in self.wrong_versions_of(graders, "cross_entropy", *nothing_left):
            assert self.graded(graders, "compare_losses", variant.source(), one_by_one) == set(), variant.name

    def test_the_logarithm_of_zero_is_a_mistake_of_its_own(self, graders):
        assert self.graded(graders, "log_softmax", LOG_OF_OWN_SOFTMAX) == {"test_tiny_probabilities"}

    @pytest.mark.parametrize(
        ("edit", "lost"),
        [
            (("-np.mean(", "-np.sum("), "test_mean_over_batch"),
            (("[np.arange(len(y)), y]", "[:, y]"), "test_mean_over_batch"),
            (("[np.arange(len(y)), y]", "[:, y[0]]"), "test_mean_over_batch"),
            (("-np.mean(", "-("), "test_mean_over_batch"),
            (("-np.mean(", "np.mean("), "test_loss_of_one_example"),
            (("-np.mean(", "-0.5 * np.mean("), "test_loss_of_one_example"),
        ],
    )
    def test_a_new_mistake_is_paid_for(self, graders, edit, lost):
        early = self.version(graders, "log_softmax", "base_ten")
        later = MEAN_OF_OWN_LOGS.replace(*edit)
        assert later != MEAN_OF_OWN_LOGS
        assert self.graded(graders, "cross_entropy", early, later) == {lost}

    @pytest.mark.parametrize(
        ("edit", "lost"),
        [
            (("margins[rows, y] = 0", ""), "test_hinge_loss_of_one_example"),
            (("margins.sum(axis=1), -log", "margins.sum(axis=1), log"), "test_softmax_loss_of_one_example"),
        ],
    )
    def test_a_new_mistake_in_a_comparison_is_paid_for(self, graders, edit, lost):
        early = self.version(graders, "log_softmax", "base_ten")
        assert self.graded(graders, "compare_losses", early, OWN_LOGS_COMPARED.replace(*edit)) == {lost}

    def test_the_same_mistake_made_again_is_paid_for_again(self, graders):
        for name, lost in (("base_ten", {"test_loss_of_one_example"}), ("no_shift", {"test_large_scores"})):
            early, later = (self.version(graders, cell, name) for cell in ("log_softmax", "cross_entropy"))
            assert self.graded(graders, "cross_entropy", early, later) == lost

    def test_an_earlier_function_may_be_called_through_another(self, graders):
        early = self.version(graders, "log_softmax", "base_ten")
        helper = "def pick(scores, y): return log_softmax(scores)[np.arange(len(y)), y]"
        later = "def cross_entropy(scores, y): return -pick(scores, y).mean()"
        assert self.graded(graders, "cross_entropy", early, helper, later) == set()

    def version(self, graders, cell, name):
        """Return the source of a misconception."""
        return next(v.source() for v in graders.misconceptions if (v.cell, v.name) == (cell, name))

    @pytest.mark.parametrize(
        "early",
        [
            "def log_softmax(scores): return np.zeros(scores.shape)",
            "def log_softmax(scores): return np.full(scores.shape, np.nan)",
            "def log_softmax(scores): return None",
            "def log_softmax(scores): raise NotImplementedError()",
            "def log_softmax(scores): return np.random.random(scores.shape)",
            "log_softmax = 3",
        ],
    )
    def test_nothing_follows_from_nothing(self, graders, early):
        lost = self.graded(graders, "cross_entropy", early, *BUILT_ON_OWN)
        assert lost == set(graders.points_of("cross_entropy_tests"))
        lost = self.graded(graders, "compare_losses", early, *BUILT_ON_OWN)
        assert lost >= set(graders.points_of("compare_losses_tests")) - {"test_hinge_loss_of_one_example"}

    def test_a_function_that_ignores_the_wrong_one_is_judged_by_itself(self, graders):
        wrong = "def log_softmax(scores): return scores * 3.0"
        assert self.graded(graders, "cross_entropy", wrong) == set()
        unrelated = (
            "def cross_entropy(scores, y): return np.mean(np.max(scores, axis=1) - scores[np.arange(len(y)), y])"
        )
        assert "test_loss_of_one_example" in self.graded(graders, "cross_entropy", wrong, unrelated)

    @pytest.mark.parametrize(
        ("right", "wrong"),
        [
            ("", ""),
            ("np.log(", "np.log10("),
            ("[np.arange(len(y)), y]", "[:, y[0]]"),
            ("-log_softmax(scores)[rows, y]", "log_softmax(scores)[rows, y]"),
        ],
    )
    def test_a_spoilt_function_never_brings_more_than_a_right_one(self, graders, right, wrong):
        later = [source.replace(right, wrong) for source in (LOG_OF_OWN_SOFTMAX, *BUILT_ON_OWN)]
        spoilt = [
            self.version(graders, "softmax", "exponentials_only"),
            "def softmax(scores): return np.abs(scores) / np.abs(scores).sum(axis=-1, keepdims=True)",
        ]
        best = self.total(graders, *later)
        assert best == self.total(graders) - graders.points_of("log_softmax_tests")["test_tiny_probabilities"] or right
        assert [source for source in spoilt if self.total(graders, source, *later) > best] == []

    def total(self, graders, *later):
        submission = submission_that_runs(with_variants(ASSIGNMENT), *later)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return sum(graders.run(cell, submission, explain=False).score for cell in ASSIGNMENT.points)

    def test_its_questions_are_not_shown(self, graders):
        early = self.version(graders, "log_softmax", "base_two")
        later = early, MEAN_OF_OWN_LOGS.replace("-np.mean(", "-np.sum(")
        submission = submission_that_runs(with_variants(ASSIGNMENT), *later)
        result = result_of(graders, "cross_entropy", submission)
        assert {call.name for call in submission.calls} == {"cross_entropy"}
        messages = [check.message for check in result.checks if check.message]
        assert messages
        assert all("Called: cross_entropy(" in message for message in messages)

    def test_names_are_put_back_after_a_look_at_who_calls_whom(self, graders):
        drivers = importlib.import_module("graders.softmax.drivers")
        submission = submission_that_runs(with_variants(ASSIGNMENT), MEAN_OF_OWN_LOGS)
        names = submission.transport.namespace
        before = dict(names)
        assert submission.run(drivers.does_call, "cross_entropy", "log_softmax", LECTURE, LABELS) is True
        assert submission.run(drivers.does_call, "cross_entropy", "softmax", LECTURE, LABELS) is False
        with pytest.raises(Raised):
            submission.run(drivers.does_call, "cross_entropy", "log_softmax", None, LABELS)
        assert all(names[name] is value for name, value in before.items())

    def test_replies_that_lie_about_the_arguments_are_borne(self, graders):
        follow_through = importlib.import_module("graders.softmax.follow_through")
        from lossmark.boundary.submission import Call

        scores = LECTURE.copy()
        for after in ((), ("text",), ([1, [2]],), (scores, scores), (None,)):
            call = Call("log_softmax", (scores,), value=scores, changed=(after, {}))
            assert not follow_through._changed_alike(call, [call])
        call = Call("log_softmax", (scores,), value=scores, changed=((scores + 1,), {}))
        assert follow_through._changed_alike(call, [call])
        assert not follow_through._is_right(Call("log_softmax", (scores,), fault=Raised("ValueError", "no")))


CONSTANTS = {
    "none": None,
    "text": "2.0404",
    "zero": 0.0,
    "true": True,
    "nan": np.nan,
    "complex": 2.9 + 1j,
    "huge integer": 10**400,
    "largest float": 1.7e308,
    "nothing": np.zeros(0),
    "ragged": [[1.0], [1.0, 2.0]],
    "dict": {"loss": 2.9},
    "opaque": object(),
    "opaque in a list": [object(), object()],
    "array": np.ones(3) / 3,
    "batch": np.ones((3, 3)) / 3,
    "pair": (np.zeros(1), np.zeros(1)),
    "pair of numbers": (1.0, 2.0),
    "pair of nothing": (None, None),
    "pair of nan": (np.full(3, np.nan), np.full(3, np.nan)),
    "pair of huge": (np.full(3, 1.7e308), np.full(3, -1.7e308)),
    "array of objects": np.array([None, None]),
    "structured": np.zeros(2, [("a", "f8")]),
    "dates": np.array(["2020-01-01"], "M8[D]"),
    "too large": np.zeros(2**22),
    "many dimensions": np.ones((1,) * 12),
    "endless": SelfReference(),
}
STRANGE = {
    "returns its arguments": lambda *args, **kwargs: args,
    "returns the scores": lambda scores, y=None: scores,
    "returns the scores twice": lambda scores, y=None: (scores, scores),
    "returns ones": lambda scores, y=None: np.ones(scores.shape),
    "returns equal probabilities": lambda scores, y=None: np.full(scores.shape, 1 / scores.shape[-1]),
    "returns huge numbers": lambda scores, y=None: np.full(scores.shape, 1.7e308),
    "returns nan": lambda scores, y=None: scores * np.nan,
    "returns the largest": lambda scores, y=None: scores == scores.max(axis=-1, keepdims=True),
    "spoils its arguments": spoils_arguments(),
    "takes no arguments": lambda: 1.0,
    "raises": raises(ValueError),
    "exits": raises(SystemExit),
    "not implemented": raises(NotImplementedError),
    "is a class": type("Loss", (), {"__init__": lambda self, *args: None}),
    "is none": None,
    "yields": lambda *args: (yield 1.0),
}


class TestStrangeAnswers:
    """Whatever comes back, a check fails or passes; it never fails by itself, which would be our fault."""

    @pytest.mark.parametrize("function", STRANGE.values(), ids=STRANGE)
    def test_strange_functions_earn_nothing(self, graders, function):
        self.assert_earns_nothing(graders, function)

    @pytest.mark.parametrize("value", CONSTANTS.values(), ids=CONSTANTS)
    def test_constant_functions_earn_nothing(self, graders, value):
        self.assert_earns_nothing(graders, lambda *args, **kwargs: value)

    def assert_earns_nothing(self, graders, function):
        submission = Submission(LocalTransport(dict.fromkeys(FUNCTIONS, function)))
        results = results_of(graders, submission, list(ASSIGNMENT.points)[:4])
        assert [result.score for result in results] == [0.0] * 4
        for check in (check for result in results for check in result.checks):
            assert check.outcome in OUTCOMES
            assert 0 < len(check.message) < 10_000

    @pytest.mark.parametrize("seed", range(2))
    def test_random_numbers_obey_no_law(self, graders, seed):
        rng = np.random.default_rng(seed)
        functions = {
            "softmax": lambda scores: rng.dirichlet(np.ones(scores.shape[-1]), size=scores.shape[:-1]),
            "log_softmax": lambda scores: -rng.random(scores.shape),
            "cross_entropy": lambda scores, y: 10 * rng.random(),
            "compare_losses": lambda scores, y: (rng.random(len(y)), rng.random(len(y))),
        }
        results = results_of(graders, Submission(LocalTransport(functions)), list(ASSIGNMENT.points)[:4])
        assert [result.score for result in results] == [0.0] * 4

    @pytest.mark.parametrize("name", FUNCTIONS[:2])
    @pytest.mark.parametrize(
        "function",
        [lambda s: s**2, lambda s: s / np.abs(s).sum(), lambda s: np.sort(s), lambda s: 1 / (1 + np.exp(-np.sign(s)))],
        ids=["squares", "parts", "sorted", "signs"],
    )
    def test_functions_that_are_no_softmax_never_earn_the_value(self, graders, name, function):
        result = result_of(graders, name, Submission(LocalTransport({name: function})))
        assert next(iter(graders.points_of(f"{name}_tests"))) in result.lost

    @pytest.mark.parametrize(
        "function",
        [
            lambda scores, y: np.sum(scores),
            lambda scores, y: np.mean(scores),
            lambda scores, y: np.max(scores),
            lambda scores, y: len(scores),
            lambda scores, y: float(np.any(scores)),
            lambda scores, y: np.mean(np.argmax(scores, axis=1) != y),
        ],
        ids=["sum", "mean", "max", "length", "whether there are scores", "share of mistakes"],
    )
    def test_what_scores_or_labels_do_not_move_earns_nothing(self, graders, function):
        submission = Submission(LocalTransport({"cross_entropy": function}))
        assert result_of(graders, "cross_entropy", submission).score == 0

    @pytest.mark.parametrize("value", CONSTANTS.values(), ids=CONSTANTS)
    def test_strange_short_answers_are_at_most_wrong(self, graders, value):
        submission = Submission(LocalTransport(dict.fromkeys(graders.reference.answers, value)))
        result = result_of(graders, "softmax_answers", submission)
        assert result.score == 0
        for check in result.checks:
            assert len(check.message) < 10_000

    def test_feedback_on_short_answers_does_not_tell_them(self, graders):
        wrong = dict.fromkeys(graders.reference.answers, "something else")
        result = result_of(graders, "softmax_answers", Submission(LocalTransport(wrong)))
        for check in result.checks:
            assert check.points == 0
            assert not any(word in check.message for word in ("2.30", "np.inf", "inf ", "infinit", "base 10", "log10"))
            assert not any(word in check.message for word in ("True", "False", "np.log(10)", " 10 "))


def test_a_mistake_that_nobody_has_named_is_described(graders):
    def too_large(scores, y):
        return 1.5 * graders.reference.cross_entropy(scores, y)

    result = result_of(graders, "cross_entropy", Submission(LocalTransport({"cross_entropy": too_large})))
    assert result.lost == ("test_loss_of_one_example",)
    assert "1.5 times what it should be" in next(check.message for check in result.checks if check.message)


def test_warnings_of_a_student_are_no_failure(graders):
    def noisy(scores, y):
        warnings.warn("odd", UserWarning, stacklevel=1)
        return graders.reference.cross_entropy(scores, y)

    assert result_of(graders, "cross_entropy", Submission(LocalTransport({"cross_entropy": noisy}))).lost == ()
