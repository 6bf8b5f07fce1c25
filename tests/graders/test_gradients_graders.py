"""The graders of ``gradients``, run in this process on functions that are known to be right, wrong or absurd."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import approx_fprime, check_grad
from sklearn.metrics import hinge_loss, log_loss

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
ASSIGNMENT = COURSE.assignment("gradients")
NUMERICAL = ("eval_numerical_gradient", "eval_numerical_gradient_centered")
LOSSES = ("svm_loss_naive", "svm_loss_vectorized", "softmax_loss_naive", "softmax_loss_vectorized", "fix_dscore")
FUNCTIONS = (*NUMERICAL, "relative_error", "grad_check_sparse", *LOSSES, "quadratic_gradient", "stationary_point")
CELLS = {name.removesuffix("_tests"): name for name in ASSIGNMENT.points}
OF_FUNCTIONS = [cell for cell in ASSIGNMENT.points if cell != "gradient_answers_tests"]
LECTURE = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
LABELS = np.array([0, 1, 2])


@pytest.fixture(scope="module")
def graders():
    graders = Graders(ASSIGNMENT, COURSE.settings.seed)
    yield graders
    graders.close()


@pytest.fixture(scope="module")
def quick_graders():
    """The same checks without a search for the mistake, which takes longer than they do."""
    graders = Graders(ASSIGNMENT, COURSE.settings.seed)
    graders.misconceptions = []
    yield graders
    graders.close()


@pytest.fixture(autouse=True)
def warnings_as_in_a_student_kernel():
    """Only shown, there: an overflow is no exception."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def submission_that_runs(notebook):
    """Run the code cells of a notebook up to its answers in this process; the ones with tests are left out."""
    names = {}
    cells = [c for c in notebook.cells if c.cell_type == "code" and "nbgrader" in c.metadata]
    sources = [c.source for c in cells if not c.metadata.nbgrader.grade]
    for source in ("import numpy as np", *sources):
        exec(source, names)
    return Submission(LocalTransport(names), sources)


def submission_of(*code, **names):
    return Submission(LocalTransport(names), code)


def results_of(graders, submission, cells=tuple(ASSIGNMENT.points)):
    return [graders.run(cell, submission) for cell in cells]


def batch(seed, largest=6):
    """Weights, examples and labels of any small size, and a strength."""
    rng = np.random.default_rng(seed)
    N, D, C = rng.integers(2, largest, size=3)
    return rng.normal(size=(D, C)), rng.normal(size=(N, D)), rng.integers(C, size=N), float(rng.uniform(0.1, 2))


def slow_loss(kind, W, X, y, reg):
    """The formula of the lecture, number by number, in the longest floats that the machine has."""
    total = np.longdouble(0)
    for i in range(len(X)):
        scores = [sum(X[i, d] * W[d, j] for d in range(len(W))) for j in range(W.shape[1])]
        if kind == "svm":
            total += sum(max(0, scores[j] - scores[y[i]] + 1) for j in range(len(scores)) if j != y[i])
        else:
            total += np.log(sum(np.exp(score) for score in scores)) - scores[y[i]]
    return total / len(X) + reg * sum(w * w for w in W.ravel())


