"""The graders of ``regularization``, run in this process on functions that are known to be right, wrong or absurd."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import scipy.optimize
import sklearn.linear_model

from absurd import SelfReference, raises, spoils_arguments
from helpers import a_part
from lossmark import CheckFailed
from lossmark.boundary.submission import Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.course import Course
from lossmark.grading.graders import Graders
from lossmark.quality.roster import with_variants
from lossmark.results import OUTCOMES

COURSE = Course(Path(__file__).parents[2])
ASSIGNMENT = COURSE.assignment("regularization")
PENALTIES = ("l2_penalty", "l1_penalty", "elastic_net_penalty")
GRADIENTS = ("l2_gradient", "l1_subgradient", "elastic_net_gradient")
FUNCTIONS = (*PENALTIES, *GRADIENTS, "full_loss", "ridge_polyfit", "lasso_ista")
CELLS = [f"{name}_tests" for name in FUNCTIONS]
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


@pytest.fixture(autouse=True)
def kernel_where_warnings_are_only_shown():
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def submission_that_runs(notebook):
    """Run the solution cells of a notebook in this process, but for those that draw."""
    names = {}
    cells = [c for c in notebook.cells if c.cell_type == "code"]
    solutions = [c.source for c in cells if c.metadata.get("nbgrader", {}).get("solution") and "plt." not in c.source]
    for source in ("import numpy as np", *solutions):
        exec(source, names)
    return Submission(LocalTransport(names), solutions)


def submission_of(graders, **changed):
    """Return a submission of the reference's functions, some of them changed."""
    right = {name: getattr(graders.reference, name) for name in FUNCTIONS}
    return Submission(LocalTransport({**right, **graders.reference.answers, **changed}))


def results_of(graders, submission, cells=ASSIGNMENT.points):
    return [graders.run(cell, submission) for cell in cells]


def lost_by(graders, cell, **changed):
    return {name.removeprefix("test_") for name in graders.run(f"{cell}_tests", submission_of(graders, **changed)).lost}


def draw_regression(seed, N=20, D=5):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N, D))
    return X, X @ np.where(np.arange(D) < 2, 3.0, 0.0) + rng.normal(size=N)


class TestReferenceOfPenalties:
    @pytest.mark.parametrize("seed", SEEDS)
    @pytest.mark.parametrize("shape", [(7,), (3, 4), (2, 3, 2)])
    def test_penalties_agree_with_extended_precision(self, reference, seed, shape):
        W, beta = np.random.default_rng(seed).normal(size=shape), 0.3
        squares = absolutes = np.longdouble(0)
        for w in W.ravel().astype(np.longdouble):
            squares, absolutes = squares + w * w, absolutes + abs(w)
        assert reference.l2_penalty(W) == pytest.approx(float(squares), rel=1e-14)
        assert reference.l1_penalty(W) == pytest.approx(float(absolutes), rel=1e-14)
        assert reference.elastic_net_penalty(W, beta) == pytest.approx(float(beta * squares + absolutes), rel=1e-14)

    def test_lecture_example(self, reference):
        w1, w2 = [1, 0, 0, 0], [0.25] * 4
        assert (reference.l2_penalty(w1), reference.l2_penalty(w2)) == (1, 0.25)
        assert (reference.l1_penalty(w1), reference.l1_penalty(w2)) == (1, 1)
        names = ("l1_of_w1", "l1_of_w2", "l2_of_w1", "l2_of_w2")
        assert [reference.answers[name] for name in names] == [1, 1, 1, 0.25]

    @pytest.mark.parametrize("seed", SEEDS)
    @pytest.mark.parametrize(("penalty", "gradient", "beta"), [(*p, b) for p, b in zip(
        zip(PENALTIES, GRADIENTS, strict=True), ((), (), (0.7,)), strict=True)])  # fmt: skip
    def test_gradients_are_derivatives_in_extended_precision(self, reference, seed, penalty, gradient, beta):
        def value(W):
            squares, absolutes = np.sum(W * W), np.sum(np.abs(W))
            return {"l2_penalty": squares, "l1_penalty": absolutes}.get(penalty, sum(beta) * squares + absolutes)

        W = np.random.default_rng(seed).choice([-1, 1], size=(3, 2)) * (
            0.5 + np.random.default_rng(seed).random((3, 2))
        )
        wide, h = W.astype(np.longdouble), np.longdouble(1e-6)
        expected = np.zeros_like(wide)
        for index in np.ndindex(W.shape):
            step = np.zeros_like(wide)
            step[index] = h
            expected[index] = (value(wide + step) - value(wide - step)) / (2 * h)
        np.testing.assert_allclose(getattr(reference, gradient)(W, *beta), expected.astype(float), rtol=1e-9)

    def test_torch_agrees(self, reference):
        torch = pytest.importorskip("torch")
        W = torch.tensor(np.random.default_rng(0).normal(size=(4, 3)), requires_grad=True)
        (0.3 * (W**2).sum() + W.abs().sum()).backward()
        np.testing.assert_allclose(reference.elastic_net_gradient(W.detach().numpy(), 0.3), W.grad.numpy(), rtol=1e-12)


