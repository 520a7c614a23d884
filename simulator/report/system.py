"""The system under test: its layers in order, the policy's contract and file, limits and times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from simulator.report.figures.blocks import System
from simulator.report.folder import Folder
from simulator.report.observed import studies
from simulator.report.shown import NONE, duration, number, parameters, seconds

Data = Mapping[str, Any]
Row = dict[str, Any]


def systems(folder: Folder) -> Iterator[tuple[str, System]]:
    """The block diagram of every plant."""
    for key, plant in folder.resolved.get("plants", {}).items():
        mine = [a for a in folder.resolved.get("scenarios", {}).values() if a.get("plant") == key]
        struck = Counter(
            tap for about in mine for tap in {str(t.get("tap")) for t in about.get("threats", ())}
        )
        title = f"{plant.get('title', key)} ({key}): the path of the signals, and where it was attacked"
        boxes = dict(_boxes(plant))
        if struck["network"]:
            boxes["network"] = "not asked for"
        yield key, System(title, boxes, struck)


def _boxes(plant: Data) -> Iterator[tuple[str, str]]:
    """What stands in each box; a layer that the plant does not have is left out."""
    tags, loops, scan = plant.get("measurements", {}), plant.get("loops", {}), plant.get("scan", {})
    own = [tag for tag, about in tags.items() if about.get("wired_to")]
    valves = dict.fromkeys(str(loop.get("op", "")) for loop in loops.values())
    safe = dict.fromkeys(tag for sif in plant.get("sifs", {}).values() for tag in sif.get("elements", ()))
    yield "plant", str(plant.get("plant", ""))
    yield "sensors", f"{len(tags) - len(own)} transmitters"
    yield "pid", _few(loops)
    yield "modes", _few({str(ai.get("mode", "")): 1 for ai in plant.get("ai", {}).values()})
    yield "valves", _few(valves)
    yield "alarms", f"{sum(len(about.get('alarms', ())) for about in tags.values())} on tags"
    yield "operator", "modelled"
    yield "engineering", "configuration"
    if plant.get("ai"):
        yield "ai", f"every {duration(scan.get('ai'))}"
    told = {
        "input_guard": f"{len(plant.get('input_guard') or ())} tags", "watchdog": _watch(plant),
        "output_guard": _few(plant.get("output_guard") or {}), "final_clamp": "", "readback": "",
        "monitor": "alarm only", "novelty": "T2, SPE", "config_check": "",
    }  # fmt: skip
    yield from ((key, text) for key, text in told.items() if plant.get(key))
    if plant.get("sifs"):
        yield "sis_sensors", f"{len(own)} transmitters"
        yield "sifs", _few(plant["sifs"])
        yield "elements", _few(safe)


def _watch(plant: Data) -> str:
    heartbeat = (plant.get("watchdog") or {}).get("heartbeat")
    return duration(heartbeat) if heartbeat else ""


def _few(names: Any) -> str:
    listed = [str(name) for name in names]
    return ", ".join(listed) if len(listed) <= 2 else f"{listed[0]} and {len(listed) - 1} more"


def contracts(folder: Folder) -> list[Row]:
    """Inputs and outputs of every policy that a scenario used: tag, quantity, scaling, guard."""
    return [_contract(folder, key, variant) for key, variant in _used(folder)]


def _used(folder: Folder) -> list[tuple[str, str]]:
    """Plants and AI variants of the scenarios, each pair once."""
    pairs = [
        (str(a.get("plant", "")), str(a.get("ai", ""))) for a in folder.resolved.get("scenarios", {}).values()
    ]
    plants = folder.resolved.get("plants", {})
    return [p for p in dict.fromkeys(pairs) if p[1] in plants.get(p[0], {}).get("ai", {})]


def _contract(folder: Folder, key: str, variant: str) -> Row:
    plant = folder.resolved["plants"][key]
    ai, tags = plant["ai"][variant], plant.get("tags", {})
    guards, loops = plant.get("input_guard") or {}, plant.get("loops", {})
    inputs = [
        (point.get("tag", ""), _quantity(plant, point.get("tag", "")), _scaled(point),
         parameters(guards[point["tag"]]) if point.get("tag") in guards else "no guard of its own")
        for point in ai.get("inputs", ())
    ]  # fmt: skip
    guard = (plant.get("output_guard") or {}).get(ai.get("mode"), {})
    outputs = [
        (loop, "setpoint" if ai.get("mode") == "RCAS" else f"output to {loops.get(loop, {}).get('op', '')}",
         _scaled(about), parameters(guard))
        for loop, about in ai.get("outputs", {}).items()
    ]  # fmt: skip
    cycle = ai.get("cycle") or plant.get("scan", {}).get("ai")
    return {
        "plant": key, "variant": variant, "mode": ai.get("mode", ""), "cycle": duration(cycle),
        "history": ai.get("history", 1), "inputs": inputs, "outputs": outputs, "tags": len(tags),
    }  # fmt: skip


def _quantity(plant: Data, tag: str) -> str:
    about = plant.get("measurements", {}).get(tag) or {}
    if about:
        return str(about.get("quantity", "")).replace("_", " ")
    kind = plant.get("tags", {}).get(tag, {}).get("kind", "")
    return f"{kind} of a valve" if kind == "readback" else str(kind)


def _scaled(point: Data) -> str:
    return f"({point.get('centre', '')} ± {point.get('scale', '')})" if point.get("scale") else NONE


def models(folder: Folder) -> list[Row]:
    """The policies' files: a bill of materials of machine learning, as far as files tell it."""
    found = []
    for key, variant in _used(folder):
        plant = folder.resolved["plants"][key]
        file = str(plant.get("policies", {}).get(variant, ""))
        path, ai = folder.layout.inputs / file, plant["ai"][variant]
        size = f"{path.stat().st_size} bytes" if file and path.is_file() else "not recorded"
        digest = str((folder.start.get("inputs") or {}).get(file, "not recorded"))
        numbers = int(ai.get("history", 1) or 1) * len(ai.get("inputs", ()))
        found.append({
            "of": f"{key} {variant}", "file": file or "not recorded",
            "format": "ONNX, float32, one CPU thread", "size": size, "digest": digest,
            "numbers": f"{numbers} in, {len(ai.get('outputs', ()))} out",
            "stateless": "history is kept by the controller, none inside",
        })  # fmt: skip
    return found


def limits(folder: Folder) -> list[Row]:
    """Operating envelope and limits of every plant, as a ladder; and the process safety times."""
    found = []
    for key, plant in folder.resolved.get("plants", {}).items():
        for name, limit in plant.get("safety_limits", {}).items():
            events = [
                e for one in studies(folder, key) if one.get("limit", name) == name for e in one["events"]
            ]
            times = [e["pst"] for e in events if e.get("pst")]
            bound = limit.get("below") or limit.get("above")
            found.append({
                "plant": key, "limit": name, "quantity": str(limit.get("quantity", "")).replace("_", " "),
                "value": f"{'below' if limit.get('below') else 'above'} {bound}",
                "trip": f"{limit.get('trip_point', NONE)} ({limit.get('sif', NONE)})",
                "envelope": _envelopes(plant), "hazard": limit.get("hazard", ""),
                "pst": f"{number(min(times))} to {seconds(max(times))}" if times else NONE,
            })  # fmt: skip
    return found


def _envelopes(plant: Data) -> str:
    """Limits beyond which the AI is shed, by the mode in which it acts."""
    guards = (plant.get("output_guard") or {}).items()
    told = [f"{mode}: {parameters(about.get('envelope'))}" for mode, about in guards if about.get("envelope")]
    return "; ".join(told) or NONE
