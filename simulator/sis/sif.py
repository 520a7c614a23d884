"""Safety instrumented functions: voted trips, a latch, and a manual reset (IEC 61511).

Nothing here knows the control system: sensors, logic and final elements are the function's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, rule
from simulator.core.states import BYPASSED, NORMAL, TRIPPED
from simulator.sis.voting import voted

Reals = NDArray[np.float64]
States = NDArray[np.int8]


@dataclass(frozen=True)
class Trip:
    """One voted condition of a function.

    Attributes
    ----------
    sif : int
        Row of the function it belongs to.
    sensors : tuple of int
        Rows of its sensors.
    wanted : int
        M of MooN.
    point : float
        Trip point in the sensors' unit.
    above : bool
        Trips above (else below) the point.
    confirm : int
        Consecutive scans that must agree.
    unless_safe : int
        Element that excuses the condition while it is in its safe position, or -1.
    spans : tuple of (float, float)
        Range of each sensor; 5 % of it past either end is BAD.
    """

    sif: int
    sensors: tuple[int, ...]
    wanted: int
    point: float
    above: bool
    confirm: int
    unless_safe: int
    spans: tuple[tuple[float, float], ...]


class SifInputs(NamedTuple):
    """`read` (n_sensors, n), `safe` (n_elements.., n), `reset` (n,) pulses, `override` (n_sifs, n) keys."""

    read: Reals
    safe: States
    reset: States
    override: States


class SifOut(NamedTuple):
    """`status` (n_sifs, n) and `demanded` (n_elements, n)."""

    status: States
    demanded: States


class SifState(NamedTuple):
    """Confirmation counters (n_trips, n), time since the trip (n_sifs, n), and set-up values."""

    counts: NDArray[np.int32]
    waited: NDArray[np.int32]
    calls: States
    trips: Any
    sensors: NDArray[np.int64]
    limits: Reals
    delays: NDArray[np.int64]
    elements: NDArray[np.int8]
    overridden: NDArray[np.int64]
    longest: NDArray[np.int64]


@rule
def latch(status: int, called: bool, reset: bool, overridden: bool) -> int:
    """A trip holds until the reset; a reset is refused while the condition stands.

    A start-up override keeps a function from tripping; it undoes no trip.
    """
    if overridden and status != TRIPPED:
        return BYPASSED
    if called:
        return TRIPPED
    return NORMAL if reset or status == BYPASSED else status


@rule
def alive(value: float, low: float, high: float) -> bool:
    """Whether a transmitter is within its live range; no number is not."""
    return low < value < high


@rule
def votes_for(value: float, point: float, sign: float) -> bool:
    """Whether a live sensor is past the trip point."""
    return sign * (value - point) > 0.0


@kernel
def _all_quiet(trip: Any, sensors: Any, limits: Any, read: Any, sign: float) -> bool:
    """Whether no replica has a sensor of this trip that votes or is dead."""
    point, found = trip.point, 0
    for k in range(trip.first, trip.last):
        row, low, high = sensors[k], limits[k, 0], limits[k, 1]
        for i in range(read.shape[1]):
            value = read[row, i]
            found |= 0 if alive(value, low, high) and not votes_for(value, point, sign) else 1
    return found == 0


@kernel
def _vote(trips: Any, sensors: Any, limits: Any, read: Any, safe: Any, counts: Any, calls: Any) -> None:
    calls[:] = 0
    for t in range(trips.shape[0]):
        trip = trips[t]
        point, sign, many = trip.point, (1.0 if trip.above else -1.0), trip.last - trip.first
        # most scans: what a vote without votes says, said of all replicas at once
        if _all_quiet(trip, sensors, limits, read, sign) and not voted(0, many, trip.wanted, many):
            counts[t, :] = 0
            continue
        for i in range(read.shape[1]):
            votes, good = 0, 0
            for k in range(trip.first, trip.last):
                value = read[sensors[k], i]
                if alive(value, limits[k, 0], limits[k, 1]):
                    good += 1
                    if votes_for(value, point, sign):
                        votes += 1
            excused = trip.unless_safe >= 0 and safe[trip.unless_safe, i] == 1
            called = voted(votes, good, trip.wanted, many) and not excused
            counts[t, i] = min(counts[t, i] + 1, trip.confirm) if called else 0
            if counts[t, i] >= trip.confirm:
                calls[trip.sif, i] = 1


@kernel
def _none_of(calls: Any, override: Any, status: Any, k: int) -> bool:
    """Whether function `k` is called, overridden and other than NORMAL in no replica."""
    found = 0
    for i in range(status.shape[1]):
        found |= calls[k, i] | override[k, i] | (status[k, i] - NORMAL)
    return found == 0


@kernel
def _latch(
    calls: Any, inputs: Any, waited: Any, delays: Any, elements: Any, overridden: Any, longest: Any,
    dt: int, status: Any, demanded: Any,
) -> None:  # fmt: skip
    demanded[:] = 0
    stays = latch(NORMAL, False, False, False) == NORMAL and latch(NORMAL, False, True, False) == NORMAL
    for k in range(status.shape[0]):
        if stays and _none_of(calls, inputs.override, status, k):
            overridden[k, :] = 0
            waited[k, :] = 0
            continue
        for i in range(status.shape[1]):
            # the key's own clock: an override that is left in ends by itself, and counts from its first scan
            overridden[k, i] = overridden[k, i] + dt if inputs.override[k, i] == 1 else 0
            held = 0 < overridden[k, i] <= longest[k]
            status[k, i] = latch(status[k, i], calls[k, i] == 1, inputs.reset[i] == 1, held)
            if status[k, i] != TRIPPED:
                waited[k, i] = 0
                continue
            if waited[k, i] >= delays[k]:
                for e in range(demanded.shape[0]):
                    demanded[e, i] |= elements[k, e]
            else:
                waited[k, i] += dt


@kernel
def _scan(s: Any, dt: int, inputs: Any, out: Any) -> None:
    _vote(s.trips, s.sensors, s.limits, inputs.read, inputs.safe, s.counts, s.calls)
    _latch(
        s.calls, inputs, s.waited, s.delays, s.elements, s.overridden, s.longest, dt, out.status, out.demanded
    )


_TRIP = np.dtype(
    [("sif", "i8"), ("wanted", "i8"), ("point", "f8"), ("above", "i8"), ("confirm", "i8"),
     ("unless_safe", "i8"), ("first", "i8"), ("last", "i8")]
)  # fmt: skip


@dataclass(frozen=True)
class SafetyFunctions(Stepped):
    """The safety functions of a plant, solved by one logic solver.

    Parameters
    ----------
    trips : tuple of Trip
        Conditions, several of which may call one function.
    delays : tuple of int
        Logic plus solenoid time of each function [ms].
    elements : tuple of tuple of int
        Rows of the final elements of each function.
    n_elements : int
        Number of final elements of the plant.
    period : int
        Scan period [ms].
    longest : tuple of int
        How long the start-up override of each function holds [ms]; 0 or absent: it has none.
    """

    trips: tuple[Trip, ...]
    delays: tuple[int, ...]
    elements: tuple[tuple[int, ...], ...]
    n_elements: int
    period: int
    longest: tuple[int, ...] = ()

    def initial(self, n: int) -> SifState:
        """Every function NORMAL."""
        ends = np.cumsum([len(t.sensors) for t in self.trips])
        rows = [
            (t.sif, t.wanted, t.point, int(t.above), t.confirm, t.unless_safe, end - len(t.sensors), end)
            for t, end in zip(self.trips, ends, strict=True)
        ]
        wired = np.zeros((len(self.delays), self.n_elements), np.int8)
        for k, members in enumerate(self.elements):
            wired[k, list(members)] = 1
        return SifState(
            counts=np.zeros((len(self.trips), n), np.int32),
            waited=np.zeros((len(self.delays), n), np.int32),
            calls=np.zeros((len(self.delays), n), np.int8),
            trips=np.array(rows, _TRIP),
            sensors=np.array([s for t in self.trips for s in t.sensors], np.int64),
            limits=np.array([live_range(span) for t in self.trips for span in t.spans]),
            delays=np.array(self.delays, np.int64),
            elements=wired,
            overridden=np.zeros((len(self.delays), n), np.int64),
            longest=np.array(self.longest or (0,) * len(self.delays), np.int64),
        )

    def calls(self, state: SifState, inputs: SifInputs, out: SifOut) -> Calls:
        """Vote, latch, demand."""
        return call(_scan, state, self.period, inputs, out)


def live_range(span: tuple[float, float]) -> tuple[float, float]:
    """Readings between which a transmitter is alive: almost 5 % of span past either end."""
    margin = 0.049 * (span[1] - span[0])
    return span[0] - margin, span[1] + margin
