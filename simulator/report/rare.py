"""Rare failures and sequential tests of the same input, as the page tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.record.reader import get_json
from simulator.report.campaigns import doubts_of, every, told
from simulator.report.folder import Folder
from simulator.report.shown import NONE, distribution, number

Data = Mapping[str, Any]
Row = dict[str, Any]
KIND = "rare"


def studies(folder: Folder) -> list[Row]:
    """Rare-event studies of the same input, the newest of each question and requirement."""
    found: dict[tuple[str, str], Row] = {}
    for layout in every(folder, KIND):
        one = get_json(layout.root / f"{KIND}.json")
        row = _study(one) | {"folder": layout.root.name, "doubts": doubts_of(folder, layout)}
        found.setdefault((one["scenario"], one["requirement"]), row)
    return list(found.values())


def _study(found: Data) -> Row:
    direct, percent = found["direct"], f"{100 * found['confidence']:g} %"
    return {
        "id": found["scenario"], "requirement": found["requirement"], "verdict": found["verdict"],
        "why": found["why"], "claim": f"at most {number(found['at_most'])} ({found['claim']})",
        "warnings": list(found["warnings"]),
        "axes": [(name, distribution(source)) for name, source in found["axes"].items()],
        "noise": found["noise"],
        "estimate": NONE if direct["suffices"] else number(found["p"]),
        "interval": _between(found, percent) if not direct["suffices"] and found["high"] else NONE,
        "variation": NONE if found["variation"] is None else number(found["variation"]),
        "formula": number(sum(one["formula_variation"] for one in found["each"]) / len(found["each"])),
        "repeats": found["repeats"], "runs": f"{found['simulations']:,}",
        "direct": f"{direct['failed']} of {direct['n']:,} fail, {direct['undecided']} undecided",
        "bounds": _between(direct, percent),
        "needs": NONE if found["direct_needs"] is None else f"{found['direct_needs']:.2g}",
        "levels": [_level(k, found["each"]) for k in range(max(len(one["levels"]) for one in found["each"]))],
        "unit": found["unit"], "nearest": _nearest(found),
    }  # fmt: skip


def _between(found: Data, percent: str) -> str:
    return f"{found['low']:.2g} to {found['high']:.2g}, {percent}"


def _level(k: int, each: list[Data]) -> Row:
    """One level over all repeats that have it."""
    mine = [one["levels"][k] for one in each if len(one["levels"]) > k]
    ends, shares = [level["threshold"] for level in mine], [level["share"] for level in mine]
    return {
        "number": k, "repeats": len(mine),
        "threshold": f"{number(min(ends))} to {number(max(ends))}",
        "share": f"{min(shares):.2g} to {max(shares):.2g}",
        "acceptance": f"{100 * min(level['acceptance'] for level in mine):.0f} %",
        "renewal": f"{100 * min(level['renewal'] for level in mine):.0f} %",
    }  # fmt: skip


def _nearest(found: Data) -> str:
    near = found.get("counterexample")
    if not near:
        return ""
    values = ", ".join(
        f"{name} {number(value, near['units'][name])}" for name, value in near["values"].items()
    )
    return f"{values}; margin {number(near['margin'], found['unit'])}; {near['file']} repeats it"


def sequential(folder: Folder) -> list[Row]:
    """Sequential tests of the newest campaign of the same input."""
    found = told(folder, "campaign")
    return [_test(one, found["confidence"]) for one in found.get("sequential", ())]


def _test(one: Data, confidence: float) -> Row:
    test, odds = one["test"], one["odds"]
    return {
        "id": one["scenario"], "requirement": one["requirement"], "verdict": one["verdict"],
        "apart": f"{100 * test['unacceptable']:g} % against {100 * test['acceptable']:g} %",
        "risks": f"{100 * test['beta']:.2g} %, {100 * test['alpha']:.2g} %",
        "exact": f"{100 * odds['unacceptable']['passes']:.2g} %, {100 * odds['acceptable']['fails']:.2g} %",
        "n": f"{one['n']:,} of at most {test['most']:,}",
        "failed": f"{one['failed']}" + (f" ({one['undecided']} undecided)" if one["undecided"] else ""),
        "bounds": _between(one, f"{100 * confidence:g} %"),
        "expected": f"{odds['acceptable']['replicas']:.0f}, {odds['unacceptable']['replicas']:.0f}",
    }  # fmt: skip
