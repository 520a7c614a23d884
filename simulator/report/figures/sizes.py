"""The robustness curve: attack size against margin, one line per build, and which layer held below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from textwrap import fill
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.report.envelope import Line
from simulator.report.figures.canvas import BLACK, BLUE, GREY, PALE, VERMILLION, Picture
from simulator.report.figures.envelope import LINES, spread
from simulator.report.figures.planes import LOOK
from simulator.report.plane import Axis

Reals = NDArray[np.float64]
_LOOKS: Mapping[str, tuple[str, Any, float]] = {
    "alone": (VERMILLION, (0, (5, 2)), 1.8), "guarded": (BLUE, "-", 2.6), "all": (BLACK, (0, (1, 1)), 1.6),
}  # fmt: skip
_WIDTH, _LEFT, _RIGHT, _TOP, _HIGH, _STRIP, _BELOW = 7.4, 1.5, 1.95, 0.5, 2.5, 0.2, 1.0


@dataclass(frozen=True)
class Sized:
    """One build: at each size the least and greatest margin, its middle, and the worst that held it.

    Attributes
    ----------
    open : ndarray of int
        Noises at each size whose margin is not decided.
    """

    key: str
    title: str
    least: Reals
    middle: Reals
    greatest: Reals
    kinds: tuple[str, ...]
    open: NDArray[np.int64]


@dataclass(frozen=True)
class Sizes:
    """A robustness curve as it is drawn; `lines` stand at margins."""

    name: str
    title: str
    axis: Axis
    margin: str
    values: Reals
    builds: tuple[Sized, ...]
    lines: tuple[Line, ...]
    unit: str
    foot: str


def picture(drawn: Sizes) -> Picture:
    """The curve with its strips."""
    told = "; ".join(f"{one.title}: {broken(drawn, one)}" for one in drawn.builds)
    alt = f"{drawn.title}. Margin against {drawn.axis.title}. {told}. {drawn.foot}"
    height = _TOP + _HIGH + 0.28 + _STRIP * len(drawn.builds) + _BELOW
    return Picture(f"size-{drawn.name}", alt, (_WIDTH, height), partial(_paint, drawn))


def broken(drawn: Sizes, one: Sized) -> str:
    """At which sizes the requirement was violated, and what was not decided."""
    lost = drawn.values[np.array([kind == "UNSAFE" for kind in one.kinds])]
    doubt = f", undecided in {int(one.open.sum())} runs" if one.open.any() else ""
    if not len(lost):
        least = np.nanmin(one.least) if np.isfinite(one.least).any() else np.nan
        return f"never UNSAFE, least margin {least:.3g} {drawn.unit}{doubt}"
    inside = [f"{a:g} to {b:g}" if a != b else f"{a:g}" for a, b in _runs(drawn.values, lost)]
    return f"UNSAFE at {', '.join(inside)} {drawn.axis.unit}{doubt}"


def _runs(values: Reals, lost: Reals) -> list[tuple[float, float]]:
    """Neighbouring sizes that were lost, as ends."""
    found: list[tuple[float, float]] = []
    before = False
    for value in values:
        now = bool((lost == value).any())
        if now:
            found = [*found[:-1], (found[-1][0], float(value))] if before else [*found, (float(value),) * 2]
        before = now
    return found


def _paint(drawn: Sizes, figure: Any) -> None:
    width, height = figure.get_size_inches()
    strips = _STRIP * len(drawn.builds)
    wide = width - _LEFT - _RIGHT
    above = figure.add_axes((_LEFT / width, (_BELOW + strips + 0.28) / height, wide / width, _HIGH / height))
    below = figure.add_axes((_LEFT / width, _BELOW / height, wide / width, strips / height), sharex=above)
    _margins(above, drawn)
    _strips(below, drawn)
    figure.text(
        0.06 / width, 1 - 0.08 / height, fill(drawn.title, 95), va="top", fontsize=10, fontweight="bold"
    )
    figure.text(0.06 / width, 0.05 / height, fill(drawn.foot, 118), va="bottom", fontsize=8, color=GREY)
    _legend(figure, drawn, height)


def _margins(axes: Any, drawn: Sizes) -> None:
    finite = [v for one in drawn.builds for v in (one.least, one.greatest)]
    ends = np.concatenate([*finite, [line.value for line in drawn.lines], [0.0]])
    low, high = float(np.nanmin(ends)), float(np.nanmax(ends))
    pad = 0.06 * (high - low) or 1.0
    axes.set_ylim(low - pad, high + pad)
    axes.axhspan(low - pad, 0.0, facecolor="#F7E3D8", hatch="xx", edgecolor="#E8B79C", linewidth=0, zorder=0)
    for line in drawn.lines:
        colour, style, thick = LINES[line.kind]
        axes.axhline(line.value, color=colour, linestyle=style, linewidth=thick, zorder=1)
    for one in drawn.builds:
        colour, style, thick = _LOOKS.get(one.key, _LOOKS["all"])
        axes.fill_between(
            drawn.values, one.least, one.greatest, color=colour, alpha=0.16, linewidth=0, zorder=2
        )
        axes.plot(drawn.values, one.least, color=colour, linestyle=style, linewidth=thick, zorder=3)
        axes.plot(drawn.values, one.middle, color=colour, linewidth=0.7, zorder=3)
    axes.tick_params(labelbottom=False)
    axes.set_ylabel(drawn.margin)
    axes.set_xlim(drawn.values[0], drawn.values[-1])
    _labels(axes, drawn)


def _labels(axes: Any, drawn: Sizes) -> None:
    low, high = axes.get_ylim()
    ordered = sorted(drawn.lines, key=lambda line: line.value)
    places = [(line.value - low) / (high - low) for line in ordered]
    for line, place, put in zip(ordered, places, spread(places, 0.06), strict=True):
        where: dict[str, Any] = {"transform": axes.transAxes, "clip_on": False}
        axes.plot([1.0, 1.03], [place, put], color=LINES[line.kind][0], linewidth=0.9, **where)
        axes.text(1.04, put, line.label[:34], transform=axes.transAxes, va="center", fontsize=7.5)


def _strips(axes: Any, drawn: Sizes) -> None:
    edges = np.concatenate(
        [drawn.values[:1], (drawn.values[1:] + drawn.values[:-1]) / 2.0, drawn.values[-1:]]
    )
    for y, one in enumerate(drawn.builds):
        for k, kind in enumerate(one.kinds):
            colour, hatch, _ = LOOK[kind]
            look: dict[str, Any] = {
                "color": colour,
                "hatch": hatch or None,
                "edgecolor": BLACK,
                "linewidth": 0,
            }
            axes.barh(y, edges[k + 1] - edges[k], left=edges[k], height=0.8, align="center", **look)
    axes.set_yticks(
        range(len(drawn.builds)), [one.title.replace(" and fallback", "") for one in drawn.builds]
    )
    axes.tick_params(axis="y", length=0, labelsize=8)
    axes.set_ylim(len(drawn.builds) - 0.5, -0.5)
    axes.set_xlabel(drawn.axis.title, labelpad=2)
    axes.text(1.01, 0.5, "worst that held\nat each size", transform=axes.transAxes, va="center", fontsize=7.5)
    axes.grid(axis="x", color=PALE, linewidth=0.5, zorder=0)


def _legend(figure: Any, drawn: Sizes, height: float) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    keys: list[Any] = []
    for one in drawn.builds:
        colour, style, thick = _LOOKS.get(one.key, _LOOKS["all"])
        keys.append(
            Line2D([], [], color=colour, linestyle=style, linewidth=thick, label=f"{one.title}, worst")
        )
    keys += [
        Line2D([], [], color=GREY, linewidth=0.7, label="middle noise"),
        Patch(facecolor=GREY, alpha=0.3, label="all noises"),
    ]
    present = [kind for kind in LOOK if any(kind in one.kinds for one in drawn.builds)]
    edge: dict[str, Any] = {"edgecolor": BLACK, "linewidth": 0.5}
    keys += [Patch(facecolor=LOOK[k][0], hatch=LOOK[k][1] or None, label=k, **edge) for k in present]
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.0, 0.2 / height)}
    figure.legend(handles=keys, ncols=5, handlelength=2.0, columnspacing=1.1, fontsize=7.5, **where)
