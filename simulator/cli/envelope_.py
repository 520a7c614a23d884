"""``plantproof envelope``: where in the plane of two numbers safe ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.core.verdict import Exit

if TYPE_CHECKING:
    from simulator.campaign.envelope.plane import Others


@click.command("envelope")
@click.argument("suite", type=click.Path(path_type=Path))
@click.option("--only", "scenario", required=True, metavar="ID", help="The question.")
@click.option("--x", required=True, metavar="AXIS", help="What goes to the right, such as bias.onset.")
@click.option("--y", required=True, metavar="AXIS", help="What goes up, such as bias.magnitude.")
@click.option("--requirement", metavar="ID", help="The first that protects a safety limit when absent.")
@click.option(
    "--budget", type=click.IntRange(4, 10**6), default=1500, show_default=True, help="Points of each build."
)
@click.option(
    "--replicas", type=click.IntRange(1, 1000), default=8, show_default=True,
    help="Noises of each point, of which the worst counts.",
)  # fmt: skip
@click.option(
    "--others", type=click.Choice(["middle", "drawn"]), default="middle", show_default=True,
    help="What every other axis is: at its middle, or drawn by each replica.",
)  # fmt: skip
@click.option(
    "--grid", type=click.IntRange(1, 256), default=8, show_default=True, help="Cells of a side at first."
)
@click.option("--finest", type=click.IntRange(1, 4096), default=128, show_default=True, help="And at most.")
@click.option(
    "--sizes", type=click.IntRange(2, 1000), default=33, show_default=True, help="Steps of a curve."
)
@click.option(
    "--repeats", type=click.IntRange(1, 1000), default=16, show_default=True, help="Noises of each step."
)
@click.option(
    "--results", type=click.Path(path_type=Path), default=Path("results"), help="Folder of all results."
)
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; the number of cores when absent.")
@click.option("--json", "as_json", is_flag=True, help="Print envelope.json.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def command(
    suite: Path, scenario: str, x: str, y: str, requirement: str | None, budget: int, replicas: int,
    others: Others, grid: int, finest: int, sizes: int, repeats: int, results: Path, workers: int | None,
    as_json: bool, quiet: bool,
) -> Exit:  # fmt: skip
    """Survey the plane of two numbers of a question of SUITE: safe, held by which layer, unsafe, undecided.

    For three builds on the same noise: the AI alone, with its guards and fallback, with all layers. A coarse
    grid first, then cells that the boundary crosses are cut. It is a measurement, no verdict: exit code 0
    when it is complete, 3 when it is not.
    """
    from simulator.campaign.envelope.asked import Options
    from simulator.campaign.envelope.study import KIND, envelope
    from simulator.campaign.execute import processors
    from simulator.cli.broken_off import broken_off
    from simulator.cli.envelope_table import show
    from simulator.cli.progress import Bar
    from simulator.cli.vetting import vet
    from simulator.scenario.resolve import resolve_suite

    found = resolve_suite(suite)
    vet(found.plants.values())
    options = Options(
        scenario, x, y, requirement, budget, replicas, grid, finest, others, sizes, repeats, results,
        workers or processors(),
    )  # fmt: skip
    kept = f"what was computed is kept under {results / f'{found.spec.suite}.{KIND}'}"
    with Bar(shown=not (quiet or as_json)) as bar, broken_off(kept):
        layout, told = envelope(found, options, bar.tell)
    if as_json:
        click.echo(json.dumps(told | {"folder": str(layout.root)}, indent=1, ensure_ascii=False))
    else:
        show(told, layout)
    return Exit.PASSED
