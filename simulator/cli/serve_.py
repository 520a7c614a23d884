"""``plantproof serve``: a plant in real time behind a Modbus TCP server."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.core.clock import SECOND
from simulator.core.errors import InputError, Problem
from simulator.core.verdict import Exit

if TYPE_CHECKING:
    from simulator.campaign.serve import Listener, Served

PORT = click.IntRange(0, 65535)
SOURCE = "Address or network that has this role; may be given again. This machine when absent."


@click.command("serve")
@click.argument("plant")
@click.option("--port", type=PORT, default=5020, show_default=True, help="The AI's port; 0: any free one.")
@click.option("--operator-port", type=PORT, help="The operator's port; closed when absent.")
@click.option("--engineering-port", type=PORT, help="The engineering station's port; closed when absent.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--ai-source", multiple=True, help=SOURCE)
@click.option("--operator-source", multiple=True, help=SOURCE)
@click.option("--engineering-source", multiple=True, help=SOURCE)
@click.option(
    "--unknown", type=click.Choice(["read-only", "refused"]), default="read-only", show_default=True,
    help="What becomes of any other source.",
)  # fmt: skip
@click.option("--speed", type=click.FloatRange(0.01, 1000.0), default=1.0, show_default=True)
@click.option("--for", "lasts", help="How long, in the plant's time: '10 min'. Until Ctrl-C when absent.")
@click.option("--ai", "variant", help="Variant of the plant's AI; its first when absent.")
@click.option("--policy-less", is_flag=True, help="No AI: the fallback has the loops, nobody may write.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=2601, help="Seed of the day.")
@click.option("--record", type=click.Path(path_type=Path), help="Write ledger and refusals to this new file.")
def command(
    plant: str, port: int, operator_port: int | None, engineering_port: int | None, host: str,
    ai_source: tuple[str, ...], operator_source: tuple[str, ...], engineering_source: tuple[str, ...],
    unknown: str, speed: float, lasts: str | None, variant: str | None, policy_less: bool, seed: int,
    record: Path | None,
) -> Exit:  # fmt: skip
    """Serve PLANT (a name, or a plant file) over Modbus TCP on a nominal day, paced by the clock.

    The AI is whatever client writes the mailbox; `plantproof registers PLANT` prints the registers.
    Exit code 3 when a scan missed its deadline: such a run shows nothing about time.
    """
    from simulator.campaign.serve import ENDLESS, Service, serve
    from simulator.record.writer import put_json
    from simulator.scenario.resolve_plant import resolve_plant, variant_of

    if record and record.exists():
        raise InputError(Problem("a file that is there already", "a new file", file=str(record)))
    found, _ = resolve_plant(plant, as_commissioned=True)
    asked = (
        ("ai", port, ai_source),
        ("operator", operator_port, operator_source),
        ("engineering", engineering_port, engineering_source),
    )
    idle = "ai" if policy_less else ""
    listeners = tuple(_listener(*one, unknown, idle) for one in asked if one[1] is not None)
    acting = None if policy_less else variant_of(found, variant, "--ai")
    until = _milliseconds(lasts) if lasts else ENDLESS
    service = Service(found, acting, listeners, host, speed, until, seed)
    click.echo("compiling", err=True)
    served = serve(service, lambda ports: _ready(plant, host, ports))
    if record:
        put_json(record, served.data())
    return _tell(served)


def _listener(role: str, port: int | None, sources: tuple[str, ...], unknown: str, idle: str) -> Listener:
    from simulator.campaign.serve import Listener
    from simulator.modbus.access import Conduit, Role, Unknown

    for source in sources:
        try:
            ip_network(source)
        except ValueError as error:
            wanted = "an address such as 10.1.0.7, or a network such as 10.1.0.0/24"
            raise InputError(
                Problem(f"'{source}'", wanted, where=f"--{role}-source", hint=str(error))
            ) from None
    acting = Role.NONE if role == idle else Role(role)
    return Listener(Conduit(acting, sources or ("127.0.0.1",), Unknown(unknown)), port or 0)


def _milliseconds(text: str) -> int:
    from simulator.core.units import UnitError, quantity

    try:
        seconds = quantity(text, "s")
    except UnitError as error:
        raise InputError(
            Problem(repr(text), "a time such as '10 min'", where="--for", hint=str(error))
        ) from None
    if not seconds > 0:
        raise InputError(Problem(repr(text), "a time above 0 s", where="--for"))
    return round(seconds * SECOND)


def _ready(plant: str, host: str, ports: Mapping[str, int]) -> None:
    told = ", ".join(f"{role} on {host}:{port}" for role, port in ports.items())
    click.echo(f"serving {plant}: {told}; Ctrl-C ends")


def _tell(served: Served) -> Exit:
    refusals = served.refusals
    click.echo(served.lateness)
    click.echo(served.cycles)
    click.echo(
        f"refused: {refusals.writes} writes, {refusals.connections} connections, {refusals.frames} frames"
    )
    for one in refusals.kept[:10]:
        click.echo(f"  {one}")
    if served.lateness.kept:
        return Exit.PASSED
    click.echo("INCONCLUSIVE: a scan missed its deadline, or there was none; nothing about time is shown")
    return Exit.NOT_DECIDED
