"""Residual risk and conditions of use: for what the finding holds, what ends it, what stays to be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.report.folder import Folder
from simulator.report.shown import NONE, duration, parameters

Data = Mapping[str, Any]
Row = dict[str, Any]


def envelope(folder: Folder) -> list[tuple[str, str]]:
    """What was tried, and so what the finding is valid for, per plant."""
    found = []
    for key, plant in folder.resolved.get("plants", {}).items():
        mine = [a for a in folder.resolved.get("scenarios", {}).values() if a.get("plant") == key]
        nominal = plant.get("nominal", {})
        variants = sorted({f"{a.get('ai')} in {a.get('mode')}" for a in mine})
        points = ", ".join(f"{loop} at {value}" for loop, value in (nominal.get("setpoint") or {}).items())
        wander = "; ".join(
            f"{name.replace('_', ' ')}: {parameters(one)}"
            for name, one in (nominal.get("disturbances") or {}).items()
        )
        longest = max((a.get("duration", 0) for a in mine), default=0)
        found += [
            (f"{key}: AI", ", ".join(variants) or NONE),
            (f"{key}: setpoints", points or NONE),
            (f"{key}: phases", phases(plant, mine)),
            (f"{key}: disturbances (standard deviation, correlation time)", wander or NONE),
            (f"{key}: longest record", duration(longest)),
        ]
    return found


def phases(plant: Data, scenarios: list[Data]) -> str:
    """Phases of the plant that a scenario began in, and those that none did."""
    known = list(plant.get("phases") or {})
    begun = {str(a.get("start_phase") or a.get("phase") or "RUN") for a in scenarios}
    if not known:
        return "run only; start-up and shutdown are not in this plant file"
    tried, rest = [p for p in known if p in begun], [p for p in known if p not in begun]
    told = f"scenarios begin in {', '.join(tried) or NONE}"
    return f"{told}; none begins in {', '.join(rest)}" if rest else told


def expiry(folder: Folder) -> list[str]:
    """What ends the validity of the finding, beside its date."""
    found = ["The date on the cover.", "Any change of a digest on the cover: policy, plant file, criteria."]
    plants = folder.resolved.get("plants", {}).values()
    if any(plant.get("monitor") for plant in plants):
        found.append("An alarm of the drift monitor that is not explained and closed.")
    else:
        found.append("Drift: no monitor watches for it in these plant files; set a date instead.")
    return [
        *found,
        "A change of an instrument, a valve, a tuning or a safety function that no digest shows.",
        "A trip, or a shed whose cause is not found.",
        "Operation outside of the envelope above.",
    ]


def duties(folder: Folder) -> list[str]:
    """What must be watched in operation."""
    found = []
    for key, plant in folder.resolved.get("plants", {}).items():
        loops = ", ".join(
            dict.fromkeys(loop for ai in plant.get("ai", {}).values() for loop in ai.get("outputs", {}))
        )
        found.append(f"{key}: every shed of {loops} is logged with its reason and reviewed.")
        for sif, about in plant.get("sifs", {}).items():
            found.append(
                f"{key}: every demand on {sif} ({about.get('service', '')}) is counted against its LOPA."
            )
    return found


def site_tests(folder: Folder) -> list[Row]:
    """What must be repeated on site with the real parts: ``layer``, ``do``, ``see``, ``scenario``."""
    removed = (folder.resolved.get("suite", {}).get("controls", {}).get("mutants") or {}).get("remove", {})
    found = []
    for key, plant in folder.resolved.get("plants", {}).items():
        for name, do, see in _tests(plant):
            found.append({"plant": key, "layer": name.replace("_", " "), "do": do, "see": see,
                          "scenario": removed.get(name, NONE)})  # fmt: skip
    return found


def _tests(plant: Data) -> Iterator[tuple[str, str, str]]:
    heartbeat = (plant.get("watchdog") or {}).get("heartbeat")
    if heartbeat:
        yield "watchdog", "pull the host link", f"AI shed within {duration(heartbeat)} and two scans; alarm"
    if plant.get("input_guard"):
        yield (
            "input_guard",
            "open a transmitter's loop; force each guarded tag out of range",
            "BAD, AI shed, PID on",
        )
    for mode, about in (plant.get("output_guard") or {}).items():
        see = f"refused; shed after {about.get('strikes', NONE)} in {duration(about.get('window'))}"
        yield "output_guard", f"{mode}: write outside {parameters({'range': about.get('range')})}", see
    for valve, about in (plant.get("readback") or {}).items():
        yield "readback", f"block {valve} by hand", f"alarm within {duration(about.get('for'))}, AI shed"
    for sif, about in plant.get("sifs", {}).items():
        see = f"final elements safe within {duration(about.get('response'))}; reset {about.get('reset', '')}"
        yield sif, "simulate the trip at the transmitters, with valves connected", see


def risks(folder: Folder) -> list[tuple[str, str]]:
    """What stays, whatever passed: told by the files, then what no simulation can show."""
    found = [(r["id"], f"{r.get('text', '')} {r.get('why', '')}.") for r in _failed(folder)]
    idle = ", ".join(folder.controls.get("unchallenged", ()))
    if idle:
        found.append(("No mutant", f"Nothing shows that the suite would notice the loss of: {idle}."))
    outside = folder.verdicts.get("out_of_scope", {})
    found += [(str(key), f"Out of scope: {why}.") for key, why in outside.items()]
    return found


def _failed(folder: Folder) -> Iterator[Data]:
    yield from (r for r in folder.verdicts.get("design_checks", ()) if r["verdict"] != "PASS")
    for scenario in folder.scenarios:
        for ruling in scenario["requirements"]:
            if ruling["verdict"] != "PASS":
                yield {**ruling, "id": f"{ruling['id']} in {scenario['id']}"}
