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
    """Memory of each loop (n_loops, n), and set-up values."""

    memory: Any
    about: Any
    rows: NDArray[np.int64]


MEMORY = np.dtype(
    [("integral", "f8"), ("smooth", "f8"), ("slope", "f8"), ("good", "f8"), ("error", "f8"), ("awake", "i8")]
)
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
def _scan(memory: Any, about: Any, rows: Any, dt: float, inputs: Any, out: Any) -> None:
    tuning = inputs.tuning
    for j in range(out.proposed.shape[0]):
        a = about[j]
        main, spare = rows[j, 0], rows[j, 1]
        for i in range(out.proposed.shape[1]):
            m = memory[j, i]
            good = inputs.quality[main, i] == 0 or spare < 0 or not np.isfinite(inputs.pv[spare, i])
            pv = inputs.pv[main, i] if good else inputs.pv[spare, i]
            blind = not np.isfinite(pv)
            if blind:
                pv = out.pv[j, i]
            if m.awake == 0:
                m.awake, m.smooth, m.integral, m.good = 1, pv, inputs.op[j, i], inputs.op[j, i]
            before = m.smooth
            m.smooth += a.smooth * (pv - m.smooth)
            m.slope += a.slope * (m.smooth - before - m.slope)
            error = m.smooth - inputs.sp[j, i]
            gain = tuning[3 * j, i] * a.direct
            integrate = per_scan(gain, tuning[3 * j + 1, i], dt)
            action = proportional(error, m.slope, gain, gain * tuning[3 * j + 2, i] / dt)
            if inputs.start[j, i] == START_LAST_GOOD:
                m.integral = m.good
            elif inputs.in_charge[j, i] == 0:
                m.integral = within(inputs.op[j, i] - action, a.low - 100.0, a.high + 100.0)
            wanted = m.integral + action + integrate * error
            proposed = within(wanted, a.low, a.high)
            # anti-windup: integrate only what does not push further into a limit
            if proposed == wanted or (wanted - proposed) * integrate * error < 0.0:
                m.integral += integrate * error
            if abs(error) <= a.within:
                m.good += a.forget * (inputs.op[j, i] - m.good)
            out.pv[j, i] = m.smooth
            out.proposed[j, i] = proposed
            out.restart[j, i] = within(m.good + action, a.low, a.high)
            if blind:  # holding an output is no safe state of an unstable plant
                m.integral = out.proposed[j, i] = out.restart[j, i] = a.safe


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
        memory = np.zeros((len(self.loops), n), MEMORY)
        about = np.array([self._about(loop) for loop in self.loops], _ABOUT)
        return PidState(memory, about, np.array(self.rows, np.int64))

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
        return call(_scan, state.memory, state.about, state.rows, float(self.period), inputs, out)


def share(period: int, constant: int) -> float:
    """Share of a step that a first-order filter takes in one scan."""
    return float(1.0 - np.exp(-period / constant)) if constant else 1.0