class TestReferenceLosses:
    @pytest.mark.parametrize("name", LOSSES)
    def test_lecture_example(self, graders, name):
        loss, dW = getattr(graders.reference, name)(LECTURE, np.eye(3), LABELS, 0.0)
        assert round(loss, 4) == (2.7587 if name.startswith("softmax") else 5.2667)
        assert dW.shape == (3, 3)
        assert dW.sum(axis=1) == pytest.approx(np.zeros(3), abs=1e-15)  # what one class gains the others lose

    @pytest.mark.parametrize("kind", ["svm", "softmax"])
    @pytest.mark.parametrize("seed", range(3))
    def test_it_is_the_formula_number_by_number_and_its_derivative(self, graders, kind, seed):
        W, X, y, reg = batch(seed, largest=5)
        loss, dW = getattr(graders.reference, f"{kind}_loss_naive")(W, X, y, reg)
        long = W.astype(np.longdouble)
        assert loss == pytest.approx(float(slow_loss(kind, long, X, y, reg)), rel=1e-13)
        step = np.longdouble(1e-6)  # no kink is so near
        for index in np.ndindex(W.shape):
            above, below = long.copy(), long.copy()
            above[index] += step
            below[index] -= step
            slope = (slow_loss(kind, above, X, y, reg) - slow_loss(kind, below, X, y, reg)) / (2 * step)
            assert dW[index] == pytest.approx(float(slope), rel=1e-8, abs=1e-9)

    @pytest.mark.parametrize("name", LOSSES)
    @pytest.mark.parametrize("seed", range(5))
    def test_scipy_finds_the_same_gradient(self, graders, name, seed):
        W, X, y, reg = batch(seed)
        function = getattr(graders.reference, name)
        difference = check_grad(
            lambda w: function(w.reshape(W.shape), X, y, reg)[0],
            lambda w: function(w.reshape(W.shape), X, y, reg)[1].ravel(),
            W.ravel(),
        )
        assert difference < 1e-5

    @pytest.mark.parametrize("seed", range(5))
    def test_scikit_learn_finds_the_same_loss(self, graders, seed):
        W, X, y, _ = batch(seed)
        scores = X @ W
        p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        expected = log_loss(y, p, labels=np.arange(W.shape[1]))
        assert graders.reference.softmax_loss_naive(W, X, y, 0.0)[0] == pytest.approx(expected, rel=1e-12)
        # With two classes there is one margin, the difference of both scores.
        two = graders.reference.svm_loss_naive(W[:, :2], X, y % 2, 0.0)[0]
        lead = X @ (W[:, 1] - W[:, 0])
        assert two == pytest.approx(hinge_loss(y % 2, lead, labels=[0, 1]), rel=1e-12)

    @pytest.mark.parametrize("kind", ["svm", "softmax"])
    @pytest.mark.parametrize("seed", range(5))
    def test_torch_finds_the_same(self, graders, kind, seed):
        torch = pytest.importorskip("torch")
        W, X, y, reg = batch(seed)
        weights = torch.tensor(W, requires_grad=True)
        scores, labels = torch.tensor(X) @ weights, torch.tensor(y)
        if kind == "svm":
            data = torch.nn.functional.multi_margin_loss(scores, labels) * W.shape[1]
        else:
            data = torch.nn.functional.cross_entropy(scores, labels)
        loss = data + reg * (weights**2).sum()
        loss.backward()
        own = getattr(graders.reference, f"{kind}_loss_naive")(W, X, y, reg)
        assert own[0] == pytest.approx(loss.item(), rel=1e-12)
        assert own[1] == pytest.approx(weights.grad.numpy(), rel=1e-11, abs=1e-13)

    def test_the_buggy_loss_is_right_but_its_gradient_is_not(self, graders):
        W, X, y, reg = batch(3)
        loss, dW = graders.reference.svm_loss_buggy(W, X, y, reg)
        assert loss == pytest.approx(graders.reference.fix_dscore(W, X, y, reg)[0])
        assert not np.allclose(dW, graders.reference.fix_dscore(W, X, y, reg)[1])

    def test_a_tie_has_two_gradients(self, graders):
        without, counted = graders.reference.svm_gradient_range([[1.0, 2.0, 0.5]], [[1.0]], [1])
        assert without.tolist() == [[0, 0, 0]]
        assert counted.tolist() == [[1, -1, 0]]

    @pytest.mark.parametrize("kind", ["svm", "softmax"])
    @pytest.mark.parametrize("seed", range(10))
    def test_tolerances_lie_between_single_precision_and_a_slip(self, graders, kind, seed):
        W, X, y, reg = batch(seed, largest=25)
        right = getattr(graders.reference, f"{kind}_loss_naive")(W, X, y, reg)
        allowed = getattr(graders.reference, f"{kind}_tolerances")(W, X, y, reg)
        version = next(v for v in graders.alternatives if v.cell == f"{kind}_loss_vectorized" and "single" in v.name)
        single = version.function(W, X, y, reg)
        for got, expected, tolerance in zip(single, right, allowed, strict=True):
            assert (np.abs(got - expected) <= tolerance).all()
            assert (tolerance < 0.01 * max(1, np.abs(expected).max())).all()


