"""The drift monitor: time between false alarms against delay, and delay against the size of the shift."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import cycle
from typing import Any

import numpy as np

from simulator.report.drift import SHIFTS, Monitored
from simulator.report.figures.canvas import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILLION,
    Picture,
    logarithmic,
)
from simulator.report.shown import number

_MARKS = (("o", BLUE), ("s", ORANGE), ("^", GREEN), ("D", PURPLE), ("v", SKY), ("P", BLACK))
_STYLES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)), (0, (3, 1)), (0, (1, 3)))
_SIZES = np.linspace(0.25, 4.0, 76)
_HOURS = np.logspace(0, 5, 41)
_MINUTES = 60.0


def picture(plant: str, found: Sequence[Monitored]) -> Picture:
    """The monitored signals of one plant."""
    told = "; ".join(
        f"{one.name}: set to one false alarm in {number(one.asked * one.period, 'h')}, "
        f"a shift of one sigma is alarmed after {number(_MINUTES * one.delay(1.0), 'min')}"
        for one in found
    )
    alt = f"Drift monitor of {plant}. {told}. Curves are computed, points of the left panel set or measured."
    return Picture(f"drift-{plant}", alt, (8.8, 4.1), partial(_paint, plant, found))


def _paint(plant: str, found: Sequence[Monitored], drawn: Any) -> None:
    left, right = drawn.subplots(1, 2)
    _trade(left, found)
    _sizes(right, found)
    left.set_title(f"{plant}: false alarms against delay")
    right.set_title("delay against the size of the shift")
    _legend(drawn, found)
    drawn.subplots_adjust(left=0.075, right=0.985, bottom=0.335, top=0.93, wspace=0.2)


def _trade(axes: Any, found: Sequence[Monitored]) -> None:
    one = found[0]
    for shift in SHIFTS:
        late = [_MINUTES * one.delay(shift, one.limit_at(h) / one.inflation) for h in _HOURS]
        axes.plot(_HOURS, late, color=GREY, linewidth=1.2, zorder=2)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        axes.text(
            _HOURS[20], late[20], f"shift of {shift:g} σ", fontsize=8, va="center", ha="center", bbox=box
        )
    for (marker, colour), each in zip(cycle(_MARKS), found, strict=False):
        look: dict[str, Any] = {"marker": marker, "markersize": 6.5, "linestyle": "none", "zorder": 4}
        axes.plot(each.asked * each.period, _MINUTES * each.delay(1.0), color=colour, **look)
        y = _MINUTES * each.delay(1.0, each.limit_at(each.tried * each.period))
        axes.plot(each.spread, [y, y], color=colour, linewidth=1.2, zorder=3)
        look |= {"markerfacecolor": "white", "markeredgecolor": colour}
        axes.plot(each.got * each.period, y, **look)
    wanted, seen = one.asked * one.period, max(each.got * each.period for each in found)
    axes.axvline(wanted, color=VERMILLION, linewidth=1.3, zorder=1)
    if seen < wanted:
        axes.axvspan(seen, wanted, facecolor="none", edgecolor=PALE, hatch="//", linewidth=0, zorder=0)
    where: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "fontsize": 8, "rotation": 90}
    axes.text(wanted * 0.9, 0.985, f"set: {number(wanted, 'h')}", ha="right", va="top", **where)
    axes.set_xscale("log")
    axes.set_xlim(_HOURS[0], _HOURS[-1])
    axes.set_ylim(0.0, None)
    logarithmic(axes.xaxis)
    axes.set_xlabel("mean time between false alarms of one signal [h]", labelpad=2)
    axes.set_ylabel("mean delay of the alarm [min]")
    _grid(axes)


def _sizes(axes: Any, found: Sequence[Monitored]) -> None:
    for (_, colour), style, each in zip(cycle(_MARKS), cycle(_STYLES), found, strict=False):
        late = [_MINUTES * each.delay(float(size)) for size in _SIZES]
        axes.plot(_SIZES, late, color=colour, linestyle=style, linewidth=1.6, zorder=3)
    axes.axvline(found[0].slack, color=VERMILLION, linewidth=1.3, linestyle=(0, (5, 2)), zorder=1)
    axes.text(found[0].slack + 0.04, 0.98, f"k = {found[0].slack:g} σ: smaller shifts are hardly found",
              fontsize=8, va="top", transform=axes.get_xaxis_transform())  # fmt: skip
    axes.set_yscale("log")
    logarithmic(axes.yaxis)
    axes.set_xlim(0.0, _SIZES[-1])
    axes.set_xlabel("lasting shift of the whitened residual [σ]", labelpad=2)
    axes.set_ylabel("mean delay of the alarm [min]")
    _grid(axes)


def _grid(axes: Any) -> None:
    axes.grid(color=PALE, linewidth=0.6)
    axes.set_axisbelow(True)


def _legend(drawn: Any, found: Sequence[Monitored]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    keys: list[Any] = [
        Line2D([], [], color=c, marker=m, markersize=6, linestyle=s, linewidth=1.4, label=each.name)
        for (m, c), s, each in zip(cycle(_MARKS), cycle(_STYLES), found, strict=False)
    ]
    none: dict[str, Any] = {"linestyle": "none", "marker": "o", "color": BLACK, "markersize": 6}
    keys += [
        Line2D([], [], label="filled: the limit that is set", **none),
        Line2D([], [], label="open: measured on simulated days, 95 %", markerfacecolor="white", **none),
        Line2D([], [], color=GREY, linewidth=1.2, label="computed, white samples"),
        Patch(facecolor="none", edgecolor=GREY, hatch="//", linewidth=0, label="not measured: extrapolated"),
    ]
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.01, 0.0)}
    drawn.legend(handles=keys, ncols=3, handlelength=2.4, columnspacing=1.3, **where)
