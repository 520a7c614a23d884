"""Plant inputs as a procedure moves them: the day's wander and the offset of the phase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel

Reals = NDArray[np.float64]


class ProgramInputs(NamedTuple):
    """`wander` and `offset` (n_inputs, n)."""

    wander: Reals
    offset: Reals


class ProgramOut(NamedTuple):
    """`programmed` (n_inputs, n)."""

    programmed: Reals


@kernel
def _add(wander: Any, offset: Any, programmed: Any) -> None:
    for row in range(programmed.shape[0]):
        for i in range(programmed.shape[1]):
            programmed[row, i] = wander[row, i] + offset[row, i]


@dataclass(frozen=True)
class Program(Stepped):
    """Adds the offset of the phase to what the day does to each input."""

    def initial(self, n: int) -> None:
        """No state."""

    def calls(self, state: None, inputs: ProgramInputs, out: ProgramOut) -> Calls:
        """Add the offset."""
        return call(_add, inputs.wander, inputs.offset, out.programmed)
