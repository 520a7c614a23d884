"""Safety functions against time: a bar per initiating event, from the event to the limit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from typing import Any

from simulator.report.figures.canvas import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILLION,
    YELLOW,
    Picture,
)  # fmt: skip
from simulator.report.shown import number, seconds

Data = Mapping[str, Any]
_PARTS = (SKY, YELLOW, PURPLE, GREEN, ORANGE, BLUE)
_ROW, _HEAD, _FOOT, _KEYS = 0.4, 0.4, 0.5, 0.64


@dataclass(frozen=True)
class Event:
    """One initiating event; times from the event on [s], None when the limit is not reached."""

    name: str
    trip: float | None
    limit: float | None
    spare: float


@dataclass(frozen=True)
class Study:
    """One plant and safety limit: the function's response, part by part [s], and the events."""

    title: str
    sif: str
    budget: tuple[tuple[str, float], ...]
    stroke: float
    events: tuple[Event, ...]
    at_most: float | None

    @property
    def response(self) -> float:
        """From the trip point to the safe state [s]."""
        return sum(length for _, length in self.budget)

    @property
    def end(self) -> float:
        """Length of the axis [s]."""
        return max([e.limit for e in self.events if e.limit] + [self.response])


def studies(found: Mapping[str, Any], at_most: Any, names: Mapping[str, str]) -> list[Study]:
    """What ``adequacy.json`` holds, a study per plant and safety limit.

    Parameters
    ----------
    found : mapping
        The file.
    at_most : float or None
        Share of the time left that the criteria allow.
    names : mapping of str to str
        Name of a plant by the key under which it was read; a blank ends the key.
    """
    listed = [(key, one) for key, about in found.items() for one in _each(about)]
    share = float(at_most) if isinstance(at_most, int | float) else None
    return [
        _study(names.get(key.partition(" ")[0], key), one, share) for key, one in listed if one.get("events")
    ]


def _each(about: Any) -> list[Data]:
    return list(about) if isinstance(about, list) else [about]


def _study(plant: str, about: Data, at_most: float | None) -> Study:
    budget = tuple((str(name), float(value)) for name, value in about["budget"].items())
    limit = f"{about.get('quantity', '')} {about.get('value', '')}".replace("_", " ")
    title = f"{plant}: {about.get('sif', '')} against {limit}"
    events = tuple(map(_event, about["events"]))
    return Study(
        title, str(about.get("sif", "")), budget, float(about["budget"].get("stroke", 0.0)), events, at_most
    )


def _event(event: Data) -> Event:
    reached = event.get("pst") is not None and event.get("to_trip") is not None
    trip, limit = (_time(event["to_trip"]), _time(event["pst"])) if reached else (None, None)
    return Event(
        _short(f"{event.get('id', '')}  {event.get('text', '')}"), trip, limit, float(event.get("spare") or 0)
    )


def _time(value: Any) -> float:
    if not math.isfinite(float(value)):
        raise ValueError("a time that is no number")
    return float(value)


def picture(found: Sequence[Study]) -> Picture:
    """A panel per study, each with its own time axis."""
    alt = "Time from each initiating event to the safety limit. " + "; ".join(
        t for s in found for t in _told(s)
    )
    return Picture("adequacy", alt, (8.6, sum(map(_height, found))), partial(_paint, found))


def _height(study: Study) -> float:
    return _HEAD + _ROW * len(study.events) + _FOOT + _KEYS


def _told(study: Study) -> Iterator[str]:
    for event in study.events:
        yield f"{study.title}, {event.name}: {_sum(study, event)}"


def _sum(study: Study, event: Event) -> str:
    """The bar in words: response of time left, and what is spare."""
    if event.trip is None or event.limit is None:
        return "limit not reached"
    left = event.limit - event.trip
    used = f"{100 * study.response / left:.0f} %" if left > 0 else "all"
    return f"{seconds(study.response)} of {seconds(left)} left = {used}; spare {seconds(event.spare)}"


