"""Which question does the AI's write answer? The PLC numbers its cycles, and the AI returns the number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel
from simulator.core.moment import scan_of

Reals = NDArray[np.float64]
_WORD = 65536


class CycleOut(NamedTuple):
    """`cycle` (1, n): number of the AI cycle that begins."""

    cycle: Reals


@kernel
def _publish(scan: int, cycle: Any) -> None:
    for i in range(cycle.shape[1]):
        cycle[0, i] = float((scan + 1) % _WORD)


@dataclass(frozen=True)
class CycleNumber(Stepped):
    """The number that the PLC publishes at the beginning of each AI cycle.

    Parameters
    ----------
    period : int
        Cycle of the AI [ms].
    """

    period: int

    def initial(self, n: int) -> None:
        """No state: the number tells the time."""

    def calls(self, state: None, inputs: Any, out: CycleOut) -> Calls:
        """Publish; zero stands for a time before the start, and the word wraps past it."""
        return call(_publish, scan_of(self.period), out.cycle)
