"""A plant in real time behind its Modbus server, for whatever client comes."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from simulator.campaign.pace import Lateness, Pace
from simulator.campaign.plc import Cycles, Plc, warm
from simulator.core.clock import Tick
from simulator.core.errors import InputError, Problem
from simulator.modbus.access import Conduit, Refusals
from simulator.modbus.connection import Limits
from simulator.modbus.server import Server
from simulator.scenario.resolved import ResolvedPlant

ENDLESS: Tick = 1 << 53


@dataclass(frozen=True)
class Listener:
    """A conduit and the port it is opened on; 0 lets the system choose."""

    conduit: Conduit
    port: int


@dataclass(frozen=True)
class Service:
    """What to serve, and to whom.

    Attributes
    ----------
    plant : ResolvedPlant
        The plant.
    variant : str or None
        Variant of the AI whose mailbox is open; None for none: the fallback has the loops, and nobody
        may write.
    listeners : tuple of Listener
        The conduits.
    host : str
        Address they are opened on.
    speed : float
        Seconds of the plant in a second.
    until : Tick
        When to end [ms].
    seed : int
        Seed of the day.
    limits : Limits
        Of the server.
    """

    plant: ResolvedPlant
    variant: str | None
    listeners: tuple[Listener, ...]
    host: str = "127.0.0.1"
    speed: float = 1.0
    until: Tick = ENDLESS
    seed: int = 2601
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Served:
    """What came of it.

    Attributes
    ----------
    lateness : Lateness
        The ledger; a run that missed a deadline has shown nothing about time.
    cycles : Cycles
        The questions to the AI.
    refusals : Refusals
        What clients were refused.
    """

    lateness: Lateness
    cycles: Cycles
    refusals: Refusals

    def data(self) -> dict[str, Any]:
        """As plain data."""
        about = self.refusals
        counts = {"writes": about.writes, "connections": about.connections, "frames": about.frames}
        cycles = {"asked": self.cycles.asked, "answered": self.cycles.answered}
        refused = [asdict(refusal) for refusal in about.kept]
        return {"lateness": asdict(self.lateness), "cycles": cycles, "refused": counts, "refusals": refused}


Ready = Callable[[Mapping[str, int]], None]
"""Told the port of each conduit, by role, once the server is open."""


def serve(service: Service, ready: Ready) -> Served:
    """Serve until the planned end, or until the process is interrupted or terminated.

    Raises
    ------
    InputError
        When a port cannot be opened.
    """
    warm(service.plant, service.variant)
    return asyncio.run(_until_signalled(service, ready))


async def _until_signalled(service: Service, ready: Ready) -> Served:
    stopped = asyncio.Event()
    with _stopping(asyncio.get_running_loop(), stopped):
        return await serve_on(service, ready, stopped)


async def serve_on(service: Service, ready: Ready, stopped: asyncio.Event) -> Served:
    """As `serve`, on a running event loop, until `stopped` is set."""
    loop = asyncio.get_running_loop()
    plc = Plc(service.plant, service.variant, service.seed)
    server = Server(plc.registers, limits=service.limits, clock=lambda: loop.time() * service.speed)
    try:
        ports = {
            one.conduit.role.value: await _opened(server, service.host, one) for one in service.listeners
        }
        ready(ports)
        lateness = await _paced(plc, server, service, Pace(loop.time(), service.speed), stopped)
    finally:
        await server.stop()
    return Served(lateness, plc.cycles, server.refusals)


async def _opened(server: Server, host: str, listener: Listener) -> int:
    try:
        return await server.listen(listener.conduit, host, listener.port)
    except OSError as error:
        got = f"{listener.conduit.role} port {listener.port} on {host}: {error.strerror or error}"
        hint = "another program has it: choose a free one, or 0 to let the system choose"
        raise InputError(Problem(got, "an address and port that can be opened", hint=hint)) from None


@contextmanager
def _stopping(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> Iterator[None]:
    """Let Ctrl-C and a termination end the run as its plan would."""
    signals = (signal.SIGINT, signal.SIGTERM)
    with suppress(NotImplementedError, RuntimeError):  # no signals here: another thread, or Windows
        for number in signals:
            loop.add_signal_handler(number, stopped.set)
    try:
        yield
    finally:
        with suppress(NotImplementedError, RuntimeError):
            for number in signals:
                loop.remove_signal_handler(number)


async def _paced(plc: Plc, server: Server, service: Service, pace: Pace, stopped: asyncio.Event) -> Lateness:
    loop, lateness = asyncio.get_running_loop(), Lateness()
    period = service.plant.spec.scan.plc
    allowed, at, scans = pace.due(period) - pace.begun, 0, plc.scans(service.until)
    while not await _stops_before(stopped, pace.due(at) - loop.time()):
        plc.take(server.image)
        if next(scans, None) is None:
            break
        for block, words in plc.shown().items():
            server.publish(words) if block == "host" else server.show(block, words)
        lateness.add(loop.time() - pace.due(at), allowed)
        at += period
    return lateness


async def _stops_before(stopped: asyncio.Event, delay: float) -> bool:
    """Whether the run is stopped within a delay [s]; the network has its turn even when there is none."""
    if delay <= 0.0:
        await asyncio.sleep(0)
        return stopped.is_set()
    with suppress(TimeoutError):
        async with asyncio.timeout(delay):
            await stopped.wait()
    return stopped.is_set()