class TestReferenceOfTheLoss:
    def test_lecture_example(self, reference):
        W = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
        assert reference.full_loss(W, np.eye(3), [0, 1, 2], 0.0) == pytest.approx(15.8 / 3, rel=1e-14)
        assert reference.full_loss(W, np.eye(3), [0, 1, 2], 1.0) == pytest.approx(15.8 / 3 + np.sum(W**2), rel=1e-14)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_it_agrees_with_the_formula_number_by_number(self, reference, seed):
        rng = np.random.default_rng(seed)
        N, D, C = rng.integers(2, 7, size=3)
        W, X, y, reg = rng.normal(size=(D, C)), rng.normal(size=(N, D)), rng.integers(0, C, size=N), rng.random()
        total = 0.0
        for i in range(N):
            scores = [sum(X[i, d] * W[d, j] for d in range(D)) for j in range(C)]
            total += sum(max(0.0, scores[j] - scores[y[i]] + 1) for j in range(C) if j != y[i])
        expected = total / N + reg * sum(w * w for w in W.flat)
        assert reference.full_loss(W, X, y, reg) == pytest.approx(expected, rel=1e-13)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_weights_without_loss_have_none(self, graders, reference, seed):
        problems = graders._module("problems")
        for problem in problems.weights_without_loss(np.random.default_rng(seed)):
            W, X, y = problem.args
            assert reference.full_loss(W, X, y, 0.0) == reference.full_loss(2 * W, X, y, 0.0) == 0


