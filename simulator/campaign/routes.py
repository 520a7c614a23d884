"""The two ways to an AI host: straight to the PLC, or through a relay that someone has put in between.

A route carries one exchange a stop of the tick: what the PLC shows goes out, what the AI has written
comes in. It returns when nothing more can happen on the wire.
"""

from __future__ import annotations

import struct as struct_
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.intruder import Doors
from simulator.campaign.line import Acting, Liar, Line
from simulator.campaign.network import Network
from simulator.engine.block import Block
from simulator.modbus.access import Conduit, Role
from simulator.modbus.register_map import RegisterMap
from simulator.modbus.relay import Relay
from simulator.modbus.server import Server
from simulator.scenario.build import Case, control_parts, field_parts, on_the_wire, struck

Words = NDArray[np.uint16]
Serve = Callable[[RegisterMap], Server]
"""Makes the PLC's server."""
_HERE = "127.0.0.1"
_LOOK = 0.25
"""Seconds after which a silent controller is looked at: is it still there?"""


def lock_step(registers: RegisterMap) -> Server:
    """The server of a run: it holds a read back until the next scan, so that nobody polls."""
    return Server(registers, hold_back=True)


def plain_read(registers: RegisterMap) -> bytes:
    """A request that anybody may make, and that is answered at once."""
    block = registers["loops"]
    return struct_.pack(">BHH", 4, block.base, len(block.registers))


class Silent(Exception):
    """The AI did not answer; its text says why."""


@dataclass
class Patience:
    """How long the AI may take.

    Attributes
    ----------
    begin, then : float
        Seconds for its first answer of a run, and for each that follows.
    ended : callable
        How its process ended; empty while it runs.
    """

    begin: float
    then: float
    ended: Callable[[], str]
    first: bool = True

    async def of(self, wait: Callable[[float], Awaitable[bool]]) -> None:
        """Wait, in turns, until `wait` is true.

        Raises
        ------
        Silent
            When the time is up, or the process has ended.
        """
        whole = self.begin if self.first else self.then
        left = whole
        while left > 0:
            if await wait(min(_LOOK, left)):
                self.first = False
                return
            left -= _LOOK
            if why := self.ended():
                raise Silent(why)
        raise Silent(f"no answer within {whole:g} s")


class Direct:
    """The AI host is a client of the PLC.

    Parameters
    ----------
    block : Block
        A block of one replica with a remote AI.
    server : Server
        The PLC's.
    """

    def __init__(self, block: Block, server: Server) -> None:
        self._shown, self._ai = block.layer("host_link").state, block.layer("ai").state
        self._cycle = block.board.quantity("cycle")
        self.server = server
        self._heard = 0

    async def start(self, port: int) -> int:
        """Listen for the AI host; returns the port."""
        return await self.server.start(_HERE, port)

    async def stop(self) -> None:
        """End every connection."""
        await self.server.stop()

    async def exchange(self, now: int, patience: Patience) -> None:
        """Ask, wait for the write, and give it to the run."""
        self.publish()
        await patience.of(self._written)
        self.take()

    def publish(self) -> None:
        """Publish the question that stands: its number, and what the AI is shown."""
        words = self._shown.words[:, 0]
        self.server.publish(np.concatenate((self._cycle[:, 0].astype(np.uint16), words)))

    async def _written(self, timeout: float) -> bool:
        return await self.server.wait_written(self._heard, timeout) is not None

    def take(self) -> None:
        """Give the run what was written, if anything was."""
        if self.server.writes > self._heard:
            self._heard = self.server.writes
            self._ai.put(self.server.image.taken)


def acting(case: Case, *taps: str) -> list[Acting]:
    """The threats of a case at these taps, as drawn for its replica."""
    about = {threat.name: threat for threat in case.scenario.threats}
    return [Acting(about[one.name], one.layer) for one in struck(case) if one.tap in taps]


def relayed(case: Case) -> bool:
    """Whether anything of a case acts on its connections."""
    return case.scenario.wired or bool(on_the_wire(case))


class Relayed(Direct):
    """A relay stands between, and others may connect too.

    Parameters
    ----------
    case : Case
        What is run.
    block, server
        As of `Direct`.
    """

    def __init__(self, case: Case, block: Block, server: Server) -> None:
        super().__init__(block, server)
        self._case, self._block = case, block
        self._period = case.periods.ai
        self._liar = Liar(on_the_wire(case), field_parts.measured_link(case.names))
        self._patience: Patience | None = None
        self._relay: Relay | None = None
        self._line: Line | None = None
        self._network: Network | None = None

    async def start(self, port: int) -> int:
        """Open the PLC's conduits and the relay's, where the AI host will connect."""
        to_ai = await self.server.start(_HERE)
        panel = await self.server.listen(Conduit(Role.OPERATOR, (_HERE,)), _HERE)
        self._relay = Relay(self.server.registers, _HERE, to_ai)
        self._relay.rewrite = self._liar
        found = await self._relay.start(port)
        mail = control_parts.write_link(self._case.names, self._case.ai)
        doors = Doors(to_ai, panel)
        self._line = Line(self._relay, acting(self._case, "link"), mail, plain_read(self.server.registers))
        others = acting(self._case, "network", "panel")
        self._network = Network(self._block, others, self.server, doors, mail)
        return found

    async def stop(self) -> None:
        """End every connection."""
        if self._network:
            self._network.close()
        if self._relay:
            await self._relay.stop()
        await self.server.stop()

    async def exchange(self, now: int, patience: Patience) -> None:
        """One stop: the conduit, the question when one is due, held writes, and everybody else."""
        self._patience, line, network = patience, self._line, self._network
        if line is None or network is None:
            raise RuntimeError("the route is not open")
        again = await line.before(now) and self.server.image.scans > 0
        due = now % self._period == 0
        if due:
            self._liar.asked = now
            self.publish()
        if line.passable and (due or again):
            await self._settle()
        await line.pass_on(now, self._settle)
        if self._case.scenario.wired:
            await network.after(now, due)
        self.take()

    async def _settle(self) -> None:
        """Wait until the AI host waits."""
        relay, patience, scans = self._relay, self._patience, self.server.image.scans
        if relay is None or patience is None:
            raise RuntimeError("no exchange is under way")
        await patience.of(lambda timeout: relay.settled(scans, timeout))
