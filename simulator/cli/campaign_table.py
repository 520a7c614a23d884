"""What a campaign has counted, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from simulator.cli import demand_table, sequential_table
from simulator.cli.table import STYLE, WIDTH
from simulator.core.clock import show as lasting
from simulator.core.verdict import Exit, Verdict, exit_code
from simulator.record.layout import Layout

Data = Mapping[str, Any]
MAIN = "main"


def exit_of(outcome: Data) -> Exit:
    """Exit code: 1 when a run with the AI violates a requirement; without it nothing is judged.

    Where a requirement is under a sequential test, that test has the verdict.
    """
    tested = sequential_table.verdicts(outcome)
    main = [q for q in outcome["questions"] if q["variant"] == MAIN]
    rulings = {(q["scenario"], name): r["verdict"] for q in main for name, r in q["requirements"].items()}
    return exit_code(Verdict(verdict) for verdict in (rulings | tested).values())


def show(outcome: Data, layout: Layout) -> None:
    """Print what every question counts up to, and where everything is."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDTH)
    for question in outcome["questions"] if outcome["year"] is None else ():
        console.print(_question(question, outcome["confidence"]))
    for table in demand_table.tables(outcome) if outcome["year"] else ():
        console.print(table)
    for line in sequential_table.lines(outcome):
        console.print(line)
    console.print("Every layer is a SURROGATE: simulated only. The tool has findings; people decide.")
    console.print(f"rows sha256 {outcome['rows_sha256']}", soft_wrap=True)
    console.print(f"results  {layout.root}", soft_wrap=True)


def _question(question: Data, confidence: float) -> Table:
    held = ", ".join(f"{rung} {n}" for rung, n in question["held"].items())
    runs = f"{question['runs']:,} runs of {lasting(question['duration'])}"
    title = f"{question['scenario']} {question['variant']}  {runs}  {question['question']}"
    caption = f"held: {held}   demands: {', '.join(_demands(question)) or 'no safety function'}"
    look: dict[str, Any] = {"title_justify": "left", "caption_justify": "left", "expand": True}
    table = Table(title=title, caption=caption, **look)
    for name in ("", "requirement", "verdict"):
        table.add_column(name, no_wrap=name != "requirement")
    for name in ("failed of n", f"probability, {100 * confidence:g} %", "worst margin", "replica"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, ruling in question["requirements"].items():
        table.add_row(name, *_line(ruling))
    return table


def _demands(question: Data) -> Iterator[str]:
    for name, n in question["demands"].items():
        yield f"{name} {n}"


def _line(ruling: Data) -> tuple[str, ...]:
    verdict = ruling["verdict"]
    open_ = f" ({ruling['undecided']} open)" if ruling["undecided"] else ""
    margin = "-" if ruling["margin"] is None else f"{ruling['margin']:.3g} {ruling['unit']}"
    return (
        ruling["text"],
        f"[{STYLE[verdict]}]{verdict}[/]",
        f"{ruling['failed']:,} of {ruling['n']:,}{open_}",
        f"{ruling['low']:.2g} to {ruling['high']:.2g}",
        margin,
        str(ruling["replica"]) if ruling["replica"] >= 0 else "-",
    )
