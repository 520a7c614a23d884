"""Checks one threat against the table of kinds, and brings its numbers into the target's units."""

from __future__ import annotations

from simulator.control.ai.layout import Layout
from simulator.control.ai.session import refused
from simulator.control.ai.weights import unreadable
from simulator.core.param import Param, of_target
from simulator.core.quantity import Distribution
from simulator.core.states import ACTIONS, TUNING
from simulator.scenario.hints import shown
from simulator.scenario.notes import Notes
from simulator.scenario.place import Way
from simulator.scenario.resolved import ResolvedPlant, ResolvedThreat
from simulator.scenario.schema.plant import Ai
from simulator.scenario.schema.scenario import Scenario, Threat
from simulator.scenario.signals import Kinds, KindSpec, target_unit


def resolve_threat(
    notes: Notes, plant: ResolvedPlant, spec: Scenario, i: int, kinds: Kinds, ai: Ai | None
) -> ResolvedThreat | None:
    """One threat in the units of what it strikes, or None with notes."""
    threat, way = spec.threats[i], ("threats", i)
    if not notes.one_of((*way, "kind"), threat.kind, kinds, "a kind of threat"):
        return None
    kind = kinds[threat.kind]
    if not notes.one_of((*way, "tap"), threat.tap, kind.taps, f"a tap on which '{threat.kind}' acts"):
        return None
    before = len(notes.problems)
    _check_target(notes, plant, threat, way, kind, ai)
    _check_times(notes, spec, threat, way)
    unit = target_unit(plant.spec, plant.physics, plant.tags, threat, ai)
    units = {name: _unit(about, unit) for name, about in kind.parameters.items()}
    drawn = _parameters(notes, threat, way, kind, units)
    search = _search(notes, threat, way, kind, units, spec.duration)
    if ai and kind.knows:
        _check_knowledge(notes, plant, spec, threat, way, kind, ai)
    if len(notes.problems) > before:
        return None
    head = (threat.name, threat.kind, threat.tap, threat.target, threat.onset, threat.lasts)
    return ResolvedThreat(*head, drawn, {name: u for name, u in units.items() if u}, search)


def _difference(threat: Threat, name: str) -> bool:
    """Whether a parameter in the target's unit is a difference; the others name a value itself."""
    return name != "value" and not (name == "levels" and threat.kind in ("profile", "ramps"))


def _unit(about: Param, target: str | None) -> str | None:
    if "target" not in about.unit:
        return about.unit
    return of_target(about.unit, target) if target else None


def targets(plant: ResolvedPlant, tap: str, ai: Ai | None) -> tuple[list[str], str]:
    """What a threat may strike at a tap, and how to call it."""
    spec, tags = plant.spec, plant.tags
    measured = [tag for tag in tags.values() if tag.kind == "transmitter"]
    known: dict[str, tuple[list[str], str]] = {
        "operator": (list(ACTIONS), "an action of the operator"),
        "config": ([f"{loop}.{word}" for loop in spec.loops for word in TUNING], "a word of the tuning"),
        "process": (_undriven(plant), "an input of the physics that no final element drives"),
        "sensor": ([tag.name for tag in measured if not tag.wired_to], "a measurement"),
        "uplink": ([tag.name for tag in tags.values() if not tag.wired_to], "a tag"),
        "input": ([given.tag for given in ai.inputs] if ai else [], "an input of the AI"),
        "policy": (_several(ai), "a loop of the AI"),
        "ai_write": (_several(ai), "a loop of the AI"),
        "network": (_several(ai), "a loop of the AI"),
        "panel": (list(ACTIONS), "an action of the operator"),
        "downlink": (sorted({loop.op for loop in spec.loops.values()}), "the valve of a loop"),
        "actuator": (sorted({loop.op for loop in spec.loops.values()}), "the valve of a loop"),
        "sif_sensor": ([tag.name for tag in measured if tag.wired_to], "a sensor of a safety function"),
    }
    names, what = known.get(tap, ([], ""))
    return names, f"{what} of plant '{plant.name}'"


def _several(ai: Ai | None) -> list[str]:
    """Loops of an AI that has more than one: of one alone nothing need be said."""
    return list(ai.loops) if ai and len(ai.loops) > 1 else []


def _undriven(plant: ResolvedPlant) -> list[str]:
    driven = {element.drives for element in plant.spec.final_elements.values()}
    return [name for name in plant.physics.inputs if name not in driven]


