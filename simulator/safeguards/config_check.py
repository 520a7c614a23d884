"""Is the tuning that the PLC runs the one that was approved? Compared word by word, and put back.

A changed word acts until the check finds it. Then the PLC has its approved image again, the AI has
lost its loops, and an alarm is raised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel
from simulator.core.param import param

Reals = NDArray[np.float64]
States = NDArray[np.int8]


class ConfigWires(NamedTuple):
    """`tuning` (n_words, n): the PLC's memory, read and put back; `differs` (n,)."""

    tuning: Reals
    differs: States


@kernel
def _scan(approved: Any, tuning: Any, differs: Any) -> None:
    differs[:] = 0
    for k in range(tuning.shape[0]):
        word = approved[k]
        for i in range(differs.shape[0]):
            other = tuning[k, i] != word
            differs[i] |= other
            tuning[k, i] = word if other else tuning[k, i]


@dataclass(frozen=True)
class ConfigCheck(Stepped):
    """The comparison of the PLC's memory with what was approved.

    Parameters
    ----------
    approved : tuple of float
        The approved words.
    """

    approved: tuple[float, ...]
    every: int = param(None, "ms", above=0)

    def initial(self, n: int) -> Reals:
        """The approved image."""
        return np.array(self.approved, float)

    def calls(self, state: Reals, inputs: ConfigWires, out: ConfigWires) -> Calls:
        """Compare when it is time."""
        return call(_scan, state, out.tuning, out.differs, every=self.every)
