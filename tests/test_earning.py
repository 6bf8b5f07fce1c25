"""Which checks count: a law's points are earned where the values are right, or wrong by a recognised slip."""

from __future__ import annotations

import numpy as np
import pytest

from helpers import graded_cell, write_course
from lossmark import CheckFailed, check, problem
from lossmark.boundary.submission import Call, Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.checks import Check, Climb
from lossmark.grading.earning import Ran, earned
from lossmark.grading.graders import Graders
from lossmark.results import FAILED, PASSED, UNEARNED, CheckResult

CELLS = [graded_cell("solution", "total", "pass"), graded_cell("tests", "total_tests", "pass", 4)]
CHECKS = """
    import numpy as np
    from lossmark import CheckFailed, as_number, assert_close, assert_unchanged, check, problem
    from . import reference

    def arrays(rng):
        for n in (1, 2, 3, 4, 100, 1000):
            yield problem(f"{n} numbers", rng.integers(1, 9, size=n).astype(float))

    class TestTotal:
        cell = "total_tests"

        @check(points=1, problems=arrays, role="values")
        def test_value(self, submission, problem):
            '''The total is right'''
            assert_close(submission.total(*problem.args), reference.total(*problem.args), tolerance=1e-9)

        @check(points=1)
        def test_order(self, submission):
            '''The order of the numbers does not matter'''
            assert_close(submission.total(np.array([1.0, 2.0])), submission.total(np.array([2.0, 1.0])), tolerance=0)

        @check(points=1, problems=arrays, shows="message")
        def test_left_alone(self, submission, problem):
            '''The numbers are as before'''
            assert_unchanged(submission.call("total", *problem.args))

        @check(points=1, role="alone")
        def test_of_nothing(self, submission):
            '''Nothing adds up to 0'''
            assert_close(submission.total(np.zeros(0)), 0, tolerance=0)
"""
REFERENCE = "import numpy as np\ndef total(x):\n    return float(np.sum(x))\n"
MISCONCEPTIONS = """
    import numpy as np
    from lossmark import misconception

    @misconception("total", loses=["test_value"])
    def total_squared(x):
        '''You square.'''
        return float(np.sum(x * x))
"""


@pytest.fixture(scope="module")
def graders(tmp_path_factory):
    files = {"test_toy": CHECKS, "reference": REFERENCE, "misconceptions": MISCONCEPTIONS}
    graders = Graders(write_course(tmp_path_factory.mktemp("course"), CELLS, files), 231)
    yield graders
    graders.close()


def outcomes(graders, total):
    result = graders.run("total_tests", Submission(LocalTransport({"total": total})))
    return {check.name.removeprefix("test_"): check.outcome for check in result.checks}, result


def spoiling(x):
    x *= x
    return float(np.sum(x))


def raising(x):
    raise ValueError


LAWS = ("order", "left_alone")


class TestLaws:
    @pytest.mark.parametrize(
        "total",
        [
            lambda x: 0.0,
            lambda x: float(len(x)),
            lambda x: float(np.max(x, initial=0)),
            lambda x: float(np.linalg.norm(x)),
            lambda x: float(np.sum(x) if len(x) == 2 else np.sum(np.sqrt(x))),
        ],
        ids=["zero", "length", "largest", "norm", "right for two numbers alone"],
    )
    def test_do_not_count_for_a_function_that_computes_something_else(self, graders, total):
        found, result = outcomes(graders, total)
        assert found["value"] == FAILED
        assert [found[law] for law in LAWS] == [UNEARNED, UNEARNED]
        assert result.score == (found["of_nothing"] == PASSED)

    def test_say_why_they_do_not_count(self, graders):
        checks = {check.name: check for check in outcomes(graders, lambda x: 0.0)[1].checks}
        assert "together with the check “The total is right”" in checks["test_order"].message
        assert checks["test_order"].shows is None
        assert checks["test_left_alone"].shows.name == "MESSAGE"

    @pytest.mark.parametrize(
        "total",
        [
            lambda x: float(np.sum(x * x)),
            lambda x: 3.0 * float(np.sum(x)),
            lambda x: -float(np.sum(x)),
            lambda x: float(np.sum(x)) + 1,
        ],
        ids=["named", "a factor", "the sign", "a constant added"],
    )
    def test_count_where_the_values_are_wrong_by_a_recognised_slip(self, graders, total):
        found, _ = outcomes(graders, total)
        assert (found["value"], found["order"], found["left_alone"]) == (FAILED, PASSED, PASSED)

    def test_a_recognised_slip_may_come_with_another_mistake(self, graders):
        found, result = outcomes(graders, spoiling)
        assert (found["value"], found["order"], found["left_alone"]) == (FAILED, PASSED, FAILED)
        assert {check.misconception for check in result.checks} == {None}

    @pytest.mark.parametrize(("largest", "outcome"), [(100, PASSED), (4, PASSED), (3, UNEARNED)])
    def test_count_where_two_thirds_of_the_problems_pass(self, graders, largest, outcome):
        found, _ = outcomes(graders, lambda x: float(np.sum(x)) if len(x) <= largest else np.nan)
        assert (found["value"], found["order"]) == (FAILED, outcome)

    def test_do_not_count_where_half_of_the_answers_are_errors(self, graders):
        found, _ = outcomes(graders, lambda x: float(np.sum(x)) if len(x) <= 3 else raising(x))
        assert (found["value"], found["order"]) == ("raised", UNEARNED)

    @pytest.mark.parametrize("otherwise", [None, "many", {}, 1j, [1.0, 2.0]])
    def test_do_not_count_where_half_of_the_answers_cannot_be_compared(self, graders, otherwise):
        found, _ = outcomes(graders, lambda x: float(np.sum(x)) if len(x) <= 3 else otherwise)
        assert (found["value"], found["order"]) == (FAILED, UNEARNED)

    def test_nothing_is_withheld_from_a_right_function(self, graders):
        assert set(outcomes(graders, lambda x: sum(x.tolist()))[0].values()) == {PASSED}

    def test_that_failed_themselves_stay_as_they_are(self, graders):
        assert set(outcomes(graders, raising)[0].values()) == {"raised"}

    def test_points_are_the_same_without_explanations(self, graders):
        for total in (lambda x: 0.0, lambda x: float(np.sum(x * x)), spoiling):
            submissions = [Submission(LocalTransport({"total": total})) for _ in range(2)]
            full, short = (
                graders.run("total_tests", submission, explain=explain)
                for submission, explain in zip(submissions, (True, False), strict=True)
            )
            assert [(c.name, c.outcome, c.points) for c in full.checks] == [
                (c.name, c.outcome, c.points) for c in short.checks
            ]


