"""Named places on the signal path where it can be attacked, and the layers that strike there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from simulator.engine.board import Board
from simulator.engine.layer import Layer
from simulator.threats.strike import Strike, StrikeWires, Tap

# Block before and after each tap; without a threat there the two are one.
TAPPED: Mapping[str, tuple[str, str]] = {
    "operator": ("actions", "pressed"),
    "process": ("programmed", "drive"),
    "sensor": ("sensed", "transmitted"),
    "uplink": ("field", "received"),
    "guard": ("going", "killed"),
    "config": ("tuning", "tuning"),
    "input": ("carried", "host"),
    "runtime": ("sound", "failing"),
    "policy": ("answer", "sent"),
    "heartbeat": ("sent", "write"),
    "ai_write": ("delivered", "mailbox"),
    "downlink": ("command", "commanded"),
    "actuator": ("commanded", "demand"),
    "sif_sensor": ("sis_sensed", "sis_read"),
    "link": ("network", "network"),
    "network": ("network", "network"),
    "panel": ("network", "network"),
}
STATES = frozenset({"operator", "runtime", "guard"})
"""Taps that carry states; `config` is memory, which is struck where it stands.

`link`, `network` and `panel` carry nothing of the PLC: there a threat only keeps time.
"""

Place = tuple[str, Layer, Any, Any]


@dataclass(frozen=True)
class Struck:
    """A threat at its tap: layer and name."""

    tap: str
    name: str
    layer: Strike


class Taps:
    """The threats of a run, each bound where it strikes.

    Parameters
    ----------
    threats : tuple of Struck
        In the order in which they strike the same signal.
    board : Board
        The run's arrays.
    """

    def __init__(self, threats: tuple[Struck, ...], board: Board) -> None:
        self.threats, self.board = threats, board
        self.blamed = False

    def at(self, tap: str, period: int) -> Iterator[Place]:
        """Layers of a tap with what they read and write, in order."""
        threats = [struck for struck in self.threats if struck.tap == tap]
        if not threats:
            return
        block = self.board.state if tap in STATES else self.board.quantity
        before, after = (block(name) for name in TAPPED[tap])
        memory = TAPPED[tap][0] == TAPPED[tap][1]
        for k, struck in enumerate(threats):
            # each threat has a stage of its own, so that several may strike the same signal
            target = after if memory or k == len(threats) - 1 else before.copy()
            if not memory:
                spared = tuple(row for row in range(before.shape[0]) if row not in struck.layer.rows)
                yield f"tap.{struck.name}", Tap(spared, period), before, target
            truth = self.board.quantity("threat")[self.board.row("threat", struck.name)]
            wires = StrikeWires(before, target, truth, self.board.state("ai_fault")[0])
            yield f"threat.{struck.name}", self._blaming(struck.layer), wires, wires
            before = target

    def struck(self, tap: str) -> bool:
        """Whether anything strikes at a tap."""
        return any(threat.tap == tap for threat in self.threats)

    def _blaming(self, layer: Strike) -> Strike:
        first = layer.blames_ai and not self.blamed
        self.blamed = self.blamed or layer.blames_ai
        return replace(layer, leads=first)
