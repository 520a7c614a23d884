"""Cross-checks of phases and permissives: loops, inputs, safety functions, units."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.scenario.hints import shown
from simulator.scenario.notes import Notes
from simulator.scenario.place import Way
from simulator.scenario.plants import Physics
from simulator.scenario.schema.phases import Phase
from simulator.scenario.schema.plant import Plant
from simulator.scenario.tags import Tag

Tags = Mapping[str, Tag]


def check_phases(notes: Notes, plant: Plant, physics: Physics, tags: Tags) -> None:
    """Note what does not fit in the phases and permissives of a plant."""
    if plant.phases and "RUN" not in plant.phases:
        notes.refuse(("phases",), "no RUN", "the phase RUN, in which every plant is unless told otherwise")
    for name, phase in plant.phases.items():
        _check_phase(notes, plant, physics, tags, ("phases", name), phase)
    if plant.permissives and not plant.phases:
        notes.refuse(("permissives",), "permissives without phases", "the key 'phases' too", key=True)
    for called, about in plant.permissives.items():
        way = ("permissives", called)
        if notes.one_of((*way, "tag"), about.tag, tags, "a tag"):
            for key, limit in (("above", about.above), ("below", about.below)):
                if limit:
                    notes.inside((*way, key), limit, tags[about.tag].unit, tags[about.tag].span)


def _check_phase(notes: Notes, plant: Plant, physics: Physics, tags: Tags, way: Way, phase: Phase) -> None:
    for tag, program in phase.setpoint.items():
        spot = (*way, "setpoint", tag)
        if notes.one_of(spot, tag, plant.loops, "a loop", key=True) and plant.loops[tag].pv in tags:
            pv = tags[plant.loops[tag].pv]
            notes.pair((*spot, "clamp"), program.clamp, pv.unit, pv.span)
            notes.in_unit((*spot, "to"), program.to, pv.unit)
            notes.positive((*spot, "rate"), program.rate, pv.unit + "/s")
            if phase.done:
                notes.positive((*way, "done", "within"), phase.done.within, pv.unit)
    driven = {element.drives for element in plant.final_elements.values()}
    free = [name for name in physics.inputs if name not in driven]
    for name, led in phase.inputs.items():
        spot = (*way, "inputs", name)
        if notes.one_of(spot, name, free, "an input of the physics that no final element drives", key=True):
            notes.in_unit((*spot, "to"), led.to, physics.inputs[name])
            notes.positive((*spot, "rate"), led.rate, physics.inputs[name] + "/s")
    _check_bypass(notes, plant, way, phase)
    _check_beginning(notes, plant, physics, way, phase)


def _check_bypass(notes: Notes, plant: Plant, way: Way, phase: Phase) -> None:
    able = [name for name, sif in plant.sifs.items() if sif.start_up_override]
    for sif in phase.bypass:
        notes.one_of((*way, "bypass"), sif, able, "a safety function with a start_up_override")
    if phase.bypass and phase.ai == "allowed":
        got = f"ai: allowed with {', '.join(phase.bypass)} bypassed"
        notes.refuse((*way, "ai"), got, "inhibited: no AI while a safety function is bypassed")


def _check_beginning(notes: Notes, plant: Plant, physics: Physics, way: Way, phase: Phase) -> None:
    valves = [name for name, element in plant.final_elements.items() if element.kind == "control valve"]
    for name, value in phase.begins.items():
        spot = (*way, "begins", name)
        wanted = "a state of the physics or a control valve"
        if notes.one_of(spot, name, [*physics.states, *valves], wanted, key=True):
            unit = physics.states.get(name, "%")
            number = notes.in_unit(spot, value, unit)
            if name in valves and number is not None and not 0.0 <= number <= 100.0:
                notes.refuse(spot, shown(str(value)), "a position from 0 % to 100 %")
