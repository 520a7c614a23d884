"""Who is on the network in one run beside PLC and AI host: intruders, thieves, and an operator's panel.

Everything happens while the tick stands still, at moments of the run's own time, and the run goes on
when nothing more can happen on any connection: so a run over sockets is as repeatable as one without.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.campaign import intruder
from simulator.campaign.line import APART, Acting, wanted
from simulator.core.seeds import uniform
from simulator.engine.block import Block
from simulator.modbus.client import Client
from simulator.modbus.codec import Link
from simulator.modbus.register_map import HEADER, Register
from simulator.modbus.server import Server

Words = NDArray[np.uint16]


class Network:
    """Everybody on the network but the AI host itself, for one run.

    Parameters
    ----------
    block : Block
        The run.
    acting : sequence of Acting
        The threats at the taps ``network`` and ``panel``.
    server : Server
        The PLC's.
    doors : Doors
        Where the PLC listens.
    mail : Link
        Scaling of what the AI writes.
    """

    def __init__(
        self, block: Block, acting: Sequence[Acting], server: Server, doors: intruder.Doors, mail: Link
    ) -> None:
        self._board, self._acting, self._server = block.board, acting, server
        self._doors, self._mail = doors, mail
        self._panel: Client | None = None
        self._count = intruder.Count()
        self._changed = 0

    def close(self) -> None:
        """Leave."""
        if self._panel:
            self._panel.close()

    async def after(self, now: int, due: bool) -> None:
        """Let intruders and operators act, and write down what came of it."""
        actions = self._board.state("actions")
        actions[:] = self._board.state("pressed")[:] = 0
        self._show()
        for one in self._acting:
            if one.active(now):
                await self._act(one, now, due)
        for k in np.flatnonzero(self._server.pressed()):
            actions[k] = self._board.state("pressed")[k] = 1
        if due:  # a panel has a pace of its own; here it is that of the AI
            await self._look()
        alarm = float(self._server.refusals.writes > 0)
        told = (self._count.attempts, self._count.accepted, self._changed, alarm)
        self._board.quantity("network")[:, 0] = told

    async def _act(self, one: Acting, now: int, due: bool) -> None:
        kind = one.about.kind
        if kind in intruder.ACTS and now - one.began >= one.turns * one.told:
            await self._intrude(lambda: intruder.ACTS[kind](self._server.registers, self._doors, one.turns))
            one.turns += 1
        elif kind == "order" and one.turns == 0:
            await self._threaded(
                lambda: intruder.press(self._server.registers, self._doors, str(one.about.target))
            )
            one.turns += 1
        elif kind.startswith("usurp") and due:
            words = self._usurped(one, now)
            await self._threaded(lambda: intruder.usurp(self._server.registers, self._doors, words))

    async def _intrude(self, act: Callable[[], list[intruder.Count]]) -> None:
        before = self._kept()
        for count in await self._threaded(act):
            self._count.attempts += count.attempts
            self._count.accepted += count.accepted
        self._changed += sum(a != b for a, b in zip(before, self._kept(), strict=True))

    async def _threaded(self, act: Callable[[], Any]) -> Any:
        """Call a client that waits, while the server serves it; then wait until it has gone."""
        there = len(self._server.connections)
        found = await asyncio.to_thread(act)
        while len(self._server.connections) > there:
            await asyncio.sleep(0)
        return found

    def _kept(self) -> list[int]:
        """Every register that says something, but for ages and counters of the server."""
        found: list[int] = []
        for block in self._server.registers.blocks:
            if block.name in ("door", "orders"):
                continue
            count = len(block.registers)
            words = self._server.image.read(block.table, block.base, count, self._server.now()).tolist()
            found += [w for w, r in zip(words, block.registers, strict=True) if r.name not in HEADER]
        return found

    def _usurped(self, one: Acting, now: int) -> Words:
        """The AI's last write with other values: of the scenario, or any word that there is."""
        words = self._server.image.taken.copy()
        loops = len(words) - self._mail.counters
        if one.about.kind == "usurp":
            words[:loops] = wanted(self._mail, len(words), one.told)[:loops]
        else:
            layer, scan = one.layer, now // one.layer.period
            key, replica = np.uint64(layer.keys[0]), 0 if layer.replicas is None else int(layer.replicas[0])
            words[:loops] = [int(uniform(key, replica, scan * loops + j) * 65536) for j in range(loops)]
        words[-2:] += np.uint16(APART)
        return words

    # --- what is shown to people ---

    def _show(self) -> None:
        """Publish the blocks of loops and safety functions, as the PLC decided in its last scan."""
        board = self._board
        loops = zip(
            board.state("mode")[:, 0], board.state("mode_reason")[:, 0], board.quantity("sp")[:, 0],
            board.quantity("op")[:, 0], strict=True,
        )  # fmt: skip
        self._put("loops", [value for loop in loops for value in loop])
        sifs = zip(board.state("status")[:, 0], board.state("bypass")[:, 0], strict=True)
        self._put("safety", [value for sif in sifs for value in sif])

    def _put(self, name: str, values: list[float]) -> None:
        body = self._server.registers[name].body
        self._server.show(name, [_word(one, float(v)) for one, v in zip(body, values, strict=True)])

    async def _look(self) -> None:
        """Read at the panel which mode each loop is in."""
        block = self._server.registers["loops"]
        words = await asyncio.to_thread(self._read, block.base, len(block.registers))
        named = dict(zip((one.name for one in block.registers), words, strict=True))
        shown = self._board.state("hmi")
        for k, name in enumerate(self._board.names("hmi")):
            shown[k] = named[f"{name.removeprefix('mode.')}.mode"]

    def _read(self, address: int, count: int) -> list[int]:
        if self._panel is None:
            self._panel = Client("127.0.0.1", self._doors.operator, 5.0, "127.0.0.1")
        return [int(word) for word in self._panel.read(address, count)]


def _word(register: Register, value: float) -> int:
    counts = (value - register.low) / register.resolution
    return int(min(max(counts, 0.0), 65534.0) + 0.5) if value == value else 0xFFFF