class TestReferenceOfRidge:
    @pytest.mark.parametrize("seed", SEEDS)
    @pytest.mark.parametrize("reg", [1e-3, 0.1, 5.0])
    def test_scikit_learn_agrees(self, reference, seed, reg):
        rng = np.random.default_rng(seed)
        x, t = rng.uniform(-1, 1, size=15), rng.normal(size=15)
        ridge = sklearn.linear_model.Ridge(alpha=15 * reg, fit_intercept=False, solver="svd")
        ridge.fit(np.vander(x, 5, increasing=True), t)
        np.testing.assert_allclose(reference.ridge_polyfit(x, t, 4, reg), ridge.coef_, rtol=1e-8)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_a_general_minimiser_finds_nothing_better(self, reference, seed):
        rng = np.random.default_rng(seed)
        x, t = rng.uniform(-1, 1, size=10), rng.normal(size=10)
        w = reference.ridge_polyfit(x, t, 3, 0.2)
        found = scipy.optimize.minimize(lambda w: reference.ridge_objective(w, x, t, 3, 0.2), np.zeros(4), tol=1e-12)
        assert reference.ridge_objective(w, x, t, 3, 0.2) <= found.fun + 1e-12
        np.testing.assert_allclose(w, found.x, atol=1e-5)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_numpy_agrees_without_a_penalty(self, reference, seed):
        rng = np.random.default_rng(seed)
        x, t = rng.uniform(-2, 2, size=12), rng.normal(size=12)
        expected = np.polynomial.polynomial.polyfit(x, t, 3)
        np.testing.assert_allclose(reference.ridge_polyfit(x, t, 3, 0.0), expected, rtol=1e-9)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_degree_12_is_as_good_as_orthogonal_polynomials(self, graders, reference, seed):
        problems = graders._module("problems")
        for problem in problems.nearly_dependent_powers(np.random.default_rng(seed)):
            x, t, degree, _ = problem.args
            assert np.linalg.cond(np.vander(x, degree + 1)) > 1e9
            Q, _ = np.linalg.qr(np.polynomial.legendre.legvander(2 * x / 3 - 1, degree))
            least = np.mean((t - Q @ (Q.T @ t)) ** 2)
            w = reference.ridge_polyfit(*problem.args)
            assert reference.ridge_objective(w, *problem.args) == pytest.approx(least, rel=1e-6)

    @pytest.mark.parametrize("reg", [0.5, 3.0])
    def test_one_point_by_hand(self, reference, reg):
        x, t = 1.5, -4.0
        v = np.array([1, x, x * x])
        np.testing.assert_allclose(reference.ridge_polyfit([x], [t], 2, reg), v * t / (reg + v @ v), rtol=1e-13)


class TestReferenceOfLasso:
    @pytest.mark.parametrize("seed", SEEDS)
    @pytest.mark.parametrize("reg", [0.05, 1.0, 20.0])
    def test_scikit_learn_agrees(self, reference, seed, reg):
        X, t = draw_regression(seed)
        lasso = sklearn.linear_model.Lasso(alpha=reg / 2, fit_intercept=False, tol=1e-14, max_iter=100_000)
        expected = lasso.fit(X, t).coef_
        w = reference.lasso_ista(X, t, reg, 3000)
        np.testing.assert_allclose(w, expected, atol=1e-7)
        np.testing.assert_array_equal(w == 0, expected == 0)
        np.testing.assert_allclose(reference.lasso_minimum(X, t, reg), expected, atol=1e-7)

    @pytest.mark.parametrize("seed", SEEDS)
    def test_the_minimum_keeps_the_conditions_of_karush_kuhn_and_tucker(self, reference, seed):
        X, t = draw_regression(seed)
        for reg in (0.1, 2.0):
            w = reference.lasso_minimum(X, t, reg)
            slopes = 2 * X.T @ (X @ w - t) / len(t)
            np.testing.assert_allclose(slopes[w != 0], -reg * np.sign(w[w != 0]), atol=1e-12)
            assert (np.abs(slopes[w == 0]) < reg).all()

    @pytest.mark.parametrize("seed", SEEDS)
    def test_scikit_learn_agrees_on_the_elastic_net_too(self, reference, seed):
        """Its objective is half the mean of squares, plus both penalties; ours is made of the functions graded here."""
        X, t = draw_regression(seed)
        reg, beta = 0.4, 0.5
        net = sklearn.linear_model.ElasticNet(
            alpha=reg / 2 + reg * beta, l1_ratio=0.5 / (0.5 + beta), fit_intercept=False, tol=1e-14, max_iter=100_000
        )
        w = net.fit(X, t).coef_
        slopes = 2 * X.T @ (X @ w - t) / len(t) + reg * reference.elastic_net_gradient(w, beta)
        np.testing.assert_allclose(slopes[w != 0], 0, atol=1e-7)
        assert (np.abs(slopes[w == 0]) <= reg).all()

    @pytest.mark.parametrize("seed", range(30))
    def test_problems_are_what_the_checks_need(self, graders, reference, seed):
        problems = graders._module("problems")
        rng = np.random.default_rng(seed)
        for ladder in (problems.least_squares, problems.one_example, problems.repeated_examples):
            for X, t, reg, _ in (problem.args for problem in ladder(rng)):
                assert (reference.lasso_minimum(X, t, reg) >= 0).all()  # the sign is another check's
        for X, t, reg, _ in (problem.args for problem in problems.sparse_weights(rng)):
            w = reference.lasso_minimum(X, t, reg)
            slopes = 2 * X.T @ (X @ w - t) / len(t)
            assert (w[w != 0] > 0.5).all()
            assert 0 < np.abs(slopes[w == 0]).max() < 0.6 * reg
            assert np.array_equal(reference.lasso_minimum(X, t, reg / len(t)) == 0, w == 0)


