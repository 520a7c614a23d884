"""resolved.json: what assess and report need of a suite, as plain data.

Quantities are texts with their unit (``"400 K"``), durations whole milliseconds, shares plain
numbers, distributions as files write them; keys are those of the files.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from simulator.assess.stl import Formula
from simulator.control.transitions import AI_HOME, TRANSITIONS
from simulator.core.quantity import Choice, Distribution, Fixed, LogNormal, Normal, Quantity, Uniform
from simulator.core.states import MODE, START_LAST_GOOD
from simulator.core.traces import Signal
from simulator.record.writer import input_name
from simulator.scenario import catalogue
from simulator.scenario.resolved import ResolvedPlant, ResolvedScenario, ResolvedSuite, ResolvedThreat
from simulator.scenario.schema.fields import Strict

FORMAT = 1
_OF_PLANT = (
    "plant",
    "title",
    "scan",
    "nominal",
    "blocks",
    "line_up",
    "copies",
    "final_elements",
    "loops",
    "ai",
    "input_guard",
    "output_guard",
    "final_clamp",
    "watchdog",
    "readback",
    "config_check",
    "commissioning",
    "monitor",
    "novelty",
    "operating_envelope",
    "recovery",
    "sifs",
    "safety_limits",
    "phases",
    "permissives",
    "cost_index",
)


def suite_data(suite: ResolvedSuite) -> dict[str, Any]:
    """A resolved suite as mappings, lists, texts and numbers."""
    here, spec = suite.file.parent, suite.spec
    files = {"suite": suite.file, "requirements": here / spec.requirements, "criteria": here / spec.criteria}
    return {
        "format": FORMAT,
        "files": {name: input_name(file) for name, file in files.items()},
        "suite": plain(spec),
        "requirements": {name: plain(r) for name, r in suite.requirements.requirements.items()},
        "criteria": plain(suite.criteria),
        "plants": {key: plant_data(plant) for key, plant in suite.plants.items()},
        "scenarios": {key: scenario_data(scenario) for key, scenario in suite.scenarios.items()},
        "techniques": _techniques(suite),
        "mode_table": mode_table(),
        "findings": list(suite.findings),
    }


def plant_data(plant: ResolvedPlant) -> dict[str, Any]:
    """One plant: instruments, final elements, functions and limits with their events."""
    spec = plant.spec
    return {
        **{key: plain(getattr(spec, key)) for key in _OF_PLANT},
        "parameters": dict(plant.parameters),
        "file": input_name(plant.file),
        "policies": {variant: input_name(file) for variant, file in plant.policies.items()},
        "measurements": {name: plain(m) for name, m in spec.measurements.items()},
        "tags": {name: asdict(tag) | {"wired_to": list(tag.wired_to)} for name, tag in plant.tags.items()},
        "quantities": dict(plant.physics.quantities),
        "inputs": dict(plant.physics.inputs),
        "findings": list(plant.findings),
    }


def scenario_data(scenario: ResolvedScenario) -> dict[str, Any]:
    """One scenario: header, techniques, threats, sample sizes and signals."""
    spec, row = scenario.spec, scenario.row
    return {
        "id": spec.id,
        "base": scenario.base,
        "phase": spec.phase,
        "question": spec.question,
        "plant": spec.plant,
        "ai": scenario.variant,
        "mode": scenario.ai.mode,
        "loops": list(scenario.ai.loops),
        "duration": spec.duration,
        "period": scenario.plant.spec.scan.base,
        "catalogue": None if row is None else plain(asdict(row)),
        "threats": [threat_data(threat) for threat in scenario.threats],
        "start": {name: plain(value) for name, value in scenario.start.items()},
        "operator": plain(spec.operator),
        "requirements": list(scenario.requirements),
        "formulas": {name: _formula(formula) for name, formula in scenario.formulas.items()},
        "plans": {name: plain(plan) for name, plan in scenario.plans.items()},
        "replicas": scenario.replicas,
        "signals": {name: _signal(signal) for name, signal in scenario.signals.items()},
        "findings": list(scenario.findings),
    }


def threat_data(threat: ResolvedThreat) -> dict[str, Any]:
    """One threat, its numbers in the units of what it strikes."""
    data = {key: getattr(threat, key) for key in ("name", "kind", "tap", "target")}
    drawn = {key: plain(value) for key, value in threat.parameters.items()}
    search = {key: list(ends) for key, ends in threat.search.items()}
    times = {"onset": plain(threat.onset), "lasts": plain(threat.lasts)}
    return {**data, **times, "parameters": drawn, "units": dict(threat.units), "search": search}


def _formula(formula: Formula) -> dict[str, Any]:
    return {"text": formula.text, "unit": formula.margin_unit, "implies": formula.has_implication}


def _signal(signal: Signal) -> dict[str, Any]:
    groups = {name: list(members) for name, members in signal.groups.items()}
    return {"unit": signal.unit, "states": dict(signal.states), "groups": groups}


def _techniques(suite: ResolvedSuite) -> dict[str, Any]:
    """Names of the technique ids that the suite's scenarios have, by list and version."""
    rows = [scenario.row for scenario in suite.scenarios.values() if scenario.row]
    versions = suite.spec.catalogue
    attack = {
        version: {i: catalogue.attack_ics(version)[i] for row in rows for i in row.attack_ics[version]}
        for version in versions.attack_ics
    }
    names, demanded = catalogue.atlas(versions.atlas), catalogue.iec_62443()
    return {
        "attack_ics": attack,
        "atlas": {versions.atlas: {i: names[i] for row in rows for i in row.atlas}},
        "iec_62443_3_3": {i: list(demanded.get(i, ())) for row in rows for i in row.attack_ics["18.1"]},
    }


def mode_table() -> dict[str, Any]:
    """By event: the mode after each mode, and how a loop that changed starts."""
    names = {number: name for name, number in MODE.items()} | {AI_HOME: "AI"}
    return {
        event: {
            "after": {names[mode]: names[after] for mode, after in moves.items()},
            "start": "last good" if start == START_LAST_GOOD else "bumpless",
        }
        for event, (moves, start) in TRANSITIONS.items()
    }


def plain(value: Any) -> Any:
    """Any part of a resolved file as plain data; keys that are absent stay absent."""
    if isinstance(value, Strict):
        return {key: plain(part) for key, part in value.written().items() if part is not None}
    if isinstance(value, Quantity):
        return str(value)
    if isinstance(value, Distribution):
        return distribution(value)
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return str(value) if isinstance(value, Path) else value


def distribution(value: Distribution) -> Any:
    """A distribution as a file writes it."""
    at = {name: str(Quantity(number, value.unit)) for name, number in vars(value).items() if _number(number)}
    match value:
        case Fixed():
            return at["value"]
        case Uniform():
            return {"uniform": [at["low"], at["high"]]}
        case Normal():
            return {"normal": {"mean": at["mean"], "sd": at["sd"]}}
        case LogNormal():
            return {"lognormal": {"median": at["median"], "spread": value.spread}}
        case Choice():
            return {"choice": [str(Quantity(number, value.unit)) for number in value.values]}
    raise TypeError(f"{type(value).__name__} is no distribution of a file")


def _number(value: object) -> bool:
    return isinstance(value, float)
