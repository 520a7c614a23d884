"""The kept traces against the limits: what the envelope figure draws, without drawing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from zipfile import is_zipfile

import numpy as np
from numpy.typing import NDArray

from simulator.core.states import AUTO, TRIPPED
from simulator.core.traces import ArrayTraces
from simulator.core.units import UnitError, quantity, split
from simulator.record.reader import kept_traces, trace, why_kept
from simulator.report.fan import Fan, fan
from simulator.report.folder import Folder

Data = Mapping[str, Any]
Reals = NDArray[np.float64]
Mark = tuple[float, float]
POINTS = 800
BUDGET = 60_000
"""Points of one trace, and of all traces of a report together."""


@dataclass(frozen=True)
class Curve:
    """One kept trace: time [s], value, and where the AI was shed and a function tripped."""

    replica: int
    why: str
    time: Reals
    value: Reals
    shed: tuple[Mark, ...]
    trips: Mapping[str, tuple[Mark, ...]]


@dataclass(frozen=True)
class Line:
    """A limit as a control room draws it."""

    value: float
    label: str
    kind: str


@dataclass(frozen=True)
class Panel:
    """One scenario and one protected quantity.

    Attributes
    ----------
    aligned : bool
        Whether time counts from the threat's onset; else from the start.
    fan : Fan or None
        All replicas; None when the run did not record it.
    """

    scenario: str
    plant: str
    quantity: str
    unit: str
    duration: float
    planned: int
    aligned: bool
    curves: tuple[Curve, ...]
    lines: tuple[Line, ...]
    fan: Fan | None = None
    extent: tuple[float, float] = (0.0, 1.0)

    @property
    def left(self) -> float:
        """What was left to the limit at the worst, as a share of what there was at first."""
        limit = next((line.value for line in self.lines if line.kind == "limit"), np.inf)
        values = [curve.value for curve in self.curves] + ([self.fan.bands] if self.fan else [])
        first = self.fan.bands[2, 0] if self.fan else self.curves[0].value[0]
        nearest = min(float(np.nanmin((limit - v) * np.sign(limit - first))) for v in values)
        return nearest / max(abs(limit - float(first)), 1e-12)

    @property
    def window(self) -> tuple[float, float]:
        """What of the time is shown [s]: all that happens, the rest only where it is not long."""
        if self.fan is None or not self.aligned:
            return min((float(c.time[0]) for c in self.curves), default=0.0), self.duration
        end = min(max(2.0 * self.fan.last, 0.1 * self.duration), float(self.fan.edges[-1]))
        return max(-0.15 * end, float(self.fan.edges[0])), end


def panels(folder: Folder) -> list[Panel]:
    """A panel per scenario and safety limit of which rows or traces tell anything."""
    known = {s["id"]: kept_traces(folder.layout, s["id"]) for s in folder.scenarios}
    points = max(100, min(POINTS, BUDGET // max(1, sum(map(len, known.values())))))
    found = []
    for key, replicas in known.items():
        records = list(_records(folder, key, replicas))
        for name, limit in folder.plant(key).get("safety_limits", {}).items():
            panel = _panel(folder, key, name, limit, records, points)
            found += [_framed(panel)] if panel.curves or panel.fan else []
    return found


def _records(folder: Folder, key: str, replicas: tuple[int, ...]) -> Iterator[tuple[int, str, ArrayTraces]]:
    wanted = ("true.", "mode.", "threat.", "sif.")
    for replica in replicas:
        try:
            if not is_zipfile(folder.layout.trace(key, replica)):
                raise ValueError("no archive")
            found = trace(folder.layout, key, replica, {}, lambda name: name.startswith(wanted))
            yield replica, why_kept(folder.layout, key, replica), found
        except Exception:  # an archive can be damaged in as many ways as it has bytes
            folder.missing.append(f"traces/{key}: the trace of replica {replica} is damaged")


def _panel(
    folder: Folder, key: str, name: str, limit: Data, records: list[tuple[int, str, ArrayTraces]], points: int
) -> Panel:
    about, scenario = folder.about(key), next(s for s in folder.scenarios if s["id"] == key)
    signal = f"true.{limit['quantity']}"
    unit = about.get("signals", {}).get(signal, {}).get("unit", "")
    drawn = [r for r in records if signal in r[2].signals and len(r[2].samples(signal))]
    onsets = [_onset(traces) for _, _, traces in drawn]
    aligned = bool(onsets) and all(onset is not None for onset in onsets)
    curves = tuple(
        curve(
            replica,
            why,
            traces,
            signal,
            next(iter(about.get("loops", ())), ""),
            (onset or 0.0) if aligned else 0.0,
            points,
        )
        for (replica, why, traces), onset in zip(drawn, onsets, strict=True)
    )
    found = tuple(sorted(lines(folder.plant(key), about, name, limit, unit), key=lambda line: line.value))
    plant, duration = str(folder.plant(key).get("plant", "")), about.get("duration", 0) / 1000.0
    whole = fan(folder, key, name, duration)
    n = whole.n if whole else int(scenario.get("replicas", 0))
    since = aligned if drawn else bool(about.get("threats"))
    return Panel(key, plant, limit["quantity"], unit, duration, n, since, curves, found, whole)


def _onset(traces: ArrayTraces) -> float | None:
    """First moment at which an injected threat acts [s]."""
    threats = [traces.samples(name)[:, 0] for name in traces.signals if name.startswith("threat.")]
    acting = [np.flatnonzero(np.nan_to_num(threat)) for threat in threats]
    first = [int(ticks[0]) for ticks in acting if len(ticks)]
    return min(first) * traces.period / 1000.0 if first else None


def curve(
    replica: int, why: str, traces: ArrayTraces, signal: str, loop: str, onset: float, points: int
) -> Curve:
    value = traces.samples(signal)[:, 0].astype(float)
    time = np.arange(len(value), dtype=np.float64) * (traces.period / 1000.0) - onset

    def marks(acts: NDArray[np.bool_]) -> list[Mark]:
        began = np.flatnonzero(np.diff(acts.astype(np.int8)) > 0) + 1
        return [(float(time[k]), float(value[k])) for k in began]

    modes = [name for name in traces.signals if name == f"mode.{loop}"]
    shed = [mark for name in modes for mark in marks(traces.samples(name)[:, 0] <= AUTO)]
    sifs = [name for name in traces.signals if name.startswith("sif.")]
    found = {name.removeprefix("sif."): tuple(marks(traces.samples(name)[:, 0] == TRIPPED)) for name in sifs}
    trips = {name: moments for name, moments in found.items() if moments}
    kept = thin(value, points)
    return Curve(replica, why, time[kept], value[kept], tuple(shed), trips)


def thin(value: Reals, points: int) -> NDArray[np.intp]:
    """Indices of at most `points` samples that keep the least and the greatest of every stretch.

    Examples
    --------
    >>> spike = np.zeros(10_000); spike[4321] = 1.0
    >>> kept = thin(spike, 100); len(kept) <= 100, 4321 in kept
    (True, True)
    """
    n = len(value)
    if n <= points:
        return np.arange(n)
    edges = np.linspace(0, n, max(points // 2 - 1, 1) + 1).astype(int)
    safe = np.where(np.isfinite(value), value, np.nanmedian(value) if np.isfinite(value).any() else 0.0)
    kept = {0, n - 1}
    for a, b in pairwise(edges):
        kept |= {a + int(safe[a:b].argmin()), a + int(safe[a:b].argmax())}
    return np.array(sorted(kept))


def lines(plant: Data, about: Data, name: str, limit: Data, unit: str) -> Iterator[Line]:
    """Setpoint, AI shed limit, alarms, trip points and safety limit on one quantity."""
    of, tags = limit["quantity"], plant.get("measurements", {})
    told: list[tuple[Any, str, str]] = []
    for loop in about.get("loops", ()):
        if tags.get(plant.get("loops", {}).get(loop, {}).get("pv"), {}).get("quantity") != of:
            continue
        setpoints = plant.get("nominal", {}).get("setpoint", {})
        told.append((setpoints.get(loop), "setpoint", "setpoint"))
        envelope = plant.get("output_guard", {}).get(about.get("mode"), {}).get("envelope", {})
        told += [(value, "AI shed", "shed") for value in envelope.values()]
    alarms = [(t, a) for t, m in tags.items() if m.get("quantity") == of for a in m.get("alarms", {}).items()]
    told += [(value, f"alarm {tag} {level}", "alarm") for tag, (level, value) in alarms]
    for sif, function in plant.get("sifs", {}).items():
        for trip in function.get("trips", ()):
            if any(tags.get(tag, {}).get("quantity") == of for tag in trip.get("sensors", ())):
                told.append((trip.get("above") or trip.get("below"), f"{sif} trips", "trip"))
    told.append((_text(limit), f"safety limit {name}", "limit"))
    yield from _merged(told, unit)


def _text(limit: Data) -> str:
    return str(limit.get("below") or limit.get("above"))


def _merged(told: list[tuple[Any, str, str]], unit: str) -> Iterator[Line]:
    """Lines of one kind at the same value become one."""
    at: dict[tuple[float, str], list[str]] = {}
    for text, label, kind in told:
        try:
            value = quantity(str(text), unit or split(str(text))[1])
        except UnitError:
            continue
        at.setdefault((round(value, 9), kind), []).append(label)
    for (level, kind), labels in at.items():
        yield Line(level, ", ".join(dict.fromkeys(labels)), kind)


def _framed(panel: Panel) -> Panel:
    """Every trace, the setpoint and the safety limit are in view; lines beyond that are not drawn."""
    fanned = [panel.fan.bands.ravel()] if panel.fan else []
    values = np.concatenate([curve.value for curve in panel.curves] + fanned)
    marks = [line.value for line in panel.lines if line.kind in ("limit", "setpoint")]
    seen = [*values[np.isfinite(values)], *marks]
    low, high = min(seen, default=0.0), max(seen, default=1.0)
    pad = 0.06 * (high - low) or 1.0
    extent = (float(low - pad), float(high + pad))
    return replace(
        panel, extent=extent, lines=tuple(x for x in panel.lines if extent[0] < x.value < extent[1])
    )
