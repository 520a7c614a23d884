"""The commissioning file of a plant, as it is kept in the inputs of a run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.report.folder import Folder

Data = Mapping[str, Any]


def commissioned(folder: Folder, plant: Data) -> Data:
    """What the file says; empty where the plant names none, or it cannot be read."""
    name, place = plant.get("commissioning"), str(plant.get("file", "")).partition("__")[0]
    path = folder.layout.inputs / f"{place}__{name}"
    if not isinstance(name, str) or not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        folder.missing.append(f"inputs/{path.name}: it is damaged")
        return {}
    return found if isinstance(found, dict) else {}
