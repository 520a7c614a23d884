"""Alarms in the states of ISA-18.2, and how many were annunciated in the last ten minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, rule
from simulator.core.moment import NOW

Reals = NDArray[np.float64]
States = NDArray[np.int8]
WINDOW = 600_000
_KEPT = 64  # annunciations remembered per replica: a flood is more than 10


@dataclass(frozen=True)
class Limit:
    """An analogue alarm: row of the PV, limit, high or low, and how far back it resets."""

    row: int
    limit: float
    high: bool
    deadband: float


class AlarmInputs(NamedTuple):
    """`pv` (n_rows, n) measured values; `causes` (n_causes, n) alarms given as states."""

    pv: Reals
    causes: States
    acknowledge: States


class AlarmOut(NamedTuple):
    """`alarms` (n_limits + n_causes, n): states; `active`: flags; `flood` (1, n): count in 10 min."""

    alarms: States
    active: States
    flood: Reals


class AlarmState(NamedTuple):
    """Times of the last annunciations (n, 64) as a ring with its ends, what stands (n,), and the limits."""

    times: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    stands: States
    about: Any


_ABOUT = np.dtype([("row", "i8"), ("limit", "f8"), ("sign", "f8"), ("deadband", "f8")])
# ISA-18.2: rows NORMAL, UNACKNOWLEDGED, ACKNOWLEDGED, RETURNED; columns 2 * condition + acknowledge
NEXT: States = np.array([[0, 0, 1, 1], [3, 0, 1, 2], [0, 0, 2, 2], [3, 0, 1, 1]], np.int8)


@rule
def beyond(value: float, limit: float, sign: float, deadband: float, active: bool) -> bool:
    """Whether the condition stands; once active it must come back past the dead band; NaN keeps it."""
    excess = sign * (value - limit)
    if excess != excess:
        return active
    return excess > -deadband if active else excess > 0.0


@kernel
def _annunciate(times: Any, first: Any, last: Any, i: int, now: int) -> None:
    kept = times.shape[1]
    times[i, last[i] % kept] = now
    last[i] += 1
    first[i] = max(first[i], last[i] - kept)


@kernel
def _look(about: Any, inputs: Any, a: int, active: Any, stands: Any) -> None:
    """Whether the condition of alarm `a` stands, in each replica."""
    n_limits = about.shape[0]
    if a < n_limits:
        unit = about[a]
        row, limit, sign, deadband = unit.row, unit.limit, unit.sign, unit.deadband
        for i in range(stands.shape[0]):
            stands[i] = beyond(inputs.pv[row, i], limit, sign, deadband, active[a, i] == 1)
    else:
        for i in range(stands.shape[0]):
            stands[i] = inputs.causes[a - n_limits, i] == 1


@kernel
def _at_rest(stands: Any, active: Any, alarms: Any, a: int) -> bool:
    """Whether alarm `a` stands nowhere, stood nowhere and is NORMAL everywhere."""
    found = 0
    for i in range(stands.shape[0]):
        found |= stands[i] | active[a, i] | alarms[a, i]
    return found == 0


@kernel
def _scan(state: Any, following: Any, now: int, inputs: Any, out: Any) -> None:
    stands, first, last = state.stands, state.first, state.last
    # what the table leaves at rest, acknowledged or not, is left alone: most alarms at most times
    resting = following[0, 0] == 0 and following[0, 1] == 0
    for a in range(out.alarms.shape[0]):
        _look(state.about, inputs, a, out.active, stands)
        if resting and _at_rest(stands, out.active, out.alarms, a):
            continue
        for i in range(stands.shape[0]):
            if stands[i] == 1 and out.active[a, i] == 0:
                _annunciate(state.times, first, last, i, now)
            out.active[a, i] = stands[i]
            column = 2 * stands[i] + (1 if inputs.acknowledge[i] == 1 else 0)
            out.alarms[a, i] = following[out.alarms[a, i], column]
    kept = state.times.shape[1]
    for i in range(stands.shape[0]):
        while first[i] < last[i] and state.times[i, first[i] % kept] <= now - 600_000:
            first[i] += 1
        out.flood[0, i] = last[i] - first[i]


@dataclass(frozen=True)
class Alarms(Stepped):
    """The alarm system of a plant.

    Parameters
    ----------
    limits : tuple of Limit
        Analogue alarms, in row order; state alarms follow them.
    """

    limits: tuple[Limit, ...]

    def initial(self, n: int) -> AlarmState:
        """Nothing annunciated."""
        rows = [(a.row, a.limit, 1.0 if a.high else -1.0, a.deadband) for a in self.limits]
        times, zeros = np.zeros((n, _KEPT), np.int64), np.zeros(n, np.int64)
        return AlarmState(times, zeros, zeros.copy(), np.zeros(n, np.int8), np.array(rows, _ABOUT))

    def calls(self, state: AlarmState, inputs: AlarmInputs, out: AlarmOut) -> Calls:
        """Scan every alarm."""
        return call(_scan, state, NEXT, NOW, inputs, out)
