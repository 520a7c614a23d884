"""Safety functions from the plant file."""

from __future__ import annotations

from simulator.engine.layer import Periods
from simulator.scenario.build.names import Names
from simulator.scenario.schema.protection import Trip as TripFile
from simulator.sis.deviation import Deviation, Group
from simulator.sis.sif import SafetyFunctions, Trip, live_range


def safety_functions(names: Names, periods: Periods) -> SafetyFunctions:
    """Every safety function of the plant."""
    trips, delays, wired = [], [], []
    elements = list(names.elements)
    for k, sif in enumerate(names.plant.sifs.values()):
        trips += [_trip(names, k, trip, periods) for trip in sif.trips]
        delays.append(sif.logic + sif.solenoid)
        wired.append(tuple(elements.index(tag) for tag in sif.elements))
    longest = tuple(sif.start_up_override for sif in names.plant.sifs.values())
    return SafetyFunctions(tuple(trips), tuple(delays), tuple(wired), len(elements), periods.sif, longest)


def _trip(names: Names, sif: int, trip: TripFile, periods: Periods) -> Trip:
    tags, unit = names.sis_transmitters, names.unit(trip.sensors[0])
    point = trip.above or trip.below
    assert point is not None  # the schema has seen to it
    scans = -(-trip.lasting // periods.sif)
    return Trip(
        sif=sif,
        sensors=tuple(tags.index(tag) for tag in trip.sensors),
        wanted=int(trip.vote[0]),
        point=point.to(unit),
        above=trip.above is not None,
        confirm=max(trip.confirm, scans),
        unless_safe=list(names.elements).index(trip.unless_safe) if trip.unless_safe else -1,
        spans=tuple(names.span(tag) for tag in trip.sensors),
    )


def deviation(names: Names, periods: Periods) -> Deviation | None:
    """The comparison of redundant sensors; None where no function asks for it."""
    groups = []
    for k, sif in enumerate(names.plant.sifs.values()):
        for trip in sif.trips if sif.deviation else ():
            assert sif.deviation is not None  # the line above has seen to it
            rows = tuple(names.sis_transmitters.index(tag) for tag in trip.sensors)
            within = sif.deviation.within.difference(names.unit(trip.sensors[0]))
            live = tuple(live_range(names.span(tag)) for tag in trip.sensors)
            groups.append(Group(k, rows, within, sif.deviation.for_, live))
    return Deviation(tuple(groups), periods.sif) if groups else None
