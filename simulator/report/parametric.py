"""Hazard verdicts on plants that are not as designed: a line and a row of cells per verdict."""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Any

from simulator.assess.robustness import BREAKS, OPEN, state
from simulator.report.folder import Folder
from simulator.report.shown import NONE, duration, number

Data = Mapping[str, Any]
Row = dict[str, Any]
DETAILED = 3
"""Verdicts that are drawn point by point."""


def study(folder: Folder) -> Row:
    """What was varied: parameters with factors and tolerance, and how much was run; empty when nothing."""
    asked: Data = folder.resolved.get("suite", {}).get("robustness") or {}
    if not asked:
        return {}
    told = [
        {"name": name, "of": _of(about), "factors": " ".join(_factor(f) for f in about["factors"]),
         "tolerance": f"{_factor(about['tolerance'][0])} to {_factor(about['tolerance'][1])}"}
        for name, about in asked["parameters"].items()
    ]  # fmt: skip
    longest = duration(asked["longest"]) if asked.get("longest") else ""
    return {"replicas": asked["replicas"], "longest": longest, "parameters": told}


def _of(about: Data) -> str:
    if about.get("input"):
        return f"input {about['input']} of the physics"
    what, listed = ("lag", "transmitters") if "lag" in about else ("stroke", "final elements")
    return f"{what} of {', '.join(about[what]) or f'all {listed}'}"


def _factor(value: float) -> str:
    return f"×{value:g}"


def lines(folder: Folder) -> list[Row]:
    """The verdicts, those that break nearest to the design first."""
    return [_line(folder, ruling) for ruling in ordered(folder)]


def ordered(folder: Folder) -> list[Data]:
    """Rulings of the study by the nearness of their first break, then by their worst margin."""
    found = [r for r in folder.verdicts.get("robustness", ()) if r["cells"]]
    return sorted(found, key=lambda r: (_nearness(r), _worst(r), r["scenario"], r["id"]))


def _nearness(ruling: Data) -> float:
    return abs(log(ruling["first"]["factor"])) if ruling["first"] else float("inf")


def _worst(ruling: Data) -> float:
    return min((c["margin"] for c in ruling["cells"] if c["margin"] is not None), default=float("inf"))


def _line(folder: Folder, ruling: Data) -> Row:
    first = ruling["first"]
    replay = f"plantproof replay {folder.name} {ruling['scenario']} "
    return {
        "scenario": ruling["scenario"], "id": ruling["id"], "verdict": ruling["verdict"],
        "why": ruling["why"],
        "grade": ruling["class"], "margin": number(ruling["margin"], ruling["unit"]),
        "nominal": number(next(c["margin"] for c in ruling["cells"] if not c["parameter"]), ruling["unit"]),
        "first": _broken(first) if first else "none found",
        "breaks": [cell(ruling, name) for name in ruling["breaks"]],
        "command": f"{replay}{first['replica']} --variant {first['variant']}" if first else "",
    }  # fmt: skip


def _broken(one: Data) -> str:
    doubt = " or before" if one.get("doubt") else ""
    return f"{one['variant']}{doubt}, {one['failed']} of {one['n']}"


def cell(ruling: Data, parameter: str) -> Row:
    """One verdict against one parameter: what breaks it on either side, and what is open.

    Returns
    -------
    dict
        ``text``; ``kind``: ``inside`` (it breaks inside the tolerance), ``breaks``, ``open`` or ``holds``.
    """
    planned, broken = ruling["planned"], ruling["breaks"].get(parameter, ())
    mine = [one for one in ruling["cells"] if one["parameter"] == parameter]
    unknown = [one for one in mine if state(one, planned) == OPEN]
    inside = [one for one in mine if one.get("inside") and state(one, planned) == BREAKS]
    text = " ".join(f"{_factor(b['factor'])}{'?' if b['doubt'] else ''}" for b in broken)
    if broken:
        return {"text": text, "kind": "inside" if inside else "breaks", "parameter": parameter}
    if unknown:
        return {"text": f"? {_factor(_near(unknown))}", "kind": "open", "parameter": parameter}
    return {"text": "–" if mine else NONE, "kind": "holds" if mine else "open", "parameter": parameter}


def _near(cells: list[Data]) -> float:
    return float(min((one["factor"] for one in cells), key=lambda factor: abs(log(factor))))
