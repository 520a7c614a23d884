"""What the rows tell of all replicas: moments, latencies and sizes, each with where it was seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.report.folder import Folder

Reals = NDArray[np.float64]
_NONE = np.zeros(0)


@dataclass(frozen=True)
class Seen:
    """A number and the replica that shows it."""

    value: float
    scenario: str
    replica: int

    def command(self, folder: Folder) -> str:
        """What makes the replica again."""
        return f"plantproof replay {folder.name} {self.scenario} {self.replica}"


def column(folder: Folder, scenario: str, name: str) -> Reals | None:
    """A column of a scenario's rows, a number a replica; None when the run did not record it."""
    values = folder.rows(scenario).get(name)
    return None if values is None else np.asarray(values, float)


def known(folder: Folder, scenario: str, name: str) -> Reals:
    """The numbers of a column that are numbers; none when it was not recorded."""
    values = column(folder, scenario, name)
    return _NONE if values is None else values[np.isfinite(values)]


def recorded(folder: Folder, name: str) -> bool:
    """Whether any scenario's rows have the column."""
    return any(column(folder, s["id"], name) is not None for s in folder.scenarios)


def latencies(folder: Folder) -> dict[str, Reals]:
    """Fallback latencies [s] of each scenario in which the AI was shed after an onset."""
    found = {s["id"]: known(folder, s["id"], "fallback") for s in folder.scenarios}
    return {key: values for key, values in found.items() if len(values)}


def largest(folder: Folder, name: str, scenario: str | None = None) -> Seen | None:
    """The largest number of a column, over one scenario or all."""
    best: Seen | None = None
    for key in [s["id"] for s in folder.scenarios] if scenario is None else [scenario]:
        values = column(folder, key, name)
        if values is None or not np.isfinite(values).any():
            continue
        k = int(np.nanargmax(values))
        if best is None or values[k] > best.value:
            best = Seen(float(values[k]), key, int(folder.rows(key)["replica"][k]))
    return best


def shortest(folder: Folder, scenario: str) -> float | None:
    """The shortest process safety time of the scenario's plant [s]; None when none was computed."""
    plant = str(folder.about(scenario).get("plant", ""))
    times = [e["pst"] for one in studies(folder, plant) for e in one.get("events", ()) if e.get("pst")]
    return float(min(times)) if times else None


def studies(folder: Folder, plant: str) -> Iterator[dict[str, Any]]:
    """The studies of the safety limits of a plant."""
    for key, about in folder.adequacy.items():
        if key.partition(" ")[0] == plant:
            yield from about if isinstance(about, list) else [about]
