"""Numbers of a submission beside the right ones, drawn as SVG: by element, as a curve, or one against the other.

The pictures are part of a page of HTML, take their colours from it, and hold nothing but numbers and our own words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from lossmark.numerics import Comparison

MAX_ELEMENTS = 48
"""Up to so many numbers are drawn one by one."""
MAX_POINTS = 600
"""Of more numbers than this, some are drawn, evenly spread."""
AGREEMENT = 1e-4
"""Part of the largest number by which two may differ and still count as the same in a picture."""
LARGEST = 1e300
"""The axis of larger numbers would end beyond all numbers."""

_WIDTH, _HEIGHT = 520.0, 220.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 12.0, 30.0, 34.0
_COLOURS = {"own": "#b93a0a", "right": "#1d63a8"}
"""Where no style sheet has others for the classes ``lossmark-own`` and so on."""
_TEXT = 'font-family="system-ui, sans-serif" font-size="12" fill="currentColor"'

Scale = Callable[[float], float]


def draw(comparison: Comparison) -> str:
    """Draw numbers beside the right ones.

    Parameters
    ----------
    comparison : Comparison
        At least two numbers, none beyond `LARGEST`.

    Returns
    -------
    str
        An SVG element with a description in words; empty if there is nothing to compare.
    """
    got, right = comparison.got.ravel(), comparison.expected.ravel()
    if got.size < 2 or got.shape != right.shape or not np.abs([got, right]).max() < LARGEST:
        return ""
    if comparison.is_curve:
        return _curves(comparison, got, right)
    if got.size <= MAX_ELEMENTS:
        return _elements(comparison, got, right)
    return _scatter(comparison, got, right)


def _elements(comparison: Comparison, got: NDArray[np.float64], right: NDArray[np.float64]) -> str:
    """One place for each number: the right one hollow, the own one filled, joined where they differ."""
    across = _scale(-0.5, got.size - 0.5, _LEFT, _WIDTH - _RIGHT)
    low, high, up = _vertical(np.concatenate([got, right, [0.0]]))
    marks = [_line(_LEFT, up(0.0), _WIDTH - _RIGHT, up(0.0), 'stroke="currentColor" stroke-width="0.5"')]
    for i, (own, wanted, is_wrong) in enumerate(zip(got, right, _differs(got, right), strict=True)):
        if is_wrong:
            marks.append(_line(across(i), up(own), across(i), up(wanted), _stroke("own")))
        marks.append(_dot(across(i), up(wanted), 5, f'fill="none" {_stroke("right")}'))
        marks.append(_dot(across(i), up(own), 3, _fill("own")))
    names = [_name(index) for index in np.ndindex(comparison.got.shape)]
    step = max(1, -(-got.size // 12))
    labels = [_label(across(i), _HEIGHT - _BOTTOM + 16, names[i], "middle") for i in range(0, got.size, step)]
    return _picture(comparison, [*_axis(low, high, up), *marks, *labels], "element")


def _curves(comparison: Comparison, got: NDArray[np.float64], right: NDArray[np.float64]) -> str:
    """Two lines over the number of the step."""
    across = _scale(0, got.size - 1, _LEFT, _WIDTH - _RIGHT)
    low, high, up = _vertical(np.concatenate([got, right]))
    lines = [
        _path(((across(i), up(values[i])) for i in _some(got.size)), colour, dashes)
        for values, colour, dashes in ((right, "right", "6 4"), (got, "own", ""))
    ]
    ends = [_label(across(i), _HEIGHT - _BOTTOM + 16, str(i + 1), "middle") for i in (0, got.size - 1)]
    return _picture(comparison, [*_axis(low, high, up), *lines, *ends], "step")


def _scatter(comparison: Comparison, got: NDArray[np.float64], right: NDArray[np.float64]) -> str:
    """Each own number over the right one; those that agree lie on the line."""
    low, high, up = _vertical(np.concatenate([got, right]))
    across = _scale(low, high, _LEFT, _WIDTH - _RIGHT)
    line = _line(across(low), up(low), across(high), up(high), _stroke("right"))
    look = f'{_fill("own")} fill-opacity="0.7"'
    dots = [_dot(across(right[i]), up(got[i]), 2.5, look) for i in _some(got.size)]
    ends = [
        _label(across(value), _HEIGHT - _BOTTOM + 16, f"{value:.3g}", anchor)
        for value, anchor in ((low, "start"), (high, "end"))
    ]
    return _picture(comparison, [*_axis(low, high, up), line, *dots, *ends], comparison.beside)


def _picture(comparison: Comparison, parts: Iterable[str], below: str) -> str:
    wrong = int(np.sum(_differs(comparison.got, comparison.expected)))
    kind = "curve" if comparison.is_curve else "element by element"
    title = f"{comparison.what} beside {comparison.beside}, {kind}: {wrong} of {comparison.got.size} differ"
    title = f"{title[:1].upper()}{title[1:]}"
    is_scatter = not comparison.is_curve and comparison.got.size > MAX_ELEMENTS
    sign = "—" if is_scatter else "- -" if comparison.is_curve else "○"
    own = "—" if comparison.is_curve else "●"
    beside = f"{sign} {'equal' if is_scatter else comparison.beside}"
    legend = (
        f'<text x="{_LEFT}" y="16" {_TEXT}><tspan {_fill("own")}>{own} yours</tspan>'
        f'<tspan dx="14" {_fill("right")}>{escape(beside)}</tspan></text>'
    )
    foot = _label((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 3, below, "middle")
    return (
        f'<svg class="lossmark-picture" role="img" aria-label="{escape(title)}" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" '
        f'width="{_WIDTH:g}" height="{_HEIGHT:g}">{legend}{"".join(parts)}{foot}</svg>'
    )


def _differs(got: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(np.abs(got - right) > AGREEMENT * max(np.abs(right).max(), 1e-300))


def _scale(low: float, high: float, begin: float, end: float) -> Scale:
    return lambda value: begin + (float(value) - low) / (high - low) * (end - begin)


def _vertical(values: NDArray[np.float64]) -> tuple[float, float, Scale]:
    """Where the axis begins and ends, with some room, and where a number lies on it."""
    low, high = float(values.min()), float(values.max())
    room = 0.06 * (high - low) or 0.5 * max(abs(high), 1.0)
    low, high = low - room, high + room
    return low, high, _scale(low, high, _HEIGHT - _BOTTOM, _TOP)


def _axis(low: float, high: float, up: Scale) -> list[str]:
    frame = f"M{_LEFT:g} {_TOP:g}V{_HEIGHT - _BOTTOM:g}H{_WIDTH - _RIGHT:g}"
    ends = [_label(_LEFT - 6, up(value) + 4, f"{value:.3g}", "end") for value in (low, (low + high) / 2, high)]
    return [f'<path d="{frame}" fill="none" stroke="currentColor" stroke-opacity="0.6"/>', *ends]


def _some(count: int) -> Sequence[int]:
    return [int(i) for i in np.unique(np.linspace(0, count - 1, min(count, MAX_POINTS)).round())]


def _name(index: tuple[int, ...]) -> str:
    return ",".join(map(str, index))


def _fill(colour: str) -> str:
    return f'class="lossmark-{colour}" fill="{_COLOURS[colour]}"'


def _stroke(colour: str) -> str:
    return f'class="lossmark-{colour}-line" stroke="{_COLOURS[colour]}" stroke-width="2"'


def _line(x1: float, y1: float, x2: float, y2: float, look: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {look}/>'


def _dot(x: float, y: float, radius: float, look: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" {look}/>'


def _path(points: Iterable[tuple[float, float]], colour: str, dashes: str) -> str:
    way = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f'<path d="M{way}" fill="none" {_stroke(colour)} stroke-dasharray="{dashes}"/>'


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {_TEXT}>{escape(text)}</text>'
