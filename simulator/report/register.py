"""The register of threats and hazards: techniques, demands, the layer expected and the layer that acted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.report.folder import Folder
from simulator.report.scope import atlas_version, attack_versions, injected
from simulator.report.shown import NONE

Data = Mapping[str, Any]
Row = dict[str, Any]


def threats(folder: Folder) -> list[Row]:
    """Per scenario: what it is, whose technique, what should stop it, what did, and the result."""
    judged = {str(s["id"]): s for s in folder.scenarios}
    expected = _expected(folder)
    return [
        _threat(folder, key, about, judged.get(key, {}), expected.get(key, []))
        for key, about in folder.resolved.get("scenarios", {}).items()
    ]


def _threat(folder: Folder, key: str, about: Data, judged: Data, layers: list[str]) -> Row:
    row = about.get("catalogue") or {}
    ids = row.get("attack_ics", {})
    attack = [_named(folder, "attack_ics", v, ids.get(v, [])) for v in attack_versions(folder)]
    demands = folder.resolved.get("techniques", {}).get("iec_62443_3_3", {})
    asked = sorted({one for i in ids.get("18.1", []) for one in demands.get(i, ())}, key=_numbers)
    held = judged.get("held", {})
    return {
        "id": key, "title": str(row.get("title", "not in the catalogue")).replace("_", " "),
        "injected": injected(about) or "nothing",
        "attack": [", ".join(one) or NONE for one in attack],
        "atlas": ", ".join(_named(folder, "atlas", atlas_version(folder), row.get("atlas", []))) or NONE,
        "demands": ", ".join(asked) or NONE,
        "expected": ", ".join(layers) or NONE, "reaction": row.get("reaction", ""),
        "held": ", ".join(f"{rung} {n}" for rung, n in held.items()) or NONE,
        "verdict": str(judged.get("verdict", "NOT ASSESSED")),
    }  # fmt: skip


def _named(folder: Folder, family: str, version: str, ids: Any) -> list[str]:
    names = folder.resolved.get("techniques", {}).get(family, {}).get(version, {})
    return [f"{one} {names[one]}" if one in names else str(one) for one in ids]


def _expected(folder: Folder) -> dict[str, list[str]]:
    """Layers whose removal a scenario must notice: those it is held to depend on."""
    mutants = folder.resolved.get("suite", {}).get("controls", {}).get("mutants") or {}
    found: dict[str, list[str]] = {}
    for layer, key in mutants.get("remove", {}).items():
        found.setdefault(str(key), []).append(str(layer).replace("_", " "))
    return found


def _numbers(text: str) -> tuple[list[int], str]:
    digits = [int(part) for part in text.replace("SR", "").strip().split(".") if part.isdigit()]
    return digits, text
