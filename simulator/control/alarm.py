"""Alarms in the states of ISA-18.2, and how many were annunciated in the last ten minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, part, rule
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
    """Times of the last annunciations (n, 64) as a ring with its ends, what stands (n,), and the limits.

    `expiry` (n,) is when the oldest that counts is ten minutes old.
    """

    times: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    expiry: NDArray[np.int64]
    stands: States
    about: Any


_NEVER = np.iinfo(np.int64).max
_ABOUT = np.dtype([("row", "i8"), ("limit", "f8"), ("sign", "f8"), ("deadband", "f8")])
# ISA-18.2: rows NORMAL, UNACKNOWLEDGED, ACKNOWLEDGED, RETURNED; columns 2 * condition + acknowledge
NEXT: States = np.array([[0, 0, 1, 1], [3, 0, 1, 2], [0, 0, 2, 2], [3, 0, 1, 1]], np.int8)
# the table in one number, two bits an entry: shifts work on replicas side by side, look-ups do not
_WORD = sum(int(entry) << 2 * k for k, entry in enumerate(NEXT.ravel()))


@rule
def beyond(value: float, limit: float, sign: float, deadband: float, active: bool) -> bool:
    """Whether the condition stands; once active it must come back past the dead band; NaN keeps it."""
    excess = sign * (value - limit)
    stands = excess > (-deadband if active else 0.0)
    return stands if excess == excess else active


@rule
def after(state: int, column: int) -> int:
    """Next state of an alarm, by the table."""
    return (_WORD >> (8 * state + 2 * column)) & 3


@part
def _look(about: Any, inputs: Any, a: int, active: Any, stands: Any) -> None:
    """Whether the condition of alarm `a` stands, in each replica."""
    n_limits = about.shape[0]
    if a < n_limits:
        row, limit, sign, deadband = about[a].row, about[a].limit, about[a].sign, about[a].deadband
        for i in range(stands.shape[0]):
            stands[i] = beyond(inputs.pv[row, i], limit, sign, deadband, active[a, i] == 1)
    else:
        for i in range(stands.shape[0]):
            stands[i] = inputs.causes[a - n_limits, i] == 1


@part
def _news(stands: Any, active: Any, alarms: Any, a: int) -> tuple[bool, bool]:
    """Whether alarm `a` stands, stood or is not NORMAL in any replica, and whether it comes up in any.

    Kept to 8 bits, so that 64 replicas are looked at together.
    """
    awake, came = np.int8(0), np.int8(0)
    for i in range(stands.shape[0]):
        awake = np.int8(awake | stands[i] | active[a, i] | alarms[a, i])
        came = np.int8(came | (stands[i] & ~active[a, i]))
    return awake != 0, came != 0


@part
def _annunciate(state: Any, now: int, a: int, out: Any) -> None:
    """Remember where the condition of alarm `a` stands now and did not."""
    kept = state.times.shape[1]
    for i in range(state.stands.shape[0]):
        if state.stands[i] == 1 and out.active[a, i] == 0:
            state.times[i, state.last[i] % kept] = now
            state.last[i] += 1
            state.first[i] = max(state.first[i], state.last[i] - kept)
            state.expiry[i] = state.times[i, state.first[i] % kept] + WINDOW
            out.flood[0, i] = state.last[i] - state.first[i]


@part
def _advance(stands: Any, acknowledge: Any, a: int, out: Any) -> None:
    for i in range(stands.shape[0]):
        out.active[a, i] = stands[i]
        out.alarms[a, i] = after(out.alarms[a, i], 2 * stands[i] + (1 if acknowledge[i] == 1 else 0))


@part
def _forget(state: Any, now: int, flood: Any) -> None:
    """What is ten minutes old counts no longer."""
    due, kept = 0, state.times.shape[1]
    for i in range(state.expiry.shape[0]):
        due |= state.expiry[i] <= now
    if due == 0:
        return
    for i in range(state.expiry.shape[0]):
        while state.expiry[i] <= now:
            state.first[i] += 1
            left = state.last[i] - state.first[i]
            state.expiry[i] = state.times[i, state.first[i] % kept] + WINDOW if left > 0 else _NEVER
            flood[0, i] = left


@kernel
def _scan(state: Any, now: int, inputs: Any, out: Any) -> None:
    for a in range(out.alarms.shape[0]):
        _look(state.about, inputs, a, out.active, state.stands)
        awake, came = _news(state.stands, out.active, out.alarms, a)
        if came:
            _annunciate(state, now, a, out)
        if awake:  # what rests everywhere is left alone, as the table would: most alarms at most times
            _advance(state.stands, inputs.acknowledge, a, out)
    _forget(state, now, out.flood)


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
        expiry, stands = np.full(n, _NEVER, np.int64), np.zeros(n, np.int8)
        return AlarmState(times, zeros, zeros.copy(), expiry, stands, np.array(rows, _ABOUT))

    def calls(self, state: AlarmState, inputs: AlarmInputs, out: AlarmOut) -> Calls:
        """Scan every alarm."""
        return call(_scan, state, NOW, inputs, out)
