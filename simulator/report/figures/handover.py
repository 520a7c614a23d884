"""The slowest hand-over of each failure: its five parts end to end, against half the process safety time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from simulator.report.figures.canvas import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    SKY,
    YELLOW,
    Picture,
)  # fmt: skip
from simulator.report.shown import seconds
from simulator.report.words import SYMBOLS

Data = Mapping[str, Any]
_PARTS = (SKY, YELLOW, ORANGE, BLUE, GREEN)
_ROW, _HEAD, _FOOT = 0.26, 0.35, 1.0


def picture(found: Data) -> Picture:
    """The bars.

    Parameters
    ----------
    found : mapping
        A ``handover.json``.
    """
    told = "; ".join(f"{one['variant']} {one['failure']}: {_told(one)}" for one in found["failures"])
    alt = f"The slowest hand-over of each failure of the AI's path. {told}"
    height = _HEAD + _ROW * len(found["failures"]) + _FOOT
    return Picture("handover", alt, (7.8, height), partial(_paint, found))


def _told(one: Data) -> str:
    worst = one["worst"]
    if not worst:
        return f"{one['verdict']}, the AI kept the loop"
    recover = worst["parts"]["recover"]
    back = "never back" if recover is None else f"back {seconds(recover)} later"
    return f"{one['verdict']}, at the valve by {seconds(worst['response'])}, {back}"


def _paint(found: Data, drawn: Any) -> None:
    rows, limit = found["failures"], found["times"]["limit"]
    width, height = drawn.get_size_inches()
    axes = drawn.add_subplot()
    drawn.subplots_adjust(
        left=1.75 / width, right=1 - 2.3 / width, bottom=_FOOT / height, top=1 - _HEAD / height
    )
    longest = max((_length(one) for one in rows), default=0.0)
    end = max(2.0 * limit if limit else 1.0, min(longest, 4.0 * limit if limit else longest))
    for y, one in enumerate(rows):
        _bar(axes, y, one, found["parts"], end)
        axes.text(1.01, y, _told(one), transform=axes.get_yaxis_transform(), va="center", fontsize=7)
    if limit:
        axes.axvline(limit, color=BLACK, linestyle=":", linewidth=1.2)
    names = [f"{one['variant']} {one['failure']}  {SYMBOLS[one['verdict']]}" for one in rows]
    axes.set_yticks(range(len(rows)), names, fontsize=8)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 1.02 * end)
    axes.set_xlabel("time from the fault [s]; longer bars are cut off at the edge", labelpad=2)
    _legend(drawn, found["parts"], limit)


def _length(one: Data) -> float:
    return sum(value or 0.0 for value in one["worst"]["parts"].values()) if one["worst"] else 0.0


def _bar(axes: Any, y: int, one: Data, parts: list[str], end: float) -> None:
    if not one["worst"]:
        axes.barh(y, end, height=0.6, color="white", hatch="////", edgecolor=PALE, linewidth=0.4)
        return
    left = 0.0
    for part, colour in zip(parts, _PARTS, strict=True):
        value = one["worst"]["parts"][part] or 0.0
        axes.barh(y, value, left=left, height=0.6, color=colour, edgecolor="black", linewidth=0.3)
        left += value


def _legend(drawn: Any, parts: list[str], limit: float | None) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    keys: list[Any] = [
        Patch(facecolor=colour, edgecolor="black", linewidth=0.3, label=part)
        for part, colour in zip(parts, _PARTS, strict=True)
    ]
    keys.append(Patch(facecolor="white", hatch="////", edgecolor=GREY, label="the AI kept the loop"))
    if limit:
        keys.append(
            Line2D([], [], color=BLACK, linestyle=":", label=f"half the process safety time {seconds(limit)}")
        )
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.01, 0.0)}
    drawn.legend(handles=keys, ncols=4, handlelength=1.3, columnspacing=1.2, **where)
