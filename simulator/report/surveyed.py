"""The figures of an envelope: map, robustness curves, phase portrait, fallback latencies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from simulator.core.errors import InputError
from simulator.record.reader import trace
from simulator.report.envelope import lines
from simulator.report.figures import planes, portrait, sizes, steps
from simulator.report.figures.canvas import Picture
from simulator.report.folder import DAMAGED, Folder
from simulator.report.plane import plane
from simulator.report.portrait import Orbit, Portrait, edges, moved, region_of
from simulator.report.sized import sizes as curves
from simulator.report.spreads import times_that_matter
from simulator.report.surveys import Survey, limit_of, struck_by, survey


def of_folder(folder: Folder) -> Iterator[Picture]:
    """Every figure of an envelope folder."""
    one = survey(folder.layout)
    yield maps(one)
    yield from robustness(one)
    yield from orbits(one)
    yield from latencies(one)


def maps(one: Survey) -> Picture:
    """The plane, build by build."""
    return planes.picture(plane(one))


def robustness(one: Survey) -> Iterator[Picture]:
    """Attack size against margin."""
    yield from map(sizes.picture, curves(one))


def latencies(one: Survey) -> Iterator[Picture]:
    """From the fault of the AI to the shed in every run, against half of the process safety time."""
    found = tuple(steps.Steps(title, values, n) for title, values, n in struck_by(one))
    if not found:
        return
    matter = times_that_matter(one.folder, one.scenario)
    marks = tuple(steps.Mark(v, k, "-" if k.startswith("watch") else (0, (5, 2))) for k, v in matter.items())
    title = f"{one.scenario}: every run in which the AI failed"
    panel = steps.Panel(title, "from the AI's fault to the shed", found, marks)
    yield steps.picture(f"latency-{one.name}", "From the fault of the AI to the shed", [panel])


def orbits(one: Survey) -> Iterator[Picture]:
    """The kept runs in the plane of both states, with the region the fallback recovers from."""
    limit = limit_of(one)
    x, y = (str(axis["draw"]).removeprefix("start/") for axis in one.told["axes"])
    if not one.told["orbits"] or limit is None:
        return
    if limit[1]["quantity"] == x:
        x, y = y, x
    found = tuple(orbit for row in one.told["orbits"] for orbit in _orbit(one, int(row), x, y))
    if found and limit[1]["quantity"] == y:
        yield replace(portrait.picture(_portrait(one, found, x, y)), name=f"portrait-{one.name}")


def _portrait(one: Survey, found: tuple[Orbit, ...], x: str, y: str) -> Portrait:
    plant, limit = one.folder.plant(one.scenario), limit_of(one)
    assert limit is not None  # whoever asks has seen to it
    units = {name: str(unit) for name, unit in plant["quantities"].items()}
    drawn = sorted(
        lines(plant, one.folder.about(one.scenario), *limit, units[y]), key=lambda line: line.value
    )
    ends = [v for orbit in found for v in (orbit.y.min(), orbit.y.max())]
    ends += [line.value for line in drawn if line.kind in ("limit", "setpoint")]
    pad = 0.05 * (max(ends) - min(ends)) or 1.0
    extent = (float(min(ends) - pad), float(max(ends) + pad))
    shown = tuple(line for line in drawn if extent[0] < line.value < extent[1])
    region = region_of(one.folder, plant)
    field = edges(region, x) if region and region["quantity"] == y and x in region["against"] else None
    title = f"{one.scenario}, all layers"
    return Portrait(title, x, units[x], y, units[y], found, shown, field, extent)


def _orbit(one: Survey, row: int, x: str, y: str) -> Iterator[Orbit]:
    names, kinds = (f"true.{x}", f"true.{y}"), one.runs("all")["kind"]
    try:
        found = trace(one.folder.layout, one.scenario, row, {}, lambda name: name in names)
    except (InputError, *DAMAGED):
        one.folder.missing.append(f"traces/{one.scenario}: the trace of run {row} is damaged")
        return
    u, v = (found.samples(name)[:, 0].astype(np.float64) for name in names)
    kept = moved(u, v)
    if len(kept):
        yield Orbit(one.scenario, str(kinds[row]), u[kept], v[kept])
