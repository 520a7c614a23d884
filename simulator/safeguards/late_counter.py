"""Which question does the AI's write answer? The PLC numbers its cycles, and the AI returns the number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
_WORD = 65536


class CycleOut(NamedTuple):
    """`cycle` (1, n): number of the AI cycle that begins."""

    cycle: Reals


@dataclass(frozen=True)
class CycleNumber:
    """The number that the PLC publishes at the beginning of each AI cycle.

    Parameters
    ----------
    period : int
        Cycle of the AI [ms].
    """

    period: int

    def initial(self, n: int) -> None:
        """No state: the number tells the time."""

    def step(self, state: None, inputs: Any, out: CycleOut, now: int) -> None:
        """Publish; zero stands for a time before the start, and the word wraps past it."""
        out.cycle[:] = (now // self.period + 1) % _WORD
