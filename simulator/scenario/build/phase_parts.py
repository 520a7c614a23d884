"""The procedure from the plant file: phases, their programs and permissives; and how a phase begins."""

from __future__ import annotations

from math import inf, nan

from simulator.control.phase import InputProgram, LoopProgram, Phase
from simulator.control.procedure import Procedure
from simulator.core.quantity import Quantity
from simulator.core.states import PHASE
from simulator.engine.layer import Periods
from simulator.scenario.build.names import Names
from simulator.scenario.schema.phases import Phase as PhaseFile
from simulator.scenario.schema.plant import Loop


def procedure(names: Names, periods: Periods, start: str) -> Procedure | None:
    """The phases of a plant, beginning in `start`; None for a plant without."""
    plant = names.plant
    if not plant.phases:
        return None
    phases = tuple(_phase(names, plant.phase(name) or PhaseFile(ai="inhibited")) for name in PHASE)
    ready = tuple(_permissive(names, tag) for tag in plant.permissives)
    return Procedure(phases, ready, len(names.inputs), len(plant.sifs), PHASE[start], periods.plc)


def _phase(names: Names, phase: PhaseFile) -> Phase:
    loops = tuple(_loop(names, tag, loop, phase) for tag, loop in names.plant.loops.items())
    order, units = list(names.inputs), names.inputs
    inputs = {
        order.index(name): InputProgram(
            about.to.to(units[name]) - names.nominal[name], about.rate.to(f"{units[name]}/s")
        )
        for name, about in phase.inputs.items()
    }
    sifs = list(names.plant.sifs)
    bypass = tuple(sifs.index(sif) for sif in phase.bypass)
    led = next(iter(phase.setpoint), None)
    if phase.done is None or led is None:
        return Phase(phase.ai == "allowed", loops, inputs, bypass)
    within = phase.done.within.difference(names.unit(names.plant.loops[led].pv))
    return Phase(phase.ai == "allowed", loops, inputs, bypass, within, phase.done.for_)


def _loop(names: Names, tag: str, loop: Loop, phase: PhaseFile) -> LoopProgram:
    unit, program = names.unit(loop.pv), phase.setpoint.get(tag)
    low, high = program.clamp if program else loop.setpoint.clamp
    limits = low.to(unit), high.to(unit)
    if program is None:
        return LoopProgram(nan, 0.0, *limits)
    return LoopProgram(program.to.to(unit), program.rate.to(f"{unit}/s"), *limits)


def _permissive(names: Names, name: str) -> tuple[int, float, float]:
    about = names.plant.permissives[name]
    unit = names.unit(about.tag)
    low = about.above.to(unit) if about.above else -inf
    return names.measured.index(about.tag), low, about.below.to(unit) if about.below else inf


def beginning(names: Names, start: str) -> dict[str, float]:
    """States with which a phase begins, in the units of the physics; empty: nominal."""
    return {k: v.to(names.quantities[k]) for k, v in _begins(names, start).items() if k in names.quantities}


def positions(names: Names, start: str) -> dict[str, float]:
    """Positions of control valves with which a phase begins [%]."""
    return {k: v.to("%") for k, v in _begins(names, start).items() if k not in names.quantities}


def _begins(names: Names, start: str) -> dict[str, Quantity]:
    phase = names.plant.phase(start)
    return phase.begins if phase else {}
