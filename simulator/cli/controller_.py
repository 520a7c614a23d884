"""``plantproof controller``: the AI host, a Modbus client of a PLC."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import click

from simulator.core.errors import InputError, Interrupted, Problem
from simulator.core.verdict import Exit


@click.command("controller")
@click.argument("address", metavar="HOST:PORT")
@click.option("--plant", required=True, help="Name of an installed plant, or a plant file.")
@click.option("--ai", "variant", help="Variant of the plant's AI; its first when absent.")
@click.option("--policy", type=click.Path(path_type=Path), help="ONNX file in place of the plant's.")
@click.option(
    "--io", type=click.Path(path_type=Path), help="How that file is wired, where not as the plant's."
)
@click.option("--wait", type=click.FloatRange(0), default=10.0, help="Seconds to try to connect.")
@click.option("--patience", type=click.FloatRange(0.1), default=60.0, help="Seconds to wait for an answer.")
@click.option("--stay", is_flag=True, help="Serve one run after another.")
@click.option("--follow", is_flag=True, help="End when the standard input ends.")
def command(
    address: str, plant: str, variant: str | None, policy: Path | None, io: Path | None, wait: float,
    patience: float, stay: bool, follow: bool,
) -> Exit:  # fmt: skip
    """Be the AI of a plant whose PLC listens at HOST:PORT: read, compute, write, until it ends."""
    from simulator.campaign.controller import Controller, attend
    from simulator.modbus.client import Excepted, LinkLost
    from simulator.scenario.resolve_plant import resolve_plant

    host, port = place(address)
    found, _ = resolve_plant(plant)
    if policy and io:
        from simulator.scenario.foreign import Replacement
        from simulator.scenario.resolved import Foreign

        found, policy = Replacement(Foreign(policy, io)).alone(found), None
    name = variant or next(iter(found.spec.ai))
    if name not in found.spec.ai:
        raise InputError(Problem(f"variant '{name}'", f"one of {', '.join(found.spec.ai)}", where="--ai"))
    controller = Controller(found, name, policy)
    if follow:
        threading.Thread(target=_follow, daemon=True).start()
    try:
        answered = attend(controller, host, port, wait, patience, stay)
    except LinkLost as error:
        raise Interrupted(f"no PLC at {address} within {wait:g} s: {error}") from None
    except Excepted as error:
        raise Interrupted(f"{error}; is it the PLC of {plant} with the AI {name}?") from None
    click.echo(f"{answered} questions answered")
    return Exit.PASSED


def _follow() -> None:
    """End with the process that started this one, however that ended."""
    while os.read(0, 1):
        pass
    os._exit(int(Exit.NOT_DECIDED))


def place(address: str) -> tuple[str, int]:
    """Host and port of a text such as ``127.0.0.1:5020``.

    Raises
    ------
    InputError
        When it is none.
    """
    host, colon, port = address.rpartition(":")
    if not (host and colon and port.isdigit() and 0 < int(port) < 65536):
        raise InputError(Problem(f"'{address}'", "HOST:PORT, such as 127.0.0.1:5020"))
    return host, int(port)
