"""The outcome of a search on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from simulator.cli.table import WIDTH
from simulator.record.layout import Layout
from simulator.record.writer import sha256

STYLE = {"FAIL": "bold red", "NONE FOUND": "cyan", "INCONCLUSIVE": "yellow", "VOID": "bold red"}


def show(outcome: Mapping[str, Any], layout: Layout) -> None:
    """Print requirements, coverage, controls, counterexamples, and what the exit code means."""
    console = Console(highlight=False, markup=True)
    if not console.is_terminal:
        console.width = max(console.width, WIDTH)
    console.print(_requirements(outcome))
    console.print(_coverage(outcome))
    for one in outcome["controls"]:
        console.print(_control(one), soft_wrap=True)
    for one in outcome["counterexamples"]:
        console.print(_counterexample(one), soft_wrap=True, markup=False)
    counts = outcome["simulations"]
    told = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in counts.items())
    console.print(
        f"simulations: {told}; {outcome['undecided']} of the search decided nothing", soft_wrap=True
    )
    console.print(f"[{STYLE[outcome['verdict']]}]{outcome['verdict']}[/]  {outcome['why']}", soft_wrap=True)
    if outcome["verdict"] == "NONE FOUND":
        console.print("exit code 0 says that none was found; it is no PASS", style="bold")
    console.print(f"manifest sha256 {sha256(layout.manifest)}: note it outside the folder", soft_wrap=True)
    console.print(f"results  {layout.root}", soft_wrap=True)


def _requirements(outcome: Mapping[str, Any]) -> Table:
    title = f"{outcome['question']}  {outcome['text']}"
    table = Table(title=title, title_justify="left", expand=True)
    for name in ("", "searched by", "verdict", "n", "worst", "why"):
        table.add_column(name, justify="right" if name in ("n", "worst") else "left")
    for one in outcome["requirements"]:
        worst = "-" if one["worst"] is None else f"{one['worst']:.4g} {one['unit']}"
        verdict = f"[{STYLE[one['verdict']]}]{one['verdict']}[/]"
        table.add_row(one["id"], one["searched"], verdict, str(one["n"]), worst, one["why"])
    return table


def _coverage(outcome: Mapping[str, Any]) -> Table:
    table = Table(title="What was tried, and where each requirement was nearest", title_justify="left")
    worst = [one["id"] for one in outcome["requirements"]]
    for name in ("axis", "range", "tenths tried", "at its ends", *worst):
        table.add_column(name, no_wrap=name == "axis")
    for axis in outcome["coverage"]:
        at = [one["at"].get(axis["axis"], "-") for one in outcome["requirements"]]
        ends = " / ".join(map(str, axis["at_ends"]))
        table.add_row(axis["axis"], f"{axis['low']} to {axis['high']}", f"{axis['tenths']}/10", ends, *at)
    return table


def _control(one: Mapping[str, Any]) -> str:
    found = ", ".join(f"{name} in simulation {k}" for name, k in one["first"].items()) or "nothing"
    least = ", ".join(f"{name} {value:.4g}" for name, value in one["least"].items())
    head = f"control without {', '.join(one['removed'])}: found {found} (of {one['simulations']})"
    return f"{head}; least margins {least}" if least else head


def _counterexample(one: Mapping[str, Any]) -> str:
    fresh = one["fresh"]
    same = "repeats it bit for bit" if one["identical"] else "DOES NOT repeat it: do not trust it"
    wire = ""
    if "tcp" in one:
        equal = "the same bit for bit" if one["tcp"]["identical"] else "NOT the same"
        wire = f"; over Modbus TCP {equal}"
    return (
        f"{one['id']}  {one['sentence']}\n"
        f"    {one['file']}: {same}{wire}; in fresh noises {fresh['violated']} of {fresh['n']} violate "
        f"({fresh['undecided']} undecided); {one['alike']} shrunk alike of {one['violations']} found"
    )
