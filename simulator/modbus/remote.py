"""What stands on the path in place of an AI that is a process of its own: its last write, decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped
from simulator.core.kernel import kernel
from simulator.modbus.codec import Link, decode

Reals = NDArray[np.float64]
Words = NDArray[np.uint16]


class RemoteState(NamedTuple):
    """The write that was taken last (n_points, 1), whether it is new (1,), scaling, and rows written.

    `writes`, `origin` and `reach` are those of the AI's outputs, as a policy in process has them.
    """

    words: Words
    new: NDArray[np.int8]
    low: Reals
    resolution: Reals
    writes: NDArray[np.int64]
    origin: Reals
    reach: Reals

    def put(self, words: Words) -> None:
        """Bring a write, shape (n_points,): the layer takes it over at its next step."""
        self.words[:, 0], self.new[0] = words, 1


@kernel
def unpack(words: Any, low: Any, resolution: Any, values: Any) -> None:
    """Values (n_points, n) of words on a link: quantities first, then counters as they are."""
    for i in range(words.shape[1]):
        for j in range(low.shape[0]):
            values[j, i] = decode(words[j, i], low[j], resolution[j])
        for j in range(low.shape[0], words.shape[0]):
            values[j, i] = float(words[j, i])


@dataclass(frozen=True)
class RemoteAi(Stepped):
    """An AI on the far side of a wire; the tick waits before it until the driver has its write.

    A wire is one plant's, so it stands in a block of one replica. A threat to the AI's runtime strikes
    here: the value of its write becomes no number.

    Parameters
    ----------
    link : Link
        Scaling of what it writes.
    writes : tuple of int
        Rows of the loops that it writes to.
    outputs : tuple of (float, float)
        Centre and scale of each written value.
    any_scan : bool
        Whether its write may come at any scan of the PLC, and not in its own cycle only.
    """

    link: Link
    writes: tuple[int, ...]
    outputs: tuple[tuple[float, float], ...]
    any_scan: bool = False

    def initial(self, n: int) -> RemoteState:
        """Nothing written yet.

        Raises
        ------
        ValueError
            For more than one replica.
        """
        if n != 1:
            raise ValueError(f"{n} replicas behind one wire, wanted one")
        low, resolution = self.link.scales()
        words = np.zeros((len(low) + self.link.counters, n), np.uint16)
        origin, reach = np.ascontiguousarray(np.array(self.outputs, float).T)
        rows = np.array(self.writes, np.int64)
        return RemoteState(words, np.zeros(n, np.int8), low, resolution, rows, origin, reach)

    def calls(self, state: RemoteState, inputs: Any, out: Any) -> Calls:
        """Take over a write that is new; without one the last stands."""
        return (lambda _: self._take_over(state, inputs, out),)

    def _take_over(self, state: RemoteState, inputs: Any, out: Any) -> None:
        if state.new[0] == 0:
            return
        state.new[0] = 0
        unpack(state.words, state.low, state.resolution, out.written)
        if inputs.failing[0] == 1:
            out.written[state.writes] = np.nan
