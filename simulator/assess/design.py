"""Design checks: what can be said of a plant from its files, before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.assess.judge import Ruling
from simulator.core.verdict import Verdict

Data = Mapping[str, Any]


def independence(plants: Mapping[str, Data]) -> Ruling:
    """AI path and safety functions share no sensor and no final element (IEC 61511-1, 9.4 and 11.2)."""
    shared, notes = [], []
    for key, plant in plants.items():
        wired = {tag for tag, about in plant["measurements"].items() if about.get("wired_to")}
        elements = {element for sif in plant["sifs"].values() for element in sif["elements"]}
        loops = plant["loops"].values()
        used = {point["tag"] for ai in plant["ai"].values() for point in ai["inputs"]}
        used |= {loop[key] for loop in loops for key in ("pv", "spare_pv") if loop.get(key)}
        guards = plant.get("input_guard", {}).values()
        used |= {guard["agree"]["with"] for guard in guards if guard.get("agree")}
        shared += [f"{key}: sensor {tag}" for tag in sorted(used & wired)]
        shared += [f"{key}: final element {tag}" for tag in sorted({loop["op"] for loop in loops} & elements)]
        notes += [f"{key}: {tag} is a one-way copy of safety sensors" for tag in plant.get("copies", {})]
    if shared:
        return Ruling(Verdict.FAIL, n=1, planned=1, failed=1, why="; ".join(shared))
    return Ruling(Verdict.PASS, n=1, planned=1, why="nothing is shared", warnings=tuple(notes))


def sif_response(adequacy: Data | None, at_most: float) -> Ruling:
    """From trip point to safe state within a share of the time that is left to the limit."""
    if not adequacy:
        return Ruling(Verdict.INCONCLUSIVE, planned=1, why="the initiating events were not computed")
    slow, known = [], 0
    for key, plant in adequacy.items():
        for event in plant["events"]:
            if event["share"] is None:
                continue
            known += 1
            if event["share"] > at_most:
                slow.append(f"{key} {event['id']} {100 * event['share']:.0f} %")
    if slow:
        why = f"{len(slow)} of {known} initiating events above {100 * at_most:.0f} %: {', '.join(slow)}"
        return Ruling(Verdict.FAIL, n=known, planned=1, failed=len(slow), why=why)
    if not known:
        return Ruling(Verdict.NOT_ASSESSED, planned=1, why="no initiating event reaches the trip point")
    return Ruling(Verdict.PASS, n=known, planned=1, why="every initiating event")


CHECKS = {"independence", "sif_response"}