def ran(*specification):
    """Make checks that have run: role, outcome, and how much of a ladder passed."""
    return [
        Ran(
            Check(1.0, f"title {i}", role=role),
            CheckResult(f"test_{i}", f"title {i}", float(outcome == PASSED), 1.0, outcome),
            [Call(f"f{i}")],
            climb,
        )
        for i, (role, outcome, climb) in enumerate(specification)
    ]


class TestEarned:
    def test_several_checks_of_the_values_rest_on_each_other(self):
        found = earned(
            ran(("values", PASSED, None), ("values", FAILED, None), ("law", PASSED, None)), lambda one: False
        )
        assert [(r.outcome, r.points) for r in found] == [(UNEARNED, 0.0), (FAILED, 0.0), (UNEARNED, 0.0)]

    def test_a_class_without_values_loses_nothing(self):
        found = earned(ran(("law", FAILED, None), ("law", PASSED, None), ("alone", PASSED, None)), lambda one: False)
        assert [r.outcome for r in found] == [FAILED, PASSED, PASSED]

    def test_all_wrong_values_must_be_recognised(self):
        checks = ran(("values", FAILED, None), ("values", "timeout", Climb(1, 4)), ("law", PASSED, None))
        for recognised, outcome in (({0}, UNEARNED), ({1}, UNEARNED), ({0, 1}, PASSED)):
            found = earned(checks, lambda one, known=recognised: int(one.result.name[-1]) in known)
            assert found[2].outcome == outcome

    def test_it_is_asked_once_and_only_where_points_depend_on_it(self):
        asked = []

        def is_recognised(one):
            asked.append(one.result.name)
            return True

        earned(ran(("values", FAILED, None), ("law", FAILED, None), ("alone", PASSED, None)), is_recognised)
        assert asked == []
        earned(ran(("values", FAILED, None), ("law", PASSED, None), ("law", PASSED, None)), is_recognised)
        assert asked == ["test_0"]

    @pytest.mark.parametrize(("passed", "outcome"), [(4, PASSED), (3, UNEARNED)])
    def test_two_thirds_of_the_problems_are_enough(self, passed, outcome):
        found = earned(ran(("values", FAILED, Climb(passed, 6)), ("law", PASSED, None)), lambda one: False)
        assert found[1].outcome == outcome


class TestClimb:
    @pytest.mark.parametrize("wrong", [{0}, {1, 2}, {0, 1, 2, 3}])
    def test_a_ladder_says_how_many_problems_passed(self, wrong):
        class Ladder:
            @check(points=1, problems=lambda rng: (problem(str(i), i) for i in range(4)))
            def test_numbers(self, submission, problem):
                """Numbers"""
                if problem.args[0] in wrong:
                    raise CheckFailed("wrong")

        with pytest.raises(CheckFailed) as raised:
            Ladder().test_numbers(Submission(LocalTransport({})), np.random.default_rng(0))
        climb = raised.value.__cause__
        assert isinstance(climb, Climb)
        assert (climb.passed, climb.rungs) == (4 - len(wrong), 4)

    def test_a_role_that_there_is_not_is_refused(self):
        with pytest.raises(ValueError, match="values, law, alone, not 'lore'"):
            check(points=1, role="lore")
