"""Shut-off and quench valves: the final elements of the safety functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, rule
from simulator.core.param import param

Reals = NDArray[np.float64]
States = NDArray[np.int8]
SERIES, PARALLEL = 0, 1


@dataclass(frozen=True)
class BlockValve:
    """One on-off element; travel 0 is its normal position, 1 its safe one."""

    stroke: int = param(2000, "ms", above=0)


@dataclass(frozen=True)
class Group:
    """Elements that together set one plant input.

    Attributes
    ----------
    members : tuple of int
        Rows of the elements.
    row : int
        Plant input they set: 1 in the open, 0 in the shut position.
    safe_open : bool
        Whether the safe position is open.
    combine : int
        SERIES: the most closed member rules; PARALLEL: the most open one.
    """

    members: tuple[int, ...]
    row: int
    safe_open: bool
    combine: int


class ElementInputs(NamedTuple):
    """`demanded` (n_elements, n): 1 while a safety function wants the safe position."""

    demanded: States


class ElementOut(NamedTuple):
    """`travel` (n_elements, n), `safe` (n_elements + n_groups, n), `drive` (n_inputs, n)."""

    travel: Reals
    safe: States
    drive: Reals


class ElementState(NamedTuple):
    """Travel a scan (n_elements, n), and the membership of each group as arrays."""

    most: Reals
    groups: Any
    members: NDArray[np.int64]


@rule
def stroke(travel: float, demanded: bool, most: float) -> float:
    """Travel after one scan: towards the safe position while demanded, else back."""
    moved = travel + most if demanded else travel - most
    # an end is reached exactly, although tenths do not add up to one
    if moved > 1.0 - 1e-9:
        return 1.0
    return moved if moved > 1e-9 else 0.0


@kernel
def _move(most: Any, demanded: Any, travel: Any, safe: Any) -> None:
    for j in range(travel.shape[0]):
        for i in range(travel.shape[1]):
            travel[j, i] = stroke(travel[j, i], demanded[j, i] == 1, most[j, i])
            safe[j, i] = travel[j, i] >= 1.0


@kernel
def _combine(groups: Any, members: Any, travel: Any, safe: Any, drive: Any) -> None:
    n_elements = travel.shape[0]
    for g in range(groups.shape[0]):
        row, safe_open, series = groups[g].row, groups[g].safe_open, groups[g].combine == 0
        for i in range(travel.shape[1]):
            drive[row, i] = 1.0 if series else 0.0
        for k in range(groups[g].first, groups[g].last):
            member = members[k]
            for i in range(travel.shape[1]):
                one = travel[member, i] if safe_open else 1.0 - travel[member, i]
                drive[row, i] = min(drive[row, i], one) if series else max(drive[row, i], one)
        for i in range(travel.shape[1]):
            safe[n_elements + g, i] = (drive[row, i] >= 1.0) if safe_open else (drive[row, i] <= 0.0)


@kernel
def _scan(state: Any, demanded: Any, out: Any) -> None:
    _move(state.most, demanded, out.travel, out.safe)
    _combine(state.groups, state.members, out.travel, out.safe, out.drive)


_GROUP = np.dtype([("row", "i8"), ("safe_open", "i8"), ("combine", "i8"), ("first", "i8"), ("last", "i8")])


@dataclass(frozen=True)
class BlockValves(Stepped):
    """All on-off final elements of a plant.

    Parameters
    ----------
    valves : tuple of BlockValve
        Parameters in row order.
    groups : tuple of Group
        Which of them act together on which plant input.
    period : int
        Scan period [ms].
    slower : ndarray, shape (n_elements, n), optional
        Factors on the stroke times; 1 when absent.
    """

    valves: tuple[BlockValve, ...]
    groups: tuple[Group, ...]
    period: int
    slower: Reals | None = None

    def initial(self, n: int) -> ElementState:
        """Set-up values; travel starts at 0, the normal position."""
        members = [m for group in self.groups for m in group.members]
        ends = np.cumsum([len(group.members) for group in self.groups])
        rows = [
            (g.row, int(g.safe_open), g.combine, end - len(g.members), end)
            for g, end in zip(self.groups, ends, strict=True)
        ]
        strokes = np.array([valve.stroke for valve in self.valves], float)[:, None] * np.ones(n)
        most = self.period / (strokes if self.slower is None else strokes * self.slower)
        return ElementState(most, np.array(rows, _GROUP), np.array(members, np.int64))

    def calls(self, state: ElementState, inputs: ElementInputs, out: ElementOut) -> Calls:
        """Stroke for one scan and set the plant's inputs."""
        return call(_scan, state, inputs.demanded, out)
