"""What each layer of a plant hangs on, read off its file: sensors, final elements, logic solver, network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Data = Mapping[str, Any]
Used = dict[str, frozenset[str]]
CLASSES = ("sensor", "final element", "controller", "network")
"""Kinds of equipment that a plant file tells of. Power and air are the site's to say."""
PLC, SIS, HOST = "PLC", "safety logic solver", "link to the AI host"


def equipment(plant: Data) -> dict[str, Used]:
    """Equipment of every layer and safety function, by class.

    Parameters
    ----------
    plant : mapping
        A plant as ``resolved.json`` has it.

    Returns
    -------
    dict of str to dict of str to frozenset of str
        By layer, by class. A copy counts as the sensors that it is made of: what they do, it does.
    """
    found = {}
    for layer, (sensors, elements, controller, network) in _layers(plant):
        roots = frozenset(root for tag in sensors for root in _roots(plant, tag))
        used = (roots, frozenset(elements), frozenset(controller), frozenset(network))
        found[layer] = dict(zip(CLASSES, used, strict=True))
    return found


def shared(one: Used, other: Used) -> dict[str, list[str]]:
    """What two layers have in common, by class; empty when they are independent as far as the file tells."""
    both = {kind: sorted(one[kind] & other[kind]) for kind in CLASSES}
    return {kind: names for kind, names in both.items() if names}


def _roots(plant: Data, tag: str) -> Iterable[str]:
    return plant.get("copies", {}).get(tag, {}).get("median_of") or (tag,)


_Line = tuple[Iterable[str], Iterable[str], Iterable[str], Iterable[str]]


def _layers(plant: Data) -> Iterator[tuple[str, _Line]]:
    loops = plant.get("loops", {}).values()
    pvs = {loop[key] for loop in loops for key in ("pv", "spare_pv") if loop.get(key)}
    valves = {loop["op"] for loop in loops}
    inputs = {point["tag"] for ai in plant.get("ai", {}).values() for point in ai.get("inputs", ())}
    measured = plant.get("measurements", {})
    alarmed = {tag for tag, about in measured.items() if about.get("alarms")}
    plc: tuple[str, ...] = (PLC,)
    yield "input_guard", (_guarded(plant), (), plc, ())
    yield "output_guard", (pvs, (), plc, (HOST,))
    for name in ("watchdog", "deadline"):
        yield name, ((), (), plc, (HOST,))
    yield "monitor", (set(_named(plant.get("monitor") or {}, {*measured})), (), plc, ())
    yield "novelty", (inputs, (), plc, ())
    yield "pid", (pvs, valves, plc, ())
    yield "final_clamp", ((), valves, plc, ())
    yield "readback", (_readbacks(plant), valves, plc, ())
    for name in ("config_check", "guard_watch"):
        yield name, ((), (), plc, ())
    yield "alarms", (alarmed, (), plc, ())
    yield "operator", (alarmed, (), plc, ())
    yield "procedure", ({one["tag"] for one in plant.get("permissives", {}).values()}, (), plc, ())
    sifs = plant.get("sifs", {})
    apart = {name: one for name, one in sifs.items() if one.get("deviation")}
    yield "deviation", ({tag for sif in apart.values() for tag in _votes(sif)}, (), (SIS,), ())
    for name, sif in sifs.items():
        yield name, (_votes(sif), sif.get("elements", ()), (SIS,), ())


def _guarded(plant: Data) -> set[str]:
    guards = plant.get("input_guard") or {}
    return {*guards} | {one["agree"]["with"] for one in guards.values() if one.get("agree")}


def _readbacks(plant: Data) -> set[str]:
    elements = plant.get("final_elements", {})
    named = (elements.get(valve, {}).get("readback") for valve in plant.get("readback") or {})
    return {tag for tag in named if tag}


def _votes(sif: Data) -> set[str]:
    return {tag for trip in sif.get("trips", ()) for tag in trip["sensors"]}


def _named(about: Any, known: set[str]) -> Iterator[str]:
    """Every tag that stands anywhere in what a file says of a layer."""
    if isinstance(about, Mapping):
        for value in about.values():
            yield from _named(value, known)
    elif isinstance(about, list | tuple):
        for value in about:
            yield from _named(value, known)
    elif about in known:
        yield about
