"""The graders of ``sgd``, run in this process on functions that are known to be right, wrong or absurd."""

from __future__ import annotations

import contextlib
import copy
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from absurd import SelfReference, raises, spoils_arguments
from helpers import a_part
from lossmark import CheckFailed
from lossmark.boundary import wire
from lossmark.boundary.submission import Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.course import Course
from lossmark.grading.graders import Graders
from lossmark.numerics import SAFETY
from lossmark.quality.roster import with_variants
from lossmark.results import OUTCOMES

COURSE = Course(Path(__file__).parents[2])
ASSIGNMENT = COURSE.assignment("sgd")
UPDATES = ("sgd_update", "momentum_update", "nesterov_update", "adagrad_update")
FUNCTIONS = ("random_search", "random_local_search", "gradient_descent", "sample_minibatch", *UPDATES, "tune")
CELLS = (*FUNCTIONS[:-1], "linear_classifier", "tune", "sgd_answers")
GRADED_FUNCTIONS = [f"{name}_tests" for name in CELLS[:-1]]


@pytest.fixture(scope="module")
def graders():
    graders = Graders(ASSIGNMENT, COURSE.settings.seed)
    yield graders
    graders.close()


@pytest.fixture(scope="module")
def undiagnosed():
    """Return graders that know no misconceptions: where no name is asked for, it would take long to look for one."""
    graders = Graders(ASSIGNMENT, COURSE.settings.seed)
    graders.misconceptions = []
    yield graders
    graders.close()


@pytest.fixture(scope="module")
def laws(graders):
    return graders._module("laws")


@pytest.fixture(scope="module")
def training(graders):
    return graders._module("training")


@cache
def compiled(source):
    return compile(source, "<cell>", "exec")


def submission_that_runs(notebook):
    """Run the given losses and the answers of a notebook in this process; all else is left out."""
    names = {}
    ids = [(c.source, c.metadata.get("nbgrader", {})) for c in notebook.cells if c.cell_type == "code"]
    sources = [source for source, told in ids if told.get("solution") or told.get("grade_id") == "given_losses"]
    for source in ("import numpy as np", *sources):
        with contextlib.suppress(NotImplementedError):  # the answers of a release
            exec(compiled(source), names)
    return Submission(LocalTransport(names), sources)


def reference_names(graders, **others):
    return graders._right_names() | others


def results_of(graders, submission, cells=ASSIGNMENT.points):
    return [graders.run(cell, submission) for cell in cells]


def wrong_versions(graders, versions):
    """List the versions that lose anything else than they declare, or are named otherwise."""
    wrong = []
    for variant in versions:
        submission = submission_that_runs(with_variants(ASSIGNMENT, variant))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as in a student kernel, where warnings are only shown
            result = graders.run(f"{variant.cell}_tests", submission)
        named = {check.misconception for check in result.checks} - {None}
        if set(result.lost) != set(variant.loses) or named != ({variant.name} if variant.loses else set()):
            wrong.append((variant.cell, variant.name, result.lost, named, [c.message for c in result.checks]))
    return wrong


def by_hand(name, w, grads, learning_rate, mu=0.9):
    """The update rules number by number, in a wider precision: the lecture's formulas."""
    w, v, s = [np.longdouble(x) for x in w], [np.longdouble(0)] * len(w), [np.longdouble(0)] * len(w)
    mu, learning_rate = np.longdouble(mu), np.longdouble(learning_rate)
    path = []
    for grad in grads:
        for i, g in enumerate(np.longdouble(x) for x in grad):
            s[i] += g * g
            before, v[i] = v[i], mu * v[i] - learning_rate * g
            step = {
                "sgd_update": -learning_rate * g,
                "momentum_update": v[i],
                "nesterov_update": -mu * before + (1 + mu) * v[i],
                "adagrad_update": -learning_rate * g / (np.sqrt(s[i]) + np.longdouble(1e-8)),
            }[name]
            w[i] = w[i] + step
        path.append(list(w))
    return np.array(path, dtype=float)