class TestTolerances:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_they_lie_between_single_precision_and_a_slip(self, reference, seed):
        rng = np.random.default_rng(seed)
        W = rng.normal(size=50)
        right, single = reference.elastic_net_penalty(W, 1.0), W.astype(np.float32)
        tolerance = reference.penalty_tolerance(W)
        assert abs(float(np.sum(single * single + np.abs(single))) - right) <= tolerance < 1e-3 * right
        gradient = 2 * single + np.sign(single)
        assert (np.abs(gradient - reference.elastic_net_gradient(W, 1.0)) <= reference.gradient_tolerance(W)).all()
        assert (reference.gradient_tolerance(W) < 1e-3 * (1 + 2 * np.abs(W))).all()

    @pytest.mark.parametrize("seed", SEEDS)
    def test_the_full_losss_too(self, reference, seed):
        rng = np.random.default_rng(seed)
        N, D, C = rng.integers(2, 20, size=3)
        W, X, y = rng.normal(size=(D, C)), rng.normal(size=(N, D)), rng.integers(0, C, size=N)
        right, tolerance = reference.full_loss(W, X, y, 0.5), reference.full_loss_tolerance(W, X, y, 0.5)
        single = X.astype(np.float32) @ W.astype(np.float32)
        margins = np.maximum(single - single[np.arange(N), y, None] + np.float32(1), 0)
        margins[np.arange(N), y] = 0
        assert abs(float(margins.sum()) / N + 0.5 * float(np.sum(W.astype(np.float32) ** 2)) - right) <= tolerance
        assert tolerance < 0.01 * right

    @pytest.mark.parametrize("seed", SEEDS)
    def test_normal_equations_in_single_precision_are_near_enough(self, graders, reference, seed):
        problems = graders._module("problems")
        rng = np.random.default_rng(seed)
        for problem in [*problems.exact_polynomials(rng), *problems.one_point(rng), *problems.many_points(rng)]:
            x, t, degree, reg = problem.args
            V = np.vander(x.astype(np.float32), degree + 1, increasing=True)
            normal = V.T @ V / np.float32(len(x)) + np.float32(reg) * np.eye(degree + 1, dtype=np.float32)
            w = np.linalg.solve(normal, V.T @ t.astype(np.float32) / np.float32(len(x)))
            tolerance = reference.ridge_polyfit_tolerance(*problem.args)
            right = reference.ridge_polyfit(*problem.args)
            assert np.abs(w - right).max() <= tolerance < 0.02 * np.abs(right).max()

    @pytest.mark.parametrize(("excess", "is_accepted"), [(0.5e-4, True), (2e-4, False)])
    def test_of_the_squared_error(self, graders, excess, is_accepted):
        fits = graders._module("fits")
        arguments = (lambda w: 3 * (1 + excess), np.ones(13), 12, 3.0)
        self.assert_judged(fits.assert_error_is_least, arguments, is_accepted)

    @pytest.mark.parametrize(("moved", "is_accepted"), [(0.9e-3, True), (1.1e-3, False)])
    def test_of_the_objective(self, graders, reference, moved, is_accepted):
        fits = graders._module("fits")
        best = reference.lasso_minimum(np.eye(1), [3.0], 1.0)
        arguments = (best + moved, np.eye(1), np.array([3.0]), 1.0, best, reference.lasso_objective)
        self.assert_judged(fits.assert_objective_is_minimal, arguments, is_accepted)

    @pytest.mark.parametrize(("slope", "is_accepted"), [(1.0, True), (-1.0, True), (0.3, True), (1.0001, False)])
    def test_of_the_slope_at_0(self, graders, slope, is_accepted):
        laws = graders._module("laws")
        self.assert_judged(laws.assert_within_one_at_zero, (np.array([1.0, slope]), np.array([2.0, 0.0])), is_accepted)

    @pytest.mark.parametrize(("factor", "is_accepted"), [(2.0, True), (2.001, False)])
    def test_of_the_derivative_of_ones_own_penalty(self, graders, factor, is_accepted):
        W = np.array([1.5, -2.0, 0.5])
        keywords = {"expected": 2 * W, "tolerance": 1e-6}
        arguments = (10 * factor * W, lambda W: 10 * np.sum(W * W), W)
        self.assert_judged(graders._module("laws").assert_own_derivative, arguments, is_accepted, **keywords)

    def assert_judged(self, law, arguments, is_accepted, **keywords):
        if is_accepted:
            law(*arguments, **keywords)
        else:
            with pytest.raises(CheckFailed):
                law(*arguments, **keywords)


