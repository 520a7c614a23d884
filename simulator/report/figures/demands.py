"""Demands per plant-year with their intervals: the AI against its fallback alone, whole and part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from simulator.report.figures.canvas import BLACK, BLUE, GREY, ORANGE, PALE, Picture, logarithmic

Data = Mapping[str, Any]
_ROW, _TOP, _BOTTOM, _LEFT, _WIDTH = 0.36, 0.4, 0.5, 2.45, 8.2
_LOOK = (("with the AI", BLUE, "o", -0.15), ("fallback alone", ORANGE, "s", 0.15))
_DECADES = 6.0
"""No axis goes further below its largest end."""


@dataclass(frozen=True)
class Line:
    """A rate of both variants; None where it cannot come."""

    name: str
    mine: Data | None
    alone: Data | None


def picture(lines: Sequence[Line]) -> Picture:
    """A row per part of the year, on one logarithmic axis.

    Parameters
    ----------
    lines : sequence of Line
        The whole first, then its parts.
    """
    told = "; ".join(f"{one.name}: {_told(one.mine)} with the AI, {_told(one.alone)} alone" for one in lines)
    alt = f"Demands per plant-year with their intervals. {told}"
    size = (_WIDTH, _TOP + _ROW * len(lines) + _BOTTOM)
    return Picture("demands", alt, size, partial(_paint, lines))


def _told(value: Data | None) -> str:
    return "none" if value is None else f"{value['estimate']:.2g}"


def _paint(lines: Sequence[Line], drawn: Any) -> None:
    axes = drawn.add_subplot()
    width, height = drawn.get_size_inches()
    edges = {"left": _LEFT / width, "right": 1 - 0.15 / width}
    drawn.subplots_adjust(bottom=_BOTTOM / height, top=1 - _TOP / height, **edges)
    least, most = _range(lines)
    for y, line in enumerate(lines):
        for value, (_, colour, marker, shift) in zip((line.mine, line.alone), _LOOK, strict=True):
            if value is None:
                axes.text(least * 1.15, y + shift, "cannot come", va="center", fontsize=7, color=GREY)
            else:
                _bar(axes, y + shift, value, (colour, marker), (least, most))
    axes.axhline(0.5, color=PALE, linewidth=0.8)  # below the whole
    axes.set_xscale("log")
    axes.set_xlim(least, most)
    logarithmic(axes.xaxis)
    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.set_yticks(range(len(lines)), [line.name for line in lines])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("demands per plant-year; an arrow: the interval goes on")
    _keys(drawn)


def _bar(axes: Any, y: float, value: Data, look: tuple[str, str], ends: tuple[float, float]) -> None:
    """Interval and estimate; what leaves the axis is an arrow, and an estimate of none has no mark."""
    colour, marker = look
    low, high = value["low"], value["high"]
    left = max(low, ends[0])
    right = ends[1] if high is None else min(high, ends[1])
    axes.plot((left, right), (y, y), color=colour, linewidth=1.6, solid_capstyle="butt")
    for beyond, place, arrow in ((low < ends[0], left, "<"), (high is None or high > ends[1], right, ">")):
        if beyond:
            axes.plot(place, y, arrow, color=colour, markersize=4.5, clip_on=False)
    if value["estimate"] >= ends[0]:
        axes.plot(value["estimate"], y, marker, color=colour, markersize=5, markeredgecolor=BLACK)


def _range(lines: Sequence[Line]) -> tuple[float, float]:
    values = [value for line in lines for value in (line.mine, line.alone) if value is not None]
    ends = [x for value in values for x in (value["high"], value["estimate"]) if x]
    lows = [x for value in values for x in (value["low"], value["estimate"]) if x]
    most = 1.4 * max(ends, default=1.0)
    return max(0.7 * min(lows, default=0.1 * most), most / 10**_DECADES), most


def _keys(drawn: Any) -> None:
    from matplotlib.lines import Line2D

    keys: list[Any] = [
        Line2D([], [], color=colour, marker=marker, markeredgecolor=BLACK, linewidth=1.6, label=name)
        for name, colour, marker, _ in _LOOK
    ]
    drawn.legend(handles=keys, ncols=2, loc="upper left", bbox_to_anchor=(0.0, 1.0), handlelength=2.2)
