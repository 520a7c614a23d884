"""The map of an envelope: a panel per build, each cell by what holds in it, the boundary hatched."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from textwrap import fill
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.report.figures.canvas import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PALE,
    SKY,
    VERMILLION,
    Picture,
)
from simulator.report.figures.envelope import LINES
from simulator.report.plane import CROSSED, UNDECIDED, Map, Panel

Reals = NDArray[np.float64]
LOOK: Mapping[str, tuple[str, str, str]] = {
    "no demand": (PALE, "", "safe: no layer had to act"),
    "guard": (SKY, "--", "the guard held"),
    "fallback": (BLUE, "", "the fallback held"),
    "operator": (GREEN, "||", "the operator held"),
    "SIF": (ORANGE, "..", "a SIF held"),
    "UNSAFE": (VERMILLION, "xx", "UNSAFE"),
    "unknown": ("white", "++", "nothing is known"),
    UNDECIDED: ("white", "//", "undecided between layers"),
    CROSSED: ("white", "//////", "undecided: the boundary of UNSAFE is in there"),
}
"""Colour, hatching and words of what holds in a cell."""
_INK = {"no demand": "safe", "unknown": "unknown"}
_NAMED = 0.02
"""Share of the panel from which on what holds is named in it."""
_WIDE, _LEFT, _RIGHT, _TOP, _HIGH, _GAP = 3.0, 0.72, 0.15, 0.82, 2.75, 0.22


def picture(drawn: Map) -> Picture:
    """All builds side by side."""
    told = "; ".join(f"{one.title}: {one.told} ({one.points} points)" for one in drawn.panels)
    alt = f"{drawn.title} {drawn.x.title} against {drawn.y.title}. {told}. {drawn.foot}."
    width = _LEFT + len(drawn.panels) * (_WIDE + _GAP) - _GAP + _RIGHT + (1.35 if drawn.lines else 0.0)
    height = _TOP + _HIGH + _below(drawn, width)
    return Picture(f"map-{drawn.name}", alt, (width, height), partial(_paint, drawn))


def _foot(drawn: Map, width: float) -> str:
    return fill(drawn.foot + ".", int(width * 15.0))


def _keys(drawn: Map) -> list[str]:
    return [kind for kind in LOOK if any(kind in one.cells for one in drawn.panels)]


def _columns(width: float) -> int:
    return max(int(width // 2.9), 1)


def _below(drawn: Map, width: float) -> float:
    keys = len(_keys(drawn)) + (drawn.region is not None) + (CROSSED in drawn.panels[0].cells)
    return 0.5 + 0.19 * -(-keys // _columns(width)) + 0.16 * (_foot(drawn, width).count("\n") + 1) + 0.08


def _paint(drawn: Map, figure: Any) -> None:
    width, height = figure.get_size_inches()
    below = _below(drawn, width)
    for k, panel in enumerate(drawn.panels):
        left = _LEFT + k * (_WIDE + _GAP)
        axes = figure.add_axes((left / width, below / height, _WIDE / width, _HIGH / height))
        _panel(axes, drawn, panel)
        if k:
            axes.set_yticklabels([])
        else:
            axes.set_ylabel(drawn.y.title)
    title = fill(drawn.title, int(width * 12))
    figure.text(0.06 / width, 1 - 0.08 / height, title, va="top", fontsize=10, fontweight="bold")
    figure.text(0.06 / width, 0.06 / height, _foot(drawn, width), va="bottom", fontsize=8)
    _legend(figure, drawn, width, height)


def _panel(axes: Any, drawn: Map, panel: Panel) -> None:
    for kind, (colour, hatch, _) in LOOK.items():
        if kind in panel.cells:
            _filled(axes, panel.cells[kind], colour, hatch, 0.6 if kind == CROSSED else 0.0)
    if panel is not drawn.panels[0] and CROSSED in drawn.panels[0].cells:
        _filled(axes, drawn.panels[0].cells[CROSSED], "none", "", 0.9)
    _region(axes, drawn)
    for line in drawn.lines:
        colour, style, wide = LINES[line.kind]
        axes.axhline(line.value, color=colour, linestyle=style, linewidth=wide, zorder=4)
    axes.set_xlim(drawn.x.low, drawn.x.high)
    axes.set_ylim(drawn.y.low, drawn.y.high)
    axes.locator_params(nbins=6)
    for side in ("top", "right"):
        axes.spines[side].set_visible(True)
    axes.set_xlabel(drawn.x.title, labelpad=2)
    axes.text(0, 1.095, panel.title, transform=axes.transAxes, fontweight="bold", fontsize=9.5)
    told = f"{panel.told}, {panel.points} points"
    axes.text(0, 1.025, told, transform=axes.transAxes, fontsize=8)
    _named(axes, drawn, panel)
    if drawn.lines and panel is drawn.panels[-1]:
        for line in drawn.lines:
            text = f" {line.value:g} {drawn.y.unit}  {line.label}"
            where = axes.get_yaxis_transform()
            axes.text(1.01, line.value, text[:30], transform=where, va="center", fontsize=8)


def _filled(axes: Any, cells: Reals, colour: str, hatch: str, edge: float) -> None:
    """All cells of a kind as one shape, so that hatching goes on from cell to cell."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    x0, x1, y0, y1 = cells.T
    corners = np.stack([np.stack([x0, x1, x1, x0, x0], 1), np.stack([y0, y0, y1, y1, y0], 1)], axis=-1)
    codes = np.tile([Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY], len(cells))
    shape = Path(corners.reshape(-1, 2), codes)
    look: dict[str, Any] = {"facecolor": colour, "linewidth": edge, "edgecolor": BLACK}
    axes.add_patch(PathPatch(shape, hatch=hatch or None, zorder=2, **look))


