"""The phase portrait: a protected quantity against another, by the layer that held."""

from __future__ import annotations

from functools import partial
from typing import Any

from simulator.report.figures.canvas import BLUE, GREEN, GREY, ORANGE, SKY, VERMILLION, Picture
from simulator.report.figures.envelope import LINES, labels
from simulator.report.portrait import Portrait
from simulator.report.words import RUNGS

_LOOKS: dict[str, tuple[str, Any, float]] = {
    "no demand": (GREY, "-", 0.8), "guard": (SKY, "-", 0.9), "fallback": (BLUE, "-", 0.9),
    "operator": (GREEN, (0, (6, 2)), 1.1), "SIF": (ORANGE, (0, (4, 1.2)), 1.1),
    "UNSAFE": (VERMILLION, "-", 2.0), "unknown": (GREY, (0, (1, 2)), 0.8),
}  # fmt: skip


def picture(portrait: Portrait) -> Picture:
    """One plant."""
    counted = {rung: sum(o.held == rung for o in portrait.orbits) for rung in RUNGS}
    told = ", ".join(f"{n} {rung}" for rung, n in counted.items() if n)
    region = "with the recoverable region" if portrait.region else "no recoverable region is known"
    alt = (
        f"{portrait.plant}: {_name(portrait.quantity)} against {_name(portrait.across)} of "
        f"{len(portrait.orbits)} kept replicas ({told}), {region}."
    )
    return Picture(f"portrait-{portrait.plant}", alt, (7.4, 4.6), partial(_paint, portrait))


def _name(quantity: str) -> str:
    return quantity.replace("_", " ")


def _paint(portrait: Portrait, drawn: Any) -> None:
    axes = drawn.add_subplot()
    drawn.subplots_adjust(left=0.095, right=0.74, bottom=0.225, top=0.93)
    if portrait.region:
        region = portrait.region
        look: dict[str, Any] = {"facecolor": "#DDF0E8", "edgecolor": GREEN, "hatch": "..", "linewidth": 1.0}
        axes.fill_between(region.x, region.lowest, region.highest, zorder=0.5, **look)
    for line in portrait.lines:
        colour, style, width = LINES[line.kind]
        axes.axhline(line.value, color=colour, linestyle=style, linewidth=width, zorder=1)
    for orbit in sorted(portrait.orbits, key=lambda one: RUNGS.index(one.held) if one.held in RUNGS else 0):
        colour, style, width = _LOOKS.get(orbit.held, _LOOKS["unknown"])
        axes.plot(orbit.x, orbit.y, color=colour, linestyle=style, linewidth=width, alpha=0.85, zorder=2)
        axes.plot(orbit.x[-1:], orbit.y[-1:], marker="s", markersize=3, color=colour, zorder=3)
    axes.set_ylim(*portrait.extent)
    axes.margins(x=0.03)
    axes.set_xlabel(f"{_name(portrait.across)} [{portrait.across_unit or '1'}]", labelpad=2)
    axes.set_ylabel(f"{_name(portrait.quantity)} [{portrait.unit or '1'}]")
    axes.set_title(f"{portrait.plant}: where the worst replicas went")
    labels(axes, portrait)
    _legend(drawn, portrait)


def _legend(drawn: Any, portrait: Portrait) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    present = [rung for rung in RUNGS if any(orbit.held == rung for orbit in portrait.orbits)]
    keys: list[Any] = [
        Line2D([], [], color=_LOOKS[r][0], linestyle=_LOOKS[r][1], linewidth=_LOOKS[r][2], label=r)
        for r in present
    ]
    keys.append(Line2D([], [], marker="s", markersize=3, color=GREY, linestyle="none", label="end"))
    if portrait.region:
        look: dict[str, Any] = {"facecolor": "#DDF0E8", "edgecolor": GREEN, "hatch": ".."}
        keys.append(Patch(label="recovered by the fallback alone", **look))
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.08, 0.0)}
    drawn.legend(handles=keys, ncols=min(len(keys), 5), handlelength=2.0, columnspacing=1.2, **where)
