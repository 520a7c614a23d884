"""``plantproof commission``: measure a plant before its AI may act."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.core.verdict import Exit


@click.command("commission")
@click.argument("plant")
@click.option("--out", type=click.Path(path_type=Path), help="Where to; beside the plant file when absent.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=2601, help="Seed of every draw.")
@click.option(
    "--workers", type=click.IntRange(1, 256), help="Blocks at a time; as many as cores when absent."
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def command(plant: str, out: Path | None, seed: int, workers: int | None, force: bool, quiet: bool) -> Exit:
    """Run normal days and trials of PLANT (a name, or a plant file) and write its commissioning file.

    The file holds what drift monitor and novelty compare the plant with, the region from which the
    fallback recovers, process safety times, proposed limits and findings. The same plant, seed and
    version give the same bytes.
    """
    from simulator.campaign.commission.study import commission, refuse_to_replace, write
    from simulator.campaign.execute import processors
    from simulator.cli.progress import Bar
    from simulator.scenario.resolve_plant import resolve_plant

    found, source = resolve_plant(plant)
    path = out or found.folder / "commissioning.json"
    refuse_to_replace(path, force)
    with Bar(shown=not quiet) as bar:
        data = commission(found, source, seed, workers or processors(), bar.tell)
    write(data, path)
    for text in data["findings"]:
        click.echo(f"finding: {text}")
    click.echo(f"{path} is written; name it in the plant file: commissioning: {path.name}")
    return Exit.PASSED
