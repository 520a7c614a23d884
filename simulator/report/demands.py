"""Demands per plant-year as the page tells them: from the campaign of the same input beside the suite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.report import campaigns
from simulator.report.figures.demands import Line
from simulator.report.folder import Folder
from simulator.report.shown import NONE, duration, number, share

Data = Mapping[str, Any]
Row = dict[str, Any]
KIND = "campaign"
MAIN, WITHOUT = "main", "without-ai"
BOTH = (MAIN, WITHOUT)


def about(folder: Folder) -> Row:
    """Which campaign it is and what must be doubted; empty where there is none."""
    told = campaigns.told(folder, KIND)
    layout = campaigns.find(folder, KIND)
    if not told or layout is None:
        return {}
    year = told["year"] or {}
    return {
        "folder": f"{layout.root.parent.name}/{layout.root.name}",
        "doubts": campaigns.doubts(folder, KIND),
        "confidence": share(told["confidence"]),
        "runs": number(sum(one["runs"] for one in told["questions"])),
        "rows": told["rows_sha256"],
        "year": {key: year[key] for key in ("source", "method", "not_measured")} if year else {},
    }


def year(folder: Folder) -> Data:
    """The demand rates; empty where none were asked for."""
    return campaigns.told(folder, KIND).get("year") or {}


def totals(folder: Folder) -> list[Row]:
    """Demands per plant-year: all, by safety function, and by the phase in which they begin."""
    found = year(folder)
    if not found:
        return []
    sides = [found["totals"][variant] for variant in BOTH]
    rows = [_row("all", [side["rate"] for side in sides], found["ratio"])]
    rows.append(_row("in this one only, on the same day", [found["added"], found["saved"]], None))
    for name in sides[0]["by_sif"]:
        rows.append(_row(name, [side["by_sif"].get(name) for side in sides], None))
    for one in found["phases"]:
        rows.append(_row(f"begun in {one['phase']}", [one["variants"][v] for v in BOTH], one["ratio"]))
    return rows


def _row(name: str, sides: list[Data | None], ratio: Data | None) -> Row:
    return {"name": name, "mine": ends(sides[0]), "alone": ends(sides[1]), "ratio": ends(ratio)}


def quiet(folder: Folder) -> list[Row]:
    """Quiet time, question by question."""
    return [_lived(one) for one in year(folder).get("quiet", ())]


def _lived(one: Data) -> Row:
    sides = [one["variants"][variant] for variant in BOTH]
    rows = _row(f"{one['scenario']} ({one['phase']})", [side["rate"] for side in sides], one["ratio"])
    seen = [f"{side['demands']['any']} in {side['years']:.3g} yr" for side in sides]
    return rows | {"share": share(one["share"]), "charge": share(one["ai_in_charge"]), "seen": seen}


def events(folder: Folder) -> list[Row]:
    """Initiating events, those with the highest rate first."""
    return [_come(one) for one in ordered(folder)]


def ordered(folder: Folder) -> list[Data]:
    """Initiating events by the rate of demands that come from them with the AI."""
    found: list[Data] = list(year(folder).get("events", ()))
    return sorted(found, key=lambda one: -one["variants"][MAIN]["rate"]["estimate"])


def _come(one: Data) -> Row:
    sides = [one["variants"].get(variant) for variant in BOTH]
    rates = [side["rate"] if side else None for side in sides]
    pairs = one["pairs"]
    split = f"{pairs['only_with_ai']} / {pairs['only_without']}" if pairs else NONE
    return _row(one["event"], rates, one["ratio"]) | {
        "scenario": one["scenario"],
        "phase": one["phase"],
        "frequency": number(one["frequency"], "/yr"),
        "seen": [f"{side['demands']['any']} of {side['runs']}" if side else "cannot come" for side in sides],
        "split": split,
    }


def requirements(folder: Folder) -> list[Row]:
    """Every requirement that a campaign measured with the AI, with the probability of its violation."""
    questions = campaigns.told(folder, KIND).get("questions", ())
    return [
        {
            "scenario": one["scenario"], "id": name, "text": ruling["text"], "verdict": ruling["verdict"],
            "length": duration(one["duration"]), "n": f"{ruling['failed']:,} of {ruling['n']:,}",
            "open": ruling["undecided"], "bound": f"{ruling['low']:.2g} to {ruling['high']:.2g}",
            "margin": number(ruling["margin"], ruling["unit"]),
            "replica": ruling["replica"] if ruling["replica"] >= 0 else NONE,
        }
        for one in questions if one["variant"] == MAIN
        for name, ruling in one["requirements"].items()
    ]  # fmt: skip


def ends(value: Data | None) -> str:
    """An estimate with its interval; an end that nothing bounds is a dash."""
    if value is None:
        return NONE
    middle, low, high = (number(value[key]) for key in ("estimate", "low", "high"))
    return f"{middle} ({low} to {high})"


def lines(folder: Folder) -> list[Line]:
    """What the figure shows: the whole year, its quiet part, then every event."""
    found = year(folder)
    if not found:
        return []
    mine, alone = (found["totals"][variant] for variant in BOTH)
    heads = [Line("all", mine["rate"], alone["rate"]), Line("quiet time", mine["quiet"], alone["quiet"])]
    rates = ([one["variants"].get(v, {}).get("rate") for v in BOTH] for one in ordered(folder))
    return heads + [Line(one["event"], *pair) for one, pair in zip(ordered(folder), rates, strict=True)]


def drawn(folder: Folder) -> str:
    """The figure of the rates."""
    from simulator.report.drawn import inline
    from simulator.report.plot import demand_rates

    return inline(demand_rates(folder))
