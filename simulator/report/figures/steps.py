"""Empirical distributions: which share of the replicas had happened by a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
)  # fmt: skip
from simulator.report.shown import number

_LOOKS = (
    (BLUE, "-"), (ORANGE, (0, (5, 2))), (GREEN, (0, (1, 1.2))), (PURPLE, (0, (6, 2, 1, 2))),
    (SKY, (0, (3, 1))), (BLACK, (0, (1, 3))), (GREY, "-"), (ORANGE, "-"),
)  # fmt: skip

_WIDE, _ALONE = 4.3, 6.2
"""Width of a panel, and of one that stands alone [inch]."""


@dataclass(frozen=True)
class Steps:
    """One curve: times [s] of those that happened, of `n` replicas that could."""

    label: str
    values: NDArray[np.float64]
    n: int


@dataclass(frozen=True)
class Mark:
    """A time that matters [s]."""

    value: float
    label: str
    style: Any = "-"


@dataclass(frozen=True)
class Panel:
    """Curves of one plant and the times they are held against."""

    title: str
    axis: str
    curves: tuple[Steps, ...]
    marks: tuple[Mark, ...]


def picture(name: str, title: str, panels: Sequence[Panel]) -> Picture:
    """Panels side by side."""
    told = "; ".join(f"{panel.title}, {_told(panel)}" for panel in panels)
    return Picture(
        name,
        f"{title}. {told}",
        (_WIDE * len(panels) if len(panels) > 1 else _ALONE, 3.5),
        partial(_paint, panels),
    )


def _told(panel: Panel) -> str:
    curves = ", ".join(
        f"{c.label}: {len(c.values)} of {c.n}, at most {number(float(c.values.max()), 's')}"
        if len(c.values)
        else f"{c.label}: none of {c.n}"
        for c in panel.curves
    )
    return f"{curves}; " + ", ".join(f"{mark.label} {number(mark.value, 's')}" for mark in panel.marks)


def _paint(panels: Sequence[Panel], drawn: Any) -> None:
    for axes, panel in zip(drawn.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        _panel(axes, panel)
    left = 0.5 / drawn.get_size_inches()[0] + 0.01
    drawn.subplots_adjust(left=left, right=0.985, bottom=0.36, top=0.91, wspace=0.2)


def _panel(axes: Any, panel: Panel) -> None:
    ends = [float(v) for c in panel.curves for v in c.values] + [mark.value for mark in panel.marks]
    least = max(0.1, 0.7 * min(ends, default=0.1))
    most = 1.5 * max([*ends, 10.0 * least])
    for curve, (colour, style) in zip(panel.curves, cycle(_LOOKS), strict=False):
        times = np.maximum(np.sort(curve.values), least)
        shares = 100.0 * np.arange(1, len(times) + 1) / max(curve.n, 1)
        x, y = (
            np.concatenate([[least], times, [most]]),
            np.concatenate([[0.0], shares, shares[-1:] if len(shares) else [0.0]]),
        )
        label = f"{curve.label}  {len(times)} of {curve.n}"
        axes.plot(x, y, drawstyle="steps-post", color=colour, linestyle=style, linewidth=1.5, label=label)
    for mark in panel.marks:
        label = f"{mark.label} {number(mark.value, 's')}"
        axes.axvline(mark.value, color=VERMILLION, linestyle=mark.style, linewidth=1.6, label=label)
    axes.set_xscale("log")
    logarithmic(axes.xaxis)
    axes.set_xlim(least, most)
    axes.set_ylim(0, 104)
    axes.set_xlabel(f"{panel.axis} [s]", labelpad=1)
    axes.set_ylabel("share of replicas [%]")
    axes.grid(color=PALE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_title(panel.title)
    where: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (-0.1, -0.16)}
    axes.legend(ncols=2, handlelength=2.2, columnspacing=1.0, fontsize=7.5, **where)
