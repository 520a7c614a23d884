"""The cover and the first page: what was tested, and where it stands, in counts and worst cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.report.folder import Folder
from simulator.report.observed import largest, recorded, shortest
from simulator.report.protection import mutation
from simulator.report.shown import NONE, number, seconds, share
from simulator.report.words import ORDER

Data = Mapping[str, Any]
Row = dict[str, Any]
_FAMILIES = {
    "CTL": "controls of the suite", "SNS": "sensors", "ACT": "actuators", "NET": "networks",
    "MBX": "mailbox and Modbus", "MDL": "model", "DRF": "drift", "HUM": "people",
    "SAF": "safety functions and fallback", "CMB": "combinations",
    "TMP": "tampering", "ADV": "adversarial inputs", "AGT": "agents and language models",
}  # fmt: skip


def digests(folder: Folder) -> list[tuple[str, str, str]]:
    """What the finding is about: policies, plant files, criteria, requirements; name and SHA-256."""
    files, plants = folder.resolved.get("files", {}), folder.resolved.get("plants", {})
    used = {(about.get("plant"), about.get("ai")) for about in folder.resolved.get("scenarios", {}).values()}
    named = [
        (f"policy {variant} of {key}", file)
        for key, plant in plants.items()
        for variant, file in plant.get("policies", {}).items()
        if (key, variant) in used
    ]
    named += [(f"plant file {key}", plant["file"]) for key, plant in plants.items() if "file" in plant]
    named += [
        (
            f"commissioning of {key}",
            f"{str(plant.get('file', '')).partition('__')[0]}__{plant['commissioning']}",
        )
        for key, plant in plants.items()
        if plant.get("commissioning")
    ]
    named += [(what, files[what]) for what in ("criteria", "requirements", "suite") if what in files]
    known = folder.start.get("inputs") or {}
    return [(what, file, str(known.get(file, "not recorded"))) for what, file in named]


def families(folder: Folder) -> list[Row]:
    """Verdicts counted by family of scenarios, each as a number of a total; never one score."""
    found: dict[str, list[str]] = {}
    asked: dict[str, int] = {}
    for scenario in folder.scenarios:
        family = _family(scenario["id"])
        asked[family] = asked.get(family, 0) + 1
        found.setdefault(family, []).extend(_verdicts(scenario["requirements"]))
    for name in folder.verdicts.get("out_of_scope", {}):
        found.setdefault(_family(name), []).append("OUT OF SCOPE")
    checks = _verdicts(folder.verdicts.get("design_checks", ()))
    rows = [_counted(name, _FAMILIES.get(name, ""), asked.get(name, 0), told) for name, told in found.items()]
    rows += [_counted("design checks", "from the files, before anything runs", 0, checks)] if checks else []
    everything = [verdict for told in found.values() for verdict in told] + checks
    return [*rows, _counted("all", "", sum(asked.values()), everything)]


def _family(name: Any) -> str:
    return str(name).partition("-")[0]


def _verdicts(rulings: Sequence[Data]) -> list[str]:
    return [str(ruling["verdict"]) for ruling in rulings]


def _counted(name: str, text: str, scenarios: int, found: list[str]) -> Row:
    cells = [(kind, found.count(kind), len(found)) for kind in ORDER]
    return {"name": name, "text": text, "scenarios": scenarios or NONE, "cells": cells}


def worst(folder: Folder) -> list[Row]:
    """The worst cases a reader asks for first: ``what``, ``value``, ``where`` and ``said``."""
    return [*_margins(folder), _latency(folder), *_responses(folder), _mutation(folder), _open(folder)]


def _margins(folder: Folder) -> Iterator[Row]:
    """The least distance to each safety limit of each plant."""
    least: dict[tuple[str, str], tuple[Data, Data]] = {}
    for scenario in folder.scenarios:
        for ruling in scenario["requirements"]:
            limit = folder.resolved.get("requirements", {}).get(ruling["id"], {}).get("protects")
            if limit and ruling.get("margin") is not None:
                key = (str(scenario.get("plant", "")), str(limit))
                known = least.get(key)
                if known is None or ruling["margin"] < known[1]["margin"]:
                    least[key] = (scenario, ruling)
    for (plant, limit), (where, ruling) in least.items():
        about: Data = folder.plant(where["id"]).get("safety_limits", {}).get(limit, {})
        bound = about.get("below") or about.get("above") or ""
        quantity = str(about.get("quantity", "")).replace("_", " ")
        yield _tile(
            f"least margin to {limit} ({quantity} {bound}), {plant}",
            number(ruling["margin"], ruling.get("unit", "")),
            f"{where['id']} replica {ruling.get('replica')}",
            "FAIL" if ruling["margin"] <= 0 else "",
        )


def _latency(folder: Folder) -> Row:
    """The slowest fallback, and what the requirements of its scenario say of it."""
    what = "slowest fallback of any replica, from the fault or onset to the shed"
    if not recorded(folder, "fallback"):
        return _tile(what, "not recorded", "", "")
    found = [largest(folder, "fallback", str(s["id"])) for s in folder.scenarios if _judged(folder, s)]
    one = max((seen for seen in found if seen), key=lambda seen: seen.value, default=None)
    if one is None:
        return _tile(what, NONE, "no AI was shed after an onset", "")
    verdict = next(str(s.get("verdict", NONE)) for s in folder.scenarios if s["id"] == one.scenario)
    pst = shortest(folder, one.scenario)
    part = f", {share(one.value / pst)} of the shortest process safety time" if pst else ""
    where = f"{one.scenario} replica {one.replica}{part}; its requirements: {verdict}"
    return _tile(what, seconds(one.value), where, "FAIL" if verdict == "FAIL" else "")


def _judged(folder: Folder, scenario: Data) -> bool:
    """Whether a scenario is more than information: an alarm of drift that comes late is no fallback."""
    about = folder.resolved.get("requirements", {})
    return any(not about.get(r["id"], {}).get("information") for r in scenario["requirements"])


def _responses(folder: Folder) -> Iterator[Row]:
    """The safety function that uses most of the time left."""
    events = [
        (event["share"], plant, study, event)
        for plant, about in folder.adequacy.items()
        for study in (about if isinstance(about, list) else [about])
        for event in study.get("events", ())
        if event.get("share") is not None
    ]
    if events:
        used, plant, study, event = max(events, key=lambda found: found[0])
        at_most = folder.resolved.get("criteria", {}).get("response", {}).get("at_most")
        where = f"{study.get('sif', '')} on {event.get('id', '')} of {plant}; criteria: {share(at_most)}"
        said = "FAIL" if at_most is not None and used > at_most else ""
        yield _tile("largest response share of a safety function", share(used), where, said)


def _mutation(folder: Folder) -> Row:
    score, what = mutation(folder), "mutants noticed by their question"
    if score is None:
        return _tile(what, NONE, "none is declared", "")
    said = "FAIL" if score["lost"] else ""
    return _tile(what, f"{score['killed']} / {score['declared']}", "section 11", said)


def _open(folder: Folder) -> Row:
    """Punch items by class."""
    found = [r for s in folder.scenarios for r in s["requirements"]]
    found += [*folder.verdicts.get("design_checks", ()), *folder.verdicts.get("robustness", ())]
    bad = [str(r.get("class", "")) for r in found if r["verdict"] != "PASS"]
    told = ", ".join(f"{bad.count(grade)} {grade}" for grade in ("A", "B", "C"))
    return _tile("open punch items by class", told, "section 14", "FAIL" if "A" in bad else "")


def _tile(what: str, value: str, where: str, said: str) -> Row:
    return {"what": what, "value": value, "where": where, "said": said}
