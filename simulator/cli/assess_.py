"""``plantproof assess``: judge a results folder again; needs nothing but the folder."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.core.verdict import Exit


@click.command("assess")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts as JSON.")
def command(folder: Path, as_json: bool) -> Exit:
    """Judge FOLDER again from its rows. A run that did not end is INCONCLUSIVE."""
    from simulator.cli.run_ import tell
    from simulator.record.reader import opened
    from simulator.report.judged import assess

    layout = opened(folder)
    return tell(layout, assess(layout), as_json)
