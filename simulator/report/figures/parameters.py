"""Parametric robustness: a map of the nearest breaks, and margin against factor for the worst verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from simulator.assess.robustness import BREAKS, HOLDS, state
from simulator.report.figures.canvas import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SKY,
    VERMILLION,
    Picture,
)
from simulator.report.parametric import cell

Data = Mapping[str, Any]
_LOOK = {
    "inside": (VERMILLION, "", "breaks inside the tolerance: ×factor"),
    "breaks": (ORANGE, "", "breaks outside of it: ×factor"),
    "open": ("white", "////", "? open from ×factor on"),
    "holds": ("#D5EFE6", "", "– holds at every factor"),
}
_ROW, _COLUMN, _LEFT, _TOP, _BOTTOM = 0.27, 1.0, 1.75, 0.35, 0.45


def picture(rulings: Sequence[Data], parameters: Mapping[str, Data]) -> Picture:
    """The map: a row per hazard verdict, a column per parameter.

    Parameters
    ----------
    rulings : sequence of mapping
        Of the study, those that break nearest to the design first.
    parameters : mapping of str to mapping
        Of the study, with ``tolerance``.
    """
    size = (_LEFT + _COLUMN * len(parameters) + 0.1, _TOP + _ROW * len(rulings) + _BOTTOM)
    told = "; ".join(
        f"{r['scenario']} {r['id']}: {(r['first'] or {}).get('variant', 'no break')}" for r in rulings
    )
    alt = f"What breaks each hazard verdict first, parameter by parameter. {told}"
    return Picture("robustness", alt, size, partial(_paint, rulings, parameters))


def _paint(rulings: Sequence[Data], parameters: Mapping[str, Data], drawn: Any) -> None:
    from matplotlib.patches import Patch, Rectangle

    axes = drawn.add_subplot()
    width, height = drawn.get_size_inches()
    drawn.subplots_adjust(
        left=_LEFT / width, right=1 - 0.1 / width, bottom=_BOTTOM / height, top=1 - _TOP / height
    )
    for y, ruling in enumerate(rulings):
        for x, name in enumerate(parameters):
            told = cell(ruling, name)
            colour, hatch, _ = _LOOK[told["kind"]]
            look: dict[str, Any] = {"facecolor": colour, "hatch": hatch, "edgecolor": GREY, "linewidth": 0.6}
            axes.add_patch(Rectangle((x - 0.47, y - 0.44), 0.94, 0.88, **look))
            ink = "white" if told["kind"] == "inside" else "black"
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8} if hatch else None
            middle: dict[str, Any] = {"ha": "center", "va": "center_baseline", "fontsize": 8, "bbox": box}
            axes.text(x, y, told["text"], color=ink, **middle)
    axes.set_xticks(range(len(parameters)), [str(name).replace("_", " ") for name in parameters])
    axes.set_yticks(range(len(rulings)), [f"{r['scenario']}  {r['id']}" for r in rulings])
    axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.set_xlim(-0.5, len(parameters) - 0.5)
    axes.set_ylim(len(rulings) - 0.5, -0.5)
    for spine in axes.spines.values():
        spine.set_visible(False)
    keys = [Patch(facecolor=c, hatch=h, edgecolor=GREY, label=text) for c, h, text in _LOOK.values()]
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.01, 0.0)}
    drawn.legend(handles=keys, ncols=2, handlelength=1.2, columnspacing=1.4, **where)


def details(rulings: Sequence[Data], parameters: Mapping[str, Data]) -> Picture:
    """Margin to the limit against the factor of each parameter, a row of panels per verdict."""
    size = (1.45 * len(parameters) + 0.5, 1.95 * len(rulings) + 0.3)
    told = "; ".join(f"{r['scenario']} {r['id']}" for r in rulings)
    alt = f"Margin to the limit against the factor of each parameter, tolerance shaded, for {told}"
    return Picture("robustness-worst", alt, size, partial(_paint_details, rulings, parameters))


def _paint_details(rulings: Sequence[Data], parameters: Mapping[str, Data], drawn: Any) -> None:
    grid = drawn.subplots(len(rulings), len(parameters), sharey="row", squeeze=False)
    for row, ruling in zip(grid, rulings, strict=True):
        for k, (axes, name) in enumerate(zip(row, parameters, strict=True)):
            _panel(axes, ruling, name, parameters[name]["tolerance"])
            axes.set_title(str(name).replace("_", " "), fontsize=8, fontweight="normal", loc="center")
            if k == 0:
                unit = f" [{ruling['unit']}]" if ruling["unit"] else ""
                axes.set_ylabel(f"{ruling['scenario']} {ruling['id']}\nmargin{unit}", fontsize=8)
    for axes in grid[-1]:
        axes.set_xlabel("factor", fontsize=8)
    _keys(drawn)
    drawn.tight_layout(pad=0.4, rect=(0, 0.3 / drawn.get_size_inches()[1], 1, 1))


def _panel(axes: Any, ruling: Data, name: str, tolerance: Sequence[float]) -> None:
    from matplotlib.ticker import NullFormatter, NullLocator

    cells = sorted((c for c in ruling["cells"] if c["parameter"] in ("", name)), key=lambda c: c["factor"])
    known = [c for c in cells if c["margin"] is not None]
    axes.axvspan(*tolerance, color=SKY, alpha=0.35, linewidth=0)
    axes.axvline(1.0, color=GREY, linewidth=0.6)
    axes.axhline(0.0, color=VERMILLION, linewidth=1.4)
    axes.plot([c["factor"] for c in known], [c["margin"] for c in known], color=BLUE, linewidth=1.0, zorder=2)
    for one in cells:
        kind = state(one, ruling["planned"])
        place = one["margin"] if one["margin"] is not None else 0.0
        marker, colour, face = _MARKS[kind]
        axes.plot(one["factor"], place, marker, color=colour, markerfacecolor=face, markersize=5.5, zorder=3)
    axes.set_xscale("log")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    ticks = [c["factor"] for c in cells if c["factor"] in (cells[0]["factor"], 1.0, cells[-1]["factor"])]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.tick_params(labelsize=7)
    axes.margins(x=0.14)


_MARKS = {HOLDS: ("o", GREEN, GREEN), BREAKS: ("X", VERMILLION, VERMILLION), "open": ("o", BLACK, "white")}


def _keys(drawn: Any) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    words = {HOLDS: "holds", BREAKS: "breaks", "open": "open (no operating point, or not put to all)"}
    keys: list[Any] = [
        Line2D([], [], linestyle="", marker=m, color=c, markerfacecolor=f, label=words[kind])
        for kind, (m, c, f) in _MARKS.items()
    ]
    keys += [
        Patch(facecolor=SKY, alpha=0.35, label="tolerance"),
        Line2D([], [], color=VERMILLION, label="the limit"),
    ]
    where: dict[str, Any] = {"loc": "lower center", "bbox_to_anchor": (0.5, 0.0)}
    drawn.legend(handles=keys, ncols=len(keys), handlelength=1.2, columnspacing=1.1, fontsize=7, **where)
