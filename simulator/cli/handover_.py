"""``plantproof handover``: how fast the fallback has the loop, and whether the operator always wins."""

from __future__ import annotations

import json
from pathlib import Path

import click

from simulator.core.verdict import Exit


@click.command("handover")
@click.argument("suite", type=click.Path(path_type=Path))
@click.option(
    "--replicas", type=click.IntRange(1, 10**4), default=60, show_default=True,
    help="Replicas of every degree of a failure.",
)  # fmt: skip
@click.option(
    "--drives", type=click.IntRange(1, 100), default=2, show_default=True,
    help="Replicas of every way into a state.",
)  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; the number of cores when absent.")
@click.option(
    "--results", type=click.Path(path_type=Path), default=Path("results"), help="Folder of all results."
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def command(
    suite: Path, replicas: int, drives: int, workers: int | None, results: Path, as_json: bool, quiet: bool
) -> Exit:
    """Prove the hand-over of SUITE's plant, for every variant of its AI.

    Every failure of the AI's path at every phase of the clocks, timed from the fault to the plant in its
    operating envelope; and the operator's override, pressed in every state that can be reached.
    """
    from simulator.campaign.execute import processors
    from simulator.campaign.handover.campaign import Options, exit_of, handover
    from simulator.cli.broken_off import broken_off
    from simulator.cli.handover_table import show
    from simulator.cli.progress import Bar
    from simulator.cli.vetting import vet
    from simulator.scenario.resolve import resolve_suite

    found = resolve_suite(suite)
    vet(found.plants.values())
    options = Options(results, workers or processors(), replicas, drives)
    kept = f"what was computed is kept under {results / found.spec.suite}.handover, and proves nothing"
    with Bar(shown=not (quiet or as_json)) as bar, broken_off(kept):
        layout, told = handover(found, options, bar.tell)
    if as_json:
        click.echo(json.dumps(told | {"folder": str(layout.root)}, indent=1, ensure_ascii=False))
    else:
        show(told, layout)
    return exit_of(told)
