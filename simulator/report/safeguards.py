"""The layers as they were set: every one a surrogate, simulated only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.core.states import GUARD_SCANS
from simulator.report.folder import Folder
from simulator.report.shown import parameters

Data = Mapping[str, Any]
Row = dict[str, Any]
_OPERATOR = "modelled: reaction and actions as the scenarios say"
_TIMES = ("logic", "solenoid", "response", "reset")


def layers(folder: Folder) -> list[Row]:
    """Every layer of every plant with its parameters; equal lines of several plants are told once."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for plant, about in folder.resolved.get("plants", {}).items():
        for line in _layers(about):
            found.setdefault(line, []).append(plant)
    return [{"layer": k[0], "of": k[1], "told": k[2], "plants": ", ".join(v)} for k, v in found.items()]


def _layers(plant: Data) -> Iterator[tuple[str, str, str]]:
    for name, ai in plant.get("ai", {}).items():
        reads = ", ".join(str(point["tag"]) for point in ai.get("inputs", ()))
        loops = ", ".join(ai.get("outputs", {}))
        told = f"{ai.get('model', '')} in {ai.get('mode', '')} on {loops}; reads {reads}"
        yield "AI", name, f"{told}. AI credit: none"
    yield from _whole("line-up by hand", plant.get("line_up"))
    yield from _each("input guard", plant.get("input_guard"))
    yield from _each("output guard", plant.get("output_guard"))
    if plant.get("output_guard"):
        yield "guard watch", "", f"{GUARD_SCANS} scans in a row that the output guard leaves unanswered: shed"
    yield from _whole("watchdog", plant.get("watchdog"))
    yield from _whole("drift monitor", plant.get("monitor"))
    yield from _whole("novelty", plant.get("novelty"))
    yield from _whole("final clamp", plant.get("final_clamp"))
    yield from _each("readback", plant.get("readback"))
    for loop, about in plant.get("loops", {}).items():
        yield "PID", loop, parameters(about)
    tags = plant.get("measurements", {}).items()
    yield from _whole("alarms", {tag: about["alarms"] for tag, about in tags if about.get("alarms")})
    yield from _whole("operator", plant.get("operator") or _OPERATOR)
    for name, sif in plant.get("sifs", {}).items():
        yield sif.get("kind", "safety function"), f"{name} {sif.get('service', '')}", _sif(sif)


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
        told.append(
            f"{trip.get('vote', '')} of {', '.join(trip.get('sensors', ()))} {side} ({parameters(rest)})"
        )
    moved = ", ".join(sif.get("elements", ()))
    return f"{' or '.join(told)}; moves {moved}; {parameters({k: sif[k] for k in _TIMES if k in sif})}"
