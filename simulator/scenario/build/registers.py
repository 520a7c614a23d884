"""The plant's registers, as its file says: what a Modbus client reads and may write."""

from __future__ import annotations

from simulator.core.states import ACTIONS
from simulator.modbus.register_map import Loop, Point, RegisterMap, registers_of
from simulator.scenario.build.control_parts import write_unit
from simulator.scenario.build.names import Names
from simulator.scenario.resolved import ResolvedPlant
from simulator.scenario.schema.plant import Ai


def registers_for(plant: ResolvedPlant, variant: str | None = None) -> RegisterMap:
    """Registers of a plant with a variant of its AI; with its first where none is named."""
    names = Names(plant.spec, plant.physics.owner(**plant.parameters))
    return registers(names, plant.spec.ai[variant or next(iter(plant.spec.ai))])


def registers(names: Names, ai: Ai) -> RegisterMap:
    """Registers of a plant with this variant of its AI; the order is that of both links of the AI host."""
    points = [_point(names, tag) for tag in names.measured]
    loops = [_loop(names, ai, tag) for tag in names.plant.loops]
    return registers_of(points, loops, tuple(names.plant.sifs), names.alarms, ACTIONS)


def _point(names: Names, tag: str) -> Point:
    return Point(tag, names.unit(tag), *names.span(tag))


def _loop(names: Names, ai: Ai, tag: str) -> Loop:
    pv = _point(names, names.plant.loops[tag].pv)
    remote_output = tag in ai.loops and ai.mode == "ROUT"
    written = Point(tag, write_unit(names, ai, tag), 0.0, 100.0) if remote_output else pv
    return Loop(tag, pv, written)
