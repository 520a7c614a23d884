"""``plantproof report``: write the report of a results folder."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.core.verdict import Exit


@click.command("report")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print where it is as JSON.")
def command(folder: Path, as_json: bool) -> Exit:
    """Write FOLDER/report.html: one self-contained page, from the results alone."""
    import json

    from simulator.record.reader import opened
    from simulator.report.judged import assess
    from simulator.report.page import write

    layout = opened(folder)
    assess(layout)
    path = write(layout)
    click.echo(json.dumps({"report": str(path)}) if as_json else str(path))
    return Exit.PASSED
