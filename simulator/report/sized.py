"""What a robustness curve shows: margins at each size of an attack, build by build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from simulator.record.reader import Columns
from simulator.report.envelope import Line, lines
from simulator.report.figures.sizes import Sized, Sizes
from simulator.report.plane import Axis
from simulator.report.surveys import Survey, limit_of

Data = Mapping[str, Any]
_WORST = ("no demand", "guard", "fallback", "operator", "SIF", "unknown", "UNSAFE")


def sizes(one: Survey) -> Iterator[Sizes]:
    """The curves of an envelope."""
    for k, curve in enumerate(one.told["curves"]):
        about = curve["axis"]
        axis = Axis(about["name"], about["unit"], about["low"], about["high"])
        tables = {build["key"]: one.sizes(k, build["key"]) for build in one.builds}
        values = np.unique(next(iter(tables.values()))["value"])
        builds = tuple(_sized(one, build, tables[build["key"]], values) for build in one.builds)
        unit = str(one.told["requirement"]["unit"])
        marked = _lines(one, tables, unit)
        n = f"n = {curve['replicas']} noises at each of {curve['sizes']} sizes, the same at every size"
        foot = f"{n}; everything else is drawn as the question draws it."
        title = f"{one.scenario}: how far {axis.name} may go before {one.requirement} fails"
        margin = f"margin of {one.requirement} [{unit}]"
        name = f"{one.name}-{k}" if k else one.name
        yield Sizes(name, title, axis, margin, values, builds, marked, unit, foot)


def _sized(one: Survey, build: Data, table: Columns, values: Any) -> Sized:
    margins = [table[f"{one.requirement}.margin"][table["value"] == value] for value in values]
    kinds = [table["kind"][table["value"] == value] for value in values]
    known = [m[np.isfinite(m)] for m in margins]
    least, middle, greatest = (
        np.array([float(of(m)) if len(m) else np.nan for m in known]) for of in (np.min, np.median, np.max)
    )
    worst = tuple(max(map(str, k), key=_WORST.index) for k in kinds)
    lost = np.array([len(m) - len(k) for m, k in zip(margins, known, strict=True)], np.int64)
    return Sized(str(build["key"]), str(build["title"]), least, middle, greatest, worst, lost)


def _lines(one: Survey, tables: Mapping[str, Columns], unit: str) -> tuple[Line, ...]:
    """Limits at the margins they leave, where a margin is the way from a peak to its limit."""
    found = limit_of(one)
    if found is None or not _is_way(one, tables, found[0]):
        return (Line(0.0, f"{one.requirement} fails below", "limit"),)
    folder = one.folder
    every = list(lines(folder.plant(one.scenario), folder.about(one.scenario), *found, unit))
    limit = next(line.value for line in every if line.kind == "limit")
    sign = 1.0 if found[1].get("below") is not None else -1.0
    seen = [m for t in tables.values() for m in t[f"{one.requirement}.margin"] if np.isfinite(m)]
    top = max([*seen, 0.0]) + 1e-9
    at = [replace(line, value=sign * (limit - line.value), label=_told(line, unit)) for line in every]
    return tuple(line for line in at if 0.0 <= line.value <= top)


def _told(line: Line, unit: str) -> str:
    return f"{line.value:g} {unit} {line.label}"


def _is_way(one: Survey, tables: Mapping[str, Columns], limit: str) -> bool:
    """Whether margin and peak always add up to the same."""
    sums = np.concatenate(
        [np.abs(t[f"{one.requirement}.margin"] + t[f"peak.{limit}"]) for t in tables.values()]
    )
    known = sums[np.isfinite(sums)]
    return bool(len(known)) and float(np.ptp(known)) < 1e-3
