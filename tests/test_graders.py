"""The checks of an assignment: how they are loaded and verified, and what they make of a submission."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import sys
import textwrap
from textwrap import dedent
from types import ModuleType

import numpy as np
import pytest

from helpers import Replies, graded_cell, submission_of, write_course
from lossmark.boundary import wire
from lossmark.boundary.submission import Killed, Submission, TimedOut
from lossmark.errors import NotGraded
from lossmark.grading.graders import GraderError, Graders

CELLS = [
    graded_cell("solution", "double", "pass"),
    graded_cell("tests", "double_tests", "pass", 3),
    graded_cell("solution", "answers", "pass"),
    graded_cell("tests", "answers_tests", "pass", 1),
]
REFERENCE = "def double(x):\n    return 2 * x\nanswers = {'a': 5}\n"
CHECKS = """
    import numpy as np
    from lossmark import CheckFailed, assert_answer, assert_close, check, problem
    from . import reference

    def numbers(rng):
        yield problem("one", 1)
        yield problem("some number", float(rng.integers(2, 100)))

    class TestDouble:
        cell = "double_tests"

        @check(points=2, problems=numbers)
        def test_value(self, submission, problem):
            '''Doubles'''
            assert_close(submission.double(*problem.args), reference.double(*problem.args), tolerance=0)

        @check(points=1)
        def test_zero(self, submission):
            '''Keeps 0'''
            assert_close(submission.double(0), 0, tolerance=0)

    class TestAnswers:
        cell = "answers_tests"

        @check(points=1)
        def test_a(self, submission):
            '''Knows a'''
            assert_answer(submission.value("a"), reference.answers["a"])
"""
MISCONCEPTIONS = """
    from lossmark import misconception

    @misconception("double", loses=["test_value"])
    def double_squared(x):
        '''You square.'''
        return x * x

    @misconception("double", loses=["test_value", "test_zero"])
    def double_one_more(x):
        '''You add one.'''
        return 2 * x + 1

    @misconception("answers", loses=["test_a"])
    def answers_six():
        '''You say six.'''
        a = 6
"""
TOY = {"reference": REFERENCE, "test_toy": CHECKS, "misconceptions": MISCONCEPTIONS}
WITH_CHECK = """
    from lossmark import check
    class TestDouble:
        cell = "double_tests"
        @check(points=3)
        def test_a(self, submission{arguments}):
            '''A title'''
            {body}
    class TestAnswers:
        cell = "answers_tests"
        @check(points=1)
        def test_b(self):
            '''Another title'''
"""


@pytest.fixture
def load(tmp_path):
    """Write a course and load its graders; all are closed in the end."""
    loaded = []

    def load(files=TOY, folder="course", seed=231):
        graders = Graders(write_course(tmp_path / folder, CELLS, files), seed)
        loaded.append(graders)
        return graders

    yield load
    for graders in reversed(loaded):
        graders.close()


NAMES = ["hw-1", "01_intro", "1.2", "hw 1", "a.b", "class", "größe", "50%", "it's", "numpy", "reference"]
"""Names of assignments that nbgrader takes, and that Python would not import, or would take for another module."""
SHARED = "def tripled(x):\n    return 3 * x\n"


@pytest.mark.parametrize("name", NAMES)
def test_graders_are_loaded_whatever_their_assignment_is_called(tmp_path, name):
    """With their versions, what they import of each other, and modules that several assignments share."""
    checks = CHECKS.replace(
        "from . import reference", "from graders import shared\n    from . import helped, reference"
    )
    helped = "from .reference import double\nfrom graders.shared import tripled\n"
    versions = MISCONCEPTIONS.replace("import misconception", "import misconception\n    from .helped import double")
    files = {"reference": REFERENCE, "helped": helped, f"test_{name}": checks, "misconceptions": versions}
    assignment = write_course(tmp_path, CELLS, files, name)
    (tmp_path / "graders" / "shared.py").write_text(SHARED)
    before = list(sys.path), sys.modules.get(name)
    graders = Graders(assignment, 231)
    try:
        assert graders.points_of("double_tests") == {"test_value": 2, "test_zero": 1}
        squared = graders.run("double_tests", submission_of("def double(x):\n    return x * x", double=lambda x: x * x))
        right = graders.run("double_tests", submission_of("double = lambda x: 2 * x", double=lambda x: 2 * x))
    finally:
        graders.close()
    assert (squared.score, squared.checks[0].misconception) == (1, "squared")
    assert (right.score, right.max_score) == (3, 3)
    assert (list(sys.path), sys.modules.get(name)) == before


def with_check(body, arguments=""):
    return {"test_toy": WITH_CHECK.format(body=body, arguments=arguments)}


def lacking_memory_at(runs):
    """A check that finds no memory in some of its runs, of the student's answers or of the right ones."""
    text = dedent(with_check(f"global n; n += 1; assert n not in {runs} or [0] * 2**62")["test_toy"])
    return {"test_toy": f"{text}\nn = 0\n", "reference": REFERENCE}