class TestOtherReferences:
    @pytest.mark.parametrize("name", NUMERICAL)
    def test_scipy_finds_the_same_differences(self, graders, name):
        x, h = np.array([0.3, -1.2, 2.0]), 1e-4

        def f(x):
            return np.prod(x) + np.sum(np.exp(x))

        gradient = getattr(graders.reference, name)(f, x, h)
        exact = np.prod(x) / x + np.exp(x)
        assert gradient == pytest.approx(exact, rel=1e-3)
        if name == "eval_numerical_gradient":
            assert gradient == pytest.approx(approx_fprime(x, f, h), rel=1e-9)
        else:
            assert gradient == pytest.approx(exact, rel=1e-8)

    def test_errors_of_forward_and_centred_differences(self, graders):
        def f(x):
            return x[()] ** 3

        for h in (0.5, 0.01):
            forward = graders.reference.eval_numerical_gradient(f, np.array(2.0), h)
            centred = graders.reference.eval_numerical_gradient_centered(f, np.array(2.0), h)
            assert forward == pytest.approx(12 + 6 * h + h**2, rel=1e-11)
            assert centred == pytest.approx(12 + h**2, rel=1e-11)

    def test_relative_error(self, graders):
        relative_error = graders.reference.relative_error
        assert relative_error([1.0, 3.0], [1.0, 1.0]) == 0.5
        assert relative_error([-2.0], [2.0]) == 1
        assert relative_error(np.zeros((2, 2)), np.zeros((2, 2))) == 0
        assert relative_error(1e-9, 0) == pytest.approx(0.1)

    def test_sparse_check(self, graders):
        x = np.arange(1.0, 7.0).reshape(2, 3)
        check = graders.reference.grad_check_sparse
        assert check(lambda x: np.sum(x**2), x, 2 * x, 4) < 1e-9
        assert check(lambda x: np.sum(x**2), x, 4 * x, 4) == pytest.approx(1 / 3)
        assert check(lambda x: np.sum(x**2), x, 2 * x + (x == 3), 6) == pytest.approx(1 / 13)

    def test_quadratic(self, graders):
        reference = graders.reference
        point = reference.stationary_point()
        assert reference.quadratic_gradient(point) == pytest.approx([0, 0], abs=1e-13)
        assert reference.quadratic_value(point) == pytest.approx(16)
        assert reference.quadratic_value(np.array([-20, 20])) == -179
        x = np.array([0.7, -1.1])
        assert approx_fprime(x, reference.quadratic_value) == pytest.approx(reference.quadratic_gradient(x), rel=1e-6)
        assert np.linalg.eigvalsh([[10, 7], [7, 4]]) == pytest.approx([-0.616, 14.616], abs=1e-3)

    def test_short_answers(self, graders):
        answers = graders.reference.answers
        assert answers["table_slope"] == pytest.approx((1.25322 - 1.25347) / 1e-4)
        assert answers["evaluations"] == 3073 * 10 + 1
        errors = [abs(np.sinh(h) / h - 1) for h in (1e-2, 1e-3)]  # of exp at 0
        assert answers["error_ratio_centered"] == pytest.approx(errors[0] / errors[1], rel=1e-2)


class TestPoints:
    def test_points_are_the_notebooks(self, graders):
        points = {cell: sum(graders.points_of(cell).values()) for cell in ASSIGNMENT.points}
        assert points == ASSIGNMENT.points
        assert [points[CELLS[name]] for name in ("eval_numerical_gradient", "relative_error", "quadratic")] == [3, 2, 3]
        assert [points[CELLS[name]] for name in LOSSES] == [6, 6, 6, 6, 3]
        assert sum(points.values()) == 45

    def test_the_solution_earns_all(self, graders):
        results = results_of(graders, submission_that_runs(with_variants(ASSIGNMENT)))
        assert [result.lost for result in results] == [()] * 11

    def test_the_reference_earns_all(self, graders):
        code = [f"def {name}(W, X, y, reg): pass" for name in LOSSES]
        names = {name: value for name, value in vars(graders.reference).items() if not name.startswith("_")}
        results = results_of(graders, submission_of(*code, **{**names, **graders.reference.answers}))
        assert [result.lost for result in results] == [()] * 11

    def test_nothing_earns_nothing(self, graders):
        results = results_of(graders, submission_of())
        assert sum(result.score for result in results) == 0
        for check in (check for result in results for check in result.checks):
            assert check.outcome in ("missing", "raised")

    def test_the_same_problems_are_asked_each_time(self, graders):
        asked = []
        for _ in range(2):
            submission = submission_that_runs(with_variants(ASSIGNMENT))
            results_of(graders, submission)
            asked.append([repr((call.name, call.args, call.kwargs)) for call in submission.calls])
        assert asked[0] == asked[1]