class TestPoints:
    def test_points_are_the_notebooks(self, graders):
        points = {cell: sum(graders.points_of(cell).values()) for cell in ASSIGNMENT.points}
        assert points == ASSIGNMENT.points
        assert points == {
            "l2_penalty_tests": 1.5,
            "l1_penalty_tests": 1.5,
            "elastic_net_penalty_tests": 2,
            "l2_gradient_tests": 1.5,
            "l1_subgradient_tests": 2,
            "elastic_net_gradient_tests": 2,
            "full_loss_tests": 4,
            "ridge_polyfit_tests": 4,
            "lasso_ista_tests": 5,
            "reg_answers_tests": 4,
        }

    def test_the_solution_earns_all(self, graders):
        results = results_of(graders, submission_that_runs(with_variants(ASSIGNMENT)))
        assert [result.lost for result in results] == [()] * 10

    def test_the_reference_earns_all(self, graders):
        assert [result.lost for result in results_of(graders, submission_of(graders))] == [()] * 10

    def test_nothing_earns_nothing(self, graders):
        results = results_of(graders, Submission(LocalTransport({})))
        assert sum(result.score for result in results) == 0
        assert {check.outcome for result in results for check in result.checks} == {"missing"}

    def test_the_same_problems_are_asked_each_time(self, graders):
        asked = []
        for _ in range(2):
            submission = submission_of(graders)
            results_of(graders, submission)
            asked.append([repr((call.name, call.args, call.kwargs)) for call in submission.calls])
        assert asked[0] == asked[1]


class TestVersions:
    def test_there_are_enough_of_each_function(self, graders):
        for name in (*FUNCTIONS, "reg_answers"):
            assert sum(variant.cell == name for variant in graders.misconceptions) >= 6
            assert sum(variant.cell == name for variant in graders.alternatives) >= 4

    def test_names_are_unique_and_the_checks_exist(self, graders):
        versions = [*graders.misconceptions, *graders.alternatives]
        assert len({(v.cell, v.name) for v in versions}) == len(versions)
        for variant in versions:
            assert set(variant.loses) <= set(graders.points_of(f"{variant.cell}_tests"))

    def test_every_check_is_lost_by_some_misconception(self, graders):
        for cell in ASSIGNMENT.points:
            lost = {name for v in graders.misconceptions if f"{v.cell}_tests" == cell for name in v.loses}
            assert lost == set(graders.points_of(cell))

    def test_each_misconception_loses_what_it_declares_and_is_named(self, graders):
        wrong = []
        for variant in graders.misconceptions:
            submission = submission_that_runs(with_variants(ASSIGNMENT, variant))
            result = graders.run(f"{variant.cell}_tests", submission)
            named = {check.misconception for check in result.checks} - {None}
            if set(result.lost) != set(variant.loses) or named != {variant.name}:
                wrong.append((variant.cell, variant.name, result.lost, named))
        assert wrong == []

    def test_each_alternative_loses_nothing(self, graders):
        assert self.lost_by(graders, graders.alternatives) == []

    @pytest.mark.parametrize("seed", [0, 1, 2, 3, 2**31])
    def test_another_seed_tells_right_from_wrong_as_well(self, seed):
        other = Judges(ASSIGNMENT, seed)
        try:
            assert self.lost_by(other, a_part(other.alternatives, seed, 4)) == []
            for variant in a_part(other.misconceptions, seed, 5):
                submission = submission_that_runs(with_variants(ASSIGNMENT, variant))
                assert set(other.run(f"{variant.cell}_tests", submission).lost) == set(variant.loses), variant.name
        finally:
            other.close()

    def lost_by(self, graders, alternatives):
        return [
            (variant.cell, variant.name, check.name, check.message)
            for variant in alternatives
            for check in graders.run(
                f"{variant.cell}_tests", submission_that_runs(with_variants(ASSIGNMENT, variant))
            ).checks
            if check.message
        ]


