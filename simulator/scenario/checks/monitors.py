"""Cross-checks of what watches the AI's world: drift monitor, envelope, region of recovery."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.scenario.hints import shown
from simulator.scenario.notes import Notes
from simulator.scenario.plants import Physics
from simulator.scenario.schema.plant import Plant
from simulator.scenario.tags import Tag

Tags = Mapping[str, Tag]


def check_monitors(notes: Notes, plant: Plant, physics: Physics, tags: Tags) -> None:
    """Note what does not fit in the keys monitor, operating_envelope and recovery."""
    _check_monitor(notes, plant, tags)
    for name, ends in plant.operating_envelope.items():
        way = ("operating_envelope", name)
        if notes.one_of(way, name, physics.quantities, "a quantity of the physics", key=True):
            notes.pair(way, ends, physics.quantities[name])
    if plant.recovery:
        _check_recovery(notes, plant, physics)


def _check_monitor(notes: Notes, plant: Plant, tags: Tags) -> None:
    about = plant.monitor
    if about is None:
        return
    if about.period % plant.scan.plc:
        got = shown(notes.source.value(("monitor", "period")))
        notes.refuse(("monitor", "period"), got, f"a multiple of the PLC's scan ({plant.scan.plc} ms)")
    for name, duty in about.duties.items():
        if name in tags:
            notes.refuse(("monitor", "duties", name), shown(name), "a name that is no tag", key=True)
        for part in ("flow", "warm", "cold"):
            notes.one_of(("monitor", "duties", name, part), getattr(duty, part), tags, "a tag")
    known = (*tags, *about.duties)
    for name, signal in about.signals.items():
        way = ("monitor", "signals", name)
        notes.one_of((*way, "explain"), signal.explain, known, "a tag or a duty")
        others = [other for other in known if other != signal.explain]
        for key in ("by", "changes"):
            for i, tag in enumerate(getattr(signal, key)):
                notes.one_of((*way, key, i), tag, others, "another tag or duty")


def _check_recovery(notes: Notes, plant: Plant, physics: Physics) -> None:
    about = plant.recovery
    assert about is not None
    wanted = "a state of the physics"
    if notes.one_of(("recovery", "quantity"), about.quantity, physics.states, wanted):
        notes.pair(("recovery", "between"), about.between, physics.states[about.quantity])
        if about.quantity not in plant.operating_envelope:
            got = shown(about.quantity)
            notes.refuse(("recovery", "quantity"), got, "a quantity of the operating_envelope")
    for name, ends in about.against.items():
        way = ("recovery", "against", name)
        if notes.one_of(way, name, physics.states, wanted, key=True):
            notes.pair(way, ends, physics.states[name])
    scan = plant.scan.plc
    if about.within % scan:
        got = shown(notes.source.value(("recovery", "within")))
        notes.refuse(("recovery", "within"), got, f"a whole number of scans of the PLC, {scan} ms each")
    if about.settled >= about.within:
        got = shown(notes.source.value(("recovery", "settled")))
        notes.refuse(("recovery", "settled"), got, "less than 'within'")