def verdict(graders, variant):
    """What a version lost, and the names that its failed checks gave, each once."""
    result = graders.run(CELLS[variant.cell], submission_that_runs(with_variants(ASSIGNMENT, variant)))
    return set(result.lost), {check.misconception for check in result.checks if check.message}


class TestVersions:
    def test_there_are_enough_of_each_function(self, graders):
        for name in CELLS:
            assert sum(variant.cell == name for variant in graders.misconceptions) >= 6, name
            assert sum(variant.cell == name for variant in graders.alternatives) >= 4, name

    def test_names_are_unique_and_the_checks_exist(self, graders):
        versions = [*graders.misconceptions, *graders.alternatives]
        assert len({(v.cell, v.name) for v in versions}) == len(versions)
        for variant in versions:
            assert set(variant.loses) <= set(graders.points_of(CELLS[variant.cell])), variant.name

    def test_each_check_has_a_misconception_that_loses_it(self, graders):
        for name, cell in CELLS.items():
            lost = {check for v in graders.misconceptions if v.cell == name for check in v.loses}
            assert lost == set(graders.points_of(cell))

    @pytest.mark.parametrize("name", CELLS)
    def test_each_misconception_loses_what_it_declares_and_is_named(self, graders, name):
        for variant in graders.misconceptions:
            if variant.cell == name:
                assert verdict(graders, variant) == (set(variant.loses), {variant.name}), variant.name

    def test_each_alternative_loses_nothing(self, graders):
        for variant in graders.alternatives:
            assert verdict(graders, variant) == (set(), set()), variant.name

    @pytest.mark.parametrize("seed", [0, 1, 2, 2**31])
    def test_another_seed_tells_right_from_wrong_as_well(self, seed):
        other = Graders(ASSIGNMENT, seed)
        try:
            for variant in [*a_part(other.alternatives, seed, 2), *a_part(other.misconceptions, seed, 12)]:
                assert verdict(other, variant)[0] == set(variant.loses), variant.name
        finally:
            other.close()

    def test_the_two_commonest_conventions_cost_what_the_curriculum_says(self, graders):
        for name in LOSSES[:4]:
            by_name = {v.name: set(v.loses) for v in graders.misconceptions if v.cell == name}
            assert by_name["one_half"] == {"test_penalty_in_loss", "test_penalty_in_gradient"}
            assert by_name["factor_2_missing"] == {"test_penalty_in_gradient", "test_derivative_of_own_loss"}


