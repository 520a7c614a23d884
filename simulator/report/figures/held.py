"""Which layer held: a stacked bar per scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from simulator.report.figures.canvas import BLUE, GREEN, ORANGE, PALE, SKY, VERMILLION, Picture
from simulator.report.words import RUNGS

LOOK: Mapping[str, tuple[str, str, str]] = {
    "no demand": (PALE, "", "black"),
    "guard": (SKY, "", "black"),
    "fallback": (BLUE, "", "white"),
    "operator": (GREEN, "", "black"),
    "SIF": (ORANGE, "", "black"),
    "UNSAFE": (VERMILLION, "xx", "black"),
    "unknown": ("white", "//", "black"),
}
"""Colour, hatching and ink of each rung."""


def picture(rows: Sequence[Mapping[str, Any]]) -> Picture:
    """The bars.

    Parameters
    ----------
    rows : sequence of mapping
        ``id``, ``n`` and ``rungs``: replicas by rung.
    """
    told = "; ".join(map(_told, rows))
    alt = f"Replicas by the outermost layer that had to act. {told}"
    return Picture("held", alt, (7.4, 1.0 + 0.34 * len(rows)), partial(_paint, rows))


def _paint(rows: Sequence[Mapping[str, Any]], drawn: Any) -> None:
    axes = drawn.add_subplot()
    for y, row in enumerate(rows):
        _bar(axes, y, row)
    axes.set_yticks(range(len(rows)), [f"{_short(row['id'])}  n = {row['n']}" for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 100)
    axes.set_xlabel("share of replicas [%]")
    axes.tick_params(axis="y", length=0)
    _legend(axes)
    drawn.tight_layout(pad=0.4)


def _told(row: Mapping[str, Any]) -> str:
    return f"{row['id']}: " + ", ".join(f"{n} {rung}" for rung, n in row["rungs"].items() if n)


def _bar(axes: Any, y: int, row: Mapping[str, Any]) -> None:
    left = 0.0
    for rung, n in row["rungs"].items():
        width = 100.0 * n / row["n"] if row["n"] else 0.0
        if width:
            colour, hatch, ink = LOOK[rung]
            look: dict[str, Any] = {"color": colour, "hatch": hatch, "edgecolor": "black", "linewidth": 0.5}
            axes.barh(y, width, left=left, height=0.66, **look)
            if width >= 2.5:
                box = {"facecolor": colour, "edgecolor": "none", "pad": 1.0} if hatch else None
                middle: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 8.5}
                axes.text(left + width / 2, y, str(n), color=ink, bbox=box, **middle)
        left += width


def _legend(axes: Any) -> None:
    from matplotlib.patches import Patch

    edge: dict[str, Any] = {"edgecolor": "black", "linewidth": 0.5}
    keys = [Patch(facecolor=LOOK[rung][0], hatch=LOOK[rung][1], label=rung, **edge) for rung in RUNGS]
    where: dict[str, Any] = {"loc": "lower center", "bbox_to_anchor": (0.42, 1.0)}
    axes.legend(handles=keys, ncols=len(keys), handlelength=1.2, columnspacing=1.1, **where)


def _short(text: Any) -> str:
    return str(text) if len(str(text)) <= 16 else f"{str(text)[:15]}…"
