"""The whole suite judged: every question, the controls that judge the suite itself, the finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess import design
from simulator.assess.judge import Columns, Plan, Ruling, rule_cost, rule_formula
from simulator.core.units import quantity
from simulator.core.verdict import Verdict, worst

Data = Mapping[str, Any]
Rows = Callable[[str, str], Columns]

FINDINGS = {
    "VOID": "VOID",
    "NO-GO": "BLOCKING FINDINGS",
    "NOT READY": "NOT READY",
    "GO WITH CONDITIONS": "CONDITIONS",
    "GO": "NO BLOCKING FINDING",
}
"""Entries of the criteria's verdict list, and what the tool says: people decide, it has findings."""


def judge_suite(
    resolved: Data,
    rows: Rows,
    controls: Data | None,
    adequacy: Data | None,
    finished: bool,
    altered: Sequence[str] = (),
) -> dict[str, Any]:
    """Judge a results folder.

    Parameters
    ----------
    resolved : mapping
        ``resolved.json``.
    rows : callable
        Rows of (scenario, variant).
    controls, adequacy : mapping or None
        ``controls.json`` and ``adequacy.json``; None when they are missing.
    finished : bool
        Whether the run reached its end; otherwise no PASS is said.
    altered : sequence of str
        Files that are not as the run left them; with any, no PASS is said either.

    Returns
    -------
    dict
        ``verdicts.json``: plain data.
    """
    scenarios = [_scenario(resolved, key, rows) for key in resolved["scenarios"]]
    checks = list(_design_checks(resolved, adequacy))
    control = _controls(resolved, controls)
    rulings = [r for s in scenarios for r in s["requirements"]] + checks
    doubt = _doubt(finished, altered)
    for ruling in (*rulings, *control) if doubt else ():
        _withhold(ruling, doubt)
    for scenario in scenarios:
        scenario["verdict"] = str(worst([Verdict(r["verdict"]) for r in scenario["requirements"]]))
    void = [c["id"] for c in control if c["verdict"] == Verdict.FAIL]
    return {
        "format": 1,
        "suite": resolved["suite"]["suite"],
        "finished": finished,
        "altered": list(altered),
        "finding": _finding(resolved["criteria"], rulings, control, not doubt),
        "void": void,
        "counts": dict(Counter(str(r["verdict"]) for r in rulings)),
        "verdict": str(worst([Verdict(r["verdict"]) for r in rulings])),
        "scenarios": scenarios,
        "design_checks": checks,
        "controls": control,
        "out_of_scope": dict(resolved["suite"].get("out_of_scope", {})),
    }


def _doubt(finished: bool, altered: Sequence[str]) -> str:
    if not finished:
        return "the run did not end"
    more = f" and {len(altered) - 3} more" if len(altered) > 3 else ""
    return f"changed since the run: {', '.join(altered[:3])}{more}" if altered else ""


def _withhold(ruling: dict[str, Any], doubt: str) -> None:
    if ruling["verdict"] in (Verdict.PASS, Verdict.NOT_ASSESSED):
        ruling["verdict"] = str(Verdict.INCONCLUSIVE)
        ruling["why"] = doubt


def _scenario(resolved: Data, key: str, rows: Rows) -> dict[str, Any]:
    about, mine = resolved["scenarios"][key], rows(key, "main")
    found = []
    for name in about["requirements"]:
        requirement = resolved["requirements"][name]
        ruling = _rule(resolved, about, name, mine, rows)
        found.append(_entry(resolved, name, requirement, ruling))
    held = Counter(str(rung) for rung in mine.get("held", np.array([])))
    limits = resolved["plants"][about["plant"]]["safety_limits"]
    peaks = {
        name: _extreme(mine[f"peak.{name}"], limit)
        for name, limit in limits.items()
        if f"peak.{name}" in mine
    }
    return {
        "id": key,
        "question": about["question"],
        "plant": about["plant"],
        "ai": about["ai"],
        "mode": about["mode"],
        "duration": about["duration"],
        "replicas": len(mine.get("replica", ())),
        "planned": about["replicas"],
        "held": dict(held),
        "peaks": {name: peak for name, peak in peaks.items() if np.isfinite(peak)},
        "requirements": found,
    }