class TestFollowThrough:
    """What is right, given an earlier mistake of the student's own, keeps its points; but not what is empty."""

    @pytest.mark.parametrize(
        "relative_error",
        [
            "np.max(np.abs(np.subtract(a, b)) / np.maximum(np.abs(a), np.abs(b)))",
            "np.sum(np.abs(np.subtract(a, b)) / (np.abs(a) + np.abs(b)))",
            "np.linalg.norm(np.subtract(a, b)) / (np.linalg.norm(a) + np.linalg.norm(b))",
            "np.subtract(a, b)",
            "0.5",
            "1 / 0",
        ],
        ids=["another measure", "sum", "norms", "not one number", "always the same", "raises"],
    )
    def test_sparse_check_with_a_wrong_relative_error(self, quick_graders, relative_error):
        solution = next(cell for cell in ASSIGNMENT.source.cells if "def grad_check_sparse(" in cell.source).source
        names = {"np": np, "own": lambda a, b: eval(relative_error, {"np": np, "a": a, "b": b})}
        exec(f"def relative_error(a, b): return own(a, b)\n{solution}", names)
        assert quick_graders.run("grad_check_sparse_tests", Submission(LocalTransport(names))).lost == ()
        assert names["relative_error"].__name__ == "relative_error"
        assert names["relative_error"].__globals__ is names  # the student's own is back in its place

    def test_sparse_check_may_rely_on_what_only_the_own_relative_error_has(self, quick_graders):
        solution = next(cell for cell in ASSIGNMENT.source.cells if "def grad_check_sparse(" in cell.source).source
        called = "relative_error(numerical, np.ravel(analytic_grad)[places])"
        assert called in solution
        own = "relative_error(p=numerical, q=np.ravel(analytic_grad)[places], floor=1e-8).item()"
        code = (
            "def relative_error(p, q, floor=1e-8):\n"
            "    p, q = np.asarray(p), np.asarray(q)\n"
            "    return np.max(np.abs(p - q) / np.maximum(np.abs(p) + np.abs(q), floor))\n"
        )
        names = {"np": np}
        exec(code + solution.replace(called, own), names)
        assert quick_graders.run("grad_check_sparse_tests", Submission(LocalTransport(names))).lost == ()

    def test_sparse_check_that_is_wrong_itself_is_not_forgiven(self, quick_graders):
        names = {"np": np}
        code = "def relative_error(a, b): return 0.5\ndef grad_check_sparse(f, x, dx, num_checks=10, h=1e-5): return {}"
        for wrong in ("relative_error(dx, dx)", "relative_error(dx, 2 * dx)", "0.5"):
            exec(code.format(wrong), names)
            lost = quick_graders.run("grad_check_sparse_tests", Submission(LocalTransport(names))).lost
            assert {"test_wrong_gradient_is_found", "test_largest_error_counts"} <= set(lost)

    def test_point_and_kind_follow_the_own_gradient(self, quick_graders):
        def lost(gradient, point, kind):
            names = {"quadratic_gradient": gradient, "stationary_point": lambda: np.array(point)}
            return set(quick_graders.run("quadratic_tests", submission_of(**names, stationary_kind=kind)).lost)

        def slipped(x):
            return np.array([10 * x[0] + 7 * x[1] + 10, 4 * x[1] + 1])

        assert lost(slipped, [-0.825, -0.25], "minimum") == {"test_gradient"}
        assert lost(slipped, [11 / 3, -20 / 3], "saddle") == {"test_gradient"}
        assert lost(slipped, [1, 1], "maximum") == {"test_gradient", "test_stationary_point", "test_stationary_kind"}
        for empty in (lambda x: np.zeros(2), lambda x: np.array(x), lambda x: None):
            everything = {"test_gradient", "test_stationary_point", "test_stationary_kind"}
            assert lost(empty, [0.0, 0.0], "minimum") == everything

    def test_a_consistent_loss_pays_once(self, graders):
        for variant in graders.misconceptions:
            if variant.cell in LOSSES[:4] and variant.name == "sum_for_mean":
                assert variant.loses == ("test_data_loss",)

    @pytest.mark.parametrize(
        "function",
        [
            lambda W, X, y, reg: (0.0, np.zeros(W.shape)),
            lambda W, X, y, reg: (np.sum(W), np.ones(W.shape)),
            lambda W, X, y, reg: (np.sum(W) + np.sum(y), np.ones(W.shape)),
            lambda W, X, y, reg: (np.sum(W[:, y]), np.zeros(W.shape)),
            lambda W, X, y, reg: (np.sum(X @ W), np.tile(X.sum(axis=0)[:, np.newaxis], W.shape[1])),
            lambda W, X, y, reg: (np.sum(X @ W) + np.sum(y), np.tile(X.sum(axis=0)[:, np.newaxis], W.shape[1])),
            lambda W, X, y, reg: (float(np.mean(X)), W),
        ],
        ids=["zero", "sum of W", "of labels too", "of columns", "of scores", "of scores and labels", "mean of X"],
    )
    def test_a_consistent_function_that_is_no_loss_earns_nothing(self, quick_graders, function):
        for name in LOSSES:
            assert quick_graders.run(CELLS[name], submission_of(f"def {name}(): pass", **{name: function})).score == 0

    def test_the_penalty_alone_earns_nothing(self, quick_graders):
        def penalty(W, X, y, reg):
            return reg * np.sum(W * W), 2 * reg * W

        for name in LOSSES:
            assert quick_graders.run(CELLS[name], submission_of(f"def {name}(): pass", **{name: penalty})).score == 0

    @pytest.mark.parametrize(
        ("factor", "constant", "names"),
        # A gradient of the hinge that is three times too large is no derivative where a margin is exactly 0.
        [(3, 0, LOSSES[2:4]), (-0.5, 0, LOSSES[2:4]), (1, 2, LOSSES[:4])],
    )
    def test_a_slip_without_a_name_costs_the_data_loss_alone(self, quick_graders, factor, constant, names):
        for name in names:
            right = getattr(quick_graders.reference, name)

            def function(W, X, y, reg, right=right):
                loss, dW = right(W, X, y, 0.0)
                return factor * loss + constant + reg * np.sum(W * W), factor * dW + 2 * reg * W

            lost = quick_graders.run(CELLS[name], submission_of(f"def {name}(): pass", **{name: function})).lost
            assert lost == ("test_data_loss",)

    @pytest.mark.parametrize(
        "loss",
        [lambda W, X, y: 0.0, lambda W, X, y: np.mean((X @ W) ** 2), lambda W, X, y: -np.mean((X @ W)[:, y])],
        ids=["zero", "squares", "columns of y"],
    )
    def test_a_right_gradient_counts_beside_another_loss(self, quick_graders, loss):
        for name in LOSSES:
            right = getattr(quick_graders.reference, name)

            def function(W, X, y, reg, right=right):
                return loss(W, X, y) + reg * np.sum(W * W), right(W, X, y, reg)[1]

            result = quick_graders.run(CELLS[name], submission_of(f"def {name}(): pass", **{name: function}))
            earned = {check.name for check in result.checks if check.points}
            assert earned == {"test_whole_gradient" if name == "fix_dscore" else "test_data_gradient"}

    def test_a_right_loss_counts_beside_another_gradient(self, quick_graders):
        for name in LOSSES[:4]:
            right = getattr(quick_graders.reference, name)

            def function(W, X, y, reg, right=right):
                return right(W, X, y, reg)[0], np.sin(W) + 2 * reg * W

            lost = quick_graders.run(CELLS[name], submission_of(f"def {name}(): pass", **{name: function})).lost
            assert {"test_data_gradient", "test_derivative_of_own_loss"} <= set(lost)
            assert not {"test_data_loss", "test_penalty_in_loss", "test_penalty_in_gradient"} & set(lost)


