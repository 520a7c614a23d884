"""Searches for counterexamples of the same input: what their figures and pages are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.errors import InputError, Problem
from simulator.core.traces import ArrayTraces
from simulator.record.layout import Layout
from simulator.record.reader import get_json, trace
from simulator.report.campaigns import every
from simulator.report.envelope import Curve, Line, curve, lines, thin
from simulator.report.folder import Folder, load_campaign

Data = Mapping[str, Any]
Reals = NDArray[np.float64]
KIND = "falsify"
POINTS = 1500
"""Points of one line of a figure."""


@dataclass(frozen=True)
class Written:
    """What was written to a loop and what became of it: a label, its unit, times [s] and values."""

    label: str
    unit: str
    time: Reals
    value: Reals


@dataclass(frozen=True)
class Course:
    """One run over time: the protected quantity with its limits, and what was written meanwhile.

    Attributes
    ----------
    name, title : str
        For its file, and for people.
    quantity, unit : str
        What is protected.
    curve : Curve
        Its course, with where the AI was shed and where functions tripped.
    lines : tuple of Line
        Limits in view.
    extent : tuple of float
        Ends of the axis.
    written : tuple of Written
        Courses of one unit, below.
    """

    name: str
    title: str
    quantity: str
    unit: str
    curve: Curve
    lines: tuple[Line, ...]
    extent: tuple[float, float]
    written: tuple[Written, ...]


@dataclass(frozen=True)
class Hunt:
    """One falsify folder.

    Attributes
    ----------
    folder : Folder
        The folder, as sections read one; it has no verdicts.
    told : mapping
        Its ``falsify.json``.
    """

    folder: Folder
    told: Data

    @property
    def question(self) -> str:
        """Id of the question."""
        return str(self.told["question"])

    def courses(self) -> list[Course]:
        """Counterexamples over time; without any, the runs that came nearest."""
        shown = [(one["id"], one["id"], one["sentence"]) for one in self.told["counterexamples"]]
        if not shown:
            near = [one for one in self.told["requirements"] if one.get("nearest")]
            shown = [
                (one["nearest"], f"{self.question}, nearest to a violation of {one['id']}", "")
                for one in near[:1]
            ]
        return [found for name, title, _ in shown for found in self._course(name, title)]

    def _course(self, name: str, title: str) -> list[Course]:
        about, plant = self.folder.about(self.question), self.folder.plant(self.question)
        traces = trace(self.folder.layout, name, 0, {})
        return [
            _course(name, title, traces, about, plant, key, limit)
            for key, limit in plant.get("safety_limits", {}).items()
            if f"true.{limit['quantity']}" in traces.signals
        ]


def hunts(folder: Folder) -> list[Hunt]:
    """The newest search of each question, of the same input files."""
    found: dict[str, Hunt] = {}
    for layout in every(folder, KIND):
        try:
            one = hunt(layout)
            found.setdefault(one.question, one)
        except (InputError, LookupError, TypeError):
            folder.missing.append(f"{layout.root.name} of {layout.root.parent.name}: it is damaged")
    return [found[key] for key in sorted(found)]


def hunt(layout: Layout) -> Hunt:
    """One falsify folder; raises `InputError` when it is damaged or the search has not ended."""
    told = get_json(layout.root / f"{KIND}.json")
    if not isinstance(told, dict):
        raise InputError(Problem("a search that did not end", f"{KIND}.json", str(layout.root)))
    return Hunt(load_campaign(layout), told)


def _course(
    name: str, title: str, traces: ArrayTraces, about: Data, plant: Data, key: str, limit: Data
) -> Course:
    signal = f"true.{limit['quantity']}"
    unit = about.get("signals", {}).get(signal, {}).get("unit", "")
    loop = next(iter(about.get("loops", ())), "")
    one = curve(0, "counterexample", traces, signal, loop, 0.0, POINTS)
    every_line = sorted(lines(plant, about, key, limit, unit), key=lambda line: line.value)
    extent = _extent(one.value, every_line)
    kept = tuple(line for line in every_line if extent[0] < line.value < extent[1])
    several = len(plant.get("safety_limits", {})) > 1
    written = tuple(_written(traces, about, loop))
    head = (f"{name}-{key}" if several else name, title, str(limit["quantity"]), unit)
    return Course(*head, one, kept, extent, written)


def _extent(values: Reals, drawn: list[Line]) -> tuple[float, float]:
    """What happens and every line that it comes near, with the setpoint and the next limit above it."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    marks = [line.value for line in drawn]
    above, below = [m for m in marks if m > high], [m for m in marks if m < low]
    high, low = max(high, *above[:2], high), min(low, *below[-1:], low)
    pad = 0.06 * (high - low) or 1.0
    return low - pad, high + pad


def _written(traces: ArrayTraces, about: Data, loop: str) -> list[Written]:
    """What the AI answered, what the guard passed on, and the valve or setpoint that came of it."""
    labels = {f"target.{loop}": "answered by the AI", f"admitted.{loop}": "admitted"}
    units = {name: about.get("signals", {}).get(name, {}).get("unit", "") for name in labels}
    acts = f"sp.{loop}" if about.get("mode") == "RCAS" else f"op.{loop}"
    labels[acts] = "setpoint in force" if acts.startswith("sp.") else "valve command"
    found = []
    for name, label in labels.items():
        if name in traces.signals:
            value = traces.samples(name)[:, 0].astype(float)
            time = np.arange(len(value), dtype=np.float64) * (traces.period / 1000.0)
            kept = thin(value, POINTS)
            unit = units.get(name) or about.get("signals", {}).get(name, {}).get("unit", "")
            found.append(Written(label, unit, time[kept], value[kept]))
    return found