class TestFollowThrough:
    """What was lost in one cell is not lost again in the next, where that builds on it."""

    def test_the_half_convention_costs_the_values_alone_and_is_named(self, graders):
        half = {
            "l2_penalty": lambda W: 0.5 * np.sum(W * W),
            "l2_gradient": lambda W: W.astype(float),
            "full_loss": lambda W, X, y, reg: graders.reference.full_loss(W, X, y, 0.5 * reg),
        }
        lost = {}
        for name in half:
            result = graders.run(f"{name}_tests", submission_of(graders, **half))
            lost[name] = {
                check.name.removeprefix("test_"): check.misconception for check in result.checks if check.message
            }
        assert lost == {
            "l2_penalty": {"value": "halved"},
            "l2_gradient": {"value": "factor_2_missing"},
            "full_loss": {},  # its penalty is the student's own
        }

    def test_a_right_gradient_is_right_beside_a_wrong_penalty(self, graders):
        for penalty, gradient in zip(PENALTIES, GRADIENTS, strict=True):
            assert lost_by(graders, gradient, **{penalty: lambda *args: None}) == set()

    def test_a_gradient_of_ones_own_wrong_penalty_loses_its_value_alone(self, graders):
        for factor in (0.5, 3.0):
            changed = {
                "l1_penalty": lambda W, factor=factor: factor * np.sum(np.abs(W)),
                "l1_subgradient": lambda W, factor=factor: factor * np.sign(W),
            }
            assert lost_by(graders, "l1_subgradient", **changed) == {"value"}

    def test_the_derivative_of_a_constant_earns_nothing(self, graders):
        changed = {"l2_penalty": lambda W: 0.0, "l2_gradient": lambda W: np.zeros(W.shape)}
        assert "derivative_of_own_penalty" in lost_by(graders, "l2_gradient", **changed)

    def test_an_elastic_net_of_ones_own_wrong_parts_is_right(self, graders):
        parts = {
            "l2_penalty": lambda W: 0.5 * np.sum(W * W),
            "l1_penalty": lambda W: np.mean(np.abs(W)),
            "l2_gradient": lambda W: 1.0 * W,
            "l1_subgradient": lambda W: W / np.abs(W),
        }
        net = {
            "elastic_net_penalty": lambda W, beta: beta * parts["l2_penalty"](W) + parts["l1_penalty"](W),
            "elastic_net_gradient": lambda W, beta: beta * parts["l2_gradient"](W) + parts["l1_subgradient"](W),
        }
        for name in net:
            assert lost_by(graders, name, **parts, **net) == set()

    def test_not_a_number_at_0_is_only_followed_from_ones_own_function(self, graders):
        broken = {"elastic_net_gradient": lambda W, beta: 2 * beta * W + W / np.abs(W)}
        assert lost_by(graders, "elastic_net_gradient", **broken) == {"l1_is_left_at_beta_0"}

    def test_a_full_loss_with_ones_own_wrong_penalty_is_right(self, graders):
        right = graders.reference.full_loss
        changed = {
            "l2_penalty": lambda W: np.sum(np.abs(W)),
            "full_loss": lambda W, X, y, reg: right(W, X, y, 0.0) + reg * np.sum(np.abs(W)),
        }
        assert lost_by(graders, "full_loss", **changed) == set()
        changed["l2_penalty"] = lambda W: 4.0
        assert lost_by(graders, "full_loss", **changed) == {"penalty"}

    def test_a_penalty_that_reg_does_not_turn_off_leaves_the_data_loss_right(self, graders):
        right = graders.reference.full_loss
        assert lost_by(graders, "full_loss", full_loss=lambda W, X, y, reg: right(W, X, y, 1.0)) == {
            "penalty_is_proportional_to_reg",
            "zero_loss_stays_when_doubled",
        }


