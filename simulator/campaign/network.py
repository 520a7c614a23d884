"""What acts on real connections in one run: the relay in the AI's conduit, intruders, and a panel.

Everything happens while the tick stands still, at moments of the run's own time, and the run goes on
when nothing more can happen on any connection: so a run over sockets is as repeatable as one without.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.campaign import intruder
from simulator.core.seeds import uniform
from simulator.engine.block import Block
from simulator.engine.taps import Struck
from simulator.modbus.client import Client
from simulator.modbus.codec import Link, LinkInputs, LinkOut
from simulator.modbus.register_map import HEADER, Register
from simulator.modbus.relay import Relay
from simulator.modbus.remote import unpack
from simulator.modbus.server import Server
from simulator.scenario.schema.scenario import Threat
from simulator.threats.strike import StrikeWires

Words = NDArray[np.uint16]
_APART = 0x4000
"""How far a usurper's counters are from the AI's own, so that each of its writes is a new one."""


class Liar:
    """The threats that change what the AI is shown, on the words of the wire.

    Parameters
    ----------
    threats : sequence of Struck
        As they would stand at the tap ``input`` in process; each acts on what the one before left.
    link : Link
        Scaling of the words.
    """

    def __init__(self, threats: Sequence[Struck], link: Link) -> None:
        self._threats = [(one.layer, one.layer.initial(1)) for one in threats]
        self._behind: list[NDArray[np.float64]] = []
        self._link, self._sent, self._scales = link, link.initial(1), link.scales()
        self.asked = 0

    def __call__(self, body: Words) -> Words:
        """The host block's words after its header, as the AI gets to see them."""
        shown = np.empty((len(body) - 1, 1))
        unpack(body[1:, None], *self._scales, shown)
        if not self._behind:
            self._behind = [shown.copy() for _ in self._threats]
        for (layer, state), struck in zip(self._threats, self._behind, strict=True):
            # what a threat leaves as it was is what it passed last, so the array stays
            spared = [row for row in range(len(shown)) if row not in layer.rows]
            struck[spared] = shown[spared]
            wires = StrikeWires(shown, struck, np.zeros(1), np.zeros(1, np.int8))
            layer.step(state, wires, wires, self.asked)
            shown = struck
        self._link.step(self._sent, LinkInputs(shown), LinkOut(np.empty_like(shown)), 0)
        return np.concatenate((body[:1], self._sent.words[:, 0]))


@dataclass
class _Acting:
    """A threat of the scenario with its layer's state: whether it acts, since when, how often it did."""

    about: Threat
    layer: Any
    truth: NDArray[np.float64]
    turns: int = 0
    began: int = -1

    def active(self, now: int) -> bool:
        """Whether it acts; the engine keeps its time."""
        acts = bool(self.layer.state.active[0])
        if acts and self.began < 0:
            self.began = now
        return acts

    @property
    def told(self) -> float:
        """The parameter that it acts with, in the unit of its kind."""
        return float(self.truth[0])


class Network:
    """Everything outside the PLC but the AI host itself, for one run.

    Parameters
    ----------
    block : Block
        The run.
    threats : sequence of Threat
        The scenario's.
    server, relay : Server, Relay
        The PLC's, and the one in the AI's conduit.
    doors : Doors
        Where the PLC listens.
    mail : Link
        Scaling of what the AI writes.
    wait : callable
        Waits until the AI host waits; given whether it is the run's beginning.
    """

    def __init__(
        self, block: Block, threats: Sequence[Threat], server: Server, relay: Relay, doors: intruder.Doors,
        mail: Link, wait: Callable[[], Any],
    ) -> None:  # fmt: skip
        board = block.board
        self._board, self._server, self._relay, self._doors = board, server, relay, doors
        self._mail, self._wait = mail, wait
        rows = board.quantity("threat")
        self._acting = [
            _Acting(one, block.layer(f"threat.{one.name}"), rows[board.row("threat", one.name)])
            for one in threats
        ]
        self._down = self._silent = False
        self._until: float | None = None
        self._panel: Client | None = None
        self._count = intruder.Count()
        self._changed = 0

    def close(self) -> None:
        """Leave."""
        if self._panel:
            self._panel.close()

    # --- the conduit of the AI host ---

    async def before(self, now: int) -> bool:
        """Put the conduit into the state of this moment.

        Returns
        -------
        bool
            Whether the AI host has to be waited for because the line is there again.
        """
        down, silent, by = self._line(now)
        again = (self._down and not down) or (self._silent and not silent)
        if down and not self._down:
            await self._relay.cut()
        elif self._down and not down:
            await self._relay.start()
        elif self._silent and not silent:
            self._relay.drop()
        self._down, self._silent = down, silent
        self._relay.silent, self._relay.holding = silent, by > 0.0
        self._by = by
        if again:
            self._until = None
        return again and self._server.image.scans > 0

    @property
    def passable(self) -> bool:
        """Whether the AI host can be heard."""
        return not self._down and not self._silent

    def _line(self, now: int) -> tuple[bool, bool, float]:
        """Whether the line is down, whether it is silent, and how long it holds writes back [ms]."""
        down, silent, by = False, False, 0.0
        for one in self._acting:
            if one.about.tap == "link" and one.active(now):
                kind = one.about.kind
                down |= kind == "cut" or (kind == "flap" and (now - one.began) % one.told < one.told / 2)
                silent |= kind == "silent"
                by = max(by, one.told) if kind == "slow" else by
        return down, silent, by

    async def pass_on(self, now: int) -> None:
        """Let held writes go when their time has come; the AI host may then write its next one."""
        if self._relay.held and self._until is None:
            self._until = now + self._by
        if self._until is not None and now >= self._until:
            self._relay.release()
            self._until = None
            await self._wait()
            if self._relay.held:
                self._until = now + self._by

    # --- everybody else ---

    async def after(self, now: int, due: bool) -> None:
        """Let intruders and operators act, and write down what came of it."""
        actions = self._board.state("actions")
        actions[:] = self._board.state("pressed")[:] = 0
        self._show()
        for one in self._acting:
            if one.about.tap != "link" and one.active(now):
                await self._act(one, now, due)
        for k in np.flatnonzero(self._server.pressed()):
            actions[k] = self._board.state("pressed")[k] = 1
        if due:  # a panel has a pace of its own; here it is that of the AI
            await self._look()
        alarm = float(self._server.refusals.writes > 0)
        told = (self._count.attempts, self._count.accepted, self._changed, alarm)
        self._board.quantity("network")[:, 0] = told

    async def _act(self, one: _Acting, now: int, due: bool) -> None:
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

    def _usurped(self, one: _Acting, now: int) -> Words:
        """The AI's last write with other values: of the scenario, or any word that there is."""
        words = self._server.image.taken.copy()
        loops = len(words) - self._mail.counters
        if one.about.kind == "usurp":
            sent = self._mail.initial(1)
            wanted = np.full((len(words), 1), one.told)
            self._mail.step(sent, LinkInputs(wanted), LinkOut(np.empty_like(wanted)), 0)
            words[:loops] = sent.words[:loops, 0]
        else:
            layer, scan = one.layer.layer, now // one.layer.layer.period
            key, replica = np.uint64(layer.keys[0]), int(layer.replicas[0])
            words[:loops] = [int(uniform(key, replica, scan * loops + j) * 65536) for j in range(loops)]
        words[-2:] += np.uint16(_APART)
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
