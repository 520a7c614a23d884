"""``plantproof plot``: write the figures of a results folder as images."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.core.verdict import Exit

if TYPE_CHECKING:
    from simulator.record.layout import Layout
    from simulator.report.folder import Folder


@click.command("plot")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Another folder; FOLDER/figures when absent.")
@click.option("--dpi", type=click.IntRange(50, 600), default=200, help="Resolution of the PNG files (200).")
@click.option("--json", "as_json", is_flag=True, help="Print the files as JSON.")
def command(folder: Path, out: Path | None, dpi: int, as_json: bool) -> Exit:
    """Write every figure of FOLDER as PNG and SVG, from the results alone: of a suite or a campaign."""
    from simulator.record.reader import opened
    from simulator.report.plot import plot

    found = _loaded(opened(folder))
    files = plot(found, out, dpi)
    if as_json:
        click.echo(json.dumps({"figures": list(map(str, files)), "missing": found.missing}, indent=1))
        return Exit.PASSED
    for path in files:
        click.echo(path)
    for one in found.missing:
        click.echo(f"missing: {one}", err=True)
    return Exit.PASSED


def _loaded(layout: Layout) -> Folder:
    """A results folder, judged afresh; that of a campaign has no verdicts."""
    from simulator.record.reader import get_json
    from simulator.report.folder import load, load_campaign
    from simulator.report.judged import assess

    if get_json(layout.start).get("kind"):
        return load_campaign(layout)
    assess(layout)
    return load(layout)
