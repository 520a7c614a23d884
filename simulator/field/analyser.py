"""Dead time of analysers: a sample that travels a line arrives late (Purdue level 0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Call, Calls, Stepped
from simulator.core.kernel import kernel
from simulator.core.moment import scan_of
from simulator.core.seeds import Numbers, normals_of, stream

Reals = NDArray[np.float64]


class AnalyserWires(NamedTuple):
    """`sensed`, shape (n_rows, n), is delayed in place, row by row."""

    sensed: Reals


class SampleLine(NamedTuple):
    """Samples on their way, shape (depth, n), for one instrument."""

    samples: Reals
    row: int


@dataclass(frozen=True)
class Line:
    """One sample line.

    Attributes
    ----------
    tag : str
        The instrument; names its noise stream, as its transmitter does.
    row : int
        Row of the instrument.
    dead_time : int
        How long a sample travels [ms].
    start : ndarray, shape (n,)
        The quantity at the start.
    noise : float
        Standard deviation of one sample.
    """

    tag: str
    row: int
    dead_time: int
    start: Reals
    noise: float


@kernel
def _travel(samples: Any, row: int, scan: int, sensed: Any) -> None:
    slot = scan % samples.shape[0]
    for i in range(samples.shape[1]):
        samples[slot, i], sensed[row, i] = sensed[row, i], samples[slot, i]


@dataclass(frozen=True)
class Analysers(Stepped):
    """Sample lines in front of slow instruments.

    Parameters
    ----------
    lines : tuple of Line
        The lines.
    period : int
        Scan period [ms].
    seed : int
        Seed of the run.
    replicas : ndarray of int, shape (n,)
        Numbers of the block's replicas.
    """

    lines: tuple[Line, ...]
    period: int
    seed: int
    replicas: Numbers

    def initial(self, n: int) -> tuple[SampleLine, ...]:
        """Lines filled with what was sampled before the start, noise included: no value stands still."""
        return tuple(SampleLine(self._filled(line, n), line.row) for line in self.lines)

    def _filled(self, line: Line, n: int) -> Reals:
        depth = max(line.dead_time // self.period, 1)
        samples = np.empty((depth, n))
        for k in range(depth):
            draws = normals_of(stream(self.seed, f"noise/{line.tag}"), self.replicas, k - depth)
            samples[k] = line.start + line.noise * draws
        return samples

    def calls(self, state: tuple[SampleLine, ...], inputs: AnalyserWires, out: AnalyserWires) -> Calls:
        """Put in today's sample, take out the one that has arrived."""
        now = scan_of(self.period)
        return tuple(Call(_travel, (line.samples, line.row, now, out.sensed)) for line in state)
