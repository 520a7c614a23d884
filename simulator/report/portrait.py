"""The phase portrait: kept traces in the plane of two quantities, with the recoverable region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.record.reader import kept_traces, trace, why_kept
from simulator.report.commissioned import commissioned
from simulator.report.envelope import Line, lines
from simulator.report.folder import DAMAGED, Folder

Data = Mapping[str, Any]
Reals = NDArray[np.float64]
GRAIN = 0.004
"""A point is drawn when the state has moved by this share of the axes."""


@dataclass(frozen=True)
class Orbit:
    """One kept trace in the plane, and the layer that held it."""

    scenario: str
    held: str
    x: Reals
    y: Reals


@dataclass(frozen=True)
class Region:
    """From which states the fallback alone brings the plant back, whatever else within what was searched."""

    x: Reals
    lowest: Reals
    highest: Reals


@dataclass(frozen=True)
class Portrait:
    """One plant: quantities and units of both axes, orbits, limits on the upright one."""

    plant: str
    across: str
    across_unit: str
    quantity: str
    unit: str
    orbits: tuple[Orbit, ...]
    lines: tuple[Line, ...]
    region: Region | None
    extent: tuple[float, float]


def portraits(folder: Folder) -> Iterator[Portrait]:
    """A portrait of every plant of which traces are kept."""
    for key, plant in folder.resolved.get("plants", {}).items():
        limits = plant.get("safety_limits") or {}
        found = region_of(folder, plant)
        quantities = plant.get("quantities") or {}
        if not limits:
            continue
        name, limit = next(iter(limits.items()))
        y = str(found["quantity"] if found else limit["quantity"])
        others = [q for q in (found["against"] if found else quantities) if q != y]
        if others and y == limit["quantity"]:
            made = _portrait(folder, key, name, str(others[0]), found)
            if made.orbits:
                yield made


def _portrait(folder: Folder, key: str, name: str, x: str, found: Data | None) -> Portrait:
    plant = folder.resolved["plants"][key]
    limit, units = plant["safety_limits"][name], plant.get("quantities") or {}
    y = str(limit["quantity"])
    mine = [s["id"] for s in folder.scenarios if folder.about(s["id"]).get("plant") == key]
    orbits = tuple(orbit for scenario in mine for orbit in _orbits(folder, scenario, x, y))
    unit = str(units.get(y, ""))
    about = folder.about(mine[0]) if mine else {}
    drawn = sorted(lines(plant, about, name, limit, unit), key=lambda line: line.value)
    ends = [float(v) for orbit in orbits for v in (orbit.y.min(), orbit.y.max())]
    ends += [line.value for line in drawn if line.kind in ("limit", "setpoint")]
    pad = 0.05 * (max(ends, default=1.0) - min(ends, default=0.0)) or 1.0
    extent = (min(ends, default=0.0) - pad, max(ends, default=1.0) + pad)
    shown = tuple(line for line in drawn if extent[0] < line.value < extent[1])
    region = edges(found, x) if found else None
    title = str(plant.get("plant", key))
    return Portrait(title, x, str(units.get(x, "")), y, unit, orbits, shown, region, extent)


def _orbits(folder: Folder, scenario: str, x: str, y: str) -> Iterator[Orbit]:
    """The worst and every failed of the kept traces."""
    rows, wanted = folder.rows(scenario), (f"true.{x}", f"true.{y}")
    held = dict(zip(rows.get("replica", ()), rows.get("held", ()), strict=False))
    begun = False
    for replica in kept_traces(folder.layout, scenario):
        try:
            why = why_kept(folder.layout, scenario, replica)
            if why == "random" or (why == "worst" and begun):
                continue
            found = trace(folder.layout, scenario, replica, {}, lambda name: name in wanted)
        except DAMAGED:
            continue  # the envelope has said so
        begun = begun or why == "worst"
        if set(wanted) <= found.signals.keys():
            u, v = (found.samples(name)[:, 0].astype(float) for name in wanted)
            kept = moved(u, v)
            if len(kept):
                yield Orbit(scenario, str(held.get(replica, "unknown")), u[kept], v[kept])


def moved(x: Reals, y: Reals) -> NDArray[np.intp]:
    """Indices of points that are apart by `GRAIN` of the extent; unknown ones are left out."""
    fine = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if not len(fine):
        return fine
    scale = [max(float(np.ptp(v[fine])), 1e-12) for v in (x, y)]
    kept, last = [int(fine[0])], int(fine[0])
    for k in fine[1:]:
        if abs(x[k] - x[last]) / scale[0] + abs(y[k] - y[last]) / scale[1] > GRAIN:
            kept.append(int(k))
            last = int(k)
    return np.array(kept)


def region_of(folder: Folder, plant: Data) -> Data | None:
    """The recoverable region of the plant's commissioning file."""
    found = commissioned(folder, plant).get("region")
    return found if isinstance(found, Mapping) and found.get("against") else None


def edges(found: Data, x: str) -> Region | None:
    """Lowest and highest recovered value along one axis: the worst over all others that were searched."""
    axes = found["against"]
    shape = [len(axis) for axis in axes.values()]
    at = list(axes).index(x)
    ends = [
        np.array([np.nan if v is None else v for v in found[key]], float) for key in ("lowest", "highest")
    ]
    low, high = (np.moveaxis(one.reshape(shape), at, 0).reshape(shape[at], -1) for one in ends)
    lost = np.isnan(low).any(axis=1) | np.isnan(high).any(axis=1)
    if lost.all():
        return None
    worst = (np.where(lost, np.nan, one) for one in (low.max(axis=1), high.min(axis=1)))
    return Region(np.array(axes[x], float), *worst)
