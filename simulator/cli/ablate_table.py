"""What layers are worth, on a terminal: a line a question, a column a layer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from simulator.cli.table import STYLE, WIDTH
from simulator.record.layout import Layout

Data = Mapping[str, Any]
SIGN = {
    "held": "[green]held[/]", "next layer held": "[yellow]next[/]", "UNSAFE": "[bold red]LOST[/]",
    "undecided": "[magenta]?[/]", "not called upon": "[dim]·[/]", "not there": "",
}  # fmt: skip
LEGEND = (
    "held: as before without the layer. next: a requirement is lost, or a layer further out had to act, and "
    "the limit holds. LOST: UNSAFE, a safety limit is crossed. ?: the record decides nothing. "
    "·: not called upon. blank: not there. No credit is given to any layer."
)


def show(found: Data, layout: Layout) -> None:
    """Print the table, what was lost, pairs, layers without a part, counts and findings."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDTH)
    console.print(_table(found))
    console.print(LEGEND, style="dim")
    for line in (*_losses(found), *_pairs(found), *_harmful(found), "", *_parts(found), *_counted(found)):
        console.print(line)
    console.print(_findings(found))
    console.print(f"results  {layout.root}", soft_wrap=True)


def _table(found: Data) -> Table:
    n = found["replicas"]
    title = (
        f"Each layer taken away alone: {n} replicas, no case bounds a share at {100 * found['bound']:.0f} %"
    )
    table = Table(title=title, title_justify="left", padding=(0, 0), box=SIMPLE_HEAD)
    table.add_column("", no_wrap=True)
    for layer in found["layers"]:
        table.add_column(re.sub("[_-]", "\n", layer), justify="center", min_width=5, overflow="fold")
    for key, one in found["questions"].items():
        table.add_row(key, *(SIGN[one["cells"][layer]["word"]] for layer in found["layers"]))
    return table


def _losses(found: Data) -> Iterator[str]:
    """What is lost without one layer, a line each."""
    yield "\n[bold]Without one layer[/] (replicas; requirement newly violated, margin lost; who then held)"
    for key, one in found["questions"].items():
        for layer, cell in one["cells"].items():
            if cell["word"] in ("UNSAFE", "next layer held", "undecided"):
                yield f"  {key} without {layer}: {SIGN[cell['word']]} {_told(cell, one['units'])}"


def _told(cell: Data, units: Data) -> str:
    lost = [f"{name} {n}{_margin(cell, name, units)}" for name, n in cell["violated"].items()]
    undecided = [f"{name} undecided in {n}" for name, n in cell["undecided"].items()]
    held = ", ".join(f"{rung} {n}" for rung, n in cell["rungs"].items())
    return f"{', '.join((*lost, *undecided)) or 'no requirement'}; {held}"


def _margin(cell: Data, name: str, units: Data) -> str:
    lost = cell["margin_lost"].get(name)
    return "" if lost is None else " (" + f"-{lost:.3g} {units[name]}".strip() + ")"


def _pairs(found: Data) -> Iterator[str]:
    pairs = [(key, p) for key, q in found["questions"].items() for p in q.get("pairs", ())]
    if not pairs:
        return
    yield "\n[bold]Single points of failure in pairs[/] (either alone is survived, both lose a limit)"
    for key, pair in pairs:
        common = "; ".join(f"{kind} {', '.join(names)}" for kind, names in pair["shared"].items())
        n = f"{pair['jointly']} of {found['replicas']}" if pair["jointly"] else "undecided"
        told = common or "nothing that the file tells"
        yield f"  {key} without {' + '.join(pair['layers'])}: {n}; in common: {told}"


def _parts(found: Data) -> Iterator[str]:
    yield f"never acted in any question: {', '.join(found['never']) or 'none'}"
    if found["without_effect"]:
        yield f"acted, and every record is the same without: {', '.join(found['without_effect'])}"


def _harmful(found: Data) -> Iterator[str]:
    if found["harmful"]:
        yield "\n[bold]Layers that call for a safety function[/] (replicas: none is called without them)"
    for one in found["harmful"]:
        yield f"  {one['question']} without {one['layer']}: {one['spared']} of {found['replicas']}"


def _counted(found: Data) -> Iterator[str]:
    c = found["counts"]
    yield (
        f"layers in questions {c['singles']}: {c['singles_run']} taken away and run, {c['singles_idle']} did "
        "nothing in the sound run, so that it is the run without them"
    )
    if "pairs" in c:
        yield (
            f"pairs {c['pairs']}: {c['pairs_run']} run, {c['pairs_as_single']} equal the removal of one, as "
            "the other does nothing there"
        )
    a = c["audited"]
    told = f"BROKEN: {', '.join(a['broken'])}" if a["broken"] else "all bit-identical, as they must be"
    yield f"of what was spared {a['singles']} removals and {a['pairs']} pairs were run after all: {told}"
    for key, why in found["not_asked"].items():
        yield f"[magenta]NOT ASSESSED[/] {key}: {why}"


def _findings(found: Data) -> Table:
    table = Table(title_justify="left", expand=True)
    for name in ("finding", "verdict", "cases", "detail"):
        table.add_column(name)
    for one in found["findings"]:
        shown = f"[{STYLE[one['verdict']]}]{one['verdict']}[/]"
        table.add_row(one["text"], shown, str(one["n"]), one["why"])
    return table
