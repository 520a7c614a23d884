"""The conventional controller: PID with anti-windup, output tracking and a remembered good output.

Position form with the derivative on the filtered PV (Astrom and Murray, "Feedback Systems", 2nd
ed., 2021, section 11.4); integral tracking makes every healthy transfer bumpless.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.calls import Calls, Stepped, call
from simulator.core.kernel import kernel, rule
from simulator.core.param import param
from simulator.core.states import START_LAST_GOOD

Reals = NDArray[np.float64]
States = NDArray[np.int8]


@dataclass(frozen=True)
class Pid:
    """Tuning of one loop; PV in its own unit, OP in percent."""

    gain: float = param(None, "%/pv", source="plant file")
    reset: int = param(None, "ms", above=0, source="integral time")
    rate: int = param(0, "ms", at_least=0, source="derivative time")
    pv_filter: int = param(0, "ms", at_least=0)
    rate_filter: int = param(1000, "ms", above=0)
    direct: float = param(1.0, "1", source="1: a rising PV raises OP; -1: reverse acting")
    low: float = param(0.0, "%")
    high: float = param(100.0, "%")
    safe: float = param(100.0, "%", source="output while there is nothing to measure with")
    good_within: float = param(1.0, "pv", above=0, source="OP is remembered while PV is this near SP")
    good_over: int = param(60_000, "ms", above=0, source="time constant of the memory")


class PidInputs(NamedTuple):
    """Measured values and what the mode layer did last scan; shapes (n_rows, n) and (n_loops, n).

    `tuning` (3 n_loops, n): gain, reset [ms] and rate [ms] of each loop, as they stand in the PLC.
    """

    pv: Reals
    quality: States
    sp: Reals
    op: Reals
    in_charge: States
    start: States
    tuning: Reals


class PidOut(NamedTuple):
    """Shape (n_loops, n): PV in use, bumpless proposal, and the proposal from the last good output."""

    pv: Reals
    proposed: Reals
    restart: Reals


class PidState(NamedTuple):
    """Memory of each loop (n_loops, n), one array a field, and set-up values.

    `integral` [%], filtered PV `smooth`, its rate `slope` [pv/scan] and the remembered `good` output [%];
    `awake` (1,) is 0 until the first scan.
    """

    integral: Reals
    smooth: Reals
    slope: Reals
    good: Reals
    awake: States
    about: Any
    rows: NDArray[np.int64]


_ABOUT = np.dtype(
    [("direct", "f8"), ("smooth", "f8"), ("slope", "f8"), ("low", "f8"),
     ("high", "f8"), ("safe", "f8"), ("within", "f8"), ("forget", "f8")]
)  # fmt: skip


@rule
def within(value: float, low: float, high: float) -> float:
    """Held between two limits."""
    return min(max(value, low), high)


@rule
def proportional(error: float, slope: float, gain: float, derive: float) -> float:
    """Proportional and derivative action [%]; `slope` is the PV's rate per scan."""
    return gain * error + derive * slope


@rule
def per_scan(gain: float, reset: float, dt: float) -> float:
    """Integral action of one scan; a reset time that is none switches it off."""
    return gain * dt / reset if reset > 0.0 else 0.0


@kernel
def _scan(s: Any, dt: float, inputs: Any, out: Any) -> None:
    tuning, waking = inputs.tuning, s.awake[0] == 0
    for j in range(out.proposed.shape[0]):
        a, main, spare = s.about[j], s.rows[j, 0], max(s.rows[j, 1], 0)
        spared = s.rows[j, 1] >= 0
        # without branches, so that several replicas are solved at once
        for i in range(out.proposed.shape[1]):
            measured, other, op = inputs.pv[main, i], inputs.pv[spare, i], inputs.op[j, i]
            taken = (inputs.quality[main, i] != 0) & spared & np.isfinite(other)
            pv = other if taken else measured
            blind = not np.isfinite(pv)
            pv = out.pv[j, i] if blind else pv
            before = pv if waking else s.smooth[j, i]
            integral = op if waking else s.integral[j, i]
            good = op if waking else s.good[j, i]
            smooth = before + a.smooth * (pv - before)
            slope = s.slope[j, i] + a.slope * (smooth - before - s.slope[j, i])
            error = smooth - inputs.sp[j, i]
            gain = tuning[3 * j, i] * a.direct
            integrate = per_scan(gain, tuning[3 * j + 1, i], dt)
            action = proportional(error, slope, gain, gain * tuning[3 * j + 2, i] / dt)
            tracked = within(op - action, a.low - 100.0, a.high + 100.0)
            integral = tracked if inputs.in_charge[j, i] == 0 else integral
            integral = good if inputs.start[j, i] == START_LAST_GOOD else integral
            wanted = integral + action + integrate * error
            proposed = within(wanted, a.low, a.high)
            # anti-windup: integrate only what does not push further into a limit
            free = (proposed == wanted) | ((wanted - proposed) * integrate * error < 0.0)
            integral = integral + integrate * error if free else integral
            good = good + a.forget * (op - good) if abs(error) <= a.within else good
            restart = within(good + action, a.low, a.high)
            s.smooth[j, i], s.slope[j, i], s.good[j, i] = smooth, slope, good
            # holding an output is no safe state of an unstable plant
            s.integral[j, i] = a.safe if blind else integral
            out.pv[j, i] = smooth
            out.proposed[j, i] = a.safe if blind else proposed
            out.restart[j, i] = a.safe if blind else restart
    s.awake[0] = 1


@dataclass(frozen=True)
class PidBank(Stepped):
    """The PID controllers of a plant, all solved at one period.

    Parameters
    ----------
    loops : tuple of Pid
        Tunings.
    rows : tuple of (int, int)
        Row of the PV of each loop and of its spare, or -1.
    period : int
        Scan period [ms].
    """

    loops: tuple[Pid, ...]
    rows: tuple[tuple[int, int], ...]
    period: int

    def initial(self, n: int) -> PidState:
        """Loops that wake at the present output on the first scan."""
        integral, smooth, slope, good = (np.zeros((len(self.loops), n)) for _ in range(4))
        about = np.array([self._about(loop) for loop in self.loops], _ABOUT)
        rows, awake = np.array(self.rows, np.int64), np.zeros(1, np.int8)
        return PidState(integral, smooth, slope, good, awake, about, rows)

    def image(self) -> Reals:
        """Tuning as approved, shape (3 n_loops,): gain, reset [ms], rate [ms] of each loop."""
        return np.array([word for loop in self.loops for word in (loop.gain, loop.reset, loop.rate)], float)

    def _about(self, loop: Pid) -> tuple[float, ...]:
        dt = self.period
        return (
            loop.direct, share(dt, loop.pv_filter), share(dt, loop.rate_filter), loop.low,
            loop.high, loop.safe, loop.good_within, share(dt, loop.good_over),
        )  # fmt: skip

    def calls(self, state: PidState, inputs: PidInputs, out: PidOut) -> Calls:
        """Propose an output for every loop."""
        return call(_scan, state, float(self.period), inputs, out)


def share(period: int, constant: int) -> float:
    """Share of a step that a first-order filter takes in one scan."""
    return float(1.0 - np.exp(-period / constant)) if constant else 1.0
