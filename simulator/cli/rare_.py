"""``plantproof rare``: the probability of a rare failure, and whether the estimate may be trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.core.verdict import Exit

if TYPE_CHECKING:
    from simulator.record.layout import Layout


@click.command("rare")
@click.argument("suite", type=click.Path(path_type=Path))
@click.option("--only", required=True, metavar="ID", help="The question.")
@click.option("--requirement", required=True, metavar="R-xx", help="One of its formulas, with a margin.")
@click.option(
    "--seeds", type=click.IntRange(1, 500), default=10, show_default=True, help="Independent repeats."
)
@click.option(
    "--per-level", type=click.IntRange(10, 10**6), default=1000, show_default=True, help="Runs of a level."
)
@click.option(
    "--max", "most", type=click.IntRange(10, 10**6), default=5000, show_default=True,
    help="Most runs of one repeat.",
)  # fmt: skip
@click.option(
    "--at-most", metavar="P", help="The claim, such as 1e-4 or 0.01%; that of the criteria when absent."
)
@click.option(
    "--results", type=click.Path(path_type=Path), default=Path("results"), help="Folder of all results."
)
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; the number of cores when absent.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def command(
    suite: Path, only: str, requirement: str, seeds: int, per_level: int, most: int, at_most: str | None,
    results: Path, workers: int | None, as_json: bool, quiet: bool,
) -> Exit:  # fmt: skip
    """Estimate how often a requirement of SUITE fails, where failures are too rare to be counted.

    Subset simulation climbs from frequent near misses to failures; several repeats that know nothing of
    each other say how far it may be trusted.
    """
    from simulator.campaign.execute import processors
    from simulator.campaign.rare.levels import Plan
    from simulator.campaign.rare.options import Options
    from simulator.campaign.rare.study import run_rare
    from simulator.cli.broken_off import broken_off
    from simulator.cli.progress import Bar
    from simulator.cli.vetting import vet
    from simulator.scenario.resolve import resolve_suite

    found = resolve_suite(suite)
    if only not in found.asked:
        raise click.UsageError(f"--only {only}: wanted one of {', '.join(found.asked)}")
    claim = claimed(at_most) if at_most else None
    vet([found.scenarios[only].plant])
    options = Options(
        only, requirement, seeds, Plan(per_level, most), claim, results, workers or processors()
    )
    kept = "the folder has no stop.json, and proves nothing"
    with Bar(shown=not (quiet or as_json)) as bar, broken_off(kept):
        layout, outcome = run_rare(found, options, bar.tell)
    return tell(layout, outcome, as_json)


def claimed(text: str) -> float:
    """A claim as people write it."""
    from simulator.cli.sequential_table import probability

    try:
        value = probability(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value < 1.0:
        raise click.UsageError(f"--at-most: got '{text}', wanted a probability such as 1e-4 or 0.01%")
    return value


def tell(layout: Layout, outcome: dict[str, Any], as_json: bool) -> Exit:
    """Print what was found and return the exit code it means."""
    from simulator.cli.rare_table import show
    from simulator.core.verdict import Verdict, exit_code

    if as_json:
        click.echo(json.dumps(outcome | {"folder": str(layout.root)}, indent=1, ensure_ascii=False))
    else:
        show(outcome, layout)
    return exit_code([Verdict(outcome["verdict"])])
