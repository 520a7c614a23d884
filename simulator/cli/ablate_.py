"""``plantproof ablate``: what each layer is worth."""

from __future__ import annotations

import json
from pathlib import Path

import click

from simulator.core.verdict import Exit


@click.command("ablate")
@click.argument("suite", type=click.Path(path_type=Path))
@click.option("--only", multiple=True, metavar="ID", help="Only this question; may be given again.")
@click.option(
    "--replicas",
    type=click.IntRange(1, 10**4),
    default=8,
    show_default=True,
    help="Replicas of each question.",
)
@click.option("--pairs/--no-pairs", default=True, show_default=True, help="Layers two at a time too.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; the number of cores when absent.")
@click.option(
    "--results", type=click.Path(path_type=Path), default=Path("results"), help="Folder of all results."
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def command(
    suite: Path, only: tuple[str, ...], replicas: int, pairs: bool, workers: int | None, results: Path,
    as_json: bool, quiet: bool,
) -> Exit:  # fmt: skip
    """Ask every question of SUITE again with each layer taken away, alone and in pairs.

    Tells what each layer is worth, which never acted, and which pairs are a single point of failure.
    """
    from simulator.campaign.ablate.campaign import Options, ablate, exit_of
    from simulator.campaign.execute import processors
    from simulator.cli.ablate_table import show
    from simulator.cli.broken_off import broken_off
    from simulator.cli.progress import Bar
    from simulator.cli.vetting import vet
    from simulator.scenario.resolve import resolve_suite

    found = resolve_suite(suite)
    vet(found.plants.values())
    options = Options(results, workers or processors(), replicas, only, pairs)
    kept = f"what was computed is kept under {results / found.spec.suite}.ablate, and proves nothing"
    with Bar(shown=not (quiet or as_json)) as bar, broken_off(kept):
        layout, told = ablate(found, options, bar.tell)
    if as_json:
        click.echo(json.dumps(told | {"folder": str(layout.root)}, indent=1, ensure_ascii=False))
    else:
        show(told, layout)
    return exit_of(told)