CONSTANTS = {
    "none": None,
    "text": "12.9",
    "number": 5.25,
    "zero": 0.0,
    "true": True,
    "nan": np.nan,
    "infinity": np.inf,
    "complex": 2.9 + 1j,
    "huge integer": 10**400,
    "negative huge integer": -(10**5000),
    "largest float": 1.7e308,
    "smallest float": 5e-324,
    "nothing": np.zeros(0),
    "list": [],
    "nested": [[[[2.9]]]],
    "ragged": [[1.0], [1.0, 2.0]],
    "dict": {"loss": 2.9},
    "opaque": object(),
    "opaque in a list": [object()],
    "bytes": b"2.9",
    "one weight": np.ones(1),
    "two weights": np.array([2.0, -1.0]),
    "huge weights": np.array([1.7e308, -1.7e308]),
    "matrix": np.ones((3, 3)),
    "array of nan": np.array([np.nan, np.nan]),
    "array of objects": np.array([None]),
    "array of texts": np.array(["2.9"]),
    "too large": np.zeros(2**22),
    "endless": SelfReference(),
}
STRANGE = {
    "returns its arguments": lambda *args, **kwargs: args,
    "spoils its arguments": spoils_arguments(),
    "takes no arguments": lambda: 1.0,
    "raises": raises(ValueError),
    "exits": raises(SystemExit),
    "interrupts": raises(KeyboardInterrupt),
    "not implemented": raises(NotImplementedError),
    "is a number": 5.0,
    "is none": None,
    "zeros like the first": lambda first, *args: np.zeros(np.shape(first)),
    "ones like the first": lambda first, *args: np.ones(np.shape(first)),
    "huge like the first": lambda first, *args: np.full(np.shape(first), -1.7e308),
    "whether there is something": lambda first, *args: float(np.any(first)),
}