class TestReference:
    @pytest.mark.parametrize("name", UPDATES)
    @pytest.mark.parametrize("seed", range(5))
    def test_updates_agree_with_the_formulas_number_by_number(self, graders, name, seed):
        rng = np.random.default_rng(seed)
        w, grads = rng.normal(size=4), rng.normal(size=(10, 4))
        got = graders.reference.path(name, w, list(grads), 0.1)
        np.testing.assert_allclose(got, by_hand(name, w, grads, 0.1), rtol=1e-13)
        if "m" in name.removesuffix("_update"):
            got = graders.reference.path("momentum_update", w, list(grads), 0.1, mu=0.3)
            np.testing.assert_allclose(got, by_hand("momentum_update", w, grads, 0.1, 0.3), rtol=1e-13)

    def test_nesterov_is_the_classical_one_seen_from_ahead(self, graders):
        """The velocity form takes the gradient at w + mu v; ours stores that place."""
        curvature, mu, learning_rate = np.array([1.0, 5.0]), 0.8, 0.05
        w, v, seen = np.array([2.0, -1.0]), np.zeros(2), []
        for _ in range(10):
            v = mu * v - learning_rate * curvature * (w + mu * v)
            w = w + v
            seen.append(w + mu * v)
        ahead, state, got = np.array([2.0, -1.0]), None, []
        for _ in range(10):
            ahead, state = graders.reference.nesterov_update(ahead, curvature * ahead, state, learning_rate, mu)
            got.append(ahead)
        np.testing.assert_allclose(got, seen, rtol=1e-12)

    @pytest.mark.parametrize(
        ("name", "options"),
        [
            ("sgd_update", {"momentum": 0.0}),
            ("momentum_update", {"momentum": 0.9, "nesterov": False}),
            ("nesterov_update", {"momentum": 0.9, "nesterov": True}),
        ],
    )
    def test_updates_agree_with_scikit_learn(self, graders, name, options):
        optimisers = pytest.importorskip("sklearn.neural_network._stochastic_optimizers")
        rng = np.random.default_rng(0)
        w, grads = rng.normal(size=(2, 3)), list(rng.normal(size=(10, 2, 3)))
        weights = [w.copy()]
        optimiser = optimisers.SGDOptimizer(weights, learning_rate_init=0.1, **options)
        for grad, expected in zip(grads, graders.reference.path(name, w, grads, 0.1), strict=True):
            optimiser.update_params(weights, [grad])
            np.testing.assert_allclose(weights[0], expected, rtol=1e-12)

    @pytest.mark.parametrize("name", UPDATES)
    def test_updates_agree_with_torch(self, graders, name):
        torch = pytest.importorskip("torch")
        rng = np.random.default_rng(0)
        w, grads = rng.normal(size=(2, 3)), list(rng.normal(size=(10, 2, 3)))
        weights = torch.nn.Parameter(torch.tensor(w, dtype=torch.float64))
        optimiser = {
            "sgd_update": lambda: torch.optim.SGD([weights], lr=0.1),
            "momentum_update": lambda: torch.optim.SGD([weights], lr=0.1, momentum=0.9),
            "nesterov_update": lambda: torch.optim.SGD([weights], lr=0.1, momentum=0.9, nesterov=True),
            "adagrad_update": lambda: torch.optim.Adagrad([weights], lr=0.1, eps=1e-8),
        }[name]()
        for grad, expected in zip(grads, graders.reference.path(name, w, grads, 0.1), strict=True):
            weights.grad = torch.tensor(grad)
            optimiser.step()
            np.testing.assert_allclose(weights.detach().numpy(), expected, rtol=1e-12)

    def test_gradient_descent_on_a_bowl_is_a_power(self, graders):
        curvature, minimum, W = np.array([1.0, 20.0]), np.array([0.5, -1.0]), np.array([3.0, 2.0])
        found, history = graders.reference.gradient_descent(
            lambda W: graders.reference.quadratic(W, curvature, minimum), W, 0.07, 12
        )
        away = (W - minimum) * (1 - 0.07 * curvature) ** np.arange(13)[:, None]
        np.testing.assert_allclose(found, minimum + away[-1], rtol=1e-12)
        np.testing.assert_allclose(history, 0.5 * np.sum(curvature * away[:-1] ** 2, axis=1), rtol=1e-12)

    @pytest.mark.parametrize(("step", "diverges"), [(0.0999, False), (0.1001, True)])
    def test_largest_stable_step(self, graders, step, diverges):
        assert graders.reference.answers["largest_stable_step"] == 0.1
        curvature = np.array([1.0, 20.0])
        _, history = graders.reference.gradient_descent(
            lambda W: graders.reference.quadratic(W, curvature, np.zeros(2)), np.array([1.0, 1.0]), step, 5000
        )
        assert (history[-1] > history[0]) == diverges

    def test_other_answers(self, graders):
        assert graders.reference.answers["steps_per_epoch"] == 1500 / 50
        noise = np.random.default_rng(0).normal(size=(2000, 200))
        ratio = noise.mean(axis=1).std() / noise[:, :50].mean(axis=1).std()
        assert ratio == pytest.approx(graders.reference.answers["noise_ratio"], rel=0.05)

    def test_searches_find_the_best_of_what_they_try(self, graders):
        for search in (
            lambda loss, rng: graders.reference.random_search(loss, (2, 3), 50, 2.0, rng),
            lambda loss, rng: graders.reference.random_local_search(loss, np.ones((2, 3)), 0.3, 50, rng),
        ):
            seen = []

            def loss(W, seen=seen):
                seen.append((float(np.sum((W - 1.5) ** 2)), W.copy()))
                return seen[-1][0]

            W, value = search(loss, np.random.default_rng(3))
            best, best_W = min(seen, key=lambda pair: pair[0])
            assert value == best
            assert np.array_equal(W, best_W)

    @pytest.mark.parametrize("name", ["svm_loss_vectorized", "softmax_loss_vectorized"])
    @pytest.mark.parametrize("seed", range(3))
    def test_losses_agree_with_finite_differences_in_higher_precision(self, graders, name, seed):
        rng = np.random.default_rng(seed)
        W, X, y = rng.normal(size=(3, 4)), rng.normal(size=(5, 3)), rng.integers(0, 4, size=5)

        def slow_loss(W):
            total = np.longdouble(0)
            for x, label in zip(X.astype(np.longdouble), y, strict=True):
                scores = [sum(x[d] * W[d, c] for d in range(3)) for c in range(4)]
                if name.startswith("svm"):
                    total += sum(max(0, s - scores[label] + 1) for c, s in enumerate(scores) if c != label)
                else:
                    total += np.log(sum(np.exp(s) for s in scores)) - scores[label]
            return total / 5 + np.longdouble(0.3) * np.sum(W * W)

        loss, dW = getattr(graders.reference, name)(W, X, y, 0.3)
        wide, h = W.astype(np.longdouble), np.longdouble(1e-6)
        assert loss == pytest.approx(float(slow_loss(wide)), rel=1e-13)
        for index in np.ndindex(*W.shape):
            step = np.zeros_like(wide)
            step[index] = h
            assert dW[index] == pytest.approx(float((slow_loss(wide + step) - slow_loss(wide - step)) / (2 * h)), 1e-8)

    def test_the_losses_are_the_notebooks(self, graders):
        given = submission_that_runs(with_variants(ASSIGNMENT)).transport.namespace
        rng = np.random.default_rng(0)
        args = rng.normal(size=(3, 4)), rng.normal(size=(5, 3)), rng.integers(0, 4, size=5), 0.1
        for name in ("svm_loss_vectorized", "softmax_loss_vectorized"):
            loss, dW = given[name](*args)
            expected, gradient = getattr(graders.reference, name)(*args)
            assert loss == pytest.approx(expected, rel=1e-14)
            np.testing.assert_allclose(dW, gradient, rtol=1e-13, atol=1e-15)

    def test_softmax_classifier_learns_what_scikit_learn_learns(self, graders):
        linear_model = pytest.importorskip("sklearn.linear_model")
        rng = np.random.default_rng(0)
        y = rng.integers(0, 3, size=120)
        X = np.hstack([rng.normal(size=(120, 2)) + 1.5 * np.eye(3)[y][:, :2], np.ones((120, 1))])
        reg = 0.01
        np.random.seed(0)  # noqa: NPY002 - the reference draws from it
        model = graders.reference.Softmax()
        for learning_rate in (0.5, 0.02):
            model.train(X, y, learning_rate, reg, num_iters=800, batch_size=100)
        # Its penalty is |w|^2 / (2 C N) per example, ours reg |w|^2.
        right = linear_model.LogisticRegression(C=1 / (2 * reg * len(X)), fit_intercept=False, tol=1e-10, max_iter=5000)
        right.fit(X, y)
        assert np.mean(model.predict(X) == right.predict(X)) > 0.95
        loss, _ = graders.reference.softmax_loss_vectorized(model.W, X, y, reg)
        best, gradient = graders.reference.softmax_loss_vectorized(right.coef_.T, X, y, reg)
        assert np.abs(gradient).max() < 1e-4
        assert best <= loss < best + 0.02

    def test_tune_chooses_on_validation_data(self, graders):
        rng = np.random.default_rng(0)
        y, y_val = rng.integers(0, 2, size=(2, 300))
        X, X_val = (
            np.stack([np.where(labels, 1.0, -1.0) + rng.normal(size=300), np.ones(300)], 1) for labels in (y, y_val)
        )
        results, model = graders.reference.tune(X, y, X_val, y_val, [1e-9, 0.1], [0.0, 0.01], 50)
        assert set(results) == {(a, b) for a in (1e-9, 0.1) for b in (0.0, 0.01)}
        assert np.mean(model.predict(X_val) == y_val) == max(results.values()) > 0.75


