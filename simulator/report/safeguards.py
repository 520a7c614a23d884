"""The layers as they were set, the safety functions against time, and the suite judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.report.folder import Folder
from simulator.report.shown import NONE, duration, number, parameters, seconds, share

Data = Mapping[str, Any]
Row = dict[str, Any]
_SPARE = ("logic", "solenoid", "response", "reset")


def layers(folder: Folder) -> list[Row]:
    """Every layer of every plant with its parameters; equal lines of several plants are told once."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for plant, about in folder.resolved.get("plants", {}).items():
        for line in _layers(about):
            found.setdefault(line, []).append(plant)
    return [{"layer": k[0], "of": k[1], "told": k[2], "plants": ", ".join(v)} for k, v in found.items()]


def _layers(plant: Data) -> Iterator[tuple[str, str, str]]:
    for name, ai in plant.get("ai", {}).items():
        tags = ", ".join(str(point["tag"]) for point in ai.get("inputs", ()))
        told = f"{ai.get('model', '')} in {ai.get('mode', '')} on {ai.get('loop', '')}; reads {tags}; shed {parameters(ai.get('shed', {}))}"
        yield "AI", name, f"{told}. AI credit: none"
    yield from _each("input guard", plant.get("input_guard"))
    yield from _each("output guard", plant.get("output_guard"))
    yield from _whole("watchdog", plant.get("watchdog"))
    yield from _whole("final clamp", plant.get("final_clamp"))
    yield from _each("readback", plant.get("readback"))
    for loop, about in plant.get("loops", {}).items():
        yield "PID", loop, parameters({k: v for k, v in about.items() if k not in ("pv", "op")} | {"pv": about.get("pv"), "op": about.get("op")})
    alarms = {tag: about["alarms"] for tag, about in plant.get("measurements", {}).items() if about.get("alarms")}
    yield from _whole("alarms", alarms)
    yield from _whole("operator", plant.get("operator") or "modelled: reaction and actions as the scenarios say")
    for name, sif in plant.get("sifs", {}).items():
        yield "safety function", f"{name} {sif.get('service', '')}", _sif(sif)


def _each(layer: str, about: Any) -> Iterator[tuple[str, str, str]]:
    for name, values in (about or {}).items():
        yield layer, str(name), parameters(values)


def _whole(layer: str, about: Any) -> Iterator[tuple[str, str, str]]:
    if about:
        yield layer, "", parameters(about)


def _sif(sif: Data) -> str:
    told = []
    for trip in sif.get("trips", ()):
        side = next((f"{key} {trip[key]}" for key in ("above", "below") if trip.get(key)), "")
        rest = {k: v for k, v in trip.items() if k not in ("sensors", "vote", "above", "below") and v}
        told.append(f"{trip.get('vote', '')} of {', '.join(trip.get('sensors', ()))} {side} ({parameters(rest)})")
    moved = ", ".join(sif.get("elements", ()))
    return f"{' or '.join(told)}; moves {moved}; {parameters({k: sif[k] for k in _SPARE if k in sif})}"


def adequacy(folder: Folder) -> list[Row]:
    """Per plant and safety limit: the response budget and a line per initiating event."""
    at_most = folder.resolved.get("criteria", {}).get("response", {}).get("at_most")
    found = []
    for plant, about in folder.adequacy.items():
        for one in about if isinstance(about, list) else [about]:
            found.append(_adequate(plant, one, at_most))
    return found


def _adequate(plant: str, about: Data, at_most: Any) -> Row:
    unit = str(about.get("value", "")).partition(" ")[2]
    return {
        "plant": plant, "limit": about.get("limit", ""), "quantity": str(about.get("quantity", "")).replace("_", " "),
        "value": about.get("value", ""), "hazard": about.get("hazard", ""), "sif": about.get("sif", ""),
        "trip_point": about.get("trip_point", ""),
        "budget": [(name, seconds(value)) for name, value in about.get("budget", {}).items()],
        "response": seconds(about.get("response")), "allowed": seconds(about.get("allowed")), "at_most": share(at_most),
        "events": [_event(event, unit, at_most) for event in about.get("events", ())],
    }  # fmt: skip


def _event(event: Data, unit: str, at_most: Any) -> Row:
    used = event.get("share")
    reached = event.get("pst") is not None
    verdict = "" if used is None or at_most is None else ("FAIL" if used > at_most else "PASS")
    return {
        "id": event.get("id", ""), "text": event.get("text", ""), "reached": reached,
        "pst": seconds(event.get("pst")) if reached else "limit not reached",
        "to_trip": seconds(event.get("to_trip")), "left": seconds(event.get("left")), "share": share(used),
        "verdict": verdict, "spare": seconds(event.get("spare")),
        "peak": f"{event['peak']:.1f} {unit}" if event.get("peak") is not None else NONE,
    }  # fmt: skip


def controls(folder: Folder) -> Row:
    """The suite judged: each control with what it did, and safeguards nobody challenged."""
    judged = [
        {"id": c["id"], "kind": str(c["kind"]).replace("_", " "), "verdict": c["verdict"], "why": c.get("why", ""),
         "done": list(c.get("done") or ())}
        for c in folder.verdicts.get("controls", ())
    ]  # fmt: skip
    return {"judged": judged, "unchallenged": list(folder.controls.get("unchallenged", ())), "known": bool(folder.controls)}


def identity(folder: Folder) -> list[tuple[str, str]]:
    """What identifies the run, from ``start.json``."""
    start = folder.start
    commit, machine = start.get("commit") or {}, start.get("machine") or {}
    state = " with uncommitted changes (dirty)" if commit.get("dirty") else ""
    libraries = ", ".join(f"{name} {version}" for name, version in (start.get("libraries") or {}).items())
    plants = [f"{p.get('title', key)} ({key})" for key, p in folder.resolved.get("plants", {}).items()]
    lines = {
        "suite": folder.verdicts.get("suite") or start.get("suite"), "folder": folder.name, "plants": ", ".join(plants),
        "digest of the inputs": start.get("digest"), "plantproof": start.get("plantproof"),
        "digest of the code": start.get("code"), "commit": f"{commit['id']}{state}" if commit.get("id") else "none recorded",
        "seed": start.get("seed"), "Python": start.get("python"), "libraries": libraries,
        "machine": ", ".join(f"{machine[k]}" + (" cores" if k == "cores" else "") for k in machine),
        "confidence": share(folder.resolved.get("criteria", {}).get("confidence")),
        "scan": "; ".join(f"{k} {_scan(p)}" for k, p in folder.resolved.get("plants", {}).items()),
    }  # fmt: skip
    return [(name, str(value) if value not in (None, "") else "not recorded") for name, value in lines.items()]


def _scan(plant: Data) -> str:
    return ", ".join(f"{name} {duration(value)}" for name, value in plant.get("scan", {}).items()) or number(None)
