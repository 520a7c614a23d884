"""Parametric robustness: does a hazard verdict hold on plants that are not as designed, and what breaks it?

Three things a plant may do at a factor: hold, break, or leave it open. What is open (undecided, without
an operating point, or where the question was never put) never holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.core.verdict import Verdict

Columns = Mapping[str, NDArray[Any]]
Data = Mapping[str, Any]
HOLDS, BREAKS, OPEN = "holds", "breaks", "open"


def cell(rows: Columns, variant: str, name: str, provided: Sequence[str]) -> dict[str, Any]:
    """What the replicas on one plant say of one requirement.

    Parameters
    ----------
    rows : mapping of str to ndarray
        Labelled rows of a question.
    variant : str
        The plant.
    name : str
        The requirement.
    provided : sequence of str
        Requirements that a replica must meet to count as evidence for it.

    Returns
    -------
    dict
        ``n`` replicas that count, ``failed``, ``undecided``, worst ``margin`` and its ``replica``, and
        ``why`` some do not count; plain data.
    """
    chosen = rows["variant"] == variant
    mine = {key: column[chosen] for key, column in rows.items()}
    if not len(mine["replica"]):
        return {
            "n": 0,
            "failed": 0,
            "undecided": 0,
            "margin": None,
            "replica": -1,
            "why": "nothing was recorded",
        }
    truth, margin = mine[f"{name}.truth"], mine[f"{name}.margin"].astype(float)
    rested = mine["rest"] > 0
    put = np.ones_like(rested)
    for one in provided:
        put &= (mine[f"{one}.truth"] > 0) & (mine[f"{one}.exercised"] > 0)
    failed = (truth < 0) & rested
    undecided = ~(truth < 0) & ~(truth > 0) | ~rested
    counts = failed | ((truth > 0) & rested & put)
    among = failed if failed.any() else counts
    usable = np.where(among & np.isfinite(margin), margin, np.inf)
    known = bool(np.isfinite(usable).any())
    pick = int(np.argmin(usable)) if known else int(np.argmax(among))
    return {
        "n": int(counts.sum()), "failed": int(failed.sum()), "undecided": int(undecided.sum()),
        "margin": float(margin[pick]) if known else None,
        "replica": int(mine["replica"][pick]) if among.any() else -1,
        "why": _why(rested, int((rested & ~undecided & ~counts).sum()), int(undecided.sum())),
    }  # fmt: skip


def _why(rested: NDArray[Any], unput: int, undecided: int) -> str:
    if not rested.all():
        return "this plant has no operating point"
    told = [f"{undecided} undecided"] if undecided else []
    return "; ".join(told + ([f"the question was not put to {unput}"] if unput else []))


def state(one: Data, planned: int) -> str:
    """What a cell says: it holds only where every planned replica counts and none fails."""
    if one["failed"]:
        return BREAKS
    return HOLDS if one["n"] >= planned and not one["undecided"] else OPEN


def first_breaks(cells: Sequence[Data], planned: int) -> dict[str, list[dict[str, Any]]]:
    """By parameter, the factor nearest to 1 that breaks the verdict on either side of it.

    Each with ``doubt``: whether a factor nearer to 1 on that side is open, so that it may break before.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for name in dict.fromkeys(one["parameter"] for one in cells if one["parameter"]):
        mine = [one for one in cells if one["parameter"] == name]
        sides = ([o for o in mine if o["factor"] < 1.0], [o for o in mine if o["factor"] > 1.0])
        found[name] = [broken for side in sides for broken in _nearest(side, planned)]
    return found


def _nearest(side: Sequence[Data], planned: int) -> Iterator[dict[str, Any]]:
    doubt = False
    for one in sorted(side, key=lambda o: abs(log(o["factor"]))):
        if state(one, planned) == BREAKS:
            yield dict(one) | {"doubt": doubt}
            return
        doubt = doubt or state(one, planned) == OPEN


def first_of_all(breaks: Mapping[str, Sequence[Data]]) -> Data | None:
    """The break that is nearest to the design, by the logarithm of its factor."""
    listed = [one for some in breaks.values() for one in some]
    return min(listed, key=lambda one: abs(log(one["factor"])), default=None)


