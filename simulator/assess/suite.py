"""The whole suite judged: every question, the controls that judge the suite itself, the finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.assess import design
from simulator.assess import robustness as vary
from simulator.assess.judge import Columns, Plan, Ruling, informed, rule_cost, rule_formula
from simulator.core.units import UnitError, quantity
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
    exploratory: bool = False,
    robustness: Data | None = None,
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
    exploratory : bool
        Whether sample sizes or questions were replaced: then the finding is NOT READY at best.
    robustness : mapping or None
        ``robustness.json``; None when it is missing, or nobody asked for the study.

    Returns
    -------
    dict
        ``verdicts.json``: plain data.
    """
    scenarios = [_scenario(resolved, key, rows) for key in resolved["scenarios"]]
    checks = list(_design_checks(resolved, adequacy))
    control = _controls(resolved, controls)
    rulings = [r for s in scenarios for r in s["requirements"]] + checks
    nominal = {(s["id"], r["id"]): r for s in scenarios for r in s["requirements"]}
    varied = vary.rulings(resolved, robustness, nominal)
    doubt = _doubt(finished, altered)
    for ruling in (*rulings, *varied, *control) if doubt else ():
        _withhold(ruling, doubt)
    for scenario in scenarios:
        scenario["verdict"] = str(worst([Verdict(r["verdict"]) for r in scenario["requirements"]]))
    void = [c["id"] for c in control if c["verdict"] == Verdict.FAIL]
    return {
        "format": 1,
        "suite": resolved["suite"]["suite"],
        "finished": finished,
        "altered": list(altered),
        "exploratory": exploratory,
        "finding": _finding(resolved["criteria"], [*rulings, *varied], control, not (doubt or exploratory)),
        "void": void,
        "counts": dict(Counter(str(r["verdict"]) for r in rulings)),
        "verdict": str(worst([Verdict(r["verdict"]) for r in (*rulings, *varied)])),
        "scenarios": scenarios,
        "design_checks": checks,
        "robustness": varied,
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
    ruling = rule_formula(name, mine, plan, formula["unit"], lenient, formula["implies"])
    return informed(ruling) if requirement.get("information") else ruling


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
    for margin, unit in ((ruling.margin, ruling.unit), (ruling.time_margin, "s")):
        bound = _in_unit(warn, unit)
        if margin is not None and bound is not None and ruling.verdict is Verdict.PASS and margin < bound:
            return [f"margin {margin:.3g} {unit} is below the {warn} at which the criteria warn"]
    return []


def _in_unit(text: str, unit: str) -> float | None:
    try:
        return quantity(text, unit)
    except UnitError:
        return None


def _design_checks(resolved: Data, adequacy: Data | None) -> Iterator[dict[str, Any]]:
    plants, most = resolved["plants"], resolved["criteria"]["response"]["at_most"]
    checks: dict[str, Callable[[], Ruling]] = {
        "independence": lambda: design.independence(plants),
        "common_cause": lambda: design.common_cause(plants),
        "sif_response": lambda: design.sif_response(adequacy, most),
    }
    for name in resolved["suite"].get("design_checks", ()):
        requirement = resolved["requirements"][name]
        yield _entry(resolved, name, requirement, checks[requirement["design_check"]]())


def _controls(resolved: Data, controls: Data | None) -> list[dict[str, Any]]:
    found = []
    for kind, asked in resolved["suite"]["controls"].items():
        done = (controls or {}).get(kind) or []
        entry: dict[str, Any] = {"id": asked["id"], "kind": kind, "done": done}
        bad = [one["name"] for one in done if not one["behaved"]]
        declared = _declared(resolved, kind, asked)
        ran = len({one["name"] for one in done})  # one that stands there twice does not stand for another
        entry["why"] = f"{ran} of {declared} declared"
        if bad:
            entry |= {"verdict": str(Verdict.FAIL), "why": f"did not behave: {', '.join(bad)}"}
        elif ran < declared or not declared:
            entry |= {"verdict": str(Verdict.INCONCLUSIVE)}
        else:
            entry |= {"verdict": str(Verdict.PASS)}
        found.append(entry)
    return found


def _declared(resolved: Data, kind: str, asked: Data) -> int:
    """How many checks a control declares."""
    if kind == "mutants":
        return len(asked.get("remove", {})) + len(asked.get("break", {}))
    return len(asked["of"]) if asked.get("of") and asked["of"] != "all" else len(resolved["scenarios"])


WORST_FIRST = ("VOID", "NO-GO", "NOT READY", "GO WITH CONDITIONS", "GO")
KINDS_OF_CONTROL = ("null_injection", "repeat", "mutants")


def _finding(
    criteria: Data, rulings: list[dict[str, Any]], controls: list[dict[str, Any]], sound: bool
) -> str:
    happened = {f"{r['class']} {r['verdict']}" for r in rulings} | {"otherwise"}
    for control in controls:
        if control["verdict"] == Verdict.FAIL:
            happened.add("mutant survived" if control["kind"] == "mutants" else "control failed")
    listed = [name for rule in criteria["verdict"] for name, given in rule.items() if happened & set(given)]
    floor = _floor(happened, controls, sound)
    return FINDINGS[min([*(listed[:1] or ["NOT READY"]), floor], key=WORST_FIRST.index)]


def _floor(happened: set[str], controls: list[dict[str, Any]], sound: bool) -> str:
    """The best that may be found, whatever the criteria file says."""
    if happened & {"mutant survived", "control failed"}:
        return "VOID"
    if "A FAIL" in happened:
        return "NO-GO"
    proved = {c["kind"] for c in controls if c["verdict"] == Verdict.PASS}
    if not sound or proved != set(KINDS_OF_CONTROL) or happened & {"A INCONCLUSIVE", "A NOT ASSESSED"}:
        return "NOT READY"
    return "GO"
