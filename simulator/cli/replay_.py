"""``plantproof replay``: run one replica again, compare it bit for bit, show what happened."""

from __future__ import annotations

import json
from pathlib import Path

import click

from simulator.core.verdict import Exit


@click.command("replay")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("scenario")
@click.argument("replica", type=click.IntRange(0))
@click.option(
    "--variant", default="main", help="Without an AI, or on another plant: without-ai, heat_transfer=0.8."
)
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Write every signal to this new file.")
@click.option("--json", "as_json", is_flag=True, help="Print the events as JSON.")
def command(
    folder: Path, scenario: str, replica: int, variant: str, table: Path | None, as_json: bool
) -> Exit:
    """Run REPLICA of SCENARIO of the results FOLDER again and list its events."""
    from simulator.assess.events import events
    from simulator.campaign.replay import replay
    from simulator.core.clock import show
    from simulator.record.reader import opened
    from simulator.record.writer import put_rows

    again = replay(opened(folder), scenario, replica, variant)
    found = events(again.traces)
    if table:
        time = {"time_ms": again.traces.times()}
        put_rows(table, time | {name: data[:, 0] for name, data in again.traces.data.items()})
    if as_json:
        told = {"identical": again.identical, "events": [vars(event) for event in found]}
        click.echo(json.dumps(told, indent=1))
    else:
        for event in found:
            click.echo(f"{show(event.time):>12}  {event.signal:<28} {event.before} -> {event.after}")
        click.echo(_verdict(again.identical))
    return Exit.PASSED if again.identical else Exit.NOT_DECIDED


def _verdict(identical: bool | None) -> str:
    if identical is None:
        return "nothing was recorded of this replica to compare with"
    return (
        "bit-identical to the recorded run" if identical else "DIFFERS from the recorded run: do not trust it"
    )
