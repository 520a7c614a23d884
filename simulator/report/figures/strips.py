"""Spread of one number over the replicas of each scenario: a strip a scenario, limits as lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.report.figures.canvas import BLACK, BLUE, GREY, PALE, SKY, VERMILLION, Picture, logarithmic
from simulator.report.shown import number

_ROW, _TOP, _FOOT, _LETTER = 0.235, 0.42, 0.78, 0.078
_LARGEST: dict[str, Any] = {"marker": "o", "markersize": 4, "color": BLUE, "markeredgecolor": "white"}
_BEYOND: dict[str, Any] = {"marker": "X", "markersize": 7, "color": VERMILLION, "markeredgecolor": "white"}
_FREE: dict[str, Any] = {"marker": "X", "markersize": 7, "color": "white", "markeredgecolor": VERMILLION}


@dataclass(frozen=True)
class Strip:
    """One scenario: its numbers, the limit they are held to, and what stands beside them."""

    label: str
    values: NDArray[np.float64]
    limit: float | None = None
    told: str = ""


@dataclass(frozen=True)
class Rule:
    """A line across all strips."""

    value: float
    label: str
    style: Any = "-"


@dataclass(frozen=True)
class Chart:
    """What is drawn.

    Attributes
    ----------
    least : float
        On a logarithmic axis: smaller numbers stand here.
    """

    name: str
    title: str
    axis: str
    unit: str
    strips: tuple[Strip, ...]
    rules: tuple[Rule, ...] = ()
    log: bool = False
    least: float = 0.1

    @property
    def free(self) -> list[float]:
        """Limits that those who are not held to them should know of."""
        return [rule.value for rule in self.rules] if any(s.limit is not None for s in self.strips) else []

    def shown(self, values: Any) -> Any:
        """Numbers as they are placed."""
        return np.maximum(values, self.least) if self.log else values


def picture(chart: Chart) -> Picture:
    """The strips, one below the other."""
    told = "; ".join(f"{one.label}: {_told(chart, one)}" for one in chart.strips)
    rules = ", ".join(f"{rule.label} {number(rule.value, chart.unit)}" for rule in chart.rules)
    alt = f"{chart.title}. {told}. Lines: {rules or 'none'}."
    return Picture(chart.name, alt, (8.6, _TOP + _ROW * len(chart.strips) + _FOOT), partial(_paint, chart))


def _told(chart: Chart, one: Strip) -> str:
    if not len(one.values):
        return one.told
    least, most = float(one.values.min()), number(float(one.values.max()), chart.unit)
    if chart.log and one.values.max() < chart.least:
        return f"at most {most}; {one.told}" if one.told else f"at most {most}"
    low = f"{number(chart.least)} or less" if chart.log and least < chart.least else number(least)
    ends = most if least == one.values.max() else f"{low} to {most}"
    return f"{ends}; {one.told}" if one.told else ends


def _paint(chart: Chart, drawn: Any) -> None:
    height = _TOP + _ROW * len(chart.strips) + _FOOT
    left = 0.1 + _LETTER * max((len(one.label) for one in chart.strips), default=0)
    right = 0.15 + 0.068 * max((len(_told(chart, one)) for one in chart.strips), default=0)
    width = max(1 - (left + right) / 8.6, 0.3)
    place = (left / 8.6, _FOOT / height, width, _ROW * len(chart.strips) / height)
    axes = drawn.add_axes(place)
    _frame(axes, chart)
    for y, one in enumerate(chart.strips):
        _strip(axes, chart, y, one)
    for rule in chart.rules:
        axes.axvline(chart.shown(rule.value), color=VERMILLION, linestyle=rule.style, linewidth=1.4, zorder=2)
    _legend(drawn, chart)


def _frame(axes: Any, chart: Chart) -> None:
    if chart.log:
        axes.set_xscale("log")
        logarithmic(axes.xaxis)
    axes.set_yticks(range(len(chart.strips)), [one.label for one in chart.strips], fontsize=8)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(chart.strips) - 0.4, -0.6)
    axes.grid(axis="x", color=PALE, linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    marks = [rule.value for rule in chart.rules]
    ends = [float(v) for one in chart.strips for v in one.values] + marks
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    if chart.log:
        axes.set_xlim(0.8 * max(low, chart.least), 1.3 * max(high, 10.0 * chart.least))
    else:
        axes.set_xlim(min(0.0, low), 1.06 * max(high, 1e-9))
    axes.set_xlabel(f"{chart.axis} [{chart.unit}]" if chart.unit else chart.axis, labelpad=2)
    axes.set_title(chart.title)


def _strip(axes: Any, chart: Chart, y: int, one: Strip) -> None:
    axes.text(1.015, y, _told(chart, one), transform=axes.get_yaxis_transform(), va="center", fontsize=8)
    if not len(one.values):
        return
    least, low, middle, high, most = chart.shown(np.quantile(one.values, (0.0, 0.05, 0.5, 0.95, 1.0)))
    beyond = most > chart.shown(min([one.limit] if one.limit is not None else chart.free, default=np.inf))
    axes.plot([least, most], [y, y], color=GREY, linewidth=1.0, zorder=3)
    axes.plot([low, high], [y, y], color=SKY, linewidth=6.0, solid_capstyle="butt", zorder=3)
    axes.plot([middle], [y], color=BLACK, marker="|", markersize=8, markeredgewidth=1.6, zorder=4)
    look = _LARGEST if not beyond else _FREE if one.limit is None else _BEYOND
    axes.plot([most], [y], linestyle="none", zorder=5, **look)


def _legend(drawn: Any, chart: Chart) -> None:
    from matplotlib.lines import Line2D

    none: dict[str, Any] = {"linestyle": "none"}
    keys = [
        Line2D([], [], color=GREY, linewidth=1.0, label="all replicas"),
        Line2D([], [], color=SKY, linewidth=6.0, label="90 % of them"),
        Line2D([], [], color=BLACK, marker="|", markersize=8, markeredgewidth=1.6, label="middle", **none),
        Line2D([], [], label="largest", **_LARGEST, **none),
    ]
    if any(one.limit is not None for one in chart.strips):
        keys.append(Line2D([], [], label="beyond its limit", **_BEYOND, **none))
        keys.append(Line2D([], [], label="beyond a limit it is not held to", **_FREE, **none))
    keys += [
        Line2D([], [], color=VERMILLION, linestyle=r.style, label=f"{r.label} {number(r.value, chart.unit)}")
        for r in chart.rules
    ]
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.005, 0.0)}
    drawn.legend(
        handles=keys,
        ncols=len(keys) if len(keys) <= 4 else -(-len(keys) // 2),
        handlelength=1.6,
        columnspacing=1.2,
        **where,
    )
