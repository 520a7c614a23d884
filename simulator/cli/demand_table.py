"""Demands per plant-year on a terminal: the AI against its fallback alone, by event and by phase."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

Data = Mapping[str, Any]
MAIN, WITHOUT = "main", "without-ai"
NONE = "-"
NEVER = "A demand rate of simulated plant-years, under these frequencies: no SIL, and no PFD."


def tables(outcome: Data) -> Iterator[Table | str]:
    """What is printed, in its order."""
    year, confidence = outcome["year"], outcome["confidence"]
    yield _whole(year, confidence)
    yield _quiet(year)
    yield _events(year)
    yield from _limit(outcome["questions"])
    yield f"{year['method']}\nFrequencies: {year['source']}\nNot measured: {'; '.join(year['not_measured'])}."
    yield NEVER


def _table(title: str, *columns: str) -> Table:
    look: dict[str, Any] = {"title_justify": "left", "expand": True, "box": SIMPLE_HEAD}
    table = Table(title=title, **look)
    for k, name in enumerate(columns):
        side: dict[str, Any] = {"justify": "right", "no_wrap": True} if k else {"min_width": 18}
        table.add_column(name, **side)
    return table


def _whole(year: Data, confidence: float) -> Table:
    lived = ", ".join(f"{year['totals'][v]['simulated_years']:.3g}" for v in (MAIN, WITHOUT))
    title = f"Demands per plant-year, {100 * confidence:g} % intervals; quiet plant-years simulated: {lived}"
    table = _table(title, "", "with the AI", "fallback alone", "ratio")
    totals = [year["totals"][variant] for variant in (MAIN, WITHOUT)]
    table.add_row("all", *(ends(one["rate"]) for one in totals), ends(year["ratio"]))
    table.add_row("in this one only, on the same day", ends(year["added"]), ends(year["saved"]), "")
    for name in totals[0]["by_sif"]:
        table.add_row(name, *(ends(one["by_sif"].get(name)) for one in totals), "")
    for one in year["phases"]:
        rates = [ends(one["variants"][variant]) for variant in (MAIN, WITHOUT)]
        table.add_row(f"begun in {one['phase']}", *rates, ends(one["ratio"]))
    return table


def _quiet(year: Data) -> Table:
    heads = ("share", "AI in charge", "demands, AI : alone", "per year, AI", "fallback alone")
    table = _table("Quiet time", "question", *heads)
    for one in year["quiet"]:
        mine, other = (one["variants"][variant] for variant in (MAIN, WITHOUT))
        seen = f"{mine['demands']['any']} : {other['demands']['any']} in {mine['years']:.3g} yr"
        shares = f"{100 * one['share']:g} %", f"{100 * one['ai_in_charge']:.4g} %"
        name = f"{one['scenario']} ({one['phase']})"
        table.add_row(name, *shares, seen, ends(mine["rate"]), ends(other["rate"]))
    return table


def _events(year: Data) -> Table:
    heads = ("comes", "demands, AI : alone", "only", "per year, AI", "fallback alone")
    table = _table("Initiating events, on condition that they have come", "event", *heads)
    for one in year["events"]:
        mine, other = (one["variants"].get(variant) for variant in (MAIN, WITHOUT))
        alone = other["demands"]["any"] if other else NONE
        pairs = one["pairs"]
        only = f"{pairs['only_with_ai']} : {pairs['only_without']}" if pairs else NONE
        seen = f"{mine['demands']['any']} : {alone} of {mine['runs']}"
        rates = ends(mine["rate"]), ends(other["rate"]) if other else "cannot come"
        table.add_row(one["event"], f"{one['frequency']:g} /yr", seen, only, *rates)
    return table


def _limit(questions: list[Data]) -> Iterator[str]:
    """Requirements that a run with the AI violates, or leaves open."""
    for one in questions:
        for name, ruling in one["requirements"].items():
            if one["variant"] == MAIN and ruling["verdict"] != "PASS":
                counts = f"{ruling['failed']:,} of {ruling['n']:,} violate it, {ruling['undecided']:,} open"
                yield f"{one['scenario']} {name} {ruling['verdict']}: {counts}"


def ends(value: Data | None) -> str:
    """An estimate with its interval; an end that nothing bounds has none."""
    if value is None:
        return NONE
    middle, low, high = (_number(value[key]) for key in ("estimate", "low", "high"))
    return f"{middle} ({low}..{high})"


def _number(value: float | None) -> str:
    return NONE if value is None else f"{value:.2g}" if value < 100 else f"{value:,.0f}"
