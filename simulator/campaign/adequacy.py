"""SIF adequacy: for every initiating event, how long the plant gives and how long the function takes.

Each event acts on the bare physics with every layer passive; then the function's final elements
act a given time after the true crossing of the trip point. Everything is one block of replicas:
events by delays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.engine.physics import Physics
from simulator.scenario.build.names import Names
from simulator.scenario.resolved import ResolvedPlant
from simulator.scenario.schema.plant import Plant
from simulator.scenario.schema.protection import InitiatingEvent, SafetyLimit, Sif

Reals = NDArray[np.float64]
STEP = 0.05
HORIZON = 4 * 3600.0
RESOLUTION = 0.1
DELAYS = 60
POINTS = 40
_NEVER = 1e9


@dataclass(frozen=True)
class Passage:
    """What one block of replicas did: time of crossing the trip point and the limit [s], and the peak."""

    trip: Reals
    limit: Reals
    peak: Reals


def studies(plants: Mapping[str, ResolvedPlant]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every safety limit of every plant, by plant, and by limit where a plant has several."""
    for key, plant in plants.items():
        physics = plant.physics.owner(**plant.parameters)
        for k, study in enumerate(adequacy(plant.spec, physics)):
            yield (f"{key} {study['limit']}" if k else key), study


def adequacy(plant: Plant, physics: Physics) -> Iterator[dict[str, Any]]:
    """One record per safety limit: the function's budget and a line per initiating event.

    Parameters
    ----------
    plant : Plant
        The plant file.
    physics : Physics
        Its model.

    Yields
    ------
    dict
        Plain data: ``budget`` [s] line by line, ``events`` with ``pst``, ``to_trip``, ``left``,
        ``share`` of it used, ``spare`` dead time [s], ``peak`` with the function's own response, and
        ``admissible``, the trip point nearest to the limit that still protects, on a grid of `POINTS`.
    """
    names = Names(plant, physics)
    for key, limit in plant.safety_limits.items():
        sif = plant.sifs[limit.sif]
        budget = response_budget(plant, sif, limit.quantity)
        study = _Study(names, limit, sif)
        events = [study.line(name, event, budget) for name, event in limit.initiating_events.items()]
        yield {
            "limit": key, "quantity": limit.quantity, "value": str(limit.limit), "hazard": limit.hazard,
            "sif": limit.sif, "trip_point": str(limit.trip_point), "budget": budget,
            "response": sum(budget.values()), "allowed": sif.response / 1000.0, "events": events,
        }  # fmt: skip


def response_budget(plant: Plant, sif: Sif, quantity: str) -> dict[str, float]:
    """Where a function's response time goes, part by part [s]; the slowest of its votes counts."""
    scan = plant.scan.sif / 1000.0
    votes = [t for t in sif.trips if plant.measurements[t.sensors[0]].quantity == quantity] or list(sif.trips)
    waits = [max((t.confirm - 1) * plant.scan.sif, t.lasting) for t in votes]
    lags = [plant.measurements[tag].lag for t in votes for tag in t.sensors]
    strokes = [plant.final_elements[tag].stroke for tag in sif.elements]
    return {
        "sensor lag": max(lags) / 1000.0,
        "scan": scan,
        "confirmation": max(waits) / 1000.0,
        "logic": sif.logic / 1000.0,
        "solenoid": sif.solenoid / 1000.0,
        "stroke": max(strokes) / 1000.0,
    }