def _paint(found: Sequence[Study], drawn: Any) -> None:
    whole = sum(map(_height, found))
    top = whole
    for study in found:
        bottom, height = top - _height(study) + _FOOT + _KEYS, _ROW * len(study.events)
        axes = drawn.add_axes((0.265, bottom / whole, 0.42, height / whole))
        _panel(axes, study)
        _legend(drawn, study, (top - _height(study)) / whole)
        top -= _height(study)


def _panel(axes: Any, study: Study) -> None:
    for y, event in enumerate(study.events):
        if event.trip is not None and event.limit is not None:
            _bar(axes, study, y, event.trip, event.limit)
            _spare(axes, study, y, event)
        axes.text(1.02, y, _sum(study, event), transform=axes.get_yaxis_transform(), va="center", fontsize=8)
    axes.set_yticks(range(len(study.events)), [event.name for event in study.events], fontsize=8)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(study.events) - 0.4, -0.6)
    axes.set_xlim(0, 1.02 * study.end or 1.0)
    axes.set_xlabel("time from the initiating event [s]", labelpad=2)
    axes.set_title(study.title)


def _bar(axes: Any, study: Study, y: int, trip: float, limit: float) -> None:
    edge: dict[str, Any] = {"height": 0.44, "edgecolor": "black", "linewidth": 0.4}
    axes.barh(y, limit, color="white", **edge)
    axes.barh(y, trip, color=PALE, **edge)
    if study.response < 0.02 * study.end:  # outlines would hide so short a response
        edge |= {"linewidth": 0.0}
    left = trip
    for (_, length), colour in zip(study.budget, cycle(_PARTS), strict=False):
        axes.barh(y, length, left=left, color=colour, **edge)
        left += length
    axes.plot([trip], [y - 0.3], marker="v", color=VERMILLION, markersize=6, clip_on=False, zorder=4)
    axes.plot([limit, limit], [y - 0.34, y + 0.34], color=BLACK, linewidth=2.4, clip_on=False, zorder=4)
    if study.at_most is not None:
        half = trip + study.at_most * (limit - trip)
        for style in (
            {"color": "white", "linewidth": 2.6},
            {"color": BLACK, "linewidth": 1.4, "linestyle": ":"},
        ):
            axes.plot([half, half], [y - 0.34, y + 0.34], zorder=4, **style)


def _spare(axes: Any, study: Study, y: int, event: Event) -> None:
    """How much later the stroke may begin."""
    if event.trip is None or event.spare <= 0:
        return
    begins = event.trip + study.response - study.stroke
    ends = [begins, begins + event.spare]
    axes.plot(ends, [y + 0.36] * 2, color=BLUE, linewidth=1.2, marker="|", markersize=5, zorder=5)


def _legend(drawn: Any, study: Study, bottom: float) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    edge: dict[str, Any] = {"edgecolor": "black", "linewidth": 0.4}
    keys: list[Any] = [Patch(facecolor=PALE, label="to the trip point", **edge)]
    for (name, length), colour in zip(study.budget, cycle(_PARTS), strict=False):
        keys.append(Patch(facecolor=colour, label=f"{name} {seconds(length)}", **edge))
    none: dict[str, Any] = {"linestyle": "none"}
    keys.append(Line2D([], [], marker="v", color=VERMILLION, label="trip point", **none))
    keys.append(
        Line2D([], [], marker="|", color=BLACK, markersize=9, markeredgewidth=2.4, label="limit", **none)
    )
    if study.at_most is not None:
        label = f"{number(100 * study.at_most, '%')} of the time left (criteria)"
        keys.append(Line2D([], [], color=BLACK, linestyle=":", label=label))
    label = "spare dead time: the stroke may begin this much later"
    keys.append(Line2D([], [], color=BLUE, marker="|", label=label))
    where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0.005, bottom)}
    drawn.legend(handles=keys, ncols=5, handlelength=1.4, columnspacing=1.2, **where)


def _short(text: str) -> str:
    return text if len(text) <= 33 else f"{text[:32]}…"