class TestLaws:
    """Numbers just inside and just outside what is allowed."""

    def slightly_off(self, quick_graders, name, loss=0.0, gradient=0.0):
        """Answers to one problem for each check, off by so many tolerances."""
        right = getattr(quick_graders.reference, name)
        tolerances = (
            quick_graders.reference.softmax_tolerances if "softmax" in name else quick_graders.reference.svm_tolerances
        )

        def function(W, X, y, reg):
            value, dW = right(W, X, y, reg)
            allowed = tolerances(W, X, y, reg)
            return value + loss * allowed[0], dW + gradient * allowed[1]

        return quick_graders.run(CELLS[name], submission_of(f"def {name}(): pass", **{name: function})).lost

    @pytest.mark.parametrize("name", ["svm_loss_naive", "softmax_loss_naive"])
    def test_tolerances_of_the_losses(self, quick_graders, name):
        assert "test_data_loss" not in self.slightly_off(quick_graders, name, loss=0.9)
        assert "test_data_loss" in self.slightly_off(quick_graders, name, loss=1.1)
        assert "test_data_gradient" not in self.slightly_off(quick_graders, name, gradient=0.9)

    def test_a_gradient_just_outside_is_refused(self, quick_graders):
        assert "test_whole_gradient" not in self.slightly_off(quick_graders, "fix_dscore", gradient=0.9)
        assert "test_whole_gradient" in self.slightly_off(quick_graders, "fix_dscore", gradient=1.1)

    @pytest.mark.parametrize(("share", "is_right"), [(0, True), (0.5, True), (1, True), (-0.1, False), (1.1, False)])
    def test_between_the_one_sided_derivatives_of_a_tie_all_is_right(self, quick_graders, share, is_right):
        def function(W, X, y, reg):
            loss, dW = quick_graders.reference.svm_loss_naive(W, X, y, reg)
            without, counted = quick_graders.reference.svm_gradient_range(W, X, y)
            return loss, dW + share * (counted - without)

        lost = quick_graders.run("fix_dscore_tests", submission_of(fix_dscore=function)).lost
        assert lost == (() if is_right else ("test_whole_gradient",))

    @pytest.mark.parametrize(("factor", "is_right"), [(1.0009, True), (1.0011, False)])
    def test_tolerance_of_numerical_gradients(self, quick_graders, factor, is_right):
        def function(f, x, h=1e-5):
            return factor * quick_graders.reference.eval_numerical_gradient_centered(f, x, h)

        lost = quick_graders.run("eval_numerical_gradient_tests", submission_of(eval_numerical_gradient=function)).lost
        assert ("test_gradient_of_vectors" not in lost) == is_right

    def test_a_square_root_of_h_is_no_square(self, quick_graders):
        def function(f, x, h=1e-5):
            return quick_graders.reference.eval_numerical_gradient_centered(f, x, h**0.5)

        result = quick_graders.run(
            "eval_numerical_gradient_centered_tests", submission_of(eval_numerical_gradient_centered=function)
        )
        assert "test_error_falls_as_h_squared" in result.lost

    @pytest.mark.parametrize("wrong", [30730, 30732, 30700, "30730", "31k", np.inf, [30731, 1], None])
    def test_nearly_the_number_of_evaluations(self, quick_graders, wrong):
        submission = submission_of(**{**quick_graders.reference.answers, "evaluations": wrong})
        assert quick_graders.run("gradient_answers_tests", submission).lost == ("test_evaluations",)