class TestTolerances:
    """Single precision lies inside, the smallest slip outside."""

    @pytest.mark.parametrize("name", UPDATES)
    @pytest.mark.parametrize("seed", range(5))
    def test_single_precision_updates_are_within_tolerance(self, graders, name, seed):
        rng = np.random.default_rng(seed)
        w, grads = rng.normal(size=(2, 3)).round(1), list(rng.choice([-3.0, -0.7, 0.3, 2.0], size=(10, 2, 3)))
        reference = graders.reference
        right = reference.path(name, w, grads, 0.1)
        rule, state, single, path = getattr(reference, name), None, w.astype(np.float32), []
        for grad in grads:
            single, state = rule(single, grad.astype(np.float32), state, np.float32(0.1))
            assert single.dtype == np.float32
            path.append(single)
        tolerance = reference.path_tolerance(w, right)
        assert (np.abs(np.array(path) - right) <= tolerance).all()
        assert (tolerance < 1e-3 * np.abs(np.diff(right, axis=0, prepend=w[None])).max()).all()

    @pytest.mark.parametrize(("factor", "passes"), [(0.9, True), (1.1, False)])
    def test_path_just_inside_and_outside(self, graders, laws, factor, passes):
        """A path is accepted up to its tolerance at every step, and no farther."""
        problems = graders._module("problems")
        problem = next(problems.more_updates(np.random.default_rng(0)))
        w, grads, rate = problem.args
        right = graders.reference.path("sgd_update", w, grads, rate)
        off = right.copy()
        off[-1, 0] += factor * graders.reference.path_tolerance(w, right)[-1, 0]
        steps = iter(off)
        submission = Submission(LocalTransport({"sgd_update": lambda *args: (next(steps), None)}))
        if passes:
            laws.assert_path(submission, "sgd_update", problem, [right])
        else:
            with pytest.raises(CheckFailed, match="the new w, after step 3 of 3"):
                laws.assert_path(submission, "sgd_update", problem, [right])

    @pytest.mark.parametrize("name", ["svm_loss_vectorized", "softmax_loss_vectorized"])
    @pytest.mark.parametrize("seed", range(5))
    def test_single_precision_losses_are_within_tolerance(self, graders, name, seed):
        reference, problems = graders.reference, graders._module("problems")
        for problem in problems.losses(np.random.default_rng(seed)):
            W, X, y, reg = problem.args
            right, gradient = getattr(reference, name)(W, X, y, reg)
            loss, dW = getattr(reference, name)(W.astype(np.float32), X.astype(np.float32), y, np.float32(reg))
            loss_tolerance, tolerance = reference.loss_tolerance(W, X, y, reg)
            assert abs(loss - right) <= loss_tolerance < 1e-3 * right
            assert (np.abs(dW - gradient) <= tolerance).all()
            assert tolerance.max() < 1e-3 * np.abs(gradient).max()

    @pytest.mark.parametrize(("spread", "passes"), [(0.7, True), (1.3, True), (0.6, False), (1.4, False)])
    def test_spread_just_inside_and_outside(self, graders, laws, spread, passes):
        facts = graders._module("facts").Facts({"mean": 0.2, "spread": spread})
        self.assert_passes(passes, laws.assert_standard_normal, facts, "the numbers", "scale")

    @pytest.mark.parametrize(("mean", "passes"), [(-0.2, True), (0.3, False)])
    def test_mean_just_inside_and_outside(self, graders, laws, mean, passes):
        facts = graders._module("facts").Facts({"mean": mean, "spread": 1.0})
        self.assert_passes(passes, laws.assert_standard_normal, facts, "the numbers", "scale")

    @pytest.mark.parametrize(("spread", "passes"), [(-4.3, True), (-1.7, True), (-4.4, False), (-1.6, False)])
    def test_initial_weights_just_inside_and_outside(self, graders, training, spread, passes):
        problems = graders._module("problems")
        *_, problem = problems.new_classifiers(np.random.default_rng(0))
        facts = {"shape": problems.MANY, "spread": spread, "largest": -1.0}
        self.assert_passes(passes, training.assert_small_weights, graders._module("facts").Facts(facts), problem)

    @pytest.mark.parametrize(("off", "passes"), [(0.9, True), (1.1, False)])
    def test_returned_loss_just_inside_and_outside(self, graders, laws, off, passes):
        loss = 1.0 + off * SAFETY * float(np.finfo(np.float32).eps) * 4.0
        facts = graders._module("facts").Facts({"loss": loss})
        self.assert_passes(passes, laws.assert_smallest, facts, [3.0, 1.0, 4.0, 2.0], 4)

    @staticmethod
    def assert_passes(passes, law, *args):
        if passes:
            law(*args)
        else:
            with pytest.raises(CheckFailed):
                law(*args)


