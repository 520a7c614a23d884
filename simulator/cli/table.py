"""The verdicts on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from simulator.core.verdict import Exit, Verdict, exit_code
from simulator.record.layout import Layout
from simulator.record.writer import sha256

WIDTH = 120
"""Columns of a table that no terminal shows."""
STYLE = {"PASS": "green", "FAIL": "bold red", "INCONCLUSIVE": "yellow", "NOT ASSESSED": "magenta"}


def exit_of(verdicts: Mapping[str, Any]) -> Exit:
    """Exit code of judged results: 1 before 3 before 0."""
    rulings = [r for s in verdicts["scenarios"] for r in s["requirements"]] + verdicts["design_checks"]
    controls = [Verdict(c["verdict"]) for c in verdicts["controls"]]
    void = (
        bool(verdicts["void"])
        or Verdict.INCONCLUSIVE in controls
        or not verdicts["finished"]
        or bool(verdicts["altered"])
        or bool(verdicts["exploratory"])
    )
    return exit_code([Verdict(r["verdict"]) for r in rulings], void=void)


def show(verdicts: Mapping[str, Any], layout: Layout) -> None:
    """Print verdict table, controls, finding, and where everything is."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDTH)
    for scenario in verdicts["scenarios"]:
        console.print(_scenario(scenario) if scenario["replicas"] else f"{scenario['id']}  nothing ran\n")
    console.print(_checks(verdicts))
    counts = ", ".join(f"{n} {name}" for name, n in sorted(verdicts["counts"].items()))
    console.print(f"[bold]{verdicts['finding']}[/]   ({counts})")
    if verdicts["exploratory"]:
        console.print(
            "EXPLORATORY: sample sizes or questions were replaced; never signable", style="bold yellow"
        )
    if verdicts["void"]:
        console.print(
            f"VOID by {', '.join(verdicts['void'])}: a suite that cannot fail proves nothing",
            style="bold red",
        )
    console.print("The tool has findings; people decide. Every layer is a SURROGATE: simulated only.")
    if layout.manifest.exists():
        console.print(
            f"manifest sha256 {sha256(layout.manifest)}: note it outside the folder", soft_wrap=True
        )
    console.print(f"report   {layout.report}\nresults  {layout.root}", soft_wrap=True)


def _scenario(scenario: Mapping[str, Any]) -> Table:
    held = ", ".join(f"{rung} {n}" for rung, n in scenario["held"].items()) or "nothing ran"
    title = f"{scenario['id']}  {scenario['question']}"
    table = Table(
        title=title, title_justify="left", caption=f"held: {held}", caption_justify="left", expand=True
    )
    for name, justify in (("", "left"), ("requirement", "left"), ("verdict", "left"), ("n", "right")):
        table.add_column(name, justify=justify, no_wrap=name != "requirement")  # type: ignore[arg-type]
    for name in ("p at most", "margin", "time left"):
        table.add_column(name, justify="right", no_wrap=True)
    for ruling in scenario["requirements"]:
        table.add_row(*_line(ruling))
    return table


def _line(ruling: Mapping[str, Any]) -> tuple[str, ...]:
    verdict, why = ruling["verdict"], ruling["why"]
    text = ruling["text"] + (f" [dim]({why})[/]" if why else "")
    bound = f"{100 * ruling['bound']:.1f} %" if ruling["bound"] is not None else "-"
    margin = f"{ruling['margin']:.3g} {ruling['unit']}" if ruling["margin"] is not None else "-"
    spare = f"{ruling['time_margin']:.1f} s" if ruling["time_margin"] is not None else "-"
    shown = f"[{STYLE[verdict]}]{verdict}[/]"
    return ruling["id"], text, shown, f"{ruling['n']}/{ruling['planned']}", bound, margin, spare


def _checks(verdicts: Mapping[str, Any]) -> Table:
    table = Table(title="Design checks, and the suite judged", title_justify="left", expand=True)
    for name in ("", "", "verdict", "detail"):
        table.add_column(name)
    for check in verdicts["design_checks"]:
        table.add_row(
            check["id"], check["text"], f"[{STYLE[check['verdict']]}]{check['verdict']}[/]", check["why"]
        )
    for control in verdicts["controls"]:
        verdict = f"[{STYLE[control['verdict']]}]{control['verdict']}[/]"
        table.add_row(control["id"], control["kind"].replace("_", " "), verdict, control["why"])
    return table