class TestStrangeAnswers:
    """Whatever comes back, a check fails or passes; it never fails by itself, which would be our fault."""

    @pytest.mark.parametrize("function", STRANGE.values(), ids=STRANGE)
    def test_strange_functions_earn_nothing(self, judges, function):
        self.assert_earns_nothing(judges, dict.fromkeys(FUNCTIONS, function))

    @pytest.mark.parametrize("value", CONSTANTS.values(), ids=CONSTANTS)
    def test_constant_functions_earn_nothing(self, judges, value):
        self.assert_earns_nothing(judges, dict.fromkeys(FUNCTIONS, lambda *args, **kwargs: value))

    def test_the_diagnosis_takes_them_too(self, graders):
        for value in (None, np.nan, 10**400, object(), [[1.0], [1.0, 2.0]], np.array(["2.9"])):
            for name in ("l2_penalty", "l2_gradient", "lasso_ista"):
                result = graders.run(f"{name}_tests", submission_of(graders, **{name: lambda *args, v=value: v}))
                named = {check.misconception for check in result.checks} - {None}
                assert named == ({"printed_not_returned"} if value is None and name == "l2_penalty" else set())

    @pytest.mark.parametrize("value", CONSTANTS.values(), ids=CONSTANTS)
    def test_constant_functions_earn_nothing_beside_right_ones(self, judges, value):
        for name in (*PENALTIES, *GRADIENTS, "full_loss"):
            result = judges.run(f"{name}_tests", submission_of(judges, **{name: lambda *args: value}))
            assert result.score == 0

    @pytest.mark.parametrize("seed", range(3))
    def test_random_numbers_obey_no_law(self, judges, seed):
        rng = np.random.default_rng(seed)
        for draw in (lambda *args: 10 * rng.random(), lambda first, *args: rng.normal(size=np.shape(first))):
            self.assert_earns_nothing(judges, dict.fromkeys(FUNCTIONS, draw))
        weights = {
            "ridge_polyfit": lambda x, t, degree, reg: rng.normal(size=degree + 1),
            "lasso_ista": lambda X, t, reg, num_iters: rng.normal(size=X.shape[1]),
        }
        self.assert_earns_nothing(judges, {**dict.fromkeys(FUNCTIONS), **weights})

    @pytest.mark.parametrize("number", [0.0, 1.0, -1.7e308])
    def test_constant_weights_earn_nothing(self, judges, number):
        weights = {
            "ridge_polyfit": lambda x, t, degree, reg: np.full(degree + 1, number),
            "lasso_ista": lambda X, t, reg, num_iters: np.full(X.shape[1], number),
        }
        self.assert_earns_nothing(judges, {**dict.fromkeys(FUNCTIONS), **weights})

    def assert_earns_nothing(self, judges, functions):
        results = results_of(judges, Submission(LocalTransport(functions)), CELLS)
        assert [result.score for result in results] == [0.0] * len(CELLS)
        for check in (check for result in results for check in result.checks):
            assert check.outcome in OUTCOMES
            assert 0 < len(check.message) < 10_000

    @pytest.mark.parametrize("value", CONSTANTS.values(), ids=CONSTANTS)
    def test_strange_short_answers_are_wrong(self, judges, value):
        submission = Submission(LocalTransport(dict.fromkeys(judges.reference.answers, value)))
        result = judges.run("reg_answers_tests", submission)
        assert result.score == 0
        for check in result.checks:
            assert len(check.message) < 10_000

    @pytest.mark.parametrize("letter", ["a", "b", "c"])
    def test_one_letter_for_all_answers_at_most_one_question(self, judges, letter):
        submission = Submission(LocalTransport(dict.fromkeys(judges.reference.answers, letter)))
        assert judges.run("reg_answers_tests", submission).score <= 1

    def test_feedback_on_short_answers_does_not_tell_them(self, graders):
        wrong = dict.fromkeys(graders.reference.answers, "something else")
        result = graders.run("reg_answers_tests", Submission(LocalTransport(wrong)))
        for check in result.checks:
            assert check.points == 0
            assert not any(word in check.message for word in ("0.25", '"a"', "'a'", '"c"', "'c'", "w2", "neither"))

    def test_each_wrong_short_answer_is_read(self, graders):
        answers = {**graders.reference.answers, "l2_of_w1": 0.5}
        del answers["l1_of_w1"]
        result = graders.run("reg_answers_tests", Submission(LocalTransport(answers)))
        assert result.lost == ("test_penalties",)
        assert "l1_of_w1" in result.checks[0].message


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("l2_penalty", lambda W: np.max(W) ** 2),
        ("l1_penalty", lambda W: np.ptp(W)),
        ("elastic_net_penalty", lambda W, beta: beta * np.sum(W)),
        ("l2_gradient", lambda W: W[::-1]),
        ("l1_subgradient", lambda W: np.cumsum(W, axis=0)),
        ("elastic_net_gradient", lambda W, beta: beta * W),
    ],
)
def test_functions_of_the_weights_that_are_something_else_never_earn_the_value(graders, name, function):
    assert "value" in lost_by(graders, name, **{name: function})