class TestRandomness:
    """What is judged of random numbers holds for every draw of a right answer, with a wide margin."""

    def test_means_and_spreads_have_one_first_decimal(self, graders):
        """The standard error is a seventh of half a decimal at most: beyond it lies one draw in 10^11."""
        size = np.prod(graders._module("problems").MANY)
        assert 1 / np.sqrt(size) < 0.05 / 7
        assert 1 / np.sqrt(2 * size) < 0.05 / 7

    @pytest.mark.parametrize("replace", [True, False])
    def test_no_row_of_a_right_answer_is_rare(self, graders, replace):
        stats = pytest.importorskip("scipy.stats")
        problems = graders._module("problems")
        (problem,) = problems.many_batches(np.random.default_rng(0))
        X, _, batch_size, times, _ = problem.args
        N, draws = len(X), batch_size * times
        seldom = int(np.ceil(0.4 * draws / N)) - 1
        # Without replacement, a row is in a batch or not.
        count = stats.binom(draws, 1 / N) if replace else stats.binom(times, batch_size / N)
        assert N * count.cdf(seldom) < 1e-9

    @pytest.mark.parametrize("seed", range(20))
    def test_different_batches_of_a_right_answer(self, graders, training, seed):
        """With replacement there are 12,376 sets of 6 out of 12 rows, without there are 924: 300 draws are many."""
        problems = graders._module("problems")
        (problem,) = problems.many_batches(np.random.default_rng(seed))
        X, _, batch_size, times, _ = problem.args
        rng, drawn = np.random.default_rng(seed), set()
        for _ in range(times):
            drawn.add(tuple(sorted(rng.choice(len(X), batch_size, replace=False))))
        assert len(drawn) > 4 * training.DIFFERENT
        facts = training.batches(Submission(LocalTransport(vars(graders.reference))), "sample_minibatch", problem)
        assert facts.get("different") == training.DIFFERENT
        assert facts.get("rare") == []

    def test_facts_do_not_depend_on_the_stream(self, graders):
        """The same mistake is the same whatever generator it draws from."""

        def other_stream(X, y, batch_size, rng):
            rows = np.random.default_rng(99).integers(0, len(X) - 1, size=(1000, batch_size))
            other_stream.calls += 1
            return X[rows[other_stream.calls % 1000]], y[rows[other_stream.calls % 1000]]

        other_stream.calls = 0
        names = reference_names(graders, sample_minibatch=other_stream)
        result = graders.run("sample_minibatch_tests", Submission(LocalTransport(names)))
        assert result.lost == ("test_every_row_can_be_drawn",)
        assert {check.misconception for check in result.checks} == {None, "last_row_never"}


