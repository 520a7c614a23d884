"""``plantproof list``: what there is to name in files and commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from simulator.core.verdict import Exit

Lines = Iterator[tuple[str, str]]


def _plants(_: Path) -> Lines:
    from simulator.scenario.plants import installed

    for name, point in sorted(installed().items()):
        yield name, point.value
    for path in sorted({path for depth in _BELOW for path in Path().glob(f"{depth}plant.yaml")}):
        yield str(path), "a plant file below this folder"


_BELOW = ("", "*/", "*/*/")
"""Where plant files of one's own are looked for."""


def _threats(_: Path) -> Lines:
    from simulator.threats.wired import EVERY

    for name, kind in EVERY.items():
        given = ", ".join(f"{key} [{about.unit}]" for key, about in kind.parameters.items())
        given = given or "no parameters"
        yield name, f"{given}; taps: {', '.join(kind.taps)}"


def _mutants(_: Path) -> Lines:
    from simulator.scenario.checks.suite import LAYERS
    from simulator.testing.mutants import BROKEN

    yield from ((f"remove {name}", "the build without this layer") for name in LAYERS)
    yield "remove <SIF>", "the build without this safety function"
    yield from ((f"break {name}", "a layer that does its work wrongly") for name in BROKEN)


def _scenarios(_: Path) -> Lines:
    from simulator.scenario import catalogue

    for name, row in catalogue.rows().items():
        yield name, f"{row.tier}  {row.title}"


def _results(folder: Path) -> Lines:
    from simulator.record.layout import Layout
    from simulator.record.reader import get_json

    for start in sorted(folder.glob("*/*/start.json")):
        layout = Layout(start.parent)
        head, verdicts = get_json(start) or {}, get_json(layout.verdicts) or {}
        measured = f"{head.get('kind')} of {', '.join(head.get('only', ())) or head.get('suite')}: complete"
        ended = measured if head.get("kind") else verdicts.get("finding")
        state = ended if ended and layout.stop.exists() else "INCONCLUSIVE: the run did not end"
        yield str(layout.root), str(state)


_KINDS: dict[str, Callable[[Path], Lines]] = {
    "plants": _plants,
    "threats": _threats,
    "mutants": _mutants,
    "scenarios": _scenarios,
    "results": _results,
}


@click.command("list")
@click.argument("what", type=click.Choice(list(_KINDS)))
@click.option(
    "--results", type=click.Path(path_type=Path), default=Path("results"), help="Folder of all results."
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def command(what: str, results: Path, as_json: bool) -> Exit:
    """List installed plants, kinds of threats, mutants, catalogued scenarios, or results."""
    lines = list(_KINDS[what](results))
    if as_json:
        click.echo(json.dumps(dict(lines), indent=1))
        return Exit.PASSED
    width = max((len(name) for name, _ in lines), default=0)
    for name, text in lines:
        click.echo(f"{name:<{width}}  {text}")
    if not lines:
        click.echo("there are none", err=True)
    return Exit.PASSED
