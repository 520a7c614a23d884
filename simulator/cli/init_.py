"""``plantproof init``: copy a starter project into a new folder."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.core.verdict import Exit


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("plantproof-starter"))
def command(folder: Path) -> Exit:
    """Copy questions, requirements, criteria, plant files and policies into FOLDER, to be changed.

    FOLDER must be new or empty; without it the project is called plantproof-starter.
    """
    from simulator.scenario.starter import commands, start

    suite = start(folder)
    click.echo(f"{folder} is ready; try, in it:")
    for line in commands(suite.relative_to(folder)):
        click.echo(f"  {line}")
    return Exit.PASSED
