"""The margin fan: a protected quantity against time and its limits, one panel per scenario.

Bands are quantiles of all replicas; lines are the replicas whose traces are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np

from simulator.report.envelope import Line, Panel
from simulator.report.fan import Fan
from simulator.report.figures.canvas import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILLION, Picture

_TRACES: dict[str, tuple[str, Any, float]] = {
    "failed": (VERMILLION, "-", 0.9),
    "worst": (BLUE, "-", 0.9),
    "random": (GREY, (0, (4, 1.5)), 1.1),
}
LINES = {
    "setpoint": (GREEN, "-", 0.9), "shed": (PURPLE, (0, (1, 1.5)), 1.3), "alarm": (ORANGE, (0, (5, 2)), 1.1),
    "trip": (VERMILLION, (0, (6, 2, 1, 2)), 1.3), "limit": (BLACK, "-", 2.0),
}  # fmt: skip
SHED = {"marker": "v", "facecolor": "white", "edgecolor": BLACK, "s": 26}
TRIP = {"marker": "X", "facecolor": BLACK, "edgecolor": "white", "s": 42}
_GAP = 0.066
_ALL, _MOST = "#D3E3EE", "#9DC3DC"


class Limited(Protocol):
    """What has limits to be drawn."""

    @property
    def unit(self) -> str:
        """Unit of the limits."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """The limits, ascending."""

    @property
    def extent(self) -> tuple[float, float]:
        """Ends of the axis."""


def picture(panel: Panel) -> Picture:
    """One panel."""
    return Picture(f"fan-{panel.scenario}-{panel.quantity}", alt(panel), (4.9, 3.3), partial(_paint, panel))


def _paint(panel: Panel, drawn: Any) -> None:
    axes = drawn.add_subplot()
    drawn.subplots_adjust(left=0.125, right=0.625, bottom=0.21, top=0.835 if panel.fan else 0.915)
    for line in panel.lines:
        colour, style, width = LINES[line.kind]
        axes.axhline(line.value, color=colour, linestyle=style, linewidth=width, zorder=1)
    begin, end = panel.window
    scale, unit = _clock(end - begin)
    if panel.fan:
        _bands(axes, panel.fan, scale)
        _acted(axes, panel.fan, scale)
    _curves(axes, panel, scale)
    axes.set_ylim(*panel.extent)
    axes.set_xlim(begin / scale, end / scale)
    axes.locator_params(axis="x", nbins=6)
    origin = "onset of the threat" if panel.aligned else "start"
    axes.set_xlabel(f"time from {origin} [{unit}]", labelpad=2)
    axes.set_ylabel(f"{panel.quantity.replace('_', ' ')} [{panel.unit or '1'}]")
    axes.set_title(f"{panel.scenario}  ({panel.plant})", pad=21 if panel.fan else 6)
    labels(axes, panel)
    _legend(drawn, panel)


def alt(panel: Panel) -> str:
    """What the panel shows, in words."""
    values = [curve.value for curve in panel.curves] + ([panel.fan.bands] if panel.fan else [])
    least, most = min(float(v.min()) for v in values), max(float(v.max()) for v in values)
    limits = ", ".join(f"{line.label} {line.value:g} {panel.unit}" for line in panel.lines)
    shown = f"all {panel.planned}" if panel.fan else f"{len(panel.curves)} of {panel.planned}"
    acted = "".join(f" {name} in {one.n}." for name, one in panel.fan.acted.items()) if panel.fan else ""
    return (
        f"{panel.scenario}: {panel.quantity.replace('_', ' ')} of {shown} replicas, "
        f"between {least:.1f} and {most:.1f} {panel.unit}.{acted} Lines: {limits}."
    )


def _clock(duration: float) -> tuple[float, str]:
    for least, scale, unit in ((7200.0, 3600.0, "h"), (1200.0, 60.0, "min")):
        if duration >= least:
            return scale, unit
    return 1.0, "s"


def _bands(axes: Any, fan: Fan, scale: float) -> None:
    """Steps, since each value is the nearest to the limit within its stretch."""
    times = fan.edges / scale
    least, low, middle, high, most = (np.append(band, band[-1]) for band in fan.bands)
    for one, other, colour in ((least, most, _ALL), (low, high, _MOST)):
        axes.fill_between(times, one, other, step="post", color=colour, linewidth=0.0, zorder=1.5)
    axes.plot(times, middle, drawstyle="steps-post", color=BLACK, linewidth=1.0, zorder=2.5)


def _acted(axes: Any, fan: Fan, scale: float) -> None:
    """When layers acted in all replicas: from the first to the last, a mark at the middle."""
    for k, (name, one) in enumerate(fan.acted.items()):
        y = 1.035 + 0.055 * min(k, 1)
        where: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "clip_on": False, "zorder": 5}
        axes.plot([one.first / scale, one.last / scale], [y, y], color=GREY, linewidth=2.2, **where)
        look = SHED if name == "AI shed" else TRIP
        axes.scatter([one.middle / scale], [y], linewidth=0.8, **look, **where)


def _curves(axes: Any, panel: Panel, scale: float) -> None:
    order = list(_TRACES)
    for curve in sorted(panel.curves, key=lambda c: -order.index(c.why) if c.why in order else -len(order)):
        colour, style, width = _TRACES.get(curve.why, _TRACES["random"])
        look: dict[str, Any] = {"color": colour, "linestyle": style, "linewidth": width}
        axes.plot(curve.time / scale, curve.value, alpha=0.85, zorder=2, **look)
    shed = [mark for curve in panel.curves for mark in curve.shed]
    trips = [mark for curve in panel.curves for marks in curve.trips.values() for mark in marks]
    for marks, look in ((shed, SHED), (trips, TRIP)):
        if marks:
            moments, values = [t / scale for t, _ in marks], [v for _, v in marks]
            axes.scatter(moments, values, linewidth=0.8, zorder=4, **look)


def labels(axes: Any, panel: Limited) -> None:
    """Name the lines at the right edge, moved apart where they would overlap."""
    low, high = panel.extent
    places = [(line.value - low) / (high - low) for line in panel.lines]
    for line, place, put in zip(panel.lines, places, spread(places, _GAP), strict=True):
        colour = LINES[line.kind][0]
        where: dict[str, Any] = {"transform": axes.transAxes, "clip_on": False}
        axes.plot([1.0, 1.05], [place, put], color=colour, linewidth=0.9, **where)
        text = f"{line.value:g} {panel.unit}  {line.label}"
        text = text if len(text) <= 27 else f"{text[:26]}…"
        axes.text(1.06, put, text, transform=axes.transAxes, va="center", fontsize=8)


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Move ascending places apart to at least `gap`, each group about its own middle.

    Examples
    --------
    >>> [round(x, 2) for x in spread([0.1, 0.5, 0.5, 0.9], 0.1)]
    [0.1, 0.45, 0.55, 0.9]
    """
    groups: list[list[float]] = []
    for place in places:
        groups.append([place])
        while len(groups) > 1 and _touch(groups[-2], groups[-1], gap):
            last = groups.pop()
            groups[-1] += last
    return [_middle(group) + gap * (k - (len(group) - 1) / 2) for group in groups for k in range(len(group))]


