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
        f"[bold]override, {variant}[/]: {_verdict(one)}, {one['reached']} of {len(one['states'])} states "
        f"reached, {one['unreachable']} shown unreachable, {one['open']} not assessed; {one['presses']} "
        f"presses by {one['drives']} drives, {one['changing']} in the scan of a change; {one['failed']} "
        f"failed; slowest {slowest} of {one['limit']:.1f} s allowed"
    )
    yield from _rules(one["rule"], one["walk"])
    for state in one["states"]:
        if state["failed"]:
            n = f"{state['failed']} of {state['n']}"
            yield f"  [bold red]FAIL[/] {_named(state)}: {n}; by {', '.join(state['by'])}"
    yield from _without(one, "not reached", f"reached by none of {one['drives']} drives")
    yield from _without(one, "unreachable", "unreachable by the rules")
    against = [_named(state) for state in one["states"] if state["n"] and not state["allowed"]]
    if against:
        yield f"  [yellow]INCONCLUSIVE[/], reached, but unreachable by the walk: {', '.join(against)}"


def _rules(rule: Data, walk: Data) -> Iterator[str]:
    yield (
        f"  the rule of the modes alone: {_verdict(rule)}; with the override pressed {rule['failed']} of "
        f"{rule['n']:,} combinations do not give MAN, from MAN {rule['held_failed']} of {rule['held_n']:,} "
        "do not keep it"
    )
    given_up = "" if walk["complete"] else "; given up, too many: nothing is shown unreachable"
    yield (
        f"  the rules walked: {walk['joint']:,} joint states, each with all {walk['events']:,} combinations "
        f"of {len(walk['free'])} free inputs{given_up}"
    )


def _without(one: Data, word: str, why: str) -> Iterator[str]:
    missing = [_named(state) for state in one["states"] if state["word"] == word]
    if missing:
        yield f"  [magenta]NOT ASSESSED[/], {why}: {', '.join(missing)}"


def _named(state: Data) -> str:
    return f"{state['mode']}/{state['phase']}/{state['sif']}"