def _region(axes: Any, drawn: Map) -> None:
    if drawn.region:
        for ends in (drawn.region.lowest, drawn.region.highest):
            axes.plot(drawn.region.x, ends, color="white", linewidth=3.4, zorder=4.5)
            axes.plot(drawn.region.x, ends, color=BLACK, linewidth=1.4, linestyle=(0, (4, 2)), zorder=5)


def _named(axes: Any, drawn: Map, panel: Panel) -> None:
    """Write what holds into its field, so that nothing hangs on colour."""
    spans = np.array([drawn.x.high - drawn.x.low, drawn.y.high - drawn.y.low])
    for kind, cells in panel.cells.items():
        sides = np.stack([cells[:, 1] - cells[:, 0], cells[:, 3] - cells[:, 2]], axis=1) / spans
        if kind in (UNDECIDED, CROSSED) or sides.prod(axis=1).sum() < _NAMED:
            continue
        x, y = _middle(cells, sides, spans)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.9}
        look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 8.5, "bbox": box, "zorder": 6}
        axes.text(x, y, _INK.get(kind, kind), clip_on=True, **look)


def _middle(cells: Reals, sides: Reals, spans: Reals) -> tuple[float, float]:
    """Middle of that cell of a kind which has most of its kind about it."""
    middle = np.stack([cells[:, 0] + cells[:, 1], cells[:, 2] + cells[:, 3]], axis=1) / 2.0
    apart = np.abs(middle[:, None] - middle[None]) / spans
    near = np.maximum(1.0 - apart.max(axis=2) / 0.25, 0.0)
    area = sides.prod(axis=1)
    centre = (middle * area[:, None]).sum(axis=0) / area.sum()
    away = (np.abs(middle - centre) / spans).max(axis=1)
    best = int(np.argmax(near @ area - 0.01 * away))
    return float(middle[best, 0]), float(middle[best, 1])


def _legend(figure: Any, drawn: Map, width: float, height: float) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    edge: dict[str, Any] = {"edgecolor": BLACK, "linewidth": 0.5}
    keys: list[Any] = [
        Patch(facecolor=LOOK[k][0], hatch=LOOK[k][1] or None, label=LOOK[k][2], **edge) for k in _keys(drawn)
    ]
    if CROSSED in drawn.panels[0].cells and len(drawn.panels) > 1:
        keys.append(
            Patch(
                facecolor="none",
                edgecolor=BLACK,
                linewidth=0.9,
                label=f"edge of UNSAFE with {drawn.panels[0].title}",
            )
        )
    if drawn.region:
        label = "edge of what the fallback alone recovers, as commissioned"
        keys.append(Line2D([], [], color=BLACK, linestyle=(0, (4, 2)), linewidth=1.4, label=label))
    foot = 0.16 * (_foot(drawn, width).count("\n") + 1) + 0.06
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.0, foot / height)}
    figure.legend(
        handles=keys, ncols=_columns(width), handlelength=1.6, handleheight=1.1, columnspacing=1.3, **where
    )
