"""Cross-checks of a plant file: tags, instruments, loops."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from simulator.core.quantity import Quantity
from simulator.scenario.checks.monitors import check_monitors
from simulator.scenario.checks.phases import check_phases
from simulator.scenario.checks.protection import check_limits, check_sifs
from simulator.scenario.checks.safeguards import check_safeguards
from simulator.scenario.hints import shown
from simulator.scenario.notes import Notes, inverse
from simulator.scenario.place import Way
from simulator.scenario.plants import Physics
from simulator.scenario.schema.plant import Ai, FinalElement, Loop, Measurement, Plant
from simulator.scenario.signals import element_unit, output_unit, plant_signals
from simulator.scenario.tags import Tag, tags_of

_LEVELS = ("LL", "L", "H", "HH")


def check_plant(notes: Notes, plant: Plant, physics: Physics, folder: Path) -> None:
    """Note everything that does not fit together in one plant file."""
    tags = tags_of(plant, physics)
    _check_parameters(notes, plant, physics)
    _check_scan(notes, plant)
    _check_nominal(notes, plant, physics, tags)
    _check_line_up(notes, plant, physics)
    for name, spec in plant.measurements.items():
        _check_measurement(notes, plant, physics, tags, name, spec)
    _check_copies(notes, plant, tags)
    for name, element in plant.final_elements.items():
        _check_element(notes, plant, physics, name, element)
    for name, loop in plant.loops.items():
        _check_loop(notes, plant, physics, tags, name, loop)
    for name, ai in plant.ai.items():
        _check_ai(notes, plant, physics, name, ai, folder)
    check_safeguards(notes, plant, physics, tags)
    check_sifs(notes, plant, tags)
    check_limits(notes, plant, physics)
    check_phases(notes, plant, physics, tags)
    check_monitors(notes, plant, physics, tags)
    _check_costs(notes, plant, physics, tags)


def _check_parameters(notes: Notes, plant: Plant, physics: Physics) -> None:
    for name, value in plant.parameters.items():
        way = ("parameters", name)
        if not notes.one_of(way, name, physics.parameters, "a parameter of the physics", key=True):
            continue
        about = physics.parameters[name]
        number = notes.in_unit(way, value, about.unit)
        if number is not None and about.complaint(number):
            notes.refuse(way, shown(str(value)), about.complaint(number))
    for name in sorted(physics.required - set(plant.parameters)):
        notes.refuse(("parameters",), "nothing", f"the parameter '{name}' of the physics")


def _check_scan(notes: Notes, plant: Plant) -> None:
    base = plant.scan.base
    for name in ("plc", "ai", "sif"):
        if getattr(plant.scan, name) % base:
            got = notes.source.value(("scan", name))
            notes.refuse(("scan", name), shown(got), f"a multiple of the base tick ({base} ms)")
    for name, ai in plant.ai.items():
        if ai.cycle and ai.cycle % plant.scan.plc:
            got = notes.source.value(("ai", name, "cycle"))
            wanted = f"a multiple of the PLC's scan ({plant.scan.plc} ms)"
            notes.refuse(("ai", name, "cycle"), shown(got), wanted)


def _check_nominal(notes: Notes, plant: Plant, physics: Physics, tags: Mapping[str, Tag]) -> None:
    for name, value in plant.nominal.setpoint.items():
        way = ("nominal", "setpoint", name)
        if notes.one_of(way, name, plant.loops, "a loop", key=True):
            loop = plant.loops[name]
            unit = tags[loop.pv].unit if loop.pv in tags else value.unit
            notes.inside(way, value, unit, _range(loop.setpoint.clamp, unit))
    for name in plant.loops.keys() - plant.nominal.setpoint.keys():
        notes.refuse(("nominal", "setpoint"), "nothing", f"the setpoint of {name}", key=True)
    for name, wander in plant.nominal.disturbances.items():
        way = ("nominal", "disturbances", name)
        if notes.one_of(way, name, physics.inputs, "an input of the physics", key=True):
            notes.positive((*way, "wander"), wander.wander, physics.inputs[name], zero=True)


def _check_line_up(notes: Notes, plant: Plant, physics: Physics) -> None:
    """Positions set by hand: what is signed off holds for these, so they must be those of the physics."""
    rest = {name: value for name, _, value in physics.owner.INPUTS}
    for name, value in plant.line_up.items():
        way = ("line_up", name)
        if notes.one_of(way, name, physics.inputs, "an input of the physics", key=True):
            unit = physics.inputs[name]
            number = notes.in_unit(way, value, unit)
            if number is not None and abs(number - rest[name]) > 1e-9 * max(abs(rest[name]), 1.0):
                wanted = f"{Quantity(rest[name], unit)}, at which the physics rests"
                notes.refuse(way, shown(str(value)), wanted)


def _range(pair: tuple[Quantity, Quantity], unit: str) -> tuple[float, float] | None:
    try:
        return pair[0].to(unit), pair[1].to(unit)
    except ValueError:
        return None


def _check_measurement(
    notes: Notes, plant: Plant, physics: Physics, tags: Mapping[str, Tag], name: str, spec: Measurement
) -> None:
    way = ("measurements", name)
    wanted = "a quantity of the physics"
    if not notes.one_of((*way, "quantity"), spec.quantity, physics.quantities, wanted):
        return
    unit = physics.quantities[spec.quantity]
    notes.pair((*way, "span"), spec.span, unit)
    notes.positive((*way, "noise"), spec.noise, unit, zero=True)
    last = None
    for level in (level for level in _LEVELS if level in spec.alarms):
        spot, span = (*way, "alarms", level), tags[name].span if name in tags else None
        limit = notes.inside(spot, spec.alarms[level], unit, span)
        if limit is not None and last is not None and limit <= last:
            wanted = f"more than the alarm below it ({last:g} {unit})"
            notes.refuse(spot, shown(str(spec.alarms[level])), wanted)
        last = limit if limit is not None else last
    for i, sif in enumerate(spec.wired_to):
        spot_sif = (*way, "wired_to", i) if len(spec.wired_to) > 1 else (*way, "wired_to")
        if notes.one_of(spot_sif, sif, plant.sifs, "a safety function") and name not in _sensors(plant, sif):
            notes.refuse(spot_sif, shown(sif), f"a safety function that votes on {name}")


def _sensors(plant: Plant, sif: str) -> set[str]:
    return {sensor for trip in plant.sifs[sif].trips for sensor in trip.sensors}


def _check_copies(notes: Notes, plant: Plant, tags: Mapping[str, Tag]) -> None:
    for name, copy in plant.copies.items():
        if name in plant.measurements:
            notes.refuse(("copies", name), shown(name), "a tag that is not a measurement already", key=True)
        for i, tag in enumerate(copy.median_of):
            way = ("copies", name, "median_of", i)
            known = notes.one_of(way, tag, plant.measurements, "a measurement")
            if known and tag in tags and name in tags and tags[tag].unit != tags[name].unit:
                notes.refuse(way, shown(tag), f"a measurement in {tags[name].unit}")


def _check_element(notes: Notes, plant: Plant, physics: Physics, name: str, spec: FinalElement) -> None:
    way = ("final_elements", name)
    if not notes.one_of((*way, "drives"), spec.drives, physics.inputs, "an input of the physics"):
        return
    unit = physics.inputs[spec.drives]
    if notes.in_unit((*way, "drives"), Quantity(1.0, "%"), unit) is None:
        return
    if spec.dead_band:
        notes.positive((*way, "dead_band"), spec.dead_band, unit, zero=True)
    if spec.readback in (*plant.measurements, *plant.copies):
        notes.refuse((*way, "readback"), shown(spec.readback), "a tag of its own")
    fellows = [e for n, e in plant.final_elements.items() if e.drives == spec.drives and n != name]
    if fellows and (spec.combine is None or any(e.combine != spec.combine for e in fellows)):
        wanted = f"the same 'combine' (series or parallel) for all that drive {spec.drives}"
        notes.refuse(way, shown(spec.combine), wanted)


def _check_loop(
    notes: Notes, plant: Plant, physics: Physics, tags: Mapping[str, Tag], name: str, loop: Loop
) -> None:
    way = ("loops", name)
    known = [notes.one_of((*way, "pv"), loop.pv, tags, "a tag")]
    if loop.spare_pv and notes.one_of((*way, "spare_pv"), loop.spare_pv, tags, "a tag"):
        _check_same_unit(notes, (*way, "spare_pv"), loop.spare_pv, loop.pv, tags)
    valves = [n for n, e in plant.final_elements.items() if e.modulates]
    known.append(notes.one_of((*way, "op"), loop.op, valves, "a control valve or a pump drive"))
    op = element_unit(plant, physics, loop.op)
    if not all(known) or not op:
        return
    _note_wiring(notes, (*way, "pv"), f"PV of {name}", tags[loop.pv])
    pv = tags[loop.pv].unit
    notes.pair((*way, "output"), loop.output, op)
    notes.positive((*way, "gain"), loop.gain, op + inverse(pv))
    notes.pair((*way, "setpoint", "clamp"), loop.setpoint.clamp, pv, tags[loop.pv].span)
    notes.positive((*way, "setpoint", "rate"), loop.setpoint.rate, pv + "/s")
    notes.positive((*way, "last_good", "within"), loop.last_good.within, pv)


def _check_same_unit(
    notes: Notes, way: tuple[str, ...], name: str, other: str, tags: Mapping[str, Tag]
) -> None:
    if name in tags and other in tags and tags[name].unit != tags[other].unit:
        notes.refuse(way, shown(name), f"a tag in {tags[other].unit}, as {other}")


def _note_wiring(notes: Notes, way: tuple[str | int, ...], what: str, tag: Tag) -> None:
    if tag.wired_to:
        notes.find(way, f"{what} is {tag.name}, a sensor of {', '.join(tag.wired_to)}: not independent")


def _check_ai(notes: Notes, plant: Plant, physics: Physics, name: str, ai: Ai, folder: Path) -> None:
    way = ("ai", name)
    if not (folder / ai.model).is_file():
        notes.refuse((*way, "model"), shown(ai.model), "a file beside the plant file")
    if name.lower() in ("rcas", "rout") and name.lower() != ai.mode.lower():
        notes.refuse((*way, "mode"), shown(ai.mode), f"{name.upper()}, as the variant is called {name}")
    check_wires(notes, way, ai, plant, physics)


def check_wires(notes: Notes, way: Way, ai: Ai, plant: Plant, physics: Physics) -> None:
    """Note which inputs and outputs of an AI are none of the plant's; `way` leads to them in the file."""
    tags = tags_of(plant, physics)
    for i, given in enumerate(ai.inputs):
        spot = (*way, "inputs", i)
        if notes.one_of((*spot, "tag"), given.tag, tags, "a tag"):
            _note_wiring(notes, (*spot, "tag"), f"input {i + 1} of the AI{_named(way)}", tags[given.tag])
            notes.in_unit((*spot, "centre"), given.centre, tags[given.tag].unit)
            notes.positive((*spot, "scale"), given.scale, tags[given.tag].unit)
    for loop, output in ai.outputs.items():
        place, unit = (*way, "outputs", loop), ""
        if notes.one_of(place, loop, plant.loops, "a loop", key=True):
            unit = output_unit(plant, physics, tags, ai, loop)
        if unit:
            notes.in_unit((*place, "centre"), output.centre, unit)
            notes.positive((*place, "scale"), output.scale, unit)


def _named(way: Way) -> str:
    return f" ({way[-1]})" if way else ""


def _check_costs(notes: Notes, plant: Plant, physics: Physics, tags: Mapping[str, Tag]) -> None:
    signals = {signal.name: signal for signal in plant_signals(plant, physics, tags) if not signal.states}
    for i, term in enumerate(plant.cost_index):
        way = ("cost_index", i)
        if notes.one_of((*way, "of"), term.of, signals, "a quantity that is recorded"):
            unit = signals[term.of].unit or "1"
            notes.in_unit((*way, "from"), term.from_, unit)
            notes.positive((*way, "per"), term.per, unit)
