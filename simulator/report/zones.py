"""Zones and conduits (IEC 62443-3-2): what stands at which Purdue level, and which links were struck."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.report.folder import Folder
from simulator.report.shown import NONE

Data = Mapping[str, Any]
Row = dict[str, Any]

# conduit: from, to, what it carries, the taps on it
CONDUITS = (
    ("plant to sensors", "0", "0", "process values", ("process", "sensor")),
    ("field link, up", "0", "1 control", "16-bit words of transmitters", ("uplink",)),
    ("host link, to the AI", "1 control", "3", "inputs of the AI", ("input",)),
    ("host link, from the AI", "3", "1 control", "mailbox: values, sequence, heartbeat",
     ("runtime", "policy", "heartbeat", "link", "ai_write")),
    ("other clients", "2", "1 control", "reads; writes are refused", ("network",)),
    ("operator's station", "2", "1 control", "take the loop, give it back, reset, phases",
     ("panel", "operator")),
    ("configuration", "2", "1 control", "parameters of guards and loops, tasks", ("config", "guard")),
    ("field link, down", "1 control", "0", "commands to control valves", ("downlink", "actuator")),
    ("safety sensors", "0", "1 safety", "own transmitters of safety functions", ("sif_sensor",)),
    ("safety outputs", "1 safety", "0", "own final elements", ()),
    ("one-way copy", "1 safety", "1 control", "readings of safety sensors; never back", ()),
)  # fmt: skip


def conduits(folder: Folder) -> list[Row]:
    """Every link with its levels and the scenarios that struck it."""
    struck: dict[str, list[str]] = {}
    for key, about in folder.resolved.get("scenarios", {}).items():
        for tap in dict.fromkeys(str(threat.get("tap")) for threat in about.get("threats", ())):
            struck.setdefault(tap, []).append(str(key))
    return [
        {
            "name": name, "from": begin, "to": end, "carries": carries, "taps": ", ".join(taps) or NONE,
            "struck": ", ".join(dict.fromkeys(key for tap in taps for key in struck.get(tap, ()))),
        }
        for name, begin, end, carries, taps in CONDUITS
    ]  # fmt: skip


def phases(folder: Folder) -> list[Row]:
    """Phases of every plant: what is in force, and which scenarios begin there."""
    found = []
    for key, plant in folder.resolved.get("plants", {}).items():
        mine = {k: a for k, a in folder.resolved.get("scenarios", {}).items() if a.get("plant") == key}
        for name, phase in (plant.get("phases") or {"RUN": {}}).items():
            begun = [str(k) for k, about in mine.items() if str(about.get("phase", "RUN")) == name]
            about = phase or {}
            found.append({
                "plant": key, "phase": name, "ai": about.get("ai", "allowed"),
                "bypass": ", ".join(about.get("bypass", ())) or "none", "scenarios": ", ".join(begun),
            })  # fmt: skip
    return found
