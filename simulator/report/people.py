"""Human oversight: how the operator is modelled, what came of orders, and the modes' truth table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from simulator.core.states import MODE_REASON
from simulator.report.folder import Folder
from simulator.report.matrix import CAUSES
from simulator.report.observed import column
from simulator.report.record import operator
from simulator.report.shown import NONE, seconds

Data = Mapping[str, Any]
Row = dict[str, Any]


def operators(folder: Folder) -> list[tuple[str, str]]:
    """Operator models of the suite, and the scenarios that have each."""
    found: dict[str, list[str]] = {}
    for key, about in folder.resolved.get("scenarios", {}).items():
        found.setdefault(operator(about.get("operator")) or "none", []).append(str(key))
    return [(told, ", ".join(keys)) for told, keys in found.items()]


def truth_table(folder: Folder) -> Row:
    """The mode after each mode and event, as the controller runs it."""
    table = {e: one for e, one in folder.resolved.get("mode_table", {}).items() if e != "NONE"}
    modes = list(dict.fromkeys(mode for one in table.values() for mode in one.get("after", {})))
    events = [
        {"event": event, "cause": CAUSES.get(event, ""), "start": one.get("start", ""),
         "after": [(one["after"].get(mode, NONE), one["after"].get(mode) == mode) for mode in modes]}
        for event, one in table.items()
    ]  # fmt: skip
    return {"modes": modes, "events": events}


def orders(folder: Folder) -> list[Row]:
    """Per scenario with orders to give the loop back: how many, how many refused, and why."""
    found = []
    for scenario in folder.scenarios:
        key = scenario["id"]
        given, refused = column(folder, key, "rearm.orders"), column(folder, key, "rearm.refused")
        if given is None or refused is None or not np.nansum(given):
            continue
        found.append({
            "id": key, "orders": int(np.nansum(given)), "refused": int(np.nansum(refused)),
            "why": _reasons(folder, key), "effect": _slowest(folder, key),
            "verdicts": _asked(folder, scenario),
        })  # fmt: skip
    return found


def _reasons(folder: Folder, key: str) -> str:
    """Standing reasons at the first refusal of each replica."""
    reasons = column(folder, key, "rearm.reason")
    names = {number: name for name, number in MODE_REASON.items()}
    told = [] if reasons is None else [names.get(int(r), "?") for r in reasons if np.isfinite(r)]
    return ", ".join(f"{name} {told.count(name)}" for name in sorted(set(told))) or NONE


def _slowest(folder: Folder, key: str) -> str:
    effects = column(folder, key, "rearm.effect")
    known = effects is not None and bool(np.isfinite(effects).any())
    return seconds(float(np.nanmax(effects))) if known and effects is not None else NONE


def _asked(folder: Folder, scenario: Data) -> list[tuple[str, str]]:
    """Requirements of the scenario that speak of giving the loop back."""
    formulas = folder.about(scenario["id"]).get("formulas", {})
    return [
        (str(r["id"]), str(r["verdict"]))
        for r in scenario["requirements"]
        if "operator.rearm" in str(formulas.get(r["id"], {}).get("text", ""))
    ]