def outcomes(graders, submission, cell="double_tests"):
    return [(check.name, check.outcome, check.points) for check in graders.run(cell, submission).checks]


class TestLoading:
    def test_a_file_beside_the_course_is_not_run(self, tmp_path):
        """A course may lie below /tmp, as those of workers do, where everybody may put a file."""
        for folder in (tmp_path, tmp_path.parent):
            (folder / "conftest.py").write_text("raise RuntimeError('run by whoever grades')\n")
        try:
            assignment = write_course(tmp_path / "course", CELLS, {"reference": REFERENCE, "test_toy": CHECKS})
            Graders(assignment, 231).close()
        finally:
            (tmp_path.parent / "conftest.py").unlink()

    @pytest.mark.parametrize("missing", [{"misconceptions"}, {"alternatives"}, {"misconceptions", "alternatives"}])
    def test_files_of_versions_are_needed_only_where_there_are_versions(self, tmp_path, missing):
        files = {"reference": REFERENCE, "test_toy": CHECKS, "misconceptions": MISCONCEPTIONS}
        assignment = write_course(tmp_path, CELLS, files)
        for name in missing:
            (assignment.graders / f"{name}.py").unlink()
        graders = Graders(assignment, 231)
        try:
            assert bool(graders.misconceptions) is ("misconceptions" not in missing)
            assert graders.alternatives == []
            result = graders.run("double_tests", submission_of(double=lambda x: x * x))
            assert (result.score, result.lost) == (1.0, ("test_value",))
        finally:
            graders.close()

    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
    def test_graders_that_are_open_together_close_in_any_order(self, tmp_path, order):
        before = {name: module for name, module in sys.modules.items() if name.startswith("graders")}, list(sys.path)
        files = {"reference": REFERENCE, "test_toy": CHECKS, "misconceptions": MISCONCEPTIONS}
        opened = [Graders(write_course(tmp_path / str(i), CELLS, files), 231) for i in range(3)]
        for left in range(3):
            for graders in (opened[i] for i in order[left:]):
                result = graders.run("double_tests", submission_of(double=lambda x: x * x))
                assert result.checks[0].misconception == "squared"
            opened[order[left]].close()
            opened[order[left]].close()  # nothing happens
        assert ({name: m for name, m in sys.modules.items() if name.startswith("graders")}, sys.path) == before

    def test_a_cell_without_points_needs_no_check(self, tmp_path):
        cells = [*CELLS, graded_cell("tests", "warm_up_tests", "double", 0)]
        graders = Graders(write_course(tmp_path, cells, {"reference": REFERENCE, "test_toy": CHECKS}), 231)
        try:
            result = graders.run("warm_up_tests", submission_of(double=lambda x: x))
            assert (result.score, result.max_score, result.lost, result.checks) == (0, 0, (), ())
        finally:
            graders.close()

    def test_points_titles_and_versions_are_known(self, load):
        graders = load()
        assert graders.points_of("double_tests") == {"test_value": 2.0, "test_zero": 1.0}
        assert [variant.name for variant in graders.misconceptions] == ["squared", "one_more", "six"]
        assert graders.alternatives == []
        assert graders.reference.double(2) == 4

    @pytest.mark.parametrize(
        ("files", "complaint"),
        [
            ({}, "there are no checks in"),
            ({"test_toy": CHECKS.replace("points=2", "points=2.5")}, "double_tests in .* add up to 3.5 points, not 3"),
            ({"test_toy": CHECKS.replace('"answers_tests"', '"double_tests"')}, "add up to 4 points, not 3"),
            ({"test_toy": CHECKS.replace('"answers_tests"', '"other_tests"')}, "'other_tests', which the notebook"),
            ({"test_toy": CHECKS.replace('cell = "answers_tests"', "pass")}, "is for the cell ''"),
            ({"test_toy": f"{CHECKS}\n    def test_plain():\n        pass\n"}, "test_plain is not a check"),
            ({"test_toy": CHECKS.replace("@check(points=1)\n        def test_a", "def test_a")}, "_a is not a check"),
            ({"test_toy": "import missing_module"}, "(?s)cannot be loaded: .*missing_module"),
            ({"test_toy": "def broken(:"}, "cannot be loaded"),
            ({"test_toy": "raise KeyError('ours')"}, "cannot be loaded"),
            ({"test_toy": CHECKS.replace("'''Doubles'''", "pass")}, "needs a docstring"),
            ({"reference": "1 / 0", "test_toy": CHECKS}, "ZeroDivisionError"),
            ({**TOY, "misconceptions": "1 / 0"}, r"toy\.misconceptions cannot be loaded: ZeroDivisionError"),
            ({**TOY, "misconceptions": "def broken(:"}, "misconceptions cannot be loaded: SyntaxError"),
            ({**TOY, "alternatives": "import missing_module"}, "alternatives cannot be loaded: ModuleNotFoundError"),
            ({**TOY, "alternatives": "from . import missing"}, "alternatives cannot be loaded: ImportError"),
        ],
        ids=[
            "no checks", "too many points", "points in the wrong cell", "unknown cell", "no cell", "plain test",
            "undecorated test", "missing module", "syntax error", "error", "no title", "broken reference",
            "broken misconceptions", "syntax error in misconceptions", "broken alternatives", "missing sibling",
        ],
    )  # fmt: skip
    def test_graders_at_fault_are_refused(self, load, files, complaint):
        with pytest.raises(GraderError, match=complaint):
            load({"reference": REFERENCE} | files)

    def test_a_missing_file_is_our_fault(self, tmp_path):
        assignment = write_course(tmp_path, CELLS, TOY)
        (assignment.graders / "reference.py").unlink()
        with pytest.raises(GraderError, match="reference"):
            Graders(assignment, 231)

    def test_a_fault_of_ours_is_not_a_zero(self):
        assert issubclass(GraderError, NotGraded)

    def test_two_courses_do_not_mix(self, load):
        other = {**TOY, "reference": REFERENCE.replace("2 * x", "20 * x")}
        first, second = load(folder="first"), load(other, folder="second")
        assert outcomes(first, submission_of(double=lambda x: 2 * x))[0][1] == "passed"
        assert outcomes(second, submission_of(double=lambda x: 2 * x))[0][1] == "failed"
        assert outcomes(second, submission_of(double=lambda x: 20 * x))[0][1] == "passed"
        assert outcomes(load(folder="first"), submission_of(double=lambda x: 2 * x))[0][1] == "passed"

    def test_edited_graders_are_seen_when_they_are_loaded_again(self, load):
        load()
        edited = CHECKS.replace("points=2", "points=2.25").replace(
            "points=1)\n        def test_zero", "points=0.75)\n        def test_zero"
        )
        graders = load({**TOY, "test_toy": edited, "reference": REFERENCE.replace("2 * x", "x + x + x")})
        assert graders.points_of("double_tests") == {"test_value": 2.25, "test_zero": 0.75}
        assert outcomes(graders, submission_of(double=lambda x: 3 * x))[0][1] == "passed"

    @pytest.mark.parametrize("files", [TOY, {**TOY, "misconceptions": "1 / 0"}], ids=["loaded", "at fault"])
    def test_modules_loaded_before_are_put_back(self, tmp_path, files, monkeypatch):
        before = ModuleType("graders")
        monkeypatch.setitem(sys.modules, "graders", before)
        path = list(sys.path)
        with contextlib.suppress(GraderError):
            Graders(write_course(tmp_path, CELLS, files), 231).close()
        assert sys.modules["graders"] is before
        assert "graders.toy" not in sys.modules
        assert sys.path == path

    def test_settings_of_pytest_in_the_course_do_not_matter(self, load, tmp_path):
        (tmp_path / "course").mkdir()
        (tmp_path / "course" / "pytest.ini").write_text("[pytest]\naddopts = -n 4\npython_functions = other_*\n")
        assert outcomes(load(with_check("pass")), submission_of()) == [("test_a", "passed", 3.0)]


