"""How near a search came: the running best of each requirement against simulations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from simulator.report.figures.canvas import BLACK, BLUE, GREY, PALE, VERMILLION, Picture, logarithmic

_WIDTH, _HIGH = 7.4, 1.7


@dataclass(frozen=True)
class Progress:
    """One requirement.

    Attributes
    ----------
    id, unit : str
        Its id and the unit of its number.
    steps : sequence of tuple
        Where the running best changes: simulations so far, and the number; None before any was decided.
    n : int
        Simulations in all.
    first : int
        The first that violates it; 0 for none.
    """

    id: str
    unit: str
    steps: Sequence[tuple[int, float | None]]
    n: int
    first: int


def picture(name: str, title: str, drawn: Sequence[Progress], methods: Mapping[str, int]) -> Picture:
    """A panel per requirement."""
    told = "; ".join(_told(one) for one in drawn)
    foot = (
        f"Hatched: violated. Simulations by method: {', '.join(f'{key} {n}' for key, n in methods.items())}."
    )
    alt = f"{title}. {told}. {foot}"
    size = (_WIDTH, _HIGH * len(drawn) + 0.8)
    return Picture(f"search-{name}", alt, size, partial(_paint, title, tuple(drawn), foot))


def _told(one: Progress) -> str:
    known = [value for _, value in one.steps if value is not None]
    if one.first:
        return f"{one.id} is violated in simulation {one.first} of {one.n}, least {known[-1]:.3g} {one.unit}"
    least = f"least {known[-1]:.3g} {one.unit}" if known else "nothing was decided"
    return f"{one.id} is not violated in {one.n} simulations, {least}"


def _paint(title: str, drawn: Sequence[Progress], foot: str, figure: Any) -> None:
    height = figure.get_size_inches()[1]
    figure.subplots_adjust(left=0.13, right=0.97, bottom=0.62 / height, top=1 - 0.32 / height, hspace=0.35)
    places = figure.subplots(len(drawn), 1, squeeze=False, sharex=True)[:, 0]
    for axes, one in zip(places, drawn, strict=True):
        _panel(axes, one)
    places[-1].set_xlabel("simulations", labelpad=2)
    figure.text(0.01, 1 - 0.06 / height, title[:100], va="top", fontsize=10, fontweight="bold")
    figure.text(0.01, 0.06 / height, foot, va="bottom", fontsize=8, color=GREY)


def _panel(axes: Any, one: Progress) -> None:
    known = [(k, value) for k, value in one.steps if value is not None]
    axes.set_xscale("log")
    axes.set_xlim(1, max(one.n, 2))
    logarithmic(axes.xaxis)
    axes.grid(axis="x", color=PALE, linewidth=0.5)
    axes.set_ylabel(f"{one.id}\n[{one.unit}]" if one.unit != "1" else f"{one.id}\n(lead)")
    if not known:
        axes.text(0.5, 0.5, "nothing was decided", transform=axes.transAxes, ha="center", color=GREY)
        return
    ends = [*known, (one.n, known[-1][1])]
    axes.plot([k for k, _ in ends], [v for _, v in ends], drawstyle="steps-post", color=BLUE, linewidth=1.6)
    low, high = min(0.0, *(v for _, v in known)), max(0.0, *(v for _, v in known))
    pad = 0.08 * (high - low) or 1.0
    axes.set_ylim(low - pad, high + pad)
    axes.axhspan(low - pad, 0.0, facecolor="#F7E3D8", hatch="xx", edgecolor="#E8B79C", linewidth=0, zorder=0)
    axes.axhline(0.0, color=BLACK, linewidth=1.2)
    if one.first:
        axes.axvline(one.first, color=VERMILLION, linewidth=1.1, linestyle=(0, (5, 2)))
        axes.text(
            one.first, 0.97, f" {one.first}", transform=axes.get_xaxis_transform(), va="top", fontsize=8
        )