class _Study:
    """Events on one limit's quantity."""

    def __init__(self, names: Names, limit: SafetyLimit, sif: Sif) -> None:
        self.names, self.sif = names, sif
        unit = names.quantities[limit.quantity]
        self.row = list(names.quantities).index(limit.quantity)
        self.sign = 1.0 if limit.below is not None else -1.0
        self.limit, self.trip = limit.limit.to(unit), limit.trip_point.to(unit)
        self.inputs = list(names.inputs)

    def line(self, name: str, event: InitiatingEvent, budget: dict[str, float]) -> dict[str, Any]:
        """One event, with and without the function."""
        bare = self._run(event, np.array([_NEVER]), STEP, _NEVER)
        pst, to_trip = float(bare.limit[0]), float(bare.trip[0])
        head = {"id": name, "text": event.text, "to_trip": to_trip if to_trip < _NEVER else None}
        if pst >= _NEVER:
            return head | dict.fromkeys(("pst", "left", "share", "spare", "peak", "admissible"))
        left, stroke, response = pst - to_trip, budget["stroke"], sum(budget.values())
        grain = max(RESOLUTION, left / DELAYS)
        delays = np.arange(0.0, left + grain, grain)
        guarded = self._run(event, np.append(delays, response - stroke), max(STEP, left / 400.0), 4.0 * left)
        lost = self.sign * (guarded.peak[:-1] - self.limit) >= 0.0
        first = int(np.argmax(lost)) if lost.any() else len(delays)
        longest = float(delays[first - 1]) if first else -grain
        return head | {
            "pst": pst, "left": left, "share": response / left, "spare": longest - (response - stroke),
            "peak": float(guarded.peak[-1]), "admissible": self._admissible(event, response - stroke, left),
        }  # fmt: skip

    def _admissible(self, event: InitiatingEvent, delay: float, left: float) -> float | None:
        """Trip point nearest to the limit with which the function, as it is, still protects."""
        points = np.linspace(self.trip, self.limit, POINTS, endpoint=False)
        step = max(STEP, left / 400.0)
        found = self._run(event, np.full(POINTS, delay), step, 2.0 * left, points)
        lost = self.sign * (found.peak - self.limit) >= 0.0
        first = int(np.argmax(lost)) if lost.any() else POINTS
        return float(points[first - 1]) if first else None

    def _run(
        self, event: InitiatingEvent, delays: Reals, step: float, follow: float, trips: Reals | None = None
    ) -> Passage:
        """Until the limit is crossed, or for `follow` seconds after the trip point, one of each replica."""
        n = len(delays)
        points = np.full(n, self.trip) if trips is None else trips
        true = self.names.physics.initial(n)
        drive = np.repeat(np.array([[v] for v in self.names.nominal.values()]), n, axis=1)
        start = drive.copy()
        found = Passage(np.full(n, _NEVER), np.full(n, _NEVER), true[self.row].copy())
        for k in range(int(HORIZON / step)):
            now = k * step
            self._strike(event, now, start, drive)
            self._protect(now - found.trip - delays, drive)
            self.names.physics.advance(true, drive, step)
            self._note(found, true[self.row], points, now + step)
            if k % 100 == 0 and np.all((found.limit < now) | (found.trip + follow < now)):
                break
        return found

    def _strike(self, event: InitiatingEvent, now: float, start: Reals, drive: Reals) -> None:
        row, unit = self.inputs.index(event.input), self.names.inputs[event.input]
        rest = start[row]
        wanted = event.to.to(unit) if event.to is not None else rest + _difference(event, unit)
        share = min(1000.0 * now / event.over, 1.0) if event.over else 1.0
        drive[row] = rest + share * (wanted - rest)

    def _protect(self, since: Reals, drive: Reals) -> None:
        for members in self.names.groups.values():
            mine = [self.names.elements[tag] for tag in members if tag in self.sif.elements]
            if not mine:
                continue
            stroke = max(element.stroke for element in mine) / 1000.0
            travel = np.clip(since / stroke, 0.0, 1.0)
            row = self.inputs.index(mine[0].drives)
            drive[row] = travel if mine[0].passes_when_safe else 1.0 - travel

    def _note(self, found: Passage, value: Reals, points: Reals, now: float) -> None:
        for times, point in ((found.trip, points), (found.limit, np.asarray(self.limit))):
            new = (self.sign * (value - point) >= 0.0) & (times >= _NEVER)
            times[new] = now
        np.maximum(found.peak * self.sign, value * self.sign, out=found.peak)
        found.peak[:] = found.peak * self.sign


def _difference(event: InitiatingEvent, unit: str) -> float:
    assert event.by is not None  # the schema has seen to it
    return event.by.difference(unit)
