"""Demands on safety functions: in every phase, in every scan about an order, and with a failing AI."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simulator.campaign.handover.drive import CAUSE, Drive, Raw, ordered, phases
from simulator.core.quantity import Quantity
from simulator.scenario.resolved import ResolvedScenario
from simulator.scenario.schema.protection import Trip

SHORT = 60_000
"""How long a drive is [ms] whose states come and go about its cause."""
ABOUT = (-1, 0, 1, 2)
"""PLC scans from an order to the demand: the trip falls before, into and after the scan that obeys."""


def demands(question: ResolvedScenario, beyond: tuple[Raw, ...]) -> Iterator[Drive]:
    """Drives in which functions are called upon.

    Parameters
    ----------
    question : ResolvedScenario
        Of the variant of the AI that is meant.
    beyond : tuple of mapping
        Threats by which the AI writes out of range.
    """
    for phase in phases(question):
        for name in question.plant.spec.sifs:
            struck = demand(question, name, CAUSE)
            yield Drive(f"{phase}, {name} called upon", phase, struck, lasts=SHORT)
            before = (("override", "10 s"),)
            yield Drive(f"{phase}, overridden before, {name} called upon", phase, struck, before, SHORT)
    yield from _about_orders(question)
    quick = demand(question, quickest(question), CAUSE)
    yield Drive("RUN, AI writes out of range in the scan of a trip", "RUN", (*beyond, *quick), lasts=SHORT)


def _about_orders(question: ResolvedScenario) -> Iterator[Drive]:
    """Every order that changes the phase, and a trip in every scan about it."""
    name, plc = quickest(question), question.plant.spec.scan.plc
    cause = int(Quantity.parse(CAUSE).to("ms"))
    for begins, order in ordered(question):
        for scans in ABOUT:
            struck = demand(question, name, f"{cause + scans * plc} ms")
            told = f"{begins}, {order} ordered, {name} called upon {scans:+d} scans from it"
            yield Drive(told, begins, struck, ((order, CAUSE),), SHORT)


def quickest(question: ResolvedScenario) -> str:
    """The function that trips soonest after its sensors say so."""
    sifs = question.plant.spec.sifs
    return min(sifs, key=lambda name: (sifs[name].trips[0].lasting, sifs[name].trips[0].confirm))


def demand(question: ResolvedScenario, name: str, onset: str) -> tuple[Raw, ...]:
    """Threats that bring as many sensors of a function past its trip point as its vote wants, for 20 s."""
    trip = question.plant.spec.sifs[name].trips[0]
    return tuple(
        _reads("demand", sensor, _past(question, trip, sensor)) | {"onset": onset, "lasts": "20 s"}
        for sensor in trip.sensors[: int(trip.vote[0])]
    )


def _reads(name: str, sensor: str, value: Quantity) -> Raw:
    struck = {"kind": "force", "tap": "sif_sensor", "target": sensor, "value": str(value)}
    return {"name": f"{name}_{sensor}"} | struck


def quiet(question: ResolvedScenario, sifs: Iterable[str]) -> Iterator[Raw]:
    """Threats by which every sensor of some functions reads from the start what calls for none of any."""
    spec = question.plant.spec
    every = [trip for sif in spec.sifs.values() for trip in sif.trips]
    for sensor in dict.fromkeys(
        tag for name in sifs for trip in spec.sifs[name].trips for tag in trip.sensors
    ):
        low, high = spec.measurements[sensor].span
        unit = low.unit
        own = [trip for trip in every if sensor in trip.sensors]
        lowest = max([trip.below.to(unit) for trip in own if trip.below], default=low.number)
        highest = min([trip.above.to(unit) for trip in own if trip.above], default=high.to(unit))
        yield _reads("stuck", sensor, Quantity((lowest + highest) / 2.0, unit)) | {"onset": "0 s"}


def _past(question: ResolvedScenario, trip: Trip, sensor: str) -> Quantity:
    """Midway between the trip point and the end of the sensor's span."""
    point, (low, high) = trip.above or trip.below, question.plant.spec.measurements[sensor].span
    assert point is not None  # the schema has seen to it
    end = high if trip.above else low
    return Quantity((point.number + end.to(point.unit)) / 2.0, point.unit)