def _extreme(values: NDArray[Any], limit: Data) -> float:
    """The value nearest to a limit, or beyond it."""
    return float(values.max() if "below" in limit else values.min()) if len(values) else float("nan")


def _rule(resolved: Data, about: Data, name: str, mine: Columns, rows: Rows) -> Ruling:
    requirement, plan = resolved["requirements"][name], _plan(resolved, about["plans"][name])
    if "compare" in requirement:
        compare = requirement["compare"]
        other = rows(about["id"], "without-" + "-".join(compare["without"]))
        return rule_cost(mine, other, compare["at_most"], plan)
    formula = about["formulas"][name]
    lenient = requirement.get("if_unexercised") == "PASS"
    return rule_formula(name, mine, plan, formula["unit"], lenient, formula["implies"])


def _plan(resolved: Data, plan: Data) -> Plan:
    return Plan(plan["replicas"], plan["failures_allowed"], resolved["criteria"]["confidence"])


def _entry(resolved: Data, name: str, requirement: Data, ruling: Ruling) -> dict[str, Any]:
    criteria = resolved["criteria"]
    data = asdict(ruling) | {"verdict": str(ruling.verdict), "warnings": list(ruling.warnings)}
    warn = criteria["margins"].get("warn_below", {}).get(name)
    data["warnings"] += _narrow(ruling, warn) if warn else []
    grade = criteria["codes"][requirement["code"]]["class"]
    about = {key: requirement.get(key, "") for key in ("code", "clause", "text")}
    return {"id": name, **about, "class": grade, **data}


def _narrow(ruling: Ruling, warn: str) -> list[str]:
    margin, unit = (ruling.margin, ruling.unit)
    if margin is None:
        margin, unit = ruling.time_margin, "s"
    if margin is None or ruling.verdict is not Verdict.PASS or margin >= quantity(warn, unit):
        return []
    return [f"margin {margin:.3g} {unit} is below the {warn} at which the criteria warn"]


def _design_checks(resolved: Data, adequacy: Data | None) -> Iterator[dict[str, Any]]:
    for name in resolved["suite"].get("design_checks", ()):
        requirement = resolved["requirements"][name]
        if requirement["design_check"] == "independence":
            ruling = design.independence(resolved["plants"])
        else:
            ruling = design.sif_response(adequacy, resolved["criteria"]["response"]["at_most"])
        yield _entry(resolved, name, requirement, ruling)


def _controls(resolved: Data, controls: Data | None) -> list[dict[str, Any]]:
    found = []
    for kind, asked in resolved["suite"]["controls"].items():
        done = (controls or {}).get(kind)
        entry: dict[str, Any] = {"id": asked["id"], "kind": kind, "why": "", "done": done or []}
        bad = [one["name"] for one in done or () if not one["behaved"]]
        if done is None or len(done) == 0:
            entry |= {"verdict": str(Verdict.INCONCLUSIVE), "why": "it did not run"}
        elif bad:
            entry |= {"verdict": str(Verdict.FAIL), "why": f"did not behave: {', '.join(bad)}"}
        else:
            entry |= {"verdict": str(Verdict.PASS), "why": f"{len(done)} of {len(done)}"}
        found.append(entry)
    return found


def _finding(
    criteria: Data, rulings: list[dict[str, Any]], controls: list[dict[str, Any]], sound: bool
) -> str:
    happened = {f"{r['class']} {r['verdict']}" for r in rulings} | {"otherwise"}
    for control in controls:
        if control["verdict"] == Verdict.FAIL:
            happened.add("mutant survived" if control["kind"] == "mutants" else "control failed")
        elif control["verdict"] == Verdict.INCONCLUSIVE:
            happened.add("A INCONCLUSIVE")
    for rule in criteria["verdict"]:
        for name, conditions in rule.items():
            if happened & set(conditions):
                return "NOT READY" if name == "GO" and not sound else FINDINGS[name]
    return "NOT READY"