def rulings(
    resolved: Data, found: Data | None, nominal: Mapping[tuple[str, str], Data]
) -> list[dict[str, Any]]:
    """A ruling for every hazard verdict of the study; none where the suite asks for no study.

    Parameters
    ----------
    resolved : mapping
        ``resolved.json``.
    found : mapping or None
        ``robustness.json``; None when it is missing.
    nominal : mapping of (str, str) to mapping
        The rulings on the plant as designed, by scenario and requirement.

    Returns
    -------
    list of dict
        Rulings as of a requirement, with ``scenario``, ``breaks``, ``first`` and ``cells``. A break
        inside the tolerance FAILs with the class of the requirement; what is open inside it is
        INCONCLUSIVE, class B at most. The nominal ruling is left as it is.
    """
    study = resolved["suite"].get("robustness")
    if not study:
        return []
    return [
        _ruled(resolved, study, found, scenario, name, nominal.get((scenario, name), {}))
        for scenario, about in resolved["scenarios"].items()
        if not study["of"] or scenario in study["of"]
        for name in study["requirements"]
        if name in about["formulas"]
    ]


def _ruled(
    resolved: Data, study: Data, found: Data | None, scenario: str, name: str, nominal: Data
) -> dict[str, Any]:
    requirement, told = resolved["requirements"][name], _told(found, scenario)
    listed = told.get("requirements", {}).get(name, ())
    cells: list[Data] = [dict(one) | {"inside": _inside(study, one)} for one in listed]
    planned = int(study["replicas"])
    breaks = first_breaks(cells, planned)
    inside = [one for one in cells if one["inside"]]
    verdict, why, shown = _verdict(study, inside, planned, str(nominal.get("verdict", "")))
    grade = str(resolved["criteria"]["codes"][requirement["code"]]["class"])
    return {
        "id": name, "scenario": scenario,
        **{key: requirement.get(key, "") for key in ("code", "clause", "text")},
        "class": grade if verdict in (Verdict.FAIL, Verdict.PASS) else max(grade, "B"),
        "verdict": str(verdict), "why": why,
        "n": min((one["n"] for one in inside), default=0), "planned": planned,
        "failed": sum(one["failed"] for one in inside), "undecided": sum(one["undecided"] for one in inside),
        "bound": None, "margin": shown.get("margin"), "unit": told.get("units", {}).get(name, ""),
        "time_margin": None, "latency": None, "replica": shown.get("replica", -1), "witness": -1,
        "variant": shown.get("variant", ""), "warnings": [], "cells": cells, "breaks": breaks,
        "first": first_of_all(breaks),
    }  # fmt: skip


def _told(found: Data | None, scenario: str) -> Data:
    told: Data = (found or {}).get("scenarios", {}).get(scenario, {})
    return told


def _inside(study: Data, one: Data) -> bool:
    """Whether a cell is the plant as designed, or inside the tolerance of its parameter."""
    if not one["parameter"]:
        return True
    low, high = study["parameters"][one["parameter"]]["tolerance"]
    return bool(low <= one["factor"] <= high)


def _verdict(study: Data, inside: Sequence[Data], planned: int, nominal: str) -> tuple[Verdict, str, Data]:
    """Verdict, why, and the cell that shows it."""
    wanted = 1 + sum(_tolerated(about) for about in study["parameters"].values())
    worst = min(inside, key=lambda one: np.inf if one["margin"] is None else one["margin"], default={})
    if nominal == Verdict.FAIL:
        return Verdict.NOT_ASSESSED, "it fails on the plant as designed: there is nothing to hold", worst
    broken = [one for one in inside if state(one, planned) == BREAKS]
    if broken:
        near = min(broken, key=lambda one: abs(log(one["factor"])))
        return Verdict.FAIL, f"broken inside the tolerance by {_listed(broken)}", near
    open_ = [one for one in inside if state(one, planned) == OPEN]
    if nominal != Verdict.PASS:
        return Verdict.NOT_ASSESSED, f"its nominal verdict is {nominal or 'missing'}", worst
    if len(inside) < wanted:
        return Verdict.INCONCLUSIVE, f"{len(inside)} of {wanted} plants inside the tolerance were run", worst
    if open_:
        told = "; ".join(f"{one['variant']}: {one['why'] or _short(one, planned)}" for one in open_)
        return Verdict.INCONCLUSIVE, f"open inside the tolerance: {told}", worst
    return Verdict.PASS, "", worst


def _tolerated(about: Data) -> int:
    low, high = about["tolerance"]
    return sum(low <= factor <= high for factor in about["factors"])


def _listed(broken: Sequence[Data]) -> str:
    return ", ".join(f"{one['variant']} ({one['failed']} of {one['n']})" for one in broken)


def _short(one: Data, planned: int) -> str:
    return f"{one['n']} of the {planned} planned replicas"
