"""A rare-event study on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from simulator.cli.table import STYLE, WIDTH
from simulator.record.layout import Layout

Data = Mapping[str, Any]


def show(found: Data, layout: Layout) -> None:
    """Print the repeats, the estimate with its bounds, the warnings, and where everything is."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDTH)
    console.print(_repeats(found))
    for line in lines(found):
        console.print(line)
    for warning in found["warnings"]:
        console.print(f"WARNING: {warning}", style="bold yellow")
    verdict = found["verdict"]
    claim = f"{found['requirement']} fails with p at most {found['at_most']:.3g} ({found['claim']})"
    console.print(f"[{STYLE[verdict]}]{verdict}[/]  {claim}: {found['why']}")
    console.print(f"results  {layout.root}", soft_wrap=True)


def lines(found: Data) -> Iterator[str]:
    """The figures in words."""
    direct, percent = found["direct"], f"{100 * found['confidence']:g} %"
    yield (
        f"direct Monte-Carlo   {direct['failed']} of {direct['n']} fail, {direct['undecided']} undecided: "
        f"p in [{direct['low']:.2g}, {direct['high']:.2g}] at {percent}, exact"
    )
    if direct["suffices"]:
        yield "                     so frequent that direct Monte-Carlo suffices: no estimate beside it"
        return
    yield f"subset simulation    {_estimate(found, percent)}"
    if found["direct_needs"]:
        yield (
            f"                     {found['simulations']} runs; direct Monte-Carlo would need about "
            f"{found['direct_needs']:.2g} to scatter as little, {found['direct_sees']:.2g} to see one failure"
        )
    near = found.get("counterexample")
    if near:
        values = ", ".join(f"{k} {v:.5g} {near['units'][k]}" for k, v in near["values"].items())
        yield f"likeliest failure    {values}; margin {near['margin']:.4g} {found['unit']}: {near['file']}"


def _estimate(found: Data, percent: str) -> str:
    if not found["p"]:
        ceiling = max(one["ceiling"] for one in found["each"])
        return f"no failure in {found['simulations']} runs; the last level has p about {ceiling:.1g}"
    if found["variation"] is None:
        return f"p = {found['p']:.2g}, one repeat: no interval"
    return (
        f"p = {found['p']:.3g}, [{found['low']:.2g}, {found['high']:.2g}] at {percent} over "
        f"{found['repeats']} repeats; coefficient of variation of one {found['variation']:.2f}"
    )


def _repeats(found: Data) -> Table:
    title = f"{found['scenario']} {found['requirement']}: {len(found['axes'])} axes and the noise"
    table = Table(title=title, title_justify="left", expand=True)
    for name in ("repeat", "p", "levels", "runs", "failures", "accepted", "new noise", "ended"):
        table.add_column(name, justify="left" if name == "ended" else "right", no_wrap=True)
    for k, one in enumerate(found["each"]):
        levels = one["levels"]
        table.add_row(
            str(k), f"{one['p']:.2g}", str(len(levels)), str(one["simulations"]), str(one["failures"]),
            f"{100 * min(level['acceptance'] for level in levels):.0f} %",
            f"{100 * min(level['renewal'] for level in levels):.0f} %", one["ended"],
        )  # fmt: skip
    return table
