"""Cross-checks of the safety functions and the limits they protect."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.scenario.hints import shown
from simulator.scenario.notes import Notes
from simulator.scenario.place import Way
from simulator.scenario.plants import Physics
from simulator.scenario.schema.plant import Plant
from simulator.scenario.schema.protection import InitiatingEvent, SafetyLimit, Trip
from simulator.scenario.tags import Tag

Tags = Mapping[str, Tag]


def check_sifs(notes: Notes, plant: Plant, tags: Tags) -> None:
    """Note sensors, votes, trip points and elements that do not fit."""
    safe = [name for name, element in plant.final_elements.items() if element.safe]
    wanted = "a final element with a safe position"
    for name, sif in plant.sifs.items():
        if sif.kind == "equipment protection":
            notes.find(
                ("sifs", name), f"{name} protects equipment: it is no safety function, no SIL is claimed"
            )
        for i, element in enumerate(sif.elements):
            notes.one_of(_item(("sifs", name, "elements"), i, notes), element, safe, wanted)
        for i, trip in enumerate(sif.trips):
            way = ("sifs", name, "trips", i)
            _check_trip(notes, plant, tags, name, way, trip)
            if trip.unless_safe:
                notes.one_of((*way, "unless_safe"), trip.unless_safe, safe, wanted)


def _item(way: Way, i: int, notes: Notes) -> Way:
    """Way to a name of a list that may also be written as the one name."""
    return way if isinstance(notes.source.value(way), str) else (*way, i)


def _check_trip(notes: Notes, plant: Plant, tags: Tags, name: str, way: Way, trip: Trip) -> None:
    for i, sensor in enumerate(trip.sensors):
        spot = _item((*way, "sensors"), i, notes)
        if notes.one_of(spot, sensor, plant.measurements, "a measurement"):
            if name not in plant.measurements[sensor].wired_to:
                notes.find(spot, f"{name} votes on {sensor}, which is not wired to it")
            _check_point(notes, tags, way, sensor, trip)
    needed, among = int(trip.vote[0]), int(trip.vote[-1])
    if among != len(trip.sensors) or needed > among:
        wanted = f"a vote of {len(trip.sensors)} sensors, such as 1oo{len(trip.sensors)}"
        notes.refuse((*way, "vote"), shown(trip.vote), wanted)
    for i, sensor in enumerate(trip.sensors):
        if sensor in trip.sensors[:i]:
            notes.refuse(_item((*way, "sensors"), i, notes), shown(sensor), "each sensor once")


def _check_point(notes: Notes, tags: Tags, way: Way, sensor: str, trip: Trip) -> None:
    key, point = ("above", trip.above) if trip.above else ("below", trip.below)
    before = len(notes.problems)
    if sensor in tags and point:
        notes.inside((*way, key), point, tags[sensor].unit, tags[sensor].span)
    if notes.problems[before:] and notes.problems[before] in notes.problems[:before]:
        del notes.problems[before:]  # the same mistake, told by another sensor of the vote


def check_limits(notes: Notes, plant: Plant, physics: Physics) -> None:
    """Note limits, trip points and initiating events that do not fit."""
    for name, limit in plant.safety_limits.items():
        way = ("safety_limits", name)
        notes.one_of((*way, "sif"), limit.sif, plant.sifs, "a safety function")
        if notes.one_of((*way, "quantity"), limit.quantity, physics.quantities, "a quantity of the physics"):
            _check_limit(notes, plant, physics.quantities[limit.quantity], way, limit)
        for event, spec in limit.initiating_events.items():
            _check_event(notes, physics, (*way, "initiating_events", event), spec)


def _check_limit(notes: Notes, plant: Plant, unit: str, way: Way, limit: SafetyLimit) -> None:
    end = notes.in_unit((*way, "below" if limit.below else "above"), limit.limit, unit)
    point = notes.in_unit((*way, "trip_point"), limit.trip_point, unit)
    if end is None or point is None:
        return
    beyond = notes.in_unit((*way, "no_return"), limit.no_return, unit) if limit.no_return else None
    if beyond is not None and ((beyond >= end) if limit.below else (beyond <= end)):
        notes.refuse(
            (*way, "no_return"), shown(str(limit.no_return)), f"a point before the limit of {limit.limit}"
        )
    spot, got = (*way, "trip_point"), shown(str(limit.trip_point))
    if (point >= end) if limit.below else (point <= end):
        notes.refuse(spot, got, f"a point before the limit of {limit.limit}")
    if limit.sif in plant.sifs and str(limit.trip_point) not in _points(plant, limit):
        known = ", ".join(sorted(_points(plant, limit)))
        notes.refuse(spot, got, f"a trip point of {limit.sif}", f"(known: {known})")


def _points(plant: Plant, limit: SafetyLimit) -> set[str]:
    return {str(trip.above or trip.below) for trip in plant.sifs[limit.sif].trips}


def _check_event(notes: Notes, physics: Physics, way: Way, event: InitiatingEvent) -> None:
    if notes.one_of((*way, "input"), event.input, physics.inputs, "an input of the physics"):
        unit = physics.inputs[event.input]
        if event.to is not None:
            notes.in_unit((*way, "to"), event.to, unit)
        elif event.by is not None:
            notes.in_unit((*way, "by"), event.by, unit, difference=True)
