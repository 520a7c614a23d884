"""``plantproof relay``: a man in the middle between an AI host and a PLC."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from simulator.core.errors import InputError, Interrupted, Problem
from simulator.core.verdict import Exit


@click.command("relay")
@click.argument("suite", type=click.Path(path_type=Path))
@click.argument("question")
@click.argument("address", metavar="HOST:PORT")
@click.option("--listen", type=click.IntRange(0, 65535), default=0, help="Port for the AI host; any.")
@click.option("--replica", type=click.IntRange(0), default=0, help="Whose draws of times and sizes.")
def command(suite: Path, question: str, address: str, listen: int, replica: int) -> Exit:
    """Stand between an AI host and the PLC at HOST:PORT, with the threats of QUESTION of SUITE.

    Those at the taps `link` (slow, cut, silent, flap, block, inject, flood) and `input` (bias, replay and
    the others) act, at their times after the start, on real frames and by the clock on the wall.
    """
    from simulator.campaign.jobs import MAIN, Job
    from simulator.campaign.middleman import Middleman
    from simulator.campaign.work import Workshop
    from simulator.cli.controller_ import place
    from simulator.scenario.resolve import resolve_suite

    host, port = place(address)
    found = resolve_suite(suite)
    if question not in found.scenarios:
        raise InputError(
            Problem(f"question '{question}'", f"one of {', '.join(found.scenarios)}", str(suite))
        )
    job = Job(question, MAIN, replica, 1, found.scenarios[question].duration)
    middleman = Middleman(Workshop(found).case(job))
    try:
        asyncio.run(middleman.run(host, port, listen, lambda at: click.echo(f"127.0.0.1:{at} -> {address}")))
    except KeyboardInterrupt:
        raise Interrupted("the relay is gone") from None
    return Exit.PASSED
