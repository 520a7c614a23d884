"""Does the plant still answer as it did when its AI was commissioned? Whitened residuals in a CUSUM.

Under feedback the controlled variable hides a drift; what gives it away is the price the controller
pays. Each monitored signal is therefore held against what others explain of it (a regression fitted
on baseline runs), the remainder is whitened by an autoregression, and both tails are summed in a
tabular CUSUM [1]_. An alarm asks for a look and a new training; it never sheds.

References
----------
.. [1] D. C. Montgomery, "Introduction to Statistical Quality Control", 6th ed., 2009, section 9.1
   (tabular CUSUM) and 10.4 (autocorrelated data: residuals of a time series model).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.core.kernel import kernel, rule

Reals = NDArray[np.float64]
States = NDArray[np.int8]


Term = tuple[int, ...]


@dataclass(frozen=True)
class Watched:
    """One monitored signal.

    Attributes
    ----------
    what : tuple of int
        What is monitored: the row of a measurement, or three of a duty (flow, warm and cold).
    by : tuple of tuple of int
        What explains it, likewise.
    intercept, slopes : float, tuple of float
        What they explain: ``intercept + sum(slope * mean)``, in the units of the measurements.
    memory : tuple of float
        Coefficients of the autoregression, the latest residual first.
    sigma : float
        Standard deviation of the whitened residual.
    slack, limit : float
        Reference value k and decision limit h of the CUSUM [sigma].
    """

    what: Term
    by: tuple[Term, ...]
    intercept: float
    slopes: tuple[float, ...]
    memory: tuple[float, ...]
    sigma: float
    slack: float
    limit: float


class MonitorInputs(NamedTuple):
    """`received` (n_rows, n): what the PLC was sent; `idle` (n,): the AI is not permitted anyway."""

    received: Reals
    idle: States


class MonitorOut(NamedTuple):
    """Shape (n_signals, n): greater one of the two sums [sigma], and whether it is over its limit."""

    cusum: Reals
    drift: States


class MonitorState(NamedTuple):
    """Running sums and means (n_used, n), past residuals (n_signals, n_past, n), sums, set-up values."""

    sums: Reals
    means: Reals
    past: Reals
    up: Reals
    down: Reals
    scans: NDArray[np.int64]
    rows: NDArray[np.int64]
    places: NDArray[np.int64]
    slopes: Reals
    memory: Reals
    about: Any


_ABOUT = np.dtype([("intercept", "f8"), ("sigma", "f8"), ("slack", "f8"), ("limit", "f8")])


@rule
def summed(total: float, deviation: float, slack: float, most: float) -> float:
    """One side of a tabular CUSUM, held at `most` so that an alarm ends when its cause has ended."""
    return min(max(total + deviation - slack, 0.0), most)


@kernel
def _gather(rows: Any, received: Any, sums: Any) -> None:
    for k in range(rows.shape[0]):
        row, warm, cold = rows[k, 0], rows[k, 1], rows[k, 2]
        if warm < 0:
            for i in range(sums.shape[1]):
                sums[k, i] += received[row, i]
        else:
            for i in range(sums.shape[1]):
                sums[k, i] += received[row, i] * (received[warm, i] - received[cold, i])


@kernel
def _average(sums: Any, means: Any, scans: int) -> None:
    for k in range(sums.shape[0]):
        for i in range(sums.shape[1]):
            means[k, i] = sums[k, i] / scans
            sums[k, i] = 0.0


@kernel
def _judge(s: Any, idle: Any, out: Any) -> None:
    for j in range(s.past.shape[0]):
        a = s.about[j]
        for i in range(s.past.shape[2]):
            residual = s.means[s.places[j, 0], i] - a.intercept
            for f in range(1, s.places.shape[1]):
                if s.places[j, f] >= 0:
                    residual -= s.slopes[j, f] * s.means[s.places[j, f], i]
            expected = 0.0
            for p in range(s.past.shape[1]):
                expected += s.memory[j, p] * s.past[j, p, i]
            seen = np.isfinite(residual)
            if idle[i] == 1:
                s.up[j, i] = s.down[j, i] = 0.0
                expected, residual = 0.0, 0.0
            elif seen:
                e = (residual - expected) / a.sigma
                s.up[j, i] = summed(s.up[j, i], e, a.slack, 2.0 * a.limit)
                s.down[j, i] = summed(s.down[j, i], -e, a.slack, 2.0 * a.limit)
            else:
                residual = expected
            for p in range(s.past.shape[1] - 1, 0, -1):
                s.past[j, p, i] = s.past[j, p - 1, i]
            if s.past.shape[1] > 0:
                s.past[j, 0, i] = residual
            worst = max(s.up[j, i], s.down[j, i])
            out.cusum[j, i] = worst
            # a monitor that is shown nothing says so: silence is no evidence
            blind = not seen and idle[i] == 0
            out.drift[j, i] = 1 if worst > a.limit or blind else 0


@dataclass(frozen=True)
class Monitor:
    """The drift monitor of one AI.

    Parameters
    ----------
    signals : tuple of Watched
        What is monitored, and how.
    period : int
        Scan period [ms].
    every : int
        Scans per sample; a sample is the mean over them.
    """

    signals: tuple[Watched, ...]
    period: int
    every: int

    def initial(self, n: int) -> MonitorState:
        """Nothing summed yet."""
        used = sorted({term for one in self.signals for term in (one.what, *one.by)})
        rows = np.array([term if len(term) == 3 else (term[0], -1, -1) for term in used], np.int64)
        width = 1 + max(len(one.by) for one in self.signals)
        depth = max(len(one.memory) for one in self.signals)
        many = len(self.signals)
        places, slopes = np.full((many, width), -1, np.int64), np.zeros((many, width))
        memory = np.zeros((many, depth))
        for j, one in enumerate(self.signals):
            places[j, : 1 + len(one.by)] = [used.index(term) for term in (one.what, *one.by)]
            slopes[j, 1 : 1 + len(one.by)] = one.slopes
            memory[j, : len(one.memory)] = one.memory
        about = np.array([(one.intercept, one.sigma, one.slack, one.limit) for one in self.signals], _ABOUT)
        return MonitorState(
            np.zeros((len(used), n)), np.zeros((len(used), n)), np.zeros((many, depth, n)),
            np.zeros((many, n)), np.zeros((many, n)), np.zeros(1, np.int64), rows,
            places, slopes, memory, about,
        )  # fmt: skip

    def step(self, state: MonitorState, inputs: MonitorInputs, out: MonitorOut, now: int) -> None:
        """Average over the sample; at its end judge the residuals."""
        _gather(state.rows, inputs.received, state.sums)
        state.scans[0] += 1
        if state.scans[0] == self.every:
            state.scans[0] = 0
            _average(state.sums, state.means, self.every)
            _judge(state, inputs.idle, out)
