"""``plantproof falsify``: search a question for violations, and write them as scenarios."""

from __future__ import annotations

import json
from pathlib import Path

import click

from simulator.core.verdict import Exit


@click.command("falsify")
@click.argument("suite", type=click.Path(path_type=Path))
@click.option("--only", required=True, metavar="ID", help="The question that is searched.")
@click.option(
    "--requirement",
    "requirements",
    multiple=True,
    metavar="R-01",
    help="What is to be violated; may be given again; all of the question when absent.",
)
@click.option(
    "--budget",
    type=click.IntRange(1, 10**7),
    default=2000,
    show_default=True,
    help="Most simulations of the search; controls and the work on what is found come on top.",
)
@click.option("--seed", type=click.IntRange(0), help="Of the search; the suite's when absent.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; the number of cores when absent.")
@click.option(
    "--control",
    multiple=True,
    metavar="remove:LAYER+LAYER",
    help="A build on which harm must be found, else the search is void; may be given again; 'none' for none.",
)
@click.option("--confirm", type=click.Choice(["tcp"]), help="Replay each counterexample over Modbus TCP.")
@click.option("--into", type=click.Path(path_type=Path), help="Copy counterexamples to this folder too.")
@click.option(
    "--results", type=click.Path(path_type=Path), default=Path("results"), help="Folder of all results."
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def command(
    suite: Path, only: str, requirements: tuple[str, ...], budget: int, seed: int | None,
    workers: int | None, control: tuple[str, ...], confirm: str | None, into: Path | None,
    results: Path, as_json: bool, quiet: bool,
) -> Exit:  # fmt: skip
    """Search the space of one question of SUITE for points that violate its requirements.

    The space is what the question draws; ranges under 'search' come first. Exit code 0 says that no
    counterexample was found, which is no proof; 1 that one was.
    """
    from simulator.campaign.execute import processors
    from simulator.campaign.falsify.asked import Asked
    from simulator.campaign.falsify.campaign import falsify
    from simulator.cli.broken_off import broken_off
    from simulator.cli.falsified import show
    from simulator.cli.progress import Bar
    from simulator.cli.vetting import vet
    from simulator.scenario.resolve import resolve_suite

    found = resolve_suite(suite)
    vet(found.plants.values())
    asked = Asked(
        only, requirements, budget, seed, workers or processors(), control, confirm == "tcp", results, into
    )
    kept = f"what was computed is kept under {results / found.spec.suite}.falsify, and proves nothing"
    with Bar(shown=not (quiet or as_json)) as bar, broken_off(kept):
        layout, outcome = falsify(found, asked, bar.tell)
    if as_json:
        click.echo(json.dumps(outcome | {"folder": str(layout.root)}, indent=1, ensure_ascii=False))
    else:
        show(outcome, layout)
    return Exit(outcome["exit"])
