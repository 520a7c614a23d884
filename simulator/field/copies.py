"""One-way copies of safety sensors for the control system: the median, never anything back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel

Reals = NDArray[np.float64]


class CopyInputs(NamedTuple):
    """`read` (n_sis_sensors, n): what the safety logic read last."""

    read: Reals


class CopyOut(NamedTuple):
    """`sensed` (n_rows, n)."""

    sensed: Reals


class CopyState(NamedTuple):
    """Sources of each copy (n_copies, 3) and its row."""

    sources: NDArray[np.int64]
    rows: NDArray[np.int64]


@kernel
def _copy(sources: Any, rows: Any, read: Any, sensed: Any) -> None:
    for k in range(rows.shape[0]):
        first, second, third, row = sources[k, 0], sources[k, 1], sources[k, 2], rows[k]
        for i in range(sensed.shape[1]):
            a, b, c = read[first, i], read[second, i], read[third, i]
            sensed[row, i] = max(min(a, b), min(max(a, b), c))


@dataclass(frozen=True)
class Copies(Stepped):
    """Medians of three safety sensors, shown to the control system.

    Parameters
    ----------
    sources : tuple of (int, int, int)
        Rows of the three safety sensors of each copy.
    rows : tuple of int
        Row of each copy among the control system's measurements.
    """

    sources: tuple[tuple[int, int, int], ...]
    rows: tuple[int, ...]

    def initial(self, n: int) -> CopyState:
        """Rows as arrays."""
        sources = np.array(self.sources, np.int64).reshape(-1, 3)
        return CopyState(sources, np.array(self.rows, np.int64))

    def calls(self, state: CopyState, inputs: CopyInputs, out: CopyOut) -> Calls:
        """Copy the medians."""
        return call(_copy, state.sources, state.rows, inputs.read, out.sensed)