class TestPoints:
    def test_points_are_the_notebooks(self, graders):
        points = {cell: sum(graders.points_of(cell).values()) for cell in ASSIGNMENT.points}
        assert points == ASSIGNMENT.points
        assert list(points) == [f"{name}_tests" for name in CELLS]
        assert sum(points.values()) == 37

    def test_the_solution_earns_all(self, graders):
        results = results_of(graders, submission_that_runs(with_variants(ASSIGNMENT)))
        assert [result.lost for result in results] == [()] * len(CELLS)

    def test_the_reference_earns_all(self, graders):
        results = results_of(graders, Submission(LocalTransport(reference_names(graders))))
        assert [result.lost for result in results] == [()] * len(CELLS)

    def test_nothing_earns_nothing(self, graders):
        results = results_of(graders, Submission(LocalTransport({})))
        assert sum(result.score for result in results) == 0
        assert {check.outcome for result in results for check in result.checks} == {"missing"}
        for check in (check for result in results for check in result.checks):
            assert "is not defined" in check.message

    def test_the_release_earns_nothing(self, graders):
        released = copy.deepcopy(ASSIGNMENT.released)
        results = results_of(graders, submission_that_runs(released), GRADED_FUNCTIONS)
        assert [result.score for result in results] == [0.0] * len(GRADED_FUNCTIONS)

    def test_the_same_problems_are_asked_each_time(self, graders):
        asked = []
        for _ in range(2):
            submission = submission_that_runs(with_variants(ASSIGNMENT))
            results_of(graders, submission)
            asked.append([repr((call.name, call.args, call.kwargs)) for call in submission.calls])
        assert asked[0] == asked[1]

    def test_nothing_that_is_expected_is_sent(self, graders):
        """The student's code can read what is asked: no short answer, no right path, no label to predict."""
        submission = submission_that_runs(with_variants(ASSIGNMENT))
        results_of(graders, submission)
        assert {call.kind for call in submission.calls} == {"run", "value"}
        assert not any("reference" in call.source or "expected_" in call.source for call in submission.calls)


class TestVersions:
    def test_there_are_enough_of_each_cell(self, graders):
        for name in CELLS:
            assert sum(variant.cell == name for variant in graders.misconceptions) >= 6
            assert sum(variant.cell == name for variant in graders.alternatives) >= 4

    def test_names_are_unique_and_the_checks_exist(self, graders):
        versions = [*graders.misconceptions, *graders.alternatives]
        assert len({(v.cell, v.name) for v in versions}) == len(versions)
        for variant in versions:
            assert variant.cell in CELLS
            assert set(variant.loses) <= set(graders.points_of(f"{variant.cell}_tests"))

    def test_each_check_has_a_misconception_that_fails_it(self, graders):
        for name in CELLS:
            lost = {check for v in graders.misconceptions if v.cell == name for check in v.loses}
            assert lost == set(graders.points_of(f"{name}_tests"))

    @pytest.mark.parametrize("cell", CELLS)
    def test_each_misconception_loses_what_it_declares_and_is_named(self, graders, cell):
        assert wrong_versions(graders, [v for v in graders.misconceptions if v.cell == cell]) == []

    def test_each_alternative_loses_nothing(self, graders):
        assert wrong_versions(graders, graders.alternatives) == []

    @pytest.mark.parametrize("seed", [0, 1, 2, 2**31])
    def test_another_seed_tells_right_from_wrong_as_well(self, seed):
        other = Graders(ASSIGNMENT, seed)
        try:
            some = [*a_part(other.alternatives, seed, 3), *a_part(other.misconceptions, seed, 29)]
            assert wrong_versions(other, some) == []
        finally:
            other.close()


