"""Slips: wrong versions written as edits of a right one."""

from __future__ import annotations

import inspect
import traceback
from types import ModuleType

import numpy as np
import pytest

from helpers import graded_cell, write_course
from lossmark import misconception, version_of
from lossmark.cli import main
from lossmark.slips import SlipError
from lossmark.variants import variants_in


def hinge_loop(scores, y, delta=1.0):
    """A loop over the classes; the text `delta` of this line is not edited."""
    loss = 0.0
    for j in range(len(scores)):
        if j != y:
            loss += max(0.0, scores[j] - scores[y] + delta)
    return loss


def answers_right():
    """Both answers."""
    smallest = 0  # noqa: F841
    largest = np.inf  # noqa: F841


SCORES = np.array([3.0, 5.0, 1.0])


@pytest.mark.parametrize(
    ("change", "loss"),
    [
        ({" + delta": ""}, 2.0),
        ({"if j != y:\n            ": ""}, 4.0),
        ({"delta=1.0": "delta=2.0"}, 4.0),
        ({"scores[j]": "scores[y]", "scores[y]": "scores[j]"}, 3.0),  # all at once: neither edits what the other wrote
        ({"return loss": "return np.float64(loss)"}, 3.0),
    ],
)
def test_a_slip_does_what_its_text_says(change, loss):
    slip = version_of("hinge", hinge_loop).slip("wrong", loses=["test_value"], change=change, explanation="Wrong.")
    assert slip.function(SCORES, 0) == loss
    names = slip.names({"np": np})
    assert names["hinge"](SCORES, 0) == loss


def test_a_slip_is_a_misconception_and_the_right_version_an_alternative():
    hinge = version_of("hinge", hinge_loop)
    slip = hinge.slip("no_delta", loses=["test_a", "test_b"], change={" + delta": ""}, explanation="Look\n   again.")
    assert (slip.cell, slip.name, slip.loses) == ("hinge", "no_delta", ("test_a", "test_b"))
    assert slip.explanation == "Look again."
    assert (hinge.right.name, hinge.right.loses, hinge.right.function(SCORES, 0)) == ("loop", (), 3.0)
    assert slip.takes_arguments
    module = ModuleType("versions")
    module.hinge, module.slip = hinge, slip
    assert variants_in(module) == [hinge.right, slip]


def test_short_answers_have_slips():
    slip = version_of("answers", answers_right).slip(
        "negative", loses=["test_a"], change={"smallest = 0": "smallest = -np.inf"}, explanation="Think."
    )
    assert slip.source() == "smallest = -np.inf\nlargest = np.inf"
    assert not slip.takes_arguments


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"delta_": ""}, "'delta_' must occur once in the right version, and occurs 0 times"),
        ({"scores": "s"}, "'scores' must occur once in the right version, and occurs 4 times"),
        ({"is not edited": ""}, "'is not edited' must occur once in the right version, and occurs 0 times"),
        ({"": "x"}, "'' must occur once in the right version, and occurs 0 times"),
        ({}, "changes nothing"),
        ({"- scores[y]": "", "scores[y] + delta": ""}, "'- scores[y]' and 'scores[y] + delta' overlap"),
        ({"max(0.0,": "max((0.0,"}, "is not Python after its change: "),
        ({"    return loss\n": "return loss\n"}, "is not Python after its change: "),
        ({"    return loss\n": "y = 1\n"}, "is not one function called hinge_loop after its change"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(change, complaint):
    with pytest.raises(SlipError) as refusal:
        version_of("hinge", hinge_loop).slip("wrong", loses=["test_value"], change=change, explanation="Wrong.")
    assert complaint in str(refusal.value)
    assert f"{__file__}: slip 'wrong' of hinge" in str(refusal.value)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [({"loses": []}, "must lose a check"), ({"explanation": " "}, "needs an explanation"), ({}, "is declared twice")],
)
def test_an_incomplete_or_repeated_slip_is_refused(changed, complaint):
    hinge = version_of("hinge", hinge_loop)
    whole = {"loses": ["test_value"], "change": {" + delta": ""}, "explanation": "Wrong."}
    hinge.slip("first", **whole)
    with pytest.raises(SlipError, match=rf"slip 'first' of hinge {complaint}"):
        hinge.slip("first", **whole | changed)


