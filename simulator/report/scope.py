"""What was not measured, and which techniques were tried."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator.report.folder import Folder
from simulator.report.shown import NONE, number

Data = Mapping[str, Any]
Row = dict[str, Any]


def simulated(folder: Folder) -> list[Row]:
    """What was run, per plant: scenarios, replicas, hours of the plant, and how the model is founded."""
    found = []
    for key, plant in folder.resolved.get("plants", {}).items():
        mine = [s for s in folder.scenarios if s.get("plant") == key]
        hours = sum(s.get("replicas", 0) * s.get("duration", 0) for s in mine) / 3_600_000.0
        found.append({
            "plant": f"{plant.get('title', key)} ({key})", "scenarios": len(mine),
            "replicas": sum(s.get("replicas", 0) for s in mine), "hours": number(hours, "h"),
            "modes": ", ".join(sorted({f"{s.get('ai', NONE)} in {s.get('mode', NONE)}" for s in mine})),
            "parameters": ", ".join(f"{n} {v:g}" for n, v in plant.get("parameters", {}).items()) or NONE,
        })  # fmt: skip
    return found


def outside(folder: Folder) -> list[tuple[str, str]]:
    """Entries that the suite names as out of scope, with its reasons."""
    return [(str(k), str(v)) for k, v in folder.verdicts.get("out_of_scope", {}).items()]


def unassessed(folder: Folder) -> list[tuple[str, str, str]]:
    """Requirements on which nothing can be said: scenario, requirement, why."""
    return [
        (s["id"], f"{r['id']} {r.get('text', '')}", r.get("why", ""))
        for s in folder.scenarios
        for r in s["requirements"]
        if r["verdict"] == "NOT ASSESSED"
    ]


def notes(folder: Folder) -> list[str]:
    """Findings on the input files themselves, of suite, plants and scenarios; each once."""
    sources: list[Data] = [folder.resolved, *folder.resolved.get("plants", {}).values()]
    sources += folder.resolved.get("scenarios", {}).values()
    return list(dict.fromkeys(_short(str(text)) for source in sources for text in source.get("findings", ())))


def _short(text: str) -> str:
    """Without the folders of the machine that ran it."""
    return re.sub(r"(?:[A-Za-z]:)?[/\\](?:[^/\\\s]+[/\\])+(?=[^/\\\s]+:\d+)", "", text)


def injected(about: Data) -> str:
    """What a scenario injects, in a few words."""
    return "; ".join(
        f"{t.get('kind', '')} at {t.get('tap', '')} {t.get('target') or ''}".strip()
        for t in about.get("threats", ())
    )


def versions(folder: Folder) -> dict[str, Any]:
    """Of the lists of techniques, as the suite names them."""
    return {"attack": attack_versions(folder), "atlas": atlas_version(folder)}


def attack_versions(folder: Folder) -> list[str]:
    """Versions of ATT&CK for ICS that the suite names."""
    return [str(v) for v in folder.resolved.get("suite", {}).get("catalogue", {}).get("attack_ics", ())]


def atlas_version(folder: Folder) -> str:
    """Version of ATLAS that the suite names."""
    return str(folder.resolved.get("suite", {}).get("catalogue", {}).get("atlas", ""))
