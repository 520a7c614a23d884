"""The AI's conduit with somebody in it: what is false on it, and when it is late, silent or down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.core.seeds import uniform
from simulator.engine.taps import Struck
from simulator.modbus.codec import Link, LinkInputs, LinkOut
from simulator.modbus.relay import Behind, Relay
from simulator.modbus.remote import unpack
from simulator.scenario.schema.scenario import Threat
from simulator.threats.strike import Strike, StrikeWires

Words = NDArray[np.uint16]
_WRITE_SEVERAL = 16
APART = 0x4000
"""How far a forger's counters are from the AI's own, so that each of its writes is a new one."""


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
class Acting:
    """A threat on connections, as drawn for one replica; how often it has acted."""

    about: Threat
    layer: Strike
    turns: int = 0

    @property
    def began(self) -> int:
        """When it begins [ms]."""
        return int(self.layer.onset[0])

    def active(self, now: int) -> bool:
        """Whether it acts at a time [ms]."""
        return self.began <= now < int(self.layer.end[0]) and self._struck(now)

    def _struck(self, now: int) -> bool:
        """Whether one that acts by chance does so in this scan: the draw that the truth is told by."""
        layer = self.layer
        if layer.chance is None:
            return True
        number = 0 if layer.replicas is None else int(layer.replicas[0])
        drawn = uniform(np.uint64(layer.keys[0]), number, now // layer.period)
        return bool(drawn < layer.chance[0])

    @property
    def told(self) -> float:
        """The parameter that it acts with, in the unit of its kind."""
        return float(self.layer.told[0])


def forged(pdu: bytes, mail: Link, value: float) -> bytes:
    """A write of the AI with this value for every loop, and with counters that make it a new one."""
    words = np.frombuffer(pdu, np.dtype(">u2"), offset=6).astype(np.uint16)
    loops = len(words) - mail.counters
    words[:loops] = wanted(mail, len(words), value)[:loops]
    words[-2:] += np.uint16(APART)
    return pdu[:6] + words.astype(">u2").tobytes()


def wanted(mail: Link, n: int, value: float) -> Words:
    """The words of a write of `n` registers that says this value."""
    sent = mail.initial(1)
    values = np.full((n, 1), value)
    mail.step(sent, LinkInputs(values), LinkOut(np.empty_like(values)), 0)
    return sent.words[:, 0]


class Line:
    """The conduit of the AI host, in the state of each moment.

    Parameters
    ----------
    relay : Relay
        What stands in it.
    acting : sequence of Acting
        The threats at the tap ``link``.
    mail : Link
        Scaling of what the AI writes.
    reads : bytes
        The request that a flood repeats.
    """

    def __init__(self, relay: Relay, acting: Sequence[Acting], mail: Link, reads: bytes) -> None:
        self._relay, self._acting, self._mail, self._reads = relay, acting, mail, reads
        self._down = self._silent = False
        self._by = 0.0
        self._until: float | None = None

    async def before(self, now: int) -> bool:
        """Put the conduit into the state of this moment.

        Returns
        -------
        bool
            Whether the AI host may connect again, and could not before.
        """
        down, silent, self._by = self._state(now)
        again = (self._down and not down) or (self._silent and not silent)
        if down and not self._down:
            await self._relay.cut()
        elif self._down and not down:
            await self._relay.start()
        elif self._silent and not silent:
            self._relay.drop()
        self._down, self._silent = down, silent
        self._relay.silent, self._relay.holding = silent, self._by > 0.0
        self._relay.blocking = any(one.about.kind == "block" for one in self._now(now))
        self._relay.behind = self._behind(now)
        self._until = None if again else self._until
        return again

    @property
    def passable(self) -> bool:
        """Whether the AI host can be heard."""
        return not self._down and not self._silent

    def _state(self, now: int) -> tuple[bool, bool, float]:
        """Whether the line is down, whether it is silent, and how long it holds writes back [ms]."""
        down, silent, by = False, False, 0.0
        for one in self._now(now):
            kind = one.about.kind
            down |= kind == "cut" or (kind == "flap" and (now - one.began) % one.told < one.told / 2)
            silent |= kind == "silent"
            by = max(by, one.told) if kind == "slow" else by
        return down, silent, by

    def _now(self, now: int) -> list[Acting]:
        """The threats that act at a time [ms]."""
        return [one for one in self._acting if one.active(now)]

    def _behind(self, now: int) -> Behind | None:
        """What a man in the middle sends behind a write of the AI; None while nobody does."""
        acts = [one for one in self._now(now) if one.about.kind in ("flood", "inject")]
        return (lambda pdu: [more for one in acts for more in self._said(one, pdu)]) if acts else None

    def _said(self, one: Acting, pdu: bytes) -> list[bytes]:
        if one.about.kind == "flood":
            return [self._reads] * int(one.told)
        return [forged(pdu, self._mail, one.told)] if pdu[0] == _WRITE_SEVERAL else []

    async def pass_on(self, now: int, wait: Callable[[], Awaitable[None]]) -> None:
        """Let held writes go when their time has come; `wait` until the AI host has done what it then can."""
        if self._relay.held and self._until is None:
            self._until = now + self._by
        if self._until is not None and now >= self._until:
            self._relay.release()
            self._until = None
            await wait()
            if self._relay.held:
                self._until = now + self._by