def _touch(one: Sequence[float], other: Sequence[float], gap: float) -> bool:
    return _middle(other) - _middle(one) < gap * (len(one) + len(other)) / 2


def _middle(group: Sequence[float]) -> float:
    return sum(group) / len(group)


def _legend(drawn: Any, panel: Panel) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    present = [kind for kind in _TRACES if any(curve.why == kind for curve in panel.curves)]
    keys: list[Any] = [Line2D([], [], color=_TRACES[k][0], linestyle=_TRACES[k][1], label=k) for k in present]
    acted = list(panel.fan.acted) if panel.fan else []
    if panel.fan:
        keys = [*(Patch(facecolor=c, label=t) for c, t in ((_ALL, "all"), (_MOST, "90 %"))), *keys]
    for name, marked, marker, face in (
        ("AI shed", "AI shed" in acted or any(curve.shed for curve in panel.curves), "v", "white"),
        ("trip", len(acted) > ("AI shed" in acted) or any(c.trips for c in panel.curves), "X", BLACK),
    ):
        look: dict[str, Any] = {"marker": marker, "markerfacecolor": face, "markeredgecolor": BLACK}
        keys += [Line2D([], [], linestyle="none", markersize=5.5, label=name, **look)] if marked else []
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.09, -0.01)}
    drawn.legend(
        handles=keys, ncols=len(keys), handlelength=1.5, columnspacing=1.0, handletextpad=0.5, **where
    )
