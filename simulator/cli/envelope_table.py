"""An envelope on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from simulator.cli.table import WIDTH
from simulator.record.layout import Layout

_COLUMNS = {
    "no demand": "safe", "guard": "guard", "fallback": "fallback", "operator": "operator", "SIF": "SIF",
    "UNSAFE": "UNSAFE", "unknown": "unknown", "mixed": "undecided",
}  # fmt: skip


def show(told: Mapping[str, Any], layout: Layout) -> None:
    """Print shares of the plane by what holds there, findings, and where everything is."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDTH)
    console.print(f"[bold]{told['scenario']}[/]  {told['question']}")
    console.print(f"held to {told['requirement']['id']}: {told['requirement']['text']}")
    for name, axis in zip("xy", told["axes"], strict=True):
        console.print(f"{name}  {axis['name']}  {axis['low']:g} to {axis['high']:g} {axis['unit']}")
    for name, value in told["beside"].items():
        console.print(f"   {name}  {value}")
    console.print(_table(told))
    for text in told["findings"]:
        console.print(f"finding: {text}", soft_wrap=True)
    console.print("Shares are of the plane's area, every part of it alike: no probability, and no score.")
    console.print(f"figures  plantproof plot {layout.root}\nresults  {layout.root}", soft_wrap=True)


def _table(told: Mapping[str, Any]) -> Table:
    title = f"share of the plane [%], the worst of n = {told['replicas']} noises at each point"
    table = Table(title=title, title_justify="left")
    table.add_column("build", no_wrap=True)
    for name in (*_COLUMNS.values(), "points"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in told["builds"]:
        shares = (_share(one["shares"][key]) for key in _COLUMNS)
        table.add_row(one["title"], *shares, str(one["points"]))
    return table


def _share(share: float) -> str:
    return f"{100.0 * share:.2f}" if share else "-"
