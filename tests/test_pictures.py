"""Pictures of numbers beside the right ones."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from lossmark.grading.pictures import MAX_ELEMENTS, MAX_POINTS, draw
from lossmark.numerics import Comparison

RIGHT = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, 1.0]])
OFF = RIGHT + np.array([[0, 0, 1.0], [0, 0, 0]])
MANY = np.linspace(-1.0, 1.0, 2000)


def parts(svg: str, name: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(name))


def test_each_element_has_its_place_and_the_wrong_one_a_line() -> None:
    svg = draw(Comparison(OFF, RIGHT, "the gradient"))
    assert len(parts(svg, "circle")) == 2 * RIGHT.size
    assert len([line for line in parts(svg, "line") if line.get("class") == "lossmark-own-line"]) == 1
    assert [label.text for label in parts(svg, "text")][4:10] == ["0,0", "0,1", "0,2", "1,0", "1,1", "1,2"]
    assert 'aria-label="The gradient beside expected, element by element: 1 of 6 differ"' in svg


def test_places_follow_the_numbers() -> None:
    circles = parts(draw(Comparison(OFF, RIGHT, "the gradient")), "circle")
    right, own = (np.array([float(circle.get("cy", "")) for circle in circles[i::2]]) for i in (0, 1))
    assert np.array_equal(np.argsort(-right), np.argsort(RIGHT.ravel()))
    assert np.flatnonzero(right != own).tolist() == [2]
    assert own[2] < right[2]  # larger numbers stand higher


def test_a_curve_is_two_lines() -> None:
    svg = draw(Comparison(MANY + 1, MANY, "the history", is_curve=True))
    own, right = parts(svg, "path")[-1], parts(svg, "path")[-2]
    assert own.get("d", "").count("L") == right.get("d", "").count("L") == MAX_POINTS - 1
    assert "yours" in svg
    assert "element" not in svg


def test_many_numbers_are_drawn_against_each_other() -> None:
    svg = draw(Comparison(MANY, MANY, "the gradient"))
    assert len(parts(svg, "circle")) == MAX_POINTS
    assert "0 of 2000 differ" in svg
    assert len(parts(draw(Comparison(MANY[:MAX_ELEMENTS], MANY[:MAX_ELEMENTS], "x")), "circle")) == 2 * MAX_ELEMENTS


@pytest.mark.parametrize("scale", [0.0, 5e-324, 1e-300, 1.0, 9e299])
@pytest.mark.parametrize("is_curve", [False, True])
@pytest.mark.parametrize("count", [2, 3, MAX_ELEMENTS + 1])
def test_any_finite_numbers_can_be_drawn(scale: float, is_curve: bool, count: int) -> None:
    right = scale * np.resize([1.0, -1.0, 0.0], count)
    svg = draw(Comparison(-right, right, "x", is_curve=is_curve))
    assert parts(svg, "text")
    assert not re.search(r"nan|inf", svg)


@pytest.mark.parametrize(
    ("got", "right"),
    [
        ([1.0], [1.0]),
        ([], []),
        ([1.0, np.nan], [1.0, 2.0]),
        ([1.0, 2.0], [np.inf, 2.0]),
        ([1e308, 1.0], [1.0, 1.0]),
        ([1.0], MANY),
    ],
)
def test_nothing_is_drawn_where_there_is_nothing_to_compare(got: list[float], right: list[float]) -> None:
    assert draw(Comparison(np.array(got), np.array(right), "x")) == ""


def test_names_are_escaped() -> None:
    svg = draw(Comparison(OFF, RIGHT, "<script>&", "<b>"))
    assert "<script" not in svg
    assert "<b>" not in svg
    assert ElementTree.fromstring(svg).get("aria-label", "").startswith("<script>& beside <b>")
