"""What recorded data showed, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from simulator.cli.table import STYLE, WIDTH
from simulator.record.layout import Layout


def show(verdicts: Mapping[str, Any], layout: Layout) -> None:
    """Print the account, the verdicts, what was left out, and where everything is."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDTH)
    account = verdicts["account"]
    console.print(
        f"{account['known'] / 3600:.3g} h known in {account['stretches']} stretches, "
        f"{account['unknown'] / 3600:.3g} h unknown; open loop: {verdicts['open_loop']}"
    )
    console.print(_loops(account["loops"]))
    console.print(_inputs(account["inputs"]))
    if verdicts["requirements"]:
        console.print(_requirements(verdicts["requirements"]))
    for text in verdicts["left_out"]:
        console.print(f"left out: {text}", soft_wrap=True)
    if verdicts["ignored"]:
        console.print(f"not of this plant: {', '.join(verdicts['ignored'])}", soft_wrap=True)
    console.print(f"[bold]{verdicts['finding']}[/]")
    console.print(f"figures  {layout.root / 'figures'}\nresults  {layout.root}", soft_wrap=True)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", expand=True)
    for name in columns:
        table.add_column(name)
    return table


def _loops(loops: Mapping[str, Any]) -> Table:
    table = _table(
        "What the AI would have done", "loop", "in charge", "sheds", "refused writes", "apart, mean", "most"
    )
    for loop, one in loops.items():
        apart = (f"{one[key]:.3g} {one['unit']}" if one[key] is not None else "-" for key in _APART)
        table.add_row(
            loop, f"{100 * one['in_charge']:.1f} %", _counts(one["sheds"]), _counts(one["refused"]), *apart
        )
    return table


_APART = ("apart_mean", "apart_most")


def _counts(found: Mapping[str, Any], unit: str = "") -> str:
    return ", ".join(f"{name} {value:g}{unit}" for name, value in found.items()) or "none"


def _inputs(inputs: Mapping[str, Any]) -> Table:
    table = _table("What the input guard would have said", "input", "BAD", "why")
    for tag, one in inputs.items():
        table.add_row(tag, f"{one['bad']:g} s", _counts(one["by_reason"], " s"))
    return table


def _requirements(rulings: list[Mapping[str, Any]]) -> Table:
    table = _table("Requirements on recorded data", "", "requirement", "verdict", "margin", "at")
    for one in rulings:
        text = one["text"] + (f" [dim]({one['why']})[/]" if one["why"] else "")
        verdict = f"[{STYLE[one['verdict']]}]{one['verdict']}[/]"
        margin = f"{one['margin']:.3g} {one['unit']}" if one["margin"] is not None else "-"
        at = f"{one['at'] / 1000:g} s" if one["at"] is not None else "-"
        table.add_row(one["id"], text, verdict, margin, at)
    return table
