"""LOPA touch points: which initiating events were exercised, what layers share, what each was worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.assess.equipment import CLASSES, Used, equipment, shared
from simulator.report import campaigns
from simulator.report.drawn import inline
from simulator.report.folder import Folder
from simulator.report.observed import column
from simulator.report.shown import NONE, number, share
from simulator.report.words import RUNGS

if TYPE_CHECKING:
    from simulator.report.figures.canvas import Picture

Data = Mapping[str, Any]
Row = dict[str, Any]
KIND = "ablate"
STRIKING = ("process", "actuator", "downlink")
"""Taps at which a threat moves an input of the plant itself."""


def events(folder: Folder) -> list[Row]:
    """A row per initiating event: the questions that strike its input, and who held there."""
    found = []
    for plant, about in folder.resolved.get("plants", {}).items():
        for limit, one in about.get("safety_limits", {}).items():
            for name, event in (one.get("initiating_events") or {}).items():
                found.append(_event(folder, plant, limit, name, event))
    return found


def _event(folder: Folder, plant: str, limit: str, name: str, event: Data) -> Row:
    by = [
        key
        for key, about in folder.resolved.get("scenarios", {}).items()
        if about.get("plant") == plant and event["input"] in _struck(folder, about)
    ]
    held: Counter[str] = Counter()
    for key in by:
        held.update(np.asarray(folder.rows(key).get("held", ())).astype(str).tolist())
    return {
        "plant": plant, "limit": limit, "id": name, "text": event.get("text", ""), "by": ", ".join(by),
        "held": ", ".join(f"{rung} {held[rung]}" for rung in RUNGS if held[rung]) or NONE,
        "n": sum(held.values()),
        "called": ", ".join(dict.fromkeys(x for key in by for x in _called(folder, key))) or NONE,
    }  # fmt: skip


def _struck(folder: Folder, about: Data) -> set[str]:
    """Inputs of the plant that a question's threats move."""
    elements = folder.resolved["plants"][about["plant"]].get("final_elements", {})
    found = set()
    for threat in about.get("threats", ()):
        if threat.get("tap") in STRIKING:
            target = str(threat.get("target"))
            found.add(str(elements.get(target, {}).get("drives", target)))
    return found


def _called(folder: Folder, key: str) -> Iterator[str]:
    """Effects that were seen in a question, in the order of the signal path."""
    named = {"at.bad": "input guard", "at.hold": "output guard", "at.shed": "fallback", "at.alarm": "alarm"}
    trips = {name: name.removeprefix("at.trip.") for name in folder.rows(key) if name.startswith("at.trip.")}
    for name, what in (named | trips).items():
        moments = column(folder, key, name)
        if moments is not None and np.isfinite(moments).any():
            yield what


def independence(folder: Folder) -> list[Row]:
    """Per plant: what each layer hangs on, and what it has in common with a safety function."""
    return [_independent(plant, about) for plant, about in folder.resolved.get("plants", {}).items()]


def _independent(plant: str, about: Data) -> Row:
    used, sifs = equipment(about), set(about.get("sifs", {}))
    lines = [{"layer": layer, "on": [_listed(one[kind]) for kind in CLASSES]} for layer, one in used.items()]
    pairs = [
        {"layers": f"{one} and {other}", "common": _common(used[one], used[other])}
        for one, other in combinations(used, 2)
        if (one in sifs or other in sifs) and shared(used[one], used[other])
    ]
    return {"plant": plant, "classes": list(CLASSES), "lines": lines, "pairs": pairs}


def _listed(names: Any) -> str:
    return ", ".join(sorted(names)) or NONE


def _common(one: Used, other: Used) -> str:
    return "; ".join(f"{kind} {', '.join(names)}" for kind, names in shared(one, other).items())


def study(folder: Folder) -> Row:
    """The newest ablation of the same input; empty where there is none."""
    told = campaigns.told(folder, KIND)
    if not told:
        return {}
    return {
        "n": told["replicas"], "bound": share(told["bound"]), "never": ", ".join(told["never"]) or "none",
        "same": ", ".join(told["without_effect"]) or "none", "lost": list(_lost(told)),
        "pairs": list(_pairs(told)), "harmful": told["harmful"],
        "findings": told["findings"], "counts": told["counts"],
        "doubts": campaigns.doubts(folder, KIND),
    }  # fmt: skip


def _lost(told: Data) -> Iterator[Row]:
    """A line for every question and layer without which something is lost."""
    for key, question in told["questions"].items():
        for layer, cell in question["cells"].items():
            if cell["word"] in ("UNSAFE", "next layer held", "undecided"):
                rungs = ", ".join(f"{rung} {n}" for rung, n in cell["rungs"].items())
                yield {
                    "question": key, "layer": layer, "word": cell["word"], "held": rungs,
                    "violated": ", ".join(_violated(cell, question["units"])) or NONE,
                }  # fmt: skip


def _violated(cell: Data, units: Data) -> Iterator[str]:
    for name, n in cell["violated"].items():
        lost = cell["margin_lost"].get(name)
        yield f"{name} in {n}" + ("" if lost is None else f", margin less by {number(lost, units[name])}")


def _pairs(told: Data) -> Iterator[Row]:
    for key, question in told["questions"].items():
        for pair in question.get("pairs", ()):
            if pair["jointly"]:
                common = "; ".join(f"{kind} {', '.join(names)}" for kind, names in pair["shared"].items())
                yield {
                    "question": key, "layers": " and ".join(pair["layers"]), "n": pair["jointly"],
                    "common": common or "nothing that the file tells",
                }  # fmt: skip


def worth(folder: Folder) -> Iterator[Picture]:
    """What held without each layer, by question."""
    from simulator.report.figures import ablation

    told = campaigns.told(folder, KIND)
    if told:
        yield ablation.picture(told)


def figure(folder: Folder) -> str:
    """The same, as an element of the page."""
    return inline(worth(folder))