class TestRandomness:
    @pytest.mark.parametrize("seed", range(5))
    def test_right_sparse_checks_pass_whatever_they_draw(self, quick_graders, seed):
        def with_repetition(f, x, analytic_grad, num_checks=10, h=1e-5):
            worst = 0.0
            for k in rng.integers(x.size, size=num_checks):
                above, below = x.copy(), x.copy()
                above.flat[k] += h
                below.flat[k] -= h
                slope = (f(above) - f(below)) / (2 * h)
                worst = max(worst, quick_graders.reference.relative_error(slope, analytic_grad.flat[k]))
            return worst

        rng = np.random.default_rng(seed)
        submission = submission_of(grad_check_sparse=with_repetition)
        assert quick_graders.run("grad_check_sparse_tests", submission).lost == ()


CONSTANTS = {
    "none": None,
    "text": "12.9",
    "zero": 0.0,
    "true": True,
    "nan": np.nan,
    "huge integer": 10**400,
    "ragged": [[1.0], [1.0, 2.0]],
    "dict": {"loss": 2.9},
    "opaque in a list": [object()],
    "array": np.ones(3),
    "wrong shape": np.ones((3, 3)),
    "array of texts": np.array(["2.9"]),
    "too large": np.zeros(2**22),
    "endless": SelfReference(),
    "pair of nothing": (None, None),
    "pair of zeros": (0.0, np.zeros((2, 3))),
    "pair of ones": (1.0, np.ones((2, 3))),
    "pair of nan": (np.nan, np.full((2, 3), np.nan)),
    "pair of huge": (1.7e308, np.full((2, 3), 1.7e308)),
    "three": (1.0, np.ones((2, 3)), 2.0),
}
STRANGE = {
    "returns its arguments": lambda *args, **kwargs: args,
    "returns its first two arguments": lambda *args, **kwargs: args[:2],
    "spoils its arguments": spoils_arguments((5.0, np.ones((2, 3)))),
    "takes no arguments": lambda: 1.0,
    "raises": raises(ValueError),
    "exits": raises(SystemExit),
    "is a class": type("Loss", (), {"__init__": lambda self, *args: None}),
    "is none": None,
    "yields": lambda *args: (yield 1.0),
    "zeros of W": lambda W, *args, **kwargs: (0.0, np.zeros(np.shape(W))),
    "ones of W": lambda W, *args, **kwargs: (1.0, np.ones(np.shape(W))),
    "zeros of x": lambda f, x=0, *args, **kwargs: np.zeros(np.shape(x)),
    "ones of x": lambda f, x=0, *args, **kwargs: np.ones(np.shape(x)),
    "calls f and returns zeros": lambda f, x=0, *args, **kwargs: 0 * f(x) + np.zeros(np.shape(x)),
}


