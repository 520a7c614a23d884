"""Where safe ends: the page of every envelope of the same input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.report import surveyed
from simulator.report.campaigns import doubts_of
from simulator.report.drawn import inline
from simulator.report.folder import DAMAGED, Folder
from simulator.report.shown import NONE, number, share
from simulator.report.surveys import Survey, surveys

Data = Mapping[str, Any]
Row = dict[str, Any]
KINDS = ("no demand", "guard", "fallback", "operator", "SIF", "UNSAFE", "unknown", "mixed")


def envelopes(folder: Folder) -> list[Row]:
    """One block per envelope; one that is damaged is noted as missing."""
    found = []
    for one in surveys(folder):
        try:
            found.append(_block(folder, one))
        except DAMAGED:
            folder.missing.append(f"envelope {one.folder.name}: the files it is made of are damaged")
    return found


def _block(folder: Folder, one: Survey) -> Row:
    told = one.told
    return {
        "id": one.scenario, "question": told["question"], "requirement": one.requirement,
        "text": told["requirement"]["text"], "n": told["replicas"], "folder": one.folder.name,
        "axes": [_axis(axis) for axis in told["axes"]],
        "others": [{"name": name, "value": value} for name, value in told["beside"].items()],
        "map": inline(iter([surveyed.maps(one)])), "curves": inline(surveyed.robustness(one)),
        "orbits": inline(surveyed.orbits(one)), "times": inline(surveyed.latencies(one)),
        "lines": list(_lines(one)), "findings": list(told["findings"]), "worst": _worst(one),
        "doubts": doubts_of(folder, one.folder.layout),
    }  # fmt: skip


def _axis(axis: Data) -> str:
    return f"{axis['name']} from {axis['low']:g} to {axis['high']:g} {axis['unit']}"


def _lines(one: Survey) -> Iterator[Row]:
    for build in one.builds:
        shares = [share(build["shares"][kind]) if build["shares"][kind] else NONE for kind in KINDS]
        low, high = build["unsafe"]
        yield {
            "title": build["title"], "shares": shares, "points": build["points"], "runs": build["runs"],
            "between": f"{share(low)} to {share(high)}" if high else NONE,
            "removed": ", ".join(build["removed"]) or "nothing",
        }  # fmt: skip


def _worst(one: Survey) -> str:
    """The worst run of all layers, in words."""
    worst, unit = one.builds[-1]["worst"], str(one.told["requirement"]["unit"])
    if not worst:
        return ""
    where = ", ".join(
        f"{axis['name']} {number(worst[name])} {axis['unit']}"
        for name, axis in zip("xy", one.told["axes"], strict=True)
    )
    return f"{number(worst['margin'], unit)} left at {where}, noise {worst['noise']} ({worst['kind']})"
