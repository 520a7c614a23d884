"""The arrays of one run: every signal on the path has a named row, owned here, written by one layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
States = NDArray[np.int8]
Rows = Mapping[str, Sequence[str]]


class Board:
    """Named blocks of rows in two matrices: quantities (float64) and states (int8).

    One matrix each makes a snapshot one copy and a recorded tick one gather.

    Parameters
    ----------
    n : int
        Number of replicas.
    quantities, states : mapping of str to sequence of str
        Row names by block.
    aliases : mapping of str to str
        Blocks that are one with another: the far side of a tap where nothing strikes.
    """

    def __init__(self, n: int, quantities: Rows, states: Rows, aliases: Mapping[str, str]) -> None:
        self.n = n
        self._aliases = aliases
        quantities, states = (
            {block: rows for block, rows in blocks.items() if block not in aliases}
            for blocks in (quantities, states)
        )
        self._rows: dict[str, dict[str, int]] = {}
        self._start: dict[str, int] = {}
        self.reals: Reals = np.zeros((self._place(quantities), n))
        self.states: States = np.zeros((self._place(states), n), np.int8)
        self._is_state = dict.fromkeys(quantities, False) | dict.fromkeys(states, True)

    def _place(self, blocks: Rows) -> int:
        total = 0
        for block, names in blocks.items():
            if len(set(names)) != len(names):
                raise ValueError(f"block '{block}' names a row twice: {', '.join(names)}")
            self._start[block] = total
            self._rows[block] = {name: k for k, name in enumerate(names)}
            total += len(names)
        return total

    def _real(self, block: str) -> str:
        while block in self._aliases:
            block = self._aliases[block]
        return block

    def quantity(self, block: str) -> Reals:
        """View of a block of quantities, shape (n_rows, n)."""
        block = self._real(block)
        start = self._start[block]
        return self.reals[start : start + len(self._rows[block])]

    def state(self, block: str) -> States:
        """View of a block of states, shape (n_rows, n)."""
        block = self._real(block)
        start = self._start[block]
        return self.states[start : start + len(self._rows[block])]

    def names(self, block: str) -> tuple[str, ...]:
        """Row names of a block, in order."""
        return tuple(self._rows[self._real(block)])

    def row(self, block: str, name: str) -> int:
        """Index of a named row inside its block."""
        return self._rows[self._real(block)][name]

    def place(self, block: str, name: str) -> tuple[bool, int]:
        """Whether a row holds states, and its index in that matrix."""
        block = self._real(block)
        return self._is_state[block], self._start[block] + self._rows[block][name]
