"""Counts, punch list and verdict tables, from ``verdicts.json``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.assess.suite import FINDINGS
from simulator.report.folder import Folder
from simulator.report.shown import NONE, at, number, seconds, share
from simulator.report.words import RUNGS

Data = Mapping[str, Any]
Row = dict[str, Any]
_FIRST = ("FAIL", "INCONCLUSIVE", "NOT ASSESSED")


def finding(folder: Folder) -> Row:
    """The finding of the cover, the rule of the criteria that gives it, and what weakens it."""
    said = str(folder.verdicts.get("finding", "NOT READY"))
    weak = bool(folder.missing) and said in ("NO BLOCKING FINDING", "CONDITIONS")
    return {
        "said": "NOT READY" if weak else said,
        "judged": said if weak else "",
        "rule": _rule(folder, said),
    }


def _rule(folder: Folder, said: str) -> str:
    for rule in folder.resolved.get("criteria", {}).get("verdict", ()):
        for name, conditions in rule.items():
            if FINDINGS.get(name) == said and conditions != ["otherwise"]:
                return f"{said} when: " + "; ".join(conditions)
    return ""


def confidence(folder: Folder) -> str:
    """Confidence of every bound."""
    return share(folder.resolved.get("criteria", {}).get("confidence"))


def punch(folder: Folder) -> list[Row]:
    """What to look at first: misbehaving controls, then FAIL, INCONCLUSIVE, NOT ASSESSED, then warnings."""
    rulings = [("", r) for r in folder.verdicts.get("design_checks", ())]
    rulings += [(s["id"], r) for s in folder.scenarios for r in s["requirements"]]
    rulings += [(r["scenario"], r) for r in folder.verdicts.get("robustness", ())]
    items = [_control(c) for c in folder.verdicts.get("controls", ()) if c["verdict"] != "PASS"]
    for verdict in _FIRST:
        mine = [_item(folder, key, r) for key, r in rulings if r["verdict"] == verdict]
        items += sorted(mine, key=lambda item: item["grade"])
    warned = [(key, r) for key, r in rulings if r.get("warnings")]
    return items + [_item(folder, key, r, "; ".join(map(str, r["warnings"]))) for key, r in warned]


def open_items(folder: Folder) -> list[Row]:
    """The punch list without mere warnings."""
    return [item for item in punch(folder) if not item["warning"]]


def _control(control: Data) -> Row:
    kind = str(control["kind"]).replace("_", " ")
    text = f"Control of the suite: {kind}. The suite itself is in doubt until it behaves."
    about = {"id": control["id"], "scenario": "", "grade": "", "text": text, "why": control["why"], "n": NONE}
    about["short"] = text
    return about | {"verdict": control["verdict"], "warning": False, "replica": "", "when": "", "command": ""}


def _item(folder: Folder, scenario: str, ruling: Data, warning: str = "") -> Row:
    line = requirement(ruling)
    replay = f"plantproof replay {folder.name} {scenario} {ruling.get('replica')}"
    plant = ruling.get("variant", "")
    replay += f" --variant {plant}" if plant else ""
    off_design = "on plants that are not as designed: " if "cells" in ruling else ""
    why = off_design + line["why"]
    return line | {
        "scenario": scenario, "short": off_design + line["text"], "why": warning or why,
        "warning": bool(warning),
        "command": replay if scenario and line["replica"] else "",
    }  # fmt: skip


def requirement(ruling: Data) -> Row:
    """One line of a verdict table, printed."""
    n, planned, failed = (ruling.get(key, 0) for key in ("n", "planned", "failed"))
    replica, when = ruling.get("replica", -1), at(ruling.get("witness", -1))
    return {
        "id": ruling["id"], "clause": ruling.get("clause", ""), "text": ruling.get("text", ""),
        "grade": ruling.get("class", ""), "verdict": str(ruling["verdict"]), "why": ruling.get("why", ""),
        "n": f"{n} / {planned}", "failed": failed, "bound": share(ruling.get("bound")) if n else NONE,
        "margin": number(ruling.get("margin"), ruling.get("unit", "")),
        "left": seconds(ruling.get("time_margin")), "latency": seconds(ruling.get("latency")),
        "replica": f"replica {replica}" if replica >= 0 else "",
        "when": when if replica >= 0 and when != NONE else "",
    }  # fmt: skip


def peaks(folder: Folder, scenario: Data) -> Iterator[tuple[str, str]]:
    """The value nearest to each safety limit, by quantity."""
    limits = folder.plant(scenario["id"]).get("safety_limits", {})
    for name, peak in scenario.get("peaks", {}).items():
        quantity = limits.get(name, {}).get("quantity", name)
        unit = folder.about(scenario["id"]).get("signals", {}).get(f"true.{quantity}", {}).get("unit", "")
        yield str(quantity).replace("_", " "), f"{peak:.1f} {unit}"


def held(folder: Folder) -> list[Row]:
    """Which layer held: replicas by rung and scenario."""
    return [
        {
            "id": s["id"],
            "n": sum(s.get("held", {}).values()),
            "rungs": {rung: s.get("held", {}).get(rung, 0) for rung in RUNGS},
        }
        for s in folder.scenarios
    ]
