"""Redundant sensors of a safety function compared with each other: a deviation or a dead one is alarmed.

The vote goes on by itself; the alarm starts the repair time. It is one way: nothing comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel

Reals = NDArray[np.float64]
States = NDArray[np.int8]


@dataclass(frozen=True)
class Group:
    """Sensors that measure the same.

    Attributes
    ----------
    sif : int
        Row of the function they belong to.
    sensors : tuple of int
        Their rows.
    within : float
        Largest difference of two good ones, in their unit.
    lasting : int
        For how long it may be larger [ms].
    live : tuple of (float, float)
        Range outside of which each is BAD.
    """

    sif: int
    sensors: tuple[int, ...]
    within: float
    lasting: int
    live: tuple[tuple[float, float], ...]


class DeviationInputs(NamedTuple):
    """`read` (n_sensors, n)."""

    read: Reals


class DeviationOut(NamedTuple):
    """`deviating` (n_sifs, n)."""

    deviating: States


class DeviationState(NamedTuple):
    """How long each group has been apart (n_groups, n) [ms], and the groups as arrays."""

    apart: NDArray[np.int64]
    groups: Any
    sensors: NDArray[np.int64]
    live: Reals


_GROUP = np.dtype([("sif", "i8"), ("within", "f8"), ("lasting", "i8"), ("first", "i8"), ("last", "i8")])


@kernel
def _scan(state: Any, dt: int, read: Any, deviating: Any) -> None:
    deviating[:] = 0
    for g in range(state.groups.shape[0]):
        group = state.groups[g]
        for i in range(read.shape[1]):
            low, high, bad = np.inf, -np.inf, False
            for k in range(group.first, group.last):
                value = read[state.sensors[k], i]
                alive = state.live[k, 0] < value < state.live[k, 1]
                bad = bad or not alive
                low = min(low, value) if alive else low
                high = max(high, value) if alive else high
            far = bad or high - low > group.within
            state.apart[g, i] = state.apart[g, i] + dt if far else 0
            if state.apart[g, i] > group.lasting:
                deviating[group.sif, i] = 1


@dataclass(frozen=True)
class Deviation(Stepped):
    """The comparison of every group of redundant sensors.

    Parameters
    ----------
    groups : tuple of Group
        What is compared.
    period : int
        Scan period [ms].
    """

    groups: tuple[Group, ...]
    period: int

    def initial(self, n: int) -> DeviationState:
        """All agree."""
        ends = np.cumsum([len(group.sensors) for group in self.groups])
        rows = [
            (g.sif, g.within, g.lasting, end - len(g.sensors), end)
            for g, end in zip(self.groups, ends, strict=True)
        ]
        return DeviationState(
            np.zeros((len(self.groups), n), np.int64), np.array(rows, _GROUP),
            np.array([s for g in self.groups for s in g.sensors], np.int64),
            np.array([span for g in self.groups for span in g.live]),
        )  # fmt: skip

    def calls(self, state: DeviationState, inputs: DeviationInputs, out: DeviationOut) -> Calls:
        """Compare."""
        return call(_scan, state, self.period, inputs.read, out.deviating)