def test_two_versions_of_one_name_are_refused():
    @misconception("hinge", loses=["test_value"])
    def hinge_none(scores, y, delta=1.0):
        """Nothing."""

    hinge = version_of("hinge", hinge_loop)
    hinge.slip("none", loses=["test_value"], change={" + delta": ""}, explanation="Wrong.")
    module = ModuleType("versions")
    module.__file__, module.hinge, module.other = "versions.py", hinge, hinge_none
    with pytest.raises(SlipError, match=r"^versions\.py: 2 versions of hinge are called 'none'"):
        variants_in(module)


def test_tracebacks_and_inspect_show_the_text():
    slip = version_of("hinge", hinge_loop).slip(
        "shifted", loses=["test_value"], change={"scores[j] -": "scores[j + 1] -"}, explanation="Wrong."
    )
    assert "def hinge_shifted(" in inspect.getsource(slip.function)
    assert "scores[j + 1] - scores[y]" in inspect.getsource(slip.function)
    with pytest.raises(IndexError) as error:
        slip.function(SCORES, 0)
    last = traceback.extract_tb(error.tb)[-1]
    assert last.line == "loss += max(0.0, scores[j + 1] - scores[y] + delta)"
    assert "slip 'shifted' of hinge" in last.filename


CELLS = [
    graded_cell("solution", "double", "### BEGIN SOLUTION\ndef double(x):\n    return 2 * x\n### END SOLUTION"),
    graded_cell("tests", "double_tests", "assert double(0) == 0", points=1),
]
CHECKS = """
    from lossmark import assert_close, check

    class TestDouble:
        cell = "double_tests"

        @check(points=1)
        def test_three(self, submission):
            '''Twice three'''
            assert_close(submission.double(3.0), 6.0, tolerance=1e-6)
"""
VERSIONS = """
    from lossmark import version_of

    def double_product(x):
        '''A product.'''
        return 2 * x

    double = version_of("double", double_product)
    double.slip("squared", loses=["test_three"], change={"2 * x": "x**2"}, explanation="The number is squared.")
"""


class TestCommand:
    @pytest.fixture
    def versions(self, tmp_path, capsys):
        """Run the command on a course with these versions."""

        def run(text, *words):
            reference = "def double(x):\n    return 2 * x\n"
            write_course(tmp_path, CELLS, {"reference": reference, "test_toy": CHECKS, "versions": text})
            status = main(["versions", "toy", *words, "--course", str(tmp_path)])
            return status, *capsys.readouterr()

        return run

    def test_it_lists_the_versions(self, versions):
        listed = "double_squared: misconception, loses test_three\ndouble_product: alternative\n"
        assert versions(VERSIONS) == (0, listed, "")

    @pytest.mark.parametrize("name", ["squared", "double_squared"])
    def test_it_prints_a_version_in_full(self, versions, name):
        status, text, _ = versions(VERSIONS, name)
        assert status == 0
        comments, code = text.split("\ndef ")
        assert comments == "# double_squared: misconception, loses test_three\n# The number is squared."
        assert code == "double(x):\n    return x ** 2\n"

    def test_an_unknown_name_is_wrong_usage(self, versions):
        status, text, complaint = versions(VERSIONS, "halved")
        assert (status, text) == (2, "")
        assert complaint == "lossmark: no version of toy is called halved: `lossmark versions toy` lists them\n"

    def test_a_slip_that_matches_nothing_keeps_the_graders_from_loading(self, versions):
        status, text, complaint = versions(VERSIONS.replace('"2 * x"', '"2*x"'))
        assert (status, text) == (1, "")
        assert "graders/toy/versions.py: slip 'squared' of double: the text '2*x' must occur once" in complaint
        assert "Traceback" not in complaint

    def test_a_name_used_twice_keeps_the_graders_from_loading(self, versions):
        status, _, complaint = versions(VERSIONS + "    other = version_of('double', double_product)\n")
        assert status == 1
        assert "2 versions of double are called 'product'" in complaint
