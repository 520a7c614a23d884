"""Records chosen rows of the board at every base tick, as float32: what is recorded is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel
from simulator.core.moment import scan_of
from simulator.engine.memory import blank

Recorded = NDArray[np.float32]


class RecorderInputs(NamedTuple):
    """Both matrices of the board."""

    reals: NDArray[np.float64]
    states: NDArray[np.int8]


class RecorderState(NamedTuple):
    """Rows to gather, and the record (n_ticks, n_channels, n)."""

    rows: NDArray[np.int64]
    is_state: NDArray[np.int8]
    record: Recorded


@kernel
def _gather(rows: Any, is_state: Any, reals: Any, states: Any, tick: int, record: Any) -> None:
    if tick >= record.shape[0]:  # compiled code looks at no bounds by itself
        raise IndexError("more ticks than the record holds")
    for c in range(rows.shape[0]):
        row = rows[c]
        if is_state[c] == 1:
            for i in range(record.shape[2]):
                record[tick, c, i] = states[row, i]
        else:
            for i in range(record.shape[2]):
                record[tick, c, i] = reals[row, i]


@dataclass(frozen=True)
class Recorder(Stepped):
    """Keeps every base tick of the chosen channels.

    Parameters
    ----------
    places : sequence of (bool, int)
        Matrix (states or quantities) and row of each channel.
    n_ticks : int
        Length of the run in base ticks.
    period : int
        Base tick [ms].
    """

    places: Sequence[tuple[bool, int]]
    n_ticks: int
    period: int

    def initial(self, n: int) -> RecorderState:
        """An empty record: NaN until a tick is written."""
        record = blank((self.n_ticks, len(self.places), n))
        rows = np.array([row for _, row in self.places], np.int64)
        return RecorderState(rows, np.array([s for s, _ in self.places], np.int8), record)

    def calls(self, state: RecorderState, inputs: RecorderInputs, out: None) -> Calls:
        """Record one tick."""
        return call(
            _gather, state.rows, state.is_state, inputs.reals, inputs.states, scan_of(self.period),
            state.record,
        )  # fmt: skip
