"""What the map of an envelope shows: cells by what holds there, limits and the recoverable region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.report.envelope import Line, lines
from simulator.report.portrait import Region, edges, region_of
from simulator.report.shown import number
from simulator.report.surveys import Survey, limit_of

Data = Mapping[str, Any]
Reals = NDArray[np.float64]
UNDECIDED, CROSSED = "undecided", "boundary of UNSAFE"
"""Cells that a boundary crosses: one between layers, and one of what is unsafe."""


@dataclass(frozen=True)
class Axis:
    """An axis: its name, its unit, and its ends."""

    name: str
    unit: str
    low: float
    high: float

    @property
    def title(self) -> str:
        """As it stands beside the axis."""
        return f"{self.name} [{self.unit}]" if self.unit else self.name


@dataclass(frozen=True)
class Panel:
    """One build: rectangles (n, 4) as x0, x1, y0, y1 by what holds there, and what it comes to."""

    title: str
    cells: Mapping[str, Reals]
    told: str
    points: int


@dataclass(frozen=True)
class Map:
    """An envelope as it is drawn."""

    name: str
    title: str
    x: Axis
    y: Axis
    panels: tuple[Panel, ...]
    foot: str
    lines: tuple[Line, ...] = ()
    region: Region | None = None


def plane(one: Survey) -> Map:
    """The map of an envelope."""
    x, y = (Axis(a["name"], a["unit"], a["low"], a["high"]) for a in one.told["axes"])
    panels = tuple(_panel(one, build) for build in one.builds)
    title = f"{one.scenario}: {one.told['requirement']['text']}"
    return Map(one.name, title, x, y, panels, _foot(one), tuple(_lines(one)), _region(one))


def _panel(one: Survey, build: Data) -> Panel:
    cells = one.cells(build["key"])
    crossed = (cells["kind"] == "mixed") & (cells["unsafe"] == 1)
    kinds = np.where(crossed, CROSSED, np.where(cells["kind"] == "mixed", UNDECIDED, cells["kind"]))
    corners = np.stack([cells[name] for name in ("x.0", "x.1", "y.0", "y.1")], axis=1)
    found = {str(kind): corners[kinds == kind] for kind in dict.fromkeys(kinds.tolist())}
    return Panel(str(build["title"]), found, unsafe(build), int(build["points"]))


def unsafe(build: Data) -> str:
    """The share of the plane that is unsafe, between its bounds."""
    low, high = (100.0 * share for share in build["unsafe"])
    if not build["points_by_kind"]["UNSAFE"]:
        return "UNSAFE at no point"
    between = number(low) if number(low) == number(high) else f"{number(low)} to {number(high)}"
    return f"UNSAFE {between} % of the plane"


def _foot(one: Survey) -> str:
    told = one.told
    stopped = "" if one.folder.finished else "INCOMPLETE: the run was stopped. "
    beside = "; ".join(f"{name} {value}" for name, value in told["beside"].items())
    cells = f"cells from 1/{told['coarse']} to 1/{told['finest']} of each axis"
    parts = [f"Worst of n = {told['replicas']} noises at each point", cells, *([beside] if beside else [])]
    return ". ".join([stopped + "; ".join(parts), *map(str, told["cautions"])])


def _lines(one: Survey) -> Iterator[Line]:
    """Limits on the protected quantity, where it is what goes up."""
    found = limit_of(one)
    axis = one.told["axes"][1]
    if found and axis["draw"] == f"start/{found[1]['quantity']}":
        folder = one.folder
        every = lines(folder.plant(one.scenario), folder.about(one.scenario), *found, axis["unit"])
        shown = (line for line in every if axis["low"] < line.value < axis["high"])
        yield from sorted(shown, key=lambda line: line.value)


def _region(one: Survey) -> Region | None:
    """The recoverable region of the commissioning file, where both axes are its own."""
    x, y = (str(axis["draw"]).removeprefix("start/") for axis in one.told["axes"])
    plant = one.folder.plant(one.scenario)
    found = region_of(one.folder, plant)
    if found is None or y != found["quantity"] or x not in found["against"]:
        return None
    return edges(found, x)