class TestSearchesAlone:
    """A choice needs more than one to choose from."""

    @pytest.mark.parametrize("choose", [lambda values: values[0], lambda values: values[-1], max, min])
    def test_tuning_with_one_pair_earns_next_to_nothing(self, undiagnosed, choose):
        svm = undiagnosed.reference.LinearSVM

        def one_pair(X, y, X_val, y_val, learning_rates, regs, num_iters):
            model = svm()
            pair = choose(learning_rates), choose(regs)
            model.train(X, y, *pair, num_iters)
            return {pair: np.mean(model.predict(X_val) == y_val)}, model

        names = reference_names(undiagnosed, tune=one_pair, LinearSVM=svm)
        result = undiagnosed.run("tune_tests", Submission(LocalTransport(names)))
        assert result.score <= 0.15 * result.max_score
        assert "nothing to choose from" in next(c.message for c in result.checks if c.name == "test_best_model")


class TestFollowThrough:
    """What is right given an earlier mistake keeps its points."""

    def test_training_does_not_pay_for_the_minibatch(self, graders):
        own = next(v for v in graders.alternatives if v.name == "with_own_functions")
        for name in ("drawn_apart", "first_rows", "seeded_inside"):
            wrong = next(v for v in graders.misconceptions if v.cell == "sample_minibatch" and v.name == name)
            submission = submission_that_runs(with_variants(ASSIGNMENT, wrong, own))
            assert graders.run("sample_minibatch_tests", submission).lost == wrong.loses
            assert graders.run("linear_classifier_tests", submission).lost == ()

    def test_training_does_not_pay_for_the_update(self, graders):
        own = next(v for v in graders.alternatives if v.name == "with_own_functions")
        wrong = next(v for v in graders.misconceptions if v.cell == "sgd_update" and v.name == "ascent")
        submission = submission_that_runs(with_variants(ASSIGNMENT, wrong, own))
        assert graders.run("linear_classifier_tests", submission).lost == ()
        assert graders.run("sgd_update_tests", submission).lost == wrong.loses  # what was replaced is back in place

    def test_a_generator_made_anew_for_each_batch_is_noticed(self, graders):
        """Although `sample_minibatch` is replaced while `train` runs, the generator that it gets counts."""
        names = submission_that_runs(with_variants(ASSIGNMENT)).transport.namespace
        exec(
            "def train(self, X, y, learning_rate=1e-3, reg=1e-5, num_iters=100, batch_size=200, verbose=False):\n"
            "    if self.W is None:\n"
            "        self.W = 0.001 * np.random.randn(X.shape[1], np.max(y) + 1)\n"
            "    history = []\n"
            "    for _ in range(num_iters):\n"
            "        rows = sample_minibatch(X, y, batch_size, np.random.default_rng(0))\n"
            "        loss, dW = self.loss(*rows, reg)\n"
            "        history.append(loss)\n"
            "        self.W = self.W - learning_rate * dW\n"
            "    return history\n"
            "LinearClassifier.train = train",
            names,
        )
        result = graders.run("linear_classifier_tests", Submission(LocalTransport(names)))
        assert result.lost == ("test_batches_are_random",)

    @pytest.mark.parametrize("name", ["ascent", "never_updated", "arg_max_over_examples", "history_not_returned"])
    def test_tune_does_not_pay_for_the_classifier(self, graders, name):
        wrong = next(v for v in graders.misconceptions if v.cell == "linear_classifier" and v.name == name)
        submission = submission_that_runs(with_variants(ASSIGNMENT, wrong))
        assert graders.run("tune_tests", submission).lost == ()
        assert graders.run("linear_classifier_tests", submission).lost == wrong.loses

    def test_tune_works_without_a_classifier(self, graders):
        names = reference_names(graders)
        del names["LinearSVM"]
        vars_before = dict(names["tune"].__globals__)
        del names["tune"].__globals__["LinearSVM"]
        assert graders.run("tune_tests", Submission(LocalTransport(names))).lost == ()
        assert set(names["tune"].__globals__) == set(vars_before) - {"LinearSVM"}

    def test_the_classifier_is_as_before_after_tune(self, graders):
        names = reference_names(graders)
        before = dict(vars(names["LinearSVM"]))
        graders.run("tune_tests", Submission(LocalTransport(names)))
        assert dict(vars(names["LinearSVM"])) == before