def _check_target(
    notes: Notes, plant: ResolvedPlant, threat: Threat, way: Way, kind: KindSpec, ai: Ai | None
) -> None:
    known, wanted = targets(plant, "input" if kind.knows else threat.tap, ai)
    if threat.target is None:
        if kind.needs_target and known:
            notes.refuse(way, "nothing", f"the key 'target': {wanted}")
    elif not known or not (kind.needs_target or kind.knows):
        wanted_none = f"no target: '{threat.kind}' at '{threat.tap}' has none"
        notes.refuse((*way, "target"), shown(threat.target), wanted_none, key=True)
    else:
        notes.one_of((*way, "target"), threat.target, known, wanted)


def _check_knowledge(
    notes: Notes, plant: ResolvedPlant, spec: Scenario, threat: Threat, way: Way, kind: KindSpec, ai: Ai
) -> None:
    """Tell what an attacker cannot know of the AI, and refuse an AI that has a tag twice."""
    tags = [given.tag for given in ai.inputs]
    if len(set(tags)) < len(tags):
        twice = next(tag for tag in tags if tags.count(tag) > 1)
        notes.refuse((*way, "kind"), f"an AI that is shown {twice} twice", "each of its inputs once")
    path = plant.policies[spec.variant or next(iter(plant.spec.ai))]
    layout = Layout(len(tags), ai.history)
    why = unreadable(path, layout) if kind.knows.startswith("weights") and not refused(path) else ""
    if why and kind.knows == "weights only":
        notes.refuse((*way, "kind"), f"{path.name}: {why}", "a policy whose weights can be read")
    elif why:
        told = f"{threat.name}: the weights of {path.name} cannot be read ({why}): searched by its answers"
        notes.find((*way, "kind"), told)


def _check_times(notes: Notes, spec: Scenario, threat: Threat, way: Way) -> None:
    _, latest = threat.onset.bounds
    if latest >= spec.duration:
        got = f"an onset up to {latest / 1000:g} s"
        notes.refuse((*way, "onset"), got, f"an onset before the end at {spec.duration / 1000:g} s")
    if threat.lasts and threat.lasts.bounds[0] <= 0:
        notes.refuse((*way, "lasts"), "a duration of 0 s", "a duration above zero")


def _parameters(
    notes: Notes, threat: Threat, way: Way, kind: KindSpec, units: dict[str, str | None]
) -> dict[str, Distribution]:
    found, given = {}, set()
    for key, value in threat.parameters.items():
        name, _, k = key.partition(".")
        given.add(name)
        known = [*(one for one in kind.parameters if one == kind.many or not k), *_COMMON]
        if not notes.one_of((*way, name), name, known, "a known key", key=True):
            continue
        spot = (*way, name, int(k)) if k else (*way, name)
        unit = units.get(name)
        drawn = notes.drawn(spot, value, unit, _difference(threat, name)) if unit else None
        if drawn:
            found[key] = drawn
            _check_bounds(notes, spot, kind.parameters[name], drawn)
    for name in kind.parameters:
        if name not in given:
            notes.refuse(way, "nothing", f"the key '{name}' of the kind '{threat.kind}'")
    return found


_COMMON = ("name", "kind", "tap", "target", "onset", "lasts", "search")


def _check_bounds(notes: Notes, way: Way, about: Param, drawn: Distribution) -> None:
    for end in drawn.bounds:
        if about.complaint(end):
            notes.refuse(way, f"a value of {end:g} {drawn.unit}".removesuffix(" 1"), about.complaint(end))
            return


def _search(
    notes: Notes, threat: Threat, way: Way, kind: KindSpec, units: dict[str, str | None], end: int
) -> dict[str, tuple[float, float]]:
    found = {}
    for name, ends in threat.search.items():
        spot = (*way, "search", name)
        known = ("onset", "lasts", *kind.parameters)
        unit = "ms" if name in known[:2] else units.get(name)
        if notes.one_of(spot, name, known, "a key to search over", key=True) and unit:
            difference = _difference(threat, name)
            low, high = (notes.in_unit((*spot, k), end, unit, difference) for k, end in enumerate(ends))
            if low is not None and high is not None:
                found[name] = (low, high)
                if name == "onset" and high >= end:
                    wanted = f"an onset before the end at {end / 1000:g} s"
                    notes.refuse((*spot, 1), shown(str(ends[1])), wanted)
            if unit == "ms" and low is not None and low < 0:
                notes.refuse((*spot, 0), shown(str(ends[0])), "a duration that is not negative")
    return found
