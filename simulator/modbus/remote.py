"""What stands on the path in place of an AI that is a process of its own: its last write, decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.kernel import kernel
from simulator.modbus.codec import Link, decode

Reals = NDArray[np.float64]
Words = NDArray[np.uint16]


class RemoteState(NamedTuple):
    """The write that was accepted last (n_points, n), whether it is new (n,), scaling, rows written.

    `writes`, `origin` and `reach` are those of the AI's outputs, as a policy in process has them.
    """

    words: Words
    new: NDArray[np.int8]
    low: Reals
    resolution: Reals
    writes: NDArray[np.int64]
    origin: Reals
    reach: Reals


@kernel
def _collect(
    words: Any, new: Any, low: Any, resolution: Any, writes: Any, failing: Any, written: Any
) -> None:
    for i in range(new.shape[0]):
        if new[i] == 0:
            continue
        new[i] = 0
        for j in range(low.shape[0]):
            written[j, i] = decode(words[j, i], low[j], resolution[j])
        for j in range(low.shape[0], words.shape[0]):
            written[j, i] = float(words[j, i])
        if failing[i] == 1:
            for j in writes:
                written[j, i] = np.nan


@dataclass(frozen=True)
class RemoteAi:
    """An AI on the far side of a wire; the tick waits before it until the driver has its write.

    A threat to its runtime strikes here: the value of its write becomes no number.

    Parameters
    ----------
    link : Link
        Scaling of what it writes.
    writes : tuple of int
        Rows of the loops that it writes to.
    outputs : tuple of (float, float)
        Centre and scale of each written value.
    """

    link: Link
    writes: tuple[int, ...]
    outputs: tuple[tuple[float, float], ...]

    def initial(self, n: int) -> RemoteState:
        """Nothing written yet."""
        low, resolution = self.link.scales()
        words = np.zeros((len(low) + self.link.counters, n), np.uint16)
        origin, reach = np.ascontiguousarray(np.array(self.outputs, float).T)
        rows = np.array(self.writes, np.int64)
        return RemoteState(words, np.zeros(n, np.int8), low, resolution, rows, origin, reach)

    def step(self, state: RemoteState, inputs: Any, out: Any, now: int) -> None:
        """Take over a write that is new; without one the last stands."""
        s = state
        _collect(s.words, s.new, s.low, s.resolution, s.writes, inputs.failing, out.written)