CONSTANTS = {
    "none": None,
    "text": "12.9",
    "number": 5.2667,
    "nan": np.nan,
    "huge integer": 10**400,
    "nothing": np.zeros(0),
    "list": [],
    "ragged": [[1.0], [1.0, 2.0]],
    "two numbers": (1.0, 2.0),
    "two nones": (None, None),
    "array and none": (np.ones(2), None),
    "array and number": (np.ones((2, 3)), 1.0),
    "array and list": (np.zeros((2, 3)), [1.0, 2.0]),
    "zeros and zeros": (np.zeros((4, 3)), np.zeros(4)),
    "dict and object": ({(0.01, 0.5): 1.0}, object()),
    "dict": {"loss": 2.9},
    "the facts": {"number": 1, "count": 4, "loss": 1.0},
    "opaque": object(),
    "wrong shape": np.ones((3, 3)),
    "two rows": np.ones((2, 2)),
    "too large": np.zeros(2**22),
    "endless": SelfReference(),
}
STRANGE = {
    "returns its arguments": lambda *args, **kwargs: args,
    "returns two of its arguments": lambda *args, **kwargs: args[:2],
    "spoils its arguments": spoils_arguments(),
    "takes no arguments": lambda: 1.0,
    "raises": raises(ValueError),
    "exits": raises(SystemExit),
    "interrupts": raises(KeyboardInterrupt),
    "not implemented": raises(NotImplementedError),
    "is a class": type("Loss", (), {"__init__": lambda self, *args: None}),
    "is a number": 5.0,
    "is none": None,
    "yields": lambda *args: (yield 1.0),
}


class TestStrangeAnswers:
    """Whatever comes back, a check fails or passes; it never fails by itself, which would be our fault."""

    @pytest.mark.parametrize("function", STRANGE.values(), ids=STRANGE)
    def test_strange_functions_and_methods_earn_nothing(self, undiagnosed, function):
        methods = dict.fromkeys(("train", "predict", "loss"), function)
        self.assert_earns_nothing(undiagnosed, dict.fromkeys(FUNCTIONS, function) | self.classes(methods))

    @pytest.mark.parametrize("value", CONSTANTS.values(), ids=CONSTANTS)
    def test_constants_earn_nothing(self, undiagnosed, value):
        def function(*args, **kwargs):
            return value

        methods = dict.fromkeys(("train", "predict", "loss"), function)
        self.assert_earns_nothing(undiagnosed, dict.fromkeys(FUNCTIONS, function) | self.classes(methods))

    def test_what_is_no_class_earns_nothing(self, undiagnosed):
        for value in (None, 5.0, object(), lambda *args: None):
            names = dict.fromkeys(("LinearClassifier", "LinearSVM", "Softmax"), value)
            submission = Submission(LocalTransport(names))
            assert undiagnosed.run("linear_classifier_tests", submission).score == 0

    @staticmethod
    def classes(methods):
        base = type("LinearClassifier", (), {"W": None, **methods})
        return {
            "LinearClassifier": base,
            "LinearSVM": type("SVM", (base,), {}),
            "Softmax": type("Softmax", (base,), {}),
        }

    @staticmethod
    def assert_earns_nothing(undiagnosed, names):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = results_of(undiagnosed, Submission(LocalTransport(names)), GRADED_FUNCTIONS)
        assert [result.score for result in results] == [0.0] * len(results)
        for check in (check for result in results for check in result.checks):
            assert check.outcome in OUTCOMES
            assert 0 < len(check.message) < 10_000

    @pytest.mark.parametrize(
        ("name", "function", "most"),
        [
            ("random_search", lambda loss, shape, n, scale, rng: (np.zeros(shape), loss(np.zeros(shape))), 0.5),
            ("random_local_search", lambda loss, W, step, n, rng: (W.copy(), loss(W)), 0),
            ("gradient_descent", lambda f, W, step, n: (W.copy(), [f(W)[0]] * n), 0),
            ("gradient_descent", lambda f, W, step, n: (0 * W, [0.0] * n), 0),
            ("sample_minibatch", lambda X, y, size, rng: (np.zeros((size, X.shape[1])), np.zeros(size)), 0),
            ("sample_minibatch", lambda X, y, size, rng: (rng.normal(size=(size, X.shape[1])), y[:size]), 0),
            *((name, lambda w, grad, state, rate, mu=0.9: (w.copy(), None), 0) for name in UPDATES[:3]),
            *((name, lambda w, grad, state, rate, mu=0.9: (w - 1.0, None), 0) for name in UPDATES[:3]),
            *((name, lambda w, grad, state, rate, mu=0.9: (0 * w, None), 0) for name in UPDATES[:3]),
            ("adagrad_update", lambda w, grad, state, rate: (w.copy(), None), 0),
            ("adagrad_update", lambda w, grad, state, rate: (w - rate, None), 0),
            ("tune", lambda X, y, X_val, y_val, rates, regs, n: ({(a, b): 1.0 for a in rates for b in regs}, None), 0),
        ],
    )
    def test_what_only_looks_like_an_answer_earns_next_to_nothing(self, undiagnosed, name, function, most):
        names = reference_names(undiagnosed, **{name: function})
        assert undiagnosed.run(f"{name}_tests", Submission(LocalTransport(names))).score <= most

    @pytest.mark.parametrize("seed", range(5))
    def test_random_updates_earn_next_to_nothing(self, undiagnosed, seed):
        rng = np.random.default_rng(seed)
        names = dict.fromkeys(UPDATES, lambda w, *args, **options: (w + rng.normal(size=w.shape), None))
        for result in results_of(undiagnosed, Submission(LocalTransport(names)), [f"{name}_tests" for name in UPDATES]):
            assert result.score <= 0.5  # for leaving its arguments alone

    @pytest.mark.parametrize("value", CONSTANTS.values(), ids=CONSTANTS)
    def test_strange_short_answers_are_wrong(self, undiagnosed, value):
        submission = Submission(LocalTransport(dict.fromkeys(undiagnosed.reference.answers, value)))
        result = undiagnosed.run("sgd_answers_tests", submission)
        assert result.score == 0
        for check in result.checks:
            assert len(check.message) < 10_000

    def test_feedback_on_short_answers_does_not_tell_them(self, undiagnosed):
        wrong = dict.fromkeys(undiagnosed.reference.answers, "something else")
        result = undiagnosed.run("sgd_answers_tests", Submission(LocalTransport(wrong)))
        for check in result.checks:
            assert check.points == 0
            assert not any(word in check.message for word in ("0.1", "30", "0.5", "validation"))


