"""Two variants of the AI on one question: which layer held, every pair of peaks, time beyond return."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from simulator.assess.pairs import Form, Pair
from simulator.report.figures.canvas import BLACK, BLUE, GREY, ORANGE, PALE, VERMILLION, Picture
from simulator.report.figures.held import LOOK
from simulator.report.words import RUNGS

_LINES: dict[str, tuple[str, Any, str]] = {
    "limit": (VERMILLION, "-", "safety limit"),
    "trip_point": (ORANGE, "--", "trip point"),
    "no_return": (BLACK, ":", "point of no return"),
}


def picture(pairs: Sequence[Pair]) -> Picture:
    """A row of three panels per question."""
    told = "; ".join(_told(pair) for pair in pairs)
    alt = f"The same questions put to two variants of the AI, paired replica by replica. {told}"
    return Picture("variants", alt, (9.6, 1.75 * len(pairs) + 0.75), partial(_paint, pairs))


def _told(pair: Pair) -> str:
    sides = (f"{f.mode} {int(np.nansum(f.tripped))} demands" for f in (pair.first, pair.second))
    return f"{pair.base} {pair.phase}: {', '.join(sides)} in {pair.n}"


def _paint(pairs: Sequence[Pair], drawn: Any) -> None:
    grid = drawn.subplots(len(pairs), 3, squeeze=False, width_ratios=(1.2, 1.5, 1.0))
    for (ladder, peaks, beyond), pair in zip(grid, pairs, strict=True):
        _ladder(ladder, pair)
        _peaks(peaks, pair)
        _beyond(beyond, pair)
        phase = f", {pair.phase}" if pair.phase not in ("", "RUN") else ""
        ladder.set_title(f"{pair.base}{phase}, n = {pair.n} pairs")
    for axes, text in zip(
        grid[-1],
        ("replicas by layer that held [%]", f"peak [{pairs[-1].unit}]", "beyond the point of no return [s]"),
        strict=True,
    ):
        axes.set_xlabel(text)
    _legend(drawn)
    drawn.tight_layout(pad=0.5, rect=(0, 0, 1, 1 - 0.62 / drawn.get_size_inches()[1]))


def _sides(axes: Any, pair: Pair) -> list[tuple[int, Form]]:
    axes.set_yticks((0, 1), (pair.first.mode, pair.second.mode))
    axes.set_ylim(1.55, -0.55)
    axes.tick_params(axis="y", length=0)
    return [(0, pair.first), (1, pair.second)]


def _ladder(axes: Any, pair: Pair) -> None:
    for y, form in _sides(axes, pair):
        left, total = 0.0, sum(form.held.values())
        for rung in RUNGS:
            width = 100.0 * form.held.get(rung, 0) / total if total else 0.0
            if width:
                colour, hatch, _ = LOOK[rung]
                axes.barh(
                    y,
                    width,
                    left=left,
                    height=0.62,
                    color=colour,
                    hatch=hatch,
                    edgecolor=BLACK,
                    linewidth=0.5,
                )
            left += width
    axes.set_xlim(0, 100)


def _peaks(axes: Any, pair: Pair) -> None:
    for name, value in pair.lines.items():
        colour, style, _ = _LINES[name]
        axes.axvline(value, color=colour, linestyle=style, linewidth=1.2)
    for a, b in zip(pair.first.peak, pair.second.peak, strict=True):
        axes.plot((a, b), (0, 1), color=GREY, linewidth=0.4, alpha=0.6, zorder=1)
    for y, form in _sides(axes, pair):
        axes.plot(form.peak, np.full(len(form.peak), y), "|", color=BLUE, markersize=9, zorder=2)


def _beyond(axes: Any, pair: Pair) -> None:
    known = True
    for y, form in _sides(axes, pair):
        axes.plot(form.beyond, np.full(len(form.beyond), y), "|", color=BLUE, markersize=9)
        known = known and bool(np.isfinite(form.beyond).all())
        axes.axhline(y, color=PALE, linewidth=0.6, zorder=0)
    longest = max([1.0, *(float(v) for f in (pair.first, pair.second) for v in f.beyond if np.isfinite(v))])
    axes.set_xlim(-0.03 * longest, 1.05 * longest)
    if not known:
        axes.text(0.5, 0.5, "not recorded", ha="center", va="center", transform=axes.transAxes, color=GREY)


def _legend(drawn: Any) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    edge: dict[str, Any] = {"edgecolor": BLACK, "linewidth": 0.5}
    keys: list[Any] = [Patch(facecolor=LOOK[r][0], hatch=LOOK[r][1], label=r, **edge) for r in RUNGS]
    keys += [Line2D([], [], color=c, linestyle=s, label=text) for c, s, text in _LINES.values()]
    keys.append(Line2D([], [], color=GREY, linewidth=0.6, label="one pair: same draws"))
    drawn.legend(handles=keys, ncols=6, loc="upper left", bbox_to_anchor=(0.01, 1.0), handlelength=1.4)
