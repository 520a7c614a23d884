"""Redundant sensors of a safety function compared with each other: a deviation or a dead one is alarmed.

The vote goes on by itself; the alarm starts the repair time. It is one way: nothing comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, rule

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
    """How long each group has been apart (n_groups, n) [ms], and the groups as arrays.

    `span` (2, n): lowest and highest reading of the group that is looked at.
    """

    apart: NDArray[np.int64]
    span: Reals
    groups: Any
    sensors: NDArray[np.int64]
    live: Reals


_GROUP = np.dtype([("sif", "i8"), ("within", "f8"), ("lasting", "i8"), ("first", "i8"), ("last", "i8")])


@rule
def widened(low: float, high: float, value: float, alive: bool) -> tuple[float, float]:
    """Lowest and highest reading with one sensor more; a dead one is as far from any as can be."""
    return (min(low, value) if alive else -np.inf), (max(high, value) if alive else np.inf)


@kernel
def _scan(state: Any, dt: int, read: Any, deviating: Any) -> None:
    deviating[:] = 0
    low, high = state.span
    for g in range(state.groups.shape[0]):
        group = state.groups[g]
        low[:], high[:] = np.inf, -np.inf
        for k in range(group.first, group.last):
            row, least, most = state.sensors[k], state.live[k, 0], state.live[k, 1]
            for i in range(read.shape[1]):
                value = read[row, i]
                alive = (least < value) & (value < most)
                low[i], high[i] = widened(low[i], high[i], value, alive)
        within, lasting, sif = group.within, group.lasting, group.sif
        for i in range(read.shape[1]):
            far = high[i] - low[i] > within
            apart = state.apart[g, i] + dt if far else 0
            state.apart[g, i] = apart
            deviating[sif, i] |= apart > lasting


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
            np.zeros((len(self.groups), n), np.int64), np.zeros((2, n)), np.array(rows, _GROUP),
            np.array([s for g in self.groups for s in g.sensors], np.int64),
            np.array([span for g in self.groups for span in g.live]),
        )  # fmt: skip

    def calls(self, state: DeviationState, inputs: DeviationInputs, out: DeviationOut) -> Calls:
        """Compare."""
        return call(_scan, state, self.period, inputs.read, out.deviating)