class Forger:
    """A transport that answers honestly, but for one of the facts in each report, another one each time."""

    def __init__(self, names, value, seed):
        self.honest = LocalTransport(names)
        self.value = value
        self.rng = np.random.default_rng(seed)

    def ask(self, request):
        return wire.encode(self.forged(wire.decode(self.honest.ask(request))))

    def forged(self, value):
        """Replace one entry of a dict, or one inside of it."""
        if isinstance(value, list) and value:
            i = self.rng.integers(len(value))
            return [*value[:i], self.forged(value[i]), *value[i + 1 :]]
        if isinstance(value, dict) and value:
            key = list(value)[self.rng.integers(len(value))]
            # The report is the value of a reply, beside its outcome.
            key = "value" if "outcome" in value and "value" in value else key
            deeper = isinstance(value[key], dict) or (isinstance(value[key], list) and self.rng.random() < 0.5)
            return value | {key: self.forged(value[key]) if deeper else self.value}
        return self.value


FORGED = {
    name: CONSTANTS[name] for name in ("none", "text", "nan", "huge integer", "list", "ragged", "opaque", "wrong shape")
} | {
    "negative": -5,
    "list of lists": [[1], [2.0, None]],
    "list of dicts": [{}, {"W": 1}],
    "list of tuples": [(None, object()), ((1, 2), np.ones(2))],
    "list of arrays": [np.ones(3), np.ones((3, 4))],
}


class TestForgedReports:
    """A student's process may report anything: the grader stays on its feet."""

    @pytest.mark.parametrize("value", FORGED.values(), ids=FORGED)
    def test_any_fact_may_be_anything(self, undiagnosed, value):
        submission = Submission(Forger(reference_names(undiagnosed), value, seed=0))
        for result in results_of(undiagnosed, submission, GRADED_FUNCTIONS):
            for check in result.checks:
                assert check.outcome in OUTCOMES
                assert len(check.message) < 10_000


def test_warnings_of_a_student_are_no_failure(graders):
    def noisy(w, grad, state, learning_rate):
        warnings.warn("odd", UserWarning, stacklevel=1)
        return w - learning_rate * grad, None

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in a student kernel, where warnings are only shown
        assert graders.run("sgd_update_tests", Submission(LocalTransport({"sgd_update": noisy}))).lost == ()


def test_a_message_says_what_was_asked_and_what_was_expected(graders):
    names = reference_names(graders, sgd_update=lambda w, grad, state, learning_rate: (w + learning_rate * grad, None))
    (first, *_) = graders.run("sgd_update_tests", Submission(LocalTransport(names))).checks
    assert first.message.startswith("The new w, after one step from state None, is 1.6 at index [1], expected 2.4")
    assert "from w = [1., 2.], with grad = [ 0.5, -4. ], state = None before the first, learning_rate = 0.1" in (
        first.message
    )
