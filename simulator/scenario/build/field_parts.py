"""Plant-side layers from the plant file: transmitters, valves, disturbances, links."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.core.seeds import Numbers
from simulator.engine.layer import Periods
from simulator.field.analyser import Analysers, Line
from simulator.field.block_valve import PARALLEL, SERIES, BlockValve, BlockValves, Group
from simulator.field.control_valve import ControlValve, ControlValves
from simulator.field.copies import Copies
from simulator.field.disturbance import Disturbances, Wander
from simulator.field.sensor import Sensors, Transmitter
from simulator.modbus.codec import Link
from simulator.scenario.build.names import Names

Reals = NDArray[np.float64]


def sensors(
    names: Names,
    tags: tuple[str, ...],
    start: Reals,
    period: int,
    seed: int,
    replicas: Numbers,
    slower: Reals | None = None,
) -> Sensors:
    """The transmitters with these tags, settled on the plant's start (n_quantities, n)."""
    rows = {tag: _quantity(names, tag) for tag in tags}
    built = {tag: _transmitter(names, tag) for tag in tags}
    return Sensors(built, rows, start, period, seed, replicas, slower)


def _transmitter(names: Names, tag: str) -> Transmitter:
    m, (low, high) = names.plant.measurements[tag], names.span(tag)
    return Transmitter(low, high, m.noise.to(names.unit(tag)), m.lag)


def analysers(names: Names, start: Reals, period: int, seed: int, replicas: Numbers) -> Analysers:
    """Sample lines of the control system's slow instruments."""
    lines = [
        Line(
            tag, names.measured.index(tag), about.dead_time, start[_quantity(names, tag)],
            about.noise.to(names.unit(tag)),
        )
        for tag, about in names.plant.measurements.items()
        if about.dead_time and tag in names.transmitters
    ]  # fmt: skip
    return Analysers(tuple(lines), period, seed, replicas)


def _quantity(names: Names, tag: str) -> int:
    return list(names.quantities).index(names.plant.measurements[tag].quantity)


def copies(names: Names) -> Copies:
    """Medians of safety sensors for the control system."""
    sources = [
        tuple(names.sis_transmitters.index(tag) for tag in copy.median_of)
        for copy in names.plant.copies.values()
    ]
    rows = tuple(names.measured.index(tag) for tag in names.plant.copies)
    return Copies(tuple((a, b, c) for a, b, c in sources), rows)


def disturbances(names: Names, period: int, seed: int, replicas: Numbers) -> Disturbances:
    """The nominal day."""
    wanders = {
        name: Wander(about.wander.to(names.inputs[name]), about.over)
        for name, about in names.plant.nominal.disturbances.items()
    }
    rows = {name: list(names.inputs).index(name) for name in wanders}
    rest = {name: names.nominal[name] for name in wanders}
    return Disturbances(wanders, rows, rest, period, seed, replicas)


def measured_link(names: Names) -> Link:
    """The conduit that carries the control system's measurements."""
    return Link(tuple(names.span(tag) for tag in names.measured))


def command_link(names: Names) -> Link:
    """The conduit that carries valve commands."""
    return Link(((0.0, 100.0),) * len(names.valves))


def valves(names: Names, periods: Periods, slower: Reals | None = None) -> ControlValves:
    """Control valves in loop order."""
    built = [
        ControlValve(
            stroke=valve.stroke,
            dead_band=valve.dead_band.to("%") if valve.dead_band else 0.0,
            fail_position=100.0 if valve.fails == "open" else 0.0,
            rest=names.nominal[valve.drives],
        )
        for valve in names.valves.values()
    ]
    rows = tuple(list(names.inputs).index(valve.drives) for valve in names.valves.values())
    readbacks = tuple(names.measured.index(str(valve.readback)) for valve in names.valves.values())
    return ControlValves(tuple(built), rows, readbacks, periods.base, slower)


def elements(names: Names, periods: Periods, slower: Reals | None = None) -> BlockValves:
    """Final elements of the safety functions."""
    tags = list(names.elements)
    groups = []
    for members in names.groups.values():
        one = names.elements[members[0]]
        rows = tuple(tags.index(tag) for tag in members)
        combine = PARALLEL if one.combine == "parallel" else SERIES
        groups.append(Group(rows, list(names.inputs).index(one.drives), one.passes_when_safe, combine))
    built = tuple(BlockValve(element.stroke) for element in names.elements.values())
    return BlockValves(built, tuple(groups), periods.base, slower)
