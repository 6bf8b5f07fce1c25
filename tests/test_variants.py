"""Named versions: how they are declared, and the text of a cell that is made of them."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from lossmark import alternative, misconception
from lossmark.variants import Variant, variants_in


@misconception("loss", loses=["test_value"])
def loss_doubled(scores, y=0):
    """Twice the loss.

    Look again.
    """
    return 2 * np.sum(scores)


@alternative("loss")
def loss_by_loop(scores, y=0):
    """A loop."""
    total = 0.0
    for score in scores:
        total += score
    return total


@misconception("answers", loses=["test_a", "test_b"])
def answers_guessed():
    """Guessed."""
    a = 1  # noqa: F841
    b = "c"  # noqa: F841


@alternative("answers")
def answers_empty():
    """Sets nothing."""


def names_after(source):
    names = {"np": np}
    exec(source, names)
    return names


def test_a_misconception_knows_cell_name_explanation_and_checks():
    assert (loss_doubled.cell, loss_doubled.name, loss_doubled.loses) == ("loss", "doubled", ("test_value",))
    assert loss_doubled.explanation == "Twice the loss. Look again."


def test_an_alternative_loses_nothing():
    assert (loss_by_loop.name, loss_by_loop.loses) == ("by_loop", ())


def test_a_version_can_be_called():
    assert loss_doubled.function(np.ones(3)) == 6


def test_the_text_of_a_function_defines_the_graded_name():
    source = loss_doubled.source()
    assert names_after(source)["loss"](np.ones(3)) == 6
    assert "misconception" not in source
    assert "Twice" not in source


def test_the_text_of_short_answers_sets_them():
    names = names_after(answers_guessed.source())
    assert (names["a"], names["b"]) == (1, "c")


def test_the_text_of_nothing_is_still_python():
    names_after(answers_empty.source())


@pytest.mark.parametrize(("version", "takes"), [(loss_doubled, True), (answers_guessed, False)])
def test_short_answers_take_no_arguments(version, takes):
    assert version.takes_arguments is takes


def test_a_misconception_that_loses_nothing_is_refused():
    with pytest.raises(TypeError, match="must lose a check"):
        misconception("loss", loses=[])


@pytest.mark.parametrize("decorate", [alternative("loss"), misconception("loss", loses=["test_value"])])
def test_a_name_that_does_not_say_its_cell_is_refused(decorate):
    def wrong(scores):
        """Explained."""

    with pytest.raises(TypeError, match="must be called loss_"):
        decorate(wrong)


def test_a_version_without_an_explanation_is_refused():
    def loss_silent(scores):
        return 0

    with pytest.raises(TypeError, match="explain itself"):
        alternative("loss")(loss_silent)


def test_versions_of_a_module_are_listed_in_their_order():
    module = ModuleType("misconceptions")
    module.np, module.b, module.a, module.misconception = np, loss_doubled, answers_guessed, misconception
    assert variants_in(module) == [loss_doubled, answers_guessed]
    assert all(isinstance(variant, Variant) for variant in variants_in(module))
