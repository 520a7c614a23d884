"""What is drawn of latencies, alarms, bumps and take-overs: numbers of all replicas, without drawing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simulator.report.figures.steps import Mark, Panel, Steps
from simulator.report.figures.strips import Chart, Rule, Strip
from simulator.report.folder import Folder
from simulator.report.observed import column, known, recorded, shortest

Reals = NDArray[np.float64]
_HALF = (0, (5, 2))
_FIRST = 8
"""Curves of one panel."""


def plants(folder: Folder) -> dict[str, list[str]]:
    """Judged scenarios by plant."""
    found: dict[str, list[str]] = {}
    for scenario in folder.scenarios:
        found.setdefault(str(scenario.get("plant", "")), []).append(scenario["id"])
    return found


def times_that_matter(folder: Folder, scenario: str) -> dict[str, float]:
    """Watchdog time and half of the shortest process safety time of a scenario's plant [s]."""
    found = {}
    heartbeat = folder.plant(scenario).get("watchdog", {}).get("heartbeat")
    if isinstance(heartbeat, int | float):
        found["watchdog time"] = heartbeat / 1000.0
    pst = shortest(folder, scenario)
    return found | ({"half of the process safety time": pst / 2.0} if pst else {})


def fallbacks(folder: Folder) -> list[Panel]:
    """A panel per plant: from the fault of the AI to the shed, a curve per family of scenarios."""
    found = []
    for plant, scenarios in plants(folder).items():
        curves: dict[str, list[Reals]] = {}
        for key in scenarios:
            fault, latency = column(folder, key, "at.fault"), column(folder, key, "fallback")
            if fault is not None and latency is not None and np.isfinite(fault).any():
                curves.setdefault(key.partition(".")[0], []).append(latency[np.isfinite(fault)])
        steps = tuple(
            Steps(name, known_of(np.concatenate(values)), sum(map(len, values)))
            for name, values in curves.items()
        )
        if steps:
            matter = times_that_matter(folder, scenarios[0])
            marks = tuple(Mark(v, k, "-" if k.startswith("watch") else _HALF) for k, v in matter.items())
            axis = "from the AI's fault to the shed"
            found += [
                Panel(f"{plant}{' (more)' if k else ''}", axis, steps[k : k + _FIRST], marks)
                for k in range(0, len(steps), _FIRST)
            ]
    return found


def known_of(values: Reals) -> Reals:
    """Those that are numbers."""
    return values[np.isfinite(values)]


def sheds(folder: Folder) -> Iterator[Chart]:
    """A chart per plant: from the onset to the shed, a strip per scenario."""
    for plant, scenarios in plants(folder).items():
        strips = tuple(_shed(folder, key) for key in scenarios if _struck(folder, key))
        matter = times_that_matter(folder, scenarios[0])
        rules = tuple(Rule(v, k, "-" if k.startswith("watch") else _HALF) for k, v in matter.items())
        if any(len(one.values) for one in strips):
            title = f"{plant}: fallback latency by scenario"
            axis = "from the AI's fault, else from the onset, to the shed"
            yield Chart(f"fallback-{plant}", title, axis, "s", strips, rules, log=True)


def _struck(folder: Folder, key: str) -> bool:
    onset = column(folder, key, "at.onset")
    return onset is not None and bool(np.isfinite(onset).any())


def _shed(folder: Folder, key: str) -> Strip:
    onset, fault = column(folder, key, "at.onset"), column(folder, key, "at.fault")
    n = int(np.isfinite(onset).sum()) if onset is not None else 0
    values = known(folder, key, "fallback")
    failed = fault is not None and bool(np.isfinite(fault).any())
    return Strip(f"{key}{'' if failed else ' *'}", values, None, f"shed in {len(values)} of {n}")


def alarms(folder: Folder) -> Iterator[Chart]:
    """Most alarms in ten minutes, a strip per scenario."""
    strips = []
    limits = set()
    for scenario in folder.scenarios:
        key = scenario["id"]
        values, limit = known(folder, key, "alarms"), bound(folder, key, r"alarms\.in_10_min <= ([\d.]+)")
        limits |= {limit} if limit is not None else set()
        if len(values):
            strips.append(Strip(key, values, limit, f"of n = {len(values)}" if limit else "not asked"))
    if strips:
        rules = tuple(Rule(one, "most that is allowed") for one in sorted(limits))
        title = "Most alarms in any ten minutes"
        yield Chart("alarms", title, "alarms in ten minutes", "", tuple(strips), rules)


def bumps(folder: Folder) -> Iterator[Chart]:
    """Largest bump of each valve where the mode changed, a strip per scenario."""
    strips, limits, units = [], set(), set()
    for scenario in folder.scenarios:
        key = scenario["id"]
        for name in _valves(folder, key):
            values = known(folder, key, name)
            changed = values[values > 0]
            limit = bound(folder, key, rf"{re.escape(name)} <= ([\d.]+)")
            if len(changed):
                valve = name.removeprefix("bump.")
                limits |= {limit} if limit is not None else set()
                units.add(str(folder.about(key).get("signals", {}).get(name, {}).get("unit", "")))
                told = f"in {len(changed)} of {len(values)}{'' if limit else '; not limited'}"
                strips.append(Strip(f"{key} {valve}", changed, limit, told))
    if strips:
        rules = tuple(Rule(one, "most of a healthy hand-over") for one in sorted(limits))
        unit = next(iter(units)) if len(units) == 1 else ""
        title = "Largest move of a valve at a change of mode"
        yield Chart("bumps", title, "move", unit, tuple(strips), rules, log=True)


def _valves(folder: Folder, key: str) -> list[str]:
    return [n for n in folder.rows(key) if n.startswith("bump.") and not n.endswith(".reason")]


def bound(folder: Folder, key: str, pattern: str) -> float | None:
    """The number a formula of the scenario holds a signal to; None when none does."""
    for formula in folder.about(key).get("formulas", {}).values():
        found = re.search(pattern, str(formula.get("text", "")))
        if found:
            return float(found[1])
    return None


def takeovers(folder: Folder) -> list[Panel]:
    """From an operator's order to its effect on the mode, a curve per scenario and order."""
    curves = []
    for scenario in folder.scenarios:
        for action in ("override", "rearm"):
            values = known(folder, scenario["id"], f"{action}.effect")
            if len(values):
                curves.append(Steps(f"{scenario['id']} {action}", values, len(values)))
    axis = "from the order to the mode"
    return [Panel("Orders that were obeyed", axis, tuple(curves[:_FIRST]), ())] if curves else []


def has_marks(folder: Folder) -> bool:
    """Whether the run recorded moments and sizes of all replicas at all."""
    return recorded(folder, "at.onset")
