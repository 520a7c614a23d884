"""Design checks: what can be said of a plant from its files, before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.assess.judge import Ruling
from simulator.core.verdict import Verdict

Data = Mapping[str, Any]


def independence(plants: Mapping[str, Data]) -> Ruling:
    """AI path and safety functions share no sensor and no final element (IEC 61511-1, 9.4 and 11.2)."""
    shared = []
    for key, plant in plants.items():
        loops = [plant["loops"][loop] for ai in plant["ai"].values() for loop in ai["outputs"]]
        used = {point["tag"] for ai in plant["ai"].values() for point in ai["inputs"]}
        shared += _shared(key, plant, used | {loop["pv"] for loop in loops})
        elements = {element for sif in plant["sifs"].values() for element in sif["elements"]}
        shared += [f"{key}: final element {tag}" for tag in sorted({loop["op"] for loop in loops} & elements)]
    return _ruling(shared, "nothing is shared")


def common_cause(plants: Mapping[str, Data]) -> Ruling:
    """Fallback and cross-checks do not hang on the sensors of a safety function."""
    shared = []
    for key, plant in plants.items():
        used = {loop["spare_pv"] for loop in plant["loops"].values() if loop.get("spare_pv")}
        guards = plant.get("input_guard", {}).values()
        used |= {guard["agree"]["with"] for guard in guards if guard.get("agree")}
        shared += _shared(key, plant, used | {loop["pv"] for loop in plant["loops"].values()})
    return _ruling(shared, "nothing is shared")


def _shared(key: str, plant: Data, used: Iterable[str]) -> list[str]:
    """What of the used tags is a sensor of a safety function, or a copy of such."""
    wired = {tag: about["wired_to"] for tag, about in plant["measurements"].items() if about.get("wired_to")}
    found = []
    for tag in sorted(used):
        copied = [s for s in plant.get("copies", {}).get(tag, {}).get("median_of", ()) if s in wired]
        if tag in wired:
            found.append(f"{key}: {tag} of {', '.join(wired[tag])}")
        elif copied:
            found.append(f"{key}: {tag} is a copy of {', '.join(copied)} of {', '.join(wired[copied[0]])}")
    return found


def _ruling(shared: list[str], fine: str) -> Ruling:
    if shared:
        return Ruling(Verdict.FAIL, n=1, planned=1, failed=1, why="; ".join(shared))
    return Ruling(Verdict.PASS, n=1, planned=1, why=fine)


def sif_response(adequacy: Data | None, at_most: float) -> Ruling:
    """From trip point to safe state within a share of the time that is left to the limit."""
    if not adequacy:
        return Ruling(Verdict.INCONCLUSIVE, planned=1, why="the initiating events were not computed")
    events = [(key, event) for key, study in adequacy.items() for event in study["events"]]
    known = [(key, event) for key, event in events if event["share"] is not None]
    slow = [f"{k} {e['id']} {100 * e['share']:.0f} %" for k, e in known if e["share"] > at_most]
    never = f"; {len(events) - len(known)} never reach the limit" if len(events) > len(known) else ""
    if slow:
        why = f"{len(slow)} of {len(known)} initiating events above {100 * at_most:.0f} %: {', '.join(slow)}"
        return Ruling(Verdict.FAIL, n=len(known), planned=1, failed=len(slow), why=why + never)
    if not known:
        return Ruling(Verdict.NOT_ASSESSED, planned=1, why="no initiating event reaches the limit")
    return Ruling(Verdict.PASS, n=len(known), planned=1, why="every initiating event" + never)