class TestStrangeAnswers:
    """Whatever comes back, a check fails or passes; it never fails by itself, which would be our fault."""

    @pytest.mark.parametrize("function", STRANGE.values(), ids=STRANGE)
    def test_strange_functions_earn_nothing(self, quick_graders, function):
        self.assert_earns_nothing(quick_graders, function)

    @pytest.mark.parametrize("value", CONSTANTS.values(), ids=CONSTANTS)
    def test_constant_functions_earn_nothing(self, quick_graders, value):
        self.assert_earns_nothing(quick_graders, lambda *args, **kwargs: value)

    @pytest.mark.parametrize("name", ["returns its first two arguments", "zeros of W"])
    def test_the_search_for_the_mistake_survives_strange_functions(self, graders, name):
        self.assert_earns_nothing(graders, STRANGE[name])

    def assert_earns_nothing(self, quick_graders, function):
        code = [f"def {name}(*args): return 0" for name in FUNCTIONS]
        submission = submission_of(*code, **dict.fromkeys(FUNCTIONS, function))
        for result in results_of(quick_graders, submission, OF_FUNCTIONS):
            assert result.score == 0, [check.name for check in result.checks if check.points]
            for check in result.checks:
                assert check.outcome in OUTCOMES
                assert 0 < len(check.message) < 10_000

    @pytest.mark.parametrize("seed", range(3))
    def test_random_numbers_obey_no_law(self, quick_graders, seed):
        rng = np.random.default_rng(seed)
        functions = {
            **dict.fromkeys(NUMERICAL, lambda f, x, h=1e-5: rng.normal(size=x.shape)),
            "relative_error": lambda a, b: rng.random(),
            "grad_check_sparse": lambda f, x, analytic_grad, num_checks=10, h=1e-5: rng.random(),
            **dict.fromkeys(LOSSES, lambda W, X, y, reg: (10 * rng.random(), rng.normal(size=W.shape))),
            "quadratic_gradient": lambda x: rng.normal(size=2),
            "stationary_point": lambda: rng.normal(size=2),
        }
        code = [f"def {name}(*args): return 0" for name in FUNCTIONS]
        for result in results_of(quick_graders, submission_of(*code, **functions), OF_FUNCTIONS):
            # x is as before: random numbers in one direction of two may well be near the right one.
            assert {check.name for check in result.checks if check.points} <= {"test_x_as_before"}

    @pytest.mark.parametrize("value", CONSTANTS.values(), ids=CONSTANTS)
    def test_strange_short_answers_are_at_most_wrong(self, quick_graders, value):
        names = dict.fromkeys((*quick_graders.reference.answers, "stationary_kind"), value)
        for cell in ("gradient_answers_tests", "quadratic_tests"):
            result = quick_graders.run(cell, submission_of(**names))
            assert result.score <= 1
            for check in result.checks:
                assert len(check.message) < 10_000

    def test_feedback_on_short_answers_does_not_tell_them(self, quick_graders):
        names = dict.fromkeys((*quick_graders.reference.answers, "stationary_kind"), "something else")
        point = {
            "stationary_point": lambda: np.ones(2),
            "quadratic_gradient": quick_graders.reference.quadratic_gradient,
        }
        for cell in ("gradient_answers_tests", "quadratic_tests"):
            for check in quick_graders.run(cell, submission_of(**names, **point)).checks:
                assert check.points == 0 or check.name == "test_gradient"
                for word in ("-2.5", "30731", "100", "False", "saddle", "3.66", "11/3"):
                    assert word not in check.message


class TestLoops:
    @pytest.mark.parametrize("name", ["svm_loss_vectorized", "softmax_loss_vectorized"])
    def test_a_loop_in_a_helper_is_found(self, graders, name):
        notebook = with_variants(ASSIGNMENT)
        cell = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)
        naive = name.replace("vectorized", "naive")
        cell.source = f"def {name}(W, X, y, reg):\n    return {naive}(W, X, y, reg)"
        result = graders.run(CELLS[name], submission_that_runs(notebook))
        assert result.lost == ("test_no_python_loop",)
        assert naive in result.checks[-1].message


def test_helpers_raise_what_costs_points(graders):
    laws = __import__("sys").modules["graders.gradients.laws"]
    loss = laws.Loss(submission_of(svm_loss_naive=lambda W, X, y, reg: 3.0), "svm_loss_naive")
    with pytest.raises(CheckFailed, match="two things"):
        loss.loss(np.ones((2, 3)), np.ones((1, 2)), np.array([0]), 0.0)
