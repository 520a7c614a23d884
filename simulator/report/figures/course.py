"""A counterexample over time: the protected quantity with its limits, and what was written meanwhile."""

from __future__ import annotations

from functools import partial
from textwrap import shorten
from typing import Any

from simulator.report.figures.canvas import BLACK, GREY, ORANGE, PALE, VERMILLION, Picture
from simulator.report.figures.envelope import LINES, SHED, TRIP, labels
from simulator.report.hunts import Course

_LOOKS = ((GREY, "-", 0.9), (ORANGE, (0, (5, 2)), 1.8), (BLACK, "-", 1.4))
"""Written, admitted, in force: apart by width and dash too."""


def picture(drawn: Course) -> Picture:
    """One course."""
    curve = drawn.curve
    limits = ", ".join(f"{line.label} {line.value:g} {drawn.unit}" for line in drawn.lines)
    shed = f" The AI is shed at {curve.shed[0][0]:.1f} s." if curve.shed else ""
    trips = "".join(f" {name} trips at {marks[0][0]:.1f} s." for name, marks in curve.trips.items())
    alt = (
        f"{drawn.title}: {drawn.quantity.replace('_', ' ')} between {curve.value.min():.1f} and "
        f"{curve.value.max():.1f} {drawn.unit}.{shed}{trips} Lines: {limits}."
    )
    size = (7.4, 4.4 if drawn.written else 3.2)
    return Picture(f"course-{drawn.name}", alt, size, partial(_paint, drawn))


def _paint(drawn: Course, figure: Any) -> None:
    rows = 2 if drawn.written else 1
    figure.subplots_adjust(left=0.1, right=0.72, bottom=0.12, top=0.92, hspace=0.14)
    ratios = [3, 2][:rows]
    places = figure.subplots(rows, 1, squeeze=False, sharex=True, gridspec_kw={"height_ratios": ratios})[:, 0]
    _quantity(places[0], drawn)
    if drawn.written:
        _below(places[1], drawn)
    places[-1].set_xlabel("time [s]", labelpad=2)
    places[0].set_title(shorten(drawn.title, 90, placeholder="…"), pad=6)


def _quantity(axes: Any, drawn: Course) -> None:
    for line in drawn.lines:
        colour, style, width = LINES[line.kind]
        axes.axhline(line.value, color=colour, linestyle=style, linewidth=width, zorder=1)
    curve = drawn.curve
    axes.plot(curve.time, curve.value, color=VERMILLION, linewidth=1.3, zorder=2)
    trips = [mark for marks in curve.trips.values() for mark in marks]
    for marks, look in ((curve.shed, SHED), (trips, TRIP)):
        if marks:
            axes.scatter([t for t, _ in marks], [v for _, v in marks], linewidth=0.8, zorder=4, **look)
    for told, marks in (("AI shed", curve.shed), ("trip", trips)):
        for moment, level in marks[:1]:
            axes.annotate(told, (moment, level), xytext=(5, 5), textcoords="offset points", fontsize=8)
    axes.set_ylim(*drawn.extent)
    axes.set_ylabel(f"{drawn.quantity.replace('_', ' ')} [{drawn.unit or '1'}]")
    labels(axes, drawn)


def _below(axes: Any, drawn: Course) -> None:
    for one, (colour, style, width) in zip(drawn.written, _LOOKS, strict=False):
        axes.plot(
            one.time, one.value, color=colour, linestyle=style, linewidth=width, label=one.label,
            drawstyle="steps-post",
        )  # fmt: skip
    axes.grid(axis="x", color=PALE, linewidth=0.5)
    axes.set_ylabel(f"written [{drawn.written[0].unit or '1'}]")
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), handlelength=1.8)
