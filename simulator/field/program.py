"""Plant inputs as a procedure moves them: the day's wander and the offset of the phase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]


class ProgramInputs(NamedTuple):
    """`wander` and `offset` (n_inputs, n)."""

    wander: Reals
    offset: Reals


class ProgramOut(NamedTuple):
    """`programmed` (n_inputs, n)."""

    programmed: Reals


@dataclass(frozen=True)
class Program:
    """Adds the offset of the phase to what the day does to each input."""

    def initial(self, n: int) -> None:
        """No state."""

    def step(self, state: None, inputs: ProgramInputs, out: ProgramOut, now: int) -> None:
        """Add the offset."""
        np.add(inputs.wander, inputs.offset, out=out.programmed)
