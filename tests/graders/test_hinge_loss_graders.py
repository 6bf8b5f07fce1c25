"""The graders of ``hinge_loss``, run in this process on functions that are known to be right, wrong or absurd."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from absurd import SelfReference, raises, spoils_arguments
from helpers import a_part
from lossmark.boundary.submission import Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.course import Course
from lossmark.grading.graders import Graders
from lossmark.quality.roster import with_variants
from lossmark.results import OUTCOMES

COURSE = Course(Path(__file__).parents[2])
ASSIGNMENT = COURSE.assignment("hinge_loss")
FUNCTIONS = ("L_i", "L_i_vectorized", "svm_loss", "squared_hinge_loss")
LECTURE = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
LABELS = np.array([0, 1, 2])


@pytest.fixture(scope="module")
def graders():
    graders = Graders(ASSIGNMENT, COURSE.settings.seed)
    yield graders
    graders.close()


def submission_that_runs(notebook):
    """Run the code cells of a notebook up to its answers in this process; the ones with tests are left out."""
    names = {}
    cells = [c for c in notebook.cells if c.cell_type == "code"]
    solutions = [c.source for c in cells if c.metadata.get("nbgrader", {}).get("solution")]
    for source in ("import numpy as np", *solutions):
        exec(source, names)
    return Submission(LocalTransport(names), solutions)


def results_of(graders, submission, cells=ASSIGNMENT.points):
    return [graders.run(cell, submission) for cell in cells]


def slow_loss(scores, y, delta, power):
    """The formula of the lecture, number by number."""
    total = 0.0
    for i in range(len(scores)):
        for j in range(len(scores[i])):
            if j != y[i]:
                total += max(0.0, scores[i][j] - scores[i][y[i]] + delta) ** power
    return total / len(scores)


class TestReference:
    @pytest.mark.parametrize(
        ("name", "losses", "mean"),
        [("svm_loss", [2.9, 0.0, 12.9], 5.2667), ("squared_hinge_loss", [8.41, 0.0, 83.25], 30.553)],
    )
    def test_lecture_example(self, graders, name, losses, mean):
        function = getattr(graders.reference, name)
        assert [function(LECTURE[[i]], LABELS[[i]]) for i in range(3)] == pytest.approx(losses, abs=1e-12)
        assert round(function(LECTURE, LABELS), 3) == round(mean, 3)

    @pytest.mark.parametrize("name", ["L_i", "L_i_vectorized"])
    def test_lecture_example_with_weights(self, graders, name):
        function = getattr(graders.reference, name)
        assert [function(np.eye(3)[i], i, LECTURE.T) for i in range(3)] == pytest.approx([2.9, 0.0, 12.9], abs=1e-12)

    @pytest.mark.parametrize("name", ["svm_loss", "squared_hinge_loss"])
    @pytest.mark.parametrize("C", [2, 3, 10])
    def test_loss_at_zero_scores_is_one_less_than_the_classes(self, graders, name, C):
        assert getattr(graders.reference, name)(np.zeros((4, C)), [0, 1, 1, 0]) == C - 1

    @pytest.mark.parametrize("seed", range(20))
    def test_it_agrees_with_the_formula_number_by_number(self, graders, seed):
        rng = np.random.default_rng(seed)
        N, C, D = rng.integers(2, 8, size=3)
        scores, y, delta = 3 * rng.normal(size=(N, C)), rng.integers(0, C, size=N), rng.uniform(0.1, 3)
        x, W = rng.normal(size=D), rng.normal(size=(C, D))
        row = [[sum(W[j, d] * x[d] for d in range(D)) for j in range(C)]]
        reference = graders.reference
        assert reference.svm_loss(scores, y, delta) == pytest.approx(slow_loss(scores, y, delta, 1), rel=1e-13)
        assert reference.squared_hinge_loss(scores, y, delta) == pytest.approx(
            slow_loss(scores, y, delta, 2), rel=1e-13
        )
        for function in (reference.L_i, reference.L_i_vectorized):
            assert function(x, y[0], W, delta) == pytest.approx(slow_loss(row, y[:1], delta, 1), rel=1e-13)

    @pytest.mark.parametrize(("name", "power"), [("svm_loss", 1), ("squared_hinge_loss", 2)])
    @pytest.mark.parametrize("seed", range(10))
    def test_tolerance_lies_between_single_precision_and_a_slip(self, graders, name, power, seed):
        rng = np.random.default_rng(seed)
        N, C = rng.integers(2, 30, size=2)
        scores, y = 3 * rng.normal(size=(N, C)), rng.integers(0, C, size=N)
        right = getattr(graders.reference, name)(scores, y)
        tolerance = getattr(graders.reference, f"{name}_tolerance")(scores, y)
        single = scores.astype(np.float32)
        margins = np.maximum(single - single[np.arange(N), y, None] + np.float32(1), 0) ** power
        margins[np.arange(N), y] = 0
        assert abs(float(margins.sum()) / N - right) <= tolerance
        assert tolerance < 0.01 * right


class TestPoints:
    def test_points_are_the_notebooks(self, graders):
        points = {cell: sum(graders.points_of(cell).values()) for cell in ASSIGNMENT.points}
        assert points == ASSIGNMENT.points
        assert points == {
            "L_i_tests": 3,
            "L_i_vectorized_tests": 3,
            "svm_loss_tests": 5,
            "squared_hinge_loss_tests": 3,
            "svm_answers_tests": 6,
        }

    def test_the_solution_earns_all(self, graders):
        results = results_of(graders, submission_that_runs(with_variants(ASSIGNMENT)))
        assert [result.lost for result in results] == [()] * 5

    def test_the_reference_earns_all(self, graders):
        functions = {name: getattr(graders.reference, name) for name in FUNCTIONS}
        code = ["def L_i_vectorized(x, y, W, delta=1.0): pass"]
        results = results_of(graders, Submission(LocalTransport({**functions, **graders.reference.answers}), code))
        assert [result.lost for result in results] == [()] * 5

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
    def test_there_are_enough_of_each_function(self, graders):
        for name in (*FUNCTIONS, "svm_answers"):
            assert sum(variant.cell == name for variant in graders.misconceptions) >= 6
            assert sum(variant.cell == name for variant in graders.alternatives) >= 4

    def test_names_are_unique_and_the_checks_exist(self, graders):
        versions = [*graders.misconceptions, *graders.alternatives]
        assert len({(v.cell, v.name) for v in versions}) == len(versions)
        for variant in versions:
            assert set(variant.loses) <= set(graders.points_of(f"{variant.cell}_tests"))

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
        wrong = []
        for variant in graders.alternatives:
            submission = submission_that_runs(with_variants(ASSIGNMENT, variant))
            result = graders.run(f"{variant.cell}_tests", submission)
            wrong += [
                (variant.cell, variant.name, check.name, check.message) for check in result.checks if check.message
            ]
        assert wrong == []

    @pytest.mark.parametrize("seed", [0, 1, 2, 2**31])
    def test_another_seed_tells_right_from_wrong_as_well(self, graders, seed):
        other = Graders(ASSIGNMENT, seed)
        try:
            for variant in [*a_part(other.alternatives, seed, 3), *a_part(other.misconceptions, seed, 7)]:
                submission = submission_that_runs(with_variants(ASSIGNMENT, variant))
                lost = other.run(f"{variant.cell}_tests", submission, explain=False).lost
                assert set(lost) == set(variant.loses), variant.name
        finally:
            other.close()


CONSTANTS = {
    "none": None,
    "text": "12.9",
    "number": 5.2667,
    "zero": 0.0,
    "true": True,
    "nan": np.nan,
    "infinity": np.inf,
    "numpy nan": np.float32("nan"),
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
    "class": float,
    "bytes": b"2.9",
    "array": np.ones(3),
    "wrong shape": np.ones((3, 3)),
    "array of nan": np.array([[np.nan]]),
    "array of objects": np.array([None]),
    "array of texts": np.array(["2.9"]),
    "structured": np.zeros(1, [("a", "f8")]),
    "dates": np.array(["2020-01-01"], "M8[D]"),
    "too large": np.zeros(2**22),
    "many dimensions": np.ones((1,) * 12),
    "endless": SelfReference(),
    "set": {2.9},
}
STRANGE = {
    "returns its arguments": lambda *args, **kwargs: args,
    "spoils its arguments": spoils_arguments(),
    "takes no arguments": lambda: 1.0,
    "raises": raises(ValueError),
    "exits": raises(SystemExit),
    "interrupts": raises(KeyboardInterrupt),
    "stops": raises(StopIteration),
    "not implemented": raises(NotImplementedError),
    "is a class": type("Loss", (), {"__init__": lambda self, *args: None}),
    "is a number": 5.0,
    "is none": None,
    "yields": lambda *args: (yield 1.0),
    "awaits": type("Awaiting", (), {"__call__": lambda self, *args: self.__await__()})(),
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
        code = [f"def {name}(*args): return 0" for name in FUNCTIONS]
        submission = Submission(LocalTransport(dict.fromkeys(FUNCTIONS, function)), code)
        results = results_of(graders, submission, list(ASSIGNMENT.points)[:4])
        assert [result.score for result in results] == [0.0] * 4
        for check in (check for result in results for check in result.checks):
            assert check.outcome in OUTCOMES
            assert 0 < len(check.message) < 10_000

    @pytest.mark.parametrize("seed", range(5))
    def test_random_numbers_obey_no_law(self, graders, seed):
        rng = np.random.default_rng(seed)
        submission = Submission(LocalTransport(dict.fromkeys(FUNCTIONS, lambda *args: 10 * rng.random())))
        for result in results_of(graders, submission, list(ASSIGNMENT.points)[:4]):
            assert result.score == 0

    @pytest.mark.parametrize(
        "function",
        [
            lambda scores, y, delta=1.0: np.sum(scores),
            lambda scores, y, delta=1.0: np.mean(scores) + delta,
            lambda scores, y, delta=1.0: np.max(scores),
            lambda scores, y, delta=1.0: len(scores),
            lambda scores, y, delta=1.0: scores[0, 0],
        ],
        ids=["sum", "mean", "max", "length", "first"],
    )
    @pytest.mark.parametrize("name", ["svm_loss", "squared_hinge_loss"])
    def test_functions_that_are_no_hinge_loss_never_earn_the_value(self, graders, name, function):
        result = graders.run(f"{name}_tests", Submission(LocalTransport({name: function})))
        assert "test_loss_of_one_example" in result.lost

    @pytest.mark.parametrize(
        "function",
        [
            lambda scores, y, delta=1.0: float(np.any(scores)),
            lambda scores, y, delta=1.0: delta * (1 + float(np.any(scores))),
            lambda scores, y, delta=1.0: delta * np.sign(scores).sum(),
        ],
        ids=["whether there are scores", "the same, times delta", "signs"],
    )
    def test_what_scores_hardly_move_earns_nothing(self, graders, function):
        assert graders.run("svm_loss_tests", Submission(LocalTransport({"svm_loss": function}))).score == 0

    @pytest.mark.parametrize("value", CONSTANTS.values(), ids=CONSTANTS)
    def test_strange_short_answers_are_at_most_wrong(self, graders, value):
        submission = Submission(LocalTransport(dict.fromkeys(graders.reference.answers, value)))
        result = graders.run("svm_answers_tests", submission)
        assert result.score <= 2
        for check in result.checks:
            assert len(check.message) < 10_000

    def test_feedback_on_short_answers_does_not_tell_them(self, graders):
        wrong = dict.fromkeys(graders.reference.answers, "something else")
        result = graders.run("svm_answers_tests", Submission(LocalTransport(wrong)))
        for check in result.checks:
            assert check.points == 0
            assert not any(word in check.message for word in ("9.0", "np.inf", "'b'", "inf "))


def test_warnings_of_a_student_are_no_failure(graders):
    def noisy(scores, y, delta=1.0):
        warnings.warn("odd", UserWarning, stacklevel=1)
        return graders.reference.svm_loss(scores, y, delta)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in a student kernel, where warnings are only shown
        assert graders.run("svm_loss_tests", Submission(LocalTransport({"svm_loss": noisy}))).lost == ()
