"""Dead time of analysers: a sample that travels a line arrives late (Purdue level 0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]


class AnalyserWires(NamedTuple):
    """`sensed`, shape (n_rows, n), is delayed in place, row by row."""

    sensed: Reals


class SampleLine(NamedTuple):
    """Samples on their way, shape (depth, n), for one instrument."""

    samples: Reals
    row: int


@dataclass(frozen=True)
class Analysers:
    """Sample lines in front of slow instruments.

    Parameters
    ----------
    dead_times : mapping of int to int
        Row of the instrument and its dead time [ms].
    start : mapping of int to ndarray, shape (n,)
        What each shows until the first sample arrives.
    period : int
        Scan period [ms].
    """

    dead_times: dict[int, int]
    start: dict[int, Reals]
    period: int

    def initial(self, n: int) -> tuple[SampleLine, ...]:
        """Lines filled with samples of the plant at its start."""
        lines = []
        for row, dead_time in self.dead_times.items():
            depth = max(dead_time // self.period, 1)
            lines.append(SampleLine(np.tile(self.start[row], (depth, 1)), row))
        return tuple(lines)

    def step(
        self, state: tuple[SampleLine, ...], inputs: AnalyserWires, out: AnalyserWires, now: int
    ) -> None:
        """Put in today's sample, take out the one that has arrived."""
        for line in state:
            slot = (now // self.period) % line.samples.shape[0]
            arrived = line.samples[slot].copy()
            line.samples[slot] = inputs.sensed[line.row]
            out.sensed[line.row] = arrived
