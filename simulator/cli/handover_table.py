"""A proof of hand-over on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from simulator.cli.table import STYLE, WIDTH
from simulator.record.layout import Layout

Data = Mapping[str, Any]


def show(found: Data, layout: Layout) -> None:
    """Print the failures with their worst parts, then the override by state."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDTH)
    console.print(_failures(found))
    for line in _whys(found):
        console.print(line)
    for variant, one in found["override"].items():
        for line in _override(variant, one):
            console.print(line)
    console.print(f"results  {layout.root}", soft_wrap=True)


def _failures(found: Data) -> Table:
    t = found["times"]
    half = "no limit"
    if t["limit"] is not None:
        half = f"limit {t['limit']:.3g} s, half of {t['pst']:.3g} s ({t['event']})"
    title = f"Hand-over in seconds, the slowest of each failure; {half}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for name in ("AI", "failure", "verdict", "n", "failed", "p at most"):
        table.add_column(name, no_wrap=True)
    for name in (*found["parts"], "phase ms"):
        table.add_column(name, justify="right")
    for one in found["failures"]:
        table.add_row(*_line(one, found["parts"]))
    return table


def _line(one: Data, parts: list[str]) -> Iterator[str]:
    yield from (one["variant"], one["failure"], _verdict(one), str(one["n"]), str(one["failed"]))
    yield f"{100 * one['bound']:.1f} %"
    worst = one["worst"]
    for part in parts:
        value = worst["parts"][part] if worst else None
        yield "-" if value is None else f"{value:.1f}"
    yield f"{worst['phase']:.0f}" if worst else "-"


def _whys(found: Data) -> Iterator[str]:
    """What a reader must know beside the verdicts."""
    for one in found["failures"]:
        if one["verdict"] != "PASS" or "kept" in one["why"]:
            yield f"  {one['variant']} {one['failure']}: {_verdict(one)}, {one['why']}"


def _verdict(one: Data) -> str:
    return f"[{STYLE[one['verdict']]}]{one['verdict']}[/]"


def _override(variant: str, one: Data) -> Iterator[str]:
    slowest = "-" if one["slowest"] is None else f"{one['slowest']:.1f} s"
    yield (
        f"[bold]override, {variant}[/]: {_verdict(one)}, {one['presses']} presses in {one['reached']} of "
        f"{len(one['states'])} states, {one['changing']} in the scan of a change; {one['failed']} failed; "
        f"slowest {slowest} of {one['limit']:.1f} s allowed"
    )
    for state in one["states"]:
        if state["failed"]:
            where = f"{state['mode']} in {state['phase']}, safety functions {state['sif']}"
            n = f"{state['failed']} of {state['n']}"
            yield f"  [bold red]FAIL[/] {where}: {n}; by {', '.join(state['by'])}"
    missing = [f"{s['mode']}/{s['phase']}/{s['sif']}" for s in one["states"] if not s["n"]]
    if missing:
        none = f"reached by none of {one['drives']} drives"
        yield f"  [magenta]NOT ASSESSED[/], {none}: {', '.join(missing)}"
