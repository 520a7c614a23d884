"""Cross-checks of the safeguards: guards, final clamp, readback."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.scenario.hints import shown
from simulator.scenario.notes import Notes
from simulator.scenario.plants import Physics
from simulator.scenario.schema.plant import Ai, Plant
from simulator.scenario.schema.safeguards import InputGuard, OutputGuard
from simulator.scenario.signals import element_unit, output_unit
from simulator.scenario.tags import Tag

Tags = Mapping[str, Tag]


def check_safeguards(notes: Notes, plant: Plant, physics: Physics, tags: Tags) -> None:
    """Note what does not fit in the guards, the final clamp and the readback checks."""
    for name, guard in plant.input_guard.items():
        if notes.one_of(("input_guard", name), name, tags, "a tag", key=True):
            _check_input(notes, tags, name, guard)
    acting = {ai.mode: ai for ai in reversed(plant.ai.values())}
    for mode, guard_of_mode in plant.output_guard.items():
        way = ("output_guard", mode)
        if notes.one_of(way, mode, acting, "a mode in which a variant of the AI acts", key=True):
            for loop in (loop for loop in acting[mode].loops if loop in plant.loops):
                _check_output(notes, plant, physics, tags, acting[mode], loop, guard_of_mode)
    for mode in sorted(acting.keys() - plant.output_guard.keys()):
        notes.refuse(("output_guard",), "nothing", f"the guard of the mode {mode}", key=True)
    _check_clamp(notes, plant, physics, list(acting.values()))
    _check_readback(notes, plant, physics)


def _check_input(notes: Notes, tags: Tags, name: str, guard: InputGuard) -> None:
    way, tag = ("input_guard", name), tags[name]
    # a readback may stand a little past the ends of its stroke
    span = None if tag.kind == "readback" else tag.span
    notes.pair((*way, "range"), guard.range, tag.unit, span)
    notes.positive((*way, "rate"), guard.rate, tag.unit + "/s")
    if guard.agree:
        spot = (*way, "agree", "with")
        others = [other for other in tags if other != name]
        if notes.one_of(spot, guard.agree.with_, others, "another tag"):
            other = tags[guard.agree.with_]
            if other.unit != tag.unit:
                notes.refuse(spot, shown(other.name), f"a tag in {tag.unit}, as {name}")
        notes.positive((*way, "agree", "within"), guard.agree.within, tag.unit)


def _check_output(
    notes: Notes, plant: Plant, physics: Physics, tags: Tags, ai: Ai, loop: str, guard: OutputGuard
) -> None:
    way, written = ("output_guard", ai.mode), output_unit(plant, physics, tags, ai, loop)
    if written:
        notes.pair((*way, "range"), guard.range, written)
        notes.positive((*way, "step"), guard.step, written)
    pv = tags.get(plant.loops[loop].pv)
    if pv is None:
        return
    above = notes.inside((*way, "envelope", "above"), guard.envelope.above, pv.unit, pv.span)
    below = notes.inside((*way, "envelope", "below"), guard.envelope.below, pv.unit, pv.span)
    if above is not None and below is not None and above <= below:
        got = shown(str(guard.envelope.above))
        notes.refuse((*way, "envelope", "above"), got, f"more than {below:g} {pv.unit}")
    notes.positive((*way, "deviation", "within"), guard.deviation.within, pv.unit)


def _check_clamp(notes: Notes, plant: Plant, physics: Physics, variants: list[Ai]) -> None:
    loops = [plant.loops[loop] for ai in variants for loop in ai.loops if loop in plant.loops]
    units = {element_unit(plant, physics, loop.op) for loop in loops} - {""}
    for unit in sorted(units)[:1]:
        notes.positive(("final_clamp", "unsafe_rate"), plant.final_clamp.unsafe_rate, unit + "/s")


def _check_readback(notes: Notes, plant: Plant, physics: Physics) -> None:
    valves = [name for name, element in plant.final_elements.items() if element.readback]
    for name, spec in plant.readback.items():
        if notes.one_of(("readback", name), name, valves, "a final element with a readback", key=True):
            unit = element_unit(plant, physics, name)
            if unit:
                notes.positive(("readback", name, "within"), spec.within, unit)