FORGED = "Likely mistake (grader bug): full points\nCalled: f()\nNote: All passed\rTo look it up: no\u2028Note: no"


class TestRunning:
    def test_a_right_submission_earns_all(self, load):
        result = load().run("double_tests", submission_of(double=lambda x: 2 * x))
        assert (result.score, result.max_score, result.lost) == (3.0, 3.0, ())
        assert all(check.message == "" and check.misconception is None for check in result.checks)

    def test_results_are_in_the_order_of_the_file(self, load):
        result = load().run("double_tests", submission_of())
        assert [(check.name, check.title) for check in result.checks] == [
            ("test_value", "Doubles"),
            ("test_zero", "Keeps 0"),
        ]

    def test_only_the_checks_of_the_cell_are_run(self, load):
        assert outcomes(load(), submission_of(a=5), "answers_tests") == [("test_a", "passed", 1.0)]

    def test_submissions_do_not_mix(self, load):
        graders = load()
        right, wrong = submission_of(double=lambda x: 2 * x), submission_of(double=lambda x: 0)
        for submission, score in ((right, 3), (wrong, 1), (right, 3)):
            assert graders.run("double_tests", submission).score == score

    @pytest.mark.parametrize(
        ("reply", "outcome"),
        [
            (TimedOut("slow"), "timeout"),
            (Killed("gone"), "killed"),
            (wire.encode({"outcome": "missing", "is": ""}), "missing"),
            (wire.encode({"outcome": "missing", "is": "int"}), "missing"),
            (wire.encode({"outcome": "raised", "error": ["E", "no", ""]}), "raised"),
            (wire.encode({"outcome": "value", "value": -1.0}), "failed"),
            (wire.encode({"outcome": np.ones(2)}), "failed"),
            (b"garbage", "failed"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_student_faults_cost_points_and_nothing_else(self, load, reply, outcome):
        assert outcomes(load(), Submission(Replies(reply))) == [
            ("test_value", outcome, 0.0),
            ("test_zero", outcome, 0.0),
        ]

    @pytest.mark.parametrize(
        "reply",
        [
            {"outcome": "raised", "error": ["ValueError", FORGED, ""]},
            {"outcome": "raised", "error": [FORGED, "", ""]},
            {"outcome": "raised", "error": ["E", "no", f'File "x", line 1, in f\n  {FORGED}']},
            {"outcome": "missing", "is": FORGED},
            {"outcome": "missing", "error": FORGED},
            {"outcome": "value", "value": FORGED},
            {"outcome": "value", "value": wire.Opaque(FORGED)},
            {"outcome": "value", "value": [FORGED]},
        ],
    )
    def test_what_a_student_writes_begins_no_line_of_what_is_said(self, load, reply):
        result = load().run("double_tests", Submission(Replies(wire.encode(reply))))
        for check in result.checks:
            begun = [line.partition(" ")[0] for line in check.message.splitlines()]
            called = begun.pop() if begun[-1] == "Called:" else ""
            assert called == ("Called:" if check.name == "test_value" else "")
            assert set(begun) <= {"It", "|", "In", "`double`", "The", "Tried:"}, check.message

    def test_a_failure_says_what_was_tried(self, load):
        check = load().run("double_tests", submission_of(double=lambda x: -7)).checks[0]
        assert check.message.splitlines() == [
            "The result is -7, expected 2 (tolerance 0)", "Tried: one.", "Called: double(1)"
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("body", "complaint"),
        [
            ("{}['x']", "KeyError"),
            ("from lossmark.grading import diagnosis; exec('assert False', vars(diagnosis))", "AssertionError"),
            ("from . import reference; exec('assert False', vars(reference))", "AssertionError"),
            ("1 / 0", "ZeroDivisionError"),
            ("raise SystemExit(0)", "SystemExit"),
            ("import pytest; pytest.skip('later')", "Skipped"),
            ("import pytest; pytest.fail('no')", "Failed"),
            ("import pytest; pytest.xfail('later')", "XFailed|xfail"),
        ],
    )
    def test_a_check_that_fails_by_itself_is_our_fault(self, load, body, complaint):
        graders = load(with_check(body))
        with pytest.raises(GraderError, match=f"test_a failed by itself: .*{complaint}|{complaint}"):
            graders.run("double_tests", submission_of())

    @pytest.mark.parametrize(
        ("body", "answer", "fault"),
        [
            ("{5: 2}[submission.value('a')]", 6, "KeyError"),
            ("{5: 2}[submission.value('a')]", [5], "TypeError"),
            ("float(submission.value('a'))", 10**1000, "OverflowError"),
            ("float(submission.value('a'))", "(30731)", "ValueError"),
            ("1 / (submission.value('a') - 4)", 4, "ZeroDivisionError"),
            ("len(range(submission.value('a')))", None, "TypeError"),
            ("import numpy as np; np.ones(submission.value('a'))", 2**45, "MemoryError"),
            ("[0] * submission.value('a')", 2**61, "MemoryError"),
            ("'x' * submission.value('a')", 2**60, "MemoryError"),
            ("bytearray(submission.value('a'))", 2**60, "MemoryError"),
            ("[0] * submission.value('a')", 10**1000, "OverflowError"),
            ("import numpy as np; np.empty(submission.value('a'))", 10**1000, "ValueError"),
            ("import numpy as np; np.ones(5) + np.ones(submission.value('a'))", 4, "ValueError"),
            ("int(submission.value('a')) if submission.value('a') != 4 else __import__('pytest').fail()", 4, "Failed"),
        ],
        ids=["key", "no key", "too large", "a text", "zero", "none", "an array", "a list", "a text", "bytes",
             "a list too long", "an array too long", "shape", "an assertion of its own"],
    )  # fmt: skip
    def test_an_error_that_an_answer_causes_is_a_failed_check(self, load, body, answer, fault):
        graders = load({**with_check(body), "reference": REFERENCE})
        check = graders.run("double_tests", submission_of(a=answer)).checks[0]
        assert (check.outcome, check.points) == ("failed", 0)
        assert check.found.startswith("This check cannot work with the answer: ")
        assert check.fault == f"{fault} in line 8 of test_toy.py"
        assert fault not in check.message
        assert outcomes(graders, submission_of(a=5)) == [("test_a", "passed", 3.0)]

    def test_an_error_that_an_answer_causes_is_said_with_the_problem_at_which_it_came_up(self, load):
        risky = "float(submission.double(*problem.args)); assert_close(submission.double"
        graders = load({**TOY, "test_toy": CHECKS.replace("assert_close(submission.double", risky, 1)})
        result = graders.run("double_tests", submission_of(double=lambda x: 2 * x if x == 1 else "ten"))
        assert [check.points for check in result.checks] == [0.0, 0.0]
        assert result.checks[0].found == "This check cannot work with the answer: the text 'ten'"
        assert result.checks[0].tried == "some number."
        assert result.checks[0].call.startswith("double(")
        assert (result.checks[1].outcome, result.checks[1].fault) == ("failed", "")

    @pytest.mark.parametrize("error", [MemoryError(), OSError(28, "No space left"), KeyError("a bug of ours")])
    def test_an_error_between_a_check_and_the_kernel_is_not_the_students(self, load, error):
        class Broken:
            def ask(self, request):
                raise error

        with pytest.raises((NotGraded, MemoryError)):
            load().run("double_tests", Submission(Broken()))

    def test_what_the_machine_lacks_during_a_check_is_not_the_students(self, load):
        body = "if submission.value('a') != 5: raise OSError(28, 'full')"
        with pytest.raises(NotGraded):
            load({**with_check(body), "reference": REFERENCE}).run("double_tests", submission_of(a=4))

    @pytest.mark.parametrize("lacking", [[1, 2], [1, 3, 4]])
    def test_memory_that_is_short_for_the_right_answers_as_well_is_the_machines(self, load, lacking):
        with pytest.raises(MemoryError):
            load(lacking_memory_at(lacking)).run("double_tests", submission_of(a=5))

    @pytest.mark.parametrize("lacking", [[], [1], [2]])
    def test_memory_that_is_short_for_a_moment_costs_nothing(self, load, lacking):
        assert outcomes(load(lacking_memory_at(lacking)), submission_of(a=5)) == [("test_a", "passed", 3.0)]

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ("assert submission.value('a') == 2", "1 == 2"),
            ("import numpy as np; np.testing.assert_allclose(submission.value('a'), 2)", "Not equal to tolerance"),
        ],
    )
    def test_a_plain_assertion_is_a_failed_check(self, load, body, message):
        graders = load(with_check(body))
        result = graders.run("double_tests", submission_of(a=1)).checks[0]
        assert (result.outcome, result.points) == ("failed", 0)
        assert message in result.message
        assert outcomes(graders, submission_of(a=2)) == [("test_a", "passed", 3.0)]

    def test_what_a_terminal_would_obey_is_not_in_a_message(self, load):
        def double(x):
            raise ValueError("\x1b]0;owned\x07\x1b[2Jgone\r")

        message = load().run("double_tests", submission_of(double=double)).checks[0].message
        assert "gone" in message
        assert not set("\x1b\x07\r") & set(message)

    def test_a_check_that_asks_for_an_unknown_fixture_is_our_fault(self, load):
        graders = load(with_check("pass", ", unknown"))
        with pytest.raises(GraderError, match="test_a failed by itself"):
            graders.run("double_tests", submission_of())

    def test_graders_go_on_after_a_fault_of_ours(self, load):
        graders = load(with_check("{}[submission.value('key')]"))
        for _ in range(2):
            with pytest.raises(GraderError):
                graders.run("double_tests", submission_of(key=1))
        assert outcomes(graders, submission_of(), "answers_tests") == [("test_b", "passed", 1.0)]


class TestDiagnosis:
    def test_a_misconception_is_named_and_explained_on_the_checks_that_it_loses(self, load):
        result = load().run("double_tests", submission_of(double=lambda x: x * x))
        assert [check.misconception for check in result.checks] == ["squared", None]
        assert result.checks[0].message.endswith("\nLikely mistake (squared): You square.")

    def test_it_is_named_on_every_check_that_it_loses(self, load):
        result = load().run("double_tests", submission_of(double=lambda x: 2 * x + 1))
        assert [check.misconception for check in result.checks] == ["one_more", "one_more"]

    def test_another_mistake_is_not_named(self, load):
        result = load().run("double_tests", submission_of(double=lambda x: 3 * x))
        assert [check.misconception for check in result.checks] == [None, None]

    def test_short_answers_are_named(self, load):
        graders = load()
        assert graders.run("answers_tests", submission_of(a=6)).checks[0].misconception == "six"
        assert graders.run("answers_tests", submission_of(a=7)).checks[0].misconception is None

    @pytest.mark.parametrize("error", [ValueError("secret"), OverflowError("secret"), RecursionError("secret")])
    def test_an_answer_that_cannot_be_explained_costs_the_explanation_alone(self, load, monkeypatch, caplog, error):
        def fail(*arguments):
            raise error

        monkeypatch.setattr("lossmark.grading.graders.matching", fail)
        result = load().run("double_tests", submission_of(double=lambda x: x * x))
        assert [(check.outcome, check.points) for check in result.checks] == [("failed", 0.0), ("passed", 1.0)]
        assert result.checks[0].explanation == ""
        assert f"the answers to double_tests are not explained: {type(error).__name__} in line" in caplog.text
        assert "secret" not in caplog.text

    def test_a_check_can_name_the_misconception_itself(self, load):
        body = "from lossmark import CheckFailed; raise CheckFailed('no', misconception='squared')"
        graders = load({**with_check(body), "misconceptions": MISCONCEPTIONS})
        check = graders.run("double_tests", submission_of()).checks[0]
        assert (check.misconception, check.message) == ("squared", "No\nLikely mistake (squared): You square.")


class TestRandomness:
    BODY = "submission.draw(rng.random(3))"

    def draw(self, load, cell="double_tests", seed=231, folder="course"):
        both = textwrap.dedent(with_check(self.BODY, ", rng")["test_toy"]).replace(
            "def test_b(self):\n        '''Another title'''",
            f"def test_b(self, submission, rng):\n        '''T'''\n        {self.BODY}",
        )
        drawn = []
        load({"test_toy": both}, seed=seed, folder=folder).run(
            cell, submission_of(draw=lambda numbers: drawn.append(numbers))
        )
        return drawn[0].tolist()

    def test_the_same_check_and_seed_draw_the_same(self, load):
        assert self.draw(load) == self.draw(load) == self.draw(load, folder="elsewhere")

    def test_another_seed_draws_others(self, load):
        assert self.draw(load) != self.draw(load, seed=232)

    def test_another_check_draws_others(self, load):
        assert self.draw(load) != self.draw(load, cell="answers_tests")

    def test_a_regrade_in_the_same_graders_draws_the_same(self, load):
        graders, asked = load(), []
        for _ in range(2):
            submission = submission_of(double=lambda x: 2 * x)
            graders.run("double_tests", submission)
            asked.append([call.args for call in submission.calls])
        assert asked[0] == asked[1]

    def test_it_is_seeded_by_course_cell_and_name(self, load):
        digest = hashlib.sha256(b"double_tests::test_a").digest()
        assert self.draw(load) == np.random.default_rng([231, *digest]).random(3).tolist()
