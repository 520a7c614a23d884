"""One scan of who has the loops, by the rules that run: procedure, modes and safety functions as built.

The layers are those of a built question, with their own wires and tables; nothing of them is written a
second time. What they tell each other stands on the board. What they read from elsewhere (measurements,
guards, orders, clocks) is *free*: it takes every value that makes a difference, in every combination, as if
no physics and no other layer forbade one. So the walk may find states that no plant is ever in, and it
misses none that the rules allow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import lcm

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.handover.free import Bits, Stage, modes, procedure, sifs
from simulator.engine.block import Block

States = NDArray[np.int8]

KEPT = ("mode", "phase", "status", "bypass", "grounds")
"""Blocks by which the layers know each other and their own past; of the grounds only that of the phase."""


@dataclass(frozen=True)
class Rules:
    """The layers that decide who has the loops, over one board.

    Attributes
    ----------
    block : Block
        The built question; each replica of it holds one joint state and one combination.
    stages : tuple of Stage
        The layers that are there, in the order of a tick.
    """

    block: Block
    stages: tuple[Stage, ...]

    @property
    def ticks(self) -> tuple[tuple[Stage, ...], ...]:
        """Layers that step together in some tick of their common period; each such tick once."""
        base, periods = self.block.periods.base, [stage.bound.period for stage in self.stages]
        due = [
            tuple(s for s in self.stages if tick % s.bound.period == 0)
            for tick in range(0, lcm(*periods), base)
        ]
        return tuple(dict.fromkeys(one for one in due if one))

    @property
    def kept(self) -> States:
        """The joint state of every replica, shape (n_kept, n)."""
        return np.concatenate(list(self._views()))

    def put(self, joint: States) -> None:
        """Set the joint state of every replica, shape (n_kept, n)."""
        row = 0
        for view in self._views():
            view[:] = joint[row : row + len(view)]
            row += len(view)

    def rows(self, block: str) -> slice:
        """Where a block stands in the joint state."""
        sizes = [len(view) for view in self._views()]
        k = KEPT.index(block)
        return slice(sum(sizes[:k]), sum(sizes[: k + 1]))

    def _views(self) -> Iterator[States]:
        board = self.block.board
        for name in KEPT[:-1]:
            yield board.state(name)
        row = board.row("grounds", "PHASE")
        yield board.state("grounds")[row : row + 1]

    def every(self, stage: Stage, joint: States) -> Iterator[tuple[Bits, slice]]:
        """Put each joint state (n_kept, n_joint) with each combination, a block of replicas at a time.

        Yields
        ------
        bits : ndarray of bool, shape (n_free, n)
            The combination of each replica, which stands on the board and in the layer.
        slice
            The replicas that hold something new; those behind repeat the last.
        """
        n, many = self.block.board.n, stage.combinations
        total = joint.shape[1] * many
        for first in range(0, total, n):
            index = np.minimum(np.arange(first, first + n), total - 1)
            which, combination = np.divmod(index, many)
            self.put(joint[:, which])
            bits = (combination >> np.arange(len(stage.free))[:, None] & 1).astype(bool)
            for free, bit in zip(stage.free, bits, strict=True):
                free.put(bit)
            yield bits, slice(0, min(n, total - first))


def rules(block: Block) -> Rules:
    """The rules of a built question.

    Parameters
    ----------
    block : Block
        Of as many replicas as are to be walked together.
    """
    named = {"procedure": procedure, "modes": modes, "sifs": sifs}
    return Rules(block, tuple(named[b.name](b, block.board) for b in block.path if b.name in named))
